"""`attain sync`: read the sources of mapping files, show what came in and what waits."""

from __future__ import annotations

from collections import Counter
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli import place, terminal
from bot.cli.errors import UnsoundError, WrongUseError
from bot.cli.sync_quarantine import quarantine as held_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from connectors.registry import Outside
    from operations.context import Context
    from operations.sync import KindResult, Options, SyncSummary
    from operations.sync_status import KindStatus
    from store.quarantine import Waiting

Mode = Literal["incremental", "settle", "sweep"]
MOST_WAITING = 50
#: What can become of a record that was read, in the order of the columns.
FIGURES = ("read", "left out", "new", "changed", "same", "held", "deleted", "noted")
#: Columns that are left out where all of them are empty.
RARE = ("left out", "deleted", "noted")
EXPLAINED = {
    "held": "Held rows are not in the store: they wait below, or repeat what is known.",
    "noted": "Noted rows are in it, counted before already, and credit nobody until their owner is known.",
}


sync = typer.Typer(invoke_without_command=True)
sync.add_typer(held_back, name="quarantine")


@sync.callback()
def read(
    ctx: typer.Context,
    mapping: Annotated[
        list[Path] | None,
        typer.Option(
            "--mapping", metavar="FILE", help="A mapping file; may be repeated \\[default: all in ATTAIN_SOURCES]."
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder in which the mapping's files are \\[default: beside the mapping file]."),
    ] = None,
    reread: Annotated[
        bool, typer.Option("--reread", help="Read unchanged files again, too, and of an API everything.")
    ] = False,
    mode: Annotated[
        Mode, typer.Option(help="Of an API: its changes, the last hours again, or everything with what is gone.")
    ] = "incremental",
    approve: Annotated[
        bool, typer.Option("--approve-deletions", help="Delete what a snapshot no longer shows, however much.")
    ] = False,
    retire: Annotated[
        list[str] | None,
        typer.Option(
            "--retire",
            metavar="SOURCE",
            help="After a source was renamed: give up what it held under its former name; may be repeated.",
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 while anything waits in quarantine.")] = False,
    folder: place.DirOption = None,
) -> None:
    """Read every source of the mapping files into the database; files that did not change are not read again.

    A wrong file is refused as a whole and the exit code is 1; a wrong row waits in quarantine with its reason and is
    released by itself once it is right. `attain calc` recalculates whom the new facts touch.
    """
    if ctx.invoked_subcommand is not None:
        return
    from bot.worker import collect_rarely
    from operations.sync import Options

    collect_rarely()
    where = place.find(folder)
    files = mapping or mappings_in(where.settings.sources)
    with where.context(create=folder is None) as here:
        options = Options(reread=reread, delete_any=approve, retire=frozenset(retire or ()), mode=mode)
        crm = where.crm(where.clock())
        given = crm.outside() if crm is not None else None
        summaries = [one for path in files for one in sync_mapping(here, path, options, data, given)]
        waiting = show(here, summaries)
    if not all(one.ok for one in summaries):
        raise UnsoundError("Not every source could be read; what is named above stays as it was.")
    if strict and waiting:
        raise UnsoundError(f"{waiting} rows wait in quarantine. Correct them at the source and sync again.")


@sync.command()
def status(folder: place.DirOption = None) -> None:
    """How every kind of every source stands: up to when it is known, how its last reading went, what waits."""
    from operations import retroactive
    from operations.sync_status import report

    with place.find(folder).context() as ctx:
        found, late = report(ctx), retroactive.report(ctx)
    if not found:
        terminal.say("Nothing was ever synced. Write a mapping file and run `attain sync`.")
        return
    rows = [
        (
            one.source,
            one.kind,
            one.mode,
            _shown_status(one),
            _instant(one.watermark_at),
            _age(one),
            f"{one.waiting:,}" if one.waiting else "",
        )
        for one in found
    ]
    terminal.table(
        "", ("source", "kind", "mode", "last run", "watermark", "complete", "waiting"), rows, right=("waiting",)
    )
    for one in found:
        if one.error:
            terminal.failure(f"{one.source} {one.kind}: {one.error}")
        if one.news:
            terminal.failure(one.news)
    for problem in late:
        terminal.failure(f"{problem.where}: {_sentences(problem.message, problem.remedy)}")


def _shown_status(one: KindStatus) -> str:
    if one.status != "running":
        return one.status
    return f"running, {one.read:,}" + (f" of {one.total:,}" if one.total else "") + " read"


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _age(one: KindStatus) -> str:
    if one.age is None:
        return "never"
    minutes = max(0, int(one.age.total_seconds() // 60))
    hours, days = minutes // 60, minutes // 1_440
    said = f"{minutes} min ago" if hours < 2 else f"{hours} h ago" if days < 2 else f"{days} days ago"
    return f"{said}, stale" if one.is_stale else said


def mappings_in(folder: Path) -> list[Path]:
    """The mapping files of a folder, by name.

    Raises:
        WrongUseError: there are none.
    """
    found = sorted(folder.glob("*.y*ml"))
    if not found:
        raise WrongUseError(f"There is no mapping file in {folder}. Name one: `attain sync --mapping FILE`.")
    return found


def sync_mapping(
    ctx: Context,
    path: Path,
    options: Options | None = None,
    data: Path | None = None,
    given: Outside | None = None,
) -> list[SyncSummary]:
    """What syncing each source of one mapping file did, with a progress bar meanwhile.

    Args:
        ctx: Where to write, and when.
        path: The mapping file.
        options: How this sync differs from the scheduled one.
        data: Where the mapping's files are, if not beside it.
        given: What API sources find outside; the environment's secrets and the real services if not given.

    Raises:
        MappingRefused: the file cannot be used; every reason is named.
    """
    from bot.sources import outside
    from connectors.mapping import load_file
    from connectors.registry import open_sources
    from operations.sync import run

    summaries = []
    where = data or path.parent
    sources = open_sources(load_file(path), where, given or outside(where))
    with terminal.progress() as bar:
        for source in sources:
            task = bar.add_task(source.name, total=None)

            def told(kind: str, read: int, total: int | None, task: object = task, name: str = source.name) -> None:
                bar.update(task, description=f"{name}: {kind}", completed=read, total=total)  # type: ignore[arg-type]

            summaries.append(run(ctx, source, told, options))
    return summaries


def show(ctx: Context, summaries: Sequence[SyncSummary]) -> int:
    """Print what was read, what was refused and what waits; returns how many rows wait."""
    from store import quarantine

    with ctx.db.read() as conn:
        waiting = quarantine.open_rows(conn)
    noted = Counter((one.source, one.kind) for one in waiting if one.code == quarantine.OWNER_UNKNOWN)
    _show_figures(summaries, noted)
    for one in summaries:
        if one.busy:
            terminal.failure(f"{one.source}: somebody else syncs it right now. Try again in a minute.")
        for problem in one.problems:
            terminal.failure(f"{problem.where}: {_sentences(problem.message, problem.remedy)}")
    _show_waiting(waiting)
    return len(waiting)


def _show_figures(summaries: Sequence[SyncSummary], noted: Mapping[tuple[str, str], int]) -> None:
    """The table of what became of every record read, and how to add it up."""
    told = [
        (one.source, kind, _figures(kind, noted.get((one.source, kind.kind), 0)))
        for one in summaries
        for kind in one.kinds
    ]
    if not told:
        return
    shown = [name for name in FIGURES if name not in RARE or any(figures[name] for _, _, figures in told)]
    rows = [
        (source, kind.kind, *(f"{figures[name]:,}" for name in shown), _state(kind)) for source, kind, figures in told
    ]
    terminal.table("", ("source", "kind", *shown, "state"), rows, right=shown)
    said = [words for name, words in EXPLAINED.items() if any(figures[name] for _, _, figures in told)]
    if any(kind.kind == "split" and kind.read < kind.inserted for _, kind, _ in told):
        said.append("Of a CRM, all shares of a deal are read as one record.")
    if said:
        sum_of = " + ".join(name for name in shown if name not in ("read", "deleted", "noted"))
        terminal.remark(" ".join((f"read = {sum_of}.", *said)))


def _figures(kind: KindResult, noted: int) -> dict[str, int]:
    stored = kind.inserted + kind.changed + kind.unchanged
    held = max(0, kind.read - kind.skipped - stored)
    figures = (kind.read, kind.skipped, kind.inserted, kind.changed, kind.unchanged, held, kind.deleted)
    return dict(zip(FIGURES, (*figures, noted if kind.pages else 0), strict=True))


def _state(kind: KindResult) -> str:
    return kind.status if kind.pages or kind.status != "done" else "nothing new"


def _show_waiting(waiting: Iterable[Waiting]) -> None:
    listed = list(waiting)
    if not listed:
        return
    terminal.say(f"{len(listed)} rows wait in quarantine:")
    for one in listed[:MOST_WAITING]:
        terminal.say(f"  {one.place or one.source}  {one.label or one.external_id}  {one.code}")
        terminal.say(f"      {_sentences(one.detail, one.remedy)}")
    if len(listed) > MOST_WAITING:
        terminal.say(f"  and {len(listed) - MOST_WAITING} more")


def _sentences(*parts: str) -> str:
    """The parts as sentences, each with a capital and a full stop."""
    said = (part.strip().rstrip(".") for part in parts)
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in said if part)
