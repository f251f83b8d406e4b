"""The two versions that are compared, each with what working out a case under it needs."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.loading.choose import in_force_until, newest
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.sets import Version
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile


@dataclass(frozen=True)
class Side:
    """One of the two versions: what it says, what a case of it looks like, and when it is in force."""

    version: Version
    criteria: CriteriaSet
    model: type[Case]
    until: date | None
    profile: Profile | None
    """The one that was asked for; it goes before the profile of a stored assessment."""

    def is_in_force(self, day: date) -> bool:
        """Return whether this is the version in force on a day."""
        return self.version.in_force_from <= day and (self.until is None or day < self.until)

    def __str__(self) -> str:
        return str(self.version)


@dataclass(frozen=True)
class Pair:
    """The old version and the new one, of the same set."""

    before: Side
    after: Side
    on: date | None


def read_pair(before: str, after: str, on: date | None, profile: Path | None) -> Pair:
    """Return the two versions that references name (`SET`, `SET@VERSION`, a folder).

    Raises RiskEngineError where one cannot be read, where they are versions of different sets, and where the profile
    does not fit both.
    """
    old, new = _side(before, profile), _side(after, profile)
    one, other = old.criteria.head.id, new.criteria.head.id
    if one != other:
        message = _("`{one}` and `{other}` are two sets, not two versions of one", one=one, other=other)
        raise RiskEngineError(message, _("name two versions of one set, like `SET@1.0.0 SET@1.1.0`"))
    return Pair(old, new, on)


def _side(reference: str, profile: Path | None) -> Side:
    version = newest(reference)
    criteria = read_criteria(version.path)
    used = load_profile(profile, criteria) if profile else None
    return Side(version, criteria, case_model(criteria), in_force_until(version), used)
