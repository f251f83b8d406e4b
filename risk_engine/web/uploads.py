"""Criteria that come in through the browser: one set as a zip, looked at whole before anything of it is there.

What came is a row that is only added to, so that a backup has it; the folder from which sets are read is made of it.
New cases take nothing of it before two people released it (`releases`).
"""

import hashlib
import io
import re
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction

from risk_engine.audit.versions import checked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.loading.releases import LOCK, SIGNATURES, Lock, locks_of
from risk_engine.loading.sets import RELEASES, Version, is_rule_file, named_sets, versions
from risk_engine.loading.version_files import TRANSLATION, UNREAD, right_name
from risk_engine.web import log
from risk_engine.web.models import BroughtIn, Person

if TYPE_CHECKING:
    from django.core.files.base import File

MOST: Final = 8 * 1024 * 1024
"""How large a zip may be, in bytes."""
MOST_UNPACKED: Final = 64 * 1024 * 1024
"""And all that it holds, as it is read: what its list of contents says of that, anybody can write."""
MOST_FILES: Final = 500
_LONGEST: Final = 200
_SET: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_VERSION_FOLDER: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+/")
_BUNDLE: Final = re.compile(rf"{RELEASES}/[0-9]+\.[0-9]+\.[0-9]+\.json")
_OF_A_MAC: Final = re.compile(r"__MACOSX/.*|(.*/)?\.DS_Store", re.DOTALL)
"""What a Mac adds to every zip."""


def folder() -> Path:
    """Return where the sets lie that came in."""
    return Path(settings.OFFICE) / "criteria"


