"""Whatever stands in a file that a user names: the command refuses it with exit code 2, or uses it; it never breaks.

An exception that `main` does not turn into a message goes through `run` and fails the test: that is the traceback.
"""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.audit.releases.release import Signing, signature_of
from risk_engine.engine.assess import assessment_digest
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import LOCK, SIGNATURES
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Person
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, Result, done, run

VERSION = LOAN_DESK / "1.0.0"
USED = {0, 1, 2}
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
TRIES = settings().max_examples // 8
"""Each example is several whole runs of the command."""

CASE = yaml.safe_load(LOAN_CASE.read_text("utf-8"))
PROFILE = yaml.safe_load(LOAN_PROFILE.read_text("utf-8"))
ASSESSMENT = json.loads(done("assess", LOAN_CASE, *LOAN, "--profile", LOAN_PROFILE, "--format", "json"))
WHO = ("--by", "A", "--role", "B", "--on", "2026-12-03")
LEVELS = tuple(part for one in ASSESSMENT["proposals"] for part in ("--level", f"{one['ladder']}={one['level']}"))


def _decision() -> Any:
    with tempfile.TemporaryDirectory() as name:
        Path(name, "a.json").write_text(json.dumps(ASSESSMENT), "utf-8")
        Path(name, "r.txt").write_text("Why not?", "utf-8")
        more = (
            *("--condition", "Tell the board; owner=C; due=2027-01-31", "--condition", "SIGN; due=2027-02-28"),
            "--reply",
            f"{name}/r.txt; from=D; date=2026-12-01",
        )
        second = ("--confirm", "E", "--confirm-role", "F")
        return json.loads(
            done("decide", Path(name, "a.json"), *LOAN, *WHO, *LEVELS, *more, *second, "--format", "json")
        )


