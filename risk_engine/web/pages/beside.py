"""What stands beside the answers of a case: controls, with who sees to them by when, and evidence."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.model.words import STATUSES
from risk_engine.web import cases, evidence
from risk_engine.web.models import Answer, Case, Evidence
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import head_of, locked, not_saved
from risk_engine.web.security import DOCUMENT_CSP, number_of, person_of
from risk_engine.web.standing import range_of
from risk_engine.web.wording import as_iso, problem_words, status_words


@require_http_methods(["GET", "POST"])
def controls(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the controls that could lower a finding of the case; save what is said of one."""
    wrong = ""
    if request.method == "POST":
        try:
            _save_control(request, case)
        except cases.LockedError:
            return locked(request, case)
        except cases.ConflictError as error:
            wrong = _("{name} changed this control meanwhile: look at it again.", name=error.stands.author)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect(f"/cases/{case.number}/controls#{request.POST.get('control', '')}")
    found = explain(cases.assessed(case), cases.rules(case))
    rows = cases.latest(case)
    titles = {one.id: one.title for one in found.findings}
    facts = {
        "controls": [
            {
                "is": one,
                "findings": [f"{name} {titles[name]}" for name in one.findings if name in titles],
                "base": rows[f"{cases.CONTROLS}.{one.id}"].seq if f"{cases.CONTROLS}.{one.id}" in rows else 0,
            }
            for one in found.controls
            if one.findings or one.stated
        ],
        "statuses": [(one, status_words(one)) for one in STATUSES],
        "range": range_of(case),
        "wrong": wrong,
        "failed": request.POST if wrong else {},
    }
    return shown(request, "controls.j2", {**head_of(request, case), **facts}, status=422 if wrong else 200)


def _save_control(request: HttpRequest, case: Case) -> None:
    sent = request.POST
    control, status = sent.get("control", ""), sent.get("status", "")
    if control not in cases.rules(case).controls:
        raise RiskEngineError(_("there is no such control"))
    stated: dict[str, Any] | None = {"status": status} if status else None
    if stated is not None:
        more = {name: " ".join(sent.get(name, "").split()) for name in ("owner", "due")}
        stated |= {name: as_iso(text) if name == "due" else text for name, text in more.items() if text}
    base = sent.get("base", "0")
    path = f"{cases.CONTROLS}.{control}"
    cases.save_beside(case, path, stated, person_of(request), "controls", number_of(base))


@require_POST
def upload(request: HttpRequest, case: Case) -> HttpResponse:
    """Take a file as evidence for answers as they stand, or for a control."""
    if case.state not in cases.EDITABLE:
        return locked(request, case)
    try:
        _attach(request, case)
    except cases.LockedError:
        return locked(request, case)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error))
    back = request.POST.get("back", "")
    return HttpResponseRedirect(f"/cases/{case.number}/{f'q/{back}' if PAGE.fullmatch(back) else 'controls'}")


PAGE = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)?")
"""What a page of questions is called in its address."""


@transaction.atomic
def _attach(request: HttpRequest, case: Case) -> None:
    """Keep a file and what it supports, both or nothing; one at a time in a case, so that each has a number."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    sent, by = request.POST, person_of(request)
    file = request.FILES.get("file")
    if file is None:
        raise RiskEngineError(_("choose a file"))
    control = sent.get("control", "")
    rows = cases.latest(case)
    answers = _supported(rows, sent.getlist("for"), control)  # before a file is taken for nothing
    name, digest, size = evidence.taken(file)
    row, _made = Evidence.objects.get_or_create(
        case=case, sha256=digest, defaults={"name": name, "size": size, "by": by}
    )
    stated = cases.plain(
        {
            "kind": " ".join(sent.get("kind", "").split()) or _("file"),
            "reference": row.name,
            "date": cases.today(),
            "collected_by": by.name,
            "sha256": digest,
            **({"answers": answers} if answers else {"control": control}),
        }
    )
    there = [one.value for path, one in rows.items() if path.startswith(f"{cases.EVIDENCE}.")]
    if stated not in there:  # a second click
        path = f"{cases.EVIDENCE}.{len(there) + 1}"
        cases.save_beside(case, path, stated, by, "evidence", 0)


def _supported(rows: Mapping[str, Answer], paths: Sequence[str], control: str) -> dict[str, int]:
    """Return the answers that a file is to support, as they stand; none for one that supports a control."""
    answers = {path: rows[path].seq for path in paths if path in rows and "." in path}
    if not answers and f"{cases.CONTROLS}.{control}" not in rows:
        raise RiskEngineError(_("say what the file supports: an answer that is given, or a control that is chosen"))
    return answers


@require_GET
def attachment(_request: HttpRequest, case: Case, digest: str) -> HttpResponse:
    """Answer with a file of the case, only ever as an attachment."""
    row = Evidence.objects.filter(case=case, sha256=digest).first()
    if row is None or not evidence.path_of(digest).is_file():  # a backup may have come without it
        raise Http404
    response = HttpResponse(read_bytes(evidence.path_of(digest)), content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = DOCUMENT_CSP

    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=row.name) or "attachment"
    )
    return response
