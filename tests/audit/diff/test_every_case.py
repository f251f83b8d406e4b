"""What is said of a change of a small set is what every case of it shows, tried one after the other (issue 6)."""

import tempfile
from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Target
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import Case, case_model
from risk_engine.model.changes import Direction, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, LADDERS, criteria_of, written
from tests.strategies import few_now

Data: TypeAlias = dict[str, Any]
Places: TypeAlias = tuple[int, ...]

MANY = 4
FACTS: Data = {
    "trip": {"facts": {"wet": {"type": "boolean", "riskier": True}, "late": {"type": "boolean"}}},
    "guest": {"many": MANY, "facts": {"skill": {"type": "choice", "options": ("novice", "expert")}}},
}
ONLY_IF_WET = {"ask_when": {"fact": "trip.wet", "is": True}, "otherwise": False}
RULES: tuple[Data, ...] = (
    {"every": "finding", "where": {"fact": "finding.outcome", "is": "present"}},
    {"count": "finding", "where": {"fact": "finding.residual", "at_least": "moderate"}, "at_least": 2},
    {"some": "finding", "where": {"fact": "finding.inherent", "one_of": {"parameter": "bad"}}},
)
SEVERITIES = ("low", "moderate", "high", "critical")
LADDER = written(LADDERS)


def leaves() -> st.SearchStrategy[Data]:
    where = st.builds(lambda one: {"fact": "guest.skill", "is": one}, st.sampled_from(("novice", "expert")))
    some = st.builds(lambda key, one: {key: "guest", "where": one}, st.sampled_from(("some", "every")), where)
    counted = st.builds(
        lambda key, number, one: {"count": "guest", "where": one, key: number},
        st.sampled_from(("at_least", "at_most")),
        st.integers(1, 2),
        where,
    )
    return st.one_of(st.sampled_from([{"fact": f"trip.{one}", "is": True} for one in ("wet", "late")]), some, counted)


CONDITIONS = st.recursive(
    leaves(),
    lambda parts: st.one_of(
        st.builds(lambda one: {"not": one}, parts),
        st.builds(
            lambda key, one, other: {key: [one, other]}, st.sampled_from(("all_of", "any_of", "all_of")), parts, parts
        ),
    ),
    max_leaves=3,
)
INDICATORS = st.builds(
    lambda severity, condition: {"severity": {severity: condition}}, st.sampled_from(SEVERITIES), CONDITIONS
)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[Data, Data]:
    """Draw a set and what a change makes of it, as plain data."""
    indicators = {f"I{number}": draw(INDICATORS) for number in range(draw(st.integers(1, 2)))}
    rule = {"level": "conditional", "when": draw(st.sampled_from(RULES))}
    gate = {**LADDER["gate"], "rules": [*LADDER["gate"]["rules"], rule]}
    before: Data = {
        "facts": FACTS,
        "indicators": indicators,
        "ladders": {**LADDER, "gate": gate},
        "parameters": {"bad": {"values": [{"value": ["low", "critical"]}]}},
    }
    after = dict(before)
    for change in draw(st.sets(st.sampled_from(("other", "new", "asked", "fewer", "bad")), min_size=1, max_size=2)):
        match change:
            case "other" | "new":
                after["indicators"] = {**indicators, "I0" if change == "other" else "NEW": draw(INDICATORS)}
            case "asked":
                trip = {**FACTS["trip"]["facts"], "late": FACTS["trip"]["facts"]["late"] | ONLY_IF_WET}
                after["facts"] = {**after["facts"], "trip": {"facts": trip}}
            case "fewer":
                after["facts"] = {**after["facts"], "guest": {**FACTS["guest"], "many": MANY - 1}}
            case _:
                after["parameters"] = {"bad": {"values": [{"value": ["critical"]}]}}
    return (after, before) if draw(st.booleans()) else (before, after)


def every_case() -> Iterator[Data]:
    stated = (None, True, False)
    lists = [
        tuple({"id": f"g{place}"} | ({"skill": one} if one else {}) for place, one in enumerate(skills))
        for number in range(MANY + 1)
        for skills in combinations_with_replacement((None, "novice", "expert"), number)
    ]
    for wet, late, guests in product(stated, stated, (None, *lists)):
        trip = {name: value for name, value in (("wet", wet), ("late", late)) if value is not None}
        yield {"trip": trip} | ({} if guests is None else {"guest": guests})


CASES = tuple(every_case())


def worked(criteria: Criteria, model: type[Case], case: Data) -> Worked | None:
    """Return what a version makes of a case; None if it refuses it, or the case answers what others close."""
    if len(case.get("guest") or ()) > (criteria.entities["guest"].many or 0):
        return None
    found = work(model.model_validate({"id": "c", "title": "C", "assessment_date": DAY, **case}), criteria, DAY)
    return None if found.facts.superfluous else found


def told(old: Places, new: Places) -> set[Direction]:
    """Return what one case shows of a ladder whose rules are the same: of its level and both ends of its range."""
    (level, low, high), (now, lowest, highest) = old, new
    found: set[Direction] = set()
    if highest < high:
        found.add("milder")
    elif now < level or (now == level and lowest < low):
        found.add("looser")
    if highest > high:
        found.add("stricter")
    elif now > level or (now == level and lowest > low):
        found.add("tighter")
    return found | ({"skips"} if abs(new[0] - old[0]) > 1 else set())


def _called(shift: Shift) -> tuple[Direction, ...]:
    return next(one.directions for one in shift.ladders if one.ladder == shift.name)


@settings(few_now(2, 12), suppress_health_check=list(HealthCheck))
@given(pieces())
def test_what_is_said_of_a_change_is_what_every_case_shows(drawn: tuple[Data, Data]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, after = (criteria_of(Path(folder) / f"v{number}", one) for number, one in enumerate(drawn))
    models = case_model(before), case_model(after)
    base = models[0].model_validate({"id": "b", "title": "B", "assessment_date": DAY, "trip": {}, "guest": ()})
    # As many entries as any case here has: of a ladder that hangs on findings which did not change, too, no more is
    # said than the printed bounds.
    found = meaning(before, after, base, Limits(entries=MANY), DAY)
    shown: dict[str, set[Direction]] = {name: set() for name in before.ladders}
    is_refused = False
    for case in CASES:
        old = worked(before, models[0], case)
        new = None if old is None else worked(after, models[1], case)
        if old is None or new is None:
            is_refused = is_refused or old is not None
            continue
        for name in shown:
            shown[name] |= told(Target("ladder", name).places(old), Target("ladder", name).places(new))
    if before.parameters["bad"].values == after.parameters["bad"].values:
        refuted = {(one.name, one.direction) for one in found.ladders() if one.status == "refuted"}
        in_cases = [each for one in found.shifts for each in one.ladders if each.ladder in {"measure", "gate"}]
        assert all({*each.directions} <= shown[each.ladder] for each in in_cases)
        assert all(one.direction in _called(one) for one in found.ladders() if one.name != "escalation" and one.ladders)
        for name in ("measure", "gate"):
            assert {direction for ladder, direction in refuted if ladder == name} == shown[name], name
    assert (found.required.bump == "major") == (
        is_refused or any("milder" in shown[one] for one in ("measure", "gate"))
    )
    assert found.required.bump != "patch" or not any(shown.values())
