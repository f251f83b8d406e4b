import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from risk_engine.audit.cases import FILE, CaseResult, run_cases
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.case import answered
from risk_engine.loading.case_tests import sound_tests
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import case_model
from risk_engine.model.criteria import Criteria

FOLDER = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
CRITERIA = read_criteria(FOLDER)
BASE: dict[str, Any] = yaml.safe_load((FOLDER / FILE).read_text("utf-8"))["base"]
BASE["borrower"][0]["seat"] = "NO"  # this reader takes Norway for `false`
FRAGILE = {"artwork.head.fragility": "brittle", "borrower.town.climate": "drifting"}
FRAGILE_FINDINGS = {"OBJ-1": "high"}


def run(folder: Path, *cases: dict[str, Any], base: object = BASE, criteria: Criteria = CRITERIA) -> list[CaseResult]:
    named = [{"name": f"case {number}", "expect": {}, **case} for number, case in enumerate(cases)]
    shutil.copy(FOLDER / "set.yaml", folder)
    (folder / FILE).write_text(yaml.safe_dump({"base": base, "cases": named}, sort_keys=False), "utf-8")
    return list(run_cases(criteria.model_copy(update={"path": str(folder)})))


def differences(folder: Path, expect: dict[str, Any], **case: Any) -> list[str]:
    (result,) = run(folder, {"expect": expect, **case})
    return list(result.differences)


def problems(folder: Path, *cases: dict[str, Any], **options: Any) -> list[str]:
    with pytest.raises(InvalidSourceError) as error:
        run(folder, *cases, **options)
    return [f"{one.message} | {one.help}" if one.help else one.message for one in error.value.diagnostics]


# --- what is not as expected, in words ---


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({}, ["finding OBJ-1: expected none, got high"]),
        ({"findings": {"OBJ-1": "low"}}, ["finding OBJ-1: expected low, got high"]),
        (
            {"findings": {**FRAGILE_FINDINGS, "OBJ-6": "low"}},
            ["finding OBJ-6: expected low, got none"],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "undetermined": {"LAW-2": "critical"}},
            ["undetermined LAW-2: expected critical, got none"],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "residual": {"OBJ-1": "low", "LAW-1": "none", "LAW-6": "low"}},
            [
                "residual OBJ-1: expected low to low, got high to high",
                "residual LAW-6: expected low to low, got not there",
            ],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "residual": {"OBJ-1": ["none", "high"]}},
            ["residual OBJ-1: expected none to high, got high to high"],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "knock_out": {"OBJ-1": "hold", "LAW-1": "none", "LAW-6": "none"}},
            ["knock-out OBJ-1: expected hold, got none to none", "knock-out LAW-6: expected none, got not there"],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "ladders": {"verdict": "lend", "release": "checks_due"}},
            [
                "verdict: expected lend, got lend_on_terms (rules.2: Terms keep the risk low.)",
            ],
        ),
        (
            {
                "findings": FRAGILE_FINDINGS,
                "ladders": {"verdict": {"level": "lend_on_terms", "provisional": True, "range": ["lend", "refuse"]}},
            },
            [
                "verdict: expected to be provisional, it is settled",
                "verdict: expected between lend and refuse, got between lend_on_terms and lend_on_terms",
            ],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "awareness": ["LOGBOOK", "TELL_HEIRS"]},
            [
                "awareness TELL_HEIRS: expected, but it is not there",
                "awareness REGION_LAW: not expected, but it is there",
            ],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "contradictions": ["quiet_study"]},
            ["contradiction quiet_study: expected, but it is not there"],
        ),
        (
            {"findings": FRAGILE_FINDINGS, "gaps": ["loan.months"]},
            ["gap loan.months: expected, but it is not there"],
        ),
    ],
)
def test_a_wrong_expectation_is_told_in_words(expect: dict[str, Any], told: list[str], tmp_path: Path) -> None:
    assert differences(tmp_path, expect, given=FRAGILE) == told


