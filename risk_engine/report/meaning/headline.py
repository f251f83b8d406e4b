"""The answer that a board reads first: whether any case at all comes out milder, and what to say beside that."""

from typing import Literal, TypeAlias, assert_never

from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import Meaning
from risk_engine.report.meaning.words import quoted
from risk_engine.report.wording import day, listed

Tone: TypeAlias = Literal["mild", "middle", "strict", "open"]


def sentence(meaning: Meaning, after: CriteriaSet) -> str:
    """Return the directed answer: whether any case at all comes out milder."""
    counted = [after.ladders[name].title for name in meaning.counted]
    milder = [one for one in meaning.ladders() if one.direction == "milder" and one.name in meaning.counted]
    said = {status: [after.ladders[one.name].title for one in milder if one.status == status] for status in _STATUSES}
    match meaning.answer:
        case "equal":
            text = _equal(meaning)
        case "nowhere milder":
            text = _nowhere_milder(meaning, listed(counted))
        case "milder":
            text = _("Milder in some cases: {ladders}.", ladders=listed(said["refuted"]))
        case "undecided" if said["undecided"]:
            text = _("Not decided whether any case gets milder: {ladders}.", ladders=listed(said["undecided"]))
        case "undecided":
            text = _("It cannot be said whether any case gets milder: not all can be compared.")
        case _:
            assert_never(meaning.answer)
    looser = [one.name for one in meaning.ladders() if (one.direction, one.status) == ("looser", "refuted")]
    if meaning.answer == "nowhere milder" and looser:
        names = listed([after.ladders[one].title for one in looser])
        text += " " + _("While answers are missing, some cases are held less strictly: {ladders}.", ladders=names)
    if meaning.is_one_day and meaning.days:
        return _("On {day}: {answer}", day=day(meaning.days[0]), answer=text)
    return text


def _equal(meaning: Meaning) -> str:
    why = quoted(meaning.but)
    if meaning.turns_away:
        return _(
            "Cases that both versions can read are decided alike, proved; but {why}, so some old cases cannot be read.",
            why=why,
        )
    if why:
        return _("No case is decided otherwise, proved; but {why}.", why=why)
    return _("Equal in meaning, proved: no case is decided otherwise.")


def _nowhere_milder(meaning: Meaning, ladders: str) -> str:
    why = quoted(meaning.but)
    if meaning.turns_away:
        return _(
            "Nowhere milder, proved of every case that both versions can read: {ladders}; but {why}, so some old cases "
            "cannot be read.",
            ladders=ladders,
            why=why,
        )
    if why:
        return _("Nowhere milder, proved of every possible case: {ladders}; but {why}.", ladders=ladders, why=why)
    return _("Nowhere milder, proved of every possible case: {ladders}.", ladders=ladders)


_STATUSES = ("proved", "refuted", "undecided")


def tone(meaning: Meaning) -> Tone:
    """Return how an answer looks; green only what needs no second look."""
    match meaning.answer:
        case "equal":
            return "middle" if meaning.but else "mild"
        case "nowhere milder":
            return "middle"
        case "milder":
            return "strict"
        case "undecided":
            return "open"
        case _:
            assert_never(meaning.answer)
