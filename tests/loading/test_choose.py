"""Of a set that has releases a day means a released version; a draft is taken only where it is named."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.releases import LOCK, choose, in_force_until, newest
from tests.audit.releases.parts import heads

BEFORE, SECOND, LATER = date(2026, 6, 1), date(2026, 12, 2), date(2027, 3, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Two releases and a draft, each in force from another day."""
    folder = tmp_path / "desk"
    stated = (("1.0.0", "2026-01-01"), ("1.1.0", "2026-12-02"), ("1.2.0", "2027-02-01"))
    heads(folder, *stated, released=("1.0.0", "1.1.0"))
    return folder


@pytest.mark.parametrize(("on", "number"), [(BEFORE, "1.0.0"), (SECOND, "1.1.0"), (LATER, "1.1.0"), (None, "1.1.0")])
def test_a_draft_is_never_chosen_by_its_day(desk: Path, on: date | None, number: str) -> None:
    found = choose(str(desk), on)
    assert (found.version.dotted, found.in_force, found.draft) == (number, True, False)


def test_a_draft_is_taken_where_it_is_named_or_given_by_its_folder_and_is_never_in_force(desk: Path) -> None:
    for reference in (f"{desk}@1.2.0", str(desk / "1.2.0")):
        found = choose(reference, LATER)
        assert (found.version.dotted, found.in_force, found.draft) == ("1.2.0", False, True)


def test_a_release_stays_in_force_while_what_follows_is_a_draft(desk: Path) -> None:
    for reference in (f"{desk}@1.1.0", str(desk / "1.1.0")):
        assert choose(reference, LATER)[1:] == (True, False)
    assert choose(f"{desk}@1.0.0", LATER)[1:] == (False, False)


def test_the_time_of_a_release_ends_with_another_release_alone(desk: Path) -> None:
    first, second, draft = heads(desk).values()
    assert (in_force_until(first), in_force_until(second), in_force_until(draft)) == (SECOND, None, None)


def test_where_only_a_draft_would_be_in_force_the_error_says_so_and_how_to_use_it(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    heads(desk, ("1.0.0", "2026-01-01"), ("1.1.0", "2027-01-01"), released=("1.1.0",))
    with pytest.raises(NotInForceError) as error:
        choose(str(desk), BEFORE)
    assert str(error.value) == (
        f"the criteria set `{desk}` is not in force on 2026-06-01\n"
        "  help: version 1.0.0 would be from 2026-01-01, but it is a draft: name it, `@1.0.0`, to use it as a draft, "
        f"or release it with `risk-engine criteria release {desk}@1.0.0`"
    )


def test_before_the_first_release_the_way_out_is_that_release(desk: Path) -> None:
    with pytest.raises(NotInForceError, match=r"version 1\.0\.0 is in force from 2026-01-01; name it, `@1\.0\.0`"):
        choose(str(desk), date(2020, 1, 1))


def test_a_set_without_any_release_counts_as_it_is(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    heads(desk, ("1.0.0", "2026-01-01"), ("1.1.0", "2026-12-02"))
    # Another set of the same folder may have releases: they are not of this one.
    (tmp_path / LOCK).write_text(f"desk-of-others@1.0.0: sha256:{'0' * 64}\n", "utf-8")
    assert [choose(str(desk), on).version.dotted for on in (BEFORE, SECOND)] == ["1.0.0", "1.1.0"]
    assert choose(f"{desk}@1.0.0", BEFORE)[1:] == (True, False)


def test_who_works_on_a_set_means_its_newest_version_though_it_is_a_draft(desk: Path) -> None:
    assert [newest(one).dotted for one in (str(desk), f"{desk}@1.0.0", str(desk / "1.1.0"))] == [
        "1.2.0",
        "1.0.0",
        "1.1.0",
    ]


def test_criteria_of_several_versions_are_loaded_for_a_day_or_by_number_and_never_by_chance(desk: Path) -> None:
    with pytest.raises(RiskEngineError) as error:
        load_criteria(str(desk))
    assert str(error.value) == (
        f"the set `{desk}` has 2 versions, and no day is named\n"
        f"  help: say for which day, `on=date(2026, 1, 31)`, or which version, `{desk}@1.0.0`"
    )
    # Of one release and a draft the day chooses nothing; the heads of these versions are all there is of them.
    (desk / LOCK).write_text(f"desk@1.0.0: sha256:{'0' * 64}\n", "utf-8")
    for one in (str(desk), f"{desk}@1.1.0", str(desk / "1.2.0")):
        with pytest.raises(InvalidSourceError, match=r"facts\.yaml"):
            load_criteria(one)