def test_a_partial_expectation_looks_only_at_the_findings_that_it_names(tmp_path: Path) -> None:
    assert differences(tmp_path, {"partial": True}, given=FRAGILE) == []
    wrong = {"partial": True, "findings": {"OBJ-1": "low"}, "undetermined": {"LAW-2": "critical"}}
    assert differences(tmp_path, wrong, given=FRAGILE) == [
        "finding OBJ-1: expected low, got high",
        "undetermined LAW-2: expected critical, got none",
    ]
    # What contradicts is a whole list all the same.
    given = {"loan.occasion": "close_study", "loan.reach": 60000}
    told = ["contradiction quiet_study: not expected, but it is there"]
    assert differences(tmp_path, {"partial": True}, given=given) == told


def test_a_result_that_is_open_against_expectation_is_told(tmp_path: Path) -> None:
    told = differences(tmp_path, {"ladders": {"verdict": "lend"}, "gaps": []}, given={"artwork.head.claim": "unknown"})
    assert told[0] == "undetermined LAW-2: expected none, got critical"
    assert "verdict: expected to be settled, it is provisional" in told
    assert told[-1] == "gap artwork.head.claim: not expected, but it is there"


def test_a_contradiction_that_is_not_expected_is_told(tmp_path: Path) -> None:
    given = {"loan.occasion": "close_study", "loan.reach": 60000}
    assert differences(tmp_path, {}, given=given) == ["contradiction quiet_study: not expected, but it is there"]


def test_answers_that_rule_each_other_out_are_a_difference_not_an_error(tmp_path: Path) -> None:
    # Of what light cannot wear out nobody asks how much it gets. Both answers count as open (decision 0078), and
    # something soft could get too much.
    told = differences(tmp_path, {"ladders": {"verdict": "lend"}, "gaps": []}, given={"artwork.head.lux_hours": 5})
    assert told[0] == "undetermined OBJ-3: expected none, got high"
    assert "verdict: expected to be settled, it is provisional" in told
    assert told[-1] == "gap artwork.head.material: not expected, but it is there"


def test_a_day_before_a_parameter_has_a_value_is_a_difference_not_an_error(tmp_path: Path) -> None:
    (first, *_) = differences(tmp_path, {}, on=date(2019, 12, 31))
    assert first == "the parameter `poison_list` is not in force on 2019-12-31"


def test_a_promise_about_results_that_a_case_breaks_is_told(tmp_path: Path) -> None:
    # Without its rule for knock-outs the gate lets out what the verdict refuses.
    ladder = CRITERIA.ladders["release"]
    ladders = {**CRITERIA.ladders, "release": ladder.model_copy(update={"rules": ladder.rules[1:2]})}
    weaker = CRITERIA.model_copy(update={"ladders": ladders})
    case = {"given": {"artwork.head.claim": "filed"}, "expect": {"findings": {"LAW-2": "critical"}}}
    (result,) = run(tmp_path, case, criteria=weaker)
    assert result.differences == ("breaks the promise refused_is_not_ready: What is refused does not leave the house",)


def test_what_is_as_expected_differs_in_nothing(tmp_path: Path) -> None:
    (result,) = run(tmp_path, {"given": FRAGILE, "expect": {"findings": FRAGILE_FINDINGS}})
    place = f"{(tmp_path / FILE).as_posix()}:{_line(tmp_path, 'case 0')}:3"
    assert (result.name, result.place, result.differences) == ("case 0", place, ())
    assert result.outcome is not None
    seen = ("present", "high", "high", "high", "high", "none", "none", "settled")
    assert result.outcome.findings == {"OBJ-1": seen}


def _line(folder: Path, name: str) -> int:
    return (folder / FILE).read_text("utf-8").splitlines().index(f"- name: {name}") + 1


# --- how a case is stated ---


def test_a_case_changes_what_it_is_like_and_keeps_the_rest(tmp_path: Path) -> None:
    results = run(
        tmp_path,
        {"given": FRAGILE, "expect": {"findings": FRAGILE_FINDINGS}},
        {"like": "case 0", "given": {"artwork.head.fragility": "robust"}},
        {
            "like": "case 0",
            "in_place": ["LOGGER"],
            "expect": {"findings": FRAGILE_FINDINGS, "residual": {"OBJ-1": "moderate"}},
        },
        {
            "like": "case 2",
            "in_place": ["CRATE"],
            "expect": {"findings": FRAGILE_FINDINGS, "residual": {"OBJ-1": "low"}},
        },
    )
    assert [one.differences for one in results] == [(), (), (), ()]


