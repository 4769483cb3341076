"""The rules of a SPIF ⇄ JSON: what a store keeps, and the hash by which it is known.

A field that says what it would say anyway is left out, so a field that is added later changes no hash. Dates are ISO
text, rates and amounts of money are text that says them exactly, and of several possible shapes the `form` names one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.errors import EngineError, SpifUnreadable
from engine.money import Money, Rate
from engine.spifs.definition import Spif

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]
T = TypeVar("T")
FORM = "form"


def to_record(spif: Spif) -> Record:
    """The rules as JSON values."""
    found: Record = _plain(spif)
    return found


def from_record(record: Mapping[str, Any]) -> Spif:
    """The rules that `to_record` wrote, equal in every field.

    Raises:
        SpifUnreadable: A field is unknown, missing or of another type; the message says where.
    """
    return typed(Spif, record)


def text_of(spif: Spif) -> str:
    """The rules as canonical JSON text: equal rules, equal text."""
    return json.dumps(to_record(spif), sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def from_text(text: str) -> Spif:
    """The rules that a JSON text holds.

    Raises:
        SpifUnreadable: It is no JSON object, or none of a SPIF.
    """
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise SpifUnreadable(f"The rules are no JSON: {fault}.") from fault
    return from_record(record)


def spif_hash(spif: Spif) -> str:
    """SHA-256 of the canonical text: what is checked, approved, announced and run must all have the same."""
    return hashlib.sha256(text_of(spif).encode()).hexdigest()


def typed(kind: type[T], value: object, where: str = "") -> T:
    """A JSON value as one of the types of the rules.

    Raises:
        SpifUnreadable: It does not fit.
    """
    try:
        found: T = _typed(kind, value, where or kind.__name__.lower())
    except (EngineError, ValueError, ZeroDivisionError) as fault:
        raise fault if isinstance(fault, SpifUnreadable) else SpifUnreadable(str(fault)) from fault
    return found


def _plain(value: object) -> Any:
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, Rate):
        return str(value.fraction)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        said = {each.name: _plain(getattr(value, each.name)) for each in fields(value) if _is_said(value, each)}
        form = getattr(value, FORM, None)
        return {FORM: form, **said} if form else said
    return value


def _is_said(value: Any, each: Any) -> bool:
    """Whether a field must be written: it has no default, or says something else."""
    usual = each.default_factory() if each.default_factory is not MISSING else each.default
    return usual is MISSING or getattr(value, each.name) != usual


def _typed(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _one_of(get_args(kind), value, where)
    if origin is Literal:
        if value not in get_args(kind) or isinstance(value, bool):
            raise _unfit(where, value, " or ".join(map(str, get_args(kind))))
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise _unfit(where, value, "a list")
        part = get_args(kind)[0]
        return tuple(_typed(part, each, f"{where}[{place}]") for place, each in enumerate(value))
    if issubclass(kind, Money | Rate | date):
        return _scalar(kind, value, where)
    return _object(kind, value, where) if is_dataclass(kind) else _exactly(kind, value, where)


def _exactly(kind: Any, value: Any, where: str) -> Any:
    if type(value) is not kind:
        raise _unfit(where, value, {int: "a whole number", bool: "true or false"}.get(kind, "text"))
    return value


def _scalar(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, str):
        raise _unfit(where, value, "text")
    if issubclass(kind, Rate):
        rate = Rate.parse(value)
        return kind(rate.num, rate.den)
    if issubclass(kind, Money):
        amount, _, currency = value.rpartition(" ")
        return Money.parse(amount, currency)
    return date.fromisoformat(value)


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and NoneType in kinds:
        return None
    real = [kind for kind in kinds if kind is not NoneType]
    if len(real) == 1:
        return _typed(real[0], value, where)
    if set(real) == {Rate, Money}:  # the bound of a figure: a currency stands behind money only
        is_money = isinstance(value, str) and value[-3:].isalpha()
        return _typed(Money if is_money else Rate, value, where)
    said = value.get(FORM) if isinstance(value, dict) else None
    forms = {getattr(kind, FORM): kind for kind in real}
    if said not in forms:
        raise _unfit(f"{where}.{FORM}", said, " or ".join(sorted(forms)))
    return _typed(forms[said], {name: part for name, part in value.items() if name != FORM}, where)


def _object(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _unfit(where, value, "an object")
    hints = _hints(kind)
    unknown = sorted(map(str, set(value) - set(hints)))
    if unknown:
        raise _unfit(f"{where}.{unknown[0]}", value[unknown[0]], ", ".join(hints))
    lacking = [
        each.name
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING and each.name not in value
    ]
    if lacking:
        raise SpifUnreadable(f"{where}: {lacking[0]} is missing. Give it.")
    return kind(**{name: _typed(hints[name], part, f"{where}.{name}") for name, part in value.items()})


@lru_cache(maxsize=64)
def _hints(kind: Any) -> dict[str, Any]:
    known = {each.name for each in fields(kind)}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in known}


def _unfit(where: str, found: object, allowed: str) -> SpifUnreadable:
    return SpifUnreadable(f"{where}: found {str(found)[:60]!r}, allowed is {allowed}.")
