"""Where a verb works: which database, which files beside it, and what time it is there."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.errors import CommandError, NoDatabaseError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import Clock, MovableClock
    from bot.demo.company import Company
    from bot.demo.crm import DemoCrm
    from bot.settings import Settings
    from bot.wiring import Services
    from operations.context import Context
    from store.database import Database

DEMO_FOLDER = Path("var/demo")
DATABASE_NAME = "attain.db"
COMPANY_NAME = "company.json"
CRM_NAME = "crm.jsonl"
#: What the company of a folder consists of; another number is another version's.
EDITION = 2
#: Years outside are slips of the pen.
YEARS = range(1990, 2200)

DirOption = Annotated[
    Path | None,
    typer.Option(
        "--dir", help="Folder of a demo company \\[default: DATABASE_URL, else var/demo].", show_default=False
    ),
]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the demo company in a folder was generated from; `pinned` keeps its clock on that day."""

    seed: int
    today: date
    pinned: bool

    def company(self) -> Company:
        """The company itself, generated anew."""
        from bot.demo.company import company

        return company(self.seed, self.today)

    def save(self, folder: Path) -> None:
        """Write it beside the database."""
        body = {"seed": self.seed, "today": self.today.isoformat(), "pinned": self.pinned, "edition": EDITION}
        (folder / COMPANY_NAME).write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Place:
    """One database with the settings that lead to it, and the demo company in it if it is one."""

    settings: Settings
    folder: Path | None
    anchor: Anchor | None

    def clock(self, as_of: date | None = None) -> MovableClock:
        """The time here: noon UTC of `as_of`, the pinned day of the demo, or the machine's time."""
        from bot.demo.pinned import clock_for

        pinned = self.anchor.today if self.anchor and self.anchor.pinned else None
        return clock_for(as_of or pinned)

    def services(self, as_of: date | None = None) -> Services:
        """Store, clock and work pool for a bot that works here.

        Raises:
            NoDatabaseError: the SQLite file is not there.
        """
        from bot import wiring

        self._require()
        return wiring.build(self.settings, self.clock(as_of))

    def crm(self, clock: Clock) -> DemoCrm | None:
        """The demo company's CRM as it was left, on that clock; None where there is no demo company."""
        from bot.demo.crm import DemoCrm

        if self.anchor is None or self.folder is None:
            return None
        return DemoCrm(self.anchor.company(), clock.now, self.folder / CRM_NAME)

    def open(self, *, create: bool = False) -> Database:
        """The database, its tables brought up to date.

        Args:
            create: Make a SQLite file that is not there; a verb that only reads must not leave an empty one behind.

        Raises:
            NoDatabaseError: the SQLite file is not there.
        """
        from store.database import Database

        if create:
            make_folder(self.settings.database_url)
        else:
            self._require()
        database = Database.open(self.settings.database_url)
        database.migrate()
        return database

    @contextmanager
    def context(self, as_of: date | None = None, *, create: bool = False) -> Iterator[Context]:
        """What operations are handed here, on that day or today, for nobody in particular; closed afterwards.

        Raises:
            NoDatabaseError: the SQLite file is not there and is not to be made.
        """
        from operations.context import Context

        database = self.open(create=create)
        now = self.clock(as_of).now()
        try:
            yield Context(database, now.date(), now)
        finally:
            database.dispose()

    def _require(self) -> None:
        file = sqlite_file(self.settings.database_url)
        if file is not None and not file.exists():
            raise NoDatabaseError


def find(folder: Path | None) -> Place:
    """The place a verb works at: `--dir`, else the DATABASE_URL of the environment or .env, else the demo's folder.

    Raises:
        NoDatabaseError: `--dir` names a folder without a demo company.
        SettingsError: a setting cannot be used.
    """
    from bot.settings import Settings

    settings = Settings.from_environment()
    if folder is None:
        if "database_url" in settings.model_fields_set:
            return Place(settings, None, None)
        folder = DEMO_FOLDER
        if not (folder / DATABASE_NAME).exists():
            return Place(settings, None, None)
    elif not (folder / DATABASE_NAME).exists():
        raise NoDatabaseError(
            f"There is no demo company in {folder}. Run `attain demo --dir {folder} --no-serve` first."
        )
    return demo_place(settings, folder)


def demo_place(settings: Settings, folder: Path) -> Place:
    """The place in a demo company's folder, with whatever is there already."""
    inside = {
        "database_url": f"sqlite:///{folder / DATABASE_NAME}",
        "sources": folder / "sources",
        "plans": folder / "plans",
    }
    return Place(settings.model_copy(update=inside), folder, read_anchor(folder))


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, None for any other database."""
    return Path(url.removeprefix("sqlite:///").partition("?")[0]) if url.startswith("sqlite:///") else None


def make_folder(url: str) -> None:
    """The folder of a SQLite file is there afterwards, so that the file can be made in it."""
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)


def read_anchor(folder: Path) -> Anchor | None:
    """What the demo company in a folder was generated from; None where there is none."""
    path = folder / COMPANY_NAME
    if not path.exists():
        return None
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        if body["edition"] != EDITION:
            raise ValueError(body["edition"])
        return Anchor(int(body["seed"]), date.fromisoformat(body["today"]), bool(body["pinned"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f"{path} cannot be read; run `attain demo --dir {folder} --reset` to start over."
        ) from error


def day(text: str | None, option: str) -> date | None:
    """The date an option names, None when it is not given.

    Raises:
        WrongUseError: the text is no ISO date, or one of a year that cannot be meant.
    """
    if text is None:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.year not in YEARS:
        raise WrongUseError(f"{option} {text!r} is not a date. Write it as YYYY-MM-DD, for example 2026-03-31.")
    return found
