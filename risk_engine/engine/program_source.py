"""A criteria set as Python source of one walk: answers in, findings, points and levels out (design, section 6).

Every condition becomes two expressions, what must hold and what may: Kleene logic without a third value. A definition
is worked out once, and what a quantifier asks of entries is gathered in one loop through the list. No text of an author
stands in the source: facts are numbered, and every value is a constant of a table that the source names by number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import Any, assert_never

from risk_engine.engine.evaluate import evaluate, holds
from risk_engine.engine.facts import Entry, Facts
from risk_engine.engine.program_data import read_by_rules, taken_from_data
from risk_engine.engine.program_results import Rule
from risk_engine.engine.program_text import (
    CERTAIN,
    Block,
    Both,
    first_severity,
    joined,
    of_boolean,
    opposite,
    option_ranks,
    rule_lines,
    tested,
    values,
    within,
)
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Quantifier,
    negation,
    used_here,
)
from risk_engine.model.criteria import Criteria, knock_out_conditions, severity_conditions
from risk_engine.model.facts import (
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
    orders_of,
)
from risk_engine.model.profile import Profile, cell_of, parameters_on
from risk_engine.model.references import (
    ABSENT,
    asked_in_order,
    closable,
    reached_from_definitions,
    reopening,
    result_entities,
)
from risk_engine.model.words import CAP_WITHOUT_POLICY, KNOCK_OUTS, SEVERITIES

DEEPEST = 30
"""What is nested deeper gets a name of its own: Python's parser follows brackets only so far."""


@dataclass(frozen=True)
class Source:
    """The source, the constants that it names, and the indicators in force, in the order of their numbers."""

    text: str
    constants: Mapping[str, Any]
    in_force: tuple[str, ...]
    awareness: tuple[str, ...]
    ready: Mapping[str, Rule]
    """Names that stand for all that a rule can come to, where its severities alone decide."""


def source_of(criteria: Criteria, on: date, profile: Profile | None, *, from_data: bool = False) -> Source:
    """Return the walk through a set, as its rules stand on a day; `from_data`: of plain data, which it checks.

    Raises NotInForceError where a rule compares with a parameter that has no value on the day.
    """
    return _Writer(criteria, on, profile, from_data=from_data).written()


def ladders_source(criteria: Criteria, on: date, profile: Profile | None) -> tuple[str, Mapping[str, Any]]:
    """Return the walk through the ladders alone, of findings and dimensions, with its constants; errors as above."""
    writer = _Writer(criteria, on, profile, from_data=False)
    return writer.of_results(), writer.constants


