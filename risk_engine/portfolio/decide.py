"""Cases in columns to what they come to: each on its day, in any number, on any worker.

`Deciding` may be copied to other processes; what it makes of the set is made anew where it arrives.
"""

from collections.abc import Hashable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from risk_engine.files.diagnostics import NotInForceError
from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, days_of_change
from risk_engine.portfolio.columns.contradictions import taken
from risk_engine.portfolio.columns.kernel import Kernel
from risk_engine.portfolio.columns.ladders import Level
from risk_engine.portfolio.columns.layout import Cases
from risk_engine.portfolio.results import result_schema, results_of, unread
from risk_engine.portfolio.stated import cases_from, check_stated

if TYPE_CHECKING:
    from risk_engine.portfolio.columns.ratings import Ratings

NEVER = -1
"""The period of cases that have no day."""


class Deciding:
    """A criteria set with which stated cases are decided, on a day or each on its own."""

    def __init__(self, criteria: Criteria, on: date | None = None, profile: Profile | None = None) -> None:
        """Take the set, the day for which all cases are assessed (None: each for its own date) and the profile."""
        self.criteria = criteria
        self.on = on
        self.profile = profile
        self._changes = np.array(days_of_change(criteria, profile), dtype="datetime64[D]")
        self._kernels: dict[int, Kernel | str] = {}
        """By how many of the changes have come: the set as it stands then, or the parameter that has no value yet."""
        self._ratings: dict[Hashable, Ratings] = {}
        """How findings add up, for all periods in which they add up alike."""

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kernels": {}, "_ratings": {}}

    def levels(self, cases: Cases) -> Mapping[str, Level]:
        """Return what ladders come to for cases in columns, on the day that was asked for: all that a comparison asks.

        On that day the set must have what it reads.
        """
        assert self.on is not None  # noqa: S101 (nobody asks without)
        kernel = self._kernel(int(np.searchsorted(self._changes, np.datetime64(self.on), "right")), self.on)
        assert isinstance(kernel, Kernel)  # noqa: S101 (cases were assessed on that day)
        return kernel.decide(cases).levels

    def results(self, stated: pl.DataFrame, *, missing: bool = True) -> pl.DataFrame:
        """Return what cases come to, in their order (`results.result_schema`).

        Of a case that cannot be assessed its column `unread` says why, and all else is null. Which answers are missing
        costs about as much as all else; on request it is left out. Raises RiskEngineError where the frame is not one of
        stated cases of the set.
        """
        check_stated(stated, self.criteria)
        if self.on is not None:
            stated = stated.with_columns(pl.lit(self.on).alias("assessment_date"))
        if not stated.height:
            return pl.DataFrame(schema=result_schema(self.criteria))
        days = stated["assessment_date"]
        cases, period = cases_from(stated, self.criteria), np.searchsorted(self._changes, days.to_numpy(), "right")
        period[days.is_null().to_numpy()] = NEVER
        periods = [int(one) for one in np.unique(period)]
        if len(periods) == 1:
            return self._in_period(periods[0], cases, stated["case"], days, missing=missing)
        places = [np.flatnonzero(period == one) for one in periods]
        results = [
            self._in_period(one, taken(cases, some)[0], stated["case"].gather(some), days.gather(some), missing=missing)
            for one, some in zip(periods, places, strict=True)
        ]
        return pl.concat(results)[np.argsort(np.concatenate(places))]

    def _in_period(
        self, period: int, cases: Cases, names: pl.Series, days: pl.Series, *, missing: bool
    ) -> pl.DataFrame:
        """Return what cases come to on days between which nothing of the set changes."""
        if period == NEVER:
            why = pl.repeat(_("the case has no assessment date"), len(days), eager=True)
            return unread(names, days, why, self.criteria)
        kernel = self._kernel(period, days[0])
        if isinstance(kernel, str):
            parameter = _("the parameter `{name}`", name=kernel)
            each = days.unique()
            told = [NotInForceError(parameter, day).message for day in each]
            why = days.replace_strict(each, pl.Series(told), return_dtype=pl.String())
            return unread(names, days, why, self.criteria)
        return results_of(kernel.decide(cases, missing=missing), names, days, self.criteria)

    def _kernel(self, period: int, day: date) -> Kernel | str:
        """Return the set as it is read on the days of a period, or the parameter that has no value then."""
        if period not in self._kernels:
            try:
                self._kernels[period] = Kernel(self.criteria, day, self.profile, known=self._ratings)
            except KeyError as error:
                self._kernels[period] = str(error.args[0])
        return self._kernels[period]
