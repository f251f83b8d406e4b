"""`risk-engine criteria prove`: exit codes, forms, examples as case files that `assess` takes, and what goes wrong."""

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from risk_engine.cli.criteria_changes import _exit_code
from risk_engine.cli.output import Exit
from risk_engine.model.proof import Claim, ProofReport, Status
from risk_engine.solver import findings
from tests.cli.running import LOAN, LOAN_DESK, done, refused, run

PROVE = ("criteria", "prove", LOAN_DESK, "--jobs", "1")


def report_with(*statuses: Status) -> ProofReport:
    claims = tuple(Claim(topic="occur", subject="A", statement="A", status=one) for one in statuses)
    return ProofReport(
        set_id="s",
        version="1.0.0",
        title="S",
        digest="0" * 64,
        engine_version="1",
        on=date(2026, 1, 1),
        bounds={},
        put_aside=(),
        claims=claims,
    )


def test_the_exit_code_says_whether_all_is_proved() -> None:
    assert _exit_code(report_with("proved", "proved")) is Exit.DONE
    assert _exit_code(report_with("proved", "undecided")) is Exit.STILL_OPEN
    assert _exit_code(report_with("undecided", "refuted")) is Exit.FAILED


def test_a_refuted_claim_is_told_first_with_its_pair_of_cases() -> None:
    result = run(*PROVE, "--only", "monotone")
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0].startswith("14 claims: 13 proved, 1 refuted, 0 not decided (")
    start = lines.index("Refuted")
    assert lines[start + 2] == "A riskier answer never lowers the severity of LAW-6 (No object passport)"
    told = "\n".join(lines[start:])
    assert "It falls with a riskier answer to loan.opens_on" in told
    assert "  - LAW-6: low → none" in told


@pytest.mark.parametrize("option", [(), ("--all",)], ids=["counted", "all"])
def test_the_page_names_the_command_that_makes_it_again_with_all_that_was_asked(option: tuple[str, ...]) -> None:
    told = run(*PROVE, "--only", "directions", *option).out
    command = " ".join(("risk-engine criteria prove", str(LOAN_DESK), "--only directions", *option))
    assert f"command: {command} Name:" in " ".join(told.split())


@pytest.mark.nightly
def test_every_example_is_a_case_that_comes_to_what_it_says(tmp_path: Path) -> None:
    result = run(*PROVE, "--only", "occur", "--only", "monotone", "--cases", tmp_path, "-o", tmp_path / "proof.json")
    assert result.code == 1
    examples = [
        one for claim in json.loads((tmp_path / "proof.json").read_text("utf-8"))["claims"] for one in claim["examples"]
    ]
    files = sorted(tmp_path.glob("*.yaml"))
    assert len(files) == len(examples) > 40
    assert {"monotone-law-6-1-a.yaml", "monotone-law-6-1-b.yaml"} < {one.name for one in files}
    (tmp_path / "proof.json").unlink()
    done("assess", tmp_path, *LOAN, "--format", "json", "-o", tmp_path / "all.json")
    assessed = json.loads((tmp_path / "all.json").read_text("utf-8"))
    levels = {one["case"]["id"]: {two["ladder"]: two["level"] for two in one["proposals"]} for one in assessed}
    assert levels == {one.stem: _said(one) for one in files}


def _said(path: Path) -> dict[str, str]:
    (line,) = [one for one in path.read_text("utf-8").splitlines() if "it comes to: " in one]
    told = line.partition("it comes to: ")[2].split(", ")
    return dict(one.split() for one in told)


def test_cases_of_an_earlier_proof_are_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    only = (*PROVE, "--only", "options", "--cases", tmp_path)
    done(*only)
    stale = tmp_path / "occur-gone-1.yaml"
    stale.write_text("# risk-engine criteria prove loan-desk@0.9.0\nid: x\n", "utf-8")
    kept = tmp_path / "mine.yaml"
    kept.write_text("id: mine\n", "utf-8")
    done(*only)
    assert kept.is_file()
    assert not stale.exists()
    first = min(one for one in tmp_path.glob("options-*.yaml"))
    first.write_text("id: mine\n", "utf-8")
    result = run(*only)
    assert (result.code, first.read_text("utf-8")) == (2, "id: mine\n")
    assert "it is not written over" in result.err


def test_without_the_solver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    assert "pipx install --force '.[audit]'" in refused(*PROVE)


def test_a_reading_that_the_engine_does_not_share_is_a_defect_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "_left", lambda severity, _helping: severity)  # controls lower nothing
    result = run(*PROVE, "--only", "options")
    assert (result.code, result.out) == (Exit.DEFECT, "")
    assert "a defect of this program, not of the criteria; nothing is proved" in result.err
    assert "the solver says" in result.err
    assert "'borrower':" in result.err  # the case itself


def test_what_is_wrong_with_what_is_asked_is_told() -> None:
    assert "there is no criteria set `nowhere`" in refused("criteria", "prove", "nowhere")
    assert "is not one of" in refused(*PROVE, "--only", "everything")
    assert "the number must be at least 3" in refused(*PROVE, "--entries", "2")
    assert "no such file" in refused(*PROVE, "--profile", "nowhere.yaml")
