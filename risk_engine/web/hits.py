"""Hits on lists in words, as pages show them: of one organisation all of them, of the entries of a case how many."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext, pgettext
from risk_engine.office.forms.case_record import Record
from risk_engine.screening import hit_words
from risk_engine.screening.decisions import About, Decision, Verdict
from risk_engine.screening.hits import Hit
from risk_engine.screening.match import STRENGTHS, Strength
from risk_engine.screening.screen import Registered, Screened
from risk_engine.web import screening
from risk_engine.web.models import Person

_WEB: Final = ("https://", "http://")


@dataclass(frozen=True)
class HitShown:
    """A hit in words, with what was decided about it."""

    id: str
    name: str
    address: str
    """Of the page with what the list says of it, as of the day that was asked for."""
    strength: Strength
    strength_words: str
    kind: str
    """In which way it is meant; nothing where it is listed itself."""
    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    """What is known of the entry and its list, each with what it is called."""
    link: str
    """Where the list says more; nothing where it leads to no page."""
    decision: str
    verdict: Verdict | None
    """What was decided, where that holds still."""
    digest: str
    """Of both sides, for a form in which somebody decides about it."""


@dataclass(frozen=True)
class FoundShown:
    """What came of an organisation: hits that are to be decided, that are decided, that a registry tells apart."""

    open: tuple[HitShown, ...]
    decided: tuple[HitShown, ...]
    apart: tuple[HitShown, ...]
    registered: tuple[str, ...]
    """Who a registry says that it is."""


def in_words(found: Screened, about: About) -> FoundShown:
    """Return what came of an organisation in words, with what was decided."""
    hits = [(one, about(found.asked, one)) for one in found.hits]
    settled = [(hit, decision) for hit, decision in hits if decision is not None and decision.holds]
    left = [(hit, decision) for hit, decision in hits if decision is None or not decision.holds]
    return FoundShown(
        tuple(_hit(*one, found) for one in left if not one[0].is_told_apart or one[1] is not None),
        tuple(_hit(*one, found) for one in settled),
        tuple(_hit(*one, found) for one in left if one[0].is_told_apart and one[1] is None),
        tuple(map(_registered, found.registered)),
    )


def _registered(one: Registered) -> str:
    told = {"name": one.entry.name, "key": one.entry.key, "registry": one.head.title}
    how = hit_words.strength(one.strength)
    if one.is_part:
        return _("part of {name} ({key}) in {registry}: {strength}", **told, strength=how)
    return _("{name} ({key}) in {registry}: {strength}", **told, strength=how)


def _hit(hit: Hit, decision: Decision | None, found: Screened) -> HitShown:
    return HitShown(
        hit.id,
        hit.entry.name,
        f"/screening/lists/{hit.entry.list}/entry?{urlencode({'entry': hit.entry.key, 'on': found.on.isoformat()})}",
        hit.strength,
        hit_words.strength(hit.strength),
        hit_words.kind(hit.kind) if hit.kind != "listed" else "",
        tuple(map(hit_words.agreeing, hit.agrees)),
        tuple(map(hit_words.differing, hit.differs)),
        tuple(hit_words.of_entry(hit, found.on)),
        hit.entry.link if hit.entry.link.startswith(_WEB) else "",
        hit_words.decided(decision) if decision is not None else "",
        decision.verdict if decision is not None and decision.holds else None,
        screening.digest_of(found.asked, hit),
    )


# --- how many, beside an entry ---


@dataclass(frozen=True)
class Count:
    """How many hits an entry of a case has, in words, and how far they are decided."""

    words: str
    state: str
    """As what it is marked: `waiting` for a person, `listed`, or `no_hit`."""


def counted(record: Record, entity: str, entries: tuple[str, ...], person: Person) -> dict[str, Count]:
    """Return how many hits entries of a list have; nothing where they are no organisations, or cannot be looked up."""
    if not screening.is_looked_up(record, entity):
        return {}
    try:
        asked = {one: screening.asked_in(record, entity, one) for one in entries}
        found = {entry: screening.screened(one, at_once=True) for entry, one in asked.items() if one is not None}
    except RiskEngineError:  # its own page says why
        return {}
    about = screening.decided(person, [hit for one in found.values() for hit in one.hits])
    return {entry: _count(in_words(one, about)) for entry, one in found.items()}


def undecided(record: Record, person: Person) -> list[tuple[str, str, str]]:
    """Return the partners of a case with hits that nobody decided about: where they stand, their name, how many."""
    found = []
    for entity in record.criteria.entities:
        counts = counted(record, entity, tuple(one["id"] for one in record.entries(entity)), person)
        found += [
            (f"{entity}/{entry}", record.label(entity, entry), one.words)
            for entry, one in counts.items()
            if one.state == "waiting"
        ]
    return found


def _count(found: FoundShown) -> Count:
    confirmed = sum(one.verdict == "confirmed" for one in found.decided)
    if found.open:
        strengths = [(one, sum(hit.strength == one for hit in found.open)) for one in STRENGTHS]
        told = ", ".join(f"{number} {hit_words.strength(one)}" for one, number in strengths if number)
        number = len(found.open)
        words = ngettext("{number} hit to decide: {told}", "{number} hits to decide: {told}", number, told=told)
        return Count(words, "waiting")
    if confirmed:
        return Count(ngettext("{number} hit confirmed", "{number} hits confirmed", confirmed), "listed")
    if found.decided:
        return Count(pgettext("hits on lists", "ruled out"), "no_hit")
    return Count(_("no hit on a list"), "no_hit")
