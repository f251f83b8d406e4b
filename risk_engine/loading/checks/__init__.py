"""Checks of a criteria set as a whole: every name means something, of the right kind, in the right place."""

from collections.abc import Mapping

from risk_engine.files.diagnostics import Diagnostic
from risk_engine.files.source import Document
from risk_engine.loading.checks.context import Context, check_parameters, check_sources, check_tables
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
    return context.problems
