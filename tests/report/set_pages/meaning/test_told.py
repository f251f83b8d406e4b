"""What a board reads of the meaning of a change: the answer first, then the smallest case that shows each thing."""

from pathlib import Path

import pytest

from risk_engine.audit.diff.required_version import required_bump
from risk_engine.audit.versions import Comparison
from risk_engine.files.language import in_language
from risk_engine.model.case import Case
from risk_engine.model.changes import NOT_DECIDED, Meaning, Shift
from risk_engine.report import written
from risk_engine.report.set_pages.changes import changes_view
from risk_engine.report.set_pages.meaning import history, shown_by
from tests.versions import ASKS_MORE, versions

LONG = "LONG: {title: A long trip, severity: {high: {fact: trip.days, at_least: %s}}}"
ARMED = "ARMED: {title: Somebody is armed, severity: {critical: {fact: trip.armed, is: true}}}"

Found = tuple[Comparison, Case]


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return versions(tmp_path_factory.mktemp("stricter"), LONG % 30, LONG % 20)


@pytest.fixture(scope="module")
def milder(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return versions(tmp_path_factory.mktemp("milder"), LONG % 20, LONG % 30)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Found:
    rules = f"{LONG % 30}\n{ARMED}"
    return versions(tmp_path_factory.mktemp("asking"), LONG % 30, rules, later_facts=ASKS_MORE)


def report(found: Found, meaning: Meaning | None = None) -> str:
    comparison, base = found
    changes = comparison.changes.model_copy(update={"meaning": meaning} if meaning else {})
    page = changes_view(changes, *comparison.words, shown=comparison.shown, base=base)
    return " ".join(written(page, "text").decode().split())


def altered(found: Found, status: str, **which: object) -> Meaning:
    """Return the meaning with another answer to the questions that fit, as if a solver had given up."""
    meaning = found[0].changes.meaning
    assert meaning is not None

    def one(shift: Shift) -> Shift:
        fits = all(getattr(shift, key) == value for key, value in which.items())
        return Shift(of=shift.of, name=shift.name, direction=shift.direction, status=status) if fits else shift  # type: ignore[arg-type]

    return meaning.model_copy(update={"shifts": tuple(map(one, meaning.shifts))})


def test_a_stricter_version_is_nowhere_milder_and_says_which_number_it_needs(stricter: Found) -> None:
    text = report(stricter)
    assert text.startswith(
        "Nowhere milder, proved of every possible case: gate and measure (lists of any length). What changes:"
    )
    assert "Stricter in a case: gate (case 1), measure (case 1)" in text
    assert "It needs a minor step at least: gate can become stricter. From 1.0.0 to 1.1.0 is a minor step. 1 ch" in text


def test_a_case_says_what_came_out_before_and_after_how_it_differs_and_because_of_what(stricter: Found) -> None:
    case = report(stricter).partition("Case 1 ")[2].partition("Case 2 ")[0]
    assert case.startswith(
        "Before and after - gate: clear → conditional [stricter] - measure: advice → regulation [stricter] "
    )
    assert "It differs from the base case in - How many days? trip.days: 20; in the base case 1 " in case
    assert "Because of - LONG A long trip [changed: High, if …]" in case


@pytest.mark.parametrize(
    ("language", "told", "torn"), [("en", "gone: Knock-out, hold.", ", if."), ("de", "Ausschlussgrund", ", wenn.")]
)
def test_what_holds_always_is_named_without_an_if(language: str, told: str, torn: str, tmp_path: Path) -> None:
    held = (LONG % 20).removesuffix("}") + ", knock_out: {hold: always}}"
    found = versions(tmp_path, held, LONG % 20)
    with in_language(language):
        text = report(found)
    assert told in text
    assert torn not in text
    assert torn.replace(".", "]") not in text


def test_each_decision_is_told_in_a_sentence_its_answers_what_moved_and_why(stricter: Found, asking: Found) -> None:
    told = report(stricter).partition("The decisions, and the cases that tell it ")[2]
    assert (
        "- case 1, stricter: How many days? 20. gate: clear before, conditional now; measure: advice before, "
        "regulation now, because of LONG A long trip changed: High, if …. " in told
    )
    assert "the base case itself, just as it is" in report(asking)
    assert (
        told.index("Can a case become Milder?") < told.index("case 1, stricter") < told.index("What the changes mean")
    )


def test_a_sentence_says_where_only_several_changes_together_do_it(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    shifts = tuple(one.model_copy(update={"because": ()}) for one in meaning.shifts)
    text = report(stricter, meaning.model_copy(update={"shifts": shifts}))
    assert "measure: advice before, regulation now." in text
    assert "Where no reason stands, several changes do it together." in text
    assert "Where no reason stands" not in report(stricter)


def test_where_no_case_is_shown_none_is_spoken_of(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    text = report(stricter, meaning.model_copy(update={"shifts": ()}))
    assert "Every case shown" not in text
    assert "Every case shown" in report(stricter)


def test_of_many_answers_a_sentence_tells_the_first_and_counts_the_others(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    given = {
        "trip.pace": "wild",
        "trip.days": "unknown",
        "guest.h": {"id": "h", "fit": False},
        "guest.g.fit": False,
    }
    shifts = [
        one.model_copy(update={"example": one.example.model_copy(update={"given": given})}) if one.example else one
        for one in meaning.shifts
    ]
    text = report(stricter, meaning.model_copy(update={"shifts": tuple(shifts)}))
    assert "How fast is it? Wild; How many days? not answered; Guest: one more; 2 answers more. gate: clear" in text
    given = {"guest": [{"id": "g"}, {"id": "h"}]}
    shifts = [
        one.model_copy(update={"example": one.example.model_copy(update={"given": given})}) if one.example else one
        for one in shifts
    ]
    assert "Guest: 2. gate" in report(stricter, meaning.model_copy(update={"shifts": tuple(shifts)}))
    given = {"guest": "unknown"}
    shifts = [
        one.model_copy(update={"example": one.example.model_copy(update={"given": given})}) if one.example else one
        for one in shifts
    ]
    assert "Guest: not answered. gate" in report(stricter, meaning.model_copy(update={"shifts": tuple(shifts)}))


def test_a_milder_version_says_so_first_and_that_its_number_is_too_low(milder: Found) -> None:
    text = report(milder)
    assert text.startswith(
        "Milder in some cases: gate and measure (cases with up to 3 entries of a list were looked at)."
    )
    assert "It needs a major step: gate can become milder. From 1.0.0 to 1.1.0 is a minor step. That is too li" in text
    assert "trip.days: 20; in the base case 1" in text


def test_the_same_rules_said_otherwise_are_equal_in_meaning(tmp_path: Path) -> None:
    same = "LONG: {title: A long trip, severity: {high: {not: {fact: trip.days, at_most: 29}}}}"
    text = report(versions(tmp_path, same, LONG % 30))
    assert text.startswith("Equal in meaning, proved: no case is decided otherwise (lists of any length).")
    assert "A patch is enough: no case is decided otherwise." in text
    assert "Case 1" not in text


def test_what_is_proved_and_what_is_not_stands_in_a_table_for_each_ladder_the_gate_first(asking: Found) -> None:
    text = report(asking)
    assert "Can a case become Milder? Looser? Stricter? Tighter? Skips? Opens? gate no, proved no, proved" in text
    assert text.index("gate no, proved") < text.index("measure no, proved") < text.index("escalation no, proved")


def test_a_new_question_opens_cases_and_is_named(asking: Found) -> None:
    text = report(asking)
    assert "Open anew until new questions are answered: gate (case" in text
    assert "The base case itself, just as it is" in text
    assert "Newly asked trip.armed" in " ".join(text.replace(" - ", " ").split())
    assert "measure: advice → regulation for now, still open: advice to restriction [open anew]" in text


def test_a_case_that_one_version_alone_can_read_says_so(asking: Found) -> None:
    cases = report(asking).split("Before and after")
    told = [one for one in cases if "Is anybody armed? trip.armed: yes" in one]
    assert told
    assert all("it states what only one of the versions asks" in one for one in told)


def test_what_is_not_decided_is_never_called_harmless(stricter: Found) -> None:
    meaning = altered(stricter, "undecided", of="ladder", name="measure", direction="milder")
    text = report(stricter, meaning)
    assert text.startswith(
        "Not decided whether any case gets milder: measure (cases with up to 3 entries of a list were looked at)."
    )
    assert "measure [not decided]" in text
    assert f"1 question was given up as not decided within its limit: {NOT_DECIDED}" in " ".join(text.split())
    # The reason of the step and the guide say the same of it.
    before, after = stricter[0].before, stricter[0].after
    required = required_bump(before, after, meaning.shifts, (), meaning.days, meaning.counted)
    assert (required.bump, NOT_DECIDED in required.why) == ("major", True)
    assert NOT_DECIDED in (Path(__file__).parents[4] / "docs" / "changes.md").read_text("utf-8")


def test_what_is_not_proved_to_be_smallest_and_what_contradicts_is_marked(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    doubtful = {"is_smallest": False, "contradicts": ("NEVER",)}
    shifts = [
        one.model_copy(update={"example": one.example.model_copy(update=doubtful)}) if one.example else one
        for one in meaning.shifts
    ]
    text = report(stricter, meaning.model_copy(update={"shifts": tuple(shifts)}))
    assert "no smaller case was found, but it is not proved that there is none" in text
    assert "[contradictory answers] NEVER" in text
    assert "no smaller case was found" not in report(stricter)


def test_one_day_alone_is_said_to_be_one(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    text = report(stricter, meaning.model_copy(update={"is_one_day": True}))
    assert text.startswith("On 15 June 2026: Nowhere milder, proved")
    assert "From 1.0.0 to 1.1.0" not in text


def test_what_cannot_be_compared_leaves_the_answer_open(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    gone = tuple(one for one in meaning.shifts if one.name != "measure")
    text = report(stricter, meaning.model_copy(update={"shifts": gone, "not_compared": ("the ladder is gone",)}))
    assert text.startswith(
        "It cannot be said whether any case gets milder: not all can be compared (cases with up to 3"
    )
    assert "Not compared the ladder is gone" in " ".join(text.replace(" - ", " ").split())


def test_it_speaks_german(stricter: Found) -> None:
    with in_language("de"):
        text = report(stricter)
    assert text.startswith("Nirgends milder, für jeden möglichen Fall bewiesen: gate und measure (Listen jeder Länge).")
    assert "trip.days: 20; im Grundfall 1" in text


def test_a_section_of_the_history_says_meaning_rules_and_words_in_short(stricter: Found) -> None:
    found = stricter[0]
    assert history(found.changes, found.before, found.after).splitlines() == [
        "**Nowhere milder, proved of every possible case: gate and measure (lists of any length).**",
        "",
        "- Stricter in a case: gate, measure",
        "",
        "**Rules and questions**",
        "",
        "- `LONG` A long trip: High, if … (changed)",
    ]


def test_the_case_that_shows_a_step_is_told_in_lines(milder: Found) -> None:
    found, base = milder
    meaning = found.changes.meaning
    assert meaning is not None
    shift = next(one for one in meaning.ladders() if one.direction == "milder" and one.name == "measure")
    assert shown_by(meaning, shift, (found.before, found.after), base).splitlines() == [
        "  the smallest case that shows it: measure: regulation → advice",
        "  - How many days? trip.days: 20; in the base case 1",
    ]


def test_what_no_settled_case_shows_is_marked_in_the_table_and_at_the_case(stricter: Found) -> None:
    meaning = stricter[0].changes.meaning
    assert meaning is not None
    assert "Open beside a case" not in report(stricter)
    as_if = tuple(
        one.model_copy(update={"only_open": (one.of, one.name, one.direction) == ("ladder", "gate", "stricter")})
        for one in meaning.shifts
    )
    text = report(stricter, meaning.model_copy(update={"shifts": as_if}))
    assert "gate no, proved no, proved case 1 [open] no, proved" in text
    assert "measure no, proved no, proved case 1 no, proved" in text
    assert "Open beside a case: it comes out so only while answers are missing." in text
    assert "only while answers are missing, and in no settled case: gate (stricter)" in text
