"""What one case shows of the rules of its set: the goals that it meets, and which comparisons mattered in it.

A comparison mattered whose opposite alone would have turned the condition round (MC/DC in its masking form,
docs/decisions/0027).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, assert_never

from risk_engine.audit.mutants.runs import Run
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Stated
from risk_engine.engine.find import Found, FoundOption
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    Quantifier,
    facts_in,
)
from risk_engine.model.coverage import Goal, Key, Kind, Path, Wanted, root_at
from risk_engine.model.criteria import knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.words import SEVERITIES, Severity

MANY = 8
"""From so many entries on it pays to look for those that are alike."""


class _Alike(NamedTuple):
    """Entries that a condition cannot tell apart: one of them, how many they are, and what it says of each."""

    entry: Entry
    number: int
    value: bool | None


class Mattering:
    """Finds what mattered over the facts of one case; from `group_from` entries on those alike are looked at once."""

    def __init__(self, facts: Facts, group_from: int = MANY) -> None:
        self.facts = facts
        self._group_from = group_from

    def branches(
        self, condition: ConditionOrAlways, at: Path, entry: Entry | None = None
    ) -> Iterator[tuple[Path, bool]]:
        """Yield each comparison that mattered, by its way from `at` on, with what it said; perhaps several times.

        A comparison within a quantifier is one for each entry.
        """
        if isinstance(condition, str):
            return
        node: Node = condition
        match node:
            case AllOf(all_of=parts):
                yield from self._joined(parts, (*at, "all_of"), entry, decisive=False)
            case AnyOf(any_of=parts):
                yield from self._joined(parts, (*at, "any_of"), entry, decisive=True)
            case Not(not_=part):
                yield from self.branches(part, (*at, "not"), entry)
            case Holds(holds=name):
                yield from self.branches(self.facts.definitions[name], (*at, "holds", name), entry)
            case Quantifier(where=where):
                for one in self._pivotal(node, where):
                    yield from self.branches(where, (*at, "where"), one)
            case Compare():
                value = evaluate(node, self.facts, entry).value
                if value is not None:
                    yield at, value
            case _:
                assert_never(node)

    def _joined(
        self, parts: Sequence[Condition], at: Path, entry: Entry | None, *, decisive: bool
    ) -> Iterator[tuple[Path, bool]]:
        """Yield what mattered in the parts: one decides alone if none of the others is decisive or unknown."""
        alone: int | None = None
        for number, part in enumerate(parts):
            if evaluate(part, self.facts, entry).value is not (not decisive):
                if alone is not None:
                    return
                alone = number
        for number in range(len(parts)) if alone is None else (alone,):
            yield from self.branches(parts[number], (*at, number), entry)

    def _pivotal(self, node: Quantifier, where: Condition) -> Iterator[Entry]:
        """Yield the entries that alone make the quantifier hold or fail; of those alike only one."""
        alike = self._entries(node.entity, where)
        true = sum(one.number for one in alike if one.value is True)
        unknown = sum(one.number for one in alike if one.value is None)
        match node.kind:
            case "some" | "at_least":
                needed = node.bound
            case "every":
                needed = sum(one.number for one in alike)
            case "at_most":
                needed = node.bound + 1
            case _:
                assert_never(node.kind)
        for one in alike:
            if true - (one.value is True) == needed - 1 and unknown - (one.value is None) == 0:
                yield one.entry

    def _entries(self, entity: str, where: Condition) -> list[_Alike]:
        """Return the entries of a list in groups: most findings are absent, and alike in all that a rule reads."""
        entries = self.facts.lists[entity] or ()
        if len(entries) < self._group_from:
            return [_Alike(one, 1, evaluate(where, self.facts, one).value) for one in entries]
        named = sorted(facts_in(where, self.facts.definitions))
        read = [fact.partition(".")[2] for fact in named if fact.startswith(f"{entity}.")]
        groups: dict[tuple[Stated, ...], list[Entry]] = {}
        for entry in entries:
            groups.setdefault(tuple(map(entry.values.get, read)), []).append(entry)
        return [_Alike(one[0], len(one), evaluate(where, self.facts, one[0]).value) for one in groups.values()]


_TRUTHS: dict[bool | None, Wanted] = {True: "true", False: "false", None: "unknown"}


class Shown:
    """Which goals the cases meet that were looked at so far, each with the first case that does."""

    def __init__(self, goals: Iterable[Goal]) -> None:
        self.first: dict[Key, str] = {}
        # Where a condition has no open goal any more, nobody needs to look into it again.
        self._open = Counter((one.kind, one.record, root_at(one.kind, one.at)) for one in goals)

    def add(self, run: Run) -> None:
        """Note all that a case shows."""
        _Reader(self, run).read()

    def note(self, kind: Kind, record: str, at: Path, wanted: Wanted, case: str) -> None:
        """Note that a case meets a goal."""
        key = kind, record, at, wanted
        if key not in self.first:
            self.first[key] = case
            self._open[kind, record, root_at(kind, at)] -= 1

    def seeks(self, kind: Kind, record: str, at: Path) -> bool:
        """Return whether a goal about the condition at this place is still open."""
        return self._open[kind, record, at] > 0


class _Reader:
    def __init__(self, shown: Shown, run: Run) -> None:
        self.shown = shown
        self.run = run

    def read(self) -> None:
        run = self.run
        of_case, of_results = Mattering(run.facts), Mattering(run.results)
        for found in run.found.values():
            self._indicator(found, of_case)
        self._questions(of_case)
        self._ladders(of_results)
        self._awareness(of_results)
        for name, one in run.criteria.invariants.facts.items():
            if evaluate(one.whenever, run.facts).value is True and evaluate(one.then, run.facts).value is False:
                self._note("contradiction", name, (), "contradicted")

    def _note(self, kind: Kind, record: str, at: Path, wanted: Wanted) -> None:
        self.shown.note(kind, record, at, wanted, self.run.test.name)

    def _branches(
        self,
        kind: Kind,
        record: str,
        at: Path,
        condition: ConditionOrAlways,
        facts: Mattering,
        entries: Iterable[Entry | None] = (None,),
    ) -> None:
        if self.shown.seeks(kind, record, at):
            for entry in entries:
                for way, value in facts.branches(condition, at, entry):
                    self._note(kind, record, way, _TRUTHS[value])

    def _indicator(self, found: Found, facts: Mattering) -> None:
        name = found.id
        self._note("indicator", name, (), found.outcome)
        for severity, condition in reversed(severity_conditions(found.indicator)):
            at: Path = ("severity", severity)
            value = False if found.outcome == "absent" else evaluate(condition, facts.facts).value
            self._note("severity", name, at, _TRUTHS[value])
            self._branches("severity_branch", name, at, condition, facts)
            if value is True:
                break  # what a lower one says makes no difference
        # What bars, and what would help, shows only where something was found.
        if found.outcome == "present":
            self._knock_outs(found, facts)
            self._options(found, facts)

    def _knock_outs(self, found: Found, facts: Mattering) -> None:
        complete = [one for one in found.options if not one.lacking]
        is_cured = any(one.counts is True for one in complete)
        if not is_cured and any(one.counts is None for one in complete):
            return  # nobody knows whether it is cured
        for kind, condition in reversed(knock_out_conditions(found.indicator)):
            at: Path = ("knock_out", kind)
            holds = evaluate(condition, facts.facts).value
            if holds is True:
                self._note("knock_out", found.id, at, "cured" if is_cured else "open")
            if not is_cured:
                self._branches("knock_out_branch", found.id, at, condition, facts)
            if holds is True:
                break  # the strongest one counts

    def _options(self, found: Found, facts: Mattering) -> None:
        for number, one in enumerate(found.options):
            if not _matters(one, found):
                continue
            at: Path = ("controls", number)
            if one.counts is True:
                self._note("option", found.id, at, "incomplete" if one.lacking else "complete")
            if one.option.when is not None and not one.lacking:
                self._branches("option_branch", found.id, (*at, "when"), one.option.when, facts)

    def _questions(self, facts: Mattering) -> None:
        for name, entity in self.run.criteria.entities.items():
            entries = (self.run.facts.single[name],) if entity.many is None else self.run.facts.lists[name] or ()
            for short, fact in entity.facts.items():
                if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                    self._branches("question_branch", f"{name}.{short}", ("ask_when",), fact.ask_when, facts, entries)

    def _ladders(self, facts: Mattering) -> None:
        for name, proposed in self.run.proposed.items():
            rules = self.run.criteria.ladders[name].rules
            self._note("level", name, ("levels", proposed.level), "reached")
            if proposed.rule is None:
                self._note("rule", name, ("otherwise",), "decides")
            for number, rule in enumerate(rules if proposed.rule is None else rules[: proposed.rule + 1]):
                self._note("rule", name, ("rules", number), "decides" if number == proposed.rule else "passed_over")
                self._branches("rule_branch", name, ("rules", number, "when"), rule.when, facts)

    def _awareness(self, facts: Mattering) -> None:
        for name, rule in self.run.criteria.awareness.items():
            if rule.effective.covers(self.run.day):
                self._note("awareness", name, ("when",), _TRUTHS[evaluate(rule.when, facts.facts).value])
                self._branches("awareness_branch", name, ("when",), rule.when, facts)


def _matters(option: FoundOption, found: Found) -> bool:
    """Return whether it makes a difference that the option is complete and counts: it lowers more than the others do.

    Or it cures a knock-out that no other one cures.
    """
    others = [one for one in found.options if one is not option and not one.lacking and one.counts is not False]
    left: list[Severity] = [found.inherent, *(one.residual for one in others)]
    if SEVERITIES.index(option.residual) < min(map(SEVERITIES.index, left)):
        return True
    return not others and found.knock_out_before[0] != "none"
