"""A table of cases under two versions of a set: which move between levels, from where to where."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.comparison import PairedLadder, paired_ladders
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.later_names import LEFT_OUT, LaterNames
from risk_engine.portfolio.many import Tally

ENDS = ("", ".lowest", ".highest")


class Versions:
    """Decides cases under both versions; what comes of it has a row for each case, moved or not."""

    def __init__(
        self, before: tuple[Criteria, Profile | None], after: tuple[Criteria, Profile | None], on: date | None
    ) -> None:
        """Take both versions, each with the profile as it fits it, and the day for which all cases are assessed.

        Raises RiskEngineError where they are versions of different sets.
        """
        one, other = before[0].head.id, after[0].head.id
        if one != other:
            message = _("`{one}` and `{other}` are two sets, not two versions of one", one=one, other=other)
            raise RiskEngineError(message, _("name two versions of one set, like `SET@1.0.0 SET@1.1.0`"))
        # Where one ladder has two roles, it is told once.
        self.pairs = tuple({one.after: one for one in paired_ladders(before[0], after[0])}.values())
        self._old = Deciding(before[0], on, before[1])
        self._new = Deciding(after[0], on, after[1])
        self._later = LaterNames(before[0], after[0], on)

    def results(self, stated: pl.DataFrame) -> pl.DataFrame:
        """Return for each stated case of the earlier version where both versions put it."""
        later = self._later(stated)
        was = self._old.results(stated, missing=False)
        now = self._new.results(later.drop(LEFT_OUT), missing=False)
        columns = [was["case"], was["on"]]
        for pair in self.pairs:  # as text, for one version may have other levels than the other one
            for side, results, ladder in (("before", was, pair.before), ("after", now, pair.after)):
                columns += [
                    results[f"{ladder}{end}"].cast(pl.String).alias(f"{pair.after}.{side}{end}") for end in ENDS
                ]
        unread = was["unread"].zip_with(was["unread"].is_not_null(), now["unread"])
        return pl.DataFrame([*columns, later[LEFT_OUT], unread])


class Moves(Tally):
    """Counts how many cases are at which level under both versions, and writes those that moved."""

    def __init__(self, pairs: tuple[PairedLadder, ...]) -> None:
        """Take the ladders of both versions."""
        super().__init__()
        self.pairs = pairs
        self.moved = self.left_out = 0
        self.from_to: dict[str, Counter[tuple[str, str]]] = {pair.after: Counter() for pair in pairs}
        """By ladder how many cases came from which level to which."""
        levels = {
            f"{pair.after}.{side}{end}": pl.String() for pair in pairs for side in ("before", "after") for end in ENDS
        }
        self.schema = pl.Schema({"case": pl.String(), "on": pl.Date(), **levels, LEFT_OUT: pl.String()})
        self.split = _moved

    def count(self, results: pl.DataFrame) -> pl.DataFrame:
        """Count where cases are; those that moved, or are less or more settled than before, are written."""
        read = results.filter(pl.col("unread").is_null())
        for pair in self.pairs:
            sides = f"{pair.after}.before", f"{pair.after}.after"
            for before, after, number in read.group_by(sides).len().iter_rows():
                self.from_to[pair.after][before, after] += number
        differs = [
            pl.col(f"{pair.after}.before{end}") != pl.col(f"{pair.after}.after{end}")
            for pair in self.pairs
            for end in ENDS
        ]
        moved = read.filter(pl.any_horizontal(differs)).select(self.schema.names())
        self.moved += moved.height
        self.left_out += int((read[LEFT_OUT] != "").sum())
        return moved


def _moved(frame: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    return {"moved": frame}
