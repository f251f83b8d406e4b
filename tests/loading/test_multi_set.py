"""One case file for the loan desk and the print room: what each is told, and what neither knows."""

from pathlib import Path

import pytest

from risk_engine.engine.assess import stated_case
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import case_of, load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.multi_set import told
from risk_engine.model.criteria import Criteria
from tests.versions import newest

SETS = Path(__file__).parents[1] / "sets"
TEXT = (SETS / "two-rooms-case.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def desk() -> Criteria:
    return read_criteria(SETS / "loan-desk" / "1.0.0")


@pytest.fixture(scope="module")
def room() -> Criteria:
    return read_criteria(SETS / "print-room" / "1.0.0")


def document(*changes: tuple[str, str]) -> Document:
    text = TEXT
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return parse(text, "case.yaml", nulls=True)


def said(desk: Criteria, room: Criteria, *changes: tuple[str, str]) -> list[str]:
    """Return the first lines of what is wrong for both sets alike; the order of the sets makes no difference."""
    found = told(document(*changes), (desk, room))[1]
    backwards = told(document(*changes), (room, desk))[1]
    assert {one.position for one in found} == {one.position for one in backwards}
    return [line for line in str(InvalidSourceError(found)).splitlines() if line.startswith(("case.yaml", "  help"))]


def test_each_set_is_told_what_it_knows_and_an_answer_to_a_shared_question_counts_for_both(
    desk: Criteria, room: Criteria
) -> None:
    for_desk, for_room = told(document(), (desk, room))[0]
    assert set(for_desk.data) - {"id", "title", "institution", "assessment_date"} == {
        *("loan", "borrower", "artwork", "controls", "evidence")
    }
    assert set(for_room.data) - {"id", "title", "institution", "assessment_date"} == {
        *("loan", "borrower", "sheet", "controls", "evidence")
    }
    assert for_desk.data["borrower"][0]["climate"] == for_room.data["borrower"][0]["climate"] == "drifting"
    assert "drawers" not in for_desk.data["borrower"][0]
    assert set(for_room.data["borrower"][0]) == {"id", "called", "climate", "drawers"}
    assert for_room.data["loan"] == {"paperwork": "signed_both"}


def test_controls_and_evidence_go_to_the_set_that_knows_them(desk: Criteria, room: Criteria) -> None:
    for_desk, for_room = told(document(), (desk, room))[0]
    assert [one["id"] for one in for_desk.data["controls"]] == ["LOGGER"]
    assert [one["id"] for one in for_room.data["controls"]] == ["PASSEPARTOUT"]
    assert for_desk.data["evidence"][0]["for"] == ("borrower.town.climate", "artwork.head.claim")
    assert for_room.data["evidence"][0]["for"] == ("borrower.town.climate", "borrower.town.drawers")


def test_evidence_for_what_a_set_does_not_know_at_all_is_left_out(desk: Criteria, room: Criteria) -> None:
    only = document(("[borrower.town.climate, borrower.town.drawers, artwork.head.claim]", "[artwork.head.claim]"))
    assert told(only, (desk, room))[0][1].data["evidence"] == ()


def test_the_case_of_a_set_is_the_one_that_a_file_for_it_alone_states(
    desk: Criteria, room: Criteria, tmp_path: Path
) -> None:
    case = case_of(document(), desk, others=(room,))
    lines = [line for line in TEXT.splitlines() if "drawers: false" not in line and "PASSEPARTOUT" not in line]
    alone = "\n".join(lines).replace(" borrower.town.drawers,", "")
    before, _, after = alone.partition("sheet:")
    (tmp_path / "case.yaml").write_text(before + after.partition("\n\n")[2], "utf-8")
    assert stated_case(case) == stated_case(load_case(tmp_path / "case.yaml", desk))


def test_what_is_left_keeps_its_place_in_the_file(desk: Criteria, room: Criteria) -> None:
    wrong = document(("{id: PASSEPARTOUT, status: agreed}", "{id: PASSEPARTOUT, status: agred}"))
    with pytest.raises(InvalidSourceError) as error:
        case_of(wrong, room, others=(desk,))
    (one,) = error.value.diagnostics
    assert wrong.lines[one.position.line - 1][one.position.column - 1 :].startswith("agred")
    case_of(wrong, desk, others=(room,))  # the record is none of its own


@pytest.mark.parametrize(
    ("change", "message", "help_text"),
    [
        (("sheet:  ", "shet:  "), "34:1: unknown key `shet`", "did you mean `sheet`?"),
        (("drawers: false", "drawer: false"), "23:5: unknown key `drawer`", "did you mean `drawers`?"),
        (("escorted: true", "id: x"), "14:3: unknown key `id`", None),
        (("id: LOGGER", "id: LOGER"), "38:10: there is no control `LOGER`", "did you mean `LOGGER`?"),
        (
            ("borrower.town.drawers, a", "borrower.town.drawer, a"),
            "42:34: `borrower` has no fact `drawer`",
            "did you mean `drawers`?",
        ),
        (
            ("artwork.head.claim]", "artwrk.head.claim]"),
            "42:57: there is no entity `artwrk`",
            "did you mean `artwork`?",
        ),
    ],
)
def test_what_no_set_knows_is_said_once_with_the_nearest_word_of_any_of_them(
    desk: Criteria, room: Criteria, change: tuple[str, str], message: str, help_text: str | None
) -> None:
    lines = said(desk, room, change)
    assert lines[0] == f"case.yaml:{message}"
    assert help_text is None or lines[1] == f"  help: {help_text}"
    assert len([line for line in lines if line.startswith("case.yaml")]) == 1


def test_an_answer_that_two_sets_take_for_different_things_is_refused(desk: Criteria, room: Criteria) -> None:
    borrower = room.entities["borrower"]
    facts = {**borrower.facts, "climate": room.fact("sheet.called")}
    other = room.model_copy(
        update={"entities": {**room.entities, "borrower": borrower.model_copy(update={"facts": facts})}}
    )
    first, way_out = said(desk, other)
    assert first.endswith("`borrower.climate` is of different types: `choice` (loan-desk), `text` (print-room)")
    assert way_out == "  help: one case cannot say it to both; assess it under each set by itself"


def test_a_list_that_another_set_takes_for_one_thing_is_refused(desk: Criteria, room: Criteria) -> None:
    single = room.entities["borrower"].model_copy(update={"many": None})
    other = room.model_copy(update={"entities": {**room.entities, "borrower": single}})
    assert "`borrower` is a list in one of the criteria sets and no list in another" in said(desk, other)[0]


def test_a_control_that_is_another_one_in_each_set_is_refused(desk: Criteria, room: Criteria) -> None:
    logger = room.controls["PASSEPARTOUT"]
    other = room.model_copy(update={"controls": {**room.controls, "LOGGER": logger}})
    message = (
        "the control `LOGGER` is another one in each set: “Climate logger” (loan-desk), “Mounted sheets” (print-room)"
    )
    assert message in said(desk, other)[0]
    newer = desk.model_copy(update={"controls": {**desk.controls, "LOGGER": logger}})
    assert told(document(), (desk, newer, room))[1] == [], "a new version of a set may call a control otherwise"


# --- compare_with ---


def stated(folder: Path, text: str) -> Path:
    path = folder / "case.yaml"
    path.write_text(f"{text}\n{TEXT}", "utf-8")
    return path


def test_a_case_that_says_with_what_it_is_compared_can_be_read_by_each_of_them(
    desk: Criteria, room: Criteria, tmp_path: Path
) -> None:
    rooms = [(SETS / name).as_posix() for name in ("loan-desk", "print-room")]
    path = stated(tmp_path, f'criteria: "{rooms[0]}"\ncompare_with: ["{rooms[1]}"]')
    for criteria in (desk, room):
        case = load_case(path, criteria)
        assert stated_case(case).keys().isdisjoint({"compare_with"})


def test_without_it_what_the_set_does_not_know_is_an_error(desk: Criteria, tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError, match="unknown key `sheet`"):
        load_case(stated(tmp_path, ""), desk)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("compare_with: print-room", "1:15: a list of criteria sets is needed here, like `[SET, SET@1.0.0]`"),
        ("compare_with: [1]", "1:15: a list of criteria sets is needed here, like `[SET, SET@1.0.0]`"),
        ("compare_with: [us-dod-matrx]", "1:16: there is no criteria set `us-dod-matrx`\n"),
        ("compare_with: [us-dod-matrix@9.0.0]", "1:16: the set `us-dod-matrix` has no version `9.0.0`\n"),
    ],
)
def test_a_set_that_cannot_be_had_is_an_error_where_it_is_named(
    desk: Criteria, tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InvalidSourceError) as error:
        load_case(stated(tmp_path, text), desk)
    assert f"case.yaml:{message}" in str(error.value)


