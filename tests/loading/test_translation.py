"""A file of translations: what it says is what is told, and everything that is wrong with it is said with its place."""

from pathlib import Path
from textwrap import dedent

import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.language import in_language
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.translation import criteria_in_words, translation_of, translations
from tests.editing import edit
from tests.translating import LOAN_DESK, copy_of, french, translate


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A copy of the loan desk, with room for translations."""
    folder = copy_of(LOAN_DESK, tmp_path / "desk")
    (folder / "translations").mkdir()
    return folder


def write(desk: Path, text: str, tag: str = "fr") -> None:
    (desk / "translations" / f"{tag}.yaml").write_text(dedent(text), "utf-8")


def problems(desk: Path, text: str, tag: str = "fr") -> str:
    write(desk, text, tag)
    with pytest.raises(InvalidSourceError) as raised:
        translation_of(read_criteria(desk), tag)
    return str(raised.value).replace(f"{desk.as_posix()}/translations/", "")


HEAD = "language: fr\nof: loan-desk@1.0.0\ntexts:\n"


def test_a_text_is_told_wherever_the_set_says_it_and_white_space_does_not_count(desk: Path) -> None:
    write(
        desk,
        """\
        language: fr
        of: loan-desk@1.0.0
        texts:
          - en: "Nothing speaks
              against   it."
            fr: Rien ne s'y oppose.
          - en: >-
              The loan desk of an invented museum. This set has nothing to do with research collaborations: it proves
              that no line of Python knows the sets that are shipped.
            fr: Le bureau des prêts.
        """,
    )
    criteria = read_criteria(desk)
    found = translation_of(criteria, "fr")
    assert found is not None
    assert found.told("ladders.verdict.otherwise.sentence", "Nothing speaks against it.") == "Rien ne s'y oppose."
    assert found.told("set.about", criteria.head.about) == "Le bureau des prêts."
    assert found.told("set.title", criteria.head.title) is None


def test_the_nearest_place_decides_where_one_text_has_several_translations(desk: Path) -> None:
    write(
        desk,
        HEAD
        + """\
  - {en: Nobody, fr: Personne}
  - {en: Nobody, at: facts.artwork, fr: Aucun prétendant}
  - {en: Nobody, at: facts.borrower.night_watch.options.empty, fr: Aucun gardien}
