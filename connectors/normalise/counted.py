"""Rows beside deals and quotas: figures, tags and events of deals, achievements, incentives, adjustments and more."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.normalise import amounts
from connectors.normalise.fields import (
    currency_of,
    day_of,
    exact,
    money_of,
    nobody,
    places_of,
    range_of,
)
from connectors.normalise.kinds import MONEY, UNITS
from connectors.normalise.sheet import is_in
from engine.money import CURRENCIES
from engine.people import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from connectors.normalise.sheet import Sheet

    Built = tuple[dict[str, Any], NDArray[np.bool_]]

#: Decimals of a value that is no money.
MILLIONTHS = 6
ADJUSTMENTS = ("adjustment", "prize")
VALUE_CODES: Mapping[int, str] = MappingProxyType(
    {
        amounts.UNPARSABLE: "value_unparsable",
        amounts.TOO_PRECISE: "value_too_precise",
        amounts.OUT_OF_RANGE: "value_out_of_range",
    }
)


def _position(sheet: Sheet) -> Built:
    sheet.need("person", "key_missing")
    role = pc.utf8_lower(sheet.text("role"))
    sheet.refuse(~is_in(role, (*ROLES, "")), "role_unknown", "role")
    start, end = range_of(sheet)
    return {
        "person_external_id": sheet.text("person"),
        "role": role,
        "title": sheet.text("title"),
        "start_on": start,
        "end_on": end,
    }, nobody(sheet)


def _figure(sheet: Sheet) -> Built:
    sheet.need("deal", "key_missing")
    sheet.need("name", "key_missing")
    value, unit = _value(sheet)
    return {
        "deal_external_id": sheet.text("deal"),
        "name": sheet.text("name"),
        "value": value,
        "unit": unit,
    }, nobody(sheet)


def _tag(sheet: Sheet) -> Built:
    sheet.need("deal", "key_missing")
    sheet.need("name", "key_missing")
    sheet.need("value")
    return {
        "deal_external_id": sheet.text("deal"),
        "name": sheet.text("name"),
        "value": sheet.text("value"),
    }, nobody(sheet)


def _event(sheet: Sheet) -> Built:
    sheet.need("deal", "key_missing")
    sheet.need("name", "key_missing")
    on = day_of(sheet, "on")
    paid = ~sheet.bools(sheet.empty("amount"))
    codes = _money_codes(sheet, paid)
    return {
        "deal_external_id": sheet.text("deal"),
        "name": sheet.text("name"),
        "on_day": on,
        "record": sheet.text("record"),
        "amount_cents": money_of(sheet, codes, nobody(sheet)),
        "currency": codes,
    }, nobody(sheet)


def _achievement(sheet: Sheet) -> Built:
    sheet.need("name", "key_missing")
    on = day_of(sheet, "on")
    value, unit = _value(sheet)
    return {
        "person_external_id": sheet.text("person"),
        "name": sheet.text("name"),
        "on_day": on,
        "record": sheet.text("record"),
        "value": value,
        "unit": unit,
    }, nobody(sheet)


def _incentive(sheet: Sheet) -> Built:
    sheet.need("person", "key_missing")
    sheet.need("name", "key_missing")
    start, end = range_of(sheet)
    codes = currency_of(sheet, "currency")
    return {
        "person_external_id": sheet.text("person"),
        "name": sheet.text("name"),
        "start_on": start,
        "end_on": end,
        "amount_cents": money_of(sheet, codes, ~nobody(sheet)),
        "currency": codes,
    }, nobody(sheet)


def _adjustment(sheet: Sheet) -> Built:
    sheet.need("id", "key_missing")
    sheet.need("person")
    sheet.need("reason")
    sheet.need("approved_by")
    kind = pc.utf8_lower(sheet.text("kind", "adjustment"))
    sheet.refuse(~is_in(kind, ADJUSTMENTS), "adjustment_kind", "kind")
    on = day_of(sheet, "on")
    codes = currency_of(sheet, "currency")
    return {
        "external_id": sheet.text("id"),
        "person_external_id": sheet.text("person"),
        "on_day": on,
        "kind": kind,
        "plan": sheet.text("plan"),
        "deal_external_id": sheet.text("deal"),
        "amount_cents": money_of(sheet, codes, ~nobody(sheet)),
        "currency": codes,
        "reason": sheet.text("reason"),
        "approved_by": sheet.text("approved_by"),
    }, nobody(sheet)


def _absence(sheet: Sheet) -> Built:
    sheet.need("person", "key_missing")
    start, end = range_of(sheet)
    return {"person_external_id": sheet.text("person"), "start_on": start, "end_on": end}, nobody(sheet)


def _value(sheet: Sheet) -> tuple[NDArray[np.int64], Any]:
    """Money in minor units of its currency, numbers in millionths, and which of the two it is."""
    unit = pc.utf8_lower(sheet.text("unit"))
    sheet.refuse(~is_in(unit, UNITS), "unit_unknown", "unit")
    is_money = sheet.bools(pc.equal(unit, MONEY))
    codes = _money_codes(sheet, is_money)
    sheet.need("value")
    places = np.where(is_money, places_of(codes), MILLIONTHS)
    return exact(sheet, "value", places, VALUE_CODES), unit


def _money_codes(sheet: Sheet, is_money: NDArray[np.bool_]) -> Any:
    """The currency of rows that are money, nothing for others; money without a known currency is refused."""
    code = pc.utf8_upper(sheet.text("currency"))
    sheet.refuse(~is_in(code, CURRENCIES) & is_money, "currency_unknown", "currency")
    return pc.if_else(pa.array(is_money), code, "")


BUILDERS: Mapping[str, Callable[[Sheet], Built]] = MappingProxyType(
    {
        "position": _position,
        "figure": _figure,
        "tag": _tag,
        "event": _event,
        "achievement": _achievement,
        "incentive": _incentive,
        "adjustment": _adjustment,
        "absence": _absence,
    }
)
