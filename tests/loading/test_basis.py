"""By which version a case is read: where that is the case's own word, a mistake is shown there, with all the others."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError
from risk_engine.files.source import Document
from risk_engine.loading.case import basis, read_case_file
from risk_engine.loading.sets import UnknownSetError

DESK = (Path(__file__).parents[1] / "sets" / "loan-desk").as_posix()
LOAN = "loan: {months: 600}"


def case(folder: Path, *lines: str) -> Document:
    path = folder / "case.yaml"
    path.write_text("\n".join(["id: X", *lines, ""]), "utf-8")
    return read_case_file(path)


def places(document: Document, reference: str | None = None, on: date | None = None) -> list[str]:
    with pytest.raises(InvalidSourceError) as error:
        basis(document, reference, on)
    return [f"{one.position.line}:{one.position.column}: {one.message}" for one in error.value.diagnostics]


def test_the_day_of_a_case_before_every_version_is_shown_where_it_stands_with_all_else(tmp_path: Path) -> None:
    document = case(tmp_path, "title: T", "assessment_date: 2019-01-01", LOAN, "status: draft", "status: draft")
    assert places(document, DESK) == [
        f"3:18: the criteria set `{DESK}` is not in force on 2019-01-01",
        "4:16: the number must be at most 60",
        "6:1: the key `status` is repeated",
    ]


def test_without_other_problems_it_is_the_only_one(tmp_path: Path) -> None:
    document = case(tmp_path, "title: T", "assessment_date: 2019-01-01")
    assert places(document, DESK) == [f"3:18: the criteria set `{DESK}` is not in force on 2019-01-01"]


def test_a_set_that_a_case_names_wrongly_is_shown_where_it_stands_with_what_no_set_says(tmp_path: Path) -> None:
    document = case(tmp_path, "criteria: reconnect-chona", "assessment_date: 2026-03-32", LOAN, "status: sent")
    first, *rest = places(document)
    assert first == "1:1: the key `title` is missing"
    assert rest[0].startswith("2:11: there is no criteria set `reconnect-chona`")
    assert [one[:5] for one in rest[1:]] == ["3:18:", "5:9: "]


def test_what_was_asked_for_has_no_place_in_the_case(tmp_path: Path) -> None:
    document = case(tmp_path, "title: T", "criteria: reconnect-chona", "assessment_date: 2019-01-01")
    with pytest.raises(UnknownSetError):
        basis(document, "no-such-set", None)
    with pytest.raises(NotInForceError):
        basis(document, DESK, date(2019, 1, 2))


def test_a_case_without_a_day_is_read_by_the_version_of_another_one(tmp_path: Path) -> None:
    document = case(tmp_path, "title: T")
    day, chosen = basis(document, DESK, None, instead=date(2026, 3, 2))
    assert (day, chosen.version.dotted) == (None, "1.0.0")
    with pytest.raises(NotInForceError):
        basis(document, DESK, None, instead=date(2019, 1, 1))


def test_what_is_asked_for_comes_before_what_the_case_says(tmp_path: Path) -> None:
    document = case(tmp_path, "title: T", "criteria: reconnect-chona", "assessment_date: 2019-01-01")
    day, chosen = basis(document, DESK, date(2026, 3, 2))
    assert (day, chosen.version.dotted) == (date(2026, 3, 2), "1.0.0")
