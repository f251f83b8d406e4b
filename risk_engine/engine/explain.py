"""Findings to records that can defend themselves: facts as people read them, evidence, sentences, sources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from string import Formatter
from typing import Any, Literal, cast

from risk_engine.engine.facts import Entry, Facts, Read
from risk_engine.engine.find import Found, FoundOption
from risk_engine.language import _, pgettext
from risk_engine.model.case import Case, Evidence
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, RuleFact, shown
from risk_engine.model.finding import (
    CitedSource,
    EvidenceShown,
    FactRead,
    Finding,
    KnockOutBounds,
    OptionState,
    SeverityBounds,
)
from risk_engine.model.sources import Citation
from risk_engine.model.tables import Column, source_on
from risk_engine.model.words import KnockOut, Severity
from risk_engine.once import once


class Explainer:
    """Writes the records of one case; holds what each of them needs."""

    def __init__(self, case: Case, facts: Facts, criteria: CriteriaSet, source: "Explainer | None" = None) -> None:
        self.facts = facts
        self.criteria = criteria
        self.source = source
        """Writes in the set's own words, where `criteria` are those of another language."""
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

    def finding(self, found: Found) -> Finding:
        """Return the record of one finding."""
        indicator = self.criteria.indicators[found.id]
        sources = self.sources("indicators", found.id)
        return Finding(
            id=found.id,
            title=indicator.title,
            dimension=indicator.dimension,
            ground=indicator.ground,
            outcome=found.outcome,
            inherent=found.inherent,
            possible=found.possible,
            residual=_severities(*found.residual),
            expected=_severities(*found.expected),
            knock_out=_knock_outs(*found.knock_out),
            knock_out_before=_knock_outs(*found.knock_out_before),
            open=found.open,
            entries=self.entries(found.reads),
            reads=tuple(self.read(one) for one in found.reads),
            bars=tuple(self.read(one) for one in found.bars),
            missing=self.to_ask(found.missing),
            # The sentences say what was recorded: of anything but a present finding they would be untrue
            # (docs/decisions/0007).
            because=self._because(found) if found.outcome == "present" else (),
            question=indicator.question,
            reason=indicator.reason,
            wanted_evidence=indicator.evidence,
            options=tuple(_option(one) for one in found.options),
            irreducible=indicator.irreducible if found.outcome != "absent" and _nothing_counts(found) else None,
            sources=sources,
            only_unverified=not any(one.verified for one in sources),
            defined_at=self.criteria.places.get(found.id, ""),
        )

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
            evidence=tuple(evidence_shown(one) for one in self._by_path.get(path, ())),
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
        if isinstance(fact, RowFact) and isinstance(value, str):
            return self.criteria.tables[fact.of].rows[value].name
        return shown(fact, tuple(value) if isinstance(value, list) else value)

    def question(self, read: Read) -> str:
        """Return what was asked for a fact; for a table value, what the column states."""
        entity = self.criteria.entities[read.entity]
        if read.fact is None:
            return entity.help or entity.title
        return entity.facts[read.fact].question or self._column(read)[0].title

    def _table_source(self, read: Read) -> tuple[CitedSource, date]:
        """Return what a table value rests on, and the date of that source."""
        column, row_fact = self._column(read)
        row = self.value(read._replace(fact=row_fact))
        return _source(source_on(column, row, self.facts.on), self.criteria), column.as_of

    def _column(self, read: Read) -> tuple[Column, str]:
        """Return the column that a fact with `from` takes its value from, and the fact that says from which row."""
        facts = self.criteria.entities[read.entity].facts
        fact = cast("RuleFact", facts[read.fact or ""])
        row_fact = cast("RowFact", facts[fact.from_ or ""])
        return self.criteria.tables[row_fact.of].columns[fact.column or read.fact or ""], fact.from_ or ""

    def to_ask(self, reads: Iterable[Read]) -> tuple[str, ...]:
        """Return the paths of what must be answered so that these facts are known."""
        asked = [one for read in reads for one in self.facts.to_ask(read)]
        return tuple(dict.fromkeys(one.path() for one in asked))

    def entries(self, reads: Iterable[Read]) -> tuple[str, ...]:
        """Return the list entries among the facts that were read."""
        named = [f"{one.entity}.{one.entry}" for one in reads if one.entry is not None]
        return tuple(dict.fromkeys(named))

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
            return "missing" if self.facts.lists[read.entity] is None else "case"
        return self.facts.origins[read]

    def _because(self, found: Found) -> tuple[str, ...]:
        """Return the indicator's sentences, each once for every entry that made the finding so.

        Which of them are the same, the set's own words say: in another language there are then as many.
        """
        lines = self.lines(found)
        first: dict[str, str] = {}
        for own, line in zip(self.source.lines(found) if self.source else lines, lines, strict=True):
            first.setdefault(own, line)
        return tuple(first.values())

    def lines(self, found: Found) -> list[str]:
        """Return the sentences of a finding for all its entries, also where several come to the same."""
        indicator = self.criteria.indicators[found.id]
        printed = [text for sentence in indicator.because for text in self._printed(sentence, found.reads)]
        if printed:
            return printed
        facts = "; ".join(f"{self.question(one)} {self.shown(one, self.value(one))}" for one in found.reads)
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
            parts.append(text)
            if name:
                entity, _, fact = name.partition(".")
                read = Read(entity, entry_of.get(entity), fact)
                parts.append(self.shown(read, self.value(read)))
        return "".join(parts)


def in_json(value: Any) -> Any:
    """Return a value as a stored assessment holds it: JSON knows no dates, so one read back has text for them."""
    return value.isoformat() if isinstance(value, date) else value


def evidence_shown(record: Evidence) -> EvidenceShown:
    """Return a record of evidence as an assessment holds it."""
    return EvidenceShown(
        kind=record.kind,
        reference=record.reference,
        date=record.date,
        collected_by=record.collected_by,
        confidence=record.confidence,
        sha256=record.sha256,
    )


# There are few of these, they depend on nothing but their arguments and never change: each is made once.
@cache
def _severities(at_least: Severity, at_most: Severity) -> SeverityBounds:
    return SeverityBounds(at_least=at_least, at_most=at_most)


@cache
def _knock_outs(at_least: KnockOut, at_most: KnockOut) -> KnockOutBounds:
    return KnockOutBounds(at_least=at_least, at_most=at_most)


@once
def _cited(criteria: CriteriaSet) -> Mapping[tuple[str, str], tuple[CitedSource, ...]]:
    rules = [(("indicators", name), one.sources) for name, one in criteria.indicators.items()]
    rules += [(("awareness", name), one.sources) for name, one in criteria.awareness.items()]
    return {rule: tuple(_source(one, criteria) for one in citations) for rule, citations in rules}


def _source(citation: Citation, criteria: CriteriaSet) -> CitedSource:
    source = criteria.sources[citation.id]
    return CitedSource(
        id=citation.id,
        instrument=source.instrument,
        at=citation.at,
        link=source.link,
        kind=source.kind,
        verified=source.verified and citation.verified,
    )


@lru_cache(maxsize=4096)
def _parts(sentence: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((text, name) for text, name, *_rest in Formatter().parse(sentence))


def _option(found: FoundOption) -> OptionState:
    return OptionState(
        controls=found.option.all,
        residual=found.residual,
        counts="unknown" if found.counts is None else "yes" if found.counts else "no",
        complete=not found.lacking,
        lacking=found.lacking,
    )


def _nothing_counts(found: Found) -> bool:
    return all(one.counts is False for one in found.options)
