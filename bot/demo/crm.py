"""The demo company's CRM: the HubSpot fake, filled with the company's deals, moving with its time, keeping edits.

What people do in it is written to a journal beside the database, so that another process, or the next one, finds the
CRM as it was left. Its clock never goes back, as no CRM's does: when the demo's time is put back, deals return to
where they were that day as further changes, and a sync brings them like any other.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import httpx

from bot.demo.crm_seed import Seed
from connectors.fakes.hubspot import HubSpotFake
from connectors.fakes.hubspot.records import iso
from connectors.fakes.server import serve
from connectors.http import Wire
from connectors.registry import Outside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.demo.company import Company
    from connectors.fakes.server import Server

#: The source of the demo's mapping that is the CRM.
SOURCE = "crm"
PAGE = "/fake/"
#: How often the journal notes that time went on; less than a sync reads again anyway.
NOTED_EVERY = timedelta(minutes=5)
SECOND = timedelta(seconds=1)
#: When a day that was passed over is done (UTC): late in Europe, the afternoon in the Americas.
EVENING = time(20)
#: Nobody waits for a fake: its limits are beyond what a demo can call.
UNLIMITED = 1_000_000_000


class DemoCrm:
    """The CRM of one demo company."""

    def __init__(self, company: Company, clock: Callable[[], datetime], journal: Path) -> None:
        """Fill it as of the company's first day, then do again what the journal says was done.

        Args:
            company: Whose deals it holds.
            clock: The demo's time, which may be moved.
            journal: Where edits are kept; made with the first one.
        """
        self._clock = clock
        self._journal = journal
        self._lock = Lock()
        self._lead = timedelta(0)
        self._last = self._noted = datetime.min.replace(tzinfo=clock().tzinfo)
        self._replayed: datetime | None = None
        self._fake = HubSpotFake(self._now)
        self._fake.limits.per_window = self._fake.limits.searches = UNLIMITED
        self._fake.limits.daily = None
        self._seed = Seed(company, self._fake.portal)
        self._fill(company.calendar.today)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The CRM's answer, as it stands today."""
        with self._lock:
            self._turn()
            if request.method == "POST" and request.url.path.startswith(PAGE):
                return self._done(request)
            response = self._fake.handle(request)
            if self._last - self._noted > NOTED_EVERY:
                self._note({"do": "seen"})
            return response

    def start_over(self) -> None:
        """Deals are again what the company's story says of today; only what was merged or purged stays gone."""
        with self._lock:
            self._note({"do": "start over"})
            self._seed.start_over()
            self._turn()

    def serve(self, port: int) -> Server:
        """The CRM behind HTTP on this machine, its page at `PAGE`."""
        return serve(self, port)

    def outside(self) -> Outside:
        """What the mapping's source needs to read it: the fake's own token, and a wire that leaves no process."""
        token = self._fake.portal.account.token
        wire = Wire(
            base_url="http://127.0.0.1",
            transport=httpx.MockTransport(self.handle),
            clock=self._clock,
            sleep=lambda _: None,
        )
        return Outside(lambda _: token, MappingProxyType({SOURCE: wire}))

    def _now(self) -> datetime:
        """The CRM's time in whole seconds: the demo's, but never earlier than it was."""
        if self._replayed is not None:
            return self._replayed
        at = self._clock().replace(microsecond=0) + self._lead
        if at < self._last:
            self._lead += self._last - at + SECOND
            at = self._last + SECOND
        self._last = at
        return at

    def _fill(self, first_day: date) -> None:
        self._replayed = datetime.combine(first_day, datetime.min.time(), self._last.tzinfo)
        self._seed.fill(first_day)
        if self._journal.exists():
            for line in self._journal.read_text(encoding="utf-8").splitlines():
                self._again(json.loads(line))
        self._replayed = None

    def _again(self, event: dict[str, Any]) -> None:
        """One line of the journal, at the time it happened."""
        self._replayed = self._last = self._noted = datetime.fromisoformat(event["at"])
        if event["do"] == "turn":
            self._seed.turn(date.fromisoformat(event["day"]))
        elif event["do"] == "start over":
            self._seed.start_over()
        elif event["do"] != "seen":
            body = json.dumps(event["body"]).encode()
            self._seed.touched |= {event["body"].get("id", ""), event["id"]}
            self._fake.handle(httpx.Request("POST", f"http://127.0.0.1{PAGE}{event['do']}", content=body))

    def _turn(self) -> None:
        """Other days have begun, or some were taken back: what the company's story says of them has happened.

        What happened on a day that was passed over bears that day's evening as its stamp: who reads of it a week
        later is not to think that a whole week of deals was won in one night.
        """
        day = self._clock().date()
        while day != self._seed.day:
            following = self._seed.day + timedelta(days=1)
            on = min(day, following)
            if on != day:
                evening = datetime.combine(on, EVENING, self._last.tzinfo) + self._lead
                self._replayed = self._last = max(evening, self._last + SECOND)
            self._note({"do": "turn", "day": on.isoformat()})
            self._seed.turn(on)
            self._replayed = None

    def _done(self, request: httpx.Request) -> httpx.Response:
        """What somebody does in the CRM, done and noted. Deals close on the demo's day, whatever the CRM's clock."""
        verb = request.url.path.removeprefix(PAGE)
        try:
            body = json.loads(request.content or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return self._fake.handle(request)
        if verb in ("win", "lose"):
            body.setdefault("closed_at", iso(self._clock()))
        headers = {k: v for k, v in request.headers.items() if k.lower() in ("origin", "host")}
        url = request.url
        response = self._fake.handle(
            httpx.Request("POST", url, headers=headers, content=json.dumps(body, default=str).encode())
        )
        if response.status_code < httpx.codes.BAD_REQUEST:
            left = str(response.json().get("id", ""))
            self._seed.touched |= {str(body.get("id", "")), left}
            self._note({"do": verb, "body": body, "id": left})
        return response

    def _note(self, event: dict[str, Any]) -> None:
        self._noted = self._now()
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": self._noted.isoformat(), **event}) + "\n")
