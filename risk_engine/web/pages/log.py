"""The log: one's own events for most, all of them for an auditor, those about people for an admin; and the chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from risk_engine.files.language import _, pgettext
from risk_engine.files.plain import canonical
from risk_engine.records.office_log import SHOWN
from risk_engine.web import cases, log
from risk_engine.web.models import Event, Person
from risk_engine.web.pages import shown
from risk_engine.web.rights import cases_for, may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import as_iso, event_words

MOST_ON_A_PAGE: Final = 100
_FILTERS: Final = ("verb", "case", "who", "from", "until")


@dataclass(frozen=True)
class Row:
    """An event as somebody may see it."""

    event: Event
    who: str
    case: str
    """The number of the case; blank for who may not know that it is there."""
    detail: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When it was, to the second."""
        return self.event.at.replace(microsecond=0)

    @property
    def detail_words(self) -> str:
        """What it was about, as names and values."""
        return ", ".join(f"{name}: {value}" for name, value in self.detail.items() if value not in (None, "", [], {}))


def events_for(person: Person) -> QuerySet[Event]:
    """Return the events that somebody may see: of an auditor all, of an admin those of no case, and one's own."""
    if may(person, "audit"):
        found = Event.objects.all()
    else:
        own = Q(person=person.pk) | Q(case="") if may(person, "people") else Q(person=person.pk)
        found = Event.objects.filter(own)
    return found.select_related("detail").order_by("-number")


def _rows(person: Person, found: QuerySet[Event] | list[Event]) -> Iterator[Row]:
    """Yield events as rows: of a case that is not there for somebody no details, and to auditors alone its number."""
    events = list(found)
    names = dict(Person.objects.values_list("pk", "name"))
    is_auditor = may(person, "audit")
    numbers = {one.case for one in events if one.case}
    seen = set(cases_for(person).filter(number__in=numbers).values_list("number", flat=True)) if numbers else set()
    for one in events:
        has_detail = hasattr(one, "detail") and (not one.case or one.case in seen)
        who = names.get(one.person, "") if one.person is not None else ""
        yield Row(
            one, who, one.case if is_auditor or one.case in seen else "", dict(one.detail.detail) if has_detail else {}
        )


def _verbs(person: Person, visible: QuerySet[Event]) -> Iterator[tuple[str, str]]:
    """Return what the events that somebody may see tell of; an index answers that for the whole log, which is long."""
    sees_many = may(person, "audit") or may(person, "people")
    found = log.verbs() if sees_many else visible.order_by().values_list("verb", flat=True).distinct()
    return ((one, event_words(one)) for one in found)


def _narrowed(person: Person, found: QuerySet[Event], sent: dict[str, str]) -> tuple[QuerySet[Event], list[str]]:
    """Return those of some events which a person asks for, and what of the address means nothing."""
    wrong = []
    if sent.get("verb"):
        found = found.filter(verb=sent["verb"])
    if sent.get("case"):
        number = sent["case"].strip()
        knows = may(person, "audit") or cases_for(person).filter(number=number).exists()
        found = found.filter(case=number) if knows else found.none()
    if who := number_of(sent.get("who", "")):
        found = found.filter(person=who)
    for name, test in (("from", "at__date__gte"), ("until", "at__date__lte")):
        try:
            found = found.filter(**{test: date.fromisoformat(as_iso(sent[name]))}) if sent.get(name) else found
        except ValueError:
            wrong.append(_("“{text}” is no date like 2026-01-31, and was left out.", text=sent[name]))
    return found, wrong


@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """Show the events that somebody may see, narrowed by the address, or answer with them as a file."""
    person = person_of(request)
    visible = events_for(person)
    sent = {name: request.GET.get(name, "") for name in _FILTERS}
    found, wrong = _narrowed(person, visible, sent)
    if "format" in request.GET:
        return as_file(request, _table(list(_rows(person, found))))
    page = Paginator(found, MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    is_auditor = may(person, "audit")
    number, digits = log.head()
    facts = {
        "page": page,
        "rows": [(one, event_words(one.event.verb)) for one in _rows(person, list(page.object_list))],
        "verbs": sorted(_verbs(person, visible), key=lambda one: one[1].casefold()),
        "people": list(Person.objects.order_by("name")) if is_auditor else [],
        "sent": sent,
        "wrong": wrong,
        "query": urlencode({name: one for name, one in sent.items() if one}),
        "is_auditor": is_auditor,
        "is_admin": may(person, "people"),
        "head": f"{number}:{digits[:SHOWN]}",
    }
    return shown(request, "log.j2", facts)


def _table(rows: list[Row]) -> Table[Row]:
    columns = (
        Column[Row]("number", pgettext("of a case or an event", "Number"), lambda row: row.event.number),
        Column[Row]("at", _("When (UTC)"), lambda row: row.at),
        Column[Row]("who", _("Who"), lambda row: row.who),
        Column[Row]("verb", _("What"), lambda row: row.event.verb, lambda row: event_words(row.event.verb)),
        Column[Row]("case", _("Case"), lambda row: row.case),
        Column[Row]("detail", _("About"), lambda row: row.detail, lambda row: row.detail_words),
    )
    return Table("events", _("Log"), columns, rows)


@require_GET
def chain(request: HttpRequest) -> HttpResponse:
    """Answer with the whole chain as lines of JSON, which `risk-engine verify` reads without the office."""
    person = person_of(request)
    lines = [
        canonical(one.model_dump(exclude_none=True) | {"person": one.person}) for one in log.lines(cases_for(person))
    ]
    log.note("export", person, table="log", form="jsonl", rows=len(lines))
    response = HttpResponse(b"".join(one + b"\n" for one in lines), content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="log-{cases.today()}.jsonl"'
    return response
