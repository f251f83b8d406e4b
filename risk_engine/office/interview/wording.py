"""What the interview says: the head of a new case, a question, the help to it, how the case stands, what is unfit."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, assert_never

from risk_engine.engine.explainer import Explainer
from risk_engine.engine.facts import Read
from risk_engine.engine.notes import closed_title
from risk_engine.engine.problems import deciding
from risk_engine.engine.resolve import broken, contradicting
from risk_engine.files.language import _, either, ngettext
from risk_engine.files.source import parse
from risk_engine.model.case import Answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact
from risk_engine.model.triage import first_questions
from risk_engine.office.forms.case_file import rewritten
from risk_engine.office.forms.case_record import Record
from risk_engine.office.forms.export_form import among, label_fact, question, sentences
from risk_engine.office.forms.form import Question
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Standing, Step
from risk_engine.report.blank_case import NO_TITLE, WIDTH
from risk_engine.report.wording import at_level

MOST_FINDINGS = 3
"""So many findings that an answer can decide are named."""


def fact_of(step: Step, criteria: Criteria) -> AnyFact | None:
    """Return the fact that a step asks for: of an entry its name, None where the set has no fact for that."""
    return criteria.entities[step.read.entity].facts.get(step.read.fact or label_fact(criteria, step.read.entity))


def question_of(step: Step, record: Record) -> Question:
    """Return the question of a step, in words for people."""
    criteria, entity = record.criteria, step.read.entity
    short = step.read.fact or label_fact(criteria, entity)
    found = question(entity, short, criteria, sentences(criteria, record.under.on), record.under.on)
    fact = fact_of(step, criteria)
    if (owners := getattr(fact, "belongs_to", None)) is not None:
        found = among(found, fact, ((one["id"], record.label(owners, one["id"])) for one in record.entries(owners)))
    # Whatever was to be answered first is answered: the question is asked now.
    return replace(found, only_if="")


def head(step: Step, record: Record) -> str:
    """Return what a question is about."""
    title = record.criteria.entities[step.read.entity].title
    if step.read.entry is None:
        return title
    return f"{title}: {record.label(step.read.entity, step.read.entry)}"


def asked(step: Step, record: Record) -> str:
    """Return the question itself."""
    match step.kind:
        case "fact" | "name":
            return question_of(step, record).text
        case "list":
            return _("Which others are there?") if record.entries(step.read.entity) else _("Which are there?")
        case _:
            assert_never(step.kind)


def first_meant(step: Step, record: Record) -> Iterator[str]:
    """Yield what a first question counts as a yes, for a no closes others: with the first of them what they are for."""
    first = first_questions(record.criteria)
    if first and step.read.path() == first[0] and (about := record.criteria.entities[step.read.entity].help):
        yield " ".join(about.split())
    if step.kind == "fact" and (meant := question_of(step, record).meant):
        yield meant


def answered(step: Step, record: Record) -> str | None:
    """Return the answer that a question has already, None where it has none."""
    entity, entry, _fact = step.read
    if step.kind == "name":
        return record.label(entity, entry)
    if step.kind == "list":
        names = "; ".join(record.label(entity, one["id"]) for one in record.entries(entity))
        return names or (_("there are none") if record.is_listed(entity) else None)
    value = record.answer(step.read)
    return None if value is None else shown_answer(step, record, value)


def shown_answer(step: Step, record: Record, value: Answer) -> str:
    """Return an answer as people read it."""
    return record.criteria.shown(fact_of(step, record.criteria), value)


def help_lines(step: Step, record: Record) -> Iterator[str]:
    """Yield what helps to answer: the set's own help, what would prove it, who knows it, and why it is asked."""
    criteria = record.criteria
    if step.kind == "list":
        entity = criteria.entities[step.read.entity]
        if entity.help:
            yield " ".join(entity.help.split())
        yield ngettext("There can be at most {number}.", "There can be at most {number}.", entity.many or 1)
        yield _("A name goes in quotes if it holds a `;`, or is a number or a word that means something else here.")
    else:
        yield from question_of(step, record).notes
    fact = fact_of(step, criteria)
    if fact is not None and fact.asked_of:
        yield _("Who knows it: {who}", who=criteria.head.asked_of[fact.asked_of])
    if step.kind == "fact" and fact is not None and fact.confidential:
        yield _("Confidential: left out of documents for third parties.")
    if step.findings:
        titles = [f"{one} {criteria.indicators[one].title}" for one in step.findings]
        more = "; …" if len(titles) > MOST_FINDINGS else ""
        yield _("It can decide: {findings}", findings="; ".join(titles[:MOST_FINDINGS]) + more)
    if step.kind == "fact":
        yield _(
            "What supports the answer can be added to the file, under `evidence:`, as `{path}`.", path=step.read.path()
        )


