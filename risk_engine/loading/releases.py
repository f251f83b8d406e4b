"""Which versions of a set are released, what the lock says of them, and which of them a name and a day mean.

`releases.lock` holds the digest of every released version; what a version's files say now is compared with it. The lock
stands beside the versions of one set, or in the folder that holds several sets, one line for each release:
`set@version: sha256:…`. A version that it does not name is a draft; one whose line says `withdrawn sha256:…` is read
and verified as ever where somebody names it, and no day means it any more.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, NotInForceError, RiskEngineError, file_problem
from risk_engine.files.language import N_, _
from risk_engine.files.reading import criteria_folder
from risk_engine.files.source import Document, read
from risk_engine.loading.sets import (
    Version,
    beside,
    bundle_path,
    head_of,
    is_alone,
    is_bundle,
    name_and_number,
    named_sets,
    numbered,
    set_folder,
    set_of_nobody,
    source_digest,
    version_at,
    version_paths,
    versions,
)
from risk_engine.loading.version_files import HEAD
from risk_engine.model.words import State

LOCK = "releases.lock"
SIGNATURES = "releases.signatures"
HEADING = """\
# Digests of released versions, by `risk-engine criteria release`. They never change: only comments, layout, cases.yaml,
# map.yaml, mutants.yaml, translations, CHANGES.md may. No line goes; one that says `withdrawn` counts only where named.
"""
_RELEASE = re.compile(r"[a-z0-9][a-z0-9-]*@[0-9]+\.[0-9]+\.[0-9]+")
_RECORDED = re.compile(r"(?P<withdrawn>withdrawn )?sha256:(?P<digest>[0-9a-f]{64})")
_WAY_OUT = N_(
    "a released version never changes: restore it (only comments, layout, `cases.yaml`, `map.yaml`, `mutants.yaml`, "
    "`screening.yaml`, `exchange.yaml`, translations and `CHANGES.md` may differ), or put the change into a new "
    "version folder with a number of its own"
)


@dataclass(frozen=True)
class Lock:
    """One lock file: where it is, and what it records."""

    path: Path
    document: Document | None = None
    releases: Mapping[str, str] = field(default_factory=dict)
    """The digest of each release, such as `desk@1.0.0`."""
    withdrawn: frozenset[str] = frozenset()
    """Those of the releases that were withdrawn."""

    def text_with(self, release: str, digest: str) -> str:
        """Return the text of the file with one more release at its end; what is there stays as it is."""
        there = "\n".join(self.document.lines).rstrip("\n") + "\n" if self.document else HEADING
        return f"{there}{release}: sha256:{digest}\n"

    def text_withdrawing(self, release: str) -> str:
        """Return the text of the file with one of its releases marked as withdrawn; every other line stays as it is."""
        assert self.document is not None  # noqa: S101 (what is withdrawn was recorded)
        lines = list(self.document.lines)
        number = self.document.position((release,)).line - 1
        lines[number] = lines[number].replace("sha256:", "withdrawn sha256:", 1)
        return "\n".join(lines).rstrip("\n") + "\n"

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


def is_withdrawn(version: Version) -> bool:
    """Return whether a lock names the version as one that was released and withdrawn."""
    return any(f"{version}" in lock.withdrawn for lock in locks_of(version.path))


def state_of(version: Version) -> State:
    """Return whether a version is a draft, was released, or was withdrawn."""
    return "withdrawn" if is_withdrawn(version) else "released" if is_released(version) else "draft"


def is_draft(locks: Sequence[Lock], release: str) -> bool:
    """Return whether locks name releases of a set, and this version, `SET@1.0.0`, is none of them."""
    of_set = f"{release.partition('@')[0]}@"
    names = {name for lock in locks for name in lock.releases if name.startswith(of_set)}
    return bool(names) and release not in names


class Releases(NamedTuple):
    """The releases of one set that the locks name, such as `desk@1.0.0`, and those of them that were withdrawn."""

    every: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()


def releases_of(version: Version) -> Releases:
    """Return the releases of a version's set; none where what is wrong with a lock is said when a version is read."""
    try:
        locks = locks_of(version.path)
    except InvalidSourceError:
        return Releases()
    of_set = f"{version.name}@"
    every = frozenset(name for lock in locks for name in lock.releases if name.startswith(of_set))
    withdrawn = frozenset[str]().union(*(lock.withdrawn for lock in locks))
    return Releases(every, every & withdrawn)


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
    for path in (
        *version_paths(here),
        *(one for folder in sorted(here.iterdir()) if folder.is_dir() for one in version_paths(folder)),
    ):
        there.add(_by_place(path, ""))
        with contextlib.suppress(RiskEngineError):  # what cannot be read is said where it is read
            found = version_at(path)
            there |= {str(found), _by_place(path, found.dotted)}
    for release in lock.releases:
        if release not in there:
            message = (
                _("`{release}` was released and withdrawn, but it is gone", release=release)
                if release in lock.withdrawn
                else _("`{release}` was released, but it is gone", release=release)
            )
            yield lock.problem(release, message, _("restore it: what was decided with it could not be recomputed"))


def _by_place(path: Path, number: str) -> str:
    """Return the name that a version has by its folders, of which one or the file may also say its number."""
    home, here = set_folder(path), path.resolve()
    own = here.stem if here.suffix == ".json" else here.name
    return f"{home.name}@{number if here == home else own}"


