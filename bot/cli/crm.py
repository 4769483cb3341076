"""`attain crm`: work in the demo's fake CRM as a rep would: list, win, edit, reassign, merge and delete deals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import terminal
from bot.cli.errors import UnsoundError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Where the demo's fake CRM listens.
URL = "http://127.0.0.1:8091"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECONDS = 10.0

crm = typer.Typer(no_args_is_help=True, help="Work in the demo's fake CRM; the next sync brings what you did.")

UrlOption = Annotated[str, typer.Option("--url", help="Where the fake CRM listens on this machine.")]
DealArgument = Annotated[str, typer.Argument(help="The deal's id or name; `attain crm deals` lists them.")]


@crm.command()
def deals(
    part: Annotated[str, typer.Argument(help="Only deals with this in their name.")] = "",
    url: UrlOption = URL,
) -> None:
    """List the deals of the fake CRM, archived ones last."""
    found = [deal for deal in _all(url, "deals") if part.casefold() in _name(deal).casefold()]
    people = {owner["id"]: f"{owner['firstName']} {owner['lastName']}".strip() for owner in _all(url, "owners")}
    terminal.table("", ("id", "deal", "amount", "stage", "closes", "owner"), _rows(found, people), right=("amount",))


@crm.command()
def owners(url: UrlOption = URL) -> None:
    """List who can own deals in the fake CRM."""
    rows = [
        (owner["id"], f"{owner['firstName']} {owner['lastName']}".strip(), owner["email"])
        for owner in _all(url, "owners")
    ]
    terminal.table("", ("id", "name", "e-mail"), rows)


@crm.command()
def win(deal: DealArgument, url: UrlOption = URL) -> None:
    """Close a deal as won, now."""
    _done(_post(url, "win", id=_id(url, deal)), "won")


@crm.command()
def lose(deal: DealArgument, url: UrlOption = URL) -> None:
    """Close a deal as lost, now."""
    _done(_post(url, "lose", id=_id(url, deal)), "lost")


@crm.command()
def create(
    name: Annotated[str, typer.Argument(help="What the deal is called.")],
    amount: Annotated[str, typer.Option(help="Its amount, such as 12500.00.")],
    owner: Annotated[str, typer.Option(help="The owner's id or e-mail.")],
    url: UrlOption = URL,
) -> None:
    """Create an open deal."""
    made = {"dealname": name, "amount": amount, "hubspot_owner_id": _owner(url, owner)}
    _done(_post(url, "create", **made), "created")


@crm.command()
def edit(
    deal: DealArgument,
    amount: Annotated[str | None, typer.Option(help="Its new amount.")] = None,
    name: Annotated[str | None, typer.Option(help="Its new name.")] = None,
    close: Annotated[str | None, typer.Option(help="Its new close date, YYYY-MM-DD.")] = None,
    url: UrlOption = URL,
) -> None:
    """Change a deal's amount, name or close date."""
    said = {"amount": amount, "dealname": name, "closedate": close and f"{close}T00:00:00Z"}
    changes = {key: value for key, value in said.items() if value is not None}
    if not changes:
        raise WrongUseError("Nothing to change. Name --amount, --name or --close.")
    _done(_post(url, "edit", id=_id(url, deal), **changes), "changed")


@crm.command()
def reassign(
    deal: DealArgument,
    owner: Annotated[str, typer.Argument(help="The new owner's id or e-mail.")],
    url: UrlOption = URL,
) -> None:
    """Give a deal to another owner."""
    _done(_post(url, "reassign", id=_id(url, deal), owner=_owner(url, owner)), "reassigned")


@crm.command()
def merge(
    deal: DealArgument,
    loser: Annotated[str, typer.Argument(help="The deal that is merged into it and disappears.")],
    new_id: Annotated[bool, typer.Option("--new-id", help="The merged deal gets an id that neither had.")] = False,
    url: UrlOption = URL,
) -> None:
    """Merge two deals; the first one's values stay."""
    said = {"id": _id(url, deal), "loser": _id(url, loser), "new_id": str(new_id).lower()}
    _done(_post(url, "merge", **said), "merged")


