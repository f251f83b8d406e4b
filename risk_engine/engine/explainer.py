"""The facts of one case as people read them: what was asked, what was recorded, the evidence, the sources."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from string import Formatter
from typing import Any, Final, Literal

from risk_engine.engine.facts import Entry, Facts, Read, in_json
from risk_engine.files.language import NP_, _, pgettext
from risk_engine.files.once import once
from risk_engine.model.case import EVIDENCE_OF_FILE, Case, Evidence
from risk_engine.model.criteria import Criteria, Indicator
from risk_engine.model.explanation import CitedSource, EvidenceShown, FactRead
from risk_engine.model.facts import TextFact
from risk_engine.model.tables import Citation, grade_of, source_on, was_read


class Explainer:
    """Says the facts of one case in the words of its criteria; holds what that needs."""

    def __init__(self, case: Case, facts: Facts, criteria: Criteria) -> None:
        self.facts = facts
        self.criteria = criteria
        self.written: dict[str, FactRead] = {}
        """The record of every fact that a finding so far read, by its path."""
        self._paths: dict[Read, str] = {}
        self._entry: dict[tuple[str, str | None], Entry] = {(name, None): one for name, one in facts.single.items()}
        self._entry |= {(name, one.id): one for name, entries in facts.lists.items() for one in entries or ()}
        self._by_path: dict[str, list[Evidence]] = {}
        for record in case.evidence:
            # Evidence for one option of a `choices` fact is evidence for the fact.
            for named in {name for path in record.for_ for name in (path, path.rpartition(".")[0])}:
                self._by_path.setdefault(named, []).append(record)

    def read(self, read: Read) -> str:
        """Return the path of a fact that a finding read; many findings read the same one, its record is kept once."""
        path = self._paths.get(read)
        if path is None:
            path = self._paths[read] = read.path()
            self.written[path] = self._read(read, path)
        return path

    def _read(self, read: Read, path: str) -> FactRead:
        value = self.value(read)
        origin = self._origin(read)
        source, as_of = self._table_source(read) if origin == "table" else (None, None)
        fact = self.criteria.entities[read.entity].facts[read.fact] if read.fact is not None else None
        return FactRead(
            question=self.question(read),
            value=in_json(value),
            shown=self.shown(read, value),
            origin=origin,
            source=source,
            as_of=as_of,
            confidential=fact.confidential if fact else False,
            evidence=tuple(evidence_shown(one, self.criteria) for one in self._by_path.get(path, ())),
        )

    def value(self, read: Read) -> Any:
        """Return the value of a fact as a case file states it, None where it is not known or a list is unanswered."""
        if read.fact is None:
            entries = self.facts.lists[read.entity]
            return None if entries is None else [one.id for one in entries]
        value = self._entry[read.entity, read.entry].values[read.fact]
        return list(value) if isinstance(value, tuple) else value

    def shown(self, read: Read, value: Any) -> str:
        """Return a value as people read it."""
        if read.fact is None:
            return _("not known") if value is None else ", ".join(value) or pgettext("no entries", "none")
        fact = self.criteria.entities[read.entity].facts[read.fact]
        if isinstance(fact, TextFact) and (fact.belongs_to, value) in self._entry:
            return self.label(fact.belongs_to or "", value)
        return self.criteria.shown(fact, value)

    def question(self, read: Read) -> str:
        """Return what was asked for a fact; for a table value, what the column states."""
        about = self.criteria.entities[read.entity].help if read.fact is None else None
        return about or self.criteria.title_of(read.path())

    def _table_source(self, read: Read) -> tuple[CitedSource, date]:
        """Return what a table value rests on, and the date of that source."""
        name = f"{read.entity}.{read.fact}"
        table, short = self.criteria.column_of(name) or ("", "")
        column = self.criteria.tables[table].columns[short]
        row = self.value(read._replace(fact=getattr(self.criteria.fact(name), "from_", None)))
        return _source(source_on(column, row, self.facts.on), self.criteria), column.as_of

    def label(self, entity: str, entry: str) -> str:
        """Return the name that people know an entry by: the fact in the set's `label` role, else its id."""
        fact = self.criteria.head.roles.label.get(entity)
        value = self.value(Read(entity, entry, fact.partition(".")[2])) if fact else None
        return str(value) if value else entry

    def sources(self, kind: Literal["indicators", "awareness"], name: str) -> tuple[CitedSource, ...]:
        """Return what a rule cites, with what the register of sources says of it."""
        return _cited(self.criteria)[kind, name]

    def _origin(self, read: Read) -> Any:
        if read.fact is None:
            return self.facts.origins.get(read, "missing" if self.facts.lists[read.entity] is None else "case")
        return self.facts.origins[read]

    def lines(self, indicator: Indicator, reads: Sequence[Read]) -> list[str]:
        """Return the sentences of a finding for all its entries, also where several come to the same."""
        printed = [text for sentence in indicator.because for text in self._printed(sentence, reads)]
        if printed:
            return printed
        facts = "; ".join(f"{self.question(one)} {self.shown(one, self.value(one))}" for one in reads)
        return [f"{indicator.title}: {facts}"]

    def _printed(self, sentence: str, reads: Sequence[Read]) -> Iterator[str]:
        names = [name for _text, name in _parts(sentence) if name]
        listed = next((one for name in names if (one := name.partition(".")[0]) in self.facts.lists), None)
        if listed is None:
            yield self._filled(sentence, {})
            return
        for entry in dict.fromkeys(one.entry for one in reads if one.entity == listed and one.entry is not None):
            yield self._filled(sentence, {listed: entry})

    def _filled(self, sentence: str, entry_of: Mapping[str, str]) -> str:
        parts: list[str] = []
        for text, name in _parts(sentence):
            # A name such as "Co., Ltd." has the point of its sentence already.
            is_ended = bool(parts) and parts[-1].endswith(".") and text.startswith(".")
            parts.append(text[1:] if is_ended else text)
            if name:
                entity, _, fact = name.partition(".")
                read = Read(entity, entry_of.get(entity), fact)
                parts.append(self.shown(read, self.value(read)))
        return "".join(parts)


