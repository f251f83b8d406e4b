"""What a line means at a step of the interview, or what is wrong with it; nothing is changed by reading."""

from typing import Literal, TypeAlias

from risk_engine.forms.ask import ENTRY_ID, label_fact
from risk_engine.forms.fields import WrongError, short
from risk_engine.interview import wording
from risk_engine.interview.record import Record
from risk_engine.interview.session import Step
from risk_engine.interview.typed import is_no, is_not_known, is_yes, typed
from risk_engine.language import _
from risk_engine.model.case import Answer

COMMANDS = frozenset({"", "s", "b", "+", "-", "?", "q"})
"""What is no answer."""
YES_NUMBER, NO_NUMBER = "1", "2"
"""As at every question that yes and no answer."""
MOST_TYPED = 4000
"""A longer line is no answer."""
OfList: TypeAlias = Literal["unknown", "some", "none", "that_is_all"]


def fixed_name(step: Step, record: Record) -> str:
    """Return why an entry must keep its name, and what to do instead; nothing where it can have another, or none."""
    entity, entry, _fact = step.read
    if step.kind != "name" or entry is None or label_fact(record.criteria, entity) != ENTRY_ID:
        return ""
    return _("The file itself knows the entry by this name. Enter keeps it; `-` takes the entry out.")


def told(error: WrongError) -> tuple[str, ...]:
    """Return what to say of a wrong answer, a line for each problem."""
    return tuple(f"{one}: {one.help}" if one.help else f"{one}" for one in (error, *error.more))


def fact_said(text: str, step: Step, record: Record) -> Answer | None:
    """Return the answer to a fact that a line gives, None for "not known yet"; raise WrongError."""
    _check_length(text)
    kept = record.kept(step.read)
    if text.casefold() == "k" and wording.answered(step, record) is None and kept is not None:
        return kept
    question = wording.question_of(step, record)
    return typed(unquoted(text), question, wording.fact_of(step, record.criteria), record.criteria).value


def of_list(text: str, step: Step) -> OfList | None:
    """Return what a line says of a list as a whole; None where it names an entry."""
    if unquoted(text) != text:
        return None
    if is_not_known(text):
        return "that_is_all" if step.kind == "more" else "unknown"
    if step.kind != "name" and is_yes(text):
        return "some"
    if step.kind != "name" and is_no(text):
        return "that_is_all" if step.kind == "more" else "none"
    return None


def name_said(text: str, step: Step, record: Record) -> Answer:
    """Return the name that a line gives to an entry; raise WrongError where it cannot be called so."""
    _check_length(text)
    if step.read.entry is None and (problem := wording.no_room(step.read.entity, record)):
        raise WrongError(problem)
    name = unquoted(text)
    if name.isdecimal() and name == text:
        raise WrongError(_("That is a number, not a name. If it is really called so, type it in quotes."))
    question = wording.question_of(step, record)
    value = typed(name, question, wording.fact_of(step, record.criteria), record.criteria).value
    taken = None if value is None else record.named(step.read.entity, str(value))
    if taken is None and (problem := fixed_name(step, record)):
        raise WrongError(problem)
    if value is None or taken not in {None, step.read.entry}:
        raise WrongError(_("{name} is in the list already; type another name.", name=short(name)))
    return value


def yes_or_no(line: str | None) -> bool | None:
    """Return what a line says to what `whether` asks; None where it is neither. Nothing said, or known, is a no."""
    said = (line or "").strip()
    if is_yes(said) or said == YES_NUMBER:
        return True
    return False if said.casefold() in {"", "s"} or is_no(said) or said == NO_NUMBER else None


def _check_length(text: str) -> None:
    if len(text) > MOST_TYPED:
        raise WrongError(_("This is too long: at most {most} characters.", most=MOST_TYPED))


def unquoted(text: str) -> str:
    """Return what stands in quotes, so that a name may be a word that means something else here."""
    return text[1:-1].strip() if len(text) > len('""') and text[0] == text[-1] == '"' else text
