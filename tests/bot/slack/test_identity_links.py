"""Who is who: linked once by the address Slack vouches for, and unlinked when that changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import identities
from tests.bot.slack.staff import DANA, LENA, NORA
from tests.bot.slack.stage import Stage, words


def change(stage: Stage, who: str, /, **changes: object) -> str:
    """Slack's record of this person changes; returns their user id."""
    user = stage.user(who)
    user.persona = replace(user.persona, **changes)  # type: ignore[arg-type]
    stage.dispatch(stage.event_body({"type": "user_change", "user": {"id": user.id}}))
    stage.settle()
    return user.id


def linked(stage: Stage, user_id: str) -> identities.Link | None:
    with stage.services.db.read() as conn:
        return identities.get(conn, stage.fake.workspace.app["team_id"], user_id)


def test_slack_is_asked_once(stage: Stage) -> None:
    stage.ask(DANA, "/myquota")
    stage.fake.workspace.chaos.turn("error_before", on=True, method="users.info")
    assert "$40,000" in words(stage.ask(DANA, "/myquota"))


@pytest.mark.parametrize("changes", [{"kind": "guest"}, {"kind": "deactivated"}, {"email": "dana@elsewhere.com"}])
def test_a_changed_account_loses_its_link(stage: Stage, changes: dict[str, object]) -> None:
    stage.ask(DANA, "/myquota")
    user_id = change(stage, DANA, **changes)
    assert linked(stage, user_id) is None


def test_a_changed_title_keeps_it(stage: Stage) -> None:
    stage.ask(DANA, "/myquota")
    assert linked(stage, change(stage, DANA, title="Senior account executive")) is not None


def test_somebody_who_gets_their_address_later_is_linked_then(stage: Stage) -> None:
    assert "$" not in words(stage.ask(NORA, "/myquota"))
    stage.user(LENA).persona = replace(stage.user(LENA).persona, email="lena@old.com")
    nora = stage.user(NORA)
    change(stage, NORA, email=LENA)
    assert stage.fake.workspace.user_by_email(LENA) is nora
    assert "$" in words(stage.ask(LENA, "/myquota"))


def test_looking_at_somebody_does_not_link_them(stage: Stage) -> None:
    from tests.bot.slack.staff import MAX

    assert "$40,000" in words(stage.ask(MAX, f"/myquota @{stage.user(DANA).handle}"))
    assert linked(stage, stage.user(DANA).id) is None
