"""What the examples come to, for a person to read: words as Markdown and text, outcomes as lines, few pages as HTML.

After a wanted change `UPDATE_GOLDEN=1 pytest tests/golden` writes what comes out now. Read every line of that diff as a
research officer would: is all that I need there, and is it true?

Neither the number of the engine's version nor a digest stands in a golden; which digests a page names is tested below.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.plain import canonical
from risk_engine.version import __version__
from tests.cli.running import EXAMPLES, LOAN_CASE, LOAN_DESK, ROOT, assessed, done
from tests.versions import two_releases, withdrawn

FOLDER = Path(__file__).parent
NAMES = sorted(one.stem for one in EXAMPLES.glob("*.yaml"))
WHOLE = ("half-filled", "lung-imaging", "two-eu-hospitals")
"""Whose JSON is kept whole: answers are open, controls are needed, and nothing stands against it."""
OPEN_AND_CLOSED = ("lung-imaging", "half-filled")
KINDS = ("decision", "letter", "plan", "questions")
WALKED = "battery-recycling"
"""The longest case: the report and the sheet to sign, in both languages."""
HTML = ("lung-imaging.html", "half-filled.html", "lung-imaging.letter.html", "compare.comparison.html")
"""The other pages are held by their Markdown, which is written from the same blocks."""
FILES = [
    *HTML,
    *(f"{name}.json" for name in WHOLE),
    *(f"{name}.outcome.txt" for name in NAMES if name not in WHOLE),
    *(f"{name}.{form}" for name in NAMES for form in ("txt", "md")),
    *(f"{name}.{kind}.md" for name in OPEN_AND_CLOSED for kind in (*KINDS, "redacted", "annex")),
    *(f"{language}{WALKED}.decision.md" for language in ("", "de/")),
    *(f"de/{WALKED}.{form}" for form in ("txt", "md")),
    "half-filled.redacted-annex.md",
    *(f"decided.{kind}.md" for kind in KINDS[:3]),
    *(f"decision.{form}" for form in ("json", "txt", "md")),
    *(f"compare.comparison.{form}" for form in ("txt", "md")),
    "all.txt",
    "catalogue.md",
    *(f"{language}contradicting.{form}" for language in ("", "de/") for form in ("txt", "md", "letter.md")),
    *(f"contradicting.{kind}.md" for kind in ("decision", "questions", "redacted")),
    *(f"{language}withdrawn.{form}" for language in ("", "de/") for form in ("txt", "md", "since.txt")),
    *(f"de/lung-imaging.{form}" for form in ("txt", "md", "redacted.md", "annex.md")),
    "de/half-filled.md",
    "de/half-filled.questions.md",
    *(f"de/decided.{kind}.md" for kind in KINDS[:3]),
    *(f"de/compare.comparison.{form}" for form in ("txt", "md")),
    *(f"fr/lung-imaging-federated.{kind}.md" for kind in ("letter", "questions")),
]
"""`decided` is the demo with its decision; `compare.comparison` one example under two sets; `catalogue` a small set.
`contradicting` is the case of that set with answers that contradict each other, under a version in which they reopen.
`annex` and `redacted-annex` are a report and a redacted version with their annexes.
`withdrawn` is its case under a version of it that had been withdrawn, `withdrawn.since` under one withdrawn later."""
BEFORE_EACH_LANDING = re.compile(
    r"(half-filled|lung-imaging)\.(json|txt|md|(letter|decision|questions)\.md)|[a-z-]+\.outcome\.txt|decision\..*"
    r"|half-filled\.(html|redacted-annex\.md)|lung-imaging\.letter\.html|compare\.comparison\.txt"
    r"|decided\..*|contradicting\.md|withdrawn\.txt|catalogue\.md|de/lung-imaging\.redacted\.md|de/decided\.plan\.md"
    r"|fr/.*"
)
"""Each kind of document once, every outcome, two whole cases. Others, and other languages, come at night."""
DISCLOSURE = EXAMPLES / "profiles" / "disclosure.yaml"
_LONGEST = 24


def made(file: str) -> str:
    """Return what a golden should hold, which its name says: language/example.kind.form."""
    path, form = file.rsplit(".", 1)
    language, _, named = path.rpartition("/")
    name, _, kind = named.partition(".")
    if name == "all":
        return done("assess", EXAMPLES, COLUMNS="120")
    if name == "withdrawn":
        how = ("--format", "text" if form == "txt" else form, *(("--lang", language) if language else ()))
        return of_any_version(under_withdrawn(*how, since=kind == "since"))
    if name == "contradicting":
        how = ("--format", "text" if form == "txt" else form, *(("--lang", language) if language else ()))
        return of_any_version(contradicting(*(("--kind", kind) if kind else ()), *how))
    if name == "catalogue":
        return done("criteria", "show", LOAN_DESK, "--format", "md")
    if kind == "outcome":
        return "".join(f"{line}\n" for line in outcome(json.loads(assessed(name))))
    how = ("--format", "text" if form == "txt" else form, *(("--lang", language) if language else ()))
    if name == "decision":
        text = decided(*how)
    elif kind == "comparison":
        both = ("--criteria", "reconnect-china@1.0.0", "--criteria", "us-dod-matrix@1.0.2")
        text = done("assess", EXAMPLES / f"{name}.yaml", *both, *how)
    elif kind == "annex":
        text = done("assess", EXAMPLES / f"{name}.yaml", "--annex", *how)
    elif kind == "redacted-annex":
        text = document(name, "redacted", "--annex", *how)
    elif kind:
        text = document(name, kind, *how)
    else:
        text = done("assess", EXAMPLES / f"{name}.yaml", *how)
    match form:
        case "json":
            return to_read(text)
        case "html":
            return skeleton(of_any_version(text))
        case _:
            return of_any_version(text)


def under_withdrawn(*how: str, since: bool) -> str:
    """Return the report on an assessment under a version that was withdrawn: since then, or before it was made."""
    with tempfile.TemporaryDirectory() as folder:
        desk = two_releases(Path(folder) / "loan-desk")
        named = ("--criteria", f"{desk}@1.1.0")
        record = Path(folder) / "record.json"
        if since:
            done("assess", LOAN_CASE, *named, "--format", "json", "-o", record)
        withdrawn(desk)
        return done("report", record, *named, *how) if since else done("assess", LOAN_CASE, *named, *how)


def contradicting(*how: str) -> str:
    """Return a document on a case whose answers say both that few people come, and that very many do."""
    with tempfile.TemporaryDirectory() as folder:
        desk, case, record = (Path(folder) / name for name in ("loan-desk", "case.yaml", "record.json"))
        shutil.copytree(LOAN_DESK / "1.0.0", desk)
        invariants = desk / "invariants.yaml"
        stated = "then: {fact: loan.reach, at_most: 500}\n"
        invariants.write_text(invariants.read_text("utf-8").replace(stated, f"{stated}    reopens: true\n"), "utf-8")
        said = LOAN_CASE.read_text("utf-8").replace("occasion: display", "occasion: close_study")
        case.write_text(said.replace("lux_hours: 40000", "lux_hours: 400000"), "utf-8")
        named = ("--criteria", desk)
        if "--kind" not in how:
            return done("assess", case, *named, *how)
        done("assess", case, *named, "--format", "json", "-o", record)
        return done("report", record, *named, *how)


def outcome(record: dict[str, Any]) -> Iterator[str]:
    """Say an assessment without its words: each level, rating, finding, control and gap is a line."""
    two = {(one["ladder"], one["level"]) for one in record["criteria"]["four_eyes"]}
    for one in record["proposals"]:
        span = " to ".join(dict.fromkeys(one["range"]))
        marks = ", provisional" if one["provisional"] else ""
        marks += ", four eyes" if (one["ladder"], one["level"]) in two else ""
        why = " ".join(one["findings"])
        yield f"{one['ladder']}: {one['level']} ({span}), {one['rule']}{marks}; {why}".rstrip("; ")
    yield f"review due: {record['review_due']}"
    for one in record["ratings"]:
        parts = [f"{part} {rating(one[part])}" for part in ("inherent", "expected", "residual")]
        yield f"{one['dimension']}: {', '.join(parts)}"
    for one in record["findings"]:
        parts = [f"{part} {bounds(one[part])}" for part in ("expected", "residual", "knock_out")]
        yield f"{one['id']} {one['outcome']}: {one['inherent']}, {', '.join(parts)}"
    stated = {one["id"]: one["status"] for one in record["case"]["controls"]}
    yield from (f"{one['id']} as {stated[one['id']]}, counts as {one['counts_as']}" for one in record["controls"])
    for path in record["gaps"]:
        yield f"unknown: {path} ({' '.join(one['id'] for one in record['findings'] if path in one['missing'])})"
    yield from (f"problem: {one['kind']} {one['id'] or ''} {' '.join(one['paths'])}" for one in record["problems"])
    yield from (f"note: {one['id']} {one['applies']}" for one in record["awareness"])


def rating(of: dict[str, Any]) -> str:
    """Return the points of a dimension and the band that they are in, or the range of both."""
    points, bands = ({end: of[f"{of_what}{end}"] for end in ("at_least", "at_most")} for of_what in ("", "band_"))
    return f"{bounds(points)} ({bounds(bands)})"


def bounds(of: dict[str, Any]) -> str:
    """Return `low to high`, or one of them where they are the same."""
    return " to ".join(dict.fromkeys(str(of[end]) for end in of))


def to_read(text: str) -> str:
    """Return JSON indented, its own digest left out: that of an assessment is another one for each version."""
    content = json.loads(text)
    for one in (content, content.get("assessment")):
        if isinstance(one, dict) and "digest" in one:
            one["digest"] = "DIGEST"
    content["engine"] = "VERSION"
    return of_any_version(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)) + "\n"


def of_any_version(text: str) -> str:
    """Return a text that is the same whatever the number of the engine's version is; footers shorten a digest."""
    text = re.sub(rf"(?<=risk-engine ){re.escape(__version__)}(?!\.?\d)", "VERSION", text)
    return re.sub(r"\b[0-9a-f]{12}([0-9a-f]{52})?\b", "DIGEST", text)


