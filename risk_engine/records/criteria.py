"""Stored assessments: find the criteria of one by their digest, say it in words, recompute it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pydantic import ValidationError

from risk_engine.engine.assess import is_intact
from risk_engine.engine.explain import explained
from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.files.language import _, current
from risk_engine.files.source import Document
from risk_engine.loading.bundle import bundle_of, written
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import check_profile
from risk_engine.loading.releases import LOCK, bound_by, choose
from risk_engine.loading.sets import UnknownSetError, is_bundle, name_and_number, own_folders, versions
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.translation import Told
from risk_engine.records.files import read_stored_assessment
from risk_engine.records.verify import Standing, Verification, verify
from risk_engine.version import __version__

Files: TypeAlias = tuple[tuple[str, int, int], ...]
Key: TypeAlias = tuple[str, str, tuple[Path, ...]]
KEPT = "criteria"
"""The folder of a register in which copies of the criteria lie, each under its digest."""
KEPT_BESIDE = "criteria.json"
"""The copy of the criteria in a pack."""
_KEPT = 8
"""So many sets are kept: a process works with few of them."""
_found: dict[Key, tuple[Criteria, Files]] = {}
"""By the digest, the place, and the folders in which a name is looked for.

A register asks for the same set once for each of its cases.
"""


class MissingCriteriaError(RiskEngineError):
    """The criteria that an assessment was made under are not here."""


class Under(NamedTuple):
    """Criteria to recompute an assessment under, and what the versions beside them say of them."""

    criteria: Criteria
    standing: Standing | None


def criteria_of(stored: Assessment, reference: str | None = None, near: Path | None = None) -> Criteria:
    """Return the criteria that an assessment was made under, by their digest.

    They are looked for among those of `reference`, the shipped ones, and what the register or the pack keeps in which
    the record lies (`near`). Raises MissingCriteriaError where they are not there, UnknownSetError where there is
    nothing that `reference` names.
    """
    if reference is not None:
        with suppress(NotInForceError):
            choose(reference, stored.on)  # what somebody named is not passed over for what is found elsewhere
        reference = _of_its_version(reference, stored)
    places = tuple(dict.fromkeys(_places(stored, reference, near)))
    searched = tuple(folder for _by, folder in own_folders())
    for place in places:
        held = _found.get((stored.criteria.digest, place, searched))
        if held is not None and held[1] == _files(held[0]):
            return held[0]
    problems: list[str] = []
    for place in places:
        try:
            criteria = read_criteria(choose(place, stored.on).version.path)
        except (UnknownSetError, NotInForceError) as error:
            problems.append(error.message)
            continue
        if criteria.digest == stored.criteria.digest:
            _keep((criteria.digest, place, searched), criteria)
            return criteria
        known = {"version": f"{criteria.head.id}@{criteria.head.version}", "digest": criteria.digest[:12]}
        problems.append(_("{version} here is {digest}…", **known))
    message = _(
        "the criteria of the assessment are not here: {named} with the digest {digest} ({problems})",
        named=named(stored),
        digest=stored.criteria.digest,
        problems="; ".join(problems),
    )
    raise MissingCriteriaError(message, _("the folder of its criteria can be named with `--criteria`"))


def in_words(stored: Assessment, criteria: Criteria) -> tuple[Explanation, str | None]:
    """Return a stored assessment in the current language, and why its criteria are not in it, None where they are.

    Raises UnfitRecordError where it is no record of these criteria.
    """
    try:
        told = told_in(criteria, current())
    except InvalidSourceError as error:
        return explained(stored, Told(current(), criteria, criteria, None)), f"{error}"
    made = explained(stored, told)
    there_is_none = _("there is no translation of {criteria} into it", criteria=named(stored))
    return made, None if made.is_translated else there_is_none


def explanation_of(stored: Assessment, criteria: Criteria, language: str) -> Explanation:
    """Return an assessment in the words of a language; in the set's own where its translation cannot be read.

    Raises UnfitRecordError where it is no record of these criteria.
    """
    return explained(stored, words_in(criteria, language))


def words_in(criteria: Criteria, language: str) -> Told:
    """Return a set as it is read in a language; in its own words where its translation cannot be read."""
    try:
        return told_in(criteria, language)
    except InvalidSourceError:
        return Told(language, criteria, criteria, None)


def verify_file(path: Path, reference: str | None = None) -> Verification:
    """Recompute a stored assessment under its own version of the criteria, or under `reference`.

    Raises RiskEngineError where it is as it was written and cannot be recomputed: the set, the version, or a fact of
    the case is missing.
    """
    document, stored = read_stored_assessment(path)
    try:
        return recomputed(document, stored, under(stored, reference, path), reference)
    except RiskEngineError:
        if is_intact(stored):
            raise
        # That it was altered is known without its criteria; where, is not.
        return Verification(verdict="altered", engine_then=stored.engine, engine_now=__version__)


def under(stored: Assessment, reference: str | None = None, near: Path | None = None) -> Under:
    """Return the criteria that an assessment names, or those of `reference`, and what the others say of them.

    Where the assessment names some that are not here, the copy is taken that is kept near the record. Raises
    RiskEngineError where there is none, or nothing that `reference` names.
    """
    try:
        chosen = choose(named(stored) if reference is None else _of_its_version(reference, stored), stored.on)
    except (UnknownSetError, NotInForceError) as error:
        if reference is not None:
            raise RiskEngineError(_("the assessment cannot be recomputed: {error}", error=error)) from error
        try:
            return Under(criteria_of(stored, None, near), None)
        except MissingCriteriaError as missing:
            raise RiskEngineError(_("the assessment cannot be recomputed: {error}", error=missing)) from error
    return Under(read_criteria(chosen.version.path), Standing(*chosen[1:]))


def recomputed(document: Document, stored: Assessment, by: Under, reference: str | None = None) -> Verification:
    """Recompute a stored assessment under these criteria.

    Raises RiskEngineError where the criteria do not know what it names.
    """
    named_as = reference or named(stored)
    _check_fit(document, stored, by.criteria, named_as)
    try:
        return verify(stored, by.criteria, by.standing)
    except ValidationError as error:  # a case may use the names of earlier versions, a record only those of its own
        paths = ", ".join(f"`{'.'.join(map(str, one['loc']))}`" for one in error.errors())
        names = _("names that this version does not have: {paths}", paths=paths)
        raise RiskEngineError(f"{_unfit(named_as)}\n{names}") from error


def named(stored: Assessment) -> str:
    """Return the version that an assessment was made under, `SET@VERSION`."""
    return f"{stored.criteria.id}@{stored.criteria.version}"


def _keep(key: Key, criteria: Criteria) -> None:
    _found.pop(key, None)
    while len(_found) >= _KEPT:
        del _found[next(iter(_found))]
    _found[key] = criteria, _files(criteria)


def _of_its_version(reference: str, stored: Assessment) -> str:
    """Return which version of a set is meant for an assessment: its own, where the set has it and no other is named.

    The version of its day can be another since, where it was withdrawn. Raises what `choose` raises.
    """
    name, number = name_and_number(reference)
    own = not number and len(known := versions(name)) > 1 and named(stored) in map(str, known)
    return f"{name}@{stored.criteria.version}" if own else reference


def _places(stored: Assessment, reference: str | None, near: Path | None) -> Iterator[str]:
    if reference is not None:
        yield reference
    yield named(stored)
    if isinstance(stated := stored.case.get("criteria"), str):  # a set of an office's own: the case says where it lies
        yield f"{stated.partition('@')[0]}@{stored.criteria.version}"
    if near is not None:
        beside, above = near.absolute().parent, near.absolute().parent.parent
        kept = (beside / KEPT_BESIDE, beside / KEPT / kept_name(stored), above / KEPT / kept_name(stored))
        yield from (path.as_posix() for path in kept if is_bundle(path))


def kept_name(stored: Assessment) -> str:
    """Return what a copy of the criteria of an assessment is called, by their digest."""
    return f"{stored.criteria.digest}.json"


def bundled(criteria: Criteria) -> bytes:
    """Return a set as the file in which a copy of it is kept; InvalidSourceError where its files cannot be read."""
    return written(bundle_of(criteria))


def _files(criteria: Criteria) -> Files:
    """Return what tells whether the files of a set, translations and locks among them, are those that were read."""
    path = Path(criteria.path or "")
    several = [path] if path.is_file() else sorted(path.rglob("*.yaml")) if criteria.path else []
    if criteria.path:
        several += [one for folder in bound_by(path) if (one := folder / LOCK).is_file()]
    return tuple((one.as_posix(), (found := one.stat()).st_mtime_ns, found.st_size) for one in several)


def _check_fit(document: Document, stored: Assessment, criteria: Criteria, named_as: str) -> None:
    """Raise RiskEngineError if the criteria do not know what the case or the profile names."""
    try:
        case_of(document.part(("case",)), criteria)
        if stored.profile is not None:
            check_profile(stored.profile.profile, document.part(("profile", "profile")), criteria)
    except InvalidSourceError as error:
        raise RiskEngineError(f"{_unfit(named_as)}\n{error}") from error


def _unfit(named_as: str) -> str:
    return _(
        "the assessment cannot be recomputed: its case or profile does not fit the criteria `{named}`", named=named_as
    )
