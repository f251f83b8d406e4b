"""What the columns of a table state, by their headers; what no case has is told, or refused.

A table of cases has `case`, `title`, `assessment_date`, a column `entity.fact` for each answer, `entity.1.fact` for an
answer about the first entry of a list, `entity` with `none` where a list is empty, and `controls.ID` with `.kind` and
`.date` of the evidence. A table about one entity (`of`) has `case`, `id`, and its facts with or without the entity.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError, file_problem, nearest, suggestion
from risk_engine.files.language import _, first_few
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import MAX_ENTRIES, AnyFact, ChoiceFact, DateFact, TextFact
from risk_engine.model.former_names import former_names
from risk_engine.model.words import STATUSES
from risk_engine.portfolio.reading.values import can_hold

CASE, TITLE, DAY, CONTROLS, ID = "case", "title", "assessment_date", "controls", "id"
KIND, SHOWN_ON, STATUS = "kind", "date", "status"
CORE: Mapping[str, AnyFact] = {TITLE: TextFact(type="text"), DAY: DateFact(type="date")}
MOST_TOLD = 8


@dataclass
class Headers:
    """Of each thing that a table states, the header of its column."""

    of: str | None = None
    """The entity that the table is about; None of a table of cases."""
    core: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    """By `entity.fact` of single entities; in a table about an entity by the short name, `id` among them."""
    numbered: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    """Of a list as a whole: text that says it is empty, or its entries."""
    controls: dict[str, dict[str, str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    """Headers that state nothing, each with the way out."""


CONTROL_FACTS: Mapping[str, AnyFact] = {
    ID: TextFact(type="text"),
    STATUS: ChoiceFact(type="choice", options={one: one for one in STATUSES}),
    KIND: TextFact(type="text"),
    SHOWN_ON: DateFact(type="date"),
}
"""What is stated of a control, as facts."""


def headers_of(names: Iterable[str], criteria: Criteria, path: str, of: str | None = None) -> Headers:
    """Return what columns of these headers state; raise RiskEngineError where a case could not be told from another."""
    headers = Headers(of)
    known = _known(criteria, of)
    seen: dict[str, str] = {}
    for header in names:
        name = header.strip()
        if not name:
            continue
        if name in seen:
            raise file_problem(path, _("the column `{name}` is there twice", name=name), _("take one out"))
        seen[name] = header
        if not placed(headers, name, header, criteria):
            headers.unknown.append(_unknown(name, criteria, known))
    if CASE not in headers.core:
        raise file_problem(
            path,
            _("no column is called `case`, which says of which case a row is"),
            _("call it so, or say in a mapping file which column it is (`risk-engine portfolio map`)"),
        )
    return headers


def placed(headers: Headers, name: str, header: str, criteria: Criteria) -> bool:
    """Note what a column of this name states; return whether it states anything."""
    if name == CASE or (headers.of is None and name in CORE):
        headers.core[name] = header
        return True
    if headers.of is not None:
        short = name.removeprefix(f"{headers.of}.")
        if short in _facts_of(headers.of, criteria):
            headers.facts[short] = header
            return True
        return False
    entity, *parts = name.split(".")
    match parts:
        case [] if entity == CONTROLS or _is_list(entity, criteria):
            headers.whole[entity] = header
        case [fact] if entity == CONTROLS and fact in criteria.controls:
            headers.controls.setdefault(fact, {})[STATUS] = header
        case [fact, (("kind" | "date") as what)] if entity == CONTROLS and fact in criteria.controls:
            headers.controls.setdefault(fact, {})[what] = header
        case [fact] if entity in criteria.entities and not _is_list(entity, criteria):
            if fact not in criteria.entities[entity].facts:
                return False
            headers.facts[name] = header
        case [number, fact] if _is_list(entity, criteria) and _is_number(number):
            if fact not in _facts_of(entity, criteria):
                return False
            headers.numbered.setdefault(entity, {}).setdefault(int(number), {})[fact] = header
        case _:
            return False
    return True


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and text[0] != "0" and int(text[:5]) <= MAX_ENTRIES


def _is_list(entity: str, criteria: Criteria) -> bool:
    return entity in criteria.entities and criteria.entities[entity].many is not None


def _facts_of(entity: str, criteria: Criteria) -> Iterable[str]:
    if entity == CONTROLS:
        return CONTROL_FACTS
    facts = criteria.entities[entity].facts
    return (ID, *facts) if _is_list(entity, criteria) else facts.keys()


def unplaced(name: str, criteria: Criteria, of: str | None = None) -> str:
    """Return what a name may mean that no column of a table of cases has, or of one about an entity (`of`)."""
    return suggestion(name, _known(criteria, of))


def _known(criteria: Criteria, of: str | None) -> list[str]:
    if of is not None:
        return [CASE, *_facts_of(of, criteria)]
    found = [CASE, *CORE, CONTROLS, *(f"{CONTROLS}.{one}" for one in criteria.controls)]
    for entity in criteria.entities:
        if _is_list(entity, criteria):
            found += [entity, *(f"{entity}.1.{one}" for one in _facts_of(entity, criteria))]
        else:
            found += [f"{entity}.{one}" for one in criteria.entities[entity].facts]
    return found


def _unknown(name: str, criteria: Criteria, known: Iterable[str]) -> str:
    """Return what is said of a column that states nothing, with what it may mean."""
    entity, _dot, short = name.partition(".")
    names = former_names(criteria)
    today = names.fact(names.entity(entity), short).name if short else ""
    now = f"{names.entity(entity)}.{today}"
    if short and now != name and now in known:
        return _("`{name}` (now called `{now}`)", name=name, now=now)
    near = nearest(name, known)
    return f"`{name}`" if near is None else _("`{name}` (did you mean `{near}`?)", name=name, near=near)


def check_types(headers: Headers, schema: pl.Schema, criteria: Criteria, path: str) -> None:
    """Raise RiskEngineError with every column of a type that cannot hold what it states.

    Fields of nested columns that state nothing are noted as unknown.
    """
    wrong: list[str] = []
    for header, dtype, name in _typed(headers, schema, criteria):
        fact = CORE[TITLE] if name == CASE else CORE.get(name) or fact_named(name, criteria)
        if not can_hold(dtype, fact):
            wrong.append(
                _("`{header}` is {type}, its answers are of the type {kind}", header=header, type=dtype, kind=fact.type)
            )
    for header in headers.whole.values():
        if not (is_nested(schema[header]) or schema[header] in {pl.String, pl.Null}):
            told = _("`{header}` is {type}; a list has entries, or says `none`", header=header, type=schema[header])
            wrong.append(told)
    if wrong:
        message = _("columns are of types that nobody reads as answers: {columns}", columns=first_few(wrong, MOST_TOLD))
        raise RiskEngineError(f"{path}: {message}", _("save them as text, or as what their facts are"))


def _typed(headers: Headers, schema: pl.Schema, criteria: Criteria) -> Iterator[tuple[str, pl.DataType, str]]:
    """Yield each column with its type and the full name of what it states."""
    prefix = "" if headers.of is None else f"{headers.of}."
    named = [*((one, header) for one, header in headers.core.items())]
    named += [(f"{prefix}{one}", header) for one, header in headers.facts.items()]
    for entity, by_number in headers.numbered.items():
        named += [(f"{entity}.{short}", header) for one in by_number.values() for short, header in one.items()]
    for columns in headers.controls.values():
        named += [(f"{CONTROLS}.{what}", header) for what, header in columns.items()]
    yield from ((header, schema[header], name) for name, header in named)
    for entity, header in headers.whole.items():
        yield from _fields(headers, entity, header, schema[header], criteria)


def _fields(
    headers: Headers, entity: str, header: str, dtype: pl.DataType, criteria: Criteria
) -> Iterator[tuple[str, pl.DataType, str]]:
    """Yield the same of the fields of entries."""
    if not is_nested(dtype):
        return
    for short, of_field in dict(dtype.inner).items():  # type: ignore[attr-defined]  # a list of structs
        if short in _facts_of(entity, criteria):
            yield f"{header}.{short}", of_field, f"{entity}.{short}"
        elif entity == CONTROLS and short == "evidence" and is_nested(of_field):
            yield from _fields(headers, CONTROLS, f"{header}.{short}", of_field, criteria)
        else:
            headers.unknown.append(f"`{header}.{short}`")


def is_nested(dtype: pl.DataType) -> bool:
    """Return whether a column holds the entries of a list."""
    return isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct)


def fact_named(name: str, criteria: Criteria) -> AnyFact:
    """Return the fact of a full name; ids are text, and what is stated of a control is told by facts too."""
    entity, _dot, short = name.partition(".")
    if entity == CONTROLS:
        return CONTROL_FACTS[short]
    return criteria.entities[entity].facts.get(short) or TextFact(type="text")
