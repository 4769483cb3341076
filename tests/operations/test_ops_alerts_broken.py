"""Checks of ops alerts where something is in the way: a kind that cannot be looked for, much at once, waivers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.notices import Notice, Recipient
from operations.errors import FixDone
from operations.fixes import presses
from operations.fixes.work import Told
from store import changes, outbox, spifs
from store.spifs import Moved
from tests.operations.alert_desk import END, START
from tests.operations.conftest import deal, person, quota
from tests.operations.test_ops_alerts_told import OLGA, RULES

if TYPE_CHECKING:
    from tests.operations.alert_desk import Desk


def told(desk: Desk, kind: str) -> list[Notice]:
    with desk.db.read() as conn:
        return [one.notice for one in outbox.pending(conn) if one.notice.kind == kind]


def test_kinds_that_cannot_be_looked_for_are_one_alert_and_stop_no_other(desk: Desk) -> None:
    desk.apply("deal", deal("big", "dana", 6_000_000, date(2026, 7, 20)))
    desk.check()
    odd = desk.one("A14")
    with desk.db.write() as conn:
        (whole,) = conn.execute(text("SELECT text FROM plan")).scalars().all()
        conn.execute(text("UPDATE plan SET text = 'no plan at all'"))
    desk.apply("deal", deal("x1", "ghost", 500_000, date(2026, 8, 3)))
    done = desk.check()
    assert {"A4", "A14", "A20"} <= set(done.failed)
    assert "A3" not in done.failed
    assert desk.one("A3").count == 1, "the others are looked for"
    assert desk.now_is(odd) == "open", "what could not be looked for stands as it stood"
    (broken,) = [one for one in desk.alerts("A21") if one.key == "A21:checks"]
    assert broken.count == len(done.failed)
    assert broken.severity == 1, "no period is locked while nobody knows"
    assert all("could not be looked for: " in item.message for item in desk.items(broken))
    desk.check("A21")
    assert desk.now_is(broken) == "open", "a look for one kind says nothing of the others"
    with desk.db.write() as conn:
        conn.execute(text("UPDATE plan SET text = :whole"), {"whole": whole})
    assert desk.check().failed == {}
    assert desk.now_is(broken) == "closed"


def test_what_opens_all_at_once_is_one_message_and_a_few_are_one_each(desk: Desk) -> None:
    owners = [f"ghost{each}" for each in range(6)]
    desk.apply("deal", *(deal(f"x{who}", who, 500_000, date(2026, 8, 3)) for who in owners))
    desk.check("A3")
    assert told(desk, "ops_alert") == []
    (one,) = told(desk, "ops_digest")
    assert (one.data["opened"], one.data["more"], len(one.data["alerts"])) == (6, 0, 6)
    desk.check("A3")
    assert len(told(desk, "ops_digest")) == 1, "said once"
    desk.later(hours=1)
    desk.apply("deal", *(deal(f"y{each}", f"late{each}", 500_000, date(2026, 8, 3)) for each in range(5)))
    desk.check("A3")
    assert len(told(desk, "ops_digest")) == 1
    assert len(told(desk, "ops_alert")) == 5


def test_a14_and_a18_tell_of_somebody_new_and_of_a_payout_far_from_the_last_run(desk: Desk) -> None:
    nina = person("nina", "Nina New", manager="mona") | {"hired_on": date(2026, 7, 1)}
    desk.apply("person", nina)
    desk.apply(
        "assignment", {"source": "crm", "person_external_id": "nina", "plan": "ae", "start_on": START, "end_on": END}
    )
    desk.apply("quota", quota("nina", 10_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    desk.apply("deal", deal("n7", "nina", 1_000_000, date(2026, 8, 5)))
    desk.drain()
    desk.check("A14", "A18")
    assert desk.alerts("A14") == desk.alerts("A18") == [], "July paid her nothing"
    desk.later(days=14)
    desk.check("A14", "A18")
    assert desk.alerts("A14") == []
    (item,) = desk.items(desk.one("A18"))
    assert item.message == "Nina New joined on 2026-07-01 and is paid by ae, which has no ramp"
    desk.apply("deal", deal("n8", "nina", 5_000_000, date(2026, 8, 6)))
    desk.drain()
    desk.check("A14")
    (item,) = desk.items(desk.one("A14"))
    assert item.message == "Nina New: 2026-08 is far above what it was on the day after its end"


def test_a24_a_spif_whose_budget_waits_too_long_is_told_until_it_is_decided(desk: Desk) -> None:
    with desk.db.write() as conn:
        change_id = changes.begin(conn, OLGA.name, "test", desk.now)
        spif_id = spifs.create(conn, RULES, OLGA, desk.now, change_id)
        spifs.record(conn, spif_id, Moved("check", "checked", OLGA, "", "", "", desk.now, change_id))
    desk.later(hours=47)
    desk.check("A24")
    assert desk.alerts("A24") == []
    desk.later(hours=2)
    desk.check("A24")
    alert = desk.one("A24")
    assert (alert.subject, [item.item for item in desk.items(alert)]) == (
        "approval of SPIF August logos", ["the budget"],
    )  # fmt: skip
    with desk.db.write() as conn:
        change_id = changes.begin(conn, OLGA.name, "test", desk.now)
        spifs.record(conn, spif_id, Moved("decline", "draft", OLGA, "too dear", "", "", desk.now, change_id))
    desk.check("A24")
    assert desk.now_is(alert) == "closed"


def test_a25_a_waiver_is_on_record_for_each_person_and_outlives_the_alert(desk: Desk) -> None:
    def tell(who: str) -> None:
        rep_id = desk.person(who).rep_id
        topic = f"plan_changed:{rep_id}:ae:1"
        with desk.db.write() as conn:
            outbox.put(conn, [Notice(topic, "plan_changed", Recipient(rep_id), topic=topic)], desk.now)
            conn.execute(text("UPDATE outbox SET state = 'sent', sent_at = created_at WHERE sent_at IS NULL"))

    tell("dana")
    desk.later(days=4)
    desk.check("A25")
    alert = desk.one("A25")
    done = presses.fix(desk.ctx("olga"), alert.alert_id, "accept", Told(reason="on leave until spring"))
    assert "recorded a waiver for 1 people" in done.detail
    with pytest.raises(FixDone):
        presses.fix(desk.ctx("adam"), alert.alert_id, "accept", Told(reason="once more"))
    with desk.db.read() as conn:
        causes = [row.cause for row in conn.execute(text("SELECT cause FROM change ORDER BY change_id"))]
        assert changes.verify_chain(conn).broken == ()
    assert "waive the acknowledgement" in causes[-1]
    desk.check("A25")
    assert desk.now_is(alert) == "closed"
    tell("sam")
    desk.later(days=4)
    desk.check("A25")
    assert [item.found["email"] for item in desk.items(desk.one("A25"))] == ["sam@example.com"], "dana is waived"
