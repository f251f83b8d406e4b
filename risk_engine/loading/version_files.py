"""Of which files a version of a criteria set consists, and in which of them its entities stand."""

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from risk_engine.files.language import N_, _
from risk_engine.files.reading import edited_below, read_bytes

HEAD = "set.yaml"
FACTS = "facts.yaml"
"""Entities and their facts; they may stand in several files of the folder `facts` instead, or as well."""
OPTIONS = "options.yaml"
"""Lists of options by name, for facts that have the same."""
REQUIRED = (HEAD, FACTS, "ladders.yaml")
OPTIONAL = (
    OPTIONS,
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

TRANSLATIONS = "translations"
TRANSLATION = re.compile(rf"{TRANSLATIONS}/[^/]+\.yaml")
"""Files that say a version in another language; nobody reads them who has no need of that one."""

PART = re.compile(r"(facts|indicators|tables)/[^/]+\.yaml")
"""Files of which there may be several; their names are free."""

NAMED_IN = {
    HEAD: (N_("dimension"), N_("ground"), N_("`asked_of` word"), N_("evidence kind"), N_("band")),
    FACTS: (N_("entity"), N_("fact")),
    "facts": (N_("entity"), N_("fact")),
    OPTIONS: (N_("list of options"),),
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
    return _(
        "facts, indicators, tables and translations stand in the folders `facts`, `indicators`, `tables` and "
        "`translations`"
    )


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
