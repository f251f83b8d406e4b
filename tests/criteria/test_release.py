"""What is shipped is what was released: `criteria/releases.lock` names every shipped version with its digest."""

import pytest

from risk_engine.files.reading import criteria_folder
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import LOCK, locks_of
from risk_engine.loading.sets import Version, shipped_sets, versions
from tests.versions import is_draft

VERSIONS = [version for name in shipped_sets() for version in versions(name)]


def test_no_draft_is_released() -> None:
    recorded = {name for version in VERSIONS for lock in locks_of(version.path) for name in lock.releases}
    assert [version for version in VERSIONS if is_draft(version) and f"{version}" in recorded] == []


@pytest.mark.parametrize("version", [one for one in VERSIONS if not is_draft(one)], ids=str)
def test_every_shipped_version_is_released_with_the_digest_that_it_has(version: Version) -> None:
    recorded = {name: digest for lock in locks_of(version.path) for name, digest in lock.releases.items()}
    assert f"{version}" in recorded, (
        f"{criteria_folder() / LOCK} does not name {version}: it is a draft. When it is complete: "
        f"`risk-engine criteria release {version.path}`, then `make docs`"
    )
    assert recorded[f"{version}"] == read_criteria(version.path).digest


def test_every_release_is_shipped() -> None:
    recorded = {name for version in VERSIONS for lock in locks_of(version.path) for name in lock.releases}
    assert recorded - {f"{version}" for version in VERSIONS} == set()


def test_the_lock_of_the_shipped_sets_stands_beside_them() -> None:
    assert {lock.path for version in VERSIONS for lock in locks_of(version.path)} <= {criteria_folder() / LOCK}
