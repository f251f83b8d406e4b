"""The whole check on the loan desk: what its cases notice, what reasons explain, and what is refused."""

import shutil
from pathlib import Path

import pytest

from risk_engine.audit.cases import FILE as CASES
from risk_engine.audit.mutants.check import FILE, WAY_OUT, MutationCheck, Tally, check_mutants, lines
from risk_engine.audit.mutants.variations import Operator
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError

LOAN_DESK = Path(__file__).parents[2] / "sets" / "loan-desk" / "1.0.0"
NOTICED = "indicator LAW-5 controls.0 dropped"
UNNOTICED = "indicator LAW-5 severity.moderate.at_most 2 -> 1"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "1.0.0"
    shutil.copytree(LOAN_DESK, folder)
    return folder


def names(check: MutationCheck) -> set[str]:
    return {one.mutant.name for one in check.surviving}


def give_reasons(folder: Path, *mutants: str) -> None:
    listed = "".join(f"      - {one}\n" for one in mutants)
    (folder / FILE).write_text(f"survivors:\n  - mutants:\n{listed}    because: Only an example.\n", "utf-8")


def change_cases(folder: Path, before: str, after: str) -> None:
    text = (folder / CASES).read_text("utf-8")
    assert text.count(before) == 1, before
    (folder / CASES).write_text(text.replace(before, after), "utf-8")


# --- killed, surviving, explained ---


def test_each_mutant_names_the_case_that_notices_it() -> None:
    check = check_mutants(LOAN_DESK, ["LAW-5 controls"])
    assert {one.mutant.name: one.killer for one in check.tried} == {
        NOTICED: "another shipper in place cures it",
        "indicator LAW-5 controls.0.residual none -> low": "another shipper in place cures it",
    }
    assert check.passed


def test_a_case_that_is_taken_out_lets_a_mutant_survive(copied: Path) -> None:
    before = names(check_mutants(copied, ["LAW-5"]))
    text = (copied / CASES).read_text("utf-8")
    start = text.index("  - name: another shipper in place cures it")
    end = text.index("  - name: an empty house")
    (copied / CASES).write_text(text[:start] + text[end:], "utf-8")
    after = names(check_mutants(copied, ["LAW-5"]))
    assert after - before == {NOTICED, "indicator LAW-5 controls.0.residual none -> low"}


def test_a_case_that_is_added_kills_a_mutant(copied: Path) -> None:
    # A shipper of grade 2 is still too bad.
    assert UNNOTICED in names(check_mutants(copied, ["LAW-5"]))
    text = (copied / CASES).read_text("utf-8").rstrip("\n")
    added = "  - name: grade 2\n    given: {loan.shipper_grade: 2}\n    expect: {findings: {LAW-5: moderate}}\n"
    (copied / CASES).write_text(f"{text}\n\n{added}", "utf-8")
    assert UNNOTICED not in names(check_mutants(copied, ["LAW-5"]))


def test_a_reason_explains_a_survivor_and_the_check_passes(copied: Path) -> None:
    survivors = names(check_mutants(copied, ["LAW-5"]))
    give_reasons(copied, *survivors)
    check = check_mutants(copied, ["LAW-5"])
    assert check.passed
    assert {one.mutant.name: one.reason for one in check.tried if one.killer is None} == dict.fromkeys(
        survivors, "Only an example."
    )


def test_a_reason_for_a_mutant_that_a_case_notices_is_stale(copied: Path) -> None:
    give_reasons(copied, NOTICED)
    check = check_mutants(copied, ["LAW-5 controls"])
    assert (check.surviving, check.passed) == ((), False)
    (told,) = check.stale
    assert told.message == f"a case turns red under `{NOTICED}`, so it needs no reason"
    assert (told.position.line, told.help) == (3, "take it out of the list")


def test_the_tally_of_an_operator_adds_up(copied: Path) -> None:
    give_reasons(copied, UNNOTICED)
    check = check_mutants(copied, ["LAW-5"])
    assert check.tallies()[Operator.SHIFT_BOUND] == Tally(mutants=2, killed=0, explained=1, surviving=1)
    assert check.tallies()[Operator.SHIFT_KNOCK_OUT] == Tally(mutants=2, killed=2, explained=0, surviving=0)
    assert Operator.SHIFT_PARAMETER not in check.tallies()
    assert all(one.mutants == one.killed + one.explained + one.surviving for one in check.tallies().values())


@pytest.mark.nightly
def test_several_processes_find_the_same_as_one_and_tell_how_far_they_are() -> None:
    told: list[tuple[int, int]] = []
    one = check_mutants(LOAN_DESK)
    two = check_mutants(LOAN_DESK, jobs=2, tell=lambda done, every: told.append((done, every)))
    assert [(each.mutant.name, each.killer is None) for each in two.tried] == [
        (each.mutant.name, each.killer is None) for each in one.tried
    ]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (len(two.tried), len(two.tried))


@pytest.mark.nightly
def test_where_processes_cannot_be_forked_each_reads_the_set_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    only = ["OBJ-1", "LAW-5"]
    assert names(check_mutants(LOAN_DESK, only, jobs=2)) == names(check_mutants(LOAN_DESK, only))


# --- in words ---


