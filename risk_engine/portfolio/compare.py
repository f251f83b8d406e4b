"""One case under several criteria sets or versions: where they agree, where they differ, and why."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Literal, TypeAlias

from risk_engine.engine.assess import assess, plain
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of, has_day, no_day, not_in_force, notes_of, read_case_file, stated_date
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.multi_set import compared_sets, told
from risk_engine.loading.releases import Chosen, choose
from risk_engine.loading.sets import Version
from risk_engine.loading.validate import mappings
from risk_engine.model.assessment import Assessment, LadderOutcome
from risk_engine.model.case import UNKNOWN
from risk_engine.model.comparison import ROLES, Compared, Comparison, LevelPlace, Relation, SharedAnswer
from risk_engine.model.criteria import Criteria
from risk_engine.model.former_names import former_names
from risk_engine.model.ladders import Role
from risk_engine.version import __version__

_Which: TypeAlias = Literal["same", "first", "second", "nobody knows"]
"""Which of two levels is the stricter one."""


def relations(assessments: Sequence[Assessment], sets: Sequence[Criteria]) -> Iterator[Relation]:
    """Yield how every two results compare, in each role in which both sets have a ladder."""
    sides = [_Side(number, *pair) for number, pair in enumerate(zip(assessments, sets, strict=True))]
    for one, other in combinations(sides, 2):
        for role in ROLES:
            mine, theirs = one.assessment.proposal(role), other.assessment.proposal(role)
            if mine is not None and theirs is not None:
                yield _relation(role, (one, mine), (other, theirs))


@dataclass(frozen=True)
class _Side:
    """One of the assessments with its criteria."""

    number: int
    assessment: Assessment
    criteria: Criteria

    def stated(self, ladder: str, other: "_Side") -> Mapping[str, str]:
        """Return level: the level of the other set that it is said to equal."""
        levels = self.criteria.ladders[ladder].levels
        found = {name: level.equals.split(" of ") for name, level in levels.items() if level.equals}
        return {name: level for name, (level, of) in found.items() if of == other.criteria.head.id}


def _relation(role: Role, first: tuple[_Side, LadderOutcome], second: tuple[_Side, LadderOutcome]) -> Relation:
    (one, mine), (other, theirs) = first, second
    links = _links(one, mine, other, theirs)
    places = tuple(_place(level, mine.levels, theirs.levels, links) for level in mine.levels)
    placed = {place.level: place for place in places}
    verdicts = {
        _stricter(placed[level], there, theirs.levels) for level, there in product(_possible(mine), _possible(theirs))
    }
    verdict, stricter = _verdict(verdicts, one.number, other.number)
    return Relation(role=role, first=one.number, second=other.number, verdict=verdict, stricter=stricter, places=places)


def _verdict(
    verdicts: set[_Which], first: int, second: int
) -> tuple[Literal["same", "differs", "open", "unrelated"], int | None]:
    match sorted(verdicts):
        case ["same"]:
            return "same", None
        case ["first"]:
            return "differs", first
        case ["second"]:
            return "differs", second
        case ["nobody knows"]:
            return "unrelated", None
        case _:
            return "open", None


def _possible(proposal: LadderOutcome) -> list[str]:
    """Return every level that the case may still come to: its range, and what stands provisionally beyond it."""
    places = [proposal.levels.index(one) for one in (proposal.level, *proposal.range)]
    return list(proposal.levels[min(places) : max(places) + 1])


def _links(one: _Side, mine: LadderOutcome, other: _Side, theirs: LadderOutcome) -> set[tuple[int, int]]:
    """Return the pairs of levels that mean the same, by their places; none where what is said contradicts itself."""
    if one.criteria.head.id == other.criteria.head.id:
        # Two versions of one set: a level is what it was as long as its ladder and its name are.
        pairs = {(name, name) for name in mine.levels} if mine.ladder == theirs.ladder else set()
    else:
        pairs = set(one.stated(mine.ladder, other).items())
        pairs |= {(level, name) for name, level in other.stated(theirs.ladder, one).items()}
    links = {
        (mine.levels.index(level), theirs.levels.index(there))
        for level, there in pairs
        if level in mine.levels and there in theirs.levels
    }
    crossed = any(a < c and b > d for (a, b), (c, d) in product(links, links))
    return set() if crossed else links


def _place(level: str, mine: Sequence[str], theirs: Sequence[str], links: set[tuple[int, int]]) -> LevelPlace:
    at = mine.index(level)
    equal = sorted(there for here, there in links if here == at)
    milder = max((there for here, there in links if here < at), default=None)
    stricter = min((there for here, there in links if here > at), default=None)
    if not equal and milder is not None and milder == stricter:
        equal = [milder]  # between two levels that both mean this one
    if equal:
        span = range(equal[0], equal[-1] + 1)
        return LevelPlace(level=level, equals=tuple(theirs[one] for one in span), above=None, below=None)
    return LevelPlace(
        level=level,
        equals=(),
        above=None if milder is None else theirs[milder],
        below=None if stricter is None else theirs[stricter],
    )


def _stricter(place: LevelPlace, there: str, theirs: Sequence[str]) -> _Which:
    at = theirs.index(there)
    if place.equals:
        if there in place.equals:
            return "same"
        return "first" if theirs.index(place.equals[0]) > at else "second"
    if place.above is not None and at <= theirs.index(place.above):
        return "first"
    if place.below is not None and at >= theirs.index(place.below):
        return "second"
    return "nobody knows"


def shared_answers(assessments: Sequence[Assessment], sets: Sequence[Criteria]) -> Iterator[SharedAnswer]:
    """Yield the answers that at least two sets ask for and that a finding under one of them rests on."""
    for path in dict.fromkeys(path for one in assessments for path in _rested_on(one)):
        if sum(_asks(one, path) for one in sets) > 1:
            yield SharedAnswer(path=path, findings=tuple(tuple(_resting(one, path)) for one in assessments))


def not_asked(document: Document, sets: Sequence[Criteria]) -> Iterator[tuple[str, ...]]:
    """Yield for each set what the case file answers and the set does not ask for, as `entity.fact`."""
    answered: dict[str, None] = {}
    for name, value in document.data.items():
        if any(former_names(one).entity(name) in one.entities for one in sets):
            entries = [value] if isinstance(value, dict) else [entry for _number, entry in mappings(value)]
            told = [fact for one in entries for fact, answer in one.items() if answer is not None and answer != UNKNOWN]
            answered |= {f"{name}.{fact}": None for fact in told if fact != "id"}
    for one in sets:
        yield tuple(path for path in answered if not _asks(one, path))


def _rested_on(assessment: Assessment) -> Iterator[str]:
    for finding in assessment.findings:
        yield from (path for path in (*finding.reads, *finding.bars) if "." in path)


def _resting(assessment: Assessment, path: str) -> Iterator[str]:
    for finding in assessment.findings:
        if path in {*finding.reads, *finding.bars}:
            yield finding.id


def _asks(criteria: Criteria, path: str) -> bool:
    entity, *_entry, fact = former_names(criteria).path(path, criteria).split(".")
    return entity in criteria.entities and fact in criteria.entities[entity].facts


def compare(path: Path, references: Sequence[str], on: date | None = None) -> Compared:
    """Return what one case file comes to under several criteria, and how that compares, in the current language.

    The file may state the facts of all of them. Raises RiskEngineError with everything that is wrong with it, under
    whichever of the criteria.
    """
    return Comparer(references, on).compare(path)


class Comparer:
    """Compares case files, each under the same several criteria, and reads each version once."""

    def __init__(self, references: Sequence[str], on: date | None) -> None:
        self.references = references
        self.on = on
        self._read = cache(read_criteria)

    def __reduce__(self) -> tuple[type["Comparer"], tuple[Sequence[str], date | None]]:
        """Sent to another process it begins anew; where that is forked it is inherited with all that it has read."""
        return Comparer, (self.references, self.on)

    def compare(self, path: Path) -> Compared:
        """Return the comparison of one case file, as `compare` does."""
        return _compare(path, self.references, self.on, self._read)


def _compare(path: Path, references: Sequence[str], on: date | None, read: Callable[[Path], Criteria]) -> Compared:
    document = read_case_file(path)
    day = on or stated_date(document)
    if day is None and not has_day(document):
        raise InvalidSourceError([no_day(document), *document.problems])
    try:
        chosen = [choose(one, day) for one in references]
    except NotInForceError as error:
        if on is not None:
            raise
        raise InvalidSourceError([not_in_force(document, error), *document.problems]) from None
    _check_different([one.version for one in chosen])
    sets = [read(one.version.path) for one in chosen]
    parts, problems = told(document, (*sets, *compared_sets(document, day)))
    assessments: list[Assessment] = []
    found: list[tuple[Criteria, tuple[Diagnostic, ...]]] = []
    for criteria, part, meant in zip(sets, parts, chosen, strict=False):
        try:
            assessments.append(_assess(part, criteria, day, meant))
        except InvalidSourceError as error:
            found.append((criteria, error.diagnostics))
    if problems or found:
        raise InvalidSourceError([*problems, *_each_once(found, len(sets))])
    comparison = Comparison.model_validate(
        {
            "engine": __version__,
            "on": assessments[0].on,
            "case_id": assessments[0].case_id,
            "case_title": assessments[0].case_title,
            "assessments": tuple(assessments),
            "relations": tuple(relations(assessments, sets)),
            "shared_answers": tuple(shared_answers(assessments, sets)),
            "not_asked": tuple(not_asked(document, sets)),
        }
    )
    notes = (notes_of(document, one, day) for one in sets)
    return Compared(comparison, tuple(map(explain, assessments, sets)), tuple(notes))


def to_json(comparison: Comparison) -> bytes:
    """Return the canonical JSON of a comparison; each assessment in it is the one that `assess` writes."""
    content = comparison.model_dump(mode="json", by_alias=True, exclude={"assessments"})
    return canonical({**content, "assessments": [plain(one) for one in comparison.assessments]})


def _assess(document: Document, criteria: Criteria, day: date | None, meant: Chosen) -> Assessment:
    case = case_of(document, criteria)
    return assess(case, criteria, day, in_force=meant.in_force, draft=meant.draft, withdrawn=meant.withdrawn)


def _check_different(versions: Sequence[Version]) -> None:
    for number, one in enumerate(versions):
        if any(one.path.resolve() == other.path.resolve() for other in versions[:number]):
            message = _("{version} is named twice", version=one)
            raise RiskEngineError(message, _("name two sets, or two versions of one, `SET@VERSION`"))


def _each_once(found: Sequence[tuple[Criteria, tuple[Diagnostic, ...]]], sets: int) -> list[Diagnostic]:
    """Return problems of a case under several sets: what all of them say once, the rest with the set that says it."""
    said: dict[Diagnostic, list[str]] = {}
    for criteria, diagnostics in found:
        for one in diagnostics:
            said.setdefault(one, []).append(f"{criteria.head.id} {criteria.head.version}")
    return [one if len(names) == sets else _under(", ".join(names), one) for one, names in said.items()]


def _under(names: str, problem: Diagnostic) -> Diagnostic:
    message = _("under {criteria}: {problem}", criteria=names, problem=problem.message)
    return Diagnostic(problem.position, message, problem.help, problem.source_line)
