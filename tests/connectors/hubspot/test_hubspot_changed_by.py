"""Who changed a deal in HubSpot: a user there, an owner to us, and a name in what is told of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connectors.feed_source import FeedSource
from connectors.mapping import load
from operations import sync
from operations.context import Context
from store import changes, deal_changes, people
from tests.connectors.hubspot.conftest import MAPPING, World

if TYPE_CHECKING:
    from store.database import Database

SIGNED = MAPPING.replace("name: dealname", "name: dealname\n      changed_by: hs_updated_by_user_id")
USER = "hs_updated_by_user_id"


def synced(db: Database, world: World) -> int:
    """The watermark after one run."""
    world.clock.pass_(minutes=20)
    source = FeedSource(load(world.mapping, "mapping.yaml"), "crm", world.connect())
    assert sync.run(Context(db, world.clock().date(), world.clock(), None), source).ok
    with db.read() as conn:
        return changes.watermark(conn)


def actors(db: Database, after: int, until: int) -> list[str]:
    """Who changed what stands otherwise for Ada's pay."""
    with db.read() as conn:
        ada = next(one for one in people.all(conn) if one.name == "Ada Reyes")
        found = deal_changes.between(conn, ada.rep_id, range(1, 50), after, until)
    return [one.actor for one in found]


@pytest.mark.parametrize(
    ("mapping", "whose", "said"),
    [
        (SIGNED, "Ben Okafor", "Ben Okafor"),
        (SIGNED, "", ""),
        (SIGNED, "nobody here", ""),
        (MAPPING, "Ben Okafor", ""),
    ],
)
def test_a_change_names_who_made_it_where_the_mapping_asks(
    sqlite_database: Database, mapping: str, whose: str, said: str
) -> None:
    world = World(mapping=mapping)
    users = {}
    for name in ("Ada Reyes", "Ben Okafor"):
        owner = world.portal.hire(*name.split(), f"{name.split()[0].lower()}@example.com")
        users[name] = (owner, str(world.portal.owners[owner].user_id))
    deal = world.deal(hubspot_owner_id=users["Ada Reyes"][0], **{USER: users["Ada Reyes"][1]})
    before = synced(sqlite_database, world)
    by = users[whose][1] if whose in users else ("999" if whose else None)
    world.portal.edit("deals", deal, {"amount": "2500", USER: by})
    assert actors(sqlite_database, before, synced(sqlite_database, world)) == [said]


def test_a_later_edit_does_not_sign_an_earlier_change(sqlite_database: Database) -> None:
    """A renamed deal changes no pay: who renamed it is not who changed the amount before."""
    world = World(mapping=SIGNED)
    ada = world.portal.hire("Ada", "Reyes", "ada@example.com")
    ben = world.portal.hire("Ben", "Okafor", "ben@example.com")
    user = {one: str(world.portal.owners[one].user_id) for one in (ada, ben)}
    deal = world.deal(hubspot_owner_id=ada, **{USER: user[ada]})
    before = synced(sqlite_database, world)
    world.portal.edit("deals", deal, {"amount": "2500", USER: user[ben]})
    after = synced(sqlite_database, world)
    world.portal.edit("deals", deal, {"hs_next_step": "call", USER: user[ada]})
    synced(sqlite_database, world)
    assert "Ada Reyes" not in actors(sqlite_database, before, after)
