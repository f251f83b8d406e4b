"""What every ladder comes to in a case that is shown, and what that is called: by both results of this case alone."""

from collections.abc import Iterator

from risk_engine.audit.meaning.findings import same_rules
from risk_engine.audit.meaning.targets import Target, targets
from risk_engine.audit.proofs.monotone import claimed
from risk_engine.engine.work import Worked
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import Direction, Moved

_SKIPS = 2
Places = tuple[int, ...]


def moved(old: Worked, new: Worked) -> Iterator[Moved]:
    """Yield every ladder that comes out otherwise in a case under the later version, as the reports order ladders."""
    found, _not_compared = targets(old.criteria, new.criteria)
    is_asked_anew = lacks_new_answers(old.criteria, new)
    for one in found:
        # An indicator that is out of force on the day has no place; a ladder always has.
        if one.of != "ladder":
            continue
        was, now = one.places(old), one.places(new)
        if was != now:
            called = tuple(_called(one, old.criteria, new.criteria, (was, now), is_asked_anew=is_asked_anew))
            yield Moved(ladder=one.name, before=one.came(old), after=one.came(new), directions=called)


def lacks_new_answers(before: CriteriaSet, after: Worked) -> bool:
    """Return whether something is open in a case for want of an answer that only the later version asks for."""
    return any(
        read.entity not in before.entities
        or (read.fact is not None and read.fact not in before.entities[read.entity].facts)
        for found in after.found
        if found.open
        for read in found.missing
    )


def _called(
    target: Target, before: CriteriaSet, after: CriteriaSet, places: tuple[Places, Places], *, is_asked_anew: bool
) -> Iterator[Direction]:
    """Yield what the questions of `targets` would say of one case."""
    (level, least, most), (now, lowest, highest) = places
    # What a new question leaves open is neither milder nor stricter yet.
    anyway = list(_anyway((least, most), (lowest, highest))) if is_asked_anew else []
    if anyway:
        yield from anyway
        return
    is_claimed = target.name in claimed(after)
    is_milder = highest < most or (now < level and not same_rules(target.name, before, after))
    if not is_claimed:
        is_milder |= now < level or lowest < least
    if is_milder:
        yield "milder"
    elif now < level or lowest < least:
        yield "looser"
    if now > level or lowest > least or highest > most:
        yield "stricter"
    if abs(now - level) >= _SKIPS:
        yield "skips"


def _anyway(before: Places, after: Places) -> Iterator[Direction]:
    """Yield what is so whatever the new answers are: at the end of the range that they do not move."""
    (least, most), (lowest, highest) = before, after
    if highest < most:
        yield "milder"
    if lowest > least:
        yield "stricter"
    if max(lowest - least, most - highest) >= _SKIPS:
        yield "skips"
    if least >= most and lowest < highest:
        yield "opens"
