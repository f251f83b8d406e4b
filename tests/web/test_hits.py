"""Hits on lists beside partners: what was decided holds for the office, and tells nobody of what they may not see."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import Decision
from risk_engine.screening.hits import Hit, Screening
from risk_engine.screening.store import Store
from risk_engine.web import cases, erasure, screening
from risk_engine.web.models import Act, Case, Event, Faculty, HitDecision, Person
from risk_engine.web.states import RefusedError
from risk_engine.web.words import ActName, Role
from tests.screening.test_hits import LISTED, REGISTRY, keep

pytestmark = pytest.mark.usefixtures("lists")
Make = Callable[..., Person]
KARLSBORG = Asked.of(["Karlsborg University"])
WHY = "Another town, another trade."


@pytest.fixture(scope="module")
def kept_lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists with a registry, and their indexes."""
    path = tmp_path_factory.mktemp("lists") / "lists.sqlite"
    with Store.open(path, make=True) as opened:
        keep(opened, "l", LISTED)
        keep(opened, "ror", REGISTRY, "registry")
        Screening(opened, cases.today(), lambda _list, _done: None)
    return path


@pytest.fixture
def lists(kept_lists: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "LISTS", kept_lists)
    yield
    screening.close()


def hit_of(asked: Asked, name: str = "l/2") -> Hit:
    return next(one for one in screening.screened(asked).hits if one.id == name)


def decided(person: Person | None, asked: Asked = KARLSBORG) -> Decision | None:
    hit = hit_of(asked)
    return screening.decided(person, [hit])(asked, hit)


def rule_out(case: Case | None, by: Person, reason: str = WHY) -> HitDecision:
    return screening.decide(case, KARLSBORG, hit_of(KARLSBORG), "ruled_out", reason, by)


# --- the lists ---


def test_without_lists_nobody_is_looked_up_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LISTS", tmp_path / "lists.sqlite")
    with pytest.raises(screening.NoListsError, match="no lists yet"):
        screening.screened(KARLSBORG)
    Store.open(tmp_path / "lists.sqlite", make=True).close()
    with pytest.raises(screening.NoListsError, match="no list yet that stands for today"):
        screening.heads()
    (tmp_path / "lists.sqlite").write_bytes(b"no database")
    with pytest.raises(Exception, match=r"lists\.sqlite"):
        screening.heads()
    screening.close()


def test_lists_that_changed_are_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LISTS", tmp_path / "lists.sqlite")
    with Store.open(tmp_path / "lists.sqlite", make=True) as opened:
        keep(opened, "l", LISTED[:1])
        assert not screening.screened(KARLSBORG).hits
        assert screening.screened(KARLSBORG) is screening.screened(KARLSBORG)
        keep(opened, "l", LISTED)
    assert [one.id for one in screening.screened(KARLSBORG).hits] == ["l/2"]
    screening.close()


# --- what was decided ---


def test_a_decision_holds_for_the_office_and_names_who_and_why_where_its_case_is_seen(
    case: Case, assessor: Person, somebody: Make
) -> None:
    made = rule_out(case, assessor)
    assert rule_out(case, assessor) == made, "the same said twice is one decision"
    found = decided(assessor)
    assert found is not None
    assert (found.verdict, found.person, found.reason, found.holds) == ("ruled_out", "Ada Vogel", WHY, True)
    elsewhere = decided(somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law")))
    assert elsewhere is not None
    assert elsewhere.holds
    assert WHY not in elsewhere.reason
    assert "Ada" not in elsewhere.person
    event = Event.objects.get(verb="hit_ruled_out", case=case.number)
    assert event.detail.detail == {"hit": "l/2", "decision": made.pk}


def test_what_was_decided_from_a_confidential_case_is_not_there_for_who_does_not_see_it(
    case: Case, assessor: Person, somebody: Make
) -> None:
    rule_out(case, assessor)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    stranger = somebody("Rosa Roth", Role.ASSESSOR)
    assert decided(stranger) is None
    case.access.create(person=stranger)
    assert decided(stranger) is not None
    assert decided(None) is not None, "the office itself knows"


def test_either_side_asks_again_when_it_changes(case: Case, assessor: Person) -> None:
    rule_out(case, assessor)
    named_otherwise = Asked.of(["Karlsborg University"], "CN")
    found = decided(assessor, named_otherwise)
    assert found is not None
    assert found.changed == ("asked",)


def test_a_decision_needs_a_reason(case: Case, assessor: Person) -> None:
    with pytest.raises(RefusedError, match="Say why"):
        rule_out(case, assessor, " \n")
    assert not HitDecision.objects.exists()


def test_who_decided_about_a_hit_has_had_a_hand_in_the_round_and_who_reviewed_does_not_decide_about_one(
    case: Case, assessor: Person, rosa: Person
) -> None:
    rule_out(case, assessor)
    assert case.acts.filter(person=assessor, round=case.round, name=ActName.ANSWER).exists()
    Act.objects.create(case=case, round=case.round, person=rosa, name=ActName.REVIEW)
    with pytest.raises(RefusedError, match="reviewed or decided"):
        rule_out(case, rosa)
    assert HitDecision.objects.count() == 1


def test_a_decision_that_was_erased_answers_nothing_any_more(case: Case, assessor: Person, somebody: Make) -> None:
    made = rule_out(case, assessor)
    asked = erasure.ask("", "On request", [erasure.item_of(made)], assessor)
    erasure.confirm(asked, somebody("Zoe Zweit"))
    assert decided(assessor) is None
    made.refresh_from_db()
    assert (made.reason, made.asked, made.entry) == ("", {}, {})
    assert rule_out(case, assessor, "Said anew.").pk != made.pk
