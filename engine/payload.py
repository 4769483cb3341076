"""What a credit carries into pricing, packed: amount and kind of deal in one number, read at random once.

Credits are priced in another order than they are made in. Fetching their figures in that order is what costs most,
so both are fetched together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.order import WIDEST, bits

_NARROW = 31  # bits that are left for figures in the narrower of the two integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.order import Ints, Rows


@dataclass(frozen=True, slots=True)
class Payload:
    """Amounts and kinds of credits. `kinds` is None when there is one kind only, or when both are packed."""

    packed: Rows
    kinds: NDArray[np.signedinteger[Any]] | None
    kind_bits: int
    lowest: int

    @classmethod
    def of(cls, amounts: Ints, kinds: NDArray[np.signedinteger[Any]] | None, count: int) -> Payload:
        """The amounts and kinds (0 … count - 1) of credits."""
        if kinds is None or count == 1 or not len(amounts):
            return cls(amounts, None, 0, 0)
        lowest, width = int(amounts.min()), bits(count)
        if bits(int(amounts.max()) - lowest + 1) + width > WIDEST:
            return cls(amounts, kinds, 0, 0)
        is_narrow = bits(int(amounts.max()) - lowest + 1) + width <= _NARROW and abs(lowest) < 1 << _NARROW
        packed = (amounts - lowest).astype(np.int32) if is_narrow else amounts - lowest
        packed <<= width
        packed |= kinds
        return cls(packed, None, width, lowest)

    def take(self, rows: Rows) -> tuple[Ints, NDArray[np.signedinteger[Any]] | None]:
        """The amounts and kinds of some credits; None for the kinds when there is one only."""
        if not self.kind_bits:
            whole: Ints = self.packed.take(rows).astype(np.int64, copy=False)
            return whole, None if self.kinds is None else self.kinds.take(rows)
        both = self.packed.take(rows)
        kinds = (both & ((1 << self.kind_bits) - 1)).astype(np.int32, copy=False)
        amounts: Ints = (both >> self.kind_bits).astype(np.int64, copy=False)
        amounts += self.lowest
        return amounts, kinds

    def amounts(self, rows: Rows) -> Ints:
        """The amounts of some credits."""
        return self.take(rows)[0]
