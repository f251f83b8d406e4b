"""Checks of definitions, ladders and awareness rules."""

from collections.abc import Iterable
from itertools import pairwise

from risk_engine.language import N_, _
from risk_engine.loading.checks.circles import circles, depths, uses_of
from risk_engine.loading.checks.conditions import Scope, check, parameter_values
from risk_engine.loading.checks.context import Context, Place
from risk_engine.loading.checks.fit import months_misfit
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.ladders import Ladder
from risk_engine.plain import Loc

MOST_LEVELS = 1000
"""So deep definitions may use each other; nobody reads further, and every walk through them must end."""


def check_definitions(context: Context) -> None:
    """Report what is wrong with definitions.yaml, circles included; scope is checked where one is used."""
    definitions = context.criteria.definitions
    for name, condition in definitions.items():
        scope = Scope(context.everything, standing="definition")
        check(context, condition, Place("definitions.yaml", (name,)), scope)
    uses = uses_of(definitions)
    for circle in circles(uses):
        message = _("the definition `{name}` is circular: {circle}", name=circle[0], circle=" → ".join(circle))
        help_text = _("a definition cannot use itself")
        context.report(Place("definitions.yaml", (circle[0],)), message, help_text, key=True)
    name, depth = next(((name, depth) for name, depth in depths(uses).items() if depth > MOST_LEVELS), ("", 0))
    if depth:
        message = _("the definition `{name}` uses others more than {most} levels deep", name=name, most=MOST_LEVELS)
        context.report(Place("definitions.yaml", (name,)), message, _("say it in fewer steps"), key=True)


def check_ladders(context: Context) -> None:
    """Report what is wrong with ladders.yaml."""
    for name, ladder in context.criteria.ladders.items():
        place = Place("ladders.yaml", (name,))
        levels: list[tuple[Loc, str]] = [(("rules", n), rule.level) for n, rule in enumerate(ladder.rules)]
        levels.append((("otherwise",), ladder.otherwise.level))
        known = [context.need(N_("level"), level, ladder.levels, place.at(*at, "level")) for at, level in levels]
        if all(known):
            _check_order(context, place, ladder, levels)
        for level_name, level in ladder.levels.items():
            _check_review(context, level.review_months, place.at("levels", level_name, "review_months", "parameter"))
        for number, rule in enumerate(ladder.rules):
            scope = Scope(context.results, context.in_force(), provisional=rule.provisional)
            check(context, rule.when, place.at("rules", number, "when"), scope)


def _check_review(context: Context, months: int | ParameterRef, place: Place) -> None:
    """Report a parameter for the time until the next look that is not there, has no value or is no such time."""
    if isinstance(months, int):
        return
    for value in parameter_values(context, months, place, Scope({}, context.in_force())):
        if problem := months_misfit(value):
            named = _("(a value of `{parameter}`)", parameter=months.parameter)
            context.report(place, f"{problem[0]} {named}", problem[1])


def _check_order(context: Context, place: Place, ladder: Ladder, levels: Iterable[tuple[Loc, str]]) -> None:
    order = list(ladder.levels)
    for (_at, above), (at, below) in pairwise(levels):
        if order.index(below) > order.index(above):
            message = _("`{below}` is stricter than `{above}` above it", below=below, above=above)
            help_text = _("rules stand strictest first, levels mildest first")
            context.report(place.at(*at, "level"), message, help_text)


def check_awareness(context: Context) -> None:
    """Report what is wrong with awareness.yaml."""
    entities = {**context.criteria.entities, **context.results}
    for name, rule in context.criteria.awareness.items():
        place = Place("awareness.yaml", (name,))
        context.check_period(rule.effective, place.at("effective"))
        check(context, rule.when, place.at("when"), Scope(entities, context.in_force(rule.effective)))
        for number, citation in enumerate(rule.sources):
            context.check_citation(citation, place.at("sources", number))
