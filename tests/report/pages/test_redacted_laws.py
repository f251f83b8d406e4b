"""Laws of every redacted version: nothing withheld can be read in it, and nothing withheld can be inferred from it."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from risk_engine.loading.case_tests import read_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.translation import told_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.facts import TextFact
from risk_engine.report.blocks import View
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.pages.redacted import redacted_view
from risk_engine.report.pages.redaction import confidential_in
from tests.engine.builder import DAY, LOAN_DESK, SHIPPED
from tests.strategies import Data, Pen, RuleSet, cases_of, changed_cases, domain, one_in, rule_set, rule_sets
from tests.told import assess_told

FEW = one_in(8)

SETS = (SHIPPED, LOAN_DESK)
RULES = {one: rule_set(read_criteria(one)) for one in SETS}
BASES: dict[Any, Data] = {one: read_cases(read_criteria(one)).data["base"] for one in SETS}


def with_confidential(criteria: Criteria, names: Collection[str]) -> Criteria:
    """Return the criteria with these facts, and no others, confidential."""
    entities = {
        name: entity.model_copy(
            update={
                "facts": {
                    short: fact.model_copy(update={"confidential": f"{name}.{short}" in names})
                    for short, fact in entity.facts.items()
                }
            }
        )
        for name, entity in criteria.entities.items()
    }
    return criteria.model_copy(update={"entities": entities})


def fact_names(criteria: Criteria) -> list[str]:
    """Return every fact of a set as `entity.fact`."""
    return [f"{name}.{short}" for name, entity in criteria.entities.items() for short in entity.facts]


def assessed(rules: RuleSet, data: Data) -> Explanation:
    """Return the assessment of a case."""
    return assess_told(rules.case(data), rules.criteria, DAY)


def entries_of(content: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of a list or the one entry."""
    return (content,) if isinstance(content, Mapping) else tuple(content)


def read_everywhere(view: View) -> str:
    """Return everything that the written forms of a document hold."""
    return html(view) + markdown(view)


# --- no secret word ---------------------------------------------------------------------------------------------------


@st.composite
def secret_cases(draw: st.DrawFn) -> tuple[RuleSet, Data, list[str]]:
    """Draw a set with confidential texts, and a case whose other texts repeat what they hold."""
    pen = Pen(draw)
    place = pen.one(SETS)
    criteria = RULES[place].criteria
    texts = [name for name in fact_names(criteria) if isinstance(criteria.fact(name), TextFact)]
    hidden = pen.some(texts, 4)
    rules = rule_set(with_confidential(criteria, [*hidden, *pen.some(fact_names(criteria), 3, 0)]))
    data = dict(draw(changed_cases(criteria, BASES[place])))
    secrets: list[str] = []

    def secret() -> str:
        secrets.append(f"zq{len(secrets)}x{draw(st.text('bcdfghjklmnp', min_size=6, max_size=9))}")
        return secrets[-1]

    for name, entity in criteria.entities.items():
        if data.get(name) is None:
            continue
        made = tuple(
            dict(one) | {short: secret() for short in entity.facts if f"{name}.{short}" in hidden}
            for one in entries_of(data[name])
        )
        data[name] = made if entity.many is not None else made[0]
    assume(secrets)
    told = [pen.one(("{}", "{}s", "The {}.", "({}),", "a-{}-b")).format(pen.one(secrets)) for _ in range(8)]
    for name, entity in criteria.entities.items():
        if data.get(name) is None:
            continue
        free = [short for short in entity.facts if f"{name}.{short}" in texts and f"{name}.{short}" not in hidden]
        made = tuple(
            dict(one) | {short: f"See {pen.one(told)} there" for short in free} for one in entries_of(data[name])
        )
        data[name] = made if entity.many is not None else made[0]
    paths = [
        f"{name}.{one['id']}.{short}" if "id" in one else f"{name}.{short}"
        for name, entity in criteria.entities.items()
        for one in entries_of(data.get(name) or ())
        for short in entity.facts
    ]
    record = {"kind": told[0], "reference": told[1], "date": DAY, "collected_by": told[2]}
    data["evidence"] = tuple(record | {"for": tuple(pen.some(paths, 3))} for _ in range(3))
    data["controls"] = tuple(one | {"owner": told[3], "evidence": (record,)} for one in data["controls"])
    data |= {"title": f"About {told[4]}", "notes": told[5], "institution": f"House of {told[6]}", "assessor": told[7]}
    data["set_aside"] = {paths[0]: told[0]} if paths else {}
    data["id"] = f"C-{secrets[0]}"
    return rules, data, secrets


