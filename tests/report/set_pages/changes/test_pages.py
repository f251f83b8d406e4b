"""What a board reads about new criteria: first in short, then each rule before and after, then the words."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.versions import Comparison, compared
from risk_engine.files.language import in_language
from risk_engine.model.changes import Changes
from risk_engine.model.criteria import Criteria
from risk_engine.report import DocumentForm, written
from risk_engine.report.blocks import words
from risk_engine.report.html_markdown import escape
from risk_engine.report.sandbox import PageError
from risk_engine.report.set_pages.changes import changes_view
from risk_engine.version import __version__
from tests.versions import LATER, LOAN_DESK, NUMBER, WORDS, changed


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compared(str(LOAN_DESK), str(changed(tmp_path_factory.mktemp("later") / "1.1.0", LATER)))


def report(found: Comparison, form: DocumentForm = "text") -> str:
    return written(changes_view(found.changes, *found.words, shown=found.shown), form).decode()


def squeezed(text: str) -> str:
    """Return a text without its line breaks."""
    return " ".join(text.split())


def cells(text: str, first: str) -> list[str]:
    """Return the cells of the row of a table in Markdown that begins with this one."""
    (row,) = (line for line in text.splitlines() if line.startswith(f"| {first} |"))
    return [one.strip() for one in re.split(r"(?<!\\)\|", row)[2:-1]]


def of(after: Criteria, before: Criteria, form: DocumentForm = "md") -> str:
    """Return the report on two sets that lie in no folder."""
    found = compared(str(LOAN_DESK), str(LOAN_DESK)).changes
    changes = Changes(before=found.before, after=found.after, edits=compare(before, after))
    return written(changes_view(changes, before, after), form).decode()


def section(text: str, title: str) -> str:
    """Return what stands under a heading in Markdown until the next one of its rank."""
    return text.partition(f"\n## {title}\n\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def text(later: Comparison) -> str:
    return report(later, "md")


def test_it_says_first_how_much_changes_and_which_versions_these_are(later: Comparison) -> None:
    assert report(later).startswith(
        dedent("""\
        26 changes of the rules, 2 changes of promises and 2 changes of words.
        What changes: May the object be lent?
        loan-desk 1.0.0 → loan-desk 1.1.0

        Before
          - loan-desk 1.0.0, in force from 1 March 2024, draft: it may still change

        After
          - loan-desk 1.1.0, in force from 1 January 2027, draft: it may still change

        Made by
          - engine: risk-engine {version}

        Where
          - Whole set: 2 changed in 2 places
          - Indicators: 1 new and 3 changed in 6 places
          - From findings to a result: 1 changed in 1 place
          - Words that conditions use: 1 new and 1 changed in 1 place
          - Parameters: 2 changed in 2 places
          - Questions: 2 new, 1 gone, 2 changed in 3 places and 1 change of words
          - Tables: 2 changed in 3 places
          - Controls: 1 new and 1 change of words
          - What people are told: 1 changed in 1 place
          - What must never happen: 1 new, 1 gone and 1 changed in 1 place

        Perhaps only renamed
          - loan.visitors looks like a new name for loan.reach: all else is equal. The
            engine takes them for two things.
          - artwork.papers: bill looks like a new name for invoice: all else is equal.
            The engine takes them for two things.

        Name: ______________________________
        Role: ______________________________
        Day: ______________________________
        Signature: ______________________________

        What the changes mean for results
        """).format(version=__version__)
    )
    assert squeezed(report(later)).endswith(f"and loan-desk 1.1.0, digest sha256:{later.after.digest}")


def test_the_first_page_names_the_command_that_makes_it_again(later: Comparison) -> None:
    command = "risk-engine criteria diff loan-desk@1.0.0 'my desk' --on 2027-01-01"
    page = changes_view(later.changes, *later.words, shown=later.shown, command=command)
    assert page.answer is not None
    (made,) = [one for one in page.answer.fields if one.label == "Made by"]
    assert [words(line) for line in made.lines] == [f"engine: risk-engine {__version__}", f"command: {command}"]


def test_it_says_plainly_that_the_meaning_was_not_proved(text: str) -> None:
    told = section(text, "What the changes mean for results")
    assert told.startswith("**\\[not proved\\]** This report says what is written differently, not whether any case")


def test_why_it_was_not_proved_takes_the_place_of_that(later: Comparison) -> None:
    page = changes_view(later.changes, *later.words, instead=("the solver is not there", "install it"))
    text = written(page, "md").decode()
    told = section(text, "What the changes mean for results")
    assert told == "**\\[not proved\\]** The solver is not there. The way out: install it.\n"


def test_a_changed_rule_stands_as_a_sentence_before_and_after_with_what_is_different_marked(text: str) -> None:
    told = section(text, "Words that conditions use")
    before, after = cells(told, "Holds, if")
    assert before.startswith("for at least one object: `artwork.hazards` includes <del>any of those in the parameter")
    assert before.endswith("<del>`poison_list`</del>")
    assert after == "for at least one object: `artwork.hazards` includes <ins>“Arsenic”</ins>"
    assert told.endswith("Read by: OBJ-4\n")


def test_named_conditions_in_a_changed_sentence_are_explained_under_it(tmp_path: Path) -> None:
    rule = {"indicators/object.yaml": (("{holds: poisonous_object}", "{not: {holds: poisonous_object}}"),)}
    text = report(compared(str(LOAN_DESK), str(changed(tmp_path / "1.0.0", rule))), "md")
    assert cells(text, "Moderate, if") == ["*poisonous object*", "<ins>not</ins> *poisonous object*"]
    assert "- **Words used:** *poisonous object*: for at least one object: `artwork.hazards` includes any of" in text


def test_names_that_people_read_as_the_same_words_stand_behind_the_sentence(later: Comparison) -> None:
    before, after = cells(section(report(later, "md"), "Indicators").partition("`LAW-3`")[2], "High, if")
    assert before.endswith("(the same words; in the file: <del>`invoice`</del>)")
    assert after.endswith("(the same words; in the file: <ins>`bill`</ins>)")
    assert before.partition(" (the")[0] == after.partition(" (the")[0]
    assert "includes none of “An invoice”" in before
    assert "includes_any:" not in before


def test_entries_of_a_list_say_which_version_counts_them_where_the_numbers_differ(text: str) -> None:
    told = section(text, "Indicators")
    assert cells(told, "Control option 2 (1.0.0)")[0] == "**by** <del>**1 step**</del> by LOGGER Climate logger"
    assert cells(told, "Control option 3 (1.1.0)") == ["–", "**by 1 step** by MOUNT Quake-proof mount"]
    assert cells(text, "Rule 2 (1.0.0)")[0].startswith("**Held**, if for at least one finding:")


def test_a_new_indicator_is_shown_whole(text: str) -> None:
    told = section(text, "Indicators").partition("### `LAW-7` Nobody insures it **\\[new\\]**\n\n")[2]
    assert told.startswith("**Is it without insurance?**\n\nNobody would pay.\n\n- **Dimension:** Whose object it is\n")
    assert "- **High, if:** *uninsured*\n- **Words used:** *uninsured*: `loan.insured` is no\n" in told
    assert "- **Lowered:** **to none** by INSURE Insurance\n" in told


def test_a_cell_says_what_holds_where_it_says_nothing(text: str) -> None:
    told = section(text, "Tables")
    earthquakes, _title, protection = told.partition("Protection from seizure")
    assert cells(protection, "Upper Valleys (`ALP`)") == ["no, as every row that is not named", "**yes**"]
    assert cells(protection, "Northern Coast (`NO`)") == ["**yes**", "no, as every row that is not named"]
    assert cells(earthquakes, "Upper Valleys (`ALP`)") == ["**Some**", "**Severe ones**"]


def test_a_value_with_its_time_is_told_by_its_first_day_or_as_a_history(text: str) -> None:
    told = section(text, "Parameters")
    assert cells(told, "Value from 1 July 2025") == ["50000", "45000"]
    before, after = cells(told, "Values")
    assert before == "**24** from the beginning"
    assert "to 31 December 2027" in after


def test_an_order_that_counts_says_so(text: str) -> None:
    told = section(text, "Questions")
    assert cells(told, "Answers")[1] == "“Steady for a year”, “<ins>Nobody logs it</ins>”, “<ins>It drifts</ins>”"
    assert "The order counts: results depend on it." in told


def test_words_show_only_what_changes_with_what_is_gone_and_what_is_new(text: str) -> None:
    told = section(text, "Words")
    assert told.startswith("What people read, and the sources that rules rest on. No result depends on these words.")
    assert "- **What to do:** Build <ins>or rent</ins> a crate that keeps the climate for two days.\n" in told


WATCH = '{staffed: "A guard stays at night, and the roster shows it.", alarmed: "It is wired, by contract."}'


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        (
            '{staffed: "A guard sits there at night, and the roster shows it.", alarmed: "It is wired, by contract."}',
            "- **Changeable to staffed:** A guard <del>stays</del> <ins>sits there</ins> at night",
        ),
        (
            '{staffed: "A guard stays at night, and the roster shows it."}',
            "- **Changeable to alarmed:** <del>It is wired",
        ),
        (
            "Somebody watches it.",
            "and the roster shows it.</del> <ins>Somebody watches it.</ins>; <del>to</del> <del>**“An alarm”**",
        ),
    ],
)
def test_words_say_of_which_answer_it_is_what_must_change(instead: str, told: str, tmp_path: Path) -> None:
    after = changed(tmp_path / "1.1.0", {"facts.yaml": ((WATCH, instead),), **NUMBER})
    assert told in section(report(compared(str(LOAN_DESK), str(after)), "md"), "Words")


def test_words_alone_change_no_rule(tmp_path: Path) -> None:
    text = report(compared(str(LOAN_DESK), str(changed(tmp_path / "1.1.0", {**WORDS, **NUMBER}))), "md")
    assert text.startswith("# No rule changes, only this: 3 changes of words.\n")
    assert "No rule changes, so every case comes out as before" in text
    assert "- **Sources:** [<del>Handbook of the loan desk, 4th edition</del>]" in section(text, "Words")
    assert "## Indicators" not in text


def test_a_number_alone_changes_nothing(tmp_path: Path) -> None:
    text = report(compared(str(LOAN_DESK), str(changed(tmp_path / "1.1.0", NUMBER))))
    assert text.startswith("Nothing changes: both say the same.\n")
    assert "\nWhere\n" not in text


def test_files_that_say_the_same_in_another_way_are_told_apart_by_their_digest_only(tmp_path: Path) -> None:
    written_out = {
        "controls.yaml": (("who: conservator, effort: 3}", "who: conservator, effort: 3, supporting: false}"),)
    }
    told = report(compared(str(LOAN_DESK), str(changed(tmp_path / "1.0.0", written_out))))
    assert told.startswith("Nothing changes: both say the same.\n")
    assert "Both have the same number, though they are not the same" in told
    assert "Their files are written differently all the same" in told


def test_the_older_version_as_the_second_is_noted(later: Comparison) -> None:
    turned = Changes(before=later.changes.after, after=later.changes.before, edits=compare(later.after, later.before))
    text = written(changes_view(turned, later.after, later.before), "md").decode()
    assert "The second one is the older one, so what stands here as new is gone since." in text
    assert "### `LAW-7` Nobody insures it **\\[gone\\]**" in text
    assert "Was read by: LAW-7" in text


def test_a_long_order_is_told_by_what_has_moved(later: Comparison) -> None:
    before = later.before
    first, *others = before.controls.items()
    many = {f"{name}_{number}": one for name, one in others for number in range(2)}
    left = before.model_copy(update={"controls": dict([first, *many.items()])})
    right = before.model_copy(update={"controls": dict([*many.items(), first])})
    text = of(right, left)
    assert cells(text, "Order") == ["`LOGGER` is the first", f"`LOGGER` after `{list(many)[-1]}`"]
    assert "They are only listed in this order; no result depends on it." in text


def test_rules_that_change_places_are_told_by_the_numbers_that_they_had(later: Comparison) -> None:
    ladder = later.before.ladders["verdict"]
    first, second, *others = ladder.rules
    swapped = ladder.model_copy(update={"rules": (second, first, *others)})
    text = of(later.before.model_copy(update={"ladders": {**later.before.ladders, "verdict": swapped}}), later.before)
    assert cells(text, "Rules") == ["<del>1</del>, <del>2</del>, 3, 4, 5", "<ins>2</ins>, <ins>1</ins>, 3, 4, 5"]
    assert "The order counts: results depend on it." in text


# --- every form ---


def test_a_page_needs_nothing_else_and_no_link_of_it_leads_nowhere(later: Comparison) -> None:
    page = report(later, "html")
    ids = set(re.findall(r' id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]*)"', page))
    assert links - ids == set()
    assert {"fact-loan.insured", "definition-uninsured", "control-INSURE"} <= links
    assert "<script" not in page
    assert 'src="' not in page


def test_a_page_marks_what_is_gone_and_what_is_new_by_elements(later: Comparison) -> None:
    page = report(later, "html")
    assert "Build <ins>or rent</ins> a crate" in page
    assert "<del>any of those in the parameter </del>" in page


def test_it_can_be_printed_and_written_in_word(later: Comparison) -> None:
    view = changes_view(later.changes, *later.words, shown=later.shown)
    assert [written(view, form)[:4] for form in ("pdf", "docx")] == [b"%PDF", b"PK\x03\x04"]


def test_markup_in_a_text_stays_what_it_is(later: Comparison) -> None:
    wild = "<b>bold</b> | [x](y) {+no+}"
    control = later.before.controls["CRATE"].model_copy(update={"do": wild})
    after = later.before.model_copy(update={"controls": {**later.before.controls, "CRATE": control}})
    page = of(after, later.before, "html")
    assert "<b>" not in page
    assert "&lt;b&gt;bold" in page
    assert escape(wild) in of(after, later.before)


def test_it_is_in_the_language_of_the_reader(later: Comparison) -> None:
    with in_language("de"):
        text = report(later, "md")
    assert text.startswith("# 26 Änderungen der Regeln, 2 Änderungen an Zusagen und 2 Textänderungen.\n")
    assert "### `LAW-7` Nobody insures it **\\[neu\\]**" in text


def test_the_page_stops_at_a_kind_of_record_that_it_has_no_words_for(
    later: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.report.set_pages.changes._entry", lambda *_: ("kite", "", []))
    with pytest.raises(PageError, match="the page has no words for `kite`"):
        report(later)
