"""The next question: open questions ordered by what they decide of headline and gate.

First those of which one answer alone moves the result, then those that matter only together with others, last those
that cannot matter any more.
"""

from collections.abc import Mapping, Sequence

from risk_engine.model.outlook import Effect, ExactRange, NextQuestion
from risk_engine.outlook.alone import Tried, answers_that_move
from risk_engine.outlook.needless import is_decided, needless
from risk_engine.outlook.question import Question
from risk_engine.outlook.still_open import StillOpen

EFFECTS: tuple[Effect, ...] = ("alone", "together", "none")


def next_questions(still: StillOpen, ranges: Sequence[ExactRange]) -> tuple[NextQuestion, ...]:
    """Return every open question and open list with what it can decide, those that decide most first.

    `ranges` are the exact ranges of the same case. Raises SolverMismatchError where the engine says anything else of an
    answer than the solver.
    """
    # Where one level is left nearly always nothing matters any more, which is soon seen; else answers tried come first.
    idle = needless(still, ranges) if is_decided(still, ranges) else frozenset()
    asked = [one for one in still.questions if one.path not in idle and still.reaches(one)]
    answers = {one.path: answers_that_move(still, one) for one in asked}
    if not is_decided(still, ranges):
        idle = needless(still, ranges, {path for path, tried in answers.items() if tried})
    findings = _findings(still)
    found: list[tuple[tuple[int, ...], NextQuestion]] = []
    for place, one in enumerate(still.questions):
        tried = answers.get(one.path, ())
        effect: Effect = "none" if one.path in idle else "alone" if tried else "together"
        moved = {move.finding: None for answer in tried for move in answer.effect.moves}
        question = NextQuestion(
            path=one.path,
            effect=effect,
            after=one.after,
            findings=() if effect == "none" else tuple({**moved, **dict.fromkeys(findings.get(one.path, ()))}),
            if_answered=tuple(answer.effect for answer in tried),
        )
        rank = _decides(still, tried) if tried else _shows(still, one, ranges)
        found.append(((EFFECTS.index(effect), *rank, place), question))
    return tuple(question for _key, question in sorted(found, key=lambda one: one[0]))


def _decides(still: StillOpen, tried: Sequence[Tried]) -> tuple[int, int, int]:
    """Return by how many levels an answer moves headline and gate, whether one settles them, how far it moves ends."""
    now = still.now
    levels = max(_distance(now[::3], one.places[::3]) for one in tried)
    settles = any(one.places[1::3] == one.places[2::3] for one in tried)
    ends = max(_distance(now, one.places) for one in tried)
    return -levels, -settles, -ends


def _distance(now: Sequence[int], then: Sequence[int]) -> int:
    return sum(abs(one - other) for one, other in zip(now, then, strict=True))


def _shows(still: StillOpen, question: Question, ranges: Sequence[ExactRange]) -> tuple[int, int, int]:
    """Return in how many smallest completions of levels of headline and gate the question is among those that tell."""
    told = [level.witness.telling for one in ranges if one.ladder in still.decisive for level in one.possible]
    return -sum(question.path in one for one in told), len(question.after), 0


def _findings(still: StillOpen) -> Mapping[str, Sequence[str]]:
    """Return for each question the findings that are open for it, or for a question that waits for it."""
    found: dict[str, dict[str, None]] = {}
    for one in still.worked.found:
        for read in one.missing:
            for asked in (read, *still.worked.facts.to_ask(read)):
                found.setdefault(asked.path(), {})[one.id] = None
    return {path: tuple(several) for path, several in found.items()}
