"""Pictures added to notices on their way: uploaded, then shown by a block; a message goes without one that fails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.log import Journal
from bot.slack import uploads
from bot.slack.turn import payload_hash
from messages import notices
from messages.limits import MESSAGE_BLOCKS

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.parcels import Parcel
    from messages.reader import Reader
    from messages.reply import Block
    from store.outbox import Owed

#: So many uploads are remembered: a board that is edited with the same picture uploads it once.
REMEMBERED = 200
_journal = Journal("bot.illustrations")


@dataclass(frozen=True, slots=True)
class Illustrations:
    """Uploads the pictures of notices."""

    client: WebClient
    _known: dict[str, str] = field(default_factory=dict)

    def added(self, parcel: Parcel, owed: Owed, reader: Reader) -> Parcel:
        """The parcel with the picture of its kind; as it is where there is none, or none can be shown."""
        blocks = parcel.message.blocks
        if not blocks or len(blocks) >= MESSAGE_BLOCKS:
            return parcel
        picture = notices.picture(owed.notice.kind, owed.notice.data, reader)
        if picture is None:
            return parcel
        digest = hashlib.sha256(picture.png).hexdigest()
        file_id = self._known.get(digest, "")
        if not file_id:
            file_id, sent = uploads.upload(self.client, picture)
            if not file_id:
                _journal.warning("picture left out", kind=owed.notice.kind, code=sent.code)
                return parcel
            self._remember(digest, file_id)
        shown = _above_buttons(blocks, uploads.block(file_id, picture))
        message = replace(parcel.message, blocks=shown)
        return replace(parcel, message=message, payload_hash=payload_hash(message.text, shown))

    def _remember(self, digest: str, file_id: str) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[digest] = file_id


def without(parcel: Parcel) -> Parcel | None:
    """The parcel without its uploaded picture; None where it shows none."""
    left = [block for block in parcel.message.blocks if "slack_file" not in block]
    if len(left) == len(parcel.message.blocks):
        return None
    message = replace(parcel.message, blocks=left)
    return replace(parcel, message=message, payload_hash=payload_hash(message.text, left))


def _above_buttons(blocks: list[Block], picture: Block) -> list[Block]:
    """The blocks with the picture under what is said, above the last row of buttons."""
    end = len(blocks) - 1 if blocks[-1]["type"] == "actions" else len(blocks)
    return [*blocks[:end], picture, *blocks[end:]]
