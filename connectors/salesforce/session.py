"""One signed-in conversation with an organisation: queries page by page, and what its objects look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from connectors.errors import ConfigRefused, PagingRepeats, Transient
from connectors.http import Http
from connectors.salesforce.errors import AddressUnknown, ObjectMissing
from connectors.salesforce.login import Login
from connectors.salesforce.manners import MANNERS, field_missing
from connectors.salesforce.soql import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connectors.feed import Setup
    from connectors.http import Answer
    from connectors.salesforce.soql import Select

#: The release this was written for; `check` says whether the organisation has it.
API = "67.0"

#: Salesforce takes 16,384 bytes of address and headers; the rest is for the token.
MAX_QUERY = 12_000

_VERSION = re.compile(r"[0-9]{2,3}\.0")


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of a query's answer.

    Attributes:
        rows: The records.
        read_at: Salesforce's clock.
        total: How many records the whole query means.
        done: There is nothing after it.
    """

    rows: tuple[dict[str, Any], ...]
    read_at: datetime
    total: int
    done: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A field of an object: its name, label, type, the name that follows it and the object it leads to."""

    name: str
    label: str
    type: str
    relationship: str
    refers: str
    options: tuple[str, ...]


class Session:
    """An organisation, reached when it is first asked something."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._login = Login(setup)
        self._http: Http | None = None
        self._clock: Http | None = None
        self._columns: dict[str, Mapping[str, Column]] = {}

    @property
    def api(self) -> str:
        """The version of the API that is spoken."""
        return self._setup.source.options.get("api", API)

    @property
    def calls(self) -> int:
        """Requests sent so far."""
        return self._login.calls + (self._http.calls if self._http is not None else 0)

    def now(self) -> datetime:
        """Salesforce's clock, as its last answer told; this machine's before."""
        return self._clock.server_now() if self._clock is not None else self._setup.wire.clock()

    def connect(self) -> Http:
        """The connection, signed in.

        Raises:
            SourceError: It cannot be.
        """
        if self._http is None:
            if not _VERSION.fullmatch(self.api):
                raise ConfigRefused(f"`api` is no version: {self.api[:20]!r}", remedy=f'Write `api: "{API}"`')
            self._clock = self._login.sign_in()
            self._http = Http(self._login.instance_url, self._setup.wire, self._login, MANNERS)
        return self._http

    def versions(self) -> tuple[str, ...]:
        """The versions of the API that the organisation speaks."""
        found = self._get("/services/data/").json
        return tuple(str(each.get("version", "")) for each in found) if isinstance(found, list) else ()

    def columns(self, name: str) -> Mapping[str, Column]:
        """The fields of an object that the integration user may see, by name.

        Raises:
            ObjectMissing: There is no such object.
        """
        if name not in self._columns:
            try:
                answer = self._get(f"{self._root}/sobjects/{named(name)}/describe")
            except AddressUnknown:
                raise ObjectMissing(f"There is no object {name!r}") from None
            fields = answer.json.get("fields", []) if isinstance(answer.json, dict) else []
            self._columns[name] = {str(each["name"]): _column(each) for each in fields}
        return self._columns[name]

    def missing(self, name: str, fields: Sequence[str]) -> list[ConfigRefused]:
        """Which of those fields the object, or a record it refers to, does not have.

        Raises:
            SourceError: Salesforce does not tell.
        """
        return [field_missing(field, name) for field in dict.fromkeys(fields) if not self._has(name, field)]

    def _has(self, name: str, field: str) -> bool:
        *path, last = field.split(".")
        for step in path:
            links = [c for c in self.columns(name).values() if c.relationship == step and c.refers]
            if not links:
                return False
            name = links[0].refers
        return last in self.columns(name)

    def read(self, select: Select, *, deleted: bool = True) -> Iterator[Batch]:
        """The pages of a query, deleted records among them unless told otherwise.

        Raises:
            LocatorExpired: The rest is gone; ask again after the last record.
            PagingRepeats: A page leads back to one that was read.
            ConfigRefused: The query is refused, or a page leads elsewhere.
        """
        text = select.text()
        if len(quote(text)) > MAX_QUERY:
            raise ConfigRefused("The query is too long", where=select.name, remedy="Map fewer fields")
        path = f"{self._root}/{'queryAll' if deleted else 'query'}"
        answer, seen = self._get(path, {"q": text}), set()
        while True:
            batch = _batch(answer, select.name)
            yield batch
            if batch.done:
                return
            following = _following(answer.json, select.name)
            if following in seen:
                raise PagingRepeats(where=select.name)
            seen.add(following)
            answer = self._get(following)

    def all(self, select: Select, *, deleted: bool = False) -> list[dict[str, Any]]:
        """Every record of a query that means few."""
        return [row for batch in self.read(select, deleted=deleted) for row in batch.rows]

    @property
    def _root(self) -> str:
        return f"/services/data/v{self.api}"

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        http = self.connect()
        answer = http.get(path, params)
        self._clock = http
        return answer


def _following(page: dict[str, Any], name: str) -> str:
    """Where the next page is: below the API of this organisation, or nowhere."""
    following = page.get("nextRecordsUrl")
    if not isinstance(following, str):
        raise Transient("A page is neither the last nor names the next", where=name)
    if not following.startswith("/services/data/"):
        raise ConfigRefused("A page names an address that is not Salesforce's own", where=name)
    return following


def _batch(answer: Answer, name: str) -> Batch:
    page = answer.json
    rows = page.get("records") if isinstance(page, dict) else None
    if not isinstance(rows, list) or not isinstance(page.get("done"), bool):
        raise Transient("An answer is not what a query brings", where=name)
    if not all(isinstance(row, dict) and isinstance(row.get("Id"), str) for row in rows):
        raise Transient("An answer holds records without an id", where=name)
    total = page.get("totalSize")
    return Batch(tuple(rows), answer.date, total if isinstance(total, int) else len(rows), page["done"])


def _column(each: dict[str, Any]) -> Column:
    refers = each.get("referenceTo") or [""]
    values = each.get("picklistValues") or ()
    return Column(
        name=str(each["name"]),
        label=str(each.get("label") or each["name"]),
        type=str(each.get("type", "")),
        relationship=str(each.get("relationshipName") or ""),
        refers=str(refers[0]),
        options=tuple(str(value.get("value", "")) for value in values if isinstance(value, dict)),
    )
