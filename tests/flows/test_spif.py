"""A SPIF from Slack alone: made in a form, approved, announced, won, checked, approved again, on the pay slip."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from bot.delivery import delivering
from bot.sandbox.driver import Driver
from bot.sandbox.gestures import Press
from bot.worker import run_job
from operations import receipts
from operations.context import Context
from store import changes, facts, outbox, people, spif_prizes, spif_readers, spifs
from store.database import Database
from tests.bot.slack.staff import DANA, LENA, MAX, NICK, OLGA, VERA, seed
from tests.bot.slack.stage import Stage, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.sandbox.posts import Post

MONDAY = datetime(2026, 8, 17, 15, 0, tzinfo=UTC)
TITLE = 'Blitz "}},{" <!channel> {{7*7}}'


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company in a file, seeded once for all tests here."""
    path = tmp_path_factory.mktemp("company") / "attain.db"
    shutil.copyfile(sqlite_template, path)
    db = Database.open(f"sqlite:///{path}")
    seed(db)
    db.dispose()
    return path


@pytest.fixture
def stage(company: Path, tmp_path: Path) -> Iterator[Stage]:
    path = tmp_path / "attain.db"
    shutil.copyfile(company, path)
    found = Stage(f"sqlite:///{path}", spif_channel="#general")
    yield found
    found.close()


@pytest.fixture
def hands(stage: Stage) -> Iterator[Driver]:
    driver = Driver(stage.fake)
    yield driver
    driver.close()


def go_to(stage: Stage, at: datetime, *, tells: bool = False) -> None:
    """Time moves and the SPIFs job runs; with `tells` what is owed goes out, too."""
    stage.clock.move_to(at)
    run_job(stage.services, "spifs")
    for _ in range(3 if tells else 0):
        delivering(stage.services).round()
        stage.clock.advance(timedelta(seconds=2))


def make(stage: Stage, hands: Driver, who: str = MAX, **entered: Any) -> None:
    """Make a SPIF in the form, as a manager does."""
    hands.slash(who, "dm", "/spif", "new")
    stage.settle()
    values = {
        "name": TITLE,
        "start": "2026-08-18",
        "length": "7",
        "per_deal.amount": "500",
        "budget": "5000",
    } | entered
    assert hands.submit(who, values) == {"ok": True}
    stage.settle()


def win(stage: Stage, *deals: tuple[str, int, date], owner: str = DANA) -> None:
    """Deals are won in the CRM, and read."""
    rows = [
        {"source": "crm", "external_id": name, "name": f"Deal {name}", "account": f"Account {name}",
         "owner_external_id": owner, "amount_cents": amount, "currency": "USD", "stage": "won", "stage_name": "Won",
         "booked_on": on, "deal_type": "new", "product": ""}
        for name, amount, on in deals
    ]  # fmt: skip
    _apply(stage, "deal", rows)


def refund(stage: Stage, deal: str, on: date, amount: int) -> None:
    row = {"source": "crm", "deal_external_id": deal, "name": "refund", "on_day": on, "record": "r1",
           "amount_cents": amount, "currency": "USD"}  # fmt: skip
    _apply(stage, "event", [row])


def _apply(stage: Stage, kind: str, rows: list[dict[str, Any]]) -> None:
    with stage.services.db.write() as conn:
        change_id = changes.begin(conn, "crm", "sync", stage.clock.now())
        facts.apply(conn, kind, pd.DataFrame(rows), change_id)


def open_one(stage: Stage, who: str) -> Post:
    """What `/spif 1` says to somebody."""
    stage.new(who)
    return stage.ask(who, "/spif 1")


def state(stage: Stage) -> str:
    with stage.services.db.read() as conn:
        kept = spifs.get(conn, 1)
    assert kept is not None
    return kept.state


def board(stage: Stage) -> str:
    """The one message in the channel."""
    channel = stage.fake.workspace.channel("general")
    posts = stage.fake.workspace.posts.seen_by(stage.user(LENA).id, channel.id)
    return "\n".join(words(post) for post in posts)


