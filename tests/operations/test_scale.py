"""A calculation in parts comes to the same lines as one in one piece, whoever runs the parts."""

from __future__ import annotations

import importlib.util
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from engine import commission
from engine.needs import needs
from operations import pricing, scale
from operations.context import Context
from operations.errors import ScaleMissing
from store import frames
from tests.operations.conftest import NOW, apply, deal, person
from tests.operations.sharing_company import SELLERS, TODAY, YEAR, founded

if TYPE_CHECKING:
    from engine.frames import Facts
    from engine.plans.schema import Plan
    from store.database import Database

Company = tuple["Facts", tuple["Plan", ...]]
HAS_DASK = importlib.util.find_spec("distributed") is not None


@pytest.fixture
def whole(sqlite_database: Database) -> Company:
    """The sharing company with deals of each rep, a split, an unowned deal and twenty plain reps."""
    founded(sqlite_database)
    more = [f"r{number}" for number in range(20)]
    apply(sqlite_database, "person", *(person(who, who) for who in more))
    on_plan = [{"source": "crm", "person_external_id": who, "plan": "seller"} | YEAR for who in more]
    apply(sqlite_database, "assignment", *on_plan)
    sold = [deal(f"x{n}", who, 100_003 + n, date(2026, 2, 1)) for n, who in enumerate([*more, *SELLERS, "nobody"])]
    apply(sqlite_database, "deal", *sold)
    third = {"source": "crm", "deal_external_id": "x3", "share_ppb": 500_000_000}
    apply(sqlite_database, "split", *(third | {"person_external_id": who} for who in ("r3", "dan")))
    praise = {"source": "crm", "person_external_id": "", "name": "contest", "on_day": date(2026, 2, 2)}
    apply(sqlite_database, "achievement", praise | {"value": 2_000_000, "unit": "number"})
    ctx = Context(sqlite_database, TODAY, NOW)
    with sqlite_database.read() as conn:
        begun = pricing.begun(conn, ctx.as_of)
        return frames.facts(conn, pricing.window(begun, TODAY), more=needs(begun)), begun


def same(company: Company, executor: Executor, parts: int) -> None:
    facts, plans = company
    one = commission.calculate(facts, plans, TODAY)
    found = scale.calculate(facts, plans, TODAY, executor, parts)
    assert len(found.lines) > 100
    words = dict.fromkeys(("plan", "component", "kind", "rule"), str)
    pd.testing.assert_frame_equal(found.lines.astype(words), one.lines.astype(words), check_dtype=False)
    assert found.problems == one.problems


@pytest.mark.parametrize("parts", [1, 2, 7, 100])
def test_threads(whole: Company, parts: int) -> None:
    with ThreadPoolExecutor(2) as executor:
        same(whole, executor, parts)


def test_processes(whole: Company) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        same(whole, executor, 3)


def test_who_shares_a_pool_is_in_one_part(whole: Company) -> None:
    facts, plans = whole
    table = facts.assignments
    members = set(table["rep_id"][table["plan"] == "pot"])
    assert len(members) == 2
    assert [members <= set(group) for group in scale.groups(facts, plans, 8)].count(True) == 1


@pytest.mark.skipif(not HAS_DASK, reason="dask distributed is not installed: pip install attain[scale]")
def test_dask(whole: Company) -> None:
    """On a scheduler and a worker of two threads within this process, which takes a second."""
    from distributed import LocalCluster

    shape = {"processes": False, "n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    local = LocalCluster(**shape)  # type: ignore[no-untyped-call]
    with local as cluster, scale.dask(cluster) as executor:
        same(whole, executor, 3)


@pytest.mark.soak
@pytest.mark.skipif(not HAS_DASK, reason="dask distributed is not installed: pip install attain[scale]")
def test_dask_over_processes(whole: Company) -> None:
    with scale.dask() as executor:
        same(whole, executor, 3)


@pytest.mark.skipif(HAS_DASK, reason="dask distributed is installed")
def test_without_dask_the_error_says_what_to_install() -> None:
    with pytest.raises(ScaleMissing, match=r"attain\[scale\]"), scale.dask():
        pass