def no_room(entity: str, record: Record) -> str:
    """Return that a list is full, and what to do with further entries; nothing where it has room."""
    if not record.is_full(entity):
        return ""
    of = record.criteria.entities[entity]
    return ngettext(
        "{list}: there can be only one, and it is named now. A second case takes the rest.",
        "{list}: there can be at most {number}, and so many are named now. A second case takes the rest.",
        of.many or 1,
        list=of.title,
    )


def complete(entity: str, record: Record) -> str:
    """Return that a list is complete as it stands, with the number of its entries."""
    return no_room(entity, record) or ngettext(
        "{list}: the list is complete with {number} entry; `+` adds one later.",
        "{list}: the list is complete with {number} entries; `+` adds one later.",
        len(record.entries(entity)),
        list=record.criteria.entities[entity].title,
    )


def standing_line(session: Session) -> str:
    """Return in one line how the case stands."""
    return " · ".join(levels(session.standing, session.record.criteria) + counted(session))


def levels(standing: Standing, criteria: Criteria) -> list[str]:
    """Return of each ladder that decides the levels that can still come out."""
    found: list[str] = []
    for one in standing.ladders:
        ladder = criteria.ladders[one.ladder]
        titles = [ladder.levels[name].title for name in one.levels]
        found.append(at_level(ladder.title, either(titles)))
    return found


def counted(session: Session) -> list[str]:
    """Return how many questions can still move a level, and how many do not as the case stands."""
    standing = session.standing
    if standing.is_settled:
        return [_("hangs on answers that contradict each other") if hangs_on_unfit(session.record) else _("settled")]
    return [
        ngettext("{number} question can still matter", "{number} questions can still matter", standing.matter),
        ngettext("{number} moves no level now", "{number} move no level now", standing.irrelevant_questions),
    ]


MOST_SHOWN = 6
"""So many of the answers are shown: who leads, of twenty partners, is not read on a terminal."""

Unfit: TypeAlias = Mapping[str, tuple[Read, ...]]
"""The names of the promises that a case breaks, or a sentence of a superfluous answer, with the answers that do so."""


def unfit(record: Record) -> Unfit:
    """Return what does not go together in a case."""
    facts = record.worked.facts
    explainer = Explainer(record.case, facts, record.criteria)
    superfluous = {closed_title(one, explainer): contradicting(one, facts) for one in facts.superfluous}
    return {**dict(broken(facts, record.criteria)), **superfluous}


def hangs_on_unfit(record: Record) -> bool:
    """Return whether the result hangs on answers that do not go together (decision 0080)."""
    worked = record.worked
    return bool(unfit(record)) and bool(deciding(worked.case, worked.criteria, worked.on, worked.profile))


def newly_unfit(before: Unfit, after: Unfit, step: Step | None) -> Unfit:
    """Return what to tell after an answer: what did not go together before is told again only if it takes part."""
    given = None if step is None else step.read
    return {
        name: reads for name, reads in after.items() if name not in before or (given in reads and before[name] != reads)
    }


def unfit_lines(found: Unfit, step: Step | None, record: Record) -> Iterator[str]:
    """Yield a line for each promise that is broken, and one for each answer that breaks it, the one just given last."""
    given = None if step is None else step.read
    promises = record.criteria.invariants.facts
    for name, reads in found.items():
        title = promises[name].title if name in promises else name
        yield _("These answers do not go together: {title}.", title=title)
        ordered = sorted(reads, key=lambda one: one == given)
        if len(ordered) > MOST_SHOWN:
            yield "  …"
        for read in ordered[-MOST_SHOWN:]:
            yield f"  {_answer(read, record)}"
    if found:
        yield _("They stand in the file as you gave them: `b` goes back to change one; else the result names them.")


def _answer(read: Read, record: Record) -> str:
    explainer = Explainer(record.case, record.worked.facts, record.criteria)
    about, shown = head(Step(read), record), explainer.shown(read, explainer.value(read))
    return f"{about}: {shown}" if read.fact is None else f"{about}: {explainer.question(read)} – {shown}"


def new_case(criteria: Criteria, reference: str, case_id: str) -> str:
    """Return the text of a case file in which nothing is answered yet."""
    text = header(criteria) + "\n" + "status: draft\n"
    before = parse(text, "case").data
    stated = {"criteria": reference, "id": case_id, "title": NO_TITLE}
    return rewritten(text, before, {**stated, **before}, is_json=False).text


def header(criteria: Criteria) -> str:
    """Return what stands above a new case, in comments: what it is, and what the set wants everybody to know."""
    head = criteria.head
    said = [
        # Which version it is the day says, which is asked later.
        _("A case for {criteria}: {title}", criteria=head.id, title=head.title),
        _(
            "Begun as an interview: `risk-engine interview` goes on with it. Answers may be written here too; a "
            "question that does not stand here is not answered yet, which is never taken as a no."
        ),
        *head.notice,
    ]
    lines = [line for one in said for line in textwrap.wrap(one, WIDTH, break_on_hyphens=False)]
    return "".join(f"# {line}\n" for line in lines)
