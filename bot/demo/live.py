"""The demo company alive in a sandbox: time moves its CRM on, tools sync it, the inspector shows what was told."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from bot.delivery import delivering
from bot.demo.export import export_beside_crm
from bot.log import Journal
from bot.sandbox.hooks import Hooks, Link, Tool
from bot.worker import run_job
from connectors.errors import ConnectorError
from operations.errors import OperationError
from store import disclosures, outbox, people
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from bot.delivery import Delivery
    from bot.demo.company import Company
    from bot.demo.crm import DemoCrm
    from bot.wiring import Services
    from store.outbox import Owed

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
    "paycheck": "operations.paycheck.paid_by",
    "alerts": "operations.ops_alerts.checks.check",
    "alert_said": "operations.fixes.presses.fix",
    "checklist": "operations.closing.checklist",
    "ops_alert": "operations.ops_alerts.notices.owed",
    "ops_digest": "operations.ops_alerts.digests.daily",
    "run_summary": "operations.ops_alerts.digests.run_summary",
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
        self._posting: Delivery | None = None
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
            Tool("nudges", "Run nudges", "Look who is due what, and send what may go out now.", self.nudge),
            Tool("deliver", "Deliver now", "Send what is owed and may go out now.", self.deliver),
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
            said = f"{synced.sentence} {self.recalculate()}" if synced.ok else synced.sentence
            run_job(self._services, "alerts")
            return said

    @contextmanager
    def scheduled(self, seconds: float) -> Iterator[None]:
        """Sync every so many seconds meanwhile, as a worker would; a known failure is left to the next time."""
        stop = Event()

        def keep_on() -> None:
            while not stop.wait(seconds):
                try:
                    self.sync()
                    run_job(self._services, "spifs")
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

    def nudge(self) -> str:
        """Find what is due to whom, move SPIFs on, and deliver; what happened in a sentence."""
        done = " ".join(run_job(self._services, job).sentence for job in ("spifs", "nudges", "leadership"))
        return f"{done} {self.deliver()}"

    def deliver(self) -> str:
        """Send what may go out now; the rest follows at Slack's pace. What happened in a sentence."""
        if self._posting is None:
            return "Nothing is delivered before the workspace stands."
        return self._posting.round().sentence

    @contextmanager
    def delivering(self, services: Services) -> Iterator[None]:
        """Deliver all the time meanwhile, as a worker would, into the workspace of these services."""
        stop = Event()
        self._posting = delivering(services)
        thread = Thread(target=self._posting.run, args=(stop,), name="sandbox-delivery", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def follow(self, _offset: timedelta) -> str:
        """After time moved: the CRM has moved on too, and is synced."""
        now = self._services.clock.now()
        return f"It is {now:%A %d %B %Y}. {self.sync()} {self.nudge()}{self._told_out(now)}"

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
            owed = outbox.by_payload(conn, payload_hash)
            told = disclosures.by_payload(conn, payload_hash)
            if not told:
                return _row(owed) if owed is not None else {}
            last = told[-1]
            viewer, subject = (people.by_id(conn, number) for number in (last.viewer, last.subject))
        return (_row(owed) if owed is not None else {}) | {
            "operation": OPERATIONS.get(last.template) or ("bot.delivery" if owed is not None else None),
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


def _row(owed: Owed) -> dict[str, Any]:
    """What the inspector shows of a notice's row."""
    shown: dict[str, Any] = {
        "notice": owed.notice_id,
        "key": owed.notice.key,
        "kind": owed.notice.kind,
        "state": owed.state,
        "attempts": owed.attempts,
        "created_at": owed.created_at.isoformat(),
        "sent_at": owed.sent_at.isoformat() if owed.sent_at else "",
        "reason": owed.reason,
        "error": owed.error,
        "data": dict(owed.notice.data),
    }
    return {"template": owed.notice.kind, "operation": "bot.delivery", "outbox": shown}
