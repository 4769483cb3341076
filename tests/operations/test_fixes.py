"""Fixes of ops alerts: each does what it says, once, with a reason, by whom it may be done; and the lock waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from engine.money import Money
from engine.notices import Notice, Recipient
from operations import answers, closing, pay_periods
from operations.errors import FixDone, FixRefused, NotForYou, PeriodBlocked, ReasonMissing
from operations.fixes import presses
from operations.fixes.work import Told
from store import identities, ops_alerts, outbox, runs, sync_wishes
from store import quarantine as kept
from store.changes import verify_chain
from tests.operations.alert_desk import END, START, Desk, opened
from tests.operations.conftest import deal, person

if TYPE_CHECKING:
    from store.database import Database
    from store.ops_alerts import Alert

WHY = "agreed with finance on the phone"


def fix(desk: Desk, alert: Alert, name: str, item: str = "", who: str = "olga", **fields: str) -> str:
    reason = fields.pop("reason", WHY)
    return presses.fix(desk.ctx(who), alert.alert_id, name, Told(item, fields, reason), desk.telling).detail


def unowned(desk: Desk) -> Alert:
    desk.apply("deal", deal("x1", "ghost", 500_000, date(2026, 8, 3)), deal("x2", "ghost", 100, date(2026, 8, 3)))
    desk.check("A3")
    return desk.one("A3")


def earned(desk: Desk, who: str, period: str = "2026-08") -> Money | None:
    return answers.earnings(desk.ctx(), desk.person(who), period).total


def test_a_mapped_owner_is_paid_and_the_alert_closes_itself(desk: Desk) -> None:
    alert, before = unowned(desk), earned(desk, "sam")
    assert fix(desk, alert, "map_owner", email="sam@example.com") == "Done: mapped owner ghost of crm to Sam Roe."
    assert desk.now_is(alert) == "resolved"
    desk.check("A3")
    assert desk.now_is(alert) == "closed"
    after = earned(desk, "sam")
    assert before is not None
    assert after is not None
    assert after.minor - before.minor == 40_008
    desk.apply("deal", deal("x3", "ghost", 100_000, date(2026, 8, 4)))
    desk.check("A3")
    assert desk.alerts("A3") == []


def test_what_is_mapped_is_on_record_and_the_journal_holds(desk: Desk) -> None:
    alert = unowned(desk)
    fix(desk, alert, "map_owner", email="sam@example.com")
    with desk.db.read() as conn:
        made = ops_alerts.moves(conn, alert.alert_id)[-1]
        assert (made.fix, made.actor, made.reason) == ("map_owner", "olga@example.com", WHY)
        assert made.change_id > 0
        assert verify_chain(conn).broken == ()


def test_a_fix_pressed_twice_has_one_effect_and_names_who_was_quicker(desk: Desk) -> None:
    alert = unowned(desk)
    fix(desk, alert, "map_owner", email="sam@example.com")
    with pytest.raises(FixDone, match=r"olga@example\.com did this on 2026-08-20 09:30 UTC: mapped owner ghost"):
        fix(desk, alert, "map_owner", who="adam", email="dana@example.com")
    desk.check("A3")
    with pytest.raises(FixDone, match=r"olga@example\.com did this"):
        fix(desk, alert, "map_owner", who="adam", email="dana@example.com")


def test_of_two_at_once_one_fixes_and_the_other_is_told(database: Database) -> None:
    desk = opened(database)
    alert = unowned(desk)

    def press(who: str) -> str:
        try:
            return fix(desk, alert, "map_owner", who=who, email=f"{'sam' if who == 'olga' else 'dana'}@example.com")
        except FixDone as told:
            return f"told: {told}"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(press, ("olga", "adam")))
    assert said[0].startswith("Done: mapped owner ghost of crm to")
    assert said[1].startswith("told: ")
    winner = "olga@example.com" if "Sam Roe" in said[0] else "adam@example.com"
    assert winner in said[1]
    with desk.db.read() as conn:
        assert len(ops_alerts.fixes(conn, alert)) == 1


def test_who_may_not_run_attain_may_not_fix_take_or_put_off(desk: Desk) -> None:
    alert = unowned(desk)
    for who in ("dana", "mona"):
        with pytest.raises(NotForYou):
            fix(desk, alert, "map_owner", who=who, email="sam@example.com")
        with pytest.raises(NotForYou):
            presses.take(desk.ctx(who), alert.alert_id)
        with pytest.raises(NotForYou):
            presses.snooze(desk.ctx(who), alert.alert_id, desk.now + timedelta(days=1), WHY)


def test_what_changes_money_needs_a_reason_and_sense(desk: Desk) -> None:
    alert = unowned(desk)
    with pytest.raises(ReasonMissing):
        fix(desk, alert, "map_owner", email="sam@example.com", reason=" ")
    with pytest.raises(FixRefused, match="Nobody here has the address"):
        fix(desk, alert, "map_owner", email="who@example.com")
    with pytest.raises(FixRefused, match="A3 has no fix 'set_quota'"):
        fix(desk, alert, "set_quota")
    assert desk.now_is(alert) == "open"


def test_what_is_accepted_stays_so_until_something_new_is_found(desk: Desk) -> None:
    alert = unowned(desk)
    fix(desk, alert, "accept")
    desk.check("A3")
    assert desk.now_is(alert) == "accepted"
    desk.apply("deal", deal("x9", "ghost", 900_000, date(2026, 8, 4)))
    desk.check("A3")
    assert desk.now_is(alert) == "open"
    assert fix(desk, desk.one("A3"), "accept").startswith("Done")


def test_a_quota_is_set_for_the_rep_who_lacks_it(desk: Desk) -> None:
    desk.apply("person", person("nina", "Nina New"))
    on_plan = {"source": "crm", "plan": "ae", "start_on": START, "end_on": END}
    desk.apply("assignment", on_plan | {"person_external_id": "nina"})
    desk.apply("deal", deal("n1", "nina", 500_000, date(2026, 8, 3)))
    desk.check("A4")
    alert = desk.one("A4")
    days = {"start_on": "2026-07-01", "end_on": "2026-10-01"}
    with pytest.raises(FixRefused, match="no amount of USD"):
        fix(desk, alert, "set_quota", amount="a lot", **days)
    fix(desk, alert, "set_quota", amount="100_000", **days)
    desk.check("A4")
    assert desk.now_is(alert) == "closed"
    assert earned(desk, "nina") == Money(40_000, "USD")


def test_a_plan_is_assigned_and_another_ended(desk: Desk) -> None:
    desk.apply("person", person("nina", "Nina New"))
    desk.apply("deal", deal("n1", "nina", 500_000, date(2026, 8, 3)))
    twice = {"source": "crm", "plan": "ae-2", "start_on": date(2026, 6, 1), "end_on": END}
    desk.apply("assignment", twice | {"person_external_id": "dana"})
    desk.check("A5")
    none, two = sorted(desk.alerts("A5"), key=lambda alert: alert.key)
    with pytest.raises(FixRefused, match="No plan 'aee' is published"):
        fix(desk, none, "assign_plan", plan="aee", start_on="2026-08-01")
    fix(desk, none, "assign_plan", plan="ae", start_on="2026-08-01")
    said = fix(desk, two, "end_assignment", plan="ae-2", end_on="2026-06-02")
    assert "ended ae-2 of Dana Doe on 2026-06-02; say so in crm too" in said
    desk.check("A5")
    assert (desk.now_is(none), desk.now_is(two)) == ("closed", "open")  # for one day they are on both


def test_a_rate_is_entered_exactly_and_the_deal_is_paid(desk: Desk) -> None:
    desk.apply("deal", deal("e1", "sam", 100_000, date(2026, 8, 3), currency="EUR"))
    desk.check("A19")
    alert, before = desk.one("A19"), earned(desk, "sam")
    with pytest.raises(FixRefused, match="is no rate"):
        fix(desk, alert, "enter_rate", rate="1,1x", start_on="2026-08-01")
    fix(desk, alert, "enter_rate", rate="1.1", start_on="2026-08-01")
    desk.check("A19")
    assert desk.now_is(alert) == "closed"
    after = earned(desk, "sam")
    assert before is not None
    assert after == Money(before.minor + 8_800, "USD")


def test_a_split_is_edited_to_100_percent(desk: Desk) -> None:
    shares = {"source": "crm", "deal_external_id": "d8"}
    rows = [shares | {"person_external_id": who, "share_ppb": 400_000_000} for who in ("dana", "sam")]
    desk.apply("split", *rows)
    desk.check("A7")
    alert = desk.one("A7")
    with pytest.raises(FixRefused, match="sum to 100"):
        fix(desk, alert, "edit_split", shares="dana@example.com 60, sam@example.com 30")
    fix(desk, alert, "edit_split", shares="dana@example.com 62.5%, sam@example.com 37.5%")
    desk.check("A7")
    assert desk.now_is(alert) == "closed"


def test_of_two_alike_deals_only_the_chosen_one_stays(desk: Desk) -> None:
    twins = [deal(name, "dana", 777_000, date(2026, 8, 14), account="Globex", name="Globex") for name in ("p1", "p2")]
    desk.apply("deal", *twins)
    desk.check("A8")
    alert = desk.one("A8")
    with pytest.raises(FixRefused, match="Choose which one"):
        fix(desk, alert, "merge_deals")
    fix(desk, alert, "merge_deals", "p2")
    desk.check("A8")
    assert desk.now_is(alert) == "closed"


def test_a_correction_is_drafted_by_one_and_posted_by_another(desk: Desk) -> None:
    desk.lock("2026-01")
    desk.delete("deal", "s1")
    desk.drain()
    desk.check("A11")
    alert, before = desk.one("A11"), earned(desk, "sam")
    with pytest.raises(FixRefused, match="Nobody has drafted"):
        fix(desk, alert, "approve_correction", "s1", who="adam")
    said = fix(desk, alert, "draft_correction", "s1", amount="-250.50")
    assert said == "The correction is drafted; another person approves it."
    assert earned(desk, "sam") == before
    with pytest.raises(FixRefused, match="another person"):
        fix(desk, alert, "approve_correction", "s1")
    fix(desk, alert, "approve_correction", "s1", who="adam")
    assert before is not None
    assert earned(desk, "sam") == Money(before.minor - 25_050, "USD")
    desk.check("A11")
    assert desk.now_is(alert) == "accepted"
    assert "250" not in str([owed.notice.data for owed in told(desk, alert)])


def told(desk: Desk, alert: Alert) -> tuple[outbox.Owed, ...]:
    with desk.db.read() as conn:
        return outbox.of_topic(conn, f"ops_alert:{alert.alert_id}:1")


def test_an_adjustment_gets_its_second_person(desk: Desk) -> None:
    row: dict[str, Any] = {"source": "crm", "person_external_id": "dana", "on_day": date(2026, 8, 5)}
    row |= {"kind": "adjustment", "plan": "ae", "external_id": "j1", "amount_cents": 50_000, "currency": "USD"}
    desk.apply("adjustment", row | {"reason": "typed twice", "approved_by": ""})
    desk.check("A22")
    alert = desk.one("A22")
    fix(desk, alert, "second_approval")
    desk.check("A22")
    assert desk.now_is(alert) == "accepted"


def test_syncs_rows_and_deletions_are_asked_for_and_a_run_repeated(desk: Desk) -> None:
    desk.sync_run("deal", spared=60, mode="sweep")
    desk.later(hours=2)
    desk.sync_run("person", failure=("Transient", "timed out"))
    with desk.db.write() as conn:
        kept.put(conn, [kept.Held("crm", "deal", "q1", "link_ambiguous", "two match", raw_hash="h1")], desk.now)
    desk.check("A1", "A28", "A29")
    fix(desk, desk.one("A1"), "retry_sync", reason="")
    fix(desk, desk.one("A28"), "retry_rows", reason="")
    fix(desk, desk.one("A29"), "approve_deletion")
    with desk.db.read() as conn:
        assert [wish.what for wish in sync_wishes.undone(conn, "crm")] == ["now", "reread", "delete"]
    desk.check("A1")
    assert desk.now_is(desk.one("A1")) == "resolved"  # a sync takes its time
    desk.later(minutes=20)
    desk.check("A1")
    assert desk.now_is(desk.one("A1")) == "open"


def test_a_refused_row_stays_out_until_its_source_says_something_else(desk: Desk) -> None:
    row = kept.Held("crm", "deal", "q1", "link_ambiguous", "two match", raw_hash="h1")
    with desk.db.write() as conn:
        kept.put(conn, [row], desk.now)
    desk.check("A28")
    alert = desk.one("A28")
    fix(desk, alert, "refuse_row")
    with desk.db.write() as conn:
        assert kept.put(conn, [row], desk.now) == 0
    desk.check("A28")
    assert desk.now_is(alert) == "closed"
    with desk.db.write() as conn:
        assert kept.put(conn, [kept.Held("crm", "deal", "q1", "link_ambiguous", "x", raw_hash="h2")], desk.now) == 1


def test_a_message_is_sent_again_and_an_account_linked(desk: Desk) -> None:
    from sqlalchemy import text

    rep_id = desk.person("dana").rep_id
    with desk.db.write() as conn:
        outbox.put(conn, [Notice("statement:1", "statement_ready", Recipient(rep_id))], desk.now)
        conn.execute(text("UPDATE outbox SET state = 'dead', error = 'user_not_found', ended_at = created_at"))
    desk.check("A26")
    alert = desk.one("A26")
    fix(desk, alert, "link_user", user="T1/U77", reason="")
    with desk.db.read() as conn:
        assert [link.user_id for link in identities.of_person(conn, rep_id)] == ["U77"]
    fix(desk, alert, "resend", reason="")
    desk.check("A26")
    assert desk.now_is(alert) == "closed"


def test_a_run_is_repeated_for_whom_it_is_about(desk: Desk) -> None:
    from sqlalchemy import text

    with desk.db.write() as conn:
        conn.execute(text("UPDATE statement SET total_cents = total_cents + 100 WHERE period_label = '2026-07'"))
    desk.check("A20")
    alert = desk.one("A20")
    fix(desk, alert, "rerun", reason="")
    with desk.db.read() as conn:
        assert len(runs.stale_reps(conn)) == 2
    desk.drain()
    desk.check("A20")
    assert desk.now_is(alert) == "closed"


def test_who_takes_it_is_named_and_who_takes_it_over_too(desk: Desk) -> None:
    alert = unowned(desk)
    presses.take(desk.ctx("olga"), alert.alert_id, desk.telling)
    with pytest.raises(FixDone, match="yours already"):
        presses.take(desk.ctx("olga"), alert.alert_id)
    assert "olga@example.com had it" in presses.take(desk.ctx("adam"), alert.alert_id, desk.telling).detail
    assert desk.one("A3").owner == "adam@example.com"


def test_an_open_alert_of_severity_1_holds_up_the_lock_until_an_admin_puts_it_off(desk: Desk) -> None:
    desk.apply("deal", deal("x1", "ghost", 500_000, date(2026, 1, 20)))
    desk.check("A3")
    alert = desk.one("A3")
    january = desk.span("2026-01")
    pay_periods.move(desk.ctx("olga"), january, "submit")
    with pytest.raises(PeriodBlocked, match=r"#\d+ A3 owner ghost of crm"):
        pay_periods.move(desk.ctx("adam"), january, "lock")
    until = datetime(2026, 8, 22, 9, tzinfo=UTC)
    said = presses.snooze(desk.ctx("olga"), alert.alert_id, until, WHY).detail
    assert said.endswith("It still holds up the lock.")
    with pytest.raises(PeriodBlocked):
        pay_periods.move(desk.ctx("adam"), january, "lock")
    presses.wake(desk.ctx("adam"), alert.alert_id)
    presses.snooze(desk.ctx("adam"), alert.alert_id, until, WHY)
    assert pay_periods.move(desk.ctx("adam"), january, "lock").state == "locked"
    desk.later(days=3)
    desk.check("A3")
    assert desk.one("A3").standing.state == "open"


def test_an_alert_of_later_days_does_not_hold_up_an_earlier_lock(desk: Desk) -> None:
    unowned(desk)
    desk.lock("2026-01")
    assert closing.checklist(desk.ctx(), "2026-02").blockers == ()
    assert [one.code for one in closing.checklist(desk.ctx(), "2026-08").blockers] == ["A3"]


def test_the_checklist_says_what_remains(desk: Desk) -> None:
    desk.lock("2026-01")
    found = closing.checklist(desk.ctx())
    assert found.period.label == "2026-07"
    steps = {step.name: step.detail for step in found.steps if not step.is_done}
    assert steps["Earlier periods are locked"] == "lock 2026-02, 2026-03, 2026-04 and more first"
    assert "Put up for review" in steps
    assert closing.checklist(desk.ctx(), "2026-01").is_done
