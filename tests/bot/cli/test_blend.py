"""`attain blend`: where a blended deal's fields come from, in words and figures that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from tests.operations.test_blending import MAPPING

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "mapping.yaml": MAPPING.replace(
        "currency: {constant: USD}}\n  deal:", "currency: {constant: USD}, role: role}\n  deal:", 1
    ),
    "people.csv": "id,name,email,role\ne1,Ana,ana@example.com,rep\ne2,Olga,olga@example.com,ops\n",
    "deals.csv": "id,name,owner,amount,stage,close,po\nD1,Acme renewal,e1,42000.00,Won,2026-02-01,PO-7\n",
    "orders.csv": "no,customer,net,state,date,po_number\n"
    'SO-9,ACME CORP,"40000,00",booked,03.02.2026,po-7\nSO-11,Umbrella,"7,00",booked,03.02.2026,PO-99\n',
    "payments.csv": "no,order,date,amount\n",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/attain.db")
    monkeypatch.setenv("ATTAIN_SOURCES", str(tmp_path))

    def run(*words: str) -> str:
        return CliRunner().invoke(app, list(words)).output

    run("sync")
    return run


def test_amounts_and_days_are_shown_as_people_write_them(run) -> None:  # type: ignore[no-untyped-def]
    shown = run("blend", "show", "crm:D1")
    assert "40000.00 USD" in shown
    assert "crm:D1 says 42000.00 USD" in shown
    assert "2026-02-01" in shown
    assert "https://crm.example.com/d/D1" in shown


def test_what_waits_is_listed_and_decided_by_those_who_run_it(run) -> None:  # type: ignore[no-untyped-def]
    assert "SO-11" in run("blend", "waiting")
    assert "counts nowhere yet" in run("blend", "show", "erp:SO-11")
    assert "does not allow" in run("blend", "link", "erp:SO-11", "crm:D1", "--as", "ana@example.com")
    assert "from now on" in run("blend", "apart", "erp:SO-9", "--as", "olga@example.com")
    assert "crm:D1 from now on" in run("blend", "link", "erp:SO-11", "crm:D1", "--as", "olga@example.com")
    assert "7.00 USD" in run("blend", "show", "crm:D1")
    assert "keys of erp:SO-11 decide again" in run("blend", "auto", "erp:SO-11", "--as", "olga@example.com")
    assert "names no record" in run("blend", "show", "D1")
