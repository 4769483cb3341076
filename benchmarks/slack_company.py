"""A company in a folder whose Slack is played by a server here: what the benchmark of the Slack side talks to."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from bot import wiring, worker
from bot.settings import Settings
from operations import plans
from operations.context import Context
from store import people

if TYPE_CHECKING:
    from pathlib import Path

    from engine.people import Person

SECRET = "benchmark"  # noqa: S105 - signs requests to ourselves
TEAM = "T0BENCH"


@dataclass
class Sink:
    """Plays Slack: knows every person, and notes when an answer arrives at a response_url."""

    people: dict[str, str] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                sink.arrived.setdefault(self.path.rpartition("/")[2], time.perf_counter())
                self._answer(sink.method(self.path.rpartition("/")[2], parse_qs(body.decode())))

            do_GET = do_POST  # noqa: N815 - the name http.server looks for

            def _answer(self, found: dict[str, Any]) -> None:
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def method(self, name: str, args: dict[str, list[str]]) -> dict[str, Any]:
        if name == "users.info":
            user = args.get("user", [""])[0]
            return {
                "ok": True,
                "user": {"id": user, "team_id": TEAM, "profile": {"email": self.people.get(user, "")}},
            }
        return {"ok": True, "team_id": TEAM}


@dataclass(frozen=True)
class Company:
    """A demo company in a folder, and the settings that lead to it."""

    settings: Settings
    reps: tuple[Person, ...]


def company(folder: Path, sink: Sink, database_url: str) -> Company:
    from bot.demo.company import DEFAULT_SEED
    from bot.demo.company import company as demo
    from bot.demo.export import export
    from bot.demo.plan_files import write_plans

    settings = Settings(
        database_url=database_url, sources=folder / "sources", plans=folder / "plans",
        transport="http", slack_bot_token=SECRET, slack_signing_secret=SECRET, slack_api_url=f"{sink.url}/api/",
        port=0, log_level="ERROR",
    )  # fmt: skip
    services = wiring.build(settings)
    now = datetime.now(UTC)
    made = demo(DEFAULT_SEED, now.date())
    export(made, now.date(), settings.sources)
    for path in write_plans(made.calendar, settings.plans):
        plans.publish(Context(services.db, now.date(), now), path.read_text(encoding="utf-8"), path.name)
    assert worker.run_job(services, "sync").ok
    worker.run_job(services, "recalculate")
    with services.db.read() as conn:
        reps = tuple(person for person in people.all(conn) if person.role == "rep" and person.is_employed(now.date()))
    services.close()
    sink.people.update({f"U{rep.rep_id}": rep.email for rep in reps})
    return Company(settings, reps)
