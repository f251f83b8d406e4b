"""What a questionnaire says beside the words of the criteria: how to fill it in, and when a question matters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.files.language import _
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.office.forms.blank_form import NO_ENTRIES, NONE_OF_THESE, NOT_KNOWN, UNSURE, Form, Part, Question
from risk_engine.report.wording import listed


def how_to(kind: Literal["sheet", "document"]) -> tuple[str, ...]:
    """Return how to fill it in, sentence by sentence."""
    sheets = (
        _("Each sheet asks about one subject. Fill in the light yellow fields; everything else is locked."),
        _("Help stands in the comment of a question: rest the pointer on its words."),
    )
    document = (_("Fill in the fields; everything else is locked. Help stands below each question."),)
    return (
        *(sheets if kind == "sheet" else document),
        _(
            "If nobody knows an answer yet, choose “{not_known}”. That is a good answer: it is never taken as a no.",
            not_known=_(NOT_KNOWN),
        ),
        _("If you answer but are not sure, choose “{unsure}” beside the answer.", unsure=_(UNSURE)),
        _("A question that begins with “Only if” can be left out where that is not so."),
        _(
            "Where several answers can apply, mark each that does. If none does, choose “{none_of_these}”.",
            none_of_these=_(NONE_OF_THESE),
        ),
        _("What you leave empty counts as not answered. Save the file and send it back."),
    )


def whether(part: Part) -> str:
    """Return the question whether a list has entries at all."""
    return _("{title}: is there any? If there is, leave this field empty and name each one below.", title=part.title)


def many_help(part: Part) -> str:
    """Return how many entries there may be, and what to do with more than there is room for."""
    if not part.room:
        return _("Answer for each entry that is named here.")
    most = _("There may be at most {number}.", number=part.many)
    if len(part.entries) + part.room < (part.many or 0):
        most += " " + _("If there is no room left here, fill in a second copy of this file.")
    if part.asks_whether:
        none = _("If there is none, say “{no_entries}”.", no_entries=_(NO_ENTRIES))
        return " ".join((_("One entry for each."), most, none))
    return " ".join((_("Those already known are named. Add others beside them."), most))


def made_from(form: Form) -> str:
    """Return what a form is made from."""
    return _("{title} (version {version})", title=form.set_title, version=form.version)


def about_case(form: Form) -> str:
    """Return which case a form is about."""
    return _("About: {title} (case {case_id})", title=form.case_title, case_id=form.case_id)


def first_fields(form: Form) -> tuple[tuple[str, str], ...]:
    """Return the fields of the first page: how reading back knows each, and what people read."""
    title = ("title", _("Title of the case, as you would call it"))
    return (
        ("by", _("Your name and role")),
        ("day", _("Date, like 2026-01-31")),
        *(() if form.case_id is not None else (title,)),
        ("remarks", _("What you want to add")),
    )


def with_hints(form: Form, criteria: CriteriaSet, facts: Facts | None) -> Form:
    """Return a form without hints that the case has answered; where others are asked, the hint says who.

    `facts` are those of the case that the form is made from, None where they cannot be with_hints.
    """
    parts = (
        replace(part, questions=tuple(_told(one, part, form.role, criteria, facts) for one in part.questions))
        for part in form.parts
    )
    return replace(form, parts=tuple(parts))


def _told(one: Question, part: Part, role: str | None, criteria: CriteriaSet, facts: Facts | None) -> Question:
    ask_when = getattr(criteria.entities[one.entity].facts[one.short], "ask_when", None)
    if ask_when is None:
        return one
    reads = sorted(facts_in(ask_when, criteria.definitions))
    is_own = any(name.partition(".")[0] == part.entity for name in reads)
    if facts is not None:
        about = _entries(part, facts) if is_own else (None,)
        if about and all(evaluate(ask_when, facts, entry).value is True for entry in about):
            return replace(one, only_if="")
    asked = dict.fromkeys(criteria.fact(name).asked_of for name in reads)
    others = [criteria.head.asked_of[who] for who in asked if who is not None and who != role]
    if role is None or not others:
        return one
    return replace(one, only_if=f"{one.only_if} " + _("That is asked of: {others}.", others=listed(others)))


def _entries(part: Part, facts: Facts) -> Sequence[Entry]:
    """Return the entries that a form asks about; none where it has room for others, of which nothing is known yet."""
    if part.many is None:
        return (facts.single[part.entity],)
    ids = {one.id for one in part.entries}
    return () if part.room else [one for one in facts.lists[part.entity] or () if one.id in ids]
