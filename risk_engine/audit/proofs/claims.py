"""What can occur, whether each control option can help, and the promises of a set over all cases."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import assert_never

from risk_engine.audit.cases import breaks
from risk_engine.audit.proofs.ask import (
    Found,
    by_form,
    find,
    find_of_any_length,
    looked_at,
    never,
    occurs,
    otherwise,
    pair,
)
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked
from risk_engine.files.language import _, pgettext
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import entries
from risk_engine.model.criteria import AloneInvariant, Criteria, Option, ResultInvariant, SameInvariant
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.ladders import Ladder, Rule
from risk_engine.model.proof import Claim
from risk_engine.model.references import Reads, conditions_on_the_way, facts_of_rules, reached_by, reads_of
from risk_engine.model.words import CAP_WITHOUT_POLICY, SEVERITIES, Severity
from risk_engine.solver.blanks import Blank, is_stated
from risk_engine.solver.confirm import FINDING, LADDER, SolverMismatchError, Watch, terms
from risk_engine.solver.findings import Finding, after
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import Pair, Term, both, either, every, falls, is_at, negated, same, some
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
    for severity, truth in found.severities:
        verdict, shown = find(space, [Watch("finding", name, "severity")], *_has(found, severity))
        word = pgettext("severity", severity)
        statement = _("{indicator} can be present as “{severity}”", indicator=name, severity=word)
        why = _never_reached(space, found, severity, truth) if verdict == "impossible" else ""
        yield occurs("occur", name, statement, verdict, shown, why)


def _has(found: Finding, severity: Severity) -> list[Term]:
    return [is_at(found.inherent, SEVERITIES.index(severity))]


def _never_reached(space: Space, found: Finding, severity: Severity, truth: Pair) -> str:
    """Return why an indicator never has a severity: what makes its condition false, or what stands above it."""
    if space.check(truth.must)[0] == "impossible":
        return _("Its condition holds in no case")
    if found.is_capped and SEVERITIES.index(severity) > SEVERITIES.index(CAP_WITHOUT_POLICY):
        word = pgettext("severity", CAP_WITHOUT_POLICY)
        return _("The profile switches its knock-out off, so it is at most “{severity}”", severity=word)
    above = [(one, other) for one, other in found.severities if SEVERITIES.index(one) > SEVERITIES.index(severity)]
    for one, other in above:
        if space.check(truth.must, negated(other.must))[0] == "impossible":
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


ABOVE_LOW = SEVERITIES.index("low") + 1
"""What is low already need not be lowered."""


def options_of_indicator(name: str, space: Space) -> Iterator[Claim]:
    """Yield the claims about the control options of one indicator, in a space of its own."""
    found = space.reading.finding(name)
    watched = [Watch("finding", name, "severity"), Watch("finding", name, "residual")]
    yield _reducible(name, space, found)
    for number, option in enumerate(found.indicator.controls):
        statement = _("{indicator}: {option} can help", indicator=name, option=_called(number, option))
        verdict, shown = find(space, watched, *_helps(found, number), *_only(space, option))
        yield occurs("options", name, statement, verdict, shown, _("It lowers nothing and cures nothing in any case"))
        for other, shorter in enumerate(found.indicator.controls):
            if _is_shorter(space.reading.criteria, option, shorter):
                statement = _(
                    "{indicator}: {option} can help more than {shorter}",
                    indicator=name,
                    option=_called(number, option),
                    shorter=_called(other, shorter),
                )
                verdict, shown = find(space, watched, *_helps_more(found, number, other), *_only(space, option))
                why = _("What it asks for beyond that gives nothing in any case")
                yield occurs("options", name, statement, verdict, shown, why)


def _reducible(name: str, space: Space, found: Finding) -> Claim:
    """Return whether there is always an option that lowers a finding above low, or cures what bars it.

    Where no option counts at all, it is enough that the set says so.
    """
    statement = _(
        "{indicator} can always be lowered, or its knock-out cured, by an option, or the set says that it cannot",
        indicator=name,
    )
    options = range(len(found.indicator.controls))
    said = found.indicator.irreducible
    if said is not None and not options:
        return by_form(never("options", name, statement, "impossible", (), why=said))
    barred = some(truth.must for _kind, truth in found.bars)
    needed = both(found.present, either(found.inherent[ABOVE_LOW], barred))
    # Of an open finding the answers that are missing say which severity is to be lowered.
    settled = [same(low, high) for low, high in zip(found.inherent, found.possible, strict=True)]
    settled += [same(truth.must, truth.may) for truth in (*found.counts, *(truth for _kind, truth in found.bars))]
    # Where nothing counts the report says what the set has to say of that, and nothing else.
    unsaid = True if said is None else some(truth.must for truth in found.counts)
    helpless = [negated(both(*_helps(found, number))) for number in options]
    watched = [Watch("finding", name, "severity"), Watch("finding", name, "knock_out")]
    goal = (needed, unsaid, *settled, *helpless, *_none(space))
    verdict, got = find(space, watched, *goal, against=partial(_helpless_as, name))
    if got is not None and _helping(name, got[1]):
        raise SolverMismatchError(f"{name}: {_helping(name, got[1])} helps in {got[1].case.model_dump(mode='json')}")
    why = _("No option that counts there helps") if verdict == "possible" else said or ""
    return never("options", name, statement, verdict, () if got is None else got[:1], why=why)


def _helping(name: str, got: Worked) -> list[str]:
    """Return the options of an indicator that help in a case, as the engine says."""
    finding = next(one for one in got.found if one.id == name)
    is_barred = finding.knock_out[0] != "none"
    return [
        _called(number, one.option)
        for number, one in enumerate(finding.options)
        if one.counts and (is_barred or one.residual != finding.possible)
    ]


def _helpless_as(name: str, got: Worked) -> tuple[object, ...]:
    """Return as what an indicator is found that no option helps with."""
    finding = next(one for one in got.found if one.id == name)
    return finding.inherent, finding.possible, finding.knock_out, _helping(name, got)


def _helps(found: Finding, number: int) -> list[Term]:
    """Return that an option counts, and lowers the severity or cures a knock-out once it is complete."""
    barred = some(truth.must for _kind, truth in found.bars)
    left = after(found.indicator.controls[number], found.inherent)
    return [found.present, found.counts[number].must, either(falls(found.inherent, left), barred)]


def _helps_more(found: Finding, number: int, other: int) -> list[Term]:
    """Return that an option helps where a shorter one does not count, or leaves more."""
    left, without = (after(found.indicator.controls[one], found.inherent) for one in (number, other))
    return [*_helps(found, number), either(negated(found.counts[other].may), falls(without, left))]


def _only(space: Space, option: Option) -> list[Term]:
    """Return that nothing but the controls of an option is in place, with evidence of every kind that it needs."""
    blanks = space.blanks
    shown = (blanks.kinds[name][kind] for name in option.all for kind in option.needs)
    return [every(term if name in option.all else negated(term) for name, term in blanks.controls.items()), *shown]


def _none(space: Space) -> list[Term]:
    return [negated(one) for one in space.blanks.controls.values()]


def _is_shorter(criteria: Criteria, option: Option, other: Option) -> bool:
    """Return whether another option asks for less; a control that only supports is advisable anyway, so no more.

    What answers do asks for nothing, and is no shorter way to the same.
    """
    if not other.all:
        return False
    more = set(option.all) - set(other.all)
    return set(other.all) < set(option.all) and any(not criteria.controls[one].supporting for one in more)


def _called(number: int, option: Option) -> str:
    """Return the controls of an option; of one without any, its place among the options."""
    return " + ".join(option.all) or _("option {number}, by answers alone,", number=number + 1)


def of_results(lists: AnyLength) -> Iterator[Claim]:
    """Yield for each promise about results whether it holds in every case."""
    for name, promise in lists.few.reading.criteria.invariants.results.items():
        came = find_of_any_length(
            lists, _watched(lists.few, promise), partial(_broken, promise), partial(_breaks, promise)
        )
        yield _claim(lists.few, name, promise, came, looked_at(lists))


def alone(name: str, space: Space) -> Claim:
    """Return whether a promise about the base case holds whatever is answered to its facts; in a space of its own."""
    promise = space.reading.criteria.invariants.alone[name]
    space.reading.facts.whole()
    goal = [*_broken(promise, space), *_unchanged(space, frozenset(promise.change))]
    came = find(space, _watched(space, promise), *goal, against=partial(_breaks, promise))
    return _claim(space, name, promise, came)


def _unchanged(space: Space, free: frozenset[str]) -> Iterator[Term]:
    """Yield that a case is the base case but for some facts."""
    for entity, (listed, present) in space.blanks.lists.items():
        there = entries(space.base, entity)
        yield listed if there is not None else negated(listed)
        for place, one in enumerate(present):
            yield one if place < len(there or ()) else negated(one)
    for blank, stated in space.blanks.touched.items():
        if blank.name not in free:
            of_base = _of_base(space, blank)
            domain = space.blanks.domains[blank.name]
            yield stated.answer.unknown if of_base is None else is_stated(stated.answer, of_base, domain)
    yield from (negated(one) for one in space.blanks.controls.values())


def _of_base(space: Space, blank: Blank) -> object:
    if space.blanks.entities[blank.entity].many is not None:
        listed = entries(space.base, blank.entity) or ()
        if blank.place >= len(listed):
            return None
    return space.blanks.base_answer(blank)


def _broken(promise: ResultInvariant | AloneInvariant, space: Space) -> list[Term]:
    return [space.reading.breaks(promise)]


def _claim(
    space: Space,
    name: str,
    promise: ResultInvariant | AloneInvariant,
    came: tuple[Verdict, Found | None],
    looked: str = "",
) -> Claim:
    verdict, found = came
    if found is not None and not _breaks(promise, found[1]):
        raise SolverMismatchError(f"{name}: the engine keeps this promise in {found[0].given}")
    shown = () if found is None else found[:1]
    words = criteria_in_words(space.reading.criteria).invariants
    title = (words.alone[name] if isinstance(promise, AloneInvariant) else words.results[name]).title
    return never("promises", name, title, verdict, shown, looked=looked)


def _breaks(promise: ResultInvariant | AloneInvariant, came: Worked) -> bool:
    return breaks(promise, with_levels(came.results, came.proposed, came.criteria))


def _watched(space: Space, promise: ResultInvariant | AloneInvariant) -> list[Watch]:
    """Return the ladders, findings and dimensions that a promise reads."""
    criteria = space.reading.criteria
    reads = reads_of(criteria, promise.whenever, promise.then)
    read = {fact.partition(".")[0] for fact in reads.facts}
    found = [Watch("ladder", one, what) for one in criteria.ladders for what in LADDER if "ladder" in read]
    if "finding" in read:
        found += [Watch("finding", one, what) for one in space.reading.in_force for what in FINDING]
    if "dimension" in read:
        found += [Watch("dimension", one, "residual_band") for one in criteria.head.dimensions]
    return found


def alike_by_form(name: str, criteria: Criteria) -> Claim | None:
    """Return that no rule can tell apart two cases that differ in these facts; None where some rule reads them."""
    promise = criteria.invariants.same[name]
    if _differing(promise, criteria) & reads_of(criteria, *conditions_on_the_way(criteria)).facts:
        return None
    why = _("No rule reads them")
    if promise.differ_in == "rows":
        why = _("No rule reads a row, only what the tables say of it")
    return by_form(never("promises", name, _title(name, criteria), "impossible", (), why=why))


def alike(name: str, spaces: Iterable[tuple[str, Space]], criteria: Criteria) -> Claim:
    """Return whether two cases that differ in these facts alone get the same results: the same findings.

    `spaces` holds for each indicator one of its own, all of it asked for. Ladders read findings and nothing else.
    """
    facts = criteria.invariants.same[name].differ_in
    assert not isinstance(facts, str)  # noqa: S101 (what those words mean follows from the form)
    given_up: Verdict = "impossible"
    for indicator, space in spaces:
        step = otherwise(space, frozenset(facts))
        if step is None:
            continue
        watched = [Watch("finding", indicator, what) for what in FINDING]
        ends = [end for one in watched for end in terms(one, space.reading)]
        differ = some(negated(same(level, step.vary(level))) for end in ends for level in end)
        verdict, shown = pair(space, step, watched, differ)
        if verdict == "possible":
            why = _("{indicator} tells them apart", indicator=indicator)
            return never("promises", name, _title(name, criteria), verdict, shown, why=why)
        given_up = verdict if verdict == "undecided" else given_up
    return never("promises", name, _title(name, criteria), given_up, ())


def _title(name: str, criteria: Criteria) -> str:
    return criteria_in_words(criteria).invariants.same[name].title


def _differing(promise: SameInvariant, criteria: Criteria) -> frozenset[str]:
    """Return the facts in which two cases of a promise may differ, with those that tables give by rows among them."""
    kinds: dict[str, type] = {"text": TextFact, "rows": RowFact}
    match promise.differ_in:
        case "text" | "rows" as kind:
            return frozenset(name for name, fact in criteria.every_fact() if isinstance(fact, kinds[kind]))
        case tuple() as facts:
            return reached_by(criteria, Reads(facts=frozenset(facts))).facts
        case _:
            assert_never(promise.differ_in)


def directions(criteria: Criteria) -> Iterator[Claim]:
    """Yield for each fact that rules read and that has no direction whether the set gives a reason."""
    reasons = criteria_in_words(criteria).invariants.undirected
    for name in sorted(facts_of_rules(criteria)):
        fact = criteria.fact(name)
        if isinstance(fact, RowFact | TextFact) or fact.riskier is not None:
            continue
        given = reasons.get(name)
        statement = _("Of `{fact}`, which rules read, the set says which answer is riskier, or why none is", fact=name)
        if given is None:
            why = _("The set gives no reason; add it to `undirected` in invariants.yaml")
            yield by_form(never("directions", name, statement, "possible", (), why=why))
        else:
            yield by_form(never("directions", name, statement, "impossible", (), why=given.because))
