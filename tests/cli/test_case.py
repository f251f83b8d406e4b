import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from risk_engine.files.language import in_language
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, LOAN_DESK, LOAN_PROFILE, TODAY, done, refused, run
from tests.editing import edit

SHIPPED = ("--criteria", "reconnect-china")


@pytest.fixture(scope="module", params=[SHIPPED, LOAN], ids=["shipped", "foreign"])
def named(request: pytest.FixtureRequest) -> tuple[str | Path, ...]:
    found: tuple[str | Path, ...] = request.param
    return found


@pytest.fixture(scope="module")
def criteria(named: tuple[str | Path, ...]) -> Criteria:
    return load_criteria(str(named[1]), TODAY)


# --- case new ---


def test_a_new_case_loads_as_it_is_and_its_result_is_still_open(
    named: tuple[str | Path, ...], criteria: Criteria, tmp_path: Path
) -> None:
    file = tmp_path / "2026-014.yaml"
    result = run("case", "new", file, *named)
    assert (result.code, result.out, result.err) == (0, "", f"wrote {file}\n")
    day = criteria.head.in_force.from_.isoformat()
    assert done("assess", file, *named, "--on", day).startswith("Still open: between ")
    assessment = json.loads(done("assess", file, *named, "--on", day, "--format", "json"))
    assert assessment["case"]["id"] == "2026-014"
    assert assessment["problems"] == []
    assert [one["ladder"] for one in assessment["proposals"] if one["role"] and not one["provisional"]] == []


def test_a_new_case_asks_every_question_with_help_options_and_who_answers(
    named: tuple[str | Path, ...], criteria: Criteria
) -> None:
    text = done("case", "new", *named)
    flat = " ".join(line.strip().removeprefix("#").strip() for line in text.splitlines())
    flat = re.sub(r"\s+", " ", flat)
    stated = yaml.safe_load(text)
    missing = []
    for name, entity in criteria.entities.items():
        assert entity.title in text
        assert " ".join((entity.help or "").split()) in flat
        entry = stated[name] if entity.many is None else stated[name][0]
        for short, fact in entity.facts.items():
            if getattr(fact, "from_", None) is not None:
                assert short not in entry, "the tables know it"
                assert short in flat
                continue
            assert entry[short] == "unknown"
            wanted = [fact.question, fact.help, fact.asked_of and criteria.head.asked_of[fact.asked_of]]
            if isinstance(fact, ChoiceFact | ChoicesFact):
                wanted += [f"{option}: {words}" for option, words in fact.options.items()]
            missing += [f"{name}.{short}: {one}" for one in wanted if one and " ".join(one.split()) not in flat]
    assert missing == []


def test_a_new_case_says_what_every_report_says(named: tuple[str | Path, ...], criteria: Criteria) -> None:
    flat = re.sub(r"[\s#]+", " ", done("case", "new", *named))
    assert [one for one in criteria.head.notice if re.sub(r"[\s#]+", " ", one).strip() not in flat] == []


def test_lines_of_a_new_case_fit_on_a_screen(named: tuple[str | Path, ...]) -> None:
    assert max(map(len, done("case", "new", *named).splitlines())) <= 110


def test_a_new_case_is_never_written_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("half a day of work")
    message = refused("case", "new", file, *SHIPPED)
    assert message == f"{file} is there already; it is not written over\n  help: choose another name\n"
    assert file.read_text() == "half a day of work"
    assert "is there already" in refused("case", "new", tmp_path, *SHIPPED)


@pytest.mark.parametrize(
    ("name", "case_id"),
    [
        ("2026-014.yaml", "2026-014"),
        ("2026.yaml", "2026"),  # without quotes a number
        ("2026-01-31.yaml", "2026-01-31"),  # a day
        ("true.yaml", "true"),
        ("0123.yaml", "0123"),
        ("my case!.yaml", "my-case"),
        ("Fälle ÄÖ.yaml", "Falle-AO"),
        ("沙.yaml", "NEW-1"),
        ("_.yaml", "NEW-1"),
        (".hidden", "hidden"),
        ("no-ending", "no-ending"),
    ],
)
def test_the_id_of_a_new_case_comes_from_the_name_of_its_file(name: str, case_id: str, tmp_path: Path) -> None:
    done("case", "new", tmp_path / name, *LOAN)
    done("case", "check", tmp_path / name, *LOAN, "--on", "2026-01-01")
    assert yaml.safe_load((tmp_path / name).read_text("utf-8"))["id"] == case_id


