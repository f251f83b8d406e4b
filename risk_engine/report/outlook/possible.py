"""What may still come out, and which questions decide it: the parts of an outlook on a case that is not complete."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from risk_engine.files.language import N_, _, ngettext
from risk_engine.model.outlook import ExactRange, IfAnswered, Moved, NextQuestion, PossibleLevel
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Run, Table, say, strong
from risk_engine.report.outlook.wording import Told, in_the_record
from risk_engine.report.wording import fill, severities

_SHOWN = 8
"""So many questions of a kind are told one by one."""
_ALIKE = 3
"""So many answers that do the same are named."""
_ANSWERS = 4
"""So many answers of a question are told one by one."""
_MOVES = 4
"""So many findings that an answer moves are told one by one."""


def possible(told: Told) -> Iterator[Group]:
    """Yield the exact range of each ladder on which anything is open, or of which the report shows anything else."""
    open_ = [one for one in told.outlook.ranges if len(one.possible) > 1 or len(told.shown(one)) > 1 or one.undecided]
    ranges = sorted(open_, key=lambda one: told.place(one.ladder))
    if not ranges:
        return
    rows = tuple(_row(one, found, told) for found in ranges for one in found.possible)
    head = (_("Result"), _("The fewest answers that lead there"))
    intro = _(
        "Each row is one way to give the missing answers, with as few as possible that are not harmless; the engine "
        "worked it out. It shows what can come out, not what is likely."
    )
    table = Table(_("What comes out with which answers"), head, rows, (30, 70))
    lines = Bullets(tuple(_exactly(one, told) for one in ranges))
    blocks: list[Block] = [lines, Prose(say(intro)), table]
    if any(one.witness.contradicts for found in ranges for one in found.possible):
        # The answer that another one goes against may be the wrong one, so no level is left out for it.
        doubt = _(
            "Where answers do not go together one of them is wrong, perhaps the one on record: check that first. The "
            "level can come out all the same."
        )
        blocks.insert(1, Prose(say(doubt)))
    yield Group(say(_("What may still come out")), tuple(blocks))


def _exactly(found: ExactRange, told: Told) -> Line:
    doubtful = [one.level for one in found.possible if one.only_contradictory]
    if not doubtful:
        return _levels(found, told)
    text = _("{exactly}; {doubtful} only with answers that do not go together")
    return fill(text, exactly=_levels(found, told), doubtful=told.levels(found.ladder, doubtful))


def _levels(found: ExactRange, told: Told) -> Line:
    ladder = strong(told.ladder(found.ladder))
    levels = told.levels(found.ladder, [one.level for one in found.possible])
    # As `at_level` has it, with the ladder standing out.
    result = (
        ladder if levels == told.ladder(found.ladder) else fill(_("{ladder}: {level}"), ladder=ladder, level=levels)
    )
    if found.undecided:
        open_ = told.levels(found.ladder, found.undecided)
        text = _("{result}; of {open} it was not decided within the work that one question may take")
        return fill(text, result=result, open=open_)
    possible = {one.level for one in found.possible}
    until = [one for one in told.now(found.ladder) if one not in possible]
    if len(possible) == 1 and until:
        text = _("{result} in the end, whatever the missing answers are; until they are there it is {now}")
        return fill(text, result=result, now=told.levels(found.ladder, until))
    if len(possible) == 1:
        return fill(_("{result}, whatever the missing answers are"), result=result)
    if until:
        text = _("{ladder}: exactly {levels} in the end; until the missing answers are there it is {now}")
        return fill(text, ladder=ladder, levels=levels, now=told.levels(found.ladder, until))
    never = [one for one in told.shown(found) if one not in possible]
    if never:
        text = _("{ladder}: exactly {levels}; {never} can no longer come out")
        return fill(text, ladder=ladder, levels=levels, never=told.levels(found.ladder, never))
    return fill(_("{ladder}: exactly {levels}"), ladder=ladder, levels=levels)


def _row(one: PossibleLevel, found: ExactRange, told: Told) -> tuple[Line, ...]:
    witness = one.witness
    result = told.at(found.ladder, one.level)
    telling = {path: witness.answers[path] for path in witness.telling if path in witness.answers}
    if not telling:
        answers = say(_("all that is missing as in a harmless case"))
    elif not witness.answers.keys() - telling.keys():
        answers = told.answers(telling)
    else:
        answers = fill(_("{answers}; all else that is missing as in a harmless case"), answers=told.answers(telling))
    return say(strong(result)), told.fits(told.falls_away(answers, witness.set_aside), witness.contradicts)


def questions(told: Told) -> Iterator[Group]:
    """Yield which open questions decide, which do so only with others, and which need not be asked."""
    by_effect = {
        effect: [one for one in told.outlook.questions if one.effect == effect]
        for effect in ("alone", "together", "none")
    }
    alone, together, never = by_effect.values()
    # What a table states follows from the row that is asked for; a cell that is empty in a row on record does not.
    together = [one for one in together if told.is_asked(one.path) or not one.after]
    never = [one for one in never if told.is_asked(one.path)]
    blocks: list[Block] = []
    if alone:
        rows = tuple(_question(one, told) for one in alone[:_SHOWN])
        head = (_("Question"), _("Whom to ask"), _("What an answer does, while all else stays open"))
        blocks.append(Table(_("Ask these first: each can change the result alone"), head, rows, (38, 17, 45)))
        blocks += in_the_record(len(alone) - _SHOWN)
    if together:
        blocks.append(Prose(say(_("These can change it only together with other answers:"))))
        blocks.append(Bullets(tuple(told.question(one.path) for one in together[:_SHOWN])))
        blocks += in_the_record(len(together) - _SHOWN)
    if never:
        text = ngettext(
            "You need not ask this {number} question: no answer to it changes {results}.",
            "You need not ask these {number} questions: no answers to them change {results}.",
            len(never),
            results=told.results(),
        )
        blocks.append(Prose(say(text)))
        blocks.append(Bullets(tuple(told.question(one.path) for one in never[:_SHOWN])))
        blocks += in_the_record(len(never) - _SHOWN)
    if blocks:
        yield Group(say(_("What to ask next")), tuple(blocks))


def _question(one: NextQuestion, told: Told) -> tuple[Line, ...]:
    parts: list[str | Run] = []
    for found in one.if_answered[:_ANSWERS]:
        parts += ["; "] if parts else []
        parts += _if(found, one, told)
    if len(one.if_answered) > _ANSWERS:
        parts.append(_("; and more answers"))
    return told.question(one.path), say(told.whom(one.path)), say(*parts)


def _if(found: IfAnswered, question: NextQuestion, told: Told) -> Line:
    if found.first is None and found.last is None and _is_day(found.answer):
        when = say(strong(_("whatever day it is")))
    else:
        when = fill(_("if {answer}"), answer=strong(_answer(found, question, told)))
    # What it brings about comes first, then what it leaves possible, then what it rules out.
    moved = sorted(found.moves, key=lambda one: (one.after[1] == "none", one.after[0] == "none"))
    if "." not in question.path:
        # An entry of a list answers all that is asked of it, so it settles nearly every finding.
        moved = [one for one in moved if _is_worse(one)]
    several = [_moved(one) for one in moved[:_MOVES]]
    if len(moved) > _MOVES:
        several.append(ngettext("{number} more finding moves", "{number} more findings move", len(moved) - _MOVES))
    moves = ", ".join(several)
    reached = told.reached(found.reached, told.moved(found.reached))
    if moves:
        line = fill(_("{when}: {moves} – {reached}"), when=when, moves=moves, reached=reached)
    else:
        line = fill(_("{when}: {reached}"), when=when, reached=reached)
    return told.fits(line, found.contradicts)


def _is_worse(one: Moved) -> bool:
    """Return whether more of a finding is certain than before: how severe it is, or that it bars something."""
    return SEVERITIES.index(one.after[0]) > SEVERITIES.index(one.before[0]) or KNOCK_OUTS.index(
        one.knock_out_after[0]
    ) > KNOCK_OUTS.index(one.knock_out_before[0])


def _answer(found: IfAnswered, question: NextQuestion, told: Told) -> str:
    """Return an answer with those that do the same."""
    path, first, last = question.path, found.first, found.last
    if first is not None and last is not None and first != last:
        return _("{first} to {last}", first=told.answer(path, first), last=told.answer(path, last))
    if first is not None and last is None:
        text = N_("{first} or later") if _is_day(first) else N_("{first} or more")
        return _(text, first=told.answer(path, first))
    if last is not None and first is None:
        text = N_("{last} or earlier") if _is_day(last) else N_("{last} or less")
        return _(text, last=told.answer(path, last))
    alike = [told.answer(path, one) for one in (found.answer, *found.alike)]
    if len(alike) > _ALIKE:
        rest = len(alike) - 1
        return ngettext("{answer} (or {number} that does the same)", "{answer} (or {number} that do the same)", rest,
                        answer=alike[0])  # fmt: skip
    return told.either(alike)


def _is_day(value: Any) -> bool:
    """Return whether an answer is a day; read back from a file it is text, and no option or row begins with a digit."""
    return isinstance(value, date) or (isinstance(value, str) and value[:1].isdigit())


def _moved(one: Moved) -> str:
    """Return what becomes of a finding: of its severity, else of what it bars."""
    if one.after != one.before:
        low, high = one.after
        if high == "none":
            return _("{finding} is out of the question", finding=one.finding)
        return _("{finding} becomes {severity}", finding=one.finding, severity=severities(low, high))
    if one.knock_out_after[1] == "none":
        return _("{finding} bars nothing any more", finding=one.finding)
    return _("{finding} is settled", finding=one.finding)
