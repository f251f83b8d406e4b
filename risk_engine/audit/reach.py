"""Which released cases an edit of indicators, tables or questions can touch, by what they state alone.

Cases are written as what they change of another one, and few of them name a row or answer what an indicator or a
question hangs on. To all others the edit does what it does to the base case, whatever is contradictory or superfluous
in them: where that is nothing, none of them has to be read.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias, assert_never

from risk_engine.audit.kept import DAY, UNLIKE, Kept
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Read, holders
from risk_engine.engine.resolve import in_order
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.files.once import once
from risk_engine.loading.case_tests import base_case, rows
from risk_engine.model.case import ON_FILE, row_names
from risk_engine.model.changes import Edit
from risk_engine.model.companion_files import BASE, CaseTest
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    children,
    leaves,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, RowFact, TextFact
from risk_engine.model.profile import parameters_on
from risk_engine.model.references import (
    Reads,
    conditions_of,
    read_by,
    reads_by_rule,
    reads_of,
    reopening,
    waits_for,
)
from risk_engine.model.triage import closed_by

_OF_CONTROLS = frozenset({"controls", "evidence"})
_COMPARED: TypeAlias = tuple[Compare, Compare]
"""A comparison as it was and as it is."""


class Reach:
    """What an edit of indicators, of rows of tables, or of when a question is asked and what it is then, can touch."""

    def __init__(self, kept: Kept, draft: Criteria, edits: Sequence[Edit]) -> None:
        """Take what is kept of the release, the edited version, and the edits of rules between the two."""
        self._kept = kept
        self._both = kept.criteria, draft
        self._edits = edits
        self.is_read_alike = False
        """Whether the edited version reads the cases as the release does."""
        self.names: frozenset[str] | None = None
        """The names of the cases that the edit can touch; None where it can touch any."""
        self._questions: frozenset[str] = frozenset()
        kinds = {one.loc[0] for one in edits}
        if kinds == {"tables"}:
            self._of_tables(edits)
        elif kinds == {"entities"}:
            self._of_questions(edits)

    # --- tables ---

    def _of_tables(self, edits: Sequence[Edit]) -> None:
        before, after = self._both
        found: set[tuple[str, str]] = set()
        for one in edits:
            match one.loc:
                case ("tables", str(table), "rows", str(row), *_):
                    found.add((table, row))
                case ("tables", str(table), "columns", str(), "values", str(row), *_):
                    found.add((table, row))
                case _:
                    return
        tables = {table for table, _row in found}
        self.is_read_alike = all(row_names(before.tables[one]) == row_names(after.tables[one]) for one in tables)
        spelt = {
            spelling
            for table, row in found
            for criteria in self._both
            for spelling, named in row_names(criteria.tables[table]).items()
            if named == row
        }
        if not _names(self._kept.tests.base, spelt):
            self.names = self._saying(lambda test: _names(test.given, spelt))

    # --- questions ---

    def _of_questions(self, edits: Sequence[Edit]) -> None:
        edited: set[str] = set()
        for one in edits:
            match one.loc:
                case ("entities", str(entity), "facts", str(short), "ask_when" | "otherwise"):
                    edited.add(f"{entity}.{short}")
                case _:
                    return
        # A first question that nobody answered is taken from what is answered of those that it opens.
        closed = [closed_by(one) for one in self._both]
        opened = frozenset().union(*closed[0].values(), *closed[1].values())
        is_otherwise = any(one.loc[-1] == "otherwise" and f"{one.loc[1]}.{one.loc[3]}" in opened for one in edits)
        self.is_read_alike = closed[0] == closed[1] and not is_otherwise
        self._questions = frozenset(edited)
        base = self.base if self.is_read_alike else None
        if base is not None and self.asks_alike(base):
            opened = self._behind(one for name in edited for criteria in self._both for one in _opening(name, criteria))
            self.names = self._bearing_on(self._questions | opened, base)

    @cached_property
    def base(self) -> Facts | None:
        """The facts of the base case; None where it contradicts itself, or is not of any day."""
        base = base_case(self._kept.criteria)[1]
        if base.assessment_date is None:
            return None
        try:
            facts = self._kept.facts(BASE, base, base.assessment_date)
        except NotInForceError:
            return None
        return facts if facts.again is None and facts.aside is None else None

    def asks_alike(self, facts: Facts) -> bool:
        """Return whether the facts of a case under the release are those under the edited version too.

        They are where in each reading of the answers each edited question is asked alike: nothing else settles facts.
        """
        before, after = self._both
        return bool(self._questions) and all(
            _asked(before.fact(name), one, entry) == _asked(after.fact(name), one, entry)
            for one in _readings(facts)
            for name in self._questions
            for entry in holders(one, name.partition(".")[0])
        )

    # --- indicators ---

    def of_indicators(self, indicators: Collection[str], *, is_base_alike: Callable[[], bool]) -> frozenset[str] | None:
        """Return the names of the cases that an edit of these indicators alone can touch; None where it can touch any.

        `is_base_alike` says whether each of them comes to the same in the base case.
        """
        compared = self._compared(indicators)
        is_narrow = self.base is not None and compared is not None and self._says_the_same(compared, self.base)
        if self.base is None or not (is_narrow or is_base_alike()):
            return None
        if is_narrow:
            return self._bearing_on(self._behind(one.fact for one, _other in compared or ()), self.base)
        read = (fact for one in self._both for name in indicators for fact in read_by(one).get(name, ()))
        named = chain.from_iterable(one.indicators.items() for one in self._both)
        options = (option for name, one in named if name in indicators for option in one.controls)
        controls = frozenset(control for option in options for control in option.all)
        return self._bearing_on(self._behind(read), self.base, controls)

    def _behind(self, names: Iterable[str]) -> frozenset[str]:
        """Return facts and lists with all that they hang on in either version."""
        known = [(name, asked_on(criteria)) for name in {*names} for criteria in self._both]
        return frozenset().union(*(of_set.get(name, {name}) for name, of_set in known))

    def _says_the_same(self, compared: Sequence[_COMPARED], base: Facts) -> bool:
        """Return whether each comparison says of the base case what it said.

        Then it says so of every case in which the facts that they compare are as in the base case.
        """
        before, after = (under(one, base) for one in self._both)
        return all(
            evaluate(one, before, entry).value == evaluate(other, after, entry).value
            for one, other in compared
            for entry in holders(base, one.fact.partition(".")[0])
        )

    def _compared(self, indicators: Collection[str]) -> list[_COMPARED] | None:
        """Return the comparisons that are edited; None where anything else is edited too."""
        found: list[_COMPARED] = []
        for edit in self._edits:
            kind, _space, name = edit.record.partition(" ")
            if kind == "parameter":
                found += ((one, one) for one in self._comparing(name, indicators))
            elif isinstance(edit.before, Node) and isinstance(edit.after, Node):
                pairs = _differing(edit.before, edit.after)
                if pairs is None:
                    return None
                found += pairs
            else:
                return None
        return found

    def _comparing(self, parameter: str, indicators: Collection[str]) -> Iterator[Compare]:
        """Yield the comparisons with a parameter in these indicators."""
        draft = self._both[1]
        for name in indicators & draft.indicators.keys():
            for condition in conditions_of(draft.indicators[name]):
                for node, _within in leaves(condition, draft.definitions):
                    if isinstance(node, Compare) and node.operand == ParameterRef(parameter=parameter):
                        yield node

    # --- what cases state ---

    def _bearing_on(self, read: frozenset[str], base: Facts, controls: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return the names of the cases in which some of these facts, lists and controls may be unlike the base case.

        They may be otherwise in whichever reading of the answers. A contradiction may open any of them again. A
        superfluous answer opens those that close its question, and where it is left out, there may be contradictions
        that no case is expected to have.
        """
        told: set[str] = set()
        superfluous: set[tuple[frozenset[str], ...]] = set()
        for criteria in self._both:
            of_set = asked_on(criteria)
            opening = {name: facts for name, facts in reopening(criteria).items() if not facts.isdisjoint(read)}
            told |= opening.keys()
            hanging = {name for name, several in of_set.items() if not several.isdisjoint(read)}
            behind = {one for facts in opening.values() for fact in facts for one in of_set[fact]}
            for name in (hanging | behind) & waits_for(criteria).keys():
                superfluous.add(tuple(_to_be_superfluous(name, criteria, base)))
        said = read | controls | {DAY, UNLIKE} | (_OF_CONTROLS if controls else frozenset())
        found = (
            name
            for name, stated in self._kept.stated.items()
            if not stated.isdisjoint(said)
            or any(all(not stated.isdisjoint(one) for one in several) for several in superfluous)
        )
        return frozenset(found) | self._expecting(told)

    def _saying(self, says: Callable[[CaseTest], bool]) -> frozenset[str]:
        """Return the names of the cases that say it, or are like one that does."""
        found: set[str] = set()
        for test in self._kept.tests.cases:
            if test.like in found or says(test):
                found.add(test.name)
            found |= {one.name for one in rows(test).values() if test.name in found or says(one)}
        return frozenset(found)

    def _expecting(self, contradictions: set[str]) -> frozenset[str]:
        """Return the names of the cases that contradict themselves in one of these ways."""
        tests = (one for one in self._kept.tests.cases if not contradictions.isdisjoint(one.expect.contradictions))
        return frozenset(one.name for test in tests for one in (test, *rows(test).values()))


