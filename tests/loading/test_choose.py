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
        assert choose(reference, LATER)[1:3] == (True, False)
    assert choose(f"{desk}@1.0.0", LATER)[1:3] == (False, False)


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
    assert choose(f"{desk}@1.0.0", BEFORE)[1:3] == (True, False)


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


# --- what was withdrawn ---


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """Three releases, the last two of them withdrawn, and a draft."""
    folder = tmp_path / "desk"
    stated = (("1.0.0", "2026-01-01"), ("1.1.0", "2026-12-02"), ("1.1.1", "2027-01-01"), ("2.0.0", "2027-02-01"))
    heads(folder, *stated, released=("1.0.0", "1.1.0", "1.1.1"), withdrawn=("1.1.0", "1.1.1"))
    return folder


@pytest.mark.parametrize("on", [BEFORE, SECOND, LATER, None])
def test_a_version_that_was_withdrawn_is_never_chosen_by_its_day(mended: Path, on: date | None) -> None:
    found = choose(str(mended), on)
    assert (found.version.dotted, found.in_force, found.draft, found.withdrawn) == ("1.0.0", True, False, False)


def test_it_is_taken_where_it_is_named_and_is_never_in_force_nor_a_draft(mended: Path) -> None:
    for reference in (f"{mended}@1.1.1", str(mended / "1.1.1")):
        found = choose(reference, LATER)
        assert (found.version.dotted, *found[1:]) == ("1.1.1", False, False, True, False)


def test_what_gives_way_to_none_any_more_is_told_from_what_never_gave_way(mended: Path) -> None:
    ways = {on: choose(f"{mended}@1.0.0", on).gave_way for on in (BEFORE, SECOND, LATER)}
    assert ways == {BEFORE: False, SECOND: True, LATER: True}
    # The higher number would be in force before it, were neither withdrawn.
    assert [choose(f"{mended}@1.1.0", on).gave_way for on in (SECOND, LATER)] == [False, True]


def test_no_version_gives_way_to_one_that_was_withdrawn_which_itself_is_in_force_on_no_day(mended: Path) -> None:
    versions = heads(mended)
    assert in_force_until(versions["1.0.0"]) is None
    assert in_force_until(versions["1.1.0"]) == versions["1.1.0"].in_force_from


def test_who_works_on_a_set_never_means_what_was_withdrawn_without_naming_it(mended: Path) -> None:
    assert newest(str(mended)).dotted == "2.0.0"
    (mended / "2.0.0" / "set.yaml").unlink()
    assert newest(str(mended)).dotted == "1.0.0"
    assert newest(f"{mended}@1.1.1").dotted == "1.1.1"


def test_where_all_was_withdrawn_the_error_says_how_to_use_it(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    heads(desk, ("1.0.0", "2026-01-01"), released=("1.0.0",), withdrawn=("1.0.0",))
    (desk / "releases").mkdir()
    (desk / "releases" / "0.9.0.json").write_text(
        '{"kind":"criteria","id":"desk","version":"0.9.0","in_force_from":"2025-01-01","rules":{}}', "utf-8"
    )
    (desk / LOCK).write_text(
        "".join(f"desk@{one}: withdrawn sha256:{'0' * 64}\n" for one in ("0.9.0", "1.0.0")), "utf-8"
    )
    with pytest.raises(NotInForceError, match=r"version 0\.9\.0 was withdrawn: name it, `@0\.9\.0`"):
        choose(str(desk), BEFORE)
    assert newest(str(desk)).dotted == "1.0.0"
