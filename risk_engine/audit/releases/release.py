"""Release a version of a criteria set, sign it, and check who signed: from then on a change of it is an error.

Nothing is written here: a release says which files are to hold what, all of them or none.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.audit.cases import CaseResult, run_cases
from risk_engine.audit.versions import Comparison, checked, compared
from risk_engine.files.diagnostics import RiskEngineError, file_problem, help_line, is_blank, reason
from risk_engine.files.language import N_, _
from risk_engine.files.reading import read_bytes
from risk_engine.loading.bundle import bundle_of, written
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import (
    SIGNATURES,
    Lock,
    is_released,
    is_withdrawn,
    lock_to_write,
    locks_of,
    releases_of,
)
from risk_engine.loading.sets import Version, beside, bundle_path
from risk_engine.loading.signatures import (
    SignatureFile,
    bare,
    misfit,
    read_signatures,
    recorded_in,
    signatures_of,
    stated,
)
from risk_engine.loading.version_files import CHANGES
from risk_engine.model.changes import BUMPS, Bump, ReleaseSignature, RequiredBump
from risk_engine.model.decision import Person
from risk_engine.records.verify import Link, broken, holds, noted, short, unchecked

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


# --- who signed it ---


@dataclass(frozen=True)
class Signing:
    """Who signs, when, and with which key."""

    key: "Ed25519PrivateKey"
    by: Person
    on: date


def signature_of(release: str, rules: str, signing: Signing, *, withdrawn: bool = False) -> ReleaseSignature:
    """Return the signature of a release, such as `desk@1.0.0`, whose rules have that digest, or of its withdrawal."""
    from risk_engine.files.signing import key_id, sign

    unsigned = ReleaseSignature(
        release=release,
        digest=f"sha256:{rules}",
        withdrawn=withdrawn,
        by=signing.by,
        on=signing.on,
        covers=f"sha256:{'0' * 64}",
        key=f"sha256:{key_id(signing.key.public_key())}",
        value="0" * 128,
    )
    covers = stated(unsigned)
    return unsigned.model_copy(update={"covers": f"sha256:{covers}", "value": sign(covers, signing.key)})


def with_signature(
    version: Version, lock: Path, rules: str, signing: Signing, *, withdrawn: bool = False
) -> tuple[Path, str]:
    """Return the file of signatures beside a lock, with one more record in it: of a release, or of its withdrawal.

    Raises RiskEngineError where the key has signed that already.
    """
    made = signature_of(f"{version}", rules, signing, withdrawn=withdrawn)
    for one in signatures_of(version):
        if (one.key, one.withdrawn) == (made.key, withdrawn):
            message = _(
                "{version} is signed with this key already, by {name} ({role}) on {day}",
                version=version,
                name=one.by.name,
                role=one.by.role,
                day=one.on,
            )
            raise RiskEngineError(message, _("a second person signs with a key of their own"))
    path = lock.with_name(SIGNATURES)
    file = read_signatures(path) if path.is_file() else SignatureFile(path)
    return path, file.text_with(made)


def signature_links(version: Version, keys: "Mapping[str, Ed25519PublicKey]") -> Iterator[Link]:
    """Yield for each signature of a version whether it holds; `keys` are the trusted public keys, by id.

    Of one by another key it is only known that it was made for these rules, whatever else it says of itself.
    """
    recorded = recorded_in(version.path)
    for one in signatures_of(version):
        who = {"name": one.by.name, "role": one.by.role, "day": one.on, "key": short(bare(one.key))}
        key = keys.get(bare(one.key))
        if wrong := misfit(one, recorded):
            yield broken(wrong)
        elif key is None:
            yield noted(
                _(
                    "their withdrawal signed in the name of {name} ({role}) on {day}, by an unknown key, {key}: the "
                    "signature itself was not checked; name the public half of the key with --key if you trust it",
                    **who,
                )
                if one.withdrawn
                else _(
                    "signed for these rules in the name of {name} ({role}) on {day}, by an unknown key, {key}: the "
                    "signature itself was not checked; name the public half of the key with --key if you trust it",
                    **who,
                )
            )
        else:
            from risk_engine.files.signing import is_signed

            if is_signed(bare(one.covers), one.value, key):
                yield holds(
                    _("withdrawal signed by {name} ({role}) on {day} with the key {key}", **who)
                    if one.withdrawn
                    else _("signed by {name} ({role}) on {day} with the key {key}", **who)
                )
            else:
                yield broken(_("the signature with the key {key} is not right", **who))


def release_links(version: Version, keys: "Mapping[str, Ed25519PublicKey]") -> Iterator[Link]:
    """Yield what holds of a version's release and what does not; `keys` are the trusted public keys, by id.

    Raises InvalidSourceError where the version is not what was released, or cannot be read.
    """
    criteria = read_criteria(version.path)
    if is_released(version):
        yield holds(_("the rules are those that were released, sha256:{digest}", digest=criteria.digest))
        if criteria.is_withdrawn:
            yield noted(_("it was withdrawn: it is in force on no day, and counts only where it is named"))
    else:
        yield unchecked(_("it is a draft: nobody has released it, so it may still change"))
    links = list(signature_links(version, keys))
    yield from links
    of_release = [one for one, signed in zip(links, signatures_of(version), strict=True) if not signed.withdrawn]
    # Without a key nobody asked who signed; with one an unsigned release is not what was asked for.
    if keys and not any(one.verdict == "holds" for one in of_release):
        yield broken(_("it is not signed with a key that was named"))
    elif not of_release:
        yield noted(_("not signed: whoever may write the files could have rewritten the rules and the lock"))


# --- the section of CHANGES.md ---

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_VERSION = re.compile(r" {0,3}#{1,6}\s+\[?v?(?P<number>\d+\.\d+\.\d+)(?![\w.+-])", re.IGNORECASE)


def with_section(version: Version, text: str | None) -> str | None:
    """Return the whole of a version's CHANGES.md with a section of that text; None where there is nothing to write.

    `text` is Markdown below the heading. Nothing is to be written where it is None or empty, or where the file has a
    section for the version already. The newest section stands first. Raises InvalidSourceError where the file cannot
    be read.
    """
    path = version.path / CHANGES
    there = _there(path)
    body = (text or "").strip("\n")
    if not body.strip() or _has_section(version, there):
        return None
    heading = f"## {version.dotted} (in force from {version.in_force_from.isoformat()})"
    if there is None or not there.strip():
        return f"# {version.name}\n\n{heading}\n\n{body}\n"
    newline = "\r\n" if "\r\n" in there else "\n"
    section = f"{heading}\n\n{body}\n".replace("\n", newline)
    lines = there.splitlines(keepends=True)
    first = next((number for number, _found in _sections(lines)), None)
    if first is None:
        return f"{there.rstrip()}{newline}{newline}{section}"
    return "".join((*lines[:first], section, newline, *lines[first:]))


def with_withdrawal(version: Version, path: Path, note: str) -> str:
    """Return the whole of the CHANGES.md at a path with a note at the head of a version's section, once.

    Where there is no section it gets one, before those of lower numbers. Raises InvalidSourceError where the file
    cannot be read.
    """
    there = _there(path) or f"# {version.name}\n"
    newline = "\r\n" if "\r\n" in there else "\n"
    lines = there.splitlines(keepends=True)
    headings = list(_sections(lines))
    own = next((line for line, number in headings if number == version.dotted), None)
    if own is not None:
        if note in section_of(version, there):  # a run that was stopped had written it
            return there
        lines[own] = lines[own].rstrip("\r\n") + newline
        return "".join((*lines[: own + 1], newline, note, newline, *lines[own + 1 :]))
    lower = (line for line, number in headings if tuple(map(int, number.split("."))) < version.number)
    at = next(lower, len(lines))
    before = "".join(lines[:at]).rstrip()
    after = "".join(lines[at:])
    section = f"## {version.dotted}{newline}{newline}{note}{newline}"
    return f"{before}{newline}{newline}{section}{newline if after else ''}{after}"


def section_of(version: Version, text: str | None = None) -> str:
    """Return what CHANGES.md, or `text` in its place, says of a version; empty where it has no section for it."""
    there = _there(version.path / CHANGES) if text is None else text
    lines = (there or "").splitlines(keepends=True)
    headings = [*_sections(lines), (len(lines), "")]
    for (start, number), (end, _next) in pairwise(headings):
        if number == version.dotted:
            return "".join(lines[start:end]).replace("\r\n", "\n").strip() + "\n"
    return ""


def has_section(version: Version) -> bool:
    """Return whether CHANGES.md speaks of a version under a heading of its own."""
    return _has_section(version, _there(version.path / CHANGES))


def _has_section(version: Version, there: str | None) -> bool:
    _heading, _newline, body = section_of(version, there or "").partition("\n")
    return not is_blank(body)


def _sections(lines: list[str]) -> list[tuple[int, str]]:
    """Return the lines that are headings of a version, each with its number; what stands in code is none."""
    found: list[tuple[int, str]] = []
    fence = ""
    for number, line in enumerate(lines):
        marker = _FENCE.match(line)
        if fence:
            fence = "" if marker and marker[1].startswith(fence) else fence
        elif marker:
            fence = marker[1]
        elif heading := _VERSION.match(line):
            found.append((number, heading["number"]))
    return found


def _there(path: Path) -> str | None:
    try:
        return read_bytes(path).decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise file_problem(path, _("this file is no text in UTF-8")) from None
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from None


_STEPS: dict[Bump, str] = {
    "patch": N_("from {old} to {new} is a patch"),
    "minor": N_("from {old} to {new} is a minor step"),
    "major": N_("from {old} to {new} is a major step"),
}
_NEEDED: dict[Bump, str] = {
    "patch": N_("a patch at least is needed"),
    "minor": N_("a minor step at least is needed"),
    "major": N_("a major step is needed"),
}


def released_beside(version: Version) -> list[Version]:
    """Return the released versions of the same set, this one and those withdrawn left out, the oldest number first."""
    every, withdrawn = releases_of(version)
    return [one for one in beside(version) if f"{one}" in every - withdrawn and one.number != version.number]


def previous_release(version: Version) -> Version | None:
    """Return the release that a version follows: the highest number below its own; None for a first release."""
    return max((one for one in released_beside(version) if one.number < version.number), key=_number, default=None)


def bump_between(old: Version, new: Version) -> Bump:
    """Return which part of the number a later version raises; raise ValueError where it is not later."""
    if new.number <= old.number:
        raise ValueError(f"{new} is not later than {old}")
    part = next(place for place, (one, other) in enumerate(zip(old.number, new.number, strict=True)) if one != other)
    return BUMPS[::-1][part]


def number_problems(version: Version, required: RequiredBump | None) -> list[str]:
    """Return why a version cannot be released under its number; nothing for a first release.

    A number below that of another release is one for those who still use the older one: it must be in force before the
    newer one is, for the highest number that is in force counts.
    """
    problems = []
    for other in released_beside(version):
        if other.number > version.number and other.in_force_from <= version.in_force_from:
            message = _(
                "{version} would never be in force: {other} is released, has a higher number and holds from {day}",
                version=version,
                other=other,
                day=other.in_force_from,
            )
            way_out = _("give it a number above {number}, or an earlier day in set.yaml", number=other.dotted)
            problems.append(message + help_line(way_out))
            break
    old = previous_release(version)
    if old is None or required is None:
        return problems
    step = bump_between(old, version)
    if BUMPS.index(step) < BUMPS.index(required.bump):
        message = _(
            "{step}, but {needed}: {why}",
            step=_(_STEPS[step], old=old.dotted, new=version.dotted),
            needed=_(_NEEDED[required.bump]),
            why=required.why,
        )
        number = ".".join(map(str, _free(version, old, required.bump)))
        way_out = _("make it {number} or higher, in set.yaml and as the name of its folder", number=number)
        problems.append(message + help_line(way_out))
    return problems


def raised(version: Version, bump: Bump) -> tuple[int, int, int]:
    """Return the next number after that of a version."""
    major, minor, patch = version.number
    match bump:
        case "patch":
            return major, minor, patch + 1
        case "minor":
            return major, minor + 1, 0
        case "major":
            return major + 1, 0, 0


def _free(version: Version, old: Version, bump: Bump) -> tuple[int, int, int]:
    """Return the next number after an older version's, or after the newest one's where that one is taken."""
    every = releases_of(version).every
    others = [one for one in beside(version) if f"{one}" in every and one.number != version.number]
    number = raised(old, bump)
    return raised(others[-1], bump) if number in {one.number for one in others} else number


def _number(version: Version) -> tuple[int, int, int]:
    return version.number


@dataclass(frozen=True)
class Release:
    """What a release comes to: the files to write with their whole text, in order; lock and signature come last.

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
    if signing is not None:
        _check_counts(version)
    lock = lock_of(version)
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
        if not path.is_file() or read_bytes(path) != bundle:
            files[path] = bundle.decode("utf-8")
    # A lock without its signature is a release that waits for one; a signature without its lock looks like fraud.
    if is_new:
        files[lock.path] = lock.text_with(f"{version}", criteria.digest)
    if signing is not None:
        path, text = with_signature(version, lock.path, criteria.digest, signing)
        files[path] = text
    told = criteria.bundle is not None or section is not None or has_section(version)
    return Release(version, criteria.digest, is_new, cases, files, tuple(_remarks(version, told=told)))


