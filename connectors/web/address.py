"""Which addresses are asked: https, a host that the mapping allows, and never this network's own by accident."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx

from connectors.errors import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connectors.feed import Setup

REMEDY = "Name the host under `allow_hosts` if it is really meant"


def base_of(setup: Setup) -> str:
    """The address that paths are below.

    Raises:
        ConfigRefused: It is not https, or its host is not allowed.
    """
    if setup.wire.base_url:
        return setup.wire.base_url
    said = setup.source.options["base_url"]
    try:
        url = httpx.URL(said)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme != "https" or not url.host or url.query or url.userinfo:
        raise ConfigRefused(
            "base_url is no https address", where=setup.source.name, remedy="Write https://host, and a path if any"
        )
    allowed = allowed_hosts(setup.source.options.get("allow_hosts", ""))
    if allowed and url.host not in allowed:
        raise ConfigRefused(f"{url.host} is not among allow_hosts", where=setup.source.name, remedy=REMEDY)
    if not allowed:
        refuse_private(url.host, literal(url.host))
    return said


def allowed_hosts(text: str) -> frozenset[str]:
    """The hosts that the mapping names."""
    return frozenset(host.strip().lower() for host in text.split(",") if host.strip())


def literal(host: str) -> tuple[str, ...]:
    """The address, where the host is one."""
    try:
        return (str(ip_address(host.strip("[]"))),)
    except ValueError:
        return ("127.0.0.1",) if host == "localhost" or host.endswith(".localhost") else ()


def resolved(host: str, port: int) -> tuple[str, ...]:
    """The addresses behind a host; none where nobody knows it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(str(one[4][0]) for one in found)


def refuse_private(host: str, addresses: Iterable[str]) -> None:
    """Lets nobody ask what is not public.

    Raises:
        ConfigRefused: One of the addresses is of this machine or network.
    """
    for address in addresses:
        if not ip_address(address.partition("%")[0]).is_global:
            raise ConfigRefused(f"{host} is an address of this machine or network", where=host, remedy=REMEDY)


class Guarded(httpx.BaseTransport):
    """Looks where a host is before each request. A host that the mapping allows by name may be anywhere."""

    def __init__(
        self,
        allow_hosts: str,
        inner: httpx.BaseTransport | None = None,
        resolve: Callable[[str, int], Iterable[str]] = resolved,
    ) -> None:
        self._allowed = allowed_hosts(allow_hosts)
        self._inner = inner or httpx.HTTPTransport(trust_env=False)
        self._resolve = resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer.

        Raises:
            ConfigRefused: The host is of this machine or network.
        """
        host = request.url.host
        if host not in self._allowed:
            refuse_private(host, self._resolve(host, request.url.port or 443))
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Let the connections go."""
        self._inner.close()
