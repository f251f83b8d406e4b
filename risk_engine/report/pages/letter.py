"""The facts of the letter to the researcher, whose words are in `templates/pages/letter.j2`.

It may reach anybody, so it is given the words of the criteria and what was decided, never what was recorded about a
partner or a person: no statement of a finding, no name of an entry, no evidence, no note, no reason in free words, and
nothing that rests on confidential answers. Conditions bind the researcher and stand whole, all of them; only one of
which whoever decided said so is left to the research office to tell.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol
from unicodedata import category, normalize

from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import _, inside, ngettext
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import ControlShown, Entry, Explanation, Finding, Gap, OptionState
from risk_engine.records.decide import awaits_confirmation
from risk_engine.records.decisions import control_text
from risk_engine.report.answer import is_confidential
from risk_engine.report.blocks import Must, View, shortened
from risk_engine.report.controls import ways
from risk_engine.report.pages import NOBODY, Sender, from_template
from risk_engine.report.pages.redact_text import without_spaces
from risk_engine.report.pages.ruling import Standing, in_effect, is_refused, standings
from risk_engine.report.unsettled import hangs_on, lack_of
from risk_engine.report.wording import gravest, sentence

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook

_QUESTIONS = 5
"""How many questions that weighed the letter names; it counts the rest."""
_STEPS = 6
"""How many steps of a kind are named: those that help with what weighs most."""
_FEW = 2
"""So many steps are called few."""
_ROOM = 120
"""How many letters of a name stand in a letter."""
_WORD = 4
"""From so many letters on, a word of a name tells the name."""


@dataclass(frozen=True)
class Level:
    """Where a ladder stands, in the words of the criteria."""

    question: str
    answer: str
    still_open: str
    explain: str


@dataclass(frozen=True)
class SentCondition:
    """A condition that may be sent, whole."""

    text: str
    due: date | None


@dataclass(frozen=True)
class Question:
    """A question of the criteria that weighed, and why it matters."""

    question: str
    reason: str


@dataclass(frozen=True)
class Step:
    """A control that would help: its title and what to do."""

    title: str
    do: str


@dataclass(frozen=True)
class Help:
    """Steps that are agreed and will help, others that would, and what no step helps with."""

    agreed: tuple[Step, ...] = ()
    other: tuple[Step, ...] = ()
    stuck: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """An answer that is missing, or to be checked, and who is asked for it; empty where nobody is named."""

    question: str
    who: str
    is_to_check: bool


@dataclass(frozen=True)
class LetterFacts:
    """All that a letter may say."""

    state: Literal["proposed", "awaiting", "decided"]
    title: str
    case_id: str
    institution: str
    sender: Sender
    dated: date
    criteria: str
    version: str
    assessed: date
    decided: date | None
    levels: tuple[Level, ...]
    decided_without: int
    lacked_only: bool
    contradicting: tuple[tuple[str, ...], ...]
    """Of each contradiction that the result hangs on the questions whose answers make it."""
    conditions: tuple[SentCondition, ...]
    further_conditions: int
    is_refused: bool
    weighed: Literal["questions", "confidential", "open", "nothing"]
    questions: tuple[Question, ...]
    further_questions: int
    has_confidential: bool
    deviates: bool
    help: Help
    few_are_enough: bool
    """Whether one or two of the other steps alone lead to a milder result, as the outlook proves."""
    missing: tuple[Asked, ...]
    assessor: str
    challenge: str
    review_due: date


class Kept:
    """What of an assessment no letter tells, because it rests on answers that the criteria call confidential."""

    def __init__(self, assessment: Explanation) -> None:
        """Read from the record alone which answers these are."""
        self._paths = {path for path, one in assessment.facts.items() if one.confidential}
        self._findings = {one.id for one in assessment.findings if self.finding(one)}

    def answer(self, path: str) -> bool:
        """Return whether the answer under a path is confidential."""
        return path in self._paths

    def finding(self, finding: Finding) -> bool:
        """Return whether a finding may tell a confidential answer."""
        return not self._paths.isdisjoint((*finding.reads, *finding.bars, *finding.missing))

    def control(self, control: ControlShown) -> bool:
        """Return whether a control serves such findings and nothing else."""
        return bool(control.findings) and self._findings.issuperset(control.findings)


def letter(
    assessment: Explanation,
    decision: Decision | None,
    sender: Sender = NOBODY,
    outlook: "ExplainedOutlook | None" = None,
) -> View:
    """Return the letter on a decision or, without one, on what is proposed."""
    facts = letter_facts(assessment, decision, sender, outlook)
    must = (
        *(Must("condition", one.text) for one in facts.conditions),
        *(Must("open answer", one.question) for one in facts.missing),
        Must("challenge", facts.challenge),
    )
    return from_template("letter", (assessment, decision), facts, must)


def letter_facts(
    assessment: Explanation,
    decision: Decision | None,
    sender: Sender = NOBODY,
    outlook: "ExplainedOutlook | None" = None,
) -> LetterFacts:
    """Return what the letter may say, chosen and in order."""
    kept, shown = Kept(assessment), standings(assessment, decision)
    every = weighed(assessment)
    questions = [one for one in every if not kept.finding(one)]
    conditions = sent_conditions(assessment, decision) if decision else []
    is_open = decision is not None and any(one.provisional for one in decision.levels)
    assessor = assessment.assessor or ""
    return LetterFacts(
        state=_state(assessment, decision),
        title=shortened(assessment.case_title, _ROOM) if names_nobody(assessment.case_title, assessment) else "",
        case_id=shortened(assessment.case_id, _ROOM),
        institution=assessment.institution or "",
        sender=sender,
        dated=in_effect(decision) if decision else assessment.on,
        criteria=assessment.criteria.title,
        version=assessment.criteria.version,
        assessed=assessment.on,
        decided=decision.on if decision else None,
        # Who else looks at it need not be told where nobody does.
        levels=tuple(_level(one) for one in shown if one.role != "escalation" or not one.is_mildest or one.still_open),
        decided_without=decision.about.missing if decision and is_open else 0,
        lacked_only=lack_of(assessment) == "missing",
        contradicting=tuple(dict.fromkeys(_contradicting(assessment))),
        conditions=tuple(SentCondition(text, one.due) for one, text in conditions),
        further_conditions=len(decision.conditions) - len(conditions) if decision else 0,
        is_refused=is_refused(shown),
        weighed="questions" if questions else "confidential" if every else "open" if assessment.gaps else "nothing",
        questions=tuple(Question(one.question, one.reason) for one in questions[:_QUESTIONS]),
        further_questions=max(0, len(questions) - _QUESTIONS),
        has_confidential=len(questions) < len(every)
        or any(kept.answer(one.path) for one in assessment.gaps)
        or any(is_confidential(one, assessment) for one in hangs_on(assessment)),
        deviates=bool(decision and decision.deviates),
        help=(help_ := _help(assessment, decision, shown)),
        few_are_enough=outlook is not None and _few_are_enough(help_, outlook, assessment),
        missing=tuple(dict.fromkeys(_asked(assessment, kept))),
        assessor=assessor if names_nobody(assessor, assessment) else "",
        challenge=assessment.criteria.challenge,
        review_due=assessment.review_due,
    )


def letter_warning(decision: Decision, assessment: Explanation) -> str | None:
    """Return what the office must know of the conditions before it sends the letter, None if nothing."""
    free = sum(one.control is None and one.sent and not _tells(one, assessment) for one in decision.conditions)
    read = ngettext(
        "the letter holds {number} condition in free words as it was decided: read it through before you send it",
        "the letter holds {number} conditions in free words as they were decided: read them through before you send it",
        free,
    )
    return "; ".join(filter(None, (read if free else "", telling(decision, assessment)))) or None


def telling(decision: Decision, assessment: Explanation) -> str:
    """Return which conditions a letter tells although they tell of others, and how to keep one out of it."""
    found = [one for one in decision.conditions if one.sent and _tells(one, assessment)]
    if not found:
        return ""
    return _(
        "the letter tells conditions that name an entry of the case or serve a confidential answer: {conditions}. One "
        "that is not to be sent is decided with `--condition '…; letter=no'`, and told in person",
        conditions=quoted([one.control or shortened(" ".join(one.text.split()), _ROOM) for one in found]),
    )


def sent_conditions(assessment: Explanation, decision: Decision) -> list[tuple[Condition, str]]:
    """Return the conditions that a letter tells, with their words: those of the criteria where it is a control.

    Left out are those alone of which whoever decided said that they are not sent.
    """
    controls = {one.id: one for one in assessment.controls}

    def said(one: Condition) -> str:
        control = controls.get(one.control) if one.control else None
        return control_text(control) if control else " ".join(one.text.split())

    return [(one, sentence(said(one))) for one in decision.conditions if one.sent]


def _tells(condition: Condition, assessment: Explanation) -> bool:
    """Return whether a condition names an entry, tells a confidential answer, or serves nothing but such answers."""
    control = next((one for one in assessment.controls if one.id == condition.control), None)
    if control is not None:
        return Kept(assessment).control(control)
    return not may_be_sent(condition.text, assessment)


def weighed(assessment: Explanation) -> list[Finding]:
    """Return the present findings that the gate or the headline rests on, the gravest first; without any, all."""
    present = [one for one in gravest(assessment) if one.outcome == "present"]
    deciding = {
        finding
        for proposal in assessment.proposals
        if proposal.role in {"gate", "headline"}
        for finding in proposal.findings
    }
    return [one for one in present if one.id in deciding] or present


def _state(assessment: Explanation, decision: Decision | None) -> Literal["proposed", "awaiting", "decided"]:
    if decision is None:
        return "proposed"
    return "awaiting" if awaits_confirmation(decision, assessment) else "decided"


def _level(one: Standing) -> Level:
    return Level(one.question, one.answer or one.level, one.still_open or "", one.explain or "")


def _asked(assessment: Explanation, kept: Kept) -> list[Asked]:
    gaps = (one for one in assessment.gaps if not kept.answer(one.path))
    return [Asked(_with_subject(one, assessment), one.asked_of_title, one.answered is not None) for one in gaps]


def _with_subject(gap: Gap, assessment: Explanation) -> str:
    """Return a question with the kind of entry that it is about; by its name only what belongs to somebody else.

    Which entries are organisations or people only the criteria know: what belongs to one is neither.
    """
    own = ".".join(gap.path.split(".")[:2])
    entry = next((one for one in assessment.entries if one.path == own), None)
    if entry is None:
        return gap.question
    is_item = entry.belongs_to is not None and may_be_named(entry, assessment)
    told = is_item and not tells_an_entry(entry.label, assessment, {own})
    return about_entry(entry.title, entry.label if told else "", gap.question)


def about_entry(kind: str, name: str, question: str) -> str:
    """Return a question with its subject, so that it can stand alone: an entry of a kind, by its name if it is told."""
    said = {"kind": inside(kind), "question": question}
    return (
        _("For the {kind} “{name}”: {question}", name=name, **said) if name else _("For the {kind}: {question}", **said)
    )


def _contradicting(assessment: Explanation) -> Iterator[tuple[str, ...]]:
    """Yield the questions of each contradiction that the result hangs on and that tells no confidential answer."""
    for one in hangs_on(assessment):
        if not is_confidential(one, assessment):
            yield tuple(dict.fromkeys(answer.question for answer in one.answers))


def _help(assessment: Explanation, decision: Decision | None, shown: tuple[Standing, ...]) -> Help:
    """Return what would help where something stands in the way; what is a condition already is not told again.

    What rests on confidential answers is left out, and so are controls that help with nothing else.
    """
    if all(one.is_mildest for one in shown if one.role in {"gate", "headline"}):
        return Help()
    bound = {one.control for one in decision.conditions if one.control} if decision else set()
    controls = {one.id: one for one in assessment.controls}
    listed = {one.id for one in assessment.controls if one.counts_as} | bound
    served: list[tuple[Finding, list[OptionState]]] = []
    open_still: list[tuple[Finding, list[OptionState]]] = []
    kept = Kept(assessment)
    for finding in weighed(assessment):
        if kept.finding(finding):
            continue
        taken = [
            one for one in finding.options if one.controls and one.counts != "no" and listed.issuperset(one.controls)
        ]
        (served if taken else open_still).append((finding, taken or ways(finding)))
    return Help(
        agreed=_steps([option for _finding, options in served for option in options], controls, bound),
        other=_steps([option for _finding, options in open_still for option in options], controls, listed),
        stuck=tuple(dict.fromkeys(one.irreducible for one, options in open_still if one.irreducible and not options)),
    )


def _few_are_enough(steps: Help, outlook: "ExplainedOutlook", assessment: Explanation) -> bool:
    from risk_engine.report.outlook import few_controls

    told = {one.title for one in steps.other}
    titles = {one.id: one.title for one in assessment.controls}
    return any({titles.get(one) for one in controls} <= told for controls in few_controls(outlook, _FEW) if controls)


def _steps(options: Sequence[OptionState], controls: dict[str, ControlShown], known: set[str]) -> tuple[Step, ...]:
    """Return the controls of the options that are not in place and not known otherwise, in the order of the options."""
    order = dict.fromkeys(one for option in options for one in option.controls if one not in known)
    steps = [controls[one] for one in order if one in controls and controls[one].counts_as != "in_place"]
    return tuple(Step(one.title, one.do) for one in steps[:_STEPS])


class HasEntries(Protocol):
    """An assessment, or what else has entries with names."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries."""


