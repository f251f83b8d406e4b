"""Tokens: by one a program does what its person may, as far as its scopes go. Shown once; its hash alone is kept."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web import cases, log
from risk_engine.web.models import Person, Token
from risk_engine.web.words import Scope

MARK: Final = "collab-risk-"
"""How every token begins, so that whoever looks for secrets in files finds it."""
LONGEST: Final = 366
"""Days for which a token may be good."""
LONGEST_NAME: Final = Token._meta.get_field("name").max_length or 0
MOST: Final = 20
"""Tokens of one person that are good."""
_USED_TO: Final = timedelta(minutes=1)
"""So exact is when a token was used last: not each request writes a row."""


@transaction.atomic
def make(person: Person, name: str, scopes: Collection[str], ends: date | None) -> str:
    """Return a new token, which nobody can read again; raise RiskEngineError with all that is wrong with it."""
    today = cases.today()
    wrong: list[str] = []
    if not 0 < len(name) <= LONGEST_NAME:
        wrong.append(_("A token needs a name, of at most {number} letters.", number=LONGEST_NAME))
    if not scopes or not set(scopes) <= set(Scope):
        wrong.append(_("Choose at least one thing that a program may do with it."))
    if ends is None or not today <= ends <= today + timedelta(days=LONGEST):
        last = (today + timedelta(days=LONGEST)).isoformat()
        wrong.append(_("A token needs a last day, at the latest {day}.", day=last))
    if good(person).count() >= MOST:
        wrong.append(_("You have {number} tokens already: revoke one first.", number=MOST))
    if wrong or ends is None:
        raise RiskEngineError("\n".join(wrong))
    text = f"{MARK}{secrets.token_urlsafe(32)}"
    chosen = [one.value for one in Scope if one in set(scopes)]
    row = Token.objects.create(person=person, sha256=_hash(text), name=name, scopes=chosen, ends=ends)
    log.note("token", person, made=row.pk, scopes=chosen, ends=ends.isoformat())
    return text


def of(request: HttpRequest) -> Token | None:
    """Return the token that a program sent, None where it sent none that is good; take down that it was used."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() != "bearer" or not text:
        return None
    hashed = _hash(text.strip())
    token = _good().filter(sha256=hashed, person__is_active=True).select_related("person").first()
    now = datetime.now(UTC)
    if token is not None and (token.used is None or now - token.used >= _USED_TO):
        Token.objects.filter(pk=token.pk).update(used=now)
    return token


def good(person: Person) -> QuerySet[Token]:
    """Return the tokens of a person that are good, the newest first."""
    return _good().filter(person=person).order_by("-pk")


def everyones() -> QuerySet[Token]:
    """Return the tokens of everybody that are good, by whose they are."""
    return _good().filter(person__is_active=True).select_related("person").order_by("person__name", "-pk")


@transaction.atomic
def revoke(found: QuerySet[Token], by: Person) -> None:
    """Let tokens be good for nothing any more."""
    for token in found.filter(revoked=None):
        Token.objects.filter(pk=token.pk).update(revoked=datetime.now(UTC))
        log.note("token_revoked", by, of=token.person_id, revoked=token.pk)


def _good() -> QuerySet[Token]:
    return Token.objects.filter(Q(revoked=None), ends__gte=cases.today())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
