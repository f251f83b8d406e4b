"""Because of which single change a case comes out otherwise: each made alone, all others put back."""

from functools import cached_property

from risk_engine.audit.changes.apply import apply
from risk_engine.audit.changes.compare import compare
from risk_engine.audit.changes.groups import groups
from risk_engine.audit.meaning.targets import Target
from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import CriteriaSet
from risk_engine.solver.confirm import Replayed, case_from

_WITHOUT_RESULT = frozenset({"awareness", "invariants", "sources"})
"""The parts of a set that no result depends on."""


class Causes:
    """The single changes between two versions, each held against the earlier version by itself."""

    def __init__(self, before: CriteriaSet, after: CriteriaSet) -> None:
        """Take the earlier and the later version."""
        self.before = before
        self.after = after
        self._done: dict[str, list[tuple[str, Worked]]] = {}

    @cached_property
    def alone(self) -> list[tuple[str, CriteriaSet, type[Case]]]:
        """What each change that can be made alone is called, with the earlier version that has it and its cases."""
        edits = [
            one
            for one in compare(self.before, self.after)
            if one.layer == "structure" and one.loc[0] not in _WITHOUT_RESULT
        ]
        changed = [(group[0].name, apply(self.before, group)) for group in groups(self.before, edits)]
        return [(name, criteria, case_model(criteria)) for name, criteria in dict(changed[::-1]).items()][::-1]

    def of(self, target: Target, old: Replayed, new: Replayed) -> tuple[str, ...]:
        """Return the changes that alone make the case come out otherwise, in the same direction as all together."""
        was, now = target.places(old.worked), target.places(new.worked)
        return tuple(name for name, worked in self._worked(old) if _is_like(was, target.places(worked), now))

    def _worked(self, old: Replayed) -> list[tuple[str, Worked]]:
        """Return what a case comes to under each change alone; a case that shows several things is worked out once."""
        key = f"{old.worked.on} {old.data}"
        if key not in self._done:
            self._done[key] = []
            for name, changed, model in self.alone:
                try:
                    case = case_from(old.data, changed, model)
                    self._done[key].append((name, work(case, changed, old.worked.on, old.worked.profile)))
                except (RiskEngineError, ValueError):
                    continue  # this change alone does not read the case, so it cannot be the one
        return self._done[key]


def _is_like(was: tuple[int, ...], alone: tuple[int, ...], now: tuple[int, ...]) -> bool:
    """Return whether a change alone moves something that all together move, the same way."""
    return any((one - start) * (end - start) > 0 for start, one, end in zip(was, alone, now, strict=True))
