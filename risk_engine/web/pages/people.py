"""Who works in the office: people, their roles by faculty, the link with which somebody chooses a password."""

from typing import Any, TypeAlias

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.language import ENGLISH, _, languages
from risk_engine.web import demo, erasure, log, proofs, sessions, tokens
from risk_engine.web.accounts import come_in, link_for, of_link, set_password, wrong_address, wrong_with
from risk_engine.web.models import Event, Faculty, Membership, Person
from risk_engine.web.pages import shown
from risk_engine.web.security import number_of, person_of
from risk_engine.web.tables import Column, Table, as_file
from risk_engine.web.wording import account_words, role_words, too_long
from risk_engine.web.words import DEMO, DEMO_FACULTY, Role

MOST_ON_A_PAGE = 100
_Row: TypeAlias = tuple[Person, list[str]]
"""Somebody, with the roles that they hold in words."""
EVERYWHERE = "all"
"""What a form sends for a role in every faculty."""
NOBODY = ".invalid"
"""How addresses end of accounts that are nobody's: who was erased, the folder register."""


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show who works here, with roles; add a person or a faculty, mend the name of a faculty."""
    sent = {
        name: " ".join(request.POST.get(name, "").split()) for name in ("name", "email", "faculty_name", "language")
    }
    wrong: list[str] = []
    if request.method == "POST" and "faculty_name" in request.POST:
        wrong = _name_faculty(sent["faculty_name"], number_of(request.POST.get("faculty", "")), person_of(request))
        if not wrong:
            return HttpResponseRedirect("/people")
    elif request.method == "POST":
        wrong = _wrong(sent)
        if not wrong:
            language = sent["language"] if sent["language"] in languages("outside") else ENGLISH
            with transaction.atomic():
                person = Person.objects.create_user(sent["email"], name=sent["name"], language=language)
                log.note("person", person_of(request), added=person.pk)
            return HttpResponseRedirect(f"/people/{person.pk}")
    everyone = Person.objects.order_by("-is_active", "name").prefetch_related("memberships__faculty")
    rows = [(one, [_held(role) for role in one.memberships.all()]) for one in everyone]
    if "format" in request.GET:
        columns = (
            Column[_Row]("name", _("Name"), lambda row: row[0].name),
            Column[_Row]("email", _("Mail address"), lambda row: row[0].email),
            Column[_Row]("roles", _("Roles"), lambda row: row[1]),
            Column[_Row]("has_left", _("Has left"), lambda row: not row[0].is_active, _left_words),
        )
        return as_file(request, Table("people", _("People"), columns, rows))
    facts = {
        "rows": rows,
        "faculties": Faculty.objects.order_by("name"),
        "demo_mark": DEMO_FACULTY,
        "languages": languages("outside"),
        "wrong": wrong,
        "sign_on": settings.SIGN_ON,
        "redirect_address": settings.SIGN_ON
        and request.build_absolute_uri(f"/account/sign-on/{settings.SIGN_ON.key}/back"),
        **sent,
    }
    return shown(request, "people.j2", facts, status=422 if wrong else 200)


def _left_words(row: "_Row") -> str:
    return "" if row[0].is_active else _("yes")


@transaction.atomic
def _name_faculty(name: str, key: int, by: Person) -> list[str]:
    """Add a faculty, or mend the name of the one that has this key; return why not."""
    before = Faculty.objects.select_for_update().filter(pk=key).first()
    if before is not None and before.name == name:
        return []
    wrong = too_long(Faculty, name=name) if name else [_("A faculty needs a name.")]
    is_demo = before is not None and before.name.startswith(DEMO_FACULTY)
    if is_demo or (before is not None and name.startswith(DEMO_FACULTY)):
        wrong.append(_("Faculties whose name begins with “{mark}” are demo data and keep it.", mark=DEMO_FACULTY))
    if before is not None and Faculty.objects.filter(name=name).exists():
        wrong.append(_("There is a faculty of this name already."))
    if wrong:
        return wrong
    if before is not None:
        log.note("faculty_mended", by, faculty=before.pk, before=before.name, after=name)
        Faculty.objects.filter(pk=before.pk).update(name=name)
        return []
    faculty, is_new = Faculty.objects.get_or_create(name=name)
    if is_new:
        log.note("faculty", by, faculty=faculty.name)
    return []


def _wrong(sent: dict[str, str], of: Person | None = None) -> list[str]:
    """Return why a name and a mail address are not those of somebody new, or of this person."""
    found = [] if sent["name"] and sent["email"] else [_("A name and a mail address are needed.")]
    found += [*wrong_address(sent["email"]), *too_long(Person, name=sent["name"], email=sent["email"])]
    others = Person.objects.exclude(pk=of.pk) if of else Person.objects.all()
    if others.filter(email=sent["email"].casefold()).exists():
        found.append(_("Somebody has this mail address already."))
    return found


@transaction.atomic
def _mend(person: Person, sent: dict[str, str], by: Person) -> None:
    """Let a name and a mail address that were mistyped be these; the log says what they were."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    after = {"name": sent["name"], "email": Person.objects.normalize_email(sent["email"]).casefold()}
    before = {name: getattr(person, name) for name in after}
    if before == after:
        return
    Person.objects.filter(pk=person.pk).update(**after)
    log.note(erasure.MENDED, by, of=person.pk, before=before, after=after)


