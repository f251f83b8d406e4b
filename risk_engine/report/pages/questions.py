"""The facts of the letters with questions to each of those who are asked; their words are in `questions.j2`.

A letter holds questions and nothing of what is known: no answer, no finding, no severity, no title of the case, nothing
of another entry. What the criteria call confidential is not asked in writing. Whoever is an entry of the case is asked
about that entry and what belongs to it, and about nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _
from risk_engine.model.explanation import Entry, Explanation, Gap
from risk_engine.report.blocks import Must, View, grouped, shortened
from risk_engine.report.frame import called
from risk_engine.report.pages import NOBODY, Sender, from_template, nameless
from risk_engine.report.pages.letter import Kept, about_entry, may_be_named, names_nobody, tells_an_entry
from risk_engine.report.wording import Names, who_to_ask

OTHERS = "others"
"""What `--to` calls those whom the criteria do not name."""
UNASSIGNED = "other"
"""What `--to` calls, after the role, the questions of which nobody said for which of those entries they are."""
_ROOM = 90
"""How many letters of the id of a case stand in a subject."""


@dataclass(frozen=True)
class Addressee:
    """Who is asked what: `key` as `--to` names them; `stem` is what the letter's file may be called.

    `entry` is who is asked, where that is an entry of the case, such as a partner. Where it is but nobody said which
    one, `is_unassigned`: these questions stay in the house.
    """

    key: str
    role: str
    title: str
    entry: Entry | None
    gaps: tuple[Gap, ...]
    stem: str
    is_unassigned: bool = False

    def asked_about(self) -> frozenset[str]:
        """Return the paths of the entries that the letter is about."""
        return frozenset(_entry_of(gap) for gap in self.gaps)

    def named(self) -> frozenset[str]:
        """Return the paths of the entries whose names the addressee may read wherever they stand."""
        return self.asked_about() if self.entry is None else frozenset({self.entry.path})


@dataclass(frozen=True)
class About:
    """The entry that a letter is to: its kind and its name."""

    kind: str
    name: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question with its subject, so that it can stand alone; how to find out; whether an answer is to be checked."""

    question: str
    help: str
    is_to_check: bool
    """Whether it was answered, but the answer contradicts others."""


@dataclass(frozen=True)
class QuestionLetter:
    """A letter to those who are asked; the id of the case is empty where it might name somebody."""

    key: str
    case_id: str
    to: str
    about: About | None
    questions: tuple[AskedQuestion, ...]
    has_confidential: bool
    is_unassigned: bool


@dataclass(frozen=True)
class QuestionFacts:
    """All that the letters may say; without any, of which project nothing is asked."""

    case_id: str
    institution: str
    dated: date
    sender: Sender
    letters: tuple[QuestionLetter, ...]
    project: str
    unsure: int


def addressees(assessment: Explanation) -> tuple[Addressee, ...]:
    """Return who has to answer something, those first whose answers weigh most.

    Each entry that is itself asked has a letter of its own, everybody else one for all that they are asked.
    """
    by_role = grouped(assessment.gaps, lambda gap: gap.asked_of or OTHERS)
    return tuple(one for role, gaps in by_role.items() for one in _of_role(role, gaps, assessment))


def questions(assessment: Explanation, to: str | None, sender: Sender = NOBODY) -> View:
    """Return the letters to all addressees, or to those that `to` names; raise RiskEngineError where it names none."""
    every = addressees(assessment)
    chosen = [one for one in every if to is None or to == one.key or (to == one.role and not one.is_unassigned)]
    if to is not None and not chosen:
        way_out = _("no answer is missing")
        if every:
            known = quoted(one.key for one in every)
            way_out = _("they are: {addressees}", addressees=known)
        raise RiskEngineError(_("nobody who is called `{to}` has a question to answer", to=to), way_out)
    both = frozenset[str].intersection(*(one.named() for one in chosen)) if chosen else frozenset[str]()
    facts = QuestionFacts(
        case_id=_id(assessment, both),
        institution=assessment.institution or "",
        dated=assessment.on,
        sender=sender,
        letters=tuple(_letter(one, assessment) for one in chosen),
        project="" if chosen else called(assessment.case_title, assessment.case_id),
        unsure=0 if chosen else len(Names(assessment).unsure),
    )
    must = tuple(Must("open answer", one.question) for letter in facts.letters for one in letter.questions)
    shown = from_template("questions", (assessment, None), facts, must)
    return nameless(shown, assessment) if chosen and not facts.case_id else shown


def _id(assessment: Explanation, known: frozenset[str]) -> str:
    """Return the id of the case as a letter may tell it, empty where it may name anybody; so may the title."""
    told = tells_an_entry(assessment.case_id, assessment, known)
    return "" if told else shortened(assessment.case_id, _ROOM)


def _entry_of(gap: Gap) -> str:
    return ".".join(gap.path.split(".")[:2])


def _of_role(role: str, gaps: list[Gap], assessment: Explanation) -> Iterator[Addressee]:
    entries = {one.path: one for one in assessment.entries}
    title = who_to_ask(gaps[0])
    for number, (path, own) in enumerate(grouped(gaps, lambda gap: gap.party).items(), 1):
        if path is None:
            yield Addressee(role, role, title, None, tuple(own), role)
        elif path not in entries:
            key = f"{role}:{UNASSIGNED}"
            yield Addressee(key, role, title, None, tuple(own), key, is_unassigned=True)
        else:
            stem = f"{role}-{number}" if tells_an_entry(path.partition(".")[2], assessment, {path}) else path
            yield Addressee(path, role, title, entries[path], tuple(own), stem)


def _letter(to: Addressee, assessment: Explanation) -> QuestionLetter:
    kept = Kept(assessment)
    asked = tuple(one for one in to.gaps if not kept.answer(one.path))
    entry = to.entry if to.entry and may_be_named(to.entry, assessment) else None
    return QuestionLetter(
        key=f"to-{to.stem}",
        case_id=_id(assessment, to.named()),
        to=to.title,
        about=About(entry.title, entry.label) if entry else None,
        questions=tuple(_question(one, to, assessment) for one in asked),
        has_confidential=len(asked) < len(to.gaps),
        is_unassigned=to.is_unassigned,
    )


def _question(gap: Gap, to: Addressee, assessment: Explanation) -> AskedQuestion:
    return AskedQuestion(_with_subject(gap, to, assessment), gap.help or "", gap.answered is not None)


def _with_subject(gap: Gap, to: Addressee, assessment: Explanation) -> str:
    """Return a question with what it is about: the entry by its name or, where that may not be told, by its number."""
    own = _entry_of(gap)
    entry = next((one for one in assessment.entries if one.path == own), None)
    if entry is None:
        return gap.question
    if may_be_named(entry, assessment) and _names_no_other(entry, to, assessment):
        return about_entry(entry.title, entry.label, gap.question)
    kind = own.partition(".")[0]
    alike = sorted(path for path in to.asked_about() if path.partition(".")[0] == kind and "." in path)
    if len(alike) == 1:
        return about_entry(entry.title, "", gap.question)
    numbered = _("{kind} no. {number}", kind=entry.title, number=alike.index(own) + 1)
    return about_entry(numbered, "", gap.question)


def _names_no_other(entry: Entry, to: Addressee, assessment: Explanation) -> bool:
    """Return whether the name of an entry holds that of no other one; for who is outside, not a word of another's."""
    if entry == to.entry:
        return names_nobody(entry.label, assessment, to.named())
    if to.entry is not None and tells_an_entry(entry.label, assessment, to.named(), among=to.role):
        return False
    return names_nobody(entry.label, assessment, to.named() | {entry.path})
