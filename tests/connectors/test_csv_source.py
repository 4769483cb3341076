"""A source's files: which are read, what depends on what, and when nothing has to be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.source import PAGE_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.connectors.conftest import Company

    Deals = Callable[..., Company]

GOOD = "D1,Alpha,e1,10.00,USD,Won,2026-01-05"
SPLITS = """\
  split:
    from: crm
    file: splits.csv
    fields: {deal: deal, person: person, share: {column: share, unit: percent}}
"""


def test_the_same_file_is_not_read_again(deals: Deals) -> None:
    company = deals(GOOD)
    cursor = company.pages()[-1].cursor
    assert list(company.open().pages("deal", cursor)) == []


def test_a_changed_file_is(deals: Deals) -> None:
    cursor = deals(GOOD).pages()[-1].cursor
    company = deals(GOOD, "D2,Beta,e1,1,USD,Won,2026-01-05")
    assert len(next(iter(company.open().pages("deal", cursor))).rows) == 2


def test_a_file_that_goes_back_to_what_it_was_is_read_again(deals: Deals) -> None:
    company = deals(GOOD)
    first = company.pages()[-1].cursor
    second = list(deals(GOOD.replace("10.00", "20.00")).open().pages("deal", first))[-1].cursor
    third = list(deals(GOOD).open().pages("deal", second))
    assert third[0].rows.amount_cents.tolist() == [1000]


def test_a_changed_mapping_reads_everything_again(deals: Deals) -> None:
    company = deals(GOOD)
    cursor = company.pages()[-1].cursor
    company.kinds += "    excess_decimals: half_even\n"
    assert len(list(company.open().pages("deal", cursor))) == 1


def test_a_folder_of_exports(company: Company) -> None:
    company.kinds = company.kinds.replace("deals.csv", "in/*.csv")
    (company.folder / "in").mkdir()
    assert company.refusal().code == "file_missing"
    company.write("in/2026-01.csv", company.header + GOOD + "\n")
    cursor = company.pages()[-1].cursor
    company.write("in/2026-02.csv", company.header + GOOD.replace("10.00", "20.00") + "\n")
    (page,) = company.open().pages("deal", cursor)
    assert page.rows.amount_cents.tolist() == [2000]
    assert page.rejected.empty


def test_a_refused_file_stops_those_after_it(company: Company) -> None:
    """A later export would otherwise be overtaken by the mended earlier one."""
    company.kinds = company.kinds.replace("deals.csv", "in/*.csv")
    (company.folder / "in").mkdir()
    for month, body in (("1", GOOD), ("2", "D2"), ("3", GOOD)):
        company.write(f"in/{month}.csv", f"{company.header}{body}\n")
    first, refusal = company.pages()
    assert len(first.rows) == 1
    assert refusal.refused[0].where == "in/2.csv:2"
    assert list(refusal.cursor["files"]) == ["in/1.csv"]


def test_a_snapshot_is_one_file(company: Company) -> None:
    company.kinds = company.kinds.replace("deals.csv", "'*.csv'")
    company.source = "snapshot: true"
    company.write("a.csv", company.header + GOOD + "\n")
    company.write("b.csv", company.header + GOOD + "\n")
    assert company.refusal().code == "snapshot_files"


def test_a_snapshot_shows_refused_records_as_present(deals: Deals) -> None:
    company = deals(GOOD, "D2,x,e1,oops,USD,Won,2026-01-05")
    company.source = "snapshot: true"
    (page,) = company.pages()
    assert page.present is not None
    assert page.present.external_id.tolist() == ["D1", "D2"]


def test_a_snapshot_with_a_nameless_record_says_nothing_about_absent_ones(deals: Deals) -> None:
    company = deals(GOOD, ",x,e1,1,USD,Won,2026-01-05")
    company.source = "snapshot: true"
    assert company.pages()[0].present is None


def test_only_a_snapshot_says_what_is_present(deals: Deals) -> None:
    assert deals(GOOD).pages()[0].present is None


def test_pages_are_cut_at_ten_thousand_rows(deals: Deals) -> None:
    company = deals(*(f"D{i},x,e1,1,USD,Won,2026-01-05" for i in range(PAGE_ROWS + 1)))
    first, last = company.pages()
    assert (len(first.rows), len(last.rows)) == (PAGE_ROWS, 1)
    assert (first.total, first.read + last.read) == (PAGE_ROWS + 1, PAGE_ROWS + 1)
    assert first.cursor == {"files": {}}
    assert list(last.cursor["files"]) == ["deals.csv"]
    assert [len(page.files) for page in (first, last)] == [0, 1]


def test_no_page_cuts_the_splits_of_a_deal_apart(company: Company) -> None:
    company.kinds = SPLITS
    lines = [f"D{i % 7000:05},e{i // 7000},50" for i in range(14_000)]
    company.write("splits.csv", "deal,person,share\n" + "\n".join(lines) + "\n")
    pages = company.pages("split")
    seen = [set(page.rows.deal_external_id) for page in pages]
    assert len(pages) == 2
    assert all(len(page.rows) <= PAGE_ROWS for page in pages)
    assert not seen[0] & seen[1]
    assert sum(len(page.rows) for page in pages) == 14_000


def test_a_deal_waits_with_its_splits(deals: Deals) -> None:
    """Without them it would count whole for its owner and pay the wrong people."""
    company = deals(GOOD, "D2,Beta,e1,1,USD,Won,2026-01-05")
    company.kinds += SPLITS
    company.write("splits.csv", "deal,person,share\nD1,e1,60\nD1,e2,30\n")
    assert company.rows().external_id.tolist() == ["D2"]
    assert company.rejected() == {"deals.csv:2": "split_sum"}
    cursor = company.pages()[-1].cursor
    company.write("splits.csv", "deal,person,share\nD1,e1,60\nD1,e2,40\n")
    (page,) = company.open().pages("deal", cursor)
    assert page.rows.external_id.tolist() == ["D1", "D2"]


LOOKUP = """\
  placement:
    from: crm
    file: history.csv
    lookup:
      territory: {file: territories.csv, by: territory_id, key: id, take: [name, region]}
    fields:
      person: person
      territory: territory.name
      team: territory.region
      start: start
