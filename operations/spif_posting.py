"""Prizes become facts: rows of the kind `adjustment` in an open period, each posted once, and later taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from engine.spifs.lines import external_id
from store import facts, runs, spif_prizes
from store.spif_prizes import Posted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from engine.spifs.awards import Prize
    from engine.spifs.lines import PrizeLine
    from operations.spif_moves import Moving
    from operations.spif_scores import Scored

#: What the rows of SPIFs are the source of.
SOURCE = "spif"


def post(m: Moving, found: Scored, made: Sequence[PrizeLine], on: date) -> None:
    """The lines stored as facts, and every prize noted, gifts and points among them; those known before stay."""
    by_key = {line.external_id: line for line in made}
    noted = [_note(m, prize, found, on) for prize in found.prizes.prizes]
    new = {one.key for one in spif_prizes.post(m.conn, m.kept.spif_id, noted, m.ctx.now, m.change_id)}
    write(m, found, [line for key, line in by_key.items() if key in new])


def write(m: Moving, found: Scored, made: Sequence[PrizeLine]) -> None:
    """Lines stored as facts of their winners, who are calculated again."""
    if not made:
        return
    known = found.field.named()
    rows = [
        {
            "source": SOURCE,
            "external_id": line.external_id,
            "person_external_id": known[line.rep_id].email,
            "on_day": line.on,
            "kind": "prize",
            "plan": line.plan,
            "deal_external_id": "",
            "amount_cents": line.amount_cents,
            "currency": line.currency,
            "reason": line.reason,
            "approved_by": line.approved_by,
        }
        for line in made
    ]
    applied = facts.apply(m.conn, "adjustment", pd.DataFrame(rows), m.change_id)
    runs.mark_stale(m.conn, applied.touched, m.change_id)


def _note(m: Moving, prize: Prize, found: Scored, on: date) -> Posted:
    return Posted(
        key=external_id(str(m.kept.spif_id), found.rules, prize),
        rep_id=prize.rep_id,
        award=prize.award,
        place=prize.place,
        reward=prize.kind,
        text=prize.text,
        amount_cents=prize.pays,
        currency=found.rules.currency,
        reason="",
        on_day=on,
    )
