"""File things in a register: each is recognised by what it says, checked and written once; what is there stays."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, assert_never

from pydantic import ValidationError

from risk_engine.engine.assess import is_intact, to_json
from risk_engine.files.diagnostics import RiskEngineError, file_problem
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.model.assessment import Assessment
from risk_engine.office.register.folder import case_folders, content_of, known_case_folder, sha256
from risk_engine.office.register.record import (
    Assessed,
    EvidenceFiled,
    assessments,
    check_decision,
    read_filed_evidence,
    record_of,
)
from risk_engine.office.register.writing import Tell, writing
from risk_engine.portfolio.assess import Assessor
from risk_engine.records.criteria import MissingCriteriaError, criteria_of
from risk_engine.records.decide import awaits_confirmation
from risk_engine.records.decisions import decision_digest, decision_json
from risk_engine.records.files import kind_of as kind_of_record
from risk_engine.records.files import read_assessment, read_decision
from risk_engine.report.unsettled import level_words
from risk_engine.report.wording import at_level

Given: TypeAlias = Literal["assessment", "case", "decision", "evidence"]

ORDER: tuple[Given, ...] = ("assessment", "case", "decision", "evidence")
"""In this order files that are given at once are filed: a decision is about an assessment that is there."""

_CASE = frozenset({"id", "title"})
"""Keys of every case; one of them may be damaged."""

_EVIDENCE = frozenset(one.alias or name for name, one in EvidenceFiled.model_fields.items())
"""Keys of evidence as another copy of a register keeps it."""


class NoRecordError(RiskEngineError):
    """A file that is no record and that no case names as evidence: wrong if somebody named it, not in a folder."""


class Recognised(NamedTuple):
    """A file with its kind and, where it says so, its day: what was filed last counts, so older things go first."""

    kind: Given
    day: str
    path: Path

    def order(self) -> tuple[int, str]:
        """Return the key by which files are filed one after the other."""
        return ORDER.index(self.kind), self.day


def files_at(path: Path) -> list[Path]:
    """Return the files that a path stands for: itself, or what lies directly in a folder, hidden files left out."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith((".", "~$")))
    if not found:
        raise file_problem(path, _("there is no file in this folder"))
    return found


def recognised(path: Path) -> Recognised:
    """Return a file with its kind; what is neither YAML nor JSON is evidence.

    Raises RiskEngineError for a file that is not there, NoRecordError for JSON that is none of the kinds.
    """
    if not path.exists():
        raise file_problem(path, _("there is no such file"))
    match path.suffix.casefold():
        case ".json":
            return _by_content(path, _json(path))
        case ".yaml" | ".yml":
            # Nothing else is written in YAML by people or by this engine; its reader says what is wrong.
            return Recognised("case", "", path)
        case _:
            return Recognised("evidence", "", path)


