"""Older versions stay tested: each decides its own cases as when it was released."""

import pytest

from risk_engine.audit.cases import run_cases
from risk_engine.files.reading import criteria_folder
from risk_engine.loading.bundle import read_bundle
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import Version, bundle_path, shipped_sets, versions
from tests.strategies import by_turns
from tests.versions import is_draft, names_of

VERSIONS = [version for name in shipped_sets() for version in versions(name) if not is_draft(version)]


@pytest.mark.long
@pytest.mark.parametrize("version", by_turns([one for one in VERSIONS if one.path.suffix == ".json"], 6), ids=str)
def test_every_case_of_an_older_version_comes_out_as_when_it_was_released(version: Version) -> None:
    results = run_cases(read_criteria(version.path))
    # What it came to then is among what each is compared with; older bundles keep less of a finding than newer ones.
    assert [(one.name, one.differences) for one in results if one.differences] == []
    assert [one.name for one in results] == [one.name for one in read_bundle(version.path).outcomes]


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_shipped_version_has_its_bundle_with_an_outcome_of_each_case_its_words_and_what_it_changes(
    version: Version,
) -> None:
    bundle = read_bundle(bundle_path(version))
    assert bundle.cases is not None
    assert [one.name for one in bundle.outcomes] == names_of(bundle.cases.data["cases"])
    files = (criteria_folder() / version.name / "translations").glob("*.yaml")
    own = [path.stem for path in sorted(files) if f"\nof: {version}\n" in path.read_text("utf-8")]
    assert [*bundle.words] == sorted({"de", *own})
    assert bundle.changes.startswith(f"## {version.dotted} ")
