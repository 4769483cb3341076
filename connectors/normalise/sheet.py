"""The texts of one file's fields, and the first reason each row was refused for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from connectors.normalise.kinds import FIELDS
from connectors.normalise.reasons import REASONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.schema import FieldSource, KindMapping

MAX_TEXT = 2_000
SHOWN_TEXT = 60

#: Column of a lookup (`lookup.?`) that holds the texts the lookup file does not know.
UNMATCHED = "?"

REJECTED_COLUMNS = (
    "external_id", "code", "detail", "remedy", "raw_hash", "owner", "name", "parent", "won", "position",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason met while reading, and the field and text that an error message quotes."""

    code: str
    field: str
    text: Any


class Sheet:
    """Rows of one kind on their way from text to types.

    `texts` holds arrow strings per mapped field: trimmed, null tokens and missing values as "", aliases applied.
    """

    def __init__(self, mapping: KindMapping, frame: pd.DataFrame) -> None:
        self.mapping = mapping
        self.frame = frame
        self.count = len(frame)
        self.findings: list[Finding] = []
        self.verdict: NDArray[np.int32] = np.zeros(self.count, dtype=np.int32)
        self.texts: dict[str, Any] = {}
        for name, source in mapping.fields.items():
            self.texts[name] = self._text(name, source)
        self._check_texts()
        self._check_lookups()

    def text(self, field: str, default: str = "") -> Any:
        """The field's texts, `default` where it is not mapped or empty."""
        found = self.texts.get(field)
        if found is None:
            return self._repeat(default)
        return pc.if_else(self.empty(field), default, found) if default else found

    def empty(self, field: str) -> Any:
        """Which rows have no text in that field."""
        found = self.texts.get(field)
        return self._repeat(True) if found is None else pc.equal(found, "")

    def bools(self, values: Any) -> NDArray[np.bool_]:
        """Arrow booleans as numpy ones."""
        found: NDArray[np.bool_] = values.to_numpy(zero_copy_only=False).astype(bool)
        return found

    def refuse(self, rows: NDArray[np.bool_], code: str, field: str, quoted: Any = None) -> None:
        """Refuses those rows that no earlier finding has refused, quoting the field's text or the one given."""
        if not rows.any():
            return
        self.findings.append(Finding(code, field, self.texts.get(field) if quoted is None else quoted))
        self.verdict[rows & (self.verdict == 0)] = len(self.findings)

    def need(self, field: str, code: str = "value_missing", where: NDArray[np.bool_] | None = None) -> None:
        """Refuses rows without text in that field, only those in `where` if given."""
        empty = self.bools(self.empty(field))
        self.refuse(empty if where is None else empty & where, code, field)

    def codes(self, fields: tuple[str, ...]) -> NDArray[np.int64]:
        """One number per distinct combination of those fields."""
        return factorised([self.text(field) for field in fields], self.count)

    def good(self) -> NDArray[np.intp]:
        """Positions of the rows that nothing has refused."""
        return np.flatnonzero(self.verdict == 0)

    def key(self, fields: tuple[str, ...]) -> Any:
        """The key as one text; what names a record in quarantine."""
        parts = [self.text(field) for field in fields]
        return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, " · ")

    def rejected(self, key: Any, owner: str, won: NDArray[np.bool_]) -> pd.DataFrame:
        """The refused rows with code, detail and remedy; `position` is the row's place in the frame."""
        rows = np.flatnonzero(self.verdict)
        out = []
        for position in rows.tolist():
            finding = self.findings[self.verdict[position] - 1]
            reason = REASONS[finding.code]
            shown = "" if finding.text is None else finding.text[position].as_py()
            out.append(
                (
                    key[position].as_py() or f"row {position + 1}",
                    finding.code,
                    _sentence(finding.field, shown, reason.message),
                    reason.remedy,
                    self._raw_hash(position),
                    self.text(owner)[position].as_py() if owner in self.texts else "",
                    self.text("name")[position].as_py(),
                    self.text("deal")[position].as_py(),
                    bool(won[position]),
                    position,
                )
            )
        return pd.DataFrame(out, columns=list(REJECTED_COLUMNS))

    def _raw_hash(self, position: int) -> str:
        cells = [str(cell) for cell in self.frame.iloc[position].tolist()]
        return hashlib.sha256("\x1f".join(cells).encode("utf-8", "surrogatepass")).hexdigest()

    def _repeat(self, value: str | bool) -> Any:
        return pa.repeat(value, self.count)

    def _text(self, name: str, source: FieldSource) -> Any:
        if source.constant is not None:
            found = self._repeat(source.constant)
        elif source.join:
            found = self._joined(source)
        elif source.column:
            found = self.column(source.column)
        else:
            return self._repeat("")
        renamed = self.mapping.aliases.get(name)
        return replaced(found, renamed) if renamed else found

    def column(self, name: str) -> Any:
        """The texts of a column as the source names it: trimmed, null tokens and a missing column as ""."""
        if name not in self.frame:
            return self._repeat("")
        text = pc.utf8_trim_whitespace(arrow_text(self.frame[name]))
        nulls = [token for token in self.mapping.fmt.nulls if token]
        return pc.if_else(pc.is_in(text, pa.array(nulls)), "", text) if nulls else text

    def _joined(self, source: FieldSource) -> Any:
        columns = [self.column(name) for name in source.join]
        filled = [pc.if_else(pc.equal(c, ""), pa.scalar(None, pa.string()), c) for c in columns]
        return pc.binary_join_element_wise(*filled, source.separator, null_handling="skip")

    def _check_texts(self) -> None:
        for name in FIELDS[self.mapping.kind]:
            if name in self.texts and self.mapping.fields[name].constant is None:
                text = self.texts[name]
                if (pc.max(pc.binary_length(text)).as_py() or 0) > MAX_TEXT:
                    self.refuse(self.bools(pc.greater(pc.utf8_length(text), MAX_TEXT)), "text_too_long", name)
                self.refuse(self.bools(pc.match_substring(text, "\x00")), "text_unprintable", name)

    def _check_lookups(self) -> None:
        for lookup in self.mapping.lookups:
            unknown = self.column(f"{lookup.name}.{UNMATCHED}")
            self.refuse(self.bools(pc.not_equal(unknown, "")), "lookup_missing", lookup.by, unknown)


