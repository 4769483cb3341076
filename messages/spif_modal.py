"""The modal in which a SPIF is made: a template, its blanks, days, budget, people, and what would come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.money import Money
from engine.spifs import templates
from messages import format as written
from messages import spif_prose, spif_terms
from messages.escape import clip
from messages.fields import Option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.spifs.definition import Spif
    from engine.spifs.faults import Fault
    from messages.reader import Reader
    from messages.spif_terms import Terms

FAULTS_SHOWN = 4
SHARES, HIDDEN, MORE = "shares", "hidden", "more"
_TICKS = (
    Option("Its deals may count in other SPIFs that allow it, too", SHARES),
    Option(
        "A hidden run, to know what happens anyway",
        HIDDEN,
        "Nobody is told and nothing is paid; it needs no approval.",
    ),
    Option("More terms: cap, hold, kind of prize, tax, ties, teams, taking back", MORE),
)
#: Remedies in the words of the form, by the code of the fault.
_REMEDIES = {"deals_shared": "Choose other days, another product, or tick “may count in other SPIFs” in both."}
LENGTHS = (("7", "1 week"), ("14", "2 weeks"), ("21", "3 weeks"), ("28", "4 weeks"), ("30", "30 days"))


@dataclass(frozen=True, slots=True)
class BlankField:
    """One blank of the template as a field; its id names the template too, so that values never wander."""

    block_id: str
    label: str
    initial: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class SpifForm:
    """The form ready to be shown; `preview` are the sentences under it, `reason` is None where none is asked for."""

    kinds: tuple[Option, ...]
    kind: str
    hint: str
    name: str
    blanks: tuple[BlankField, ...]
    start: str
    lengths: tuple[Option, ...]
    length: str
    budget_label: str
    budget: str
    groups: tuple[Option, ...]
    group: str
    sharing: tuple[Option, ...]
    shared: tuple[str, ...]
    preview: tuple[str, ...]
    value: str
    title: str = "New SPIF"
    submit: str = "Ask for approval"
    terms: Terms | None = None
    reason: str | None = None
    receipt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form: the template's id and what was typed, by name; `what` is new, edit or change."""

    template: str
    start: str
    groups: Sequence[tuple[str, str]]
    currency: str
    group: str = ""
    name: str = ""
    length: str = "14"
    budget: str = "5000"
    values: Mapping[str, str] = field(default_factory=dict)
    ticked: tuple[str, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    what: str = "new"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come of it, as far as it is known: rules, who takes part, cost, past windows, faults."""

    rules: Spif | None = None
    eligible: int = 0
    worst: int | None = None
    committed: int = 0
    replays: Mapping[str, Any] | None = None
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A modal that asks for a reason: its title, what its button says, and what it is about."""

    title: str
    submit: str
    about: str
    receipt_ids: tuple[str, ...] = ()


def form(entered: Entered, outlook: Outlook | None, reader: Reader) -> SpifForm:
    """Return the form with what stands in it and what would come of it; None while that is being worked out."""
    chosen = templates.template(entered.template)
    blanks = tuple(
        BlankField(
            f"{chosen.id}.{blank.name}",
            blank.label,
            entered.values.get(blank.name, blank.default),
            is_optional=not blank.default,
        )
        for blank in chosen.blanks
    )
    return SpifForm(
        kinds=tuple(Option(one.title, one.id) for one in templates.templates()),
        kind=chosen.id,
        hint=chosen.hint,
        name=entered.name,
        blanks=blanks,
        start=entered.start,
        lengths=_lengths(entered.length),
        length=entered.length,
        budget_label=f"Budget in {entered.currency}",
        budget=entered.budget,
        groups=tuple(Option(label, value) for value, label in entered.groups),
        group=entered.group or entered.groups[0][0],
        sharing=_TICKS,
        shared=entered.ticked,
        preview=_preview(outlook, reader) if outlook is not None else ("Working out what it would cost…",),
        value="{}",
        title={"edit": "Edit a SPIF", "change": "Change the rules"}.get(entered.what, "New SPIF"),
        terms=spif_terms.terms(chosen, entered.terms, entered.currency) if MORE in entered.ticked else None,
        reason=entered.reason if entered.what == "change" else None,
    )


def _lengths(chosen: str) -> tuple[Option, ...]:
    """Return how long it may run, the length that was chosen elsewhere included."""
    others = () if chosen in dict(LENGTHS) else ((chosen, f"{chosen} days"),)
    return tuple(Option(label, value) for value, label in (*LENGTHS, *others))


def reason(what: str, title: str) -> ReasonForm:
    """Return the form that asks why: to cancel, to send results back, to leave a deal out, to waive a dry run."""
    words = {
        "cancel": ("Cancel this SPIF", "Cancel it", "Everybody who takes part is told why. What was earned is paid."),
        "decline": ("Refuse it", "Refuse", "Whoever asked for it is told why, and may change it and ask again."),
        "send_back": ("Send results back", "Send back", "Whoever proposed them is told why."),
        "waive": (
            "No dry run",
            "Sign the waiver",
            "No past window shows what it would cost. Your name and reason stay on record. Approve the budget next.",
        ),
        "rule": ("Leave a deal out", "Leave it out", "It does not count from now on. The reason stays on record."),
    }[what]
    return ReasonForm(words[0], words[1], f"{clip(title, spif_prose.TITLE)}. {words[2]}")


def _preview(found: Outlook, reader: Reader) -> tuple[str, ...]:
    """Return what would come of it, in sentences."""
    rules = found.rules
    if rules is None:
        return tuple(f"⚠️ {clip(f'{fault.message} {fault.remedy}', 240)}" for fault in found.faults[:FAULTS_SHOWN])
    worst = "not limited by its rules" if found.worst is None else _money(rules, found.worst, reader)
    lines = [
        f"“{clip(rules.sentence, spif_prose.SENTENCE)}”",
        *(f"• {line}" for line in spif_prose.prizes(rules, reader)),
        f"When: {spif_prose.window(rules.window, reader)}. {spif_prose.people(found.eligible, reader)} take part.",
        f"Worst case {worst}; you can owe at most {_money(rules, found.committed, reader)}.",
        *(spif_prose.replays(found.replays, rules.currency, reader) if found.replays is not None else ()),
    ]
    return (*lines, *faults(found.faults))


def faults(found: Sequence[Fault]) -> tuple[str, ...]:
    """Return what is wrong with rules, errors first, each with its remedy in the words of the form."""
    return tuple(
        f"{'⛔' if fault.level == 'error' else '⚠️'} "
        f"{clip(f'{fault.message} {_REMEDIES.get(fault.code, fault.remedy)}', 240)}"
        for fault in found[:FAULTS_SHOWN]
    )


def _money(rules: Spif, minor: int, reader: Reader) -> str:
    return written.money(Money(minor, rules.currency), reader)
