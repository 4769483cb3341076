"""Each kind of ops alert: quiet while all is well, one per condition, its findings grouped, closed by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from engine.alert_kinds import KINDS
from engine.money import Money
from engine.notices import Notice, Recipient
from operations import pay_periods, plans
from operations.ops_alerts import checks, digests
from operations.ops_alerts.reading import Limits
from store import facts, outbox
from store import quarantine as kept
from tests.operations.alert_desk import END, START, Desk, opened
from tests.operations.conftest import PLAN, deal, person, quota

if TYPE_CHECKING:
    from store.database import Database

MONTHS = ["2026-01", "2026-02"]


def held(external_id: str, code: str, detail: str = "it cannot be read") -> dict[str, str]:
    return {"source": "crm", "kind": "deal", "external_id": external_id, "code": code, "detail": detail}


def quarantine(desk: Desk, *rows: dict[str, str]) -> None:
    with desk.db.write() as conn:
        kept.put(conn, [kept.Held(**row) for row in rows], desk.now)


def pass_again(desk: Desk, *external_ids: str) -> None:
    with desk.db.write() as conn:
        kept.close_passed(conn, "crm", "deal", external_ids, desk.now)


def test_every_kind_has_its_finder() -> None:
    assert set(checks.FINDERS) == set(KINDS)


def test_a_company_that_is_well_has_no_alert(desk: Desk) -> None:
    desk.sync_run("deal", 16)
    assert desk.check().standing == 0
    assert desk.alerts() == []


def test_a_check_that_finds_nothing_new_changes_nothing(desk: Desk) -> None:
    desk.apply("deal", deal("x1", "ghost", 500_000, date(2026, 8, 3)))
    desk.check()
    before = desk.one("A3")
    desk.later(hours=1)
    assert desk.check().opened == 0
    assert desk.one("A3") == before


def test_a1_a_failed_or_old_sync_is_one_alert_of_its_source(desk: Desk) -> None:
    desk.sync_run("person", failure=("AuthRefused", "crm: the token has expired"))
    desk.sync_run("deal")
    desk.later(hours=2)
    desk.sync_run("person", failure=("AuthRefused", "crm: the token has expired"))
    desk.check("A1")
    alert = desk.one("A1")
    assert [item.item for item in desk.items(alert)] == ["deal", "person"]
    assert "token has expired" in desk.items(alert)[1].message
    desk.sync_run("person")
    desk.sync_run("deal")
    desk.check("A1")
    assert desk.now_is(alert) == "closed"


def test_a2_a_day_far_from_its_weekdays_is_told_and_an_ordinary_one_is_not(desk: Desk) -> None:
    today = desk.now
    for back, rows in [(week * 7 + 1, 100 + week) for week in range(1, 7)] + [(1, 290)]:
        desk.now = today - timedelta(days=back)
        desk.sync_run("deal", rows)
    desk.now = today
    desk.check("A2")
    assert desk.alerts("A2") == []
    desk.now = today - timedelta(days=1)
    desk.sync_run("deal", 100)
    desk.now = today
    desk.check("A2")
    alert = desk.one("A2")
    assert "390 rows of deal" in desk.items(alert)[0].message
    desk.later(days=3)
    desk.check("A2")
    assert desk.now_is(alert) == "closed"


def test_a3_the_deals_of_one_unknown_owner_are_one_alert(desk: Desk) -> None:
    desk.apply(
        "deal",
        deal("x1", "ghost", 500_000, date(2026, 8, 3)),
        deal("x2", "ghost", 250_000, date(2026, 8, 4)),
        deal("x3", "ghost", 900_000, date(2026, 9, 4), stage="open"),
        deal("x4", "spirit", 100_000, date(2026, 8, 4)),
    )
    desk.check("A3")
    ghost, spirit = sorted(desk.alerts("A3"), key=lambda alert: -alert.count)
    assert (ghost.count, ghost.risk, ghost.since_on) == (2, (Money(750_000, "USD"),), date(2026, 8, 3))
    desk.apply("person", person("ghost", "Gus Host"))
    desk.check("A3")
    assert (desk.now_is(ghost), desk.now_is(spirit)) == ("closed", "open")


def test_a4_reps_without_a_quota_are_one_alert_of_plan_and_quota(desk: Desk) -> None:
    on_plan = {"source": "crm", "plan": "ae", "start_on": START, "end_on": END}
    desk.apply("person", person("nina", "Nina New"), person("omar", "Omar Old"))
    desk.apply("assignment", *({"person_external_id": who} | on_plan for who in ("nina", "omar")))
    desk.apply("deal", deal("n1", "nina", 500_000, date(2026, 8, 3)))
    desk.check("A4")
    alert = desk.one("A4")
    assert alert.count == 2
    assert {item.found["quota"] for item in desk.items(alert)} == {"bookings"}
    desk.apply("quota", *(quota(who, 100, date(2026, 7, 1), date(2026, 10, 1)) for who in ("nina", "omar")))
    desk.check("A4")
    assert desk.now_is(alert) == "closed"


def test_a5_no_plan_and_two_plans_are_told_apart(desk: Desk) -> None:
    desk.apply("person", person("nina", "Nina New"))
    desk.apply("deal", deal("n1", "nina", 500_000, date(2026, 8, 3)))
    twice = {"source": "crm", "plan": "ae-2", "start_on": date(2026, 6, 1), "end_on": END}
    desk.apply("assignment", *({"person_external_id": who} | twice for who in ("dana", "sam")))
    desk.check("A5")
    none, two = sorted(desk.alerts("A5"), key=lambda alert: alert.count)
    assert (none.subject, two.subject, two.count) == ("reps without a plan", "plans ae and ae-2 at once", 2)
    desk.delete("assignment", *keys(desk, "assignment", "ae-2"))
    desk.check("A5")
    assert (desk.now_is(none), desk.now_is(two)) == ("open", "closed")


def keys(desk: Desk, kind: str, word: str) -> list[str]:
    with desk.db.read() as conn:
        return [key for key in facts.live_keys(conn, kind, "crm") if word in key]


def test_a6_deals_that_lack_the_same_field_are_one_alert(desk: Desk) -> None:
    quarantine(desk, held("q1", "amount_unparsable"), held("q2", "amount_missing"), held("q3", "close_date_missing"))
    desk.check("A6", "A27", "A28")
    assert sorted((alert.code, alert.subject, alert.count) for alert in desk.alerts()) == [
        ("A6", "amount of deals in crm", 2),
        ("A6", "close date of deals in crm", 1),
    ]
    pass_again(desk, "q3")
    desk.check("A6")
    assert desk.one("A6").count == 2


def test_a7_shares_that_do_not_sum_are_one_alert_of_their_source(desk: Desk) -> None:
    shares = [("d8", "dana", 600), ("d8", "sam", 300), ("s8", "sam", 500), ("s8", "dana", 500)]
    desk.apply("split", *(share(*each) for each in shares))
    desk.check("A7")
    alert = desk.one("A7")
    assert [(item.item, item.risk) for item in desk.items(alert)] == [("d8", Money(1_000_008, "USD"))]
    desk.apply("split", share("d8", "dana", 700), share("d8", "sam", 300))
    desk.check("A7")
    assert desk.now_is(alert) == "closed"


def share(deal_id: str, who: str, thousandths: int) -> dict[str, Any]:
    named = {"deal_external_id": deal_id, "person_external_id": who}
    return {"source": "crm", "share_ppb": thousandths * 1_000_000} | named


def test_a8_deals_that_are_written_alike_are_one_alert(desk: Desk) -> None:
    same = date(2026, 8, 14)
    desk.apply(
        "deal",
        deal("p1", "dana", 777_000, same, account="Globex Corp.", name="Globex Corp. renewal"),
        deal("p2", "sam", 777_000, same, account="GLOBEX Corp", name="GLOBEX Corp renewal"),
        deal("p3", "sam", 777_000, same, account="Initech", name="Initech renewal"),
        deal("p4", "sam", 777_001, same, account="Globex Corp.", name="Globex Corp. renewal"),
    )
    desk.check("A8")
    alert = desk.one("A8")
    assert [item.item for item in desk.items(alert)] == ["p1", "p2"]
    assert alert.risk == (Money(777_000, "USD"),)
    desk.delete("deal", "p2")
    desk.check("A8")
    assert desk.now_is(alert) == "closed"


def test_a9_to_a11_what_happens_to_a_locked_period_is_told_once_each(desk: Desk) -> None:
    desk.lock_until(*MONTHS)
    desk.check()
    assert desk.alerts() == []
    desk.apply("deal", deal("late", "dana", 300_000, date(2026, 2, 20)))
    desk.apply("deal", deal("d2", "dana", 500_000, date(2026, 2, 10)))
    desk.apply("deal", deal("d1", "dana", 500_000, date(2026, 1, 10)))
    desk.delete("deal", "s2", "s1")
    desk.drain()
    desk.check()
    found = {(alert.code, alert.key.rpartition(":")[2]): alert for alert in desk.alerts()}
    assert set(found) == {(code, day) for code in ("A10", "A11") for day in ("2026-01-01", "2026-02-01")} | {
        ("A9", "2026-02-01")
    }
    assert [item.item for item in desk.items(found["A9", "2026-02-01"])] == ["late"]
    changed = desk.items(found["A10", "2026-02-01"])
    assert [(item.item, item.risk) for item in changed] == [("d2", Money(-40_000, "USD"))]
    vanished = desk.items(found["A11", "2026-02-01"])
    assert [(item.item, item.risk) for item in vanished] == [("s2", Money(160_000, "USD"))]
    desk.apply("deal", deal("s2", "sam", 2_000_002, date(2026, 2, 12)))
    desk.check("A11")
    assert desk.now_is(found["A11", "2026-02-01"]) == "closed"


def test_a10_a_quota_of_a_locked_period_is_told_too(desk: Desk) -> None:
    desk.lock_until(*MONTHS)
    desk.apply("quota", quota("dana", 5_000_000, date(2026, 1, 1), date(2026, 4, 1)))
    desk.check("A10")
    found = desk.alerts("A10")
    assert [alert.key for alert in found] == [f"A10:monthly:{label}-01" for label in MONTHS]
    assert [item.item for alert in found for item in desk.items(alert)] == ["quota:dana", "quota:dana"]


def test_a12_payouts_below_zero_of_a_period_are_one_alert(desk: Desk) -> None:
    desk.apply("deal", deal("back", "dana", -9_000_000, date(2026, 7, 20)))
    desk.check("A12")
    alert = desk.one("A12")
    assert (alert.key, alert.count) == ("A12:monthly:2026-07-01", 1)
    assert "640" not in desk.items(alert)[0].message
    desk.delete("deal", "back")
    desk.check("A12")
    assert desk.now_is(alert) == "closed"


def test_a13_a_refund_inside_the_window_is_told(desk: Desk) -> None:
    clawing = PLAN.replace("currency: USD", "currency: USD\npays: monthly").replace("version: 1", "version: 2")
    clawing = clawing.replace("2026-01-01 ..", "2026-07-01 ..")
    clawing += "    clawback: {on: [refund], months: 6}\n"
    plans.publish(desk.ctx(), clawing, "ae.yaml")
    event = {"source": "crm", "deal_external_id": "d7", "name": "refund", "on_day": date(2026, 7, 25)}
    desk.apply("event", event | {"record": "1", "amount_cents": 0, "currency": "USD"})
    desk.check("A13")
    alert = desk.one("A13")
    assert [item.message for item in desk.items(alert)] == ["Deal d7 (d7) went wrong inside its clawback window"]
    assert alert.risk == (Money(80_001, "USD"),)
    desk.delete("event", *keys(desk, "event", "refund"))
    desk.check("A13")
    assert desk.now_is(alert) == "closed"


def test_a14_a_payout_far_from_the_mean_is_told_without_an_amount(desk: Desk) -> None:
    desk.apply("deal", deal("big", "dana", 6_000_000, date(2026, 7, 20)))
    desk.check("A14")
    alert = desk.one("A14")
    message = desk.items(alert)[0].message
    assert "Dana Doe: 2026-07 is far above the mean of 6 periods" in message
    desk.delete("deal", "big")
    desk.check("A14")
    assert desk.now_is(alert) == "closed"


def test_a14_a_statement_that_changes_under_review_is_told(desk: Desk) -> None:
    desk.later(hours=1)
    pay_periods.move(desk.ctx("olga"), desk.span("2026-01"), "submit")
    desk.later(hours=1)
    desk.apply("deal", deal("d1", "dana", 1_200_000, date(2026, 1, 10)))
    desk.drain()
    desk.check("A14")
    alert = next(one for one in desk.alerts("A14") if one.key.endswith("2026-01-01"))
    assert "changed since it was put up for review" in desk.items(alert)[0].message


def test_a15_who_hit_a_cap_is_told_per_component_and_period(desk: Desk) -> None:
    capped = PLAN.replace("currency: USD", "currency: USD\npays: monthly").replace("version: 1", "version: 2")
    capped = capped.replace("2026-01-01 ..", "2026-07-01 ..") + "    cap: {pay_per_deal: 200}\n"
    plans.publish(desk.ctx(), capped, "ae.yaml")
    desk.check("A15")
    alert = desk.one("A15")
    assert alert.subject == "cap of New business (plan ae) in 2026-07 (monthly)"
    assert alert.count == 2
    assert alert.risk == (Money(60_001 + 140_001, "USD"),)


def test_a16_is_quiet_while_every_credited_deal_pays(desk: Desk) -> None:
    desk.check("A16")
    assert desk.alerts("A16") == []


def test_a16_a_counted_deal_that_pays_nothing_is_told(desk: Desk) -> None:
    desk.apply("deal", deal("tiny", "dana", 1, date(2026, 7, 21)))
    desk.check("A16")
    alert = desk.one("A16")
    assert [item.found["deal"] for item in desk.items(alert)] == ["tiny"]
    desk.apply("deal", deal("tiny", "dana", 100_000, date(2026, 7, 21)))
    desk.check("A16")
    assert desk.now_is(alert) == "closed"


def test_a17_an_owner_who_changes_after_the_period_is_told(desk: Desk) -> None:
    desk.apply("deal", deal("d7", "sam", 1_000_007, date(2026, 7, 10)))
    desk.check("A17")
    alert = desk.one("A17")
    assert [item.message for item in desk.items(alert)] == ["Deal d7 (d7) moved from owner dana to sam"]
    desk.later(days=15)  # August is to be closed now, and nothing moved in it
    desk.check("A17")
    assert desk.now_is(alert) == "closed"


def test_a18_who_left_and_is_paid_is_told(desk: Desk) -> None:
    desk.apply("person", person("dana", "Dana Doe", manager="mona") | {"left_on": date(2026, 7, 15)})
    desk.check("A18")
    alert = desk.one("A18")
    assert [item.item for item in desk.items(alert)] == [f"rep:{desk.person('dana').rep_id}"]
    desk.apply("person", person("dana", "Dana Doe", manager="mona"))
    desk.check("A18")
    assert desk.now_is(alert) == "closed"


def test_a19_a_missing_rate_is_one_alert_of_its_pair(desk: Desk) -> None:
    desk.apply(
        "deal",
        deal("e1", "dana", 100_000, date(2026, 8, 3), currency="EUR"),
        deal("e2", "sam", 200_000, date(2026, 8, 4), currency="EUR"),
        deal("y1", "sam", 200_000, date(2026, 8, 4), currency="JPY"),
    )
    desk.check("A19")
    assert sorted((alert.key, alert.count) for alert in desk.alerts("A19")) == [
        ("A19:EUR:USD", 2),
        ("A19:JPY:USD", 1),
    ]
    desk.apply("rate", rate("EUR", date(2026, 8, 1), date(2026, 9, 1)))
    desk.check("A19")
    assert [alert.key for alert in desk.alerts("A19")] == ["A19:JPY:USD"]


def rate(source: str, start: date, end: date) -> dict[str, Any]:
    named = {"from_currency": source, "to_currency": "USD", "rate_num": 11, "rate_den": 10}
    return {"source": "crm", "start_on": start, "end_on": end} | named


def test_a19_a_rate_that_is_no_longer_renewed_is_told(desk: Desk) -> None:
    days = [date(2026, 5, day) for day in (1, 8, 15, 22, 29)]
    desk.apply("rate", *(rate("EUR", day, date(2027, 1, 1)) for day in days))
    desk.check("A19")
    assert "newest rate from EUR to USD is of 2026-05-29" in desk.items(desk.one("A19"))[0].message


def test_a20_a_statement_that_the_engine_does_not_give_is_told(desk: Desk) -> None:
    desk.check("A20")
    assert desk.alerts("A20") == []
    with desk.db.write() as conn:
        conn.execute(text("UPDATE statement SET total_cents = total_cents + 100 WHERE period_label = '2026-07'"))
    desk.check("A20")
    alert = desk.one("A20")
    assert (alert.count, alert.risk) == (2, (Money(200, "USD"),))
    with desk.db.write() as conn:
        conn.execute(text("UPDATE statement SET total_cents = total_cents - 100 WHERE period_label = '2026-07'"))
    desk.check("A20")
    assert desk.now_is(alert) == "closed"


def test_a21_a_calculation_that_failed_is_told_until_one_is_done(desk: Desk) -> None:
    desk.later(minutes=5)
    digests.run_failed(desk.ctx(), "ZeroDivisionError")
    desk.check("A21")
    alert = desk.one("A21")
    assert "ZeroDivisionError" in desk.items(alert)[0].message
    desk.apply("deal", deal("d9", "dana", 100_000, date(2026, 8, 19)))
    desk.drain()
    desk.check("A21")
    assert desk.now_is(alert) == "closed"


def test_a22_an_adjustment_without_reason_or_second_person_is_told(desk: Desk) -> None:
    row = {
        "source": "crm",
        "person_external_id": "dana",
        "on_day": date(2026, 8, 5),
        "kind": "adjustment",
        "plan": "ae",
    }
    row |= {"currency": "USD", "amount_cents": 50_000, "approved_by": "olga@example.com", "reason": "typed twice"}
    desk.apply(
        "adjustment",
        row | {"external_id": "j1"},
        row | {"external_id": "j2", "reason": ""},
        row | {"external_id": "j3", "approved_by": "test"},
        row | {"external_id": "j4", "approved_by": "dana@example.com", "amount_cents": 9_000_000},
    )
    desk.check("A22")
    assert [(item.item, item.message.rpartition(": ")[2]) for item in desk.items(desk.one("A22"))] == [
        ("j2", "it has no reason"),
        ("j3", "who entered it approved it"),
        ("j4", "who is paid it approved it; it is over the limit"),
    ]


def test_a24_a_period_that_waits_for_approval_too_long_is_told(desk: Desk) -> None:
    pay_periods.move(desk.ctx("olga"), desk.span("2026-01"), "submit")
    desk.later(hours=47)
    desk.check("A24")
    assert desk.alerts("A24") == []
    desk.later(hours=2)
    desk.check("A24")
    alert = desk.one("A24")
    pay_periods.move(desk.ctx("adam"), desk.span("2026-01"), "lock")
    desk.check("A24")
    assert desk.now_is(alert) == "closed"


def test_a26_a_message_that_could_not_be_delivered_is_told_until_it_is_sent_again(desk: Desk) -> None:
    notice = Notice("statement:1", "statement_ready", Recipient(desk.person("dana").rep_id))
    with desk.db.write() as conn:
        outbox.put(conn, [notice], desk.now)
        conn.execute(text("UPDATE outbox SET state = 'dead', error = 'user_not_found', ended_at = created_at"))
    desk.check("A26")
    alert = desk.one("A26")
    assert "Dana Doe was not delivered: user_not_found" in desk.items(alert)[0].message
    with desk.db.write() as conn:
        outbox.clone(conn, desk.items(alert)[0].item, desk.now)
    desk.check("A26")
    assert desk.now_is(alert) == "closed"


def test_a27_and_a28_many_rows_of_one_reason_are_a_cluster_and_few_are_not(desk: Desk) -> None:
    quarantine(desk, *(held(f"q{number}", "link_ambiguous") for number in range(3)))
    desk.check("A6", "A27", "A28")
    assert [(alert.code, alert.count) for alert in desk.alerts()] == [("A28", 3)]
    quarantine(desk, *(held(f"q{number}", "link_ambiguous") for number in range(8)))
    desk.check("A6", "A27", "A28")
    assert [(alert.code, alert.count) for alert in desk.alerts()] == [("A27", 8)]


def test_a29_a_sweep_that_would_delete_too_many_is_told_until_one_does_not(desk: Desk) -> None:
    desk.sync_run("deal", spared=60, mode="sweep")
    desk.later(minutes=5)
    desk.sync_run("deal")
    desk.check("A29")
    alert = desk.one("A29")
    assert "60 records of deal" in desk.items(alert)[0].message
    desk.sync_run("deal", mode="sweep")
    desk.check("A29")
    assert desk.now_is(alert) == "closed"


def test_the_same_is_found_on_both_databases(database: Database) -> None:
    """Everything that is asked of the store, over SQLite and Postgres."""
    desk = opened(database)
    desk.lock("2026-01")
    desk.apply("deal", deal("late", "ghost", 300_000, date(2026, 1, 20)), deal("d1", "sam", 1, date(2026, 1, 10)))
    desk.delete("deal", "s1")
    desk.sync_run("deal", spared=60, mode="sweep")
    quarantine(desk, held("q1", "link_ambiguous"))
    desk.drain()
    done = checks.check(desk.ctx(), desk.telling, limits=Limits(volume_least=1))
    assert [alert.code for alert in desk.alerts()] == ["A3", "A9", "A10", "A11", "A29", "A28"]
    assert done.opened == 6
    assert checks.check(desk.ctx(), desk.telling).opened == 0


def test_the_channel_is_told_once_and_its_message_follows_the_alert(desk: Desk) -> None:
    desk.apply("deal", deal("x1", "ghost", 500_000, date(2026, 8, 3)))
    desk.check("A3")
    alert = desk.one("A3")
    desk.check("A3")
    assert [owed.notice.data["state"] for owed in notices(desk, alert.alert_id)] == ["open"]
    desk.apply("person", person("ghost", "Gus Host"))
    desk.check("A3")
    told = notices(desk, alert.alert_id)
    assert told[0].notice.data["state"] == "closed"
    assert told[0].notice.data["items"]


def notices(desk: Desk, alert_id: int) -> list[outbox.Owed]:
    with desk.db.read() as conn:
        return list(outbox.of_topic(conn, f"ops_alert:{alert_id}:1"))


def test_the_channel_never_hears_of_anybodys_pay(desk: Desk) -> None:
    desk.apply("deal", deal("big", "dana", 6_000_000, date(2026, 7, 20)))
    desk.check("A14")
    data = notices(desk, desk.one("A14").alert_id)[0].notice.data
    assert data["items"] == []
    assert data["risk"] == []
    assert "Dana" not in str(data)
