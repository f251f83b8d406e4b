"""The guest's way: the link, the questions, a last look, send; and the office's side of it."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _, in_language, languages
from risk_engine.web import cases, guests, limits, questions
from risk_engine.web.models import Case, Invitation
from risk_engine.web.pages import once_of, shown, too_many
from risk_engine.web.pages.case import head_of, locked, not_saved, sent_by
from risk_engine.web.security import number_of, person_of

KEY = "invitation"
"""Where a session keeps which invitation it belongs to."""


def of_guest(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a page the invitation of the session, in its language; say so where the link is no longer good."""

    @wraps(view)
    def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
        found = Invitation.objects.select_related("case").filter(pk=request.session.get(KEY, 0)).first()
        if found is None or not guests.is_open(found):
            return _closed(request)
        with in_language(found.language):
            try:
                return view(request, invitation=found, **parts)
            except guests.ClosedError:
                return _closed(request)
            except Http404:  # told here: outside of this the language is that of the browser
                return shown(request, "problem.j2", {"title": _("Not found"), "told": "", "reason": ""}, 404)

    return answered


def _closed(request: HttpRequest) -> HttpResponse:
    told = _(
        "This link is no longer good: the answers were sent, or its time is over. The office can send you a new one."
    )
    return shown(request, "problem.j2", {"title": _("Not found"), "told": told, "reason": "", "back": ""}, 404)


@require_http_methods(["GET", "POST"])
def come_in(request: HttpRequest, token: str) -> HttpResponse:
    """Show whom a link is for; a button, not the link itself, begins, so that no scanner of mails uses it up."""
    found = guests.by_token(token)
    if found is None:
        seconds = limits.take("link", request)
        return too_many(request, seconds) if seconds else _closed(request)
    wrong = False
    if request.method == "POST":
        if guests.is_code(found, request.POST.get("code", "")):
            request.session.cycle_key()
            request.session[KEY] = found.pk
            return HttpResponseRedirect("/i")
        found.refresh_from_db()
        wrong = True
    if not guests.is_open(found):
        return _closed(request)
    with in_language(found.language):
        facts = {"invitation": found, "case": found.case, "wrong": wrong, "asks_code": bool(found.code_sha256)}
        return shown(request, "guest_begin.j2", facts, status=403 if wrong else 200)


