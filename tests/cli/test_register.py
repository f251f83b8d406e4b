import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.office.register.log import LOCK
from risk_engine.office.register.writing import Writing
from risk_engine.records.files import read_assessment
from tests.cli.running import LOAN, LOAN_CASE, ROOT, done, refused, run, run_on_a_terminal
from tests.office.register.filing import decided, written

CASE_ID = "L-2026-07"
TEXT = LOAN_CASE.read_text("utf-8")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    done("register", "add", tmp_path / "r", LOAN_CASE, *LOAN)
    return tmp_path / "r"


def second(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write another case; return its file."""
    text = TEXT
    for before, after in ((f"id: {CASE_ID}", "id: L-2"), *changes):
        assert before in text
        text = text.replace(before, after)
    path = folder / "second.yaml"
    path.write_text(text, "utf-8")
    return path


def test_what_cannot_be_filed_is_named_and_the_rest_is_filed(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("id: x\n", "utf-8")
    result = run("register", "add", tmp_path / "r", tmp_path / "bad.yaml", tmp_path / "gone.yaml", LOAN_CASE, *LOAN)
    assert result.code == 2
    assert "L-2026-07 as of 2026-03-02" in result.out
    assert "bad.yaml" in result.err
    assert "gone.yaml:1:1: there is no such file" in result.err
    assert result.err.endswith("2 of 3 could not be used; the others were\n")


def test_where_nothing_of_a_case_could_be_written_only_the_cause_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object) -> None:
        raise RiskEngineError("no space left on device")

    monkeypatch.setattr(Writing, "file", full)
    assert refused("register", "add", tmp_path / "r", LOAN_CASE, *LOAN) == "no space left on device\n"
    assert not (tmp_path / "r").exists()


def test_where_nothing_can_be_used_no_others_are_spoken_of(tmp_path: Path) -> None:
    done("register", "add", tmp_path / "r", LOAN_CASE, second(tmp_path), *LOAN)
    assert refused("register", "reassess", tmp_path / "r", "--on", "2020-01-01", *LOAN).endswith(
        "none of the 2 could be used\n"
    )
    (altered,) = (tmp_path / "r" / "L-2").glob("0001-*")
    altered.write_text("{}", "utf-8")
    result = run("register", "reassess", tmp_path / "r", "--on", "2026-10-01", *LOAN)
    assert (result.code, result.err.endswith("1 of 2 could not be used; the others were\n")) == (2, True)


def test_what_is_no_record_in_a_folder_is_named_and_left(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    second(folder)
    (folder / "README.md").write_text("about", "utf-8")
    (folder / "measured.json").write_text("[1, 2]", "utf-8")
    result = run("register", "add", tmp_path / "r", folder, *LOAN)
    assert (result.code, "L-2 as of 2026-03-02" in result.out) == (0, True)
    for name, why in (("README.md", "no case states the SHA-256"), ("measured.json", "this is no case, no assessment")):
        assert f"left as it is: {folder / name}:1:1: {why}" in result.err
    (folder / "bad.yaml").write_text("id: x\n", "utf-8")
    result = run("register", "add", tmp_path / "r", folder, *LOAN)
    assert (result.code, result.err.endswith("1 of 2 could not be used; the others were\n")) == (2, True)
    assert "no case states the SHA-256" in refused("register", "add", tmp_path / "r", folder / "README.md")
    (folder / "bad.yaml").unlink()
    (folder / "measured.json").unlink()
    assert "SHA-256 filed for L-2" in done("register", "add", tmp_path / "r", folder, "--case", "L-2", *LOAN)


def test_the_damage_of_a_case_is_named_when_something_is_filed_for_it(register: Path, tmp_path: Path) -> None:
    (log := tmp_path / "log.txt").write_text("steady", "utf-8")
    command = ("register", "add", register, log, "--case", CASE_ID)
    assert run(*command).err == ""
    (altered,) = (register / CASE_ID).glob("0002-*")
    altered.write_text("other", "utf-8")
    (register / CASE_ID / "mine.txt").touch()
    log.write_text("shaken", "utf-8")
    result = run(*command)
    assert (result.code, "SHA-256 filed" in result.out) == (0, True)
    assert f"{altered}: it was altered after it was filed" in result.err
    assert f"{register / CASE_ID / 'mine.txt'}: nobody filed this" in result.err
    (assessment,) = (register / CASE_ID).glob("0001-*")
    assessment.write_text("{}", "utf-8")
    message = refused("register", "add", register, LOAN_CASE, *LOAN)
    assert message.count(f"{assessment}: it was altered after it was filed") == 1


def test_everything_is_filed_in_one_command_in_the_order_that_it_needs(tmp_path: Path) -> None:
    done("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", tmp_path / "a.json")
    written(tmp_path / "d.json", decided(read_assessment(tmp_path / "a.json")))
    (tmp_path / "log.txt").write_text("steady", "utf-8")
    files = [tmp_path / "log.txt", tmp_path / "d.json", tmp_path / "a.json", LOAN_CASE]
    done("register", "add", tmp_path / "r", *files, "--case", CASE_ID, *LOAN)
    shown = done("register", "show", tmp_path / "r", CASE_ID)
    kinds = [line.split("-")[1].split(".")[0] for line in shown.splitlines() if line.startswith("000")]
    assert kinds == ["assessment", "case", "decision", "evidence"]
    assert shown.endswith("everything is as it was filed\n")


def test_a_json_file_can_be_evidence(register: Path, tmp_path: Path) -> None:
    (tmp_path / "measured.json").write_text("[1, 2]", "utf-8")
    assert "say so with `--evidence`" in refused("register", "add", register, tmp_path / "measured.json")
    arguments = ("--evidence", "--case", CASE_ID)
    assert "SHA-256 filed" in done("register", "add", register, tmp_path / "measured.json", *arguments)


def test_no_name_can_steer_a_terminal(register: Path, tmp_path: Path) -> None:
    report = tmp_path / "a\u202eb\x1b[31m\n.pdf"
    report.touch()
    for result in (
        run("register", "add", register, report, "--case", CASE_ID),
        run("register", "show", register, CASE_ID),
        run("register", "add", register, report),
        run("register", "show", register, "\u202e\x1b[31m"),
    ):
        assert not {"\u202e", "\x1b"} & set(result.out + result.err), result


def test_the_list_can_be_had_as_text_csv_and_workbook(register: Path, tmp_path: Path) -> None:
    formula = ("title: Fans of the old court", 'title: "=cmd|x!A0"')
    done("register", "add", register, second(tmp_path, formula), *LOAN)
    text = done("register", "list", register, COLUMNS="200")
    assert text.splitlines()[0].split() == [
        "Case", "Title", "With", "Release", "Verdict", "Escalation", "Still", "open",
        "Decision", "Decided", "Review", "Criteria",
    ]  # fmt: skip
    assert "L-2026-07 Fans of the old court" in text
    assert """"L-2","'=cmd|x!A0",""" in done("register", "list", register, "--format", "csv")
    for name in ("list.txt", "list.csv", "list.xlsx"):
        result = run("register", "list", register, "-o", tmp_path / name)
        assert (result.code, result.out, result.err) == (0, "", f"wrote {tmp_path / name}\n")
    assert (tmp_path / "list.csv").read_bytes().startswith(b'\xef\xbb\xbf"Case","Title",')
    assert "Fans of the old court" in (tmp_path / "list.txt").read_text("utf-8")
    sheet = load_workbook(tmp_path / "list.xlsx").active
    assert sheet is not None
    assert [row[1].value for row in sheet.iter_rows()] == ["Title", "=cmd|x!A0", "Fans of the old court"]
    assert sheet["B2"].data_type == "s"


def test_that_no_case_matches_is_said(register: Path, tmp_path: Path) -> None:
    result = run("register", "list", register, "--partner", "nobody")
    assert (result.code, result.out, result.err) == (0, "", "no case matches\n")
    heads = [
        done("register", "list", register, "--format", "csv", *narrowing).splitlines()[0]
        for narrowing in ((), ("--partner", "nobody"))
    ]
    assert heads[0] == heads[1]
    result = run("register", "due", register, "--on", "2026-03-02", "--days", "1")
    assert (result.code, result.out, result.err) == (0, "", "nothing is due until 2026-03-03\n")
    done("register", "add", register, second(tmp_path), *LOAN)
    (altered,) = (register / "L-2").glob("0001-*")
    altered.write_text("{}", "utf-8")
    result = run("register", "list", register, "--partner", "nobody")
    assert (result.code, result.err.partition("\n")[0]) == (2, "no case that can be read matches")
    for case in (CASE_ID, "L-2"):
        done("register", "remove", register, case, "--reason", "a test", "--early")
    result = run("register", "list", register)
    assert (result.code, result.out, result.err) == (0, "", "there is no case in this register\n")


def test_a_form_is_written_under_its_own_ending_only(register: Path, tmp_path: Path) -> None:
    done("register", "list", register, "--format", "csv", "-o", tmp_path / "x.csv")
    done("register", "export", register, "--format", "zip", "-o", tmp_path / "x.zip")
    message = refused("register", "export", register, "-o", tmp_path / "a.tar")
    assert "this cannot be written as .tar\n  help: endings that are known: .zip, .json, .csv" in message
    assert "than its ending says" in refused("register", "export", register, "--format", "zip", "-o", tmp_path / "a.gz")
    assert "cannot be written as .zip" in refused("register", "list", register, "-o", tmp_path / "a.zip")


def test_a_workbook_needs_a_file_and_its_library(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "name one with `-o FILE.xlsx`" in refused("register", "list", register, "--format", "xlsx")
    assert "help: endings that are known: .csv, .xlsx" in refused(
        "register", "list", register, "-o", tmp_path / "x.doc"
    )
    assert "cannot be written as .pdf" in refused("register", "list", register, "-o", tmp_path / "list.pdf")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert "pipx install --force '.[office]'" in refused("register", "list", register, "-o", tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_case_that_cannot_be_read_is_named_and_the_others_are_listed(register: Path, tmp_path: Path) -> None:
    done("register", "add", register, second(tmp_path), *LOAN)
    (altered,) = (register / "L-2").glob("0001-*")
    altered.write_text("{}", "utf-8")
    for command in (("list",), ("due",), ("reassess", "--on", "2026-05-01", *LOAN)):
        result = run("register", command[0], register, *command[1:])
        assert result.code == 2
        assert f"{altered}: it was altered after it was filed" in result.err
    assert CASE_ID in run("register", "list", register).out
    result = run("register", "export", register, "-o", tmp_path / "out.zip")
    assert (result.code, (tmp_path / "out.zip").exists()) == (2, True)
    result = run("register", "show", register, "L-2")
    assert result.code == 1
    assert "NOT AS IT WAS FILED" in result.out
    assert f"{altered}: it was altered after it was filed" in result.err


def test_what_is_due_is_told_with_its_state(register: Path, tmp_path: Path) -> None:
    shown = done("register", "due", register, "--on", "2026-04-02", "--days", "200", COLUMNS="120")
    assert [line.split()[:4] for line in shown.splitlines()] == [
        ["Due", "State", "Case", "What"],
        ["2026-04-01", "overdue", CASE_ID, "control"],
        ["2026-09-02", "coming", CASE_ID, "review"],
    ]
    assert "2041-12-31" in done("register", "due", register, "--on", "2041-12-01")
    assert "overdue" in done("register", "due", register, "--on", "9999-12-31", "--format", "csv")
    done("register", "due", register)
    done("register", "due", register, "-o", tmp_path / "due.xlsx")
    assert (tmp_path / "due.xlsx").read_bytes().startswith(b"PK")


def test_an_export_is_never_written_over(register: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.json"
    result = run("register", "export", register, "-o", target, "--partner", "harbour")
    assert (result.code, result.err) == (0, f"wrote 3 files of 1 case to {target}\n")
    assert len(json.loads(target.read_bytes())["files"]) == 3
    before = target.read_bytes()
    assert "is there already; it is not written over" in refused("register", "export", register, "-o", target)
    assert target.read_bytes() == before
    done("register", "export", register, "-o", tmp_path / "none.csv", "--partner", "nobody")
    assert (tmp_path / "none.csv").read_text("utf-8").splitlines() == ['"path","kind","number","size","sha256"']


@pytest.mark.parametrize("command", ["list", "due", "export"])
def test_a_table_is_never_written_over_anything_nor_into_the_register(
    command: str, register: Path, tmp_path: Path
) -> None:
    before = {one: one.read_bytes() for one in register.rglob("*") if one.is_file()}
    (filed_case,) = (register / CASE_ID).glob("0002-*")
    endings = (".csv", ".json") if command == "export" else (".txt", ".csv", ".xlsx")
    for target in (filed_case, *(tmp_path / f"mine{ending}" for ending in endings)):
        if target != filed_case:
            target.write_text("mine", "utf-8")
        assert f"{target} is there already; it is not written over" in refused(
            "register", command, register, "-o", target
        )
    assert [one.read_text("utf-8") for one in tmp_path.glob("mine*")] == ["mine"] * len(endings)
    for target in (register / "new.csv", register / CASE_ID / "new.csv", tmp_path / "other" / ".." / "r" / "new.csv"):
        assert "this is in the register itself" in refused("register", command, register, "-o", target)
    assert {one: one.read_bytes() for one in register.rglob("*") if one.is_file()} == before
    assert "wrote " in run("register", command, register, "-o", tmp_path / "new.csv").err


@pytest.mark.parametrize("days", ["99999999999", "36526", "-1"])
def test_days_that_nothing_is_due_in_are_refused(days: str, register: Path) -> None:
    assert "--days" in refused("register", "due", register, "--days", days)
    assert "retention" in done("register", "due", register, "--days", "36525", "--on", "2026-04-02")


def test_a_case_folder_that_nobody_may_look_into_is_named_and_the_others_are_listed(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("register", "add", register, second(tmp_path), *LOAN)
    look = Path.iterdir

    def forbidden(path: Path) -> Iterator[Path]:
        if path.name == "L-2":
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(path)

    # The rights on a folder would not stop a test that runs as the user of the system.
    monkeypatch.setattr(Path, "iterdir", forbidden)
    told = f"{register / 'L-2'}:1:1: the folder of this case cannot be read: permission denied"
    for command in (("list",), ("due", "--days", "400"), ("reassess", "--on", "2026-05-01", *LOAN)):
        result = run("register", command[0], register, *command[1:])
        assert (result.code, told in result.err) == (2, True), result
    assert CASE_ID in run("register", "list", register).out
    assert CASE_ID in run("register", "due", register, "--days", "400").out
    result = run("register", "export", register, "-o", tmp_path / "out.json")
    assert (result.code, told in result.err) == (2, True)
    assert [one["path"].partition("/")[0] for one in json.loads((tmp_path / "out.json").read_bytes())["files"]] == [
        CASE_ID, CASE_ID, "criteria",
    ]  # fmt: skip
    assert told in refused("register", "show", register, "L-2")


def test_a_reassessment_tells_only_what_changed(tmp_path: Path) -> None:
    radium = second(tmp_path, ("hazards: [arsenic]", "hazards: [radium]"))
    done("register", "add", tmp_path / "r", LOAN_CASE, radium, *LOAN)
    command = ("register", "reassess", tmp_path / "r", "--on", "2026-10-01", *LOAN)
    dry = done(*command, "--dry-run")
    assert "L-2 Fans of the old court\n" in dry
    assert dry.endswith("2 open cases assessed again, 1 changed; nothing was filed\n")
    told = done(*command)
    assert "L-2 Fans of the old court: filed as 0003-assessment-2026-10-01." in told
    assert "  OBJ-4 Poisons: was present (" in told
    assert CASE_ID not in told
    assert done(*command).endswith("2 open cases assessed again, 0 changed; nothing was filed\n")
    assert "say what is new" in refused("register", "reassess", tmp_path / "r")
    other = done("register", "reassess", tmp_path / "r", "--criteria", "reconnect-china@1.0.0", "--on", "2026-11-25")
    assert other.endswith("2 open cases under other criteria, left as they were\n")
    assert "reassessing" not in run_on_a_terminal(*command).out


def test_that_somebody_looked_and_nothing_changed_can_be_filed(register: Path) -> None:
    command = ("register", "reassess", register, "--on", "2026-05-01", *LOAN, "--file-unchanged")
    assert done(*command, "--dry-run").endswith("1 open case assessed again, 0 changed; nothing was filed\n")
    told = done(*command)
    assert f"{CASE_ID} Fans of the old court: unchanged, filed as 0003-assessment-2026-05-01." in told
    assert "; to look at again by 2026-11-01\n" in told
    assert told.endswith("1 open case assessed again, 0 changed; 1 new assessment filed\n")
    assert "2026-11-01" in done("register", "list", register, "--format", "csv")


def test_what_is_newly_asked_stands_apart(tmp_path: Path) -> None:
    # A rule on passports is in force from 2027; nobody has said yet whether the loan is escorted.
    case = second(tmp_path, ("opens_on: 2026-09-01", "opens_on: 2027-02-01"))
    done("register", "add", tmp_path / "r", case, *LOAN)
    told = done("register", "reassess", tmp_path / "r", "--on", "2027-01-02", *LOAN)
    assert "  LAW-6 No object passport: not found before, now undetermined" in told
    assert "  newly asked:\n    loan.escorted: " in told


def test_a_case_that_cannot_be_assessed_again_is_named(tmp_path: Path) -> None:
    done("register", "add", tmp_path / "r", LOAN_CASE, *LOAN)
    message = refused("register", "reassess", tmp_path / "r", "--on", "2026-01-01", *LOAN)
    assert "the assessment to supersede is of 2026-03-02, after 2026-01-01" in message


def test_a_register_is_verified_for_people_and_for_programs(register: Path) -> None:
    told = done("register", "verify", register)
    assert told.startswith("everything is as the log says: 1 case, 2 records, 0 cases removed; line 4 of 20")
    whole = json.loads(done("register", "verify", register, "--format", "json"))
    assert (whole["verdict"], whole["faults"], whole["head"]["n"]) == ("holds", [], 4)
    (register / CASE_ID / "note.txt").write_text("x", "utf-8")
    result = run("register", "verify", register)
    place = register / CASE_ID / "note.txt"
    line = f"{place}: does not hold: nobody filed this, or its name was changed → move it elsewhere, or file it with "
    assert (result.code, result.out, result.err) == (1, f"{line}`risk-engine register add`\n", "1 fault\n")
    result = run("register", "verify", register, "--format", "json")
    assert result.code == 1
    assert json.loads(result.out)["faults"] == [
        {
            "verdict": "broken",
            "place": f"{CASE_ID}/note.txt",
            "what": "nobody filed this, or its name was changed",
            "way_out": "move it elsewhere, or file it with `risk-engine register add`",
        }
    ]


def test_a_head_is_signed_kept_and_held_against(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISK_ENGINE_PASSPHRASE", "three words long")
    done("key", "new", tmp_path / "office.pem")
    head, key = tmp_path / "head.json", tmp_path / "office.pub.pem"
    assert "wrote" in run("register", "head", register, "--sign", tmp_path / "office.pem", "-o", head).err
    paper = done("register", "head", register)
    number = paper.split("--head ")[1].split()[0]
    assert paper.endswith(f"Day, name, signature: {'_' * 40}\n")
    assert "all up to it is as it was then" in done("register", "verify", register, "--head", number)
    assert "all up to it is as it was then" in done("register", "verify", register, "--head", head, "--key", key)
    assert "name its public half with --key" in run("register", "verify", register, "--head", head).out
    head.write_text(head.read_text("ascii").replace('"cases": 1', '"cases": 2'), "ascii")
    result = run("register", "verify", register, "--head", head, "--key", key)
    assert (result.code, "the head: a signature is of another record" in result.out) == (1, True)


def test_a_case_is_removed_with_a_reason_and_not_before_its_time(register: Path) -> None:
    command = ("register", "remove", register, CASE_ID)
    assert "--reason" in refused(*command)
    assert "is to be kept until 2041-12-31" in refused(*command, "--reason", "a test")
    told = done(*command, "--reason", "a test", "--early")
    assert told == f"{CASE_ID}: removed, and its folder with it; line 5 of the log: a test\n  not signed\n"
    assert "was removed on" in refused("register", "show", register, CASE_ID)
    assert "0 cases, 0 records, 1 case removed" in done("register", "verify", register)


def test_an_archive_holds_the_head(register: Path, tmp_path: Path) -> None:
    done("register", "export", register, "-o", tmp_path / "all.json")
    head = json.loads(done("register", "head", register, "--format", "json"))
    assert json.loads((tmp_path / "all.json").read_bytes())["head"] == head


def test_a_lock_whose_holder_is_gone_is_told_and_can_be_broken(register: Path) -> None:
    holder = {"who": "ada", "host": "elsewhere", "pid": 1, "since": "2026-03-02T09:00:00+00:00", "token": "t"}
    (register / LOCK).write_text(json.dumps(holder), "utf-8")
    message = refused("register", "unlock", register)
    assert f"{register}: the register is locked by ada on elsewhere (process 1), since 2026-03-02T09:00:00" in message
    assert "help: this machine cannot tell that it is gone; ask, and if it is, add `--force`" in message
    assert "unlocked" in done("register", "unlock", register, "--force")
    assert "the register is not locked" in done("register", "unlock", register)


@pytest.mark.parametrize(
    "command",
    [("list",), ("show", "x"), ("due",), ("export", "-o", "x.zip"), ("reassess", "--on", "2026-05-01"), ("unlock",)],
)
def test_what_is_no_register_is_refused(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name, message in (("folder", "this folder is no register"), ("gone", "there is no such register")):
        assert message in refused("register", command[0], name, *command[1:])
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


@pytest.mark.nightly
def test_to_assess_a_case_nothing_of_registers_and_office_files_is_loaded() -> None:
    code = (
        "import sys; from risk_engine.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('openpyxl', 'docx', 'cryptography', 'z3', 'risk_engine.office.register')\n"
        "print([one for one in sys.modules if one.startswith(heavy)])"
    )
    command = [sys.executable, "-c", code, "assess", str(LOAN_CASE), *map(str, LOAN), "--no-outlook"]
    done_so = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done_so.stdout.endswith("\n[]\n")
