"""Fields of a CRM that are not what they were when they were last looked at: another type, or gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.sync import State

#: Where the place to go on keeps what was seen, and what was news then.
SEEN, NEWS = "types", "field_news"


def watched(state: State, types: Mapping[str, str]) -> State:
    """The state with the types of today, and what is different from those seen before; nothing where none is told."""
    if not types:
        return state
    before: dict[str, str] = state.resume.get(SEEN, {})
    retyped = [
        f"{name} was {before[name]} and is {types[name]} now"
        for name in sorted(before.keys() & types.keys())
        if before[name] != types[name]
    ]
    gone = [f"{name} is no longer there" for name in sorted(before.keys() - types.keys())]
    resume = {name: said for name, said in state.resume.items() if name != NEWS}
    news = {NEWS: retyped + gone} if retyped or gone else {}
    return replace(state, resume=resume | {SEEN: dict(types)} | news)


def sentence(state: State) -> str:
    """What is new about the fields of a kind, in one sentence; "" where nothing is."""
    news = state.resume.get(NEWS)
    if not news:
        return ""
    return f"Fields of {state.kind} records at {state.source} changed: {'; '.join(news)}. Check the mapping."
