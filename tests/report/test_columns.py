"""How wide the columns of a printed table are."""

import pytest

from risk_engine.report.terminal import widths


def test_a_narrow_column_is_as_wide_as_what_it_holds_and_the_rest_goes_to_the_others() -> None:
    assert widths(["Day", "What"], [["1 May", "something longer than a date"]])[0] == 0
    assert widths(["Day", "What"], [["1 May", "something longer than a date"]])[1] > 0


def test_four_times_the_letters_take_twice_the_width() -> None:
    assert widths(["A", "B"], [["ab " * 16, "ab " * 64]]) == [69, 138]


def test_letters_beyond_a_measure_ask_for_no_more() -> None:
    assert widths(["A", "B"], [["ab " * 200, "ab " * 2000]]) == [173, 173]


def test_a_column_has_room_for_its_longest_word() -> None:
    long = "Berücksichtigung"
    first, second = widths(["A", "B"], [[f"{long} of it", "ab " * 500]])
    assert 110 * first // (first + second) >= len(long)


def test_a_word_that_no_column_could_hold_does_not_take_the_whole_table() -> None:
    first, second = widths(["A", "B"], [["x" * 500, "ab " * 500]])
    assert first == second


def test_an_empty_column_is_room_to_write() -> None:
    question, answer = widths(["Question", "Answer"], [["What kind of data are they?", ""]] * 3)
    assert answer > question


@pytest.mark.parametrize("rows", [[], [["", ""]]])
def test_a_table_without_text_has_columns_all_the_same(rows: list[list[str]]) -> None:
    assert len(widths(["", ""], rows)) == 2


def test_more_columns_than_a_page_has_room_for_share_it() -> None:
    made = widths(["ab cd ef gh ij kl"] * 60, [["some words of a cell"] * 60])
    assert len(set(made)) == 1
    assert made[0] > 0
