"""What the check computes in part says the same as running the case whole under the changed set."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from risk_engine.audit.cases import Run, mentioned_by, result_of, run_of, runs
from risk_engine.audit.mutants.every import mutants
from risk_engine.audit.mutants.variations import Mutant, Operator
from risk_engine.audit.mutants.verdict import Suite, reach, turns_red
from risk_engine.loading.case_tests import sound_tests
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import choose
from risk_engine.model.criteria import Criteria

LOAN_DESK = Path(__file__).parents[2] / "sets" / "loan-desk" / "1.0.0"
SHIPPED = choose("reconnect-china", None)[0].path


def suite(folder: Path) -> Suite:
    criteria = read_criteria(folder)
    return Suite(criteria, runs(criteria))


def pairs(criteria: Criteria, each: int) -> Iterator[tuple[Mutant, Run]]:
    """Give every so many mutants with a case that is about what is changed and any other; only these are worked out."""
    chance = random.Random(3)  # noqa: S311 (the same pairs on every run)
    tests = sound_tests(criteria)[1]
    known: dict[str, Run] = {}
    for one in list(mutants(criteria))[::each]:
        record = one.record.partition(" ")[2]
        about = [of for of in tests if record in mentioned_by(of[1])] or tests
        for _number, test, case in (chance.choice(about), chance.choice(tests)):
            if test.name not in known:
                known[test.name] = run_of(criteria, test, case)
            yield one, known[test.name]


@pytest.mark.parametrize(
    ("folder", "each"),
    [
        pytest.param(LOAN_DESK, 2, id="loan-desk"),
        pytest.param(SHIPPED, 100, id="shipped", marks=pytest.mark.nightly),
        pytest.param(SHIPPED, 16, id="more of the shipped", marks=pytest.mark.nightly),
    ],
)
def test_a_case_turns_red_just_where_running_it_whole_says_so(folder: Path, each: int) -> None:
    criteria = read_criteria(folder)
    wrong, red = [], 0
    for one, run in pairs(criteria, each):
        whole = result_of(run.test, run.worked.case, one.criteria, "").differences
        red += bool(whole)
        if turns_red(run, reach(criteria, one)) != bool(whole):
            wrong.append((one.name, run.test.name, whole))
    assert wrong == []
    assert red > 10


def test_without_a_change_no_case_fails_and_a_wrong_expectation_does() -> None:
    of = suite(LOAN_DESK)
    assert of.failing() == ()
    first = of.runs[0]
    for expect in (
        {"findings": {"OBJ-1": "high"}},
        {"undetermined": {"OBJ-1": "high"}},
        {"residual": {"OBJ-9": "low"}},
        {"knock_out": {"OBJ-1": "hold"}},
        {"ladders": {"verdict": "refuse"}},
        {"ladders": {"fate": "refuse"}},
        {"awareness": ("LOGBOOK",)},
        {"contradictions": ("quiet_study",)},
        {"gaps": ("loan.months",)},
    ):
        changed = first.test.model_copy(update={"expect": type(first.test.expect).model_validate(expect)})
        wrong = Run(changed, first.worked)
        assert Suite(of.criteria, (wrong,)).failing() == (first.test.name,), expect


def test_a_mutant_of_each_operator_is_noticed_by_a_case() -> None:
    of = suite(LOAN_DESK)
    noticed = {one.operator for one in mutants(of.criteria) if of.killer(one) is not None}
    assert set(Operator) - noticed == set()


def test_a_set_that_can_no_longer_decide_a_case_is_noticed() -> None:
    # Without a value on its day a parameter is an error, not a result.
    of = suite(LOAN_DESK)
    hidden = next(one for one in mutants(of.criteria) if one.name.startswith("parameter light_limit values.0.until"))
    run = next(one for one in of.runs if one.test.name == "before July 2025 the limit was higher")
    late = Run(run.test, replace(run.worked, on=run.worked.on.replace(year=2025, month=6, day=30)))
    assert turns_red(late, reach(of.criteria, hidden))
