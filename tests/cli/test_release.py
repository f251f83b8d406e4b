"""A released version never changes: every command that reads a set refuses one that did; and how one is released."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from risk_engine.cli.verify import PASSPHRASE
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.releases import HEADING, LOCK
from risk_engine.office.forms.export_form import form_for
from tests.cli.commands import COMMANDS
from tests.cli.running import EXAMPLES, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, done, refused, run, run_with
from tests.editing import edit
from tests.office.forms.people import Person, fill_workbook
from tests.portfolio.tables import table_of
from tests.screening.samples import MISP
from tests.versions import LIGHTER, Replaced, changed

WITHOUT_A_SET = {
    ("criteria", "schema"),
    ("criteria", "lsp"),
    ("decide",),
    ("report",),
    ("key", "new"),
    ("criteria", "withdraw"),
    ("backup",),
    ("restore",),
    *(("office", word) for word in ("import", "export")),
    *(("lists", word) for word in ("add", "update", "show", "remove")),
    *(("register", word) for word in ("list", "show", "due", "export", "unlock", "verify", "head", "remove", "begin")),
    *(("register", word) for word in ("similar", "consistency")),
    *(("exchange", word) for word in ("preview", "export", "import", "list")),
    *(("exchange", "keys", word) for word in ("add", "list", "remove")),
    *(("monitor", word) for word in ("run", "acknowledge", "show")),
    *(("awareness", word) for word in ("tables", "report", "watch", "judge")),
    ("criteria", "follow"),
}
"""Commands that read no set: the schemas of criteria files belong to the language, what is stored is complete, and an
editor opens files of its own.

