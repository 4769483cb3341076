"""The demo company: the same to the byte for a seed and a day, believable, and full of the situations a team has."""

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.demo.company import DEFAULT_SEED, Company, company
from bot.demo.deals import HOSTILE_NAME
from bot.demo.story import DIRTY

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def larkspur() -> Company:
    return company(DEFAULT_SEED, TODAY)


def attainment(whole: Company, part: str, as_of: date) -> float:
    """Owner's won amounts over the quota that runs, splits and currencies aside."""
    person = whole.playing(part)
    quota = next(q for q in whole.quotas if q.person == person.external_id and q.start_on <= as_of < q.end_on)
    won = sum(
        deal.amount_cents
        for deal in whole.deals
        if deal.owner == person.external_id and deal.outcome == "won" and quota.start_on <= deal.close_on <= as_of
    )
    return won / quota.amount_cents


def test_same_seed_and_day_same_company(larkspur: Company) -> None:
    assert company(DEFAULT_SEED, TODAY) == larkspur
    assert company(DEFAULT_SEED + 1, TODAY).deals != larkspur.deals


def test_it_has_the_size_and_the_roles_of_a_sales_organisation(larkspur: Company) -> None:
    roles = Counter(person.role for person in larkspur.people)
    assert roles["rep"] >= 40
    assert roles["manager"] >= 7
    assert roles["ops"] >= 2
    assert roles["admin"] >= 1
    assert {person.region for person in larkspur.people} >= {"Americas", "EMEA"}
    assert {person.currency for person in larkspur.people} == {"USD", "EUR"}
    assert {person.plan for person in larkspur.people if person.plan} == {"ae-americas", "ae-emea", "account-manager"}
    assert len({person.locale for person in larkspur.people}) >= 8
    assert len({person.email for person in larkspur.people}) == len(larkspur.people)


def test_managers_form_a_tree_under_the_head_of_sales(larkspur: Company) -> None:
    managers = {person.external_id: person.manager for person in larkspur.people}
    for person in managers:
        seen = [person]
        while managers[seen[-1]]:
            seen.append(managers[seen[-1]])
            assert len(seen) < 6, seen
        assert seen[-1] == "E-rosalind-achebe"


def test_four_quarters_of_deals_and_an_open_pipeline(larkspur: Company) -> None:
    known = [deal for deal in larkspur.deals if deal.opened_on <= TODAY]
    states = Counter("open" if deal.close_on > TODAY else deal.outcome for deal in known)
    assert states["won"] > 700
    assert states["lost"] > 500
    assert states["open"] > 150
    for quarter in larkspur.calendar.quarters()[:5]:
        won = [d for d in known if d.outcome == "won" and d.close_on in quarter and d.close_on <= TODAY]
        assert len(won) > 80
    assert min(deal.close_on for deal in known) >= larkspur.calendar.history_start_on


def test_next_fiscal_year_has_quotas_plans_rates_and_deals(larkspur: Company) -> None:
    first = larkspur.calendar.next_year.start_on
    quarter = larkspur.calendar.next_windows()[0]
    with_plan = {a.person for a in larkspur.assignments if a.start_on <= first < a.end_on}
    with_quota = {q.person for q in larkspur.quotas if q.name == "bookings" and q.start_on <= first < q.end_on}
    stay = {p.external_id for p in larkspur.people if p.plan and not p.left_on}
    assert with_plan == stay
    assert with_quota == stay - {larkspur.playing("unquoted").external_id}
    assert [q.person for q in larkspur.quotas if q.name == "pay_budget" and q.start_on <= first < q.end_on] == [
        next(p.external_id for p in larkspur.people if p.role == "manager" and not p.manager)
    ]
    assert {p.person for p in larkspur.placements if p.start_on <= first < p.end_on} >= stay
    assert any(r.start_on <= first < r.end_on for r in larkspur.rates)
    assert sum(d.outcome == "won" and d.close_on in quarter for d in larkspur.deals) > 80
    assert sum(d.opened_on <= first < d.close_on for d in larkspur.deals) > 150
    assert len({d.external_id for d in larkspur.deals}) == len(larkspur.deals)


