"""The HubSpot fake: a request in, a response out, and an account in between that remembers.

`httpx.MockTransport(fake.handle)` takes it in tests; a small server takes it for the demo.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx

from connectors.fakes.hubspot import associations, control, objects, splits
from connectors.fakes.hubspot.errors import Refused
from connectors.fakes.hubspot.limits import Limits
from connectors.fakes.hubspot.portal import Portal
from connectors.fakes.hubspot.routes import Call, route
from connectors.fakes.hubspot.search import SearchRules, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.fakes.hubspot.faults import Fault
    from connectors.fakes.hubspot.records import Table

LONGEST_URL = 8_192
OWNERS_PER_PAGE = 500


class HubSpotFake:
    """One account behind the service's own paths.

    Attributes:
        clock: The service's clock; every `Date` header and every stamp comes from it.
        portal: The account; its verbs change records as people do.
        limits: What an app may call.
        rules: Cap and page size of search.
        page_size: Rows per page of a list, however many are asked for.
        faults: What goes wrong, in the order in which it strikes.
        versions: The versions of the paths that are still served.
        seen: How often each call was answered.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.clock: Callable[[], datetime] = clock or (lambda: datetime.now(UTC))
        self.portal = Portal(self._now)
        self.limits = Limits()
        self.rules = SearchRules()
        self.page_size = objects.MOST_PER_PAGE
        self.faults: list[Fault] = []
        self.versions = {"2026-09", "v3"}
        self.seen: Counter[str] = Counter()

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request, always with the service's own `Date`."""
        try:
            fault = next((one for one in self.faults if one.strikes(request)), None)
            response = fault.answer(request, lambda: self._sound(request)) if fault else self._sound(request)
        except Refused as refused:
            response = httpx.Response(refused.status, json=refused.body)
            if fault is not None:
                response.headers.update(fault.headers)
        response.headers["Date"] = format_datetime(self.clock().astimezone(UTC), usegmt=True)
        return response

    def _now(self) -> datetime:
        return self.clock()

    def _sound(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/fake/"):
            return control.answer(self.portal, request)
        call = route(request)
        if len(request.url.raw_path) > LONGEST_URL:
            return httpx.Response(414)
        self._admit(request, call)
        if call is None or call.version not in self.versions or (call.kind and call.kind not in self.portal.tables):
            raise Refused.not_found(request.url.path)
        self.seen[call.name] += 1
        body = json.loads(request.content) if request.method == "POST" else {}
        status, answer = self._answered(call, dict(request.url.params), body)
        return httpx.Response(status, json=answer, headers=self.limits.headers(call.name == "search"))

    def _admit(self, request: httpx.Request, call: Call | None) -> None:
        """Token first, then the limits, then the scopes."""
        if request.headers.get("Authorization") != f"Bearer {self.portal.account.token}":
            raise Refused.unauthorised()
        self.limits.spend(self.clock(), call is not None and call.name == "search")
        if call is not None and call.scopes and not self.portal.account.scopes & set(call.scopes):
            raise Refused.missing_scope(*call.scopes)

    def _answered(self, call: Call, params: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if call.name in ("list", "one", "search", "read"):
            return self._records(call, params, body)
        if call.name == "associations":
            known = self.portal.associations.get((call.kind, call.parts["to"] or ""), {})
            return associations.batch_read(known, body)
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "owners": lambda: self._owners(params),
            "pipelines": lambda: {"results": [p.shown(i) for i, p in enumerate(self.portal.account.pipelines)]},
            "splits": lambda: self._splits(body),
            "rates": lambda: self._rates(params, current=call.parts["current"] is not None),
            "account": self.portal.account.details,
            "properties": lambda: self._properties(call.kind),
        }
        return 200, answers[call.name]()

    def _records(self, call: Call, params: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        table = self._known(call.kind)
        if call.name == "list":
            return 200, objects.listed(table, params, self.page_size)
        if call.name == "one":
            return 200, objects.one(table, call.parts["id"] or "", params)
        if call.name == "search":
            return 200, search(table, body, self.clock(), self.rules)
        return objects.batch_read(table, body, params.get("archived") == "true")

    def _known(self, kind: str) -> Table:
        return self.portal.tables[kind]

    def _owners(self, params: dict[str, str]) -> dict[str, Any]:
        limit = int(params.get("limit") or 100)
        if not 0 < limit <= OWNERS_PER_PAGE:
            raise Refused.bad_request(f"limit must be between 1 and {OWNERS_PER_PAGE}")
        archived = params.get("archived") == "true"
        rows = sorted((o for o in self.portal.owners.values() if o.archived == archived), key=lambda o: int(o.id))
        return objects.paged(rows, params.get("after") or "0", min(limit, self.page_size), [])

    def _splits(self, body: dict[str, Any]) -> dict[str, Any]:
        deals = self.portal.tables["deals"].rows
        ids = [str(entry["id"]) for entry in body.get("inputs", [])]
        live = [one for one in ids if one in deals and deals[one].archived_at is None]
        return splits.batch_read(self.portal.splits, live, ids)

    def _rates(self, params: dict[str, str], *, current: bool) -> dict[str, Any]:
        account = self.portal.account
        rows = sorted(account.rates, key=lambda rate: int(rate.id))
        if not current:
            limit = min(int(params.get("limit") or 100), self.page_size)
            page = objects.paged(rows, params.get("after") or "0", limit, [account.currency])
        else:
            started = [rate for rate in rows if rate.effective_at <= self.clock()]
            latest = {rate.currency: rate for rate in sorted(started, key=lambda rate: rate.effective_at)}
            page = {"results": [rate.shown([account.currency]) for rate in latest.values()]}
        for shown in page["results"]:
            shown["conversionRate"] = float(shown["conversionRate"])
        return page

    def _properties(self, kind: str) -> dict[str, Any]:
        known = self.portal.account.properties.get(kind, {})
        return {
            "results": [
                {"name": name, "label": name.replace("_", " ").capitalize(), "type": what, "options": []}
                for name, what in known.items()
            ]
        }
