"""When a question need be answered ("Only if …"), said so that the person who reads it can tell."""

from collections.abc import Sequence
from dataclasses import replace

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.forms.form import Form, Part, Question
from risk_engine.language import _
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.wording import listed


def told(form: Form, criteria: CriteriaSet, facts: Facts | None) -> Form:
    """Return a form without hints that the case has answered; where others are asked, the hint says who.

    `facts` are those of the case that the form is made from, None where they cannot be told.
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
