"""Letters with what is still to be answered: to each the own questions, and nothing that is known of anybody."""

import io
from collections.abc import Iterable
from datetime import date
from unicodedata import normalize

import pytest
from docx import Document
from docx.oxml.ns import qn

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.explanation import Entry, Gap, Problem
from risk_engine.report import written
from risk_engine.report.blocks import Letterhead
from risk_engine.report.pages import Sender, view_of
from risk_engine.report.pages.questions import addressees
from tests.report import printing
from tests.report.pages.samples import lines, orchard, text_of
from tests.report.parts import gap, read
from tests.report.samples import assessment

OLD = Entry(path="tree.old", title="Tree", label="Grandmother")
YOUNG = Entry(path="tree.young", title="Tree", label="Sapling")
LADDER = Entry(path="ladder.long", title="Ladder", label="The long one")
FILLED, SIGNED = "Filled in by the person who answers", "Date and signature"
NO_HELP = {"help": None}
MARK = "ZZ-nobody-may-read-this"


def asked(path: str, role: str | None = "gardener", question: str = "Which pests?", party: str | None = None) -> Gap:
    """Return a gap as the engine does: trees are asked themselves, about themselves or what belongs to them."""
    title = f"The {role}" if role else ""
    if role == "tree" and party is None:
        party = ".".join(path.split(".")[:2]) if path.startswith("tree.") else ""
    return gap(path, question=question, asked_of=role, asked_of_title=title, party=party)


def keys(*gaps: Gap) -> list[tuple[str, list[str]]]:
    made = assessment(gaps=gaps, entries=(OLD, YOUNG, LADDER))
    return [(one.key, [each.path for each in one.gaps]) for one in addressees(made)]


def test_each_of_those_who_are_asked_has_a_letter() -> None:
    assert keys(asked("tree.old.pest"), asked("case.owner", "office"), asked("ladder.long.rungs")) == [
        ("gardener", ["tree.old.pest", "ladder.long.rungs"]),
        ("office", ["case.owner"]),
    ]


def test_who_is_no_entry_of_the_case_has_one_letter_about_all_entries() -> None:
    gaps = (asked("tree.old.pest"), asked("tree.young.pest"), asked("ladder.long.rungs"))
    assert keys(*gaps) == [("gardener", ["tree.old.pest", "tree.young.pest", "ladder.long.rungs"])]
    said = text_of(assessment(gaps=gaps, entries=(OLD, YOUNG, LADDER)), "questions")
    assert "For the tree “Grandmother”: Which pests?" in said
    assert "For the tree “Sapling”: Which pests?" in said


def test_each_entry_that_is_asked_has_a_letter_about_itself_and_what_belongs_to_it() -> None:
    own = asked("ladder.long.rungs", "tree", party="tree.young")
    assert keys(asked("tree.old.pest", "tree"), own, asked("tree.young.pest", "tree")) == [
        ("tree.old", ["tree.old.pest"]),
        ("tree.young", ["ladder.long.rungs", "tree.young.pest"]),
    ]


def test_what_nobody_said_to_whom_it_belongs_goes_to_none_of_them_but_to_the_office() -> None:
    gaps = (asked("tree.old.pest", "tree"), asked("ladder.long.rungs", "tree", "Who made it?"))
    assert keys(*gaps) == [("tree.old", ["tree.old.pest"]), ("tree:other", ["ladder.long.rungs"])]
    made = assessment(gaps=gaps, entries=(OLD, LADDER))
    assert [one.key for one in view_of(made, "questions", to="tree").sections] == ["to-tree.old"]
    assert "Who made it?" not in text_of(made, "questions", None, "tree")
    shown = view_of(made, "questions", to="tree:other")
    assert isinstance(head := shown.sections[0].blocks[0], Letterhead)
    assert head.recipient == ("Research office",)
    assert "sent to none of them" in text_of(made, "questions", None, "tree:other")


