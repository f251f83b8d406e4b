"""Which version a name and a day mean: among the released ones of a set, where it has any."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError
from risk_engine.files.language import _
from risk_engine.loading.files import source_digest
from risk_engine.loading.lock import released_of
from risk_engine.loading.sets import (
    Version,
    beside,
    bundle_path,
    head_of,
    is_alone,
    is_bundle,
    name_and_number,
    numbered,
    set_of_nobody,
    shipped_sets,
    versions,
)


class Chosen(NamedTuple):
    """The version that a name and a day mean, whether it is the one in force, and whether it is a draft.

    A draft is one beside releases of its set. Where a set has no release at all, its versions count as they are.
    """

    version: Version
    in_force: bool
    draft: bool


def choose(reference: str | None, on: date | None) -> Chosen:
    """Return the version that `SET`, `SET@VERSION` or a path means on a day.

    A version that is named, or given by its folder, may be used outside its time, and as a draft. Without `on` the
    newest that counts is taken; without a reference the shipped set that is the default.
    Raises UnknownSetError, and NotInForceError where no version of the set is in force on that day.
    """
    name, number = name_and_number(reference or set_of_nobody())
    found = versions(name)
    is_single = name not in shipped_sets() and is_alone(Path(name))
    counting = that_count(beside(found[0]) if is_single else found)
    in_force = [one for one in counting if on is None or one.in_force_from <= on]
    if is_single and not number:
        chosen = found[0]
    elif number:
        chosen = numbered(found, name, number)
    elif in_force:
        chosen = in_force[-1]
    else:
        raise _none_in_force(name, found, counting, on)
    numbers = [one.number for one in counting]
    return Chosen(ready(chosen), chosen.number in {one.number for one in in_force[-1:]}, chosen.number not in numbers)


def ready(version: Version) -> Version:
    """Return a version as it is read soonest: from its bundle, where that was made of the files as they are now.

    Where they say anything else they are what is read, and what is released already is compared with them.
    """
    bundle = bundle_path(version)
    if version.path.suffix == ".json" or not is_bundle(bundle):
        return version
    is_same = head_of(bundle).get("source") == source_digest(version.path)
    return replace(version, path=bundle) if is_same else version


def newest(reference: str) -> Version:
    """Return the version that an author means: the one that is named, else the newest, which may be a draft.

    Raises UnknownSetError, and InvalidSourceError where a version's set.yaml cannot be read.
    """
    return meant(reference)[-1]


def meant(reference: str) -> list[Version]:
    """Return the version that `SET@VERSION` or its folder means, or every version of a set, oldest first.

    Raises what `versions` raises.
    """
    name, number = name_and_number(reference)
    found = versions(name)
    return [numbered(found, name, number)] if number else found


def that_count(found: Sequence[Version]) -> list[Version]:
    """Return those of the versions of one set of which a day means one: the released, or all where none is released."""
    try:
        released = released_of(found[0]) if found else frozenset()
    except InvalidSourceError:
        released = frozenset()  # what is wrong with a lock is said where a version is read
    return [one for one in found if not released or f"{one}" in released]


def in_force_until(version: Version) -> date | None:
    """Return the day from which a higher version beside this one counts; None where there is none."""
    later = (one.in_force_from for one in that_count(beside(version)) if one.number > version.number)
    return min(later, default=None)


def _none_in_force(
    name: str, found: Sequence[Version], counting: Sequence[Version], on: date | None
) -> NotInForceError:
    """Return the error that nothing is in force, with the way out: the draft that would be, else the first version."""
    drafts = [one for one in found if one not in counting and (on is None or one.in_force_from <= on)]
    first = (drafts[-1:] or [*counting, *found])[0]
    said = {"version": first.dotted, "day": first.in_force_from}
    if first in counting:
        way_out = _("version {version} is in force from {day}; name it, `@{version}`, to use it", **said)
    else:
        way_out = _(
            "version {version} would be from {day}, but it is a draft: name it, `@{version}`, to use it as a draft, "
            "or release it with `risk-engine criteria release {name}@{version}`",
            name=name,
            **said,
        )
    return NotInForceError(_("the criteria set `{name}`", name=name), on or first.in_force_from, way_out)
