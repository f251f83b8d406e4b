"""A record holds facts, ids and numbers (docs/decisions/0040): what can be recalled from it, and what is not in it."""

from pathlib import Path

import pytest

from risk_engine.engine.assess import assess, recorded, to_json
from risk_engine.engine.explain import explain
from risk_engine.engine.facts import Read
from risk_engine.engine.work import UnfitRecordError, read_at, recall, work
from risk_engine.files.language import in_language
from risk_engine.loading.case import load_case
from risk_engine.model.assessment import Assessment, ProblemFound, ProblemKind, ResolvedFact
from risk_engine.model.criteria import Criteria
from risk_engine.model.translation import texts_of
from tests.engine.builder import EXAMPLES, ROOT, case_from, facts_from
from tests.engine.conftest import Toy
from tests.strategies import by_turns

LARGEST = 25_000
"""In bytes; with the words of what it shows a record had 137,000."""


def stored(path: Path, criteria: Criteria) -> Assessment:
    return Assessment.model_validate_json(to_json(assess(load_case(path, criteria), criteria)))


@pytest.mark.parametrize("path", by_turns(EXAMPLES, 5), ids=lambda one: one.stem)
def test_a_record_is_small_and_holds_no_sentence_of_its_criteria(path: Path, shipped: Criteria) -> None:
    content = to_json(stored(path, shipped)).decode()
    assert len(content) < LARGEST
    said = [text for _place, text in texts_of(shipped) if " " in text and text in content]
    typed = path.read_text("utf-8")
    assert [text for text in said if text not in typed] == []


@pytest.mark.parametrize("path", by_turns(EXAMPLES, 5), ids=lambda one: one.stem)
def test_the_facts_that_a_record_rests_on_are_recalled_without_working_them_out(path: Path, shipped: Criteria) -> None:
    worked = work(load_case(path, shipped), shipped)
    facts = recall(Assessment.model_validate_json(to_json(recorded(worked))), shipped).facts
    assert (facts.single, facts.lists, facts.parameters) == (
        worked.facts.single,
        worked.facts.lists,
        worked.facts.parameters,
    )
    assert facts.origins == worked.facts.origins


@pytest.mark.parametrize("path", by_turns(EXAMPLES, 5), ids=lambda one: one.stem)
def test_an_explanation_says_what_every_finding_read(path: Path, shipped: Criteria) -> None:
    worked = work(load_case(path, shipped), shipped)
    told = explain(recorded(worked), shipped, "en")
    assert [(one.id, one.outcome, one.reads) for one in told.findings] == [
        (one.id, one.outcome, tuple(read.path() for read in one.reads)) for one in worked.found
    ]


def test_a_record_is_the_same_bytes_whatever_the_language(shipped: Criteria) -> None:
    path = ROOT / "examples" / "half-filled.yaml"
    english = to_json(stored(path, shipped))
    with in_language("de"):
        assert to_json(stored(path, shipped)) == english
        assert explain(stored(path, shipped), shipped).language == "de"


def test_words_come_from_the_criteria_of_the_record_alone(shipped: Criteria, loan_desk: Criteria) -> None:
    made = stored(ROOT / "examples" / "half-filled.yaml", shipped)
    with pytest.raises(UnfitRecordError, match="these are not the criteria of the assessment: it was made under"):
        explain(made, loan_desk)


@pytest.mark.parametrize("part", ["findings", "absent", "proposals", "ratings", "awareness", "gaps", "controls"])
def test_a_record_that_names_what_its_criteria_do_not_have_is_refused_with_the_name(
    part: str, shipped: Criteria
) -> None:
    example = "lung-imaging" if part == "controls" else "half-filled"
    made = stored(ROOT / "examples" / f"{example}.yaml", shipped)
    held = getattr(made, part)
    if part in {"absent", "gaps"}:
        changed = (*held, "nowhere")
    elif part == "controls":
        changed = ()
    else:
        key = {"proposals": "ladder", "ratings": "dimension"}.get(part, "id")
        changed = (*held, held[0].model_copy(update={key: "nowhere"}))
    with pytest.raises(UnfitRecordError, match="the assessment names `"):
        explain(made.model_copy(update={part: changed}), shipped)


@pytest.mark.parametrize(
    "path", ["nowhere", "nowhere.risky", "trip.nowhere", "guest.a.nowhere", "guest.nobody.fit", "trip.a.risky", "trip"]
)
def test_a_path_that_the_case_does_not_have_is_refused_with_its_name(toy: Toy, path: str) -> None:
    facts = facts_from(toy(), "guest: [{id: a, fit: true}]")
    assert read_at("guest.a.fit", facts) == Read("guest", "a", "fit")
    with pytest.raises(UnfitRecordError, match=f"the assessment names `{path}`, which neither its case nor"):
        read_at(path, facts)


