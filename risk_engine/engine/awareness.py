"""Facts and findings to the awareness rules that apply, or may apply because answers are missing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts, Read, Truth, to_ask
from risk_engine.engine.find import Found
from risk_engine.model.assessment import AwarenessOutcome
from risk_engine.model.criteria import CriteriaSet


def awareness(
    results: Facts, found: Sequence[Found], criteria: CriteriaSet, decided: Mapping[str, bool | None] | None = None
) -> tuple[AwarenessOutcome, ...]:
    """Return the awareness rules in force that apply, or may apply because answers are missing.

    `decided` says which apply, where that is known: then only what the others wait for is looked up.
    """
    outcomes: list[AwarenessOutcome] = []
    for name, rule in criteria.awareness.items():
        if not rule.effective.covers(results.on):
            continue
        known = None if decided is None else decided[name]
        truth = evaluate(rule.when, results) if decided is None or known is None else Truth(known)
        if truth.value is False:
            continue
        waits_for = () if truth.value else tuple(_missing(truth.reads, found, criteria))
        applies: Literal["yes", "may"] = "yes" if truth.value else "may"
        outcomes.append(AwarenessOutcome(id=name, applies=applies, depends_on=to_ask(waits_for, results)))
    return tuple(outcomes)


def _missing(reads: Sequence[Read], found: Sequence[Found], criteria: CriteriaSet) -> Iterator[Read]:
    """Yield the facts of the case that an unknown condition waits for, those of the findings that it reads included."""
    for read in reads:
        match read.entity:
            case "finding":
                yield from (fact for one in found if one.id == read.entry for fact in one.missing)
            case "dimension" if read.entry is not None:
                under = criteria.head.rated_under(read.entry)
                yield from (fact for one in found if one.indicator.dimension in under for fact in one.missing)
            case _:
                yield read
