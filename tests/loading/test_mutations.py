"""Whatever happens to the files of a set, a case or a profile: they load, or say in our words what is wrong."""

import copy
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import Document, parse, read
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.version_files import UNREAD
from tests.strategies import one_in

SETS = Path(__file__).parents[1] / "sets"
LOAN_DESK = SETS / "loan-desk" / "1.0.0"
CRITERIA = read_criteria(LOAN_DESK)
NOT_OURS = re.compile(r"pydantic|validation error|Input should|NoneType|\bdict\b|\btuple\b|\bstr\b|literal|tagged|`\?")


class _Dumper(yaml.SafeDumper):
    """Writes no aliases: every place stands for itself."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def thawed(data: Any) -> Any:
    """Return plain data as dicts and lists that can be changed."""
    match data:
        case dict():
            return {key: thawed(value) for key, value in data.items()}
        case tuple():
            return [thawed(value) for value in data]
        case _:
            return data


def frozen(data: Any) -> Any:
    match data:
        case dict():
            return {key: frozen(value) for key, value in data.items()}
        case list():
            return tuple(frozen(value) for value in data)
        case _:
            return data


FILES = {
    path.relative_to(LOAN_DESK).as_posix(): thawed(read(path).data)
    for path in sorted(LOAN_DESK.rglob("*.yaml"))
    if path.name not in UNREAD
}
CASE = thawed(read(SETS / "loan-desk-case.yaml", nulls=True).data)
PROFILE = thawed(read(SETS / "loan-desk-profile.yaml").data)

OTHER_VALUES: list[Any] = [
    *(0, -1, 7, 10**15, True, False, date(2025, 1, 1), [], ["x"], [[]], [{}], {}, {"x": 1}),
    *("", "x", "none", "always", "artwork.claim", "loan", "{loan.months}", "{", "unknown"),
    {"parameter": "long_loan"},
    {"holds": "soft"},
    {"some": "artwork", "where": {"holds": "soft"}},
    {"fact": "loan.months", "at_least": 3},
    [{"from": date(2025, 1, 1)}],
]
OTHER_NAMES = ["x", "Title", "id", "yes", "some", "where", "fact", "from", "type", "loan", "a b", "ä", "<<", ""]


@st.composite
def mutated(draw: st.DrawFn, data: Any) -> Any:
    """Change one to three places of a file: take it out, put something else there, rename it, double it."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(data))
        if not places:
            break
        owner, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["take out", "replace", "rename", "move"])):
            case "take out":
                del owner[key]
            case "replace":
                owner[key] = copy.deepcopy(draw(st.sampled_from(OTHER_VALUES)))
            case "rename" if isinstance(owner, dict):
                name = draw(st.sampled_from(OTHER_NAMES))
                renamed = {name if one == key else one: value for one, value in owner.items()}
                owner.clear()
                owner.update(renamed)
            case _:
                other, place = draw(st.sampled_from(places))
                if place in other if isinstance(other, dict) else place < len(other):
                    owner[key] = copy.deepcopy(other[place])
    return data


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield data, key
        yield from _places(value)


def written(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def assert_in_our_words(error: InvalidSourceError) -> None:
    assert error.diagnostics
    for one in error.diagnostics:
        assert not NOT_OURS.search(one.message), one
        assert one.message[0].islower() or one.message[0] == "`", one
        assert one.position.line >= 1
        assert one.position.column >= 1


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The loan desk, to be changed: whoever changes a file puts it back."""
    return Path(shutil.copytree(LOAN_DESK, tmp_path_factory.mktemp("mutations") / "desk"))


def read_or_refused(desk: Path, changed: Mapping[str, str | None]) -> None:
    """Read the desk with other texts in some files, or without them where there is none."""
    try:
        for name, text in changed.items():
            if text is None:
                (desk / name).unlink()
            else:
                (desk / name).write_text(text, "utf-8")
        read_criteria(desk)
    except InvalidSourceError as error:
        assert_in_our_words(error)
    finally:
        for name in changed:
            shutil.copy(LOAN_DESK / name, desk / name)


@one_in(2)
@given(st.data())
def test_a_set_with_a_changed_file_is_read_or_refused_in_our_words(desk: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(FILES)))
    read_or_refused(desk, {name: written(data.draw(mutated(FILES[name])))})


@one_in(3)
@given(st.data(), st.sets(st.sampled_from(list(FILES)), max_size=4))
def test_a_set_with_changed_and_missing_files_is_read_or_refused(
    desk: Path, data: st.DataObject, gone: set[str]
) -> None:
    changed = {name: written(data.draw(mutated(FILES[name]))) for name in ("set.yaml", "facts.yaml", "ladders.yaml")}
    read_or_refused(desk, {**changed, **dict.fromkeys(gone)})


@given(mutated(CASE))
def test_a_changed_case_is_read_or_refused_in_our_words(data: Any) -> None:
    try:
        case_of(Document("case.yaml", frozen(data), {}, ()), CRITERIA)
    except InvalidSourceError as error:
        assert_in_our_words(error)


@given(mutated(CASE))
def test_a_changed_case_file_is_read_or_refused_in_our_words(data: Any) -> None:
    try:
        case_of(parse(written(data), "case.yaml", nulls=True), CRITERIA)
    except InvalidSourceError as error:
        assert_in_our_words(error)


@given(mutated(PROFILE))
def test_a_changed_profile_is_read_or_refused_in_our_words(data: Any) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "profile.yaml")
        path.write_text(written(data), "utf-8")
        try:
            load_profile(path, CRITERIA)
        except InvalidSourceError as error:
            assert_in_our_words(error)
