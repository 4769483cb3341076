"""Tells open pages and waiting drivers that something changed, each only what its person may know."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

ChangeType = Literal["message", "update", "delete", "ephemeral", "view", "home", "state", "toast"]


@dataclass(frozen=True)
class Change:
    """One change; `readers` are the users who may learn of it, None means everybody."""

    type: ChangeType
    channel: str = ""
    text: str = ""
    readers: frozenset[str] | None = None

    def concerns(self, user: str) -> bool:
        """Whether this user may learn of it."""
        return self.readers is None or user in self.readers


class Feed:
    """Passes changes to whoever subscribed."""

    def __init__(self) -> None:
        """Start with nobody listening."""
        self._lock = Lock()
        self._listeners: list[Callable[[Change], None]] = []

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` with each change, from any thread, until the returned function is called."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def publish(self, change: Change) -> None:
        """Tell every listener."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(change)
