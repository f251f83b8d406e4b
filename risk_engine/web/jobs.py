"""Long things, done by the worker: packs of documents, the ways down that documents tell, what is done each day.

What a job makes lies as a file in the office's folder for some days: a pack, or what a change of criteria would do, for
whoever asked for it alone.
"""

import io
import logging
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, assert_never

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import ENGLISH, _, current, in_language
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.outlook import ExplainedOutlook, Outlook
from risk_engine.outlook.outlook import to_json
from risk_engine.outlook.wording import first_page, has_solver, soon_found
from risk_engine.records.criteria import criteria_of
from risk_engine.report.pages.letter import letter_warning
from risk_engine.report.pages.pack import REDACTED_ANNEX, pack
from risk_engine.report.pages.redacted import DisclosureError, redacted_view, redaction_warning
from risk_engine.web import (
    cases,
    daily,
    feeds,
    many_worked,
    monitoring,
    outbox,
    rechecks,
    screened_lists,
    studies,
    trying,
    works,
)
from risk_engine.web.decisions import assessment_of, decision_of, in_words
from risk_engine.web.models import Case, Job, Person, Sealed
from risk_engine.web.rights import cases_for
from risk_engine.web.words import JobKind, SealedKind

_LOG: Final = logging.getLogger(__name__)
KEPT: Final = timedelta(days=7)
"""So long a file that a job made is there."""


def begin_day() -> None:
    """Write down what is to be done today, once."""
    Job.objects.get_or_create(once=f"{cases.today()}", defaults={"kind": JobKind.DAILY, "language": "en"})


@transaction.atomic
def ask_for_pack(case: Case, by: Person, language: str) -> Job:
    """Write down that somebody wants every document of a case; return the job, the same one while it is not done."""
    waiting = Job.objects.filter(kind=JobKind.PACK, case=case, by=by, language=language, finished=None, given_up=False)
    return waiting.first() or Job.objects.create(kind=JobKind.PACK, case=case, by=by, language=language)


@transaction.atomic
def ask_to_try(edit: trying.Edit, case: Case | None, by: Person) -> Job:
    """Write down that somebody wants to know what an edit would do; return the job, the same one while it waits."""
    about = {"kind": JobKind.TRY, "case": case, "by": by, "language": current(), "about": edit.reference}
    for waiting in Job.objects.filter(**about, finished=None, given_up=False):
        if file_of(waiting).is_file() and trying.kept(file_of(waiting)) == edit:
            return waiting
    job = Job.objects.create(**about)
    trying.keep(file_of(job), edit)
    return job


class NotYetError(RiskEngineError):
    """The ways down that a document tells are not there yet."""


def ask_for_ways(case: Case, digest: str) -> Job:
    """Write down that the ways down of a sealed assessment are wanted, once; return the job."""
    defaults = {"kind": JobKind.WAYS, "case": case, "language": ENGLISH}
    job = Job.objects.get_or_create(once=f"ways {digest}", defaults=defaults)[0]
    if job.finished is not None and not file_of(job).is_file():  # its time was over
        job.finished, job.taken, job.tries = None, None, 0
        job.save(update_fields=["finished", "taken", "tries"])
    return job


def ways_of(case: Case, record: Assessment, criteria: Criteria) -> ExplainedOutlook | None:
    """Return the ways down of a sealed assessment in words; None where nothing finds them here.

    To find them takes up to some seconds, so the worker does it: raise NotYetError until it has.
    """
    if not has_solver():
        return None
    job = ask_for_ways(case, record.digest)
    if job.finished is None and not job.given_up:
        raise NotYetError(_("the ways down that this document tells are being worked out"), _("ask again in a moment"))
    found = _found_ways(job, record, criteria)
    return None if found is None else first_page(found, record, criteria)


_LONG: Final = (
    *studies.KINDS,
    JobKind.TRY,
    JobKind.MANY,
    JobKind.LISTS,
    JobKind.RECHECK,
    JobKind.MONITOR,
    JobKind.AWARENESS,
    JobKind.FEED,
)


def _rows(*, are_long: bool) -> QuerySet[Job]:
    rows = Job.objects.select_related("case", "by")
    return rows.filter(kind__in=_LONG) if are_long else rows.exclude(kind__in=_LONG)


def is_long_waiting() -> bool:
    """Return whether there is a job of those that take minutes, for which nobody's mail should wait."""
    return outbox.waiting(_rows(are_long=True)).exists()


def is_unwanted(number: int) -> bool:
    """Return whether somebody stopped a job meanwhile, or what it was about is gone."""
    return not Job.objects.filter(pk=number, given_up=False).exists()


