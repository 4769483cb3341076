"""The SELECT of a mapping: one statement that reads, bound by name."""

from __future__ import annotations

import re

from connectors.errors import ConfigRefused

_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_BOUND = re.compile(r"(?<![:\w]):(\w+)")
_LITERALS = re.compile(r"'(?:[^']|'')*'")
BOUNDS = ("since", "until")


class Statement:
    """One query. `is_windowed`: it asks for what changed in [:since, :until)."""

    def __init__(self, kind: str, sql: str) -> None:
        """Take the query of a kind.

        Raises:
            ConfigRefused: It is no single SELECT, or binds something else than both bounds.
        """
        self.kind = kind
        self.sql = sql.strip().removesuffix(";").rstrip()
        bare = _LITERALS.sub("''", self.sql)
        bound = set(_BOUND.findall(bare))
        if not _READS.match(self.sql) or ";" in bare:
            raise ConfigRefused(
                f"The query of {kind} is no single SELECT",
                remedy="Write one SELECT, or WITH … SELECT, and no more",
            )
        if bound not in (set(), set(BOUNDS)):
            raise ConfigRefused(
                f"The query of {kind} binds {', '.join(sorted(bound))}",
                remedy="Bind :since and :until, both, as `changed >= :since AND changed < :until`, or nothing",
            )
        self.is_windowed = bool(bound)