def test_more_is_won_towards_the_end_of_a_quarter(larkspur: Company) -> None:
    quarter = larkspur.calendar.quarters()[2]
    won = [d for d in larkspur.deals if d.outcome == "won" and d.close_on in quarter]
    halfway = quarter.start_on + timedelta(days=quarter.days // 2)
    assert sum(d.close_on >= halfway for d in won) > len(won) / 2


def test_nobody_closes_a_deal_before_being_hired_or_after_leaving(larkspur: Company) -> None:
    people = {person.external_id: person for person in larkspur.people}
    for deal in larkspur.deals:
        if owner := people.get(deal.owner):
            assert owner.hired_on <= deal.opened_on <= deal.close_on
            assert owner.left_on is None or deal.close_on < owner.left_on


def test_every_situation_of_the_story_is_there(larkspur: Company) -> None:
    assert 0.90 < attainment(larkspur, "near", TODAY) < 1
    assert attainment(larkspur, "behind", TODAY) < 0.45
    assert attainment(larkspur, "over", TODAY) > 1.15
    hire = larkspur.playing("hire")
    assert larkspur.calendar.year.start_on < hire.hired_on < TODAY
    leaver = larkspur.playing("leaver")
    assert leaver.left_on is not None
    assert leaver.left_on < TODAY
    with_quota = {quota.person for quota in larkspur.quotas}
    with_plan = {assignment.person for assignment in larkspur.assignments}
    assert larkspur.playing("unquoted").external_id not in with_quota
    assert larkspur.playing("unquoted").external_id in with_plan
    assert larkspur.playing("unplanned").external_id not in with_plan


def test_the_hire_has_a_prorated_quota(larkspur: Company) -> None:
    hire = larkspur.playing("hire")
    quota = next(q for q in larkspur.quotas if q.person == hire.external_id)
    assert quota.start_on == hire.hired_on
    assert quota.end_on == larkspur.calendar.year.end_on


def test_the_mover_changes_team_and_manager_in_mid_year(larkspur: Company) -> None:
    mover = larkspur.playing("mover")
    before, after = (p for p in larkspur.placements if p.person == mover.external_id)
    assert before.end_on == after.start_on
    assert larkspur.calendar.year.start_on < after.start_on < TODAY
    assert before.territory != after.territory
    assert before.manager != after.manager == mover.manager


def test_splits_sum_to_a_hundred_except_the_dirty_one(larkspur: Company) -> None:
    shared = [deal for deal in larkspur.deals if deal.sharing]
    assert len(shared) > 50
    odd = [d.external_id for d in shared if round(sum(float(part) for _, part in d.sharing), 2) != 100]
    assert odd == [key for key, code in DIRTY.items() if code == "split_sum"]


def test_some_emea_deals_are_in_dollars(larkspur: Company) -> None:
    emea = {person.external_id for person in larkspur.people if person.plan == "ae-emea"}
    dollars = [d for d in larkspur.deals if d.owner in emea and d.currency == "USD" and d.outcome == "won"]
    assert len(dollars) > 10
    assert all(
        any(
            r.from_currency == "USD" and r.to_currency == "EUR" and r.start_on <= d.close_on < r.end_on
            for r in larkspur.rates
        )
        for d in dollars
    )


def test_a_hostile_name_and_the_dirty_rows_are_recent(larkspur: Company) -> None:
    told = {deal.external_id: deal for deal in larkspur.deals}
    assert any(deal.name == HOSTILE_NAME and deal.close_on <= TODAY for deal in larkspur.deals)
    for key in DIRTY:
        assert told[key].close_on in larkspur.calendar.quarter
        assert told[key].close_on <= TODAY


def test_tomorrow_takes_the_rep_just_below_quota_over_it(larkspur: Company) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert attainment(larkspur, "near", TODAY) < 1 < attainment(larkspur, "near", tomorrow)


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 28), date(2028, 2, 29)])
def test_the_story_holds_on_other_days(today: date) -> None:
    whole = company(DEFAULT_SEED, today)
    assert 0.90 < attainment(whole, "near", today) < 1 < attainment(whole, "near", today + timedelta(days=1))
    assert attainment(whole, "behind", today) < 0.5
    assert attainment(whole, "over", today) > 1.1