A withdrawal needs a second release: tests/cli/test_withdraw.py. What reads a register takes the criteria that are kept
in it; a look at it goes on past what it cannot look at, and says so (tests/office/monitor). A feed is held against its
index (tests/office/exchange).
"""
OF_EDITS = {("criteria", "try"), ("criteria", "case-from")}
"""Commands that take a set as its author left it, between two releases."""
OF_BUNDLES = {("criteria", "publish")}
"""Commands that read the bundle of a release alone, and not the files that were changed after it."""


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "a b c")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "loan-desk"
    shutil.copytree(LOAN_DESK, folder)
    return folder


def tamper(desk: Path) -> None:
    """Change the smallest thing that decides: by how much a control lowers a severity."""
    edit(desk / "1.0.0" / "indicators/title.yaml", "lowers_by: 1", "lowers_by: 2")


CHANGES = {
    "set": ("loan.months", "6"),
    "add": ("artwork", "Screen"),
    "add-control": ("SIGN",),
    "add-evidence": ("--for", "loan.months", "--title", "Contract"),
    "remove": ("loan.months",),
    "migrate": (),
}
"""What each command that changes a case is told to change."""
BOOK = "book.xlsx"
"""What `case export` writes; it is never written over."""
ENOUGH = ("q",)
"""What an interview is told; nothing else reads what comes in."""


def arguments(words: tuple[str, ...], desk: Path, folder: Path) -> tuple[str | Path, ...]:
    """Return the command with the set in its place; a command of the group `criteria` takes it as its argument."""
    more: tuple[str | Path, ...]
    match words:
        case ("criteria", "case-from"):
            more = (folder / "a.json", "--name", "A loan", "--confirm", "R. Keeper", "--confidential", "keep")
        case ("criteria", word):
            return (*words, desk, *of_criteria(word, desk, folder))
        case ("assess",):
            more = (LOAN_CASE, "--profile", LOAN_PROFILE)
        case ("outlook",):
            more = (LOAN_CASE,)
        case ("interview",):
            more = (shutil.copy(LOAN_CASE, folder / "asked.yaml"),)
        case ("verify",):
            more = (folder / "a.json",)
        case ("screen" | "prefill" as word,):
            more = (*(["--case"] if word == "screen" else []), LOAN_CASE, *stored_list(folder))
        case ("serve",):
            more = ("--office", folder / "served", "--prepare")
        case ("case", word):
            more = of_case(word, folder)
        case ("partner", "save"):
            more = (shutil.copy(LOAN_CASE, folder / "changed.yaml"), "borrower.harbour")
        case ("partner", "list"):
            more = ("--files", put_on_file(folder))
        case ("partner", "changed"):
            more = ("harbour", folder, "--files", put_on_file(folder))
        case ("portfolio", word):
            return (*words, *of_table(word, desk, folder))
        case ("awareness", "brief"):
            works = EXAMPLES / "awareness" / "finland.jsonl"
            more = (works, "--institution", "Aalto University", "--between", "FI", "CN", "-o", folder / "brief.md")
        case ("register", "add" | "reassess" as word):
            more = (folder / "register", *([LOAN_CASE] if word == "add" else []))
        case _:
            pytest.fail(f"say here what `{' '.join(words)}` is given, or that it reads no set")
    return (*words, *more, "--criteria", desk)


def stored_list(folder: Path) -> tuple[str | Path, ...]:
    """Return the option that names a store with a list in it."""
    store = ("--store", folder / "lists.sqlite")
    if not store[1].exists():
        (folder / "cluster.json").write_text(MISP, "utf-8")
        done("lists", "add", folder / "cluster.json", "--as", "tracker", *store)
    return store


def of_criteria(word: str, desk: Path, folder: Path) -> tuple[str | Path, ...]:
    """Return what a command of the group `criteria` is given besides the set."""
    match word:
        case "texts":
            return ("--into", "fr")
        case "table":
            return ("--of", "ladder:release")
        case "diff":
            return (desk,)
        case "impact":
            return (desk, "--cases", LOAN_CASE, "--jobs", "1")
        case "prove":
            # Its profile keeps one promise that the set alone does not.
            return ("--profile", LOAN_PROFILE, "--only", "promises", "--jobs", "1")
        case "publish":
            return ("--to", folder / "feed", "--office", "The House", "--key", new_key(folder))
        case "sign":
            return ("--key", new_key(folder), "--by", "A. Keeper", "--role", "Registrar")
        case "mutate":
            # Of the whole set some survive.
            return ("--only", "unsteady", "--jobs", "1")
        case _:
            return ()


def of_case(word: str, folder: Path) -> tuple[str | Path, ...]:
    """Return what a command of the group `case` is given besides the set."""
    match word:
        case "new" | "schema":
            return ()
        case "check":
            return (LOAN_CASE,)
        case "questions":
            return (LOAN_CASE, "--out", folder / "sent", "--for", "conservator")
        case "import":
            form = form_for(load_criteria(str(LOAN_DESK)), "conservator")
            return (fill_workbook(form, Person({}), folder / "back.xlsx"), "--into", folder / "case.yaml")
        case "export":
            return (LOAN_CASE, folder / BOOK)
        case _:
            return (shutil.copy(LOAN_CASE, folder / "changed.yaml"), *CHANGES[word])


def of_table(word: str, desk: Path, folder: Path) -> tuple[str | Path, ...]:
    """Return what a command of the group `portfolio` is given, the set included."""
    table = folder / "loans.parquet"
    if not table.exists():
        table_of([LOAN_CASE], load_criteria(str(LOAN_DESK)), table)
    match word:
        case "assess":
            return (table, "-o", folder / "results", "--force", "--criteria", desk)
        case "report":
            done("portfolio", "assess", table, "-o", folder / "results.parquet", "--force", "--criteria", desk)
            return (folder / "results.parquet", "-o", folder / "report.html", "--criteria", desk)
        case "explain":
            return ("L-2026-07", "--in", table, "--criteria", desk)
        case "map":
            return (table, "--criteria", desk)
        case "template":
            return (desk, "-o", folder / "cases.xlsx")
        case _:
            return (desk, desk, table)


def put_on_file(folder: Path) -> Path:
    """Put something on file about a house; return the folder of what is on file."""
    files = folder / "partners"
    files.mkdir()
    text = "id: harbour\nabout: borrower\nrecorded_on: 2026-02-01\nanswers:\n  climate: drifting\n"
    (files / "harbour.yaml").write_text(text, "utf-8")
    return files


def new_key(folder: Path) -> Path:
    """Make the key of an office; return the private half."""
    done("key", "new", folder / "office.pem")
    return folder / "office.pem"


def released(desk: Path) -> str:
    """Release the set; return its digest."""
    return done("criteria", "release", desk).splitlines()[0].rpartition("sha256:")[2]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a released set, an assessment under it and a register; whoever changes it takes a copy."""
    folder = tmp_path_factory.mktemp("office")
    desk = Path(shutil.copytree(LOAN_DESK, folder / "loan-desk"))
    released(desk)
    done("assess", LOAN_CASE, "--criteria", desk, "--format", "json", "-o", folder / "a.json")
    done("register", "add", folder / "register", folder / "a.json", "--criteria", desk)
    return folder