def test_from_the_form_to_the_pay_slip(stage: Stage, hands: Driver) -> None:
    make(stage, hands)
    assert state(stage) == "checked"
    assert "&lt;!channel&gt;" in words(stage.new(MAX)[-1])

    (card,) = stage.press(OLGA, open_one(stage, OLGA), "spif_approve_budget")
    assert "announced" in words(card)

    go_to(stage, MONDAY, tells=True)
    told = stage.new(DANA)[-1]
    assert "$500.00 for each deal" in words(told)
    (own,) = stage.press(DANA, told, "spif_got_it")
    assert "You have 0" in words(own)
    assert "begins soon" in board(stage)

    go_to(stage, datetime(2026, 8, 18, 16, 0, tzinfo=UTC))
    assert state(stage) == "live"
    win(stage, ("n1", 1_000_00, date(2026, 8, 18)), ("n2", 2_000_00, date(2026, 8, 19)))
    go_to(stage, datetime(2026, 8, 20, 16, 0, tzinfo=UTC), tells=True)
    seen = board(stage)
    assert "Dana Reyes" in seen
    assert "is running" in seen
    assert "begins soon" not in seen, "one message is edited in place"
    assert "$" not in seen.replace("$500.00 for each deal", "")

    _asks(stage)
    stage.new(MAX)
    (cost,) = stage.send(MAX, "what has the SPIF cost? did it work?")
    assert "Spent $0.00; $1,000.00 as it stands" in words(cost)
    (spread,) = stage.send(MAX, "why did nobody hit the SPIF threshold?")
    assert "1 of 6 have reached 1, which wins" in words(spread)

    go_to(stage, datetime(2026, 8, 25, 16, 0, tzinfo=UTC))
    assert state(stage) == "verification"
    refund(stage, "n2", date(2026, 8, 26), 2_000_00)
    go_to(stage, datetime(2026, 8, 31, 16, 0, tzinfo=UTC))
    stage.new(MAX)
    (proposed,) = stage.press(MAX, open_one(stage, MAX), "spif_propose")
    assert "$500.00" in words(proposed)
    assert state(stage) == "results_proposed"

    (card,) = stage.press(OLGA, open_one(stage, OLGA), "spif_approve_results")
    assert state(stage) == "clawback"
    go_to(stage, datetime(2026, 8, 31, 17, 0, tzinfo=UTC), tells=True)
    assert any("You won $500.00" in post.text for post in stage.new(DANA))
    assert "$" not in board(stage).replace("$500.00 for each deal", "")

    earned = stage.ask(DANA, "/earnings this month")
    assert "$500.00" in words(earned)
    (why,) = stage.press(DANA, earned, "why_line", _prize_line(earned))
    assert "SPIF" in words(why)
    assert OLGA in words(why)
    _replays(stage, earned)
    go_to(stage, datetime(2026, 9, 15, 16, 0, tzinfo=UTC))
    assert state(stage) == "reviewed"
    with stage.services.db.read() as conn:
        assert "cannot_tell" in str([one.notice.data for one in outbox.pending(conn)])


def _asks(stage: Stage) -> None:
    """What a rep is answered in the middle of it."""
    (tested,) = stage.send(DANA, "does Deal n1 count for the SPIF?")
    assert "✓ Deal n1 counts for Blitz" in words(tested)
    (tested,) = stage.send(DANA, "why doesn't Acme Expansion count for the spiff?")
    assert "✗ Acme Expansion does not count" in words(tested)
    (own,) = stage.send(DANA, "where am i in the contest?")
    assert "You have 2 deals, 1st of 6" in words(own)
    assert "Deal n1 counts" in words(own)
    assert "As it stands you win $1,000.00" in words(own)


def _prize_line(earned: Post) -> str:
    """What the Why button of the last line carries: the prize is the newest."""
    found = [
        json.loads(element["value"])
        for block in earned.blocks
        for element in [*block.get("elements", ()), block.get("accessory") or {}]
        if str(element.get("action_id", "")).startswith("why_line")
    ]
    return json.dumps(max(found, key=lambda value: value["line"]), separators=(",", ":"))


