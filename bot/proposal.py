"""A mapping proposed from what a CRM says of itself: for each field the property that is usually meant, if any."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from json import dumps
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEAREST = 3
#: In front of a text that stands in every row, where a field could also be a column.
SAME = "="
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field of a mapping.

    Attributes:
        name: The field.
        usual: Properties that usually hold it, the best first; `a+b` joins two.
        form: How it is written, `{}` being the property.
        needed: The mapping cannot be without it.
        otherwise: How it is written where no property holds it.
    """

    name: str
    usual: tuple[str, ...]
    form: str = "{}"
    needed: bool = True
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A kind with the property of each field; "" where none is known."""

    kind: str
    fields: tuple[tuple[Wanted, str], ...]
    more: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Fields that somebody has to name."""
        return tuple(want.name for want, found in self.fields if want.needed and not found and not want.otherwise)

    def changed(self, name: str, found: str) -> Proposed:
        """The same with another property for one field."""
        return replace(self, fields=tuple((want, found if want.name == name else old) for want, old in self.fields))

    def text(self, source: str) -> str:
        """The kind as a mapping writes it."""
        lines = [f"  {self.kind}:", f"    from: {source}", *(f"    {line}" for line in self.more), "    fields:"]
        for want, found in self.fields:
            said = _written(want, found)
            if said:
                lines.append(f"      {want.name}: {said}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked about one type of source.

    Attributes:
        type: Its type in a mapping.
        said: Keys of the source with what to ask and the usual answer.
        kinds: What it is asked for, the first two in any case.
        more: Further lines of each kind.
    """

    type: str
    said: tuple[tuple[str, str, str], ...]
    kinds: Mapping[str, tuple[Wanted, ...]]
    more: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def source(self, name: str, answers: Mapping[str, str]) -> str:
        """The head of the mapping."""
        said = ", ".join(f"{key}: {value}" for key, value in answers.items() if value)
        return f"version: 1\nsources:\n  {name}: {{type: {self.type}, {said}}}\nkinds:\n"


_HUBSPOT = {
    "person": (
        Wanted("id", ("id",)),
        Wanted("name", ("firstName+lastName",)),
        Wanted("email", ("email",)),
        Wanted("team", ("team",), needed=False),
        Wanted("currency", (), otherwise="{account: true}"),
    ),
    "deal": (
        Wanted("id", ("id",)),
        Wanted("name", ("dealname",)),
        Wanted("account", ("account_name",), needed=False),
        Wanted("owner", ("hubspot_owner_id",)),
        Wanted("amount", ("amount",)),
        Wanted("currency", ("deal_currency_code",), "{{column: {}, account: true}}", otherwise="{account: true}"),
        Wanted("stage", ("dealstage",)),
        Wanted("close", ("closedate",)),
        Wanted("type", ("dealtype",), needed=False),
        Wanted("product", ("product", "product_name"), needed=False),
        Wanted("changed_by", ("hs_updated_by_user_id",), needed=False),
    ),
    "split": (
        Wanted("deal", ("deal",)),
        Wanted("person", ("hubspot_owner_id",)),
        Wanted("share", ("hs_deal_split_percentage",), "{{column: {}, unit: fraction}}"),
    ),
    "quota": (
        Wanted("person", ("hubspot_owner_id",)),
        Wanted("name", ("hs_goal_name",)),
        Wanted("start", ("hs_start_datetime",)),
        Wanted("end", ("hs_end_datetime",), "{{column: {}, inclusive: true}}"),
        Wanted("amount", ("hs_target_amount",)),
        Wanted("currency", (), otherwise="{account: true}"),
    ),
}
_SALESFORCE = {
    "person": (
        Wanted("id", ("Id",)),
        Wanted("name", ("Name",)),
        Wanted("email", ("Email",)),
        Wanted("manager", ("ManagerId",), needed=False),
        Wanted("currency", ("DefaultCurrencyIsoCode",), "{{column: {}, account: true}}", otherwise="{account: true}"),
    ),
    "deal": (
        Wanted("id", ("Id",)),
        Wanted("name", ("Name",)),
        Wanted("owner", ("OwnerId",)),
        Wanted("amount", ("Amount",)),
        Wanted("currency", ("CurrencyIsoCode",), "{{column: {}, account: true}}", otherwise="{account: true}"),
        Wanted("stage", ("StageName",)),
        Wanted("close", ("CloseDate",)),
        Wanted("type", ("Type",), needed=False),
        Wanted("changed_by", ("LastModifiedById",), needed=False),
    ),
    "split": (
        Wanted("deal", ("OpportunityId",)),
        Wanted("person", ("SplitOwnerId",)),
        Wanted("share", ("SplitPercentage",), "{{column: {}, unit: percent}}"),
    ),
    "quota": (
        Wanted("person", ("QuotaOwnerId",)),
        Wanted("name", (), otherwise="{constant: bookings}"),
        Wanted("start", ("StartDate",)),
        Wanted("end", (), otherwise="{length: 3 months}"),
        Wanted("amount", ("QuotaAmount",)),
        Wanted("currency", ("CurrencyIsoCode",), "{{column: {}, account: true}}", otherwise="{account: true}"),
    ),
}
SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        "hubspot": Service(
            "hubspot",
            (("token", "Where is the key? (env:NAME or file:path)", "env:HUBSPOT_TOKEN"),),
            _HUBSPOT,
        ),
        "salesforce": Service(
            "salesforce",
            (
                ("domain", "Which My Domain? (acme.my.salesforce.com)", ""),
                ("client_id", "Where is the client id? (env:NAME or file:path)", "env:SALESFORCE_CLIENT_ID"),
                ("client_secret", "Where is the client secret?", "env:SALESFORCE_CLIENT_SECRET"),
                ("split_types", "Which split type grants credit?", "Revenue"),
            ),
            _SALESFORCE,
            MappingProxyType({"person": ("only_when: {UserType: [Standard]}",)}),
        ),
    }
)


def propose(service: Service, kind: str, known: Sequence[str]) -> Proposed:
    """The kind with the usual property of each field, as far as the account has it."""
    fields = tuple((want, _chosen(want, known)) for want in service.kinds[kind])
    return Proposed(kind, fields, service.more.get(kind, ()))


def nearest(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """Properties that somebody may have meant."""
    close = get_close_matches(name.casefold(), [one.casefold() for one in known], NEAREST, 0.5)
    return tuple(one for one in known if one.casefold() in close)


def _chosen(want: Wanted, known: Sequence[str]) -> str:
    there = set(known)
    return next((usual for usual in want.usual if set(usual.split("+")) <= there), "")


def quoted(name: str) -> str:
    """A name or text as YAML takes it inside a list or a block of keys."""
    return name if _PLAIN.fullmatch(name) else dumps(name, ensure_ascii=False)


def _written(want: Wanted, found: str) -> str:
    if not found:
        return want.otherwise
    if found.startswith(SAME):
        return f"{{constant: {quoted(found.removeprefix(SAME))}}}"
    if "+" in found and found in want.usual:
        return f"{{join: [{', '.join(found.split('+'))}]}}"
    return want.form.format(quoted(found))
