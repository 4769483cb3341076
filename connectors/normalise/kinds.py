"""The fields a mapping can name for each kind, and what a row must have."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STAGES = ("won", "lost", "open")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind.

    Attributes:
        type: text, money, number, share, date, end or instant: how its text is read.
        mandatory: The mapping must say where it comes from.
        needed: A row without it is refused.
    """

    type: str
    mandatory: bool = False
    needed: bool = False


_KEY = Field("text", mandatory=True, needed=True)
_TEXT = Field("text")
_CURRENCY = Field("text", mandatory=True)
_START = Field("date", mandatory=True, needed=True)
_END = Field("end")

FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        "person": {
            "id": _KEY,
            "name": _KEY,
            "email": _TEXT,
            "role": _TEXT,
            "title": _TEXT,
            "currency": _CURRENCY,
            "timezone": _TEXT,
            "locale": _TEXT,
            "team": _TEXT,
            "region": _TEXT,
            "manager": _TEXT,
            "hired": Field("date"),
            "left": _END,
        },
        "placement": {
            "person": _KEY,
            "manager": _TEXT,
            "team": _TEXT,
            "territory": _TEXT,
            "start": _START,
            "end": _END,
        },
        "deal": {
            "id": _KEY,
            "name": _TEXT,
            "account": _TEXT,
            "owner": Field("text", mandatory=True),
            "amount": Field("money", mandatory=True),
            "currency": _CURRENCY,
            "stage": Field("text", mandatory=True),
            "close": Field("date", mandatory=True),
            "type": _TEXT,
            "product": _TEXT,
            "updated": Field("instant"),
            "changed_by": _TEXT,
        },
        "split": {"deal": _KEY, "person": _KEY, "share": Field("share", mandatory=True)},
        "quota": {
            "person": _KEY,
            "name": _KEY,
            "start": _START,
            "end": Field("end", mandatory=True, needed=True),
            "amount": Field("money", mandatory=True, needed=True),
            "currency": _CURRENCY,
        },
        "assignment": {"person": _KEY, "plan": _KEY, "start": _START, "end": _END},
        "rate": {
            "from": _CURRENCY,
            "to": _CURRENCY,
            "start": _START,
            "end": Field("end", mandatory=True, needed=True),
            "rate": Field("number", mandatory=True, needed=True),
        },
        "position": {"person": _KEY, "role": _TEXT, "title": _TEXT, "start": _START, "end": _END},
        "figure": {
            "deal": _KEY,
            "name": _KEY,
            "value": Field("number", mandatory=True, needed=True),
            "unit": Field("text", mandatory=True, needed=True),
            "currency": _TEXT,
        },
        "tag": {"deal": _KEY, "name": _KEY, "value": Field("text", mandatory=True, needed=True)},
        "event": {
            "deal": _KEY,
            "name": _KEY,
            "on": _START,
            "record": _TEXT,
            "amount": Field("money"),
            "currency": _TEXT,
        },
        "achievement": {
            "person": Field("text", mandatory=True),
            "name": _KEY,
            "on": _START,
            "record": _TEXT,
            "value": Field("number", mandatory=True, needed=True),
            "unit": Field("text", mandatory=True, needed=True),
            "currency": _TEXT,
        },
        "incentive": {
            "person": _KEY,
            "name": _KEY,
            "start": _START,
            "end": _END,
            "amount": Field("money", mandatory=True, needed=True),
            "currency": _CURRENCY,
        },
        "adjustment": {
            "id": _KEY,
            "person": _KEY,
            "on": _START,
            "kind": _TEXT,
            "plan": _TEXT,
            "deal": _TEXT,
            "amount": Field("money", mandatory=True, needed=True),
            "currency": _CURRENCY,
            "reason": _KEY,
            "approved_by": _KEY,
        },
        "absence": {"person": _KEY, "start": _START, "end": _END},
        "account": {"id": _KEY, "name": _KEY, "domain": _TEXT, "industry": _TEXT, "segment": _TEXT, "region": _TEXT},
        "product": {"id": _KEY, "name": _KEY, "code": _TEXT, "family": _TEXT},
        "line_item": {
            "id": _KEY,
            "deal": _KEY,
            "product": _TEXT,
            "name": _TEXT,
            "quantity": Field("number"),
            "amount": Field("money", mandatory=True, needed=True),
            "currency": _CURRENCY,
        },
    }
)

#: Kinds of which one row may hold several, one in each column that `values` names, and the fields it stands for.
WIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"figure": ("name", "value", "unit"), "tag": ("name", "value")}
)
#: Money is in minor units of its currency, anything else in millionths.
MONEY, NUMBER = UNITS = ("money", "number")

#: The fields that name a record; two rows of one file must not share them.
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": ("id",),
        "placement": ("person", "start"),
        "deal": ("id",),
        "split": ("deal", "person"),
        "quota": ("person", "name", "start"),
        "assignment": ("person", "plan", "start"),
        "rate": ("from", "to", "start"),
        "position": ("person", "start"),
        "figure": ("deal", "name"),
        "tag": ("deal", "name"),
        "event": ("deal", "name", "on", "record"),
        "achievement": ("person", "name", "on", "record"),
        "incentive": ("person", "name", "start"),
        "adjustment": ("id",),
        "absence": ("person", "start"),
        "account": ("id",),
        "product": ("id",),
        "line_item": ("id",),
    }
)

#: Whose next start ends a range (`until: next`).
RANGE_OWNERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "placement": ("person",),
        "quota": ("person", "name"),
        "assignment": ("person",),
        "rate": ("from", "to"),
        "position": ("person",),
        "incentive": ("person", "name"),
    }
)
