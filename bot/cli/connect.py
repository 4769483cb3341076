"""`attain connect`: from a token to a mapping that reads, with ten deals to look at before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import place, terminal
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.proposal import Proposed, Service
    from connectors.feed import Feed
    from connectors.feed_source import FeedSource, Normal
    from connectors.registry import Outside
    from engine.problems import Problem

SHOWN = 10
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def connect(
    at: Annotated[
        str, typer.Option("--at", help="Ask a fake of the service on this machine instead, such as the demo's CRM.")
    ] = "",
    folder: place.DirOption = None,
) -> None:
    """Set up a source: test access, propose a mapping from what is found there, show what ten rows would become.

    A CRM (HubSpot, Salesforce), a CSV file, the SELECT of a database, or a list of JSON at an address.

    Secrets are never typed here and never stored: the mapping says where they are. Nothing is written to the
    database, and the mapping only once you agree.
    """
    from bot.cli import connect_table
    from bot.cli.connect_sample import At
    from bot.proposal import SERVICES

    where = place.find(folder)
    kind = _one_of("What shall be connected?", (*SERVICES, *connect_table.TYPES), "hubspot")
    name = typer.prompt("What shall the source be called?", default="crm").strip()
    if not name.isidentifier():
        raise WrongUseError(f"{name!r} is no name for a source. Use letters, digits and underscores.")
    path = where.settings.sources / f"{name}.yaml"
    _refuse_taken(name, path)
    if path.exists() and not typer.confirm(f"{path} is there already. Replace it?", default=False):
        return
    given = _outside(where, name, at)
    if kind in connect_table.TYPES:
        text = connect_table.set_up(At(name, connect_table.TYPES[kind], path.parent, given))
        terminal.say(f"\n{text}")
    else:
        text = _of_crm(SERVICES[kind], name, given)
    if not typer.confirm(f"Write this mapping to {path}?", default=True):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    terminal.say(f"Wrote {path}. `attain sync` reads everything, `attain doctor` looks at the connection again.")


def _of_crm(service: Service, name: str, given: Outside) -> str:
    """The mapping of a CRM, agreed and tried on its first deals."""
    head = service.source(name, _answers(service))
    proposed = _kinds(service, head, name, given)
    text = head + "".join(one.text(name) for one in proposed)
    terminal.say(f"\n{text}")
    _show_deals(_opened(text, name, given))
    return text


def _refuse_taken(name: str, path: Path) -> None:
    """Two files must not read the same source.

    Raises:
        WrongUseError: Another mapping file names it.
    """
    from connectors.errors import ConnectorError
    from connectors.mapping import load_file

    for other in sorted(path.parent.glob("*.y*ml")):
        try:
            is_taken = other != path and name in load_file(other).sources
        except ConnectorError:
            continue  # `attain doctor` says what is wrong with it
        if is_taken:
            raise WrongUseError(f"{other.name} reads a source {name!r} already. Choose another name, or edit it.")


def _answers(service: Service) -> dict[str, str]:
    """What the source is to be told; a secret must be named by reference.

    Raises:
        WrongUseError: A secret itself was given.
    """
    from connectors.secrets_by_reference import is_reference
    from connectors.source_types import TYPES

    found = {}
    for key, question, usual in service.said:
        said = typer.prompt(question, default=usual or None).strip()
        if key in TYPES[service.type].secrets and not is_reference(said):
            raise WrongUseError(
                f"{key} is named by reference, env:NAME or file:path. What was typed is kept nowhere; if it was the "
                "secret itself, it may stand in this terminal's history: replace it."
            )
        found[key] = said
    return found


def _outside(where: place.Place, name: str, at: str) -> Outside:
    """Secrets, and the fake where one is named.

    Raises:
        WrongUseError: The fake is not on this machine.
    """
    import httpx

    from bot import sources
    from connectors.http import Wire
    from connectors.registry import Outside

    usual = sources.outside(where.settings.sources)
    if not at:
        crm = where.crm(where.clock())
        return crm.outside() if crm is not None else usual
    if httpx.URL(at).host not in LOOPBACK:
        raise WrongUseError("--at is for a fake on this machine, such as http://127.0.0.1:8091.")
    return Outside(usual.secret, {name: Wire(base_url=at.rstrip("/"))})


def _kinds(service: Service, head: str, name: str, given: Outside) -> list[Proposed]:
    """What is read, as the account allows and the asker wants.

    Raises:
        UnsoundError: People or deals cannot be read.
    """
    found = []
    for number, kind in enumerate(service.kinds):
        proposed, problems = _tried(service, kind, (head, name, given))
        for problem in problems:
            terminal.failure(f"{kind}: {_sentence(problem)}")
        if proposed is None and number < 2:
            raise UnsoundError(f"Without {kind} records nothing can be paid. Mend what is named, and try again.")
        if proposed is None:
            terminal.remark(f"{kind} records are left out.")
        elif number < 2 or typer.confirm(f"Read {kind} records from here?", default=True):
            found.append(proposed)
    return found


def _tried(service: Service, kind: str, at: tuple[str, str, Outside]) -> tuple[Proposed | None, tuple[Problem, ...]]:
    """The proposal for a kind that can be read, and what stands in the way of one that cannot."""
    from bot.proposal import propose
    from connectors.errors import ConnectorError

    head, name, given = at
    try:
        first = head + propose(service, kind, _usual(service, kind)).text(name)
        feed = _feed(first, name, given)
        known = tuple(one.name for one in feed.properties(kind))
        proposed = _agreed(propose(service, kind, known), known, asks=kind == "deal")
        problems = _feed(head + proposed.text(name), name, given).check()
    except ConnectorError as error:
        return None, error.problems
    return (None if problems else proposed), tuple(problems)


def _usual(service: Service, kind: str) -> tuple[str, ...]:
    return tuple(part for want in service.kinds[kind] for usual in want.usual for part in usual.split("+"))


def _agreed(proposed: Proposed, known: tuple[str, ...], *, asks: bool) -> Proposed:
    """The proposal once nothing is lacking and, where it asks, nothing is to be changed."""
    for name in proposed.lacking:
        proposed = proposed.changed(name, _property(f"Which field of the CRM is {name}?", known))
    if not asks:
        return proposed
    while True:
        rows = [(want.name, found or want.otherwise or "left out") for want, found in proposed.fields]
        terminal.table(f"Proposed for {proposed.kind} records", ("field", "comes from"), rows)
        name = typer.prompt("Change which field? (Enter: none)", default="", show_default=False).strip()
        if not name:
            return proposed
        if name not in {want.name for want, _ in proposed.fields}:
            terminal.failure(f"There is no field {name!r} here.")
            continue
        proposed = proposed.changed(name, _property(f"Which field of the CRM is {name}?", known))


def _property(question: str, known: tuple[str, ...]) -> str:
    from bot.proposal import nearest

    while True:
        said = typer.prompt(question).strip()
        if said in known:
            return str(said)
        close = nearest(said, known)
        near = f" Did you mean {' or '.join(close)}?" if close else f" It has {', '.join(known[:30])}."
        terminal.failure(f"The CRM has no field {said!r}.{near}")


def _feed(text: str, name: str, given: Outside) -> Feed:
    from connectors.mapping import load
    from connectors.registry import open_feed

    return open_feed(load(text, f"{name}.yaml"), name, given)


def _opened(text: str, name: str, given: Outside) -> FeedSource:
    from connectors.feed_source import FeedSource
    from connectors.mapping import load

    mapping = load(text, f"{name}.yaml")
    return FeedSource(mapping, name, _feed(text, name, given))


def _show_deals(source: FeedSource) -> None:
    """What the first deals would become; nothing is stored.

    Raises:
        UnsoundError: They cannot be read.
    """
    page = next(iter(source.pages("deal", "backfill", None, None, {})))
    normal = source.normalise("deal", page.records[:SHOWN], frozenset())
    for problem in (*page.refused, *normal.refused):
        raise UnsoundError(_sentence(problem))
    if not page.records:
        terminal.remark("There are no deals yet.")
        return
    terminal.table(
        f"What {min(SHOWN, len(page.records))} deals would become; nothing is stored yet",
        ("deal", "amount", "closes", "would be"),
        [*_sound(normal), *((row["name"], "", "", f"held: {row['detail']}") for row in _rows(normal.rejected))],
        right=("amount",),
    )


def _sound(normal: Normal) -> list[tuple[str, str, str, str]]:
    from engine.dates import on_day
    from engine.money import Money

    return [
        (
            row["name"],
            str(Money(row["amount_cents"], row["currency"])),
            on_day(row["booked_on"]).isoformat(),
            f"{row['stage']} ({row['stage_name']})",
        )
        for row in _rows(normal.rows)
    ]


def _rows(frame: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = frame.to_dict("records")
    return found


def _one_of(question: str, allowed: tuple[str, ...], usual: str) -> str:
    """The answer, if it is one of those.

    Raises:
        WrongUseError: It is not.
    """
    said = typer.prompt(f"{question} ({', '.join(allowed)})", default=usual).strip().lower()
    if said not in allowed:
        raise WrongUseError(f"{said!r} cannot be set up here. Use one of {', '.join(allowed)}.")
    return str(said)


def _sentence(problem: Problem) -> str:
    remedy = f" {problem.remedy.rstrip('.')}." if problem.remedy else ""
    return f"{problem.message.rstrip('.')}.{remedy}"
