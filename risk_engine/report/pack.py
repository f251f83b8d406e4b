"""An assessment to its pack: every document that a research office needs, in every form that can be written here."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal

from risk_engine.diagnostics import MissingExtraError
from risk_engine.engine.assess import to_json
from risk_engine.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.records.criteria import KEPT_BESIDE, bundled
from risk_engine.records.decisions import decision_json
from risk_engine.report import left_out, written
from risk_engine.report.blocks import Kind, View
from risk_engine.report.pages import view_of
from risk_engine.report.pages.index import ORDER, Made, index
from risk_engine.report.pages.questions import addressees

FORMS: Final[tuple[Literal["pdf", "docx", "html", "md"], ...]] = ("pdf", "docx", "html", "md")
INDEX: Final = "index.html"
ASSESSMENT, DECISION = "assessment.json", "decision.json"


@dataclass(frozen=True)
class Document:
    """A document of a pack before it is written: its kind, what its files are called, to whom if to one alone."""

    kind: Kind
    stem: str
    to: str | None
    view: View


@dataclass(frozen=True)
class Pack:
    """The files of a pack by their names, the page that leads into it among them, and what could not be made."""

    files: dict[str, bytes] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def documents(assessment: Explanation, decision: Decision | None, redacted: View | None) -> Iterator[Document]:
    """Yield the documents of a pack, in the order in which they are needed; the letters with questions one by one.

    `redacted` is None where that version may not be handed out.
    """
    for kind in ORDER:
        if kind == "questions":
            yield from _questions(assessment)
        elif kind == "redacted":
            if redacted is not None:
                yield Document(kind, kind, None, redacted)
        else:
            yield Document(kind, kind, None, view_of(assessment, kind, decision))


def pack(  # noqa: PLR0913, PLR0917 (what a pack is made of, and whom to tell)
    record: Assessment,
    criteria: CriteriaSet,
    assessment: Explanation,
    decision: Decision | None,
    redacted: View | None,
    remarks: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Pack:
    """Return every document in every form that the installed extras can write, and the page that leads into them.

    `assessment` is the record in words; a copy of the criteria that it was made under lies beside it.
    `remarks` stand on that page too; `told` hears how many of how many files are made.
    """
    several = list(documents(assessment, decision, redacted))
    files: dict[str, bytes] = {}
    made: list[Made] = []
    missing: dict[str, str] = {}
    lacking: list[str] = []
    number = 0
    for document in several:
        for form in FORMS:
            number += 1
            if form not in missing:
                try:
                    content = written(document.view, form)
                except MissingExtraError as error:
                    missing[form] = str(error)
                else:
                    name = f"{document.stem}.{form}"
                    files[name] = content
                    made.append(_made(document.kind, document.to, name, content))
                    if note := left_out(document.view, form):
                        lacking.append(note)
            told(number, len(several) * len(FORMS))
    for name, content in _records(record, criteria, decision):
        files[name] = content
        made.append(_made(None, None, name, content))
    known = list(dict.fromkeys((*missing.values(), *lacking)))
    nothing = [] if assessment.gaps else [_("No answer is missing, so there are no letters with questions.")]
    files[INDEX] = written(index(assessment, decision, made, [*known, *remarks, *nothing]), "html")
    return Pack(files, tuple(known))


def _questions(assessment: Explanation) -> Iterator[Document]:
    taken: set[str] = set()
    for one in addressees(assessment):
        wanted = re.sub(r"[^A-Za-z0-9_-]+", "-", f"questions-{one.stem}")
        names = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
        stem = next(name for name in names if name.casefold() not in taken)
        taken.add(stem.casefold())
        to = f"{one.title}, {one.entry.label}" if one.entry else one.title
        yield Document("questions", stem, to, view_of(assessment, "questions", to=one.key))


def _records(assessment: Assessment, criteria: CriteriaSet, decision: Decision | None) -> Iterator[tuple[str, bytes]]:
    # As `assess` and `decide` write them.
    yield ASSESSMENT, to_json(assessment) + b"\n"
    yield KEPT_BESIDE, bundled(criteria)
    if decision is not None:
        yield DECISION, decision_json(decision) + b"\n"


def _made(kind: Kind | None, to: str | None, name: str, content: bytes) -> Made:
    return Made(kind, to, name, len(content), hashlib.sha256(content).hexdigest())
