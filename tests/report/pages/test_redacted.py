"""The redacted version: what is removed, what is kept, what is said about it, and when nothing is handed out."""

from datetime import date

import pytest

from risk_engine.engine.work import case_from
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import in_language
from risk_engine.files.source import read
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Superseded
from risk_engine.model.explanation import Explanation, Override
from risk_engine.model.profile import Disclosure
from risk_engine.report.blocks import Group, Table, View
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.pages.redact_text import Secrets
from risk_engine.report.pages.redacted import DisclosureError, redacted_view, redaction_warning
from risk_engine.report.pages.redaction import Marks, confidential_in, redaction
from tests.cli.running import EXAMPLES
from tests.report.pages.climb import climb, climbed, lines
from tests.told import assess_told

TOLD = told_in(climb(), "en")
MARKS = Marks("[answer]", "[person]")
REASON = Disclosure(reason="§ 3 IFG")
SHOWN = Disclosure(reason="§ 3 IFG", findings="shown")
WITHHELD = "[withheld: § 3 IFG]"

TOUR = """
    tour: {days: 12, payer: Ropes Ltd, price: 12000, paid_on: 2026-03-01, terms: tied, need: much, joy: much}
    guide:
      - {id: anna, called: Anna, home: UPV, ill: true, checked: false, alone: true}
      - {id: bert, called: Bert, home: SEA, ill: false, alone: false}
    hut: [{id: eagle, named: Eagle House, beds: 4}]
    """


def page(made: Explanation, disclosure: Disclosure = REASON) -> View:
    """Return the redacted version under the set."""
    return redacted_view(made, TOLD, disclosure)


def read_of(made: View) -> str:
    """Return everything that the written forms hold."""
    return html(made) + markdown(made)


def data_of(made: Explanation, disclosure: Disclosure = REASON) -> str:
    """Return the data that a redacted version is made from."""
    return str(redaction(made, TOLD, disclosure, MARKS).assessment.model_dump(mode="json"))


# --- what is removed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    ["Ropes Ltd", "12000", "2026-03-01", "tied", "Upper Valley", "UPV", "Eagle House", "anna", "eagle", "'ill'"],
)
def test_a_confidential_answer_is_in_the_assessment_and_not_in_the_data_of_its_redacted_version(secret: str) -> None:
    made = climbed(TOUR)
    assert secret in str(made.model_dump(mode="json"))
    assert secret not in data_of(made)


@pytest.mark.parametrize("disclosure", [REASON, SHOWN], ids=["withheld", "shown"])
def test_a_confidential_answer_is_in_no_page_whether_findings_are_shown_or_not(disclosure: Disclosure) -> None:
    secrets = ("Ropes", "12000", "12 000", "1 March 2026", "2026-03-01", "Upper Valley", "Eagle")
    told = read_of(page(climbed(TOUR), disclosure))
    assert [one for one in secrets if one in told] == []


def test_what_is_asked_or_filled_in_by_a_confidential_answer_would_tell_it() -> None:
    hidden = confidential_in(climb())
    own = {
        "tour.payer",
        "tour.price",
        "tour.paid_on",
        "tour.terms",
        "tour.need",
        "guide.home",
        "guide.ill",
        "hut.named",
    }
    assert hidden.facts == own | {"guide.checked", "guide.snowy"}


def test_an_indicator_is_withheld_for_what_it_may_read_or_print_not_for_what_it_read() -> None:
    assert confidential_in(climb()).indicators == {"ILL", "CHECK", "LATER", "SNOW", "SAID", "BOUND", "MAYBE"}
    made = redaction(climbed("tour: {days: 12, price: 5}\nguide: []"), TOLD, REASON, MARKS).assessment
    assert [one.id for one in made.findings] == ["LONG", "ALONE"]


def test_points_are_withheld_of_every_dimension_that_adds_up_a_withheld_indicator() -> None:
    assert confidential_in(climb()).dimensions == {"body", "mind"}
    assert redaction(climbed(TOUR), TOLD, REASON, MARKS).assessment.ratings == ()


