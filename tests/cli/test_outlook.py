"""`risk-engine outlook`, `report --outlook`: the record, what it belongs to, and clear words on what does not fit."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.plain import canonical
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.outlook import Outlook, outlook_digest
from risk_engine.outlook.outlook import to_json
from risk_engine.records.files import read_outlook
from tests.cli.running import (
    EXAMPLES,
    LOAN,
    LOAN_CASE,
    LOAN_DESK,
    LOAN_PROFILE,
    SETS,
    done,
    refused,
    run,
    run_on_a_terminal,
)
from tests.editing import edit
from tests.report import opening, printing
from tests.strategies import by_turns

TITLE = "What would change this"
HALF = EXAMPLES / "half-filled.yaml"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where an assessment and its outlook lie, of the loan desk and of a case that is not complete."""
    folder = tmp_path_factory.mktemp("records")
    cases = ("loan", LOAN_CASE, LOAN), ("half", HALF, ())
    for name, case, more in cases:
        done("assess", case, *more, "--format", "json", "-o", folder / f"{name}.json")
        done("outlook", folder / f"{name}.json", *more, "-o", folder / f"{name}.outlook.json")
    return folder


@pytest.fixture(scope="module")
def half(records: Path) -> tuple[Path, Path]:
    return records / "half.json", records / "half.outlook.json"


@pytest.fixture(scope="module")
def loan(records: Path) -> tuple[Path, Path]:
    return records / "loan.json", records / "loan.outlook.json"


def altered(path: Path, folder: Path, **changes: object) -> Path:
    other = folder / path.name
    other.write_bytes(canonical(json.loads(path.read_bytes()) | changes))
    return other


@pytest.mark.nightly
def test_a_case_and_its_stored_assessment_have_the_same_outlook(half: tuple[Path, Path]) -> None:
    assert done("outlook", HALF, "--format", "json") == half[1].read_text("utf-8")


def test_with_a_profile_too(tmp_path: Path) -> None:
    given = (LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE, "--format", "json")
    done("assess", *given, "-o", tmp_path / "a.json")
    assert done("outlook", *given) == done("outlook", tmp_path / "a.json", *LOAN, "--format", "json")


def test_it_is_bound_to_the_assessment_and_canonical(half: tuple[Path, Path]) -> None:
    assessment, outlook = (json.loads(one.read_bytes()) for one in half)
    assert outlook["assessment"] == assessment["digest"]
    assert half[1].read_bytes().removesuffix(b"\n") == canonical(outlook)
    assert outlook_digest(read_outlook(half[1])) == outlook["digest"]


@pytest.mark.nightly
def test_another_process_writes_it_to_the_byte(loan: tuple[Path, Path]) -> None:
    code = "from risk_engine.cli import main; main()"
    command = (sys.executable, "-c", code, "outlook", loan[0], *LOAN, "--format", "json")
    made = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "11"})
    assert made.stdout == loan[1].read_bytes()


def test_text_is_the_answer_and_this_section_alone(loan: tuple[Path, Path]) -> None:
    told = done("outlook", loan[0], *LOAN)
    assert told.startswith("It may leave once the checks are done.")
    assert TITLE in told
    assert "Findings" not in told


def test_what_is_complete_has_no_range_and_no_question_that_decides(loan: tuple[Path, Path]) -> None:
    told = " ".join(done("outlook", loan[0], *LOAN).split())
    assert "What may still come out" not in told
    assert "Ask these first" not in told
    assert (
        "You need not ask these 3 questions: no answers to them change Release or Verdict, or any way to lower them."
        in told
    )


def test_what_is_not_complete_says_what_may_come_out_and_what_to_ask(half: tuple[Path, Path]) -> None:
    told = " ".join(done("outlook", half[0]).split())
    assert "Start: exactly Clear or Blocked; Conditional can no longer come out" in told
    wide = done("outlook", half[0], "--format", "md")
    assert "if **yes**: SEC-01 becomes critical – Start: Blocked; Measure: Restriction" in wide


