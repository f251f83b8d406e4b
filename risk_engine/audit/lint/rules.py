"""Lints of what does nothing: rules that cannot do anything, sources nobody read, records that no rule uses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from risk_engine.audit.diff.uses import uses
from risk_engine.audit.lint.ground import Found, Ground, lint
from risk_engine.engine.evaluate import holds
from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import N_, _
from risk_engine.loading.sets import fact_files
from risk_engine.loading.version_files import OPTIONS
from risk_engine.model.conditions import Compare, ParameterRef
from risk_engine.model.coverage import Spot
from risk_engine.model.criteria import Criteria, Option, knock_out_conditions, severity_conditions
from risk_engine.model.facts import ChoiceFact, ChoicesFact, RowFact, TextFact
from risk_engine.model.references import needed_kinds
from risk_engine.model.tables import Citation, DatedValue, WhenRead, was_read
from risk_engine.model.triage import written_at
from risk_engine.model.words import SEVERITIES, Deprecation, Period

FORGOTTEN = 10
"""A day that is past by less than so many years is more likely a deadline that was forgotten than history."""


@lint(
    "LINT-40",
    "problem",
    N_("A control option that lowers nothing"),
    N_("let it leave less than the highest severity of the indicator, or take it out"),
)
def idle_options(ground: Ground) -> Iterator[Found]:
    """Find control options that lower no severity which their indicator can have, and cure nothing."""
    for name, indicator in ground.criteria.indicators.items():
        highest = severity_conditions(indicator)[-1][0]
        for number, option in enumerate(indicator.controls):
            if option.residual is None or knock_out_conditions(indicator):
                continue
            if SEVERITIES.index(option.residual) >= SEVERITIES.index(highest):
                spot = ground.places.of_indicator(name, ("controls", number))
                sentence = _("it leaves {residual}, and the indicator has no higher severity", residual=option.residual)
                yield Found(name, spot, sentence)


@lint(
    "LINT-41",
    "problem",
    N_("Two control options with the same controls"),
    N_("keep the one that lowers further"),
)
def same_options(ground: Ground) -> Iterator[Found]:
    """Find control options of an indicator that ask for the same controls under the same condition."""
    for name, indicator in ground.criteria.indicators.items():
        for number, option in enumerate(indicator.controls):
            if any(_same(option, one) for one in indicator.controls[:number]):
                spot = ground.places.of_indicator(name, ("controls", number))
                said = _("an option above asks for the same controls")
                yield Found(name, spot, said if option.all else _("an option above counts by the same answers"))


def _same(one: Option, other: Option) -> bool:
    return set(one.all) == set(other.all) and one.when == other.when and set(one.needs) == set(other.needs)


@lint(
    "LINT-42",
    "problem",
    N_("A rule that is over before its version begins"),
    N_("take it out, or correct `until`"),
)
def never_in_force(ground: Ground) -> Iterator[Found]:
    """Find rules that are over before the version is in force."""
    begins = ground.criteria.head.in_force.from_
    for name, spot, period in _periods(ground):
        if period.until is not None and period.until <= begins:
            yield Found(
                name, spot, _("it ends on {until}, the version begins on {day}", until=period.until, day=begins)
            )


@lint(
    "LINT-43",
    "advice",
    N_("A rule that is over"),
    N_("leave it out of the next version, or give it another end"),
)
def over(ground: Ground) -> Iterator[Found]:
    """Find rules that are over on the day."""
    begins = ground.criteria.head.in_force.from_
    for name, spot, period in _periods(ground):
        if period.until is not None and begins < period.until <= ground.on:
            yield Found(name, spot, _("it is over since {until}", until=period.until))


def _periods(ground: Ground) -> Iterator[tuple[str, Spot, Period]]:
    for name, indicator in ground.criteria.indicators.items():
        yield name, ground.places.of_indicator(name, ("effective",)), indicator.effective
    for name, rule in ground.criteria.awareness.items():
        yield name, ground.places.of("awareness.yaml", (name, "effective")), rule.effective


@lint(
    "LINT-44",
    "advice",
    N_("A value that runs out with none after it"),
    N_("add the value that follows, or take `until` away"),
)
def running_out(ground: Ground) -> Iterator[Found]:
    """Find dated values that end with none after them."""
    for name, spot, values in _dated(ground):
        until = values[-1].until
        if until is not None:
            yield Found(name, spot, _("from {until} on there is no value", until=until))


def _dated(ground: Ground) -> Iterator[tuple[str, Spot, Sequence[DatedValue]]]:
    for name, parameter in ground.criteria.parameters.items():
        at = (name, "values", len(parameter.values) - 1)
        yield name, ground.places.of("parameters.yaml", at), parameter.values
    for table, declared in ground.criteria.tables.items():
        for column, one in declared.columns.items():
            for row, cell in one.values.items():
                if isinstance(cell, tuple) and cell and isinstance(cell[-1], DatedValue):
                    spot = ground.places.of(f"tables/{table}.yaml", ("columns", column, "values", row))
                    yield f"{table}.{column}", spot, cell


@lint(
    "LINT-45",
    "advice",
    N_("A day that is past and has no end"),
    N_("see whether the rule still means this day; then give the value an `until`, or a later one"),
)
def past_days(ground: Ground) -> Iterator[Found]:
    """Find parameters that are a day which is past, though not long, and that go on being it."""
    for name, parameter in ground.criteria.parameters.items():
        last = parameter.values[-1]
        value = last.value
        if not isinstance(value, date) or last.until is not None:
            continue
        if value < ground.on and ground.on.year - value.year < FORGOTTEN:
            spot = ground.places.of("parameters.yaml", (name, "values", len(parameter.values) - 1, "value"))
            yield Found(name, spot, _("the day {value} is past, and the value has no `until`", value=value))


LONG_AGO = 24
"""After so many months somebody should look a text up again."""


@lint(
    "LINT-20",
    "advice",
    N_("A source that is marked as not verified, or as from memory"),
    N_(
        "read the text, or have what is no text confirmed; then write its `grade` (or `verified: true`) and the day "
        "under `read`"
    ),
)
def unverified(ground: Ground) -> Iterator[Found]:
    """Find sources that are marked as not verified, or as from memory."""
    for name, source in ground.criteria.sources.items():
        if source.grade == "memory":
            spot = ground.places.of("sources.yaml", (name, "grade"), key=True)
            yield Found(name, spot, _("it is from memory: nobody has looked up for these criteria what it holds"))
        elif not was_read(source):
            spot = ground.places.of("sources.yaml", (name, "verified"), key=True)
            yield Found(name, spot, _("it is not verified: nobody has confirmed for these criteria what it holds"))


@lint(
    "LINT-21",
    "advice",
    N_("A rule that rests only on what nobody has read"),
    N_("look up one of its places, or cite a text that was read; reports mark such findings"),
)
def only_unverified(ground: Ground) -> Iterator[Found]:
    """Find rules that rest on nothing that somebody has read."""
    for name, indicator in ground.criteria.indicators.items():
        if not _rests(indicator.sources, ground):
            spot = ground.places.of_indicator(name, ("sources",))
            yield Found(name, spot, _("the indicator rests only on what nobody has read"))
    for name, rule in ground.criteria.awareness.items():
        if rule.sources and not _rests(rule.sources, ground):
            spot = ground.places.of("awareness.yaml", (name, "sources"))
            yield Found(name, spot, _("the note rests only on what nobody has read"))


def _rests(citations: Sequence[Citation], ground: Ground) -> bool:
    return any(was_read(ground.criteria.sources[one.id], one) for one in citations)


@lint(
    "LINT-22",
    "advice",
    N_("A source that nothing cites"),
    N_("cite it where a rule rests on it, or take it out"),
)
def never_cited(ground: Ground) -> Iterator[Found]:
    """Find sources that nothing rests on."""
    for name in ground.criteria.sources:
        if name not in ground.uses.sources:
            yield Found(name, ground.places.of("sources.yaml", (name,), key=True), _("nothing in the set cites it"))


@lint(
    "LINT-23",
    "advice",
    N_("A source that was read nobody knows when"),
    N_("write the day or month under `read`"),
)
def untraceable(ground: Ground) -> Iterator[Found]:
    """Find sources of which it is said that somebody read them, and not when."""
    for name, source in ground.criteria.sources.items():
        if was_read(source) and source.read is None:
            spot = ground.places.of("sources.yaml", (name, "verified" if source.grade is None else "grade"), key=True)
            yield Found(name, spot, _("it was read, and nothing says when (`read`)"))


@lint(
    "LINT-24",
    "advice",
    N_("A note on a foreign rule without a source"),
    N_("cite the text under `sources`"),
)
def without_source(ground: Ground) -> Iterator[Found]:
    """Find notes about rules of another state that cite none."""
    for name, rule in ground.criteria.awareness.items():
        if rule.kind == "foreign_rule" and not rule.sources:
            spot = ground.places.of("awareness.yaml", (name,), key=True)
            yield Found(name, spot, _("the note tells of a foreign rule, and cites no text"))


@lint(
    "LINT-25",
    "advice",
    N_("Something that was looked up long ago"),
    N_("look it up again, and write the new day under `read` or `as_of`"),
)
def long_ago(ground: Ground) -> Iterator[Found]:
    """Find sources and columns of tables that were looked up long before the day."""
    for name, source in ground.criteria.sources.items():
        if source.read is not None and _months(source.read, ground.on) > LONG_AGO:
            spot = ground.places.of("sources.yaml", (name, "read"), key=True)
            yield Found(name, spot, _("read more than {number} months before {day}", number=LONG_AGO, day=ground.on))
    for table, declared in ground.criteria.tables.items():
        for column, one in declared.columns.items():
            if _months(one.as_of, ground.on) > LONG_AGO:
                spot = ground.places.of(f"tables/{table}.yaml", ("columns", column, "as_of"), key=True)
                sentence = _("looked up more than {number} months before {day}", number=LONG_AGO, day=ground.on)
                yield Found(f"{table}.{column}", spot, sentence)


def _months(then: WhenRead, now: date) -> int:
    year, month = (then.year, then.month) if isinstance(then, date) else map(int, then.split("-"))
    return (now.year - year) * 12 + now.month - month


@lint(
    "LINT-30",
    "advice",
    N_("A fact that nothing uses"),
    N_("take it out, or say `used_for: record` where it is kept for the file"),
)
def facts(ground: Ground) -> Iterator[Found]:
    """Find facts that no rule reads and that are not kept for the record."""
    used = ground.uses.facts()
    for name, fact, at in ground.facts():
        is_for_record = isinstance(fact, TextFact) or (not isinstance(fact, RowFact) and fact.used_for == "record")
        if name not in used and not is_for_record:
            yield Found(name, ground.places.of("facts.yaml", at, key=True), _("nothing in the set uses this fact"))


@lint(
    "LINT-31",
    "advice",
    N_("Options that no rule tells apart"),
    N_("make one option of them, unless people need to see their own answer among them"),
)
def options(ground: Ground) -> Iterator[Found]:
    """Find options of a question that no rule tells apart."""
    for name, fact, at in ground.facts():
        leaves = ground.uses.compared.get(name, ())
        if not isinstance(fact, ChoiceFact | ChoicesFact) or fact.question is None or not leaves:
            continue
        if name in ground.uses.shown_by_roles:
            continue
        told: dict[object, list[str]] = {}
        order = None if isinstance(fact, ChoicesFact) else {one: place for place, one in enumerate(fact.options)}
        for option in fact.options:
            said = tuple(_holds(leaf, option, order, ground.criteria) for leaf in leaves)
            told.setdefault((said, option in _recorded(name, ground.criteria)), []).append(option)
        if alike := [quoted(same, "and") for same in told.values() if len(same) > 1]:
            spot = ground.places.of("facts.yaml", (*at, "options"), key=True)
            yield Found(name, spot, _("no rule tells these apart: {options}", options="; ".join(alike)))


def _recorded(fact: str, criteria: Criteria) -> tuple[object, ...]:
    """Return the answers to a fact that a control would give."""
    return tuple(one.records.is_ for one in criteria.controls.values() if one.records and one.records.fact == fact)


def _holds(leaf: Compare, option: str, order: Mapping[str, int] | None, criteria: Criteria) -> tuple[bool, ...]:
    """Return whether a comparison holds of an option, for every value that its parameter has at some time.

    A fact without an order has a list of options as its answer: the option is the only one chosen then.
    """
    stated = leaf.operand
    values: Sequence[Any] = (stated,)
    if isinstance(stated, ParameterRef):
        values = tuple(one.value for one in criteria.parameters[stated.parameter].values)
    have = (option,) if order is None else option
    return tuple(holds(leaf.op, have, one, order) for one in values)


@lint(
    "LINT-32",
    "advice",
    N_("A parameter that no rule reads"),
    N_("take it out, or let a rule read it"),
)
def parameters(ground: Ground) -> Iterator[Found]:
    """Find parameters that no rule reads."""
    criteria = ground.criteria
    yield from _unused(ground, "parameters.yaml", criteria.parameters, ground.uses.parameters, N_("no rule reads it"))


@lint(
    "LINT-33",
    "advice",
    N_("A definition that no rule uses"),
    N_("take it out, or let a rule use it"),
)
def definitions(ground: Ground) -> Iterator[Found]:
    """Find definitions that no rule uses."""
    criteria = ground.criteria
    yield from _unused(ground, "definitions.yaml", criteria.definitions, ground.uses.definitions, N_("no rule uses it"))


@lint(
    "LINT-34",
    "advice",
    N_("A control that lowers nothing"),
    N_("add it to a control option, or say `supporting: true`"),
)
def controls(ground: Ground) -> Iterator[Found]:
    """Find controls that no option holds and that are not supporting."""
    active = [name for name, one in ground.criteria.controls.items() if not one.supporting]
    yield from _unused(ground, "controls.yaml", active, ground.uses.controls, N_("no control option holds it"))


@lint(
    "LINT-38",
    "advice",
    N_("A list of options that no fact has"),
    N_("take it out, or name it in the `options` of a fact"),
)
def option_lists(ground: Ground) -> Iterator[Found]:
    """Find lists of options.yaml that no fact names; only the files tell them from options of a fact's own."""
    places = ground.places
    if OPTIONS in places.files:
        stated = (places.document(file).data for file in fact_files(places.files))
        declared = (fact for entities in stated for entity in entities.values() for fact in entity["facts"].values())
        named = [fact["options"] for fact in declared if isinstance(fact.get("options"), str)]
        yield from _unused(ground, OPTIONS, places.document(OPTIONS).data, named, N_("no fact names it"))


