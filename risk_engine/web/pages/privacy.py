"""Personal data: what is held of somebody, taken out or erased by two people; how long things are kept."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, erased, log, retention, second_person
from risk_engine.web import erasure as erasures
from risk_engine.web import privacy as held
from risk_engine.web.models import BroughtTable, Erasure, ErasureItem, Person, RetentionRule
from risk_engine.web.pages import shown
from risk_engine.web.security import number_of, person_of
from risk_engine.web.words import RetentionKind

MOST_SHOWN = 50
MOST_UNREAD = 200


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show which erasures wait, what was erased lately, and what an erasure does not reach."""
    erased = Erasure.objects.select_related("by", "confirmed_by")
    facts = {
        "waiting": second_person.erasures(),
        "past": erased.exclude(done_at=None, refused_at=None).order_by(F("pk").desc())[:MOST_SHOWN],
        "rules": len(retention.standing()),
        "proposed": len(second_person.rules()),
        "backups": sorted(one.name for one in Path(settings.OFFICE).glob("before-*.zip")),
    }
    return shown(request, "privacy.j2", facts)


@require_GET
def every_erasure(request: HttpRequest) -> HttpResponse:
    """Answer with the list of all that was erased, which a restore takes (`restore --erasures`)."""
    content = erased.listed()
    log.note("export", person_of(request), table="erasures", form="json")
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="erasures-{cases.today()}.json"'
    return response


@require_http_methods(["GET", "POST"])
def of_person(request: HttpRequest) -> HttpResponse:
    """Show what is held of a person, answer with it as a file, or ask for its erasure.

    Names are sent, and stand in no address: those lie in logs of servers.
    """
    by, sent = person_of(request), request.POST
    wanted = held.Wanted.of(sent.get("names", ""))
    holding, wrong = held.held_about(wanted, by), ""
    match sent.get("do"):
        case "page" | "json" as form if wanted.terms:
            log.note("person_export", by, form=form, rows=len(holding.found))
            return _as_file(form, held.as_data(wanted, holding, by))
        case "erase":
            seen = {one.key: one for one in holding.found if not one.kept and not one.is_hidden}
            chosen = [erasures.item_of(seen[key].row) for key in sent.getlist("row") if key in seen]
            try:
                made = erasures.ask(sent.get("names", ""), sent.get("basis", ""), chosen, by)
            except RiskEngineError as error:
                wrong = str(error)
            else:
                return HttpResponseRedirect(f"/privacy/erasures/{made.pk}")
        case _ if wanted.terms:
            log.note("person_search", by, rows=len(holding.found))
        case "search":
            wrong = _("A name or an address needs three letters.")
    facts = {
        "names": sent.get("names", ""),
        "basis": sent.get("basis", ""),
        "chosen": set(sent.getlist("row")),
        "holding": holding,
        "is_searched": bool(wanted.terms),
        "unread": [(one, held.unread_words(one.why)) for one in holding.unread[:MOST_UNREAD]],
        "wrong": wrong,
    }
    return shown(request, "privacy_person.j2", facts, status=422 if wrong else 200)


def _as_file(form: str, data: dict[str, Any]) -> HttpResponse:
    if form == "json":
        content = json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"
        response = HttpResponse(content, content_type="application/json")
    else:
        response = HttpResponse(held.as_page(data), content_type="text/html; charset=utf-8")
    ending = "json" if form == "json" else "html"
    response["Content-Disposition"] = f'attachment; filename="personal-data-{cases.today()}.{ending}"'
    return response


@require_http_methods(["GET", "POST"])
def one_erasure(request: HttpRequest, erasure: int) -> HttpResponse:
    """Show what an erasure is about; confirm it as second person, or refuse it."""
    found = Erasure.objects.select_related("by", "confirmed_by", "rule").filter(pk=erasure).first()
    if found is None:
        raise Http404
    by, wrong = person_of(request), ""
    if request.method == "POST":
        try:
            match request.POST.get("do"):
                case "confirm":
                    erasures.confirm(found, by)
                    erased.keep()
                case "refuse":
                    erasures.refuse(found, by)
                case _:
                    pass
        except RiskEngineError as error:
            wrong = str(error)
        else:
            return HttpResponseRedirect(f"/privacy/erasures/{erasure}")
    facts = {
        "of": found,
        "items": _items(found, by),
        "is_own": found.by_id == by.pk,
        "is_waiting": found.confirmed_at is None and found.refused_at is None,
        "wrong": wrong,
    }
    return shown(request, "erasure.j2", facts, status=409 if wrong else 200)


def _items(found: Erasure, by: Person) -> list[dict[str, Any]]:
    """Return what an erasure is about: the text while it waits, for who may read it; its digest afterwards."""
    items = list(found.items.order_by("pk"))
    readable = set(held.cases_read_by(by).values_list("number", flat=True))
    tables = held.tables_read_by(by)
    keys = [erasures.Item(one.table, one.row) for one in items]
    rows = {erasures.item_of(one): one for one in erasures.rows_of(keys)} if found.done_at is None else {}
    words = held.Words()
    return [
        _item(item, rows.get(key), words, may_read=item.case in readable if item.case else _is_open(item, tables))
        for item, key in zip(items, keys, strict=True)
    ]


def _is_open(item: ErasureItem, tables: set[int]) -> bool:
    """Return whether what is of no case is for everybody who sees to personal data: all but tables of many cases."""
    return item.table != BroughtTable._meta.db_table or item.row in tables


def _item(item: ErasureItem, row: Any, words: held.Words, *, may_read: bool) -> dict[str, Any]:
    return {
        "kind": held.kind_words(erasures.TABLES[item.table]),
        "case": item.case if may_read else "",
        "text": words.of(row) if row is not None and may_read else "",
        "is_hidden": not may_read,
        "digest": item.digest,
    }


@require_http_methods(["GET", "POST"])
def how_long(request: HttpRequest) -> HttpResponse:
    """Show how long things are kept, and what is due; propose a rule, confirm one, write down what is due now."""
    by, sent, wrong = person_of(request), request.POST, ""
    if request.method == "POST":
        try:
            _set(request, by)
        except RiskEngineError as error:
            wrong = str(error)
        else:
            return HttpResponseRedirect("/privacy/retention")
    rules, today = retention.standing(), cases.today()
    waiting = {one.kind: one for one in second_person.rules()}
    facts = {
        "rows": [
            {
                "kind": kind,
                "words": retention.kind_words(kind),
                "rule": rules.get(kind),
                "proposed": waiting.get(kind),
                "due": len(list(retention.due(kind, rules[kind].days, today))) if kind in rules else 0,
            }
            for kind in RetentionKind
        ],
        "table_days": retention.days_of_tables(),
        "person_key": by.pk,
        "sent": sent if wrong else {},
        "wrong": wrong,
    }
    return shown(request, "retention.j2", facts, status=422 if wrong else 200)


def _set(request: HttpRequest, by: Person) -> None:
    sent = request.POST
    match sent.get("do"):
        case "confirm":
            rule = RetentionRule.objects.filter(pk=number_of(sent.get("rule", ""))).first()
            if rule is None:
                raise RiskEngineError(_("This was done or refused meanwhile."))
            retention.confirm(rule, by)
        case "due":
            retention.run(cases.today())
        case _:
            days, automatic = number_of(sent.get("days", "").strip()), "automatic" in sent
            retention.propose(sent.get("kind", ""), days, sent.get("basis", ""), by, is_automatic=automatic)
