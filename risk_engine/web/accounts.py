"""How somebody comes in: what django-allauth asks the office about, and one way in for passwords and single sign-on.

Of allauth come the checks (codes, passkeys, OpenID Connect) and the step between a password and a second factor; pages,
limits and the log are the office's own. Nobody signs up: people are made by an admin.
"""

import base64
import hashlib
from typing import Any, Final, Literal, TypeAlias

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from risk_engine.files.language import _
from risk_engine.web import log, proofs, sessions
from risk_engine.web.models import Person
from risk_engine.web.security import number_of

BINDS: Final = "binds"
"""Where a session keeps the link by which the identity that comes back from single sign-on is bound to a person."""


class BindingLinks(PasswordResetTokenGenerator):
    """Makes links with which somebody binds their identity at the provider; good for an hour, and once."""

    key_salt = "risk_engine.web.accounts.BindingLinks"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        bound = SocialAccount.objects.filter(user=user).values_list("pk", flat=True)
        return f"{super()._make_hash_value(user, timestamp)}{list(bound)}"


LinkFor: TypeAlias = Literal["choose", "bind"]
_LINKS: Final[dict[LinkFor, PasswordResetTokenGenerator]] = {
    "choose": PasswordResetTokenGenerator(),
    "bind": BindingLinks(),
}


def link_for(person: Person, does: LinkFor) -> str:
    """Return the address at which a person chooses a password, or binds an identity; it is good once."""
    key = urlsafe_base64_encode(str(person.pk).encode())
    return f"/account/{does}/{key}/{_LINKS[does].make_token(person)}"


def of_link(does: LinkFor, key: str, token: str) -> Person | None:
    """Return whose link that is, None where it is not good any more."""
    try:
        number = urlsafe_base64_decode(key).decode("ascii")
    except ValueError:
        return None
    person = Person.objects.filter(pk=number_of(number), is_active=True).first()
    return person if person is not None and _LINKS[does].check_token(person, token) else None


def come_in(request: HttpRequest, person: Person, following: str = "/") -> HttpResponse:
    """Sign somebody in whose password or link was right, by way of their second factor where they have one."""
    response: HttpResponse = perform_login(request, person, redirect_url=following)
    return response


@transaction.atomic
def set_password(person: Person, password: str) -> None:
    """Let a password that was found good be that of a person, with the event of it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    log.note("password", person)


def wrong_with(password: str, person: Person) -> list[str]:
    """Return why a password is not taken."""
    # The text stands in its double again before its end where it only repeats a part; looking for that takes one pass.
    length = (password + password).find(password, 1)
    if 0 < length < len(password):
        return [_("This only repeats “{text}”: write something longer that does not.", text=password[:length][:30])]
    try:
        validate_password(password, person)
    except ValidationError as error:
        return error.messages
    return []


def wrong_address(text: str) -> list[str]:
    """Return that a text is no mail address, nothing where it is one."""
    try:
        validate_email(text)
    except ValidationError:
        return [_("“{text}” is no mail address.", text=text[:100])]
    return []


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] # the library has no types
    """What happens around a sign-in."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Return False: an admin makes people."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what stands between a right password and the office: the second factor."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Answer somebody who has left."""
        log.note("sign_in_refused", user, why="left")
        return refused(request, _("You are not among the people of this office any more."))

    def post_login(self, request: HttpRequest, user: Person, **more: Any) -> HttpResponse:
        """Begin a session: what was just proven stands for some minutes."""
        sessions.begin(request)
        proofs.renew(request)
        log.note("sign_in", user)
        return HttpResponseRedirect(more.get("redirect_url") or "/")

    def send_notification_mail(self, *_arguments: Any, **_more: Any) -> None:
        """Send nothing: the log has it."""


class Factors(DefaultMFAAdapter):  # type: ignore[misc] # likewise
    """Keeps secrets of second factors encrypted, under a key made from the office's secret file."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret; where the office has another secret file by now, one that no code fits."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(generate_totp_secret())

    def get_totp_issuer(self) -> str:
        """Return what an app of codes shows beside the mail address."""
        return _("Collaboration risk")


def _cipher() -> Fernet:
    key = hashlib.sha256(b"second factors\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SignOn(DefaultSocialAccountAdapter):  # type: ignore[misc] # likewise
    """Takes who comes from the provider only if an admin bound that identity, by issuer and subject, to a person."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Bind the identity where a link for that was opened; refuse one that is bound to nobody."""
        issuer = sociallogin.account.extra_data.get("id_token", {}).get("iss", "")
        is_ours = settings.SIGN_ON is not None and issuer.rstrip("/") == settings.SIGN_ON.issuer
        kept = request.session.pop(BINDS, None)
        person = of_link("bind", *kept) if kept else None
        sociallogin.account.extra_data = {}  # subject and issuer are known; nothing else is kept
        if is_ours and person is not None and not sociallogin.is_existing:
            with transaction.atomic():
                SocialAccount.objects.filter(user=person).delete()
                sociallogin.connect(request, person)
                log.note("identity_bound", person)
        if not is_ours or not sociallogin.is_existing:
            log.note("sign_in_refused", why="no such identity")
            told = _("This identity belongs to nobody here: an admin gives you a link with which you bind it.")
            raise ImmediateHttpResponse(refused(request, told))
        sociallogin.account.save()

    def on_authentication_error(self, request: HttpRequest, *_arguments: Any, **_more: Any) -> None:
        """Say that the provider did not let somebody in, or could not be reached."""
        log.note("sign_in_refused", why="single sign-on")
        raise ImmediateHttpResponse(refused(request, not_to_an_end()))

    def send_notification_mail(self, *_arguments: Any, **_more: Any) -> None:
        """Send nothing: the log has it."""


def not_to_an_end() -> str:
    """Return that the provider did not let somebody in, or could not be reached."""
    return _("The sign-in at the provider did not come to an end. Try again, or sign in with a password.")


def refused(request: HttpRequest, told: str) -> HttpResponse:
    """Answer that somebody was not signed in, and why."""
    from risk_engine.web.pages import shown  # its settings name this module

    return shown(request, "problem.j2", {"title": _("Not signed in"), "told": told, "reason": ""}, status=403)
