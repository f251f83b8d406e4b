"""Whom the cases are with, and what is on file about them: looked at, put there, taken into a case, kept from one."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _
from risk_engine.office.forms.answers import WrongError
from risk_engine.office.forms.export_form import label_fact
from risk_engine.report.returned import same_label
from risk_engine.web import cases, hits, on_file, questions, register, screening
from risk_engine.web.listing import criteria_named
from risk_engine.web.models import Case, Dossier, DossierName, OnFile, Person
from risk_engine.web.narrowing import LONGEST_TEXT, criteria_in_use
from risk_engine.web.pages import shown
from risk_engine.web.pages.case import day_of, head_of, locked, not_saved, sent_by
from risk_engine.web.pages.lists import MOST_ON_A_PAGE
from risk_engine.web.rights import cases_for, may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import problem_words, standing_words

_MOST_TEXT: Final = 500


@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest) -> HttpResponse:
    """Show about whom something is on file, and whom the cases name that somebody sees; or answer as a file.

    A POST begins something new on file.
    """
    person = person_of(request)
    if request.method == "POST":
        about, name = request.POST.get("about", ""), request.POST.get("name", "")[:_MOST_TEXT]
        if there := on_file.proposed(about, name):
            told = _("{name} is on file already, as {key}: go on there", name=name.strip(), key=there[0].key)
            way_out = _("another one of this name needs a name that tells them apart")
            return not_saved(request, problem_words(RiskEngineError(told, way_out)), "/partners")
        try:
            made = on_file.begin(person, about, name)
        except RiskEngineError as error:
            return not_saved(request, problem_words(error), "/partners")
        return HttpResponseRedirect(f"/partners/{made.key}")
    visible, wanted_name = cases_for(person), request.GET.get("q", "")[:LONGEST_TEXT]
    found = register.named(visible, wanted_name)
    titles = {
        name: entity.title
        for criteria in filter(None, map(criteria_named, criteria_in_use(visible)))
        for name, entity in criteria.entities.items()
    }
    columns = (
        Column[register.Named]("name", _("Name"), lambda row: row.name),
        Column[register.Named](
            "list", _("List"), lambda row: row.entity, lambda row: titles.get(row.entity, row.entity)
        ),
        Column[register.Named]("cases", _("Cases"), lambda row: row.number),
        Column[register.Named]("on_file", _("On file as"), lambda row: row.on_file),
    )
    if "format" in request.GET:
        return as_file(request, Table("names", _("Partners and other names"), columns, found))
    page = Paginator(found, MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    lists = {name: one.title for name, one in on_file.rules().entities.items() if one.many is not None}
    facts = {
        "q": wanted_name,
        "page": page,
        "titles": {**lists, **titles},
        "query": urlencode({"q": wanted_name}),
        "held": list(_on_file(wanted_name)),
        "lists": lists,
        "may_begin": may(person, "on_file"),
    }
    return shown(request, "names.j2", facts)


def _on_file(wanted: str) -> Iterator[dict[str, Any]]:
    """Yield what is on file under a name or key that holds what is wanted."""
    named = DossierName.objects.filter(folded__contains=same_label(wanted)).values("dossier")
    found = Dossier.objects.filter(Q(pk__in=named) | Q(key__contains=wanted)).prefetch_related("names")
    for one in found.order_by("key"):
        called = [name.name for name in one.names.all()]
        yield {"key": one.key, "about": one.about, "name": called[0] if called else one.key, "also": called[1:]}


# --- what is on file about one ---


@require_http_methods(["GET", "POST"])
def dossier(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is on file about an organisation, from where, since when and until when, and its cases; put on file."""
    found = Dossier.objects.filter(key=key).select_related("sealed").first()
    if found is None:
        raise Http404
    person, wrong = person_of(request), ""
    told: questions.Asked | None = None
    if request.method == "POST":
        try:
            told = _put(request, found)
        except cases.ConflictError as error:
            wrong = _("{name} put something else on file meanwhile: look at it again.", name=error.stands.author)
        except RiskEngineError as error:
            wrong = problem_words(error)
        if told is None and not wrong:
            return HttpResponseRedirect(f"/partners/{key}")
    rows = on_file.standing(found)
    known, sight, limit = on_file.answers(rows), on_file.sight(found, rows), on_file.limit_of(rows)
    visible = cases_for(person)
    entity = sight.record.criteria.entities.get(found.about)
    wanted = request.GET.get("fact", "")
    asked = told
    if asked is None and entity is not None and wanted in entity.facts:
        asked = questions.asked_for(Read(found.about, key, wanted), sight)
    numbers = {one.case for one in found.rows.exclude(case="")}
    facts = {
        "of": found,
        "name": on_file.name_of(found),
        "list": entity.title if entity else found.about,
        "lines": [_line(one, sight, limit) for one in known.values()],
        "names": [
            (one.path, one.value, one.seq) for one in rows.values() if one.path.startswith(on_file.ALSO) and one.value
        ],
        "hits": _counted(sight, found, person),
        "limit": limit,
        "limit_base": rows[on_file.LIMIT_PATH].seq if on_file.LIMIT_PATH in rows else 0,
        "next_name": on_file.next_name(rows),
        "cases": [
            {
                "case": case,
                "state": standing_words(case),
                "entry": entry,
                "uses": entry.on_file == key,
                "moved": [_title(found, sight, one) for one in on_file.moved_since(case, found, rows)],
            }
            for case, entry in on_file.named_in(found, visible)
        ],
        "facts": [
            (one, sight.record.criteria.title_of(f"{found.about}.{one}")) for one in (entity.facts if entity else ())
        ],
        "asked": asked,
        "asking": Case(criteria=on_file.reference()),  # in whose words it is asked
        "history": [_past(one, found, sight) for one in found.rows.select_related("by").order_by("-pk")],
        "seen": set(visible.filter(number__in=numbers).values_list("number", flat=True)),
        "may_put": may(person, "on_file"),
        "sent": request.POST if wrong or told else {},
        "wrong": wrong,
        "today": cases.today(),
        "NOT_KNOWN": questions.NOT_KNOWN,
        "NONE": questions.NONE,
    }
    return shown(request, "dossier.j2", facts, status=422 if wrong or told else 200)


