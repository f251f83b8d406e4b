"""Facts in several files and options in named lists say what they say in one file, and each problem has its place."""

import re
import shutil
from pathlib import Path

import pytest

from risk_engine.audit.cases import run_cases
from risk_engine.audit.coverage.goals import goals_of
from risk_engine.audit.editor.complete import proposals
from risk_engine.audit.editor.edited import Edited
from risk_engine.audit.editor.hover import told
from risk_engine.audit.editor.rename import renamed
from risk_engine.audit.versions import Places
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import every_entity, file_of_entity
from risk_engine.model.former_names import former_names
from tests.audit.editor.test_rename import named, write
from tests.cli.running import done, refused
from tests.editing import edit

WHOLE = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
CASE = WHOLE.parents[1] / "loan-desk-case.yaml"
LISTS = """# Lists that several facts name.
watch: {staffed: A guard, alarmed: An alarm, empty: Nobody}
sure: {yes: "Yes", no: "No", unsure: Nobody is sure}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return the loan desk with the loan in facts.yaml, all else in files of `facts`, and one list that has a name."""
    folder = Path(shutil.copytree(WHOLE, tmp_path / "desk"))
    facts = folder / "facts.yaml"
    edit(facts, "options: {staffed: A guard, alarmed: An alarm, empty: Nobody}", "options: watch")
    (folder / "options.yaml").write_text(LISTS, "utf-8")
    first, *others = re.split(r"^(?=[a-z]+:\n)", facts.read_text("utf-8"), flags=re.MULTILINE)[1:]
    facts.write_text(first, "utf-8")
    (folder / "facts").mkdir()
    for one in others:
        (folder / "facts" / f"{one.partition(':')[0]}.yaml").write_text(one, "utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(InvalidSourceError) as caught:
        read_criteria(folder)
    return [f"{one}".replace(f"{folder.as_posix()}/", "") for one in caught.value.diagnostics]


def test_a_set_that_is_split_is_the_set_that_is_whole(desk: Path) -> None:
    split, whole = read_criteria(desk), read_criteria(WHOLE)
    assert split.entities == whole.entities
    assert [one.differences for one in run_cases(split) if one.differences] == []
    (desk / "facts.yaml").rename(desk / "facts" / "loan.yaml")
    assert read_criteria(desk).entities == whole.entities


def test_a_split_set_is_released_and_read_from_its_bundle(desk: Path) -> None:
    done("criteria", "release", desk)
    bundle = read_criteria(desk / "releases" / "1.0.0.json")
    assert bundle.entities == read_criteria(WHOLE).entities
    assert Places(bundle).of("facts.yaml", ("borrower", "facts", "climate"), key=True).file == "facts/borrower.yaml"


def test_what_is_told_of_a_fact_names_the_file_in_which_it_stands(desk: Path) -> None:
    spots = {one.spot.file for one in goals_of(read_criteria(desk)) if one.kind == "question_branch"}
    assert {one for one in spots if one.startswith("facts")} == {"facts/artwork.yaml"}


BAD = {
    "an entity in two files": (
        ("facts/borrower.yaml", "borrower:\n", "loan: {title: A loan, facts: {day: {type: text}}}\nborrower:\n"),
        ["facts/borrower.yaml:1:1: there is an entity `loan` in facts.yaml already"],
    ),
    "a list that there is not": (
        ("facts/borrower.yaml", "options: watch", "options: wach"),
        ["facts/borrower.yaml:43:16: there is no list of options `wach`"],
    ),
    "an answer that the list has not": (
        ("facts/borrower.yaml", "alarmed: ", "alarm: "),
        ["facts/borrower.yaml:46:81: `alarm` is no answer to the fact"],
    ),
    "a list that cannot be read, which is not missed": (
        ("options.yaml", "watch: {staffed: A guard, alarmed: An alarm, empty: Nobody}", "watch: {staffed: [A guard]}"),
        ["options.yaml:2:18: "],
    ),
    "a file of lists that cannot be read, of which nothing is missed": (
        ("options.yaml", "watch: {", "watch: {{"),
        ["options.yaml:"],
    ),
    "a list that is too short for a choice": (
        ("options.yaml", "watch: {staffed: A guard, alarmed: An alarm, empty: Nobody}", "watch: {staffed: A guard}"),
        ["facts/borrower.yaml:43:16: at least 2 entries are needed here"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_each_problem_has_its_place(name: str, desk: Path) -> None:
    (file, before, after), told = BAD[name]
    edit(desk / file, before, after)
    found = problems(desk)
    assert len(found) >= len(told)
    for text in told:
        assert any(one.startswith(text) for one in found), found
    if "missed" in name:
        assert len(found) == 1


def test_a_list_in_no_file_is_told_with_the_file_in_which_it_is_written(desk: Path) -> None:
    (desk / "options.yaml").unlink()
    (only,) = [one for one in problems(desk) if "list of options" in one]
    assert only.endswith("help: write it in `options.yaml`")


def test_without_any_file_of_facts_that_is_told(desk: Path) -> None:
    shutil.rmtree(desk / "facts")
    (desk / "facts.yaml").unlink()
    assert "facts.yaml:1:1: there is no such file" in problems(desk)


def test_where_nothing_can_be_read_no_entity_stands() -> None:
    assert every_entity({"facts.yaml": (), "facts/a.yaml": {"desk": 3, "room": {"facts": {"wall": 4}}}}) == {
        "desk": 3,
        "room": {"facts": {"wall": 4}},
    }
    assert file_of_entity({"facts/a.yaml": {"desk": 3}, "facts/b.yaml": ()}, ()) == "facts/a.yaml"
    assert file_of_entity({}, ("desk",)) == "facts.yaml"


def test_a_case_that_names_what_an_earlier_version_knows_is_told_of_it(desk: Path, tmp_path: Path) -> None:
    edit(desk / "options.yaml", "empty: Nobody", "empty: Nobody, dog: A dog")
    done("criteria", "release", desk)
    edit(desk / "options.yaml", "empty: Nobody, dog: A dog", "empty: Nobody")
    edit(desk / "set.yaml", "version: 1.0.0", "version: 2.0.0")
    case = edit(CASE, "night_watch: alarmed", "night_watch: dog", to=tmp_path / "case.yaml")
    assert "it belongs to version 1.0.0" in refused("assess", case, "--criteria", f"{desk}@2.0.0")
    (desk / "releases" / "1.0.0.json").unlink()
    earlier = Path(shutil.copytree(desk, tmp_path / "both" / "1.0.0"))
    edit(earlier / "set.yaml", "version: 2.0.0", "version: 1.0.0")
    edit(earlier / "options.yaml", "empty: Nobody", "empty: Nobody, dog: A dog")
    shutil.copytree(desk, tmp_path / "both" / "2.0.0")
    (tmp_path / "both" / "2.0.0" / "releases.lock").unlink()
    (earlier / "releases.lock").unlink()
    assert "it belongs to version 1.0.0" in refused("assess", case, "--criteria", f"{tmp_path / 'both'}@2.0.0")


# --- where an author types ---


def opened(folder: Path) -> Edited:
    found = Edited(folder)
    assert found.check({}) == ()
    return found


def test_an_option_of_a_list_is_found_wherever_it_is_named(desk: Path) -> None:
    edited = opened(desk)
    files = [one.file for one in edited.names.of("option", "watch.empty")]
    assert files.count("options.yaml") == 1
    assert {"cases.yaml", "options.yaml"} < {*files}
    assert [one.file for one in edited.names.of("option_list", "watch")] == ["facts/borrower.yaml", "options.yaml"]
    assert [*edited.names.of("option", "borrower.night_watch.empty")] == []


def test_an_option_of_a_list_is_renamed_with_what_every_fact_called_it(desk: Path) -> None:
    done("criteria", "release", desk)
    edit(desk / "set.yaml", "version: 1.0.0", "version: 2.0.0")
    edited = opened(desk)
    write(edited, named(edited, "option", "watch.alarmed"), "wired")
    edited = opened(desk)
    write(edited, named(edited, "option_list", "watch"), "guards")
    again = read_criteria(desk)
    assert former_names(again).answers["borrower", "night_watch"].values == {"alarmed": "wired"}
    assert [one.differences for one in run_cases(again) if one.differences] == []
    assert "options: guards" in (desk / "facts" / "borrower.yaml").read_text("utf-8")


def test_a_column_is_renamed_where_the_fact_that_reads_it_stands(desk: Path) -> None:
    edited = opened(desk)
    (found,) = [
        one
        for one in renamed(edited, named(edited, "column", "regions.quake_zone"), "tremor").edits
        if "column:" in one.text
    ]
    assert found.file == "facts/borrower.yaml"


def test_an_option_of_a_list_and_the_list_are_told_with_the_facts_that_have_them(desk: Path) -> None:
    edited = opened(desk)
    option, named_list = named(edited, "option", "watch.empty"), named(edited, "option_list", "watch")
    assert (told(edited, option, None, "options.yaml") or "").startswith("**Nobody**\n\n`borrower.night_watch`: Who")
    assert told(edited, named_list, None, "options.yaml") == "- `borrower.night_watch`"


def test_the_lists_are_offered_where_a_fact_names_one(desk: Path) -> None:
    edited = opened(desk)
    borrower = edited.documents["facts/borrower.yaml"].lines
    line = next(number for number, text in enumerate(borrower) if "options: watch" in text)
    offered = proposals(edited.names, "facts/borrower.yaml", borrower, line, len(borrower[line]))
    assert {one.text for one in offered.found} == {"watch", "sure"}
