"""Which criteria sets and versions there are, and where they lie."""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, file_problem, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.files.reading import criteria_folder, edited_below, read_bytes
from risk_engine.files.source import read
from risk_engine.loading.version_files import CASES, FACTS, HEAD, OPTIONAL, OPTIONS, PART, REQUIRED, TRANSLATION

if TYPE_CHECKING:
    from risk_engine.model.criteria import Criteria

RELEASES = "releases"
"""The folder, in that of a set, in which each released version lies as one file, `1.0.0.json` (its bundle)."""
DEFAULT = "default.yaml"
"""Names, beside the shipped sets, the one that is meant where nobody names any."""
VARIABLE = "RISK_ENGINE_CRITERIA"
"""Names folders in which sets of an office's own lie, each in a folder of its name."""
SETTINGS = "risk-engine.yaml"
"""Says the same for the folder in which it lies and all below it: `criteria: [FOLDER, …]`."""
_NUMBER = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_BEGINS = b'{"kind":"criteria"'
"""How every bundle begins; the rest of its head follows within so many bytes."""
_HEAD_BYTES = 2048
MAX_BUNDLE = 64 * 1024 * 1024
"""A bundle of more bytes than this is not read; one of 61 indicators with their places, words and cases has 1.7 MB."""
_NEAR = 3
"""So far above a file its version or its set is looked for."""


class UnknownSetError(RiskEngineError):
    """No criteria set of that name, path or version is there."""


@dataclass(frozen=True)
class Version:
    """One version of a set on disk: from when it is in force, and where it is.

    That is the folder with its files; of an older version, which nobody edits any more, its bundle.
    """

    name: str
    number: tuple[int, int, int]
    path: Path
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
    return {name: folder for name, folder in found.items() if version_paths(folder)}


def named_sets() -> dict[str, Path]:
    """Return the sets that a name alone means: the shipped ones, then those in the folders that are set up.

    These are the folders of RISK_ENGINE_CRITERIA, then those of risk-engine.yaml. Of two with one name the first
    counts, so none takes the place of a shipped one. Raises InvalidSourceError where risk-engine.yaml cannot be read.
    """
    return _named()[0]


def not_read() -> list[str]:
    """Return, in words, which sets lie in folders that are set up and cannot be named, for another has their name."""
    return _named()[1]


def _named() -> tuple[dict[str, Path], list[str]]:
    found = shipped_sets()
    hidden: list[str] = []
    for _by, root in own_folders():
        for one in sorted(root.iterdir()) if root.is_dir() else ():
            if one.is_dir() and version_paths(one) and (taken := found.setdefault(one.name, one)) != one:
                said = {"folder": one.as_posix(), "name": one.name, "other": taken.as_posix()}
                hidden.append(_("`{folder}` is not read: `{name}` means `{other}`", **said))
    return found, hidden


def set_up_in_vain() -> Iterator[str]:
    """Yield, in words, what is set up in vain: what is no folder, and a set itself where that around it is meant."""
    for by, root in own_folders():
        if not root.is_dir():
            yield _("{by} names what is no folder: `{folder}`", by=by, folder=root)
        elif is_version(root):
            yield _(
                "{by} names the set `{folder}` itself; name the folder in which it lies", by=by, folder=root.as_posix()
            )


def own_folders() -> list[tuple[str, Path]]:
    """Return the folders that are set up, each with what names it."""
    stated = os.environ.get(VARIABLE, "").split(os.pathsep)
    return [*((VARIABLE, Path(one)) for one in stated if one.strip()), *_folders_set_up()]


def _folders_set_up() -> list[tuple[str, Path]]:
    """Return the folders that the nearest risk-engine.yaml names, from where the command runs upwards."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return []  # the folder was deleted under the command
    path = next((one / SETTINGS for one in (here, *here.parents) if (one / SETTINGS).is_file()), None)
    if path is None:
        return []
    document = read(path)
    data = document.data if isinstance(document.data, dict) else {}
    folders = data.get("criteria")
    unknown = next((one for one in data if one != "criteria"), None)
    if unknown is not None:
        message = _("unknown key `{key}`", key=unknown)
        raise InvalidSourceError([document.problem((unknown,), message, suggestion(unknown, ["criteria"]), key=True)])
    if not isinstance(folders, tuple) or not all(isinstance(one, str) for one in folders):
        message = _("a list of folders is needed here: `criteria: [FOLDER, …]`")
        raise InvalidSourceError([document.problem(("criteria",), message)])
    return [(path.as_posix(), path.parent / one) for one in folders]


def versions(name: str) -> list[Version]:
    """Return the versions of a set, oldest first; `name` is one of `named_sets`, or the path of a set or one version.

    Raises UnknownSetError; InvalidSourceError where a version's set.yaml cannot be read.
    """
    path = Path(name)
    if name in (sets := named_sets()):
        # A folder of that name where the command happens to run must not take its place; `./NAME` means the folder.
        paths = version_paths(sets[name])
    elif is_bundle(path):
        paths = [path]
    elif _is_folder(name) and (paths := version_paths(path)):
        pass
    elif _is_file(name):
        raise UnknownSetError(_("`{name}` is a file, and a criteria set is a folder", name=name), _folder_meant(path))
    else:
        way_out = _or_ones_own(suggestion(name, sets))
        if _is_folder(name):
            way_out = _("the folder of a set holds its `{file}`", file=HEAD)
        elif vain := "; ".join(set_up_in_vain()):
            way_out = vain
        raise UnknownSetError(_("there is no criteria set `{name}`", name=name), way_out)
    return _one_each([version_at(one) for one in paths])


def _or_ones_own(known: str) -> str:
    """Return a way out with how a set of one's own is named."""
    own = _(
        "a set of your own is named by its folder, `--criteria ./SET`, or by its name if `{file}` says where it lies",
        file=SETTINGS,
    )
    if known.endswith("?"):
        return f"{known} {own[0].upper()}{own[1:]}"
    return f"{known}; {own}" if known else own


