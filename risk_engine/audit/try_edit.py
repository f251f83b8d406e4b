"""An edit of a set tried on one case and on the cases of the release before it: what changes, and which turn red."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.audit.cases import CaseResult
from risk_engine.audit.trial import Trial
from risk_engine.engine.find import Found
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.loading.case import case_of, read_case_file
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.releases import that_count
from risk_engine.loading.sets import Version, beside, bundle_path, is_bundle
from risk_engine.model.case import Case
from risk_engine.model.changes import Edit
from risk_engine.model.criteria import Criteria


@dataclass(frozen=True)
class Moved:
    """A level or a finding of a case, before the edit and since; nothing where it was not, or is not there."""

    name: str
    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Tried:
    """What an edit does."""

    edits: tuple[Edit, ...]
    """The edits of rules; what only words say otherwise is none."""
    moved: tuple[Moved, ...]
    red: tuple[CaseResult, ...]
    """The released cases that come out otherwise than they expect."""
    cases: int
    worked_out: int
    """How many of them had to be worked out."""


def release_before(draft: Version) -> Version:
    """Return the newest release beside an edited version, itself too where it was released; as it was released.

    Raises RiskEngineError where there is none.
    """
    bundled = [one for one in that_count(beside(draft)) if is_bundle(bundle_path(one)) and one.number <= draft.number]
    if not bundled:
        message = _("{version}: there is no release beside it to compare it with", version=draft)
        raise RiskEngineError(message, _("name the version to compare it with, `--against SET@VERSION`"))
    newest = bundled[-1]
    return Version(newest.name, newest.number, bundle_path(newest), newest.in_force_from)


def try_edit(
    released: Criteria, draft: Criteria, cases: tuple[Case, Case] | None = None, on: date | None = None
) -> Tried:
    """Return what an edit does to a case, as either version reads it, and to the cases of the released version.

    What is only called otherwise is no edit, where the released version is given in the names of the draft.
    Raises InvalidSourceError where the cases cannot be read.
    """
    trial = Trial(released, draft)
    changes = () if cases is None else tuple(moved(released, draft, cases, on))
    return Tried(trial.edits, changes, trial.red(), trial.total, trial.worked_out)


def both_read(
    named: str, released: Criteria, draft: Criteria, on: date | None = None
) -> tuple[tuple[Case, Case], date | None]:
    """Return a case as both versions read it, and its day: that of a file, or of cases.yaml of the edited version.

    Raises RiskEngineError where there is neither, InvalidSourceError where it cannot be used.
    """
    if Path(named).is_file():
        document = read_case_file(Path(named))
        return (case_of(document, released), case_of(document, draft)), on
    document, tests = read_tests(draft)
    both: list[Case] = []
    for criteria in (released, draft):
        found = next(stated_cases(criteria, document, tests, {named}), None)
        if found is None:
            message = _("there is no case file `{name}`, and no case of that name in cases.yaml", name=named)
            raise RiskEngineError(message, suggestion(named, [one.name for one in tests.cases]))
        if isinstance(found, InvalidSourceError):
            raise found
        _number, test, case = found
        on = on or test.on
        both.append(case)
    return (both[0], both[1]), on


def lines_of(changes: Sequence[Moved]) -> Iterator[str]:
    """Yield what an edit changes in a case, as a line each."""
    for one in changes:
        before, after = one.before or _("none"), one.after or _("none")
        yield _("{name} {title}: {before} → {after}", name=one.name, title=one.title, before=before, after=after)
    if not changes:
        yield _("nothing changes in it")


def moved(released: Criteria, draft: Criteria, cases: tuple[Case, Case], on: date | None = None) -> Iterator[Moved]:
    """Yield the levels and findings of a case that are others since the edit; either version reads it as its own."""
    before, after = work(cases[0], released, on), work(cases[1], draft, on)
    was = {one.ladder: released.ladders[one.ladder].levels[one.level].title for one in before.proposed}
    now = {one.ladder: draft.ladders[one.ladder].levels[one.level].title for one in after.proposed}
    for name in dict.fromkeys((*was, *now)):
        if was.get(name) != now.get(name):
            title = (draft.ladders.get(name) or released.ladders[name]).title
            yield Moved(name, title, was.get(name, ""), now.get(name, ""))
    seen, sees = ({one.id: _seen(one) for one in side.found if one.outcome != "absent"} for side in (before, after))
    for name in dict.fromkeys((*seen, *sees)):
        if seen.get(name) != sees.get(name):
            title = (draft.indicators.get(name) or released.indicators[name]).title
            yield Moved(name, title, seen.get(name, ""), sees.get(name, ""))


def _seen(found: Found) -> str:
    """Return what a finding came to, in the words of cases.yaml."""
    severity = found.inherent if found.outcome == "present" else f"undetermined, {found.possible}"
    low, high = found.residual
    left = (
        ""
        if (low, high) == (found.inherent, found.inherent)
        else f", residual {low if low == high else f'{low} to {high}'}"
    )
    bar = "" if found.knock_out == ("none", "none") else f", knock-out {found.knock_out[1]}"
    return f"{severity}{left}{bar}"
