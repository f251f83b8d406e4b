"""One case file for several criteria sets: what each of them is told of it, and what none of them knows.

Entities and facts of one name are one: an answer is given once and counts under every set that asks for it. What only
another of the sets knows is left out of the case that a set is told, so a record holds nothing its set cannot read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from risk_engine.files.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    NotInForceError,
    RiskEngineError,
    nearest,
    suggestion,
)
from risk_engine.files.language import _
from risk_engine.files.plain import Loc, broken_in
from risk_engine.files.source import Document, Mark
from risk_engine.loading.case import case_of, stated_date
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.former_names import in_names_of_today
from risk_engine.loading.releases import choose
from risk_engine.loading.validate import mappings, named_problems, path_problem
from risk_engine.model.case import COMPARE_WITH, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.former_names import FormerNames, former_names

CORE = frozenset(Case.model_fields)


def _read(reference: str, on: date | None) -> Criteria:
    return read_criteria(choose(reference, on).version.path)


def compared_sets(
    document: Document, day: date | None = None, load: Callable[[str, date | None], Criteria] = _read
) -> tuple[Criteria, ...]:
    """Return the sets whose facts a case file with `compare_with` states: its own and those; else none.

    Of a set that is not in force on the day it is the newest version: here it only says what may be stated.
    Raises InvalidSourceError, with the place, where one of them cannot be had.
    """
    stated = document.data.get(COMPARE_WITH)
    if stated is None:
        return ()
    if not isinstance(stated, tuple) or not all(isinstance(one, str) for one in stated):
        message = _("a list of criteria sets is needed here, like `[SET, SET@1.0.0]`")
        raise InvalidSourceError([document.problem((COMPARE_WITH,), message)])
    own = document.data.get("criteria")
    named: list[tuple[Loc, str]] = [(("criteria",), own)] if isinstance(own, str) else []
    named += [((COMPARE_WITH, number), reference) for number, reference in enumerate(stated)]
    found: list[Criteria] = []
    problems: list[Diagnostic] = []
    for loc, reference in named:
        try:
            found.append(_in_force_or_newest(reference, day, load))
        except InvalidSourceError:
            raise
        except RiskEngineError as error:
            problems.append(document.problem(loc, error.message, error.way_out))
    if problems:
        raise InvalidSourceError(problems)
    return tuple(found)


def _in_force_or_newest(reference: str, day: date | None, load: Callable[[str, date | None], Criteria]) -> Criteria:
    try:
        return load(reference, day)
    except NotInForceError:
        return load(reference, None)


def written_for_another(document: Document, criteria: Criteria) -> list[Diagnostic]:
    """Return what is wrong with a case that names another set, and answers what that one asks and this one does not.

    It is told once, with the way to read the case under both, and not of each answer; beside it stands what is wrong
    all the same. Nothing for any other case.
    """
    own = document.data.get("criteria")
    if not isinstance(own, str):
        return []
    try:
        theirs = _in_force_or_newest(own, stated_date(document), _read)
    except RiskEngineError:  # what is wrong with the name of its set is told where that is read
        return []
    if theirs.head.id == criteria.head.id:
        return []
    (part, _theirs), problems = told(document, (criteria, theirs))
    if part.data == in_names_of_today(document, criteria, stated_date(document)).document.data:
        return []
    try:
        case_of(part, criteria, others=())
    except InvalidSourceError as error:
        problems += error.diagnostics
    name = criteria.head.id
    message = _(
        "the case is written for `{own}`, and `{name}` does not ask for all that it answers", own=own, name=name
    )
    way_out = _(
        "to compare the two: `--criteria {own} --criteria {name}`; if the case says `compare_with: [{name}]`, each of "
        "them can read it alone",
        own=own,
        name=name,
    )
    return [document.problem(("criteria",), message, way_out), *dict.fromkeys(problems)]


def told(document: Document, sets: Sequence[Criteria]) -> tuple[tuple[Document, ...], list[Diagnostic]]:
    """Return for each set the document as far as it knows it, and every problem that is no set's alone.

    Those are what none of the sets knows, and what one answer cannot say to two of them. A set may stand there twice.
    """
    on = stated_date(document)
    views = [_View.of(document, one, on) for one in sets]
    problems = [*_unknown_to_all(document, views), *_meant_otherwise(document, sets)]
    problems += dict.fromkeys(problem for view in views for problem in view.problems)
    return tuple(_part(view.document, view.criteria) for view in views), problems


class _View(NamedTuple):
    """How one of the sets reads the document: in its own names."""

    criteria: Criteria
    names: FormerNames
    document: Document
    problems: tuple[Diagnostic, ...]
    on: date | None

    @classmethod
    def of(cls, document: Document, criteria: Criteria, on: date | None) -> "_View":
        today = in_names_of_today(document, criteria, on)
        return cls(criteria, former_names(criteria), today.document, today.problems, on)

    def facts(self, key: str) -> tuple[str, ...]:
        """Return the facts that may stand below a key of the file, under whatever names."""
        name = self.names.entity(key, self.on)
        entity = self.criteria.entities.get(name)
        return () if entity is None else (*entity.facts, *self.names.known_facts(name, self.on))

    def path_problem(self, path: str) -> tuple[str, str] | None:
        """Return why a path names nothing in the set; None if it does."""
        return path_problem(self.names.path(path, self.criteria, self.on), self.document.data, self.criteria)


def _part(document: Document, criteria: Criteria) -> Document:
    """Return what a set knows of a document; each value keeps its place in the file."""
    data: dict[str, Any] = document.data
    marks: dict[Loc, Mark] = {}

    def is_known(loc: Loc) -> bool:
        match loc:
            case (str() as key,):
                return key in CORE or key in criteria.entities
            case ("controls", int() as number):
                return _control(data["controls"][number]) in {None, *criteria.controls}
            case ("evidence", int() as number):
                record = data["evidence"][number]
                paths = record.get("for") if isinstance(record, dict) else None
                return not isinstance(paths, tuple) or not paths or any(map(is_path, paths))
            case ("evidence", int() as number, "for", int() as index):
                return is_path(data["evidence"][number]["for"][index])
            case (str() as key, str() as fact) | (str() as key, int(), str() as fact) if key in criteria.entities:
                return fact == "id" or fact in criteria.entities[key].facts
            case _:
                return True

    def is_path(path: object) -> bool:
        return not isinstance(path, str) or path_problem(path, data, criteria) is None

    kept = _kept(document, is_known, data, (), (), marks)
    return replace(document, data=kept, marks=marks, broken=document.broken | broken_in(kept))


def _kept(
    document: Document, wanted: Callable[[Loc], bool], value: Any, old: Loc, new: Loc, marks: dict[Loc, Mark]
) -> Any:
    """Return a value without what is not wanted in it, and enter where what is left stands."""
    if old in document.marks:
        marks[new] = document.marks[old]
    match value:
        case dict():
            kept = {key: one for key, one in value.items() if wanted((*old, key))}
            return {key: _kept(document, wanted, one, (*old, key), (*new, key), marks) for key, one in kept.items()}
        case tuple():
            numbered = [(there, one) for there, one in enumerate(value) if wanted((*old, there))]
            return tuple(
                _kept(document, wanted, one, (*old, there), (*new, here), marks)
                for here, (there, one) in enumerate(numbered)
            )
        case _:
            return value


def _unknown_to_all(document: Document, views: Sequence[_View]) -> Iterator[Diagnostic]:
    """Yield the keys, controls and paths of evidence that none of the sets knows."""
    data = document.data
    entities = {name: None for view in views for name in view.criteria.entities}
    for key, value in data.items():
        if key in CORE or key == COMPARE_WITH:
            continue
        facts = {fact: None for view in views for fact in view.facts(key)}
        if not facts:
            yield _unknown(document, (key,), [*Case.model_fields, COMPARE_WITH, *entities])
        for loc, entry in _entries(key, value) if facts else ():
            known = [*(["id"] if len(loc) > 1 else []), *facts]
            yield from (_unknown(document, (*loc, fact), known) for fact in entry if fact not in known)
    controls = {name: None for view in views for name in (*view.criteria.controls, *view.names.known_controls(view.on))}
    yield from named_problems(document, controls, lambda path: _path_problem(path, views))


def _path_problem(path: str, views: Sequence[_View]) -> tuple[str, str] | None:
    """Return why a path names nothing in any of the sets, in the words of the one that comes nearest to it."""
    found = [view.path_problem(path) for view in views]
    nearness = [_nearness(path, view.criteria) for view in views]
    return None if None in found else max(zip(nearness, found, strict=True))[1]


def _nearness(path: str, criteria: Criteria) -> tuple[bool, bool]:
    """Return whether a set knows the entity of a path, or one that is called alike, and a fact like its own."""
    name, *parts = path.split(".")
    if name not in criteria.entities:
        return nearest(name, criteria.entities) is not None, False
    return True, any(nearest(part, criteria.entities[name].facts) for part in parts)


def _meant_otherwise(document: Document, sets: Sequence[Criteria]) -> Iterator[Diagnostic]:
    """Yield what stands under one name that two of the sets mean differently: one answer cannot be given to both."""
    way_out = _("one case cannot say it to both; assess it under each set by itself")
    for key, value in document.data.items():
        knowing = [one for one in sets if key in one.entities]
        if len({one.entities[key].many is None for one in knowing}) > 1:
            message = _("`{name}` is a list in one of the criteria sets and no list in another", name=key)
            yield document.problem((key,), message, way_out, key=True)
            continue
        for loc, entry in _entries(key, value) if knowing else ():
            for fact in entry:
                kinds = {
                    f"{one.head.id}": one.entities[key].facts[fact].type
                    for one in knowing
                    if fact in one.entities[key].facts
                }
                if len(set(kinds.values())) > 1:
                    types = ", ".join(f"`{kind}` ({name})" for name, kind in kinds.items())
                    message = _("`{name}` is of different types: {types}", name=f"{key}.{fact}", types=types)
                    yield document.problem((*loc, fact), message, way_out, key=True)

    for number, record in mappings(document.data.get("controls")):
        control = _control(record)
        titles = {one.head.id: one.controls[control].title for one in sets if control in one.controls}
        if len(set(titles.values())) > 1:
            several = ", ".join(f"“{title}” ({name})" for name, title in titles.items())
            message = _(
                "the control `{control}` is another one in each set: {several}", control=control, several=several
            )
            yield document.problem(("controls", number, "id"), message, way_out)


def _entries(key: str, value: object) -> Iterator[tuple[Loc, dict[str, Any]]]:
    """Yield the entries of an entity with their places: one, or those of a list."""
    if isinstance(value, dict):
        yield (key,), value
    yield from (((key, number), entry) for number, entry in mappings(value))


def _unknown(document: Document, loc: Loc, known: Sequence[str]) -> Diagnostic:
    key = str(loc[-1])
    return document.problem(loc, _("unknown key `{key}`", key=key), suggestion(key, known), key=True)


def _control(record: object) -> str | None:
    found = record.get("id") if isinstance(record, dict) else None
    return found if isinstance(found, str) else None
