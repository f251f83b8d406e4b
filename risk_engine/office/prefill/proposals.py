"""What screening proposes for a case or a file on a partner: answers and evidence, shown until somebody accepts them.

Which facts take what the set says (screening.yaml). Only a hit that a person confirmed proposes an answer; one that is
open leaves its fact open, and that nothing was found is evidence, never an answer. Nothing that is answered changes.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple, TypeAlias

from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import _, ngettext
from risk_engine.model.case import UNKNOWN, Answer, row_names
from risk_engine.model.companion_files import ListedFact
from risk_engine.model.facts import ChoicesFact, RowFact, TextFact
from risk_engine.office.prefill.subjects import Subject
from risk_engine.screening.asked import Asked, kind_of
from risk_engine.screening.countries import country_code
from risk_engine.screening.decisions import About, Decision
from risk_engine.screening.entry import Entry, ListHead
from risk_engine.screening.hit_words import decided, identifier, kind, standings, strength
from risk_engine.screening.hits import Hit
from risk_engine.screening.identifiers import normal
from risk_engine.screening.screen import Registered, Screened

State: TypeAlias = Literal["proposed", "evidence", "same", "differs", "open"]
"""An answer to accept; evidence alone to accept; the answer that stands, with evidence to accept; an answer unlike the
one that stands; something that a person must look at first."""
ACCEPTABLE: frozenset[State] = frozenset({"proposed", "evidence", "same"})

OF_A_LIST = "list entry"
OF_A_REGISTRY = "registry entry"
OF_A_SEARCH = "list search"
"""Kinds of evidence."""


@dataclass(frozen=True)
class Proposal:
    """What screening has to say about one fact of an entry."""

    path: str
    state: State
    why: str
    answer: Answer | None = None
    stands: Answer | None = None
    """What is answered already."""
    evidence: tuple[Mapping[str, Any], ...] = ()
    """Records of evidence, without what they are for, but for an option of `choices` under `option`."""
    hit: str = ""
    """The hit that is to be confirmed or ruled out."""


def proposals(subject: Subject, screened: Screened, heads: Sequence[ListHead], about: About) -> list[Proposal]:
    """Return what screening has to say about the facts of an entry, in the order of the set's own file.

    `heads` are the lists that were searched, `about` says what was decided about a hit.
    """
    return list(_Proposing(subject, screened, heads, about).all())


class _OfHit(NamedTuple):
    hit: Hit
    decision: Decision | None
    answers: tuple[Any, ...]
    """What it answers, if it is confirmed; none where it is evidence alone."""


class _Proposing:
    def __init__(self, subject: Subject, screened: Screened, heads: Sequence[ListHead], about: About) -> None:
        self.subject = subject
        self.criteria = subject.criteria
        self.facts = subject.facts
        self.screened = screened
        self.heads = heads
        self.about = about

    def all(self) -> Iterator[Proposal]:
        for one in self.facts.listed:
            yield from self._listed(one)
        yield from self._registered()

    # --- lists ---

    def _listed(self, of: ListedFact) -> Iterator[Proposal]:
        hits = [one for hit in self.screened.hits if (one := self._of_hit(hit, of)) is not None]
        is_settled = {one.hit.id: one.decision is not None and one.decision.holds for one in hits}
        confirmed = [
            one for one in hits if is_settled[one.hit.id] and one.decision and one.decision.verdict == "confirmed"
        ]
        itself = [one for one in confirmed if one.hit.kind == "listed"]
        undecided = [one for one in hits if not is_settled[one.hit.id] and not one.hit.is_told_apart]
        stands = self._stands(of.fact)
        for one in confirmed:
            if one.hit.kind != "listed":
                why = _(
                    "confirmed, but not that it is listed itself: {hit}; it answers nothing", hit=_in_short(one.hit)
                )
                yield Proposal(self._path(of.fact), "open", why, stands=stands)
        if itself:
            yield from self._confirmed(of, itself, undecided, stands)
        for one in undecided:
            if not one.answers or not _adds_nothing(one, itself):
                why = _("to be confirmed or ruled out by a person: {hit}", hit=_in_short(one.hit))
                yield Proposal(self._path(of.fact), "open", why, stands=stands, hit=one.hit.id)
        if not confirmed and not undecided:
            yield self._nothing_found(of, hits, stands)

    def _of_hit(self, hit: Hit, of: ListedFact) -> _OfHit | None:
        """Return a hit with what it would answer; None where it is on a list that the fact is not about."""
        if of.on not in hit.standings or (of.lists is not None and not fits(of.lists, hit.head, hit.entry)):
            return None
        answers: tuple[Any, ...] = () if of.answer is None else (of.answer,)
        if of.options is not None:
            # An entry of a collection may stand on several lists.
            named = [option for option, lists in of.options.items() if fits(lists, hit.head, hit.entry)]
            if not named and of.otherwise is None:
                return None
            answers = tuple(named or [of.otherwise])
            if not isinstance(self.criteria.fact(of.fact), ChoicesFact):
                answers = answers[:1]
        return _OfHit(hit, self.about(self.screened.asked, hit), answers)

    def _confirmed(
        self, of: ListedFact, itself: Sequence[_OfHit], undecided: Sequence[_OfHit], stands: Answer | None
    ) -> Iterator[Proposal]:
        path = self._path(of.fact)
        answers = tuple(dict.fromkeys(answer for one in itself for answer in one.answers))
        why = "; ".join(
            dict.fromkeys(
                f"{one.hit.entry.name} [{one.hit.id}] {decided(one.decision)}" for one in itself if one.decision
            )
        )
        is_many = bool(answers) and isinstance(self.criteria.fact(of.fact), ChoicesFact)
        evidence = tuple(
            self._of_entry(one, option) for one in itself for option in (one.answers if is_many else (None,))
        )
        if not answers:
            yield Proposal(path, "evidence", why, stands=stands, evidence=evidence)
        elif is_many and stands is None and any(not _adds_nothing(one, itself) for one in undecided):
            # One answer names all lists: what is still open would be said not to be so.
            why = _("other hits are to be decided before this can be answered: {why}", why=why)
            yield Proposal(path, "open", why, answer=answers, evidence=evidence)
        elif is_many:
            has = stands if isinstance(stands, tuple) else ()
            if stands is not None and not set(answers) <= set(has):
                yield Proposal(path, "differs", why, tuple(dict.fromkeys((*has, *answers))), stands, evidence)
            else:
                yield Proposal(path, "proposed" if stands is None else "same", why, answers, stands, evidence)
        elif len(answers) > 1:
            why = _("what is confirmed answers it in more than one way: {why}", why=why)
            yield Proposal(path, "open", why, stands=stands, evidence=evidence)
        else:
            yield self._answer(of.fact, answers[0], why, evidence)

    def _nothing_found(self, of: ListedFact, hits: Sequence[_OfHit], stands: Answer | None) -> Proposal:
        """Return that nothing was found, as evidence: whether that is an answer a person says."""
        heads = [one for one in self.heads if of.on in one.standings and (of.lists is None or fits(of.lists, one))]
        path = self._path(of.fact)
        if not heads:
            return Proposal(
                path, "open", _("the store has no list that is known to say this: nothing was looked up"), stands=stands
            )
        lists = "; ".join(_of_list(one) for one in heads)
        told = {"day": self.screened.on, "lists": lists, "name": "; ".join(self.screened.asked.names)}
        number = len(hits)
        text = (
            ngettext(
                "“{name}” was looked up on {day} in {lists}: nothing found but {number} hit that was ruled "
                "out, or is another organisation in the registry",
                "“{name}” was looked up on {day} in {lists}: nothing found but {number} hits that were ruled "
                "out, or are other organisations in the registry",
                number,
                **told,
            )
            if number
            else _("“{name}” was looked up on {day} in {lists}: nothing found", **told)
        )
        if stale := [one.id for one in heads if one.is_stale(self.screened.on)]:
            text = _("{text}; too old to rely on: {lists}", text=text, lists=quoted(stale, "and"))
        record = {"kind": OF_A_SEARCH, "reference": text, "date": self.screened.on}
        return Proposal(path, "evidence", text, stands=stands, evidence=(record,))

    def _of_entry(self, of: _OfHit, option: str | None) -> Mapping[str, Any]:
        hit, entry = of.hit, of.hit.entry
        parts = [
            f"{_of_list(hit.head)}: {entry.name} [{hit.id}]",
            entry.category,
            "; ".join(entry.programmes),
            _("listed since {day}", day=entry.since) if entry.since else "",
            entry.link,
            standings(hit.standings),
            "; ".join(entry.on) if hit.head.mixed else "",
        ]
        record: dict[str, Any] = {
            "kind": OF_A_LIST,
            "reference": "; ".join(filter(None, parts)),
            "date": self.screened.on,
        }
        if of.decision is not None:
            record["collected_by"] = of.decision.person
        return record if option is None else {**record, "option": option}

    # --- the registry ---

    def _registered(self) -> Iterator[Proposal]:
        """Yield what a registry says, where it is clear which of its organisations this is."""
        facts = self.facts
        country = self.criteria.head.roles.country.get(self.subject.entity)
        numbers = facts.identifiers.values()
        first = next(filter(None, (facts.identity, country, facts.other_names, facts.parents, *numbers)), None)
        found = self.screened.registered
        if not found or first is None:
            return
        if len(found) > 1 or found[0].is_part or found[0].strength == "possible":
            names = "; ".join(f"{_in_registry(one)}: {strength(one.strength)}" for one in found)
            part = found[0].is_part and len(found) == 1
            why = (
                _("the registry knows what it is a part of, and not itself: {names}", names=names)
                if part
                else _("it is not certain which organisation of the registry this is: {names}", names=names)
            )
            yield Proposal(self._path(first), "open", why, stands=self._stands(first))
            return
        yield from self._of_registry(found[0], country)

    def _of_registry(self, of: Registered, country: str | None) -> Iterator[Proposal]:
        entry, facts = of.entry, self.facts
        why = _("the registry has {name} ({strength})", name=_in_registry(of), strength=strength(of.strength))
        numbers = "; ".join(f"{identifier(one)} {', '.join(values)}" for one, values in entry.identifiers.items())
        more = [entry.category, ", ".join(entry.countries), numbers, entry.status]
        reference = f"{_of_list(of.head)}: {entry.name} [{entry.key}]; {'; '.join(filter(None, more))}"
        evidence = ({"kind": OF_A_REGISTRY, "reference": reference, "date": self.screened.on},)
        if facts.identity is not None:
            told = _("{why}; whether that makes it certain a person says", why=why)
            yield Proposal(
                self._path(facts.identity), "evidence", told, stands=self._stands(facts.identity), evidence=evidence
            )
        if country is not None and len(entry.countries) == 1:
            row = self._row(country, entry.countries[0])
            if row is not None:
                yield self._answer(country, row, why, evidence)
        if facts.other_names is not None and (names := _other_names(entry, self.screened.asked)):
            yield self._answer(facts.other_names, "; ".join(names), why, evidence)
        yield from self._numbers(entry, why, evidence)
        yield from self._kind(entry, why, evidence)
        if facts.parents is not None:
            yield from self._parents(facts.parents, entry, why, evidence)

    def _numbers(self, entry: Entry, why: str, evidence: tuple[Mapping[str, Any], ...]) -> Iterator[Proposal]:
        for name, fact in self.facts.identifiers.items():
            number_kind = kind_of(name)
            if not (several := entry.identifiers.get(number_kind)):
                continue
            answer = "; ".join(several)
            stands = self._stands(fact)
            if isinstance(stands, str) and set(several) <= {normal(number_kind, one) for one in stands.split(";")}:
                answer = stands  # the same number, written otherwise
            yield self._answer(fact, answer, why, evidence)

    def _kind(self, entry: Entry, why: str, evidence: tuple[Mapping[str, Any], ...]) -> Iterator[Proposal]:
        if self.facts.kind is None:
            return
        fact = self.facts.kind.fact
        types = [one.strip() for one in entry.category.split(",")]
        options = list(dict.fromkeys(self.facts.kind.types[one] for one in types if one in self.facts.kind.types))
        if len(options) == 1:
            yield self._answer(fact, options[0], f"{why}: {entry.category}", evidence)
        elif options:
            told = _("{why} of several kinds: {kinds}", why=why, kinds=entry.category)
            yield Proposal(self._path(fact), "open", told, stands=self._stands(fact))

    def _parents(
        self, fact: str, entry: Entry, why: str, evidence: tuple[Mapping[str, Any], ...]
    ) -> Iterator[Proposal]:
        names = "; ".join(f"{one.label} [{one.key}]" for one in entry.relations if one.kind == "parent")
        if not names:
            return
        told = _("{why}: it belongs to {names}", why=why, names=names)
        if isinstance(self.criteria.fact(fact), TextFact):
            yield self._answer(fact, names, told, evidence)
        else:
            reference = _("{reference}; it belongs to {names}", reference=evidence[0]["reference"], names=names)
            record = {**evidence[0], "reference": reference}
            yield Proposal(self._path(fact), "evidence", told, stands=self._stands(fact), evidence=(record,))

    def _row(self, fact: str, code: str) -> str | None:
        """Return the row of a fact's table that is a country, by its id, an alias or its name."""
        declared = self.criteria.fact(fact)
        if not isinstance(declared, RowFact):
            return None
        table = self.criteria.tables[declared.of]
        spellings = row_names(table) | {row.name: row_id for row_id, row in table.rows.items()}
        return spellings.get(code) or next(
            (row_id for spelling, row_id in spellings.items() if country_code(spelling) == code), None
        )

    # --- answers ---

    def _path(self, fact: str) -> str:
        return f"{self.subject.prefix}{fact.partition('.')[2]}"

    def _stands(self, fact: str) -> Answer | None:
        value = self.subject.answers.get(fact.partition(".")[2])
        return None if value == UNKNOWN else value

    def _answer(self, fact: str, answer: Answer, why: str, evidence: tuple[Mapping[str, Any], ...]) -> Proposal:
        stands = self._stands(fact)
        declared = self.criteria.fact(fact)
        if isinstance(declared, RowFact) and isinstance(stands, str):
            stands = row_names(self.criteria.tables[declared.of]).get(stands, stands)
        state: State = "proposed" if stands is None else "same" if stands == answer else "differs"
        return Proposal(self._path(fact), state, why, answer, stands, evidence)


