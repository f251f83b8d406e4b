import re
from pathlib import Path

import pytest

from risk_engine.diagnostics import RiskEngineError
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from risk_engine.report.catalogue import catalogue

FOREIGN = load_criteria(str(Path(__file__).parents[1] / "sets" / "loan-desk"))
SHIPPED = load_criteria("reconnect-china")
BOTH = pytest.mark.parametrize("criteria", [FOREIGN, SHIPPED], ids=["foreign", "shipped"])


def lines(record: str, criteria: CriteriaSet = FOREIGN) -> list[str]:
    return [line for line in catalogue(criteria, record).splitlines() if line]


def test_an_indicator_says_when_it_holds_what_helps_and_who_wrote_it() -> None:
    when = (
        "`artwork.acquired_on` is at least the parameter `spoliation_start` and "
        "`artwork.acquired_on` is at most the parameter `spoliation_end` and "
        "`artwork.papers` includes none of “An invoice”, “A dated photograph”"
    )
    assert lines("LAW-3") == [
        "## LAW-3 Acquired in the years of spoliation",
        "**Was it acquired between 1933 and 1945 without papers?**",
        "It may have been taken from somebody.",
        "- Dimension: Whose object it is. Ground: Ownership.",
        "- In force from 2024-03-01.",
        f"- **high** if for at least one object: {when}.",
        "- Lowered to low by SETTLE (Claim settled).",
        "- Lowered by 1 step by SHIELD (Promise of return) + PHOTO (Condition photographs).",
        "- Evidence: Papers of the acquisition.",
        "- Source: Principles of fair solutions, number 3 (unverified).",
        "- Drawn up by L. Lender (law, 2024-01-12); not reviewed. Defined in indicators/title.yaml:36:1.",
    ]


def test_an_indicator_explains_every_definition_it_uses_and_every_knock_out() -> None:
    found = lines("OBJ-3")
    assert (
        "- where *worn by light* means: *soft* and `artwork.lux_hours` is at least the parameter `light_limit`."
        in found
    )
    assert "- where *soft* means: `artwork.material` is one of those in the parameter `soft_materials`." in found
    assert "- Where no option counts: On a long loan even dim light wears it out." in found
    assert any(
        line.startswith("- Knock-out **policy**: ") and line.endswith("A profile may switch it off.")
        for line in lines("LAW-2")
    )
    assert "- Knock-out **hold**: always." in lines("OBJ-6")
    assert "- In force from 2027-01-01 until before 2032-01-01." in lines("LAW-6")


def test_a_ladder_is_a_table_of_decisions_with_its_levels() -> None:
    found = lines("travel")
    assert found[:4] == [
        "## Company on the journey (`travel`)",
        "Who travels with it?",
        "| # | if | then | because |",
        "|--:|---|---|---|",
    ]
    assert found[5] == "| | otherwise | **Alone** | The shipper is enough. |"
    assert found[-1] == "- **In company**: It needs an eye on it. Reviewed every 12 months."
    assert any("(provisional: unanswered facts count)" in line for line in lines("verdict"))


