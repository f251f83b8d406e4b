"""The words that every part of a report shares: severities, bars, states and sources; names, numbers, marks, dates."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import ClassVar, Final, Literal, TypeAlias, TypeVar

from risk_engine.files.language import N_, NP_, _, either, grouped_by_thousands, ngettext, pgettext
from risk_engine.model.assessment import SeverityBounds
from risk_engine.model.explanation import (
    CitedSource,
    EvidenceShown,
    Explanation,
    Finding,
    Gap,
    OptionState,
    Points,
    Proposal,
)
from risk_engine.model.tables import GRADES, Grade
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES, KnockOut, Severity
from risk_engine.report import unsettled
from risk_engine.report.blocks import Line, Prose, Run, mark, say, strong

T = TypeVar("T")

MONTHS: Final = (  # not from the locale: the same report on every machine
    NP_("month", "January"),
    NP_("month", "February"),
    NP_("month", "March"),
    NP_("month", "April"),
    NP_("month", "May"),
    NP_("month", "June"),
    NP_("month", "July"),
    NP_("month", "August"),
    NP_("month", "September"),
    NP_("month", "October"),
    NP_("month", "November"),
    NP_("month", "December"),
)
ORIGINS: Final = {
    "case": N_("recorded in the case"),
    "table": N_("from the table"),
    "not_asked": N_("not asked: other answers settle it"),
    "profile": N_("from the institution's profile"),
    "missing": N_("not known"),
}
KINDS: Final = {
    "eu_law": N_("EU law"),
    "international_law": N_("international law"),
    "national_law": N_("national law"),
    "foreign_law": N_("law of another state, not EU law"),
    "foreign_list": N_("list of another state"),
    "guidance": N_("guidance"),
    "research": N_("research"),
}
FOREIGN_LIST: Final = "foreign_list"
NOT_EU_LAW: Final = N_("evidence, not EU law")
UNVERIFIED: Final = N_("unverified")
ONLY_UNVERIFIED: Final = N_("unverified sources only")
Reading: TypeAlias = Grade | Literal["verified", "unverified"]
"""How a place in a source was read: a grade, or whether somebody read it where its source tells no grade."""
_READINGS: Final[dict[Reading, str]] = {
    "text": N_("text read"),
    "account": N_("account read"),
    "verified": N_("read"),
    "memory": N_("from memory"),
    "unverified": UNVERIFIED,
}
"""The surest first."""
UNREAD: Final = frozenset({"memory", "unverified"})
CONFIDENTIAL: Final = N_("confidential")
UNSURE: Final = N_("answered as unsure")
OF_PROFILE: Final = N_("set by the institution’s profile")

_SEVERITIES: Final[dict[Severity, tuple[str, str]]] = {
    "none": NP_("severity", "none"),
    "low": NP_("severity", "low"),
    "moderate": NP_("severity", "moderate"),
    "high": NP_("severity", "high"),
    "critical": NP_("severity", "critical"),
}
_KNOCK_OUTS: Final[dict[KnockOut, tuple[str, str]]] = {
    "none": NP_("knock-out", "none"),
    "hold": NP_("knock-out", "hold"),
    "funding": NP_("knock-out", "funding"),
    "policy": NP_("knock-out", "policy"),
    "legal": NP_("knock-out", "legal"),
}
_STATES: Final = {
    "planned": NP_("state of a control", "planned"),
    "agreed": NP_("state of a control", "agreed"),
    "implemented": NP_("state of a control", "implemented"),
    "verified": NP_("state of a control", "verified"),
    "in_place": NP_("state of a control", "in place"),
}
_CONFIDENCE: Final = {
    "unsure": NP_("confidence in evidence", "unsure"),
    "declared": NP_("confidence in evidence", "declared"),
    "documented": NP_("confidence in evidence", "documented"),
    "verified": NP_("confidence in evidence", "verified"),
}


def severity_word(severity: Severity) -> str:
    """Return what people call a severity."""
    return pgettext(*_SEVERITIES[severity])


def knock_out_word(knock_out: KnockOut) -> str:
    """Return what people call a knock-out."""
    return pgettext(*_KNOCK_OUTS[knock_out])


def state_word(state: str) -> str:
    """Return what people call the state of a control, as it is stated or as it counts."""
    return pgettext(*_STATES[state])


def origin_word(origin: str) -> str:
    """Return what people call where a value comes from."""
    return _(ORIGINS[origin])


def confidence_word(confidence: str) -> str:
    """Return what people call how sure a record of evidence is; a word of no such meaning as it stands."""
    return pgettext(*_CONFIDENCE[confidence]) if confidence in _CONFIDENCE else confidence


def kind_of_source(kind: str) -> str:
    """Return what people call a kind of source; one that is none of the engine's as it stands."""
    return _(KINDS[kind]) if kind in KINDS else kind


