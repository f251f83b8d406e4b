"""What somebody meant by an answer that a case cannot give; whether it belongs to another version of the criteria."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, Position, quoted
from risk_engine.files.language import _
from risk_engine.files.plain import Loc
from risk_engine.files.source import MAX_SET_BYTES, Document, read
from risk_engine.loading.bundle import read_bundle
from risk_engine.loading.checks.context import titled
from risk_engine.loading.releases import that_count
from risk_engine.loading.sets import (
    UnknownSetError,
    Version,
    beside,
    every_entity,
    fact_files,
    is_bundle,
    version_at,
    yaml_files,
)
from risk_engine.loading.validate import mappings
from risk_engine.loading.version_files import FACTS, OPTIONS
from risk_engine.model.case import COMPARE_WITH, UNKNOWN, Case, row_suggestion
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact, Entity, RowFact
from risk_engine.model.former_names import former_names

_NOT_KNOWN = frozenset({UNKNOWN, "not known", "unkown", "don't know", "dont know", "n/a", "?"})


def meant(criteria: Criteria, loc: Loc, value: object) -> str:
    """Return the way out for what stands at a place of a case and cannot stand there; empty if none is known."""
    entity = criteria.entities.get(f"{loc[0]}") if loc else None
    if entity is None:
        return ""
    name, below = f"{loc[0]}", loc[1:]
    if entity.many is not None and below and isinstance(below[0], int):
        below = below[1:]
        if not below:
            return _entry(value)
    return _answer(criteria, entity, below, value) if below else _whole(name, entity, value)


def _whole(name: str, entity: Entity, value: object) -> str:
    """Return what was meant in place of an entity as a whole."""
    if _is_not_known(value):
        return _("did you mean `{near}`?", near=UNKNOWN)
    match value:
        case tuple() if entity.many is not None:
            return _("a case cannot have more; make a second case of the rest")
        case tuple():
            return _("a case has only one `{name}`: write its keys and values without a list", name=name)
        case dict() if entity.many is not None:
            return _("begin each entry with a `-`")
        case str() if entity.many is not None:
            return _entry(value)
        case _:
            return ""


def _entry(value: object) -> str:
    return _("an entry is keys with values and begins with its id: `- id: {word}`", word=_word(value))


def _word(value: object) -> str:
    return value if isinstance(value, str) and value.isidentifier() and value.isascii() and value.islower() else "…"


def _answer(criteria: Criteria, entity: Entity, loc: Loc, value: object) -> str:
    """Return what was meant in place of the answer to a question, or of one option in it."""
    fact = entity.facts.get(f"{loc[0]}")
    if _is_not_known(value):
        if len(loc) > 1:
            return _("if not all of it is known, write `{unknown}` in place of the whole list", unknown=UNKNOWN)
        return _("did you mean `{near}`?", near=UNKNOWN)
    match fact, value:
        case ChoicesFact(options=options), str() if len(loc) == 1:
            near = value if value in options else titled(value, options)
            return _("write {what}", what=f"`[{near}]`") if near else ""
        case ChoiceFact(options=options) | ChoicesFact(options=options), str():
            near = titled(value, options)
            return _("did you mean `{near}`?", near=near) if near else ""
        case ChoiceFact(options=options), tuple():
            return _("write one of {known}", known=quoted(options))
        case RowFact(of=table), bool() | int() if len(loc) == 1:
            return row_suggestion(criteria.tables[table], str(value).lower())
        case _:
            return ""


def _is_not_known(value: object) -> bool:
    return isinstance(value, str) and value.replace("_", " ").strip().casefold() in _NOT_KNOWN


CONTROLS = "controls.yaml"
Names: TypeAlias = tuple[str, ...]
"""The file in which a version would say a name, and the keys that lead to it there."""


def told_of_versions(problems: Iterable[Diagnostic], document: Document, criteria: Criteria) -> list[Diagnostic]:
    """Return problems of a case; of a name that another version knows the way out is that version, no name like it."""
    found = list(problems)
    places = {one.position for one in found}
    unknown = [(place, path) for place, path in _unknown(document, criteria) if place in places]
    others = _others(criteria) if unknown else ()
    helps = {
        place: text
        for place, path in unknown
        if (text := _no_longer_called_so(path, criteria) or _known_by(path, criteria, others))
    }
    return [replace(one, help=helps.get(one.position, one.help)) for one in found]


def _unknown(document: Document, criteria: Criteria) -> Iterator[tuple[Position, Names]]:
    """Yield the place of everything that the criteria do not know, and where a version would say it."""
    for key, value in document.data.items():
        if key in Case.model_fields or key == COMPARE_WITH:
            continue
        entity = criteria.entities.get(key)
        if entity is None:
            yield document.position((key,), key=True), (FACTS, key)
            continue
        entries = [((key,), value)] if isinstance(value, dict) else [((key, n), one) for n, one in mappings(value)]
        for loc, entry in entries:
            for name, answer in entry.items():
                fact = entity.facts.get(name)
                if fact is None and name != "id":
                    yield document.position((*loc, name), key=True), (FACTS, key, "facts", name)
                if isinstance(fact, ChoiceFact | ChoicesFact):
                    for at, option in _given((*loc, name), answer):
                        if option not in fact.options:
                            yield document.position(at), (FACTS, key, "facts", name, "options", option)
    for number, record in mappings(document.data.get("controls")):
        control = record.get("id")
        if isinstance(control, str) and control not in criteria.controls:
            yield document.position(("controls", number, "id")), (CONTROLS, control)


def _no_longer_called_so(path: Names, criteria: Criteria) -> str:
    """Return the way out where a former name is read no more; empty where there is none."""
    names, old = former_names(criteria), path[-1]
    match path:
        case (file, _) if file == CONTROLS:
            found = names.controls.get(old)
        case (_, _):
            found = names.entities.get(old)
        case (_, entity, "facts", _):
            found = names.facts.get(names.entity(entity), {}).get(old)
        case _:
            return ""
    if found is None:
        return ""
    return _("it is `{new}` now; the old name was read until {day}", new=found.name, day=found.until)


def _given(loc: Loc, answer: object) -> Iterator[tuple[Loc, str]]:
    """Yield the options that an answer names, each with its place."""
    given = [((*loc, at), one) for at, one in enumerate(answer)] if isinstance(answer, tuple) else [(loc, answer)]
    yield from ((at, one) for at, one in given if isinstance(one, str))


def _others(criteria: Criteria) -> Sequence[tuple[Version, Mapping[str, Any]]]:
    """Return the other versions with what their files say, each read once: the next first, and the last before this."""
    if criteria.path is None:
        return ()
    own = tuple(map(int, criteria.head.version.split(".")))
    try:
        found = that_count(beside(version_at(Path(criteria.path))))
    except UnknownSetError:
        return ()  # which of two folders is a version is said where one is chosen; the case's own problem stands
    later, earlier = ([one for one in found if one.number > own], [one for one in found if one.number < own])
    return [(version, _files(version)) for version in (*later, *reversed(earlier))]


def _files(version: Version) -> dict[str, Any]:
    """Return what a version says in the files that name what a case can say; nothing of what cannot be read."""
    found: dict[str, Any] = {}
    with contextlib.suppress(InvalidSourceError):
        if is_bundle(version.path):
            # Whether its rules are as they were released does not matter for a hint.
            found = {name: one.data for name, one in read_bundle(version.path).rules.items()}
        else:
            for name in yaml_files(version.path):
                if name in {CONTROLS, OPTIONS, *fact_files([name])}:
                    found[name] = read(version.path / name, most=MAX_SET_BYTES).data
        found[FACTS] = every_entity(found)
    return found


def _known_by(path: Names, criteria: Criteria, others: Sequence[tuple[Version, Mapping[str, Any]]]) -> str:
    """Return the way out where another version knows a name; empty where none does."""
    file, *names = path
    for version, files in others:
        found = files.get(file)
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        if found is not None:
            return _(
                "it belongs to version {version}, in force from {day}, and this case is read under {used}: take it "
                "out, or choose another day or version with `--on` or `--criteria`",
                version=version.dotted,
                day=version.in_force_from,
                used=criteria.head.version,
            )
    return ""