BEFORE_EACH_LANDING = {
    *(("assess",), ("verify",), ("decide",), ("interview",), ("outlook",), ("case", "check"), ("register", "add")),
    *(("criteria", one) for one in ("check", "list", "release", "test")),
    *(("partner", "list"), ("portfolio", "explain"), ("portfolio", "map"), ("portfolio", "template")),
}
"""All load a set in the same way: the others are tried at night."""


def mostly_at_night(commands: list[tuple[str, ...]]) -> list[Any]:
    return [pytest.param(one, marks=[] if one in BEFORE_EACH_LANDING else [pytest.mark.nightly]) for one in commands]


@pytest.mark.parametrize(
    "words",
    mostly_at_night([one for one in COMMANDS if one not in WITHOUT_A_SET | OF_EDITS | OF_BUNDLES]),
    ids=" ".join,
)
def test_a_changed_released_version_is_an_error_in_every_command(
    words: tuple[str, ...], office: Path, tmp_path: Path
) -> None:
    desk = Path(shutil.copytree(office, tmp_path, dirs_exist_ok=True)) / "loan-desk"
    command = arguments(words, desk, tmp_path)
    before = (desk / LOCK).read_bytes()
    digest = before.decode().strip().rpartition("sha256:")[2]
    assert run_with(ENOUGH, *command).code == 0
    tamper(desk)
    (tmp_path / BOOK).unlink(missing_ok=True)
    result = run_with(ENOUGH, *command)
    assert result.code == 2
    # `list` still says which versions there are.
    assert result.out == ("" if words != ("criteria", "list") else "loan-desk@1.0.0\tin force from 2024-03-01\t"
                          "released, but changed since\tbroken\n")  # fmt: skip
    assert f"{desk / LOCK}:3:1: `{desk / '1.0.0'}` is not what was released as `loan-desk@1.0.0`" in result.err
    assert f"released was sha256:{digest}, now it is sha256:" in result.err
    assert "help: a released version never changes: restore it" in result.err
    assert (desk / LOCK).read_bytes() == before


@pytest.mark.parametrize("words", mostly_at_night([one for one in COMMANDS if one not in WITHOUT_A_SET]), ids=" ".join)
def test_what_is_no_rule_may_change_after_the_release(words: tuple[str, ...], office: Path, tmp_path: Path) -> None:
    desk = Path(shutil.copytree(office, tmp_path, dirs_exist_ok=True)) / "loan-desk"
    edit(desk / "1.0.0" / "set.yaml", "schema: 1", "# A remark.\nschema: 1")
    edit(desk / "1.0.0" / "cases.yaml", "- name: logger and crate make it low", "- name: with both it is low")
    (desk / "1.0.0" / "CHANGES.md").write_text("# A remark\n", "utf-8")
    command = arguments(words, desk, tmp_path)
    if words == ("criteria", "check"):
        bundle = desk / "releases" / "1.0.0.json"
        message = refused(*command)
        assert f"{bundle}:1:1: this bundle of loan-desk@1.0.0 was made of other words, cases or layout" in message
        assert f"help: `risk-engine criteria release {desk / '1.0.0'}` writes it anew" in message
        assert run("criteria", "release", desk).err.startswith(f"wrote {bundle}\n")
    assert run_with(ENOUGH, *command).code == 0


def test_a_released_version_without_its_bundle_is_found_by_check_and_gets_one_by_a_release(desk: Path) -> None:
    released(desk)
    bundle = desk / "releases" / "1.0.0.json"
    before = bundle.read_bytes()
    bundle.unlink()
    assert f"{bundle}:1:1: loan-desk@1.0.0 is released, and its bundle is not there" in refused(
        "criteria", "check", desk
    )
    done("criteria", "release", desk)
    assert bundle.read_bytes() == before
    assert "no problems" in done("criteria", "check", desk)


def test_a_released_version_is_tested_by_its_bundle_when_its_files_are_the_next_version(desk: Path) -> None:
    files = desk / "set"
    (desk / "1.0.0").rename(files)
    released(files)
    edit(files / "set.yaml", "version: 1.0.0", "version: 1.1.0")
    edit(files / "cases.yaml", "- name: logger and crate make it low", "- name: another name")
    assert done("criteria", "test", f"{files}@1.0.0").startswith("loan-desk@1.0.0: ")
    assert done("criteria", "test", f"{files}@1.1.0").startswith("loan-desk@1.1.0: ")
    assert done("criteria", "test", files / "releases" / "1.0.0.json").startswith("loan-desk@1.0.0: ")
    assert "criteria release" not in done("criteria", "check", files)


