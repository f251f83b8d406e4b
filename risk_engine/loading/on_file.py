"""What the office has on file about an organisation, one file each in `partners/`, used by the cases that name it.

An entry of a case says `on_file: ID`; what the case leaves open the file answers, with its evidence and its dates. An
answer of the case stands, also where the file has another one: the case then says so. The case that is assessed holds
all answers that were used, so whoever reads or verifies a record needs no file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, suggestion
from risk_engine.files.language import _
from risk_engine.files.plain import Loc, digest
from risk_engine.files.source import Document, Mark, read
from risk_engine.loading.former_names import in_names_of_today
from risk_engine.loading.suggest import meant
from risk_engine.loading.validate import mappings, validated
from risk_engine.model.case import EVIDENCE_OF_FILE, ON_FILE, UNKNOWN, Day, EntryId, FactEvidence, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.former_names import FormerNames, former_names
from risk_engine.model.words import Model, Name

FOLDER: Final = "partners"
"""The folder beside the case, or beside the folder that the case is in."""
USUAL_LIMIT: Final = 365
"""So many days an answer is taken from a file without a word, where neither the file nor the office says another."""
LIMIT: Final = "limit.yaml"
"""In the folder: how long the office takes what is on file."""


class PartnerFile(Model):
    """What is on file about an organisation."""

    id: EntryId = Field(description="The name of the file, by which cases use it.")
    about: Name = Field(description="The list of the criteria whose questions it answers.")
    recorded_on: Day = Field(description="When somebody last looked at all of it.")
    stale_after_days: Annotated[int, Field(ge=1)] | None = Field(
        None, description="After so many days an answer should be looked at again."
    )
    answers: dict[str, Any] = Field(description="Question: its answer.")
    evidence: tuple[FactEvidence, ...] = Field((), description="What supports the answers, by their names.")


class _Limit(Model):
    stale_after_days: Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class OnFile:
    """A file of the folder, checked against a set."""

    path: Path
    stated: PartnerFile
    answers: Mapping[str, Any]
    """Those that are known."""
    limit: int
    digest: str

    def day_of(self, fact: str) -> date:
        """Return when an answer was recorded: the day of its newest evidence, else that of the file."""
        days = [one.date for one in self.stated.evidence if fact in {path.partition(".")[0] for path in one.for_}]
        return max(days, default=self.stated.recorded_on)


def folder_for(case: Path) -> Path | None:
    """Return the folder of what is on file for a case, None where there is none."""
    near = case.absolute().parent
    return next((one / FOLDER for one in (near, near.parent) if (one / FOLDER).is_dir()), None)


def read_on_file(path: Path, criteria: Criteria) -> OnFile:
    """Return what a file says; raise InvalidSourceError with everything that is wrong with it."""
    document = read(path, nulls=True)
    problems: list[Diagnostic] = []
    stated = validated(PartnerFile, document.data, document, (), problems)
    if stated is None:
        raise InvalidSourceError(problems)
    if stated.id != path.stem:
        message = _("the file is called `{name}`, and says that it is `{id}`", name=path.stem, id=stated.id)
        problems.append(document.problem(("id",), message, _("give both the same name")))
    names = former_names(criteria)
    about = names.entity(stated.about)
    entity = criteria.entities.get(about)
    if entity is None or entity.many is None:
        lists = [name for name, one in criteria.entities.items() if one.many is not None]
        message = _("there is no list `{name}` in {set_id}", name=stated.about, set_id=criteria.head.id)
        problems.append(document.problem(("about",), message, suggestion(stated.about, lists)))
        raise InvalidSourceError(problems)
    answers = {fact: one for fact, one in document.data["answers"].items() if one not in (None, UNKNOWN)}
    as_case = {"id": "case", "title": "case", stated.about: ({"id": stated.id, **answers},)}
    places: dict[Loc, Mark] = {
        (stated.about, 0, fact): mark for fact in answers if (mark := document.marks.get(("answers", fact))) is not None
    }
    today = in_names_of_today(Document(document.path, as_case, places, document.lines), criteria)
    problems += today.problems
    validated(case_model(criteria), today.document.data, today.document, (), problems, partial(meant, criteria))
    for number, record in enumerate(stated.evidence):
        for at, fact in enumerate(record.for_):
            if fact.partition(".")[0] not in answers:
                message = _("this is evidence for `{fact}`, which is not answered here", fact=fact)
                problems.append(document.problem(("evidence", number, "for", at), message, suggestion(fact, answers)))
    if problems:
        raise InvalidSourceError(problems)
    limit = stated.stale_after_days or limit_in(path.parent)
    if today.former:
        answers = {fact: one for fact, one in today.document.data[about][0].items() if fact != "id"}
        evidence = tuple(_of_today(one, stated.about, names, criteria) for one in stated.evidence)
        stated = stated.model_copy(update={"about": about, "answers": answers, "evidence": evidence})
    return OnFile(path, stated, answers, limit, digest(document.data))


def _of_today(record: FactEvidence, about: str, names: FormerNames, criteria: Criteria) -> FactEvidence:
    """Return evidence for answers in the names of the criteria; what is on file has no day for which it is read."""
    paths = (names.path(f"{about}.id.{one}", criteria) for one in record.for_)
    return record.model_copy(update={"for_": tuple(one.split(".", 2)[2] for one in paths)})


def limit_in(folder: Path) -> int:
    """Return how many days answers of a folder are taken without a word; raise InvalidSourceError for a wrong limit."""
    path = folder / LIMIT
    if not path.is_file():
        return USUAL_LIMIT
    problems: list[Diagnostic] = []
    document = read(path)
    found = validated(_Limit, document.data, document, (), problems)
    if found is None:
        raise InvalidSourceError(problems)
    return found.stale_after_days


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder in which something is on file, by name."""
    yield from sorted(one for one in folder.glob("*.yaml") if one.name != LIMIT and not one.name.startswith("."))


