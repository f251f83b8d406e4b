"""What the changes between two versions mean, from where the versions lie."""

import os
from collections.abc import Callable
from datetime import date

from risk_engine.audit.changes.versions import Comparison
from risk_engine.diagnostics import MissingExtraError
from risk_engine.language import _
from risk_engine.loading.base import base_case
from risk_engine.model.case import Case
from risk_engine.model.meaning import Meaning
from risk_engine.model.releases import RequiredBump

Tell = Callable[[int, int], None]


def base_of(found: Comparison) -> Case:
    """Return the base case of the earlier version, from which every case is told; raise InvalidSourceError."""
    return base_case(found.before)[1]


def meaning_of(found: Comparison, base: Case, on: date | None = None, tell: Tell = lambda *_: None) -> Meaning:
    """Return what the changes mean over all cases, from the first day of the later version on, or on one day.

    `base` is the base case of the earlier version. Where no case can be read by both, that is what it says. Raises
    MissingExtraError where the solver is not installed.
    """
    try:
        from risk_engine.audit.meaning.compare import meaning
        from risk_engine.audit.meaning.overlap import TypesDifferError
        from risk_engine.solver.space import Limits
    except ImportError as error:
        message = _("what the changes mean for results cannot be proved: what proves it is not installed")
        raise MissingExtraError(message, "audit") from error
    try:
        return meaning(found.before, found.after, base, Limits(jobs=os.cpu_count() or 1), on, tell)
    except TypesDifferError as error:
        return _nothing_compared(error.message, found, on)


def _nothing_compared(why: str, found: Comparison, on: date | None) -> Meaning:
    roles = found.after.head.roles
    return Meaning(
        days=(),
        is_one_day=on is not None,
        counted=tuple(one for one in (roles.gate, roles.headline) if one is not None),
        bounds={},
        new_facts=(),
        gone_facts=(),
        not_compared=(why,),
        shifts=(),
        required=RequiredBump(bump="major", why=why),
    )
