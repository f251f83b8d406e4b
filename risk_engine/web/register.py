"""What the register says of cases: rows that are made of their answers and of their sealed records.

What a case comes to, what of it is due and how its decision stands is worked out by the package, as for a folder
(`office/register`), when something is sealed; a list of thousands then reads rows alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypedDict

from django.conf import settings
from django.db.models import Count, F, Max, Min, QuerySet

from risk_engine.model.assessment import Assessment
from risk_engine.model.case import ON_FILE
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision
from risk_engine.office.forms.case_record import Record
from risk_engine.office.register.folder import CaseFolder
from risk_engine.office.register.folder import Filed as FiledFile
from risk_engine.office.register.listing import What, dues
from risk_engine.office.register.record import Assessed, CaseRecord, ReadCase, Ruled, Rulings, faults, rulings
from risk_engine.report.returned import same_label
from risk_engine.web.models import Case, CaseDue, CaseEntry, CaseFinding, CaseLevel, Filed
from risk_engine.web.words import SealedKind, State


@dataclass(frozen=True)
class OfficeRecord(CaseRecord):
    """A case of the database as the register of the package sees one of a folder."""

    closed: bool = False

    def is_closed(self) -> bool:
        """Return whether the office has closed the case."""
        return self.closed


def record_of(case: Case) -> OfficeRecord:
    """Return what is sealed of a case: the assessment that counts now, and what its decisions come to."""
    rows = case.filed.select_related("sealed").order_by("-order")
    return OfficeRecord(**vars(read_rows(case.number, rows).record), closed=case.state == State.CLOSED)


def read_rows(number: str, rows: Iterable[Filed]) -> ReadCase:
    """Return what the sealed records of a case come to, with what it was read from; the newest row comes first."""
    # Where a register would keep them: own criteria are looked for beside and above.
    place = Path(settings.OFFICE) / "cases" / number
    assessed: list[Assessed] = []
    decided: list[tuple[FiledFile, Decision, bytes]] = []
    for row in rows:
        raw = bytes(row.sealed.content)
        match SealedKind(row.sealed.kind):
            case SealedKind.ASSESSMENT:
                assessed.append(Assessed(_file(place, row, "assessment"), Assessment.model_validate_json(raw)))
            case SealedKind.DECISION:
                decided.append((_file(place, row, "decision"), Decision.model_validate_json(raw), raw))
            case _:
                pass
    about = [one.assessment for one in assessed]
    others = [decision for _file_, decision, _raw in decided]
    ruled = [Ruled(file, one, tuple(faults(one, raw, about, others))) for file, one, raw in decided]
    current = assessed[0] if assessed else None
    record = CaseRecord(CaseFolder(place, ()), current, rulings(ruled, about) if ruled else Rulings())
    return ReadCase(record, tuple(about), tuple(ruled))


def _file(place: Path, row: Filed, kind: Literal["assessment", "decision"]) -> FiledFile:
    name = f"{row.order:04}-{kind}.json"
    return FiledFile(row.order, name, kind, row.sealed.sha256, place / name)


class Summary(TypedDict, total=False):
    """What a list shows of a case, by ids; words are made when somebody reads."""

    names: list[str]
    """Whom it is with: the entries of the first list of the set in which it names somebody."""
    levels: dict[str, tuple[str, list[str]]]
    """By role, the ladder and its levels that the case may have, the mildest first."""
    open: bool
    decided: list[tuple[str, str]]
    """Ladder and level."""
    unconfirmed: bool
    """Whether the decision is not in effect before a second person confirms it."""
    due: tuple[str, What]


def keep(case: Case) -> None:
    """Write anew what the register says of a case by its sealed records; after each seal, and what closes or opens."""
    record = record_of(case)
    proposals = record.current.assessment.proposals if record.current else ()
    decided = [
        one for ruled in (record.ruled, *record.rulings.beside) if ruled is not None for one in ruled.decision.levels
    ]
    pairs = {one.ladder: one.levels for one in proposals}
    levels = {(one.ladder, level): one.role == "headline" for one in proposals for level in (one.level, *one.range)}
    levels |= {(one.ladder, one.decided.name): False for one in decided if (one.ladder, one.decided.name) not in levels}
    CaseLevel.objects.filter(case=case).delete()
    CaseLevel.objects.bulk_create(
        CaseLevel(case=case, ladder=ladder, level=level, is_headline=is_headline, rank=_rank(pairs.get(ladder), level))
        for (ladder, level), is_headline in levels.items()
    )
    CaseFinding.objects.filter(case=case).delete()
    CaseFinding.objects.bulk_create(
        CaseFinding(
            case=case,
            indicator=one.id,
            is_present=one.outcome == "present",
            least=one.residual.at_least,
            most=one.residual.at_most,
        )
        for one in (record.current.assessment.findings if record.current else ())
    )
    found = sorted(dues(record))
    CaseDue.objects.filter(case=case).delete()
    CaseDue.objects.bulk_create(CaseDue(case=case, day=one.day, what=one.what) for one in found)
    summary = Summary(
        names=case.summary.get("names", []),
        levels={
            one.role: (one.ladder, [each for each in one.levels if each in {one.level, *one.range}])
            for one in proposals
            if one.role
        },
        open=any(one.provisional for one in proposals),
        decided=list(dict.fromkeys((one.ladder, one.decided.name) for one in decided if one.role == "headline")),
        unconfirmed=record.decision_state() == "unconfirmed",
    )
    if found:
        summary["due"] = (found[0].day.isoformat(), found[0].what)
    case.summary = summary
    case.save(update_fields=["summary"])


def _rank(levels: Sequence[str] | None, level: str) -> int:
    """Return how many levels are stricter; levels of a ladder that is not there any more count as the strictest."""
    return len(levels) - 1 - levels.index(level) if levels and level in levels else 0


_MOST: Final = CaseEntry._meta.get_field("name").max_length or 0


def keep_entries(case: Case, record: Record) -> None:
    """Write anew whom and what a case names, where its answers name others than before."""
    files = {one["entry"]: one["file"] for one in record.data.get(ON_FILE) or ()}
    now = [
        (name, entry["id"], record.label(name, entry["id"])[:_MOST], files.get(f"{name}.{entry['id']}", ""))
        for name, entity in record.criteria.entities.items()
        if entity.many is not None
        for entry in record.entries(name)
    ]
    rows = CaseEntry.objects.filter(case=case)
    if now == list(rows.order_by("pk").values_list("entity", "entry", "name", "on_file")):
        return
    rows.delete()
    CaseEntry.objects.bulk_create(
        CaseEntry(case=case, entity=entity, entry=entry, name=name, folded=same_label(name)[:_MOST], on_file=on_file)
        for entity, entry, name, on_file in now
    )
    named = [(entity, name) for entity, entry, name, _on_file in now if name != entry]
    case.summary["names"] = list(dict.fromkeys(name for entity, name in named if entity == named[0][0]))
    case.save(update_fields=["summary"])


@dataclass(frozen=True)
class Named:
    """A name that stands in cases: in which list, in how many that somebody sees, and what it is on file as."""

    name: str
    entity: str
    number: int
    on_file: str


def named(visible: QuerySet[Case], wanted: str) -> list[Named]:
    """Return the names in the cases that somebody sees which hold what is wanted, by name; an id alone is no name."""
    rows = CaseEntry.objects.filter(case__in=visible, folded__contains=same_label(wanted)).exclude(name=F("entry"))
    counted = rows.values("folded", "entity").annotate(
        called=Min("name"), number=Count("case", distinct=True), file=Max("on_file")
    )
    return [
        Named(one["called"], one["entity"], one["number"], one["file"]) for one in counted.order_by("folded", "entity")
    ]


def elsewhere(case: Case, visible: QuerySet[Case], criteria: Criteria) -> list[tuple[str, int]]:
    """Return whom a case is with who stands in others too, with in how many of those that somebody sees.

    They stand in the first list of a set; a person in another one is P-01 in each case, and is not the same.
    """
    first = next((name for name, entity in criteria.entities.items() if entity.many is not None), "")
    names = {one.folded: one.name for one in case.entries.filter(entity=first).exclude(name=F("entry"))}
    others = CaseEntry.objects.filter(folded__in=names, case__in=visible.exclude(pk=case.pk))
    counted = others.values("folded").annotate(number=Count("case", distinct=True)).order_by("folded")
    return [(names[one["folded"]], one["number"]) for one in counted]
