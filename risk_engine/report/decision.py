"""A decision as one page: what was decided beside what was proposed, why, on what conditions, who signed.

A function of the record alone, as text for a terminal, Markdown or HTML.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Literal, assert_never

from risk_engine.engine.confirm import awaits_confirmation, confirmation_problem
from risk_engine.model.decision import Assessed, Condition, Decided, Decision, Person, Reply
from risk_engine.report.blocks import Blanks, Field, Line, Run, cleaned, mark, say, strong
from risk_engine.report.wording import counted, day, sentence

DecisionFormat = Literal["text", "json", "html", "md"]

_STATES = {"in_place": "keep in place", "agreed": "agreed, to be put in place", "planned": "only planned so far"}
_AWAITED = "Not in effect yet: a second person must confirm it."


@dataclass(frozen=True)
class Page:
    """A decision as ready text. `fields` answer on one screen; `replies` hold what was written back, whole.

    `by_hand` is room to sign on paper.
    """

    title: str
    about: str
    sentence: str
    tone: Literal["open", "middle"]
    more: tuple[Line, ...]
    fields: tuple[Field, ...]
    by_hand: Blanks
    replies: tuple[Field, ...]


def render_decision(decision: Decision, form: DecisionFormat) -> str:
    """Return a decision in one of the forms; `json` is the record itself."""
    match form:
        case "json":
            from risk_engine.engine.decide import decision_json

            return decision_json(decision).decode()
        case "html":
            from risk_engine.report.templates import environment

            template = environment(autoescape=True).get_template("decision.html.j2")
            return template.render(page=page(decision))
        case "md":
            from risk_engine.report.markdown import finalize, line
            from risk_engine.report.templates import environment

            made = environment(autoescape=False, finalize=finalize)
            made.filters["line"] = line
            return made.get_template("decision.md.j2").render(page=page(decision))
        case "text":
            return _text(page(decision))
        case _:
            assert_never(form)


def page(decision: Decision) -> Page:
    """Return the page of a decision; its text is harmless everywhere."""
    awaited = awaits_confirmation(decision)
    shown = Page(
        title=f"{decision.about.case_title} ({decision.about.case_id})",
        about=f"Decision on the assessment of {day(decision.about.on)} under {_criteria(decision.about)}",
        tone="open" if awaited else "middle",
        sentence=_AWAITED if awaited else f"Decided on {day(_in_effect(decision))}.{_may_it(decision)}",
        more=(*(_level(one) for one in decision.levels), *_missing(decision)),
        fields=(
            Field("Why", tuple(_why(decision))),
            Field("On what conditions", tuple(_condition(one) for one in decision.conditions) or (say("None."),)),
            Field("What was written back", tuple(_reply(one) for one in decision.replies) or (say("Nothing."),)),
            Field("Who decided", tuple(_sign_off(decision))),
            Field("How to challenge it", (say(decision.about.challenge),)),
            Field("What identifies it", tuple(_identity(decision))),
        ),
        by_hand=Blanks(tuple(f"Signature: {one.name}" for one in _signing(decision))),
        replies=tuple(_whole(one) for one in decision.replies if one.text is not None),
    )
    return cleaned(shown)


def _criteria(about: Assessed) -> str:
    own = f" and the profile of {about.profile.institution}" if about.profile else ", without a profile"
    from_day = f". The criteria were not in force on that day (in force from {day(about.in_force_from)})"
    return f"{about.criteria}{own}{'' if about.in_force else from_day}"


def _missing(decision: Decision) -> Iterator[Line]:
    """Say that a decision was taken although answers were missing."""
    if any(one.provisional for one in decision.levels):
        yield say(f"Decided while {counted(decision.about.missing, 'answer')} of the case {_was(decision)} missing.")


def _was(decision: Decision) -> str:
    return "was" if decision.about.missing == 1 else "were"


def _may_it(decision: Decision) -> str:
    """Return what was decided on the gate, else on the headline: what a reader asks first."""
    by_role = {one.role: one for one in decision.levels}
    first = by_role.get("gate") or by_role.get("headline")
    return f" {first.title}: {sentence(first.answer or first.decided.title)}" if first else ""


def _in_effect(decision: Decision) -> date:
    return decision.confirmation.on if decision.confirmation else decision.on


def _level(one: Decided) -> Line:
    decided = strong(f"{one.title}: {one.decided.title}.")
    answer = f" {sentence(one.answer)}" if one.answer else ""
    if one.provisional:
        mildest, strictest = one.between
        between = f" Chosen while it was still open between {mildest.title} and {strictest.title}."
    else:
        between = ""
    if one.deviates:
        proposed = f" Proposed{' as things stood' if one.provisional else ''}: {one.proposed.title}."
        return say(decided, f"{answer}{proposed}{between} ", mark("deviates from the proposal"))
    return say(decided, f"{answer}{between or ' As proposed.'}")


def _why(decision: Decision) -> Iterator[Line]:
    lines = (decision.reason or "").splitlines()
    yield from (say(one) for one in lines if one.strip())
    if decision.reason is None:
        is_open = any(one.provisional for one in decision.levels)
        yield say("No reason is given." if is_open else "As proposed; the assessment says why.")


def _condition(one: Condition) -> Line:
    named = f" ({one.control})" if one.control else ""
    state = f" – {_STATES[one.state]}" if one.state else ""
    owner = f"; owner: {one.owner}" if one.owner else "; no owner named"
    due = f"; due {day(one.due)}" if one.due else ""
    return say(" ".join(one.text.split()), named, state, owner, due)


def _reply(one: Reply) -> Line:
    kept = "" if one.text is not None else "; the text is kept outside this record"
    size = counted(one.size, "byte")
    return say(f"{one.from_}, {day(one.date)}: {one.name} ({size}, SHA-256 {one.sha256[:12]}…{kept})")


def _whole(one: Reply) -> Field:
    lines = tuple(say(line) for line in (one.text or "").splitlines() if line.strip())
    return Field(f"{one.from_}, {day(one.date)}: {one.name}", lines or (say("The file is empty."),))


def _sign_off(decision: Decision) -> Iterator[Line]:
    yield say(strong("Decided by "), f"{_person(decision.by)}, {day(decision.on)}")
    confirmation = decision.confirmation
    wrong = confirmation_problem(decision)
    if confirmation and wrong:
        yield say(strong("A confirmation that does not count: "), f"{_person(confirmation.by)}; {wrong}")
    elif confirmation:
        two = f"; said to be another person than {decision.by.name}" if confirmation.different_person else ""
        yield say(strong("Confirmed by "), f"{_person(confirmation.by)}, {day(confirmation.on)}{two}")
    if decision.four_eyes and (confirmation is None or wrong):
        asked = ", ".join(f"{one.ladder}={one.level}" for one in decision.four_eyes)
        yield say(strong("A second person must confirm it: "), f"two people are asked for because of {asked}")
    elif confirmation is None:
        yield say("No second person is asked for.")


def _signing(decision: Decision) -> tuple[Person, ...]:
    return (decision.by, decision.confirmation.by) if decision.confirmation else (decision.by,)


def _person(one: Person) -> str:
    return f"{one.name}, {one.role}"


def _identity(decision: Decision) -> Iterator[Line]:
    yield say("Decision ", Run(decision.digest, "code"))
    yield say("Assessment ", Run(decision.about.digest, "code"))
    if decision.about.profile:
        yield say("Profile ", Run(decision.about.profile.digest, "code"))
    if decision.supersedes:
        yield say("It takes the place of the decision ", Run(decision.supersedes, "code"))
    if decision.confirmation:
        yield say("Confirmation ", Run(decision.confirmation.digest, "code"))
    for one in decision.signatures:
        what = "decision" if one.covers == decision.digest else "confirmation"
        yield say(f"Signature over the {what} with the key ", Run(one.key, "code"))


def _text(shown: Page) -> str:
    from rich.console import Console
    from rich.text import Text

    from risk_engine.report.text import PLAIN_WIDTH, put_line, styled

    out = StringIO()
    console = Console(file=out, width=PLAIN_WIDTH, color_system=None, force_terminal=False, _environ={})
    put_line(console, Text(shown.sentence))
    put_line(console, Text(shown.title))
    put_line(console, Text(shown.about))
    for line in shown.more:
        put_line(console, styled(line))
    for item in shown.fields:
        console.print()
        put_line(console, Text(item.label))
        for line in item.lines:
            put_line(console, styled(line), "  - ")
    return out.getvalue()
