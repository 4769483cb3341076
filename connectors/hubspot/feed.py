"""HubSpot as a feed: which object answers for which kind."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from connectors.errors import ConfigRefused, SourceError
from connectors.hubspot import account, checks
from connectors.hubspot.client import Client
from connectors.hubspot.deals import Deals
from connectors.hubspot.goods import Goods
from connectors.hubspot.owners import Owners
from connectors.hubspot.quotas import Quotas
from connectors.hubspot.rates import Rates
from connectors.hubspot.splits import Splits
from connectors.source import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from connectors.feed import Account, Property, Setup
    from connectors.schema import KindMapping
    from connectors.source import Ask, RawPage
    from engine.problems import Problem


class Noun(Protocol):
    """One kind of record."""

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for."""

    def read(self, ids: Sequence[str]) -> RawPage:
        """Current values by id."""


#: Which object answers for which kind; HubSpot knows no placements and no plan assignments.
NOUNS: Mapping[str, Callable[[Client, KindMapping], Noun]] = {
    "person": lambda client, _: Owners(client),
    "deal": Deals,
    "figure": Deals,
    "tag": Deals,
    "account": Goods,
    "product": Goods,
    "line_item": Goods,
    "split": lambda client, _: Splits(client),
    "quota": Quotas,
    "rate": lambda client, _: Rates(client),
}


class HubSpotFeed:
    """One HubSpot account."""

    def __init__(self, setup: Setup) -> None:
        """Prepare; nothing is sent.

        Raises:
            ConfigRefused: The mapping wants a version or a kind that HubSpot does not have.
        """
        strange = [kind.kind for kind in setup.kinds if kind.kind not in NOUNS]
        if strange:
            raise ConfigRefused(
                f"HubSpot has no {', '.join(strange)} records",
                where=setup.source.name,
                remedy=f"Take from it only {', '.join(NOUNS)}",
            )
        self._kinds = setup.kinds
        self._client = Client(setup)
        self._nouns = {kind.kind: NOUNS[kind.kind](self._client, kind) for kind in setup.kinds}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the mapping takes from it, in the order of `KINDS`."""
        return tuple(kind for kind in KINDS if kind in self._nouns)

    @property
    def lag(self) -> timedelta:
        """Nothing is held back: what search shows late is read again."""
        return timedelta(0)

    @property
    def overlap(self) -> timedelta:
        """Search is late by minutes; so much is read again every time."""
        return timedelta(minutes=10)

    def now(self) -> datetime:
        """HubSpot's clock, as its last answer said; it is asked before ours could cut a window.

        Where it does not answer, whatever is asked next says why.
        """
        if not self._client.http.calls:
            with suppress(SourceError):
                self._client.details()
        return self._client.http.server_now()

    def calls(self) -> int:
        """Requests sent so far."""
        return self._client.http.calls

    def account(self) -> Account:
        """Time zone, currency and stages; two requests."""
        return account.read(self._client)

    def check(self) -> tuple[Problem, ...]:
        """What would stop a sync: the token, scopes, properties that are gone."""
        return checks.check(self._client, self._kinds)

    def pages(self, ask: Ask) -> Iterator[RawPage]:
        """What was asked for, page by page."""
        return self._nouns[ask.kind].pages(ask)

    def read(self, kind: str, ids: Sequence[str]) -> RawPage:
        """Current values by id."""
        return self._nouns[kind].read(ids)

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The fields that records of the kind have."""
        return checks.properties(self._client, kind)
