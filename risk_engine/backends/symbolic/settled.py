"""One case with some of its answers open: what it states is settled and folded away, the rest are unknowns.

What is settled costs a solver nothing: of a nearly complete case only few terms are left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from risk_engine.backends.symbolic.blanks import Answer, Blank, Blanks, Stated, known, stated_entries
from risk_engine.backends.symbolic.domains import Domains
from risk_engine.backends.symbolic.terms import Chosen, Interval, Term, constant
from risk_engine.model.case import Case, answer
from risk_engine.model.facts import ChoicesFact, Entity


@dataclass(frozen=True)
class Opened:
    """What is open of a case, and which of its controls count as in place."""

    blanks: frozenset[Blank] = frozenset()
    lists: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    in_place: frozenset[str] = frozenset()
    from_tables: Mapping[Blank, Any] = field(default_factory=dict)
    """What a table says of the case to stay near to, of questions that no table answers of this one."""
    binding: bool = True
    """Whether an open answer must not be given where it is not asked; else it is set aside like a settled one."""
    completed: bool = False
    """Whether only completions are looked at: every list and every question that is open is settled in them.

    Facts are then read as known, which is true of completions alone, and takes half of the terms.
    """


class Settled(Blanks):
    """The unknowns of one case: the blanks, lists and controls that are named open, and nothing else.

    `base` is the case from which what is found should differ as little as possible: the case itself where answers may
    be changed, a harmless one where they are to be completed.
    """

    def __init__(  # noqa: PLR0913 (what a case may state, and what of this one is open)
        self,
        entities: Mapping[str, Entity],
        domains: Domains,
        bounds: Mapping[str, int],
        base: Case,
        case: Case,
        opened: Opened,
        *,
        context: z3.Context | None = None,
    ) -> None:
        """Take what a case may state, the case to stay near to, the case, and what of it is open."""
        self.case = case
        self.opened = opened
        counted = {name: len(stated_entries(case, name) or ()) for name, one in entities.items() if one.many}
        places = {name: bounds[name] if name in opened.lists else number for name, number in counted.items()}
        super().__init__(entities, domains, places, base, context)

    def is_open(self, blank: Blank) -> bool:
        """Return whether an answer is open: it is named, or stands in a list that is."""
        return blank in self.opened.blanks or blank.entity in self.opened.lists

    def binds(self, blank: Blank) -> bool:
        """Return whether a case must not answer this question where it is not asked: one it states is set aside."""
        return self.opened.binding and self.is_open(blank)

    def completed(self, blank: Blank) -> bool:
        """Return whether only cases are looked at in which this question is settled, one way or the other."""
        return self.opened.completed and self.is_open(blank)

    def base_answer(self, blank: Blank) -> Any:
        """Return what the base case says there, also by a table; of a further entry, what the first says."""
        found = super().base_answer(blank)
        return self.opened.from_tables.get(blank) if found is None else found

    def listed(self, entity: str) -> tuple[Term, tuple[Term, ...]]:
        """Return whether a list is answered, and for each place whether there is an entry."""
        if entity in self.opened.lists:
            listed, present = super().listed(entity)
            return self.opened.completed or listed, present
        stated = stated_entries(self.case, entity)
        return self.lists.setdefault(entity, (stated is not None, (True,) * len(stated or ())))

    def list_differences(self, entity: str) -> list[Term]:
        """Return how a list differs from that of the base case; one that is settled is no difference."""
        return super().list_differences(entity) if entity in self.opened.lists else []

    def in_place(self, control: str) -> Term:
        """Return whether a control is in place, with evidence on record."""
        if control in self.opened.controls:
            return super().in_place(control)
        return control in self.opened.in_place

    def stated_in_case(self, blank: Blank) -> Any:
        """Return what the case states for a question, None where it states nothing."""
        if self.entities[blank.entity].many is None:
            return answer(getattr(self.case, blank.entity, None), blank.fact)
        entries = stated_entries(self.case, blank.entity) or ()
        return answer(entries[blank.place], blank.fact) if blank.place < len(entries) else None

    def _stated(self, blank: Blank, fact: Any) -> Stated:
        if self.is_open(blank):
            return super()._stated(blank, fact)
        value = self.stated_in_case(blank)
        domain = self.domains[blank.name]
        return Stated(_nothing(fact, domain) if value is None else known(value, domain), differs=False)


def _nothing(fact: Any, domain: tuple[Any, ...]) -> Answer:
    """Return that nothing is stated."""
    if isinstance(fact, ChoicesFact):
        return Chosen(unknown=True, options=dict.fromkeys(domain, False))
    low = constant(0, len(domain))
    return Interval(unknown=True, low=low, high=low)
