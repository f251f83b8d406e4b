"""A row that only one version has: what both can state comes out as if it were not there (issue 18, section 3.6)."""

import tempfile
from collections.abc import Collection, Iterator
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Target
from risk_engine.engine.work import work
from risk_engine.model.case import case_model
from risk_engine.model.changes import Direction, Meaning
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits
from risk_engine.solver.unbounded import AnyLength
from tests.audit.diff.test_every_case import told
from tests.engine.builder import DAY, criteria_of
from tests.strategies import few_now

Data: TypeAlias = dict[str, Any]
Cells: TypeAlias = dict[tuple[str, str], Any]

MANY = 2
FACTS: Data = {
    "trip": {"facts": {"to": {"type": "row", "of": "places"}, "wild": {"type": "boolean", "from": "to"}}},
    "guest": {
        "many": MANY,
        "facts": {
            "home": {"type": "row", "of": "places"},
            "far": {"type": "boolean", "from": "home", "column": "wild"},
            "zone": {"type": "choice", "options": ("near", "there", "outer"), "riskier": "later", "from": "home"},
        },
    },
}
OTHERWISE: Data = {"wild": False, "zone": "near"}
CELLS: Data = {"wild": (None, False, True), "zone": (None, "near", "there", "outer")}
OLD, NEW = ("R1", "R2"), ("R3", "R4")


def leaves() -> st.SearchStrategy[Data]:
    of_guest = st.sampled_from(
        [{"fact": "guest.far", "is": True}, *({"fact": "guest.zone", "is": one} for one in CELLS["zone"][1:])]
    )
    return st.one_of(
        st.just({"fact": "trip.wild", "is": True}),
        st.builds(lambda key, where: {key: "guest", "where": where}, st.sampled_from(("some", "every")), of_guest),
        st.builds(lambda where: {"count": "guest", "where": where, "at_least": 2}, of_guest),
    )


CONDITIONS = st.recursive(
    leaves(),
    lambda parts: st.one_of(
        st.builds(lambda one: {"not": one}, parts),
        st.builds(lambda key, one, other: {key: [one, other]}, st.sampled_from(("all_of", "any_of")), parts, parts),
    ),
    max_leaves=3,
)
INDICATORS = st.builds(
    lambda severity, condition: {"severity": {severity: condition}},
    st.sampled_from(("low", "moderate", "high", "critical")),
    CONDITIONS,
)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[Data, Data]:
    """Draw a set with a table and one with rows more; often with a cell, or an indicator, that is another one too."""
    cells = {(name, row): draw(st.sampled_from(CELLS[name])) for name, row in product(CELLS, (*OLD, *NEW))}
    silent = draw(st.sets(st.sampled_from(tuple(CELLS))))
    indicators = {f"I{number}": draw(INDICATORS) for number in range(draw(st.integers(1, 2)))}
    before = {"facts": FACTS, "indicators": indicators, "tables": table(OLD, cells, silent)}
    rows = draw(st.sampled_from((NEW[:1], NEW)))
    changes = draw(st.sets(st.sampled_from(("cell", "indicator", "gone"))))
    if "cell" in changes:
        name = draw(st.sampled_from(tuple(CELLS)))
        cells = cells | {(name, "R1"): draw(st.sampled_from(CELLS[name]))}
    if "indicator" in changes:
        indicators = {**indicators, "I0": draw(INDICATORS)}
    # With a row that is gone as well, each version has one of its own.
    kept = OLD[:1] if "gone" in changes else OLD
    after = {"facts": FACTS, "indicators": indicators, "tables": table((*kept, *rows), cells, silent)}
    return (after, before) if draw(st.booleans()) else (before, after)


def table(rows: tuple[str, ...], cells: Cells, silent: Collection[str]) -> Data:
    columns = {
        name: ({} if name in silent else {"otherwise": OTHERWISE[name]})
        | {"values": {row: cells[name, row] for row in rows if cells[name, row] is not None}}
        for name in CELLS
    }
    return {"places": {"rows": {row: {"name": row} for row in rows}, "columns": columns}}


