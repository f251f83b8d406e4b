"""The schemas that editors check with: they take what the loader takes, and refuse the mistakes that people make."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from risk_engine.audit.schemas import DIALECT, KINDS, case_schema, criteria_schema
from risk_engine.files.source import read
from risk_engine.loading.criteria import load_criteria, read_criteria
from risk_engine.loading.sets import Version, shipped_sets, versions
from tests.strategies import by_turns

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOREIGN = ROOT / "tests" / "sets" / "loan-desk"
# The files of an older version no longer change.
VERSIONS = [versions(name)[-1] for name in (*shipped_sets(), str(FOREIGN))]
FILES = [(version, path) for version in VERSIONS for path in sorted(version.path.rglob("*.yaml"))]
NEAR = ("facts.yaml", "competitiveness.yaml")
"""Of what is shipped these are read before each landing, and all of the loan desk."""


def as_json(data: Any) -> Any:
    """Return what a YAML file says the way an editor's checker sees it: as JSON."""
    match data:
        case dict():
            return {str(key): as_json(value) for key, value in data.items()}
        case list() | tuple():
            return [as_json(one) for one in data]
        case date():
            return data.isoformat()
        case _:
            return data


def contents(path: Path) -> Any:
    return as_json(read(path, nulls=True).data)


def kind_of(version: Version, path: Path) -> str:
    first = path.relative_to(version.path).parts[0]
    return first.removesuffix(".yaml")


def checker(schema: dict[str, Any]) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


@cache
def checker_of(kind: str) -> jsonschema.Draft202012Validator:
    return checker(criteria_schema(kind))


@cache
def checker_of_cases(folder: Path) -> jsonschema.Draft202012Validator:
    return checker(case_schema(read_criteria(folder)))


def complaints(check: jsonschema.Draft202012Validator, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in check.iter_errors(data)]


# --- files of a set, and profiles ---


@pytest.mark.parametrize(
    ("version", "path"),
    [
        pytest.param(
            version,
            path,
            id=f"{version}/{path.relative_to(version.path)}",
            marks=() if version is VERSIONS[-1] or path.name in NEAR else pytest.mark.nightly,
        )
        for version, path in FILES
    ],
)
def test_every_file_of_a_set_fits_the_schema_of_its_kind(version: Version, path: Path) -> None:
    assert complaints(checker_of(kind_of(version, path)), contents(path)) == []


def test_profiles_fit_their_schema() -> None:
    check = checker_of("profile")
    for path in (*(EXAMPLES / "profiles").glob("*.yaml"), ROOT / "tests" / "sets" / "loan-desk-profile.yaml"):
        assert complaints(check, contents(path)) == []


def test_every_kind_of_file_has_a_schema_and_says_which() -> None:
    assert {kind_of(*one) for one in FILES} | {"table_columns", "profile", "options"} == set(KINDS)
    for kind in KINDS:
        schema = criteria_schema(kind)
        assert (schema["$schema"], schema["title"]) == (DIALECT, kind)


@pytest.mark.parametrize("kind", by_turns(sorted({*KINDS} - {kind_of(*one) for one in FILES}), 5))
def test_a_schema_that_no_file_of_a_set_is_held_against_is_one_too(kind: str) -> None:
    checker(criteria_schema(kind))


def test_a_kind_that_is_not_there_has_no_schema() -> None:
    with pytest.raises(KeyError):
        criteria_schema("nonsense")


@pytest.mark.parametrize("kind", [*KINDS, "case"])
def test_every_key_says_what_it_means(kind: str) -> None:
    schema = case_schema(read_criteria(FOREIGN / "1.0.0")) if kind == "case" else criteria_schema(kind)
    places = {kind: schema, **schema.get("$defs", {})}
    told = {f"{at}.{key}": one for at, part in places.items() for key, one in part.get("properties", {}).items()}
    assert [key for key, one in told.items() if not one.get("description", "").strip()] == []


def test_what_keys_mean_is_in_the_schema() -> None:
    described = criteria_schema("indicators")["$defs"]["KnockOuts"]["properties"]["hold"]["description"]
    assert described == "Start blocked until a document exists."


MISTAKES: list[tuple[str, str, str]] = [
    ("set", "version: 1.0.0", "version: 1.0"),
    ("set", "schema: 1", "schema: 2"),
    ("set", "headline: verdict", "headlin: verdict"),
    ("facts", "type: integer\n      range: [1, 60]", "type: number\n      range: [1, 60]"),
    ("facts", "range: [1, 60]", "range: [1, 60, 90]"),
    ("facts", "options: {steady:", "optins: {steady:"),
    ("facts", "riskier: fewer", "riskier: less"),
    ("facts", "options: {display:", "options: {unknown: Nobody knows, display:"),
    ("facts", "options: {display:", "options: {true: Yes, display:"),
    ("facts", "otherwise: ", "# "),
    ("definitions", "at_least: drifting", "at_lest: drifting"),
    ("definitions", "{holds: soft}", "soft"),
    ("definitions", "includes_any: {parameter: poison_list}", "includes_any: {parametr: poison_list}"),
    ("controls", "effort: 2}", "effort: 4}"),
    ("parameters", "values:\n    - {value: 24}", "values: 24"),
    ("ladders", "provisional: true", "provisonal: true"),
    ("ladders", "review_months: 12", "review_months: twelve"),
    ("awareness", "kind: benefit", "kind: benefits"),
    ("invariants", "results:", "result:"),
    ("invariants", "differ_in: rows", "differ_in: row"),
    ("invariants", "change: [borrower.seat]", "change: [seat]"),
    ("invariants", "because: Many", "reason: Many"),
    ("sources", "verified: true", "verified: maybe"),
    ("cases", "expect:", "expects:"),
    ("map", "each: artwork", "eahc: artwork"),
    ("map", "  each: artwork.head.fragility\n", ""),
    ("map", "  each: artwork", "  bands: [{title: One}]\n  each: artwork"),
    ("map", "assumes:", "assume:"),
    ("profile", "reason: ", "why: "),
]