def _held(membership: Membership) -> str:
    words = role_words(membership.role)
    is_here = membership.faculty and _place(membership.role, membership.faculty_id) != EVERYWHERE
    return f"{words} ({membership.faculty.name})" if membership.faculty and is_here else words


def _place(role: str, faculty: int | None) -> int | str:
    """Return where a role counts: that of an admin everywhere, also where it was given for one faculty."""
    return EVERYWHERE if role == Role.ADMIN or faculty is None else faculty


@require_http_methods(["GET", "POST"])
def demo_data(request: HttpRequest) -> HttpResponse:
    """Show what demo data is; bring it, or take it away again as a whole."""
    if request.method == "POST":
        if request.POST.get("do") == "remove":
            demo.remove(person_of(request))
        else:
            demo.bring(person_of(request))
        return HttpResponseRedirect("/people/demo")
    return shown(request, "demo.j2", {"is_there": demo.is_there(), "mark": DEMO, "names": demo.names()})


@require_http_methods(["GET", "POST"])
def person_page(request: HttpRequest, person: int) -> HttpResponse:
    """Show one person: mend a name, give and take roles, make the link to choose a password, let them go."""
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise Http404
    faculties = list(Faculty.objects.order_by("name"))
    link, wanted, wrong = "", request.POST.getlist("role"), list[str]()
    is_self, is_somebody = found == person_of(request), not found.email.endswith(NOBODY)
    sent = {name: " ".join(request.POST.get(name, getattr(found, name)).split()) for name in ("name", "email")}
    if request.method == "POST":
        match request.POST.get("do"):
            case "roles" if is_self and f"{Role.ADMIN}.{EVERYWHERE}" not in wanted:
                told = _("Another admin takes this role from you: an office without one could name nobody any more.")
                return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": ""}, status=422)
            case "roles":
                edits = bool(request.POST.get("edits_criteria"))
                _give(found, wanted, faculties, person_of(request), edits_criteria=edits)
            case "mend" if is_somebody:
                wrong = _wrong(sent, found)
                if not wrong:
                    _mend(found, sent, person_of(request))
            case "link":
                link = request.build_absolute_uri(link_for(found, "choose"))
                log.note("password_link", person_of(request), of=found.pk)
            case "leave" if not is_self:
                with transaction.atomic():
                    found.is_active = not found.is_active
                    found.save(update_fields=["is_active"])
                    log.note("comes_back" if found.is_active else "leaves", person_of(request), of=found.pk)
                    tokens.revoke(tokens.good(found), person_of(request))
                sessions.end(found)
            case "reset_factors":
                proofs.reset(found, person_of(request))
                sessions.end(found)
            case "bind" if settings.SIGN_ON:
                link = request.build_absolute_uri(link_for(found, "bind"))
                log.note("identity_link", person_of(request), of=found.pk)
            case _:
                pass
        if not link and not wrong:
            return HttpResponseRedirect(f"/people/{found.pk}")
    held = {f"{one.role}.{_place(one.role, one.faculty_id)}" for one in found.memberships.all()}
    places = [(EVERYWHERE, _("every faculty")), *((str(one.pk), one.name) for one in faculties)]
    facts = {
        "of": found,
        "roles": [(one.value, role_words(one)) for one in Role],
        "places": places,
        "held": held,
        "link": link,
        "is_self": is_self,
        "is_somebody": is_somebody,
        "sent": sent,
        "wrong": wrong,
        "has_factors": bool(proofs.factors(found)),
        "sign_on": settings.SIGN_ON,
        "is_bound": SocialAccount.objects.filter(user=found).exists(),
    }
    return shown(request, "person.j2", facts, status=422 if wrong else 200)