def _replays(stage: Stage, earned: Post) -> None:
    receipt = json.loads(_prize_line(earned))["receipt"]
    now = stage.clock.now()
    assert receipts.replay(Context(stage.services.db, now.date(), now), receipt).matches


def launched(stage: Stage, hands: Driver, **entered: Any) -> None:
    make(stage, hands, **entered)
    stage.press(OLGA, open_one(stage, OLGA), "spif_approve_budget")
    go_to(stage, datetime(2026, 8, 18, 16, 0, tzinfo=UTC))
    assert state(stage) == "live"


def test_nobody_approves_their_own(stage: Stage, hands: Driver) -> None:
    hands.slash(OLGA, "dm", "/spif", "new")
    stage.settle()
    assert hands.submit(OLGA, {"name": "Mine", "start": "2026-08-18"}) == {"ok": True}
    stage.settle()
    card = stage.new(OLGA)[-1]
    assert "spif_approve_budget" not in words(card), "the button is not even offered"
    value = json.dumps({"v": 1, "spif": 1, "seen": "", "what": "", "deal": 0})
    (refused,) = _press_as(stage, OLGA, card, "spif_approve_budget", value)
    assert "cannot approve them" in refused.text
    assert state(stage) == "checked"


def test_a_manager_approves_no_budget_and_a_rep_sees_no_draft(stage: Stage, hands: Driver) -> None:
    make(stage, hands)
    (card,) = stage.new(MAX)
    value = json.dumps({"v": 1, "spif": 1, "seen": "", "what": "", "deal": 0})
    announced = stage.ask(VERA, "/spif 1")
    (refused,) = _press_as(stage, VERA, announced, "spif_approve_budget", value)
    assert "may not approve budget" in refused.text
    assert "no such SPIF" in stage.ask(DANA, "/spif 1").text
    assert "no such SPIF" in stage.ask(LENA, "/spif 1").text
    assert state(stage) == "checked"
    assert "Blitz" in card.text


def _press_as(stage: Stage, who: str, post: Post, action: str, value: str) -> list[Post]:
    """Press a button that was changed on its way to another action."""
    for block in post.blocks:
        for element in block.get("elements", ()):
            if str(element.get("action_id", "")).startswith("spif_"):
                element["action_id"] = f"{action}:99"
                return stage.press(who, post, action, value)
    raise AssertionError(post.text)


def test_pressing_twice_has_one_effect(stage: Stage, hands: Driver) -> None:
    make(stage, hands)
    card = open_one(stage, OLGA)
    stage.press(OLGA, card, "spif_approve_budget")
    (again,) = stage.press(OLGA, card, "spif_approve_budget")
    assert "cannot approve budget" in again.text
    with stage.services.db.read() as conn:
        owed = [one for one in outbox.pending(conn) if one.notice.kind == "spif_announced"]
        kept = spifs.get(conn, 1)
    assert len(owed) == len({one.notice.to.rep_id for one in owed}) == 6
    assert kept is not None
    assert [moved.move for moved in kept.moves] == ["check", "approve_budget", "announce"]


def test_rules_that_changed_since_they_were_shown_are_refused(stage: Stage, hands: Driver) -> None:
    make(stage, hands)
    value = json.dumps({"v": 1, "spif": 1, "seen": "0123456789ab", "what": "", "deal": 0})
    (refused,) = stage.press(OLGA, open_one(stage, OLGA), "spif_approve_budget", value)
    assert "changed since you were shown it" in refused.text
    assert state(stage) == "checked"


def test_rules_changed_in_the_database_after_launch_stop_it(stage: Stage, hands: Driver) -> None:
    make(stage, hands)
    stage.press(OLGA, open_one(stage, OLGA), "spif_approve_budget")
    with stage.services.db.write() as conn:
        from sqlalchemy import text

        conn.execute(text("UPDATE spif_rules SET body = replace(body, '500000', '900000')"))
    stage.clock.move_to(datetime(2026, 8, 18, 16, 0, tzinfo=UTC))
    done = run_job(stage.services, "spifs")
    assert not done.ok
    assert "not those that were announced" in done.sentence
    assert state(stage) == "announced"


