"""`attain connect` for rows without a service behind them: a CSV file, the SELECT of a database, a list of JSON."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from bot.cli import terminal
from bot.cli.connect_sample import column, feed_sample, file_sample, sentence, yaml
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.cli.connect_sample import At, Sample
    from bot.proposal import Proposed

SHOWN = 10
#: Columns of a row that are shown.
WIDEST = 8
HIDDEN = frozenset({"source", "key", "raw_ref", "source_at", "deleted", "currency", "stage_name"})
#: What is asked of a kind of each type, with the usual answer; an answer that is left empty is left out.
ASKED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "csv": (("file", "Which file or pattern, from the folder of the sources on?", "{kind}s.csv"),),
    "sql": (("query", "Which SELECT? (bind :since and :until to read only what changed)", ""),),
    "http_json": (
        ("path", "Which path?", "/{kind}s"),
        ("params", "Which parameters? ({{since}} and {{until}} to read only what changed)", ""),
        ("items", "Where in the answer is the list? (a.b; empty: the answer is the list)", ""),
        ("paging", "How are further pages asked for? (none, offset)", "none"),
    ),
}
OF_SOURCE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "csv": (),
    "sql": (("url", "Where is the address of the database? (env:NAME or file:path)", "env:ERP_URL"),),
    "http_json": (
        ("base_url", "Which address? (https://api.example.com/v1)", ""),
        ("token", "Where is the token? (env:NAME or file:path; - for none)", "env:API_TOKEN"),
    ),
}
TYPES = {"csv": "csv", "sql": "sql", "json": "http_json"}


def set_up(at: At) -> str:
    """The mapping file, agreed kind by kind, each with its first rows as they would become.

    Raises:
        WrongUseError: An answer cannot be used.
        UnsoundError: The source cannot be read.
    """
    from bot.table_proposal import KINDS
    from connectors.errors import ConnectorError

    head = _head(at)
    kinds = ""
    done: list[str] = []
    try:
        while True:
            left = [kind for kind in KINDS if kind not in done]
            question = f"What are its rows? ({', '.join(left)}{'; Enter: no more' * bool(done)})"
            kind = typer.prompt(question, default="" if done else left[0], show_default=not done).strip()
            if not kind and done:
                return at.text(head, kinds)
            if kind not in left:
                raise WrongUseError(f"{kind!r} is no kind of row here. Use one of {', '.join(left)}.")
            if at.type == "csv":
                head = head if done else ()
            head, written = _kind(at, head, kind)
            kinds += written
            _show(at, head, kinds, kind)
            done.append(kind)
    except ConnectorError as error:
        raise UnsoundError(sentence(error.problems[0]) if error.problems else str(error)) from None


def _head(at: At) -> tuple[str, ...]:
    """What is said of the source itself.

    Raises:
        WrongUseError: A secret itself was given.
    """
    from connectors.secrets_by_reference import is_reference
    from connectors.source_types import TYPES as KNOWN

    found = []
    for key, question, usual in OF_SOURCE[at.type]:
        said = typer.prompt(question, default=usual or None).strip()
        if said in ("", "-"):
            continue
        if key in KNOWN[at.type].secrets and not is_reference(said):
            raise WrongUseError(
                f"{key} is named by reference, env:NAME or file:path; what was typed is kept nowhere."
            )
        found.append(f"{key}: {yaml(said)}")
    return tuple(found)


def _kind(at: At, head: tuple[str, ...], kind: str) -> tuple[tuple[str, ...], str]:
    """The head, with how a file writes added to it, and the kind as the mapping writes it."""
    from bot import table_proposal as tables

    more = [
        f"{key}: {yaml(said)}"
        for key, question, usual in ASKED[at.type]
        if (
            said := typer.prompt(
                question.format(), default=usual.format(kind=kind) or "", show_default=bool(usual)
            ).strip()
        )
    ]
    if at.type == "csv":
        head, sample = file_sample(at, head, more[0].partition(": ")[2] if more else "")
    else:
        more, sample = feed_sample(at, head, kind, more)
    proposed = _agreed(tables.propose(kind, tuple(sample.texts)), sample)
    proposed = _settled(proposed, sample)
    if at.type == "csv":
        head = _notation(proposed, sample, head)
    if kind == "deal":
        more.append(_stages(proposed, sample))
    return head, replace(proposed, more=tuple(more)).text(at.name)


def _agreed(proposed: Proposed, sample: Sample) -> Proposed:
    """The proposal once nothing is lacking and nothing is to be changed."""
    names = tuple(sample.texts)
    for name in proposed.lacking:
        proposed = proposed.changed(name, column(f"Which column is {name}? (or =TEXT in every row)", names, ""))
    while True:
        rows = [(want.name, found or "left out", _example(sample, found)) for want, found in proposed.fields]
        terminal.table(f"Proposed for {proposed.kind} rows", ("field", "comes from", "such as"), rows)
        name = typer.prompt("Change which field? (Enter: none)", default="", show_default=False).strip()
        if not name:
            return proposed
        needed = {want.name: want.needed for want, _ in proposed.fields}
        if name not in needed:
            terminal.failure(f"There is no field {name!r} here.")
            continue
        hint = "=TEXT in every row" + ("" if needed[name] else ", - to leave it out")
        proposed = proposed.changed(name, column(f"Which column is {name}? ({hint})", names, "", not needed[name]))


def _settled(proposed: Proposed, sample: Sample) -> Proposed:
    """What a column's name does not tell: in which unit shares are, and whether an end belongs to its range."""
    from bot import table_proposal as tables
    from bot.proposal import SAME
    from connectors.normalise.kinds import FIELDS

    for want, found in proposed.fields:
        of_type = FIELDS[proposed.kind][want.name].type
        if not found or found.startswith(SAME):
            continue
        if of_type == "share":
            wide = any(
                not text.strip().startswith(("0", "1.0", ".")) and text.strip() != "1" for text in sample.of(found)
            )
            unit = _one(f"Is {found} a percent or a fraction of 1?", ("percent", "fraction"), 0 if wide else 1)
            proposed = tables.shares(proposed, unit)
        elif of_type == "end":
            proposed = tables.last_days(
                proposed, typer.confirm(f"Does the day in {found} still belong to it?", default=True)
            )
    return proposed


