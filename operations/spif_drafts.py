"""A SPIF being made: its rules from a template and what was typed, what they would cost, and the draft that is saved.

A manager makes SPIFs for the people below them, ops for everybody.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from engine.access import can
from engine.spifs import checks, costs, eligibility, templates
from engine.spifs.definition import Spif
from engine.spifs.dry_run import MOST_WINDOWS, dry_run
from engine.spifs.faults import Around, Fault
from engine.spifs.windows import Window
from operations import spif_ground, spif_notices, spif_teams
from operations.errors import SpifRefused
from operations.spif_launch import decided, treasurers
from operations.spif_moves import Moving, found, moving, refusal
from store import changes, outbox, spif_figures, spifs
from store.spif_figures import Figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.people import Person
    from engine.spifs.dry_run import DryRun
    from engine.spifs.life import State
    from operations.context import Context
    from operations.spif_ground import Field
    from store.database import Connection
    from store.spifs import Kept

#: States in which a SPIF may compete with another one for the same deals.
AHEAD: tuple[State, ...] = ("checked", "budget_approved", "announced", "live", "closed", "verification")
MINE, EVERYBODY = "mine", "everybody"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a template, what was typed into it, and what every SPIF is asked for.

    Attributes:
        template: The id of a template of `engine.spifs.templates`.
        values: What was typed, by the names of its blanks.
        name: Its title.
        start_on: The first day.
        days: How many days.
        zone: The zone of its midnights.
        currency: Of budget and prizes.
        budget: What it may cost, as typed.
        group: Who takes part: `mine` (everybody below the actor), `everybody`, or a team's name.
        channel: Where its board stands.
        more: Further rules.
        terms: Further terms as typed, by the names of `engine.spifs.terms`.
    """

    template: str
    name: str
    start_on: date
    days: int
    zone: str
    currency: str
    budget: str
    values: Mapping[str, str] = field(default_factory=dict)
    group: str = MINE
    channel: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """What was asked for as JSON, by which a form is filled again."""
        return asdict(self) | {"start_on": self.start_on.isoformat()}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Wanted:
        """What `record` wrote."""
        return cls(**{**record, "start_on": date.fromisoformat(record["start_on"])})


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of a SPIF: its rules or what is wrong with them, who takes part, its cost, past periods.

    Attributes:
        rules: None where what was typed cannot be read.
        faults: What is wrong, errors first.
        eligible: How many take part.
        worst: What it may cost at worst, None where its rules do not limit it.
        committed: What the company can owe at most.
        dry: What it would have cost, and whom it would have paid, in past windows; None where it has errors.
        watermark: The last change that this knows of.
        around: What the rules were checked against.
    """

    rules: Spif | None
    faults: tuple[Fault, ...]
    eligible: int = 0
    worst: int | None = None
    committed: int = 0
    dry: DryRun | None = None
    watermark: int = 0
    around: Around | None = None


def read(wanted: Wanted, more: Mapping[str, Any] | None = None) -> Spif | tuple[Fault, ...]:
    """The rules that were asked for, or what cannot be read of them, by field. Pure: it asks nobody."""
    window = Window(wanted.start_on, wanted.start_on + timedelta(days=wanted.days), wanted.zone)
    frame = templates.Frame(
        name=wanted.name.strip(),
        currency=wanted.currency,
        window=window,
        budget=wanted.budget,
        more={**wanted.more, **(more or {}), "visibility": _seen(wanted)},
        terms=wanted.terms,
    )
    return templates.filled(templates.template(wanted.template), wanted.values, frame)


def _seen(wanted: Wanted) -> dict[str, Any]:
    """Who sees it, with the channel that its board stands in."""
    asked: Mapping[str, Any] = wanted.more.get("visibility", {})
    return {"channel": wanted.channel, **asked}


def groups(ctx: Context) -> tuple[tuple[str, str], ...]:
    """For whom the actor may make a SPIF, as value and label: their people, for ops everybody and each team."""
    actor = ctx.actor
    if actor is None or actor.role not in ("manager", *spif_notices.TREASURERS):
        raise SpifRefused("SPIFs are made by managers and ops. Ask one of them.")
    if actor.role == "manager":
        return ((MINE, "Everybody who reports to me"),)
    with ctx.db.read() as conn:
        teams = sorted(
            {person.team for person in spif_ground.everybody(conn) if person.team and person.role == "rep"}
        )
    return ((EVERYBODY, "Everybody who sells"), *((team, f"Team {team}") for team in teams))


def others_share(ctx: Context) -> bool:
    """Whether any SPIF is ahead or running whose deals may count in others that allow it, too."""
    with ctx.db.read() as conn:
        return any(kept.rules.shares_deals for kept in spifs.listed(conn, AHEAD))


def preview(ctx: Context, wanted: Wanted, spif_id: int = 0) -> Preview:
    """What would come of it, or of the draft of that number edited so; nothing is stored."""
    with ctx.db.read() as conn:
        return _preview(ctx, conn, wanted, changes.watermark(conn), spif_id)


def save(ctx: Context, wanted: Wanted) -> tuple[Kept, Preview]:
    """The draft saved and checked in one transaction; where nothing is wrong, whoever approves budgets is asked.

    Past windows are replayed before that transaction begins, which holds up everybody else who writes.

    Raises:
        SpifRefused: What was typed cannot be read, or the actor may make no SPIF for these people.
    """
    seen = preview(ctx, wanted)
    if seen.rules is None:
        raise SpifRefused(_said(seen))
    with ctx.db.write() as conn:
        change_id = changes.begin(conn, ctx.actor_name, f"draft SPIF {wanted.name[:60]}", ctx.now)
        seen = still(conn, seen)
        by = Moving(ctx, conn, None, change_id).by  # type: ignore[arg-type] # there is none yet
        spif_id = spifs.create(conn, _read(seen), by, ctx.now, change_id)
        m = Moving(ctx, conn, found(conn, spif_id), change_id)
        keep(m, seen, wanted)
        if not checks.has_errors(seen.faults):
            m.move("check", figures_hash=m.kept.newest.rules_hash)
            _ask(m, seen)
        return m.kept, seen


def edit(ctx: Context, spif_id: int, wanted: Wanted) -> tuple[Kept, Preview]:
    """A draft with other rules, checked anew.

    Raises:
        SpifRefused: Somebody else made it, it is announced, so that its rules are frozen, or they cannot be read.
    """
    with ctx.db.read() as conn:
        kept = found(conn, spif_id)
        if ctx.actor is None or ctx.actor.rep_id != kept.author.rep_id:
            raise SpifRefused("A draft is edited by whoever made it. Ask them, or make one of your own.")
        if why_not := refusal(ctx, conn, kept, "edit"):
            raise SpifRefused(why_not)
        seen = _preview(ctx, conn, wanted, changes.watermark(conn), spif_id)
    if seen.rules is None:
        raise SpifRefused(_said(seen))
    with moving(ctx, spif_id, "edit") as m:
        m.move("edit")
        seen = still(m.conn, seen, spif_id)
        spifs.save_rules(m.conn, spif_id, _read(seen), m.by, (ctx.now, m.change_id))
        m.look_again()
        decided(m, "budget")
        keep(m, seen, wanted)
        if not checks.has_errors(seen.faults):
            m.move("check", figures_hash=m.kept.newest.rules_hash)
            _ask(m, seen)
        return m.kept, seen


def _read(seen: Preview) -> Spif:
    """The rules of a preview.

    Raises:
        SpifRefused: What was typed cannot be read.
    """
    if seen.rules is None:
        raise SpifRefused(_said(seen))
    return seen.rules


def _said(seen: Preview) -> str:
    """What is wrong first, with what helps."""
    wrong = [fault for fault in seen.faults if fault.level == "error"]
    return " ".join(f"{fault.message} {fault.remedy}" for fault in wrong[:2])


def still(conn: Connection, seen: Preview, but: int = 0) -> Preview:
    """A preview with what is wrong now: other SPIFs may have been saved since. No past window is replayed again."""
    if seen.rules is None or seen.around is None or checks.has_errors(seen.faults):
        return seen
    faults = checks.faults(seen.rules, replace(seen.around, others=others(conn, but)))
    return replace(seen, faults=faults + (seen.dry.lint if seen.dry is not None else ()))


def others(conn: Connection, but: int) -> tuple[Spif, ...]:
    """The rules of all SPIFs that it may collide with, but that one."""
    return tuple(kept.rules for kept in spifs.listed(conn, AHEAD) if kept.spif_id != but)


def waive(ctx: Context, spif_id: int, reason: str) -> Kept:
    """The dry run waived for the rules as they are, signed with a reason."""
    with moving(ctx, spif_id, "waive the dry run of", reason) as m:
        if not reason.strip() or ctx.actor is None or ctx.actor.role not in spif_notices.TREASURERS:
            raise SpifRefused("A waiver is signed by ops, with a reason. Ask them, or let the dry run be made.")
        body = {"by": ctx.actor_name, "reason": reason}
        if m.kept.state != "checked":
            raise SpifRefused("A dry run is waived for rules that are checked and not announced yet.")
        figures = Figures(spif_id, "waiver", m.kept.newest.rules_hash, body, m.before, ctx.as_of, ctx.now)
        spif_figures.save(m.conn, figures)
        return m.kept


def led_by(actor: Person, people: tuple[Person, ...]) -> frozenset[int]:
    """Those of the people for whom somebody may lead a SPIF."""
    above = {person.rep_id: person.manager_id for person in people}
    return frozenset(
        person.rep_id for person in people if can(actor, "lead_spif", person, _chain(person.rep_id, above))
    )


def _chain(rep_id: int, above: Mapping[int, int]) -> tuple[int, ...]:
    """The managers above somebody, nearest first; a circle ends it."""
    chain: list[int] = []
    at = above.get(rep_id, 0)
    while at and at not in chain and at != rep_id:
        chain.append(at)
        at = above.get(at, 0)
    return tuple(chain)


def _preview(ctx: Context, conn: Connection, wanted: Wanted, watermark: int, but: int = 0) -> Preview:
    field_ = ground_of(ctx, conn, wanted, watermark)
    part = _eligibility(ctx, field_, wanted)
    teams = spif_teams.listed(wanted.terms, field_.people, part["eligibility"].get("rep_ids"))
    if isinstance(teams, Fault):
        return Preview(None, (teams,))
    rules = read(wanted, part | teams)
    if not isinstance(rules, Spif):
        return Preview(None, rules)
    return judged(field_, rules, Around(rules.window.day_of(ctx.now), None, others(conn, but)))


def ground_of(ctx: Context, conn: Connection, wanted: Wanted, watermark: int | None) -> Field:
    """The ground from the oldest window on that a dry run looks at."""
    return spif_ground.field(ctx, conn, _since(wanted), watermark)


def judged(field_: Field, rules: Spif, around: Around) -> Preview:
    """What would come of rules that can be read; who takes part is counted here."""
    count = len(eligibility.participants(rules, field_.people, field_.ground).eligible_ids)
    around = replace(around, eligible=count)
    faults = checks.faults(rules, around)
    dry = None if checks.has_errors(faults) else dry_run(rules, field_.ground, field_.people)
    faults += dry.lint if dry is not None else ()
    worst, most = costs.worst_case(rules, count), costs.committed(rules, count)
    return Preview(rules, faults, count, worst, most, dry, field_.watermark, around)


def _since(wanted: Wanted) -> date:
    """The first day of the oldest window that a dry run looks at, and of a baseline before it."""
    return wanted.start_on - timedelta(days=(MOST_WINDOWS + 2) * (wanted.days + 1))


def replays(dry: DryRun | None) -> dict[str, Any]:
    """A dry run as JSON, empty where there is none: what is kept, and what an approver is shown."""
    if dry is None or not dry.is_made:
        return {}
    return {
        "mean": dry.mean_cost,
        "highest": dry.highest_cost,
        "breach_ppm": dry.breach_ppm,
        "anyway_ppm": dry.paid_anyway_ppm,
        "top_ppm": dry.top_ppm,
        "windows": [
            {
                "start_on": one.window.start_on.isoformat(),
                "last_on": one.window.last_on.isoformat(),
                "cost": one.cost,
                "winners": len(one.won),
                "scoring": one.scoring,
            }
            for one in dry.replays
        ],
    }


def _eligibility(ctx: Context, field_: Field, wanted: Wanted) -> dict[str, Any]:
    """Who takes part: those below the manager by name, or a team, or everybody who sells.

    Raises:
        SpifRefused: The actor may lead nobody, or not this team.
    """
    actor = ctx.actor
    if actor is None:
        raise SpifRefused("A SPIF has an author. Say who makes it.")
    if wanted.group == EVERYBODY and actor.role in spif_notices.TREASURERS:
        return {"eligibility": {"roles": ["rep"]}}
    led = led_by(actor, field_.people)
    in_team = [person for person in field_.people if person.role == "rep" and person.rep_id in led]
    if wanted.group not in (MINE, EVERYBODY):
        in_team = [person for person in in_team if person.team == wanted.group]
    if not in_team:
        raise SpifRefused("Nobody who sells reports to you, so nobody could take part. Ask ops to make it.")
    return {"eligibility": {"roles": ["rep"], "rep_ids": sorted(person.rep_id for person in in_team)}}


def entered(conn: Connection, spif_id: int) -> Wanted | None:
    """What was typed for the rules that were saved last; None where no form made them."""
    check = spif_figures.latest(conn, spif_id, "check")
    return Wanted.of(check.body["wanted"]) if check is not None and "wanted" in check.body else None


def keep(m: Moving, seen: Preview, wanted: Wanted, reason: str = "") -> None:
    """The check kept with the rules that it is of, with what was typed, and why they change."""
    body = {
        "wanted": wanted.record(),
        "reason": reason,
        "errors": sum(fault.level == "error" for fault in seen.faults),
        "faults": [
            {
                name: getattr(fault, name)
                for name in ("level", "code", "field", "message", "remedy", "found", "allowed")
            }
            for fault in seen.faults
        ],
        "eligible": seen.eligible,
        "worst": seen.worst,
        "committed": seen.committed,
        "replays": replays(seen.dry),
    }
    kept = m.kept
    figures = Figures(kept.spif_id, "check", kept.newest.rules_hash, body, seen.watermark, m.ctx.as_of, m.ctx.now)
    spif_figures.save(m.conn, figures)


def _ask(m: Moving, seen: Preview) -> None:
    """Ask whoever approves budgets; a hidden run needs nobody's approval, and is observed from now on."""
    if m.kept.newest.rules.is_hidden:
        m.move("observe")
        return
    approvers = treasurers(m.conn, but=m.ctx.actor_name)
    outbox.put(m.conn, spif_notices.approval(m.kept, approvers, "budget", figures_of(m, seen)), m.ctx.now)


def figures_of(m: Moving, seen: Preview) -> dict[str, Any]:
    """What whoever approves the rules saved last judges them by."""
    rules = m.kept.newest.rules
    return {
        "hash": m.kept.newest.rules_hash,
        "currency": rules.currency,
        "budget": rules.budget,
        "worst": seen.worst,
        "eligible": seen.eligible,
        "replays": replays(seen.dry),
    }
