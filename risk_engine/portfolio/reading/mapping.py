"""A mapping file, read and checked against the set; and by it a table of an office's own as a table of cases."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, nearest, quoted, suggestion
from risk_engine.files.language import _, first_few
from risk_engine.files.plain import Loc
from risk_engine.files.source import read
from risk_engine.loading.validate import sound_part, validated
from risk_engine.model.case import UNKNOWN
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact, DateFact
from risk_engine.model.mapping import Constant, MappedColumn, MappedRelated, MappingFile
from risk_engine.portfolio.reading.headers import (
    CASE,
    CONTROLS,
    CORE,
    MOST_TOLD,
    TITLE,
    Headers,
    fact_named,
    placed,
    unplaced,
)
from risk_engine.portfolio.reading.tables import Part, Table
from risk_engine.portfolio.reading.values import (
    EMPTY,
    NONE,
    SEPARATOR,
    by_unique,
    checked,
    in_form,
    plain,
    words_of,
)

EACH = "*"
"""In place of the number of an entry: each of them, as they stand in one cell or at all."""


def load_mapping(path: Path, criteria: Criteria) -> MappingFile:
    """Return what a mapping file says; raise InvalidSourceError with every problem in it."""
    document = read(path, go_on=True)
    problems: list[Diagnostic] = list(document.problems)
    mapping = validated(MappingFile, document.data, document, (), problems)
    left, doubtful = mapping, frozenset[Loc]()
    if mapping is None:
        left, doubtful = sound_part(MappingFile, document.data, {"criteria": criteria.head.id, "columns": {}})
    if left is not None:
        problems += _problems(left, _Checked(document.problem, criteria, doubtful))
    if problems or mapping is None:
        raise InvalidSourceError(problems)
    return mapping


class _Checked(NamedTuple):
    """A mapping file that is held against a set; `doubtful` is where something of it could not be read."""

    problem: Callable[..., Diagnostic]
    criteria: Criteria
    doubtful: frozenset[Loc]


def _problems(mapping: MappingFile, of: _Checked) -> Iterator[Diagnostic]:
    problem, criteria, _doubtful = of
    if mapping.criteria != criteria.head.id:
        known = {"wanted": mapping.criteria, "have": criteria.head.id}
        yield problem(("criteria",), _("the mapping is made for `{wanted}`, the criteria are `{have}`", **known))
        return
    yield from _of_columns(mapping.columns, of, ())
    for name, table in mapping.tables.items():
        loc: Loc = ("tables", name)
        if Path(name).name != name:
            yield problem(loc, _("it lies beside the table of the cases: a name without a folder"), key=True)
        if table.about in {*criteria.entities, CONTROLS}:
            yield from _of_columns(table.columns, of, loc, table.about)
        else:
            way_out = suggestion(table.about, [*criteria.entities, CONTROLS])
            yield problem((*loc, "about"), _("no case has this"), way_out)
    for name, constant in mapping.constants.items():
        loc = ("constants", name)
        fact = _fact_at(name, criteria)
        if fact is None:
            yield problem(loc, _("no case has this"), unplaced(name, criteria), key=True)
        elif (reason := _misfit(constant.value, name, fact, criteria)) is not None:
            yield problem((*loc, "value"), reason)


def _of_columns(
    columns: Mapping[str, MappedColumn], of: _Checked, place: Loc, about: str | None = None
) -> Iterator[Diagnostic]:
    """Yield what is wrong in the columns of a table of cases, or of one about an entity."""
    taken: dict[str, str] = {}
    options: dict[tuple[str, str], str] = {}
    for header, column in columns.items():
        loc: Loc = (*place, "columns", header)
        yield from _of_column(column, of, loc, about)
        if loc in of.doubtful:
            continue  # which `option` it is may be what could not be read
        other = taken.setdefault(column.to, header)
        if other != header and not (column.option and columns[other].option):
            message = _("`{other}` is said to state `{name}` too", other=other, name=column.to)
            yield of.problem((*loc, "to"), message, _("of several columns to one fact each names its `option`"))
        elif column.option and options.setdefault((column.to, column.option), header) != header:
            other = options[column.to, column.option]
            message = _("`{other}` is said to be the column of `{option}` too", other=other, option=column.option)
            yield of.problem((*loc, "option"), message)


def _of_column(column: MappedColumn, of: _Checked, loc: Loc, about: str | None) -> Iterator[Diagnostic]:
    problem, criteria, doubtful = of
    fact = _fact_at(column.to, criteria, about)
    if fact is None:
        yield problem((*loc, "to"), _("no case has this"), unplaced(column.to, criteria, about))
        return
    if about is not None and column.split is not None:
        yield problem((*loc, "split"), _("a row of this table tells of one alone"))
        return
    if loc not in doubtful and (EACH in column.to) != (column.split is not None):
        yield problem((*loc, "to"), _("`{name}` and `split` go together", name="entity.*.fact"))
    if column.dates is not None and not isinstance(fact, DateFact):
        yield problem((*loc, "dates"), _("`{fact}` is no day", fact=column.to))
    if column.option is not None:
        if not isinstance(fact, ChoicesFact):
            yield problem((*loc, "option"), _("only of a fact of several choices an option has a column"))
        elif column.option not in fact.options:
            message = _("`{fact}` has no option `{option}`", fact=column.to, option=column.option)
            yield problem((*loc, "option"), message, suggestion(column.option, fact.options))
        return  # what its cells say is yes or no
    if loc in doubtful and isinstance(fact, ChoicesFact):
        return  # for an `option` may have been meant
    for said, answer in column.values.items():
        full = column.to if about is None or column.to == CASE else _full_of(column.to, about)
        if (reason := _misfit(answer, full, fact, criteria)) is not None:
            yield problem((*loc, "values", said), reason)


def _full_of(name: str, of: str) -> str:
    """Return the full name of a fact that a column of a table about an entity states."""
    return f"{of}.{name.removeprefix(f'{of}.')}"


def _fact_at(name: str, criteria: Criteria, of: str | None = None) -> AnyFact | None:
    """Return the fact that a column of this name answers, None where no case, or no entity (`of`), has it."""
    found = Headers(of)
    if of is not None:
        is_there = EACH not in name and placed(found, name, name, criteria)
        return None if not is_there else CORE[TITLE] if name == CASE else fact_named(_full_of(name, of), criteria)
    if not placed(found, name.replace(EACH, "1"), name, criteria):
        return None
    if name in found.core.values():
        return CORE.get(name, CORE[TITLE])
    full = full_name(name)
    return fact_named(full, criteria) if "." in full else CORE[TITLE]


def full_name(name: str) -> str:
    """Return the full name of the fact of a column, without the number of an entry or the name of a control.

    >>> full_name("partner.1.country"), full_name("controls.SEC-1"), full_name("controls.SEC-1.date")
    ('partner.country', 'controls.status', 'controls.date')
    """
    entity, *parts = name.split(".")
    if entity == "controls" and parts:
        return f"{entity}.{parts[1] if parts[1:] else 'status'}"
    return f"{entity}.{parts[-1]}" if parts else entity


def _misfit(value: object, name: str, fact: AnyFact, criteria: Criteria) -> str | None:
    """Return why an answer of a mapping is none of a fact; None if it is one."""
    full = full_name(name)
    if "." not in full and full not in CORE and full != CASE:
        return None if as_cell(value) in {NONE, EMPTY, UNKNOWN} else _("a list as a whole is `none` or `unknown`")
    raw = pl.Series([as_cell(value)], dtype=pl.String)
    reasons = checked(raw, full, fact, words_of(criteria)).reasons
    return None if reasons is None else str(reasons[0])


def as_cell(value: object) -> str:
    """Return an answer as a cell of text says it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return f"{SEPARATOR} ".join(map(str, value)) or EMPTY
        case _:
            return str(value)


