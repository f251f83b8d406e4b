"""Guests: people without an account answer, by a link, what the criteria ask of their role, and see nothing else."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import is_blank
from risk_engine.files.language import _, languages
from risk_engine.files.plain import canonical
from risk_engine.model.case import Answer as Value
from risk_engine.web import cases, log, outbox
from risk_engine.web.accounts import wrong_address
from risk_engine.web.models import Answer, Case, GuestAnswer, Invitation, Person
from risk_engine.web.questions import Sight
from risk_engine.web.wording import too_long
from risk_engine.web.words import MailKind

GOOD_FOR: Final = timedelta(days=14)
"""So long a link is good, unless it is revoked or the guest has sent the answers."""


MOST_WRONG: Final = 5
"""After so many wrong codes a link is good for nothing any more."""


class ClosedError(Exception):
    """The link is no longer good."""


def invite(
    case: Case, role: str, name: str, language: str, by: Person, token: str | None = None
) -> tuple[Invitation, str]:
    """Return a new invitation and its token, of which only the hash is kept."""
    token = token or secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        case=case,
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        role=role,
        name=name,
        language=language,
        expires=timezone.now() + GOOD_FOR,
        by=by,
    )
    log.note("invite", by, case, invitation=made.pk, role=role)
    return made, token


def not_taken_over(asked: QuerySet[Invitation]) -> list[Invitation]:
    """Return which of some guests sent answers that do not stand in their case, as long as it takes answers.

    That a guest does not know what the case knows counts for nothing, nor what was erased.
    """
    sent = asked.exclude(sent=None).filter(case__state__in=cases.EDITABLE).order_by("pk")
    found = list(sent.select_related("case"))
    if not found:
        return []
    rows = GuestAnswer.objects.filter(invitation__in=found).order_by("seq", "pk")
    own = {(one.invitation_id, one.path): one for one in rows}
    paths, of = {path for _key, path in own}, {one.case_id for one in found}
    answers = Answer.objects.filter(case__in=of, path__in=paths).order_by("seq", "pk")
    stands = {(one.case_id, one.path): one.value for one in answers}
    new = set()
    for (key, path), row in own.items():
        here = row.case_id, path
        if not row.is_erased and (here not in stands or row.value not in (None, stands[here])):
            new.add(key)
    return [one for one in found if one.pk in new]


@dataclass(frozen=True)
class Told:
    """What an invitation shows once: whatever no mail brings to the guest."""

    link: str = ""
    code: str = ""
    invitation: int = 0
    """Which one it is."""


def problems(case: Case, guest: tuple[str, str, str], address: str) -> Iterator[tuple[str, str]]:
    """Yield why somebody (role, name, language) cannot be invited so: of what it is, and in words."""
    role, name, language = guest
    whole = {
        "role": role in cases.rules(case).head.asked_of,
        "name": not is_blank(name),
        "language": language in languages("outside"),
    }
    for part, is_there in whole.items():
        if not is_there:
            yield part, _("An invitation needs a name, a role and a language.")
    yield from (("name", one) for one in too_long(Invitation, name=name))
    yield from (("address", one) for one in (wrong_address(address) if address else []))


@transaction.atomic
def invite_by(
    case: Case, guest: tuple[str, str, str], by: Person, address: str, *, mails_link: bool, once: str = ""
) -> Told:
    """Invite somebody (role, name, language), by mail as far as a server is named; return what is to be handed over.

    For a confidential case a code is asked beside the link: it goes to the mail address even where the link does not,
    so that neither of the two is enough. `once` names the form that was filled in: one that is sent twice invites once,
    and tells the same link and code again, which nobody else could work out.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    role, name, language = guest
    form = (once or secrets.token_urlsafe(32), case.number, by.pk, *guest, address)
    token = _secret("link", form)
    is_sent = bool(address) and settings.SMTP is not None
    code = f"{int.from_bytes(base64.urlsafe_b64decode(_secret('code', form) + '=')) % 10**8:08}"
    told = Told("" if is_sent and mails_link else f"/i/{token}", code if case.confidential and not is_sent else "")
    if (known := case.invitations.filter(token_sha256=hashlib.sha256(token.encode()).hexdigest()).first()) is not None:
        return replace(told, invitation=known.pk)
    made, _token = invite(case, role, name, language, by, token)
    if is_sent and mails_link:
        outbox.post_secret(MailKind.INVITATION, address, language, case, token)
    if case.confidential:
        made.code_sha256 = _hashed(made, code)
        made.save(update_fields=["code_sha256"])
        if is_sent:
            outbox.post_secret(MailKind.CODE, address, language, case, code)
    return replace(told, invitation=made.pk)


