"""Decided cases as others are held against them (`office/precedents`): rows that are made of the sealed records."""

import hashlib
from functools import lru_cache
from typing import Final

from django.db.models import QuerySet
from pydantic import TypeAdapter

from risk_engine.office.precedents.precedent import Precedent, precedents_of
from risk_engine.office.register.record import ReadCase
from risk_engine.web.models import Case, CasePrecedent

MOST_HELD: Final = 2_000
"""So many decisions, the newest, a case is held against."""
_PRECEDENT: Final = TypeAdapter(Precedent)


def keep(case: Case, read: ReadCase) -> None:
    """Write anew which decisions of a case others are held against; after each seal."""
    CasePrecedent.objects.filter(case=case).delete()
    for one in precedents_of(read):
        content = _PRECEDENT.dump_json(one).decode()
        digest = hashlib.sha256(content.encode()).hexdigest()
        assert one.decided_on is not None  # noqa: S101 (it is an own one)
        CasePrecedent.objects.create(case=case, of_set=one.set_id, on=one.decided_on, digest=digest, content=content)


def held(visible: QuerySet[Case], of_set: str = "") -> tuple[list[Precedent], int]:
    """Return the newest decisions of the cases that somebody sees, and how many there are; under a set, else all."""
    rows = CasePrecedent.objects.filter(case__in=visible)
    rows = rows.filter(of_set=of_set) if of_set else rows
    newest = rows.order_by("-on", "-pk").only("digest", "content")[: MOST_HELD + 1]
    found = [_read(one.content) for one in newest[:MOST_HELD]]
    return found, rows.count()


@lru_cache(maxsize=2 * MOST_HELD)
def _read(content: str) -> Precedent:
    return _PRECEDENT.validate_json(content)