# --- a table by it ---


@dataclass(frozen=True)
class _Source:
    """A column of the table, by the name of what it states."""

    header: str
    column: MappedColumn
    fact: AnyFact


class MappedTable:
    """A table of an office's own, with the columns of a table of cases, or of one about an entity."""

    def __init__(
        self, table: Table, mapping: MappingFile | MappedRelated, criteria: Criteria, constants: Mapping[str, Constant]
    ) -> None:
        """Take the table; raise RiskEngineError where columns of the mapping are not there, or none says `case`.

        `constants` are what every case states: of them a table about an entity takes what is said of each entry.
        """
        self.path = table.path
        self.of = mapping.about if isinstance(mapping, MappedRelated) else None
        """The entity that the table is about; None of a table of cases."""
        self.total = table.total
        self._table = table
        self._only = mapping.only
        self._criteria = criteria
        self._words = words_of(criteria)
        confirmed = {header: one for header, one in mapping.columns.items() if one.confirmed}
        self._sources = [_Source(header, one, self._fact(one.to)) for header, one in confirmed.items()]
        self._constants = {name: as_cell(one.value) for name, one in constants.items() if one.confirmed}
        self._check(confirmed)
        self.notes = tuple(self._notes(mapping, constants))
        self.headers: dict[str, str] = {}
        """What a column is called in the table, by what it states."""
        for source in self._sources:
            for name in self._names(source):
                before = self.headers.get(name)
                self.headers[name] = source.header if before is None else f"{before} / {source.header}"
        empty = self._mapped(pl.DataFrame(schema=table.schema))
        self.schema = empty.schema

    def _fact(self, name: str) -> AnyFact:
        fact = _fact_at(name, self._criteria, self.of)
        assert fact is not None  # noqa: S101 (`load_mapping`)
        return fact

    def _check(self, confirmed: Mapping[str, MappedColumn]) -> None:
        there = self._table.schema
        missing = [one for one in (*confirmed, *self._only) if one not in there]
        if missing:
            told = first_few([_with_near(one, there) for one in missing], MOST_TOLD)
            raise RiskEngineError(
                _("{path}: the mapping names columns that are not there: {columns}", path=self.path, columns=told),
                _(
                    "the table has {columns}; where its headers stand in another row or sheet, `header` and `sheet` of "
                    "the mapping say so",
                    columns=first_few([f"`{one}`" for one in there], MOST_TOLD),
                ),
            )
        if not any(one.to == CASE for one in confirmed.values()):
            raise RiskEngineError(
                _("no column is confirmed that says of which case a row is"),
                _("write `to: case` and `confirmed: true` in the mapping, at the column of the ids"),
            )
        nested = [one.header for one in self._sources if there[one.header].is_nested() and _is_worked(one.column)]
        if nested:
            raise RiskEngineError(
                _(
                    "columns that hold lists have no `values`, `split` or `option`: {columns}",
                    columns=quoted(nested, "and"),
                )
            )

    def _notes(self, mapping: MappingFile | MappedRelated, constants: Mapping[str, Constant]) -> Iterator[str]:
        waiting = [one for one, column in mapping.columns.items() if not column.confirmed]
        if self.of is None:
            waiting += [one for one, constant in constants.items() if not constant.confirmed]
        if waiting:
            yield _("nobody has confirmed, so it is not used: {columns}", columns=first_few(waiting, MOST_TOLD))
        known = {*mapping.columns, *mapping.left_out, *mapping.only}
        rest = [one for one in self._table.schema if one not in known]
        if rest:
            yield _("not in the mapping, so it is not read: {columns}", columns=first_few(rest, MOST_TOLD))

    def _names(self, source: _Source) -> list[str]:
        """Return what a column states; of one that is split one name for each entry, and one for what is too many."""
        if source.column.split is None:
            return [source.column.to]
        most = self._criteria.entities[source.column.to.partition(".")[0]].many or 0
        return [source.column.to.replace(EACH, str(number)) for number in range(1, most + 2)]

    def parts(self, size: int) -> Iterator[Part]:
        """Yield the rows, at most so many at a time."""
        for part in self._table.parts(size):
            kept = self._kept(part.frame)
            torn = None if part.torn is None else part.torn.filter(kept)
            yield Part(self._mapped(part.frame.filter(kept)), part.rows.filter(kept), torn, part.done)

    def _kept(self, frame: pl.DataFrame) -> pl.Series:
        """Return which rows are read: those of which each column of `only` says one of its values."""
        kept = pl.Series([True]).new_from_index(0, frame.height)
        for header, wanted in self._only.items():
            said = by_unique(frame[header].cast(pl.String), pl.Boolean(), partial(_is_one_of, {*map(plain, wanted)}))
            kept &= said.values.fill_null(value=False)
        return kept

    def _mapped(self, frame: pl.DataFrame) -> pl.DataFrame:
        made: dict[str, pl.Series] = {}
        options: dict[str, list[tuple[str, pl.Series]]] = {}
        for source in self._sources:
            raw, column = frame[source.header], source.column
            if _is_worked(column) and not (raw.dtype.is_temporal() and not column.values):
                raw = raw.cast(pl.String)
            if column.option is not None:
                options.setdefault(column.to, []).append((column.option, _meant(raw, column)))
            elif column.split is not None:
                pieces = raw.str.split(column.split)
                for place, name in enumerate(self._names(source)):
                    made[name] = _meant(pieces.list.get(place, null_on_oob=True), column)
            else:
                made[column.to] = _meant(raw, column)
        made |= {name: self._chosen(columns) for name, columns in options.items()}
        found = pl.DataFrame(list(made.values()), schema=list(made)) if made else frame.clear()
        return found.with_columns(self._fixed(found))

    def _chosen(self, columns: Iterable[tuple[str, pl.Series]]) -> pl.Series:
        """Return several columns of yes and no as one of the options that are a yes; empty where one is unanswered."""
        truths = self._words.truths
        known = {*truths, "", UNKNOWN}
        chosen, unread = [], []
        for option, column in columns:
            said = by_unique(column, pl.String(), partial(_option, truths, option)).values
            is_read = by_unique(column, pl.Boolean(), lambda text: plain(text) in known).values.fill_null(value=True)
            chosen.append(said.alias(option))
            unread.append(column.set(is_read, None).alias(f"? {option}"))
        # One that is null makes all of them null: which options there are is then not known.
        joined = pl.concat_str([one.name for one in chosen]).str.strip_chars(SEPARATOR)
        answer = pl.when(joined.eq("")).then(pl.lit(EMPTY)).otherwise(joined)
        every = pl.coalesce(*(one.name for one in unread), answer)
        return pl.DataFrame([*chosen, *unread]).select(every.alias("chosen"))["chosen"]

    def _fixed(self, found: pl.DataFrame) -> Iterator[pl.Expr]:
        """Yield the answers that every case of the table states; about an entry, where anything else is said of it."""
        for name, value in self._constants.items():
            entity, _dot, entry = name.partition(".")
            number, _dot, short = entry.partition(".")
            if self.of is not None:
                if entity == self.of and number == EACH:
                    yield pl.lit(value).alias(f"{entity}.{short}")
                continue
            if not short:
                yield pl.lit(value).alias(name)
                continue
            for under in _entries(found.columns, entity) if number == EACH else [number]:
                others = [one for one in found.columns if one.startswith(f"{entity}.{under}.")]
                said = [pl.col(one).cast(pl.String).str.strip_chars().ne("").fill_null(value=False) for one in others]
                is_there = pl.any_horizontal(said) if said else pl.lit(value=True)
                yield pl.when(is_there).then(pl.lit(value)).alias(f"{entity}.{under}.{short}")


