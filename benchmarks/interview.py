"""Measure how many questions an interview asks: `python -m benchmarks.interview [CASES [FEWEST]]`.

Random complete cases of the newest version of the set, the same in every run, from the harmless case of the set to
cases in which every other answer is drawn anew. Each is asked for twice: in the order of the interview, and in the
order of the case file, which leaves out what other answers rule out. Counted is every question that is put to a person,
lists among them, all names of one in one answer, until headline and gate are settled, and beside it how many
there would be in all. Of the first FEWEST cases of each kind it is looked for how few questions could have settled
them, for somebody who knew all answers beforehand: no order can ask less. What can still matter is told by bounds, as
without the extra `audit`: to ask the solver at every step of thousands of cases would take days. At the end the time
that the next question takes is printed, over all questions of a few cases, as the command finds it: with the solver
once few questions are left. No test depends on it.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.asked import is_for_record
from benchmarks.questions import answer, first_answers
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.case import case_model
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact, RowFact
from risk_engine.office.forms.case_record import Record, Under, consistent
from risk_engine.office.forms.export_form import label_fact
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Standing, Step, is_settled, open_questions

if TYPE_CHECKING:
    from risk_engine.engine.facts import Read

SET = "reconnect-china"
ON = date(2026, 12, 2)
SEED = 7
CASES = 1000
CHANGED = (0, 5, 20, 50)
"""So many of a hundred answers of the harmless case are drawn anew."""
FEWEST = 10
"""Of so many cases of each kind the fewest answers are looked for that settle them."""
EXACT = 3
"""So many cases of each kind are asked with the solver too."""

Data = dict[str, Any]


class Taken(NamedTuple):
    """How many questions one case took: in the order of the interview, in that of the file, and all there are."""

    interview: int
    file: int
    all: int
    level: str


class Least(NamedTuple):
    """How many questions one case took, and the fewest that could have settled it."""

    interview: int
    fewest: int
    level: str


def main() -> None:
    """Print the distribution for each kind of case."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    fewest = int(sys.argv[2]) if len(sys.argv) > len("12") else FEWEST
    processes = int(os.environ.get("PROCESSES", "1"))
    with ProcessPoolExecutor(processes) as pool:
        for changed in CHANGED:
            cases = 1 if changed == 0 else number
            taken = list(pool.map(_taken, [changed] * cases, range(cases), chunksize=10))
            _print(f"{changed} % of the answers changed, {cases} cases", taken)
            few = min(cases, fewest)
            _print_fewest(list(pool.map(_least, [changed] * few, range(few))))
    _print_time()


def _print(name: str, taken: Sequence[Taken]) -> None:
    levels = sorted({one.level for one in taken})
    print(f"{name}: " + ", ".join(f"{sum(one.level == level for one in taken)} {level}" for level in levels))
    for title, pick in _COLUMNS:
        print(f"  {title:<10} {_spread([pick(one) for one in taken])}")
    spared = [100 * (one.file - one.interview) / one.file for one in taken]
    print(f"  asked less than in file order: {_spread(spared)} (%)")


def _print_fewest(found: Sequence[Least | None]) -> None:
    """Print of the cases that came to each result how many questions they took on average, and the fewest possible."""
    least = [one for one in found if one is not None]
    if len(least) < len(found):
        print(f"  of {len(found) - len(least)} cases answers contradict each other: no number of them settles it")
    for level in sorted({one.level for one in least}):
        those = [one for one in least if one.level == level]
        asked, fewest = (sum(numbers) / len(those) for numbers in zip(*(one[:2] for one in those), strict=True))
        print(f"  of {len(those)} cases {level}: interview {asked:.1f}, fewest possible {fewest:.1f}")


def _print_time() -> None:
    """Print how long the next question takes, and how many fewer there are with the solver."""
    from risk_engine.office.interview.standing import Exact

    under, taken, bounds, exact = _under(), list[float](), 0, 0
    base = case_model(under.criteria).model_validate(_base())
    for changed in CHANGED[1:]:
        for number in range(EXACT):
            whole = _whole(changed, number)
            bounds += _asked(Session(_empty(), _bounds()), whole)
            session = Session(_empty(), Exact(base))
            while (step := session.next()) is not None:
                start = time.perf_counter()
                answer(session, step, whole)
                taken.append(1000 * (time.perf_counter() - start))
                exact += 1
    print(f"next question, {len(taken)} of them: {_spread(taken)} ms, at most {max(taken):.0f} ms")
    print(f"with the solver {exact} questions, without it {bounds}")


def _empty() -> Record:
    return Record({"id": "X", "title": "X"}, _under())


_COLUMNS: tuple[tuple[str, Callable[[Taken], int]], ...] = (
    ("interview", lambda one: one.interview),
    ("file order", lambda one: one.file),
    ("all", lambda one: one.all),
)


def _spread(numbers: Sequence[float]) -> str:
    ordered = sorted(numbers)
    tenth, quarter, half, three, nine = (
        ordered[int(part * (len(ordered) - 1))] for part in (0.1, 0.25, 0.5, 0.75, 0.9)
    )
    return f"10 %: {tenth:.0f}  25 %: {quarter:.0f}  median: {half:.0f}  75 %: {three:.0f}  90 %: {nine:.0f}"


