"""Word documents as people open them: read with the library, and checked for what Word calls damaged."""

import io
import tempfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from openxml_audit import FileFormat, OpenXmlValidator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def damage(content: bytes) -> list[str]:
    """Return what the schema of Office, and what is known of Word's repairs, has against a document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.docx")
        path.write_bytes(content)
        result = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path)
    return [f"{one.part_uri} {one.path}: {one.description}" for one in result.errors]


def paragraphs(document: Any) -> list[tuple[str, str]]:
    """Return the style and text of each paragraph of the body, those in tables and lists of contents too."""
    names = {one.style_id: one.name for one in document.styles}
    found = []
    for one in document.element.body.iter(qn("w:p")):
        style = one.pPr.pStyle.val if one.pPr is not None and one.pPr.pStyle is not None else "Normal"
        found.append((names[style], text(one)))
    return found


def text(element: Any) -> str:
    """Return what can be read of an element; a tab is a tab, a new line one."""
    signs = {qn("w:tab"): "\t", qn("w:br"): "\n"}
    inside = (one for one in element.iter(qn("w:t"), *signs) if one.getparent().tag == qn("w:r"))
    return "".join(one.text or "" if one.tag == qn("w:t") else signs[one.tag] for one in inside)


def runs(document: Any) -> dict[str, Any]:
    """Return the runs of the body by their text."""
    return {text(one): one for one in document.element.body.iter(qn("w:r"))}


def style_of(run: Any) -> str | None:
    style = run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
    return None if style is None else style.get(qn("w:val"))
