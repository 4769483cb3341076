"""The kinds of facts: what a source says of each, which column keeps it, and what makes a record the same record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from store.errors import FrameRefused
from store.tables import blending, counted, facts, goods

if TYPE_CHECKING:
    from sqlalchemy import Table

#: How a field is kept: as it is, as the number of a word, as an exact integer, as a day, as a day that is the last
#: possible one where the source names none (an open end, an open deal without a close date), or as microseconds.
Shape = Literal["text", "label", "int", "day", "until", "instant"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a source's row. Fields outside the `hashed` ones never make a new version by themselves."""

    name: str
    shape: Shape = "text"
    hashed: bool = True
    default: str | None = None

    @property
    def column(self) -> str:
        """The column that keeps it."""
        if self.shape == "label":
            return f"{self.name}_label"
        return "source_us" if self.shape == "instant" else self.name


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another record: resolved to its number, 0 while that record is not known."""

    column: str
    external: str
    to: Literal["person", "deal"] = "person"
    #: Only a record of the same source is meant, though it may be blended with another source's.
    own: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact.

    Attributes:
        name: What the store's callers call it.
        table: Where its versions are.
        key: The fields that identify a record within its source.
        fields: What a source says of it.
        references: Which of these name other records.
        mints: The column of the record's own number, given once and kept by every version.
        carries: Columns that a version takes over from the one before.
        together: The field whose records are replaced as a set.
        of_all: Whether a record that names nobody is everybody's.
        listed_by: The columns by which versions are found where one of them changed, and only there (`listed`).
    """

    name: str
    table: Table
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    references: tuple[Reference, ...] = ()
    mints: str = ""
    carries: tuple[str, ...] = ()
    together: str = ""
    of_all: bool = False
    listed_by: tuple[str, ...] = ()

    @property
    def hashed(self) -> tuple[Field, ...]:
        """The fields whose change makes a new version."""
        return tuple(field for field in self.fields if field.hashed)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that say which records a version ties together."""
        own = (self.mints,) if self.mints else ()
        return own + tuple(reference.column for reference in self.references)

    @property
    def reps(self) -> tuple[str, ...]:
        """The columns that name whose pay a version can move."""
        return tuple(column for column in self.numbers if column in ("rep_id", "owner_id"))

    @property
    def owners(self) -> tuple[Reference, ...]:
        """The references that say whose a record is."""
        return tuple(reference for reference in self.references if reference.column in ("rep_id", "owner_id"))


def _text(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def _text_or_empty(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, default="") for name in names)


_SPAN = (Field("start_on", "day"), Field("end_on", "until"))
_WHO = Reference("rep_id", "person_external_id")
_WHICH = Reference("deal_id", "deal_external_id", "deal")
_ON = (Field("on_day", "day"), Field("record", default=""))
_CURRENCY = Field("currency", "label", default="")

_KINDS = (
    Kind(
        "person",
        facts.person,
        ("external_id",),
        (
            *_text("external_id", "name"),
            *_text_or_empty("email"),
            Field("role", default="rep"),
            *_text_or_empty("title", "currency", "timezone", "locale", "team", "region", "manager_external_id"),
            Field("hired_on", "day", default=""),
            Field("left_on", "day", default=""),
        ),
        (Reference("manager_id", "manager_external_id"),),
        mints="rep_id",
        carries=("is_primary",),
    ),
    Kind(
        "placement",
        facts.placement,
        ("person_external_id", "start_on"),
        (*_text("person_external_id"), *_text_or_empty("manager_external_id", "team", "territory"), *_SPAN),
        (_WHO, Reference("manager_id", "manager_external_id")),
    ),
    Kind(
        "deal",
        facts.deal,
        ("external_id",),
        (
            *_text("external_id", "name"),
            *_text_or_empty("account"),
            *_text("owner_external_id"),
            Field("amount_cents", "int"),
            Field("currency", "label"),
            Field("stage", "label"),
            Field("stage_name", "label", default=""),
            Field("booked_on", "until"),
            Field("deal_type", "label", default=""),
            Field("product", "label", default=""),
            Field("source_at", "instant", hashed=False, default=""),
            Field("raw_ref", hashed=False, default=""),
        ),
        (Reference("owner_id", "owner_external_id"),),
        mints="deal_id",
        listed_by=("owner_id", "booked_on"),
    ),
    Kind(
        "split",
        facts.split,
        ("deal_external_id", "person_external_id"),
        (*_text("deal_external_id", "person_external_id"), Field("share_ppb", "int")),
        (Reference("deal_id", "deal_external_id", "deal", own=True), _WHO),
        together="deal_external_id",
    ),
    Kind(
        "quota",
        facts.quota,
        ("person_external_id", "name", "start_on"),
        (
            *_text("person_external_id"),
            Field("name", "label"),
            *_SPAN,
            Field("amount_cents", "int"),
            Field("currency", "label"),
        ),
        (_WHO,),
    ),
    Kind(
        "assignment",
        facts.assignment,
        ("person_external_id", "plan", "start_on"),
        (*_text("person_external_id"), Field("plan", "label"), *_SPAN),
        (_WHO,),
    ),
    Kind(
        "rate",
        facts.fx_rate,
        ("from_currency", "to_currency", "start_on"),
        (
            Field("from_currency", "label"),
            Field("to_currency", "label"),
            *_SPAN,
            Field("rate_num", "int"),
            Field("rate_den", "int"),
        ),
    ),
    Kind(
        "position",
        counted.position,
        ("person_external_id", "start_on"),
        (*_text("person_external_id"), *_text_or_empty("role", "title"), *_SPAN),
        (_WHO,),
    ),
    Kind(
        "figure",
        counted.deal_figure,
        ("deal_external_id", "name"),
        (*_text("deal_external_id"), Field("name", "label"), Field("value", "int"), Field("unit", "label")),
        (_WHICH,),
    ),
    Kind(
        "tag",
        counted.deal_tag,
        ("deal_external_id", "name"),
        (*_text("deal_external_id"), Field("name", "label"), Field("value", "label")),
        (_WHICH,),
    ),
    Kind(
        "event",
        counted.deal_event,
        ("deal_external_id", "name", "on_day", "record"),
        (*_text("deal_external_id"), Field("name", "label"), *_ON, Field("amount_cents", "int"), _CURRENCY),
        (_WHICH,),
    ),
    Kind(
        "achievement",
        counted.achievement,
        ("person_external_id", "name", "on_day", "record"),
        (
            *_text_or_empty("person_external_id"),
            Field("name", "label"),
            *_ON,
            Field("value", "int"),
            Field("unit", "label"),
        ),
        (_WHO,),
        of_all=True,
    ),
    Kind(
        "incentive",
        counted.incentive,
        ("person_external_id", "name", "start_on"),
        (*_text("person_external_id"), Field("name", "label"), *_SPAN, Field("amount_cents", "int"), _CURRENCY),
        (_WHO,),
    ),
    Kind(
        "adjustment",
        counted.adjustment,
        ("external_id",),
        (
            *_text("external_id", "person_external_id"),
            Field("on_day", "day"),
            Field("kind", "label"),
            Field("plan", "label", default=""),
            *_text_or_empty("deal_external_id"),
            Field("amount_cents", "int"),
            _CURRENCY,
            *_text_or_empty("reason", "approved_by"),
        ),
        (_WHO, _WHICH),
        mints="adjustment_id",
    ),
    Kind(
        "balance",
        counted.balance,
        ("person_external_id", "plan", "name", "on_day"),
        (
            *_text("person_external_id"),
            Field("plan", "label"),
            Field("name", "label"),
            Field("on_day", "day"),
            Field("value", "int"),
        ),
        (_WHO,),
    ),
    Kind(
        "absence",
        counted.absence,
        ("person_external_id", "start_on"),
        (*_text("person_external_id"), *_SPAN),
        (_WHO,),
    ),
    Kind(
        "account",
        goods.account,
        ("external_id",),
        (*_text("external_id", "name"), *_text_or_empty("domain", "industry", "segment", "region")),
        mints="account_id",
    ),
    Kind(
        "product",
        goods.product,
        ("external_id",),
        (*_text("external_id", "name"), *_text_or_empty("code", "family")),
        mints="product_id",
    ),
    Kind(
        "line_item",
        goods.line_item,
        ("external_id",),
        (
            *_text("external_id", "deal_external_id"),
            *_text_or_empty("product_external_id", "name"),
            Field("quantity", "int"),
            Field("amount_cents", "int"),
            Field("currency", "label"),
        ),
        (_WHICH,),
        mints="line_item_id",
    ),
    Kind("blend", blending.blend_rule, ("of_kind",), _text("of_kind", "said"), mints="rule_id"),
    Kind(
        "part",
        blending.blend_part,
        ("of_kind", "record"),
        (
            *_text("of_kind", "record", "said", "keys"),
            Field("source_at", "instant", hashed=False, default=""),
            Field("raw_ref", hashed=False, default=""),
        ),
        mints="part_id",
    ),
    Kind(
        "link",
        blending.blend_link,
        ("of_kind", "record"),
        _text("of_kind", "record", "state", "anchor_id", "method", "decided_by"),
        mints="link_id",
    ),
)

#: The order in which a complete sync hands them over, so that fewer references have to wait.
KINDS = {kind.name: kind for kind in _KINDS}


def named(name: str) -> Kind:
    """The kind of that name.

    Raises:
        FrameRefused: there is none.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise FrameRefused(f"the store keeps {', '.join(KINDS)}, not {name!r}")
    return kind
