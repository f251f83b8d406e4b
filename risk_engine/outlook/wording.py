"""The words of an outlook: of every question, answer, finding, control and level that stands in it."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from risk_engine.engine.work import case_from, worked_again
from risk_engine.files.language import _, current, ngettext, pgettext
from risk_engine.files.once import once_of_each
from risk_engine.loading.case_tests import base_or_itself
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import Entity, TextFact, must_change
from risk_engine.model.outlook import Asked, Contradiction, ExplainedOutlook, IfAnswered, Outlook, Path, answer_key
from risk_engine.records.criteria import words_in

Answer = tuple[Path, Any]


def ways_of(assessment: Assessment, criteria: Criteria) -> ExplainedOutlook | None:
    """Return the ways down and what decides, in words, for a first page; None where nothing finds them here."""
    found = soon_found(assessment, criteria)
    return None if found is None else first_page(found, assessment, criteria)


def soon_found(assessment: Assessment, criteria: Criteria) -> Outlook | None:
    """Return the part of an outlook that is soon found; None where no solver is installed."""
    return _soon_found(assessment, criteria) if has_solver() else None


@once_of_each  # a text, a page and a sheet of one assessment: looking takes far longer than writing any of them
def _soon_found(assessment: Assessment, criteria: Criteria) -> Outlook:
    from risk_engine.outlook.outlook import for_first_page

    worked = worked_again(assessment, criteria)
    return for_first_page(assessment, worked, base_or_itself(criteria, worked.case))


def has_solver() -> bool:
    """Return whether what works out an outlook is installed."""
    return find_spec("z3") is not None


def first_page(outlook: Outlook, stored: Assessment, criteria: Criteria) -> ExplainedOutlook:
    """Return what `soon_found` found in words."""
    return explained(outlook, stored, criteria).model_copy(update={"is_whole": False})


def explained(outlook: Outlook, stored: Assessment, criteria: Criteria) -> ExplainedOutlook:
    """Return an outlook in the words of the current language, or in those of its criteria where they have no others."""
    base = base_or_itself(criteria, case_from(stored.case, criteria))
    return explain_outlook(outlook, words_in(criteria, current()).words, base, current())


def explain_outlook(outlook: Outlook, criteria: Criteria, base: Case, language: str) -> ExplainedOutlook:
    """Return an outlook with the words of these criteria, perhaps a translation of those that it was made with.

    Of an entry it says what is not as in the first one of the harmless `base`, which completions stay near to.
    """
    answers: dict[Path, dict[str, Any]] = {path: {} for path in _paths(outlook)}
    for path, value in _answers(outlook):
        if value is not None:
            answers.setdefault(path, {})[answer_key(value)] = value
    harmless = base.model_dump(exclude_none=True)
    controls = dict.fromkeys(name for target in outlook.ways for way in target.ways for name in way.controls)
    severity = criteria.head.severity
    return ExplainedOutlook(
        **{f"{name}": getattr(outlook, name) for name in Outlook.model_fields},
        language=language,
        facts={path: _asked(path, values, criteria, harmless) for path, values in answers.items()},
        findings={name: criteria.indicators[name].title for name in dict.fromkeys(_findings(outlook))},
        controls={name: criteria.controls[name].title for name in controls},
        kinds={name: needed for name in controls if (needed := _kinds(name, criteria))},
        contradictions={name: criteria.invariants.facts[name].title for name in dict.fromkeys(_broken(outlook))},
        levels={
            name: {level: one.title for level, one in ladder.levels.items()}
            for name, ladder in criteria.ladders.items()
        },
        bands={name: severity.titles.get(name, name) for name in severity.bands},
        parameters={name: one.title for name, one in criteria.parameters.items()},
    )


def _kinds(control: str, criteria: Criteria) -> tuple[tuple[str, ...], ...]:
    """Return the titles of the kinds of evidence that options with a control need, each group once."""
    options = (option for one in criteria.indicators.values() for option in one.controls)
    groups = dict.fromkeys(option.needs for option in options if control in option.all and option.needs)
    return tuple(tuple(criteria.head.evidence_kinds[kind] for kind in group) for group in groups)


def _paths(outlook: Outlook) -> Iterator[Path]:
    for one in outlook.questions:
        yield one.path
        yield from one.after
    for ladder in outlook.ranges:
        for level in ladder.possible:
            yield from level.witness.set_aside
    for target in outlook.ways:
        for way in target.ways:
            yield from (*way.then_asked, *way.set_aside)
        for obstacle in target.obstacles:
            yield from (*obstacle.rests_on, *obstacle.unanswered)


def _answers(outlook: Outlook) -> Iterator[Answer]:
    """Yield every answer that stands in an outlook, with the path of its question."""
    for found in outlook.ranges:
        for one in found.possible:
            yield from one.witness.answers.items()
            yield from _on_record(one.witness.contradicts)
    for question in outlook.questions:
        for answered in question.if_answered:
            yield from ((question.path, value) for value in _values(answered))
            yield from _on_record(answered.contradicts)
    for target in outlook.ways:
        for way in target.ways:
            for change in way.changes:
                yield from ((change.path, change.before), (change.path, change.after))
    for wrong in outlook.margins.if_wrong:
        yield from ((wrong.path, wrong.recorded), (wrong.path, wrong.instead))


def _on_record(contradicts: Iterable[Contradiction]) -> Iterator[Answer]:
    return (answer for one in contradicts for answer in one.on_record.items())


def _values(answered: IfAnswered) -> tuple[Any, ...]:
    return answered.answer, *answered.alike, answered.first, answered.last


def _findings(outlook: Outlook) -> Iterator[str]:
    for question in outlook.questions:
        yield from question.findings
        yield from (move.finding for answered in question.if_answered for move in answered.moves)
    for target in outlook.ways:
        yield from (one.finding for one in target.obstacles)


def _broken(outlook: Outlook) -> Iterator[str]:
    for ladder in outlook.ranges:
        yield from (one.id for level in ladder.possible for one in level.witness.contradicts)
    for question in outlook.questions:
        yield from (one.id for answered in question.if_answered for one in answered.contradicts)


def _asked(path: Path, answers: dict[str, Any], criteria: Criteria, harmless: Mapping[str, Any]) -> Asked:
    name, *rest = path.split(".")
    entity = criteria.entities[name]
    if not rest:
        like: Mapping[str, Any] = next(iter(harmless.get(name) or ()), {})
        options = {key: _entries(value, entity, criteria, like) for key, value in answers.items()}
        return Asked(question=entity.title, asked_of=None, options=options)
    fact = entity.facts[rest[-1]]
    said = must_change(fact)
    whom = None if fact.asked_of is None else criteria.head.asked_of[fact.asked_of]
    return Asked(
        question=criteria.title_of(path),
        asked_of=whom,
        changed_by=said if isinstance(said, str) else None,
        changed_to={**said} if isinstance(said, Mapping) else {},
        confidential=fact.confidential,
        is_asked=fact.question is not None,
        options={key: criteria.shown(fact, value) for key, value in answers.items()},
    )


def _entries(value: Any, entity: Entity, criteria: Criteria, like: Mapping[str, Any]) -> str:
    """Return the entries of a list in words: of each what is not as in the harmless entry, where there is one."""
    if not value:
        return pgettext("no entries", "none")
    told = [_entry(one, entity, criteria, like) for one in value]
    harmless = told.count("")
    parts = [one for one in told if one]
    if harmless:
        parts.append(
            ngettext("{number} entry as in a harmless case", "{number} entries as in a harmless case", harmless)
        )
    return "; ".join(parts)


def _entry(one: Mapping[str, Any], entity: Entity, criteria: Criteria, like: Mapping[str, Any]) -> str:
    """Return an entry in words, empty where it is as the harmless one; a text, such as a name, decides nothing."""
    told = [
        _("{question} {answer}", question=fact.question, answer=criteria.shown(fact, one[short]))
        for short, fact in entity.facts.items()
        if fact.question
        and not isinstance(fact, TextFact)
        and one.get(short) is not None
        and answer_key(one[short]) != answer_key(like.get(short))
    ]
    if not told or not like:
        return ", ".join(told)
    return _("an entry as in a harmless case, but: {answers}", answers=", ".join(told))
