"""Whom a visitor of the sandbox can be: people of the demo company in different situations, and the edge cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.personas import Persona

if TYPE_CHECKING:
    from bot.demo.company import Company
    from bot.demo.staff import Employee
    from bot.sandbox.personas import Kind

#: Part in the story → what the visitor should know about that person.
REPS = (
    ("near", "just below quota"),
    ("behind", "behind quota"),
    ("over", "over quota"),
    ("hire", "hired this year"),
    ("german", "Berlin, paid in euros"),
    ("tokyo", "Tokyo, reads Japanese"),
    ("keeper", "renewals"),
    ("unquoted", "has no quota"),
    ("unplanned", "has no plan"),
)
LEADERS = ("grace.okonkwo", "beatrice.rossi", "rosalind.achebe")
OPERATIONS = ("dana.whitfield", "petra.novak", "sam.iyer")
EDGES: tuple[tuple[str, str, str, Kind], ...] = (
    ("Nora Quist", "nora.quist@larkspur.example", "Not in the CRM", "unlinked"),
    ("Gil Bautista", "gil.bautista@agency.example", "Guest from an agency", "guest"),
    ("Hannah Lindqvist", "hannah.lindqvist@larkspur.example", "Left the company", "deactivated"),
    ("Vera Kolar", "vera.kolar@partner.example", "Partner in a shared channel", "foreign"),
)


def personas(company: Company) -> tuple[Persona, ...]:
    """The people to choose from, reps first; the first is the one whose answer the demo prints."""
    by_handle = {person.email.partition("@")[0]: person for person in company.people}
    reps = [_member(company.playing(part), "Reps", note) for part, note in REPS]
    leaders = [_member(by_handle[handle], "Managers") for handle in LEADERS]
    staff = [_member(by_handle[handle], "Operations") for handle in OPERATIONS]
    edges = [
        Persona(name, email, title, tz="Europe/London", locale="en-GB", kind=kind, group="Edge cases")
        for name, email, title, kind in EDGES
    ]
    return (*reps, *leaders, *staff, *edges)


def _member(person: Employee, group: str, note: str = "") -> Persona:
    title = f"{person.title} · {note}" if note else person.title
    return Persona(person.name, person.email, title, tz=person.timezone, locale=person.locale, group=group)