def test_a_control_that_serves_withheld_indicators_alone_is_withheld_although_the_case_lists_it() -> None:
    stated = "controls: [{id: VET, status: planned}, {id: BOTH, status: planned}]"
    assert [one.id for one in climbed(TOUR, stated).controls] == ["REST", "VET", "BOTH", "SONG"]
    made = redaction(climbed(TOUR, stated), TOLD, REASON, MARKS).assessment
    assert [(one.id, one.findings) for one in made.controls] == [
        ("REST", ("LONG",)),
        ("BOTH", ("LONG",)),
        ("SONG", ()),
    ]
    assert "VET" not in str(made.model_dump(mode="json"))


def test_a_control_that_would_help_only_a_withheld_finding_of_this_case_is_not_listed() -> None:
    short = "tour: {days: 2}\nguide: [{id: anna, ill: true, alone: false}]"
    assert "BOTH" in [one.id for one in climbed(short).controls]
    made = redaction(climbed(short), TOLD, REASON, MARKS).assessment
    assert [one.id for one in made.controls] == ["SONG"]


def test_a_note_is_withheld_if_it_depends_on_a_confidential_answer_or_on_findings() -> None:
    assert [one.id for one in climbed(TOUR).awareness] == ["OF-DAYS", "OF-ILL", "OF-FOUND"]
    made = redaction(climbed(TOUR), TOLD, REASON, MARKS).assessment
    assert [one.id for one in made.awareness] == ["OF-DAYS"]


def test_a_contradiction_with_a_confidential_answer_is_not_told() -> None:
    assert [one.id for one in climbed(TOUR).problems] == ["WELL"]
    assert redaction(climbed(TOUR), TOLD, REASON, MARKS).assessment.problems == ()


def test_a_missing_confidential_answer_is_not_asked_for() -> None:
    asked = climbed("tour: {price: 5}\nguide: [{id: anna, alone: true}]")
    assert {one.path for one in asked.gaps} == {"tour.days", "guide.anna.ill", "guide.anna.home", "tour.terms"}
    made = redaction(asked, TOLD, REASON, MARKS).assessment
    assert [one.path for one in made.gaps] == ["tour.days"]


def test_entries_are_known_by_their_numbers_in_the_order_of_the_case() -> None:
    made = redaction(climbed(TOUR), TOLD, REASON, MARKS).assessment
    assert [(one.path, one.label) for one in made.entries] == [
        ("guide.1", "Anna"),
        ("guide.2", "Bert"),
        ("hut.1", "1"),
    ]
    many = ", ".join(f"{{id: z{number}}}" for number in range(10, 0, -1))
    made = redaction(climbed(f"guide: [{many}]"), TOLD, REASON, MARKS).assessment
    assert [one.path for one in made.entries] == [f"guide.{number:02}" for number in range(1, 11)]


def test_where_a_confidential_text_name_or_row_would_stand_is_marked_answered_or_not() -> None:
    made = page(climbed("tour: {days: 2}\nguide: [{id: anna, called: Anna}]\nhut: [{id: eagle}]"))
    told = lines(made, "case")
    assert "guide: Anna – home? withheld: § 3 IFG" in told
    assert "hut: 1 – named? withheld: § 3 IFG" in told
    assert "Also recorded: payer? withheld: § 3 IFG" in told


def test_benefit_and_necessity_are_marked_where_they_are_confidential() -> None:
    told = lines(page(climbed(TOUR)), "benefits")
    assert told[1:] == ["Benefit: joy? much", "Necessity: need? withheld: § 3 IFG"]


