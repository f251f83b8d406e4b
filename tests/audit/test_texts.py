"""How far a set is translated, and the file in which it is: it loses nothing that was there, and is read back."""

import difflib
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.texts import _NOT_SAID, texts_file, translated
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.source import parse
from risk_engine.loading.bundle import bundle_of
from risk_engine.loading.criteria import criteria_in, read_criteria
from risk_engine.loading.translation import texts_of_version, translation_of
from risk_engine.loading.version_files import TRANSLATIONS
from risk_engine.model.translation import collapsed
from tests.engine.builder import SHIPPED
from tests.strategies import by_turns, few_now
from tests.translating import LOAN_DESK, copy_of, french, translate, write_translation

DESK = read_criteria(LOAN_DESK)


def entries(text: str) -> list[dict[str, str | None]]:
    return list(parse(text, "fr.yaml", nulls=True).data["texts"])


@pytest.mark.parametrize("version", by_turns([LOAN_DESK, SHIPPED], 2), ids=["loan-desk", "shipped"])
def test_the_file_holds_every_text_of_the_set_once_in_reading_order(version: Path, tmp_path: Path) -> None:
    folder = copy_of(version, tmp_path / "set")
    criteria = read_criteria(folder)
    found = entries(texts_file(criteria, "fr"))
    assert [one["en"] for one in found] == list(
        dict.fromkeys(collapsed(text) for _, text in texts_of_version(criteria))
    )
    assert {one["fr"] for one in found} == {None}


def test_a_file_that_was_filled_is_read_as_the_translation_and_nothing_is_missing(desk: Path) -> None:
    translate(desk)
    criteria = read_criteria(desk)
    (how_far,) = translated(criteria)
    assert (how_far.language, how_far.missing) == ("fr", ())
    found = translation_of(criteria, "fr")
    assert found is not None
    assert [found.told(place, text) for place, text in texts_of_version(criteria)] == [
        french(text) for _, text in texts_of_version(criteria)
    ]


def test_above_a_text_stand_its_places_a_few_where_there_are_many(desk: Path) -> None:
    text = texts_file(read_criteria(desk), "fr")
    assert "  #: ladders.verdict.question\n  - en: May the object be lent?" not in text
    assert "  #: set.title, ladders.verdict.question\n  - en: May the object be lent?\n    fr:\n" in text
    assert (
        "  #: facts.loan.paperwork.options.unsigned, facts.borrower.night_watch.options.empty,\n"
        "  #: facts.artwork.claim.options.unclaimed\n  - en: Nobody\n    fr:\n"
    ) in text


def test_texts_that_are_not_translated_are_named_with_the_places_where_they_lack(desk: Path) -> None:
    write_translation(desk, [{"en": "Nobody", "at": "facts.artwork", "fr": "Personne"}])
    (how_far,) = translated(read_criteria(desk))
    missing = {one.text: one.places for one in how_far.missing}
    assert missing["Nobody"] == ("facts.loan.paperwork.options.unsigned", "facts.borrower.night_watch.options.empty")
    assert len(missing) == how_far.texts


def test_every_problem_of_every_language_is_said_at_once(desk: Path) -> None:
    write_translation(desk, [{"en": "No such text", "fr": "x"}])
    write_translation(desk, [{"en": "No such text either", "de": "x"}], tag="de")
    with pytest.raises(InvalidSourceError) as raised:
        translated(read_criteria(desk))
    assert [Path(one.position.path).name for one in raised.value.diagnostics] == ["de.yaml", "fr.yaml"]


EARLIER = """\
# Our French. Ask Marie before you change it.

# Reviewed in May.
language: fr
of: loan-desk@0.9.0
texts:
  #: an.old.place
  # Marie: never "personne".
  - en: Nobody
    fr: Nul
  - en: Nobody
    at: facts.artwork
    fr: Aucun
  - {en: Nobody, at: facts.ship, fr: Équipage}
  - {en: A text of another year, fr: "Un texte d'antan"}
  - {en: Another one, fr: }
# Still to do: the map.
"""


def test_what_was_translated_and_noted_is_kept_also_what_the_set_does_not_say_any_more(desk: Path) -> None:
    earlier = desk.parent / "fr.yaml"
    earlier.write_text(EARLIER, "utf-8")
    text = texts_file(read_criteria(desk), "fr", earlier)
    assert text.startswith(
        "# Our French. Ask Marie before you change it.\n\n# Reviewed in May.\nlanguage: fr\nof: loan-desk@1.0.0\n"
    )
    assert (
        '  # Marie: never "personne".\n'
        "  #: facts.loan.paperwork.options.unsigned, facts.borrower.night_watch.options.empty,\n"
        "  #: facts.artwork.claim.options.unclaimed\n"
        "  - en: Nobody\n    fr: Nul\n"
        "  - en: Nobody\n    at: facts.artwork\n    fr: Aucun\n"
    ) in text
    assert text.endswith(
        "# Still to do: the map.\n"
        "# The set does not say this any more, or not at this place:\n"
        "#   - en: A text of another year\n#     fr: Un texte d'antan\n"
        "#   - en: Nobody\n#     at: facts.ship\n#     fr: Équipage\n"
    )
    assert "an.old.place" not in text
    assert "Another one" not in text


