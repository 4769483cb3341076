"""A mapping file is read strictly: each problem names file, line, what was found and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import MappingRefused, UnknownSource
from connectors.mapping import load, load_file
from connectors.registry import open_source, open_sources

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
version: 1
sources:
  crm:
    type: csv
    date_format: "%Y-%m-%d"
    decimal: "."
    null: ["", "NULL"]
kinds:
  person:
    from: crm
    file: people.csv
    fields: {id: id, name: {join: [first, last]}, currency: {constant: USD}}
  quota:
    from: crm
    file: quotas.csv
    decimal: ","
    fields:
      person: person
      name: {constant: bookings}
      start: start
      end: {until: next, last: 3 months}
      amount: amount
      currency: {constant: USD}
"""


def problems(text: str) -> list[tuple[str, str]]:
    """Each problem as place and message."""
    with pytest.raises(MappingRefused) as refusal:
        load(text, "mapping.yaml")
    return [(p.where, p.message) for p in refusal.value.problems]


def test_what_a_good_file_says() -> None:
    mapping = load(GOOD, "mapping.yaml")
    person, quota = mapping.kinds
    assert person.fields["name"].join == ("first", "last")
    assert person.fmt.nulls == ("", "NULL")
    assert (person.fmt.decimal, quota.fmt.decimal) == (".", ",")
    assert (quota.fields["end"].until_next, quota.fields["end"].last.months) == (True, 3)
    assert mapping.sources["crm"].interval_seconds == 86_400


def test_its_version_is_its_text() -> None:
    assert load(GOOD, "a.yaml").sha256 == load(GOOD, "b.yaml").sha256
    assert load(GOOD, "a.yaml").sha256 != load(GOOD + "# changed\n", "a.yaml").sha256


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("version: 1", "version: 2", "1", "Unknown version"),
        ("    type: csv", "    type: excel", "4", "Unknown value"),
        ("    type: csv", "    tpye: csv", "4", "Unknown key 'tpye'"),
        ('    date_format: "%Y-%m-%d"\n', "", "9", "date_format must be declared"),
        ('    date_format: "%Y-%m-%d"', '    date_format: "%Y-%m"', "5", "names year, month and day"),
        ('    date_format: "%Y-%m-%d"', '    date_format: "%Y-%m-%Q"', "5", "Unknown date directive"),
        ('    decimal: "."\n', "", "9", "decimal must be declared"),
        ('    decimal: "."', '    decimal: "!"', "6", "Unknown value for decimal"),
        ('    decimal: ","', '    thousands: "."', "16", "are the same"),
        ('    decimal: "."', '    decimal: "."\n    encoding: utf-99', "7", "Unknown encoding"),
        ('    decimal: "."', '    decimal: "."\n    encoding: base64', "7", "Unknown encoding"),
        ('    decimal: "."', '    decimal: "."\n    snapshot: maybe', "7", "Unknown value for snapshot"),
        ('    decimal: "."', '    decimal: "."\n    timezone: Mars/Base', "7", "Unknown time zone"),
        ('    decimal: "."', '    decimal: "."\n    interval: soon', "7", "number of seconds"),
        ("  person:", "  persom:", "10", "Unknown kind 'persom'"),
        ("    from: crm\n    file: people", "    from: erp\n    file: people", "10", "No such source"),
        ("    file: people.csv\n", "", "10", "The key 'file' is missing"),
        ("{id: id, name:", "{name:", "12", "The key 'id' is missing"),
        ("{id: id, name:", "{id: id, salary: x, name:", "12", "Unknown key 'salary'"),
        ("{join: [first, last]}", "{join: first, column: x}", "12", "exactly one origin"),
        ("{join: [first, last]}", "{colunm: x}", "12", "Unknown key 'colunm'"),
        ("      end: {until: next, last: 3 months}", "      end: until", "21", "last day of the range"),
        ("      end: {until: next, last: 3 months}", "      end: {column: e}", "21", "last day of the range"),
        ("      end: {until: next, last: 3 months}", "      end: {until: next}", "21", "how long the last range is"),
        (
            "      end: {until: next, last: 3 months}",
            "      end: {until: next, last: 3 moons}",
            "21",
            "length of time",
        ),
        ("      end: {until: next, last: 3 months}", "      end: {until: then, last: 1 day}", "21", "Unknown value"),
        ("      person: person", "      person: person\n      person: other", "19", "is there twice"),
        ("      start: start", "      start: [start, begin]", "20", "a column name or a block"),
    ],
)
def test_each_mistake_is_named_with_its_line(old: str, new: str, where: str, message: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1))
    assert any(place == f"mapping.yaml:{where}" and message in text for place, text in found), found


