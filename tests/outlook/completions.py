"""Every completion of a small case, worked out by the engine alone: what an open question means, said a second time."""

import itertools
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from risk_engine.engine.facts import Facts, Read, value_of
from risk_engine.engine.program import decide_only
from risk_engine.engine.replay import worked_as_asked
from risk_engine.engine.resolve import broken, reopened_in, resolve, superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import Case
from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.facts import ChoicesFact, RowFact, TextFact
from risk_engine.outlook.near_harmless import Question
from risk_engine.outlook.still_open import StillOpen
from risk_engine.solver.blanks import Blank
from risk_engine.solver.domains import place_of
from tests.engine.builder import DAY
from tests.strategies import Data, RuleSet

Levels = tuple[str, ...]


class Completed(NamedTuple):
    """What is answered to each open question, None where nothing is, and what comes out."""

    answers: tuple[Any, ...]
    levels: Levels
    results: tuple[Any, ...]
    """What an assessment says of each ladder, its level first."""
    broken: bool
    """Whether answers do not go together in it, but for those on record that no completion can mend."""


class Answered(NamedTuple):
    """A case with some of its open questions answered, and its facts."""

    case: Case
    facts: Facts


class Completions:
    """All completions of a case, and all answers to one question alone."""

    def __init__(self, rules: RuleSet, data: Data, still: StillOpen) -> None:
        self.rules, self.data, self.still = rules, data, still
        self.criteria = rules.criteria
        self.questions = still.questions
        facts = still.worked.facts
        self.reopened = {one.path() for one in reopened_in(facts, still.criteria)}
        self.before = dict(broken(facts, still.criteria))
        may_reopen = {name for name, one in still.criteria.invariants.facts.items() if one.reopens}
        self.lasting = {
            name: reads
            for name, reads in self.before.items()
            if name not in may_reopen or not self.reopened & {one.path() for one in reads}
        }
        """What no completion can mend of that: none of the answers is open."""
        self.values = [self._values(one) for one in self.questions]
        self.size = 1
        for several in self.values:
            self.size *= len(several)

    def all(self) -> list[Completed]:
        """Return every completion."""
        return [one for one, answered in self._answered if self._is_complete(answered, one.answers)]

    @cached_property
    def given(self) -> list[Completed]:
        """Every way to answer some of the open questions and leave the others open."""
        return [one for one, answered in self._answered if self._is_given(answered, one.answers)]

    @cached_property
    def _answered(self) -> list[tuple[Completed, Answered]]:
        found: list[tuple[Completed, Answered]] = []
        for answers in itertools.product(*self.values):
            answered = self._with(answers, self.reopened)
            if answered is not None:
                # What the rules come to is asked of the compiled set: it is the reference's answer, much sooner.
                ends = decide_only(answered.case, self.criteria, DAY).levels.values()
                levels = tuple(one.level for one in ends)
                results = tuple((one.level, one.lowest, one.highest, one.provisional) for one in ends)
                found.append((Completed(answers, levels, results, self._is_unfit(answered, answers)), answered))
        return found

    def _is_unfit(self, answered: Answered, answers: Sequence[Any]) -> bool:
        """Return whether answers do not go together: questions on which no ladder depends stay open, or as in the base.

        As in the base is what an entry of an open list says of them.
        """
        if not self._idle:
            return self.is_broken(answered.facts, self.lasting)
        data = {name: _copied(value) for name, value in self.data.items()}
        for question, value in zip(self.questions, answers, strict=True):
            if question.is_list and value is not None and question.path in self.still.open_lists:
                data[question.path] = tuple(self._as_in_base(question.path, *one) for one in enumerate(value))
            elif question.path in self.reopened or (value is not None and question.path not in self._idle):
                _set(data, question.read, None if question.path in self._idle else value)
        return self.is_broken(worked_as_asked(data, self.criteria, DAY, None)[1].facts, self.lasting)

    @cached_property
    def _idle(self) -> set[str]:
        """The questions on which no ladder depends, of entries of open lists by the names of their facts."""
        found = {one.path for one in self.questions if not self.still.matters(one)}
        depended_on = {blank.name for blank in self.still.blanks.touched}
        shorts = ((name, short) for name in self.still.open_lists for short in self.criteria.entities[name].facts)
        return found | {f"{name}.{short}" for name, short in shorts if f"{name}.{short}" not in depended_on}

    def _as_in_base(self, entity: str, place: int, entry: Data) -> Data:
        left = [short for short in self.criteria.entities[entity].facts if f"{entity}.{short}" in self._idle]
        of_base = {short: self.still.blanks.base_answer(Blank(entity, place, short)) for short in left}
        return {**entry, **of_base}

    def is_broken(self, facts: Facts, before: Collection[str]) -> bool:
        """Return whether answers do not go together, but for what is broken before by the very same answers."""
        stated = self.still.worked.facts
        return any(
            name not in before or any(value_of(stated, one) != value_of(facts, one) for one in reads)
            for name, reads in broken(facts, self.criteria)
        )

    def alone(self, number: int) -> Iterator[tuple[Any, Worked]]:
        """Yield every answer to one question, with what it comes to while all others are open."""
        question = self.questions[number]
        for value in self.values[number]:
            answers = [None] * len(self.questions)
            answers[number] = value
            answered = None if value is None else self._with(answers)
            if answered is not None and (not question.is_list or self._is_answered(answered, question.path)):
                yield value, work(answered.case, self.criteria, DAY)

    def _with(self, answers: Sequence[Any], withdrawn: Collection[str] = ()) -> Answered | None:
        """Return the case with these answers; None where one of them is given to a question that is not asked.

        What the case itself answers to such a question is set aside. Of those `withdrawn` that are not answered anew
        nothing is stated any more.
        """
        given = dict(zip([one.path for one in self.questions], answers, strict=True))
        data = {name: _copied(value) for name, value in self.data.items()}
        for question, value in zip(self.questions, answers, strict=True):
            if value is not None or question.path in withdrawn:
                _set(data, question.read, value)
        anew = {path for path, value in given.items() if value is not None}
        kept = [one for one in self.still.worked.facts.superfluous if one.path() not in anew]
        for read in superfluous(self.rules.case(data), self.criteria, DAY, kept=kept):
            of_it = (value for path, value in given.items() if path.startswith(f"{read.path()}."))
            if (
                given.get(read.path()) is not None
                or given.get(read.entity) is not None
                or any(one is not None for one in of_it)
            ):
                return None
            _set(data, read, None)
        case = self.rules.case(data)
        return Answered(case, resolve(case, self.criteria, DAY))

    def _values(self, question: Question) -> list[Any]:
        if not question.is_list:
            entity, _entry, short = question.read
            return [None, *self._domain(entity, str(short))]
        facts = self.criteria.entities[question.path].facts
        names = [short for short, fact in facts.items() if not isinstance(fact, TextFact)]
        one = [
            {short: value for short, value in zip(names, row, strict=True) if value is not None}
            for row in itertools.product(*([None, *self._domain(question.path, short)] for short in names))
        ]
        lists: list[Any] = [None, ()]
        for size in range(1, self.still.blanks.bounds[question.path] + 1):
            for row in itertools.product(one, repeat=size):
                # Not as the empty block of a new case is called: that is no entry.
                lists.append(tuple({"id": f"{question.path}-new-{n + 1}", **each} for n, each in enumerate(row)))
                if len(lists) > 10_000:
                    return lists
        return lists

    def _domain(self, entity: str, short: str) -> list[Any]:
        fact = self.criteria.entities[entity].facts[short]
        domain = self.still.blanks.domains[f"{entity}.{short}"]
        if not isinstance(fact, ChoicesFact):
            return list(domain)
        return [some for size in range(len(domain) + 1) for some in itertools.combinations(domain, size)]

    # --- what a completion is ---

    def _is_complete(self, worked: Answered, answers: Sequence[Any]) -> bool:
        if any(one is None for one in worked.facts.lists.values()):
            return False
        stated = {one.read for one, value in zip(self.questions, answers, strict=True) if value is not None}
        for question, value in zip(self.questions, answers, strict=True):
            if question.is_list and not self._is_answered(worked, question.path):
                return False
            if not question.is_list:
                if not self._is_settled(worked, question.read):
                    return False
                if question.read in stated and self._table_knows(worked, question.read, value):
                    return False
        return True

    def _is_given(self, worked: Answered, answers: Sequence[Any]) -> bool:
        """Return whether nothing is stated that a table would know."""
        for question, value in zip(self.questions, answers, strict=True):
            if value is None:
                continue
            if not question.is_list:
                if self._table_knows(worked, question.read, value):
                    return False
                continue
            for one in value:
                for short, each in one.items():
                    read = Read(question.path, one["id"], short)
                    if short != "id" and self._table_knows(worked, read, each):
                        return False
        return True

    def _is_answered(self, worked: Answered, entity: str) -> bool:
        """Return whether every question of the entries has its answer, or hangs on an open one elsewhere."""
        stated = {str(one.id): one for one in getattr(worked.case, entity) or ()}
        for read, origin in worked.facts.origins.items():
            if read.entity != entity or read.fact is None:
                continue
            value = getattr(stated[str(read.entry)], str(read.fact), None)
            if value is not None and origin == "case" and self._table_knows(worked, read, value):
                return False
            if self._is_settled(worked, read):
                continue
            waits = any(one.entity != entity for one in worked.facts.to_ask(read))
            if not waits or value is not None:
                return False
        return True

    def _is_settled(self, worked: Answered, read: Read) -> bool:
        fact = self.criteria.entities[read.entity].facts[str(read.fact)]
        if read not in worked.facts.origins:  # its list is closed then
            return True
        if isinstance(fact, TextFact) or worked.facts.origins[read] != "missing":
            return True
        if not isinstance(fact, RowFact):
            return False
        facts = self.criteria.entities[read.entity].facts
        taken = [short for short, one in facts.items() if getattr(one, "from_", None) == read.fact]
        return all(worked.facts.origins[Read(read.entity, read.entry, one)] == "not_asked" for one in taken)

    def _table_knows(self, worked: Answered, read: Read, value: Any) -> bool:
        """Return whether a table would give the fact if the case did not state it; what it states already may stay."""
        fact = self.criteria.entities[read.entity].facts[str(read.fact)]
        from_ = getattr(fact, "from_", None)
        if from_ is None or value is None or read.path() in self.reopened:
            return False
        data = worked.case.model_dump(by_alias=True, exclude_none=True)
        _set(data, read, None)
        again = resolve(self.rules.case(data), self.criteria, DAY).origins
        asked = getattr(fact, "ask_when", None)
        if again[read] == "not_asked" or asked is not None:
            row = _at(data, Read(read.entity, read.entry, from_))
            column = self.criteria.tables["places"].columns[str(fact.column or read.fact)]  # type: ignore[union-attr]
            return row is not None and (row in column.values or column.otherwise is not None)
        return again[read] == "table"

    # --- what hangs on a question ---

    def apart_from(self, free: set[int], answers: Sequence[Any]) -> tuple[Any, ...]:
        """Return the answers without those to some questions and without what hangs on them."""
        names: dict[int, set[str]] = {number: self._hanging(number) for number in free}
        kept: list[Any] = []
        for place, (one, value) in enumerate(zip(self.questions, answers, strict=True)):
            hanging = {
                name
                for number, several in names.items()
                if self.questions[number].read.entry in {None, one.read.entry}
                for name in several
            }
            if place in free or f"{one.read.entity}.{one.read.fact}" in hanging:
                continue
            if one.is_list:
                if value is None:
                    kept.append(None)
                    continue
                shorts = {name.split(".")[1] for name in hanging if name.startswith(f"{one.path}.")}
                kept.append([{short: each for short, each in entry.items() if short not in shorts} for entry in value])
            else:
                kept.append(value)
        return tuple(map(str, kept))

    def _hanging(self, number: int) -> set[str]:
        """Return the facts that may be opened, closed or filled in by an answer to a question."""
        question = self.questions[number]
        if question.is_list:
            return set()
        names = {f"{question.read.entity}.{question.read.fact}"}
        reads = {
            f"{name}.{short}": self._read(entity.ask_when)
            | self._read(fact.ask_when)
            | ({f"{name}.{fact.from_}"} if not isinstance(fact, RowFact | TextFact) and fact.from_ else set())
            for name, entity in self.criteria.entities.items()
            for short, fact in entity.facts.items()
        }
        reads |= {f"{name}.None": self._read(entity.ask_when) for name, entity in self.criteria.entities.items()}
        while new := {fact for fact, several in reads.items() if several & names} - names:
            names |= new
        return names

    def _read(self, condition: Condition | None) -> frozenset[str]:
        return frozenset() if condition is None else facts_in(condition, self.criteria.definitions)

    # --- which is smaller ---

    def differences(self, answers: Sequence[Any]) -> int:
        """Return in how many answers that a ladder could read a completion is otherwise than the base case."""
        found = 0
        for question, value in zip(self.questions, answers, strict=True):
            if not question.is_list:
                found += sum(self._differs(one, value) for one in question.blanks)
                continue
            if question.path not in self.still.open_lists:
                continue
            of_base = getattr(self.still.base, question.path)
            if value is None:  # it is closed, so nothing is said of it
                found += of_base is not None
                continue
            number = len(value)
            found += number + 1 if of_base is None else abs(len(of_base) - number)
            found += sum(
                self._differs(one, value[one.place].get(one.fact)) for one in question.blanks if one.place < number
            )
        return found

    def _differs(self, blank: Blank, value: Any) -> bool:
        of_base = self.still.blanks.base_answer(blank)
        if value is None or of_base is None or isinstance(value, tuple):
            return bool(value != of_base)
        domain = self.still.blanks.domains[blank.name]
        return place_of(value, domain) != place_of(of_base, domain)


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return dict(value)
        case tuple():
            return tuple(_copied(one) for one in value)
        case _:
            return value


def _set(data: Data, read: Read, value: Any) -> None:
    """Put an answer in its place; None takes it out."""
    if read.fact is None:
        data[read.entity] = value
        return
    entry = data.setdefault(read.entity, {})
    if read.entry is not None:
        entry = next(one for one in entry if one["id"] == read.entry)
    entry.pop(read.fact, None)
    if value is not None:
        entry[read.fact] = value


def _at(data: Data, read: Read) -> Any:
    entry = data.get(read.entity) or {}
    if read.entry is not None:
        entry = next(one for one in entry if one["id"] == read.entry)
    return entry.get(read.fact)
