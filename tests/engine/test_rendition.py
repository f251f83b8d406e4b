"""An assessment in another language: nothing but texts is different, and what is kept of it gives it back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from risk_engine.canonical import canonical
from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.assess import assess, assessment_digest, plain, to_json, written
from risk_engine.engine.intact import is_intact, rendition_digest
from risk_engine.engine.rendition import NoRenditionError, as_written, assess_in, localised, rendition, with_rendition
from risk_engine.engine.verify import verify
from risk_engine.engine.verify_languages import check_language
from risk_engine.engine.work import work
from risk_engine.language import in_language
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.translation import Told
from tests.engine.builder import LOAN_DESK, ROOT, SHIPPED, case_from, unpacked
from tests.engine.conftest import Toy
from tests.translating import copy_of, french, translate, write_translation

LOAN_CASE = ROOT / "tests" / "sets" / "loan-desk-case.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> CriteriaSet:
    """The loan desk with every text in the French of tests."""
    folder = copy_of(LOAN_DESK, tmp_path / "desk")
    translate(folder)
    return read_criteria(folder)


@pytest.fixture
def told(desk: CriteriaSet, speaks_french: None) -> Told:
    del speaks_french
    return told_in(desk, "fr")


@pytest.fixture
def case(desk: CriteriaSet) -> Case:
    return load_case(LOAN_CASE, desk)


def back(assessment: Assessment) -> Assessment:
    """Return an assessment as it comes back from its file."""
    return Assessment.model_validate_json(to_json(assessment))


def test_a_record_is_the_same_whatever_the_language(desk: CriteriaSet, case: Case, told: Told) -> None:
    english = assess(case, desk)
    with in_language("fr"):
        assert to_json(assess(case, desk)) == to_json(english)
        kept = assess_in(told, case)
    assert kept.digest == english.digest
    assert kept.model_copy(update={"translations": {}}) == english
    assert list(plain(kept).keys() - plain(english).keys()) == ["translations"]


def test_in_the_language_of_the_record_nothing_is_kept(desk: CriteriaSet, case: Case) -> None:
    assert assess_in(told_in(desk, "en"), case) == assess(case, desk)


def test_what_is_kept_gives_the_assessment_back_as_it_would_be_written_in_the_language(
    desk: CriteriaSet, case: Case, told: Told
) -> None:
    kept = back(assess_in(told, case))
    french_one = written(work(case, desk), words=told.words, language="fr")
    unchanged = {"translations": {}, "digest": ""}
    shown, wanted = (one.model_copy(update=unchanged) for one in (localised(kept, "fr"), french_one))
    assert plain(shown) == plain(wanted)
    assert localised(kept, "fr").digest == kept.digest


def test_every_kind_of_text_is_in_the_language(case: Case, told: Told) -> None:
    shown = localised(assess_in(told, case), "fr")
    finding = shown.finding("OBJ-1")
    assert finding.title == french("A fragile object in an unsteady climate")
    assert finding.because[0] == french("Fan with cranes was recorded as « Delicate ».")
    assert finding.sources[0].at == french("chapter 2")
    assert shown.facts["borrower.plain.shielded"].shown == "non"
    assert shown.facts["borrower.harbour.night_watch"].shown == french("A guard")
    assert french("Northern Coast") in [one.shown for one in shown.described]
    assert shown.proposals[0].level.answer == french("It may leave once the checks are done.")
    assert shown.proposals[1].sentence == french("Terms keep the risk low.")
    assert shown.criteria.dimensions["keeping"].title == french("Keeping the object whole")
    assert {one.label for one in shown.entries} >= {"Fan with cranes", "Harbour Museum"}
    assert shown.controls[0].who == french("The conservator")
    assert shown.criteria.bands == (french("quiet"), french("noted"), french("strained"), french("unsafe"))
    assert shown.ratings[0].inherent.band_at_most == french("strained")


def test_a_level_that_is_out_of_question_has_its_title_in_the_language_too(case: Case, told: Told) -> None:
    """The record only names it: `held`."""
    kept = back(assess_in(told, case))
    assert [one.name for one in kept.proposals[0].range] == ["checks_due"]
    assert kept.proposals[0].title_of("held") == "Held"
    assert localised(kept, "fr").proposals[0].title_of("held") == french("Held")
    assert localised(kept, "fr").proposals[0].title_of("checks_due") == french("Checks due")
    assert as_written(localised(kept, "fr")).proposals[0].title_of("held") == "Held"


def test_nobody_can_write_the_title_of_a_level_into_a_record(case: Case, told: Told) -> None:
    content = plain(assess_in(told, case))
    for name in ("titles", "_titles"):
        content["proposals"][0][name] = {"held": "Ready"}
        with pytest.raises(ValidationError):
            Assessment.model_validate_json(canonical(content))
        del content["proposals"][0][name]


def test_what_people_wrote_stays_as_they_wrote_it(desk: CriteriaSet, case: Case, told: Told) -> None:
    english, shown = assess(case, desk), localised(assess_in(told, case), "fr")
    for name in ("case", "case_title", "institution", "assessor", "resolved"):
        assert getattr(shown, name) == getattr(english, name)
    assert [one.label for one in shown.entries] == [one.label for one in english.entries]


def test_a_text_without_a_translation_stays_english(desk: CriteriaSet, case: Case) -> None:
    assert desk.path is not None
    write_translation(Path(desk.path), [{"en": "A guard", "fr": "Un gardien"}])
    shown = localised(assess_in(told_in(desk, "fr"), case), "fr")
    assert shown.facts["borrower.harbour.night_watch"].shown == "Un gardien"
    assert shown.finding("OBJ-1").title == "A fragile object in an unsteady climate"


def test_without_a_translation_only_the_engine_s_own_words_are_in_the_language(
    loan_desk: CriteriaSet, speaks_french: None
) -> None:
    del speaks_french
    kept = assess_in(told_in(loan_desk, "fr"), load_case(LOAN_CASE, loan_desk))
    assert kept.translations["fr"].translation is None
    assert kept.translations["fr"].texts == {
        "/facts/borrower.plain.shielded/shown": "non",
        "/findings/9/because/1": "House on the Plain stands in Rift Plain; loans protected from seizure: non.",
    }


def test_a_set_may_be_translated_into_a_language_that_the_engine_does_not_speak(tmp_path: Path) -> None:
    folder = copy_of(LOAN_DESK, tmp_path / "desk")
    translate(folder, tag="nl")
    criteria = read_criteria(folder)
    shown = localised(assess_in(told_in(criteria, "nl"), load_case(LOAN_CASE, criteria)), "nl")
    assert shown.facts["borrower.plain.shielded"].shown == "no"
    assert shown.finding("OBJ-1").title == french("A fragile object in an unsteady climate")


def test_sentences_that_come_to_the_same_in_the_language_only_are_all_kept(toy: Toy) -> None:
    """Two skills have one French word: the finding still says it of both guests, as the record does."""
    criteria = toy(
        facts="guest: {many: 4, facts: {skill: {type: choice, options: [novice, trained]}}}",
        indicators="A: {severity: {low: {some: guest, where: {fact: guest.skill, one_of: [novice, trained]}}}, "
        'because: "One is {guest.skill}."}',
    )
    told: dict[str, str] = {"novice": "débutant", "trained": "débutant", "One is {guest.skill}.": "Un {guest.skill}."}
    write_translation(Path(criteria.path or ""), [{"en": text, "fr": said} for text, said in told.items()])
    case = case_from(criteria, "guest: [{id: a, skill: novice}, {id: b, skill: trained}, {id: c, skill: trained}]")
    kept = assess_in(told_in(criteria, "fr"), case)
    assert kept.finding("A").because == ("One is novice.", "One is trained.")
    assert localised(kept, "fr").finding("A").because == ("Un débutant.", "Un débutant.")


# --- of a stored record ---


def test_a_stored_record_is_told_as_when_it_was_made(desk: CriteriaSet, case: Case, told: Told) -> None:
    english, kept = back(assess(case, desk)), assess_in(told, case)
    assert rendition(english, told) == kept.translations["fr"]
    assert with_rendition(english, "fr", rendition(english, told)) == kept


def changed(assessment: Assessment, **changes: Any) -> Assessment:
    """Return an assessment with other content and the digest that goes with it."""
    made = assessment.model_copy(update=changes)
    return made.model_copy(update={"digest": assessment_digest(made)})


def test_by_another_engine_that_wrote_the_same_it_is_told_too(desk: CriteriaSet, case: Case, told: Told) -> None:
    older = changed(assess(case, desk), engine="0.0.1")
    assert rendition(older, told).texts == assess_in(told, case).translations["fr"].texts


def test_a_record_that_was_altered_is_not_told(desk: CriteriaSet, case: Case, told: Told) -> None:
    altered = assess(case, desk).model_copy(update={"case_title": "Another one"})
    with pytest.raises(NoRenditionError, match="changed after it was written"):
        rendition(altered, told)


def test_a_record_of_other_criteria_is_not_told(desk: CriteriaSet, case: Case, told: Told) -> None:
    record = assess(case, desk)
    others = changed(record, criteria=record.criteria.model_copy(update={"digest": "0" * 64}))
    with pytest.raises(NoRenditionError, match="not those that it was made with"):
        rendition(others, told)


def test_a_record_that_does_not_come_out_again_is_not_told(desk: CriteriaSet, case: Case, told: Told) -> None:
    record = changed(assess(case, desk), engine="0.0.1", review_due=date(2030, 1, 1))
    with pytest.raises(NoRenditionError, match=r"engine .* writes it otherwise than engine 0\.0\.1 did"):
        rendition(record, told)


def test_other_words_must_not_change_a_result(desk: CriteriaSet, case: Case, told: Told) -> None:
    milder = desk.indicators["OBJ-1"].model_copy(update={"ground": "ownership"})
    forged = told.words.model_copy(update={"indicators": {**told.words.indicators, "OBJ-1": milder}})
    with pytest.raises(NoRenditionError, match="something else than its texts"):
        assess_in(Told("fr", desk, forged, told.translation), case)


# --- verified ---


def test_texts_that_are_kept_come_out_again(desk: CriteriaSet, case: Case, told: Told) -> None:
    kept = back(assess_in(told, case))
    assert verify(kept, desk).verdict == "same"
    assert check_language(kept, told).verdict == "same"


def test_an_altered_title_of_a_level_is_found(case: Case, told: Told) -> None:
    kept = assess_in(told, case)
    held = kept.translations["fr"]
    levels = {**held.levels, "release": {**held.levels["release"], "held": "Prêt"}}
    altered = forged(kept, levels=levels)
    result = check_language(altered, told)
    assert (result.verdict, result.differences) == ("different", ('levels.release.held: was "Prêt", now "« Held »"',))


def forged(kept: Assessment, language: str = "fr", **changes: Any) -> Assessment:
    """Return an assessment with other words in a language, and the digest that goes with them."""
    held = kept.translations["fr"].model_copy(update=changes)
    other = held.model_copy(update={"digest": rendition_digest(kept.digest, language, held)})
    return back(kept.model_copy(update={"translations": {language: other}}))


def tampered(kept: Assessment, **texts: str) -> Assessment:
    return forged(kept, texts={**kept.translations["fr"].texts, **texts})


def test_texts_that_were_altered_are_found_although_no_digest_holds_them(
    desk: CriteriaSet, case: Case, told: Told
) -> None:
    kept = assess_in(told, case)
    altered = tampered(kept, **{"/proposals/0/level/answer": "Oui."})
    assert verify(altered, desk).verdict == "same"
    assert check_language(altered, told).model_dump() == {
        "language": "fr",
        "verdict": "different",
        "reason": "",
        "differences": ('/proposals/0/level/answer: was "Oui.", now "« It may leave once the checks are done. »"',),
    }


def test_texts_that_rest_on_another_translation_cannot_be_checked(case: Case, told: Told) -> None:
    kept = assess_in(told, case)
    result = check_language(forged(kept, translation="0" * 64), told)
    assert (result.verdict, result.reason) == ("unchecked", "the translation of the criteria is another one now")


def test_other_words_of_another_engine_cannot_be_checked(case: Case, told: Told) -> None:
    kept = assess_in(told, case)
    older = tampered(changed(kept, engine="0.0.1"), **{"/proposals/0/level/answer": "Oui."})
    result = check_language(older, told)
    assert result.verdict == "unchecked"
    assert "has other words than engine 0.0.1" in result.reason


def test_of_a_record_that_does_not_come_out_nobody_can_say(case: Case, told: Told) -> None:
    kept = assess_in(told, case).model_copy(update={"case_title": "Another"})
    assert check_language(kept, told).verdict == "unchecked"


def test_a_rendition_that_does_not_fit_its_digest_is_altered_and_never_shown(
    desk: CriteriaSet, case: Case, told: Told
) -> None:
    kept = back(assess_in(told, case))
    assert is_intact(kept)
    held = kept.translations["fr"]
    changes: list[dict[str, Any]] = [
        {"texts": {"/proposals/0/level/answer": "Oui."}},
        {"translation": "0" * 64},
        {"levels": {}},
        {"digest": ""},
    ]
    for change in changes:
        altered = kept.model_copy(update={"translations": {"fr": held.model_copy(update=change)}})
        assert not is_intact(altered)
        assert check_language(altered, told).verdict == "altered"
        assert localised(altered, "fr") == altered
    assert not is_intact(kept.model_copy(update={"translations": {"nl": held}}))
    of_another = assess(case, desk, on=date(2026, 3, 3))
    assert not is_intact(of_another.model_copy(update={"translations": {"fr": held}}))


def test_nothing_takes_the_place_of_a_record_in_english(case: Case, told: Told) -> None:
    english = forged(assess_in(told, case), "en", texts={"/proposals/0/level/answer": "Yes, go."})
    assert not is_intact(english)
    assert localised(english, "en") == english


@pytest.mark.parametrize(
    "changes",
    [
        {"texts": {"/case_id": "X"}},
        {"texts": {"/proposals/0/level/name": "lend"}},
        {"texts": {"/review_due": "2099-01-01"}},
        {"texts": {"/findings/0/residual/at_least": "none"}},
        {"texts": {"/ratings/0/residual/band_at_least": "x"}},
        {"levels": {"result": {"no_such_level": "x"}}},
    ],
)
def test_only_words_can_be_other_words(changes: dict[str, Any], case: Case, told: Told) -> None:
    altered = forged(assess_in(told, case), **changes)
    assert not is_intact(altered)
    assert localised(altered, "fr") == altered


@pytest.mark.parametrize("tag", ["", "../x", "d", "de_AT", "DE"])
def test_a_language_has_a_tag(tag: str, case: Case, told: Told) -> None:
    content = plain(assess_in(told, case))
    content["translations"] = {tag: content["translations"]["fr"]}
    with pytest.raises(ValidationError, match="translations"):
        Assessment.model_validate_json(canonical(content))


# --- the shipped set ---


@pytest.fixture(scope="module")
def shipped_told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = unpacked(SHIPPED, tmp_path_factory.mktemp("shipped") / "1.0.0")
    translate(folder, tag="de")
    return told_in(read_criteria(folder), "de")


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda one: one.stem)
def test_every_example_can_be_told_with_a_profile_too(example: Path, shipped: CriteriaSet, shipped_told: Told) -> None:
    case = load_case(example, shipped)
    profile = load_profile(ROOT / "examples" / "profiles" / "university.yaml", shipped)
    for made in (assess_in(shipped_told, case), assess_in(shipped_told, case, None, profile)):
        shown = localised(back(made), "de")
        titles = [one.title for one in shown.findings] + [one.title for one in shown.awareness]
        assert all(one.startswith("«") for one in titles)
        assert check_language(made, shipped_told).verdict == "same"


def test_a_broken_record_is_an_error_and_no_traceback(desk: CriteriaSet, case: Case, told: Told) -> None:
    with pytest.raises(RiskEngineError):
        rendition(assess(case, desk).model_copy(update={"case": {}}), told)


def test_the_record_can_be_had_back_from_what_was_localised(case: Case, told: Told) -> None:
    kept = assess_in(told, case)
    assert localised(kept, "fr") != kept
    assert as_written(localised(kept, "fr")) == kept
    assert as_written(kept) is kept
    assert localised(localised(kept, "fr"), "fr").findings == localised(kept, "fr").findings