def test_one_test_states_a_case_for_each_of_its_rows(tmp_path: Path) -> None:
    results = run(
        tmp_path,
        {
            "given": {"borrower.town.climate": "drifting"},
            "each": {
                "brittle": {"artwork.head.fragility": "brittle"},
                "robust": {"artwork.head.fragility": "robust"},
            },
            "expect": {"findings": FRAGILE_FINDINGS},
        },
        # A row is a case as any other, and so is what all rows have in common.
        {
            "like": "case 0: robust",
            "given": {"artwork.head.fragility": "brittle"},
            "expect": {"findings": FRAGILE_FINDINGS},
        },
        {"like": "case 0"},
    )
    assert [(one.name, one.differences) for one in results] == [
        ("case 0: brittle", ()),
        ("case 0: robust", ("finding OBJ-1: expected high, got none",)),
        ("case 1", ()),
        ("case 2", ()),
    ]


def test_what_is_wrong_in_a_row_is_told_where_it_stands_and_what_all_have_in_common_once(tmp_path: Path) -> None:
    rows = {"first": {"artwork.head.fragility": "britle"}, "second": {"artwork.tail.fragility": "brittle"}, "third": {}}
    with pytest.raises(InvalidSourceError) as error:
        run(tmp_path, {"given": {"borrower.town.climate": "driftin"}, "each": rows})
    assert [(one.source_line.strip(), one.message) for one in error.value.diagnostics] == [
        ("borrower.town.climate: driftin", "`driftin` is not one of `steady`, `drifting` or `unlogged`"),
        ("artwork.head.fragility: britle", "`britle` is not one of `robust`, `delicate` or `brittle`"),
        (
            "artwork.tail.fragility: brittle",
            "the case has nothing at `artwork.tail.fragility` that could be changed",
        ),
    ]


def test_entries_and_lists_and_the_core_can_be_changed(tmp_path: Path) -> None:
    fan: dict[str, Any] = {
        "called": "Fan",
        "material": "stone",
        "fragility": "brittle",
        "hazards": [],
        "claim": "unclaimed",
    }
    fan["acquired_on"] = date(1950, 1, 1)
    results = run(
        tmp_path,
        # A new entry, the same one anew, a whole list, none at all, a key of the core.
        {"given": {"artwork.fan": fan, "borrower.town.climate": "drifting"}, "expect": {"findings": FRAGILE_FINDINGS}},
        {"like": "case 0", "given": {"artwork.fan": {**fan, "fragility": "robust"}}},
        {"like": "case 0", "given": {"artwork": [{"id": "only", **fan}]}, "expect": {"findings": FRAGILE_FINDINGS}},
        {"like": "case 0", "given": {"artwork": []}},
        {"like": "case 0", "given": {"title": "Another", "artwork": []}},
    )
    assert [one.differences for one in results] == [()] * 5


def test_evidence_of_controls_in_place_never_comes_too_late_for_the_day(tmp_path: Path) -> None:
    in_place = {"findings": {"LAW-5": "moderate"}, "residual": {"LAW-5": "none"}}
    results = run(
        tmp_path,
        {"given": {"loan.shipper": "QUICKVAN"}, "in_place": ["RESHIP"], "expect": in_place},
        {"like": "case 0", "on": date(2025, 3, 1), "expect": in_place},
        {"like": "case 1", "expect": in_place},
    )
    assert [one.differences for one in results] == [(), (), ()]


# --- files that cannot be used ---


def test_every_problem_of_every_case_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {"given": {"artwork.head.fragility": "rubust"}},
        {"like": "case 9"},
        {"given": {"artwork.heed.fragility": "robust"}},
        {"given": {"loan.months.more": 3}},
        {"in_place": ["LOGER"]},
        {"name": "case 0"},
        {"name": "base"},
    )
    way_out = "write `entity.fact`, `entity.id.fact`, or a whole list"
    assert found == [
        "`rubust` is not one of `robust`, `delicate` or `brittle` | did you mean `robust`?",
        "there is no earlier test `case 9` | did you mean `case 0`?",
        f"the case has nothing at `artwork.heed.fragility` that could be changed | {way_out}",
        f"the case has nothing at `loan.months.more` that could be changed | {way_out}",
        "there is no control `LOGER` | did you mean `LOGGER`?",
        "`case 0` is the name of an earlier test already | give each its own name; the base case is called `base`",
        "`base` is the name of an earlier test already | give each its own name; the base case is called `base`",
    ]


