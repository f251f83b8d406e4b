"""What somebody proves: a second factor at the sign-in, and once more before a signature that a password is theirs.

A proof stands for some minutes. Where it is older, the form that needs one asks for it, so that nothing typed is lost.
"""

import json
import time
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as passkeys
from django.db import transaction
from django.http import HttpRequest

from risk_engine.files.language import _
from risk_engine.web import limits, log
from risk_engine.web.models import Person
from risk_engine.web.wording import wait_words
from risk_engine.web.words import ActName

GOOD_FOR: Final = 5 * 60
"""Seconds for which a proof stands."""
SIGNS: Final = frozenset({ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM})
"""Acts that are somebody's signature."""
_PROVED, _NEW = "proved", "totp"
_LONGEST_CODE: Final = 8
"""Digits of a recovery code; a password has more."""


@dataclass(frozen=True)
class Asked:
    """What a form asks somebody to prove it is them: by what they can, with the challenge for their passkeys."""

    by_password: bool
    by_code: bool
    challenge: str


# --- proofs ---


def renew(request: HttpRequest) -> None:
    """Take down that somebody proved just now who they are."""
    request.session[_PROVED] = time.time()


def stands(request: HttpRequest) -> bool:
    """Return whether what somebody proved last is recent enough."""
    proved: float = request.session.get(_PROVED, 0)
    return time.time() - proved < GOOD_FOR


def asked(request: HttpRequest, person: Person) -> Asked | None:
    """Return what a form has to ask for, None while the last proof stands; passkeys get a new challenge each time."""
    if stands(request):
        return None
    return Asked(person.has_usable_password(), has_app(person), challenge(person))


def given(request: HttpRequest, person: Person) -> str:
    """Return nothing where a proof stands or came with the form, else what is wrong; it is renewed by the latter."""
    if stands(request):
        return ""
    typed, credential = request.POST.get("proof", ""), request.POST.get("credential", "")
    if not typed and not credential:
        return _("Prove once more that this is you: it was some minutes ago.")
    if seconds := limits.take("proof", request, person.pk):
        return wait_words(seconds)
    is_code = len(digits := "".join(typed.split())) <= _LONGEST_CODE and digits.isdecimal()
    if not (
        _is_factor(person, digits, credential) if is_code or credential else typed and person.check_password(typed)
    ):
        log.note("proof_refused", person)
        return _("This password or code is not right, or the code was used already.")
    limits.give_back("proof", person.pk)
    renew(request)
    return ""


def second_factor(request: HttpRequest, person: Person) -> str:
    """Return nothing where the factor that came with a form is right, else what is wrong."""
    if seconds := limits.take("factor", request, person.pk):
        return wait_words(seconds)
    if not _is_factor(person, request.POST.get("code", ""), request.POST.get("credential", "")):
        log.note("sign_in_refused", person, why="factor")
        return _("This code is not right, or was used already.")
    limits.give_back("factor", person.pk)
    return ""


def _is_factor(person: Person, code: str, credential: str) -> bool:
    form = (
        AuthenticateWebAuthnForm(user=person, data={"credential": credential})
        if credential
        else AuthenticateForm(user=person, data={"code": code})
    )
    if not _is_valid(form):
        return False
    form.save()
    return True


def _is_valid(form: Any) -> bool:
    """Return whether a form is in order; what a browser sent as a passkey is read as it comes, and may be anything."""
    try:
        return bool(form.is_valid())
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


# --- factors ---


def factors(person: Person) -> list[Authenticator]:
    """Return the second factors of a person, without their recovery codes."""
    found = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return list(found.order_by("created_at"))


def has_app(person: Person) -> bool:
    """Return whether a person has an app that shows codes."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def challenge(person: Person) -> str:
    """Return what a browser asks the passkeys of a person, nothing where they have none."""
    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists():
        return ""
    return json.dumps(passkeys.begin_authentication(person))


def new_secret(request: HttpRequest) -> str:
    """Return a new secret for an app of codes, which is a factor once a code of it came back."""
    secret: str = generate_totp_secret()
    request.session[_NEW] = encrypt(secret)
    return secret


@transaction.atomic
def add_app(request: HttpRequest, person: Person, code: str) -> bool:
    """Make the new secret a factor of a person if the code is one of it; return whether it is."""
    kept = request.session.get(_NEW)
    if kept is None or has_app(person) or not validate_totp_code(secret := decrypt(kept), code):
        return False
    TOTP.activate(person, secret)
    del request.session[_NEW]
    log.note("factor_added", person, factor="app")
    return True


def pending_secret(request: HttpRequest) -> str:
    """Return the secret that a page showed and of which no code came back yet, a new one where there is none."""
    return decrypt(kept) if (kept := request.session.get(_NEW)) else new_secret(request)


def passkey_options(person: Person) -> str:
    """Return what a browser needs to make a passkey for a person."""
    return json.dumps(passkeys.begin_registration(person, passwordless=False))


@transaction.atomic
def add_passkey(request: HttpRequest, person: Person) -> bool:
    """Make the passkey that came with a form a factor of a person; return whether it is what was asked for."""
    form = AddWebAuthnForm(user=person, data=request.POST)
    if not _is_valid(form):
        return False
    passkeys.WebAuthn.add(person, form.cleaned_data["name"][:100], form.cleaned_data["credential"])
    log.note("factor_added", person, factor="passkey")
    return True


@transaction.atomic
def new_codes(person: Person) -> list[str]:
    """Return new recovery codes of a person; the old ones are good for nothing any more."""
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    log.note("codes", person)
    return codes


@transaction.atomic
def remove(person: Person, number: int) -> None:
    """Take a factor from a person; with the last go the recovery codes."""
    gone, _each = Authenticator.objects.filter(user=person, pk=number).delete()
    if gone and not factors(person):
        Authenticator.objects.filter(user=person).delete()
    if gone:
        log.note("factor_removed", person)


@transaction.atomic
def reset(person: Person, by: Person) -> None:
    """Take all factors from somebody who lost them: they sign in by password alone, and enrol anew."""
    Authenticator.objects.filter(user=person).delete()
    log.note("factor_reset", by, of=person.pk)
