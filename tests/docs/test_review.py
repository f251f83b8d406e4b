"""The review of the catalogue is true: what the brief says has a home, cases come out as told, sources are counted.

What is expected of each case was written by an officer and a lawyer before any run. It stands in the document, beside
it what came out; the test reads both and works the cases out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.tables import Citation, grade_of, was_read
from tests.told import assess_told
from tests.versions import newest

ROOT = Path(__file__).parents[2]
REVIEW = (ROOT / "docs" / "catalogue-review.md").read_text("utf-8")
CRITERIA = newest("reconnect-china")
BEFORE = load_criteria("reconnect-china@1.0.0")
SEVERITIES = ("none", "low", "moderate", "high", "critical")
HOWS = {
    "text": "text read",
    "account": "account read",
    "memory": "from memory",
    "verified": "verified",
    "unverified": "not verified",
}
LAW = {"eu_law", "international_law", "national_law", "foreign_law"}
NAMED = re.compile(r"\b(?:SEC|COM|ETH|CTL|AW|INV)-\w+|`[^`]+`")


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table whose first column is called so, its head left out."""
    (table,) = (one for one in re.findall(r"(?:^\|.*\n)+", REVIEW, re.MULTILINE) if one.startswith(f"| {first} |"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]


def names() -> set[str]:
    """Return whatever of the set the document may name as the home of something."""
    facts = {f"{entity}.{name}" for entity, one in CRITERIA.entities.items() for name in one.facts}
    promises = CRITERIA.invariants
    return {
        *(f"`{one}`" for one in (*facts, *CRITERIA.parameters, *CRITERIA.definitions)),
        *("`author.drawn_up_by`", "`sources.yaml`"),
        *(*CRITERIA.indicators, *CRITERIA.controls, *CRITERIA.awareness),
        *(*promises.facts, *promises.results, *promises.alone, *promises.same),
    }


@pytest.mark.parametrize("first", ["The brief says", "Wrong or out of date"])
def test_each_statement_has_a_home_in_the_set_and_a_word_on_how(first: str) -> None:
    there = names()
    said = {says: (NAMED.findall(where), how) for says, where, how in rows(first)}
    assert len(said) == len(rows(first)) > 20
    assert {says: homes for says, (homes, how) in said.items() if not homes or not how} == {}
    assert {says: set(homes) - there for says, (homes, _) in said.items() if set(homes) - there} == {}


def cases() -> dict[str, Case]:
    document, tests = read_tests(CRITERIA)
    stated = [one for one in stated_cases(CRITERIA, document, tests) if not isinstance(one, InvalidSourceError)]
    return {test.name: case for _, test, case in stated}


def test_the_proposals_come_out_as_expected_before_the_run_and_as_the_document_says() -> None:
    told, stated = rows("Case"), cases()
    assert len({row[0].split()[0] for row in told}) == 15
    for name, expected, came, committee, findings in told:
        found = assess_told(stated[name], CRITERIA)
        levels = {one.ladder: one.level.name for one in found.proposals}
        start, measure = (one.split(" or ") for one in expected.split(" / "))
        assert levels["start_gate"] in start, name
        assert levels["measure"] in measure, name
        assert came == f"{levels['start_gate']} / {levels['measure']}", name
        assert committee == levels["escalation"], name
        present = [one for one in found.findings if one.outcome != "absent"]
        present.sort(key=lambda one: (-SEVERITIES.index(one.inherent), one.id))
        assert findings == (", ".join(f"{one.id} {one.inherent}" for one in present) or "–"), name


def cited(model: object) -> Iterator[Citation]:
    """Yield every place that a part of a set cites."""
    match model:
        case Citation():
            yield model
        case BaseModel():
            for name in type(model).model_fields:
                yield from cited(getattr(model, name))
        case dict():
            for one in model.values():
                yield from cited(one)
        case list() | tuple():
            for one in model:
                yield from cited(one)


def told(counted: "Counter[str]") -> str:
    return f"{counted.total()}: " + ", ".join(f"{counted[how]} {say}" for how, say in HOWS.items() if counted[how])


def hows(criteria: Criteria, places: Iterator[Citation]) -> "Counter[str]":
    sources = criteria.sources
    return Counter(
        grade_of(sources[one.id], one) or ("verified" if was_read(sources[one.id], one) else "unverified")
        for one in places
    )


def counts(criteria: Criteria) -> list[str]:
    """Return what the table says of a version: sources, places, places of EU law, sources of law with an address."""
    sources = criteria.sources
    rules = (criteria.indicators, criteria.awareness)
    every = (*rules, criteria.parameters, criteria.tables)
    law = [one for one in sources.values() if one.kind in LAW]
    read: Counter[str] = Counter(
        one.grade or ("verified" if one.verified else "unverified") for one in sources.values()
    )
    return [
        told(read),
        told(hows(criteria, cited(rules))),
        told(hows(criteria, (one for one in cited(every) if sources[one.id].kind == "eu_law"))),
        f"{sum(one.link is not None for one in law)} of {len(law)}",
    ]


def test_sources_are_counted_by_grade_before_and_after() -> None:
    _, before, after = zip(*rows("How they were read"), strict=True)
    assert [*before] == counts(BEFORE)
    assert [*after] == counts(CRITERIA)


def test_the_sources_of_law_without_an_address_are_named_with_the_reason() -> None:
    without = {f"`{name}`" for name, one in CRITERIA.sources.items() if one.kind in LAW and one.link is None}
    assert {row[0] for row in rows("Source")} == without
    assert all(row[1] for row in rows("Source"))


def test_every_chinese_act_has_its_title_and_the_day_on_which_it_was_made() -> None:
    chinese = {name: one for name, one in CRITERIA.sources.items() if name.startswith("cn-")}
    assert [name for name, one in chinese.items() if not one.original or not one.date] == []


def test_the_document_counts_indicators_controls_and_what_they_rest_on() -> None:
    dimensions = Counter(one.dimension for one in CRITERIA.indicators.values())
    assert (
        f"The set holds {len(CRITERIA.indicators)} indicators ({dimensions['security']} on security, "
        f"{dimensions['competitiveness']} on competitiveness, {dimensions['ethics']} on ethics) and "
        f"{len(CRITERIA.controls)} controls."
    ) in REVIEW
    grades = [{*hows(CRITERIA, cited(one))} for one in CRITERIA.indicators.values()]
    assert {"memory"} not in grades
    text = sum("text" in one for one in grades)
    assert f"{text} of {len(grades)} cite a place that was read in the text" in " ".join(REVIEW.split())


def test_the_fields_that_the_indicators_were_drawn_up_from_are_counted() -> None:
    fields = Counter(one.author.drawn_up_by.discipline for one in CRITERIA.indicators.values())
    (line,) = re.findall(r"^Drawn up from: (.*)\.$", REVIEW, re.MULTILINE)
    assert dict(re.findall(r"(\D+) \((\d+)\)(?:, )?", line)) == {name: f"{times}" for name, times in fields.items()}


def test_what_each_version_changed_is_said_in_its_history() -> None:
    history = (ROOT / "criteria" / "reconnect-china" / "CHANGES.md").read_text("utf-8")
    section = history.partition(f"\n## {BEFORE.head.version} ")[0]
    new = {*CRITERIA.indicators, *CRITERIA.controls, *CRITERIA.awareness} - {
        *(*BEFORE.indicators, *BEFORE.controls, *BEFORE.awareness)
    }
    assert [name for name in sorted(new) if name not in section] == []
