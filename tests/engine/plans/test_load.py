"""What the loader accepts, and that whatever it refuses is refused with its line and a way out."""

from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.money import Money, Rate
from engine.plans.load import json_schema, load, plan_hash
from engine.plans.schema import Plan
from tests.engine.generated import plan_texts

GOOD = """\
plan: ae-2026
version: 3
effective: 2026-01-01 .. 2027-01-01
currency: USD
pays: monthly
rounding: {mode: half_even, places: 2}
crediting:
  - rule: owner
    when: {stage: won}
components:
  - name: New business
    measure: {sum: amount, where: {type: [new, expansion]}}
    quota: bookings
    accumulate: year_to_date
    table:
      by: attainment
      behaviour: marginal
      tiers:
        - {from: 0%, rate: 8%}
        - {from: 100%, rate: 10%}
        - {from: 120%, rate: 12%}
    cap: {per_deal: 50_000}
  - name: Renewals
    measure: {where: {type: renewal}}
    rates:
      - {product: Legacy, rate: 0%}
      - {rate: 3%}
"""


def problems(text: str) -> list[str]:
    found = load(text, "plans/ae.yaml")
    assert isinstance(found, tuple), "this should have been refused"
    assert all(problem.message and problem.remedy for problem in found)
    return [f"{problem.where.split(':')[1].split(' ')[0]} {problem.code}" for problem in found]


def test_a_plan_is_read_as_it_is_written() -> None:
    plan = load(GOOD, "plans/ae.yaml")
    assert isinstance(plan, Plan)
    new, renewals = plan.components
    assert (plan.name, plan.version, plan.pays, plan.rounding.mode) == ("ae-2026", 3, "monthly", "half_even")
    assert [(tier.start, tier.rate) for tier in new.table.tiers] == [
        (Rate(0), Rate(2, 25)),
        (Rate(1), Rate(1, 10)),
        (Rate(6, 5), Rate(3, 25)),
    ]
    assert new.cap.per_deal == Money(5_000_000, "USD")
    assert new.measure.where.type == ("new", "expansion")
    assert [(rule.product, rule.rate) for rule in renewals.rates] == [(("Legacy",), Rate(0)), ((), Rate(3, 100))]


