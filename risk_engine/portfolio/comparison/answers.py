"""Which answers of one case several criteria sets ask for, and which of them only some do."""

from collections.abc import Iterator, Sequence

from risk_engine.loading.paths import mappings
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import UNKNOWN
from risk_engine.model.comparison import SharedAnswer
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document


def shared_answers(assessments: Sequence[Assessment], sets: Sequence[CriteriaSet]) -> Iterator[SharedAnswer]:
    """Yield the answers that at least two sets ask for and that a finding under one of them rests on."""
    for path in dict.fromkeys(path for one in assessments for path in _rested_on(one)):
        if sum(_asks(one, path) for one in sets) > 1:
            yield SharedAnswer(path=path, findings=tuple(tuple(_resting(one, path)) for one in assessments))


def not_asked(document: Document, sets: Sequence[CriteriaSet]) -> Iterator[tuple[str, ...]]:
    """Yield for each set what the case file answers and the set does not ask for, as `entity.fact`."""
    answered: dict[str, None] = {}
    for name, value in document.data.items():
        if any(name in one.entities for one in sets):
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


def _asks(criteria: CriteriaSet, path: str) -> bool:
    entity, *_entry, fact = path.split(".")
    return entity in criteria.entities and fact in criteria.entities[entity].facts