def under(criteria: Criteria, facts: Facts) -> Facts:
    """Return facts with the definitions and parameters of a version."""
    again, aside = (None if one is None else under(criteria, one) for one in (facts.again, facts.aside))
    numbers = parameters_on(criteria, facts.on, None)
    return replace(facts, parameters=numbers, definitions=criteria.definitions, again=again, aside=aside)


def _differing(before: Node, after: Node) -> list[_COMPARED] | None:
    """Return the comparisons in which two conditions differ; None where they differ in anything else."""
    if before == after:
        return []
    match before:
        case Compare():
            return [(before, after)] if isinstance(after, Compare) and before.fact == after.fact else None
        case Holds():
            return None
        case AllOf() | AnyOf() | Not() | Quantifier():
            one, other = children(before), children(after)
            if type(before) is not type(after) or _counts(before) != _counts(after) or len(one) != len(other):
                return None
            found = [_differing(part, its) for (_at, part), (_place, its) in zip(one, other, strict=True)]
            return None if None in found else [pair for several in found for pair in several or ()]
        case _:
            assert_never(before)


def _counts(node: Node) -> object:
    return (node.kind, node.entity, node.bound) if isinstance(node, Quantifier) else None


def _opening(name: str, criteria: Criteria) -> frozenset[str]:
    """Return what the condition reads on which a fact or a list is asked."""
    condition = _condition(name, criteria)
    reads = reads_of(criteria, *([] if condition is None else [condition]))
    return reads.facts | reads.lists


