"""Which released cases an edit of tables or of questions can touch, by what they state alone.

Cases are written as what they change of another one, and few of them name a row or answer what a question hangs on. All
others resolve to the same facts under both versions, whatever is contradictory in them, so none of them has to be read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from risk_engine.audit.kept import Kept
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, holders
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.loading.case_tests import base_case, rows
from risk_engine.model.case import ON_FILE, Case, row_names
from risk_engine.model.changes import Edit
from risk_engine.model.companion_files import BASE, CaseTest
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact
from risk_engine.model.references import hangs_on, reads_of, reopening, waits_for
from risk_engine.model.triage import closed_by

DAY = "assessment_date"


class Reach:
    """What an edit of rows of tables, or of when a question is asked and what it is otherwise, can touch."""

    def __init__(self, kept: Kept, draft: Criteria, edits: Sequence[Edit]) -> None:
        """Take what is kept of the release, the edited version, and the edits of rules between the two."""
        self._kept = kept
        self._both = kept.criteria, draft
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
        if self.is_read_alike and self._is_asked_alike_in_base():
            places, told = self._bearing_on()
            self.names = self._saying(
                lambda test: (
                    test.on is not None
                    or any(self._is_about(path, places) for path in test.given)
                    or not told.isdisjoint(test.expect.contradictions)
                )
            )

    def _is_asked_alike_in_base(self) -> bool:
        """Return whether of the base case the questions are asked as they were, and are the same otherwise."""
        base = base_case(self._kept.criteria)[1]
        if base.assessment_date is None:
            return False
        try:
            facts = self._kept.facts(BASE, base, base.assessment_date)
        except NotInForceError:
            return False
        return facts.again is None and facts.aside is None and self.asks_alike(facts)

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

    def _bearing_on(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the facts and lists that bear on questions where a case states them, and contradictions that do so.

        A question hangs on what its condition reads, and what that hangs on; a contradiction may open any of these
        again. A superfluous answer opens those that close its question. Where it is left out, there may be
        contradictions that no case is expected to have.
        """
        places: set[str] = set()
        told: set[str] = set()
        for criteria in self._both:
            conditions = [one for name in self._questions if (one := criteria.fact(name).ask_when) is not None]
            reads = reads_of(criteria, *conditions)
            of_set = hangs_on(criteria)
            read = {*self._questions}.union(*(of_set[one] for one in reads.facts | reads.lists))
            places |= read.union(name for name, several in of_set.items() if not several.isdisjoint(read))
            opening = {name: facts for name, facts in reopening(criteria).items() if not facts.isdisjoint(read)}
            told |= opening.keys()
            behind = {one for facts in opening.values() for fact in facts for one in of_set[fact]}
            places = places.union(*(of_set[one] for one in behind & waits_for(criteria).keys()))
        return frozenset(places), frozenset(told)

    def _is_about(self, path: str, places: frozenset[str]) -> bool:
        """Return whether a path of a case is about one of these facts and lists; the day may be about any."""
        name, *parts = path.split(".")
        entity = self._both[0].entities.get(name)
        if entity is None:
            return name == DAY or name not in Case.model_fields
        if len(parts) == (1 if entity.many is None else 2):
            return parts[-1] not in entity.facts or f"{name}.{parts[-1]}" in places
        return any(one.partition(".")[0] == name for one in places)

    def _saying(self, says: Callable[[CaseTest], bool]) -> frozenset[str]:
        """Return the names of the cases that say it, or are like one that does."""
        found: set[str] = set()
        for test in self._kept.tests.cases:
            if test.like in found or says(test):
                found.add(test.name)
            found |= {one.name for one in rows(test).values() if test.name in found or says(one)}
        return frozenset(found)


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
