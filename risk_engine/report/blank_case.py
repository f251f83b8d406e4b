"""An empty case file for a criteria set: every question with help, options and who should answer, as comments."""

import textwrap
from collections.abc import Iterator
from datetime import date
from typing import Any

from risk_engine.engine.resolve import resolve
from risk_engine.engine.sentences import Sentences, as_written
from risk_engine.files.language import _, inside, ngettext
from risk_engine.model.case import UNKNOWN, blank_id, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    TextFact,
    is_offered,
    offered,
)
from risk_engine.model.triage import closed_by

WIDTH = 100
NO_TITLE = "…"
"""What stands for the title in a new case until somebody writes one."""


def blank_case(
    criteria: Criteria,
    case_id: str = "NEW-1",
    *,
    named: str | None = None,
    on: date | None = None,
    today: date | None = None,
    whole: bool = True,
) -> str:
    """Return a case file in which nothing is answered; it loads as it is, and its result is still open.

    `named` is how the case names its criteria (default: the set), `on` the day for which it is to be read, else that is
    `today`. What is deprecated on that day is left out. One that is not `whole` holds the first questions, and of the
    rest what they close in no case.
    """
    head, day = criteria.head, on or today
    later = frozenset[str]() if whole or not head.triage else _opened_later(criteria, day or head.in_force.from_)
    lines = [
        *_comment(_("A case for {criteria}: {title}", criteria=f"{head.id} {head.version}", title=head.title)),
        *_comment(_("An answer that nobody knows yet stays `{unknown}`: it is never taken as a no.", unknown=UNKNOWN)),
        *(f"# {line}" for notice in head.notice for line in textwrap.wrap(notice, WIDTH, break_on_hyphens=False)),
        "",
        f"criteria: {named or head.id}",
        # In quotes, for `2026-01-31` or `2026` would not be text.
        f'id: "{case_id}"',
        f'title: "{NO_TITLE}"',
        "# institution: " + _("Name of your institution"),
        "# assessor: " + _("Who fills this in"),
        ("# assessment_date: 2026-01-31   # " if day is None else f"assessment_date: {day}     # ")
        + _("the day for which rules and tables are read"),
        "status: draft",
        "# retain_until: 2037-01-31      # " + _("the last day on which the office must keep the record"),
    ]
    sentences = Sentences(criteria.entities, criteria.definitions, values=as_written)
    first = {one.fact.partition(".")[0] for one in head.triage}
    for name, entity in sorted(criteria.entities.items(), key=lambda one: one[0] not in first):
        facts = {short: fact for short, fact in entity.facts.items() if f"{name}.{short}" not in later}
        if name not in later and facts:
            shown = entity.model_copy(update={"facts": facts})
            lines += ["", *_entity(name, shown, criteria, sentences, day)]
    if later:
        text = _(
            "What the first questions open is not here yet: `risk-engine interview` asks it, and "
            "`risk-engine case new --all` writes every question."
        )
        lines += ["", *_comment(text)]
    lines += [
        "",
        *_comment(_("What supports the answers: `entity.id.fact` or `entity.fact`.")),
        *_kinds(criteria),
        "evidence: []",
        "#  - for: [ … ]",
        "#    kind: " + _("registry extract"),
        "#    reference: " + _("where it is kept"),
        "#    date: 2026-01-31",
        "#    confidence: documented    # unsure · declared · documented · verified",
        "",
        *_comment(
            _("What was agreed or done since. Only what is implemented or verified, with evidence, lowers a risk.")
        ),
        "controls: []",
        "#  - id: …",
        "#    status: agreed            # planned · agreed · implemented · verified",
        "#    owner: …",
        "#    due: 2026-01-31",
        "#    evidence:",
        "#      - {{kind: {kind}, reference: {reference}, date: 2026-01-31}}".format(
            kind=next(iter(head.evidence_kinds), _("letter")), reference=_("where it is kept")
        ),
    ]
    return "\n".join(lines) + "\n"


