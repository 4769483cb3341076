"""One CSV file, checked as a whole: encoding, header, columns, quotes. Any fault refuses the file with its line."""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from connectors.files.refusals import Place, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from connectors.errors import SourceRefused
    from connectors.schema import FileFormat

MAX_BYTES = 1 << 30

QUOTE = ord('"')
LINE_ENDS = (ord("\n"), ord("\r"))


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The wanted columns of one file as text, with where each row stands in it.

    Attributes:
        name: How messages call the file: its path below the source's folder.
        body: The bytes as read; `sha256` is their digest.
        frame: Text columns, one row per record.
        lines: The line each record starts on, counted from 1.
    """

    name: str
    body: bytes
    sha256: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Text:
    """A file's text as UTF-8 without byte order mark, and how it is to be read."""

    name: str
    utf8: bytes
    delimiter: str


def read(path: Path, name: str, wanted: tuple[str, ...], fmt: FileFormat) -> CsvFile:
    """The file's wanted columns.

    Raises:
        SourceRefused: The file is missing, empty or too large, has an undecodable byte, a NUL, a missing or repeated
            column, a row with too many or too few fields, or a stray quote; the problem names the line.
    """
    body = load(path, name)
    text = _Text(name, _decoded(body, name, fmt.encoding), fmt.delimiter)
    header = _header(text)
    _check_header(header, wanted, name)
    _check_quotes(text)
    table, lines = _located(_parsed(text, header), text.utf8)
    columns = {column: table.column(header.index(column)).combine_chunks() for column in dict.fromkeys(wanted)}
    frame = pa.table(columns).to_pandas() if columns else pd.DataFrame(index=range(len(lines)))
    return CsvFile(name, body, hashlib.sha256(body).hexdigest(), frame, lines)


def header(path: Path, name: str, fmt: FileFormat) -> tuple[str, ...]:
    """The names of the file's columns.

    Raises:
        SourceRefused: The file is missing, empty or too large, cannot be decoded, or names a column twice.
    """
    found = _header(_Text(name, _decoded(load(path, name), name, fmt.encoding), fmt.delimiter))
    _check_header(found, (), name)
    return tuple(found)


def load(path: Path, name: str) -> bytes:
    """The file's bytes.

    Raises:
        SourceRefused: It cannot be read or is too large.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refused("file_too_large", Place(name, found=f"{size} bytes", allowed=f"{MAX_BYTES} bytes"))
        return path.read_bytes()
    except OSError as error:
        raise refused("file_missing", Place(name), error.strerror or "it is not there") from error


def _decoded(body: bytes, name: str, encoding: str) -> bytes:
    if not body.removeprefix(codecs.BOM_UTF8).strip():
        raise refused("file_empty", Place(name, found="nothing", allowed="a header and rows"))
    codec = codecs.lookup(encoding).name
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        at = min(error.start, len(body) - 1)
        line = body.count(b"\n", 0, at) + 1
        raise refused("encoding", Place(name, line, f"byte 0x{body[at]:02x}", encoding)) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise refused("encoding", Place(name, line, "byte 0x00", encoding))
    if codec in ("utf-8", "utf-8-sig"):
        return body.removeprefix(codecs.BOM_UTF8)
    return text.removeprefix("\ufeff").encode("utf-8", "replace")


def _records(text: _Text) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on, by the slow and strict reader that knows where a fault is.

    Raises:
        SourceRefused: At a stray or unclosed quote.
    """
    stream = io.TextIOWrapper(io.BytesIO(text.utf8), encoding="utf-8", newline="")
    reader = csv.reader(stream, delimiter=text.delimiter, strict=True)
    limit = csv.field_size_limit(len(text.utf8) + 1)
    start = 1
    try:
        for record in reader:
            yield start, record
            start = reader.line_num + 1
    except csv.Error as error:
        place = Place(text.name, start, "a stray or unclosed quote", "fields in a pair of quotes")
        raise refused("quote", place) from error
    finally:
        csv.field_size_limit(limit)


def _header(text: _Text) -> list[str]:
    _, header = next(_records(text), (1, []))
    return [column.strip() for column in header]


def _check_header(header: list[str], wanted: tuple[str, ...], name: str) -> None:
    found = ", ".join(header)
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if repeated:
        raise refused("header", Place(name, 1, found, "each name once"), ", ".join(map(repr, repeated)))
    missing = [column for column in dict.fromkeys(wanted) if column not in header]
    if not missing:
        return
    folded = {column.casefold(): column for column in header}
    near = [difflib.get_close_matches(column.casefold(), folded, 1) for column in missing]
    close = ", ".join(repr(folded[found[0]]) for found in near if found)
    words = ", ".join(map(repr, missing)) + (f"; perhaps {close} is meant" if close else "")
    raise refused("column_missing", Place(name, 1, found, ", ".join(dict.fromkeys(wanted))), words)


def _check_quotes(text: _Text) -> None:
    """Reads the file the slow way unless every quote opens a field, closes one, or is half of a doubled one.

    Raises:
        SourceRefused: At a stray or unclosed quote.
    """
    if b'"' in text.utf8 and not _are_quotes_in_place(text):
        for _ in _records(text):
            pass


def _are_quotes_in_place(text: _Text) -> bool:
    """Counting from the start, every odd quote must follow a field's start or a quote, every even one precede an end.

    Then the file can be read in one way only, whatever stands between the quotes.
    """
    around = np.frombuffer(b"\n" + text.utf8 + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(around == QUOTE)
    if len(quotes) % 2:
        return False
    edges = np.isin(np.arange(256), [QUOTE, ord(text.delimiter), *LINE_ENDS])
    return bool(edges[around[quotes[0::2] - 1]].all() and edges[around[quotes[1::2] + 1]].all())


def _parsed(text: _Text, header: list[str]) -> Any:
    names = [str(number) for number in range(len(header))]
    block = min(max(len(text.utf8) + 1, 1 << 16), (1 << 31) - 1)  # one block: no field can straddle two
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(text.utf8),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=block),
            parse_options=arrow_csv.ParseOptions(
                delimiter=text.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise _ragged(text, len(header)) from error


def _ragged(text: _Text, width: int) -> SourceRefused:
    faults = ((line, len(record)) for line, record in _records(text) if record and len(record) != width)
    line, count = next(faults, (1, 0))
    return refused("row_length", Place(text.name, line, f"{count} fields", f"{width} fields"))


def _located(table: Any, utf8: bytes) -> tuple[Any, NDArray[np.int64]]:
    """The records below the header, blank lines left out, and the line each starts on."""
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    if b'"' in utf8:
        inside = np.zeros(table.num_rows, dtype=np.int64)
        for column in table.columns:
            inside += pc.count_substring(column, "\n").to_numpy()
        lines[1:] += np.cumsum(inside)[:-1]
    table, lines = table.slice(1), lines[1:]
    if any(blank in utf8 for blank in (b"\n\n", b"\n\r\n", b"\r\r")):
        filled = np.zeros(table.num_rows, dtype=bool)
        for column in table.columns:
            filled |= pc.greater(pc.binary_length(column), 0).to_numpy()
        table, lines = table.filter(pa.array(filled)), lines[filled]
    return table, lines
