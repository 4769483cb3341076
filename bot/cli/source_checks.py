"""What `attain doctor` asks of each source of the mapping files: can it be read, and if not, why, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.checks import Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.registry import Outside
    from connectors.schema import Mapping
    from engine.problems import Problem


def source_checks(folder: Path, given: Outside | None, *, online: bool) -> Iterator[Check]:
    """One check per source; a mapping that cannot be used is one as a whole.

    Args:
        folder: Where mapping files are.
        given: What API sources find outside; the environment's secrets and the real services if not given.
        online: Whether services are asked; files are looked at in any case.
    """
    from connectors.errors import ConnectorError
    from connectors.mapping import load_file

    files = sorted(folder.glob("*.y*ml"))
    if not files:
        yield Check("Sources", "warn", f"no mapping file in {folder}", "Set one up with `attain connect`.")
    for path in files:
        try:
            mapping = load_file(path)
        except ConnectorError as error:
            yield _failed(f"Mapping {path.name}", error.problems)
            continue
        for name in mapping.sources:
            yield _source(mapping, name, folder, given) if online or _is_file(mapping, name) else _unasked(name)


def field_checks(url: str) -> Iterator[Check]:
    """One check per kind whose fields are not at the CRM what they were at the last sweep."""
    from bot.cli.place import sqlite_file
    from operations.field_news import sentence
    from store import sync as syncs
    from store.database import Database
    from store.errors import StoreError

    file = sqlite_file(url)
    if file is not None and not file.exists():
        return
    database = None
    try:
        database = Database.open(url)
        with database.read() as conn:
            found = [(state, sentence(state)) for state in syncs.states(conn)]
    except StoreError:
        return  # the checks of the database say what is wrong with it
    finally:
        if database is not None:
            database.dispose()
    for state, said in found:
        if said:
            yield Check(
                f"Fields of {state.source}", "warn", said, "Then run `attain sync --mode sweep` to look again."
            )


def _source(mapping: Mapping, name: str, folder: Path, given: Outside | None) -> Check:
    from bot.sources import outside
    from connectors.errors import ConnectorError
    from connectors.registry import open_source

    try:
        problems = open_source(mapping, name, folder, given or outside(folder)).check()
    except ConnectorError as error:
        problems = error.problems
    if problems:
        return _failed(f"Source {name}", problems)
    kinds = ", ".join(kind.kind for kind in mapping.of_source(name))
    return Check(f"Source {name}", "ok", f"{mapping.sources[name].type} can be read: {kinds or 'nothing is mapped'}")


def _failed(name: str, problems: tuple[Problem, ...]) -> Check:
    first = problems[0]
    more = f" ({len(problems) - 1} more like it)" if len(problems) > 1 else ""
    place = f"{first.where}: " if first.where else ""
    remedies = dict.fromkeys(problem.remedy.rstrip(".") for problem in problems if problem.remedy)
    return Check(name, "fail", f"{place}{first.message.rstrip('.')}{more}", " ".join(f"{one}." for one in remedies))


def _unasked(name: str) -> Check:
    return Check(f"Source {name}", "ok", "not asked, as --offline says")


def _is_file(mapping: Mapping, name: str) -> bool:
    from connectors.source_types import TYPES

    return TYPES[mapping.sources[name].type].is_file