def _unused(ground: Ground, file: str, names: Iterable[str], used: Iterable[str], sentence: str) -> Iterator[Found]:
    known = frozenset(used)
    for name in names:
        if name not in known:
            yield Found(name, ground.places.of(file, (name,), key=True), _(sentence))


@lint(
    "LINT-35",
    "advice",
    N_("A word of set.yaml that nothing names"),
    N_("take it out"),
)
def words(ground: Ground) -> Iterator[Found]:
    """Find dimensions, grounds, people and kinds of evidence that set.yaml declares and that nothing names."""
    criteria = ground.criteria
    indicators = criteria.indicators.values()
    asked = {fact.asked_of for _name, fact, _at in ground.facts()} | {one.who for one in criteria.controls.values()}
    needed = {kind for kinds in needed_kinds(criteria).values() for kind in kinds}
    used_dimensions = {one.dimension for one in indicators}
    used_dimensions |= {name for name, one in criteria.head.dimensions.items() if one.sums}
    declared: tuple[tuple[str, Iterable[str], Iterable[str | None], str], ...] = (
        (
            "dimensions",
            criteria.head.dimensions,
            used_dimensions,
            N_("no indicator is in it"),
        ),
        ("grounds", criteria.head.grounds, {one.ground for one in indicators}, N_("no indicator is on this ground")),
        ("asked_of", criteria.head.asked_of, asked, N_("nobody is asked, and no control is theirs")),
        ("evidence_kinds", criteria.head.evidence_kinds, needed, N_("no control option needs it")),
    )
    for key, names, used, sentence in declared:
        for name in names:
            if name not in used:
                yield Found(name, ground.places.of("set.yaml", (key, name), key=True), _(sentence))


