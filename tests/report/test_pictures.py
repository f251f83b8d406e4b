"""Where everything of a picture lies, and that a picture says what the record says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.report.blocks import Box, Label, Mark, Picture
from risk_engine.report.pictures import WIDTH, Event, bars, matrix, placed, scale, shown_severities, timeline
from risk_engine.report.wording import gravest
from tests.report.parts import DAY, finding, level, points, proposal, rating, severity, undetermined
from tests.report.samples import assessment, full


def boxes(picture: Picture, *looks: str) -> list[tuple[int, int, str]]:
    return [
        (one.x, one.width, one.look)
        for one in picture.items
        if isinstance(one, Box) and (not looks or one.look in looks)
    ]


def texts(picture: Picture) -> list[str]:
    return [one.text for one in picture.items if isinstance(one, Label)]


def marks(picture: Picture) -> list[str]:
    return [one.look for one in picture.items if isinstance(one, Mark)]


def test_a_bar_is_full_to_the_end_of_its_certain_band_and_dashed_to_that_of_its_possible_one() -> None:
    made = assessment(ratings=(rating(residual=points(1, 121), expected=points(0), inherent=points(121)),))
    assert boxes(bars(made), "now", "maybe", "expected", "without") == [
        (500, 500, "maybe"),
        (0, 500, "now"),
        (0, 1000, "without"),
    ]
    assert texts(bars(made)) == [
        "Safety of pickers",
        "Now, with controls in place: 1 to 121 points",
        "With agreed controls too: 0 points",
        "Without controls: 121 points",
        "calm",
        "stormy",
    ]


def test_a_bar_of_one_point_is_no_bar_of_points() -> None:
    assert "Now, with controls in place: 1 point" in texts(bars(assessment()))


def test_the_bars_are_described_in_words() -> None:
    assert bars(assessment()).desc == (
        "Safety of pickers: now 1 point, calm, with agreed controls 0 points, calm, without controls 25 points, stormy."
    )


def test_a_scale_fills_its_level_and_dashes_what_is_still_possible() -> None:
    picture = scale(proposal("opening", "wait", "go", "wait"))
    assert [look for _, _, look in boxes(picture)] == ["maybe", "now", "track"]
    assert [(one.text, one.look) for one in picture.items if isinstance(one, Label)] == [
        ("Go", "plain"),
        ("Wait", "strong"),
        ("Shut", "plain"),
    ]
    assert picture.desc == (
        "Levels, mildest first: Go, Wait, Shut. As things stand: Wait. Still open: between Go and Wait."
    )
    assert picture.signs == (("maybe", "still possible: answers are missing"),)


def test_a_settled_scale_needs_no_key() -> None:
    picture = scale(proposal("opening", "go"))
    assert picture.signs == ()
    assert picture.desc.endswith("No missing answer changes it.")


def test_a_finding_that_controls_lowered_stands_where_it_is_and_where_it_was() -> None:
    lowered = finding(residual=severity("low"))
    assert [(one.severity, one.look, one.remark) for one in placed([lowered])] == [
        ("low", "now", ""),
        ("high", "before", "before controls"),
    ]


def test_what_is_not_settled_stands_at_its_gravest_and_says_so() -> None:
    half = finding("HALF-1", residual=severity("low", "high"))
    assert [(one.severity, one.look, one.remark) for one in placed([half, undetermined()])] == [
        ("high", "unsure", "still open: low to high"),
        ("critical", "unsure", "not determined"),
    ]


def test_the_matrix_has_a_row_for_none_only_where_controls_took_a_finding_that_far() -> None:
    assert shown_severities(placed([finding()])) == ["critical", "high", "moderate", "low"]
    assert shown_severities(placed([finding(residual=severity("none"))]))[-1] == "none"


def test_the_matrix_puts_every_finding_under_its_dimension() -> None:
    made = assessment(
        findings=(finding(), finding("BLAND-1", "low", dimension="taste")),
        ratings=(rating(), rating(dimension="taste", title="Taste")),
    )
    picture = matrix(made, gravest(made))
    across = {one.text: one.x for one in picture.items if isinstance(one, Label)}
    assert (across["ROT-1"], across["BLAND-1"]) == (0, 500)
    assert picture.desc.endswith("ROT-1: high; BLAND-1: low.")


def test_the_matrix_counts_what_it_has_no_room_for() -> None:
    made = assessment(findings=tuple(finding(f"ROT-{one}") for one in range(2000)))
    picture = matrix(made, gravest(made))
    assert len(marks(picture)) == 12
    assert "and 1\u202f988 more" in texts(picture)
    assert picture.desc.endswith("; and 1\u202f988 more.")
    assert picture.height < 400


def test_dates_lie_in_proportion_and_the_day_of_the_assessment_runs_through_no_words() -> None:
    events = [
        Event(DAY - timedelta(days=10), "begins", "set in force", ""),
        Event(DAY, "day", "day of the assessment", ""),
        Event(DAY + timedelta(days=10), "review", "review due", ""),
    ]
    picture = timeline(events, DAY)
    assert [one.x for one in picture.items if isinstance(one, Mark)] == [20, 500, 980]
    strokes = [one for one in picture.items if isinstance(one, Box) and one.look == "today"]
    assert [one.x for one in strokes] == [500] * 3
    words = [one.y for one in picture.items if isinstance(one, Label)]
    assert not any(one.y <= y and y - 9 <= one.y + one.height for one in strokes for y in words)
    assert texts(picture)[1] == "2 March 2026: day of the assessment"


def test_dates_without_room_are_counted_but_never_the_day_itself() -> None:
    events = [Event(DAY + timedelta(days=one), "due", f"C{one} due", "") for one in range(20)]
    events[19] = Event(events[19].when, "day", "day of the assessment", "")
    picture = timeline(events, events[19].when)
    assert "day of the assessment" in picture.desc
    assert "and 8 more, in the table" in texts(picture)


@given(st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=30))
def test_every_mark_lies_within_the_picture(days: list[date]) -> None:
    events = [Event(one, "due", "due", "") for one in sorted(days)]
    picture = timeline(events, max(days))
    assert all(0 <= one.x <= WIDTH for one in picture.items)


@pytest.mark.parametrize("picture", [bars(full()), matrix(full(), gravest(full()))], ids=["bars", "matrix"])
def test_nothing_is_drawn_below_the_end_of_a_picture(picture: Picture) -> None:
    assert all(one.y + getattr(one, "height", 0) <= picture.height for one in picture.items)


def test_a_long_label_is_wrapped_and_cut_rather_than_laid_over_its_neighbour() -> None:
    long = level("wait").model_copy(update={"title": "Wait until the long winter is over again"})
    picture = scale(proposal("opening", "go", levels=(level("go"), long, level("shut"))))
    lines = [one.text for one in picture.items if isinstance(one, Label) and one.x == 333]
    assert lines == ["Wait until the", "long winter is", "over again"]


def test_a_word_that_is_too_long_for_its_cell_is_broken_before_a_syllable_with_a_hyphen() -> None:
    def told(*titles: str) -> list[str]:
        ratings = tuple(rating(title=one) for one in titles)
        return [one.text for one in matrix(assessment(ratings=ratings), ()).items if isinstance(one, Label)]

    assert told("Ethik", "Wirtschaftliche Wettbewerbsfähigkeit", "Taste")[:5] == [
        "Ethik",
        "Wirtschaftliche",
        "Wettbewerbsfä-",
        "higkeit",
        "Taste",
    ]
    assert told("Ethik", "Xx" * 9, "Taste")[1:3] == ["XxXxXxXxXxXxXx-", "XxXx"]
