"""All questionnaires of a case at once: to each of those who should answer what is open and theirs to answer.

Whoever is an entry of the case, such as a partner, is asked about that entry and what is said to belong to it, and
reads no name of another one. What nobody said to whom it belongs is asked in the house.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from risk_engine.engine.facts import Facts, Read, holders, party_of, to_ask
from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.case import case_of, read_case_file, rules_for
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.assessment import Assessment
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Entry
from risk_engine.model.facts import is_offered
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.forms.export_form import (
    ROOM_IN_DOCUMENT,
    Known,
    form_for,
    is_asked_of,
    label_fact,
    with_hints,
    written_form,
)
from risk_engine.office.forms.form import Form, Part
from risk_engine.report.blocks import View
from risk_engine.report.pages import Sender
from risk_engine.report.pages.letter import names_nobody, tells_an_entry
from risk_engine.report.returned import hidden_id, hides

EVERYONE = "everyone"
"""What `--for` calls all of those who should answer."""


@dataclass(frozen=True)
class Letter:
    """A questionnaire before it is written: what its file is called, who gets it, and how many questions it has."""

    key: str
    stem: str
    to: str
    form: Form
    is_needed: bool
    """Whether an answer could raise a finding or help to lower one, or names entries of a list that has none yet."""

    @property
    def questions(self) -> int:
        """How many questions are asked, each of every entry that is named."""
        return sum(len(one.questions) * max(1, len(one.entries)) - len(one.answered) for one in self.form.parts)


@dataclass(frozen=True)
class _Names:
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Everyone:
    """A case whose open questions are to be sent out, and in which kind of file."""

    record: Record
    criteria: Criteria
    sender: Sender
    kind: str
    asks: frozenset[str] | None = None
    """The paths that are asked; None for all that is open."""

    @cached_property
    def facts(self) -> Facts:
        """What of the case is known."""
        return self.record.worked.facts

    @cached_property
    def _names(self) -> _Names:
        titles = ((name, one.title) for name, one in self.criteria.entities.items())
        return _Names(
            tuple(
                Entry(path=f"{name}.{one['id']}", title=title, label=self.record.label(name, one["id"]))
                for name, title in titles
                for one in self.record.entries(name)
            )
        )

    def letters(self) -> Iterator[Letter]:
        """Yield the questionnaires, in the order in which the set names those who are asked."""
        for role, title in self.criteria.head.asked_of.items():
            if role not in self.facts.lists:
                if (form := self._form(role, None)) is not None:
                    yield Letter(role, role, title, form, self._is_needed(form))
                continue
            for number, (party, about) in enumerate(self._about(role).items(), 1):
                if (form := self._form(role, about)) is None:
                    continue
                needed = self._is_needed(form)
                if not party:
                    whom = _("Research office (for {who})", who=title)
                    yield Letter(f"{role}:other", f"office-{role}", whom, form, needed)
                    continue
                entry = next(one for one in self._names.entries if one.path == party)
                told = not tells_an_entry(party.partition(".")[2], self._names, {party})
                stem = f"{role}-{party.partition('.')[2]}" if told else f"{role}-{number}"
                yield Letter(party, stem, f"{title}, {entry.label}", self._for_party(form, entry), needed)

    def _is_needed(self, form: Form) -> bool:
        return any(self.facts.lists.get(part.entity, ()) is None for part in form.parts) or any(
            (Read(part.entity, entry, one.short).path() in self._gaps or one.name in self._lowering)
            and (entry, one.name) not in part.answered
            for part in form.parts
            for entry in ([None] if part.many is None else [each.id for each in part.entries])
            for one in part.questions
        )

    @cached_property
    def _gaps(self) -> frozenset[str]:
        """The paths of the answers that are missing and could raise a finding."""
        return frozenset(path for found in self.record.worked.found for path in to_ask(found.missing, self.facts))

    @cached_property
    def _lowering(self) -> frozenset[str]:
        """The facts on which it hangs whether something that counts may be lowered by a control or by answers."""
        conditions = (
            option.option.when
            for found in self.record.worked.found
            if found.outcome != "absent"
            for option in found.options
            if option.counts is None and option.option.when is not None
        )
        return frozenset(name for one in conditions for name in facts_in(one, self.criteria.definitions))

    def unassigned(self) -> Iterator[tuple[str, str]]:
        """Yield each entry, or single entity, of which nobody said to whom its questions go; and who would get them."""
        for role in self.criteria.head.asked_of:
            if role in self.facts.lists:
                yield from ((path, role) for path in self._about(role).get("", {}))

    def not_named(self) -> Iterator[str]:
        """Yield the lists that are asked for, and of which nobody named an entry yet: nobody can be asked about one."""
        for name, entries in self.facts.lists.items():
            if entries is None and self.facts.to_ask(Read(name, None, None)) == (Read(name, None, None),):
                yield name

    def _about(self, role: str) -> Mapping[str, dict[str, None]]:
        """Return what the open questions are about for each entry that is asked, for `` where nobody said which."""
        found: dict[str, dict[str, None]] = {}
        for name, entity in self.criteria.entities.items():
            short = [one for one, fact in entity.facts.items() if self._is_asked(role, name, one)]
            for holder in holders(self.facts, name):
                if any(self._is_open(Read(name, holder.id, one)) for one in short):
                    party = party_of(Read(name, holder.id, None), role, self.facts, self.criteria.entities)
                    path = name if holder.id is None else f"{name}.{holder.id}"
                    found.setdefault((party and party.path) or "", {})[path] = None
        return found

    def _is_asked(self, role: str, name: str, short: str) -> bool:
        fact = self.criteria.entities[name].facts[short]
        return is_asked_of(fact, role) and is_offered(fact, self.facts.on)

    def _is_open(self, read: Read) -> bool:
        return self.facts.origins.get(read) == "missing" if self.asks is None else read.path() in self.asks

    def _form(self, role: str, about: Mapping[str, None] | None) -> Form | None:
        """Return what is open for somebody, None where nothing is; who is asked for names can name new entries."""
        known = Known(self.record.case, self.facts)
        try:
            form = form_for(
                self.criteria,
                role,
                known=known,
                about=about,
                room=0 if about is not None else ROOM_IN_DOCUMENT if self.kind == "docx" else None,
                on=self.facts.on,
            )
        except RiskEngineError:
            return None  # of a list that is closed, or all that is asked of them
        parts = [one for part in form.parts if (one := self._open(part, role)) is not None]
        if not parts:
            return None
        return with_hints(replace(form, parts=tuple(parts), sender=self.sender), self.criteria, self.facts)

    def _open(self, part: Part, role: str) -> Part | None:
        """Return a part without what is answered; None where nothing is left to ask."""
        ids = [one.id for one in part.entries] if part.many is not None else [None]
        open_of = {
            one: {each.name for each in part.questions if self._is_open(Read(part.entity, one, each.short))}
            for one in ids
        }
        entries = tuple(one for one in part.entries if open_of[one.id])
        names_new = self.asks is None and part.many is not None and self.facts.lists[part.entity] is None
        label = self.criteria.entities[part.entity].facts.get(label_fact(self.criteria, part.entity))
        if names_new and (label is None or is_asked_of(label, role)):
            return part
        asked = frozenset[str]().union(*open_of.values())
        questions = tuple(one for one in part.questions if one.name in asked)
        if not questions:
            return None
        answered = frozenset(
            (one.id, each.name) for one in entries for each in questions if each.name not in open_of[one.id]
        )
        return replace(part, questions=questions, entries=entries, room=0, asks_whether=False, answered=answered)

    def _for_party(self, form: Form, entry: Entry) -> Form:
        """Return a form for somebody outside: no title, id or label in it holds the name of anybody else."""
        own = frozenset({entry.path})
        salt = hashlib.sha256(repr(sorted(map(str, self.record.data.items()))).encode()).hexdigest()[:16]

        def told(one_id: str, but: frozenset[str]) -> str:
            return hidden_id(one_id, salt) if tells_an_entry(one_id, self._names, but) else one_id

        parts = []
        for part in form.parts:
            entries, ids = [], {}
            for number, one in enumerate(part.entries, 1):
                path = f"{part.entity}.{one.id}"
                label = one.label if path in own or self._may_read(one.label, path, entry) else f"{part.title} {number}"
                ids[one.id] = told(one.id, own | {path})
                entries.append(replace(one, label=label, id=ids[one.id]))
            answered = frozenset((ids[one], name) for one, name in part.answered)
            parts.append(replace(part, entries=tuple(entries), answered=answered))
        title = form.case_title if self._may_read(form.case_title, entry.path, entry) else ""
        case_id = told(self.record.case.id, own)
        is_hidden = any(hides(one) for one in (case_id, *(one.id for part in parts for one in part.entries)))
        return replace(form, parts=tuple(parts), case_id=case_id, case_title=title, salt=salt if is_hidden else "")

    def _may_read(self, text: str, path: str, reader: Entry) -> bool:
        """Return whether who is outside may read a text of the case: it holds no name and no word of another's."""
        own, among = frozenset({reader.path}), reader.path.partition(".")[0]
        is_others = tells_an_entry(text, self._names, own, among=among)
        return not is_others and names_nobody(text, self._names, own | {path})


def everyone(kind: str, case: Path, sender: Sender, *, criteria: str | None, on: date | None, today: date) -> Everyone:
    """Return a case whose open questions are to be sent out; raise what reading it raises."""
    document = read_case_file(case)
    day, read = rules_for(document, criteria, on, instead=today)
    rules = criteria_in_words(read)
    case_of(document, rules)
    return Everyone(Record(document.data, Under(rules, day or today, path=document.path)), rules, sender, kind)


def letter_book(stored: Assessment, criteria: Criteria, letter: View, sender: Sender) -> bytes:
    """Return one letter with questions as a workbook that is read back as a questionnaire; MissingExtraError without.

    `letter` is that letter on the assessment; RiskEngineError where it is none that asks one addressee something.
    """
    if letter.paper is None or not letter.paper.asks:
        message = _("of several letters, or of one that asks nothing in writing, there is no workbook")
        raise RiskEngineError(message, _("name one of those who are asked with `--to`"))
    asks = frozenset(letter.paper.asks)
    record = Record(dict(tupled(stored.case)), Under(criteria_in_words(criteria), stored.on))
    found = Everyone(record, criteria_in_words(criteria), sender, "xlsx", asks)
    (form,) = (one.form for one in found.letters())
    return written_form("xlsx", form)
