"""Which questions a person is asked, in which order and words, and the questionnaire as the bytes of a file."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry as AskedEntry
from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.resolve import resolve
from risk_engine.engine.sentences import Sentences
from risk_engine.files.diagnostics import RiskEngineError, nearest, suggestion
from risk_engine.files.language import ENGLISH, _, current, listed, one_line
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of, read_case_file, rules_for, today_of
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import Case, answer, entries
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    TextFact,
    answered_as,
    is_offered,
)
from risk_engine.model.tables import value_on
from risk_engine.model.triage import first_questions
from risk_engine.office.forms.form import Entry, Form, Part, Question, in_quotes, office_libraries
from risk_engine.report.returned import NONE_OF_THESE, Words, distinct, for_people

ENTRY_ID = "id"
"""The name of the question for an entry's short name, where the set has no fact that labels its entries."""

MOST_ROOM = 30
"""So many blocks for new entries a form has at most; whoever needs more fills in a second form."""

SHOWN_LABEL = 200
"""So much of an entry's name is shown."""


@dataclass(frozen=True)
class Known:
    """A case that a form is made from, and its facts where they can be told (without a date they cannot)."""

    case: Case
    facts: Facts | None = None


def form_for(  # noqa: PLR0913 (whom, about what, of which day)
    criteria: Criteria,
    role: str | None,
    *,
    known: Known | None = None,
    only: Sequence[str] = (),
    room: int | None = None,
    on: date | None = None,
    about: Collection[str] | None = None,
) -> Form:
    """Return the questionnaire for one of the persons whom the set asks, None for all of its questions.

    `only` names entries, `entity.id`; of their entities no others are asked about. With `about` nothing is asked but of
    these entries, and of these single entities. `room` is for how many new entries there is place, None for as many as
    there may be. What is deprecated on the day of the case, else on the day `on`, is not offered. RiskEngineError where
    nothing would be asked.
    """
    head = criteria.head
    if role is not None and role not in head.asked_of:
        near = nearest(role, head.asked_of)
        way_out = _("known: {words}", words=", ".join(f"`{one}`" for one in head.asked_of))
        if near:
            way_out = _("did you mean `{near}`?", near=near)
        raise RiskEngineError(_("nobody is called `{role}` in this set", role=role), way_out)
    chosen = _chosen(criteria, only, known)
    if about is not None:
        paths = [one.partition(".") for one in about]
        chosen = {name: [entry for of, _dot, entry in paths if of == name] for name in criteria.entities}
    day = (known.case.assessment_date if known else None) or on
    speech = sentences(criteria, known.case.assessment_date if known else None)
    parts: list[Part] = []
    for name, entity in criteria.entities.items():
        asked = (short for short, fact in entity.facts.items() if is_asked_of(fact, role) and is_offered(fact, day))
        questions = tuple(question(name, short, criteria, speech, day) for short in asked)
        origins = known.facts.origins if known and known.facts else {}
        is_closed = origins.get(Read(name, None, None)) == "not_asked" or (
            about is not None and not any(one.partition(".")[0] == name for one in about)
        )
        if questions and not is_closed:
            part = _part(name, entity, tuple(_with_owners(one, criteria, known) for one in questions), criteria, speech)
            parts.append(_about(part, known, chosen.get(name), room))
    parts = [part for part in parts if part.questions or part.label]
    if not parts:
        title = _("anybody") if role is None else head.asked_of[role]
        raise RiskEngineError(_("there is no question for {who}", who=title), _("choose somebody else with `--for`"))
    return form_of(criteria, parts, role=role, case=known.case if known else None)


def form_of(criteria: Criteria, parts: Iterable[Part], *, role: str | None = None, case: Case | None = None) -> Form:
    """Return a form with these parts, in the current language and its words: for whom, and about which case."""
    head = criteria.head
    return Form(
        set_id=head.id,
        set_title=head.title,
        version=head.version,
        digest=criteria.digest,
        # A set that is not written in English is read as it is where nobody asks for another language.
        language=head.language if current() == ENGLISH else current(),
        words=Words.now(),
        role=role,
        role_title=_("Everybody") if role is None else head.asked_of[role],
        case_id=case.id if case else None,
        case_title=case.title if case else "",
        notice=head.notice,
        parts=tuple(parts),
    )


def is_asked_of(fact: AnyFact, role: str | None) -> bool:
    """Return whether a person is asked for a fact; what a table knows nobody is asked for."""
    return getattr(fact, "from_", None) is None and role in {None, fact.asked_of}


def among(question: Question, fact: AnyFact | None, choices: Iterable[tuple[str, str]]) -> Question:
    """Return a question to what an entry belongs with the entries to choose from, if there are any; else as it is."""
    offered = dict(choices) if isinstance(fact, TextFact) and fact.belongs_to is not None else {}
    return replace(question, kind="one", choices=tuple(distinct(offered))) if offered else question


