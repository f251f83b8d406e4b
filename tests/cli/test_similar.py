"""Decided cases that are near, from a register of the loan desk: as a page, as data, in a report."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import LOAN, LOAN_DESK, done, refused, run
from tests.office.register.filing import assessed, case_file, decided, filed, with_id, written

ROBUST = ("fragility: delicate", "fragility: robust")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with three decided cases like the one of the desk, of which one was decided otherwise."""
    tmp_path = tmp_path_factory.mktemp("desk")
    lent: dict[str, Any] = {"levels": (("verdict", "lend"),), "reason": "The house was rebuilt since."}
    asked: list[tuple[str, tuple[tuple[str, str], ...], dict[str, Any]]] = [
        ("L-1", (), {}),
        ("L-2", (ROBUST,), {}),
        ("L-3", (), lent),
    ]
    for number, changes, said in asked:
        path = case_file(tmp_path, with_id(number), *changes, name=f"{number}.yaml")
        filed(tmp_path / "r", path)
        filed(tmp_path / "r", written(tmp_path / f"{number}.json", decided(assessed(path), **said)))
    return tmp_path / "r"


def test_a_case_that_is_not_filed_is_held_against_those_that_were_decided(register: Path, tmp_path: Path) -> None:
    case = case_file(tmp_path)
    told = done("register", "similar", register, case, *LOAN)
    assert told.startswith("3 of 3 decided cases, the nearest first.\n")
    assert [told.index(f"\n{name}: ") for name in ("L-1", "L-3", "L-2")] == sorted(
        told.index(f"\n{name}: ") for name in ("L-1", "L-2", "L-3")
    )
    assert "L-3: Lend, 5 March 2026\nAll 9 facts that decide and are known in both are the same." in told
    assert "Verdict: Lend (proposed: Lend on terms)" in told
    assert "Verdict: Terms keep the risk low." in told, "the rule in words"
    assert "“The house was rebuilt since.”" in told
    assert "Of 9 facts that decide and are known in both 1 differs." in told
    assert "here: Delicate; there: Robust" in told
    assert (
        "loan-desk 1.0.0, in force on 2 March 2026" in told or "whether it is still in force is not known here" in told
    )


def test_a_case_of_the_register_is_not_its_own_precedent(register: Path) -> None:
    told = done("register", "similar", register, "L-1", "--most", "1")
    assert told.startswith("1 of 2 decided cases, the nearest first.\n")
    assert "\nL-3: Lend, 5 March 2026\n" in told
    assert "\nL-2: " not in told


def test_programs_read_every_fact(register: Path) -> None:
    data = json.loads(done("register", "similar", register, "L-1", "--format", "json"))
    assert (data["case"], data["criteria"], data["compared"], data["other_sets"]) == ("L-1", "loan-desk@1.0.0", 2, 0)
    first, second = data["similar"]
    assert (first["case"], first["measures"]["verdict"], first["proposed"]["verdict"]) == (
        "L-3",
        "lend",
        "lend_on_terms",
    )
    assert (first["stands"], first["office"], first["reason"]) == ("stands", None, "The house was rebuilt since.")
    (fragile,) = (one for one in second["facts"] if one["verdict"] == "differs")
    assert (fragile["fact"], fragile["value_here"], fragile["value_there"]) == (
        "artwork.fragility",
        "delicate",
        "robust",
    )


def test_a_report_tells_them_and_says_how_each_stands(register: Path, tmp_path: Path) -> None:
    case = case_file(tmp_path)
    done("assess", case, *LOAN, "--register", register, "-o", tmp_path / "told.txt")
    assert "L-3: Lend, 5 March 2026" in (tmp_path / "told.txt").read_text("utf-8")
    done("assess", case, *LOAN, "--register", register, "-o", tmp_path / "report.md")
    page = (tmp_path / "report.md").read_text("utf-8")
    assert page.index("Who has to do what") < page.index("Similar cases decided") < page.index("# How to challenge")
    record = tmp_path / "a.json"
    done("assess", case, *LOAN, "--format", "json", "-o", record)
    report = done("report", record, "--criteria", LOAN_DESK, "--register", register, "--format", "md")
    assert "L-3: Lend, 5 March 2026" in report