def _json(path: Path) -> Any:
    """Return what a JSON file says, roughly: the reader of its kind says later what is wrong in it, and where."""
    try:
        return json.loads(content_of(path), parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return dict.fromkeys(_CASE)


def _by_content(path: Path, data: Any) -> Recognised:
    found = kind_of_record(Document(path.as_posix(), data, {}, ()))
    # An outlook is made anew from its assessment whenever somebody wants it: a register keeps none.
    if found is not None and found != "outlook":
        return Recognised(found, str(data.get("on", "")), path)
    if isinstance(data, dict) and data.keys() & _CASE:
        return Recognised("case", "", path)
    if isinstance(data, dict) and data.keys() == _EVIDENCE:
        return Recognised("evidence", "", path)
    message = _("this is no case, no assessment and no decision")
    raise NoRecordError(str(file_problem(path, message, _("if it supports a case, say so with `--evidence`"))))


@dataclass(frozen=True)
class Filing:
    """How things are to be filed: the register, who assesses cases, and what is said about evidence."""

    folder: Path
    assessor: Assessor
    today: date
    case_id: str | None = None
    keep: bool = False
    again: bool = False
    tell: Tell = field(default=lambda _text: None)
    """Says what somebody should know beside what was filed."""
    touched: set[Path] = field(default_factory=set)
    """The folders of the cases that something was given for, so that whoever files can look at them afterwards."""


class AssessedCase(NamedTuple):
    """A case that was assessed and is not filed yet: its content, and of its assessment what filing needs."""

    path: Path
    data: bytes
    case_id: str
    on: date
    content: bytes
    question: "Inputs"
    criteria: Path
    result: str
    """What it comes to, in words."""
    about_names: tuple[str, ...] = ()
    """Lines about names of the case that it should not use any more."""


@dataclass(frozen=True)
class Assessing:
    """Assesses cases that are to be filed, in whichever process."""

    assessor: Assessor

    def __call__(self, path: Path) -> AssessedCase | str:
        """Return the case assessed, or why it cannot be."""
        try:
            return self.case(path)
        except RiskEngineError as error:
            return f"{error}"

    def case(self, path: Path, supersedes: Assessment | None = None) -> AssessedCase:
        """Return the case assessed; raise RiskEngineError where it cannot be, or changed meanwhile."""
        data = content_of(path)
        fresh = self.assessor.assess(path, supersedes)
        _check_unchanged(path, data)
        result = ", ".join(at_level(one.title, level_words(one)) for one in self.assessor.explain(fresh).proposals)
        folder = self.assessor.folder_of(fresh)
        return AssessedCase(
            path, data, fresh.case_id, fresh.on, to_json(fresh), inputs(fresh), folder, result, self.assessor.notes
        )


def add(path: Path, kind: Given, how: Filing) -> list[str]:
    """File one file; return what was done, in words.

    Raises RiskEngineError, with nothing filed and all of it undone, if it is not fit or cannot be written.
    """
    match kind:
        case "case":
            return add_case(Assessing(how.assessor).case(path), how)
        case "assessment":
            return _add_assessment(path, how)
        case "decision":
            return _add_decision(path, how)
        case "evidence":
            return _add_evidence(path, how)
        case _:
            assert_never(kind)


def add_case(given: AssessedCase | str, how: Filing) -> list[str]:
    """File a case and its assessment, or raise RiskEngineError with why it cannot be assessed.

    The assessment first: it holds the case, so no moment leaves a case without.
    """
    if isinstance(given, str):
        raise RiskEngineError(given)
    path = given.path
    with writing(how.folder, how.tell, begins=True) as work:
        folder = work.opened(given.case_id)
        how.touched.add(folder.path)
        done: list[str] = []
        there = list(assessments(folder))
        current = there[0] if there else None
        known = folder.holds("case", given.data)
        is_newest = known is not None and known == folder.of("case")[-1]
        if known and not is_newest and not how.again:
            text = _(
                "{path}: filed already, as {name}; a later version counts now (see --again)", path=path, name=known.name
            )
            return [text]
        # The newest version may have been assessed again since, on a later day: that is no reason to do it once more.
        same = [one for one in there if inputs(one.assessment) == given.question]
        if not same or (current not in same and not is_newest):
            fresh = Assessing(how.assessor).case(path, current.assessment) if current else given
            _check_unchanged(path, given.data)
            work.keep_criteria(how.assessor.criteria_in(fresh.criteria))
            folder, filed = work.file(folder, "assessment", fresh.on.isoformat(), ".json", fresh.content)
            about = {"path": path, "case_id": fresh.case_id, "on": fresh.on, "result": fresh.result}
            done.append(_("{path}: {case_id} as of {on}. {result}", **about))
            if current:
                done.append("  " + _("filed as {name}; it supersedes {old}", name=filed.name, old=current.filed.name))
            else:
                done.append("  " + _("filed as {name}", name=filed.name))
        if known and is_newest:
            done.append(_("{path}: filed already, as {name}", path=path, name=known.name))
        else:
            folder, filed = work.file(folder, "case", "", path.suffix, given.data)
            done.append(_("{path}: filed as {name}", path=path, name=filed.name))
    return [*done, *given.about_names]


def _add_assessment(path: Path, how: Filing) -> list[str]:
    data = content_of(path)
    given = read_assessment(path)
    _check_unchanged(path, data)
    if not is_intact(given):
        raise file_problem(
            path, _("the assessment was altered since it was written"), _("`risk-engine verify` says where")
        )
    try:
        criteria, missing = criteria_of(given, how.assessor.reference, path), ""
    except MissingCriteriaError as error:
        criteria, missing = None, f"{error}"
    with writing(how.folder, how.tell, begins=True) as work:
        folder = work.opened(given.case_id)
        how.touched.add(folder.path)
        for one in assessments(folder):
            if one.assessment.digest == given.digest:
                return [_("{path}: filed already, as {name}", path=path, name=one.filed.name)]
        current = record_of(folder).current
        _check_newer(path, given, current)
        if criteria is not None:
            work.keep_criteria(criteria)
        _folder, filed = work.file(folder, "assessment", given.on.isoformat(), ".json", to_json(given))
    about = {"path": path, "case_id": given.case_id, "on": given.on, "name": filed.name}
    done = [_("{path}: assessment of {case_id} as of {on}, filed as {name}", **about)]
    if missing:
        done.append("  " + _("nobody can read it in words here: {reason}", reason=missing))
    return done


def _check_newer(path: Path, given: Assessment, current: Assessed | None) -> None:
    """Raise RiskEngineError if what would be filed last, and so count, is older than what counts now."""
    if current is None or given.on >= current.assessment.on or is_successor(given, current.assessment):
        return
    raise file_problem(
        path,
        _(
            "this assessment is as of {day}; the one of {case_id} that counts is as of {counts}",
            day=given.on,
            case_id=given.case_id,
            counts=current.assessment.on,
        ),
        _("what was filed last counts, so older ones are filed first; assess the case again to change what counts"),
    )


def _add_decision(path: Path, how: Filing) -> list[str]:
    data = content_of(path)
    given = read_decision(path)
    _check_unchanged(path, data)
    if decision_digest(given) != given.digest:
        raise file_problem(
            path, _("the decision was altered since it was written"), _("`risk-engine verify` says where")
        )
    known_case_folder(how.folder, given.about.case_id)
    with writing(how.folder, how.tell) as work:
        folder = known_case_folder(how.folder, given.about.case_id)
        how.touched.add(folder.path)
        if known := folder.holds("decision", decision_json(given)):
            return [_("{path}: filed already, as {name}", path=path, name=known.name)]
        there = list(assessments(folder))
        about = next((one for one in there if one.assessment.digest == given.about.digest), None)
        if about is None:
            message = _("the assessment that was decided on is not filed for {case_id}", case_id=given.about.case_id)
            raise file_problem(path, message, _("add that assessment first, or in the same command"))
        if not is_intact(about.assessment):
            message = _("{name}, which was decided on, was altered since it was written", name=about.filed.name)
            raise file_problem(path, message, _("`risk-engine register show` says what else is wrong"))
        check_decision(path, given, about.filed, folder, [one.assessment for one in there])
        _folder, filed = work.file(folder, "decision", given.on.isoformat(), ".json", decision_json(given))
    done = {"path": path, "about": about.filed.name, "name": filed.name}
    if awaits_confirmation(given, about.assessment):
        text = _("{path}: decision on {about}, filed as {name}; it awaits the confirmation of a second person", **done)
        return [text]
    return [_("{path}: decision on {about}, filed as {name}", **done)]


def _add_evidence(path: Path, how: Filing) -> list[str]:
    data = content_of(path)
    evidence = _evidence_at(path, data, how.today)
    case_id = how.case_id or _case_that_names(evidence.sha256, path, how.folder)
    known_case_folder(how.folder, case_id)
    done: list[str] = []
    with writing(how.folder, how.tell) as work:
        folder = known_case_folder(how.folder, case_id)
        how.touched.add(folder.path)
        if how.keep and not folder.holds("kept", data):
            folder, filed = work.file(folder, "kept", path.stem, path.suffix, data)
            done.append(_("{path}: kept as {name}", path=path, name=filed.name))
        for one in folder.of("evidence"):
            there = read_filed_evidence(one)
            if (there.sha256, there.name) == (evidence.sha256, evidence.name):
                return [*done, _("{path}: filed already, as {name}", path=path, name=one.name)]
        folder, filed = work.file(folder, "evidence", path.name, ".json", evidence.to_json())
        done.append(_("{path}: SHA-256 filed for {case_id}, as {name}", path=path, case_id=case_id, name=filed.name))
    return done


def _evidence_at(path: Path, data: bytes, today: date) -> EvidenceFiled:
    """Return what is filed of a file; of one that another copy of a register keeps as such, what that says."""
    if path.suffix.casefold() == ".json":
        with contextlib.suppress(ValidationError):
            return EvidenceFiled.model_validate_json(data)
    return EvidenceFiled(
        name=path.name.encode("utf-8", "replace").decode(),
        size=len(data),
        sha256=sha256(data),
        modified=datetime.fromtimestamp(path.stat().st_mtime, UTC).date(),
        added=today,
    )


def _case_that_names(digest: str, path: Path, folder: Path) -> str:
    """Return the case whose evidence states this digest; raise RiskEngineError unless it is just one.

    It is a NoRecordError where no case does.
    """
    named = [one.case_id for one in map(record_of, case_folders(folder)) if digest in _stated_digests(one.case)]
    if len(named) == 1:
        return named[0]
    help_text = _("say which case it belongs to with `--case ID`; its SHA-256 is {digest}", digest=digest)
    if not named:
        raise NoRecordError(str(file_problem(path, _("no case states the SHA-256 of this file"), help_text)))
    text = _("{number} cases state the SHA-256 of this file", number=len(named))
    raise file_problem(path, text, help_text)


def _stated_digests(case: object) -> Iterator[str]:
    match case:
        case dict():
            if isinstance(found := case.get("sha256"), str):
                yield found
            for value in case.values():
                yield from _stated_digests(value)
        case list():
            for value in case:
                yield from _stated_digests(value)
        case _:
            return


def is_successor(new: Assessment, old: Assessment) -> bool:
    """Return whether an assessment says that it takes the place of the other."""
    return new.supersedes is not None and new.supersedes.digest == old.digest


def is_same_result(one: Assessment, other: Assessment) -> bool:
    """Return whether two assessments answer the same question."""
    return inputs(one) == inputs(other)


Inputs: TypeAlias = tuple[object, ...]


def inputs(one: Assessment) -> Inputs:
    """Return which question an assessment answers: case, criteria, profile and day, whatever the engine."""
    profile, used = one.profile.digest if one.profile else None, one.criteria
    return used.digest, used.in_force, used.draft, used.withdrawn, profile, one.on, one.case_digest


def _check_unchanged(path: Path, data: bytes) -> None:
    if content_of(path) != data:
        raise RiskEngineError(
            _("{path}: the file changed while it was read", path=path), _("save it, then add it again")
        )
