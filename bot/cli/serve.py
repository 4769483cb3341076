"""`attain serve`: the bot on a real workspace, two processes watched by one."""

from __future__ import annotations

import typer

from bot.cli import terminal


def serve() -> None:
    """Answer in Slack, sync on the schedule and recalculate, until stopped with Ctrl-C or SIGTERM.

    Settings come from the environment and .env; `attain doctor` says what is missing. The exit code is 78 while a
    setting is missing or wrong, so that whoever restarts it leaves it alone.
    """
    from bot.errors import SettingsError
    from bot.settings import Settings
    from bot.supervisor import CONFIGURATION, need_secrets
    from bot.supervisor import serve as supervise
    from store.database import Database

    try:
        settings = Settings.from_environment()
        need_secrets(settings)
    except SettingsError as error:
        terminal.failure(str(error))
        raise typer.Exit(CONFIGURATION) from None
    database = Database.open(settings.database_url)
    database.migrate()
    database.dispose()
    raise typer.Exit(supervise(settings))
