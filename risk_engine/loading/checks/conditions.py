"""Checks of one condition: names, types and scope; and circles among things that use each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, assert_never

from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import N_, _
from risk_engine.loading.checks.context import (
    Context,
    Given,
    Place,
    Problem,
    operand_misfit,
    operation_misfit,
    value_gap,
)
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    children,
    leaves,
)
from risk_engine.model.facts import Entity, RowFact, RuleFact, TextFact
from risk_engine.model.references import PROVISIONAL_ONLY
from risk_engine.model.words import Period


def circles(uses: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the circles, each once: from its first member in file order round to it again.

    >>> circles({"a": ["b"], "b": ["c", "d"], "c": ["b"], "d": []})
    [['b', 'c', 'b']]
    """
    round_about = set(uses).difference(depths(uses))
    left = {name: [one for one in uses[name] if one in round_about] for name in uses if name in round_about}
    found: list[list[str]] = []
    for start in left:
        way = _way_back(left, start)
        if way and not any(start in known for known in found):
            found.append(way)
    return found


def depths(uses: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return how many levels deep each goes, 1 for one that uses nothing; none of what leads into a circle.

    >>> depths({"a": ["b"], "b": ["c"], "c": [], "d": ["d"]})
    {'c': 1, 'b': 2, 'a': 3}
    """
    waits_for = {name: {one for one in used if one in uses} for name, used in uses.items()}
    used_by: dict[str, list[str]] = {}
    for name, used in waits_for.items():
        for one in used:
            used_by.setdefault(one, []).append(name)
    found = {name: 1 for name, used in waits_for.items() if not used}
    ready = list(found)
    for name in ready:
        for user in used_by.get(name, ()):
            waits_for[user].discard(name)
            if not waits_for[user]:
                found[user] = found[name] + 1
                ready.append(user)
    return found


def _way_back(uses: Mapping[str, Iterable[str]], start: str) -> list[str] | None:
    """Return a shortest way from something back to itself, None if there is none."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop(0)
        for used in uses[way[-1]]:
            if used == start:
                return [*way, start]
            if used in uses and used not in seen:
                seen.add(used)
                ways.append([*way, used])
    return None


def uses_of(definitions: Mapping[str, Condition]) -> dict[str, list[str]]:
    """Return the definitions that each uses itself."""
    return {name: _uses(condition) for name, condition in definitions.items()}


def _uses(condition: Condition) -> list[str]:
    if isinstance(condition, Holds):
        return [condition.holds]
    return [name for _steps, part in children(condition) for name in _uses(part)]


Standing: TypeAlias = Literal["rule", "definition", "where", "ask_when"]
"""What a condition is part of; in a definition of its own nobody knows yet where it will be used."""

_NO_QUANTIFIER: Mapping[Standing, Problem] = {
    "where": (N_("a quantifier cannot stand within another one"), N_("two lists are joined by `all_of` of two `some`")),
    "ask_when": (N_("`ask_when` cannot have a quantifier"), N_("it names facts of its own entity or of a single one")),
}
_READ_BY = {
    "finding": N_("findings are read by ladders, awareness rules and the results of invariants"),
    "dimension": N_("dimensions are read by ladders, awareness rules and the results of invariants"),
    "ladder": N_("only the results of invariants may read a ladder"),
}
_NAMES_OF = {
    "finding.id": "indicator",
    "finding.dimension": "dimension",
    "finding.ground": "ground",
    "dimension.id": "dimension",
    "dimension.inherent_band": "band",
    "dimension.residual_band": "band",
}
"""Facts of results whose options are names that the set declares."""


@dataclass(frozen=True)
class Scope:
    """What a condition may read: these entities, and while the rule is in force these parameters."""

    entities: Mapping[str, Entity]
    period: Period | None = None
    """When the rule is in force; None in a definition."""
    standing: Standing = "rule"
    entry_of: str | None = None
    """The list entity whose entries the condition is about."""
    provisional: bool = field(default=True, kw_only=True)


def check(context: Context, condition: ConditionOrAlways, place: Place, scope: Scope) -> None:
    """Report everything that is wrong with the condition at a place, in that scope."""
    if condition == "always":
        return
    node: Node = condition
    match node:
        case AllOf() | AnyOf() | Not():
            for steps, part in children(node):
                check(context, part, place.at(*steps), scope)
        case Holds(holds=name):
            _check_definition(context, name, place.at("holds"), scope)
        case Quantifier():
            _check_quantifier(context, node, place, scope)
        case Compare():
            _check_leaf(context, node, place, scope)
        case _:
            assert_never(node)


def _check_quantifier(context: Context, node: Quantifier, place: Place, scope: Scope) -> None:
    name = node.entity
    here = place.at(node.key)
    if problem := _quantifier_problem(context, name, scope):
        context.report(here, *problem)
        return
    entity = scope.entities.get(name)
    if entity is not None and entity.many is not None and node.bound > entity.many:
        context.report(
            place.at(node.kind), _("a case has at most {many} entries of `{entity}`", many=entity.many, entity=name)
        )
    if context.need("entity", name, scope.entities, here):
        check(context, node.where, place.at("where"), replace(scope, standing="where", entry_of=name))


def _quantifier_problem(context: Context, name: str, scope: Scope) -> Problem | None:
    if scope.standing in _NO_QUANTIFIER:
        message, way_out = _NO_QUANTIFIER[scope.standing]
        return _(message), _(way_out)
    if problem := _not_read_here(context, name, scope):
        return problem
    if name in scope.entities and scope.entities[name].many is None:
        return _("a case has only one `{name}`", name=name), _("name its facts without a quantifier")
    return None


def _check_definition(context: Context, name: str, place: Place, scope: Scope) -> None:
    definitions = context.criteria.definitions
    if not context.need("definition", name, definitions, place) or scope.standing == "definition":
        return  # a definition may read whatever there is, and what is wrong in itself is reported there
    for node, within_quantifier in leaves(definitions[name], definitions):
        problem: Problem | None
        if isinstance(node, Quantifier):
            problem = _quantifier_problem(context, node.entity, scope)
        else:
            # What a quantifier of the definition itself is about was checked in definitions.yaml.
            out_of_reach = None if within_quantifier else _out_of_reach(context, node.fact, scope)
            problem = out_of_reach or _without_value(context, node.operand, scope)
        if problem:
            context.report(place, _("in `{name}`: {problem}", name=name, problem=problem[0]), problem[1])
            return


def _not_read_here(context: Context, name: str, scope: Scope) -> Problem | None:
    """Return why an entity that exists cannot be read at all where the condition stands."""
    entity = name.partition(".")[0]
    if entity in scope.entities or entity not in context.everything:
        return None
    way_out = _READ_BY.get(entity, N_("ladders read findings and dimensions"))
    return _("`{name}` cannot be read here", name=name), _(way_out)


def _out_of_reach(context: Context, name: str, scope: Scope) -> Problem | None:
    """Return why a fact that exists cannot be read where the condition stands."""
    if problem := _not_read_here(context, name, scope):
        return problem
    if name in PROVISIONAL_ONLY and not scope.provisional:
        message = _("only a rule marked `provisional` may read `{name}`", name=name)
        return message, _("add `provisional: true`, or take it out")
    entity = name.partition(".")[0]
    is_list = entity in scope.entities and scope.entities[entity].many is not None
    if not is_list or scope.standing == "definition" or entity == scope.entry_of:
        return None
    if scope.entry_of is not None:
        message = _("`{name}` is of another list than `{list}`", name=name, list=scope.entry_of)
        return message, _(_NO_QUANTIFIER[scope.standing][1])
    message = _("`{name}` belongs to a list of entries", name=name)
    if scope.standing == "ask_when":
        return message, _(_NO_QUANTIFIER[scope.standing][1])
    return message, _("put it in `{what}`", what=f"{{some: {entity}, where: …}}")


def _check_leaf(context: Context, leaf: Compare, place: Place, scope: Scope) -> None:
    key, wanted = leaf.op, leaf.operand
    fact = _readable(context, leaf.fact, place.at("fact"), scope)
    given: list[tuple[Place, Given]]
    if isinstance(wanted, ParameterRef):
        here = place.at(key, "parameter")
        named = " " + _("(a value of `{parameter}`)", parameter=wanted.parameter)

        given = [(here, value) for value in parameter_values(context, wanted, here, scope)]
    elif isinstance(wanted, tuple) and wanted:
        given, named = [(place.at(key, number), (one,)) for number, one in enumerate(wanted)], ""
    else:
        given, named = [(place.at(key), wanted)], ""
    if fact is None:
        return
    if problem := operation_misfit(fact, key):
        context.report(place.at(key), *problem, key=True)
        return
    for here, value in given:
        problem = operand_misfit(fact, key, value)
        if problem and not _is_broken_name(context, leaf.fact, value):
            way_out = _("name a parameter whose values fit, or correct its values") if named else problem[1]
            context.report(here, f"`{leaf.fact}`: {problem[0]}{named}", way_out)


def parameter_values(context: Context, wanted: ParameterRef, place: Place, scope: Scope) -> list[Given]:
    """Return the values that a parameter can have, after reporting what is wrong with reading it."""
    name, parameters = wanted.parameter, context.criteria.parameters
    if not context.need("parameter", name, parameters, place) or name in context.doubtful_parameters:
        return []
    if problem := _without_value(context, wanted, scope):
        context.report(place, *problem)
    return [dated.value for dated in parameters[name].values]


def _is_broken_name(context: Context, fact: str, value: Given) -> bool:
    """Return whether a value is the name of something that was reported already."""
    names = value if isinstance(value, tuple) else (value,)
    return fact in _NAMES_OF and any(context.is_broken(_NAMES_OF[fact], f"{one}") for one in names)


def _without_value(context: Context, wanted: object, scope: Scope) -> Problem | None:
    """Return why a parameter has no value on some day on which the rule is in force."""
    if not isinstance(wanted, ParameterRef) or scope.period is None:
        return None
    name = wanted.parameter
    parameter = context.criteria.parameters.get(name)
    if parameter is None or name in context.doubtful_parameters:
        return None
    return value_gap(name, parameter, scope.period)


def _readable(context: Context, name: str, place: Place, scope: Scope) -> RuleFact | None:
    """Return the declaration of the fact that a condition reads; None after reporting that it cannot."""
    if problem := _out_of_reach(context, name, scope):
        context.report(place, *problem)
        return None
    entity, _dot, short = name.partition(".")
    declared = scope.entities.get(entity)
    fact = declared.facts.get(short) if declared else None
    if fact is None:
        known = [f"{one}.{other}" for one, it in scope.entities.items() for other in it.facts]
        context.need("fact", name, known, place)
        return None
    if isinstance(fact, RowFact | TextFact):
        message = _("`{name}` is a `{type}` fact, which no condition can read", name=name, type=fact.type)
        context.report(place, message, _readable_instead(scope.entities[entity], entity, short, fact))
        return None
    if fact.used_for == "record":
        message = _("`{name}` is kept for the record only, no rule reads it", name=name)
        context.report(place, message, _("take out its `used_for: record`"))
    return fact


def _readable_instead(entity: Entity, name: str, short: str, fact: RowFact | TextFact) -> str:
    """Return the way out where a condition reads the name of a row, or a text."""
    if isinstance(fact, TextFact):
        return _("texts are for the file only: ask what the rule must know as a choice, a number or a date")
    columns = [f"{name}.{one}" for one, other in entity.facts.items() if getattr(other, "from_", None) == short]
    if columns:
        return _("read what the table says of the row: {known}", known=quoted(columns))
    return _("declare a fact `from: {short}`, which reads a column of the table", short=short)
