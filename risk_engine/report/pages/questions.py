"""The facts of the letters with questions to each of those who are asked; their words are in `questions.j2`.

A letter holds questions and nothing of what is known: no answer, no finding, no severity, no title of the case, nothing
of another entry. What the criteria call confidential is not asked in writing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _
from risk_engine.model.explanation import Entry, Explanation, Gap
from risk_engine.report.blocks import Must, View, grouped, shortened
from risk_engine.report.frame import called
from risk_engine.report.pages import from_template, nameless
from risk_engine.report.pages.letter import Kept, may_be_named, names_nobody, tells_an_entry
from risk_engine.report.wording import Names, who_to_ask

OTHERS = "others"
"""What `--to` calls those whom the criteria do not name."""
_ROOM = 90
"""How many letters of the id of a case stand in a subject."""


@dataclass(frozen=True)
class Addressee:
    """Who is asked what: `key` as `--to` names them, the entry that a letter is about, if it is about one alone.

    `is_listed` says whether those who are asked are entries of the case themselves, such as partners; `stem` is what
    the letter's file may be called.
    """

    key: str
    role: str
    title: str
    entry: Entry | None
    gaps: tuple[Gap, ...]
    is_listed: bool
    stem: str

    def known(self) -> frozenset[str]:
        """Return the paths of the entries that the addressee may read of."""
        if self.entry is not None:
            return frozenset({self.entry.path})
        return frozenset() if self.is_listed else frozenset(_entry_of(gap) for gap in self.gaps)


@dataclass(frozen=True)
class About:
    """The entry that a letter is about: its kind and its name."""

    kind: str
    name: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question, and of which kind of entry, or entry, it is asked; empty where that is told by the letter."""

    question: str
    kind: str
    name: str
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


@dataclass(frozen=True)
class QuestionFacts:
    """All that the letters may say; without any, of which project nothing is asked."""

    case_id: str
    institution: str
    dated: date
    letters: tuple[QuestionLetter, ...]
    project: str
    unsure: int


def addressees(assessment: Explanation) -> tuple[Addressee, ...]:
    """Return who has to answer something, those first whose answers weigh most.

    Of a list of which somebody is asked about several entries, each entry has a letter of its own: who gets the one
    must not read what is asked about the other. So has an entry of the list that is called as those who are asked.
    """
    by_role = grouped(assessment.gaps, lambda gap: gap.asked_of or OTHERS)
    return tuple(one for role, gaps in by_role.items() for one in _of_role(role, gaps, assessment))


def questions(assessment: Explanation, to: str | None) -> View:
    """Return the letters to all addressees, or to those that `to` names; raise RiskEngineError where it names none."""
    every = addressees(assessment)
    chosen = [one for one in every if to is None or to in {one.key, one.role}]
    if to is not None and not chosen:
        way_out = _("no answer is missing")
        if every:
            known = quoted(one.key for one in every)
            way_out = _("they are: {addressees}", addressees=known)
        raise RiskEngineError(_("nobody who is called `{to}` has a question to answer", to=to), way_out)
    both = frozenset[str].intersection(*(one.known() for one in chosen)) if chosen else frozenset[str]()
    facts = QuestionFacts(
        case_id=_id(assessment, both),
        institution=assessment.institution or "",
        dated=assessment.on,
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
    about = {gap.path: _entry_of(gap) for gap in gaps}
    is_listed = any(path.partition(".")[0] == role for path in entries)
    asked = dict.fromkeys(path for path in about.values() if path in entries)
    lists = [path.partition(".")[0] for path in asked]
    apart = [path for path, entity in zip(asked, lists, strict=True) if entity == role or lists.count(entity) > 1]
    title = who_to_ask(gaps[0])
    for number, path in enumerate(apart, 1):
        entity, _dot, entry = path.partition(".")
        key = f"{role}.{entry}" if entity == role else f"{role}.{path}"
        stem = f"{role}-{number}" if tells_an_entry(entry, assessment, {path}) else key
        own = tuple(gap for gap in gaps if about[gap.path] == path)
        yield Addressee(key, role, title, entries[path], own, is_listed, stem)
    rest = tuple(gap for gap in gaps if about[gap.path] not in apart)
    if rest:
        # No entry is called so: what is not about one of those above can be chosen without them.
        key = f"{role}:other" if apart else role
        yield Addressee(key, role, title, None, rest, is_listed, key)


def _letter(to: Addressee, assessment: Explanation) -> QuestionLetter:
    kept = Kept(assessment)
    asked = tuple(one for one in to.gaps if not kept.answer(one.path))
    entry = to.entry if to.entry and may_be_named(to.entry, assessment) else None
    return QuestionLetter(
        key=f"to-{to.stem}",
        case_id=_id(assessment, to.known()),
        to=to.title,
        about=About(entry.title, entry.label) if entry else None,
        questions=tuple(_question(one, to, assessment) for one in asked),
        has_confidential=len(asked) < len(to.gaps),
    )


def _question(gap: Gap, to: Addressee, assessment: Explanation) -> AskedQuestion:
    """Return a question and, in a letter that is not about one entry alone, which entry it is about."""
    own, to_check = _entry_of(gap), gap.answered is not None
    entry = next((one for one in assessment.entries if one.path == own), None)
    if entry is None or to.entry is not None:
        return AskedQuestion(gap.question, "", "", gap.help or "", to_check)
    is_open = may_be_named(entry, assessment) and names_nobody(entry.label, assessment, (own,))
    named = entry.label if own in to.known() and is_open else ""
    return AskedQuestion(gap.question, entry.title, named, gap.help or "", to_check)
