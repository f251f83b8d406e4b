"""Many cases at once: a table is brought, its columns are said, it is assessed, and what came of it is looked at."""

import re
from dataclasses import replace
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, grouped_by_thousands
from risk_engine.files.reading import read_bytes
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.report.view import ANNEX, view
from risk_engine.report.wording import between
from risk_engine.web import cases, evidence, log, many, many_worked, releases, retention
from risk_engine.web.models import BroughtTable
from risk_engine.web.pages import shown
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.rights import cases_for, faculties_of
from risk_engine.web.security import REPORT_CSP, number_of, person_of
from risk_engine.web.wording import problem_words

_LIST: Final = re.compile(r"[0-9]{3,}-[\w.-]+\.csv|all\.parquet", re.ASCII)


@require_http_methods(["GET", "POST"])
def tables(request: HttpRequest) -> HttpResponse:
    """Show the tables of the faculties in which somebody works; take a new one."""
    by = person_of(request)
    own = faculties_of(by, "many")
    wrong, sent = "", request.POST
    if request.method == "POST":
        faculty = own.filter(pk=number_of(sent.get("faculty", ""))).first()
        try:
            made = many.bring_in(
                request.FILES.get("table"), faculty, by, sent.get("sheet", ""), sent.get("header", ""),
                confidential="confidential" in sent,
            )  # fmt: skip
            return HttpResponseRedirect(made.address)
        except RiskEngineError as error:
            wrong = problem_words(error)
    facts = {
        "tables": [(one, retention.until(one), _state(one)) for one in many.tables_for(by)],
        "faculties": list(own),
        "types": [f".{one}" for one in many.TYPES],
        "size": evidence.MOST // 1024 // 1024,
        "most": grouped_by_thousands(many_worked.MOST_ROWS),
        "rules": cases.rules_named(releases.in_use(cases.today()).reference),
        "days": retention.days_of_tables(),
        "wrong": wrong,
        "sent": sent,
    }
    return shown(request, "many.j2", facts, status=422 if wrong else 200)


def _state(of: BroughtTable) -> str:
    """Return in a few words how far a table is."""
    made = many.outcome(of)
    if many.is_running(of):
        return _("is being assessed")
    if made is None or made.stage != "ready":
        return _("not assessed")
    assessed, rejected = grouped_by_thousands(made.assessed), grouped_by_thousands(made.rejected)
    return _("{assessed} assessed, {rejected} rejected", assessed=assessed, rejected=rejected)


@require_GET
def template(_request: HttpRequest) -> HttpResponse:
    """Answer with a workbook to fill in, for the criteria that new cases take."""
    from risk_engine.portfolio.reading.template import template as blank_workbook

    today = cases.today()
    reference = releases.in_use(today).reference
    response = HttpResponse(blank_workbook(load_criteria(reference), today), content_type="application/octet-stream")
    name = f"{reference.replace('@', '-')}.xlsx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def table_of(request: HttpRequest, key: str) -> BroughtTable:
    """Return a table that somebody may see; for others it is not there."""
    found = many.table_for(person_of(request), key)
    if found is None:
        raise Http404
    return found


def facts_of(request: HttpRequest, of: BroughtTable) -> dict[str, Any]:
    """Return what each page of a table has."""
    return {
        "of": of,
        "rules": cases.rules_named(of.criteria),
        "is_own": of.by_id == person_of(request).pk,
        "until": retention.until(of),
        "profile": many.profile(of),
    }


def take_profile(request: HttpRequest, of: BroughtTable) -> list[str]:
    """Keep the profile that a form brings, or let go of the one that is there; return what is wrong with it."""
    sent = request.FILES.get("profile")
    if sent is None and "no_profile" not in request.POST:
        return []
    try:
        many.set_profile(of, sent, person_of(request))
    except InvalidSourceError as error:  # a file that people write by hand, so its lines help
        return [
            _(
                "Profile, line {number}: {told}",
                number=one.position.line,
                told="; ".join(filter(None, (one.message, one.help))),
            )
            for one in error.diagnostics
        ]
    except RiskEngineError as error:
        return [_("Profile: {told}", told=many.told(error, of))]
    return []


@require_http_methods(["GET", "POST"])
def one_table(request: HttpRequest, key: str) -> HttpResponse:
    """Show how far a table is, and what came of it; have it assessed, or deleted by whoever brought it."""
    of, by = table_of(request, key), person_of(request)
    wrong = ""
    if request.method == "POST":
        try:
            match request.POST.get("do"):
                case "remove":
                    many.remove(of, by)
                    return HttpResponseRedirect("/many")
                case "stop":
                    many.stop(of, by)
                case _:
                    wrong = "\n".join(take_profile(request, of))
                    if not wrong:
                        many.ask(of, by, request.POST.get("on", "").strip())
            if not wrong:
                return HttpResponseRedirect(of.address)
        except RiskEngineError as error:
            wrong = many.told(error, of)
    job = many.jobs_of(of).first()
    is_running = many.is_running(of)
    made = many.outcome(of)
    if made is None and not is_running and (job is None or not job.given_up) and not wrong and many.is_mapped(of):
        return HttpResponseRedirect(f"{of.address}/columns")
    if "HX-Request" in request.headers and not is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    facts = {**facts_of(request, of), "job": job, "is_running": is_running, "made": made, "wrong": wrong}
    numbers = {name: one for name, one in vars(made).items() if isinstance(one, int)} if made else {}
    facts["counts"] = {name: grouped_by_thousands(one) for name, one in numbers.items()}
    facts["today"] = cases.today().isoformat()
    facts |= {"is_mapped": many.is_mapped(of), "is_done": bool(made and made.stage == "ready" and not is_running)}
    return shown(request, "many_table.j2", {**facts, **(_came(request, of) if facts["is_done"] else {})})


