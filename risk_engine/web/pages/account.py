"""Somebody's own account: signing in and out, the second factor, the password, the sessions."""

from typing import Any

from allauth.account.stages import LoginStageController
from allauth.mfa.adapter import get_adapter
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.providers.openid_connect import views as single_sign_on
from django.conf import settings
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from risk_engine.files.language import _, languages
from risk_engine.web import limits, log, proofs, sessions
from risk_engine.web.accounts import BINDS, come_in, not_to_an_end, of_link, refused, set_password, wrong_with
from risk_engine.web.models import Person, SignedIn
from risk_engine.web.pages import shown, too_many
from risk_engine.web.pages.people import link_over
from risk_engine.web.security import number_of, person_of
from risk_engine.web.wording import browser_words

LONGEST_NAME = 200


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign somebody in by mail address and password; the second factor comes after."""
    following = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = "/"
    facts: dict[str, Any] = {"next": following, "email": "", "wrong": "", "sign_on": settings.SIGN_ON}
    if request.method != "POST":
        return shown(request, "sign_in.j2", facts)
    email = facts["email"] = request.POST.get("email", "").strip().casefold()
    if seconds := limits.take("password", request, email):
        return too_many(request, seconds, "sign_in.j2", facts)
    person = authenticate(request, username=email, password=request.POST.get("password", ""))
    if isinstance(person, Person):
        limits.give_back("password", email)
        return come_in(request, person, following)
    log.note("sign_in_refused", Person.objects.filter(email=email).first(), address=limits.address_of(request))
    return shown(request, "sign_in.j2", {**facts, "wrong": _("Address or password is not right.")}, status=403)


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask who gave a right password for their second factor."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None or not stage.login.user.is_active:
        return HttpResponseRedirect("/account/sign-in")
    person, wrong = stage.login.user, ""
    if request.method == "POST":
        wrong = proofs.second_factor(request, person)
        if not wrong:
            response: HttpResponse = stage.exit()
            return response
    facts = {"wrong": wrong, "has_app": proofs.has_app(person), "challenge": proofs.challenge(person)}
    return shown(request, "second_factor.j2", facts, status=403 if wrong else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End a session."""
    logout(request)
    return HttpResponseRedirect("/account/sign-in")