def _one_each(paths: list[Version]) -> list[Version]:
    """Return the versions, oldest first, each once: who has its files has no need of its bundle.

    Raises UnknownSetError where one has its files in two folders.
    """
    found = sorted(paths, key=lambda one: (one.number, is_bundle(one.path)))
    for one, other in pairwise(found):
        if one.number == other.number and not is_bundle(other.path):
            message = _(
                "version {version} is in two folders, `{one}` and `{other}`",
                version=one.dotted,
                one=one.path,
                other=other.path,
            )
            raise UnknownSetError(message, _("move one of them out of the set, or give it its own number"))
    return [one for number, one in enumerate(found) if number == 0 or found[number - 1].number != one.number]


def beside(version: Version) -> list[Version]:
    """Return the versions of its set that lie in the same folder, itself among them, oldest first.

    What cannot be read is none.
    """
    found: list[Version] = []
    for path in version_paths(set_folder(version.path)):
        with contextlib.suppress(InvalidSourceError):
            found.append(version_at(path))
    return _one_each([one for one in found if one.name == version.name])


def is_version(folder: Path) -> bool:
    """Return whether the files of one version lie in a folder; in what can be no path none lie."""
    try:
        return (folder / HEAD).is_file()
    except OSError:
        return False


def is_alone(path: Path) -> bool:
    """Return whether a path is that of one version, and none of its set is beside it as a bundle."""
    return is_bundle(path) or (is_version(path) and version_paths(path) == [path])


def is_bundle(path: Path) -> bool:
    """Return whether a path is a file that holds one version of a set, as far as its first bytes say."""
    try:
        if path.suffix != ".json" or not path.is_file():
            return False
        return read_bytes(path, len(_BEGINS)) == _BEGINS
    except OSError:
        return False


def set_folder(path: Path) -> Path:
    """Return the folder of the set to which a version belongs by where it lies.

    A bundle lies in `releases` there, the files of a version right there, or in a folder with the version's number.
    """
    here = path.resolve()
    if here.suffix == ".json":
        return here.parent.parent if here.parent.name == RELEASES else here.parent
    return here.parent if _NUMBER.fullmatch(here.name) else here


def beside_newest(criteria: "Criteria", name: str) -> Path:
    """Return where a file beside the rules of a set lies: there is one for all versions, beside the newest.

    Of a copy of the rules that lies elsewhere, in a register say, it is the one of the set that has its name here.
    """
    path = Path(criteria.path or "")
    if criteria.bundle is None or criteria.path is None:
        return path / name
    home = set_folder(path)
    own = home / criteria.head.version / name
    if own.is_file() or (home / name).is_file():
        return own if own.is_file() else home / name
    known = named_sets().get(criteria.head.id, home)
    if known.resolve() == home:
        return home / name
    newest = max((version_at(one) for one in version_paths(known)), key=lambda one: one.number)
    return (set_folder(newest.path) if is_bundle(newest.path) else newest.path) / name


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:
        return False


def _folder_meant(file: Path) -> str:
    """Return which folder whoever names a file of a set will mean: that of its version, else that of the set."""
    for one in file.absolute().parents[:_NEAR]:
        if version_paths(one):
            return _("give the folder: `{folder}`", folder=one)
    return _("the folder of a set holds its `{file}`", file=HEAD)


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
    if name not in shipped_sets() or not _is_folder(name) or not version_paths(Path(name)):
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