def test_evidence_stays_for_open_answers_and_is_silent_where_it_is_for_a_confidential_one_too() -> None:
    evidence = """
    evidence:
      - {for: [tour.days], kind: plan, reference: Plan of days, date: 2026-01-01, sha256: SHA}
      - {for: [tour.price], kind: bill, reference: Bill over all, date: 2026-01-02}
      - {for: [tour.days, tour.price], kind: letter, reference: Letter to both, date: 2026-01-03, sha256: SHA}
      - {for: [guide.anna.alone, guide.anna.ill], kind: note, reference: On her, date: 2026-01-04}
    """.replace("SHA", "a" * 64)
    made = redaction(climbed(TOUR, evidence), TOLD, REASON, MARKS).assessment
    told = [(one.kind, one.reference, one.sha256) for one in made.facts["tour.days"].evidence]
    assert told == [("plan", "Plan of days", "a" * 64), ("letter", "[answer]", None)]
    assert [one.reference for one in made.facts["guide.1.alone"].evidence] == ["[answer]"]
    assert "Bill" not in str(made.model_dump(mode="json"))


def test_names_of_people_are_withheld_as_personal_data() -> None:
    stated = """
    assessor: Carla Registrar
    controls:
      - id: REST
        status: implemented
        owner: Dora Warden
        evidence: [{kind: log, reference: Kept by Dora Warden, date: 2026-01-01, collected_by: Emil Clerk}]
    evidence:
      - for: [tour.days]
        kind: plan
        reference: Emil Clerk for Carla Registrar and Fritz Porter
        date: 2026-01-01
        collected_by: Emil Clerk
      - {for: [tour.price], kind: bill, reference: x, date: 2026-01-01, collected_by: Fritz Porter}
    """
    made = page(climbed(TOUR, stated), Disclosure(reason="§ 3 IFG", persons_reason="§ 5 IFG"))
    assert not [name for name in ("Carla", "Dora", "Emil", "Fritz") if name in read_of(made)]
    assert "Assessed by: withheld: § 5 IFG" in lines(made, "case")
    assert "Reason: Names of people: § 5 IFG" in lines(made, "withheld")
    assert "withheld: personal data" in read_of(page(climbed(TOUR, stated)))


def test_names_of_people_are_shown_where_the_profile_says_so() -> None:
    made = page(climbed(TOUR, "assessor: Carla Registrar"), Disclosure(reason="§ 3 IFG", persons="shown"))
    assert "Assessed by: Carla Registrar" in lines(made, "case")
    assert "personal data" not in read_of(made)


def test_notes_and_answers_set_aside_are_the_offices_own() -> None:
    stated = "notes: Nobody trusts Anna\nset_aside: {tour.payer: Older Ropes}"
    told = read_of(page(climbed(TOUR, stated)))
    assert "trusts" not in told
    assert "Older Ropes" not in told
    assert "Notes in the case: withheld: § 3 IFG" in lines(page(climbed(TOUR, stated)), "case")
    assert not any(one.startswith("Notes in the case") for one in lines(page(climbed(TOUR)), "case"))


def test_an_answer_that_was_set_aside_is_struck_from_other_texts_too() -> None:
    stated = "title: Tour of Older Ropes\ntour: {days: 2}\nset_aside: {tour.payer: Older Ropes, gone.fact: A tour}"
    assert "Older Ropes" not in read_of(page(climbed(stated)))


def test_the_digest_of_the_case_and_what_was_superseded_are_left_out() -> None:
    old = Superseded(digest="b" * 64, on=date(2026, 1, 1), recorded={"guide.anna.ill": True})
    told = data_of(climbed(TOUR).model_copy(update={"supersedes": old}))
    assert climbed(TOUR).case_digest not in told
    assert redaction(climbed(TOUR), TOLD, REASON, MARKS).assessment.case_digest == ""
    assert "b" * 64 not in told


