"""Cases of any file that an office has come in as they were stated, or with the reason why not."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.reading import criteria_folder
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.facts import belonging
from risk_engine.model.triage import closed_by
from risk_engine.portfolio.reading import checking
from risk_engine.portfolio.reading.checking import Seen
from risk_engine.portfolio.stated import stated_of, stated_schema
from tests.engine.test_program import LOAN_RULES, SHIPPED_RULES
from tests.portfolio.reading.tables_of_cases import all_of, cell, drawn, flat_rows, reasons, write_csv
from tests.strategies import domain, one_in

if TYPE_CHECKING:
    from risk_engine.model.case import Case

FEW = one_in(15, 3)
SETS = {"loan-desk": LOAN_RULES, "shipped": SHIPPED_RULES}


@FEW
@pytest.mark.parametrize("name", ["loan-desk", pytest.param("shipped", marks=pytest.mark.nightly)])
@given(data=st.data())
def test_cases_come_back_from_parquet_and_from_cells_of_text_as_they_were_stated(
    name: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    rules = SETS[name]
    folder = tmp_path_factory.mktemp("cases")
    stated = drawn(data, rules)
    stated.write_parquet(folder / "cases.parquet")
    write_csv(folder / "cases.csv", flat_rows(stated, rules.criteria))
    came = all_of(folder / "cases.parquet", rules.criteria, batch=2)
    assert came.rejected.height == 0
    assert_frame_equal(came.stated, stated)
    came = all_of(folder / "cases.csv", rules.criteria, batch=2)
    assert came.rejected.height == 0
    assert_frame_equal(with_first_evidence(came.stated), with_first_evidence(stated))
    assert came.notes == ()


def with_first_evidence(stated: pl.DataFrame) -> pl.DataFrame:
    """Return cases with their controls in one order, each with no more evidence than a flat table has room for."""
    ids = pl.element().struct.field("id")
    first = pl.element().struct.with_fields(pl.field("evidence").list.head(1))
    return stated.with_columns(pl.col("controls").list.eval(first.sort_by(ids)))


CRITERIA = LOAN_RULES.criteria
GOOD = {"case": "A-1", "title": "A fan", "loan.months": "8", "artwork": "none", "borrower.1.seat": "RIFT"}


def one_file(tmp_path: Path, *rows: dict[str, str], **options: Any) -> Path:
    return write_csv(tmp_path / "cases.csv", [{**GOOD, **row} for row in rows], **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_unicode_whatever_parts_its_cells(tmp_path: Path, encoding: str, separator: str) -> None:
    path = one_file(tmp_path, {"title": "Fächer, groß"}, encoding=encoding, separator=separator)
    came = all_of(path, CRITERIA)
    assert came.stated.select("case", "title", "loan.months").row(0) == ("A-1", "Fächer, groß", 8)
    assert (came.done, came.total) == (1, 1)


def test_text_in_an_older_encoding_is_refused_with_its_line_and_the_way_out(tmp_path: Path) -> None:
    path = one_file(tmp_path, {}, {"case": "A-2", "title": "Fächer"}, encoding="cp1252")
    with pytest.raises(RiskEngineError, match=r"(?s)line 3 is not UTF-8 text.*save it as “CSV UTF-8”"):
        all_of(path, CRITERIA)


def test_a_value_that_cannot_be_read_rejects_its_case_alone_and_every_such_value_is_told(tmp_path: Path) -> None:
    path = one_file(tmp_path, {"loan.months": "5.5", "borrower.1.seat": "Nowhere"}, {"case": "A-2"})
    came = all_of(path, CRITERIA)
    assert came.stated["case"].to_list() == ["A-2"]
    assert [(row, column, value) for row, column, value, _reason in reasons(came)] == [
        (2, "loan.months", "5.5"),
        (2, "borrower.1.seat", "Nowhere"),
    ]


def test_an_id_stands_once_whichever_batch_it_is_in(tmp_path: Path) -> None:
    path = one_file(tmp_path, *({"case": one} for one in ("A-1", "A-2", "A-3", "A-1", "A-3", "", "A 4")))
    came = all_of(path, CRITERIA, batch=3)
    assert came.stated["case"].to_list() == ["A-1", "A-2", "A-3"]
    told = {row: reason.partition(";")[0] for row, _column, _value, reason in reasons(came)}
    assert told[5] == "the id stands in row 2 already"
    assert told[6] == "the id stands in row 4 already"
    assert told[7] == "the case has no id"
    assert told[8].startswith("an id is letters")


@pytest.mark.parametrize("longest", [1_000_000, 1_000])
def test_seen_ids_are_found_again_among_many(longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LONGEST_RUN", longest)
    seen = Seen()
    for start in range(0, 5000, 500):
        ids = pl.Series([f"c{one}" for one in range(start, start + 500)])
        assert seen.again(ids, pl.Series(range(start, start + 500))).null_count() == 500
    again = seen.again(pl.Series(["c4999", "new", "c0", "c0"]), pl.Series([9000, 9001, 9002, 9003]))
    assert again.to_list() in ([4999, None, 0, 0], [4999, None, 0, 9002])


def test_what_is_wrong_in_an_entry_is_told_in_the_order_of_its_facts(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    facts = ["material", "fragility", "claim"]
    artwork = [{"id": "a", **dict.fromkeys(reversed(facts), "nonsense")}]
    pl.DataFrame({"case": ["A"], "artwork": [artwork]}).write_parquet(path)
    told = [column for _row, column, _value, _reason in reasons(all_of(path, CRITERIA))]
    assert told == [f"artwork.1.{one}" for one in facts]


def test_a_case_without_a_day_is_rejected_where_nobody_names_one(tmp_path: Path) -> None:
    path = one_file(tmp_path, {"assessment_date": ""}, {"case": "A-2", "assessment_date": "2027-01-31"})
    came = all_of(path, CRITERIA, on=None)
    assert came.stated["assessment_date"].to_list() == [date(2027, 1, 31)]
    assert [(row, column) for row, column, _value, _reason in reasons(came)] == [(2, "assessment_date")]


def test_rows_that_are_too_long_or_too_short_or_badly_quoted_are_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        'case,title,loan.months\nA-1,a,1\nA-2,b\n\nA-3,c,3,4\nA-4,"d"x,4\nA-5,"two\nlines",5\nA-6,f,6,,\n', "utf-8"
    )
    came = all_of(path, CRITERIA)
    assert came.stated.select("case", "title").rows() == [("A-1", "a"), ("A-5", "two\nlines"), ("A-6", "f")]
    assert [row for row, *_rest in reasons(came)] == [3, 5, 6]
    assert "2 cells, and there are 3 columns" in reasons(came)[0][3]
    assert "lines 6 to 6" in reasons(came)[2][3]


def test_a_column_that_states_nothing_is_told_and_refused_where_that_is_asked_for(tmp_path: Path) -> None:
    path = one_file(tmp_path, {"loan.month": "8", "budget": "9"})
    came = all_of(path, CRITERIA)
    assert came.stated.height == 1
    assert "`loan.month` (did you mean `loan.months`?)" in came.notes[0]
    assert "`budget`" in came.notes[0]
    with pytest.raises(RiskEngineError, match="columns that are not read"):
        all_of(path, CRITERIA, strict=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title\na\n", "no column is called `case`"),
        ("case,title,case\nA,b,c\n", "two columns have one header: `case`"),
        ("\n", "row 1 is empty"),
        ("", "row 1 is empty"),
        ("c\0ase\nA", "no text that can be read"),
    ],
)
def test_a_file_of_which_nobody_can_tell_the_cases_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(RiskEngineError, match=message):
        all_of(path, CRITERIA)


def test_lists_say_that_they_are_empty_and_their_entries_have_ids(tmp_path: Path) -> None:
    path = one_file(
        tmp_path,
        {"borrower.2.damages": "1", "borrower.2.id": "harbour", "artwork.1.called": ""},
        {"case": "A-2", "artwork": "", "borrower.1.seat": "unknown"},
        {"case": "A-3", "artwork": "some"},
        {"case": "A-4", "borrower": "none"},
        {"case": "A-5", "borrower.2.damages": "1", "borrower.2.id": "borrower-1"},
    )
    came = all_of(path, CRITERIA)
    first, second = came.stated.to_dicts()
    assert [one["id"] for one in first["borrower"]] == ["borrower-1", "harbour"]
    assert first["artwork"] == []
    assert second["artwork"] is None
    assert second["borrower"][0]["seat"] is None
    assert [(row, column) for row, column, _value, _reason in reasons(came)] == [
        (4, "artwork"),
        (5, "borrower"),
        (6, "borrower.2.id"),
    ]


def test_more_entries_than_a_case_may_have_are_refused(tmp_path: Path) -> None:
    path = one_file(tmp_path, {f"borrower.{number}.damages": "1" for number in range(1, 5)})
    assert reasons(all_of(path, CRITERIA))[0][1:3] == ("borrower", "4")


def test_controls_have_a_status_and_evidence_has_kind_and_day(tmp_path: Path) -> None:
    path = one_file(
        tmp_path,
        {"controls.GUARD": "Verified", "controls.GUARD.kind": "log", "controls.GUARD.date": "2026-01-01"},
        {"case": "A-2", "controls.GUARD": "done"},
        {"case": "A-3", "controls.GUARD.kind": "log"},
        {"case": "A-4", "controls.GUARD": "unknown"},
    )
    came = all_of(path, CRITERIA)
    evidence = [{"kind": "log", "date": date(2026, 1, 1)}]
    assert came.stated["controls"].to_list() == [[{"id": "GUARD", "status": "verified", "evidence": evidence}], []]
    assert [(row, column) for row, column, _value, _reason in reasons(came)] == [
        (3, "controls.GUARD"),
        (4, "controls.GUARD"),
        (4, "controls.GUARD"),
    ]


def test_parquet_tells_of_what_type_a_column_is_not_and_which_fields_nobody_reads(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    loan = [{"months": 8, "story": "a fan", "smell": "old"}]
    pl.DataFrame({"case": [1], "loan": loan, "artwork": [[{"material": " Stone", "smell": ""}]]}).write_parquet(path)
    came = all_of(path, CRITERIA)
    assert came.stated.select("case", "loan.months").row(0) == ("1", 8)
    assert came.stated["artwork"][0][0]["material"] == "stone"
    assert "`loan.smell`" in came.notes[0]
    assert "`artwork.smell`" in came.notes[0]
    pl.DataFrame({"case": ["A"], "loan.months": [True], "artwork": [[{"material": 1}]]}).write_parquet(path)
    with pytest.raises(RiskEngineError, match=r"(?s)`loan.months` is Boolean.*`artwork.material` is Int64"):
        all_of(path, CRITERIA)
    path.write_bytes(b"PAR1 and nothing")
    with pytest.raises(RiskEngineError, match="no Parquet file"):
        all_of(path, CRITERIA)


def test_nested_entries_that_contradict_each_other_reject_their_case(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    twice = [{"id": "GUARD", "status": "agreed"}, {"id": "GUARD", "status": "agreed"}]
    unknown = [{"id": "GARD", "status": "agreed"}, {"id": None, "status": "agreed"}]
    artworks = [[{"id": "a"}, {"id": "a"}], [{"id": "B"}], []]
    table = {"case": ["A", "B", "C"], "controls": [[], twice, unknown], "artwork": artworks}
    pl.DataFrame(table).write_parquet(path)
    told = reasons(all_of(path, CRITERIA))
    assert [(row, column) for row, column, _value, _reason in told] == [
        (1, "artwork.2.id"),
        (2, "artwork.1.id"),
        (2, "controls.1.id"),
        (2, "controls.2.id"),
        (3, "controls.1"),
        (3, "controls.2"),
    ]
    assert "did you mean `GUARD`?" in told[4][3]


def test_a_control_without_evidence_is_stated_whether_its_list_is_empty_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    shown = {"kind": "log", "date": date(2026, 1, 1)}
    dtype = stated_schema(CRITERIA)["controls"]
    stated: list[list[dict[str, Any]] | None] = [
        [{"id": "GUARD", "status": "verified", "evidence": []}],
        [
            {"id": "GUARD", "status": "verified", "evidence": None},
            {"id": "LOGGER", "status": "agreed", "evidence": [shown]},
        ],
        None,
    ]
    expected = [[{**one, "evidence": one["evidence"] or []} for one in several or []] for several in stated]
    for last in ([], [{"id": "GUARD", "status": " Verified", "evidence": []}]):
        controls = pl.Series([*stated, last], dtype=dtype)
        pl.DataFrame({"case": ["A", "B", "C", "D"], "controls": controls}).write_parquet(path)
        came = all_of(path, CRITERIA)
        assert came.rejected.height == 0
        assert came.stated["controls"].to_list()[:3] == expected
        assert [one["status"] for one in came.stated["controls"][3]] == ["verified"] * len(last)


def test_one_entry_that_is_not_as_it_stands_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    artworks = [
        [{"id": "a", "material": "stone", "hazards": ["arsenic"]}, {"id": "b", "material": " Paper ", "hazards": None}],
        None,
        [{"id": "a", "material": "marzipan", "hazards": []}],
        [],
        [{"id": "a", "material": None, "hazards": ["arsenic", "radium"]}],
    ]
    pl.DataFrame({"case": list("ABCDE"), "artwork": artworks}).write_parquet(path)
    came = all_of(path, CRITERIA)
    found = dict(zip(came.stated["case"], came.stated["artwork"].to_list(), strict=True))
    assert [(one["id"], one["material"], one["hazards"]) for one in found["A"]] == [
        ("a", "stone", ["arsenic"]),
        ("b", "paper", None),
    ]
    assert (found["B"], found["D"]) == (None, [])
    assert [(one["material"], one["hazards"]) for one in found["E"]] == [(None, ["arsenic", "radium"])]
    assert [(row, column) for row, column, _value, _reason in reasons(came)] == [(3, "artwork.1.material")]


def test_an_entry_belongs_to_one_that_its_case_has(tmp_path: Path) -> None:
    criteria = read_criteria(criteria_folder() / "reconnect-china")
    name, (fact, owner) = next(
        (one, found) for one, entity in criteria.entities.items() if (found := belonging(entity))
    )
    rows = [{"case": one, f"{owner}.1.id": "p1", f"{name}.1.{fact}": one.lower()} for one in ("P1", "P2")]
    came = all_of(write_csv(tmp_path / "cases.csv", rows), criteria)
    assert came.stated["case"].to_list() == ["P1"]
    assert reasons(came) == [(3, f"{name}.1.{fact}", "p2", f"`{owner}` has no entry of this id")]


def test_a_first_question_that_nobody_answered_is_a_yes_where_something_is_answered_that_it_opens(
    tmp_path: Path,
) -> None:
    criteria = read_criteria(criteria_folder() / "reconnect-china")
    cases: list[Case] = []
    rows: list[dict[str, str]] = []
    for first, closed in closed_by(criteria).items():
        for name in sorted(closed):
            entity, _dot, short = name.partition(".")
            inside = criteria.entities[entity].many is not None
            fact = criteria.fact(name) if short else next(iter(criteria.entities[entity].facts.values()))
            short = short or next(iter(criteria.entities[entity].facts))
            for answer in domain(fact, criteria)[:2]:
                case_id = f"c{len(rows)}"
                stated = {"id": "p", short: answer} if inside else {short: answer}
                case = {"id": case_id, "title": first, entity: (stated,) if inside else stated}
                cases.append(load_case(case, criteria))
                said = cell(list(answer) if isinstance(answer, tuple) else answer)
                where = f"{entity}.1." if inside else f"{entity}."
                ids = {f"{entity}.1.id": "p"} if inside else {}
                rows.append({"case": case_id, "title": first, **ids, f"{where}{short}": said})
    expected = stated_of(cases, criteria)
    for first in closed_by(criteria):
        assert expected[first].null_count() not in {0, len(cases)}
    assert_frame_equal(all_of(write_csv(tmp_path / "cases.csv", rows), criteria).stated, expected)


# --- as the loader reads them ---


def test_lines_and_files_are_read_by_the_loader_and_what_it_says_stands_beside_the_answer(tmp_path: Path) -> None:
    good = (Path("tests/sets/loan-desk-case.yaml")).read_text("utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "a.yaml").write_text(good, "utf-8")
    (tmp_path / "cases" / "b.yaml").write_text(good.replace("months: 8", "months: 800"), "utf-8")
    (tmp_path / "cases" / "c.yaml").write_text(good, "utf-8")
    (tmp_path / "cases" / "d.json").write_text("{", "utf-8")
    came = all_of(tmp_path / "cases", CRITERIA)
    assert came.stated["case"].to_list() == ["L-2026-07"]
    told = [(table, column, value) for _row, table, column, value, _reason in came.rejected.rows()]
    assert told == [("b.yaml", "loan.months", "800"), ("c.yaml", "id", "L-2026-07"), ("d.json", "", "")]
    assert (came.done, came.total) == (4, 4)
    case = load_case(tmp_path / "cases" / "a.yaml", CRITERIA)
    assert_frame_equal(came.stated, stated_of([case], CRITERIA))

    lines = tmp_path / "cases.jsonl"
    line = case.model_dump_json(by_alias=True, exclude_none=True)
    wrong = line.replace('"months":8', '"months":"8"').replace("L-2026-07", "L-2")
    lines.write_text(f"{line}\n{wrong}\n\n{line}\n[1]\n{{", "utf-8")
    came = all_of(lines, CRITERIA)
    assert_frame_equal(came.stated, stated_of([case], CRITERIA))
    told = [(row, column, value) for row, column, value, _reason in reasons(came)]
    assert [one for one in told if one[0] == 2] == [(2, "loan.months", "8")]
    assert {row for row, _column, _value in told} == {2, 4, 5, 6}


def test_a_table_that_may_be_one_of_another_set_is_told(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "cases.csv", [{"case": "A", "threshold.reached": "yes"}])
    came = all_of(table, CRITERIA)
    assert came.notes[-1] == "no column answers a question of `loan-desk`: every case stays open"
    assert not all_of(write_csv(table, [{"case": "A", "loan.months": ""}]), CRITERIA).notes
