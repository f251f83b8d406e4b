"""The files of tables of many cases in a backup, and the way back: by names that lead nowhere else.

In an archive they lie as in the folder of the office: `many/KEY/…`, the table itself in `table` there.
"""

import contextlib
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from risk_engine.files.reading import read_bytes

PREFIX: Final = "many/"
OUTCOME: Final = "outcome.json"
"""What says of all other results what they are: written anew with them, so it comes last."""
_BY_HAND: Final = frozenset({"mapping.yaml", "profile.yaml"})
"""What somebody said, or brought beside the table: no job makes it."""
_NAME: Final = re.compile(r"many/[0-9a-f]{16}/(?:table/|report-cases/)?(?!\.)[^/\\\0]+")
_BESIDE: Final = ".restoring"


def name_of(key: str, file: str) -> str:
    """Return what a file of a table is called in a backup."""
    return f"{PREFIX}{key}/{file}"


def is_name(name: str) -> bool:
    """Return whether a name in a backup is one of a file of a table, and leads nowhere else."""
    return _NAME.fullmatch(name) is not None


def place_of(name: str) -> Path:
    """Return where a file of a table lies."""
    return Path(settings.OFFICE) / name


def outcome_of(key: str) -> bytes | None:
    """Return what says what came of a table, None before it was assessed."""
    try:
        return read_bytes(place_of(name_of(key, OUTCOME)))
    except FileNotFoundError:
        return None


def beside_table(key: str, *, is_whole: bool) -> Iterator[str]:
    """Yield the files that lie beside a table, but for what says of them what they are: all, or what people said."""
    folder = place_of(name_of(key, ""))
    for one in sorted(folder.rglob("*")):
        name = name_of(key, one.relative_to(folder).as_posix())
        is_beside = one.is_file() and one.parent.name != "table" and one.name != OUTCOME
        if is_beside and is_name(name) and (is_whole or one.name in _BY_HAND):
            yield name


def put_back(archive: zipfile.ZipFile, names: Iterable[str]) -> list[str]:
    """Write the files of tables, each table whole or not at all; return the keys of those that were not there yet."""
    several: dict[str, list[str]] = {}
    for one in names:
        several.setdefault(one.split("/")[1], []).append(one)
    made = []
    for key, files in several.items():
        place = place_of(name_of(key, ""))
        if place.exists():  # of an office that lost its database: it is the same table, and what came of it since
            continue
        beside = place.with_name(f"{key}{_BESIDE}")
        shutil.rmtree(beside, ignore_errors=True)
        for one in files:
            file = beside / one.removeprefix(name_of(key, ""))
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(one) as source, file.open("wb") as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
        beside.rename(place)
        made.append(key)
    return made


def drop(keys: Iterable[str]) -> None:
    """Take away tables that were written for nothing, and their folder where nothing else is in it."""
    for one in keys:
        shutil.rmtree(place_of(name_of(one, "")), ignore_errors=True)
    with contextlib.suppress(OSError):
        place_of(PREFIX).rmdir()
