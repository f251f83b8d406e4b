"""Plain data against what a record must be, and paths that people write, `entity.id.fact`, against what there is."""

from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from risk_engine.files.diagnostics import Diagnostic, suggestion
from risk_engine.files.language import _
from risk_engine.files.plain import BROKEN, Loc
from risk_engine.files.source import Document
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoicesFact, Entity

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def _nothing(_loc: Loc, _value: object) -> str:
    return ""


def validated(
    model: type[T] | TypeAdapter[T],
    data: object,
    document: Document,
    loc: Loc,
    problems: list[Diagnostic],
    meant: Callable[[Loc, object], str] = _nothing,
) -> T | None:
    """Return `data` as the model, or None after adding everything that is wrong with it to `problems`.

    `meant` returns a better way out than the type knows for what stands at a place, if there is one.
    """
    try:
        if isinstance(model, TypeAdapter):
            return model.validate_python(data)
        return cast("T", cast("type[BaseModel]", model).model_validate(data))
    except ValidationError as error:
        # Nearly every file is right, and what says what is wrong takes its time to load.
        from risk_engine.loading.messages import Misfits

        shape = model._type if isinstance(model, TypeAdapter) else model  # noqa: SLF001 (there is no public name)
        problems += Misfits(shape, data, document, loc, meant).diagnostics(error.errors())
        return None


def sound_part(
    model: type[M], data: object, needed: Mapping[str, object]
) -> tuple[M, frozenset[Loc]] | tuple[None, frozenset[Loc]]:
    """Return what is left of `data` without what the model does not take, and the places from which that was taken.

    So that what is wrong in the rest is told at once. `needed` stands for what is missing at the top; None where
    nothing is left.
    """
    left, places = deepcopy(data), set[Loc]()
    while isinstance(left, dict):
        try:
            return model.model_validate(left), frozenset(places)
        except ValidationError as error:
            wrong = {_reached(left, one["loc"]) for one in error.errors()}
        for place in sorted(wrong, key=len, reverse=True):
            if not place and not (missing := needed.keys() - left.keys()):
                return None, frozenset()
            if not place:
                left |= {one: needed[one] for one in missing}
                continue
            *above, last = place
            holds = left
            for step in above:
                holds = holds[step]
            del holds[last]
            places.add(tuple(above))
    return None, frozenset()


def _reached(data: object, loc: Loc) -> Loc:
    """Return how far keys lead along the place of an error: to what is wrong, or to what lacks a key."""
    place: Loc = ()
    for step in loc:
        if not isinstance(data, dict) or step not in data:
            break
        place, data = (*place, step), data[step]
    return place


# --- paths ---


def mappings(entries: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the entries of a list that are keys with values, each with its number."""
    for number, entry in enumerate(entries if isinstance(entries, tuple) else ()):
        if isinstance(entry, dict):
            yield number, entry


def path_problem(path: str, data: Mapping[str, Any], criteria: Criteria) -> tuple[str, str] | None:
    """Return why a path names no fact of a case (nor an option of its choices), and the way out; None if it does."""
    name, *parts = path.split(".")
    entity = criteria.entities.get(name)
    if entity is None:
        return _("there is no entity `{name}`", name=name), suggestion(name, criteria.entities)
    if entity.many is None:
        return _fact_path_problem(path, name, entity, parts)
    stated = [entry.get("id") for _number, entry in mappings(data.get(name))]
    if BROKEN in (data.get(name), *stated):
        return None  # nobody knows which entries there are
    ids = [str(one) for one in stated]
    if not parts:
        return _("`{path}` names no entry and no fact", path=path), _("write it like `{name}.ID.FACT`", name=name)
    if parts[0] not in ids:
        return _("`{name}` has no entry `{entry}`", name=name, entry=parts[0]), suggestion(parts[0], ids)
    return _fact_path_problem(path, name, entity, parts[1:])


def named_problems(
    document: Document, controls: Collection[str], problem_of: Callable[[str], tuple[str, str] | None]
) -> Iterator[Diagnostic]:
    """Yield the controls and the paths of evidence in a case that name nothing; `problem_of` says why a path does."""
    for number, record in mappings(document.data.get("controls")):
        control = record.get("id")
        if isinstance(control, str) and control not in controls:
            message = _("there is no control `{control}`", control=control)
            yield document.problem(("controls", number, "id"), message, suggestion(control, controls))
    for number, record in mappings(document.data.get("evidence")):
        paths = record.get("for")
        for index, path in enumerate(paths if isinstance(paths, tuple) else ()):
            if isinstance(path, str) and (problem := problem_of(path)):
                yield document.problem(("evidence", number, "for", index), *problem)


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
