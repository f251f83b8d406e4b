"""Which edits can be made without the others: each with what it needs, and no more."""

import pytest

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.single_changes import apply, groups, is_loadable
from risk_engine.audit.mutants.every import mutants
from risk_engine.model.criteria import Criteria
from tests.audit.diff.conftest import Compared
from tests.versions import newest


@pytest.fixture(scope="module")
def found(compared: Compared) -> list[list[str]]:
    return [[one.name for one in group] for group in groups(compared.before, tuple(compared.edits.values()))]


def test_every_group_can_be_made_alone(compared: Compared) -> None:
    for group in groups(compared.before, tuple(compared.edits.values())):
        assert is_loadable(apply(compared.before, group)), [one.name for one in group]


def test_every_change_of_structure_is_in_a_group_and_no_change_of_words_that_nothing_needs(
    compared: Compared, found: list[list[str]]
) -> None:
    grouped = {name for group in found for name in group}
    assert grouped == {name for name, one in compared.edits.items() if one.layer == "structure"}


def test_an_indicator_brings_the_question_the_definition_and_the_control_that_it_needs(found: list[list[str]]) -> None:
    group = ["fact loan.insured added", "definition uninsured added", "indicator LAW-7 added", "control INSURE added"]
    assert [one for one in found if "indicator LAW-7 added" in one] == [group]
    # What it needs does nothing without it, so it is no change by itself.
    assert [one for one in found if "fact loan.insured added" in one] == [group]


def test_what_is_taken_away_brings_all_that_used_it(found: list[list[str]]) -> None:
    assert [one for one in found if "fact loan.reach removed" in one] == [
        [
            "set roles.benefit changed",
            "fact loan.visitors added",
            "fact loan.reach removed",
            "awareness MANY_VISITORS when changed",
            "contradiction quiet_study then changed",
            "undirected loan.reach removed",
        ]
    ]
    assert ["fact artwork.papers options.bill added", "indicator LAW-3 severity.high changed"] in found


def test_what_names_tie_together_is_known_without_loading_anything(
    compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.audit.diff.single_changes.is_loadable", lambda _criteria: True)
    found = [[one.name for one in group] for group in groups(compared.before, tuple(compared.edits.values()))]
    gone = ["fact artwork.papers options.invoice removed", "indicator LAW-3 severity.high changed"]
    assert ["fact artwork.papers options.bill added", *gone] in found
    assert next(one for one in found if "fact loan.reach removed" in one)[-1] == "undirected loan.reach removed"


def test_what_no_name_ties_together_is_found_by_loading_it(compared: Compared, found: list[list[str]]) -> None:
    """The same condition may not stand at two severities, so the one cannot come without the other's going."""
    low, moderate = "indicator OBJ-2 severity.low added", "indicator OBJ-2 severity.moderate removed"
    assert not is_loadable(apply(compared.before, [compared.edits[low]]))
    assert [low, moderate] in found
    assert [moderate] in found


def test_a_change_that_needs_nothing_stands_alone(found: list[list[str]]) -> None:
    assert ["set severity points.moderate changed"] in found
    assert ["ladder release rules.1 removed"] in found
    assert ["table regions.quake_zone ALP changed"] in found


def test_a_column_and_the_question_that_reads_it_come_together(desk: Criteria) -> None:
    table = desk.tables["regions"]
    columns = {**table.columns, "guarded": table.columns["shielded"]}
    borrower = desk.entities["borrower"]
    facts = {**borrower.facts, "guarded": borrower.facts["shielded"]}
    after = desk.model_copy(
        update={
            "tables": {**desk.tables, "regions": table.model_copy(update={"columns": columns})},
            "entities": {**desk.entities, "borrower": borrower.model_copy(update={"facts": facts})},
        }
    )
    names = [[one.name for one in group] for group in groups(desk, compare(desk, after))]
    assert names == [["fact borrower.guarded added", "table regions.guarded added"]]


def test_between_sets_that_have_little_in_common_the_search_ends_and_what_it_finds_can_be_made(
    desk: Criteria, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.audit.diff.single_changes._MOST_LOADED", 3)
    other = newest("us-dod-matrix")
    found = groups(desk, compare(desk, other))
    assert all(is_loadable(apply(desk, group)) for group in found[::25])


@pytest.mark.nightly
def test_groups_between_mutants_can_be_made_alone_too(desk: Criteria) -> None:
    sound = [one.criteria for one in mutants(desk) if is_loadable(one.criteria)]
    for before, after in zip(sound[::31], sound[-1::-37], strict=False):
        for group in groups(before, compare(before, after)):
            assert is_loadable(apply(before, group))
