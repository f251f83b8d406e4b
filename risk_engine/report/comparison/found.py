"""What each of the criteria found in the case, by severity and one by one, and on which answers it rests."""

from collections.abc import Iterator, Sequence

from risk_engine.language import _, ngettext, pgettext
from risk_engine.model.comparison import Comparison, SharedAnswer
from risk_engine.model.finding import Finding
from risk_engine.model.words import SEVERITIES
from risk_engine.report.blocks import Bullets, Field, Fields, Group, Line, Prose, Run, Section, Table, mark, say, strong
from risk_engine.report.comparison.sides import Side
from risk_engine.report.wording import (
    ONLY_UNVERIFIED,
    confidential,
    course,
    gravest,
    knock_out,
    none,
    sentence,
    severity_word,
)


def findings_section(several: Sequence[Side]) -> Section:
    """Return the findings under each of the criteria, side by side by severity, then with what was recorded."""
    found = [gravest(one.told) for one in several]
    present = [[one for one in each if one.outcome == "present"] for each in found]
    groups = tuple(
        Group(say(one.name), (Bullets(tuple(map(_finding, each))) if each else none(),))
        for one, each in zip(several, present, strict=True)
    )
    return Section("findings", _("What each of them found"), (_by_severity(several, found), *groups))


def changes_section(several: Sequence[Side]) -> Section | None:
    """Return where findings of one id differ between versions of one set; None without two versions of a set."""
    groups = []
    for number, one in enumerate(several):
        for other in several[number + 1 :]:
            if one.told.criteria.id == other.told.criteria.id:
                lines = tuple(_changes(one, other))
                title = say(_("From {one} to {other}", one=one.name, other=other.name))
                groups.append(Group(title, (Bullets(lines) if lines else none(),)))
    return Section("changes", _("Which findings differ"), tuple(groups)) if groups else None


def answers_section(comparison: Comparison, several: Sequence[Side]) -> Section:
    """Return the answers that several of the criteria read, with what each found in them, and what only some ask."""
    head = (_("Asked"), _("Recorded"), *(one.name for one in several))
    rows = tuple(_answer(one, several) for one in comparison.shared_answers)
    shared = Table(_("Answers that several of them ask for and that a finding rests on"), head, rows)
    counts = tuple(
        Field(one.name, (say(_not_asked(len(left))),)) for one, left in zip(several, comparison.not_asked, strict=True)
    )
    told = Prose(
        say(
            _(
                "An answer is given once and counts under each of the criteria that ask for it. What only some of them "
                "ask for, the others do not know."
            )
        )
    )
    return Section("answers", _("Which answers they rest on"), (told, shared if rows else none(), Fields(counts)))


def _by_severity(several: Sequence[Side], found: Sequence[Sequence[Finding]]) -> Table:
    present = [[one for one in each if one.outcome == "present"] for each in found]
    rows = [
        (
            say(strong(severity_word(severity))),
            *(_cell([one for one in each if one.inherent == severity]) for each in present),
        )
        for severity in reversed(SEVERITIES[1:])
        if any(one.inherent == severity for each in present for one in each)
    ]
    unsure = [[one.id for one in each if one.outcome == "undetermined"] for each in found]
    if any(unsure):
        rows.append((say(strong(_("not determined: answers are missing"))), *(_ids(each) for each in unsure)))
    caption = _("Findings by severity before controls")
    if not rows:
        rows = [(say(strong(_("present"))), *(say("–") for _one in several))]
    return Table(caption, (_("Severity"), *(one.name for one in several)), tuple(rows))


def _cell(findings: Sequence[Finding]) -> Line:
    runs: list[str | Run] = []
    for one in findings:
        runs += ["; " if runs else "", Run(one.id, "code"), f" {one.title}"]
    return say(*runs) or say("–")


def _ids(ids: Sequence[str]) -> Line:
    """Return findings by their ids alone: of what is not determined the titles would say too much."""
    return say(", ".join(ids)) or say("–")


def _finding(finding: Finding) -> Line:
    runs: list[str | Run] = [Run(finding.id, "code"), " ", strong(finding.title), f": {sentence(course(finding))}"]
    if bar := knock_out(finding.knock_out):
        runs.append(f" {bar}")
    runs += [f" {one}" for one in finding.because]
    if finding.only_unverified:
        runs += [" ", mark(_(ONLY_UNVERIFIED))]
    return say(*runs)


def _changes(one: Side, other: Side) -> Iterator[Line]:
    before = {finding.id: finding for finding in one.told.findings}
    after = {finding.id: finding for finding in other.told.findings}
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        title = (now or was).title  # type: ignore[union-attr]  # one of them is there
        if (then := _state(was)) != (since := _state(now)):
            yield say(Run(name, "code"), f" {title}: {then} → {since}")


def _state(finding: Finding | None) -> str:
    if finding is None:
        return _("not asked")
    if finding.outcome == "absent":
        return pgettext("finding", "none")
    return course(finding)


def _answer(answer: SharedAnswer, several: Sequence[Side]) -> tuple[Line, ...]:
    knowing = next(one for one in several if answer.path in one.told.facts)
    read = knowing.told.facts[answer.path]
    asked = say(knowing.names.fact(answer.path), *confidential(is_so=read.confidential))
    cells = (say(", ".join(ids)) or say(_("nothing")) for ids in answer.findings)
    return (asked, say(*knowing.names.value(answer.path, read.shown, "strong")), *cells)


def _not_asked(number: int) -> str:
    if not number:
        return _("It asks for every answer that the case gives.")
    return ngettext(
        "It does not ask for {number} answer that the case gives.",
        "It does not ask for {number} answers that the case gives.",
        number,
    )
