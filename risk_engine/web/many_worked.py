"""What a table of many cases comes to: the worker's part, its report, its rows, and a case begun from one."""

import csv
import hashlib
import io
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db import transaction

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import DefectError, RiskEngineError
from risk_engine.files.harmless import unguarded
from risk_engine.files.language import _, current, grouped_by_thousands, in_language, spoken_by
from risk_engine.files.processes import Tell
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.loading.releases import choose
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.explanation import Explanation
from risk_engine.report import written
from risk_engine.report.pages.portfolio import portfolio_view
from risk_engine.web import cases, log, many, releases, studies
from risk_engine.web.many import Outcome, Stage, Standing
from risk_engine.web.models import Answer, BroughtTable, Case, CaseAccess, Job, Person
from risk_engine.web.rights import faculties_of
from risk_engine.web.stated import case_stating
from risk_engine.web.table_text import TablesText

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from risk_engine.portfolio.many import Levels
    from risk_engine.portfolio.reading import Batch

MOST_ROWS: Final = 100_000
A_PAGE: Final = 50
STATED: Final = "stated.parquet"
"""What the cases state, as it was read."""


def run(job: Job) -> None:
    """Assess a table, and write what comes of it beside it; the job says meanwhile how far it is.

    Raises RiskEngineError where it is not there any more, or nothing of it can be read.
    """
    of = BroughtTable.objects.filter(key=job.about).first()
    if of is None:
        raise RiskEngineError(_("this table is not there any more"))
    from risk_engine.portfolio.decide import Deciding
    from risk_engine.portfolio.many import Levels
    from risk_engine.portfolio.many import run as run_many
    from risk_engine.portfolio.places import Outputs

    rules = many.rules(of)
    on = many.day_of(of, many.saved(of) if many.is_mapped(of) else None)
    about = {"criteria": f"{rules.head.id}@{rules.head.version}", "digest": rules.digest}
    about |= {"on": on.isoformat()} if on else {}
    profile, levels = many.profile(of), Levels(rules)
    about |= {"profile": profile.institution} if profile else {}

    def tell(_done: int, _parts: int) -> None:  # by a thread of its own, which has no part in the job's transaction
        many.keep(of, _so_far(levels, "rows", on))

    many.keep(of, _so_far(levels, "rows", on))
    TablesText().keep(of)  # so that nobody waits for it who looks for somebody's data
    try:
        outputs = Outputs(of.folder / "results.parquet", "parquet", about, force=True)
        run_many(_kept(of, many.begun(of)), Deciding(rules, on, profile).results, levels, outputs, tell=tell)
        outputs.finish()
    except RiskEngineError as error:
        raise RiskEngineError(many.told(error, of)) from error
    many.keep(of, _so_far(levels, "files", on))
    _write_tables(of)
    many.keep(of, _so_far(levels, "report", on))
    _write_report(of, studies.telling(job))
    many.keep(of, _so_far(levels, "ready", on))


def _so_far(levels: "Levels", stage: Stage, on: date | None) -> Outcome:
    counted: dict[tuple[str, str], Standing] = {}
    for at, number in levels.levels.items():
        before = counted.get((at.ladder, at.level), Standing(at.ladder, at.level, 0, 0))
        opened = number if at.is_open else 0
        counted[at.ladder, at.level] = replace(before, cases=before.cases + number, open=before.open + opened)
    return Outcome(
        stage,
        levels.done,
        levels.total,
        levels.assessed,
        levels.rejected,
        levels.unread,
        levels.contradictory,
        tuple(counted.values()),
        tuple(levels.notes),
        on,
    )


def _kept(of: BroughtTable, batches: "Iterator[Batch]") -> "Iterator[Batch]":
    """Yield what was read, and keep it for the report and for whoever opens a row: reading a table takes long."""
    import polars as pl

    read = []
    for one in batches:
        if one.done > MOST_ROWS:
            message = _("the table has more than {number} rows", number=grouped_by_thousands(MOST_ROWS))
            raise RiskEngineError(message, _("bring it in parts"))
        read.append(one.stated)
        yield one
    pl.concat(read).write_parquet(of.folder / STATED)


