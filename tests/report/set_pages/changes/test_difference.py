"""What is different between two lines, word by word, and how each kind of report shows it."""

from hypothesis import given
from hypothesis import strategies as st

from risk_engine.report.blocks import Line, Run, say, strong, words
from risk_engine.report.html_markdown import line as in_markdown
from risk_engine.report.set_pages.changed_values import lines_merged, merged, sides
from risk_engine.report.terminal import styled

texts = st.text(st.sampled_from("ab ,.é中“”"), max_size=12)
lines = st.lists(st.tuples(texts, st.sampled_from(["plain", "em", "code"])), max_size=3).map(
    lambda runs: say(*(Run(text, style) for text, style in runs))  # type: ignore[arg-type]
)


def told(before: str, after: str) -> str:
    """Return the difference between two texts as a terminal shows it."""
    return f"{styled(merged(say(before), say(after)))}"


def test_what_is_gone_and_what_is_new_is_marked_and_the_rest_is_not() -> None:
    assert told("The desk lends it.", "The desk never lends it.") == "The desk {+never+} lends it."
    assert told("The old desk lends it.", "The desk lends it.") == "The [-old-] desk lends it."
    assert told("The desk lends it.", "The board lends it.") == "The [-desk-] {+board+} lends it."


def test_a_sign_belongs_to_its_word_and_a_name_is_one_word() -> None:
    assert told("It is so: this helps.", "It is so. This helps.") == "It is [-so: this-] {+so. This+} helps."
    assert told("Ask a.first_thing now.", "Ask a.first_part now.") == "Ask [-a.first_thing-] {+a.first_part+} now."


def test_texts_with_little_in_common_stand_one_after_the_other() -> None:
    assert told("Look into the file.", "Somebody else answers.") == "[-Look into the file.-] {+Somebody else answers.+}"


def test_a_word_between_larger_changes_is_part_of_them() -> None:
    before = "One two three four five six and seven eight nine ten end of it all."
    after = "One aaa bbb ccc ddd eee and fff ggg hhh iii end of it all."
    assert told(before, after).startswith("One [-two three four five six and seven eight nine ten-] {+aaa bbb")


def test_what_is_new_in_a_list_of_quotes_begins_with_its_own_sign() -> None:
    before, after = "one of “Police”, “Nobody can say”", "one of “Police”, “Army”, “Nobody can say”"
    assert told(before, after) == "one of “Police”, {+“Army”,+} “Nobody can say”"
    assert told(after, before) == "one of “Police”, [-“Army”,-] “Nobody can say”"


def test_a_style_that_changes_is_a_change() -> None:
    before, after = say("If ", Run("soft", "em"), " holds"), say("If ", Run("soft", "code"), " holds")
    assert f"{styled(merged(before, after))}" == "If [-*soft*-] {+soft+} holds"


def test_sides_mark_in_each_line_only_what_the_other_has_not() -> None:
    before, after = sides(say("at least 30 percent"), say("at least 25 percent"))
    assert (f"{styled(before)}", f"{styled(after)}") == ("at least [-30-] percent", "at least {+25+} percent")


def test_of_sides_with_nothing_in_common_nothing_is_marked() -> None:
    assert sides(say("30"), say("25")) == (say("30"), say("25"))


def test_of_lists_only_what_changes_is_told() -> None:
    before = [say("The first stays."), say("The second goes to the board."), say("The third goes.")]
    after = [say("The first stays."), say("The second goes to the dean."), say("New.")]
    assert [f"{styled(one)}" for one in lines_merged(before, after)] == [
        "The second goes to the [-board.-] {+dean.+}",
        "[-The third goes.-] {+New.+}",
    ]
    assert [f"{styled(one)}" for one in lines_merged(before, before[:1])] == [
        "[-The second goes to the board.-]",
        "[-The third goes.-]",
    ]


@given(lines, lines)
def test_both_lines_can_be_read_out_of_the_difference(before: Line, after: Line) -> None:
    def bare(line: Line) -> str:
        return "".join(words(line).split())

    made = merged(before, after)
    assert bare(tuple(run for run in made if run.change != "added")) == bare(before)
    assert bare(tuple(run for run in made if run.change != "removed")) == bare(after)
    assert tuple(map(words, sides(before, after))) == (words(before), words(after))


def test_a_stretch_of_several_styles_has_one_pair_of_signs() -> None:
    line = say("Asked ", Run("or ", change="added"), Run("a.b", "code", change="added"), Run(" is yes", change="added"))
    assert f"{styled(line)}" == "Asked {+or a.b is yes+}"


def test_markdown_has_the_elements_of_html() -> None:
    line = say("It ", Run("<was>", change="removed"), " ", Run("is", "strong", change="added"))
    assert in_markdown(line) == r"It <del>\<was\></del> <ins>**is**</ins>"
    assert in_markdown(say(strong("is"))) == "**is**"
