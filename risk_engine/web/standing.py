"""What can still come out of a case, as it stands beside its questions; what each answer to one of them would do."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from risk_engine.engine.facts import Read
from risk_engine.engine.find import Found
from risk_engine.engine.problems import contradictions, superfluous_answers
from risk_engine.engine.replay import Replays, read_of
from risk_engine.files.language import _, either
from risk_engine.model.assessment import ProblemFound
from risk_engine.model.facts import BooleanFact, ChoicesFact
from risk_engine.model.ladders import Ladder, Reached
from risk_engine.model.references import reopening
from risk_engine.model.words import SEVERITIES
from risk_engine.office.forms.case_record import Record
from risk_engine.office.interview.standing import Bounds, Standing
from risk_engine.report.wording import severity_word
from risk_engine.web import cases
from risk_engine.web.decisions import assessment_of
from risk_engine.web.models import Case
from risk_engine.web.questions import Asked, Page, title_of
from risk_engine.web.words import SealedKind

MOST_OPTIONS: Final = 8
"""A question with more options than this is not worked out option by option: each takes milliseconds."""
MOST_FINDINGS: Final = 3
"""So many findings are named for each option."""


@dataclass(frozen=True)
class LadderShown:
    """Of a ladder: its name and title, its levels with whether each can still come out, and that in words."""

    name: str
    possible: tuple[str, ...]
    """By their names, the mildest first."""
    title: str
    levels: tuple[tuple[str, bool], ...]
    words: str
    is_open: bool


@dataclass(frozen=True)
class About:
    """A question, and what each answer to it would do."""

    path: str
    question: str
    effects: tuple[tuple[str, tuple[str, ...]], ...]
    """Each option with what moves: ladders first, then findings; nothing where nothing does."""


@dataclass(frozen=True)
class Contradiction:
    """Answers that contradict each other: what about them cannot be, and each with its address, question and answer."""

    title: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class RangeShown:
    """What can still come out, how many answers are open that matter, what the next decides, what each answer does."""

    ladders: tuple[LadderShown, ...]
    open: int
    decides: tuple[str, ...]
    about: About | None = None
    is_sealed: bool = False
    """Whether it is what the sealed record says, and not what the answers come to today."""
    contradictions: tuple[Contradiction, ...] = ()
    """Among answers that count as open therefore."""


def range_of(case: Case) -> RangeShown:
    """Return what can still come out of a case as it stands; of one whose answers are closed, what was sealed."""
    sealed = None if case.state in cases.EDITABLE else cases.filed(case, SealedKind.ASSESSMENT)
    if sealed is not None:
        titles, assessment = cases.rules(case).ladders, assessment_of(sealed)
        shown = tuple(_shown(one.ladder, titles, one.range, is_open=len(one.range) > 1) for one in assessment.proposals)
        said = tuple(_contradictions(cases.record(case), assessment.problems)) if assessment.problems else ()
        return RangeShown(shown, 0, (), is_sealed=True, contradictions=said)
    record = cases.record(case)
    return _range(record, _standing(record))


def _standing(record: Record) -> Standing:
    return _bounds(record.criteria.digest, record.under.on).look(record.worked)


@lru_cache(maxsize=16)
def _bounds(_criteria: str, _day: date) -> Bounds:
    """Return what looks at the cases under one set on one day; what it finds of a condition it keeps."""
    return Bounds()


def _range(record: Record, standing: Standing) -> RangeShown:
    criteria = record.criteria
    ladders = tuple(_shown(one.ladder, criteria.ladders, one.levels, is_open=one.is_open) for one in standing.ladders)
    first = standing.deciding[0].findings if standing.deciding else ()
    decides = tuple(f"{one} {criteria.indicators[one].title}" for one in first[:MOST_FINDINGS])
    facts = record.worked.facts
    broken = () if facts.again is None else (*contradictions(facts, criteria), *superfluous_answers(facts))
    return RangeShown(ladders, standing.matter, decides, contradictions=tuple(_contradictions(record, broken)))


def _contradictions(record: Record, problems: Iterable[ProblemFound]) -> Iterator[Contradiction]:
    """Yield those of some problems that make answers open again, with the answers that people gave."""
    criteria = record.criteria
    for one in problems:
        if one.id in reopening(criteria):
            title = criteria.invariants.facts[one.id].title
        elif one.kind == "superfluous_contradicts":
            title = ""
        else:
            continue
        reads = [read_of(path) for path in one.paths]
        yield Contradiction(title, tuple(_given(record, read) for read in reads if _is_given(record, read)))


def _is_given(record: Record, read: Read) -> bool:
    return bool(record.entries(read.entity)) if read.fact is None else record.answer(read) is not None


def _given(record: Record, read: Read) -> tuple[str, str, str]:
    """Return where an answer is given, what it answers, and the answer in words."""
    place = f"/cases/{record.under.path}/q/{read.entity}{f'/{read.entry}' if read.entry else ''}"
    title = title_of(record, read.path())
    value = record.answer(read)
    if read.fact is None or value is None:
        return place, title, ", ".join(record.label(read.entity, one["id"]) for one in record.entries(read.entity))
    fact = record.criteria.entities[read.entity].facts[read.fact]
    return f"{place}#q-{read.path()}", title, record.criteria.shown(fact, value)


def _shown(key: str, ladders: Mapping[str, Ladder], possible: Collection[str], *, is_open: bool) -> LadderShown:
    ladder = ladders[key]
    levels = tuple((level.title, name in possible) for name, level in ladder.levels.items())
    names = tuple(name for name in ladder.levels if name in possible)
    return LadderShown(key, names, ladder.title, levels, either([title for title, is_so in levels if is_so]), is_open)


def range_beside(case: Case, page: Page, path: str = "") -> RangeShown:
    """Return the range beside a page, with what each answer to one of its questions would do: the one of a `path`.

    Without one, the first open question that can decide anything. Beside closed answers stands what was sealed.
    """
    if case.state not in cases.EDITABLE:
        return range_of(case)
    record = cases.record(case)
    standing = _standing(record)
    deciding = {step.read for step in standing.deciding}
    chosen = next((one for one in page.asked if one.path == path), None)
    if chosen is None and not path:
        chosen = next((one for one in page.asked if one.read in deciding and not one.is_known), None)
    found = _range(record, standing)
    return found if chosen is None else replace(found, about=effects_of(record, chosen))


def telling(case: Case) -> frozenset[str]:
    """Return the paths of the open questions that can still move what comes out."""
    standing = _standing(cases.record(case))
    return frozenset(one.path() for one in (*(step.read for step in standing.deciding), *standing.waiting))


# --- what each answer would do ---


def effects_of(record: Record, asked: Asked) -> About | None:
    """Return what each option of a question would do, without the one that stands; None where it has no few options."""
    options = asked.question.choices
    fact = record.criteria.entities[asked.read.entity].facts.get(asked.read.fact or "")
    if fact is None or not 0 < len(options) <= MOST_OPTIONS or getattr(fact, "belongs_to", None) is not None:
        return None
    replays = Replays(record.worked, record.criteria.head.roles.deciding)
    others = ((title, _value(fact, name)) for name, title in options if not asked.holds(name))
    effects = tuple((title, tuple(_effect(replays, asked.read, value))) for title, value in others)
    return About(asked.path, asked.question.text, effects)


def _value(fact: Any, name: str) -> Any:
    match fact:
        case BooleanFact():
            return name == "true"
        case ChoicesFact():
            return (name,)
        case _:
            return name


def _effect(replays: Replays, read: Read, value: Any) -> Iterator[str]:
    """Yield in words what an answer moves: ladders, then findings that become certain, worse, or are ruled out."""
    criteria = replays.worked.criteria
    changed = replays.found_with(read, value)
    for now, then in zip(replays.now, replays.with_findings(changed), strict=True):
        if now != then:
            ladder = criteria.ladders[now.ladder]
            yield _("{ladder}: {levels}", ladder=ladder.title, levels=either(_levels(then, ladder.levels)))
    before = {one.id: one for one in replays.worked.found}
    moved = [words for name, one in changed.items() if (words := _moved(before[name], one))]
    yield from moved[:MOST_FINDINGS]
    if len(moved) > MOST_FINDINGS:
        yield _("and {number} more", number=len(moved) - MOST_FINDINGS)


def _levels(reached: Reached, levels: Any) -> list[str]:
    names = list(levels)
    places = sorted(map(names.index, (reached.level, reached.lowest, reached.highest)))
    return [levels[one].title for one in names[places[0] : places[-1] + 1]]


def _moved(before: Found, after: Found) -> str:
    """Return in words how a finding moves; nothing where what is left of it does not."""
    name = f"{after.id} {after.indicator.title}"
    least, most = (
        SEVERITIES.index(after.residual[end]) - SEVERITIES.index(before.residual[end]) for end in (0, 1)
    )  # fmt: skip
    if least > 0:
        return _("{finding} becomes {severity}", finding=name, severity=severity_word(after.residual[0]))
    if most < 0 and after.residual[1] == "none":
        return _("{finding} is ruled out", finding=name)
    if most < 0:
        return _("{finding} is {severity} at most", finding=name, severity=severity_word(after.residual[1]))
    return ""
