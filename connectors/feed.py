"""What an API connector offers: the dumb get. It fetches and pages; it normalises nothing.

`connectors.feed_source` makes a source of it: that is where errors become problems and bodies become rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from connectors.http import Wire
from connectors.secrets_by_reference import is_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from connectors.schema import KindMapping, SourceMapping
    from connectors.source import Ask, RawPage
    from engine.problems import Problem


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage of the account means (won, lost or open) and what people call it."""

    meaning: str
    label: str


@dataclass(frozen=True, slots=True)
class Account:
    """What a mapping may take from the account instead of saying it.

    Attributes:
        timezone: IANA name of the zone its days are in.
        currency: ISO 4217 code of amounts without one.
        stages: What each stage means, by the id that a deal carries.
    """

    timezone: str = ""
    currency: str = ""
    stages: Mapping[str, Stage] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Property:
    """A field that records of a kind have at the source."""

    name: str
    label: str
    type: str
    description: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """What a feed is built from. `secret` turns a reference (`env:NAME`, `file:path`) into the secret."""

    source: SourceMapping
    kinds: tuple[KindMapping, ...]
    secret: Callable[[str], str]
    wire: Wire = field(default_factory=Wire)

    def kind(self, name: str) -> KindMapping | None:
        """How the mapping reads that kind from this source; None where it does not."""
        return next((kind for kind in self.kinds if kind.kind == name), None)

    def option(self, name: str, default: str = "") -> str:
        """What the mapping says under that key of the source; a reference is looked up.

        Raises:
            ConfigRefused: The secret is not where the reference points.
        """
        said = self.source.options.get(name, default)
        return self.secret(said) if is_reference(said) else said


class Feed(Protocol):
    """What an API connector must offer. Only `SourceError` and what is below it may be raised."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the mapping takes from it, in the order of `connectors.source.KINDS`."""

    @property
    def lag(self) -> timedelta:
        """How long the source may take to show a change: nothing younger is asked for."""

    @property
    def overlap(self) -> timedelta:
        """How much is read again before the watermark."""

    def now(self) -> datetime:
        """The source's own clock, as its last answer said."""

    def calls(self) -> int:
        """Requests sent so far."""

    def account(self) -> Account:
        """What the account says; may cost requests."""

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync: the token, scopes, fields that are gone. Reads no records and raises nothing."""

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for, or more; an empty result is one page that is complete."""

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """The current values of those records; what the source does not have is in `missing`."""

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The fields that records of the kind have."""
