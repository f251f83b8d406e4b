"""Where everything of a timeline lies, and that it shows the times that the sets say."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from risk_engine.model.changes import Timeline
from risk_engine.report.blocks import Box, Label, Mark, Picture
from risk_engine.report.pictures import WIDTH
from risk_engine.report.set_pages.timeline import Span, picture, span, ticks
from tests.report.set_pages.timeline.parts import change, orchard, version

ONE = orchard(version("1.0.0", "2026-01-01", "2027-01-01"), version("1.1.0", "2027-01-01", None, state="draft"))


def drawn(timeline: Timeline = ONE) -> Picture:
    return picture(timeline.sets, span(timeline), timeline.on, key="timeline-1")


def boxes(made: Picture, *looks: str) -> list[tuple[int, int, str]]:
    return [(one.x, one.width, one.look) for one in made.items if isinstance(one, Box) and one.look in looks]


def labels(made: Picture) -> list[str]:
    return [one.text for one in made.items if isinstance(one, Label)]


def test_a_release_is_filled_a_draft_hatched_and_what_has_no_end_dashed() -> None:
    made = drawn()
    time = span(ONE)
    # 60 days are added to the last day that is known; two thirds of them are as sure as what was before.
    assert time == Span(date(2026, 1, 1), date(2027, 2, 10), date(2027, 3, 2))
    start, turn, end = (time.across(one) for one in (date(2026, 1, 1), date(2027, 1, 1), date(2027, 2, 10)))
    assert boxes(made, "now", "expected", "maybe") == [
        (start, turn - start, "now"),
        (turn, end - turn, "expected"),
        (end, WIDTH - end, "maybe"),
    ]
    assert labels(made)[0] == "1.0.0 · released · in force from 1 January 2026"
    assert made.signs == (
        ("expected", "a draft: it may still change"),
        ("maybe", "until a later version is in force"),
    )


def test_a_version_that_is_never_in_force_has_no_bar() -> None:
    made = drawn(orchard(version("1.0.0", "2026-01-01", "2026-01-01"), version("1.1.0", "2026-01-01", None)))
    assert len(boxes(made, "now")) == 1
    assert labels(made)[:2] == ["1.0.0 · released · never in force: a higher", "number holds from 1 January 2026"]


def test_each_day_has_the_sign_of_what_happens_where_it_lies() -> None:
    changes = (
        change("2026-02-01"),
        change("2026-03-01", "Height", "parameter", "changes"),
        change("2026-04-01", "Wasps", "awareness", "ends"),
        change("2025-04-01", "Too early", in_force=False),
    )
    timeline = orchard(version("1.0.0", "2026-01-01", None, *changes), on="2026-02-15")
    made, time = drawn(timeline), span(timeline)
    assert [(one.look, one.x) for one in made.items if isinstance(one, Mark)] == [
        ("begins", time.across(date(2026, 2, 1))),
        ("day", time.across(date(2026, 2, 15))),
        ("due", time.across(date(2026, 3, 1))),
        ("review", time.across(date(2026, 4, 1))),
    ]
    assert [look for look, _meaning in made.signs] == ["begins", "due", "review", "day", "maybe"]
    assert "1 April 2026: Wasps – is no longer told" in labels(made)
    assert not any("Too early" in one for one in labels(made))
    assert made.desc == (
        "orchard 1.0.0: in force from 1 January 2026, 1 February 2026 Old trees (begins to apply), "
        "1 March 2026 Height (changes), 1 April 2026 Wasps (is no longer told)."
    )


def test_the_day_stands_below_the_version_that_is_in_force_on_it_and_as_a_stroke_on_every_line() -> None:
    made = drawn(ONE.model_copy(update={"on": date(2027, 3, 1)}))
    below = [one.text for one in made.items if isinstance(one, Label)]
    version_at = next(number for number, one in enumerate(below) if one.startswith("1.1.0 · draft · would be in force"))
    assert below.index("1 March 2027: the day asked for") > version_at
    assert len([one for one in made.items if isinstance(one, Mark) and one.look == "day"]) == 1
    strokes = [one for one in made.items if isinstance(one, Box) and one.look == "today" and one.height > 5]
    assert len(strokes) == 3  # two bars, one line


def test_without_a_day_none_is_marked() -> None:
    made = drawn(orchard(version("1.0.0", "2026-01-01", None, change("2026-02-01"))))
    assert "day" not in [one.look for one in made.items if isinstance(one, Mark)]
    # The strokes of the dates at the bottom stay.
    assert {one.height for one in made.items if isinstance(one, Box) and one.look == "today"} == {5}


def test_a_dozen_days_are_drawn_and_the_rest_counted() -> None:
    changes = [change(f"2026-01-{one:02}", f"Tree {one}") for one in range(1, 16)]
    made = drawn(orchard(version("1.0.0", "2026-01-01", None, *changes)))
    assert len([one for one in made.items if isinstance(one, Mark)]) == 12
    assert "and 3 more, in the table" in labels(made)
    assert made.desc.endswith("12 January 2026 Tree 12 (begins to apply), and 3 more, in the table.")


def test_several_sets_share_one_scale_and_are_named() -> None:
    other = orchard(version("2.0.0", "2020-01-01", None), title="May we plant?").sets[0]
    made = picture((*ONE.sets, other), span(ONE.model_copy(update={"sets": (*ONE.sets, other)})), None, key="timeline")
    assert "May we plant? (orchard)" in labels(made)
    (first, *_), (later, *_) = boxes(made, "now")[0:2][::-1]
    assert first < later


@given(first=st.dates(), length=st.integers(0, 200_000), on=st.dates() | st.none())
def test_whatever_the_time_everything_lies_within_the_picture(first: date, length: int, on: date | None) -> None:
    last = first + min(timedelta(days=length), date.max - first)
    one = version("1.0.0", f"{first}", f"{last}", change(f"{first}"))
    timeline = orchard(one, version("1.1.0", f"{last}", None), on=f"{on}" if on else None)
    made = drawn(timeline)
    for item in made.items:
        assert 0 <= item.x <= WIDTH
        if isinstance(item, Box):
            assert item.width >= 0
            assert item.x + item.width <= WIDTH + 2
    assert len(ticks(span(timeline))) <= 5


def test_the_dates_below_are_years_where_that_is_close_enough_and_months_else() -> None:
    years = Span(date(2024, 3, 1), date(2032, 1, 1), date(2033, 4, 1))
    assert [text for _day, text in ticks(years)] == ["2026", "2028", "2030", "2032"]
    months = Span(date(2026, 11, 1), date(2027, 6, 1), date(2027, 8, 1))
    assert [text for _day, text in ticks(months)] == ["2027-01", "2027-04", "2027-07"]
