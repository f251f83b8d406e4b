"""What can occur: every indicator at every severity, every level of every ladder, every rule as what decides."""

from collections.abc import Iterator
from functools import partial

from risk_engine.audit.proofs.ask import find, find_of_any_length, looked_at, occurs
from risk_engine.language import _, pgettext
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.ladders import Ladder, Rule
from risk_engine.model.proof import Claim
from risk_engine.model.words import CAP_WITHOUT_POLICY, SEVERITIES, Severity
from risk_engine.solver.confirm import Watch
from risk_engine.solver.findings import Finding
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Pair, Term, both, is_at, negated
from risk_engine.solver.unbounded import AnyLength


def of_indicator(name: str, space: Space) -> Iterator[Claim]:
    """Yield whether an indicator can be present at each of its severities, with each of its knock-outs.

    `space` is one of its own, on a day on which it is in force. A knock-out that the profile switches off is none.
    """
    yield from _severities(name, space)
    yield from _knock_outs(name, space)


def never_in_force(name: str) -> Claim:
    """Return that an indicator is in force on no day of its version."""
    statement = _("{indicator} can be present", indicator=name)
    return occurs("occur", name, statement, "impossible", None, _("It is in force on no day of this version"))


def _severities(name: str, space: Space) -> Iterator[Claim]:
    found = space.reading.finding(name)
    for severity, pair in found.severities:
        verdict, shown = find(space, [Watch("finding", name, "severity")], *_is(found, severity))
        word = pgettext("severity", severity)
        statement = _("{indicator} can be present as “{severity}”", indicator=name, severity=word)
        why = _never_reached(space, found, severity, pair) if verdict == "impossible" else ""
        yield occurs("occur", name, statement, verdict, shown, why)


def _is(found: Finding, severity: Severity) -> list[Term]:
    return [is_at(found.inherent, SEVERITIES.index(severity))]


def _never_reached(space: Space, found: Finding, severity: Severity, pair: Pair) -> str:
    """Return why an indicator never has a severity: what makes its condition false, or what stands above it."""
    if space.check(pair.must)[0] == "impossible":
        return _("Its condition holds in no case")
    if found.is_capped and SEVERITIES.index(severity) > SEVERITIES.index(CAP_WITHOUT_POLICY):
        word = pgettext("severity", CAP_WITHOUT_POLICY)
        return _("The profile switches its knock-out off, so it is at most “{severity}”", severity=word)
    above = [(one, other) for one, other in found.severities if SEVERITIES.index(one) > SEVERITIES.index(severity)]
    for one, other in above:
        if space.check(pair.must, negated(other.must))[0] == "impossible":
            word = pgettext("severity", one)
            return _("Wherever its condition holds, that of “{severity}” holds too", severity=word)
    return _("Wherever its condition holds, that of a higher severity holds too")


def _knock_outs(name: str, space: Space) -> Iterator[Claim]:
    found = space.reading.finding(name)
    uncured = [negated(both(there, counts.may)) for there, counts in zip(found.complete, found.counts, strict=True)]
    for kind, bar in found.bars:
        verdict, shown = find(space, [Watch("finding", name, "knock_out")], found.present, bar.must, *uncured)
        word = pgettext("knock-out", kind)
        statement = _("{indicator} can be a knock-out of the kind “{kind}”", indicator=name, kind=word)
        why = ""
        if verdict == "impossible":
            why = _("Its condition holds in no case in which the finding is present")
            if space.check(bar.must)[0] == "impossible":
                why = _("Its condition holds in no case")
        yield occurs("occur", name, statement, verdict, shown, why)


def of_ladder(name: str, lists: AnyLength) -> Iterator[Claim]:
    """Yield of a ladder whether each level can be proposed, and each rule, and what holds otherwise, can decide."""
    criteria = lists.few.reading.criteria
    ladder, told = criteria.ladders[name], criteria_in_words(criteria).ladders[name]
    watched = [Watch("ladder", name, "rule"), Watch("ladder", name, "level")]
    for place, level in enumerate(ladder.levels):
        verdict, shown = find_of_any_length(lists, watched[1:], partial(_proposed, name, place))
        statement = _("{ladder}: “{level}” can be proposed", ladder=told.title, level=told.levels[level].title)
        why = _why_no_level(ladder, level)
        yield occurs("occur", name, statement, verdict, shown, why, looked=looked_at(lists))
    for number, rule in enumerate(ladder.rules):
        verdict, shown = find_of_any_length(lists, watched, partial(_decides, name, number))
        level = told.levels[rule.level].title
        statement = _(
            "{ladder}: rule {number} (“{level}”) can decide", ladder=told.title, number=number + 1, level=level
        )
        why = _why_dead(lists, rule) if verdict == "impossible" else ""
        yield occurs("occur", name, statement, verdict, shown, why, looked=looked_at(lists))
    verdict, shown = find_of_any_length(
        lists, watched, lambda space: [negated(one) for one in space.reading.ladder(name).decides]
    )
    level = told.levels[ladder.otherwise.level].title
    statement = _("{ladder}: “{level}” can be what holds otherwise", ladder=told.title, level=level)
    why = _("In every case some rule decides")
    yield occurs("occur", name, statement, verdict, shown, why, looked=looked_at(lists))


def _proposed(name: str, place: int, space: Space) -> list[Term]:
    return [is_at(space.reading.ladder(name).level, place)]


def _decides(name: str, number: int, space: Space) -> list[Term]:
    return [space.reading.ladder(name).decides[number]]


def _why_no_level(ladder: Ladder, level: str) -> str:
    if level not in {*(one.level for one in ladder.rules), ladder.otherwise.level}:
        return _("No rule proposes it")
    return _("No rule that proposes it can decide")


def _why_dead(lists: AnyLength, rule: Rule) -> str:
    def holds(space: Space) -> Term:
        truth = space.reading.holds(rule.when)
        return truth.may if rule.provisional else truth.must

    if lists.is_impossible(lambda space: [[holds(space)]]):
        return _("Its condition holds in no case")
    return _("Wherever it holds, a rule above it decides")
