"""Who is asked about in files: the organisations of a case, of what is on file, of a table, and of folders of them.

Which answers are the name, the country (`roles`) and further names (screening.yaml) of an entry the criteria say, not
this program.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from risk_engine.files.csv_rows import headers_in, open_csv
from risk_engine.files.diagnostics import (
    InvalidSourceError,
    MissingExtraError,
    RiskEngineError,
    file_problem,
    is_blank,
    quoted,
    suggestion,
)
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.loading.case import SUFFIXES, read_case_file, rules_for, today_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.on_file import FOLDER, LIMIT, read_on_file, with_files
from risk_engine.loading.releases import choose
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.loading.validate import mappings
from risk_engine.model.case import UNKNOWN
from risk_engine.model.companion_files import ScreenedFacts
from risk_engine.model.criteria import Criteria
from risk_engine.screening.asked import IDENTIFIERS, Asked, kind_of
from risk_engine.screening.countries import country_code
from risk_engine.screening.identifiers import normal
from risk_engine.screening.names import read, stored

if TYPE_CHECKING:
    from risk_engine.screening.entry import IdentifierKind

_MIB: Final = 1024**2


def entities_of(criteria: Criteria, about: Sequence[str] = ()) -> tuple[str, ...]:
    """Return which lists of a case hold organisations: those with a name and a country, as the set says.

    Where the set groups a portfolio by the country of some of them, those are meant. `about` names others; raises
    RiskEngineError where the set does not say which of its facts is the name.
    """
    roles = criteria.head.roles
    for one in about:
        if one not in roles.label:
            message = _("{set_id} does not say what names an entry of `{entity}`", set_id=criteria.head.id, entity=one)
            raise RiskEngineError(message, suggestion(one, roles.label))
    both = [one for one in roles.label if one in roles.country]
    grouped = [one for one in both if roles.country[one] in roles.group_by]
    return tuple(about) or tuple(grouped or both)


def of_entry(
    criteria: Criteria, facts: Mapping[str, ScreenedFacts], entity: str, answers: Mapping[str, Any], where: str
) -> Asked | None:
    """Return who an entry is about; None where nobody has named it yet.

    Where the set says in `facts` which of them hold its other names and its numbers, it is asked about by those too,
    parted by `;`. A name without a letter is none, and what is no number of its kind is left out; `wrong_in` tells it.
    """
    roles = criteria.head.roles
    stated = facts.get(entity, ScreenedFacts())
    name = _text(answers, roles.label[entity])
    if not name:
        return None
    numbers = {
        kind: [one for one in several if normal(kind, one)] for kind, _fact, several in _numbers(stated, answers)
    }
    with suppress(RiskEngineError):
        country = country_code(_text(answers, roles.country.get(entity, "")))
        others = _text(answers, stated.other_names or "")
        return Asked.of([name, *others.split(";")], country, numbers, where=where)
    return None


def wrong_in(
    criteria: Criteria, facts: Mapping[str, ScreenedFacts], entity: str, answers: Mapping[str, Any], where: str
) -> Iterator[str]:
    """Yield what cannot be looked up of an entry: a name without a letter, and what is no number of its kind."""
    label = criteria.head.roles.label[entity]
    name = _text(answers, label)
    if not is_blank(name) and not read(name).plain:
        fact = label.partition(".")[2]
        yield _("{where}.{fact}: `{text}` holds no letter, and is no name", where=where, fact=fact, text=name)
    for kind, fact, several in _numbers(facts.get(entity, ScreenedFacts()), answers):
        for one in several:
            if not normal(kind, one):
                told = {"where": where, "fact": fact.partition(".")[2], "text": one, "kind": kind.upper()}
                yield _("{where}.{fact}: `{text}` is no {kind}", **told)


def _numbers(stated: ScreenedFacts, answers: Mapping[str, Any]) -> Iterator[tuple["IdentifierKind", str, list[str]]]:
    for kind, fact in stated.identifiers.items():
        cells = _text(answers, fact).split(";")
        yield kind_of(kind), fact, [one.strip() for one in cells if not is_blank(one)]


def _text(answers: Mapping[str, Any], fact: str) -> str:
    value = answers.get(fact.partition(".")[2])
    return value if isinstance(value, str) and value != UNKNOWN else ""


def in_case(
    path: Path, criteria: str | None, on: date | None, today: date, about: Sequence[str] = ()
) -> list[tuple[str, Asked]]:
    """Return the organisations of a case, by their entries; raise RiskEngineError where it is none."""
    return _in_document(read_case_file(path), path, criteria, on, today, about)


def _in_document(
    document: Document, path: Path, criteria: str | None, on: date | None, today: date, about: Sequence[str]
) -> list[tuple[str, Asked]]:
    _day, rules = rules_for(document, criteria, on, instead=today)
    filled, problems = with_files(today_of(document, rules).document, rules)
    if problems:
        raise InvalidSourceError(problems)
    return organisations_of(filled.data, rules, load_screened_facts(rules, needed=False), path, about)


def organisations_of(
    data: Mapping[str, Any], rules: Criteria, facts: Mapping[str, ScreenedFacts], path: Path, about: Sequence[str] = ()
) -> list[tuple[str, Asked]]:
    """Return the organisations of a case that was read, by their entries.

    Raises RiskEngineError with everything that should be a name or a number of theirs and is none.
    """
    found = []
    wrong: list[str] = []
    for entity in entities_of(rules, about):
        for _number, entry in mappings(data.get(entity)):
            entry_id = f"{entity}.{entry.get('id')}"
            wrong += wrong_in(rules, facts, entity, entry, f"{path.as_posix()}, {entry_id}")
            if (asked := of_entry(rules, facts, entity, entry, f"{path.as_posix()}, {entry_id}")) is not None:
                found.append((entry_id, asked))
    if wrong:
        raise RiskEngineError("\n".join(wrong))
    return found


@dataclass(frozen=True)
class Found:
    """Organisations named in folders: each once, with all places that name it, and files that could not be read."""

    asked: tuple[tuple[Asked, tuple[str, ...]], ...]
    files: int
    unread: tuple[str, ...]


def in_places(places: Sequence[Path], criteria: str | None, today: date) -> Found:
    """Return the organisations that cases and files on partners name, in files, folders and registers.

    What is no case is passed over; a case that cannot be read is told in `unread`.
    """
    found: dict[str, tuple[Asked, list[str]]] = {}
    unread: list[str] = []
    number = 0
    for path in sorted({one for root in places for one in _files(root)}):
        try:
            named = list(_named_in(path, criteria, today))
        except RiskEngineError as error:
            unread.append(f"{error}")
            continue
        number += bool(named)
        for asked in named:
            found.setdefault(asked.digest, (asked, []))[1].append(asked.where)
    return Found(tuple((asked, tuple(where)) for asked, where in found.values()), number, tuple(unread))


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    elif root.is_dir():
        some = (one for one in root.rglob("*") if one.suffix.casefold() in SUFFIXES and one.is_file())
        yield from (one for one in some if not one.name.startswith("."))
    else:
        raise RiskEngineError(_("{path}: there is no such file or folder", path=root))


def _named_in(path: Path, criteria: str | None, today: date) -> Iterator[Asked]:
    if path.parent.name == FOLDER:
        if path.name != LIMIT:
            rules = read_criteria(choose(criteria, today).version.path)
            on_file = read_on_file(path, rules)
            if on_file.stated.about in rules.head.roles.label:
                facts = load_screened_facts(rules, needed=False)
                about = on_file.stated.about
                if wrong := list(wrong_in(rules, facts, about, on_file.answers, path.as_posix())):
                    raise RiskEngineError("\n".join(wrong))
                asked = of_entry(rules, facts, about, on_file.answers, path.as_posix())
                yield from (asked,) if asked is not None else ()
        return
    try:
        document = read_case_file(path)
    except RiskEngineError:
        return  # a record or something else, or a case of which `case check` speaks
    if "id" in document.data and "title" in document.data:
        yield from (asked for _entry, asked in _in_document(document, path, criteria, None, today, ()))


# --- a table ---


@cache
def columns_known() -> Mapping[str, tuple[str, ...]]:
    """Return what is read of a table, and by which headers a column of each is known, whatever their case."""
    known = stored("columns.json")["columns"]
    return MappingProxyType({key: tuple(several) for key, several in known.items()})


def in_table(path: Path, columns: Mapping[str, str]) -> list[Asked]:
    """Return the organisation of each row of a table, CSV or XLSX; `columns` says which header stands above what.

    Raises RiskEngineError with every row that cannot be read.
    """
    head, rows = _workbook(path) if path.suffix.casefold() == ".xlsx" else _csv(path)
    at = _columns(path, head, columns)
    found: list[Asked] = []
    problems: list[str] = []
    for number, cells in rows:
        told = {key: cells[place].strip() if place < len(cells) else "" for key, place in at.items()}
        if not any(told.values()):
            continue
        identifiers: dict[IdentifierKind, tuple[str, ...]] = {
            kind: (told[kind],) for kind in IDENTIFIERS if told.get(kind)
        }
        names = [told["name"], *told.get("also", "").split(";")]
        where = _("{file}, row {row}", file=path.as_posix(), row=number)
        try:
            found.append(Asked.of(names, told.get("country", ""), identifiers, where))
        except RiskEngineError as error:
            problems.append(f"{error}")
    if problems:
        raise RiskEngineError("\n".join(problems))
    if not found:
        raise file_problem(path, _("the table has no rows"))
    return found


def _columns(path: Path, head: Sequence[str], stated: Mapping[str, str]) -> dict[str, int]:
    at: dict[str, int] = {}
    for key, header in stated.items():
        if key not in columns_known():
            message = _("--column: `{key}` is nothing that is read of a table", key=key)
            raise RiskEngineError(
                message, suggestion(key, columns_known()) or _("there are {keys}", keys=quoted(columns_known(), "and"))
            )
        if header not in head:
            message = _("there is no column `{column}`", column=header)
            raise file_problem(
                path, message, suggestion(header, head) or _("there are {keys}", keys=quoted(head, "and"))
            )
        at[key] = head.index(header)
    plain = [one.casefold().replace("_", " ") for one in head]
    for key, known in columns_known().items():
        place = next((plain.index(one) for one in known if one in plain), None)
        if place is not None:
            at.setdefault(key, place)
    if "name" not in at:
        message = _("no column is known to hold the name; there are {keys}", keys=quoted(head, "and"))
        raise file_problem(path, message, _("name it: --column name=HEADER"))
    return at


def _csv(path: Path) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    table = open_csv(path)
    rows = []
    try:
        for row in table.rows():
            if row.problem:
                raise file_problem(path, _("row {row}: {problem}", row=row.number, problem=row.problem))
            rows.append((row.number, row.cells))
    except csv.Error as error:
        raise file_problem(path, f"{error}") from error
    return table.head, rows


def _workbook(path: Path) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    from risk_engine.files.office_files import BROKEN, Bounds, content, damaged

    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtraError(_("workbooks need a library that is not installed"), "office") from None
    file, _sha256 = content(path, "xlsx", Bounds(packed=64 * _MIB, unpacked=512 * _MIB, parts=2_000, tags=40_000_000))
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        values = [["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].values]
        book.close()
    except BROKEN as error:
        raise damaged(path) from error
    if not values:
        raise file_problem(path, _("the table has no rows"))
    return headers_in(values[0], 1, path), list(enumerate(values[1:], 2))
