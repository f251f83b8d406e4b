"""What somebody sees first: the first person of an office, their own work."""

from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from risk_engine.files.language import ENGLISH, _, languages, pgettext
from risk_engine.web import consultations, guests, log, outbox, second_person, setup
from risk_engine.web.accounts import come_in, wrong_address, wrong_with
from risk_engine.web.models import Act, Answer, Case, Faculty, Invitation, Membership, Person
from risk_engine.web.pages import shown
from risk_engine.web.rights import cases_for, faculties_of, is_officer, may, stood_in_for
from risk_engine.web.security import person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import standing_words, too_long
from risk_engine.web.words import DEMO_FACULTY, ActName, Role, State

_GUIDED = "guided"
"""Where a session keeps that somebody has put away how a case goes."""
MOST_ON_A_PAGE = 50


@require_http_methods(["GET", "POST"])
def first_person(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first person of an office, by the link that `serve` printed; the link is good once."""
    if not setup.is_open(token):
        told = _("This link was used, or the office was started again: the last start printed the one that is good.")
        return shown(request, "problem.j2", {"title": _("Not found"), "told": told, "reason": ""}, status=404)
    facts: dict[str, Any] = {
        "token": token,
        "wrong": [],
        "name": "",
        "email": "",
        "faculty": "",
        "language": "",
        "languages": languages("outside"),
    }
    if request.method == "POST":
        sent = {name: request.POST.get(name, "").strip() for name in ("name", "email", "faculty", "language")}
        password = request.POST.get("password", "")
        facts |= sent
        facts["wrong"] = _wrong(sent, password)
        if not facts["wrong"]:
            language = sent["language"] if sent["language"] in languages("outside") else ENGLISH
            with transaction.atomic():
                person = Person.objects.create_user(sent["email"], password, name=sent["name"], language=language)
                faculty, _new = Faculty.objects.get_or_create(name=sent["faculty"])  # an import may have made it
                roles = [Role.ADMIN, Role.ASSESSOR]
                Membership.objects.bulk_create(Membership(person=person, role=one, faculty=None) for one in roles)
                person.edits_criteria = True
                person.save(update_fields=["edits_criteria"])
                log.note("first_person", person, faculty=faculty.name)
                setup.close()
            return come_in(request, person)
    return shown(request, "setup.j2", facts)


def _wrong(sent: dict[str, str], password: str) -> list[str]:
    missing = [_("Fill in every field.")] if not all(sent[one] for one in ("name", "email", "faculty")) else []
    is_taken = Person.objects.filter(email=sent["email"].casefold()).exists()
    return [
        *missing,
        *([_("Somebody has this mail address already.")] if is_taken else []),
        *(wrong_address(sent["email"]) if sent["email"] else []),
        *too_long(Person, name=sent["name"], email=sent["email"]),
        *too_long(Faculty, name=sent["faculty"]),
        *wrong_with(password, Person(email=sent["email"], name=sent["name"])),
    ]


@require_http_methods(["GET", "POST"])
def my_work(request: HttpRequest) -> HttpResponse:
    """Show somebody what waits for them, and who has no case yet how one goes, until they put that away."""
    person = person_of(request)
    if request.method == "POST":
        request.session[_GUIDED] = True
        return HttpResponseRedirect("/")
    visible = cases_for(person).only("number", "title", "state", "changed", "summary")
    absent = list(stood_in_for(person))
    those = [person, *absent]
    answered = Answer.objects.filter(by=person).values("case")
    asked = consultations.waits_for(those).values("case")
    came_in = [one.case_id for one in guests.not_taken_over(Invitation.objects.filter(by__in=those))]
    decided = Act.objects.filter(name=ActName.DECIDE, person__in=those, round=F("case__round")).values("case")
    mine = {
        _("You are assessing"): visible.filter(
            state__in=[State.DRAFT, State.ASSESSED, State.RETURNED], pk__in=answered
        ),
        _("Answers of guests came in"): visible.filter(pk__in=came_in),
        _("You are asked"): visible.filter(pk__in=asked).exclude(state=State.CLOSED),
        _("Waits for your review"): visible.filter(Q(reviewer__in=those) | Q(reviewer=None), state=State.IN_REVIEW)
        if may(person, ActName.REVIEW)
        else Case.objects.none(),
        _("Waits for a decision"): visible.filter(
            Q(state=State.SIGNED) | Q(state=State.DECIDED, summary__unconfirmed=True)
        ).exclude(pk__in=decided)
        if may(person, ActName.DECIDE)
        else Case.objects.none(),
    }
    as_second = second_person.waiting_for(person)
    if "format" in request.GET:
        waiting = [{"why": why, **row} for why, found in mine.items() for row in _rows(found)]
        waiting += [
            {
                "why": outbox.subject_of(one.kind, ""),
                "number": "",
                "title": one.why,
                "state": _("waits for a second person"),
                "changed": one.at.astimezone().date(),
            }
            for one in as_second
        ]
        heads = {
            "why": _("Why"),
            "number": pgettext("of a case or an event", "Number"),
            "title": _("Title"),
            "state": _("State"),
            "changed": _("Changed"),
        }
        columns = tuple(Column[dict[str, Any]](key, head, itemgetter(key)) for key, head in heads.items())
        return as_file(request, Table("my-work", _("My work"), columns, waiting))
    lists = {title: _rows(found.order_by("-changed")[:MOST_ON_A_PAGE]) for title, found in mine.items()}
    # An empty list says that there is nothing to do; of what somebody never does it says nothing.
    theirs = {
        _("You are assessing"): may(person, ActName.ASSESS),
        _("Answers of guests came in"): False,
        _("You are asked"): is_officer(person),
        _("Waits for your review"): may(person, ActName.REVIEW),
        _("Waits for a decision"): may(person, ActName.DECIDE),
    }
    lists = {title: rows for title, rows in lists.items() if rows or theirs[title]}
    return shown(
        request,
        "home.j2",
        {
            "lists": lists,
            "as_second": [(one, outbox.subject_of(one.kind, "")) for one in as_second],
            "absent": absent,
            "may_begin": may(person, "begin"),
            "faculties": sorted(faculties_of(person, "begin"), key=lambda one: one.name.startswith(DEMO_FACULTY)),
            "is_guided": may(person, "begin") and not any(lists.values()) and _GUIDED not in request.session,
        },
    )


def _rows(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "title": one.title,
            "state": standing_words(one),
            "changed": one.changed.astimezone().date(),
        }
        for one in found
    ]
