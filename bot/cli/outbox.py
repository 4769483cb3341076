"""`attain outbox`: what is owed, what holds it up, what could not be delivered, and owing it anew."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import place, terminal
from bot.cli.errors import UnsoundError, WrongUseError

outbox = typer.Typer(no_args_is_help=True, help="Messages owed: how far they are, what failed, owe one anew.")


@outbox.command("status")
def status(folder: place.DirOption = None) -> None:
    """Show how many notices are in each state and what holds them up; exit code 1 if Slack refuses the token.

    This is also where a refused token is told when Slack itself cannot carry the word.
    """
    from store import lanes
    from store import outbox as notices

    with place.find(folder).context() as ctx, ctx.db.read() as conn:
        counts = notices.counts(conn)
        held = lanes.blocked(conn, ctx.now)
    terminal.table("", ("state", "notices"), [(state, str(count)) for state, count in counts.items()])
    for team, lane, until, reason in held:
        at = f"{until:%Y-%m-%d %H:%M} UTC"
        if lane.startswith(lanes.RECIPIENT):
            whom = lane.removeprefix(lanes.RECIPIENT)
            terminal.say(f"{whom} takes no messages ({reason}) and is asked again at {at}")
        else:
            terminal.say(f"{lane} of workspace {team} is held up until {at}: {reason}")
    if any(lane == lanes.TEAM for _, lane, _, _ in held):
        raise UnsoundError("Slack takes no messages. Correct the token or the plan; `attain doctor` checks it.")


@outbox.command("dead")
def dead(folder: place.DirOption = None) -> None:
    """List what could not be delivered, why, and whom it was for; never what it said."""
    from store import outbox as notices
    from store import people

    with place.find(folder).context() as ctx, ctx.db.read() as conn:
        failed = notices.dead(conn)
        names = {one.rep_id: one.name for one in people.all(conn)} if failed else {}
    if not failed:
        terminal.say("Everything that was owed could be delivered.")
        return
    rows = [
        (
            one.notice_id,
            one.notice.kind,
            names.get(one.notice.to.rep_id, "?") if one.notice.to.rep_id else one.notice.to.channel,
            f"{one.created_at:%Y-%m-%d %H:%M}",
            one.reason,
            one.error,
        )
        for one in failed
    ]
    terminal.table("", ("id", "kind", "for", "since", "reason", "code"), rows)


@outbox.command("resend")
def resend(
    notice_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `attain outbox dead` shows.")],
    folder: place.DirOption = None,
) -> None:
    """Owe a notice anew that could not be delivered; one that may have arrived is marked as sent again."""
    from store import outbox as notices

    with place.find(folder).context() as ctx, ctx.db.write() as conn:
        again = notices.clone(conn, notice_id, ctx.now)
    if not again:
        raise WrongUseError(f"No undelivered notice has the id {notice_id}. See `attain outbox dead`.")
    terminal.say(f"It is owed anew as {again} and goes out with the next round.")