# --- what other texts repeat ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stated",
    [
        "title: With Ropes Ltd to the top",
        "id: T-Ropes-Ltd",
        "institution: Friends of ROPES  LTD",
        "hut: [{id: a, beds: 4}]\ntour: {days: 12, payer: Ropes Ltd, purpose: 'Paid by „Ropes-Ltd“'}",
        "guide: [{id: a, called: Anna of Ropes Ltd, alone: true}]",
        "controls: [{id: REST, status: agreed, owner: Man of Ropes Ltd}]",
        "evidence: [{for: [tour.days], kind: Ropes Ltd bill, reference: x, date: 2026-01-01}]",
        "evidence: [{for: [tour.days], kind: bill, reference: Ropes Ltd 7, date: 2026-01-01}]",
        "evidence: [{for: [tour.days], kind: bill, reference: x, date: 2026-12-01, collected_by: of Ropes Ltd}]",
        "controls: [{id: REST, status: agreed, evidence: [{kind: x, reference: Ropes Ltd, date: 2026-12-01}]}]",
    ],
)
def test_a_text_that_repeats_a_confidential_answer_loses_these_words(stated: str) -> None:
    case = stated if "tour:" in stated else f"tour: {{days: 12, payer: Ropes Ltd}}\n{stated}"
    made = page(climbed(case), Disclosure(reason="§ 3 IFG", persons="shown"))
    told = read_of(made).casefold()
    assert "ropes" not in told


def test_a_text_that_repeats_the_name_of_a_row_a_day_or_an_option_loses_it() -> None:
    title = "From Oberes Tal, paid 1. März 2026 (12.000), tied to one supplier of ropes, on 01.03.2026"
    made = redaction(climbed(TOUR, f"title: '{title}'"), TOLD, REASON, MARKS).assessment
    assert made.case_title == "From [answer], paid [answer] ([answer]), [answer], on [answer]"


def test_what_an_open_answer_says_in_full_as_well_is_no_secret() -> None:
    tour = "tour: {days: 2, payer: Alpine Museum, purpose: Visit of the Alpine Museum}"
    made = redaction(climbed(tour, "guide: [{id: a, called: Alpine museum}]"), TOLD, REASON, MARKS).assessment
    assert made.entries[0].label == "Alpine museum"
    assert "Visit of the Alpine Museum" in str(made.model_dump(mode="json"))


@pytest.mark.parametrize("longer", ["Ropes Ltd of the North", "Old Ropes-Ltd", "Ropes Ltd, North"])
def test_an_open_name_that_holds_more_than_a_confidential_one_is_withheld_whole_wherever_it_stands(longer: str) -> None:
    tour = TOUR.replace("called: Anna", f"called: '{longer}'")
    made = redaction(climbed(tour, f"title: Ask {longer} first"), TOLD, REASON, MARKS).assessment
    assert [one.label for one in made.entries if one.path.startswith("guide")] == ["[answer]", "Bert"]
    assert made.case_title == "Ask [answer] first"


def test_an_open_name_stays_although_a_confidential_answer_holds_it() -> None:
    tour = "tour: {days: 2, payer: Ropes Ltd of the North}\nguide: [{id: a, called: Ropes Ltd}]"
    assert redaction(climbed(tour), TOLD, REASON, MARKS).assessment.entries[0].label == "Ropes Ltd"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Tour of Ropes Works group", "Tour of [answer] group"),
        ("To Eastham and back", "To [answer] and back"),
        ("With RWX, as ever", "With [answer], as ever"),
        ("As he said among others", "As he said among others"),
    ],
)
def test_parts_of_a_confidential_text_between_commas_and_brackets_are_struck(title: str, wanted: str) -> None:
    tour = "tour: {days: 2, payer: 'Ropes Works (RWX), Eastham, among others'}"
    assert redaction(climbed(tour, f"title: {title}"), TOLD, REASON, MARKS).assessment.case_title == wanted


