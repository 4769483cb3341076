"""Fixes about people: whose an owner's deals are, quotas, plans, and Slack accounts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from operations.errors import FixRefused
from operations.fixes.work import SOURCE, Done
from store import facts, fixable, identities, owner_mappings, plans, quarantine, runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.people import Person
    from operations.fixes.work import Effect, Work

_END = date(9999, 12, 31)


def map_owner(work: Work) -> Done:
    """What the owner has at the source is that rep's, now and at every sync to come."""
    person = work.person(work.text("email"))
    source, owner = work.found("source"), work.found("owner")
    change_id = work.change(f"map owner {owner} of {source}")
    owner_mappings.put(work.conn, source, owner, person.rep_id, change_id)
    applied = facts.resolve_owners(work.conn, change_id)
    if not applied.written:
        raise FixRefused(f"Nothing of {owner} became {person.name}'s: they had left when the deals were won.")
    runs.mark_stale(work.conn, applied.touched, change_id)
    quarantine.release_known(work.conn, work.ctx.now)
    return Done(f"mapped owner {owner} of {source} to {person.name}", change_id)


def set_quota(work: Work) -> Done:
    """The rep of the finding has that quota over those days."""
    person, name = work.rep(), work.item().found.get("quota", "")
    amount, start, end = work.money("amount", "currency"), work.day("start_on"), work.day("end_on")
    if end <= start:
        raise FixRefused("The last day has to come after the first.")
    change_id = work.change(f"set quota {name} of {person.email}")
    row = _whose(work, person) | {"name": name, "start_on": start, "end_on": end}
    work.apply("quota", [row | {"amount_cents": amount.minor, "currency": amount.currency}], change_id)
    return Done(f"set the quota {name} of {person.name} to {amount} from {start} to {end}", change_id)


def assign_plan(work: Work) -> Done:
    """The rep of the finding is on that plan from that day on, up to another where one is named."""
    person, plan = work.rep(), work.text("plan")
    known = {version.name for version in plans.all(work.conn)}
    if plan not in known:
        raise FixRefused(f"No plan {plan!r} is published. There are: {', '.join(sorted(known))}.")
    start = work.day("start_on")
    end = work.day("end_on") if work.told.fields.get("end_on", "").strip() else _END
    if end <= start:
        raise FixRefused("The last day has to come after the first.")
    change_id = work.change(f"assign {person.email} to {plan}")
    work.apply("assignment", [_whose(work, person) | {"plan": plan, "start_on": start, "end_on": end}], change_id)
    return Done(f"put {person.name} on {plan} from {start} on", change_id)


def end_assignment(work: Work) -> Done:
    """The rep of the finding is on that plan up to that day only, in the record of whoever said it."""
    person, plan, end = work.rep(), work.text("plan"), work.day("end_on")
    held = [one for one in fixable.assignments(work.conn, person.rep_id, plan) if one.end_on > end]
    ended = [one for one in held if one.start_on < end]
    if not ended or len(ended) < len(held):
        raise FixRefused(f"{person.name} is not on {plan} on that day, or begins it later. Name a later day.")
    change_id = work.change(f"end {plan} of {person.email}")
    rows: list[dict[str, Any]] = [
        {
            "source": one.source,
            "person_external_id": one.person_external_id,
            "plan": plan,
            "start_on": one.start_on,
            "end_on": end,
        }
        for one in ended
    ]
    work.apply("assignment", rows, change_id)
    sources = ", ".join(sorted({one.source for one in ended} - {SOURCE}))
    also = f"; say so in {sources} too, or its next change brings it back" if sources else ""
    return Done(f"ended {plan} of {person.name} on {end}{also}", change_id)


def link_user(work: Work) -> Done:
    """The rep of the finding has that Slack account: its id, with the workspace's before it."""
    person = work.rep()
    team, _, user = work.text("user").rpartition("/")
    if not team or not user.startswith(("U", "W")):
        raise FixRefused("Choose a Slack account, or write it as TEAM/USER, such as T0123/U0456.")
    identities.link(work.conn, identities.Link(team, user, person.rep_id, person.email, "ops"), work.ctx.now)
    return Done(f"linked {user} to {person.name}")


def _whose(work: Work, person: Person) -> dict[str, Any]:
    """How a record of our own names the person: by address, else as the source that knows them does."""
    if "@" in person.email:
        return {"source": SOURCE, "person_external_id": person.email}
    named = fixable.name_of(work.conn, person.rep_id)
    if named is None:
        raise FixRefused(f"{person.name} has no address and no source that names them.")
    return {"source": named[0], "person_external_id": named[1]}


EFFECTS: Mapping[str, Effect] = {
    "map_owner": map_owner,
    "set_quota": set_quota,
    "assign_plan": assign_plan,
    "end_assignment": end_assignment,
    "link_user": link_user,
}
