"""Which files of a folder are meant as cases."""

from pathlib import Path
from typing import Final

from risk_engine.diagnostics import file_problem
from risk_engine.language import _

SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


def case_files(folder: Path) -> list[Path]:
    """Return the files in a folder that are meant as cases, by name; raise InvalidSourceError if there is none."""
    found = sorted(one for one in folder.iterdir() if _is_case(one))
    if not found:
        raise file_problem(folder, _("there is no case in this folder"), _("cases are .yaml, .yml or .json files"))
    return found


def folders_below(folder: Path) -> str:
    """Return a sentence that names the folders in a folder, which nobody reads; nothing if there is none."""
    below = [one for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
    names = ", ".join(sorted(one.name for one in below))
    return _("{path}: folders below are not read: {names}", path=folder, names=names) if names else ""


def _is_case(path: Path) -> bool:
    """Return whether a file is meant as a case; hidden ones are an editor's or the system's."""
    return path.suffix.casefold() in SUFFIXES and not path.name.startswith(".") and path.is_file()
