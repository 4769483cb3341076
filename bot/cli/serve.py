"""`attain serve`: the bot on a real workspace, two processes watched by one."""

from __future__ import annotations

import typer


def serve() -> None:
    """Answer in Slack, sync on the schedule and recalculate, until stopped with Ctrl-C or SIGTERM.

    Settings come from the environment and .env; `attain doctor` says what is missing.
    """
    from bot.settings import Settings
    from bot.supervisor import serve as supervise
    from store.database import Database

    settings = Settings.from_environment()
    database = Database.open(settings.database_url)
    database.migrate()
    database.dispose()
    raise typer.Exit(supervise(settings))
