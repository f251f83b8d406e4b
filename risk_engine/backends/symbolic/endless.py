"""Lists without an end: of further entries it is open what each quantifier says of them, whatever their number.

A quantifier reads one entry at a time. So all that further entries do to a result is which of the quantifiers they make
true; what one of them may say is asked of an entry that stands for any (its place is `ANY`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from risk_engine.backends.symbolic.blanks import Answer, Blank, Blanks, Stated
from risk_engine.backends.symbolic.conditions import Further, read
from risk_engine.backends.symbolic.facts import Facts
from risk_engine.backends.symbolic.terms import Pair, Term, either, key, negated
from risk_engine.model.conditions import Condition

ANY = -1
"""The place of the entry that stands for any further one."""


@dataclass(frozen=True, eq=False)
class Quantified:
    """That at least so many further entries of a list fulfil something: what is asked of one, and whether it is so."""

    entity: str
    where: Pair
    least: int
    truth: Pair


class EndlessBlanks(Blanks):
    """A case of blanks whose lists have further entries beyond those with a place of their own."""

    quantified: dict[tuple[object, ...], Quantified]

    def __init__(self, *args: Any, **named: Any) -> None:
        """Take the same as `Blanks`; the bounds say how many entries of each list have a place of their own."""
        super().__init__(*args, **named)
        self.quantified = {}
        """What is asked of further entries, once of what is asked alike."""

    def places(self, entity: str) -> Sequence[int]:
        """Return the places at which something can be stated, with that of the entry that stands for any."""
        return super().places(entity) if self.entities[entity].many is None else (*super().places(entity), ANY)

    def is_there(self, blank: Blank) -> Term:
        """Return whether there is an entry at the place of a question."""
        return blank.place == ANY or super().is_there(blank)

    def many(self, entity: str, where: Pair, least: int) -> Pair:
        """Return whether at least so many further entries fulfil what is asked of the one that stands for any."""
        found = entity, *map(_told, where), least
        if found not in self.quantified:
            name = f"{entity}*{len(self.quantified)}"
            may = False if where.may is False else self._unknown(f"{name}?")
            must = False if where.must is False else self._unknown(f"{name}!")
            if _told(where.must) == _told(where.may):
                must = may
            else:
                self.constraints.append(either(negated(must), may))
            self.quantified[found] = Quantified(entity, where, least, Pair(must, may))
        return self.quantified[found].truth

    def answers_of_any(self, entity: str) -> list[Answer]:
        """Return all that was asked of the entry that stands for any, also where a step gives it other answers."""
        asked = [
            stated.answer for blank, stated in self.touched.items() if (blank.entity, blank.place) == (entity, ANY)
        ]
        other = [one for (blank, _), one in self._others.items() if (blank.entity, blank.place) == (entity, ANY)]
        return [*asked, *other]

    def _stated(self, blank: Blank, fact: Any) -> Stated:
        if blank.place != ANY:
            return super()._stated(blank, fact)
        return Stated(self._answer(blank, fact, f"{blank.entity}.any.{blank.fact}"), differs=False)


class EndlessFacts(Facts):
    """What conditions of one set read of such a case."""

    blanks: EndlessBlanks

    def further(self, entity: str, where: Condition) -> Further | None:
        """Return what further entries of a list say of a condition."""
        asked = read(where, self, ANY)
        return lambda least: self.blanks.many(entity, asked, least)


def _told(term: Term) -> object:
    return term if isinstance(term, bool) else (key(term),)
