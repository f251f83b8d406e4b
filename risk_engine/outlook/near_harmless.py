"""A case answered as a harmless one is, and with one difference from that: worked out by the engine alone.

Nearly all that can still come out does so with one answer that is not harmless. It is found by trying, and where it is,
no solver need look for anything smaller.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from risk_engine.engine.facts import Facts, Read, value_of
from risk_engine.engine.replay import Levels, Replays, as_model, plain, settling, with_answers, with_value
from risk_engine.engine.resolve import answered, resolve, superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import Case, stated
from risk_engine.model.facts import ChoicesFact, RowFact, TextFact
from risk_engine.model.outlook import Path
from risk_engine.model.profile import cell_of
from risk_engine.model.references import bears_on, comparisons_of_rules
from risk_engine.solver.answers import entry_id
from risk_engine.solver.blanks import Blank, Blanks, stated_entries
from risk_engine.solver.domains import place_of
from risk_engine.solver.open_case import OpenCase


@dataclass(frozen=True)
class Question:
    """An open question of the case, or a list of which nobody has said what is in it."""

    path: Path
    read: Read
    blanks: tuple[Blank, ...]
    """Those of its unknowns that the ladders depend on; of a list those of every entry that it may have."""
    is_list: bool
    after: tuple[Path, ...]
    """What decides whether it must be asked at all, or what a table knows of it."""


class Change(NamedTuple):
    """One difference: another answer to a question, or a list with an entry less or one more."""

    question: Path
    place: Read
    """The question; of a list the list."""
    value: Any
    """The answer; of a list how many entries of the harmless case it has, the first one again where there are more."""

    @property
    def name(self) -> str:
        """The fact as conditions name it; of a list the list."""
        return self.place.entity if self.place.fact is None else f"{self.place.entity}.{self.place.fact}"


class Near:
    """The open questions of a case answered as in the harmless case, and every one difference from that.

    It must be complete, and stated as an office would state it: what `OpenCase.complete` asks for.
    """

    def __init__(self, case: OpenCase, questions: Sequence[Question]) -> None:
        """Take a case with everything that is open, and its open questions."""
        self._case, self._blanks, self._worked = case, case.blanks, case.worked
        self._asked = {blank: one.path for one in questions for blank in one.blanks}
        self._lists = [one.path for one in questions if one.is_list and one.path in case.blanks.lists]
        self._in_order = [one for one in self._blanks.in_order() if one in self._asked]

    @cached_property
    def start(self) -> Replays | None:
        """The case answered as the harmless one is; None where that is not complete, or answers what is not asked."""
        if self._stated is None:
            return None
        case, facts = self._resolved(self._stated)
        if facts is None or not all(self._is_settled(one, case, facts) for one in self._here(case)):
            return None
        worked = work(case, self._worked.criteria, self._worked.on, self._worked.profile)
        return Replays(worked, tuple(worked.criteria.ladders))

    @cached_property
    def _stated(self) -> Case | None:
        """The case answered as the harmless one is, with answers of its own that are not asked in it any more."""
        data = self.data()
        return None if data is None else as_model(self._worked.criteria).model_validate(data)

    def data(self, change: Change | None = None) -> dict[str, Any] | None:
        """Return the case as plain data, answered as the harmless one but for a change; None where a list is unsaid."""
        data = dict(plain(self._worked.case))
        for name in self._lists:
            entries = stated_entries(self._blanks.base, name)
            if entries is None or len(entries) > self._blanks.bounds[name]:
                return None
            data[name] = tuple(one.model_dump(by_alias=True, exclude_none=True) for one in entries)
        answered = {one: self._blanks.base_answer(one) for one in self._in_order if one.entity not in self._lists}
        # What no ladder depends on stays open.
        answers = {**dict.fromkeys(self._blanks.opened.blanks), **answered}
        data = with_answers(data, {self._case.place(blank): value for blank, value in answers.items()})
        if change is None:
            return data
        if change.place.fact is not None:
            return with_answers(data, {change.place: change.value})
        name = change.place.entity
        first, *_others = data[name]
        added = ({**first, "id": entry_id(self._blanks, name, place)} for place in range(len(data[name]), change.value))
        return {**data, name: (*data[name][: change.value], *added)}

    def changes(self) -> Iterator[Change]:
        """Yield every one difference, the smallest first (design, section 9): fewest entries, then file order."""
        start = self.start
        assert start is not None  # noqa: S101 (whoever asks has looked)
        counted = {name: len(stated_entries(start.worked.case, name) or ()) for name in self._lists}
        lists = [name for name in self._worked.criteria.entities if counted.get(name)]
        yield from (Change(name, Read(name, None, None), counted[name] - 1) for name in lists)
        for blank in self._here(start.worked.case):
            # What is not asked, or what a table knows, is not answered.
            if start.worked.facts.origins[self._read(blank)] in ("case", "missing"):
                yield from self._answers(blank)
        for name in lists:
            if counted[name] < self._blanks.bounds[name]:
                yield Change(name, Read(name, None, None), counted[name] + 1)

    def levels(self, change: Change) -> Levels | None:
        """Return what the ladders come to with a change; None where the case is not complete with that alone."""
        start, facts = self.start, self.facts(change)
        if start is None or facts is None:
            return None
        is_plain = self._is_plain(change)
        return start.with_findings(start.found_under(facts, {change.name} if is_plain else None))

    def facts(self, change: Change) -> Facts | None:
        """Return the facts of the case with a change; None where it is not complete with that alone."""
        start = self.start
        assert start is not None and self._stated is not None  # noqa: PT018, S101 (whoever asks has looked)
        if self._is_plain(change):
            return with_value(start.worked.facts, change.place, change.value)
        # A change may ask again for what is set aside at the start.
        case, facts = self._resolved(self._changed(self._stated, change))
        if facts is None or not all(self._is_settled(one, case, facts) for one in self._touched(change, case)):
            return None
        return facts

    def _is_plain(self, change: Change) -> bool:
        """Return whether a change is of one answer, on which no other question hangs, and which is asked for sure."""
        place, start = change.place, self.start
        return (
            start is not None
            and place.fact is not None
            and f"{place.entity}.{place.fact}" not in settling(self._worked.criteria)
            and start.worked.facts.origins[place] == "case"
            and start.is_asked(place) is True
        )

    def _changed(self, case: Case, change: Change) -> Case:
        if change.place.fact is not None:
            return answered(case, change.place, change.value)
        name = change.place.entity
        entries = stated_entries(case, name) or ()
        added = (
            entries[0].model_copy(update={"id": entry_id(self._blanks, name, place)})
            for place in range(len(entries), change.value)
        )
        return case.model_copy(update={name: (*entries[: change.value], *added)})

    def _resolved(self, case: Case) -> tuple[Case, Facts | None]:
        """Return the facts of a case; None where an answer is in the way that was given here."""
        worked = self._worked
        under = worked.criteria, worked.on, worked.profile
        for read in superfluous(case, *under):
            given = {self._read(blank) for blank in self._here(case)}
            given |= {Read(one.entity, None, None) for one in given} | {Read(name, None, None) for name in self._lists}
            if read in given:
                return case, None
            case = answered(case, read, None)
        facts = resolve(case, *under)
        is_there = all(self._read(blank) in facts.origins for blank in self._here(case))
        return case, facts if is_there else None

    def _here(self, case: Case) -> list[Blank]:
        """Return the questions that are answered here, of the entries that a case has."""
        counted = {name: len(stated_entries(case, name) or ()) for name in self._lists}
        return [one for one in self._in_order if one.place < counted.get(one.entity, one.place + 1)]

    def _read(self, blank: Blank) -> Read:
        if blank.entity in self._lists:
            return Read(blank.entity, entry_id(self._blanks, blank.entity, blank.place), blank.fact)
        return Read(*self._case.place(blank))

    def _answers(self, blank: Blank) -> Iterator[Change]:
        """Yield the answers of which rules can tell that they are not that of the harmless case, the smallest first."""
        domain, of_base = self._blanks.domains[blank.name], self._blanks.base_answer(blank)
        if isinstance(self._worked.criteria.fact(blank.name), ChoicesFact):
            several = smallest_first(self._worked, self._blanks, blank) or [(), *((one,) for one in domain)]
            others = [one for one in several if of_base is None or set(one) != set(of_base)]
        else:
            now = None if of_base is None else place_of(of_base, domain)
            others = [one for place, one in enumerate(domain) if place != now]
        yield from (Change(self._asked[blank], self._read(blank), value) for value in others)

    def _touched(self, change: Change, case: Case) -> Iterator[Blank]:
        """Yield the questions that a change may leave unsettled: those that hang on it, and the rows they come from."""
        hanging = {change.name, *bears_on(self._worked.criteria).get(change.name, ())}
        is_list = change.place.fact is None
        for blank in self._here(case):
            if is_list or blank.name in hanging or isinstance(self._worked.criteria.fact(blank.name), RowFact):
                yield blank

    def _is_settled(self, blank: Blank, case: Case, facts: Facts) -> bool:
        """Return whether a question is settled as an office would do it: what a table knows is left to the table."""
        read = self._read(blank)
        declared = self._worked.criteria.entities[blank.entity].facts[blank.fact]
        is_stated = stated(case, read) is not None
        if isinstance(declared, RowFact | TextFact):
            return is_stated or not self._is_wanted(read, facts)
        is_known_otherwise = stated(self._worked.case, read) is None and declared.from_ is not None
        if is_stated and is_known_otherwise and self._is_given(blank, read, case):
            return False
        return value_of(facts, read) is not None

    def _is_wanted(self, row: Read, facts: Facts) -> bool:
        """Return whether a row is there for anything: whether something that its table gives is asked."""
        declared = self._worked.criteria.entities[row.entity].facts
        return facts.origins[row] != "not_asked" and any(
            facts.origins[row._replace(fact=short)] != "not_asked"
            for short, fact in declared.items()
            if not isinstance(fact, RowFact | TextFact) and fact.from_ == row.fact and self._is_read(row, short)
        )

    def _is_read(self, row: Read, short: str) -> bool:
        return any(one.entity == row.entity and one.fact == short for one in self._blanks.touched)

    def _is_given(self, blank: Blank, read: Read, case: Case) -> bool:
        """Return whether a table knows the answer to a question."""
        declared = self._worked.criteria.entities[blank.entity].facts
        fact = declared[blank.fact]
        assert not isinstance(fact, RowFact | TextFact)  # noqa: S101 (only rule facts come from tables)
        row = declared[fact.from_ or ""]
        row_id = stated(case, read._replace(fact=fact.from_))
        if not isinstance(row, RowFact) or not isinstance(row_id, str):
            return False
        worked = self._worked
        column = fact.column or blank.fact
        return cell_of(worked.criteria, worked.profile, row.of, row_id, column, worked.on)[0] is not None


MOST = 7
"""Of so many groups of options that rules tell apart every combination is tried; of more a solver is asked."""


def smallest_first(worked: Worked, blanks: Blanks, blank: Blank) -> list[tuple[str, ...]] | None:
    """Return an answer for every combination that rules can tell apart, the smallest first; None if they are too many.

    Smaller is what the base case says, then what does without the options that stand first.
    """
    options = blanks.domains[blank.name]
    groups = _groups(worked, blank.name, options)
    if len(groups) > MOST:
        return None
    of_base = blanks.base_answer(blank)
    found = {} if of_base is None else {frozenset(of_base): of_base}
    for taken in itertools.product((False, True), repeat=len(groups)):
        # Of options that do the same the last one is the smallest answer.
        among = frozenset(group[-1] for group, is_in in zip(groups, taken, strict=True) if is_in)
        found.setdefault(among, tuple(one for one in options if one in among))
    return sorted(found.values(), key=lambda value: (value != of_base, [one in value for one in options]))


def _groups(worked: Worked, fact: str, options: tuple[Any, ...]) -> list[list[str]]:
    """Return the options in groups of those that every rule names together or not at all."""
    wanted = (worked.facts.operand(one.operand) for one in comparisons_of_rules(worked.criteria).get(fact, ()))
    named: list[frozenset[Any]] = [frozenset(one if isinstance(one, tuple) else (one,)) for one in wanted]
    groups: dict[tuple[bool, ...], list[str]] = {}
    for option in options:
        groups.setdefault(tuple(option in one for one in named), []).append(option)
    return list(groups.values())
