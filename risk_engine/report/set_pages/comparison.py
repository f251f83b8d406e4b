"""One case under several sets, side by side, or many in a table: the facts of `templates/pages/comparison*.j2`.

It says what the reports say, so it is given the explanations. That confidential answers stand in it no template may
leave out, so Python says it.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from rich.console import Console
from rich.text import Text

from risk_engine.files.language import _, listed
from risk_engine.model.comparison import ROLES, Compared, Comparison, LevelPlace, Relation, SharedAnswer
from risk_engine.model.explanation import CriteriaShown, Explanation, Finding, Proposal
from risk_engine.model.ladders import Role
from risk_engine.model.words import SEVERITIES
from risk_engine.report import page
from risk_engine.report.answer import why
from risk_engine.report.blocks import Group, Line, Must, View, shortened, unlinked
from risk_engine.report.frame import SHOWN_DIGEST, found_by, noted, version_warning
from risk_engine.report.terminal import in_plain, print_document, put_line
from risk_engine.report.unsettled import Lack, contradicting, counted, lack, level_words, outer, still_open, why_open
from risk_engine.report.wording import ONLY_UNVERIFIED, Names, course, fill, gravest, sentence, some

_TITLE: Final = 90
"""How many letters of a name stand above the answer."""
_ON_SCREEN: Final = ("results", "findings")
"""The sections that the screen shows, without the parts that go into each finding."""
_NAMED: Final = 2
"""So many findings say in a table on what a level rests."""

Agreement: TypeAlias = int | Literal["agree", "unrelated", "unsettled", "differ"]
"""How all results of a case compare; a number is that of the one assessment that is stricter than the other."""


@dataclass(frozen=True)
class Side:
    """One assessment of a comparison, told in the current language."""

    told: Explanation
    names: Names

    @property
    def name(self) -> str:
        """What the criteria are called."""
        return f"{self.told.criteria.id} {self.told.criteria.version}"

    @property
    def present(self) -> list[Finding]:
        """The findings that are there, the gravest first."""
        return [one for one in gravest(self.told) if one.outcome == "present"]

    @property
    def undetermined(self) -> list[str]:
        """Those that missing answers decide, by their ids alone: the titles would say too much of them."""
        return [one.id for one in gravest(self.told) if one.outcome == "undetermined"]


def comparison_view(compared: Compared) -> View:
    """Return the report on a comparison in the current language; its text is harmless everywhere.

    It is a function of the comparison and the language alone. PageError where a template of an office cannot be used.
    """
    comparison, sides = compared.comparison, [Side(one, Names(one)) for one in compared.told]

    def knowing(answer: SharedAnswer) -> Side:
        return next(one for one in sides if answer.path in one.told.facts)

    facts = {
        "comparison": comparison,
        "sides": sides,
        "first": sides[0].told,
        "criteria": listed([one.name for one in sides]),
        "agreement": _agreement(comparison),
        "tone": _tone(comparison),
        "roles": [role for role in ROLES if any(one.told.proposal(role) for one in sides)],
        "versions": _of_one_set(sides),
        "by_severity": _by_severity(sides),
        "only_unverified": ONLY_UNVERIFIED,
        "changed": lambda pair: list(_changed(*pair)),
        "ends": _ends,
        "knowing": knowing,
        "place_of": lambda relation, proposal: next(one for one in relation.places if one.level == proposal.level.name),
        "proposal_of": lambda side, role: side.told.proposal(role),
        "rows_of": _rows_of,
        "short": lambda text: shortened(text, _TITLE),
        "still_open": still_open,
        "title_of": lambda proposal, level: proposal.title_of(level),
        "contradicting": contradicting,
        "nothing_contradicts": _lack(sides) == "missing",
        "version_warning": version_warning,
        "why_all_open": why_open(_lack(sides)),
        "why_open": lambda *sides: why_open(_lack(sides)),
        # Two sets may have a finding of one name, so nothing leads to one.
        "why": lambda side: [unlinked(one) for one in why(side.told, side.names)],
    }
    must = [
        part
        for one in compared.told
        for part in (
            *(Must("notice", text) for text in one.criteria.notice),
            Must("challenge", one.criteria.challenge),
            Must("digest", one.criteria.digest),
            Must("digest", one.digest),
        )
    ]
    made = page.view(
        "comparison",
        facts,
        case_id=comparison.case_id,
        on=comparison.on,
        kept_by=found_by(comparison.case_id, sides[0].told.digest),
        kind="comparison",
        must=tuple(must),
    )
    more = _("All of it, with what each finding rests on: --format html")
    view = dataclasses.replace(made, warning=_warning(sides) or made.warning, full_report=more)
    # What is to be known of the language of several of them is said once.
    return noted(view, next((one for one in compared.told if not one.is_translated), sides[0].told))


def _lack(sides: Iterable[Side]) -> Lack:
    """Return why answers are not known that could raise a finding under any of the criteria."""
    gaps = [(one.path, one.answered is not None) for side in sides for one in side.told.gaps]
    return lack((path for path, _again in gaps), frozenset(path for path, again in gaps if again))


def _agreement(comparison: Comparison) -> Agreement:
    """Return how all results compare."""
    weighed = [one for one in comparison.relations if one.role != "escalation"]
    verdicts = {one.verdict for one in weighed}
    stricter = {one.stricter for one in weighed if one.stricter is not None}
    if verdicts == {"same"}:
        return "agree"
    if verdicts <= {"unrelated"}:
        return "unrelated"
    if "differs" not in verdicts:
        return "unsettled"
    is_pair = len(comparison.assessments) == len(("first", "second"))
    return stricter.pop() if len(stricter) == 1 and is_pair else "differ"


@dataclass(frozen=True)
class ComparedCase:
    """A case in a table of several, in the current language: what is kept of it is small."""

    case_id: str
    title: str
    on: date
    results: tuple[str, ...]
    """What it comes to under each of the criteria: the gate, and the result."""
    rests_on: tuple[str, ...]
    """On what that rests under each of them; nothing where they agree."""
    agreement: Agreement
    criteria: tuple[CriteriaShown, ...]
    warning: Line | None
    is_translated: bool


def compared_case(compared: Compared) -> ComparedCase:
    """Return a comparison as a row of a table."""
    comparison, sides = compared.comparison, [Side(one, Names(one)) for one in compared.told]
    agreement = _agreement(comparison)
    moved = {one.role for one in comparison.relations if one.verdict != "same"}
    role: Role = "gate" if "headline" not in moved and "gate" in moved else "headline"
    return ComparedCase(
        case_id=comparison.case_id,
        title=comparison.case_title,
        on=comparison.on,
        results=tuple(_result(one) for one in sides),
        rests_on=() if agreement == "agree" else tuple(_rests_on(one, role) for one in sides),
        agreement=agreement,
        criteria=tuple(one.told.criteria for one in sides),
        warning=_warning(sides),
        is_translated=all(one.told.is_translated for one in sides),
    )


def _result(side: Side) -> str:
    """Return the levels that a case comes to; what is open in the same words is said once."""
    proposals = [one for role in ("gate", "headline") if (one := side.told.proposal(role))]
    return ", ".join(dict.fromkeys(map(level_words, proposals)))


def _rests_on(side: Side, role: Role) -> str:
    """Return what a level rests on: the first answer that is missing, the gravest findings, or the rule's sentence."""
    proposal = side.told.proposal(role) or side.told.proposal("headline")
    assert proposal is not None  # noqa: S101 (every set has a headline)
    if proposal.provisional and side.told.gaps:
        question = side.names.fact(side.told.gaps[0].path)
        return _("{answers}, first of all: {question}", answers=counted(side.told), question=question)
    found = [f"{one.title} ({one.id})" for one in side.present if one.id in proposal.findings]
    return sentence(some(found, _NAMED)) if found else proposal.sentence


