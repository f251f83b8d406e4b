"""Cases that show something, as case files that an office could have written, with comments that say what they show."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from risk_engine.audit.diff.targets import Target
from risk_engine.audit.proofs.prove import Proved
from risk_engine.audit.versions import Comparison
from risk_engine.engine.replay import worked_as_asked
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import printable
from risk_engine.files.language import _
from risk_engine.files.source import parse
from risk_engine.files.syntax import block
from risk_engine.loading.case import answered, case_of, changed
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.sets import shipped_sets
from risk_engine.model.case import UNKNOWN, shown_in_place
from risk_engine.model.changes import Meaning, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Claim, Example, ProofReport
from risk_engine.solver.confirm import SolverMismatchError, known_to

# --- a case as a file ---


def case_file(comments: Iterable[str], data: Mapping[str, Any]) -> str:
    """Return the text of a case file: lines of comment, then what the case states."""
    return "".join(f"{line}\n" for line in (*(f"# {comment}" for comment in comments), *block(dict(data), 0)))


def with_differences(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a case states: what the base case does, but for the differences that are given."""
    data = dict(base)
    for path, value in given.items():
        after = changed(data, path, value)
        if after is None:
            raise SolverMismatchError(path)
        data = after
    return {key: answered(value) for key, value in data.items() if value is not None}


# --- the cases of a comparison ---


def case_files(found: Comparison, meaning: Meaning) -> dict[str, str]:
    """Return the case files of all cases that a meaning shows: their names and what is in them.

    One file runs under both versions; where the case states what only one of them knows, or calls so, there is one for
    each. Every file is read and worked out as any other: SolverMismatchError, a defect of this program, if it comes to
    anything else than was told.
    """
    base, _case = base_case(found.before)
    files: dict[str, str] = {}
    for number, shifts in enumerate(meaning.cases(), 1):
        sides = [_read_by(one, base, shifts[0], found) for one in (found.before, found.after)]
        sides[0] = found.renames.back.of_case(sides[0])
        names = [f"case-{number}.yaml"] * 2
        if sides[0] != sides[1]:
            names = [f"case-{number}-{side}.yaml" for side in ("before", "after")]
        for criteria, name, data in zip((found.as_it_is, found.after), names, sides, strict=True):
            files[name] = _of_shifts(data, shifts, number, found)
            _confirm(files[name], name, criteria, shifts, is_after=criteria is found.after)
    return files


def _read_by(criteria: Criteria, base: Mapping[str, Any], shift: Shift, found: Comparison) -> dict[str, Any]:
    """Return what a version is told of a case, in the later names: no more than it knows and asks."""
    assert shift.example is not None  # noqa: S101 (only such shifts are shown)
    assert shift.on is not None  # noqa: S101 (likewise)
    controls = tuple(shown_in_place(one, shift.on, shift.example.kinds.get(one)) for one in shift.example.in_place)
    given = {path: None if value == UNKNOWN else value for path, value in shift.example.given.items()}
    data = known_to(
        criteria,
        with_differences({**base, "controls": controls}, given),
        {**found.after.entities, **found.before.entities},
    )
    asked, _worked = worked_as_asked({**data, "id": "case", "title": "case"}, criteria, shift.on, None)
    return asked


def _confirm(text: str, name: str, criteria: Criteria, shifts: Sequence[Shift], *, is_after: bool) -> None:
    worked = work(case_of(parse(text, name, nulls=True), criteria), criteria)
    shown = {Target(shift.of, shift.name): (shift.before, shift.after) for shift in shifts}
    shown |= {Target("ladder", move.ladder): (move.before, move.after) for shift in shifts for move in shift.ladders}
    for target, both in shown.items():
        came, wanted = target.came(worked), both[is_after]
        if came != wanted:
            raise SolverMismatchError(f"{name}: {came} of {target.name}, not {wanted}")


def _of_shifts(data: Mapping[str, Any], shifts: Sequence[Shift], number: int, found: Comparison) -> str:
    versions = {"before": found.changes.before.name, "after": found.changes.after.name}
    comments = (
        _("A case that shows what is otherwise under {after} than under {before}.", **versions),
        _("It is the base case of {before} with as few changes as show it.", before=versions["before"]),
    )
    own = {"id": f"case-{number}", "title": _("Case {number} of a comparison", number=number)}
    answers = {
        name: value
        for name, value in data.items()
        if name in found.after.entities or name in found.as_it_is.entities or (name == "controls" and value)
    }
    return case_file(comments, {**own, "assessment_date": shifts[0].on, **answers})


# --- the examples of a proof ---

MARK = "# risk-engine criteria prove"
"""How every file begins, so that a later proof may take its place."""
_TEXTS = ("institution",)
"""What of the base case besides its answers goes into an example."""


def example_files(proved: Proved) -> Iterator[tuple[str, str]]:
    """Yield for each example the name of a file and its text, two files for a pair."""
    numbers: dict[str, int] = {}
    for claim in proved.report.claims:
        if not claim.examples:
            continue
        stem = re.sub(r"[^a-z0-9_-]+", "-", f"{claim.topic}-{claim.subject}".casefold())
        numbers[stem] = numbers.get(stem, 0) + 1
        for number, example in enumerate(claim.examples):
            part = ("-a", "-b")[number] if len(claim.examples) > 1 else ""
            name = f"{stem}-{numbers[stem]}{part}"
            yield f"{name}.yaml", _text(name, claim, example, proved)


def _text(name: str, claim: Claim, example: Example, proved: Proved) -> str:
    reference = _reference(proved)
    base = {key: value for key, value in proved.data.items() if key in proved.criteria.entities or key in _TEXTS}
    controls = tuple(shown_in_place(one, example.on, example.kinds.get(one)) for one in example.in_place)
    data = {
        "id": name,
        "title": claim.statement.replace("`", ""),
        **({"criteria": reference} if reference else {}),
        "assessment_date": example.on,
        **with_differences(base, example.given),
        **({"controls": controls} if controls else {}),
    }
    return case_file(_comment(claim, example, proved.report), data)


def _reference(proved: Proved) -> str:
    """Return how a case names these criteria, empty where they are no shipped ones."""
    shipped = shipped_sets().get(proved.report.set_id)
    folder = proved.version.path
    is_shipped = shipped is not None and folder.resolve().parent == shipped.resolve()
    return f"{proved.report.set_id}@{proved.report.version}" if is_shipped else ""


def _comment(claim: Claim, example: Example, report: ProofReport) -> Iterator[str]:
    yield f"{MARK.removeprefix('# ')} {report.set_id}@{report.version}"
    status = {"proved": _("proved"), "refuted": _("refuted"), "undecided": _("not decided")}[claim.status]
    yield f"{printable(claim.statement)}: {status}"
    if claim.reason and claim.status != "proved":
        yield printable(claim.reason)
    if len(claim.examples) > 1:
        is_first = example is claim.examples[0]
        yield _("The first case of a pair.") if is_first else _("The second case of a pair.")
    paths = ", ".join(example.given) or _("nothing")
    yield _("It differs from the base case in: {paths}", paths=printable(paths))
    reached = ", ".join(f"{one.ladder} {one.level}" for one in example.reached)
    yield _("On {day} it comes to: {levels}", day=example.on.isoformat(), levels=reached)
    if report.profile:
        yield _("With the profile of {institution}.", institution=printable(report.profile))
    for name in example.contradicts:
        yield _("Its answers contradict each other: {name}", name=name)
