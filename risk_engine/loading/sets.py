"""Which criteria sets and versions there are, and where they lie."""

import contextlib
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from risk_engine.diagnostics import (
    InvalidSourceError,
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
_NEAR = 3
"""So far above a file its version or its set is looked for."""


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
    elif _is_file(name):
        raise UnknownSetError(_("`{name}` is a file, and a criteria set is a folder", name=name), _folder_meant(path))
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


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:
        return False


def _folder_meant(file: Path) -> str:
    """Return which folder whoever names a file of a set will mean: that of its version, else that of the set."""
    for one in file.absolute().parents[:_NEAR]:
        if is_version(one) or version_folders(one):
            return _("give the folder: `{folder}`", folder=one)
    return _("a set is a folder of versions, each with its `{file}`", file=HEAD)


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:
        return False


def name_and_number(reference: str) -> tuple[str, str]:
    """Return name and number of `SET@VERSION`; the path of a folder may hold an `@` of its own.

    Raises UnknownSetError where nothing stands on one side of the `@`.
    """
    if "@" not in reference or _is_folder(reference):
        return reference, ""
    name, _at, number = reference.rpartition("@")
    if not name or not number:
        message = _("`{reference}` names no set or no version", reference=reference)
        raise UnknownSetError(message, _("write `SET@1.0.0`, or `SET` alone"))
    return name, number


def numbered(found: list[Version], name: str, number: str) -> Version:
    """Return the version of that number among those found under a name; raise UnknownSetError where there is none."""
    for one in found:
        if one.dotted == number:
            return one
    way_out = _("there is {known}", known=quoted((one.dotted for one in found), "and"))
    if own := _own_of(name, number):
        way_out = _("{there_is}; the folder of that name that is here is `{own}`", there_is=way_out, own=own)
    raise UnknownSetError(_("the set `{name}` has no version `{number}`", name=name, number=number), way_out)


def check_own(reference: str) -> None:
    """Raise UnknownSetError where a reference is the name of a shipped set: only by its folder is one written to.

    It lies where the program is installed; whoever has a set of that name means another folder.
    """
    name, number = name_and_number(reference)
    folder = shipped_sets().get(name)
    if folder is None:
        return
    message = _("`{name}` is the set that came with the program, in `{folder}`", name=name, folder=folder.as_posix())
    if own := _own_of(name, number):
        raise UnknownSetError(message, _("the folder of that name that is here is `{own}`", own=own))
    raise UnknownSetError(message, _("copy it with its `releases.lock`, and name the folder of the copy, like `./SET`"))


def _own_of(name: str, number: str) -> str:
    """Return how a folder is named that has the name of a shipped set and lies where the command runs."""
    if name not in shipped_sets() or not _is_folder(name) or not version_folders(Path(name)):
        return ""
    return f"./{name}@{number}" if number else f"./{name}"


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


def set_of_nobody() -> str:
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
