"""Receipts of the answers about what is not yet, and of those about what was: issued, and kept once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import receipts
from engine.plans.schema import plan_hash
from operations import memory, pricing
from store import receipts as kept

if TYPE_CHECKING:
    from engine.receipts import Receipt
    from operations.context import Context
    from operations.pricing import Priced


@dataclass(frozen=True, slots=True)
class About:
    """What a receipt is for: the question, and its arguments by name, with which a replay asks it again."""

    question: str
    args: tuple[tuple[str, str], ...] = ()


def issue(ctx: Context, priced: Priced, about: About, answer: object) -> str:
    """The receipt's id; it is stored unless the same answer to the same question is."""
    asked = receipts.Asked(about.question, priced.person.rep_id, about.args, ctx.as_of)
    sources = receipts.Sources(
        watermark=priced.watermark,
        plan_hashes=tuple(plan_hash(plan) for plan in priced.given),
        inputs_hash=priced.facts.inputs_hash(),
        code_version=pricing.code_version(),
    )
    receipt = receipts.issue(asked, sources, answer)
    _keep(ctx, receipt)
    return receipt.receipt_id


def _keep(ctx: Context, receipt: Receipt) -> None:
    def save() -> bool:
        with ctx.db.read() as conn:
            if kept.has(conn, receipt.receipt_id):
                return True
        with ctx.db.write() as conn:
            kept.save(conn, receipt)
        return True

    memory.of(ctx.db).recall(("kept", receipt.receipt_id), save)
