"""Templates as offices make them, written by the tests, and what comes of them."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.report.blocks import View
from risk_engine.report.word import docx_from_template
from tests.report.opening import damage, opened, paragraphs


def saved(path: Path, *lines: str, header: str = "", change: Callable[[Any], None] | None = None) -> Path:
    """Write a template of these paragraphs."""
    made = Document()
    for one in lines:
        made.add_paragraph(one)
    if header:
        made.sections[0].header.paragraphs[0].text = header
    if change:
        change(made)
    made.save(str(path))
    return path


def filled(shown: View, path: Path, *lines: str, **more: Any) -> Any:
    content = docx_from_template(shown, saved(path, *lines, **more))
    assert damage(content) == []
    return opened(content)


def lines_of(made: Any) -> list[str]:
    return [one for _, one in paragraphs(made)]


def said(shown: View, path: Path, *lines: str, **more: Any) -> list[str]:
    """Return what is said of a template, line by line."""
    return refusal(shown, saved(path, *lines, **more))


def refusal(shown: View, path: Path) -> list[str]:
    with pytest.raises(RiskEngineError) as caught:
        docx_from_template(shown, path)
    return str(caught.value).split("\n")


def changed(path: Path, add: dict[str, bytes]) -> Path:
    """Put other parts into a template that is there, or into one of the whole document."""
    if not path.exists():
        saved(path, "{{p content }}")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as before, zipfile.ZipFile(path, "w") as new:
        for name in before.namelist():
            if name not in add:
                new.writestr(name, before.read(name))
        for name, content in add.items():
            new.writestr(name, content)
    return path


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as whole:
        return whole.read(name)