@pytest.mark.parametrize(
    ("assessor", "title", "wanted"),
    [
        (
            "Dr. Anna Vogelsang",
            "Tour with Vogelsang, Annas dog and Dr. Who",
            "Tour with [answer], Annas dog and Dr. Who",
        ),
        ("Dr. Anna Vogelsang", "Ask Anna-Vogelsang", "Ask [answer]"),
        ("Jörg Müller", "Joerg Mueller, Jorg, Mueller and Muller", "[answer], [answer], [answer] and [answer]"),
        ("Joerg Mueller", "Jörg and Müller", "[answer] and [answer]"),
        ("Sørensen", "Sorensen, Soerensen", "[answer], [answer]"),
        ("Sorensen", "Sørensen", "[answer]"),
        ("Kim", "`Lab`Kim work", "`Lab`[answer] work"),
        ("Ann Lee", "Lee and Ann Lee", "Lee and [answer]"),
        ("王伟明", "与王伟明合作", "与[answer]合作"),
        ("Office (P-03)", "Office of the tour", "Office of the tour"),
    ],
)
def test_a_person_is_struck_by_each_longer_part_of_the_name_however_it_is_spelt(
    assessor: str, title: str, wanted: str
) -> None:
    made = redaction(climbed("tour: {days: 2}", f"assessor: {assessor}\ntitle: '{title}'"), TOLD, REASON, MARKS)
    assert made.assessment.case_title == wanted


def test_a_part_of_a_persons_name_that_an_open_name_or_plain_words_of_the_case_hold_is_not_struck() -> None:
    stated = "assessor: Bert Porter\ninstitution: House of Porter\ntitle: Porter and Bert go by Summit Path"
    owner = "controls: [{id: REST, status: agreed, owner: Keeper of the Summit}]\n"
    tour = "tour: {days: 2, purpose: up to the summit}\nguide: [{id: a, called: Bert}]"
    made = redaction(climbed(stated, owner, tour), TOLD, REASON, MARKS).assessment
    assert made.case_title == "Porter and Bert go by Summit Path"


def test_an_institution_that_collected_evidence_itself_is_no_person() -> None:
    stated = """
    institution: Alpine Club
    evidence:
      - {for: [tour.days], kind: plan, reference: Of the Alpine Club, date: 2026-01-01, collected_by: Alpine Club}
    """
    made = redaction(climbed(TOUR, stated), TOLD, REASON, MARKS).assessment
    assert made.institution == "Alpine Club"
    (record,) = made.facts["tour.days"].evidence
    assert (record.reference, record.collected_by) == ("Of the Alpine Club", "[person]")


def test_reasons_of_the_profile_may_repeat_an_answer_too() -> None:
    made = climbed(TOUR, disclosure=REASON)
    assert made.profile is not None
    override = Override(what="Limit", set_value="1", value="2", reason="Since Ropes Ltd pays")
    profile = made.profile.model_copy(
        update={
            "overrides": (override,),
            "profile": made.profile.profile.model_copy(update={"institution": "Club of Ropes Ltd"}),
        }
    )
    kept = redaction(made.model_copy(update={"profile": profile}), TOLD, REASON, MARKS).assessment.profile
    assert kept is not None
    assert [one.reason for one in kept.overrides] == ["Since [answer] pays"]
    assert kept.profile.institution == "Club of [answer]"
    assert kept.digest == profile.digest


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_the_result_is_shown_with_a_reason_only_where_what_is_shown_leads_to_it_by_itself() -> None:
    then = {one.ladder: one for one in climbed(TOUR).proposals}
    assert [(one.level.name, one.sentence) for one in then.values()] == [
        ("blocked", "gate 0"),
        ("restriction", "measure 0"),
    ]
    made = {one.ladder: one for one in redaction(climbed(TOUR), TOLD, REASON, MARKS).assessment.proposals}
    assert [(one.level.name, one.sentence, one.findings) for one in made.values()] == [
        ("blocked", "[answer]", ()),
        ("restriction", "[answer]", ()),
    ]
    assert "What is shown does not lead to this level by itself" in read_of(page(climbed(TOUR)))


