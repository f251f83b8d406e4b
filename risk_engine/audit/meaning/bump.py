"""How far a version's number must be raised for what it means (semantic versions of criteria, issue 6)."""

from collections.abc import Iterator, Sequence

from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoiceFact, ChoicesFact, IntegerFact, RowFact
from risk_engine.model.meaning import Shift
from risk_engine.model.releases import RequiredBump


def required_bump(
    before: CriteriaSet, after: CriteriaSet, shifts: Sequence[Shift], not_compared: Sequence[str]
) -> RequiredBump:
    """Return the least bump: patch if no decision can change, minor if none gets milder, else major.

    What a case could state before and cannot any more (facts, options, rows, numbers) makes it major too, and so does
    what is not decided: nothing is taken for harmless that is not proved.
    """
    decisions = [one for one in shifts if one.of == "ladder"]
    claimed = [after.head.roles.headline, after.head.roles.gate]
    for reason in [*not_compared, *_gone(before, after)]:
        return RequiredBump(bump="major", why=reason)
    for one in decisions:
        if one.name in claimed and one.direction == "milder" and one.status != "proved":
            why = _("{ladder} can become milder", ladder=after.ladders[one.name].title)
            if one.status == "undecided":
                why = _("it is not decided whether {ladder} can become milder", ladder=after.ladders[one.name].title)
            return RequiredBump(bump="major", why=why)
    for one in decisions:
        if one.status != "proved":
            why = _("{ladder} can become stricter, and never milder", ladder=after.ladders[one.name].title)
            if one.direction == "opens":
                why = _("new questions leave decided cases open, and none gets milder")
            return RequiredBump(bump="minor", why=why)
    if _asks_more(before, after):
        return RequiredBump(bump="minor", why=_("it asks more, and no case gets milder"))
    return RequiredBump(bump="patch", why=_("no case is decided otherwise"))


def _gone(before: CriteriaSet, after: CriteriaSet) -> Iterator[str]:
    """Yield what a case may state under the earlier version alone."""
    for name, entity in before.entities.items():
        if name not in after.entities:
            yield _("`{name}` is gone", name=name)
            continue
        later = after.entities[name]
        if entity.many is not None and later.many is not None and later.many < entity.many:
            yield _("`{name}` may have fewer entries", name=name)
        for short, fact in entity.facts.items():
            full = f"{name}.{short}"
            if short not in later.facts:
                yield _("`{name}` is gone", name=full)
                continue
            now = later.facts[short]
            match fact, now:
                case ((ChoiceFact() | ChoicesFact()), (ChoiceFact() | ChoicesFact())):
                    lost = [one for one in fact.options if one not in now.options]
                    yield from (_("the option `{option}` of `{name}` is gone", option=one, name=full) for one in lost)
                case IntegerFact(range=(low, high)), IntegerFact(range=(lowest, highest)):
                    if lowest > low or highest < high:
                        yield _("`{name}` may have fewer values", name=full)
                case RowFact(of=table), RowFact(of=other):
                    missing = [one for one in before.tables[table].rows if one not in after.tables[other].rows]
                    yield from (_("the row `{row}` of `{table}` is gone", row=one, table=other) for one in missing)
                case _:
                    pass


def _asks_more(before: CriteriaSet, after: CriteriaSet) -> bool:
    return any(
        name not in before.entities or short not in before.entities[name].facts
        for name, entity in after.entities.items()
        for short in entity.facts
    )
