"""All possible cases with lists of any length: what is impossible here is impossible however many entries a list has.

A quantifier reads one entry at a time. So all that further entries do to a result is which of the quantifiers they make
true; what one of them may say is asked of an entry that stands for any (its place is `ANY`). What quantifiers say of
further entries is free at first. Where that is not enough to rule something out, each that is true gets the entries
that show it, and no entry may show what is false. Every case of whatever length fulfils all of this: so many of its
entries show what a quantifier says, and the rest says nothing beyond that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import z3

from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria
from risk_engine.solver.answers import is_true
from risk_engine.solver.blanks import Answer, Blank, Blanks, Stated
from risk_engine.solver.conditions import Further, read
from risk_engine.solver.facts import ANY, Facts
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import (
    Pair,
    Pairs,
    Term,
    both,
    copied,
    either,
    key,
    negated,
    number,
    read_by,
    tell,
    unknowns,
)


@dataclass(frozen=True, eq=False)
class Quantified:
    """That at least so many further entries of a list fulfil something: what is asked of one, and whether it is so."""

    entity: str
    where: Pair
    least: int
    truth: Pair

    @cached_property
    def reads(self) -> frozenset[int]:
        """The unknowns that are asked about."""
        return frozenset[int]().union(*map(read_by, self.where))


class EndlessBlanks(Blanks):
    """A case of blanks whose lists have further entries beyond those with a place of their own."""

    quantified: dict[tuple[object, ...], Quantified]

    def __init__(self, *args: Any, **named: Any) -> None:
        """Take the same as `Blanks`; the bounds say how many entries of each list have a place of their own."""
        super().__init__(*args, **named)
        self.quantified = {}
        """What is asked of further entries, once of what is asked alike."""
        self._alike: dict[tuple[object, ...], tuple[Pair, Quantified]] = {}
        """Likewise in other terms that mean the same, which are kept so that no others are taken for them."""
        self._by_reads: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
        """What may mean the same: of one list and number, made of the same unknowns."""
        self.is_alike: Callable[[Pair, Pair], bool] | None = None
        """Whether questions mean the same, where it is worth asking."""

    def places(self, entity: str) -> Sequence[int]:
        """Return the places at which something can be stated, with that of the entry that stands for any."""
        return super().places(entity) if self.entities[entity].many is None else (*super().places(entity), ANY)

    def is_there(self, blank: Blank) -> Term:
        """Return whether there is an entry at the place of a question."""
        return blank.place == ANY or super().is_there(blank)

    def many(self, entity: str, where: Pair, least: int) -> Pair:
        """Return whether at least so many further entries fulfil what is asked of the one that stands for any."""
        found = entity, *map(_told, where), least
        if found in self._alike:
            return self._alike[found][1].truth
        if found not in self.quantified:
            like = self._like(found, where)
            if like is not None:
                self._alike[found] = where, like
                return like.truth
            name = f"{entity}*{len(self.quantified)}"
            may = False if where.may is False else self._unknown(f"{name}?")
            must = False if where.must is False else self._unknown(f"{name}!")
            if _told(where.must) == _told(where.may):
                must = may
            else:
                self.constraints.append(either(negated(must), may))
            self.quantified[found] = Quantified(entity, where, least, Pair(must, may))
        return self.quantified[found].truth

    def _like(self, asked: tuple[object, ...], where: Pair) -> Quantified | None:
        """Return an earlier question about further entries that is in other terms and means the same."""
        if self.is_alike is None:
            return None
        entity, *_terms, least = asked
        several = self._by_reads.setdefault((entity, least, read_by(where.may)), [])
        like = next((one for one in several if self.is_alike(self.quantified[one].where, where)), None)
        if like is None:
            several.append(asked)
            return None
        return self.quantified[like]

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
        asked, may_have = read(where, self, ANY), self.may_have(entity)

        def among_further(least: int) -> Pair:
            must, may = self.blanks.many(entity, asked, least)
            return Pair(both(may_have, must), both(may_have, may))

        return among_further


def _told(term: Term) -> object:
    return term if isinstance(term, bool) else (key(term),)


T = TypeVar("T")
Ways: TypeAlias = Callable[[Space], Iterable[Sequence[Term]]]
Follows: TypeAlias = Callable[[Space], Term]


class Unbounded(Space):
    """The cases of a space, whatever the number of entries that their lists have; nothing is asked for yet."""

    blanks: EndlessBlanks

    def __init__(self, space: Space, own: int = 0) -> None:
        """Take a space for its sets, day and limits; `own` entries of each list have a place of their own."""
        there = space.blanks
        bounds = {name: own for name, one in there.entities.items() if one.many is not None}
        blanks = EndlessBlanks(there.entities, there.domains, bounds, space.base)
        super().__init__(space.sets, space.base, space.on, space.limits, space.profile, blanks)
        self._looked_at: dict[int, tuple[Term, bool]] = {}
        self._entries: dict[tuple[str, int, int], _Entry] = {}
        self.entries: dict[str, int] = {}
        """So many entries of each list showed what was asked last, where it was not impossible."""

    def _reading(self, criteria: Criteria) -> Reading:
        together = self.limits.go_together
        return Reading(criteria, self.blanks, self.on, self.profile, EndlessFacts, go_together=together)

    def is_ruled_out(self, *goal: Term) -> bool:
        """Return whether it is plain that no case fulfils all of this, whatever further entries say."""
        return self._checked(goal, is_shown=False)[0] == "impossible"

    def check(self, *goal: Term, steps: int | None = None) -> tuple[Verdict, z3.ModelRef | None]:
        """Return whether a case can fulfil all of this.

        `impossible` is proved of lists of any length. `possible` is not certain: `entries` says with how many entries
        it is to be looked for.
        """
        return self._checked(goal, is_shown=True, steps=steps)

    def _checked(
        self, goal: Sequence[Term], *, is_shown: bool, steps: int | None = None
    ) -> tuple[Verdict, z3.ModelRef | None]:
        held = [*self.constraints(), *goal]
        if any(term is False for term in held):
            return "impossible", None
        self._push(goal)
        try:
            verdict, model = self._verdict(steps=steps)
            shown: list[_Shown] = []
            about_any = self._about_any(held)
            while model is not None and is_shown:
                missing = [one for one in self._true_in(model) if not any(each.shows(one, model) for each in shown)]
                if not missing:
                    self.entries = self._needed(model, shown)
                    break
                for one in missing:
                    taken = sum(len(each.entries) for each in shown if each.entity == one.entity)
                    shown.append(self._shown(one, about_any, taken))
                    tell(self._solver, shown[-1].terms())
                verdict, model = self._verdict(steps=steps)
            return verdict, model
        finally:
            self._solver.pop()

    def _push(self, goal: Iterable[Term]) -> None:
        # What is told of an entry that stands for any is told of those that take its place, where there are any.
        constraints, goal = self.constraints(), list(goal)
        about_any = {key(one) for one in self._about_any([*constraints, *goal])}
        new = [one for one in constraints if one is not True and key(one) not in about_any]
        tell(self._solver, [one for one in new if self._told.setdefault(key(one), one) is one])
        self._solver.push()
        tell(self._solver, [one for one in goal if one is not True and key(one) not in about_any])

    def enough(self) -> dict[str, int]:
        """Return for each list so many entries that all that was asked of them says, at once, all that it can say."""
        found = dict(self.blanks.bounds)
        for one in self.blanks.quantified.values():
            found[one.entity] += one.least
        return {name: min(number, self._most(name)) for name, number in found.items()}

    def _most(self, entity: str) -> int:
        """Return how many entries a list may have in every one of the sets that know it."""
        return min(one.entities[entity].many or 0 for one in self.sets if entity in one.entities)

    def _true_in(self, model: z3.ModelRef) -> list[Quantified]:
        """Return what is said to be true of further entries in a solver's answer."""
        return [one for one in self.blanks.quantified.values() if is_true(model, one.truth.may)]

    def _needed(self, model: z3.ModelRef, shown: Sequence["_Shown"]) -> dict[str, int]:
        """Return so many entries of each list as show all that is true in a solver's answer."""
        taken: list[_Shown] = []
        for one in self._true_in(model):
            if not any(each.shows(one, model) for each in taken):
                taken.append(next(each for each in shown if each.shows(one, model)))
        own = self.blanks.bounds
        return {name: own[name] + sum(len(one.entries) for one in taken if one.entity == name) for name in own}

    def _about_any(self, terms: Sequence[Term]) -> list[Term]:
        """Return those of some terms that say something of an entry that stands for any."""
        terms = [one for one in terms if not isinstance(one, bool)]
        new = [one for one in terms if key(one) not in self._looked_at]
        pairs = [pair for entity in self.blanks.lists for pair in self._replaced(entity, "any")] if new else []
        for one, image in zip(new, copied(new, pairs), strict=True):
            self._looked_at[key(one)] = one, key(one) != key(image)
        return [one for one in terms if self._looked_at[key(one)][1]]

    def _shown(self, quantified: Quantified, held: Sequence[Term], taken: int) -> "_Shown":
        """Return so many entries that show what is said of further ones, each held to what every entry fulfils.

        `taken` of the list's entries show something else already.
        """
        asked = [one for one in self.blanks.quantified.values() if one.entity == quantified.entity]
        wheres = [term for one in asked for term in one.where]
        entries = []
        for place in range(taken, taken + quantified.least):
            entry = self._entry(quantified.entity, place)
            entries.append((entry.images(held), _paired(entry.images(wheres))))
        return _Shown(quantified, asked, entries)

    def _entry(self, entity: str, place: int) -> "_Entry":
        """Return an entry of its own; it is made anew where more is asked of the one that stands for any."""
        asked = len(self.blanks.answers_of_any(entity))
        if (entity, place, asked) not in self._entries:
            self._entries[entity, place, asked] = _Entry(self._replaced(entity, f"{place}"))
        return self._entries[entity, place, asked]

    def _replaced(self, entity: str, mark: str) -> Pairs:
        """Return what takes the place of what where an entry of its own takes that of the one that stands for any."""
        terms = (term for answer in self.blanks.answers_of_any(entity) for term in unknowns(answer))
        return [(one, z3.Bool(f"{one.decl().name()} of {mark}", one.ctx)) for one in terms if not isinstance(one, bool)]


