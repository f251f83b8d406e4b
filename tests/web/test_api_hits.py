"""Programs read hits on lists with what people decided, as far as their person may know it, and decide about none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from risk_engine.web import cases, screening
from risk_engine.web.models import Case, CaseAccess, Faculty, Person
from risk_engine.web.words import Role
from tests.web.test_api import read, said
from tests.web.test_hits import KARLSBORG, WHY, hit_of, kept_lists, lists, rule_out  # noqa: F401 (fixtures)

pytestmark = pytest.mark.usefixtures("lists")
Make = Callable[..., Person]
Program = Callable[..., Client]


@pytest.fixture
def place(case: Case, assessor: Person) -> str:
    """The hits of a case with a partner that is on a list, and one of which nothing is there."""
    cases.save_entry(case, "partner", "Karlsborg University", assessor, "partner")
    return f"cases/{case.number}/hits"


def test_a_hit_comes_with_what_agrees_its_list_and_what_was_decided(
    case: Case, place: str, assessor: Person, program: Program
) -> None:
    found = read(program(assessor), place)
    assert (found["on"], found["looked_up"]) == (cases.today().isoformat(), True)
    assert {one["list_id"] for one in found["lists"]} == {"l", "ror"}
    (partner,) = found["partners"]
    assert partner["names"] == ["Karlsborg University"]
    assert partner["page"] == f"/cases/{case.number}/hits/{partner['entry'].replace('.', '/')}"
    assert [one["key"] for one in partner["registered"]] == ["r1"]
    (hit,) = [one for one in partner["hits"] if one["hit"] == "l/2"]
    assert (hit["strength"], hit["kind"], hit["standings"], hit["open"]) == ("identical", "listed", ["evidence"], True)
    assert hit["agrees"][0]["words"].startswith("the name is the same but for how it is written")
    assert hit["decision"] is None
    rule_out(case, assessor)
    (hit,) = [one for one in read(program(assessor), place)["partners"][0]["hits"] if one["hit"] == "l/2"]
    assert not hit["open"]
    day = cases.today().isoformat()
    assert hit["decision"] == {"verdict": "ruled_out", "holds": True, "by": "Ada Vogel", "reason": WHY, "date": day}


def test_of_a_decision_of_another_case_a_program_is_told_what_its_person_may_know(
    case: Case, assessor: Person, somebody: Make, program: Program
) -> None:
    law = Faculty.objects.create(name="Law")
    lars = somebody("Lars Lex", Role.ASSESSOR, faculty=law)
    mine = cases.begin(lars, law, "Another")
    cases.save_entry(mine, "partner", "Karlsborg University", lars, "partner")
    rule_out(case, assessor)

    def decision() -> object:
        hits = read(program(lars), f"cases/{mine.number}/hits")["partners"][0]["hits"]
        return next(one for one in hits if one["hit"] == "l/2")

    told = str(decision())
    assert "'holds': True" in told
    assert "Ada" not in told
    assert WHY not in told
    Case.objects.filter(pk=case.pk).update(confidential=True)
    assert "'decision': None" in str(decision()), "nothing tells of a confidential case"


def test_of_a_confidential_case_nothing_is_there_for_who_is_not_named(
    case: Case, place: str, somebody: Make, program: Program
) -> None:
    Case.objects.filter(pk=case.pk).update(confidential=True)
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    said(program(rosa).get(f"/api/v1/{place}"), 404, "not-found")
    CaseAccess.objects.create(case=case, person=rosa)
    assert read(program(rosa), place)["partners"]


def test_a_program_confirms_no_hit(place: str, assessor: Person, program: Program) -> None:
    said(program(assessor).post(f"/api/v1/{place}", {}, content_type="application/json"), 405, "wrong-method")


def test_without_lists_it_is_said_that_nobody_was_looked_up_and_while_they_are_read_to_ask_again(
    place: str, assessor: Person, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LISTS", tmp_path / "none.sqlite")
    found = read(program(assessor), place)
    assert (found["looked_up"], found["partners"], found["lists"]) == (False, [], [])
    assert "no lists yet" in found["why_not"]

    def being_read(*_: object) -> None:
        raise screening.BeingReadError("The lists have changed and are being read.")

    monkeypatch.setattr(screening, "heads", being_read)
    response = program(assessor).get(f"/api/v1/{place}")
    said(response, 503, "not-yet")
    assert int(response.headers["Retry-After"]) > 0
