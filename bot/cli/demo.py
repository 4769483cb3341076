"""`attain demo`: a believable company from nothing to an answer, then a Slack in the browser."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.errors import WrongUseError
from bot.cli.sandbox import PortOption, serve_page

if TYPE_CHECKING:
    from bot.demo.company import Company


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where the company is kept.")] = place.DEMO_FOLDER,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the page afterwards, or not.")] = True,
    port: PortOption = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="DATE", help="Seed it for this day and keep its clock there.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Throw the company in the folder away first.")] = False,
) -> None:
    """Seed a demo company, sync and calculate it, show one rep's /myquota, and serve a Slack in the browser.

    Everything is kept in one folder; your own database is never touched. Run again, it goes on with the company that
    is there and syncs what its CRM won since.
    """
    from bot.settings import Settings

    if reset:
        _throw_away(folder)
    anchor = _anchor(folder, place.day(today, "--today"))
    settings = Settings.from_environment()
    where = place.demo_place(settings, folder)
    company = anchor.company()
    _fill(where, company)
    asker = company.playing("near")
    here = (
        "" if folder == place.DEMO_FOLDER and "database_url" not in settings.model_fields_set else f" --dir {folder}"
    )
    terminal.say(f'$ attain ask{here} --as {asker.email} "/myquota"\n')
    _show_answer(where, asker.email)
    if serve:
        serve_page(where, port)
    else:
        terminal.remark(f"`attain sandbox{here}` serves it; `attain ask{here} --as EMAIL TEXT` asks in the terminal.")


def _throw_away(folder: Path) -> None:
    """Remove what the demo wrote into the folder, and nothing else."""
    for pattern in (
        "attain.db*", "company.json", "crm.jsonl", "sources/*.csv", "sources/mapping.yaml", "sources/sales.yaml",
        "plans/*-v[123].yaml",
    ):  # fmt: skip
        for path in folder.glob(pattern):
            path.unlink()


def _anchor(folder: Path, today: date | None) -> place.Anchor:
    """The anchor of the company in the folder, or of a new one for the day.

    Raises:
        WrongUseError: the folder holds a company of another day, or somebody's own database.
    """
    from bot.demo.company import DEFAULT_SEED

    known = place.read_anchor(folder)
    if known is not None:
        if today not in (None, known.today):
            raise WrongUseError(f"{folder} holds a company of {known.today}. Add --reset to start over on {today}.")
        return known
    if (folder / place.DATABASE_NAME).exists():
        raise WrongUseError(f"{folder / place.DATABASE_NAME} is not a demo's. Choose another folder with --dir.")
    folder.mkdir(parents=True, exist_ok=True)
    anchor = place.Anchor(DEFAULT_SEED, today or datetime.now(UTC).date(), pinned=today is not None)
    anchor.save(folder)
    return anchor


def _fill(where: place.Place, company: Company) -> None:
    """Files, database, plans, sync and calculation, with a line or table for each."""
    from bot.cli.calc import recalculate
    from bot.cli.sync import mappings_in, show, sync_mapping
    from bot.demo.export import export_beside_crm
    from bot.demo.plan_files import write_plans
    from bot.demo.roster import COMPANY
    from bot.demo.spif import running
    from operations import plans

    crm = where.crm(where.clock())
    given = crm.outside() if crm is not None else None
    with where.context(create=True) as ctx:
        export_beside_crm(company, ctx.as_of, where.settings.sources)
        for path in write_plans(company.calendar, where.settings.plans):
            plans.publish(ctx, path.read_text(encoding="utf-8"), path.name)
        terminal.say(f"{COMPANY} on {ctx.as_of:%d %B %Y}: {_counts(company, ctx.as_of)}")
        files = mappings_in(where.settings.sources)
        show(ctx, [one for path in files for one in sync_mapping(ctx, path, given=given)])
        recalculate(ctx)
        running(ctx, company, where.settings.spif_channel)


def _counts(company: Company, on: date) -> str:
    known = sum(deal.opened_on <= on for deal in company.deals)
    reps = sum(person.sells for person in company.people)
    quarter = company.calendar.quarter
    return f"{reps} reps, {known} deals, quarter {quarter.start_on} .. {quarter.end_on}"


def _show_answer(where: place.Place, email: str) -> None:
    from bot.cli.ask import Question, answer, worded

    for seen in answer(where, Question("/myquota", email)):
        terminal.say(worded(seen) + "\n")
