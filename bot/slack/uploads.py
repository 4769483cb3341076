"""A picture uploaded to Slack, to stand in a message: announced, sent, completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from bot.slack import sending
from bot.slack.sending import Sent

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from messages.pictures import Picture

TIMEOUT_SECONDS = 10


def upload(client: WebClient, picture: Picture) -> tuple[str, Sent]:
    """The id of the uploaded file, "" where it could not be uploaded, and what became of the last request.

    The file is shared with nobody: it is seen where a block with its id stands. One that was completed without our
    hearing of it is seen by nobody, so that a picture may be uploaded again without harm.
    """
    announced = sending.call(
        lambda: client.files_getUploadURLExternal(
            filename=picture.name, length=len(picture.png), alt_txt=picture.alt[:1_000]
        )
    )
    if announced.body is None:
        return "", announced
    file_id, address = str(announced.body["file_id"]), str(announced.body["upload_url"])
    sent = _put(address, picture)
    if sent.fate != "sent":
        return "", sent
    done = sending.call(lambda: client.files_completeUploadExternal(files=[{"id": file_id, "title": picture.name}]))
    return (file_id if done.fate == "sent" else ""), done


def block(file_id: str, picture: Picture) -> dict[str, Any]:
    """The block that shows an uploaded picture."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": picture.alt}


def _put(address: str, picture: Picture) -> Sent:
    try:
        answer = httpx.post(
            address, files={"file": (picture.name, picture.png, "image/png")}, timeout=TIMEOUT_SECONDS
        )
    except httpx.HTTPError as error:
        return Sent("unknown", type(error).__name__)
    return Sent("sent") if answer.is_success else Sent("refused", f"http_{answer.status_code}")
