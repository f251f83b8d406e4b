import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError
from risk_engine.loading import sets
from risk_engine.loading.criteria import load_criteria, read_criteria
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import UnknownSetError, check_own, default_set, shipped_sets, versions
from tests.editing import edit

LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of sets in place of the shipped one: the loan desk in three versions, and what is no set."""
    root = tmp_path / "Kriterien für alle"
    for number, since in (("1.0.0", "2024-03-01"), ("1.2.0", "2025-01-01"), ("1.10.0", "2026-01-01")):
        version(root / "loan-desk" / number, number, since)
    (root / "loan-desk" / "drafts").mkdir()
    (root / "empty").mkdir()
    (root / "note.txt").write_text("no set")
    monkeypatch.setattr(sets, "criteria_folder", lambda: root)
    return root


def version(folder: Path, number: str, since: str, set_id: str = "loan-desk") -> None:
    shutil.copytree(LOAN_DESK / "1.0.0", folder)
    head = (folder / "set.yaml").read_text("utf-8")
    head = head.replace("version: 1.0.0", f"version: {number}").replace("from: 2024-03-01", f"from: {since}")
    (folder / "set.yaml").write_text(head.replace("id: loan-desk", f"id: {set_id}"), "utf-8")


def printed(reference: str | None, on: date | None = None) -> str:
    with pytest.raises((UnknownSetError, NotInForceError, InvalidSourceError)) as error:
        choose(reference, on)
    return str(error.value)


def test_folders_with_versions_are_sets(shipped: Path) -> None:
    assert shipped_sets() == {"loan-desk": shipped / "loan-desk"}


def test_without_a_folder_of_sets_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "criteria_folder", lambda: tmp_path / "gone")
    assert shipped_sets() == {}
    assert printed(None) == "it is not said which criteria set to use"


@pytest.mark.usefixtures("shipped")
def test_versions_are_in_the_order_of_their_numbers() -> None:
    assert [str(one) for one in versions("loan-desk")] == ["loan-desk@1.0.0", "loan-desk@1.2.0", "loan-desk@1.10.0"]


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("reference", "on", "chosen", "in_force"),
    [
        ("loan-desk", "2024-03-01", "1.0.0", True),
        ("loan-desk", "2025-12-31", "1.2.0", True),
        ("loan-desk", "2026-01-01", "1.10.0", True),
        ("loan-desk", None, "1.10.0", True),
        (None, "2025-06-01", "1.2.0", True),
        ("loan-desk@1.2.0", "2025-06-01", "1.2.0", True),
        ("loan-desk@1.2.0", "2026-06-01", "1.2.0", False),
        ("loan-desk@1.10.0", "2024-06-01", "1.10.0", False),
        ("loan-desk@1.0.0", "2020-01-01", "1.0.0", False),
    ],
)
def test_name_and_day_mean_one_version(reference: str | None, on: str | None, chosen: str, in_force: bool) -> None:
    found, is_in_force, *_more = choose(reference, date.fromisoformat(on) if on else None)
    assert (found.dotted, is_in_force) == (chosen, in_force)


@pytest.mark.usefixtures("shipped")
def test_before_the_first_version_nothing_is_in_force() -> None:
    assert printed("loan-desk", date(2024, 2, 29)) == (
        "the criteria set `loan-desk` is not in force on 2024-02-29\n"
        "  help: version 1.0.0 is in force from 2024-03-01; name it, `@1.0.0`, to use it"
    )


def test_a_path_means_the_set_or_the_version_that_lies_there(shipped: Path) -> None:
    assert choose(str(shipped / "loan-desk"), date(2025, 6, 1))[0].dotted == "1.2.0"
    assert choose(f"{shipped / 'loan-desk'}@1.0.0", date(2025, 6, 1))[0].dotted == "1.0.0"
    one, is_in_force, *_more = choose(str(shipped / "loan-desk" / "1.10.0"), date(2020, 1, 1))
    assert (one.dotted, is_in_force) == ("1.10.0", False)
    assert load_criteria(str(shipped / "loan-desk" / "1.10.0")).head.version == "1.10.0"
    assert load_criteria(str(shipped / "loan-desk"), date(2025, 6, 1)).head.version == "1.2.0"


def test_a_path_may_hold_spaces_umlauts_and_an_at_sign(tmp_path: Path) -> None:
    folder = tmp_path / "büro@haus" / "Kriterien (neu)"
    version(folder / "1.0.0", "1.0.0", "2024-03-01")
    assert choose(str(folder), None)[0].path == folder / "1.0.0"
    assert choose(f"{folder}@1.0.0", None)[0].path == folder / "1.0.0"
    assert read_criteria(folder / "1.0.0").places["LAW-1"] == "indicators/title.yaml:1:1"


_OWN = (
    " set of your own is named by its folder, `--criteria ./SET`, "
    "or by its name if `risk-engine.yaml` says where it lies"
)


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("loan-dask", f"there is no criteria set `loan-dask`\n  help: did you mean `loan-desk`? A{_OWN}"),
        ("x" * 300, f"there is no criteria set `{'x' * 300}`\n  help: known: `loan-desk`; a{_OWN}"),
        ("a\0b", f"there is no criteria set `a\0b`\n  help: known: `loan-desk`; a{_OWN}"),
        (
            "loan-desk@2.0.0",
            "the set `loan-desk` has no version `2.0.0`\n  help: there is `1.0.0`, `1.2.0` and `1.10.0`",
        ),
        ("loan-desk@", "`loan-desk@` names no set or no version\n  help: write `SET@1.0.0`, or `SET` alone"),
        ("@1.0.0", "`@1.0.0` names no set or no version\n  help: write `SET@1.0.0`, or `SET` alone"),
        ("loan-desk@0.0", "the set `loan-desk` has no version `0.0`\n  help: there is `1.0.0`, `1.2.0` and `1.10.0`"),
    ],
)
def test_an_unknown_set_or_version_is_said_with_what_there_is(reference: str, text: str) -> None:
    assert printed(reference) == text


def test_a_folder_that_is_no_set_is_said_to_be_none(tmp_path: Path) -> None:
    assert printed(str(tmp_path)).endswith("\n  help: the folder of a set holds its `set.yaml`")


@pytest.mark.parametrize(
    ("file", "folder"),
    [("set.yaml", "1.0.0"), ("indicators/rotation.yaml", "1.0.0"), ("../notes.txt", "."), ("../../alone.txt", None)],
)
def test_a_file_in_place_of_a_folder_is_said_to_be_one_and_which_folder_is_meant(
    file: str, folder: str | None, tmp_path: Path
) -> None:
    # The folders above may hold what other tests make: sets too.
    the_set = tmp_path / "offices" / "ours" / "desk"
    version = the_set / "1.0.0"
    shutil.copytree(LOAN_DESK / "1.0.0", version)
    named = (version / file).resolve()
    named.parent.mkdir(exist_ok=True)
    named.touch()
    with pytest.raises(UnknownSetError) as caught:
        versions(str(named))
    assert caught.value.message == f"`{named}` is a file, and a criteria set is a folder"
    meant = "the folder of a set holds its `set.yaml`"
    assert caught.value.way_out == (meant if folder is None else f"give the folder: `{(the_set / folder).resolve()}`")


def test_with_several_sets_one_must_be_named(shipped: Path) -> None:
    version(shipped / "print-room" / "1.0.0", "1.0.0", "2024-03-01", "print-room")
    assert printed(None) == (
        "it is not said which criteria set to use\n"
        "  help: name one with `--criteria`, or with `criteria:` in the case: `loan-desk` or `print-room`"
    )


def test_of_several_sets_the_default_is_the_one_that_the_file_beside_them_names(shipped: Path) -> None:
    version(shipped / "print-room" / "1.0.0", "1.0.0", "2024-03-01", "print-room")
    (shipped / "default.yaml").write_text("set: print-room\n", "utf-8")
    assert default_set() == "print-room"
    assert str(choose(None, date(2026, 6, 1))[0]) == "print-room@1.0.0"
    assert str(choose("loan-desk", date(2026, 6, 1))[0]) == "loan-desk@1.10.0"


@pytest.mark.usefixtures("shipped")
def test_the_only_set_is_the_default_without_a_file() -> None:
    assert default_set() == "loan-desk"


def test_the_shipped_default_is_the_set_that_was_alone_before_there_was_a_second() -> None:
    assert len(shipped_sets()) > 1
    assert default_set() == "reconnect-china"


@pytest.mark.parametrize(
    ("text", "place", "help_text"),
    [
        ("set: print-rom\n", "1:6", "did you mean `print-room`?"),
        ("default: print-room\n", "1:1", "known: `loan-desk` or `print-room`"),
        ("- print-room\n", "1:1", "known: `loan-desk` or `print-room`"),
    ],
)
def test_a_default_that_is_no_shipped_set_is_an_error_where_it_stands(
    text: str, place: str, help_text: str, shipped: Path
) -> None:
    version(shipped / "print-room" / "1.0.0", "1.0.0", "2024-03-01", "print-room")
    (shipped / "default.yaml").write_text(text, "utf-8")
    said = printed(None)
    assert f"default.yaml:{place}: `set: NAME` with the name of a shipped set is needed here" in said
    assert said.endswith(f"help: {help_text}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1.0.0", "version: one", "set.yaml:3:10: a version like `1.0.0` is needed here"),
        ("version: 1.0.0", "versions: 1.0.0", "set.yaml:1:1: a version like `1.0.0` is needed here"),
        ("in_force: {from: 2024-03-01}", "in_force: 2024-03-01", "set.yaml:13:11: `{from: DATE}` is needed here"),
        ("in_force: {from: 2024-03-01}", "in_force: {from: soon}", "set.yaml:13:11: `{from: DATE}` is needed here"),
    ],
)
def test_a_version_that_cannot_be_placed_is_an_error(old: str, new: str, message: str, tmp_path: Path) -> None:
    version(tmp_path / "desk" / "1.0.0", "1.0.0", "2024-03-01")
    head = tmp_path / "desk" / "1.0.0" / "set.yaml"
    edit(head, old, new)
    assert message in printed(str(tmp_path / "desk"))


def test_a_set_that_is_a_list_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "set.yaml").write_text("- a\n")
    assert "a version like `1.0.0` is needed here" in printed(str(tmp_path))


def test_a_version_in_the_folder_of_another_is_an_error(tmp_path: Path) -> None:
    version(tmp_path / "desk" / "1.1.0", "1.0.0", "2024-03-01")
    with pytest.raises(InvalidSourceError) as error:
        load_criteria(str(tmp_path / "desk"))
    assert str(error.value) == (
        f"{tmp_path.as_posix()}/desk/1.1.0/set.yaml:3:10: this is version `1.0.0` in the folder of version `1.1.0`\n"
        "  3 | version: 1.0.0\n"
        "    |          ^\n"
        "  help: they must be the same"
    )


def test_a_version_in_two_folders_is_refused(shipped: Path) -> None:
    version(shipped / "loan-desk" / "backup", "1.10.0", "2026-01-01")
    with pytest.raises(UnknownSetError, match=r"version 1\.10\.0 is in two folders"):
        versions("loan-desk")


@pytest.mark.usefixtures("shipped")
def test_a_folder_named_like_a_shipped_set_does_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    version(here / "loan-desk" / "9.0.0", "9.0.0", "2024-03-01")
    monkeypatch.chdir(here)
    assert [one.dotted for one in versions("loan-desk")] == ["1.0.0", "1.2.0", "1.10.0"]
    assert [one.dotted for one in versions("./loan-desk")] == ["9.0.0"]
    assert printed("loan-desk@9.0.0").endswith(
        "there is `1.0.0`, `1.2.0` and `1.10.0`; the folder of that name that is here is `./loan-desk@9.0.0`"
    )


@pytest.mark.usefixtures("shipped")
def test_a_shipped_set_is_not_written_to_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownSetError, match=r"is the set that came with the program(.|\n)*help: copy it with"):
        check_own("loan-desk@1.0.0")
    version(tmp_path / "loan-desk" / "9.0.0", "9.0.0", "2024-03-01")
    with pytest.raises(UnknownSetError, match=r"help: the folder of that name that is here is `\./loan-desk@9\.0\.0`"):
        check_own("loan-desk@9.0.0")
    check_own("./loan-desk@9.0.0")


def test_an_old_version_given_by_its_folder_is_not_in_force(shipped: Path) -> None:
    (shipped / "loan-desk" / "1.10.0" / "facts.yaml").unlink()  # no matter here: its head says when it is in force
    old, newest = shipped / "loan-desk" / "1.2.0", shipped / "loan-desk" / "1.10.0"
    (shipped / "loan-desk" / "drafts" / "set.yaml").write_text("version: soon", "utf-8")
    assert choose(str(old), date(2026, 6, 1))[1] is False
    assert choose(str(old), date(2025, 6, 1))[1] is True
    assert choose(str(newest), date(2026, 6, 1))[1] is True
