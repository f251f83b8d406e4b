"""Files that are no templates, or dangerous ones: one clear message each, and nothing is written."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import in_language
from risk_engine.report.word import docx_from_template
from risk_engine.report.word import template as module
from risk_engine.report.word.offered import SHAPES
from tests.report.offices import changed, refusal, said, saved
from tests.report.papers import ANSWER, SCALE, document
from tests.report.test_docx import without

ANSWERED = document(answer=ANSWER, scales=(SCALE,))


# --- files that are no templates ---


def test_a_file_that_is_no_template_says_so(office: Path) -> None:
    assert refusal(document(), office) == ["office.docx: there is no such file"]
    office.write_bytes(b"no zip")
    assert refusal(document(), office) == [
        "office.docx: the file is damaged, or it is not what its name says",
        "  help: open it in Word, and save it again as .docx",
    ]
    office.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "protected by a password" in refusal(document(), office)[0]
    office.unlink()
    assert "the file holds macros" in refusal(document(), changed(office, {"word/vbaProject.bin": b"macros"}))[0]
    office.unlink()
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert "declares a document type" in refusal(document(), changed(office, {"docProps/app.xml": evil}))[0]
    saved(office, "{{p content }}")
    with zipfile.ZipFile(office) as whole:
        types = whole.read("[Content_Types].xml").replace(b"document.main+xml", b"template.main+xml")
    assert refusal(document(), changed(office, {"[Content_Types].xml": types})) == [
        "office.docx: this is no .docx file",
        "  help: open it, and save it as .docx",
    ]


def test_a_file_that_unpacks_to_far_more_is_refused(office: Path) -> None:
    saved(office, "{{p content }}")
    with zipfile.ZipFile(office, "a", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/media/image1.png", bytes(module.BOUNDS.unpacked + 1))
    assert "unpacked, the file is larger than 60 MiB" in refusal(document(), office)[0]
    assert "far more text than a template needs" in said(document(), office, "a" * (module.MOST_TEXT + 1))[0]


@pytest.mark.parametrize(
    "part",
    ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels", "_rels/.rels"],
)
@pytest.mark.parametrize("content", [b"", b"<a/>", b"<w:document"])
def test_a_damaged_part_is_told_not_a_traceback(part: str, content: bytes, office: Path) -> None:
    made = refusal(document(), changed(office, {part: content}))
    assert made[0].startswith("office.docx: the template is damaged")
    assert made[1] == "  help: open it in Word, and save it again as .docx"


def test_what_would_be_loaded_or_run_when_somebody_opens_it_is_refused(office: Path) -> None:
    def linked(made: Any) -> None:
        made.part.relate_to("https://evil.example/a.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)

    assert said(document(), office, "{{p content }}", change=linked) == [
        "office.docx: the document would load `https://evil.example/a.png` when somebody opens it",
        "  help: put pictures into the template, not links to them",
    ]
    saved(office, "{{p content }}")
    with zipfile.ZipFile(office) as whole:
        types, relations = whole.read("[Content_Types].xml"), whole.read("word/_rels/document.xml.rels")
    override = b'<Override PartName="/word/activeX1.xml" ContentType="application/vnd.ms-office.activeX+xml"/></Types>'
    relation = b'<Relationship Id="rId98" Type="http://x.example/control" Target="activeX1.xml"/></Relationships>'
    changed(
        office,
        {
            "[Content_Types].xml": types.replace(b"</Types>", override),
            "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", relation),
            "word/activeX1.xml": b"<a/>",
        },
    )
    assert "controls that run programs" in refusal(document(), office)[0]


def test_placeholders_that_would_stay_are_told(office: Path) -> None:
    def commented(made: Any) -> None:
        made.add_comment(made.paragraphs[0].runs, text="{{ title }}", author="A")

    assert said(document(), office, "{{p content }} ", change=commented) == [
        "office.docx: placeholders in endnotes and comments are not filled in",
        "  help: move them into the text",
    ]


def test_the_problems_are_said_in_the_language_of_the_user(office: Path) -> None:
    with in_language("de"):
        assert said(document(language="de"), office, "{{ titel }}") == [
            "office.docx, bei `{{ titel }}`: unbekannter Name `titel`",
            "  Hilfe: meinten Sie `title`?",
        ]


def test_without_the_library_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch, office: Path) -> None:
    without(monkeypatch, "docxtpl")
    with pytest.raises(RiskEngineError, match=r"Word files need .*\n.*pip install '\.\[office\]'"):
        docx_from_template(document(), office)


def test_every_name_is_described() -> None:
    described = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
    assert [one for one in (*SHAPES, "section") if f"`{one}`" not in described] == []
