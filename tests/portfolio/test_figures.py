"""What a report on many cases counts, lists and tries is what each case comes to alone."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any

import polars as pl
import pytest

from risk_engine.engine.assess import assess
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.model.portfolio import NONE, UNANSWERED, YEAR, Number
from risk_engine.model.profile import cell_of
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.figures import Asked, Under, figures, together
from risk_engine.portfolio.figures_counts import LISTED, counted_by
from risk_engine.portfolio.figures_swapped import swap
from risk_engine.portfolio.figures_tried import Sample, drawn
from tests.engine.builder import DAY
from tests.portfolio.many import FILES, LOANS, NUMBER, PROFILE, drawn_data, in_place, loan, made, results, stated

WITHOUT_COUNTRIES = LOANS.model_copy(
    update={"head": LOANS.head.model_copy(update={"roles": LOANS.head.roles.model_copy(update={"country": {}})})}
)
"""The same rules, of which nothing is swapped: that takes its time."""


@cache
def alone() -> tuple[Assessment, ...]:
    return tuple(assess(loan(one), LOANS, DAY, PROFILE) for one in drawn_data(NUMBER))


def of_ladder(one: Assessment, ladder: str) -> Any:
    return next(each for each in one.proposals if each.ladder == ladder)


def is_open(one: Assessment) -> bool:
    return any(of_ladder(one, ladder).provisional for ladder in LOANS.head.roles.deciding)


def ends(one: Assessment) -> tuple[int, ...]:
    """Return where a case ends on the ladders that decide, the strictest ends first."""
    deciding = [(of_ladder(one, name), list(LOANS.ladders[name].levels)) for name in LOANS.head.roles.deciding]
    return tuple(levels.index(ladder.range[end]) for end in (-1, 0) for ladder, levels in deciding)


def moved(before: Iterable[Assessment], after: Iterable[Assessment]) -> tuple[int, int]:
    """Return how many cases became stricter, and milder."""
    pairs = [(ends(one), ends(other)) for one, other in zip(before, after, strict=True)]
    return sum(other > one for one, other in pairs), sum(other < one for one, other in pairs)


def numbers(part: object) -> Iterator[Number]:
    match part:
        case Number():
            yield part
        case tuple():
            for one in part:
                yield from numbers(one)
        case dict():
            yield from numbers(tuple(part.values()))
        case _ if is_dataclass(part):
            yield from numbers(tuple(vars(part).values()))


def test_cases_stand_where_their_assessments_say() -> None:
    for counts in made().ladders:
        proposals = [of_ladder(one, counts.ladder) for one in alone()]
        wanted = Counter((one.level, one.provisional) for one in proposals)
        found = {
            (one.name, number is one.open): number.cases for one in counts.levels for number in (one.settled, one.open)
        }
        assert {place: cases for place, cases in found.items() if cases} == wanted
    assert made().open.cases == sum(map(is_open, alone()))


def test_points_are_in_the_band_of_their_highest_end() -> None:
    for counts in made().dimensions:
        rated = [next(one for one in each.ratings if one.dimension == counts.dimension).residual for each in alone()]
        wanted = Counter((one.band_at_most, one.band_at_least != one.band_at_most) for one in rated)
        assert {(one.name, False): one.settled.cases for one in counts.bands if one.settled.cases} | {
            (one.name, True): one.open.cases for one in counts.bands if one.open.cases
        } == wanted


def test_findings_and_their_grounds_are_counted_once_a_case() -> None:
    found = [{one.id: one.outcome for one in each.findings} for each in alone()]
    for one in made().findings:
        outcomes = Counter(each.get(one.name) for each in found)
        assert (one.present.cases, one.undetermined.cases) == (outcomes["present"], outcomes["undetermined"])
    for one in made().grounds:
        on_it = [{out for name, out in each.items() if LOANS.indicators[name].ground == one.name} for each in found]
        present = sum("present" in each for each in on_it)
        assert (one.present.cases, one.undetermined.cases) == (present, sum(bool(each) for each in on_it) - present)


def test_a_case_counts_for_each_of_its_answers_and_what_is_missing_is_told_beside() -> None:
    data = drawn_data(NUMBER)
    wanted = {
        "borrower.seat": [{one.get("seat") or UNANSWERED for one in each["borrower"]} or {NONE} for each in data],
        "loan.opens_on": [{str(day.year) if (day := each["loan"].get("opens_on")) else UNANSWERED} for each in data],
        "loan.escorted": [{"true"} for _each in data],
        "artwork.hazards": [set(each["artwork"][0].get("hazards", [UNANSWERED])) or {NONE} for each in data],
    }
    for counted in made().counted_by:
        if counted.by in wanted:
            assert {one.value: one.cases.cases for one in counted.answers} == Counter(
                value for each in wanted[counted.by] for value in each
            )
        for one in counted.answers:
            assert sum(each.cases for each in one.levels) + one.open.cases == one.cases.cases


def test_every_number_has_the_list_of_its_cases_and_a_long_one_is_all_in_a_file() -> None:
    figures = made()
    told = [one for one in numbers(figures) if one.cases]
    assert len(told) > 100
    for one in told:
        listed = figures.lists[one.key]
        assert (listed.cases, len(listed.first)) == (one.cases, min(one.cases, LISTED))
        assert (listed.file is not None) == (one.cases > LISTED)
        if listed.file:
            assert len(FILES[one.key]) == len(set(FILES[one.key])) == one.cases
            assert tuple(FILES[one.key][:LISTED]) == listed.first
    blocked = next(one for one in figures.ladders if one.role == "headline").levels[-1]
    strictest = [each.case["id"] for each in alone() if of_ladder(each, "verdict").range[0] == blocked.name]
    assert list(figures.lists[blocked.settled.key].first) == strictest[:LISTED]


def test_what_needs_attention_comes_in_the_order_that_is_told() -> None:
    first = made().attention
    by_case = {each.case["id"]: each for each in alone()}
    places = []
    for one in first:
        of = by_case[one.case]
        strict = ends(of)
        places.append(
            (*(-end for end in strict[2:]), *(-end for end in strict[:2]), -one.points, one.missing, one.case)
        )
    assert places == sorted(places)
    assert len(first) == len({one.case for one in first})
    left_out = [ends(each) for name, each in by_case.items() if name not in {one.case for one in first}]
    assert all(each[2:] <= ends(by_case[first[-1].case])[2:] for each in left_out)


def test_a_control_does_in_the_report_what_it_does_when_it_is_in_place() -> None:
    controls = made().controls
    assert controls is not None
    assert {one.control for one in controls.helped} >= {"LOGGER", "MOUNT"}
    for one in controls.helped:
        with_it = [
            assess(loan(data | {"controls": [*_others(data, one.control), in_place(one.control)]}), LOANS, DAY, PROFILE)
            for data in drawn_data(NUMBER)
        ]
        pairs = list(zip(alone(), with_it, strict=True))
        falls = sum(any(new < old for new, old in zip(ends(now)[:2], ends(was)[:2], strict=True)) for was, now in pairs)
        assert one.level.cases == falls, one.control
        assert one.severity.cases == sum(_residuals(now) != _residuals(was) for was, now in pairs), one.control


def _others(data: dict[str, Any], control: str) -> list[dict[str, Any]]:
    return [one for one in data["controls"] if one["id"] != control]


def _residuals(one: Assessment) -> dict[str, str]:
    return {each.id: each.residual.at_most for each in one.findings}


def test_another_country_does_in_the_report_what_it_does_in_the_case() -> None:
    (swap,) = made().swapped
    data = [one for one in drawn_data(NUMBER) if one["borrower"]]
    assert (swap.sample, swap.without) == (len(data), NUMBER - len(data))
    assert sorted(row for one in swap.alike for row in one.rows) == sorted(LOANS.tables["regions"].rows)
    before = [_with(one, {}) for one in data]
    for alike in swap.alike:
        for row in alike.rows:
            after = [_with(one, {"seat": row}) for one in data]
            assert (alike.moves.stricter.cases, alike.moves.milder.cases) == moved(before, after)
            assert alike.open.cases == sum(of_ladder(one, "verdict").provisional for one in after)
            settled = Counter(one.level for each in after if not (one := of_ladder(each, "verdict")).provisional)
            assert [one.cases for one in alike.levels] == [settled[one] for one in LOANS.ladders["verdict"].levels]


def test_a_column_moves_in_the_report_what_it_moves_when_the_case_states_it() -> None:
    (swap,) = made().swapped
    data = [one for one in drawn_data(NUMBER) if one["borrower"]]
    before = [_with(one, {}) for one in data]
    assert {one.column for one in swap.columns if one.moves.cases} == {"quake_zone", "shielded"}
    for one in swap.columns:
        rows = [row for row in LOANS.tables["regions"].rows if _cell(row, one.column) == one.value]
        assert one.rows == len(rows)
        if one.value is None:  # no case can state that something is not known which the table knows
            continue
        after = [_with(each, {one.column: one.value}) for each in data]
        assert (one.moves.stricter.cases, one.moves.milder.cases) == moved(before, after)


def test_a_row_of_what_there_is_one_of_is_swapped_likewise() -> None:
    swapped = swap(Sample(stated(), NUMBER, LOANS, DAY, PROFILE), "loan.shipper")
    assert (swapped.sample, swapped.without, swapped.aside) == (NUMBER, 0, 0)
    for alike in swapped.alike:
        for row in alike.rows:
            loans = [one | {"loan": one["loan"] | {"shipper": row}} for one in drawn_data(NUMBER)]
            after = [assess(loan(one), LOANS, DAY, PROFILE) for one in loans]
            assert (alike.moves.stricter.cases, alike.moves.milder.cases) == moved(alone(), after)
    grades = {one.value: one.moves for one in swapped.columns}
    assert {value: one.cases for value, one in grades.items()} == {
        value: next(one.moves.cases for one in swapped.alike if one.cells["grade"] == value) for value in grades
    }


def _cell(row: str, column: str) -> object:
    return cell_of(LOANS, PROFILE, "regions", row, column, DAY)[0]


def _with(data: dict[str, Any], answers: dict[str, Any]) -> Assessment:
    """Return the assessment of a loan of which all borrowers say this, and the table what they do not."""
    borrowers = [
        {name: value for name, value in one.items() if name not in {"quake_zone", "shielded"}} | answers
        for one in data["borrower"]
    ]
    return assess(loan(data | {"borrower": borrowers}), LOANS, DAY, PROFILE)


def test_a_sample_is_as_large_as_was_asked_and_always_the_same() -> None:
    assert drawn(NUMBER, 10) == drawn(NUMBER, 10)
    assert len(set(drawn(NUMBER, 10))) == 10
    assert drawn(NUMBER, 100) == list(range(NUMBER))
    parts = [pl.concat([results(), stated().drop("case")], how="horizontal")]
    found = figures(lambda: parts, Under(WITHOUT_COUNTRIES, PROFILE), Asked((YEAR,), 10), None, lambda *_: None)
    assert found.controls is not None
    assert (found.controls.sample, found.controls.of, found.swapped) == (10, NUMBER, ())


def test_without_the_cases_nothing_is_tried_and_cases_are_counted_by_year_alone() -> None:
    found = figures(lambda: [results()], Under(LOANS), Asked(counted_by(LOANS)), None, lambda _done, _all: None)
    assert (found.controls, found.swapped, [one.by for one in found.counted_by]) == (None, (), ["year"])
    assert found.ladders == made().ladders


def test_a_case_that_could_not_be_assessed_is_counted_apart_and_tried_in_nothing() -> None:
    cases = stated().with_columns(assessment_date=pl.when(pl.col("case") != "L-003").then(pl.lit(DAY)))
    parts = [pl.concat([Deciding(LOANS, None, PROFILE).results(cases), cases.drop("case")], how="horizontal")]
    found = figures(lambda: parts, Under(WITHOUT_COUNTRIES, PROFILE), Asked((YEAR,)), None, lambda *_: None)
    assert found.lists[found.unread.key].first == ("L-003",)
    assert found.settled.cases + found.open.cases == NUMBER - 1
    assert found.controls is not None
    assert found.controls.sample == NUMBER - 1


def test_results_of_other_cases_are_refused() -> None:
    for others in (stated()[1:], stated()[:-1], stated().reverse()):
        with pytest.raises(RiskEngineError, match="not those of these cases"):
            list(together([results()], [others]))


def test_what_cannot_be_counted_by_is_told_at_once() -> None:
    with pytest.raises(RiskEngineError) as refused:
        counted_by(LOANS, ["loan.ocasion", "loan.months", "loan.story", "loan.swap"])
    assert refused.value.message.splitlines() == [
        "there is no fact `loan.ocasion`",
        "  help: did you mean `loan.occasion`?",
        "cases are not counted by `loan.months`: every answer to it may be another one",
        "cases are not counted by `loan.story`: every answer to it may be another one",
    ]
