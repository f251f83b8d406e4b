"""The words of an outlook: of every question, answer, finding, control and level that stands in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from risk_engine.language import _, pgettext
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact, Entity, RowFact, TextFact, must_change, shown
from risk_engine.model.outlook import Asked, IfAnswered, Outlook, Path, answer_key

Answer = tuple[Path, Any]


def with_words(outlook: Outlook, criteria: CriteriaSet) -> Outlook:
    """Return an outlook with the words of these criteria, perhaps a translation of those that it was made with."""
    answers: dict[Path, dict[str, Any]] = {path: {} for path in _paths(outlook)}
    for path, value in _answers(outlook):
        if value is not None:
            answers.setdefault(path, {})[answer_key(value)] = value
    facts = {path: _asked(path, values, criteria) for path, values in answers.items()}
    findings = dict.fromkeys(_findings(outlook))
    controls = dict.fromkeys(one for target in outlook.ways for way in target.ways for one in way.controls)
    return outlook.model_copy(
        update={
            "facts": facts,
            "findings": {name: criteria.indicators[name].title for name in findings},
            "controls": {name: criteria.controls[name].title for name in controls},
            "levels": {
                name: {level: one.title for level, one in ladder.levels.items()}
                for name, ladder in criteria.ladders.items()
            },
        }
    )


def _paths(outlook: Outlook) -> Iterator[Path]:
    for one in outlook.questions:
        yield one.path
        yield from one.after
    for target in outlook.ways:
        for way in target.ways:
            yield from way.then_asked
        for obstacle in target.obstacles:
            yield from (*obstacle.rests_on, *obstacle.unanswered)


def _answers(outlook: Outlook) -> Iterator[Answer]:
    """Yield every answer that stands in an outlook, with the path of its question."""
    for found in outlook.ranges:
        for one in found.possible:
            yield from one.witness.answers.items()
    for question in outlook.questions:
        for answered in question.if_answered:
            yield from ((question.path, value) for value in _values(answered))
    for target in outlook.ways:
        for way in target.ways:
            for change in way.changes:
                yield from ((change.path, change.before), (change.path, change.after))
    for wrong in outlook.margins.if_wrong:
        yield from ((wrong.path, wrong.recorded), (wrong.path, wrong.instead))


def _values(answered: IfAnswered) -> tuple[Any, ...]:
    return answered.answer, *answered.alike, answered.first, answered.last


def _findings(outlook: Outlook) -> Iterator[str]:
    for question in outlook.questions:
        yield from question.findings
        yield from (move.finding for answered in question.if_answered for move in answered.moves)
    for target in outlook.ways:
        yield from (one.finding for one in target.obstacles)


def _asked(path: Path, answers: dict[str, Any], criteria: CriteriaSet) -> Asked:
    name, *rest = path.split(".")
    entity = criteria.entities[name]
    if not rest:
        options = {key: _entries(value, entity, criteria) for key, value in answers.items()}
        return Asked(question=entity.help or entity.title, asked_of=None, options=options)
    fact = entity.facts[rest[-1]]
    whom = None if fact.asked_of is None else criteria.head.asked_of[fact.asked_of]
    return Asked(
        question=fact.question or _column(entity, fact, rest[-1], criteria) or path,
        asked_of=whom,
        changed_by=must_change(fact),
        confidential=fact.confidential,
        options={key: _shown(value, fact, criteria) for key, value in answers.items()},
    )


def _column(entity: Entity, fact: AnyFact, short: str, criteria: CriteriaSet) -> str | None:
    """Return what a table states for a fact that nobody is asked."""
    if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
        return None
    row = entity.facts[fact.from_]
    return criteria.tables[row.of].columns[fact.column or short].title if isinstance(row, RowFact) else None


def _shown(value: Any, fact: AnyFact, criteria: CriteriaSet) -> str:
    if isinstance(fact, RowFact):
        return criteria.tables[fact.of].rows[value].name
    return shown(fact, value)


def _entries(value: Any, entity: Entity, criteria: CriteriaSet) -> str:
    """Return the entries of a list in words: what each of them says that is not just its name."""
    if not value:
        return pgettext("no entries", "none")
    return "; ".join(_entry(one, entity, criteria) for one in value)


def _entry(one: Mapping[str, Any], entity: Entity, criteria: CriteriaSet) -> str:
    told = [
        _("{question} {answer}", question=fact.question, answer=_shown(one[short], fact, criteria))
        for short, fact in entity.facts.items()
        if fact.question and one.get(short) is not None
    ]
    return ", ".join(told)