def every_case() -> Iterator[Data]:
    """Yield cases of all rows that some version has, and of some facts that a case states itself."""
    rows = (None, *OLD, *NEW)
    stated: tuple[Data, ...] = ({}, {"far": True}, {"zone": "there"})
    guests = [({} if home is None else {"home": home}) | one for home, one in product(rows, stated)]
    lists = [several for number in range(MANY + 1) for several in combinations_with_replacement(guests, number)]
    for to, several in product(rows, (None, *lists)):
        trip = {} if to is None else {"to": to}
        ids = None if several is None else tuple({"id": f"g{place}"} | one for place, one in enumerate(several))
        yield {"trip": trip} | ({} if ids is None else {"guest": ids})


CASES = tuple(every_case())


def rows_of(case: Data) -> set[str]:
    stated = [case["trip"].get("to"), *(one.get("home") for one in case.get("guest") or ())]
    return {one for one in stated if one is not None}


def compared(before: Criteria, after: Criteria) -> Meaning:
    base = case_model(before).model_validate({"id": "b", "title": "B", "assessment_date": DAY, "trip": {}, "guest": ()})
    return meaning(before, after, base, Limits(entries=MANY), DAY)


@settings(few_now(3, 6), suppress_health_check=list(HealthCheck))
@given(pieces())
def test_what_is_said_of_versions_with_rows_of_their_own_is_not_less_than_cases_show(
    drawn: tuple[Data, Data],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, after = (criteria_of(Path(folder) / f"v{number}", one) for number, one in enumerate(drawn))
    models = case_model(before), case_model(after)
    rows = [{*one.tables["places"].rows} for one in (before, after)]
    found = compared(before, after)
    shown: dict[str, set[Direction]] = {name: set() for name in ("measure", "gate")}
    for case in CASES:
        if rows_of(case) <= rows[0] & rows[1]:
            data = {"id": "c", "title": "C", "assessment_date": DAY, **case}
            old, new = (
                work(model.model_validate(data), one, DAY) for model, one in zip(models, (before, after), strict=True)
            )
            for name in shown:
                shown[name] |= told(Target("ladder", name).places(old), Target("ladder", name).places(new))
    for name, directions in shown.items():
        asked = [one for one in found.ladders() if one.name == name]
        # The engine has worked out every case that is shown, and these are not all: a case may state more facts itself.
        assert directions <= {one.direction for one in asked if one.status == "refuted"}
        assert all(one.status != "undecided" for one in asked)
    is_milder = any(one.direction == "milder" and one.status == "refuted" for one in found.ladders())
    assert found.required.bump == ("major" if rows[0] - rows[1] or is_milder else "minor")


@pytest.mark.parametrize("is_gone", [False, True], ids=["new", "gone"])
def test_a_row_of_one_version_alone_leaves_the_solver_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_gone: bool
) -> None:
    cells = {(name, row): CELLS[name][-1] for name, row in product(CELLS, (*OLD, *NEW))}
    where = {"all_of": [{"fact": "guest.far", "is": True}, {"fact": "guest.zone", "is": "outer"}]}
    indicators = {"I": {"severity": {"high": {"some": "guest", "where": where}}}}
    old, new = (
        criteria_of(
            tmp_path / "-".join(rows),
            {"facts": FACTS, "indicators": indicators, "tables": table(rows, cells, set())},
        )
        for rows in (OLD, (*OLD, *NEW))
    )

    def searched(*_: Any) -> None:
        pytest.fail("the solver was asked")

    monkeypatch.setattr(AnyLength, "find", searched)
    found = compared(new, old) if is_gone else compared(old, new)
    assert {one.status for one in found.shifts} == {"proved"}
    if is_gone:
        assert (found.required.bump, found.required.why) == ("major", "the row `R3` of `places` is gone")
    else:
        assert (found.required.bump, found.required.why) == ("minor", "`trip.to` accepts more answers")