_OWN_KINDS: Final = {
    "document": NP_("kind of evidence", "document"),
    "questionnaire": NP_("kind of evidence", "questionnaire"),
    EVIDENCE_OF_FILE: NP_("kind of evidence", "on file"),
}
"""The kinds that commands write into a case where nobody names one."""


def evidence_shown(record: Evidence, criteria: Criteria) -> EvidenceShown:
    """Return a record of evidence as people read it: a kind that the criteria declare by its title."""
    own = _OWN_KINDS.get(record.kind)
    return EvidenceShown(
        kind=criteria.head.evidence_kinds.get(record.kind) or (pgettext(*own) if own else record.kind),
        reference=record.reference,
        date=record.date,
        collected_by=record.collected_by,
        confidence=record.confidence,
        sha256=record.sha256,
    )


@once
def _cited(criteria: Criteria) -> Mapping[tuple[str, str], tuple[CitedSource, ...]]:
    rules = [(("indicators", name), one.sources) for name, one in criteria.indicators.items()]
    rules += [(("awareness", name), one.sources) for name, one in criteria.awareness.items()]
    return {rule: tuple(_source(one, criteria) for one in citations) for rule, citations in rules}


def _source(citation: Citation, criteria: Criteria) -> CitedSource:
    source = criteria.sources[citation.id]
    return CitedSource(
        id=citation.id,
        instrument=source.instrument,
        at=citation.at,
        link=source.link,
        kind=source.kind,
        verified=was_read(source, citation),
        grade=grade_of(source, citation),
    )


@lru_cache(maxsize=4096)
def _parts(sentence: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((text, name) for text, name, *_rest in Formatter().parse(sentence))