def _opened_later(criteria: Criteria, on: date) -> frozenset[str]:
    """Return the facts and lists that need not be asked as long as every first question is a no."""
    closed = frozenset[str]().union(*closed_by(criteria).values())
    stated: dict[str, Any] = {
        name: ({"id": blank_id(name)},)
        for name, entity in criteria.entities.items()
        if entity.many is not None and name not in closed
    }
    for one in criteria.head.triage:
        name, _dot, short = one.fact.partition(".")
        stated.setdefault(name, {})[short] = False
    case = case_model(criteria).model_validate({"id": "new", "title": NO_TITLE, **stated})
    origins = resolve(case, criteria, on).origins
    # What they close may close questions in turn, such as those about details.
    return closed | {f"{read.entity}.{read.fact}" for read, origin in origins.items() if origin == "not_asked"}


def _kinds(criteria: Criteria) -> Iterator[str]:
    """Yield the kinds of evidence that the set declares, as comments."""
    declared = criteria.head.evidence_kinds
    if declared:
        yield from _comment(_("A kind of evidence that a control may need, by its name; any other word is of no kind:"))
    for name, title in declared.items():
        yield from _comment(f"  {name}: {title}")


def _entity(name: str, entity: Entity, criteria: Criteria, sentences: Sentences, on: date | None) -> Iterator[str]:
    yield f"# {'-' * (WIDTH - 2)}"
    yield from _comment(entity.title + (f": {entity.help}" if entity.help else ""))
    indent = "  "
    if entity.ask_when is not None:
        yield from _comment(_("Only if {condition}.", condition=sentences.of(entity.ask_when)))
    if entity.many is not None:
        yield from _comment(
            ngettext(
                "At most {number} entry, one block each. None at all? Write `{empty}`.",
                "At most {number} entries, one block each. None at all? Write `{empty}`.",
                entity.many,
                empty=f"{name}: []",
            )
        )
        yield f"{name}:"
        yield f"  - id: {blank_id(name)}"
        indent = "    "
    else:
        yield f"{name}:"
    folded: list[str] = []
    for short, fact in entity.facts.items():
        if not is_offered(fact, on):
            continue
        if getattr(fact, "from_", None) is not None:
            folded.append(short)
        else:
            yield from (f"{indent}{line}".rstrip() for line in _fact(f"{name}.{short}", fact, criteria, sentences, on))
    if folded:
        known = ", ".join(folded)
        text = _("Not asked, the tables of the set know it: {facts}", facts=known)
        yield from (f"{indent}{line}" for line in _comment(text))


def _fact(name: str, fact: AnyFact, criteria: Criteria, sentences: Sentences, on: date | None) -> Iterator[str]:
    yield ""
    yield from _comment(criteria.title_of(name))
    if fact.help:
        yield from _comment(fact.help)
    ask_when = getattr(fact, "ask_when", None)
    if ask_when is not None:
        yield from _comment(_("Only if {condition}.", condition=sentences.of(ask_when)))
    match fact:
        case ChoiceFact() | ChoicesFact():
            if isinstance(fact, ChoicesFact):
                yield from _comment(_("Any number of these, for example [ … ]; none of them: []"))
            for option, text in offered(fact, on).items():
                yield from _comment(f"  {option}: {text}")
        case IntegerFact(range=(lowest, highest)):
            yield from _comment(_("A whole number from {lowest} to {highest}", lowest=lowest, highest=highest))
        case DateFact():
            yield from _comment(_("A date like {example}", example="2026-01-31"))
        case RowFact(of=table):
            example = next(iter(criteria.tables[table].rows))
            title = inside(criteria.tables[table].title)
            yield from _comment(_("A code of the table of {table}, like {example}", table=title, example=example))
        case TextFact(belongs_to=str() as owners):
            yield from _comment(_("The `id` of an entry of `{list}`, for the file only", list=owners))
        case TextFact():
            yield from _comment(_('Text, for the file only; what looks like a number, such as "9E001", in quotes'))
        case _:
            yield from _comment(_("{true} or {false}", true="true", false="false"))
    if getattr(fact, "used_for", None) == "record":
        yield from _comment(_("For the file only, no rule reads it"))
    if fact.evidence:
        yield from _comment(_("What would prove it: {evidence}", evidence=fact.evidence))
    if fact.asked_of:
        yield from _comment(_("Answered by: {who}", who=criteria.head.asked_of[fact.asked_of]))
    yield f"{name.partition('.')[2]}: {UNKNOWN}"


def _comment(text: str) -> Iterator[str]:
    lead = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(
        text.lstrip(),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=f"{lead}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    return (f"# {line}" for line in lines)
