"""How the fields of a row are read, whatever its kind: days, ranges, currencies and amounts.

Dates are days since 1970-01-01; a range without an end ends at `FOREVER`. Money is minor units.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from connectors.normalise import amounts
from connectors.normalise.days import NO_DAY, days, next_starts, shifted
from connectors.normalise.kinds import FIELDS, RANGE_OWNERS
from connectors.normalise.sheet import is_in
from engine.dates import day
from engine.money import CURRENCIES, exponent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from connectors.normalise.sheet import Sheet

#: A missing day, as the store takes it.
NOTHING = np.iinfo(np.int64).min
FOREVER = day(date.max)

AMOUNT_CODES: Mapping[int, str] = MappingProxyType(
    {
        amounts.UNPARSABLE: "amount_unparsable",
        amounts.TOO_PRECISE: "amount_too_precise",
        amounts.OUT_OF_RANGE: "amount_out_of_range",
    }
)


def days_or_nothing(found: NDArray[np.int32]) -> NDArray[np.int64]:
    """Days as the store takes them where a day may be missing."""
    return np.where(found == NO_DAY, NOTHING, found.astype(np.int64))


def nobody(sheet: Sheet) -> NDArray[np.bool_]:
    """No row is a won deal."""
    return np.zeros(sheet.count, dtype=bool)


def currency_of(sheet: Sheet, field: str, known: frozenset[str] = CURRENCIES) -> Any:
    """The field's currency codes in capitals; what is none is refused."""
    code = pc.utf8_upper(sheet.text(field))
    sheet.refuse(~is_in(code, known), "currency_unknown", field)
    return code


def places_of(currency: Any) -> NDArray[np.int64]:
    """Decimals of each row's currency; 2 where the currency is unknown and the row refused anyway."""
    encoded = pc.dictionary_encode(currency)
    codes = encoded.dictionary.to_pylist()
    places = np.array([exponent(code) if code in CURRENCIES else 2 for code in codes] or [2], dtype=np.int64)
    found: NDArray[np.int64] = places[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def money_of(sheet: Sheet, codes: Any, needed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The amounts in minor units of each row's currency; nothing is refused where it is `needed`, and 0 elsewhere."""
    empty = sheet.bools(sheet.empty("amount"))
    sheet.refuse(empty & needed, "amount_missing", "amount")
    values = exact(sheet, "amount", places_of(codes), AMOUNT_CODES)
    values[empty] = 0
    return values


def exact(sheet: Sheet, field: str, places: NDArray[np.int64], codes: Mapping[int, str]) -> NDArray[np.int64]:
    """The field's numbers times ten to their `places`; what is none is refused with one of `codes`, if not empty."""
    fmt = sheet.mapping.fmt
    digits = amounts.take_apart(sheet.text(field), fmt.decimal, fmt.thousands)
    values, verdict = amounts.minor_units(digits, places, sheet.mapping.excess_decimals == "half_even")
    verdict[sheet.bools(sheet.empty(field))] = amounts.OK
    for found, code in codes.items():
        sheet.refuse(verdict == found, code, field)
    return values


def day_of(sheet: Sheet, field: str, optional: bool = False) -> NDArray[np.int32]:
    """The field's days, `NO_DAY` where there is none: refused unless optional, as is what is no date."""
    source = sheet.mapping.fields.get(field)
    if source is None:
        return np.full(sheet.count, NO_DAY, dtype=np.int32)
    if source.constant is not None:
        found, bad = days(sheet.text(field), "%Y-%m-%d")
    else:
        fmt = sheet.mapping.fmt
        found, bad = days(sheet.text(field), source.date_format or fmt.date_format, fmt.timezone)
    sheet.refuse(bad, "date_format", field)
    if not optional:
        sheet.refuse((found == NO_DAY) & ~bad, "date_missing", field)
    return found


def end_of(sheet: Sheet, field: str, start: NDArray[np.int32] | None) -> NDArray[np.int32]:
    """The first day after each range, `NO_DAY` where it has no end."""
    source = sheet.mapping.fields.get(field)
    if source is None or (source.last is not None and start is None):
        return np.full(sheet.count, NO_DAY, dtype=np.int32)
    if source.last is not None and start is not None:
        length = shifted(start, source.last)
        if not source.until_next:
            return length
        owners = sheet.codes(RANGE_OWNERS[sheet.mapping.kind])
        following = next_starts(owners, start)
        return np.where(following == NO_DAY, length, following).astype(np.int32)
    found = day_of(sheet, field, optional=True)
    return np.where(found == NO_DAY, NO_DAY, found + source.inclusive).astype(np.int32)


def range_of(sheet: Sheet) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Start and end of each range; `FOREVER` where it has no end, refused where it is empty."""
    start = day_of(sheet, "start")
    end = end_of(sheet, "end", start)
    if FIELDS[sheet.mapping.kind]["end"].needed:
        sheet.refuse(end == NO_DAY, "date_missing", "end")
    end = np.where(end == NO_DAY, FOREVER, end).astype(np.int32)
    sheet.refuse((start != NO_DAY) & (end <= start), "range_empty", "end")
    return start, end
