"""What one version of a plan changes against another, key by key, in words that people sign.

Everything that a plan can say is compared, because the comparison walks the types of the plan language; a key that
is added to the language is compared from that day on. Parts of a list are the same part where they have the same
name, start or conditions; a list of tiers whose starts move is compared tier by tier.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from engine import plan_words as words
from engine.dates import Period
from engine.money import Money, Rate
from engine.plans.axes import counts_numbers
from engine.plans.filters import CONDITIONS, Factor, Filter, RateRule
from engine.plans.schema import Component, CreditRule, LevelRate, Plan, RoleShare
from engine.plans.tables import Cap, Gate, Multiplier, MultiplierStep, Tier
from engine.plans.terms import ClawbackStep, QuotaRule, Release

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

Kind = Literal["added", "removed", "changed"]

#: What a key is called where its own name is not how people say it.
LABELS = {
    "effective": "effective dates",
    "pays": "paid",
    "pays_from": "weeks are counted from",
    "sum": "what it counts",
    "where": "which deals count",
    "excluding": "which deals do not count",
    "when": "which deals",
    "accumulate": "credit adds up over",
    "counts_for": "counts for",
    "by_role": "shares by role",
    "per_unit": "per unit",
    "per_deal": "per deal",
    "less": "figures taken off first",
    "less_per_deal": "counts less per deal",
    "deduct": "deducted",
    "pay_per_deal": "paid per deal",
    "per_period": "paid per pay period",
    "per_year": "paid per year",
    "per_window": "paid per window",
    "at_least": "at least",
    "more_than": "more than",
    "reached": "is reached",
    "interpolated": "in a straight line between steps",
    "cap_per_year": "cap per year",
    "guarantee_periods": "guarantee for pay periods",
    "guarantee_by_rep": "guarantee by rep",
    "salary_by_rep": "base salary by rep",
    "by_rep": "amount by rep",
    "minimum_wage": "minimum wage",
    "round_to": "rounded to",
    "prorate": "shrinks for part-time presence by",
    "growth_on": "growth on",
    "team_commission": "commissions of the team",
    "credited_by": "credited by rules",
    "start": "begins at",
    "end": "below",
    "by": "measured by",
    "to": "credits",
    "unless": "forfeited by",
    "step": "rounds",
    "at_end": "debt at the end",
    "at_most": "pays at most while not met",
    "falls": "falls with time",
}
#: Where a key of one kind of part is not what it is elsewhere.
LABELS_OF: dict[tuple[type | None, str], str] = {(Cap, "per_deal"): "credit counted per deal"}
_WORDS = {**words.SPANS, "True": "yes", "False": "no"}
#: Parts that are not named: what is in them stands for itself.
_FOLDED = ("measure", "table")
#: The fields that are the name of a part of a list already.
_NAMING = {
    Gate: ("component", "over"),
    RoleShare: ("role",),
    LevelRate: ("level",),
    RateRule: CONDITIONS,
    Tier: ("start",),
    MultiplierStep: ("start",),
    Release: ("on", "event"),
}


@dataclass(frozen=True, slots=True)
class Touches:
    """Whom a change can touch: everybody on the plan, unless limited to roles, to those who lead, or to days."""

    roles: frozenset[str] = frozenset()
    leads: bool = False
    booked: Period | None = None

    def reaches(self, whom: Whom) -> bool:
        """Whether the change can touch that person."""
        if self.roles and not self.roles & whom.roles:
            return False
        if self.leads and not whom.leads:
            return False
        met = self.booked
        return met is None or any(met.start_on < span.end_on and span.start_on < met.end_on for span in whom.spans)


@dataclass(frozen=True, slots=True)
class Whom:
    """A person as a plan sees them: role and title, whether they lead anybody, and when they are on the plan."""

    roles: frozenset[str]
    leads: bool
    spans: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `component` is "" for the plan as a whole, `before` or `after` "" where there is none."""

    component: str
    place: str
    what: str
    before: str
    after: str
    kind: Kind
    touches: Touches = Touches()

    @property
    def sentence(self) -> str:
        """The change in words: "New business, tier from 100%: rate 10% -> 12%"."""
        where = ", ".join(part for part in (self.component or "The plan", self.place) if part)
        if self.kind == "changed":
            return f"{where}: {self.what} {self.before} -> {self.after}"
        said = self.after if self.kind == "added" else self.before
        return f"{where}: {self.what} {self.kind}{f' ({said})' if said else ''}"


