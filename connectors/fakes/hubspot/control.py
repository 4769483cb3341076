"""The door beside the service's own paths, through which a demo works in the fake CRM: a page, lists, and verbs.

No token is asked for: the fake listens on loopback only and holds nothing real.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import httpx

from connectors.fakes.hubspot.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.fakes.hubspot.portal import Portal

SHOWN = ("dealname", "amount", "deal_currency_code", "dealstage", "closedate", "hubspot_owner_id", "hs_is_closed")


def answer(portal: Portal, request: httpx.Request) -> httpx.Response:
    """What the verb left behind: the deal as it stands, or all deals and owners."""
    _from_here(request)
    noun = request.url.path.removeprefix("/fake/")
    if request.method == "GET" and not noun:
        page = files("connectors.fakes.hubspot").joinpath("page.html").read_bytes()
        return httpx.Response(200, content=page, headers={"Content-Type": "text/html; charset=utf-8"})
    if request.method == "GET":
        return httpx.Response(200, json=_listed(portal, noun))
    verb = _VERBS.get(noun)
    if verb is None:
        raise Refused.not_found(f"verb {noun}; there are {', '.join(_VERBS)}")
    try:
        body = json.loads(request.content or b"{}")
        deal_id = verb(portal, {name: str(value) for name, value in body.items()})
    except (KeyError, ValueError, AttributeError) as error:
        raise Refused.bad_request(f"{noun} cannot be done with that: {error!r}") from error
    deal = portal.tables["deals"].rows.get(deal_id)
    return httpx.Response(200, json={"id": deal_id, "deal": deal.shown(SHOWN) if deal is not None else None})


def _from_here(request: httpx.Request) -> None:
    """Lets no other site's page work in the CRM through the reader's browser.

    Raises:
        Refused: The page that asks is not the fake's own.
    """
    origin = request.headers.get("Origin")
    if origin is not None and httpx.URL(origin).netloc != request.url.netloc:
        raise Refused(403, "FORBIDDEN", "Only the fake's own page may do that.")


def _listed(portal: Portal, noun: str) -> dict[str, Any]:
    if noun == "owners":
        return {"results": [owner.shown() for owner in portal.owners.values()]}
    if noun == "deals":
        table = portal.tables["deals"]
        rows = [*table.sorted(archived=False), *table.sorted(archived=True)]
        return {"results": [record.shown(SHOWN) for record in rows]}
    raise Refused.not_found(noun)


def _create(portal: Portal, body: dict[str, str]) -> str:
    return portal.create("deals", {"pipeline": "default", "dealstage": "qualifiedtobuy"} | body)


def _edit(portal: Portal, body: dict[str, str]) -> str:
    deal_id = body.pop("id")
    portal.edit("deals", deal_id, body)
    return deal_id


def _win(portal: Portal, body: dict[str, str]) -> str:
    portal.win(body["id"], body.get("closed_at", ""))
    return body["id"]


def _lose(portal: Portal, body: dict[str, str]) -> str:
    portal.lose(body["id"], body.get("closed_at", ""))
    return body["id"]


def _delete(portal: Portal, body: dict[str, str]) -> str:
    portal.delete("deals", body["id"])
    return body["id"]


def _restore(portal: Portal, body: dict[str, str]) -> str:
    portal.restore("deals", body["id"])
    return body["id"]


def _purge(portal: Portal, body: dict[str, str]) -> str:
    portal.purge("deals", body["id"])
    return body["id"]


def _merge(portal: Portal, body: dict[str, str]) -> str:
    return portal.merge(body["id"], body["loser"], new_id=body.get("new_id", "").lower() == "true")


def _reassign(portal: Portal, body: dict[str, str]) -> str:
    if body["owner"] not in portal.owners:
        raise ValueError(f"no owner {body['owner']}")
    portal.reassign(body["id"], body["owner"])
    return body["id"]


_VERBS: dict[str, Callable[[Portal, dict[str, str]], str]] = {
    "create": _create,
    "edit": _edit,
    "win": _win,
    "lose": _lose,
    "delete": _delete,
    "restore": _restore,
    "purge": _purge,
    "merge": _merge,
    "reassign": _reassign,
}
