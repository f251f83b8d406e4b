"""Who reads what: the facts, lists, parameters and definitions that conditions read, and the results they may read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from string import Formatter
from typing import Literal, TypeAlias

from risk_engine.files.once import once
from risk_engine.model.conditions import (
    Compare,
    Condition,
    ConditionOrAlways,
    ParameterRef,
    Quantifier,
    definitions_in,
    facts_in,
    leaves,
    used_here,
)
from risk_engine.model.criteria import Criteria, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, Entity, RowFact, TextFact
from risk_engine.model.words import KNOCK_OUTS, MAX_FINDINGS, OUTCOMES, SEVERITIES


@dataclass(frozen=True)
class Reads:
    """What conditions read, by name; definitions with those within them, and what these read."""

    definitions: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def meets(self, other: "Reads") -> bool:
        """Return whether the two have a definition, a parameter or a fact in common, or a list that may be closed."""
        return not (
            self.definitions.isdisjoint(other.definitions)
            and self.parameters.isdisjoint(other.parameters)
            and (self.facts | self.lists).isdisjoint(other.facts)
        )


def reads_of(criteria: Criteria, *conditions: ConditionOrAlways) -> Reads:
    """Return what conditions of a set read together."""
    stated = [one for one in conditions if one != "always"]
    nodes = [node for one in stated for node, _within in leaves(one, criteria.definitions)]
    compared = [node for node in nodes if isinstance(node, Compare)]
    return Reads(
        definitions=frozenset(name for one in stated for name in definitions_in(one, criteria.definitions)),
        parameters=frozenset(one.operand.parameter for one in compared if isinstance(one.operand, ParameterRef)),
        facts=frozenset(one.fact for one in compared),
        lists=frozenset(node.entity for node in nodes if isinstance(node, Quantifier)),
    )


@dataclass(frozen=True)
class Reached:
    """What a definition reads, with those within it: by entity, on its own, and the lists that it goes through."""

    entities: frozenset[str]
    lists: frozenset[str]


@once
def reached_from_definitions(criteria: Criteria) -> dict[str, Reached]:
    """Return what each definition of a set reads; each is read once, after those that it uses."""
    found: dict[str, Reached] = {}
    waiting = list(criteria.definitions)
    while waiting:
        body = criteria.definitions[waiting[-1]]
        used = definitions_in(body, {})
        unread = [] if waiting[-1] in found else [one for one in used if one not in found]
        waiting += unread
        if unread or (name := waiting.pop()) in found:
            continue
        own = list(leaves(body, {}))
        alone = {node.fact.partition(".")[0] for node, within in own if isinstance(node, Compare) and not within}
        lists = {node.entity for node, _within in own if isinstance(node, Quantifier)}
        found[name] = Reached(
            entities=frozenset(alone.union(*(found[one].entities for one in used_here(body)))),
            lists=frozenset(lists.union(*(found[one].lists for one in used))),
        )
    return found


RuleKind: TypeAlias = Literal["indicator", "ladder", "awareness", "contradiction", "promise", "fact"]
"""What reads: a promise about results, or a fact that is asked for on a condition, or taken from a row, among them."""


@once
def reads_by_rule(criteria: Criteria) -> dict[RuleKind, dict[str, Reads]]:
    """Return what each rule of a set reads, by its kind and name; what nothing hangs on is no rule."""
    invariants = criteria.invariants
    return {
        "indicator": reads_of_indicators(criteria),
        "ladder": {
            name: reads_of(criteria, *(rule.when for rule in one.rules)) for name, one in criteria.ladders.items()
        },
        "awareness": {name: reads_of(criteria, one.when) for name, one in criteria.awareness.items()},
        "contradiction": {name: reads_of(criteria, one.whenever, one.then) for name, one in invariants.facts.items()},
        "promise": {name: reads_of(criteria, one.whenever, one.then) for name, one in invariants.results.items()},
        "fact": dict(_facts_that_read(criteria)),
    }


def _facts_that_read(criteria: Criteria) -> Iterator[tuple[str, Reads]]:
    for name, fact in criteria.every_fact():
        entity = name.partition(".")[0]
        row = None if isinstance(fact, RowFact | TextFact) else fact.from_
        # What is asked of entries hangs on whether there can be any.
        asked = [one for one in (criteria.entities[entity].ask_when, fact.ask_when) if one is not None]
        if asked or row is not None:
            reads = reads_of(criteria, *asked)
            yield name, replace(reads, facts=reads.facts.union([] if row is None else [f"{entity}.{row}"]))
    for name, condition in closable(criteria).items():
        yield name, reads_of(criteria, condition)


@once
def _rules_that_read(criteria: Criteria) -> dict[RuleKind, dict[tuple[str, str], frozenset[str]]]:
    """Return by kind the rules that read each definition, parameter, and fact or list."""
    found: dict[RuleKind, dict[tuple[str, str], frozenset[str]]] = {}
    for kind, rules in reads_by_rule(criteria).items():
        readers: dict[tuple[str, str], set[str]] = {}
        for name, reads in rules.items():
            for read in _each_of(replace(reads, facts=reads.facts | reads.lists)):
                readers.setdefault(read, set()).add(name)
        found[kind] = {read: frozenset(names) for read, names in readers.items()}
    return found


def _each_of(reads: Reads) -> Iterator[tuple[str, str]]:
    yield from (("definition", name) for name in reads.definitions)
    yield from (("parameter", name) for name in reads.parameters)
    yield from (("fact", name) for name in reads.facts)


def rules_reading(criteria: Criteria, kind: RuleKind, changed: Reads) -> frozenset[str]:
    """Return the rules of a kind that read a definition, a parameter or a fact of these, or a list of these facts."""
    readers = _rules_that_read(criteria)[kind]
    return frozenset[str]().union(*(readers[one] for one in _each_of(changed) if one in readers))


def reached_by(criteria: Criteria, changed: Reads) -> Reads:
    """Return what may come to something else where some of a set does: with the facts that it opens or fills in."""
    new = changed
    while more := rules_reading(criteria, "fact", new) - changed.facts:
        new = Reads(facts=more)
        changed = replace(changed, facts=changed.facts | more)
    return changed


def named_in(sentence: str) -> tuple[str, ...]:
    """Return the facts that a sentence names in braces."""
    return tuple(name for _text, name, *_form in Formatter().parse(sentence) if name)


def facts_named(indicator: Indicator) -> tuple[str, ...]:
    """Return the facts that the sentences of an indicator name."""
    return tuple(name for one in indicator.because for name in named_in(one))


@once
def reads_of_indicators(criteria: Criteria) -> dict[str, Reads]:
    """Return what each indicator reads."""
    return {name: reads_of(criteria, *conditions_of(one)) for name, one in criteria.indicators.items()}


@once
def readers(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each fact, list and parameter the indicators that read it."""
    found: dict[str, set[str]] = {}
    for name, reads in reads_of_indicators(criteria).items():
        for one in reads.facts | reads.lists | reads.parameters:
            found.setdefault(one, set()).add(name)
    return {name: frozenset(indicators) for name, indicators in found.items()}


