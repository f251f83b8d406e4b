"""Checks of a criteria set as a whole: every name means something, of the right kind, in the right place."""

from risk_engine.loading.checks.context import Context, check_parameters, check_tables
from risk_engine.loading.checks.facts import check_facts
from risk_engine.loading.checks.rules import (
    check_awareness,
    check_controls,
    check_definitions,
    check_head,
    check_indicators,
    check_invariants,
    check_ladders,
)


def check_all(context: Context) -> None:
    """Add every problem of the set to `context.problems`, but for those of its head (`check_head`)."""
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


__all__ = ["Context", "check_all", "check_head"]
