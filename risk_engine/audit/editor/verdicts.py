"""What the cases of a set come to while it is edited, one after another, those first that somebody looks at."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from risk_engine.audit.cases import CaseResult, Run, mentioned_by, near_base, tried
from risk_engine.audit.coverage.goals import Shown, goals_of
from risk_engine.audit.trial import Red, Trial
from risk_engine.audit.try_edit import both_read, lines_of, moved
from risk_engine.files.language import _, ngettext
from risk_engine.loading.sets import Version
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.criteria import Criteria

if TYPE_CHECKING:
    from risk_engine.engine.nearby import Nearby
    from risk_engine.model.coverage import Goal

MOST_NAMED = 8
"""So many cases are named at most."""
Shows: TypeAlias = Literal["indicator", "level"]
"""What cases show: a finding, or a level that a ladder proposes."""
SLICE = 0.1
"""So many seconds are worked at once; then somebody else may want to."""


class Verdicts:
    """The cases of one state of a set: which are done, what they came to, and which branches they showed."""

    def __init__(
        self, criteria: Criteria, cases: Sequence[tuple[int, CaseTest, Case]], wanted: Sequence[Collection[str]]
    ) -> None:
        """Take the cases; those about the first of the records that are wanted come first, and so on."""
        self.criteria = criteria
        self.all = len(cases)
        self.failed: dict[int, CaseResult] = {}
        """By number in the file what is not as expected."""
        ranked = [(_rank(test, wanted), (number, test, case)) for number, test, case in cases]
        self._left = [one for _rank_of, one in sorted(ranked, key=lambda both: both[0], reverse=True)]
        self._first = sum(rank == 0 for rank, _one in ranked)
        self._differences: dict[str, tuple[str, ...]] = {}
        self._cases: dict[tuple[Shows, str], dict[str, bool]] = defaultdict(dict)
        self._goals: Mapping[str, list[Goal]] = {}
        self._shown: Shown | None = None
        self._near: Nearby | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the cases that are wanted most were looked at, so that these can take the place of earlier ones."""
        return self.done >= self._first

    @property
    def is_done(self) -> bool:
        """Whether every case was looked at."""
        return not self._left

    @property
    def done(self) -> int:
        """So many cases were looked at."""
        return self.all - len(self._left)

    def go_on(self) -> None:
        """Look at some further cases."""
        if self._shown is None:
            goals = tuple(goals_of(self.criteria))
            by_record: dict[str, list[Goal]] = defaultdict(list)
            for goal in goals:
                if goal.kind.endswith("_branch"):
                    by_record[goal.record].append(goal)
            self._shown, self._goals, self._near = Shown(goals), by_record, near_base(self.criteria)
        end = time.monotonic() + SLICE
        while self._left and time.monotonic() < end:
            number, test, case = self._left.pop()
            result, run = tried(test, case, self.criteria, "", self._near)
            self._differences[test.name] = result.differences
            if result.differences:
                self.failed[number] = result
            if run is not None:
                self._note(test.name, run, passes=not result.differences)

    def _note(self, name: str, run: Run, *, passes: bool) -> None:
        for finding in run.worked.found:
            if finding.outcome != "absent":
                self._cases["indicator", finding.id][name] = passes
        for proposed in run.worked.proposed:
            self._cases["level", f"{proposed.ladder}.{proposed.level}"][name] = passes
        if passes and self._shown is not None:
            self._shown.add(run)

    def differences_of(self, name: str) -> tuple[str, ...] | None:
        """Return in what a case is not as it is expected; None where it was not looked at."""
        return self._differences.get(name)

    def cases_of(self, kind: Shows, name: str) -> Mapping[str, bool]:
        """Return which of the cases that were looked at show something, and whether each is as expected."""
        return dict(self._cases.get((kind, name), {}))

    def summary(self, kind: Shows, name: str) -> str:
        """Return in a line how many cases show something, and of a rule how many of its branches are covered."""
        shown = self.cases_of(kind, name)
        parts = [ngettext("{number} case", "{number} cases", len(shown))]
        if failed := list(shown.values()).count(False):
            parts.append(_("{number} not as expected", number=failed))
        if kind == "indicator" and (goals := self._goals.get(name)):
            ways = {(goal.kind, goal.at) for goal in goals}
            first = {} if self._shown is None else self._shown.first
            open_ways = {(goal.kind, goal.at) for goal in goals if goal.key not in first}
            covered = len(ways - open_ways)
            parts.append(_("{covered} of {all} branches covered", covered=covered, all=len(ways)))
        if not self.is_done:
            parts.append(_("{done} of {all} cases looked at", done=self.done, all=self.all))
        return ", ".join(parts)


class SinceRelease:
    """The cases of the release before a set, under the set as it stands: which turn red."""

    def __init__(self, before: Version, trial: Trial) -> None:
        """Take the release and what tries the edit on its cases."""
        self.before = before
        self.trial = trial
        self.red: list[Red] = []
        self.is_done = False
        self._left = trial.looked_at()

    def is_of(self, released: Criteria, draft: Criteria) -> bool:
        """Return whether it is of a release and of an edit that say the same in all their rules."""
        return (self.trial.released.digest, self.trial.draft.digest) == (released.digest, draft.digest)

    def go_on(self) -> None:
        """Look at some further cases."""
        end = time.monotonic() + SLICE
        for one in self._left:
            if one is not None:
                self.red.append(one)
            if time.monotonic() > end:
                return
        self.is_done = True

    def read_ahead(self) -> bool:
        """Read some more of what the next edit may ask for; return whether all of it was read."""
        end = time.monotonic() + SLICE
        return all(time.monotonic() < end for _one in self.trial.before.ahead)

    def summary(self) -> str:
        """Return in a line how much is edited, and how many released cases turn red."""
        changes = ngettext(
            "{number} change of the rules since {version}",
            "{number} changes of the rules since {version}",
            len(self.trial.edits),
            version=f"{self.before}",
        )
        parts = [changes, _("{red} of {cases} released cases turn red", red=len(self.red), cases=self.trial.total)]
        if not self.is_done:
            parts.append(_("{number} worked out so far", number=self.trial.worked_out))
        return ", ".join(parts)

    def lines(self) -> Iterator[str]:
        """Yield the same, and the first of the cases that turn red with what differs."""
        yield self.summary()
        yield from (f"{one.name}: {'; '.join(one.result.differences)}" for one in self.red[:MOST_NAMED])
        if len(self.red) > MOST_NAMED:
            yield _("and {number} more", number=len(self.red) - MOST_NAMED)

    def lines_of_case(self, named: str) -> Iterator[str]:
        """Yield what the edit changes in a case file, or in a case of cases.yaml; errors as `both_read`."""
        released, draft = self.trial.released, self.trial.draft
        yield from lines_of(tuple(moved(released, draft, *both_read(named, released, draft))))


def _rank(test: CaseTest, wanted: Sequence[Collection[str]]) -> int:
    named = mentioned_by(test)
    return next((rank for rank, names in enumerate(wanted) if not named.isdisjoint(names)), len(wanted))