def test_a_case_of_a_bundle_that_comes_out_otherwise_than_when_it_was_released_fails(desk: Path) -> None:
    released(desk)
    bundle = desk / "releases" / "1.0.0.json"
    content = orjson.loads(bundle.read_bytes())
    content["outcomes"][0]["ladders"] = {"verdict": ["refuse", "refuse", "refuse"]}
    bundle.write_bytes(orjson.dumps(content) + b"\n")
    result = run("criteria", "test", bundle)
    assert result.code == 1
    assert "verdict: when it was released refuse, refuse, refuse, now " in result.out


def test_a_version_is_a_draft_until_it_is_released(desk: Path) -> None:
    assert done("criteria", "list", desk) == "loan-desk@1.0.0\tin force from 2024-03-01\tdraft\n"
    released(desk)
    assert done("criteria", "list", desk) == "loan-desk@1.0.0\tin force from 2024-03-01\treleased\tunsigned\n"


@pytest.mark.nightly
def test_the_catalogue_says_whether_the_version_is_a_draft(desk: Path) -> None:
    assert "loan-desk version 1.0.0 [draft: it may still change]" in done("criteria", "show", desk)
    digest = released(desk)
    shown = done("criteria", "show", desk)
    assert "loan-desk version 1.0.0, released: it never changes" in shown
    assert f"sha256:{digest}" in shown


def test_a_release_is_recorded_as_one_line(desk: Path) -> None:
    result = run("criteria", "release", desk)
    digest = result.out.strip().rpartition("sha256:")[2]
    assert (result.code, result.out) == (0, f"loan-desk@1.0.0: released, sha256:{digest}\n")
    assert result.err == f"wrote {desk / 'releases' / '1.0.0.json'}\nwrote {desk / LOCK}\n"
    assert (desk / LOCK).read_text("utf-8") == f"{HEADING}loan-desk@1.0.0: sha256:{digest}\n"


def test_a_second_release_of_the_same_changes_nothing(desk: Path) -> None:
    digest = released(desk)
    before = (desk / LOCK).stat().st_mtime_ns
    out = done("criteria", "release", f"{desk}@1.0.0")
    assert out == f"loan-desk@1.0.0: released already, unchanged: sha256:{digest}\n"
    assert (desk / LOCK).stat().st_mtime_ns == before


@pytest.mark.nightly
def test_the_newest_version_is_released_and_the_older_line_stays(desk: Path) -> None:
    first = released(desk)
    shutil.copytree(desk / "1.0.0", desk / "1.1.0")
    edit(desk / "1.1.0" / "set.yaml", "version: 1.0.0", "version: 1.1.0")
    assert done("criteria", "list", desk).splitlines() == [
        "loan-desk@1.0.0\tin force from 2024-03-01\treleased\tunsigned",
        "loan-desk@1.1.0\tin force from 2024-03-01\tdraft",
    ]
    first_line, needed = done("criteria", "release", desk).splitlines()
    second = first_line.rpartition("sha256:")[2]
    assert needed == "A patch is enough: no case is decided otherwise."
    assert (desk / LOCK).read_text("utf-8") == (
        f"{HEADING}loan-desk@1.0.0: sha256:{first}\nloan-desk@1.1.0: sha256:{second}\n"
    )


def test_a_set_with_problems_is_not_released(desk: Path) -> None:
    edit(desk / "1.0.0" / "definitions.yaml", "at_least: drifting", "at_least: driftig")
    assert "did you mean `drifting`?" in refused("criteria", "release", desk)
    assert not (desk / LOCK).exists()


def test_a_set_whose_cases_fail_is_not_released(desk: Path) -> None:
    edit(desk / "1.0.0" / "cases.yaml", "residual: {OBJ-1: low}", "residual: {OBJ-1: moderate}")
    result = run("criteria", "release", desk)
    assert result.code == 1
    assert "  residual OBJ-1: expected moderate to moderate, got low to low\n" in result.out
    assert result.err == "loan-desk@1.0.0: not released, 1 of 14 cases failed\n"
    assert not (desk / LOCK).exists()


def test_a_set_without_cases_is_not_released(desk: Path) -> None:
    (desk / "1.0.0" / "cases.yaml").unlink()
    assert "cases.yaml:1:1: there is no such file" in refused("criteria", "release", desk)
    assert not (desk / LOCK).exists()


@pytest.mark.nightly
def test_a_release_that_is_gone_is_found_by_check_and_by_no_other_command(desk: Path, tmp_path: Path) -> None:
    released(desk)
    with (desk / LOCK).open("a", encoding="utf-8") as file:
        file.write(f"loan-desk@0.9.0: sha256:{'0' * 64}\n")
    for command in (("criteria", "check", desk), ("criteria", "release", desk)):
        message = refused(*command)
        assert f"{desk / LOCK}:4:1: `loan-desk@0.9.0` was released, but it is gone" in message
        assert "help: restore it" in message
    for words in (("assess",), ("case", "check"), ("criteria", "show"), ("criteria", "test")):
        done(*arguments(words, desk, tmp_path))