@pytest.mark.parametrize("form", by_turns(["md", "html"], 2))
def test_a_page_is_the_report_with_it(half: tuple[Path, Path], tmp_path: Path, form: str) -> None:
    done("report", half[0], "--outlook", half[1], "-o", tmp_path / f"a.{form}")
    done("outlook", half[0], "-o", tmp_path / f"b.{form}")
    both = [(tmp_path / f"{name}.{form}").read_text("utf-8") for name in "ab"]
    assert both[0] == both[1]
    assert TITLE in both[0]
    assert TITLE not in done("report", half[0], "--format", form)


def test_pdf_and_word_hold_it(loan: tuple[Path, Path], tmp_path: Path) -> None:
    outputs = [tmp_path / f"report.{form}" for form in ("pdf", "docx")]
    for output in outputs:
        done("report", loan[0], *LOAN, "--outlook", loan[1], "-o", output)
    pdf, docx = (one.read_bytes() for one in outputs)
    assert TITLE in printing.outline(pdf)
    assert "Quake-proof mount (MOUNT)" in printing.text(pdf)
    said = opening.paragraphs(opening.opened(docx))
    assert TITLE in [text for style, text in said if style.startswith("Heading")]
    assert any("Quake-proof mount (MOUNT)" in text for _style, text in said)


def test_it_is_told_in_another_language(half: tuple[Path, Path], tmp_path: Path) -> None:
    told = " ".join(done("outlook", half[0], "--lang", "de").split())
    assert "Start: genau Frei oder Gesperrt; Nur unter Bedingungen kann nicht mehr herauskommen" in told
    assert "höchstens „nicht hinnehmbar“" in told
    german = tmp_path / "german.json"
    done("outlook", half[0], "--lang", "de", "-o", german)
    assert german.read_bytes() == half[1].read_bytes()  # the record is in no language


def test_a_report_in_any_language_is_made_from_one_outlook(half: tuple[Path, Path]) -> None:
    result = run("report", half[0], "--outlook", half[1], "--lang", "de", "--format", "md")
    assert (result.code, result.err) == (0, "")
    assert "Start: genau Frei oder Gesperrt" in result.out.replace("**", "")


def test_an_outlook_holds_no_word_of_its_criteria(loan: tuple[Path, Path]) -> None:
    stored = loan[1].read_text("utf-8")
    desk = read_criteria(LOAN_DESK / "1.0.0")
    titles = [one.title for kind in (desk.indicators, desk.controls, desk.parameters) for one in kind.values()]
    asked = [fact.question for entity in desk.entities.values() for fact in entity.facts.values() if fact.question]
    assert [one for one in (*titles, *asked) if one in stored] == []
    assert len(stored) < 20_000


def test_an_altered_outlook_gives_no_report(half: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = altered(half[1], tmp_path, case_id="B-2")
    said = refused("report", half[0], "--outlook", wrong)
    assert said.startswith(f"{wrong}: the outlook was changed after it was written, so nothing is made from it\n")
    assert "write it anew with `risk-engine outlook`" in said


def test_an_outlook_on_another_assessment_gives_no_report(half: tuple[Path, Path], loan: tuple[Path, Path]) -> None:
    said = refused("report", half[0], "--outlook", loan[1])
    assert said.startswith(f"{loan[1]}: this outlook is about the assessment ")
    assert "… of the case `L-2026-07`, not about " in said


@pytest.mark.parametrize("file", [HALF, EXAMPLES / "README.md"], ids=lambda one: one.name)
def test_what_is_no_outlook_is_told(half: tuple[Path, Path], file: Path) -> None:
    assert "this is not an outlook that this engine can read" in refused("report", half[0], "--outlook", half[0])
    assert f"{file}:" in refused("report", half[0], "--outlook", file)


def test_letters_with_questions_have_no_outlook(half: tuple[Path, Path]) -> None:
    said = refused("report", half[0], "--outlook", half[1], "--kind", "questions")
    assert "--outlook: a document of the kind `questions` does not say what would change it" in said


# Of the same way the plan makes its first row, and tells the others below.
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("decision", ("What would change it", "Another partner, unit or person (effort 3 of at most 3)")),
        ("plan", ("What else would change it", "First, the smallest set that reaches", "(effort 3)", "(CTL-06)")),
    ],
)
def test_decision_and_plan_tell_the_ways_down_of_an_outlook(
    half: tuple[Path, Path], kind: str, told: tuple[str, ...]
) -> None:
    page = " ".join(done("report", half[0], "--outlook", half[1], "--kind", kind).split())
    assert [one for one in told if one not in page] == []


