"""Measure what the outlook of a case takes: `python benchmarks/outlook.py` prints CPU time; no test depends on it.

Cases are those of `examples/` that fit the newest version of the set; random ones near the harmless case, the same in
every run, of which some answers are left out; one in which nothing is answered; and those of which much is to be said:
complete random ones in which about a third of all answers of the harmless case, or of an example, is
another, and one with ten findings, to which hundreds of ways lead down. To read the set is not counted: it is done
once. Figures are the median over the cases and the most that one of them took. Targets: exact range and next question
together under 0.3 s, ways down under 2 s.
"""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.engine.replay import Place, plain, with_answers, worked_as_asked
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, IntegerFact, RowFact
from risk_engine.outlook.distance import margins
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from risk_engine.outlook.ways import ways_down

SET = "reconnect-china"
ON = date(2026, 12, 2)
EXAMPLES = Path(__file__).parent.parent / "examples"
SEED = 7
CASES = 40
KEPT = (90, 75, 50)
"""So many of a hundred answers of a random case are kept."""
CHANGED = 5
"""So many of a hundred answers of the harmless case a random one changes."""
CHANGED_OFTEN = (25, 40)
"""So many at least and at most one of which much is to be said."""
MANY = "drone-swarm"
TEN_FINDINGS: dict[Place, Any] = {
    ("first_look", None, "ethics"): True,
    ("collaboration", None, "reciprocity"): "one_sided",
    ("collaboration", None, "committee_wanted"): False,
    ("technology", "swarm", "surveillance_capability"): "core",
    ("technology", "swarm", "misuse_result"): "no_concern",
    ("activity", "joint-code", "military_signs"): False,
    ("funding", "own", "source_type"): "foundation",
    ("funding", "own", "traceable"): True,
    ("funding", "own", "country"): "SA",
    ("funding", "own", "conditions"): ("appointment_influence", "anonymity", "lab_mirroring"),
    ("ip", None, "publication"): "veto",
    ("ip", None, "foreground_owner"): "undefined",
    ("ip", None, "first_filing"): "partner_country",
    ("ethics", None, "dumping_risk"): True,
}
"""The other answers to that example which make ten findings of it."""


def main() -> None:
    """Print every measurement."""
    criteria = read_criteria(versions(SET)[-1].path)
    base = base_case(criteria)[1]
    _print("examples", list(_examples(criteria)), base)
    for kept in KEPT:
        _print(f"{kept} % answered", list(_random(criteria, base, kept)), base)
    _print("nothing answered", [_worked({"id": "empty", "title": "Empty"}, criteria)], base)
    examples = [one.case for one in _examples(criteria)]
    _print("far from the harmless case", list(_bad(criteria, [base])), base)
    _print("far from an example", list(_bad(criteria, examples)), base)
    many = load_case(EXAMPLES / f"{MANY}.yaml", criteria)
    _print("ten findings", [_as_asked(with_answers(plain(many), TEN_FINDINGS), criteria)], base)


def _print(name: str, cases: list[Worked], base: Case) -> None:
    taken = [_measured(one, base) for one in cases]
    columns = list(zip(*taken, strict=True))
    questions = statistics.median(columns[0])
    read, ranges, asked, whole, down, firm = (f"{1000 * statistics.median(one):.0f}" for one in columns[1:])
    most, down_most, firm_most = (f"{1000 * max(one):.0f}" for one in columns[-3:])
    print(
        f"{name}: {len(cases)} cases, {questions:.0f} open questions\n"
        f"  read {read} ms, exact range {ranges} ms, next question {asked} ms; together {whole} ms, at most {most} ms\n"
        f"  ways down {down} ms, at most {down_most} ms; margins {firm} ms, at most {firm_most} ms"
    )


def _measured(worked: Worked, base: Case) -> tuple[float, ...]:
    start = time.process_time()
    still = StillOpen(worked, base)
    read = time.process_time()
    ranges = exact_ranges(still)
    ranged = time.process_time()
    next_questions(still, ranges)
    end = time.process_time()
    ways_down(worked)
    lowered = time.process_time()
    margins(worked)
    done = time.process_time()
    return len(still.questions), read - start, ranged - read, end - ranged, end - start, lowered - end, done - lowered


def _examples(criteria: Criteria) -> Iterator[Worked]:
    for path in sorted(EXAMPLES.glob("*.yaml")):
        try:
            yield work(load_case(path, criteria), criteria, ON)
        except RiskEngineError:
            continue


def _random(criteria: Criteria, base: Case, kept: int) -> Iterator[Worked]:
    """Yield cases near the harmless one, a few answers changed and some left out."""
    pick = random.Random(SEED)  # noqa: S311 (nothing is to be kept secret)
    stated = base.model_dump(exclude_none=True)
    found = 0
    while found < CASES:
        data: dict[str, Any] = {**stated}
        for name, entity in criteria.entities.items():
            entries = [dict(one) for one in (data.get(name, ()) if entity.many else [data.get(name, {})])]
            for one in entries:
                for short, fact in entity.facts.items():
                    if pick.randrange(100) < CHANGED:
                        one[short] = _answer(pick, fact, criteria) or one.get(short)
                    if pick.randrange(100) >= kept and short in one:
                        del one[short]
            data[name] = tuple(entries) if entity.many else entries[0]
        worked = _worked(data, criteria)
        if not worked.facts.superfluous:
            yield worked
            found += 1


def _bad(criteria: Criteria, starts: Sequence[Case]) -> Iterator[Worked]:
    """Yield complete cases in which many answers of another are changed."""
    pick = random.Random(SEED)  # noqa: S311 (nothing is to be kept secret)
    for _ in range(CASES):
        often = pick.randint(*CHANGED_OFTEN)
        start = plain(pick.choice(starts))
        other = {
            place: value
            for place, fact, is_stated in _questions(start, criteria)
            if (not is_stated or pick.randrange(100) < often) and (value := _answer(pick, fact, criteria)) is not None
        }
        yield _as_asked(with_answers(start, other), criteria)


def _questions(start: dict[str, Any], criteria: Criteria) -> Iterator[tuple[Place, AnyFact, bool]]:
    """Yield the questions that no table answers, and whether a case answers them."""
    for name, entity in criteria.entities.items():
        for one in start.get(name, ()) if entity.many else [start.get(name, {})]:
            for short, fact in entity.facts.items():
                if getattr(fact, "from_", None) is None:
                    yield (name, one.get("id"), short), fact, short in one


def _as_asked(data: dict[str, Any], criteria: Criteria) -> Worked:
    return worked_as_asked(data, criteria, ON, None)[1]


def _answer(pick: random.Random, fact: object, criteria: Criteria) -> Any:
    match fact:
        case BooleanFact():
            return pick.random() < 1 / 2
        case ChoiceFact(options=options):
            return pick.choice(list(options))
        case ChoicesFact(options=options):
            return tuple(one for one in options if pick.randrange(4) == 0)
        case IntegerFact(range=(low, high)):
            return pick.randint(low, high)
        case RowFact(of=table):
            return pick.choice(list(criteria.tables[table].rows))
        case _:
            return None


def _worked(data: dict[str, Any], criteria: Criteria) -> Worked:
    return work(case_model(criteria).model_validate(data), criteria, ON)


if __name__ == "__main__":
    main()
