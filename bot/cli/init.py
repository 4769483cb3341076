"""`attain init`: a `.env`, a database and examples to start from. What is there already is never overwritten."""

from __future__ import annotations

from pathlib import Path

from bot.cli import terminal
from bot.cli.errors import CommandError
from bot.cli.place import make_folder

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


def init() -> None:
    """Write .env here, create the database at DATABASE_URL, and put an example mapping and plan beside it.

    Nothing that exists is overwritten, so it can be run again. Next: fill in .env, then `attain doctor`.
    """
    from bot.settings import Settings
    from store.database import Database

    written = [_environment(Path(".env"))]
    settings = Settings.from_environment()
    written += _examples(settings.sources, settings.plans)
    make_folder(settings.database_url)
    database = Database.open(settings.database_url)
    try:
        database.migrate()
        address = database.address
    finally:
        database.dispose()
    for line in written:
        terminal.say(line)
    terminal.say(f"database  {address}, ready")
    terminal.remark(
        "Next: put the Slack tokens in .env, publish a plan, sync a mapping; `attain doctor` checks it all."
    )


def _environment(path: Path) -> str:
    """Write `.env` readable by its owner only: secrets go into it."""
    if path.exists():
        return f"kept      {path}"
    if not EXAMPLE.exists():
        raise CommandError(f"{EXAMPLE.name} is not beside the code. Run `attain init` from a checkout of Attain.")
    path.touch(mode=0o600)
    path.write_bytes(EXAMPLE.read_bytes())
    return f"wrote     {path}"


def _examples(sources: Path, plans: Path) -> list[str]:
    """The demo's mapping and a plan, under names that the schedule does not pick up."""
    from datetime import UTC, date, datetime
    from importlib import resources

    from bot.demo.calendar import FiscalCalendar
    from bot.demo.plan_files import plan_texts

    year = datetime.now(UTC).year
    plan = plan_texts(FiscalCalendar(date(year, 8, 1)))["ae-americas-v2.yaml"].replace("version: 2", "version: 1")
    mapping = resources.files("bot.demo").joinpath("mapping.yaml").read_text(encoding="utf-8")
    lines = []
    for path, text in ((sources / "mapping.yaml.example", mapping), (plans / "ae-americas.yaml.example", plan)):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            lines.append(f"kept      {path}")
            continue
        path.write_text(text, encoding="utf-8")
        lines.append(f"wrote     {path}")
    return lines
