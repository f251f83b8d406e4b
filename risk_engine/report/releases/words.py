"""What stands on a timeline, in words: times in force, and what begins, changes or ends on a day."""

from datetime import date
from typing import assert_never

from risk_engine.language import N_, NP_, _, pgettext
from risk_engine.model.releases import Dated, DatedChange, Step, ValueShown, VersionInTime
from risk_engine.report.blocks import Line, Run, say
from risk_engine.report.wording import day, fill, last_day

_CHANGES = NP_("on a day", "changes")
_APPLIES: dict[Step, tuple[str, str]] = {
    "begins": NP_("on a day", "begins to apply"),
    "changes": _CHANGES,
    "ends": NP_("on a day", "no longer applies"),
}
_TOLD: dict[Step, tuple[str, str]] = {
    "begins": NP_("on a day", "is told from then on"),
    "changes": _CHANGES,
    "ends": NP_("on a day", "is no longer told"),
}
_SET: dict[Step, tuple[str, str]] = {
    "begins": NP_("on a day", "is set"),
    "changes": _CHANGES,
    "ends": NP_("on a day", "is no longer set"),
}
_STEPS: dict[Dated, dict[Step, tuple[str, str]]] = {
    "indicator": _APPLIES,
    "parameter": _SET,
    "cell": _SET,
    "awareness": _TOLD,
}
_KINDS: dict[Dated, str] = {
    "indicator": N_("indicator"),
    "parameter": N_("parameter"),
    "cell": N_("table"),
    "awareness": N_("awareness rule"),
}


def time_in_force(version: VersionInTime) -> str:
    """Return from when until when a version is in force; a draft only would be."""
    is_draft = version.state == "draft"
    start, until = day(version.in_force_from), version.in_force_until
    if until is None:
        return _("would be in force from {day}", day=start) if is_draft else _("in force from {day}", day=start)
    if version.is_never_in_force:
        return _("never in force: a higher number holds from {day}", day=day(until))
    end = last_day(until)
    if is_draft:
        return _("would be in force from {day} to {end}", day=start, end=end)
    return _("in force from {day} to {end}", day=start, end=end)


def state(version: VersionInTime) -> str:
    """Return whether a version is released or a draft."""
    return _("released") if version.state == "released" else _("draft")


def step(change: DatedChange) -> str:
    """Return in short what happens."""
    return pgettext(*_STEPS[change.what][change.step])


def subject(change: DatedChange) -> Line:
    """Return what it happens to: title, kind and id."""
    kind = fill(_("({kind} {id})"), kind=_(_KINDS[change.what]), id=Run(change.id, "code"))
    return say(f"{change.title} ", *kind)


def course(change: DatedChange) -> Line:
    """Return what happens: a value before and after, options that are added or dropped, or that it begins or ends."""
    match change.what:
        case "indicator" | "awareness":
            return say(step(change))
        case "parameter":
            return say(_values(change))
        case "cell":
            rows = ", ".join(change.rows)
            return say(_("{rows}: {values}", rows=rows, values=_values(change)))
        case _:
            assert_never(change.what)


def _values(change: DatedChange) -> str:
    before, after = change.before, change.after
    if after is None:
        return "" if before is None else _("{value} until then, now not set", value=_said(before))
    if before is None:
        return _("{value}, not set before", value=_said(after))
    if not isinstance(before.value, tuple) or not isinstance(after.value, tuple):
        return _("from {before} to {after}", before=_said(before), after=_said(after))
    added = "; ".join(text for text in after.shown if text not in before.shown)
    dropped = "; ".join(text for text in before.shown if text not in after.shown)
    said = (
        _("added: {values}", values=added) if added else "",
        _("dropped: {values}", values=dropped) if dropped else "",
    )
    return " · ".join(filter(None, said)) or _("in another order")


def _said(value: ValueShown) -> str:
    if isinstance(value.value, date):
        return day(value.value)
    return "; ".join(value.shown) or pgettext("values", "none")
