"""Pictures arrive with their message, and a message arrives without a picture that cannot be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.notices import Notice
from tests.bot.post_room import ADA, PostRoom
from tests.messages.leadership_samples import KIND, usual
from tests.messages.sample_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.database import Database


@pytest.fixture
def room(sqlite_database: Database) -> Iterator[PostRoom]:
    found = PostRoom(sqlite_database)
    yield found
    found.close()


def digest(room: PostRoom, key: str) -> Notice:
    return Notice(key=key, kind=KIND, to=room.to(ADA), data=usual(Words()))


def pictures(room: PostRoom) -> list[str]:
    return [block["slack_file"]["id"] for post in room.posts(ADA) for block in post.blocks if "slack_file" in block]


def test_a_digest_shows_its_chart_above_the_buttons(room: PostRoom) -> None:
    room.owe(digest(room, "one"))
    room.run()
    (post,) = room.posts(ADA)
    assert [block["type"] for block in post.blocks][-2:] == ["image", "actions"]
    (shown,) = pictures(room)
    file = room.fake.workspace.files.find(shown)
    assert file is not None
    assert file.content is not None
    assert file.content.startswith(b"\x89PNG")
    assert file.shared == {post.channel}


def test_the_same_picture_is_uploaded_once(room: PostRoom) -> None:
    room.owe(digest(room, "one"), digest(room, "two"))
    room.run(room.worker())
    shown = pictures(room)
    assert len(shown) == 2
    assert len(set(shown)) == 1


def test_a_message_goes_without_a_picture_that_cannot_be_uploaded(room: PostRoom) -> None:
    room.chaos.turn("error_before", on=True, method="files.getUploadURLExternal")
    room.owe(digest(room, "one"))
    room.run()
    (post,) = room.posts(ADA)
    assert room.row("one").state == "sent"
    assert pictures(room) == []
    assert post.blocks[-1]["type"] == "actions"


def test_a_message_goes_without_a_picture_that_slack_will_not_show(room: PostRoom) -> None:
    worker = room.worker()
    room.owe(digest(room, "one"))
    room.run(worker)
    for file_id in pictures(room):
        file = room.fake.workspace.files.find(file_id)
        assert file is not None
        file.complete = False  # as while Slack still works on it
    room.owe(digest(room, "two"))
    room.run(worker)
    first, second = room.posts(ADA)
    assert "image" in {block["type"] for block in first.blocks}
    assert "image" not in {block["type"] for block in second.blocks}
    assert second.blocks[0]["type"] == "header", "the blocks stay"