def _write_tables(of: BroughtTable) -> None:
    """Write what came of the cases as a workbook and as tables of CSV; what no workbook can hold there is not."""
    from risk_engine.portfolio.figures_files import ResultsFile
    from risk_engine.portfolio.forms import related, write_book, write_tables
    from risk_engine.portfolio.results import result_schema

    held, schema = ResultsFile(of.folder / "results.parquet"), result_schema(many.rules(of))
    book, tables = of.folder / "results.xlsx", of.folder / "results"
    try:
        write_book(book, schema, held.parts(), related, lambda: {"criteria": of.criteria})
    except RiskEngineError:
        book.unlink(missing_ok=True)
    tables.mkdir(exist_ok=True)
    write_tables(tables, schema, held.parts(), related)
    shutil.make_archive(f"{of.folder / 'results.csv'}", "zip", tables)
    shutil.rmtree(tables)


def _write_report(of: BroughtTable, tell: Tell) -> None:
    import polars as pl

    from risk_engine.portfolio.figures import Asked, Under, figures, together
    from risk_engine.portfolio.figures_counts import counted_by
    from risk_engine.portfolio.figures_files import ListFiles, ResultsFile

    held, rules, path = ResultsFile(of.folder / "results.parquet"), many.rules(of), of.folder / "report.html"
    profile = many.profile(of)
    shutil.rmtree(of.folder / "report-cases", ignore_errors=True)

    def parts() -> "Iterator[pl.DataFrame]":
        return together(held.parts(), [pl.read_parquet(of.folder / STATED)])

    with in_language(spoken_by("report", current())), ListFiles(path) as lists:
        asked = Asked(counted_by(rules), write=lists.add, cases=held.rows)
        made = figures(parts, Under(rules, profile), asked, held.rejected(), tell)
        view = portfolio_view(made, criteria_in_words(rules), source=of.name, profile=held.said("profile"))
        write_bytes(path, written(view, "html"))


# --- its rows ---


@dataclass(frozen=True)
class Row:
    """A case of a table: between which levels of each ladder that decides, how much is found and how much missing."""

    case: str
    title: str
    ends: tuple[tuple[str, str], ...]
    findings: int
    missing: int
    unread: str | None


def rows(of: BroughtTable, ladder: str, level: str, page: int) -> tuple[list[Row], int]:
    """Return a page of the cases of a table, of all or of those at a level of a ladder, and how many there are."""
    import polars as pl

    found = pl.scan_parquet(of.folder / "results.parquet")
    ladders = many.rules(of).head.roles.deciding
    if ladder in many.rules(of).ladders:
        found = found.filter(pl.col(ladder) == level)
    wanted = found.select(
        "case",
        "unread",
        *(f"{one}.{end}" for one in ladders for end in ("lowest", "highest")),
        count=pl.col("findings").list.len(),
        open=pl.col("missing").list.len(),
    )
    number = int(found.select(pl.len()).collect().item())
    shown = wanted.slice((page - 1) * A_PAGE, A_PAGE).collect()
    stated = pl.scan_parquet(of.folder / STATED).filter(pl.col("case").is_in(shown["case"].to_list()))
    titles = dict(stated.select("case", "title").collect().iter_rows())
    return [
        Row(
            one["case"],
            titles.get(one["case"]) or "",
            tuple((one[f"{ladder}.lowest"], one[f"{ladder}.highest"]) for ladder in ladders if one["unread"] is None),
            one["count"] or 0,
            one["open"] or 0,
            one["unread"],
        )
        for one in shown.iter_rows(named=True)
    ], number


@dataclass
class Refused:
    """What a column says that kept rows out, with the first rows, and how many they are."""

    column: str
    value: str
    reason: str
    rows: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, row: str) -> None:
        """Count one more row."""
        self.number += 1
        if self.number <= _FIRST_ROWS:
            self.rows.append(row)


