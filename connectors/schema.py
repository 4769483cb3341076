"""What a mapping may say: frozen types that mirror the YAML file. `connectors.mapping` reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping as ReadOnly

    from engine.blending import Rule


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How a source writes text, numbers and dates. Date format and decimal mark are declared, never guessed."""

    date_format: str
    decimal: str
    thousands: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    nulls: tuple[str, ...] = ("",)
    timezone: str = ""
    snapshot: bool = False


#: The `timezone` of a source that takes the one of its account, and dates and instants as ISO 8601 writes them.
ACCOUNT = "account"
ISO = "iso"
#: Notations that no pattern of directives describes; an instant becomes its day by `normalise.days.day_of`.
NAMED_FORMATS = (ISO, "epoch", "epoch_ms", "dotnet")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, for the range that no next start ends."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where the text of one field comes from: a column, a constant, or columns joined.

    Attributes:
        column: Header, or `lookup.header` for a column that a lookup brings.
        constant: The same text in every row.
        join: Columns written after each other, empty ones left out.
        separator: Between joined columns.
        date_format: Overrides the source's for this field.
        unit: Of a share: "percent" or "fraction".
        inclusive: The date is the last day that belongs to the range, not the first after it.
        until_next: The range ends where the next one of the same owner starts.
        last: How long a range lasts that no next start ends; with `until_next` unset, how long each lasts.
        account: Where the column is empty, what the account of the source says: its currency.
    """

    column: str = ""
    constant: str | None = None
    join: tuple[str, ...] = ()
    separator: str = " "
    date_format: str = ""
    unit: str = ""
    inclusive: bool = False
    until_next: bool = False
    last: Span | None = None
    account: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.join or ((self.column,) if self.column else ())


@dataclass(frozen=True, slots=True)
class Lookup:
    """A second file: the row whose `key` equals this row's `by` lends the columns in `take`."""

    name: str
    file: str
    key: str
    by: str
    take: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stages:
    """Which stage names mean won, lost and open; a name in none of them quarantines its row."""

    won: frozenset[str]
    lost: frozenset[str]
    open: frozenset[str]
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Won:
    """Which property says that a deal is won, and which that it is closed; "true" means yes."""

    property: str
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One of several figures or tags that stand side by side in a row; `unit` is money or number, "" for tags."""

    name: str
    column: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class KindMapping:
    """How rows of one kind are read.

    Attributes:
        kind: One of `connectors.source.KINDS`.
        source: Name of the source it comes from.
        file: Path or glob, relative to the source's folder.
        fields: Field name to where its text comes from.
        only_when: Column to the texts of which a row must have one; other rows are skipped and counted.
        aliases: Field to replacements of its text, before it is parsed.
        lookups: Further files that lend columns, in order.
        stages: For deals: what the stage column means.
        required_when_won: Fields a won deal must have.
        excess_decimals: "reject" or "half_even": what to do with more decimals than the currency has.
        fmt: How the file writes dates and numbers.
        won: For deals of an API: the properties that say what the stage means, instead of `stages`.
        object: The source's own name of the record type; "" for the usual one.
        options: What else this type of source wants to know of the kind.
        labels: What people call a stage whose text is an id.
        values: Of figures and tags: the columns of which each holds one.
        keys: What its records are known by in other sources: the name of each key and its column.
    """

    kind: str
    source: str
    file: str
    fields: ReadOnly[str, FieldSource]
    fmt: FileFormat
    only_when: ReadOnly[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    aliases: ReadOnly[str, ReadOnly[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    lookups: tuple[Lookup, ...] = ()
    stages: Stages | None = None
    required_when_won: tuple[str, ...] = ("amount", "close", "owner")
    excess_decimals: str = "reject"
    won: Won | None = None
    object: str = ""
    options: ReadOnly[str, str] = field(default_factory=lambda: MappingProxyType({}))
    labels: ReadOnly[str, str] = field(default_factory=lambda: MappingProxyType({}))
    values: tuple[Value, ...] = ()
    keys: ReadOnly[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column or property that has to be read, each once."""
        named = [column for source in self.fields.values() for column in source.columns if column[:1] != " "]
        named += [*(value.column for value in self.values), *self.keys.values()]
        ruling = (self.won.property, self.won.closed) if self.won is not None else ()
        return tuple(dict.fromkeys(name for name in (*named, *self.only_when, *ruling) if name))

    @property
    def is_whole(self) -> bool:
        """Whether a range ends where the next begins: then a row means nothing alone, and all are read at once."""
        return any(source.until_next for source in self.fields.values())


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """One system that data comes from.

    Attributes:
        name: Its name in the mapping and in the store.
        type: One of the types in `connectors.registry`.
        folder: Where its files are.
        interval_seconds: How often it is synced.
        options: What else its type wants to know; secrets are references (`env:` or `file:`), never the secret.
        record_url: How the address of one of its records is written, with `{id}`; "" where people cannot open them.
    """

    name: str
    type: str
    folder: str
    interval_seconds: int
    options: ReadOnly[str, str] = field(default_factory=lambda: MappingProxyType({}))
    record_url: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file; `sha256` of its text is its version for receipts and re-reading."""

    filename: str
    sha256: str
    text: str
    sources: ReadOnly[str, SourceMapping]
    kinds: tuple[KindMapping, ...]
    blends: tuple[Rule, ...] = ()

    def blends_of(self, name: str) -> tuple[Rule, ...]:
        """The rules by which records of that source are blended with others'."""
        return tuple(rule for rule in self.blends if name in rule.sources)

    def of_source(self, name: str) -> tuple[KindMapping, ...]:
        """The kinds that come from that source, in the order of `KINDS`."""
        return tuple(kind for kind in self.kinds if kind.source == name)
