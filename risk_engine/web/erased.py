"""The list of what was erased, which is kept beside backups, and what a restore erases again by it.

It holds nothing that was erased and names no case, for admins take it out too: which rows, why, by whom, and the digest
of what stood there, all under the office's secret. So only the office that erased can write such a list, and what is
erased again by it is what two people had confirmed just so.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac
from pydantic import BaseModel, ConfigDict, ValidationError

from risk_engine.files.diagnostics import RiskEngineError, file_problem
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.web import erasure
from risk_engine.web.models import Erasure, ErasureItem, Person, RetentionRule

NAME: Final = "erasures.json"
"""What the list is called, in the folder of the office and where it is taken out."""


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RowErased(_Listed):
    """A row that was erased: where it stood, and the digest of what stood there."""

    table: str
    row: int
    digest: str


class Done(_Listed):
    """An erasure that was done."""

    at: datetime
    basis: str
    by: int
    confirmed_by: int | None
    rule: int | None
    rows: tuple[RowErased, ...]


class _List(_Listed):
    erasures: Literal[1]
    done: tuple[Done, ...]
    seal: str


def listed() -> bytes:
    """Return the list of all that was erased, as a file: what the database knows, and what is listed already.

    A database that was brought back, or is new, knows nothing of what was erased later; the list does not forget it.
    """
    done = tuple(sorted({*_known(), *_before()}, key=lambda one: (one.at, one.model_dump_json())))
    return canonical(_List(erasures=1, done=done, seal=_seal(done)).model_dump(mode="json")) + b"\n"


def _before() -> tuple[Done, ...]:
    """Return what the list of this office says; nothing where there is none, or none that this office wrote."""
    try:
        return read(place())
    except RiskEngineError:
        return ()


def place() -> Path:
    """Return where the list of this office lies."""
    return Path(settings.OFFICE) / NAME


def _known() -> tuple[Done, ...]:
    rows: dict[int, list[RowErased]] = {}
    for item in ErasureItem.objects.exclude(erasure__done_at=None).order_by("pk"):
        row = RowErased(table=item.table, row=item.row, digest=item.digest)
        rows.setdefault(item.erasure_id, []).append(row)
    return tuple(
        Done(
            at=one.done_at,
            basis=one.basis,
            by=one.by_id,
            confirmed_by=one.confirmed_by_id,
            rule=one.rule_id,
            rows=tuple(rows.get(one.pk, ())),
        )
        for one in Erasure.objects.order_by("done_at", "pk")
        if one.done_at is not None
    )


def _seal(done: Sequence[Done]) -> str:
    content = canonical([one.model_dump(mode="json") for one in done]).decode()
    return salted_hmac("risk_engine.erasures", content, algorithm="sha256").hexdigest()


def keep() -> None:
    """Write the list into the folder of the office, from where it is copied to where the backups are.

    A file there that this office did not write, such as a list of another secret, is moved beside it and not lost.
    """
    content = listed()
    try:
        read(place())
    except RiskEngineError:
        if place().exists():
            place().rename(place().with_stem(f"{place().stem}-{datetime.now().astimezone():%Y%m%dT%H%M%S}"))
    write_bytes(place(), content)


def read(path: Path) -> tuple[Done, ...]:
    """Return what a list says. Raise RiskEngineError for what is none, was changed, or is of another secret."""
    try:
        found = _List.model_validate_json(read_bytes(path))
    except FileNotFoundError as error:
        raise file_problem(path, _("there is no such file")) from error
    except ValidationError as error:
        raise file_problem(path, _("this is no list of erasures, or it is damaged"), _("take another one")) from error
    if not constant_time_compare(found.seal, _seal(found.done)):
        way_out = _("put the file `secret` of that office into {folder} first", folder=settings.OFFICE)
        raise file_problem(path, _("this list was changed, or it is of an office with another secret"), way_out)
    return found.done


# --- again ---


def again(done: Sequence[Done]) -> tuple[int, list[str]]:
    """Erase what a list says was erased and is there again; return how many rows, and what has to be looked at."""
    number, told = 0, list[str]()
    erased = set(ErasureItem.objects.exclude(erasure__done_at=None).values_list("table", "row", "digest"))
    for one in done:
        items = [erasure.Item(row.table, row.row) for row in one.rows if (row.table, row.row, row.digest) not in erased]
        there = {erasure.item_of(row): row for row in erasure.rows_of(items)}
        digests = {erasure.Item(row.table, row.row): row.digest for row in one.rows}
        rows = [row for item, row in there.items() if erasure.digest_of(erasure.text_of(row)) == digests[item]]
        others = sum(1 for row in there.values() if row not in rows and not erasure.is_blank(row))
        if others:
            told.append(
                ngettext(
                    "erased on {at}: {number} row holds something else than what was erased",
                    "erased on {at}: {number} rows hold something else than what was erased",
                    others,
                    at=_moment(one.at),
                )
            )
        if not rows:
            continue
        try:
            number += _again(one, rows)
        except RiskEngineError as error:
            told.append(_("erased on {at}: {problem}", at=_moment(one.at), problem=error.message))
    return number, told


def _again(one: Done, rows: Sequence[models.Model]) -> int:
    people = Person.objects.filter(pk__in=[one.by, one.confirmed_by or one.by])
    if people.count() != len({one.by, one.confirmed_by or one.by}):
        raise RiskEngineError(_("who asked for it or confirmed it is not in this backup"))
    rule = RetentionRule.objects.filter(pk=one.rule or 0).exclude(confirmed_at=None).first()
    if one.confirmed_by is None and (rule is None or not rule.is_automatic):
        raise RiskEngineError(_("the rule by which it went is not in this backup"))
    basis = _("{basis} Erased on {at}, and again after a restore.", basis=one.basis, at=_moment(one.at))
    erasure.do_again(basis, rows, by=one.by, confirmed_by=one.confirmed_by, rule=rule)
    return len(rows)


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
