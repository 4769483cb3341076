"""What delivery needs, on this machine: a store with people, a fake Slack with strict limits, a still clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient

from bot.delivery import Delivery, let_all
from bot.sandbox.channels import ChannelSpec
from bot.sandbox.fake import FakeSlack
from bot.sandbox.personas import Persona
from bot.sandbox.server import SandboxServer
from bot.sandbox.workspace import BOT_USER, Setup
from bot.settings import Settings
from bot.slack.manifest import load
from bot.slack.pool import WorkPool
from bot.wiring import Services
from engine.notices import Notice, Recipient
from store import changes, facts, outbox, people
from tests.store.conftest import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.sandbox.posts import Post
    from store.database import Database
    from store.outbox import Owed

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
OPS = Recipient(channel="#revops")
BOARD = Recipient(channel="#sales-floor")
ADA, BEN, ZOE, GONE = "ada@x.com", "ben@x.com", "zoe@x.com", "gone@x.com"
PERSONAS = (
    Persona("Ada", ADA, "Rep"),
    Persona("Ben", BEN, "Rep", "Europe/Berlin", "de-DE"),
    Persona("Gone", GONE, "Left", kind="deactivated"),
)
CHANNELS = (ChannelSpec("sales-floor"), ChannelSpec("revops", "private"))


class StillClock:
    """Time that moves only when somebody waits."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    @property
    def offset(self) -> timedelta:
        return self.at - NOW

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by

    def reset(self) -> None:
        self.at = NOW

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class PostRoom:
    """One workspace, one store; as many workers as a test asks for."""

    def __init__(self, database: Database, personas: Sequence[Persona] = PERSONAS, burst: int = 1) -> None:
        self.db = database
        self.clock = StillClock()
        self.fake = FakeSlack(Setup(personas, load(), CHANNELS, clock=self.clock, burst=burst))
        self.chaos = self.fake.workspace.chaos
        self.server = SandboxServer(self.fake, port=0)
        self.server.start()
        self.token = self.fake.workspace.secrets.bot_token
        settings = Settings(slack_api_url=self.server.api_url, slack_bot_token=self.token)
        self.services = Services(database, settings, self.clock, WorkPool(1, 1))
        self.known: dict[str, int] = {}
        self._employ((*(one.email for one in personas), ZOE))

    def _employ(self, emails: Sequence[str]) -> None:
        rows = tuple({"external_id": one, "name": one.partition("@")[0], "email": one} for one in emails)
        with self.db.write() as conn:
            change = changes.begin(conn, "test", "people", NOW)
            facts.apply(conn, "person", rows_of("person", rows), change)
        with self.db.read() as conn:
            self.known = {each.email: each.rep_id for each in people.all(conn)}

    def close(self) -> None:
        self.services.pool.close(0)
        self.server.close()
        self.fake.close()

    def client(self, timeout: int = 5) -> WebClient:
        return WebClient(token=self.token, base_url=self.server.api_url, timeout=timeout, retry_handlers=[])

    def worker(self, client: WebClient | None = None, gate: Callable[[Any], object] = let_all) -> Delivery:
        return Delivery(self.services, client or self.client(), gate, self.clock.wait)

    def to(self, email: str) -> Recipient:
        return Recipient(self.known[email])

    def owe(self, *notices: Notice) -> None:
        with self.db.write() as conn:
            assert outbox.put(conn, notices, self.clock.now()) == len(notices)

    def run(self, worker: Delivery | None = None, most: int = 200) -> None:
        """Rounds every two seconds until nothing is open any more."""
        worker = worker or self.worker()
        for _ in range(most):
            worker.round()
            if not set(self.states()) & {"pending", "leased", "unknown"}:
                return
            self.clock.wait(2)
        with self.db.read() as conn:
            waiting = [(one.notice.key, one.notice.not_before_at, one.retry_at) for one in outbox.pending(conn)]
        raise AssertionError(f"still open after {most} rounds: {self.states()} {waiting}")

    def run_together(self, workers: Sequence[Delivery], most: int = 400) -> None:
        """Rounds of several workers at the same time, until nothing is open any more."""

        def keep_on(worker: Delivery) -> None:
            for _ in range(most):
                worker.round()
                if not set(self.states()) & {"pending", "leased", "unknown"}:
                    return
                self.clock.wait(0.5)

        threads = [Thread(target=keep_on, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def states(self) -> dict[str, int]:
        with self.db.read() as conn:
            return outbox.counts(conn)

    def row(self, key: str) -> Owed:
        with self.db.read() as conn:
            return next(one for one in outbox.of_topic(conn, key) if one.notice.key == key)

    def posts(self, where: str) -> list[Post]:
        """What the bot wrote to a person or "#channel"."""
        workspace = self.fake.workspace
        if where.startswith("#"):
            channel = workspace.channel(where)
        else:
            user = workspace.user_by_email(where)
            assert user is not None
            channel = workspace.direct(user.id, BOT_USER)
        return self._written(channel.id)

    def all_posts(self) -> list[Post]:
        return [post for number in self.fake.workspace.channels for post in self._written(number)]

    def _written(self, channel_id: str) -> list[Post]:
        """The bot's messages in a channel, each with the replies beneath it."""
        posts = self.fake.workspace.posts
        every = [each for post in posts.history(channel_id) for each in posts.thread(channel_id, post.ts)]
        return [post for post in every if post.author == BOT_USER]


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def won(to: Recipient, key: str, deal: str = "Acme", **changes: Any) -> Notice:
    """A nudge: at most once."""
    deals = [{"deal": deal, "account": "", "pay": usd(420_000), "lines": [1]}]
    period = {"label": "2026-07", "start_on": "2026-07-01", "end_on": "2026-08-01"}
    data = {"rep_id": to.rep_id, "receipt": "rcp_1", "period": period, "deals": deals}
    return Notice(key, "deal_won", to, data, receipt_ids=("rcp_1",) if to.rep_id else (), **changes)


def changed(to: Recipient, key: str, **more: Any) -> Notice:
    """A duty: what is not certain is listed by the next digest."""
    cause = {"deal": "Acme", "changes": [], "source": "crm", "at": NOW.isoformat()}
    period = {"label": "2026-07", "start_on": "2026-07-01", "end_on": "2026-08-01"}
    data = {"rep_id": to.rep_id, "period": period, "before": usd(100), "after": usd(50), "causes": [cause]}
    return Notice(key, "figure_changed", to, data, receipt_ids=("rcp_2",), **more)


def told(to: Recipient, key: str) -> Notice:
    """One that must arrive: what is not certain is sent again and says so."""
    deal = won(to, key).data
    return Notice(key, "digest", to, {"items": [{"kind": "deal_won", "data": dict(deal), "id": "n"}]})
