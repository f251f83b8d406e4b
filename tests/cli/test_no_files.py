"""What is no file (a pipe, a socket, a device) is refused wherever a command reads one: nothing waits for ever."""

import os
import re
import shutil
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from risk_engine.cli.commands import application, tree_of
from risk_engine.cli.verify import PASSPHRASE
from risk_engine.loading.criteria import load_criteria
from tests.awareness.samples import flat, lines
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, ROOT, Result, done, refused, run
from tests.portfolio.tables import table_of
from tests.screening.samples import MISP

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no named pipes")

WAITED = 60
"""Seconds after which a command hangs: the slowest of these takes one."""
BY = ("--by", "R. Keeper", "--role", "Registrar")
DAY = ("--on", "2026-03-09")
WITH_IT: dict[tuple[str, ...], tuple[str, ...]] = {
    ("assess", "decision"): ("--pack", "{fresh}/pack"),
    ("interview", "profile"): ("{case}",),
    ("decide", "sign"): (*BY, *DAY),
    ("decide", "output"): (*BY, *DAY),
    ("report", "decision"): ("--kind", "letter"),
    ("report", "profile"): ("--kind", "redacted"),
    ("report", "template"): ("--format", "docx"),
    ("report", "outlook"): ("--kind", "full"),
    ("case", "new", "case"): ("{fresh}/form.xlsx", "--for", "conservator"),
    ("criteria", "impact", "before"): ("--cases", "{case}"),
    ("criteria", "impact", "after"): ("--cases", "{case}"),
    ("criteria", "impact", "profile"): ("--cases", "{case}"),
    ("criteria", "impact", "output"): ("--cases", "{case}"),
    ("criteria", "prove", "cases"): ("--only", "promises"),
    ("criteria", "prove", "output"): ("--only", "promises"),
    ("criteria", "lint", "output"): ("{set}",),
    ("criteria", "table", "reference"): ("--of", "controls"),
    ("criteria", "table", "output"): ("--of", "controls"),
    ("case", "questions", "out"): ("--for", "conservator"),
    ("criteria", "test", "output"): ("--coverage",),
    ("criteria", "release", "sign"): BY,
    ("criteria", "sign", "reference"): BY,
    ("criteria", "sign", "key"): BY,
    ("criteria", "withdraw", "sign"): BY,
    ("backup", "file"): ("--office", "{fresh}/office"),
    ("restore", "file"): ("--office", "{fresh}/office"),
    ("office", "import", "folder"): ("--office", "{served}"),
    ("office", "export", "folder"): ("--office", "{served}"),
    ("portfolio", "report", "profile"): ("--cases", "{table}"),
    ("portfolio", "report", "mapping"): ("--cases", "{table}"),
    ("partner", "list", "criteria"): ("--files", "{partners}"),
    ("partner", "changed", "criteria"): ("--files", "{partners}"),
    ("monitor", "run", "criteria"): ("--register", "{folder}"),
    ("monitor", "run", "state"): ("--register", "{folder}"),
    ("monitor", "run", "lists"): ("--register", "{folder}"),
    ("monitor", "run", "partners"): ("--register", "{folder}"),
    ("monitor", "run", "works"): ("--register", "{folder}", "--institution", "A", "--between", "DE", "CN"),
    **dict.fromkeys(
        [("monitor", "run", one) for one in ("against", "sources", "mapping", "regions", "overrules")],
        ("--register", "{folder}", "--institution", "A", "--between", "DE", "CN", "--works", "{works}"),
    ),
    ("monitor", "acknowledge", "state"): ("--register", "{folder}"),
    ("monitor", "show", "state"): ("--register", "{folder}"),
    ("screen", "store"): ("Quiet",),
    ("screen", "output"): ("Quiet", "--store", "{store}"),
    ("screen", "decisions"): ("Quiet", "--store", "{store}"),
    ("screen", "criteria"): ("--case", "{case}"),
    ("prefill", "output"): ("--store", "{store}"),
    ("prefill", "decisions"): ("--store", "{store}"),
}
"""What else a command needs for a parameter to count."""