def comparisons(criteria: Criteria, conditions: Iterable[Condition]) -> dict[str, tuple[Compare, ...]]:
    """Return by fact how conditions compare it, in their order."""
    found: dict[str, list[Compare]] = {}
    for condition in conditions:
        for node, _within in leaves(condition, criteria.definitions):
            if isinstance(node, Compare):
                found.setdefault(node.fact, []).append(node)
    return {name: tuple(compared) for name, compared in found.items()}


@once
def comparisons_of_rules(criteria: Criteria) -> dict[str, tuple[Compare, ...]]:
    """Return by fact how the rules that read answers compare it."""
    return comparisons(criteria, rule_conditions(criteria))


@once
def compared_with(criteria: Criteria) -> dict[str, tuple[str, ...]]:
    """Return for each parameter the facts that are compared with it, those of rules before those of promises."""
    found: dict[str, dict[str, None]] = {}
    for condition in (*rule_conditions(criteria), *promise_conditions(criteria)):
        for node, _within in leaves(condition, criteria.definitions):
            if isinstance(node, Compare) and isinstance(node.operand, ParameterRef):
                found.setdefault(node.operand.parameter, {})[node.fact] = None
    return {name: tuple(facts) for name, facts in found.items()}


@once
def told_apart(criteria: Criteria) -> frozenset[str]:
    """Return the findings that some rule of a ladder tells from others by their id."""
    rules = [rule.when for ladder in criteria.ladders.values() for rule in ladder.rules]
    found: set[str] = set()
    for node in comparisons(criteria, rules).get("finding.id", ()):
        match node.operand:
            case tuple() as names:
                found.update(names)
            case ParameterRef():  # which they are hangs on the day and the profile
                found.update(criteria.indicators)
            case name:
                found.add(str(name))
    return frozenset(found)


# --- the conditions of a set ---