def month(number: int) -> str:
    """Return the name of a month, 1 for January."""
    return pgettext(*MONTHS[number - 1])


MUST_SAY = {
    "condition": N_("a condition"),
    "open answer": N_("a missing answer"),
    "notice": N_("a notice of the criteria"),
    "challenge": N_("how to challenge it"),
    "digest": N_("the digest of the record"),
}
"""What no page of an office may leave out."""


def kinds_of(titles: Iterable[str]) -> str:
    """Return kinds of evidence of which one is enough."""
    return either([_("“{text}”", text=one) for one in titles])


def of_kind(option: OptionState) -> str:
    """Return of which kind the evidence for each control of an option must be; empty where any will do."""
    if not option.needs:
        return ""
    kinds = kinds_of(option.needs)
    if len(option.controls) > 1:
        return _("each with evidence of the kind {kinds}", kinds=kinds)
    return _("with evidence of the kind {kinds}", kinds=kinds)


class Names:
    """What people call the parts of one assessment: entries, facts, findings, controls."""

    offers: ClassVar = frozenset({"control", "controls", "doubt", "fact", "finding", "lack", "value", "why_open"})
    """What templates may call."""

    def __init__(self, assessment: Explanation) -> None:
        self._entries = {one.path: _("{kind} “{name}”", kind=one.title, name=one.label) for one in assessment.entries}
        self._controls = {one.id: one.title for one in assessment.controls}
        self._findings = {one.id: one.title for one in assessment.findings}
        self._questions = {path: one.question for path, one in assessment.facts.items()}
        self._questions |= {one.path: one.question for one in assessment.gaps}
        against = (answer for one in assessment.problems for answer in one.answers)
        told = (*assessment.described, *assessment.benefits, *assessment.necessity, *against)
        self._questions |= {one.path: one.question for one in told}
        self._origins: dict[str, str] = {path: one.origin for path, one in assessment.resolved.items()}
        self._origins |= {path: one.origin for path, one in assessment.facts.items()}
        self._again = assessment.reopened
        self._without_value = {path for path, one in assessment.resolved.items() if one.value is None}
        doubts = [path for one in assessment.problems if one.kind == "unsure" for path in one.paths]
        self.unsure = tuple(dict.fromkeys(doubts))
        """The paths of answers that count, but were given as unsure."""

    def where(self, path: str) -> str:
        """Return the entry that a path leads into, empty where it leads into none."""
        return self._entries.get(".".join(path.split(".")[:2]), "")

    def fact(self, path: str) -> str:
        """Return what was asked under a path, and of which entry."""
        question, where = self.question_at(path), self.where(path)
        return f"{question} ({where})" if where else question

    def question_at(self, path: str) -> str:
        """Return what was asked under a path."""
        return self._questions.get(path, path)

    def why_open(self, paths: Iterable[str]) -> str:
        """Return why the answers under these paths are not known: they are missing, or contradict each other."""
        return unsettled.why_open(self.lack(paths))

    def lack(self, paths: Iterable[str]) -> unsettled.Lack:
        """Return the same by its name."""
        return unsettled.lack(paths, self._again)

    def value(self, path: str, shown: str, style: Literal["plain", "strong", "em"]) -> Line:
        """Return a value as a report shows it: nobody must take for an answer what nobody was asked."""
        value = Run(shown, style)
        match self._origins.get(path):
            case "not_asked" if path in self._without_value:
                return say(Run(_("not asked"), style))
            case "not_asked":
                return fill(_("not asked, counts as {value}"), value=value)
            case "profile":
                return say(value, " ", mark(_(OF_PROFILE)))
            case _:
                return say(value)

    def doubt(self, path: str) -> Line:
        """Return the mark that stands beside an answer given as unsure, nothing beside another one."""
        return say(" ", mark(_(UNSURE))) if path in self.unsure else ()

    @property
    def ask_again(self) -> str:
        """The step that answers given as unsure call for."""
        return ngettext(
            "Ask again for the {number} answer given as unsure.",
            "Ask again for the {number} answers given as unsure.",
            len(self.unsure),
        )

    def finding(self, indicator: str) -> Run:
        """Return the title of a finding and, in brackets, its id, leading to its place in the report."""
        title = self._findings.get(indicator)
        return Run(f"{title} ({indicator})", ref=indicator) if title else Run(indicator)

    def findings(self, several: Iterable[Finding], most: int) -> str:
        """Return the first few findings by their titles, and how many more there are."""
        return some([self.finding(one.id).text for one in several], most)

    def control(self, control: str) -> str:
        """Return the title of a control, else its id."""
        return self._controls.get(control, control)

    def controls(self, ids: Iterable[str]) -> str:
        """Return the titles of controls that go together; a title may hold commas and "and", so a sign joins them."""
        return " + ".join(self.control(one) for one in ids)


