"""The shipped set says what the catalogue says: a second, literal reading of it agrees over random cases.

The reading (second_reading/) says in Python what the catalogue of indicators and the design say. It takes no rule from
the set, only the names of facts and options. Where the set departs from the catalogue on purpose,
second_reading/deviations.py says in which cases, to what and why; in all others both must agree. What later versions
added stands in second_reading/later.py. The newest version is read: older ones are locked by their digests.
SECOND_READING_CASES raises the number of cases.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from random import Random

import pytest

from risk_engine.model.criteria import Criteria
from risk_engine.model.tables import Citation, was_read
from tests.criteria.second_reading.deviations import DEVIATIONS
from tests.criteria.second_reading.draw import Drawn, answered, draw, near_of, stated
from tests.criteria.second_reading.engine import engine, proposed, settled
from tests.criteria.second_reading.near import NEAR
from tests.criteria.second_reading.results import CATALOGUE, DIMENSIONS, Result, levels, results
from tests.criteria.second_reading.tampered import (
    knock_out_dropped,
    option_always_counts,
    option_leaves,
    part_dropped,
    part_instead,
    severity_dropped,
    with_definition,
    with_indicator,
    with_value,
    without_rules_that_read,
)
from tests.criteria.second_reading.unknown import OneMissing, left_open, one_missing, outside_bounds
from tests.strategies import by_turns
from tests.versions import newest

EACH = 24
"""Cases near each of the 63 indicators: fewer would not reach every severity of each."""
ASKED_FOR = int(os.environ.get("SECOND_READING_CASES", "0"))
CASES = max(EACH * len(CATALOGUE), ASKED_FOR)
CASES_WITH_ONE_MISSING = max(12 * len(CATALOGUE), ASKED_FOR // 2)
ENOUGH = 40
"""Of the cases in which an indicator fires, so many show what a changed rule does."""
CRITERIA = newest("reconnect-china")
WITH_CONDITION = {name for name, reading in CATALOGUE.items() if reading.when}
"""Indicators with an option that counts only under a condition."""
SUPPORTING = {"CTL-28", "CTL-30"}


class Compared:
    """A drawn case with what the second reading says about it."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self.case = answered(drawn)
        self.results = results(self.case, drawn.in_place())
        self.levels = levels(self.results)


@cache
def cases() -> tuple[Compared, ...]:
    rng = Random(20261125)  # noqa: S311 - cases, not secrets
    return tuple(Compared(draw(rng, number, CRITERIA)) for number in range(CASES))


@cache
def cases_with_one_missing(number: int = CASES_WITH_ONE_MISSING) -> tuple[OneMissing, ...]:
    rng = Random(20261127)  # noqa: S311 - likewise
    drawn = (one_missing(rng, one, CRITERIA) for one in range(number))
    return tuple(one for one in drawn if one is not None)


def disagreements(criteria: Criteria, compared: Iterable[Compared]) -> Iterator[str]:
    """Yield where the engine under these criteria and the second reading differ."""
    assessing = engine(criteria)
    for one in compared:
        assessment = assessing.assessment(stated(one.drawn))
        for indicator, wanted in one.results.items():
            found = settled(assessment, indicator)
            if found != wanted:
                yield f"{indicator}: {found}, wanted {wanted}, in {one.drawn}"
        if proposed(assessment) != one.levels:
            yield f"ladders: {proposed(assessment)}, wanted {one.levels}, in {one.drawn}"


def test_the_shipped_set_agrees_with_the_second_reading_near_each_indicator() -> None:
    found = list(disagreements(CRITERIA, cases()[: 2 * len(CATALOGUE)]))
    assert found == [], "\n".join(found[:10])


@pytest.mark.nightly
def test_the_shipped_set_agrees_with_the_second_reading_in_every_random_case() -> None:
    found = list(disagreements(CRITERIA, cases()))
    assert found == [], "\n".join(found[:10])


def test_every_indicator_is_drawn_at_each_of_its_severities_and_as_absent() -> None:
    drawn = {(name, result.severity) for one in cases() for name, result in one.results.items()}
    wanted = {(name, level) for name, reading in CATALOGUE.items() for level in (*reading.severity, "none")}
    assert wanted - drawn == set()