def changes(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Everything that the new version changes: the plan's own keys first, then crediting, then each component."""
    found = list(_Comparison(old, new).all())
    return tuple(sorted(found, key=lambda each: bool(each.component)))


def touching(found: Collection[Change], whom: Whom) -> tuple[Change, ...]:
    """Those of the changes that can touch one person on the plan."""
    return tuple(each for each in found if each.touches.reaches(whom))


@dataclass(frozen=True, slots=True)
class _At:
    """Where the comparison is: in which component and part of it, whom that can touch, and in which unit."""

    component: str = ""
    place: str = ""
    touches: Touches = Touches()
    numbers: bool = False

    def into(self, place: str, touches: Touches) -> _At:
        whole = ", ".join(part for part in (self.place, place) if part)
        return replace(self, place=whole, touches=touches)


class _Comparison:
    def __init__(self, old: Plan, new: Plan) -> None:
        self.old, self.new = old, new

    def all(self) -> Iterator[Change]:
        yield from self._parts(self.old, self.new, _At())

    def _parts(self, old: Any, new: Any, at: _At) -> Iterator[Change]:
        """Every field of two values of one type compared."""
        for field in fields(old):
            before, after = getattr(old, field.name), getattr(new, field.name)
            if before != after:
                yield from self._field((field.name, label(field.name, type(old))), before, after, at)

    def _field(self, named: tuple[str, str], before: Any, after: Any, at: _At) -> Iterator[Change]:
        """One field, by its name and by what it is called, compared."""
        name, what = named
        if _is_list(before) or _is_list(after):
            yield from self._list(name, before, after, at)
        elif _is_part(before) and _is_part(after) and type(before) is type(after):
            yield from self._parts(before, after, at if name in _FOLDED else at.into(what, at.touches))
        else:
            yield _change(what, _bounded(name, before, at.numbers), _bounded(name, after, at.numbers), at)

    def _list(self, name: str, before: Sequence[Any], after: Sequence[Any], at: _At) -> Iterator[Change]:
        pairs = _paired(before, after)
        for old, new in pairs:
            yield from self._pair(old, new, at)
        olds = [old for old, new in pairs if old is not None and new is not None]
        news = sorted((pair for pair in pairs if None not in pair), key=lambda pair: _index(after, pair[1]))
        if name == "crediting" and [old for old, _ in news] != olds:
            one, other = (" then ".join(_named(each) for each in lot) for lot in (before, after))
            yield _change("order of the credit rules", one, other, at)

    def _pair(self, old: Any, new: Any, at: _At) -> Iterator[Change]:
        part = new if new is not None else old
        own = self._inside(new if old is None else old, at)
        touches = _joined(own.touches, *(_limited(each, own.touches) for each in (old, new) if each is not None))
        if old is None or new is None:
            texts = "" if old is None else summary(old, own.numbers), "" if new is None else summary(new, own.numbers)
            component = "" if isinstance(part, Component) else own.component
            placed = replace(own, component=component, touches=touches)
            yield Change(component, at.place, _title(part, placed.numbers), *texts, _kind(old), touches)
            return
        is_whole = isinstance(part, Component)
        inner = replace(own, touches=touches) if is_whole else own.into(_title(old, own.numbers), touches)
        yield from self._parts(old, new, inner)

    def _inside(self, part: Any, at: _At) -> _At:
        """Where a part of a list is: in itself if it is a component, else where it was."""
        if isinstance(part, Gate | Multiplier):
            tested = [each for each in (*self.new.components, *self.old.components) if each.name == part.component]
            return replace(at, numbers=bool(tested) and tested[0].measure.is_number)
        if not isinstance(part, Component):
            return at
        plan = self.new if part in self.new.components else self.old
        numbers = part.measure.is_number or (part.table is not None and counts_numbers(plan, part))
        return replace(at, component=part.name, numbers=numbers)


def label(name: str, kind: type | None = None) -> str:
    """What a key of that kind of part is called in a sentence."""
    return LABELS_OF.get((kind, name)) or LABELS.get(name, name.replace("_", " "))


def said(value: Any, numbers: bool = False) -> str:
    """Any value of the plan language in words; "none" for what is left out."""
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, Filter) and not isinstance(value, RateRule):
        return words.deals(value)
    for kind, spell in _SPELLED:
        if isinstance(value, kind):
            return spell(value)
    if isinstance(value, tuple):
        return words.every([said(each, numbers) for each in value])
    if _is_part(value):
        return summary(value, numbers) or "as usual"
    return _WORDS.get(str(value), str(value).replace("_", " ") if isinstance(value, str) else str(value))


_SPELLED: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Factor, words.factor),
    (Rate, words.share),
    (Money, words.amount),
    (Period, words.days),
)


def summary(part: Any, numbers: bool = False) -> str:
    """Everything that a part says beside its own name, in one row of words."""
    found = []
    for field in fields(part):
        value = getattr(part, field.name)
        if value == field.default or field.name in ("name", *_NAMING.get(type(part), ())):
            continue
        if _is_list(value):
            found.append("; ".join(f"{_title(each, numbers)}: {summary(each, numbers)}" for each in value))
        elif field.name in _FOLDED and _is_part(value):
            found.append(summary(value, numbers))
        else:
            found.append(f"{label(field.name, type(part))} {_bounded(field.name, value, numbers)}")
    return ", ".join(found)


