"""The stored cases of a file: a case as it was written, or the case that an assessment holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import ValidationError

from risk_engine.canonical import canonical, digest
from risk_engine.diagnostics import InvalidSourceError, RiskEngineError, file_problem
from risk_engine.engine.assess import is_intact
from risk_engine.engine.work import tupled
from risk_engine.language import _
from risk_engine.loading.case import read_case_file, stated_criteria, stated_date
from risk_engine.model.assessment import Assessment
from risk_engine.model.profile import Profile
from risk_engine.records.files import kind_of, read_assessment
from risk_engine.source import Document, parse


class NoCaseError(RiskEngineError):
    """The file is a record that holds no case, such as a decision."""


@dataclass(frozen=True)
class StoredCase:
    """One case with the day, the criteria and the profile that go with it; an assessment has a digest too."""

    file: str
    source: Literal["case", "assessment"]
    document: Document
    day: date | None
    criteria: str | None
    profile: Profile | None = None
    digest: str | None = None
    supersedes: str | None = None

    def placed(self) -> "StoredCase":
        """Return it with the places of all values, so that problems can say where they are."""
        if self.document.marks:
            return self
        name = _("{path} (its case)", path=self.file)
        document = parse(canonical(self.document.data).decode(), name, is_json=True, nulls=True)
        return StoredCase(self.file, self.source, document, self.day, self.criteria, self.profile)


def cases_in(path: Path) -> Iterator[StoredCase]:
    """Yield the cases of a file: one, or those of a list of assessments.

    Raises NoCaseError for a decision, InvalidSourceError with everything that is wrong where the file cannot be read,
    and RiskEngineError where an assessment is not as it was written.
    """
    data = _json(path)
    if isinstance(data, list) and any(_is(one, "assessment") for one in data):
        for number, one in enumerate(data, 1):
            yield _stored(path, _assessment(path, one, number), one, f"{path.as_posix()} ({number})")
    elif _is(data, "decision"):
        message = _("{path}: this is a decision, it holds no case", path=path)
        raise NoCaseError(message, _("give the assessment that it is on"))
    elif _is(data, "assessment"):
        yield _stored(path, _assessment(path, data), data, path.as_posix())
    else:
        document = read_case_file(path)
        if document.problems:
            raise InvalidSourceError(document.problems)
        yield StoredCase(path.as_posix(), "case", document, stated_date(document), stated_criteria(document))


def _json(path: Path) -> Any:
    """Return what a JSON file says, None where it is none: reading it carefully is for those who find problems."""
    if path.suffix.casefold() != ".json":
        return None
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _is(data: Any, kind: str) -> bool:
    return isinstance(data, dict) and kind_of(Document("", data, {}, ())) == kind


def _assessment(path: Path, data: Any, number: int | None = None) -> Assessment:
    try:
        return Assessment.model_validate_json(orjson.dumps(data))
    except ValidationError:
        if number is None:
            read_assessment(path)  # it says what is wrong
        message = _("entry {number} is not an assessment that this engine can read", number=number)
        way_out = _("an assessment is what `risk-engine assess --format json` writes")
        raise file_problem(path, message, way_out) from None


def _stored(path: Path, assessment: Assessment, data: dict[str, Any], name: str) -> StoredCase:
    if not _is_as_written(assessment, data):
        message = _("{file}: the assessment was changed after it was written, so it is not replayed", file=name)
        raise RiskEngineError(message, _("`risk-engine verify {path}` says where", path=path))
    return StoredCase(
        file=name,
        source="assessment",
        document=Document(name, tupled(assessment.case), {}, ()),
        day=assessment.on,
        criteria=assessment.criteria.id,
        profile=assessment.profile.profile if assessment.profile else None,
        digest=assessment.digest,
        supersedes=assessment.supersedes.digest if assessment.supersedes else None,
    )


def _is_as_written(assessment: Assessment, data: dict[str, Any]) -> bool:
    """Return whether an assessment fits its digest; the digest over the file as it is takes a fifth of the time."""
    content = {key: value for key, value in data.items() if key not in {"digest", "translations"}}
    content["findings"] = [
        {key: value for key, value in one.items() if key != "defined_at"} for one in data["findings"]
    ]
    return digest(content) == assessment.digest or is_intact(assessment)
