"""`assess CASE... --criteria A --criteria B`: a comparison of one case or of many, and what does not go with it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, LOAN_DESK, LOAN_PROFILE, SETS, done, refused, run, run_on_a_terminal
from tests.editing import edit

BOTH = ("--criteria", LOAN_DESK, "--criteria", SETS / "print-room")
CASE = SETS / "two-rooms-case.yaml"
COMPARED = ("assess", CASE, *BOTH)


def test_the_screen_says_which_is_stricter() -> None:
    assert done(*COMPARED).startswith("The criteria differ: print-room 1.0.0 is stricter.\n")
    shown = run_on_a_terminal(*COMPARED)
    assert (shown.code, shown.err) == (0, "")
    assert "The criteria differ" in shown.out


def test_an_office_gives_it_its_own_words(tmp_path: Path) -> None:
    page = '{% extends "shipped/comparison.j2" %}{% block levels %}<p>Ask us.</p>{% endblock %}'
    (tmp_path / "comparison.j2").write_text(page, "utf-8")
    said = done(*COMPARED, "--templates", tmp_path, "--format", "md")
    assert "## Which levels mean the same\n\nAsk us.\n" in said
    assert "as the office changed it: comparison.j2" in said.replace("\\", "")
    refusal = refused("assess", CASE, "--criteria", LOAN_DESK, "--templates", tmp_path)
    assert "--templates goes with --pack, or with several `--criteria`" in refusal


@pytest.mark.parametrize("form", ["html", "md", "txt", "json", "pdf", "docx"])
def test_every_form_can_be_written(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"comparison.{form}"
    done(*COMPARED, "-o", path)
    starts = {"html": b"<!doctype html>", "md": b"# The criteria", "json": b"{", "pdf": b"%PDF", "docx": b"PK"}
    assert path.read_bytes().startswith(starts.get(form, b"The criteria differ"))


def test_the_json_holds_both_assessments(tmp_path: Path) -> None:
    content = json.loads(done(*COMPARED, "--format", "json"))
    assert [one["criteria"]["id"] for one in content["assessments"]] == ["loan-desk", "print-room"]
    assert [one["verdict"] for one in content["relations"]] == ["differs"]
    path = tmp_path / "comparison.json"
    path.write_text("{}\n")
    assert "a decision may rest on it" in refused(*COMPARED, "-o", path)


def test_the_day_can_be_asked_for() -> None:
    assert json.loads(done(*COMPARED, "--on", "2026-07-01", "--format", "json"))["on"] == "2026-07-01"


def test_three_are_compared_two_by_two(tmp_path: Path) -> None:
    shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "loan-desk" / "1.1.0")
    head = tmp_path / "loan-desk" / "1.1.0" / "set.yaml"
    edit(head, "version: 1.0.0", "version: 1.1.0")
    text = done(*COMPARED, "--criteria", tmp_path / "loan-desk", "--format", "md")
    for pair in (
        "loan-desk 1.0.0, print-room 1.0.0",
        "loan-desk 1.0.0, loan-desk 1.1.0",
        "print-room 1.0.0, loan-desk",
    ):
        assert f"Result ({pair}" in text.replace("\\", "")
    assert "the same, “Lend”." in text
    assert "Which findings differ" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--profile", LOAN_PROFILE), "`--profile`: this goes with one criteria set, not with several"),
        (("--fail-on", "refuse"), "`--fail-on`: this goes with one criteria set, not with several"),
        (("--pack", "x", "--decision", "y"), "`--pack` and `--decision`: this goes with one criteria set"),
        (("--supersedes", "x.json"), "`--supersedes`: this goes with one criteria set"),
        (("--criteria", LOAN_DESK), "loan-desk@1.0.0 is named twice"),
        (("--criteria", "nope"), "there is no criteria set `nope`"),
        (("--format", "html", "-o", "x.pdf"), "x.pdf: with --format html this would hold something else"),
        (("-o", CASE), "is read for this result, so it is not written over"),
    ],
)
def test_what_does_not_go_with_it_is_refused(options: tuple[str | Path, ...], message: str) -> None:
    assert message in refused(*COMPARED, *options)


def test_what_is_wrong_under_one_of_them_says_under_which(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    edit(CASE, "unbound: true", "unbound: maybe", to=case)
    said = refused("assess", case, *BOTH)
    assert "under print-room 1.0.0: `true` or `false` is needed here, not `maybe`" in said


@pytest.mark.nightly
def test_the_example_can_be_read_by_each_of_its_sets_alone() -> None:
    for name, answer in (("reconnect-china", "Yes, it may start."), ("us-dod-matrix", "No, not as it stands.")):
        assert done("assess", EXAMPLES / "compare.yaml", "--criteria", name).startswith(answer)
    assert run("case", "check", EXAMPLES / "compare.yaml").code == 0


# --- several cases ---

ROOMS = ("loan-desk 1.0.0", "print-room 1.0.0")


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Return a folder with three cases: the rooms differ on the first, the second is open, they agree on the third."""
    (folder := tmp_path / "cases").mkdir()
    for number, climate in enumerate(("drifting", "unknown", "steady"), 1):
        made = folder / f"{climate}.yaml"
        edit(CASE, "id: L-2026-09", f"id: L-{number}", to=made)
        edit(made, "climate: drifting ", f"climate: {climate} ")
    return folder


