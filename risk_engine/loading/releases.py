"""Which versions of a set are released, what the lock says of them, and which of them a name and a day mean.

`releases.lock` holds the digest of every released version; what a version's files say now is compared with it. The lock
stands beside the versions of one set, or in the folder that holds several sets, one line for each release:
`set@version: sha256:…`. A version that it does not name is a draft.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, NotInForceError, RiskEngineError, file_problem
from risk_engine.files.language import N_, _
from risk_engine.files.resources import criteria_folder
from risk_engine.files.source import Document, read
from risk_engine.loading.sets import (
    HEAD,
    Version,
    beside,
    bundle_path,
    head_of,
    is_alone,
    is_bundle,
    name_and_number,
    numbered,
    set_folder,
    set_of_nobody,
    shipped_sets,
    source_digest,
    version_at,
    version_paths,
    versions,
)

LOCK = "releases.lock"
SIGNATURES = "releases.signatures"
HEADING = """\
# The digest of every released version, written by `risk-engine criteria release`. A released version never changes:
# only comments, layout, cases.yaml, map.yaml, mutants.yaml, translations, CHANGES.md may. No line changes or goes.
"""
_RELEASE = re.compile(r"[a-z0-9][a-z0-9-]*@[0-9]+\.[0-9]+\.[0-9]+")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_WAY_OUT = N_(
    "a released version never changes: restore it (only comments, layout, `cases.yaml`, `map.yaml`, `mutants.yaml`, "
    "translations and `CHANGES.md` may differ), or put the change into a new version folder with a number of its own"
)


@dataclass(frozen=True)
class Lock:
    """One lock file: where it is, what it records, and the text to which a release is added."""

    path: Path
    document: Document | None = None

    @property
    def releases(self) -> dict[str, str]:
        """Return the digest of each release, such as `desk@1.0.0`."""
        return {} if self.document is None else {name: _bare(one) for name, one in self.document.data.items()}

    def text_with(self, release: str, digest: str) -> str:
        """Return the text of the file with one more release at its end; what is there stays as it is."""
        there = "\n".join(self.document.lines).rstrip("\n") + "\n" if self.document else HEADING
        return f"{there}{release}: sha256:{digest}\n"

    def problem(self, release: str, message: str, help_text: str) -> Diagnostic:
        """Return the diagnostic that stands at the line of a release."""
        assert self.document is not None  # noqa: S101 (what is recorded stands in a file)
        return self.document.problem((release,), message, help_text, key=True)


def bound_by(path: Path) -> tuple[Path, ...]:
    """Return the folders whose lock binds a version, the nearest first: that of its set, that of all sets.

    Files that lie in a folder of their own are bound too, however that is called: moving them hides nothing.
    """
    home = set_folder(path)
    return (home, home.parent) if home != path.resolve() else (home, home.parent, home.parent.parent)


def locks_of(path: Path) -> tuple[Lock, ...]:
    """Return the locks that bind a version, the nearest first.

    Raises InvalidSourceError where a lock cannot be read.
    """
    return tuple(_read(one / LOCK) for one in bound_by(path) if (one / LOCK).is_file())


def signed_in(path: Path) -> tuple[Path, ...]:
    """Return the files with signatures of a version's releases: that of its set, then that of the folder of sets."""
    return tuple(one / SIGNATURES for one in bound_by(path) if (one / SIGNATURES).is_file())


def lock_to_write(path: Path) -> Lock:
    """Return the lock in which a version's release is recorded: the one that is there, else a new one.

    A new one stands in the folder of the set, so that it moves with it; for the shipped sets in the folder of them all.
    """
    if found := locks_of(path):
        return found[0]
    of_set = set_folder(path)
    is_shipped = of_set.parent == criteria_folder().resolve()
    return Lock((of_set.parent if is_shipped else of_set) / LOCK)


def changed_since_release(path: Path, shown: str, release: str, digest: str) -> list[Diagnostic]:
    """Return a problem for each lock that records another digest for this version.

    `release` is what set.yaml says; the folders' own names count too, so that renaming a released set hides nothing.
    """
    names = names_of(path, release)
    found: list[Diagnostic] = []
    try:
        locks = locks_of(path)
    except InvalidSourceError as error:
        return list(error.diagnostics)
    for lock in locks:
        recorded = lock.releases
        for name in names:
            if recorded.get(name, digest) != digest:
                message = _(
                    "`{shown}` is not what was released as `{name}`: "
                    "released was sha256:{old}, now it is sha256:{digest}",
                    shown=shown,
                    name=name,
                    old=recorded[name],
                    digest=digest,
                )
                found.append(lock.problem(name, message, _(_WAY_OUT)))
                break
    return found