def _bounded(name: str, value: Any, numbers: bool) -> str:
    """A value in words, where the amounts that are compared with a number are numbers themselves."""
    if numbers and name in ("start", "at_least", "more_than") and isinstance(value, Money):
        return words.bound(value, numbers=True)
    return said(value, numbers)


def _change(what: str, before: str, after: str, at: _At) -> Change:
    if before == "none" and after != "none":
        return Change(at.component, at.place, what, "", after, "added", at.touches)
    if after == "none":
        return Change(at.component, at.place, what, before, "", "removed", at.touches)
    return Change(at.component, at.place, what, before, after, "changed", at.touches)


def _is_part(value: Any) -> bool:
    """Whether a value is made of fields that are compared one by one."""
    return is_dataclass(value) and not isinstance(value, Rate | Money | Period | Filter | type)


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and is_dataclass(value[0]) and not isinstance(value[0], Rate)


def _identity(part: Any) -> object:
    """What makes two parts of a list the same part."""
    if isinstance(part, Tier | MultiplierStep):
        return part.begins if isinstance(part, Tier) else part.start
    if isinstance(part, Gate):
        return part.component, part.over
    if isinstance(part, RoleShare):
        return part.role
    if isinstance(part, LevelRate):
        return part.level
    if isinstance(part, RateRule):
        return words.conditions(part)
    return getattr(part, "name", None) or part


def _paired(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The parts of two lists side by side; None where a part is on one side only."""
    olds, news = list(before), list(after)
    pairs = []
    for old in list(olds):
        match = next((new for new in news if _identity(new) == _identity(old)), None)
        if match is not None:
            pairs.append((old, match))
            olds.remove(old)
            news.remove(match)
    in_place = (
        bool(olds) and len(olds) == len(news) and isinstance(olds[0], Tier | MultiplierStep | Release | ClawbackStep)
    )
    renamed = [(old, new) for old in olds for new in news if _but_name(old) == _but_name(new)]
    extra = list(zip(olds, news, strict=True)) if in_place else renamed[:1]
    taken = [each for pair in extra for each in pair]
    gone = [(old, None) for old in olds if old not in taken]
    return [*pairs, *extra, *gone, *((None, new) for new in news if new not in taken)]


def _but_name(part: Any) -> object:
    return replace(part, name="") if hasattr(part, "name") else object()


def _index(lot: Sequence[Any], part: Any) -> int:
    return next(number for number, each in enumerate(lot) if each == part)


def _kind(old: Any) -> Kind:
    return "added" if old is None else "removed"


def _named(part: Any) -> str:
    return str(getattr(part, "name", ""))


def _title(part: Any, numbers: bool) -> str:
    """Where somebody finds a part of a list: "tier from 100%"."""
    titles: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (Tier, lambda each: f"tier from {words.bound(each.start, numbers=numbers)}"),
        (MultiplierStep, lambda each: f"from {words.bound(each.start, numbers=numbers)}"),
        (RateRule, lambda each: f"deals {words.every(words.conditions(each))}" if each.conditions else "other deals"),
        (Gate, lambda each: f"gate on {each.component} over {words.SPANS[each.over]}"),
        (RoleShare, lambda each: f"share of {each.role}"),
        (LevelRate, lambda each: f"level {each.level}"),
        (Component, lambda each: f"component {each.name}"),
        (CreditRule, lambda each: f"credit rule {each.name}"),
        (Multiplier, lambda each: f"multiplier {each.name}"),
        (QuotaRule, lambda each: f"quota {each.name}"),
        (ClawbackStep, lambda each: f"step of {words.within(each)}"),
        (Release, lambda each: f"release on {each.event or each.on}"),
    )
    for kind, title in titles:
        if isinstance(part, kind):
            return title(part)
    return label(type(part).__name__.lower())


def _limited(part: Any, now: Touches) -> Touches:
    """Whom a part of a plan can touch, given whom the part around it can touch."""
    roles, leads, booked = now.roles, now.leads, now.booked
    if isinstance(part, RateRule):
        roles, booked = frozenset(part.role) or roles, part.booked or booked
    elif isinstance(part, CreditRule):
        roles, leads = frozenset(part.role) or roles, leads or part.credits_whom == "managers"
    elif isinstance(part, RoleShare | LevelRate):
        roles = frozenset([part.role if isinstance(part, RoleShare) else part.level])
    elif isinstance(part, Multiplier):
        roles = frozenset(part.when.role) or roles
    elif isinstance(part, Component):
        roles = frozenset(part.measure.where.role) or roles
        leads = leads or part.measure.team_commission is not None
    return Touches(roles, leads, booked)


def _joined(around: Touches, *parts: Touches) -> Touches:
    """Whom either of two versions of a part can touch."""
    roles = frozenset().union(*(each.roles for each in parts)) if all(each.roles for each in parts) else around.roles
    booked = parts[0].booked if len({each.booked for each in parts}) == 1 else around.booked
    return Touches(roles, all(each.leads for each in parts), booked)