def test_where_withheld_findings_led_to_the_same_level_by_another_rule_the_shown_ones_speak_for_themselves() -> None:
    harmless = "tour: {days: 12, terms: open, price: 5}\nguide: [{id: a, alone: true, ill: false, home: UPV}]"
    measure = climbed(harmless).proposals[1]
    assert (measure.level.name, measure.sentence) == ("regulation", "measure 1")
    made = redaction(climbed(harmless), TOLD, REASON, MARKS).assessment.proposals[1]
    assert (made.level.name, made.sentence, made.findings) == ("regulation", "measure 2", ("LONG",))


def test_what_identifies_an_assessment_and_does_not_hang_on_answers_stays() -> None:
    made = climbed(TOUR)
    used = made.criteria.model_copy(update={"in_force": False})
    then = made.model_copy(update={"engine": "0.0.9", "review_due": date(2030, 1, 1), "criteria": used})
    kept = redaction(then, TOLD, REASON, MARKS).assessment
    assert (kept.engine, kept.review_due, kept.on, kept.digest) == ("0.0.9", date(2030, 1, 1), then.on, then.digest)
    assert kept.criteria == used
    assert [one.id for one in kept.not_in_force] == ["LATER"]


def test_a_profile_that_switches_off_the_red_line_of_a_withheld_indicator_is_shown() -> None:
    made = climbed(TOUR, policy_knock_outs_off={"CHECK": {"reason": "We look ourselves."}})
    kept = redaction(made, TOLD, REASON, MARKS).assessment.profile
    assert kept is not None
    assert [one.what for one in kept.overrides] == ["CHECK CHECK title: policy knock-out"]


def test_the_first_sentence_is_the_result_and_counts_no_missing_answers() -> None:
    answer = page(climbed("tour: {days: 12}\nguide: [{id: a, alone: true}]")).answer
    assert answer is not None
    assert answer.sentence == "Still open: between clear and blocked. As things stand: clear."
    assert [one.label for one in answer.glance] == ["Why", "On what conditions", "What is missing", "What is withheld"]


def test_findings_are_shown_bare_where_the_profile_says_so() -> None:
    made = redaction(climbed(TOUR), TOLD, SHOWN, MARKS).assessment
    assert [one.id for one in made.findings] == [one.id for one in climbed(TOUR).findings]
    ill = made.finding("ILL")
    assert (ill.outcome, ill.inherent, ill.because, ill.reads, ill.bars, ill.options) == (
        "present",
        "critical",
        ("[answer]",),
        (),
        (),
        (),
    )
    assert [one.sentence for one in made.proposals] == ["gate 0", "measure 0"]
    assert [one.id for one in made.awareness] == ["OF-DAYS", "OF-FOUND"]
    assert made.ratings == climbed(TOUR).ratings
    shown = next(one for one in page(climbed(TOUR), SHOWN).sections if one.key == "findings")
    group = next(one for one in shown.blocks if isinstance(one, Group) and one.anchor == "ILL")
    assert not any(isinstance(block, Table) for block in group.blocks)
    unsure = climbed("tour: {days: 12}\nguide: [{id: a, ill: true}]")
    assert [one.depends_on for one in unsure.awareness if one.id == "OF-LOW"] == [("guide.a.checked",)]
    bare = redaction(unsure, TOLD, SHOWN, MARKS).assessment
    assert [one.depends_on for one in bare.awareness if one.id == "OF-LOW"] == [()]
    told = lines(page(climbed(TOUR), SHOWN), "withheld_list")
    assert any(
        one.startswith("Findings on these answers: Of ILL, CHECK, LATER, SNOW, SAID, BOUND, MAYBE only") for one in told
    )


# --- what it says of itself -------------------------------------------------------------------------------------------


def test_it_says_what_it_is_and_names_the_assessment_that_it_was_made_from() -> None:
    made = page(climbed(TOUR))
    assert made.kind == "redacted"
    assert made.title == "Redacted version: A tour (T-1)"
    assert made.warning is None
    assert f"Made from the assessment: {climbed(TOUR).digest}" in lines(made, "withheld")
    assert f"Made from the assessment: {climbed(TOUR).digest}" in lines(made, "versions")