def _adds_nothing(one: _OfHit, confirmed: Sequence[_OfHit]) -> bool:
    """Return whether an open hit would answer only what is confirmed already."""
    return set(one.answers) <= {answer for other in confirmed for answer in other.answers}


def fits(lists: Sequence[str], head: ListHead, entry: Entry | None = None) -> bool:
    """Return whether a list, or what stands on it, is one of those that a set names in screening.yaml."""
    more = () if entry is None else (entry.category, *entry.programmes, *entry.on)
    texts = [one.casefold() for one in (head.id, head.title, head.jurisdiction, *more) if one]
    return any(fnmatchcase(text, pattern.casefold()) for pattern in lists for text in texts)


def _of_list(head: ListHead) -> str:
    dated = _("dated {day}", day=head.source_date) if head.source_date else _("read on {day}", day=head.read_on)
    publisher = f", {head.publisher}" if head.publisher else ""
    return f"{head.title}{publisher} ({dated})"


def _in_short(hit: Hit) -> str:
    what = "" if hit.kind == "listed" else f", {kind(hit.kind)}"
    found = f"{strength(hit.strength)}{what}: {hit.entry.name} [{hit.id}]"
    return f"{found}, {_of_list(hit.head)}; {standings(hit.standings)}"


def _in_registry(one: Registered) -> str:
    return f"{one.entry.name} [{one.entry.key}]"


def _other_names(entry: Entry, asked: Asked) -> list[str]:
    """Return its names in other scripts; where it has none, its names in other languages than English."""
    names = [one for one in entry.names if one.kind not in {"acronym", "weak", "former"} and one.text != asked.name]
    other = [one.text for one in names if not _is_latin(one.text)]
    return list(dict.fromkeys(other or [one.text for one in names if one.language not in {"", "en"}]))


def _is_latin(text: str) -> bool:
    return all(unicodedata.name(one, "LATIN").startswith("LATIN") for one in text if one.isalpha())
