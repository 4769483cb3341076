"""The leadership digest: once a week, in the leader's own morning, with the figures that the reps themselves read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from engine.money import Money
from operations import answers, leadership, leadership_data
from operations.context import Context
from operations.errors import PlanRefused
from store import outbox
from tests.operations.conftest import TODAY, apply, deal, person, quota

if TYPE_CHECKING:
    from tests.operations.conftest import Company

# One question and one insertion are all that it asks of a database: everyday over one, over both in the soak.
pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)
MONDAY = date(2026, 8, 24)
#: New York is four hours behind: nine there.
NINE = datetime(2026, 8, 24, 13, 0, tzinfo=UTC)


def owed(company: Company) -> list[str]:
    with company.db.read() as conn:
        return [each.notice.key for each in outbox.pending(conn)]


def closed_deals(company: Company, won: int, lost: int) -> None:
    ended = [deal(f"w{n}", "sam", 1, date(2026, 1, 5)) for n in range(won)]
    ended += [deal(f"l{n}", "sam", 1, date(2026, 1, 5), stage="lost") for n in range(lost)]
    apply(company.db, "deal", *ended)


def test_the_digest_says_what_the_reps_read_themselves(company: Company) -> None:
    ctx = company.context()
    digest = leadership.digest(ctx, company.manager)
    assert digest is not None
    own = answers.quota(ctx, company.dana).quotas[0]
    assert (digest.whole.quota, digest.whole.credit, digest.whole.pace) == (own.quota, own.credit, own.pace)
    assert (digest.whole.reps, digest.whole.reached, digest.whole.attainment_ppm) == (1, 1, 1_100_000)
    earned = [answers.earnings(ctx, each, "this quarter").total for each in (company.dana, company.sam)]
    assert digest.pay.earned == Money(sum(each.minor for each in earned if each), "USD")
    assert digest.pay.booked == Money(6_000_000 + 5_000_000 + 3_000_000, "USD")
    assert digest.period.label == "Q3 2026"
    assert digest.exceptions.without_quota == 1, "Sam has none"


def test_few_closed_deals_give_no_forecast(company: Company) -> None:
    digest = leadership.digest(company.context(), company.manager)
    assert digest is not None
    assert (digest.whole.expected, digest.whole.at_risk, digest.pay.expected) == (None, None, None)


def test_the_forecast_counts_the_pipeline_as_deals_used_to_close(company: Company) -> None:
    closed_deals(company, won=16, lost=20)  # 19 of 39 with the three that were won and count in the quarter
    digest = leadership.digest(company.context(), company.manager)
    assert digest is not None
    assert (digest.outcomes.won, digest.outcomes.lost) == (19, 20)
    chance = digest.outcomes.chance_ppm
    assert chance == 487_179
    dealt = 1_234_567 + round(2_000_000 * chance / 1_000_000)  # tomorrow's won deal, and the open one
    assert digest.whole.expected == digest.whole.credit + Money(dealt, "USD")
    assert digest.open_deals == 1
    assert digest.pay.expected is not None
    assert digest.pay.expected.minor - digest.pay.earned.minor == (dealt * 12 + 50) // 100


def test_a_budget_is_a_quota_of_the_leader(company: Company) -> None:
    held = quota("mona", 5_000_000, date(2026, 7, 1), date(2026, 10, 1)) | {"name": leadership.PAY_BUDGET}
    apply(company.db, "quota", held)
    digest = leadership.digest(company.context(), company.manager)
    assert digest is not None
    assert digest.pay.budget == Money(5_000_000, "USD")
    assert digest.pay.of_budget_ppm == round(digest.pay.earned.minor * 1_000_000 / 5_000_000)


def test_it_comes_once_a_week_on_the_leaders_monday_morning(company: Company) -> None:
    before = Context(company.db, MONDAY, NINE - timedelta(minutes=1))
    assert leadership.due(before) == 0
    at = replace(before, now=NINE)
    assert leadership.due(at) == 1
    assert leadership.due(at) == 0
    assert leadership.due(replace(at, now=NINE + timedelta(days=2))) == 0
    with company.db.read() as conn:
        (waiting,) = outbox.pending(conn)
    assert waiting.notice.data["subjects"] == [company.dana.rep_id, company.sam.rep_id], "whose pay it sums"
    assert owed(company) == [f"leadership:{company.manager.rep_id}:2026-W35"]
    week_later = NINE + timedelta(days=7)
    assert leadership.due(replace(at, as_of=MONDAY + timedelta(days=7), now=week_later)) == 1


def test_a_week_without_a_worker_on_monday_is_not_told_on_friday(company: Company) -> None:
    friday = Context(company.db, date(2026, 8, 28), NINE + timedelta(days=4))
    assert leadership.due(friday) == 0


def test_only_those_who_are_named_get_it(company: Company) -> None:
    at = Context(company.db, MONDAY, NINE)
    assert leadership.due(at, ["nobody@example.com"]) == 0
    assert leadership.due(at, ["MONA@example.com"]) == 1


def test_people_elsewhere_and_leavers_do_not_count(company: Company) -> None:
    apply(company.db, "person", person("olga", "Olga Other", "manager"), person("pete", "Pete Poe", manager="olga"))
    apply(company.db, "quota", quota("pete", 9_000_000, date(2026, 7, 1), date(2026, 10, 1)))
    whole_year = {"source": "crm", "plan": "ae", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1)}
    apply(company.db, "assignment", {"person_external_id": "pete"} | whole_year)
    digest = leadership.digest(company.context(), company.manager)
    assert digest is not None
    assert digest.whole.quota == Money(10_000_000, "USD")
    apply(company.db, "person", person("dana", "Dana Doe", manager="mona") | {"left_on": TODAY})
    assert leadership.digest(company.context(), company.manager) is None


def test_the_notice_carries_whole_numbers_and_text_only(company: Company) -> None:
    digest = leadership.digest(company.context(), company.manager)
    assert digest is not None

    def kinds(value: object) -> set[type]:
        if isinstance(value, dict):
            return {kind for each in value.values() for kind in kinds(each)}
        if isinstance(value, list):
            return {kind for each in value for kind in kinds(each)}
        return {type(value)}

    assert kinds(leadership_data.spelled(digest)) <= {int, str, type(None)}


def test_a_leader_without_a_team_is_not_calculated_for_in_every_round(company: Company) -> None:
    at = Context(company.db, MONDAY, NINE)
    assert leadership.due(at, ["sam@example.com"]) == 0
    with company.db.write() as conn:
        conn.execute(text("UPDATE plan SET text = 'no plan at all'"))  # whoever calculated now would hear of it
    assert leadership.due(at, ["sam@example.com"]) == 0
    with pytest.raises(PlanRefused):
        leadership.due(at, ["mona@example.com"])
