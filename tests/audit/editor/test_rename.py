"""A name changed in every file of a set: what it decides stays, and what a released version knows is still read."""

import re
import shutil
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from risk_engine.audit.cases import run_cases
from risk_engine.audit.editor.edited import Edited
from risk_engine.audit.editor.mentions import Mention
from risk_engine.audit.editor.rename import Edit, renamed
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.former_names import former_names
from tests.audit.editor.client import ROOT, applied, editor, waited_for
from tests.cli.running import done
from tests.editing import edit


def opened(folder: Path) -> Edited:
    found = Edited(folder)
    found.check({})
    return found


def write(edited: Edited, mention: Mention, new: str) -> None:
    """Rename on disk."""
    told = renamed(edited, mention, new)
    by_file: dict[str, list[Edit]] = {}
    for one in told.edits:
        by_file.setdefault(one.file, []).append(one)
    for file, edits in by_file.items():
        path = edited.folder / file
        lines = path.read_text("utf-8").split("\n")
        for one in sorted(edits, key=lambda each: (each.line, each.begin), reverse=True):
            lines[one.line] = lines[one.line][: one.begin] + one.text + lines[one.line][one.end :]
        path.write_text("\n".join(lines), "utf-8")
    for old, after in told.files:
        (edited.folder / old).rename(edited.folder / after)


def outcomes(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.differences) for one in run_cases(read_criteria(folder))]


KINDS = (
    "entity",
    "fact",
    "option",
    "definition",
    "indicator",
    "control",
    "parameter",
    "table",
    "column",
    "row",
    "ladder",
    "level",
    "source",
    "dimension",
    "ground",
    "awareness",
    "invariant",
)


@pytest.mark.nightly
def test_whatever_is_renamed_in_a_draft_the_set_stays_right_and_its_cases_pass(desk: Path, tmp_path: Path) -> None:
    edited = opened(desk)
    expected = outcomes(desk)
    every = [one for kind in KINDS for one in edited.names.declared(kind)]  # type: ignore[arg-type] # each is one
    assert {one.kind for one in every} == {*KINDS}
    for number, mention in enumerate(every):
        # Of a kind with many names some are enough.
        if mention.kind in {"fact", "option", "row", "source"} and number % 8:
            continue
        folder = Path(shutil.copytree(desk, tmp_path / f"{number}"))
        write(opened(folder), mention, "renamed")
        again = Edited(folder)
        assert (mention.name, again.check({})) == (mention.name, ())
        assert (mention.name, [*again.names.of(mention.kind, mention.name)]) == (mention.name, [])
        assert any(one.name.endswith("renamed") for one in again.names.declared(mention.kind)), mention
        assert (mention.name, outcomes(folder)) == (mention.name, expected)
        shutil.rmtree(folder)


def released(desk: Path) -> Path:
    """Release the set as it is and begin its next version."""
    done("criteria", "release", desk)
    edit(desk / "set.yaml", "version: 1.0.0", "version: 2.0.0")
    return desk


def named(edited: Edited, kind: str, name: str) -> Mention:
    return next(one for one in edited.names.declared(kind) if one.name == name)  # type: ignore[arg-type]


def test_what_a_released_version_knows_says_what_it_was_called(desk: Path) -> None:
    released(desk)
    for kind, old, new, text in (
        ("entity", "artwork", "exhibit", "was: artwork"),
        ("fact", "loan.paperwork", "contract", "was: paperwork"),
        ("fact", "loan.shipper_grade", "standing", "was: shipper_grade"),
        ("option", "borrower.climate.drifting", "swinging", "was: {values: {drifting: swinging}}"),
        ("option", "borrower.climate.unlogged", "unknown_to_all", "unlogged: unknown_to_all"),
        ("indicator", "OBJ-2", "OBJ-20", "was: OBJ-2"),
        ("control", "MOUNT", "BASE", "was: MOUNT"),
        ("control", "BASE", "PLINTH", "was: MOUNT"),
    ):
        edited = opened(desk)
        write(edited, named(edited, kind, old), new)
        assert text in "".join(path.read_text("utf-8") for path in desk.rglob("*.yaml"))
        assert (old, opened(desk).check({})) == (old, ())
        assert all(not differences for _name, differences in outcomes(desk))
    names = former_names(read_criteria(desk))
    assert names.entity("artwork") == "exhibit"
    assert names.fact("loan", "paperwork").name == "contract"
    assert names.control("MOUNT") == "PLINTH"
    assert names.control("BASE") == "BASE"
    assert names.indicator("OBJ-2") == "OBJ-20"
    assert names.answers["borrower", "climate"].values == {"drifting": "swinging", "unlogged": "unknown_to_all"}


