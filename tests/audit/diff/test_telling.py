"""The case that tells a difference: settled where one is, and each of its differences from the base case is needed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.diff import known, semantics
from risk_engine.audit.diff.overlap import Overlap
from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Target
from risk_engine.audit.versions import Comparison
from risk_engine.engine.replay import worked_as_asked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import changed
from risk_engine.loading.case_tests import base_case
from risk_engine.model.case import Case, case_model, shown_in_place
from risk_engine.model.changes import Came, Direction, Shift
from risk_engine.solver.confirm import known_to
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, criteria_from
from tests.strategies import by_turns
from tests.versions import ASKS_MORE, FACTS, versions

Found = tuple[Comparison, Case]

WILD = "WILD: {severity: {%s: {fact: trip.pace, is: wild}}}"
LONG = "LONG: {severity: {%s: {fact: trip.days, at_least: 30}}}"
UNFIT = "UNFIT: {severity: {%s: {some: guest, where: {fact: guest.fit, is: false}}}}"
CROWD = "CROWD: {severity: {%s: {count: guest, where: {fact: guest.fit, is: false}, at_least: 2}}}"
ARMED = "ARMED: {severity: {critical: {fact: trip.armed, is: true}}}"
"""A question that only the later version asks."""


def shown(found: Found, name: str, direction: Direction) -> Shift:
    compared = found[0].changes.meaning
    assert compared is not None
    return next(one for one in compared.ladders() if (one.name, one.direction) == (name, direction))


# --- a law, told apart from how a case is trimmed: nothing can be taken out ---


def with_one_less(given: dict[str, Any], in_place: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Yield what is otherwise than in the base case, each time without one of it; of a new entry one answer less."""
    for path, value in given.items():
        yield {key: one for key, one in given.items() if key != path}, in_place
        for short in value if isinstance(value, dict) else ():
            if short != "id":
                yield {**given, path: {key: one for key, one in value.items() if key != short}}, in_place
    for control in in_place:
        yield given, tuple(one for one in in_place if one != control)


def came(found: Comparison, shift: Shift, given: dict[str, Any], in_place: tuple[str, ...]) -> tuple[Came, Came] | None:
    """Return what both versions come to; None where the case cannot be written or read."""
    assert shift.on is not None
    data: dict[str, Any] | None = base_case(found.before)[0]
    data = {**(data or {}), "controls": tuple(shown_in_place(one, shift.on, None) for one in in_place)}
    for path, value in given.items():
        data = changed(data, path, None if value == "unknown" else value)
        if data is None:
            return None
    entities = {**found.after.entities, **found.before.entities}
    ends = []
    for criteria in (found.before, found.after):
        plain = {key: one for key, one in known_to(criteria, data, entities).items() if one is not None}
        try:
            asked = worked_as_asked({**plain, "id": "c", "title": "c"}, criteria, shift.on, None)[1]
        except (RiskEngineError, ValueError):
            return None
        ends.append(Target(shift.of, shift.name).came(asked))
    return ends[0], ends[1]


def needless(found: Comparison) -> list[tuple[str, str, dict[str, Any]]]:
    """Return for which questions a case shows the same with one difference less, and that case."""
    compared = found.changes.meaning
    assert compared is not None
    kept: list[tuple[str, str, dict[str, Any]]] = []
    for shift in compared.shifts:
        if shift.example is None:
            continue
        all_of_it = shift.example.given, shift.example.in_place
        assert came(found, shift, *all_of_it) == (shift.before, shift.after)
        kept += [
            (shift.name, shift.direction, given)
            for given, in_place in with_one_less(*all_of_it)
            if came(found, shift, given, in_place) == (shift.before, shift.after)
        ]
    return kept


CHANGES = {
    "a threshold": (LONG % "high", (LONG % "high").replace("30", "20"), None),
    "an entry": (CROWD % "high", CROWD % "critical", None),
    "several rules": (
        "\n".join((WILD % "low", LONG % "high", UNFIT % "moderate")),
        "\n".join((WILD % "critical", LONG % "moderate", UNFIT % "high")),
        None,
    ),
    "a question more": (LONG % "high", f"{LONG % 'high'}\n{ARMED}", ASKS_MORE),
    "milder and a question more": (WILD % "critical", f"{WILD % 'moderate'}\n{ARMED}", ASKS_MORE),
}


