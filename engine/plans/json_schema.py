"""The JSON Schema of a plan file, made from the types of `engine.plans.schema`."""

from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from engine.dates import Period
from engine.money import Money, Rate
from engine.plans.filters import Factor
from engine.plans.schema import Plan, described

_TEXT: dict[str, object] = {"type": "string", "minLength": 1}
_SCALARS: dict[type, dict[str, object]] = {
    str: _TEXT,
    int: {"type": "integer", "minimum": 0},
    bool: {"type": "boolean"},
    Factor: {"type": ["string", "number"], "pattern": r"^\s*\d[\d_,]*(\.\d+)?\s*%?$", "examples": ["1.5", "150%"]},
    Rate: {"type": ["string", "number"], "pattern": r"^\s*\d[\d_,]*(\.\d+)?\s*%?$", "examples": ["8%", "12.5%"]},
    Money: {"type": ["string", "number"], "pattern": r"^\d[\d_,]*(\.\d+)?$", "examples": ["50_000", "1_250.00"]},
    date: {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "examples": ["2026-01-05"]},
    Period: {
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\d\s*\.\.\s*\d{4}-\d\d-\d\d$",
        "examples": ["2026-01-01 .. 2027-01-01"],
    },
}


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of a plan file, generated from the types so that editors complete it."""
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Attain compensation plan"}
    return top | _object_schema(Plan)


def _object_schema(kind: type) -> dict[str, object]:
    keys = described(kind)
    properties = {key: _schema(hint) | {"description": says.text} for key, (_, hint, says, _) in keys.items()}
    return {
        "type": "object",
        "description": (kind.__doc__ or "").splitlines()[0],
        "properties": properties,
        "required": [key for key, (*_, needed) in keys.items() if needed],
        "additionalProperties": False,
    }


def _schema(hint: Any) -> dict[str, object]:
    if get_origin(hint) is Literal:
        return {"enum": [value for value in get_args(hint) if value]}
    if get_origin(hint) is UnionType:
        kinds = [part for part in get_args(hint) if part is not NoneType]
        return _schema(kinds[0]) if len(kinds) == 1 else {"anyOf": [_schema(part) for part in kinds]}
    if get_origin(hint) is not tuple:
        return dict(_SCALARS[hint]) if hint in _SCALARS else _object_schema(hint)
    item = get_args(hint)[0]
    several = {"type": "array", "items": _schema(item), "minItems": 1}
    is_scalar = item is str or get_origin(item) is Literal
    return {"anyOf": [_schema(item), several]} if is_scalar else several
