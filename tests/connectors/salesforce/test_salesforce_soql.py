"""Whatever is asked for, a query says just that: checked by reading it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConfigRefused
from connectors.fakes.salesforce_soql import Compare, Group, parse
from connectors.salesforce.soql import Select, among, compare, either, every, literal, named
from connectors.salesforce.table import Table, Window

AT = datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs")))
BREAKS = st.text("\\'\"\n\r\t\b\f%_ \u2028)(;--OR")


@given(PRINTABLE | BREAKS)
def test_any_text_is_one_literal_and_means_itself(text: str) -> None:
    query = parse(Select("Opportunity", ("Id",), (compare("Name", "=", text), compare("IsWon", "=", True))).text())
    assert query.where == Group("and", (Compare("Name", "=", (text,)), Compare("IsWon", "=", (True,))))


@given(st.lists(PRINTABLE, min_size=1, max_size=5))
def test_any_texts_are_one_list(texts: list[str]) -> None:
    query = parse(Select("Opportunity", ("Id",), (among("Name", texts),)).text())
    assert query.where == Compare("Name", "in", tuple(texts))


def test_instants_are_in_utc_whole_seconds_and_not_in_quotes() -> None:
    assert literal(AT) == "2026-05-01T07:25:37Z"
    elsewhere = AT.astimezone(timezone(timedelta(hours=-7))) + timedelta(microseconds=999_999)
    assert literal(elsewhere) == "2026-05-01T07:25:37Z"


@pytest.mark.parametrize("text", ["\x00", "a\x1bb", "\x7f"])
def test_what_cannot_be_quoted_is_refused(text: str) -> None:
    with pytest.raises(ConfigRefused):
        literal(text)


@pytest.mark.parametrize(
    "name",
    ["", "Amount, Name", "Amount FROM User", "1Amount", "Amount;", "Amount'", "Ämount", "A.", ".A", "a b", "A\n"],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigRefused):
        named(name)


def test_a_window_goes_on_after_a_stamp_and_an_id() -> None:
    table = Table("Opportunity", ("Amount",))
    window = Window(AT, AT + timedelta(hours=1))
    first = parse(table.select(*window.after(None), order=("SystemModstamp", "Id")).text())
    assert first.where == Group(
        "and",
        (
            Compare("SystemModstamp", ">=", (AT,)),
            Compare("SystemModstamp", "<", (AT + timedelta(hours=1),)),
        ),
    )
    assert first.order == (("SystemModstamp", False), ("Id", False))
    later = parse(table.select(*window.after((AT, "006A00000000001AAA"))).text())
    tie = Group("and", (Compare("SystemModstamp", "=", (AT,)), Compare("Id", ">", ("006A00000000001AAA",))))
    assert later.where == Group(
        "and",
        (
            Compare("SystemModstamp", "<", (AT + timedelta(hours=1),)),
            Group("or", (Compare("SystemModstamp", ">", (AT,)), tie)),
        ),
    )


def test_fields_are_named_once_and_conditions_can_be_nested() -> None:
    inner = either(compare("A__c", "=", "x"), every(compare("B__c", "<", "y"), compare("C__c", ">=", "z")))
    query = parse(
        Select("Thing__c", ("Id", "Name", "Id", "Owner.Name"), (inner, compare("D__c", "!=", False))).text()
    )
    assert query.fields == ("Id", "Name", "Owner.Name")
    assert isinstance(query.where, Group)
    assert [type(part).__name__ for part in query.where.parts] == ["Group", "Compare"]