def _notation(proposed: Proposed, sample: Sample, head: tuple[str, ...]) -> tuple[str, ...]:
    """How a file writes dates and amounts: what fits every row is offered, and somebody says which it is."""
    from bot import table_proposal as tables
    from connectors.normalise.kinds import FIELDS

    if any(one.startswith("date_format:") for one in head):
        return head
    of_type = FIELDS[proposed.kind]
    dates = sample.of(*(f for want, f in proposed.fields if of_type[want.name].type in ("date", "end", "instant")))
    figures = sample.of(
        *(f for want, f in proposed.fields if of_type[want.name].type in ("money", "number", "share"))
    )
    fitting = tables.formats(dates)
    if dates:
        terminal.remark(
            f"Dates look like {dates[0]!r}; they can be read as {' or '.join(fitting) or 'no usual format'}."
        )
    usual = fitting[0] if len(fitting) == 1 else "%Y-%m-%d" if not dates else None
    date_format = typer.prompt("How are dates written? (%Y year, %m month, %d day)", default=usual).strip()
    if dates and date_format not in fitting and date_format in tables.DATE_FORMATS:
        raise WrongUseError(
            f"{dates[0]!r} is no date in {date_format!r}. Use {' or '.join(fitting) or 'another format'}."
        )
    decimal, thousands = tables.marks(figures)
    decimal = _one("Which is the decimal mark?", (".", ","), (".", ",").index(decimal))
    said = [f"date_format: {yaml(date_format)}", f"decimal: {yaml(decimal)}"]
    if (
        thousands
        and thousands != decimal
        and typer.confirm(f"Do amounts have {thousands!r} between thousands?", default=True)
    ):
        said.append(f"thousands: {yaml(thousands)}")
    return (*said, *head)


