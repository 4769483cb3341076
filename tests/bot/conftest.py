"""Every Slack of these tests runs on this machine."""

from __future__ import annotations

import pytest

from bot.settings import ignore_proxies


@pytest.fixture(scope="session", autouse=True)
def _direct() -> None:
    """A proxy of whoever runs the tests is not asked for their own machine."""
    ignore_proxies()
