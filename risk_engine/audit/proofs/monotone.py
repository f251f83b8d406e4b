"""Steps that must not make a case milder: a riskier answer, a missing answer against a given one, a control in place.

A riskier answer is compared by the most that a result may be: with every answer given that is the result itself. The
least may well fall, since it is what is certain: one answer can make a rule depend on another one that is missing.

One question for each indicator and fact; where an indicator gives way to others of its family, one for the family; and
only where findings can fall after all, one for the whole of a ladder (design, section 6).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import z3

from risk_engine.audit.proofs.ask import never, undecided
from risk_engine.audit.proofs.example import as_it_is, example, replay
from risk_engine.audit.proofs.form import rises_with_findings
from risk_engine.audit.proofs.space import Space, Verdict
from risk_engine.audit.proofs.steps import Step, answered, falls, put_in_place, riskier
from risk_engine.audit.proofs.watch import FINDING, Watch, What, terms
from risk_engine.backends.symbolic.terms import Order, Term, either, some
from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.proof import Claim, Example


@dataclass
class Unsettled:
    """Steps under which a finding can fall, or of which that is not decided, by what changes."""

    indicators: dict[str, set[str]] = field(default_factory=dict)

    def note(self, fact: str, indicator: str) -> None:
        """Note that an indicator can fall with a change of this fact."""
        self.indicators.setdefault(fact, set()).add(indicator)

    def add(self, other: "Unsettled") -> None:
        """Note all that another one noted."""
        for fact, names in other.indicators.items():
            self.indicators.setdefault(fact, set()).update(names)


def of_indicator(
    name: str, space: Space, unsettled: Unsettled, family: Callable[[str], Space | None]
) -> Iterator[Claim]:
    """Yield the claims about steps of one indicator, in a space of its own; note under which steps it can fall."""
    space.reading.finding(name)
    yield _riskier(name, space, unsettled, family)
    yield _answered(name, space)
    if space.reading.criteria.indicators[name].controls:
        yield _controls(name, space, unsettled)


def _ends(name: str, space: Space, step: Step) -> dict[What, list[tuple[Order, Order]]]:
    """Return what ladders see of a finding, before and after a step, each end."""
    found: dict[What, list[tuple[Order, Order]]] = {}
    for what in FINDING:
        before = terms(Watch("finding", name, what), space.reading)
        found[what] = [(one, tuple(map(step.vary, one))) for one in before]
    return found


def _watched(names: Sequence[str]) -> list[Watch]:
    return [Watch("finding", name, what) for name in names for what in FINDING]


def _riskier(name: str, space: Space, unsettled: Unsettled, family: Callable[[str], Space | None]) -> Claim:
    shown: list[Example] = []
    verdict: Verdict = "impossible"
    gives_way = False
    why = ""
    for step in riskier(space, space.reading):
        ends = _ends(name, space, step)
        any_falls = [falls(*most) for _least, most in ends.values()]
        settled, _model = space.check(*step.goal(space, either(*any_falls)))
        if settled == "impossible":
            continue
        unsettled.note(step.fact, name)
        found, model = space.smallest(*step.goal(space, falls(*ends["severity"][1])))
        if found == "impossible":
            continue
        together = family(name)
        if together is not None:
            found, pair = _family_falls(name, together, step.fact)
            if found == "impossible":
                gives_way = True
                continue
        else:
            pair = _pair(space, step, model, _watched([name])) if model is not None else ()
        verdict, why = found, _("with a riskier answer to `{fact}` it falls", fact=step.fact)
        shown = list(pair)
        break
    note = _("it gives way to others of its family, whose highest never falls") if gives_way else ""
    statement = _("a riskier answer never lowers the severity of {indicator}", indicator=name)
    return never("monotone", name, statement, verdict, shown, why=why or note)


def _family_falls(name: str, space: Space, fact: str) -> tuple[Verdict, Sequence[Example]]:
    """Return whether the highest severity of a family can fall with a riskier answer to a fact."""
    criteria = space.reading.criteria
    members = next(several for several in criteria.head.families.values() if name in several)
    members = tuple(one for one in members if one in space.reading.in_force)
    most = [terms(Watch("finding", one, "severity"), space.reading)[1] for one in members]
    highest = tuple(some(level) for level in zip(*most, strict=True))
    for step in riskier(space, space.reading):
        if step.fact == fact:
            found, model = space.smallest(*step.goal(space, falls(highest, tuple(map(step.vary, highest)))))
            return found, _pair(space, step, model, _watched(members)) if model is not None else ()
    return "impossible", ()


def _answered(name: str, space: Space) -> Claim:
    statement = _("a missing answer never makes {indicator} milder at most than an answer would", indicator=name)
    for step in answered(space, space.reading):
        outside: list[Term] = []
        for low, high in _ends(name, space, step).values():
            outside += [falls(*low), falls(high[1], high[0])]
        found, model = space.smallest(*step.goal(space, either(*outside)))
        if found != "impossible":
            shown = _pair(space, step, model, _watched([name])) if model is not None else ()
            why = _("an answer to `{fact}` takes it out of its bounds", fact=step.fact)
            return never("missing", name, statement, found, shown, why=undecided(found) or why)
    return never("missing", name, statement, "impossible", ())


def _controls(name: str, space: Space, unsettled: Unsettled) -> Claim:
    statement = _("a control in place never raises {indicator}", indicator=name)
    for step in put_in_place(space):
        raised = [falls(after, before) for several in _ends(name, space, step).values() for before, after in several]
        found, model = space.smallest(*step.goal(space, either(*raised)))
        if found != "impossible":
            unsettled.note(step.fact, name)
            shown = _pair(space, step, model, _watched([name])) if model is not None else ()
            why = _("with {control} in place it rises", control=step.fact)
            return never("controls", name, statement, found, shown, why=undecided(found) or why)
    return never("controls", name, statement, "impossible", ())


def of_ladders(space: Space, unsettled: Unsettled, names: Sequence[str]) -> Iterator[Claim]:
    """Yield for each ladder whether a riskier answer never lowers it, and a control in place never raises it.

    Of a riskier answer the strict end of its range is compared, of a control both ends.
    """
    criteria = space.reading.criteria
    for name in names:
        is_rising = rises_with_findings(criteria.ladders[name], criteria)
        yield _ladder_never_falls(name, space, unsettled, is_rising=is_rising)
        yield _ladder_never_rises(name, space, unsettled, is_rising=is_rising)


def _ladder_never_falls(name: str, space: Space, unsettled: Unsettled, *, is_rising: bool) -> Claim:
    statement = _("a riskier answer never lowers {ladder}", ladder=name)
    _least, most = terms(Watch("ladder", name, "range"), space.reading)
    asked = 0
    for step in riskier(space, space.reading):
        if is_rising and step.fact not in unsettled.indicators:
            continue
        asked += 1
        found, model = space.smallest(*step.goal(space, falls(most, tuple(map(step.vary, most)))))
        if found != "impossible":
            shown = _pair(space, step, model, [Watch("ladder", name, "range")]) if model is not None else ()
            why = _("with a riskier answer to `{fact}` it falls", fact=step.fact)
            return never("monotone", name, statement, found, shown, why=undecided(found) or why)
    if not asked:
        why = _("no finding falls, and every rule asks only whether something is at least so high")
        return _by_form(never("monotone", name, statement, "impossible", (), why=why))
    return never("monotone", name, statement, "impossible", ())


def _ladder_never_rises(name: str, space: Space, unsettled: Unsettled, *, is_rising: bool) -> Claim:
    statement = _("a control in place never raises {ladder}", ladder=name)
    controls = [one for one in unsettled.indicators if one in space.reading.criteria.controls]
    if is_rising and not controls:
        why = _("no finding rises, and every rule asks only whether something is at least so high")
        return _by_form(never("controls", name, statement, "impossible", (), why=why))
    ends = terms(Watch("ladder", name, "range"), space.reading)
    for step in put_in_place(space):
        goal = either(*(falls(tuple(map(step.vary, one)), one) for one in ends))
        found, model = space.smallest(*step.goal(space, goal))
        if found != "impossible":
            shown = _pair(space, step, model, [Watch("ladder", name, "range")]) if model is not None else ()
            why = _("with {control} in place it rises", control=step.fact)
            return never("controls", name, statement, found, shown, why=undecided(found) or why)
    return never("controls", name, statement, "impossible", ())


def claimed(criteria: CriteriaSet) -> list[str]:
    """Return the ladders that are claimed to be monotone: the headline and the gate."""
    roles = criteria.head.roles
    return [one for one in (roles.gate, roles.headline) if one is not None]


def _by_form(claim: Claim) -> Claim:
    return claim.model_copy(update={"is_by_form": True})


def _pair(space: Space, step: Step, model: z3.ModelRef, watched: Sequence[Watch]) -> tuple[Example, ...]:
    before = replay(space, space.reading, model, watched, as_it_is)
    after = replay(space, space.reading, model, watched, step.vary)
    return example(space, before), example(space, after)
