"""A reason of which nobody can see anything is none, wherever one is asked for."""

from pathlib import Path

import pytest

from risk_engine.audit.releases.release import has_section
from risk_engine.files.diagnostics import InvalidSourceError, is_blank
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.releases import newest
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, done, refused, run
from tests.strategies import by_turns
from tests.versions import two_releases

BLANK = {
    "spaces": " \t ",
    "zero width": "\u200b\u200c\u200d",
    "no-break": "\u00a0\u202f\u2060\ufeff",
    "soft hyphens": "\u00ad\u00ad",
    "fillers": "\u3164\u115f\u2800",
    "marks of direction": "\u200e\u202e\u2066",
    "variation selectors": "\ufe0f\U000e0101",
    "a mark alone": "\u034f\u0301",
}
SEEN = ("a", "张", "\u0430", "1", "No.", "\u200bx", "é", "\u0301e", "?")


@pytest.mark.parametrize("text", [*BLANK.values(), ""], ids=[*BLANK, "nothing"])
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", SEEN)
def test_what_somebody_can_see_is_not(text: str) -> None:
    assert not is_blank(text)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("records") / "a.json"
    done("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", file)
    return file


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_a_decision_takes_no_blank_reason_condition_or_name(text: str, record: Path, tmp_path: Path) -> None:
    decide = ("decide", record, *LOAN, "--on", "2026-03-09", "-o", tmp_path / "d.json", "--level", "verdict=refuse")
    who = ("--by", "R. Keeper", "--role", "Registrar")
    assert "--reason is empty" in refused(*decide, *who, "--reason", text)
    reason = ("--reason", "She is ill.", "--condition", "LOGGER; due=2026-05-01")
    assert "--by is empty" in refused(*decide, "--by", text, "--role", "Registrar", *reason)
    assert "--role is empty" in refused(*decide, "--by", "R. Keeper", "--role", text, *reason)
    assert "--condition is empty" in refused(*decide, *who, *reason, "--condition", text)
    assert not (tmp_path / "d.json").exists()


@pytest.mark.parametrize("text", by_turns(BLANK.values(), 4), ids=BLANK)
def test_a_withdrawal_takes_no_blank_reason(text: str, tmp_path: Path) -> None:
    desk = two_releases(tmp_path / "loan-desk")
    assert "a withdrawal needs its reason" in refused("criteria", "withdraw", f"{desk}@1.1.0", "--reason", text)


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_an_override_takes_no_blank_reason(text: str, tmp_path: Path) -> None:
    written = LOAN_PROFILE.read_text("utf-8")
    escaped = "".join(f"\\U{ord(one):08x}" for one in text)
    profile = tmp_path / "profile.yaml"
    reason = "Our fans fade faster than most paper."
    assert reason in written
    profile.write_text(written.replace(reason, f'"{escaped}"'), "utf-8")
    with pytest.raises(InvalidSourceError, match=r"nobody can see anything of this text|the text is empty"):
        load_profile(profile, load_criteria(str(LOAN_DESK)))


def test_a_release_note_of_which_nobody_sees_anything_is_none(tmp_path: Path) -> None:
    desk = two_releases(tmp_path / "loan-desk")
    version = newest(str(desk))
    changes = desk / "1.1.0" / "CHANGES.md"
    changes.write_text("# Changes\n\n## 1.1.0\n\n\u200b \u00a0\n\n## 1.0.0\n\nThe first.\n", "utf-8")
    assert not has_section(version)
    assert "does not say what loan-desk@1.1.0 changes" in run("criteria", "release", f"{desk}@1.1.0").err
