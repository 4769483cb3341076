"""What several sources say of one record, asked for once or for many groups."""

from __future__ import annotations

from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from engine.blending import FIELDS, Part, Rule, blended, saying

SOURCES = ("crm", "erp", "survey")
NAMES = [one for members in FIELDS["deal"].values() for one in members]
ORDERS = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3, unique=True).map(tuple)
SAID = st.dictionaries(st.sampled_from(sorted(FIELDS["deal"])), st.sampled_from(["", "a", "b", 0, 7]))


@st.composite
def parts(draw: st.DrawFn) -> list[Part]:
    """At most one part of each source; values that mean something only together are said together."""
    found = []
    for source in draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3, unique=True)):
        said = {one: value for name, value in draw(SAID).items() for one in FIELDS["deal"][name]}
        found.append(Part(source, f"{source}-1", said, {}))
    return found


@given(parts(), st.dictionaries(st.sampled_from(sorted(FIELDS["deal"])), ORDERS))
def test_many_groups_say_what_each_says_alone(group: list[Part], precedence: dict[str, tuple[str, ...]]) -> None:
    rule = Rule("deal", SOURCES, ("po",), MappingProxyType(precedence))
    said, origins = blended(rule, group)
    assert saying(rule)(group) == said
    assert {name for name in NAMES if name in said} == {
        one for origin in origins if origin.source for one in FIELDS["deal"][origin.field]
    }
