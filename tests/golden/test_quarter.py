"""The statements of the golden quarter, byte for byte. `make golden` writes them anew; read the diff first."""

from __future__ import annotations

import pytest

from tests.golden.quarter import STATEMENTS, calculated, company, statements


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return statements()


def test_every_statement_is_as_reviewed(made: dict[str, str]) -> None:
    kept = {path.stem: path.read_text(encoding="utf-8") for path in STATEMENTS.glob("*.txt")}
    assert made == kept


def test_the_statements_sum_to_what_is_calculated(made: dict[str, str]) -> None:
    together = [text.rstrip().rsplit(" ", 1)[1] for text in made.values()]
    cents = sum(int(total.replace(",", "").replace(".", "")) for total in together)
    assert cents == int(calculated(*company()).lines["amount_cents"].sum())
