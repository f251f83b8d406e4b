"""The case of a stored assessment, worked out again with other answers and with controls in place, by the engine alone.

`witness.applied` does the same with a solver at hand; whoever verifies an outlook need not have one.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError

from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.work import Worked, case_from, tupled, work, worked_again
from risk_engine.loading.case import changed
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import entries
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import TextFact
from risk_engine.model.outlook import Contradiction, Path, answer_key
from risk_engine.outlook.clashes import broken_by, clashes

SHOWN_TO_BE_THERE = "replayed to verify an outlook"


class Changed(NamedTuple):
    """What a changed case comes to, and the answers of the case that are not asked any more then."""

    worked: Worked
    set_aside: frozenset[Path]


class Again:
    """A stored case that can be worked out again with something changed."""

    def __init__(self, stored: Assessment, criteria: CriteriaSet) -> None:
        """Take an assessment that is as it was written, and its own criteria."""
        self.stored, self.criteria = stored, criteria
        self.worked = worked_again(stored, criteria)
        self._data: dict[str, Any] = tupled(stored.case)
        self._known: dict[tuple[frozenset[tuple[Path, str]], frozenset[str]], Changed | None] = {}

    def stated(self, path: Path) -> Any:
        """Return what the case states; None where it states nothing, or that it is not known."""
        return _stated(self._data, path)

    def contradictions(self, facts: Facts) -> tuple[Contradiction, ...]:
        """Return what does not go together in other facts of the case, but for what does not in its own."""
        return clashes(self.worked.facts, self._broken, facts, self.criteria)

    @cached_property
    def _broken(self) -> frozenset[str]:
        return broken_by(self.worked.facts, self.criteria)

    def changed(self, answers: Mapping[Path, Any], controls: Sequence[str] = ()) -> Changed | None:
        """Return what the case comes to with these answers in place of its own; None where there is no such case."""
        key = frozenset((path, _key(value)) for path, value in answers.items()), frozenset(controls)
        if key not in self._known:
            self._known[key] = self._changed(answers, controls)
        return self._known[key]

    def _changed(self, answers: Mapping[Path, Any], controls: Sequence[str]) -> Changed | None:
        data = dict(self._data)
        try:
            for path, value in answers.items():
                data = self._with(data, path, tupled(value))
            data["controls"] = self._in_place(data.get("controls") or (), controls)
            return self._as_asked(data)
        except (InvalidCaseError, ValidationError, LookupError):
            return None

    def _as_asked(self, data: dict[str, Any]) -> Changed:
        """Return what a case comes to, answers to questions that are not asked any more set aside, as in an outlook."""
        away: set[Path] = set()
        while True:
            try:
                worked = work(case_from(data, self.criteria), self.criteria, self.worked.on, self.worked.profile)
            except InvalidCaseError as error:
                for problem in error.problems:
                    if _stated(data, problem.path) is None:
                        raise
                    data = self._with(data, problem.path, None)
                    away.add(problem.path)
            else:
                return Changed(worked, frozenset(one for one in away if self.stated(one) is not None))

    def _with(self, data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
        name = path.partition(".")[0]
        if self.criteria.entities[name].many is None and data.get(name) is None:
            data = {**data, name: {}}
        found = changed(data, path, value)
        if found is None:
            raise LookupError(path)
        return found

    def _in_place(self, stated: Any, controls: Sequence[str]) -> tuple[dict[str, Any], ...]:
        found = {one["id"]: dict(one) for one in stated}
        for name in controls:
            proof = {"kind": SHOWN_TO_BE_THERE, "reference": SHOWN_TO_BE_THERE, "date": self.stored.on}
            found[name] = {**found.get(name, {}), "id": name, "status": "implemented", "evidence": (proof,)}
        return tuple(found.values())


def _stated(data: Mapping[str, Any], path: Path) -> Any:
    name, *rest = path.split(".")
    match data.get(name), rest:
        case found, []:
            pass
        case dict() as only, [fact]:
            found = only.get(fact)
        case tuple() as several, [entry, fact]:
            found = next((one.get(fact) for one in several if one["id"] == entry), None)
        case _:
            found = None
    return None if found == "unknown" else found


def open_questions(worked: Worked) -> Iterator[Read]:
    """Yield the questions and the lists of a case that are open, in the order of the case file.

    A question is open where neither the case nor a table answers it and it is not ruled out.
    """
    for name, entity in worked.criteria.entities.items():
        if entity.many is None:
            told: tuple[Any, ...] = (getattr(worked.case, name),)
        elif (several := entries(worked.case, name)) is None:
            yield Read(name, None, None)
            continue
        else:
            told = several
        for one in told:
            for short, fact in entity.facts.items():
                read = Read(name, None if entity.many is None else one.id, short)
                is_missing = worked.facts.origins.get(read) == "missing" and getattr(one, short, None) is None
                if is_missing and not isinstance(fact, TextFact):
                    yield read


def same(one: Any, other: Any) -> bool:
    """Return whether two answers say the same, one of them perhaps read back from a file."""
    return _key(one) == _key(other)


def _key(value: Any) -> str:
    return "" if value is None else f"={answer_key(value)}"
