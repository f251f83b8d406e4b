"""`risk-engine criteria impact`: forms, exit codes, what goes to which stream."""

import json
from pathlib import Path

import pytest

from risk_engine.model.comparison import ImpactReport
from tests.audit.impact.small import RULES, Versions, facts
from tests.cli.running import Result, done, refused, run, run_on_a_terminal
from tests.engine.builder import written

LOW = written("RISK: {severity: {low: {fact: trip.risky, is: true}}}")
RISKY = "days: 10, risky: true, pace: calm"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """Return an office with four versions: 1.1.0 is stricter, 2.0.0 milder, 3.0.0 asks something new."""
    versions = Versions(tmp_path_factory.mktemp("desk"))
    versions.make("1.1.0", parameters={"long": {"values": ({"value": 10},)}})
    versions.make("2.0.0", indicators={**written(RULES), **LOW})
    rain = {"RAIN": written("severity: {high: {fact: trip.rain, is: true}}")}
    versions.make(
        "3.0.0", facts=facts(trip__rain="{type: boolean, riskier: true}"), indicators={**written(RULES), **rain}
    )
    versions.case("calm")
    versions.case("risky", trip=RISKY)
    return versions


def words(desk: Versions, after: str, *more: str | Path) -> tuple[str | Path, ...]:
    toy = desk.folder / "toy"
    return ("criteria", "impact", toy / "1.0.0", toy / after, "--cases", desk.folder / "cases", *more)


def test_the_numbers_come_first_then_who_changes_and_why(desk: Versions) -> None:
    out = done(*words(desk, "1.1.0"))
    assert out.splitlines()[0] == "1 of 2 cases keeps its result; 1 becomes stricter"
    flat = " ".join(out.split())
    assert "measure: Advice → Regulation: 1 case, stricter" in flat
    assert "calm: The case calm" in flat
    assert "now by the rule “measure 2”, before by “measure otherwise”" in flat
    assert "LONG LONG title: none → high (long: 30 → 10)" in flat
    assert "Same result, other findings risky: The case risky" in flat
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_one_case_is_told_as_one(desk: Versions) -> None:
    case = desk.folder / "cases" / "calm.yaml"
    toy = desk.folder / "toy"
    out = done("criteria", "impact", toy / "1.0.0", toy / "1.1.0", "--cases", case)
    assert out.startswith("0 of 1 case keeps its result; 1 becomes stricter\n")


def test_cases_may_stand_one_after_the_other_as_a_shell_gives_them(desk: Versions) -> None:
    cases = [desk.folder / "cases" / f"{name}.yaml" for name in ("calm", "risky")]
    toy = desk.folder / "toy"
    out = done("criteria", "impact", toy / "1.0.0", toy / "1.1.0", "--cases", *cases)
    assert out == done(*words(desk, "1.1.0"))


def test_without_cases_the_way_out_is_told(desk: Versions) -> None:
    err = refused("criteria", "impact", desk.folder / "toy" / "1.0.0", desk.folder / "toy" / "1.1.0")
    assert err == "say which cases to replay\n  help: `--cases FOLDER`, or one file after the other\n"


def test_every_form_is_written_and_json_is_the_model(desk: Versions, tmp_path: Path) -> None:
    for form, start in (("html", "<!doctype html>\n"), ("md", "# 1 of 2 cases keeps"), ("txt", "1 of 2 cases keeps")):
        path = tmp_path / f"impact.{form}"
        assert run(*words(desk, "1.1.0", "-o", path)) == Result(0, "", f"wrote {path}\n")
        assert path.read_text("utf-8").startswith(start)
    told = json.loads(done(*words(desk, "1.1.0", "--format", "json")))
    assert told["schema"] == 1
    assert told["counts"]["compared"] == {
        "same": 1,
        "stricter": 1,
        "milder": 0,
        "looser": 0,
        "tighter": 0,
        "otherwise": 0,
    }
    assert ImpactReport.model_validate_json(json.dumps(told)).counts.cases == 2


def test_a_case_is_not_written_over(desk: Versions) -> None:
    case = desk.folder / "cases" / "calm.yaml"
    assert "is not written over" in refused(*words(desk, "1.1.0", case, "-o", case))


