"""What facts hang on, and what a case must state so that an answer in it is superfluous: read off the rules alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from risk_engine.engine.answerable import in_order
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Read, holders
from risk_engine.files.once import once
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.references import Reads, reads_by_rule, reads_of


@once
def hangs_on(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each fact, and each list, those that it is read from: itself, and what opens, closes or fills it in.

    A fact of a list hangs on which entries there are; whether a list is left empty, on all that its entries say.
    """
    return _reached(_next_to(criteria, with_entries=True))


@once
def asked_on(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return the same as long as no list is closed that has entries: then it does not matter what these say."""
    return _reached(_next_where_asked(criteria))


@once
def _next_where_asked(criteria: Criteria) -> dict[str, set[str]]:
    return _next_to(criteria, with_entries=False)


def behind(names: Iterable[str], criteria: Criteria, settled: frozenset[str]) -> set[str]:
    """Return facts and lists with what they hang on in a case that states nothing of what is `settled` in the base."""
    next_to, lists = _next_where_asked(criteria), {name for name, one in criteria.entities.items() if one.many}
    # Further entries are in no base case.
    return _followed(names, lambda name: next_to.get(name, set()) & lists if name in settled else next_to.get(name, ()))


def settled_in(base: Facts, criteria: Criteria) -> frozenset[str]:
    """Return the facts that are answered as they are where they are not asked: they are so however they are asked."""
    return frozenset(
        name
        for name, fact in criteria.every_fact()
        if fact.ask_when is not None and not isinstance(fact, RowFact | TextFact)
        for entity in [name.partition(".")[0]]
        if all(
            base.origins.get(Read(entity, one.id, name.partition(".")[2])) == "case"
            and _is_as_otherwise(name, one, criteria)
            for one in holders(base, entity)
        )
    )


def _next_to(criteria: Criteria, *, with_entries: bool) -> dict[str, set[str]]:
    entities, reads = criteria.entities, reads_by_rule(criteria)["fact"]
    names = [*(name for name, _fact in criteria.every_fact()), *(one for one in entities if entities[one].many)]
    found: dict[str, set[str]] = {}
    for name in names:
        entity, _dot, short = name.partition(".")
        read = reads.get(name, Reads())
        found[name] = {name, *read.facts, *read.lists, *([entity] if entities[entity].many else ())}
        if with_entries and not short and entities[entity].ask_when is not None:
            found[name] |= {f"{entity}.{one}" for one in entities[entity].facts}
    return found


def _reached(next_to: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(_followed([name], next_to.__getitem__)) for name in next_to}


def _followed(names: Iterable[str], next_to: Callable[[str], Iterable[str]]) -> set[str]:
    reached = {*names}
    new = [*reached]
    while new:
        more = {*next_to(new.pop())} - reached
        reached |= more
        new += more
    return reached


# --- superfluous answers ---


def opened_by(name: str, criteria: Criteria) -> frozenset[str]:
    """Return what the condition reads on which a fact or a list is asked."""
    condition = _condition(name, criteria)
    reads = reads_of(criteria, *([] if condition is None else [condition]))
    return reads.facts | reads.lists


def to_be_superfluous(name: str, criteria: Criteria, base: Facts) -> Iterator[frozenset[str]]:
    """Yield sets of facts and lists: a case must state something of each so that an answer in it is superfluous.

    It must be answered, otherwise than what it is then, and what it hangs on must close the question.
    """
    entity, _dot, short = name.partition(".")
    own = frozenset([name] if short else [name, *(f"{name}.{one}" for one in criteria.entities[name].facts)])
    if short:
        is_stated = any(
            base.origins.get(Read(entity, one.id, short)) == "case" and not _is_as_otherwise(name, one, criteria)
            for one in holders(base, entity)
        )
    else:
        is_stated = bool(base.lists[name])
    if not is_stated:
        yield own
    if _is_asked(name, criteria, base):
        yield frozenset().union(*(asked_on(criteria)[one] for one in opened_by(name, criteria)))


def _is_as_otherwise(name: str, entry: Entry, criteria: Criteria) -> bool:
    """Return whether an answer is what its question comes to where it is not asked; names and texts never are more."""
    fact = criteria.fact(name)
    if isinstance(fact, RowFact | TextFact):
        return True
    return entry.values[name.partition(".")[2]] == in_order(fact, fact.otherwise)


def _condition(name: str, criteria: Criteria) -> Condition | None:
    return criteria.fact(name).ask_when if "." in name else criteria.entities[name].ask_when


def _is_asked(name: str, criteria: Criteria, facts: Facts) -> bool:
    """Return whether a fact is asked of all entries that there are, or a list is."""
    condition, entity = _condition(name, criteria), name.partition(".")[0]
    entries = holders(facts, entity) if entity != name else (None,)
    return condition is None or all(evaluate(condition, facts, one).value is True for one in entries)