def run_next(*, are_long: bool = False, tell: Callable[[int], None] = lambda _number: None) -> bool:
    """Run the next job; return whether there was one. What a job cannot do is said in it, and it is given up.

    `tell` is called with its number before it begins.
    """
    job = outbox.taken(_rows(are_long=are_long))
    if job is None:
        return False
    tell(job.pk)
    if job.tries > outbox.MOST_TRIES:
        outbox.failed(job, job.error)
        return True
    try:
        with in_language(job.language):
            _run(job)
    except RiskEngineError as error:
        if is_unwanted(job.pk):
            return True
        job.given_up, job.error = True, str(error)
        job.save(update_fields=["given_up", "error"])
        return True
    except SystemExit:  # the office ends, and goes on with it when it begins again
        Job.objects.filter(pk=job.pk).update(taken=None, tries=job.tries - 1)
        raise
    except Exception as error:  # noqa: BLE001 (logged, told in the row, tried again)
        if is_unwanted(job.pk):  # what it worked on was taken away
            return True
        # What nobody thought of concerns one job, not those behind it.
        _LOG.exception("job %s came to no end", job.pk)
        outbox.failed(job, f"{type(error).__name__}: {error}")
        return True
    Job.objects.filter(pk=job.pk).update(finished=timezone.now())  # it may be gone by now
    return True


def _run(job: Job) -> None:
    match JobKind(job.kind):
        case JobKind.DAILY:
            daily.run(cases.today())
            _clear()
        case JobKind.PACK:
            _write(job, _pack(_case_of(job)))
        case JobKind.WAYS:
            record = assessment_of(Sealed.objects.get(digest=(job.once or "").removeprefix("ways ")))
            _found_ways(job, record, criteria_of(record, None, file_of(job)))
        case JobKind.CHANGES | JobKind.PROOFS | JobKind.IMPACT as kind:
            studies.run(job, kind)
        case JobKind.TRY:
            trying.run(file_of(job), None if job.case is None else _case_of(job))
        case JobKind.MANY:
            many_worked.run(job)
        case JobKind.LISTS:
            screened_lists.run(job)
        case JobKind.RECHECK:
            rechecks.run(job)
        case JobKind.MONITOR:
            monitoring.run(job)
        case JobKind.AWARENESS:
            works.run(job)
        case JobKind.FEED:
            feeds.run(job)
        case one:
            assert_never(one)


def _case_of(job: Job) -> Case:
    """Return the case of a job, as far as whoever asked for it still sees it; raise RiskEngineError where not."""
    case = cases_for(job.by).filter(number=job.case.number).first() if job.by and job.case else None
    if case is None:
        raise RiskEngineError(_("this case is not there for you any more"))
    return case


def file_of(job: Job) -> Path:
    """Return where lies what a job made."""
    ending = "zip" if job.kind == JobKind.PACK else "json"
    return Path(settings.OFFICE) / "jobs" / f"{job.pk}.{ending}"


def _write(job: Job, content: bytes) -> None:
    path = file_of(job)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_bytes(path, content)


def _found_ways(job: Job, record: Assessment, criteria: Criteria) -> Outlook | None:
    """Return the ways down that a job found, or find them and keep them; None where nothing finds them."""
    if job.given_up:
        return None
    if file_of(job).is_file():
        return Outlook.model_validate_json(read_bytes(file_of(job)))
    found = soon_found(record, criteria)
    if found is not None:
        _write(job, to_json(found))
    return found


def _clear() -> None:
    """Take away the files of jobs that were done some days ago, and of those of cases that are gone."""
    kept = {file_of(one) for one in Job.objects.exclude(finished__lt=timezone.now() - KEPT)}
    folder = Path(settings.OFFICE) / "jobs"
    for path in (*folder.glob("*.zip"), *folder.glob("*.json")):
        if path not in kept:
            path.unlink(missing_ok=True)
    screened_lists.clear(KEPT)


def _pack(case: Case) -> bytes:
    """Return every document of what was assessed last, in every form, in one file."""
    sealed, decided = cases.filed(case, SealedKind.ASSESSMENT), cases.filed(case, SealedKind.DECISION)
    assert sealed is not None  # noqa: S101 (nobody asks for a pack of anything else)
    decision = decision_of(decided) if decided else None
    if decision is not None and decision.about.digest != sealed.digest:
        decision = None  # it was about what stood before the case was opened again
    record, criteria, told = assessment_of(sealed), load_criteria(case.criteria), in_words(case, sealed)
    try:
        words = told_in(criteria, current())
        redacted = [
            redacted_view(told, words, None, decision, part="report", annex_file=REDACTED_ANNEX),
            redacted_view(told, words, part="annex"),
        ]
        warning = redaction_warning(told)
    except DisclosureError as error:
        redacted, warning = [], str(error)
    found = _found_ways(ask_for_ways(case, record.digest), record, criteria)
    ways = None if found is None else (None, first_page(found, record, criteria))
    remarks = [warning, *filter(None, [letter_warning(decision, told) if decision else None])]
    made = pack(record, criteria, told, decision, redacted, remarks, outlook=ways)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.files.items():
            archive.writestr(f"{case.number}/{name}", content)
    return buffer.getvalue()
