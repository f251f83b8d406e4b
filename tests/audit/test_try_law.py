"""Whatever is edited in a set: the same cases of its release turn red as where every case is run in full."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.cases import Run, as_it_is, result_of, run_cases, runs
from risk_engine.audit.diff.single_changes import is_loadable
from risk_engine.audit.mutants.every import mutants
from risk_engine.audit.try_edit import try_edit
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.bundle import bundle_of
from risk_engine.loading.case import changed
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import criteria_in
from risk_engine.model.conditions import Not
from risk_engine.model.criteria import Criteria
from tests.audit.test_try_edit import with_fact
from tests.engine.builder import DAY, criteria_of
from tests.strategies import CONTROLS, DAYS, MANY, Data, Pen, RuleSet, domain, few_now, rule_sets

CASES = 8
EDITS = 8

# --- a release with cases ---


@st.composite
def tried(draw: st.DrawFn) -> tuple[Criteria, list[tuple[str, Criteria]]]:
    """Draw a release with cases that expect what it makes of them, and edits of it."""
    pen = Pen(draw)
    drawn = draw(rule_sets())
    # A base case in which little is found, as sets have one.
    bases = [_base(pen, drawn.criteria) for _number in range(4)]
    data = {"base": min(bases, key=lambda one: _present(drawn, one))}
    left: dict[str, tuple[str, ...]] = {"base": CONTROLS}
    tests: list[Data] = []
    for number in range(CASES):
        name, like = f"case {number}", pen.one(tuple(data))
        given, data[name] = _given(pen, drawn.criteria, data[like])
        in_place = pen.some(left[like], 2) if pen.chance(4) and left[like] else []
        left[name] = tuple(one for one in left[like] if one not in in_place)
        on = {"on": pen.one(DAYS)} if pen.chance(6) else {}
        tests.append({"name": name, "like": like, "given": given, "in_place": in_place, **on, "expect": {}})
    with tempfile.TemporaryDirectory() as folder:
        release = released(Path(folder) / "toy", drawn.pieces, data["base"], tests, with_gaps=pen.chance(2))
    edits = _edits_of(release)
    drafts = [pen.one(pen.one(edits)) for _number in range(EDITS)]
    return release, [one for one in drafts if is_loadable(one[1])]


def released(folder: Path, pieces: Data, base: Data, tests: list[Data], *, with_gaps: bool) -> Criteria:
    """Return a set as a release holds it, with cases that expect what it makes of them."""
    criteria = criteria_of(folder, {**pieces, "cases": {"base": base, "cases": tests}})
    expected = [
        {**test, "expect": _expected(run, with_gaps=with_gaps)} for test, run in zip(tests, runs(criteria), strict=True)
    ]
    criteria = criteria_of(folder, {**pieces, "cases": {"base": base, "cases": expected}})
    results = run_cases(criteria, jobs=1)
    assert not [one for one in results if one.differences]
    return criteria_in(bundle_of(criteria, outcomes=[one.outcome for one in results if one.outcome is not None]))


def _expected(run: Run, *, with_gaps: bool) -> Data:
    facts, found = run.worked.facts, run.worked.found
    expect = as_it_is(run, run.found, with_awareness=True)
    if with_gaps:
        gaps = {asked.path(): None for one in found for read in one.missing for asked in facts.to_ask(read)}
        expect = expect.model_copy(update={"gaps": tuple(gaps)})
    return expect.model_dump(exclude_defaults=True)


def _present(drawn: RuleSet, base: Data) -> int:
    worked = work(drawn.case(base), drawn.criteria)
    return sum(one.outcome != "absent" for one in worked.found)


def _base(pen: Pen, criteria: Criteria) -> Data:
    """Draw the base case; nearly all of it is answered."""
    base: Data = {"id": "base", "title": "Base", "assessment_date": DAY}
    for name, entity in criteria.entities.items():
        several = [{"id": f"e{number}", **_answers(pen, criteria, name)} for number in range(pen.index(MANY + 1))]
        base[name] = _answers(pen, criteria, name) if entity.many is None else tuple(several)
    return base


def _answers(pen: Pen, criteria: Criteria, name: str) -> Data:
    # A question that others may close is left out more often.
    facts = criteria.entities[name].facts.items()
    stated = [one for one in facts if not pen.chance(9 if one[1].ask_when is None else 2)]
    return {short: pen.one(domain(fact, criteria)) for short, fact in stated}


def _given(pen: Pen, criteria: Criteria, data: Data) -> tuple[Data, Data]:
    """Draw what a case changes of another one, and return that with what it states then."""
    given: Data = {}
    for _number in range(1 if pen.chance(2) else 3):
        name = pen.one(tuple(criteria.entities))
        entity = criteria.entities[name]
        held: Any = data[name]
        path: str
        value: Any
        if entity.many is not None and pen.chance(6):
            path, value = name, pen.one(((), "unknown"))
        elif entity.many is not None and (not isinstance(held, tuple) or not held or pen.chance(4)):
            path, value = f"{name}.e{pen.index(MANY)}", _answers(pen, criteria, name)
        else:
            short, fact = pen.one(tuple(entity.facts.items()))
            entry = "" if entity.many is None else f"{pen.one(held)['id']}."
            path, value = f"{name}.{entry}{short}", pen.one((*domain(fact, criteria), "unknown"))
        if (after := changed(data, path, value)) is not None:
            data = after
            given[path] = value
    return given, data


# --- edits ---


def _edits_of(criteria: Criteria) -> list[list[tuple[str, Criteria]]]:
    """Return small changes of each kind of record."""
    kinds: dict[str, list[tuple[str, Criteria]]] = {}
    for one in mutants(criteria):
        kinds.setdefault(one.name.partition(" ")[0], []).append((one.name, one.criteria))
    for name, fact in criteria.every_fact():
        if fact.ask_when is not None:
            draft = with_fact(criteria, name, ask_when=Not.model_construct(not_=fact.ask_when))
            kinds.setdefault("questions", []).append((f"question {name} not", draft))
    return list(kinds.values())


def red_of_all(release: Criteria, draft: Criteria) -> set[str]:
    """Return the names of the cases that turn red where each is run in full."""
    document, tests = read_tests(release)
    found: set[str] = set()
    for one in stated_cases(draft, document, tests):
        if isinstance(one, InvalidSourceError):
            found.add("the edited version cannot read it")
        elif result_of(one[1], one[2], draft, "").differences:
            found.add(one[1].name)
    return found


@few_now(2, 3)
@given(tried())
def test_the_same_cases_turn_red_as_where_every_case_is_run(made: tuple[Criteria, list[tuple[str, Criteria]]]) -> None:
    release, edits = made
    for name, draft in edits:
        assert (name, {one.name for one in try_edit(release, draft).red}) == (name, red_of_all(release, draft))
