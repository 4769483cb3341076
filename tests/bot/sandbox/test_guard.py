"""The sandbox answers its own page and its own app on this machine, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.errors import SandboxError
from bot.sandbox.fake import FakeSlack
from bot.sandbox.server import SandboxServer
from tests.bot.sandbox.conftest import WEB
from tests.bot.sandbox.sample import REP, setup

if TYPE_CHECKING:
    from tests.bot.sandbox.conftest import Stage


def status(stage: Stage, path: str, method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WEB.request(method, f"{stage.server.base_url}{path}", headers=named).status_code


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:80", "127.0.0.1.attacker.example", "", "["])
def test_a_foreign_host_is_refused(stage: Stage, host: str) -> None:
    for path in ("/", "/ui/state", "/api/auth.test", "/static/x", "/response/x"):
        assert status(stage, path, host=host) in (400, 403)


def test_the_names_of_this_machine_are_accepted(stage: Stage) -> None:
    port = stage.server.base_url.rpartition(":")[2]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"):
        assert status(stage, "/ui/state", host=host) == 200


def test_other_web_sites_are_refused(stage: Stage) -> None:
    own = stage.server.base_url
    assert status(stage, "/ui/state", origin=own) == 200
    for origin in ("https://attacker.example", "null", "http://127.0.0.1:1", "http://localhost:1"):
        assert status(stage, "/ui/state", origin=origin) == 403
        assert status(stage, "/ui/reset", "POST", origin=origin) == 403
    assert status(stage, "/ui/home", sec_fetch_site="cross-site") == 403
    assert status(stage, "/ui/state", sec_fetch_site="same-site") == 403


def test_a_browser_cannot_use_the_web_api(stage: Stage) -> None:
    assert status(stage, "/api/auth.test", "POST", origin=stage.server.base_url) == 403


def test_forms_are_refused_so_that_no_page_can_post_them(stage: Stage) -> None:
    address = f"{stage.server.base_url}/ui/reset"
    assert WEB.post(address, data={"as": "x"}).status_code == 415
    assert WEB.post(address, content="{", headers={"content-type": "application/json"}).is_error
    assert WEB.post(address, json=[]).status_code == 400


def test_every_answer_carries_the_policy(stage: Stage) -> None:
    answer = WEB.get(f"{stage.server.base_url}/ui/state")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


def test_it_listens_on_this_machine_only() -> None:
    for host in ("0.0.0.0", "192.168.1.1", "example.com"):  # noqa: S104 - what must be refused
        fake = FakeSlack(setup())
        with pytest.raises(SandboxError, match="this machine only"):
            SandboxServer(fake, host)
        fake.close()


def test_a_taken_port_says_so(stage: Stage) -> None:
    fake = FakeSlack(setup())
    with pytest.raises(SandboxError, match="is taken"):
        SandboxServer(fake, port=int(stage.server.base_url.rpartition(":")[2]))
    fake.close()


def test_nonsense_is_answered_not_crashed_on(stage: Stage) -> None:
    base = stage.server.base_url
    rep = stage.slack.user(REP).id
    for body in (b"", b"{", b"[" * 5000, b"\xff\xfe", b"null"):
        headers = {"content-type": "application/json"}
        for path in ("/ui/send", "/ui/click", "/ui/view/submit", "/response/x", "/api/chat.postMessage"):
            assert WEB.post(base + path, content=body, headers=headers).status_code < 500
    clicked = {"as": rep, "container": {"type": "message", "message_id": "nonsense"}, "action": {}}
    assert WEB.post(f"{base}/ui/click", json=clicked).status_code == 404
    assert WEB.get(f"{base}/ui/inspect", params={"as": rep, "message": "../x"}).status_code == 404
