"""A signature holds for the release that it was made for, with a key that is trusted, and for nothing else."""

from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.releases.release import Signing, signature_links, signature_of, with_signature
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, is_blank
from risk_engine.files.plain import digest
from risk_engine.files.signing import is_signed, key_id
from risk_engine.files.syntax import UNFIT
from risk_engine.loading.releases import LOCK, SIGNATURES
from risk_engine.loading.sets import Version
from risk_engine.loading.signatures import SignatureFile, signature_files, signature_problems, stated
from risk_engine.model.decision import Person
from tests.audit.releases.parts import heads
from tests.editing import edit

RULES = "0" * 64
"""The digest under which tests.audit.releases.parts releases a version."""
OFFICE, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
KEYS = {key_id(OFFICE.public_key()): OFFICE.public_key()}
SIGNING = Signing(OFFICE, Person(name="A. Vogel", role="Head of office"), date(2026, 12, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stated = (("1.0.0", "2026-01-01"), ("1.1.0", "2027-01-01"), ("1.2.0", "2028-01-01"))
    heads(tmp_path, *stated, released=("1.0.0", "1.1.0"))
    return tmp_path


@pytest.fixture
def version(folder: Path) -> Version:
    return versions_in(folder)["1.0.0"]


def versions_in(folder: Path) -> dict[str, Version]:
    return heads(folder)


def signed(version: Version, signing: Signing = SIGNING) -> Path:
    path, text = with_signature(version, version.path.parent / LOCK, RULES, signing)
    path.write_text(text, "utf-8")
    return path


def links(version: Version) -> list[tuple[str, str]]:
    return [(one.verdict, one.text) for one in signature_links(version, KEYS)]


def test_a_signature_with_a_trusted_key_holds(version: Version) -> None:
    signed(version)
    ((verdict, text),) = links(version)
    assert verdict == "holds"
    assert text.startswith("signed by A. Vogel (Head of office) on 2026-12-03 with the key ")
    assert signature_problems(version.path) == []


def test_one_with_another_key_is_never_taken_for_good(version: Version) -> None:
    signed(version, Signing(OTHER, SIGNING.by, SIGNING.on))
    ((verdict, text),) = links(version)
    assert verdict == "noted"
    assert text.startswith(
        "signed for these rules in the name of A. Vogel (Head of office) on 2026-12-03, by an unknown key"
    )
    assert f", {key_id(OTHER.public_key())[:12]}…: the signature itself was not checked" in text
    assert signature_problems(version.path) == []


def test_what_is_signed_is_the_statement_on_this_release_alone(version: Version) -> None:
    made = signature_of(f"{version}", RULES, SIGNING)
    who = {"name": "A. Vogel", "role": "Head of office"}
    what = {"kind": "release", "release": "desk@1.0.0", "digest": f"sha256:{RULES}", "by": who, "on": "2026-12-03"}
    assert made.covers == f"sha256:{digest(what)}"
    assert is_signed(digest(what), made.value, OFFICE.public_key())
    others = {
        "release": "desk@1.1.0",
        "digest": f"sha256:{'1' * 64}",
        "by": Person(name="B. Ode", role="Head of office"),
        "on": date(2026, 12, 4),
    }
    changed = [stated(made.model_copy(update={name: value})) for name, value in others.items()]
    assert len({stated(made), *changed}) == 1 + len(others)


@pytest.mark.parametrize("release", ["desk@1.1.0", "other@1.0.0"])
def test_a_signature_cannot_be_carried_to_another_version_or_set(release: str, version: Version) -> None:
    path = signed(version)
    (path.parent / LOCK).write_text(f"desk@1.1.0: sha256:{RULES}\nother@1.0.0: sha256:{RULES}\n", "utf-8")
    edit(path, "release: desk@1.0.0", f"release: {release}")
    (problem,) = signature_problems(version.path)
    text = f"the signature of `{release}` covers something else than stands beside it"
    assert problem.message == text
    if release == "desk@1.1.0":
        assert links(versions_in(path.parent)["1.1.0"]) == [("broken", text)]


def test_nor_with_a_digest_made_to_fit(version: Version) -> None:
    path = signed(version)
    (record,) = signature_files(version.path)[0].records
    carried = record.model_copy(update={"release": "desk@1.1.0"})
    edit(path, "release: desk@1.0.0", "release: desk@1.1.0")
    edit(path, record.covers, f"sha256:{stated(carried)}")
    assert signature_problems(version.path) == []  # without the key it looks right
    ((verdict, text),) = links(versions_in(path.parent)["1.1.0"])
    assert (verdict, text.partition(" with the key ")[0]) == ("broken", "the signature")


@pytest.mark.parametrize(
    ("before", "after"),
    [("A. Vogel", "B. Ode"), ("Head of office", "Rector"), ("on: 2026-12-03", "on: 2026-12-04")],
)
def test_who_signed_and_when_cannot_be_changed(before: str, after: str, version: Version) -> None:
    path = signed(version)
    edit(path, before, after)
    assert [one[0] for one in links(version)] == ["broken"]


def test_rules_and_lock_that_were_rewritten_together_do_not_fit_the_signature(version: Version) -> None:
    path = signed(version)
    edit(path.with_name(LOCK), f"desk@1.0.0: sha256:{RULES}", f"desk@1.0.0: sha256:{'1' * 64}")
    text = f"`desk@1.0.0` was signed as sha256:{RULES}, but released is sha256:{'1' * 64}"
    assert links(version) == [("broken", text)]
    (problem,) = signature_problems(version.path)
    assert f"{problem}".startswith(f"{path.as_posix()}:3:12: {text}")


def test_a_signed_release_cannot_be_made_a_draft_again(version: Version) -> None:
    path = signed(version)
    path.with_name(LOCK).unlink()
    text = "`desk@1.0.0` was signed as a release, but no `releases.lock` names it"
    assert links(version) == [("broken", text)]
    assert [one.message for one in signature_problems(version.path)] == [text]


def test_several_people_sign_with_a_key_each(version: Version) -> None:
    signed(version)
    signed(version, Signing(OTHER, Person(name="B. Ode", role="Vice-rector"), date(2026, 12, 4)))
    assert [one[0] for one in links(version)] == ["holds", "noted"]
    assert links(versions_in(version.path.parent)["1.1.0"]) == []


def test_a_key_signs_a_release_once(version: Version) -> None:
    path = signed(version)
    before = path.read_bytes()
    with pytest.raises(RiskEngineError) as error:
        signed(version, Signing(OFFICE, Person(name="B. Ode", role="Vice-rector"), date(2026, 12, 4)))
    assert str(error.value) == (
        "desk@1.0.0 is signed with this key already, by A. Vogel (Head of office) on 2026-12-03\n"
        "  help: a second person signs with a key of their own"
    )
    assert path.read_bytes() == before


def test_a_further_signature_leaves_what_is_there_as_it_is(version: Version) -> None:
    path = signed(version)
    path.write_text("# Kept by the registry.\n" + path.read_text("utf-8"), "utf-8")
    before = path.read_text("utf-8")
    signed(versions_in(version.path.parent)["1.1.0"])
    assert path.read_text("utf-8").startswith(before)


def test_signatures_in_the_folder_of_sets_count_as_well(tmp_path: Path) -> None:
    version = heads(tmp_path / "desk", ("1.0.0", "2026-01-01"))["1.0.0"]
    lock = tmp_path / LOCK
    lock.write_text(f"desk@1.0.0: sha256:{RULES}\n", "utf-8")
    path, text = with_signature(version, lock, RULES, SIGNING)
    path.write_text(text, "utf-8")
    assert path == tmp_path / SIGNATURES
    assert [one[0] for one in links(version)] == ["holds"]


TEXTS = st.text(min_size=1).filter(lambda text: not (UNFIT.search(text) or is_blank(text)))


@given(name=TEXTS, role=TEXTS)
def test_whatever_a_name_holds_the_file_gives_it_back(
    name: str, role: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("desk")
    made = signature_of("desk@1.0.0", RULES, Signing(OFFICE, Person(name=name, role=role), date(2026, 12, 3)))
    (folder / SIGNATURES).write_text(SignatureFile(folder / SIGNATURES).text_with(made), "utf-8")
    (file,) = signature_files(folder / "1.0.0")
    assert file.records == (made,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("release: desk@1.0.0\n", "1:1: a list of signatures is needed here"),
        ("- release: desk\n", "1:12: `desk` cannot be used here\n"),
        ("- key: sha256:12\n", "1:8: `sha256:12` cannot be used here\n"),
        ("- value: abc\n", "1:10: `abc` cannot be used here\n"),
        ("- signature: abc\n", "1:3: unknown key `signature`"),
    ],
)
def test_a_file_that_holds_something_else_is_an_error_with_its_place(text: str, message: str, version: Version) -> None:
    path = version.path.parent / SIGNATURES
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        signature_files(version.path)
    assert f"{path.as_posix()}:{message}" in str(error.value)
