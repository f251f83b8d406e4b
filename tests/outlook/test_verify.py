"""Whoever rewrites an outlook and its digest is found out: cases are replayed, and all of it is worked out anew."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from risk_engine.engine.assess import assess
from risk_engine.engine.assess import to_json as assessment_json
from risk_engine.engine.work import worked_again
from risk_engine.model.assessment import Assessment
from risk_engine.model.outlook import Outlook, Way
from risk_engine.outlook.outlook import outlook, to_json
from risk_engine.outlook.verify import compare, replay
from tests.engine.builder import DAY, case_from, criteria_from
from tests.outlook.forging import UNSAID, Record, Written, example, loan

DRONE, HALF, LOAN, OPEN = "drone-swarm", "half-filled", "loan", "open"
READY = "ways.release.ready"
LUX = "artwork.fan.lux_hours"
Change = Callable[[Record], Any]


class OnceAsked(dict[str, Written]):
    """Outlooks by name, each made once it is asked for: a process that forges one needs no other."""

    def __init__(self, makers: Mapping[str, Callable[[], Written]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, name: str) -> Written:
        self[name] = made = self._makers[name]() if name in self._makers else example(name)
        return made


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Written]:
    folder = tmp_path_factory.mktemp("loans")
    return OnceAsked({LOAN: lambda: loan(folder), OPEN: lambda: loan(folder, *UNSAID)})


@pytest.mark.parametrize("name", [LOAN, OPEN, DRONE, pytest.param(HALF, marks=pytest.mark.nightly)])
def test_what_nobody_touched_comes_out_again(name: str, records: Mapping[str, Written]) -> None:
    again = records[name].again()
    assert (again.wrong_cases, again.wrong, again.unsure) == ((), (), ())
    assert again.cases > 5
    assert again.is_searched


def _way(made: Record, number: int = 0) -> Any:
    """Return a way of the loan to where it may leave at once."""
    return made["ways"][-1]["ways"][number]


def _parts(way: Record) -> int:
    return len(way["controls"]) + len(way["changes"])


def _several(made: Record) -> Any:
    """Return a target that a way of several parts leads to."""
    return next(one for one in made["ways"] if any(_parts(way) > 1 for way in one["ways"]))


def _question(made: Record, path: str) -> Any:
    return next(one for one in made["questions"] if one["path"] == path)


def _add_control(made: Record) -> None:
    way = made["ways"][0]["ways"][0]
    way["controls"].append("CTL-04")
    way.update(effort=way["effort"] + 1, not_agreed=2)


def _change(made: Record) -> Any:
    return next(one for target in made["ways"] for way in target["ways"] for one in way["changes"])


def _also_change(path: str, before: str, after: str) -> Change:
    more = {"path": path, "before": before, "after": after, "or_milder": False}
    return lambda made: _way(made, 1)["changes"].append(more)


def _possible(made: Record) -> Any:
    return made["ranges"][0]["possible"]


def _with_answer(path: str, value: Any) -> Change:
    return lambda made: _possible(made)[0]["witness"]["answers"].update({path: value})


def _without_reason(made: Record) -> None:
    next(one for one in made["ways"] if one["obstacles"])["obstacles"].pop()


MARGINS: Mapping[str, tuple[str, Change, str]] = {
    "a number that tips": (
        DRONE,
        lambda made: made["margins"]["tips"][0].update(tips_at=119),
        "margins.tips.critical.points.tips_at",
    ),
    "stable for none tips": (DRONE, lambda made: made["margins"].update(tips=[]), "margins.tips"),
    "points": (
        DRONE,
        lambda made: made["margins"]["bands"][0].update(points=3),
        "margins.bands.security.before.points",
    ),
    "findings more": (DRONE, lambda made: made["margins"]["findings"][0].update(number=5), "margins.findings.0.number"),
    "a wrong answer left out": (
        DRONE,
        lambda made: made["margins"]["if_wrong"].pop(),
        "margins.if_wrong.partner.songhua.military_link",
    ),
    "answers tried": (LOAN, lambda made: made["margins"].update(answers=99), "margins.answers"),
}
WAYS: Mapping[str, tuple[str, Change, str]] = {
    "a control that is not needed": (DRONE, _add_control, "ways.measure.regulation.ways.0.controls"),
    "effort": (LOAN, lambda made: _way(made).update(effort=1), f"{READY}.ways.0.effort"),
    "what is agreed": (LOAN, lambda made: _way(made).update(not_agreed=0), f"{READY}.ways.0.not_agreed"),
    "what falls away": (LOAN, lambda made: _way(made).update(set_aside=["loan.reach"]), f"{READY}.ways.0.set_aside"),
    "what is asked then": (
        LOAN,
        lambda made: _way(made).update(then_asked=["loan.reach"]),
        f"{READY}.ways.0.then_asked",
    ),
    "a control twice": (LOAN, lambda made: _way(made)["controls"].append("MOUNT"), f"{READY}.ways.0.controls"),
    "a single control left out": (
        OPEN,
        lambda made: made["ways"][0]["ways"].clear(),
        "ways.verdict.lend_on_terms.ways",
    ),
    "the same way again": (LOAN, lambda made: made["ways"][-1]["ways"].insert(0, _way(made)), f"{READY}.ways"),
    "the dearest first": (LOAN, lambda made: made["ways"][-1]["ways"].reverse(), f"{READY}.ways.0.changes"),
    "a ladder left out": (LOAN, lambda made: made["ways"].pop(), "ways.release.ready"),
    "a level on the way left out": (DRONE, lambda made: made["ways"].pop(), "ways.start_gate.clear"),
    "another ladder": (LOAN, lambda made: made["ways"][0].update(ladder="travel"), "ways.travel.lend"),
    "no such level": (LOAN, lambda made: made["ways"][0].update(to="heaven"), "ways.verdict.heaven"),
    "where it is now": (LOAN, lambda made: made["ways"][0].update(level="refuse"), "ways.verdict.lend.level"),
    "what was tried": (
        LOAN,
        lambda made: made["ways"][0].update(changes_tried="none"),
        "ways.verdict.lend.changes_tried",
    ),
    "what stands in the way": (DRONE, _without_reason, "ways.measure.advice.obstacles.SEC-11"),
    "obstacles where there are ways": (
        LOAN,
        lambda made: made["ways"][1].update(obstacles=made["ways"][0]["obstacles"]),
        f"{READY}.obstacles",
    ),
    "what no redesign changes": (
        LOAN,
        lambda made: made["ways"][0]["obstacles"][0].update(fixed=[]),
        "ways.verdict.lend.obstacles.OBJ-2.fixed",
    ),
    "an obstacle of nothing": (
        LOAN,
        lambda made: made["ways"][0]["obstacles"][0].update(unanswered=["moon.cheese"]),
        "ways.verdict.lend.obstacles.OBJ-2.unanswered",
    ),
    "not every milder answer": (
        LOAN,
        lambda made: _change(made).update(or_milder=False),
        f"{READY}.ways.1.changes.{LUX}.or_milder",
    ),
    "further than need be": (
        LOAN,
        lambda made: _change(made).update(after=12),
        f"{READY}.ways.1.changes.{LUX}.after",
    ),
    "what may not be changed": (
        LOAN,
        _also_change("artwork.fan.material", "paper", "stone"),
        f"{READY}.ways.1.changes.artwork.fan.material",
    ),
    "the only answer that is offered already": (
        LOAN,
        _also_change("borrower.harbour.night_watch", "staffed", "empty"),
        f"{READY}.ways.1.changes.borrower.harbour.night_watch",
    ),
}
RANGES: Mapping[str, tuple[str, Change, str]] = {
    "its ends": (OPEN, lambda made: made["ranges"][0].update(highest="lend_on_terms"), "ranges.verdict.highest"),
    "a ladder left out": (OPEN, lambda made: made["ranges"].pop(), "ranges.travel"),
    "the strictest first": (
        OPEN,
        lambda made: made["ranges"][0]["possible"].reverse(),
        "ranges.verdict.possible.order",
    ),
    "possible and not decided": (
        OPEN,
        lambda made: made["ranges"][0].update(undecided=["refuse"]),
        "ranges.verdict.undecided",
    ),
    "what falls away": (
        OPEN,
        lambda made: made["ranges"][0]["possible"][0]["witness"].update(set_aside=["loan.reach"]),
        "ranges.verdict.possible.lend_on_terms.witness.set_aside",
    ),
    "an answer that tells and is not there": (
        OPEN,
        lambda made: made["ranges"][0]["possible"][0]["witness"].update(telling=["loan.reach"]),
        "ranges.verdict.possible.lend_on_terms.witness.telling.0",
    ),
}
QUESTIONS: Mapping[str, tuple[str, Change, str]] = {
    "one left out": (OPEN, lambda made: made["questions"].pop(), "questions.artwork.portrait.appraised_on"),
    "one that is answered": (
        OPEN,
        lambda made: made["questions"][-1].update(path="loan.reach"),
        "questions.artwork.portrait.appraised_on",
    ),
    "another order": (OPEN, lambda made: made["questions"].reverse(), "questions.order"),
    "what comes first": (
        OPEN,
        lambda made: _question(made, "loan.shipper_grade").update(after=[]),
        "questions.loan.shipper_grade.after",
    ),
    "alone without an answer": (
        OPEN,
        lambda made: _question(made, "loan.shipper").update(if_answered=[]),
        "questions.loan.shipper.if_answered",
    ),
    "needless and yet it decides": (
        OPEN,
        lambda made: _question(made, "loan.shipper").update(effect="none"),
        "questions.loan.shipper.effect",
    ),
    "it alone decides and is said not to": (
        OPEN,
        lambda made: _question(made, "loan.shipper").update(effect="none", if_answered=[], findings=[]),
        "questions.loan.shipper.effect",
    ),
    "its findings": (
        OPEN,
        lambda made: _question(made, LUX).update(findings=[]),
        f"questions.{LUX}.findings",
    ),
    "what an answer moves": (
        OPEN,
        lambda made: _question(made, "loan.shipper")["if_answered"][0].update(moves=[]),
        "questions.loan.shipper.if_answered.0.moves",
    ),
    "an answer left out": (
        OPEN,
        lambda made: _question(made, "loan.shipper")["if_answered"].pop(),
        "questions.loan.shipper.if_answered",
    ),
    "a row that does the same left out": (
        OPEN,
        lambda made: _question(made, "loan.shipper")["if_answered"][0].update(alike=[]),
        "questions.loan.shipper.if_answered.0.alike",
    ),
    "a row that does something else": (
        OPEN,
        lambda made: _question(made, "loan.shipper")["if_answered"][0].update(alike=["GENTLE", "QUICKVAN"]),
        "questions.loan.shipper.if_answered.0.alike",
    ),
    "an option that does something else": (
        OPEN,
        lambda made: _question(made, "borrower.harbour.night_watch")["if_answered"][0].update(alike=["staffed"]),
        "questions.borrower.harbour.night_watch.if_answered.0.alike",
    ),
}
SEARCHED: Mapping[str, tuple[str, Change, str]] = {
    "a way of several parts left out": (
        LOAN,
        lambda made: _several(made)["ways"].remove(next(one for one in _several(made)["ways"] if _parts(one) > 1)),
        "ways.",
    ),
    "a level that can come out left out": (OPEN, lambda made: _possible(made).pop(), "ranges.verdict.possible."),
    "a question said to decide nothing": (
        OPEN,
        lambda made: next(one for one in made["questions"] if one["effect"] == "together").update(effect="none"),
        "questions.",
    ),
    "that there may be smaller ones": (
        OPEN,
        lambda made: _possible(made)[0]["witness"].update(is_smallest=False),
        "ranges.verdict.possible.lend_on_terms.witness.is_smallest",
    ),
    "that there may be more ways": (LOAN, lambda made: made["ways"][-1].update(is_all=False), f"{READY}.is_all"),
    "how many entries a list may have": (HALF, lambda made: made["entries"].update(partner=9), "entries."),
}
CASES: Mapping[str, tuple[str, Change, str]] = {
    "a witness of another level": (
        OPEN,
        lambda made: _possible(made)[0].update(level="refuse"),
        "ranges.verdict.refuse",
    ),
    "what a witness comes to": (
        OPEN,
        lambda made: _possible(made)[0]["witness"].update(reached=_possible(made)[1]["witness"]["reached"]),
        "ranges.verdict.lend_on_terms",
    ),
    "a ladder that is not told of": (
        OPEN,
        lambda made: _possible(made)[0]["witness"]["reached"].pop(),
        "ranges.verdict.lend_on_terms",
    ),
    "a witness of nothing": (
        OPEN,
        lambda made: _possible(made)[1]["witness"].update(answers={}),
        "ranges.verdict.refuse",
    ),
    "an entry that there is not": (OPEN, _with_answer("borrower.nobody.seat", "NO"), "ranges.verdict.lend_on_terms"),
    "an entry of what has none": (OPEN, _with_answer("loan.long.reach", 3), "ranges.verdict.lend_on_terms"),
    "no question at all": (OPEN, _with_answer("a.b.c.d", 3), "ranges.verdict.lend_on_terms"),
    "an answer that the case states otherwise": (OPEN, _with_answer("loan.reach", 3), "ranges.verdict.lend_on_terms"),
    "an answer that cannot be given": (
        OPEN,
        lambda made: _question(made, "loan.shipper")["if_answered"][0].update(answer="SEVEN"),
        "questions.loan.shipper.SEVEN",
    ),
    "what an answer does": (
        OPEN,
        lambda made: _question(made, "loan.shipper")["if_answered"][0].update(reached=[]),
        "questions.loan.shipper.SLOWBOAT",
    ),
    "another way": (LOAN, lambda made: _way(made).update(controls=["DIMMER"]), f"{READY}.0"),
    "a control that there is not": (LOAN, lambda made: _way(made).update(controls=["MOON"]), f"{READY}.0"),
    "a way that leads elsewhere": (LOAN, lambda made: _way(made).update(reached=[]), f"{READY}.0"),
    "a way to no level": (LOAN, lambda made: made["ways"][-1].update(to="heaven"), "ways.release.heaven.0"),
    "a wrong answer that does nothing": (
        LOAN,
        lambda made: made["margins"]["if_wrong"][0].update(instead="SLOWBOAT"),
        "margins.if_wrong.loan.shipper",
    ),
    "a wrong answer to no question": (
        LOAN,
        lambda made: made["margins"]["if_wrong"][0].update(path="moon.cheese"),
        "margins.if_wrong.moon.cheese",
    ),
}
PARTS = {
    "margins": MARGINS,
    "ways": WAYS,
    "ranges": RANGES,
    "questions": QUESTIONS,
    "all": SEARCHED,
}
EVERY = {f"{part}: {name}": one for part, several in PARTS.items() for name, one in several.items()}


@pytest.mark.parametrize("forged", CASES)
def test_a_case_that_does_not_come_out_is_found_out(forged: str, records: Mapping[str, Written]) -> None:
    name, change, where = CASES[forged]
    again = records[name].again(change)
    assert where in (*again.wrong_cases, *again.wrong)


@pytest.mark.parametrize(
    "forged", [pytest.param(name, marks=pytest.mark.nightly if one[0] == HALF else ()) for name, one in EVERY.items()]
)
def test_what_was_rewritten_is_found_out(forged: str, records: Mapping[str, Written]) -> None:
    name, change, where = EVERY[forged]
    again = records[name].again(change)
    assert any(one == where or (where.endswith(".") and one.startswith(where)) for one in again.wrong), again


def test_without_a_solver_the_cases_are_replayed_and_no_more(records: Mapping[str, Written]) -> None:
    of_loan = records[LOAN]
    forged = copy.deepcopy(of_loan.outlook)
    _way(forged).update(controls=["DIMMER"], effort=1)
    found = replay(Outlook.model_validate_json(json.dumps(forged)), of_loan.stored, of_loan.criteria)
    assert (found.wrong_cases, found.wrong, found.is_searched) == ((f"{READY}.0",), (), False)


def test_of_days_and_numbers_both_ends_are_held_against_what_they_do(tmp_path: Path) -> None:
    made = loan(tmp_path, UNSAID[0])  # only the day is open
    path = "artwork.fan.acquired_on"
    (told,) = _question(made.outlook, path)["if_answered"]
    assert (told["first"], told["last"]) == (None, None)  # whatever day it is
    assert made.again().wrong == ()
    for ends in ({"first": "1938-01-01"}, {"last": "1938-01-01"}, {"first": "1933-01-30", "last": "1945-05-08"}):
        wrong = made.again(_with_ends(path, ends)).wrong
        assert wrong == tuple(f"questions.{path}.if_answered.0.{end}" for end in sorted(ends))


def test_answers_that_do_not_go_together_are_named_as_the_engine_names_them(tmp_path: Path) -> None:
    """A stone holds no nitrate film: of a fan of stone nobody says what it holds."""
    made = loan(tmp_path, "    hazards: [arsenic]\n", UNSAID[1], **{"material: paper": "material: stone"})
    assert made.again().wrong == ()
    hazards = _question(made.outlook, "artwork.fan.hazards")["if_answered"]
    place = next(number for number, one in enumerate(hazards) if one["contradicts"])
    refuse = next(number for number, one in enumerate(_possible(made.outlook)) if one["witness"]["contradicts"])
    sound = next(number for number in range(len(_possible(made.outlook))) if number != refuse)

    def of_answer(one: Record) -> None:
        _question(one, "artwork.fan.hazards")["if_answered"][place]["contradicts"] = []

    (where,) = made.again(of_answer).wrong
    assert where == f"questions.artwork.fan.hazards.if_answered.{place}.contradicts"
    (where,) = made.again(lambda one: _possible(one)[refuse]["witness"].update(contradicts=[])).wrong
    assert where.endswith(".witness.contradicts")
    (where,) = made.again(lambda one: _possible(one)[sound].update(only_contradictory=True)).wrong
    assert where.endswith(".only_contradictory")


def _with_ends(path: str, ends: Mapping[str, str]) -> Change:
    return lambda made: _question(made, path)["if_answered"][0].update(ends)


def test_a_word_has_no_place_in_it(records: Mapping[str, Written]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        records[LOAN].again(lambda made: made.update(levels={"verdict": {"refuse": "Gladly"}}))


def test_another_engine_excuses_nothing(records: Mapping[str, Written]) -> None:
    def older(made: Record) -> None:
        made["engine"] = "0.0.9"
        made["margins"]["tips"] = []

    again = records[DRONE].again(older)
    assert (again.wrong, again.unsure) == (("margins.tips",), ())
    again = records[DRONE].again(lambda made: made.update({"engine": "0.0.9"}))
    assert (again.wrong_cases, again.wrong, again.unsure) == ((), (), ())


@pytest.mark.parametrize(("made_with", "other"), [("solver", "z3 1.0"), ("base", "0" * 64)])
def test_what_another_solver_wrote_may_come_out_otherwise(
    made_with: str, other: str, records: Mapping[str, Written]
) -> None:
    """Or what is near to another harmless case; but what the engine says of a case is the same for ever."""

    def older(made: Record) -> None:
        made[made_with] = other
        made["margins"]["tips"] = []

    again = records[DRONE].again(older)
    assert (again.wrong, again.unsure) == ((), ("margins.tips",))
    assert records[DRONE].again(lambda made: made.update({made_with: other})).unsure == ()
    _name, change, where = CASES["another way"]
    again = records[LOAN].again(lambda made: (change(made), made.update({made_with: other})))
    assert again.wrong_cases == (where,)


def _of_refusal(answers: Mapping[str, Any], telling: list[str] | None = None) -> Change:
    """Return that a refusal is shown with other answers."""

    def change(made: Record) -> None:
        witness = next(one["witness"] for one in _possible(made) if one["level"] == "refuse")
        witness["answers"] = {**witness["answers"], **answers}
        witness["telling"] = witness["telling"] if telling is None else telling

    return change


def test_another_completion_of_the_same_size_is_no_difference(records: Mapping[str, Written]) -> None:
    """Which of them a search finds first hangs on the solver: one that comes out, and is told right, says the same."""
    again = records[OPEN].again(_of_refusal({LUX: 40000}))
    assert (again.wrong_cases, again.wrong, again.unsure) == ((), (), ())
    forged = (
        _of_refusal({LUX: 40000}, ["loan.shipper"]),
        _of_refusal({LUX: 40000}, ["loan.shipper", "borrower.harbour.night_watch"]),
        _of_refusal({LUX: 40000, "borrower.harbour.night_watch": "empty"}),  # no smallest one
    )
    for change in forged:
        assert any(
            one.startswith("ranges.verdict.possible.refuse.witness") for one in records[OPEN].again(change).wrong
        )


def test_another_way_of_the_same_size_is_no_difference_where_there_are_more_than_are_told(
    records: Mapping[str, Written],
) -> None:
    whole, anew = records[DRONE], records[DRONE].anew
    target = next(one for one in anew.outlook.ways if len(one.ways[0].controls) == 1)
    other = target.ways[0]
    one = other.model_copy(update={"controls": ("CTL-04",)})  # as if it were one

    def with_ways(*ways: Way) -> Outlook:
        limited = target.model_copy(update={"ways": ways, "is_all": False})
        return anew.outlook.model_copy(
            update={"ways": tuple(limited if each is target else each for each in anew.outlook.ways)}
        )

    made = anew._replace(outlook=with_ways(one))
    nothing = replay(anew.outlook, whole.stored, whole.criteria)
    assert compare(with_ways(other), made, nothing).wrong == ()
    more = other.model_copy(update={"controls": (*other.controls, "CTL-04")})
    idle = other.model_copy(update={"controls": ("CTL-30",)})
    for forged in (more, idle):
        assert compare(with_ways(forged), made, nothing).wrong != ()


BAG = """
    trip:
      facts:
        bag: {type: choices, options: {rope: R, knife: K, gas: G, maps: M}, riskier: more, changeable: It stays here.}
"""
SHARP = "{SHARP: {severity: {high: {fact: trip.bag, includes_any: [knife, gas]}}}}"


def test_of_several_options_only_those_that_must_go_may_be_told_to_go(tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path, facts=BAG, indicators=SHARP)
    case = case_from(criteria, "trip: {bag: [rope, knife, gas]}")
    stored = Assessment.model_validate_json(assessment_json(assess(case, criteria, DAY)))
    made = outlook(stored, worked_again(stored, criteria), case)
    record = Written(stored, json.loads(to_json(made)), criteria)
    assert record.again().wrong == ()
    assert _change(record.outlook)["after"] == ["rope"]
    where = f"ways.{made.ways[0].ladder}.{made.ways[0].to}.ways.0.changes.trip.bag"
    # The rope need not go; nothing comes in where more is riskier; what is in it already is no change.
    for after in ([], ["rope", "maps"], ["rope", "knife", "gas"]):
        assert any(one.startswith(f"{where}.after") for one in record.again(_to(after)).wrong)
    assert f"{where}.or_milder" in record.again(lambda one: _change(one).update(or_milder=True)).wrong


def _to(after: list[str]) -> Change:
    return lambda made: _change(made).update(after=after)
