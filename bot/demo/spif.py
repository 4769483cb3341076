"""The SPIF that runs when the demo begins: made by a manager some days ago, approved by ops, announced, and live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from operations import spif_approval, spif_clock, spif_drafts
from operations.spif_drafts import Wanted
from store import people, spifs

if TYPE_CHECKING:
    from bot.demo.company import Company
    from operations.context import Context
    from store.spifs import Kept

TITLE = "Platform sprint"
#: It was made so many days ago, opened the day after, and runs for two weeks.
MADE_DAYS_AGO, DAYS = 4, 14
APPROVER = "dana.whitfield"
PRIZES = {"prizes": "1000, 500, 250", "minimum": "1"}


def running(ctx: Context, company: Company, channel: str) -> Kept | None:
    """The running SPIF, made unless there is any; None where there was one, or nobody could make it."""
    with ctx.db.read() as conn:
        if spifs.listed(conn):
            return None
        near = people.by_email(conn, company.playing("near").email)
        manager = people.by_id(conn, near.manager_id) if near is not None else None
        approver = next((one for one in people.all(conn) if one.email.startswith(f"{APPROVER}@")), None)
    if manager is None or approver is None:
        return None
    then = ctx.now - timedelta(days=MADE_DAYS_AGO)
    made = replace(ctx, as_of=then.date(), now=then, actor=manager)
    wanted = Wanted(
        template="top_three",
        name=TITLE,
        start_on=then.date() + timedelta(days=1),
        days=DAYS,
        zone=manager.timezone,
        currency=manager.currency,
        budget="1750",
        values=PRIZES,
        channel=channel,
        more={"shares_deals": True},
    )
    kept, _ = spif_drafts.save(made, wanted)
    spif_approval.approve_budget(replace(made, actor=approver), kept.spif_id)
    spif_clock.tick(replace(ctx, actor=None))
    return kept