def test_figures_that_changed_since_they_were_proposed_are_refused(stage: Stage, hands: Driver) -> None:
    launched(stage, hands)
    win(stage, ("n1", 1_000_00, date(2026, 8, 18)))
    go_to(stage, datetime(2026, 8, 25, 16, 0, tzinfo=UTC))
    go_to(stage, datetime(2026, 8, 31, 16, 0, tzinfo=UTC))
    stage.press(MAX, open_one(stage, MAX), "spif_propose")
    shown = open_one(stage, OLGA)
    refund(stage, "n1", date(2026, 8, 30), 1_000_00)
    (refused,) = stage.press(OLGA, shown, "spif_approve_results")
    assert "changed since you were shown it" in refused.text
    value = json.dumps({"v": 1, "spif": 1, "seen": "", "what": "", "deal": 0})
    (refused,) = stage.press(OLGA, shown, "spif_approve_results", value)
    assert "changed since the results were proposed" in refused.text
    assert state(stage) == "results_proposed"


def test_a_double_needs_a_ruling_before_results(stage: Stage, hands: Driver) -> None:
    launched(stage, hands)
    row = ("n1", 1_000_00, date(2026, 8, 18))
    win(stage, row)
    with stage.services.db.write() as conn:
        twin = {"source": "crm", "external_id": "n1b", "name": "Deal n1 again", "account": "Account n1",
                "owner_external_id": DANA, "amount_cents": 1_000_00, "currency": "USD", "stage": "won",
                "stage_name": "Won", "booked_on": date(2026, 8, 19), "deal_type": "new", "product": ""}  # fmt: skip
        change_id = changes.begin(conn, "crm", "sync", stage.clock.now())
        facts.apply(conn, "deal", pd.DataFrame([twin]), change_id)
    go_to(stage, datetime(2026, 8, 25, 16, 0, tzinfo=UTC))
    go_to(stage, datetime(2026, 8, 31, 16, 0, tzinfo=UTC))
    card = open_one(stage, MAX)
    assert "not judged yet" in words(card)
    assert "spif_propose" not in words(card)
    for block in card.blocks:
        for element in block.get("elements", ()):
            if "Leave out" in str(element.get("text")):
                hands.click(
                    MAX, next(one for one in hands.messages("dm", MAX) if one.ts == card.ts), element["action_id"]
                )
    stage.settle()
    assert hands.submit(MAX, {"reason": ""}).get("ok") is False
    assert hands.submit(MAX, {"reason": "The CRM has it twice."}) == {"ok": True}
    stage.settle()
    after = stage.new(MAX)[-1]
    assert "left out" in words(after)
    stage.press(MAX, after, "spif_propose")
    stage.press(OLGA, open_one(stage, OLGA), "spif_approve_results")
    with stage.services.db.read() as conn:
        assert [one.amount_cents for one in spif_prizes.posted(conn, 1)] == [500_00]


@pytest.mark.soak
def test_a_refund_after_the_payout_takes_the_prize_back_once(stage: Stage, hands: Driver) -> None:
    launched(stage, hands)
    win(stage, ("n1", 1_000_00, date(2026, 8, 18)), ("n2", 1_500_00, date(2026, 8, 18)))
    go_to(stage, datetime(2026, 8, 25, 16, 0, tzinfo=UTC))
    go_to(stage, datetime(2026, 8, 31, 16, 0, tzinfo=UTC))
    stage.press(MAX, open_one(stage, MAX), "spif_propose")
    stage.press(OLGA, open_one(stage, OLGA), "spif_approve_results")
    refund(stage, "n1", date(2026, 9, 2), 1_000_00)
    go_to(stage, datetime(2026, 9, 3, 16, 0, tzinfo=UTC))
    go_to(stage, datetime(2026, 9, 4, 16, 0, tzinfo=UTC))
    with stage.services.db.read() as conn:
        assert [one.amount_cents for one in spif_prizes.posted(conn, 1)] == [1_000_00, -500_00]
    stage.new(DANA)
    assert "-$500.00" in words(stage.ask(DANA, "/earnings this month")).replace("−", "-")