def test_a_new_case_where_nothing_can_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "there is no folder" in refused("case", "new", tmp_path / "file" / "case.yaml", *SHIPPED)


# --- case check ---


def test_a_complete_case_is_said_to_be_complete() -> None:
    lines = done("case", "check", EXAMPLES / "boreal-carbon.yaml").splitlines()
    assert lines[0] == f"{EXAMPLES / 'boreal-carbon.yaml'}: can be used with reconnect-china 1.0.0"
    assert [line for line in lines if "not answered" in line] == []
    assert lines[1] == "  look at this: nothing says how long to keep the record; add `retain_until: DATE`"
    assert all(re.fullmatch(r"  [\w ]+: (\d+) of \1 answered", line) for line in lines[2:]), lines


def test_missing_answers_are_listed_by_who_should_give_them() -> None:
    lines = done("case", "check", LOAN_CASE, *LOAN).splitlines()
    assert lines[1:] == [
        "  The registrar: 11 of 12 answered",
        "    not answered: loan.escorted: Does one of us travel with it?",
        "      true · false",
        "  The conservator: 10 of 11 answered",
        "    not answered: borrower.plain.damages: How many loans came back damaged?",
        "  The house that borrows: 4 of 4 answered",
        f"  to answer: `risk-engine case set {LOAN_CASE} PATH VALUE`, or be asked: `risk-engine interview {LOAN_CASE}`",
    ]