@pytest.mark.parametrize(
    ("after", "on", "code"),
    [
        ("1.0.0", "changed", 0),
        ("1.1.0", "milder", 0),
        ("1.1.0", "changed", 1),
        ("2.0.0", "milder", 1),
        ("3.0.0", "milder", 0),
        ("3.0.0", "changed", 3),
    ],
)
def test_the_exit_code_says_whether_a_case_is_milder_or_changed_or_may_be(
    desk: Versions, after: str, on: str, code: int
) -> None:
    assert run(*words(desk, after, "--fail-on", on)).code == code


def test_a_case_that_cannot_be_replayed_is_told_beside_the_others(desk: Versions, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: bad\ntitle: Bad\nassessment_date: 2026-06-15\ntrip: {dais: 3}\n", "utf-8")
    result = run(*words(desk, "1.1.0", bad, "--fail-on", "changed"))
    assert result.code == 2
    assert result.out.startswith("1 of 2 cases keeps its result; 1 becomes stricter\n")
    assert "1 case could not be replayed; it is not in these numbers." in " ".join(result.out.split())
    assert result.err.startswith(f"{bad}:4:8: unknown key `dais`\n")
    page = run(*words(desk, "1.1.0", bad, "--format", "html")).out
    assert f"<code>{bad}</code>: it cannot be used as it stands, see line and column 4:8" in page
    told = run(*words(desk, "1.1.0", bad, "--format", "json")).out
    assert [word for text in (page, told) for word in ("dais", "Bad") if word in text] == []


def test_no_answer_of_a_case_is_printed_and_no_person_named(desk: Versions, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    trip = "trip: {days: 7, risky: false, pace: wild, starts: 2031-03-07, gear: [axe]}"
    case.write_text(f"id: c\ntitle: C\nassessor: Ada Bell\nassessment_date: 2026-06-15\n{trip}\n", "utf-8")
    for form in ("text", "html", "md", "json"):
        toy = desk.folder / "toy"
        for after in ("2.0.0", "3.0.0"):
            out = done("criteria", "impact", toy / "1.0.0", toy / after, "--cases", case, "--format", form)
            known = ("wild", "2031", "axe", "Ada", "Bell")
            assert [word for word in known if word in out.replace(str(tmp_path), "")] == []


def test_a_register_gives_the_newest_assessment_of_each_case(desk: Versions, tmp_path: Path) -> None:
    register, case, old = tmp_path / "register", tmp_path / "case.yaml", desk.folder / "toy" / "1.0.0"
    for days in (1, 10):
        case.write_text(f"id: c\ntitle: C\nassessment_date: 2026-06-15\ntrip: {{days: {days}}}\n", "utf-8")
        assert run("register", "add", register, case, "--criteria", old).code == 0
    toy = desk.folder / "toy"
    found = json.loads(
        done("criteria", "impact", toy / "1.0.0", toy / "1.1.0", "--cases", register, "--format", "json")
    )
    assert [(one["case_id"], one["source"], [each["id"] for each in one["findings"]]) for one in found["cases"]] == [
        ("c", "assessment", ["LONG"])
    ]


def test_a_person_at_a_terminal_sees_the_first_cases_of_each_kind_in_colour(desk: Versions, tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    text = (desk.folder / "cases" / "calm.yaml").read_text("utf-8")
    for number in range(23):
        (folder / f"n{number:02}.yaml").write_text(text.replace("id: calm", f"id: n{number}"), "utf-8")
    toy = desk.folder / "toy"
    result = run_on_a_terminal("criteria", "impact", toy / "1.0.0", toy / "1.1.0", "--cases", folder, "-j", "1")
    assert "\x1b[1;33m0 of 23 cases keep their result; 23 become stricter" in result.out
    assert "n19: The case calm" in result.out
    assert "n20: The case calm" not in result.out
    assert "and 3 more; `-o FILE.html` shows all" in result.out


def test_it_speaks_german(desk: Versions) -> None:
    out = done("--lang", "de", *words(desk, "3.0.0"))
    assert out.splitlines()[0] == "1 von 2 Fällen behält sein Ergebnis; 1 neu gefragt"
    assert "mit den bedenklichsten Antworten: 1 strenger" in out
