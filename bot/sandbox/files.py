"""Uploaded files: announced, uploaded, then shared into a conversation."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
PREVIEW_LINES = 20


@dataclass
class File:
    """One file; `shared` are the channels in which it may be read."""

    id: str
    name: str
    length: int
    upload_key: str
    owner: str
    title: str = ""
    content: bytes | None = None
    complete: bool = False
    shared: set[str] = field(default_factory=set)

    @property
    def mimetype(self) -> str:
        """The media type, from the name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def preview(self) -> str:
        """The first lines of a text file, empty for anything else."""
        if not self.mimetype.startswith("text/") or self.content is None:
            return ""
        return "\n".join(self.content.decode("utf-8", "replace").splitlines()[:PREVIEW_LINES])


class Files:
    """All files of a workspace."""

    def __init__(self) -> None:
        """Start empty."""
        self._files: dict[str, File] = {}

    def announce(self, name: str, length: int, owner: str) -> File:
        """Reserve an id and an upload key."""
        file = File("F" + secrets.token_hex(5).upper(), name, length, secrets.token_urlsafe(18), owner, title=name)
        self._files[file.id] = file
        return file

    def find(self, file_id: str) -> File | None:
        """The file with this id, or None."""
        return self._files.get(file_id)

    def by_key(self, key: str) -> File | None:
        """The file waiting for an upload under this key, or None."""
        return next((file for file in self._files.values() if file.upload_key == key), None)


def as_api(file: File, base_url: str) -> JSON:
    """The file object of the Web API."""
    return {
        "id": file.id, "name": file.name, "title": file.title, "mimetype": file.mimetype, "user": file.owner,
        "size": len(file.content or b""), "filetype": file.name.rpartition(".")[2] or "text", "mode": "hosted",
        "url_private": f"{base_url}/files/{file.id}", "channels": sorted(file.shared), "preview": file.preview(),
    }  # fmt: skip
