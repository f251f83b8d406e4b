"""What is filed for one case, read: its assessments, in words too, its decisions, its evidence, and which count now."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, TypeVar

from pydantic import Field, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, help_line
from risk_engine.files.language import N_, _, current, listed
from risk_engine.files.once import once
from risk_engine.files.plain import canonical
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.model.words import Model, Text
from risk_engine.office.register.compare import changes
from risk_engine.office.register.folder import CaseFolder, Filed, case_paths, read_case_folder
from risk_engine.office.register.lock import lock_left
from risk_engine.office.register.log import log_state
from risk_engine.records.criteria import MissingCriteriaError, criteria_of, in_words, words_in
from risk_engine.records.decide import awaits_confirmation
from risk_engine.records.decision_links import Around, decision_links
from risk_engine.records.decisions import decision_json

M = TypeVar("M", bound=Model)
DecisionState: TypeAlias = Literal["none", "outdated", "broken", "contradicted", "unconfirmed", "decided"]


class EvidenceFiled(Model):
    """That a file was there with this content; the file itself may be kept elsewhere."""

    schema_: Literal[1] = Field(1, alias="schema")
    name: Text = Field(description="The name that the file had.")
    size: int = Field(description="In bytes.")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    modified: date = Field(description="The day on which the file was last changed, as its system says (UTC).")
    added: date = Field(description="The day on which it was filed.")

    def to_json(self) -> bytes:
        """Return it as it is filed."""
        return canonical(self.model_dump(mode="json", by_alias=True)) + b"\n"


@dataclass(frozen=True)
class Assessed:
    """An assessment and where it is filed."""

    filed: Filed
    assessment: Assessment


@dataclass(frozen=True)
class Ruled:
    """A decision, where it is filed, and what does not hold of it; one of which anything does not hold never counts."""

    filed: Filed
    decision: Decision
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rulings:
    """The decision that counts, others that stand beside it on the same assessment, and those that do not hold."""

    counts: Ruled | None = None
    beside: tuple[Ruled, ...] = ()
    broken: tuple[Ruled, ...] = ()

    def problems(self) -> Iterator[str]:
        """Yield what somebody must look at."""
        for one in self.broken:
            yield from (
                _("{path}: this decision does not count: {text}", path=one.filed.path, text=text) for text in one.wrong
            )
        if self.counts and self.beside:
            text = _(
                "{folder}: decisions stand side by side, none supersedes another: {names}",
                folder=self.counts.filed.path.parent,
                names=listed([one.filed.name for one in reversed((self.counts, *self.beside))]),
            )
            yield text + help_line(_("assess the case again and decide on the new assessment"))


@dataclass(frozen=True)
class CaseRecord:
    """One case of the register: its folder, the assessment that counts now, and what its decisions come to."""

    folder: CaseFolder
    current: Assessed | None
    rulings: Rulings
    unchanged: frozenset[str] = frozenset()
    """Digests of earlier assessments to which nothing changed: a decision on one of them goes on to count."""

    @property
    def ruled(self) -> Ruled | None:
        """The decision that counts."""
        return self.rulings.counts

    @property
    def case_id(self) -> str:
        """The office's number of the case; the folder's name where nothing was filed in it yet."""
        return self.current.assessment.case_id if self.current else self.folder.path.name

    @property
    def shown(self) -> Explanation | None:
        """The assessment that counts now in the current language; MissingCriteriaError where its criteria are gone."""
        return None if self.current is None else told(self.current.assessment, self.current.filed.path)

    @property
    def case(self) -> dict[str, Any]:
        """The case as it was stated last; nothing where nothing was filed yet."""
        return self.current.assessment.case if self.current else {}

    def is_closed(self) -> bool:
        """Return whether the office has closed the case: it needs no review any more."""
        return self.case.get("status") == "closed"

    def decision_state(self) -> DecisionState:
        """Return how far the decision has come; one on an assessment that was superseded since is outdated."""
        if self.ruled is None or not self._is_on_current(self.ruled):
            if any(self._is_on_current(one) for one in self.rulings.broken):
                return "broken"
            return "outdated" if self.ruled else "none"
        if self.rulings.beside:
            return "contradicted"
        return "unconfirmed" if awaits_confirmation(self.ruled.decision) else "decided"

    def _is_on_current(self, one: Ruled) -> bool:
        digest = one.decision.about.digest
        return self.current is not None and digest in {self.current.assessment.digest, *self.unchanged}


def read_filed_assessment(filed: Filed) -> Assessment:
    """Return a filed assessment; raise RiskEngineError where it was altered or this engine cannot read it."""
    return _read(filed, Assessment, N_("this engine cannot read the assessment (at `{place}`)"))[0]


def read_filed_evidence(filed: Filed) -> EvidenceFiled:
    """Return a filed record of evidence; raise RiskEngineError where it was altered or cannot be read."""
    return _read(filed, EvidenceFiled, N_("this engine cannot read the record of evidence"))[0]


def read_filed_decision(filed: Filed) -> tuple[Decision, bytes]:
    """Return a filed decision and its bytes; raise RiskEngineError where it was altered or cannot be read."""
    return _read(filed, Decision, N_("this engine cannot read the decision"))


def _read(filed: Filed, model: type[M], unreadable: str) -> tuple[M, bytes]:
    raw = filed.read()
    try:
        return model.model_validate_json(raw), raw
    except ValidationError as error:
        place = ".".join(str(one) for one in error.errors(include_url=False)[0]["loc"])
        raise file_problem(filed.path, _(unreadable, place=place)) from error


def assessments(folder: CaseFolder) -> Iterator[Assessed]:
    """Yield the assessments of a case, the newest first."""
    return (Assessed(one, read_filed_assessment(one)) for one in reversed(folder.of("assessment")))


def record_of(folder: CaseFolder) -> CaseRecord:
    """Return what counts now for a case: the assessment that was filed last, and the decision."""
    return read_case(folder).record


class ReadCase(NamedTuple):
    """What counts now for a case, its assessments, and its decisions, all with the newest first."""

    record: CaseRecord
    assessments: tuple[Assessment, ...]
    """Where there are no decisions the newest alone: nothing is to be held against the older ones."""
    decisions: tuple[Ruled, ...]


def read_case(folder: CaseFolder) -> ReadCase:
    """Return what counts now for a case, with what it was read from."""
    current = next(assessments(folder), None)
    if current is None or not folder.of("decision"):
        return ReadCase(CaseRecord(folder, current, Rulings()), () if current is None else (current.assessment,), ())
    about = (current.assessment, *_older(folder))
    unchanged = frozenset(_unchanged(current.assessment, about, current.filed.path))
    found = tuple(decisions(folder, about))
    return ReadCase(CaseRecord(folder, current, rulings(found, about), unchanged), about, found)


class Seen(NamedTuple):
    """A case of a register as it was found: its record, or why there is none, and what somebody should look at."""

    record: CaseRecord | None
    failed: str = ""
    lying: tuple[str, ...] = ()
    """What is wrong in its folder."""
    ruled: tuple[str, ...] = ()
    """What is wrong with its decisions."""


def look_at(path: Path) -> Seen:
    """Return what is in the folder of a case."""
    lying: tuple[str, ...] = ()
    try:
        folder = read_case_folder(path)
        lying = tuple(folder.to_look_at())
        record = record_of(folder)
        if record.current:  # without its criteria there are no words to show
            criteria_of(record.current.assessment, None, record.current.filed.path)
    except RiskEngineError as error:
        return Seen(None, f"{error}", lying)
    return Seen(record, "", lying, tuple(record.rulings.problems()))


@dataclass
class Survey:
    """The cases of a register, read one after another and not kept; what is wrong with any of them is."""

    folder: Path
    number: int = 0
    failed: list[str] = field(default_factory=list)
    """Why cases cannot be read."""
    lying: list[str] = field(default_factory=list)
    ruled: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[CaseRecord]:
        """Yield the record of each case that can be read and told; raise RiskEngineError for what is no register."""
        for path in case_paths(self.folder):
            seen = look_at(path)
            self.add(seen)
            if seen.record is not None:
                yield seen.record

    def add(self, seen: Seen) -> None:
        """Keep what is wrong with a case."""
        self.number += not seen.failed
        self.failed += filter(None, [seen.failed])
        self.lying += seen.lying
        self.ruled += seen.ruled

    def warnings(self) -> Iterator[str]:
        """Yield what somebody should look at, once all cases were read."""
        yield from (*lock_left(self.folder), *about_log(self.folder), *self.lying, *self.ruled)


def about_log(register: Path) -> Iterator[str]:
    """Yield what somebody should look at in the log of a register: it does not hold, or a case of it is gone."""
    state = log_state(register)
    if state.fault is not None:
        yield f"{register / state.fault.place}: {state.fault.what}{help_line(state.fault.way_out)}"
    there = {one.name for one in register.iterdir()}
    for name in state.sound.there if state.sound else ():
        if name not in there:
            yield _("{path}: the folder of this case is gone", path=register / name)


def _unchanged(current: Assessment, about: Sequence[Assessment], near: Path) -> Iterator[str]:
    """Yield the digests of the assessments that the current one took the place of without any change."""
    known, one = {each.digest: each for each in about}, current
    while one.supersedes is not None and (older := known.get(one.supersedes.digest)) is not None:
        same = older.case_digest == current.case_digest and older.four_eyes() == current.four_eyes()
        if not same or not _says_the_same(older, current, near):
            return
        yield older.digest
        one = older


def _says_the_same(older: Assessment, current: Assessment, near: Path) -> bool:
    """Return whether nothing that people read changed; without the criteria of both nobody can say that."""
    try:
        return not changes(told(older, near), told(current, near))
    except MissingCriteriaError:
        return False


def _older(folder: CaseFolder) -> Iterator[Assessment]:
    """Yield the assessments before the newest that can be read: `show` names the others, and nothing new is on them."""
    for filed in reversed(folder.of("assessment")[:-1]):
        with contextlib.suppress(RiskEngineError):
            yield read_filed_assessment(filed)


def decisions(folder: CaseFolder, about: Sequence[Assessment]) -> list[Ruled]:
    """Return the decisions of a case, the newest first; `about` are its assessments, which each is held against."""
    read = [(one, *read_filed_decision(one)) for one in reversed(folder.of("decision"))]
    others = [decision for _, decision, _ in read]
    return [Ruled(filed, decision, tuple(faults(decision, raw, about, others))) for filed, decision, raw in read]


def faults(decision: Decision, raw: bytes, about: Iterable[Assessment], others: Iterable[Decision]) -> Iterator[str]:
    """Yield what does not hold of a decision, as `risk-engine verify` finds it; what is not filed is no fault."""
    around = Around({one.digest: one for one in about}, {one.digest: one for one in others}, (), {})
    return (link.text for link in decision_links(decision, raw, around) if link.verdict == "broken")


def rulings(filed: Sequence[Ruled], about: Sequence[Assessment]) -> Rulings:
    """Return which decisions count; both the decisions and the assessments are given with the newest first.

    Of those that hold and that no other supersedes, the one on the newest assessment counts; on the same assessment the
    one that was filed last, as confirmed if it was.
    """
    holding = [one for one in filed if not one.wrong]
    rank = {one.digest: number for number, one in enumerate(about)}
    standing = sorted(_standing(holding), key=lambda one: rank.get(one.decision.about.digest, len(rank)))
    broken = tuple(one for one in filed if one.wrong)
    if not standing:
        return Rulings(broken=broken)
    newest = standing[0]
    same = [one for one in holding if one.decision.digest == newest.decision.digest]
    counts = next((one for one in same if one.decision.confirmation is not None), newest)
    others = {
        one.decision.digest: one
        for one in standing
        if one.decision.about.digest == newest.decision.about.digest and one.decision.digest != newest.decision.digest
    }
    return Rulings(counts, tuple(others.values()), broken)


def _standing(holding: Sequence[Ruled]) -> list[Ruled]:
    superseded = {one.decision.supersedes for one in holding}
    return [one for one in holding if one.decision.digest not in superseded]


def check_decision(
    path: Path, given: Decision, about: Filed, folder: CaseFolder, assessed: Sequence[Assessment]
) -> None:
    """Raise RiskEngineError, with everything at once, if a decision does not hold or would stand beside another one.

    `path` is the file that is to be filed, `about` where the assessment is that it is on.
    """
    filed = decisions(folder, assessed)
    problems = [
        file_problem(
            path, _("the decision does not hold: {text}", text=text), _("decide anew with `risk-engine decide`")
        )
        for text in faults(given, decision_json(given), assessed, [one.decision for one in filed])
    ]
    holding = [one for one in filed if not one.wrong]
    standing = {
        one.decision.digest: one
        for one in _standing(holding)
        if one.decision.about.digest == given.about.digest and one.decision.digest != given.digest
    }
    is_superseded = any(one.decision.supersedes == given.digest for one in holding)
    if standing and not is_superseded and given.supersedes not in standing:
        other = next(iter(standing.values())).filed
        way_out = _(
            "decide in its place: `risk-engine decide {assessment} --supersedes {decision} …`",
            assessment=about.path,
            decision=other.path,
        )
        message = _(
            "{name} is a decision on the same assessment already, and this one does not supersede it", name=other.name
        )
        problems.append(file_problem(path, message, way_out))
    if problems:
        raise RiskEngineError("\n".join(str(one) for one in problems))


def told(assessment: Assessment, near: Path) -> Explanation:
    """Return an assessment that is filed there in the current language; MissingCriteriaError without its criteria."""
    return _teller(current(), near.parent)(assessment)


def words_of(assessment: Assessment, near: Path) -> Criteria:
    """Return the criteria of an assessment as they are read in the current language, as far as they are translated.

    Raises MissingCriteriaError where they are not here.
    """
    return words_in(criteria_of(assessment, None, near), current()).words


@lru_cache(maxsize=4)
def _teller(_language: str, folder: Path) -> Callable[[Assessment], Explanation]:
    """Return what explains the assessments of a case in one language; of the last cases alone they are kept."""
    near = folder / "assessment.json"
    return once(lambda assessment: in_words(assessment, criteria_of(assessment, None, near))[0])
