"""Signing in with a signed assertion: the fake verifies its signature, audience and expiry, as the service does."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from connectors.errors import AuthRefused, ConfigRefused

if TYPE_CHECKING:
    import httpx

    from tests.connectors.salesforce.conftest import Desk


@cache
def keys(name: str) -> tuple[str, str]:
    """A private key and its public half; the same for the same name."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def signed(desk: Desk) -> Desk:
    private, public = keys("ours")
    desk.extra = "grant: jwt_bearer\n    username: env:SF_USER\n    private_key: env:SF_KEY"
    desk.secrets["env:SF_KEY"] = private
    desk.fake.tokens.public_key = public
    return desk


def assertion_of(desk: Desk) -> str:
    """What is sent as the assertion."""
    sent: list[httpx.Request] = []
    handle = desk.fake.handle

    def seen(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return handle(request)

    desk.fake.handle = seen  # type: ignore[method-assign]
    desk.feed().check()
    return str(parse_qs(sent[0].content.decode())["assertion"][0])


def test_an_assertion_signed_with_our_key_lets_us_in(signed: Desk) -> None:
    made = signed.deals(1)
    signed.pass_time(minutes=10)
    assert [record.external_id for page in signed.changed() for record in page.records] == made


def test_it_says_who_for_whom_to_whom_and_for_three_minutes(signed: Desk) -> None:
    claims = jwt.decode(
        assertion_of(signed),
        keys("ours")[1],
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        issuer="attain-client",
        options={"verify_exp": False},
    )
    assert claims == {
        "iss": "attain-client",
        "sub": "sync@acme.example",
        "aud": "https://login.salesforce.com",
        "exp": int((signed.now + timedelta(minutes=3)).timestamp()),
    }


def test_a_key_that_is_not_the_certificates_is_refused(signed: Desk) -> None:
    signed.secrets["env:SF_KEY"] = keys("a stranger's")[0]
    with pytest.raises(AuthRefused) as refused:
        signed.changed()
    assert "BEGIN" not in str(refused.value)


def test_a_clock_that_is_far_ahead_is_refused_and_not_asked_again_and_again(signed: Desk) -> None:
    signed.skew = timedelta(minutes=10)
    with pytest.raises(AuthRefused):
        signed.changed()
    assert sum("/oauth2/token" in asked for asked in signed.fake.requests) == 1


def test_a_sandbox_is_addressed_as_one(signed: Desk) -> None:
    signed.domain = "acme--dev.sandbox.my.salesforce.com"
    signed.fake.tokens.audience = "https://test.salesforce.com"
    assert signed.feed().check() == ()


NO_KEY = "\n".join(f"-----{edge} PRIVATE" + " KEY-----" for edge in ("BEGIN", "END"))


@pytest.mark.parametrize("text", ["", "no key", NO_KEY])
def test_what_is_no_key_is_named_without_being_repeated(signed: Desk, text: str) -> None:
    signed.secrets["env:SF_KEY"] = text
    with pytest.raises(ConfigRefused, match="cannot sign") as refused:
        signed.changed()
    assert text not in str(refused.value) or not text
    assert signed.fake.requests == []
