"""An assessment that takes the place of an earlier one of the same case: what it keeps of it, what it warns of."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable
from risk_engine.files.language import _
from risk_engine.model.assessment import Assessment, Superseded
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria


def superseded(old: Assessment, criteria: Criteria) -> Superseded:
    """Return what a new assessment under `criteria` says about the one that it takes the place of."""
    wanted = {one.records.fact for one in criteria.controls.values() if one.records is not None}
    return Superseded(
        digest=old.digest,
        on=old.on,
        recorded={path: value for path, value in _answers(old) if _fact(path) in wanted},
    )


def check_supersedes(old: Assessment, case: Case, on: date | None) -> None:
    """Raise RiskEngineError unless an assessment of `case` on that day (or its own) can take the place of `old`."""
    if old.case_id != case.id:
        message = _(
            "the assessment to supersede is of the case `{other}`, this is `{case}`", other=old.case_id, case=case.id
        )
        raise RiskEngineError(printable(message) + help_line(_("a case keeps its `id:` when it changes")))
    day = on or case.assessment_date
    if day is not None and old.on > day:
        message = _("the assessment to supersede is of {earlier}, after {day}", earlier=old.on, day=day)
        raise RiskEngineError(message + help_line(_("a new assessment is of the same day or a later one")))


def _answers(old: Assessment) -> Iterator[tuple[str, Any]]:
    """Yield path and value of every fact of an assessment, stated or filled in.

    What an assessment from a file holds there has no type: a part that is no answer is passed over.
    """
    for entity, content in old.case.items():
        for entry in content if isinstance(content, list | tuple) else (content,):
            if isinstance(entry, dict):
                named = f"{entity}.{entry['id']}" if "id" in entry else entity
                yield from ((f"{named}.{fact}", value) for fact, value in entry.items() if fact != "id")
    yield from ((path, resolved.value) for path, resolved in old.resolved.items() if resolved.origin != "missing")


def _fact(path: str) -> str:
    """Return `entity.fact` of a path."""
    parts = path.split(".")
    return f"{parts[0]}.{parts[-1]}"