def with_files(document: Document, criteria: Criteria) -> tuple[Document, list[Diagnostic]]:
    """Return a case with the answers of the files that its entries name, and what is wrong with those."""
    problems: list[Diagnostic] = []
    data = dict(document.data)
    used: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    folder = folder_for(Path(document.path))
    for name, entity in criteria.entities.items():
        entries = data.get(name)
        if entity.many is None or not isinstance(entries, tuple):
            continue
        filled = list(entries)
        for number, entry in mappings(entries):
            if ON_FILE not in entry:
                continue
            filled[number] = {key: one for key, one in entry.items() if key != ON_FILE}
            loc = (name, number, ON_FILE)
            found = _named(entry[ON_FILE], name, folder, criteria, document, loc, problems)
            if found is not None:
                filled[number], record, more = taken_from(name, filled[number], found)
                used.append(record)
                evidence += more
        data[name] = tuple(filled)
    if used:
        data[ON_FILE] = tuple(used)
        have = data.get("evidence")
        data["evidence"] = (*(have if isinstance(have, tuple) else ()), *evidence)
    return replace(document, data=data), problems


def _named(  # noqa: PLR0913, PLR0917 (where it is named, and what it is looked for in)
    reference: object,
    entity: str,
    folder: Path | None,
    criteria: Criteria,
    document: Document,
    loc: Loc,
    problems: list[Diagnostic],
) -> OnFile | None:
    """Return the file that an entry names, None after noting why there is none."""
    if folder is None:
        message = _("there is no folder `{folder}` beside the case or above it", folder=FOLDER)
        way_out = _("`risk-engine partner save CASE ENTRY` makes one; or take `on_file:` out")
        problems.append(document.problem(loc, message, way_out))
        return None
    path = folder / f"{reference}.yaml"
    known = [one.stem for one in files_in(folder)]
    if not isinstance(reference, str) or reference not in known:
        message = _("nothing is on file as `{name}`", name=reference)
        way_out = suggestion(f"{reference}", known) or _("`risk-engine partner save CASE ENTRY` writes a file")
        problems.append(document.problem(loc, message, way_out))
        return None
    try:
        found = read_on_file(path, criteria)
    except InvalidSourceError as error:
        problems += error.diagnostics
        return None
    if found.stated.about != entity:
        message = _("`{name}` is on file about `{about}`", name=reference, about=found.stated.about)
        problems.append(document.problem(loc, message))
        return None
    return found


def taken_from(
    entity: str, entry: Mapping[str, Any], found: OnFile
) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """Return an entry with what is on file where it says nothing, what the case says of that, and its evidence.

    `entity` is the list of the case that it stands in.
    """
    path = f"{entity}.{entry.get('id')}"
    taken = {fact: one for fact, one in found.answers.items() if entry.get(fact) in (None, UNKNOWN)}
    differs = {fact: one for fact, one in found.answers.items() if fact not in taken and entry[fact] != one}
    evidence: list[dict[str, Any]] = []
    shown: set[str] = set()
    for record in found.stated.evidence:
        facts = [one for one in record.for_ if one.partition(".")[0] in taken]
        if facts:
            plain = record.model_dump(by_alias=True, exclude_none=True)
            evidence.append({**plain, "for": tuple(f"{path}.{one}" for one in facts)})
            shown |= {one.partition(".")[0] for one in facts}
    rest = tuple(f"{path}.{fact}" for fact in taken if fact not in shown)
    if rest:
        where = f"{FOLDER}/{found.path.name}"
        evidence.append({"for": rest, "kind": EVIDENCE_OF_FILE, "reference": where, "date": found.stated.recorded_on})
    said = {
        "entry": path,
        "file": found.stated.id,
        "digest": found.digest,
        "answers": {fact: found.day_of(fact) for fact in taken},
        "differs": differs,
        "stale_after_days": found.limit,
    }
    return {**entry, **taken}, said, evidence
