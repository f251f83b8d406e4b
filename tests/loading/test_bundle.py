"""A bundle is the version itself in one file: read back it is equal, and what was changed in it is refused."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import read
from risk_engine.loading.bundle import bundle_of, documents, parse_bundle, read_bundle, written
from risk_engine.loading.case_tests import base_case, read_cases
from risk_engine.loading.criteria import criteria_in, load_criteria, read_criteria
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import shipped_sets, versions
from risk_engine.loading.translation import languages_of, translation_of
from risk_engine.loading.version_files import CASES
from risk_engine.model.criteria import Criteria
from tests.editing import edit
from tests.engine.builder import LOAN_DESK, criteria_from
from tests.translating import write_translation

SETS = [LOAN_DESK, *(versions(name)[-1].path for name in shipped_sets())]


def bundled(criteria: Criteria, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(bundle_of(criteria)))
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Criteria:
    return read_criteria(shutil.copytree(LOAN_DESK, tmp_path / "desk"))


@pytest.fixture
def bundle(desk: Criteria, tmp_path: Path) -> Path:
    return bundled(desk, tmp_path / "alone.json")


def refused(path: Path) -> str:
    with pytest.raises(InvalidSourceError) as error:
        read_criteria(path)
    return str(error.value)


def rewritten(path: Path, key: str, change: Any) -> Path:
    """Change a bundle as whoever knows its form would, and write it in that form."""
    content = orjson.loads(path.read_bytes())
    content[key] = change(content[key])
    path.write_bytes(orjson.dumps(content) + b"\n")
    return path


@pytest.mark.parametrize(
    "folder",
    [LOAN_DESK, *(pytest.param(one, marks=pytest.mark.nightly) for one in SETS[1:])],
    ids=lambda folder: folder.parent.name,
)
def test_what_is_read_back_is_equal_in_rules_places_words_and_cases(folder: Path, tmp_path: Path) -> None:
    files = read_criteria(folder)
    again = read_criteria(bundled(files, tmp_path / "set.json"))
    assert again.model_dump() == files.model_dump()
    assert again.places == files.places
    assert base_case(again)[0] == base_case(files)[0]
    assert [*languages_of(again)] == [*languages_of(files)]
    for language in languages_of(files):
        assert translation_of(again, language) == translation_of(files, language)
    assert again.bundle is not None
    for name, document in documents(again.bundle).items():
        original = read(folder / name)
        assert document.data == original.data
        assert dict(document.marks) == dict(original.marks)


def test_a_bundle_of_a_bundle_is_the_same_bytes(bundle: Path) -> None:
    assert written(bundle_of(read_criteria(bundle))) == bundle.read_bytes()


def test_it_is_read_from_bytes_as_well_with_its_words_and_its_base_case(desk: Criteria) -> None:
    assert desk.path is not None
    write_translation(Path(desk.path), [{"en": desk.head.title, "fr": "Peut-on prêter l'objet ?"}])
    raw = written(bundle_of(desk))
    again = criteria_in(parse_bundle(raw, "sent"))
    assert again.path is None
    assert again.digest == desk.digest
    assert base_case(again)[0] == base_case(desk)[0]
    french = translation_of(again, "fr")
    assert french is not None
    assert french.told("set.title", desk.head.title) == "Peut-on prêter l'objet ?"


def test_each_test_keeps_its_place_and_what_is_in_it_has_the_place_of_the_test(bundle: Path) -> None:
    document, original = read_cases(read_criteria(bundle)), read(LOAN_DESK / CASES, nulls=True)
    for number in range(3):
        here = ("cases", number)
        assert document.position(here).line == original.position(here).line
        assert document.position((*here, "expect")) == document.position(here)


def test_days_and_texts_that_look_like_days_stay_what_they_are(tmp_path: Path) -> None:
    criteria = criteria_from(
        tmp_path / "toy",
        parameters="""
            day: {values: [{from: 2020-01-01, value: 2026-01-31}], title: "2026-02-30"}
            word: {values: [{from: 2020-01-01, value: 1}], title: "2026-01-31"}
            marked: {values: [{from: 2020-01-01, value: 1}], title: "''2026-01-31"}
        """,
    )
    again = read_criteria(bundled(criteria, tmp_path / "toy.json"))
    assert again.parameters == criteria.parameters
    assert again.parameters["day"].values[0].value == date(2026, 1, 31)
    assert again.parameters["word"].title == "2026-01-31"
    assert again.parameters["marked"].title == "''2026-01-31"


def test_a_rule_that_was_changed_is_noticed_by_the_digest(bundle: Path) -> None:
    def changed(rules: Any) -> Any:
        rules["set.yaml"]["data"]["title"] = "May anything be lent?"
        return rules

    message = refused(rewritten(bundle, "rules", changed))
    assert f"{bundle.as_posix()}:1:1: the rules in this bundle were changed: stated is sha256:" in message
    assert "help: restore it; `risk-engine criteria release` writes such a file" in message


def test_the_order_of_options_is_a_part_of_the_rules(bundle: Path) -> None:
    def turned(rules: Any) -> Any:
        rules["set.yaml"]["data"] = dict(reversed(rules["set.yaml"]["data"].items()))
        return rules

    assert "the rules in this bundle were changed" in refused(rewritten(bundle, "rules", turned))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("version", "1.0.1", "this bundle says that it is loan-desk@1.0.1, and its rules say something else"),
        (
            "in_force_from",
            "2020-01-01",
            "this bundle says that it is loan-desk@1.0.0, and its rules say something else",
        ),
        ("form", 2, "this is no bundle of a criteria set: `form` is not as it must be"),
        ("rules", [], "this is no bundle of a criteria set: `rules` is not as it must be"),
        ("words", {"fr": {"digest": "0" * 64, "texts": {}}}, "the words of `fr` in this bundle were changed"),
    ],
)
def test_what_contradicts_itself_or_has_another_form_is_refused(
    bundle: Path, key: str, value: object, message: str
) -> None:
    assert message in refused(rewritten(bundle, key, lambda _there: value))


@pytest.mark.parametrize(
    ("value", "name"), [("\x1b[2J", "terminal"), (1.5, "fraction"), (2**60, "large")], ids=lambda one: str(one)[:8]
)
def test_what_no_file_of_rules_can_say_no_bundle_says(bundle: Path, value: object, name: str) -> None:
    def changed(rules: Any) -> Any:
        rules["set.yaml"]["data"][name] = value
        return rules

    assert "it holds what no file of rules can" in refused(rewritten(bundle, "rules", changed))


def test_a_value_that_is_nested_without_end_is_refused(bundle: Path) -> None:
    deep: Any = []
    for _number in range(100):
        deep = [deep]
    rules = {"set.yaml": {"data": deep, "places": [], "depth": 60}}
    assert "it holds what no file of rules can" in refused(rewritten(bundle, "rules", lambda _there: rules))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: raw.replace(b'"form":1', b'"form": 1', 1), "is not written as bundles are: it was changed"),
        (lambda raw: raw[:-2] + b',"changes":"x"}\n', "is not written as bundles are: it was changed"),
        (lambda raw: raw[: len(raw) // 2], "it is no JSON"),
        (lambda _raw: b'{"kind":"criteria"}', "is not as it must be"),
    ],
)
def test_there_is_one_way_to_write_it(bundle: Path, change: Any, message: str) -> None:
    bundle.write_bytes(change(bundle.read_bytes()))
    assert message in refused(bundle)


def test_a_file_that_is_not_there_or_too_large_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidSourceError, match="the file cannot be read: no such file"):
        read_bundle(tmp_path / "gone.json")
    (tmp_path / "big.json").write_bytes(b"0" * 2000)
    monkeypatch.setattr("risk_engine.loading.bundle.MAX_BUNDLE", 1024)
    with pytest.raises(InvalidSourceError, match="the file is larger than 1 KiB"):
        read_bundle(tmp_path / "big.json")


def test_a_bundle_may_be_as_large_as_the_limit(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risk_engine.loading.bundle.MAX_BUNDLE", bundle.stat().st_size)
    assert read_bundle(bundle).id == "loan-desk"


def test_a_set_whose_files_have_changed_since_is_not_bundled(desk: Criteria) -> None:
    assert desk.path is not None
    file = Path(desk.path) / "set.yaml"
    edit(file, "May the object be lent?", "May it be lent?")
    with pytest.raises(InvalidSourceError, match="the files have changed since they were read"):
        bundle_of(desk)


def test_a_set_that_was_changed_in_memory_has_no_bundle(desk: Criteria) -> None:
    with pytest.raises(ValueError, match="changed in memory"):
        bundle_of(desk.model_copy(update={"path": None}))


def test_a_lock_holds_for_a_bundle_as_for_files(desk: Criteria, tmp_path: Path) -> None:
    path = bundled(desk, tmp_path / "loan" / "releases" / "1.0.0.json")
    (tmp_path / "loan" / "releases.lock").write_text(f"loan-desk@1.0.0: sha256:{'0' * 64}\n", "utf-8")
    assert f"`{path.as_posix()}` is not what was released as `loan-desk@1.0.0`" in refused(path)


def test_a_version_is_named_by_the_path_of_its_bundle(bundle: Path, desk: Criteria) -> None:
    assert load_criteria(str(bundle)).digest == desk.digest
    chosen = choose(str(bundle), date(2000, 1, 1))
    assert (str(chosen.version), chosen.version.path, chosen.draft) == ("loan-desk@1.0.0", bundle, False)


def test_of_a_set_older_versions_are_bundles_and_the_newest_its_files(desk: Criteria) -> None:
    assert desk.path is not None
    folder = Path(desk.path)
    older = bundled(desk, folder / "releases" / "1.0.0.json")
    head = folder / "set.yaml"
    edit(head, "version: 1.0.0", "version: 1.1.0")
    assert [(one.dotted, one.path) for one in versions(str(folder))] == [("1.0.0", older), ("1.1.0", folder)]
    assert load_criteria(f"{folder}@1.0.0").head.version == "1.0.0"
    assert load_criteria(f"{folder}@1.1.0").head.version == "1.1.0"
    (folder / "releases.lock").write_text(f"loan-desk@1.0.0: sha256:{desk.digest}\n", "utf-8")
    assert choose(str(folder), date(2030, 1, 1)).version.dotted == "1.0.0"
    assert choose(f"{folder}@1.1.0", date(2030, 1, 1)).draft


def test_files_that_say_what_was_released_are_read_from_the_bundle_and_others_are_compared(
    desk: Criteria,
) -> None:
    assert desk.path is not None
    folder = Path(desk.path)
    released = bundled(desk, folder / "releases" / "1.0.0.json")
    (folder / "releases.lock").write_text(f"loan-desk@1.0.0: sha256:{desk.digest}\n", "utf-8")
    assert choose(str(folder), date(2030, 1, 1)).version.path == released
    head = folder / "set.yaml"
    head.write_text(f"# A remark.\n{head.read_text('utf-8')}", "utf-8")
    assert choose(str(folder), date(2030, 1, 1)).version.path == folder
    assert load_criteria(str(folder), date(2030, 1, 1)).digest == desk.digest
    edit(head, "May the object be lent?", "May it be lent?")
    with pytest.raises(InvalidSourceError, match=r"is not what was released as `loan-desk@1\.0\.0`"):
        load_criteria(str(folder), date(2030, 1, 1))


def test_a_damaged_head_of_a_bundle_is_said_where_versions_are_looked_for(bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes()[:60])
    with pytest.raises(InvalidSourceError, match="it does not begin with id, version and day"):
        versions(str(bundle))
