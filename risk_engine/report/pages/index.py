"""The page that leads into a pack of documents: what each is for, who may have it; and the page of several packs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from risk_engine.language import N_, _, current, ngettext
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Bullets, Kind, Line, Prose, Run, Section, Table, View, mark, say, strong
from risk_engine.report.harmless import cleaned
from risk_engine.report.pages.decision import decision_pages
from risk_engine.report.pages.frame import answer_of, called, framed
from risk_engine.report.summary import head, row, worst_first
from risk_engine.report.wording import fill


@dataclass(frozen=True)
class _Told:
    """What the page tells of a document: its name, what it is for, who reads it, who outside the office may have it."""

    title: str
    purpose: str
    readers: str
    outside: str | None = None


_TOLD: Final[dict[Kind, _Told]] = {
    "decision": _Told(
        N_("Decision"),
        N_("What to decide on and to sign, with every condition."),
        N_("whoever decides, and whoever signs with them"),
    ),
    "letter": _Told(
        N_("Letter to the lead researcher"),
        N_("What was decided and why, what would help, whom to ask, how to challenge it."),
        N_("the lead researcher"),
        N_("the lead researcher"),
    ),
    "plan": _Told(
        N_("Mitigation plan"),
        N_("Who does what by when and on what evidence; to be filled in and signed."),
        N_("the office, and those who carry it out"),
    ),
    "questions": _Told(
        N_("Questions"),
        N_("What is still to be answered, as a letter with a table."),
        N_("those to whom it is addressed"),
        N_("only those to whom it is addressed"),
    ),
    "full": _Told(
        N_("Full report"),
        N_("Every finding with what was recorded, its sources and what would help."),
        N_("the office, the committee, an auditor"),
    ),
    "redacted": _Told(
        N_("Redacted version"),
        N_("The report without what is confidential, for example on a request under freedom of information."),
        N_("whoever asks for it"),
        N_("whoever asks for it, once the office has read it through"),
    ),
}
"""The documents of a pack, in the order in which they are needed."""
ORDER: Final[tuple[Kind, ...]] = tuple(_TOLD)
_FORMS: Final = {"pdf": N_("PDF"), "docx": N_("Word"), "html": N_("web page"), "md": N_("Markdown"), "json": N_("JSON")}


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


def index(assessment: Explanation, decision: Decision | None, files: Sequence[Made], remarks: Sequence[str]) -> View:
    """Return the page of a pack; `remarks` say what is not in it and what to know before something leaves the house."""
    answer = answer_of(decision_pages(assessment, decision))
    case = called(assessment.case_title, assessment.case_id)
    sections = (
        Section("answer", _("The answer"), (Prose(say(strong(answer.sentence))), Bullets(answer.more))),
        Section("documents", _("The documents"), (_documents(files),)),
        *([Section("remarks", _("What to know"), (Bullets(tuple(map(say, remarks))),))] if remarks else []),
        Section("files", _("The files"), _files(files)),
    )
    warning = fill(
        _(
            "**Not every document is for everybody.** Where it says “no”, a document stays in the office: it holds "
            "what was recorded about others, and perhaps confidential answers."
        )
    )
    return framed("index", (assessment, decision), _("Documents: {case}", case=case), sections, warning=warning)


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


def _documents(files: Sequence[Made]) -> Table:
    rows = tuple(_row(kind, to, files) for kind, to in dict.fromkeys((one.kind, one.to) for one in files))
    names = (_("Document"), _("Who reads it"), _("May it leave the office?"), _("Open"))
    return Table(_("What each document is for"), names, rows, (38, 21, 21, 20))


def _row(kind: Kind | None, to: str | None, files: Sequence[Made]) -> tuple[Line, ...]:
    links: list[str | Run] = []
    for one in files:
        if (one.kind, one.to) == (kind, to):
            links += [*([", "] if links else []), Run(_(_FORMS[one.form]), link=one.name)]
    if kind is None:
        what = _("The assessment itself, and the decision on it: everything else is made from them. Keep them.")
        readers = fill(_("the register; {command}"), command=Run("risk-engine verify", "code"))
        return (say(strong(_("Records")), ": ", what), readers, _no(), say(*links))
    told = _TOLD[kind]
    title = _("{title} for {addressee}", title=_(told.title), addressee=to) if to else _(told.title)
    outside = say(_("yes: {who}", who=_(told.outside))) if told.outside else _no()
    return (say(strong(title), ": ", _(told.purpose)), say(to or _(told.readers)), outside, say(*links))


def _no() -> Line:
    return say(mark(_("no")))


def _files(files: Sequence[Made]) -> tuple[Table | Prose, ...]:
    rows = tuple(
        (say(Run(one.name, link=one.name)), say(_size(one.size)), say(Run(one.sha256, "code"))) for one in files
    )
    names = (_("File"), _("Size"), "SHA-256")
    check = fill(
        _("{command} computes the assessment again and says whether it comes out the same."),
        command=Run("risk-engine verify assessment.json", "code"),
    )
    return (Table(_("What is in this folder"), names, rows, (32, 12, 56)), Prose(check))


def _size(number: int) -> str:
    """Return how large a file is, in whole kilobytes, rounded up."""
    return _("{number} kB", number=-(-number // 1000))