""",
    )
    found = translation_of(read_criteria(desk), "fr")
    assert found is not None
    assert found.told("facts.loan.paperwork.options.unsigned", "Nobody") == "Personne"
    assert found.told("facts.artwork.claim.options.unclaimed", "Nobody") == "Aucun prétendant"
    assert found.told("facts.borrower.night_watch.options.empty", "Nobody") == "Aucun gardien"


@pytest.mark.parametrize("entry", ["- en: Nobody", "- {en: Nobody, fr: null}", "- en: Nobody\n    fr:"])
def test_an_entry_without_a_translation_is_missing_and_no_problem(desk: Path, entry: str) -> None:
    write(desk, f"{HEAD}  {entry}\n")
    found = translation_of(read_criteria(desk), "fr")
    assert found is not None
    assert found.told("facts.loan.paperwork.options.unsigned", "Nobody") is None


def test_every_problem_is_said_at_once_with_its_place_and_the_way_out(desk: Path) -> None:
    text = """\
      - {en: The bill of lading, fr: Le connaissement}
      - {en: "Nobody watches at nigth", fr: La nuit}
      - {en: Nobody, fr: Personne}
      - {en: Nobody, fr: Aucun}
      - {en: Nobody, at: facts.artwork.klaim, fr: Aucun}
      - {en: Nobody, at: ladders.verdict, fr: Aucun}
      - {en: Preservation, fr: " "}
      - {en: Ownership, de: Eigentum}
      - {fr: Sans texte}
      - {en: "{artwork.called} holds {artwork.hazards}.", fr: "{artwork.called} contient {artwork.material}."}
      - {en: "The contract was signed by: {loan.paperwork}.", fr: "Signé par {loan.paperwork} {"}
      - {en: "At night {borrower.called} is watched by: {borrower.night_watch}.", fr: "{borrower.called}"}
    """
    assert problems(desk, HEAD + dedent(text)) == dedent(
        """\
        fr.yaml:4:8: the set says no such text
          4 | - {en: The bill of lading, fr: Le connaissement}
            |        ^
          help: take it out, or copy the text of the set to the letter
        fr.yaml:5:8: the set says no such text
          5 | - {en: "Nobody watches at nigth", fr: La nuit}
            |        ^
          help: did you mean `Nobody watches at night` at `indicators.OBJ-6.title`?
        fr.yaml:7:8: the text is here a second time
          7 | - {en: Nobody, fr: Aucun}
            |        ^
          help: the first one is on line 6; `at: PLACE` tells two translations of one text apart
        fr.yaml:8:20: there is no text at `facts.artwork.klaim`
          8 | - {en: Nobody, at: facts.artwork.klaim, fr: Aucun}
            |                    ^
          help: did you mean `facts.artwork.claim`?
        fr.yaml:9:20: the text does not stand at `ladders.verdict`
          9 | - {en: Nobody, at: ladders.verdict, fr: Aucun}
            |                    ^
          help: it stands at `facts.loan.paperwork.options.unsigned`
        fr.yaml:10:26: the text is empty
          10 | - {en: Preservation, fr: " "}
             |                          ^
          help: take out what is not translated yet, or its value
        fr.yaml:11:19: unknown key `de`
          11 | - {en: Ownership, de: Eigentum}
             |                   ^
          help: known: `en`, `at` or `fr`
        fr.yaml:12:3: the text of the set is missing: `en: …`
          12 | - {fr: Sans texte}
             |   ^
        fr.yaml:13:57: `{artwork.hazards}` of the set's text is missing
          13 | …"{artwork.called} holds {artwork.hazards}.", fr: "{artwork.called} contient {artwork.material}."}
             |                                                   ^
          help: what stands in braces stays as it is
        fr.yaml:14:61: braces hold the name of a fact and nothing else
          14 | - {en: "The contract was signed by: {loan.paperwork}.", fr: "Signé par {loan.paperwork} {"}
             |                                                             ^
          help: a brace itself is `{{` or `}}`
        fr.yaml:15:81: `{borrower.night_watch}` of the set's text is missing
          15 | - {en: "At night {borrower.called} is watched by: {borrower.night_watch}.", fr: "{borrower.called}"}
             |                                                                                 ^
          help: what stands in braces stays as it is"""
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fr.yaml:1:1: the file is empty"),
        ("of: loan-desk@1.0.0\ntexts: []\n", "fr.yaml:1:1: the key `language` is missing"),
        ("language: fr\nof: loan-desk@1.0.0\ntexts:\n  - {en: , fr: x}\n", "the text of the set is missing"),
        ("language: fr\nof: loan-desk@1.0.0\ntext: []\n", "fr.yaml:3:1: unknown key `text`"),
        ("language: fr\nof: loan-desk@1.0.0\ntexts: [{en: Nobody, fr: ''}]\n", "fr.yaml:3:26: the text is empty"),
        ("language: fr\nof: loan-desk@1.0.0\ntexts: [{en: Nobody, fr: 3}]\n", "fr.yaml:3:26: text is needed here, not"),
        ("language: french\nof: loan-desk@1.0.0\ntexts: []\n", "allowed: the tag of a language, like `de` or `pt-BR`"),
        ("language: de\nof: loan-desk@1.0.0\ntexts: []\n", "1:11: this is the language `de` in the file of `fr`"),
        ("language: en\nof: loan-desk@1.0.0\ntexts: []\n", "1:11: the set is written in `en`, so nothing is to be"),
        ("language: fr\nof: loan-desk@1.0\ntexts: []\n", "2:5: `loan-desk@1.0` cannot be used here"),
        (
            "language: fr\nof: loan-desk@0.9.0\ntexts: []\n",
            "2:5: this is a translation of `loan-desk@0.9.0`, and the set is `loan-desk@1.0.0`",
        ),
    ],
)
def test_a_file_that_is_no_translation_of_the_set_is_refused(desk: Path, text: str, said: str) -> None:
    assert said in problems(desk, text)


def test_only_a_sentence_of_a_finding_fills_in_facts_so_only_there_braces_are_compared(desk: Path) -> None:
    title = desk / "indicators" / "title.yaml"
    sentence = '"It opens on {loan.opens_on}; escorted: {loan.escorted}."'
    assert sentence in title.read_text("utf-8")
    edit(title, sentence, "It opens soon.")
    text = HEAD + '  - {en: Nobody, fr: "Personne {x}"}\n  - {en: It opens soon., fr: "Le {loan.opens_on}."}\n'
    found = problems(desk, text).splitlines()
    assert [line for line in found if line.startswith("fr.yaml")] == [
        "fr.yaml:5:30: the set's text has no `{loan.opens_on}`"
    ]


# --- beside a version, outside its digest ---


def test_a_translation_is_outside_the_digest_and_a_released_version_may_get_one(desk: Path) -> None:
    before = read_criteria(desk).digest
    (desk.parent / "releases.lock").write_text(f"loan-desk@1.0.0: sha256:{before}\n", "utf-8")
    write(desk, HEAD + "  - {en: Nobody, fr: Personne}\n")
    assert read_criteria(desk).digest == before
    write(desk, "anything: [")
    assert read_criteria(desk).digest == before


def test_in_the_language_of_the_set_no_translation_is_read(desk: Path) -> None:
    write(desk, "broken: [", tag="en")
    write(desk, "broken: [")
    criteria = read_criteria(desk)
    assert criteria_in_words(criteria) is criteria


def test_a_file_that_has_another_ending_or_lies_deeper_is_not_part_of_a_set(desk: Path) -> None:
    write(desk, HEAD)
    (desk / "translations" / "fr.yaml").rename(desk / "translations" / "fr.yml")
    with pytest.raises(
        InvalidSourceError, match=r"translations/fr\.yml:1:1: .*\n  help: did you mean `translations/fr"
    ):
        read_criteria(desk)


def test_a_file_must_be_called_by_the_tag_of_its_language(desk: Path) -> None:
    write(desk, HEAD, tag="french")
    with pytest.raises(InvalidSourceError, match="`french` is no tag of a language"):
        translations(read_criteria(desk))


def test_a_set_made_in_memory_has_no_translations() -> None:
    criteria = read_criteria(LOAN_DESK).model_copy(update={"path": None})
    assert translations(criteria) == {}
    assert translation_of(criteria, "fr") is None


def test_the_texts_of_the_map_are_texts_of_the_version(desk: Path) -> None:
    write(desk, HEAD + "  - {en: Fragility, at: map.rows, fr: Fragilité}\n")
    found = translation_of(read_criteria(desk), "fr")
    assert found is not None
    assert found.told("map.rows.title", "Fragility") == "Fragilité"


# --- the set in the words of the current language ---


@pytest.mark.usefixtures("speaks_french")
def test_a_set_is_told_in_the_current_language_and_read_for_it_once(desk: Path) -> None:
    translate(desk)
    criteria = read_criteria(desk)
    with in_language("fr"):
        told = criteria_in_words(criteria)
        assert told.indicators["OBJ-2"].title == french("An earthquake zone")
        (desk / "translations" / "fr.yaml").unlink()
        assert criteria_in_words(criteria) is told
    assert criteria_in_words(criteria) is criteria
