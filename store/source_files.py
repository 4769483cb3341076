"""The files and mappings behind the facts, as they were read: what a receipt's sources can be checked against."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from store.bulk import insert_new
from store.tables.syncing import mapping, source_file

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was read."""

    sha256: str
    source: str
    name: str
    body: bytes
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file as it will be kept."""

    sha256: str
    name: str
    size: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class MappingVersion:
    """A mapping as it was used."""

    source: str
    version: int
    text: str
    saved_at: datetime


def pack(name: str, body: bytes) -> PackedFile:
    """The file ready to be kept. Packing takes longer than writing: do it before the transaction begins."""
    return PackedFile(hashlib.sha256(body).hexdigest(), name, len(body), zlib.compress(body, 1))


def save(conn: Connection, source: str, file: PackedFile, now: datetime) -> str:
    """The digest under which the file is kept; a file that was seen before is kept once."""
    if not seen(conn, file.sha256):
        row = {
            "sha256": file.sha256,
            "source": source,
            "name": file.name,
            "size": file.size,
            "body": file.packed,
            "first_seen_at": now,
        }
        insert_new(conn, source_file, row, ("sha256",))
    return file.sha256


def seen(conn: Connection, sha256: str) -> bool:
    """Whether a file with that digest was read before."""
    return conn.execute(select(source_file.c.sha256).where(source_file.c.sha256 == sha256)).first() is not None


def get(conn: Connection, sha256: str) -> SourceFile | None:
    """The file with that digest, to the byte."""
    row = conn.execute(select(source_file).where(source_file.c.sha256 == sha256)).first()
    if row is None:
        return None
    return SourceFile(row.sha256, row.source, row.name, zlib.decompress(row.body), row.first_seen_at)


def save_mapping(conn: Connection, source: str, text: str, now: datetime) -> int:
    """The version of the source's mapping with that text; a new one when the text is not the newest's."""
    newest = latest_mapping(conn, source)
    if newest is not None and newest.text == text:
        return newest.version
    version = 1 if newest is None else newest.version + 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = {"source": source, "version": version, "text_hash": digest, "text": text, "saved_at": now}
    conn.execute(insert(mapping), row)
    return version


def latest_mapping(conn: Connection, source: str) -> MappingVersion | None:
    """The mapping the source uses now."""
    newest = select(func.max(mapping.c.version)).where(mapping.c.source == source).scalar_subquery()
    row = conn.execute(select(mapping).where(mapping.c.source == source, mapping.c.version == newest)).first()
    return None if row is None else MappingVersion(row.source, row.version, row.text, row.saved_at)
