"""A table under two versions of a set: columns say of every case what the replay of single cases says."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from risk_engine.audit.impact.run import impact
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio import impact as in_a_table
from risk_engine.portfolio.forms import REJECTED
from risk_engine.portfolio.impact import Moves
from risk_engine.portfolio.later_names import LEFT_OUT, LaterNames
from risk_engine.portfolio.many import run
from risk_engine.portfolio.reading import Batch
from risk_engine.portfolio.stated import stated_of, stated_schema
from tests.audit.impact.small import Versions
from tests.cli.running import EXAMPLES, LOAN_CASE, LOAN_DESK
from tests.cli.test_former_names import desk  # noqa: F401 (a set whose second version calls things otherwise)
from tests.versions import LATER, NUMBER, changed

ON = date(2026, 12, 2)


def moved(paths: list[Path], before: Path | str, after: Path | str) -> tuple[Moves, Criteria, Criteria]:
    old, new = load_criteria(str(before), ON), load_criteria(str(after), ON)
    versions = in_a_table.Versions((old, None), (new, None), ON)
    stated = stated_of([load_case(one, old) for one in paths], old)
    moves = Moves(versions.pairs)
    run(iter([Batch(stated, pl.DataFrame(schema=REJECTED), len(paths), len(paths))]), versions.results, moves)
    return moves, old, new


def agree(paths: list[Path], before: Path | str, after: Path | str) -> Moves:
    """Assert that as many cases go from each level to each as the replay of every single one says."""
    moves, _old, _new = moved(paths, before, after)
    replayed = impact(paths, str(before), str(after), on=ON)
    assert replayed.problems == ()
    wanted: dict[str, dict[tuple[str, str], int]] = {}
    for case in replayed.cases:
        for one in case.ladders:
            way = (one.before.place.level, one.after.place.level)
            of_ladder = wanted.setdefault(one.ladder, {})
            of_ladder[way] = of_ladder.get(way, 0) + 1
    assert moves.from_to == wanted
    assert moves.moved == sum(any(one.direction != "same" for one in case.ladders) for case in replayed.cases)
    assert moves.left_out == sum(case.group == "refused" for case in replayed.cases)
    return moves


def _fits(path: Path, criteria: Criteria) -> bool:
    try:
        load_case(path, criteria)
    except RiskEngineError:
        return False
    return True


@pytest.mark.parametrize("before", [pytest.param("1.0.0", marks=pytest.mark.nightly), "2.0.0"])
def test_shipped_versions_move_the_examples_as_the_replay_says(before: str) -> None:
    """The first of them asks no question first, by which the others open or close the rest."""
    versions = (f"reconnect-china@{before}", "reconnect-china@2.1.0")
    old = load_criteria(versions[0])
    cases = [one for one in sorted(EXAMPLES.glob("*.yaml")) if _fits(one, old)]
    assert agree(cases, *versions).assessed == len(cases) > 5


def test_what_is_only_called_otherwise_is_the_same(desk: Path) -> None:  # noqa: F811 (the fixture)
    assert agree([LOAN_CASE], desk / "1.0.0", desk / "2.0.0").moved == 0
    old, new = load_criteria(str(desk / "1.0.0")), load_criteria(str(desk / "2.0.0"))
    later = LaterNames(old, new)(stated_of([load_case(LOAN_CASE, old)], old))
    assert later[LEFT_OUT].to_list() == [""]
    assert later.drop(LEFT_OUT).equals(stated_of([load_case(LOAN_CASE, new)], new))


def test_every_kind_of_change_moves_cases_as_the_replay_says(tmp_path: Path) -> None:
    later = changed(tmp_path / "later", LATER)
    assert agree([LOAN_CASE], LOAN_DESK / "1.0.0", later).left_out == 1


def test_a_version_with_another_level_moves_cases_as_the_replay_says(tmp_path: Path) -> None:
    escorted = "    escorted: {title: Escorted, answer: Two of us., explain: It needs two., review_months: 6}\n"
    levels = ("    in_company: {", f"{escorted}    in_company: {{"), ("{level: alone,", "{level: escorted,")
    later = changed(tmp_path / "later", {**NUMBER, "ladders.yaml": levels})
    moves = agree([LOAN_CASE], LOAN_DESK / "1.0.0", later)
    assert ("alone", "escorted") in moves.from_to["travel"]


def test_an_answer_that_the_later_version_does_not_take_is_left_out_and_named(tmp_path: Path) -> None:
    later = changed(tmp_path / "later", LATER)
    old, new = load_criteria(str(LOAN_DESK / "1.0.0")), load_criteria(str(later))
    stated = stated_of([load_case(LOAN_CASE, old)], old)
    came = LaterNames(old, new)(stated)
    assert came.drop(LEFT_OUT).schema == stated_schema(new)
    assert came[LEFT_OUT].to_list() == ["loan.reach"]


def test_a_control_that_the_later_version_does_not_know_is_named(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    before = versions.make("1.0.0", controls={"ROPE": {}, "MAP": {}})
    after = versions.make("1.1.0", controls={"MAP": {}})
    status = "controls: [{id: ROPE, status: planned}, {id: MAP, status: planned}]"
    case = versions.case(text=status)
    assert agree([case, versions.case("other")], before, after).left_out == 1
    old, new = load_criteria(str(before)), load_criteria(str(after))
    assert LaterNames(old, new)(stated_of([load_case(case, old)], old))[LEFT_OUT].to_list() == ["controls.ROPE"]


def test_two_sets_are_not_two_versions() -> None:
    with pytest.raises(RiskEngineError, match="`loan-desk` and `print-room` are two sets, not two versions of one"):
        moved([LOAN_CASE], LOAN_DESK, LOAN_DESK.parent / "print-room")
