"""The guard in front of Bolt: hostile requests end in a 4xx, cheaply, and nothing unsigned is parsed."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from starlette.testclient import TestClient

from bot import log
from bot.settings import Settings
from bot.slack.http import PATH, build_asgi

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "shh"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.configure("DEBUG", "json", stream)
    yield stream
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def client(heard: list[str], lines: io.StringIO) -> TestClient:
    """A Bolt app that notes what it was asked, behind the guard."""
    app = App(
        signing_secret=SECRET,
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-x"),
        process_before_response=True,
    )

    @app.command("/myquota")
    def command(ack, command):  # type: ignore[no-untyped-def]
        heard.append(command["text"])
        ack()

    @app.event("message")
    def message(event):  # type: ignore[no-untyped-def]
        heard.append(event.get("text", ""))

    settings = Settings(slack_signing_secret=SECRET, transport="http")
    return TestClient(build_asgi(app, settings, lambda: {"store": True}), raise_server_exceptions=False)


def sign(body: bytes, stamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def headers(body: bytes, *, age: float = 0, kind: str = FORM, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(time.time() - age))
    return {
        "content-type": kind,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": sign(body, stamp, secret),
    }


def command(text: str = "last quarter") -> bytes:
    form = {"command": "/myquota", "text": text, "team_id": "T1", "user_id": "U1", "trigger_id": "1.2"}
    return urlencode(form).encode()


def test_a_signed_command_arrives(client: TestClient, heard: list[str]) -> None:
    body = command()
    assert client.post(PATH, content=body, headers=headers(body)).status_code == 200
    assert heard == ["last quarter"]


def test_a_byte_identical_replay_acts_once(client: TestClient, heard: list[str]) -> None:
    body = command()
    signed = headers(body)
    codes = [client.post(PATH, content=body, headers=signed).status_code for _ in range(3)]
    assert codes == [200, 200, 200]
    assert heard == ["last quarter"]


@pytest.mark.parametrize(
    ("name", "change", "status"),
    [
        ("forged", {"x-slack-signature": "v0=" + "0" * 64}, 401),
        ("another secret", {"x-slack-signature": sign(command(), str(int(time.time())), "other")}, 401),
        ("not ASCII", {"x-slack-signature": "v0=é"}, 401),
        ("unsigned", {"x-slack-signature": ""}, 401),
        ("no timestamp", {"x-slack-request-timestamp": ""}, 401),
        ("words for a timestamp", {"x-slack-request-timestamp": "yesterday"}, 400),
        ("a negative timestamp", {"x-slack-request-timestamp": "-5"}, 400),
        ("a fraction", {"x-slack-request-timestamp": "1700000000.5"}, 400),
        ("other digits", {"x-slack-request-timestamp": "١٧٠٠٠٠٠٠٠٠"}, 400),
        ("an endless timestamp", {"x-slack-request-timestamp": "9" * 4000}, 400),
        ("another content type", {"content-type": "text/xml"}, 415),
        ("no content type", {"content-type": ""}, 415),
    ],
)
def test_a_request_that_is_not_from_slack_is_refused(
    client: TestClient, heard: list[str], lines: io.StringIO, name: str, change: dict[str, str], status: int
) -> None:
    body = command()
    raw = {key: value.encode() for key, value in (headers(body) | change).items()}
    assert client.post(PATH, content=body, headers=raw).status_code == status
    assert heard == []
    assert "Traceback" not in lines.getvalue()


@pytest.mark.parametrize("age", [301, -302, 86_400])
def test_old_and_future_signatures_are_refused(client: TestClient, heard: list[str], age: int) -> None:
    body = command()
    assert client.post(PATH, content=body, headers=headers(body, age=age)).status_code == 401
    assert heard == []


@pytest.mark.parametrize("age", [290, -290])
def test_a_little_skew_is_fine(client: TestClient, age: int) -> None:
    body = command()
    assert client.post(PATH, content=body, headers=headers(body, age=age)).status_code == 200


def test_twenty_megabytes_are_not_read(client: TestClient) -> None:
    body = b"text=" + b"x" * 20_000_000
    assert client.post(PATH, content=body, headers=headers(b"")).status_code == 413


def test_a_chunked_body_has_the_same_limit(client: TestClient) -> None:
    taken = 0

    def chunks() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += 1
            yield b"x" * 100_000

    assert client.post(PATH, content=chunks(), headers=headers(b"")).status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e9", "9" * 400])
def test_a_strange_content_length_is_refused(client: TestClient, length: str) -> None:
    body = command()
    status = client.post(PATH, content=body, headers=headers(body) | {"content-length": length}).status_code
    assert status in (400, 413)


DEEP = '{"a":' * 50_000 + "1" + "}" * 50_000


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"1", b"null", b'"x"', b"\xff\xfe", DEEP.encode(), b'{"type":"event_callback","event":"x"}',
        b'{"type":"event_callback","event":{"type":"message","user":{"id":1}}}', b'{"authorizations":"x"}',
        b'{"authorizations":[1]}', b'{"type":"block_actions"}', b'{"type":"block_actions","actions":[]}',
        b'{"type":"block_actions","actions":[{}],"team":5,"user":7}', b'{"enterprise":5}', b'{"team":5}',
        ('{"authorizations":[' * 400 + '{"team_id":"T"}' + "]}" * 400).encode(), b"",
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_signed_body_of_no_known_shape_is_no_traceback(
    client: TestClient, lines: io.StringIO, body: bytes, wrapped: bool
) -> None:
    kind = FORM if wrapped else "application/json"
    content = b"payload=" + urlencode({"": body}).encode()[1:] if wrapped else body
    answer = client.post(PATH, content=content, headers=headers(content, kind=kind))
    assert answer.status_code < 500
    assert "Traceback" not in answer.text


MODAL = {"id": "V1", "type": "modal", "callback_id": "form"}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_submission"},
        {"type": "view_submission", "view": "V1"},
        *({"type": kind, "view": {key: MODAL[key] for key in MODAL if key != missing}}
          for kind in ("view_submission", "view_closed") for missing in MODAL),
        {"type": "view_submission", "view": MODAL | {"type": 5}},
        {"type": "event_callback"}, {"type": "event_callback", "event": {}},
        {"type": "event_callback", "event": {"type": None}},
        {"type": "block_actions", "actions": [{"value": "x"}]}, {"type": "block_suggestion"},
        {"type": "shortcut"}, {"type": "message_action", "callback_id": 5}, {"type": "dialog_submission"},
        {"type": "interactive_message", "actions": [{}]},
    ],
)  # fmt: skip
def test_a_signed_payload_without_what_it_is_about_is_refused(
    client: TestClient, lines: io.StringIO, payload: dict[str, object]
) -> None:
    people = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}}
    for content, kind in (
        (urlencode({"payload": json.dumps(payload | people)}).encode(), FORM),
        (json.dumps(payload | people).encode(), "application/json"),
    ):
        assert client.post(PATH, content=content, headers=headers(content, kind=kind)).status_code == 400
    assert "trace" not in lines.getvalue()


def test_a_whole_submission_that_nothing_answers_is_not_found(client: TestClient) -> None:
    whole = {"type": "view_submission", "view": MODAL, "team": {"id": "T1"}, "user": {"id": "U1"}}
    content = urlencode({"payload": json.dumps(whole)}).encode()
    assert client.post(PATH, content=content, headers=headers(content)).status_code == 404


def test_unsigned_deep_json_is_refused_before_it_is_parsed(client: TestClient) -> None:
    started = time.perf_counter()
    body = b"[" * 900_000
    answer = client.post(PATH, content=body, headers=headers(b"", kind="application/json"))
    assert answer.status_code == 401
    assert time.perf_counter() - started < 0.5


def test_slacks_url_check_is_answered(client: TestClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    answer = client.post(PATH, content=body, headers=headers(body, kind="application/json"))
    assert answer.json() == {"challenge": "abc"}


def test_only_post_and_only_there(client: TestClient) -> None:
    assert client.get(PATH).status_code == 405
    assert client.post("/elsewhere").status_code == 404


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").json() == {"store": True}


def test_not_ready_says_which_part(heard: list[str]) -> None:
    app = App(signing_secret=SECRET, authorize=lambda: None)
    asgi = build_asgi(app, Settings(slack_signing_secret=SECRET), lambda: {"store": True, "socket": False})
    answer = TestClient(asgi).get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"store": True, "socket": False}


def test_without_a_secret_everything_is_refused() -> None:
    app = App(signing_secret="", authorize=lambda: None)
    client = TestClient(build_asgi(app, Settings()))
    body = command()
    assert client.post(PATH, content=body, headers=headers(body, secret="")).status_code == 401


def test_a_refusal_says_nothing_of_the_body(client: TestClient, lines: io.StringIO) -> None:
    body = command("48,000 for Acme")
    client.post(PATH, content=body, headers=headers(body) | {"x-slack-signature": "v0=1"})
    assert "48,000" not in lines.getvalue()
    assert "Acme" not in lines.getvalue()
