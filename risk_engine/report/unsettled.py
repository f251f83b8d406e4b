"""What leaves a result open, in words: answers that are missing, and answers that contradict each other.

An answer that contradicts others and counts as open again (decision 0072) is none that is missing: it is on record, and
somebody has to say whether it is right. Where the result hangs on a contradiction, its first sentence says so (0080).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from risk_engine.files.language import N_, _, ngettext, pgettext
from risk_engine.model.assessment import KnockOutBounds
from risk_engine.model.explanation import Explanation, Gap, LevelShown, Problem, Proposal, Recorded
from risk_engine.model.words import KnockOut
from risk_engine.report.blocks import Line, Run, grouped, say, strong

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook, NextQuestion
    from risk_engine.report.wording import Names

Lack: TypeAlias = Literal["missing", "contradicting", "either"]
"""Why something is not known: no answers, answers that contradict each other, or one or the other."""
LACKS: Final[dict[Lack, str]] = {
    "missing": N_("answers are missing"),
    "contradicting": N_("answers contradict each other"),
    "either": N_("answers are missing or contradict each other"),
}
BARS: Final[dict[KnockOut, str]] = {
    "none": "",
    "hold": N_("Holds the start until a document or decision exists."),
    "funding": N_("Closes this funding route, not the cooperation."),
    "policy": N_("A red line that the institution drew for itself."),
    "legal": N_("Barred by law: only an authority, or taking the cause away, can lift it."),
}
"""What a knock-out does, where it is certain."""
_BARS_UNSETTLED: Final[dict[KnockOut, str]] = {
    "none": "",
    "hold": N_("Not settled, {why}. It may be that this holds the start until a document or decision exists."),
    "funding": N_("Not settled, {why}. It may be that this closes this funding route, not the cooperation."),
    "policy": N_("Not settled, {why}. It may be that this is a red line that the institution drew for itself."),
    "legal": N_(
        "Not settled, {why}. It may be that this is barred by law: only an authority, or taking the cause away, can "
        "lift it."
    ),
}
"""What a knock-out may do, where none is certain."""
_BARS_BESIDES: Final[dict[KnockOut, str]] = {
    "none": "",
    "hold": "",
    "funding": N_("{why}: it may also be that this closes this funding route, not the cooperation."),
    "policy": N_("{why}: it may also be that this is a red line that the institution drew for itself."),
    "legal": N_(
        "{why}: it may also be that this is barred by law: only an authority, or taking the cause away, can lift it."
    ),
}
"""What a knock-out may do beside a milder one that is certain."""
_ANSWERS = 4
"""How many answers of one contradiction a first sentence names; it counts the rest."""
_CONTRADICTIONS = 3
"""How many contradictions are named in lines of their own."""


def missing(assessment: Explanation) -> int:
    """Return how many answers are missing that could raise a finding."""
    return len(assessment.gaps) - len(assessment.reopened)


def lack(paths: Iterable[str], again: frozenset[str]) -> Lack:
    """Return why the answers under these paths are not known; `again` are those that are on record, and open again."""
    contradicting = {path in again for path in paths}
    return "either" if len(contradicting) > 1 else "contradicting" if contradicting == {True} else "missing"


def lack_of(assessment: Explanation) -> Lack:
    """Return why answers of an assessment are not known that could raise a finding."""
    return lack((one.path for one in assessment.gaps), assessment.reopened)


def why_open(why: Lack) -> str:
    """Return in words why something is not known."""
    return _(LACKS[why])


def counted(assessment: Explanation) -> str:
    """Return how many answers are missing that could raise a finding, and how many contradict each other."""
    again, lacking = len(_contradicting_paths(assessment)) if assessment.reopened else 0, missing(assessment)
    parts = []
    if lacking or not again:
        parts.append(ngettext("{number} answer missing", "{number} answers missing", lacking))
    if again:
        parts.append(ngettext("{number} answer contradicts others", "{number} answers contradict each other", again))
    return ", ".join(parts)


def _contradicting_paths(assessment: Explanation) -> frozenset[str]:
    """Return the answers that somebody must clear up: those that the result hangs on, and those that are open again."""
    return assessment.reopened.union(*(one.paths for one in hangs_on(assessment)))


def outer(proposal: Proposal) -> tuple[LevelShown, LevelShown]:
    """Return the mildest and the strictest level that a proposal may still come to, its own level among them."""
    strictness = proposal.ladder_levels.index
    ordered = sorted((*proposal.range, proposal.level), key=lambda one: strictness(one.name))
    return ordered[0], ordered[-1]


def open_between(proposal: Proposal) -> str | None:
    """Return between which levels a proposal is still open, None if it is settled."""
    if not proposal.provisional:
        return None
    mildest, strictest = outer(proposal)
    if mildest.name == strictest.name:
        return _("Still open: {level}, but the reasons may change", level=mildest.title)
    return _("Still open: between {mildest} and {strictest}", mildest=mildest.title, strictest=strictest.title)


def level_words(proposal: Proposal | None) -> str:
    """Return the level of a proposal, or between which levels it is still open, in the words of the set."""
    return (open_between(proposal) or proposal.level.title) if proposal else "–"


def still_open(proposal: Proposal, assessment: Explanation) -> str | None:
    """Return between which levels a proposal is still open, and how many answers make it so; None if it is settled."""
    open_now = open_between(proposal)
    return None if open_now is None else _("{open}; {answers}", open=open_now, answers=counted(assessment))


def open_cell(assessment: Explanation) -> str:
    """Return in a cell whether a result is still open: how many answers make it so, or that it hangs on some."""
    if any(one.provisional for one in assessment.proposals):
        return counted(assessment)
    return why_open("contradicting") if hangs_on(assessment) else pgettext("still open?", "no")


def knock_out(bounds: KnockOutBounds, why: Lack = "missing") -> str | None:
    """Return in words what blocks or bars, and what else might; None where nothing can."""
    if bounds.at_most == "none":
        return None
    lacking = why_open(why)
    if bounds.at_least == "none":
        return _(_BARS_UNSETTLED[bounds.at_most], why=lacking)
    certain = _(BARS[bounds.at_least])
    if bounds.at_least == bounds.at_most or not (besides := _BARS_BESIDES[bounds.at_most]):
        return certain
    return f"{certain} {_(besides, why=lacking[:1].upper() + lacking[1:])}"


# --- answers on which a result hangs ---


def hangs_on(assessment: Explanation) -> tuple[Problem, ...]:
    """Return the contradictions that the result hangs on, those first that most of it hangs on."""
    found = (one for one in assessment.problems if one.decides)
    return tuple(sorted(found, key=lambda one: -len(one.decides)))


def contradicting(assessment: Explanation, names: "Names") -> str:
    """Return what the first sentence says of answers that contradict each other; nothing where none decides."""
    if not (found := hangs_on(assessment)):
        return ""
    first, *others = found
    if others:
        return ngettext(
            "The result hangs on answers that contradict each other: {answers}; and so in {number} more place.",
            "The result hangs on answers that contradict each other: {answers}; and so in {number} more places.",
            len(others),
            answers=_answers(first, names),
        )
    return _("The result hangs on answers that contradict each other: {answers}.", answers=_answers(first, names))


def cleared_first(assessment: Explanation) -> str:
    """Return the step that answers which contradict each other call for; nothing where none matters."""
    again = _contradicting_paths(assessment)
    if not again:
        return ""
    return ngettext(
        "Clear up first whether {number} answer is right that contradicts others, then assess again.",
        "Clear up first which of {number} answers that contradict each other are right, then assess again.",
        len(again),
    )


def further_contradictions(assessment: Explanation) -> Iterator[Line]:
    """Yield the contradictions that the result hangs on beside the one of the first sentence, the first of them."""
    others = hangs_on(assessment)[1:]
    for one in others[:_CONTRADICTIONS]:
        yield say(strong(_("{label}: ", label=_("Contradiction"))), f"{one.title}.")
    if (more := len(others) - _CONTRADICTIONS) > 0:
        text = ngettext("and {number} further contradiction", "and {number} further contradictions", more)
        yield say(Run(text, ref="problems"))


def _answers(problem: Problem, names: "Names") -> str:
    """Return the answers that contradict each other, those about one entry together, and of each entry the first."""
    about = grouped(problem.answers, lambda one: names.where(one.path))
    # What one entry says must not take the place of the answer that it contradicts.
    ranked = sorted((rank, one.path) for several in about.values() for rank, one in enumerate(several))
    told = {path for _rank, path in ranked[:_ANSWERS]}
    parts = [
        _("{label}: {text}", label=where, text=answers) if where else answers
        for where, several in about.items()
        if (answers := ", ".join(_answer(one, names) for one in several if one.path in told))
    ]
    if (more := len(ranked) - len(told)) > 0:
        parts.append(ngettext("{number} more", "{number} more", more))
    return "; ".join(parts)


def _answer(one: Recorded, names: "Names") -> str:
    shown = _("a confidential answer") if one.confidential else _("“{text}”", text=one.shown)
    return _("{question} – {answer}", question=names.question_at(one.path), answer=shown)


def reopened_note(gap: Gap) -> str:
    """Return what is to be said behind a question that has an answer which counts as open; nothing behind others."""
    if gap.answered is None:
        return ""
    return _(" (answered “{answer}”, which does not fit: {titles})", answer=gap.answered, titles="; ".join(gap.against))


@dataclass(frozen=True)
class OpenQuestions:
    """The open questions by what they decide: this page and the first one of a report tell the same of them."""

    alone: tuple["NextQuestion", ...]
    together: tuple["NextQuestion", ...]
    in_ways: tuple["NextQuestion", ...]
    """Those that may matter only once something is done to lower the result."""
    never: tuple["NextQuestion", ...]


def open_questions(outlook: "ExplainedOutlook") -> OpenQuestions:
    """Return the open questions of an outlook that somebody may be asked."""
    several = outlook.questions
    # What a table states follows from the row that is asked for; a cell that is empty in a row on record does not.
    asked = {one.path for one in several if one.path not in outlook.facts or outlook.facts[one.path].is_asked}
    return OpenQuestions(
        alone=tuple(one for one in several if one.effect == "alone"),
        together=tuple(one for one in several if one.effect == "together" and (one.path in asked or not one.after)),
        in_ways=tuple(one for one in several if one.effect == "ways" and one.path in asked),
        never=tuple(one for one in several if one.effect == "none" and one.path in asked),
    )
