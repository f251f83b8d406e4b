"""What the lints say of the words of questions, and what they leave alone."""

from pathlib import Path

import pytest

from risk_engine.audit.lint import lint
from tests.engine.builder import criteria_of, written

DAYS = {"type": "integer", "range": (0, 99), "question": "For how many days?"}


def remarks(
    folder: Path, number: str, question: str, *, kind: str = "boolean", language: str = "en", help_text: str = ""
) -> list[str]:
    """Return what a lint says of a set that asks this question."""
    asked: dict[str, object] = {"type": kind, "question": question}
    if kind == "choice":
        asked["options"] = {"one": "One thing", "other": "Another thing"}
    if help_text:
        asked["help"] = help_text
    criteria_of(
        folder,
        {"head": {"language": language}, "facts": {"trip": {"title": "T", "facts": {"days": DAYS, "asked": asked}}}},
    )
    found = lint(folder, only=[number]).remarks
    assert {one.record for one in found} <= {"trip.asked"}
    return [one.sentence for one in found]


@pytest.mark.parametrize(
    ("number", "question", "word"),
    [
        ("LINT-01", "Surely the guide is trained?", "Surely"),
        ("LINT-01", "The guide is trained, isn’t it?", "isn't it"),
        ("LINT-01", "Do you agree that the guide is trained?", "Do you agree"),
        ("LINT-02", "Is the guide not trained?", "not"),
        ("LINT-02", "Doesn't the guide know the way?", "Doesn't"),
        ("LINT-02", "Does nobody know the way?", "nobody"),
        ("LINT-03", "Is the guide still drinking?", "still"),
        ("LINT-03", "Has the guide stopped drinking?", "stopped"),
        ("LINT-04", "Is the guide trained, and who trained him?", "and who"),
        ("LINT-04", "Is there a map or is there a guide?", "or is there"),
        ("LINT-04", "Is there a map and/or a guide?", "and/or"),
        ("LINT-05", "Is the host a notorious one?", "notorious"),
        ("LINT-06", "Is the pack large?", "large"),
        ("LINT-06", "Does the guide often lead groups?", "often"),
        ("LINT-07", "What is the nationality of the guide?", "nationality"),
        ("LINT-07", "Is the guide of that religion?", "religion"),
        ("LINT-07", "Where was the guide born in?", "born in"),
        ("LINT-08", "Can the camera sort people by ethnicity?", "ethnicity"),
        ("LINT-08", "Does the camera sort people by religion?", "religion"),
    ],
)
def test_a_word_is_found_and_shown(number: str, question: str, word: str, tmp_path: Path) -> None:
    (sentence,) = remarks(tmp_path, number, question)
    assert f"“{word}”" in sentence


@pytest.mark.parametrize(
    ("number", "question"),
    [
        ("LINT-01", "Is it certain who the guide is?"),
        ("LINT-01", "Is the way clear?"),
        # What is negated stands in a clause of its own, so a yes means one thing.
        ("LINT-02", "Is a route planned that the law at home would not allow?"),
        ("LINT-02", "Is it without an end?"),
        ("LINT-02", "Is there a note on the way?"),  # "not" is a whole word
        ("LINT-03", "Is there a stopover?"),
        ("LINT-04", "Can and will the guide lead the group?"),
        ("LINT-04", "Is there a map and a guide?"),
        ("LINT-05", "Is the guide suspended?"),
        ("LINT-06", "How many guides are there?"),
        ("LINT-07", "Can the camera sort people by ethnicity?"),
        ("LINT-07", "Is there a race track on the way, and do both act in good faith?"),
        ("LINT-08", "In which country is the host established?"),
        ("LINT-09", "Is there a map? Count sketches."),
    ],
)
def test_what_only_looks_alike_is_left_alone(number: str, question: str, tmp_path: Path) -> None:
    assert remarks(tmp_path, number, question) == []


def test_a_choice_may_be_asked_with_a_negation(tmp_path: Path) -> None:
    """The options say what each answer means; of yes and no nobody can tell."""
    question = "Which part is not public?"
    assert remarks(tmp_path / "a", "LINT-02", question, kind="choice") == []
    assert remarks(tmp_path / "b", "LINT-02", "Is it not public?") != []


