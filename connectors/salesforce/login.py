"""Signing in: client credentials or a signed assertion, at the organisation's own domain, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from connectors.errors import AuthRefused, ConfigRefused
from connectors.http import Http
from connectors.salesforce.manners import MANNERS
from connectors.secrets_by_reference import is_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.feed import Setup

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path
GRANTS = ("client_credentials", "jwt_bearer")
SUFFIXES = (".salesforce.com", ".force.com")
_BEARER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_LIFE = timedelta(minutes=3)


class Login:
    """A token for one organisation, got when it is needed and once more when it is refused."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._options = setup.source.options
        self._token = ""
        self._http: Http | None = None
        self.instance_url = ""

    @property
    def calls(self) -> int:
        """Requests for tokens so far."""
        return self._http.calls if self._http is not None else 0

    def headers(self) -> Mapping[str, str]:
        """The token as a bearer token."""
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """A new token was got.

        Raises:
            SourceError: Salesforce does not sign us in, or sends us somewhere else.
        """
        before = self.instance_url
        self.sign_in()
        if self.instance_url != before:
            raise AuthRefused("The organisation has moved to another address", remedy="The next sync goes there")
        return True

    def sign_in(self) -> Http:
        """The connection that got the token; its clock is the service's.

        Raises:
            SourceError: Salesforce does not sign us in, or names an address that is not its own.
        """
        if self._http is None:
            self._http = Http(self._home(), self._setup.wire, manners=MANNERS)
        answer = self._http.post(TOKEN_PATH, form=self._form())
        said = answer.json if isinstance(answer.json, dict) else {}
        token, instance = said.get("access_token"), said.get("instance_url")
        if not isinstance(token, str) or not token or not isinstance(instance, str):
            raise AuthRefused("Salesforce answers without a token")
        self.instance_url = self._own(instance)
        self._token = token
        return self._http

    def _home(self) -> str:
        """Where tokens are asked for."""
        if self._setup.wire.base_url:
            return self._setup.wire.base_url
        domain = self._options.get("domain", "")
        if not is_salesforce(f"https://{domain}"):
            raise ConfigRefused(
                "`domain` is not the address of a Salesforce organisation",
                where=self._setup.source.name,
                remedy="Write the My Domain host, such as acme.my.salesforce.com, without https://",
            )
        return f"https://{domain}"

    def _own(self, instance: str) -> str:
        """The address, if it is Salesforce's: the token goes there."""
        if is_salesforce(instance):
            return f"https://{urlsplit(instance).hostname}"
        base = self._setup.wire.base_url
        if base and instance.rstrip("/") == base.rstrip("/"):
            return base
        raise ConfigRefused(
            "Salesforce names an address that is not its own; the token stays here",
            where=self._setup.source.name,
            remedy="Check `domain` in the mapping",
        )

    def _form(self) -> dict[str, str]:
        grant = self._options.get("grant", GRANTS[0])
        client_id = self._secret("client_id")
        if grant == GRANTS[0]:
            secret = self._secret("client_secret")
            return {"grant_type": grant, "client_id": client_id, "client_secret": secret}
        if grant == GRANTS[1]:
            return {"grant_type": _BEARER_GRANT, "assertion": self._assertion(client_id)}
        raise ConfigRefused(
            "Unknown `grant`", where=self._setup.source.name, remedy=f"Use one of {', '.join(GRANTS)}"
        )

    def _assertion(self, client_id: str) -> str:
        jwt = _jwt()
        domain = self._options.get("domain", "")
        host = "test" if ".sandbox." in domain or domain.startswith("test.") else "login"
        expires = self._setup.wire.clock() + _ASSERTION_LIFE
        claims = {
            "iss": client_id,
            "sub": self._secret("username"),
            "aud": f"https://{host}.salesforce.com",
            "exp": int(expires.timestamp()),
        }
        try:
            return str(jwt.encode(claims, self._secret("private_key"), algorithm="RS256"))
        except (ValueError, TypeError, NotImplementedError, jwt.PyJWTError):
            # Without its cause: that one may quote the key.
            raise ConfigRefused(
                "The private key cannot sign",
                where=self._setup.source.name,
                remedy="Use an RSA key in PEM form whose certificate is in the External Client App",
            ) from None

    def _secret(self, option: str) -> str:
        reference = self._options.get(option, "")
        if not reference:
            raise ConfigRefused(
                f"The mapping does not say `{option}`",
                where=self._setup.source.name,
                remedy=f"Add `{option}: env:…` or `{option}: file:…` to the source",
            )
        is_open = option in ("client_id", "username") and not is_reference(reference)
        return reference if is_open else self._setup.secret(reference)


def is_salesforce(url: str) -> bool:
    """Whether the address is https, below salesforce.com or force.com, and nothing but an address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    known = host.endswith(SUFFIXES) and all(c.isascii() and (c.isalnum() or c in "-.") for c in host)
    return parts.scheme == "https" and plain and known and port in (None, 443)


def _jwt() -> Any:
    try:
        return import_module("jwt")
    except ImportError:
        raise ConfigRefused(
            "`grant: jwt_bearer` needs PyJWT, which is not installed",
            remedy="Install attain[salesforce-jwt], or use `grant: client_credentials`",
        ) from None
