"""What can occur: every indicator at every severity, every level of every ladder, every rule as what decides."""

from collections.abc import Iterator

from risk_engine.audit.proofs.ask import find, occurs
from risk_engine.audit.proofs.space import Space
from risk_engine.audit.proofs.watch import Watch
from risk_engine.backends.symbolic.conditions import read
from risk_engine.backends.symbolic.findings import Finding
from risk_engine.backends.symbolic.terms import Term, both, is_at, negated
from risk_engine.language import _
from risk_engine.model.criteria import knock_out_conditions
from risk_engine.model.proof import Claim
from risk_engine.model.words import SEVERITIES


def of_indicator(name: str, space: Space) -> Iterator[Claim]:
    """Yield whether an indicator can be present at each of its severities, with each of its knock-outs.

    `space` is one of its own, on a day on which it is in force.
    """
    yield from _severities(name, space)
    yield from _knock_outs(name, space)


def never_in_force(name: str) -> Claim:
    """Return that an indicator is in force on no day."""
    statement = _("{indicator} can be present", indicator=name)
    return occurs("occur", name, statement, "impossible", None, _("it is in force on no day"))


def _severities(name: str, space: Space) -> Iterator[Claim]:
    found = space.reading.finding(name)
    for severity, pair in found.severities:
        place = SEVERITIES.index(severity)
        verdict, shown = find(space, [Watch("finding", name, "severity")], is_at(found.inherent, place))
        statement = _("{indicator} can be present as {severity}", indicator=name, severity=severity)
        why = _never_reached(space, found, place, pair.must) if verdict == "impossible" else ""
        yield occurs("occur", name, statement, verdict, shown, why)


def _never_reached(space: Space, found: Finding, place: int, condition: Term) -> str:
    verdict, _model = space.check(condition)
    if verdict == "impossible":
        return _("its condition holds in no case")
    higher = [severity for severity, _pair in found.severities if SEVERITIES.index(severity) > place]
    above = next((one for one in higher if _implies(space, condition, found, one)), None)
    if above is not None:
        return _("wherever its condition holds, that of `{severity}` holds too", severity=above)
    return _("wherever its condition holds, that of a higher severity holds too")


def _implies(space: Space, condition: Term, found: Finding, severity: str) -> bool:
    other = dict(found.severities)[severity]  # type: ignore[index]
    return space.check(condition, negated(other.must))[0] == "impossible"


def _knock_outs(name: str, space: Space) -> Iterator[Claim]:
    found = space.reading.finding(name)
    for kind, condition in knock_out_conditions(found.indicator):
        bar = read(condition, space.reading.facts).must
        verdict, shown = find(space, [Watch("finding", name, "knock_out")], found.present, bar, *_uncured(found))
        statement = _("{indicator} can be a knock-out of the kind {kind}", indicator=name, kind=kind)
        yield occurs("occur", name, statement, verdict, shown, _("it holds in no case in which it is present"))


def _uncured(found: Finding) -> list[Term]:
    return [negated(both(there, counts.may)) for there, counts in zip(found.complete, found.counts, strict=True)]


def ladders(space: Space) -> Iterator[Claim]:
    """Yield for each ladder whether each level can be proposed, and each rule can be the one that decides."""
    for name, ladder in space.reading.criteria.ladders.items():
        terms = space.reading.ladder(name)
        for place, level in enumerate(ladder.levels):
            verdict, shown = find(space, [Watch("ladder", name, "level")], is_at(terms.level, place))
            statement = _("{ladder}: {level} can be proposed", ladder=name, level=level)
            yield occurs("occur", name, statement, verdict, shown, _("no rule that proposes it can decide"))
        for number, rule in enumerate(ladder.rules):
            watched = [Watch("ladder", name, "rule"), Watch("ladder", name, "level")]
            verdict, shown = find(space, watched, terms.decides[number])
            statement = _(
                "{ladder}: rule {number} ({level}) can decide", ladder=name, number=number + 1, level=rule.level
            )
            why = _why_dead(space, name, number) if verdict == "impossible" else ""
            yield occurs("occur", name, statement, verdict, shown, why)


def _why_dead(space: Space, name: str, number: int) -> str:
    ladder = space.reading.criteria.ladders[name]
    rule = ladder.rules[number]
    truth = space.reading.holds(rule.when)
    if space.check(truth.may if rule.provisional else truth.must)[0] == "impossible":
        return _("its condition holds in no case")
    return _("wherever it holds, a rule above it decides")
