"""Worked examples as prose: the facts first, then what comes out."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from engine import plan_words as words
from engine.dates import Period
from engine.plans.numbers import NOTHING, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.plans.example_files import Example, ExampleFile, Expected

#: What one fact of a list is called, where its name without the last letter does not say it.
_TITLES = {"incentives": "Target incentive", "balances": "Opening balance", "rates": "Exchange rate"}
#: What is told elsewhere.
_ELSEWHERE = ("name", "expect", "plan", "id", "source", "note", "as_of")
#: What leads each kind of fact, without its key.
_LEADING = ("name", "id", "rep", "deal", "amount", "value", "event", "kind")
_OUTCOMES = ("pays", "credits", "rate", "share", "attainment", "quota", "needs", "problem")
_SAID = {
    "pays": "pays {}",
    "credits": "counts {}",
    "rate": "comes to a rate of {}",
    "share": "comes to {} of the target",
    "attainment": "has an attainment of {}",
    "quota": "has a quota of {}",
    "needs": "still needs {}",
    "problem": "reports the problem {}",
}


def examples(worked: ExampleFile) -> Iterator[str]:
    """Every example as paragraphs of Markdown."""
    for each in worked.examples:
        yield f"### {each.name}"
        if each.note:
            yield each.note
        facts = [f"- {fact}" for fact in _facts(each)]
        if facts:
            yield "\n".join(facts)
        yield "Then:"
        yield "\n".join(f"- {_expected(one)}" for one in each.expect)
        if each.source or each.id:
            yield f"*Source: {', '.join(part for part in (each.id, each.source) if part)}*"


def _facts(example: Example) -> Iterator[str]:
    if example.plan:
        yield f"Plans: {words.every(example.plan)}"
    for field in fields(example):
        title = _TITLES.get(field.name, field.name.removesuffix("s").replace("_", " ").capitalize())
        for each in () if field.name in _ELSEWHERE else getattr(example, field.name):
            yield f"{title}: {_told(each)}"
    if example.as_of is not None:
        yield f"Seen on {words.on(example.as_of)}"


def _expected(expected: Expected) -> str:
    """One expectation: whom and what it is about, and what comes out."""
    about = [expected.rep, expected.deal, expected.component, expected.rule, "/".join(expected.kind)]
    about += [words.days(expected.within)] if expected.within is not None else []
    about += [f"tier from {_value(expected.tier)}"] if expected.tier is not None else []
    whom = ", ".join(part for part in about if part) or "the plan"
    found = [
        _SAID[name].format(_value(getattr(expected, name)))
        for name in _OUTCOMES
        if getattr(expected, name) not in (None, "")
    ]
    goal = f" to earn {_value(expected.to_earn)}" if expected.to_earn is not None else ""
    of = f" (of {_value(expected.share_of)})" if expected.share_of is not None else ""
    named = f" ({expected.figure})" if expected.figure else ""
    return f"{whom} {words.every(found)}{goal}{of}{named}"


def _told(fact: Any) -> str:
    """Everything that a fact says: what leads it plainly, the rest with its key."""
    plain, rest = [], []
    for field in fields(fact):
        value = getattr(fact, field.name)
        if value in (None, "", (), NOTHING) or (value == field.default and field.name not in _LEADING):
            continue
        text = _value(value)
        if field.name in _LEADING:
            plain.append(text)
        else:
            rest.append(f"{field.name.replace('_', ' ')} {text}")
    return ", ".join((*plain, *rest))


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return words.every([f"({_told(each)})" if _is_fact(each) else _value(each) for each in value])
    if isinstance(value, Period):
        return words.days(value)
    if isinstance(value, date):
        return words.on(value)
    if isinstance(value, Figure):
        return _grouped(str(value))
    return str(value)


def _is_fact(value: object) -> bool:
    return is_dataclass(value) and not isinstance(value, Figure | Period)


def _grouped(text: str) -> str:
    """A written number with its thousands grouped."""
    whole, point, part = text.partition(".")
    digits, percent = whole.removesuffix("%"), "%" if whole.endswith("%") else ""
    return f"{int(digits):,}{percent}{point}{part}" if digits.removeprefix("-").isdigit() else text
