"""Similar decided cases of an office: of those that a person may see, from rows that are read once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk_engine.engine.facts import Read
from risk_engine.office.precedents.precedent import precedents_of
from risk_engine.web import cases, precedents
from risk_engine.web.decisions import Ruling
from risk_engine.web.models import Case, Faculty, Person
from risk_engine.web.register import read_rows
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role

Make = Callable[..., Person]
FIRST = ("ties", "field", "leaves", "data", "money", "terms", "use", "ethics")


@pytest.fixture
def begun(assessor: Person, physics: Faculty) -> Callable[[str], Case]:
    """Begin a case of which nothing is known but that nothing is behind the first questions, and the terms."""

    def made(title: str, exit_clause: bool = True) -> Case:
        case = cases.begin(assessor, physics, title)
        answers: dict[Read, Any] = {
            Read("partner", None, None): (),
            Read("collaboration", None, "cooperation_forms"): (),
            Read("collaboration", None, "governance"): "by_both",
            Read("collaboration", None, "open_ended"): False,
            Read("collaboration", None, "exit_clause"): exit_clause,
            **{Read("first_look", None, short): False for short in FIRST},
        }
        for read, value in answers.items():
            cases.save(case, read, value, assessor, read.entity, 0)
            case.refresh_from_db()
        return case

    return made


@pytest.fixture
def decide(assessor: Person, somebody: Make) -> Callable[[Case], None]:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)

    def made(case: Case, **said: object) -> None:
        digest = move(case, assessor, Move(ActName.ASSESS)).digest
        move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
        move(case, reviewer, Move(ActName.REVIEW, digest))
        move(case, decider, Move(ActName.DECIDE, digest, ruling=Ruling(**said)))  # type: ignore[arg-type]
        case.refresh_from_db()

    return made


def test_a_case_is_held_against_those_that_were_decided(
    begun: Callable[[str], Case], decide: Callable[..., None], assessor: Person
) -> None:
    before, now = begun("Before"), begun("Now")
    assert precedents.similar(now, assessor).compared == 0
    decide(before)
    found = precedents.similar(now, assessor)
    (one,) = found.similar
    assert (found.compared, one.case, one.office, one.stands) == (1, before.number, None, "stands")
    assert one.link == f"/cases/{before.number}"
    assert one.differing == 0
    assert precedents.similar(before, assessor).compared == 0, "a case is never its own precedent"


def test_nobody_learns_of_a_case_that_they_may_not_see(
    begun: Callable[[str], Case], decide: Callable[..., None], assessor: Person, somebody: Make
) -> None:
    before, now = begun("Before"), begun("Now")
    decide(before)
    elsewhere = somebody("Egon Extern", Role.ASSESSOR, faculty=Faculty.objects.create(name="History"))
    assert precedents.similar(now, assessor).compared == 1
    assert precedents.similar(now, elsewhere).compared == 0
    assert precedents.inconsistent(elsewhere).compared == 0
    Case.objects.filter(pk=before.pk).update(confidential=True)
    assert precedents.similar(now, assessor).compared == 0


def test_decisions_that_do_not_go_together_are_found(
    begun: Callable[[str], Case], decide: Callable[..., None], assessor: Person
) -> None:
    decide(begun("One"))
    assert precedents.inconsistent(assessor).groups == ()
    other = begun("Other")
    decide(other, levels=(("measure", "regulation"),), reason="It is to report each year.", adopt=False)
    (group,) = precedents.inconsistent(assessor).groups
    assert [(way.levels[0].level, len(way.cases)) for way in group.ways] == [("Regulation", 1), ("Advice", 1)]
    assert group.ways[0].cases[0].case == other.number
    assert group.ways[0].cases[0].link == f"/cases/{other.number}"


@pytest.mark.nightly
def test_many_cases_are_asked_for_as_often_as_few(
    begun: Callable[[str], Case], decide: Callable[..., None], assessor: Person
) -> None:
    now = begun("Now")
    decide(begun("One"))
    precedents.similar(now, assessor)
    with CaptureQueriesContext(connection) as few:
        precedents.similar(now, assessor)
    for title in ("Two", "Three"):
        decide(begun(title))
    with CaptureQueriesContext(connection) as first:
        assert precedents.similar(now, assessor).compared == 3
    with CaptureQueriesContext(connection) as again:
        precedents.similar(now, assessor)
    assert len(again) == len(few)
    assert len(first) == len(few) + 1, "what is new is read at once"


@pytest.mark.nightly
def test_precedents_of_other_offices_stand_beside_the_own_ones(
    begun: Callable[[str], Case], decide: Callable[..., None], assessor: Person
) -> None:
    before, now = begun("Before"), begun("Now")
    decide(before)
    own = precedents_of(read_rows(before.number, before.filed.select_related("sealed").order_by("-order")))
    theirs = [replace(one, id="1/1", office="North") for one in own]
    for _again in range(2):  # also from what is ready by then
        found = precedents.similar(now, assessor, theirs).similar
        assert [(one.case, one.office, one.link) for one in found] == [
            (before.number, None, f"/cases/{before.number}"),
            ("1/1", "North", ""),
        ]
    assert precedents.similar(now, assessor).compared == 1


@pytest.mark.nightly
def test_what_is_erased_is_forgotten(
    begun: Callable[[str], Case],
    decide: Callable[..., None],
    assessor: Person,
    end: Callable[[Case, Person, str], None],
) -> None:
    before, now = begun("Before"), begun("Now")
    decide(before)
    precedents.similar(now, assessor)
    end(before, assessor, "Its time is over.")
    assert precedents.similar(now, assessor).compared == 0
