"""Figures, tags, events, achievements, incentives and adjustments from a file to the facts that plans go by."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.files.source import CsvSource
from connectors.mapping import load
from operations.context import Context
from operations.sync import Options, run
from store import facts, frames
from store.database import Database

MAPPING = """\
version: 1
sources: {erp: {type: csv, date_format: "%Y-%m-%d", decimal: "."}}
kinds:
  person: {from: erp, file: p.csv, fields: {id: id, name: name, currency: {constant: USD}}}
  deal:
    from: erp
    file: d.csv
    fields: {id: id, owner: owner, amount: amount, currency: c, stage: {constant: won}, close: day}
    stages: {won: [won]}
  figure: {from: erp, file: d.csv, fields: {deal: id, currency: c}, values: {cost: {column: cost, unit: money}}}
  tag: {from: erp, file: d.csv, fields: {deal: id}, values: {category: family}}
  event:
    from: erp
    file: e.csv
    fields: {deal: deal, name: what, on: day, record: no, amount: amount, currency: {constant: USD}}
  achievement:
    from: erp
    file: a.csv
    fields: {person: who, name: {constant: nps}, on: day, value: score, unit: {constant: number}}
  incentive:
    from: erp
    file: p.csv
    fields: {person: id, name: {constant: variable}, start: since, amount: variable, currency: {constant: USD}}
  adjustment:
    from: erp
    file: j.csv
    fields: {id: id, person: who, on: day, amount: amount, currency: {constant: USD}, reason: why, approved_by: by}
"""
MORE = ("figures", "tags", "events", "achievements", "incentives", "adjustments")
FILES = {
    "p.csv": "id,name,since,variable\nE-1,Ada,2026-01-01,40000\n",
    "d.csv": "id,owner,amount,c,day,cost,family\nD-1,E-1,100.00,USD,2026-02-01,60.00,Platform\n",
    "e.csv": "deal,what,day,no,amount\nD-1,payment,2026-03-01,P-1,50.00\nD-1,payment,2026-03-01,P-2,50.00\n",
    "a.csv": "who,day,score\nE-1,2026-03-31,71.5\n,2026-03-31,60\n",
    "j.csv": "id,who,day,amount,why,by\nJ-1,E-1,2026-03-31,-5.00,late,ops\n",
}


def test_each_reaches_the_facts_and_a_second_sync_changes_nothing(database: Database, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    ctx = Context(database, date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC))
    first = run(ctx, CsvSource(load(MAPPING, "m.yaml"), "erp", tmp_path))
    assert first.ok, first.problems
    assert first.held == 0
    with database.read() as conn:
        found = frames.facts(conn, (date(2026, 1, 1), date(2027, 1, 1)), more=MORE)
    assert found.figures[["name", "value", "unit"]].to_numpy().tolist() == [["cost", 6_000, "money"]]
    assert found.tags[["name", "value"]].to_numpy().tolist() == [["category", "Platform"]]
    assert found.events["amount_cents"].tolist() == [5_000, 5_000]
    assert sorted(found.achievements["value"]) == [60_000_000, 71_500_000]
    assert (found.achievements["rep_id"] == 0).sum() == 1, "a score without a person is everybody's"
    assert found.incentives["amount_cents"].tolist() == [4_000_000]
    assert found.adjustments["amount_cents"].tolist() == [-500]
    again = CsvSource(load(MAPPING + "# read anew\n", "m.yaml"), "erp", tmp_path)
    assert run(ctx, again).changed == 0


def test_a_corrected_score_replaces_the_wrong_one(database: Database, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    ctx = Context(database, date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC))
    source = CsvSource(load(MAPPING, "m.yaml"), "erp", tmp_path)
    run(ctx, source)
    (tmp_path / "a.csv").write_text("who,day,score\nE-1,2026-03-31,72\n,2026-03-31,6O\n")
    later = run(ctx, source)
    assert [(one.changed, one.held) for one in later.kinds if one.kind == "achievement"] == [(1, 1)]


@pytest.mark.parametrize("kind", ["event", "achievement", "incentive", "adjustment"])
def test_a_renamed_source_is_refused_before_anything_counts_twice(
    kind: str, database: Database, tmp_path: Path
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    head, *blocks = re.split(r"\n  (?=\w)", MAPPING)
    alone = "\n  ".join([head, next(block for block in blocks if block.startswith(f"{kind}:"))]) + "\n"
    ctx = Context(database, date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=UTC))
    assert run(ctx, CsvSource(load(alone, "m.yaml"), "erp", tmp_path)).ok
    renamed = CsvSource(load(alone.replace("erp", "sap"), "m.yaml"), "sap", tmp_path)
    refused = run(ctx, renamed)
    assert {one.code for one in refused.problems} == {"source_renamed"}
    moved = run(ctx, renamed, options=Options(retire=frozenset({"erp"})))
    assert moved.ok
    with database.read() as conn:
        assert facts.live_keys(conn, kind, "erp") == frozenset()
        assert len(facts.live_keys(conn, kind, "sap")) == (2 if kind in ("event", "achievement") else 1)