ASKED = "How steady is the climate of the room? (Borrowing house “Town Museum”)"
BY_DESK, BY_ROOM = "**loan-desk 1.0.0:** Nothing speaks against it.", "**print-room 1.0.0:**"


def rows(said: str) -> dict[str, list[str]]:
    """Return the cells of each case in a page of Markdown, by the id of the case."""
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in said.replace("\\", "").splitlines()]
    return {one[0].rpartition("(")[2].rstrip(")"): one[1:] for one in cells if len(one) == 5 and "(L-" in one[0]}


def test_of_several_a_table_says_what_each_comes_to_which_is_stricter_and_on_what_it_rests(several: Path) -> None:
    said = done("assess", several, *BOTH, "--format", "md")
    assert said.startswith("# The criteria agree in 1 of 3 cases.\n")
    assert rows(said) == {
        "L-1": [
            "Ready, Lend",
            "Watched",
            "print-room 1.0.0",
            f"{BY_DESK} {BY_ROOM} Sheets in an unsteady climate (PRT-1).",
        ],
        "L-2": [
            "Ready, Lend",
            "Still open: between Granted and Watched",
            "not settled",
            f"{BY_DESK} {BY_ROOM} 1 answer missing, first of all: {ASKED}",
        ],
        "L-3": ["Ready, Lend", "Granted", "the same", "–"],
    }
    told = said.replace("\\", "")
    assert "- print-room 1.0.0 is stricter in 1 case." in told
    assert "- It is not settled in 1 case." in told


def test_files_may_be_named_one_by_one_and_the_screen_says_the_same(several: Path) -> None:
    said = done("assess", several / "steady.yaml", several / "drifting.yaml", *BOTH)
    assert said.startswith("The criteria agree in 1 of 2 cases.\n")
    shown = run_on_a_terminal("assess", several, *BOTH)
    assert (shown.code, shown.err) == (0, "")
    assert "The criteria agree in 1 of 3 cases." in shown.out


@pytest.mark.parametrize("form", ["html", "md", "txt", "json", "pdf", "docx"])
def test_every_form_of_the_table_can_be_written(form: str, several: Path, tmp_path: Path) -> None:
    path = tmp_path / f"table.{form}"
    done("assess", several, *BOTH, "-o", path)
    starts = {"html": b"<!doctype html>", "md": b"# The criteria", "json": b"[{", "pdf": b"%PDF", "docx": b"PK"}
    assert path.read_bytes().startswith(starts.get(form, b"The criteria agree"))


def test_the_json_of_several_holds_each_comparison_whole(several: Path) -> None:
    content = json.loads(done("assess", several, *BOTH, "--format", "json"))
    assert [one["case_id"] for one in content] == ["L-1", "L-3", "L-2"]  # by the names of the files
    one = json.loads(done("assess", several / "drifting.yaml", *BOTH, "--format", "json"))
    assert content[0] == one


def test_the_table_says_what_each_of_the_criteria_says_of_itself_once(several: Path) -> None:
    said = done("assess", several, *BOTH, "--format", "md").replace("\\", "")
    for name in ROOMS:
        assert said.count(f"### {name}\n") == 1
    assert len(set(re.findall(r"`[0-9a-f]{64}`", said))) == 2


def test_an_office_gives_the_table_its_own_words(several: Path, tmp_path: Path) -> None:
    (own := tmp_path / "own").mkdir()
    page = '{% extends "shipped/comparisons.j2" %}{% block about_the_table %}<p>Ask us.</p>{% endblock %}'
    (own / "comparisons.j2").write_text(page, "utf-8")
    said = done("assess", several, *BOTH, "--templates", own, "--format", "md")
    assert "\nAsk us.\n" in said
    assert "as the office changed it: comparisons.j2" in said.replace("\\", "")