def test_an_empty_key_compares_with_nothing(desk: Criteria, tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError, match="unknown key `sheet`"):
        load_case(stated(tmp_path, "compare_with:"), desk)


# --- a case for another set ---


def written_for(criteria: str, tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """Return an example, as it is written for one set, changed."""
    text = (SETS.parents[1] / "examples" / "number-theory.yaml").read_text("utf-8")
    for before, after in (("criteria: reconnect-china", f"criteria: {criteria}"), *changes):
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    (tmp_path / "case.yaml").write_text(text, "utf-8")
    return tmp_path / "case.yaml"


def problems_under_the_matrix(case: Path) -> list[str]:
    with pytest.raises(InvalidSourceError) as error:
        load_case(case, newest("us-dod-matrix"))
    return [line for line in str(error.value).splitlines() if line.startswith((f"{case}", "  help"))]


def test_a_case_for_another_set_is_told_as_one_and_not_fact_by_fact(tmp_path: Path) -> None:
    case = written_for("reconnect-china", tmp_path)
    told, way_out = problems_under_the_matrix(case)
    assert told.endswith(
        ": the case is written for `reconnect-china`, and `us-dod-matrix` does not ask for all that it answers"
    )
    assert way_out == (
        "  help: to compare the two: `--criteria reconnect-china --criteria us-dod-matrix`; if the case says "
        "`compare_with: [us-dod-matrix]`, each of them can read it alone"
    )


def test_what_neither_of_the_two_knows_is_told_beside_it(tmp_path: Path) -> None:
    case = written_for("reconnect-china", tmp_path, ("sanctioned: false", "sanctoned: false"))
    _told, _way_out, unknown, near = problems_under_the_matrix(case)
    assert unknown.endswith(": unknown key `sanctoned`")
    assert near == "  help: did you mean `sanctioned`?"


def test_what_the_set_cannot_take_is_told_beside_it(tmp_path: Path) -> None:
    case = written_for("reconnect-china", tmp_path, ("country: CN", "country: CNN"))
    assert len([one for one in problems_under_the_matrix(case) if "CNN" in one]) == 1


@pytest.mark.parametrize("own", ["us-dod-matrix", "us-dod-matrix@1.0.2", "nowhere"])
def test_a_case_for_the_set_itself_or_for_none_that_is_there_is_told_fact_by_fact(own: str, tmp_path: Path) -> None:
    found = problems_under_the_matrix(written_for(own, tmp_path))
    assert any(one.endswith(": unknown key `collaboration`") for one in found)
    assert not any("is written for" in one for one in found)


def test_a_case_for_another_set_of_which_this_one_knows_all_is_read(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "criteria: reconnect-china\nid: C-1\ntitle: A case\nassessment_date: 2026-11-25\n", "utf-8"
    )
    assert load_case(tmp_path / "case.yaml", newest("us-dod-matrix")).id == "C-1"
