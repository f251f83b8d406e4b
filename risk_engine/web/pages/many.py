"""Many cases at once: a table is brought, its columns are said, it is assessed, and what came of it is looked at."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, grouped_by_thousands
from risk_engine.files.reading import read_bytes
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact, RowFact, TextFact
from risk_engine.report.view import view
from risk_engine.report.wording import between
from risk_engine.web import cases, evidence, log, many, many_worked, retention
from risk_engine.web.many import Shown
from risk_engine.web.models import BroughtTable
from risk_engine.web.pages import shown
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.rights import cases_for, faculties_of
from risk_engine.web.security import REPORT_CSP, number_of, person_of
from risk_engine.web.wording import problem_words

MOST_VALUES: Final = 10
"""Of so many values of a column that are no answer somebody can say here what they mean."""
_ENTRIES: Final = 3
"""So many entries of a list are offered for a column of one."""
_LIST: Final = re.compile(r"[0-9]{3,}-[\w.-]+\.csv", re.ASCII)


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
        "tables": [(one, retention.until(one)) for one in many.tables_for(by)],
        "faculties": list(own),
        "types": [f".{one}" for one in many.TYPES],
        "size": evidence.MOST // 1024 // 1024,
        "most": grouped_by_thousands(many_worked.MOST_ROWS),
        "days": retention.days_of_tables(),
        "wrong": wrong,
        "sent": sent,
    }
    return shown(request, "many.j2", facts, status=422 if wrong else 200)


def _table(request: HttpRequest, key: str) -> BroughtTable:
    """Return a table that somebody may see; for others it is not there."""
    found = many.table_for(person_of(request), key)
    if found is None:
        raise Http404
    return found


def _facts(request: HttpRequest, of: BroughtTable) -> dict[str, Any]:
    """Return what each page of a table has."""
    return {
        "of": of,
        "rules": cases.rules_named(of.criteria),
        "is_own": of.by_id == person_of(request).pk,
        "until": retention.until(of),
    }


@require_http_methods(["GET", "POST"])
def one_table(request: HttpRequest, key: str) -> HttpResponse:
    """Show how far a table is, and what came of it; have it assessed, or deleted by whoever brought it."""
    of, by = _table(request, key), person_of(request)
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
                    many.ask(of, by)
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
    facts = {**_facts(request, of), "job": job, "is_running": is_running, "made": made, "wrong": wrong}
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
    counted = {(one.ladder, one.level): one for one in made.levels}
    return {
        "levels": [
            (name, one, [(key, each, counted.get((name, key))) for key, each in reversed(one.levels.items())])
            for name, one in rules.ladders.items()
        ],
        "files": [(one, words) for one, words in _files() if (of.folder / one).is_file()],
        "rows": [(one, _ends(one, rules), urlencode({"case": one.case})) for one in rows],
        "heads": [rules.ladders[one].title for one in rules.head.roles.deciding],
        "number": number,
        "page": page,
        "pages": max(1, -(-number // many_worked.A_PAGE)),
        "level": f"{ladder}={level}" if ladder else "",
    }


def _files() -> list[tuple[str, str]]:
    """Return what leaves the office of a table as files, and what each is called."""
    words = (_("Results (Parquet)"), _("Results (XLSX)"), _("Results (CSV)"), _("Rejected rows"), _("Columns (YAML)"))
    return list(zip(many.FILES, words, strict=True))


def _ends(row: many_worked.Row, rules: Criteria) -> list[str]:
    found = []
    for ladder, (lowest, highest) in zip(rules.head.roles.deciding, row.ends, strict=False):
        levels = rules.ladders[ladder].levels
        found.append(between(levels[lowest].title, levels[highest].title))
    return found


# --- its columns ---


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, key: str) -> HttpResponse:
    """Show what each column of a table may state, with the reason; keep what somebody says and confirms of it."""
    of = _table(request, key)
    if not many.is_mapped(of):
        return HttpResponseRedirect(of.address)
    wrong: list[str] = []
    said = None
    if request.method == "POST":
        said = _said(request, many.headers(of))
        try:
            many.save(of, said, person_of(request))
            if request.POST.get("do") == "assess":
                many.ask(of, person_of(request))
                return HttpResponseRedirect(of.address)
            return HttpResponseRedirect(f"{of.address}/columns")
        except InvalidSourceError as error:
            wrong = [". ".join(filter(None, (one.message, one.help))) for one in error.diagnostics]
        except RiskEngineError as error:
            wrong = [many.told(error, of)]
    found = many.shown(of)
    rules = cases.rules_named(of.criteria)
    if wrong and said is not None:
        found = [_as_sent(one, said.get(one.header)) for one in found]
    targets = _targets(rules, found)
    facts = {
        **_facts(request, of),
        "columns": found,
        "targets": targets,
        "abouts": defaultdict(str, {path: about for about, those in targets for path, _words in those}),
        "answers": {one.header: _answers(rules, one.to) for one in found},
        "values": {one.header: _values(one) for one in found},
        "more": {one.header: len(one.unread[MOST_VALUES:]) for one in found},
        "wrong": wrong,
    }
    return shown(request, "many_columns.j2", facts, status=422 if wrong else 200)


def _said(request: HttpRequest, headers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what a form says of the columns, as a mapping file says it."""
    sent, found = request.POST, dict[str, dict[str, Any]]()
    for number, header in enumerate(headers):
        to = sent.get(f"to.{number}", "")
        if not to:
            continue
        column: dict[str, Any] = {"to": to, "confirmed": f"ok.{number}" in sent}
        if "*" in to:
            column["split"] = sent.get(f"split.{number}", "").strip(" ") or ";"
        pairs = zip(sent.getlist(f"says.{number}"), sent.getlist(f"means.{number}"), strict=False)
        if to == sent.get(f"was.{number}"):  # else they answer another question
            column["values"] = {says: means for says, means in pairs if means}
        found[header] = column
    return found


