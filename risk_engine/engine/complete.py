"""How complete a case is: which questions are answered, and who should answer the rest."""

from collections.abc import Iterator
from dataclasses import dataclass

from risk_engine.engine.facts import Facts, Read
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact, TextFact


@dataclass(frozen=True)
class Completeness:
    """The questions for one kind of person: how many there are in this case, and which are not answered."""

    asked_of: str
    title: str
    asked: int
    open: tuple[str, ...]


def completeness(facts: Facts, criteria: CriteriaSet) -> tuple[Completeness, ...]:
    """Return how complete the case is by who should answer, in the order of the set.

    What a table answers, what need not be asked and what is kept for the record only is not counted. A list that is
    unanswered as a whole counts once for everybody who would be asked about its entries.
    """
    asked: dict[str, list[tuple[str, bool]]] = {name: [] for name in criteria.head.asked_of}
    for name, entity in criteria.entities.items():
        entries = (facts.single[name],) if name in facts.single else facts.lists[name]
        if entries is None:
            for who in dict.fromkeys(
                fact.asked_of for fact in entity.facts.values() if _is_asked(fact) and fact.asked_of
            ):
                asked[who].append((name, False))
            continue
        for entry in entries:
            for who, read in _questions(name, entry.id, entity.facts, facts):
                asked[who].append((read.path(), facts.origins[read] == "case"))
    return tuple(
        Completeness(who, title, len(asked[who]), tuple(path for path, answered in asked[who] if not answered))
        for who, title in criteria.head.asked_of.items()
        if asked[who]
    )


def _questions(name: str, entry: str | None, declared: dict[str, AnyFact], facts: Facts) -> Iterator[tuple[str, Read]]:
    for short, fact in declared.items():
        read = Read(name, entry, short)
        # A fact that waits for another answer is asked once that one is known.
        is_due = facts.origins[read] != "not_asked" and facts.to_ask(read) == (read,)
        # A row that only facts take their value from which are not asked is of no use either.
        taken = [Read(name, entry, one) for one, other in declared.items() if getattr(other, "from_", None) == short]
        is_of_no_use = bool(taken) and all(facts.origins[one] == "not_asked" for one in taken)
        if _is_asked(fact) and fact.asked_of and is_due and not (is_of_no_use and facts.origins[read] == "missing"):
            yield fact.asked_of, read


def _is_asked(fact: AnyFact) -> bool:
    if isinstance(fact, TextFact):
        return False
    return getattr(fact, "used_for", None) is None and getattr(fact, "from_", None) is None
