"""Commands in a language that a set is translated into: what they show, what they keep, and what they say they lack.

French is added as anybody would add it, by files alone (`speaks_french`, `translate`); the set is the foreign one.
"""

import json
import shutil
from pathlib import Path

import pytest

from risk_engine.engine.intact import rendition_digest
from risk_engine.model.assessment import Rendition
from tests.cli.running import LOAN_CASE, done, refused, run
from tests.translating import LOAN_DESK, copy_of, french, translate, write_translation

pytestmark = [pytest.mark.usefixtures("speaks_french"), pytest.mark.unwatched]

FRENCH = ("--lang", "fr")
ANSWER = "It may leave once the checks are done."


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The folder of the loan desk with every text in the French of tests."""
    translate(copy_of(LOAN_DESK, tmp_path / "loan-desk" / "1.0.0"))
    return tmp_path / "loan-desk"


@pytest.fixture
def record(desk: Path, tmp_path: Path) -> Path:
    """A record that was made in English."""
    path = tmp_path / "english.json"
    done("assess", LOAN_CASE, "--criteria", desk, "-o", path)
    return path


@pytest.fixture
def kept(desk: Path, tmp_path: Path) -> Path:
    """A record that holds its French, since it was made in it."""
    path = tmp_path / "french.json"
    done("assess", LOAN_CASE, "--criteria", desk, "-o", path, *FRENCH)
    return path


@pytest.mark.parametrize("form", ["text", "html", "md"])
def test_a_report_is_in_the_language(desk: Path, form: str) -> None:
    english = done("assess", LOAN_CASE, "--criteria", desk, "--format", form)
    out = done("assess", LOAN_CASE, "--criteria", desk, "--format", form, *FRENCH)
    assert ANSWER in english
    assert f"« {ANSWER}" in out
    assert "Not translated" not in out


def test_the_record_of_a_case_is_the_same_in_every_language_and_holds_the_one_it_was_made_in(
    record: Path, kept: Path
) -> None:
    english, french_one = json.loads(record.read_bytes()), json.loads(kept.read_bytes())
    assert list(french_one.pop("translations")) == ["fr"]
    assert french_one == english


def test_a_report_on_a_record_that_holds_the_language_needs_no_criteria(kept: Path, desk: Path) -> None:
    shutil.rmtree(desk)
    out = done("report", kept, "--format", "md", *FRENCH)
    assert french(ANSWER) in out
    assert "Translation not checked" in out
    assert "Not translated" not in out
    assert french(ANSWER) not in done("report", kept, "--format", "md")


def test_a_report_on_a_record_that_does_not_hold_the_language_takes_it_from_the_set(record: Path, desk: Path) -> None:
    before = record.read_bytes()
    result = run("report", record, "--criteria", desk, "--format", "md", *FRENCH)
    assert (result.code, result.err) == (0, "")
    assert french(ANSWER) in result.out
    assert record.read_bytes() == before


@pytest.mark.parametrize("kind", ["full", "decision", "plan", "letter", "questions", "redacted"])
def test_where_nothing_can_be_translated_every_document_says_so_near_its_top(kind: str, record: Path) -> None:
    result = run("report", record, "--kind", kind, "--format", "text", *FRENCH)
    assert result.code == 0
    assert "[Not translated] What the criteria say stands here as it was written" in " ".join(result.out.split())
    assert "cannot be told in `fr`: the assessment cannot be recomputed: there is no criteria set" in result.err


def test_the_one_screen_says_so_too_where_the_set_has_no_translation(desk: Path) -> None:
    shutil.rmtree(desk / "1.0.0" / "translations")
    out = done("assess", LOAN_CASE, "--criteria", desk, *FRENCH)
    assert out.splitlines()[:2] == [
        ANSWER,
        "[Not translated] What the criteria say stands here as it was written: this",
    ]


def test_a_table_of_cases_is_in_the_language_and_says_where_it_is_not(desk: Path, tmp_path: Path) -> None:
    shutil.copy(LOAN_CASE, tmp_path / "other.yaml")
    command = ("assess", LOAN_CASE, tmp_path / "other.yaml", "--criteria", desk, *FRENCH)
    told = run(*command, COLUMNS="200")
    assert french("Lend on terms") in told.out
    assert f"  {french('Verdict')}  " in told.out
    assert "not in this language" not in told.err
    shutil.rmtree(desk / "1.0.0" / "translations")
    for output in ((), ("-o", tmp_path / "table.txt")):
        untold = run(*command, *output)
        assert "2 cases are not in this language: what the criteria say stands as it was written" in untold.err


def test_a_part_that_is_not_translated_is_english_and_no_reason_for_a_note(desk: Path) -> None:
    write_translation(desk / "1.0.0", [{"en": ANSWER, "fr": "Il peut partir."}])
    out = done("assess", LOAN_CASE, "--criteria", desk, *FRENCH)
    assert out.startswith("Il peut partir.")
    assert "An earthquake zone" in out
    assert "Not translated" not in out


def test_a_broken_translation_is_an_error_in_its_language_alone(desk: Path) -> None:
    path = write_translation(desk / "1.0.0", [{"en": "No such text", "fr": "x"}])
    command = ("assess", LOAN_CASE, "--criteria", desk)
    assert f"{path.as_posix()}:4:7: the set says no such text" in refused(*command, *FRENCH)
    assert done(*command).startswith(ANSWER)


# --- decided ---

DECIDED = ("--by", "A", "--role", "Keeper", "--on", "2026-03-03", "--level", "verdict=refuse", "--reason", "Too frail")


def test_a_decision_is_one_record_in_every_language_and_told_in_the_language_of_its_assessment(
    kept: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    english = done("decide", kept, *DECIDED, "-o", one)
    shown = " ".join(done("decide", kept, *DECIDED, "-o", other, *FRENCH).split())
    assert one.read_bytes() == other.read_bytes()
    assert "Verdict: Refuse. Proposed: Lend on terms. [deviates from the proposal]" in english
    assert f"{french('Verdict')}: {french('Refuse')}. Proposed: {french('Lend on terms')}." in shown
    assert f"{french('Contract signed')}. {french('Have both houses sign before anything moves.')} (SIGN)" in shown
    assert french("Write to the registrar within a month.") in shown
    assert "Not translated" not in shown


def test_a_decision_alone_holds_the_words_that_were_written_and_its_page_says_so(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    done("decide", kept, *DECIDED, "-o", path)
    assert "[Not translated]" in done("decide", path, *FRENCH)
    assert "[Not translated]" not in done("decide", path)
    told = done("report", kept, "--decision", path, "--kind", "decision", "--format", "text", *FRENCH)
    assert french("Refuse") in told
    assert "[Not translated]" not in told


# --- verified ---


def test_what_a_record_holds_in_a_language_is_verified(kept: Path, desk: Path) -> None:
    out = done("verify", kept, "--criteria", desk)
    assert out.splitlines()[1:] == ["fr: what it holds in this language comes out again"]
    chained = done("verify", kept.parent / "french.json", kept, "--criteria", desk)
    assert "holds: what it holds in `fr` comes out again" in chained


def tampered(path: Path, *, language: str = "fr", made_to_fit: bool = True) -> None:
    """Put other words into a record, and compute the digest that goes with them."""
    content = json.loads(path.read_bytes())
    held = content["translations"].pop("fr")
    held["texts"]["/proposals/0/level/answer"] = "Il peut partir."
    if made_to_fit:
        held["digest"] = rendition_digest(content["digest"], language, Rendition.model_validate_json(json.dumps(held)))
    content["translations"][language] = held
    path.write_text(json.dumps(content), "utf-8")


def test_a_text_that_was_altered_is_found_though_the_digest_holds(kept: Path, desk: Path) -> None:
    tampered(kept)
    result = run("verify", kept, "--criteria", desk)
    assert result.code == 1
    assert result.out.splitlines()[0].startswith("same: the assessment comes out again")
    assert result.out.splitlines()[1:] == [
        "fr: its texts in this language were altered; where:",
        f'  /proposals/0/level/answer: was "Il peut partir.", now "{french(ANSWER)}"',
    ]
    chained = run("verify", kept.parent, "--criteria", desk)
    assert chained.code == 1
    assert "does not hold: its texts in `fr` were altered: /proposals/0/level/answer: was" in chained.out


@pytest.mark.parametrize(("language", "made_to_fit"), [("fr", False), ("en", True)])
def test_texts_that_do_not_fit_their_digest_or_replace_the_english_are_refused_everywhere(
    language: str, made_to_fit: bool, kept: Path, desk: Path, tmp_path: Path
) -> None:
    tampered(kept, language=language, made_to_fit=made_to_fit)
    verified = run("verify", kept, "--criteria", desk)
    assert verified.code == 1
    assert f"{language}: altered: its texts in this language are not as they were written" in verified.out
    assert f"does not hold: its texts in `{language}` were altered" in run("verify", tmp_path, "--criteria", desk).out
    for command in (
        ("report", kept, "--format", "text"),
        ("report", kept, "--format", "text", *FRENCH),
        ("report", kept, "--kind", "letter", "--format", "text"),
        ("report", kept, "--kind", "redacted", "--format", "text"),
        ("decide", kept, "--by", "A", "--role", "B"),
        ("register", "add", tmp_path / "register", kept),
        ("assess", LOAN_CASE, "--criteria", desk, "--supersedes", kept),
    ):
        assert "after it was written" in (error := refused(*command)) or "altered since it was written" in error
    shutil.rmtree(desk)
    assert run("verify", kept, "--criteria", desk).code == 1
    assert "were altered" in run("verify", tmp_path, "--criteria", desk).out


def test_a_forged_digest_does_not_help_where_the_criteria_are_at_hand(kept: Path, desk: Path, tmp_path: Path) -> None:
    tampered(kept)
    said = "what the assessment says in `fr` was changed after it was written, so nothing is made from it"
    assert said in refused("report", kept, "--criteria", desk, "--format", "text", *FRENCH)
    assert said in refused("register", "add", tmp_path / "register", kept, "--criteria", desk)


@pytest.mark.parametrize("kind", ["full", "decision", "plan", "letter", "questions", "redacted"])
def test_words_that_could_not_be_checked_are_marked_near_the_top(kind: str, kept: Path, desk: Path) -> None:
    command = ("report", kept, "--kind", kind, "--format", "text", *FRENCH)
    note = "[Translation not checked] What the criteria say is here in the words that the record holds"
    assert "not checked" not in done(*command, "--criteria", desk)
    write_translation(desk / "1.0.0", [{"en": ANSWER, "fr": "Il peut partir."}])
    assert note in " ".join(done(*command, "--criteria", desk).split())
    shutil.rmtree(desk)
    assert note in " ".join(done(*command).split())


def test_a_record_is_not_written_over_by_itself_in_other_languages(record: Path, desk: Path) -> None:
    command = ("assess", LOAN_CASE, "--criteria", desk, "-o", record)
    assert "is the same assessment with other languages; it stays as it is" in refused(*command, *FRENCH)
    other = ("assess", LOAN_CASE, "--criteria", desk, "-o", record, "--on", "2026-03-04")
    assert "holds something else" in refused(*other)


def test_a_register_says_that_it_does_not_keep_the_languages_of_a_copy(
    record: Path, kept: Path, desk: Path, tmp_path: Path
) -> None:
    command = ("register", "add", tmp_path / "register")
    done(*command, record, "--criteria", desk)
    assert "what it says in `fr` is not kept" in done(*command, kept, "--criteria", desk)
    assert "is not kept" not in done(*command, record, "--criteria", desk)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("language: fr\nof: loan-desk@1.0.0\ntexts: []\n", "the translation of the criteria is another one now"),
        ("texts: [", "this bracket is not closed, or a comma is missing"),
        (None, "the translation of the criteria is another one now"),
    ],
)
def test_texts_that_cannot_be_checked_are_said_to_be_that(
    text: str | None, reason: str, kept: Path, desk: Path
) -> None:
    path = desk / "1.0.0" / "translations" / "fr.yaml"
    path.unlink()
    if text is not None:
        path.write_text(text, "utf-8")
    result = run("verify", kept, "--criteria", desk)
    assert result.code == 2
    assert "fr: its texts could not be checked: " in result.out
    assert reason in result.out
    assert "not checked: its texts in `fr`: " in run("verify", kept.parent, "--criteria", desk).out


# --- what shows the criteria themselves ---


def test_a_new_case_asks_in_the_language_and_is_the_same_case(desk: Path, tmp_path: Path) -> None:
    out = done("case", "new", "--criteria", desk, *FRENCH)
    assert french("What is the object borrowed for?") in out
    path = tmp_path / "new.yaml"
    path.write_text(out, "utf-8")
    assert "can be used with loan-desk 1.0.0" in done("case", "check", path, "--criteria", desk, "--on", "2026-03-02")


def test_the_set_its_map_and_what_a_case_lacks_are_told_in_the_language(desk: Path) -> None:
    assert french("An earthquake zone") in done("criteria", "show", desk, "OBJ-2", *FRENCH)
    shown = done("criteria", "map", desk, *FRENCH)
    assert french("What may leave the house") in shown
    assert french("Drifting and empty") in " ".join(shown.split())
    assert french("The conservator") in done("case", "check", LOAN_CASE, "--criteria", desk, *FRENCH)


# --- a register ---


@pytest.fixture
def register(desk: Path, tmp_path: Path) -> Path:
    """A register with one case that was filed in French and one in English."""
    folder = tmp_path / "register"
    other = tmp_path / "other.yaml"
    other.write_text(LOAN_CASE.read_text("utf-8").replace("L-2026-07", "L-2026-08"), "utf-8")
    done("register", "add", folder, LOAN_CASE, "--criteria", desk, *FRENCH)
    done("register", "add", folder, other, "--criteria", desk)
    return folder


def test_a_register_tells_what_its_records_hold_and_says_which_do_not(register: Path) -> None:
    result = run("register", "list", register, *FRENCH, COLUMNS="300")
    first, second = sorted(line for line in result.out.splitlines() if line.startswith("L-2026"))
    assert french("Lend on terms") in first
    assert french("Lend on terms") not in second
    assert result.err == "1 case is not in this language: what the criteria say stands as it was written\n"
    assert run("register", "list", register).err == ""
    assert french("Lend on terms") in done("register", "show", register, "L-2026-07", *FRENCH)
    due = done("register", "due", register, "--on", "2026-03-02", *FRENCH, COLUMNS="300")
    assert f"{french('Contract signed')} (SIGN)" in due


def test_a_table_for_programs_stays_as_it_is(register: Path) -> None:
    command = ("register", "list", register, "--format", "csv")
    assert run(*command, *FRENCH) == run(*command)
