"""What a rep would earn if open deals closed: the joint effect first, then each deal, then where quotas stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import format as written
from messages.outlook import EffectView, Rests, currency_of, effect, other, paid, small_print

if TYPE_CHECKING:
    from engine.outlook import QuotaMove, WhatIfAnswer
    from messages.basis import BasisView
    from messages.reader import Reader

MOVES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class MoveView:
    """How far one quota is without and with the deals; `tier` is empty where no tier is reached."""

    name: str
    period: str
    before: str
    after: str
    tier: str


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """The whole answer. `gains` says that the deals add something, `rerated` what of it is for other deals."""

    other: str
    count: str
    gains: bool
    gain: str
    rerated: str
    deals: tuple[EffectView, ...]
    moves: tuple[MoveView, ...]
    basis: BasisView

    @property
    def receipt_ids(self) -> tuple[str, ...]:
        """The receipt of the answer."""
        return self.basis.receipts


def view(answer: WhatIfAnswer, reader: Reader) -> WhatIfView:
    """Return the what-if answer ready to be shown."""
    rests = Rests(
        answer.rep, answer.plan, answer.basis, answer.problems, tuple(move.period for move in answer.quotas)
    )
    return WhatIfView(
        other=other(answer.rep, reader),
        count=written.count(len(answer.deals), "open deal", reader),
        gains=any(each.minor for each in answer.gain),
        gain=paid(answer.gain, reader),
        rerated=paid(answer.rerated, reader) if any(each.minor for each in answer.rerated) else "",
        deals=tuple(effect(each, reader) for each in answer.deals),
        moves=tuple(_move(each, reader) for each in answer.quotas[:MOVES_SHOWN]),
        basis=small_print(rests, currency_of(answer.gain), reader),
    )


def _move(each: QuotaMove, reader: Reader) -> MoveView:
    return MoveView(
        each.name,
        written.period_name(each.period, reader),
        written.percent(each.before_ppm, reader),
        written.percent(each.after_ppm, reader),
        "" if each.reaches_tier is None else written.percent(each.reaches_tier, reader),
    )