@require_http_methods(["GET", "POST"])
def bind(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Begin to bind the identity that somebody has at the provider, by a link that is good for an hour, and once."""
    person = of_link("bind", key, token)
    if person is None or settings.SIGN_ON is None:
        return link_over(request)
    return shown(request, "bind.j2", {"of": person, "sign_on": settings.SIGN_ON, "key": key, "token": token})


@require_POST
def to_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to the provider of single sign-on; only a form of ours begins that, and only to sign in."""
    if "process" in request.POST or "process" in request.GET:  # allauth binds identities by it, which a link does here
        raise Http404
    # An ordinary sign-in binds nothing, whatever link was opened before it.
    request.session.pop(BINDS, None)
    if "binds" in request.POST:
        request.session[BINDS] = [request.POST["binds"], request.POST.get("token", "")]
    try:
        return single_sign_on.login(request, provider_id)  # type: ignore[no-any-return] # the library has no types
    except RequestException:
        return refused(request, not_to_an_end())


@require_GET
def from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let in who comes back from the provider with an identity that is bound here."""
    return single_sign_on.callback(request, provider_id)  # type: ignore[no-any-return] # likewise


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show somebody their name, language, factors and sessions; change them, end them."""
    person, wrong = person_of(request), ""
    if request.method == "POST":
        wrong = _changed(request, person)
        if not wrong:
            return HttpResponseRedirect("/account")
    return _account(request, person, wrong)


def _changed(request: HttpRequest, person: Person) -> str:
    """Do what a form of the account page asks; return what is wrong."""
    sent = request.POST
    match sent.get("do"):
        case "names":
            name, language = " ".join(sent.get("name", "").split()), sent.get("language", "")
            if not 0 < len(name) <= LONGEST_NAME or language not in languages("outside"):
                return _("A name of at most {number} letters and a language are needed.", number=LONGEST_NAME)
            person.name, person.language = name, language
            with transaction.atomic():
                person.save(update_fields=["name", "language"])
                log.note("account", person)
        case "end":
            sessions.end(person, only=sent.get("session", ""))
        case "end_others":
            sessions.end(person, but=request.session.session_key)
        case "remove":
            if settings.FACTOR_REQUIRED and len(proofs.factors(person)) == 1:
                return _("This office asks for a second factor: add another one before you remove the last.")
            if wrong := proofs.given(request, person):
                return wrong
            proofs.remove(person, number_of(sent.get("factor", "")))
        case _:
            pass
    return ""


def _account(request: HttpRequest, person: Person, wrong: str) -> HttpResponse:
    factors = [
        {"is": one, "name": one.wrap().name if one.type == one.Type.WEBAUTHN else "", "used": one.last_used_at}
        for one in proofs.factors(person)
    ]
    facts = {
        "wrong": wrong,
        "languages": languages("outside"),
        "factors": factors,
        "has_app": proofs.has_app(person),
        "is_asked": settings.FACTOR_REQUIRED and not factors,
        "proof": proofs.asked(request, person) if factors else None,
        "sessions": [_session(one, request) for one in sessions.of(person)],
    }
    return shown(request, "account.j2", facts, status=422 if wrong else 200)


def _session(row: SignedIn, request: HttpRequest) -> dict[str, Any]:
    return {
        "key": sessions.shown_key(row.session_key),
        "is_this": row.session_key == request.session.session_key,
        "browser": browser_words(row.agent),
        "since": row.since,
    }


@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change somebody's password, who knows the old one or proves it is them; every other session ends."""
    person = person_of(request)
    wrong: list[str] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        wrong = [why] if (why := proofs.given(request, person)) else wrong_with(password, person)
        if not wrong:
            set_password(person, password)
            update_session_auth_hash(request, person)
            sessions.end(person, but=request.session.session_key)
            return HttpResponseRedirect("/account")
    facts = {"wrong": wrong, "proof": proofs.asked(request, person)}
    return shown(request, "password.j2", facts, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """Show the secret for an app of codes; take it once a code of it came back."""
    person, wrong = person_of(request), ""
    if proofs.has_app(person):
        return HttpResponseRedirect("/account")
    if request.method == "POST":
        wrong = proofs.given(request, person)
        if not wrong and proofs.add_app(request, person, request.POST.get("code", "")):
            return _after_first(request, person)
        wrong = wrong or _("This code is not right; is the clock of your phone right?")
    secret = proofs.pending_secret(request)
    address = get_adapter().build_totp_url(person, secret)
    picture = get_adapter().build_totp_svg(address).partition("?>")[2]
    facts = {
        "wrong": wrong,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": mark_safe(picture),  # noqa: S308 (drawn from the address, which is not in it as text)
        "proof": proofs.asked(request, person),
    }
    return shown(request, "add_app.j2", facts, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Let a browser make a passkey, and take it; an older proof is renewed first, for a session has one challenge."""
    person, wrong = person_of(request), ""
    if request.method == "POST":
        is_proof = not proofs.stands(request)
        wrong = proofs.given(request, person)
        if not wrong and not is_proof:
            if proofs.add_passkey(request, person):
                return _after_first(request, person)
            wrong = _("Your browser made no passkey that fits. Try again.")
    proof = proofs.asked(request, person)
    facts = {"wrong": wrong, "proof": proof, "options": "" if proof else proofs.passkey_options(person)}
    return shown(request, "add_passkey.j2", facts, status=422 if wrong else 200)


def _after_first(request: HttpRequest, person: Person) -> HttpResponse:
    """Show recovery codes with the first factor, which are shown once; else go back."""
    if len(proofs.factors(person)) > 1:
        return HttpResponseRedirect("/account")
    return shown(request, "codes.j2", {"codes": proofs.new_codes(person), "wrong": "", "proof": None})


@require_http_methods(["GET", "POST"])
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, which are shown once."""
    person, wrong = person_of(request), ""
    if not proofs.factors(person):
        return HttpResponseRedirect("/account")
    if request.method == "POST":
        wrong = proofs.given(request, person)
        if not wrong:
            return shown(request, "codes.j2", {"codes": proofs.new_codes(person), "wrong": "", "proof": None})
    facts: dict[str, Any] = {"codes": [], "wrong": wrong, "proof": proofs.asked(request, person)}
    return shown(request, "codes.j2", facts, status=422 if wrong else 200)
