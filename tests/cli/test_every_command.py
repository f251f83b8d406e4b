"""A foreign set (a museum's loan desk) through every command that there is: Python knows no word of the shipped set."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from risk_engine.cli.verify import PASSPHRASE
from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.export_form import form_for
from tests.audit.editor.client import editor, waited_for
from tests.cli.commands import COMMANDS
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, SETS, Result, run, run_with
from tests.editing import edit
from tests.office.forms.people import Person, fill_workbook
from tests.portfolio.tables import table_of
from tests.screening.samples import MISP
from tests.versions import LATER, changed, two_releases

PASS = {PASSPHRASE: "a b c"}


def assess(folder: Path) -> Result:
    for form in ("html", "md", "json"):
        arguments = ("--profile", LOAN_PROFILE, "--format", form, "-o", folder / form, "--fail-on", "refuse")
        assert run("assess", LOAN_CASE, *LOAN, *arguments).code == 0
    both = (*LOAN, "--criteria", SETS / "print-room", "-o", folder / "comparison.html")
    assert run("assess", SETS / "two-rooms-case.yaml", *both).code == 0
    return run("assess", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE)


def verify(folder: Path) -> Result:
    run("assess", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE, "--format", "json", "-o", folder / "a.json")
    return run("verify", folder / "a.json", *LOAN)


def decide(folder: Path) -> Result:
    """Decide with a reason, confirm, sign and print in every form; then verify the whole folder."""
    run("assess", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE, "--format", "json", "-o", folder / "a.json")
    run("key", "new", folder / "desk.pem", **PASS)
    (folder / "reply.txt").write_text("We lend it gladly.", "utf-8")
    decided = run(
        *("decide", folder / "a.json", *LOAN, "--level", "verdict=refuse", "--reason", "The keeper is ill."),
        *("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09", "--condition", "LOGGER; due=2026-05-01"),
        *("--reply", f"{folder / 'reply.txt'}; from=Harbour Museum; date=2026-03-08"),
    )
    assert decided.code == 0, decided
    assert decided.out.startswith("Not in effect yet: a second person must confirm it.")
    later = ("--confirm", "B. Board", "--role", "Chair", "--on", "2026-03-10", "--sign", folder / "desk.pem")
    confirmed = run("decide", folder / "a.decision.json", *later, **PASS)
    record = folder / "a.decision.confirmed.json"
    for form in ("html", "md", "json", "txt"):
        assert run("decide", record, "-o", folder / f"page.{form}").code == 0
    (folder / "page.json").unlink()
    assert run("verify", folder, *LOAN).code == 2  # the first record bears no signature, the second one does
    key = ("--key", folder / "desk.pub.pem")
    assert run("verify", folder / "a.json", record, *LOAN, *key).code == 0
    return confirmed


def report(folder: Path) -> Result:
    """Write every kind of document in every form that is text, before and after the decision."""
    decide(folder)
    (folder / "reply.txt").unlink()
    decided = ("--decision", folder / "a.decision.confirmed.json")
    undecided = ("full", "questions")
    for kind in (*undecided, "decision", "letter", "plan"):
        for form in ("html", "md"):
            made = {f"{kind}.{form}": (), f"{kind}-decided.{form}": decided}
            for name, more in list(made.items())[: 1 if kind in undecided else 2]:
                assert run("report", folder / "a.json", *LOAN, "--kind", kind, *more, "-o", folder / name).code == 0
    return run("report", folder / "a.json", *LOAN, "--kind", "letter", *decided)


def interview(folder: Path) -> Result:
    """Begin a case, stop and go on with it; then end with one that is answered."""
    case, whole = folder / "l-7.yaml", folder / "whole.yaml"
    begun = run_with(["", "Fans", "", "Fan with cranes", "q"], "interview", case, *LOAN, "--on", "2026-03-02")
    assert begun.code == 0, begun
    on = run_with(["", "?", "q"], "interview", case, *LOAN, "--on", "2026-03-02", "--profile", LOAN_PROFILE)
    assert on.code == 0, on
    assert "Verdict: Lend, Lend on terms or Refuse" in on.out
    whole.write_text(LOAN_CASE.read_text("utf-8"), "utf-8")
    return run_with([""], "interview", whole, *LOAN)


def serve(folder: Path) -> Result:
    """Make an office whose cases are under the set (tests/web has what is in it)."""
    return run("serve", "--office", folder / "office", *LOAN, "--prepare")


def outlook(folder: Path) -> Result:
    """What would change the result, as text, as a record, and with the report that it belongs to."""
    assert run("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", folder / "a.json").code == 0
    assert run("outlook", folder / "a.json", *LOAN, "-o", folder / "a.outlook.json").code == 0
    for name in ("page.html", "page.md"):
        made = run("report", folder / "a.json", *LOAN, "--outlook", folder / "a.outlook.json", "-o", folder / name)
        assert made.code == 0
    return run("outlook", LOAN_CASE, *LOAN)


def make_key(folder: Path) -> Result:
    return run("key", "new", folder / "desk.pem", **PASS)


def new(folder: Path) -> Result:
    run("case", "new", folder / "case.yaml", *LOAN)
    return run("assess", folder / "case.yaml", *LOAN, "--on", "2026-03-02")


def bring_in(folder: Path) -> Result:
    for kind in ("xlsx", "docx"):
        made = folder / f"made.{kind}"
        assert run("case", "new", made, *LOAN, "--for", "conservator", "--from", LOAN_CASE).code == 0
        made.unlink()  # only text is looked through for words of the shipped set
    with tempfile.TemporaryDirectory() as other:
        form = form_for(load_criteria(str(LOAN_DESK)), "conservator")
        answers = {"loan.swap": "hard", "artwork.1.called": "Fan", "artwork.1.material": "paper"}
        back = fill_workbook(form, Person(answers), Path(other) / "conservator.xlsx")
        result = run("case", "import", back, "--into", folder / "case.yaml", *LOAN)
    assert run("assess", folder / "case.yaml", *LOAN, "--on", "2026-12-01").code == 0
    return result


def send_out(folder: Path) -> Result:
    """Write the questionnaires of a case in which something is open."""
    case = folder / "open.yaml"
    case.write_text(LOAN_CASE.read_text("utf-8").replace("climate: steady", "climate: unknown"), "utf-8")
    with tempfile.TemporaryDirectory() as other:  # only text is looked through for words of the shipped set
        return run("case", "questions", case, *LOAN, "--out", Path(other) / "sent", "--for", "conservator")


def check_case(_folder: Path) -> Result:
    return run("case", "check", LOAN_CASE, *LOAN)


def change_case(folder: Path) -> Result:
    """Take a case through every command that changes one, and assess it."""
    case = folder / "case.yaml"
    case.write_text(LOAN_CASE.read_text("utf-8"), "utf-8")
    for words in (
        ("add", case, "borrower", "quay=House on the Quay", "artwork", "Comb"),
        ("set", case, "borrower.quay.climate", "steady", "loan.months", "9", "--evidence", "Letter 7"),
        ("add-control", case, "CRATE", "--owner", "Keeper", "--status", "agreed"),
        ("add-evidence", case, "--for", "borrower.quay.climate", "--title", "Visit of 3 February"),
        ("remove", case, "artwork.comb"),
        ("migrate", case),
    ):
        assert run("case", *words, *LOAN).code == 0, words
    (folder / "case.yaml.bak").unlink()
    return run("assess", case, *LOAN)


def keep_lists(folder: Path) -> Result:
    """Lists know no set: take one in, read it again, look at an entry, and take it out."""
    (folder / "cluster.json").write_text(MISP, "utf-8")
    store = ("--store", folder / "lists.sqlite")
    assert run("lists", "add", folder / "cluster.json", "--as", "tracker", *store).code == 0
    assert run("lists", "update", *store).code == 0
    shown = run("lists", "show", "tracker", "--entry", json.loads(MISP)["values"][0]["uuid"], *store)
    assert run("lists", "remove", "tracker", "--with-history", *store).code == 0
    for one in ("cluster.json", "lists.sqlite"):
        (folder / one).unlink()
    return shown


def look_up(folder: Path) -> Result:
    """Screen the houses of a case, rule a hit out, and look again."""
    (folder / "houses.csv").write_text("name,number\nHouse on the Plain,1\n", "utf-8")
    mapping = "title: Houses\nstanding: evidence\ncolumns: {name: name, key: [number]}\n"
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    store = ("--store", folder / "lists.sqlite")
    added = ("--as", "houses", "--mapping", folder / "mapping.yaml")
    assert run("lists", "add", folder / "houses.csv", *added, *store).code == 0
    case = ("screen", "--case", LOAN_CASE, *LOAN, *store)
    assert run(*case, "--rule-out", "houses/1", "--by", "R. Keeper", "--reason", "Another plain.").code == 0
    found = run(*case, "--all")
    for one in ("houses.csv", "mapping.yaml", "lists.sqlite", "lists.decisions.sqlite"):
        (folder / one).unlink()
    return found


def fill_in(_folder: Path) -> Result:
    """Confirm that a house of a case is on a list that is law, and take what that answers."""
    with tempfile.TemporaryDirectory() as other:
        place = Path(other)
        (place / "houses.csv").write_text("name,number\nHouse on the Plain,1\n", "utf-8")
        mapping = "title: Houses\nstanding: law\njurisdiction: EU\ncolumns: {name: name, key: [number]}\n"
        (place / "mapping.yaml").write_text(mapping, "utf-8")
        case = shutil.copy(LOAN_CASE, place / "case.yaml")
        store = ("--store", place / "lists.sqlite")
        added = ("--as", "houses", "--mapping", place / "mapping.yaml")
        assert run("lists", "add", place / "houses.csv", *added, *store).code == 0
        confirm = ("--confirm", "houses/1", "--by", "R. Keeper", "--reason", "The same plain.")
        assert run("screen", "--case", case, *LOAN, *store, *confirm).code == 0
        result = run("prefill", case, *LOAN, *store, "--accept", "borrower.plain.shielded")
        return Result(result.code, result.out, "")


def keep_partners(folder: Path) -> Result:
    """Put on file what a case says of a house, use it in the case, list it, and see which case it touches."""
    with tempfile.TemporaryDirectory() as other:
        office = Path(other)
        for place in ("cases", "partners"):
            (office / place).mkdir()
        case, files = office / "cases" / "case.yaml", ("--files", office / "partners", *LOAN)
        case.write_text(LOAN_CASE.read_text("utf-8"), "utf-8")
        assert run("partner", "save", case, "borrower.harbour", *LOAN).code == 0
        assert run("case", "set", case, "borrower.plain.on_file", "harbour", *LOAN).code == 0
        assert run("partner", "list", *files).code == 0
        assert run("assess", case, *LOAN, "--format", "md", "-o", folder / "case.md").code == 0
        result = run("partner", "changed", "harbour", case, *files)
        return Result(result.code, result.out.replace("partners", ""), result.err)


def export_case(folder: Path) -> Result:
    """Take a case through its workbook and back."""
    with tempfile.TemporaryDirectory() as other:
        book = Path(other) / "case.xlsx"
        assert run("case", "export", LOAN_CASE, book, *LOAN).code == 0
        assert run("case", "import", book, "--into", folder / "case.yaml", *LOAN).code == 0
        return run("assess", book, *LOAN)


def many_cases(folder: Path) -> Result:
    """Take a table of cases through every command that reads one; what they write lies in folders."""
    with tempfile.TemporaryDirectory() as other:  # only text is looked through for words of the shipped set
        table = table_of([LOAN_CASE], load_criteria(str(LOAN_DESK)), Path(other) / "loans.parquet")
        assert run("portfolio", "assess", table, *LOAN, "-o", folder / "results").code == 0
        assert run("portfolio", "impact", LOAN_DESK, LOAN_DESK, table, "-o", folder / "moved").code == 0
        mapping = Path(other) / "map.yaml"
        proposed = run("portfolio", "map", table, *LOAN, "-o", mapping)
        assert proposed.code == 0
        (folder / "proposed.txt").write_text(proposed.out + mapping.read_text("utf-8"), "utf-8")
        assert run("portfolio", "template", LOAN_DESK, "-o", Path(other) / "cases.xlsx").code == 0
        assert run("portfolio", "assess", table, *LOAN, "-o", Path(other) / "results.parquet").code == 0
        results = Path(other) / "results.parquet"
        for name in ("report.html", "report.md"):
            assert run("portfolio", "report", results, *LOAN, "--cases", table, "-o", folder / name).code == 0
        return run("portfolio", "explain", "L-2026-07", "--in", table, *LOAN)


def case_schema(folder: Path) -> Result:
    run("case", "schema", *LOAN, "-o", folder / "schema.json")
    assert "artwork" in json.loads((folder / "schema.json").read_text("utf-8"))["properties"]
    return run("case", "schema", *LOAN)


def list_sets(_folder: Path) -> Result:
    return run("criteria", "list", LOAN_DESK)


def show(folder: Path) -> Result:
    for form in ("md", "html"):
        assert run("criteria", "show", LOAN_DESK, "--format", form, "-o", folder / form).code == 0
    return run("criteria", "show", LOAN_DESK)


def impact(folder: Path) -> Result:
    lighter = shutil.copytree(LOAN_DESK / "1.0.0", folder / "lighter")
    table = lighter / "parameters.yaml"
    edit(table, "value: 50000", "value: 30000")
    command = ("criteria", "impact", LOAN_DESK / "1.0.0", lighter, "--cases", LOAN_CASE)
    for form in ("html", "md", "json"):
        assert run(*command, "--profile", LOAN_PROFILE, "-o", folder / f"impact.{form}").code == 0
    return run(*command, "--fail-on", "changed")


def map_of_the_set(folder: Path) -> Result:
    assert run("criteria", "map", LOAN_DESK, "-o", folder / "map.html").code == 0
    return run("criteria", "map", LOAN_DESK)


def diff(folder: Path) -> Result:
    version = changed(folder / "later" / "1.1.0", LATER)
    for form in ("md", "html", "json"):
        quickly = ("--no-meaning", "-o", folder / f"changes.{form}")
        assert run("criteria", "diff", LOAN_DESK, version, *quickly).code == 0
    whole = ("--cases", folder / "shown", "-o", folder / "meaning.html", "--fail-on", "milder")
    assert run("criteria", "diff", LOAN_DESK, version, *whole).code == 1
    shown = "\n".join(one.read_text("utf-8") for one in sorted((folder / "shown").iterdir()))
    assert "artwork:" in shown
    assert [word for word in SHIPPED_WORDS if word in shown] == []
    return run("criteria", "diff", LOAN_DESK, version, "--no-meaning")


def check(_folder: Path) -> Result:
    return run("criteria", "check", LOAN_DESK)


def edit_in_an_editor(folder: Path) -> Result:
    """Open a file of the set in an editor and mistype a control."""
    desk = Path(shutil.copytree(LOAN_DESK / "1.0.0", folder / "desk"))

    async def edit() -> list[str]:
        async with editor(desk) as client:
            file = client.open(desk / "indicators" / "object.yaml")
            client.change(file, "all: [MOUNT]", "all: [MONT]")
            await client.until(lambda: client.messages(file))
            return client.messages(file)

    return Result(0, "\n".join(waited_for(edit())), "")


def texts(folder: Path) -> Result:
    assert run("criteria", "texts", LOAN_DESK, "--into", "fr", "-o", folder / "fr.yaml").code == 0
    return run("criteria", "texts", LOAN_DESK, "--into", "fr")


def run_cases(folder: Path) -> Result:
    for form in ("html", "md", "json", "txt"):
        assert run("criteria", "test", LOAN_DESK, "--coverage", "-o", folder / f"coverage.{form}").code == 0
    assert "OBJ-3 Too much light" in run("criteria", "test", LOAN_DESK, "--coverage").out
    assert run("criteria", "test", LOAN_DESK, "--generate", "-o", folder / "more-cases.yaml").code == 0
    return run("criteria", "test", LOAN_DESK)


def case_from(folder: Path) -> Result:
    run("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", folder / "a.json")
    desk = shutil.copytree(LOAN_DESK, folder / "desk")
    said = ("--name", "two houses", "--confidential", "keep", "--confirm", "B. Ode")
    assert run("criteria", "case-from", folder / "a.json", "--criteria", desk, *said).code == 0
    return run("criteria", "test", desk)


def try_edit(folder: Path) -> Result:
    desk = shutil.copytree(LOAN_DESK / "1.0.0", folder / "desk")
    assert run("criteria", "release", desk).code == 0
    return run("criteria", "try", desk, "--case", LOAN_CASE)


def lint(folder: Path) -> Result:
    for form in ("html", "md", "json", "txt"):
        assert run("criteria", "lint", LOAN_DESK, "-o", folder / f"lint.{form}").code == 0
    assert "LINT-07  problem" in run("criteria", "lint", "--list").out
    return run("criteria", "lint", LOAN_DESK)


def table(folder: Path) -> Result:
    sheet = folder / "rules.csv"
    assert run("criteria", "table", LOAN_DESK, "--of", "ladder:verdict", "-o", sheet).code == 0
    return run("criteria", "table", LOAN_DESK, sheet)


def prove(folder: Path) -> Result:
    command = ("criteria", "prove", LOAN_DESK, "--profile", LOAN_PROFILE, "--jobs", "1", "--only", "promises")
    for form in ("html", "md", "json", "txt"):
        assert run(*command, "-o", folder / f"proof.{form}").code == 0
    # What falls is left to the proof itself (tests/audit/proofs); here one of its cases is a file like any other.
    assert run(*command[:-1], "occur", "--cases", folder / "cases").code == 1  # the profile caps LAW-2
    assert run("assess", folder / "cases" / "occur-obj-1-1.yaml", *LOAN).code == 0
    return run(*command)


def mutate(_folder: Path) -> Result:
    result = run("criteria", "mutate", LOAN_DESK, "--only", "OBJ-1")
    assert (result.code, result.err) == (1, "")
    return run("criteria", "mutate", LOAN_DESK, "--only", "definition unsteady", "--jobs", "1")


def release(folder: Path) -> Result:
    shutil.copytree(LOAN_DESK, folder / "copy")
    return run("criteria", "release", folder / "copy")


def sign_release(folder: Path) -> Result:
    make_key(folder)
    release(folder)
    who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
    return run("criteria", "sign", folder / "copy", "--key", folder / "desk.pem", *who, **PASS)


def verify_release(folder: Path) -> Result:
    assert sign_release(folder).code == 0
    return run("criteria", "verify", folder / "copy", "--key", folder / "desk.pub.pem")


def withdraw(folder: Path) -> Result:
    make_key(folder)
    desk = two_releases(folder / "sets" / "loan-desk")
    who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
    reason = ("--reason", "Table 4 was wrong")
    assert run("criteria", "sign", f"{desk}@1.1.0", "--key", folder / "desk.pem", *who, **PASS).code == 0
    assert run("criteria", "withdraw", f"{desk}@1.1.0", *reason, "--sign", folder / "desk.pem", *who, **PASS).code == 0
    return run("criteria", "verify", f"{desk}@1.1.0", "--key", folder / "desk.pub.pem")


def timeline(folder: Path) -> Result:
    for form in ("svg", "html", "md", "json"):
        more = () if form == "svg" else ("--all",)
        assert run("criteria", "timeline", LOAN_DESK, *more, "-o", folder / f"timeline.{form}").code == 0
    return run("criteria", "timeline", LOAN_DESK, "--on", "2026-03-02")


def schema(folder: Path) -> Result:
    # The schemas of criteria files belong to the language, not to a set: the foreign set is one of those they fit
    # (tests/audit/test_schemas.py).
    return run("criteria", "schema", "-o", folder)


def register_add(folder: Path) -> Result:
    return run("register", "add", folder / "register", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE)


def exchange(folder: Path) -> Result:
    """Give two decided cases to another register, and take them back; whose key it is that one is told first."""
    ours, theirs = folder / "ours", folder / "theirs"
    desk = Path(shutil.copytree(LOAN_DESK, folder / "sets" / "loan-desk"))
    (desk / "1.0.0" / "exchange.yaml").write_text("k: 2\nshare: {findings: keep}\n", "utf-8")
    for number in (1, 2):
        case = folder / f"L-{number}.yaml"
        case.write_text(LOAN_CASE.read_text("utf-8").replace("L-2026-07", f"L-{number}"), "utf-8")
        assert run("register", "add", ours, case, "--criteria", desk).code == 0
        (assessment,) = (ours / f"L-{number}").glob("0001-*")
        who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
        assert run("decide", assessment, *who, "-o", folder / f"L-{number}.json").code == 0
        assert run("register", "add", ours, folder / f"L-{number}.json").code == 0
    of = ("--register", ours, "--office", "The House", "--criteria", desk)
    shown = run("exchange", "preview", *of)
    for form in ("html", "md", "txt"):
        assert run("exchange", "preview", *of, "-o", folder / f"leaves.{form}").code == 0
    assert run("key", "new", folder / "desk.pem", **PASS).code == 0
    assert run("exchange", "export", *of, "--key", folder / "desk.pem", "-o", folder / "p.jsonl", **PASS).code == 0
    assert (folder / "p.jsonl").read_text("utf-8").startswith(shown.out)
    assert run("register", "add", theirs, LOAN_CASE, *LOAN).code == 0
    other = ("--register", theirs)
    said = ("--by", "B. Board", "--reason", "told by telephone")
    assert run("exchange", "import", folder / "p.jsonl", *other).code == 2
    pinned = ("exchange", "keys", "add", folder / "desk.pub.pem", *other, "--office", "The House", *said)
    assert run(*pinned).code == 0
    assert "told by telephone" in run("exchange", "keys", "list", *other).out
    assert run("exchange", "import", folder / "p.jsonl", *other).code == 0
    listed = run("exchange", "list", *other)
    assert run("exchange", "keys", "remove", *other, "--office", "The House", *said).code == 0
    assert run("exchange", "list", *other).code == 1
    return listed


def follow(folder: Path) -> Result:
    """Publish the released desk, look at it on a case of another office, and adopt it there."""
    desk = Path(shutil.copytree(LOAN_DESK, folder / "sets" / "loan-desk"))
    assert run("criteria", "release", desk).code == 0
    assert run("key", "new", folder / "desk.pem", **PASS).code == 0
    feed = folder / "feed"
    publish = ("criteria", "publish", f"{desk}@1.0.0", "--to", feed, "--office", "The House")
    assert run(*publish, "--key", folder / "desk.pem", **PASS).code == 0
    looked = ("criteria", "follow", feed, "--key", folder / "desk.pub.pem", "--cases", LOAN_CASE)
    seen = run(*looked, "-o", folder / "impact.html", RISK_ENGINE_CRITERIA=str(folder / "sets"))
    assert seen.code == 0, seen
    theirs = ("--register", folder / "theirs")
    assert run("register", "add", theirs[1], LOAN_CASE, *LOAN).code == 0
    said = ("--by", "B. Board", "--reason", "told by telephone")
    pinned = ("exchange", "keys", "add", folder / "desk.pub.pem", *theirs, "--office", "The House", *said)
    assert run(*pinned).code == 0
    adopted = (*looked[:3], *theirs, "--adopt", "loan-desk@1.0.0", "--into", folder / "own", *said)
    assert run(*adopted).code == 0
    refused = ("--refuse", "loan-desk@1.0.0", *said)
    assert run(*looked[:3], *theirs, *refused).code == 0
    assert run(*adopted).code == 0
    return run("criteria", "list", folder / "own" / "loan-desk")


def register_list(folder: Path) -> Result:
    register_add(folder)
    command = ("register", "list", folder / "register", "--level", "verdict=lend_on_terms", "--partner", "harbour")
    assert run(*command, "--due", "--on", "2026-06-01", "-o", folder / "list.csv").code == 0
    return run(*command, "--awaiting-decision", "--older-than", "loan-desk@2.0.0")


def register_show(folder: Path) -> Result:
    register_add(folder)
    return run("register", "show", folder / "register", "L-2026-07")


def register_due(folder: Path) -> Result:
    register_add(folder)
    return run("register", "due", folder / "register", "--on", "2026-03-02")


def register_similar(folder: Path) -> Result:
    register_add(folder)
    decide(folder)
    done_with = folder / "a.decision.confirmed.json"
    assert run("register", "add", folder / "register", folder / "a.json", done_with).code == 0
    return run("register", "similar", folder / "register", LOAN_CASE, *LOAN)


def register_consistency(folder: Path) -> Result:
    register_similar(folder)
    return run("register", "consistency", folder / "register")


def register_export(folder: Path) -> Result:
    register_add(folder)
    assert run("register", "export", folder / "register", "-o", folder / "all.json").code == 0
    assert "Fans of the old court" in (folder / "all.json").read_text("utf-8")
    return run("register", "export", folder / "register", "-o", folder / "register.csv")


def register_reassess(folder: Path) -> Result:
    register_add(folder)
    return run("register", "reassess", folder / "register", "--on", "2026-04-02", *LOAN)


def register_unlock(folder: Path) -> Result:
    register_add(folder)
    return run("register", "unlock", folder / "register")


def register_verify(folder: Path) -> Result:
    register_add(folder)
    return run("register", "verify", folder / "register")


def register_head(folder: Path) -> Result:
    register_add(folder)
    return run("register", "head", folder / "register")


def register_remove(folder: Path) -> Result:
    register_add(folder)
    return run(
        "register", "remove", folder / "register", "L-2026-07", "--reason", "the loan came to nothing", "--early"
    )


def register_begin(folder: Path) -> Result:
    register_add(folder)
    return run("register", "begin", folder / "register", "--reason", "the log was lost")


def count_works(folder: Path) -> Result:
    """Count works, draw and doubt them, watch them; and tell one institution which rows of the set apply to it."""
    works = EXAMPLES / "awareness" / "finland.jsonl"
    between, made = ("--between", "FI", "CN"), folder / "made"
    made.mkdir()
    assert run("awareness", "tables", works, "--tables", made / "tables", *between).code == 0
    assert run("awareness", "report", works, *between, "-o", made / "report.md").code == 0
    assert run("awareness", "judge", works, *between).code == 0
    assert run("awareness", "watch", works, works, *between).code == 0
    wanted = ("--institution", "Aalto University", *between)
    assert run("awareness", "brief", works, *wanted, "--criteria", LOAN_DESK, "-o", made / "brief.md").code == 0
    (told,) = (one for one in (made / "brief.md").read_text("utf-8").splitlines() if one.startswith("For "))
    return Result(0, told, "")


def watch_over(folder: Path) -> Result:
    """Look for what changed, acknowledge it, and show who did."""
    register_add(folder)
    register = ("--register", folder / "register")
    (folder / "files").mkdir()
    on_file = ("--partners", folder / "files")  # without it a look names the option
    looked = run("monitor", "run", *register, *on_file, *LOAN, "--days", "3650", "--format", "json")
    assert looked.code == 1, looked
    (change, *_others) = json.loads(looked.out)["changes"]
    by = ("--by", "R. Keeper", "--reason", "The registrar is at it.")
    assert run("monitor", "acknowledge", change["id"], *by, *register).code == 0
    assert run("monitor", "run", *register, *on_file, *LOAN, "-o", folder / "changes.txt").code == 1
    return run("monitor", "show", *register)


def office(folder: Path) -> Result:
    """Take a folder register into an office, keep that and bring it back, take it out (tests/web has what is in it)."""
    register_add(folder)
    assert serve(folder).code == 0
    register, where, sets = folder / "register", ("--office", folder / "office"), f"{SETS}"
    refused = run("office", "import", register, *where, RISK_ENGINE_CRITERIA=sets)
    assert refused.code == 2
    assert "`--faculty`" in refused.err
    into = ("office", "import", register, *where, "--faculty", "House")
    assert "would be imported: L-2026-07" in run(*into, "--dry-run", RISK_ENGINE_CRITERIA=sets).out
    assert run(*into, "--confidential", RISK_ENGINE_CRITERIA=sets).code == 0
    assert run("backup", folder / "kept.zip", *where).code == 0
    back = ("--office", folder / "again")
    assert "rows restored" in run("restore", folder / "kept.zip", *back).out
    (folder / "kept.zip").unlink()
    return run("office", "export", folder / "out", *back, RISK_ENGINE_CRITERIA=sets)


RUNS: dict[tuple[str, ...], tuple[Callable[[Path], Result], str]] = {
    ("assess",): (assess, "It may leave once the checks are done."),
    ("interview",): (interview, "It may leave once the checks are done."),
    ("serve",): (serve, "is ready"),
    ("decide",): (decide, "Verdict: Refuse. The object stays here."),
    ("outlook",): (outlook, "What would change this"),
    ("report",): (report, "The object stays here."),
    ("key", "new"): (make_key, "desk.pub.pem: give it to everyone who checks"),
    ("verify",): (verify, "same: the assessment comes out again"),
    ("case", "new"): (new, "Still open: between Lend and Refuse"),
    ("case", "import"): (bring_in, "3 answers taken"),
    ("case", "questions"): (send_out, "questions-conservator.docx: to The conservator, 2 questions"),
    ("case", "check"): (check_case, "The conservator: 10 of 11 answered"),
    **dict.fromkeys(
        [("case", one) for one in ("set", "add", "add-control", "add-evidence", "remove", "migrate")],
        (change_case, "Lend on terms"),
    ),
    ("case", "export"): (export_case, "Lend on terms"),
    **dict.fromkeys(
        [("partner", one) for one in ("save", "list", "changed")], (keep_partners, "uses it for borrower.plain")
    ),
    **dict.fromkeys(
        [("lists", one) for one in ("add", "update", "show", "remove")], (keep_lists, "Quiet Military University")
    ),
    ("screen",): (look_up, "decision: ruled out by R. Keeper on"),
    ("prefill",): (fill_in, "borrower.plain.shielded: - -> false (no)"),
    **dict.fromkeys(
        [("portfolio", one) for one in ("assess", "explain", "impact", "map", "report", "template")],
        (many_cases, "Lend on terms"),
    ),
    ("case", "schema"): (case_schema, "Which poisons or hazards does it hold?"),
    ("criteria", "list"): (list_sets, "loan-desk@1.0.0\tin force from 2024-03-01"),
    ("criteria", "show"): (show, "OBJ-3 Too much light"),
    ("criteria", "impact"): (
        impact,
        "OBJ-3 Too much light: low → high",
    ),
    ("criteria", "map"): (map_of_the_set, "OBJ-6 Nobody watches at night"),
    ("criteria", "diff"): (diff, "26 changes of the rules, 2 changes of promises and 2 changes of words."),
    ("criteria", "texts"): (texts, "  #: indicators.OBJ-3.title\n  - en: Too much light\n    fr:\n"),
    ("criteria", "check"): (check, "loan-desk 1.0.0: 12 indicators, no problems"),
    ("criteria", "test"): (run_cases, "loan-desk@1.0.0: 14 passed, 0 failed"),
    ("criteria", "case-from"): (case_from, "loan-desk@1.0.0: 15 passed, 0 failed"),
    ("criteria", "try"): (try_edit, "0 of 14 released cases turn red"),
    ("criteria", "lint"): (lint, "loan-desk@1.0.0: 0 problems, "),
    ("criteria", "table"): (table, "the sheet changes nothing"),
    ("criteria", "prove"): (prove, "7 claims: 7 proved, 0 refuted, 0 not decided"),
    ("criteria", "mutate"): (mutate, "loan-desk@1.0.0: 14 cases against 3 mutants"),
    ("criteria", "release"): (release, "loan-desk@1.0.0: released, sha256:"),
    ("criteria", "sign"): (sign_release, "loan-desk@1.0.0: signed by R. Keeper (Registrar) on 2026-03-09"),
    ("criteria", "verify"): (verify_release, "loan-desk@1.0.0: holds: signed by R. Keeper (Registrar) on 2026-03-09"),
    ("criteria", "withdraw"): (
        withdraw,
        "loan-desk@1.1.0: holds: withdrawal signed by R. Keeper (Registrar) on 2026-03-09",
    ),
    ("criteria", "lsp"): (edit_in_an_editor, "there is no control `MONT`"),
    ("criteria", "timeline"): (timeline, "in force from 1 March 2024"),
    ("criteria", "schema"): (schema, ""),
    **dict.fromkeys(
        [("awareness", one) for one in ("tables", "report", "brief", "watch", "judge")],
        (count_works, "loan-desk 1.0.0"),
    ),
    **dict.fromkeys(
        [("monitor", one) for one in ("run", "acknowledge", "show")],
        (watch_over, "acknowledged by R. Keeper on 2026-11-26: The registrar is at it."),
    ),
    **dict.fromkeys(
        [("office", "import"), ("office", "export"), ("backup",), ("restore",)], (office, "a register of 1 case")
    ),
    **dict.fromkeys(
        [
            ("exchange", *one.split())
            for one in ("preview", "export", "import", "list", "keys add", "keys list", "keys remove")
        ],
        (exchange, "The House\tloan-desk\t1\tcounts: 2 cases, k = 2"),
    ),
    **dict.fromkeys(
        [("criteria", "publish"), ("criteria", "follow")],
        (follow, "loan-desk@1.0.0\tin force from 2024-03-01\treleased"),
    ),
    ("register", "add"): (register_add, "L-2026-07 as of 2026-03-02. "),
    ("register", "list"): (register_list, "Harbour Museum, House on the Plain"),
    ("register", "show"): (register_show, "assessment as of 2026-03-02 under loan-desk 1.0.0"),
    ("register", "due"): (register_due, "2026-04-01"),
    ("register", "similar"): (register_similar, "There is no decided case yet to hold it against."),
    ("register", "consistency"): (register_consistency, "Nothing was found: the one decided case stands alone."),
    ("register", "export"): (register_export, ""),
    ("register", "reassess"): (register_reassess, "1 open case assessed again"),
    ("register", "unlock"): (register_unlock, "the register is not locked"),
    ("register", "verify"): (register_verify, "everything is as the log says: 1 case, 2 records, 0 cases removed"),
    ("register", "head"): (register_head, "Head of the register register"),
    ("register", "remove"): (register_remove, "L-2026-07: removed, and its folder with it"),
    ("register", "begin"): (register_begin, "a log of this register was begun"),
}
"""Command: how the foreign set goes through it, and what must be in the result then."""

# Words that only the shipped set knows: none may turn up where another set is used.
SHIPPED_WORDS = ("partner", "SEC-", "CTL-", "security", "competitiveness", "China", "cooperation")


CALLS: dict[tuple[Callable[[Path], Result], str], list[tuple[str, ...]]] = {
    way: [words for words in RUNS if RUNS[words] == way] for way in RUNS.values()
}
"""What is run, once for all commands that are run with it."""


def test_every_command_is_run_with_a_foreign_set() -> None:
    missing = [" ".join(words) for words in COMMANDS if words not in RUNS]
    assert not missing, (
        f"{missing} are not run with a foreign set yet: add an entry to RUNS in {Path(__file__).name}, "
        "with what each does for tests/sets/loan-desk and what must come out"
    )


AT_NIGHT = (
    # An office takes half a minute to begin, to be kept and to come back; tests/web has each of these.
    *(office, serve),
    # What takes seconds of these is asked of this same set in their own tests.
    *(diff, prove, run_cases, edit_in_an_editor, export_case, many_cases),
    # The consistency of a register has similar cases in it; of what is counted only a brief knows a set.
    *(register_similar, count_works),
)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, id=", ".join(map(" ".join, run)), marks=[pytest.mark.nightly] if way[0] in AT_NIGHT else [])
        for way, run in CALLS.items()
    ],
)
def test_the_foreign_set_goes_through(way: tuple[Callable[[Path], Result], str], tmp_path: Path) -> None:
    call, wanted = way
    result = call(tmp_path)
    assert result.code == 0, result
    assert wanted in result.out
    files = [one for one in tmp_path.iterdir() if one.is_file()] if call is not schema else []
    written = [one.read_text("utf-8") for one in files]
    assert [(word, text) for text in (result.out, *written) for word in SHIPPED_WORDS if word in text] == []


def test_no_entry_is_left_of_a_command_that_is_gone() -> None:
    assert set(RUNS) - set(COMMANDS) == set()