def skeleton(page: str) -> str:
    """Return a page without its style sheet, and only the beginning of a long text: Markdown holds the words."""
    page = re.sub(r"(?<=<style>\n).*(?=</style>)", "", page, flags=re.DOTALL)
    return re.sub(rf"(?<=>)([^<>\n]{{{_LONGEST}}})[^<>\n]+", r"\1…", page)


def document(name: str, kind: str, *how: str) -> str:
    """Return a document from a stored assessment."""
    with tempfile.TemporaryDirectory() as folder:
        stored, signed = Path(folder, "assessment.json"), Path(folder, "decision.json")
        stored.write_text(assessed("lung-imaging" if name == "decided" else name), "utf-8")
        more: tuple[str | Path, ...] = ("--profile", DISCLOSURE) if kind == "redacted" else ()
        if name == "decided":
            signed.write_text(decided("--format", "json"), "utf-8")
            more = ("--decision", signed)
        return done("report", stored, "--kind", kind, *more, *how)


@cache
def decided(*how: str) -> str:
    """Return a decision on the demo that deviates, has conditions of its own and a reply, and was confirmed."""
    with tempfile.TemporaryDirectory() as folder:
        stored, letter = Path(folder, "a.json"), Path(folder, "letter.txt")
        stored.write_text(assessed("lung-imaging"), "utf-8")
        letter.write_text("We can begin with the synthetic data only.\n张伟\n", "utf-8")
        return done(
            "decide",
            stored,
            *("--level", "start_gate=conditional", "--on", "2026-12-03", *how),
            *("--reason", "The work begins with synthetic data; nothing personal leaves before CTL-16 is done."),
            *("--by", "A. Vogel", "--role", "Head of the research office"),
            *("--confirm", "B. Ode", "--confirm-role", "Vice-rector"),
            *("--condition", "CTL-24; due=2027-01-31"),
            *("--condition", "Report to the office every March; owner=Dr Berg"),
            *("--reply", f"{letter}; from=Zhang Wei; date=2026-12-01"),
        )