def _came(request: HttpRequest, of: BroughtTable) -> dict[str, Any]:
    """Return what came of a table: the levels, the files, a page of its rows."""
    made, rules = many.outcome(of), cases.rules_named(of.criteria)
    assert made is not None  # noqa: S101 (it is done)
    ladder, _sign, level = request.GET.get("level", "").partition("=")
    page = max(1, number_of(request.GET.get("page", "1")))
    if ladder not in rules.ladders or level not in rules.ladders[ladder].levels:
        ladder = level = ""
    rows, number = many_worked.rows(of, ladder, level, page)
    counted, refused = {(one.ladder, one.level): one for one in made.levels}, many_worked.rejected(of)
    return {
        "levels": [
            (name, one, [(key, each, counted.get((name, key))) for key, each in reversed(one.levels.items())])
            for name, one in rules.ladders.items()
        ],
        "files": [(one, words) for one, words in _files() if (of.folder / one).is_file() and one != many.REJECTED],
        "has_book": (of.folder / "results.xlsx").is_file(),
        "refused": refused[: many_worked.A_PAGE],
        "refused_more": max(0, len(refused) - many_worked.A_PAGE),
        "rejected_file": many.REJECTED,
        "rows": [(one, _ends(one, rules), urlencode({"case": one.case})) for one in rows],
        "heads": [rules.ladders[one].title for one in rules.head.roles.deciding],
        "number": number,
        "grouped": grouped_by_thousands,
        "page": page,
        "pages": max(1, -(-number // many_worked.A_PAGE)),
        "level": f"{ladder}={level}" if ladder else "",
    }


def _files() -> list[tuple[str, str]]:
    """Return what leaves the office of a table as files, and what each is called."""
    words = (
        _("Results (XLSX)"),
        _("Results (CSV)"),
        _("Results (Parquet)"),
        _("Rejected rows"),
        _("Columns (YAML)"),
        _("Profile (YAML)"),
    )
    return list(zip(many.FILES, words, strict=True))


def _ends(row: many_worked.Row, rules: Criteria) -> list[str]:
    found = []
    for ladder, (lowest, highest) in zip(rules.head.roles.deciding, row.ends, strict=False):
        levels = rules.ladders[ladder].levels
        found.append(between(levels[lowest].title, levels[highest].title))
    return found


# --- what came of it ---


def _done(request: HttpRequest, key: str) -> BroughtTable:
    """Return a table that was assessed."""
    of = table_of(request, key)
    made = many.outcome(of)
    if made is None or made.stage != "ready" or many.is_running(of):
        raise Http404
    return of


@require_GET
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Answer with the report on a table, a page of its own that runs nothing."""
    of = _done(request, key)
    response = HttpResponse(read_bytes(of.folder / "report.html"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = REPORT_CSP
    return response


@require_GET
def long_list(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Answer with a list of cases to which the report leads, since it is too long for a page."""
    of = _done(request, key)
    return _file(request, of, f"report-cases/{name}" if _LIST.fullmatch(name) else "")


@require_GET
def download(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Answer with what came of a table, or with what its columns are, as a file."""
    of = _done(request, key)
    return _file(request, of, name if name in many.FILES else "")


def _file(request: HttpRequest, of: BroughtTable, name: str) -> HttpResponse:
    path = of.folder / name
    if not name or not path.is_file():
        raise Http404
    log.note("export", person_of(request), table=of.key, form=name)
    named = f"{of.path.stem}-{path.name}"
    response = HttpResponse(read_bytes(path), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=named) or "attachment"
    return response


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, key: str) -> HttpResponse:
    """Show what one row of a table comes to, as a single case; begin a case of the office from it."""
    of, by = _done(request, key), person_of(request)
    case = (request.POST if request.method == "POST" else request.GET).get("case", "")
    wrong = ""
    try:
        if request.method == "POST":
            try:
                begun = many_worked.begin(of, case, by)
                return HttpResponseRedirect(f"/cases/{begun.number}")
            except RiskEngineError as error:
                wrong = problem_words(error)
        made = many_worked.explained(of, case)
    except RiskEngineError as error:
        missing = {"title": _("Not found"), "told": many.told(error, of), "reason": ""}
        return shown(request, "problem.j2", missing, status=404)
    told = view(made)
    sections = (one for one in told.sections if one.key == "profile" or one.key not in ANNEX)
    told = replace(told, sections=tuple(sections))  # the annex is for files, and names commands
    if told.answer is not None:  # what works that out is a command, and here the page of a case
        glance = tuple(one for one in told.answer.glance if one.key != "change")
        told = replace(told, answer=replace(told.answer, glance=glance))
    facts: dict[str, Any] = {
        **facts_of(request, of),
        "case": case,
        "title": made.case_title,
        "wrong": wrong,
        **parts_of(told),
    }
    facts["may_begin"] = faculties_of(by, "begin").filter(pk=of.faculty_id).exists()
    known = many_worked.begun_from(of, case)
    facts["begun"] = known if known is not None and cases_for(by).filter(pk=known.pk).exists() else None
    return shown(request, "many_row.j2", facts, status=422 if wrong else 200)
