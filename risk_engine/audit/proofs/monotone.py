"""Steps that must not make a case milder: a riskier answer, a missing answer against a given one, a control in place.

A riskier answer is compared by the most that a result may be: with every answer given that is the result itself. The
least may well fall, since it is what is certain: one answer can make a rule depend on another one that is missing.

One question for each indicator and fact; where an indicator gives way to others of its family, one for the family; and
only where findings can fall after all, one for the whole of a ladder (design, section 6).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from risk_engine.audit.proofs.ask import (
    Step,
    answered,
    by_form,
    looked_at,
    never,
    pair,
    pair_of_any_length,
    put_in_place,
    riskier,
)
from risk_engine.engine.evaluate import holds
from risk_engine.files.language import _
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.conditions import Compare, Condition, ParameterRef, signed
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact
from risk_engine.model.ladders import Ladder, SeverityPoints
from risk_engine.model.proof import Claim, Example, What
from risk_engine.model.references import result_entities
from risk_engine.model.words import SEVERITIES
from risk_engine.solver.confirm import FINDING, LADDER, Watch, terms
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import Order, Term, either, falls, some
from risk_engine.solver.unbounded import AnyLength

_FIXED = frozenset({"finding.id", "finding.dimension", "finding.ground", "dimension.id"})
"""What is the same of a finding in every case."""
_RISING = frozenset(
    {"finding.outcome", "finding.inherent", "finding.residual", "finding.knock_out"}
    | {"dimension.inherent_band", "dimension.residual_band"}
)
"""What never falls where no finding falls."""


def rises_with_findings(ladder: Ladder, criteria: Criteria) -> bool:
    """Return whether neither end of a ladder's range ever falls where no finding falls.

    So it is where every rule that is not provisional only ever asks whether something is at least so high.
    """
    return rising_points(criteria.head.severity) and all(
        _rises(rule.when, criteria) for rule in ladder.rules if not rule.provisional
    )


def rising_points(points: SeverityPoints) -> bool:
    """Return whether a higher severity never counts less, so that a sum never falls where no severity does."""
    worth = [points.of(one) for one in SEVERITIES]
    return worth == sorted(worth)


def _rises(condition: Condition, criteria: Criteria) -> bool:
    return all(
        one.fact in _FIXED or (one.fact in _RISING and _is_closed(one, criteria, upward=upward))
        for one, upward in signed(condition, criteria.definitions)
    )


def _is_closed(leaf: Compare, criteria: Criteria, *, upward: bool) -> bool:
    """Return whether a comparison stays true upward (or downward) along the order of its values."""
    entity, _dot, short = leaf.fact.partition(".")
    fact = result_entities(criteria)[entity].facts[short]
    options: list[object] = list(fact.options) if isinstance(fact, ChoiceFact) else [False, True]
    if isinstance(leaf.operand, ParameterRef):
        return False  # what it names may be any options, from day to day
    ranks = {option: rank for rank, option in enumerate(options)}
    true = [one for one in options if holds(leaf.op, one, leaf.operand, ranks)]
    return true == (options[len(options) - len(true) :] if upward else options[: len(true)])


@dataclass
class Unsettled:
    """Steps under which a finding can fall (or rise, of a control), or of which that is not decided."""

    indicators: dict[str, set[str]] = field(default_factory=dict)
    """By what changes, a fact or a control: the indicators."""
    unbounded: set[str] = field(default_factory=set)
    """The indicators of which it is not proved that an answer keeps them within their bounds."""

    def note(self, changing: str, indicator: str) -> None:
        """Note that an indicator can fall, or rise, with a change of this."""
        self.indicators.setdefault(changing, set()).add(indicator)

    def add(self, other: "Unsettled") -> None:
        """Note all that another one noted."""
        for changing, names in other.indicators.items():
            self.indicators.setdefault(changing, set()).update(names)
        self.unbounded |= other.unbounded


@dataclass
class _Steps:
    """What came of one question after the other, one for each step."""

    refuted: list[str] = field(default_factory=list)
    """What changes in the steps that show it."""
    undecided: list[str] = field(default_factory=list)
    shown: tuple[Example, ...] = ()
    """The first pair that shows it."""

    def add(self, changing: str, verdict: Verdict, shown: tuple[Example, ...]) -> None:
        if verdict == "possible":
            self.refuted.append(changing)
            self.shown = self.shown or shown
        elif verdict == "undecided":
            self.undecided.append(changing)

    @property
    def verdict(self) -> Verdict:
        return "possible" if self.refuted else "undecided" if self.undecided else "impossible"

    @property
    def told(self) -> str:
        """What changes where it is refuted, as a list."""
        return ", ".join(f"`{one}`" for one in self.refuted)


# --- one indicator ---


def riskier_answer(name: str, space: Space, unsettled: Unsettled, family: Callable[[str], Space | None]) -> Claim:
    """Return whether a riskier answer never lowers an indicator, or else the highest of its family.

    `space` is one of its own, in which all of it was asked for; `family` makes one for its whole family. Every step
    under which anything of the finding can fall is noted.
    """
    steps, gives_way = _Steps(), _Steps()
    together: Space | None = None
    for step in riskier(space, space.reading):
        ends = _ends(name, space, step)
        anything = [falls(*most) for _least, most in ends.values()]
        if space.check(*step.goal(space, either(*anything)))[0] == "impossible":
            continue
        unsettled.note(step.fact, name)
        found, shown = pair(space, step, _watched([name]), falls(*ends["severity"][1]))
        if found != "impossible" and (together := together or family(name)) is not None:
            gives_way.add(step.fact, found, shown)
            found, shown = _family_falls(name, together, step.fact)
        steps.add(step.fact, found, shown)
    if gives_way.refuted and not steps.refuted:
        statement = _("A riskier answer never lowers the highest severity of the family of {indicator}", indicator=name)
        why = _(
            "{indicator} itself falls with {facts} and gives way to another one", indicator=name, facts=gives_way.told
        )
    else:
        statement = _("A riskier answer never lowers the severity of {indicator}", indicator=name)
        why = _("It falls with a riskier answer to {facts}", facts=steps.told) if steps.refuted else ""
    return never("monotone", name, statement, steps.verdict, steps.shown, why=why)


def family_of(name: str, criteria: Criteria) -> list[str]:
    """Return the indicators that may take the place of one, itself among them; none where it has no family."""
    families = criteria.head.families.values()
    return list(dict.fromkeys(one for several in families if name in several for one in several))


def _family_falls(name: str, space: Space, fact: str) -> tuple[Verdict, tuple[Example, ...]]:
    """Return whether the highest severity of a family can fall with a riskier answer to a fact."""
    members = [one for one in family_of(name, space.reading.criteria) if one in space.reading.in_force]
    most = [terms(Watch("finding", one, "severity"), space.reading)[1] for one in members]
    highest = tuple(some(level) for level in zip(*most, strict=True))
    step = next(riskier(space, space.reading, {fact}))
    return pair(space, step, _watched(members), falls(highest, tuple(map(step.vary, highest))))


def missing_answer(name: str, space: Space, unsettled: Unsettled) -> Claim:
    """Return whether an answer never takes an indicator out of the bounds that it has while the answer is missing."""
    steps = _Steps()
    for step in answered(space, space.reading):
        outside: list[Term] = []
        for low, high in _ends(name, space, step).values():
            outside += [falls(*low), falls(high[1], high[0])]
        steps.add(step.fact, *pair(space, step, _watched([name]), either(*outside), is_open=True))
    if steps.verdict != "impossible":
        unsettled.unbounded.add(name)
    statement = _("A missing answer never makes {indicator} milder at most than an answer would", indicator=name)
    why = _("An answer to {facts} takes it out of its bounds", facts=steps.told) if steps.refuted else ""
    return never("missing", name, statement, steps.verdict, steps.shown, why=why)


def control_in_place(name: str, space: Space, unsettled: Unsettled) -> Claim:
    """Return whether a control in place never raises anything of an indicator; note every one that can."""
    steps = _Steps()
    for step in put_in_place(space):
        raised = [falls(after, before) for several in _ends(name, space, step).values() for before, after in several]
        found, shown = pair(space, step, _watched([name]), either(*raised))
        steps.add(step.fact, found, shown)
        if found != "impossible":
            unsettled.note(step.fact, name)
    statement = _("A control in place never raises {indicator}", indicator=name)
    return never("controls", name, statement, steps.verdict, steps.shown, why=_rises_with(steps))


def _ends(name: str, space: Space, step: Step) -> dict[What, list[tuple[Order, Order]]]:
    """Return what ladders see of a finding, before and after a step, each end."""
    found: dict[What, list[tuple[Order, Order]]] = {}
    for what in FINDING:
        before = terms(Watch("finding", name, what), space.reading)
        found[what] = [(one, tuple(map(step.vary, one))) for one in before]
    return found


def _watched(names: Sequence[str]) -> list[Watch]:
    return [Watch("finding", name, what) for name in names for what in FINDING]


def _rises_with(steps: _Steps) -> str:
    return _("It rises with {controls} in place", controls=steps.told) if steps.refuted else ""


# --- ladders ---


def ladder_never_falls(name: str, lists: AnyLength, unsettled: Unsettled) -> Claim:
    """Return whether a riskier answer never lowers the strict end of the range of a ladder.

    Only steps under which a finding can fall are asked about, where the rules of the ladder then leave no other.
    """
    criteria = _of(lists)
    only = unsettled.indicators if rises_with_findings(criteria.ladders[name], criteria) else None
    statement = _("A riskier answer never lowers “{ladder}”", ladder=_called(name, criteria))

    def wanted(space: Space, step: Step) -> Term:
        _least, most = _range(name, space)
        return falls(most, tuple(map(step.vary, most)))

    steps = _asked(name, lists, lambda space: riskier(space, space.reading, only), wanted)
    if steps is None:
        why = _("No finding falls, and every rule asks only whether something is at least so high")
        return by_form(never("monotone", name, statement, "impossible", (), why=why))
    why = _("It falls with a riskier answer to {facts}", facts=steps.told) if steps.refuted else ""
    return never("monotone", name, statement, steps.verdict, steps.shown, why=why, looked=looked_at(lists))


def ladder_never_widens(name: str, lists: AnyLength, unsettled: Unsettled) -> Claim:
    """Return whether an answer never takes a ladder out of the range that it has while the answer is missing.

    A condition reads the findings, and what they sum to, between their bounds: where these only ever grow narrower, so
    does the range. Where that is not proved of a finding, it is asked about.
    """
    criteria = _of(lists)
    statement = _("An answer never takes “{ladder}” out of its range", ladder=_called(name, criteria))
    if rising_points(criteria.head.severity) and unsettled.unbounded.isdisjoint(lists.few.reading.in_force):
        why = _("No finding leaves its bounds, and a condition over narrower bounds says nothing that it ruled out")
        return by_form(never("missing", name, statement, "impossible", (), why=why))

    def wanted(space: Space, step: Step) -> Term:
        least, most = _range(name, space)
        return either(falls(least, tuple(map(step.vary, least))), falls(tuple(map(step.vary, most)), most))

    steps = _asked(name, lists, lambda space: answered(space, space.reading), wanted, is_open=True) or _Steps()
    why = _("An answer to {facts} takes it out of its range", facts=steps.told) if steps.refuted else ""
    return never("missing", name, statement, steps.verdict, steps.shown, why=why, looked=looked_at(lists))


def ladder_never_rises(name: str, lists: AnyLength, unsettled: Unsettled) -> Claim:
    """Return whether a control in place never raises either end of the range of a ladder."""
    criteria = _of(lists)
    statement = _("A control in place never raises “{ladder}”", ladder=_called(name, criteria))
    is_rising = rises_with_findings(criteria.ladders[name], criteria)

    def steps_in(space: Space) -> Iterator[Step]:
        return (one for one in put_in_place(space) if not is_rising or one.fact in unsettled.indicators)

    def wanted(space: Space, step: Step) -> Term:
        return either(*(falls(tuple(map(step.vary, one)), one) for one in _range(name, space)))

    steps = _asked(name, lists, steps_in, wanted)
    if steps is None:
        why = _("No finding rises, and every rule asks only whether something is at least so high")
        return by_form(never("controls", name, statement, "impossible", (), why=why))
    why = _rises_with(steps)
    return never("controls", name, statement, steps.verdict, steps.shown, why=why, looked=looked_at(lists))


def _asked(
    name: str,
    lists: AnyLength,
    steps_in: Callable[[Space], Iterator[Step]],
    wanted: Callable[[Space, Step], Term],
    *,
    is_open: bool = False,
) -> _Steps | None:
    """Return what came of one question about a ladder for each step; None where there is no step to ask about."""
    for space in (lists.few, lists.unbounded):
        _range(name, space)  # what its rules read is asked for before steps are made
    facts = [one.fact for one in steps_in(lists.few)]
    steps = _Steps()
    for fact in facts:
        watched = [Watch("ladder", name, what) for what in LADDER]
        found = pair_of_any_length(lists, partial(_step, steps_in, fact), watched, wanted, is_open=is_open)
        steps.add(fact, *found)
    return steps if facts else None


def _step(steps_in: Callable[[Space], Iterator[Step]], fact: str, space: Space) -> Step:
    return next(one for one in steps_in(space) if one.fact == fact)


def _range(name: str, space: Space) -> tuple[Order, Order]:
    least, most = terms(Watch("ladder", name, "range"), space.reading)
    return least, most


def _of(lists: AnyLength) -> Criteria:
    return lists.few.reading.criteria


def _called(ladder: str, criteria: Criteria) -> str:
    return criteria_in_words(criteria).ladders[ladder].title
