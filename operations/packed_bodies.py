"""Bodies of records as they are kept: one spelling for what says the same."""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def packed(body: Mapping[str, Any]) -> str:
    """A body as it is kept: sorted names, numbers with decimals as texts so that no digit is lost."""
    names, shape = _shape(tuple(body))
    if not shape:
        return _ENCODER.encode(body)
    said = [
        encode_basestring_ascii(value) if type(value) is str else "null" if value is None else _ENCODER.encode(value)
        for value in map(body.__getitem__, names)
    ]
    return shape % tuple(said)


@lru_cache(maxsize=256)
def _shape(names: tuple[str, ...]) -> tuple[list[str], str]:
    """The names in their order, and how a body with them is written: most records of a kind have the same ones."""
    if not all(type(name) is str for name in names):
        return [], ""
    ordered = sorted(names)
    written = (encode_basestring_ascii(name).replace("%", "%%") + ":%s" for name in ordered)
    return ordered, "{" + ",".join(written) + "}"


def _plain(value: Any) -> str:
    return format(value, "f") if hasattr(value, "as_tuple") and value.is_finite() else str(value)


_ENCODER = json.JSONEncoder(default=_plain, sort_keys=True, separators=(",", ":"))
