"""App Home: one's own figures, published when opened, and nobody else's."""

from __future__ import annotations

from tests.bot.slack.staff import DANA, LENA, MAX, NORA
from tests.bot.slack.stage import Stage, words


def test_home_shows_ones_own_gap_and_earnings(stage: Stage) -> None:
    home = stage.home(DANA)
    assert "$40,000" in words(home)
    assert DANA in words(home)
    assert "Lena" not in words(home)


def test_everybody_has_their_own(stage: Stage) -> None:
    stage.home(DANA)
    assert "Dana" not in words(stage.home(LENA))


def test_a_managers_home_says_what_to_ask(stage: Stage) -> None:
    home = stage.home(MAX)
    assert "You carry no quota yourself" in words(home)
    assert "No plan" not in words(home)


def test_a_stranger_gets_a_home_that_says_so(stage: Stage) -> None:
    home = stage.home(NORA)
    assert "$" not in words(home)


def test_a_click_at_home_is_answered_in_a_direct_message(stage: Stage) -> None:
    stage.home(DANA)
    user = stage.user(DANA)
    view = stage.fake.workspace.views.home(user.id)
    assert view is not None
    from bot.sandbox.gestures import Press

    block, element = next(
        (b, e) for b in view.blocks for e in b.get("elements", ()) if e.get("action_id", "").startswith("show_")
        or e.get("action_id", "").startswith("explain_")
    )  # fmt: skip
    stage.fake.gestures.press_view(user, view, Press(block["block_id"], element["action_id"], {}, {}))
    (post,) = stage.new(DANA)
    assert not post.ephemeral
    assert "$" in words(post)
