"""What is different between two versions: every change once, as small as it means something, and nothing else."""

from pathlib import Path

import pytest

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.single_changes import apply
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.changes import Changes, VersionShown
from risk_engine.model.conditions import Compare
from risk_engine.model.criteria import Criteria, Option
from risk_engine.model.tables import Row
from risk_engine.model.words import Model
from tests.audit.diff.conftest import Compared
from tests.versions import NUMBER, WORDS, changed


def of(criteria: Criteria, *way: str, **fields: object) -> Criteria:
    """Return a set in which fields of the record at the end of a way of attributes and keys are others."""

    def put(part: Model | dict[str, Model], steps: tuple[str, ...]) -> object:
        if not steps:
            assert isinstance(part, Model)
            return part.model_copy(update=fields)
        first, *rest = steps
        if isinstance(part, dict):
            return {**part, first: put(part[first], tuple(rest))}
        return part.model_copy(update={first: put(getattr(part, first), tuple(rest))})

    made = put(criteria, way)
    assert isinstance(made, Criteria)
    return made


def names(before: Criteria, after: Criteria) -> list[str]:
    return [one.name for one in compare(before, after)]


def test_every_change_of_a_version_is_one_edit(compared: Compared) -> None:
    assert {name: one.layer for name, one in compared.edits.items()} == {
        "set version changed": "release",
        "set in_force changed": "release",
        "set severity points.moderate changed": "structure",
        "set roles.benefit changed": "structure",
        "fact loan.insured added": "structure",
        "fact loan.paperwork help changed": "words",
        "fact loan.visitors added": "structure",
        "fact loan.reach removed": "structure",
        "fact borrower.climate options reordered": "structure",
        "fact artwork.papers options.bill added": "structure",
        "fact artwork.papers options.invoice removed": "structure",
        "definition uninsured added": "structure",
        "definition poisonous_object changed": "structure",
        "indicator OBJ-1 controls.1 changed": "structure",
        "indicator OBJ-1 controls.2 added": "structure",
        "indicator OBJ-2 severity.low added": "structure",
        "indicator OBJ-2 severity.moderate removed": "structure",
        "indicator LAW-3 severity.high changed": "structure",
        "indicator LAW-3 effective changed": "structure",
        "indicator LAW-7 added": "structure",
        "control CRATE do changed": "words",
        "control INSURE added": "structure",
        "parameter light_limit values.1.value changed": "structure",
        "parameter long_loan values changed": "structure",
        "table regions.quake_zone ALP changed": "structure",
        "table regions.shielded ALP added": "structure",
        "table regions.shielded NO removed": "structure",
        "ladder release rules.1 removed": "structure",
        "awareness MANY_VISITORS when changed": "structure",
        "contradiction quiet_study then changed": "structure",
        "undirected loan.visitors added": "structure",
        "undirected loan.reach removed": "structure",
    }


def test_a_set_is_not_different_from_itself_read_again(desk: Criteria, tmp_path: Path) -> None:
    again = read_criteria(changed(tmp_path / "1.0.0", {}))
    assert again is not desk
    assert names(desk, again) == []


def test_a_new_number_is_a_release_and_no_change_of_words_or_structure(desk: Criteria, tmp_path: Path) -> None:
    after = read_criteria(changed(tmp_path / "1.1.0", NUMBER))
    edits = compare(desk, after)
    assert [one.name for one in edits] == ["set version changed", "set in_force changed"]
    shown = [
        VersionShown(id="d", version="1.0.0", title="D", in_force_from=one.head.in_force.from_, digest="")
        for one in (desk, after)
    ]
    assert Changes(before=shown[0], after=shown[1], edits=edits).of("words", "structure") == ()


def test_texts_and_sources_are_words_and_words_alone_leave_the_structure(desk: Criteria, tmp_path: Path) -> None:
    edits = compare(desk, read_criteria(changed(tmp_path / "1.0.0", WORDS)))
    assert [(one.name, one.layer) for one in edits] == [
        ("fact loan.paperwork help changed", "words"),
        ("indicator OBJ-3 sources changed", "words"),
        ("control CRATE do changed", "words"),
    ]


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ('{staffed: "A guard sits there.", alarmed: "It is wired, by contract."}', ["changeable.staffed changed"]),
        ('{staffed: "A guard stays at night, and the roster shows it."}', ["changeable.alarmed removed"]),
        ("Somebody watches it.", ["changeable changed"]),
        ("true", ["changeable changed"]),
    ],
)
def test_what_may_be_changed_decides_no_case_so_it_is_words(
    instead: str, told: list[str], desk: Criteria, tmp_path: Path
) -> None:
    """An answer that is newly offered, or no longer, is advice: the version that brings it is a patch."""
    was = '{staffed: "A guard stays at night, and the roster shows it.", alarmed: "It is wired, by contract."}'
    after = read_criteria(changed(tmp_path / "1.0.0", {"facts.yaml": ((was, instead),)}))
    edits = [*compare(desk, after), *compare(after, desk)]
    back = [one.replace("removed", "added") for one in told]
    assert [one.name for one in edits] == [f"fact borrower.night_watch {one}" for one in (*told, *back)]
    assert {one.layer for one in edits} == {"words"}
    assert apply(desk, compare(desk, after)).entities == after.entities


