"""Similar precedents beside a case: the nearest decided ones that somebody sees, and no sign of any other."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.files.reading import examples_folder
from risk_engine.files.source import read
from risk_engine.web import cases, demo
from risk_engine.web.decisions import Ruling, assessment_of, awaits_confirmation
from risk_engine.web.models import Case, Faculty, Person
from risk_engine.web.stated import case_stating
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role, SealedKind, State

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]


@pytest.fixture
def people(somebody: Make) -> dict[str, Person]:
    names = {"ada": ("Ada Adler", Role.ASSESSOR), "rosa": ("Rosa Reiter", Role.REVIEWER)}
    names |= {"dora": ("Dora Decker", Role.DECIDER), "zoe": ("Zoe Zweig", Role.DECIDER)}
    return {key: somebody(name, role) for key, (name, role) in names.items()}


def begun(by: Person, faculty: Faculty, title: str) -> Case:
    """A case that says what an example does, under a number and a title of its own."""
    stated = dict(read(examples_folder() / "drone-swarm.yaml").data)
    stated |= {"id": title.casefold().replace(" ", "-"), "title": title, "status": "draft"}
    return case_stating(stated, f"{stated['criteria']}@1.0.0", faculty, by, "test")


@pytest.fixture
def decided(people: dict[str, Person], physics: Faculty) -> Case:
    case = begun(people["ada"], physics, "Decided before")
    demo.go(case, State.DECIDED, people, people["ada"], adopt=False)
    case.refresh_from_db()
    return case


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


def test_a_decided_case_is_told_beside_a_like_one_with_what_differs_and_why(
    decided: Case, people: dict[str, Person], physics: Faculty, browsing: Browsing
) -> None:
    case = begun(people["ada"], physics, "A new one")
    seq = cases.latest(case)["collaboration.open_ended"].seq
    cases.save(case, Read("collaboration", None, "open_ended"), True, people["ada"], "collaboration", seq)
    response = browsing(people["ada"]).get(f"/cases/{case.number}/similar")
    assert f'href="/cases/{decided.number}"' in response.content.decode()
    page = text_of(response)
    assert "1 decided cases" in page or "One decided case" in page
    assert "“As proposed.”" in page, "why, as whoever decided wrote it"
    assert "Similar precedents" in text_of(browsing(people["ada"]).get(f"/cases/{case.number}"))


def test_a_case_is_no_precedent_of_itself_and_an_undecided_one_of_none(
    decided: Case, people: dict[str, Person], physics: Faculty, browsing: Browsing
) -> None:
    begun(people["ada"], physics, "A new one")
    page = text_of(browsing(people["ada"]).get(f"/cases/{decided.number}/similar"))
    assert "There is no decided case yet to hold it against." in page


@pytest.mark.nightly
def test_a_confidential_case_or_one_of_another_faculty_is_told_to_nobody_who_does_not_see_it(
    decided: Case, people: dict[str, Person], physics: Faculty, somebody: Make, browsing: Browsing
) -> None:
    case = begun(people["ada"], physics, "A new one")
    Case.objects.filter(pk=decided.pk).update(confidential=True)
    law = Faculty.objects.create(name="Law")
    lars = somebody("Lars Lex", Role.ASSESSOR, faculty=law)
    elsewhere = begun(lars, law, "Another")
    for person, one in ((people["rosa"], case), (lars, elsewhere)):
        page = text_of(browsing(person).get(f"/cases/{one.number}/similar"))
        assert "There is no decided case yet to hold it against." in page
        assert decided.number not in page


@pytest.mark.nightly
def test_a_decision_that_a_later_assessment_overtook_says_so(
    decided: Case, people: dict[str, Person], physics: Faculty, browsing: Browsing
) -> None:
    move(decided, people["ada"], Move(ActName.REOPEN, note="More came in."))
    decided.refresh_from_db()
    seq = cases.latest(decided)["collaboration.exit_clause"].seq
    cases.save(decided, Read("collaboration", None, "exit_clause"), None, people["ada"], "collaboration", seq)
    decided.refresh_from_db()
    move(decided, people["ada"], Move(ActName.ASSESS))
    case = begun(people["ada"], physics, "A new one")
    assert "assessed anew since" in text_of(browsing(people["ada"]).get(f"/cases/{case.number}/similar"))


def test_cases_in_which_the_same_was_found_and_that_were_decided_otherwise_are_told_to_who_sees_them(
    decided: Case, people: dict[str, Person], physics: Faculty, browsing: Browsing
) -> None:
    other = begun(people["ada"], physics, "Decided otherwise")
    demo.go(other, State.SIGNED, people, people["ada"])
    other.refresh_from_db()
    sealed = cases.filed(other, SealedKind.ASSESSMENT)
    assert sealed is not None
    levels = {one.ladder: one.levels[-1] for one in assessment_of(sealed).proposals}
    ruling = Ruling(tuple(levels.items()), "As strict as can be.", adopt=False)
    move(other, people["dora"], Move(ActName.DECIDE, sealed.digest, ruling=ruling))
    other.refresh_from_db()
    if awaits_confirmation(other):
        decision = cases.filed(other, SealedKind.DECISION)
        move(other, people["zoe"], Move(ActName.CONFIRM, decision.digest if decision else ""))
    page = text_of(browsing(people["rosa"]).get("/precedents"))
    assert decided.number in page
    assert other.number in page
    Case.objects.filter(pk=other.pk).update(confidential=True)
    page = text_of(browsing(people["rosa"]).get("/precedents"))
    assert other.number not in page
    assert decided.number not in page, "alone it differs from nothing"