def test_writing_the_file_anew_from_itself_changes_nothing(desk: Path) -> None:
    earlier = desk.parent / "fr.yaml"
    earlier.write_text(EARLIER, "utf-8")
    criteria = read_criteria(desk)
    once = texts_file(criteria, "fr", earlier)
    earlier.write_text(once, "utf-8")
    assert texts_file(criteria, "fr", earlier) == once


BY_HAND = """\
# Our French, laid out by hand.

language: fr
of: loan-desk@0.9.0   # until now
texts:

  # --- who ---
  - en: Nobody
    fr: "Personne"      # said so since 2020

  - {en: Lend, fr: Prêter}
  - en: A guard
    fr: >-
      Un
      gardien
  - en: Gone
    fr: Parti
# The end.
"""


def test_only_what_is_new_changes_in_a_file_that_is_there(desk: Path) -> None:
    path = desk / TRANSLATIONS / "fr.yaml"
    path.parent.mkdir()
    path.write_text(BY_HAND, "utf-8")
    before = BY_HAND.splitlines()
    criteria = read_criteria(desk)
    after = texts_file(criteria, "fr", path).splitlines()
    kept = [
        line for line in before if line not in {"of: loan-desk@0.9.0   # until now", "  - en: Gone", "    fr: Parti"}
    ]
    assert [line for line in after if line in set(kept)] == kept
    assert "of: loan-desk@1.0.0   # until now" in after
    assert after[-4:] == ["# The end.", _NOT_SAID, "#   - en: Gone", "#     fr: Parti"]
    written = {one["en"]: one["fr"] for one in entries("\n".join(after))}
    assert {name: written[name] for name in ("Nobody", "Lend", "A guard")} == {
        "Nobody": "Personne",
        "Lend": "Prêter",
        "A guard": "Un gardien",
    }
    assert written.keys() >= {collapsed(text) for _, text in texts_of_version(criteria)}
    path.write_text("\n".join(after) + "\n", "utf-8")
    assert texts_file(criteria, "fr", path).splitlines() == after


def test_a_new_text_stands_behind_the_one_before_it_in_the_set_and_no_other_line_changes(desk: Path) -> None:
    path = desk / TRANSLATIONS / "fr.yaml"
    translate(desk)
    before = path.read_text("utf-8").splitlines()
    facts = desk / "facts.yaml"
    question = re.search(r"question: (.*)", facts.read_text("utf-8"))
    assert question is not None
    longer = facts.read_text("utf-8").replace(question[0], f"{question[0]}\n      help: Look it up.", 1)
    facts.write_text(longer, "utf-8")
    after = texts_file(read_criteria(desk), "fr", path).splitlines()
    changed = [line for line in difflib.ndiff(before, after) if line.startswith(("- ", "+ "))]
    (question_key,) = [line.partition("#: ")[2] for line in changed if "#:" in line]
    assert question_key.endswith(".help")
    assert [line.strip("+ ") for line in changed if "#:" not in line] == ["- en: Look it up.", "fr:"]


def test_the_file_that_is_named_comes_before_the_set_s_own(desk: Path) -> None:
    write_translation(desk, [{"en": "Nobody", "fr": "Nul"}, {"en": "Lend", "fr": "Prêter"}])
    named = desk.parent / "mine.yaml"
    named.write_text("language: fr\nof: x@1.0.0\ntexts: [{en: Nobody, fr: Personne}, {en: Lend, fr: }]\n", "utf-8")
    told = {one["en"]: one["fr"] for one in entries(texts_file(read_criteria(desk), "fr", named))}
    assert (told["Nobody"], told["Lend"]) == ("Personne", "Prêter")


def test_of_a_released_version_the_words_of_its_bundle_are_taken_over(desk: Path) -> None:
    translate(desk)
    files = read_criteria(desk)
    bundle = criteria_in(bundle_of(files))
    said = {collapsed(text) for _, text in texts_of_version(bundle)}  # a bundle has no map
    assert entries(texts_file(bundle, "fr")) == [one for one in entries(texts_file(files, "fr")) if one["en"] in said]


@pytest.mark.parametrize("language", ["en", "french", "../fr", ""])
def test_a_set_is_not_translated_into_its_own_language_nor_into_none(desk: Path, language: str) -> None:
    with pytest.raises(RiskEngineError, match="is no language that the set, written in `en`, could be translated into"):
        texts_file(read_criteria(desk), language)


WRITTEN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=300)


@few_now(8, 1)
@given(told=WRITTEN.filter(lambda text: bool(text.strip())))
def test_whatever_was_translated_is_read_back_to_the_letter(
    told: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "told.yaml"
    content = {"language": "fr", "of": "loan-desk@1.0.0", "texts": [{"en": "Nobody", "fr": told}]}
    path.write_text(yaml.safe_dump(content, default_style='"'), "utf-8")
    found = {one["en"]: one["fr"] for one in entries(texts_file(DESK, "fr", path))}
    assert found["Nobody"] == told.strip()
