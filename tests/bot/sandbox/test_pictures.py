"""Pictures in messages: uploaded by the bot, seen where the message stands and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from bot.slack import uploads
from messages.pictures import Bar, bars
from tests.bot.sandbox.sample import REP

if TYPE_CHECKING:
    from messages.pictures import Picture
    from tests.bot.sandbox.conftest import Stage


def _picture() -> Picture:
    drawn = bars("teams", "Attainment", [Bar("Americas", 640_000, "64%")])
    assert drawn is not None
    return drawn


def test_a_picture_is_seen_in_the_message_that_shows_it(stage: Stage) -> None:
    picture = _picture()
    file_id, sent = uploads.upload(stage.client, picture)
    assert sent.fate == "sent"
    rep = stage.slack.user(REP)
    other = next(one for one in stage.workspace.people if one.id != rep.id)
    address = f"{stage.workspace.base_url}/files/{file_id}"
    assert httpx.get(address, params={"as": rep.id}).status_code == 404, "nobody was shown it yet"
    stage.client.chat_postMessage(channel=rep.id, text="Look", blocks=[uploads.block(file_id, picture)])
    shown = httpx.get(address, params={"as": rep.id})
    assert (shown.content, shown.headers["content-type"]) == (picture.png, "image/png")
    assert httpx.get(address, params={"as": other.id}).status_code == 404


def test_a_message_with_a_picture_that_does_not_exist_is_refused(stage: Stage) -> None:
    rep = stage.slack.user(REP).id
    blocks = [uploads.block("F0000000000", _picture())]
    assert stage.refusal("chat.postMessage", channel=rep, text="Look", blocks=blocks) == "invalid_blocks"


def test_an_upload_that_slack_refuses_says_so(stage: Stage) -> None:
    stage.workspace.chaos.turn("revoked_token", on=True)
    file_id, sent = uploads.upload(stage.client, _picture())
    assert (file_id, sent.fate, sent.code) == ("", "refused", "token_revoked")
