"""The log is a chain: what is changed, taken out or put in between shows; what is erased leaves it whole."""

import pytest
from django.db import connection

from risk_engine.web import log
from risk_engine.web.models import Event, EventDetail

pytestmark = pytest.mark.usefixtures("office")


def written(number: int) -> None:
    for one in range(number):
        log.note("tried", detail=one)


def without_triggers(statement: str) -> None:
    """Write as the owner of a database could, who takes its triggers away."""
    with connection.cursor() as cursor:
        on = "" if connection.vendor == "sqlite" else " ON web_event"
        cursor.execute(f"DROP TRIGGER IF EXISTS web_event_unchanged{on}")
        cursor.execute(f"DROP TRIGGER IF EXISTS web_event_undeleted{on}")
        cursor.execute(statement)


def test_a_log_that_nobody_touched_holds() -> None:
    written(5)
    assert not list(log.problems())
    assert log.head() == (5, Event.objects.get(number=5).hash)


def test_an_event_that_was_changed_shows() -> None:
    written(3)
    without_triggers("UPDATE web_event SET verb = 'other' WHERE number = 2")
    assert list(log.problems()) == ["2: changed"]


def test_an_event_that_is_gone_shows() -> None:
    written(3)
    EventDetail.objects.filter(event=2).delete()
    without_triggers("DELETE FROM web_event WHERE number = 2")
    assert list(log.problems()) == ["2: missing", "3: changed"]


def test_a_detail_that_was_changed_shows_and_one_that_was_erased_does_not() -> None:
    written(3)
    EventDetail.objects.filter(event=1).delete()
    assert not list(log.problems())
    EventDetail.objects.filter(event=3).update(detail={"detail": 99})
    assert list(log.problems()) == ["3: detail changed"]
