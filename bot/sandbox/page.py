"""The JSON API of the page, `/ui/*`: every answer is one persona's view, every action is one persona's gesture."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.log import Journal
from bot.sandbox import screens
from bot.sandbox.errors import BadRequestError, SandboxError, SlackError
from bot.sandbox.fake import STEPS, FakeSlack
from bot.sandbox.gestures import Press
from bot.sandbox.inspector import inspect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from bot.sandbox.channels import Channel
    from bot.sandbox.personas import User
    from bot.sandbox.posts import Post
    from bot.sandbox.stream import Streams

JSON = dict[str, Any]
HOME_PAUSE = 2.0
_journal = Journal("bot.sandbox.page")
_CHOICES = ("value", "selected_option", "selected_options", "selected_date", "selected_time", "selected_date_time",
            "selected_user", "selected_users", "selected_conversation", "selected_conversations", "selected_channel",
            "selected_channels")  # fmt: skip


class Page:
    """Routes of the page for one fake Slack."""

    def __init__(self, fake: FakeSlack, streams: Streams) -> None:
        """Serve `fake`, whose changes `streams` carries to the open pages."""
        self._fake = fake
        self._streams = streams
        self._home_opened: dict[tuple[int, str], float] = {}

    def routes(self) -> list[BaseRoute]:
        """Every `/ui/*` route."""
        reads: dict[str, Callable[[Request], JSON]] = {
            "state": self._state, "messages": self._messages, "home": self._home, "views": self._views,
            "suggest": self._suggest, "inspect": self._inspect, "golive": self._golive,
        }  # fmt: skip
        writes: dict[str, Callable[[JSON], JSON]] = {
            "send": self._send, "click": self._click, "view/submit": self._submit, "view/close": self._close,
            "clock": self._clock, "tool": self._tool, "chaos": self._chaos, "reset": self._reset,
        }  # fmt: skip
        routes: list[BaseRoute] = [Route(f"/ui/{name}", _reading(run)) for name, run in reads.items()]
        routes += [Route(f"/ui/{name}", _writing(run), methods=["POST"]) for name, run in writes.items()]
        return [*routes, Route("/ui/stream", self._stream), Route("/files/{file_id}", self._file)]

    def _state(self, request: Request) -> JSON:
        if request.query_params.get("chaos"):
            self._fake.workspace.chaos.turn_from_query(request.query_params["chaos"])
        wanted = request.query_params.get("as", "")
        people = self._fake.workspace.people
        me = self._user(wanted) if wanted else people[0]
        return screens.state(self._fake, me)

    def _messages(self, request: Request) -> JSON:
        me = self._me(request)
        channel = self._channel(me, request.query_params.get("channel", ""))
        return {"messages": screens.messages(self._fake, me, channel, request.query_params.get("thread", ""))}

    def _home(self, request: Request) -> JSON:
        me = self._me(request)
        # Publishing a home makes the page fetch it again, which must not count as opening it again.
        now, last = time.monotonic(), (self._fake.workspace.generation, me.id)
        if now - self._home_opened.get(last, -HOME_PAUSE) >= HOME_PAUSE and request.query_params.get("open") != "0":
            self._home_opened[last] = now
            self._fake.gestures.open_home(me)
        return {"view": screens.home(self._fake, me)}

    def _views(self, request: Request) -> JSON:
        return {"stack": screens.views(self._fake, self._me(request))}

    def _suggest(self, request: Request) -> JSON:
        query = request.query_params
        press = Press(query.get("block_id", ""), query.get("action_id", ""), {}, {})
        return {"options": self._fake.gestures.suggest(self._me(request), press, query.get("q", ""))}

    def _inspect(self, request: Request) -> JSON:
        me = self._me(request)
        return inspect(self._fake, self._post(me, request.query_params.get("message", "")))

    def _golive(self, _request: Request) -> JSON:
        return screens.golive(self._fake)

    def _send(self, body: JSON) -> JSON:
        me = self._user(body.get("as", ""))
        channel = self._channel(me, body.get("channel", ""))
        self._fake.gestures.send(me, channel, str(body.get("text", "")), str(body.get("thread_ts") or ""))
        return {"ok": True}

    def _click(self, body: JSON) -> JSON:
        me = self._user(body.get("as", ""))
        action, container = body.get("action") or {}, body.get("container") or {}
        given = {key: action[key] for key in _CHOICES if key in action}
        values = (body.get("state") or {}).get("values") or {}
        press = Press(str(action.get("block_id", "")), str(action.get("action_id", "")), given, values)
        if container.get("type") == "view":
            ack = self._fake.gestures.press_view(me, self._view(me, container.get("view_id", "")), press)
        else:
            ack = self._fake.gestures.press_message(me, self._post(me, container.get("message_id", "")), press)
        return {"ok": True} if ack.ok else {"ok": False, "error": "The app did not respond. Try again?"}

    def _submit(self, body: JSON) -> JSON:
        me = self._user(body.get("as", ""))
        return self._fake.forms.submit(me, str(body.get("view_id", "")), body.get("values") or {})

    def _close(self, body: JSON) -> JSON:
        self._fake.forms.close(self._user(body.get("as", "")), str(body.get("view_id", "")))
        return {"ok": True}

    def _clock(self, body: JSON) -> JSON:
        step = body.get("advance", "")
        if step not in STEPS:
            raise BadRequestError(f"Time moves by one of: {', '.join(STEPS)}.")
        zone = self._user(body["as"]).persona.tz if body.get("as") else "UTC"
        said = self._fake.step(step, zone)
        return {"ok": True, "message": said, "now": self._fake.workspace.clock.now().isoformat()}

    def _tool(self, body: JSON) -> JSON:
        for tool in self._fake.hooks.tools:
            if tool.id == body.get("id"):
                said = tool.run()
                self._fake.workspace.tell("state")
                return {"ok": True, "message": said}
        raise BadRequestError("There is no such tool.")

    def _chaos(self, body: JSON) -> JSON:
        self._fake.workspace.chaos.turn(str(body.get("name", "")), on=bool(body.get("on")))
        self._fake.workspace.tell("state")
        return {"ok": True}

    def _reset(self, _body: JSON) -> JSON:
        self._fake.reset()
        return {"ok": True}

    async def _stream(self, request: Request) -> Response:
        user = request.query_params.get("as", "")
        if user not in self._fake.workspace.users:
            return JSONResponse({"ok": False, "error": "Nobody has that id."}, 404)
        return StreamingResponse(self._streams.follow(user), media_type="text/event-stream")

    def _file(self, request: Request) -> Response:
        try:
            me = self._me(request)
        except BadRequestError:
            return Response("Nobody has that id.", 404)
        file = self._fake.workspace.files.find(request.path_params["file_id"])
        readable = file is not None and any(self._fake.workspace.channels[one].visible_to(me) for one in file.shared)
        if file is None or not readable:
            return Response("There is no such file.", 404)
        name = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in file.name)
        headers = {"content-disposition": f'attachment; filename="{name.encode("ascii", "replace").decode()}"'}
        shown = file.mimetype if file.mimetype == "image/png" else "application/octet-stream"
        return Response(file.content, headers=headers, media_type=shown)

    def _me(self, request: Request) -> User:
        return self._user(request.query_params.get("as", ""))

    def _user(self, number: str) -> User:
        for user in self._fake.workspace.people:
            if user.id == number:
                return user
        raise BadRequestError("Nobody has that id.")

    def _channel(self, me: User, number: str) -> Channel:
        channel = self._fake.workspace.channels.get(number)
        if channel is None or not channel.visible_to(me):
            raise BadRequestError("There is no such channel.")
        return channel

    def _post(self, me: User, number: str) -> Post:
        place, _, ts = number.partition("-")
        post = self._fake.workspace.posts.find_visible(self._channel(me, place).id, ts, me.id)
        if post is None:
            raise BadRequestError("That message is no longer there.")
        return post

    def _view(self, me: User, number: str) -> Any:
        view = self._fake.workspace.views.find(number)
        if view is None or view.user != me.id:
            raise BadRequestError("That window is no longer open.")
        return view


def _reading(run: Callable[[Request], JSON]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await _answered(lambda: run(request))

    return endpoint


def _writing(run: Callable[[JSON], JSON]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"ok": False, "error": "Send JSON."}, 415)
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return JSONResponse({"ok": False, "error": "That is not JSON."}, 400)
        if not isinstance(body, dict):
            return JSONResponse({"ok": False, "error": "Send a JSON object."}, 400)
        return await _answered(lambda: run(body))

    return endpoint


async def _answered(run: Callable[[], JSON]) -> Response:
    try:
        return JSONResponse(await run_in_threadpool(run))
    except BadRequestError as error:
        return JSONResponse({"ok": False, "error": str(error)}, 404)
    except SlackError as error:
        return JSONResponse({"ok": False, "error": error.code}, 400)
    except SandboxError as error:
        return JSONResponse({"ok": False, "error": str(error)})
    except Exception as error:  # noqa: BLE001 - the caller's tools may raise anything; the page says so and lives on
        _journal.error("sandbox page failed", error)
        return JSONResponse({"ok": False, "error": f"That did not work: {error or type(error).__name__}"})
