"""Receipts: everything needed to replay one number, and the bytes that a replay must reproduce."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime

from engine.answers import Basis

_ID_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the question's name, whom it is about, its arguments, and the day it was asked for."""

    question: str
    rep_id: int
    args: tuple[tuple[str, str], ...]
    as_of: date


@dataclass(frozen=True, slots=True)
class Sources:
    """What the answer was computed from: the facts as known at a watermark, the plans, and the code."""

    watermark: int
    plan_hashes: tuple[str, ...]
    inputs_hash: str
    code_version: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answered question, replayable: `output` are the answer's canonical bytes, `output_hash` their SHA-256."""

    receipt_id: str
    question: str
    rep_id: int
    args: tuple[tuple[str, str], ...]
    as_of: date
    watermark: int
    plan_hashes: tuple[str, ...]
    inputs_hash: str
    code_version: str
    output: bytes
    output_hash: str


def issue(asked: Asked, sources: Sources, answer: object) -> Receipt:
    """The receipt of an answer. Equal question, sources and answer give the same receipt, always."""
    output = canonical(answer)
    output_hash = hashlib.sha256(output).hexdigest()
    return Receipt(
        receipt_id=receipt_id(asked, sources, output_hash),
        question=asked.question,
        rep_id=asked.rep_id,
        args=asked.args,
        as_of=asked.as_of,
        watermark=sources.watermark,
        plan_hashes=sources.plan_hashes,
        inputs_hash=sources.inputs_hash,
        code_version=sources.code_version,
        output=output,
        output_hash=output_hash,
    )


def receipt_id(asked: Asked, sources: Sources, output_hash: str) -> str:
    """`rcp_` and 16 lower-case base-32 characters, derived from everything the receipt says."""
    digest = hashlib.sha256(canonical((asked, sources, output_hash))).digest()
    return "rcp_" + base64.b32encode(digest).decode()[:_ID_CHARACTERS].lower()


def canonical(answer: object) -> bytes:
    """The answer as bytes: JSON with sorted keys, whole numbers, text and ISO dates only.

    How old the data is (`Basis`) is no part of them, nor is a field marked `LATER` that says nothing: receipts from
    before it existed stay what they were.

    Raises:
        TypeError: The answer holds something that has no one spelling, such as a float or a set.
    """
    return json.dumps(_plain(answer), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        every = ((each, getattr(value, each.name)) for each in fields(value))
        parts = {each.name: part for each, part in every if not (each.metadata.get("later") and part == each.default)}
        return {name: _plain(part) for name, part in parts.items() if not isinstance(part, Basis)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    raise TypeError(
        f"a receipt cannot spell {type(value).__name__}; use whole numbers, text, dates and dataclasses of them"
    )
