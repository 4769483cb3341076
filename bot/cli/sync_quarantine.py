"""`attain sync quarantine`: what waits and why, as a table or a CSV file, and tried again."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer

from bot.cli import place, terminal

quarantine = typer.Typer(no_args_is_help=True, help="What was held back: list it, export it, try it again.")

SourceOption = Annotated[str | None, typer.Option("--source", help="Only of this source.", show_default=False)]
KindOption = Annotated[
    str | None, typer.Option("--kind", help='Only of this kind, such as "deal".', show_default=False)
]
NOTHING = "Nothing waits in quarantine."


@quarantine.command("list")
def list_(source: SourceOption = None, kind: KindOption = None, folder: place.DirOption = None) -> None:
    """Show every row that waits, since when, why, and what to do about it."""
    from operations import quarantined

    with place.find(folder).context() as ctx:
        waiting = quarantined.listed(ctx, source, kind)
    if not waiting:
        terminal.say(NOTHING)
        return
    rows = [
        (
            one.source,
            one.kind,
            one.label or one.external_id,
            one.code,
            f"{one.first_seen:%Y-%m-%d}",
            one.detail,
            one.remedy,
        )
        for one in waiting
    ]
    terminal.table("", ("source", "kind", "record", "code", "since", "reason", "remedy"), rows)


@quarantine.command("export")
def export(
    to: Annotated[Path | None, typer.Option("--to", help="The CSV file to write \\[default: print it].")] = None,
    source: SourceOption = None,
    kind: KindOption = None,
    folder: place.DirOption = None,
) -> None:
    """Write what waits as CSV, with text that a spreadsheet would run as a formula made harmless."""
    from operations import quarantined

    with place.find(folder).context() as ctx:
        text = quarantined.export(ctx, source, kind)
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8", newline="")
    terminal.remark(f"{max(0, text.count(chr(13) + chr(10)) - 1)} rows written to {to}.")


@quarantine.command("retry")
def retry(source: SourceOption = None, kind: KindOption = None, folder: place.DirOption = None) -> None:
    """Have the next sync read what waits once more, each record by its id."""
    from operations import quarantined

    with place.find(folder).context() as ctx:
        done = quarantined.retry(ctx, source, kind)
    if not (done.again or done.files or done.owners):
        terminal.say(NOTHING)
    if done.again:
        terminal.say(f"{done.again} records are read again by the next sync; `attain sync` does it now.")
    if done.files:
        terminal.say(
            f"{done.files} rows come from files: correct the file, or read it again with `attain sync --reread`."
        )
    if done.owners:
        terminal.say(f"{done.owners} rows wait only for their owner and are released when a sync brings that person.")
