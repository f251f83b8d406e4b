import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.export_form import form_for
from risk_engine.records.office_log import FIRST, EventBody, LogLine, commitment, event_hash
from risk_engine.version import __version__
from tests.awareness import samples as awareness
from tests.cli.commands import COMMANDS
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, TODAY, done, run, run_with
from tests.office.exchange import offices
from tests.office.forms.people import Person, fill_document, fill_workbook
from tests.portfolio.tables import table_of
from tests.screening.samples import write_all
from tests.versions import newest, two_releases


def test_the_version_is_printed() -> None:
    assert done("--version") == f"risk-engine {__version__}\n"


def test_without_a_command_the_help_is_shown() -> None:
    for words in ((), ("case",), ("criteria",), ("register",)):
        result = run(*words)
        assert result.code == 2
        assert "Commands:" in result.out + result.err


def test_the_exit_codes_are_in_the_help() -> None:
    flat = " ".join(done("--help").split())
    assert "Exit codes: 0 done · 1 a test failed" in flat
    assert (
        "2 invalid input, or something could not be checked · 3 a result may be at least --fail-on · 70 a defect"
        in flat
    )


def test_every_command_is_named_in_the_help_of_its_group() -> None:
    for words in COMMANDS:
        assert re.search(rf"^  {words[-1]} ", done(*words[:-1], "--help"), re.MULTILINE), words


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_says_what_it_does_and_shows_an_example(words: tuple[str, ...]) -> None:
    text = done(*words, "--help")
    assert len(text.split("Usage: ")[1].split("\n\n")[1].strip()) > 20
    flat = " ".join(text.split())
    assert re.search(rf"Examples?: .*risk-engine {' '.join(words)}", flat)
    assert "\x1b" not in text


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the examples of most commands name; each works in a copy of it."""
    folder = tmp_path_factory.mktemp("office")
    case = (EXAMPLES / "lung-imaging.yaml").read_text("utf-8").replace("id: KUH-2026-031\n", "id: 2026-014\n")
    shutil.copytree(LOAN[1], folder / "our-criteria")
    (folder / "cases").mkdir()
    for name in ("case.yaml", "cases/2026-014.yaml"):
        (folder / name).write_text(case, "utf-8")
    (folder / "partners").mkdir()
    done("partner", "save", folder / "cases" / "2026-014.yaml", "technology.detector", "--as", "detector")
    (folder / "ours.yaml").write_text((EXAMPLES / "profiles" / "university.yaml").read_text("utf-8"), "utf-8")
    rules = load_criteria("reconnect-china", TODAY)
    for name in ("researcher.xlsx", "partner.docx"):
        fill = fill_workbook if name.endswith(".xlsx") else fill_document
        fill(form_for(rules, name.partition(".")[0], room=1), Person({}), folder / name)
    done("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", folder / "other.json")
    done("assess", folder / "case.yaml", "--format", "json", "-o", folder / "earlier.json")
    done("register", "add", folder / "register", folder / "case.yaml", "--on", "2026-11-25")
    return folder


def look_after(command: str) -> dict[str, Any]:
    """Make what the examples on the log of a register name; return its head."""
    done("key", "new", "office.pem")
    if command == "remove":
        done("register", "add", "register", LOAN_CASE, *LOAN)
    head: dict[str, Any] = json.loads(done("register", "head", "register", "--format", "json", "--sign", "office.pem"))
    if command == "verify":
        Path("head.json").write_text(json.dumps(head), "ascii")
        shutil.copytree("register", "backup/register")
    if command == "begin":
        Path("register/REGISTER.txt").write_text("A register from before there was a log.\n", "ascii")
        Path("register/LOG.jsonl").unlink()
    return head


def look_for_changes() -> str:
    """Look at the register for what is due in ten years, too; return the id of what was found."""
    give_lists("show")
    looked = run("monitor", "run", "--days", "3650", "--format", "json")
    return str(json.loads(looked.out)["changes"][0]["id"])


AT_NIGHT = {
    *(
        ("backup",),
        ("office", "export"),
        ("office", "import"),
        ("restore",),
        ("serve",),
        ("criteria", "diff"),
        ("criteria", "prove"),
        ("criteria", "test"),
    ),
    *(("portfolio", one) for one in ("assess", "explain", "impact", "map", "report")),
    *(("monitor", one) for one in ("run", "show", "acknowledge")),
    *(("awareness", one) for one in ("tables", "report", "watch")),
    *(("case", one) for one in ("import", "export", "questions")),
    *(
        ("criteria", one)
        for one in ("follow", "impact", "list", "lint", "map", "mutate", "schema", "show", "table", "texts")
    ),
    *(("criteria", one) for one in ("case-from", "sign", "timeline", "try", "verify", "withdraw")),
    *(("outlook",), ("register", "reassess")),
}
"""Some make an office or a table anew; of the shipped set, what the others show is tested elsewhere."""
OF_THE_DESK = {
    "SEC-07": "OBJ-1",
    "SEC-08": "OBJ-2",
    "ladder measure rules.2": "ladder verdict rules.2",
    "a military partner is restricted": "logger and crate make it low",
}
"""What the loan desk has in place of what an example changes in the shipped set."""
WHO = ("--by", "A", "--role", "B", "--on", "2026-12-03")


_BODY = EventBody(
    number=1, at="2026-11-30T09:00:00+00:00", person=None, verb="sign_in", case="", commitment=commitment("", {})
)
EVENT = LogLine(**dict(_BODY), previous=FIRST, hash=event_hash(FIRST, _BODY), salt="", detail={})
"""The only event of a log of the office."""


def give_lists(command: str) -> None:
    """Write the lists that the examples name, and take one in for who looks after it."""
    write_all(Path())
    shutil.copy("own.csv", "our-list.csv")
    if command != "add":
        done("lists", "add", "sdn.csv", "--as", "us-sdn")


def give_what_it_needs(words: tuple[str, ...]) -> None:
    """Write what the examples of a command name beside what those of most do."""
    if words[0] == "portfolio":
        rules = newest("reconnect-china")
        table = table_of([Path("case.yaml")], rules, Path("projects.parquet"))
        frame = pl.read_parquet(table).with_columns(pl.lit("101070000").alias("case"))
        frame.write_parquet(table)
        single = [name for name, dtype in frame.schema.items() if not dtype.is_nested()]
        frame.select(single).write_csv("projects.csv")
        if words[1] == "report":
            done("portfolio", "assess", "projects.parquet", "-o", "results.parquet")
    if words == ("case", "migrate"):
        shutil.copy("cases/2026-014.yaml", "cases/2026-015.yaml")
    if words == ("criteria", "try"):
        shutil.copy(LOAN_CASE, "cases/2026-014.yaml")
        done("criteria", "release", "our-criteria")
    if words == ("criteria", "case-from"):
        done("assess", LOAN_CASE, "--criteria", "our-criteria", "--format", "json", "-o", "2026-014.json")
    if words == ("case", "questions"):
        done("case", "set", "cases/2026-014.yaml", "partner.pearl-delta.sanctioned", "unknown")
    if words == ("report",):
        done("decide", "2026-014.json", *WHO)
    if words in {("backup",), ("restore",), ("office", "import"), ("office", "export")}:
        for name in ("office", "our-office"):
            done("serve", "--office", name, "--prepare")
    if words == ("restore",):
        done("backup", "office-2026-11-30.zip")
        Path("office-again").mkdir()
        shutil.copy("office/secret", "office-again")
    if words in {
        ("verify",),
        ("criteria", "list"),
        ("criteria", "release"),
        ("criteria", "sign"),
        ("criteria", "verify"),
    }:
        done("key", "new", "office.pem")
    if words == ("criteria", "sign"):
        done("criteria", "release", "our-criteria")
    if words == ("criteria", "withdraw"):
        shutil.rmtree("our-criteria")
        two_releases(Path("our-criteria"))
    if words == ("criteria", "verify"):
        signing = ("--sign", "office.pem", *WHO)
        done("criteria", "release", "our-criteria", *signing)
    if words == ("verify",):
        Path("archive").mkdir()
        done("decide", "2026-014.json", *WHO, "--sign", "office.pem", "-o", "archive/decision.json")
        done("decide", "2026-014.json", *WHO)
        shutil.copy("2026-014.json", "archive")
        Path("log-2026-11-30.jsonl").write_text(EVENT.model_dump_json(), encoding="utf-8")


PUBLISHED = {("follow", "our-criteria@1.0.0"): "loan-desk@1.0.0"}
"""The set that the examples call theirs is the desk's."""


