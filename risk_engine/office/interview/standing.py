"""How a case stands: which levels can still come out, which open questions can matter to them, which is asked next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.work import Worked
from risk_engine.model.case import answer, entries
from risk_engine.model.facts import AnyFact, TextFact


@dataclass(frozen=True)
class LadderStanding:
    """The levels of one ladder that can still come out or that it has while answers are missing, mildest first."""

    ladder: str
    levels: tuple[str, ...]
    is_open: bool
    """Whether the assessment calls it still open."""


@dataclass(frozen=True)
class Next:
    """A question that can be asked now, and the findings that it can decide."""

    read: Read
    """Without a fact: a list of which nobody has said what is in it."""
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What is certain, what is still open, and in which order to ask."""

    ladders: tuple[LadderStanding, ...]
    """Those that decide: headline and gate."""
    deciding: tuple[Next, ...]
    """Questions that can still matter to those ladders, the most telling first."""
    waiting: frozenset[Read]
    """Those that can matter too, but are asked only once another is answered."""
    unanswered: tuple[Read, ...]
    """Every question that people are asked and nobody has answered, whether it can matter or not."""
    further: tuple[Next, ...]
    """Questions that can still move a finding, though no level of those ladders."""
    others: tuple[Read, ...]
    """All other open questions, in the order of the case file."""
    is_exact: bool

    @property
    def matter(self) -> int:
        """How many questions can still matter."""
        return len(self.deciding) + len(self.waiting)

    @property
    def irrelevant_questions(self) -> int:
        """How many of those that people are asked need not be asked for that, as an outlook counts them."""
        return len({*self.unanswered} - {one.read for one in self.deciding} - self.waiting)

    @property
    def is_settled(self) -> bool:
        """Whether the assessment calls none of the ladders that decide still open."""
        return not any(one.is_open for one in self.ladders)


class Looker(Protocol):
    """Whatever tells how a case stands."""

    def look(self, worked: Worked) -> Standing:
        """Return how it stands."""


def decisive(worked: Worked) -> tuple[str, ...]:
    """Return the gate, where the set has one, and the headline."""
    return worked.criteria.head.roles.deciding


def is_settled(worked: Worked) -> bool:
    """Return whether one level of each ladder that decides is left, and none stands only until there are answers."""
    names = decisive(worked)
    return not any(one.provisional for one in worked.proposed if one.ladder in names)


def open_questions(worked: Worked) -> tuple[Read, ...]:
    """Return every question that a person could answer now, in the order of the case file; a list without a fact.

    What a table knows is no question, nor what is settled by another answer or waits for one.
    """
    found: list[Read] = []
    facts = worked.facts
    for name, entity in worked.criteria.entities.items():
        entries = (facts.single[name],) if name in facts.single else facts.lists[name]
        if entries is None:
            found.append(Read(name, None, None))
            continue
        for entry in entries:
            reads = (Read(name, entry.id, short) for short in entity.facts)
            found += [one for one in reads if is_open(one, entity.facts, facts)]
    return tuple(found)


def unanswered(worked: Worked) -> tuple[Read, ...]:
    """Return every question that people are asked and nobody has answered, in the order of the case file.

    One that another answer rules out is none, nor one that is answered already and waits for another to count; but one
    that waits without an answer is. What only a table states nobody is asked, even where the table does not know it.
    """
    found: list[Read] = []
    facts = worked.facts
    for name, entity in worked.criteria.entities.items():
        stated = (getattr(worked.case, name),) if entity.many is None else entries(worked.case, name)
        if stated is None:
            found.append(Read(name, None, None))
            continue
        for one in stated:
            entry = None if entity.many is None else f"{answer(one, 'id')}"
            found += [
                read
                for short, fact in entity.facts.items()
                if fact.question and not isinstance(fact, TextFact) and answer(one, short) is None
                if facts.origins[read := Read(name, entry, short)] == "missing"
            ]
    return tuple(found)


def is_open(read: Read, declared: Mapping[str, AnyFact], facts: Facts) -> bool:
    """Return whether a question has no answer and can be asked now."""
    fact = declared[read.fact or ""]
    if isinstance(fact, TextFact) or facts.origins[read] != "missing" or facts.to_ask(read) != (read,):
        return False
    # A row that only facts take their value from which are not asked is of no use.
    taken = [
        Read(read.entity, read.entry, one) for one, f in declared.items() if getattr(f, "from_", None) == read.fact
    ]
    return not taken or any(facts.origins[one] != "not_asked" for one in taken)


def is_waiting(read: Read, facts: Facts) -> bool:
    """Return whether a question is asked once another is answered."""
    return read.fact is not None and facts.to_ask(read) != (read,)
