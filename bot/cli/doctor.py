"""`attain doctor`: is everything there that Attain needs, and how is what is missing mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.errors import UnsoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.checks import Check

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def doctor(
    online: Annotated[
        bool, typer.Option("--online/--offline", help="Ask Slack and the sources whether the tokens work.")
    ] = True,
    deep: Annotated[
        bool, typer.Option("--deep", help="Verify the whole change log against the facts; reads everything.")
    ] = False,
    folder: place.DirOption = None,
) -> None:
    """Check settings, database, plans, data age, quarantine, sources, tokens, scopes and clock; say how to mend each.

    The exit code is 1 when something must be mended before people get answers, 0 otherwise.
    """
    failed = 0
    for check in _checks(place.find(folder), online, deep):
        mark, colour = MARKS[check.state]
        console = terminal.out()
        console.print(f"[{colour}]{mark}[/{colour}]", f"{check.name}:", end=" ")
        console.print(check.found, markup=False)
        if check.remedy:
            console.print(f"    {check.remedy}", markup=False)
        failed += check.state == "fail"
    if failed:
        raise UnsoundError(f"{failed} thing{'s' * (failed != 1)} must be mended; each line above says how.")


def _checks(where: place.Place, online: bool, deep: bool) -> Iterator[Check]:
    from bot.cli.source_checks import field_checks, source_checks
    from bot.cli.store_checks import store_checks
    from bot.slack.doctor import slack_checks

    yield from store_checks(where.settings.database_url, where.clock().now(), deep=deep)
    crm = where.crm(where.clock())
    yield from source_checks(where.settings.sources, crm.outside() if crm is not None else None, online=online)
    yield from field_checks(where.settings.database_url)
    yield from slack_checks(where.settings, online=online)