"""


@pytest.fixture
def history(company: Company) -> Company:
    company.kinds = LOOKUP
    company.write("history.csv", "person,territory_id,start\ne1,2,2026-01-01\ne2,,2026-01-01\ne3,9,2026-01-01\n")
    company.write("territories.csv", "id,name,region\n1,North,Europe\n2,South,Asia\n")
    return company


def test_a_lookup_lends_columns(history: Company) -> None:
    rows = history.rows("placement")
    assert rows[["person_external_id", "territory", "team"]].to_numpy().tolist() == [
        ["e1", "South", "Asia"],
        ["e2", "", ""],
    ]


def test_what_the_lookup_does_not_know_refuses_the_row(history: Company) -> None:
    assert history.rejected("placement") == {"history.csv:4": "lookup_missing"}
    assert "territory_id '9' is not in the lookup file" in history.pages("placement")[0].rejected.detail[0]


def test_a_lookup_with_a_key_twice_is_refused(history: Company) -> None:
    history.write("territories.csv", "id,name,region\n1,North,Europe\n2,South,Asia\n1,West,Europe\n")
    problem = history.refusal("placement")
    assert (problem.code, problem.where) == ("lookup_duplicate", "territories.csv:4")
    assert "line 2" in problem.allowed


def test_a_changed_lookup_reads_the_file_again(history: Company) -> None:
    cursor = history.pages("placement")[-1].cursor
    assert list(history.open().pages("placement", cursor)) == []
    history.write("territories.csv", "id,name,region\n2,Centre,Asia\n")
    (page,) = history.open().pages("placement", cursor)
    assert page.rows.territory.tolist() == ["Centre", ""]


def test_rows_left_out_are_counted(deals: Deals) -> None:
    company = deals(GOOD, "D2,Beta,e1,1,USD,Won,2026-01-05", "D3,Gamma,e1,oops,USD,Won,2026-01-05")
    company.kinds += "    only_when: {name: [Alpha, Gamma]}\n"
    (page,) = company.pages()
    assert (len(page.rows), page.skipped, page.read, page.total) == (1, 1, 3, 3)
    assert company.rejected() == {"deals.csv:4": "amount_unparsable"}


def test_check_lists_every_refused_file(history: Company) -> None:
    history.kinds += SPLITS
    history.write("territories.csv", "id,name\n1,North\n")
    codes = [problem.code for problem in history.open().check()]
    assert codes == ["column_missing", "file_missing"]
