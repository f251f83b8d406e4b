"""A single claim: the case, or the pair of cases, that shows it, told as its differences from the base case."""

from collections.abc import Iterator, Sequence
from typing import Any

from risk_engine.language import _, ngettext
from risk_engine.model.proof import Claim, Example
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Run, Table, mark, say, strong
from risk_engine.report.proofs.words import Words, status_word
from risk_engine.report.wording import coded, day


def claim_group(claim: Claim, words: Words) -> Group:
    """Return a claim that does not hold, with the cases that show it."""
    subject = words.subject(claim)
    title = (*coded(claim.statement), *(say(f" ({subject})") if subject else ()))
    rows = [Field(_("Why"), (coded(claim.reason),))] if claim.reason else []
    if claim.on is not None:
        rows.append(Field(_("Asked on another day, on which it is in force"), (say(day(claim.on)),)))
    blocks: list[Block] = [Fields(tuple(rows))] if rows else []
    blocks.append(_table(claim.examples, words))
    blocks.append(Fields(tuple(_outcome(claim, words))))
    return Group(tuple(Run(one.text, "strong") if one.style == "plain" else one for one in title), tuple(blocks))


def _table(examples: Sequence[Example], words: Words) -> Table:
    """Return where cases differ from the base case; of a pair, where the second differs stands out."""
    told = [words.differences(one) for one in examples]
    rows: list[tuple[Line, ...]] = []
    for path in dict.fromkeys(path for one in told for path in one):
        base = words.base_value(path)
        cells = [_cell(path, one, base, words) for one in told]
        first = cells[0]
        marked = [say(strong(cell) if number and cell != first else cell) for number, cell in enumerate(cells)]
        there = words.value(path, base) if words.has_entry(path) else _("no such entry")
        rows.append((words.fact(path), say(there), *marked))
    for control in dict.fromkeys(control for one in examples for control in one.in_place):
        title = words.criteria.controls[control].title
        cells = [_("in place") if control in one.in_place else _("not in place") for one in examples]
        marked = [say(strong(cell) if number and cell != cells[0] else cell) for number, cell in enumerate(cells)]
        rows.append((say(f"{title} ", Run(control, "code")), say(_("not in place")), *marked))
    if not rows:
        rows.append((say(_("Nothing: it is the base case itself")), *(say("–") for _one in (0, *examples))))
    if len(examples) == 1:
        return Table(
            _("The case, by what differs from the base case"),
            (_("Question"), _("Base case"), _("Here")),
            tuple(rows),
            (50, 25, 25),
        )
    head = (_("Question"), _("Base case"), _("First case"), _("Second case"))
    return Table(_("The two cases, by what differs from the base case"), head, tuple(rows), (40, 20, 20, 20))


def _cell(path: str, told: dict[str, Any], base: Any, words: Words) -> str:
    if path in told:
        return words.value(path, told[path])
    parent = ".".join(path.split(".")[:2])
    if path != parent and not words.has_entry(path) and parent not in told:
        return _("no such entry")
    return words.value(path, base)


def _outcome(claim: Claim, words: Words) -> Iterator[Field]:
    """Yield what came of the cases, first what the claim is about."""
    examples = claim.examples
    if len(examples) > 1:
        pairs = zip(*(one.confirmed for one in examples), strict=True)
        moved = [(words.confirmed(one), words.confirmed(other)) for one, other in pairs if one != other]
        if moved:
            lines = [say(strong(label), f": {before} → {after}") for (label, before), (_same, after) in moved]
            yield Field(_("From the first to the second case"), tuple(lines))
    labels = (_("Result"),) if len(examples) == 1 else (_("Result of the first case"), _("Result of the second case"))
    for label, one in zip(labels, examples, strict=True):
        yield Field(label, (words.results(one), say(_("Findings: "), *words.findings(one))))
    if notes := tuple(_notes(examples)):
        yield Field(_("Please note"), notes)


def _notes(examples: Sequence[Example]) -> Iterator[Line]:
    names = dict.fromkeys(name for one in examples for name in one.contradicts)
    if names:
        yield say(
            mark(_("contradiction")), " ", _("Its answers contradict each other: {names}.", names=", ".join(names))
        )
    if not all(one.is_smallest for one in examples):
        yield say(mark(_("perhaps not the smallest")), " ", _("There may be a smaller case that shows the same."))


def claims_table(claims: Sequence[Claim], words: Words) -> Iterator[Block]:
    """Yield a table of claims, each with what became of it and the smallest case that shows it."""
    # The title of an indicator stands once, at its first claim.
    subjects = [None, *(one.subject for one in claims)]
    named = (one.subject != before for one, before in zip(claims, subjects, strict=False))
    rows = tuple(
        (_statement(one, words if is_first else None), _became(one), _shown(one, words))
        for one, is_first in zip(claims, named, strict=True)
    )
    caption = ngettext("{number} claim", "{number} claims", len(claims))
    head = (_("Claim"), _("Outcome"), _("Reason, or the smallest case: what differs from the base case"))
    yield Table(caption, head, rows, (38, 14, 48))


def _statement(claim: Claim, words: Words | None) -> Line:
    subject = words.subject(claim) if words else ""
    return (*coded(claim.statement), *say(f" ({subject})" if subject else ""))


def _became(claim: Claim) -> Line:
    word = status_word(claim.status)
    return say(word if claim.status == "proved" else mark(word))


def _shown(claim: Claim, words: Words) -> Line:
    parts: list[Line] = []
    if claim.on is not None:
        parts.append(say(_("on {day}", day=day(claim.on))))
    if claim.reason:
        parts.append(coded(claim.reason))
    elif claim.is_by_form:
        parts.append(say(_("follows from the form of the rules")))
    if len(claim.examples) == 1:
        parts.append(_case(claim.examples[0], words))
    elif claim.examples:
        parts.append(say(_("a pair of cases, shown above")))
    line: list[Run] = []
    for one in parts:
        line += [*say(" · " if line else ""), *one]
    return tuple(line)


def _case(example: Example, words: Words) -> Line:
    told = [f"{path}: {words.value(path, value)}" for path, value in words.differences(example).items()]
    told += [_("{control} in place", control=one) for one in example.in_place]
    line = say("; ".join(told) or _("the base case itself"))
    if not example.is_smallest:
        line = (*line, *say(" ", mark(_("perhaps not the smallest"))))
    if example.contradicts:
        line = (*line, *say(" ", mark(_("contradicts itself: {names}", names=", ".join(example.contradicts)))))
    return line
