"""The state of one HubSpot account, and the verbs with which people change it.

Every verb writes what the service would write: strings, stamps in milliseconds, and a search index that sees the
change only after `lag`. Some changes do not move `hs_lastmodifieddate`; the verbs say which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.fakes.hubspot.owners import Owner
from connectors.fakes.hubspot.records import DEFAULTS, STAMP, Record, Table, iso, milliseconds
from connectors.fakes.hubspot.settings import Account, ExchangeRate
from connectors.fakes.hubspot.splits import Split, fractions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

FIRST_ID = 9_001


@dataclass(slots=True)
class Portal:
    """One account.

    Attributes:
        clock: The service's own clock; may be replaced at any time.
        lag: How long after a change search still shows what was there before.
        account: Settings and scopes.
        merged_ids_resolve: Reading the id of a merged record answers with the survivor; otherwise it is unknown.
    """

    clock: Callable[[], datetime]
    account: Account = field(default_factory=Account)
    lag: timedelta = timedelta(0)
    merged_ids_resolve: bool = True
    tables: dict[str, Table] = field(default_factory=lambda: {name: Table(name) for name in DEFAULTS})
    owners: dict[str, Owner] = field(default_factory=dict)
    splits: dict[str, list[Split]] = field(default_factory=dict)
    #: (from type, to type) to id to the ids it is associated with, the primary one first.
    associations: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)
    last_id: int = FIRST_ID

    def now(self) -> datetime:
        """The service's instant, in the resolution that it keeps."""
        return milliseconds(self.clock())

    def next_id(self) -> str:
        """An id that nothing has yet."""
        self.last_id += 1
        return str(self.last_id)

    def create(self, kind: str, properties: Mapping[str, str | None], record_id: str = "") -> str:
        """The id of a new record."""
        record = Record(record_id or self.next_id(), {}, self.now())
        record.properties |= {"hs_object_id": record.id, "createdate": iso(self.now())}
        self.tables[kind].add(record)
        self.edit(kind, record.id, properties)
        return record.id

    def edit(
        self, kind: str, record_id: str, properties: Mapping[str, str | None], *, moves_stamp: bool = True
    ) -> None:
        """Sets properties. Without `moves_stamp` as the service does for calculated ones: nobody can tell when."""
        record = self.tables[kind].rows[record_id]
        record.properties |= properties
        if kind == "deals":
            record.properties |= self._closing(record.properties)
        if moves_stamp:
            record.properties[STAMP] = iso(self.now())
        record.index(self.now() + self.lag)

    def win(self, deal_id: str, closed_at: str = "") -> None:
        """Moves a deal into its pipeline's won stage, closing it now or at the given text."""
        self._close(deal_id, True, closed_at)

    def lose(self, deal_id: str, closed_at: str = "") -> None:
        """Moves a deal into its pipeline's lost stage."""
        self._close(deal_id, False, closed_at)

    def reassign(self, deal_id: str, owner_id: str) -> None:
        """Gives the deal to another owner."""
        self.edit("deals", deal_id, {"hubspot_owner_id": owner_id})

    def delete(self, kind: str, record_id: str) -> None:
        """Archives a record. Its stamp stays; search forgets it."""
        self.tables[kind].rows[record_id].archived_at = self.now()

    def restore(self, kind: str, record_id: str) -> None:
        """Brings an archived record back. Its stamp stays."""
        record = self.tables[kind].rows[record_id]
        record.archived_at = None
        record.index(self.now() + self.lag)

    def purge(self, kind: str, record_id: str) -> None:
        """Removes a record for good, from the archive as well."""
        self.tables[kind].drop(record_id)

    def merge(self, survivor: str, loser: str, *, new_id: bool = False, moves_stamp: bool = True) -> str:
        """The id that is left of two deals: the survivor's, or a new one that neither had before."""
        table = self.tables["deals"]
        kept, lost = table.rows[survivor], table.rows[loser]
        gone = [loser, *_ids(lost), *_ids(kept), *([survivor] if new_id else [])]
        merged = dict(kept.properties) | {"hs_merged_object_ids": ";".join(dict.fromkeys(gone))}
        table.drop(loser)
        left = survivor
        if new_id:
            left = self.next_id()
            table.drop(survivor)
            table.add(Record(left, {}, kept.created_at))
            merged["hs_object_id"] = left
        self.edit("deals", left, merged, moves_stamp=moves_stamp)
        if self.merged_ids_resolve:
            table.merged |= dict.fromkeys(gone, left)
        return left

    def associate(self, from_kind: str, to_kind: str, from_id: str, to_id: str) -> None:
        """Ties two records; the newest tie is the primary one. No stamp moves."""
        known = self.associations.setdefault((from_kind, to_kind), {}).setdefault(from_id, [])
        known[:] = [to_id, *(other for other in known if other != to_id)]

    def share(self, deal_id: str, shares: Mapping[str, str]) -> None:
        """Splits a deal between owners, fractions as text; none at all takes the splits away. No stamp moves."""
        at = iso(self.now())
        self.splits[deal_id] = [
            Split(self.next_id(), owner, fraction, at) for owner, fraction in fractions(shares).items()
        ]

    def hire(self, first_name: str, last_name: str, email: str, team: str = "", owner_id: str = "") -> str:
        """The id of a new owner."""
        chosen = owner_id or self.next_id()
        at = self.now()
        self.owners[chosen] = Owner(chosen, email, first_name, last_name, 500_000 + int(chosen), at, at, team)
        return chosen

    def dismiss(self, owner_id: str) -> None:
        """Deactivates an owner: the names and the user number are no longer shown, and nothing says since when."""
        self.owners[owner_id].archived = True

    def set_rate(self, currency: str, rate: str, effective_at: datetime) -> None:
        """What one unit of the currency is worth in the account's own, from that instant on."""
        self.account.rates.append(ExchangeRate(self.next_id(), currency, rate, effective_at))

    def _close(self, deal_id: str, won: bool, closed_at: str) -> None:
        deal = self.tables["deals"].rows[deal_id]
        pipeline = next(p for p in self.account.pipelines if p.id == deal.properties.get("pipeline", "default"))
        self.edit("deals", deal_id, {"dealstage": pipeline.stage(won), "closedate": closed_at or iso(self.now())})

    def _closing(self, properties: Mapping[str, str | None]) -> dict[str, str | None]:
        """The calculated properties that follow from the stage."""
        stages = {stage.id: stage for pipeline in self.account.pipelines for stage in pipeline.stages}
        stage = stages.get(properties.get("dealstage") or "")
        closed = stage is not None and stage.is_closed
        won = closed and stage is not None and stage.probability == "1.0"
        return {"hs_is_closed": "true" if closed else "false", "hs_is_closed_won": "true" if won else "false"}


def _ids(record: Record) -> list[str]:
    return [part for part in (record.properties.get("hs_merged_object_ids") or "").split(";") if part]