# --- one case ---


@cache
def _under() -> Under:
    criteria = read_criteria(versions(SET)[-1].path)
    return Under(criteria, ON)


@cache
def _base() -> Data:
    under = _under()
    return base_case(under.criteria)[1].model_dump(by_alias=True, exclude_none=True)


@cache
def _bounds() -> Bounds:
    return Bounds()


def _taken(changed: int, number: int) -> Taken:
    whole = _whole(changed, number)
    session = Session(_empty(), _bounds())
    interview = _asked(session, whole)
    level = "/".join("-".join(one.levels) for one in session.standing.ladders)
    in_file, number, _record = _in_file_order(whole)
    return Taken(interview, in_file, number, level)


def _least(changed: int, number: int) -> Least | None:
    """Return how many questions a case takes at least; None where its answers contradict each other: it stays open."""
    from benchmarks.fewest import Fewest

    whole = _whole(changed, number)
    session = Session(_empty(), _bounds())
    interview = _asked(session, whole)
    fewest = Fewest(_in_file_order(whole)[2])
    if (found := fewest.found()) is None:
        return None
    return Least(interview, len(found), "/".join("-".join(one.levels) for one in session.standing.ladders))


def _asked(session: Session, whole: Data) -> int:
    """Ask until nothing is left; return after how many questions."""
    number = 0
    while (step := session.next()) is not None:
        answer(session, step, whole)
        number += 1
    return number


def _in_file_order(whole: Data) -> tuple[int, int, Record]:
    """Return after how many questions in file order it is settled, how many there are, and all answers."""
    record = _empty()
    session = Session(record, _Nothing())
    skipped: set[Read] = set()
    number, settled = 0, None
    while True:
        worked = session.record.worked
        if settled is None and is_settled(worked):
            settled = number
        left = [one for one in open_questions(worked) if one not in skipped and not is_for_record(one, worked)]
        if not left:
            break
        skipped.add(left[0])
        answer(session, Step(left[0]), whole)
        number += 1
    return number if settled is None else settled, number, session.record


class _Nothing:
    """Looks at nothing: what is asked is said from outside."""

    def look(self, _worked: object) -> Any:
        return Standing((), (), frozenset(), (), (), (), is_exact=False)


# --- random complete cases ---


def _whole(changed: int, number: int) -> Data:
    """Return a complete case in which so many of a hundred answers of the harmless one are drawn anew.

    First questions are answered as all others imply, and what they close is left out, as whoever is asked has it.
    """
    draw = random.Random(f"{SEED} {changed} {number}")  # noqa: S311 (nothing is to be kept secret)
    under = _under()
    first = {one.fact.partition(".")[0] for one in under.criteria.head.triage}
    data: Data = {"id": "X", "title": "X"}
    for name, entity in under.criteria.entities.items():
        entries = [*(_base()[name] if entity.many else [_base()[name]])]
        if entity.many and changed:
            entries = entries * draw.choice((1, 1, 1, 2)) if draw.randrange(100) >= changed else []
        drawn = [one if name in first else _entry(draw, name, one, changed) for one in entries]
        if entity.many is None:
            data[name] = drawn[0]
            continue
        label = label_fact(under.criteria, name)
        ids = ("one", "two")
        data[name] = tuple({**one, "id": ids[at], label: ids[at]} for at, one in enumerate(drawn))
    found = _completed(draw, consistent(Record(data, under))[0]).data
    return consistent(Record({**found, **first_answers(found, under.criteria)}, under))[0].data


def _completed(draw: random.Random, record: Record) -> Record:
    """Return the record with an answer to every question: of a row that was drawn anew the table may know less."""
    while asked := [one for one in open_questions(record.worked) if not is_for_record(one, record.worked)]:
        fact = record.criteria.entities[asked[0].entity].facts[asked[0].fact or ""]
        record, _moved = record.with_answer(asked[0], _drawn(draw, fact))
    return record


def _entry(draw: random.Random, entity: str, harmless: Data, changed: int) -> Data:
    found = dict(harmless)
    for short, fact in _under().criteria.entities[entity].facts.items():
        is_open = short not in found and getattr(fact, "from_", None) is None
        if is_open or draw.randrange(100) < changed:
            value = _drawn(draw, fact)
            if value is not None and getattr(fact, "from_", None) is None:
                found[short] = value
    return found


def _drawn(draw: random.Random, fact: AnyFact) -> Any:
    match fact:
        case BooleanFact():
            return draw.random() < 1 / 2
        case ChoiceFact(options=options):
            return draw.choice(list(options))
        case ChoicesFact(options=options):
            return tuple(one for one in options if draw.randrange(4) == 0)
        case IntegerFact(range=(low, high)):
            return draw.randint(low, high)
        case DateFact():
            return date(draw.randint(2024, 2031), draw.randint(1, 12), 1)
        case RowFact(of=table):
            return draw.choice(list(_under().criteria.tables[table].rows))
        case _:
            return None


if __name__ == "__main__":
    main()
