"""What the check computes in part says the same as running the case whole under the changed set."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from risk_engine.audit.cases import Run, result_of, runs
from risk_engine.audit.mutants.every import mutants
from risk_engine.audit.mutants.variations import Mutant, Operator
from risk_engine.audit.mutants.verdict import Suite, reach, turns_red
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import choose

LOAN_DESK = Path(__file__).parents[2] / "sets" / "loan-desk" / "1.0.0"
SHIPPED = choose("reconnect-china", None)[0].path


def suite(folder: Path) -> Suite:
    criteria = read_criteria(folder)
    return Suite(criteria, runs(criteria))


def pairs(of: Suite, each: int) -> list[tuple[Mutant, Run]]:
    """Return every so many mutants with a case that is about what is changed and one that is not, in chance order."""
    chance = random.Random(3)  # noqa: S311 (the same pairs on every run)
    found = []
    for one in list(mutants(of.criteria))[::each]:
        about = [run for run in of.runs if one.record.partition(" ")[2] in run.mentions] or list(of.runs)
        found += [(one, chance.choice(about)), (one, chance.choice(of.runs))]
    return found


@pytest.mark.parametrize(("folder", "each"), [(LOAN_DESK, 2), (SHIPPED, 16)], ids=["loan-desk", "shipped"])
def test_a_case_turns_red_just_where_running_it_whole_says_so(folder: Path, each: int) -> None:
    of = suite(folder)
    wrong, red = [], 0
    for one, run in pairs(of, each):
        whole = result_of(run.test, run.worked.case, one.criteria, "").differences
        red += bool(whole)
        if turns_red(run, reach(of.criteria, one)) != bool(whole):
            wrong.append((one.name, run.test.name, whole))
    assert wrong == []
    assert red > 20


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
