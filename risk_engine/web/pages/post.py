"""Mail and jobs: what is to be sent or was, for the admin; a long job, for whoever asked for it."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from risk_engine.files.language import _, spoken_by
from risk_engine.files.reading import read_bytes
from risk_engine.web import cases, jobs, log, outbox
from risk_engine.web.models import Case, Job, Outbox, Person
from risk_engine.web.pages import shown
from risk_engine.web.rights import cases_for
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.words import JobKind, MailKind, SealedKind

MOST_SHOWN = 50
SECRET = frozenset({MailKind.INVITATION, MailKind.CODE})


@require_http_methods(["GET", "POST"])
def outbox_page(request: HttpRequest) -> HttpResponse:
    """Show what is to be sent and what was, with its text where no server sends it; pass on by hand, or send again.

    Of confidential cases only who is named in them sees mail, here too.
    """
    by = person_of(request)
    open_to = Q(case=None) | Q(case__confidential=False) | Q(case__in=cases_for(by))
    rows = Outbox.objects.filter(open_to).select_related("case", "person")
    if request.method == "POST":
        _do(request.POST.get("do", ""), rows.filter(pk=number_of(request.POST.get("mail", "")), finished=None), by)
        return HttpResponseRedirect("/outbox")
    if "format" in request.GET:
        columns = (
            Column[Outbox]("what", _("What"), lambda row: outbox.message(row).subject),
            Column[Outbox]("to", _("To"), lambda row: outbox.message(row).to[0]),
            Column[Outbox]("made", _("Written"), lambda row: row.made),
            Column[Outbox]("sent", _("Sent or passed on"), lambda row: row.finished),
            Column[Outbox]("problem", _("Problem"), lambda row: row.error),
        )
        return as_file(request, Table("mail", _("Mail"), columns, rows.order_by("pk")))
    facts: dict[str, Any] = {
        "server": settings.SMTP,
        "waiting": [_shown(one) for one in rows.filter(finished=None).order_by("-pk")[:MOST_SHOWN]],
        "sent": [_shown(one) for one in rows.exclude(finished=None).order_by("-finished")[:MOST_SHOWN]],
    }
    return shown(request, "outbox.j2", facts)


@transaction.atomic
def _do(what: str, found: QuerySet[Outbox], by: Person) -> None:
    """Say of a mail that it was passed on by hand, or let it be sent again, with the event of it."""
    row = found.first()
    match what, row:
        case "passed_on", Outbox():
            row.finished, row.secret = timezone.now(), ""
            row.save(update_fields=["finished", "secret"])
            log.note("mail_passed_on", by, mail=row.pk)
        case "again", Outbox(given_up=True) if row.kind not in SECRET:
            row.given_up, row.tries, row.after = False, 0, timezone.now()
            row.save(update_fields=["given_up", "tries", "after"])
            log.note("mail_again", by, mail=row.pk)
        case _:
            pass


def _shown(row: Outbox) -> dict[str, Any]:
    mail = outbox.message(row)
    is_secret = row.kind in SECRET
    return {
        "is": row,
        "to": mail.to[0],
        "subject": mail.subject,
        "text": "" if is_secret else mail.body,
        "may_again": row.given_up and not is_secret,
    }


@require_POST
def ask_for_pack(request: HttpRequest, case: Case) -> HttpResponse:
    """Have every document of a case made; lead to the page that says how far that is."""
    if cases.filed(case, SealedKind.ASSESSMENT) is None:
        raise Http404
    by = person_of(request)
    job = jobs.ask_for_pack(case, by, spoken_by("report", request.POST.get("lang", "") or by.language))
    return HttpResponseRedirect(f"/jobs/{job.pk}")


@require_GET
def job_page(request: HttpRequest, job: int) -> HttpResponse:
    """Show how far a job is, to whoever asked for it."""
    found = _own(request, job)
    return shown(
        request, "job.j2", {"job": found, "is_there": found.finished is not None and jobs.file_of(found).is_file()}
    )


@require_GET
def job_file(request: HttpRequest, job: int) -> HttpResponse:
    """Answer with what a job made, as an attachment."""
    found = _own(request, job)
    if found.finished is None or found.case is None or not jobs.file_of(found).is_file():
        raise Http404
    response = HttpResponse(read_bytes(jobs.file_of(found)), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.case.number}.zip"'
    return response


def _own(request: HttpRequest, key: int) -> Job:
    """Return the pack of whoever asks, of a case that they still see; nobody else's is there."""
    by = person_of(request)
    found = Job.objects.select_related("case").filter(pk=key, kind=JobKind.PACK, by=by, case__in=cases_for(by)).first()
    if found is None:
        raise Http404
    return found
