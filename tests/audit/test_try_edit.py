"""An edit tried on the cases of the release before it: the same turn red as where all are run; fewer are worked out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk_engine.audit.cases import differences, near_base, result_of, run_cases, run_of
from risk_engine.audit.diff.renames import in_names_of
from risk_engine.audit.mutants.every import mutants
from risk_engine.audit.trial import Trial
from risk_engine.audit.try_edit import Tried, release_before, try_edit
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import Document
from risk_engine.loading.bundle import bundle_of
from risk_engine.loading.case_tests import read_tests, sound_tests, stated_cases
from risk_engine.loading.criteria import criteria_in, edited_criteria, read_criteria
from risk_engine.loading.sets import version_at
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, CaseTests
from risk_engine.model.conditions import Not
from risk_engine.model.criteria import Criteria
from tests.editing import edit
from tests.engine.builder import DAY, ROOT, Data, criteria_of

FOLDER = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
RELEASED = read_criteria(FOLDER)
BUNDLED = criteria_in(bundle_of(RELEASED, outcomes=[one.outcome for one in run_cases(RELEASED) if one.outcome]))
"""The same as a release holds it, with what its cases came to."""
OLDER = criteria_in(
    bundle_of(
        RELEASED,
        outcomes=[
            one.model_copy(update={"findings": {name: seen[:5] for name, seen in one.findings.items()}})
            for one in BUNDLED.bundle.outcomes
        ]
        if BUNDLED.bundle
        else [],
    )
)
"""As bundles were before: of a finding they keep neither its knock-out nor whether it is open."""

LOCAL = {
    "one severity": (
        "indicators/object.yaml",
        "{fact: artwork.fragility, is: brittle}",
        "{fact: artwork.fragility, is: robust}",
    ),
    "an option of a control": (
        "indicators/object.yaml",
        "{all: [LOGGER, CRATE], residual: low}",
        "{all: [LOGGER], residual: none}",
    ),
    "a definition": (
        "definitions.yaml",
        "unsteady: {fact: borrower.climate, at_least: drifting}",
        "unsteady: {fact: borrower.climate, is: steady}",
    ),
    "a number": ("parameters.yaml", "value: 50000", "value: 10"),
    "a ground": ("indicators/object.yaml", "ground: preservation", "ground: ownership"),
}
WIDE = {
    "a rule of a ladder": ("ladders.yaml", "residual_band, at_least: unsafe", "residual_band, at_least: strained"),
    "points": ("set.yaml", "moderate: 3", "moderate: 4"),
    "an awareness rule": ("awareness.yaml", "when: always", "when: {fact: loan.escorted, is: false}"),
    "what is asked": ("facts.yaml", "riskier: higher", "riskier: lower"),
}
TABLES = {
    "a cell": ("tables/regions.yaml", "ALP: shaking", "ALP: severe"),
    "a dated cell": ("tables/regions.yaml", "value: severe, source", "value: calm, source"),
    "a cell of the base case": ("tables/regions.yaml", "NO: calm", "NO: severe"),
    "every other cell": ("tables/regions.yaml", "otherwise: false", "otherwise: true"),
    "an alias": ("tables/regions.yaml", ", aliases: [The North]", ""),
    "a shipper": ("tables/shippers.yaml", "QUICKVAN: 1", "QUICKVAN: 5"),
}
QUESTIONS = {
    "when it is asked": ("facts.yaml", "ask_when: {holds: soft}", "ask_when: {not: {holds: soft}}"),
    "when else it is asked": (
        "facts.yaml",
        "ask_when: {holds: soft}",
        "ask_when: {any_of: [{holds: soft}, {fact: artwork.material, is: paper}]}",
    ),
    "when it is not asked any more": (
        "facts.yaml",
        "ask_when: {holds: soft}",
        "ask_when: {fact: artwork.material, is: textile}",
    ),
    "when it is not asked of a new entry": (
        "facts.yaml",
        "ask_when: {fact: artwork.acquired_on, at_most: {parameter: spoliation_end}}",
        "ask_when: {all_of: [{fact: artwork.acquired_on, at_most: 1960-01-01}, {fact: artwork.material, is: stone}]}",
    ),
    "what it is otherwise": ("facts.yaml", "      otherwise: 0\n", "      otherwise: 900000\n"),
    "a question that is always asked": ("facts.yaml", "      ask_when: {holds: soft}\n      otherwise: 0\n", ""),
}
EDITS = {**LOCAL, **WIDE, **TABLES, **QUESTIONS}


def edited(folder: Path, file: str, before: str, after: str) -> Criteria:
    copy = Path(shutil.copytree(FOLDER, folder / "1.0.0"))
    edit(copy / file, before, after)
    return edited_criteria(copy)


SAILS: Data = {
    "trip": {
        "facts": {
            "sail": {"type": "boolean"},
            "knots": {
                "type": "integer",
                "range": (0, 9),
                "ask_when": {"fact": "trip.sail", "is": True},
                "otherwise": 0,
            },
        }
    }
}


def red_of_all(draft: Criteria) -> set[str]:
    return {one.name for one in run_cases(draft) if one.differences}


TRIED = [
    pytest.param(name, released, id=f"{name}-{kind}", marks=() if place % every == 0 else pytest.mark.nightly)
    for kind, released, every in (("bundle", BUNDLED, 1), ("older bundle", OLDER, 10), ("files", RELEASED, 10))
    for place, name in enumerate(EDITS)
]


@pytest.mark.parametrize(("name", "released"), TRIED)
def test_the_same_cases_turn_red_as_where_all_are_run(name: str, released: Criteria, tmp_path: Path) -> None:
    draft = edited(tmp_path, *EDITS[name])
    tried = try_edit(released, draft)
    assert {one.name for one in tried.red} == red_of_all(draft)


@pytest.mark.parametrize(
    ("part", "of", "least"),
    [(0, 36, 6), *(pytest.param(part, 12, 20, marks=pytest.mark.nightly) for part in range(3))],
)
def test_of_small_changes_of_rules_the_same_cases_turn_red_as_where_all_are_run(part: int, of: int, least: int) -> None:
    _document, tests = sound_tests(BUNDLED)
    every = list(mutants(BUNDLED))[part::of]
    assert len(every) > least
    for mutant in every:
        red = {test.name for _number, test, case in tests if result_of(test, case, mutant.criteria, "").differences}
        assert (mutant.name, {one.name for one in try_edit(BUNDLED, mutant.criteria).red}) == (mutant.name, red)


def test_a_superfluous_answer_that_opens_another_again_is_seen_where_only_the_other_is_read(tmp_path: Path) -> None:
    pieces: Data = {"facts": SAILS, "indicators": {"I": {"severity": {"low": {"fact": "trip.sail", "is": True}}}}}
    base = {"id": "base", "title": "On foot", "assessment_date": DAY, "trip": {"sail": False}}
    # Whoever says how fast it sails, contradicts that it does not: then nobody knows whether it does.
    case = {"name": "fast", "given": {"trip.knots": 3}, "expect": {"undetermined": {"I": "low"}}}
    release = criteria_of(tmp_path / "a", {**pieces, "cases": {"base": base, "cases": [case]}})
    assert not red_of_all(release)
    pieces["indicators"] = {"I": {"severity": {"high": {"fact": "trip.sail", "is": True}}}}
    draft = criteria_of(tmp_path / "b", {**pieces, "cases": {"base": base, "cases": [case]}})
    (red,) = try_edit(release, draft).red
    assert red.name == "fast"
    assert "undetermined I: expected low, got high" in red.differences


def test_an_edit_of_when_it_is_asked_reaches_a_case_that_says_only_what_opens_it(tmp_path: Path) -> None:
    told = [{"fact": "trip.sail", "is": True}, {"fact": "trip.wind", "is": True}]
    knots: Data = {"type": "integer", "range": (0, 9), "ask_when": {"any_of": told}, "otherwise": 0}
    facts: Data = {"sail": {"type": "boolean"}, "wind": {"type": "boolean"}, "knots": knots}
    # Nobody answers how fast it is: in the base case that is none, for nobody is asked.
    base = {"id": "base", "title": "On foot", "assessment_date": DAY, "trip": {"sail": False, "wind": False}}
    case = {"name": "sails", "given": {"trip.sail": True}, "expect": {"undetermined": {"I": "low"}}}
    pieces: Data = {
        "facts": {"trip": {"facts": facts}},
        "indicators": {"I": {"severity": {"low": {"fact": "trip.knots", "at_least": 5}}}},
        "cases": {"base": base, "cases": [case]},
    }
    release = criteria_of(tmp_path / "a", pieces)
    knots["ask_when"] = told[1]
    draft = criteria_of(tmp_path / "b", pieces)
    assert (red_of_all(release), red_of_all(draft)) == (set(), {"sails"})
    assert [one.name for one in try_edit(release, draft).red] == ["sails"]


def test_several_processes_say_of_an_edit_what_one_says(tmp_path: Path) -> None:
    pieces: Data = {"facts": SAILS, "indicators": {"I": {"severity": {"low": {"fact": "trip.knots", "at_least": 5}}}}}
    base = {"id": "base", "title": "At sea", "assessment_date": DAY, "trip": {"sail": True, "knots": 1}}
    given = ({"trip.knots": 2}, {"trip.sail": False, "trip.knots": "unknown"})
    cases = [{"name": f"{number}", "given": given[number % 2], "expect": {}} for number in range(40)]
    release = criteria_of(tmp_path / "a", {**pieces, "cases": {"base": base, "cases": cases}})
    draft = with_fact(release, "trip.knots", otherwise=9)
    one, two = (Trial(release, draft).red(jobs) for jobs in (1, 2))
    assert one == two
    assert [result.name for result in two] == [f"{number}" for number in range(1, 40, 2)]


def with_fact(criteria: Criteria, name: str, **update: object) -> Criteria:
    entity, _dot, short = name.partition(".")
    facts = {**criteria.entities[entity].facts, short: criteria.fact(name).model_copy(update=update)}
    entities = {**criteria.entities, entity: criteria.entities[entity].model_copy(update={"facts": facts})}
    return criteria.model_copy(update={"entities": entities})


def with_cell(criteria: Criteria, table: str, name: str, row: str, value: object) -> Criteria:
    held = criteria.tables[table]
    column = held.columns[name].model_copy(update={"values": {**held.columns[name].values, row: value}})
    tables = {**criteria.tables, table: held.model_copy(update={"columns": {**held.columns, name: column}})}
    return criteria.model_copy(update={"tables": tables})


def other_answers(criteria: Criteria) -> Iterator[tuple[str, Criteria]]:
    """Yield the set with each cell as each other one of its column, and each question asked on the contrary."""
    for table, held in criteria.tables.items():
        for name, column in held.columns.items():
            values = {value for value in column.values.values() if not isinstance(value, tuple)}
            for row in held.rows:
                for value in values - {column.values.get(row)}:
                    yield f"{table} {name} {row} {value}", with_cell(criteria, table, name, row, value)
    for name, fact in criteria.every_fact():
        if fact.ask_when is not None:
            yield f"{name} not", with_fact(criteria, name, ask_when=Not.model_construct(not_=fact.ask_when))


@pytest.mark.nightly
def test_of_each_cell_and_question_the_same_cases_turn_red_as_where_all_are_run() -> None:
    _document, tests = sound_tests(BUNDLED)
    every = list(other_answers(BUNDLED))
    assert len(every) > 15
    for name, draft in every:
        red = {test.name for _number, test, case in tests if result_of(test, case, draft, "").differences}
        assert (name, {one.name for one in try_edit(BUNDLED, draft).red}) == (name, red)


@pytest.mark.parametrize(
    ("name", "worked_out"),
    # A region that one case names, the dated one that two name, a shipper that a case and another like it have.
    [("a cell", 1), ("a dated cell", 2), ("a shipper", 2)],
)
def test_an_edit_of_a_row_is_tried_on_the_cases_that_name_it(name: str, worked_out: int, tmp_path: Path) -> None:
    assert try_edit(BUNDLED, edited(tmp_path, *TABLES[name])).worked_out == worked_out


def test_an_edit_of_a_question_is_tried_on_the_cases_that_say_something_of_what_it_hangs_on(tmp_path: Path) -> None:
    draft = edited(tmp_path, *QUESTIONS["when else it is asked"])
    # Three cases state the material of the object or another object, two are of another day.
    assert try_edit(BUNDLED, draft).worked_out == 4


def test_where_a_ladder_reads_otherwise_only_the_cases_are_worked_out_whose_level_is_another(tmp_path: Path) -> None:
    tried = try_edit(BUNDLED, edited(tmp_path, *WIDE["a rule of a ladder"]))
    assert tried.worked_out == len(tried.red) > 0


@pytest.mark.parametrize("name", LOCAL)
def test_only_cases_that_say_something_of_what_changed_are_worked_out(name: str, tmp_path: Path) -> None:
    tried = try_edit(RELEASED, edited(tmp_path, *LOCAL[name]))
    assert tried.cases == 14
    assert tried.worked_out < 14


def test_an_edit_that_reaches_the_base_case_is_tried_on_every_case(tmp_path: Path) -> None:
    tried = try_edit(
        RELEASED,
        edited(
            tmp_path,
            "indicators/object.yaml",
            "{fact: artwork.fragility, at_least: delicate}",
            "{fact: artwork.fragility, at_least: robust}",
        ),
    )
    assert tried.worked_out <= 14


REACHING_BASE = {
    "a cell of a country": ("tables/countries.yaml", "CA: true, CH: true, EG: true", "CA: true, CH: false, EG: true"),
    "a question that a first question opens": (
        "facts.yaml",
        "ask_when: {fact: first_look.ties, is: true}\n      otherwise: not_listed",
        "ask_when: {fact: partner.state_body, is: true}\n      otherwise: not_listed",
    ),
}


@pytest.mark.nightly
@pytest.mark.parametrize("name", REACHING_BASE)
def test_of_the_shipped_set_an_edit_that_only_touches_its_base_case_leaves_cases_out(name: str, tmp_path: Path) -> None:
    draft = edited_of(tmp_path, *REACHING_BASE[name])
    released = read_criteria(release_before(version_at(Path(draft.path or ""))).path)
    tried = try_edit(released, draft)
    near, (document, tests) = near_base(draft), read_tests(released)
    red = {
        test.name
        for _number, test, case in stated(draft, document, tests)
        if any(differences(run_of(draft, test, case, near)))
    }
    assert {one.name for one in tried.red} == red
    assert tried.worked_out < tried.cases


def edited_of(folder: Path, file: str, before: str, after: str) -> Criteria:
    """Return the shipped set with an edit, its releases beside it."""
    copy = Path(shutil.copytree(ROOT / "criteria", folder / "criteria")) / "reconnect-china"
    edit(copy / file, before, after)
    return edited_criteria(copy)


def stated(draft: Criteria, document: Document, tests: CaseTests) -> Iterator[tuple[int, CaseTest, Case]]:
    for one in stated_cases(draft, document, tests):
        assert not isinstance(one, InvalidSourceError)
        yield one


def test_where_only_words_are_others_nothing_is_worked_out(tmp_path: Path) -> None:
    tried = try_edit(RELEASED, edited(tmp_path, "indicators/object.yaml", "tear what is brittle", "break it"))
    assert tried == Tried((), (), (), 14, 0)


def test_a_case_that_the_edited_version_cannot_read_turns_red(tmp_path: Path) -> None:
    draft = edited(tmp_path, "facts.yaml", "range: [0, 9000000]", "range: [0, 50000]")
    (red,) = try_edit(RELEASED, draft).red
    assert (red.name, red.differences) == ("the edited version cannot read it", ("the number must be at most 50000",))


RENAMES = {
    "an indicator": (
        ("indicators/object.yaml", "OBJ-1:\n", "OBJ-8:\n  was: OBJ-1\n"),
        ("ladders.yaml", "OBJ-1", "OBJ-8"),
        ("set.yaml", "OBJ-1", "OBJ-8"),
    ),
    "a control": (
        ("controls.yaml", "LOGGER: {", "RECORDER: {was: LOGGER, "),
        ("indicators/object.yaml", "[LOGGER", "[RECORDER"),
    ),
    "a fact": (
        ("facts.yaml", "    fragility:\n", "    brittleness:\n      was: fragility\n"),
        ("indicators/object.yaml", "artwork.fragility", "artwork.brittleness"),
    ),
}


def renamed(folder: Path, name: str) -> Path:
    copy = Path(shutil.copytree(FOLDER, folder / "1.0.0"))
    for file, before, after in RENAMES[name]:
        edit(copy / file, before, after)
    return copy


@pytest.mark.parametrize("name", RENAMES)
@pytest.mark.parametrize("released", [RELEASED, BUNDLED], ids=["files", "bundle"])
def test_what_is_only_called_otherwise_turns_no_case_red(released: Criteria, name: str, tmp_path: Path) -> None:
    draft = edited_criteria(renamed(tmp_path, name))
    tried = try_edit(in_names_of(released, draft)[0], draft)
    assert (tried.edits, tried.red, tried.worked_out) == ((), (), 0)


BOTH = [
    pytest.param(edit_of, name, id=f"{edit_of}-{name}", marks=() if number == place else pytest.mark.nightly)
    for number, edit_of in enumerate(LOCAL)
    for place, name in enumerate(RENAMES)
]


@pytest.mark.parametrize(("edit_of", "name"), BOTH)
def test_an_edit_of_what_is_called_otherwise_turns_the_same_cases_red(name: str, edit_of: str, tmp_path: Path) -> None:
    plain = {one.name for one in try_edit(BUNDLED, edited(tmp_path / "plain", *LOCAL[edit_of])).red}
    copy = renamed(tmp_path, name)
    file, before, after = LOCAL[edit_of]
    for _file, old, new in RENAMES[name]:
        before, after = before.replace(old, new), after.replace(old, new)
    edit(copy / file, before, after)
    draft = edited_criteria(copy)
    tried = try_edit(in_names_of(BUNDLED, draft)[0], draft)
    assert {one.name for one in tried.red} == plain
