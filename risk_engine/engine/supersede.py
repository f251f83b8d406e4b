"""An assessment that takes the place of an earlier one of the same case: what it keeps of it, what it warns of."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from risk_engine.diagnostics import RiskEngineError, help_line, printable
from risk_engine.engine.explain import in_json
from risk_engine.engine.facts import Facts, Read
from risk_engine.language import _
from risk_engine.model.assessment import Assessment, Superseded
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import Problem


def superseded(old: Assessment, criteria: CriteriaSet) -> Superseded:
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


def unlisted_controls(
    old: Superseded | None, facts: Facts, criteria: CriteriaSet, listed: Collection[str]
) -> Iterator[Problem]:
    """Yield each answer that changed to what a control records while the case does not list it (design, section 4).

    What was not answered before, or is a new entry, has not changed.
    """
    if old is None:
        return
    for name, control in criteria.controls.items():
        records = control.records
        if records is None or name in listed:
            continue
        entity, _dot, fact = records.fact.partition(".")
        holders = (facts.single[entity],) if entity in facts.single else facts.lists[entity] or ()
        for holder in holders:
            path = Read(entity, holder.id, fact).path()
            before = old.recorded.get(path)
            if holder.values.get(fact) == records.is_ and before is not None and before != in_json(records.is_):
                text = _(
                    "{path} is now answered as if {control} were in place; in the assessment of {day} it was "
                    "“{before}”, and the case does not list {control}",
                    path=path,
                    control=name,
                    day=old.on,
                    before=_word(before),
                )
                yield Problem(kind="control", id=name, text=text, paths=(path, f"controls.{name}"))


def _answers(old: Assessment) -> Iterator[tuple[str, Any]]:
    """Yield path and value of every fact of an assessment, stated or filled in.

    What an assessment from a file holds there has no type: a part that is no answer is passed over.
    """
    for entity, content in old.case.items():
        for entry in content if isinstance(content, list | tuple) else (content,):
            if isinstance(entry, dict):
                named = f"{entity}.{entry['id']}" if "id" in entry else entity
                yield from ((f"{named}.{fact}", value) for fact, value in entry.items() if fact != "id")
    yield from ((path, filled.get("value")) for path, filled in old.resolved.items() if isinstance(filled, dict))


def _fact(path: str) -> str:
    """Return `entity.fact` of a path."""
    parts = path.split(".")
    return f"{parts[0]}.{parts[-1]}"


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
