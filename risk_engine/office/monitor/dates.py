"""What of the cases of a register is due: reviews, conditions, controls, ends of retention; overdue or coming."""

from collections.abc import Iterator, Sequence
from datetime import date

from risk_engine.office.monitor.cases import CaseSeen
from risk_engine.office.monitor.changes import Change, Gravity, Touch


def due(cases: Sequence[CaseSeen], today: date) -> Iterator[Change]:
    """Yield a change for each thing that is due; one that was coming is another one once it is overdue."""
    for case in cases:
        for one in case.dues:
            is_overdue = one.due.is_overdue(today)
            gravity = Gravity.OVERDUE if is_overdue else Gravity.COMING
            about = {
                "case": case.case_id,
                "what": one.due.what,
                "day": one.due.day.isoformat(),
                "text": one.known_as,
                "overdue": is_overdue,
            }
            touch = Touch(case.case_id, case.title, case.state, gravity, {}, (one.due.text, *_who(one.due.owner)))
            yield Change("due", about, (touch,))


def _who(owner: str) -> tuple[str, ...]:
    return (owner,) if owner else ()
