from risk_engine.report.blocks import Answer, Field, mark, say, words
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
    assert 540 < lengths[0] <= 570
    assert 100 < lengths[-1] <= 120


def test_a_fact_is_whole_or_ends_after_a_whole_answer_with_a_pointer() -> None:
    shown = on_one_sheet(answer(12, "On the north side: three branches. " * 40))
    assert {words(one).split(". ")[-1] for one in shown.glance[0].lines} == {"… (whole in the report, “Reasons”)"}
    assert all(len(words(one)) > 100 for one in shown.glance[0].lines)


def test_of_an_answer_that_has_no_room_nothing_stands_but_what_it_is_about_and_its_marks() -> None:
    fact = say("Old tree (F-1)", ": high. ", "North side: " + "branches and " * 80 + "leaves.", mark("confidential"))
    short = Field("Label", (say("Short."),))
    shown = on_one_sheet(Answer("Wait.", (), "open", (Field("Why", (fact,) * 9), short, short, short), short))
    assert {words(one) for one in shown.glance[0].lines} == {
        "Old tree (F-1): high. … (whole in the report, “Reasons”) confidential"
    }
