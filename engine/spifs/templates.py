"""Ten common SPIFs, ready to fill in: a few fields with defaults that work, and the rest of the rules.

What a manager types is plain text: amounts in major units, percentages, names with commas between them. A value that
cannot be read is a fault of its field, never an exception.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, get_args

import yaml

from engine.errors import EngineError, SpifUnreadable
from engine.money import Money, Rate, exponent
from engine.spifs import terms
from engine.spifs.faults import error
from engine.spifs.prize_rules import MILLION
from engine.spifs.records import from_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from engine.spifs.definition import Spif
    from engine.spifs.faults import Fault
    from engine.spifs.windows import Window

Kind = Literal["money", "prizes", "steps", "count", "whole", "percent", "rate", "names", "text"]
FAIR_PLAY = "Deals count by the day on which they are won. Holding one back or moving its date rules it out."
#: What prizes are counted in, and the gifts of the places, where prizes are gifts.
Won = tuple[str, tuple[str, ...]]
_MARK = "$"
_BLANK = re.compile(r"\{\w+\}")
_MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing to fill in: its name, what it is called, what sort of text it takes, and the default."""

    name: str
    label: str
    kind: Kind
    default: str


@dataclass(frozen=True, slots=True)
class Template:
    """A common SPIF: its sentence has the blanks' names in braces, its rules have `$name` for their values."""

    id: str
    title: str
    hint: str
    sentence: str
    blanks: tuple[Blank, ...]
    rules: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every SPIF is asked for, whatever its template. `sentence` "" takes the template's own.

    `more` are further fields of the rules as a record, such as {"anchor": "payment"} or {"hold_days": 3}; `terms` are
    those of `engine.spifs.terms` as they were typed.
    """

    name: str
    currency: str
    window: Window
    budget: str
    sentence: str = ""
    more: Mapping[str, Any] | None = None
    terms: Mapping[str, str] | None = None


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order in which they are offered."""
    text = resources.files("engine.spifs").joinpath("templates.yaml").read_text(encoding="utf-8")
    return tuple(_template(one) for one in yaml.safe_load(text))


def template(identity: str) -> Template:
    """The template with that id.

    Raises:
        SpifUnreadable: There is none.
    """
    found = next((one for one in templates() if one.id == identity), None)
    if found is None:
        raise SpifUnreadable(
            f"There is no template {identity!r}. Choose one of {', '.join(t.id for t in templates())}."
        )
    return found


def filled(chosen: Template, values: Mapping[str, str], frame: Frame) -> Spif | tuple[Fault, ...]:
    """The rules of the template with what was typed, or what is wrong with it, by field.

    Args:
        chosen: The template.
        values: What was typed, by the blanks' names; what is left out takes the default.
        frame: What every SPIF is asked for.
    """
    given: dict[str, Any] = {}
    agreed, wrong = terms.read(frame.terms or {}, frame.currency)
    faults, unit = list(wrong), agreed.unit(frame.currency)
    for blank in chosen.blanks:
        try:
            given[blank.name] = _READ[blank.kind](values.get(blank.name, blank.default), unit)
        except EngineError as fault:
            faults.append(error("unreadable", blank.name, (str(fault), _ALLOWED[blank.kind]), values.get(blank.name)))
    try:
        budget = Money.parse(frame.budget, frame.currency).minor
    except EngineError as fault:
        faults.append(error("unreadable", "budget", (str(fault), _ALLOWED["money"]), frame.budget))
    if faults:
        return tuple(faults)
    said = {blank.name: values.get(blank.name, blank.default).strip() for blank in chosen.blanks}
    record = {
        "name": frame.name,
        "sentence": frame.sentence
        or agreed.of_teams(_sentence(chosen, said, (unit, agreed.texts)), chosen.rules["awards"]),
        "currency": frame.currency,
        "window": {
            "start_on": _iso(frame.window.start_on),
            "end_on": _iso(frame.window.end_on),
            "zone": frame.window.zone,
        },
        "budget": budget,
        "fair_play": FAIR_PLAY,
        **_put(chosen.rules, given),
        **agreed.more,
        **(frame.more or {}),
    }
    record["awards"] = [agreed.put(award) for award in record["awards"]]
    try:
        return from_record(record)
    except SpifUnreadable as fault:
        return (error("unreadable", "rules", (str(fault), "Correct the value.")),)


def _iso(on: date) -> str:
    return on.isoformat()


def _sentence(chosen: Template, said: Mapping[str, str], won: Won) -> str:
    """The template's sentence with the values in it; nothing that was typed is read as anything but text."""
    worded = {"{" + blank.name + "}": _worded(blank.kind, said[blank.name], won) for blank in chosen.blanks}
    return _BLANK.sub(lambda found: worded.get(found[0], found[0]), chosen.sentence)


