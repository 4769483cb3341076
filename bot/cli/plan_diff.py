"""`attain plan diff`: what a new version of a plan changes, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, plan_source, terminal

if TYPE_CHECKING:
    from engine.plan_changes import Change
    from engine.plans.schema import Plan
    from operations.context import Context

PlanArgument = Annotated[
    str, typer.Argument(metavar="FILE|NAME[@VERSION]", help="A plan file, or a published plan.", show_default=False)
]


def diff(
    old: PlanArgument,
    new: PlanArgument,
    email: Annotated[
        str | None,
        typer.Option("--for", metavar="EMAIL", help="Only what can touch this person.", show_default=False),
    ] = None,
    folder: place.DirOption = None,
) -> None:
    """Say in words what changes from one version of a plan to another, key by key, with before and after.

    With --for only the changes that can touch one person: not rates of other roles, nor what only managers are paid.
    """
    if email is None and plan_source.is_file(old) and plan_source.is_file(new):
        _tell(plan_source.from_file(old), plan_source.from_file(new))
        return
    with place.find(folder).context() as ctx:
        before, after = plan_source.find(ctx, old), plan_source.find(ctx, new)
        if email is None:
            _tell(before, after)
        else:
            _tell_person(ctx, before, after, email)


def _tell(old: Plan, new: Plan) -> None:
    from engine.plan_changes import changes

    terminal.say(f"From {_named(old)} to {_named(new)}:")
    _list(changes(old, new))


def _tell_person(ctx: Context, old: Plan, new: Plan, email: str) -> None:
    from engine import plan_words
    from operations import plan_changes

    found = plan_changes.for_person(ctx, old, new, email)
    name = found.person.name
    if not found.spans:
        terminal.say(f"Nothing changes for {name}: they are not on {old.name} on any of these days.")
        return
    spans = plan_words.every([plan_words.days(span) for span in found.spans])
    terminal.say(f"From {_named(old)} to {_named(new)}, for {name} (on the plan {spans}):")
    _list(found.changes)


def _named(plan: Plan) -> str:
    return f"{plan.name} version {plan.version}"


def _list(changes: tuple[Change, ...]) -> None:
    for each in changes:
        terminal.say(f"- {each.sentence}")
    if not changes:
        terminal.say("- nothing")
