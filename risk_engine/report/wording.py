"""The words that every part of a report shares: the engine's closed vocabularies as people say them, names, numbers."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from risk_engine.model.assessment import (
    Assessment,
    CitedSource,
    EvidenceShown,
    Finding,
    KnockOutBounds,
    LevelShown,
    Points,
    Proposal,
    SeverityBounds,
)
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES, KnockOut
from risk_engine.report.blocks import Line, Run, mark, say

MONTHS = (  # not from the locale: the same report on every machine
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ORIGINS = {
    "case": "recorded in the case",
    "table": "from the table",
    "not_asked": "not asked: other answers settle it",
    "profile": "from the institution's profile",
    "missing": "not known",
}
KNOCK_OUT_WORDS: dict[KnockOut, str] = {
    "none": "none",
    "hold": "holds the start until a document or decision exists",
    "funding": "closes this funding route, not the cooperation",
    "policy": "a red line that the institution drew for itself",
    "legal": "barred by law: only an authority, or taking the cause away, can lift it",
}
KINDS = {
    "eu_law": "EU law",
    "national_law": "national law",
    "foreign_law": "law of another state, not EU law",
    "foreign_list": "list of another state",
    "guidance": "guidance",
    "research": "research",
}
NOT_EU_LAW = "evidence, not EU law"
FOREIGN_LIST = "foreign_list"
UNVERIFIED = "unverified"
ONLY_UNVERIFIED = "unverified sources only"
CONFIDENTIAL = "confidential"
UNSURE = "answered as unsure"
OF_PROFILE = "set by the institution’s profile"


class Names:
    """What people call the parts of one assessment: entries, facts, findings, controls."""

    def __init__(self, assessment: Assessment) -> None:
        self._entries = {one.path: f"{one.title} “{one.label}”" for one in assessment.entries}
        self._controls = {one.id: one.title for one in assessment.controls}
        self._findings = {one.id: one.title for one in assessment.findings}
        self._questions = {path: one.question for path, one in assessment.facts.items()}
        self._questions |= {one.path: one.question for one in assessment.gaps}
        told = (*assessment.described, *assessment.benefits, *assessment.necessity)
        self._questions |= {one.path: one.question for one in told}
        self._origins = {path: one["origin"] for path, one in assessment.resolved.items()}
        self._origins |= {path: one.origin for path, one in assessment.facts.items()}
        doubts = [path for one in assessment.problems if one.kind == "unsure" for path in one.paths]
        self.unsure = tuple(dict.fromkeys(doubts))
        """The paths of answers that count, but were given as unsure."""

    def where(self, path: str) -> str:
        """Return the entry that a path leads into, empty where it leads into none."""
        return self._entries.get(".".join(path.split(".")[:2]), "")

    def fact(self, path: str) -> str:
        """Return what was asked under a path, and of which entry."""
        question = self._questions.get(path, path)
        where = self.where(path)
        return f"{question} ({where})" if where else question

    def value(self, path: str, shown: str, style: Literal["plain", "strong", "em"]) -> Line:
        """Return a value as a report shows it: nobody must take for an answer what nobody was asked."""
        value = Run(shown, style)
        match self._origins.get(path):
            case "not_asked":
                return say("not asked, counts as ", value)
            case "profile":
                return say(value, " ", mark(OF_PROFILE))
            case _:
                return say(value)

    def doubt(self, path: str) -> tuple[str | Run, ...]:
        """Return the mark that stands beside an answer given as unsure, nothing beside another one."""
        return (" ", mark(UNSURE)) if path in self.unsure else ()

    def finding(self, indicator: str) -> Run:
        """Return the id and title of a finding, leading to its place in the report."""
        title = self._findings.get(indicator)
        return Run(f"{indicator} {title}", ref=indicator) if title else Run(indicator)

    def control(self, control: str) -> str:
        """Return the title of a control, else its id."""
        return self._controls.get(control, control)

    def controls(self, ids: Iterable[str]) -> str:
        """Return the titles of controls that go together; a title may hold commas and "and", so a sign joins them."""
        return " + ".join(self.control(one) for one in ids)


def listed(items: Sequence[str]) -> str:
    """Return "a, b and c"."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun in the right form."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def day(when: date) -> str:
    """Return a date as "3 March 2026"."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def sentence(text: str) -> str:
    """Return text that ends as a sentence does."""
    stripped = text.rstrip()
    return stripped if stripped.endswith((".", "!", "?", "…", ":")) else stripped + "."


def between(low: str, high: str) -> str:
    """Return "low to high", or the one word where both are the same."""
    return low if low == high else f"{low} to {high}"


def severity(bounds: SeverityBounds) -> str:
    """Return between which severities something lies."""
    return between(bounds.at_least, bounds.at_most)


def points(shown: Points) -> str:
    """Return points and band, as bounds where answers are missing: "20 to 140 points, high to unacceptable"."""
    number = between(str(shown.at_least), str(shown.at_most))
    noun = "point" if number == "1" else "points"
    return f"{number} {noun}, {between(shown.band_at_least, shown.band_at_most)}"


def knock_out(bounds: KnockOutBounds) -> str | None:
    """Return in words what blocks or bars, and what else might; None where nothing can."""
    if bounds.at_most == "none":
        return None
    certain, possible = KNOCK_OUT_WORDS[bounds.at_least], KNOCK_OUT_WORDS[bounds.at_most]
    if bounds.at_least == bounds.at_most:
        return sentence(certain[0].upper() + certain[1:])
    if bounds.at_least == "none":
        return f"Not settled, answers are missing. It may be that this {_verb(possible)}."
    return (
        f"{sentence(certain[0].upper() + certain[1:])} Answers are missing: it may also be that this {_verb(possible)}."
    )


def _verb(text: str) -> str:
    return text if text.startswith(("holds", "closes")) else f"is {text}"


def course(finding: Finding) -> str:
    """Return in short how grave a finding was before controls and, where they changed it, how grave it is now."""
    before, now = between(finding.inherent, finding.possible), severity(finding.residual)
    return before if before == now else f"{before} before controls, {now} now"


def gravity(finding: Finding) -> tuple[int, int, int, int]:
    """Return a key that sorts findings: present before undetermined, the gravest first."""
    return (
        0 if finding.outcome == "present" else 1,
        -SEVERITIES.index(finding.inherent),
        -SEVERITIES.index(finding.possible),
        -KNOCK_OUTS.index(finding.knock_out.at_most),
    )


def gravest(assessment: Assessment) -> list[Finding]:
    """Return the findings that are not absent, present ones first, the gravest first."""
    return sorted((one for one in assessment.findings if one.outcome != "absent"), key=gravity)


def outer(proposal: Proposal) -> tuple[LevelShown, LevelShown]:
    """Return the mildest and the strictest level that a proposal may still come to, its own level among them."""
    strictness = proposal.ladder_levels.index
    ordered = sorted((*proposal.range, proposal.level), key=lambda one: strictness(one.name))
    return ordered[0], ordered[-1]


def level_titles(proposal: Proposal) -> dict[str, str]:
    """Return all levels of a ladder, mildest first, with what readers call them as far as the assessment holds it."""
    shown = {one.name: one.title for one in (*proposal.range, proposal.level)}
    return {one: shown.get(one, one.replace("_", " ").capitalize()) for one in proposal.ladder_levels}


def open_between(proposal: Proposal) -> str | None:
    """Return between which levels a proposal is still open, None if it is settled."""
    if not proposal.provisional:
        return None
    mildest, strictest = outer(proposal)
    if mildest.name == strictest.name:
        return f"Still open: {mildest.title}, but the reasons may change"
    return f"Still open: between {mildest.title} and {strictest.title}"


def still_open(proposal: Proposal, assessment: Assessment) -> str | None:
    """Return between which levels a proposal is still open and how many answers are missing; None if it is settled."""
    open_now = open_between(proposal)
    return open_now and f"{open_now}; {counted(len(assessment.gaps), 'answer')} missing"


def web_link(link: str | None) -> str | None:
    """Return a link if it is a plain web address, else None: nothing else is ever made clickable."""
    return link if link and re.fullmatch(r"https?://[^\s<>\"'\\^`{|}]+", link) else None


def cited(source: CitedSource) -> Line:
    """Return a source with its place, its kind and its marks."""
    kind = KINDS.get(source.kind, source.kind)
    place = f", {source.at}" if source.at else ""
    marks: list[str | Run] = []
    if source.kind == FOREIGN_LIST:
        marks += [" ", mark(NOT_EU_LAW)]
    if not source.verified:
        marks += [" ", mark(UNVERIFIED)]
    return say(Run(source.instrument, link=web_link(source.link)), f"{place} ({kind})", *marks)


def confidential(*, is_so: bool) -> tuple[str | Run, ...]:
    """Return the mark that stands beside a confidential answer, nothing beside another one."""
    return (" ", mark(CONFIDENTIAL)) if is_so else ()


def evidence(record: EvidenceShown) -> str:
    """Return a record of evidence with its date and what is known about it."""
    more = [
        f"collected by {record.collected_by}" if record.collected_by else "",
        record.confidence or "",
        f"SHA-256 {record.sha256[:12]}…" if record.sha256 else "",
    ]
    return ", ".join([f"{record.kind} {record.reference}", day(record.date), *(one for one in more if one)])
