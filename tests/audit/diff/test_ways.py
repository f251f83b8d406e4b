"""What each way in which a result moves is called, as the table of decision 0111 has it."""

from pathlib import Path
from typing import NamedTuple

import pytest

from risk_engine.audit.diff.required_version import required_bump
from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Target, moved_so
from risk_engine.model.case import case_model
from risk_engine.model.changes import Came, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, LADDERS, criteria_of, written

NOTE = Path(__file__).parents[3] / "docs/decisions/0111-each-way-a-result-moves-has-one-name.md"
MEASURE = Target("ladder", "measure")
Places = tuple[int, int, int]


class Row(NamedTuple):
    """What a row of the table says: where a result stood and stands, what that is called, and the step it needs."""

    before: Places
    after: Places
    is_called: str
    step: str
    by_other_rules: tuple[str, str] | None


def places(cell: str) -> Places:
    """Return the level, the mild and the strict end that a cell such as `A to C, B` or `B` says."""
    ends, _comma, level = cell.partition(", ")
    low, _to, high = ends.partition(" to ")
    return "ABC".index(level or low), "ABC".index(low), "ABC".index(high or low)


def rows() -> list[Row]:
    lines = [line.strip("| ").split(" | ") for line in NOTE.read_text("utf-8").splitlines() if line.startswith("| ")]
    found = []
    for before, after, _what, is_called, step in (one for one in lines if len(one) == 5 and one[0][0] in "ABC"):
        if before == "Before":
            continue
        same, *other = is_called.split("; by other rules ")
        needed, *of_other = step.split("; ")
        by_other = (other[0], of_other[0] if of_other else needed) if other else None
        found.append(Row(places(before), places(after), same, needed, by_other))
    return found


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    return criteria_of(tmp_path_factory.mktemp("toy"), {})


@pytest.fixture(scope="module")
def with_other_rules(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    ladders = written(LADDERS)
    ladders["measure"]["rules"] = ladders["measure"]["rules"][:3]
    return criteria_of(tmp_path_factory.mktemp("other"), {"ladders": ladders})


def test_the_table_is_read() -> None:
    assert len(rows()) == 20
    assert sum(one.by_other_rules is not None for one in rows()) == 2


def step_of(called: tuple[str, ...], before: Criteria, after: Criteria) -> str:
    """Return the step that a change needs of which cases show just this."""
    came = Came(level="advice", lowest="advice", highest="advice")
    shifts = [
        Shift(of="ladder", name="measure", direction=one, status="refuted", before=came, after=came)  # type: ignore[arg-type]
        for one in called
    ]
    return required_bump(before, after, shifts, (), (), after.head.roles.deciding).bump


@pytest.mark.parametrize("row", rows())
def test_a_result_that_moves_so_is_called_so_and_needs_this_step(
    row: Row, toy: Criteria, with_other_rules: Criteria
) -> None:
    called = moved_so(MEASURE, (toy, toy), row.before, row.after, is_asked_anew=False)
    said = ", ".join(one for one in called if one != "skips")
    assert (said, step_of(called, toy, toy)) == (row.is_called, row.step)
    if row.by_other_rules is not None:
        called = moved_so(MEASURE, (toy, with_other_rules), row.before, row.after, is_asked_anew=False)
        assert (", ".join(one for one in called if one != "skips"), step_of(called, toy, toy)) == row.by_other_rules


@pytest.mark.parametrize(
    ("before", "after", "is_called"),
    [
        ("A", "A to C, A", "opens"),
        ("A", "B to C, B", "stricter, opens"),
        ("C", "A to C, C", "opens"),
        ("A to C, A", "B to C, B", "tighter"),
        ("A to C, C", "A to B, B", "milder"),
    ],
)
def test_what_rests_on_an_answer_to_a_new_question_is_only_open(
    before: str, after: str, is_called: str, toy: Criteria
) -> None:
    called = moved_so(MEASURE, (toy, toy), places(before), places(after), is_asked_anew=True)
    assert ", ".join(one for one in called if one != "skips") == is_called


def test_an_escalation_is_told_by_either_end(toy: Criteria) -> None:
    escalation = Target("ladder", "escalation")
    assert moved_so(escalation, (toy, toy), (0, 0, 1), (1, 1, 1), is_asked_anew=False) == ("stricter",)
    assert moved_so(escalation, (toy, toy), (1, 1, 1), (0, 0, 1), is_asked_anew=False) == ("milder",)


# --- the same of all cases of a set ---

SURE = "RISK: {severity: {critical: {fact: trip.risky, is: true}}, controls: [{all: [ROPE], residual: low}]}"
OPEN = SURE.replace(
    "{fact: trip.risky, is: true}", "{all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}"
)
MEANWHILE = """
    level: blocked
    provisional: true
    when: {some: finding, where: {all_of: [{fact: finding.open, is: true}, {fact: finding.possible, is: critical}]}}
"""


def asked(folder: Path, before: str, after: str) -> dict[str, Shift]:
    """Return by direction what can become of the start, which is blocked while something critical is possible."""
    ladders = written(LADDERS)
    ladders["gate"]["rules"] = (written(MEANWHILE), *ladders["gate"]["rules"])
    one, other = (
        criteria_of(folder / name, {"ladders": ladders, "controls": {"ROPE": {}}, "indicators": written(rules)})
        for name, rules in (("before", before), ("after", after))
    )
    stated = {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"risky": False, "alone": True}, "guest": ()}
    found = meaning(one, other, case_model(one).model_validate(stated), Limits(), DAY)
    return {one.direction: one for one in found.ladders() if one.name == "gate"}


def test_what_was_certain_and_is_open_now_is_tighter_and_nowhere_stricter(tmp_path: Path) -> None:
    gate = asked(tmp_path, SURE, OPEN)
    assert (gate["stricter"].status, gate["tighter"].status) == ("proved", "refuted")
    # Whether it is alone nobody said, and it is held back until somebody does.
    assert gate["tighter"].example is not None
    assert gate["tighter"].example.given["trip.alone"] == "unknown"
    assert gate["tighter"].after is not None
    assert gate["tighter"].after.level == "blocked"


def test_what_was_open_and_is_certain_now_is_stricter_only_where_an_answer_makes_it_so(tmp_path: Path) -> None:
    gate = asked(tmp_path, OPEN, SURE)
    assert (gate["stricter"].status, gate["looser"].status, gate["milder"].status) == ("refuted", "refuted", "proved")
    assert gate["stricter"].before is not None
    assert gate["stricter"].before == Came(level="clear", lowest="clear", highest="clear")