def bring_in(sent: "File[Any]", by: Person) -> BroughtIn:
    """Keep a set of criteria that somebody sent as a zip, with its versions as they are; return the row of it.

    Raises RiskEngineError with all that stands against it: nothing of it is there then.
    """
    if (sent.size or 0) > MOST:
        raise RiskEngineError(_("the file is larger than {size} MiB", size=MOST // 1024 // 1024))
    content = sent.read()
    name, files = unpacked(content)
    _check_free(name)
    place = Path(settings.OFFICE) / "jobs"
    place.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as beside:
        new = Path(beside) / name
        _write(new, files)
        try:
            found = _checked_versions(new, name)
        except RiskEngineError as error:
            raise RiskEngineError(f"{error}".replace(f"{beside}/", "")) from error
        with transaction.atomic():
            log.alone_in("criteria")
            _check_kept(folder() / name, new)
            digest = hashlib.sha256(content).hexdigest()
            row = BroughtIn.objects.create(name=name, sha256=digest, content=content, by=by)
            log.note("criteria_brought_in", by, set=name, sha256=digest, versions=[one.dotted for one in found])
            _take_its_place(new, Path(beside) / "before")
    return row


def put_back() -> None:
    """Make the folders of sets that came in as their rows say: after a restore, or where a process was killed."""
    folder().mkdir(mode=0o700, exist_ok=True)
    for name in BroughtIn.objects.values_list("name", flat=True).distinct():
        files = unpacked(bytes(BroughtIn.objects.filter(name=name).latest("pk").content))[1]
        if _files_in(folder() / name) != files:
            with tempfile.TemporaryDirectory(dir=settings.OFFICE) as beside:
                _write(Path(beside) / name, files)
                _take_its_place(Path(beside) / name, Path(beside) / "before")


def _files_in(place: Path) -> dict[str, bytes]:
    return {one.relative_to(place).as_posix(): read_bytes(one) for one in place.rglob("*") if one.is_file()}


def last_of_each() -> Mapping[str, BroughtIn]:
    """Return what came in last of each set, by its name."""
    return {one.name: one for one in BroughtIn.objects.defer("content").select_related("by").order_by("pk")}


# --- the zip ---


def unpacked(content: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the folder that a zip holds, and the files in it by their paths there.

    Raises RiskEngineError with all that is wrong: paths that lead elsewhere, links, names that no file of a set has,
    more than may be. Nothing is written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [one for one in archive.infolist() if not _OF_A_MAC.fullmatch(one.filename)]
            if len(parts) > MOST_FILES:
                raise RiskEngineError(_("the zip holds more than {number} files", number=MOST_FILES))
            if problems := list(_problems(parts)):
                raise RiskEngineError("\n".join(problems))
            named = [one for one in parts if not one.is_dir()]
            found = dict(_read(archive, named))
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError, NotImplementedError) as error:
        message = _("the file is no zip, or it is damaged")
        raise RiskEngineError(
            message, _("zip the folder of the set, with its versions and `{lock}`", lock=LOCK)
        ) from error
    if not found:
        raise RiskEngineError(_("the zip holds no files"))
    return named[0].filename.partition("/")[0], found


def _problems(parts: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    tops = {one.filename.partition("/")[0] for one in parts}
    for one in parts:
        name, kind = one.filename, one.external_attr >> 16
        steps = name.rstrip("/").split("/")
        key = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        shown = "".join(each if each.isprintable() else "?" for each in name[:_LONGEST])
        if len(name) > _LONGEST or not name.isprintable() or "\\" in name or ":" in name or {"", ".", ".."} & {*steps}:
            yield _("{name}: a path in the zip leads from its folder down, and nowhere else", name=shown)
        elif stat.S_IFMT(kind) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            yield _("{name}: this is no file but a link or the like", name=shown)
        elif one.flag_bits & 1 or one.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            yield _("{name}: it is encrypted, or packed in a way that is not read", name=shown)
        elif key in seen:
            yield _("{name}: the zip holds it twice", name=shown)
        elif not one.is_dir() and (len(steps) == 1 or (why := _unknown("/".join(steps[1:])))):
            known = _("everything lies in one folder, that of the set") if len(steps) == 1 else why
            yield _("{name}: no file of a set is called so: {why}", name=shown, why=known)
        seen.add(key)
    if len(tops) > 1:
        yield _(
            "the zip holds several folders, and one set comes at a time: {names}", names=", ".join(sorted(tops)[:5])
        )
    elif tops and not _SET.fullmatch(top := next(iter(tops))):
        yield _("{name}: a set is called by small letters, digits and `-`", name=top[:_LONGEST])


def _unknown(path: str) -> str:
    """Return what to do about a file of a set that has no known name; nothing where it has one."""
    inner = _VERSION_FOLDER.sub("", path, count=1) if _VERSION_FOLDER.match(path) else path
    is_known = is_rule_file(inner) or inner in UNREAD or TRANSLATION.fullmatch(inner)
    of_set = path in {LOCK, SIGNATURES} or _BUNDLE.fullmatch(path)
    return "" if is_known or of_set else right_name(inner)


def _read(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    left = MOST_UNPACKED
    for one in parts:
        with archive.open(one) as entry:
            content = entry.read(left + 1)
        left -= len(content)
        if left < 0:
            raise RiskEngineError(
                _("what the file holds is larger than {size} MiB", size=MOST_UNPACKED // 1024 // 1024)
            )
        yield one.filename.partition("/")[2], content


# --- the set ---


def _check_free(name: str) -> None:
    """Raise RiskEngineError for a name that is not for a set that comes in so."""
    taken = named_sets().get(name)
    way_out = _("give the set a name of its own")
    if taken is not None and taken.resolve() != (folder() / name).resolve():
        raise RiskEngineError(_("`{name}` is a set that is there already, and did not come in so", name=name), way_out)
    if name == (settings.CRITERIA or "").partition("@")[0]:
        message = _("`{name}` is what new cases take by the settings of the server", name=name)
        raise RiskEngineError(message, _("whoever runs the server brings it in"))


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        file = place / path
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_bytes(file, content)


def _checked_versions(place: Path, name: str) -> list[Version]:
    """Return the versions that came, each of which holds; raise RiskEngineError with all that is wrong in them."""
    found = versions(f"{place}")
    if others := sorted({one.name for one in found} - {name}):
        message = _("its folder is called otherwise than the set, `{name}`", name=others[0])
        raise RiskEngineError(message, _("cases name a set by its own name: call the folder so"))
    problems = []
    for one in found:
        try:
            checked(f"{place}@{one.dotted}")
        except RiskEngineError as error:
            problems.append(f"{error}")
    if problems:
        raise RiskEngineError("\n".join(problems))
    return found


def _check_kept(before: Path, new: Path) -> None:
    """Raise RiskEngineError where a release that came in before is not in what comes now, as it was."""
    if not before.is_dir():
        return
    now = _released(new)
    if lost := [one for one, digest in _released(before).items() if now.get(one) != digest]:
        message = _("released before, and not the same in this zip: {names}", names=", ".join(lost))
        raise RiskEngineError(
            message, _("a release never changes: zip the folder with every version that was released")
        )


def _released(place: Path) -> dict[str, str]:
    """Return the digests of the releases that a set's own lock names and that are there."""
    there = {f"{one}" for one in versions(f"{place}")}
    locks: tuple[Lock, ...] = tuple(one for one in locks_of(place) if one.path.parent == place.resolve())
    return {one: digest for lock in locks for one, digest in lock.releases.items() if one in there}


def _take_its_place(new: Path, aside: Path) -> None:
    """Put the folder of a set where sets are read, in place of what came before."""
    folder().mkdir(mode=0o700, exist_ok=True)
    place = folder() / new.name
    if place.is_dir():
        place.rename(aside)
    new.rename(place)
