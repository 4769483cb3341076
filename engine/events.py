"""What happened to deals after they were won: payments, invoices, go-lives, churn, refunds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.exchange import Exchange
from engine.frames import Named, integers, named
from engine.order import lengths_of, positions, starts_of
from engine.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from engine.deals import Deals
    from engine.frames import Facts
    from engine.order import Ints, Rows

NEVER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Events:
    """The events of known deals up to a day, by deal, then day. Amounts are in the currency of the deal."""

    deal_id: Ints
    name: Named
    on: Rows
    amount: Ints

    def pairs(self, deal_ids: Ints, names: Collection[str]) -> tuple[Rows, Rows]:
        """Every event of some names of the given deals: the deal's position among them, and the event's own."""
        codes = [self.name.code(name) for name in names]
        rows = np.flatnonzero(np.isin(self.name.codes, codes))
        ids = self.deal_id[rows]
        low, high = (np.searchsorted(ids, deal_ids, side=side) for side in ("left", "right"))
        counts = high - low
        owner = np.repeat(np.arange(len(deal_ids)), counts)
        starts = starts_of(owner)
        turn = np.arange(len(owner)) - np.repeat(starts, lengths_of(starts, len(owner)))
        return owner, rows[low[owner] + turn]

    def first(self, deal_ids: Ints, names: Collection[str], since: Rows | None = None) -> Rows:
        """The day of each deal's first event of some names, not before `since`; NEVER when there is none."""
        owner, at = self.pairs(deal_ids, names)
        days = self.on[at].astype(np.int64)
        if since is not None:
            days = np.where(days >= since[owner], days, NEVER)
        found = np.full(len(deal_ids), NEVER, dtype=np.int64)
        np.minimum.at(found, owner, days)
        return found


def events_of(facts: Facts, deals: Deals, last: int, priced: Collection[str]) -> tuple[Events, list[Problem]]:
    """The events of the deals up to and including day `last`.

    `priced` are the names whose amounts matter: those that cannot be converted into the currency of their deal are
    left out, and become problems. An amount of 0 means that none is given.
    """
    frame = facts.events
    on = integers(frame, "on")
    place, known = positions(integers(frame, "deal_id"), deals.deal_id)
    rows = np.flatnonzero(known & (on <= last))
    place, on = place[rows], on[rows]
    name, money = named(frame, "name"), named(frame, "currency")
    name, money = Named(name.codes[rows], name.names), Named(money.codes[rows], money.names)
    amount, fault = _converted(facts, deals, (place, on), (integers(frame, "amount_cents")[rows], money))
    fault &= np.isin(name.codes, [name.code(each) for each in priced])
    problems = [_unconverted(deals, int(place[at]), money, at) for at in np.flatnonzero(fault).tolist()]
    fine = np.flatnonzero(~fault)
    ids = deals.deal_id[place[fine]]
    order = fine[np.lexsort([amount[fine], name.codes[fine], on[fine], ids])]
    names = Named(name.codes[order], name.names)
    return Events(deals.deal_id[place[order]], names, on[order], amount[order]), problems


def _converted(
    facts: Facts, deals: Deals, where: tuple[Rows, Rows], money: tuple[Ints, Named]
) -> tuple[Ints, NDArray[np.bool_]]:
    """The amounts in the currencies of their deals, at the rates of their days, and which cannot be converted."""
    place, on = where
    amounts, currency = money
    own = deals.currency.codes[place]
    found, fault = amounts.copy(), np.zeros(len(amounts), dtype=bool)
    exchange = Exchange(facts.rates)
    given = amounts != 0
    for code in np.unique(own[given]) if given.any() else ():
        rows = np.flatnonzero(given & (own == code))
        target = deals.currency.names[code] if code >= 0 else ""
        part = (amounts[rows], Named(currency.codes[rows], currency.names))
        converted = exchange.into(target, part, on[rows], "half_up")
        found[rows] = converted.amount
        if converted.fault is not None:
            fault[rows] = converted.fault > 0
    return found, fault


def _unconverted(deals: Deals, place: int, money: Named, at: int) -> Problem:
    code, own = int(money.codes[at]), int(deals.currency.codes[place])
    source = money.names[code] if code >= 0 else "none"
    target = deals.currency.names[own] if own >= 0 else "none"
    return Problem(
        "fx_rate_missing",
        f"An event of this deal has an amount in {source}, for which there is no single rate into {target} that day.",
        "Load one exchange rate for that day, or correct the event's currency.",
        "events",
        deal=int(deals.deal_id[place]),
        found=source,
    )


def unknown_names(facts: Facts, names: Sequence[str]) -> tuple[str, ...]:
    """Those of some event names that the data never says."""
    known = named(facts.events, "name").names
    return tuple(name for name in names if name not in known)
