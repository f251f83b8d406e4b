import contextlib
import io
import json
import re
import shutil
import sys
from pathlib import Path
from unittest import mock

import pytest

from risk_engine.cli import main
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, done, refused, run, run_on_a_terminal
from tests.editing import edit
from tests.strategies import by_turns

MILD = EXAMPLES / "boreal-carbon.yaml"  # advice
STRICT = EXAMPLES / "lung-imaging.yaml"  # regulation, blocked
OPEN = EXAMPLES / "half-filled.yaml"  # advice to restriction
FORMS = ("text", "json", "html", "md")


# --- exit codes ---


@pytest.mark.parametrize(
    ("level", "cases", "code"),
    [
        ("regulation", [MILD], 0),
        ("advice", [MILD], 1),
        ("regulation", [STRICT], 1),
        ("restriction", [STRICT], 0),
        ("advice", [OPEN], 1),
        ("regulation", [OPEN], 3),
        ("restriction", [OPEN], 3),
        ("regulation", [MILD, OPEN], 3),
        ("regulation", [OPEN, STRICT], 1),
        ("regulation", [STRICT, OPEN], 1),
        ("restriction", [STRICT, MILD], 0),
    ],
)
def test_fail_on_a_level_says_by_the_exit_code_whether_it_is_reached(level: str, cases: list[Path], code: int) -> None:
    result = run("assess", *cases, "--fail-on", level)
    assert (result.code, result.err) == (code, "")
    assert result.out != ""


def test_without_fail_on_any_result_is_a_success() -> None:
    assert [run("assess", one).code for one in (MILD, STRICT, OPEN)] == [0, 0, 0]


def test_fail_on_names_a_level_of_the_ladder_that_is_the_result() -> None:
    assert refused("assess", MILD, "--fail-on", "blocked") == (
        "`blocked` is no level of measure\n  help: its levels: `advice`, `regulation` or `restriction`\n"
    )


def test_a_bad_file_counts_more_than_a_reached_level(tmp_path: Path) -> None:
    result = run("assess", STRICT, MILD, tmp_path / "missing.yaml", "--fail-on", "advice")
    assert result.code == 2
    assert "KUH-2026-031" in result.out


# --- invalid input ---


def test_a_missing_file_is_refused() -> None:
    assert refused("assess", "nowhere.yaml") == "nowhere.yaml:1:1: there is no such file\n"


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no case")
    (tmp_path / ".hidden.yaml").write_text("an editor's own file")
    message = refused("assess", tmp_path)
    assert "there is no case in this folder" in message
    assert "help: cases are .yaml, .yml or .json files" in message


@pytest.mark.parametrize("day", ["2026-13-01", "2026-2-1", "20260201", "2026-W05-6", "tomorrow", ""])
def test_a_day_must_be_written_like_every_date(day: str) -> None:
    message = refused("assess", MILD, "--on", day)
    assert f"`{day}` is no date; write it like 2026-01-31" in message


def test_an_unknown_set_is_refused_with_the_known_ones() -> None:
    message = refused("assess", MILD, "--criteria", "reconnect-chima")
    assert message.startswith(
        "there is no criteria set `reconnect-chima`\n  help: did you mean `reconnect-china`? A set"
    )
    assert "`--criteria ./SET`" in message


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    message = refused("assess", MILD, "--criteria", "reconnect-china@9.9.9")
    assert "the set `reconnect-china` has no version `9.9.9`" in message
    assert "1.0.0" in message


def test_a_day_before_every_version_is_refused_with_the_way_out() -> None:
    message = refused("assess", MILD, "--on", "2020-01-01")
    assert "is not in force on 2020-01-01" in message
    assert "name it, `@1.0.0`, to use it" in message


def test_a_named_version_may_be_used_outside_its_time() -> None:
    assessment = json.loads(
        done("assess", MILD, "--criteria", "reconnect-china@1.0.0", "--on", "2026-09-30", "--format", "json")
    )
    assert assessment["criteria"]["in_force"] is False


