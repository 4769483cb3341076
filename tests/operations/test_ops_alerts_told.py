"""Ops alerts about promises: SPIFs off course, plans unsigned; and what the channel is told once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import text

from engine.money import Money
from engine.notices import Notice, Recipient
from engine.spifs.definition import AwardRule, Spif
from engine.spifs.prize_rules import PerUnit
from engine.spifs.windows import Window
from operations import recalculate
from operations.ops_alerts import digests
from operations.ops_alerts.notices import Telling
from store import changes, outbox, preferences, spifs
from store.spifs import By, Moved
from tests.operations.alert_desk import CHANNEL, Desk
from tests.operations.conftest import deal

OLGA = By(8, "olga@example.com")
RULES = Spif(
    name="August logos",
    sentence="$100 for each new logo.",
    currency="USD",
    window=Window(date(2026, 8, 1), date(2026, 9, 1), "UTC"),
    awards=(AwardRule("Each", PerUnit(100_00)),),
    budget=150_00,
)


def live(desk: Desk, rules: Spif) -> None:
    with desk.db.write() as conn:
        change_id = changes.begin(conn, OLGA.name, "test", desk.now)
        spif_id = spifs.create(conn, rules, OLGA, desk.now, change_id)
        kept = spifs.get(conn, spif_id)
        assert kept is not None
        for what, state in (("announce", "announced"), ("open", "live")):
            moved = Moved(what, state, OLGA, "", kept.rules_hash, "", desk.now, change_id)  # type: ignore[arg-type]
            spifs.record(conn, spif_id, moved)


def test_a23_a_spif_over_budget_is_told_until_it_is_not(desk: Desk) -> None:
    live(desk, RULES)
    desk.check("A23")
    alert = desk.one("A23")
    assert [(item.item, item.risk) for item in desk.items(alert)] == [("budget", Money(150_00, "USD"))]
    desk.delete("deal", "s8")
    desk.check("A23")
    assert desk.now_is(alert) == "closed"


def test_a23_a_spif_without_a_score_past_half_of_it_is_told(desk: Desk) -> None:
    nobody = replace(RULES, budget=1_000_00, window=Window(date(2026, 8, 15), date(2026, 8, 25), "UTC"))
    live(desk, nobody)
    desk.check("A23")
    assert [item.item for item in desk.items(desk.one("A23"))] == ["nobody"]


def test_a25_a_plan_that_was_told_and_not_acknowledged_is_told(desk: Desk) -> None:
    rep_id = desk.person("dana").rep_id
    topic = f"plan_changed:{rep_id}:ae:1"
    with desk.db.write() as conn:
        outbox.put(conn, [Notice(topic, "plan_changed", Recipient(rep_id), topic=topic)], desk.now)
        conn.execute(text("UPDATE outbox SET state = 'sent', sent_at = created_at"))
    desk.check("A25")
    assert desk.alerts("A25") == []
    desk.later(days=4)
    desk.check("A25")
    alert = desk.one("A25")
    assert [item.found["email"] for item in desk.items(alert)] == ["dana@example.com"]
    with desk.db.write() as conn:
        preferences.acknowledge(conn, rep_id, topic, desk.now)
    desk.check("A25")
    assert desk.now_is(alert) == "closed"


def test_the_digest_lists_what_stands_too_long_once_a_day(desk: Desk) -> None:
    desk.apply("deal", deal("x1", "ghost", 500_000, date(2026, 8, 3)))
    desk.check("A3")
    assert not digests.daily(desk.ctx(), Telling(CHANNEL))
    desk.later(hours=9)
    assert digests.daily(desk.ctx(), Telling(CHANNEL))
    assert not digests.daily(desk.ctx(), Telling(CHANNEL))
    with desk.db.read() as conn:
        [owed] = [each for each in outbox.pending(conn) if each.notice.kind == "ops_digest"]
    assert [each["code"] for each in owed.notice.data["alerts"]] == ["A3"]


def test_the_days_calculations_are_one_message_without_an_amount(desk: Desk) -> None:
    for name in ("y1", "y2"):
        desk.later(minutes=1)
        desk.apply("deal", deal(name, "dana", 500_000, date(2026, 8, 3)))
        digests.run_summary(desk.ctx(), Telling(CHANNEL), recalculate.drain(desk.ctx()))
    with desk.db.read() as conn:
        told = [each for each in outbox.pending(conn) if each.notice.kind == "run_summary"]
    assert len(told) == 1
    assert told[0].notice.data["reps"] == 1
    assert "minor" not in str(told[0].notice.data)
    assert told[0].created_at <= desk.now + timedelta(minutes=1)


def test_figures_that_moved_for_very_many_are_told_to_ops_in_one_message_that_stays(desk: Desk) -> None:
    desk.apply("deal", deal("y1", "dana", 500_000, date(2026, 8, 3)))
    done = recalculate.drain(desk.ctx())
    digests.run_summary(desk.ctx(), Telling(CHANNEL), replace(done, unsaid=1_204))
    desk.apply("deal", deal("y2", "dana", 500_000, date(2026, 8, 3)))
    digests.run_summary(desk.ctx(), Telling(CHANNEL), recalculate.drain(desk.ctx()))
    with desk.db.read() as conn:
        told = [each.notice.data for each in outbox.pending(conn) if each.notice.kind == "run_summary"]
    assert [each["unsaid"] for each in told if "unsaid" in each] == [1_204]
    assert len(told) == 2
