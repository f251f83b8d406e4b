"""What every check needs: the set, the list that problems go to, which values fit a fact; and dated values checked."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias, assert_never

from risk_engine.files.diagnostics import Diagnostic, nearest, quoted, suggestion
from risk_engine.files.language import N_, _
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document
from risk_engine.loading.sets import file_of_entity
from risk_engine.loading.version_files import FACTS
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
    ordered_options,
)
from risk_engine.model.ladders import MOST_MONTHS
from risk_engine.model.references import ladder_entity, result_entities
from risk_engine.model.tables import GRADES, CellValue, Citation, Column, DatedValue, Grade, Parameter, Source, Table
from risk_engine.model.words import Period, Value

Problem: TypeAlias = tuple[str, str]
"""What is wrong, and the way out (empty where there is none)."""


class Place(NamedTuple):
    """A place in one of the set's files."""

    file: str
    loc: Loc = ()

    def at(self, *steps: str | int) -> "Place":
        """Return the place so many keys and indices further down."""
        return Place(self.file, (*self.loc, *steps))


@dataclass
class Context:
    """The set under check. What is `broken` was reported already and is not missed a second time."""

    criteria: Criteria
    documents: Mapping[str, Document]
    indicator_files: Mapping[str, str]
    broken: frozenset[tuple[str, str]] = frozenset()
    problems: list[Diagnostic] = field(default_factory=list)
    doubtful_parameters: set[str] = field(default_factory=set)
    """Parameters whose own values are wrong: what rules do with them is not looked at."""
    facts_are_sound: bool = True
    """Whether facts.yaml has no problem; what follows from one of them is not reported again."""

    @cached_property
    def results(self) -> dict[str, Entity]:
        """The entities of findings and dimensions, which ladders and awareness rules may read."""
        return result_entities(self.criteria)

    @cached_property
    def everything(self) -> dict[str, Entity]:
        """Every entity that any condition of the set may name."""
        return {**self.criteria.entities, **self.results, **ladder_entity(self.criteria)}

    @cached_property
    def fact_names(self) -> list[str]:
        """Every fact of a case, as `entity.fact`."""
        return [f"{name}.{fact}" for name, entity in self.criteria.entities.items() for fact in entity.facts]

    def in_force(self, effective: Period | None = None) -> Period:
        """Return when a rule may be read: while it is effective, from the first day of the set on."""
        first = self.criteria.head.in_force.from_
        effective = effective or Period()
        return Period(from_=max(first, effective.from_ or first), until=effective.until)

    def report(self, place: Place, message: str, help_text: str = "", *, key: bool = False) -> None:
        """Add a problem at a place of one of the set's files."""
        file = place.file
        if file == FACTS:
            file = file_of_entity({name: one.data for name, one in self.documents.items()}, place.loc)
        self.problems.append(self.documents[file].problem(place.loc, message, help_text, key=key))

    def is_broken(self, kind: str, name: str) -> bool:
        """Return whether a record (or its whole file) was there but could not be read."""
        if (kind, name) in self.broken or (kind, "*") in self.broken:
            return True
        entity, _dot, short = name.partition(".")
        return kind == "fact" and (
            self.is_broken("entity", entity) or (entity == "ladder" and self.is_broken("ladder", short))
        )

    def need(self, kind: str, name: str, known: Collection[str], place: Place, *, key: bool = False) -> bool:
        """Return whether a name is known; report it with a suggestion if it is not."""
        if name in known:
            return True
        if not self.is_broken(kind, name):
            what, _of, owner = kind.partition(" of ")
            named = {"kind": _(what), "name": name}
            message = _("there is no {kind} `{name}`", **named)
            if owner:
                message = _("there is no {kind} `{name}` of {owner}", **named, owner=owner)
            help_text = _fact_meant(name, known) if kind == "fact" else suggestion(name, known)
            self.report(place, message, help_text, key=key)
        return False

    def check_citation(self, citation: Citation, place: Place) -> None:
        """Report a citation of a source that sources.yaml does not have, or that says otherwise how it was read."""
        if self.need("source", citation.id, self.criteria.sources, place.at("id")):
            self._check_grade(citation, self.criteria.sources[citation.id], place)

    def _check_grade(self, citation: Citation, source: Source, place: Place) -> None:
        if citation.grade is not None and source.grade is None:
            message = _("the source `{name}` has `verified` and no `grade`", name=citation.id)
            self.report(place.at("grade"), message, _("give the source a `grade`"), key=True)
        elif source.grade is not None and "verified" in citation.model_fields_set:
            message = _(
                "the source `{name}` has a `grade`, so `verified` cannot be said of a place in it", name=citation.id
            )
            way_out = _(
                "write `grade: {known}` here, or nothing where it was read as the source was", known=" | ".join(GRADES)
            )
            self.report(place.at("verified"), message, way_out, key=True)
        elif citation.at is None and _is_better(citation.grade, source.grade):
            message = _(
                "the whole of `{name}` is cited, and its grade is `{grade}`", name=citation.id, grade=source.grade
            )
            self.report(
                place.at("grade"), message, _("say under `at` which place was read so, or take it out"), key=True
            )

    def check_period(self, period: Period, place: Place) -> None:
        """Report a time in force that is over before it begins."""
        if period.from_ is not None and period.until is not None and period.until <= period.from_:
            self.report(
                place.at("until"),
                _("it ends on {until} and begins on {since}", until=period.until, since=period.from_),
                _("`until` is the first day on which it is over"),
            )


