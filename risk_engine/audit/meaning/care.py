"""What two versions ask of people beside the result: who decides together, when to look again, what a profile may say.

No level shows it, so no question about results finds it; what asks less care is milder all the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from risk_engine.language import _
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import parameters_on
from risk_engine.model.tables import CellValue

Level = tuple[str, str]


def less(before: CriteriaSet, after: CriteriaSet, days: Sequence[date]) -> Iterator[str]:
    """Yield in sentences what the later version no longer asks, on any of these days."""
    for ladder, level in _together(before):
        if (ladder, level) not in _together(after):
            yield _("two people need no longer decide {level} together", level=_called(before, ladder, level))
    for (ladder, level), _sooner, later in _reviews(before, after, days):
        if later:
            yield _("{level} is looked at again later", level=_called(before, ladder, level))
    yield from (
        _("a profile can no longer change `{name}`", name=one)
        for one in _adjustable(before)
        if one not in _adjustable(after)
    )


def more(before: CriteriaSet, after: CriteriaSet, days: Sequence[date]) -> Iterator[str]:
    """Yield in sentences what the later version asks or allows beside results and the earlier one does not."""
    for ladder, level in _together(after):
        if (ladder, level) not in _together(before):
            yield _("two people must decide {level} together", level=_called(after, ladder, level))
    for (ladder, level), sooner, _later in _reviews(before, after, days):
        if sooner:
            yield _("{level} is looked at again sooner", level=_called(before, ladder, level))
    yield from (
        _("a profile can now change `{name}`", name=one) for one in _adjustable(after) if one not in _adjustable(before)
    )


def _together(criteria: CriteriaSet) -> list[Level]:
    return [(one.ladder, one.level) for one in criteria.head.four_eyes]


def _reviews(before: CriteriaSet, after: CriteriaSet, days: Sequence[date]) -> Iterator[tuple[Level, bool, bool]]:
    """Yield for each level of both versions whether on some day it is looked at again sooner, and later."""
    values = [[(one, parameters_on(one, day, None)) for one in (before, after)] for day in days]
    for ladder, declared in before.ladders.items():
        for level in declared.levels:
            if ladder in after.ladders and level in after.ladders[ladder].levels:
                pairs = [tuple(_months(one, ladder, level, known) for one, known in both) for both in values]
                yield (ladder, level), any(new < old for old, new in pairs), any(new > old for old, new in pairs)


def _months(criteria: CriteriaSet, ladder: str, level: str, parameters: Mapping[str, CellValue]) -> int:
    wanted = criteria.ladders[ladder].levels[level].review_months
    found = parameters[wanted.parameter] if isinstance(wanted, ParameterRef) else wanted
    assert isinstance(found, int)  # noqa: S101 (checked when the set was loaded)
    return found


def _adjustable(criteria: CriteriaSet) -> dict[str, None]:
    """Return what a profile may change, as a profile names it, in the order of the set."""
    parameters = [name for name, one in criteria.parameters.items() if one.adjustable]
    columns = [
        f"{name}.{short}" for name, one in criteria.tables.items() for short, it in one.columns.items() if it.adjustable
    ]
    return dict.fromkeys(
        [*parameters, *columns, *(name for name, one in criteria.indicators.items() if one.adjustable)]
    )


def _called(criteria: CriteriaSet, ladder: str, level: str) -> str:
    found = criteria.ladders[ladder]
    return f"{found.title}: {found.levels[level].title}"
