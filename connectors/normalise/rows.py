"""Rows of each kind: typed columns for the store, and the rows that are refused with their reasons.

Dates are days since 1970-01-01; a range without an end ends at `FOREVER`. Money is minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from connectors.normalise import amounts
from connectors.normalise.counted import BUILDERS as COUNTED
from connectors.normalise.days import NO_DAY, instants
from connectors.normalise.fields import (
    currency_of,
    day_of,
    days_or_nothing,
    end_of,
    money_of,
    nobody,
    range_of,
)
from connectors.normalise.goods import BUILDERS as GOODS
from connectors.normalise.kinds import KEYS
from connectors.normalise.sheet import Sheet, is_in
from connectors.normalise.stages import stage_name, stage_of
from engine.money import CURRENCIES
from engine.people import ROLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from connectors.schema import KindMapping

WHOLE_PPB = 1_000_000_000
UNIT_PLACES = {"percent": 7, "fraction": 9}

#: The column beside those of the store that says how quarantine names the record.
KEY = "key"

#: Codes of rows whose key cannot be read.
KEYLESS = ("key_missing", "date_missing", "date_format", "text_unprintable")

#: ISO 4217 codes that no longer exist; rate tables that reach back still quote them. All had two decimals or none.
WITHDRAWN = frozenset(
    {
        *("ATS", "BEF", "CYP", "DEM", "EEK", "ESP", "FIM", "FRF", "GRD", "HRK", "IEP"),
        *("ITL", "LTL", "LUF", "LVL", "MTL", "NLG", "PTE", "SIT", "SKK", "VEB", "VEF"),
    }
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a frame of texts became.

    Attributes:
        rows: The typed rows.
        positions: Their places in the frame.
        rejected: The refused rows; `position` is their place in the frame.
        everything: Of a snapshot all rows, refused ones included, of which only the keys can be trusted; None when a
            row's key cannot be read, so that nobody can say which records are absent.
    """

    rows: pd.DataFrame
    positions: NDArray[np.intp]
    rejected: pd.DataFrame
    everything: pd.DataFrame | None


def normalise(mapping: KindMapping, frame: pd.DataFrame, waiting: frozenset[str] = frozenset()) -> Normalised:
    """Every row of `frame`, either typed or refused with a code of `REASONS`; never raises on data.

    Args:
        mapping: Which column is which field.
        frame: Text columns, those of lookups included under `lookup.header`; line order is kept.
        waiting: Ids of deals whose splits are refused: they wait with them.
    """
    sheet = Sheet(mapping, frame)
    columns, won = _BUILDERS[mapping.kind](sheet)
    keys = KEYS[mapping.kind]
    if waiting:
        sheet.refuse(is_in(sheet.text("id"), waiting), "split_sum", "id")
    _refuse_repeated(sheet, keys)
    if mapping.kind == "split":
        _refuse_wrong_sums(sheet, columns["share_ppb"])
    good = sheet.good()
    owner = {"deal": "owner", "person": "id"}.get(mapping.kind, "person")
    columns[KEY] = sheet.key(keys)
    columns |= {f"{KEY}:{name}": sheet.column(column) for name, column in mapping.keys.items()}
    rejected = sheet.rejected(columns[KEY], owner, won)
    rows = _framed(mapping, columns, good, sheet.count)
    everything = None
    if mapping.fmt.snapshot and not rejected["code"].isin(KEYLESS).any():
        everything = (
            rows if len(good) == sheet.count else _framed(mapping, columns, np.arange(sheet.count), sheet.count)
        )
    return Normalised(rows, good, rejected, everything)


def _framed(mapping: KindMapping, columns: dict[str, Any], rows: NDArray[np.intp], count: int) -> pd.DataFrame:
    frame = pd.DataFrame({name: _taken(values, rows, count) for name, values in columns.items()})
    frame.insert(0, "source", pd.Series([mapping.source] * len(frame), dtype="str"))
    return frame


def _taken(values: Any, good: NDArray[np.intp], count: int) -> Any:
    if isinstance(values, np.ndarray | pd.DatetimeIndex):
        return values if len(good) == count else values[good]
    kept = values if len(good) == count else values.take(pa.array(good))
    return pd.Series(kept.to_pandas(), dtype="str")


