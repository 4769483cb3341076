"""A folder of CSV files and a mapping over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from connectors.files.source import CsvSource
from connectors.mapping import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.source import Page
    from engine.problems import Problem

HEADER = """\
version: 1
sources:
  crm:
    type: csv
    date_format: "%Y-%m-%d"
    decimal: "."
{source}
kinds:
"""

DEALS = """\
  deal:
    from: crm
    file: deals.csv
    fields: {id: id, name: name, owner: owner, amount: amount, currency: currency, stage: stage, close: close}
    stages: {won: [Won], lost: [Lost], open: [Open]}
"""

DEAL_HEADER = "id,name,owner,amount,currency,stage,close\n"


@dataclass
class Company:
    """A folder with files, and what its source hands over."""

    folder: Path
    kinds: str = DEALS
    source: str = ""
    header: str = DEAL_HEADER

    def write(self, name: str, text: str | bytes) -> None:
        body = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(body)

    def open(self) -> CsvSource:
        extra = "".join(f"    {line}\n" for line in self.source.splitlines())
        return CsvSource(load(HEADER.format(source=extra) + self.kinds, "mapping.yaml"), "crm", self.folder)

    def pages(self, kind: str = "deal") -> list[Page]:
        return list(self.open().pages(kind, {}))

    def rows(self, kind: str = "deal") -> pd.DataFrame:
        pages = self.pages(kind)
        assert [p.refused for p in pages] == [()] * len(pages)
        return pd.concat([page.rows for page in pages], ignore_index=True)

    def rejected(self, kind: str = "deal") -> dict[str, str]:
        """Place of each refused row to its code."""
        return {r.place: r.code for page in self.pages(kind) for r in page.rejected.itertuples()}

    def refusal(self, kind: str = "deal") -> Problem:
        """Why the file is refused; nothing of it may have been handed over."""
        pages = self.pages(kind)
        assert len(pages) == 1
        assert pages[0].rows.empty
        assert len(pages[0].refused) == 1
        return pages[0].refused[0]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


@pytest.fixture
def deals(company: Company) -> Callable[..., Company]:
    """A company whose deals file has those lines below the header."""

    def with_lines(*lines: str, newline: str = "\n") -> Company:
        company.write("deals.csv", (DEAL_HEADER + "\n".join(lines) + "\n").replace("\n", newline))
        return company

    return with_lines
