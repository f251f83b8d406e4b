"""Who works in the office: people, their roles by faculty, the link with which somebody chooses a password."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.http import require_http_methods

from risk_engine.files.language import _, languages
from risk_engine.web import log
from risk_engine.web.models import Faculty, Membership, Person
from risk_engine.web.pages import shown
from risk_engine.web.security import person_of
from risk_engine.web.wording import role_words
from risk_engine.web.words import Role

EVERYWHERE = "all"
"""What a form sends for a role in every faculty."""


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show who works here, with roles; add a person or a faculty."""
    sent = {
        name: " ".join(request.POST.get(name, "").split()) for name in ("name", "email", "faculty_name", "language")
    }
    wrong: list[str] = []
    if request.method == "POST" and sent["faculty_name"]:
        faculty, is_new = Faculty.objects.get_or_create(name=sent["faculty_name"])
        if is_new:
            log.note("faculty", person_of(request), faculty=faculty.name)
        return HttpResponseRedirect("/people")
    if request.method == "POST":
        wrong = _wrong(sent)
        if not wrong:
            with transaction.atomic():
                person = Person.objects.create_user(sent["email"], name=sent["name"], language=sent["language"] or "en")
                log.note("person", person_of(request), added=person.pk)
            return HttpResponseRedirect(f"/people/{person.pk}")
    rows = [
        {"person": one, "roles": [_held(role) for role in one.memberships.select_related("faculty")]}
        for one in Person.objects.order_by("-is_active", "name").prefetch_related("memberships")
    ]
    facts = {
        "rows": rows,
        "faculties": Faculty.objects.order_by("name"),
        "languages": languages(),
        "wrong": wrong,
        **sent,
    }
    return shown(request, "people.j2", facts, status=422 if wrong else 200)


def _wrong(sent: dict[str, str]) -> list[str]:
    found = [] if sent["name"] and sent["email"] else [_("A name and a mail address are needed.")]
    try:
        validate_email(sent["email"])
    except ValidationError:
        found.append(_("“{text}” is no mail address.", text=sent["email"]))
    if Person.objects.filter(email=sent["email"].casefold()).exists():
        found.append(_("Somebody has this mail address already."))
    return found


def _held(membership: Membership) -> str:
    words = role_words(membership.role)
    return f"{words} ({membership.faculty.name})" if membership.faculty else words


@require_http_methods(["GET", "POST"])
def person_page(request: HttpRequest, person: int) -> HttpResponse:
    """Show one person: give and take roles, make the link with which they choose a password, let them go."""
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise Http404
    faculties = list(Faculty.objects.order_by("name"))
    link = ""
    if request.method == "POST":
        match request.POST.get("do"):
            case "roles":
                _give(found, request.POST.getlist("role"), faculties, person_of(request))
            case "link":
                link = request.build_absolute_uri(_link(found))
                log.note("password_link", person_of(request), of=found.pk)
            case "leave" if found != person_of(request):
                found.is_active = not found.is_active
                found.save(update_fields=["is_active"])
                log.note("comes_back" if found.is_active else "leaves", person_of(request), of=found.pk)
            case _:
                pass
        if not link:
            return HttpResponseRedirect(f"/people/{found.pk}")
    held = {f"{one.role}.{one.faculty_id or EVERYWHERE}" for one in found.memberships.all()}
    places = [(EVERYWHERE, _("every faculty")), *((str(one.pk), one.name) for one in faculties)]
    facts = {
        "of": found,
        "roles": [(one.value, role_words(one)) for one in Role],
        "places": places,
        "held": held,
        "link": link,
        "is_self": found == person_of(request),
    }
    return shown(request, "person.j2", facts)


@transaction.atomic
def _give(person: Person, wanted: list[str], faculties: list[Faculty], by: Person) -> None:
    """Give a person these roles and no others, each as `role.faculty`; what names none is left out."""
    by_key = {str(one.pk): one for one in faculties}
    person.memberships.all().delete()
    rows = []
    for one in dict.fromkeys(wanted):
        role, _dot, place = one.partition(".")
        if role in set(Role) and (place == EVERYWHERE or place in by_key):
            rows.append(Membership(person=person, role=role, faculty=by_key.get(place)))
    Membership.objects.bulk_create(rows)
    log.note("roles", by, of=person.pk, roles=[f"{one.role}.{one.faculty_id or EVERYWHERE}" for one in rows])


def _link(person: Person) -> str:
    key = urlsafe_base64_encode(str(person.pk).encode())
    return f"/account/choose/{key}/{default_token_generator.make_token(person)}"


@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Let somebody choose a password by a link that is good for an hour, and once."""
    try:
        number = urlsafe_base64_decode(key).decode("ascii")
    except ValueError:
        number = ""
    person = Person.objects.filter(pk=int(number), is_active=True).first() if number.isdigit() else None
    if person is None or not default_token_generator.check_token(person, token):
        told = _("This link is no longer good: ask whoever gave it to you for a new one.")
        return shown(request, "problem.j2", {"title": _("Not found"), "told": told, "reason": ""}, status=404)
    facts: dict[str, Any] = {"of": person, "wrong": []}
    if request.method == "POST":
        password = request.POST.get("password", "")
        try:
            validate_password(password, person)
        except ValidationError as error:
            facts["wrong"] = error.messages
        else:
            person.set_password(password)
            person.save(update_fields=["password"])
            log.note("password", person)
            login(request, person)
            return HttpResponseRedirect("/")
    return shown(request, "choose.j2", facts, status=422 if facts["wrong"] else 200)
