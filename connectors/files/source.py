"""CSV files as a source: each file validated as a whole, then handed over a page at a time.

The cursor remembers the digest of every file that was applied completely, of the lookup files it used and of the
mapping. A file with the same digest is not read again; a file that was cut off by a crash starts over, which changes
nothing that was applied before.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from connectors.errors import SourceRefused
from connectors.files import csv_text
from connectors.files.batch import Batch, pages_of, refusal_page
from connectors.files.refusals import Place, refused
from connectors.files.tables import Table, name_of, read_table
from connectors.normalise.rows import Normalised, normalise
from connectors.source import KINDS, Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.schema import KindMapping, Mapping
    from connectors.source import Cursor
    from engine.blending import Rule
    from engine.problems import Problem


class CsvSource:
    """The CSV files of one source of a mapping."""

    def __init__(self, mapping: Mapping, name: str, folder: Path) -> None:
        entry = mapping.sources[name]
        self._mapping = mapping
        self._folder = folder / entry.folder
        self._kinds = {kind.kind: kind for kind in mapping.of_source(name)}
        self._entry = entry

    @property
    def name(self) -> str:
        """The name its rows carry in the store."""
        return self._entry.name

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds it has, in the order of `KINDS`."""
        return tuple(kind for kind in KINDS if kind in self._kinds)

    @property
    def interval_seconds(self) -> int:
        """How often it is meant to be synced."""
        return self._entry.interval_seconds

    @property
    def config_hash(self) -> str:
        """The digest of the mapping file."""
        return self._mapping.sha256

    @property
    def config_text(self) -> str:
        """The mapping file as written, for the record."""
        return self._mapping.text

    @property
    def blends(self) -> tuple[Rule, ...]:
        """How its records are blended with those of other sources."""
        return self._mapping.blends_of(self.name)

    def check(self) -> tuple[Problem, ...]:
        """Every file that would be refused, and why; applies nothing."""
        problems: list[Problem] = []
        for kind in self._kinds.values():
            try:
                for path in self._paths(kind):
                    _dates_or_refuse(kind, *self._normalised(kind, path))
            except SourceRefused as refusal:
                problems += refusal.problems
        return tuple(dict.fromkeys(problems))

    def pages(self, kind: str, cursor: Cursor) -> Iterator[Page]:
        """The rows of every file of that kind that changed since `cursor`, each file only if all of it is sound.

        The first file that cannot be trusted ends the reading with a page that says why.
        """
        mapping = self._kinds[kind]
        done = dict(cursor.get("files", {}))
        try:
            for path in self._paths(mapping):
                name = name_of(path, self._folder)
                fingerprint = self._fingerprint(mapping, path)
                if done.get(name) == fingerprint:
                    continue
                table, normalised = self._normalised(mapping, path)
                _dates_or_refuse(mapping, table, normalised)
                before, done = {"files": dict(done)}, {**done, name: fingerprint}
                yield from pages_of(Batch(mapping, table, normalised, before, {"files": dict(done)}))
        except SourceRefused as refusal:
            yield refusal_page(kind, {"files": done}, refusal.problems)

    def _normalised(self, kind: KindMapping, path: Path) -> tuple[Table, Normalised]:
        table = read_table(kind, self._folder, path)
        waiting = self._waiting_deals() if kind.kind == "deal" else frozenset()
        return table, normalise(kind, table.frame, waiting)

    def _waiting_deals(self) -> frozenset[str]:
        """Deals whose splits are refused: counted whole for their owner they would pay the wrong people."""
        split = self._kinds.get("split")
        if split is None:
            return frozenset()
        waiting: set[str] = set()
        for path in self._paths(split):
            table = read_table(split, self._folder, path)
            found = normalise(split, table.frame)
            _dates_or_refuse(split, table, found)
            waiting |= set(found.rejected["parent"])
        return frozenset(waiting)

    def _paths(self, kind: KindMapping) -> list[Path]:
        pattern = kind.file
        if not set("*?[") & set(pattern):
            return [self._folder / pattern]
        found = sorted(path for path in self._folder.glob(pattern) if path.is_file())
        if not found:
            place = Place(self._mapping.filename, found="no file", allowed=pattern)
            raise refused("file_missing", place, f"no file of the source {self.name!r} matches")
        if kind.fmt.snapshot and len(found) > 1:
            names = ", ".join(name_of(path, self._folder) for path in found)
            raise refused("snapshot_files", Place(self._mapping.filename, found=names, allowed="one file"))
        return found

    def _fingerprint(self, kind: KindMapping, path: Path) -> str:
        """A digest of everything the file's rows depend on."""
        others = [self._folder / lookup.file for lookup in kind.lookups]
        split = self._kinds.get("split")
        if kind.kind == "deal" and split is not None:
            others += self._paths(split)
        digest = hashlib.sha256(self.config_hash.encode())
        for each in (path, *others):
            digest.update(hashlib.sha256(csv_text.load(each, name_of(each, self._folder))).digest())
        return digest.hexdigest()


def _dates_or_refuse(kind: KindMapping, table: Table, normalised: Normalised) -> None:
    """Refuses the file at the first date that is not in the declared format: then no other date can be trusted."""
    wrong = normalised.rejected[normalised.rejected["code"] == "date_format"]
    if wrong.empty:
        return
    first = wrong.iloc[0]
    line = int(table.lines[int(first["position"])])
    words = f"{first['detail']}; {len(wrong)} of {len(table.frame)} rows are like that"
    raise refused("date_format", Place(table.file.name, line, allowed=kind.fmt.date_format), words)
