"""A rep's deals found by what people call them, and open ones thought of as closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.dates import on_day
from engine.frames import integers, named
from engine.money import Money
from engine.whatif import Closing, Question
from operations import pricing
from operations.answers import deal_names
from operations.errors import DayUnplanned, DealUnclear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.answers import DealName
    from engine.people import Person
    from operations.context import Context
    from operations.pricing import Priced
    from store.database import Connection

MOST_LISTED = 10
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """A deal as somebody speaks of it, closed on a day (None: today) for an amount in major units ("": its own)."""

    deal: str
    on: date | None = None
    amount: str = ""


@dataclass(frozen=True)
class Pipeline:
    """A rep priced, with the names of the deals and those of them that are open and credit the rep."""

    priced: Priced
    as_of: date
    names: Mapping[int, DealName]
    open: Mapping[int, tuple[date, Money]]  # deal id → when it is expected to close, and its amount

    @property
    def question(self) -> Question:
        """What the engine is asked."""
        return Question(self.priced.facts, self.priced.plans, self.as_of, self.priced.person.rep_id)

    def amount(self, closing: Closing) -> Money:
        """The amount for which a deal is thought of as closed."""
        own = self.open[closing.deal_id][1]
        return own if closing.amount_cents is None else Money(closing.amount_cents, own.currency)

    def closing(self, wish: Wish) -> Closing:
        """The wish as a closing of one open deal.

        Raises:
            DealUnclear: No open deal, or more than one, is called that, or the amount cannot be read.
            DayUnplanned: No plan pays the rep on that day.
        """
        deal_id = self.only(wish.deal, self.open, "open deal")
        on = wish.on or self.as_of
        if on < self.as_of:
            raise DealUnclear(f"{on} is past. An open deal can only close today or later.")
        if not any(on in plan.effective for plan in self.priced.plans):
            raise DayUnplanned(f"No published plan pays {self.priced.person.name} on {on}. Name an earlier day.")
        return Closing(deal_id, on, self._cents(wish, deal_id))

    def _cents(self, wish: Wish, deal_id: int) -> int | None:
        if not wish.amount:
            return None
        return Money.parse(wish.amount, self.open[deal_id][1].currency).minor

    def only(self, what: str, among: Iterable[int], kind: str) -> int:
        """The one deal called so.

        Raises:
            DealUnclear: None is, or several are; the message lists them.
        """
        among = set(among)
        found = matching(what, {key: name for key, name in self.names.items() if key in among})
        if len(found) == 1:
            return found[0]
        if not found:
            raise DealUnclear(
                f"No {kind} of {self.priced.person.name} is called “{what[:60]}”. Check its name or id."
            )
        listed = ", ".join(f"{self.names[key].external_id} {self.names[key].name}" for key in found[:MOST_LISTED])
        more = f" and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
        raise DealUnclear(f"{len(found)} {kind}s are called “{what[:60]}”: {listed}{more}. Name one by its id.")


def matching(what: str, names: Mapping[int, DealName]) -> list[int]:
    """The deals with that id, else that name or account, else those whose name and account have all its words."""
    wanted = what.strip().casefold()
    words = set(_WORD.findall(wanted))
    found = [key for key, one in names.items() if one.external_id.casefold() == wanted]
    found = found or [key for key, one in names.items() if wanted in (one.name.casefold(), one.account.casefold())]
    if found or not words:
        return sorted(found)
    return sorted(
        key for key, one in names.items() if words <= set(_WORD.findall(f"{one.name} {one.account}".casefold()))
    )


def pipeline(conn: Connection, ctx: Context, subject: Person, until: date | None = None) -> Pipeline:
    """The rep priced by every plan that pays from the context's day until `until`, with the deals that are open."""
    horizon = max(ctx.as_of, until or ctx.as_of)
    return of_priced(conn, pricing.price(conn, subject, horizon, since=ctx.as_of), ctx.as_of)


def of_priced(conn: Connection, priced: Priced, as_of: date) -> Pipeline:
    """The deals of a rep who is priced already."""
    return Pipeline(priced, as_of, deal_names(conn, priced), dict(_open(priced, as_of)))


def _open(priced: Priced, as_of: date) -> Iterable[tuple[int, tuple[date, Money]]]:
    """The open deals that the rep owns or shares; one that should have closed is thought of as closing today."""
    deals, splits, rep_id = priced.facts.deals, priced.facts.splits, priced.person.rep_id
    stage, currency = named(deals, "stage"), named(deals, "currency")
    mine = set(integers(splits, "deal_id")[integers(splits, "rep_id") == rep_id].tolist())
    shared = set(integers(splits, "deal_id").tolist())
    columns = (integers(deals, "deal_id"), integers(deals, "owner_id"), integers(deals, "booked_on"))
    rows = zip(*(column.tolist() for column in columns), integers(deals, "amount_cents").tolist(), strict=True)
    for place, (deal_id, owner_id, booked, cents) in enumerate(rows):
        is_own = deal_id in mine if deal_id in shared else owner_id == rep_id
        if is_own and stage.names[stage.codes[place]] == "open":
            yield deal_id, (max(on_day(booked), as_of), Money(cents, currency.names[currency.codes[place]]))


_WISH = re.compile(r"(?P<deal>.+?)(?:@(?P<on>\d{4}-\d\d-\d\d))?(?:=(?P<amount>[\d.,_]+))?")


def wish(text: str) -> Wish:
    """What `DEAL[@DATE][=AMOUNT]` writes.

    Raises:
        DealUnclear: The date is none.
    """
    match = _WISH.fullmatch(text.strip())
    if match is None:
        raise DealUnclear(f"“{text[:60]}” names no deal. Write DEAL, DEAL@2026-03-31 or DEAL=50000.")
    try:
        on = date.fromisoformat(match["on"]) if match["on"] else None
    except ValueError:
        raise DealUnclear(f"{match['on']} is no day. Write it as 2026-03-31.") from None
    return Wish(match["deal"].strip(), on, match["amount"] or "")