def test_page_1_asks_for_what_the_outlook_says_decides(half: tuple[Path, Path]) -> None:
    outlook = json.loads(half[1].read_bytes())
    deciding = [one for one in outlook["questions"] if one["effect"] in {"alone", "together"}]
    told = " ".join(done("assess", HALF, "--outlook").split())
    assert f"Get the {len(deciding)} missing answers that decide first." in told
    assert "6 missing answers need not be asked for" in told
    assert "could raise a finding: get those first" not in told


def test_an_altered_assessment_has_no_outlook(loan: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = altered(loan[0], tmp_path, engine="another")
    assert "the assessment was changed after it was written" in refused("outlook", wrong, *LOAN)


def test_a_stored_assessment_has_its_own_day_profile_and_criteria(loan: tuple[Path, Path]) -> None:
    given = ("--on", "2026-03-03", "--profile", LOAN_PROFILE)
    assert "--on, --profile: a stored assessment has its own day and profile" in refused("outlook", loan[0], *given)
    other = refused("outlook", loan[0], "--criteria", SETS / "print-room")
    assert "the criteria of the assessment are not here: loan-desk@1.0.0 with the digest " in other
    assert "print-room@1.0.0 here is " in other


def test_another_record_is_told_as_what_it_is(loan: tuple[Path, Path], tmp_path: Path) -> None:
    assert "this is an outlook, neither a case nor an assessment" in refused("outlook", loan[1], *LOAN)
    copy = tmp_path / "loan.json"
    copy.write_bytes(loan[0].read_bytes())
    who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
    run("decide", copy, *LOAN, "--level", "verdict=refuse", "--reason", "The keeper is ill.", *who)
    said = refused("outlook", tmp_path / "loan.decision.json", *LOAN)
    assert "this is a decision, neither a case nor an assessment\n  help: name the case or the assessment" in said
    assert "this is an outlook, neither an assessment nor a decision" in refused("decide", loan[1], *who)


@pytest.mark.parametrize("command", [("outlook",), ("report", "--outlook")], ids=" ".join)
def test_what_is_read_is_not_written_over(command: tuple[str, ...], half: tuple[Path, Path], tmp_path: Path) -> None:
    mine = tmp_path / "case.yaml"
    mine.write_bytes(HALF.read_bytes())
    if command == ("outlook",):
        said = refused("outlook", mine, "-o", mine)
    else:
        html = tmp_path / "case.html"
        html.write_bytes(half[1].read_bytes())
        said = refused("report", half[0], "--outlook", html, "-o", html)
    assert "is read for this result, so it is not written over" in said
    assert mine.read_bytes() == HALF.read_bytes()


def test_a_record_takes_no_other_records_place(half: tuple[Path, Path], tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_bytes(half[0].read_bytes())
    assert "is there already and holds something else" in refused("outlook", HALF, "-o", mine)
    assert mine.read_bytes() == half[0].read_bytes()


@pytest.mark.parametrize(("language", "file"), [("en", "FILE"), ("de", "DATEI")])
def test_with_the_solver_an_open_result_names_the_command_that_is_exact(language: str, file: str) -> None:
    assert done("assess", HALF, "--lang", language).endswith(f"{file}\n")
    assert done("assess", HALF, "--lang", language, "--no-outlook").endswith(f"risk-engine outlook {file}\n")


def test_the_screen_tells_the_smallest_ways_and_what_decides_unless_it_is_told_not_to() -> None:
    told, short = (" ".join(done("assess", HALF, *more).split()) for more in ((), ("--no-outlook",)))
    way = "- Another partner, unit or person (effort 3 of at most 3) – then Start: still open"
    assert way in told
    assert "need not be asked for" in told
    assert "What would change it -" not in short
    assert way not in short


def test_without_the_solver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, half: tuple[Path, Path]) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    assert "pipx install --force '.[audit]'" in refused("outlook", HALF)
    shown = done("assess", HALF)
    assert "risk-engine outlook" not in shown  # nobody is sent to a command that cannot run here
    says_how = "The range is told by bounds; the extra audit tells it exactly (README, “Extras”)\n"
    assert shown.endswith(f"Full report, also how to challenge this: --format html\n{says_how}")
    german = "sichere Abschätzung; genau bestimmt sie das Extra audit\n(README, „Extras“)\n"
    assert done("assess", HALF, "--lang", "de").endswith(german)
    settled = done("assess", EXAMPLES / "humanities-in-the-eu.yaml")
    assert settled.endswith("Full report, also how to challenge this: --format html\n")  # there is nothing to narrow
    # The report on what was worked out before needs no solver.
    assert TITLE in done("report", half[0], "--outlook", half[1], "--format", "md")


def test_a_form_that_no_terminal_shows_asks_for_a_file() -> None:
    result = run_on_a_terminal("outlook", HALF, "--format", "pdf")
    assert (result.code, result.out) == (2, "")
    assert "-o FILE.pdf" in result.err


@pytest.mark.nightly
def test_a_set_without_a_harmless_case_still_has_an_outlook(tmp_path: Path) -> None:
    bare = tmp_path / "desk"
    shutil.copytree(LOAN_DESK, bare, ignore=shutil.ignore_patterns("cases.yaml"))
    case = tmp_path / "case.yaml"
    case.write_text("id: E-1\ntitle: Empty\n", "utf-8")
    told = " ".join(done("outlook", case, "--criteria", bare, "--on", "2026-03-02").split())
    assert "Verdict: exactly Lend, Lend on terms or Refuse" in told
    assert "as in a harmless case, but:" not in told


@pytest.mark.nightly
def test_verify_holds_an_outlook_against_the_assessment_beside_it(half: tuple[Path, Path]) -> None:
    digest = json.loads(half[0].read_bytes())["digest"]
    told = done("verify", half[1]).splitlines()
    assert told[:2] == [
        f"{half[1]}: holds: the outlook is as it was written",
        f"{half[1]}: holds: it is about the assessment {digest[:12]}… of the case `AM-2026-200`",
    ]
    assert re.fullmatch(rf"{half[1]}: holds: all [0-9]+ cases that it tells come out again", told[2])
    assert told[3:] == [f"{half[1]}: holds: worked out anew, it says the same", "4 hold, 0 do not, 0 not checked"]


def test_verify_works_the_cases_of_an_outlook_out_again_under_its_own_criteria(
    loan: tuple[Path, Path], tmp_path: Path
) -> None:
    assert "cases that it tells come out again" in done("verify", loan[1], *LOAN[:2])
    result = run("verify", loan[1])
    assert result.code == 2
    assert "the cases that it tells could not be worked out again: " in result.out
    desk = shutil.copytree(LOAN_DESK, tmp_path / "loan-desk")
    parameters = desk / "1.0.0" / "parameters.yaml"
    edit(parameters, "a loan is long", "a loan takes long")
    result = run("verify", loan[1], "--criteria", desk)
    assert result.code == 2
    assert "could not be worked out again: the criteria of the assessment are not here: " in result.out
    assert "loan-desk@1.0.0 here is " in result.out


def _effortless(made: dict[str, Any]) -> None:
    next(one for target in made["ways"] for one in target["ways"])["effort"] = 0


def _aimless(made: dict[str, Any]) -> None:
    next(one for target in made["ways"] for one in target["ways"])["reached"] = []


def _older(made: dict[str, Any]) -> None:
    made["engine"] = "0.0.9"
    _effortless(made)


def _other_solver(made: dict[str, Any]) -> None:
    made["solver"] = "z3 1.0"
    _effortless(made)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (_aimless, 1, "does not hold: 1 case that it tells, of 14, does not come out so: ways.release.ready.0"),
        (
            _effortless,
            1,
            "does not hold: it says something else than comes out in 1 place: ways.release.ready.ways.0.effort",
        ),
        (
            _older,
            1,
            "does not hold: it says something else than comes out in 1 place: ways.release.ready.ways.0.effort",
        ),
        (
            _other_solver,
            2,
            "not checked: it says something else than comes out now in 1 place; whether it was altered, or the solver",
        ),
    ],
)
def test_verify_finds_out_whoever_rewrote_an_outlook_with_its_digest(
    change: Callable[[dict[str, Any]], Any], code: int, said: str, loan: tuple[Path, Path], tmp_path: Path
) -> None:
    made = json.loads(loan[1].read_bytes())
    change(made)
    other = Outlook.model_validate_json(json.dumps(made))
    mine = tmp_path / "outlook.json"
    mine.write_bytes(to_json(other.model_copy(update={"digest": outlook_digest(other)})))
    result = run("verify", mine, loan[0], *LOAN[:2])
    assert result.code == code
    assert said in result.out
    assert "it says the same" not in result.out