def names_nobody(text: str, assessment: HasEntries, but: Container[str] = ()) -> bool:
    """Return whether a text holds the name of no entry of the case, those under the paths `but` left aside.

    Which entries are organisations or people only the criteria know, so the name of any of them counts.
    """
    said = _plain(text)
    names = (_plain(one.label) for one in assessment.entries if one.path not in but)
    return not any(name in said for name in names if name)


def may_be_sent(text: str, assessment: Explanation) -> bool:
    """Return whether words that the office wrote for the researcher name no entry and tell no confidential answer."""
    said = _plain(text)
    told = (*assessment.described, *assessment.benefits, *assessment.necessity)
    secret = [one.shown for one in assessment.facts.values() if one.confidential]
    secret += [one.shown for one in told if one.confidential]
    # A short answer such as "yes" is in many texts and tells nothing.
    return names_nobody(text, assessment) and not any(len(one) >= _WORD and _plain(one) in said for one in secret)


def may_be_named(entry: Entry, assessment: Explanation) -> bool:
    """Return whether the name of an entry may stand in a letter: not where it is itself a confidential answer."""
    inside = f"{entry.path}."
    read = ((path, one.shown) for path, one in assessment.facts.items() if one.confidential)
    told = (*assessment.described, *assessment.benefits, *assessment.necessity)
    kept = (*read, *((one.path, one.shown) for one in told if one.confidential))
    return not any(path.startswith(inside) and shown == entry.label for path, shown in kept)


def tells_an_entry(text: str, assessment: HasEntries, but: Container[str] = (), among: str | None = None) -> bool:
    """Return whether a short text such as an id holds so much as a word of the name or the id of an entry.

    The entries under the paths `but` are left aside, and the words that are in their names; with `among` those of other
    lists. Of a script without spaces two signs on end count as a word.
    """
    said = _letters(text)
    own = {word for one in assessment.entries if one.path in but for word in _words(one.label)}
    others = [one for one in assessment.entries if one.path not in but and among in {None, one.path.partition(".")[0]}]
    names = (name for one in others for name in (one.label, one.path.partition(".")[2]))
    return any(word in said for name in names for word in _words(name) if word not in own)


def _words(name: str) -> Iterator[str]:
    for run in re.findall(r"[^\W\d_]+", _letters(name)):
        if len(run) >= _WORD:
            yield run
        yield from ("".join(two) for two in pairwise(run) if all(without_spaces(sign) for sign in two))


def _letters(text: str) -> str:
    plain = normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if category(sign)[0] != "M" and category(sign) != "Cf")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
