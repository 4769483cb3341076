"""The same calls to our Slack and to somebody else's: the codes they answer, and where they differ and why.

`emulate` (npm, Apache-2.0) knows the Web API, not Block Kit, rates, commands or sockets. It needs Node 22.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.channels import ChannelSpec
from bot.sandbox.fake import FakeSlack
from bot.sandbox.personas import Persona
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import Setup
from bot.slack.manifest import load
from tests import npm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.node, pytest.mark.soak]
PACKAGE = "emulate@0.12.2"
NODE = 22
SEED = """\
slack:
  team: {name: Acme, domain: acme}
  users: [{name: ada, real_name: Ada, email: ada@x.com}, {name: ben, real_name: Ben, email: ben@x.com}]
  channels: [{name: sales-floor}]
  bots: [{name: attain}]
"""
TEXT: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}]
MARKED = {"event_type": "attain_outbox", "event_payload": {"id": "5f0c"}}
HOME = {"type": "home", "blocks": TEXT}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": TEXT}
#: What the other one answers where ours says something else, and why ours is right.
OTHERWISE = {
    "an unknown token": "ok",  # it takes any token
    "a channel by its name": "channel_not_found",  # Slack takes names
    "blocks of no kind": "ok",  # it does not know Block Kit
}


@pytest.fixture(scope="module")
def emulate() -> Iterator[str]:
    """The address of the other Slack; skips where it cannot run."""
    node = shutil.which("node") or ""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else "none"
    if not said.startswith("v") or int(said.lstrip("v").partition(".")[0]) < NODE:
        pytest.skip(f"emulate needs Node {NODE}, here is {said.strip()}")
    kept = npm.fetched(PACKAGE, unchecked="our Slack is compared with no other")
    (kept / "seed.yaml").write_text(SEED, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node, str(kept / "node_modules/emulate/dist/index.js"), "start", "--service", "slack"]
    running = subprocess.Popen(
        [*command, "--port", str(port), "--seed", str(kept / "seed.yaml")], stdout=subprocess.DEVNULL
    )
    try:
        _answers(port)
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        running.kill()
        running.wait()


def _answers(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.skip("emulate did not start")


@pytest.fixture
def ours() -> Iterator[tuple[str, str]]:
    personas = [Persona("Ada", "ada@x.com", "Rep"), Persona("Ben", "ben@x.com", "Rep")]
    fake = FakeSlack(Setup(personas, load(), (ChannelSpec("sales-floor"),), burst=20))
    server = SandboxServer(fake, port=0)
    server.start()
    yield server.api_url, fake.workspace.secrets.bot_token
    server.close()
    fake.close()


def walked(url: str, token: str) -> dict[str, str]:
    """What each step answers: "ok" or a code."""
    client = WebClient(token, url, timeout=10, retry_handlers=[])
    found: dict[str, str] = {}

    def step(name: str, call: Callable[[], Any]) -> Any:
        try:
            answer = call().data
        except SlackApiError as error:
            answer = error.response.data
        found[name] = "ok" if answer.get("ok") else str(answer.get("error"))
        return answer

    def post(name: str, **body: Any) -> Any:
        return step(name, lambda: client.api_call("chat.postMessage", json=body))

    step("who we are", client.auth_test)
    step("an unknown token", WebClient("xoxb-none", url, retry_handlers=[]).auth_test)
    ben = step("an address", lambda: client.users_lookupByEmail(email="ben@x.com"))["user"]["id"]
    step("nobody's address", lambda: client.users_lookupByEmail(email="no@x.com"))
    step("an account", lambda: client.users_info(user=ben))
    direct = step("a direct message", lambda: client.conversations_open(users=ben))["channel"]["id"]
    step("one with nobody", lambda: client.conversations_open(users="U0NOBODY"))
    ts = post("a message", channel=direct, text="hello", blocks=TEXT, metadata=MARKED)["ts"]
    post("a channel by its name", channel="#sales-floor", text="hello")
    post("a channel that is none", channel="C0NOWHERE", text="hello")
    post("no text", channel=direct)
    post("blocks of no kind", channel=direct, text="x", blocks=[{"type": "nonsense"}])
    post("a reply", channel=direct, text="below", thread_ts=ts)
    step("an edit", lambda: client.chat_update(channel=direct, ts=ts, text="changed", blocks=[]))
    step("an edit of nothing", lambda: client.chat_update(channel=direct, ts="1.000001", text="changed"))
    told = step("history", lambda: client.conversations_history(channel=direct, include_all_metadata=True))
    found["found by its metadata"] = str([each["ts"] == ts for each in told["messages"] if "metadata" in each])
    step("history of nothing", lambda: client.conversations_history(channel="C0NOWHERE"))
    step("App Home", lambda: client.views_publish(user_id=ben, view=HOME))
    step("a modal too late", lambda: client.views_open(trigger_id="1.2.3", view=MODAL))
    step("a file", lambda: client.files_getUploadURLExternal(filename="a.png", length=3))
    return found


def test_both_answer_the_same(emulate: str, ours: tuple[str, str]) -> None:
    mine, theirs = walked(*ours), walked(emulate, "xoxb-test")
    assert {name: code for name, code in theirs.items() if mine[name] != code} == OTHERWISE
