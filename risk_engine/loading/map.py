"""Read the map of a criteria set: axes that fit the set, every band one that the base case can take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, current
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document, read
from risk_engine.loading.case import HOW_TO_CHANGE, case_of, changed
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.sets import beside_newest
from risk_engine.loading.translation import translation_of
from risk_engine.loading.validate import path_problem, validated
from risk_engine.loading.version_files import MAP
from risk_engine.model.case import Case, case_model
from risk_engine.model.companion_files import AXES, Axis, Band, MapFile
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact
from risk_engine.model.translation import MAP_TEXTS, in_words_of


class NoMapError(RiskEngineError):
    """The version of the set has no map."""


@dataclass(frozen=True, slots=True)
class LoadedMap:
    """A map that was checked: `axes` holds the bands of each axis, also where the file says `each`."""

    declared: MapFile
    axes: Mapping[str, tuple[Band, ...]]
    base: dict[str, Any]
    document: Document


def map_path(criteria: Criteria) -> Path:
    """Return where the map of a set is described."""
    return beside_newest(criteria, MAP)


def load_map(criteria: Criteria) -> LoadedMap:
    """Return the map of a set, with the base case of its cases.yaml.

    Raises NoMapError where there is none; InvalidSourceError with every problem of the map, or of the base case.
    """
    path = map_path(criteria)
    if not path.is_file():
        head = criteria.head
        way_out = _("describe one in `{path}` (docs/authors.md, “A map of areas and non-areas”)", path=path.as_posix())
        raise NoMapError(_("the criteria set `{id}` {version} has no map", id=head.id, version=head.version), way_out)
    document = read(path, go_on=True)
    problems: list[Diagnostic] = list(document.problems)
    declared = validated(MapFile, document.data, document, (), problems)
    if declared is None:
        raise InvalidSourceError(problems)
    model = case_model(criteria)
    check = _Check(document, declared, criteria, model)
    base, _case = base_case(criteria)
    axes = check.axes(base)
    if check.problems:
        raise InvalidSourceError(check.problems)
    return LoadedMap(declared, axes, base, document)


def map_in_words(loaded: LoadedMap, criteria: Criteria) -> LoadedMap:
    """Return the map of a set as it is read in the current language; raise InvalidSourceError as reading that does."""
    translation = translation_of(criteria, current())
    if translation is None:
        return loaded
    declared = in_words_of(loaded.declared, translation, MAP_TEXTS)
    # The bands of an axis that takes each option of a fact are in the words of the set already.
    axes = {key: getattr(declared, key).bands or bands for key, bands in loaded.axes.items()}
    return replace(loaded, declared=declared, axes=axes)


class _Check:
    """Sets every band on the base case, one after the other, and notes what does not fit."""

    def __init__(self, document: Document, declared: MapFile, criteria: Criteria, model: type[Case]) -> None:
        self.document = document
        self.declared = declared
        self.criteria = criteria
        self.model = model
        self.problems: list[Diagnostic] = list(document.problems)

    def axes(self, base: dict[str, Any]) -> dict[str, tuple[Band, ...]]:
        """Return the bands of every axis."""
        start = self._set(base, self.declared.given, ("given",))
        found: dict[str, tuple[Band, ...]] = {}
        for key in AXES:
            axis: Axis | None = getattr(self.declared, key)
            if axis is not None:
                found[key] = tuple(self._bands(key, axis, start))
        for one, other in combinations(found, 2):
            self._check_apart(one, other, found)
        return found

    def _bands(self, key: str, axis: Axis, start: dict[str, Any]) -> Iterator[Band]:
        if (axis.each is None) == (axis.bands is None):
            message = _("an axis needs exactly one of `each` and `bands`")
            self._problem(
                (key,), message, _("`each: entity.id.fact` makes a band of every option of a choice"), key=True
            )
            return
        if axis.each is not None:
            yield from self._options((key, "each"), axis.each, start)
            return
        titles: set[str] = set()
        for number, band in enumerate(axis.bands or ()):
            here: Loc = (key, "bands", number)
            if band.title in titles:
                message = _("`{title}` is the title of an earlier band already", title=band.title)
                self._problem((*here, "title"), message, _("give each its own"))
            titles.add(band.title)
            self._set(start, band.given, (*here, "given"))
            yield band

    def _options(self, here: Loc, path: str, start: dict[str, Any]) -> Iterator[Band]:
        """Yield a band for each option of a choice fact of the case."""
        problem = path_problem(path, start, self.criteria)
        if problem is None and changed(start, path, None) is None:
            problem = (
                _("the base case has nothing at `{path}`", path=path),
                _("write `entity.fact` or `entity.id.fact`"),
            )
        if problem is not None:
            self._problem(here, *problem)
            return
        entity, *_entry, short = path.split(".")
        fact = self.criteria.entities[entity].facts[short]
        if isinstance(fact, ChoiceFact):
            yield from (Band(title=text, given={path: option}) for option, text in fact.options.items())
        else:
            message = _(
                "`{path}` is of the type `{type}`, a band for each option needs a `choice`", path=path, type=fact.type
            )
            self._problem(here, message, _("list its `bands`"))

    def _set(self, data: dict[str, Any], given: Mapping[str, Any], here: Loc) -> dict[str, Any]:
        """Return the case with these facts set; what cannot be set is noted and left out."""
        for path, value in given.items():
            after = changed(data, path, value)
            if problem := self._path_problem(path, data, after):
                self._problem((*here, path), *problem, key=True)
                continue
            assert after is not None  # noqa: S101 (that is a problem with the path)
            try:
                case_of(Document(self.document.path, after, {}, ()), self.criteria, self.model)
            except InvalidSourceError as error:
                for one in error.diagnostics:
                    self._problem((*here, path), one.message, one.help)
            else:
                data = after
        return data

    def _path_problem(self, path: str, data: dict[str, Any], after: object) -> tuple[str, str] | None:
        """Return why nothing can be set at a path; whole lists and entries may be set too."""
        entity, *parts = path.split(".")
        declared = self.criteria.entities.get(entity)
        is_whole = declared is not None and len(parts) <= (declared.many is not None)
        problem = None if is_whole else path_problem(path, data, self.criteria)
        if problem is None and after is None:
            return _("the base case has nothing at `{path}` that could be changed", path=path), _(HOW_TO_CHANGE)
        return problem

    def _check_apart(self, one: str, other: str, axes: Mapping[str, tuple[Band, ...]]) -> None:
        """Report where two axes set the same: then one of them would not be what its heading says."""
        taken = {path for band in axes[one] for path in band.given}
        is_listed = getattr(self.declared, other).each is None
        told: set[str] = set()
        for number, band in enumerate(axes[other]):
            for path in band.given:
                clash = next((had for had in sorted(taken) if _overlap(had, path)), None)
                if clash is not None and (is_listed or path not in told):
                    here: Loc = (other, "bands", number, "given", path) if is_listed else (other, "each")
                    told.add(path)
                    self._problem(
                        here,
                        _("`{one}` sets `{clash}` already", one=one, clash=clash),
                        _("let one axis set it"),
                        key=is_listed,
                    )

    def _problem(self, loc: Loc, message: str, help_text: str = "", *, key: bool = False) -> None:
        self.problems.append(self.document.problem(loc, message, help_text, key=key))


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
