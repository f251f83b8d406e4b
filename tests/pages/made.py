"""The pages under test: reports of every example and of a second set, hostile ones, catalogue, map, comparisons."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

from risk_engine.engine.explain import explained
from risk_engine.files.language import in_language
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment, KnockOutBounds
from risk_engine.model.explanation import Entry, Explanation, Problem
from risk_engine.model.outlook import ExplainedOutlook
from risk_engine.records.criteria import criteria_of
from risk_engine.report import render
from risk_engine.report.blocks import View
from risk_engine.report.html_markdown import html
from risk_engine.report.pages import WholeKind, record_of, view_of
from risk_engine.report.pages.pack import INDEX, index_of_several, pack
from risk_engine.report.pages.redacted import redacted_view
from risk_engine.report.set_pages.impact import impact_view
from risk_engine.report.set_pages.proofs import proof_view
from risk_engine.report.several import row
from risk_engine.report.view import view
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, ROOT, SETS, assessed, done
from tests.report.outlook.samples import whole as whole_outlook
from tests.report.pages.test_record import hostile as hostile_decision
from tests.report.parts import control, finding, gap, option
from tests.report.samples import full
from tests.report.set_pages.impact.samples import impact
from tests.report.set_pages.proofs.samples import loan
from tests.report.set_pages.proofs.samples import whole as proof
from tests.report.test_escaping import hostile
from tests.told import told_json

EXAMPLES = sorted(one.stem for one in (ROOT / "examples").glob("*.yaml"))
OWN_SET = ROOT / "examples" / "knowledge-security" / "sets" / "nl-knowledge-security"
MANY = 2000
CROWDED = ["crowded", "crowded-loan"]
_IN_GERMAN = "-de"
GERMAN = [f"{name}{_IN_GERMAN}" for name in ("lung-imaging", "half-filled", *CROWDED)]


@cache
def assessment(name: str) -> Explanation:
    """Return the assessment of an example as it is stored, or one of the others by name."""
    match name:
        case "loan-desk":
            return told_json(done("assess", LOAN_CASE, *LOAN, "--format", "json"), criteria=str(LOAN_DESK))
        case "hostile":
            return full(_long)
        case "crowded":
            return crowded(assessment("lung-imaging"))
        case "crowded-loan":
            return crowded(assessment("loan-desk"))
        case "thousands":
            return full(hostile).model_copy(
                update={
                    "findings": tuple(
                        finding(f"ROT-{one}", title="Rot" if one % 50 else hostile("Rot"), options=(option("ROPE"),))
                        for one in range(MANY)
                    )
                }
            )
        case _ if name in GERMAN:
            plain = name.removesuffix(_IN_GERMAN)
            if plain not in EXAMPLES:
                return assessment(plain).model_copy(update={"language": "de"})
            return told_json(assessed(plain), "de")
        case _:
            return told_json(assessed(name))


def crowded(made: Explanation) -> Explanation:
    """Return an assessment with far more of everything that stands on the first page, every text far too long."""
    long = "Untersuchung der Eigenschaften von Verbundwerkstoffen unter sehr hoher Belastung, " * 6
    names = [f"IND-{one:02}" for one in range(60)]
    ways = [("A-1", "A-2", "A-3"), ("B-1", "B-2"), ("C-1",)]
    options = tuple(option(*one, lacking=one) for one in ways)
    bar = KnockOutBounds(at_least="hold", at_most="legal")
    found = tuple(
        finding(one, "high", title=long, knock_out=bar, options=options if number % 2 else (), irreducible=long)
        for number, one in enumerate(names)
    )
    place = {"dimension": next(iter(made.criteria.dimensions)), "ground": next(iter(made.criteria.grounds))}
    more = {"only_unverified": True, "reads": (), "possible": "critical", **place}
    found = tuple(one.model_copy(update=more) for one in found)
    states: tuple[Any, ...] = ("in_place", "agreed", "planned", None)
    controls = [control(f"{state}-{n}", state, title=long, do=long, owner=long) for state in states for n in range(9)]
    asked = [f"tree.old.asked{one}" for one in range(30)]
    opened = [
        one.model_copy(
            update={"provisional": True, "range": (one.level, one.level), "four_eyes": True, "sentence": long}
        )
        for one in made.proposals
    ]
    return made.model_copy(
        update={
            "case_title": long,
            "institution": long,
            "proposals": tuple(opened),
            "criteria": made.criteria.model_copy(update={"in_force": False, "challenge": long}),
            "findings": found,
            "gaps": tuple(gap(one, question=long, asked_of_title=long) for one in asked),
            "problems": (
                *(Problem(kind="unsure", id=None, text=long, paths=(one,)) for one in asked),
                *(Problem(kind="table", id=None, text=long, paths=()) for _ in asked),
            ),
            "controls": tuple(controls),
            "entries": (Entry(path="tree.old", title="Tree", label=long),),
        }
    )


def shown(name: str) -> View:
    """Return what the report of that assessment says."""
    with _spoken(name):
        return view(assessment(name))


def _report(name: str) -> Callable[[], str]:
    def made() -> str:
        with _spoken(name):
            return render(assessment(name), "html", annex=True)

    return made


def _spoken(name: str) -> AbstractContextManager[None]:
    return in_language("de" if name in GERMAN else "en")


def decided(*more: str) -> str:
    """Return the page of a decision of the loan desk; it awaits a second person."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        path.write_text(done("assess", LOAN_CASE, *LOAN, "--format", "json"), "utf-8")
        who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
        return done("decide", path, *LOAN, *more, *who, "--format", "html")


