"""A hit in words, in the language of who reads: what agrees, what differs, what the list says, what was decided."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final, assert_never

from risk_engine.files.language import _, first_few, ngettext, pgettext
from risk_engine.screening.decisions import Decision
from risk_engine.screening.entry import ListHead, NameKind, Relation, Standing
from risk_engine.screening.hits import Hit, HitKind
from risk_engine.screening.match import Strength
from risk_engine.screening.notes import Note

_NONE = "–"


def strength(of: Strength) -> str:
    """Return the word for a strength."""
    match of:
        case "identical":
            return pgettext("strength of a hit", "identical")
        case "strong":
            return pgettext("strength of a hit", "strong")
        case "possible":
            return pgettext("strength of a hit", "possible")
        case _:
            assert_never(of)


def kind(of: HitKind) -> str:
    """Return in what way an entry is meant."""
    match of:
        case "listed":
            return _("listed")
        case "parent":
            return _("part of a listed organisation")
        case "within":
            return _("its name holds the name of a listed organisation, and says more")
        case "child":
            return _("a listed organisation is part of it")
        case _:
            assert_never(of)


def standing(of: Standing) -> str:
    """Return what a hit on a list is."""
    match of:
        case "law":
            return _("law: binding here")
        case "evidence":
            return _("evidence: what others list, no law here")
        case "tracker":
            return _("evidence: what somebody keeps track of, nobody is listed by it")
        case "registry":
            return _("a registry: nobody is listed for anything")
        case _:
            assert_never(of)


def standings(of: Iterable[Standing]) -> str:
    """Return what a hit is where it is several things at once, or a list where its hits are."""
    return "; ".join(map(standing, of))


def identifier(of: str) -> str:
    """Return what a kind of identifier is called."""
    known: Mapping[str, str] = {
        "registration": _("registration number"),
        "tax": _("tax number"),
        "wikidata": "Wikidata",
        "fundref": "Funder ID",
    }
    return known.get(of, of.upper())


def _name_kind(of: NameKind, name: str, main: str) -> str:
    match of:
        case "main":
            return _("“{name}” is a name of {main}", name=name, main=main)
        case "alias":
            return _("“{name}” is another name of {main}", name=name, main=main)
        case "former":
            return _("“{name}” is a former name of {main}", name=name, main=main)
        case "acronym":
            return _("“{name}” is an acronym of {main}", name=name, main=main)
        case "translation":
            return _("“{name}” is the name of {main} in another language", name=name, main=main)
        case "weak":
            return _(
                "“{name}” is a name of {main} that the list itself calls too vague to identify anybody",
                name=name,
                main=main,
            )
        case _:
            assert_never(of)


def agreeing(note: Note) -> str:
    """Return what agrees."""
    values = note.values
    match note.kind:
        case "identifier":
            return _("{kind} {value} is the same", kind=identifier(values[0]), value=values[1])
        case "same_name":
            return _("the name is the same but for how it is written: “{name}”", name=values[0])
        case "name_kind":
            name_kind: Any = values[0]
            return _name_kind(name_kind, values[1], values[2])
        case "words":
            return _("the same words: {words}", words=", ".join(values))
        case "form":
            return _("“{asked}” stands for “{listed}”: another language or spelling", asked=values[0], listed=values[1])
        case "short":
            short, long = sorted(values, key=len)
            return _("“{short}” is short for “{long}”", short=short, long=long)
        case "spelling":
            return _("“{asked}” is spelt nearly like “{listed}”", asked=values[0], listed=values[1])
        case "joined":
            return _("“{asked}” and “{listed}” differ by a space", asked=values[0], listed=values[1])
        case "initials":
            return _("“{name}” is made of its first letters", name=values[0])
        case "acronym":
            return _("its acronym {acronym} stands beside the name", acronym=values[0])
        case "country":
            return _("country {country}", country=values[0])
        case "place":
            return _("place {place}", place=values[0])
        case "registry":
            return _("the registry knows it as {name} ({key})", name=values[0], key=values[1])
        case _:
            raise ValueError(note.kind)


def differing(note: Note) -> str:
    """Return what differs."""
    values = note.values
    match note.kind:
        case "identifier":
            return _(
                "{kind}: asked {asked}, on the list {listed}",
                kind=identifier(values[0]),
                asked=values[1],
                listed=values[2],
            )
        case "country":
            return _("country: asked {asked}, on the list {listed}", asked=values[0], listed=values[1])
        case "only_asked":
            return _("only in what is asked: {words}", words=", ".join(values))
        case "only_asked_common":
            return _("only in what is asked, a common word: {words}", words=", ".join(values))
        case "only_listed":
            return _("only on the list: {words}", words=", ".join(values))
        case "only_listed_common":
            return _("only on the list, a common word: {words}", words=", ".join(values))
        case "related":
            return _("“{asked}” and “{listed}” are related, not the same", asked=values[0], listed=values[1])
        case "order":
            return _("the words stand in another order")
        case "legal_form":
            asked, listed = (one or _NONE for one in values)
            return _("legal form: asked {asked}, on the list {listed}", asked=asked, listed=listed)
        case "is_acronym":
            return _("{acronym} is an acronym, which many may have", acronym=values[0])
        case "other_in_registry":
            return _(
                "{registry} knows the entry as {other}, and who is asked about as {itself}: two organisations",
                other=values[0],
                itself=values[1],
                registry=values[2],
            )
        case _:
            raise ValueError(note.kind)


def age(head: ListHead, day: date) -> str:
    """Return how old a list is, in days; of one that says no day of itself when it was read."""
    days = max(head.age(day), 0)
    if head.source_date is None:
        return ngettext("not known, read {number} day ago", "not known, read {number} days ago", days)
    return ngettext("{number} day old", "{number} days old", days)


def dated(head: ListHead, day: date) -> str:
    """Return of which day a list is and how old; of one that says no day of itself when it was read."""
    if head.source_date is not None:
        return _("dated {day}", day=head.source_date) + ", " + age(head, day)
    days = max(head.age(day), 0)
    ago = ngettext("{number} day ago, its own day is not known", "{number} days ago, its own day is not known", days)
    return _("read on {day}", day=head.read_on) + ", " + ago


def of_list(head: ListHead, day: date) -> str:
    """Return which list it is, with its day and its age, and that it is stale."""
    publisher = f", {head.publisher}" if head.publisher else ""
    text = f"{head.title}{publisher}; {dated(head, day)}"
    if head.source_date is not None and head.made_on is None:  # an old list that was read lately is what there is
        text += ", " + _("read here on {day}", day=head.read_on)
    return _("{list} – stale", list=text) if head.is_stale(day) else text


def decided(decision: Decision) -> str:
    """Return what was decided about a hit, and what has changed since."""
    match decision.verdict:
        case "confirmed":
            text = _("confirmed by {person} on {day}: {reason}", **_who(decision))
        case "ruled_out":
            text = _("ruled out by {person} on {day}: {reason}", **_who(decision))
        case _:
            assert_never(decision.verdict)
    match decision.changed:
        case ():
            return text
        case ("asked",):
            why = _("who is asked about is named otherwise since")
        case ("entry",):
            why = _("what the list says of the entry has changed since")
        case _:
            why = _("both sides have changed since")
    return _("decided before, but {why}; look at it again ({decision})", why=why, decision=text)


def _who(decision: Decision) -> dict[str, object]:
    return {"person": decision.person, "day": decision.day, "reason": decision.reason}


_MOST: Final = 300
"""So many letters of what a list gives as its reason stand in a text; all of it is in the JSON."""


def _in_short(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST].rsplit(' ', 1)[0]} …"


def _relation(one: Relation) -> str:
    return one.label or one.key


def of_entry(hit: Hit, day: date) -> Iterator[tuple[str, str]]:
    """Yield what is known of the entry and of its list, each with what it is called; nothing that is not known."""
    entry = hit.entry
    way = " → ".join(step.name for step in hit.way)
    found = (
        (_("by the registry"), way if len(hit.way) > 1 or hit.kind != "listed" else ""),
        (_("list"), of_list(hit.head, day)),
        (_("a hit is"), standings(hit.standings)),
        (_("stands on"), "; ".join(entry.on) if hit.head.mixed else ""),
        (_("category"), entry.category),
        (_("under"), "; ".join(entry.programmes)),
        (_("belongs with"), first_few([_relation(one) for one in entry.relations], 3)),
        (_("listed since"), str(entry.since or "")),
        (_("first read here on"), str(entry.first_seen or "") if entry.since is None else ""),
        (_("until"), str(min(filter(None, (entry.until, entry.removed)), default=""))),
        (_("why"), _in_short(entry.why)),
    )
    yield from ((label, text) for label, text in found if text)


def lines(hit: Hit, decision: Decision | None, day: date) -> Iterator[str]:
    """Yield the lines that tell a hit: the first says what it is, the others stand below it."""
    what = kind(hit.kind) if hit.kind != "listed" else ""
    yield f"{strength(hit.strength)}{f', {what}' if what else ''}: {hit.entry.name} [{hit.id}]"
    for label, text in (
        (_("agrees"), "; ".join(map(agreeing, hit.agrees))),
        (_("differs"), "; ".join(map(differing, hit.differs))),
        *of_entry(hit, day),
        (_("see"), hit.entry.link),
        (_("decision"), decided(decision) if decision is not None else ""),
    ):
        if text:
            yield f"  {label}: {text}"


def plain(hit: Hit, decision: Decision | None, day: date) -> dict[str, Any]:
    """Return a hit for programs: kinds and values, and the words beside them."""
    entry, head = hit.entry, hit.head
    return {
        "hit": hit.id,
        "kind": hit.kind,
        "strength": hit.strength,
        "told_apart": hit.is_told_apart,
        "entry": entry.name,
        "name": hit.name._asdict(),
        "by": hit.by,
        "agrees": [{"kind": one.kind, "values": one.values, "words": agreeing(one)} for one in hit.agrees],
        "differs": [{"kind": one.kind, "values": one.values, "words": differing(one)} for one in hit.differs],
        "way": [step._asdict() for step in hit.way],
        "list": {
            "id": head.id,
            "title": head.title,
            "publisher": head.publisher,
            "standing": head.standing,
            "standings": head.standings,
            "jurisdiction": head.jurisdiction,
            "source_date": head.source_date,
            "read_on": head.read_on,
            "age": head.age(day),
            "is_stale": head.is_stale(day),
            "digest": head.digest,
        },
        "standings": hit.standings,
        "on": entry.on,
        "countries": entry.countries,
        "identifiers": dict(entry.identifiers),
        "category": entry.category,
        "programmes": entry.programmes,
        "since": entry.since,
        "first_seen": entry.first_seen,
        "until": entry.until,
        "removed": entry.removed,
        "why": entry.why,
        "link": entry.link,
        "decision": None if decision is None else asdict(decision) | {"words": decided(decision)},
    }