def test_it_lists_what_is_withheld_under_the_criteria_whatever_the_case_says() -> None:
    told = lines(page(climbed(TOUR)), "withheld")
    assert told == [
        (
            "This is a redacted version of an assessment. What may not be told was taken out of the data before this "
            "document was written; it is not covered up in it."
        ),
        f"Made from the assessment: {climbed(TOUR).digest}",
        "Reason: Answers: § 3 IFG",
        "Reason: Names of people: personal data",
        "Marks: In 7 places below a mark with the reason stands for what was taken out.",
        "Answers: Whatever was answered to 10 questions, and what would tell it, is withheld; the annex names them.",
        "Points and bands: Not shown of these dimensions, because they add up withheld indicators too: Body; Mind.",
        "Names of people: It is not shown who assessed, who collected evidence and who sees to a control.",
        (
            "Working notes: Not shown are the notes in the case file, answers set aside, and the short names that the "
            "office gave to entries; they are numbered here."
        ),
        (
            "Repetitions: Where another text repeats a withheld answer or name, a mark stands in its place. "
            "Repetitions are looked for by whole answers and names and by their parts; "
            "in other words they are not found."
        ),
    ]
    assert lines(page(climbed(TOUR)), "withheld_list") == [
        "payer? | tour | confidential under the criteria",
        "price? | tour | confidential under the criteria",
        "paid_on? | tour | confidential under the criteria",
        "terms? | tour | confidential under the criteria",
        "need? | tour | confidential under the criteria",
        "home? | guide | confidential under the criteria",
        "snow title | guide | would tell a confidential answer",
        "ill? | guide | confidential under the criteria",
        "checked? | guide | would tell a confidential answer",
        "named? | hut | confidential under the criteria",
        (
            "Body: 6 of 8 indicators are not shown, whatever they came to, because they may read these answers: "
            "CHECK CHECK title; LATER LATER title; SNOW SNOW title; SAID SAID title; BOUND BOUND title; MAYBE MAYBE "
            "title."
        ),
        "Mind: 1 of 1 indicators is not shown, whatever it came to, because it may read these answers: ILL ILL title.",
        "Controls: Not shown, because they serve withheld indicators alone: VET.",
        "Notes on what to know: Whether OF-ILL, OF-FOUND, OF-LOW apply is not shown: it depends on what is withheld.",
    ]


def test_the_reason_is_that_of_the_profile_in_the_assessment_unless_another_one_is_given() -> None:
    made = climbed(TOUR, disclosure=REASON)
    assert "§ 3 IFG" in read_of(redacted_view(made, TOLD))
    told = read_of(page(made, Disclosure(reason="Art. 4 TDA")))
    assert "Art. 4 TDA" in told
    assert "§ 3 IFG" not in told
    assert redaction_warning(made).startswith("repetitions in other texts are looked for by whole answers")


def test_a_reason_stands_on_one_line_and_harms_no_page() -> None:
    made = page(climbed(TOUR), Disclosure(reason="§ 3\n IFG\x1b[31m\u202e"))
    assert "Also recorded: payer? withheld: § 3 IFG[31m" in lines(made, "case")


def test_without_a_reason_on_record_the_document_says_so_at_every_place_and_the_office_is_warned() -> None:
    made = redacted_view(climbed(TOUR), TOLD)
    assert "Reason: Answers: no exemption reason is on record" in lines(made, "withheld")
    assert "guide: Anna – home? withheld: no exemption reason on record" in lines(made, "case")
    warning = redaction_warning(climbed(TOUR))
    assert warning.startswith("no exemption reason is on record: each place says so. Give one under `disclosure:`")


def test_it_speaks_german() -> None:
    with in_language("de"):
        made = page(climbed(TOUR))
    assert made.title == "Geschwärzte Fassung: A tour (T-1)"
    assert "guide: Anna – home? zurückgehalten: § 3 IFG" in lines(made, "case")


