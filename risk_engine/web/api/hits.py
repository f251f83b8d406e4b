"""Hits on lists of the partners of a case, with what people decided about them; confirming and ruling out is theirs."""

from datetime import date

from django.http import HttpRequest
from pydantic import BaseModel, Field

from risk_engine.screening import hit_words
from risk_engine.screening.decisions import Decision, Verdict, is_open
from risk_engine.screening.entry import IdentifierKind, ListHead, Standing
from risk_engine.screening.hits import Hit, HitKind
from risk_engine.screening.match import Strength
from risk_engine.screening.notes import Note
from risk_engine.screening.screen import Registered
from risk_engine.web import cases, screening
from risk_engine.web.api.operations import Number, caller, case_of, operation
from risk_engine.web.models import Case, Person
from risk_engine.web.wording import problem_words
from risk_engine.web.words import Scope


class HitNoteRead(BaseModel):
    """What agrees or differs."""

    kind: str
    values: list[str]
    words: str


class DecisionRead(BaseModel):
    """What a person said of a hit, for the whole office."""

    verdict: Verdict
    holds: bool = Field(description="False: either side has changed since, so it is to be decided anew.")
    by: str = Field(description="Who it was, where the person of the token sees the case of which it was said.")
    reason: str
    date: date


class HitRead(BaseModel):
    """An entry of a list that a partner may be, or may belong to."""

    hit: str = Field(description="The list and its own key of the entry.", examples=["us-sdn/36"])
    entry: str = Field(description="What the list calls it.")
    kind: HitKind
    strength: Strength
    told_apart: bool = Field(description="Whether a registry knows it as another organisation: nobody has to decide.")
    agrees: list[HitNoteRead]
    differs: list[HitNoteRead]
    list_id: str
    standings: list[Standing] = Field(description="What it is to be on that list: law or evidence, of whom.")
    since: date | None = Field(description="Listed since, where the list says it.")
    why: str = Field(description="Why it is listed, in the words of the list.")
    link: str
    open: bool = Field(description="Whether a person has to confirm it or to rule it out.")
    decision: DecisionRead | None


class RegisteredRead(BaseModel):
    """Who a registry says that a partner is."""

    list_id: str
    key: str
    name: str
    strength: Strength
    is_part: bool = Field(description="Whether it is a part of that.")


class PartnerHits(BaseModel):
    """A partner of a case as it was looked up."""

    entry: str = Field(description="Where it stands in the case.", examples=["partner.x"])
    names: list[str]
    country: str
    identifiers: dict[IdentifierKind, list[str]]
    registered: list[RegisteredRead]
    hits: list[HitRead]
    page: str = Field(description="Where people confirm a hit or rule it out.")


class ListRead(BaseModel):
    """A list on which partners were looked up."""

    list_id: str
    title: str
    digest: str
    source_date: date | None
    read_on: date
    is_stale: bool = Field(description="Whether it is older than it may be: who is not on it may be on the newer one.")


class HitsRead(BaseModel):
    """What the lists of today say of the partners of a case."""

    on: date
    looked_up: bool = Field(description="False: there is no list on which anybody could be looked up.")
    why_not: str
    lists: list[ListRead]
    partners: list[PartnerHits]


@operation("cases", "GET", "/cases/{number}/hits", action="see", scope=Scope.CASES_READ, answers=HitsRead)
def list_hits(request: HttpRequest, number: Number) -> HitsRead:
    """Look the partners of a case up on the lists of today, with what people decided about their hits.

    A partner whom nobody has named yet is left out. While lists that have changed are being read it is answered later.
    """
    case, person, on = case_of(request, number), caller(request).person, cases.today()
    try:
        heads = screening.heads()
    except screening.NoListsError as error:
        return HitsRead(on=on, looked_up=False, why_not=problem_words(error), lists=[], partners=[])
    return HitsRead(
        on=on,
        looked_up=True,
        why_not="",
        lists=[_list(one, on) for one in heads],
        partners=_partners(case, person),
    )


def _list(head: ListHead, on: date) -> ListRead:
    return ListRead(
        list_id=head.id,
        title=head.title,
        digest=head.digest,
        source_date=head.source_date,
        read_on=head.read_on,
        is_stale=head.is_stale(on),
    )


def _partners(case: Case, person: Person) -> list[PartnerHits]:
    record = cases.record(case)
    looked_up = [
        (f"{entity}.{entry['id']}", f"/cases/{case.number}/hits/{entity}/{entry['id']}", screening.screened(asked))
        for entity in record.criteria.entities
        if screening.is_looked_up(record, entity)
        for entry in record.entries(entity)
        if (asked := screening.asked_in(record, entity, entry["id"])) is not None
    ]
    about = screening.decided(person, [hit for _place, _page, one in looked_up for hit in one.hits])
    return [
        PartnerHits(
            entry=place,
            names=list(one.asked.names),
            country=one.asked.country,
            identifiers={kind: list(several) for kind, several in one.asked.identifiers.items()},
            registered=[_registered(known) for known in one.registered],
            hits=[_hit(hit, about(one.asked, hit)) for hit in one.hits],
            page=page,
        )
        for place, page, one in looked_up
    ]


def _registered(one: Registered) -> RegisteredRead:
    return RegisteredRead(
        list_id=one.head.id, key=one.entry.key, name=one.entry.name, strength=one.strength, is_part=one.is_part
    )


def _hit(hit: Hit, decision: Decision | None) -> HitRead:
    return HitRead(
        hit=hit.id,
        entry=hit.entry.name,
        kind=hit.kind,
        strength=hit.strength,
        told_apart=hit.is_told_apart,
        agrees=[_note(one, hit_words.agreeing(one)) for one in hit.agrees],
        differs=[_note(one, hit_words.differing(one)) for one in hit.differs],
        list_id=hit.head.id,
        standings=list(hit.standings),
        since=hit.entry.since,
        why=hit.entry.why,
        link=hit.entry.link,
        open=is_open(decision) and (decision is not None or not hit.is_told_apart),
        decision=None if decision is None else _decision(decision),
    )


def _note(one: Note, words: str) -> HitNoteRead:
    return HitNoteRead(kind=one.kind, values=list(map(str, one.values)), words=words)


def _decision(one: Decision) -> DecisionRead:
    return DecisionRead(verdict=one.verdict, holds=one.holds, by=one.person, reason=one.reason, date=one.day)
