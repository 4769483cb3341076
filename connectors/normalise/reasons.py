"""Why a row is refused: one stable code each, with what it says and what to do about it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reason(NamedTuple):
    """What a code means, as a clause that follows the field's name, and the remedy."""

    message: str
    remedy: str


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "amount_missing": Reason("has no amount", "Enter the amount at the source; an empty amount is not zero"),
        "amount_unparsable": Reason(
            "is no amount in the declared notation",
            "Correct the amount, or declare the decimal and thousands marks the file really uses",
        ),
        "amount_too_precise": Reason(
            "has more decimals than the currency",
            "Round it at the source, or set `excess_decimals: half_even` in the mapping",
        ),
        "amount_out_of_range": Reason("is too large to be an amount", "Correct the amount at the source"),
        "currency_unknown": Reason(
            "is no currency of ISO 4217", "Use a code such as USD, EUR or JPY, or add an alias"
        ),
        "rate_unparsable": Reason("is no exchange rate above zero", "Correct the rate at the source"),
        "share_unparsable": Reason(
            "is no share in the declared unit", "Write shares as the mapping's `unit` says, percent or fraction"
        ),
        "share_out_of_range": Reason("is not between nothing and all", "A share is 0 to 100 percent"),
        "split_sum": Reason(
            "has shares that do not add up to 100 percent", "Correct the shares; the deal waits until they add up"
        ),
        "owner_missing": Reason("is empty on a won deal", "Give the deal an owner at the source"),
        "owner_unknown": Reason(
            "is nobody Attain knows", "Sync the person, or correct the owner; it is released by itself"
        ),
        "stage_unmapped": Reason("is no stage the mapping names", "List it under `stages` as won, lost or open"),
        "close_date_missing": Reason("is empty", "Enter the close date at the source"),
        "date_format": Reason(
            "is no date in the declared format", "Correct the date, or the mapping's `date_format`"
        ),
        "date_missing": Reason("is empty", "Enter the date at the source"),
        "range_empty": Reason("does not lie after the start", "Correct the dates; the end is the first day outside"),
        "key_missing": Reason("is empty, so the record has no name", "Give every record its key at the source"),
        "value_missing": Reason("is empty", "Enter the value at the source"),
        "value_unparsable": Reason(
            "is no number in the declared notation",
            "Correct the value, or declare the decimal and thousands marks the source really uses",
        ),
        "value_too_precise": Reason(
            "has more decimals than are kept: six, or those of the currency",
            "Round it at the source, or set `excess_decimals: half_even` in the mapping",
        ),
        "value_out_of_range": Reason("is too large to be a value", "Correct the value at the source"),
        "unit_unknown": Reason("is neither money nor a number", "Write `money` or `number`, or add an alias"),
        "adjustment_kind": Reason("is no kind of adjustment", "Write `adjustment` or `prize`, or add an alias"),
        "role_unknown": Reason("is no role", "Add an alias to rep, manager, ops or admin"),
        "timezone_unknown": Reason("is no time zone", "Use an IANA name such as Europe/Berlin, or add an alias"),
        "lookup_missing": Reason("is not in the lookup file", "Add it to the lookup file, or correct it here"),
        "text_too_long": Reason("is longer than 2,000 characters", "Shorten it at the source"),
        "text_unprintable": Reason("holds a NUL character", "Remove it at the source"),
        "duplicate_in_file": Reason("stands in the file more than once", "Keep the one row that is right"),
    }
)
