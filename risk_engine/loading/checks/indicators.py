"""Checks of indicators and controls: conditions, options, sentences and sources that fit together."""

from collections.abc import Iterator
from itertools import pairwise
from string import Formatter

from risk_engine.language import _
from risk_engine.loading.checks.conditions import Scope, check
from risk_engine.loading.checks.context import Context, Place
from risk_engine.loading.checks.fit import misfit
from risk_engine.model.criteria import Indicator, Option, knock_out_conditions, severity_conditions
from risk_engine.model.facts import ChoicesFact, RowFact, TextFact
from risk_engine.model.words import SEVERITIES


def check_controls(context: Context) -> None:
    """Report what is wrong with controls.yaml."""
    criteria = context.criteria
    for control_id, control in criteria.controls.items():
        place = Place("controls.yaml", (control_id,))
        context.need("`asked_of` word", control.who, criteria.head.asked_of, place.at("who"))
        if control.records is None:
            continue
        here = place.at("records")
        if context.need("fact", control.records.fact, context.fact_names, here.at("fact")):
            fact = criteria.fact(control.records.fact)
            if isinstance(fact, RowFact | TextFact | ChoicesFact):
                context.report(here.at("fact"), _("a `{type}` fact cannot record a control", type=fact.type))
            elif problem := misfit(fact, control.records.is_):
                context.report(here.at("is"), *problem)


def check_indicators(context: Context) -> None:
    """Report what is wrong with indicators/*.yaml."""
    head = context.criteria.head
    for indicator_id, indicator in context.criteria.indicators.items():
        place = Place(context.indicator_files[indicator_id], (indicator_id,))
        if context.need("dimension", indicator.dimension, head.dimensions, place.at("dimension")):
            _check_points(context, indicator, place)
        context.need("ground", indicator.ground, head.grounds, place.at("ground"))
        context.check_period(indicator.effective, place.at("effective"))
        for number, citation in enumerate(indicator.sources):
            context.check_citation(citation, place.at("sources", number))
        _check_conditions(context, indicator, place)
        _check_options(context, indicator, place)
        for number, sentence in enumerate(indicator.because):
            _check_sentence(context, sentence, place.at("because", number))
        if indicator.adjustable and indicator.knock_out.policy is None:
            message = _("`adjustable` is about a `policy` knock-out, and there is none")
            context.report(place.at("adjustable"), message, key=True)


def _check_points(context: Context, indicator: Indicator, place: Place) -> None:
    """Report an indicator in a dimension that only sums others, and points that never count or that fall."""
    head = context.criteria.head
    if getattr(head.dimensions[indicator.dimension], "sums", ()):
        message = _("`{dimension}` sums other dimensions and has no findings of its own", dimension=indicator.dimension)
        context.report(place.at("dimension"), message, _("name one of those that it sums"))
    if any(one not in getattr(head.severity, "points", ()) for one in SEVERITIES[1:]):
        return  # reported in set.yaml
    highest = max((SEVERITIES.index(one) for one, _condition in severity_conditions(indicator)), default=0)
    for severity in indicator.points:
        if SEVERITIES.index(severity) > highest:
            message = _("it is never `{severity}`, so these points never count", severity=severity)
            context.report(place.at("points", severity), message, key=True)
    for lower, higher in pairwise(SEVERITIES[: highest + 1] if indicator.points else ()):
        less, more = (head.severity.of(one, indicator.points) for one in (lower, higher))
        if more < less:
            named = {"higher": higher, "more": more, "lower": lower, "less": less}
            message = _("`{higher}` counts {more} here, and `{lower}` {less}", **named)
            context.report(place.at("points"), message, _("points never fall where a severity rises"), key=True)


def _check_conditions(context: Context, indicator: Indicator, place: Place) -> None:
    scope = Scope(context.criteria.entities, context.in_force(indicator.effective))
    severities = severity_conditions(indicator)
    if not severities:
        message = _("a condition for at least one severity is needed")
        context.report(place.at("severity"), message, _("`low`, `moderate`, `high` or `critical`"), key=True)
    for number, (severity, condition) in enumerate(severities):
        here = place.at("severity", severity)
        check(context, condition, here, scope)
        twin = next((other for other, one in severities[:number] if one == condition), None)
        if twin:
            message = _("`{twin}` has the same condition, so it would never count", twin=twin)
            context.report(here, message, _("take one of them out"), key=True)
    for kind, condition_or_always in knock_out_conditions(indicator):
        check(context, condition_or_always, place.at("knock_out", kind), scope)
    for number, option in enumerate(indicator.controls):
        if option.when is not None:
            check(context, option.when, place.at("controls", number, "when"), scope)


def _check_options(context: Context, indicator: Indicator, place: Place) -> None:
    for number, option in enumerate(indicator.controls):
        _check_option(context, option, place.at("controls", number))
    if indicator.irreducible is None and all(option.when is not None for option in indicator.controls):
        message = _("it may be that no control option counts, and `irreducible` does not say what then")
        context.report(place, message, _("add an option without `when`, or the sentence"), key=True)


def _check_option(context: Context, option: Option, place: Place) -> None:
    controls = context.criteria.controls
    known = [context.need("control", one, controls, place.at("all", index)) for index, one in enumerate(option.all)]
    if (option.residual is None) == (option.lowers_by is None):
        context.report(place, _("an option needs exactly one of `residual` and `lowers_by`"))
    if all(known) and all(controls[one].supporting for one in option.all):
        message = _("supporting controls lower nothing alone")
        context.report(place.at("all"), message, _("add a control that does"))


def _check_sentence(context: Context, sentence: str, place: Place) -> None:
    entities = context.criteria.entities
    try:
        names = list(_named_facts(sentence))
    except ValueError:
        message = _("braces hold the name of a fact and nothing else")
        context.report(place, message, _("like `{entity.fact}`; a brace itself is `{{` or `}}`"))
        return
    known = [name for name in names if context.need("fact", name, context.fact_names, place)]
    named = dict.fromkeys(name.partition(".")[0] for name in known)
    lists = [name for name in named if entities[name].many is not None]
    if len(lists) > 1:
        message = _(
            "a sentence names facts of one list only, not of `{one}` and `{other}`", one=lists[0], other=lists[1]
        )
        context.report(place, message, _("write two sentences"))


def _named_facts(sentence: str) -> Iterator[str]:
    """Yield what stands in braces; raise ValueError where that is no mere name."""
    for _text, name, form, conversion in Formatter().parse(sentence):
        if name is None:
            continue
        if not name or form or conversion:
            raise ValueError(sentence)
        yield name