def _worded(kind: Kind, typed: str, won: Won) -> str:
    """What was typed, as part of a sentence: "1,000 USD and 500 USD", "200 USD from 3 deals", "1 deal"."""
    currency, gifts = won
    if kind == "money":
        return gifts[0] if gifts else _amount(typed, currency)
    if kind == "prizes":
        return _listed(list(gifts) or [_amount(part, currency) for part in _parts(typed)])
    if kind == "count":
        return _deals(typed)
    if kind == "steps":
        pairs = [part.partition(":") for part in _parts(typed)]
        return _listed([f"{_amount(amount, currency)} from {_deals(least)}" for least, _, amount in pairs])
    return typed


def _amount(typed: str, currency: str) -> str:
    """An amount as it is read in a sentence: "1,000 USD", "1,250.50 USD"."""
    digits = 0 if currency == terms.POINTS else exponent(currency)
    whole, rest = divmod(_money(typed, currency), 10**digits)
    return f"{whole:,}{f'.{rest:0{digits}}' if rest else ''} {currency}"


def _deals(typed: str) -> str:
    """A number of deals, which is what templates count: "1 deal", "3 deals"."""
    return f"{typed.strip()} deal{'s' * (_count(typed, '') != MILLION)}"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _put(rules: Any, given: Mapping[str, Any]) -> Any:
    if isinstance(rules, str) and rules.startswith(_MARK):
        return given[rules[1:]]
    if isinstance(rules, dict):
        return {name: _put(part, given) for name, part in rules.items()}
    return [_put(part, given) for part in rules] if isinstance(rules, list) else rules


def _money(text: str, currency: str) -> int:
    if currency == terms.POINTS:
        return _whole(text, currency)
    return Money.parse(text, currency).minor


def _prizes(text: str, currency: str) -> list[int]:
    return [_money(part, currency) for part in _parts(text)]


def _steps(text: str, currency: str) -> list[dict[str, int]]:
    found = []
    for part in _parts(text):
        least, colon, amount = part.partition(":")
        if not colon:
            raise SpifUnreadable(f"{part[:60]!r} is no step.")
        found.append({"least": _count(least, currency), "amount": _money(amount, currency)})
    return found


def _parts(text: str) -> list[str]:
    """What stands between commas; a comma inside a number such as 1,000 is none."""
    lots = [part.strip() for part in text.replace(";", ", ").split(", ")]
    if len(lots) == 1 and "," in text:
        lots = [part.strip() for part in text.split(",")]
    found = [part for part in lots if part]
    if not 1 <= len(found) <= _MOST_PARTS:
        raise SpifUnreadable("There is nothing in it, or too much.")
    return found


def _count(text: str, _: str) -> int:
    value = Rate.parse(text).fraction * MILLION
    if value.denominator != 1:
        raise SpifUnreadable(f"{text[:60]!r} has too many decimals.")
    return value.numerator


def _whole(text: str, _: str) -> int:
    value = Rate.parse(text)
    if value.den != 1:
        raise SpifUnreadable(f"{text[:60]!r} is no whole number.")
    return value.num


def _percent(text: str, _: str) -> int:
    return Rate.parse(text).ppm


def _rate(text: str, _: str) -> str:
    return str(Rate.parse(text).fraction)


def _names(text: str, _: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _text(text: str, _: str) -> str:
    return text.strip()


_READ: dict[str, Callable[[str, str], Any]] = {
    "money": _money,
    "prizes": _prizes,
    "steps": _steps,
    "count": _count,
    "whole": _whole,
    "percent": _percent,
    "rate": _rate,
    "names": _names,
    "text": _text,
}
_ALLOWED: dict[str, str] = {
    "money": "Write an amount such as 500 or 1_250.50.",
    "prizes": "Write amounts with a comma and a blank between them, such as 1000, 500, 250.",
    "steps": "Write pairs of number and amount, such as 3: 200, 5: 500.",
    "count": "Write a number such as 3.",
    "whole": "Write a whole number such as 10.",
    "percent": "Write a percentage such as 80%.",
    "rate": "Write a percentage such as 1.5%.",
    "names": "Write names with commas between them.",
    "text": "Write a name.",
}


def _template(said: Mapping[str, Any]) -> Template:
    blanks = tuple(Blank(**{name: str(value) for name, value in one.items()}) for one in said["fields"])  # type: ignore[arg-type]
    unknown = [blank.kind for blank in blanks if blank.kind not in get_args(Kind)]
    if unknown:
        raise SpifUnreadable(f"The template {said['id']} has a blank of the unknown kind {unknown[0]!r}.")
    return Template(said["id"], said["title"], said["hint"], said["sentence"], blanks, said["rules"])
