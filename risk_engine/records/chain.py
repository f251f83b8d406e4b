"""Stored records to the links between them: each assessment comes out again, each decision is bound to its own.

Every link holds, does not hold, or could not be checked because something is missing; nothing is passed over.
"""

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.engine.assess import is_intact, to_json
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, file_problem, reason
from risk_engine.files.language import _, ngettext
from risk_engine.files.source import read
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import is_bundle
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision
from risk_engine.model.outlook import Outlook
from risk_engine.records.criteria import KEPT, Under, criteria_of, recomputed, under
from risk_engine.records.decision_links import (
    Around,
    SheetOf,
    decision_links,
    last_digest,
    signed_digests,
    standing_links,
)
from risk_engine.records.files import Stored, kind_of, kind_of_file, read_outlook, read_record
from risk_engine.records.superseding import is_true_of
from risk_engine.records.verify import (
    AgainOf,
    Link,
    Verification,
    broken,
    holds,
    noted,
    outlook_links,
    short,
    unchecked,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass
class Found:
    """The records among the files, and what is none: other files of a folder, replies that were named by hand."""

    records: dict[Path, Stored] = field(default_factory=dict)
    outlooks: dict[Path, Outlook] = field(default_factory=dict)
    unread: dict[Path, str] = field(default_factory=dict)
    others: list[Path] = field(default_factory=list)
    replies: list[Path] = field(default_factory=list)
    deeper: list[Path] = field(default_factory=list)
    criteria: list[Path] = field(default_factory=list)


def find_records(paths: Sequence[Path]) -> Found:
    """Return the records of files, of the .json files of folders, and of the folders directly in these.

    Raises InvalidSourceError for a file named by hand that is neither a record nor the reply to a decision among them.
    """
    found = Found()
    doubtful: dict[Path, InvalidSourceError] = {}
    for path in paths:
        if path.is_dir():
            _take_folder(path, found)
            continue
        try:
            if kind_of_file(path) == "outlook":
                found.outlooks[path] = read_outlook(path)
            else:
                found.records[path] = read_record(path)
        except InvalidSourceError as error:
            doubtful[path] = error
    named = {
        reply.name for one in found.records.values() if isinstance(one.record, Decision) for reply in one.record.replies
    }
    found.replies += [path for path in doubtful if path.name in named]
    if problems := [one for path, error in doubtful.items() if path.name not in named for one in error.diagnostics]:
        raise InvalidSourceError(problems)
    if not found.records and not found.outlooks and not found.unread:
        raise file_problem(
            paths[0], _("there is no assessment or decision in this folder"), _("records are .json files")
        )
    return found


def check_chain(
    found: Found, reference: str | None, keys: "Mapping[str, Ed25519PublicKey]", again: AgainOf, sheet: SheetOf
) -> Iterator[tuple[Path, Link]]:
    """Yield every link of every record with its file.

    `reference` names the criteria to recompute under in place of each assessment's own; `keys` the public keys, by id;
    `again` works an outlook out again; `sheet` makes the decision sheet that somebody signed anew.
    """
    every = [one.record for one in found.records.values() if isinstance(one.record, Assessment)]
    # Of two that state the same digest, the one that it belongs to comes last, and so is held against.
    assessments = {one.digest: one for one in sorted(every, key=is_intact)}
    decided = {path: one.record for path, one in found.records.items() if isinstance(one.record, Decision)}
    decisions = {one.digest: one for one in decided.values()}
    signed = signed_digests(decided, keys)
    paths = {one.record.digest: path for path, one in found.records.items() if isinstance(one.record, Assessment)}
    criteria = _Criteria(reference, paths)
    for path, stored in sorted(found.records.items()):
        if isinstance(stored.record, Assessment):
            yield from ((path, one) for one in _assessment_links(stored, stored.record, assessments, criteria))
        else:
            beside = _beside(path.parent) if stored.record.replies else []
            files = dict.fromkeys((*found.replies, *beside))
            around = Around(assessments, decisions, tuple(files), keys, signed, criteria.own, sheet)
            yield from ((path, one) for one in decision_links(stored.record, stored.raw, around))
    for path, outlook in sorted(found.outlooks.items()):
        yield from ((path, one) for one in outlook_links(path, outlook, assessments, criteria.own, again))
    yield from standing_links(decided)
    yield from _unsigned(decided, signed)
    for path, why in sorted(found.unread.items()):
        yield path, unchecked(_("it cannot be read: {reason}", reason=why))
    yield from ((path, _kept(path)) for path in found.criteria)
    for path in found.others:
        yield path, noted(_("neither an assessment nor a decision, so it is not looked at"))
    for path in found.deeper:
        yield path, noted(_("folders so far below are not looked at; name it by itself"))


def _unsigned(decided: Mapping[Path, Decision], signed: Container[str]) -> Iterator[tuple[Path, Link]]:
    """Say once that nothing but a signature tells who wrote a record."""
    those = [path for path, one in sorted(decided.items()) if not one.signatures and last_digest(one) not in signed]
    if those:
        alone = _("not signed: whoever has the file could have rewritten it")
        more = len(those) - 1
        together = ngettext(
            "not signed (nor are {number} more): whoever has the file could have rewritten it",
            "not signed (nor are {number} more): whoever has the file could have rewritten it",
            more,
        )
        yield those[0], noted(together if more else alone)


def to_the_byte(raw: bytes, assessment: Assessment) -> bool:
    """Return whether an assessment stands in its file as the engine writes it."""
    return raw.removesuffix(b"\n") == to_json(assessment)


class _Criteria:
    """Reads the criteria of assessments, each version once."""

    def __init__(self, reference: str | None, paths: Mapping[str, Path]) -> None:
        self.reference = reference
        self._paths = paths
        """Where assessments lie, by their digests: a register keeps their criteria near them."""
        self._read: dict[tuple[str, str, str], Under] = {}

    def under(self, stored: Assessment) -> Under:
        """Return the criteria to recompute under; raise RiskEngineError where they are missing."""
        # Of a reference without a version the day of the assessment says which one is meant.
        key = (stored.criteria.id, stored.criteria.version, stored.on.isoformat())
        if key not in self._read:
            self._read[key] = under(stored, self.reference, self._paths.get(stored.digest))
        return self._read[key]

    def own(self, stored: Assessment) -> Criteria:
        """Return the criteria that an assessment was made under; raise RiskEngineError where they are missing."""
        return criteria_of(stored, self.reference, self._paths.get(stored.digest))

    def at_hand(self, stored: Assessment) -> Criteria | None:
        """Return the same, None where they are missing."""
        with suppress(RiskEngineError):
            return self.own(stored)
        return None


def _assessment_links(
    stored: Stored, assessment: Assessment, others: Mapping[str, Assessment], criteria: _Criteria
) -> Iterator[Link]:
    if not is_intact(assessment):  # which is known without its criteria
        yield broken(_("altered: the assessment was changed after it was written"))
        return
    try:
        by = criteria.under(assessment)
        result = recomputed(stored.document, assessment, by, criteria.reference)
    except RiskEngineError as error:
        yield unchecked(" ".join(str(error).split()))
        return
    yield _came_out(result)
    yield from map(noted, result.notes)
    yield from map(unchecked, result.unchecked)
    if not to_the_byte(stored.raw, assessment):
        yield noted(_("its file is not to the byte as the engine would write it now; what counts is the same"))
    if assessment.supersedes is None:
        return
    old = others.get(assessment.supersedes.digest)
    if old is None:
        name = short(assessment.supersedes.digest)
        yield unchecked(_("the assessment that it supersedes, {name}, is not among the files", name=name))
    elif not is_intact(old):
        yield broken(
            _("the assessment {name}, which it supersedes, was changed after it was written", name=short(old.digest))
        )
    elif old.case_id != assessment.case_id or not is_true_of(assessment, by.criteria, old, criteria.at_hand(old)):
        yield broken(
            _("it does not state what the assessment {name} held, which it supersedes", name=short(old.digest))
        )
    else:
        yield holds(_("it supersedes the assessment {name}", name=short(old.digest)))


def _came_out(result: Verification) -> Link:
    match result.verdict:
        case "same" if result.engine_then != result.engine_now:
            engines = {"then": result.engine_then, "now": result.engine_now}
            return holds(_("the assessment comes out again by another engine version ({then}, now {now})", **engines))
        case "same":
            return holds(_("the assessment comes out again"))
        case "different":
            return broken(_("the assessment does not come out again: {where}", where="; ".join(result.differences[:3])))
        case "altered":
            return broken(_("altered: the assessment was changed after it was written"))


def _take_folder(folder: Path, found: Found) -> None:
    """Take the .json files of a folder and of the folders directly in it, as a register has one for each case."""
    folders, files = _inside(folder, found)
    for each in folders:
        if each.name == KEPT and (copies := [one for one in _inside(each, found)[1] if is_bundle(one)]):
            found.criteria += copies
            continue
        deeper, below = _inside(each, found)
        found.deeper += deeper
        files += below
    for one in files:
        if one.suffix.casefold() == ".json":
            _take(one, found)


def _inside(folder: Path, found: Found) -> tuple[list[Path], list[Path]]:
    """Return the folders and the files in a folder; what cannot be looked at is kept as unread (a glob hides it)."""
    folders: list[Path] = []
    files: list[Path] = []
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError as error:
        found.unread[folder] = reason(error)
        return [], []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            (folders if entry.is_dir() else files).append(folder / entry.name)
        except OSError as error:
            found.unread[folder / entry.name] = reason(error)
    return folders, files


def _beside(folder: Path) -> list[Path]:
    """Return the files of a folder that may be replies; none where nobody may look, and then the reply is missing."""
    return [one for one in _inside(folder, Found())[1] if one.is_file()]


def _kept(path: Path) -> Link:
    """Return whether a copy of criteria is what its name says."""
    try:
        criteria = read_criteria(path)
    except RiskEngineError as error:
        return broken(" ".join(str(error).split()))
    if path.stem != criteria.digest:
        return broken(_("the criteria in it are {name}, and not those of its name", name=short(criteria.digest)))
    version = f"{criteria.head.id}@{criteria.head.version}"
    return holds(_("the criteria {version} are as they were when they were kept", version=version))


def _take(path: Path, found: Found) -> None:
    try:
        match kind_of(read(path, nulls=True)):
            case None:
                found.others.append(path)
            case "outlook":
                found.outlooks[path] = read_outlook(path)
            case "assessment" | "decision":
                found.records[path] = read_record(path)
    except InvalidSourceError as error:
        found.unread[path] = error.diagnostics[0].message