def test_what_belongs_to_somebody_is_called_by_its_name_unless_a_word_of_another_one_is_in_it() -> None:
    cells = Entry(path="ladder.cells", title="Ladder", label="Grandmother's rungs")
    gaps = (
        asked("tree.young.pest", "tree"),
        asked("ladder.long.rungs", "tree", "How many?", "tree.young"),
        asked("ladder.cells.rungs", "tree", "How many?", "tree.young"),
    )
    said = text_of(assessment(gaps=gaps, entries=(OLD, YOUNG, LADDER, cells)), "questions")
    assert "For the ladder “The long one”: How many?" in said
    assert "For the ladder no. 1: How many?" in said
    assert "Grandmother" not in said


def test_what_nobody_is_named_for_and_a_whole_list_are_asked_as_well() -> None:
    assert keys(asked("tree", None), asked("tree.gone.pest", None)) == [("others", ["tree", "tree.gone.pest"])]


def test_a_letter_holds_nothing_of_another_entry_and_nothing_that_is_known() -> None:
    known = orchard(lambda text: f"{text} {MARK}", case_title="Bark", institution="Hill Orchard", assessor=None)
    secret = Entry(path="tree.young", title="Tree", label=MARK)
    gaps = (asked("tree.old.pest", "tree"), asked("tree.young.pest", "tree"), asked("tree.old.pest"))
    open_still = known.model_copy(update={"gaps": gaps, "entries": (OLD, secret), "case": {"notes": MARK}})
    for to in ("tree.old", "gardener"):
        said = text_of(open_still, "questions", None, to)
        assert "Grandmother" in said
        assert MARK not in said
        assert [one for one in ("ROT-1", "PEST-2", "critical", "Branches fall") if one in said] == []
    assert MARK in text_of(open_still, "questions", None, "tree.young")


def test_a_title_or_a_name_that_holds_another_name_is_not_told() -> None:
    shared = Entry(path="ladder.long", title="Ladder", label="The ladder of GRANDMOTHER")
    made = assessment(case_title="All of Grandmother", gaps=(asked("ladder.long.rungs"),), entries=(OLD, shared))
    said = text_of(made, "questions")
    assert "grandmother" not in said.casefold()
    assert "For the ladder: Which pests?" in said


SONGHUA = Entry(path="tree.songhua", title="Tree", label="松花光学研究所 (Songhua Institute)")


@pytest.mark.parametrize("to", ["tree.old", "gardener"])
@pytest.mark.parametrize("case_id", ["A-1", "SÓNGHUA-2026", "A-松花-1", "2026institute"])
def test_no_letter_names_another_entry_by_the_title_or_the_id_of_the_case(to: str, case_id: str) -> None:
    gaps = (asked("tree.old.pest", "tree"), asked("tree.songhua.pest", "tree"), asked("case.owner"))
    made = assessment(
        case_id=case_id,
        case_title="Imaging with 松花光学研究所 (Songhua Institute)",
        entries=(OLD, SONGHUA),
        gaps=gaps,
    )
    said = normalize("NFD", text_of(made, "questions", None, to)).casefold()
    assert [one for one in ("songhua", "松花", "institute", "imaging", "sónghua") if one in said] == []
    assert ("a-1" in said) == (case_id == "A-1")


def test_a_letter_tells_the_id_of_a_case_that_holds_the_own_name_alone() -> None:
    gaps = (asked("tree.songhua.pest", "tree"),)
    made = assessment(case_id="SONGHUA-1", entries=(OLD, SONGHUA), gaps=gaps)
    shown = view_of(made, "questions", to="tree.songhua")
    assert shown.title == "Questions on a planned cooperation, case SONGHUA-1"
    assert (shown.case_id, shown.kept_by.split()[0]) == ("SONGHUA-1", "SONGHUA-1")