class _Entry:
    """An entry that takes the place of the one that stands for any."""

    def __init__(self, replaced: Pairs) -> None:
        self._replaced = replaced
        self._images: dict[int, tuple[Term, Term]] = {}

    def images(self, terms: Sequence[Term]) -> list[Term]:
        """Return what terms say of this entry."""
        new = [one for one in terms if not isinstance(one, bool) and key(one) not in self._images]
        for one, image in zip(new, copied(new, self._replaced), strict=True):
            self._images[key(one)] = one, image
        return [one if isinstance(one, bool) else self._images[key(one)][1] for one in terms]


class AnyLength:
    """Questions about cases with lists of any length: among few entries a case is found, by them none is ruled out."""

    def __init__(self, space: Space, ask: Callable[[Space], object], own: int = 0) -> None:
        """Take a space of few entries, and what asks a space for all that questions need; `own` as of `Unbounded`."""
        self._ask = ask
        self.few = space
        self.unbounded = Unbounded(space, own)
        self._wide = self.few
        ask(self.few)
        ask(self.unbounded)

    @property
    def bounds(self) -> dict[str, int]:
        """How many entries of each list were looked at most where a case was looked for."""
        return dict(self._wide.blanks.bounds)

    def find(
        self, ways: Ways, look: Callable[[Space], tuple[Verdict, T | None]], follows: Follows = lambda _space: True
    ) -> tuple[Verdict, T | None]:
        """Return whether there is a case of any length, with what was found.

        `ways` gives the goals of which a case must fulfil one, in any space, `follows` what is true wherever one of
        them is; `look` looks for a case in a space. It is asked among few entries first, for these show nearly
        everything, and in smaller cases.
        """
        unbounded = self.unbounded
        follow = follows(unbounded)
        if follow is not True and unbounded.is_ruled_out(follow):
            return "impossible", None
        if all(unbounded.is_ruled_out(*goal) for goal in ways(unbounded)):
            return "impossible", None
        verdict, found = look(self.few)
        if found is not None or (verdict == "impossible" and self._is_enough(self.few)):
            return verdict, found
        entries = self._entries(ways, follows)
        if entries is None:
            return "impossible", None
        looked = self.few
        for wanted in (entries, unbounded.enough()):
            space = self._with(wanted)
            if space is not looked:
                looked = space
                verdict, found = look(space)
                if found is not None:
                    return verdict, found
        return ("impossible" if verdict == "impossible" and self._is_enough(looked) else "undecided"), None

    def is_impossible(self, ways: Ways) -> bool:
        """Return whether it is proved that no case of any length fulfils one of several goals."""
        return self._entries(ways, lambda _space: True) is None

    def _entries(self, ways: Ways, follows: Follows) -> Mapping[str, int] | None:
        """Return with how many entries a case is to be looked for; None where none is needed, for there is no case."""
        unbounded = self.unbounded
        if unbounded.check(follows(unbounded))[0] == "impossible":
            return None
        for goal in ways(unbounded):
            if unbounded.check(*goal)[0] != "impossible":
                return unbounded.entries
        return None

    def _is_enough(self, space: Space) -> bool:
        return all(space.blanks.bounds.get(name, 0) >= number for name, number in self.unbounded.enough().items())

    def _with(self, wanted: Mapping[str, int]) -> Space:
        """Return a space whose lists have so many entries at least."""
        bounds = {name: max(number, wanted.get(name, 0)) for name, number in self._wide.blanks.bounds.items()}
        if bounds != self._wide.blanks.bounds:
            self._wide = self._wide.beside(bounds)
            self._ask(self._wide)
        return self._wide


