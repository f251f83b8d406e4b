"""The example of an office template is what its script writes, and every kind of document fits it.

What comes out is reviewed as office-letter.txt; `UPDATE_GOLDEN=1` writes it anew.
"""

import io
import os
import zipfile
from pathlib import Path

import pytest

from risk_engine.report.blocks import View
from risk_engine.report.pages import WholeKind, view_of
from risk_engine.report.word import docx_from_template
from risk_engine.report.word.paper import packed
from scripts.office_letter import DAY, TARGET, office_letter
from tests.pages.made import assessment
from tests.report.opening import damage, opened, paragraphs, text

GOLDEN = Path(__file__).parent / "office-letter.txt"
KINDS: tuple[WholeKind, ...] = ("letter", "questions")


def shown(kind: WholeKind) -> View:
    return view_of(assessment("half-filled"), kind)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {one: package.read(one) for one in package.namelist()}


def test_the_example_is_what_its_script_writes() -> None:
    # Its parts: the compression may differ from one machine to the next.
    assert parts(TARGET.read_bytes()) == parts(packed(office_letter(), DAY))


def test_letters_on_the_paper_of_the_house_are_as_they_were_reviewed() -> None:
    lines = []
    for kind in KINDS:
        made = opened(docx_from_template(shown(kind), TARGET))
        head, foot = made.sections[0].header._element, made.sections[0].footer._element  # noqa: SLF001
        lines += [f"=== {kind}", f"above each page: {text(head)}", f"below each page: {text(foot)}"]
        lines += [f"{style}: {line}" for style, line in paragraphs(made)]
    now = "\n".join(lines) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(now, "utf-8", newline="\n")
    assert GOLDEN.read_text("utf-8") == now


@pytest.mark.parametrize("kind", ["full", "decision", "letter", "plan", "questions"])
def test_every_kind_of_document_fits_it(kind: WholeKind) -> None:
    assert damage(docx_from_template(shown(kind), TARGET)) == []