def leaves(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    below = getattr(command, "commands", {})
    if not below:
        yield words, command
    for name, one in below.items():
        yield from leaves(one, (*words, name))


LEAVES = dict(leaves(tree_of(application())))


def asked(words: tuple[str, ...]) -> Iterator[Any]:
    """Yield the parameters of a command that name a file, or a set, which can be one."""
    for one in LEAVES[words].params:
        kind = one.type_descriptor.annotation
        if kind is Path or one.name in {"criteria", "reference", "references", "before", "after", "sets"}:
            yield one


EVERY = [(words, one.name) for words in LEAVES for one in asked(words)]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return files of every kind that commands read, by the parameters that take them."""
    folder = tmp_path_factory.mktemp("there")
    record = folder / "a.json"
    done("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", record)
    done("key", "new", folder / "desk.pem", **{PASSPHRASE: "a b c"})
    done("case", "new", folder / "form.xlsx", *LOAN, "--for", "conservator")
    shutil.copytree(LOAN_DESK, folder / "desk")
    done("register", "add", folder / "register", LOAN_CASE, *LOAN)
    shutil.copy(LOAN_CASE, folder / "case.yaml")
    done("partner", "save", folder / "case.yaml", "borrower.harbour", *LOAN)
    done("serve", "--office", folder / "served", "--prepare")
    (folder / "cluster.json").write_text(MISP, "utf-8")
    done("lists", "add", folder / "cluster.json", "--as", "cdut", "--store", folder / "lists.sqlite")
    return {
        "case": LOAN_CASE,
        "cases": LOAN_CASE,
        "file": record,
        "files": record,
        "table": table_of([LOAN_CASE], load_criteria(str(LOAN_DESK)), folder / "loans.parquet"),
        "results": results_of(folder),
        "folder": folder / "register",
        "key": folder / "desk.pem",
        "form": folder / "form.xlsx",
        "set": folder / "desk",
        "partners": folder / "partners",
        "list": folder / "cluster.json",
        "store": folder / "lists.sqlite",
        "served": folder / "served",
        "works": lines(folder / "works.jsonl", flat("W1", institutions={"DE": ["A"], "CN": ["C"]})),
    }


def results_of(folder: Path) -> Path:
    """Return what the table of loans comes to."""
    done("portfolio", "assess", folder / "loans.parquet", *LOAN, "-o", folder / "results.parquet")
    return folder / "results.parquet"


VALUES = {
    ("awareness", "data"): "{works}",
    ("awareness", "old"): "{works}",
    ("awareness", "new"): "{works}",
    ("awareness", "institution"): "A",
    ("awareness", "output"): "{fresh}/page.html",
    ("awareness", "folder"): "{fresh}/tables",
    ("key", "new", "file"): "{fresh}/k.pem",
    ("register", "show", "case"): "L-2026-07",
    ("portfolio", "explain", "case"): "L-2026-07",
    ("portfolio", "assess", "output"): "{fresh}/results",
    ("portfolio", "template", "output"): "{fresh}/cases.xlsx",
    ("portfolio", "report", "output"): "{fresh}/report.html",
    ("case", "import", "files"): "{form}",
    ("criteria", "case-from", "name"): "Screen",
    ("case", "file"): "{case}",
    ("case", "files"): "{case}",
    ("case", "cases"): "{case}",
    ("case", "values"): "loan.months 6",
    ("case", "words"): "artwork Fan",
    ("case", "controls"): "SIGN",
    ("case", "title"): "Contract",
    ("case", "paths"): "loan.months",
    ("case", "export", "file"): "{fresh}/book.xlsx",
    ("register", "remove", "case"): "L-2026-07",
    ("register", "remove", "reason"): "filed twice",
    ("register", "add", "files"): "{case}",
    ("office", "export", "folder"): "{fresh}/out",
    ("backup", "file"): "{fresh}/b.zip",
    ("restore", "file"): "{fresh}/b.zip",
    ("lists", "source"): "{list}",
    ("lists", "list_id"): "cdut",
    ("monitor", "change"): "3f9c2ab1d2e4",
    ("monitor", "by"): "R.Keeper",
    ("monitor", "reason"): "We know.",
    ("partner", "entry"): "borrower.harbour",
    ("partner", "name"): "harbour",
    ("exchange", "register"): "{folder}",
    ("exchange", "office"): "The House",
    ("exchange", "by"): "B. Board",
    ("exchange", "package"): "{file}",
    ("criteria", "publish", "to"): "{fresh}/feed",
    ("criteria", "publish", "office"): "The House",
    ("criteria", "follow", "feed"): "{fresh}",
    ("into",): "{fresh}/into.yaml",
    ("out",): "{fresh}/out",
    ("output",): "{fresh}/out.json",
    ("language",): "fr",
    ("why",): "It was wrong",
    ("reference",): "{set}",
    ("references",): "{set}",
    ("before",): "{set}",
    ("after",): "{set}",
}
"""What a parameter is where another one is tried: of a command, of a group of commands, or of all; else by its name."""


def value(words: tuple[str, ...], name: str, under_test: str, known: dict[str, str]) -> str:
    if (words, name, under_test) == (("outlook",), "file", "profile"):
        return known["case"]
    found = next((VALUES[key] for key in ((*words, name), (*words[:1], name), (name,)) if key in VALUES), None)
    if found is None and name in known:
        return known[name]
    assert found is not None, f"{' '.join(words)}: say here what `{name}` is"
    return found.format(**known)


def arguments(words: tuple[str, ...], under_test: str, given: str, there: dict[str, Path], fresh: Path) -> list[str]:
    """Return a run of a command that is right but for what one parameter names."""
    made = list(words)
    known = {name: str(path) for name, path in there.items()} | {"fresh": str(fresh)}
    for one in LEAVES[words].params:
        if one.name != under_test and not one.required:
            continue
        stated = given if one.name == under_test else value(words, one.name, under_test, known)
        flag = next((word for word in one.opts if word.startswith("--")), None)
        made += stated.split(" ") if flag is None else [flag, stated]
    by_criteria = any(one.name == "criteria" for one in LEAVES[words].params) and under_test != "criteria"
    more = [one.format(**known) for one in WITH_IT.get((*words, under_test), ())]
    return [*made, *(map(str, LOAN) if by_criteria else ()), *more]


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def hangs(_number: int, _frame: FrameType | None) -> None:
        pytest.fail(f"it still waits after {seconds} s")

    earlier = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier)


def tried(words: tuple[str, ...], name: str, given: str, there: dict[str, Path], fresh: Path) -> Result:
    with at_most(WAITED):
        return run(*arguments(words, name, given, there, fresh), **{PASSPHRASE: "a b c"})


OF_AN_OFFICE = {
    (("office", "import"), "folder"),
    (("restore",), "erasures"),
    (("restore",), "file"),
    (("office", "export"), "folder"),
}
"""It takes seconds to make one; of what opens one, the other commands show the same."""


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param(
            words,
            name,
            id=f"{' '.join(words)} {name}",
            marks=[pytest.mark.nightly] if (words, name) in OF_AN_OFFICE else [],
        )
        for words, name in EVERY
    ],
)
def test_a_pipe_is_refused_and_nobody_waits_for_what_comes_from_it(
    words: tuple[str, ...], name: str, there: dict[str, Path], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    result = tried(words, name, str(pipe), there, tmp_path)
    assert result.code != 0, result
    assert "pipe.json" in result.err + result.out, result
    assert stat.S_ISFIFO(pipe.stat().st_mode)  # nothing was put in its place


def test_a_reply_and_a_key_in_a_folder_are_no_pipes(there: dict[str, Path], tmp_path: Path) -> None:
    pipe = tmp_path / "reply.pub.pem"
    os.mkfifo(pipe)
    decide = ("decide", there["file"], *LOAN, *BY, "--reply", f"{pipe}; from=Harbour Museum; date=2026-03-08")
    with at_most(WAITED):
        assert "it is a pipe, no file" in refused(*decide)
        assert "it is a pipe, no file" in refused("verify", there["file"], "--key", tmp_path)


@pytest.mark.parametrize("command", [("assess",), ("case", "check"), ("verify",), ("report",)])
def test_sockets_and_devices_are_refused_too(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening, at_most(WAITED):
        listening.bind(str(path))
        for file, what in ((path, "socket"), (Path("/dev/zero"), "device"), (Path("/dev/tty"), "device")):
            said = refused(*command, file)
            assert f"the file cannot be read: it is a {what}, no file" in said


def test_a_result_takes_the_place_of_no_device(tmp_path: Path) -> None:
    pipe = tmp_path / "out.html"
    os.mkfifo(pipe)
    said = refused("assess", LOAN_CASE, *LOAN, "-o", pipe)
    assert said == f"{pipe}: the file cannot be written: it is a pipe, no file\n"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_what_lies_in_the_place_of_a_lock_and_is_none_is_told_at_once_by_every_command(
    kind: str, tmp_path: Path
) -> None:
    register = tmp_path / "r"
    filing = ("register", "add", register, LOAN_CASE, *LOAN)
    done(*filing)
    lock = register / "register.lock"
    makers: dict[str, Callable[[], None]] = {
        "pipe": lambda: os.mkfifo(lock),
        "folder": lock.mkdir,
        "link": lambda: lock.symlink_to(tmp_path / "nowhere"),
    }
    makers[kind]()
    asked = ("list", "verify", "show")
    with at_most(WAITED):
        for command, *more in (
            filing,
            ("register", "unlock", register),
            ("register", "unlock", register, "--force"),
            ("register", "remove", register, "L-2026-07", "--reason", "over"),
            ("register", "begin", register, "--reason", "anew"),
            *(("register", one, register, *(("L-2026-07",) if one == "show" else ())) for one in asked),
        ):
            result = run(command, *more)
            said = f"{result.out}{result.err}"
            assert "register.lock is no regular file" in said or "register.lock: it is no regular file" in said, result
            assert "move it elsewhere" in said
            assert "locked by" not in said
            assert result.code == (0 if more[0] in {"list", "show"} else 1 if more[0] == "verify" else 2), result
    assert lock.is_symlink() or lock.exists()


def test_what_reads_files_has_one_home() -> None:
    """Whoever opens a file elsewhere waits for ever where it is a pipe."""
    opens = re.compile(r"\.read_bytes\(|\.read_text\(|\.open\(\"r?b?\"|(?<![\w.])(?<!def )open\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "risk_engine").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if opens.search(line) and path.parent.name != "files"
    ]
    assert found == []
