"""`attain blend`: deals that several sources tell of, where each field comes from, and links that people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.acting import AsOption, acting
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.blending import Origin, Ref, Value
    from operations.blending import Blend
    from store.blended import Telling

blend = typer.Typer(no_args_is_help=True, help="Deals that several sources tell of: where each field comes from.")

RecordArgument = Annotated[
    str, typer.Argument(metavar="SOURCE:ID", help="A deal as its source names it, such as crm:1234.")
]
MOST = 50
KIND = "deal"


@blend.command("show")
def show(
    record: RecordArgument,
    watermark: Annotated[
        int | None, typer.Option("--as-known-at", metavar="CHANGE", help="As it was known once that change was made.")
    ] = None,
    folder: place.DirOption = None,
) -> None:
    """Show whose word counts for each field of a deal, what the other sources say, and which version each is."""
    from operations import blending

    where = place.find(folder)
    with where.context() as ctx:
        found = blending.show(ctx, KIND, _ref(record), watermark)
    if found is None:
        raise UnsoundError(f"No blended source tells of {record}. `attain blend waiting` lists what stands alone.")
    rows = [
        (one.field, _said(one.field, one.values), _from(one), _others(one)) for one in found.origins if one.source
    ]
    terminal.table(record, ("field", "counts", "as said by", "not counted"), rows)
    addresses = _addresses(where.settings.sources)
    for one in found.tellings:
        terminal.say(_telling(one, addresses))
    if not found.counts:
        terminal.say("It counts nowhere yet: " + _why_not(found))


@blend.command("waiting")
def waiting(folder: place.DirOption = None) -> None:
    """List the deals of blended sources that stand alone: those that wait, and those nobody else knows."""
    from operations import blending

    with place.find(folder).context() as ctx:
        found = blending.unmatched(ctx, KIND)
    if not found:
        terminal.say("Every deal of a blended source has its other half, or no kind is blended.")
        return
    rows = [
        (one.part.source, one.part.external_id, str(one.part.said.get("name", "")), one.state or "no record found")
        for one in found[:MOST]
    ]
    terminal.table("", ("source", "record", "name", "why"), rows)
    if len(found) > MOST:
        terminal.say(f"and {len(found) - MOST} more")


@blend.command("link")
def link(
    record: RecordArgument,
    anchor: Annotated[str, typer.Argument(metavar="SOURCE:ID", help="The deal that it belongs to.")],
    email: AsOption,
    folder: place.DirOption = None,
) -> None:
    """Decide that a source's deal is that other deal, whatever their keys say."""
    _decide(folder, record, _ref(anchor)[1], email)
    terminal.say(f"{record} is {anchor} from now on.")


@blend.command("apart")
def apart(record: RecordArgument, email: AsOption, folder: place.DirOption = None) -> None:
    """Decide that a source's deal is no other source's deal."""
    _decide(folder, record, "", email)
    terminal.say(f"{record} stands alone from now on.")


@blend.command("auto")
def auto(record: RecordArgument, email: AsOption, folder: place.DirOption = None) -> None:
    """Take back what was decided: the keys say again which deal it is."""
    _decide(folder, record, None, email)
    terminal.say(f"The keys of {record} decide again.")


def _decide(folder: Path | None, record: str, anchor_id: str | None, email: str) -> None:
    from operations import blending

    with place.find(folder).context() as nobody:
        blending.decide(acting(nobody, email), KIND, _ref(record), anchor_id)


def _ref(text: str) -> Ref:
    """Source and id.

    Raises:
        WrongUseError: The text names none.
    """
    source, _, record = text.partition(":")
    if not source or not record:
        raise WrongUseError(f"{text!r} names no record. Write SOURCE:ID, such as crm:1234.")
    return source, record


def _said(field: str, values: tuple[Value, ...]) -> str:
    """Values as people read them: an amount with its decimals, a day as a date."""
    from engine.dates import on_day
    from engine.money import Money

    first = values[0]
    if field == "amount" and isinstance(first, int):
        return str(Money(first, str(values[1])))
    if field == "close" and isinstance(first, int):
        return on_day(first).isoformat()
    if field == "stage":
        return f"{first} ({values[1]})" if values[1] else str(first)
    return str(first)


def _from(one: Origin) -> str:
    return f"{one.source}:{one.external_id}"


def _others(one: Origin) -> str:
    return "; ".join(f"{source}:{record} says {_said(one.field, values)}" for source, record, values in one.others)


def _telling(one: Telling, addresses: Mapping[str, str]) -> str:
    linked = ""
    if one.link is not None:
        by = f", by {one.decided_by}" if one.decided_by else ""
        linked = f"; {one.link.state} {one.link.anchor_id} ({one.link.method}{by})".replace("  ", " ")
    part = one.part
    where = addresses.get(part.source, "").replace("{id}", part.external_id)
    version = f"version {one.version_id}, change {one.change_id} of {one.at:%Y-%m-%d %H:%M} UTC"
    return f"{part.source}:{part.external_id}  {version}{linked}" + (f"  {where}" if where else "")


def _why_not(found: Blend) -> str:
    state = found.tellings[0].link.state if found.tellings[0].link is not None else ""
    if state == "ambiguous":
        return "several records claim each other. Decide with `attain blend link`."
    return f"no deal of {found.rule.anchor} is found for it by {', '.join(found.rule.link)}."


def _addresses(folder: Path) -> dict[str, str]:
    """By source, how the address of a record is written, as the mapping files say."""
    from connectors.errors import ConnectorError
    from connectors.mapping import load_file

    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.y*ml")):
        try:
            found |= {name: source.record_url for name, source in load_file(path).sources.items()}
        except ConnectorError:
            continue  # `attain doctor` says what is wrong with it
    return found
