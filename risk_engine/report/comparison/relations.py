"""How two results compare, in sentences: which is stricter, which levels mean the same, where nothing says so."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from risk_engine.language import _
from risk_engine.model.comparison import Comparison, Place, Relation
from risk_engine.model.explanation import Proposal
from risk_engine.report.blocks import Bullets, Line, Section, Table, say
from risk_engine.report.comparison.sides import Side, either, quoted_level, role_word
from risk_engine.report.wording import lead, outer


def headings(comparison: Comparison, several: Sequence[Side]) -> str:
    """Return the answer of a comparison in one sentence."""
    weighed = [one for one in comparison.relations if one.role != "escalation"]
    verdicts = {one.verdict for one in weighed}
    stricter = {one.stricter for one in weighed if one.stricter is not None}
    if verdicts == {"same"}:
        return _("The criteria agree.")
    if verdicts <= {"unrelated"}:
        return _("The criteria come to results that nothing sets in relation to each other.")
    if "differs" not in verdicts:
        return _("It is not settled whether the criteria agree: answers are missing.")
    if len(stricter) == 1 and len(several) == len(("first", "second")):
        (number,) = stricter
        return _("The criteria differ: {criteria} is stricter.", criteria=several[number].name)
    return _("The criteria differ.")


def sentences(comparison: Comparison, several: Sequence[Side]) -> Iterator[Line]:
    """Yield for every two results and each role what the one is to the other, and why."""
    for relation in comparison.relations:
        one, other = several[relation.first], several[relation.second]
        among = f" ({one.name}, {other.name})" if len(several) > len(("first", "second")) else ""
        yield say(lead(f"{role_word(relation.role)}{among}"), _sentence(relation, one, other))


def levels_section(comparison: Comparison, several: Sequence[Side]) -> Section:
    """Return which levels of the ladders mean the same, as the sets say it."""
    tables = [_table(relation, several) for relation in comparison.relations]
    note = _(
        "A set says of a level which level of another set means the same. What lies between has no counterpart. Two "
        "versions of one set compare by the names of their levels."
    )
    return Section("levels", _("Which levels mean the same"), (Bullets((say(note),)), *tables))


def _sentence(relation: Relation, one: Side, other: Side) -> str:
    mine, theirs = _proposals(relation, one, other)
    each = _("{one}: {level}. {other}: {other_level}.", **_named(one, mine), **_named(other, theirs, "other"))
    is_open = mine.provisional or theirs.provisional
    match relation.verdict:
        case "same" if is_open:
            return _("the same, whatever the missing answers are. {each}", each=each)
        case "same" if one.told.criteria.id == other.told.criteria.id:
            return _("the same, {level}.", level=_now(mine))
        case "same":
            return _("the same: {level} and {other_level} mean the same.", level=_now(mine), other_level=_now(theirs))
        case "differs" if is_open:
            stricter = one if relation.stricter == one.number else other
            return _(
                "{criteria} is stricter, whatever the missing answers are. {each}", criteria=stricter.name, each=each
            )
        case "differs":
            stricter = one if relation.stricter == one.number else other
            place = next(place for place in relation.places if place.level == mine.level.name)
            return _(
                "{criteria} is stricter. {place}; {other} comes to {level}.",
                criteria=stricter.name,
                place=_placed(place, mine, theirs),
                other=other.name,
                level=_now(theirs),
            )
        case "open":
            return _("not settled, answers are missing. {each}", each=each)
        case "unrelated":
            return _("nothing says how these levels compare. {each}", each=each)
        case _:
            assert_never(relation.verdict)


def _named(side: Side, proposal: Proposal, other: str = "") -> dict[str, str]:
    return {other or "one": side.name, "other_level" if other else "level": _now(proposal)}


def _placed(place: Place, mine: Proposal, theirs: Proposal) -> str:
    """Return where a level stands on another ladder."""
    level = quoted_level(mine, place.level)
    if place.equals:
        same = either([quoted_level(theirs, one) for one in place.equals])
        return _("{level} means the same as {same}", level=level, same=same)
    match place.above, place.below:
        case str() as above, str() as below:
            return _(
                "{level} lies between {above} and {below}",
                level=level,
                above=quoted_level(theirs, above),
                below=quoted_level(theirs, below),
            )
        case str() as above, None:
            return _("{level} is stricter than {above}", level=level, above=quoted_level(theirs, above))
        case None, str() as below:
            return _("{level} is milder than {below}", level=level, below=quoted_level(theirs, below))
        case _:
            return _("nothing says what {level} means there", level=level)


def _now(proposal: Proposal) -> str:
    """Return the level that a result has come to, or between which it still lies."""
    mildest, strictest = outer(proposal)
    if not proposal.provisional or mildest.name == strictest.name:
        return quoted_level(proposal, proposal.level.name)
    low, high = (quoted_level(proposal, one.name) for one in (mildest, strictest))
    return _("between {low} and {high}", low=low, high=high)


def _proposals(relation: Relation, one: Side, other: Side) -> tuple[Proposal, Proposal]:
    mine, theirs = one.told.proposal(relation.role), other.told.proposal(relation.role)
    assert mine is not None  # noqa: S101 -- a relation is of two ladders
    assert theirs is not None  # noqa: S101
    return mine, theirs


def _table(relation: Relation, several: Sequence[Side]) -> Table:
    one, other = several[relation.first], several[relation.second]
    mine, theirs = _proposals(relation, one, other)
    rows: list[tuple[Line, ...]] = []
    told: set[str] = set()
    for place in relation.places:
        if place.equals:
            # What the second ladder has before this level, and no level of the first equals, comes first.
            before = theirs.ladder_levels[: theirs.ladder_levels.index(place.equals[0])]
            rows += _without_equal(relation, mine, theirs, [level for level in before if level not in told])
            told |= {*before, *place.equals}
        rows.append((say(mine.title_of(place.level)), say(_there(place, theirs))))
    rows += _without_equal(relation, mine, theirs, [level for level in theirs.ladder_levels if level not in told])
    return Table(f"{mine.title} – {theirs.title}", (one.name, other.name), tuple(rows))


def _without_equal(
    relation: Relation, mine: Proposal, theirs: Proposal, levels: Sequence[str]
) -> Iterator[tuple[Line, ...]]:
    """Yield rows for levels of the second ladder that nothing on the first equals."""
    at = theirs.ladder_levels.index
    linked = [place for place in relation.places if place.equals]
    for level in levels:
        milder = [place.level for place in linked if at(place.equals[-1]) < at(level)]
        stricter = [place.level for place in linked if at(place.equals[0]) > at(level)]
        above, below = milder[-1] if milder else None, stricter[0] if stricter else None
        yield say(_there(Place(level=level, equals=(), above=above, below=below), mine)), say(theirs.title_of(level))


def _there(place: Place, theirs: Proposal) -> str:
    if place.equals:
        return either([theirs.title_of(one) for one in place.equals])
    match place.above, place.below:
        case str() as above, str() as below:
            return _("between {above} and {below}", above=theirs.title_of(above), below=theirs.title_of(below))
        case str() as above, None:
            return _("stricter than {above}", above=theirs.title_of(above))
        case None, str() as below:
            return _("milder than {below}", below=theirs.title_of(below))
        case _:
            return _("not said")
