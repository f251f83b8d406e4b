"""What stands around every request: headers, the language, who is signed in, and what happens where nobody is."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from whitenoise.middleware import WhiteNoiseMiddleware

from risk_engine.files.language import ENGLISH, _, in_language, languages
from risk_engine.files.reading import templates_folder
from risk_engine.web.models import Person

Answering = Callable[[HttpRequest], HttpResponse]

CSP = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        *(
            f"{kind} 'self'"
            for kind in ("script-src", "style-src", "font-src", "img-src", "connect-src", "form-action")
        ),
    )
)
"""Nothing is loaded but what this application serves itself, and no script stands in a page."""
DOCUMENT_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
"""A document is a page of its own, with its style in it; it runs nothing and sends nothing."""

OPEN = ("/account/sign-in", "/account/choose/", "/setup/", "/static/", "/i/")
"""What somebody may see who is not signed in."""
GUEST = "/i"


class Static(WhiteNoiseMiddleware):  # type: ignore[misc] # the library has no types
    """Serves what stands in `static/`, and beside it the style that reports have too."""

    def __init__(self, get_response: Answering | None = None) -> None:
        super().__init__(get_response)
        self.add_file_to_dictionary("/static/page.css", str(templates_folder() / "page.css"))


def person_of(request: HttpRequest) -> Person:
    """Return who asks; nothing is there for who is not signed in."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def headers(answering: Answering) -> Answering:
    """Say in every answer what a browser may do with it."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answering(request)
        response.setdefault("Content-Security-Policy", CSP)
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return answered


def signed_in(answering: Answering) -> Answering:
    """Answer only who is signed in, in their language; others are asked to sign in, a part of a page gets a 401."""

    def answered(request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, Person):
            with in_language(person.language if person.language in languages() else ENGLISH):
                return answering(request)
        with in_language(_accepted(request)):
            if request.path.startswith(OPEN) or request.path == GUEST:
                return answering(request)
            if "HX-Request" in request.headers:
                return HttpResponse(status=401)
            from risk_engine.web.pages.parked import kept  # its settings name this module

            after = kept(request) or request.get_full_path()
            return HttpResponseRedirect(f"/account/sign-in?{urlencode({'next': after})}")

    return answered


def _accepted(request: HttpRequest) -> str:
    """Return the first language that a browser asks for and that there is."""
    wanted = [
        one.partition(";")[0].strip().partition("-")[0] for one in request.headers.get("Accept-Language", "").split(",")
    ]
    return next((one for one in wanted if one in languages()), ENGLISH)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was not sent from a page of this application, or from one that is too old."""
    from risk_engine.web.pages.parked import offered_again

    if (again := offered_again(request)) is not None:
        return again
    told = _("This form is from an earlier sign-in. Go back, load the page anew, and send it again: nothing was saved.")
    from risk_engine.web.pages import shown  # its settings name this module

    return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": reason}, status=403)