@dataclass(frozen=True, eq=False)
class _Shown:
    """Entries of their own that show what a quantifier says of further ones."""

    quantified: Quantified
    asked: list[Quantified]
    """All that is asked of further entries of the list."""
    entries: list[tuple[list[Term], list[Pair]]]
    """What each entry fulfils if it is there, and what it says to all that is asked."""

    @property
    def entity(self) -> str:
        """The list."""
        return self.quantified.entity

    def shows(self, other: Quantified, model: z3.ModelRef) -> bool:
        """Return whether the entries are there in a solver's answer and show what another quantifier says."""
        if other.entity != self.entity or not is_true(model, self.quantified.truth.may):
            return False
        place = self.asked.index(other)
        is_certain = is_true(model, other.truth.must)
        wheres = [wheres[place] for _held, wheres in self.entries]
        return sum(is_true(model, one.must if is_certain else one.may) for one in wheres) >= other.least

    def terms(self) -> Iterator[Term]:
        """Yield that the entries are there where the quantifier is true, and show nothing that is not true."""
        truth = self.quantified.truth
        mine = self.asked.index(self.quantified)
        for held, wheres in self.entries:
            yield either(negated(truth.may), both(*held, wheres[mine].may))
            yield either(negated(truth.must), wheres[mine].must)
        for place, one in enumerate(self.asked):
            for end in ("must", "may"):
                said = number((getattr(wheres[place], end) for _held, wheres in self.entries), one.least)
                yield either(negated(truth.may), negated(said), getattr(one.truth, end))


def _paired(terms: Sequence[Term]) -> list[Pair]:
    return [Pair(*terms[start : start + 2]) for start in range(0, len(terms), 2)]
