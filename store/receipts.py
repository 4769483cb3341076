"""Receipts: everything needed to give one answer again, kept once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.receipts import Receipt
from store.bulk import insert_new
from store.spelled import Spelled
from store.tables.pay import receipt

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HAS = Spelled(select(receipt.c.receipt_id).where(receipt.c.receipt_id == bindparam("wanted")))


def save(conn: Connection, issued: Receipt) -> bool:
    """Whether the receipt was new: the same answer to the same question is kept once."""
    head = asdict(issued)
    del head["output"]
    row = {
        "receipt_id": issued.receipt_id,
        "rep_id": issued.rep_id,
        "head": json.dumps(head | {"as_of": issued.as_of.isoformat()}, ensure_ascii=False, sort_keys=True),
        "output": issued.output,
    }
    return insert_new(conn, receipt, row, ("receipt_id",))


def has(conn: Connection, receipt_id: str) -> bool:
    """Whether the receipt is kept already."""
    return _HAS.first(conn, {"wanted": receipt_id}) is not None


def get(conn: Connection, receipt_id: str) -> Receipt | None:
    """The receipt as it was issued, to the byte."""
    row = conn.execute(select(receipt).where(receipt.c.receipt_id == receipt_id)).first()
    if row is None:
        return None
    head = json.loads(row.head)
    return Receipt(
        **head
        | {
            "args": tuple((name, value) for name, value in head["args"]),
            "as_of": date.fromisoformat(head["as_of"]),
            "plan_hashes": tuple(head["plan_hashes"]),
            "output": row.output,
        }
    )
