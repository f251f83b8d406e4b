"""Which version of criteria new cases take: proposed by one person, released by another, withdrawn with a reason.

That these are two people is kept by a trigger of the database (`databases`), whatever a page does. Before the first
release of an office the version in force counts, of the set that its settings name.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from risk_engine.audit.versions import checked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.releases import choose, locks_of, state_of
from risk_engine.loading.sets import Version, default_set, named_sets, versions
from risk_engine.web import log, second_person
from risk_engine.web.models import CriteriaAct, Person
from risk_engine.web.words import MailKind, ReleaseAct

VERBS: Final = {
    ReleaseAct.PROPOSE: "criteria_proposed",
    ReleaseAct.RELEASE: "criteria_released",
    ReleaseAct.WITHDRAW: "criteria_withdrawn",
}
"""What each act is called in the log."""
_LOOKED_AGAIN: Final = 30
"""So many seconds pages know what is used: to find it reads the files of all sets."""


@dataclass(frozen=True)
class Proposal:
    """A version that somebody proposed for new cases, and what became of that."""

    proposed: CriteriaAct
    released: CriteriaAct | None
    withdrawn: CriteriaAct | None

    @property
    def number(self) -> int:
        """Its number."""
        return self.proposed.proposal

    @property
    def reference(self) -> str:
        """Which version it is."""
        return self.proposed.reference

    @property
    def is_open(self) -> bool:
        """Return whether it waits for a second person."""
        return self.released is None and self.withdrawn is None

    @property
    def counts(self) -> bool:
        """Return whether two people stand behind it."""
        return self.released is not None and self.withdrawn is None


@dataclass(frozen=True)
class InUse:
    """The version that new cases take, since when, and the proposal by which; None where the settings say it."""

    reference: str
    since: datetime | date
    by: Proposal | None = None


def proposals() -> list[Proposal]:
    """Return every proposal, the newest first."""
    acts: dict[int, dict[str, CriteriaAct]] = {}
    for one in CriteriaAct.objects.select_related("person").order_by("-proposal"):
        acts.setdefault(one.proposal, {})[one.name] = one
    return [
        Proposal(of[ReleaseAct.PROPOSE], of.get(ReleaseAct.RELEASE), of.get(ReleaseAct.WITHDRAW))
        for of in acts.values()
    ]


def version_named(reference: str) -> Version | None:
    """Return the version that `SET@1.0.0` names; None where there is none of that name. Raises what `versions` raises.

    A path is no name: what an address says leads to no other folder.
    """
    name, _at, number = reference.rpartition("@")
    there = versions(name) if name in named_sets() else []
    return next((one for one in there if one.dotted == number), None)


def in_use(day: date) -> InUse:
    """Return what new cases take on a day: what was released last of all that is in force then.

    Raises RiskEngineError where that is not there any more, or not what was released; and what `choose` raises.
    """
    counting = [(one.released.pk, one) for one in proposals() if one.released is not None and one.counts]
    for _key, one in sorted(counting, key=lambda pair: -pair[0]):
        version = version_named(one.reference)
        if version is not None and version.in_force_from > day:
            continue
        _check_unchanged(one, version)
        assert one.released is not None  # noqa: S101 (it counts)
        return InUse(one.reference, one.released.at, one)
    chosen = choose(settings.CRITERIA, day).version
    name = settings.CRITERIA or default_set()
    return InUse(f"{name}@{chosen.dotted}" if name in named_sets() else f"{chosen}", chosen.in_force_from)


def used_now() -> str:
    """Return the version that new cases take today; nothing where that is not there, of which a page tells.

    It is looked at again after some seconds, and after each act.
    """
    last = CriteriaAct.objects.aggregate(Max("at"))["at__max"]
    return _used(last, datetime.now(UTC).astimezone().date(), int(time.monotonic() / _LOOKED_AGAIN))


@lru_cache(maxsize=4)
def _used(_last: datetime | None, day: date, _moment: int) -> str:
    try:
        return in_use(day).reference
    except RiskEngineError:
        return ""


def _check_unchanged(of: Proposal, version: Version | None) -> None:
    way_out = _("release another version for new cases, or withdraw this one; an admin may bring it back as it was")
    if version is None:
        raise RiskEngineError(
            _("{version}, which new cases take, is not there any more", version=of.reference), way_out
        )
    if state_of(version) != "released" or of.proposed.digest not in locked(version):
        message = _("{version}, which new cases take, is not what was released for them", version=of.reference)
        raise RiskEngineError(message, way_out)


def locked(version: Version) -> set[str]:
    """Return the digests that locks record of a version."""
    return {found for one in locks_of(version.path) if (found := one.releases.get(f"{version}")) is not None}


# --- who takes a version ---


def problems(version: Version, reference: str) -> Iterator[RiskEngineError]:
    """Yield why new cases cannot take a version: its authors did not release it, or something is wrong with it."""
    state = state_of(version)
    if state == "withdrawn":
        yield RiskEngineError(_("its authors have withdrawn it"), _("take a later version"))
    elif state == "draft":
        command = f"risk-engine criteria release {reference}"
        yield RiskEngineError(_("its authors have not released it"), _("`{command}` does that", command=command))
    if not reference.startswith(f"{version.name}@"):
        message = _("its folder is called otherwise than the set, `{name}`", name=version.name)
        yield RiskEngineError(message, _("cases name a set by its own name: call the folder so"))
    try:
        checked(reference)
    except RiskEngineError as error:
        yield error


def propose(version: Version, reference: str, digest: str, by: Person, reason: str) -> Proposal:
    """Propose a version for new cases; return the proposal, the same one where that person has proposed it already.

    Raises RiskEngineError where it cannot be taken, where it is in use, and without a reason.
    """
    _check_reason(reason)
    for error in problems(version, reference):
        raise error
    with transaction.atomic():
        log.alone_in("criteria")
        for one in proposals():
            if one.reference == reference and one.proposed.digest == digest and one.is_open:
                if one.proposed.person == by:
                    return one
                raise RiskEngineError(_("{name} has proposed it already", name=one.proposed.person), _("release it"))
        number = (CriteriaAct.objects.aggregate(Max("proposal"))["proposal__max"] or 0) + 1
        made = _done(number, ReleaseAct.PROPOSE, by, reference, digest, reason)
        second_person.tell(MailKind.CRITERIA, second_person.criteria_path(reference), by)
        return Proposal(made, None, None)


def release(of: Proposal, version: Version, digest: str, by: Person, reason: str) -> None:
    """Let new cases take what somebody else proposed. `digest` is that of the rules as they were shown.

    Raises RiskEngineError where it cannot be done, by this person or at all.
    """
    _check_reason(reason)
    if of.proposed.person == by:
        message = _("you have proposed it")
        raise RiskEngineError(message, _("somebody else who may release criteria releases it"))
    if not of.is_open:
        raise RiskEngineError(_("this proposal does not wait any more"), _("look at it again"))
    if digest != of.proposed.digest:
        message = _("the rules are not what was proposed any more")
        raise RiskEngineError(message, _("withdraw the proposal, and propose them as they are now"))
    for error in problems(version, of.reference):
        raise error
    _done(of.number, ReleaseAct.RELEASE, by, of.reference, digest, reason)


def withdraw(of: Proposal, by: Person, reason: str) -> None:
    """Take a proposal back, or a release: new cases then take what was released before it.

    Raises RiskEngineError without a reason, and where that is done.
    """
    _check_reason(reason)
    if of.withdrawn is not None:
        raise RiskEngineError(_("this proposal does not wait any more"), _("look at it again"))
    _done(of.number, ReleaseAct.WITHDRAW, by, of.reference, of.proposed.digest, reason)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise RiskEngineError(_("a reason is missing"), _("say why"))


def _done(number: int, name: ReleaseAct, by: Person, reference: str, digest: str, reason: str) -> CriteriaAct:
    """Write an act and its event together; what two people did in one moment, the database takes of one of them."""
    try:
        with transaction.atomic():
            act = CriteriaAct.objects.create(
                proposal=number, name=name, person=by, reference=reference, digest=digest, reason=reason
            )
            log.note(VERBS[name], by, version=reference, digest=digest, reason=reason)
    except IntegrityError as error:
        message = _("somebody did this in the same moment, or you have proposed it yourself")
        raise RiskEngineError(message, _("look at it again")) from error
    return act
