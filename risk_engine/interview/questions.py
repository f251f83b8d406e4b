"""A step of the interview as a question that a dialogue can put: options, what to type, what there is to know."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from risk_engine.forms.form import Question
from risk_engine.forms.words import NO, YES
from risk_engine.interview import wording
from risk_engine.interview.asking import Asked, Option
from risk_engine.interview.record import Record
from risk_engine.interview.session import Step
from risk_engine.interview.typed import is_short
from risk_engine.language import _
from risk_engine.model.facts import RowFact


def put(step: Step, record: Record) -> Asked:
    """Return the question of a step."""
    return Asked(
        text=wording.asked(step, record),
        head=wording.head(step, record),
        options=tuple(_options(step, record)),
        typing=tuple(_typing(step, record)),
        notes=tuple(_notes(step, record)),
    )


def whether(text: str) -> Asked:
    """Return a question that yes and no answer, where nothing said is a no."""
    return Asked(text, options=(Option("yes", _(YES)), Option("no", _(NO))))


def to_which_list(lists: Mapping[str, str]) -> Asked:
    """Return the question to which of these lists, with their titles, an entry is added."""
    return Asked(_("To which list? Enter: to none."), options=tuple(map(Option, lists.keys(), lists.values())))


def _options(step: Step, record: Record) -> Iterator[Option]:
    """Yield what can be chosen by its number: of a long table nothing."""
    if step.kind == "fact":
        question, fact = wording.question_of(step, record), wording.fact_of(step, record.criteria)
        if is_short(question) or not isinstance(fact, RowFact):
            yield from (Option(name, title) for name, title in question.choices)


def _typing(step: Step, record: Record) -> Iterator[str]:
    match step.kind:
        case "list":
            yield _("Type `no`, `yes`, or at once the name of the first one.")
        case "more":
            yield _("Type its name; Enter: no, that is all.")
        case "name" | "fact":
            one, fact = wording.question_of(step, record), wording.fact_of(step, record.criteria)
            if isinstance(fact, RowFact) and not is_short(one):
                yield _("Type the name or the code.")
            else:
                yield from _form(one)
        case _:
            assert_never(step.kind)


def _form(one: Question) -> Iterator[str]:
    match one.kind:
        case "several":
            yield _("Type all numbers that apply, with commas between; 0 if none does.")
        case "integer":
            yield _("A whole number from {lowest} to {highest}.", lowest=one.range[0], highest=one.range[1])
        case "date":
            yield _("A date like 2026-01-31.")
        case "one" | "text":
            pass


def _notes(step: Step, record: Record) -> Iterator[str]:
    now = wording.answered(step, record)
    if now is not None:
        yield _("Answered so far: {answer}. Enter keeps it.", answer=now)
        if step.kind == "name":
            yield _("`-` takes this entry out again.")
    elif step.kind == "fact" and (kept := record.kept(step.read)) is not None:
        value = wording.shown_answer(step, record, kept)
        yield _("Set aside when this was not asked any more: {answer}. `k` takes it again.", answer=value)
