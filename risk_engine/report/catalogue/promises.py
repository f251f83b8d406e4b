"""What a set promises as groups of blocks: what never stands together in one case, and what holds over all cases."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact
from risk_engine.model.invariants import AloneInvariant, FactInvariant, Invariants, ResultInvariant, SameInvariant
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Run, Table, say
from risk_engine.report.catalogue.speech import Speech, joined
from risk_engine.report.wording import fill

Invariant: TypeAlias = FactInvariant | ResultInvariant | AloneInvariant | SameInvariant


def invariants_of(criteria: CriteriaSet) -> dict[str, Invariant]:
    """Return the promises of a set by name."""
    told = criteria.invariants
    return {**told.facts, **told.results, **told.alone, **told.same}


def invariant(name: str, record: Invariant, speech: Speech) -> Group:
    """Return one promise: what never stands together in the answers of a case, or in a result."""
    rows = (Field(_("About"), (_about(record, speech),)), *_kept(record, speech))
    return Group(say(Run(name, "code"), f" {record.title}"), (Fields(rows),), anchor=f"invariant-{name}")


def _about(record: Invariant, speech: Speech) -> Line:
    match record:
        case FactInvariant():
            return say(_("the answers of a case"))
        case ResultInvariant():
            return say(_("every result"))
        case AloneInvariant(change=facts):
            told = _("the harmless case that tests start from, with any answers to {facts} and all else unchanged")
            return fill(told, facts=_names(facts))
        case SameInvariant(differ_in="text"):
            return say(_("two cases that differ only in answers in free text"))
        case SameInvariant(differ_in="rows"):
            told = _("two cases that differ only in {facts}, where the tables say the same")
            return fill(told, facts=_names(_row_facts(speech.criteria)))
        case SameInvariant(differ_in=facts):
            return fill(_("two cases that differ only in {facts}"), facts=_names(facts))
        case _:
            assert_never(record)


def _kept(record: Invariant, speech: Speech) -> Iterator[Field]:
    if isinstance(record, SameInvariant):
        yield Field(_("Kept, if"), (say(_("their results are the same")),))
        return
    if record.whenever != "always":
        yield speech.if_field(_("Applies"), record.whenever)
    yield speech.if_field(_("Kept"), record.then)


def _row_facts(criteria: CriteriaSet) -> Iterator[str]:
    for name, entity in criteria.entities.items():
        yield from (f"{name}.{short}" for short, fact in entity.facts.items() if isinstance(fact, RowFact))


def _names(facts: Iterable[str]) -> Line:
    return joined(((Run(one, "code", ref=f"fact-{one}"),) for one in facts), ", ")


def undirected(invariants: Invariants, speech: Speech) -> tuple[Block, ...]:
    """Return the questions that rules read and of which no answer is riskier by itself, each with the reason."""
    rows = tuple(
        (_names([name]), say(speech.criteria.fact(name).question or speech.column_title(name)), say(one.because))
        for name, one in invariants.undirected.items()
    )
    if not rows:
        return ()
    return (Table(_("Why no answer is riskier by itself"), (_("Fact"), _("Question"), _("Reason")), rows),)