def _to_be_superfluous(name: str, criteria: Criteria, base: Facts) -> Iterator[frozenset[str]]:
    """Yield sets of facts and lists: a case must state something of each so that an answer in it is superfluous.

    It must be answered, otherwise than what it is then, and what it hangs on must close the question.
    """
    entity, _dot, short = name.partition(".")
    own = frozenset([name] if short else [name, *(f"{name}.{one}" for one in criteria.entities[name].facts)])
    if short:
        is_stated = any(
            base.origins.get(Read(entity, one.id, short)) == "case" and not _is_as_otherwise(name, one, criteria)
            for one in holders(base, entity)
        )
    else:
        is_stated = bool(base.lists[name])
    if not is_stated:
        yield own
    if _is_asked(name, criteria, base):
        yield frozenset().union(*(asked_on(criteria)[one] for one in _opening(name, criteria)))


def _is_as_otherwise(name: str, entry: Entry, criteria: Criteria) -> bool:
    """Return whether an answer is what its question comes to where it is not asked; names and texts never are more."""
    fact = criteria.fact(name)
    if isinstance(fact, RowFact | TextFact):
        return True
    return entry.values[name.partition(".")[2]] == in_order(fact, fact.otherwise)


def _condition(name: str, criteria: Criteria) -> Condition | None:
    return criteria.fact(name).ask_when if "." in name else criteria.entities[name].ask_when


def _is_asked(name: str, criteria: Criteria, facts: Facts) -> bool:
    """Return whether a fact is asked of all entries that there are, or a list is."""
    condition, entity = _condition(name, criteria), name.partition(".")[0]
    entries = holders(facts, entity) if entity != name else (None,)
    return condition is None or all(evaluate(condition, facts, one).value is True for one in entries)


def _readings(facts: Facts) -> Iterator[Facts]:
    """Yield facts as they are stated, and as they are where answers are left out."""
    yield facts
    for one in (facts.again, facts.aside):
        if one is not None:
            yield from _readings(one)


def _names(value: Any, spelt: set[str]) -> bool:
    """Return whether one of these words is written somewhere in what a case states."""
    match value:
        case str():
            return value in spelt
        case dict():
            # What is on file says more than stands there.
            return any(key.rpartition(".")[2] == ON_FILE or _names(one, spelt) for key, one in value.items())
        case tuple() | list():
            return any(_names(one, spelt) for one in value)
        case _:
            return False


def _asked(fact: AnyFact, facts: Facts, entry: Entry) -> object:
    """Return what is made of a question: all the same where it is asked, else for which facts, and what it is then."""
    if fact.ask_when is None:
        return None
    asked = evaluate(fact.ask_when, facts, entry)
    return True if asked.value is True else (asked, getattr(fact, "otherwise", None))


# --- what facts hang on ---


@once
def hangs_on(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each fact, and each list, those that it is read from: itself, and what opens, closes or fills it in.

    A fact of a list hangs on which entries there are; whether a list is left empty, on all that its entries say.
    """
    return _reached(_next_to(criteria, with_entries=True))


@once
def asked_on(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return the same as long as no list is closed that has entries: then it does not matter what these say."""
    return _reached(_next_to(criteria, with_entries=False))


def _next_to(criteria: Criteria, *, with_entries: bool) -> dict[str, set[str]]:
    entities, reads = criteria.entities, reads_by_rule(criteria)["fact"]
    names = [*(name for name, _fact in criteria.every_fact()), *(one for one in entities if entities[one].many)]
    found: dict[str, set[str]] = {}
    for name in names:
        entity, _dot, short = name.partition(".")
        read = reads.get(name, Reads())
        found[name] = {name, *read.facts, *read.lists, *([entity] if entities[entity].many else ())}
        if with_entries and not short and entities[entity].ask_when is not None:
            found[name] |= {f"{entity}.{one}" for one in entities[entity].facts}
    return found


def _reached(next_to: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name in next_to:
        reached, new = {name}, [name]
        while new:
            more = next_to[new.pop()] - reached
            reached |= more
            new += more
        found[name] = frozenset(reached)
    return found
