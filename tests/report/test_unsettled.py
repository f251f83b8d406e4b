"""What leaves a result open: answers that are missing, answers that contradict each other (decision 0080)."""

from typing import Any

import pytest

from risk_engine.files.language import in_language
from risk_engine.model.explanation import Entry, Explanation, Problem, Recorded
from risk_engine.report.blocks import words
from risk_engine.report.pages import view_of
from risk_engine.report.several import row
from tests.report.pages.samples import text_of
from tests.report.parts import bar, gap, proposal, undetermined
from tests.report.reading import answer_of
from tests.report.samples import assessment

FIRST = "The result hangs on answers that contradict each other: "


def against(name: str = "DRY", *, decides: tuple[str, ...] = ("opening",), secret: bool = False) -> Problem:
    answers = (
        Recorded(path="tree.old.bark", question="How is the bark?", shown="Firm", confidential=secret),
        Recorded(path="tree.old.pest", question="Which pest is in it?", shown="Moths"),
        Recorded(path="weather.rain", question="Did it rain?", shown="no"),
    )
    paths = tuple(one.path for one in answers)
    text = f"Moths love rain {name} (tree.old.bark: Firm; tree.old.pest: Moths; weather.rain: no)"
    return Problem(
        kind="contradiction",
        id=name,
        text=text,
        paths=paths,
        title=f"Moths love rain {name}",
        decides=decides,
        answers=answers,
    )


def hanging(*problems: Problem, **changes: Any) -> Explanation:
    entries = (Entry(path="tree.old", title="Tree", label="Grandmother"),)
    return assessment(problems=problems or (against(),), entries=entries, **changes)


def contradicted(path: str = "tree.old.bark") -> Any:
    return gap(path, answered="Firm", against=("Moths love rain",))


# --- the first sentence -----------------------------------------------------------------------------------------------


def test_the_first_sentence_names_the_answers_in_words_those_of_one_entry_together() -> None:
    assert answer_of(hanging()).sentence == (
        f"{FIRST}Tree “Grandmother”: How is the bark? – “Firm”, Which pest is in it? – “Moths”; Did it rain? – “no”. "
        "You may pick now."
    )


def test_of_many_answers_those_of_each_entry_are_named_first_so_that_both_sides_are_read() -> None:
    many = tuple(Recorded(path=f"tree.old.n{at}", question=f"Q{at}?", shown="yes") for at in range(5))
    found = against()
    made = hanging(found.model_copy(update={"answers": (*many, found.answers[-1])}))
    assert "Q2? – “yes”; Did it rain? – “no”; 2 more. " in answer_of(made).sentence


def test_an_answer_that_hangs_on_a_contradiction_is_never_coloured_as_settled() -> None:
    assert answer_of(hanging()).tone == "open"
    assert answer_of(assessment()).tone == "mild"


def test_a_contradiction_that_nothing_hangs_on_stands_below_as_before() -> None:
    made = hanging(against(decides=()))
    assert answer_of(made).sentence == "You may pick now."
    assert any("does not fit in the record" in words(line) for line in answer_of(made).glance[2].lines)


def test_of_several_contradictions_the_one_that_most_hangs_on_comes_first_and_the_others_by_their_titles() -> None:
    several = [against(f"N{number}") for number in range(5)]
    made = answer_of(hanging(*several, against("MOST", decides=("opening", "verdict"))))
    assert "; and so in 5 more places." in made.sentence
    told = [words(one) for one in made.more]
    assert [one for one in told if one.startswith("Contradiction")] == [
        f"Contradiction: Moths love rain N{number}." for number in range(3)
    ]
    assert "and 2 further contradictions" in told


def test_a_confidential_answer_is_not_told_in_the_first_sentence() -> None:
    said = answer_of(hanging(against(secret=True))).sentence
    assert "How is the bark? – a confidential answer" in said
    assert "Firm" not in said


