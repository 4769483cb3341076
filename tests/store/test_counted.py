"""Figures, tags, positions and decisions come in once, heal when what they name arrives, and go out as frames."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.dates import day
from engine.frames import COLUMNS, check
from store import changes, facts, frames, verify
from tests.store.conftest import NOW, QUARTER, YEAR

if TYPE_CHECKING:
    from store.database import Database
    from tests.store.conftest import Write

EVERY = tuple(name for name in COLUMNS if name not in ("locks", "locked"))


def test_each_kind_goes_out_as_its_frame(database: Database, write: Write) -> None:
    write("person", {"external_id": "ada", "title": "AE", "team": "North"}, {"external_id": "bo"})
    write("deal", {"external_id": "d1"}, {"external_id": "d2", "owner_external_id": "bo"})
    write("figure", {"deal_external_id": "d1", "name": "cost", "value": 70_00, "unit": "money"})
    write("tag", {"deal_external_id": "d1", "name": "segment", "value": "SMB"})
    write("event", {"deal_external_id": "d2", "name": "paid", "on_day": date(2026, 8, 1), "amount_cents": 5_00})
    write("achievement", {"name": "nps", "on_day": date(2026, 8, 2), "value": 50_000_000, "unit": "number"})
    write(
        "achievement",
        {"person_external_id": "ada", "name": "nps", "on_day": date(2026, 8, 3), "value": 1, "unit": "number"},
        {"person_external_id": "bo", "name": "nps", "on_day": date(2026, 8, 3), "value": 2, "unit": "number"},
    )
    write("incentive", {"person_external_id": "ada", "name": "variable", "amount_cents": 9_00, **QUARTER})
    write(
        "adjustment",
        {
            "external_id": "a1",
            "person_external_id": "ada",
            "deal_external_id": "d1",
            "on_day": date(2026, 8, 4),
            "kind": "adjustment",
            "amount_cents": -3_00,
            "currency": "USD",
            "reason": "Wrong rate",
        },
    )
    write("balance", {"person_external_id": "ada", "plan": "ae", "name": "c", "on_day": date(2026, 7, 1), "value": 8})
    write("absence", {"person_external_id": "ada", **QUARTER})
    everybody = frames.facts(database, YEAR, more=EVERY)
    check(everybody)
    assert everybody.figures.to_dict("records") == [{"deal_id": 1, "name": "cost", "value": 70_00, "unit": "money"}]
    assert everybody.tags.to_dict("records") == [{"deal_id": 1, "name": "segment", "value": "SMB"}]
    assert everybody.events["amount_cents"].tolist() == [5_00]
    assert sorted(zip(everybody.achievements["rep_id"], everybody.achievements["value"], strict=True)) == [
        (0, 50_000_000),
        (1, 1),
        (2, 2),
    ]
    ada = frames.facts(database, YEAR, [1], more=EVERY)
    check(ada)
    assert ada.events.empty, "the event is of another's deal"
    assert sorted(ada.achievements["rep_id"]) == [0, 1]
    assert ada.incentives["amount_cents"].tolist() == [9_00]
    assert ada.adjustments[["rep_id", "deal_id", "amount_cents"]].values.tolist() == [[1, 1, -3_00]]
    assert ada.balances["value"].tolist() == [8]
    assert len(ada.absences) == 1
    assert frames.facts(database, YEAR, [1]).figures.empty, "what nobody asks for is not loaded"
    many = frames.facts(database, YEAR, [1, *range(1000, 1600)], more=EVERY)
    assert many.inputs_hash() == ada.inputs_hash()
    with database.read() as conn:
        assert verify.verify(conn).broken == ()


def test_a_figure_waits_for_its_deal_and_touches_those_who_share_it(database: Database, write: Write) -> None:
    write("person", {"external_id": "ada"}, {"external_id": "bo"}, {"external_id": "cy"})
    early = write("figure", {"deal_external_id": "d1", "name": "cost", "value": 7, "unit": "money"})
    assert early.unresolved
    write("deal", {"external_id": "d1"})
    write("split", {"deal_external_id": "d1", "person_external_id": "bo", "share_ppb": 1_000_000_000})
    with database.write() as conn:
        change_id = changes.begin(conn, "ops", "heal", NOW)
        facts.resolve_owners(conn, change_id)
    found = frames.facts(database, YEAR, [1], more=["figures"])
    assert found.figures["deal_id"].tolist() == [1]
    changed = write("figure", {"deal_external_id": "d1", "name": "cost", "value": 8, "unit": "money"})
    assert changed.touched == {1, 2}


def test_an_achievement_of_everybody_touches_everybody(write: Write) -> None:
    write("person", {"external_id": "ada"}, {"external_id": "bo"})
    row = {"name": "nps", "on_day": date(2026, 8, 2), "value": 1, "unit": "number"}
    assert write("achievement", row).touched == {1, 2}
    assert write("achievement", {**row, "person_external_id": "bo"}).touched == {2}


def test_an_achievement_of_somebody_unknown_is_nobodys(database: Database, write: Write) -> None:
    write("person", {"external_id": "ada"})
    row = {"name": "nps", "on_day": date(2026, 8, 2), "value": 1, "unit": "number"}
    assert write("achievement", {**row, "person_external_id": "ghost"}).unresolved
    assert frames.facts(database, YEAR, more=["achievements"]).achievements.empty
    assert frames.facts(database, YEAR, [1], more=["achievements"]).achievements.empty


def test_people_stand_where_their_placements_and_positions_say(database: Database, write: Write) -> None:
    write("person", {"external_id": "boss"}, {"external_id": "ada", "title": "SDR", "manager_external_id": "boss"})
    may, june, july = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
    placed = {"person_external_id": "ada", "team": "North", "territory": "EMEA"}
    write("placement", {**placed, "start_on": may, "end_on": july})
    write("position", {"person_external_id": "ada", "role": "rep", "title": "AE", "start_on": june, "end_on": None})
    people = frames.facts(database, YEAR, [2], more=["people"]).people
    ada = people[people["rep_id"] == 2].sort_values("start_on")
    stretches = ada[["title", "team", "territory", "manager_id"]].values.tolist()
    assert stretches == [
        ["SDR", "", "", 1],
        ["SDR", "North", "EMEA", 0],
        ["AE", "North", "EMEA", 0],
        ["AE", "", "", 1],
    ]
    assert ada["start_on"].tolist()[1:] == [day(may), day(june), day(july)]
    assert ada["end_on"].tolist()[:3] == [day(may), day(june), day(july)]
    assert (people["rep_id"] == 1).sum() == 1


def test_facts_are_read_as_they_were_known(database: Database, write: Write) -> None:
    write("person", {"external_id": "ada"})
    write("deal", {"external_id": "d1"})
    write("figure", {"deal_external_id": "d1", "name": "cost", "value": 7, "unit": "money"})
    with database.read() as conn:
        then = changes.watermark(conn)
    write("figure", {"deal_external_id": "d1", "name": "cost", "value": 8, "unit": "money"})
    for reps in (None, [1]):
        assert frames.facts(database, YEAR, reps, then, more=["figures"]).figures["value"].tolist() == [7]
        assert frames.facts(database, YEAR, reps, more=["figures"]).figures["value"].tolist() == [8]
