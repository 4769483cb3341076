"""The leadership digest in words and as a picture: teams against pace, what pay costs, SPIFs, what needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from messages import format as written
from messages.notice_data import day_of, money_of, period_of
from messages.pictures import Bar, Picture, bars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messages.reader import Reader

TEAMS_SHOWN = 12
SPIFS_SHOWN = 5
GRAVEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team: its name and the sentence about it."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class LeadershipView:
    """The digest ready to be shown; a text that has nothing to say is empty."""

    title: str
    headline: str
    people: str
    forecast: str
    teams: tuple[TeamRow, ...]
    more_teams: str
    pay: tuple[str, ...]
    spifs: tuple[str, ...]
    exceptions: tuple[str, ...]
    assumption: str
    as_of: str

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """None: each rep's own answers have receipts, the sums over them are in the message's record."""
        return ()


def view(data: Mapping[str, Any], reader: Reader) -> LeadershipView:
    """Return the digest ready to be shown."""
    whole, period = data["whole"], period_of(data["period"])
    teams = data["teams"]
    hidden = len(teams) - TEAMS_SHOWN
    return LeadershipView(
        title=f"Your teams in {written.period_name(period, reader)}",
        headline=(
            f"{_money(whole['credit'], reader)} of {_money(whole['quota'], reader)} quota: "
            f"{written.percent(whole['attainment_ppm'], reader)}, where pace asks for "
            f"{written.percent(whole['pace_ppm'], reader)}."
        ),
        people=_people(whole, reader),
        forecast=_forecast(data, reader),
        teams=tuple(TeamRow(each["name"] or "No team", _team(each, reader)) for each in teams[:TEAMS_SHOWN]),
        more_teams=f"+{hidden} more" if hidden > 0 else "",
        pay=tuple(_pay(data["pay"], reader)),
        spifs=tuple(_spif(each, reader) for each in data["spifs"][:SPIFS_SHOWN]),
        exceptions=tuple(_exceptions(data, reader)),
        assumption=_assumption(data, reader),
        as_of=written.day(day_of(data["as_of"]), reader),
    )


def picture(data: Mapping[str, Any], reader: Reader) -> Picture | None:
    """Return the teams' attainment as bars, with a line where pace is; shares only, no amounts."""
    rows = [
        Bar(each["name"] or "No team", each["attainment_ppm"], written.percent(each["attainment_ppm"], reader))
        for each in data["teams"]
    ]
    title = f"Attainment by team, {written.period_name(period_of(data['period']), reader)}"
    return bars("attainment-by-team", f"{title} (dashed: pace)", rows, data["whole"]["pace_ppm"])


def _people(whole: Mapping[str, Any], reader: Reader) -> str:
    said = f"{written.count(whole['reps'], 'rep', reader)}: {whole['reached']} at quota"
    risky = whole["at_risk"]
    return said + ("." if risky is None else f", {risky} projected below 75% of their pace.")


def _forecast(data: Mapping[str, Any], reader: Reader) -> str:
    whole = data["whole"]
    if whole["expected_ppm"] is None:
        return ""
    last = period_of(data["period"]).last_on
    return (
        f"By {written.day(last, reader)}: {_money(whole['expected'], reader)} expected, "
        f"{written.percent(whole['expected_ppm'], reader)} of quota, where pace asks for "
        f"{written.percent(whole['due_ppm'], reader)}."
    )


def _team(team: Mapping[str, Any], reader: Reader) -> str:
    said = f"{written.percent(team['attainment_ppm'], reader)} (pace {written.percent(team['pace_ppm'], reader)})"
    if team["expected_ppm"] is not None:
        said += f", expected {written.percent(team['expected_ppm'], reader)}"
    risky = f", {team['at_risk']} at risk" if team["at_risk"] else ""
    return f"{said} · {written.count(team['reps'], 'rep', reader)}, {team['reached']} at quota{risky}"


def _pay(pay: Mapping[str, Any], reader: Reader) -> Sequence[str]:
    share = pay["of_booked_ppm"]
    earned = f"Pay so far: {_money(pay['earned'], reader)}"
    part = "" if share is None else f", {written.percent(share, reader)} of {_money(pay['booked'], reader)} booked"
    said = [f"{earned}{part}."]
    if pay["budget"] is not None:
        used = written.percent(pay["of_budget_ppm"], reader)
        said.append(f"Budget: {_money(pay['budget'], reader)}, {used} of it used.")
    if pay["expected"] is not None:
        said.append(f"Expected at the end: {_money(pay['expected'], reader)}{_over(pay, reader)}.")
    return said


def _over(pay: Mapping[str, Any], reader: Reader) -> str:
    """Return how far the expected pay is beyond the budget; empty where it is not, or where none is set."""
    if pay["budget"] is None or pay["expected"]["minor"] <= pay["budget"]["minor"]:
        return ""
    beyond = {"minor": pay["expected"]["minor"] - pay["budget"]["minor"], "currency": pay["budget"]["currency"]}
    return f", {_money(beyond, reader)} beyond the budget"


def _spif(spif: Mapping[str, Any], reader: Reader) -> str:
    said = f"{spif['title']} ({spif['state']}): {_money(spif['spent'], reader)} of {_money(spif['budget'], reader)}"
    lift = spif["lift_ppm"]
    if lift is None:
        return f"{said}; whether it worked cannot be told yet"
    return f"{said}; {written.percent(abs(lift), reader)} {'more' if lift >= 0 else 'less'} than usual"


def _exceptions(data: Mapping[str, Any], reader: Reader) -> Sequence[str]:
    found, said = data["exceptions"], []
    if found["alerts"]:
        counts = ", ".join(f"{count} {severity}" for severity, count in found["alerts"])
        said.append(f"Open ops alerts: {counts}.")
        said += found["gravest"][:GRAVEST_SHOWN]
    if found["without_quota"]:
        said.append(
            f"{written.count(found['without_quota'], 'rep', reader)} without a usable quota: not in the sums."
        )
    if data["stale"]:
        said.append(f"Old data: {', '.join(data['stale'])}.")
    return said


def _assumption(data: Mapping[str, Any], reader: Reader) -> str:
    """Return what the forecast rests on, or why there is none."""
    ended = data["outcomes"]
    closed = ended["won"] + ended["lost"]
    if ended["chance_ppm"] is None:
        return (
            f"No forecast: {written.count(closed, 'deal', reader)} closed in a year, too few to say how many are won."
        )
    overdue = f"; {data['overdue']} past their date left out" if data["overdue"] else ""
    return (
        f"Forecast: {written.count(data['open_deals'], 'open deal', reader)} due in the period at "
        f"{written.percent(ended['chance_ppm'], reader)}, the share of {written.number(closed, reader)} "
        f"closed deals that was won{overdue}; pay by the payroll calculation over that."
    )


def _money(amount: Mapping[str, Any], reader: Reader) -> str:
    return written.about(money_of(amount), reader)
