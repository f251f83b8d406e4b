"""Which released cases an edit of indicators, tables or questions can touch, by what they state alone.

Cases are written as what they change of another one, and few of them name a row or answer what an indicator or a
question hangs on. To all others the edit does what it does to the base case, whatever is contradictory or superfluous
in them: where that is nothing, none of them has to be read.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias, assert_never

from risk_engine.audit.cases import rule_applies, seen_of
from risk_engine.audit.hanging import asked_on, behind, hangs_on, opened_by, settled_in, to_be_superfluous
from risk_engine.audit.kept import DAY, UNLIKE, Kept
from risk_engine.engine.answerable import Column, facts_of, in_order
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Read, holders, to_ask
from risk_engine.engine.find import control_states, find_one
from risk_engine.engine.replay import differing_facts
from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.loading.case_tests import base_case, rows
from risk_engine.model.case import ON_FILE, Case, row_names
from risk_engine.model.changes import Edit
from risk_engine.model.companion_files import BASE, CaseTest
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    children,
    leaves,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact
from risk_engine.model.profile import cell_of, parameters_on
from risk_engine.model.references import (
    RuleKind,
    conditions_of,
    read_by,
    reads_by_rule,
    reopening,
    waits_for,
)
from risk_engine.model.triage import closed_by

_OF_CONTROLS = frozenset({"controls", "evidence"})
_COMPARED: TypeAlias = tuple[Compare, Compare]
"""A comparison as it was and as it is."""
_STATED = frozenset({"case", "table"})
_TOLD = (True, False)
"""How a first question is answered."""
_RULE: TypeAlias = tuple[RuleKind, str]
_READ: TypeAlias = frozenset[str]


class Reach:
    """What an edit of indicators, of rows of tables, or of when a question is asked and what it is then, can touch."""

    def __init__(self, kept: Kept, draft: Criteria, edits: Sequence[Edit]) -> None:
        """Take what is kept of the release, the edited version, and the edits of rules between the two."""
        self._kept = kept
        self._both = kept.criteria, draft
        self._edits = edits
        self.read_anew: frozenset[str] | None = None
        """The names of the cases that the edited version may read otherwise than the release; None where any."""
        self.names: frozenset[str] | None = None
        """The names of the cases that the edit can touch; None where it can touch any."""
        self._questions: frozenset[str] = frozenset()
        self._filled: Mapping[str, Column] = {}
        """The facts that edited columns fill in, where no other fact hangs on them and none is open again for them."""
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
        is_read_alike = all(row_names(before.tables[one]) == row_names(after.tables[one]) for one in tables)
        self.read_anew = frozenset() if is_read_alike else None
        spelt = {
            spelling
            for table, row in found
            for criteria in self._both
            for spelling, named in row_names(criteria.tables[table]).items()
            if named == row
        }
        is_of_cells = is_read_alike and all("columns" in one.loc for one in edits)
        if not _names(self._kept.tests.base, spelt):
            self.names = self._saying(lambda test: _names(test.given, spelt))
        elif is_of_cells:
            columns = {(one.loc[1], one.loc[3]) for one in edits}
            filled = {
                f"{entity}.{one.short}": one.table
                for entity, several in facts_of(before).items()
                for one in several
                if one.table is not None and (one.table.name, one.table.column) in columns
            }
            rows = (f"{name.partition('.')[0]}.{one.row}" for name, one in filled.items())
            self.names = self._of_answers(frozenset(filled), rows)
            hanging = frozenset(name for one in self._both for name, on in hangs_on(one).items() if on & filled.keys())
            opening = frozenset().union(*(on for one in self._both for on in reopening(one).values()))
            is_plain = all(one.fact(name).ask_when is None for one in self._both for name in filled)
            self._filled = filled if is_plain and hanging == filled.keys() and hanging.isdisjoint(opening) else {}

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
        others = {f"{one.loc[1]}.{one.loc[3]}" for one in edits if one.loc[-1] == "otherwise"}
        firsts = [
            one for one, opened in closed[0].items() if opened != closed[1].get(one) or not others.isdisjoint(opened)
        ]
        base = self._kept.tests.base
        if all(base.get(one.partition(".")[0], {}).get(one.partition(".")[2]) in _TOLD for one in firsts):
            self.read_anew = self._saying(lambda test: any(_leaves_open(test, one) for one in firsts))
        self._questions = frozenset(edited)
        if self.read_anew is not None:
            opening = (
                one for name in edited - self._settled for criteria in self._both for one in opened_by(name, criteria)
            )
            names = self._of_answers(self._questions, opening)
            self.names = None if names is None else names | self.read_anew

    @cached_property
    def base(self) -> Facts | None:
        """The facts of the base case; None where it contradicts itself, or is not of any day."""
        return self._base_facts(lambda base, on: self._kept.facts(BASE, base, on))

    def _base_facts(self, resolved: Callable[[Case, date], Facts]) -> Facts | None:
        base = base_case(self._kept.criteria)[1]
        if base.assessment_date is None:
            return None
        try:
            facts = resolved(base, base.assessment_date)
        except NotInForceError:
            return None
        return facts if facts.again is None and facts.aside is None else None

    # --- answers ---

    def _of_answers(self, edited: frozenset[str], drivers: Iterable[str]) -> frozenset[str] | None:
        """Return the names of the cases that an edit of what these facts come to can touch; None where it can any.

        `drivers` say, beside what a case states of them, what they come to. Where all that reads what is otherwise in
        the base case says the same of that case, it does so wherever all that is read for it is as in the base case.
        """
        before, after = self.base, self._base_facts(lambda base, on: resolve(base, self._both[1], on))
        if before is None or after is None:
            return None
        read, controls = edited | self._behind(drivers), frozenset[str]()
        if other := _otherwise(before, after):
            rules = self._saying_the_same(other, before, after, base_case(self._kept.criteria)[1])
            if rules is None:
                return None
            hanging = (name for one in self._both for name, on in hangs_on(one).items() if not on.isdisjoint(other))
            read |= self._behind((*frozenset[str]().union(*rules.values()), *hanging))
            controls = self._controls_of({name for kind, name in rules if kind == "indicator"})
        return self._bearing_on(read, (before, after), controls)

    def asks_alike(self, facts: Facts) -> bool:
        """Return whether a case answers the same under the release and under the edited version.

        It does where in each reading of the answers each edited question is asked alike, or comes to what is answered
        however it is asked: nothing else settles facts.
        """
        return bool(self._questions) and all(
            self._is_settled_alike(name, one, entry)
            for one in _readings(facts)
            for name in self._questions
            for entry in holders(one, name.partition(".")[0])
        )

    def _is_settled_alike(self, name: str, facts: Facts, entry: Entry) -> bool:
        was, now = (one.fact(name) for one in self._both)
        if _asked(was, facts, entry) == _asked(now, facts, entry):
            return True
        if was.ask_when is None or now.ask_when is None:
            return False
        entity, _dot, short = name.partition(".")
        read, otherwise = Read(entity, entry.id, short), in_order(now, getattr(now, "otherwise", None))
        is_asked, is_now = (evaluate(one, facts, entry).value for one in (was.ask_when, now.ask_when))
        if facts.origins.get(read) in _STATED:
            return is_now is True or entry.values[short] == otherwise
        # What closes it is another fact: that is seen where it is superfluous, or where more hangs on it.
        is_alone = read not in facts.superfluous and name in self._alone
        return is_asked is False and is_now is False and entry.values[short] == otherwise and is_alone

    @cached_property
    def _alone(self) -> frozenset[str]:
        """The edited questions on which no other fact hangs."""
        on = [several for one in self._both for name, several in hangs_on(one).items() if name not in self._questions]
        return self._questions.difference(*on)

    def facts_now(self, facts: Facts) -> Facts | None:
        """Return the facts of a case with what edited cells say; None where more than that may be otherwise.

        Where the facts come from stays as it was: nothing that is compared asks for it.
        """
        if not self._filled:
            return None
        again, aside = (None if one is None else self.facts_now(one) for one in (facts.again, facts.aside))
        single = {name: self._with_cells(name, one, facts) for name, one in facts.single.items()}
        lists = {
            name: None if several is None else tuple(self._with_cells(name, one, facts) for one in several)
            for name, several in facts.lists.items()
        }
        return replace(facts, single=single, lists=lists, again=again, aside=aside)

    def _with_cells(self, entity: str, entry: Entry, facts: Facts) -> Entry:
        found: dict[str, Any] = {}
        for name, column in self._filled.items():
            holder, _dot, short = name.partition(".")
            row = entry.values.get(column.row) if holder == entity else None
            if isinstance(row, str) and facts.origins[Read(entity, entry.id, short)] in {"table", "missing"}:
                value, _known = cell_of(self._both[1], None, column.name, row, column.column, facts.on)
                found[short] = in_order(self._both[1].fact(name), value)
        return replace(entry, values={**entry.values, **found}) if found else entry

    def comes_to_the_same(self, before: Facts, after: Facts, case: Case) -> bool:
        """Return whether a case comes to the same with its facts as either version reads it, whatever its findings."""
        other = _otherwise(before, after)
        return not other or self._saying_the_same(other, before, after, case) is not None

    def _saying_the_same(self, other: set[str], before: Facts, after: Facts, case: Case) -> dict[_RULE, _READ] | None:
        """Return what each rule reads that reads one of these facts, if none says of a case what it did not say.

        None where one does, or reads results too: what that says is otherwise in cases in which other things are found.
        """
        was, now = (_rules_reading(other, one) for one in self._both)
        reads = frozenset[str]().union(*was.values(), *now.values())
        if was.keys() != now.keys() or not self._are_answers(reads):
            return None
        said = zip(_said(was, self._both[0], before, case), _said(was, self._both[1], after, case), strict=True)
        return {rule: one | now[rule] for rule, one in was.items()} if all(one == two for one, two in said) else None

    def _are_answers(self, names: Iterable[str]) -> bool:
        """Return whether these are facts and lists of cases, and none of results."""
        return all(name.partition(".")[0] in self._kept.criteria.entities for name in names)

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
            return self._bearing_on(self._behind(one.fact for one, _other in compared or ()), (self.base, self.base))
        read = (fact for one in self._both for name in indicators for fact in read_by(one).get(name, ()))
        return self._bearing_on(self._behind(read), (self.base, self.base), self._controls_of(indicators))

    def _controls_of(self, indicators: Collection[str]) -> frozenset[str]:
        """Return the controls of these indicators in either version."""
        named = chain.from_iterable(one.indicators.items() for one in self._both)
        options = (option for name, one in named if name in indicators for option in one.controls)
        return frozenset(control for option in options for control in option.all)

    def _behind(self, names: Iterable[str]) -> frozenset[str]:
        """Return facts and lists with what they hang on in either version, as far as the base case leaves that open."""
        several = frozenset(names)
        return several.union(*(behind(several, one, self._settled) for one in self._both))

    @cached_property
    def _settled(self) -> frozenset[str]:
        """The facts that are settled in the base case in both versions; none where it may be read otherwise."""
        base = self.base
        return frozenset() if base is None else settled_in(base, self._both[0]) & settled_in(base, self._both[1])

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

    def _bearing_on(
        self, read: frozenset[str], base: tuple[Facts, Facts], controls: frozenset[str] = frozenset()
    ) -> frozenset[str]:
        """Return the names of the cases in which some of these facts, lists and controls may be unlike the base case.

        That is given as either version reads it. They may be otherwise in whichever reading of the answers. A
        contradiction may open any of them again. A superfluous answer opens those that close its question, and where
        it is left out, there may be contradictions that no case is expected to have.
        """
        told: set[str] = set()
        superfluous: dict[tuple[frozenset[str], ...], frozenset[str]] = {}
        """By what else a case must state something of: the answers that are superfluous then."""
        for criteria, facts_of_base in zip(self._both, base, strict=True):
            of_set = asked_on(criteria)
            opening = {name: facts for name, facts in reopening(criteria).items() if not facts.isdisjoint(read)}
            told |= opening.keys()
            hanging = {name for name, several in of_set.items() if not several.isdisjoint(read)}
            behind = {one for facts in opening.values() for fact in facts for one in of_set[fact]}
            for name in (hanging | behind) & waits_for(criteria).keys():
                several = tuple(to_be_superfluous(name, criteria, facts_of_base))
                if not several:  # it is so whatever a case states
                    return frozenset(self._kept.names)
                own, *others = several
                superfluous[tuple(others)] = own | superfluous.get(tuple(others), frozenset())
        said = read | controls | {DAY, UNLIKE} | (_OF_CONTROLS if controls else frozenset())
        found = (
            name
            for name, stated in self._kept.stated.items()
            if not stated.isdisjoint(said)
            or any(
                not stated.isdisjoint(own) and all(not stated.isdisjoint(one) for one in others)
                for others, own in superfluous.items()
            )
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


def _otherwise(before: Facts, after: Facts) -> set[str]:
    """Return the facts and lists that are others, or wait for other answers, in one case as two versions read it."""
    asked, asks = (
        {(at, *ask) for at, one in enumerate(_readings(facts)) for ask in one.asks.items()} for facts in (before, after)
    )
    waiting = {read for _at, read, _rows in asked ^ asks}
    named = {one.entity if one.fact is None else f"{one.entity}.{one.fact}" for one in waiting}
    return differing_facts(before, after) | named


def _rules_reading(names: set[str], criteria: Criteria) -> dict[_RULE, _READ]:
    """Return what each rule reads that reads one of these facts and lists; of facts, what they hang on is read."""
    return {
        (kind, name): reads.facts | reads.lists
        for kind, rules in reads_by_rule(criteria).items()
        for name, reads in rules.items()
        if kind != "fact" and not names.isdisjoint(reads.facts | reads.lists)
    }


def _said(rules: Iterable[_RULE], criteria: Criteria, facts: Facts, case: Case) -> Iterator[object]:
    """Yield what tests see of what each of these rules says of a case."""
    for kind, name in rules:
        if kind == "indicator" and criteria.indicators[name].effective.covers(facts.on):
            one = find_one(name, facts, criteria, facts.on, control_states(case, facts.on), None)
            yield one.outcome, seen_of(one), to_ask(one.missing, facts)
        elif kind == "awareness":
            yield rule_applies(name, facts, criteria)
        elif kind == "contradiction":
            rule = criteria.invariants.facts[name]
            yield evaluate(rule.whenever, facts).value, evaluate(rule.then, facts).value


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


def _leaves_open(test: CaseTest, first: str) -> bool:
    """Return whether a test may leave a first question unanswered."""
    stated = (test.given[path] for path in (first.partition(".")[0], first) if path in test.given)
    return any(one not in _TOLD for one in stated)


def _asked(fact: AnyFact, facts: Facts, entry: Entry) -> object:
    """Return what is made of a question: all the same where it is asked, else for which facts, and what it is then."""
    if fact.ask_when is None:
        return None
    asked = evaluate(fact.ask_when, facts, entry)
    return True if asked.value is True else (asked, getattr(fact, "otherwise", None))