def test_a_vague_word_is_fine_where_a_help_text_says_where_the_line_is(tmp_path: Path) -> None:
    assert remarks(tmp_path, "LINT-06", "Is the pack large?", help_text="From 10 kg on.") == []


def test_two_question_marks_are_two_questions(tmp_path: Path) -> None:
    assert remarks(tmp_path, "LINT-04", "Is there a map? Who drew it?") == [
        "these are two questions, and there is one answer"
    ]


def test_a_question_without_a_mark_asks_nothing(tmp_path: Path) -> None:
    assert remarks(tmp_path / "a", "LINT-09", "The guide is trained.") == ["the question asks nothing"]
    assert remarks(tmp_path / "b", "LINT-09", "导游受过培训吗？", language="zh") == []  # noqa: RUF001 (its question mark)


@pytest.mark.parametrize(
    ("number", "question", "word"),
    [
        ("LINT-01", "Sind Sie sicher, dass die Führerin bekanntlich ausgebildet ist?", "bekanntlich"),
        ("LINT-01", "Die Führerin ist ausgebildet, nicht wahr?", "nicht wahr?"),
        ("LINT-02", "Ist die Führerin nicht ausgebildet?", "nicht"),
        ("LINT-02", "Gibt es keine Karte?", "keine"),
        ("LINT-03", "Trinkt der Führer immer noch?", "immer noch"),
        ("LINT-04", "Gibt es eine Karte, und wer hat sie gezeichnet?", "und wer"),
        ("LINT-05", "Ist der Gastgeber eine zwielichtige Gestalt?", "zwielichtige"),
        ("LINT-06", "Ist der Rucksack groß?", "groß"),
        ("LINT-07", "Welche Staatsangehörigkeit hat der Führer?", "Staatsangehörigkeit"),
        ("LINT-08", "Kann die Kamera Menschen nach Religion sortieren?", "Religion"),
    ],
)
def test_a_german_set_is_read_with_german_lists(number: str, question: str, word: str, tmp_path: Path) -> None:
    (sentence,) = remarks(tmp_path, number, question, language="de")
    assert f"“{word}”" in sentence


def test_a_set_in_another_language_says_that_its_words_were_not_looked_at(tmp_path: Path) -> None:
    assert remarks(tmp_path, "LINT-01", "Surely the guide is trained?", language="fr") == []
    found = lint(tmp_path, only=["LINT-01"])
    assert (found.languages, found.unread) == ((), ("fr",))


RULES = """
    HARSH:
      severity: {low: {fact: trip.days, at_least: 9}}
      title: A notorious host
      question: Surely the host is known?
"""


def test_titles_and_questions_of_indicators_are_read_too(tmp_path: Path) -> None:
    """Nobody answers the question of an indicator, so it may be negated or hold two; it must not lead or judge."""
    criteria_of(tmp_path, {"indicators": written(RULES)})
    found = {
        (one.lint, one.record) for one in lint(tmp_path, only=["LINT-01", "LINT-02", "LINT-04", "LINT-05"]).remarks
    }
    assert found == {("LINT-01", "HARSH"), ("LINT-05", "HARSH")}


# --- who people are ---


def test_names_stand_for_who_somebody_is_in_whatever_language(tmp_path: Path) -> None:
    facts = """
        guest:
          title: Guest
          many: 3
          facts:
            birthplace: {type: text, question: "Where from?"}
            konfession: {type: choice, question: "Which of these?", options: {muslim: A, none_of_these: B}}
            raced: {type: boolean, question: "Did they run?"}
            place: {type: row, of: places, question: "Where?"}
            same_there: {type: boolean, from: place, column: main_religion}
        trip: {title: Trip, facts: {days: {type: integer, range: [0, 99], question: "How long?"}}}
    """
    tables = "{places: {rows: {R: {name: R}}, columns: {main_religion: {values: {R: true}}}}}"
    criteria_of(tmp_path, {"facts": written(facts), "tables": written(tables)})
    found = lint(tmp_path, only=["LINT-07"])
    assert [(one.record, one.sentence) for one in found.remarks] == [
        ("guest.birthplace", "the name `birthplace` stands for who somebody is: “birthplace”"),
        ("guest.konfession", "the name `konfession` stands for who somebody is: “konfession”"),
        ("guest.konfession", "the name `muslim` stands for who somebody is: “muslim”"),
        ("places.main_religion", "the name `main_religion` stands for who somebody is: “religion”"),
    ]
    assert found.problems == 4


