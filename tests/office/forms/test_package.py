"""Files that are no questionnaires, or dangerous ones: each gets one clear message, and nothing is read from it."""

import io
import zipfile
from pathlib import Path
from typing import Literal

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.docx_form import (
    document,
)
from risk_engine.office.forms.export_form import form_for
from risk_engine.office.forms.form import (
    BOUNDS,
)
from risk_engine.office.forms.xlsx_write import MADE, workbook
from risk_engine.report.word.fields import (
    controls,
    text_field,
)
from tests.cli.running import LOAN, LOAN_DESK, refused
from tests.strategies import by_turns

DESK = load_criteria(str(LOAN_DESK))
FORM = form_for(DESK, "registrar", room=1)
WHOLE = {"xlsx": workbook(FORM), "docx": document(FORM)}
KINDS = pytest.mark.parametrize("kind", ["xlsx", "docx"])
Kind = Literal["xlsx", "docx"]


def said(name: str, content: bytes, folder: Path) -> str:
    path = folder / name
    path.write_bytes(content)
    message = refused("case", "import", path, "--into", folder / "case.yaml", *LOAN)
    assert not (folder / "case.yaml").exists()
    return message.replace(f"{path}", name)


def changed(kind: Kind, add: dict[str, bytes]) -> bytes:
    """Return a questionnaire with other parts in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE[kind])) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one in before.infolist():
            if one.filename not in add:
                new.writestr(one, before.read(one))
        for name, content in add.items():
            new.writestr(name, content)
    return target.getvalue()


@KINDS
@pytest.mark.parametrize("cut", [0, 1, 100, 5000, -30])
def test_a_file_that_is_cut_off_is_damaged(kind: Kind, cut: int, tmp_path: Path) -> None:
    assert said(f"a.{kind}", WHOLE[kind][:cut], tmp_path) == (
        f"a.{kind}: the file is damaged, or it is not what its name says\n  help: ask for the file again\n"
    )


@KINDS
def test_a_byte_that_flipped_is_noticed(kind: Kind, tmp_path: Path) -> None:
    for at in range(200, len(WHOLE[kind]) // 2, len(WHOLE[kind]) // 7):
        broken = bytearray(WHOLE[kind])
        broken[at : at + 40] = bytes(40)
        assert said(f"a.{kind}", bytes(broken), tmp_path).startswith(f"a.{kind}: ")


@KINDS
def test_what_a_password_protects_is_told_from_what_is_damaged(kind: Kind, tmp_path: Path) -> None:
    assert said(f"a.{kind}", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), tmp_path) == (
        f"a.{kind}: the file is protected by a password, or it is of a format from before 2007\n"
        f"  help: open it, and save it as .{kind} without a password\n"
    )


@KINDS
def test_a_part_that_a_password_protects_makes_the_file_unreadable(kind: Kind, tmp_path: Path) -> None:
    locked = bytearray(WHOLE[kind])
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(start) + flags] |= 1
    assert "the file is damaged" in said(f"a.{kind}", bytes(locked), tmp_path)


@KINDS
def test_macros_are_refused_whatever_the_ending(kind: Kind, tmp_path: Path) -> None:
    with_macros = changed(kind, {"xl/vbaProject.bin": b"macros"})
    assert "the file holds macros\n  help: open it, and save it as" in said(f"a.{kind}", with_macros, tmp_path)
    old = {"xlsx": "xlsm", "docx": "docm"}[kind]
    assert said(f"a.{old}", with_macros, tmp_path) == (
        f"a.{old}: the file may hold macros\n  help: save it as .xlsx or .docx\n"
    )


@KINDS
def test_a_file_that_unpacks_to_far_more_is_refused_unread(kind: Kind, tmp_path: Path) -> None:
    bomb = changed(kind, {"xl/media/image1.png": bytes(BOUNDS[kind].unpacked + 1)})
    assert len(bomb) < BOUNDS[kind].packed
    assert "unpacked, the file is larger than 12 MiB\n  help: a questionnaire is far" in said(
        f"a.{kind}", bomb, tmp_path
    )
    many = changed(kind, {f"x/{number}": b"" for number in range(BOUNDS[kind].parts)})
    assert "unpacked, the file is larger" in said(f"a.{kind}", many, tmp_path)
    assert "the file is larger than 10 MiB" in said(f"a.{kind}", bytes(BOUNDS[kind].packed + 1), tmp_path)


@KINDS
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_declared_document_type_is_refused(kind: Kind, encoding: str, tmp_path: Path) -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(encoding)
    message = said(f"a.{kind}", changed(kind, {"docProps/app.xml": evil}), tmp_path)
    assert "the file declares a document type, as no office program does" in message


def test_an_ordinary_workbook_or_document_is_no_questionnaire(tmp_path: Path) -> None:
    plain = io.BytesIO()
    Workbook().save(plain)
    assert said("a.xlsx", plain.getvalue(), tmp_path) == (
        "a.xlsx: this workbook is not a questionnaire of this engine\n"
        "  help: fill in the file that `risk-engine case new --format xlsx` writes, with all of its sheets\n"
    )
    other = io.BytesIO()
    Document().save(other)
    assert said("a.docx", other.getvalue(), tmp_path) == (
        "a.docx: this document is not a questionnaire of this engine\n"
        "  help: fill in the file that `risk-engine case new --format docx` writes\n"
    )


def test_one_kind_under_the_name_of_the_other_is_told(tmp_path: Path) -> None:
    assert said("a.xlsx", WHOLE["docx"], tmp_path) == (
        "a.xlsx: this is no .xlsx file\n  help: open it, and save it as .xlsx\n"
    )
    assert "this is no .docx file" in said("a.docx", WHOLE["xlsx"], tmp_path)
    assert "a questionnaire is an .xlsx or a .docx file" in said("a.pdf", b"%PDF", tmp_path)


def test_files_that_are_not_there_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").mkdir()
    names = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    message = refused("case", "import", *names, "--into", tmp_path / "case.yaml", *LOAN)
    assert message == (f"{names[0]}: there is no such file\n{names[1]}: this is a folder, a file is needed\n")


@pytest.mark.parametrize(
    "made",
    by_turns([None, 7, "", "no JSON", "[]", '{"questionnaire": 2}', '{"questionnaire": 1, "set_id": 3}',
              '{"questionnaire": 1, "set_id": "a", "version": "1", "digest": "d", "role": 5}'], 3),
)  # fmt: skip
def test_a_form_that_does_not_say_what_it_was_made_from_is_none_of_ours(made: object, tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(WHOLE["xlsx"]))
    sheet = book[MADE]
    assert isinstance(sheet, Worksheet)
    sheet["A1"] = made  # type: ignore[assignment]
    target = io.BytesIO()
    book.save(target)
    assert "this workbook is not a questionnaire" in said("a.xlsx", target.getvalue(), tmp_path)


def test_fields_far_outside_are_refused(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(WHOLE["xlsx"]))
    sheet = book["The loan"]
    assert isinstance(sheet, Worksheet)
    sheet["A1048576"] = "far"
    target = io.BytesIO()
    book.save(target)
    assert "there are fields far outside the questionnaire" in said("a.xlsx", target.getvalue(), tmp_path)


def test_a_field_that_stands_twice_in_a_document_is_named(tmp_path: Path) -> None:
    made = Document(io.BytesIO(WHOLE["docx"]))
    tags = [tag for tag, _ in controls(made.element.body)]
    line = made.add_paragraph()
    line._p.append(text_field(tags[0], "Again", "Write"))  # noqa: SLF001
    line._p.append(text_field("somebody.elses", "Other", "Write"))  # noqa: SLF001
    target = io.BytesIO()
    made.save(target)
    assert said("a.docx", target.getvalue(), tmp_path) == (
        "a.docx: this field is there twice, so nobody can say which one counts\n"
        "  help: take the second one out; do not copy tables\n"
    )
