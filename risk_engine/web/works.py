"""Who works with whom, in the office: an export of works is read by the worker, counted, and told in pages and briefs.

All of it is done by `awareness`, as on the command line. What was sent is deleted as soon as it is read: columns of
works, institutions and topics are kept, and no person's name. What people said of doubted pairs are rows, for all
exports.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import QuerySet
from pydantic import TypeAdapter

from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _, current
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import criteria_in_words
from risk_engine.screening.screen import Screening
from risk_engine.web import cases, evidence, log, releases, screened_lists, screening, studies
from risk_engine.web.models import BroughtWorks, Job, PairWord, Person
from risk_engine.web.wording import lines_words
from risk_engine.web.words import JobKind, PairSaid

if TYPE_CHECKING:
    from django.core.files.base import File

    from risk_engine.awareness.drawn import Wanted
    from risk_engine.awareness.overrules import Overrules
    from risk_engine.awareness.report import Pair
    from risk_engine.awareness.ror import Listed
    from risk_engine.awareness.works import Collaborations
    from risk_engine.office.monitor.works import Joint

BETWEEN: Final = ("EU27-AC", "CN")
"""Between which regions pairs are looked for where nobody says others."""
MOST_PAIRS: Final = 200
"""So many pairs of each kind are listed, those with the most works."""
_LISTS: Final = "lists.json"
_MAPPING: Final = "mapping.yaml"
_SHOWN: Final = 10
"""So many works of a pair are shown beside it, so that somebody can look at them before they judge it."""
_FRAMES: Final = ("works", "parties", "topics")
_NAME: Final = BroughtWorks._meta.get_field("name").max_length or 0
_OURS: Final = BroughtWorks._meta.get_field("ours").max_length or 0
_KEY: Final = PairWord._meta.get_field("institution_a").max_length or 0


# --- what somebody brings ---


@transaction.atomic
def bring(
    files: "Sequence[File[Any]]",
    between: tuple[str, str],
    by: Person,
    *,
    whole: bool,
    mapping: "File[Any] | None" = None,
) -> BroughtWorks:
    """Keep an export until the worker has read it; `mapping` says of a table which column states what.

    Raises RiskEngineError where a region or the file is none.
    """
    from risk_engine.awareness import need_counting
    from risk_engine.awareness.regions import shipped_regions

    need_counting()
    if not files:
        raise RiskEngineError(_("Choose a file."))
    a, b = shipped_regions().pair(*between)
    names = {evidence.safe_name(one.name or ""): one for one in files}
    if len(names) != len(files):
        raise RiskEngineError(_("Two files have one name."))
    name = ", ".join(names)[:_NAME]
    of = BroughtWorks.objects.create(key=secrets.token_hex(8), name=name, a=a.name, b=b.name, whole=whole, by=by)
    raw = of.folder / "raw"
    raw.mkdir(mode=0o700, parents=True)
    placed = {raw / each: file for each, file in names.items()}
    if mapping is not None:
        placed[of.folder / _MAPPING] = mapping
    for path, file in placed.items():
        with path.open("xb") as target:
            for block in file.chunks():
                target.write(block)
    log.note("works_brought", by, None, key=of.key, whole=whole)
    ask(of, by)
    return of


@transaction.atomic
def ask(of: BroughtWorks, by: Person, institution: str = "") -> Job:
    """Write down that a report, or the brief of an institution, is wanted; return the job, the same while it waits."""
    about = f"{of.key}\n{institution}"[:400]
    waiting = jobs_of(of).filter(about=about, language=current(), finished=None, given_up=False).first()
    return waiting or Job.objects.create(kind=JobKind.AWARENESS, about=about, by=by, language=current())


def jobs_of(of: BroughtWorks) -> QuerySet[Job]:
    """Return the jobs about an export, the last first."""
    return Job.objects.filter(kind=JobKind.AWARENESS, about__startswith=f"{of.key}\n").order_by("-pk")


@transaction.atomic
def remove(of: BroughtWorks, by: Person) -> None:
    """Delete an export with all that came of it."""
    log.note("works_removed", by, None, key=of.key)
    folder = of.folder
    jobs_of(of).filter(finished=None).update(given_up=True)
    of.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


# --- the worker's part ---


def run(job: Job) -> None:
    """Read an export if it was not read yet, and write its report, or the brief of an institution.

    Raises RiskEngineError where it cannot be read, and for an institution of which nothing can be told.
    """
    from risk_engine.awareness import need_counting
    from risk_engine.awareness.drawn import Wanted, judged_pairs
    from risk_engine.awareness.regions import shipped_regions
    from risk_engine.awareness.ror import lists_by_institution

    need_counting()
    key, _line, institution = job.about.partition("\n")
    of = BroughtWorks.objects.filter(key=key).first()
    if of is None:
        raise RiskEngineError(_("this export is not there any more"))
    regions = shipped_regions()
    if not (of.folder / "sources.json").is_file():
        _read(of, job)
    found = _kept(of)
    wanted = Wanted(*regions.pair(of.a, of.b))
    found, marked, heads = _looked_up(found, wanted)
    pairs = judged_pairs(found, wanted, overrules=said(), listed=lists_by_institution(marked))
    if institution:
        _brief(of, found, wanted, pairs, institution, marked)
    else:
        write_bytes(of.folder / _LISTS, json.dumps(heads).encode())
        _report(of, found, wanted, pairs)


def _looked_up(
    found: "Collaborations", wanted: "Wanted"
) -> "tuple[Collaborations, tuple[Listed, ...], list[list[str]]]":
    """Return works with the ROR of their institutions, which partners stand on lists, and on which they were looked up.

    All see a report: what was decided in a confidential case marks nobody in it, and takes no mark away.
    """
    from risk_engine.awareness.ror import listed, with_ror

    if not screening.place().is_file():
        return found, (), []
    try:
        with screened_lists.opened() as store:
            looking = Screening(store, cases.today(), lambda _list, _done: None)
            found = with_ror(found, looking)
            about = screening.every_decision(confidential=False)
            marked = listed(found, wanted.b.countries, looking, about)
            heads = [one.head for one in looking.lists]
    except RiskEngineError as error:
        raise RiskEngineError(f"{error}".replace(f"{screening.place().parent}/", "")) from error
    return found, marked, [[one.title, f"{one.source_date or one.read_on}"] for one in heads]


def _read(of: BroughtWorks, job: Job) -> None:
    from risk_engine.awareness.regions import shipped_regions
    from risk_engine.awareness.sources import inputs_of
    from risk_engine.awareness.works import Source, read_collaborations

    raw, mapping = of.folder / "raw", of.folder / _MAPPING
    if not raw.is_dir():
        raise RiskEngineError(_("its files are not there any more"), _("bring the export anew"))
    try:
        said_of = mapping if mapping.is_file() else None
        inputs = inputs_of(sorted(raw.iterdir()), shipped_regions(), mapping=said_of, whole=of.whole)
        found = read_collaborations(inputs, progress=studies.telling(job))
    except RiskEngineError as error:
        shutil.rmtree(raw)  # tried again it says the same, and it may name persons
        told = lines_words(error, of.folder).replace("raw/", "").replace("--mapping", f"“{mapping_field()}”")
        raise RiskEngineError(told) from error
    for name in _FRAMES:
        getattr(found, name).write_parquet(of.folder / f"{name}.parquet")
    sources = TypeAdapter(tuple[Source, ...]).dump_json(found.sources)
    write_bytes(of.folder / "notes.json", json.dumps(found.notes).encode())
    write_bytes(of.folder / "sources.json", sources)
    shutil.rmtree(raw)  # it may name persons


def mapping_field() -> str:
    """Return what the field of a mapping is called on the page."""
    return _("Of another table: which column states what (YAML)")


def _kept(of: BroughtWorks) -> "Collaborations":
    import polars as pl

    from risk_engine.awareness.works import Collaborations, Source

    sources = TypeAdapter(tuple[Source, ...]).validate_json(read_bytes(of.folder / "sources.json"))
    works, parties, topics = (pl.read_parquet(of.folder / f"{name}.parquet") for name in _FRAMES)
    return Collaborations(sources, works, parties, topics, tuple(json.loads(read_bytes(of.folder / "notes.json"))))


def _report(of: BroughtWorks, found: "Collaborations", wanted: "Wanted", pairs: "Sequence[Pair]") -> None:
    from risk_engine.awareness.areas import shipped_areas
    from risk_engine.awareness.drawn import drawn
    from risk_engine.awareness.for_one import area_titles
    from risk_engine.awareness.report import awareness_view
    from risk_engine.report import written
    from risk_engine.report.workbook import xlsx

    areas, today = shipped_areas(), cases.today()
    titles = area_titles(criteria_in_words(load_criteria(areas.criteria, today)), areas.fact)
    view = awareness_view(drawn(found, wanted, pairs, areas=(areas, titles)), on=today)
    write_bytes(of.folder / "pairs.json", json.dumps(_listed(pairs, found)).encode())
    write_bytes(of.folder / f"report.{current()}.xlsx", xlsx(view))
    write_bytes(of.folder / f"report.{current()}.html", written(view, "html", None))


def _listed(pairs: "Iterable[Pair]", found: "Collaborations") -> list[dict[str, Any]]:
    """Return the pairs that a page lists: of suspect and of other ones those with the most works, and some of these."""
    from risk_engine.awareness.drawn import told_works

    ordered = sorted(pairs, key=lambda one: (-len(one.works), one.a.name, one.b.name))
    suspect = [one for one in ordered if one.status == "suspect"][:MOST_PAIRS]
    others = [one for one in ordered if one.status != "suspect"][:MOST_PAIRS]
    named = told_works(found, {work for one in (*suspect, *others) for work in one.works[:_SHOWN]})
    return [
        {
            "a": {"country": one.a.country, "key": one.a.key, "name": one.a.name},
            "b": {"country": one.b.country, "key": one.b.key, "name": one.b.name},
            "lists": list(one.b.listed),
            "works": len(one.works),
            "told": [
                {"title": work.title, "year": work.year, "link": work.link}
                for work in (named[each] for each in one.works[:_SHOWN] if each in named)
            ],
            "status": one.status,
            "reasons": list(one.reasons),
        }
        for one in (*suspect, *others)
    ]


def _brief(
    of: BroughtWorks,
    found: "Collaborations",
    wanted: "Wanted",
    pairs: "Sequence[Pair]",
    institution: str,
    marked: "Sequence[Listed]",
) -> None:
    from risk_engine.awareness.areas import shipped_areas
    from risk_engine.awareness.brief import fitting_brief
    from risk_engine.awareness.for_one import Rules, briefed
    from risk_engine.report import written
    from risk_engine.report.typst import length

    reference = releases.used_now()
    if not reference:
        raise RiskEngineError(_("there are no criteria whose rows a brief could tell"))
    rules = Rules(load_criteria(reference), cases.today(), shipped_areas())
    made = briefed(found, wanted, pairs, institution, rules, marked)
    view = fitting_brief(made, pages=length)
    for form in ("pdf", "html"):
        write_bytes(of.folder / brief_name(institution, form), written(view, form, None))


def brief_name(institution: str, form: str) -> str:
    """Return what the file of a brief is called in the current language."""
    return f"brief-{hashlib.sha256(institution.encode()).hexdigest()[:12]}.{current()}.{form}"


# --- the daily look ---


@transaction.atomic
def watch(of: BroughtWorks, institution: str, by: Person) -> None:
    """Have the daily look hold the partners of an institution against the cases, in place of an earlier export of it.

    Raises RiskEngineError where the export has no such institution, with the names that come near.
    """
    import polars as pl

    from risk_engine.awareness.brief import institution_of
    from risk_engine.awareness.regions import shipped_regions
    from risk_engine.awareness.report import Institution

    if not (name := " ".join(institution.split())):
        raise RiskEngineError(_("Say for which institution."))
    if len(name) > _OURS or not (of.folder / "sources.json").is_file():
        raise RiskEngineError(_("No institution of this export is called so."))
    ours, _theirs = shipped_regions().pair(of.a, of.b)
    parties = pl.read_parquet(of.folder / "parties.parquet").filter(
        pl.col("country").is_in(sorted(ours.countries)) & pl.col("institution").is_not_null()
    )
    each = parties.group_by("country", "institution").agg(pl.col("name").min(), pl.col("ror").drop_nulls().first())
    institution_of(name, [Institution(key, called, country, ror) for country, key, called, ror in each.iter_rows()])
    BroughtWorks.objects.filter(ours__iexact=name, a=of.a, b=of.b).update(ours="")
    of.ours = name
    of.save(update_fields=["ours"])
    log.note("works_watched", by, None, key=of.key, institution=name)


@transaction.atomic
def leave(of: BroughtWorks, by: Person) -> None:
    """Have the daily look pass over an export."""
    of.ours = ""
    of.save(update_fields=["ours"])
    log.note("works_left", by, None, key=of.key)


def watched() -> list[BroughtWorks]:
    """Return the exports that the daily look reads, the one that was brought last first."""
    return list(BroughtWorks.objects.exclude(ours="").select_related("by").order_by("-pk"))


def joint(of: BroughtWorks) -> "Joint":
    """Return the works of an export for the daily look; raise RiskEngineError where they are not there."""
    from risk_engine.awareness.drawn import Wanted
    from risk_engine.awareness.regions import shipped_regions
    from risk_engine.office.monitor.works import Joint

    if not (of.folder / "sources.json").is_file():
        message = _("{name}: its works are not there any more", name=of.name)
        raise RiskEngineError(message, _("bring the export anew"))
    return Joint(_kept(of), Wanted(*shipped_regions().pair(of.a, of.b)), of.ours, overrules=said())


# --- what there is to see, and what people said ---


def lists_of(of: BroughtWorks) -> list[list[str]] | None:
    """Return on which lists its partners were looked up, each with its date; None where that was never tried."""
    path = of.folder / _LISTS
    return list(json.loads(read_bytes(path))) if path.is_file() else None


@dataclass(frozen=True)
class Made:
    """A brief that was made: of which institution, when, its files, and whether something was said of pairs since."""

    institution: str
    at: datetime
    files: tuple[tuple[str, str], ...]
    is_old: bool


def briefs_of(of: BroughtWorks) -> list[Made]:
    """Return the briefs that there are in the current language, the last made first."""
    last = PairWord.objects.order_by("-pk").first()
    found: dict[str, Made] = {}
    for job in jobs_of(of).filter(language=current(), given_up=False).exclude(finished=None):
        institution = job.about.partition("\n")[2]
        names = ((form.upper(), brief_name(institution, form)) for form in ("pdf", "html"))
        files = tuple((form, name) for form, name in names if (of.folder / name).is_file())
        if institution and files and institution not in found and job.finished is not None:
            found[institution] = Made(institution, job.finished, files, last is not None and last.at > job.made)
    return list(found.values())


def is_read(of: BroughtWorks) -> bool | None:
    """Return whether an export was read; None where it still waits for that, or was not read to its end."""
    if (of.folder / "sources.json").is_file():
        return True
    return None if (of.folder / "raw").is_dir() else False


def pairs_of(of: BroughtWorks) -> list[dict[str, Any]]:
    """Return the pairs that are listed; nothing before they are known."""
    path = of.folder / "pairs.json"
    return list(json.loads(read_bytes(path))) if path.is_file() else []


def said() -> "Overrules":
    """Return what people of the office said of pairs."""
    from risk_engine.awareness.overrules import Overrules, Side, Word

    return Overrules(
        tuple(
            Word(
                pair=(
                    Side(country=one.country_a, institution=one.institution_a),
                    Side(country=one.country_b, institution=one.institution_b),
                ),
                said=PairSaid(one.said).value,
                by=one.by.name,
                reason=one.reason or _("erased"),
                on=one.at.astimezone().date(),
                works=one.works,
            )
            for one in PairWord.objects.select_related("by").order_by("pk")
        )
    )


@transaction.atomic
def judge(of: BroughtWorks, sent: Mapping[str, str], by: Person) -> PairWord:
    """Keep what somebody says of a listed pair, and have the report made anew.

    Raises RiskEngineError without a reason, and where there is no such pair.
    """
    reason = sent.get("reason", "").strip()
    if is_blank(reason):
        raise RiskEngineError(_("Say why: whoever reads the report later asks."))
    cases.check_readable({"reason": reason}, of.key)
    said_ = next((one for one in PairSaid if one == sent.get("said")), None)
    pair = next((one for one in pairs_of(of) if pair_key(one) == sent.get("pair")), None)
    if pair is None or said_ is None:
        raise RiskEngineError(_("This pair is not listed any more: look at it again."))
    sides = {
        f"{what}_{side}": pair[side][of_]
        for side in "ab"
        for what, of_ in (("country", "country"), ("institution", "key"))
    }
    made = PairWord.objects.create(**sides, said=said_, works=pair["works"], reason=reason, by=by)
    log.note("pair_judged", by, None, said=str(said_), word=made.pk)
    ask(of, by)
    return made


def pair_key(pair: Mapping[str, Any]) -> str:
    """Return by what a form names a pair."""
    text = json.dumps([pair[side][of] for side in "ab" for of in ("country", "key")])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def files_of(of: BroughtWorks) -> list[Path]:
    """Return the files that came of an export and may be taken out."""
    found = [*of.folder.glob("report.*"), *of.folder.glob("brief-*.pdf")]
    return sorted(found)
