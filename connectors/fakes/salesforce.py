"""A Salesforce organisation that answers REST requests as Salesforce does, in memory.

`handle` takes a request and gives the answer: behind `httpx.MockTransport` in tests, behind a loopback server for the
demo and for other clients.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx

from connectors.fakes.errors import SalesforceRefused
from connectors.fakes.salesforce_changes import changes
from connectors.fakes.salesforce_objects import PREFIXES
from connectors.fakes.salesforce_org import Org
from connectors.fakes.salesforce_query import Query, shown
from connectors.fakes.salesforce_soql import parse
from connectors.fakes.salesforce_tokens import Tokens

if TYPE_CHECKING:
    from datetime import datetime

    from connectors.fakes.salesforce_faults import Fault

VERSIONS = ("64.0", "65.0", "66.0", "67.0", "68.0")
MAX_URL = 16_384
LOCATOR_LIFE = timedelta(days=2)

#: Brackets a number on its way through the JSON writer, which knows no exact ones.
_EXACT = "\ue000"


@dataclass(slots=True)
class Locator:
    """The rest of a query's answer."""

    query: Query
    ids: list[str]
    at: datetime


@dataclass
class SalesforceFake:
    """The organisation and the door to it.

    Attributes:
        org: Who and what is in it; its `clock` is the time of everything here.
        tokens: Who may enter.
        instance_url: Where the organisation says that it lives.
        page_size: Records per page at most.
        daily_max: Requests per day.
        used: Requests of today.
        exponents: Amounts from ten million on are written with an exponent, as Salesforce writes large doubles.
        faults: What goes wrong next.
        requests: What was asked, as method and path with query.
    """

    org: Org = field(default_factory=Org)
    tokens: Tokens = field(default_factory=Tokens)
    instance_url: str = "https://acme.my.salesforce.com"
    page_size: int = 2_000
    daily_max: int = 15_000
    used: int = 0
    exponents: bool = False
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    locators: dict[str, Locator] = field(default_factory=dict)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer to that request."""
        asked = request.url.raw_path.decode("ascii")
        self.requests.append(f"{request.method} {asked}")
        try:
            status, body = self._answer(request, asked)
        except SalesforceRefused as refused:
            status, body = refused.status, [{"message": str(refused), "errorCode": refused.code}]
        right = self._response(status, body)
        fault = next((fault for fault in self.faults if fault.meets(asked)), None)
        return right if fault is None else fault.spoil(right)

    def expire_locators(self) -> None:
        """Every query begun must be asked again."""
        self.locators.clear()

    def _answer(self, request: httpx.Request, asked: str) -> tuple[int, Any]:
        url = urlsplit(asked)
        if url.path == "/services/oauth2/token" and request.method == "POST":
            named = request.headers.get("Authorization", "")
            return self.tokens.answer(request.content, self.instance_url, self.org.clock(), named)
        if url.path.rstrip("/") == "/services/data":
            return 200, [{"label": v, "version": v, "url": f"/services/data/v{v}"} for v in VERSIONS]
        self._admit(request)
        if len(asked) > MAX_URL:
            raise SalesforceRefused("URI_TOO_LONG", "URI Too Long", 414)
        _, services, data, version, *rest = url.path.rstrip("/").split("/") + [""] * 3
        if (services, data) != ("services", "data") or version[1:] not in VERSIONS:
            raise SalesforceRefused("NOT_FOUND", "The requested resource does not exist", 404)
        root = f"/services/data/{version}"
        parts = [part for part in rest if part]
        if parts[:1] in (["query"], ["queryAll"]):
            return 200, self._query(parts, parse_qs(url.query).get("q", [""])[0], root)
        if parts == ["limits"]:
            left = {"Max": self.daily_max, "Remaining": max(self.daily_max - self.used, 0)}
            return 200, {"DailyApiRequests": left}
        if parts[:1] == ["sobjects"]:
            return self._records(request, parts[1:], root)
        raise SalesforceRefused("NOT_FOUND", "The requested resource does not exist", 404)

    def _admit(self, request: httpx.Request) -> None:
        """Counts the request and lets it in."""
        bearer, _, token = request.headers.get("Authorization", "").partition(" ")
        if bearer not in ("Bearer", "OAuth") or token not in self.tokens.issued:
            raise SalesforceRefused("INVALID_SESSION_ID", "Session expired or invalid", 401)
        if self.used >= self.daily_max:
            raise SalesforceRefused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
        self.used += 1

    def _query(self, parts: list[str], text: str, root: str) -> dict[str, Any]:
        if len(parts) > 1:
            return self._continued(parts[1], root)
        select = parse(text)
        query = Query(self.org, select, deleted=parts[0] == "queryAll")
        ids = query.ids()
        if select.counts:
            return {"totalSize": len(ids), "done": True, "records": []}
        return self._page(query, ids, 0, root)

    def _continued(self, name: str, root: str) -> dict[str, Any]:
        key, _, start = name.rpartition("-")
        locator = self.locators.get(key)
        if locator is None or self.org.clock() - locator.at > LOCATOR_LIFE or not start.isdigit():
            raise SalesforceRefused("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(locator.query, locator.ids, int(start), root, key)

    def _page(self, query: Query, ids: list[str], start: int, root: str, key: str = "") -> dict[str, Any]:
        stop = start + self.page_size
        rows = query.rows(ids[start:stop], root)
        page = {"totalSize": len(ids), "done": stop >= len(ids), "records": rows}
        if not page["done"]:
            key = key or f"01gA00000{len(self.requests):06d}"
            self.locators[key] = Locator(query, ids, self.org.clock())
            page["nextRecordsUrl"] = f"{root}/query/{key}-{stop}"
        return page

    def _records(self, request: httpx.Request, parts: list[str], root: str) -> tuple[int, Any]:
        if not parts:
            return 200, {"sobjects": [self._summary(name, root) for name in self.org.schema]}
        name, *rest = parts
        if name not in self.org.schema:
            raise SalesforceRefused("NOT_FOUND", "The requested resource does not exist", 404)
        if rest == ["describe"]:
            fields = [spec.described() for spec in self.org.schema[name].values()]
            return 200, self._summary(name, root) | {"fields": fields}
        if rest in (["updated"], ["deleted"]):
            asked = parse_qs(request.url.query.decode("ascii"))
            return 200, changes(self.org, name, rest[0], asked)
        sent = json.loads(request.content or b"{}", parse_float=Decimal)
        if not rest and request.method == "POST":
            return 201, {"id": self.org.create(name, **sent), "success": True, "errors": []}
        if not rest:
            return 200, {"objectDescribe": self._summary(name, root), "recentItems": []}
        return self._one(request.method, name, rest[0], sent)

    def _one(self, method: str, name: str, key: str, sent: dict[str, Any]) -> tuple[int, Any]:
        values = self.org.get(name, key)
        if not values or values.get("IsDeleted"):
            raise SalesforceRefused("ENTITY_IS_DELETED", "entity is deleted", 404)
        if method == "PATCH":
            self.org.edit(name, key, **sent)
        elif method == "DELETE":
            self.org.delete(name, key)
        else:
            return 200, {field: shown(value) for field, value in values.items()}
        return 204, None

    def _summary(self, name: str, root: str) -> dict[str, Any]:
        urls = {"sobject": f"{root}/sobjects/{name}", "describe": f"{root}/sobjects/{name}/describe"}
        flags = {"queryable": True, "createable": True, "updateable": True, "deletable": True}
        return {"name": name, "label": name, "keyPrefix": PREFIXES.get(name), "urls": urls, **flags}

    def _response(self, status: int, body: Any) -> httpx.Response:
        headers = {
            "Date": format_datetime(self.org.clock().astimezone(UTC), usegmt=True),
            "Sforce-Limit-Info": f"api-usage={self.used}/{self.daily_max}",
            "Content-Type": "application/json;charset=UTF-8",
        }
        content = b"" if status == 204 else self._written(body)
        return httpx.Response(status, headers=headers, content=content)

    def _written(self, body: Any) -> bytes:
        text = json.dumps(body, default=self._number, ensure_ascii=False)
        return text.replace(f'"{_EXACT}', "").replace(f'{_EXACT}"', "").encode()

    def _number(self, value: Decimal) -> str:
        """An exact number, as Salesforce writes it: at least one decimal, or an exponent."""
        text = format(value, "f")
        if "." in text:
            text = text.rstrip("0")
            text += "0" if text.endswith(".") else ""
        else:
            text += ".0"
        if self.exponents and abs(value) >= 10_000_000:
            text = format(value.normalize(), "E").replace("E+", "E")
        return f"{_EXACT}{text}{_EXACT}"
