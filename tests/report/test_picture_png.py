"""A picture as PNG, for documents that cannot draw: its size, its looks, its letters."""

import struct

import pytest

from risk_engine.report.blocks import Box, Label, Mark, Picture
from risk_engine.report.typst import picture_png


def picture(*items: Box | Mark | Label, signs: tuple[tuple[str, str], ...] = ()) -> Picture:
    return Picture("key", "Title", "What it shows.", 40, items, signs)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_it_is_three_dots_to_a_pixel_and_as_high_as_it_was_laid_out() -> None:
    assert size(picture_png(picture(), "en", 200)) == (600, 120)


def test_the_key_stands_below_where_it_is_wanted() -> None:
    one = picture(signs=(("maybe", "may be"), ("day", "today")))
    assert size(picture_png(one, "en", 200))[1] > 120
    assert size(picture_png(one, "en", 200, with_key=False)) == (600, 120)


@pytest.mark.parametrize("look", ["track", "now", "expected", "without", "maybe", "rule", "today"])
def test_every_look_of_a_box_is_told_apart_from_every_other(look: str) -> None:
    looks = ["track", "now", "expected", "without", "maybe", "rule", "today"]
    made = {one: picture_png(picture(Box(0, 5, 500, 20, one)), "en", 200) for one in looks}  # type: ignore[arg-type]
    assert [one for one in looks if made[one] == made[look]] == [look]


def test_marks_look_differently_where_they_mean_different_things() -> None:
    looks = ["now", "before", "unsure", "day", "begins", "review"]
    made = {picture_png(picture(Mark(500, 20, one)), "en", 200) for one in looks}  # type: ignore[arg-type]
    assert len(made) == len(looks)
    assert picture_png(picture(), "en", 200) not in made


@pytest.mark.parametrize("text", ["哈尔滨工业大学", "Łódź", "Αθήνα", "Москва", "🙂", '#include "x" $*_@<', "\ue000"])
def test_a_label_in_any_script_is_drawn(text: str) -> None:
    drawn = picture_png(picture(Label(0, 20, text, "strong")), "de", 200)
    assert drawn != picture_png(picture(), "de", 200)


def test_the_same_picture_is_the_same_bytes() -> None:
    one = picture(Box(0, 5, 500, 20, "expected"), Label(0, 20, "A", "soft", shift=3))
    assert picture_png(one, "en") == picture_png(one, "en")
