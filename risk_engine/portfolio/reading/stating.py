"""Rows of a table to stated cases; a value that cannot be read rejects its case as a whole, with the reason."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading.checking import AT, OF_CASE, REJECTED, ROW, Again, Checker, Faults, Seen, case_ids
from risk_engine.portfolio.reading.entries import (
    Batch,
    Listed,
    check_belonging,
    controls_of,
    lists_of,
)
from risk_engine.portfolio.reading.headers import CASE, CONTROLS, DAY, Headers
from risk_engine.portfolio.reading.tables import Part
from risk_engine.portfolio.stated import stated_schema, with_first_answers

_CASE_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


class Stating:
    """Makes stated cases of the rows of one table of cases, batch by batch."""

    def __init__(
        self,
        criteria: Criteria,
        headers: Headers,
        table: str,
        on: date | None = None,
        listed: Mapping[str, Listed] | None = None,
        seen: Again | None = None,
    ) -> None:
        """Take the set, what the columns state, what the table is called beside reasons, and the day asked for.

        `listed` are tables of their own, by the entity that each is about; `seen` knows which ids stood in another row.
        """
        self._headers = headers
        self._on = on
        self._listed = listed or {}
        self._schema = stated_schema(criteria)
        self._checker = Checker(criteria, table)
        self._seen = seen or Seen()

    def stated(self, part: Part) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the cases that can be read, and of those that cannot every value that cannot (`REJECTED`)."""
        frame = part.frame
        checker = self._checker
        criteria = checker.criteria
        checker.faults = Faults()
        raw = frame[self._headers.core[CASE]]
        where = checker.where(part.rows, case_ids(raw))
        self._check_ids(raw, where)
        batch = Batch(frame, where)
        columns = {CASE: where[OF_CASE], **self._single(batch)}
        if self._on is None:
            reason = _("the case has no day for which it is assessed; fill it in, or name a day with `--on`")
            days = columns[DAY]
            checker.say(days.is_null(), days, self._headers.core.get(DAY, DAY), where, reason)
        read: dict[str, pl.DataFrame | None] = {}
        for name, entity in criteria.entities.items():
            if entity.many is not None:
                columns[name], read[name] = lists_of(name, batch, self._headers, self._listed, checker)
        check_belonging({name: columns[name] for name in read}, read, where, checker)
        columns[CONTROLS] = controls_of(batch, self._headers, self._listed, self._schema[CONTROLS], checker)
        self._note_listed(where)
        if part.torn is not None:
            checker.tear(part.torn, where)
        found = checker.faults.frame()
        made = pl.DataFrame([columns[name].alias(name) for name in self._schema])
        if found.height:
            made = made.filter(~where[AT].is_in(found[AT].unique().implode()))
        return with_first_answers(made, criteria), found.select(list(REJECTED))

    def _check_ids(self, raw: pl.Series, where: pl.DataFrame) -> None:
        header, ids = self._headers.core[CASE], where[OF_CASE]
        say = self._checker.say
        say(ids.is_null(), raw, header, where, _("the case has no id"))
        fits = ids.str.contains(_CASE_ID).fill_null(value=True)
        say(~fits, raw, header, where, _("an id is letters, digits, `.`, `-` and `_`; it begins with one of the first"))
        there = ids.is_not_null()
        before = self._seen.again(ids.filter(there), where[ROW].filter(there))
        text = _("the id stands in row {row} already; each case has its own", row="{}")
        reasons = before.to_frame("row").select(pl.format(text, "row").alias("reason"))["reason"]
        self._checker.note(reasons, raw.filter(there), header, where.filter(there))

    def _single(self, batch: Batch) -> dict[str, pl.Series]:
        stated = {**self._headers.core, **self._headers.facts}
        found: dict[str, pl.Series] = {}
        for name, dtype in self._schema.items():
            entity, _dot, short = name.partition(".")
            if name in stated and name != CASE:
                found[name] = self._checker.checked(batch.frame[stated[name]], name, stated[name], batch.where)
            elif short and entity in self._listed and short in self._listed[entity].entries.columns:
                known = self._listed[entity].entries.select(OF_CASE, short).unique(OF_CASE, keep="first")
                ids = batch.where.select(OF_CASE)
                found[name] = ids.join(known, on=OF_CASE, how="left", maintain_order="left")[short]
            elif name != CASE:
                found[name] = pl.Series(name, [None], dtype=dtype).new_from_index(0, batch.frame.height)
        return found

    def _note_listed(self, where: pl.DataFrame) -> None:
        """Note what is wrong with these cases in tables of their own."""
        for one in self._listed.values():
            wrong = one.faults.join(where.select(OF_CASE, AT), on=OF_CASE)
            if wrong.height:
                self._checker.faults.parts.append(wrong.select(AT, *REJECTED))
