"""Commands in a language that a set is translated into: what they show, what they keep, and what they say they lack.

French is added as anybody would add it, by files alone (`speaks_french`, `translate`); the set is the foreign one.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk_engine.model.decision import Decision
from risk_engine.records.decisions import decision_digest, decision_json
from tests.cli.running import LOAN_CASE, done, refused, run
from tests.editing import edit
from tests.strategies import by_turns
from tests.translating import LOAN_DESK, copy_of, french, translate, write_translation

pytestmark = pytest.mark.usefixtures("speaks_french")

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


@pytest.mark.parametrize("form", by_turns(["md", "html", "text"], 3))
def test_a_report_is_in_the_language(desk: Path, form: str) -> None:
    english = done("assess", LOAN_CASE, "--criteria", desk, "--format", form)
    out = done("assess", LOAN_CASE, "--criteria", desk, "--format", form, *FRENCH)
    assert ANSWER in english
    assert f"« {ANSWER}" in out
    assert "Not translated" not in out


def test_the_record_of_a_case_is_the_same_to_the_byte_in_every_language(
    record: Path, desk: Path, tmp_path: Path
) -> None:
    path = tmp_path / "french.json"
    done("assess", LOAN_CASE, "--criteria", desk, "-o", path, *FRENCH)
    assert path.read_bytes() == record.read_bytes()


def test_a_record_holds_no_word_of_its_criteria(record: Path) -> None:
    content = json.loads(record.read_bytes())
    del content["case"]
    held = {text for text in strings(content) if " " in text}
    assert held == set()


def strings(data: object) -> Iterator[str]:
    match data:
        case dict():
            for key, value in data.items():
                yield from (key, *strings(value))
        case list():
            for value in data:
                yield from strings(value)
        case str():
            yield data
        case _:
            return


def test_a_report_on_a_record_takes_the_language_from_the_set(record: Path, desk: Path) -> None:
    before = record.read_bytes()
    result = run("report", record, "--criteria", desk, "--format", "md", *FRENCH)
    assert (result.code, result.err) == (0, "")
    assert french(ANSWER) in result.out
    assert record.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    by_turns(
        [
            ("report", "--format", "text"),
            ("decide", "--by", "A", "--role", "B", "--on", "2026-03-03"),
            ("report", "--kind", "redacted"),
        ],
        3,
    ),
)
def test_without_its_criteria_a_record_says_which_it_needs_and_the_way_out(
    command: tuple[str, ...], record: Path, desk: Path
) -> None:
    digest = json.loads(record.read_bytes())["criteria"]["digest"]
    name, *options = command
    error = refused(name, record, *options)
    assert f"the criteria of the assessment are not here: loan-desk@1.0.0 with the digest {digest}" in error
    assert "the folder of its criteria can be named with `--criteria`" in error
    other = desk / "1.0.0" / "parameters.yaml"
    edit(other, "value: 50000", "value: 40000")
    assert f"{digest} (loan-desk@1.0.0 here is " in refused(name, record, *options, "--criteria", desk)


@pytest.mark.parametrize("kind", by_turns(["full", "decision", "plan", "letter", "questions", "redacted"], 3))
def test_where_nothing_is_translated_every_document_says_so_near_its_top(kind: str, record: Path, desk: Path) -> None:
    shutil.rmtree(desk / "1.0.0" / "translations")
    result = run("report", record, "--criteria", desk, "--kind", kind, "--format", "text", *FRENCH)
    assert result.code == 0
    assert "[Not translated] What the criteria say stands here as it was written" in " ".join(result.out.split())
    assert "cannot be told in `fr`: there is no translation of loan-desk@1.0.0 into it" in result.err


def test_the_one_screen_says_so_too_where_the_set_has_no_translation(desk: Path) -> None:
    shutil.rmtree(desk / "1.0.0" / "translations")
    out = done("assess", LOAN_CASE, "--criteria", desk, *FRENCH)
    assert out.splitlines()[:2] == [
        ANSWER,
        "[Not translated] What the criteria say stands here as it was written: there is",
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


@pytest.mark.nightly
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


def test_a_decision_keeps_the_words_that_were_signed(record: Path, desk: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    english = done("decide", record, "--criteria", desk, *DECIDED, "-o", one)
    shown = " ".join(done("decide", record, "--criteria", desk, *DECIDED, "-o", other, *FRENCH).split())
    assert "Verdict: Refuse. " in english
    assert "Proposed: Lend on terms. [deviates from the proposal]" in " ".join(english.split())
    assert f"{french('Verdict')}: {french('Refuse')}." in shown
    assert f"Proposed: {french('Lend on terms')}." in shown
    assert f"{french('Contract signed')}. {french('Have both houses sign before anything moves.')} (SIGN)" in shown
    assert french("Write to the registrar within a month.") in shown
    assert "Not translated" not in shown
    signed, signed_in_french = json.loads(one.read_bytes()), json.loads(other.read_bytes())
    assert (signed["language"], signed_in_french["language"]) == ("en", "fr")
    assert signed_in_french["about"]["challenge"] == french("Write to the registrar within a month.")
    assert signed["sheet"]["sha256"] != signed_in_french["sheet"]["sha256"]
    for path in (one, other):
        checked = done("verify", record, path, "--criteria", desk)
        assert "holds: it is bound to the assessment" in checked
        assert "holds: the decision sheet that was shown comes out again" in checked


@pytest.mark.nightly
def test_a_decision_is_told_in_the_language_of_the_reader_where_its_assessment_is_at_hand(
    record: Path, desk: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one.json"
    done("decide", record, "--criteria", desk, *DECIDED, "-o", path)
    assert "[Not translated] What was signed stands here in the language" in " ".join(
        done("decide", path, *FRENCH).split()
    )
    assert "[Not translated]" not in done("decide", path)
    command = ("report", record, "--criteria", desk, "--decision", path, "--kind", "decision", "--format", "text")
    told = " ".join(done(*command, *FRENCH).split())
    assert french("Refuse") in told
    assert french("Contract signed") in told
    assert "[Not translated]" not in told


@pytest.mark.nightly
def test_words_that_were_signed_and_changed_afterwards_do_not_verify(record: Path, desk: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    done("decide", record, "--criteria", desk, *DECIDED, "-o", path, *FRENCH)
    content = json.loads(path.read_bytes())
    for changed in (
        {"about": {**content["about"], "challenge": "Nobody can challenge this."}},
        {"levels": [{**content["levels"][0], "answer": "Oui."}, *content["levels"][1:]]},
        {"conditions": [{**content["conditions"][0], "text": "Rien."}, *content["conditions"][1:]]},
        {"sheet": {"form": "md", "sha256": "0" * 64}},
        {"language": "en"},
    ):
        forged = Decision.model_validate_json(json.dumps({**content, **changed}))
        sealed = forged.model_copy(update={"digest": decision_digest(forged)})
        path.write_bytes(decision_json(sealed) + b"\n")
        result = run("verify", record, path, "--criteria", desk)
        assert result.code == 1, changed
        assert "does not hold: " in result.out


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
    edit(LOAN_CASE, "L-2026-07", "L-2026-08", to=other)
    done("register", "add", folder, LOAN_CASE, "--criteria", desk, *FRENCH)
    done("register", "add", folder, other, "--criteria", desk)
    return folder


@pytest.mark.nightly
def test_a_register_tells_its_records_in_the_language(register: Path) -> None:
    result = run("register", "list", register, *FRENCH, COLUMNS="300")
    lines = [line for line in result.out.splitlines() if line.startswith("L-2026")]
    assert len(lines) == 2
    assert all(french("Lend on terms") in line for line in lines)
    assert result.err == ""
    assert french("Lend on terms") in done("register", "show", register, "L-2026-07", *FRENCH)
    due = done("register", "due", register, "--on", "2026-03-02", *FRENCH, COLUMNS="300")
    assert f"{french('Contract signed')} (SIGN)" in due


@pytest.mark.nightly
def test_a_table_for_programs_stays_as_it_is(register: Path) -> None:
    command = ("register", "list", register, "--format", "csv")
    assert run(*command, *FRENCH) == run(*command)