def test_the_check_is_told_as_a_table_and_then_each_survivor_with_its_change(copied: Path) -> None:
    give_reasons(copied, NOTICED, "indicator LAW-5 severity.moderate.at_most 2 -> 3")
    told = list(lines(check_mutants(copied, ["LAW-5 severity.moderate", "LAW-5 controls.0"])))
    assert told == [
        "operator          mutants   killed  explained  surviving",
        "drop-rule               2        2          0          0",
        "swap-comparison         1        1          0          0",
        "shift-bound             2        0          1          1",
        "shift-control           1        1          0          0",
        "all                     6        4          1          1",
        "",
        f"{UNNOTICED}  (shift-bound)",
        "  {fact: loan.shipper_grade, at_most: 2} becomes {fact: loan.shipper_grade, at_most: 1}",
        "",
        WAY_OUT,
        "",
        (
            f"{(copied / FILE).as_posix()}:3:9: a case turns red under `{NOTICED}`, so it needs no reason\n"
            f"  3 |       - {NOTICED}\n"
            "    |         ^\n"
            "  help: take it out of the list"
        ),
    ]


def test_a_check_that_passes_tells_the_table_alone() -> None:
    told = list(lines(check_mutants(LOAN_DESK, ["LAW-5 controls"])))
    assert told[0].startswith("operator")
    assert told[-1].split() == ["all", "2", "2", "0", "0"]
    assert len(told) == 4


# --- what is refused ---


def test_a_prefix_that_means_no_mutant_is_refused_with_the_nearest() -> None:
    with pytest.raises(RiskEngineError) as error:
        check_mutants(LOAN_DESK, ["LAW-5", "LAW5"])
    assert str(error.value) == "no mutant begins with `LAW5`\n  help: did you mean `LAW-5`?"
    with pytest.raises(RiskEngineError) as error:
        check_mutants(LOAN_DESK, ["zzz"])
    assert "it begins like" in str(error.value)


def test_while_a_case_fails_nothing_is_tried(copied: Path) -> None:
    change_cases(copied, "residual: {OBJ-1: low}", "residual: {OBJ-1: moderate}")
    with pytest.raises(RiskEngineError) as error:
        check_mutants(copied)
    assert str(error.value).splitlines() == [
        "mutants say nothing while cases fail without any change: `logger and crate make it low`",
        f"  help: mend what `risk-engine criteria test {copied}` shows",
    ]


def test_a_case_that_cannot_be_decided_is_refused_with_its_name(copied: Path) -> None:
    change_cases(copied, "on: 2025-12-31", "on: 2019-12-31")
    with pytest.raises(RiskEngineError) as error:
        check_mutants(copied)
    assert "the case `before the new survey the plain only shakes` cannot be decided" in str(error.value)
    assert "the parameter `poison_list` is not in force on 2019-12-31" in str(error.value)


def test_a_base_without_a_date_is_refused(copied: Path) -> None:
    change_cases(copied, "  assessment_date: 2026-02-01\n", "")
    with pytest.raises(RiskEngineError) as error:
        check_mutants(copied)
    assert "it has no assessment date" in str(error.value)


def test_cases_that_cannot_be_read_are_refused(copied: Path) -> None:
    change_cases(copied, "like: a brittle object in a drifting climate is lent on terms", "like: a brittle")
    with pytest.raises(InvalidSourceError) as error:
        check_mutants(copied)
    assert "there is no earlier test `a brittle`" in str(error.value)
    (copied / CASES).write_text("base: 5\n", "utf-8")
    with pytest.raises(InvalidSourceError):
        check_mutants(copied)


# --- bad files of reasons, each with everything that is printed ---

GOOD = "survivors:\n  - mutants:\n      - indicator LAW-5 severity.moderate.at_most 2 -> 1\n    because: An example.\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            GOOD.replace("2 -> 1", "2 -> 4"),
            (
                "mutants.yaml:3:9: there is no mutant `indicator LAW-5 severity.moderate.at_most 2 -> 4`\n"
                "  3 |       - indicator LAW-5 severity.moderate.at_most 2 -> 4\n"
                "    |         ^\n"
                "  help: did you mean `indicator LAW-5 severity.moderate.at_most 2 -> 3`?"
            ),
        ),
        (
            GOOD.replace("indicator LAW-5 severity.moderate.at_most 2 -> 1", "something else"),
            (
                "mutants.yaml:3:9: there is no mutant `something else`\n"
                "  3 |       - something else\n"
                "    |         ^\n"
                "  help: what is gone from the set needs no reason; take it out"
            ),
        ),
        (
            GOOD + GOOD.partition("\n")[2],
            (
                "mutants.yaml:6:9: `indicator LAW-5 severity.moderate.at_most 2 -> 1` has a reason already\n"
                "  6 |       - indicator LAW-5 severity.moderate.at_most 2 -> 1\n"
                "    |         ^\n"
                "  help: keep one of the two"
            ),
        ),
        (
            GOOD.replace("because", "becuase"),
            (
                "mutants.yaml:4:5: unknown key `becuase`\n"
                "  4 |     becuase: An example.\n"
                "    |     ^\n"
                "  help: did you mean `because`?"
            ),
        ),
        (
            "survivors: []\n",
            "mutants.yaml:1:12: at least one entry is needed here\n  1 | survivors: []\n    |            ^",
        ),
        ("", "mutants.yaml:1:1: the file is empty"),
    ],
    ids=["no-such-mutant", "nothing-near", "twice", "wrong-key", "nothing", "empty"],
)
def test_a_bad_file_of_reasons_prints_exactly_this(
    text: str, told: str, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copied / FILE).write_text(text, "utf-8")
    monkeypatch.chdir(copied)
    with pytest.raises(InvalidSourceError) as error:
        check_mutants(Path())
    assert str(error.value) == told