def test_every_mistake_is_listed_at_once() -> None:
    found = problems(GOOD.replace("type: csv", "type: xml").replace("from: crm", "from: erp"))
    assert len(found) == 3


def test_the_refusal_says_what_is_allowed() -> None:
    with pytest.raises(MappingRefused) as refusal:
        load(GOOD.replace("    type: csv", "    tpye: csv"), "mapping.yaml")
    problem = refusal.value.problems[0]
    assert problem.found == "'tpye'"
    assert "type" in problem.allowed
    assert problem.remedy


@pytest.mark.parametrize(
    "text",
    ["", "   ", "[]", "words", "a: [", "a: &x [*x]", "\x00", "version: 1\n", "? [a]\n: b\n", "kinds: 2\n"],
)
def test_what_is_no_mapping_at_all(text: str) -> None:
    assert problems(text)


def test_a_bomb_of_aliases() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40))]
    assert any("aliases" in message for _, message in problems("\n".join(lines)))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    with pytest.raises(MappingRefused):
        load(text, "mapping.yaml")


DEAL = """\
  deal:
    from: crm
    file: deals.csv
    fields: {id: id, owner: owner, amount: amount, currency: {constant: USD}, stage: stage, close: close}
    stages: {won: [Won], lost: [Lost], open: rest}
"""


def test_stages_may_leave_the_rest_to_open() -> None:
    deal = load(GOOD + DEAL, "mapping.yaml").kinds[1]
    assert deal.stages is not None
    assert deal.stages.rest == "open"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    stages: {won: [Won], lost: [Lost], open: rest}\n", "", "'stages' is missing"),
        ("won: [Won], ", "", "'won' is missing"),
        ("won: [Won]", "won: rest", "Name the stages that mean won"),
        ("lost: [Lost]", "lost: rest", "Only one of"),
        ("lost: [Lost]", "lost: [Won]", "are also won"),
        ("    stages:", "    excess_decimals: truncate\n    stages:", "Unknown value"),
        ("    stages:", "    required_when_won: [amount, colour]\n    stages:", "Unknown field"),
        ("    stages:", "    aliases: {colour: {a: b}}\n    stages:", "Unknown key 'colour'"),
        ("id: id,", "id: n.X,", "does not take that column"),
    ],
)
def test_deals(old: str, new: str, message: str) -> None:
    lookup = "    lookup: {n: {file: n.csv, key: k, by: id, take: [Name]}}\n"
    text = GOOD + (DEAL + lookup).replace(old, new, 1)
    assert any(message in found for _, found in problems(text)), problems(text)


def test_shares_must_say_their_unit() -> None:
    split = "  split: {from: crm, file: s.csv, fields: {deal: d, person: p, share: share}}\n"
    assert any("percent or fraction" in message for _, message in problems(GOOD + split))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused) as refusal:
        load_file(tmp_path / "none.yaml")
    assert str(tmp_path) not in str(refusal.value)


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert len(load_file(tmp_path / "m.yaml").kinds) == 2


def test_sources_by_name(tmp_path: Path) -> None:
    mapping = load(GOOD, "mapping.yaml")
    (source,) = open_sources(mapping, tmp_path)
    assert (source.name, source.kinds) == ("crm", ("person", "quota"))
    with pytest.raises(UnknownSource):
        open_source(mapping, "erp", tmp_path)
