"""Replay: calculate a receipted answer again from the facts as they were known, and compare the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine import receipts as engine_receipts
from engine.dates import Period
from operations import answers, pricing

if TYPE_CHECKING:
    from engine.receipts import Receipt
    from operations.context import Context
    from operations.pricing import Priced
    from store.database import Connection


@dataclass(frozen=True, slots=True)
class Replay:
    """A receipt beside its recomputation.

    Attributes:
        receipt: What was given.
        output: The bytes computed again.
        matches: Whether they are the bytes that were given.
        same_inputs: Whether the facts as known then still hash to the same value.
        same_code: Whether the code that computes today is the code that computed then.
    """

    receipt: Receipt
    output: bytes
    matches: bool
    same_inputs: bool
    same_code: bool


def replay(ctx: Context, receipt_id: str) -> Replay:
    """The receipt's answer, calculated again.

    Raises:
        UnknownReceipt: There is no such receipt.
    """
    with ctx.db.read() as conn:
        receipt, subject = answers.subject_of(conn, receipt_id)
        priced = pricing.price_again(conn, subject, receipt.as_of, receipt.watermark, receipt.plan_hashes)
        output = engine_receipts.canonical(_answer(conn, receipt, priced))
    return Replay(
        receipt=receipt,
        output=output,
        matches=output == receipt.output,
        same_inputs=priced.facts.inputs_hash() == receipt.inputs_hash,
        same_code=pricing.code_version() == receipt.code_version,
    )


def _answer(conn: Connection, receipt: Receipt, priced: Priced) -> object:
    if receipt.question == "quota":
        return answers.quota_of(priced)
    said = dict(receipt.args)
    period = Period(said["label"], date.fromisoformat(said["start_on"]), date.fromisoformat(said["end_on"]))
    return answers.earnings_of(priced, period, answers.deal_names(conn, priced))
