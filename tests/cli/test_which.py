"""A set named alone means the version of the day, or of today; to who works on it the newest, and that is said."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from risk_engine.loading.sets import shipped_sets, versions
from tests.cli.running import LOAN_CASE, LOAN_DESK, TODAY, done, refused, run, run_with
from tests.editing import edit
from tests.strategies import by_turns

LATER = "2027-02-01"
"""A day on which the second version of the desk holds, which today is still to come."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of two versions; the second asks one question more, and has an option and a control more."""
    desk = tmp_path_factory.mktemp("sets") / "desk"
    shutil.copytree(LOAN_DESK, desk)
    second = desk / "1.1.0"
    shutil.copytree(desk / "1.0.0", second)
    insured = "    insured: {question: Is it insured?, type: boolean, asked_of: registrar, used_for: record}\n"
    for file, before, after in (
        ("set.yaml", "version: 1.0.0", "version: 1.1.0"),
        ("set.yaml", "from: 2024-03-01", "from: 2027-01-01"),
        ("facts.yaml", "    months:\n", f"{insured}    months:\n"),
        ("facts.yaml", "sale_preview: A preview before a sale}", "sale_preview: A preview, postcard: For a postcard}"),
        ("controls.yaml", "LOGGER:", "POLICY: {title: Insured, do: Insure it., who: registrar, effort: 1}\nLOGGER:"),
    ):
        text = (second / file).read_text("utf-8")
        assert text.count(before) == 1, before
        (second / file).write_text(text.replace(before, after), "utf-8")
    return desk


def stated(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)
    return found


# --- what holds today, or on a day ---


def test_a_new_case_asks_what_the_version_in_force_asks_and_its_day_is_today_or_the_one_that_was_given(
    desk: Path,
) -> None:
    today = stated(done("case", "new", "--criteria", desk))
    assert ("insured" in today["loan"], f"{today['assessment_date']}") == (False, f"{TODAY}")
    later = stated(done("case", "new", "--criteria", desk, "--on", LATER))
    assert later["loan"]["insured"] == "unknown"
    assert f"{later['assessment_date']}" == LATER


def test_a_new_case_of_a_version_by_name_is_of_that_one(desk: Path) -> None:
    assert "insured" in stated(done("case", "new", "--criteria", f"{desk}@1.1.0"))["loan"]
    assert "insured" in stated(done("case", "new", "--criteria", desk / "1.1.0"))["loan"]


