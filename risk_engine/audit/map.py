"""A map of a criteria set: every combination of bands set on the base case, and what the engine makes of each."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from risk_engine.engine.assess import ladder_outcomes
from risk_engine.engine.explain import level_shown, proposals_shown
from risk_engine.engine.explainer import Explainer
from risk_engine.engine.problems import contradictions, problem_shown, superfluous_answers
from risk_engine.engine.work import decided_by_program, work
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of, changed
from risk_engine.loading.map import LoadedMap
from risk_engine.model.case import UNKNOWN, Case, case_model
from risk_engine.model.companion_files import (
    Axis,
    AxisShown,
    Band,
    BandShown,
    CriteriaMap,
    IndicatorShown,
    LadderShown,
    MapCell,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Recorded
from risk_engine.model.facts import AnyFact, RowFact, TextFact


def criteria_map(
    loaded: LoadedMap, criteria: Criteria, on: date | None = None, *, in_force: bool | None = None
) -> CriteriaMap:
    """Return the map as rules and tables stand on `on`, by default on the base case's own day.

    Where the version begins later than that, on its first day. Raises InvalidSourceError where the answers of a cell's
    case rule each other out, with the place of its row; RiskEngineError if there is no day; NotInForceError if a
    parameter has no value on it.
    """
    mapper = _Mapper(loaded, criteria, on)
    tables = loaded.axes.get("tables", (None,))
    cells = tuple(
        tuple(
            tuple(mapper.cell(table, row, column) for column in loaded.axes["columns"]) for row in loaded.axes["rows"]
        )
        for table in tables
    )
    if mapper.problems:
        raise InvalidSourceError(mapper.problems)
    return mapper.result(cells, in_force=in_force)


class _Mapper:
    """Computes cell after cell; a problem that many cells share is told once."""

    def __init__(self, loaded: LoadedMap, criteria: Criteria, on: date | None) -> None:
        self.loaded = loaded
        self.criteria = criteria
        self.model = case_model(criteria)
        self.start = _with(loaded.base, loaded.declared.given)
        own = self._case(self.start).assessment_date
        if on is None and own is None:
            message = _("the base case has no assessment date")
            raise RiskEngineError(message, _("add `assessment_date:`, or name a day with `--on`"))
        # A base case may have been taken over from a version before: no rule of this one held on its day.
        self.on = on or max(own or date.min, criteria.head.in_force.from_)
        self.ladders = criteria.head.roles.deciding
        self.problems: list[Diagnostic] = []
        self._told: set[tuple[str, str]] = set()

    def cell(self, table: Band | None, row: Band, column: Band) -> MapCell | None:
        """Return what comes out where these bands meet; None after noting why nothing does."""
        bands = [one for one in (table, row, column) if one is not None]
        data = self.start
        for band in bands:
            data = _with(data, band.given)
        where = " · ".join(one.title for one in bands)
        try:
            case = self._case(data)
            return self._found(case, where)
        except InvalidSourceError as error:
            self._problems(where, ((one.message, one.help) for one in error.diagnostics))
        return None

    def _case(self, data: dict[str, Any]) -> Case:
        return case_of(Document(self.loaded.document.path, data, {}, ()), self.criteria, self.model)

    def _found(self, case: Case, where: str) -> MapCell:
        # `assess` without the record of each finding, which a cell does not show.
        criteria = self.criteria
        worked = work(case, criteria, self.on, None, decided_by_program(case, criteria, self.on, None))
        explainer = Explainer(case, worked.facts, criteria)
        found = (*contradictions(worked.facts, criteria), *superfluous_answers(worked.facts))
        against = (problem_shown(one, case, explainer) for one in found)
        self._problems(where, ((_("answers contradict each other: {text}", text=one.text), "") for one in against))
        outcomes = ladder_outcomes(worked.proposed, worked.found, criteria)
        proposals = {one.ladder: one for one in proposals_shown(outcomes, criteria, criteria.head.four_eyes)}
        chosen = tuple(proposals[one] for one in dict.fromkeys(self.ladders))
        named = {finding for one in chosen for finding in one.findings}
        present = [one.id for one in worked.found if one.outcome != "absent"]
        return MapCell(
            proposals=chosen,
            deciding=tuple(one for one in present if one in named),
            other=tuple(one for one in present if one not in named),
        )

    def _problems(self, where: str, problems: Iterator[tuple[str, str]]) -> None:
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                message, help_text = problem
                text = _("in the case of {where}: {message}", where=where, message=message)
                self.problems.append(self.loaded.document.problem(("rows",), text, help_text, key=True))

    def result(self, cells: Any, *, in_force: bool | None) -> CriteriaMap:
        """Return the whole map with everything that a page prints."""
        declared, criteria, head = self.loaded.declared, self.criteria, self.criteria.head
        named = {
            finding
            for row in (row for table in cells for row in table)
            for cell in row
            for finding in (*cell.deciding, *cell.other)
        }
        axes = {key: self._axis(getattr(declared, key), bands) for key, bands in self.loaded.axes.items()}
        return CriteriaMap(
            criteria=f"{head.id} {head.version}",
            set_title=head.title,
            digest=criteria.digest,
            in_force=head.in_force.from_ <= self.on if in_force is None else in_force,
            on=self.on,
            notice=head.notice,
            title=declared.title,
            about=declared.about,
            assumes=declared.assumes,
            base_title=self._case(self.start).title,
            given=self._recorded(declared.given),
            tables=axes.get("tables"),
            rows=axes["rows"],
            columns=axes["columns"],
            cells=cells,
            ladders=tuple(_ladder(name, criteria) for name in dict.fromkeys(self.ladders)),
            indicators=tuple(
                IndicatorShown(id=name, title=one.title, question=one.question)
                for name, one in criteria.indicators.items()
                if name in named
            ),
        )

    def _axis(self, axis: Axis, bands: tuple[Band, ...]) -> AxisShown:
        return AxisShown(
            title=axis.title,
            help=axis.help,
            bands=tuple(BandShown(title=one.title, help=one.help, given=self._recorded(one.given)) for one in bands),
        )

    def _recorded(self, given: Mapping[str, Any]) -> tuple[Recorded, ...]:
        return tuple(
            _recorded(path, value, self.criteria)
            for whole, part in given.items()
            for path, value in _parts(whole, part)
        )


def _with(data: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    for path, value in given.items():
        after = changed(data, path, value)
        assert after is not None, path  # noqa: S101 (the loader has set every band on the base case)
        data = after
    return data


def _ladder(name: str, criteria: Criteria) -> LadderShown:
    ladder = criteria.ladders[name]
    levels = tuple(level_shown(ladder, level) for level in ladder.levels)
    return LadderShown(name=name, title=ladder.title, question=ladder.question, levels=levels)


def _parts(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the single facts of a list, an entry or a fact that a band sets."""
    match value:
        case dict() if value.keys() - {"id"}:
            yield from ((f"{path}.{key}", part) for key, part in value.items() if key != "id")
        case tuple() if value and all(isinstance(one, dict) for one in value):
            yield from (part for one in value for part in _parts(f"{path}.{one.get('id')}", one))
        case dict():
            yield path, {}
        case _:
            yield path, value


def _recorded(path: str, value: Any, criteria: Criteria) -> Recorded:
    name, *parts = path.split(".")
    entity = criteria.entities[name]
    if value == UNKNOWN and not parts:
        return Recorded(path=path, question=entity.title, shown=_("not known"))
    if value in ((), {}) and len(parts) <= (entity.many is not None):
        stated = _("none") if value == () else _("there, nothing known about it")
        return Recorded(path=path, question=entity.title, shown=stated)
    fact = entity.facts[parts[-1]]
    return Recorded(path=path, question=criteria.title_of(path), shown=_shown(fact, value, criteria))


def _shown(fact: AnyFact, value: Any, criteria: Criteria) -> str:
    if value == UNKNOWN:
        from_table = not isinstance(fact, RowFact | TextFact) and fact.from_ is not None
        return _("as the table says") if from_table else _("not known")
    return criteria.shown(fact, value)