_FIRST_ROWS: Final = 5


def rejected(of: BroughtTable) -> list[Refused]:
    """Return what kept rows out, what stands in most rows first."""
    path, found = of.folder / many.REJECTED, dict[tuple[str, str, str], Refused]()
    if not path.is_file():
        return []
    with io.StringIO(read_bytes(path).decode("utf-8-sig"), newline="") as file:
        for one in csv.DictReader(file):
            column, value, reason = (unguarded(one[name] or "") for name in ("column", "value", "reason"))
            found.setdefault((column, value, reason), Refused(column, value, reason)).add(one["row"] or "")
    return sorted(found.values(), key=lambda one: -one.number)


def explained(of: BroughtTable, case: str) -> Explanation:
    """Return the assessment of one row in words, by every rule read one by one, as a single case is.

    Raises RiskEngineError where there is no such row, DefectError where that differs from what the columns say.
    """
    from risk_engine.portfolio.decide import Deciding
    from risk_engine.portfolio.single_row import case_in, differences

    rules, made = many.rules(of), many.outcome(of)
    on, profile = made.on if made else None, many.profile(of)
    stated = _row(of, case)
    one = case_in(stated.row(0, named=True), rules, of.name)
    chosen = choose(of.criteria, on or one.assessment_date)
    assessment = assess(
        one,
        rules,
        on,
        profile,
        in_force=chosen.in_force,
        draft=chosen.draft,
        withdrawn=chosen.withdrawn,
        trace="reference",
    )
    if found := differences(Deciding(rules, on, profile).results(stated), assessment):
        lines = [f"{one.column}: {one.in_columns} / {one.alone}" for one in found]
        raise DefectError("\n".join([_("{case}: in columns / as a single case", case=case), *lines]))
    return explain(assessment, rules)


def _row(of: BroughtTable, case: str) -> "pl.DataFrame":
    import polars as pl

    found = pl.scan_parquet(of.folder / STATED).filter(pl.col("case") == case).head(1).collect()
    if not found.height:
        message = _("no row of the table that could be read is the case `{case}`", case=case)
        raise RiskEngineError(message, _("the rejected rows say which values it was"))
    return found


@transaction.atomic
def begin(of: BroughtTable, case: str, by: Person) -> Case:
    """Begin a case of the office that states what a row does; return it, the same one where that was done before.

    Raises RiskEngineError where somebody may begin no case in that faculty, where new cases take other criteria by
    now, and for what a case of the office cannot hold.
    """
    from risk_engine.portfolio.single_row import stated_in

    page = _page(of, case)
    log.alone_in(page)
    if (begun := begun_from(of, case)) is not None:
        return begun
    faculty = faculties_of(by, "begin").filter(pk=of.faculty_id).first()
    if faculty is None:
        raise RiskEngineError(_("You begin no cases in this faculty."))
    if releases.in_use(cases.today()).reference != of.criteria:
        raise RiskEngineError(_("New cases take other criteria by now: bring the table anew."))
    stated = stated_in(_row(of, case).row(0, named=True), many.rules(of), of.name)
    stated.pop("assessment_date", None)
    number = cases.next_number()
    given = {**stated, "id": number, "criteria": of.criteria, "status": "draft"}
    made = case_stating(given, of.criteria, faculty, by, page)
    log.note("begin", by, made, title=given["title"], table=of.key)
    if of.confidential:
        made.confidential = True
        made.save(update_fields=["confidential"])
        CaseAccess.objects.create(case=made, person=by)
        log.note("confidential", by, made, named=[by.pk])
    return made


def begun_from(of: BroughtTable, case: str) -> Case | None:
    """Return the case that somebody began from a row, None where nobody did."""
    first = Answer.objects.filter(page=_page(of, case), path="title").select_related("case").first()
    return None if first is None else first.case


def _page(of: BroughtTable, case: str) -> str:
    """Return what says of an answer from which row it came."""
    return f"many {of.key} {hashlib.sha256(case.encode()).hexdigest()[:16]}"
