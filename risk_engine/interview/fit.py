"""Answers that do not go together, as the set says of them: told as soon as the one is given that breaks a promise."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from risk_engine.engine.explainer import Explainer
from risk_engine.engine.facts import Read
from risk_engine.engine.problems import broken
from risk_engine.interview import wording
from risk_engine.interview.record import Record
from risk_engine.interview.session import Step
from risk_engine.language import _

MOST_SHOWN = 6
"""So many of the answers are shown: who leads, of twenty partners, is not read on a terminal."""

Unfit: TypeAlias = Mapping[str, tuple[Read, ...]]
"""The names of the promises that a case breaks, with the answers that do so."""


def unfit(record: Record) -> Unfit:
    """Return what does not go together in a case."""
    return dict(broken(record.worked.facts, record.criteria))


def newly_unfit(before: Unfit, after: Unfit, step: Step | None) -> Unfit:
    """Return what to tell after an answer: what did not go together before is told again only if it takes part."""
    given = None if step is None else step.read
    return {
        name: reads for name, reads in after.items() if name not in before or (given in reads and before[name] != reads)
    }


def told(found: Unfit, step: Step | None, record: Record) -> Iterator[str]:
    """Yield a line for each promise that is broken, and one for each answer that breaks it, the one just given last."""
    given = None if step is None else step.read
    for name, reads in found.items():
        yield _("These answers do not go together: {title}.", title=record.criteria.invariants.facts[name].title)
        ordered = sorted(reads, key=lambda one: one == given)
        if len(ordered) > MOST_SHOWN:
            yield "  …"
        for read in ordered[-MOST_SHOWN:]:
            yield f"  {_answer(read, record)}"
    if found:
        yield _("They stand in the file as you gave them: `b` goes back to change one; else the result names them.")


def _answer(read: Read, record: Record) -> str:
    explainer = Explainer(record.case, record.worked.facts, record.criteria)
    about, shown = wording.head(Step("fact", read), record), explainer.shown(read, explainer.value(read))
    return f"{about}: {shown}" if read.fact is None else f"{about}: {explainer.question(read)} – {shown}"
