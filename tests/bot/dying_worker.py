"""A worker that dies at a step: by an end of its process, as of kill -9, or by an exception that nothing catches.

`python -m tests.bot.dying_worker ADDRESS API TOKEN STEP NOW` runs one in a process of its own.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.delivery import Delivery, let_all
from bot.settings import Settings
from bot.slack.pool import WorkPool
from bot.wiring import Services
from store.database import Database
from tests.bot.post_room import StillClock

DIED = 137
#: Claimed and not started; started and not sent; sent and not settled; settled.
STEPS = ("after claiming", "after starting", "after sending", "after settling")


class Killed(BaseException):
    """The end of a worker in this process."""


class Dying(WebClient):
    """Ends the worker before or after a certain request."""

    step = ""
    calls: Counter[str]

    def die(self) -> None:
        """The end."""
        raise Killed

    def api_call(self, api_method: str, **given: Any) -> Any:
        """The call, or the end."""
        self.calls[api_method] += 1
        here = (api_method, self.calls[api_method])
        if here == _BEFORE.get(self.step):
            self.die()
        found = super().api_call(api_method, **given)
        if here == _AFTER.get(self.step):
            self.die()
        return found


class Dead(Dying):
    """Ends the process."""

    def die(self) -> None:
        """The end, with nothing tidied up."""
        os._exit(DIED)


_LOOK_UP, _POST = "users.lookupByEmail", "chat.postMessage"
_BEFORE = {"after claiming": (_LOOK_UP, 1), "after starting": (_POST, 2), "after settling": (_LOOK_UP, 2)}
_AFTER = {"after sending": (_POST, 2)}


def dying(kind: type[Dying], token: str, api: str, step: str) -> Dying:
    """A client that ends its worker at a step."""
    client = kind(token=token, base_url=api, timeout=5, retry_handlers=[])
    client.step, client.calls = step, Counter()
    return client


def main() -> None:
    """Deliver until the step."""
    address, api, token, step, now = sys.argv[1:]
    settings = Settings(slack_api_url=api, slack_bot_token=token)
    clock = StillClock(datetime.fromisoformat(now))
    services = Services(Database.open(address), settings, clock, WorkPool(1, 1))
    worker = Delivery(services, dying(Dead, token, api, step), let_all, clock.wait)
    for _ in range(20):
        worker.round()
        clock.wait(2)


if __name__ == "__main__":
    main()