def _person(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    sheet.need("id", "key_missing")
    sheet.need("name")
    role = pc.utf8_lower(sheet.text("role", "rep"))
    sheet.refuse(~is_in(role, ROLES), "role_unknown", "role")
    zone = sheet.text("timezone", "UTC")
    sheet.refuse(~is_in(zone, available_timezones()), "timezone_unknown", "timezone")
    hired, left = day_of(sheet, "hired", optional=True), end_of(sheet, "left", None)
    sheet.refuse((left != NO_DAY) & (hired != NO_DAY) & (left <= hired), "range_empty", "left")
    return {
        "external_id": sheet.text("id"),
        "email": pc.utf8_lower(sheet.text("email")),
        "name": sheet.text("name"),
        "role": role,
        "title": sheet.text("title"),
        "currency": currency_of(sheet, "currency"),
        "timezone": zone,
        "locale": sheet.text("locale", "en-US"),
        "team": sheet.text("team"),
        "region": sheet.text("region"),
        "manager_external_id": sheet.text("manager"),
        "hired_on": days_or_nothing(hired),
        "left_on": days_or_nothing(left),
    }, nobody(sheet)


def _placement(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    sheet.need("person", "key_missing")
    start, end = range_of(sheet)
    return {
        "person_external_id": sheet.text("person"),
        "manager_external_id": sheet.text("manager"),
        "team": sheet.text("team"),
        "territory": sheet.text("territory"),
        "start_on": start,
        "end_on": end,
    }, nobody(sheet)


def _deal(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    sheet.need("id", "key_missing")
    stage = stage_of(sheet)
    won = stage == "won"
    currency = currency_of(sheet, "currency")
    amount = money_of(sheet, currency, won)
    booked = day_of(sheet, "close", optional=True)
    _need_when_won(sheet, won, booked)
    # A deal that is not won and has no amount or date counts nowhere, but it may have been won before: it is stored
    # as deleted, so that it stops counting, instead of being refused, which would leave the won version in force.
    blank = ~won & ((booked == NO_DAY) | sheet.bools(sheet.empty("amount")))
    return {
        "external_id": sheet.text("id"),
        "name": sheet.text("name"),
        "account": sheet.text("account"),
        "owner_external_id": sheet.text("owner"),
        "amount_cents": amount,
        "currency": currency,
        "stage": pa.array(stage, type=pa.string()),
        "stage_name": stage_name(sheet),
        "booked_on": np.where(blank & (booked == NO_DAY), 0, booked).astype(np.int32),
        "deal_type": sheet.text("type"),
        "product": sheet.text("product"),
        "source_at": _updated(sheet),
        "deleted": blank,
    }, won


def _need_when_won(sheet: Sheet, won: NDArray[np.bool_], booked: NDArray[np.int32]) -> None:
    """An amount and a close date always, an owner unless the mapping leaves it out, and what else it lists."""
    sheet.refuse(won & (booked == NO_DAY), "close_date_missing", "close")
    if "owner" in sheet.mapping.required_when_won:
        sheet.need("owner", "owner_missing", won)
    for field in sheet.mapping.required_when_won:
        if field not in ("amount", "close", "owner"):
            sheet.need(field, "value_missing", won)


def _split(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    sheet.need("deal", "key_missing")
    sheet.need("person", "key_missing")
    source = sheet.mapping.fields["share"]
    digits = amounts.take_apart(sheet.text("share"), sheet.mapping.fmt.decimal)
    places = np.full(sheet.count, UNIT_PLACES.get(source.unit, 7), dtype=np.int64)
    share, verdict = amounts.minor_units(digits, places)
    sheet.refuse(verdict != amounts.OK, "share_unparsable", "share")
    sheet.refuse((share < 0) | (share > WHOLE_PPB), "share_out_of_range", "share")
    return {
        "deal_external_id": sheet.text("deal"),
        "person_external_id": sheet.text("person"),
        "share_ppb": share,
    }, nobody(sheet)


def _quota(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    sheet.need("person", "key_missing")
    sheet.need("name", "key_missing")
    start, end = range_of(sheet)
    currency = currency_of(sheet, "currency")
    return {
        "person_external_id": sheet.text("person"),
        "name": sheet.text("name"),
        "start_on": start,
        "end_on": end,
        "amount_cents": money_of(sheet, currency, np.ones(sheet.count, dtype=bool)),
        "currency": currency,
    }, nobody(sheet)


def _assignment(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    sheet.need("person", "key_missing")
    sheet.need("plan", "key_missing")
    start, end = range_of(sheet)
    return {
        "person_external_id": sheet.text("person"),
        "plan": sheet.text("plan"),
        "start_on": start,
        "end_on": end,
    }, nobody(sheet)


def _rate(sheet: Sheet) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    known = CURRENCIES | WITHDRAWN
    pair = [currency_of(sheet, name, known) for name in ("from", "to")]
    start, end = range_of(sheet)
    fmt = sheet.mapping.fmt
    num, den, good = amounts.ratios(amounts.take_apart(sheet.text("rate"), fmt.decimal, fmt.thousands))
    sheet.refuse(~good, "rate_unparsable", "rate")
    return {
        "from_currency": pair[0],
        "to_currency": pair[1],
        "start_on": start,
        "end_on": end,
        "rate_num": num,
        "rate_den": den,
    }, nobody(sheet)


def _updated(sheet: Sheet) -> pd.DatetimeIndex:
    source = sheet.mapping.fields.get("updated")
    if source is None:
        return pd.DatetimeIndex(np.full(sheet.count, np.datetime64("NaT", "us")), tz="UTC")
    fmt = sheet.mapping.fmt
    stamps, bad = instants(sheet.text("updated"), source.date_format or fmt.date_format, fmt.timezone)
    sheet.refuse(bad, "date_format", "updated")
    if stamps.tz is None:
        zone = sheet.mapping.fmt.timezone or "UTC"
        stamps = stamps.tz_localize(zone, ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="shift_forward")
    return stamps.tz_convert("UTC").as_unit("us")


def _refuse_repeated(sheet: Sheet, keys: tuple[str, ...]) -> None:
    codes = sheet.codes(keys)
    repeated = np.bincount(codes, minlength=1)[codes] > 1 if len(codes) else np.zeros(0, dtype=bool)
    sheet.refuse(repeated, "duplicate_in_file", keys[0])


def _refuse_wrong_sums(sheet: Sheet, share: NDArray[np.int64]) -> None:
    """Refuses every split of a deal of which one is refused or whose shares are not the whole."""
    deals = sheet.codes(("deal",))
    if not len(deals):
        return
    total = np.zeros(deals.max() + 1, dtype=np.int64)
    np.add.at(total, deals, share)
    broken = np.bincount(deals, weights=sheet.verdict != 0, minlength=len(total)) > 0
    sheet.refuse(broken[deals] | (total[deals] != WHOLE_PPB), "split_sum", "deal")


_BUILDERS = {
    "person": _person,
    "placement": _placement,
    "deal": _deal,
    "split": _split,
    "quota": _quota,
    "assignment": _assignment,
    "rate": _rate,
    **COUNTED,
    **GOODS,
}
