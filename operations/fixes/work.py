"""What the effect of a fix is given and gives back, and how it writes facts of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.errors import EngineError
from engine.money import Money
from operations.errors import FixRefused
from store import changes, facts, people, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.people import Person
    from operations.context import Context
    from store.database import Connection
    from store.facts import Applied
    from store.ops_alerts import Alert, Item

    Effect = Callable[["Work"], "Done"]

#: Whose the facts are that people enter here.
SOURCE = "attain"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody filled in: which finding, the fields of the fix by name, and why."""

    item: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a fix did, in a sentence without anybody's pay, and the change it made; 0 where it changed no fact."""

    detail: str
    change_id: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """One fix under way: the writing transaction, who does it, and what about."""

    conn: Connection
    ctx: Context
    alert: Alert
    items: tuple[Item, ...]
    told: Told

    def item(self) -> Item:
        """The finding that it is about: the one that was chosen, or the only one there is.

        Raises:
            FixRefused: The alert holds no such finding, or holds several and none was chosen.
        """
        for one in self.items:
            if one.item == self.told.item:
                return one
        if len(self.items) == 1 and not self.told.item:
            return self.items[0]
        raise FixRefused("Choose which one is meant; the alert no longer holds it, or holds several.")

    def found(self, name: str) -> str:
        """What is known of the finding under that name; of several findings the first where none is chosen."""
        chosen = next((one for one in self.items if one.item == self.told.item), None)
        return (chosen or self.items[0]).found.get(name, "") if self.items else ""

    def text(self, name: str) -> str:
        """What was filled in.

        Raises:
            FixRefused: Nothing was.
        """
        said = self.told.fields.get(name, "").strip()
        if not said:
            raise FixRefused(f"Fill in {name.replace('_', ' ')}.")
        return said

    def day(self, name: str) -> date:
        """The day that was filled in.

        Raises:
            FixRefused: It is no day.
        """
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise FixRefused(f"{name.replace('_', ' ')} is no day such as 2026-11-01.") from None

    def money(self, amount: str, currency: str) -> Money:
        """The amount that was filled in.

        Raises:
            FixRefused: It is no amount of that currency.
        """
        code = self.told.fields.get(currency, "").strip().upper() or self.found(currency)
        try:
            return Money.parse(self.text(amount), code)
        except EngineError as error:
            raise FixRefused(str(error)) from None

    def person(self, email: str) -> Person:
        """Who has that address.

        Raises:
            FixRefused: Nobody.
        """
        found = people.by_email(self.conn, email)
        if found is None:
            raise FixRefused(f"Nobody here has the address {email!r}. Write it as the CRM has it.")
        return found

    def rep(self) -> Person:
        """The rep of the finding.

        Raises:
            FixRefused: It is about nobody.
        """
        number = self.item().found.get("rep", "0")
        found = people.by_id(self.conn, int(number)) if number.isdecimal() else None
        if found is None:
            raise FixRefused("This finding names nobody whom the fix could be for.")
        return found

    def change(self, cause: str) -> int:
        """The number of a new change with this fix as its cause."""
        named = f"{cause} (alert {self.alert.alert_id}, {self.alert.code})"
        return changes.begin(self.conn, self.ctx.actor_name, named, self.ctx.now, self.told.reason)

    def apply(self, kind: str, rows: list[dict[str, Any]], change_id: int) -> Applied:
        """Facts that were entered here, with whoever they touch to be calculated again.

        Raises:
            FixRefused: They say nothing new.
        """
        applied = facts.apply(self.conn, kind, pd.DataFrame(rows), change_id)
        if not applied.written:
            raise FixRefused("That is what is known already. Look at the alert once more.")
        runs.mark_stale(self.conn, applied.touched, change_id)
        return applied
