# ruff: noqa: INP001, T201 (a script of its own, which prints)
"""Three invented offices give each other precedents and criteria; one of them forges, and is caught each time.

    python examples/exchange/walk.py FOLDER

Every step is a command that anybody could type; FOLDER is new, and holds what each office has when it ends. It takes a
minute or two.
"""

import csv
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
PASSPHRASE = "three invented offices"  # noqa: S105 (of keys that are made for the walk)


MOST_LINES = 16
"""So much of what a command said is printed whole."""
BEFORE = """Three invented offices.
A publishes its criteria and gives its precedents, B takes of both what it wants, C forges.

Behind each $ stands a command, typed in the folder {folder}
and below it what it said, with how it ended: (0) done, (1) refused, (2) cannot be done.
RISK_ENGINE_CRITERIA says where the sets of the office lie that types it: B/sets, C/sets; those of A in
{sets}
RISK_ENGINE_PASSPHRASE is {passphrase}, of every key."""


class Step(NamedTuple):
    """One command: in which part, whose, what for, as it was typed, how it ended, and what it said."""

    part: str
    office: str
    why: str
    command: tuple[str, ...]
    code: int
    said: str


@dataclass
class Walk:
    """What happens in a folder, command after command; `run` runs one as `risk-engine` would."""

    folder: Path
    run: Callable[..., Any]
    part: str = "Each office makes a key"

    def step(self, office: str, why: str, *command: object, ends: int = 0, **environment: str) -> Step:
        """Run a command of an office; it must end as is said here."""
        words = tuple(map(str, command))
        sets = str(HERE / "sets" if office == "A" else self.folder / office / "sets")
        result = self.run(*words, RISK_ENGINE_CRITERIA=sets, RISK_ENGINE_PASSPHRASE=PASSPHRASE, **environment)
        said = f"{result.out}{result.err}"
        if result.code != ends:
            raise SystemExit(f"{office}: {' '.join(words)} ended with {result.code}, not {ends}:\n{said}")
        return Step(self.part, office, why, words, result.code, said)

    def decided(self, office: str, table: Path) -> Iterator[Step]:
        """File the cases of a table, decide each as proposed, and file the decisions; of these the first is told."""
        home = self.folder / office
        (home / "cases").mkdir(parents=True)
        with table.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                (home / "cases" / f"{row['id']}.yaml").write_text(case_text(row), "utf-8")
        register = home / "register"
        yield self.step(office, "files its cases", "register", "add", register, home / "cases", "--on", "2026-05-04")
        decisions = []
        for one in sorted(register.glob(f"{office}-*/0001-assessment-*.json")):
            decisions.append(home / f"{one.parent.name}.decision.json")
            why = f"decides {one.parent.name} as it was proposed, and every other case likewise"
            who = ("--by", f"Head of {office}", "--role", "Head", "--on", "2026-05-06", "--no-adopt")
            made = self.step(office, why, "decide", one, *who, "-o", decisions[-1])
            if len(decisions) == 1:
                yield made
        yield self.step(office, "files the decisions", "register", "add", register, *decisions)

    def all(self) -> Iterator[Step]:
        """Yield every step of the walk."""
        a, b, c = (self.folder / one for one in "ABC")
        feed, own = self.folder / "feed", HERE / "sets" / "guest-labs"
        for home in (a, b, c):
            home.mkdir(parents=True)
            yield self.step(home.name, "makes its key", "key", "new", home / "office.pem")
        (b / "sets").mkdir()
        (c / "sets").mkdir()
        self.part = "Criteria: B adopts one version and refuses another"
        yield from self._criteria(a, b, feed, own)
        self.part = "Precedents: A gives them, B takes them"
        yield from self._precedents(a, b)
        self.part = "C forges, and B is told each time"
        yield from self._forged(a, b, c, feed)

    def _criteria(self, a: Path, b: Path, feed: Path, own: Path) -> Iterator[Step]:
        publish = ("--to", feed, "--office", "Office A", "--key", a / "office.pem")
        follow = ("criteria", "follow", feed, "--register", b / "register")
        who = ("--by", "Head of B", "--reason")
        yield self.step("A", "publishes its criteria", "criteria", "publish", f"{own}@1.0.0", *publish)
        # With a case under the shipped set, so that there is one in which a key can be pinned.
        yield self.step("B", "begins its register", "register", "add", b / "register", *_first(b), "--on", "2026-12-01")
        yield self.step("B", "cannot follow anybody whose key it has not pinned", *follow, ends=2)
        pinned = ("exchange", "keys", "add", a / "office.pub.pem", "--register", b / "register", "--office", "Office A")
        yield self.step("B", "pins the key of A", *pinned, *who, "fingerprint compared by telephone")
        adopt = (*follow, "--adopt", "guest-labs@1.0.0", *who, "the same law binds us")
        yield self.step("B", "adopts the first version", *adopt)
        yield from self.decided("B", HERE / "office-b.csv")
        shutil.copytree(feed, self.folder / "feed-1")
        later = (f"{own}@1.1.0", f"{own}@2.0.0")
        yield self.step("A", "publishes two later versions", "criteria", "publish", *later, *publish)
        yield self.step("B", "sees what 1.1.0 would have decided", *follow, "--release", "guest-labs@1.1.0")
        yield self.step("B", "sees what 2.0.0 would have decided", *follow, "--release", "guest-labs@2.0.0")
        stricter, milder = "stricter where we were too mild", "a direct tie to armed forces stays grave here"
        yield self.step("B", "adopts the stricter one", *follow, "--adopt", "guest-labs@1.1.0", *who, stricter)
        yield self.step("B", "refuses the milder one", *follow, "--refuse", "guest-labs@2.0.0", *who, milder)
        yield self.step("B", "looks once more, and is not asked again", *follow)
        yield self.step(
            "B",
            "has what it adopted; that it is of A, the index said, which A signed",
            "criteria",
            "list",
            b / "sets" / "guest-labs",
        )

    def _precedents(self, a: Path, b: Path) -> Iterator[Step]:
        yield from self.decided("A", HERE / "office-a.csv")
        shutil.copytree(a / "register", self.folder / "C" / "register")  # C got hold of a copy, nobody knows how
        of = ("--register", a / "register", "--office", "Office A")
        yield self.step("A", "looks at every byte that would leave", "exchange", "preview", *of)
        leave = ("exchange", "export", *of, "--key", a / "office.pem", "-o")
        yield self.step("A", "lets it leave", *leave, self.folder / "a-1.jsonl", "--to", "Office B")
        take = ("exchange", "import", self.folder / "a-1.jsonl", "--register", b / "register")
        yield self.step("B", "takes it", *take, "--by", "Head of B")
        yield self.step("B", "takes it again, and nothing changes", *take)
        near = ("register", "similar", b / "register", "B-02", "--most", "2")
        yield self.step("B", "sees what A decided on cases like its own", *near)
        few = ("exchange", "preview", "--register", b / "register", "--office", "Office B", "--criteria")
        rules = b / "sets" / "guest-labs" / "exchange.yaml"
        shutil.copy(HERE / "sets" / "guest-labs" / "exchange.yaml", rules)
        yield self.step(
            "B",
            "says by the rules of A what may leave (exchange.yaml), and has too few cases that are alike",
            *few,
            "guest-labs",
            ends=2,
        )

    def _forged(self, a: Path, b: Path, c: Path, feed: Path) -> Iterator[Step]:
        take = ("exchange", "import")
        into = ("--register", b / "register")
        changed = self.folder / "c-changed.jsonl"
        changed.write_bytes((self.folder / "a-1.jsonl").read_bytes().replace(b"restriction", b"advice", 1))
        yield self.step("B", "is handed A's package, in which C changed a level", *take, changed, *into, ends=1)
        (c / "sets").rmdir()
        shutil.copytree(HERE / "sets", c / "sets")
        of = ("--register", c / "register", "--office", "Office A", "--key", c / "office.pem")
        yield self.step(
            "C",
            "has a copy of A's register, and makes a package of it under A's name",
            "exchange",
            "export",
            *of,
            "-o",
            self.folder / "c-own.jsonl",
        )
        yield self.step(
            "B", "is handed C's package, which says that it is A's", *take, self.folder / "c-own.jsonl", *into, ends=1
        )
        pinned = ("exchange", "keys", "add", c / "office.pub.pem", *into, "--office", "Office A", "--by", "somebody")
        yield self.step("B", "cannot pin C's key in the place of A's", *pinned, "--reason", "they wrote so", ends=2)
        back = ("--withdraw", "--reason", "a case was filed twice")
        of_a = ("--register", a / "register", "--office", "Office A", "--key", a / "office.pem")
        yield self.step(
            "A", "takes its package back", "exchange", "export", *of_a, "-o", self.folder / "a-2.jsonl", *back
        )
        yield self.step("B", "takes that", *take, self.folder / "a-2.jsonl", *into)
        yield self.step(
            "B", "is handed the old package once more by C", *take, self.folder / "a-1.jsonl", *into, ends=1
        )
        follow = ("criteria", "follow")
        yield self.step("B", "is given the index from before by C", *follow, self.folder / "feed-1", *into, ends=1)
        bent = Path(shutil.copytree(feed, self.folder / "feed-bent"))
        file = bent / "guest-labs-2.0.0.json"
        file.write_bytes(file.read_bytes().replace(b'"moderate"', b'"low"', 1))
        chosen = ("--release", "guest-labs@2.0.0")
        yield self.step(
            "B", "looks at A's feed, behind whose index C changed a rule", *follow, bent, *into, *chosen, ends=1
        )
        other = self.folder / "feed-c"
        publish = ("--to", other, "--office", "Office A", "--key", c / "office.pem")
        yield self.step(
            "C", "publishes under A's name", "criteria", "publish", f"{c / 'sets' / 'guest-labs'}@1.0.0", *publish
        )
        yield self.step("B", "is given C's feed, which says that it is A's", *follow, other, *into, ends=1)
        yield self.step("B", "has what it took, and no more", "exchange", "list", *into)