@pytest.mark.parametrize("kind", ["full", "decision"])
def test_report_and_decision_sheet_begin_with_it(kind: Any) -> None:
    shown = view_of(hanging(), kind)
    assert shown.answer is not None
    assert shown.answer.sentence.removeprefix("Proposal, not decided yet. ").startswith(FIRST)


def test_a_letter_names_the_questions_alone_before_anything_that_is_proposed() -> None:
    said = text_of(hanging(), "letter")
    asked = "Answers that the result hangs on contradict each other. Please tell us which of them is right:"
    assert said.index(asked) < said.index("How is the bark?") < said.index("You may pick now.")
    assert not any(one in said for one in ("Firm", "Moths", "Grandmother"))


def test_a_letter_says_nothing_of_a_contradiction_with_a_confidential_answer_but_that_there_is_more() -> None:
    said = text_of(hanging(against(secret=True)), "letter")
    assert "contradict" not in said
    assert "Further points rest on answers that are kept confidential" in said


def test_a_plan_begins_with_clearing_it_up() -> None:
    said = text_of(hanging(), "plan")
    assert "Clear up first which of 3 answers that contradict each other are right, then assess again." in said


def test_a_report_marks_the_contradiction_that_the_result_hangs_on() -> None:
    said = text_of(hanging(), "full")
    assert "the result hangs on it" in said
    assert "None of this changed the result" not in said
    assert "it hangs on answers that contradict each other" in said


def test_a_row_of_a_table_of_several_cases_says_so_too() -> None:
    assert row(hanging()).cells[4] == "answers contradict each other"
    assert row(assessment()).cells[4] == "no"


# --- missing, contradicting, or both ----------------------------------------------------------------------------------

OPEN = (proposal("opening", "shut", "go", "wait"),)


@pytest.mark.parametrize(
    ("gaps", "said"),
    [
        ((gap(),), "1 answer missing"),
        ((contradicted(),), "1 answer contradicts others"),
        ((contradicted(), contradicted("tree.old.age")), "2 answers contradict each other"),
        ((gap(), contradicted("tree.old.age")), "1 answer missing, 1 answer contradicts others"),
    ],
)
def test_an_open_result_counts_apart_what_is_missing_and_what_contradicts(gaps: Any, said: str) -> None:
    made = assessment(proposals=OPEN, gaps=gaps)
    assert f"between Go and Shut; {said}. " in answer_of(made).sentence
    assert row(made).cells[4] == said


@pytest.mark.parametrize(
    ("gaps", "english", "german"),
    [
        ((gap("a"),), "answers are missing", "Antworten fehlen"),
        ((contradicted("a"),), "answers contradict each other", "Antworten widersprechen sich"),
        (
            (gap("a"), contradicted("b")),
            "answers are missing or contradict each other",
            "Antworten fehlen oder widersprechen sich",
        ),
    ],
)
def test_every_sentence_on_what_is_not_determined_says_why_in_both_languages(
    gaps: Any, english: str, german: str
) -> None:
    found = undetermined(knock_out=bar("none", "legal"), missing=tuple(one.path for one in gaps))
    made = assessment(proposals=OPEN, gaps=gaps, findings=(found,))
    said = text_of(made, "full")
    told = (
        f"Not settled, {english}. It may be that this is barred by law",
        f"nothing rules it out: {english}.",
        f"because {english}.",
        f"not settled: {english}",
        f"Where there are two numbers, {english}.",
    )
    assert [one for one in told if one not in said] == []
    if "missing" not in english:
        assert "answers are missing" not in said
    with in_language("de"):
        assert f"Nicht geklärt, {german}. Möglicherweise ist dies rechtlich ausgeschlossen" in text_of(made, "full")


def test_a_letter_with_questions_asks_to_check_what_was_answered_and_does_not_tell_the_answer() -> None:
    said = text_of(assessment(proposals=OPEN, gaps=(contradicted(),)), "questions")
    assert "Answered before, but the answer does not fit others: please check it." in said
    assert not any(one in said for one in ("Firm", "Moths", "missing"))