# what is replaced in GOOD, by what, and the line and code of the problem that must follow
REFUSED = {
    "unknown key": ("quota: bookings", "qouta: bookings", "13 key_unknown"),
    "unknown key at the top": ("version: 3", "version: 3\nowner: me", "3 key_unknown"),
    "missing key": ("currency: USD\n", "", "1 key_missing"),
    "key given twice": ("pays: monthly", "pays: monthly\npays: monthly", "6 key_repeated"),
    "gap below the first tier": ("from: 0%", "from: 5%", "19 tier_gap"),
    "tiers out of order": ("from: 100%", "from: 130%", "21 tier_order"),
    "two tiers at one place": ("from: 120%", "from: 100%", "21 tier_order"),
    "amount in a table by attainment": ("from: 100%", "from: 100_000", "20 tier_axis"),
    "percentage in a table by amount": ("by: attainment", "by: amount", "20 tier_axis"),
    "rate that is no number": ("rate: 8%", "rate: eight", "19 rate_unreadable"),
    "rate of 800 % by mistake": ("rate: 8%", "rate: 8", "19 rate_out_of_range"),
    "negative rate": ("rate: 3%", "rate: -3%", "27 rate_out_of_range"),
    "rate with a comma for a point": ("rate: 8%", "rate: '8,5%'", "19 rate_unreadable"),
    "rate not a number": ("rate: 8%", "rate: .nan", "19 rate_unreadable"),
    "rate without end": ("rate: 8%", "rate: 1e308", "19 rate_unreadable"),
    "money with too many decimals": ("50_000", "50_000.005", "22 money_unreadable"),
    "money in words": ("50_000", "fifty", "22 money_unreadable"),
    "cap of nothing": ("50_000", "0", "22 cap_zero"),
    "unknown window": ("accumulate: year_to_date", "accumulate: weekly", "14 value_unknown"),
    "no window": ("    accumulate: year_to_date\n", "", "11 key_missing"),
    "attainment of a transaction": ("accumulate: year_to_date", "accumulate: transaction", "14 window_unknown"),
    "quotas as windows without a quota": (
        "    rates:\n",
        "    accumulate: quota_period\n    rates:\n",
        "25 quota_unnamed",
    ),
    "attainment without a quota": ("    quota: bookings\n", "", "11 quota_unnamed"),
    "unknown behaviour": ("behaviour: marginal", "behaviour: cumulative", "17 value_unknown"),
    "dates without a range": ("2026-01-01 .. 2027-01-01", "2026-01-01", "3 period_unreadable"),
    "a day that does not exist": ("2026-01-01 ..", "2026-02-30 ..", "3 period_unreadable"),
    "a range that runs backwards": ("2026-01-01 .. 2027-01-01", "2027-01-01 .. 2026-01-01", "3 period_empty"),
    "unknown currency": ("currency: USD", "currency: USX", "4 currency_unknown"),
    "version of nothing": ("version: 3", "version: 0", "2 value_unknown"),
    "version in words": ("version: 3", "version: three", "2 wrong_type"),
    "too many places": ("places: 2", "places: 3", "6 places_unknown"),
    "ambiguous rates": ("product: Legacy, ", "", "27 rates_ambiguous"),
    "two rates for one product": ("- {rate: 3%}", "- {product: [Legacy, X], rate: 3%}", "27 rates_ambiguous"),
    "two ways to pay": ("    rates:\n", "    rate: 4%\n    rates:\n", "23 component_unpriced"),
    "a tier that pays nothing known": ("{from: 0%, rate: 8%}", "{from: 0%}", "19 tier_unpriced"),
    "component named twice": ("name: Renewals", "name: New business", "23 name_repeated"),
    "rule that says nothing": ("rule: owner", "rule: helper", "8 key_missing"),
    "open deals": ("stage: won", "stage: open", "9 value_unknown"),
    "list where a mapping is meant": ("cap: {per_deal: 50_000}", "cap: [50_000]", "22 wrong_type"),
    "mapping where a value is meant": ("quota: bookings", "quota: {name: bookings}", "13 wrong_type"),
    "nothing where a value is meant": ("quota: bookings", "quota:", "13 value_missing"),
    "empty list": (
        "    rates:\n      - {product: Legacy, rate: 0%}\n      - {rate: 3%}",
        "    rates: []",
        "25 wrong_type",
    ),
    "anchor": ("measure: {where", "measure: &again {where", "24 yaml_refused"),
    "tag": ("version: 3", "version: !!int 3", "2 yaml_refused"),
    "tab": ("pays: monthly", "\tpays: monthly", "5 yaml_unreadable"),
    "colon in a value": ("pays: monthly", "pays: monthly: yes", "5 yaml_unreadable"),
    "second document": ("components:", "---\ncomponents:", "10 yaml_refused"),
    "control character": ("ae-2026", '"ae\\u0007"', "1 text_refused"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_is_named_with_its_line(fault: str) -> None:
    old, new, expected = REFUSED[fault]
    assert old in GOOD
    assert expected in problems(GOOD.replace(old, new, 1))


def test_all_faults_are_reported_at_once_in_the_order_of_lines() -> None:
    text = (
        GOOD.replace("quota: bookings", "qouta: bookings").replace("rate: 8%", "rate: x").replace("pays: m", "pays: ")
    )
    assert problems(text) == ["5 value_unknown", "13 key_unknown", "19 rate_unreadable"]


def test_a_near_miss_is_named() -> None:
    found = load(GOOD.replace("measure:", "mesure:", 1), "plans/ae.yaml")
    assert isinstance(found, tuple)
    assert "`measure`" in found[0].remedy
    assert "plans/ae.yaml:12" in str(found[0])


HOSTILE = {
    "billion laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "deep nesting": "[" * 20_000,
    "python object": "plan: !!python/object/apply:os.system [ls]",
    "too long": "#" * 300_000,
    "nothing": "",
    "only a comment": "# nothing",
    "a list": "- 1",
    "a word": "hello",
    "nul": "plan: a\0b",
    "half a pair": "plan: \ud800",
    "binary": "\x89PNG\r\n",
    "unclosed": "components: [{name: 'x",
    "key of a list": "? [a, b]\n: c\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_and_nothing_else(name: str) -> None:
    assert problems(HOSTILE[name])


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_loader(text: str) -> None:
    assert load(text, "x.yaml")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_plan_with_one_line_changed_is_read_or_refused(data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = data.draw(
        st.sampled_from((lines[at][2:], "  " + lines[at], lines[at] + " x", lines[at].replace(":", ""), ""))
    )
    assert load("\n".join(lines), "x.yaml")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan_texts())
def test_the_json_schema_accepts_what_the_loader_accepts(text: str) -> None:
    plan = load(text, "x.yaml")
    assert isinstance(plan, Plan), plan
    written = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # every value as text, as the loader sees it
    written["version"] = int(written["version"])
    if "places" in written["rounding"]:
        written["rounding"]["places"] = int(written["rounding"]["places"])
    jsonschema.validate(written, json_schema())


def test_the_json_schema_refuses_unknown_keys_and_describes_the_known_ones() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert "fiscal" in str(schema["description"])
    with pytest.raises(jsonschema.ValidationError, match="qouta"):
        jsonschema.validate(
            yaml.safe_load(GOOD.replace("quota:", "qouta:")) | {"effective": "2026-01-01 .. 2027-01-01"}, schema
        )


def test_the_hash_follows_the_meaning_and_not_the_spelling() -> None:
    same = GOOD.replace("8%", "0.08").replace("50_000", "50,000.00").replace("pays: monthly", "pays: monthly # paid")
    same = same.replace("cap: {per_deal: 50,000.00}", "cap:\n      per_deal: 50,000.00")
    one, two, other = (load(text, "x.yaml") for text in (GOOD, same, GOOD.replace("8%", "8.1%")))
    assert isinstance(one, Plan)
    assert isinstance(two, Plan)
    assert isinstance(other, Plan)
    assert plan_hash(one) == plan_hash(two) != plan_hash(other)


def test_the_hash_is_computed_once_for_a_plan() -> None:
    plan = load(GOOD, "x.yaml")
    assert isinstance(plan, Plan)
    assert plan_hash(plan) is plan_hash(plan)
    assert plan_hash(replace(plan, version=4)) != plan_hash(plan)


PRICED = {
    "rate": "rate: 5%",
    "rates": "rates: [{rate: 5%}, {product: A, rate: 6%}]",
    "table": "table: {by: amount, behaviour: marginal, tiers: [{from: 0, rate: 5%}]}",
}


@pytest.mark.parametrize("paid_by", PRICED)
def test_quotas_as_windows_need_the_name_of_a_quota_however_they_are_paid(paid_by: str) -> None:
    head = GOOD.split("components:", maxsplit=1)[0]
    text = f"{head}components:\n  - name: flat\n    accumulate: quota_period\n    {PRICED[paid_by]}\n"
    assert problems(text) == ["12 quota_unnamed"]
    assert isinstance(load(text + "    quota: bookings\n", "x.yaml"), Plan)
