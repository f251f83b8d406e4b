from risk_engine.report.blocks import Answer, Field, say, words
from risk_engine.report.frame import on_one_sheet


def answer(reasons: int, text: str) -> Answer:
    """Return an answer with so many reasons; nothing else on its page is long."""
    short = Field("Label", (say("Short."),))
    why = Field("Why", (say(text),) * reasons)
    return Answer("You may pick now.", (), "mild", (why, short, short, short), short)


def longest(shown: Answer) -> int:
    return max(len(words(line)) for line in shown.glance[0].lines)


def test_a_page_that_fits_stays_as_it_is() -> None:
    made = answer(6, "Branches fall. " * 20)
    assert on_one_sheet(made) is made


def test_a_page_that_is_set_smaller_is_not_cut_where_it_then_fits() -> None:
    made = answer(9, "Branches fall. " * 20)
    shown = on_one_sheet(made)
    assert shown.dense
    assert shown.glance == made.glance


def test_the_more_a_page_holds_the_less_of_each_line_it_shows() -> None:
    lengths = [longest(on_one_sheet(answer(number, "Branches fall. " * 80))) for number in (4, 8, 12, 40, 80)]
    assert lengths == sorted(lengths, reverse=True)
    assert 560 < lengths[0] <= 570
    assert 100 < lengths[-1] <= 120