@FEW
@given(secret_cases())
def test_no_secret_word_is_left_in_any_byte(drawn: tuple[RuleSet, Data, list[str]]) -> None:
    rules, data, secrets = drawn
    made = redacted_view(assessed(rules, data), told_in(rules.criteria, "en"))
    page = read_everywhere(made).casefold()
    assert [one for one in secrets if one in page] == []


# --- nothing to infer -------------------------------------------------------------------------------------------------


def levels(assessment: Explanation) -> list[tuple[Any, ...]]:
    """Return what the ladders came to, which everybody may know."""
    return [(one.ladder, one.level.name, one.provisional, one.range) for one in assessment.proposals]


def other_answers(pen: Pen, rules: RuleSet, data: Data, hidden: Collection[str]) -> Data:
    """Return the case with other answers to some of the confidential questions, or none."""
    made = dict(data)
    for name, entity in rules.criteria.entities.items():
        shorts = [short for short in entity.facts if f"{name}.{short}" in hidden]
        if made.get(name) is None or not shorts:
            continue
        changed = []
        for one in entries_of(made[name]):
            new = dict(one)
            for short in shorts:
                if not pen.chance(4):
                    continue
                value = pen.one((*domain(entity.facts[short], rules.criteria), None))
                new.pop(short, None)
                new |= {} if value is None else {short: value}
            changed.append(new)
        made[name] = tuple(changed) if entity.many is not None else changed[0]
    return made


def same_page(pen: Pen, rules: RuleSet, case: Data) -> None:
    """Assert that a case and one with other confidential answers and the same result have the same redacted version."""
    other = other_answers(pen, rules, case, confidential_in(rules.criteria).facts)
    assume(other != case)
    made = [assessed(rules, one) for one in (case, other)]
    assume(levels(made[0]) == levels(made[1]))
    pages = [redacted_view(one.model_copy(update={"digest": "0" * 64}), told_in(rules.criteria, "en")) for one in made]
    assert pages[0] == pages[1]


@pytest.mark.nightly  # what may be inferred, test_redacted.py has case by case
@FEW
@given(st.data(), rule_sets())
def test_of_any_set_the_page_tells_no_confidential_answer_but_through_the_result(
    data: st.DataObject, drawn: RuleSet
) -> None:
    pen = Pen(data.draw)
    names = pen.some(fact_names(drawn.criteria), 3)
    rules = RuleSet(drawn.pieces, with_confidential(drawn.criteria, names), drawn.model)
    same_page(pen, rules, data.draw(cases_of(rules.criteria)))


@pytest.mark.nightly  # of drawn sets the same is looked at each time
@FEW
@given(st.data())
def test_of_the_shipped_set_the_page_tells_no_confidential_answer_but_through_the_result(data: st.DataObject) -> None:
    pen = Pen(data.draw)
    shipped = RULES[SHIPPED]
    own = [name for name in fact_names(shipped.criteria) if shipped.criteria.fact(name).confidential]
    more = pen.some(fact_names(shipped.criteria), 2, 0)
    rules = RuleSet({}, with_confidential(shipped.criteria, [*own, *more]), shipped.model)
    case = data.draw(changed_cases(rules.criteria, BASES[SHIPPED]))
    same_page(pen, rules, case)
