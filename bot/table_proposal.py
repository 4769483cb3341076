"""A mapping proposed for rows that describe themselves by their columns alone: a file, a query, a list of JSON.

What could be read two ways is never decided here: of a date format or a meaning only what fits every row is offered.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.proposal import Proposed, Wanted, quoted
from connectors.normalise.kinds import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Kinds that a table is asked about, what most people begin with first.
KINDS = (
    "deal", "person", "split", "quota", "assignment", "event", "achievement", "placement", "absence", "incentive",
    "account", "product", "line_item",
)  # fmt: skip
DATE_FORMATS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ",
)  # fmt: skip
WON = frozenset({"won", "closedwon", "closed", "booked", "invoiced", "paid", "signed", "complete", "completed"})
LOST = frozenset({"lost", "closedlost", "cancelled", "canceled", "rejected", "void", "declined"})
#: More stages than that are no stages.
MOST_STAGES = 12
#: What columns are usually called, by the field they hold.
_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "id": "id key number no code external_id",
        "name": "name full_name title description subject",
        "owner": "owner owner_id salesperson sales_person sales_rep rep rep_id employee_id account_manager",
        "person": "person person_id employee employee_id rep rep_id owner owner_id sales_rep user_id email",
        "amount": "amount net_amount net total value sub_total price revenue amount_net",
        "value": "value score points number amount result",
        "currency": "currency currency_code ccy iso_code currency_iso_code",
        "stage": "stage status state deal_stage",
        "close": "close close_date closed_on booked_on booking_date date signed_on order_date invoice_date",
        "on": "on date day paid_on paid_at invoice_date event_date measured_on",
        "start": "start start_date starts_on valid_from from effective_from",
        "end": "end end_date ends_on valid_to to until effective_to",
        "deal": "deal deal_id deal_no po_number reference",
        "share": "share percent percentage split",
        "plan": "plan plan_name",
        "manager": "manager manager_id supervisor reports_to",
        "hired": "hired hired_on hire_date start_date",
        "left": "left left_on end_date termination_date",
        "record": "record invoice_no invoice_number number id",
        "type": "type deal_type kind category",
        "account": "account customer company client account_name customer_name",
    }
)
_USUAL = MappingProxyType({"unit": "=number", "role": "", "timezone": "", "locale": ""})


def propose(kind: str, columns: Sequence[str]) -> Proposed:
    """The kind with the column of each field whose name says so; each column for one field only."""
    taken: set[str] = set()
    fields = []
    for name, field in FIELDS[kind].items():
        found = _named_so(kind, name, [column for column in columns if column not in taken])
        if found and name not in ("id", "record"):
            taken.add(found)
        want = Wanted(name, (), _form(field.type), needed=field.mandatory)
        fields.append((want, found or (_USUAL.get(name, "") if field.mandatory else "")))
    return Proposed(kind, tuple(fields))


def key_of(kind: str, columns: Sequence[str]) -> str:
    """The column that probably names a record; "" where none is called so."""
    return _named_so(kind, "deal" if kind == "split" else "id", columns) or _named_so(kind, "record", columns)


def shares(proposed: Proposed, unit: str) -> Proposed:
    """The same with the unit in which shares are written."""
    form = "{{column: {}, unit: " + unit + "}}"
    fields = tuple((_formed(want, form) if want.name == "share" else want, found) for want, found in proposed.fields)
    return Proposed(proposed.kind, fields, proposed.more)


def last_days(proposed: Proposed, inclusive: bool) -> Proposed:
    """The same with whether the end of a range is its last day, or the first after it."""
    form = "{{column: {}, inclusive: " + ("true" if inclusive else "false") + "}}"
    of_type = FIELDS[proposed.kind]
    fields = tuple(
        (_formed(want, form) if of_type[want.name].type == "end" else want, found) for want, found in proposed.fields
    )
    return Proposed(proposed.kind, fields, proposed.more)


def formats(texts: Iterable[str]) -> tuple[str, ...]:
    """The date formats that read every one of the texts; several where a day could be a month."""
    given = sorted({text.strip() for text in texts if text.strip()})
    return tuple(one for one in DATE_FORMATS if given and all(_reads(text, one) for text in given))


def marks(texts: Iterable[str]) -> tuple[str, str]:
    """The decimal mark and the mark of thousands that amounts seem to have."""
    last = Counter(match[1] for text in texts if (match := re.search(r"([.,])[0-9]{1,2}$", text.strip())))
    decimal = max(last, key=lambda mark: last[mark], default=".")
    other = "," if decimal == "." else "."
    grouped = rf"^[+-]?[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}})+(?:{re.escape(decimal)}[0-9]+)?$"
    return decimal, other if any(re.match(grouped, text.strip()) for text in texts) else ""


def stages(won: Sequence[str], lost: Sequence[str]) -> str:
    """The line that says what stages mean."""
    said = (f"{name}: [{', '.join(map(quoted, texts))}]" for name, texts in (("won", won), ("lost", lost)))
    return f"stages: {{{', '.join(said)}, open: rest}}"


def meaning(texts: Iterable[str], words: frozenset[str]) -> list[str]:
    """Those of the stages that are called like one of the words."""
    return [text for text in texts if _bare(text) in words]


def _reads(text: str, date_format: str) -> bool:
    try:
        datetime.strptime(text, date_format)  # noqa: DTZ007 (only whether it can be read)
    except ValueError:
        return False
    return True


def _named_so(kind: str, field: str, columns: Sequence[str]) -> str:
    """The column that is called like the field, the closest name first."""
    bare = {_bare(column): column for column in reversed(columns)}
    called = [field, *_CALLED.get(field, "").split()]
    own = [_bare(kind + one) for one in called]
    wanted = [*own, *([_bare(kind)] if field == "id" else []), *map(_bare, called)]
    return next((bare[name] for name in wanted if name in bare), "")


def _formed(want: Wanted, form: str) -> Wanted:
    return Wanted(want.name, want.usual, form, want.needed, want.otherwise)


def _form(of_type: str) -> str:
    if of_type == "share":
        return "{{column: {}, unit: percent}}"
    return "{{column: {}, inclusive: true}}" if of_type == "end" else "{}"


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