def test_a_review_after_a_time_that_a_parameter_states_shows_every_value_and_its_name() -> None:
    ladder = FOREIGN.ladders["travel"]
    alone = ladder.levels["alone"].model_copy(update={"review_months": ParameterRef(parameter="light_limit")})
    changed = ladder.model_copy(update={"levels": {**ladder.levels, "alone": alone}})
    criteria = FOREIGN.model_copy(update={"ladders": {**FOREIGN.ladders, "travel": changed}})
    assert any(
        line.startswith("- **Alone**: ") and line.endswith("Reviewed every 60000, then 50000 months (`light_limit`).")
        for line in lines("travel", criteria)
    )


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ("SIGN", "Once it is part of the proposal, `loan.paperwork` is answered with “Both houses”."),
        ("unsteady", "`borrower.climate` is at least “It drifts”."),
        ("light_limit", "- from the beginning until before 2025-07-01: **60000**"),
        ("light_limit", "Source: Handbook of the loan desk, 4th edition, table 4. A profile may set another value."),
        (
            "poison_list",
            "- from 2026-10-01: **arsenic, radium** (Act on poisons in collections, amendment of 2026 (unverified))",
        ),
        ("REGION_LAW", "- In force from 2024-03-01 until before 2031-01-01."),
        ("LOGBOOK", "Always: Enter the condition on leaving and on coming back."),
        ("MANY_VISITORS", "When `loan.reach` is at least 50000: The loan lets many people see the object."),
        ("regions", "- **Protection from seizure** (`shielded`): 2 rows are named, every other is no."),
        ("regions", "  Map of earthquakes, as of 2024-02-01. Ask the surveyor of the region."),
        ("poison_act", "- `poison_act`: Act on poisons in collections (national law). **Unverified.**"),
        ("borrower", "## Borrowing house (`borrower`, at most 3)"),
        ("borrower", "  - From the table of regions, by `borrower.seat`."),
        ("loan", "- `loan.shipper_grade`: not asked"),
        ("loan.months", "- `loan.months`: For how many months? (The registrar)"),
        ("loan.months", "  - Answer: a whole number from 1 to 60."),
        ("artwork.lux_hours", "  - Asked only if *soft*; otherwise it is “0”."),
        (
            "quiet_study",
            "Answers: whenever `loan.occasion` is “Study behind closed doors”: `loan.reach` is at most 500.",
        ),
        (
            "refused_is_not_ready",
            "Results: whenever `ladder.verdict` is “refuse”: `ladder.release` is at least “checks_due”.",
        ),
    ],
)
def test_every_kind_of_record_can_be_shown_alone(record: str, shown: str) -> None:
    assert shown in lines(record)


@BOTH
def test_the_whole_set_holds_every_record_every_question_and_every_notice(criteria: CriteriaSet) -> None:
    text = catalogue(criteria)
    head = criteria.head
    wanted = [*criteria.indicators, *criteria.controls, *criteria.awareness, *head.notice, head.challenge]
    wanted += [f"(`{one}`" for one in (*criteria.ladders, *criteria.parameters, *criteria.tables, *criteria.entities)]
    wanted += [f"## {one.replace('_', ' ')}\n" for one in criteria.definitions]
    wanted += [f"- `{one}`: " for one in criteria.sources]
    wanted += [*criteria.invariants.facts, *criteria.invariants.results]
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            wanted += [f"- `{name}.{short}`: {fact.question or 'not asked'}"]
            wanted += [f"{text} (`{option}`)" for option, text in _options(fact)]
    assert [one for one in wanted if one not in text] == []


def _options(fact: object) -> list[tuple[str, str]]:
    return list(fact.options.items()) if isinstance(fact, ChoiceFact | ChoicesFact) else []


@BOTH
def test_the_markdown_is_tidy(criteria: CriteriaSet) -> None:
    text = catalogue(criteria)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "None" not in re.findall(r"\bNone\b(?! \(`none`\)|\*\*)", text) or criteria is SHIPPED
    before = re.findall(r"(.*)\n## ", text)
    assert [line for line in before if line] == [], "a heading needs an empty line before it"
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()} == {5}


def test_a_supporting_control_says_so() -> None:
    assert lines("PHOTO")[1] == (
        "Photograph every side. (The conservator; little effort.) Supporting: always advisable, lowers nothing alone."
    )


def test_a_record_that_is_not_there_is_an_error_with_the_nearest() -> None:
    with pytest.raises(RiskEngineError, match=r"the set has no record `OBJ-33`\n  help: did you mean `OBJ-3`\?"):
        catalogue(FOREIGN, "OBJ-33")


def test_a_set_without_optional_parts_has_no_empty_sections() -> None:
    empty = FOREIGN.invariants.model_copy(update={"facts": {}, "results": {}})
    bare = FOREIGN.model_copy(update={"awareness": {}, "invariants": empty})
    text = catalogue(bare)
    assert "# Awareness" not in text
    assert "# What must never happen" not in text
