"""Cases of the office as a folder register for a while: for functions of the package that look at one.

Only what is sealed is in it, and it is gone when the work is done. It is no export: nothing is filed by it, and its log
is not there.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db.models import QuerySet

from risk_engine.files.writing import write_bytes
from risk_engine.office.register.folder import marked_name, safe_name
from risk_engine.office.register.log import ABOUT
from risk_engine.records.criteria import KEPT
from risk_engine.web.export_folder import path_of
from risk_engine.web.models import Case, Filed, Sealed
from risk_engine.web.words import SealedKind


@contextmanager
def as_folder(found: QuerySet[Case]) -> Iterator[Path]:
    """Yield a folder with what is sealed of some cases, each under its number."""
    above = Path(settings.OFFICE) / "jobs"
    above.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=above) as name:
        place = Path(name)
        write_bytes(place / ABOUT, b"Cases of an office, for as long as they are looked at.\n")
        (place / KEPT).mkdir()
        for one in Sealed.objects.filter(kind=SealedKind.CRITERIA).iterator():
            write_bytes(place / KEPT / f"{one.digest}.json", bytes(one.content))
        _write(place, found)
        yield place


def _write(place: Path, found: QuerySet[Case]) -> None:
    kinds = [SealedKind.ASSESSMENT, SealedKind.DECISION]
    rows = Filed.objects.filter(case__in=found.values("pk"), sealed__kind__in=kinds)
    folders: dict[int, str] = {}
    taken: set[str] = set()
    for one in rows.select_related("sealed", "case").order_by("case", "order").iterator(200):
        if one.case_id not in folders:
            name = safe_name(one.case.number)
            name = marked_name(one.case.number) if name.casefold() in taken else name
            taken.add(name.casefold())
            folders[one.case_id] = name
            (place / name).mkdir()
        folder = folders[one.case_id]
        write_bytes(place / folder / PurePosixPath(path_of(one, folder)).name, bytes(one.sealed.content))
