"""Tables as cells for tests: written, changed as a person would, and read again."""

from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.audit.tables.kinds import kind_of, table
from risk_engine.audit.tables.rules import Rules
from risk_engine.audit.tables.table import HEAD_ROWS, Grid, Table
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.set_files import SetFiles


def rules_of(folder: Path) -> Rules:
    """Return the rules of a set with its files."""
    return Rules(read_criteria(folder), SetFiles(folder).documents)


def every_table(rules: Rules) -> Iterator[str]:
    """Yield how each table of a set is asked for."""
    yield from (f"ladder:{name}" for name in rules.criteria.ladders)
    yield from (f"severity:{name}" for name in rules.criteria.indicators)
    yield from (*(("controls",) if "controls.yaml" in rules.documents else ()), "options", "indicators")


def grid_of(made: Table) -> Grid:
    """Return a table as the cells that a spreadsheet would give back."""
    rows = [{one.key: one.key for one in made.columns}, {one.key: one.title for one in made.columns}, *made.rows]
    cells = {
        (row, column): values[one.key]
        for row, values in enumerate(rows, HEAD_ROWS - 1)
        for column, one in enumerate(made.columns, 1)
        if values.get(one.key)
    }
    return Grid("rules.csv", cells)


def made(rules: Rules, of: str) -> Table:
    """Return a table of a set."""
    return table(kind_of(of, rules), rules)


def sheet_of(path: Path, title: str) -> tuple[Worksheet, dict[str, int]]:
    """Return a sheet of a workbook, with the column of each name; its `parent` is saved with `save`."""
    sheet = load_workbook(path)[title]
    assert isinstance(sheet, Worksheet)
    return sheet, {str(cell.value): cell.column for cell in sheet[2] if cell.value is not None}


def save(sheet: Worksheet, path: Path) -> Path:
    """Save the workbook of a sheet."""
    assert sheet.parent is not None
    sheet.parent.save(path)
    return path
