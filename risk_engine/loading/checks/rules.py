"""Checks of set.yaml, definitions, ladders, awareness rules, indicators, controls and promises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from string import Formatter

from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import N_, _
from risk_engine.files.plain import Loc
from risk_engine.loading.checks.conditions import Scope, check, circles, depths, parameter_values, uses_of
from risk_engine.loading.checks.context import Context, Place, Problem, misfit, months_misfit
from risk_engine.model.conditions import ParameterRef, facts_in
from risk_engine.model.criteria import (
    AloneInvariant,
    Criteria,
    FactInvariant,
    Indicator,
    KnockOuts,
    Option,
    ResultInvariant,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.facts import BooleanFact, ChoicesFact, Entity, RowFact, TextFact, direction
from risk_engine.model.ladders import Ladder
from risk_engine.model.references import closable, facts_of_rules, ladder_entity
from risk_engine.model.triage import FIRST, closed_by, closes_with_yes
from risk_engine.model.words import SEVERITIES

HEAD = Place("set.yaml")


def check_head(context: Context) -> None:
    """Report what is wrong with the head of the set."""
    head = context.criteria.head
    _check_severity_points(context)
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
        if reference in head.four_eyes[:number]:
            named = {"level": reference.level, "ladder": reference.ladder}
            context.report(here, _("the level `{level}` of `{ladder}` is named twice", **named))
        if context.need("ladder", reference.ladder, context.criteria.ladders, here.at("ladder")):
            levels = context.criteria.ladders[reference.ladder].levels
            context.need(f"level of `{reference.ladder}`", reference.level, levels, here.at("level"))


def _check_severity_points(context: Context) -> None:
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


def _check_bands(context: Context) -> None:
    place, bands = HEAD.at("severity", "bands"), list(context.criteria.head.severity.bands.items())
    if not bands or bands[0][1] != 0:
        context.report(place, _("the first band must start at 0"), key=True)
    for (lower, first), (higher, second) in pairwise(bands):
        if second <= first:
            message = _("`{higher}` must start above `{lower}`", higher=higher, lower=lower)
            context.report(place.at(higher), message, _("bands stand in rising order"))
    cap = context.criteria.head.severity.cap
    if cap is not None and len(bands) > 1 and bands[-2][1] < bands[-1][1] <= cap:
        named = {"band": bands[-1][0], "start": bands[-1][1]}
        message = _("the cap does not keep the sum out of the top band `{band}`, which starts at {start}", **named)
        way_out = _("make it {number} or less, or take it out", number=bands[-1][1] - 1)
        context.report(HEAD.at("severity", "cap"), message, way_out)
    for name in context.criteria.head.severity.titles:
        context.need(N_("band"), name, dict(bands), HEAD.at("severity", "titles", name), key=True)


def _check_ladder_roles(context: Context) -> None:
    roles, ladders = context.criteria.head.roles, context.criteria.ladders
    taken: dict[str, str] = {}
    for key, ladder in (("headline", roles.headline), ("gate", roles.gate), ("escalation", roles.escalation)):
        if ladder is None:
            continue
        if context.need("ladder", ladder, ladders, HEAD.at("roles", key)) and ladder in taken:
            way_out = _("each part has a ladder of its own; leave `{part}` out if the set has none", part=key)
            message = _("`{ladder}` is the `{part}` already", ladder=ladder, part=taken[ladder])
            context.report(HEAD.at("roles", key), message, way_out)
        taken.setdefault(ladder, key)


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
        _check_own_id(context, name, place, indicator=context.criteria.indicators, control=context.criteria.controls)
        context.check_period(rule.effective, place.at("effective"))
        check(context, rule.when, place.at("when"), Scope(entities, context.in_force(rule.effective)))
        for number, citation in enumerate(rule.sources):
            context.check_citation(citation, place.at("sources", number))


def _check_own_id(context: Context, name: str, place: Place, **others: Mapping[str, object]) -> None:
    """Report a record under the id of one of another kind: reports and commands name all of them by that alone."""
    for kind, known in others.items():
        if name in known:
            message = _("`{name}` is used already, for another record: {kind}", name=name, kind=_(kind))
            context.report(place, message, _("give each its own id"), key=True)


def check_controls(context: Context) -> None:
    """Report what is wrong with controls.yaml."""
    criteria = context.criteria
    for control_id, control in criteria.controls.items():
        place = Place("controls.yaml", (control_id,))
        _check_own_id(context, control_id, place, indicator=criteria.indicators)
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
            if citation in indicator.sources[:number]:
                context.report(place.at("sources", number), _("this place is named twice"))
        if "knock_out" in indicator.model_fields_set and not knock_out_conditions(indicator):
            way_out = _("say when it is one: {kinds}; or take it out", kinds=quoted(KnockOuts.model_fields))
            context.report(place.at("knock_out"), _("the knock-out says nothing"), way_out, key=True)
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
    for index, kind in enumerate(option.needs):
        context.need(N_("evidence kind"), kind, context.criteria.head.evidence_kinds, place.at("needs", index))
    if option.needs and not option.all:
        message = _("an option without controls has nothing that evidence could show")
        context.report(place.at("needs"), message, _("name controls under `all`, or take `needs` out"), key=True)
    if not option.all and option.when is None:
        help_text = _("name the controls that lower it, or say `when` answers do so without any")
        context.report(place, _("an option needs `all` or `when`"), help_text)
    if option.all and all(known) and all(controls[one].supporting for one in option.all):
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


def check_triage(context: Context) -> None:
    """Report a first question that cannot be asked first, or closes nothing, or is said to be implied by another."""
    criteria, triage = context.criteria, context.criteria.head.triage
    named = [one.fact for one in triage]
    for number, one in enumerate(triage):
        here = HEAD.at("triage", number)
        check(context, one.implied, here.at("implied"), Scope(criteria.entities, context.in_force()))
        for name in sorted(facts_in(one.implied, criteria.definitions).intersection(named)):
            message = _("`implied` reads the first question `{name}`", name=name)
            context.report(here.at("implied"), message, _("say it by the other answers, for it holds them together"))
        if (name := f"{FIRST}{number + 1}") in criteria.invariants.facts:
            message = _("`{name}` is what the contradiction of a first question is called", name=name)
            context.report(_FILE.at("facts", name), message, _("give it another id"), key=True)
        if not context.need("fact", one.fact, context.fact_names, here.at("fact")):
            continue
        if problem := _unfit_as_first(criteria, one.fact):
            context.report(here.at("fact"), *problem)
        elif one.fact in named[:number]:
            context.report(here.at("fact"), _("`{name}` is named twice", name=one.fact))
        # A condition that could not be read may be the one that reads it.
        elif not (closed := sorted(closed_by(criteria)[one.fact])) and not context.broken:
            message = _("an answer to `{fact}` closes nothing", fact=one.fact)
            context.report(here.at("fact"), message, _("read it in `ask_when` of what it opens, or take it out here"))
        elif not context.broken and not circles(uses_of(criteria.definitions)):
            asked = {name: closable(criteria).get(name) or criteria.fact(name).ask_when for name in closed}
            for name in [name for name, when in asked.items() if when and closes_with_yes(when, one.fact, criteria)]:
                message = _("a yes to `{fact}` may close `{name}`", fact=one.fact, name=name)
                context.report(here.at("fact"), message, _("write its `ask_when` so that only a no can close it"))


def _unfit_as_first(criteria: Criteria, name: str) -> Problem | None:
    """Return why a fact cannot be asked first."""
    fact = criteria.fact(name)
    if criteria.entities[name.partition(".")[0]].many is not None:
        return _("`{name}` belongs to a list of entries", name=name), _("a first question is about the case as a whole")
    if not isinstance(fact, BooleanFact):
        return _("a first question is a `boolean` fact"), _("ask what `true` would open, and name the rest in its help")
    if fact.ask_when is not None or fact.from_ is not None:
        return _("a first question is always asked, of people"), _("take out its `ask_when`, or its `from`")
    if fact.riskier is not True:
        return _("of a first question `true` is the riskier answer"), _(
            "say `riskier: true`, for `true` opens the rest"
        )
    return None


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


def _check_facts(context: Context, names: Sequence[str], place: Place) -> None:
    for number, name in enumerate(names):
        context.need("fact", name, context.fact_names, place.at(number))


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
