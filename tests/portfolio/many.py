"""Many loans near the harmless one, drawn always alike, for what is counted and tried of many cases."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from random import Random
from typing import Any

import polars as pl

from risk_engine.engine.work import tupled
from risk_engine.loading.case_tests import read_cases
from risk_engine.loading.profile import load_profile
from risk_engine.model.case import Case
from risk_engine.model.portfolio import Figures, ListFile, Rejected
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.figures import Asked, Under, figures, together
from risk_engine.portfolio.figures_counts import counted_by
from risk_engine.portfolio.stated import stated_of
from tests.cli.running import LOAN_PROFILE
from tests.engine.builder import DAY
from tests.engine.test_program import LOAN_RULES

LOANS = LOAN_RULES.criteria
PROFILE = load_profile(LOAN_PROFILE, LOANS)
SEATS = ("NO", "ALP", "ISL", "RIFT", None)
_BORROWER: Mapping[str, tuple[Any, ...]] = {
    "seat": SEATS,
    "climate": ("steady", "drifting", "unlogged", None),
    "damages": (0, 2, 9, None),
    "night_watch": ("staffed", "empty"),
    "shielded": (None, None, None, True, False),
}
_ARTWORK: Mapping[str, tuple[Any, ...]] = {
    "material": ("stone", "paper", None),
    "fragility": ("robust", "delicate", "brittle", None),
    "claim": ("unclaimed", "filed", "rumoured", None),
    "hazards": ([], ["radium"], ["arsenic", "nitrate"], None),
}
_LOAN: Mapping[str, tuple[Any, ...]] = {
    "occasion": ("display", "close_study", "sale_preview", None),
    "paperwork": ("signed_both", "unsigned", None),
    "opens_on": (date(2026, 5, 1), date(2027, 1, 1), None),
}
NUMBER = 60
PART = 17
BY = ("artwork.material", "loan.opens_on", "artwork.hazards", "loan.escorted")
FILES: dict[str, list[str]] = {}
"""What was written of each list that is longer than a report tells, of all cases that are `made`."""
_IN_PLACE = {"status": "verified", "evidence": [{"kind": "log", "reference": "file 7", "date": date(2025, 12, 1)}]}


def drawn_data(number: int) -> list[dict[str, Any]]:
    """Return so many loans as plain data."""
    base, luck = read_cases(LOANS).data["base"], Random(5)  # noqa: S311 (no secret)
    return [_drawn(deepcopy(base), luck, place) for place in range(number)]


def loan(data: Mapping[str, Any]) -> Case:
    """Return the case that plain data state."""
    return LOAN_RULES.case(tupled(dict(data)))


def in_place(control: str) -> dict[str, Any]:
    """Return the record of a control that is in place."""
    return {"id": control, **_IN_PLACE}


@cache
def stated() -> pl.DataFrame:
    """Return all loans as they are stated."""
    return stated_of([loan(one) for one in drawn_data(NUMBER)], LOANS)


@cache
def results() -> pl.DataFrame:
    """Return what all loans come to."""
    return Deciding(LOANS, DAY, PROFILE).results(stated())


@cache
def made() -> Figures:
    """Return the figures of all loans."""
    asked = Asked(counted_by(LOANS, BY), write=_written)
    return figures(_parts, Under(LOANS, PROFILE), asked, Rejected(2, (("no such day", 3),)), lambda _done, _all: None)


def _parts() -> Iterator[pl.DataFrame]:
    cases = stated()
    return together([results()], (cases[first : first + PART] for first in range(0, NUMBER, PART)))


def _written(key: str, cases: pl.Series, of: int) -> ListFile:
    FILES.setdefault(key, []).extend(cases)
    return ListFile("report-cases/long.csv", of)


def _drawn(data: dict[str, Any], luck: Random, place: int) -> dict[str, Any]:
    data |= {"id": f"L-{place:03}", "title": f"Loan {place}", "assessment_date": DAY}
    _change(data["loan"], _LOAN, luck)
    borrowers = [dict(data["borrower"][0], id=name) for name in ("town", "port")[: luck.choice((0, 1, 1, 1, 2))]]
    for one in borrowers:
        _change(one, _BORROWER, luck)
    data["borrower"] = borrowers
    _change(data["artwork"][0], _ARTWORK, luck)
    data["controls"] = [in_place(one) for one in ("LOGGER", "CRATE", "MOUNT") if luck.random() < 0.2]
    return data


def _change(answers: dict[str, Any], among: Mapping[str, tuple[Any, ...]], luck: Random) -> None:
    for short, values in among.items():
        value = luck.choice(values)
        if luck.random() < 0.4:
            answers[short] = value
        if answers.get(short) is None:
            answers.pop(short, None)
