"""Checks of invariants.yaml: what each promise may read, and which facts it may name."""

from collections.abc import Iterable, Mapping

from risk_engine.language import _
from risk_engine.loading.checks.conditions import Scope, check
from risk_engine.loading.checks.context import Context, Place
from risk_engine.model.facts import Entity, RowFact, TextFact, direction
from risk_engine.model.invariants import AloneInvariant, FactInvariant, ResultInvariant
from risk_engine.model.references import facts_of_rules
from risk_engine.model.results import ladder_entity

_FILE = Place("invariants.yaml")


def check_invariants(context: Context) -> None:
    """Report what is wrong with invariants.yaml."""
    criteria, invariants = context.criteria, context.criteria.invariants
    everything = {**criteria.entities, **context.results, **ladder_entity(criteria)}
    _check_pairs(context, invariants.facts, _FILE.at("facts"), criteria.entities)
    _check_pairs(context, invariants.results, _FILE.at("results"), everything)
    _check_pairs(context, invariants.alone, _FILE.at("alone"), everything)
    for name, one in invariants.alone.items():
        _check_facts(context, one.change, _FILE.at("alone", name, "change"))
    for name, two in invariants.same.items():
        if not isinstance(two.differ_in, str):
            _check_facts(context, two.differ_in, _FILE.at("same", name, "differ_in"))
    _check_names(context)
    _check_undirected(context)


def _check_pairs(
    context: Context,
    invariants: Mapping[str, FactInvariant] | Mapping[str, ResultInvariant] | Mapping[str, AloneInvariant],
    place: Place,
    entities: Mapping[str, Entity],
) -> None:
    scope = Scope(entities, context.in_force())
    for name, invariant in invariants.items():
        check(context, invariant.whenever, place.at(name, "whenever"), scope)
        check(context, invariant.then, place.at(name, "then"), scope)


def _check_facts(context: Context, names: Iterable[str], place: Place) -> None:
    seen: set[str] = set()
    for number, name in enumerate(names):
        here = place.at(number)
        if context.need("fact", name, context.fact_names, here) and name in seen:
            context.report(here, _("`{name}` is named twice", name=name))
        seen.add(name)


def _check_names(context: Context) -> None:
    """Report a promise whose name another one has: reports and pages name it by that alone."""
    invariants, taken = context.criteria.invariants, dict[str, str]()
    sections: dict[str, Iterable[str]] = {
        "facts": invariants.facts,
        "results": invariants.results,
        "alone": invariants.alone,
        "same": invariants.same,
    }
    for section, names in sections.items():
        for name in names:
            if name in taken:
                message = _("there is an invariant `{name}` in `{section}` already", name=name, section=taken[name])
                context.report(_FILE.at(section, name), message, _("give each its own id"), key=True)
            taken.setdefault(name, section)


def _check_undirected(context: Context) -> None:
    read = facts_of_rules(context.criteria)
    for name in context.criteria.invariants.undirected:
        here = _FILE.at("undirected", name)
        if not context.need("fact", name, context.fact_names, here, key=True):
            continue
        fact = context.criteria.fact(name)
        riskier = direction(fact)
        if riskier is not None:
            told = f"{riskier}".lower()
            message = _("`{name}` has a direction, `riskier: {riskier}`", name=name, riskier=told)
            context.report(here, message, _("take it out here, or take out its `riskier`"), key=True)
        elif isinstance(fact, RowFact | TextFact):
            message = _("`{name}` is a `{type}` fact, which no condition can read", name=name, type=fact.type)
            context.report(here, message, _("take it out: only what rules read needs a direction"), key=True)
        # A rule that could not be read may be the one that reads it.
        elif name not in read and not context.broken:
            message = _("no rule reads `{name}`", name=name)
            context.report(here, message, _("take it out: only what rules read needs a direction"), key=True)