@crm.command()
def delete(
    deal: DealArgument,
    purge: Annotated[bool, typer.Option("--purge", help="From the archive as well: it cannot come back.")] = False,
    url: UrlOption = URL,
) -> None:
    """Delete a deal; `restore` brings it back unless it was purged."""
    found = _id(url, deal)
    _done(_post(url, "purge" if purge else "delete", id=found), "purged" if purge else "deleted", found)


@crm.command()
def restore(deal: DealArgument, url: UrlOption = URL) -> None:
    """Bring a deleted deal back."""
    _done(_post(url, "restore", id=_id(url, deal)), "restored")


def _rows(found: Iterable[dict[str, Any]], people: dict[str, str]) -> Iterable[tuple[str, ...]]:
    for deal in found:
        said = deal["properties"]
        owner = said.get("hubspot_owner_id") or ""
        yield (
            deal["id"],
            _name(deal) + (" (deleted)" if deal["archived"] else ""),
            f"{said.get('amount') or ''} {said.get('deal_currency_code') or ''}".strip(),
            said.get("dealstage") or "",
            (said.get("closedate") or "")[:10],
            people.get(owner, owner),
        )


def _done(answer: dict[str, Any], what: str, deal_id: str = "") -> None:
    deal = answer.get("deal")
    name = _name(deal) if deal else ""
    terminal.say(f"{name or 'Deal'} ({answer.get('id') or deal_id}) {what}. `attain sync` brings it over.")


def _name(deal: dict[str, Any]) -> str:
    return str(deal["properties"].get("dealname") or "")


def _id(url: str, wanted: str) -> str:
    """The id of the deal with that id or name.

    Raises:
        WrongUseError: None, or more than one, is called that.
    """
    known = _all(url, "deals")
    said = wanted.strip().casefold()
    hits = [deal for deal in known if deal["id"] == said]
    hits = hits or [deal for deal in known if _name(deal).casefold() == said]
    hits = hits or [deal for deal in known if said and said in _name(deal).casefold()]
    return _only(hits, wanted, "deals", [f"{deal['id']} {_name(deal)}" for deal in hits])


def _owner(url: str, wanted: str) -> str:
    """The id of the owner with that id or e-mail.

    Raises:
        WrongUseError: Nobody has it.
    """
    hits = [one for one in _all(url, "owners") if wanted.casefold() in (one["id"], one["email"].casefold())]
    return _only(hits, wanted, "owners", [one["email"] for one in hits])


def _only(hits: list[dict[str, Any]], wanted: str, noun: str, names: list[str]) -> str:
    if not hits:
        raise WrongUseError(
            f"The fake CRM has no {noun.removesuffix('s')} {wanted!r}. `attain crm {noun}` lists them."
        )
    if len(hits) > 1:
        raise WrongUseError(f"{len(hits)} {noun} are called that: {', '.join(names[:10])}. Name one by its id.")
    return str(hits[0]["id"])


def _all(url: str, noun: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _asked("GET", url, noun)["results"]
    return found


def _post(url: str, verb: str, **said: str) -> dict[str, Any]:
    return _asked("POST", url, verb, said)


def _asked(method: str, url: str, path: str, said: dict[str, str] | None = None) -> dict[str, Any]:
    """What the fake answers.

    Raises:
        WrongUseError: The address is not on this machine.
        UnsoundError: Nothing listens there, or the fake refuses it.
    """
    import httpx

    if httpx.URL(url).host not in LOOPBACK:
        raise WrongUseError(f"The fake CRM listens on this machine only. Name an address such as {URL}.")
    try:
        with httpx.Client(base_url=url, trust_env=False, timeout=SECONDS) as client:
            response = client.request(method, f"/fake/{path}", json=said)
        answer: dict[str, Any] = response.json()
    except (httpx.TransportError, ValueError):
        raise UnsoundError(f"No fake CRM answers at {url}. Start it with `attain demo`, or name its --url.") from None
    if response.status_code >= httpx.codes.BAD_REQUEST:
        raise UnsoundError(f"The fake CRM refuses that: {answer.get('message', response.status_code)}")
    return answer