def fill(message: str, **parts: str | Run | Line) -> Line:
    """Return a translated message as a line: runs in place of its `{names}`, `**words**` of it stand out."""
    made: list[Run] = []
    for piece, name in _pieces(message):
        part = piece if name is None else parts[name]
        for run in part if isinstance(part, tuple) else say(part):
            # Text and text beside it are one: Markdown guards what begins a run as if it began a line.
            if made and run == Run(run.text) and made[-1] == Run(made[-1].text):
                made[-1] = Run(made[-1].text + run.text)
            else:
                made.append(run)
    return tuple(made)


@lru_cache(maxsize=1024)
def _pieces(message: str) -> tuple[tuple[str | Run, str | None], ...]:
    """Return the pieces of a message, each as what it is, or with the name of what takes its place."""
    return tuple(
        (strong(piece[2:-2]) if piece.startswith("**") else piece, piece[1:-1] if piece.startswith("{") else None)
        for piece in re.split(r"(\*\*.+?\*\*|\{\w+\})", message)
        if piece
    )


def coded(text: str, style: Literal["plain", "strong"] = "plain") -> Line:
    """Return a sentence as a line, the names between backticks in it as they are written in files."""
    pieces = text.split("`")
    return tuple(Run(one, "code" if number % 2 else style) for number, one in enumerate(pieces) if one)


def none() -> Prose:
    """Return what stands where there is none of what is listed."""
    return Prose(say(_("None.")))


def some(items: Sequence[str], most: int, comma: str = "; ") -> str:
    """Return the first few of the items and how many more there are."""
    more = len(items) - most
    counted = [ngettext("{number} more", "{number} more", more)] if more > 0 else []
    return comma.join([*items[:most], *counted])


def and_more(number: int) -> str:
    """Return how many more there are than are named."""
    return ngettext("and {number} more", "and {number} more", number, number=grouped_by_thousands(number))


def first_of(
    items: Sequence[T], most: int, line: Callable[[T], Line], further: Callable[[int], str] = and_more
) -> list[Line]:
    """Return a line for each of the first items, and one that counts the others."""
    others = len(items) - most
    return [*map(line, items[:most]), *([say(further(others))] if others > 0 else [])]


def day(when: date) -> str:
    """Return a date as "3 March 2026"."""
    return pgettext("date", "{day} {month} {year}", day=when.day, month=month(when.month), year=when.year)


def last_day(until: date) -> str:
    """Return the last day of a time that `until` is no part of: "to" that day is read alike by all."""
    return day(until - timedelta(days=1) if until > date.min else until)


def colon() -> str:
    """Return what stands between a label and what it says; in some languages a space is before it."""
    return _("{label}: ", label="").rstrip(" ")


def lead(label: str) -> Run:
    """Return a label that stands out before what it says."""
    return strong(_("{label}: ", label=label))


def sentence(text: str) -> str:
    """Return text that ends as a sentence does."""
    stripped = text.rstrip()
    return stripped if stripped.endswith((".", "!", "?", "…", ":")) else stripped + "."


def between(low: str, high: str) -> str:
    """Return "low to high", or the one word where both are the same."""
    return low if low == high else pgettext("range", "{low} to {high}", low=low, high=high)


def severities(low: Severity, high: Severity) -> str:
    """Return between which severities something lies, in words."""
    return between(severity_word(low), severity_word(high))


def severity(bounds: SeverityBounds) -> str:
    """Return between which severities something lies."""
    return severities(bounds.at_least, bounds.at_most)


def points(shown: Points) -> str:
    """Return points and band, as bounds where answers are missing: "20 to 140 points, high to unacceptable"."""
    return f"{number_of_points(shown)}, {between(shown.band_at_least, shown.band_at_most)}"


def number_of_points(shown: Points) -> str:
    """Return how many points, as bounds where answers are missing."""
    low, high = shown.at_least, shown.at_most
    if low == high:
        return ngettext("{number} point", "{number} points", low)
    return _("{low} to {high} points", low=low, high=high)


def course(finding: Finding) -> str:
    """Return in short how grave a finding was before controls and, where they changed it, how grave it is now."""
    before, now = severities(finding.inherent, finding.possible), severity(finding.residual)
    return before if before == now else _("{before} before controls, {now} now", before=before, now=now)


