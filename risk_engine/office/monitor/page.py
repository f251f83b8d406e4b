"""A report of a look as the facts of its page: the changes by weight, the worst first, and what was looked at."""

from risk_engine.office.monitor.changes import Change, Gravity, Report, Touch
from risk_engine.office.monitor.wording import SHOWN, gravity_words, mark, part_words, seen_before, state_words, title
from risk_engine.report.blocks import View
from risk_engine.report.pages.monitor import (
    ChangeShown,
    GroupShown,
    MonitorFacts,
    PartShown,
    TouchedCase,
    Weight,
    monitor_view,
)

MOST_CASES = 100
"""So many cases of one change are on the page, the worst ones; a file of data has all."""
_STRICT = frozenset({Gravity.STRICTER})
_MIDDLE = frozenset({Gravity.MAY_BE_STRICTER, Gravity.OVERDUE, Gravity.TO_LOOK_AT, Gravity.OTHERWISE})


def view_of(report: Report) -> View:
    """Return the page about a look."""
    return monitor_view(facts_of(report))


def facts_of(report: Report) -> MonitorFacts:
    """Return what the page says."""
    groups = []
    for gravity in Gravity:
        changes = tuple(_change(one, report) for one in report.changes if one.gravity == gravity)
        if changes:
            heading = gravity_words(gravity)
            groups.append(
                GroupShown(gravity.name.lower().replace("_", "-"), heading[:1].upper() + heading[1:], changes)
            )
    return MonitorFacts(
        register=report.register,
        on=report.on,
        last=report.last,
        number=len(report.changes),
        new=report.new,
        acknowledged=report.acknowledged,
        failed=report.failed,
        weight=_weight(report),
        groups=tuple(groups),
        parts=tuple(PartShown(part_words(one), one.said, one.state) for one in report.parts),
        problems=report.problems,
    )


def _weight(report: Report) -> Weight:
    worst = min((one.gravity for one in report.changes), default=Gravity.NOTED)
    if worst in _STRICT:
        return "strict"
    return "middle" if worst in _MIDDLE or report.failed else "mild"


def _change(change: Change, report: Report) -> ChangeShown:
    return ChangeShown(
        id=change.id,
        title=title(change.kind, change.about),
        gravity=gravity_words(change.gravity),
        mark=mark(change, report),
        lines=change.lines,
        seen=tuple(map(seen_before, change.known)),
        cases=tuple(_case(one, change) for one in change.touches[:MOST_CASES]),
        more=max(0, len(change.touches) - MOST_CASES),
    )


def _case(touch: Touch, change: Change) -> TouchedCase:
    lines = tuple(one.strip() for one in touch.lines)
    return TouchedCase(
        case=touch.case_id,
        title=touch.title,
        state=state_words(touch.state),
        gravity=gravity_words(touch.gravity),
        is_new=touch.digest in change.new,
        lines=lines[:SHOWN],
        more=max(0, len(lines) - SHOWN),
    )