@pytest.mark.parametrize("which", by_turns(CHANGES, 5))
def test_no_difference_of_a_case_that_is_shown_can_be_taken_out(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after, asked = CHANGES[which]
    found, base = versions(tmp_path, before, after, later_facts=asked)
    assert needless(found) == []
    # A solver that may not look for smaller cases shows larger ones: then the engine takes out what is not needed.
    for search, way, most in ((1, semantics.WAY, known.MOST), (Limits().search, 1, -1)):
        monkeypatch.setattr(semantics, "WAY", way)
        monkeypatch.setattr(known, "MOST", most)
        hasty = meaning(found.before, found.after, base, Limits(search=search))
        assert any(one.example and not one.example.is_smallest for one in hasty.shifts)
        assert needless(replace(found, changes=found.changes.model_copy(update={"meaning": hasty}))) == []


def test_what_another_answer_closes_is_no_difference(tmp_path: Path) -> None:
    asks = FACTS.replace(
        "riskier: higher,", "riskier: higher, otherwise: 0, ask_when: {fact: trip.pace, one_of: [calm, brisk]},"
    )
    found = versions(tmp_path, WILD % "moderate", WILD % "critical", facts=asks)
    stricter = shown(found, "measure", "stricter")
    assert stricter.example is not None
    assert stricter.example.given == {"trip.pace": "wild"}


# --- settled before open ---


def is_settled(came: Came | None) -> bool:
    return came is not None and came.lowest == came.highest and came.level in {None, came.lowest}


def test_a_settled_case_stands_before_an_open_one_that_differs_in_less(tmp_path: Path) -> None:
    # A single difference, that nobody says who comes, is stricter already; but open, and two guests tell more.
    found = versions(tmp_path, CROWD % "high", CROWD % "critical")
    stricter = shown(found, "measure", "stricter")
    assert (stricter.before, stricter.after) == (
        Came(level="regulation", lowest="regulation", highest="regulation"),
        Came(level="restriction", lowest="restriction", highest="restriction"),
    )
    assert stricter.example is not None
    assert stricter.example.given == {"guest.g.fit": False, "guest.guest-2": {"fit": False}}


def test_where_a_new_question_opens_a_case_its_answer_is_stated_so_that_it_is_settled(tmp_path: Path) -> None:
    # Milder whatever the answer is: where it was restricted, it is at most regulated.
    armed = ARMED.replace("critical", "high")
    found = versions(tmp_path, WILD % "critical", f"{WILD % 'low'}\n{armed}", later_facts=ASKS_MORE)
    milder = shown(found, "measure", "milder")
    assert (milder.before, milder.after) == (
        Came(level="restriction", lowest="restriction", highest="restriction"),
        Came(level="advice", lowest="advice", highest="advice"),
    )
    assert milder.example is not None
    assert milder.example.given == {"trip.pace": "wild", "trip.armed": False}


def test_no_open_case_that_comes_later_takes_the_place_of_a_settled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is milder for want of a visa is open; a question later shows it, in a smaller case than the settled one is.
    visa = "        visa: {type: choice, options: {none: None, forged: Forged}, riskier: later, question: What visa?}\n"
    asked = FACTS.replace("        days:", f"{visa}        days:")
    forged = "VISA: {severity: {critical: {fact: trip.visa, is: forged}}}"
    # The solver holds a case to be of a kind that the engine does not find it to be, once it is trimmed.
    monkeypatch.setattr(Overlap, "is_answered_in", lambda *_: False)
    found = versions(
        tmp_path,
        f"{forged}\n{LONG % 'low'}",
        f"{ARMED.replace('critical', 'moderate')}\n{LONG % 'high'}",
        facts=asked,
        later_facts=ASKS_MORE,
    )
    milder = shown(found, "measure", "milder")
    assert is_settled(milder.before)
    assert is_settled(milder.after)


def test_an_open_case_is_shown_where_no_settled_one_shows_it(tmp_path: Path) -> None:
    found = versions(tmp_path, LONG % "high", f"{LONG % 'high'}\n{ARMED}", later_facts=ASKS_MORE)
    opens = shown(found, "measure", "opens")
    assert opens.status == "refuted"
    assert not is_settled(opens.after)


# --- that no settled case shows it is said ---

NARROWER = FACTS.replace(
    "riskier: higher,", "riskier: higher, otherwise: 0, ask_when: {fact: trip.pace, one_of: [brisk, wild]},"
)


def test_what_only_an_open_case_shows_is_said_to_be_so(tmp_path: Path) -> None:
    # Nobody said for how long: open before, and not asked of a calm trip now. With an answer it comes to the same.
    found = versions(tmp_path, LONG % "high", LONG % "high", later_facts=NARROWER)
    milder = shown(found, "measure", "milder")
    assert not is_settled(milder.before)
    assert milder.only_open


@pytest.mark.parametrize("before", ["high", "critical"])
def test_of_what_a_settled_case_shows_nothing_is_said(before: str, tmp_path: Path) -> None:
    found = versions(tmp_path, CROWD % before, CROWD % "low")
    assert found[0].changes.meaning is not None
    assert not any(one.only_open for one in found[0].changes.meaning.shifts)


def test_a_settled_case_without_a_contradiction_stands_before_an_open_one(tmp_path: Path) -> None:
    # That access is limited, and to nothing, is settled and contradicts itself; that nobody said so is open.
    facts = """
        trip:
          facts:
            access: {type: choice, options: [equal, limited], riskier: later}
            lacking: {type: choices, options: [data, rooms], riskier: more}
    """
    invariants = """
        facts:
          NAMED: {whenever: {fact: trip.access, is: limited}, then: {fact: trip.lacking, includes_any: [data, rooms]}}
    """
    before, after = (
        criteria_from(
            tmp_path / severity,
            facts=facts,
            invariants=invariants,
            indicators=f"LIMITED: {{severity: {{{severity}: {{fact: trip.access, is: limited}}}}}}",
        )
        for severity in ("low", "high")
    )
    base = {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"access": "equal", "lacking": ()}}
    found = meaning(before, after, case_model(before).model_validate(base), Limits(), DAY)
    stricter = next(one for one in found.ladders() if (one.name, one.direction) == ("measure", "stricter"))
    assert stricter.example is not None
    assert stricter.example.given == {"trip.access": "limited", "trip.lacking": ("rooms",)}