def gravity(finding: Finding) -> tuple[int, int, int, int]:
    """Return a key that sorts findings: present before undetermined, the gravest first."""
    return (
        0 if finding.outcome == "present" else 1,
        -SEVERITIES.index(finding.inherent),
        -SEVERITIES.index(finding.possible),
        -KNOCK_OUTS.index(finding.knock_out.at_most),
    )


def gravest(assessment: Explanation) -> list[Finding]:
    """Return the findings that are not absent, present ones first, the gravest first."""
    return sorted((one for one in assessment.findings if one.outcome != "absent"), key=gravity)


def level_titles(proposal: Proposal) -> dict[str, str]:
    """Return all levels of a ladder, mildest first, with what readers call them as far as the assessment holds it."""
    return {one: proposal.title_of(one) for one in proposal.ladder_levels}


def at_level(ladder: str, level: str) -> str:
    """Return a ladder with its level, by their titles; one that is called as its ladder is would be said twice."""
    return level if level == ladder else _("{ladder}: {level}", ladder=ladder, level=level)


def who_to_ask(gap: Gap) -> str:
    """Return who should answer, in words."""
    return gap.asked_of_title or _("whoever knows the case")


def web_link(link: str | None) -> str | None:
    """Return a link if it is a plain web address, else None: nothing else is ever made clickable."""
    return link if link and re.fullmatch(r"https?://[^\s<>\"'\\^`{|}]+", link) else None


def reading(grade: Grade | None, verified: bool) -> Reading:  # noqa: FBT001 -- both are what a source says of itself
    """Return how a source was read: its grade, else whether somebody did."""
    return grade or ("verified" if verified else "unverified")


def reading_word(how: Reading) -> str | Run:
    """Return how a source was read, in words that warn where nobody looked it up."""
    return mark(_(_READINGS[how])) if how in UNREAD else _(_READINGS[how])


def beside(how: Reading) -> list[str | Run]:
    """Return how a source was read, in words that stand behind it."""
    return [" ", reading_word(how)] if how in UNREAD else [f" ({reading_word(how)})"]


def readings_counted(readings: Iterable[Reading]) -> str:
    """Return how many places were read how, the surest first: "2 text read, 1 from memory"."""
    counted = Counter(readings)
    return ", ".join(f"{counted[how]} {_(words)}" for how, words in _READINGS.items() if counted[how])


def checked(readings: Collection[Reading]) -> Line:
    """Return how the places in a source were read, for the list of sources."""
    if "unverified" in readings and len(readings) > 1 and not set(readings) & set(GRADES):
        return say(mark(_("in part unverified")))
    if set(readings) == {"verified"}:
        return say(pgettext("source", "verified"))
    parts = [run for how in _READINGS if how in readings for run in (", ", reading_word(how))]
    return say(*parts[1:])


def readings_of(finding: Finding) -> tuple[Reading, ...]:
    """Return how each of the sources of a finding was read; nothing where none of them tells a grade."""
    is_told = any(one.grade for one in finding.sources)
    return tuple(reading(one.grade, one.verified) for one in finding.sources) if is_told else ()


def read_how(finding: Finding, unread: str = UNVERIFIED) -> Line:
    """Return how the sources of a finding were read; where they tell no grade, `unread` if nobody read any."""
    found = set(readings_of(finding))
    if not found:
        return say(mark(_(unread))) if finding.only_unverified else ()
    words = _("sources: {how}", how=", ".join(_(words) for how, words in _READINGS.items() if how in found))
    return say(mark(words) if found <= UNREAD else f"({words})")


def cited(source: CitedSource) -> Line:
    """Return a source with its place, its kind and its marks."""
    kind = kind_of_source(source.kind)
    place = f", {source.at}" if source.at else ""
    marks: list[str | Run] = []
    if source.kind == FOREIGN_LIST:
        marks += [" ", mark(_(NOT_EU_LAW))]
    how = reading(source.grade, source.verified)
    if how != "verified":
        marks += beside(how)
    return say(Run(source.instrument, link=web_link(source.link)), f"{place} ({kind})", *marks)


def confidential(is_so: bool) -> Line:  # noqa: FBT001 -- a template writes it behind what it asks
    """Return the mark that stands beside a confidential answer, nothing beside another one."""
    return say(" ", mark(_(CONFIDENTIAL))) if is_so else ()


def evidence(record: EvidenceShown) -> str:
    """Return a record of evidence with its date and what is known about it."""
    more = [
        _("collected by {who}", who=record.collected_by) if record.collected_by else "",
        confidence_word(record.confidence) if record.confidence else "",
        f"SHA-256 {record.sha256[:12]}…" if record.sha256 else "",
    ]
    named = _("{label}: {text}", label=record.kind, text=record.reference)
    return ", ".join([named, day(record.date), *(one for one in more if one)])
