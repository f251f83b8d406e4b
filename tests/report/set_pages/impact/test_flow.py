"""The picture of where cases went: the bands are in proportion, and the words beside it say the same."""

from risk_engine.report.blocks import Box, Label, Picture, Ribbon
from risk_engine.report.set_pages.impact import flow_picture
from tests.report.set_pages.impact.samples import flow, impact, place


def picture(ladder: str = "verdict") -> Picture:
    report = impact()
    made = flow_picture(report, next(one for one in report.ladders if one.ladder == ladder))
    assert made is not None
    return made


def ribbons(made: Picture) -> list[Ribbon]:
    return [one for one in made.items if isinstance(one, Ribbon)]


def texts(made: Picture) -> list[str]:
    return [one.text for one in made.items if isinstance(one, Label)]


def bars(made: Picture) -> list[Box]:
    return [one for one in made.items if isinstance(one, Box)]


def test_each_band_is_as_high_as_its_share_of_the_cases_and_high_enough_for_its_number() -> None:
    assert sorted((one.look, one.height) for one in ribbons(picture())) == [
        ("apart", 15),
        ("apart", 27),
        ("milder", 18),
        ("other", 15),
        ("same", 109),
        ("stricter", 27),
    ]


def test_the_bars_are_as_high_as_the_bands_that_end_there() -> None:
    made = picture()
    for column, side in ((bars(made)[:3], "y"), (bars(made)[3:], "to")):
        begins = sorted((getattr(one, side), one.height) for one in ribbons(made))
        for bar in column:
            inside = [(at, high) for at, high in begins if bar.y <= at < bar.y + bar.height]
            assert sum(high for _at, high in inside) == bar.height
            ends = [at + high for at, high in inside]
            assert [at for at, _high in inside] == [bar.y, *ends[:-1]]  # one below the other, without a gap


def test_both_sides_name_their_levels_mildest_first_and_what_is_counted_apart_last() -> None:
    made = picture()
    strong = [one for one in made.items if isinstance(one, Label) and one.look == "strong"]
    left = [one.text for one in strong if one.ends_there]
    right = [one.text for one in strong if not one.ends_there]
    assert left == ["A word", "Terms", "Refusal"]
    assert " ".join(right) == "A word Still open: A word to Refusal Terms Newly asked Answers not taken"
    assert {"18 cases", "1 case", "3 cases", "12 cases", "Before: 1.0.0", "After: 2.0.0"} <= set(texts(made))
    assert [one for one in texts(made) if one.isdecimal()] == ["12", "3", "3", "1", "2", "1"]


def test_what_a_bar_on_the_left_is_called_ends_just_before_its_numbers() -> None:
    made = picture()
    first = bars(made)[0]
    names = [one for one in made.items if isinstance(one, Label) and one.ends_there]
    numbers = [one for one in made.items if isinstance(one, Label) and one.text.isdecimal()]
    assert {one.x for one in (*names, *numbers)} == {first.x}
    # So many pixels before the bar: the widest number has two digits.
    assert {one.shift for one in names} == {min(one.shift for one in numbers) - 6}


def test_the_key_explains_each_look_that_is_used_and_no_other() -> None:
    assert [look for look, _meaning in picture().signs] == ["same", "stricter", "milder", "other", "apart"]
    assert picture("watch").signs == (("same", "same result"), ("stricter", "stricter"))


def test_the_description_says_all_of_it_in_words() -> None:
    assert picture("watch").title == "Watch: from 1.0.0 to 2.0.0"
    assert picture("watch").desc == "Nobody → Nobody: 21 cases, same result; Nobody → The elders: 1 case, stricter."
    assert "Refusal → Answers not taken: 1 case, counted apart" in picture().desc


def test_everything_lies_within_the_picture() -> None:
    made = picture()
    assert all(one.y + one.height <= made.height for one in bars(made))
    assert all(max(one.y, one.to) + one.height <= made.height for one in ribbons(made))
    assert all(one.y <= made.height for one in made.items if isinstance(one, Label))
    spans = [(one.x, one.width) for one in made.items if isinstance(one, Box | Ribbon)]
    assert all(x >= 0 and x + width <= 1000 for x, width in spans)


def test_a_thousand_cases_make_no_higher_picture() -> None:
    flows = (flow("verdict", place("word"), place("word"), 998), flow("verdict", place("word"), place("terms"), 2))
    report = impact(flows=flows)
    made = flow_picture(report, report.ladders[0])
    assert made is not None
    assert made.height < 300
    assert [one.height for one in ribbons(made)] == [199, 15]


def test_without_cases_there_is_no_picture() -> None:
    report = impact(flows=())
    assert flow_picture(report, report.ladders[0]) is None