def test_every_control_option_and_every_knock_out_is_drawn_on_a_finding_that_it_changes() -> None:
    seen = {
        (name, option.controls)
        for one in cases()
        for name, reading in CATALOGUE.items()
        for option in reading.options()
        if one.results[name].residual != one.results[name].severity and option.shown(name, one.drawn.in_place())
    }
    assert {(name, one.controls) for name, reading in CATALOGUE.items() for one in reading.options()} - seen == set()
    barred = {(name, one.knock_out) for compared in cases() for name, one in compared.results.items()}
    kinds = {(name, kind) for name, reading in CATALOGUE.items() for kind in reading.knock_out}
    assert kinds - barred == set()


def test_every_level_of_the_ladders_is_drawn() -> None:
    drawn = [set(column) for column in zip(*(one.levels for one in cases()), strict=True)]
    assert drawn == [
        {"advice", "regulation", "restriction"},
        {"clear", "conditional", "blocked"},
        {"none", "committee"},
    ]


@pytest.mark.parametrize("name", DEVIATIONS)
def test_every_documented_deviation_changes_something_and_leaves_most_cases_alone(name: str) -> None:
    reading, deviation = CATALOGUE[name], DEVIATIONS[name]
    says = [(reading.fires_at(one.case), one.results[name].severity, deviation.where(one.case)) for one in cases()]
    assert any(literal != reviewed for literal, reviewed, _ in says)
    assert any(reviewed != "none" and not departs for _, reviewed, departs in says)


def test_what_is_open_holds_what_the_missing_answer_could_bring_near_each_indicator() -> None:
    assessing = engine(CRITERIA)
    some = cases_with_one_missing(len(CATALOGUE))
    assert len(some) > len(CATALOGUE) / 2
    found = [said for one in some for said in outside_bounds(one, assessing.assessment(one.stated))]
    assert found == [], "\n".join(found[:10])


@pytest.mark.nightly
def test_what_is_open_holds_every_result_that_the_missing_answer_could_bring_and_no_other() -> None:
    assessing = engine(CRITERIA)
    found: list[str] = []
    opened: set[str] = set()
    for one in cases_with_one_missing():
        assessment = assessing.assessment(one.stated)
        found += outside_bounds(one, assessment)
        opened |= left_open(assessment)
    assert found == [], "\n".join(found[:10])
    assert set(CATALOGUE) - opened == set(), "these were never open, so nothing was shown about them"


@pytest.mark.nightly
def test_most_missing_answers_could_have_been_any() -> None:
    drawn = cases_with_one_missing()
    assert sum(one.every_answer for one in drawn) > len(drawn) / 2


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_indicator_has_the_dimension_ground_severities_knock_outs_and_options_of_the_catalogue(name: str) -> None:
    reading, indicator = CATALOGUE[name], CRITERIA.indicators[name]
    assert name in DIMENSIONS[indicator.dimension]
    assert indicator.ground == reading.ground
    assert indicator.severity.model_dump(exclude_none=True).keys() == reading.severity.keys()
    assert indicator.knock_out.model_dump(exclude_none=True).keys() == reading.knock_out.keys()
    found = {(frozenset(one.all), one.residual, one.lowers_by, frozenset(one.needs)) for one in indicator.controls}
    wanted = {(one.controls, one.leaves, None if one.leaves else 1, one.kinds(name)) for one in reading.options()}
    assert found == wanted
    assert any(one.when is not None for one in indicator.controls) == (name in WITH_CONDITION)


def cited_as(name: str, marked: str) -> list[Citation]:
    """Return where an indicator cites what the catalogue marks as from memory."""
    source, _, place = marked.partition(": ")
    found = [one for one in CRITERIA.indicators[name].sources if one.id == source and place in (one.at or "")]
    assert found, f"{name} does not cite {marked}"
    return found


@pytest.mark.parametrize("name", [name for name, reading in CATALOGUE.items() if reading.from_memory])
def test_a_source_that_nobody_has_read_since_the_catalogue_is_marked_as_from_memory(name: str) -> None:
    for marked in CATALOGUE[name].from_memory:
        assert not any(was_read(CRITERIA.sources[one.id], one) for one in cited_as(name, marked)), marked


