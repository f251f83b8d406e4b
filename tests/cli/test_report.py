"""`risk-engine report`: documents from stored records alone, and clear words where a record does not fit."""

import json
import re
import shutil
from pathlib import Path

import pytest
from docx import Document

from risk_engine.files.plain import canonical
from risk_engine.report.pages.redact_text import Secrets
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, ROOT, assessed, done, refused, run, run_on_a_terminal
from tests.report.test_docx import without
from tests.strategies import by_turns

KINDS = ("full", "decision", "letter", "plan", "questions")
RECORDS = ROOT / "tests" / "audit" / "records"


@pytest.fixture
def half(tmp_path: Path) -> Path:
    path = tmp_path / "half.json"
    path.write_text(assessed("half-filled"), "utf-8")
    return path


@pytest.fixture
def lung(tmp_path: Path) -> Path:
    path = tmp_path / "lung.json"
    path.write_text(assessed("lung-imaging"), "utf-8")
    return path


@pytest.fixture
def decision(lung: Path) -> Path:
    who = ("--by", "A. Vogel", "--role", "Head", "--on", "2026-12-03")
    done("decide", lung, "--level", "start_gate=conditional", "--reason", "The committee met.", *who)
    return lung.with_name("lung.decision.json")


def altered(path: Path, **changes: str) -> Path:
    other = path.with_name(f"altered-{path.name}")
    other.write_bytes(canonical(json.loads(path.read_bytes()) | changes))
    return other


@pytest.mark.parametrize("kind", KINDS)
def test_the_ending_says_the_form(half: Path, kind: str) -> None:
    for ending, begins in ((".html", "<!doctype html>"), (".md", ("#", "Universidade"))):
        output = half.with_suffix(ending)
        done("report", half, "--kind", kind, "-o", output)
        assert output.read_text("utf-8").startswith(begins)


def test_without_a_kind_it_is_the_full_report_as_assess_writes_it(half: Path) -> None:
    assert done("report", half, "--format", "html") == done("assess", EXAMPLES / "half-filled.yaml", "--format", "html")


def test_a_word_document_may_stand_on_the_paper_of_the_office(half: Path) -> None:
    template = EXAMPLES / "templates" / "office-letter.docx"
    output = half.with_suffix(".docx")
    assert done("report", half, "--kind", "letter", "--template", template, "-o", output) == ""
    made = Document(str(output))
    assert made.sections[0].header.paragraphs[0].text == "Karlsholm University Hospital"
    assert any(one.text.startswith("Your project") for one in made.paragraphs)
    assert refused("report", half, "--template", template, "-o", half.with_suffix(".html")) == (
        "--template is for Word documents, and this one is written as html\n"
        "  help: use it with --format docx, or with -o FILE.docx\n"
    )
    wrong = half.with_name("wrong.docx")
    wrong.write_bytes(b"no document")
    said = refused("report", half, "--template", wrong, "-o", half.with_name("other.docx"))
    assert said.startswith(f"{wrong.as_posix()}: the file is damaged")
    assert not half.with_name("other.docx").exists()
    assert "is read for this result" in refused("report", half, "--template", wrong, "-o", wrong)