@pytest.mark.nightly
def test_without_the_solver_verify_replays_cases_and_says_what_is_not_checked(
    monkeypatch: pytest.MonkeyPatch, half: tuple[Path, Path]
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    result = run("verify", half[1])
    assert result.code == 2
    assert re.search(r"holds: all [0-9]+ cases that it tells come out again", result.out)
    assert (
        "not checked: all else that it says takes a search over all possible answers, which needs the extra"
        in result.out
    )


@pytest.mark.nightly
def test_verify_takes_the_assessment_from_the_files_and_from_a_folder(
    half: tuple[Path, Path], loan: tuple[Path, Path], tmp_path: Path
) -> None:
    away = tmp_path / "away" / "outlook.json"
    away.parent.mkdir()
    away.write_bytes(half[1].read_bytes())
    another = away.with_name("another.json")
    another.write_bytes(loan[0].read_bytes())
    result = run("verify", away)
    another.unlink()
    assert result.code == 2
    assert "is neither among the files nor beside it" in result.out
    assert f"{away}: holds: it is about the assessment " in done("verify", away, half[0])
    mine = tmp_path / "half.json"
    mine.write_bytes(half[0].read_bytes())
    told = done("verify", tmp_path)
    assert f"{away}: holds: it is about the assessment " in told
    assert f"{mine}: holds: the assessment comes out again" in told


@pytest.mark.nightly
def test_whoever_waits_at_a_terminal_sees_how_far_it_has_come() -> None:
    # On days of its own: what was found for one assessment is not looked for again.
    assert "parts of the outlook" in run_on_a_terminal("outlook", LOAN_CASE, *LOAN, "--on", "2026-12-24").err
    assert run("outlook", LOAN_CASE, *LOAN, "--on", "2026-12-25").err == ""


def test_verify_calls_an_altered_outlook_altered(half: tuple[Path, Path], tmp_path: Path) -> None:
    wrong = altered(half[1], tmp_path, ways=[])
    result = run("verify", wrong)
    assert (result.code, result.err) == (1, "")
    told = [f"{wrong}: does not hold: altered: the outlook was changed after it was written"]
    assert result.out.splitlines() == [*told, "0 hold, 1 do not, 0 not checked"]


@pytest.mark.nightly
def test_verify_takes_no_altered_assessment_for_the_one_it_is_about(half: tuple[Path, Path], tmp_path: Path) -> None:
    mine = tmp_path / "outlook.json"
    mine.write_bytes(half[1].read_bytes())
    wrong = altered(half[0], tmp_path, engine="another")
    result = run("verify", mine)
    assert result.code == 1
    assert "which it is about, was changed after it was written" in result.out
    # The one that it belongs to counts, wherever it lies.
    (tmp_path / "a.json").write_bytes(half[0].read_bytes())
    assert "it is about the assessment " in done("verify", mine)
    wrong.rename(tmp_path / "0.json")
    assert "it is about the assessment " in done("verify", mine)


def test_verify_believes_no_outlook_that_names_another_case(half: tuple[Path, Path], tmp_path: Path) -> None:
    forged = read_outlook(half[1]).model_copy(update={"case_id": "B-2"})
    forged = forged.model_copy(update={"digest": outlook_digest(forged)})
    mine = tmp_path / "outlook.json"
    mine.write_bytes(to_json(forged))
    result = run("verify", mine, half[0])
    assert result.code == 1
    assert "it does not state the case and the day of the assessment " in result.out