def comparisons_view(cases: Sequence[ComparedCase]) -> View:
    """Return the page on many cases under the same criteria in the current language, harmless everywhere.

    Where the criteria have versions that hold on different days, each case has that of its day.
    """
    used = {(one.id, one.version): one for case in cases for one in case.criteria}
    names = [_head([case.criteria[number] for case in cases]) for number in range(len(cases[0].criteria))]

    def result_of(case: ComparedCase, number: int) -> str:
        version = case.criteria[number].version
        return case.results[number] if names[number].endswith(version) else f"{case.results[number]} ({version})"

    ways = Counter(case.agreement for case in cases)
    facts = {
        "cases": cases,
        "names": names,
        "criteria": listed(names),
        "used": list(used.values()),
        "agreed": ways["agree"],
        "ways": [(way, number) for way, number in ways.items() if way != "agree"],
        "tone": "mild" if set(ways) == {"agree"} else "open" if set(ways) <= {"agree", "unsettled"} else "middle",
        "result_of": result_of,
        "short": lambda text: shortened(text, _TITLE),
        "days": (min(case.on for case in cases), max(case.on for case in cases)),
    }
    must = [
        part
        for one in used.values()
        for part in (*(Must("notice", text) for text in one.notice), Must("digest", one.digest))
    ]
    made = page.view(
        "comparisons",
        facts,
        case_id=" – ".join(names),
        on=max(case.on for case in cases),
        kept_by=" ".join(one.digest[:SHOWN_DIGEST] for one in used.values()),
        kind="comparison",
        must=tuple(must),
    )
    warning = next((case.warning for case in cases if case.warning), made.warning)
    view = dataclasses.replace(made, warning=warning)
    return noted(view, next((one for one in cases if not one.is_translated), cases[0]))