def conditions_of(indicator: Indicator) -> tuple[Condition, ...]:
    """Return every condition of an indicator: of its severities, its knock-outs and its control options."""
    return (
        *(one for _severity, one in severity_conditions(indicator)),
        *_stated(*(one for _kind, one in knock_out_conditions(indicator))),
        *(option.when for option in indicator.controls if option.when is not None),
    )


@once
def read_by(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each indicator the names of the facts that it reads, and of the lists that it goes through."""
    return {name: one.facts | one.lists for name, one in reads_of_indicators(criteria).items()}


@once
def needed_kinds(criteria: Criteria) -> dict[str, tuple[str, ...]]:
    """Return for each control the kinds of evidence that options which hold it need; one that none asks is left out."""
    needed: dict[str, dict[str, None]] = {}
    for indicator in criteria.indicators.values():
        for option in indicator.controls:
            for control in option.all if option.needs else ():
                needed.setdefault(control, {}).update(dict.fromkeys(option.needs))
    return {control: tuple(kinds) for control, kinds in needed.items()}


def every_condition(criteria: Criteria) -> Iterator[Condition]:
    """Yield every condition of a set but those of definitions.yaml: of rules, ladders and promises."""
    yield from rule_conditions(criteria)
    for ladder in criteria.ladders.values():
        yield from (rule.when for rule in ladder.rules)
    yield from promise_conditions(criteria)


def rule_conditions(criteria: Criteria) -> Iterator[Condition]:
    """Yield the conditions of the rules that read answers.

    Those are the rules of indicators and their control options, of awareness, of contradictions among answers, and of
    which question is asked. Ladders read results only.
    """
    yield from conditions_on_the_way(criteria)
    yield from _stated(*(rule.when for rule in criteria.awareness.values()))
    for invariant in criteria.invariants.facts.values():
        yield from _stated(invariant.whenever, invariant.then)


def conditions_on_the_way(criteria: Criteria) -> Iterator[Condition]:
    """Yield the conditions on the way from answers to findings: of indicators, and of which question is asked."""
    for indicator in criteria.indicators.values():
        yield from conditions_of(indicator)
    yield from asking_conditions(criteria)


def asking_conditions(criteria: Criteria) -> Iterator[Condition]:
    """Yield the conditions of which question is asked, and of which list."""
    yield from closable(criteria).values()
    yield from (fact.ask_when for _name, fact in criteria.every_fact() if fact.ask_when is not None)


def first_answered(criteria: Criteria, entity: str, fact: AnyFact) -> frozenset[str]:
    """Return what must be known before it is known whether a fact is asked: what that reads, and its row."""
    row = None if isinstance(fact, RowFact | TextFact) else fact.from_
    reads = frozenset() if fact.ask_when is None else facts_in(fact.ask_when, criteria.definitions)
    return reads if row is None else reads | {f"{entity}.{row}"}


@once
def asked_in_order(criteria: Criteria) -> tuple[tuple[str, str, AnyFact, Condition], ...]:
    """Return the facts with `ask_when`, each after those that its condition reads; there are no circles."""
    asked = {
        f"{name}.{short}": ((name, short, fact, fact.ask_when), first_answered(criteria, name, fact))
        for name, entity in criteria.entities.items()
        for short, fact in entity.facts.items()
        if fact.ask_when is not None
    }
    in_order: list[tuple[str, str, AnyFact, Condition]] = []
    while asked:
        ready = [full for full, (_, reads) in asked.items() if reads.isdisjoint(asked)]
        in_order += [asked.pop(full)[0] for full in ready]
    return tuple(in_order)


@once
def closable(criteria: Criteria) -> dict[str, Condition]:
    """Return the lists of which entries are asked for only on a condition."""
    return {name: one.ask_when for name, one in criteria.entities.items() if one.ask_when is not None}


def promise_conditions(criteria: Criteria) -> Iterator[Condition]:
    """Yield the conditions of the promises of invariants.yaml about results; they decide nothing."""
    for result in criteria.invariants.results.values():
        yield from _stated(result.whenever, result.then)
    for alone in criteria.invariants.alone.values():
        yield from _stated(alone.whenever, alone.then)


def facts_of_rules(criteria: Criteria) -> frozenset[str]:
    """Return the names of the facts of a case that some rule reads, within definitions too."""
    read = {name for one in rule_conditions(criteria) for name in facts_in(one, criteria.definitions)}
    return frozenset(name for name in read if name.partition(".")[0] in criteria.entities)


def _stated(*conditions: ConditionOrAlways) -> Iterator[Condition]:
    for one in conditions:
        if one != "always":
            yield one


PROVISIONAL_ONLY = frozenset({"finding.open", "finding.possible"})
"""What only a rule marked `provisional` may read: it makes unanswered facts count."""

ABSENT: Mapping[str, str | bool] = {
    "outcome": "absent",
    "inherent": "none",
    "possible": "none",
    "residual": "none",
    "knock_out": "none",
    "open": False,
}
"""What every absent finding is; its id, dimension and ground may be any."""


def result_entities(criteria: Criteria) -> dict[str, Entity]:
    """Return the entities `finding` and `dimension` with the facts that conditions may read (design, section 4)."""
    head = criteria.head
    severity = _ordered(SEVERITIES)
    bands = _ordered(tuple(head.severity.bands))
    return {
        "finding": _entity(
            "Finding",
            {
                "id": _choice(tuple(criteria.indicators)),
                "dimension": _choice(tuple(head.dimensions)),
                "ground": _choice(tuple(head.grounds)),
                "outcome": _ordered(OUTCOMES),
                "inherent": severity,
                "possible": severity,
                "residual": severity,
                "knock_out": _ordered(KNOCK_OUTS),
                "open": BooleanFact.model_construct(type="boolean"),
            },
        ),
        "dimension": _entity(
            "Dimension",
            {
                "id": _choice(tuple(head.dimensions)),
                "inherent_band": bands,
                "residual_band": bands,
                "residual_capped": BooleanFact.model_construct(type="boolean"),
            },
        ),
    }


def ladder_entity(criteria: Criteria) -> dict[str, Entity]:
    """Return the entity `ladder`, one of a case, with the level that each ladder proposes; for invariants only."""
    levels: dict[str, AnyFact] = {name: _ordered(tuple(ladder.levels)) for name, ladder in criteria.ladders.items()}
    return {"ladder": Entity.model_construct(title="Ladder", many=None, facts=levels)}


# These are declared by the engine, not written by an author: ids need not look like option names.
def _entity(title: str, facts: dict[str, AnyFact]) -> Entity:
    return Entity.model_construct(title=title, many=MAX_FINDINGS, facts=facts)


@lru_cache
def _choice(options: tuple[str, ...]) -> ChoiceFact:
    return ChoiceFact.model_construct(type="choice", options={one: one for one in options})


@lru_cache
def _ordered(options: tuple[str, ...]) -> ChoiceFact:
    return ChoiceFact.model_construct(type="choice", options={one: one for one in options}, riskier="later")


# --- what hangs on which answer ---


@once
def waits_for(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each fact with `ask_when` the facts that it reads, and for each such list."""
    found = {name: facts_in(condition, criteria.definitions) for name, condition in closable(criteria).items()}
    asked = ((name, fact.ask_when) for name, fact in criteria.every_fact() if fact.ask_when is not None)
    return found | {name: facts_in(condition, criteria.definitions) for name, condition in asked}


@once
def opens(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each fact the facts whose `ask_when` reads it, directly or through others."""
    return hanging_on(waits_for(criteria))


@once
def decides_on(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each fact those that it may open, close or fill in by a table, directly or through others."""
    return hanging_on({name: reads.facts for name, reads in _facts_that_read(criteria)})


@once
def bears_on(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return the same with what can contradict each other and is open then: facts, and the lists in between."""
    reads = {name: reads.facts for name, reads in _facts_that_read(criteria)}
    for several in reopening(criteria).values():
        for name in several:
            reads[name] = reads.get(name, frozenset()) | several
    return hanging_on(reads)


@once
def reopened(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return the facts that each contradiction may open again though answered, with those that hang on them."""
    hanging = decides_on(criteria)
    return {
        contradiction: facts.union(*(hanging.get(name, frozenset()) for name in facts))
        for contradiction, facts in reopening(criteria).items()
    }


@once
def reopening(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return what each contradiction that makes answers open again reads: facts, and the lists that it goes through."""
    found = ((name, one) for name, one in criteria.invariants.facts.items() if one.reopens)
    reads = {name: reads_of(criteria, one.whenever, one.then) for name, one in found}
    return {name: one.facts | one.lists for name, one in reads.items()}


def hanging_on(reads: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return for each fact that is read those that read it, directly or through others."""
    found: dict[str, frozenset[str]] = {}
    for start in {one for several in reads.values() for one in several}:
        reached: set[str] = set()
        new = {start}
        while new:
            new = {fact for fact, several in reads.items() if not several.isdisjoint(new)} - reached
            reached |= new
        found[start] = frozenset(reached)
    return found