def test_a_letter_to_an_entry_names_no_other_entry_that_it_is_asked_about() -> None:
    gaps = (asked("tree.old.pest", "tree"), asked("ladder.long.rungs", "tree"))
    made = assessment(entries=(OLD, LADDER), gaps=gaps)
    assert "The long one" not in text_of(made, "questions", None, "tree.old")
    assert "The long one" in text_of(assessment(entries=(LADDER,), gaps=(asked("ladder.long.rungs"),)), "questions")


def test_a_file_is_called_after_an_entry_only_where_that_names_no_other_one() -> None:
    friend = Entry(path="tree.friend-of-songhua", title="Tree", label="Oak")
    gaps = (asked("tree.old.pest", "tree"), asked("tree.friend-of-songhua.pest", "tree"))
    made = assessment(entries=(OLD, friend, SONGHUA), gaps=gaps)
    assert [(one.key, one.stem) for one in addressees(made)] == [
        ("tree.old", "tree.old"),
        ("tree.friend-of-songhua", "tree-2"),
    ]
    assert "songhua" not in text_of(made, "questions", None, "tree.friend-of-songhua")


def test_what_is_confidential_is_not_asked_in_a_letter() -> None:
    facts = {"case.heart": read(confidential=True, value=None)}
    secret, plain = asked("case.heart", question="How is the heart?"), asked("case.owner")
    both = assessment(facts=facts, gaps=(secret, plain))
    said = lines(view_of(both, "questions"), "to-gardener")
    assert [one for one in said if " | " in one] == ["1 | Which pests? | Knock on the trunk. | "]
    assert [one for one in said if "kept confidential" in one and "speaks with you" in one]
    alone = lines(view_of(assessment(facts=facts, gaps=(secret,)), "questions"), "to-gardener")
    assert [one for one in alone if " | " in one or "missing" in one or "heart" in one] == []
    assert [one for one in alone if "kept confidential" in one]


def test_a_name_that_is_a_confidential_answer_is_told_to_nobody() -> None:
    kept = read(shown="Grandmother", confidential=True)
    for role in ("tree", "gardener"):
        made = assessment(gaps=(asked("tree.old.pest", role),), entries=(OLD,), facts={"tree.old.called": kept})
        assert "Grandmother" not in text_of(made, "questions")


def test_it_is_written_to_those_who_answer_and_has_room_for_the_answers() -> None:
    made = assessment(
        institution="Hill Orchard",
        entries=(OLD, YOUNG),
        gaps=(asked("tree.old.pest", "tree"), asked("tree.old.age", "tree", "How old?").model_copy(update=NO_HELP)),
    )
    shown = view_of(made, "questions")
    assert shown.title == "Questions on a planned cooperation, case A-1"
    assert shown.sections[0].blocks[0] == Letterhead(
        ("Hill Orchard", "Research office"), ("The tree", "Grandmother"), "2 March 2026"
    )
    said = lines(shown, "to-tree.old")
    assert [one for one in said if " | " in one] == [
        "1 | For the tree “Grandmother”: Which pests? | Knock on the trunk. | ",
        "2 | For the tree “Grandmother”: How old? | – | ",
    ]
    at = said.index("Kind regards,")
    assert said[at + 1 : at + 4] == ["Name and role", "Please answer by", "Please send it to"]
    assert said[-4:] == [FILLED, "Name and role", SIGNED, "What you want to add"]


def test_it_says_who_writes_by_when_and_where_to_send_it_and_leaves_room_for_what_nobody_said() -> None:
    made = assessment(institution="Hill Orchard", entries=(OLD,), gaps=(asked("tree.old.pest", "tree"),))
    sender = Sender("A. Vogel", "office@orchard.example", date(2026, 4, 1))
    shown = view_of(made, "questions", sender=sender)
    assert isinstance(head := shown.sections[0].blocks[0], Letterhead)
    assert head.sender == ("Hill Orchard", "Research office", "A. Vogel")
    said = lines(shown, "to-tree.old")
    assert any("answer by 1 April 2026" in one and "send it to: office@orchard.example" in one for one in said)
    assert said[said.index("Kind regards,") + 1] == "A. Vogel"
    assert said.count("Name and role") == 1
    half = lines(view_of(made, "questions", sender=Sender("A. Vogel")), "to-tree.old")
    at = half.index("Kind regards,")
    assert half[at + 1 : at + 4] == ["A. Vogel", "Please answer by", "Please send it to"]