def _read(path: Path) -> Lock:
    document = read(path)
    if not isinstance(document.data, dict):
        raise InvalidSourceError([document.problem((), _("lines like `set@1.0.0: sha256:…` are needed here"))])
    problems: list[Diagnostic] = []
    releases: dict[str, str] = {}
    withdrawn: set[str] = set()
    for release, recorded in document.data.items():
        if not _RELEASE.fullmatch(release):
            problems.append(
                document.problem((release,), _("`{release}` is no release like `set@1.0.0`", release=release), key=True)
            )
        found = _RECORDED.fullmatch(recorded) if isinstance(recorded, str) else None
        if found is None:
            message = _(
                "a digest is needed here: `sha256:` and 64 hexadecimal digits, of a version that was withdrawn "
                "`withdrawn` before it"
            )
            way_out = _("`risk-engine criteria release` and `criteria withdraw` write it")
            problems.append(document.problem((release,), message, way_out))
            continue
        releases[release] = found["digest"]
        if found["withdrawn"]:
            withdrawn.add(release)
    if problems:
        raise InvalidSourceError(problems)
    return Lock(path, document, releases, frozenset(withdrawn))


class Chosen(NamedTuple):
    """The version that a name and a day mean, whether it is the one in force, a draft, or was withdrawn.

    A draft is one beside releases of its set. Where a set has no release at all, its versions count as they are.
    """

    version: Version
    in_force: bool
    draft: bool
    withdrawn: bool
    gave_way: bool
    """Whether a higher version that was withdrawn since would be in force before it."""


def choose(reference: str | None, on: date | None) -> Chosen:
    """Return the version that `SET`, `SET@VERSION` or a path means on a day.

    A version that is named, or given by its folder, may be used outside its time, as a draft, and though it was
    withdrawn. Without `on` the newest that counts is taken; without a reference the shipped set that is the default.
    Raises UnknownSetError, and NotInForceError where no version of the set is in force on that day.
    """
    name, number = name_and_number(reference or set_of_nobody())
    found = versions(name)
    is_single = name not in named_sets() and is_alone(Path(name))
    there = beside(found[0]) if is_single else found
    counting = that_count(there)
    in_force = [one for one in counting if on is None or one.in_force_from <= on]
    if is_single and not number:
        chosen = found[0]
    elif number:
        chosen = numbered(found, name, number)
    elif in_force:
        chosen = in_force[-1]
    else:
        raise _none_in_force(name, found, counting, on)
    withdrawn = [one.number for one in there if f"{one}" in releases_of(chosen).withdrawn]
    begun = [one.number for one in there if on is None or one.in_force_from <= on]
    return Chosen(
        ready(chosen),
        in_force=chosen.number in [one.number for one in in_force[-1:]],
        draft=chosen.number not in [*(one.number for one in counting), *withdrawn],
        withdrawn=chosen.number in withdrawn,
        gave_way=any(one > chosen.number and one in begun for one in withdrawn),
    )


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

    One that was withdrawn is meant only where it is named, or where there is no other. Raises UnknownSetError, and
    InvalidSourceError where a version's set.yaml cannot be read.
    """
    found = meant(reference)
    withdrawn = releases_of(found[0]).withdrawn
    return ([one for one in found if f"{one}" not in withdrawn] or found)[-1]


def meant(reference: str) -> list[Version]:
    """Return the version that `SET@VERSION` or its folder means, or every version of a set, oldest first.

    Raises what `versions` raises.
    """
    name, number = name_and_number(reference)
    found = versions(name)
    return [numbered(found, name, number)] if number else found


def that_count(found: Sequence[Version]) -> list[Version]:
    """Return those of the versions of one set of which a day means one: the released, or all where none is released.

    What was withdrawn counts no more.
    """
    every, withdrawn = releases_of(found[0]) if found else Releases()
    counting = every - withdrawn
    return [one for one in found if not every or f"{one}" in counting]


def in_force_until(version: Version) -> date | None:
    """Return the day from which a higher version beside this one counts; None where there is none.

    Of one that was withdrawn it is its own first day: it is in force on none.
    """
    if is_withdrawn(version):
        return version.in_force_from
    later = (one.in_force_from for one in that_count(beside(version)) if one.number > version.number)
    return min(later, default=None)


def _none_in_force(
    name: str, found: Sequence[Version], counting: Sequence[Version], on: date | None
) -> NotInForceError:
    """Return the error that nothing is in force, with the way out: the draft that would be, else the first version."""
    withdrawn = releases_of(found[0]).withdrawn
    drafts = [one for one in found if one not in counting and f"{one}" not in withdrawn]
    begun = [one for one in drafts if on is None or one.in_force_from <= on]
    first = (begun[-1:] or [*counting, *drafts, *found])[0]
    said = {"version": first.dotted, "day": first.in_force_from}
    if f"{first}" in withdrawn:
        way_out = _("version {version} was withdrawn: name it, `@{version}`, to use it all the same", **said)
    elif first in counting:
        way_out = _("version {version} is in force from {day}; name it, `@{version}`, to use it", **said)
    else:
        way_out = _(
            "version {version} would be from {day}, but it is a draft: name it, `@{version}`, to use it as a draft, "
            "or release it with `risk-engine criteria release {name}@{version}`",
            name=name,
            **said,
        )
    return NotInForceError(_("the criteria set `{name}`", name=name), on or first.in_force_from, way_out)
