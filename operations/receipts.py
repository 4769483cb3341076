"""Replay: calculate a receipted answer again from the facts as they were known, and compare the bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from engine import receipts as engine_receipts
from engine.answers import Basis
from engine.dates import Period
from operations import answers, gap, open_deals, paycheck, pricing, what_if, why_not
from operations.errors import FactsChanged, NotComparable

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.answers import EarningsAnswer
    from engine.receipts import Receipt
    from operations.context import Context
    from operations.open_deals import Pipeline
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


def earnings_again(ctx: Context, receipt_id: str) -> EarningsAnswer:
    """The earnings answer of a receipt, calculated again, with the receipt's id as its basis.

    Raises:
        UnknownReceipt: There is no such receipt.
        NotComparable: It is of something else than earnings.
        FactsChanged: The facts behind it are not what they were.
    """
    with ctx.db.read() as conn:
        receipt, subject = answers.subject_of(conn, receipt_id)
        if receipt.question != "earnings":
            raise NotComparable(f"{receipt_id} is of {receipt.question}. Compare two receipts of earnings.")
        priced = pricing.price_again(conn, subject, receipt.as_of, receipt.watermark, receipt.plan_hashes)
        if priced.facts.inputs_hash() != receipt.inputs_hash:
            raise FactsChanged
        answer = _earnings(conn, receipt, priced)
    return replace(answer, basis=Basis(receipt_id))


def _answer(conn: Connection, receipt: Receipt, priced: Priced) -> object:
    asks: dict[str, Callable[[Connection, Receipt, Priced], object]] = {
        "quota": lambda *asked: answers.quota_of(asked[2]),
        "earnings": _earnings,
        "what_if": lambda *asked: what_if.what_if_of(_pipeline(*asked), what_if.closings_of(receipt.args)),
        "gap": lambda *asked: gap.gap_of(_pipeline(*asked)),
        "paycheck": lambda conn, receipt, priced: paycheck.paycheck_of(
            conn, priced, paycheck.Asked.of(dict(receipt.args)), receipt.as_of
        ),
        "why_not": lambda *asked: why_not.why_not_of(_pipeline(*asked), int(dict(receipt.args)["deal"])),
    }
    return asks[receipt.question](conn, receipt, priced)


def _pipeline(conn: Connection, receipt: Receipt, priced: Priced) -> Pipeline:
    return open_deals.of_priced(conn, priced, receipt.as_of)


def _earnings(conn: Connection, receipt: Receipt, priced: Priced) -> EarningsAnswer:
    said = dict(receipt.args)
    period = Period(said["label"], date.fromisoformat(said["start_on"]), date.fromisoformat(said["end_on"]))
    return answers.earnings_of(priced, period, answers.deal_names(conn, priced))
