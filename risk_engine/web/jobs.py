"""Long things, done by the worker: the pack of a case's documents, and what the office does each day.

What a job makes lies as a file in the office's folder for some days, for whoever asked for it alone.
"""

import io
import logging
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Final, assert_never

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current, in_language
from risk_engine.files.writing import write_bytes
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import told_in
from risk_engine.report.pages.letter import letter_warning
from risk_engine.report.pages.pack import REDACTED_ANNEX, pack
from risk_engine.report.pages.redacted import DisclosureError, redacted_view, redaction_warning
from risk_engine.web import cases, daily, outbox, studies
from risk_engine.web.decisions import assessment_of, decision_of, in_words
from risk_engine.web.models import Case, Job, Person
from risk_engine.web.rights import cases_for
from risk_engine.web.words import JobKind, SealedKind

_LOG: Final = logging.getLogger(__name__)
KEPT: Final = timedelta(days=7)
"""So long a file that a job made is there."""


def begin_day() -> None:
    """Write down what is to be done today, once."""
    Job.objects.get_or_create(once=f"{cases.today()}", defaults={"kind": JobKind.DAILY, "language": "en"})


@transaction.atomic
def ask_for_pack(case: Case, by: Person) -> Job:
    """Write down that somebody wants every document of a case; return the job, the same one while it is not done."""
    asked = {"kind": JobKind.PACK, "case": case, "by": by, "finished": None, "given_up": False}
    return Job.objects.get_or_create(**asked, defaults={"language": current()})[0]


def _rows(*, are_long: bool) -> QuerySet[Job]:
    rows = Job.objects.select_related("case", "by")
    return rows.filter(kind__in=studies.KINDS) if are_long else rows.exclude(kind__in=studies.KINDS)


def is_long_waiting() -> bool:
    """Return whether there is a job of those that take minutes, for which nobody's mail should wait."""
    return outbox.waiting(_rows(are_long=True)).exists()


def run_next(*, are_long: bool = False) -> bool:
    """Run the next job; return whether there was one. What a job cannot do is said in it, and it is given up."""
    job = outbox.taken(_rows(are_long=are_long))
    if job is None:
        return False
    if job.tries > outbox.MOST_TRIES:
        outbox.failed(job, job.error)
        return True
    try:
        with in_language(job.language):
            _run(job)
    except RiskEngineError as error:
        job.given_up, job.error = True, str(error)
        job.save(update_fields=["given_up", "error"])
        return True
    except SystemExit:  # the office ends, and goes on with it when it begins again
        Job.objects.filter(pk=job.pk).update(taken=None, tries=job.tries - 1)
        raise
    except Exception as error:  # noqa: BLE001 (logged, told in the row, tried again)
        # What nobody thought of concerns one job, not those behind it.
        _LOG.exception("job %s came to no end", job.pk)
        outbox.failed(job, f"{type(error).__name__}: {error}")
        return True
    job.finished = timezone.now()
    job.save(update_fields=["finished"])
    return True


def _run(job: Job) -> None:
    match JobKind(job.kind):
        case JobKind.DAILY:
            daily.run(cases.today())
            _clear()
        case JobKind.PACK:
            path = file_of(job)
            case = cases_for(job.by).filter(number=job.case.number).first() if job.by and job.case else None
            if case is None:
                raise RiskEngineError(_("this case is not there for you any more"))
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_bytes(path, _pack(case))
        case JobKind.CHANGES | JobKind.PROOFS | JobKind.IMPACT as kind:
            studies.run(job, kind)
        case one:
            assert_never(one)


def file_of(job: Job) -> Path:
    """Return where lies what a job made."""
    return Path(settings.OFFICE) / "jobs" / f"{job.pk}.zip"


def _clear() -> None:
    """Take away the files of jobs that were done some days ago."""
    for job in Job.objects.filter(kind=JobKind.PACK, finished__lt=timezone.now() - KEPT):
        file_of(job).unlink(missing_ok=True)


def _pack(case: Case) -> bytes:
    """Return every document of what was assessed last, in every form, in one file."""
    sealed, decided = cases.filed(case, SealedKind.ASSESSMENT), cases.filed(case, SealedKind.DECISION)
    assert sealed is not None  # noqa: S101 (nobody asks for a pack of anything else)
    decision = decision_of(decided) if decided else None
    if decision is not None and decision.about.digest != sealed.digest:
        decision = None  # it was about what stood before the case was opened again
    criteria, told = load_criteria(case.criteria), in_words(case, sealed)
    try:
        words = told_in(criteria, current())
        redacted = [
            redacted_view(told, words, None, decision, part="report", annex_file=REDACTED_ANNEX),
            redacted_view(told, words, part="annex"),
        ]
        warning = redaction_warning(told)
    except DisclosureError as error:
        redacted, warning = [], str(error)
    remarks = [warning, *filter(None, [letter_warning(decision, told) if decision else None])]
    made = pack(assessment_of(sealed), criteria, told, decision, redacted, remarks)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.files.items():
            archive.writestr(f"{case.number}/{name}", content)
    return buffer.getvalue()
