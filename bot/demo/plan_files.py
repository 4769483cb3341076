"""The demo company's plans as files: a version for last fiscal year, this one and the next, from templates."""

from __future__ import annotations

from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from bot.demo.roster import ACCOUNT_MANAGER, AE_AMERICAS, AE_EMEA

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.calendar import FiscalCalendar

#: The three rates of each plan's template: last year's, this year's and next year's.
RATES = {
    AE_AMERICAS: (("7%", "9%", "11%"), ("8%", "10%", "12%"), ("8%", "10.5%", "13%")),
    AE_EMEA: (("4.5%", "7%", "10%"), ("5%", "8%", "11%"), ("5%", "8.5%", "12%")),
    ACCOUNT_MANAGER: (("1.5%", "2.5%", "3.5%"), ("2%", "3%", "4%"), ("2%", "3.5%", "4.5%")),
}


def plan_texts(calendar: FiscalCalendar) -> dict[str, str]:
    """File name to text, older versions first: the order in which they are published."""
    texts = {}
    for place, year in enumerate((calendar.last_year, calendar.year, calendar.next_year)):
        for plan, rates in RATES.items():
            template = resources.files("bot.demo.plans").joinpath(f"{plan}.yaml").read_text(encoding="utf-8")
            first, second, third = rates[place]
            texts[f"{plan}-v{place + 1}.yaml"] = Template(template).substitute(
                version=place + 1,
                effective=f"{year.start_on} .. {year.end_on}",
                first=first,
                second=second,
                third=third,
            )
    return texts


def write_plans(calendar: FiscalCalendar, folder: Path) -> tuple[Path, ...]:
    """The written plan files, in the order in which they are published."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in plan_texts(calendar).items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="")
        written.append(path)
    return tuple(written)
