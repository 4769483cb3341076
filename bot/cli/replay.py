"""`attain replay`: calculate a receipted answer again and compare it byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import place, terminal
from bot.cli.errors import UnsoundError
from bot.cli.explain import receipt_id

if TYPE_CHECKING:
    from operations.receipts import Replay


def replay(
    receipt: Annotated[str, typer.Argument(help="The receipt at the foot of an answer.", show_default=False)],
    full: Annotated[bool, typer.Option("--full", help="Print the replayed answer itself, as JSON.")] = False,
    folder: place.DirOption = None,
) -> None:
    """Calculate a receipted answer again from the facts as they were known, and compare the bytes.

    The exit code is 0 when they are the same and 1 when they differ; then the difference is printed.
    """
    from operations.receipts import replay as again

    with place.find(folder).context() as ctx:
        found = again(ctx, receipt_id(receipt))
    _show(found, full)
    if not found.matches:
        raise UnsoundError(f"{receipt} does not replay to the same answer: {_cause(found)}")


def _show(found: Replay, full: bool) -> None:
    given = found.receipt
    if full:
        terminal.say(found.output.decode())
    elif found.matches:
        terminal.say(
            f"{given.receipt_id} replays byte for byte: {given.question} as of {given.as_of}, "
            f"{len(found.output)} bytes, from facts up to change {given.watermark}."
        )
    if not found.matches:
        terminal.say("\n".join(_difference(given.output, found.output)))


def _difference(given: bytes, again: bytes) -> list[str]:
    """The two answers as indented JSON, compared line by line."""
    import difflib
    import json

    texts = [json.dumps(json.loads(raw), indent=1, ensure_ascii=False, sort_keys=True) for raw in (given, again)]
    before, after = (text.splitlines() for text in texts)
    return list(difflib.unified_diff(before, after, "as given", "as replayed", lineterm="", n=2))


def _cause(found: Replay) -> str:
    if not found.same_inputs:
        return "the facts it was calculated from have been altered in the store. Restore a backup, or ask who did."
    if not found.same_code:
        return "Attain itself has changed since. Replay it with the version that gave it, or explain the difference."
    return "facts and code are the same, so the stored answer has been altered. Restore a backup."
