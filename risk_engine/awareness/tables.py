"""The tables of a run as TSV files in a folder, with a manifest; all of them are written, or none."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from risk_engine.awareness.works import Source
from risk_engine.files.diagnostics import RiskEngineError, quoted, reason
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import make_folder, remove, write_together

MANIFEST: Final = "MANIFEST.tsv"
UNKNOWN: Final = "unknown"
"""Written in place of a year or a country that is not known."""
_HEAD: Final = ("kind", "name", "sha256", "rows", "left_out", "same_count_left_out", "detail")


@dataclass(frozen=True)
class Made:
    """A table in order; of one that was cut, how many rows are left out, and how many of these share the last count."""

    name: str
    frame: pl.DataFrame
    left_out: int = 0
    same_count_left_out: int = 0


def write_tables(
    folder: Path, tables: Sequence[Made], sources: Sequence[Source], settings: Mapping[str, str], *, force: bool = False
) -> None:
    """Write tables into a folder, and a manifest with the SHA-256 of each table and source, and what was asked for.

    What an earlier run wrote goes, if its manifest knows it as it is. Raises RiskEngineError where another file would
    be written over and `force` does not say so; then nothing is written.
    """
    contents = {f"{one.name}.tsv": content_of(one.frame) for one in tables}
    rows = [("setting", name, "", "", "", "", text) for name, text in settings.items()]
    rows += [
        ("source", one.name, one.digest, str(one.works), "", "", f"{one.layout}, {'whole' if one.whole else 'sample'}")
        for one in sources
    ]
    for one in tables:
        of_rows = (str(one.frame.height), str(one.left_out), str(one.same_count_left_out))
        rows.append(("table", f"{one.name}.tsv", hashlib.sha256(contents[f"{one.name}.tsv"]).hexdigest(), *of_rows, ""))
    # Names of files and what was asked for may hold what parts the cells here.
    cells = (("\t".join(" ".join(one.splitlines()).replace("\t", " ") for one in row)) for row in (_HEAD, *rows))
    contents[MANIFEST] = "".join(f"{row}\n" for row in cells).encode("utf-8", "replace")
    own = _own(folder)
    foreign = [name for name in contents if (folder / name).exists() and name not in own]
    if foreign and not force:
        message = _(
            "{folder} holds files that no earlier run wrote as they are: {files}",
            folder=folder,
            files=quoted(foreign, "and"),
        )
        raise RiskEngineError(message, _("name another folder, or write over them with --force"))
    make_folder(folder)
    write_together({folder / name: content for name, content in contents.items()})
    for name in own - contents.keys():
        remove(folder / name)


def content_of(frame: pl.DataFrame) -> bytes:
    """Return a table as TSV: a head, then the rows; no cell is quoted, for none holds a tab or an end of a line.

    A fraction is the shortest decimal that reads back as it. What is not known is `unknown` of a year or a country,
    else empty.
    """
    written = [
        pl.Series(one.name, [None if value is None else repr(value) for value in one], dtype=pl.String)
        if one.dtype.is_float()
        else one.cast(pl.String).fill_null(UNKNOWN)
        if one.name == "year" or one.name.startswith("country")
        else one
        for one in frame
    ]
    file = io.BytesIO()
    pl.DataFrame(written).write_csv(file, separator="\t", quote_style="never")
    return file.getvalue()


def _own(folder: Path) -> set[str]:
    """Return the files of a folder that an earlier run wrote, and that are as it wrote them."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return set()
    try:
        head, *lines = read_bytes(manifest).decode("utf-8").splitlines()
        rows = [dict(zip(_HEAD, line.split("\t"), strict=True)) for line in lines]
        if head != "\t".join(_HEAD):
            return set()
        told = {
            row["name"]: row["sha256"]
            for row in rows
            if row["kind"] == "table" and Path(row["name"]).name == row["name"]
        }
        there = {name for name in told if (folder / name).is_file()}
        return {MANIFEST} | {one for one in there if hashlib.sha256(read_bytes(folder / one)).hexdigest() == told[one]}
    except (ValueError, UnicodeDecodeError):
        return set()
    except OSError as error:
        raise RiskEngineError(
            _("{path}: the file cannot be read: {reason}", path=manifest, reason=reason(error))
        ) from error
