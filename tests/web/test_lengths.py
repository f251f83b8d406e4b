"""What is longer than a column is told before it is written, all of it at once, on SQLite as on PostgreSQL."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DataError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web import cases, setup
from risk_engine.web.models import Case, Faculty, Invitation, Person, SavedView
from risk_engine.web.rows import as_json, from_json
from risk_engine.web.stated import case_stating
from risk_engine.web.urls import fitting
from risk_engine.web.words import Role
from tests.web.test_pages import text_of

LONG = "x" * 5000
ADDRESS = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.org"


@pytest.mark.parametrize(
    ("address", "sent", "told", "model"),
    [
        ("/people", {"name": LONG, "email": ADDRESS}, ("200 characters", "254 characters"), Person),
        ("/people", {"faculty_name": LONG}, ("200 characters",), Faculty),
        (
            "/cases/{number}/invitations",
            {"do": "invite", "name": LONG, "role": "researcher", "language": "en", "address": "no address"},
            ("200 characters", "no mail address"),
            Invitation,
        ),
        ("/cases/views", {"name": LONG, "query": f"q={'ü' * 400}"}, ("100 letters", "shorten the texts"), SavedView),
    ],
)
def test_what_is_too_long_is_told_at_once_with_whatever_else_is_wrong_and_nothing_is_saved(  # noqa: PLR0913, PLR0917
    address: str,
    sent: dict[str, str],
    told: tuple[str, ...],
    model: type[Model],
    case: Case,
    somebody: Callable[..., Person],
    browsing: Callable[[Person], Client],
) -> None:
    client = browsing(somebody("Adi Min", Role.ADMIN, Role.ASSESSOR))
    before = model._default_manager.count()
    response = client.post(address.format(number=case.number), sent)
    assert response.status_code == 422
    assert [one for one in told if one not in text_of(response)] == []
    assert model._default_manager.count() == before


def test_the_first_person_is_told_all_that_is_wrong(office: None) -> None:  # noqa: ARG001
    token = setup.new_token()
    sent = {"name": LONG, "email": ADDRESS, "faculty": LONG, "password": "short", "language": "en"}
    text = text_of(Client(HTTP_HOST="localhost").post(f"/setup/{token}", sent))
    assert text.count("200 characters at most") == 2
    assert "254 characters at most" in text
    assert "12 characters" in text
    assert not Person.objects.exists()
    assert "“ada” is no mail address" in text_of(
        Client(HTTP_HOST="localhost").post(f"/setup/{token}", {**sent, "email": "ada"})
    )


def test_a_row_that_comes_from_elsewhere_fits_or_is_refused(case: Case) -> None:
    row = as_json(case.faculty)
    assert from_json(Faculty, row) == case.faculty
    with pytest.raises(ValueError, match=r"name: xxx"):
        from_json(Faculty, {**row, "name": LONG})


def test_an_entry_with_an_id_that_no_column_holds_is_refused(case: Case, assessor: Person) -> None:
    stated = {"id": "LONG-1", "title": "Long", "status": "draft", "partner": [{"id": "p" * 400, "name": "Borealis"}]}
    with pytest.raises(RiskEngineError, match="300 characters at most"):
        case_stating(stated, case.criteria, case.faculty, assessor, "register")
    with pytest.raises(RiskEngineError, match="100 characters at most"):
        cases.save_entry(case, "partner", "Borealis", assessor, "p" * 101)


def test_what_only_the_database_refuses_is_told_and_is_no_error_of_the_program() -> None:
    def refused(_request: HttpRequest, **_parts: object) -> HttpResponse:
        raise DataError("value too long for type character varying(200)")

    request = RequestFactory().post("/cases")
    request.user = AnonymousUser()
    answer = fitting(refused)(request)
    assert answer.status_code == 422
    assert "larger than the office can keep" in text_of(answer)
