"""SPIFs kept: rules are added, never rewritten; moves, readers, figures, rulings; and each prize once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.money import Rate
from engine.notices import Notice, Recipient
from engine.spifs.definition import AwardRule, Spif
from engine.spifs.prize_rules import PerUnit, Ranking
from engine.spifs.windows import Window
from store import changes, outbox, spif_figures, spif_prizes, spif_readers, spifs
from store.spif_figures import Figures
from store.spif_prizes import Posted, Ruling
from store.spifs import By, Moved

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.database import Database

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
MAX, OLGA = By(7, "max@x.com"), By(8, "olga@x.com")
RULES = Spif(
    name='Blitz "}},{" <!channel>',
    sentence="$100 for each new logo.",
    currency="USD",
    window=Window(date(2026, 7, 2), date(2026, 7, 16), "Europe/Berlin"),
    awards=(AwardRule("Each", PerUnit(100_00)), AwardRule("Most", Ranking((500_00, 250_00)))),
    budget=5_000_00,
)


def begin(conn: Connection) -> int:
    return changes.begin(conn, "max@x.com", "test", NOW)


@pytest.fixture
def spif_id(database: Database) -> int:
    with database.write() as conn:
        return spifs.create(conn, RULES, MAX, NOW, begin(conn))


def move(database: Database, spif_id: int, what: str, state: str, rules_hash: str = "") -> None:
    with database.write() as conn:
        moved = Moved(what, state, OLGA, "why", rules_hash, "", NOW, begin(conn))  # type: ignore[arg-type]
        spifs.record(conn, spif_id, moved)


def test_a_draft_is_read_as_it_was_written(database: Database, spif_id: int) -> None:
    with database.read() as conn:
        kept = spifs.get(conn, spif_id)
        assert spifs.get(conn, spif_id + 1) is None
    assert kept is not None
    assert (kept.state, kept.author, kept.rules, kept.announced) == ("draft", MAX, RULES, None)


def test_what_is_saved_after_the_announcement_is_only_proposed(database: Database, spif_id: int) -> None:
    with database.read() as conn:
        before = spifs.get(conn, spif_id)
    assert before is not None
    move(database, spif_id, "announce", "announced", before.rules_hash)
    richer = replace(RULES, budget=9_000_00, cap_per_rep=50_00, awards=(replace(RULES.awards[0], name="All"),))
    with database.write() as conn:
        spifs.save_rules(conn, spif_id, richer, OLGA, (NOW, begin(conn)))
        kept = spifs.get(conn, spif_id)
    assert kept is not None
    assert (kept.rules, kept.newest.rules, kept.newest.actor) == (RULES, richer, OLGA.name)
    move(database, spif_id, "amend", "announced", kept.newest.rules_hash)
    with database.read() as conn:
        amended = spifs.get(conn, spif_id)
    assert amended is not None
    assert amended.rules == richer
    assert [moved.move for moved in amended.moves] == ["announce", "amend"]
    assert amended.last("announce", "open") == amended.moves[0]


def test_they_are_listed_by_state_newest_first(database: Database, spif_id: int) -> None:
    with database.write() as conn:
        other = spifs.create(conn, replace(RULES, name="Other"), OLGA, NOW, begin(conn))
    move(database, other, "check", "checked")
    with database.read() as conn:
        assert [kept.spif_id for kept in spifs.listed(conn)] == [other, spif_id]
        assert [kept.spif_id for kept in spifs.listed(conn, ["checked"])] == [other]


def test_the_seed_is_drawn_once(database: Database, spif_id: int) -> None:
    with database.write() as conn:
        spifs.set_seed(conn, spif_id, "first")
        spifs.set_seed(conn, spif_id, "second")
        kept = spifs.get(conn, spif_id)
    assert kept is not None
    assert kept.seed == "first"


def test_readers_are_known_by_how_far_it_came(database: Database, spif_id: int) -> None:
    later = NOW + timedelta(minutes=1)
    with database.write() as conn:
        spif_readers.owe(conn, spif_id, "h", [1, 2, 3, 4], NOW)
        spif_readers.owe(conn, spif_id, "h", [4, 5], later)
        notices = [
            Notice(f"k{rep}", "spif_announced", Recipient(rep), topic=spif_readers.topic(spif_id, "h", rep))
            for rep in (1, 2, 3, 4)
        ]
        outbox.put(conn, notices, NOW)
        waiting = {owed.notice.to.rep_id: owed.outbox_id for owed in outbox.pending(conn)}
        outbox.suppress(conn, [waiting[3]], "left", NOW)
        assert spif_readers.acknowledge(conn, spif_id, "h", 1, later)
        assert not spif_readers.acknowledge(conn, spif_id, "h", 1, later)
        assert spif_readers.open_(conn, spif_id, "h", 2, later)
        assert spif_readers.remind(conn, spif_id, "h", 4, later)
        assert not spif_readers.remind(conn, spif_id, "h", 4, later)
        assert not spif_readers.acknowledge(conn, spif_id, "h", 99, later)
        found = spif_readers.readers(conn, spif_id, "h")
    assert [(one.rep_id, one.far) for one in found] == [
        (1, "acknowledged"), (2, "opened"), (3, "unreachable"), (4, "waiting"), (5, "waiting"),
    ]  # fmt: skip
    assert [one.reminded_at for one in found if one.rep_id == 4] == [later]


def test_equal_figures_are_kept_once_and_the_last_is_found(database: Database, spif_id: int) -> None:
    first = Figures(spif_id, "standings", "h", {"rows": [["é", 1]]}, 3, date(2026, 7, 3), NOW)
    second = replace(first, body={"rows": [["é", 2]]})
    with database.write() as conn:
        own = spif_figures.save(conn, first)
        assert spif_figures.save(conn, replace(first, at=NOW + timedelta(days=1))) == own
        other = spif_figures.save(conn, second)
        assert spif_figures.latest(conn, spif_id, "standings") == second
        assert spif_figures.latest(conn, spif_id, "results") is None
        assert spif_figures.by_hash(conn, spif_id, own) == first
    assert own != other


def test_a_prize_is_posted_once(database: Database, spif_id: int) -> None:
    prize = Posted("spif-1-rep-2", 2, "Most", 1, "cash", "", 500_00, "USD", "first", date(2026, 7, 20))
    back = replace(prize, key="spif-1-rep-2-back-1", amount_cents=-100_00)
    with database.write() as conn:
        change_id = begin(conn)
        assert spif_prizes.post(conn, spif_id, [prize, back], NOW, change_id) == (prize, back)
        assert spif_prizes.post(conn, spif_id, [replace(prize, amount_cents=1)], NOW, change_id) == ()
        assert spif_prizes.posted(conn, spif_id, 2) == (prize, back)
        assert spif_prizes.posted(conn, spif_id, 3) == ()
        assert spif_prizes.cost(conn, spif_id) == {"USD": 400_00}


def test_the_last_ruling_holds(database: Database, spif_id: int) -> None:
    out = Ruling(11, 2, True, OLGA.name, "refunded", NOW)
    with database.write() as conn:
        change_id = begin(conn)
        spif_prizes.rule(conn, spif_id, out, OLGA, change_id)
        spif_prizes.rule(conn, spif_id, replace(out, is_out=False, reason="paid again"), OLGA, change_id)
        assert spif_prizes.rulings(conn, spif_id) == {(11, 2): replace(out, is_out=False, reason="paid again")}


def test_a_name_stays_off_the_boards(database: Database) -> None:
    with database.write() as conn:
        spifs.opt_out(conn, 4, NOW, wanted=True)
        spifs.opt_out(conn, 4, NOW, wanted=True)
        assert spifs.opted_out(conn) == {4}
        spifs.opt_out(conn, 4, NOW, wanted=False)
        assert spifs.opted_out(conn) == frozenset()


def test_rules_keep_exact_rates(database: Database) -> None:
    rules = replace(RULES, eligibility=replace(RULES.eligibility, least_attainment=Rate(1, 3)))
    with database.write() as conn:
        kept = spifs.get(conn, spifs.create(conn, rules, MAX, NOW, begin(conn)))
    assert kept is not None
    assert kept.rules == rules