def test_a_case_that_is_like_a_broken_one_has_no_message_of_its_own_for_that(tmp_path: Path) -> None:
    found = problems(tmp_path, {"given": {"artwork.heed.claim": "filed"}}, {"like": "case 0"})
    assert len(found) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"artwork": 5},
        {"artwork": [5]},
        {"artwork": [5], "artwork.head.claim": "filed"},
        {"artwork.head": 5},
        {"artwork.head": [{"id": "head"}], "artwork.head.claim": "filed"},
        {"controls": 5},
        {"": 5},
        {"artwork.": 5},
        {"...": 5},
        {"assessment_date": None},
    ],
)
def test_nonsense_in_a_case_is_told_as_a_problem(given: dict[str, Any], tmp_path: Path) -> None:
    if given.get("assessment_date", "") is None:
        found = run(tmp_path, {"given": given})[0].differences
        assert found[0] == "the case has no assessment date"
    else:
        assert problems(tmp_path, {"given": given, "in_place": ["LOGGER"]}) != []


@pytest.mark.parametrize("base", [{}, {"id": "X"}, {**BASE, "artwork": "many"}, {**BASE, "controls": "none"}])
def test_a_base_that_is_no_case_is_told_as_a_problem(base: object, tmp_path: Path) -> None:
    assert problems(tmp_path, {"given": {"artwork.head.claim": "filed"}, "in_place": ["LOGGER"]}, base=base) != []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("- a list\n", "keys with values are needed here"),
        ("base: {}\n", "the key `cases` is missing"),
        ("base: {}\ncases: []\n", ""),
        ("base: {}\ncases: [{name: a, expct: {}}]\n", "unknown key `expct`"),
        ("base: {}\ncases: [{name: a, expect: {findings: {A: hugh}}}]\n", "hugh"),
    ],
)
def test_a_file_that_is_no_list_of_cases_is_told_as_a_problem(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        run_cases(CRITERIA.model_copy(update={"path": str(tmp_path)}))
    assert told in str(error.value)


# --- many cases ---


def test_cases_over_several_processes_come_to_the_same_in_the_same_order(tmp_path: Path) -> None:
    cases = [{"given": FRAGILE if number % 3 else {}, "expect": {"findings": {}}} for number in range(40)]
    alone = run(tmp_path, *cases)
    told: list[tuple[int, int]] = []
    criteria = CRITERIA.model_copy(update={"path": str(tmp_path)})
    assert list(run_cases(criteria, jobs=2, tell=lambda done, of: told.append((done, of)))) == alone
    assert [bool(one.differences) for one in alone] == [number % 3 > 0 for number in range(40)]
    assert told == [(32, 40), (40, 40)]


def test_what_a_case_changes_is_read_and_all_else_is_that_of_the_base_case(tmp_path: Path) -> None:
    given = {"loan.months": 7, "artwork.head.hazards": "unknown"}
    run(tmp_path, {"given": given})
    _document, ((_number, _test, case),) = sound_tests(CRITERIA.model_copy(update={"path": str(tmp_path)}))
    base = case_model(CRITERIA).model_validate(answered(BASE))
    answers = {**base.model_dump()["loan"], "months": 7}
    assert case.model_dump() == {
        **base.model_dump(),
        "loan": answers,
        "artwork": ({**base.model_dump()["artwork"][0], "hazards": None},),
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"loan.months": 700}, "loan.months"),
        ({"borrower": [{"id": "a"}, {"id": "a"}]}, "borrower"),
    ],
)
def test_what_is_wrong_in_a_case_is_told_where_all_else_is_that_of_the_base_case(
    tmp_path: Path, given: dict[str, Any], told: str
) -> None:
    (problem,) = problems(tmp_path, {"given": given})
    assert problem.startswith({"loan.months": "the number must be at most 60", "borrower": "`borrower` has"}[told])
