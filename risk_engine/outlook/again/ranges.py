"""The exact ranges of an outlook, held against the assessment: their bounds, and of each witness what it is told with.

That a level which is not there cannot come out, and that a witness is the smallest, only a solver can show.
"""

from collections.abc import Iterator
from typing import Any

from risk_engine.backends.symbolic.domains import Domains, place_of
from risk_engine.model.case import Case, answer, entries
from risk_engine.model.outlook import ExactRange, Outlook, Path
from risk_engine.outlook.again.case import Again, open_questions
from risk_engine.outlook.replay import entry_at, read_of


def wrong_ranges(outlook: Outlook, again: Again) -> Iterator[str]:
    """Yield the places at which an outlook says of the ranges what does not come out."""
    if [one.ladder for one in outlook.ranges] != list(again.criteria.ladders):
        yield "ranges"
        return
    is_open = any(True for _one in open_questions(again.worked))
    for found, now in zip(outlook.ranges, again.worked.proposed, strict=True):
        where = f"ranges.{found.ladder}"
        if (found.lowest, found.highest) != (now.lowest, now.highest):
            yield where
        levels = list(again.criteria.ladders[found.ladder].levels)
        told = [one.level for one in found.possible]
        in_order = [one for one in levels if one in told]
        nothing_open = not is_open and told != [now.level]
        if told != in_order or not {*found.undecided} <= {*levels} - {*told} or nothing_open:
            yield f"{where}.possible"
        yield from (f"{where}.{one}" for one in _wrong_witnesses(found, again))


def _wrong_witnesses(found: ExactRange, again: Again) -> Iterator[str]:
    for one in found.possible:
        shown = one.witness
        made = again.changed(shown.answers)
        if made is None:
            continue  # it is a case that does not come out
        if sorted(shown.set_aside) != sorted(made.set_aside):
            yield f"{one.level}.set_aside"
        contradicts = again.contradictions(made.worked.facts)
        # That there is no other one only a solver knows; one whose answers go together shows that there is.
        if shown.contradicts != contradicts or (one.only_contradictory and not contradicts):
            yield f"{one.level}.contradicts"
        if not {*shown.telling} <= {*shown.answers}:
            yield f"{one.level}.telling"


def wrongly_telling(outlook: Outlook, again: Again, base: Case) -> Iterator[str]:
    """Yield the witnesses of which other answers are called harmless than those of the harmless case, lists left out.

    The outlook must say nothing else that does not come out.
    """
    domains = Domains([again.criteria], again.worked.on, again.worked.profile)
    for found in outlook.ranges:
        for one in found.possible:
            shown = one.witness
            made = again.changed(shown.answers)
            assert made is not None  # noqa: S101 (it comes out)
            for path in shown.answers:
                if "." not in path:
                    continue
                read = read_of(path)
                harmless = _harmless(path, base, again)
                value = entry_at(made.worked.facts, read).values[read.fact or ""]
                if harmless is None:
                    continue  # what its tables say is for the solver to know
                if (path in shown.telling) == _alike(value, harmless, domains[f"{read.entity}.{read.fact}"]):
                    yield f"ranges.{found.ladder}.{one.level}.telling"
                    break


def _harmless(path: Path, base: Case, again: Again) -> Any:
    """Return what the harmless case says there, None where it says nothing; of a further entry, what the first says."""
    read = read_of(path)
    if read.entry is None:
        return answer(getattr(base, read.entity), read.fact or "")
    harmless = entries(base, read.entity)
    if not harmless:
        return None
    listed = [getattr(one, "id", None) for one in entries(again.worked.case, read.entity) or ()]
    place = listed.index(read.entry)
    return answer(harmless[place] if place < len(harmless) else harmless[0], read.fact or "")


def _alike(value: Any, harmless: Any, domain: Any) -> bool:
    if isinstance(value, tuple):
        return set(value) == set(harmless)
    return place_of(value, domain) == place_of(harmless, domain)
