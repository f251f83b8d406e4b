"""Which criteria sets and versions there are, and which of them a name and a date mean."""

import contextlib
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from risk_engine.diagnostics import (
    InvalidSourceError,
    NotInForceError,
    RiskEngineError,
    quoted,
    suggestion,
)
from risk_engine.language import _
from risk_engine.resources import criteria_folder
from risk_engine.source import read

HEAD = "set.yaml"
DEFAULT = "default.yaml"
"""Names, beside the shipped sets, the one that is meant where nobody names any."""


class UnknownSetError(RiskEngineError):
    """No criteria set of that name, path or version is there."""


@dataclass(frozen=True)
class Version:
    """One version of a set on disk: where it is and from when it is in force."""

    name: str
    number: tuple[int, int, int]
    folder: Path
    in_force_from: date

    def __str__(self) -> str:
        return f"{self.name}@{self.dotted}"

    @property
    def dotted(self) -> str:
        """The number as people write it."""
        return ".".join(map(str, self.number))


def shipped_sets() -> dict[str, Path]:
    """Return the criteria sets that come with the engine, by name."""
    root = criteria_folder()
    found = {one.name: one for one in sorted(root.iterdir()) if one.is_dir()} if root.is_dir() else {}
    return {name: folder for name, folder in found.items() if version_folders(folder)}


def versions(name: str) -> list[Version]:
    """Return the versions of a set, oldest first; `name` is a shipped set, or the path of a set or one version.

    Raises UnknownSetError; InvalidSourceError where a version's set.yaml cannot be read.
    """
    path = Path(name)
    if name in (sets := shipped_sets()):
        # A folder of that name where the command happens to run must not take its place; `./NAME` means the folder.
        folders = version_folders(sets[name])
    elif is_version(path):
        folders = [path]
    elif _is_folder(name) and version_folders(path):
        folders = version_folders(path)
    else:
        way_out = suggestion(name, sets)
        if _is_folder(name):
            way_out = _("a set is a folder of versions, each with its `{file}`", file=HEAD)
        raise UnknownSetError(_("there is no criteria set `{name}`", name=name), way_out)
    found = sorted((version_at(folder) for folder in folders), key=lambda one: one.number)
    for one, other in pairwise(found):
        if one.number == other.number:
            message = _(
                "version {version} is in two folders, `{one}` and `{other}`",
                version=one.dotted,
                one=one.folder,
                other=other.folder,
            )
            raise UnknownSetError(message, _("move one of them out of the set, or give it its own number"))
    return found


def choose(reference: str | None, on: date | None) -> tuple[Version, bool]:
    """Return the version that `SET`, `SET@VERSION` or a path means on a day, and whether it is in force then.

    A version that is named, or given by its folder, may be used outside its time. Without `on` the newest version is
    taken; without a reference the shipped set that is the default.
    Raises UnknownSetError, and NotInForceError where no version of the set is in force on that day.
    """
    name, number = _split(reference or _set_of_nobody())
    found = versions(name)
    in_force = [one for one in found if on is None or one.in_force_from <= on]
    if name not in shipped_sets() and is_version(Path(name)):
        chosen = found[0]
        in_force = [one for one in beside(chosen) if on is None or one.in_force_from <= on]
    elif number:
        chosen = _numbered(found, name, number)
    elif in_force:
        chosen = in_force[-1]
    else:
        first = found[0]
        way_out = _(
            "version {version} is in force from {day}; name it, `@{version}`, to use it",
            version=first.dotted,
            day=first.in_force_from,
        )
        raise NotInForceError(_("the criteria set `{name}`", name=name), on or first.in_force_from, way_out)
    return chosen, chosen.number in {one.number for one in in_force[-1:]}


def in_force_until(version: Version) -> date | None:
    """Return the day from which a higher version that lies beside this one is in force; None where there is none."""
    later = (one.in_force_from for one in beside(version) if one.number > version.number)
    return min(later, default=None)


def meant(reference: str) -> list[Version]:
    """Return the version that `SET@VERSION` or its folder means, or every version of a set, oldest first.

    Raises what `versions` raises.
    """
    name, number = _split(reference)
    found = versions(name)
    return [_numbered(found, name, number)] if number else found


def beside(version: Version) -> list[Version]:
    """Return the versions of its set that lie in the same folder, itself among them, oldest first.

    What cannot be read is none.
    """
    found: list[Version] = []
    for folder in version_folders(version.folder.resolve().parent):
        with contextlib.suppress(InvalidSourceError):
            found.append(version_at(folder))
    return sorted((one for one in found if one.name == version.name), key=lambda one: one.number)


def is_version(folder: Path) -> bool:
    """Return whether a folder holds one version of a set; a name that can be no path holds none."""
    try:
        return (folder / HEAD).is_file()
    except OSError:
        return False


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:
        return False


def _split(reference: str) -> tuple[str, str]:
    """Return name and number of `SET@VERSION`; the path of a folder may hold an `@` of its own."""
    if "@" not in reference or _is_folder(reference):
        return reference, ""
    name, _, number = reference.rpartition("@")
    return name, number


def _numbered(found: list[Version], name: str, number: str) -> Version:
    for one in found:
        if one.dotted == number:
            return one
    known = quoted((one.dotted for one in found), "and")
    raise UnknownSetError(
        _("the set `{name}` has no version `{number}`", name=name, number=number), _("there is {known}", known=known)
    )


def default_set() -> str | None:
    """Return the shipped set that is meant where nobody names one: the only one, else the one that a file names.

    None where there are several and no file says which; raises InvalidSourceError where it names none of them.
    """
    names = list(shipped_sets())
    if len(names) == 1:
        return names[0]
    path = criteria_folder() / DEFAULT
    if not names or not path.is_file():
        return None
    document = read(path)
    named = document.data.get("set") if isinstance(document.data, dict) else None
    if named not in names:
        message = _("`set: NAME` with the name of a shipped set is needed here")
        raise InvalidSourceError([document.problem(("set",), message, suggestion(str(named or ""), names))])
    return str(named)


def _set_of_nobody() -> str:
    """Return the set for a case that names none; raise UnknownSetError where nothing says which."""
    if (found := default_set()) is not None:
        return found
    names = list(shipped_sets())
    way_out = (
        _("name one with `--criteria`, or with `criteria:` in the case: {known}", known=quoted(names)) if names else ""
    )
    raise UnknownSetError(_("it is not said which criteria set to use"), way_out)


def version_at(folder: Path) -> Version:
    """Return the version that a folder's set.yaml describes; raise InvalidSourceError where it cannot be read."""
    document = read(folder / HEAD)
    data = document.data if isinstance(document.data, dict) else {}
    number, start = str(data.get("version", "")), data.get("in_force")
    since = start.get("from") if isinstance(start, dict) else None
    parts = number.split(".")
    if len(parts) != len(("major", "minor", "patch")) or not all(one.isdecimal() for one in parts):
        raise InvalidSourceError([document.problem(("version",), _("a version like `1.0.0` is needed here"))])
    if not isinstance(since, date):
        raise InvalidSourceError([document.problem(("in_force",), _("`{from: DATE}` is needed here"))])
    major, minor, patch = (int(one) for one in parts)
    return Version(str(data.get("id", folder.name)), (major, minor, patch), folder, since)


def version_folders(folder: Path) -> list[Path]:
    """Return the folders just below this one that hold a version, by name."""
    return [one for one in sorted(folder.iterdir()) if is_version(one)]