def _stages(proposed: Proposed, sample: Sample) -> str:
    """The line that says which stages are won and lost."""
    from bot import table_proposal as tables
    from bot.proposal import SAME

    found = {want.name: said for want, said in proposed.fields}["stage"]
    texts = (
        [found.removeprefix(SAME)]
        if found.startswith(SAME)
        else list(dict.fromkeys(map(str.strip, sample.of(found))))
    )
    if len(texts) > tables.MOST_STAGES:
        raise WrongUseError(
            f"{found} has {len(texts)} different texts, too many for stages. Name another column as stage."
        )
    terminal.remark(f"Stages: {', '.join(texts) or 'none yet'}.")
    usual = tables.meaning(texts, tables.WON) or (texts if len(texts) == 1 else [])
    won = _several("Which of them are won? (with commas between)", texts, usual)
    lost = _several("Which are lost? (- for none)", texts, tables.meaning(texts, tables.LOST))
    return tables.stages(won, lost)


def _several(question: str, texts: Sequence[str], usual: Sequence[str]) -> list[str]:
    while True:
        said = typer.prompt(question, default=", ".join(usual) or "-")
        chosen = [one.strip() for one in said.split(",") if one.strip() not in ("", "-")]
        unknown = [one for one in chosen if texts and one not in texts]
        if not unknown:
            return chosen
        terminal.failure(f"No row has the stage {unknown[0]!r}. There are {', '.join(texts)}.")


def _one(question: str, allowed: Sequence[str], usual: int) -> str:
    while True:
        said = str(typer.prompt(f"{question} ({' or '.join(allowed)})", default=allowed[usual])).strip()
        if said in allowed:
            return said
        terminal.failure(f"{said!r} is neither {' nor '.join(allowed)}.")


def _show(at: At, head: Sequence[str], kinds: str, kind: str) -> None:
    """What the first rows would become; nothing is stored.

    Raises:
        UnsoundError: They cannot be read.
    """
    source = at.source(head, kinds)
    page = next(iter(source.pages(kind, {}) if at.type == "csv" else source.pages(kind, "backfill", None, None, {})))
    found: Any = page if at.type == "csv" else source.normalise(kind, page.records[:SHOWN], frozenset())
    for problem in (*page.refused, *found.refused):
        raise UnsoundError(sentence(problem))
    good, held = found.rows.head(SHOWN), found.rejected.head(SHOWN)
    count = min(SHOWN, len(good) + len(held))
    if not count:
        terminal.remark("There are no rows yet.")
        return
    names, shown = _columns(good)
    rows = [[shown[name](row) for name in names] + ["sound"] for row in good.to_dict("records")]
    rows += [
        [row["external_id"], *[""] * (max(len(names), 1) - 1), f"held: {row['detail']}"]
        for row in held.to_dict("records")
    ]
    title = f"What {count} {kind} rows would become; nothing is stored yet"
    terminal.table(title, (*(names or [kind]), "would be"), rows[:SHOWN])


def _columns(rows: Any) -> tuple[list[str], dict[str, Callable[[dict[str, Any]], str]]]:
    """The columns worth a look, and how each is said."""
    shown: dict[str, Callable[[dict[str, Any]], str]] = {}
    for name in rows.columns:
        if name in HIDDEN or name.startswith("key:"):
            continue
        said = name.removesuffix("_cents").removesuffix("_on").removesuffix("_external_id").replace("external_", "")
        if name.endswith("_cents"):
            shown[said] = partial(_money, name)
        elif name.endswith("_on"):
            shown[said] = partial(_day, name)
        elif (rows[name].astype(str) != "").any():
            shown[said] = partial(_text, name)
    return list(shown)[:WIDEST], shown


def _money(name: str, row: dict[str, Any]) -> str:
    from engine.money import Money

    return str(Money(row[name], row["currency"])) if row["currency"] else ""


def _day(name: str, row: dict[str, Any]) -> str:
    from engine.dates import on_day

    return on_day(row[name]).isoformat() if row[name] > 0 else ""


def _text(name: str, row: dict[str, Any]) -> str:
    return str(row[name])


def _example(sample: Sample, found: str) -> str:
    return next(iter(sample.of(found)), "")[:30]
