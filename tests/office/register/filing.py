"""Small cases of the loan desk, and the functions that file them as the command does."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from risk_engine.engine.assess import to_json
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision, Person
from risk_engine.model.explanation import Explanation
from risk_engine.office.register.add import Filing, add, recognised
from risk_engine.office.register.folder import Filed, Kind, known_case_folder
from risk_engine.office.register.log import LOG
from risk_engine.office.register.record import Assessed
from risk_engine.office.register.upkeep import Reassessed, Reassessing, file_again
from risk_engine.office.register.writing import writing
from risk_engine.portfolio.assess import Assessor
from risk_engine.records.criteria import KEPT, criteria_of, in_words
from risk_engine.records.decide import Said, decide
from risk_engine.records.decisions import decision_json
from tests.cli.running import LOAN_CASE, LOAN_DESK

TODAY = date(2026, 3, 9)
TEXT = LOAN_CASE.read_text("utf-8")
CASE_ID = "L-2026-07"


def case_file(folder: Path, *changes: tuple[str, str], name: str = "case.yaml") -> Path:
    """Write the case of the loan desk with these changes; return its file."""
    text = TEXT
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def with_id(case_id: str) -> tuple[str, str]:
    return (f"id: {CASE_ID}\n", f'id: "{case_id}"\n')


@cache
def assessor(on: date | None = None, profile: Path | None = None) -> Assessor:
    """Return who assesses cases of the loan desk; its criteria are read once for all tests."""
    return Assessor(str(LOAN_DESK), on, profile)


def filing(folder: Path, on: date | None = None, profile: Path | None = None, **options: Any) -> Filing:
    return Filing(folder, assessor(on, profile), TODAY, **options)


def filed(folder: Path, *paths: Path, on: date | None = None, **options: Any) -> list[str]:
    """File these files; return what was said."""
    return list(_filed(filing(folder, on, **options), paths))


def _filed(how: Filing, paths: tuple[Path, ...]) -> Iterator[str]:
    for path in paths:
        yield from add(path, recognised(path).kind, how)


def put(register: Path, kind: Kind, hint: str, suffix: str, data: bytes, case_id: str = CASE_ID) -> Filed:
    """File any content under a kind, whatever it says."""
    with writing(register, print) as work:
        return work.file(known_case_folder(register, case_id), kind, hint, suffix, data)[1]


def assessed(path: Path, on: date | None = None) -> Assessment:
    return assessor(on).assess(path)


def told(assessment: Assessment) -> Explanation:
    """Return an assessment of the loan desk, of whichever version, in words."""
    return in_words(assessment, criteria_of(assessment, str(LOAN_DESK)))[0]


def written(path: Path, record: Assessment | Decision) -> Path:
    """Write a record as the command does that makes it; return its file."""
    path.write_bytes(to_json(record) if isinstance(record, Assessment) else decision_json(record))
    return path


def decided(assessment: Assessment, on: date = date(2026, 3, 5), **said: Any) -> Decision:
    levels = tuple((one.ladder, one.level) for one in assessment.proposals)
    keeper = Person(name="K. Keeper", role="Keeper")
    return decide(told(assessment), Said(by=keeper, on=on, **{"levels": levels, **said}))


def names(folder: Path) -> list[str]:
    """Return the names of what was filed in a folder and below, without the digests, which another engine changes."""
    several = (one for one in folder.rglob("*") if one.is_file() and one.name != LOG and one.parent.name != KEPT)
    found = (one.relative_to(folder).as_posix() for one in several)
    return sorted(one if one.count(".") < 2 else one.split(".", 1)[0] + "." + one.rsplit(".", 1)[1] for one in found)


def reassess(
    folder: Path, current: Assessed, assessor: Assessor, *, dry_run: bool, file_unchanged: bool = False
) -> Reassessed | None:
    """Assess a case again and file what is to be filed."""
    done = Reassessing(assessor, dry_run, file_unchanged).again(current)
    return None if done is None else file_again(folder, done, assessor, print)
