"""A list at a path: what is asked, where its items are, and where the next page begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from connectors.errors import ConfigRefused, PagingRepeats

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connectors.http import Answer, Http
    from connectors.schema import KindMapping

PAGING = ("none", "cursor", "offset")
MOST_PAGES = 10_000
MOST_ROWS_A_PAGE = 10_000
#: Bounds of a read that has none.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listing:
    """How one kind is asked for; see README.md for the keys."""

    path: str
    params: tuple[tuple[str, str], ...]
    items: str
    paging: str
    cursor: str
    cursor_param: str
    page_size: int
    key: str

    @classmethod
    def of(cls, mapping: KindMapping) -> Listing:
        """What the mapping says.

        Raises:
            ConfigRefused: It cannot be followed.
        """
        said = mapping.options
        paging = said.get("paging", "none")
        size = said.get("page_size", "100")
        cursor, param = said.get("cursor", ""), said.get("cursor_param", paging)
        wrong = _wrong(said["path"], paging, size, cursor)
        if wrong:
            raise ConfigRefused(f"{mapping.kind}: {wrong}", where=mapping.source, remedy="Correct it in the mapping")
        params = tuple(parse_qsl(said.get("params", ""), keep_blank_values=True))
        return cls(said["path"], params, said.get("items", ""), paging, cursor, param, int(size), said["key"])

    def answers(
        self, http: Http, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[Answer, list[dict[str, Any]], bool]]:
        """Each answer with its items, and whether it is the last.

        Raises:
            PagingRepeats: The pages lead in a circle, or never end.
            SourceError: The service does not answer as it should.
        """
        asked = [(name, _dated(value, since or FIRST, until or LAST)) for name, value in self.params]
        at, seen, shown = "", {""}, 0
        previous: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            answer = http.get(self.path, [*asked, *self._place(at)])
            items = self._items(answer.json)
            if items and items == previous:
                raise PagingRepeats(where=self.path)
            shown, previous = shown + len(items), items
            at = self._next(answer.json, items, shown)
            yield answer, items, not at
            if not at:
                return
            if at in seen:
                raise PagingRepeats(where=self.path)
            seen.add(at)
        raise PagingRepeats(where=self.path)

    def _place(self, at: str) -> list[tuple[str, str]]:
        return (
            [(self.cursor_param, at or "0")] if self.paging == "offset" else [(self.cursor_param, at)] if at else []
        )

    def _next(self, body: Any, items: list[dict[str, Any]], shown: int) -> str:
        if self.paging == "offset":
            return str(shown) if len(items) >= self.page_size else ""
        if self.paging == "cursor":
            found = looked_up(body, self.cursor) if isinstance(body, dict) else None
            return "" if found is None else str(found)
        return ""

    def _items(self, body: Any) -> list[dict[str, Any]]:
        """The items of an answer: something else must not pass for none.

        Raises:
            ConfigRefused: There is no list of objects where the mapping says.
        """
        found = looked_up(body, self.items) if self.items and isinstance(body, dict) else body
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            place = f"at {self.items!r}" if self.items else "at its top"
            raise ConfigRefused(
                f"The answer has no list of objects {place}",
                where=self.path,
                remedy="Set `items` to the path of the list, such as data.items",
            )
        return found


def looked_up(item: Mapping[str, Any], path: str) -> Any:
    """What is under that name, or at the end of that dotted path."""
    if path in item:
        return item[path]
    found: Any = item
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def _dated(value: str, since: datetime, until: datetime) -> str:
    return value.replace("{since}", f"{since:%Y-%m-%dT%H:%M:%SZ}").replace("{until}", f"{until:%Y-%m-%dT%H:%M:%SZ}")


def _wrong(path: str, paging: str, size: str, cursor: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        return "path begins with one slash and is below base_url"
    if paging not in PAGING:
        return f"paging is one of {', '.join(PAGING)}"
    if not (size.isascii() and size.isdigit() and 0 < int(size) <= MOST_ROWS_A_PAGE):
        return f"page_size is 1 to {MOST_ROWS_A_PAGE}"
    return "paging by cursor wants `cursor`, where the next one stands" if paging == "cursor" and not cursor else ""
