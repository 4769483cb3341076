"""A reader of SOQL, as far as a sync needs it: what it refuses, Salesforce refuses too.

SELECT fields or COUNT(), FROM one object, WHERE with AND, OR, NOT, parentheses, comparisons and IN, ORDER BY, LIMIT
and OFFSET. AND beside OR without parentheses is malformed, as it is at Salesforce.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from connectors.fakes.errors import SalesforceRefused

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|(?P<mark><=|>=|!=|<>|[=<>(),])"
    r"|(?P<word>[A-Za-z][\w.]*))",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_KEYWORDS = {"true": True, "false": False, "null": None}
_COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")
_MAX_LENGTH = 100_000

#: A literal of a query.
Literal = str | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Compare:
    """`field op values`; of IN and NOT IN there may be several values."""

    field: str
    op: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all ("and"), any ("or") or none ("not") must hold."""

    word: str
    parts: tuple[Compare | Group, ...]


Condition = Compare | Group


@dataclass(frozen=True, slots=True)
class Select:
    """A query. `order` pairs each field with whether it descends."""

    fields: tuple[str, ...]
    name: str
    where: Condition | None = None
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def counts(self) -> bool:
        """It asks for the number of records only."""
        return not self.fields


def parse(text: str) -> Select:
    """The query in that text.

    Raises:
        SalesforceRefused: MALFORMED_QUERY.
    """
    if len(text) > _MAX_LENGTH:
        raise SalesforceRefused("QUERY_TOO_LONG", "SOQL statement is too long")
    reader = _Reader(_tokens(text))
    return reader.select()


def _malformed(message: str) -> SalesforceRefused:
    return SalesforceRefused("MALFORMED_QUERY", message)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _malformed(f"unexpected token: '{text[at : at + 12].strip()}'")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def select(self) -> Select:
        self.want("select")
        fields = self.columns()
        self.want("from")
        name = self.word()
        where = self.condition() if self.took("where") else None
        order = self.order() if self.took("order") else ()
        limit = self.whole() if self.took("limit") else None
        offset = self.whole() if self.took("offset") else 0
        if self.at < len(self.tokens):
            raise _malformed(f"unexpected token: '{self.peek()}'")
        return Select(fields, name, where, order, limit, offset)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else "<EOF>"

    def took(self, word: str) -> bool:
        if self.peek().lower() != word or (self.at < len(self.tokens) and self.tokens[self.at][0] == "text"):
            return False
        self.at += 1
        return True

    def want(self, word: str) -> None:
        if not self.took(word):
            raise _malformed(f"unexpected token: '{self.peek()}', expecting '{word}'")

    def word(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "<EOF>")
        if kind != "word":
            raise _malformed(f"unexpected token: '{text}'")
        self.at += 1
        return text

    def whole(self) -> int:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "<EOF>")
        if kind != "number" or not text.isdigit():
            raise _malformed(f"unexpected token: '{text}'")
        self.at += 1
        return int(text)

    def columns(self) -> tuple[str, ...]:
        if self.peek().lower() == "count":
            self.at += 1
            self.want("(")
            self.want(")")
            return ()
        found = [self.word()]
        while self.took(","):
            found.append(self.word())
        repeated = {name for name in found if [f.lower() for f in found].count(name.lower()) > 1}
        if repeated:
            raise SalesforceRefused("INVALID_FIELD", f"duplicate field selected: {min(repeated)}")
        return tuple(found)

    def order(self) -> tuple[tuple[str, bool], ...]:
        self.want("by")
        found = [self._direction(self.word())]
        while self.took(","):
            found.append(self._direction(self.word()))
        return tuple(found)

    def _direction(self, field: str) -> tuple[str, bool]:
        if self.took("desc"):
            return field, True
        self.took("asc")
        return field, False

    def condition(self) -> Condition:
        parts, joined = [self.primary()], ""
        while self.peek().lower() in ("and", "or"):
            word = self.peek().lower()
            if joined and word != joined:
                raise _malformed(f"unexpected token: {word}")
            joined = word
            self.at += 1
            parts.append(self.primary())
        return Group(joined, tuple(parts)) if joined else parts[0]

    def primary(self) -> Condition:
        if self.took("not"):
            return Group("not", (self.primary(),))
        if self.took("("):
            inner = self.condition()
            self.want(")")
            return inner
        field = self.word()
        if self.took("in"):
            return Compare(field, "in", self.values())
        if self.took("not"):
            self.want("in")
            return Compare(field, "not in", self.values())
        mark = self.peek()
        if mark not in _COMPARISONS:
            raise _malformed(f"unexpected token: '{mark}'")
        self.at += 1
        return Compare(field, "!=" if mark == "<>" else mark, (self.literal(),))

    def values(self) -> tuple[Literal, ...]:
        self.want("(")
        found = [self.literal()]
        while self.took(","):
            found.append(self.literal())
        self.want(")")
        return tuple(found)

    def literal(self) -> Literal:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "<EOF>")
        self.at += 1
        try:
            return _literal(kind, text)
        except (KeyError, ValueError):
            raise _malformed(f"unexpected token: '{text}'") from None


def _literal(kind: str, text: str) -> Literal:
    if kind == "text":
        return re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], text[1:-1], flags=re.DOTALL)
    if kind == "stamp":
        return datetime.fromisoformat(text)
    if kind == "day":
        return date.fromisoformat(text)
    if kind == "number":
        return Decimal(text)
    return _KEYWORDS[text.lower()]