@pytest.mark.soak
def test_cancelling_says_why_and_pays_what_was_earned(stage: Stage, hands: Driver) -> None:
    launched(stage, hands)
    win(stage, ("n1", 1_000_00, date(2026, 8, 18)))
    stage.clock.move_to(datetime(2026, 8, 20, 16, 0, tzinfo=UTC))
    _cancel(stage, hands, MAX)
    assert "Ask ops to cancel it" in stage.new(MAX)[-1].text
    assert state(stage) == "live"
    _cancel(stage, hands, OLGA)
    assert state(stage) == "cancelled"
    with stage.services.db.read() as conn:
        assert [one.amount_cents for one in spif_prizes.posted(conn, 1)] == [500_00]
    go_to(stage, datetime(2026, 8, 20, 17, 0, tzinfo=UTC), tells=True)
    assert any("Cancelled" in post.text for post in stage.new(NICK))


def _cancel(stage: Stage, hands: Driver, who: str) -> None:
    _click(stage, hands, who, open_one(stage, who), "Cancel")
    assert hands.submit(who, {"reason": "The product is withdrawn."}) == {"ok": True}
    stage.settle()


def _click(stage: Stage, hands: Driver, who: str, post: Post, label: str) -> None:
    """Press the button whose words begin so, which opens a form."""
    found = next(
        (block["block_id"], element["action_id"])
        for block in post.blocks
        for element in block.get("elements", ())
        if element.get("type") == "button" and element["text"]["text"].startswith(label)
    )
    stage.fake.gestures.press_message(stage.user(who), post, Press(*found, {}, {}))
    stage.settle()


def test_the_preview_follows_the_form(stage: Stage, hands: Driver) -> None:
    hands.slash(MAX, "dm", "/spif", "new")
    stage.settle()
    form = hands.modal(MAX)
    assert form is not None
    assert "6 people take part" in words(form)
    assert "Worst case $6,000.00" in words(form)
    hands.click(MAX, form, "spif_preview:kind", "Raffle")
    stage.settle()
    after = hands.modal(MAX)
    assert after is not None
    assert after["id"] == form["id"]
    assert "Every deal is a ticket" in words(after)
    assert hands.submit(MAX, {"name": "Draw", "raffle.prizes": "many"})["errors"]["raffle.prizes"]


def test_teams_points_and_tax_are_asked_for_where_they_make_sense(stage: Stage, hands: Driver) -> None:
    hands.slash(MAX, "dm", "/spif", "new")
    stage.settle()
    _pick(stage, hands, "kind", "Most deals, with a minimum")
    form = _pick(stage, hands, "sharing", ["More terms: cap, hold, kind of prize, tax, ties, teams, taking back"])
    assert "Tax on the prize that the company bears" in str(form)
    assert "What makes a team?" not in str(form)
    form = _pick(stage, hands, "reward", "Points")
    assert "What one point costs the company, in USD" in str(form)
    assert "Tax on the prize" not in str(form)
    _pick(stage, hands, "top_three.competes", "Teams, by their sum")
    form = _pick(stage, hands, "team_by", "Teams made for it")
    assert "The teams, a line each" in str(form)
    values = {"name": "Teams", "start": "2026-08-18", "top_three.prizes": "100", "point_value": "1", "reversal": "x"}
    assert hands.submit(MAX, values)["errors"].keys() == {"reversal", "teams"}
    values |= {"reversal": "30", "teams": "Red: Dana Reyes\nBlue: nick@acme.example, Nobody At All"}
    hands.submit(MAX, values)
    stage.settle()
    assert "Nobody of that name takes part" in str([post.text for post in stage.new(MAX)])


