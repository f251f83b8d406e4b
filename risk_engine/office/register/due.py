"""What has a date in a register: conditions and controls to be met, cases to look at again, files kept long enough."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from risk_engine.files.language import NP_, _, pgettext
from risk_engine.office.register.record import CaseRecord
from risk_engine.report.pages.ruling import conditions_told

What: TypeAlias = Literal["condition", "control", "review", "retention"]
_WORDS: dict[What, tuple[str, str]] = {
    "condition": NP_("what is due", "condition"),
    "control": NP_("what is due", "control"),
    "review": NP_("what is due", "review"),
    "retention": NP_("what is due", "retention"),
}


@dataclass(frozen=True, order=True)
class Due:
    """One thing with a date: what, for which case, who sees to it."""

    day: date
    case_id: str
    what: What
    text: str
    owner: str = ""

    def is_overdue(self, on: date) -> bool:
        """Return whether its day has passed."""
        return self.day < on


def due_columns() -> tuple[str, ...]:
    """Return what stands above the columns of `due_rows`."""
    return (pgettext("column", "Due"), _("State"), _("Case"), _("What"), _("Text"), _("Who"))


def due_rows(found: Iterable[Due], on: date) -> list[tuple[str, ...]]:
    """Return a row for each, in their order in time, as seen on a day."""
    return [
        (
            f"{one.day}",
            _("overdue") if one.is_overdue(on) else _("coming"),
            one.case_id,
            pgettext(*_WORDS[one.what]),
            one.text,
            one.owner,
        )
        for one in sorted(found)
    ]


def dues(record: CaseRecord) -> Iterator[Due]:
    """Yield everything of a case that has a date.

    A closed case needs no review and no control any more; what was decided to be done, and how long to keep it, stays.
    """
    case_id, current = record.case_id, record.shown
    if current is None:
        return
    in_place = {one.id for one in current.controls if one.counts_as == "in_place"}
    conditions = conditions_told(record.ruled.decision, current) if record.ruled else ()
    decided = {one.control for one in conditions if one.due is not None}
    for one in conditions:
        if one.due is not None and one.control not in in_place:
            text = f"{one.text} ({one.control})" if one.control else one.text
            yield Due(one.due, case_id, "condition", text, one.owner or "")
    if not record.is_closed():
        for control in current.controls:
            # What the decision made a condition has the day that the decision gave it.
            if control.due is not None and control.id not in in_place | decided:
                yield Due(
                    control.due, case_id, "control", f"{control.title} ({control.id})", control.owner or control.who
                )
        yield Due(current.review_due, case_id, "review", _("Look at the case again"))
    retain_until = record.case.get("retain_until")
    if isinstance(retain_until, str):
        yield Due(date.fromisoformat(retain_until), case_id, "retention", _("The time to keep the record ends"))
