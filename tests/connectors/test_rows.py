"""Each kind of row: what is accepted, what is refused with which code, and that nothing ever raises."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mapping import load
from connectors.normalise.fields import FOREVER, NOTHING
from connectors.normalise.kinds import FIELDS
from connectors.normalise.reasons import REASONS
from connectors.normalise.rows import normalise
from engine.dates import day

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.schema import KindMapping
    from tests.connectors.conftest import Company

    Deals = Callable[..., Company]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",Alpha,e1,1,USD,Won,2026-01-05", "key_missing"),
        ("D1,Alpha,e1,,USD,Won,2026-01-05", "amount_missing"),
        ('D1,Alpha,e1,"1,800.00",USD,Won,2026-01-05', "amount_unparsable"),
        ("D1,Alpha,e1,1.234,USD,Won,2026-01-05", "amount_too_precise"),
        ("D1,Alpha,e1,1.5,JPY,Won,2026-01-05", "amount_too_precise"),
        ("D1,Alpha,e1,99999999999999999999,USD,Won,2026-01-05", "amount_out_of_range"),
        ("D1,Alpha,e1,1,,Won,2026-01-05", "currency_unknown"),
        ("D1,Alpha,e1,1,DOLLARS,Won,2026-01-05", "currency_unknown"),
        ("D1,Alpha,e1,1,DEM,Won,2026-01-05", "currency_unknown"),
        ("D1,Alpha,,1,USD,Won,2026-01-05", "owner_missing"),
        ("D1,Alpha,e1,1,USD,Won,", "close_date_missing"),
        ("D1,Alpha,e1,1,USD,Closed won,2026-01-05", "stage_unmapped"),
        ("D1,Alpha,e1,1,USD,,2026-01-05", "stage_unmapped"),
        ("D1,Alpha,e1,oops,USD,Open,2026-01-05", "amount_unparsable"),
    ],
)
def test_a_deal_that_is_refused(deals: Deals, line: str, code: str) -> None:
    company = deals(line, "D9,Good,e1,1,USD,Won,2026-01-05")
    assert company.rejected() == {"deals.csv:2": code}
    assert company.rows().external_id.tolist() == ["D9"]


def test_a_refused_row_says_what_to_do(deals: Deals) -> None:
    page = deals("D1,Alpha,e7,1.800.00,USD,Won,2026-01-05").pages()[0]
    row = page.rejected.iloc[0]
    assert row.detail == "amount '1.800.00' is no amount in the declared notation"
    assert "declare the decimal and thousands marks" in row.remedy
    assert (row.external_id, row["name"], row.owner, row.won, row.place) == ("D1", "Alpha", "e7", True, "deals.csv:2")
    assert len(row.raw_hash) == 64


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("1800", "JPY", 1800), ("1.234", "KWD", 1234), ("1.5", "usd", 150), ("-20", "EUR", -2000)],
)
def test_minor_units_follow_the_currency(deals: Deals, text: str, currency: str, minor: int) -> None:
    row = deals(f"D1,Alpha,e1,{text},{currency},Won,2026-01-05").rows().iloc[0]
    assert (row.amount_cents, row.currency) == (minor, currency.upper())


def test_the_same_id_twice_refuses_both_rows(deals: Deals) -> None:
    company = deals("D1,a,e1,1,USD,Won,2026-01-05", "D2,b,e1,1,USD,Won,2026-01-05", "D1,a,e1,2,USD,Won,2026-01-05")
    assert company.rejected() == {"deals.csv:2": "duplicate_in_file", "deals.csv:4": "duplicate_in_file"}
    assert company.rows().external_id.tolist() == ["D2"]


@pytest.mark.parametrize(
    "line", ["D1,Alpha,e1,,USD,Lost,2026-01-05", "D1,Alpha,e1,5,USD,Open,", "D1,Alpha,,,USD,Open,"]
)
def test_a_deal_not_won_without_amount_or_date_counts_nowhere_but_is_no_longer_won(deals: Deals, line: str) -> None:
    """Refusing it would leave the version in force in which it was won; reading nothing as zero would be a lie."""
    company = deals(line)
    assert company.rows().deleted.tolist() == [True]
    assert company.rejected() == {}


def test_spaces_around_values_are_not_part_of_them(deals: Deals) -> None:
    row = deals(" D1 , Alpha , e1 , 12.50 , USD , Won , 2026-01-05 ").rows().iloc[0]
    assert (row.external_id, row.amount_cents, row.stage) == ("D1", 1250, "won")


def test_null_tokens_are_nothing(deals: Deals) -> None:
    company = deals("D1,NULL,NULL,NULL,USD,Open,NULL")
    company.source = 'null: ["NULL"]'
    row = company.rows().iloc[0]
    assert (row["name"], row.owner_external_id, row.deleted) == ("", "", True)


def test_aliases_rename_before_parsing(deals: Deals) -> None:
    company = deals("D1,Alpha,e1,1,Dollar,Won,2026-01-05")
    company.kinds += "    aliases: {currency: {Dollar: USD}, owner: {e1: e2}}\n"
    row = company.rows().iloc[0]
    assert (row.currency, row.owner_external_id) == ("USD", "e2")


PEOPLE = """\
  person:
    from: crm
    file: people.csv
    fields: {id: id, name: name, email: email, role: role, currency: {constant: USD}, timezone: zone,
             left: {column: last_day, inclusive: true}}