def _head(criteria: Sequence[CriteriaShown]) -> str:
    """Return what stands above the results under one of the criteria: with the version, where it is one for all."""
    names = {f"{one.id} {one.version}" for one in criteria}
    return names.pop() if len(names) == 1 else criteria[0].id


def _tone(comparison: Comparison) -> Literal["mild", "middle", "open"]:
    verdicts = {one.verdict for one in comparison.relations if one.role != "escalation"}
    return "mild" if verdicts == {"same"} else "middle" if "differs" in verdicts else "open"


def _ends(proposal: Proposal) -> tuple[str, str] | None:
    """Return between which levels a result still lies; None where it has come to one."""
    mildest, strictest = outer(proposal)
    is_open = proposal.provisional and mildest.name != strictest.name
    return (mildest.name, strictest.name) if is_open else None


def _rows_of(relation: Relation, theirs: Proposal) -> list[tuple[bool, LevelPlace]]:
    """Return levels of both ladders in order, each with its place on the other: whether it is of the first, and it."""
    rows: list[tuple[bool, LevelPlace]] = []
    told: set[str] = set()
    for place in relation.places:
        if place.equals:
            # What the second ladder has before this level, and no level of the first equals, comes first.
            before = theirs.ladder_levels[: theirs.ladder_levels.index(place.equals[0])]
            rows += _without_equal(relation, theirs, [level for level in before if level not in told])
            told |= {*before, *place.equals}
        rows.append((True, place))
    return [*rows, *_without_equal(relation, theirs, [level for level in theirs.ladder_levels if level not in told])]


def _without_equal(relation: Relation, theirs: Proposal, levels: Sequence[str]) -> Iterator[tuple[bool, LevelPlace]]:
    """Yield rows for levels of the second ladder that nothing on the first equals."""
    at = theirs.ladder_levels.index
    linked = [place for place in relation.places if place.equals]
    for level in levels:
        milder = [place.level for place in linked if at(place.equals[-1]) < at(level)]
        stricter = [place.level for place in linked if at(place.equals[0]) > at(level)]
        above, below = milder[-1] if milder else None, stricter[0] if stricter else None
        yield False, LevelPlace(level=level, equals=(), above=above, below=below)


def _by_severity(sides: Sequence[Side]) -> list[tuple[str, list[list[Finding]]]]:
    """Return for each severity before controls that there is, the gravest first, what each of the criteria found."""
    present = [one.present for one in sides]
    return [
        (severity, [[one for one in each if one.inherent == severity] for each in present])
        for severity in reversed(SEVERITIES[1:])
        if any(one.inherent == severity for each in present for one in each)
    ]


def _of_one_set(sides: Sequence[Side]) -> list[tuple[Side, Side]]:
    """Return every two that are versions of one set."""
    return [
        (one, other)
        for number, one in enumerate(sides)
        for other in sides[number + 1 :]
        if one.told.criteria.id == other.told.criteria.id
    ]


def _changed(one: Side, other: Side) -> Iterator[tuple[Finding, Finding | None, Finding | None]]:
    """Yield findings that differ between two versions: the later one, and how it was and is, None where not asked."""
    before = {finding.id: finding for finding in one.told.findings}
    after = {finding.id: finding for finding in other.told.findings}
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        if _state(was) != _state(now):
            yield now or before[name], was, now


def _state(finding: Finding | None) -> tuple[str, str]:
    if finding is None or finding.outcome == "absent":
        return ("not asked" if finding is None else "absent", "")
    return ("found", course(finding))


def _warning(sides: Sequence[Side]) -> Line | None:
    """Return that confidential answers stand here, where what was found rests on any."""
    is_held = any(
        path in one.told.facts and one.told.facts[path].confidential
        for one in sides
        for finding in one.told.findings
        if finding.outcome != "absent"
        for path in finding.reads
    )
    if not is_held:
        return None
    return fill(
        _(
            "**Confidential.** What was found rests on confidential answers, and some of them stand here. Give this "
            "only to those who may know them."
        )
    )


def comparison_text(compared: Compared) -> str:
    """Return the screen as plain text, without colour or control characters."""
    return in_plain(lambda console: print_comparison(compared, console))


def print_comparison(compared: Compared, console: Console) -> None:
    """Print the screen: the answer, the results and the findings at a glance."""
    view = comparison_view(compared)
    kept = (
        dataclasses.replace(one, blocks=tuple(block for block in one.blocks if not isinstance(block, Group)))
        for one in view.sections
        if one.key in _ON_SCREEN
    )
    print_document(dataclasses.replace(view, sections=tuple(kept)), console)
    put_line(console, Text(view.full_report, style="dim"))