@pytest.mark.parametrize("name", [name for name, reading in CATALOGUE.items() if reading.read_since])
def test_a_source_that_was_read_since_the_catalogue_says_when_and_what_of_it(name: str) -> None:
    for marked in CATALOGUE[name].read_since:
        for one in cited_as(name, marked):
            source = CRITERIA.sources[one.id]
            assert was_read(source, one), marked
            assert source.read is not None, f"{one.id} does not say when it was read"
            assert source.note, f"{one.id} does not say what of it was read"


def test_the_set_has_the_indicators_and_controls_of_the_catalogue_and_no_other() -> None:
    assert CRITERIA.indicators.keys() == CATALOGUE.keys() == NEAR.keys()
    assert CRITERIA.controls.keys() == {f"CTL-{number:02}" for number in range(1, 40)}
    assert {name for name, one in CRITERIA.controls.items() if one.supporting} == SUPPORTING


WITHOUT_ADEQUACY = {"some": "partner", "where": {"fact": "partner.adequacy", "is": False}}
"""Whoever gets the data."""
TAMPERED: dict[str, tuple[str, Callable[[], Criteria]]] = {
    "a threshold one higher": ("COM-08", lambda: with_value(CRITERIA, "dependence_high", 31)),
    "a level one higher": ("SEC-12", lambda: with_value(CRITERIA, "application_near_trl", 6)),
    "no transfer needed": ("SEC-13", lambda: with_indicator(CRITERIA, "SEC-13", part_dropped("moderate", 1))),
    "no adequacy looked at": ("ETH-08", lambda: with_indicator(CRITERIA, "ETH-08", part_dropped("high", 1))),
    "every partner gets the data": (
        "ETH-08",
        lambda: with_indicator(CRITERIA, "ETH-08", part_instead("high", 1, WITHOUT_ADEQUACY)),
    ),
    "no fieldwork is careful enough": (
        "ETH-05",
        lambda: with_definition(CRITERIA, "fieldwork_shared_with_care", {"fact": "ethics.review", "is": "missing"}),
    ),
    "a severity lost": ("ETH-18", lambda: with_indicator(CRITERIA, "ETH-18", severity_dropped("high"))),
    "a knock-out lost": ("ETH-10", lambda: with_indicator(CRITERIA, "ETH-10", knock_out_dropped)),
    "a stronger option": ("SEC-18", lambda: with_indicator(CRITERIA, "SEC-18", option_leaves(0, "none"))),
    "a cure of a concern": ("SEC-17", lambda: with_indicator(CRITERIA, "SEC-17", option_always_counts(1))),
    "a cure of a refusal": ("SEC-21", lambda: with_indicator(CRITERIA, "SEC-21", option_always_counts(0))),
    "a declared use looked into": ("SEC-24", lambda: with_indicator(CRITERIA, "SEC-24", option_always_counts(2))),
    "a documented deviation undone": (
        "SEC-06",
        lambda: with_indicator(CRITERIA, "SEC-06", part_dropped("critical", 2)),
    ),
}


@pytest.mark.parametrize("change", by_turns(TAMPERED, 7))
def test_a_changed_rule_is_noticed(change: str) -> None:
    name, tampered = TAMPERED[change]
    near = [one for number, one in enumerate(cases()) if near_of(number) == name]
    firing = [one for one in cases() if one.results[name] != Result("none", "none", "none", "none")]
    noticed = {one.partition(":")[0] for one in disagreements(tampered(), [*near, *firing[:ENOUGH]])}
    assert name in noticed
    assert noticed <= {name, "ladders"}


def test_a_lost_rule_of_a_ladder_is_noticed() -> None:
    hold = without_rules_that_read(CRITERIA, "start_gate", "finding.knock_out")
    held = [one for one in cases() if one.levels.start_gate == "blocked" and one.levels.measure == "regulation"]
    assert {one.partition(":")[0] for one in disagreements(hold, held[:ENOUGH])} == {"ladders"}
