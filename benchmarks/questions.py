"""Count the questions of an interview for ordinary cases: `python -m benchmarks.questions [SET@VERSION | FOLDER]`.

Each case of `examples/`, and each worked case of `cases.yaml` that is named below, is asked for in an interview that
begins with nothing, until start and measure are settled by bounds. The answers are those of the case; what it does not
say, the harmless case of the set says; first questions, as `implied` says of all these answers. Counted are questions
about facts, and beside them those about lists: the names of all entries are one answer, as is that there are none.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import read
from risk_engine.loading.case import case_of, keyed
from risk_engine.loading.case_tests import base_case, sound_tests
from risk_engine.loading.criteria import load_criteria, read_criteria
from risk_engine.model.case import UNKNOWN, Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.triage import with_first_answers
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.forms.export_form import label_fact
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Step

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "criteria" / "reconnect-china"
ON = date(2026, 12, 15)
NO_CASES = {"compare.yaml"}
"""Files of `examples/` that are no case of one set."""
WORKED = (
    "Humanities inside the EU",
    "K06 Ocean papers with an academy institute",
    "K08b Language centre without such clauses",
    "K10 Open particle physics with six partners",
    "K11 History exchange with guest lecturers",
    "K13b Open tools for mature chips, published",
    "K15 Translation with open weights",
    "K16 Exchange of students in management",
)
"""Ordinary cases of cases.yaml."""

Data = dict[str, Any]


class Counted(NamedTuple):
    """How many questions of each kind one case took, and what it came to."""

    facts: int
    lists: int
    result: str


def main() -> None:
    """Print a line for each case."""
    reference = sys.argv[1] if len(sys.argv) > 1 else SHIPPED.as_posix()
    path = Path(reference)
    criteria = read_criteria(path) if path.exists() else load_criteria(reference, ON)
    print(f"{criteria.head.id} {criteria.head.version}: questions about facts + lists")
    for name, case in (*examples(criteria), *worked_cases(criteria)):
        counted = count(whole(case, criteria), criteria)
        print(f"{counted.facts:4} + {counted.lists:2}  {name}: {counted.result}")


def examples(criteria: Criteria) -> Iterator[tuple[str, Case]]:
    """Yield the cases of `examples/`, those that answer only what this version asks."""
    model = case_model(criteria)
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        if path.name not in NO_CASES:
            with suppress(InvalidSourceError):
                yield path.stem, case_of(keyed(read(path)), criteria, model)


def worked_cases(criteria: Criteria) -> Iterator[tuple[str, Case]]:
    """Yield the ordinary cases of cases.yaml, those that there are in this version."""
    tests = {test.name: case for _number, test, case in sound_tests(criteria)[1]}
    for name in WORKED:
        if name in tests:
            yield name, several_partners(name, tests[name])


def several_partners(name: str, case: Case) -> Case:
    """Return the case with as many partners as its name says."""
    if "six partners" not in name:
        return case
    one = case.partner[0]  # type: ignore[attr-defined]
    places = ("CN", "CN", "CH", "IT", "FR", "US")
    several = tuple(
        one.model_copy(update={"id": f"p{number}", "country": place, "control_country": place})
        for number, place in enumerate(places, 1)
    )
    return case.model_copy(update={"partner": several})


# --- one case ---


def whole(case: Case, criteria: Criteria) -> Data:
    """Return what a case states, completed by the harmless case, with the first answers that follow."""
    data = completed(case, criteria)
    return {**data, **first_answers(data, criteria)}


def completed(case: Case, criteria: Criteria) -> Data:
    """Return what a case states, and where it states nothing what the harmless case of the set does."""
    harmless = base_case(criteria)[1].model_dump(by_alias=True, exclude_none=True)
    data = case.model_dump(by_alias=True, exclude_none=True)
    for name, entity in criteria.entities.items():
        if entity.many is None:
            data[name] = {**harmless.get(name, {}), **data.get(name, {})}
        else:
            blank = {key: value for key, value in harmless[name][0].items() if not _is_from_table(criteria, name, key)}
            data[name] = tuple({**blank, **one} for one in data.get(name) or ())
    return data


def _is_from_table(criteria: Criteria, entity: str, short: str) -> bool:
    return getattr(criteria.entities[entity].facts.get(short), "from_", None) is not None


def first_answers(data: Mapping[str, Any], criteria: Criteria) -> Data:
    """Return the answers to first questions that all other answers imply, by the entity that they belong to."""
    first = {one.fact.partition(".")[0] for one in criteria.head.triage}
    full = {name: value for name, value in data.items() if name not in first}
    worked = work(with_first_answers(case_model(criteria).model_validate(full), criteria), criteria, ON)
    found: Data = {}
    for one in criteria.head.triage:
        entity, _, short = one.fact.partition(".")
        found.setdefault(entity, {})[short] = evaluate(one.implied, worked.facts).value is not False
    return found


def count(data: Data, criteria: Criteria) -> Counted:
    """Return how many questions are asked until start and measure are settled."""
    return interviewed(data, criteria)[0]


def interviewed(data: Data, criteria: Criteria, known: Mapping[str, Any] | None = None) -> tuple[Counted, Data]:
    """Return how many questions are asked where some answers are known already, and the case as it is then."""
    session = Session(Record({"id": "X", "title": "X", **(known or {})}, Under(criteria, ON)), Bounds())
    facts = lists = 0
    while not session.standing.is_settled and (step := session.next()) is not None:
        answer(session, step, data)
        facts += step.kind == "fact"
        lists += step.kind == "list"
    result = " ".join("-".join(one.levels) for one in session.standing.ladders)
    return Counted(facts, lists, result), session.record.data


def answer(session: Session, step: Step, data: Data) -> None:
    """Answer as the data have it."""
    entity, entry, fact = step.read
    stated = data.get(entity)
    if step.kind == "list":
        label = label_fact(session.record.criteria, entity)
        names = [f"{one.get(label, '')} {one['id']}" for one in stated or ()]
        session.fill(step, names) if names else session.none(step)
        return
    if entry is None:
        one = stated or {}
    else:
        at = [one["id"] for one in session.record.entries(entity)].index(entry)
        one = stated[at] if stated else {}
    value = one.get(fact or "", UNKNOWN)
    session.answer(step, None if value == UNKNOWN else value)


if __name__ == "__main__":
    main()
