"""What became of a SPIF (D10): within ten workdays of the payout, its result against what is usual anyway."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.spifs import review
from engine.spifs.eligibility import participants
from operations import spif_ground, spif_notices
from operations.spif_moves import moving
from store import outbox, spif_figures, spif_prizes, spifs
from store.spif_figures import Figures

if TYPE_CHECKING:
    from engine.spifs.review import PostMortem, Tally
    from operations.context import Context
    from operations.spif_moves import Moving
    from store.spifs import Kept


def is_due(ctx: Context, kept: Kept) -> bool:
    """Whether ten workdays have passed since the payout and nobody has looked back yet."""
    paid = kept.last("pay")
    if kept.state != "clawback" or paid is None:
        return False
    window = kept.rules.window
    return window.day_of(ctx.now) >= review.due_on(window.day_of(paid.at))


def look_back(ctx: Context, spif_id: int) -> PostMortem:
    """The post-mortem, kept, with the SPIF moved to reviewed and its author told."""
    with moving(ctx, spif_id, "review") as m:
        found = _post_mortem(ctx, m)
        body = _record(found)
        figures = Figures(spif_id, "review", m.kept.rules_hash, body, m.before, ctx.as_of, ctx.now)
        m.move("review", figures_hash=spif_figures.save(m.conn, figures))
        outbox.put(m.conn, [spif_notices.news(m.kept, "reviewed", review=body)], ctx.now)
        return found


def _post_mortem(ctx: Context, m: Moving) -> PostMortem:
    rules = m.kept.rules
    field = spif_ground.field(ctx, m.conn, rules.window.before(4).start_on, m.before)
    who = participants(rules, field.people, field.ground)
    hidden = tuple(
        review.tally(one.rules, field.ground, participants(one.rules, field.people, field.ground))
        for one in spifs.listed(m.conn, ["reviewed"])
        if one.rules.is_hidden and _is_twin(one, m.kept)
    )
    cost = sum(spif_prizes.cost(m.conn, m.kept.spif_id).values())
    return review.reviewed(rules, field.ground, who, cost, hidden)


def _is_twin(one: Kept, of: Kept) -> bool:
    """Whether a hidden run counted the same over as many days before."""
    mine, other = of.rules.window, one.rules.window
    same = one.rules.awards[0].scoring == of.rules.awards[0].scoring
    return same and other.days == mine.days and other.end_on <= mine.start_on


def _record(found: PostMortem) -> dict[str, Any]:
    def told(tally: Tally) -> dict[str, Any]:
        window = tally.window
        return {"start_on": window.start_on.isoformat(), "value": tally.value, "deals": tally.deals,
                "undone": tally.undone, "is_hidden": tally.is_hidden}  # fmt: skip

    flat = {name: value for name, value in asdict(found).items() if name not in ("actual", "baselines")}
    return flat | {"actual": told(found.actual), "baselines": [told(one) for one in found.baselines]}
