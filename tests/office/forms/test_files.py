"""What `case import` does to files: it says what it wrote once that is written, and the case or its copy is whole."""

import subprocess
import sys
from pathlib import Path

import pytest

from risk_engine.cli.case_changes import put_changed
from risk_engine.files.diagnostics import RiskEngineError
from tests.cli.running import LOAN_CASE, LOAN_DESK, ROOT
from tests.office.forms.bringing import bring, data, xlsx
from tests.strategies import by_turns

ANSWER = {"loan.escorted": True}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("ending", by_turns(["docx", "xlsx", "PDF"], 3))
def test_a_case_is_not_written_into_a_document_of_another_kind(ending: str) -> None:
    name = xlsx("a.xlsx", "registrar", ANSWER)
    assert bring(name, into=f"case.{ending}").err == (
        f"case.{ending}: a case cannot be written as .{ending}\n  help: name a file that ends in .yaml or .json\n"
    )
    assert not Path(f"case.{ending}").exists()


def test_a_link_to_a_case_stays_a_link_and_the_case_is_written(here: Path) -> None:
    (here / "link.yaml").symlink_to("case.yaml")
    result = bring(xlsx("a.xlsx", "registrar", ANSWER), into="link.yaml")
    assert (result.code, (here / "link.yaml").is_symlink()) == (0, True)
    assert data()["loan"]["escorted"] is True
    assert (here / "case.yaml.bak").read_bytes() == LOAN_CASE.read_bytes()
    (here / "new.yaml").symlink_to("not-yet.yaml")
    assert bring("a.xlsx", into="new.yaml").code == 0
    assert ((here / "new.yaml").is_symlink(), data("not-yet.yaml")["loan"]["escorted"]) == (True, True)


def test_links_in_a_circle_are_refused(here: Path) -> None:
    (here / "one.yaml").symlink_to("two.yaml")
    (here / "two.yaml").symlink_to("one.yaml")
    assert "too many levels of symbolic links" in bring(xlsx("a.xlsx", "registrar", ANSWER), into="one.yaml").err


@pytest.mark.usefixtures("here")
def test_nothing_is_said_to_be_taken_before_it_is_written() -> None:
    # A name as long as names can be: with what is added while writing it is too long.
    result = bring(xlsx("a.xlsx", "registrar", ANSWER), into=f"{'c' * 245}.yaml")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(".yaml: the file cannot be written: file name too long\n")


def test_a_case_that_somebody_changed_meanwhile_is_not_written_over(here: Path) -> None:
    with pytest.raises(RiskEngineError, match="was changed by somebody else meanwhile; nothing was written"):
        put_changed(here / "case.yaml", b"as it was", "as it would be", ())
    assert (here / "case.yaml").read_bytes() == LOAN_CASE.read_bytes()


def test_when_there_are_too_many_old_copies_nothing_is_written(here: Path) -> None:
    for number in range(1, 1000):
        (here / ("case.yaml.bak" + (f"-{number}" if number > 1 else ""))).touch()
    result = bring(xlsx("a.xlsx", "registrar", ANSWER))
    assert (result.code, result.out) == (2, "")
    assert "there are too many old copies of case.yaml\n  help: move some of them away" in result.err
    assert (here / "case.yaml").read_bytes() == LOAN_CASE.read_bytes()


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from risk_engine.cli import main
import risk_engine.office.forms.import_form, risk_engine.office.forms.xlsx_read, risk_engine.cli.case

folder, questionnaire, desk = sys.argv[1:]
case = Path(folder) / "case.yaml"
before = case.read_bytes()
touches = {"open", "os.rename", "os.link", "os.remove", "os.mkdir"}
for number in range(1, 100):
    for one in Path(folder).glob("*case.yaml*"):
        one.unlink()
    case.write_bytes(before)
    child = os.fork()
    if not child:
        left = number

        def kill(event, arguments):
            global left
            if event in touches and "case.yaml" in str(arguments[:2]):
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill)
        sys.argv = ["risk-engine", "case", "import", questionnaire, "--into", str(case), "--criteria", desk]
        main()
    _, status = os.waitpid(child, 0)
    kept = [one.read_bytes() for one in Path(folder).glob("case.yaml.bak*")]
    now = case.read_bytes()
    print("killed" if os.WIFSIGNALED(status) else "done", now == before, b"escorted: true" in now, kept == [before])
    if not os.WIFSIGNALED(status):
        break
"""


@pytest.mark.nightly
def test_whenever_a_process_is_killed_the_case_is_whole_and_the_old_one_is_there(here: Path) -> None:
    """Killed before each of its touches of the case and what lies beside it: at no moment there is half a case."""
    name = xlsx("a.xlsx", "registrar", ANSWER)
    command = [sys.executable, "-c", KILLED, f"{here}", f"{here / name}", f"{LOAN_DESK}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [line.split() for line in run.stdout.splitlines() if line.startswith(("killed ", "done "))]
    assert lines[-1] == ["done", "False", "True", "True"]
    assert len(lines) > 5
    for _, is_old, is_new, has_copy in lines[:-1]:
        assert is_old == "True" or (is_new, has_copy) == ("True", "True")
    assert ["killed", "True", "False", "True"] in lines
