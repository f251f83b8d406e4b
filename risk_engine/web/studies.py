"""What is worked out about versions of criteria, which takes minutes: what changes mean, proofs, the impact on cases.

The worker does it once for each pair of digests and each language; what comes of it is a record of the package, from
which pages are made when somebody reads. Of cases it keeps numbers alone: who may not see one is told no more than that
it was counted.
"""

import os
import shlex
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from risk_engine.audit.impact.run import impact
from risk_engine.audit.versions import Comparison, base_of, compared, meaning_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current
from risk_engine.files.plain import canonical
from risk_engine.files.processes import Tell
from risk_engine.files.writing import write_bytes
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.changes import Meaning
from risk_engine.model.comparison import ImpactReport
from risk_engine.model.proof import ProofReport
from risk_engine.report.blocks import View
from risk_engine.report.set_pages.changes import changes_view
from risk_engine.report.set_pages.impact import impact_view
from risk_engine.report.set_pages.proofs import proof_view
from risk_engine.solver.solver import need_solver
from risk_engine.web import cases, log
from risk_engine.web.models import Case, Job, Person, WorkedOut
from risk_engine.web.sets import Held, beside, held, usual_before
from risk_engine.web.words import JobKind, SealedKind, State

Kind: TypeAlias = Literal[JobKind.CHANGES, JobKind.PROOFS, JobKind.IMPACT]
KINDS: Final[tuple[Kind, ...]] = (JobKind.CHANGES, JobKind.PROOFS, JobKind.IMPACT)
_PAUSE: Final = 1.0
"""Seconds between two times that it is written down how far a job is."""


@dataclass(frozen=True)
class Study:
    """Something that is worked out about a version, of what changes and impacts against another of its set."""

    kind: Kind
    after: Held
    before: Held | None = None

    @property
    def about(self) -> str:
        """Return which versions it is about, as a job says it."""
        return "\n".join(one.reference for one in (self.before, self.after) if one is not None)

    @property
    def key(self) -> dict[str, str]:
        """Return by what its result is found in any language."""
        before = self.before.criteria.digest if self.before else ""
        return {"kind": self.kind, "before": before, "after": self.after.criteria.digest}

    def result(self) -> WorkedOut | None:
        """Return what was worked out of it, in the current language; None where nothing was."""
        return WorkedOut.objects.filter(**self.key, language=current()).first()

    def result_elsewhere(self) -> WorkedOut | None:
        """Return what was worked out of it in another language."""
        return WorkedOut.objects.filter(**self.key).exclude(language=current()).first()

    def jobs(self) -> QuerySet[Job]:
        """Return the jobs that work it out in the current language, the last first."""
        return Job.objects.filter(kind=self.kind, about=self.about, language=current()).order_by("-pk")

    def check(self) -> None:
        """Raise MissingExtraError where what works it out is not installed."""
        if self.kind != JobKind.IMPACT:
            need_solver()


@transaction.atomic
def ask(study: Study, by: Person) -> Job:
    """Write down that somebody wants it worked out; return the job, the same one while it is not done.

    Raises MissingExtraError where what works it out is not installed.
    """
    study.check()
    if (waiting := study.jobs().filter(finished=None, given_up=False).first()) is not None:
        return waiting
    log.note("criteria_asked", by, kind=study.kind, versions=study.about.replace("\n", " → "))
    return Job.objects.create(kind=study.kind, about=study.about, by=by, language=current())


def run(job: Job, kind: Kind) -> None:
    """Work out what a job asks for, and keep it; it says meanwhile how far it is.

    Raises RiskEngineError where versions are not there any more, or cannot be used.
    """
    *first, last = (held(one) for one in job.about.split("\n"))
    if last is None or None in first:
        raise RiskEngineError(_("one of the versions is not there any more"))
    study = Study(kind, last, first[0] if first else None)
    content = _worked_out(study, telling(job))
    row = study.result() or WorkedOut(**study.key, language=current())
    row.content = content
    row.save()


def telling(job: Job) -> Tell:
    """Return what writes down how far a job is, and that somebody is still at it."""
    written = 0.0

    def tell(done: int, parts: int) -> None:
        nonlocal written
        if done == parts or time.monotonic() - written > _PAUSE:
            written = time.monotonic()
            Job.objects.filter(pk=job.pk).update(parts_done=done, parts=parts, taken=timezone.now())

    return tell


def at_once() -> int:
    """Return in how many processes something is worked out: pages go on beside it."""
    return max(1, (os.cpu_count() or 1) - 1)


def _worked_out(study: Study, tell: Tell) -> str:
    study.check()
    match study.kind, study.before:
        case JobKind.PROOFS, _before:
            from risk_engine.audit.proofs.prove import proof_of
            from risk_engine.solver.space import Limits

            proved = proof_of(study.after.reference, limits=Limits(jobs=at_once()), tell=tell)
            return proved.report.model_dump_json(by_alias=True)
        case JobKind.CHANGES, Held() as before:
            found = compared(before.reference, study.after.reference)
            return meaning_of(found, base_of(found), tell=tell).model_dump_json(by_alias=True)
        case JobKind.IMPACT, Held() as before:
            of_set = study.after.version.name
            report = impact_on_cases(of_set, before.reference, study.after.reference, tell)
            return report.model_dump_json(by_alias=True)
        case _:
            raise AssertionError(study)