def test_cases_that_cannot_be_read_are_named_and_the_others_are_compared(several: Path) -> None:
    edit(several / "steady.yaml", "unbound: true", "unbound: maybe")
    found = run("assess", several, *BOTH, "--format", "md")
    assert found.code == 2
    assert "steady.yaml" in found.err
    assert "under print-room 1.0.0: `true` or `false` is needed here, not `maybe`" in found.err
    assert "1 of 3 cases could not be assessed" in found.err
    assert sorted(rows(found.out)) == ["L-1", "L-2"]


def test_two_cases_of_one_id_are_told(several: Path) -> None:
    edit(several / "steady.yaml", "id: L-3", "id: L-1")
    found = run("assess", several, *BOTH)
    assert (found.code, "L-1" in found.err, "steady.yaml" in found.err) == (0, True, True)


def test_one_case_in_a_folder_is_a_table_of_one(several: Path) -> None:
    (several / "drifting.yaml").unlink()
    (several / "unknown.yaml").unlink()
    assert done("assess", several, *BOTH).startswith("The criteria agree in 1 of 1 case.\n")


def test_versions_that_hold_on_different_days_are_told_with_their_cases() -> None:
    """Each case has the version of its day, unless one is named."""
    mixed = (EXAMPLES / "number-theory.yaml", EXAMPLES / "lung-imaging-federated.yaml")
    said = done("assess", *mixed, "--criteria", "reconnect-china", "--criteria", "us-dod-matrix", "--format", "md")
    told = said.replace("\\", "")
    assert "| Case | reconnect-china | us-dod-matrix | Stricter | On what it rests |" in told
    assert "Clear, Advice (1.0.0)" in told
    assert "Clear, Regulation (2.1.0)" in told
    assert told.count("### reconnect-china ") == 2


def test_of_three_criteria_the_table_says_only_whether_they_agree(several: Path, tmp_path: Path) -> None:
    shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "loan-desk" / "1.1.0")
    edit(tmp_path / "loan-desk" / "1.1.0" / "set.yaml", "version: 1.0.0", "version: 1.1.0")
    said = done("assess", several, *BOTH, "--criteria", tmp_path / "loan-desk", "--format", "md").replace("\\", "")
    assert said.startswith("# The criteria agree in 1 of 3 cases.\n")
    assert "- They differ in 1 case." in said


def test_what_rests_on_confidential_answers_says_so_above_the_table() -> None:
    both = ("--criteria", "reconnect-china", "--criteria", "us-dod-matrix")
    named = (EXAMPLES / "compare.yaml", EXAMPLES / "boreal-carbon.yaml")
    assert "**Confidential.**" in done("assess", *named, *both, "--format", "md")


@pytest.mark.nightly
def test_the_table_is_german_too() -> None:
    both = ("--criteria", "reconnect-china", "--criteria", "us-dod-matrix")
    said = done("--lang", "de", "assess", *(EXAMPLES / f"{one}.yaml" for one in ("compare", "drone-swarm")), *both)
    assert said.startswith("In 0 von 2 Fällen stimmen die Kriterien überein.")


def test_where_nothing_relates_the_levels_the_table_says_so(several: Path, tmp_path: Path) -> None:
    both = [shutil.copytree(one, tmp_path / one.name) for one in (LOAN_DESK / "1.0.0", SETS / "print-room")]
    for ladders in tmp_path.rglob("ladders.yaml"):
        ladders.write_text(re.sub(r",?\s+equals: [\w -]+", "", ladders.read_text("utf-8")), "utf-8")
    named = [part for one in both for part in ("--criteria", one)]
    said = done("assess", several, *named, "--format", "md").replace("\\", "")
    assert "- Nothing relates the results in 3 cases." in said
    assert {cells[2] for cells in rows(said).values()} == {"nothing relates them"}


def test_where_no_case_can_be_compared_nothing_is_written(several: Path, tmp_path: Path) -> None:
    found = run("assess", several, "--criteria", LOAN_DESK, "--criteria", "nope", "-o", tmp_path / "table.md")
    assert (found.code, found.out, (tmp_path / "table.md").exists()) == (2, "", False)
    assert found.err.count("there is no criteria set `nope`") == 1
    assert "3 of 3 cases could not be assessed" in found.err