class _Writer:
    def __init__(self, criteria: Criteria, on: date, profile: Profile | None, *, from_data: bool) -> None:
        self.criteria = criteria
        self.from_data = from_data
        self.on = on
        self.profile = profile
        self.constants: dict[str, Any] = {}
        self._named: dict[Any, str] = {}
        self.results = result_entities(criteria)
        self.reaches = reached_from_definitions(criteria)
        self.entities = {**criteria.entities, **self.results}
        self.single = Block()
        self.lists = {name: Block() for name, entity in self.entities.items() if entity.many is not None}
        self.case = Block()
        self.ladders = Block()
        self._variables: dict[str, str] = {}
        self._defined: dict[tuple[str, str | None], Both] = {}
        self._gathered: dict[tuple[str, bool, Condition], Both] = {}
        self._counted: set[Both] = set()
        self._asked: set[str] = set()
        self.ready: dict[str, Rule] = {}
        self._names = 0
        self._closed: Mapping[str, str] = {}
        """Of lists with `ask_when` whether entries may be asked for."""
        self.over = Facts(
            on=on,
            single={},
            lists={},
            orders={**orders_of(criteria.entities), **orders_of(self.results)},
            parameters=parameters_on(criteria, on, profile),
            definitions=criteria.definitions,
        )
        self.awareness = tuple(name for name, one in criteria.awareness.items() if one.effective.covers(on))
        self.in_force = tuple(name for name, one in criteria.indicators.items() if one.effective.covers(on))

    def written(self) -> Source:
        self._answers()
        self._reopening()
        for number, name in enumerate(self.in_force):
            self._indicator(number, name)
        self._ladders()
        self._notes()
        lines = ["def walk(D, in_place, agreed, full):", *within(self.single.lines)]
        for name, block in self.lists.items():
            if name in self.criteria.entities:
                lines += within(self._loop(name, block))
        lines += within([*self.case.begin, "found = []", "add = found.append", *self.case.lines])
        lines += within(["dimensions = rated(found)", *self._over_results()])
        return Source("\n".join(lines) + "\n", self.constants, self.in_force, self.awareness, self.ready)

    def of_results(self) -> str:
        self._ladders()
        lines = [*self._over_results(), "return levels"]
        return "\n".join(["def walk(found, dimensions):", *within(lines)]) + "\n"

    def _over_results(self) -> list[str]:
        return [*(line for name in self.results for line in self._loop(name, self.lists[name])), *self.ladders.lines]

    # --- names ---

    def constant(self, value: Any, key: Any = None) -> str:
        """Return the name of a constant; values that are alike have one name."""
        key = (type(value), value if key is None else key)
        if key not in self._named:
            self._named[key] = f"K{len(self._named)}"
            self.constants[self._named[key]] = value
        return self._named[key]

    def name(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    # --- answers of a case ---

    def _answers(self) -> None:
        """Write how the facts that rules read are taken from a case, filled in, and settled where nobody asks them."""
        needed = read_by_rules(self.criteria, self.in_force, self.awareness)
        for name, entity in self.criteria.entities.items():
            # All that is stated is checked, only what rules read is taken from a case that was checked.
            shorts = [short for short in entity.facts if self.from_data or f"{name}.{short}" in needed]
            for short in shorts:
                self._variables[f"{name}.{short}"] = self.name("v")
            block = self.single if entity.many is None else self.lists[name]
            variables = [self._variables[f"{name}.{short}"] for short in shorts]
            taken = self._taken(shorts, variables)
            if self.from_data:
                taken = taken_from_data(entity, shorts, variables, self.criteria, self.constant)
            if entity.many is not None:
                block.lines += taken
            elif taken:
                block.lines += self._single(name)
                none = " = ".join((*variables, "None")) if variables else "pass"
                block.lines += ["if e is None:", f"    {none}", "else:", *within(taken)]
            for short in shorts:
                fact = entity.facts[short]
                if isinstance(fact, RowFact | TextFact) or f"{name}.{short}" not in needed:
                    continue
                if fact.from_ is not None:
                    self._from_table(block, name, short, fact)
        for name, short, fact, ask_when in asked_in_order(self.criteria):
            if not isinstance(fact, RowFact | TextFact):
                self._settled(name, short, fact, ask_when)
        self._closed = {
            name: self._lifted(self.both(ask_when, None, self.single), self.single).may
            for name, ask_when in closable(self.criteria).items()
        }
        self._asked |= self._closed.keys()

    def _single(self, name: str) -> list[str]:
        if not self.from_data:
            return [f"e = D[{self.constant(name)}]"]
        return [f"e = D.get({self.constant(name)})", "if e.__class__ is str: e = odd(e)"]

    def _taken(self, shorts: Sequence[str], variables: Sequence[str]) -> list[str]:
        if not shorts:
            return []
        getter = self.constant(itemgetter(*shorts), key=tuple(shorts))
        return [f"{', '.join(variables)} = {getter}(e.__dict__)"]

    def _from_table(self, block: Block, entity: str, short: str, fact: RuleFact) -> None:
        row_fact = self.criteria.entities[entity].facts[fact.from_ or ""]
        assert isinstance(row_fact, RowFact)  # noqa: S101 (checked when the set was loaded)
        column = fact.column or short
        cells = {
            row: cell_of(self.criteria, self.profile, row_fact.of, row, column, self.on)[0]
            for row in self.criteria.tables[row_fact.of].rows
        }
        variable, row = self._variables[f"{entity}.{short}"], self._variables[f"{entity}.{fact.from_}"]
        known = self.constant(cells.get, key=("cells", row_fact.of, column))
        if fact.ask_when is not None:
            block.lines.append(f"s{variable} = {variable}")
        block.lines += [f"if {variable} is None:", f"    {variable} = {known}({row})"]

    def _settled(self, entity: str, short: str, fact: RuleFact, ask_when: Condition) -> None:
        many = self.criteria.entities[entity].many is not None
        block = self.lists[entity] if many else self.single
        self._asked.add(entity)
        asked = self.both(ask_when, entity if many else None, block)
        variable = self._variables[f"{entity}.{short}"]
        stated = variable if fact.from_ is None else f"s{variable}"
        otherwise = self.constant(fact.otherwise)
        differs = f"unlike({{}}, {otherwise})" if isinstance(fact, ChoicesFact) else f"{{}} != {otherwise}"
        block.lines += [
            f"if not {asked.may}:",
            # An answer that the other answers rule out: the reference says which, and why.
            f"    if {stated} is not None and {differs.format(stated)}: return None",
            f"    {variable} = {otherwise}",
            f"elif {variable} is not None and not {asked.must} and {differs.format(variable)}:",
            f"    {variable} = None",
        ]

    # --- conditions ---

    def both(self, condition: ConditionOrAlways, entity: str | None, block: Block) -> Both:
        """Return a condition as expressions, of the entry of `entity` that the loop is at.

        What is nested too deep for Python gets a name in `block`.
        """
        match condition:
            case str():  # always
                return CERTAIN
            case Compare():
                return self._compared(condition)
            case AllOf(all_of=parts):
                return self._lifted(joined(" and ", [self.both(part, entity, block) for part in parts]), block)
            case AnyOf(any_of=parts):
                return self._lifted(joined(" or ", [self.both(part, entity, block) for part in parts]), block)
            case Not(not_=part):
                return self._lifted(opposite(self.both(part, entity, block)), block)
            case Holds(holds=name):
                return self._definition(name, entity)
            case Quantifier():
                return self._quantified(condition)
            case _:
                assert_never(condition)

    def _lifted(self, both: Both, block: Block) -> Both:
        if both.depth < DEEPEST:
            return both
        name = self.name("t")
        block.lines += [f"{name}M = {both.may}", f"{name}m = {name}M and {both.must}"]
        return Both(f"{name}m", f"{name}M")

    def _definition(self, name: str, entity: str | None) -> Both:
        """Return the names of what a definition came to: it is worked out once for the case, or once for each entry."""
        waiting = [name]
        while waiting:
            used = waiting[-1]
            place = self._place(used, entity)
            if (used, place) in self._defined:
                waiting.pop()
                continue
            body = self.criteria.definitions[used]
            unread = [one for one in used_here(body) if (one, self._place(one, entity)) not in self._defined]
            waiting += unread
            if not unread:
                waiting.pop()
                block = self._block(used, place)
                both = self.both(body, place, block)
                variable = self.name("held")
                block.lines += [f"{variable}M = {both.may}", f"{variable}m = {variable}M and {both.must}"]
                self._defined[used, place] = Both(f"{variable}m", f"{variable}M")
        return self._defined[name, self._place(name, entity)]

    def _place(self, name: str, entity: str | None) -> str | None:
        """Return the list of whose entries a definition is about, where it is used of one; None: it is of the case."""
        return entity if entity in self.reaches[name].entities else None

    def _block(self, name: str, place: str | None) -> Block:
        if place is not None:
            return self.lists[place]
        lists = self.reaches[name].lists
        if not lists:
            return self.single
        return self.ladders if lists & self.results.keys() else self.case

    def _quantified(self, node: Quantifier) -> Both:
        match node.kind:
            case "some" | "at_least":
                return self._gather(node.entity, node.where, node.bound)
            case "every":
                return opposite(self._gather(node.entity, negation(node.where), node.bound))
            case "at_most":
                return opposite(self._gather(node.entity, node.where, node.bound + 1))
            case _:
                assert_never(node.kind)

    def _gather(self, entity: str, where: Condition, number: int) -> Both:
        """Return whether so many entries fulfil a condition: the loop through the list counts them."""
        key = entity, number > 1, where
        if key not in self._gathered:
            block = self.lists[entity]
            absent = self._absent(entity, where)
            both, name = self.both(where, entity, block), self.name("n")
            out = Both(f"{name}m", f"{name}M")
            first, step = ("False", " = True")
            if number > 1 or absent:
                first, step = f"{len(absent)}", " += 1"
                self._counted.add(out)
            block.begin.append(f"{name}m = {name}M = {first}")
            if absent:
                at = self.constant(absent)
                block.lines += [f"if number in {at}:", f"    {name}m -= 1", f"    {name}M -= 1"]
            block.lines += [f"if {both.may}:", f"    {name}M{step}", f"    if {both.must}: {name}m{step}"]
            self._gathered[key] = out
        gathered = self._gathered[key]
        if gathered in self._counted:
            gathered = Both(f"({gathered.must} >= {number})", f"({gathered.may} >= {number})")
        if entity in self.results:
            return gathered
        return Both(gathered.must, f"({self._unanswered(entity)} or {gathered.may})")

    def _unanswered(self, entity: str) -> str:
        return f"u{list(self.entities).index(entity)}"

    def _absent(self, entity: str, where: Condition) -> frozenset[int]:
        """Return the numbers of the indicators whose finding fulfils a condition while it is absent."""
        if entity != "finding":
            return frozenset()
        return frozenset(
            number
            for number, name in enumerate(self.in_force)
            # No finding may take over what definitions came to of another.
            if evaluate(where, replace(self.over), Entry(name, self._absent_values(name))).value
        )

    def _absent_values(self, name: str) -> dict[str, Any]:
        indicator = self.criteria.indicators[name]
        return {"id": name, "dimension": indicator.dimension, "ground": indicator.ground, **ABSENT}

    # --- comparisons ---

    def _compared(self, node: Compare) -> Both:
        entity, _, short = node.fact.partition(".")
        fact = self.entities[entity].facts[short]
        wanted, order = self.over.operand(node.operand), self.over.orders.get(node.fact)
        assert not isinstance(fact, RowFact | TextFact)  # noqa: S101 (no condition reads them)
        if entity in self.results:
            options: tuple[Any, ...] = tuple(fact.options) if isinstance(fact, ChoiceFact) else (False, True)
            true = sum(1 << place for place, one in enumerate(options) if holds(node.op, one, wanted, order))
            rest = (1 << len(options)) - 1 - true
            variable = f"{entity}_{short}"
            return Both(f"(not {variable} & {self.constant(rest)})", f"({variable} & {self.constant(true)})", 1)
        variable = self._variables[node.fact]
        match fact:
            case BooleanFact():
                assert isinstance(wanted, bool)  # noqa: S101 (checked when the set was loaded: it is asked `is` alone)
                return of_boolean(variable, wanted)
            case ChoiceFact():
                true_options = frozenset(one for one in fact.options if holds(node.op, one, wanted, order))
                must, may = self.constant(true_options), self.constant(true_options | {None})
                return Both(f"({variable} in {must})", f"({variable} in {may})", 1)
            case IntegerFact() | DateFact() | ChoicesFact():
                known = frozenset(wanted) if node.op == "includes_any" and isinstance(wanted, tuple) else wanted
                test = tested(node.op, variable, self.constant(known))
                return Both(f"({variable} is not None and {test})", f"({variable} is None or {test})", 1)
            case _:
                assert_never(fact)

    # --- findings and ladders ---

    def _reopening(self) -> None:
        """Write that the walk says nothing of a case whose answers contradict each other so that they are open again.

        The reference works it out twice then.
        """
        for name in sorted(reopening(self.criteria)):
            invariant = self.criteria.invariants.facts[name]
            whenever, then = self.both(invariant.whenever, None, self.case), self.both(invariant.then, None, self.case)
            self.case.lines.append(f"if {whenever.must} and not {then.may}: return None")

    def _indicator(self, number: int, name: str) -> None:
        indicator = self.criteria.indicators[name]
        without_policy = self._without_policy(name)
        highest = SEVERITIES.index(CAP_WITHOUT_POLICY if without_policy else "critical")
        severities = [
            (min(highest, SEVERITIES.index(severity)), self.both(one, None, self.case))
            for severity, one in severity_conditions(indicator)
        ]
        knock_outs = [
            (KNOCK_OUTS.index(kind), self.both(one, None, self.case))
            for kind, one in knock_out_conditions(indicator)
            if not (without_policy and kind == "policy")
        ]
        counts = [CERTAIN if one.when is None else self.both(one.when, None, self.case) for one in indicator.controls]
        rule = number, tuple(kind for kind, _both in knock_outs), option_ranks(indicator)
        found = self.constant(rule, key=name)
        found = (
            f"present({found}, i, p, {values(both for _kind, both in knock_outs)}, {values(counts)}, in_place, agreed)"
        )
        if not indicator.controls and all(both == CERTAIN for _kind, both in knock_outs):
            # What it comes to depends on its severities alone: it is looked up.
            found = f"{self.name('R')}[p][i]"
            self.ready[found.partition("[")[0]] = rule
        self.case.lines += [
            f"p = {first_severity(severities, 'may')}",
            "if p:",
            f"    i = {first_severity(severities, 'must')}",
            f"    add({found})",
        ]

    def _without_policy(self, indicator: str) -> bool:
        off = self.profile.policy_knock_outs_off.get(indicator) if self.profile else None
        return off is not None and off.applies(self.on)

    def _ladders(self) -> None:
        reached = []
        for ladder in self.criteria.ladders.values():
            rules = [
                (rule.provisional, list(ladder.levels).index(rule.level), self.both(rule.when, None, self.ladders))
                for rule in ladder.rules
            ]
            otherwise, name = list(ladder.levels).index(ladder.otherwise.level), self.name("l")
            self.ladders.lines += [
                f"{name}r = None; {name}l = {name}s = {name}h = {otherwise}",
                "while True:",  # one round: `break` leaves the rules below the one that certainly decides
                *within(line for at, rule in enumerate(rules) for line in rule_lines(name, at, *rule)),
                "    break",
            ]
            reached.append(f"({name}r, {name}l, {name}s, max({name}s, {name}h))")
        self.ladders.lines.append(f"levels = ({''.join(f'{one}, ' for one in reached)})")

    def _notes(self) -> None:
        """Write which awareness rules apply, and which contradictions among answers the case shows."""
        told = [self.both(self.criteria.awareness[name].when, None, self.ladders) for name in self.awareness]
        broken = [
            (self.both(one.whenever, None, self.ladders), self.both(one.then, None, self.ladders))
            for one in self.criteria.invariants.facts.values()
        ]
        shown = "".join(f"{whenever.must} and not {then.may}, " for whenever, then in broken)
        self.ladders.lines += [
            "if not full: return found, dimensions, levels, (), ()",
            f"return found, dimensions, levels, {values(told)}, ({shown})",
        ]

    def _loop(self, entity: str, block: Block) -> list[str]:
        """Return the loop through a list of the case, or of its results."""
        if not block.begin and entity not in self._asked and not (self.from_data and entity in self.criteria.entities):
            return []
        if entity in self.results:
            facts = list(self.results[entity].facts)
            named = ", ".join(f"{entity}_{short}" for short in facts)
            seen = "dimensions" if entity == "dimension" else "found"
            return [*block.begin, f"for number, {named} in map(seen_of, {seen}):", *within(block.lines)]
        unanswered = self._unanswered(entity)
        entries = f"D[{self.constant(entity)}]"
        if self.from_data:
            block.begin.append("seen = set()")
            entries = f"listed(D.get({self.constant(entity)}), {self.constant(self.entities[entity].many)})"
        taken = [f"entries = {entries}", f"{unanswered} = entries is None"]
        if entity in self._closed:
            # Entries that other answers rule out: the reference says which, and why.
            taken += [f"if not {self._closed[entity]}:", "    if entries: return None", f"    {unanswered} = False"]
        # Of a list that no rule reads it may matter all the same whether another answer closes it.
        return [*block.begin, *taken, "for e in entries or ():", *within(block.lines or ["pass"])]


Walk = Callable[[Mapping[str, Any], set[str], set[str], bool], Any]