@pytest.mark.parametrize(
    "number", [1, 4, 22, 40, *(pytest.param(one, marks=pytest.mark.nightly) for one in range(7, 40, 3) if one != 22)]
)
def test_no_last_page_holds_the_greeting_alone(number: int) -> None:
    gaps = tuple(asked(f"tree.old.q{one}", "tree", f"Which pest number {one}?") for one in range(number))
    shown = view_of(assessment(entries=(OLD,), gaps=gaps), "questions")
    pages = [" ".join(one) for one in printing.pages(written(shown, "pdf"))]
    assert "Kind regards" in pages[0]
    assert [one for one in pages if "Kind regards" in one] == pages[:1]
    assert FILLED in pages[-1]
    word = Document(io.BytesIO(written(shown, "docx"))).element.body
    kept = [one for one in word.iter(qn("w:p")) if one.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None]
    last = list(word.iter(qn("w:tr")))[-1]
    assert all(one in kept for one in last.iter(qn("w:p")))
    assert FILLED in {"".join(text.text for text in one.iter(qn("w:t"))) for one in kept}


@pytest.mark.parametrize(
    "numbers", [(0, 28), pytest.param(range(0, 60, 4), marks=pytest.mark.nightly)], ids=["few", "many"]
)
def test_in_a_letter_to_the_researcher_the_greeting_follows_something(numbers: Iterable[int]) -> None:
    for number in numbers:
        gaps = tuple(gap(f"case.q{one}", question=f"Which pest number {one}?") for one in range(number))
        pages = [" ".join(one) for one in printing.pages(written(view_of(orchard(gaps=gaps), "letter"), "pdf"))]
        assert "We look at the project again" in pages[-1]
        assert "Kind regards" in pages[-1]


def test_in_one_document_every_letter_but_the_first_begins_a_page() -> None:
    made = assessment(gaps=(asked("case.a"), asked("case.b", "office"), asked("case.c", "bank")))
    shown = view_of(made, "questions")
    assert [(one.key, one.starts_page) for one in shown.sections] == [
        ("to-gardener", False),
        ("to-office", True),
        ("to-bank", True),
    ]
    assert shown.title == "Questions on a planned cooperation, case A-1"


def test_to_chooses_all_letters_of_a_role_or_one_of_them() -> None:
    made = assessment(
        gaps=(asked("tree.old.a", "tree"), asked("tree.young.a", "tree"), asked("case.b")), entries=(OLD, YOUNG)
    )
    assert [one.key for one in view_of(made, "questions", to="tree").sections] == ["to-tree.old", "to-tree.young"]
    assert [one.key for one in view_of(made, "questions", to="tree.young").sections] == ["to-tree.young"]


def test_to_somebody_who_is_asked_nothing_names_those_who_are() -> None:
    made = assessment(gaps=(asked("case.a"), asked("case.b", "office")))
    with pytest.raises(
        RiskEngineError, match="`bank` has a question to answer\n  help: they are: `gardener` or `office`"
    ):
        view_of(made, "questions", to="bank")
    with pytest.raises(RiskEngineError, match="help: no answer is missing"):
        view_of(assessment(), "questions", to="bank")


def test_without_a_question_it_says_that_nothing_is_missing() -> None:
    shown = view_of(assessment(), "questions")
    assert not shown.is_letter
    assert lines(shown, "questions") == ["No answer is missing that could change a finding. Nobody has to be asked."]
    unsure = Problem(kind="unsure", id=None, text="unsure", paths=("tree.old.bark",))
    assert lines(view_of(assessment(problems=(unsure,)), "questions"), "questions")[1:] == [
        "1 answer was given as unsure; the full report names it: ask again."
    ]
