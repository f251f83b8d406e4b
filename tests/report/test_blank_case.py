import re
from pathlib import Path

import pytest
import yaml

from risk_engine.engine.sentences import as_written
from risk_engine.files.language import in_language
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import Criteria
from risk_engine.report.blank_case import blank_case
from tests.told import assess_told
from tests.versions import newest

FOREIGN = load_criteria(str(Path(__file__).parents[1] / "sets" / "loan-desk"))
SHIPPED = newest("reconnect-china")
BOTH = pytest.mark.parametrize("criteria", [FOREIGN, SHIPPED], ids=["foreign", "shipped"])


@BOTH
def test_it_loads_and_everything_in_it_is_open(criteria: Criteria) -> None:
    case = case_of(parse(blank_case(criteria), "case.yaml", nulls=True), criteria)
    assessment = assess_told(case, criteria, criteria.head.in_force.from_)
    assert all(one.provisional for one in assessment.proposals if one.role)
    # Nothing that nobody answered is read as a no, or as a yes.
    assert [one.id for one in assessment.findings if one.outcome == "present"] == []
    asked = {f"{one.path}" for one in assessment.gaps}
    assert asked


def test_a_question_has_help_options_and_who_answers_above_its_place() -> None:
    text = blank_case(FOREIGN)
    assert (
        """
  # Who has signed the contract?
  # Look into the file, not into the mail.
  #   signed_both: Both houses
  #   signed_here: Our house only
  #   unsigned: Nobody
  # What would prove it: The contract
  # Answered by: The registrar
  paperwork: unknown
"""
        in text
    )
    assert (
        """
    # How many lux hours would it get?
    # Only if `artwork.material` is one of those in the parameter `soft_materials`.
    # A whole number from 0 to 900000
    # Answered by: The conservator
    lux_hours: unknown
"""
        in text
    )
    assert (
        """
    # Which poisons or hazards does it hold?
    # Any number of these, for example [ … ]; none of them: []
    #   arsenic: Arsenic
"""
        in text
    )
    assert "    # A code of the table of regions, like NO\n" in text
    assert "  # A date like 2026-01-31\n" in text
    assert "  # true or false\n" in text
    assert '  # Text, for the file only; what looks like a number, such as "9E001", in quotes\n' in text
    assert "  # For the file only, no rule reads it\n" in text


def test_lists_say_how_many_entries_and_how_to_say_that_there_is_none() -> None:
    assert (
        "# At most 3 entries, one block each. None at all? Write `borrower: []`.\nborrower:\n  - id: borrower-1\n"
        in blank_case(FOREIGN)
    )


def test_what_tables_know_is_folded_away() -> None:
    text = blank_case(FOREIGN)
    assert "    # Not asked, the tables of the set know it: quake_zone, shielded\n" in text
    assert "quake_zone:" not in text


@pytest.mark.parametrize("case_id", ["2026", "2026-01-31", "true", "0x1F", "1_000", "12.30", "A-1"])
def test_an_id_that_looks_like_something_else_stays_text(case_id: str) -> None:
    assert yaml.safe_load(blank_case(FOREIGN, case_id))["id"] == case_id
    assert case_of(parse(blank_case(FOREIGN, case_id), "case.yaml", nulls=True), FOREIGN).id == case_id


@BOTH
def test_it_tells_a_german_reader_the_same_and_is_the_same_case(criteria: Criteria) -> None:
    english = blank_case(criteria)
    with in_language("de"):
        german = blank_case(criteria)
    assert yaml.safe_load(german) == yaml.safe_load(english)
    assert len([one for one in german.splitlines() if one.lstrip().startswith("# Antwort von: ")]) == english.count(
        "# Answered by: "
    )
    engine = (
        "# A case for ",
        "stays `unknown`",
        "Who fills",
        "# Only if ",
        "# A date like ",
        "# A whole ",
        "# At most ",
    )
    assert [one for one in engine if one in german] == []
    assert [one for one in engine if one not in english] == []


@BOTH
def test_when_a_question_is_asked_is_said_in_the_words_that_the_file_takes(criteria: Criteria) -> None:
    told = re.findall(r"# (Only if .*?)\.\n", blank_case(criteria), re.DOTALL)
    assert told
    # No title of an option in quotation marks, no yes or no: what is asked for is a key, `true` or `false`.
    assert [one for one in told if re.search(r"[“”]| is (not )?(yes|no)\b", one)] == []
    assert [one for one in told if "`" not in one] == []


def test_a_boolean_and_an_option_stand_as_a_case_states_them() -> None:
    loan = FOREIGN.entities["loan"].facts
    assert as_written(loan["escorted"], wanted=False) == "`false`"
    assert as_written(loan["occasion"], "display") == "`display`"
    assert as_written(loan["months"], ParameterRef(parameter="long_loan")) == "the parameter `long_loan`"
