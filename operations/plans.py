"""Plans: publish a version, and read the versions in force."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.plans.load import load
from engine.plans.schema import Plan, plan_hash
from operations.errors import PlanAltered, PlanRefused
from store import changes, plans, runs

if TYPE_CHECKING:
    from engine.problems import Problem
    from operations.context import Context

_PARSED_VERSIONS = 256


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


def publish(ctx: Context, text: str, filename: str) -> Plan:
    """The plan, stored as the version in force over its effective range; publishing a text twice changes nothing.

    Raises:
        PlanRefused: The text has problems, or overlaps another version of the plan without a higher version number.
    """
    found = load(text, filename)
    if not isinstance(found, Plan):
        raise PlanRefused("\n".join(f"{p.where}: {p.message} {p.remedy}" for p in found))
    digest = plan_hash(found)
    with ctx.db.write() as conn:
        if plans.by_hash(conn, digest) is not None:
            return found
        for known in plans.versions(conn, found.name):
            if known.version >= found.version:
                raise PlanRefused(
                    f"{filename}: {found.name} version {known.version} is published already; "
                    f"version {found.version} is not newer. Give this one version {known.version + 1} or higher."
                )
        cause = f"publish {found.name} v{found.version}"
        change_id = changes.begin(conn, ctx.actor_name, cause, ctx.now, reason=f"plan {digest}")
        plans.save(conn, found, digest, text, change_id)
        runs.mark_all_stale(conn)
    return found