def test_what_explains_may_say_that_nobody_is_asked(tmp_path: Path) -> None:
    """A help text or a notice says "never enter nationality"; only what names or asks is looked at."""
    forbid = "Never enter nationality, religion or birthplace."
    facts = f"""
        trip:
          title: Trip
          help: {forbid}
          facts:
            days: {{type: integer, range: [0, 99], question: "How long?", help: "{forbid}", evidence: "{forbid}"}}
    """
    rules = f"{{A: {{severity: {{low: {{fact: trip.days, at_least: 9}}}}, reason: '{forbid}', evidence: '{forbid}'}}}}"
    controls = f"{{ASK: {{do: '{forbid}'}}}}"
    notes = f"{{N: {{when: always, then: '{forbid}'}}}}"
    criteria_of(
        tmp_path,
        {
            "head": {"notice": (forbid,), "about": forbid},
            "facts": written(facts),
            "indicators": written(rules),
            "controls": written(controls),
            "awareness": written(notes),
        },
    )
    assert lint(tmp_path, only=["LINT-07", "LINT-08"]).remarks == ()


def test_the_passport_of_a_thing_is_about_nobody(tmp_path: Path) -> None:
    rule = "{severity: {low: {fact: trip.days, at_least: 9}}, title: %s, question: %s}"
    rules = f"""
        A: {rule % ("No object passport", "Does the new rule on passports ask for one?")}
        B: {rule % ("No passport", "Does the object passport name a nationality?")}
        C: {rule % ("A passport", "Is the trip long?")}
    """
    criteria_of(tmp_path, {"indicators": written(rules)})
    found = lint(tmp_path, only=["LINT-08"])
    assert [(one.record, one.sentence) for one in found.remarks] == [
        ("B", "this may speak of who people are: “nationality”"),
        ("C", "this may speak of who people are: “passport”"),
    ]


def test_an_option_or_title_that_speaks_of_people_is_advice(tmp_path: Path) -> None:
    facts = """
        trip:
          title: The religious trip
          facts:
            days: {type: integer, range: [0, 99], question: "How long?"}
            data: {type: choice, question: "What kind of data?", options: {a: "On health or religion", b: Other}}
    """
    criteria_of(tmp_path, {"facts": written(facts)})
    found = lint(tmp_path, only=["LINT-07", "LINT-08"])
    assert [(one.lint, one.record) for one in found.remarks] == [("LINT-08", "trip"), ("LINT-08", "trip.data")]
    assert found.problems == 0


# --- translations ---


def test_a_translation_is_read_with_the_lists_of_its_language_and_has_its_own_place(tmp_path: Path) -> None:
    folder = tmp_path / "1.0.0"
    asked = {"type": "boolean", "question": "Is the guide trained?"}
    criteria_of(folder, {"facts": {"trip": {"title": "T", "facts": {"days": DAYS, "asked": asked}}}})
    (folder / "translations").mkdir()
    text = """\
language: de
of: toy@1.0.0
texts:
  - en: Is the guide trained?
    de: Ist die Führerin wirklich ausgebildet?
"""
    (folder / "translations" / "de.yaml").write_text(text, "utf-8")
    # What is no file of a translation is told by `criteria check`: there are no lists for Finnish.
    (folder / "translations" / "fi.yaml").write_text("nothing: of use\n", "utf-8")
    found = lint(folder, only=["LINT-01"])
    assert [(str(one.spot), one.record) for one in found.remarks] == [("translations/de.yaml:5:9", "trip.asked")]
    assert (found.languages, found.unread) == (("en", "de"), ("fi",))
