"""`python -m bot.cli`: the same as `attain`."""

from bot.cli.main import app

app()
