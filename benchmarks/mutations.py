"""Does the solver see every change that any case sees? `python benchmarks/mutations.py` prints the share it catches.

Seeded changes of the newest version of a set (a comparison swapped, a part of a condition dropped, a bound, parameter,
severity, knock-out, control option or level shifted by one) are each held against the version itself, twice. Through
the engine: does any case of its cases.yaml, or any of thousands of seeded random cases, come out otherwise in any
finding or ladder? And over all cases, by the solver: it must show a case, confirmed by the engine, for every change
that the engine saw. What it misses is printed by name, and the exit code is 1.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from risk_engine.audit.cases import runs
from risk_engine.audit.diff.semantics import first_difference
from risk_engine.audit.diff.single_changes import is_loadable
from risk_engine.audit.mutants.every import mutants
from risk_engine.audit.mutants.variations import Mutant, Operator
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import ControlState, Found, control_states, find
from risk_engine.engine.propose import propose, rate, with_results
from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import newest
from risk_engine.model.case import Case, case_model
from risk_engine.model.conditions import Compare, Condition, ParameterRef, definitions_in, leaves
from risk_engine.model.criteria import Criteria, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import ChoicesFact, TextFact
from risk_engine.model.profile import parameters_on
from risk_engine.solver.domains import Domains

KINDS = frozenset(
    {
        Operator.DROP_RULE,
        Operator.DROP_PART,
        Operator.DROP_NOT,
        Operator.SWAP_JOINER,
        Operator.SWAP_QUANTIFIER,
        Operator.SWAP_COMPARISON,
        Operator.SWAP_VALUE,
        Operator.SHIFT_BOUND,
        Operator.SHIFT_PARAMETER,
        Operator.SHIFT_SEVERITY,
        Operator.SHIFT_KNOCK_OUT,
        Operator.SHIFT_CONTROL,
        Operator.SHIFT_LEVEL,
        Operator.SHIFT_POINTS,
    }
)
RECORDS = ("indicator ", "definition ", "parameter ", "ladder ", "severity ")
"""What is changed; tables and questions would need every case to be resolved anew, twenty thousand times a change."""


LISTED, UNANSWERED, CHOSEN = 0.95, 0.15, 0.3
"""How often a list is answered, a drawn answer is left out, and an option is chosen where any number may be."""


@dataclass(frozen=True)
class Stated:
    """A case as the version resolves it on a day, with its controls."""

    day: date
    facts: Facts
    controls: dict[str, ControlState]


@dataclass(frozen=True)
class Verdict:
    """What came of one change."""

    name: str
    operator: Operator
    is_seen: bool
    """Whether any case comes out otherwise through the engine."""
    is_caught: bool
    seconds: float


def main() -> None:
    """Print what is caught."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--set", default="reconnect-china")
    asked.add_argument("--mutants", type=int, default=200)
    asked.add_argument("--cases", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--jobs", type=int, default=2)
    options = asked.parse_args()
    version = newest(options.set)
    criteria = read_criteria(version.path)
    base = base_case(criteria)[1]
    chance = random.Random(options.seed)  # noqa: S311 (the same cases on every run)
    every = [one for one in mutants(criteria) if one.operator in KINDS and one.record.startswith(RECORDS)]
    shuffled = chance.sample(every, len(every))
    # What could not be loaded, because two severities would have the same condition, say, is no version of anything.
    chosen = list(islice((one for one in shuffled if is_loadable(one.criteria)), options.mutants))
    stated = list(_stated(criteria, base, options.cases, chance))
    print(f"{version}: {len(chosen)} of {len(every)} changes, {len(stated)} cases, seed {options.seed}", flush=True)
    told = list(_spread(_Work(criteria, base, tuple(stated), tuple(chosen)), options.jobs))
    seen = [one for one in told if one.is_seen]
    caught = [one for one in seen if one.is_caught]
    more = [one for one in told if one.is_caught and not one.is_seen]
    for operator, number in Counter(one.operator for one in told).items():
        of_it = [one for one in seen if one.operator is operator]
        print(
            f"  {operator.value:18} {number:4} changes, {len(of_it):4} seen, {sum(x.is_caught for x in of_it):4} caught"
        )
    share = 100 * len(caught) // len(seen) if seen else 100
    print(f"changes that some case sees      {len(seen):5}")
    print(f"of these caught by the solver    {len(caught):5} = {share} %, each with a case that the engine confirmed")
    print(f"caught though no case saw them   {len(more):5}")
    print(f"changes of no effect on any case {sum(not (one.is_seen or one.is_caught) for one in told):5}")
    print(f"seconds a change, on average     {sum(one.seconds for one in told) / len(told):7.1f}")
    for one in seen:
        if not one.is_caught:
            print(f"MISSED: {one.name}")
    sys.exit(len(caught) < len(seen))


# --- cases ---


def _stated(criteria: Criteria, base: Case, number: int, chance: random.Random) -> Iterator[Stated]:
    for one in runs(criteria):
        yield Stated(one.worked.on, one.worked.facts, dict(one.worked.controls))
    day = base.assessment_date
    if day is None:
        sys.exit("the base case has no day")
    model = case_model(criteria)
    domains = Domains([criteria], day)
    made = 0
    while made < number:
        case = model.model_validate(_random(criteria, base, domains, chance))
        try:
            facts = resolve(case, criteria, day)
        except RiskEngineError:
            continue  # it answers what is not asked
        made += 1
        yield Stated(day, facts, dict(control_states(case, day)))


def _random(criteria: Criteria, base: Case, domains: Domains, chance: random.Random) -> dict[str, Any]:
    """Return the base case with some answers drawn anew, some left out, lists shorter or longer, controls in place."""
    data: dict[str, Any] = {"id": "r", "title": "R", "assessment_date": base.assessment_date}
    share = chance.choice((0.02, 0.05, 0.1, 0.3))
    for name, entity in criteria.entities.items():
        stated = getattr(base, name)
        if entity.many is None:
            data[name] = _answers(stated, name, criteria, domains, chance, share)
        elif chance.random() < LISTED:
            several = [chance.choice(stated) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]
            data[name] = tuple(
                {"id": f"e{place}", **_answers(one, name, criteria, domains, chance, share)}
                for place, one in enumerate(several)
            )
    evidence = ({"kind": "k", "reference": "r", "date": base.assessment_date},)
    listed = [one for one in criteria.controls if chance.random() < chance.choice((0.0, 0.3))]
    data["controls"] = tuple({"id": one, "status": "implemented", "evidence": evidence} for one in listed)
    return data


def _answers(
    stated: Any, name: str, criteria: Criteria, domains: Domains, chance: random.Random, share: float
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for short, fact in criteria.entities[name].facts.items():
        value = getattr(stated, short, None)
        if not isinstance(fact, TextFact) and chance.random() < share:
            value = None if chance.random() < UNANSWERED else _value(fact, domains[f"{name}.{short}"], chance)
        if value is not None:
            found[short] = value
    return found


def _value(fact: Any, domain: Sequence[Any], chance: random.Random) -> Any:
    if isinstance(fact, ChoicesFact):
        return tuple(one for one in domain if chance.random() < CHOSEN)
    return chance.choice(domain)


# --- one change ---


@dataclass(frozen=True)
class _Work:
    criteria: Criteria
    base: Case
    stated: tuple[Stated, ...]
    chosen: tuple[Mutant, ...]

    def verdict(self, number: int) -> Verdict:
        """Return what comes of a change."""
        mutant = self.chosen[number]
        first = next(filter(self._seeing(mutant), self.stated), None)
        start = time.perf_counter()
        # On the day of the case that saw it: what is changed may apply on that day alone.
        day = first.day if first else self.criteria.head.in_force.from_
        found = first_difference(self.criteria, mutant.criteria, self.base, day)
        seconds = time.perf_counter() - start
        return Verdict(mutant.name, mutant.operator, first is not None, found is not None, seconds)

    def _seeing(self, mutant: Mutant) -> Callable[[Stated], bool]:
        """Return what tells whether a case comes out otherwise."""
        changed = mutant.criteria
        names = _touched(self.criteria, changed)
        before, after = (
            one.model_copy(
                update={"indicators": {name: one.indicators[name] for name in names if name in one.indicators}}
            )
            for one in (self.criteria, changed)
        )
        parameters = {day: parameters_on(changed, day, None) for day in {one.day for one in self.stated}}
        is_whole = self.criteria.ladders != changed.ladders or self.criteria.head != changed.head
        is_whole = is_whole or self.criteria.definitions != changed.definitions

        def sees(one: Stated) -> bool:
            facts = replace(one.facts, definitions=changed.definitions, parameters=parameters[one.day])
            if is_whole:
                return _levels(self.criteria, one.facts, one) != _levels(changed, facts, one)
            found = find(one.facts, before, one.day, one.controls)
            return _profiles(found) != _profiles(find(facts, after, one.day, one.controls))

        return sees


def _levels(criteria: Criteria, facts: Facts, one: Stated) -> object:
    found = find(facts, criteria, one.day, one.controls)
    results = with_results(facts, found, rate(found, criteria.head), criteria)
    levels = [(each.level, each.lowest, each.highest) for each in propose(results, criteria)]
    return _profiles(found), levels


def _profiles(found: Sequence[Found]) -> list[object]:
    return [(one.id, one.inherent, one.possible, one.residual, one.knock_out, one.open) for one in found]


def _touched(before: Criteria, after: Criteria) -> list[str]:
    """Return the indicators that a change can touch: changed themselves, or by a parameter."""
    parameters = {name for name in before.parameters if before.parameters[name] != after.parameters.get(name)}
    return [
        name
        for name, one in before.indicators.items()
        if one is not after.indicators.get(name) or parameters & _parameters(one, before)
    ]


def _parameters(indicator: Indicator, criteria: Criteria) -> set[str]:
    conditions: list[Condition] = [one for _severity, one in severity_conditions(indicator)]
    conditions += [one for _kind, one in knock_out_conditions(indicator) if not isinstance(one, str)]
    conditions += [one.when for one in indicator.controls if one.when is not None]
    conditions += [
        criteria.definitions[name] for one in conditions for name in definitions_in(one, criteria.definitions)
    ]
    found = set()
    for condition in conditions:
        for leaf, _inside in leaves(condition, criteria.definitions):
            if isinstance(leaf, Compare):
                wanted = leaf.operand
                if isinstance(wanted, ParameterRef):
                    found.add(wanted.parameter)
    return found


# --- in several processes ---

_work: _Work | None = None


def _spread(work: _Work, jobs: int) -> Iterator[Verdict]:
    global _work  # noqa: PLW0603 (forked processes find it here)
    _work = work
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for number, one in enumerate(pool.imap_unordered(_one, range(len(work.chosen)))):
            if sys.stderr.isatty():
                print(f"\r{number + 1}/{len(work.chosen)}", end="", file=sys.stderr)
            yield one


def _one(number: int) -> Verdict:
    if _work is None:
        raise RuntimeError(number)
    return _work.verdict(number)


if __name__ == "__main__":
    main()
