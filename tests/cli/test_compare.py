"""`assess CASE --criteria A --criteria B`: one comparison in every form, and what does not go with it."""

import json
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
    import shutil

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
        ((CASE,), "several criteria are compared for one case"),
        (("--criteria", LOAN_DESK), "loan-desk@1.0.0 is named twice"),
        (("--criteria", "nope"), "there is no criteria set `nope`"),
        (("--format", "html", "-o", "x.pdf"), "x.pdf: with --format html this would hold something else"),
        (("-o", CASE), "is read for this result, so it is not written over"),
    ],
)
def test_what_does_not_go_with_it_is_refused(options: tuple[str | Path, ...], message: str) -> None:
    assert message in refused(*COMPARED, *options)


def test_a_folder_is_refused() -> None:
    assert "several criteria are compared for one case" in refused("assess", SETS, *BOTH)


def test_what_is_wrong_under_one_of_them_says_under_which(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    edit(CASE, "unbound: true", "unbound: maybe", to=case)
    said = refused("assess", case, *BOTH)
    assert "under print-room 1.0.0: `true` or `false` is needed here, not `maybe`" in said


def test_the_example_can_be_read_by_each_of_its_sets_alone() -> None:
    for name, answer in (("reconnect-china", "Yes, it may start."), ("us-dod-matrix", "No, not as it stands.")):
        assert done("assess", EXAMPLES / "compare.yaml", "--criteria", name).startswith(answer)
    assert run("case", "check", EXAMPLES / "compare.yaml").code == 0