@of_guest
def tasks(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Show a guest what they are asked."""
    return shown(request, "guest.j2", {"invitation": invitation, "groups": questions.groups(guests.sight(invitation))})


@of_guest
@require_http_methods(["GET", "POST"])
def question_page(request: HttpRequest, invitation: Invitation, group: str, entry: str | None = None) -> HttpResponse:
    """Show a guest a page of questions, and save what comes back."""
    sight = guests.sight(invitation)
    try:
        page = questions.page(sight, group, entry)
    except LookupError as error:
        raise Http404 from error
    if request.method == "POST":
        told, saved = questions.take(sight, page, sent_by(request), partial(guests.save, invitation))
        page = questions.again(guests.sight(invitation), page, told, saved)
        if not page.wrong and request.POST.get("then") == "next":
            return HttpResponseRedirect(f"/i/q/{group}" if entry else "/i")
    facts: dict[str, Any] = {
        "case": invitation.case,
        "is_editable": True,
        "state": "",
        "page": page,
        "place": "/i",
        "back": "",
        "files": (),
        "notes": {},
        "may_add": True,
        "returned": None,
        "range": None,
        "NOT_KNOWN": questions.NOT_KNOWN,
        "NONE": questions.NONE,
        "why": {},
    }
    part = "HX-Request" in request.headers and request.method == "POST"
    return shown(request, "saved.j2" if part else "questions.j2", facts)


@of_guest
@require_POST
def entries(request: HttpRequest, invitation: Invitation, group: str) -> HttpResponse:
    """Add an entry to a list, or say that there are none."""
    sight = guests.sight(invitation)
    entity = sight.record.criteria.entities.get(group)
    if entity is None or entity.many is None or group not in {one.entity for one in questions.groups(sight)}:
        raise Http404
    name, back = " ".join(request.POST.get("name", "").split()), f"/i/q/{group}"
    try:
        if request.POST.get("none") and not sight.record.entries(group):
            guests.save(invitation, Read(group, None, None), (), group, 0)
        elif is_blank(name):
            return not_saved(request, _("Write a name."), back)
        else:
            back += "/" + guests.save_entry(invitation, group, name, group)
    except RiskEngineError as error:
        return not_saved(request, str(error), back)
    return HttpResponseRedirect(back)


@of_guest
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Show a guest all that they answered, to keep; send it."""
    sight = guests.sight(invitation)
    pages = [
        questions.page(sight, one.entity, entry)
        for one in questions.groups(sight)
        for entry in ((None,) if one.many is None else tuple(each.id for each in one.entries))
    ]
    facts = {"invitation": invitation, "pages": pages, "words": questions.in_words, "is_sent": False}
    if request.method == "POST":
        guests.send(invitation)
        return shown(request, "guest_check.j2", {**facts, "is_sent": True})
    return shown(request, "guest_check.j2", facts)


# --- the office's side ---


@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest, case: Case) -> HttpResponse:
    """Show who was invited and what they answered; invite, revoke, take answers over."""
    roles = cases.rules(case).head.asked_of
    told, wrong, sent = guests.Told(), "", request.POST
    if request.method == "POST":
        try:
            match sent.get("do"):
                case "invite":
                    told = _invite(request, case)
                case "revoke":
                    for one in _own(case, sent.get("invitation", "")):
                        guests.revoke(one, person_of(request))
                case "take_over":
                    for one in _own(case, sent.get("invitation", "")).exclude(sent=None):
                        seen, unknown = number_of(sent.get("seen", "")), sent.getlist("unknown")
                        guests.taken_over(one, sent.get("group", ""), person_of(request), seen, unknown)
                case _:
                    pass
        except cases.LockedError:
            return locked(request, case)
        except cases.ConflictError as error:
            wrong = _("{name} answered one of these meanwhile: look again at what stands.", name=error.stands.author)
        except RiskEngineError as error:
            wrong = str(error)
        if not wrong and not told.invitation:
            return HttpResponseRedirect(f"/cases/{case.number}/invitations")
    seen = case.answers.aggregate(Max("pk"))["pk__max"] or 0  # before what stands is read: never later than it
    rows = [
        {
            "is": one,
            "role": roles.get(one.role, one.role),
            "is_open": guests.is_open(one),
            "groups": _answers(case, one),
        }
        for one in case.invitations.select_related("by").order_by("-pk")
    ]
    tags = languages("outside")
    facts: dict[str, Any] = {"rows": rows, "roles": roles, "wrong": wrong, "seen": seen}
    facts |= {"languages": tags, "told": [one for one in tags if cases.is_told_in(case, one)]}
    facts |= {
        "link": request.build_absolute_uri(told.link) if told.link else "",
        "code": told.code,
        "mailed": sent.get("address", "").strip() if told.invitation and not told.link else "",
        "server": settings.SMTP,
        "sent": sent if wrong else {},
    }
    return shown(request, "invitations.j2", {**head_of(request, case), **facts}, status=422 if wrong else 200)


def _own(case: Case, key: str) -> Any:
    return case.invitations.filter(pk=number_of(key))


def _invite(request: HttpRequest, case: Case) -> guests.Told:
    """Invite somebody; return what is to be handed over. Raise RiskEngineError with what is wrong."""
    sent = request.POST
    role, name, language = sent.get("role", ""), " ".join(sent.get("name", "").split()), sent.get("language", "")
    address, mails_link = sent.get("address", "").strip(), "mail" in sent
    guest, once = (role, name, language), once_of(request)
    if wrong := dict.fromkeys(words for _part, words in guests.problems(case, guest, address)):
        raise RiskEngineError("\n".join(wrong))
    return guests.invite_by(case, guest, person_of(request), address, mails_link=mails_link, once=once)


def _answers(case: Case, invitation: Invitation) -> list[dict[str, Any]]:
    """Return a guest's answers by group, each with what stands in the case."""
    own = guests.latest(invitation)
    if invitation.sent is None or not own:
        return []
    sight, stands = guests.sight(invitation), cases.latest(case)
    found: dict[str, list[dict[str, Any]]] = {}
    for path, row in own.items():
        group = path.partition(".")[0]
        here = stands.get(path)
        found.setdefault(group, []).append(
            {
                "question": questions.title_of(sight.record, path),
                "answer": _("erased") if row.is_erased else questions.row_in_words(sight, path, row),
                "stands": questions.row_in_words(sight, path, here) if here else "",
                "is_same": not row.is_erased and here is not None and here.value == row.value,
                "is_erased": row.is_erased,
                "path": path,
                "is_less": not row.is_erased and row.value is None and here is not None and here.value is not None,
            }
        )
    titles = sight.record.criteria.entities
    return [
        {
            "name": name,
            "title": titles[name].title,
            "rows": rows,
            "is_new": not all(one["is_same"] or one["is_erased"] for one in rows),
        }
        for name, rows in found.items()
        if name in titles
    ]
