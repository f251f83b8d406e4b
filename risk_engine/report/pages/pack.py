"""Every document of a case in every form, and the page that leads into them; its words are in `index.j2`."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, cast

from risk_engine.engine.assess import to_json
from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.harmless import cleaned
from risk_engine.files.language import _, current, ngettext
from risk_engine.files.plain import canonical
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import ExplainedOutlook, Outlook
from risk_engine.records.criteria import KEPT_BESIDE, bundled
from risk_engine.records.decisions import decision_json
from risk_engine.report import left_out, written
from risk_engine.report.blocks import Kind, Line, Run, Section, Table, View, say
from risk_engine.report.frame import called
from risk_engine.report.pages import NOBODY, Sender, answer_of, from_template, view_of
from risk_engine.report.pages.decision import decision_pages
from risk_engine.report.pages.questions import letters_of
from risk_engine.report.several import Row, head, worst_first
from risk_engine.report.view import view

ORDER: Final[tuple[Kind, ...]] = ("decision", "letter", "plan", "questions", "full", "annex", "redacted")
"""The documents of a pack, in the order in which they are needed."""


@dataclass(frozen=True)
class Made:
    """A file of a pack: of which document (None: a record), to whom if to one alone, its name, size and digest."""

    kind: Kind | None
    to: str | None
    name: str
    size: int
    sha256: str

    @property
    def form(self) -> str:
        """Its form, as the ending says it."""
        return self.name.rpartition(".")[2]

    @property
    def kilobytes(self) -> int:
        """How large it is, in whole kilobytes, rounded up."""
        return -(-self.size // 1000)


@dataclass(frozen=True)
class ListedDocument:
    """A document of a pack, in all its forms; without a kind, the records."""

    kind: Kind | None
    to: str
    files: tuple[Made, ...]


@dataclass(frozen=True)
class IndexFacts:
    """All that the page of a pack says."""

    case: str
    answer: str
    more: tuple[Line, ...]
    documents: tuple[ListedDocument, ...]
    remarks: tuple[str, ...]
    files: tuple[Made, ...]


def index(assessment: Explanation, decision: Decision | None, files: Sequence[Made], remarks: Sequence[str]) -> View:
    """Return the page of a pack; `remarks` say what is not in it and what to know before something leaves the house."""
    answer = answer_of(decision_pages(assessment, decision))
    several = dict.fromkeys((one.kind, one.to) for one in files)
    documents = tuple(
        ListedDocument(kind, to or "", tuple(one for one in files if (one.kind, one.to) == (kind, to)))
        for kind, to in several
    )
    case = called(assessment.case_title, assessment.case_id)
    facts = IndexFacts(case, answer.sentence, answer.more, documents, tuple(remarks), tuple(files))
    return from_template("index", (assessment, decision), facts, ())


def index_of_several(cases: Sequence[tuple[str, Row]], last: date) -> View:
    """Return the page that leads to the packs of several cases, each in its folder, the worst first.

    `last` is the latest of their days.
    """
    folders = {id(one): folder for folder, one in cases}
    ordered = worst_first([one for _folder, one in cases])
    rows = tuple(
        (say(Run(case_id, link=f"{folders[id(one)]}/index.html")), *map(say, cells))
        for one in ordered
        for case_id, *cells in [one.cells]
    )
    table = Table(_("The worst first"), head(ordered), rows)
    made = View(
        kind="index",
        language=current(),
        title=ngettext("Documents of {number} case", "Documents of {number} cases", len(cases)),
        about="",
        case_id="",
        on=last,
        sections=(Section("cases", _("Cases"), (table,)),),
        footer=_("Each case has a folder with its documents and a page that says what each is for."),
    )
    return cleaned(made)


FORMS: Final[tuple[Literal["pdf", "docx", "html", "md"], ...]] = ("pdf", "docx", "html", "md")
INDEX: Final = "index.html"
ANNEX, REDACTED_ANNEX = "annex", "redacted-annex"
"""How the files of an annex are called, without their endings."""
ASSESSMENT, OUTLOOK, DECISION = "assessment.json", "assessment.outlook.json", "decision.json"


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


def documents(
    assessment: Explanation,
    decision: Decision | None,
    redacted: Sequence[View],
    outlook: ExplainedOutlook | None = None,
    sender: Sender = NOBODY,
) -> Iterator[Document]:
    """Yield the documents of a pack, in the order in which they are needed; the letters with questions one by one.

    `redacted` is that version and its annex; nothing where it may not be handed out. `sender` stands in the letters.
    """
    for kind in ORDER:
        match kind:
            case "questions":
                yield from _questions(assessment, sender)
            case "full":
                made = view(assessment, outlook, decision, part="report", annex_file=ANNEX)
                yield Document(kind, "full", None, made)
            case "annex":
                yield Document(kind, ANNEX, None, view(assessment, outlook, decision, part="annex"))
            case "redacted":
                for one, stem in zip(redacted, ("redacted", REDACTED_ANNEX), strict=True) if redacted else ():
                    yield Document(cast("Kind", one.kind), stem, None, one)
            case "redacted_annex":
                pass  # it goes with the version that it is the annex of
            case _:
                yield Document(kind, kind, None, view_of(assessment, kind, decision, sender=sender, outlook=outlook))


def pack(  # noqa: PLR0913, PLR0917 (what a pack is made of, and whom to tell)
    record: Assessment,
    criteria: Criteria,
    assessment: Explanation,
    decision: Decision | None,
    redacted: Sequence[View],
    remarks: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda _done, _all: None,
    outlook: tuple[Outlook | None, ExplainedOutlook] | None = None,
    sender: Sender = NOBODY,
) -> Pack:
    """Return every document in every form that the installed extras can write, and the page that leads into them.

    `assessment` is the record in words; a copy of the criteria that it was made under lies beside it.
    `remarks` stand on that page too; `told` hears how many of how many files are made. The
    `outlook` is there as a record, if all of it was worked out, and in words; None where nothing that works it out is
    installed. `sender` stands in the letters.
    """
    several = list(documents(assessment, decision, redacted, outlook[1] if outlook else None, sender))
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
    records = list(_records(record, criteria, decision))
    if outlook is not None and outlook[0] is not None:
        records.insert(1, (OUTLOOK, canonical(outlook[0].model_dump(mode="json", by_alias=True)) + b"\n"))
    for name, content in records:
        files[name] = content
        made.append(_made(None, None, name, content))
    known = list(dict.fromkeys((*missing.values(), *lacking)))
    nothing = [] if assessment.gaps else [_("No answer is missing, so there are no letters with questions.")]
    files[INDEX] = written(index(assessment, decision, made, [*known, *remarks, *nothing]), "html")
    return Pack(files, tuple(known))


def _questions(assessment: Explanation, sender: Sender) -> Iterator[Document]:
    for one, file in letters_of(assessment):
        to = f"{one.title}, {one.entry.label}" if one.entry else one.title
        if one.is_unassigned:
            to = _("{who}: nobody said for whom", who=one.title)
        made = view_of(assessment, "questions", to=one.key, sender=sender)
        yield Document("questions", f"questions-{file}", to, made)


def _records(assessment: Assessment, criteria: Criteria, decision: Decision | None) -> Iterator[tuple[str, bytes]]:
    # As `assess` and `decide` write them.
    yield ASSESSMENT, to_json(assessment) + b"\n"
    yield KEPT_BESIDE, bundled(criteria)
    if decision is not None:
        yield DECISION, decision_json(decision) + b"\n"


def _made(kind: Kind | None, to: str | None, name: str, content: bytes) -> Made:
    return Made(kind, to, name, len(content), hashlib.sha256(content).hexdigest())