def arrow_text(column: pd.Series[Any]) -> Any:
    """A column of texts as one arrow array; missing values are empty, lone surrogates are replaced."""
    try:
        found = pa.array(column, type=pa.string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        found = pa.array([_clean(value) for value in column], type=pa.string())
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    return pc.fill_null(found, "")


def is_in(text: Any, allowed: Any) -> NDArray[np.bool_]:
    """Which texts are among those allowed."""
    found: NDArray[np.bool_] = pc.is_in(text, pa.array(sorted(allowed))).to_numpy(zero_copy_only=False).astype(bool)
    return found


def factorised(texts: list[Any], count: int) -> NDArray[np.int64]:
    """One number per distinct combination of the texts of a row."""
    codes = np.zeros(count, dtype=np.int64)
    for text in texts:
        encoded = pc.dictionary_encode(text)
        more = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        codes = (
            np.unique(codes * (len(encoded.dictionary) + 1) + more, return_inverse=True)[1] if codes.any() else more
        )
    return codes.astype(np.int64)


def _clean(value: object) -> str | None:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else None


def replaced(text: Any, renamed: Any) -> Any:
    """The texts, those that `renamed` names replaced."""
    old = pa.array(list(renamed), type=pa.string())
    new = pa.array(list(renamed.values()), type=pa.string())
    return pc.coalesce(new.take(pc.index_in(text, value_set=old)), text)


def _sentence(field: str, shown: str, message: str) -> str:
    if not shown:
        return f"{field} {message}"
    quoted = shown if len(shown) <= SHOWN_TEXT else f"{shown[:SHOWN_TEXT]}…"
    return f"{field} {quoted!r} {message}"