def test_an_edit_holds_what_stood_there_and_what_stands_there(compared: Compared) -> None:
    cell = compared.edits["table regions.quake_zone ALP changed"]
    assert (cell.before, cell.after) == ("shaking", "severe")
    assert cell.loc == ("tables", "regions", "columns", "quake_zone", "values", "ALP")
    moved = compared.edits["indicator OBJ-2 severity.low added"]
    assert (moved.before, moved.after) == (None, compared.after.indicators["OBJ-2"].severity.low)


def test_in_json_an_edit_is_what_an_author_would_write(compared: Compared) -> None:
    told = compared.edits["definition poisonous_object changed"].model_dump(mode="json")
    assert told["before"] == {
        "some": "artwork",
        "where": {"fact": "artwork.hazards", "includes_any": {"parameter": "poison_list"}},
    }
    assert told["after"] == {"some": "artwork", "where": {"fact": "artwork.hazards", "includes": "arsenic"}}
    dated = compared.edits["parameter long_loan values changed"].model_dump(mode="json")
    assert dated["after"] == [{"until": "2028-01-01", "value": 24}, {"from": "2028-01-01", "value": 18}]


def test_values_that_keep_their_times_change_one_by_one_others_as_one_history(compared: Compared) -> None:
    one = compared.edits["parameter light_limit values.1.value changed"]
    assert (one.before, one.after) == (50000, 45000)
    history = compared.edits["parameter long_loan values changed"]
    assert [len(values) for values in (history.before, history.after)] == [1, 2]


def test_an_order_is_a_change_and_names_only_what_both_have(compared: Compared) -> None:
    order = compared.edits["fact borrower.climate options reordered"]
    assert order.before == ("steady", "drifting", "unlogged")
    assert order.after == ("steady", "unlogged", "drifting")


def test_rules_that_only_change_places_are_a_new_order_and_no_new_rules(desk: Criteria) -> None:
    first, second, third, *others = desk.ladders["verdict"].rules
    after = of(desk, "ladders", "verdict", rules=(second, first, third, *others))
    (edit,) = compare(desk, after)
    assert (edit.name, edit.before[:3], edit.after[:3]) == ("ladder verdict rules reordered", (0, 1, 2), (1, 0, 2))


def test_a_rule_that_stays_recognisable_changes_in_its_parts(desk: Criteria) -> None:
    first, second, *others = desk.ladders["verdict"].rules
    milder = second.model_copy(update={"level": "lend_on_terms", "sentence": "It is not safe."})
    assert names(desk, of(desk, "ladders", "verdict", rules=(first, milder, *others))) == [
        "ladder verdict rules.1.level changed",
        "ladder verdict rules.1.sentence changed",
    ]


def test_a_new_rule_shifts_no_other(desk: Criteria) -> None:
    rules = desk.ladders["verdict"].rules
    new = rules[0].model_copy(update={"when": desk.ladders["travel"].rules[0].when, "sentence": "New."})
    (edit,) = compare(desk, of(desk, "ladders", "verdict", rules=(new, *rules)))
    assert (edit.name, edit.loc[-1]) == ("ladder verdict rules.0 added", "+0")


def test_an_option_is_known_by_its_controls_and_changes_as_a_whole(desk: Criteria) -> None:
    first, second = desk.indicators["OBJ-1"].controls
    stronger = second.model_copy(update={"lowers_by": 3})
    (edit,) = compare(desk, of(desk, "indicators", "OBJ-1", controls=(stronger, first)))[:1]
    assert (edit.name, edit.before, edit.after) == ("indicator OBJ-1 controls.1 changed", second, stronger)


