"""A register as one file for an archive, with the SHA-256 of each of its files; and rows for a spreadsheet."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.harmless import clean_text, csv_text
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.office.register.folder import CaseFolder, sha256
from risk_engine.records.criteria import KEPT

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The earliest day that a ZIP can name: the same register gives the same bytes, whenever it is exported."""


@dataclass(frozen=True)
class Exported:
    """One file of the register with its content."""

    path: str
    kind: str
    number: int | None
    data: bytes


def collected(folders: Sequence[CaseFolder]) -> tuple[list[Exported], list[str]]:
    """Return the files of these cases, in order, the criteria that they were assessed under, and what is wrong.

    What cannot be exported is wrong; of criteria no copy need be there.
    """
    files: list[Exported] = []
    wrong: list[str] = []
    for folder in folders:
        for filed in folder.filed:
            try:
                files.append(Exported(f"{folder.path.name}/{filed.name}", filed.kind, filed.number, filed.read()))
            except RiskEngineError as error:
                wrong.append(str(error))
    return [*files, *_criteria(folders, files)], wrong


def _criteria(folders: Sequence[CaseFolder], files: Sequence[Exported]) -> Iterator[Exported]:
    """Yield the copies of criteria that the exported assessments were made under, by their digests."""
    used = {
        path
        for one in files
        if one.kind == "assessment"
        for path in [f"{KEPT}/{json.loads(one.data)['criteria']['digest']}.json"]
    }
    for register in dict.fromkeys(folder.path.parent for folder in folders):
        for path in sorted(used):
            if (register / path).is_file():
                yield Exported(path, "criteria", None, read_bytes(register / path))


def as_zip(files: Sequence[Exported], head: dict[str, Any] | None = None) -> bytes:
    """Return a ZIP with the files as they lie in the register, a manifest, and sums that `sha256sum -c` checks.

    `head` is that of the log: with an archive that is kept elsewhere the register can be held against it later.
    """
    out = io.BytesIO()
    sums = "".join(f"{sha256(one.data)}  {one.path}\n" for one in files)
    manifest = json.dumps({"schema": 1, "head": head, "files": list(_manifest(files))}, indent=2, ensure_ascii=False)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            (MANIFEST, manifest.encode() + b"\n"),
            (SUMS, sums.encode()),
            *((one.path, one.data) for one in files),
        ):
            archive.writestr(_entry(name), data)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    # Else it says on which system it was made, and the bytes differ.
    entry.create_system = 3
    return entry


def as_json(files: Sequence[Exported], head: dict[str, Any] | None = None) -> bytes:
    """Return one JSON document with every file: records as JSON, cases as text, what is neither as base64."""
    content = [{**entry, **_content(one)} for entry, one in zip(_manifest(files), files, strict=True)]
    return (json.dumps({"schema": 1, "head": head, "files": content}, indent=1, ensure_ascii=False) + "\n").encode()


def _content(one: Exported) -> dict[str, Any]:
    if one.kind in {"assessment", "decision", "evidence", "criteria"}:
        return {"json": json.loads(one.data)}
    try:
        return {"text": one.data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(one.data).decode()}


def as_csv(files: Sequence[Exported], _head: dict[str, Any] | None = None) -> bytes:
    """Return the manifest as a table: a row for each file, without its content."""
    rows = [tuple("" if value is None else str(value) for value in entry.values()) for entry in _manifest(files)]
    return csv_text(("path", "kind", "number", "size", "sha256"), rows).encode()


def _manifest(files: Sequence[Exported]) -> Iterator[dict[str, Any]]:
    for one in files:
        yield {
            "path": one.path,
            "kind": one.kind,
            "number": one.number,
            "size": len(one.data),
            "sha256": sha256(one.data),
        }


def xlsx_bytes(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a workbook with one sheet; MissingExtraError where openpyxl is not installed."""
    try:
        from openpyxl import Workbook
    except ImportError:
        message = _("writing .xlsx needs openpyxl, which is not installed (.csv needs nothing)")
        raise MissingExtraError(message, "office") from None
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(_widths(columns, rows), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    fonts, alignment = (Font(bold=True), Font()), Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate((columns, *rows)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_fitting(clean_text(text)))
            # Without this openpyxl takes text that begins with `=` for a formula, and without the mark of quoted text
            # a spreadsheet would do so once somebody edits the cell.
            cell.data_type = "s"
            cell.quotePrefix = True
            cell.font = fonts[min(number, 1)]
            cell.alignment = alignment
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return for each column a width, in characters, that shows what is usual in it; longer text is wrapped."""
    widest = 40
    return [min(widest, max(map(len, column)) + 2) for column in zip(columns, *rows, strict=True)]


def _fitting(text: str) -> str:
    """Return a text as long as a cell of a workbook may be."""
    most = 32_767
    return text if len(text) <= most else f"{text[: most - 1]}…"
