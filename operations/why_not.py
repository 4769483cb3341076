"""Why a deal is, or is not, on a rep's statement: every condition in order, each passed, failed or unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine import whynot
from engine.answers import DealName, RepRef
from engine.outlook import WhyNotAnswer
from engine.whynot import Condition
from operations import basis, receipted
from operations.errors import DealUnclear
from operations.open_deals import Pipeline, matching, pipeline

if TYPE_CHECKING:
    from engine.answers import Basis, Waiting
    from engine.people import Person
    from operations.context import Context

_ARG = "deal"
_ASKED = "The deal can be counted as the CRM has it"


def why_not(ctx: Context, subject: Person, what: str) -> WhyNotAnswer:
    """The deal called so, walked through what stands between it and the rep's pay.

    A deal that waits in quarantine fails with what is wrong with it. Of deals that credit somebody else nothing is
    said, not even that they are there.

    Raises:
        DealUnclear: The rep has no such deal, or several.
    """
    with ctx.db.read() as conn:
        of = pipeline(conn, ctx, subject)
        rests_on = basis.of(conn, ctx, subject)
    mine = matching(what, of.names)
    held = [] if mine else _waiting(what, rests_on)
    if held:
        answer = _held(of, held[0])
        return replace(answer, basis=rests_on)
    if not mine:
        raise DealUnclear(
            f"No deal called “{what[:60]}” credits {subject.name}: it is lost, somebody else owns it, or the CRM has "
            "it under another name. Check its name, its owner and its split in the CRM."
        )
    deal_id = of.only(what, of.names, "deal")
    answer = why_not_of(of, deal_id)
    receipt_id = receipted.issue(ctx, of.priced, receipted.About("why_not", ((_ARG, str(deal_id)),)), answer)
    return replace(answer, basis=replace(rests_on, receipt_id=receipt_id))


def why_not_of(of: Pipeline, deal_id: int) -> WhyNotAnswer:
    """The answer of a rep who is priced: pure, and so what a replay computes again."""
    found = whynot.why_not(of.priced.calculation, of.question, deal_id)
    return WhyNotAnswer(
        rep=RepRef(of.priced.person.rep_id, of.priced.person.name),
        as_of=of.as_of,
        deal=of.names[deal_id],
        conditions=found.conditions,
        components=found.components,
        paid=found.paid,
        blocker=found.blocker,
        plan=of.priced.plan_ref,
        problems=tuple(one for one in of.priced.calculation.problems if one.deal == deal_id),
    )


def _waiting(what: str, rests_on: Basis) -> list[Waiting]:
    """The deals in quarantine that are called so."""
    names = {number: DealName(number, one.deal, "", "", "") for number, one in enumerate(rests_on.waiting)}
    return [rests_on.waiting[number] for number in matching(what, names)]


def _held(of: Pipeline, waiting: Waiting) -> WhyNotAnswer:
    """A deal that is held back before any plan sees it."""
    rep = RepRef(of.priced.person.rep_id, of.priced.person.name)
    fault = Condition(_ASKED, "fail", waiting.reason, waiting.remedy)
    return WhyNotAnswer(
        rep, of.as_of, DealName(0, waiting.deal, "", "", ""), (fault,), (), (), fault, of.priced.plan_ref
    )