def _first(home: Path) -> tuple[Path]:
    """Write the first case of an office, which has nothing to do with what is exchanged."""
    path = home / "first.yaml"
    path.write_bytes((HERE.parent / "battery-recycling.yaml").read_bytes())
    return (path,)


def case_text(row: dict[str, str]) -> str:
    """Return a case file for a row of the table of an office."""
    return (
        f"criteria: guest-labs\nid: {row['id']}\ntitle: With {row['partner']}\nassessment_date: 2026-05-04\n"
        f"partner: [{{id: p1, name: {row['partner']}, country: {row['country']}, tie: {row['tie']}}}]\n"
        f"work: {{about: With {row['partner']}, field: {row['field']}, ready: {row['ready']}, ends: {row['ends']}}}\n"
    )


class _Ended(NamedTuple):
    code: int
    out: str
    err: str


def _shell(*words: str, **environment: str) -> _Ended:
    command = [sys.executable, "-m", "risk_engine", *words]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)  # noqa: S603
    return _Ended(done.returncode, done.stdout, done.stderr)


def told(one: Step, folder: Path) -> str:
    """Return a step as it is printed: paths from the folder on, and of what is long its beginning."""
    here = f"{folder}/"
    command = shlex.join(word.replace(here, "") for word in one.command)
    lines = one.said.replace(here, "").splitlines()
    if len(lines) > MOST_LINES and (one.command[0] == "decide" or one.command[:2] == ("register", "add")):
        lines = [*lines[: MOST_LINES // 2], f"… and {len(lines) - MOST_LINES // 2} more lines"]
    return "\n".join((f"# {one.office} {one.why}", f"$ risk-engine {command}", *lines, f"({one.code})"))


def main() -> None:
    """Walk, and print each step with what it said."""
    if len(sys.argv) != 2 or Path(sys.argv[1]).exists():  # noqa: PLR2004 (the script and the folder)
        raise SystemExit("name a folder that is not there yet: python examples/exchange/walk.py FOLDER")
    folder = Path(sys.argv[1]).resolve()
    print(BEFORE.format(folder=folder, sets=HERE / "sets", passphrase=shlex.quote(PASSPHRASE)))
    part = ""
    for one in Walk(folder, _shell).all():
        if one.part != part:
            part = one.part
            print(f"\n\n== {part} ==")
        print(f"\n{told(one, folder)}", flush=True)


if __name__ == "__main__":
    main()