def test_where_nothing_was_decided_that_is_said(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    assert done("register", "similar", tmp_path / "r", "L-2026-07").startswith(
        "There is no decided case yet to hold it against.\n"
    )


def test_what_cannot_be_read_is_named_and_the_others_are_told(register: Path, tmp_path: Path) -> None:
    register = shutil.copytree(register, tmp_path / "r")
    (decision,) = (register / "L-2").glob("*-decision-*")
    decision.write_text("{}", "utf-8")
    result = run("register", "similar", register, "L-1")
    assert result.code == 2
    assert "it was altered after it was filed" in result.err
    assert "\nL-3: Lend, 5 March 2026\n" in result.out


def test_options_that_nothing_would_read_are_refused(register: Path, tmp_path: Path) -> None:
    record, case = tmp_path / "a.json", case_file(tmp_path)
    done("assess", case, *LOAN, "--format", "json", "-o", record)
    letter = refused("report", record, "--criteria", LOAN_DESK, "--kind", "letter", "--register", register)
    assert "--register: a document of the kind `letter` tells no similar cases" in letter
    assert "--register goes with one case" in refused("assess", case, *LOAN, "--register", register, "--format", "json")
    assert "--register goes with one case" in refused("assess", case, case, *LOAN, "--register", register)
    assert "has its own criteria" in refused("register", "similar", register, "L-1", "--on", "2026-03-03")
    assert "there is no case `L-9`" in refused("register", "similar", register, "L-9")
    assert "this folder is no register" in refused("register", "similar", tmp_path, case, *LOAN)


# --- decided cases that do not go together ---


def test_decisions_that_do_not_go_together_are_an_error(register: Path, tmp_path: Path) -> None:
    result = run("register", "consistency", register)
    assert result.code == 1
    assert result.out.startswith("In 3 decided cases the same was found once and decided otherwise.\n")
    assert "\nLend on terms: L-1 / Lend: L-3\n" in result.out
    assert (
        "L-3, decided on 5 March 2026 by K. Keeper, Keeper, not as proposed: “The\n    house was rebuilt since.”"
        in (result.out)
    )
    assert "An earthquake zone (OBJ-2): high" in result.out
    assert "Climate logger (LOGGER)" in result.out
    assert "Nothing that was recorded, but names and texts." in result.out
    assert "No reason was given for: L-1." in result.out
    data = json.loads(run("register", "consistency", register, "--format", "json").out)
    (group,) = data["inconsistent"]
    assert (group["between"], group["controls"], group["without_reason"]) == (["L-1", "L-3"], ["LOGGER"], ["L-1"])
    assert run("register", "consistency", register, "-o", tmp_path / "page.html").code == 1
    assert "Lend on terms: L-1 / Lend: L-3" in (tmp_path / "page.html").read_text("utf-8")


def test_where_decisions_go_together_a_sentence_says_so(register: Path, tmp_path: Path) -> None:
    register = shutil.copytree(register, tmp_path / "r")
    done("register", "remove", register, "L-3", "--reason", "filed twice", "--early")
    told = done("register", "consistency", register)
    assert told.startswith(
        "Nothing was found: of 2 decided cases no two with the same findings were decided\notherwise."
    )
    filed(tmp_path / "empty", case_file(tmp_path))
    assert done("register", "consistency", tmp_path / "empty").startswith("Nothing was found: no case is decided yet.")


def test_what_cannot_be_read_leaves_the_check_undone(register: Path, tmp_path: Path) -> None:
    register = shutil.copytree(register, tmp_path / "r")
    (decision,) = (register / "L-3").glob("*-decision-*")
    decision.write_text("{}", "utf-8")
    result = run("register", "consistency", register)
    assert (result.code, "it was altered after it was filed" in result.err) == (2, True)
