"""What every check needs: the set, where its records stand, and the list that problems go to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from risk_engine.diagnostics import Diagnostic, nearest, quoted, suggestion
from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import Entity, RowFact, RuleFact, TextFact
from risk_engine.model.results import ladder_entity, result_entities
from risk_engine.model.sources import Citation
from risk_engine.model.words import Period
from risk_engine.plain import Loc
from risk_engine.source import Document

Problem: TypeAlias = tuple[str, str]
"""What is wrong, and the way out (empty where there is none)."""


class Place(NamedTuple):
    """A place in one of the set's files."""

    file: str
    loc: Loc = ()

    def at(self, *steps: str | int) -> "Place":
        """Return the place so many keys and indices further down."""
        return Place(self.file, (*self.loc, *steps))


@dataclass
class Context:
    """The set under check. What is `broken` was reported already and is not missed a second time."""

    criteria: CriteriaSet
    documents: Mapping[str, Document]
    indicator_files: Mapping[str, str]
    broken: frozenset[tuple[str, str]] = frozenset()
    problems: list[Diagnostic] = field(default_factory=list)
    doubtful_parameters: set[str] = field(default_factory=set)
    """Parameters whose own values are wrong: what rules do with them is not looked at."""
    facts_are_sound: bool = True
    """Whether facts.yaml has no problem; what follows from one of them is not reported again."""

    @cached_property
    def results(self) -> dict[str, Entity]:
        """The entities of findings and dimensions, which ladders and awareness rules may read."""
        return result_entities(self.criteria)

    @cached_property
    def everything(self) -> dict[str, Entity]:
        """Every entity that any condition of the set may name."""
        return {**self.criteria.entities, **self.results, **ladder_entity(self.criteria)}

    @cached_property
    def fact_names(self) -> list[str]:
        """Every fact of a case, as `entity.fact`."""
        return [f"{name}.{fact}" for name, entity in self.criteria.entities.items() for fact in entity.facts]

    def in_force(self, effective: Period | None = None) -> Period:
        """Return when a rule may be read: while it is effective, from the first day of the set on."""
        first = self.criteria.head.in_force.from_
        effective = effective or Period()
        return Period(from_=max(first, effective.from_ or first), until=effective.until)

    def report(self, place: Place, message: str, help_text: str = "", *, key: bool = False) -> None:
        """Add a problem at a place of one of the set's files."""
        self.problems.append(self.documents[place.file].problem(place.loc, message, help_text, key=key))

    def is_broken(self, kind: str, name: str) -> bool:
        """Return whether a record (or its whole file) was there but could not be read."""
        if (kind, name) in self.broken or (kind, "*") in self.broken:
            return True
        entity, _dot, short = name.partition(".")
        return kind == "fact" and (
            self.is_broken("entity", entity) or (entity == "ladder" and self.is_broken("ladder", short))
        )

    def need(self, kind: str, name: str, known: Collection[str], place: Place, *, key: bool = False) -> bool:
        """Return whether a name is known; report it with a suggestion if it is not."""
        if name in known:
            return True
        if not self.is_broken(kind, name):
            what, _of, owner = kind.partition(" of ")
            named = {"kind": _(what), "name": name}
            message = _("there is no {kind} `{name}`", **named)
            if owner:
                message = _("there is no {kind} `{name}` of {owner}", **named, owner=owner)
            help_text = _fact_meant(name, known) if kind == "fact" else suggestion(name, known)
            self.report(place, message, help_text, key=key)
        return False

    def check_citation(self, citation: Citation, place: Place) -> None:
        """Report a citation of a source that sources.yaml does not have."""
        self.need("source", citation.id, self.criteria.sources, place.at("id"))

    def check_period(self, period: Period, place: Place) -> None:
        """Report a time in force that is over before it begins."""
        if period.from_ is not None and period.until is not None and period.until <= period.from_:
            self.report(
                place.at("until"),
                _("it ends on {until} and begins on {since}", until=period.until, since=period.from_),
                _("`until` is the first day on which it is over"),
            )


def _fact_meant(name: str, known: Iterable[str]) -> str:
    """Return the help for a fact that does not exist: among the facts of its entity, if that exists."""
    known = list(known)
    entity, _dot, short = name.partition(".")
    own = {one.partition(".")[2]: one for one in known if one.startswith(f"{entity}.")}
    if not own:
        entities = list(dict.fromkeys(one.partition(".")[0] for one in known))
        other = nearest(entity, entities)
        meant = [one for one in known if one.partition(".")[0] == other]
        # A name that is like it in both parts is meant; of an entity alone that is like it nobody can tell.
        short_meant = nearest(short, [one.partition(".")[2] for one in meant])
        if short_meant:
            return _("did you mean `{near}`?", near=f"{other}.{short_meant}")
        return _("entities: {known}", known=quoted(entities, "and"))
    near = nearest(short, own)
    if near:
        return _("did you mean `{near}`?", near=own[near])
    return _("facts of `{entity}`: {known}", entity=entity, known=quoted(own, "and"))


def column_readers(criteria: CriteriaSet, table: str, column: str) -> Iterator[RuleFact]:
    """Yield the facts whose value comes from a column of a table."""
    for entity in criteria.entities.values():
        for short, fact in entity.facts.items():
            if isinstance(fact, RowFact | TextFact) or fact.from_ is None or (fact.column or short) != column:
                continue
            source = entity.facts.get(fact.from_)
            if isinstance(source, RowFact) and source.of == table:
                yield fact
