"""The files that a version of a criteria set consists of."""

import difflib
import hashlib
import re
from pathlib import Path, PurePosixPath

from risk_engine.files.language import N_, _
from risk_engine.loading.sets import HEAD

FACTS = "facts.yaml"
REQUIRED = (HEAD, FACTS, "ladders.yaml")
OPTIONAL = (
    "definitions.yaml",
    "controls.yaml",
    "parameters.yaml",
    "awareness.yaml",
    "invariants.yaml",
    "sources.yaml",
)
CASES = "cases.yaml"
MAP = "map.yaml"
MUTANTS = "mutants.yaml"
CHANGES = "CHANGES.md"
UNREAD = (CASES, MUTANTS, MAP, CHANGES)
"""Files of a version that no assessment reads; they are outside its digest."""

MAX_BUNDLE = 16 * 1024 * 1024
"""A bundle of more bytes than this is not read."""

TRANSLATIONS = "translations"
TRANSLATION = re.compile(rf"{TRANSLATIONS}/[^/]+\.yaml")
"""Files that say a version in another language; nobody reads them who has no need of that one."""

PART = re.compile(r"(indicators|tables)/[^/]+\.yaml")
"""Files of which there may be several; their names are free."""

NAMED_IN = {
    HEAD: (N_("dimension"), N_("ground"), N_("`asked_of` word"), N_("band")),
    FACTS: (N_("entity"), N_("fact")),
    "definitions.yaml": (N_("definition"),),
    "indicators": (N_("indicator"),),
    "controls.yaml": (N_("control"),),
    "parameters.yaml": (N_("parameter"),),
    "tables": (N_("table"),),
    "ladders.yaml": (N_("ladder"),),
    "sources.yaml": (N_("source"),),
}
"""The kinds of name that nobody may miss where a file (or a folder's file) cannot be read."""


def yaml_files(folder: Path) -> list[str]:
    """Return the YAML files below a folder, as paths in it; hidden ones are an editor's or the system's."""
    found = (one.relative_to(folder) for one in folder.rglob("*") if one.suffix.casefold() in {".yaml", ".yml"})
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
            content = (folder / name).read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            found.update(content)
    except OSError:
        return None
    return found.hexdigest()


def right_name(name: str) -> str:
    """Return the help for a file that has no known name."""
    path = PurePosixPath(name)
    meant = path.with_suffix(".yaml").as_posix()
    known = [*REQUIRED, *OPTIONAL, *UNREAD]
    near = (
        [meant]
        if meant in known or PART.fullmatch(meant) or TRANSLATION.fullmatch(meant)
        else difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    )
    if near and near[0] != name:
        return _("did you mean `{near}`?", near=near[0])
    return _("indicators, tables and translations stand in the folders `indicators`, `tables` and `translations`")