@pytest.mark.parametrize(("kind", "right", "wrong"), MISTAKES, ids=[f"{kind}: {wrong}" for kind, _, wrong in MISTAKES])
def test_a_typical_mistake_does_not_fit(kind: str, right: str, wrong: str, tmp_path: Path) -> None:
    path = (
        FOREIGN / "1.0.0" / f"{kind}.yaml" if kind != "profile" else ROOT / "tests" / "sets" / "loan-desk-profile.yaml"
    )
    text = path.read_text("utf-8")
    assert right in text
    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace(right, wrong, 1), "utf-8")
    # Numbers such as 1.0 are what the strict reader refuses; an editor sees them.
    data = as_json(yaml.safe_load(bad.read_text("utf-8"))) if wrong == "version: 1.0" else contents(bad)
    assert complaints(checker_of(kind), data) != []


# --- cases ---


@pytest.mark.parametrize("version", by_turns(VERSIONS[::-1], 5), ids=str)
def test_the_base_case_fits_the_schema_of_its_set(version: Version) -> None:
    assert complaints(checker_of_cases(version.path), contents(version.path / "cases.yaml")["base"]) == []


@pytest.mark.parametrize(
    "path",
    by_turns([ROOT / "tests" / "sets" / "loan-desk-case.yaml", *sorted(EXAMPLES.glob("*.yaml"))], 9),
    ids=lambda one: one.stem,
)
def test_a_case_fits_the_schema_of_the_version_that_is_in_force_on_its_day(path: Path) -> None:
    case = contents(path)
    name = str(FOREIGN) if case["criteria"] == FOREIGN.name else case["criteria"]
    criteria = load_criteria(name, date.fromisoformat(case["assessment_date"]))
    assert complaints(checker_of_cases(Path(criteria.path or "")), case) == []


@pytest.mark.parametrize("version", by_turns(VERSIONS[::-1], 5), ids=str)
def test_a_new_case_fits_the_schema_of_its_set(version: Version, tmp_path: Path) -> None:
    from risk_engine.report.blank_case import blank_case

    criteria = read_criteria(version.path)
    file = tmp_path / "case.yaml"
    file.write_text(blank_case(criteria), "utf-8")
    assert complaints(checker_of_cases(version.path), contents(file)) == []


CASE_MISTAKES = [
    ("occasion: display", "occasion: displayed"),
    ("occasion: display", "ocasion: display"),
    ("months: 8", "months: 61"),
    ("months: 8", 'months: "8"'),
    ("opens_on: 2026-09-01", "opens_on: September"),
    ("seat: RIFT", "seat: RIFF"),
    ("hazards: [arsenic]", "hazards: arsenic"),
    ("hazards: [arsenic]", "hazards: [arsenik]"),
    ("hazards: [arsenic]", "hazards: [arsenic, arsenic]"),
    ("notes: The", "compare_with: loan-desk\nnotes: The"),
    ("status: submitted", "compare_with: [loan-desk]\nstatus: sent"),
    ("escorted: unknown", 'escorted: "no"'),
    ("status: implemented", "status: done"),
    ("status: submitted", "status: sent"),
    ("confidence: verified", "confidence: high"),
    ("  - id: harbour\n", "  - id: Harbour!\n"),
    ("  - id: harbour\n    called", "  - called"),
    ("title: Fans of the old court\n", ""),
    ("notes: The", "note: The"),
]


@pytest.mark.parametrize(
    ("right", "wrong"), CASE_MISTAKES, ids=[wrong.strip() or "no title" for _, wrong in CASE_MISTAKES]
)
def test_a_typical_mistake_in_a_case_does_not_fit(right: str, wrong: str, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "sets" / "loan-desk-case.yaml").read_text("utf-8")
    assert right in text
    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace(right, wrong, 1), "utf-8")
    assert complaints(checker_of_cases(FOREIGN / "1.0.0"), contents(bad)) != []


def test_more_entries_than_the_set_allows_do_not_fit() -> None:
    data = contents(ROOT / "tests" / "sets" / "loan-desk-case.yaml")
    data["borrower"] = [{"id": f"b{number}"} for number in range(4)]
    assert complaints(checker_of_cases(FOREIGN / "1.0.0"), data) != []


def test_questions_and_options_are_in_the_schema_of_a_case() -> None:
    schema = case_schema(load_criteria(str(FOREIGN)))
    description = schema["$defs"]["artwork"]["properties"]["claim"]["description"]
    assert description.splitlines() == [
        "Does somebody else claim it?",
        "`unclaimed`: Nobody",
        "`rumoured`: A rumour",
        "`filed`: A claim was filed",
    ]
    assert (schema["$schema"], schema["title"]) == (DIALECT, "A case for loan-desk 1.0.0")
