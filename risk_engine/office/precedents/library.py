"""The decided cases of a register, the criteria that precedents were decided under, and whether these are in force."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.files.processes import in_order, processes_for
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import UnknownSetError, is_bundle
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.office.precedents.precedent import Precedent, precedents_in
from risk_engine.office.register.folder import case_paths, read_case_folder
from risk_engine.records.criteria import KEPT


@dataclass
class Decided:
    """The decided cases of a register, and why of some there is nothing to say."""

    precedents: list[Precedent] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """Why cases cannot be read."""
    read: int = 0
    """How many cases there are."""


class _Read(NamedTuple):
    precedents: tuple[Precedent, ...]
    failed: str = ""


def decided_cases(
    register: Path, jobs: int | None = None, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Decided:
    """Return every decision of a register that holds; `tell` is told how many cases were read of how many.

    Raises RiskEngineError for what is no register.
    """
    paths = case_paths(register)
    found = Decided()
    for number, one in enumerate(in_order(_read, paths, processes_for(len(paths), jobs)), 1):
        found.precedents += one.precedents
        found.failed += filter(None, [one.failed])
        found.read = number
        tell(number, len(paths))
    return found


def _read(path: Path) -> _Read:
    try:
        return _Read(tuple(precedents_in(read_case_folder(path))))
    except RiskEngineError as error:
        return _Read((), f"{error}")


class Library:
    """Finds the criteria that precedents were decided under, in the current language."""

    def __init__(self, register: Path | None = None) -> None:
        """`register` keeps copies of the criteria of its own cases."""
        self._register = register
        self._found: dict[tuple[str, str], Criteria | None] = {}

    def criteria_of(self, one: Precedent) -> Criteria | None:
        """Return the criteria of a precedent; None where they are not here, or are others of the same name."""
        key = one.version, one.digest
        if key not in self._found:
            found = next(self._candidates(one), None)
            self._found[key] = None if found is None else _in_words(found)
        return self._found[key]

    def _candidates(self, one: Precedent) -> Iterator[Criteria]:
        try:
            criteria = read_criteria(choose(one.version, None).version.path)
            if one.digest in {"", criteria.digest}:
                yield criteria
        except (UnknownSetError, NotInForceError, InvalidSourceError):
            pass
        if self._register is not None and one.digest:
            path = self._register / KEPT / f"{one.digest}.json"
            if is_bundle(path):
                yield read_criteria(path)


def _in_words(criteria: Criteria) -> Criteria:
    try:
        return criteria_in_words(criteria)
    except InvalidSourceError:
        return criteria


@lru_cache(maxsize=64)
def in_force(set_id: str, on: date) -> str | None:
    """Return the version of a set that is in force on a day; None where that is not known here."""
    try:
        return choose(set_id, on).version.dotted
    except (UnknownSetError, NotInForceError, InvalidSourceError):
        return None
