"""The ways down of a case: the effect before one is taken, what taking it plans, and taking it back."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from risk_engine.engine.facts import Read
from risk_engine.model.case import Answer
from risk_engine.web import cases, ways
from risk_engine.web.models import Case, Person
from risk_engine.web.words import Role

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]


@pytest.fixture
def low(case: Case, assessor: Person) -> Case:
    """A case that some ways lead down from: a partner that may be listed, and little else."""
    for short in ("ties", "field", "leaves", "data", "money", "terms", "use", "ethics"):
        save(case, assessor, Read("first_look", None, short), short == "terms")
    save(case, assessor, Read("ip", None, "publication"), "delay_gt_90")
    return case


def save(case: Case, by: Person, read: Read, value: Answer) -> None:
    cases.save(case, read, value, by, read.entity, 0)
    case.refresh_from_db()


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def by_controls(case: Case) -> ways.Shown:
    return next(way for one in ways.targets(case) for way in one.ways if way.controls and not way.changes)


def test_the_effect_of_a_way_is_shown_before_it_is_taken(low: Case, assessor: Person, browsing: Browsing) -> None:
    found = by_controls(low)
    _way, effect = ways.way(low, found.key)
    assert any(now != then for _ladder, now, then in effect.ladders)
    text = text_of(browsing(assessor).get(f"/cases/{low.number}/ways/{found.key}"))
    for title, now, then in effect.findings:
        assert f"{title} Now {now} Once it is in place {then}" in text
    assert cases.record(low).worked.controls == {}
    assert (
        f"/cases/{low.number}/ways/{found.key}" in browsing(assessor).get(f"/cases/{low.number}/ways").content.decode()
    )


def test_to_take_a_way_plans_its_controls_and_to_take_it_back_takes_them_out(
    low: Case, assessor: Person, browsing: Browsing
) -> None:
    client, found = browsing(assessor), by_controls(low)
    address = f"/cases/{low.number}/ways/{found.key}"
    response = client.post(address, {"do": "take", f"owner.{found.controls[0].id}": "Dr Berg"})
    assert response.status_code == 422
    assert "say who sees to it, and by which day" in text_of(response)
    assert 'value="Dr Berg"' in response.content.decode()
    sent = {f"{name}.{one.id}": {"owner": "Dr Berg", "due": "2099-01-31"}[name]
            for one in found.controls for name in ("owner", "due")}  # fmt: skip
    assert client.post(address, {"do": "take", **sent}).headers["Location"] == address
    low.refresh_from_db()
    planned = {one["id"]: one["status"] for one in low.document["controls"]}
    assert planned == {one.id: "planned" for one in found.controls}
    text = text_of(client.get(address))
    assert "This way is taken" in text
    assert "planned Dr Berg, until 2099-01-31" in text
    client.post(address, {"do": "take_back"})
    low.refresh_from_db()
    assert "controls" not in low.document


def test_a_day_that_is_none_plans_nothing_of_a_way(low: Case, assessor: Person) -> None:
    found = by_controls(low)
    sent = {f"{name}.{one.id}": "soon" for one in found.controls for name in ("owner", "due")}
    with pytest.raises(Exception, match="soon"):
        ways.take(low, found, sent, assessor)
    low.refresh_from_db()
    assert "controls" not in low.document


def test_what_somebody_did_since_stays_when_a_way_is_taken_back(low: Case, assessor: Person) -> None:
    found = by_controls(low)
    sent = {f"{name}.{one.id}": "2099-01-31" for one in found.controls for name in ("owner", "due")}
    ways.take(low, found, sent, assessor)
    path = f"controls.{found.controls[0].id}"
    cases.save_beside(low, path, {"status": "agreed"}, assessor, "controls", 1)
    ways.take_back(low, found, assessor)
    low.refresh_from_db()
    assert [one["id"] for one in low.document["controls"]] == [found.controls[0].id]


def test_a_way_that_is_none_any_more_says_so_and_nothing_is_planned(
    low: Case, assessor: Person, browsing: Browsing
) -> None:
    response = browsing(assessor).post(f"/cases/{low.number}/ways/0123456789ab", {"do": "take"})
    assert response.status_code == 404
    assert "no way down any more" in text_of(response)


def test_who_only_reads_takes_no_way(low: Case, somebody: Make, browsing: Browsing) -> None:
    reviewer = browsing(somebody("Rosa Roth", Role.REVIEWER))
    address = f"/cases/{low.number}/ways/{by_controls(low).key}"
    assert "Take this way" not in text_of(reviewer.get(address))
    assert reviewer.post(address, {"do": "take"}).status_code == 403


def test_a_case_at_its_mildest_has_nothing_to_lower(mild: Case, assessor: Person, browsing: Browsing) -> None:
    assert "There is nothing to lower" in text_of(browsing(assessor).get(f"/cases/{mild.number}/ways"))