def _with_near(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"`{name}`" if near is None else _("`{name}` (did you mean `{near}`?)", name=name, near=near)


def _entries(columns: Iterable[str], entity: str) -> list[str]:
    """Return the numbers of the entries of which columns say anything."""
    inside = (one.removeprefix(f"{entity}.").partition(".") for one in columns if one.startswith(f"{entity}."))
    return sorted({number for number, _dot, short in inside if short})


def _option(truths: Mapping[str, bool], option: str, text: str) -> str | None:
    said = truths.get(plain(text))
    return None if said is None else f"{option}{SEPARATOR}" if said else ""


def _is_one_of(known: Collection[str], text: str) -> bool:
    return plain(text) in known


def _is_worked(column: MappedColumn) -> bool:
    return bool(column.values or column.split or column.option or column.dates)


def _meant(raw: pl.Series, column: MappedColumn) -> pl.Series:
    """Return a column with what the mapping says for what its cells say; one of days that are days as it is."""
    form = column.dates
    if raw.dtype != pl.String or not (column.values or form):
        return raw
    known = {plain(said): as_cell(answer) for said, answer in column.values.items()}

    def meant(text: str) -> str:
        answer = known.get(plain(text))
        return answer if answer is not None else text if form is None else in_form(text, form)

    return by_unique(raw, pl.String(), meant).values