def _document(kind: WholeKind, of: str, *, is_german: bool = False) -> Callable[[], str]:
    def made() -> str:
        with in_language("de" if is_german else "en"):
            return html(view_of(assessment(of), kind))

    return made


def _packs_index() -> str:
    several = {one: assessment(one) for one in EXAMPLES}
    last = max(one.on for one in several.values())
    return html(index_of_several([(name, row(one)) for name, one in several.items()], last))


def _redacted() -> str:
    record = Assessment.model_validate_json(assessed("lung-imaging"))
    told = told_in(criteria_of(record), "en")
    return html(redacted_view(explained(record, told), told))


def _index() -> str:
    """Return the page of a pack in which every form of every document lies."""
    record = Assessment.model_validate_json(assessed("half-filled"))
    told = told_in(criteria_of(record), "en")
    of = explained(record, told)
    redacted = [redacted_view(of, told, part="report"), redacted_view(of, told, part="annex")]
    return pack(record, told.criteria, of, None, redacted).files[INDEX].decode()


def _german_impact() -> str:
    with in_language("de"):
        return html(impact_view(impact()))


def _proof() -> str:
    criteria, base = loan()
    return html(proof_view(proof(), criteria, base))


def _german_proof() -> str:
    with in_language("de"):
        return _proof()


def _outlook(of: str, made: ExplainedOutlook) -> Callable[[], str]:
    """Return the report on an assessment with the section on what would change it."""
    return lambda: html(view(assessment(of), made))


def _long(text: str) -> str:
    return f"{hostile(text)} {'Wundersamkeit' * 20} שלום (مرحبا)"


def _timeline(language: str) -> str:
    sets = (LOAN_DESK, "reconnect-china")
    return done("criteria", "timeline", *sets, "--on", "2026-12-02", "--format", "html", "--lang", language)


def _awareness(command: str, *more: str) -> Callable[[], str]:
    """Return a page of `awareness` on the data of its example."""
    data = sorted((ROOT / "examples" / "awareness").glob("cordis-*.csv"))
    said = ROOT / "examples" / "awareness"
    given: tuple[str | Path, ...] = (*data, "--sources", said / "sources.yaml", "--on", "2026-12-01", *more)

    def made() -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "page.html")
            done("awareness", command, *given, "-o", path)
            return path.read_text("utf-8")

    return made


_PUBLISHED = str(ROOT / "examples" / "awareness" / "ncses-ai.yaml")
DOCUMENTS: dict[str, Callable[[], str]] = {
    **{f"{kind}-document": _document(kind, "lung-imaging") for kind in ("decision", "letter", "plan")},
    "questions-document": _document("questions", "half-filled"),
    "nothing-missing-document": _document("questions", "lung-imaging"),
    "redacted-document": _redacted,
    "hostile-plan-document": _document("plan", "hostile"),
    "crowded-decision-document": _document("decision", "crowded"),
    "crowded-questions-document": _document("questions", "crowded"),
    "german-plan-document": _document("plan", "lung-imaging-de", is_german=True),
    "german-letter-document": _document("letter", "lung-imaging", is_german=True),
    "impact": lambda: html(impact_view(impact())),
    "german-impact": _german_impact,
    "proof": _proof,
    "german-proof": _german_proof,
    "timeline": lambda: _timeline("en"),
    "german-timeline": lambda: _timeline("de"),
    "outlook": lambda: done("outlook", LOAN_CASE, *LOAN, "--format", "html"),
    "hostile-outlook": _outlook("hostile", whole_outlook(_long)),
    "awareness": _awareness("report", "--whole", "--also", "US", "--published", _PUBLISHED),
    "german-awareness": _awareness("report", "--lang", "de"),
    "awareness-brief": _awareness("brief", "--institution", "Aarhus Universitet"),
    "german-awareness-brief": _awareness("brief", "--institution", "Aarhus Universitet", "--lang", "de"),
    "pack-index": _index,
    "packs-index": _packs_index,
}
"""A page of every kind of document, and those that lead into packs of them."""


def _comparison(cases: Sequence[Path], *several: str | Path) -> Callable[[], str]:
    named = [part for one in several for part in ("--criteria", one)]
    return lambda: done("assess", *cases, *named, "--format", "html")


REPORTS = [*EXAMPLES, "loan-desk", "hostile"]
PAGES: dict[str, Callable[[], str]] = {
    **{name: _report(name) for name in (*REPORTS, *CROWDED, *GERMAN, "thousands")},
    **DOCUMENTS,
    "decision": lambda: decided("--level", "verdict=refuse", "--reason", "The keeper is ill."),
    "hostile-decision": lambda: html(record_of(hostile_decision(f"{'Wundersamkeit' * 20} שלום <b>&"))),
    "catalogue": lambda: done("criteria", "show", "reconnect-china", "--format", "html"),
    "small-catalogue": lambda: done("criteria", "show", LOAN_DESK, "--format", "html"),
    "map": lambda: done("criteria", "map", "reconnect-china@1.0.0", "--format", "html"),
    "comparison": _comparison([ROOT / "examples" / "compare.yaml"], "reconnect-china", "us-dod-matrix"),
    "small-comparison": _comparison([SETS / "two-rooms-case.yaml"], LOAN_DESK, SETS / "print-room"),
    "comparisons": _comparison([ROOT / "examples"], "reconnect-china", OWN_SET),
    "small-map": lambda: done("criteria", "map", LOAN_DESK, "--format", "html"),
}