def names_of(path: Path, release: str) -> tuple[str, ...]:
    """Return the names under which a version may be released: what its set.yaml states, and what its folders say."""
    return tuple(dict.fromkeys((release, _by_place(path, release.rpartition("@")[2]))))


def is_released(version: Version) -> bool:
    """Return whether a lock names the version; whether it still is what was released, reading it says."""
    return any(f"{version}" in lock.releases for lock in locks_of(version.path))


def is_draft(locks: Sequence[Lock], release: str) -> bool:
    """Return whether locks name releases of a set, and this version, `SET@1.0.0`, is none of them."""
    of_set = f"{release.partition('@')[0]}@"
    names = {name for lock in locks for name in lock.releases if name.startswith(of_set)}
    return bool(names) and release not in names


def released_of(version: Version) -> frozenset[str]:
    """Return the releases of a version's set that the locks name, such as `desk@1.0.0`.

    Raises InvalidSourceError where a lock cannot be read.
    """
    names = (name for lock in locks_of(version.path) for name in lock.releases)
    return frozenset(name for name in names if name.startswith(f"{version.name}@"))


def lock_problems(version: Version, digest: str) -> list[Diagnostic]:
    """Return what is wrong with the releases around a version: some are gone, or it bears the name of another.

    Assessing needs none of this; who works on the criteria should know it.
    """
    found = [problem for lock in locks_of(version.path) for problem in _gone(lock)]
    shipped = (criteria_folder() / LOCK).resolve()
    if shipped.is_file() and _read(shipped).releases.get(f"{version}", digest) != digest:
        message = _("this is not the `{version}` that was released with the engine", version=version)
        help_text = _("give a changed set an `id` of its own, a proposed next version a number that was not released")
        found.append(_at_head(version, message, help_text))
    return found


def _at_head(version: Version, message: str, help_text: str) -> Diagnostic:
    """Return a problem of the name that a version gives itself."""
    if version.path.suffix == ".json":
        return file_problem(version.path, message, help_text).diagnostics[0]
    return read(version.path / HEAD).problem(("id",), message, help_text)


def _gone(lock: Lock) -> Iterator[Diagnostic]:
    """Yield a problem for every release whose version is no longer there."""
    here = lock.path.resolve().parent
    there: set[str] = set()
    for path in (*version_paths(here), *(one for folder in _folders(here) for one in version_paths(folder))):
        there.add(_by_place(path, ""))
        with contextlib.suppress(RiskEngineError):  # what cannot be read is said where it is read
            found = version_at(path)
            there |= {str(found), _by_place(path, found.dotted)}
    for release in lock.releases:
        if release not in there:
            message = _("`{release}` was released, but it is gone", release=release)
            yield lock.problem(release, message, _("restore it: what was decided with it could not be recomputed"))


def _folders(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.iterdir()) if one.is_dir()]


def _by_place(path: Path, number: str) -> str:
    """Return the name that a version has by its folders, of which one or the file may also say its number."""
    home, here = set_folder(path), path.resolve()
    own = here.stem if here.suffix == ".json" else here.name
    return f"{home.name}@{number if here == home else own}"


def _bare(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _read(path: Path) -> Lock:
    document = read(path)
    if not isinstance(document.data, dict):
        raise InvalidSourceError([document.problem((), _("lines like `set@1.0.0: sha256:…` are needed here"))])
    problems: list[Diagnostic] = []
    for release, digest in document.data.items():
        if not _RELEASE.fullmatch(release):
            problems.append(
                document.problem((release,), _("`{release}` is no release like `set@1.0.0`", release=release), key=True)
            )
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            message = _("a digest is needed here: `sha256:` and 64 hexadecimal digits")
            problems.append(document.problem((release,), message, _("`risk-engine criteria release` writes it")))
    if problems:
        raise InvalidSourceError(problems)
    return Lock(path, document)


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
