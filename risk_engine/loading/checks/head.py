"""Checks of set.yaml: points and bands that rise, roles, families and four eyes that name something."""

from itertools import pairwise

from risk_engine.diagnostics import quoted
from risk_engine.language import N_, _
from risk_engine.loading.checks.context import Context, Place
from risk_engine.model.facts import RowFact
from risk_engine.model.words import SEVERITIES

HEAD = Place("set.yaml")


def check_head(context: Context) -> None:
    """Report what is wrong with the head of the set."""
    head = context.criteria.head
    _check_points(context)
    _check_bands(context)
    _check_sums(context)
    _check_ladder_roles(context)
    _check_fact_roles(context)
    for name, members in head.families.items():
        for number, member in enumerate(members):
            here = HEAD.at("families", name, number)
            context.need("indicator", member, context.criteria.indicators, here)
    for number, reference in enumerate(head.four_eyes):
        here = HEAD.at("four_eyes", number)
        if context.need("ladder", reference.ladder, context.criteria.ladders, here.at("ladder")):
            levels = context.criteria.ladders[reference.ladder].levels
            context.need(f"level of `{reference.ladder}`", reference.level, levels, here.at("level"))


def _check_points(context: Context) -> None:
    severity, place = context.criteria.head.severity, HEAD.at("severity", "points")
    if missing := [one for one in SEVERITIES[1:] if one not in severity.points]:
        context.report(place, _("points are missing for {severities}", severities=quoted(missing, "and")), key=True)
        return
    for lower, higher in pairwise(SEVERITIES[1:]):
        if severity.of(lower) > severity.of(higher):
            context.report(
                place.at(higher), _("`{higher}` has fewer points than `{lower}`", higher=higher, lower=lower)
            )


def _check_sums(context: Context) -> None:
    """Report a dimension that sums what is none, itself, a dimension twice, or one that only sums others."""
    dimensions = context.criteria.head.dimensions
    for name, dimension in dimensions.items():
        for number, summed in enumerate(getattr(dimension, "sums", ())):
            place = HEAD.at("dimensions", name, "sums", number)
            if not context.need("dimension", summed, dimensions, place):
                continue
            if getattr(dimensions[summed], "sums", ()):
                message = _("`{name}` sums other dimensions itself", name=summed)
                context.report(place, message, _("name the dimensions that have findings"))
            elif summed in dimension.sums[:number]:
                context.report(place, _("`{name}` is named twice", name=summed))


def _check_bands(context: Context) -> None:
    place, bands = HEAD.at("severity", "bands"), list(context.criteria.head.severity.bands.items())
    if not bands or bands[0][1] != 0:
        context.report(place, _("the first band must start at 0"), key=True)
    for (lower, first), (higher, second) in pairwise(bands):
        if second <= first:
            message = _("`{higher}` must start above `{lower}`", higher=higher, lower=lower)
            context.report(place.at(higher), message, _("bands stand in rising order"))
    for name in context.criteria.head.severity.titles:
        context.need(N_("band"), name, dict(bands), HEAD.at("severity", "titles", name), key=True)


def _check_ladder_roles(context: Context) -> None:
    roles, ladders = context.criteria.head.roles, context.criteria.ladders
    for key, ladder in (("headline", roles.headline), ("gate", roles.gate), ("escalation", roles.escalation)):
        if ladder is not None:
            context.need("ladder", ladder, ladders, HEAD.at("roles", key))


def _check_fact_roles(context: Context) -> None:
    roles, criteria, place = context.criteria.head.roles, context.criteria, HEAD.at("roles")
    for key, named in (("label", roles.label), ("country", roles.country)):
        for entity, fact in named.items():
            here = place.at(key, entity)
            if not context.need("entity", entity, criteria.entities, here, key=True):
                continue
            if not context.need("fact", fact, context.fact_names, here):
                continue
            if fact.partition(".")[0] != entity:
                context.report(here, _("`{fact}` is no fact of `{entity}`", fact=fact, entity=entity))
            elif key == "country" and not isinstance(criteria.fact(fact), RowFact):
                context.report(here, _("`{fact}` is not a `row` fact, so it cannot be a country", fact=fact))
    lists = (("group_by", roles.group_by), ("benefit", roles.benefit), ("necessity", roles.necessity))
    for key, facts in lists:
        for number, fact in enumerate(facts):
            context.need("fact", fact, context.fact_names, place.at(key, number))
