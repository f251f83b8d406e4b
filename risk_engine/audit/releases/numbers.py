"""Versions by their numbers: which release comes before another, how far a number is raised, what is too little."""

from risk_engine.diagnostics import help_line
from risk_engine.language import N_, _
from risk_engine.loading.lock import locks_of
from risk_engine.loading.sets import Version, beside
from risk_engine.model.releases import BUMPS, Bump, RequiredBump

_STEPS: dict[Bump, str] = {
    "patch": N_("from {old} to {new} is a patch"),
    "minor": N_("from {old} to {new} is a minor step"),
    "major": N_("from {old} to {new} is a major step"),
}
_NEEDED: dict[Bump, str] = {
    "patch": N_("a patch at least is needed"),
    "minor": N_("a minor step at least is needed"),
    "major": N_("a major step is needed"),
}


def released_beside(version: Version) -> list[Version]:
    """Return the released versions of the same set, this one left out, the oldest number first."""
    names = {name for lock in locks_of(version.path) for name in lock.releases}
    return [one for one in beside(version) if f"{one}" in names and one.number != version.number]


def previous_release(version: Version) -> Version | None:
    """Return the release that a version follows: the highest number below its own; None for a first release."""
    return max((one for one in released_beside(version) if one.number < version.number), key=_number, default=None)


def bump_between(old: Version, new: Version) -> Bump:
    """Return which part of the number a later version raises; raise ValueError where it is not later."""
    if new.number <= old.number:
        raise ValueError(f"{new} is not later than {old}")
    part = next(place for place, (one, other) in enumerate(zip(old.number, new.number, strict=True)) if one != other)
    return BUMPS[::-1][part]


def number_problems(version: Version, required: RequiredBump | None) -> list[str]:
    """Return why a version cannot be released under its number; nothing for a first release.

    A number below that of another release is one for those who still use the older one: it must be in force before the
    newer one is, for the highest number that is in force counts.
    """
    problems = []
    for other in released_beside(version):
        if other.number > version.number and other.in_force_from <= version.in_force_from:
            message = _(
                "{version} would never be in force: {other} is released, has a higher number and holds from {day}",
                version=version,
                other=other,
                day=other.in_force_from,
            )
            way_out = _("give it a number above {number}, or an earlier day in set.yaml", number=other.dotted)
            problems.append(message + help_line(way_out))
            break
    old = previous_release(version)
    if old is None or required is None:
        return problems
    step = bump_between(old, version)
    if BUMPS.index(step) < BUMPS.index(required.bump):
        message = _(
            "{step}, but {needed}: {why}",
            step=_step(step, old, version),
            needed=_(_NEEDED[required.bump]),
            why=required.why,
        )
        number = ".".join(map(str, _free(version, old, required.bump)))
        way_out = _("make it {number} or higher, in set.yaml and as the name of its folder", number=number)
        problems.append(message + help_line(way_out))
    return problems


def raised(version: Version, bump: Bump) -> tuple[int, int, int]:
    """Return the next number after that of a version."""
    major, minor, patch = version.number
    match bump:
        case "patch":
            return major, minor, patch + 1
        case "minor":
            return major, minor + 1, 0
        case "major":
            return major + 1, 0, 0


def _free(version: Version, old: Version, bump: Bump) -> tuple[int, int, int]:
    """Return the next number after an older version's, or after the newest one's where that one is taken."""
    others = released_beside(version)
    number = raised(old, bump)
    return raised(others[-1], bump) if number in {one.number for one in others} else number


def _step(step: Bump, old: Version, new: Version) -> str:
    return _(_STEPS[step], old=old.dotted, new=new.dotted)


def _number(version: Version) -> tuple[int, int, int]:
    return version.number
