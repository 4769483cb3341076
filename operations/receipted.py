"""Receipts of answers: what one rests on, and that it is kept once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import receipts
from engine.plans.schema import plan_hash
from operations import memory, pricing
from store import receipts as kept

if TYPE_CHECKING:
    from datetime import date

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
    receipt = of(priced, about, answer, ctx.as_of)
    keep(ctx, receipt)
    return receipt.receipt_id


def of(priced: Priced, about: About, answer: object, as_of: date) -> Receipt:
    """The receipt of an answer, which is not stored yet."""
    asked = receipts.Asked(about.question, priced.person.rep_id, about.args, as_of)
    sources = receipts.Sources(
        watermark=priced.watermark,
        plan_hashes=tuple(plan_hash(plan) for plan in priced.given),
        inputs_hash=priced.facts.inputs_hash(),
        code_version=pricing.code_version(),
    )
    return receipts.issue(asked, sources, answer)


def keep(ctx: Context, receipt: Receipt) -> None:
    """Store a receipt that is new. An answer asked twice has one receipt, and then nothing is written."""

    def save() -> bool:
        with ctx.db.read() as conn:
            if kept.has(conn, receipt.receipt_id):
                return True
        return ctx.db.join(lambda conn: kept.save(conn, receipt) or True)

    memory.of(ctx.db).recall(("kept", receipt.receipt_id), save)