def version_at(path: Path) -> Version:
    """Return the version whose files lie in a folder, or that is in a bundle.

    Raises InvalidSourceError where what says so cannot be read.
    """
    if is_bundle(path):
        return _in_bundle(path)
    document = read(path / HEAD)
    data = document.data if isinstance(document.data, dict) else {}
    number, start = str(data.get("version", "")), data.get("in_force")
    since = start.get("from") if isinstance(start, dict) else None
    if not _NUMBER.fullmatch(number):
        raise InvalidSourceError([document.problem(("version",), _("a version like `1.0.0` is needed here"))])
    if not isinstance(since, date):
        raise InvalidSourceError([document.problem(("in_force",), _("`{from: DATE}` is needed here"))])
    return Version(str(data.get("id", path.name)), _parts(number), path, since)


def _in_bundle(path: Path) -> Version:
    """Return the version that the head of a bundle names; whether the rules are its rules, reading it whole says."""
    try:
        data = head_of(path)
        return Version(data["id"], _parts(data["version"]), path, date.fromisoformat(data["in_force_from"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        message = _("this is no bundle of a criteria set: it does not begin with id, version and day")
        raise file_problem(path, message, _("restore it; `risk-engine criteria release` writes such a file")) from None


def bundle_path(version: Version) -> Path:
    """Return where the bundle of a version lies, once it is released."""
    return set_folder(version.path) / RELEASES / f"{version.dotted}.json"


def head_of(bundle: Path) -> dict[str, str]:
    """Return what a bundle says before its rules: id, version, day and digests; nothing where it says none."""
    head, found, _rest = read_bytes(bundle, _HEAD_BYTES).partition(b',"rules":')
    data = json.loads(head + b"}") if found else {}
    return data if isinstance(data, dict) else {}


def _parts(dotted: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, dotted.split("."))
    return major, minor, patch


def version_paths(folder: Path) -> list[Path]:
    """Return where the versions of the set in a folder are: its files, here or in a folder for each, and bundles."""
    if not folder.is_dir():
        return []
    files = [folder] if is_version(folder) else [one for one in sorted(folder.iterdir()) if is_version(one)]
    return [*files, *(one for one in sorted((folder / RELEASES).glob("*.json")) if is_bundle(one))]


# --- the files of a version ---


def yaml_files(folder: Path) -> list[str]:
    """Return the YAML files below a folder, as paths in it; hidden ones are an editor's or the system's."""
    every = {*folder.rglob("*"), *edited_below(folder)}
    found = (one.relative_to(folder) for one in every if one.suffix.casefold() in {".yaml", ".yml"})
    return sorted(one.as_posix() for one in found if not any(part.startswith(".") for part in one.parts))


def is_rule_file(name: str) -> bool:
    """Return whether a file of a version, by its path in the folder, holds rules."""
    return name in {*REQUIRED, *OPTIONAL} or PART.fullmatch(name) is not None


def bundled_files(folder: Path) -> list[str]:
    """Return the files of which the bundle of a version is made: its rules, its translations and its cases."""
    return [one for one in yaml_files(folder) if one == CASES or is_rule_file(one) or TRANSLATION.fullmatch(one)]


def source_digest(folder: Path) -> str | None:
    """Return a digest of the files of a folder of which its bundle is made, as they are; None if one cannot be read."""
    found = hashlib.sha256()
    try:
        for name in bundled_files(folder):
            content = read_bytes(folder / name).replace(b"\r\n", b"\n")
            found.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            found.update(content)
    except OSError:
        return None
    return found.hexdigest()


# --- entities, in one file or in several ---


def fact_files(names: Iterable[str]) -> list[str]:
    """Return those of the files of a version in which entities stand, in their order."""
    return [one for one in sorted(names) if one == FACTS or (one.startswith("facts/") and PART.fullmatch(one))]


def file_of_entity(files: Mapping[str, Any], loc: Sequence[str | int]) -> str:
    """Return in which file an entity stands to whose facts a place leads, by what each file says."""
    names = fact_files(files)
    said = ((one, files[one]) for one in names)
    return next((one for one, data in said if loc and isinstance(data, dict) and loc[0] in data), (*names, FACTS)[0])


def every_entity(files: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every file says of entities, each by its name, with the options that a fact names by their list."""
    lists = files.get(OPTIONS)
    found: dict[str, Any] = {}
    for one in fact_files(files):
        for name, entity in files[one].items() if isinstance(files[one], dict) else ():
            facts = entity.get("facts") if isinstance(entity, dict) else None
            if isinstance(facts, dict):
                written = {short: with_options(fact, lists) for short, fact in facts.items()}
                found.setdefault(name, {**entity, "facts": written})
            else:
                found.setdefault(name, entity)
    return found


def with_options(fact: Any, lists: Any) -> Any:
    """Return what is said of a fact with the options themselves in place of the name of their list, where it is one."""
    named = fact.get("options") if isinstance(fact, dict) else None
    found = lists.get(named) if isinstance(named, str) and isinstance(lists, dict) else None
    return {**fact, "options": found} if isinstance(found, dict) else fact
