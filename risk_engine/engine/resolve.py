"""Case to facts: table values filled in, what need not be asked settled, parameters with their value of the day."""

from datetime import date

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Among, Entry, Facts, Origin, Read, Stated, Truth
from risk_engine.files.diagnostics import CaseProblem, InvalidCaseError, quoted
from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.model.case import Case, answer, entries
from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import (
    AnyFact,
    ChoicesFact,
    Entity,
    RowFact,
    RuleFact,
    TextFact,
    orders_of,
)
from risk_engine.model.profile import Profile, cell_of, parameters_on


def resolve(case: Case, criteria: CriteriaSet, on: date, profile: Profile | None = None) -> Facts:
    """Return the facts of the case on a day (design, sections 4 and 9).

    Raises InvalidCaseError where a question is answered that the case's other answers rule out.
    """
    return _Resolver(case, criteria, on, profile).facts()


class _Resolver:
    def __init__(self, case: Case, criteria: CriteriaSet, on: date, profile: Profile | None) -> None:
        self.criteria = criteria
        self.on = on
        self.profile = profile
        self.values: dict[tuple[str, str | None], dict[str, Stated]] = {}
        self.origins: dict[Read, Origin] = {}
        self.asks: dict[Read, tuple[Read, ...]] = {}
        self.problems: list[CaseProblem] = []
        single: dict[str, Entry] = {}
        lists: dict[str, tuple[Entry, ...] | None] = {}
        for name, entity in criteria.entities.items():
            if entity.many is None:
                single[name] = self._entry(name, entity, None, getattr(case, name))
            elif (stated := entries(case, name)) is None:
                lists[name] = None
            else:
                found = [self._entry(name, entity, str(answer(one, "id")), one) for one in stated]
                lists[name] = tuple(sorted(found, key=lambda one: one.id or ""))
        self.resolved = Facts(
            on=on,
            single=single,
            lists=lists,
            orders=orders_of(criteria.entities),
            parameters=parameters_on(criteria, on, profile),
            definitions=criteria.definitions,
            origins=self.origins,
            asks=self.asks,
        )

    def facts(self) -> Facts:
        for name, short, fact, ask_when in asked_in_order(self.criteria):
            for entry in self._entries(name):
                self._settle(Read(name, entry.id, short), fact, evaluate(ask_when, self.resolved, entry))
        if self.problems:
            raise InvalidCaseError(self.problems)
        return self.resolved

    def _entries(self, name: str) -> tuple[Entry, ...]:
        if name in self.resolved.single:
            return (self.resolved.single[name],)
        return self.resolved.lists[name] or ()

    def _entry(self, name: str, entity: Entity, entry_id: str | None, stated: object) -> Entry:
        values: dict[str, Stated] = {}
        self.values[name, entry_id] = values
        for short, fact in entity.facts.items():
            read = Read(name, entry_id, short)
            value: Stated = answer(stated, short)  # type: ignore[arg-type]
            origin: Origin = "missing" if value is None else "case"
            if value is None and not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
                value, origin = self._from_table(entity, fact, short, stated)
                if value is None and answer(stated, fact.from_) is None:  # type: ignore[arg-type]
                    self.asks[read] = (Read(name, entry_id, fact.from_),)
            values[short] = in_order(fact, value)
            self.origins[read] = origin
        return Entry(entry_id, values)

    def _from_table(self, entity: Entity, fact: RuleFact, short: str, stated: object) -> tuple[Stated, Origin]:
        row_fact = entity.facts[fact.from_ or ""]
        row = answer(stated, fact.from_ or "")  # type: ignore[arg-type]
        if not isinstance(row_fact, RowFact) or not isinstance(row, str):
            return None, "missing"
        value, origin = cell_of(self.criteria, self.profile, row_fact.of, row, fact.column or short, self.on)
        return value, "missing" if value is None else origin

    def _settle(self, read: Read, fact: RuleFact, asked: Truth) -> None:
        """Settle one fact with `ask_when`; the facts that the condition reads are settled already."""
        values, short = self.values[read.entity, read.entry], read.fact or ""
        stated, otherwise = values[short], in_order(fact, fact.otherwise)
        if asked.value is False:
            # A table may know what nobody asks; only what the case itself states can contradict.
            if self.origins[read] == "case" and stated != otherwise:
                why = quoted([one.path() for one in dict.fromkeys(asked.reads)], "and")
                message = _("this is answered, but the answer to {others} says that it need not be asked", others=why)
                help_text = _("take the answer out, move it to `set_aside:`, or correct the other answer")
                self.problems.append(CaseProblem(read.path(), message, help_text))
            values[short] = otherwise
            self.origins[read] = "not_asked"
            self.asks.pop(read, None)
        elif asked.value is None and stated != otherwise:
            values[short] = None
            self.origins[read] = "missing"
            self.asks[read] = tuple(dict.fromkeys(one for part in asked.reads for one in self.resolved.to_ask(part)))


def in_order(fact: AnyFact, value: Stated) -> Stated:
    """Return chosen options in the order in which the fact declares them: the order of an answer means nothing."""
    if isinstance(fact, ChoicesFact) and isinstance(value, tuple) and not isinstance(value, Among):
        return tuple(one for one in fact.options if one in value)
    return value


@once
def asked_in_order(criteria: CriteriaSet) -> tuple[tuple[str, str, RuleFact, Condition], ...]:
    """Return the facts with `ask_when`, each after those that its condition reads; there are no circles."""
    asked = {
        f"{name}.{short}": ((name, short, fact, fact.ask_when), facts_in(fact.ask_when, criteria.definitions))
        for name, entity in criteria.entities.items()
        for short, fact in entity.facts.items()
        if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None
    }
    in_order: list[tuple[str, str, RuleFact, Condition]] = []
    while asked:
        ready = [full for full, (_, reads) in asked.items() if reads.isdisjoint(asked)]
        in_order += [asked.pop(full)[0] for full in ready]
    return tuple(in_order)
