"""Many stored cases at a time, decided under both versions in columns: what became of those that stay on every ladder.

Of whoever moves columns do not say why, nor what an answer that is newly asked would do: such a case is replayed alone.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

import polars as pl

from risk_engine.audit.impact.moves import Causes, Graded, LadderPair, finding_moves, moves
from risk_engine.audit.impact.stored_cases import Pair, Side, UnderBoth, UnderOne, lacks_values, rule_name
from risk_engine.engine.facts import Facts
from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.comparison import CaseImpact, Cause, Place, Standing
from risk_engine.model.profile import Profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.stated import stated_of
from risk_engine.portfolio.stream import hear_alone

LEAST: Final = 16
"""Fewer cases under one profile are replayed one by one: to read a set into columns takes longer than they do."""
_ABSENT: Final = Graded("absent", "none", "none", ("none", "none"), ("none", "none"))
_ENDS: Final = ("", ".lowest", ".highest", ".provisional", ".rule")


@dataclass(frozen=True)
class _Came:
    """What a case came to under a version: where it stands on each ladder, and how grave its findings are."""

    standings: Mapping[str, Standing]
    graded: Mapping[str, Graded]


class _Version:
    """A version with one profile, or with none, in columns."""

    def __init__(self, side: Side, profile: Profile | None) -> None:
        self._criteria = side.criteria
        self._deciding = Deciding(side.criteria, profile=profile)
        self._ladders = tuple(side.criteria.ladders)
        self._is_certain = cache(lambda day: not lacks_values(side.criteria, day, profile))
        self._absent = cache(self._absent_on)

    def came(self, cases: Sequence[UnderOne], days: Sequence[date]) -> Iterator[_Came | None]:
        """Yield what each of these cases comes to on its day; None where a rule may lack a value then."""
        stated = stated_of([one.case for one in cases if one.case is not None], self._criteria)
        results = self._deciding.results(stated.with_columns(pl.Series("assessment_date", days)), missing=False)
        read = ("unread", "findings", *(f"{name}{end}" for name in self._ladders for end in _ENDS))
        for day, row in zip(days, results.select(read).iter_rows(named=True), strict=True):
            yield self._of(row, day) if row["unread"] is None and self._is_certain(day) else None

    def _of(self, row: Mapping[str, Any], day: date) -> _Came:
        standings = {}
        for name in self._ladders:
            level, lowest, highest, provisional, rule = (row[f"{name}{end}"] for end in _ENDS)
            place = Place(level=level, provisional=provisional, mildest=lowest, strictest=highest)
            standings[name] = Standing(place=place, rule=rule_name(rule))
        return _Came(standings, {**self._absent(day), **{one["indicator"]: _graded(one) for one in row["findings"]}})

    def _absent_on(self, day: date) -> dict[str, Graded]:
        """Return the indicators in force on a day, as if nothing were found."""
        return {name: _ABSENT for name, one in self._criteria.indicators.items() if one.effective.covers(day)}


def _graded(finding: Mapping[str, Any]) -> Graded:
    return Graded(
        finding["outcome"],
        finding["inherent"],
        finding["possible"],
        (finding["residual_lowest"], finding["residual_highest"]),
        (finding["knock_out_lowest"], finding["knock_out_highest"]),
    )


class InColumns:
    """Decides stored cases under two versions; each is read into columns once for all that it is asked for."""

    def __init__(self, pair: Pair, ladders: Sequence[LadderPair], causes: Causes) -> None:
        """Take the versions, and what of them replays of single cases are told with."""
        self._pair = pair
        self._ladders = ladders
        self._causes = causes
        self._versions: dict[tuple[str, str], tuple[_Version, _Version]] = {}
        hear_alone()

    def impacts(self, cases: Sequence[UnderBoth]) -> dict[int, CaseImpact]:
        """Return by their places what became of the cases that stay where they are; of all others nothing."""
        alike: dict[tuple[str, str], list[int]] = {}
        for place, one in enumerate(cases):
            if one.before.case is not None and one.after.case is not None:
                alike.setdefault((_said(one.before.profile), _said(one.after.profile)), []).append(place)
        found: dict[int, CaseImpact] = {}
        for key, places in alike.items():
            if len(places) >= LEAST:
                # A set that columns cannot read they read for no case: then every one is replayed.
                with contextlib.suppress(RiskEngineError):
                    came = self._of_profile(key, [cases[place] for place in places])
                    found |= {place: one for place, one in zip(places, came, strict=True) if one is not None}
        return found

    def _of_profile(self, key: tuple[str, str], cases: Sequence[UnderBoth]) -> list[CaseImpact | None]:
        if key not in self._versions:
            before, after = cases[0].before, cases[0].after
            self._versions[key] = _Version(before.side, before.profile), _Version(after.side, after.profile)
        old, new = self._versions[key]
        days = [one.day for one in cases]
        was, now = old.came([one.before for one in cases], days), new.came([one.after for one in cases], days)
        return [
            None if before is None or after is None else self._impact(case, before, after)
            for case, before, after in zip(cases, was, now, strict=True)
        ]

    def _impact(self, read: UnderBoth, before: _Came, after: _Came) -> CaseImpact | None:
        """Return what became of a case; None where it moves."""
        moved = moves(self._ladders, before.standings, after.standings)
        if any(one.direction != "same" for one in moved):
            return None
        case = read.after.case
        assert case is not None  # noqa: S101 (both versions take it)

        @cache
        def facts() -> tuple[Facts, Facts]:
            return _facts(read.before, read.day), _facts(read.after, read.day)

        def why(indicator: str) -> tuple[Cause, ...]:
            return self._causes.of(indicator, facts, {})

        return CaseImpact(
            file=read.stored.file,
            source=read.stored.source,
            case_id=case.id,
            title=case.title,
            on=read.day,
            in_force_before=self._pair.before.is_in_force(read.day),
            in_force_after=self._pair.after.is_in_force(read.day),
            group="compared",
            course="same",
            ladders=tuple(moved),
            findings=tuple(finding_moves(before.graded, after.graded, why)),
        )


def _facts(under: UnderOne, day: date) -> Facts:
    assert under.case is not None  # noqa: S101 (both versions take it)
    return resolve(under.case, under.side.criteria, day, under.profile)


def _said(profile: Profile | None) -> str:
    """Return what a profile says: each assessment holds its own."""
    return "" if profile is None else profile.model_dump_json(by_alias=True)