@lint(
    "LINT-37",
    "advice",
    N_("Something deprecated that the set itself still uses"),
    N_("let the rule use what takes its place, or take the `deprecated` back"),
)
def deprecated(ground: Ground) -> Iterator[Found]:
    """Find rules and records that name a fact, an option, a control or an indicator that is deprecated."""
    criteria, gone = ground.criteria, dict[tuple[str, str], Deprecation]()
    for name, fact, _at in ground.facts():
        if fact.deprecated is not None:
            gone["fact", name] = fact.deprecated
        if isinstance(fact, ChoiceFact | ChoicesFact):
            gone |= {("option", f"{name}.{option}"): one for option, one in fact.deprecated_options.items()}
    gone |= {("control", name): one.deprecated for name, one in criteria.controls.items() if one.deprecated}
    gone |= {("option", f"finding.id.{name}"): one for name, one in _deprecated_indicators(criteria)}
    gone |= {("indicator", name): one for name, one in _deprecated_indicators(criteria)}
    for record, spot, used in _records(ground) if gone else ():
        for kind, name in dict.fromkeys(used):
            if (kind, name) in gone and name != record:
                named = {"name": name.removeprefix("finding.id."), "day": gone[kind, name].from_}
                yield Found(record, spot, _("it uses `{name}`, which is deprecated from {day} on", **named))


