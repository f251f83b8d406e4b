"""Laws of other languages, for every set of criteria, every case and every translation, however poor it is."""

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.assess import assess, plain, to_json, written
from risk_engine.engine.rendition import as_written, assess_in, localised, rendition
from risk_engine.engine.verify_languages import check_language
from risk_engine.engine.work import work
from risk_engine.loading.base import read_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.texts import with_texts
from risk_engine.model.translation import Told, Translation, collapsed, in_words_of, placed_texts
from tests.engine.builder import DAY, LOAN_DESK, SHIPPED
from tests.strategies import Data, RuleSet, cases_of, changed_cases, rule_set, rule_sets

PATIENT = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)
FEW = settings(PATIENT, max_examples=max(10, settings().max_examples // 5))
REAL_RULES = [
    (rule_set(read_criteria(one)), read_cases(read_criteria(one)).data["base"]) for one in (LOAN_DESK, SHIPPED)
]

LANGUAGE = "de"


@st.composite
def translations(draw: st.DrawFn, criteria: CriteriaSet) -> Translation:
    """Draw a translation: some texts are missing, several may have one word, one may have another at one place."""
    # A set says up to two thousand texts: to draw for each would take longer than everything else.
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311
    texts: dict[str, dict[str, str]] = {}
    for place, text in placed_texts(criteria):
        told = texts.setdefault(collapsed(text), {})
        kind = chance.randrange(4)
        braces = "".join(f" {{{one}}}" for one in _in_braces(text)) if ".because" in place else ""
        if kind == 1:
            told[""] = f"alles{braces}"
        elif kind == 2:
            told[place] = f"hier {place.replace('{', '')}{braces}"
        elif kind == 3:
            told[""] = f"„{collapsed(text)}“"
    return Translation(LANGUAGE, "0" * 64, {text: told for text, told in texts.items() if told})


def _in_braces(text: str) -> Iterator[str]:
    for part in text.split("{")[1:]:
        yield part.partition("}")[0]


@st.composite
def told_cases(draw: st.DrawFn) -> tuple[RuleSet, Told, Data, Translation]:
    """Draw a set with a translation, and a case under it."""
    if draw(st.booleans()):
        rules = draw(rule_sets())
        data = draw(cases_of(rules.criteria))
    else:
        rules, base = draw(st.sampled_from(REAL_RULES))
        data = draw(changed_cases(rules.criteria, base))
    translation = draw(translations(rules.criteria))
    told = Told(LANGUAGE, rules.criteria, in_words_of(rules.criteria, translation), translation.digest)
    return rules, told, data, translation


def bare(assessment: Assessment) -> dict[str, Any]:
    """Return what it says without what no language changes: its digest, and what it holds in other languages."""
    return plain(assessment.model_copy(update={"translations": {}, "digest": ""}))


@FEW
@given(told_cases())
def test_no_translation_changes_a_result_and_what_is_kept_gives_back_what_would_be_written(
    drawn: tuple[RuleSet, Told, Data, Translation],
) -> None:
    rules, told, data, _ = drawn
    case = rules.case({**data, "assessment_date": DAY})
    try:
        work(case, rules.criteria)
    except InvalidCaseError:
        assume(False)
    record, kept = assess(case, rules.criteria), assess_in(told, case)
    assert bare(kept) == bare(record)
    assert kept.digest == record.digest
    other = written(work(case, rules.criteria), words=told.words, language=LANGUAGE)
    back = Assessment.model_validate_json(to_json(kept))
    assert bare(localised(back, LANGUAGE)) == bare(other)
    assert as_written(localised(back, LANGUAGE)) == back
    assert rendition(record, told) == kept.translations[LANGUAGE]
    assert check_language(back, told).verdict == "same"


@FEW
@given(told_cases())
def test_a_text_has_its_translation_at_every_place_and_stays_where_there_is_none(
    drawn: tuple[RuleSet, Told, Data, Translation],
) -> None:
    _, told, _, translation = drawn
    own, words = placed_texts(told.criteria), placed_texts(told.words)
    assert [place for place, _ in own] == [place for place, _ in words]
    for (place, text), (_, said) in zip(own, words, strict=True):
        held = translation.texts.get(collapsed(text), {})
        assert said == held.get(place, held.get("", text))


@FEW
@given(told_cases())
def test_what_is_no_text_is_the_same_in_every_language(drawn: tuple[RuleSet, Told, Data, Translation]) -> None:
    _, told, _, _ = drawn

    def without_texts(criteria: CriteriaSet) -> CriteriaSet:
        return with_texts(criteria, lambda _loc, _text: "")

    assert without_texts(told.criteria) == without_texts(told.words)
