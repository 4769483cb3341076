"""Plans: publish a version, and read the versions in force."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.plans.load import load
from engine.plans.schema import Plan, plan_hash
from operations import plan_examples
from operations.errors import PlanAltered, PlanRefused, PlanUnknown, ReasonMissing
from store import changes, periods, plans, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.problems import Problem
    from operations.context import Context
    from store.database import Connection
    from store.periods import Span
    from store.plans import PlanText

_PARSED_VERSIONS = 256
#: How many failing examples or locked periods a refusal names.
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Proof:
    """The worked examples beside a plan file, or why it is published without.

    Attributes:
        text: The text of the examples file; "" where there is none.
        filename: Its name, which a refusal quotes.
        plan_text: The text of a plan file beside it, by its name.
        without: Why the examples are not run; kept in the audit trail.
        into_locked: Why the version may reach into locked periods; kept in the audit trail.
    """

    text: str = ""
    filename: str = ""
    plan_text: Callable[[str], str] | None = None
    without: str | None = None
    into_locked: str | None = None


NO_EXAMPLES = Proof()


@lru_cache(maxsize=_PARSED_VERSIONS)
def parsed(digest: str, text: str) -> Plan:
    """The stored plan version as the engine's type; parsed once per version.

    Raises:
        PlanRefused: The stored text is no plan any more: the plan language has changed since it was published.
        PlanAltered: The stored text says something else than what was published.
    """
    found = load(text, digest)
    if isinstance(found, Plan):
        if plan_hash(found) != digest:
            raise PlanAltered(f"the stored text of {found.name} version {found.version} is not what was published")
        return found
    raise PlanRefused(f"the published plan {digest[:12]} cannot be read any more: {found[0].message}")


def check(text: str, filename: str) -> Plan | tuple[Problem, ...]:
    """The plan in `text`, or what is wrong with it."""
    return load(text, filename)


def named(ctx: Context, name: str, version: int | None = None) -> Plan:
    """A published version of a plan; without a number the one in force on the context's day, else the newest.

    Raises:
        PlanUnknown: There is no such plan, or no such version of it.
    """
    with ctx.db.read() as conn:
        known = plans.versions(conn, name)
        every = sorted({one.name for one in plans.all(conn)})
    if not known:
        raise PlanUnknown(f"No plan called {name!r} is published. There are: {', '.join(every) or 'none'}.")
    wanted = [one for one in known if one.version == version] if version is not None else _in_force(known, ctx)
    if not wanted:
        there = ", ".join(str(one.version) for one in known)
        raise PlanUnknown(f"{name} has no version {version}. Published are: {there}.")
    return parsed(wanted[-1].plan_hash, wanted[-1].text)


def _in_force(known: Sequence[PlanText], ctx: Context) -> list[PlanText]:
    now = [one for one in known if one.effective_from_on <= ctx.as_of < one.effective_to_on]
    return now or list(known)


def publish(ctx: Context, text: str, filename: str, proof: Proof = NO_EXAMPLES) -> Plan:
    """The plan, stored as the version in force over its effective range; publishing a text twice changes nothing.

    Its worked examples are run first, and one that fails keeps it from being published. A version that reaches into
    locked periods changes nothing in them: what differs becomes corrections in the open period, for everybody it
    touches. That is asked for, so it needs a reason.

    Raises:
        PlanRefused: The text has problems, a worked example fails, it is not newer than what is published, or it
            reaches into a locked period and no reason is given.
        ReasonMissing: A reason is given that says nothing.
    """
    found = load(text, filename)
    if not isinstance(found, Plan):
        raise PlanRefused("\n".join(f"{p.where}: {p.message} {p.remedy}" for p in found))
    digest = plan_hash(found)
    with ctx.db.write() as conn:
        if plans.by_hash(conn, digest) is not None:
            return found
        for reason in (proof.without, proof.into_locked):
            if reason is not None and not reason.strip():
                raise ReasonMissing
        if proof.without is None:
            _require_examples(proof, filename)
        _require_newer(plans.versions(conn, found.name), found, filename)
        locked = _locked(conn, found)
        if locked and proof.into_locked is None:
            raise PlanRefused(_reaches(filename, found, locked))
        cause = f"publish {found.name} v{found.version}"
        change_id = changes.begin(conn, ctx.actor_name, cause, ctx.now, reason=_reason(digest, proof, locked))
        plans.save(conn, found, digest, text, change_id)
        runs.mark_all_stale(conn)
    return found


def _require_examples(proof: Proof, filename: str) -> None:
    """Nothing, when every worked example holds."""
    if not proof.text:
        return
    beside = proof.plan_text or (lambda _: "")
    tried = plan_examples.tried(proof.text, proof.filename, beside)
    failures = []
    for each in tried:
        if not isinstance(each, plan_examples.Tried):
            failures.append(f"{each.where}: {each.message} {each.remedy}")
        elif not each.holds:
            failures.append(_failure(each))
    if failures:
        more = [f"and {len(failures) - _MOST_NAMED} more"] if len(failures) > _MOST_NAMED else []
        listed = "\n".join(f"  {one}" for one in [*failures[:_MOST_NAMED], *more])
        count = "1 worked example fails" if len(failures) == 1 else f"{len(failures)} worked examples fail"
        raise PlanRefused(
            f"{filename} is not published: {count} in {proof.filename}.\n{listed}\nMend the plan or the example, or "
            "publish with --without-examples REASON."
        )


def _failure(each: plan_examples.Tried) -> str:
    wrong = [f"{one.expectation}: expected {one.wanted}, found {one.found}" for one in each.outcomes if not one.holds]
    wrong += [f"{one.where}: {one.message}" for one in each.problems]
    return f"“{each.example.name}”: {'; '.join(wrong) or 'it expects nothing'}"


def _require_newer(known: Sequence[PlanText], found: Plan, filename: str) -> None:
    for one in known:
        if one.version >= found.version:
            raise PlanRefused(
                f"{filename}: {found.name} version {one.version} is published already; "
                f"version {found.version} is not newer. Give this one version {one.version + 1} or higher."
            )


def _locked(conn: Connection, found: Plan) -> list[Span]:
    """The locked pay periods of such plans that the version's days reach into, oldest first."""
    spans = [span for span, last in periods.states(conn).items() if last.state in ("locked", "paid")]
    start, end = found.effective.start_on, found.effective.end_on
    reached = [one for one in spans if one.pays == found.pays and one.start_on < end and start < one.end_on]
    return sorted(reached, key=lambda one: one.start_on)


def _reaches(filename: str, found: Plan, locked: Sequence[Span]) -> str:
    listed = ", ".join(str(one.start_on) for one in locked[:_MOST_NAMED])
    more = f" and {len(locked) - _MOST_NAMED} more" if len(locked) > _MOST_NAMED else ""
    last = locked[-1].end_on
    return (
        f"{filename} is not published: {found.name} version {found.version} reaches into {len(locked)} locked pay "
        f"period{'s' * (len(locked) > 1)}, from {listed}{more}. Let it begin on {last} or later; or publish it with "
        "--into-locked REASON, and what it changes there is paid as corrections in the open period."
    )


def _reason(digest: str, proof: Proof, locked: Sequence[Span]) -> str:
    parts = [f"plan {digest}"]
    if proof.without is not None:
        parts.append(f"without worked examples: {proof.without.strip()}")
    if locked and proof.into_locked is not None:
        parts.append(f"into {len(locked)} locked periods: {proof.into_locked.strip()}")
    return "; ".join(parts)