def label_fact(criteria: Criteria, entity: str) -> str:
    """Return the fact that names the entries of a list, ENTRY_ID where the set declares none."""
    return criteria.head.roles.label.get(entity, f"{entity}.{ENTRY_ID}").partition(".")[2]


def question(name: str, short: str, criteria: Criteria, speech: Sentences, on: date | None = None) -> Question:
    """Return the question for one fact of an entity, or for the short name of its entries.

    Options that are deprecated on the day `on` are not offered.
    """
    fact = criteria.entities[name].facts.get(short)
    if fact is None:
        return Question(f"{name}.{ENTRY_ID}", "text", _("A short name for this entry"))
    ask_when = getattr(fact, "ask_when", None)
    evidence = _("What would prove it: {evidence}", evidence=fact.evidence) if fact.evidence else ""
    notes = [fact.help or "", evidence]
    limits = (0, 0)
    kind, choices = answered_as(fact, criteria.tables, on)
    match fact:
        case ChoicesFact():
            none = _(NONE_OF_THESE)
            notes.insert(0, _("Choose all that apply. If none does, choose “{none_of_these}”.", none_of_these=none))
        case IntegerFact(range=limits):
            notes.insert(0, _("A whole number from {lowest} to {highest}.", lowest=limits[0], highest=limits[1]))
        case DateFact():
            notes.insert(0, _("A date like 2026-01-31."))
        case _:
            pass
    return Question(
        name=f"{name}.{short}",
        kind=kind,
        text=criteria.title_of(f"{name}.{short}"),
        only_if="" if ask_when is None else _("Only if {condition}.", condition=speech.of(ask_when)),
        meant=for_people(fact.help or "", choices) if f"{name}.{short}" in first_questions(criteria) else "",
        notes=tuple(for_people(one, choices) for one in notes if one),
        choices=tuple(distinct(choices)),
        range=limits,
        confidential=fact.confidential,
    )


def _part(name: str, entity: Entity, questions: tuple[Question, ...], criteria: Criteria, speech: Sentences) -> Part:
    help_text = one_line(entity.help or "")
    if entity.ask_when is not None:
        only_if = _("Only if {condition}.", condition=speech.of(entity.ask_when))
        help_text = f"{only_if} {help_text}".strip()
    if entity.many is None:
        return Part(name, entity.title, help_text, None, questions)
    label = question(name, label_fact(criteria, name), criteria, speech)
    rest = tuple(one for one in questions if one.name != label.name)
    return Part(name, entity.title, help_text, entity.many, rest, label)


def _about(part: Part, known: Known | None, chosen: Sequence[str] | None, room: int | None) -> Part:
    """Return a part with the entries that the case has and room for new ones, without what need not be asked."""
    facts = known.facts if known else None
    if part.many is None:
        return _unsettled(part, facts, (None,))
    have = _entries_of(part.entity, part.label.short if part.label else ENTRY_ID, known)
    if chosen is None:
        free = min(part.many - len(have), MOST_ROOM if room is None else room)
        return replace(part, entries=have, room=free, asks_whether=not have)
    few = tuple(one for one in have if one.id in chosen)
    return _unsettled(replace(part, entries=few), facts, [one.id for one in few])


def _entries_of(entity: str, label: str, known: Known | None) -> tuple[Entry, ...]:
    """Return the entries that the case has, each with what the fact `label` calls it."""
    stated = (known and entries(known.case, entity)) or ()
    return tuple(Entry(str(answer(one, "id")), _shown_label(answer(one, label), answer(one, "id"))) for one in stated)


def _with_owners(question: Question, criteria: Criteria, known: Known | None) -> Question:
    """Return a question to which entry something belongs with those of the case to choose from; others as they are."""
    fact = criteria.entities[question.entity].facts.get(question.short)
    owners = fact.belongs_to if isinstance(fact, TextFact) else None
    there = () if owners is None else _entries_of(owners, label_fact(criteria, owners), known)
    return among(question, fact, ((one.id, one.label) for one in there))


def _unsettled(part: Part, facts: Facts | None, ids: Sequence[str | None]) -> Part:
    """Return a part without questions of which other answers say for each of these entries that none need be asked."""
    if facts is None:
        return part
    settled = {read for read, origin in facts.origins.items() if origin == "not_asked"}
    left = (one for one in part.questions if any(Read(one.entity, each, one.short) not in settled for each in ids))
    return replace(part, questions=tuple(left))


def _shown_label(label: object, entry_id: object) -> str:
    text = " ".join(str(label if label is not None else entry_id).split())
    return text if len(text) <= SHOWN_LABEL else f"{text[: SHOWN_LABEL - 1]}…"


