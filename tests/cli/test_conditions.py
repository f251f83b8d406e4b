"""The conditions of a decision: the same list, each whole, in every document, every form and both languages."""

import io
import re
from itertools import product
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from tests.cli.running import EXAMPLES, done, run
from tests.tiers import mostly_long

LONG = "Nobody outside the group may open the raw scans. " + " ".join(
    f"In month {month} the leader of the laboratory looks through the log of access and writes down what was found."
    for month in range(1, 6)
)
FREE = (
    LONG,
    "Report to the office every March",
    "The guest works in the open laboratory alone",
    "No scan leaves the hospital before the contract is signed",
    "Tell the office when the partner has another owner",
    "The ethics board sees the plan a second time",
)
UNSENT = "Ask the Pearl Delta Institute of Medical Imaging who pays the guest"
KINDS = ("full", "decision", "redacted", "plan", "letter")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decided")
    record, decision = folder / "record.json", folder / "decision.json"
    done("assess", EXAMPLES / "lung-imaging.yaml", "--format", "json", "-o", record)
    stated = (part for one in (*FREE, f"{UNSENT}; letter=no") for part in ("--condition", f"{one}; due=2027-03-31"))
    who = ("--by", "A. Vogel", "--role", "Head of office", "--on", "2026-12-03")
    done("decide", record, *who, *stated, "-o", decision)
    return folder


def said(content: bytes, form: str) -> str:
    match form:
        case "pdf":
            text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        case "docx":
            body = Document(io.BytesIO(content)).element.body
            text = " ".join("".join(one.text or "" for one in line.iter(qn("w:t"))) for line in body.iter(qn("w:p")))
        case _:
            text = re.sub(r"<[^>]+>", "", content.decode()).replace("\\", "")
    return "".join(text.split()).replace("-", "")


def stands(condition: str, text: str) -> bool:
    """Return whether a condition stands in a text, its row perhaps on two pages."""
    return any(condition[:at] in text and condition[at:] in text for at in range(len(condition)))


@pytest.mark.parametrize(
    ("kind", "form", "language"),
    mostly_long(
        product(KINDS, ("md", "html", "pdf", "docx"), ("en", "de")),
        *(("full", "md", "en"), ("decision", "html", "de"), ("plan", "pdf", "de"), ("redacted", "md", "de")),
        *(("letter", "docx", "en"), ("letter", "html", "de"), ("full", "docx", "en")),
    ),
)
def test_every_condition_stands_whole_in_every_document(kind: str, form: str, language: str, decided: Path) -> None:
    assert len(LONG) > 500
    file = decided / f"{kind}.{language}.{form}"
    how = ("--kind", kind, "--decision", decided / "decision.json", "--lang", language, "-o", file)
    done("report", decided / "record.json", *how)
    text = said(file.read_bytes(), form)
    assert [one for one in FREE if not stands("".join(one.split()).replace("-", ""), text)] == []
    controls = ("CTL-14", "CTL-16", "CTL-24") if kind != "letter" else ()
    assert [one for one in controls if one.replace("-", "") not in text] == []
    unsent = "".join(UNSENT.split())
    assert (unsent in text) == (kind in {"full", "decision", "plan"})
    mark = {"en": "notsent", "de": "nichtversandt"}[language]
    assert (mark in text) == (kind in {"full", "decision", "plan"})


def test_the_letter_and_the_redacted_version_count_what_they_do_not_tell(decided: Path) -> None:
    how = ("--decision", decided / "decision.json", "--format", "md")
    letter = done("report", decided / "record.json", "--kind", "letter", *how)
    assert "1 further condition is in the decision; the research office tells you its wording." in letter
    redacted = done("report", decided / "record.json", "--kind", "redacted", *how)
    rows = [line for line in redacted.splitlines() if line.endswith("| 31 March 2027 |")]
    assert len(rows) == len(FREE)
    assert "| **\\[withheld: no exemption reason on record\\]** | new |" in redacted


def test_whoever_decides_is_told_which_conditions_tell_of_others(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    done("assess", EXAMPLES / "lung-imaging.yaml", "--format", "json", "-o", record)
    who = ("--by", "A. Vogel", "--role", "Head of office", "--on", "2026-12-03")
    result = run("decide", record, *who, "--condition", UNSENT, "-o", tmp_path / "d.json")
    assert result.code == 0
    assert "One that is not to be sent is decided with `--condition '…; letter=no'`" in result.err
