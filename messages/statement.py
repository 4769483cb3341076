"""A statement explained: what each component paid, then its lines in a table that ties to the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import earnings

if TYPE_CHECKING:
    from engine.answers import EarningsAnswer
    from messages.earnings import EarningsView
    from messages.reader import Reader

#: Rows that stay below the characters Slack takes in one message, however long the names.
LINES_SHOWN = 40


def view(answer: EarningsAnswer, reader: Reader) -> EarningsView:
    """Return the earnings answer as a statement: lines by component, then in the order they were booked.

    Raises:
        DoesNotAddUpError: the lines or the components do not sum to the total.
    """
    order = {component.name: place for place, component in enumerate(answer.components)}
    lines = sorted(
        answer.lines, key=lambda line: (order.get(line.component, len(order)), line.booked_on, line.line_no)
    )
    return earnings.made(answer, reader, tuple(lines[:LINES_SHOWN]))