def _as_sent(one: Shown, said: dict[str, Any] | None) -> Shown:
    """Return a column as somebody said it, who is told what is wrong with that."""
    if said is None:
        return Shown(one.header, one.says)
    return Shown(
        one.header, one.says, said["to"], one.reason, said.get("split"), said["confirmed"], said.get("values", {})
    )


Group = tuple[str, list[tuple[str, str]]]


def _targets(rules: Criteria, found: Sequence[Shown]) -> list[Group]:
    """Return what a column can state, by what it is about."""
    groups: list[Group] = [
        (
            _("The case"),
            [("case", _("Its number or id")), ("title", _("Its title")), ("assessment_date", _("Its day"))],
        )
    ]
    for name, entity in rules.entities.items():
        facts = [
            (short, rules.title_of(f"{name}.{short}"))
            for short, fact in entity.facts.items()
            if fact.deprecated is None
            and (isinstance(fact, RowFact | TextFact) or getattr(fact, "from_", None) is None)
        ]
        if entity.many is None:
            groups.append((entity.title, [(f"{name}.{short}", title) for short, title in facts]))
            continue
        used = {int(number) for one in found for number in re.findall(rf"^{name}\.(\d+)\.", one.to)}
        for number in sorted({*range(1, min(entity.many, _ENTRIES) + 1), *used}):
            about = _("{entity}: number {number}", entity=entity.title, number=number)
            groups.append((about, [(f"{name}.{number}.{short}", title) for short, title in facts]))
        about = _("{entity}: several in one cell", entity=entity.title)
        groups.append((about, [(f"{name}.*.{short}", title) for short, title in facts]))
        groups.append((_("{entity}: all of the list", entity=entity.title), [(name, _("none, unknown, or a list"))]))
    groups.append((_("Controls"), [(f"controls.{one}", f"{one} {it.title}") for one, it in rules.controls.items()]))
    return groups


def _values(one: Shown) -> list[tuple[str, str]]:
    """Return what cells say that is no answer as it stands, each with what it means, if anybody said so."""
    return [*one.meant.items(), *((says, "") for says in one.unread[:MOST_VALUES])]


def _answers(rules: Criteria, to: str) -> list[tuple[str, str]]:
    """Return the answers that there are to what a column states, as far as they can be listed."""
    entity, _dot, rest = to.partition(".")
    short = rest.rpartition(".")[2]
    if entity not in rules.entities or short not in rules.entities[entity].facts:
        return []
    match rules.entities[entity].facts[short]:
        case BooleanFact():
            return [("yes", _("yes")), ("no", _("no"))]
        case ChoiceFact() | ChoicesFact() as fact:
            return [(one, rules.shown(fact, one if isinstance(fact, ChoiceFact) else (one,))) for one in fact.options]
        case RowFact() as fact:
            return sorted(((key, row.name) for key, row in rules.tables[fact.of].rows.items()), key=lambda one: one[1])
        case _:
            return []


# --- what came of it ---


def _done(request: HttpRequest, key: str) -> BroughtTable:
    """Return a table that was assessed."""
    of = _table(request, key)
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
        told = {"title": _("Not found"), "told": many.told(error, of), "reason": ""}
        return shown(request, "problem.j2", told, status=404)
    facts = {**_facts(request, of), "case": case, "wrong": wrong, **parts_of(view(made, part="report"))}
    facts["may_begin"] = faculties_of(by, "begin").filter(pk=of.faculty_id).exists()
    known = many_worked.begun_from(of, case)
    facts["begun"] = known if known is not None and cases_for(by).filter(pk=known.pk).exists() else None
    return shown(request, "many_row.j2", facts, status=422 if wrong else 200)
