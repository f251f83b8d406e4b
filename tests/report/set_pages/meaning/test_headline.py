"""What a board reads first is true: green only where nothing needs a second look, and no case more than was proved."""

from pathlib import Path

import pytest

from risk_engine.model.changes import Meaning, RequiredBump
from risk_engine.report.blocks import Answer
from risk_engine.report.set_pages.changes import changes_view
from tests.report.set_pages.meaning.test_told import LONG, Found, report
from tests.versions import ASKS_MORE, FACTS, versions


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return versions(tmp_path_factory.mktemp("stricter"), LONG % 30, LONG % 20)


@pytest.fixture(scope="module")
def milder(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return versions(tmp_path_factory.mktemp("milder"), LONG % 20, LONG % 30)


def told(found: Found) -> Answer:
    comparison, base = found
    answer = changes_view(comparison.changes, *comparison.words, shown=comparison.shown, base=base).answer
    assert answer is not None
    return answer


def meaning_of(found: Found) -> Meaning:
    meaning = found[0].changes.meaning
    assert meaning is not None
    return meaning


PACE_GONE = FACTS.replace("brisk: Brisk, wild: Wild", "wild: Wild")


def test_an_option_that_is_gone_is_said_first_though_no_result_shows_it(tmp_path: Path) -> None:
    found = versions(tmp_path, LONG % 30, LONG % 30, later_facts=PACE_GONE)
    assert meaning_of(found).is_equal
    text = report(found)
    assert text.startswith(
        "Cases that both versions can read are decided alike, proved; but the option “brisk” of “trip.pace” is "
        "gone, so some old cases cannot be read (lists of any length). "
    )
    assert told(found).tone == "middle"
    needed = told(found).more[0]
    assert [(run.text, run.style) for run in needed][:4] == [
        ("It needs a major step: the option ", "strong"),
        ("brisk", "code"),
        (" of ", "strong"),
        ("trip.pace", "code"),
    ]


def test_an_option_that_is_gone_is_said_beside_nowhere_milder(tmp_path: Path) -> None:
    text = report(versions(tmp_path, LONG % 30, LONG % 20, later_facts=PACE_GONE))
    assert text.startswith(
        "Nowhere milder, proved of every case that both versions can read: gate and measure; but the o"
    )


def test_a_question_that_is_new_and_decides_nothing_is_said_and_looks_not_harmless(tmp_path: Path) -> None:
    found = versions(tmp_path, LONG % 30, LONG % 30, later_facts=ASKS_MORE)
    assert report(found).startswith("No case is decided otherwise, proved; but it asks more (lists of any length).")
    assert told(found).tone == "middle"


def test_less_care_is_said_and_looks_not_harmless(stricter: Found) -> None:
    meaning = meaning_of(stricter)
    care = RequiredBump(bump="major", why="two people need no longer decide gate: blocked together")
    same = meaning.model_copy(update={"required": care, "shifts": ()})
    assert report(stricter, same).startswith(
        "No case is decided otherwise, proved; but two people need no longer decide gate: blocked together (lists"
    )


def test_only_what_needs_nothing_but_a_patch_looks_harmless(tmp_path: Path) -> None:
    same = "LONG: {title: A long trip, severity: {high: {not: {fact: trip.days, at_most: 29}}}}"
    assert told(versions(tmp_path, same, LONG % 30)).tone == "mild"


def test_a_case_tells_every_ladder_that_moved_in_it_whatever_it_was_looked_for(stricter: Found) -> None:
    meaning = meaning_of(stricter)
    only = [one for one in meaning.ladders() if one.name == "gate"]
    case = report(stricter, meaning.model_copy(update={"shifts": tuple(only)})).partition("Case 1 ")[2]
    assert case.startswith(
        "Before and after - gate: clear → conditional [stricter] - measure: advice → regulation [stricter] "
    )


def test_a_case_with_every_answer_is_milder_and_never_looser(milder: Found) -> None:
    meaning = meaning_of(milder)
    assert "[milder]" in report(milder)
    for one in meaning.shifts:
        answered = one.example is not None and "unknown" not in one.example.given.values()
        assert not (answered and any("looser" in each.directions for each in one.ladders))
        assert not (answered and one.direction == "looser")
