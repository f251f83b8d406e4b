"""What stands around every request: headers, the language, who is signed in, and what happens where nobody is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from risk_engine.files.language import ENGLISH, _, in_language, languages, spoken_by
from risk_engine.files.reading import templates_folder
from risk_engine.web import log, sessions
from risk_engine.web.models import Person

Answering = Callable[[HttpRequest], HttpResponse]

CSP = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        *(f"{kind} 'self'" for kind in ("script-src", "style-src", "font-src", "img-src", "connect-src")),
        "form-action 'self'",
    )
)
"""Nothing is loaded but what this application serves itself, and no script stands in a page."""
DOCUMENT_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""A document is a page of its own, with its style in it; it runs nothing and sends nothing."""
REPORT_CSP = DOCUMENT_CSP.replace("sandbox;", "sandbox allow-downloads;")
"""A report on many cases leads to files beside it: lists that are too long for a page."""

OPEN = (
    *(f"/account/{one}" for one in ("sign-in", "second-factor", "choose/", "bind/", "sign-on/")),
    "/setup/",
    "/static/",
    (GUEST_PAGES := "/i/"),
)
"""What somebody may see who is not signed in."""
GUEST = "/i"
API = "/api/"
"""Below it programs are answered, which come with a token and nothing that a browser keeps."""
MOST_SENT = 100 * 1024 * 1024
"""So many bytes a form holds at most, with its files, each of which has a limit of its own."""
_LONGEST_NUMBER = 18
ENROLLING = ("/account", "/static/")
"""What somebody may see who has no second factor yet, where one is asked for."""


class Static(WhiteNoiseMiddleware):  # type: ignore[misc] # the library has no types
    """Serves what stands in `static/`, and beside it the styles that reports have too."""

    def __init__(self, get_response: Answering | None = None) -> None:
        super().__init__(get_response)
        for name in ("page.css", "changes.css"):
            self.add_file_to_dictionary(f"/static/{name}", str(templates_folder() / name))


def person_of(request: HttpRequest) -> Person:
    """Return who asks; nothing is there for who is not signed in."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def number_of(text: str) -> int:
    """Return the number of a row that somebody sent, and 0, which no row has, where that is none."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0


def headers(answering: Answering) -> Answering:
    """Say in every answer what a browser may do with it."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API):
            request.COOKIES = {}  # a page elsewhere could have a browser send them
        response = answering(request)
        # A browser follows a form to another origin, as single sign-on leads, only if the policy names it.
        elsewhere = settings.SIGN_ON.origins if settings.SIGN_ON else ()
        response.setdefault("Content-Security-Policy", " ".join((CSP, *elsewhere)))
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return answered


def limited(answering: Answering) -> Answering:
    """Read nothing of what is larger than any form: files would lie on the disk before anybody looks at them."""

    def answered(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith(API) or (length.isdecimal() and int(length) <= MOST_SENT):
            return answering(request)
        from risk_engine.web.pages import shown  # its settings name this module

        told = _("What was sent is larger than {size} MiB: nothing of it was read.", size=MOST_SENT // 1024 // 1024)
        return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": ""}, status=413)

    return answered


def signed_in(answering: Answering) -> Answering:
    """Answer only who is signed in, in their language; others are asked to sign in, a part of a page gets a 401."""
    from risk_engine.web.proofs import factors  # models of applications that are there later than this module

    def answered(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API):
            return _by_token(request, answering)
        sessions.keep_up(request)
        if isinstance(request.user, Person) and sessions.is_over(request):
            logout(request)
        person = request.user
        if isinstance(person, Person):
            with _speaking(spoken_by("web", person.language)):
                if settings.FACTOR_REQUIRED and not request.path.startswith(ENROLLING) and not factors(person):
                    return HttpResponseRedirect("/account")
                return answering(request)
        with _speaking(_accepted(request)):
            if request.path.startswith(OPEN) or request.path == GUEST:
                return answering(request)
            if "HX-Request" in request.headers:
                return HttpResponse(status=401)
            from risk_engine.web.pages.parked import kept  # its settings name this module

            after = kept(request) or request.get_full_path()
            return HttpResponseRedirect(f"/account/sign-in?{urlencode({'next': after})}")

    return answered


def _by_token(request: HttpRequest, answering: Answering) -> HttpResponse:
    """Answer a program, in the language that it asks for, else in that of whose token it has."""
    from risk_engine.web import tokens  # its models are there later than this module
    from risk_engine.web.rights import remembered  # likewise

    token = tokens.of(request)
    request.user = token.person if token else AnonymousUser()
    request.token = token  # type: ignore[attr-defined] # what the operation asks for
    theirs = spoken_by("web", token.person.language) if token else ENGLISH
    reading = remembered() if request.method == "GET" else nullcontext()
    with _speaking(_accepted(request, theirs)), log.by_token(token.pk if token else None), reading:
        response = answering(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        from risk_engine.web.api import problems  # likewise

        told = problems.answered(problems.wrong_method())
        told["Allow"] = ", ".join(sorted(response["Allow"].split(", ")))
        return told


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Say everything in a language, what Django says of a password too."""
    with in_language(language), translation.override(language):
        yield


def _accepted(request: HttpRequest, otherwise: str = ENGLISH) -> str:
    """Return the first language that a browser asks for and that there is."""
    wanted = [
        one.partition(";")[0].strip().partition("-")[0] for one in request.headers.get("Accept-Language", "").split(",")
    ]
    part = "outside" if request.path.startswith(GUEST_PAGES) or request.path == GUEST else "web"
    return next((one for one in wanted if one in languages(part)), otherwise)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was not sent from a page of this application, or from one that is too old."""
    from risk_engine.web.pages.parked import offered_again

    if (again := offered_again(request)) is not None:
        return again
    told = _("This form is from an earlier sign-in. Go back, load the page anew, and send it again: nothing was saved.")
    from risk_engine.web.pages import shown  # its settings name this module

    return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": reason}, status=403)
