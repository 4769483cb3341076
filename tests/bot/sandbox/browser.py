"""A real Chromium on the sandbox page; skipped, with the reason, where this machine has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.hooks import Hooks, Tool
from tests.bot.sandbox.conftest import Stage, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LAPTOP = (1366, 768)
PHONE = (390, 844)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PATIENCE_MS = 8_000


def chromium() -> str:
    """The path of the machine's Chromium, "" where there is none."""
    usual = Path("/usr/bin/chromium")
    return str(usual) if usual.exists() else next(filter(None, map(shutil.which, NAMES)), "")


@pytest.fixture(scope="module", name="browser")
def browser_fixture() -> Iterator[Browser]:
    """One Chromium for a file of tests; Playwright's event loop must not outlive it into tests that run their own."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the page is not tested")
    path = chromium()
    if not path:
        pytest.skip("no Chromium on this machine: the page is not tested")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Window:
    """One browser window as one persona, and what it complained about."""

    page: Page
    complaints: list[str]


Opener = Callable[..., "Page"]


def sample_board() -> Iterator[Stage]:
    """The sample workspace with one tool and one suggested question."""
    sync = Tool("sync", "Run CRM sync", "Reads the newest export", lambda: "3 deals changed.")
    yield from start(hooks=Hooks(tools=(sync,), prompts=(("What did I earn?", "What did I earn?"),)))


@pytest.fixture(name="board")
def board_fixture() -> Iterator[Stage]:
    """A fresh sample workspace."""
    yield from sample_board()


@pytest.fixture(name="open_as")
def open_as_fixture(browser: Browser, board: Stage) -> Iterator[Opener]:
    """Opens a window as the persona with that name; at the end no window may have complained of anything."""
    yield from opener(browser, board)


@pytest.fixture(scope="module", name="shared_board")
def shared_board_fixture() -> Iterator[Stage]:
    """One sample workspace for all tests of a file."""
    yield from sample_board()


@pytest.fixture(scope="module", name="shared_page")
def shared_page_fixture(browser: Browser, shared_board: Stage) -> Iterator[Page]:
    """One window as the first rep for all tests of a file."""
    opening = opener(browser, shared_board)
    yield next(opening)()
    assert next(opening, None) is None


def opener(browser: Browser, board: Stage) -> Iterator[Opener]:
    """Yields a function that opens windows; afterwards closes them and looks for complaints."""
    windows: list[Window] = []

    def open_window(name: str = "Dana Reyes", *, size: tuple[int, int] = LAPTOP, scheme: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        window = Window(page, [])
        windows.append(window)
        page.on("pageerror", lambda error: window.complaints.append(str(error)))
        page.on(
            "console", lambda said: window.complaints.append(said.text) if "Content Security" in said.text else None
        )
        page.goto(f"{board.server.base_url}/?as={user_id(board, name)}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_window
    for window in windows:
        window.page.context.close()
    assert [window.complaints for window in windows if window.complaints] == []


def user_id(board: Stage, name: str) -> str:
    """The Slack id of the persona with this name."""
    return next(user.id for user in board.workspace.people if user.name == name)


def box(page: Page) -> Any:
    """The message box of the open conversation."""
    return page.locator("#composer-field")


def say(page: Page, text: str) -> None:
    """Type into the message box and send with Enter."""
    box(page).fill(text)
    box(page).press("Escape")
    box(page).press("Enter")


def last_message(page: Page) -> Any:
    """The newest message of the open conversation."""
    return page.locator("#main .msg").last
