"""Checks of a criteria set as a whole: every name means something, of the right kind, in the right place."""

from collections.abc import Mapping

from risk_engine.files.diagnostics import Diagnostic
from risk_engine.files.language import _
from risk_engine.files.plain import broken_in, canonical, places_in
from risk_engine.files.source import Document
from risk_engine.loading.checks.context import Context, Place, check_parameters, check_sources, check_tables
from risk_engine.loading.checks.facts import check_facts, check_former_names
from risk_engine.loading.checks.rules import (
    check_awareness,
    check_controls,
    check_definitions,
    check_head,
    check_indicators,
    check_invariants,
    check_ladders,
    check_triage,
)
from risk_engine.model.criteria import Criteria


def set_problems(
    criteria: Criteria,
    documents: Mapping[str, Document],
    stands_in: Mapping[str, str],
    broken: frozenset[tuple[str, str]] = frozenset(),
    *,
    has_head: bool = True,
) -> list[Diagnostic]:
    """Return every problem of a set that was read; without a head of its own, none of the one that stands in for it.

    `stands_in` says in which of the documents each record stands, `broken` names what could not be read.
    """
    context = Context(criteria, documents, stands_in, broken)
    if has_head:
        check_head(context)
    check_sources(context)
    # The first two note what is not to be looked at again by those that read parameters and facts.
    check_parameters(context)
    check_facts(context)
    check_definitions(context)
    check_tables(context)
    check_controls(context)
    check_indicators(context)
    check_ladders(context)
    check_awareness(context)
    check_invariants(context)
    check_triage(context)
    check_former_names(context)
    _check_lists(context)
    return context.problems


def _check_lists(context: Context) -> None:
    """Report what a list says a second time: no list of a set counts, and two of the same are a slip for something.

    Not so of conditions: a part that is said again changes nothing, and what writes rules need not look for it.
    """
    told = {one.position for one in context.problems}
    for file, document in context.documents.items():
        for loc, entries in places_in(document.data):
            if not isinstance(entries, tuple) or (loc and loc[-1] in {"all_of", "any_of"}):
                continue
            seen = set[bytes]()
            for number, entry in enumerate(entries):
                place = Place(file, (*loc, number))
                if broken_in(entry) or document.position(place.loc) in told:
                    continue
                said = canonical(entry)
                if said in seen and isinstance(entry, dict | tuple):
                    context.report(place, _("this stands twice in the list"))
                elif said in seen:
                    context.report(place, _("`{name}` is named twice", name=entry))
                seen.add(said)