def _pick(stage: Stage, hands: Driver, block: str, label: str | list[str]) -> str:
    """The form after something was picked in it."""
    form = hands.modal(MAX)
    assert form is not None
    hands.click(MAX, form, f"spif_preview:{block}", label)
    stage.settle()
    return str(hands.modal(MAX))


def test_a_draft_that_is_stuck_is_edited_and_then_changed_while_it_runs(stage: Stage, hands: Driver) -> None:
    make(stage, hands, start="2026-08-01")
    assert state(stage) == "draft"
    _click(stage, hands, MAX, stage.new(MAX)[-1], "Edit")
    form = hands.modal(MAX)
    assert form is not None
    assert "{{7*7}}" in str(form), "the form has what was typed"
    assert hands.submit(MAX, {"start": "2026-08-18"}) == {"ok": True}
    stage.settle()
    assert state(stage) == "checked"
    stage.press(OLGA, open_one(stage, OLGA), "spif_approve_budget")
    go_to(stage, datetime(2026, 8, 18, 16, 0, tzinfo=UTC))
    _click(stage, hands, MAX, open_one(stage, MAX), "Change the rules")
    assert hands.submit(MAX, {"per_deal.amount": "600"})["ok"] is False, "a reason is needed"
    assert hands.submit(MAX, {"per_deal.amount": "600", "reason": "The first day was slow."}) == {"ok": True}
    stage.settle()
    card = stage.new(MAX)[-1]
    assert "Proposed change, not in force yet: The first day was slow." in words(card)
    assert "spif_amend" not in words(card), "whoever proposes it does not approve it"
    (after,) = stage.press(OLGA, open_one(stage, OLGA), "spif_amend")
    assert "$600.00 for each deal" in words(after)
    go_to(stage, datetime(2026, 8, 19, 16, 0, tzinfo=UTC), tells=True)
    assert any("SPIF changed" in post.text for post in stage.new(DANA))


def test_reps_make_none_and_past_days_are_an_error(stage: Stage, hands: Driver) -> None:
    assert "made by managers and ops" in stage.ask(DANA, "/spif new").text
    make(stage, hands, start="2026-08-01")
    card = stage.new(MAX)[-1]
    assert state(stage) == "draft"
    assert "draft" in words(card)


@pytest.mark.soak
def test_a_rep_who_left_is_unreachable_and_wins_nothing(stage: Stage, hands: Driver) -> None:
    launched(stage, hands)
    win(stage, ("n1", 1_000_00, date(2026, 8, 18)), owner=NICK)
    with stage.services.db.read() as conn:
        nick = people.by_email(conn, NICK)
    assert nick is not None
    row = {"source": "crm", "external_id": nick.external_id, "name": nick.name, "email": nick.email, "role": "rep",
           "title": nick.title, "currency": "USD", "timezone": nick.timezone, "locale": nick.locale, "team": "",
           "region": "", "manager_external_id": MAX, "hired_on": date(2020, 1, 1),
           "left_on": date(2026, 8, 20)}  # fmt: skip
    _apply(stage, "person", [row])
    go_to(stage, datetime(2026, 8, 21, 16, 0, tzinfo=UTC), tells=True)
    assert "Nick" not in board(stage)
    with stage.services.db.read() as conn:
        kept = spifs.get(conn, 1)
        assert kept is not None
        assert len(spif_readers.readers(conn, 1, kept.rules_hash)) == 6


@pytest.mark.soak
def test_a_channel_the_bot_left_stops_nothing(stage: Stage, hands: Driver) -> None:
    stage.fake.workspace.chaos.turn("bot_removed", on=True)
    launched(stage, hands)
    win(stage, ("n1", 1_000_00, date(2026, 8, 18)))
    go_to(stage, datetime(2026, 8, 19, 16, 0, tzinfo=UTC), tells=True)
    assert board(stage) == ""
    assert any("New SPIF" in post.text for post in stage.new(DANA))
    (own,) = stage.send(DANA, "where am i in the spif?")
    assert "You have 1 deal" in words(own)