def test_what_contradicts_is_shown_with_every_place(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    text = LOAN_CASE.read_text("utf-8").replace("occasion: display", "occasion: close_study")
    case.write_text(text, "utf-8")
    lines = done("case", "check", case, *LOAN).splitlines()
    found = lines.index(
        "  look at this: Study behind closed doors has few visitors "
        "(loan.occasion: Study behind closed doors; loan.reach: 60000)"
    )
    places = {key: text[: text.index(f"  {key}:")].count("\n") + 1 for key in ("occasion", "reach")}
    assert lines[found + 1 : found + 3] == [
        f"    {case}:{places['occasion']}:13",
        f"    {case}:{places['reach']}:10",
    ]


def test_an_answer_given_as_unsure_is_to_be_asked_again(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    doubt = "{for: [loan.occasion], kind: form, reference: Form 7, date: 2026-01-01, confidence: unsure}"
    text = LOAN_CASE.read_text("utf-8")
    case.write_text(text.replace("\nevidence:\n", f"\nevidence:\n  - {doubt}\n"), "utf-8")
    lines = done("case", "check", case, *LOAN).splitlines()
    place = text[: text.index("  occasion:")].count("\n") + 1
    found = lines.index("  look at this: loan.occasion is answered as unsure (“Form 7”, 2026-01-01): ask again")
    assert lines[found + 1].startswith(f"    {case}:{place}:")


def test_a_control_that_the_answers_take_for_granted_is_shown(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    edit(LOAN_CASE, "paperwork: signed_here", "paperwork: signed_both", to=case)
    out = done("case", "check", case, *LOAN)
    assert "loan.paperwork is answered as if SIGN were in place, but SIGN is only planned" in out


def test_a_case_is_checked_as_an_assessment_under_the_profile_would_see_it(tmp_path: Path) -> None:
    case, profile = tmp_path / "case.yaml", tmp_path / "ours.yaml"
    edit(LOAN_CASE, "seat: NO", "seat: NO\n    quake_zone: shaking", to=case)
    table = "the table of regions has “Hardly any earthquakes”"
    assert table in done("case", "check", case, *LOAN)
    # The profile says what the case says.
    ours = LOAN_PROFILE.read_text("utf-8").replace("ISL:", "NO:")
    profile.write_text(ours, "utf-8")
    assert "look at this" not in done("case", "check", case, *LOAN, "--profile", profile)
    profile.write_text(ours.replace("quake_zone", "quake_sone"), "utf-8")
    assert "there is no column `quake_sone`" in refused("case", "check", case, *LOAN, "--profile", profile)


@pytest.mark.parametrize(
    ("language", "open_", "counted"),
    [
        ("en", "not answered", r"(\d+) of (\d+) answered"),
        pytest.param("de", "nicht beantwortet", r"(\d+) von (\d+) beantwortet", marks=pytest.mark.nightly),
    ],
)
def test_each_path_of_a_half_answered_case_stands_with_its_question(
    language: str, open_: str, counted: str, tmp_path: Path
) -> None:
    data = yaml.safe_load((EXAMPLES / "battery-recycling.yaml").read_text("utf-8"))
    entities = load_criteria("reconnect-china@2.1.0").entities
    blocks = [
        one for key in entities if key in data for one in (data[key] if isinstance(data[key], list) else [data[key]])
    ]
    answers = [(block, fact) for block in blocks for fact in block if fact not in {"id", "name"}]
    for block, fact in answers[::2]:
        del block[fact]
    case = tmp_path / "half.yaml"
    case.write_text(yaml.safe_dump({**data, "evidence": []}, allow_unicode=True), "utf-8")
    lines = done("case", "check", case, "--lang", language).splitlines()
    asked = dict(
        line.strip().removeprefix(f"{open_}: ").split(": ", 1) for line in lines if line.startswith(f"    {open_}")
    )
    counts = [(int(found[1]), int(found[2])) for line in lines if (found := re.search(counted, line))]
    assert len(asked) == sum(of - answered for answered, of in counts) > 80
    with in_language(language):
        criteria = criteria_in_words(load_criteria("reconnect-china@2.1.0"))
    for path, question in asked.items():
        entity, *_entry, fact = path.split(".")
        assert question == " ".join(f"{criteria.entities[entity].facts[fact].question}".split()), path
    assert language == "en" or asked["partner.qinghe.country"].endswith("hat der Partner seinen Sitz?")


def test_evidence_of_a_later_day_is_shown() -> None:
    out = done("case", "check", LOAN_CASE, *LOAN, "--on", "2026-01-31")
    assert "the evidence “C-12” is dated 2026-02-01, after the day of the assessment" in out


def test_a_case_with_errors_is_refused_and_the_others_are_checked(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    shutil.copy(LOAN_CASE, bad)
    edit(bad, "fragility: robust", "fragility: rubust")
    result = run("case", "check", bad, LOAN_CASE, tmp_path / "missing.yaml", *LOAN)
    assert result.code == 2
    assert result.out.startswith(f"{LOAN_CASE}: can be used with loan-desk 1.0.0\n")
    assert re.search(rf"{re.escape(str(bad))}:\d+:16: .*rubust", result.err)
    assert "did you mean `robust`?" in result.err
    assert "missing.yaml:1:1: there is no such file" in result.err


def test_answers_that_rule_each_other_out_are_told_with_their_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = LOAN_CASE.read_text("utf-8").replace("    hazards: []\n", "    hazards: []\n    lux_hours: 5\n")
    bad.write_text(text, "utf-8")
    line = text[: text.index("    lux_hours: 5\n")].count("\n") + 1
    told = done("case", "check", bad, *LOAN)
    assert "look at this: artwork.portrait.lux_hours is answered" in told
    assert f"{bad}:{line}:16" in told


def test_without_a_day_nothing_can_be_checked(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("id: X\ntitle: T\n")
    message = refused("case", "check", case, *LOAN)
    place = "  1 | id: X\n    | ^\n"
    way_out = "  help: add one, or name a day with `--on`\n"
    assert message == f"{case}:1:1: the case has no `assessment_date:`\n{place}{way_out}"


def test_a_folder_is_no_case(tmp_path: Path) -> None:
    assert "this is a folder, a file is needed" in refused("case", "check", tmp_path, *LOAN)


# --- case schema ---


def test_the_schema_goes_to_standard_output_or_into_a_file(tmp_path: Path) -> None:
    printed = done("case", "schema", *LOAN)
    done("case", "schema", "--criteria", LOAN_DESK, "-o", tmp_path / "case.schema.json")
    assert (tmp_path / "case.schema.json").read_text("utf-8") == printed
    assert json.loads(printed)["title"] == "A case for loan-desk 1.0.0"
