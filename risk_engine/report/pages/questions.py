"""The facts of the letters with questions to each of those who are asked; their words are in `questions.j2`.

A letter holds questions and nothing of what is known: no answer, no finding, no severity, no title of the case, nothing
of another entry. What the criteria call confidential is not asked in writing. Whoever is an entry of the case is asked
about that entry and what belongs to it, and about nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _
from risk_engine.model.explanation import Entry, Explanation, Gap
from risk_engine.report.blocks import AnswerField, Must, Paper, View, grouped, shortened
from risk_engine.report.frame import called
from risk_engine.report.pages import NOBODY, Sender, from_template, nameless
from risk_engine.report.pages.letter import Kept, about_entry, may_be_named, names_nobody, tells_an_entry
from risk_engine.report.returned import DocumentMade, Words, distinct, for_people, hidden_id
from risk_engine.report.wording import Names, who_to_ask

OTHERS = "others"
"""What `--to` calls those whom the criteria do not name."""
UNASSIGNED = "other"
"""What `--to` calls, after the role, the questions of which nobody said for which of those entries they are."""
_FEW = 12
"""So many answers to choose from are printed; of more there is only room to write."""
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
    field: str
    """The key of the field for the answer."""
    choices: tuple[str, ...]
    """What there is to choose from, where that is little."""


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


def letters_of(assessment: Explanation, to: str | None = None) -> list[tuple[Addressee, str]]:
    """Return who has a letter, or those that `to` names, each with what its file is called, which no other is called.

    Raise RiskEngineError where it names none.
    """
    every = addressees(assessment)
    taken: set[str] = set()
    named: list[tuple[Addressee, str]] = []
    for one in every:
        wanted = re.sub(r"[^A-Za-z0-9_-]+", "-", one.stem)
        names = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
        file = next(name for name in names if name.casefold() not in taken)
        taken.add(file.casefold())
        if to is None or to == one.key or (to == one.role and not one.is_unassigned):
            named.append((one, file))
    if to is not None and not named:
        way_out = _("no answer is missing that could change a finding")
        if every:
            known = quoted(one.key for one in every)
            way_out = _("they are: {addressees}", addressees=known)
        raise RiskEngineError(_("nobody who is called `{to}` has a question to answer", to=to), way_out)
    return named


def questions(assessment: Explanation, to: str | None, sender: Sender = NOBODY) -> View:
    """Return the letters to all addressees, or to those that `to` names; raise RiskEngineError where it names none."""
    chosen = [one for one, _file in letters_of(assessment, to)]
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
    if len(chosen) == 1 and facts.letters[0].questions:
        # Of several letters in one document nobody can say which one came back.
        shown = replace(shown, paper=_paper(chosen[0], assessment))
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
    asked = _open_gaps(to, assessment)
    entry = to.entry if to.entry and may_be_named(to.entry, assessment) else None
    return QuestionLetter(
        key=f"to-{to.stem}",
        case_id=_id(assessment, to.named()),
        to=to.title,
        about=About(entry.title, entry.label) if entry else None,
        questions=tuple(_question(key, one, to, assessment) for key, one in _keys(asked)),
        has_confidential=len(asked) < len(to.gaps),
        is_unassigned=to.is_unassigned,
    )


def _question(key: str, gap: Gap, to: Addressee, assessment: Explanation) -> AskedQuestion:
    few = [title for _name, title in distinct(dict(gap.choices))] if len(gap.choices) <= _FEW else []
    said = _with_subject(gap, to, assessment)
    return AskedQuestion(said, for_people(gap.help or "", dict(gap.choices)), gap.answered is not None, key, tuple(few))


def _keys(gaps: Sequence[Gap]) -> list[tuple[str, Gap]]:
    """Return questions with the keys of their fields, number and entry as in a form that comes back.

    Whether a list has entries at all has no field: they are named where there is room for them.
    """
    ids: dict[str, list[str]] = {}
    found: list[tuple[str, Gap]] = []
    number = 0
    for gap in gaps:
        if gap.kind == "list":
            found.append(("", gap))
            continue
        entity, *middle, _fact = gap.path.split(".")
        known = ids.setdefault(entity, [])
        known += [one for one in middle if one not in known]
        found.append((f"{number}.{1 + known.index(middle[0]) if middle else 0}", gap))
        number += 1
    return found


def _paper(to: Addressee, assessment: Explanation) -> Paper:
    """Return the fields of a letter that is sent back, and what it says of itself; no id in it tells of others."""
    salt = assessment.digest[:16]
    entries: dict[str, list[str]] = {}
    asked: list[tuple[str, list[str]]] = []
    places: dict[str, list[int]] = {}
    fields = {
        "start.by": AnswerField("text", _("Name and role")),
        "start.day": AnswerField("date", _("Date")),
        "start.remarks": AnswerField("text", _("What you want to add")),
    }
    for key, gap in _keys(_open_gaps(to, assessment)):
        if gap.kind == "list":
            continue
        entity, *middle, fact = gap.path.split(".")
        slot, name = int(key.partition(".")[2]), f"{entity}.{fact}"
        for one in middle:
            told = tells_an_entry(one, assessment, to.named() | {f"{entity}.{one}"})
            known = entries.setdefault(entity, [])
            known += [hidden_id(one, salt) if told else one] if len(known) < slot else []
        asked.append((name, [one for one, _title in gap.choices] if gap.kind == "several" else []))
        places.setdefault(name, []).append(slot)
        fields[key] = AnswerField(gap.kind, gap.question, tuple(distinct(dict(gap.choices))))
    slots = {name: (min(one), max(one)) for name, one in places.items()}
    every = (f"{n}.{slot}" for n, (name, _) in enumerate(asked) for slot in range(slots[name][0], slots[name][1] + 1))
    made = DocumentMade(
        questionnaire=1,
        set_id=assessment.criteria.id,
        version=assessment.criteria.version,
        digest=assessment.criteria.digest,
        role=to.role,
        case_id=assessment.case_id if _id(assessment, to.named()) else hidden_id(assessment.case_id, salt),
        salt=salt,
        confidential=(),
        words=Words.now(),
        questions=asked,
        lists=[],
        entries=entries,
        slots=slots,
        texts=[],
        left_out=tuple(one for one in every if one not in fields),
    )
    asks = tuple(gap.path for gap in _open_gaps(to, assessment) if gap.kind != "list")
    return Paper(fields, made.model_dump(mode="json"), asks)


def _open_gaps(to: Addressee, assessment: Explanation) -> tuple[Gap, ...]:
    """Return the questions that are asked in writing."""
    kept = Kept(assessment)
    return tuple(one for one in to.gaps if not kept.answer(one.path))


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
