"""A small Bolt app with every kind of element, for tests and for working on the page.

Run it: `python -m tests.bot.sandbox.sample --port 8700`. It is not Attain; it only exercises the fake Slack.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.sandbox.channels import ChannelSpec
from bot.sandbox.fake import FakeSlack
from bot.sandbox.hooks import Hooks, Tool
from bot.sandbox.personas import Persona
from bot.sandbox.server import SandboxServer
from bot.sandbox.transport import InProcess
from bot.sandbox.workspace import Setup
from bot.slack.manifest import Manifest, parse

if TYPE_CHECKING:
    from collections.abc import Callable

MANIFEST = Path(__file__).with_name("sample_manifest.yaml")
REP = Persona("Dana Reyes", "dana@example.com", "Account executive", "America/Chicago", "en-US", group="Reps")
GERMAN = Persona("Jürgen Weiß", "jurgen@example.com", "Account executive", "Europe/Berlin", "de-DE", group="Reps")
BOSS = Persona("Priya Raman", "priya@example.com", "Sales manager", "America/New_York", "en-US", group="Managers")
GUEST = Persona("Gil Guest", "gil@agency.example", "Contractor", kind="guest", group="Others")
GONE = Persona("Otto Gone", "otto@example.com", "Former rep", kind="deactivated", group="Others")
PARTNER = Persona("Mia Partner", "mia@partner.example", "Partner", kind="foreign", group="Others")
STRANGER = Persona("Nora New", "nora@example.com", "Not in the CRM", kind="unlinked", group="Others")
PEOPLE = (REP, GERMAN, BOSS, GUEST, GONE, PARTNER, STRANGER)
CHANNELS = (
    ChannelSpec("general", topic="Company-wide announcements"),
    ChannelSpec("sales", topic="Wins and pipeline"),
    ChannelSpec("random", topic="Anything else", bot=False),
    ChannelSpec("managers", "private", "Managers only", (BOSS.email,)),
    ChannelSpec("partners", topic="Shared with Partner Inc.", members=(REP.email, GUEST.email, PARTNER.email)),
)


def manifest() -> Manifest:
    return parse(MANIFEST.read_text(encoding="utf-8"))


def setup(**changes: Any) -> Setup:
    return Setup(**({"personas": PEOPLE, "manifest": manifest(), "channels": CHANNELS, "burst": 20} | changes))


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text.lower()}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": json.dumps({"v": 1}), **more}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def quota_blocks(text: str) -> list[dict[str, Any]]:
    confirm = {"title": plain("Sure?"), "text": plain("This deletes the answer."), "confirm": plain("Delete"),
               "deny": plain("Keep")}  # fmt: skip
    menu = {"type": "overflow", "action_id": "more", "options": [option("Copy"), option("Help")]}
    return [
        {"type": "header", "text": plain("Your quota")},
        section(f"*$42,000* left of $120,000 :dart: — you wrote `{text or 'nothing'}`", accessory=menu),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Attained*\n65 %"},
                                       {"type": "mrkdwn", "text": "*Pace*\n▓▓▓▓▓▓░░░░"}]},
        {"type": "divider"},
        {"type": "actions", "block_id": "buttons", "elements": [
            button("Why?", "why", style="primary"), button("Form", "form"),
            button("Delete", "delete", style="danger", confirm=confirm),
            {"type": "static_select", "action_id": "period", "placeholder": plain("Period"),
             "options": [option("January"), option("February")]},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-01-31"},
        ]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "As of <!date^1767225600^{date_short}|today>"}]},
    ]  # fmt: skip


def form(title: str = "Dispute a line", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal", "callback_id": "form", "title": plain(title), "submit": plain("Send"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "input", "block_id": "reason", "label": plain("Reason"),
             "element": {"type": "plain_text_input", "action_id": "text", "multiline": True}},
            {"type": "input", "block_id": "deal", "label": plain("Deal"), "optional": True,
             "element": {"type": "external_select", "action_id": "deals", "min_query_length": 1}},
            {"type": "input", "block_id": "kind", "label": plain("Kind"), "optional": True,
             "element": {"type": "radio_buttons", "action_id": "radio",
                         "options": [option("Wrong"), option("Missing")]}},
            {"type": "input", "block_id": "ticks", "label": plain("Tell"), "optional": True,
             "element": {"type": "checkboxes", "action_id": "ticks",
                         "options": [option("Manager"), option("Finance")]}},
            {"type": "actions", "block_id": "further", "elements": [button("Next step", "push")]},
        ],
        **more,
    }  # fmt: skip


RESPONSES: dict[str, dict[str, Any]] = {
    "clear": {"response_action": "clear"},
    "update": {"response_action": "update", "view": form("Updated")},
    "push!": {"response_action": "push", "view": form("Pushed")},
}


def home(name: str, opened: int) -> dict[str, Any]:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your dashboard")},
            section(f"<@{name}>, you have opened this {opened} times."),
            {
                "type": "actions",
                "block_id": "home",
                "elements": [button("Refresh", "refresh"), button("Form", "form")],
            },
        ],
    }


def sample_app(client: WebClient, signing_secret: str = "unused") -> App:  # noqa: S107
    app = App(client=client, signing_secret=signing_secret, process_before_response=True)
    answers(app)
    buttons(app)
    forms(app)
    return app


def answers(app: App) -> None:
    opened: dict[str, int] = {}

    @app.command("/myquota")
    def quota(ack: Callable[..., Any], respond: Callable[..., Any], command: dict[str, Any]) -> None:
        ack()
        respond(text=f"$42,000 left. You wrote: {command['text']}", blocks=quota_blocks(command["text"]))

    @app.command("/earnings")
    def earnings(ack: Callable[..., Any]) -> None:
        ack("You earned $12,345.67 this month.")

    @app.message("form")
    def told_form(say: Callable[..., Any]) -> None:
        say(text="Here is a form.", blocks=[{"type": "actions", "elements": [button("Form", "form")]}])

    @app.event("message")
    def told(event: dict[str, Any], say: Callable[..., Any]) -> None:
        if event.get("bot_id") or event.get("subtype"):
            return
        say(text=f"You said: {event['text']}", thread_ts=event.get("thread_ts"))

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Callable[..., Any]) -> None:
        say(text=f"Hello <@{event['user']}>", thread_ts=event["ts"])

    @app.event("app_home_opened")
    def opening(event: dict[str, Any], client: WebClient) -> None:
        user = event["user"]
        opened[user] = opened.get(user, 0) + 1
        client.views_publish(user_id=user, view=home(user, opened[user]))


def buttons(app: App) -> None:
    @app.action("refresh")
    def refresh(ack: Callable[..., Any], body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_publish(user_id=body["user"]["id"], view=home(body["user"]["id"], 0), hash=body["view"]["hash"])

    @app.action("why")
    def why(ack: Callable[..., Any], respond: Callable[..., Any]) -> None:
        ack()
        respond(text="Because of the *Acme* deal & the 8 % rule.".replace("&", "&amp;"), replace_original=False)

    @app.action("delete")
    def delete(ack: Callable[..., Any], respond: Callable[..., Any]) -> None:
        ack()
        respond(delete_original=True)

    @app.action("period")
    @app.action("more")
    @app.action("day")
    def chosen(ack: Callable[..., Any], respond: Callable[..., Any], action: dict[str, Any]) -> None:
        ack()
        choice = action.get("selected_date") or action["selected_option"]["value"]
        respond(text=f"You chose {choice}", replace_original=True)

    @app.action("form")
    def open_form(ack: Callable[..., Any], body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form(notify_on_close=True))


def forms(app: App) -> None:
    @app.action("push")
    def push(ack: Callable[..., Any], body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=form("Next step"))

    @app.options("deals")
    def deals(ack: Callable[..., Any], payload: dict[str, Any]) -> None:
        found = [name for name in ("Acme", "Apex", "Borealis") if payload["value"].lower() in name.lower()]
        ack(options=[option(name) for name in found])

    @app.view("form")
    def submitted(ack: Callable[..., Any], view: dict[str, Any], client: WebClient, body: dict[str, Any]) -> None:
        reason = view["state"]["values"]["reason"]["text"]["value"]
        if len(reason) < 5:
            ack(response_action="errors", errors={"reason": "Tell us more."})
            return
        if reason in RESPONSES:
            ack(**RESPONSES[reason])
        else:
            ack()
            client.chat_postMessage(channel=body["user"]["id"], text=f"Sent: {reason}")

    @app.view_closed("form")
    def closed(ack: Callable[..., Any], body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text="You closed the form.")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=8700)
    sync = Tool("sync", "Run CRM sync", "Reads the newest export", lambda: "3 deals changed.")
    fake = FakeSlack(setup(), Hooks(tools=(sync,), prompts=(("What did I earn?", "What did I earn?"),)))
    server = SandboxServer(fake, port=arguments.parse_args().port)
    server.start()
    client = WebClient(token=fake.workspace.secrets.bot_token, base_url=server.api_url)
    fake.delivery.attach(InProcess(sample_app(client)))
    print(server.base_url)
    try:
        server.wait()
    except KeyboardInterrupt:
        server.close()


if __name__ == "__main__":
    main()
