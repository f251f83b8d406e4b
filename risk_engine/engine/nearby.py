"""Cases near one that was worked out: each comes to what `engine.work` says of it, at the cost of what is otherwise.

The cases of a set, and those that a solver finds, are its base case but for a few answers. What reads none of these is
taken over: answers of other entities, findings of other indicators. Rules of ladders ask of all findings together; an
absent one says the same in every case, so those are asked once. Answers that contradict each other are read near the
base case too, once in each reading; superfluous ones as a whole.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import assert_never

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import ControlState, control_states, find_one
from risk_engine.engine.near_facts import Near, changed_facts
from risk_engine.engine.propose import absent_entries, finding_entry, propose, rate, with_entries
from risk_engine.engine.resolve import broken, near_to, resolve, resolve_near
from risk_engine.engine.work import Worked, day_of, due, work
from risk_engine.files.diagnostics import NotInForceError, RiskEngineError
from risk_engine.files.once import once
from risk_engine.model.case import Case
from risk_engine.model.conditions import AllOf, AnyOf, Compare, Condition, Holds, Not, Quantifier, facts_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.model.references import readers, reopening


class Nearby:
    """Works out cases near a base case, day by day."""

    def __init__(self, criteria: Criteria, base: Case, profile: Profile | None = None) -> None:
        """Take the set, the case that others are near to, and the profile."""
        self.criteria = criteria
        self.base = base
        self.profile = profile
        self._facts: dict[date, Near | None] = {}
        self._days: dict[date, Reference | None] = {}
        self._asked: set[date] = set()
        self._last: tuple[Case, date, Facts] | None = None

    def work(self, case: Case, on: date | None = None) -> Worked:
        """Return what `work` returns, and raise what it raises."""
        day = day_of(case, on)
        reference = self.reference(day)
        if reference is None:
            return work(case, self.criteria, on, self.profile)
        return reference.work(case, self.facts(case, day))

    def facts(self, case: Case, on: date) -> Facts:
        """Return what `resolve` returns; whoever asks for facts often asks next what they come to."""
        if self._last is None or self._last[0] is not case or self._last[1] != on:
            near = self._near(on)
            if near is None:
                return resolve(case, self.criteria, on, self.profile)
            self._last = case, on, resolve_near(case, self.criteria, on, self.profile, near)
        return self._last[2]

    def _near(self, on: date) -> Near | None:
        """Return the facts of the base case on a day; None where they contradict each other or are superfluous."""
        if on not in self._facts:
            try:
                facts = resolve(self.base, self.criteria, on, self.profile)
                is_plain = not facts.superfluous and not any(broken(facts, self.criteria, reopening(self.criteria)))
            except RiskEngineError:
                is_plain = False  # a parameter that has no value on the day: each case says so for itself
            self._facts[on] = near_to(self.base, facts, self.criteria, self.profile) if is_plain else None
        return self._facts[on]

    def reference(self, on: date) -> "Reference | None":
        """Return the base case as it is worked out on a day; None where nothing can be taken over from it."""
        if on not in self._asked:
            # A single case of a day of its own is worked out as soon as the base case.
            self._asked.add(on)
            return None
        if on not in self._days:
            near = self._near(on)
            self._days[on] = None if near is None else self._reference(near, on)
        return self._days[on]

    def _reference(self, near: Near, on: date) -> "Reference | None":
        try:
            return Reference(replace(work(self.base, self.criteria, on, self.profile), facts=near.facts))
        except RiskEngineError:
            return None  # a rule that is asked of findings alone has no value on the day


class Reference:
    """A case that was worked out, none of whose answers contradict each other or are superfluous."""

    def __init__(self, worked: Worked) -> None:
        """Take what it came to."""
        self.worked = worked
        self._places = {one.id: place for place, one in enumerate(worked.found)}
        self._present = frozenset(place for place, one in enumerate(worked.found) if one.outcome != "absent")
        self._entries = worked.results.lists["finding"] or ()
        self._thin = Thin(worked.criteria, worked.results)

    def work(self, case: Case, facts: Facts) -> Worked:
        """Return what a case of the same day comes to, given its facts."""
        before, criteria = self.worked, self.worked.criteria
        controls = control_states(case, before.on)
        places = sorted(self._touched(facts, controls))
        found, entries, present = list(before.found), list(self._entries), set(self._present)
        for place in places:
            one = find_one(found[place].id, facts, criteria, before.on, controls, before.profile)
            found[place], entries[place] = one, finding_entry(one, absent_entries(criteria))
            (present.discard if one.outcome == "absent" else present.add)(place)
        in_order = sorted(present)
        ratings = rate([found[place] for place in in_order], criteria.head)
        results = with_entries(facts, tuple(entries), ratings, criteria, before.results.orders)
        proposed = propose(self._thin.seen(results, in_order), self._thin.criteria)
        review_due = due(criteria, before.on, facts, proposed)
        return Worked(
            case=case,
            criteria=criteria,
            on=before.on,
            profile=before.profile,
            facts=facts,
            results=results,
            controls=controls,
            found=tuple(found),
            ratings=ratings,
            proposed=proposed,
            review_due=review_due,
        )

    def _touched(self, facts: Facts, controls: Mapping[str, ControlState]) -> set[int]:
        """Return the places of the findings that may be others: what they read is, or one of their controls."""
        before, reading = self.worked, readers(self.worked.criteria)
        readings = [one for one in (facts, facts.again, facts.aside) if one is not None]
        changed = {name for one in readings for name in changed_facts(before.facts, one, before.criteria)}
        names = {one for name in changed for one in reading.get(name, ())}
        for control in {*controls, *before.controls}:
            if controls.get(control) != before.controls.get(control):
                names.update(_with_control(before.criteria).get(control, ()))
        return {self._places[one] for one in names if one in self._places}


@once
def _with_control(criteria: Criteria) -> dict[str, list[str]]:
    """Return for each control the indicators with an option that asks for it."""
    found: dict[str, list[str]] = {}
    for name, indicator in criteria.indicators.items():
        for control in {one for option in indicator.controls for one in option.all}:
            found.setdefault(control, []).append(name)
    return found


class Thin:
    """Ladders that ask absent findings nothing, where all of these say the same whatever the case.

    A rule that asks whether some findings, or so many, are of a kind comes to the same, and names the same, without
    those that are not; it is asked of a list of its own that leaves them out. Other rules stay as they are.
    """

    def __init__(self, criteria: Criteria, results: Facts) -> None:
        """Take a set, and the results of any case on the day."""
        self._results = results
        absent = absent_entries(criteria)
        self._absent = [absent[f"{one.id}"] for one in results.lists["finding"] or ()]
        self._kept: dict[str, frozenset[int]] = {}
        """By list of its own, the places of the findings that count in it though they are absent."""
        ladders = {
            name: one.model_copy(
                update={"rules": tuple(rule.model_copy(update={"when": self._asked(rule.when)}) for rule in one.rules)}
            )
            for name, one in criteria.ladders.items()
        }
        self.criteria = criteria.model_copy(update={"ladders": ladders})

    def seen(self, results: Facts, present: Collection[int]) -> Facts:
        """Return the results with the lists that the ladders ask; `present` are the places of what is not absent."""
        every = results.lists["finding"] or ()
        lists = {
            name: tuple(every[place] for place in (sorted(kept.union(present)) if kept else present))
            for name, kept in self._kept.items()
        }
        return replace(results, lists={**results.lists, **lists})

    def _asked(self, condition: Condition) -> Condition:
        match condition:
            case AllOf(all_of=parts):
                return condition.model_copy(update={"all_of": tuple(map(self._asked, parts))})
            case AnyOf(any_of=parts):
                return condition.model_copy(update={"any_of": tuple(map(self._asked, parts))})
            case Quantifier(entity="finding", kind="some" | "at_least"):
                return self._thinned(condition)
            case Compare() | Holds() | Not() | Quantifier():
                return condition
            case _:
                assert_never(condition)

    def _thinned(self, quantifier: Quantifier) -> Quantifier:
        try:
            kept = frozenset(self._counting(quantifier.where))
        except NotInForceError:
            return quantifier  # who asks is told so
        name = f"finding {len(self._kept)}"
        self._kept[name] = kept
        return quantifier.model_copy(update={"entity": name})

    def _counting(self, where: Condition) -> Iterator[int]:
        """Yield the places of the findings that may be of a kind though they are absent."""
        short = [one.partition(".")[2] for one in sorted(facts_in(where, self._results.definitions))]
        known: dict[tuple[object, ...], bool] = {}
        for place, entry in enumerate(self._absent):
            said = tuple(entry.values[one] for one in short)
            if said not in known:
                known[said] = evaluate(where, self._results, entry).value is not False
            if known[said]:
                yield place