"""


def people(company: Company, *lines: str) -> Company:
    company.kinds = PEOPLE
    company.write("people.csv", "id,name,email,role,zone,last_day\n" + "\n".join(lines) + "\n")
    return company


def test_people(company: Company) -> None:
    rows = people(company, "e1,Ana Ruiz,Ana@Example.com,Rep,Europe/Madrid,2026-03-31", "e2,Bo,,,,").rows("person")
    assert rows.email.tolist() == ["ana@example.com", ""]
    assert rows.role.tolist() == ["rep", "rep"]
    assert rows.timezone.tolist() == ["Europe/Madrid", "UTC"]
    assert rows.left_on.tolist() == [day(date(2026, 4, 1)), NOTHING]


def test_people_that_are_refused(company: Company) -> None:
    found = people(company, "e1,,a@x.com,rep,,", "e2,Bo,,boss,,", "e3,Cy,,rep,Mars/Base,").rejected("person")
    assert list(found.values()) == ["value_missing", "role_unknown", "timezone_unknown"]


SPLITS = """\
  split:
    from: crm
    file: splits.csv
    fields: {deal: deal, person: person, share: {column: share, unit: UNIT}}
"""


@pytest.mark.parametrize(
    ("unit", "shares", "expected"),
    [
        ("percent", ("60", "40"), [600_000_000, 400_000_000]),
        ("percent", ("33.33", "66.67"), [333_300_000, 666_700_000]),
        ("percent", ("33.33", "33.33"), "split_sum"),
        ("percent", ("60", "40%"), "split_sum"),
        ("percent", ("120", "-20"), "split_sum"),
        ("fraction", ("0.6", "0.4"), [600_000_000, 400_000_000]),
        ("fraction", ("0.123456789", "0.876543211"), [123_456_789, 876_543_211]),
        ("fraction", ("60", "40"), "split_sum"),
    ],
)
def test_splits_add_up_exactly_or_none_of_them_counts(
    company: Company, unit: str, shares: tuple[str, str], expected: list[int] | str
) -> None:
    company.kinds = SPLITS.replace("UNIT", unit)
    company.write(
        "splits.csv",
        f"deal,person,share\nD1,e1,{shares[0]}\nD1,e2,{shares[1]}\nD2,e1,{100 if unit == 'percent' else 1}\n",
    )
    rows = company.rows("split")
    found = rows[rows.deal_external_id == "D1"].share_ppb.tolist()
    if isinstance(expected, list):
        assert found == expected
    else:
        assert found == []
        assert set(company.rejected("split").values()) <= {expected, "share_unparsable", "share_out_of_range"}
    assert rows[rows.deal_external_id == "D2"].share_ppb.tolist() == [1_000_000_000]


RANGES = """\
  quota:
    from: crm
    file: quotas.csv
    fields:
      person: person
      name: {constant: bookings}
      start: start
      end: END
      amount: amount
      currency: {constant: EUR}
