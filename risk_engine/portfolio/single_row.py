"""One row of a table as a case again, and what its assessment says in the words of a row of results."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import polars as pl

from risk_engine.engine.work import case_from
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading import Batch
from risk_engine.portfolio.reading.checking import told_of

ENDS = (("lowest", "at_least"), ("highest", "at_most"))


class Difference(NamedTuple):
    """Something that columns and the assessment of a single case say otherwise of it."""

    column: str
    in_columns: object
    alone: object


def row_in(batches: Iterable[Batch], case: str) -> pl.DataFrame:
    """Return the first row of a case; RiskEngineError where none of those that can be used has that id."""
    rejected, first = 0, list[str]()
    for batch in batches:
        found = batch.stated.filter(pl.col("case") == case)
        if found.height:
            return found.head(1)
        rejected += batch.rejected.height
        first += [told_of(one) for one in batch.rejected.head(_MOST_TOLD - len(first)).iter_rows(named=True)]
    message = _("no row of the table is the case `{case}`", case=case)
    if not rejected:
        raise RiskEngineError(message, _("write its id as it stands in the table"))
    way_out = ngettext(
        "{number} value of it was rejected; `risk-engine portfolio assess` says which",
        "{number} values of it were rejected; `risk-engine portfolio assess` says which",
        rejected,
    )
    raise RiskEngineError("\n".join([message, *first]), way_out)


_MOST_TOLD: Final = 3


def case_in(row: Mapping[str, Any], criteria: Criteria, source: str) -> Case:
    """Return the case that a stated row holds; where its evidence is kept, only the `source` is known."""
    return case_from(stated_in(row, criteria, source), criteria)


def stated_in(row: Mapping[str, Any], criteria: Criteria, source: str) -> dict[str, Any]:
    """Return what a stated row holds, as a case file states it."""
    data: dict[str, Any] = {"id": row["case"], "title": row["title"] or row["case"]}
    if row["assessment_date"] is not None:
        data["assessment_date"] = row["assessment_date"]
    for name, entity in criteria.entities.items():
        if entity.many is not None:
            if row[name] is not None:
                data[name] = [_answered(one) for one in row[name]]
        elif stated := _answered({short: row[f"{name}.{short}"] for short in entity.facts}):
            data[name] = stated
    data["controls"] = [
        {**one, "evidence": [{**each, "reference": source} for each in one["evidence"] or ()]}
        for one in row["controls"] or ()
    ]
    return data


def _answered(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value is not None}


def row_of(made: Assessment) -> dict[str, Any]:
    """Return what an assessment says as a row of results (`results.result_schema`)."""
    row: dict[str, Any] = {"case": made.case_id, "on": made.on, "unread": None, "missing": list(made.gaps)}
    for one in made.proposals:
        rule = None if one.rule == "otherwise" else int(one.rule.partition(".")[2])
        row |= {one.ladder: one.level, f"{one.ladder}.provisional": one.provisional, f"{one.ladder}.rule": rule}
        row |= {f"{one.ladder}.lowest": one.range[0], f"{one.ladder}.highest": one.range[-1]}
    for rating in made.ratings:
        for end, bound in ENDS:
            for what in ("inherent", "residual", "expected"):
                row[f"{rating.dimension}.{what}.{end}"] = getattr(getattr(rating, what), bound)
            row[f"{rating.dimension}.capped.{end}"] = getattr(rating, f"capped_{bound}")
    row["findings"] = [
        {"indicator": one.id, "outcome": one.outcome, "inherent": one.inherent, "possible": one.possible}
        | {
            f"{what}_{end}": getattr(getattr(one, what), bound)
            for what in ("residual", "expected", "knock_out")
            for end, bound in ENDS
        }
        for one in made.findings
    ]
    row["contradictions"] = [one.id for one in made.problems if one.kind == "contradiction"]
    row["awareness"] = [one.id for one in made.awareness if one.applies == "yes"]
    return row


def differences(results: pl.DataFrame, made: Assessment) -> list[Difference]:
    """Return where columns and the assessment of a case differ: nowhere, unless one of them has a defect."""
    (came,) = results.iter_rows(named=True)
    wanted = row_of(made)
    return [Difference(name, value, wanted[name]) for name, value in came.items() if value != wanted[name]]