def test_a_record_whose_case_does_not_fit_its_criteria_is_refused(toy: Toy) -> None:
    criteria = toy()
    made = assess(case_from(criteria, "trip: {risky: true}"), criteria)
    changed = made.model_copy(update={"case": {**made.case, "trip": {"risky": "very"}}})
    with pytest.raises(UnfitRecordError, match="the case of the assessment does not fit its criteria"):
        recall(changed, criteria)


def test_a_record_that_is_silent_about_a_ladder_of_its_criteria_is_refused(shipped: Criteria) -> None:
    made = stored(ROOT / "examples" / "lung-imaging.yaml", shipped)
    with pytest.raises(UnfitRecordError, match="the assessment says nothing of the ladder `start_gate` of its"):
        explain(made.model_copy(update={"proposals": made.proposals[1:]}), shipped)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("person.visitor-1.external_obligations", -1),
        ("person.visitor-1.external_obligations", ["nothing"]),
        ("partner.pearl-delta.academic_freedom_band", {}),
        ("partner.pearl-delta.academic_freedom_band", "z"),
        ("partner.pearl-delta.state_ownership_pct", []),
        ("partner.pearl-delta.state_ownership_pct", True),
        ("data.ct-scans.tia_done", "no"),
        ("collaboration.end", "some day"),
        ("partner.pearl-delta.country", 3),
    ],
)
def test_a_record_that_holds_what_a_fact_cannot_be_is_refused_with_its_path(
    path: str, value: object, shipped: Criteria
) -> None:
    made = stored(ROOT / "examples" / "lung-imaging.yaml", shipped)
    held = made.resolved.get(path, ResolvedFact(value=True, origin="table"))
    changed = {**made.resolved, path: held.model_copy(update={"value": value})}
    with pytest.raises(UnfitRecordError, match=f"the assessment holds of `{path}` what it cannot be"):
        explain(made.model_copy(update={"resolved": changed}), shipped)


@pytest.mark.parametrize(
    ("kind", "about", "path", "named"),
    [
        ("table", None, "trip.risky", "trip.risky"),  # no table says anything of it
        ("table", None, "trip.nowhere", "trip.nowhere"),
        ("contradiction", "nothing", "trip.risky", "nothing"),
        ("control_later_evidence", "ROPE", "controls.ROPE", "ROPE"),  # the case does not list it
        ("control_without_evidence", "ROPE", "controls.ROPE", "ROPE"),
        ("control_not_in_place", "ROPE", "trip.risky", "ROPE"),
        ("control_not_listed", "ROPE", "trip.risky", "trip.risky"),  # it supersedes no other
    ],
)
def test_a_record_of_a_problem_that_its_case_cannot_have_is_refused(
    toy: Toy, kind: ProblemKind, about: str | None, path: str, named: str
) -> None:
    criteria = toy(controls="ROPE: {}")
    made = assess(case_from(criteria, "trip: {risky: true}"), criteria)
    problem = ProblemFound(kind=kind, id=about, paths=(path,), evidence=0)
    with pytest.raises(UnfitRecordError, match=f"the assessment names `{named}`"):
        explain(made.model_copy(update={"problems": (problem,)}), criteria)


@pytest.mark.parametrize(
    ("kind", "about", "path", "named"),
    [
        ("later_evidence", None, "trip.risky", r"evidence\.7"),
        ("unsure", None, "trip.risky", r"evidence\.7"),
        ("control_later_evidence", "ROPE", "controls.ROPE", r"controls\.ROPE\.evidence\.7"),
    ],
)
@pytest.mark.parametrize("number", [7, -7])
def test_evidence_that_a_problem_names_and_its_case_does_not_have_is_named_by_its_path(
    toy: Toy, kind: ProblemKind, about: str | None, path: str, named: str, number: int
) -> None:
    criteria = toy(controls="ROPE: {}")
    stated = "trip: {risky: true}\ncontrols: [{id: ROPE, status: planned}]"
    made = assess(case_from(criteria, stated), criteria)
    problem = ProblemFound(kind=kind, id=about, paths=(path,), evidence=number)
    with pytest.raises(UnfitRecordError, match=f"the assessment names `{named.replace('7', str(number))}`"):
        explain(made.model_copy(update={"problems": (problem,)}), criteria)
