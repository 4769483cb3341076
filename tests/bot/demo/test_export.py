"""The files a day brings: deterministic bytes, and a future that is still open."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.demo.company import DEFAULT_SEED, Company, company
from bot.demo.export import export

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def larkspur() -> Company:
    return company(DEFAULT_SEED, TODAY)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_day_gives_the_same_bytes(larkspur: Company, tmp_path: Path) -> None:
    first = export(larkspur, TODAY, tmp_path / "a")
    second = export(company(DEFAULT_SEED, TODAY), TODAY, tmp_path / "b")
    assert [p.name for p in first] == [p.name for p in second]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_a_day_later_open_deals_are_won_and_no_won_deal_changes(larkspur: Company, tmp_path: Path) -> None:
    export(larkspur, TODAY, tmp_path / "today")
    export(larkspur, TODAY + timedelta(days=1), tmp_path / "tomorrow")
    before = {row["deal_id"]: row for row in rows(tmp_path / "today", "deals.csv")}
    after = {row["deal_id"]: row for row in rows(tmp_path / "tomorrow", "deals.csv")}
    won = [key for key, row in after.items() if row["stage"] == "Closed won" != before.get(key, row)["stage"]]
    assert len(won) >= 3
    assert {after[key]["owner_id"] for key in won} >= {"E-maya-thompson", "E-juergen-weiss"}
    for key, row in before.items():
        if row["stage"].startswith("Closed"):
            assert after[key] == row


def test_no_file_shows_the_future(larkspur: Company, tmp_path: Path) -> None:
    export(larkspur, TODAY, tmp_path)
    for row in rows(tmp_path, "deals.csv"):
        assert row["last_modified"][:10] <= TODAY.isoformat()
        closed = row["stage"].startswith("Closed")
        if row["close_date"]:
            assert closed == (row["close_date"] <= TODAY.isoformat())


def test_every_split_is_of_a_deal_in_the_same_export(larkspur: Company, tmp_path: Path) -> None:
    export(larkspur, TODAY, tmp_path)
    known = {row["deal_id"] for row in rows(tmp_path, "deals.csv")}
    splits = rows(tmp_path, "splits.csv")
    assert splits
    assert {row["deal_id"] for row in splits} <= known