def _counted(sight: questions.Sight, found: Dossier, person: Person) -> hits.Count | str | None:
    """Return how many hits an organisation on file has; nothing known of that, None where it is no organisation."""
    if not screening.is_looked_up(sight.record, found.about):
        return None
    return hits.counted(sight.record, found.about, (found.key,), person).get(found.key, "")


def _title(dossier_: Dossier, sight: questions.Sight, path: str) -> str:
    """Return what a row is about, in words."""
    if path.startswith(on_file.ALSO):
        return _("Also called")
    if path == on_file.LIMIT_PATH:
        return _("Days after which it is old")
    entity = sight.record.criteria.entities.get(dossier_.about)
    if entity is None or path not in entity.facts:
        return path  # of criteria that ask it no more
    return sight.record.criteria.title_of(f"{dossier_.about}.{path}")


def _words(row: OnFile, dossier_: Dossier, sight: questions.Sight) -> str:
    """Return what a row says, in words."""
    if row.is_erased:
        return _("erased")
    if row.value is None:
        return _("taken off the file")
    path = f"{dossier_.about}.{dossier_.key}.{row.path}"
    return questions.row_in_words(sight, path, row) if "." not in row.path else str(row.value)


def _line(row: OnFile, sight: questions.Sight, limit: int) -> dict[str, Any]:
    return {
        "row": row,
        "title": _title(row.dossier, sight, row.path),
        "words": _words(row, row.dossier, sight),
        "day": on_file.day_of(row),
        "is_old": on_file.is_old(row, limit),
    }


def _past(row: OnFile, dossier_: Dossier, sight: questions.Sight) -> dict[str, Any]:
    return {"row": row, "title": _title(dossier_, sight, row.path), "words": _words(row, dossier_, sight)}


def _put(request: HttpRequest, found: Dossier) -> questions.Asked | None:
    """Put on file what a form says; return the question as it was typed where its answer is not taken."""
    sent, by = request.POST, person_of(request)
    path, base = sent.get("path", ""), number_of(sent.get("base", "0"))
    rows = on_file.standing(found)
    plain = on_file.Said((), cases.today())
    if sent.get("do") == "off":
        if path not in rows or path == on_file.label_path(found.about):
            raise RiskEngineError(_("There is nothing like that on file."))
        on_file.put(found, path, None, plain, by, base)
    elif path == on_file.LIMIT_PATH:
        days = number_of(sent.get("value", "").strip())
        if not days:
            raise RiskEngineError(_("Say after how many days it is old, as a number."))
        on_file.put(found, path, days, plain, by, base)
    elif path.startswith(on_file.ALSO):
        name = " ".join(sent.get("value", "").split())[:_MOST_TEXT]
        if is_blank(name) or path != on_file.next_name(rows):
            raise RiskEngineError(_("A further name needs letters."))
        on_file.put(found, path, name, plain, by, 0)
    else:
        return _put_answer(request, found, path)
    return None


def _put_answer(request: HttpRequest, found: Dossier, fact: str) -> questions.Asked | None:
    """Put an answer on file with its source; return the question as it was typed where it is not taken."""
    sight = on_file.sight(found, on_file.standing(found))
    entity = sight.record.criteria.entities.get(found.about)
    if entity is None or fact not in entity.facts:
        raise RiskEngineError(_("There is no such question in the criteria."))
    asked = questions.asked_for(Read(found.about, found.key, fact), sight)
    sent = sent_by(request)
    typed = tuple(one for one in sent.get(asked.path, ()) if one.strip())
    base = number_of((sent.get(f"base.{asked.path}") or ["0"])[0])
    said = _source(request)
    try:
        value = questions.value_of(asked, typed, sight.record)
    except WrongError as error:
        return questions.refused(asked, typed, error)
    if value is None:
        return questions.refused(asked, typed, WrongError(_("an answer is needed here")))
    if said is None:
        return questions.refused(asked, typed, WrongError(_("say from where it is known, and where that is kept")))
    on_file.put(found, fact, value, said, person_of(request), base)
    return None