@pytest.mark.nightly
def test_it_needs_neither_the_criteria_nor_the_case(half: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [done("report", half, "--kind", kind, "--format", "md") for kind in KINDS]
    monkeypatch.setattr("risk_engine.loading.sets.criteria_folder", lambda: half.parent / "gone")
    alone = half.parent / "elsewhere"
    alone.mkdir()
    shutil.move(half, alone / "half.json")
    assert [done("report", alone / "half.json", "--kind", kind, "--format", "md") for kind in KINDS] == wanted


@pytest.mark.parametrize("kind", by_turns(KINDS, 3))
@pytest.mark.parametrize("record", sorted(RECORDS.glob("*assessment*.json")), ids=lambda one: one.stem)
def test_records_of_old_still_give_every_document(record: Path, kind: str) -> None:
    assert "25 November 2026" in done("report", record, "--kind", kind)


def test_a_decision_of_old_is_still_read_with_its_assessment() -> None:
    pair = (RECORDS / "assessment-of-2026-11.json", "--decision", RECORDS / "decision-of-2026-11.json")
    assert done("report", *pair, "--kind", "decision").startswith(("Decided on", "Not in effect yet"))


def test_with_the_decision_the_documents_speak_of_what_was_decided(lung: Path, decision: Path) -> None:
    kinds = ("decision", "letter", "plan")
    with_it = {kind: done("report", lung, "--kind", kind, "--decision", decision) for kind in kinds}
    assert with_it["decision"].startswith("Decided on 3 December 2026. Start: Yes, but only on the conditions below.")
    assert "Your project" in with_it["letter"]
    assert "not decided yet" not in with_it["letter"]
    assert "condition" in with_it["plan"]


def test_an_altered_record_gives_no_document(lung: Path, decision: Path) -> None:
    said = refused("report", altered(lung, engine="another"), "--kind", "letter")
    assert "the assessment was changed after it was written" in said
    assert "help: " in said
    said = refused("report", lung, "--decision", altered(decision, reason="Another"), "--kind", "letter")
    assert "the decision was changed after it was written" in said


def test_a_decision_on_another_assessment_gives_no_document(half: Path, decision: Path) -> None:
    said = refused("report", half, "--decision", decision, "--kind", "decision")
    assert "this decision is on the assessment" in said
    assert "of the case `KUH-2026-031`" in said


def test_a_decision_that_does_not_state_the_proposal_gives_no_document(lung: Path, decision: Path) -> None:
    from risk_engine.records.decisions import decision_digest, decision_json
    from risk_engine.records.files import read_decision

    record = read_decision(decision)
    levels = tuple(one.model_copy(update={"proposed": one.decided}) for one in record.levels)
    forged = record.model_copy(update={"levels": levels})
    forged = forged.model_copy(update={"digest": decision_digest(forged)})
    decision.write_bytes(decision_json(forged))
    said = refused("report", lung, "--decision", decision, "--kind", "decision")
    assert "the decision does not state the case or the proposal as the assessment does" in said


def test_to_chooses_a_letter_and_names_those_there_are(half: Path) -> None:
    said = done("report", half, "--kind", "questions", "--to", "researcher", "--format", "md")
    assert "Is it known who will use the result?" in said
    said = refused("report", half, "--kind", "questions", "--to", "nobody")
    assert "they are: `office`, `partner.austral` or `researcher`" in said or "`office`" in said
    assert "--kind questions" in refused("report", half, "--kind", "letter", "--to", "researcher")


@pytest.mark.parametrize("form", by_turns(["docx", "xlsx"], 2))
def test_several_letters_that_come_back_have_a_file_each(half: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"letters.{form}"
    done("report", half, "--kind", "questions", "-o", out)
    written = {one.name for one in tmp_path.glob(f"letters*.{form}")}
    assert written == {f"letters-office.{form}", f"letters-researcher.{form}"}
    case = tmp_path / "case.yaml"
    case.write_bytes((EXAMPLES / "half-filled.yaml").read_bytes())
    for name in written:
        assert "cannot be read" not in run("case", "import", tmp_path / name, "--into", case).err
    done("report", half, "--kind", "questions", "--to", "office", "-o", out)
    assert out.exists()
    said = refused("report", half, "--kind", "questions", "--format", form)
    assert "written into a file each" in said


def test_a_letter_says_who_writes_and_until_when_and_what_nobody_said_is_told(half: Path) -> None:
    letter = ("report", half, "--kind", "questions", "--to", "researcher", "--format", "md")
    whole = run(*letter, "--from", "A. Vogel", "--reply-to", "office@uni.example", "--by", "2026-12-10")
    assert (whole.code, whole.err) == (0, "")
    assert [one for one in ("A. Vogel", "uni.example", "10 December 2026") if one not in whole.out] == []
    half_said = run(*letter, "--from", "A. Vogel")
    assert half_said.err == "nobody said `--reply-to` and `--by`: there is room to write it in\n"
    french = run(*letter, "--from", "A. Vogel", "--lang", "fr").err
    assert "nobody said `--reply-to` and `--by`: there is room" in french, (
        "the command speaks no French, and no half of it"
    )
    assert "that is before the day of the letter, 2026-11-25" in refused(*letter, "--by", "2026-11-24")
    assert "--from says nothing" in refused(*letter, "--from", " ")
    said = refused("report", half, "--kind", "plan", "--by", "2026-12-10", "--reply-to", "x")
    assert said.count("a document of the kind `plan` is no letter\n  help: use it with --kind letter or questions") == 2


def test_a_file_that_cannot_be_shown_is_not_printed_to_a_terminal(half: Path) -> None:
    result = run_on_a_terminal("report", half, "--format", "docx")
    assert (result.code, result.out) == (2, "")
    assert "name a file for it: -o FILE.docx" in result.err


def test_a_document_is_printed_to_a_terminal_as_text(half: Path) -> None:
    result = run_on_a_terminal("report", half, "--kind", "plan")
    assert result.out.startswith("\x1b[1mMitigation plan: Seagrass meadows as carbon sinks (AM-2026-200)\x1b[0m\n")


def test_a_document_is_never_written_over_what_it_is_made_from(lung: Path, decision: Path) -> None:
    one, other, profile = lung.with_suffix(".md"), decision.with_suffix(".md"), lung.with_name("ours.md")
    lung.rename(one)
    decision.rename(other)
    profile.write_text("institution: Ours\ncriteria: reconnect-china\n", "utf-8")
    assert "is read for this result" in refused("report", one, "-o", one)
    assert "is read for this result" in refused("report", one, "--decision", other, "--kind", "letter", "-o", other)
    assert "is read for this result" in refused(
        "report", one, "--kind", "redacted", "--profile", profile, "-o", profile
    )


@pytest.mark.parametrize("name", ["another.json", "another.JSON", "case.yaml", "case.yml"])
@pytest.mark.parametrize("more", [(), ("--format", "text")])
def test_a_document_is_never_called_as_a_record_is(lung: Path, name: str, more: tuple[str, ...]) -> None:
    target = lung.with_name(name)
    target.write_text("a record", "utf-8")
    said = refused("report", lung, *more, "-o", target)
    assert "a document is not a record, so it is not written as ." in said
    assert "help: endings that are known: .html, .pdf, .docx, .md" in said
    assert target.read_text("utf-8") == "a record"


def test_options_that_a_kind_has_no_use_for_are_refused_all_at_once(lung: Path, decision: Path) -> None:
    said = refused("report", lung, "--kind", "questions", "--decision", decision)
    assert "--decision: a document of the kind `questions` says nothing of a decision" in said
    assert "help: use it with --kind full, decision, letter, plan or redacted" in said
    said = refused("report", lung, "--criteria", "reconnect-china", "--profile", "x.yaml", "--to", "office")
    assert [one.partition(" ")[0] for one in said.splitlines() if not one.startswith(" ")] == [
        "--to",
        "--profile:",
    ]
    assert done("report", lung, "--kind", "plan", "--criteria", "reconnect-china", "--lang", "de")


def test_a_decision_of_which_another_one_beside_it_takes_the_place_gives_no_document(
    lung: Path, decision: Path
) -> None:
    newer = lung.with_name("newer.json")
    who = ("--by", "A. Vogel", "--role", "Head", "--on", "2026-12-04")
    done("decide", lung, *who, "--supersedes", decision, "-o", newer)
    said = refused("report", lung, "--decision", decision, "--kind", "letter")
    assert "the decision newer.json takes the place of this one, so nothing is made from it" in said
    assert "4 December 2026" in done("report", lung, "--decision", newer, "--kind", "letter")
    assert "takes the place of this one" in refused(
        "assess", EXAMPLES / "lung-imaging.yaml", "--decision", decision, "--pack", lung.with_name("pack")
    )


def test_a_confirmation_that_does_not_count_gives_no_document(lung: Path, decision: Path) -> None:
    confirmed = lung.with_name("confirmed.json")
    who = ("--confirm", "B. Berg", "--confirm-role", "Dean", "--on", "2026-12-05")
    done("decide", decision, *who, "-o", confirmed)
    assert done("report", lung, "--decision", confirmed, "--kind", "letter")
    confirmation = json.loads(confirmed.read_bytes())["confirmation"] | {"on": "2026-12-06"}
    changed = json.loads(confirmed.read_bytes()) | {"confirmation": confirmation}
    confirmed.write_bytes(canonical(changed))
    said = refused("report", lung, "--decision", confirmed, "--kind", "letter")
    assert "the confirmation of the decision does not count: altered" in said


def test_beside_a_letter_it_is_said_how_many_conditions_in_free_words_it_holds(lung: Path, tmp_path: Path) -> None:
    who = ("--by", "A. Vogel", "--role", "Head", "--on", "2026-12-03")
    decided = tmp_path / "free.json"
    done(
        "decide",
        lung,
        "--condition",
        "Keep Pearl Delta Institute of Medical Imaging out of it; letter=no",
        "--condition",
        "Mend it first",
        *who,
        "-o",
        decided,
    )
    result = run("report", lung, "--decision", decided, "--kind", "letter", "-o", tmp_path / "letter.md")
    assert "the letter holds 1 condition in free words" in result.err
    letter = (tmp_path / "letter.md").read_text("utf-8")
    assert "Mend it first" in letter
    assert "Pearl Delta" not in letter
    assert "free words" not in run("report", lung, "--decision", decided, "--kind", "plan").err


def test_a_decision_is_no_assessment(decision: Path) -> None:
    assert run("report", decision).code == 2


@pytest.fixture
def rocket(tmp_path: Path) -> Path:
    path = tmp_path / "drone.json"
    path.write_text(assessed("drone-swarm"), "utf-8")
    return path


def test_a_redacted_version_says_what_to_know_before_it_leaves_the_house(rocket: Path, tmp_path: Path) -> None:
    result = run("report", rocket, "--kind", "redacted", "-o", tmp_path / "redacted.md")
    assert result.code == 0, result
    assert "no exemption reason is on record" in result.err
    profile = tmp_path / "ours.yaml"
    profile.write_text(
        "institution: Ours\ncriteria: reconnect-china\ndisclosure: {reason: Section 4 of our act}\n", "utf-8"
    )
    said = run("report", rocket, "--kind", "redacted", "--profile", profile)
    assert said.code == 0
    assert "no exemption reason" not in said.err
    assert "names and their parts, and no others are found: read the document before you send it" in said.err


def test_a_reason_that_repeats_a_withheld_word_is_an_error_that_names_its_key(rocket: Path, tmp_path: Path) -> None:
    profile = tmp_path / "ours.yaml"
    assessor = json.loads(rocket.read_text("utf-8"))["case"]["assessor"]
    profile.write_text(
        f"institution: Ours\ncriteria: reconnect-china\ndisclosure: {{reason: 'As {assessor} says'}}\n", "utf-8"
    )
    said = refused("report", rocket, "--kind", "redacted", "--profile", profile)
    assert "the profile repeats withheld words in `disclosure.reason`" in said
    assert assessor not in said


def test_a_redacted_version_that_holds_a_withheld_word_is_not_written(
    rocket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = (EXAMPLES / "drone-swarm.yaml").read_text("utf-8")
    assessor = json.loads(rocket.read_text("utf-8"))["case"]["assessor"]
    path = tmp_path / "case.yaml"
    path.write_text(re.sub("^title: .*", f"title: 'Drones of {assessor}'", case, flags=re.MULTILINE), "utf-8")
    made = tmp_path / "case.json"
    done("assess", path, "--format", "json", "-o", made)
    monkeypatch.setattr(Secrets, "struck", lambda _self, text, _mark: text)
    assert "this is a defect of the engine: report it" in refused("report", made, "--kind", "redacted")
    without(monkeypatch, "typst", "docx")
    done("assess", path, "--pack", tmp_path / "pack")
    names = {one.name for one in (tmp_path / "pack").iterdir()}
    assert {"full.html", "index.html", "letter.md"} <= names
    assert not [one for one in names if one.startswith("redacted")]
    assert "the redacted version is not written" in (tmp_path / "pack" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_criteria_there_is_no_document_and_the_digest_that_is_missing_is_named(
    kind: str, rocket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.loading.sets.criteria_folder", lambda: rocket.parent / "gone")
    monkeypatch.setattr("risk_engine.records.criteria._found", {})
    digest = json.loads(rocket.read_text("utf-8"))["criteria"]["digest"]
    assert f"with the digest {digest}" in refused("report", rocket, "--kind", kind)


def test_a_pack_holds_the_criteria_from_which_its_record_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "typst", "docx")
    done("assess", LOAN_CASE, *LOAN, "--pack", tmp_path / "pack")
    before = done("report", tmp_path / "pack" / "assessment.json", "--lang", "de")
    monkeypatch.setattr("risk_engine.records.criteria._found", {})
    assert done("report", tmp_path / "pack" / "assessment.json", "--lang", "de") == before


def test_a_page_in_the_words_of_the_office(lung: Path, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "letter.j2"
    page.write_text('{% extends "shipped/letter.j2" %}{% block greeting %}<p>Good morning,</p>{% endblock %}', "utf-8")
    letter = done("report", lung, "--kind", "letter", "--format", "md", "--templates", page.parent)
    assert "Good morning," in letter
    assert "This page is as the office changed it: letter.j2 (SHA-256 " in letter
    page.write_text('{% extends "shipped/letter.j2" %}{% block greeting %}<p>{{ asessor }}</p>{% endblock %}', "utf-8")
    said = refused("report", lung, "--kind", "letter", "--templates", page.parent)
    assert said.startswith(f"{page}:1: there is no `asessor` here\n  help: did you mean `assessor`?\n")