DECISION = _decision()
FILES = sorted(one.relative_to(VERSION).as_posix() for one in VERSION.rglob("*.yaml"))

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.dates()
    | st.text(max_size=5)
    | st.sampled_from(
        ["unknown", "none", "always", "", "a.b", "a.b.c.d", "NO", "display", "paper", "base", "{x}", "%s"]
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def changed(data: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """Return plain data with one thing in it replaced, left out, doubled or renamed."""
    match data:
        case dict() if data and draw(st.integers(0, 4)):
            key = draw(st.sampled_from(sorted(data, key=str)))
            match draw(st.integers(0, 5)):
                case 0:
                    return {name: value for name, value in data.items() if name != key}
                case 1:
                    name = draw(st.text(max_size=4) | st.sampled_from(sorted(map(str, data))))
                    return {(name if one == key else one): value for one, value in data.items()}
                case _:
                    return {**data, key: changed(data[key], draw)}
        case list() if data and draw(st.integers(0, 4)):
            number = draw(st.integers(0, len(data) - 1))
            match draw(st.integers(0, 4)):
                case 0:
                    return [*data[:number], *data[number + 1 :]]
                case 1:
                    return [*data, data[number]]
                case _:
                    return [*data[:number], changed(data[number], draw), *data[number + 1 :]]
        case _:
            return draw(values)


def write_yaml(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


def is_refused_or_used(result: Result) -> None:
    assert result.code in USED, result
    assert "Traceback" not in result.err
    if result.code == 2:
        assert result.err.strip() != ""


def each_reader(path: Path) -> tuple[tuple[str | Path, ...], ...]:
    """Return every command that reads a file of a user's choice, with this one in that place."""
    return (
        ("assess", path, *LOAN),
        ("assess", LOAN_CASE, *LOAN, "--profile", path),
        ("case", "check", path, *LOAN),
        ("verify", path, *LOAN),
        ("register", "add", path.parent / "register", path, *LOAN),
    )


@settings(max_examples=TRIES, deadline=None)
@given(content=st.binary(max_size=60), name=st.sampled_from(["case.yaml", "case.json", "case"]))
def test_random_bytes_are_refused(content: bytes, name: str) -> None:
    with folder() as place:
        path = place / name
        path.write_bytes(content)
        for arguments in each_reader(path):
            result = run(*arguments)
            assert result.code == 2, result
            is_refused_or_used(result)


@pytest.mark.nightly
@settings(max_examples=TRIES, deadline=None)
@given(text=st.text(st.sampled_from("a:-[]{}&*!|>'\"#%@,?. \n\t0<~é\u2028\x00\ud800"), max_size=30))
def test_random_punctuation_is_refused(text: str) -> None:
    with folder() as place:
        path = place / "case.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        for arguments in each_reader(path):
            assert run(*arguments).code == 2
        for file in ("set.yaml", "indicators/object.yaml", "cases.yaml", "map.yaml"):
            target = shutil.copytree(VERSION, place / file.replace("/", "-"))
            shutil.copy(path, target / file)
            for command in ("check", "test", "map"):
                if (command, file) != ("check", "cases.yaml"):
                    is_refused_or_used(run("criteria", command, target))


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_a_case_that_is_changed_anywhere_is_refused_or_used(data: st.DataObject) -> None:
    content = changed(CASE, data.draw)
    with folder() as place:
        write_yaml(place / "case.yaml", content)
        (place / "case.json").write_text(json.dumps(content, default=str), "utf-8")
        for name in ("case.yaml", "case.json"):
            is_refused_or_used(run("assess", place / name, *LOAN))
            is_refused_or_used(run("case", "check", place / name, *LOAN))
            is_refused_or_used(run("register", "add", place / "register", place / name, *LOAN))


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_a_profile_that_is_changed_anywhere_is_refused_or_used(data: st.DataObject) -> None:
    with folder() as place:
        write_yaml(place / "profile.yaml", changed(PROFILE, data.draw))
        is_refused_or_used(run("assess", LOAN_CASE, *LOAN, "--profile", place / "profile.yaml"))


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_an_assessment_that_is_changed_anywhere_is_refused_or_told_apart(data: st.DataObject) -> None:
    content = changed(ASSESSMENT, data.draw)
    with folder() as place:
        (place / "a.json").write_text(json.dumps(content, default=str), "utf-8")
        is_refused_or_used(run("verify", place / "a.json", *LOAN))
        is_refused_or_used(run("register", "add", place / "register", place / "a.json"))


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_a_decision_that_is_changed_anywhere_is_refused_or_told_apart(data: st.DataObject) -> None:
    content = changed(DECISION, data.draw)
    with folder() as place:
        (place / "a.json").write_text(json.dumps(ASSESSMENT), "utf-8")
        (place / "d.json").write_text(json.dumps(content, default=str), "utf-8")
        is_refused_or_used(run("verify", place, *LOAN))
        is_refused_or_used(run("verify", place / "d.json"))
        for form in ("text", "html", "md"):
            is_refused_or_used(run("decide", place / "d.json", "--format", form))
        is_refused_or_used(run("decide", place / "d.json", "--confirm", "B", "--role", "C", "-o", place / "new.json"))
        is_refused_or_used(run("decide", place / "a.json", *LOAN, *WHO, "--supersedes", place / "d.json"))


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_an_assessment_that_is_changed_and_sealed_anew_is_refused_or_used_to_decide(data: st.DataObject) -> None:
    content = changed(ASSESSMENT, data.draw)
    with contextlib.suppress(ValidationError, TypeError):
        content["digest"] = assessment_digest(Assessment.model_validate_json(json.dumps(content, default=str)))
    with folder() as place:
        (place / "a.json").write_text(json.dumps(content, default=str), "utf-8")
        is_refused_or_used(run("decide", place / "a.json", *LOAN, *WHO))
        is_refused_or_used(run("assess", LOAN_CASE, *LOAN, "--supersedes", place / "a.json"))
        is_refused_or_used(run("verify", place, *LOAN))


@settings(max_examples=TRIES, deadline=None)
@given(words=st.lists(st.text(max_size=12) | st.sampled_from(["a b; due=2026-05-01", "verdict=lend", "x; y=z"])))
def test_any_words_behind_the_options_of_a_decision_are_refused_or_used(words: list[str]) -> None:
    options = ("--level", "--reason", "--condition", "--reply", "--by", "--role", "--confirm", "--confirm-role")
    given_words = [part for one in zip(options, words, strict=False) for part in one]
    with folder() as place:
        (place / "a.json").write_text(json.dumps(ASSESSMENT), "utf-8")
        # An option's word that begins with a dash is an option itself; a shell hands over no NUL.
        arguments = [one.replace("\0", "") for one in given_words]
        is_refused_or_used(run("decide", place / "a.json", *LOAN, *WHO, *arguments))


@pytest.mark.nightly
@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_a_set_that_is_changed_anywhere_is_refused_or_used(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    with folder() as place:
        target = shutil.copytree(VERSION, place / "set")
        write_yaml(target / name, changed(yaml.safe_load((target / name).read_text("utf-8")), data.draw))
        for arguments in (
            ("criteria", "list", target),
            ("criteria", "check", target),
            ("criteria", "test", target),
            ("criteria", "show", target),
            ("criteria", "map", target),
            ("criteria", "timeline", target, "--all", "--format", "html"),
            ("case", "new", "--criteria", target),
            ("case", "schema", "--criteria", target),
            ("assess", LOAN_CASE, "--criteria", target),
        ):
            is_refused_or_used(run(*arguments))


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_signatures_that_are_changed_anywhere_are_refused_or_told_apart(data: st.DataObject) -> None:
    rules = read_criteria(VERSION).digest
    signing = Signing(KEY, Person(name="A", role="B"), date(2026, 12, 3))
    record = signature_of("loan-desk@1.0.0", rules, signing).model_dump(mode="json") | {"on": date(2026, 12, 3)}
    with folder() as place:
        shutil.copytree(VERSION, place / "1.0.0")
        (place / LOCK).write_text(f"loan-desk@1.0.0: sha256:{rules}\n", "utf-8")
        content = changed([record], data.draw)
        write_yaml(place / SIGNATURES, content)
        (place / "key.pub.pem").write_bytes(PUBLIC)
        results = [
            run("criteria", "list", place, "--key", place),
            run("criteria", "verify", place, "--key", place),
        ]
        is_refused_or_used(run("criteria", "check", place))
        for result in results:
            is_refused_or_used(result)
        # Nothing but the record itself is taken for good.
        if content not in ([record], [record, record]):
            assert "verified: " not in results[0].out
            assert results[1].code != 0


@pytest.mark.parametrize("day", [date.min, date(2024, 3, 1), date(2026, 12, 31), date.max])
def test_any_day_of_the_calendar_is_refused_or_used(day: date) -> None:
    for reference in (LOAN_DESK, f"{LOAN_DESK}@1.0.0"):
        for command in (("assess",), ("case", "check")):
            is_refused_or_used(run(*command, LOAN_CASE, "--criteria", reference, "--on", day.isoformat()))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "//", "~", "a\nb", "@", "@1.0.0", "a@b", "*", "-", "\u202e", "é" * 200]
)
def test_any_name_for_a_set_or_file_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "in" / "here")
    for arguments in (
        ["assess", LOAN_CASE, "--criteria", name],
        ["assess", "--", name],
        ["assess", LOAN_CASE, *LOAN, "--profile", name],
        ["case", "check", *LOAN, "--", name],
        ["verify", "--", name],
        ["register", "list", "--", name],
        ["register", "add", *LOAN, "--", "register", name],
        ["criteria", "list", "--", name],
        ["criteria", "show", "--", name],
        ["criteria", "check", "--", name],
        ["criteria", "test", "--", name or "nowhere"],
    ):
        result = run(*arguments)
        is_refused_or_used(result)
        # No name at all is like no `--criteria`: the only set that is shipped.
        is_root = arguments[0] in {"verify", "register"} and name in {"/", "//"}  # who knows what lies there
        assert result.code == 2 or name == "" or is_root, arguments
