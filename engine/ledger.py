"""Lines as they are written, chunk by chunk, into arrays that grow: each rep's lines end up together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.calculation import Trace
from engine.order import narrow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.order import Rows
    from engine.pricing import Block

_DTYPES = {"at": "i4", "kind": "i1", "basis": "i8", "before": "i8", "amount": "i8"}


class Ledger:
    """Room for lines. Memory that is reserved and never touched costs nothing, so that none of it is zeroed."""

    def __init__(self, capacity: int, measures: int) -> None:
        """Reserve room for `capacity` lines of `measures` components; it grows when that is not enough."""
        dtypes: dict[str, Any] = _DTYPES | {"measure": narrow(measures)}
        self._columns: dict[str, NDArray[Any]] = {
            name: np.empty(capacity, dtype=dtype) for name, dtype in dtypes.items()
        }
        self._count = 0

    def trace(self) -> Trace:
        """All lines written."""
        return Trace(**{name: values[: self._count] for name, values in self._columns.items()})

    def write(self, blocks: Sequence[Block]) -> None:
        """Adds the lines of one chunk; each block holds one component's lines by rep, and none is empty."""
        if not blocks:
            return
        begin, count = self._count, sum(len(block.basis) for block in blocks)
        self._grow(begin + count)
        self._count += count
        self._columns["kind"][begin : begin + count] = 0
        if len(blocks) == 1:
            self._columns["measure"][begin : begin + count] = blocks[0].measure
            self._fill(blocks[0], slice(begin, begin + count))
            return
        counts = _counts(blocks)
        measures = np.array([block.measure for block in blocks], dtype=self._columns["measure"].dtype)
        self._columns["measure"][begin : begin + count] = np.repeat(np.tile(measures, len(counts)), counts.ravel())
        for block, place in zip(blocks, _places(counts, begin), strict=True):
            self._fill(block, place)

    def _fill(self, block: Block, place: slice | Rows) -> None:
        columns = self._columns
        columns["at"][place] = block.credits.at
        if block.kind is not None:
            columns["kind"][place] = block.kind
        columns["basis"][place] = block.basis
        columns["before"][place] = block.before
        columns["amount"][place] = block.amount

    def _grow(self, count: int) -> None:
        if count > len(self._columns["at"]):
            for name, values in self._columns.items():
                self._columns[name] = np.empty(2 * count, dtype=values.dtype)
                self._columns[name][: self._count] = values[: self._count]


def _counts(blocks: Sequence[Block]) -> Rows:
    """How many lines each rep, between the first and the last, has in each block."""
    first = min(int(block.credits.rep[0]) for block in blocks)
    last = max(int(block.credits.rep[-1]) for block in blocks)
    edges = np.arange(first, last + 2, dtype=blocks[0].credits.rep.dtype)
    return np.stack([np.diff(np.searchsorted(block.credits.rep, edges)) for block in blocks], axis=1)


def _places(counts: Rows, begin: int) -> list[NDArray[Any]]:
    """Where each block's lines go, so that those of one rep stand together, in the order of the blocks."""
    target = (np.cumsum(counts.ravel()) - counts.ravel()).reshape(counts.shape) + begin
    shift = target - (np.cumsum(counts, axis=0) - counts)
    return [np.arange(int(own.sum())) + np.repeat(shift[:, number], own) for number, own in enumerate(counts.T)]
