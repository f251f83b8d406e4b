"""What is on file, as the files of a folder `partners`: read into the office, and written by it, without loss.

What such a file has no place for (who said what, earlier answers, further names) lies beside it as `ID.office.json`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.loading.on_file import FOLDER, LIMIT, OnFile, files_in, limit_in, read_on_file
from risk_engine.web import cases, on_file
from risk_engine.web.models import Dossier, Person, RegisterFile, Sealed
from risk_engine.web.models import OnFile as Row
from risk_engine.web.rows import as_json, from_json, put
from risk_engine.web.words import SealedKind

REGISTER: Final = "register@import.invalid"
"""Who has said what comes from a folder: nobody who works here."""
_BESIDE: Final = ".office.json"


@dataclass
class Found:
    """What lies in a folder, and everything that is wrong with it."""

    files: list[OnFile] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    """What is on file here already, as the folder has it."""
    limit: bytes | None = None
    problems: list[str] = field(default_factory=list)


def folder_of(register: Path) -> Path | None:
    """Return where what is on file lies that belongs to a folder register: in it, or beside it."""
    return next((one for one in (register / FOLDER, register.absolute().parent / FOLDER) if one.is_dir()), None)


def looked_at(folder: Path) -> Found:
    """Return what an import would bring; nothing is written."""
    found, rules = Found(), on_file.rules()
    for path in files_in(folder):
        try:
            file = read_on_file(path, rules)
            _statement(path)
        except RiskEngineError as error:
            found.problems.append(f"{error}")
            continue
        known = Dossier.objects.filter(key=file.stated.id).first()
        if known is None:
            found.files.append(file)
        elif on_file.digest_of(known, on_file.standing(known)) == file.digest:
            found.there.append(file.stated.id)
        else:
            found.problems.append(_("{path}: something else is on file under this name in the office", path=path))
    if (folder / LIMIT).is_file():
        try:
            limit_in(folder)
        except RiskEngineError as error:
            found.problems.append(f"{error}")
        found.limit = read_bytes(folder / LIMIT)
        kept = RegisterFile.objects.filter(name=f"{FOLDER}/{LIMIT}").first()
        if kept is not None and bytes(kept.content) != found.limit:
            found.problems.append(_("{path}: the office has another limit", path=folder / LIMIT))
    return found


def _statement(path: Path) -> dict[str, Any] | None:
    """Return what an office said of a file beside it; raise RiskEngineError where that cannot be read."""
    beside = path.with_name(f"{path.stem}{_BESIDE}")
    if not beside.is_file():
        return None
    try:
        found = json.loads(read_bytes(beside))
        for one in found["rows"]:
            from_json(Row, {name: value for name, value in one.items() if name != "by"})
        _people = {email: (about["name"], about["language"]) for email, about in found["people"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RiskEngineError(
            _("{path}: what an office said of it cannot be read: {error}", path=beside, error=error)
        ) from error
    return dict(found)


def bring(found: Found, people: Mapping[str, Person]) -> None:
    """Put on file what lies in a folder; `people` are those whom the office knows, or gets, by their mail address."""
    for one in found.files:
        content = read_bytes(one.path)
        sha256 = hashlib.sha256(content).hexdigest()
        sealed, _new = Sealed.objects.get_or_create(
            digest=sha256, defaults={"sha256": sha256, "kind": SealedKind.PROFILE, "content": content}
        )
        made = Dossier.objects.create(key=one.stated.id, about=one.stated.about, sealed=sealed)
        stated = _statement(one.path)
        if stated is None:
            Row.objects.bulk_create(_rows_of(one, made, people[REGISTER]))
        else:
            put(_as_it_was(stated, made, people))
        made.in_file = made.rows.count()
        made.save(update_fields=["in_file"])
        on_file.keep_names(made, on_file.standing(made))
    if found.limit is not None:
        RegisterFile.objects.get_or_create(name=f"{FOLDER}/{LIMIT}", defaults={"content": found.limit})


def people_of(found: Found) -> dict[str, dict[str, str]]:
    """Return the people whom the files of a folder name, by their mail address, with name and language."""
    named = {REGISTER: {"name": _("Folder register"), "language": "en"}} if found.files else {}
    for one in found.files:
        named |= (_statement(one.path) or {"people": {}})["people"]
    return named


def _rows_of(file: OnFile, dossier: Dossier, by: Person) -> Iterator[Row]:
    """Yield what a file says as rows, a first one for each."""
    stated = file.stated
    for path, value in [(on_file.LIMIT_PATH, stated.stale_after_days), *file.answers.items()]:
        if value is None:
            continue
        records = [
            {**record.model_dump(by_alias=True, exclude_none=True), "for": each.partition(".")[2]}
            for record in stated.evidence
            for each in record.for_
            if each.partition(".")[0] == path
        ]
        plain = cases.plain({"value": value, "evidence": records})
        yield Row(dossier=dossier, path=path, seq=1, recorded_on=stated.recorded_on, by=by, **plain)


def _as_it_was(stated: Mapping[str, Any], dossier: Dossier, people: Mapping[str, Person]) -> Iterator[Row]:
    for one in stated["rows"]:
        own = {name: value for name, value in one.items() if name != "by"}
        row = from_json(Row, {**own, "dossier_id": dossier.pk, "by_id": people[one["by"]].pk})
        assert isinstance(row, Row)  # noqa: S101 (the model says so)
        yield row


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the files of what is on file, by their paths: what one says, and what it has no place for."""
    for one in Dossier.objects.select_related("sealed").order_by("key"):
        yield f"{FOLDER}/{one.key}.yaml", on_file.content_of(one, on_file.standing(one))
        rows = list(one.rows.select_related("by").order_by("pk"))
        if any(row.by.email != REGISTER for row in rows):
            people = {row.by.email: {"name": row.by.name, "language": row.by.language} for row in rows}
            left = {"id", "dossier_id", "by_id"}
            said = [
                {**{name: value for name, value in as_json(row).items() if name not in left}, "by": row.by.email}
                for row in rows
            ]
            yield f"{FOLDER}/{one.key}{_BESIDE}", canonical({"office": 1, "people": people, "rows": said}) + b"\n"