def test_a_lock_that_cannot_be_read_is_an_error(desk: Path, tmp_path: Path) -> None:
    (desk / LOCK).write_text("loan-desk@1.0.0: soon\n", "utf-8")
    for words in (("assess",), ("case", "new"), ("criteria", "list"), ("criteria", "show"), ("criteria", "release")):
        assert f"{desk / LOCK}:1:18: a digest is needed here" in refused(*arguments(words, desk, tmp_path))


def test_a_place_where_no_lock_can_be_written_is_refused(desk: Path) -> None:
    (desk / LOCK).mkdir()
    assert "the file cannot be written" in refused("criteria", "release", desk)


DARKER: Replaced = {"parameters.yaml": (("value: 50000}", "value: 40000}"),)}


def following(desk: Path, number: str, replaced: Replaced) -> Path:
    """Write the draft of a version that follows the release; each changes another limit of light."""
    head = (("version: 1.0.0", f"version: {number}"), ("from: 2024-03-01", "from: 2027-01-01"))
    return changed(desk / number, {"set.yaml": head, **replaced}, of=desk / "1.0.0")


def test_a_number_that_is_too_low_is_refused_with_the_smallest_case_that_shows_it(desk: Path) -> None:
    released(desk)
    following(desk, "1.1.0", LIGHTER)
    before = (desk / LOCK).read_bytes()
    said = refused("criteria", "release", desk)
    assert "from 1.0.0 to 1.1.0 is a minor step, but a major step is needed: Release can become milder" in said
    assert "the smallest case that shows it: Release: " in said
    assert "help: make it 2.0.0 or higher" in said
    assert (desk / LOCK).read_bytes() == before


def test_a_version_whose_number_says_enough_is_released_and_its_history_written(desk: Path) -> None:
    released(desk)
    folder = following(desk, "2.0.0", LIGHTER)
    result = run("criteria", "release", desk)
    assert result.code == 0, result
    history = (folder / "CHANGES.md").read_text("utf-8")
    assert "## 2.0.0 (in force from 2027-01-01)\n\n**Milder in some cases: Release and Verdict (" in history
    assert "- `light_limit` Lux hours that an object may get: Value" in history
    assert "50000 → 55000" in history


@pytest.mark.nightly
def test_what_somebody_wrote_in_the_history_stays(desk: Path) -> None:
    released(desk)
    folder = following(desk, "1.1.0", DARKER)
    own = "# Changes\n\n## 1.1.0\n\nLess light.\n"
    (folder / "CHANGES.md").write_text(own, "utf-8")
    assert "loan-desk@1.1.0: released" in done("criteria", "release", desk)
    assert (folder / "CHANGES.md").read_text("utf-8") == own


@pytest.mark.nightly
def test_without_the_solver_a_first_version_is_released_and_a_later_one_refused(desk: Path, tmp_path: Path) -> None:
    def without_solver() -> subprocess.CompletedProcess[str]:
        code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from risk_engine.cli import main; main()"
        command = (sys.executable, "-c", code, tmp_path / "none", "criteria", "release", desk)
        return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")

    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "z3.py").write_text("raise ImportError('as where the extra is not installed')\n", "utf-8")
    assert without_solver().returncode == 0
    following(desk, "2.0.0", LIGHTER)
    later = without_solver()
    assert later.returncode == 2
    assert "loan-desk 2.0.0 follows loan-desk 1.0.0: what the changes mean for results cannot be proved" in later.stderr
    assert "pipx install --force '.[audit]'" in later.stderr


def test_a_shipped_set_is_refused_by_its_name_before_anything_is_read_or_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = tmp_path / "shipped" / "loan-desk" / "1.0.0"
    shutil.copytree(LOAN_DESK / "1.0.0", draft)
    monkeypatch.setattr("risk_engine.loading.sets.criteria_folder", lambda: tmp_path / "shipped")
    (draft / "facts.yaml").write_text("loan: [", "utf-8")  # what reading it would say
    message = refused("criteria", "release", "loan-desk")
    assert message == (
        f"`loan-desk` is the set that came with the program, in `{draft.parent}`\n"
        "  help: copy it with its `releases.lock`, and name the folder of the copy, like `./SET`\n"
    )