def _secret(what: str, form: tuple[object, ...]) -> str:
    """Return what only this office can work out of a form, as text of an address."""
    made = salted_hmac(f"risk_engine.web.guests.{what}", json.dumps(form), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _hashed(invitation: Invitation, code: str) -> str:
    return hashlib.sha256(f"{invitation.token_sha256} {code}".encode()).hexdigest()


@transaction.atomic
def is_code(invitation: Invitation, typed: str) -> bool:
    """Return whether a code is that of an invitation that asks for one; after some wrong ones the link is closed."""
    found = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not is_open(found):
        return False
    if not found.code_sha256 or hmac.compare_digest(found.code_sha256, _hashed(found, "".join(typed.split()))):
        return True
    found.wrong_codes += 1
    found.revoked = found.wrong_codes >= MOST_WRONG
    found.save(update_fields=["wrong_codes", "revoked"])
    log.note("wrong_code", None, found.case, invitation=found.pk)
    return False


@transaction.atomic
def revoke(invitation: Invitation, by: Person) -> None:
    """Close a link that is still good; what the guest did not send goes nowhere."""
    if Invitation.objects.filter(pk=invitation.pk, revoked=False, sent=None).update(revoked=True):
        log.note("revoke", by, invitation.case, invitation=invitation.pk)


def by_token(token: str) -> Invitation | None:
    """Return the invitation of a link that is still good."""
    found = Invitation.objects.filter(token_sha256=hashlib.sha256(token.encode()).hexdigest()).first()
    return found if found is not None and is_open(found) else None


def is_open(invitation: Invitation) -> bool:
    """Return whether a link is still good."""
    return not invitation.revoked and invitation.sent is None and invitation.expires > timezone.now()


def latest(invitation: Invitation) -> dict[str, GuestAnswer]:
    """Return the guest's last answer for each path, in the order in which they were first given."""
    return {one.path: one for one in invitation.answers.select_related("invitation").order_by("seq", "pk")}


def sight(invitation: Invitation) -> Sight:
    """Return what a guest looks at: the questions of their role, as the case stands with their answers, and these."""
    own = latest(invitation)
    return Sight(cases.made_of_rows(invitation.case, own), own, invitation.role)


@transaction.atomic
def save(invitation: Invitation, read: Read, value: Value | None, page: str, base: int) -> None:
    """Save a guest's answer. Raise ClosedError where the link is no longer good, ConflictError as `cases.save` does."""
    stated = None if value is None else cases.plain({"value": value})["value"]
    _add(_locked(invitation), read.path(), stated, page, base)


@transaction.atomic
def save_entry(invitation: Invitation, entity: str, name: str, page: str) -> str:
    """Add an entry to a list by its name; return its id."""
    invitation = _locked(invitation)
    record = sight(invitation).record
    if (known := record.named(entity, name)) is not None:
        return known
    cases.check_name(name)
    entry = record.with_entry(entity, name)[1]
    _add(invitation, f"{entity}.{entry}", name, page, 0)
    return entry


@transaction.atomic
def send(invitation: Invitation) -> None:
    """End a guest's answering; the link is good for nothing any more."""
    invitation = _locked(invitation)
    invitation.sent = timezone.now()
    invitation.save(update_fields=["sent"])
    path = f"/cases/{invitation.case.number}/invitations"
    outbox.post(MailKind.ANSWERED, [invitation.by], invitation.case, path)
    log.note("guest_sent", None, invitation.case, invitation=invitation.pk)


@transaction.atomic
def taken_over(invitation: Invitation, group: str, by: Person, seen: int, unknown: Collection[str] = ()) -> int:
    """Let a guest's answers to one group stand in the case; return how many were new. As `cases.take_over`.

    That they do not know something takes the place of a known answer only for the paths in `unknown`.
    """
    known = {path for path, row in cases.latest(invitation.case).items() if row.value is not None}
    own = {
        path: row.value
        for path, row in latest(invitation).items()
        if path.partition(".")[0] == group
        and not row.is_erased
        and (row.value is not None or path not in known or path in unknown)
    }
    number = cases.take_over(invitation.case, own, by, f"invitation {invitation.pk}", seen)
    log.note("take_over", by, invitation.case, invitation=invitation.pk, group=group)
    return number


def _locked(invitation: Invitation) -> Invitation:
    found = Invitation.objects.select_for_update().select_related("case").get(pk=invitation.pk)
    if not is_open(found):
        raise ClosedError
    return found


def _add(invitation: Invitation, path: str, value: Any, page: str, base: int) -> None:
    before = invitation.answers.filter(path=path).order_by("-seq").first()
    if before is not None and canonical(before.value) == canonical(value):
        return
    if before is not None and before.seq != base:
        raise cases.ConflictError(before)
    number = (invitation.answers.filter(path=path).aggregate(Max("seq"))["seq__max"] or 0) + 1
    GuestAnswer.objects.create(
        case=invitation.case, invitation=invitation, path=path, seq=number, value=value, page=page
    )
    record = sight(invitation).record
    _ = record.case  # what does not fit is told before it stands
    cases.check_readable(record.data, invitation.case.number)
