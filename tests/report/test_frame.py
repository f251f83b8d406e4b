from risk_engine.report.blocks import Answer, Field, Run, mark, say, words
from risk_engine.report.frame import on_one_sheet


def answer(reasons: int, text: str) -> Answer:
    """Return an answer with so many reasons; nothing else on its page is long."""
    return answer_of(Field("Why", (say(text),) * reasons))


def answer_of(why: Field) -> Answer:
    short = Field("Label", (say("Short."),))
    return Answer("You may pick now.", (), "mild", (why, short, short, short), short)


def longest(shown: Answer) -> int:
    return max(len(words(line)) for line in shown.glance[0].lines)


def test_a_page_that_fits_stays_as_it_is() -> None:
    made = answer(6, "Branches fall. " * 20)
    assert on_one_sheet(made) is made


def test_a_page_that_is_set_smaller_is_not_cut_where_it_then_fits() -> None:
    made = answer(11, "Branches fall. " * 20)
    shown = on_one_sheet(made)
    assert shown.dense
    assert shown.glance == made.glance


def test_the_more_a_page_holds_the_less_of_each_line_it_shows() -> None:
    lengths = [longest(on_one_sheet(answer(number, "Branches fall. " * 80))) for number in (4, 8, 12, 40, 80)]
    assert lengths == sorted(lengths, reverse=True)
    # What has room stands whole; only where it has none a line keeps to its share.
    assert lengths[0] == len("Branches fall. " * 80)
    assert 100 < lengths[-1] <= 120


def test_a_fact_is_whole_or_ends_after_a_whole_answer_with_a_pointer() -> None:
    shown = on_one_sheet(answer(12, "On the north side: three branches. " * 400))
    assert {words(one).split(". ")[-1] for one in shown.glance[0].lines} == {"… (whole in the report, “Reasons”)"}
    assert all(len(words(one)) > 100 for one in shown.glance[0].lines)


def test_of_an_answer_that_has_no_room_nothing_stands_but_what_it_is_about_and_its_marks() -> None:
    fact = say("Old tree (F-1)", ": high. ", "North side: " + "branches and " * 800 + "leaves.", mark("confidential"))
    short = Field("Label", (say("Short."),))
    shown = on_one_sheet(Answer("Wait.", (), "open", (Field("Why", (fact,) * 9), short, short, short), short))
    assert {words(one) for one in shown.glance[0].lines} == {
        "Old tree (F-1): high. … (whole in the report, “Reasons”) confidential"
    }


def test_a_fact_that_is_cut_keeps_the_evidence_on_record_and_its_day() -> None:
    """Whoever decides is to see of what day a fact is and what it rests on, whatever else has no room."""
    recorded = "(recorded 24 November 2026, letter of award)"
    told = (": high. ", "North side: three branches. " * 400, Run(recorded, "em"), mark("confidential"))
    fact = say("Old tree (F-1)", *told)
    shown = on_one_sheet(answer_of(Field("Why", (fact,) * 9)))
    cut = {words(one) for one in shown.glance[0].lines}
    assert all(one.endswith(f"… (whole in the report, “Reasons”) {recorded} confidential") for one in cut)
    assert all(one.startswith("Old tree (F-1): high. North side: three branches. ") for one in cut)


def test_a_fact_that_is_cut_keeps_its_title_its_severity_and_its_first_answers() -> None:
    """A title that is cut, and evidence of nobody knows what, is worse than a page that is a line longer."""
    title = "Exclusive licence or transfer of results that were paid with public money (COM-03)"
    told = (
        ": high. ",
        "Public money: yes. Exclusive: yes. " + "And so on. " * 40,
        Run("(recorded 24 November 2026)", "em"),
    )
    shown = on_one_sheet(answer_of(Field("Why", (say(title, *told),) * 30)))
    assert all(
        words(one).startswith(f"{title}: high. Public money: yes. Exclusive: yes. …") for one in shown.glance[0].lines
    )


def test_lines_that_are_free_go_to_the_facts_that_need_the_fewest_to_stand_whole() -> None:
    long, longer = "Branches fall. " * 26, "Branches fall. " * 90
    facts = tuple(say(one) for one in (longer, long) * 6)
    shown = on_one_sheet(answer_of(Field("Why", facts)))
    is_whole = [words(one) == words(whole) for one, whole in zip(shown.glance[0].lines, facts, strict=True)]
    assert is_whole == [False, True] * 6


def test_a_sheet_of_wide_letters_holds_fewer_of_them() -> None:
    narrow, wide = (longest(on_one_sheet(answer(14, f"{letter * 5}. " * 80))) for letter in ("i", "木"))
    assert narrow > wide