@pytest.mark.parametrize(
    "version", by_turns([one for name in shipped_sets() for one in versions(name)], 5), ids=lambda one: f"{one}"
)
def test_a_new_case_of_any_shipped_version_can_be_used_as_it_is(version: Any, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    done("case", "new", file, "--criteria", version)
    line = done("case", "check", file, "--on", f"{TODAY}").splitlines()[0]
    assert line == f"{file}: can be used with {version.name} {version.dotted}"


def test_the_schema_of_a_case_is_that_of_the_version_in_force(desk: Path) -> None:
    assert "insured" not in done("case", "schema", "--criteria", desk)
    assert "insured" in done("case", "schema", "--criteria", desk, "--on", LATER)


def test_a_case_without_a_day_is_checked_under_the_version_in_force(desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    done("case", "new", file, "--criteria", desk)
    text = file.read_text("utf-8").replace("months: unknown", "months: 0")
    file.write_text(text.replace("    months:", "    insured: true\n    months:"), "utf-8")
    assert "the number must be at least 1" in refused("case", "check", file, "--criteria", desk)


@pytest.mark.parametrize("ending", by_turns(["xlsx", "docx"], 2))
def test_a_questionnaire_is_of_the_version_in_force_and_so_is_the_case_made_from_it(
    desk: Path, tmp_path: Path, ending: str
) -> None:
    form, file = tmp_path / f"form.{ending}", tmp_path / "case.yaml"
    for day, has_it in (((), False), (("--on", LATER), True)):
        done("case", "new", form, "--criteria", desk, "--for", "registrar", *day)
        who = ("--answered-by", "P-01", "--answered-on", "2026-11-20")
        done("case", "import", form, "--into", file, "--criteria", desk, *who, *day)
        assert ("insured" in stated(file.read_text("utf-8"))["loan"]) == has_it
        form.unlink()
        file.unlink()


def test_an_interview_is_under_the_version_of_the_day_that_is_typed(desk: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    edit(LOAN_CASE, "assessment_date: 2026-03-02\n", "", to=case)
    asked = ("interview", case, "--criteria", desk, "--all")
    out = run_with(["2020-01-01", LATER, "q"], *asked).out
    assert "is not in force on 2020-01-01: version 1.0.0 is in force from 2024-03-01" in " ".join(out.split())
    assert "Is it insured?" in out
    assert f"{stated(case.read_text('utf-8'))['assessment_date']}" == LATER
    assert "Is it insured?" not in run_with(["q"], *asked, "--on", f"{TODAY}").out


# --- what is read, and what is worked on ---

TAKEN = "note: loan-desk@1.0.0 is taken, which is in force on 2026-11-26\n  in force from 2027-01-01: {desk}@1.1.0\n"
NEWEST = """note: loan-desk@1.1.0 is taken, the newest; it is in force only from 2027-01-01
  in force from 2024-03-01: {desk}@1.0.0
"""


@pytest.mark.parametrize("command", by_turns([("criteria", "show"), ("criteria", "map")], 2), ids=" ".join)
def test_who_reads_a_set_is_shown_the_version_in_force_and_told_which_one_comes(
    desk: Path, command: tuple[str, ...]
) -> None:
    today = run(*command, desk)
    assert (today.code, today.err) == (0, TAKEN.format(desk=desk))
    later = run(*command, desk, "--on", LATER)
    assert (later.code, later.err) == (0, "")
    assert today.out == done(*command, f"{desk}@1.0.0")
    assert "1.1.0" in later.out


@pytest.mark.nightly
def test_where_no_version_is_in_force_yet_the_newest_is_shown_and_said(desk: Path, tmp_path: Path) -> None:
    shutil.copytree(desk / "1.1.0", tmp_path / "1.1.0")
    shutil.copytree(desk / "1.1.0", tmp_path / "1.2.0")
    head = tmp_path / "1.2.0" / "set.yaml"
    edit(head, "version: 1.1.0", "version: 1.2.0")
    result = run("criteria", "show", tmp_path)
    assert (result.code, result.err) == (
        0,
        "note: loan-desk@1.2.0 is taken, the newest; it is in force only from 2027-01-01\n",
    )
    assert "is not in force on 2026-01-01" in refused("criteria", "show", tmp_path, "--on", "2026-01-01")


@pytest.mark.parametrize(
    "command",
    by_turns([("check",), ("test",), ("test", "--coverage"), ("lint", "--fail-on", "never")], 2),
    ids=" ".join,
)
def test_who_works_on_a_set_gets_the_newest_version_and_is_told_that_it_does_not_hold_yet(
    desk: Path, command: tuple[str, ...]
) -> None:
    word, *more = command
    assert run("criteria", word, desk, *more).err == NEWEST.format(desk=desk)
    for named in (f"{desk}@1.1.0", desk / "1.1.0", f"{desk}@1.0.0"):
        assert run("criteria", word, named, *more).err == ""


def test_a_draft_that_is_worked_on_is_called_one(desk: Path, tmp_path: Path) -> None:
    own = tmp_path / "desk"
    shutil.copytree(desk, own)
    done("criteria", "release", f"{own}@1.0.0")
    assert run("criteria", "check", own).err == (
        f"note: loan-desk@1.1.0 is taken, the newest; it is a draft\n  in force from 2024-03-01: {own}@1.0.0\n"
    )


def test_a_released_version_that_is_read_from_its_bundle_is_no_draft_and_is_in_force() -> None:
    first_day = f"{versions('reconnect-china')[-1].in_force_from}"
    result = run("criteria", "show", "reconnect-china", "SEC-01", "--on", first_day)
    assert (result.code, result.err) == (0, "")


# --- a name of another version ---


def test_what_only_another_version_asks_is_said_to_be_of_that_one(desk: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    text = LOAN_CASE.read_text("utf-8").replace("occasion: display", "occasion: postcard")
    case.write_text(text.replace("loan:\n", "loan:\n  insured: true\n"), "utf-8")
    message = refused("assess", case, "--criteria", desk)
    way_out = (
        "  help: it belongs to version 1.1.0, in force from 2027-01-01, and this case is read under 1.0.0: "
        "take it out, or choose another day or version with `--on` or `--criteria`"
    )
    said = message.splitlines()
    assert [one for one in said if one.startswith("  help")] == [way_out, way_out]
    assert "unknown key `insured`" in message
    assert "`postcard` is not one of" in message
    noted = run("assess", case, "--criteria", desk, "--on", LATER).err
    assert noted == f"note: on {LATER} version 1.1.0 is used; on the case's own day, 2026-03-02, it would be 1.0.0\n"


def test_a_name_that_no_version_knows_is_a_slip_as_ever(desk: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    edit(LOAN_CASE, "  months:", "  monhts:", to=case)
    assert "help: did you mean `months`?" in refused("assess", case, "--criteria", desk)
    data = json.dumps({"criteria": "loan-desk", "id": "x", "title": "X", "controls": [{"id": "POLICY"}]})
    case = tmp_path / "case.json"
    case.write_text(data, "utf-8")
    message = refused("assess", case, "--criteria", desk, "--on", f"{TODAY}")
    assert "there is no control `POLICY`" in message
    assert "help: it belongs to version 1.1.0" in message


def test_what_only_an_earlier_version_knew_is_said_too(desk: Path, tmp_path: Path) -> None:
    own = tmp_path / "desk"
    shutil.copytree(desk, own)
    facts = own / "1.0.0" / "facts.yaml"
    dropped = "    rehung: {question: Was it rehung?, type: boolean, asked_of: registrar, used_for: record}\n"
    edit(facts, "    months:\n", f"{dropped}    months:\n")
    case = tmp_path / "case.json"
    case.write_text('{"id": "x", "title": "X", "loan": {"rehung": true}}', "utf-8")
    message = refused("assess", case, "--criteria", own, "--on", LATER)
    assert "help: it belongs to version 1.0.0, in force from 2024-03-01, and this case is read under 1.1.0" in message
    # A version that cannot be read is no help.
    facts.write_text("loan: [", "utf-8")
    assert "it belongs to" not in refused("assess", case, "--criteria", own, "--on", LATER)