@transaction.atomic
def _give(person: Person, wanted: list[str], faculties: list[Faculty], by: Person, *, edits_criteria: bool) -> None:
    """Give a person these roles and no others, each as `role.faculty`; what names none is left out."""
    person.edits_criteria = edits_criteria
    person.save(update_fields=["edits_criteria"])
    by_key = {str(one.pk): one for one in faculties}
    person.memberships.all().delete()
    rows = []
    for one in dict.fromkeys(wanted):
        role, _dot, place = one.partition(".")
        if role in set(Role) and (place == EVERYWHERE or (place in by_key and role != Role.ADMIN)):
            rows.append(Membership(person=person, role=role, faculty=by_key.get(place)))
    Membership.objects.bulk_create(rows)
    log.note(
        "roles",
        by,
        of=person.pk,
        roles=[
            *(f"{one.role}.{one.faculty_id or EVERYWHERE}" for one in rows),
            *(["criteria"] if edits_criteria else []),
        ],
    )


def link_over(request: HttpRequest) -> HttpResponse:
    """Answer that a link is no longer good."""
    told = _("This link is no longer good: ask whoever gave it to you for a new one.")
    return shown(request, "problem.j2", {"title": _("Not found"), "told": told, "reason": ""}, status=404)


@require_GET
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Show who came in lately and who was refused, and what happened to second factors."""
    found = Event.objects.filter(verb__in=list(account_words())).select_related("detail").order_by("-number")
    page = Paginator(found, MOST_ON_A_PAGE).get_page(request.GET.get("page"))
    names: dict[int | None, str] = dict(Person.objects.values_list("pk", "name"))
    rows = []
    for one in page.object_list:
        detail = one.detail.detail if hasattr(one, "detail") else {}
        rows.append(
            {
                "at": one.at,
                "what": account_words()[one.verb],
                "who": names.get(one.person, ""),
                "of": names.get(detail.get("of"), ""),
                "address": detail.get("address", ""),
            }
        )
    return shown(request, "sign_ins.j2", {"rows": rows, "page": page})


@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Let somebody choose a password by a link that is good for an hour, and once."""
    person = of_link("choose", key, token)
    if person is None:
        return link_over(request)
    facts: dict[str, Any] = {"of": person, "wrong": []}
    if request.method == "POST":
        password = request.POST.get("password", "")
        facts["wrong"] = wrong_with(password, person)
        if not facts["wrong"]:
            set_password(person, password)
            sessions.end(person)
            return come_in(request, person)
    return shown(request, "choose.j2", facts, status=422 if facts["wrong"] else 200)