# --- when little or nothing is handed out -----------------------------------------------------------------------------


def test_other_criteria_than_those_of_the_assessment_are_refused() -> None:
    other = climb().model_copy(update={"digest": "c" * 64})
    with pytest.raises(RiskEngineError, match=r"these are not the criteria `toy 1\.0\.0`"):
        redacted_view(climbed(TOUR), told_in(other, "en"))


def test_nothing_is_made_of_an_assessment_whose_findings_do_not_follow_from_its_case() -> None:
    made = climbed(TOUR)
    bent = tuple(one.model_copy(update={"inherent": "low"}) if one.id == "LONG" else one for one in made.findings)
    with pytest.raises(RiskEngineError, match="finds something else than the assessment says: LONG"):
        redacted_view(made.model_copy(update={"findings": bent}), TOLD)


def test_nothing_is_made_of_an_assessment_whose_case_does_not_fit_the_criteria() -> None:
    made = climbed(TOUR)
    case = made.case | {"tour": {"days": "many"}}
    with pytest.raises(RiskEngineError, match="does not fit the criteria that it names"):
        redacted_view(made.model_copy(update={"case": case}), TOLD)


def test_a_document_that_still_holds_a_withheld_word_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Secrets, "struck", lambda _self, text, _mark: text)
    with pytest.raises(RiskEngineError, match=r"a word that is withheld is left in it\n.*report it without the case"):
        page(climbed(TOUR, "title: With Ropes Ltd"))


@pytest.mark.parametrize(
    ("disclosure", "keys"),
    [
        (Disclosure(reason="trade secrets of ROPES-Ltd"), "in `disclosure.reason`\n"),
        (Disclosure(reason="§ 3", persons_reason="Carla asked"), "in `disclosure.persons_reason`\n"),
        (
            Disclosure(reason="for Ropes Ltd", persons_reason="of Registrar"),
            "in `disclosure.reason`, `disclosure.persons_reason`\n",
        ),
    ],
)
def test_a_reason_that_repeats_what_it_withholds_is_refused_and_not_repeated(disclosure: Disclosure, keys: str) -> None:
    with pytest.raises(DisclosureError) as caught:
        page(climbed(TOUR, "assessor: Carla Registrar"), disclosure)
    assert keys in str(caught.value)
    assert "opes" not in str(caught.value)


def test_the_reason_for_names_may_hold_a_name_where_names_are_shown() -> None:
    shown = Disclosure(reason="§ 3", persons="shown", persons_reason="Carla asked")
    assert page(climbed(TOUR, "assessor: Carla Registrar"), shown).title


@pytest.mark.parametrize("words", ["Findings that may be shown", "high", "indicators", "withheld", "none"])
def test_an_answer_in_the_words_of_every_report_stands_in_nobodys_way(words: str) -> None:
    assert page(climbed(f"tour: {{days: 12, payer: {words}}}")).title


def test_controls_count_in_a_redacted_version_without_words_as_they_did_with_them() -> None:
    """They count by the kind of their evidence, a word of the set: where that is struck out, other things are found."""
    day = date(2026, 12, 18)
    criteria = load_criteria("reconnect-china", day)
    agreement = {"kind": "contract", "reference": "Agreement, article 11", "date": date(2026, 12, 1)}
    controls = ({"id": "CTL-19", "status": "implemented", "evidence": (agreement,)},)
    data = {**read(EXAMPLES / "battery-recycling.yaml").data, "assessment_date": day, "controls": controls}
    made = assess_told(case_from(data, criteria), criteria, in_force=True)
    bare = redaction(made, told_in(criteria, "en"), SHOWN, MARKS, wordless=True).assessment
    (limits,) = (one for one in bare.findings if one.id == "COM-05")
    assert limits.residual.at_least == "none"
    assert "article 11" not in str(bare.case)
