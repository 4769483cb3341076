"""Figures, tags, events, achievements, incentives and adjustments: exact, and refused where a guess would pay."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import MappingRefused
from connectors.files.source import CsvSource
from connectors.mapping import load
from connectors.normalise.kinds import FIELDS
from connectors.normalise.reasons import REASONS
from connectors.normalise.rows import Normalised, normalise

HEADER = 'version: 1\nsources: {crm: {type: csv, date_format: "%Y-%m-%d", decimal: "."}}\nkinds:\n'
WIDE = (
    "  figure:\n    from: crm\n    file: deals.csv\n    fields: {deal: id, currency: currency}\n"
    "    values: {cost: {column: cost, unit: money}, quantity: {column: qty, unit: number}}\n"
)


def read(kind: str, fields: str, *rows: dict[str, str], more: str = "") -> Normalised:
    text = f"{HEADER}  {kind}:\n    from: crm\n    file: x.csv\n    fields: {{{fields}}}\n{more}"
    return normalise(load(text, "m.yaml").kinds[0], pd.DataFrame(list(rows), dtype="str"))


def codes(found: Normalised) -> list[str]:
    return found.rejected["code"].tolist()


ACHIEVED = "person: who, name: {constant: nps}, on: day, value: score, unit: {constant: number}"


def test_a_number_is_kept_in_millionths_and_money_in_minor_units() -> None:
    fields = "deal: id, name: name, value: value, unit: unit, currency: currency"
    found = read(
        "figure",
        fields,
        {"id": "1", "name": "quantity", "value": "2.5", "unit": "number", "currency": ""},
        {"id": "1", "name": "cost", "value": "1234567890123.45", "unit": "money", "currency": "usd"},
        {"id": "1", "name": "list", "value": "980", "unit": "Money", "currency": "JPY"},
        {"id": "1", "name": "mrr", "value": "9.999", "unit": "money", "currency": "EUR"},
        {"id": "1", "name": "arr", "value": "9", "unit": "money", "currency": ""},
        {"id": "1", "name": "months", "value": "0.0000001", "unit": "number", "currency": ""},
        {"id": "1", "name": "weight", "value": "N/A", "unit": "number", "currency": ""},
        {"id": "1", "name": "size", "value": "", "unit": "number", "currency": ""},
        {"id": "1", "name": "points", "value": "3", "unit": "points", "currency": ""},
    )
    assert found.rows["value"].tolist() == [2_500_000, 123_456_789_012_345, 980]
    assert found.rows["unit"].tolist() == ["number", "money", "money"]
    assert codes(found) == [
        "value_too_precise", "currency_unknown", "value_too_precise", "value_unparsable", "value_missing",
        "unit_unknown",
    ]  # fmt: skip


def test_a_figure_stands_once_per_deal_and_name() -> None:
    fields = "deal: id, name: name, value: value, unit: {constant: number}"
    row = {"id": "1", "name": "quantity", "value": "1"}
    assert codes(read("figure", fields, row, row)) == ["duplicate_in_file"] * 2


def test_an_achievement_without_a_person_is_everybodys_and_a_wrong_score_waits() -> None:
    found = read(
        "achievement",
        ACHIEVED,
        {"who": "E-1", "day": "2026-03-31", "score": "71.25"},
        {"who": "", "day": "2026-03-31", "score": "-3"},
        {"who": "E-2", "day": "2026-03-31", "score": "seventy"},
        {"who": "E-3", "day": "", "score": "70"},
    )
    assert found.rows["person_external_id"].tolist() == ["E-1", ""]
    assert found.rows["value"].tolist() == [71_250_000, -3_000_000]
    assert codes(found) == ["value_unparsable", "date_missing"]


def test_an_event_may_have_an_amount_and_then_needs_its_currency() -> None:
    found = read(
        "event",
        "deal: id, name: what, on: day, record: no, amount: amount, currency: currency",
        {"id": "1", "what": "payment", "day": "2026-03-01", "no": "P-1", "amount": "100.00", "currency": "USD"},
        {"id": "1", "what": "payment", "day": "2026-03-01", "no": "P-2", "amount": "-20.00", "currency": "USD"},
        {"id": "1", "what": "go_live", "day": "2026-03-02", "no": "", "amount": "", "currency": ""},
        {"id": "1", "what": "invoice", "day": "2026-03-02", "no": "I-1", "amount": "5", "currency": ""},
        {"id": "1", "what": "invoice", "day": "2026-03-02", "no": "I-2", "amount": "5,00", "currency": "USD"},
    )
    assert found.rows["amount_cents"].tolist() == [10_000, -2_000, 0]
    assert found.rows["currency"].tolist() == ["USD", "USD", ""]
    assert codes(found) == ["currency_unknown", "amount_unparsable"]


def test_an_adjustment_says_why_and_who_approved_it() -> None:
    fields = "id: id, person: who, on: day, kind: kind, amount: a, currency: c, reason: why, approved_by: by"
    row = {
        "id": "A-1",
        "who": "E-1",
        "day": "2026-03-01",
        "kind": "",
        "a": "-50.00",
        "c": "USD",
        "why": "x",
        "by": "y",
    }
    found = read(
        "adjustment",
        fields,
        row,
        row | {"id": "A-2", "kind": "gift"},
        row | {"id": "A-3", "why": ""},
        row | {"id": "A-4", "by": ""},
        row | {"id": "A-5", "a": ""},
    )
    assert found.rows["amount_cents"].tolist() == [-5_000]
    assert found.rows["kind"].tolist() == ["adjustment"]
    assert codes(found) == ["adjustment_kind", "value_missing", "value_missing", "amount_missing"]


def test_a_target_variable_lasts_until_the_next_one() -> None:
    fields = (
        "person: p, name: {constant: variable}, start: s, amount: a, currency: c, end: {until: next, last: 1 year}"
    )
    first = {"p": "E-1", "s": "2026-01-01", "a": "40000", "c": "EUR"}
    found = read("incentive", fields, first, first | {"s": "2026-07-01", "a": "44000"})
    assert found.rows["end_on"].tolist()[0] == found.rows["start_on"].tolist()[1]
    assert found.rows["amount_cents"].tolist() == [4_000_000, 4_400_000]


def test_figures_side_by_side_become_one_row_each_and_an_empty_one_is_none(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,currency,cost,qty\nD-1,USD,10.50,3\nD-2,USD,,4\nD-3,USD,x,\n")
    [page] = CsvSource(load(HEADER + WIDE, "m.yaml"), "crm", tmp_path).pages("figure", {})
    rows = page.rows[["deal_external_id", "name", "value", "unit"]].to_records(index=False).tolist()
    assert rows == [
        ("D-1", "cost", 1050, "money"),
        ("D-1", "quantity", 3_000_000, "number"),
        ("D-2", "quantity", 4_000_000, "number"),
    ]
    assert page.rejected["code"].tolist() == ["value_unparsable"]
    assert page.rejected["place"].tolist() == ["deals.csv:4"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", currency: currency", "", "Money wants a currency"),
        ("unit: number", "unit: points", "Unknown unit"),
        ("{column: qty, unit: number}", "qty", "quantity wants column and unit"),
        ("deal: id,", "deal: id, name: x,", "Unknown key 'name'"),
    ],
)
def test_a_wrong_mapping_of_values_names_its_line(old: str, new: str, said: str) -> None:
    with pytest.raises(MappingRefused) as refused:
        load(HEADER + WIDE.replace(old, new), "m.yaml")
    assert said in str([problem.message for problem in refused.value.problems])


@given(st.lists(st.dictionaries(st.sampled_from(["who", "day", "score"]), st.text(max_size=12)), max_size=6))
def test_any_text_is_typed_or_refused_with_a_known_code(rows: list[dict[str, str]]) -> None:
    full = [{"who": "", "day": "", "score": ""} | row for row in rows]
    found = read("achievement", ACHIEVED, *full) if full else None
    if found is not None:
        assert len(found.rows) + len(found.rejected) == len(full)
        assert set(codes(found)) <= set(REASONS)


def test_every_kind_of_the_mapping_is_one_of_the_store() -> None:
    from store.kinds import KINDS

    assert set(FIELDS) <= set(KINDS)