def _is_better(grade: Grade | None, than: Grade | None) -> bool:
    return grade is not None and than is not None and GRADES.index(grade) < GRADES.index(than)


def _fact_meant(name: str, known: Iterable[str]) -> str:
    """Return the help for a fact that does not exist: among the facts of its entity, if that exists."""
    known = list(known)
    entity, _dot, short = name.partition(".")
    own = {one.partition(".")[2]: one for one in known if one.startswith(f"{entity}.")}
    if not own:
        entities = list(dict.fromkeys(one.partition(".")[0] for one in known))
        other = nearest(entity, entities)
        meant = [one for one in known if one.partition(".")[0] == other]
        # A name that is like it in both parts is meant; of an entity alone that is like it nobody can tell.
        short_meant = nearest(short, [one.partition(".")[2] for one in meant])
        if short_meant:
            return _("did you mean `{near}`?", near=f"{other}.{short_meant}")
        return _("entities: {known}", known=quoted(entities, "and"))
    near = nearest(short, own)
    if near:
        return _("did you mean `{near}`?", near=own[near])
    return _("facts of `{entity}`: {known}", entity=entity, known=quoted(own, "and"))


def column_readers(criteria: Criteria, table: str, column: str) -> Iterator[RuleFact]:
    """Yield the facts whose value comes from a column of a table."""
    for entity in criteria.entities.values():
        for short, fact in entity.facts.items():
            if isinstance(fact, RowFact | TextFact) or fact.from_ is None or (fact.column or short) != column:
                continue
            source = entity.facts.get(fact.from_)
            if isinstance(source, RowFact) and source.of == table:
                yield fact


_NO_QUOTES = N_("take the quotes away")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Given = Value | tuple[str, ...]


def misfit(fact: RuleFact, value: Given) -> Problem | None:
    """Return why `value` can be no answer to the fact; None if it can."""
    match fact:
        case BooleanFact():
            if isinstance(value, bool):
                return None
            quoted_word = value in {"true", "false"}
            return _("the fact is true or false"), _(_NO_QUOTES) if quoted_word else _("write `true` or `false`")
        case ChoiceFact(options=options):
            return _no_option(options, value)
        case ChoicesFact(options=options):
            if not isinstance(value, tuple):
                return _("a list of options is needed here"), _("write {what}", what=f"`[{_text(value)}]`")
            return next((problem for one in value if (problem := _no_option(options, one))), None)
        case IntegerFact():
            lowest, highest = sorted(fact.range)  # a range that is written the wrong way round is reported
            fits = isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
            if fits:
                return None
            quoted_number = isinstance(value, str) and value.isdecimal()
            message = _("the fact is a whole number from {lowest} to {highest}", lowest=lowest, highest=highest)
            return message, _(_NO_QUOTES) if quoted_number else ""
        case DateFact():
            if isinstance(value, date):
                return None
            quoted_day = isinstance(value, str) and _DAY.fullmatch(value)
            return _("the fact is a date"), _(_NO_QUOTES) if quoted_day else _("write it like 2026-01-31")
        case _:
            assert_never(fact)


