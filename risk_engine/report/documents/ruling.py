"""What the record of a decision says, in lines: why, on what conditions, who decided, what identifies it."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from risk_engine.language import N_, _, ngettext
from risk_engine.model.decision import Condition, Decision, Person, Reply
from risk_engine.model.explanation import Explanation
from risk_engine.records.confirm import awaits_confirmation, confirmation_problem
from risk_engine.report.blocks import Field, Line, Run, mark, say, strong
from risk_engine.report.documents.levels import Standing, first_of
from risk_engine.report.wording import at_level, day, fill, lead, sentence

STATES = {
    "in_place": N_("keep in place"),
    "agreed": N_("agreed, to be put in place"),
    "planned": N_("only planned so far"),
}
"""What a control that is a condition asks for, by how far it had come."""


def in_effect(decision: Decision) -> date:
    """Return the day since which a decision that awaits nobody holds; a confirmation that does not count has no say."""
    confirmation = decision.confirmation
    return decision.on if confirmation is None or confirmation_problem(decision) else confirmation.on


def headline(shown: tuple[Standing, ...], decision: Decision, assessment: Explanation | None) -> str:
    """Return the first sentence: whether it is decided, and what on the gate."""
    if awaits_confirmation(decision, assessment):
        return _("Not in effect yet: a second person must confirm it.")
    decided = _("Decided on {day}.", day=day(in_effect(decision)))
    first = first_of(shown)
    if first is None:
        return decided
    answer = _("{title}: {answer}", title=first.title, answer=sentence(first.answer or first.level))
    return f"{decided} {answer}"


def tone(
    shown: tuple[Standing, ...], decision: Decision, assessment: Explanation | None
) -> Literal["mild", "middle", "strict", "open"]:
    """Return how the first sentence looks."""
    if awaits_confirmation(decision, assessment):
        return "open"
    first = first_of(shown)
    if first is not None and first.is_mildest:
        return "mild"
    return "strict" if first is not None and first.is_strictest else "middle"


def level(one: Standing) -> Line:
    """Return what was decided on a ladder, beside what was proposed."""
    runs: list[str | Run] = [strong(sentence(at_level(one.title, one.level)))]
    if one.answer:
        runs += [" ", sentence(one.answer)]
    if one.proposed and one.between:
        runs += [" ", _("Proposed as things stood: {level}.", level=one.proposed)]
    elif one.proposed:
        runs += [" ", _("Proposed: {level}.", level=one.proposed)]
    if one.between:
        mildest, strictest = one.between
        between = _(
            "Chosen while it was still open between {mildest} and {strictest}.", mildest=mildest, strictest=strictest
        )
        runs += [" ", between]
    if one.proposed:
        runs += [" ", mark(_("deviates from the proposal"))]
    elif not one.between:
        runs += [" ", _("As proposed.")]
    return say(*runs)


def missing(decision: Decision) -> Iterator[Line]:
    """Say that a decision was taken although answers were missing."""
    if any(one.provisional for one in decision.levels):
        yield say(
            ngettext(
                "Decided while {number} answer of the case was missing.",
                "Decided while {number} answers of the case were missing.",
                decision.about.missing,
            )
        )


def why(decision: Decision) -> tuple[Line, ...]:
    """Return the reason, a paragraph a line; without one, what that means."""
    if decision.reason is not None:
        return tuple(say(one) for one in decision.reason.splitlines() if one.strip())
    if any(one.provisional for one in decision.levels):
        return (say(_("No reason is given.")),)
    return (say(_("As proposed; the assessment says why.")),)


def condition(one: Condition) -> Line:
    """Return a condition on one line: what, how far it had come, who sees to it, by when."""
    parts = [condition_text(one)]
    if one.state:
        parts[0] = _("{condition} – {state}", condition=parts[0], state=_(STATES[one.state]))
    parts.append(_("owner: {owner}", owner=one.owner) if one.owner else _("no owner named"))
    if one.due:
        parts.append(_("due {day}", day=day(one.due)))
    return say("; ".join(parts))


def condition_text(one: Condition) -> str:
    """Return what a condition asks for, with the id of its control."""
    text = " ".join(one.text.split())
    return f"{text} ({one.control})" if one.control else text


def reply(one: Reply) -> Line:
    """Return who wrote back when, and the file of it."""
    values = {"who": one.from_, "day": day(one.date), "file": one.name, "digest": one.sha256[:12]}
    if one.text is None:
        return say(
            ngettext(
                "{who}, {day}: {file} ({number} byte, SHA-256 {digest}…; the text is kept outside this record)",
                "{who}, {day}: {file} ({number} bytes, SHA-256 {digest}…; the text is kept outside this record)",
                one.size,
                **values,
            )
        )
    return say(
        ngettext(
            "{who}, {day}: {file} ({number} byte, SHA-256 {digest}…)",
            "{who}, {day}: {file} ({number} bytes, SHA-256 {digest}…)",
            one.size,
            **values,
        )
    )


def whole_reply(one: Reply) -> Field:
    """Return all that was written back, a paragraph a line."""
    lines = tuple(say(line) for line in (one.text or "").splitlines() if line.strip())
    title = _("{who}, {day}: {file}", who=one.from_, day=day(one.date), file=one.name)
    return Field(title, lines or (say(_("The file is empty.")),))


def sign_off(decision: Decision) -> Iterator[Line]:
    """Say who decided, who confirmed it, and whether somebody still must."""
    yield fill(_("**Decided by** {who}, {day}"), who=person(decision.by), day=day(decision.on))
    confirmation = decision.confirmation
    wrong = confirmation_problem(decision)
    if confirmation and wrong:
        yield say(
            lead(_("A confirmation that does not count")), _("{who}; {why}", who=person(confirmation.by), why=wrong)
        )
    elif confirmation and confirmation.different_person:
        yield fill(
            _("**Confirmed by** {who}, {day}; said to be another person than {first}"),
            who=person(confirmation.by),
            day=day(confirmation.on),
            first=decision.by.name,
        )
    elif confirmation:
        yield fill(_("**Confirmed by** {who}, {day}"), who=person(confirmation.by), day=day(confirmation.on))
    if decision.four_eyes and (confirmation is None or wrong):
        asked = ", ".join(f"{one.ladder}={one.level}" for one in decision.four_eyes)
        why_two = _("two people are asked for because of {levels}", levels=asked)
        yield say(lead(_("A second person must confirm it")), why_two)
    elif confirmation is None:
        yield say(_("No second person is asked for."))


def signing(decision: Decision) -> tuple[str, ...]:
    """Return the labels of the room to sign on paper."""
    people = [decision.by, *([decision.confirmation.by] if decision.confirmation else [])]
    return tuple(_("Signature: {name}", name=one.name) for one in people)


def person(one: Person) -> str:
    """Return a person with the capacity in which they sign."""
    return f"{one.name}, {one.role}"


def identity(decision: Decision) -> Iterator[Line]:
    """Say by which digests the record, and what it rests on, are known."""
    yield fill(_("Decision {digest}"), digest=Run(decision.digest, "code"))
    yield fill(_("Assessment {digest}"), digest=Run(decision.about.digest, "code"))
    if decision.about.profile:
        yield fill(_("Profile {digest}"), digest=Run(decision.about.profile.digest, "code"))
    if decision.supersedes:
        yield fill(_("It takes the place of the decision {digest}"), digest=Run(decision.supersedes, "code"))
    if decision.confirmation:
        yield fill(_("Confirmation {digest}"), digest=Run(decision.confirmation.digest, "code"))
    for one in decision.signatures:
        key = Run(one.key, "code")
        if one.covers == decision.digest:
            yield fill(_("Signature over the decision with the key {key}"), key=key)
        else:
            yield fill(_("Signature over the confirmation with the key {key}"), key=key)
