"""A step of the interview as a question that a dialogue can put: options, what to type, what can be done beside."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from risk_engine.forms.form import Question
from risk_engine.forms.words import NO, NO_ENTRIES, NONE_OF_THESE, NOT_KNOWN, YES
from risk_engine.interview import wording
from risk_engine.interview.asking import Asked, Command, Kind, Option
from risk_engine.interview.reading import wrong
from risk_engine.interview.record import Record
from risk_engine.interview.session import Step
from risk_engine.interview.typed import is_short
from risk_engine.language import _
from risk_engine.model.case import Answer
from risk_engine.model.facts import BooleanFact, RowFact


def put(step: Step, record: Record) -> Asked:
    """Return the question of a step."""
    kind, options = _choice(step, record)
    return Asked(
        text=wording.asked(step, record),
        kind=kind,
        head=wording.head(step, record),
        options=options,
        limits=wording.question_of(step, record).range if kind == "integer" else None,
        is_listed=step.kind == "fact" and kind != "row",
        typing=tuple(_typing(step, record)),
        notes=tuple(_notes(step, record)),
        chosen=_chosen(step, record),
        said=_said(step, record),
        leave=Command("", _("No, that is all")) if step.kind == "more" else Command("s", _(NOT_KNOWN)),
        none=_(NONE_OF_THESE) if kind == "several" else "",
        commands=tuple(_commands(step, record)),
        check=lambda line: wrong(line, step, record),
    )


def whether(text: str) -> Asked:
    """Return a question that yes and no answer, where nothing said is a no."""
    options = (Option("yes", _(YES)), Option("no", _(NO)))
    return Asked(text, "one", options=options, chosen=("no",), commands=tuple(_beside()))


def to_which_list(lists: Mapping[str, str]) -> Asked:
    """Return the question to which of these lists, with their titles, an entry is added."""
    options = tuple(Option(name, title) for name, title in lists.items())
    leave, beside = Command("", _("To none")), tuple(one for one in _beside() if one.typed != "+")
    return Asked(_("To which list? Enter: to none."), "one", options=options, leave=leave, commands=beside)


def _beside() -> Iterator[Command]:
    """Yield what can be done at every question."""
    yield Command("?", _("help"))
    yield Command("b", _("back"))
    yield Command("+", _("one more entry in a list"))
    yield Command("q", _("save and stop"))


def _choice(step: Step, record: Record) -> tuple[Kind, tuple[Option, ...]]:
    """Return how a step is answered, and what can be chosen."""
    if step.kind == "list":
        return "one", (Option("yes", _(YES)), Option("no", _(NO_ENTRIES)))
    if step.kind != "fact":
        return "text", ()
    one, fact = wording.question_of(step, record), wording.fact_of(step, record.criteria)
    if isinstance(fact, RowFact):
        rows = record.criteria.tables[fact.of].rows
        found = tuple(Option(name, title, (name, *rows[name].aliases)) for name, title in one.choices)
        return ("one" if is_short(one) else "row"), found
    return one.kind, tuple(Option(name, title) for name, title in one.choices)


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


def _stated(step: Step, record: Record) -> Answer | None:
    return record.answer(step.read) if step.kind == "fact" else None


def _chosen(step: Step, record: Record) -> tuple[str, ...] | None:
    """Return the names of the options that are chosen already."""
    if step.kind == "list":
        return ("no",) if record.is_listed(step.read.entity) else None
    value = _stated(step, record)
    if isinstance(value, tuple):
        return tuple(map(str, value))
    if value is None:
        return None
    is_boolean = isinstance(wording.fact_of(step, record.criteria), BooleanFact)
    return (str(value).casefold() if is_boolean else str(value),)


def _said(step: Step, record: Record) -> str:
    """Return an answer that stands as one would type it."""
    entity, entry, _fact = step.read
    if step.kind == "name" and entry is not None:
        return record.label(entity, entry)
    value = _stated(step, record)
    return "" if value is None or isinstance(value, tuple) else wording.shown_answer(step, record, value)


def _commands(step: Step, record: Record) -> Iterator[Command]:
    *beside, stop = _beside()
    yield from beside
    if step.kind == "name" and step.read.entry is not None:
        yield Command("-", _("take this entry out"))
    if step.kind == "fact" and record.answer(step.read) is None and record.kept(step.read) is not None:
        yield Command("k", _("take the answer that was set aside"))
    yield stop
