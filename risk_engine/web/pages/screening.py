"""Looking a name up on the lists as it is typed, and what is new or gone on them for the partners of the office."""

from collections.abc import Mapping
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.report.wording import day
from risk_engine.screening.asked import Asked
from risk_engine.screening.countries import country_code
from risk_engine.screening.hit_words import strength
from risk_engine.web import cases, limits, on_file, rechecks, screened_lists, screening
from risk_engine.web.hits import in_words
from risk_engine.web.models import CaseEntry, HitNews, Person
from risk_engine.web.pages import shown, too_many
from risk_engine.web.pages.case import day_of
from risk_engine.web.pages.screened_lists import readable
from risk_engine.web.rights import may
from risk_engine.web.security import person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import problem_words, wait_words
from risk_engine.web.words import News

LONGEST: Final = 300
"""So many characters of a name are looked up."""
SHORTEST: Final = 2
ON_A_PAGE: Final = 100


# --- looked up as it is typed ---


@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Show which entries of the lists a name may mean; a part of the page where it is asked for while somebody types.

    What is typed comes in a form, so that it stands in no address and no log; a link that somebody makes of it may.
    """
    person = person_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    asked = {name: " ".join(sent.get(name, "").split())[:LONGEST] for name in ("name", "country", "on")}
    is_part = "HX-Request" in request.headers
    facts: dict[str, Any] = {"sent": asked, "today": cases.today(), "found": None, "wrong": [], "is_part": is_part}
    if len(asked["name"]) >= SHORTEST:
        if seconds := limits.look_up(person.pk):
            if not is_part:
                return too_many(request, seconds)
            facts["wrong"] = [wait_words(seconds)]
        else:
            facts |= _found(person, asked)
    return shown(request, "_found.j2" if is_part else "screening.j2", facts)


def _found(person: Person, sent: Mapping[str, str]) -> dict[str, Any]:
    """Return what is found of a name, or what stands in the way of that."""
    wrong: list[str] = []
    country = sent["country"]
    if country and not country_code(country):
        wrong.append(
            _("“{text}” is no country, so it was left out; write its code, like CN, or its name.", text=country)
        )
        country = ""
    try:
        on = day_of(sent["on"]) or cases.today()
        asked = Asked.of([sent["name"]], country)
        screened = screening.typed(asked, on)
        heads = screening.heads(on)
    except RiskEngineError as error:
        return {"wrong": [*wrong, *problem_words(error).splitlines()]}
    about = screening.decided(person, screened.hits)
    return {
        "found": in_words(screened, about),
        "lists": sum(one.standing != "registry" for one in heads),
        "stale": screened_lists.stale_words(heads, cases.today()),
        "later": [one.title for one in screened_lists.heads() if one.id not in {each.id for each in heads}],
        "as_of": "" if on == cases.today() else day(on),
        "link": urlencode({name: text for name, text in sent.items() if text}),
        "wrong": wrong,
    }


# --- what is new or gone ---


@require_http_methods(["GET", "HEAD", "POST"])
@readable
def changes(request: HttpRequest) -> HttpResponse:
    """Show what is new or gone on the lists for the partners that somebody sees; have all looked up anew."""
    person, wrong = person_of(request), ""
    if request.method == "POST":
        if screening.place().is_file():
            rechecks.ask(person)
            return HttpResponseRedirect("/screening/changes")
        wrong = _("There is no list yet.")
    rows = rechecks.news_for(person)
    if "format" in request.GET:
        return as_file(request, Table("new-and-gone", _("New and gone"), _columns(), [_row(one) for one in rows]))
    job = rechecks.last_job()
    is_running = screened_lists.is_running(job)
    if "HX-Request" in request.headers and not is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    heads = screened_lists.heads()
    facts = {
        "page": page,
        "rows": [_row(one) for one in page.object_list],
        "last": rechecks.last_one(),
        "is_due": bool(heads) and not is_running and rechecks.is_due(),
        "days": rechecks.SHOWN.days,
        "stale": screened_lists.stale_words(heads, cases.today()),
        "job": job,
        "is_running": is_running,
        "has_lists": bool(heads),
        "may_ask": may(person, "recheck"),
        "wrong": wrong,
    }
    return shown(request, "screening_changes.j2", facts, status=422 if wrong else 200)


def _row(one: HitNews) -> dict[str, Any]:
    """Return what is new or gone as a row: whose hit it is, where it is looked at, which entry of which list."""
    list_id, _slash, key = one.hit.partition("/")
    entity, _dot, entry = one.entry.partition(".")
    if one.case is not None:
        named = CaseEntry.objects.filter(case=one.case, entity=entity, entry=entry).first()
        name, where, address = (
            named.name if named else entry,
            one.case.number,
            f"/cases/{one.case.number}/hits/{entity}/{entry}",
        )
    else:
        assert one.dossier is not None  # noqa: S101 (one of the two)
        name, where, address = on_file.name_of(one.dossier), one.dossier.key, f"/partners/{one.dossier.key}"
    is_new = one.what == News.NEW
    return {
        "is_new": is_new,
        "what": _("new") if is_new else _("gone"),
        "name": name,
        "where": where,
        "address": address,
        "hit": one.hit,
        "entry": one.name,
        "entry_address": f"/screening/lists/{list_id}/entry?{urlencode({'entry': key})}",
        "strength": strength(one.strength) if is_new else "",  # type: ignore[arg-type] # as it was written
        "at": one.recheck.at,
    }


def _columns() -> tuple[Column[dict[str, Any]], ...]:
    heads = {
        "what": _("New or gone"),
        "name": _("Partner"),
        "where": _("Case or file"),
        "entry": _("Entry"),
        "hit": _("Hit"),
        "strength": _("Strength"),
        "at": _("Looked up"),
    }
    return tuple(Column[dict[str, Any]](key, head, lambda row, key=key: row[key]) for key, head in heads.items())  # type: ignore[misc]
