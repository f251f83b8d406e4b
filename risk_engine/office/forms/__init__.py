"""Cases in office files: questionnaires out and their answers in, a case as one workbook, changes by commands.

Whoever reads cases imports this first: then the workbook of a case is read as a case file is.
"""

from pathlib import Path
from typing import Any

from risk_engine.files.reading import READERS


def _read_book(path: Path) -> Any:
    from risk_engine.office.forms.form import office_libraries

    with office_libraries():
        from risk_engine.office.forms.book_read import read_book
    return read_book(path)


READERS[".xlsx"] = _read_book
