"""Release a version of a criteria set: from then on its digest is on record, and a change of it is an error.

Nothing is written here: a release says which files are to hold what, all of them or none.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from risk_engine.audit.cases import CaseResult, run_cases
from risk_engine.audit.diff.versions import Comparison, compared
from risk_engine.audit.releases.history import has_section, section_of, with_section
from risk_engine.audit.releases.load import checked
from risk_engine.audit.releases.numbers import number_problems, previous_release
from risk_engine.audit.releases.signatures import Signing, with_signature
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.loading.bundle import bundle_of, written
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.files import CHANGES
from risk_engine.loading.lock import Lock, lock_to_write, locks_of
from risk_engine.loading.sets import Version, beside, bundle_path
from risk_engine.model.releases import RequiredBump


@dataclass(frozen=True)
class Release:
    """What a release comes to: the files to write with their whole text, in order; the lock, if it changes, comes last.

    `is_new` says whether the version was a draft; `remarks` what is worth knowing and no reason to refuse.
    """

    version: Version
    digest: str
    is_new: bool
    cases: tuple[CaseResult, ...]
    files: Mapping[Path, str]
    remarks: tuple[str, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Return the cases of the set that do not come out as expected; with any of them nothing may be released."""
        return tuple(one for one in self.cases if one.differences)


def release(
    reference: str,
    *,
    required: RequiredBump | None = None,
    changes: str | None = None,
    signing: Signing | None = None,
) -> Release:
    """Return what to record for the version that `SET` (the newest) or `SET@VERSION` means.

    `required` says how far its number must be raised against the release before it (None: nobody worked that out);
    `changes` is the Markdown text of its section in CHANGES.md, taken where there is none; `signing` signs it.
    Raises RiskEngineError where the set or the release before it has problems, the set has no cases, it was released
    with another digest, its number is too low, or the key has signed it already.
    """
    version, criteria, _translated = checked(reference, to_release=True)
    lock = _lock_of(version)
    is_new = f"{version}" not in lock.releases
    if is_new:
        if (old := previous_release(version)) is not None:
            read_criteria(old.path)  # what is compared with must be what was released
        if problems := number_problems(version, required):
            raise RiskEngineError("\n".join(problems))
    files: dict[Path, str] = {}
    section = None if criteria.bundle else with_section(version, changes)
    if section is not None:
        files[version.path / CHANGES] = section
    cases = run_cases(criteria)
    if criteria.bundle is None and not any(one.differences for one in cases):
        outcomes = [one.outcome for one in cases if one.outcome is not None]
        bundle = written(bundle_of(criteria, outcomes=outcomes, changes=section_of(version, section)))
        path = bundle_path(version)
        if not path.is_file() or path.read_bytes() != bundle:
            files[path] = bundle.decode("utf-8")
    if signing is not None:
        path, text = with_signature(version, lock.path, criteria.digest, signing)
        files[path] = text
    if is_new:
        files[lock.path] = lock.text_with(f"{version}", criteria.digest)
    told = criteria.bundle is not None or section is not None or has_section(version)
    return Release(version, criteria.digest, is_new, cases, files, tuple(_remarks(version, told=told)))


def compared_with_previous(reference: str) -> Comparison | None:
    """Return a version beside the release that it follows; None where it follows none, or is released already.

    Raises RiskEngineError where either has problems.
    """
    version = checked(reference, to_release=True).version
    previous = previous_release(version)
    if previous is None or f"{version}" in _lock_of(version).releases:
        return None
    return compared(str(previous.path), str(version.path))


def sign_release(reference: str, signing: Signing) -> Release:
    """Return what to record where a released version is signed; raise RiskEngineError for a draft."""
    version, criteria, _translated = checked(reference, to_release=True)
    lock = _lock_of(version)
    if f"{version}" not in lock.releases:
        message = _("{version} is a draft: it may still change, so it is not signed", version=version)
        way_out = _(
            "release and sign it: `risk-engine criteria release {version} --sign KEY --by NAME --role ROLE`",
            version=shlex.quote(reference),
        )
        raise RiskEngineError(message, way_out)
    path, text = with_signature(version, lock.path, criteria.digest, signing)
    return Release(version, criteria.digest, is_new=False, cases=(), files={path: text}, remarks=())


def _lock_of(version: Version) -> Lock:
    """Return the lock that names a version, else the one that is to name it."""
    named = (one for one in locks_of(version.path) if f"{version}" in one.releases)
    return next(named, None) or lock_to_write(version.path)


def _remarks(version: Version, *, told: bool) -> list[str]:
    found = []
    if not told:
        found.append(_("{file} does not say what {version} changes", file=version.path / CHANGES, version=version))
    hidden = [
        one for one in beside(version) if one.number < version.number and one.in_force_from >= version.in_force_from
    ]
    found += [
        _(
            "{other} is never in force from now on: {version} has a higher number and holds from {day}",
            other=one,
            version=version,
            day=version.in_force_from,
        )
        for one in hidden
    ]
    return found
