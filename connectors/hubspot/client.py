"""One connection to one HubSpot account: the token, the paths of its version, and what it may be asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.errors import ConfigRefused, Transient
from connectors.feed import Property
from connectors.http import Http
from connectors.hubspot import listing
from connectors.hubspot.manners import manners
from connectors.hubspot.paths import HOST, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connectors.feed import Setup
    from connectors.http import Answer

NO_TOKEN = "Set `token: env:HUBSPOT_TOKEN` under the source, and put a service key there"  # noqa: S105 - a remedy


class ServiceKey:
    """The account's service key, looked up when it is first needed."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._headers: dict[str, str] = {}

    def headers(self) -> Mapping[str, str]:
        """The key as a bearer token.

        Raises:
            ConfigRefused: The mapping names no key, or it cannot be read.
        """
        if not self._headers:
            reference = self._setup.source.options.get("token", "")
            if not reference:
                raise ConfigRefused("The source has no token", where=self._setup.source.name, remedy=NO_TOKEN)
            self._headers = {"Authorization": f"Bearer {self._setup.secret(reference).strip()}"}
        return self._headers

    def renew(self) -> bool:
        """A key is replaced by people."""
        return False


class Client:
    """Calls to one account."""

    def __init__(self, setup: Setup) -> None:
        self.paths = paths_of(setup.source.options.get("api", ""))
        self.http = Http(setup.wire.base_url or HOST, setup.wire, ServiceKey(setup), manners())
        self._known: dict[str, tuple[Property, ...]] = {}
        self._details: Any = None

    def batch(self, path: str, ids: Sequence[str], more: Mapping[str, Any] | None = None, query: str = "") -> Answer:
        """The answer to a batch read of those ids, complete.

        Raises:
            SourceError: It was refused, or is not complete.
        """
        body = {"inputs": [{"id": one} for one in ids], **(more or {})}
        answer = self.http.post(path + query, body)
        found = answer.json if isinstance(answer.json, dict) else {}
        if found.get("status", "COMPLETE") != "COMPLETE":
            raise Transient("HubSpot did not finish a batch", where=path)
        return answer

    def details(self) -> Any:
        """What the account says about itself; asked for once."""
        if self._details is None:
            self._details = self.http.get(self.paths.account).json
        return self._details

    def properties(self, kind: str) -> tuple[Property, ...]:
        """The properties that records of an object type have; asked for once."""
        if kind not in self._known:
            answer = self.http.get(self.paths.properties.format(kind))
            rows = listing.shown(answer, "name").rows
            self._known[kind] = tuple(_property(row) for row in rows)
        return self._known[kind]

    def require(self, kind: str, wanted: Iterable[str]) -> None:
        """Refuses to read while a property is gone: HubSpot answers null for one that it does not have.

        Raises:
            ConfigRefused: Naming every property that is gone.
        """
        gone = self.lacking(kind, wanted)
        if gone:
            raise ConfigRefused(
                f"HubSpot's {kind} have no property {', '.join(gone)}",
                where=kind,
                remedy="Correct the mapping, or bring the property back in HubSpot",
            )

    def lacking(self, kind: str, wanted: Iterable[str]) -> list[str]:
        """Which of those properties the account does not have."""
        known = {one.name for one in self.properties(kind)}
        return [name for name in wanted if name not in known]


def _property(row: Mapping[str, Any]) -> Property:
    options = row.get("options") or ()
    return Property(
        name=str(row["name"]),
        label=str(row.get("label") or row["name"]),
        type=str(row.get("type") or ""),
        description=str(row.get("description") or ""),
        options=tuple(str(one.get("value", "")) for one in options if isinstance(one, dict)),
    )
