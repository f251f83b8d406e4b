"""Where each ladder stands, decided or proposed, in the words of the criteria: from the stored records alone."""

from dataclasses import dataclass, replace
from typing import Literal

from risk_engine.model.decision import Decided, Decision
from risk_engine.model.explanation import Explanation, Proposal
from risk_engine.report.wording import still_open


@dataclass(frozen=True)
class Standing:
    """Where one ladder stands: the level that was decided or, without a decision, is proposed.

    `answer` and `explain` are None where no record holds them. `still_open` says what a proposal leaves open; `between`
    names the mildest and the strictest level of what was decided while it was open, `proposed` the proposed level where
    another one was decided.
    """

    role: Literal["headline", "gate", "escalation"] | None
    title: str
    question: str
    level: str
    answer: str | None
    explain: str | None = None
    is_mildest: bool = False
    is_strictest: bool = False
    still_open: str | None = None
    between: tuple[str, str] | None = None
    proposed: str | None = None


def standings(assessment: Explanation | None, decision: Decision | None) -> tuple[Standing, ...]:
    """Return where every ladder stands, the gate first; the words are the assessment's where there is one."""
    if decision is None:
        return tuple(_proposed(one, assessment) for one in assessment.proposals) if assessment else ()
    proposals = {one.ladder: one for one in assessment.proposals} if assessment else {}
    return tuple(_decided(one, proposals.get(one.ladder)) for one in decision.levels)


def standings_told(decision: Decision, assessment: Explanation | None) -> tuple[Standing, ...]:
    """Return where every ladder stands by the decision alone, in the words of the assessment where there is one."""
    own = standings(None, decision)
    if assessment is None:
        return own
    return tuple(
        replace(
            one,
            title=told.title,
            question=told.question,
            level=told.level,
            answer=told.answer,
            between=told.between,
            proposed=told.proposed,
        )
        for one, told in zip(own, standings(assessment, decision), strict=True)
    )


def first_of(shown: tuple[Standing, ...]) -> Standing | None:
    """Return what a reader asks first: the gate, else the headline; None without both."""
    by_role = {one.role: one for one in shown}
    return by_role.get("gate") or by_role.get("headline")


def is_refused(shown: tuple[Standing, ...]) -> bool:
    """Return whether the headline stands at its strictest level: nothing goes ahead as it was proposed."""
    return any(one.role == "headline" and one.is_strictest and not one.is_mildest for one in shown)


def _proposed(proposal: Proposal, assessment: Explanation) -> Standing:
    return Standing(
        role=proposal.role,
        title=proposal.title,
        question=proposal.question,
        level=proposal.level.title,
        answer=proposal.level.answer,
        explain=proposal.level.explain,
        is_mildest=proposal.level.name == proposal.ladder_levels[0],
        is_strictest=proposal.level.name == proposal.ladder_levels[-1],
        still_open=still_open(proposal, assessment),
    )


def _decided(decided: Decided, proposal: Proposal | None) -> Standing:
    # The decision holds the words that were signed; the assessment says the same in the language of the reader.
    words = proposal.level_named(decided.decided.name) if proposal else None

    def title(name: str, recorded: str) -> str:
        return proposal.title_of(name) if proposal else recorded

    mildest, strictest = (title(one.name, one.title) for one in decided.between)
    levels = proposal.ladder_levels if proposal else ()
    return Standing(
        role=decided.role,
        title=proposal.title if proposal else decided.title,
        question=proposal.question if proposal else decided.question,
        level=title(decided.decided.name, decided.decided.title),
        answer=words.answer if words else decided.answer,
        explain=words.explain if words else None,
        is_mildest=levels[:1] == (decided.decided.name,),
        is_strictest=levels[-1:] == (decided.decided.name,),
        between=(mildest, strictest) if decided.provisional else None,
        proposed=title(decided.proposed.name, decided.proposed.title) if decided.deviates else None,
    )
