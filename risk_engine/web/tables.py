"""A list as a file: for spreadsheets in the language of who asks, for programs as JSON with names that stay."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.http import Http404, HttpRequest, HttpResponse

from risk_engine.files.harmless import csv_text
from risk_engine.files.plain import canonical
from risk_engine.office.register.export import xlsx_bytes
from risk_engine.web import cases, log
from risk_engine.web.security import person_of

R = TypeVar("R")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column: its name for programs, its title for people, what stands in it of a row, and that in words."""

    key: str
    title: str
    value: Callable[[R], Any]
    words: Callable[[R], str] | None = None

    def text(self, row: R) -> str:
        """Return what people read of a row."""
        if self.words is not None:
            return self.words(row)
        match self.value(row):
            case None | "":
                return ""
            case datetime() as at:
                return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            case list() | tuple() as several:
                return ", ".join(map(str, several))
            case one:
                return str(one)


@dataclass(frozen=True)
class Table(Generic[R]):
    """A list: what it is called by programs and by people, its columns, its rows as somebody may see them."""

    name: str
    title: str
    columns: tuple[Column[R], ...]
    rows: Iterable[R]


def as_file(request: HttpRequest, table: Table[R], form: str = "") -> HttpResponse:
    """Answer with a list in the form that the address asks for, and say in the log that it left; 404 for others."""
    form = form or request.GET.get("format", "")
    rows = list(table.rows)
    match form:
        case "csv":
            # Excel takes CSV for an old code page unless it begins with a mark.
            kind, content = "text/csv; charset=utf-8", _csv(table, rows).encode("utf-8-sig")
        case "xlsx":
            titles = [one.title for one in table.columns]
            kind, content = XLSX, xlsx_bytes(table.title[:31], titles, [_texts(table, row) for row in rows])
        case "json":
            kind, content = "application/json", canonical({table.name: [plain_row(table, one) for one in rows]})
        case _:
            raise Http404
    log.note("export", person_of(request), table=table.name, form=form, rows=len(rows))
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{table.name}-{cases.today()}.{form}"'
    return response


def plain_row(table: Table[R], row: R) -> dict[str, Any]:
    """Return a row as programs read it, by the names of its columns."""
    return {one.key: _plain(one.value(row)) for one in table.columns}


def _csv(table: Table[R], rows: list[R]) -> str:
    return csv_text([one.title for one in table.columns], [_texts(table, row) for row in rows])


def _texts(table: Table[R], row: R) -> list[str]:
    return [one.text(row) for one in table.columns]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
