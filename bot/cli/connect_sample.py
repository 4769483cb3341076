"""What `attain connect` finds where rows describe themselves by their columns, and how it asks about those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from bot.cli import terminal
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from connectors.registry import Outside

#: Rows that are looked at before the mapping is proposed.
SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class At:
    """What is being connected: a source's name and type, the folder of the sources, and what is outside."""

    name: str
    type: str
    folder: Path
    given: Outside

    def source(self, head: Sequence[str], kinds: str) -> Any:
        """The source as it would be.

        Raises:
            ConnectorError: The mapping or the source cannot be read.
        """
        from connectors.mapping import load
        from connectors.registry import open_source

        return open_source(load(self.text(head, kinds), f"{self.name}.yaml"), self.name, self.folder, self.given)

    def text(self, head: Sequence[str], kinds: str) -> str:
        """The mapping file."""
        said = ", ".join((f"type: {self.type}", *head))
        return f"version: 1\nsources:\n  {self.name}: {{{said}}}\nkinds:\n{kinds}"


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns that were found, with what their first rows say."""

    texts: Mapping[str, Sequence[str]]

    def of(self, *columns: str) -> list[str]:
        """What those columns say, where there are such columns."""
        return [text for column in columns for text in self.texts.get(column, ()) if text.strip()]


def file_sample(at: At, head: tuple[str, ...], pattern: str) -> tuple[tuple[str, ...], Sample]:
    """The columns of the first file, and in which delimiter and encoding it can be read."""
    from connectors.files import csv_text
    from connectors.files.tables import name_of
    from connectors.schema import FileFormat

    pattern = pattern.strip('"')
    first = next(iter(sorted(at.folder.glob(pattern))), at.folder / pattern) if pattern else at.folder
    if not first.is_file():
        raise WrongUseError(f"There is no file {pattern!r} in {at.folder}. Put it there, or name it from there on.")
    name = name_of(first, at.folder)
    body = csv_text.load(first, name)
    try:
        body.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = typer.prompt("The file is no UTF-8. Which encoding has it?", default="cp1252").strip()
    wide = {mark: len(_columns_by(first, name, mark, encoding)) for mark in (",", ";", "\t", "|")}
    delimiter = max(wide, key=lambda mark: wide[mark])
    fmt = FileFormat("%Y-%m-%d", ".", encoding=encoding, delimiter=delimiter)
    columns = tuple(column for column in csv_text.header(first, name, fmt) if column)
    frame = csv_text.read(first, name, columns, fmt).frame.head(SAMPLE).fillna("")
    said = [f"encoding: {encoding}"] * (encoding != "utf-8") + [f"delimiter: {yaml(delimiter)}"] * (delimiter != ",")
    kept = tuple(one for one in head if not one.startswith(("encoding:", "delimiter:")))
    return (*kept, *said), Sample({column: frame[column].tolist() for column in columns})


def _columns_by(path: Path, name: str, delimiter: str, encoding: str) -> tuple[str, ...]:
    from connectors.errors import ConnectorError
    from connectors.files import csv_text
    from connectors.schema import FileFormat

    try:
        return csv_text.header(path, name, FileFormat("%Y-%m-%d", ".", encoding=encoding, delimiter=delimiter))
    except ConnectorError:
        return ()


def feed_sample(at: At, head: tuple[str, ...], kind: str, more: list[str]) -> tuple[list[str], Sample]:
    """The columns of the first rows, and the column that names a record, which has to be known to read any."""
    from bot import table_proposal as tables
    from connectors import bodies

    asked = _trial(at.name, kind, [*more, "key: id"])
    names = [one.name for one in _properties(at, head, asked, kind)]
    if not names:
        raise UnsoundError(f"There are no {kind} rows to look at yet. Connect it once there is one.")
    usual = tables.key_of(kind, names)
    more = [*more, f"key: {yaml(column('Which column names a record?', names, usual))}"]
    stamp = typer.prompt(
        "Which column says when a row changed? (Enter: none)", default="", show_default=False
    ).strip()
    if stamp:
        more.append(f"stamp: {yaml(_known(stamp, names))}")
    source = at.source(head, _trial(at.name, kind, more))
    page = next(iter(source.pages(kind, "backfill", None, None, {})))
    for problem in page.refused:
        raise UnsoundError(sentence(problem))
    records = page.records[:SAMPLE]
    inner = {f"{name}.{one}" for record in records for name in names for one in _inside(record.body.get(name))}
    columns = [*names, *sorted(inner)]
    frame, _ = bodies.frame(records, columns)
    return more, Sample({column: frame[column].tolist() for column in columns})


def _inside(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, dict) else []


def _properties(at: At, head: Sequence[str], kinds: str, kind: str) -> Sequence[Any]:
    from connectors.mapping import load
    from connectors.registry import open_feed

    found: Sequence[Any] = open_feed(load(at.text(head, kinds), f"{at.name}.yaml"), at.name, at.given).properties(
        kind
    )
    return found


def _trial(name: str, kind: str, more: Sequence[str]) -> str:
    """The kind with the same text in every field it must have: enough to ask for its columns."""
    from connectors.normalise.kinds import FIELDS

    usual = {"date": '"2026-01-01"', "end": '"2026-01-01"', "instant": '"2026-01-01"', "text": "USD"}
    fields = [
        f"      {field}: {{constant: {'number' if field == 'unit' else usual.get(one.type, 1)}"
        f"{', unit: fraction' if one.type == 'share' else ''}}}"
        for field, one in FIELDS[kind].items()
        if one.mandatory
    ]
    return "\n".join(
        [f"  {kind}:", f"    from: {name}", *(f"    {line}" for line in more), "    fields:", *fields, ""]
    )


def column(question: str, names: Sequence[str], usual: str, may_lack: bool = False) -> str:
    """The column that somebody names, or a text for every row behind `=`; asked again until there is one."""
    from bot.proposal import SAME, nearest

    while True:
        said = str(typer.prompt(question, default=usual or None)).strip()
        if said in names or (said.startswith(SAME) and len(said) > 1):
            return said
        if may_lack and said == "-":
            return ""
        close = nearest(said, names)
        near = f" Did you mean {' or '.join(close)}?" if close else f" There are {', '.join(names[:30])}."
        terminal.failure(f"There is no column {said!r}.{near}")


def _known(name: str, names: Sequence[str]) -> str:
    return name if name in names else column("Which column says when a row changed?", names, "")


def yaml(text: str) -> str:
    """A text as a mapping takes it."""
    from json import dumps

    return text if text.replace("_", "").replace(":", "").isalnum() else dumps(text, ensure_ascii=False)


def sentence(problem: Any) -> str:
    """Where, what and how it is mended."""
    where = f"{problem.where}: " if problem.where else ""
    remedy = f" {problem.remedy.rstrip('.')}." if problem.remedy else ""
    return f"{where}{problem.message.rstrip('.')}.{remedy}"
