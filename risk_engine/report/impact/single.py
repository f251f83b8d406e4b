"""The single cases of an impact report: what changed in each and why, what is newly asked, what is not taken."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from risk_engine.language import _, ngettext
from risk_engine.model.impact import CaseImpact, Move, Refusal, Remaining
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Prose, Run, Section, Table, say
from risk_engine.report.impact.words import Words, direction_word
from risk_engine.report.wording import day, fill

_ROLES_FIRST: Final = ("gate", "headline", "escalation", None)


def changed_section(
    key: str, title: str, cases: Sequence[CaseImpact], names: Words, most: int | None, lead: str = ""
) -> Iterator[Section]:
    """Yield the section of cases that changed one way; `most` of them, the rest is counted. Nothing without cases."""
    if cases:
        said = (Prose(say(lead)),) if lead else ()
        yield Section(key, title, (*said, *(_changed(one, names) for one in cases[:most]), *_more(cases, most)))


def asked_section(cases: Sequence[CaseImpact], names: Words, most: int | None) -> Iterator[Section]:
    """Yield the section of cases that the new version asks something of that the old one did not."""
    if not cases:
        return
    lead = _(
        "{version} asks something of these cases that {before} did not ask, and nobody has answered it: they are open "
        "for that reason, alone or among others. Below stands what is left when what is newly asked gets its least and "
        "its most risky answer, by the direction that the criteria declare; where they declare none, each was tried.",
        version=names.after,
        before=names.before,
    )
    facts = Table(
        _("What is newly asked"),
        (_("Question"), _("Cases")),
        tuple((names.fact(one.name), say(str(one.cases))) for one in names.report.asked),
        (85, 15),
    )
    groups = (_asked(one, names) for one in cases[:most])
    yield Section("asked", _("Newly asked"), (Prose(say(lead)), facts, *groups, *_more(cases, most)))


def refused_section(cases: Sequence[CaseImpact], names: Words, most: int | None) -> Iterator[Section]:
    """Yield the section of cases with answers that the new version does not take."""
    if not cases:
        return
    lead = _(
        "These cases state something that {version} does not take. They come out as shown when that is left out; "
        "whoever goes on with such a case has to answer it anew.",
        version=names.after,
    )
    facts = Table(
        _("What is not taken"),
        (_("What the cases state"), _("Why"), _("Cases")),
        tuple(
            (names.fact(one.name), say(names.refusal_reason(one.why)), say(str(one.cases)))
            for one in names.report.refused
            if one.why is not None
        ),
        (50, 35, 15),
    )
    groups = (_refused(one, names) for one in cases[:most])
    yield Section("refused", _("Answers not taken"), (Prose(say(lead)), facts, *groups, *_more(cases, most)))


def other_reasons_section(cases: Sequence[CaseImpact], names: Words, most: int | None) -> Iterator[Section]:
    """Yield the section of cases that keep their result with other findings."""
    if cases:
        groups = (Group(_title(one), (Fields((_file(one),)), *_why(one, names))) for one in cases[:most])
        yield Section("reasons", _("Same result, other findings"), (*groups, *_more(cases, most)))


def _changed(case: CaseImpact, names: Words) -> Group:
    moved = [one for one in _in_order(case.ladders, names) if one.direction != "same"]
    return Group(_title(case), (Fields((_file(case), *(_moved(one, names) for one in moved))), *_why(case, names)))


def _asked(case: CaseImpact, names: Words) -> Group:
    assert case.remaining is not None  # noqa: S101 -- that puts it into this group
    asks = Field(_("Newly asked"), tuple(names.fact(path) for path in case.asked))
    return Group(
        _title(case), (Fields((_file(case), asks)), *_remaining(case, case.remaining, names), *_why(case, names))
    )


def _refused(case: CaseImpact, names: Words) -> Group:
    refused = Field(_("Not taken"), tuple(names.refusal(one) for one in case.refused))
    moves = tuple(_moved(one, names) for one in _in_order(case.ladders, names))
    remaining = _remaining(case, case.remaining, names) if case.remaining else ()
    return Group(_title(case), (Fields((_file(case), refused, *moves)), *remaining, *_why(case, names)))


def _remaining(case: CaseImpact, remaining: Remaining, names: Words) -> tuple[Block, ...]:
    """Return a table: each ladder before, as it is now, and with the least and the most risky answers."""
    least = {one.ladder: one for one in remaining.least}
    most = {one.ladder: one for one in remaining.most}
    rows = tuple(
        (
            say(names.ladder(one.ladder).title),
            say(names.place(one.ladder, one.before)),
            say(names.place(one.ladder, one.after)),
            say(names.place(one.ladder, least[one.ladder].after)),
            say(names.place(one.ladder, most[one.ladder].after)),
        )
        for one in _in_order(case.ladders, names)
    )
    courses = [direction_word(one) for one in (remaining.least_course, remaining.most_course)]
    head = (
        _("Ladder"),
        names.before,
        _("{version}, not answered", version=names.after),
        _("least risky answers"),
        _("most risky answers"),
    )
    told = _(
        "With the least risky answers: {least}; with the most risky ones: {most}.", least=courses[0], most=courses[1]
    )
    if not remaining.complete:
        told += " " + _("Not every combination of answers was tried.")
    return Prose(say(told)), Table(_("What remains"), head, rows, (16, 18, 26, 20, 20))


def _moved(move: Move, names: Words) -> Field:
    causes = names.ladder_causes(move)
    lines = (say(names.move(move)), names.rules(move), *((say(causes),) if causes else ()))
    return Field(names.ladder(move.ladder).title, lines)


def _why(case: CaseImpact, names: Words) -> Iterator[Block]:
    """Yield the findings that changed, and what the old version went without."""
    rows: list[Field] = []
    if case.findings:
        rows.append(Field(_("Findings that changed"), tuple(names.finding_move(one) for one in case.findings)))
    if case.left_out:
        label = _("Unknown to {version}, left out there", version=names.before)
        rows.append(Field(label, tuple(_path(one, names) for one in case.left_out)))
    if rows:
        yield Fields(tuple(rows))


def _path(refusal: Refusal, names: Words) -> Line:
    return names.fact(refusal.path)


def _title(case: CaseImpact) -> Line:
    return say(f"{case.case_id}: {case.title}")


def _file(case: CaseImpact) -> Field:
    return Field(_("Replayed"), (fill(_("{file}, as of {day}"), file=Run(case.file, "code"), day=day(case.on)),))


def _in_order(moves: Iterable[Move], names: Words) -> list[Move]:
    """Return the ladders in the order in which a case is told: whether it may start comes before how."""
    return sorted(moves, key=lambda one: _ROLES_FIRST.index(names.ladder(one.ladder).role))


def _more(cases: Sequence[CaseImpact], most: int | None) -> tuple[Prose, ...]:
    left = len(cases) - most if most is not None else 0
    if left <= 0:
        return ()
    text = ngettext("and {number} more; `-o FILE.html` shows all", "and {number} more; `-o FILE.html` shows all", left)
    return (Prose(say(text)),)