def test_a_case_without_a_day_is_refused_with_the_way_out(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("id: X\ntitle: A case\n")
    message = refused("assess", case)
    assert f"{case}:1:1: the case has no `assessment_date:`" in message
    assert "`--on`" in message


def test_yaml_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("id: X\n  title: [\n")
    message = refused("assess", case)
    assert re.match(rf"{re.escape(str(case))}:\d+:\d+: ", message)


def test_answers_that_rule_each_other_out_stand_in_the_first_sentence(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    edit(MILD, "    uses_ai: false ", "    uses_ai: false\n    ai_class: high_risk ", to=case)
    assert "technology.soil-carbon.ai_class" in run("assess", case, "--format", "json").out
    assert "contradict each other" in " ".join(run("assess", case).out.split())


def test_a_profile_for_another_set_is_refused() -> None:
    message = refused("assess", MILD, "--profile", LOAN_PROFILE)
    assert "the profile is made for `loan-desk`, the criteria are `reconnect-china`" in message


@pytest.mark.parametrize("arguments", [["--format", "odt"], ["--colour"], ["--on"]])
def test_an_option_that_is_not_there_is_refused(arguments: list[str]) -> None:
    assert "Error: " in refused("assess", MILD, *arguments)


def test_a_name_that_no_system_takes_is_refused() -> None:
    name = "x" * 300
    for arguments in ([name], [MILD, "--criteria", name], [MILD, "--profile", name], [MILD, "-o", name]):
        assert name in refused("assess", *arguments)


# --- several cases ---


def test_of_several_cases_those_that_can_be_used_are_shown_and_the_others_explained(tmp_path: Path) -> None:
    bad, worse = tmp_path / "bad.yaml", tmp_path / "worse.yaml"
    bad.write_text("id: B\ntitle: T\nassessment_date: 2026-12-01\npartnr: []\n")
    worse.write_text("- a list\n")
    result = run("assess", bad, MILD, worse)
    assert result.code == 2
    assert "LU-2026-007" in result.out
    assert "partnr" not in result.out
    assert f"{bad}:4:1: unknown key `partnr`" in result.err
    assert "a case is keys with values" in result.err


def test_a_problem_that_all_cases_share_is_told_once(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("institution: X\ncriteria: reconnect-china\nparametres: {}\n")
    message = refused("assess", MILD, STRICT, OPEN, "--profile", profile)
    assert message.count("unknown key `parametres`") == 1


def test_several_cases_are_a_table_with_the_worst_first() -> None:
    out = done("assess", MILD, STRICT, OPEN, COLUMNS="200")
    # A gate that may be blocked stands as high as one that is.
    assert out.index("LU-2026-007") > max(out.index("KUH-2026-031"), out.index("AM-2026-200"))


def test_a_folder_is_all_its_cases(tmp_path: Path) -> None:
    for one in (MILD, STRICT):
        shutil.copy(one, tmp_path)
    (tmp_path / "README.md").write_text("no case")
    (tmp_path / "older").mkdir()
    out = done("assess", tmp_path, COLUMNS="200")
    assert "LU-2026-007" in out
    assert "KUH-2026-031" in out


def test_a_folder_with_one_case_is_a_table_too(tmp_path: Path) -> None:
    shutil.copy(MILD, tmp_path)
    assert done("assess", tmp_path, COLUMNS="200").splitlines()[0].split()[:2] == ["Case", "Title"]


def test_several_cases_as_json_are_a_list() -> None:
    found = json.loads(done("assess", MILD, STRICT, "--format", "json"))
    assert [one["case"]["id"] for one in found] == ["LU-2026-007", "KUH-2026-031"]


def test_cases_of_different_sets_stand_in_one_table(tmp_path: Path) -> None:
    foreign = tmp_path / "loan.yaml"
    edit(LOAN_CASE, "criteria: loan-desk", f"criteria: '{LOAN_DESK}'", to=foreign)
    out = done("assess", foreign, MILD, COLUMNS="200")
    assert "L-2026-07" in out
    assert "LU-2026-007" in out


def test_a_case_may_name_the_folder_of_a_set_whose_name_holds_spaces(tmp_path: Path) -> None:
    desk, case = tmp_path / "Kriterien für uns" / "loan-desk", tmp_path / "loan.yaml"
    shutil.copytree(LOAN_DESK, desk)
    edit(LOAN_CASE, "criteria: loan-desk", f"criteria: '{desk}'", to=case)
    assert "L-2026-07" in done("assess", case, MILD)


# --- forms and files ---


@pytest.mark.parametrize("form", by_turns(FORMS, 2))
def test_a_result_goes_to_standard_output_or_whole_into_a_file(form: str, tmp_path: Path) -> None:
    target = tmp_path / "result"
    shown = done("assess", MILD, "--format", form)
    result = run("assess", MILD, "--format", form, "-o", target)
    assert (result.code, result.out, result.err) == (0, "", f"wrote {target}\n")
    assert target.read_text("utf-8").rstrip("\n") == shown.rstrip("\n")
    assert [one.name for one in tmp_path.iterdir()] == ["result"]


def test_json_is_one_whole_assessment() -> None:
    assessment = json.loads(done("assess", STRICT, "--format", "json"))
    assert assessment["schema"] == 2
    assert {one["role"]: one["level"] for one in assessment["proposals"]} == {
        "gate": "blocked",
        "headline": "regulation",
        "escalation": "none",
    }


def test_the_profile_is_part_of_the_result() -> None:
    made = ("assess", EXAMPLES / "drone-swarm.yaml", "--format", "json")
    with_profile = json.loads(done(*made, "--profile", EXAMPLES / "profiles" / "university.yaml"))
    assert json.loads(done(*made))["profile"] is None
    assert with_profile["profile"]["profile"]["institution"] == "Technische Hochschule Auental"
    assert with_profile["profile"]["profile"]["parameters"] != {}


@pytest.mark.parametrize("form", FORMS)
def test_a_result_is_never_written_over_a_case_or_the_profile(form: str, tmp_path: Path) -> None:
    case, profile = tmp_path / "case.yaml", tmp_path / "profile.yaml"
    shutil.copy(MILD, case)
    shutil.copy(EXAMPLES / "profiles" / "university.yaml", profile)
    for target in (case, profile, tmp_path / "." / "case.yaml"):
        message = refused("assess", case, "--profile", profile, "--format", form, "-o", target)
        assert "is read for this result, so it is not written over" in message
        assert "wrote" not in refused("assess", tmp_path, "--profile", profile, "--format", form, "-o", target)
    assert case.read_bytes() == MILD.read_bytes()
    assert profile.read_bytes() == (EXAMPLES / "profiles" / "university.yaml").read_bytes()


def test_a_report_is_never_written_over_a_case_in_its_folder(tmp_path: Path) -> None:
    case = tmp_path / "case.md"
    shutil.copy(MILD, case)
    result = run("assess", case, STRICT, "--format", "md", "-o", tmp_path)
    assert result.code == 2
    assert case.read_bytes() == MILD.read_bytes()


def test_an_assessment_that_is_filed_is_never_written_over_by_another(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    done("assess", MILD, "-o", kept)
    before = kept.read_bytes()
    done("assess", MILD, "-o", kept)
    for cases in ((STRICT,), (MILD, STRICT)):
        assert "a decision may rest on it" in refused("assess", *cases, "--format", "json", "-o", kept)
    assert kept.read_bytes() == before


@pytest.mark.parametrize(("form", "ending"), [("html", "json"), ("md", "html"), ("json", "md"), ("text", "json")])
def test_a_result_is_not_written_under_the_ending_of_another_form(form: str, ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"result.{ending}"
    assert "this would hold something else than its ending says" in refused(
        "assess", MILD, "--format", form, "-o", target
    )
    assert not target.exists()


def test_two_files_with_the_id_of_one_case_are_named(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        shutil.copy(MILD, tmp_path / name)
    shutil.copy(STRICT, tmp_path / "other.yaml")
    told = run("assess", tmp_path).err
    assert "stands in 2 files" in told
    assert all(name in told for name in ("one.yaml", "two.yaml"))
    assert "other.yaml" not in told


@pytest.mark.nightly
def test_a_workbook_and_a_page_are_named_as_what_they_are(tmp_path: Path) -> None:
    book, page, broken = tmp_path / "book.xlsx", tmp_path / "page.html", tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and more")
    done("case", "new", book, "--for", "researcher")
    done("assess", MILD, "-o", page)
    assert "this workbook is not a case" in (told := refused("assess", book))
    assert "a questionnaire is read by `risk-engine case import`" in told
    assert f"{broken}:1:1: the file is damaged, or it is not what its name says" in refused("assess", broken)
    assert "this is a page to read" in refused("assess", page)


@pytest.mark.parametrize("form", FORMS)
def test_a_place_where_nothing_can_be_written_is_refused(form: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    message = refused("assess", MILD, "--format", form, "-o", file / "result")
    assert f"there is no folder {file}" in message
    assert "the file cannot be written" in refused("assess", MILD, "--format", form, "-o", tmp_path)
    assert [one.read_text() for one in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    "words", [("assess", MILD), ("criteria", "show", "reconnect-china"), ("criteria", "map", "reconnect-china")]
)
def test_a_document_that_would_hold_something_else_is_not_written(
    words: tuple[str | Path, ...], tmp_path: Path
) -> None:
    message = refused(*words, "-o", tmp_path / "result.ODT")
    assert "result.ODT: this cannot be written as .odt\n  help: endings that are known: ." in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "begins"),
    [("pdf", b"%PDF-"), pytest.param("docx", b"PK\x03\x04", marks=pytest.mark.nightly)],
)
def test_pdf_and_word_are_forms_of_a_report_like_others(form: str, begins: bytes, tmp_path: Path) -> None:
    done("assess", MILD, "-o", tmp_path / f"one.{form}")
    assert (tmp_path / f"one.{form}").read_bytes().startswith(begins)
    done("assess", MILD, STRICT, "--format", form, "-o", tmp_path / "all")
    assert sorted(one.name for one in (tmp_path / "all").iterdir()) == [f"{MILD.stem}.{form}", f"{STRICT.stem}.{form}"]
    result = run_on_a_terminal("assess", MILD, "--format", form)
    assert (result.code, result.out) == (2, "")
    assert f"name a file for it: -o FILE.{form}" in result.err


def test_the_ending_of_a_result_says_its_form(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done("assess", MILD, "-o", report)
    assert report.read_text("utf-8").startswith("<!doctype html>")


def test_what_was_not_read_of_a_folder_is_said(tmp_path: Path) -> None:
    shutil.copy(MILD, tmp_path / "good.yaml")
    (tmp_path / "bad.yaml").write_text("id: X\n")
    (tmp_path / "2026").mkdir()
    result = run("assess", tmp_path)
    assert result.code == 2
    assert "folders below are not read: 2026" in result.err
    assert "1 of 2 cases could not be assessed" in result.err


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_table_or_list_of_several_goes_whole_into_one_file(form: str, tmp_path: Path) -> None:
    target = tmp_path / "all"
    result = run("assess", MILD, STRICT, "--format", form, "-o", target, FORCE_COLOR="1")
    assert (result.code, result.out) == (0, "")
    text = target.read_text("utf-8")
    assert "LU-2026-007" in text
    assert "\x1b" not in text
    assert "the file cannot be written" in refused("assess", MILD, STRICT, "--format", form, "-o", tmp_path)


@pytest.mark.parametrize("form", ["html", "md"])
def test_reports_of_several_go_into_a_folder_under_the_names_of_their_cases(form: str, tmp_path: Path) -> None:
    target = tmp_path / "reports"
    result = run("assess", MILD, STRICT, "--format", form, "-o", target, COLUMNS="200")
    assert result.code == 0
    assert sorted(one.name for one in target.iterdir()) == [f"boreal-carbon.{form}", f"lung-imaging.{form}"]
    assert "LU-2026-007" in result.out
    assert result.err.splitlines() == [
        f"wrote {target / f'boreal-carbon.{form}'} ({MILD})",
        f"wrote {target / f'lung-imaging.{form}'} ({STRICT})",
    ]


def test_cases_of_one_name_keep_their_reports_apart(tmp_path: Path) -> None:
    for folder, case in (("one", MILD), ("two", STRICT)):
        (tmp_path / folder).mkdir()
        shutil.copy(case, tmp_path / folder / "case.yaml")
    shutil.copy(OPEN, tmp_path / "case-2.yaml")
    cases = [tmp_path / "one" / "case.yaml", tmp_path / "two" / "case.yaml", tmp_path / "case-2.yaml"]
    done("assess", *cases, "--format", "md", "-o", tmp_path / "out")
    found = {one.name: one.read_text("utf-8") for one in (tmp_path / "out").iterdir()}
    assert sorted(found) == ["case-2-2.md", "case-2.md", "case.md"]
    assert "soils of boreal forests" in found["case.md"]
    assert "lung disease" in found["case-2.md"]
    assert "Seagrass" in found["case-2-2.md"]


@pytest.mark.parametrize("form", ["html", "md"])
def test_reports_of_several_need_a_folder(form: str, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("here already")
    wheres: list[tuple[str | Path, ...]] = [(), ("-o", taken)]
    for where in wheres:
        message = refused("assess", MILD, STRICT, "--format", form, *where)
        assert "several reports need a folder to be written to\n  help: name one with `-o FOLDER`" in message
    assert f"there is no folder {taken}" in refused("assess", MILD, STRICT, "--format", form, "-o", taken / "below")
    assert taken.read_text() == "here already"


def test_html_and_markdown_hold_every_finding_and_what_is_missing() -> None:
    assessment = json.loads(done("assess", OPEN, "--format", "json"))
    for form in ("html", "md"):
        report = done("assess", OPEN, "--format", form)
        assert [one["id"] for one in assessment["findings"] if one["id"] not in report] == []
        assert len(assessment["gaps"]) > 0


# --- terminals ---


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("cases", [(STRICT,), (OPEN,), (MILD, STRICT, OPEN)])
def test_what_is_piped_is_plain_and_no_wider_than_the_terminal(width: int, cases: tuple[Path, ...]) -> None:
    out = done("assess", *cases, COLUMNS=str(width))
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= width
    assert [line for line in out.splitlines() if line != line.rstrip() and len(cases) == 1] == []


def test_on_a_terminal_there_is_colour_and_of_many_cases_the_progress(tmp_path: Path) -> None:
    one = run_on_a_terminal("assess", STRICT)
    assert (one.code, one.err) == (0, "")
    assert "\x1b[1;31mNo, not as it stands." in one.out
    for number in range(20):
        shutil.copy(LOAN_CASE, tmp_path / f"case-{number}.yaml")
    many = run_on_a_terminal("assess", tmp_path, *LOAN)
    assert many.code == 0
    assert many.out.count("L-2026-07") == 20
    assert "Assessing" in many.err
    assert "Assessing" not in run("assess", tmp_path, *LOAN).err


def test_a_program_that_calls_main_may_catch_the_output_as_it_likes() -> None:
    out = io.StringIO()
    argv = mock.patch.object(sys, "argv", ["risk-engine", "--version"])
    with contextlib.redirect_stdout(out), argv, pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in {0, None}
    assert out.getvalue().startswith("risk-engine ")


def test_the_first_sentence_says_whether_it_may_start() -> None:
    firsts = [done("assess", one).splitlines()[0] for one in (MILD, STRICT, OPEN)]
    assert firsts[:2] == ["Yes, it may start.", "No, not as it stands."]
    assert firsts[2].startswith("Still open: between ")


def test_a_foreign_set_by_path_works_with_profile_and_day() -> None:
    out = done("assess", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE, "--on", "2026-03-02")
    assert out.startswith("It may leave once the checks are done.")


def test_a_changed_case_is_assessed_anew_and_names_what_it_supersedes(tmp_path: Path) -> None:
    case, old, new = tmp_path / "case.yaml", tmp_path / "old.json", tmp_path / "new.json"
    text = (EXAMPLES / "lung-imaging.yaml").read_text("utf-8")
    case.write_text(text, "utf-8")
    done("assess", case, "--format", "json", "-o", old)
    done("assess", case, "--format", "json", "-o", new, "--supersedes", old)
    before, after = (json.loads(one.read_text("utf-8")) for one in (old, new))
    assert after["supersedes"]["digest"] == before["digest"]
    assert {key for key in after if after[key] != before.get(key)} == {"supersedes", "digest"}
    assert "is read for this result" in refused("assess", case, "--supersedes", old, "--format", "json", "-o", old)
    assert "names the earlier assessment of one case" in refused("assess", case, case, "--supersedes", old)
    assert "names the earlier assessment of one case" in refused("assess", tmp_path, "--supersedes", old)
    assert "is of the case" in refused("assess", EXAMPLES / "boreal-carbon.yaml", "--supersedes", old)
    assert "not an assessment" in refused("assess", case, "--supersedes", case)
    before["engine"] = "another"
    old.write_text(json.dumps(before), "utf-8")
    assert "was changed after it was written" in refused("assess", case, "--supersedes", old)


@pytest.mark.nightly
def test_page_1_says_what_an_assessment_replaces_and_what_moved_and_why(tmp_path: Path) -> None:
    case, old, new = tmp_path / "case.yaml", tmp_path / "old.json", tmp_path / "new.json"
    shutil.copy(MILD, case)
    done("assess", case, "--format", "json", "-o", old)
    edit(case, "sanctioned: false", "sanctioned: true")
    edit(case, "criteria: reconnect-china", "criteria: reconnect-china@1.0.0")
    edit(case, "assessment_date: 2026-11-25", "assessment_date: 2026-11-27")
    # A body on an EU list is a legal knock-out: restriction, and nothing may start.
    page = " ".join(done("assess", case, "--supersedes", old).split())
    assert "Replaces: the assessment of 25 November 2026 under reconnect-china 1.0.0: " in page
    assert "Measure: “Advice” before, now “Restriction”" in page
    assert "Start: “Clear” before, now “Blocked”" in page
    # Nothing else is different that could have done it: the day takes the same version, and no table moved.
    assert "Why it moved (Start and Measure): the answers alone: Is the partner" in page
    assert "– no, now yes. What else is different: day: 25 November 2026, now 27 November 2026. " in page
    done("assess", case, "--supersedes", old, "--format", "json", "-o", new)
    for kind in ("full", "decision"):
        paper = done("report", new, "--kind", kind, "--format", "md")
        assert "the assessment of 25 November 2026 under reconnect-china 1.0.0" in paper, kind
        assert "the answers alone: Is the partner" in paper, kind


def test_the_sheet_of_a_decided_case_says_what_it_replaces_and_why_levels_moved(tmp_path: Path) -> None:
    case, old, new = tmp_path / "case.yaml", tmp_path / "old.json", tmp_path / "new.json"
    shutil.copy(MILD, case)
    done("assess", case, "--format", "json", "-o", old)
    edit(case, "sanctioned: false", "sanctioned: true")
    edit(case, "criteria: reconnect-china", "criteria: reconnect-china@1.0.0")
    done("assess", case, "--supersedes", old, "--format", "json", "-o", new)
    done("decide", new, "--by", "Anna Vogel", "--role", "Head of the research office", "--on", "2026-12-03")
    decision = tmp_path / "new.decision.json"
    paper = done("report", new, "--kind", "decision", "--decision", decision, "--format", "md")
    first = paper.partition("## ")[0]
    assert "Measure: “Advice” before, now “Restriction”" in first
    assert "the answers alone: Is the partner" in first


@pytest.mark.nightly
def test_criteria_that_moved_a_level_without_an_answer_are_named_as_what_did_it(tmp_path: Path) -> None:
    case, old = tmp_path / "case.yaml", tmp_path / "old.json"
    shutil.copy(MILD, case)
    done("assess", case, "--format", "json", "-o", old)
    edit(case, "sanctioned: false", "sanctioned: true")
    edit(case, "assessment_date: 2026-11-25", "assessment_date: 2026-12-01")
    page = " ".join(done("assess", case, "--supersedes", old).split())
    # 2.1.0 blocks the start of the case as it was too; the measure moves by the new answer under either version.
    assert "Why it moved (Start): the answers and the criteria, each enough alone" in page
    assert "Why it moved (Measure): the answers alone: Is the partner" in page
    assert "What else is different: criteria: reconnect-china 1.0.0, now reconnect-china 2.1.0; day: " in page


@pytest.mark.nightly
def test_a_day_that_takes_another_version_is_said_aloud(tmp_path: Path) -> None:
    case, old = tmp_path / "case.yaml", tmp_path / "old.json"
    shutil.copy(MILD, case)
    done("assess", case, "--format", "json", "-o", old)
    edit(case, "assessment_date: 2026-11-25", "assessment_date: 2026-12-01")
    page = " ".join(done("assess", case, "--supersedes", old).split())
    assert "different: criteria: reconnect-china 1.0.0, now reconnect-china 2.1.0; day: 25 November 2026, " in page
    moved = run("assess", MILD, "--on", "2026-12-01")
    assert "It is of 1 December 2026, though the case says 25 November 2026." in " ".join(moved.out.split())
    assert "on 2026-12-01 version 2.1.0 is used; on the case's own day, 2026-11-25, it would be 1.0.0" in moved.err
