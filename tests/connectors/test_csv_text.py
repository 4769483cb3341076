"""A file is read whole or refused with the line, what was found and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.connectors.conftest import Company

    Deals = Callable[..., Company]

GOOD = "D1,Alpha,e1,10.00,USD,Won,2026-01-05"


def test_a_plain_file(deals: Deals) -> None:
    row = deals(GOOD).rows().iloc[0]
    assert (row.external_id, row["name"], row.owner_external_id, row.amount_cents) == ("D1", "Alpha", "e1", 1000)
    assert row.raw_ref.endswith(":2")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends(deals: Deals, newline: str) -> None:
    assert deals(GOOD, newline=newline).rows().booked_on.tolist() == [20458]


def test_a_byte_order_mark_is_no_part_of_the_first_column(company: Company) -> None:
    company.write("deals.csv", b"\xef\xbb\xbf" + (company.header + GOOD + "\n").encode())
    assert len(company.rows()) == 1


def test_a_latin_1_byte_in_a_utf_8_file(company: Company) -> None:
    company.write("deals.csv", company.header.encode() + GOOD.encode() + b"\nD2,Caf\xe9,e1,1,USD,Won,2026-01-05\n")
    problem = company.refusal()
    assert (problem.code, problem.where, problem.found, problem.allowed) == (
        "encoding", "deals.csv:3", "byte 0xe9", "utf-8",
    )  # fmt: skip


def test_the_same_byte_where_latin_1_is_declared(company: Company) -> None:
    company.source = "encoding: cp1252"
    company.write("deals.csv", company.header.encode() + b"D2,Caf\xe9,e1,1,USD,Won,2026-01-05\n")
    assert company.rows()["name"].tolist() == ["Café"]


def test_utf_16(company: Company) -> None:
    company.source = "encoding: utf-16"
    company.write("deals.csv", (company.header + GOOD + "\n").encode("utf-16"))
    assert len(company.rows()) == 1


def test_a_nul_byte(company: Company) -> None:
    company.write("deals.csv", company.header.encode() + b"D\x002,x,e1,1,USD,Won,2026-01-05\n")
    assert (company.refusal().code, company.refusal().where) == ("encoding", "deals.csv:2")


def test_a_quoted_line_break_stays_data_and_lines_are_still_counted(deals: Deals) -> None:
    company = deals('D1,"Alpha\nBeta, ""Gamma""",e1,10,USD,Won,2026-01-05', "D2,x,e1,oops,USD,Won,2026-01-05")
    assert company.rows()["name"].tolist() == ['Alpha\nBeta, "Gamma"']
    assert company.rejected() == {"deals.csv:4": "amount_unparsable"}


def test_formulas_and_slack_markup_are_kept_as_data(deals: Deals) -> None:
    names = ["=1+2", "@SUM(A1)", "-cmd|' /C calc'!A0", "<!channel>", "*bold* `code`", "'; DROP TABLE deal; --"]
    company = deals(*(f"D{i},{name},e1,1,USD,Won,2026-01-05" for i, name in enumerate(names)))
    assert company.rows()["name"].tolist() == names


def test_a_field_of_ten_megabytes_refuses_its_row_only(deals: Deals) -> None:
    company = deals(GOOD, f"D2,{'x' * 10_000_000},e1,1,USD,Won,2026-01-05")
    assert len(company.rows()) == 1
    assert company.rejected() == {"deals.csv:3": "text_too_long"}


@pytest.mark.parametrize(
    ("line", "found"),
    [("D2,x,e1,1,USD,Won", "6 fields"), ("D2,x,e1,1,USD,Won,2026-01-05,extra", "8 fields"), ("D2", "1 fields")],
)
def test_ragged_rows(deals: Deals, line: str, found: str) -> None:
    problem = deals(GOOD, line, GOOD).refusal()
    assert (problem.code, problem.where, problem.found, problem.allowed) == (
        "row_length", "deals.csv:3", found, "7 fields",
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        'D2,"never closed,e1,1,USD,Won,2026-01-05',
        'D2,"closed" and more,e1,1,USD,Won,2026-01-05',
        'D2,x,e1,1,USD,Won,"2026-01-05',
    ],
)
def test_stray_quotes(deals: Deals, line: str) -> None:
    problem = deals(GOOD, line, GOOD).refusal()
    assert (problem.code, problem.where) == ("quote", "deals.csv:3")


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(deals: Deals) -> None:
    problem = deals(GOOD, 'D2,x,e1,1,USD,Won,"2026-01-05', GOOD, 'D3,y,e1,1,USD,Won,"2026-01-05').refusal()
    assert problem.code == "quote"


def test_an_inch_mark_inside_a_field(deals: Deals) -> None:
    assert deals('D1,Screen 27" wide,e1,10,USD,Won,2026-01-05').rows()["name"].tolist() == ['Screen 27" wide']


def test_blank_lines_are_left_out_and_counted(deals: Deals) -> None:
    company = deals(GOOD, "", "D2,x,e1,oops,USD,Won,2026-01-05", "", "")
    assert len(company.rows()) == 1
    assert company.rejected() == {"deals.csv:4": "amount_unparsable"}


@pytest.mark.parametrize("body", ["", "\n", "  \r\n", "\ufeff"])
def test_an_empty_file(company: Company, body: str) -> None:
    company.write("deals.csv", body)
    assert company.refusal().code == "file_empty"


def test_a_header_without_rows(company: Company) -> None:
    company.write("deals.csv", company.header)
    (page,) = company.pages()
    assert (len(page.rows), page.refused, page.total) == (0, (), 0)


def test_a_missing_file(company: Company) -> None:
    problem = company.refusal()
    assert (problem.code, problem.where) == ("file_missing", "deals.csv")
    assert str(company.folder) not in str(problem)


def test_a_repeated_header(company: Company) -> None:
    company.write("deals.csv", company.header.replace("name", "id") + GOOD + "\n")
    problem = company.refusal()
    assert (problem.code, problem.where) == ("header", "deals.csv:1")
    assert "'id'" in problem.message


def test_a_missing_column_names_what_is_there(company: Company) -> None:
    company.write("deals.csv", company.header.replace("amount", "Amount") + GOOD + "\n")
    problem = company.refusal()
    assert problem.code == "column_missing"
    assert "'amount'; perhaps 'Amount' is meant" in problem.message
    assert "Amount" in problem.found
    assert "amount" in problem.allowed


def test_the_wrong_delimiter_is_a_missing_column(company: Company) -> None:
    company.write("deals.csv", (company.header + GOOD + "\n").replace(",", ";"))
    assert company.refusal().code == "column_missing"


@pytest.mark.parametrize("date", ["05.01.2026", "2026-02-31", "26-01-05", "01/05/2026", "today"])
def test_a_date_in_another_format_refuses_the_file(deals: Deals, date: str) -> None:
    problem = deals(GOOD, f"D2,x,e1,1,USD,Open,{date}").refusal()
    assert (problem.code, problem.where, problem.allowed) == ("date_format", "deals.csv:3", "%Y-%m-%d")
    assert repr(date) in problem.message