def seldom(values: list[str], often: re.Pattern[str]) -> list[Any]:
    """Return values for `parametrize`: what is not to be tried before each landing is tried at night.

    Whoever writes goldens anew writes all of them.
    """
    if os.environ.get("UPDATE_GOLDEN"):
        return [*values]
    return [one if often.fullmatch(one) else pytest.param(one, marks=pytest.mark.nightly) for one in values]


@pytest.mark.parametrize("file", seldom(FILES, BEFORE_EACH_LANDING))
def test_it_comes_out_as_it_was_reviewed(file: str) -> None:
    path, now = FOLDER / file, made(file)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(now, "utf-8", newline="\n")
    assert path.read_text("utf-8") == now, f"{file} is not what was reviewed; see {Path(__file__).name}"


@pytest.mark.parametrize("name", seldom(NAMES, re.compile("half-filled|lung-imaging")))
def test_the_json_is_canonical_and_the_same_from_anywhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case.yaml"
    case.write_bytes((EXAMPLES / f"{name}.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    printed = done("assess", "case.yaml", "--format", "json")
    assert printed == assessed(name)
    assert printed.removesuffix("\n").encode() == canonical(json.loads(printed))


@pytest.mark.parametrize("form", ["html", pytest.param("md", marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", seldom(NAMES, re.compile("half-filled")))
def test_a_stored_assessment_is_reported_alike_and_names_what_it_rests_on(name: str, form: str, tmp_path: Path) -> None:
    stored = tmp_path / "stored.json"
    stored.write_text(assessed(name), "utf-8")
    page = done("report", stored, "--annex", "--format", form)
    assert page == done("assess", EXAMPLES / f"{name}.yaml", "--annex", "--format", form)
    record = json.loads(assessed(name))
    digests = {record["digest"], record["case_digest"], record["criteria"]["digest"]}
    assert digests <= set(re.findall(r"\b[0-9a-f]{64}\b", page))
    assert f"risk-engine {__version__}" in page


def test_no_file_is_left_of_an_example_that_is_gone() -> None:
    there_are = {one.relative_to(FOLDER).as_posix() for one in FOLDER.rglob("*.*") if "__pycache__" not in one.parts}
    assert there_are - {Path(__file__).name} == set(FILES)


@pytest.mark.nightly
def test_another_version_of_the_engine_changes_no_golden() -> None:
    program = (
        "import sys, pytest; from risk_engine import version; version.__version__ = '97.98.99';"
        "sys.exit(pytest.main(['-q', '-p', 'no:xdist', '-p', 'no:cacheprovider', '-p', 'no:openxml-audit',"
        " '--override-ini=addopts=--import-mode=importlib', '-k', 'reviewed', sys.argv[1]]))"
    )
    environment = {**os.environ, "UPDATE_GOLDEN": ""}
    told = subprocess.run(
        [sys.executable, "-c", program, str(FOLDER)],
        capture_output=True, text=True, check=False, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout
