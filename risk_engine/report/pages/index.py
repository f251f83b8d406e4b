"""The page that leads into a pack of documents: what each is for, who may have it; and the page of several packs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from risk_engine.language import _, current, ngettext
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Kind, Line, Run, Section, Table, View, say
from risk_engine.report.harmless import cleaned
from risk_engine.report.pages.decision import decision_pages
from risk_engine.report.pages.frame import answer_of, called, from_template
from risk_engine.report.summary import head, row, worst_first

ORDER: Final[tuple[Kind, ...]] = ("decision", "letter", "plan", "questions", "full", "redacted")
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
class Document:
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
    documents: tuple[Document, ...]
    remarks: tuple[str, ...]
    files: tuple[Made, ...]


def index(assessment: Explanation, decision: Decision | None, files: Sequence[Made], remarks: Sequence[str]) -> View:
    """Return the page of a pack; `remarks` say what is not in it and what to know before something leaves the house."""
    answer = answer_of(decision_pages(assessment, decision))
    several = dict.fromkeys((one.kind, one.to) for one in files)
    documents = tuple(
        Document(kind, to or "", tuple(one for one in files if (one.kind, one.to) == (kind, to)))
        for kind, to in several
    )
    case = called(assessment.case_title, assessment.case_id)
    facts = IndexFacts(case, answer.sentence, answer.more, documents, tuple(remarks), tuple(files))
    return from_template("index", (assessment, decision), facts, ())


def index_of_several(cases: Sequence[tuple[str, Explanation]]) -> View:
    """Return the page that leads to the packs of several cases, each in its folder, the worst first."""
    folders = {id(assessment): folder for folder, assessment in cases}
    assessments = worst_first([assessment for _folder, assessment in cases])
    rows = tuple(
        (say(Run(case_id, link=f"{folders[id(one)]}/index.html")), *map(say, cells))
        for one in assessments
        for case_id, *cells in [row(one)]
    )
    table = Table(_("The worst first"), head(assessments), rows)
    made = View(
        kind="index",
        language=current(),
        title=ngettext("Documents of {number} case", "Documents of {number} cases", len(cases)),
        about="",
        case_id="",
        on=max(one.on for one in assessments),
        kept_by="",
        warning=None,
        answer=None,
        scales=(),
        scope=None,
        sections=(Section("cases", _("Cases"), (table,)),),
        full_report="",
        footer=_("Each case has a folder with its documents and a page that says what each is for."),
    )
    return cleaned(made)