def test_an_option_by_answers_alone_is_known_by_them(desk: Criteria) -> None:
    first = desk.indicators["OBJ-1"].controls[0]
    fact = Compare(fact="loan.escorted", op="is", operand=True)
    low, none = (Option(when=fact, residual=one) for one in ("low", "none"))
    before, after = (of(desk, "indicators", "OBJ-1", controls=one) for one in ((low, first), (first, none)))
    (edit,) = compare(before, after)[:1]
    assert (edit.name, edit.before, edit.after) == ("indicator OBJ-1 controls.0 changed", low, none)


def test_true_is_not_one(desk: Criteria) -> None:
    yes, one = (Compare(fact="loan.escorted", op="is", operand=value) for value in (True, 1))
    before, after = (desk.model_copy(update={"definitions": {"soft": value}}) for value in (yes, one))
    assert yes == one
    assert names(before, after) == ["definition soft changed"]
    values = desk.tables["regions"].columns["shielded"].values
    number = of(desk, "tables", "regions", "columns", "shielded", values={**values, "NO": 1})
    assert names(desk, number) == ["table regions.shielded NO changed"]


def test_the_name_of_a_row_is_more_than_a_text_a_case_may_use_it(desk: Criteria) -> None:
    after = of(desk, "tables", "regions", "rows", "NO", name="The Northern Coast")
    (edit,) = compare(desk, after)
    assert (edit.name, edit.layer) == ("table regions rows.NO.name changed", "structure")
    assert edit.before == desk.tables["regions"].rows["NO"].name


def test_a_question_of_another_kind_changes_as_a_whole(desk: Criteria) -> None:
    after = of(desk, "entities", "loan", facts={**desk.entities["loan"].facts, "swap": desk.fact("loan.story")})
    (edit,) = compare(desk, after)
    assert (edit.name, edit.before) == ("fact loan.swap changed", desk.fact("loan.swap"))


# --- renames ---


def test_what_is_gone_and_new_while_all_else_is_equal_looks_like_a_rename(compared: Compared) -> None:
    looks = {name: one.looks_renamed for name, one in compared.edits.items() if one.looks_renamed}
    assert looks == {
        "fact loan.visitors added": "reach",
        "fact loan.reach removed": "visitors",
        "fact artwork.papers options.bill added": "invoice",
        "fact artwork.papers options.invoice removed": "bill",
    }


def test_a_cell_that_is_gone_and_one_with_the_same_value_are_no_rename(compared: Compared) -> None:
    gone, new = (compared.edits[f"table regions.shielded {one}"] for one in ("NO removed", "ALP added"))
    assert gone.before is new.after is True
    assert (gone.looks_renamed, new.looks_renamed) == (None, None)


def test_of_two_new_ones_alike_none_is_taken_for_the_one_that_is_gone(desk: Criteria) -> None:
    rows = desk.tables["regions"].rows
    plain = Row(name="Somewhere")
    before = of(desk, "tables", "regions", rows={**rows, "OLD": plain})
    after = of(desk, "tables", "regions", rows={**rows, "NEW": plain, "NEWER": plain})
    assert [one.looks_renamed for one in compare(before, after)] == [None, None, None]


def test_an_entity_with_another_name_is_a_rename_though_its_own_questions_name_it(desk: Criteria) -> None:
    entities = dict(desk.entities)
    artwork = entities.pop("artwork")
    lux = artwork.facts["papers"]
    renamed = lux.model_copy(
        update={"ask_when": lux.ask_when.model_copy(update={"fact": "piece.acquired_on"})}  # type: ignore[union-attr]
    )
    piece = artwork.model_copy(update={"facts": {**artwork.facts, "papers": renamed}})
    edits = compare(desk, desk.model_copy(update={"entities": {**entities, "piece": piece}}))
    assert [(one.name, one.looks_renamed) for one in edits] == [
        ("entity piece added", "artwork"),
        ("entity artwork removed", "piece"),
    ]


# --- who reads it ---


def test_an_edit_names_the_rules_that_read_it_through_definitions_and_tables(compared: Compared) -> None:
    def readers(name: str) -> tuple[str, ...]:
        return compared.edits[name].read_by

    assert readers("fact loan.insured added") == ("indicator LAW-7",)
    assert readers("parameter light_limit values.1.value changed") == ("indicator OBJ-3",)
    assert readers("table regions.quake_zone ALP changed") == ("indicator OBJ-2", "fact borrower.quake_zone")
    assert readers("fact loan.reach removed") == ("awareness MANY_VISITORS", "contradiction quiet_study")
    assert readers("indicator LAW-3 effective changed") == ()