def _deprecated_indicators(criteria: Criteria) -> Iterator[tuple[str, Deprecation]]:
    return ((name, one.deprecated) for name, one in criteria.indicators.items() if one.deprecated is not None)


def _records(ground: Ground) -> Iterator[tuple[str, Spot, Iterator[tuple[str, str]]]]:
    """Yield the records that may use others, each with its place and what it uses."""
    criteria, places = ground.criteria, ground.places
    for name, indicator in criteria.indicators.items():
        yield name, places.of_indicator(name), uses(("indicators", name), indicator, criteria)
    for name, fact, at in ground.facts():
        entity, _entities, short = at
        yield name, places.of("facts.yaml", at, key=True), uses(("entities", entity, "facts", short), fact, criteria)
    for part in ("definitions", "controls", "ladders", "awareness"):
        for name, record in getattr(criteria, part).items():
            yield name, places.of(f"{part}.yaml", (name,), key=True), uses((part, name), record, criteria)
    for section in ("facts", "results", "alone", "same"):
        for name, record in getattr(criteria.invariants, section).items():
            file, place = written_at(name, criteria) if section == "facts" else ("invariants.yaml", (section, name))
            spot = places.of(file, place, key=True)
            yield name, spot, uses(("invariants", section, name), record, criteria)
    yield criteria.head.id, places.of("set.yaml", ()), uses(("head",), criteria.head, criteria)


@lint(
    "LINT-36",
    "problem",
    N_("A level that no rule proposes"),
    N_("add a rule that does, or take it out"),
)
def levels(ground: Ground) -> Iterator[Found]:
    """Find levels that no rule of their ladder proposes."""
    for name, ladder in ground.criteria.ladders.items():
        proposed = {ladder.otherwise.level, *(one.level for one in ladder.rules)}
        for level in ladder.levels:
            if level not in proposed:
                spot = ground.places.of("ladders.yaml", (name, "levels", level), key=True)
                yield Found(name, spot, _("no rule proposes the level `{level}`", level=level))
