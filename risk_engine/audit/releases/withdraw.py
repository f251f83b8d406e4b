"""Withdraw a released version: its lock says so, its set's CHANGES.md says why, and no day means it any more.

Its bundle stays: what was decided under it is still read, explained and verified. Nothing is written here.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.audit.releases.release import Signing, lock_of, with_signature, with_withdrawal
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import ENGLISH, _, in_language, languages
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import is_released, is_withdrawn, that_count
from risk_engine.loading.sets import (
    Version,
    beside,
    bundle_path,
    is_bundle,
    name_and_number,
    numbered,
    set_folder,
    versions,
)
from risk_engine.loading.version_files import CHANGES


@dataclass(frozen=True)
class Withdrawal:
    """What a withdrawal comes to: the files to write with their whole text, lock and signature last.

    `instead` is the version that is in force from now on, on the first day of this one.
    """

    version: Version
    files: Mapping[Path, str]
    instead: Version


def withdraw(reference: str, reason: str, on: date, signing: Signing | None = None) -> Withdrawal:
    """Return what to record where the released version that `SET@VERSION` names is withdrawn on a day, and why.

    Raises RiskEngineError where no version is named, it was not released or is withdrawn already, its bundle is not
    there or is not what was released, no reason is given, or no other released version would be in force on a day on
    which this one, or one before it, is.
    """
    version = _named(reference)
    why = re.sub(r"\s+", " ", reason).strip()
    if is_blank(why):
        raise RiskEngineError(_("a withdrawal needs its reason"), _("say it in a sentence: --reason TEXT"))
    if not is_released(version):
        message = _("{version} is a draft: only what was released is withdrawn", version=version)
        raise RiskEngineError(message, _("what nobody released can be changed, or its files moved away"))
    lock = lock_of(version)
    if is_withdrawn(version):
        if signing is None:
            raise RiskEngineError(_("{version} was withdrawn already", version=version), _("a withdrawal is final"))
        path, text = with_signature(version, lock.path, read_criteria(version.path).digest, signing, withdrawn=True)
        return Withdrawal(version, {path: text}, _instead(version))
    criteria = read_criteria(version.path)
    bundle = bundle_path(version)
    if not is_bundle(bundle):
        message = _("{version} is released, and its bundle is not there: {file}", version=version, file=bundle)
        way_out = _("`risk-engine criteria release {name}` writes it anew", name=shlex.quote(reference))
        raise RiskEngineError(message, way_out)
    instead = _instead(version)
    own = criteria.head.language
    # What stands beside the rules is in their language.
    with in_language(own if own in languages() else ENGLISH):
        told = _("**Withdrawn on {day}.** {reason}", day=on.isoformat(), reason=why)
    changes = _newest_files(version) / CHANGES
    files = {changes: with_withdrawal(version, changes, told)}
    files[lock.path] = lock.text_withdrawing(f"{version}")
    if signing is not None:
        path, text = with_signature(version, lock.path, criteria.digest, signing, withdrawn=True)
        files[path] = text
    return Withdrawal(version, files, instead)


def _named(reference: str) -> Version:
    """Return the version that is named: which one is withdrawn is never left to be the newest."""
    name, number = name_and_number(reference)
    found = versions(name)
    if not number:
        known = ", ".join(one.dotted for one in found)
        message = _("`{reference}` names no version", reference=reference)
        raise RiskEngineError(message, _("say which one: `{name}@VERSION` (there is {known})", name=name, known=known))
    return numbered(found, name, number)


def _instead(version: Version) -> Version:
    """Return which version is in force from now on, on the first day of this one.

    Raises RiskEngineError where on some day none would be.
    """
    counting = that_count(beside(version))
    others = [one for one in counting if one.number != version.number]
    if not others:
        message = _("{version} is the only version that counts", version=version)
        raise RiskEngineError(message, _("release the version that is to take its place first"))
    first = min(one.in_force_from for one in counting)
    then = min(one.in_force_from for one in others)
    if then > first:
        message = _(
            "if {version} were withdrawn, no version would be in force from {first} until {then}",
            version=version,
            first=first,
            then=then,
        )
        raise RiskEngineError(message, _("release a version that is in force from {day} first", day=first))
    return [one for one in others if one.in_force_from <= version.in_force_from][-1]


def _newest_files(version: Version) -> Path:
    """Return the folder in which the set's CHANGES.md lies: of a version that is a bundle alone, the newest's."""
    if version.path.is_dir():
        return version.path
    home = set_folder(version.path)
    return next((one.path for one in reversed(beside(version)) if one.path.is_dir()), home)
