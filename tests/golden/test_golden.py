"""What the examples come to, whole: the screen, the JSON, the HTML page (its style sheet left out) and the Markdown.

After a wanted change `UPDATE_GOLDEN=1 pytest tests/golden` writes what comes out now. Read every line of that diff as a
research officer would: is all that I need there, and is it true?
"""

import json
import os
import re
import tempfile
from pathlib import Path

import pytest

from risk_engine.canonical import canonical
from risk_engine.model.assessment import Assessment
from risk_engine.report import render
from tests.cli.running import EXAMPLES, done

FOLDER = Path(__file__).parent
NAMES = sorted(one.stem for one in EXAMPLES.glob("*.yaml"))
GERMAN = [f"de/{name}.{form}" for name in ("lung-imaging", "half-filled") for form in ("txt", "html", "md")]
COMPARED = [f"{folder}compare.comparison.{form}" for folder in ("", "de/") for form in ("txt", "html", "md")]
"""One example under two sets; its JSON holds the records that stand beside it."""
FILES = [
    *(f"{name}.{form}" for name in NAMES for form in ("txt", "json", "html", "md")),
    "all.txt",
    *(f"decision.{form}" for form in ("json", "txt", "html", "md")),
    *GERMAN,
    *COMPARED,
]
KINDS = ("decision", "letter", "plan", "questions")
DOCUMENTS = [
    *(f"{name}.{kind}.{end}" for name in ("lung-imaging", "half-filled") for kind in KINDS for end in ("html", "md")),
    *(f"decided.{kind}.md" for kind in KINDS[:3]),
    *(f"de/{name}.{kind}.md" for name in ("lung-imaging", "half-filled") for kind in KINDS),
    *(f"de/decided.{kind}.md" for kind in KINDS[:3]),
    *(f"{name}.redacted.md" for name in ("lung-imaging", "half-filled", "de/lung-imaging")),
]
"""The documents that are made from a stored assessment; `decided` is the demo with its decision."""
DISCLOSURE = EXAMPLES / "profiles" / "disclosure.yaml"


def without_styles(page: str) -> str:
    """Return a page without its style sheet: a change of that would hide every other one."""
    return re.sub(r"(?<=<style>\n).*(?=</style>)", "", page, flags=re.DOTALL)


def made(file: str) -> str:
    """Return what a file should hold: JSON indented, so that a change of it can be read."""
    name, _, form = file.partition(".")
    folder, _, name = name.rpartition("/")
    language = ("--lang", folder) if folder else ()
    if name == "all":
        return done("assess", EXAMPLES, COLUMNS="120")
    as_named = ("--format", "text" if form == "txt" else form)
    if name == "decision":
        text = decided(*as_named)
    elif form.startswith("comparison."):
        both = ("--criteria", "reconnect-china@1.0.0", "--criteria", "us-dod-matrix@1.0.0")
        form = form.removeprefix("comparison.")
        written = ("--format", "text" if form == "txt" else form)
        text = done("assess", EXAMPLES / f"{name}.yaml", *both, *written, *language, COLUMNS="80")
    else:
        text = done("assess", EXAMPLES / f"{name}.yaml", *as_named, *language, COLUMNS="80")
    if form != "json":
        return without_styles(text)
    return json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def document(file: str) -> str:
    """Return a document from a stored assessment; its file is named after language, example, kind and form."""
    named, kind, form = file.split(".")
    language, _, name = named.rpartition("/")
    with tempfile.TemporaryDirectory() as folder:
        records = [Path(folder, one) for one in ("assessment.json", "decision.json")]
        for record, stored in zip(records, ("lung-imaging" if name == "decided" else name, "decision"), strict=True):
            record.write_bytes(canonical(json.loads((FOLDER / f"{stored}.json").read_bytes())))
        decision = ("--decision", records[1]) if name == "decided" else ()
        spoken = ("--lang", language) if language else ()
        why = ("--profile", DISCLOSURE) if kind == "redacted" else ()
        return without_styles(done("report", records[0], "--kind", kind, *decision, *why, *spoken, "--format", form))


def decided(*as_named: str) -> str:
    """Return a decision on the demo that deviates, has conditions of its own and a reply, and was confirmed."""
    with tempfile.TemporaryDirectory() as folder:
        assessment, letter = Path(folder, "a.json"), Path(folder, "letter.txt")
        done("assess", EXAMPLES / "lung-imaging.yaml", "--format", "json", "-o", assessment)
        letter.write_text("We can begin with the synthetic data only.\n张伟\n", "utf-8")
        return done(
            "decide",
            assessment,
            *("--level", "start_gate=conditional", "--on", "2026-12-03", *as_named),
            *("--reason", "The work begins with synthetic data; nothing personal leaves before CTL-16 is done."),
            *("--by", "A. Vogel", "--role", "Head of the research office"),
            *("--confirm", "B. Ode", "--confirm-role", "Vice-rector"),
            *("--condition", "CTL-24; due=2027-01-31"),
            *("--condition", "Report to the office every March; owner=Dr Berg"),
            *("--reply", f"{letter}; from=Zhang Wei; date=2026-12-01"),
        )


@pytest.mark.parametrize("file", FILES)
def test_it_comes_out_as_it_was_reviewed(file: str) -> None:
    path, now = FOLDER / file, made(file)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(now, "utf-8", newline="\n")
    assert path.read_text("utf-8") == now, f"{file} is not what was reviewed; see {Path(__file__).name}"


@pytest.mark.parametrize("file", DOCUMENTS)
def test_a_document_says_what_was_reviewed(file: str) -> None:
    path, now = FOLDER / file, document(file)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(now, "utf-8", newline="\n")
    assert path.read_text("utf-8") == now, f"{file} is not what was reviewed; see {Path(__file__).name}"


@pytest.mark.parametrize("name", NAMES)
def test_the_json_is_canonical_and_the_same_from_anywhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    case = tmp_path / "case.yaml"
    case.write_bytes((EXAMPLES / f"{name}.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    printed = done("assess", "case.yaml", "--format", "json").rstrip("\n")
    assert printed.encode() == canonical(reviewed)


@pytest.mark.parametrize("form", ["html", "md", "txt"])
@pytest.mark.parametrize("name", NAMES)
def test_a_stored_assessment_is_reported_alike(name: str, form: str) -> None:
    stored = Assessment.model_validate_json((FOLDER / f"{name}.json").read_bytes())
    page = render(stored, "text" if form == "txt" else form)  # type: ignore[arg-type]
    assert without_styles(page) == (FOLDER / f"{name}.{form}").read_text("utf-8")


def test_no_file_is_left_of_an_example_that_is_gone() -> None:
    there_are = {one.relative_to(FOLDER).as_posix() for one in FOLDER.rglob("*.*") if "__pycache__" not in one.parts}
    assert there_are - {Path(__file__).name} == {*FILES, *DOCUMENTS}
