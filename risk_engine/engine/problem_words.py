"""What does not fit in a record, in words."""

from collections.abc import Sequence
from typing import Any, Literal, assert_never, cast

from risk_engine.engine.explainer import Explainer
from risk_engine.engine.facts import in_json
from risk_engine.engine.find import control_states
from risk_engine.engine.work import read_at
from risk_engine.files.language import NP_, _, inside, pgettext
from risk_engine.model.assessment import ProblemFound, ProblemKind, Superseded
from risk_engine.model.case import Case, ControlRecord, Evidence
from risk_engine.model.explanation import Problem
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.words import ControlStatus

_STATUS: dict[ControlStatus, tuple[str, str]] = {
    "planned": NP_("status of a control", "planned"),
    "agreed": NP_("status of a control", "agreed"),
    "implemented": NP_("status of a control", "implemented"),
    "verified": NP_("status of a control", "verified"),
}
_SHOWN_AS: dict[ProblemKind, Literal["contradiction", "evidence", "control", "table", "unsure"]] = {
    "contradiction": "contradiction",
    "table": "table",
    "later_evidence": "evidence",
    "unsure": "unsure",
    "control_later_evidence": "evidence",
    "control_without_evidence": "control",
    "control_not_in_place": "control",
    "control_not_listed": "control",
}


def problem_shown(
    problem: ProblemFound,
    case: Case,
    explainer: Explainer,
    profile: Profile | None = None,
    supersedes: Superseded | None = None,
) -> Problem:
    """Return what does not fit in the record of a case in the words of the current language."""
    text = _Words(case, explainer, profile, supersedes).text(problem)
    paths = problem.paths
    if problem.kind == "unsure":
        (path,) = paths
        is_fact = any(read.path() == path for read in explainer.facts.origins)
        paths = (path if is_fact else path.rpartition(".")[0],)
    return Problem(kind=_SHOWN_AS[problem.kind], id=problem.id, text=text, paths=paths)


class _Words:
    def __init__(
        self, case: Case, explainer: Explainer, profile: Profile | None, supersedes: Superseded | None
    ) -> None:
        self.case = case
        self.explainer = explainer
        self.profile = profile
        self.supersedes = supersedes

    def text(self, problem: ProblemFound) -> str:
        name, at = problem.id or "", problem.evidence or 0
        match problem.kind:
            case "contradiction":
                title = self.explainer.criteria.invariants.facts[name].title
                return f"{title} ({'; '.join(f'{path}: {self._shown(path)}' for path in problem.paths)})"
            case "table":
                return self._unlike_table(problem.paths[0])
            case "later_evidence":
                record = _record(self.case.evidence, at, "evidence")
                return _(
                    "the evidence “{reference}” is dated {date}, after the day of the assessment",
                    reference=record.reference,
                    date=record.date,
                )
            case "unsure":
                return self._unsure(problem.paths[0], at)
            case "control_later_evidence":
                later = _record(self._control(name).evidence, at, f"controls.{name}.evidence")
                return _(
                    "{control}: the evidence “{reference}” is dated {date}, after the day; it does not count",
                    control=name,
                    reference=later.reference,
                    date=later.date,
                )
            case "control_without_evidence":
                return _(
                    "{control} is said to be {status}, but no evidence counts: it counts as agreed",
                    control=name,
                    status=pgettext(*_STATUS[self._control(name).status]),
                )
            case "control_not_in_place":
                counts_as = control_states(self.case, self.explainer.facts.on)[name].counts_as
                return _(
                    "{path} is answered as if {control} were in place, but {control} is only {status}",
                    path=problem.paths[0],
                    control=name,
                    status=pgettext(*_STATUS["planned" if counts_as == "planned" else "agreed"]),
                )
            case "control_not_listed":
                return self._not_listed(problem.paths[0], name)
            case _:
                assert_never(problem.kind)

    def _shown(self, path: str) -> str:
        read = read_at(path, self.explainer.facts)
        return self.explainer.shown(read, self.explainer.value(read))

    def _control(self, name: str) -> ControlRecord:
        return {record.id: record for record in self.case.controls}[name]

    def _unlike_table(self, path: str) -> str:
        criteria = self.explainer.criteria
        read = read_at(path, self.explainer.facts)
        facts = criteria.entities[read.entity].facts
        fact = facts[read.fact or ""]
        if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
            raise LookupError(path)
        row, row_fact = self.explainer.value(read._replace(fact=fact.from_)), cast("RowFact", facts[fact.from_])
        table = criteria.tables[row_fact.of]
        listed, origin = cell_of(
            criteria,
            self.profile,
            row_fact.of,
            row,
            fact.column or read.fact or "",
            self.explainer.facts.on,
        )
        values = {
            "stated": self._shown(path),
            "listed": self.explainer.shown(read, listed),
            "path": path,
            "row": table.rows[row].name,
        }
        if origin == "profile":
            return _("the case states “{stated}” for {path}; the profile has “{listed}” for {row}", **values)
        return _(
            "the case states “{stated}” for {path}; the table of {table} has “{listed}” for {row}",
            table=inside(table.title),
            **values,
        )

    def _unsure(self, path: str, at: int) -> str:
        record = _record(self.case.evidence, at, "evidence")
        values = {"path": path, "reference": record.reference, "date": record.date}
        if who := record.collected_by:
            return _("{path} is answered as unsure by {who} (“{reference}”, {date}): ask again", who=who, **values)
        return _("{path} is answered as unsure (“{reference}”, {date}): ask again", **values)

    def _not_listed(self, path: str, name: str) -> str:
        old = self.supersedes
        if old is None:
            raise LookupError(path)
        return _(
            "{path} is now answered as if {control} were in place; in the assessment of {day} it was "
            "“{before}”, and the case does not list {control}",
            path=path,
            control=name,
            day=old.on,
            before=_word(old.recorded[path]),
        )


def _record(records: Sequence[Evidence], at: int, where: str) -> Evidence:
    """Return one record of evidence; raise LookupError with its path where there is none."""
    if not 0 <= at < len(records):
        raise LookupError(f"{where}.{at}")
    return records[at]


def _word(value: Any) -> str:
    shown = in_json(value)
    return str(shown).lower() if isinstance(shown, bool) else str(shown)
