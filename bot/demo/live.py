"""The demo company alive in a sandbox: time moves its CRM on, tools sync it, the inspector shows what was told."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from bot.demo.export import export_beside_crm
from bot.log import Journal
from bot.sandbox.hooks import Hooks, Link, Tool
from bot.worker import run_job
from connectors.errors import ConnectorError
from operations.errors import OperationError
from store import disclosures, people
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.demo.company import Company
    from bot.demo.crm import DemoCrm
    from bot.wiring import Services

_journal = Journal("bot.demo.live")
#: Questions to start with, in the words of a rep.
PROMPTS = tuple((words, words) for words in ("What's left of my quota?", "What did I earn?", "Explain my statement"))
#: The operation that answers with each template.
OPERATIONS = {
    "quota": "operations.answers.quota",
    "earnings": "operations.answers.earnings",
    "statement": "operations.answers.earnings",
    "line": "operations.answers.line",
    "what_if": "operations.what_if.spoken",
    "gap": "operations.gap.gap",
    "why_not": "operations.why_not.why_not",
    "bridge": "operations.bridges.between_periods",
    "home": "operations.answers.home",
}


class Live:
    """What the buttons of the page do, for the demo company or for any other database."""

    def __init__(
        self, services: Services, company: Company | None, crm: DemoCrm | None = None, crm_url: str = ""
    ) -> None:
        """Work on the services' store.

        Args:
            services: The store, the clock, and where sources are.
            company: Exported anew before each sync; None leaves files alone.
            crm: What the company's deals are read from.
            crm_url: Where its page is, if anywhere.
        """
        self._services = services if crm is None else replace(services, outside=crm.outside())
        self._company = company
        self._crm = crm
        self._turn = Lock()
        self._links = (Link("CRM", crm_url, "Win, edit or delete deals; then run a sync."),) if crm_url else ()

    @property
    def services(self) -> Services:
        """What the bot works with; its sources lead to the company's CRM."""
        return self._services

    @property
    def has_company(self) -> bool:
        """Whether a demo company lives here."""
        return self._company is not None

    def hooks(self) -> Hooks:
        """Everything the sandbox plugs in."""
        tools = (
            Tool("sync", "Run CRM sync", "Read the sources again and recalculate whom that touches.", self.sync),
            Tool("recalculate", "Recalculate", "Calculate everybody whose facts changed.", self.recalculate),
        )
        if self._company is None:
            return Hooks(tools=tools, inspect=self.inspect, prompts=PROMPTS)
        return Hooks(
            tools=tools,
            on_clock=self.follow,
            on_reset=self.settle,
            period_end=self.period_end,
            inspect=self.inspect,
            prompts=PROMPTS,
            links=self._links,
        )

    def sync(self) -> str:
        """Export the company as of now, sync every mapping, recalculate; what happened in a sentence."""
        with self._turn:  # the schedule and a button must not write the same files at once
            self._export()
            synced = run_job(self._services, "sync")
            return f"{synced.sentence} {self.recalculate()}" if synced.ok else synced.sentence

    @contextmanager
    def scheduled(self, seconds: float) -> Iterator[None]:
        """Sync every so many seconds meanwhile, as a worker would; a known failure is left to the next time."""
        stop = Event()

        def keep_on() -> None:
            while not stop.wait(seconds):
                try:
                    self.sync()
                except (StoreError, OperationError, ConnectorError) as error:
                    _journal.error("scheduled sync failed", error)

        thread = Thread(target=keep_on, name="sandbox-schedule", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def recalculate(self) -> str:
        """Calculate everybody who is stale; what happened in a sentence."""
        return run_job(self._services, "recalculate").sentence

    def follow(self, _offset: timedelta) -> str:
        """After time moved: the CRM has moved on too, and is synced."""
        now = self._services.clock.now()
        return f"It is {now:%A %d %B %Y}. {self.sync()}{self._told_out(now)}"

    def settle(self) -> None:
        """After a reset: the files and the CRM of the day the clock shows again."""
        if self._crm is not None:
            self._crm.start_over()
        self.sync()

    def period_end(self, now: datetime) -> datetime:
        """09:00 UTC of the first day after the fiscal quarter with `now`; of tomorrow once the story is over.

        Nine in London is past midnight in Los Angeles and before it in Tokyo: the same date for everybody.
        """
        quarters = self._company.calendar.quarters() if self._company else ()
        end = next((one.end_on for one in quarters if now.date() in one), now.date() + timedelta(days=1))
        return now.replace(year=end.year, month=end.month, day=end.day, hour=9, minute=0, second=0, microsecond=0)

    def _told_out(self, now: datetime) -> str:
        """What to do once the company's story is over; nothing before."""
        over = self._company.calendar.next_year.end_on if self._company else date.max
        if now.date() < over:
            return ""
        last = over - timedelta(days=1)
        return (
            f" The demo company's last fiscal year ended on {last:%d %B %Y}: nobody has a quota or a plan after it. "
            "Choose “Back to today”, or reset the workspace, to go on."
        )

    def inspect(self, payload_hash: str) -> Mapping[str, Any]:
        """What the store remembers of a message that was sent: who was shown whose pay, and on which receipt."""
        with self._services.db.read() as conn:
            told = disclosures.by_payload(conn, payload_hash)
            if not told:
                return {}
            last = told[-1]
            viewer, subject = (people.by_id(conn, number) for number in (last.viewer, last.subject))
        return {
            "operation": OPERATIONS.get(last.template),
            "template": last.template,
            "receipt": last.receipt_id,
            "disclosure": {
                "viewer": viewer.name if viewer else "",
                "subject": subject.name if subject else "",
                "surface": last.surface,
                "at": last.at.isoformat(),
            },
        }

    def _export(self) -> None:
        if self._company is not None:
            export_beside_crm(self._company, self._services.clock.now().date(), self._services.settings.sources)
