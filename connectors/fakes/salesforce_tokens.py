"""The token endpoint of the Salesforce fake: client credentials and signed assertions."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from datetime import datetime

BEARER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(slots=True)
class Tokens:
    """Who may enter, and the tokens that are valid.

    Attributes:
        client_id: The External Client App's consumer key.
        client_secret: Its secret.
        username: The user an assertion may speak for.
        audience: Whom an assertion must be addressed to.
        public_key: Of the certificate, in PEM form: what assertions must be signed for; "" looks at claims alone.
        issued: Valid tokens.
        count: Tokens issued so far.
    """

    client_id: str = "attain-client"
    client_secret: str = "attain-secret"  # noqa: S105 - a fake's
    username: str = "sync@acme.example"
    audience: str = "https://login.salesforce.com"
    public_key: str = ""
    issued: set[str] = field(default_factory=set)
    count: int = 0

    def answer(
        self, body: bytes, instance_url: str, now: datetime, authorization: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of a request for a token; an app may name itself in the body or by `authorization`."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        form = _named(authorization) | form
        refused = self._refused(form, now)
        if refused:
            code, description = refused
            return 400, {"error": code, "error_description": description}
        self.count += 1
        token = f"00Dfake!{self.count:06d}"
        self.issued.add(token)
        return 200, {
            "access_token": token,
            "instance_url": instance_url,
            "id": f"{instance_url}/id/00DA00000000000AAA/005A00000000000AAA",
            "token_type": "Bearer",
            "scope": "api",
            "issued_at": str(int(now.timestamp() * 1000)),
        }

    def expire(self) -> None:
        """No token is valid any more."""
        self.issued.clear()

    def _refused(self, form: dict[str, str], now: datetime) -> tuple[str, str] | None:
        grant = form.get("grant_type")
        if grant == "client_credentials":
            if form.get("client_id") != self.client_id:
                return "invalid_client_id", "client identifier invalid"
            if form.get("client_secret") != self.client_secret:
                return "invalid_client", "invalid client credentials"
            return None
        if grant == BEARER_GRANT:
            return self._assertion(form.get("assertion", ""), now)
        return "unsupported_grant_type", "grant type not supported"

    def _assertion(self, assertion: str, now: datetime) -> tuple[str, str] | None:
        try:
            payload = assertion.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            expires = int(claims["exp"])
        except (IndexError, KeyError, ValueError, TypeError, binascii.Error):
            return "invalid_grant", "invalid assertion"
        if self.public_key and not _is_signed(assertion, self.public_key):
            return "invalid_grant", "invalid assertion"
        if claims.get("iss") != self.client_id:
            return "invalid_client_id", "client identifier invalid"
        if claims.get("aud") != self.audience:
            return "invalid_grant", "audience is invalid"
        if not now.timestamp() < expires <= now.timestamp() + 300:
            return "invalid_grant", "expired authorization code"
        if claims.get("sub") != self.username:
            return "invalid_grant", "user hasn't approved this consumer"
        return None


def _named(authorization: str) -> dict[str, str]:
    """Id and secret of an app that names itself by HTTP Basic."""
    scheme, _, code = authorization.partition(" ")
    try:
        name, found, secret = base64.b64decode(code if scheme == "Basic" else "").decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": name, "client_secret": secret} if found else {}


def _is_signed(assertion: str, public_key: str) -> bool:
    """Whether the assertion is signed with RS256 for that key; times and claims are looked at elsewhere."""
    import jwt

    unchecked: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False}
    try:
        jwt.decode(assertion, public_key, algorithms=["RS256"], options=unchecked)
    except jwt.PyJWTError:
        return False
    return True