def _chosen(criteria: Criteria, only: Sequence[str], known: Known | None) -> dict[str, list[str]]:
    """Return the entries that are named, by entity; raise RiskEngineError where a name means none."""
    found: dict[str, list[str]] = {}
    for path in only:
        name, _dot, entry = path.partition(".")
        stated = entries(known.case, name) if known and getattr(criteria.entities.get(name), "many", None) else None
        there = [f"{name}.{answer(one, 'id')}" for one in stated or ()]
        if path not in there:
            way_out = suggestion(path, there) or _("write `ENTITY.ID` of an entry that the case has")
            raise RiskEngineError(_("the case has no entry `{path}`", path=path), way_out)
        found.setdefault(name, []).append(entry)
    return found


def sentences(criteria: Criteria, day: date | None) -> Sentences:
    """Return what says conditions in the words of the questions, with the values that parameters have on the day."""
    newest = {name: one.values[-1].value for name, one in criteria.parameters.items()}
    dated = {name: value_on(one.values, day) for name, one in criteria.parameters.items()} if day else {}

    def words(name: str) -> str:
        return in_quotes(criteria.title_of(name))

    values = {name: value if dated.get(name) is None else dated[name] for name, value in newest.items()}
    return Sentences(criteria.entities, criteria.definitions, words=words, parameters=values)


ROOM_IN_DOCUMENT = 3
"""A document repeats all questions for each entry, so it has room for a few new ones only if nobody says how many."""


def questionnaire(  # noqa: PLR0913 (each is an option of the command)
    kind: str,
    *,
    criteria: str | None = None,
    on: date | None = None,
    role: str | None = None,
    case: Path | None = None,
    only: Sequence[str] = (),
    room: int | None = None,
    today: date | None = None,
) -> bytes:
    """Return the bytes of a questionnaire, `xlsx` or `docx`; raise RiskEngineError where none can be made.

    Where neither `on` nor the case names a day, the questions are those of the version in force `today`.
    """
    document = read_case_file(case) if case else None
    known: Known | None = None
    if document is None:
        rules = criteria_in_words(load_criteria(criteria, on or today))
    else:
        day, found = rules_for(document, criteria, on, instead=today)
        rules = criteria_in_words(found)
        stated = case_of(document, rules)
        known = Known(stated, resolve(stated, rules, day) if day else None)
    if kind == "docx" and room is None:
        room = ROOM_IN_DOCUMENT
    form = form_for(rules, role, known=known, only=only, room=room, on=on or today)
    return written_form(kind, with_hints(form, rules, known.facts if known else None))


def written_form(kind: str, form: Form) -> bytes:
    """Return a questionnaire as the bytes of a file, `xlsx` or `docx`; raise MissingExtraError without the extra."""
    with office_libraries():
        if kind == "xlsx":
            from risk_engine.office.forms.xlsx_write import workbook

            return workbook(form)
        from risk_engine.office.forms.docx_form import document

        return document(form)


def with_hints(form: Form, criteria: Criteria, facts: Facts | None) -> Form:
    """Return a form without hints that the case has answered; where others are asked, the hint says who.

    `facts` are those of the case that the form is made from, None where they cannot be with_hints.
    """
    parts = (
        replace(part, questions=tuple(_hinted(one, part, form.role, criteria, facts) for one in part.questions))
        for part in form.parts
    )
    return replace(form, parts=tuple(parts))


def _hinted(question: Question, part: Part, role: str | None, criteria: Criteria, facts: Facts | None) -> Question:
    ask_when = getattr(criteria.entities[question.entity].facts[question.short], "ask_when", None)
    if ask_when is None:
        return question
    reads = sorted(facts_in(ask_when, criteria.definitions))
    is_own = any(name.partition(".")[0] == part.entity for name in reads)
    if facts is not None:
        about = _entries(part, facts) if is_own else (None,)
        if about and all(evaluate(ask_when, facts, entry).value is True for entry in about):
            return replace(question, only_if="")
    asked = dict.fromkeys(criteria.fact(name).asked_of for name in reads)
    others = [criteria.head.asked_of[who] for who in asked if who is not None and who != role]
    if role is None or not others:
        return question
    return replace(question, only_if=f"{question.only_if} " + _("That is asked of: {others}.", others=listed(others)))


def _entries(part: Part, facts: Facts) -> Sequence[AskedEntry]:
    """Return the entries that a form asks about; none where it has room for others, of which nothing is known yet."""
    if part.many is None:
        return (facts.single[part.entity],)
    ids = {one.id for one in part.entries}
    return () if part.room else [one for one in facts.lists[part.entity] or () if one.id in ids]


def book_of_case(
    document: Document,
    criteria: str | None,
    on: date | None,
    today: date,
    *,
    is_new: bool = False,
    room: int | None = None,
) -> bytes:
    """Return the bytes of a workbook that says what a case file says; raise RiskEngineError where none can be made.

    A case that `is_new` answers nothing yet. Its criteria and its day are found as those of a case that is assessed.
    """
    with office_libraries():
        from risk_engine.office.forms.book_write import case_book
    day, found = rules_for(document, criteria, on, instead=today)
    rules = criteria_in_words(found)
    case_of(document, rules)
    return case_book(rules, today_of(document, rules).document.data, is_new=is_new, day=day or today, room=room)
