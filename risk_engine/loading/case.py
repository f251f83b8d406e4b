"""Read a case file, YAML or JSON, typed by the facts of a criteria set; every problem in it is found at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.diagnostics import (
    Diagnostic,
    InvalidCaseError,
    InvalidSourceError,
    suggestion,
)
from risk_engine.language import N_, _
from risk_engine.loading.messages import validated
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoicesFact, Entity
from risk_engine.source import Document, Loc, read


def load_case(path: Path | str, criteria: CriteriaSet) -> Case:
    """Return the case of a file; raise InvalidSourceError with every problem in it."""
    return case_of(read_case_file(Path(path)), criteria)


def read_case_file(path: Path) -> Document:
    """Return what a case file says before any criteria give it a meaning."""
    document = read(path, nulls=True)
    if not isinstance(document.data, dict):
        message = _("a case is keys with values, this is a list or a single value")
        raise InvalidSourceError([document.problem((), message)])
    return document


def stated_criteria(document: Document) -> str | None:
    """Return the criteria set that the case names, None if it names none."""
    found = document.data.get("criteria")
    return found if isinstance(found, str) else None


def stated_date(document: Document) -> date | None:
    """Return the assessment date that the case names, None if it names none or something else."""
    found = document.data.get("assessment_date")
    if isinstance(found, str):
        try:
            return date.fromisoformat(found)
        except ValueError:
            return None
    return found if isinstance(found, date) else None


def case_of(document: Document, criteria: CriteriaSet, model: type[Case] | None = None) -> Case:
    """Return the case that a document states under these criteria; raise InvalidSourceError with every problem.

    `model` is `case_model(criteria)`, for whoever reads many cases: making it takes longer than assessing one.
    """
    problems: list[Diagnostic] = []
    case = validated(model or case_model(criteria), answered(document.data), document, (), problems)
    problems += _other_problems(document, criteria)
    if problems or case is None:
        raise InvalidSourceError(problems)
    return case


def answered(data: Any) -> Any:
    """Return data without the keys that are left empty: that is the same as leaving them out."""
    match data:
        case dict():
            return {key: answered(value) for key, value in data.items() if value is not None}
        case tuple():
            return tuple(answered(one) for one in data)
        case _:
            return data


def located(error: InvalidCaseError, document: Document) -> InvalidSourceError:
    """Return the problems that the engine found in a case with their places in its file."""
    return InvalidSourceError(
        document.problem(place_of(document.data, one.path), f"`{one.path}`: {one.message}", one.help)
        for one in error.problems
    )


def place_of(data: Mapping[str, Any], path: str) -> Loc:
    """Return where a path that people write, such as `partner.songhua.country`, stands in a case file."""
    entity, *parts = path.split(".")
    entries = data.get(entity)
    if isinstance(entries, tuple) and parts:
        for number, entry in enumerate(entries):
            if isinstance(entry, dict) and entry.get("id") == parts[0]:
                return (entity, number, *parts[1:])
    return (entity, *parts)


def changed(data: dict[str, Any], path: str, value: Any) -> dict[str, Any] | None:
    """Return a case's data with one path set to a value (a new entry is added under its id); None where it cannot be.

    Whether the value fits is for `case_of` to say.
    """
    entity, *parts = path.split(".")
    match data.get(entity), parts:
        case _, []:
            return {**data, entity: value}
        case dict() as single, [fact]:
            return {**data, entity: {**single, fact: value}}
        case tuple() as entries, [entry]:
            new = {"id": entry, **value} if isinstance(value, dict) else value
            return {**data, entity: (*(one for one in entries if _id(one) != entry), new)}
        case tuple() as entries, [entry, fact] if entry in map(_id, entries):
            after = ({**one, fact: value} if _id(one) == entry else one for one in entries)
            return {**data, entity: tuple(after)}
        case _:
            return None


HOW_TO_CHANGE = N_("write `entity.fact`, `entity.id.fact`, or a whole list")
"""The way out where `changed` can do nothing."""


def _id(entry: object) -> object:
    return entry.get("id") if isinstance(entry, dict) else None


def _other_problems(document: Document, criteria: CriteriaSet) -> Iterator[Diagnostic]:
    """Yield what no type can say: ids that are given twice, controls and evidence that name nothing."""
    data = document.data
    for name, entity in criteria.entities.items():
        if entity.many is not None:
            yield from _repeated(document, name, N_("`{name}` has an entry `{entry}` already"))
    yield from _repeated(document, "controls", N_("there is a control `{entry}` already"))
    for number, record in _mappings(data.get("controls")):
        control = record.get("id")
        if isinstance(control, str) and control not in criteria.controls:
            help_text = suggestion(control, criteria.controls)
            yield document.problem(
                ("controls", number, "id"), _("there is no control `{control}`", control=control), help_text
            )
    for number, record in _mappings(data.get("evidence")):
        paths = record.get("for")
        for index, path in enumerate(paths if isinstance(paths, tuple) else ()):
            if isinstance(path, str) and (problem := path_problem(path, data, criteria)):
                yield document.problem(("evidence", number, "for", index), *problem)


def _repeated(document: Document, key: str, what: str) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for number, entry in _mappings(document.data.get(key)):
        entry_id = entry.get("id")
        if not isinstance(entry_id, str):
            continue
        if entry_id in seen:
            message = _(what, name=key, entry=entry_id)
            yield document.problem((key, number, "id"), message, _("give each its own id"))
        seen.add(entry_id)


def _mappings(entries: object) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, entry in enumerate(entries if isinstance(entries, tuple) else ()):
        if isinstance(entry, dict):
            yield number, entry


def path_problem(path: str, data: Mapping[str, Any], criteria: CriteriaSet) -> tuple[str, str] | None:
    """Return why a path names no fact of a case (nor an option of its choices), and the way out; None if it does."""
    name, *parts = path.split(".")
    entity = criteria.entities.get(name)
    if entity is None:
        return _("there is no entity `{name}`", name=name), suggestion(name, criteria.entities)
    if entity.many is None:
        return _fact_path_problem(path, name, entity, parts)
    ids = [str(entry.get("id")) for _number, entry in _mappings(data.get(name))]

    if not parts:
        return _("`{path}` names no entry and no fact", path=path), _("write it like `{name}.ID.FACT`", name=name)
    if parts[0] not in ids:
        return _("`{name}` has no entry `{entry}`", name=name, entry=parts[0]), suggestion(parts[0], ids)
    return _fact_path_problem(path, name, entity, parts[1:])


def _fact_path_problem(path: str, name: str, entity: Entity, parts: list[str]) -> tuple[str, str] | None:
    if not parts:
        return _("`{path}` names no fact", path=path), _("write it like `{path}.FACT`", path=path)
    short, *more = parts
    fact = entity.facts.get(short)
    if fact is None:
        return _("`{name}` has no fact `{short}`", name=name, short=short), suggestion(short, entity.facts)
    option = ".".join(more)
    if not option or (isinstance(fact, ChoicesFact) and option in fact.options):
        return None
    if isinstance(fact, ChoicesFact):
        return _("`{name}.{short}` has no option `{option}`", name=name, short=short, option=option), suggestion(
            option, fact.options
        )
    return _("`{name}.{short}` has no parts", name=name, short=short), _("write the path up to `{short}`", short=short)
