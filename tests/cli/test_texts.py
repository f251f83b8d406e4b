"""`criteria texts` and what `criteria check` says about translations."""

import re
import shutil
from pathlib import Path

import pytest

from risk_engine.audit.texts import texts_file
from risk_engine.files.source import parse
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import LOCK
from tests.cli.running import EXAMPLES, done, refused, run
from tests.editing import edit
from tests.translating import LOAN_DESK, copy_of, french, translate, write_translation

EVERY = len(parse(texts_file(read_criteria(LOAN_DESK), "fr"), "", nulls=True).data["texts"])
"""So many texts has the loan desk."""


def test_a_set_without_translations_is_checked_as_before(desk: Path) -> None:
    assert done("criteria", "check", desk) == "loan-desk 1.0.0: 12 indicators, no problems\n"


def test_texts_that_are_missing_are_counted_and_the_first_few_named_and_are_no_failure(desk: Path) -> None:
    lacking = {"Keeping the object whole", "Nobody", "Nothing speaks against it.", "Thick glass"}
    translate(desk, lambda text: None if text in lacking else french(text))
    translate(desk, tag="de")
    out = done("criteria", "check", desk)
    assert out.splitlines()[1:6] == [
        f"  de: all {EVERY} texts are translated",
        f"  fr: 3 of {EVERY} texts are not translated; they stay as the set says them",
        "    set.dimensions.keeping.title: Keeping the object whole",
        "    facts.loan.paperwork.options.unsigned and 2 more: Nobody",
        "    ladders.verdict.levels.lend.explain and 1 more: Nothing speaks against it.",
    ]


def test_all_that_is_missing_is_named_where_somebody_asks_for_it(desk: Path) -> None:
    write_translation(desk, [{"en": "Nobody", "fr": "Personne"}])
    short, whole = done("criteria", "check", desk), done("criteria", "check", desk, "--missing")
    assert short.splitlines()[-1] == f"    and {EVERY - 4} more: --missing shows them all"
    assert len(whole.splitlines()) == 2 + EVERY - 1
    assert "    map.title: What may leave the house" in whole.splitlines()


def test_a_translation_that_is_broken_is_a_problem_of_the_set(desk: Path) -> None:
    path = write_translation(desk, [{"en": "No such text", "fr": "x"}])
    assert f"{path.as_posix()}:4:7: the set says no such text" in refused("criteria", "check", desk)


def test_the_file_to_fill_is_printed_or_written_and_kept_when_it_is_written_again(desk: Path, tmp_path: Path) -> None:
    out = done("criteria", "texts", desk, "--into", "fr")
    assert out.startswith("# What the set says in another language")
    path = tmp_path / "fr.yaml"
    done("criteria", "texts", desk, "--into", "fr", "-o", path)
    assert path.read_text("utf-8") == out
    filled = out.replace("- en: Nobody\n    fr:", "# a remark\n  - en: Nobody\n    fr: Personne")
    path.write_text(filled, "utf-8")
    done("criteria", "texts", desk, "--into", "fr", "-o", path)
    assert "  # a remark\n" in path.read_text("utf-8")
    assert "    fr: Personne\n" in path.read_text("utf-8")


def test_a_file_that_cannot_be_read_is_not_written_over(desk: Path, tmp_path: Path) -> None:
    path = tmp_path / "fr.yaml"
    path.write_text("texts: [", "utf-8")
    refused("criteria", "texts", desk, "--into", "fr", "-o", path)
    assert path.read_text("utf-8") == "texts: ["


def test_a_language_that_is_none_is_refused_with_the_way_out(desk: Path) -> None:
    assert "name one by its tag, like `de` or `pt-BR`" in refused("criteria", "texts", desk, "--into", "English")


def test_a_translation_of_the_version_before_is_refused_by_check_and_release_and_the_way_out_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    version = copy_of(LOAN_DESK, Path("loan-desk") / "1.0.0")
    path = write_translation(version, [{"en": "Nobody", "fr": "Personne"}])
    edit(path, "of: loan-desk@1.0.0", "of: loan-desk@0.9.0")
    said = [refused("criteria", command, "loan-desk") for command in ("check", "release")]
    assert said[0] == said[1]
    assert "this is a translation of `loan-desk@0.9.0`, and the set is `loan-desk@1.0.0`" in said[0]
    assert not (tmp_path / "loan-desk" / LOCK).exists()
    command = "criteria texts loan-desk/1.0.0 --into fr -o loan-desk/1.0.0/translations/fr.yaml"
    assert f"help: `risk-engine {command}` takes over" in said[0]
    assert run(*command.split()).code == 0
    assert "fr: Personne" in path.read_text("utf-8")
    assert "fr:" in done("criteria", "check", "loan-desk")


# --- what another set says in the same words ---


@pytest.mark.nightly
def test_own_words_come_before_those_of_another_set(tmp_path: Path) -> None:
    own = shutil.copytree(EXAMPLES / "knowledge-security" / "sets" / "nl-knowledge-security", tmp_path / "own")
    translation = own / "translations" / "de.yaml"
    text = translation.read_text("utf-8")
    assert "\n    de: Kooperation\n" in text
    translation.write_text(text.replace("\n    de: Kooperation\n", "\n    de: Zusammenarbeit\n"), "utf-8")
    said = done("criteria", "texts", own, "--into", "de", "--from", "reconnect-china")
    assert "\n  - en: Cooperation\n    de: Zusammenarbeit\n" in said
    translation.unlink()
    said = done("criteria", "texts", own, "--into", "de", "--from", "reconnect-china")
    assert "\n  - en: Cooperation\n    de: Kooperation\n" in said
    assert "\n  - en: Crown jewel\n" in said
    assert said.count("\n    de:\n") < done("criteria", "texts", own, "--into", "de").count("\n    de:\n") / 3


def test_of_another_set_nothing_is_left_over_and_notes_of_its_translators_stay_there(tmp_path: Path) -> None:
    own = shutil.copytree(EXAMPLES / "knowledge-security" / "sets" / "nl-knowledge-security", tmp_path / "own")
    (own / "translations" / "de.yaml").unlink()
    said = done("criteria", "texts", own, "--into", "de", "--from", "reconnect-china", "--from", "us-dod-matrix")
    assert "The set does not say this any more" not in said
    assert len(re.findall(r"(?m)^  - en: ", said)) == len(
        re.findall(r"(?m)^  - en: ", done("criteria", "texts", own, "--into", "de"))
    )


def test_a_set_in_another_language_lends_nothing(tmp_path: Path) -> None:
    own = shutil.copytree(EXAMPLES / "knowledge-security" / "sets" / "nl-knowledge-security", tmp_path / "own")
    other = shutil.copytree(LOAN_DESK, tmp_path / "other")
    edit(other / "set.yaml", "language: en", "language: nl")
    said = refused("criteria", "texts", own, "--into", "de", "--from", other)
    assert "`loan-desk` is written in `nl`, and this set in `en`: they have no words in common" in said
