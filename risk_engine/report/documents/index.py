"""The page that leads into a pack of documents: what each is for, who may have it, and where it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from risk_engine.language import N_, _, ngettext
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.report.blocks import Bullets, Kind, Line, Prose, Run, Section, Table, View, mark, say, strong
from risk_engine.report.documents.decision import decision_pages
from risk_engine.report.documents.frame import called, framed
from risk_engine.report.wording import fill


@dataclass(frozen=True)
class _Purpose:
    """A document as the page tells it: its name, what it is for, who reads it, who else may have it."""

    title: str
    purpose: str
    readers: str
    outside: str | None = None


_PURPOSES: Final[dict[Kind, _Purpose]] = {
    "decision": _Purpose(
        N_("Decision"), N_("Two pages to decide on and to sign."), N_("whoever decides, and whoever signs with them")
    ),
    "full": _Purpose(
        N_("Full report"),
        N_("Every finding with what was recorded, its sources and what would help."),
        N_("the office, the committee, an auditor"),
    ),
    "letter": _Purpose(
        N_("Letter to the lead researcher"),
        N_("What was decided and why, what would help, whom to ask, how to challenge it."),
        N_("the lead researcher"),
        N_("yes: the lead researcher"),
    ),
    "plan": _Purpose(
        N_("Mitigation plan"),
        N_("Who does what by when and on what evidence; to be filled in and signed."),
        N_("the office and those who carry it out"),
    ),
    "questions": _Purpose(
        N_("Questions"),
        N_("What is still to be answered, as a letter with a table."),
        N_("those to whom it is addressed"),
        N_("yes: only those to whom it is addressed"),
    ),
    "redacted": _Purpose(
        N_("Redacted version"),
        N_("The report without what is confidential, for example on a request under freedom of information."),
        N_("whoever asks for it"),
        N_("yes: once somebody in the office has read it through"),
    ),
}
"""The documents of a pack, in the order in which they are needed."""
_FORMS: Final = {"pdf": N_("PDF"), "docx": N_("Word"), "html": N_("web page"), "md": N_("Markdown"), "json": "JSON"}
RECORDS: Final = "record"
"""What a file is that holds a record itself."""


@dataclass(frozen=True)
class Made:
    """A file of a pack: of which document, whom it is addressed to if to one alone, its name, size and digest."""

    kind: Kind | None
    to: str | None
    name: str
    size: int
    sha256: str

    @property
    def form(self) -> str:
        """Its form, as its ending says it."""
        return self.name.rpartition(".")[2]


def index(assessment: Assessment, decision: Decision | None, files: Sequence[Made], remarks: Sequence[str]) -> View:
    """Return the page of a pack; `remarks` say what is not in it, and what to know before something leaves the house."""
    answer = decision_pages(assessment, decision).answer
    assert answer is not None  # noqa: S101 -- the pages of a decision have one
    case = called(assessment.case_title, assessment.case_id)
    sections = (
        Section("answer", _("The answer"), (Prose(say(strong(answer.sentence))), Bullets(answer.more))),
        Section("documents", _("The documents"), (_documents(files),)),
        *([Section("remarks", _("What to know"), (Bullets(tuple(map(say, remarks))),))] if remarks else []),
        Section("files", _("The files"), _files(files)),
    )
    warning = fill(
        _(
            "**Not every document is for everybody.** Only those with a “yes” may leave the office. The others hold what "
            "was recorded about others, and perhaps confidential answers."
        )
    )
    return framed("index", (assessment, decision), _("Documents: {case}", case=case), sections, warning=warning)


def _documents(files: Sequence[Made]) -> Table:
    rows = tuple(_row(kind, to, files) for kind, to in dict.fromkeys((one.kind, one.to) for one in files))
    head = (_("Document"), _("Who reads it"), _("May it leave the office?"), _("Open"))
    return Table(_("What each document is for"), head, rows, (40, 20, 20, 20))


def _row(kind: Kind | None, to: str | None, files: Sequence[Made]) -> tuple[Line, ...]:
    links: list[str | Run] = []
    for one in files:
        if (one.kind, one.to) == (kind, to):
            links += [*([", "] if links else []), Run(_(_FORMS[one.form]), link=one.name)]
    if kind is None:
        what = _("The assessment itself, and the decision on it: everything else is made from them. Keep them.")
        return (say(strong(_("Records")), " ", what), say(_("the register; `risk-engine verify`")), _no(), say(*links))
    told = _PURPOSES[kind]
    title = _("{title}: {addressee}", title=_(told.title), addressee=to) if to else _(told.title)
    outside = say(_(told.outside)) if told.outside else _no()
    return (say(strong(title), " ", _(told.purpose)), say(to or _(told.readers)), outside, say(*links))


def _no() -> Line:
    return say(mark(_("no")))


def _files(files: Sequence[Made]) -> tuple[Table | Prose, ...]:
    rows = tuple(
        (say(Run(one.name, link=one.name)), say(size(one.size)), say(Run(one.sha256, "code"))) for one in files
    )
    head = (_("File"), _("Size"), _("SHA-256"))
    check = _("`risk-engine verify` computes the assessment again and says whether it comes out the same.")
    return (Table(_("What is in this folder"), head, rows, (30, 12, 58)), Prose(say(check)))


def size(number: int) -> str:
    """Return how large a file is, in whole kilobytes, rounded up."""
    return ngettext("{number} kB", "{number} kB", -(-number // 1000))


@dataclass(frozen=True)
class Case:
    """A case of several, as their common page tells it: its folder, and what came of it."""

    folder: str
    title: str
    levels: tuple[str, ...]
    is_open: bool


def index_of_several(ladders: Sequence[str], cases: Sequence[Case]) -> Iterator[Table]:
    """Yield the table of several packs."""
    del ladders, cases
    yield from ()