"""


def quotas(company: Company, end: str, *lines: str) -> Company:
    company.kinds = RANGES.replace("END", end)
    company.write("quotas.csv", "person,start,last,amount\n" + "\n".join(lines) + "\n")
    return company


def test_a_quota_lasts_until_the_persons_next_one(company: Company) -> None:
    lines = ("e1,2026-04-30,,2", "e2,2026-01-01,,9", "e1,2026-01-31,,1")
    rows = quotas(company, "{until: next, last: 3 months}", *lines).rows("quota")
    ends = [date(2026, 7, 30), date(2026, 4, 1), date(2026, 4, 30)]
    assert rows.end_on.tolist() == [day(on) for on in ends]


def test_the_last_day_is_made_the_first_day_outside(company: Company) -> None:
    rows = quotas(company, "{column: last, inclusive: true}", "e1,2026-01-01,2026-03-31,1").rows("quota")
    assert rows.end_on.tolist() == [day(date(2026, 4, 1))]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("e1,2026-01-01,2025-12-31,1", "range_empty"),
        ("e1,2026-01-01,,1", "date_missing"),
        ("e1,,2026-01-01,1", "date_missing"),
        ("e1,2026-01-01,2026-03-31,", "amount_missing"),
        (",2026-01-01,2026-03-31,1", "key_missing"),
    ],
)
def test_a_quota_that_is_refused(company: Company, line: str, code: str) -> None:
    assert quotas(company, "{column: last, inclusive: false}", line).rejected("quota") == {"quotas.csv:2": code}


def test_an_assignment_without_end_is_open(company: Company) -> None:
    company.kinds = (
        "  assignment: {from: crm, file: a.csv, fields: {person: p, plan: plan, start: {constant: 2026-01-01}}}\n"
    )
    company.write("a.csv", "p,plan\ne1,ae\n")
    row = company.rows("assignment").iloc[0]
    assert (row.start_on, row.end_on) == (day(date(2026, 1, 1)), FOREVER)


def test_exchange_rates(company: Company) -> None:
    fields = "{from: f, to: t, start: on, end: {length: 1 day}, rate: r}"
    company.kinds = f"  rate: {{from: crm, file: r.csv, fields: {fields}}}\n"
    company.write(
        "r.csv",
        "f,t,on,r\nUSD,JPY,2026-01-01,104.958\nUSD,DEM,2026-01-01,1.9\nUSD,XXX,2026-01-01,1\nUSD,EUR,2026-01-01,0\n",
    )
    rows = company.rows("rate")
    assert rows[["rate_num", "rate_den"]].to_numpy().tolist() == [[52479, 500], [19, 10]]
    assert company.rejected("rate") == {"r.csv:4": "currency_unknown", "r.csv:5": "rate_unparsable"}


def kind_mapping(kind: str) -> KindMapping:
    """A mapping of every field of the kind to the column of its own name."""
    forms = {"end": "{column: NAME, inclusive: true}", "share": "{column: NAME, unit: percent}"}
    fields = [f"{name}: {forms.get(f.type, 'NAME').replace('NAME', name)}" for name, f in FIELDS[kind].items()]
    stages = "stages: {won: [Won], open: rest}" if kind == "deal" else ""
    text = f"""\
version: 1
sources: {{s: {{type: csv, date_format: "%Y-%m-%d", decimal: ".", thousands: ",", snapshot: true}}}}
kinds:
  {kind}:
    from: s
    file: f.csv
    fields: {{{", ".join(fields)}}}
    {stages}
"""
    return load(text, "m.yaml").kinds[0]


CELL = st.one_of(
    st.sampled_from(
        ["", "1", "0", "-5", "1.00", "1,000.00", "2026-01-05", "2026-02-31", "Won", "USD", "JPY", "rep", "UTC", "100"]
    ),
    st.text(max_size=12),
    st.none(),
)


@pytest.mark.parametrize("kind", list(FIELDS))
@settings(deadline=None)
@given(data=st.data())
def test_any_frame_gives_typed_or_refused_rows(kind: str, data: st.DataObject) -> None:
    """Every row comes back once, typed or with a known code; nothing raises."""
    width = len(FIELDS[kind])
    cells = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6))
    frame = pd.DataFrame(cells, columns=list(FIELDS[kind]), dtype=object)
    found = normalise(kind_mapping(kind), frame)
    assert len(found.rows) + len(found.rejected) == len(frame)
    assert sorted([*found.positions.tolist(), *found.rejected.position.tolist()]) == list(range(len(frame)))
    assert set(found.rejected.code) <= set(REASONS)
    for name in found.rows.columns:
        if name.endswith(("_cents", "_ppb", "_num", "_den")):
            assert found.rows[name].dtype == "int64"
