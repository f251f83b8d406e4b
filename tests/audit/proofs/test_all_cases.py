"""What a solver proves of small sets is what trying every case of them shows; its smallest case is the smallest."""

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.audit.proofs.prove import prove
from risk_engine.engine.evaluate import evaluate
from risk_engine.model.case import UNKNOWN
from risk_engine.model.criteria import knock_out_conditions
from risk_engine.model.proof import Example, ProofReport
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from tests.audit.proofs.small import CONTROL, Key, Universe, small_sets
from tests.engine.builder import DAY
from tests.strategies import few_now

FEW = settings(few_now(2, 8), suppress_health_check=list(HealthCheck))


@FEW
@given(st.data())
def test_a_proof_says_what_all_cases_show(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        universe, base = data.draw(small_sets(Path(folder) / "toy"))
    report = prove(universe.criteria, universe.case(base), DAY)
    assert report.count("undecided") == 0
    claims = _Claims(report, universe, base)
    for name in universe.criteria.indicators:
        _occurs(claims, universe, name)
        _steps(claims, universe, name)
        _options(claims, universe, name)
    for name in universe.criteria.ladders:
        _ladder(claims, universe, name)
    assert claims.left() == []


class _Claims:
    """The claims of a report, each taken once and held against what all cases show."""

    def __init__(self, report: ProofReport, universe: Universe, base: Key) -> None:
        self.universe = universe
        self.base = base
        self._claims = {one.statement: one for one in report.claims if one.topic != "directions"}

    def left(self) -> list[str]:
        """Return the claims that nobody has taken."""
        return list(self._claims)

    def occurs(self, statement: str, shown: Collection[Key]) -> None:
        """Assert that it is proved if there is such a case, and that the one shown is a smallest one of them."""
        claim = self._claims.pop(statement)
        assert (claim.status == "proved") == bool(shown), statement
        # Answers that contradict each other are shown only where nothing else is.
        shown = [key for key in shown if not self.universe.contradicts(key)] or shown
        for example in claim.examples:
            key = _key(example, self.base)
            assert key in shown, (statement, example.given)
            assert example.is_smallest
            least = min(self.universe.distance(one, self.base) for one in shown)
            assert self.universe.distance(key, self.base) == least, (statement, example.given)

    def never(self, statement: str, shown: Collection[Key]) -> None:
        """Assert that it is proved if nothing shows the opposite."""
        claim = self._claims.pop(statement)
        assert (claim.status == "proved") == (not shown), statement


def _key(example: Example, base: Key) -> Key:
    """Return the case of an example."""
    stated: dict[str, Any] = {"deal.a": base.first, "deal.b": base.second, "item.i0.c": (base.items or ())[0]}
    whole = example.given.get("item")
    stated |= {path: None if value == UNKNOWN else value for path, value in example.given.items()}
    more = [value.get("c") for path, value in stated.items() if isinstance(value, dict) and path.startswith("item.")]
    items: tuple[Any, ...] | None = (stated["item.i0.c"], *more)
    if isinstance(whole, tuple):
        items = tuple(one.get("c") for one in whole)
    elif whole is not None:
        items = None
    return Key(stated["deal.a"], stated["deal.b"], items, CONTROL in example.in_place)


def _occurs(claims: _Claims, universe: Universe, name: str) -> None:
    for severity in [one for one in SEVERITIES[1:] if getattr(universe.criteria.indicators[name].severity, one)]:
        present = [key for key in universe.cases if universe.finding(key, name).inherent == severity]
        claims.occurs(f"{name} can be present as “{severity}”", present)
    for kind, condition in knock_out_conditions(universe.criteria.indicators[name]):
        barred = [key for key, one in universe.cases.items() if evaluate(condition, one.facts).value]
        uncured = [key for key in barred if universe.finding(key, name).outcome == "present"]
        uncured = [key for key in uncured if not _may_be_cured(universe, key, name)]
        claims.occurs(f"{name} can be a knock-out of the kind “{kind}”", uncured)


def _may_be_cured(universe: Universe, key: Key, name: str) -> bool:
    return any(one.counts is not False and not one.lacking for one in universe.finding(key, name).options)


def _steps(claims: _Claims, universe: Universe, name: str) -> None:
    def most(key: Key) -> int:
        return SEVERITIES.index(universe.finding(key, name).possible)

    falling = [one for one, other in universe.riskier if most(other) < most(one)]
    claims.never(f"A riskier answer never lowers the severity of {name}", falling)
    outside = [one for one, other in universe.answered if not _within(universe, name, one, other)]
    claims.never(f"A missing answer never makes {name} milder at most than an answer would", outside)
    if universe.criteria.indicators[name].controls:
        raised = [one for one in universe.cases if not one.in_place and not _lowered(universe, name, one)]
        claims.never(f"A control in place never raises {name}", raised)


def _ends(universe: Universe, name: str, key: Key) -> list[tuple[int, int]]:
    """Return what can rise and fall of a finding, each at least and at most."""
    found = universe.finding(key, name)
    inherent = SEVERITIES.index(found.inherent), SEVERITIES.index(found.possible)
    residual = SEVERITIES.index(found.residual[0]), SEVERITIES.index(found.residual[1])
    return [inherent, residual, (KNOCK_OUTS.index(found.knock_out[0]), KNOCK_OUTS.index(found.knock_out[1]))]


def _within(universe: Universe, name: str, key: Key, answered: Key) -> bool:
    pairs = zip(_ends(universe, name, key), _ends(universe, name, answered), strict=True)
    return all(before[0] <= after[0] and after[1] <= before[1] for before, after in pairs)


def _lowered(universe: Universe, name: str, key: Key) -> bool:
    pairs = zip(_ends(universe, name, key), _ends(universe, name, key._replace(in_place=True)), strict=True)
    return all(after[0] <= before[0] and after[1] <= before[1] for before, after in pairs)


def _options(claims: _Claims, universe: Universe, name: str) -> None:
    indicator = universe.criteria.indicators[name]
    if indicator.controls:
        helped = [key for key in universe.cases if key.in_place and universe.helps(key, name)]
        claims.occurs(f"{name}: {CONTROL} can help", helped)

    def is_helpless(key: Key) -> bool:
        found = universe.finding(key, name)
        is_grave = SEVERITIES.index(found.inherent) > SEVERITIES.index("low") or universe.is_barred(key, name)
        # The set has a word for all of them (tests/engine/builder.py), which is said where nothing counts.
        is_said = not any(one.counts for one in found.options)
        is_alone = not key.in_place and universe.is_settled(key, name)
        return found.outcome == "present" and is_grave and is_alone and not is_said and not universe.helps(key, name)

    statement = f"{name} can always be lowered, or its knock-out cured, by an option, or the set says that it cannot"
    claims.never(statement, [key for key in universe.cases if is_helpless(key)])


def _ladder(claims: _Claims, universe: Universe, name: str) -> None:
    ladder = universe.criteria.ladders[name]
    levels, cases = list(ladder.levels), universe.cases

    def proposed(key: Key) -> Any:
        return next(one for one in universe.cases[key].proposed if one.ladder == name)

    def ends(key: Key) -> tuple[int, int]:
        return levels.index(proposed(key).lowest), levels.index(proposed(key).highest)

    for level in levels:
        claims.occurs(f"{name}: “{level}” can be proposed", [key for key in cases if proposed(key).level == level])
    for number, rule in enumerate(ladder.rules):
        statement = f"{name}: rule {number + 1} (“{rule.level}”) can decide"
        claims.occurs(statement, [key for key in cases if proposed(key).rule == number])
    otherwise = f"{name}: “{ladder.otherwise.level}” can be what holds otherwise"
    claims.occurs(otherwise, [key for key in cases if proposed(key).rule is None])
    falling = [one for one, other in universe.riskier if ends(other)[1] < ends(one)[1]]
    claims.never(f"A riskier answer never lowers “{name}”", falling)
    wider = [one for one, other in universe.answered if ends(other)[0] < ends(one)[0] or ends(other)[1] > ends(one)[1]]
    claims.never(f"An answer never takes “{name}” out of its range", wider)
    raised = [
        one
        for one in universe.cases
        if not one.in_place
        and any(before < after for before, after in zip(ends(one), ends(one._replace(in_place=True)), strict=True))
    ]
    claims.never(f"A control in place never raises “{name}”", raised)