def _source(request: HttpRequest) -> on_file.Said | None:
    """Return the source that a form names, None where it names none. Raise RiskEngineError for what is no date."""
    sent = request.POST
    kind, reference = (" ".join(sent.get(name, "").split())[:_MOST_TEXT] for name in ("kind", "reference"))
    day, until = day_of(sent.get("date", "")) or cases.today(), day_of(sent.get("until", ""))
    if not kind or not reference:
        return None
    if day > cases.today():
        raise RiskEngineError(_("The day of a source cannot be one to come."))
    record = {"for": "", "kind": kind, "reference": reference, "date": day, "collected_by": person_of(request).name}
    return on_file.Said((record,), cases.today(), until)


# --- beside an entry of a case ---


@require_http_methods(["GET", "POST"])
def of_entry(request: HttpRequest, case: Case, group: str, entry: str) -> HttpResponse:
    """Show what is on file about an entry beside what the case says: take answers, or keep those of the case."""
    record = cases.record(case)
    entity = record.criteria.entities.get(group)
    if entity is None or entity.many is None or entry not in {one["id"] for one in record.entries(group)}:
        raise Http404
    person, name, wrong = person_of(request), record.label(group, entry), ""
    if request.method == "POST":
        try:
            there = _taken_or_kept(request, case, (group, entry), name)
        except cases.LockedError:
            return locked(request, case)
        except cases.ConflictError as error:
            wrong = _("{name} answered one of these meanwhile: look again at what stands.", name=error.stands.author)
        except RiskEngineError as error:
            wrong = problem_words(error)
        else:
            return HttpResponseRedirect(f"/cases/{case.number}/on-file/{group}/{entry}?{urlencode({'file': there})}")
    case.refresh_from_db()
    used = {one["entry"]: one["file"] for one in case.document.get("on_file", ())}
    wanted = request.POST.get("file") or request.GET.get("file") or used.get(f"{group}.{entry}", "")
    found = Dossier.objects.filter(key=wanted, about=group).select_related("sealed").first()
    rows = on_file.standing(found) if found else {}
    # Before what stands is read: never later than it.
    seen = {
        "answers": case.answers.aggregate(Max("pk"))["pk__max"] or 0,
        "rows": on_file.last_row(found) if found else 0,
    }
    facts = {
        "group": entity.title,
        "place": f"{group}/{entry}",
        "name": name,
        "of": found,
        "of_name": on_file.name_of(found) if found else "",
        "is_used": found is not None and used.get(f"{group}.{entry}") == found.key,
        "proposed": [(one.key, on_file.name_of(one)) for one in on_file.proposed(group, name)],
        "others": [(one.key, on_file.name_of(one)) for one in on_file.of_list(group)],
        "is_same_name": found is not None and found in on_file.proposed(group, name),
        "lines": list(on_file.beside(questions.of_staff(case), (group, entry), rows)),
        "limit": on_file.limit_of(rows),
        "seen": seen,
        "may_put": may(person, "on_file"),
        "sent": request.POST if wrong else {},
        "wrong": wrong,
        "today": cases.today(),
    }
    return shown(request, "on_file.j2", {**head_of(request, case), **facts}, status=422 if wrong else 200)


def _taken_or_kept(request: HttpRequest, case: Case, place: tuple[str, str], name: str) -> str:
    """Do what a form asks for; return the key of what is on file."""
    sent, by = request.POST, person_of(request)
    if sent.get("do") != "take" and not may(by, "on_file"):
        raise RiskEngineError(_("Your role does not allow this."))
    if sent.get("do") == "begin":
        return on_file.begin(by, place[0], name).key
    found = Dossier.objects.filter(key=sent.get("file", ""), about=place[0]).select_related("sealed").first()
    if found is None:
        raise RiskEngineError(_("There is nothing like that on file."))
    chosen = sent.getlist("fact")
    if not chosen:
        raise RiskEngineError(_("Tick at least one answer."))
    if sent.get("do") == "take":
        seen = (number_of(sent.get("seen_answers", "")), number_of(sent.get("seen_rows", "")))
        on_file.take(found, case, place, chosen, by, seen)
    else:
        label = label_fact(cases.rules(case), place[0])
        bases = {one: number_of(sent.get(f"base.{one}", "0")) for one in chosen if one != label}
        on_file.keep(found, case, place, bases, _source(request), by)
    return found.key