def give_what_is_exchanged(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what the examples of commands between offices name."""
    if words in {("criteria", "publish"), ("criteria", "follow")}:
        give_feed(words[1])
    if words[0] == "exchange":
        monkeypatch.setenv("RISK_ENGINE_CRITERIA", str(offices.SETS))
        monkeypatch.setenv("RISK_ENGINE_PASSPHRASE", offices.PASSPHRASE)
        give_packages(words[-1])


def give_feed(command: str) -> None:
    """Release a set, publish it, and pin the key of who did."""
    done("key", "new", "office.pem")
    done("criteria", "release", "our-criteria")
    if command == "follow":
        publish = ("criteria", "publish", "our-criteria@1.0.0", "--to", "feed", "--office", "Office A")
        done(*publish, "--key", "office.pem")
        done("register", "add", "register", LOAN_CASE, *LOAN)
        said = ("--office", "Office A", "--by", "B. Ode", "--reason", "compared")
        done("exchange", "keys", "add", "office.pub.pem", "--register", "register", *said)


def give_packages(command: str) -> None:
    """Make a register of an office with decided cases, the key of one, and for who takes them a package of another."""
    shutil.rmtree("register", ignore_errors=True)
    offices.register_of(Path(), "office-a").rename("theirs" if command == "import" else "register")
    Path("office.pem").write_bytes(offices.pair("Office A")[0])
    Path("office-a.pub.pem").write_bytes(offices.pair("Office A")[1])
    said = ("--office", "Office A", "--by", "B. Ode", "--reason", "compared")
    if command == "import":
        offices.register_of(Path(), "office-b").rename("register")
        exported = ("exchange", "export", "--register", "theirs", "--office", "Office A", "--key", "office.pem")
        done(*exported, "-o", "precedents.jsonl", RISK_ENGINE_PASSPHRASE=offices.PASSPHRASE)
        done("exchange", "keys", "add", "office-a.pub.pem", "--register", "register", *said)
    if "remove" in command:
        done("exchange", "keys", "add", "office-a.pub.pem", "--register", "register", *said)


def _ends_it(_seconds: float) -> None:
    raise KeyboardInterrupt


def marks_of(words: tuple[str, ...]) -> list[pytest.MarkDecorator]:
    """Return what says when the examples of a command run, where that is not each time."""
    return [pytest.mark.nightly] if words in AT_NIGHT else []


@pytest.mark.parametrize("words", [pytest.param(one, id=" ".join(one), marks=marks_of(one)) for one in COMMANDS])
def test_every_example_of_the_help_runs(
    words: tuple[str, ...], office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(office, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISK_ENGINE_PASSPHRASE", "three words long")
    if words in {("decide",), ("verify",), ("report",), ("outlook",)}:
        for name in ("2026-014", "2026-015"):
            done("assess", "case.yaml", "--format", "json", "-o", f"{name}.json")
    give_what_it_needs(words)
    awareness.write_all(Path())
    if words[0] == "lists":
        give_lists(words[1])
    if words in {("screen",), ("prefill",)}:
        give_lists("show")
        Path("partners.csv").write_text("name,country\nQuiet Optics,CU\n", "utf-8")
    if words == ("portfolio", "map"):
        Path("partners.csv").write_text("Our partners,\nname,country\nQuiet Optics,CU\n", "utf-8")
    give_what_is_exchanged(words, monkeypatch)
    head = look_after(words[1]) if words[0] == "register" else {}
    found = look_for_changes() if words[0] == "monitor" else ""
    # A line of the help may end behind the hyphen of a name.
    flat = re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(done(*words, "--help").split()))
    examples = re.findall(r"risk-engine ((?:(?! · |, then ).)+)", flat[re.search(r"Examples?: ", flat).start() :])  # type: ignore[union-attr]
    assert examples != []
    for example in examples:
        arguments = shlex.split(example)
        if arguments[0] == "serve":
            arguments = [*arguments, "--prepare"]  # whoever really serves waits: tests/web/test_browser.py
        if arguments[:2] == ["case", "new"]:
            Path(arguments[2]).unlink(missing_ok=True)
        if arguments[:2] in (["criteria", "test"], ["criteria", "mutate"]):
            # The cases of the shipped set are tests of their own, its mutants a gate.
            arguments = [*arguments[:2], str(LOAN[1]), *(OF_THE_DESK.get(one, one) for one in arguments[3:])]
        if arguments[0] == "interview":
            assert run_with(["q"], *arguments).code == 0, example
            continue
        if words == ("register", "verify"):
            arguments = [one.replace("17:3f9c2ab1d2e4f567", f"{head['n']}:{head['head'][:16]}") for one in arguments]
        arguments = [one.replace("412:3f9c2ab1d2e4f567", f"1:{EVENT.hash[:16]}") for one in arguments]
        arguments = [found if one == "3f9c2ab1d2e4" else PUBLISHED.get((words[-1], one), one) for one in arguments]
        is_whole = arguments[1:2] == ["prove"] and "--only" not in arguments
        if is_whole:
            arguments[2] = str(LOAN[1])  # the shipped set takes seconds
        if "--watch" in arguments:
            monkeypatch.setattr("time.sleep", _ends_it)
        if arguments[-2:-1] == ["--against"]:
            arguments[-3] = OF_THE_DESK[arguments[-3]]
        # An editor that says nothing more is closed.
        result = run_with([], *arguments)
        # The loan desk has fewer cases than mutants need, and a rule that falls with a riskier answer.
        lets_some_live = arguments[1:2] == ["mutate"] and not any("ladder" in one for one in arguments)
        codes = {0, 1} if words in {("monitor", "run"), ("awareness", "watch")} else {int(lets_some_live or is_whole)}
        assert result.code in codes, (example, result)