@dataclass(frozen=True)
class Look:
    """Something to look at before a version is released: where its page is, and when it was worked out, if it was."""

    kind: Kind
    address: str
    at: datetime | None


def looks(of: Held, used: str) -> list[Look]:
    """Return what there is to look at of a version: against what new cases take, where that is of the same set."""
    others = [one.reference for one in beside(of)]
    before = usual_before(of, others, used)
    found = []
    for kind in KINDS:
        against = None if kind == JobKind.PROOFS else held(before)
        if kind == JobKind.PROOFS or against is not None:
            result = Study(kind, of, against).result()
            query = "" if against is None else f"?from={against.reference}"
            found.append(Look(kind, f"{of.address}/{kind}{query}", None if result is None else result.at))
    return found


def impact_to_see(of: Held, used: str) -> Study | None:
    """Return the impact that is to be seen before new cases take a version, None where nothing is to be waited for.

    That is where it was worked out, where it came to no end, of which its page tells, and where no other version is.
    """
    before = held(usual_before(of, [one.reference for one in beside(of)], used))
    if before is None:
        return None
    study = Study(JobKind.IMPACT, of, before)
    last = Job.objects.filter(kind=study.kind, about=study.about).order_by("-pk").first()
    came_to_no_end = last is not None and last.given_up
    return None if came_to_no_end or WorkedOut.objects.filter(**study.key).exists() else study


# --- on the cases of the office ---


def impact_on_cases(of_set: str, before: str, after: str, tell: Tell) -> ImpactReport:
    """Return what a version does to the cases of its set that are not closed, by their numbers and without titles.

    Versions are named as `impact` takes them. Raises what that raises.
    """
    found = Case.objects.filter(criteria__startswith=f"{of_set}@").exclude(state=State.CLOSED)
    folder = Path(settings.OFFICE) / "jobs"
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        numbers = {}
        for case in found.order_by("pk").iterator():
            path = Path(place) / f"{case.pk}.json"
            numbers[path.as_posix()] = case.number
            write_bytes(path, _as_file(case))
        report = impact(list(map(Path, numbers)), before, after, jobs=at_once(), tell=tell)
    return report.model_copy(
        update={
            "cases": tuple(
                one.model_copy(update={"file": numbers[one.file], "case_id": numbers[one.file], "title": ""})
                for one in report.cases
            ),
            "problems": tuple(one.model_copy(update={"file": numbers[one.file]}) for one in report.problems),
        }
    )


def _as_file(case: Case) -> bytes:
    """Return a case as a file: what was sealed where that stands, else its answers as they are today."""
    sealed = None if case.state in cases.EDITABLE else cases.filed(case, SealedKind.ASSESSMENT)
    if sealed is not None:
        return bytes(sealed.content)
    return canonical({"assessment_date": cases.today().isoformat(), **case.document})


# --- as pages ---


@lru_cache(maxsize=8)
def _compared(before: str, after: str, _digests: tuple[str, str], _language: str) -> Comparison:
    return compared(before, after)


def changes_page(study: Study, instead: tuple[str, str] | None) -> View:
    """Return the page of what is different, with what that means where it was worked out; else `instead` says why not.

    Raises what reading the versions raises.
    """
    result, digests = study.result(), (study.key["before"], study.key["after"])
    before, after = study.about.split("\n")
    return _changes(before, after, digests, current(), result.content if result else "", instead)


@lru_cache(maxsize=8)
def _changes(
    before: str,
    after: str,
    digests: tuple[str, str],
    language: str,
    content: str,
    instead: tuple[str, str] | None,
) -> View:
    found = _compared(before, after, digests, language)
    meaning = Meaning.model_validate_json(content) if content else None
    changes = found.changes.model_copy(update={"meaning": meaning})
    base = base_of(found) if meaning else None
    command = shlex.join(("risk-engine", "criteria", "diff", before, after))
    told = None if meaning else instead
    return changes_view(changes, *found.words, shown=found.shown, base=base, instead=told, command=command)


def proofs_page(study: Study, content: str) -> View:
    """Return the page of what was proved of a version."""
    base = base_case(read_criteria(study.after.version.path))[1]
    command = shlex.join(("risk-engine", "criteria", "prove", study.after.reference))
    return proof_view(ProofReport.model_validate_json(content), study.after.criteria, base, command=command)


def impact_page(content: str, seen: Mapping[str, str]) -> tuple[View, int]:
    """Return the page of an impact, and how many cases it counts and does not list.

    Listed are those that somebody sees, given by number with their titles.
    """
    report = ImpactReport.model_validate_json(content)
    listed = tuple(one.model_copy(update={"title": seen[one.case_id]}) for one in report.cases if one.case_id in seen)
    problems = tuple(one for one in report.problems if one.file in seen)
    hidden = len(report.cases) - len(listed) + len(report.problems) - len(problems)
    kept = report.model_copy(update={"cases": listed, "problems": problems})
    return impact_view(kept, with_pictures=False), hidden
