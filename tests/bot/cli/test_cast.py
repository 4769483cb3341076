"""The people of the fake Slack: everybody is told apart by an @name that can be typed."""

from pathlib import Path

from bot.cli import place
from bot.cli.cast import cast
from bot.sandbox.personas import Persona, distinct


def test_every_name_in_every_script_has_an_at_name_of_its_own(larkspur: Path) -> None:
    where = place.find(larkspur)
    database = where.open()
    try:
        people = cast(where, database, "maya.thompson@elsewhere.example")
    finally:
        database.dispose()
    handles = [one.handle for one in people]
    assert len(set(handles)) == len(handles) == 57 + 3 + 1, "the company, three who are not in it, and the asker"
    assert all(handle.isascii() for handle in handles)
    known = {one.name: one.handle for one in people}
    assert known["Jürgen Weiß"] == "juergen.weiss"
    assert known["ليلى حداد"] == "layla.haddad"
    assert "maya.thompson.elsewhere.example" in handles


def test_the_same_local_part_twice_is_told_apart() -> None:
    there = distinct([Persona("A", "a+b@x.example"), Persona("A", "a.b@y.example"), Persona("佐藤 遥", "")])
    assert [one.handle for one in there] == ["a.b", "a.b.y.example", "佐藤.遥"]
