"""Cases in columns to what they come to: each on its day, in any number, on any worker.

`Deciding` may be copied to other processes; what it makes of the set is made anew where it arrives.
"""

from datetime import date
from typing import Any

import polars as pl

from risk_engine.files.diagnostics import NotInForceError
from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio.columns.kernel import Kernel
from risk_engine.portfolio.results import result_schema, results_of, unread
from risk_engine.portfolio.stated import cases_from, check_stated

KEPT = 64
"""So many days have their reading of the set at hand; a decade of cases has a few of them at a time."""


class Deciding:
    """A criteria set with which stated cases are decided, on a day or each on its own."""

    def __init__(self, criteria: Criteria, on: date | None = None, profile: Profile | None = None) -> None:
        """Take the set, the day for which all cases are assessed (None: each for its own date) and the profile."""
        self.criteria = criteria
        self.on = on
        self.profile = profile
        self._kernels: dict[date, Kernel | str] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kernels": {}}

    def results(self, stated: pl.DataFrame) -> pl.DataFrame:
        """Return what cases come to, in their order (`results.result_schema`).

        Of a case that cannot be assessed its column `unread` says why, and all else is null. Raises RiskEngineError
        where the frame is not one of stated cases of the set.
        """
        check_stated(stated, self.criteria)
        if self.on is not None:
            return self._on_day(stated, self.on)
        if not stated.height:
            return pl.DataFrame(schema=result_schema(self.criteria))
        parts = stated.with_row_index("place").partition_by("assessment_date", maintain_order=True)
        results = pl.concat([self._on_day(part, part["assessment_date"][0]) for part in parts])
        return results.with_columns(pl.concat([part["place"] for part in parts])).sort("place").drop("place")

    def _on_day(self, stated: pl.DataFrame, on: date | None) -> pl.DataFrame:
        if on is None:
            return unread(stated["case"], on, _("the case has no assessment date"), self.criteria)
        kernel = self._kernel(on)
        if isinstance(kernel, str):
            return unread(stated["case"], on, kernel, self.criteria)
        decided = kernel.decide(cases_from(stated, self.criteria, on), missing=True)
        return results_of(decided, stated["case"], on, self.criteria)

    def _kernel(self, on: date) -> Kernel | str:
        """Return the set as it is read on a day, or why it cannot be."""
        if on not in self._kernels:
            if len(self._kernels) >= KEPT:
                del self._kernels[next(iter(self._kernels))]
            try:
                self._kernels[on] = Kernel(self.criteria, on, self.profile)
            except KeyError as error:
                self._kernels[on] = NotInForceError(_("the parameter `{name}`", name=error.args[0]), on).message
        return self._kernels[on]