def compared_with_previous(reference: str) -> Comparison | None:
    """Return a version beside the release that it follows; None where it follows none, or is released already.

    Raises RiskEngineError where either has problems.
    """
    version = checked(reference, to_release=True).version
    previous = previous_release(version)
    if previous is None or f"{version}" in lock_of(version).releases:
        return None
    return compared(str(previous.path), str(version.path))


def sign_release(reference: str, signing: Signing) -> Release:
    """Return what to record where a released version is signed; raise RiskEngineError for a draft."""
    version, criteria, _translated = checked(reference, to_release=True)
    _check_counts(version)
    lock = lock_of(version)
    if f"{version}" not in lock.releases:
        message = _("{version} is a draft: it may still change, so it is not signed", version=version)
        way_out = _(
            "release and sign it: `risk-engine criteria release {version} --sign KEY --by NAME --role ROLE`",
            version=shlex.quote(reference),
        )
        raise RiskEngineError(message, way_out)
    path, text = with_signature(version, lock.path, criteria.digest, signing)
    return Release(version, criteria.digest, is_new=False, cases=(), files={path: text}, remarks=())


def _check_counts(version: Version) -> None:
    """Raise RiskEngineError where a version was withdrawn: nobody adopts it any more."""
    if is_withdrawn(version):
        message = _("{version} was withdrawn: it is not signed as a release any more", version=version)
        raise RiskEngineError(message, _("signatures that are there stay, and are verified as ever"))


def lock_of(version: Version) -> Lock:
    """Return the lock that names a version, else the one that is to name it."""
    named = (one for one in locks_of(version.path) if f"{version}" in one.releases)
    return next(named, None) or lock_to_write(version.path)


def _remarks(version: Version, *, told: bool) -> list[str]:
    found = []
    if is_withdrawn(version):
        found.append(_("{version} was withdrawn: it is in force on no day", version=version))
    if not told:
        found.append(_("{file} does not say what {version} changes", file=version.path / CHANGES, version=version))
    hidden = [
        one
        for one in beside(version)
        if one.number < version.number and one.in_force_from >= version.in_force_from and not is_withdrawn(one)
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