def test_a_second_former_name_stands_beside_the_first(desk: Path) -> None:
    edit(desk / "controls.yaml", "MOUNT: {", "MOUNT: {was: SOCKET, ")
    edit(desk / "controls.yaml", "CRATE: {", "CRATE: {was: [BOX, CASE], ")
    edit(desk / "indicators" / "title.yaml", "LAW-2:\n", "LAW-2:\n  was: {name: CLAIM-2}\n")
    released(desk)
    for old, new in (("MOUNT", "BASE"), ("CRATE", "TRUNK")):
        edited = opened(desk)
        write(edited, named(edited, "control", old), new)
    names = former_names(read_criteria(desk))
    assert {names.control(one) for one in ("SOCKET", "MOUNT")} == {"BASE"}
    assert {names.control(one) for one in ("BOX", "CASE", "CRATE")} == {"TRUNK"}
    with pytest.raises(RiskEngineError, match=r"only a person should change") as refused:
        renamed(opened(desk), named(opened(desk), "indicator", "LAW-2"), "LAW-20")
    assert "add `LAW-2` there, then rename again" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "name", "new", "message"),
    [
        ("control", "MOUNT", "CRATE", "there is `CRATE` already"),
        ("fact", "loan.paperwork", "Paper Work", "`Paper Work` cannot be a name here"),
        ("indicator", "OBJ-1", "OBJ 1", "`OBJ 1` cannot be a name here"),
        ("case", "logger and crate make it low", "x", "is a sentence"),
    ],
)
def test_what_cannot_be_called_so_is_refused(desk: Path, kind: str, name: str, new: str, message: str) -> None:
    edited = opened(desk)
    with pytest.raises(RiskEngineError, match=re.escape(message)):
        renamed(edited, named(edited, kind, name), new)


def test_what_profiles_and_decisions_name_keeps_its_name_once_it_was_released(desk: Path) -> None:
    released(desk)
    edited = opened(desk)
    for kind, name in (
        ("level", "verdict.refuse"),
        ("ladder", "verdict"),
        ("parameter", "long_loan"),
        ("table", "regions"),
    ):
        with pytest.raises(RiskEngineError, match="in a released version, and profiles and decisions name it"):
            renamed(edited, named(edited, kind, name), "renamed")


def test_while_a_file_cannot_be_read_nothing_is_renamed(desk: Path) -> None:
    edited = opened(desk)
    edited.check({(desk / "awareness.yaml").resolve(): b"A: ["})
    with pytest.raises(RiskEngineError, match=r"`awareness\.yaml` cannot be read"):
        renamed(edited, named(edited, "control", "MOUNT"), "BASE")


def test_an_editor_changes_every_file_and_is_told_why_it_cannot(desk: Path) -> None:
    edit(desk / "set.yaml", "borrower: borrower.called, artwork: ", 'borrower: "borrower.called", artwork: ')
    edit(
        desk / "cases.yaml",
        "{artwork.head.fragility: brittle, borrower.town.climate: drifting}",
        '{loan.story: "Ü 🎨", artwork.head.fragility: brittle, borrower.town.climate: drifting}',
    )

    async def work() -> None:
        async with editor(desk) as client:
            facts = client.open(desk / "facts.yaml")
            client.write(facts, client.texts[facts] + "broken: 1\n")
            await client.until(lambda: client.messages(facts))
            client.write(facts, client.texts[facts].removesuffix("broken: 1\n"))
            await client.until(lambda: not client.messages(facts))
            with pytest.raises(JsonRpcException, match=r"there is `artwork` already") as refused:
                await client.rename(facts, "borrower¦:\n  title", "artwork")
            assert refused.value.data is None
            applied(await client.rename(facts, "artwork¦:\n  title", "exhibit"))
            place = lsp.PrepareRenameParams(**client.at(facts, "What is the ob¦ject called?"))
            assert await client.text_document_prepare_rename_async(place) is None

    waited_for(work())
    assert '{loan.story: "Ü 🎨", exhibit.head.fragility: brittle,' in (desk / "cases.yaml").read_text("utf-8")
    assert "exhibit:\n  title: Object" in (desk / "facts.yaml").read_text("utf-8")
    assert Edited(desk).check({}) == ()
    assert all(not differences for _name, differences in outcomes(desk))


def test_what_screening_answers_is_renamed_with_the_set(desk: Path) -> None:
    edited = opened(desk)
    write(edited, named(edited, "fact", "borrower.climate"), "air")
    edited = opened(desk)
    write(edited, named(edited, "option", "borrower.air.unlogged"), "unknown_air")
    text = (desk / "screening.yaml").read_text("utf-8")
    assert "fact: borrower.air\n      options: {unknown_air: " in text
    assert opened(desk).check({}) == ()


def test_what_may_leave_is_renamed_with_the_set(desk: Path) -> None:
    (desk / "exchange.yaml").write_text(
        "share:\n  borrower.climate: {groups: {bad: [unlogged], other: '*'}}\n  findings: keep\n", "utf-8"
    )
    edited = opened(desk)
    write(edited, named(edited, "fact", "borrower.climate"), "air")
    edited = opened(desk)
    write(edited, named(edited, "option", "borrower.air.unlogged"), "unknown_air")
    assert "borrower.air: {groups: {bad: [unknown_air], " in (desk / "exchange.yaml").read_text("utf-8")
    assert opened(desk).check({}) == ()


@pytest.mark.nightly
def test_a_fact_of_the_shipped_set_is_renamed_in_its_translation_map_and_mutants_too(tmp_path: Path) -> None:
    shipped = Path(shutil.copytree(ROOT / "criteria" / "reconnect-china", tmp_path / "set"))
    edit(shipped / "set.yaml", "id: reconnect-china\n", "id: our-own\n")
    for language in ("de", "fr"):
        edit(shipped / "translations" / f"{language}.yaml", "of: reconnect-china@", "of: our-own@")
    shutil.rmtree(shipped / "releases")
    edited = opened(shipped)
    write(edited, named(edited, "fact", "technology.trl"), "maturity")
    assert opened(shipped).check({}) == ()
    left = [
        (path.name, line)
        for path in shipped.rglob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"technology\.(\w+\.)?trl\b", line) and not line.lstrip().startswith("# ")
    ]
    assert left == []
