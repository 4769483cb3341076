"""A third party's parser judges the SOQL that is sent: soql-parser-js, the one behind the Jetstream tools."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.salesforce.soql import Select, among, compare, either, every
from tests import npm
from tests.connectors.salesforce.conftest import KINDS, NOW, Desk

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.source import Mode

PACKAGE = "@jetstreamapp/soql-parser-js@6.3.1"
#: One worker fetches the parser, and once.
pytestmark = [pytest.mark.node, pytest.mark.xdist_group("soql-parser")]
JUDGE = """\
const { isQueryValid } = require('@jetstreamapp/soql-parser-js');
const asked = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(asked.filter((query) => !isQueryValid(query))));
"""
NASTY = (
    "O'Brien",
    "back\\slash",
    "'; DELETE",
    "line\nbreak\ttab",
    'say "hi"',
    "100 % _",
    "Čeněk 山田 🎉",
    "",
    "\\'",
    "')",
)


@pytest.fixture(scope="session")
def parser() -> Path:
    """A folder with the parser, fetched once and kept; skips where that is not possible."""
    return npm.fetched(PACKAGE, unchecked="SOQL is not checked by a third party")


def refused(parser: Path, queries: list[str]) -> list[str]:
    """Those of the queries that the parser does not take."""
    command = [shutil.which("node") or "node", "-e", JUDGE]
    said = json.dumps(queries)
    done = subprocess.run(command, input=said, capture_output=True, text=True, timeout=60, check=True, cwd=parser)
    found: list[str] = json.loads(done.stdout)
    return found


def test_every_query_of_every_kind_and_mode_is_soql(parser: Path) -> None:
    """First reads, windows, windows that go on after a key, sweeps and reads by id, as they go over the wire."""
    asked: set[str] = set()

    def note(address: str) -> None:
        asked.update(parse_qs(urlsplit(address).query).get("q", []))

    desk = Desk(kinds=KINDS, meanwhile=[note])
    rep = desk.org.create("User", Name="Rita O'Hara", Email="rita@acme.example")
    for number in range(5):
        desk.org.create(
            "Opportunity",
            Name=f"Deal {number}",
            OwnerId=rep,
            Amount="10.00",
            StageName="Closed Won",
            CloseDate="2026-04-01",
        )
    feed = desk.feed()
    modes: tuple[Mode, ...] = ("backfill", "incremental", "settle", "sweep")
    for kind in feed.kinds:
        for mode in modes:
            list(desk.source().pages(kind, mode, NOW - timedelta(days=400), NOW + timedelta(hours=1), {}))
        desk.source().read(kind, ["006000000000001AAA", "it's gone"])
    desk.source().check()
    assert len(asked) > 10
    assert {query.split(" FROM ")[1].split(" ")[0] for query in asked} >= {"Opportunity", "OpportunitySplit", "User"}
    assert refused(parser, sorted(asked)) == []


def test_whatever_is_asked_for_is_soql(parser: Path) -> None:
    """Texts that try to leave their quotes, nested conditions, stamps, truth values and empty lists."""
    tie = every(compare("SystemModstamp", "=", NOW), compare("Id", ">", "006A"))
    where = [
        *(compare("Name", "=", text) for text in NASTY),
        among("Name", NASTY),
        among("Id", ()),
        either(compare("SystemModstamp", ">", NOW), tie),
        every(compare("IsDeleted", "!=", True), either(compare("A__c", "<=", "x"), compare("Owner.Name", ">=", "y"))),
    ]
    queries = [Select("Opportunity", ("Id", "Owner.Name", "My_Field__c"), (one,)).text() for one in where]
    assert refused(parser, queries) == []


def test_the_judge_judges(parser: Path) -> None:
    wrong = [
        "SELECT Id FROM",
        "SELECT Id, FROM A",
        "SELECT Id FROM A WHERE Name = 'O'Brien'",
        "SELECT Id FROM A WHERE B =",
    ]
    assert refused(parser, ["SELECT Id FROM A", *wrong]) == wrong