def operation_misfit(fact: RuleFact, operation: str) -> Problem | None:
    """Return why an operation cannot be asked of a fact; None if it can."""
    allowed = _operations(fact)
    if operation not in allowed:
        message = _("`{operation}` cannot be asked of a `{type}` fact", operation=operation, type=fact.type)
        return message, _("use {known}", known=quoted(allowed))
    compares = operation in {"at_least", "at_most"}
    if compares and isinstance(fact, ChoiceFact) and ordered_options(fact) is None:
        message = _("`{operation}` needs an order, and the fact declares none", operation=operation)
        return message, _("give it `riskier`, or use `one_of`")

    return None


def operand_misfit(fact: RuleFact, operation: str, value: Given) -> Problem | None:
    """Return why an operation of that fact cannot take a value; None if it can."""
    if operation == "is" and isinstance(fact, ChoicesFact):
        return None if value == () else (_("`is` can only be `[]` here"), _("use `includes` or `includes_any`"))
    if operation in {"one_of", "includes_any"}:
        if not isinstance(value, tuple):
            return _("a list of options is needed here"), ""
        return next((found for one in value if (found := _one_misfit(fact, one))), None)
    return _one_misfit(fact, value)


def months_misfit(value: object) -> Problem | None:
    """Return why a value cannot say after how many months a result is looked at again; None if it can."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_MONTHS
    return None if fits else (_("a number of months is needed here, from 1 to {most}", most=MOST_MONTHS), "")


def _one_misfit(fact: RuleFact, value: Given) -> Problem | None:
    return _no_option(fact.options, value) if isinstance(fact, ChoicesFact) else misfit(fact, value)


def _operations(fact: RuleFact) -> tuple[str, ...]:
    match fact:
        case BooleanFact():
            return ("is",)
        case ChoiceFact():
            return ("is", "one_of", "at_least", "at_most")
        case ChoicesFact():
            return ("includes", "includes_any", "is")
        case IntegerFact() | DateFact():
            return ("is", "at_least", "at_most")
        case _:
            assert_never(fact)


def _no_option(options: Mapping[str, str], value: Given) -> Problem | None:
    if isinstance(value, tuple):
        return _("the fact is one option, not a list"), ""
    text = _text(value)
    if value in options:
        return None
    near = titled(text, options)
    way_out = _("did you mean `{near}`?", near=near) if near else suggestion(text, options)
    return _("`{text}` is no option of the fact", text=text), way_out


def titled(text: str, options: Mapping[str, str]) -> str | None:
    """Return the option that somebody called by its title; None if none is called so."""
    wanted = " ".join(text.casefold().split())
    return next((one for one, title in options.items() if " ".join(title.casefold().split()) == wanted), None)


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_UNTIL = N_("`until` is the first day on which a value is over")


def check_sources(context: Context) -> None:
    """Report sources that say nothing of how they were read, or say it in two ways."""
    for name, source in context.criteria.sources.items():
        place = Place("sources.yaml", (name,))
        if source.grade is None and source.verified is None:
            message, way_out = (
                _("the key `{key}` is missing", key="grade"),
                _("it is one of {known}", known=quoted(GRADES)),
            )
            context.report(place, message, way_out, key=True)
        elif source.grade is not None and source.verified is not None:
            message = _("`grade` and `verified` both say how it was read")
            context.report(place.at("verified"), message, _("keep `grade`, which says more"), key=True)


def check_parameters(context: Context) -> None:
    """Report what is wrong with parameters.yaml."""
    for name, parameter in context.criteria.parameters.items():
        place = Place("parameters.yaml", (name,))
        context.check_citation(parameter.source, place.at("source"))
        before = len(context.problems)
        _check_dated(context, place.at("values"), parameter.values)
        first = _kind(parameter.values[0].value)
        for number, dated in enumerate(parameter.values):
            here = place.at("values", number, "value")
            if _kind(dated.value) != first:
                message = _(
                    "`{name}` is {first} before and {second} here", name=name, first=first, second=_kind(dated.value)
                )
                context.report(here, message, _("all values of a parameter are of one kind"))
            elif isinstance(dated.value, bool | str):
                help_text = _("a parameter is a whole number, a date or a list of options")
                context.report(here, _("{value} cannot be a parameter", value=first), help_text)
        if len(context.problems) > before:
            context.doubtful_parameters.add(name)


def value_gap(name: str, parameter: Parameter, period: Period) -> Problem | None:
    """Return why a parameter has no value on some day of a period; None if it always has one."""
    first, last = parameter.values[0].from_, parameter.values[-1].until
    if first is not None and period.from_ is not None and period.from_ < first:
        message = _(
            "`{name}` has no value before {first}, and the rule is in force from {since}",
            name=name,
            first=first,
            since=period.from_,
        )
        return message, _("give the parameter an earlier value, or the rule a later date")
    if last is not None and (period.until is None or last < period.until):
        message = _("`{name}` has no value from {last} on, and the rule is in force longer", name=name, last=last)
        return message, _("give the parameter a further value, or the rule an end")
    return None


def check_tables(context: Context) -> None:
    """Report what is wrong with tables/*.yaml."""
    for name, table in context.criteria.tables.items():
        place = Place(f"tables/{name}.yaml")
        _check_spellings(context, table, place.at("rows"))
        for column_name, column in table.columns.items():
            here = place.at("columns", column_name)
            context.check_citation(column.source, here.at("source"))
            readers = list(column_readers(context.criteria, name, column_name))
            if not readers and context.facts_are_sound:
                message = _("no fact reads the column `{column_name}`", column_name=column_name)
                context.report(here, message, _("a fact reads it with `from:`, or take it out"), key=True)
            if column.otherwise is not None:
                _check_cell(context, here.at("otherwise"), column.otherwise, readers)
            _check_cells(context, here.at("values"), table, column, readers)


def _check_spellings(context: Context, table: Table, place: Place) -> None:
    """Report names and aliases that stand for two rows."""
    spellings: dict[str, str] = {}
    for row_id, row in table.rows.items():
        for spelling in dict.fromkeys((row_id, row.name, *row.aliases)):
            other = spellings.setdefault(spelling.casefold(), row_id)
            if other != row_id:
                message = _("`{spelling}` stands for `{other}` already", spelling=spelling, other=other)
                context.report(place.at(row_id), message, _("names and aliases must tell rows apart"), key=True)


def _check_cells(context: Context, place: Place, table: Table, column: Column, readers: Sequence[RuleFact]) -> None:
    for row, cell in column.values.items():
        here = place.at(row)
        context.need(N_("row"), row, table.rows, here, key=True)
        if isinstance(cell, tuple) and cell and isinstance(cell[0], DatedValue):
            _check_dated(context, here, cell)
            for number, one in enumerate(cell):
                _check_cell(context, here.at(number, "value"), one.value, readers)
        else:
            _check_cell(context, here, cell, readers)  # type: ignore[arg-type]


def _check_cell(context: Context, place: Place, value: CellValue, readers: Sequence[RuleFact]) -> None:
    if problem := next((found for fact in readers if (found := misfit(fact, value))), None):
        context.report(place, *problem)


def _check_dated(context: Context, place: Place, values: Sequence[DatedValue]) -> None:
    """Report dated values that overlap, leave a gap or stand out of order, and sources that do not exist."""
    for number, one in enumerate(values):
        context.check_period(Period(from_=one.from_, until=one.until), place.at(number))
        if one.source is not None:
            context.check_citation(one.source, place.at(number, "source"))
    for number, (earlier, later) in enumerate(pairwise(values), start=1):
        here, end, start = place.at(number), earlier.until, later.from_
        if start is None or (earlier.from_ is not None and start <= earlier.from_):
            context.report(here, _("dated values stand in order, each with its own `from`"))
        elif end is not None and start < end:
            context.report(here.at("from"), _("two values hold from {start} to {end}", start=start, end=end), _(_UNTIL))
        elif end is not None and start > end:
            context.report(here.at("from"), _("no value holds from {end} to {start}", end=end, start=start), _(_UNTIL))


def _kind(value: CellValue) -> str:
    match value:
        case bool():
            return _("true or false")
        case int():
            return _("a number")
        case date():
            return _("a date")
        case tuple():
            return _("a list of options")
        case _other:
            return _("text")
