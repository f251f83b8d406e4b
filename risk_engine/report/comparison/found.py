"""What two criteria sets make of one case, side by side."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from risk_engine.files.language import _, ngettext, pgettext
from risk_engine.model.comparison import Compared, Comparison, LevelPlace, Relation, SharedAnswer
from risk_engine.model.explanation import Explanation, Finding, Proposal
from risk_engine.model.ladders import Role
from risk_engine.model.words import SEVERITIES
from risk_engine.report.blocks import Bullets, Field, Fields, Group, Line, Prose, Run, Section, Table, mark, say, strong
from risk_engine.report.wording import (
    ONLY_UNVERIFIED,
    Names,
    confidential,
    course,
    gravest,
    knock_out,
    lead,
    none,
    outer,
    sentence,
    severity_word,
)


@dataclass(frozen=True)
class Side:
    """One assessment of a comparison, told in the current language."""

    number: int
    told: Explanation
    names: Names

    @property
    def name(self) -> str:
        """What the criteria are called."""
        return f"{self.told.criteria.id} {self.told.criteria.version}"


def sides(compared: Compared) -> tuple[Side, ...]:
    """Return the assessments in order."""
    return tuple(Side(number, one, Names(one)) for number, one in enumerate(compared.told))


def role_word(role: Role) -> str:
    """Return what a role is called, where the ladders in it have titles of their own."""
    return {"gate": _("Gate"), "headline": _("Result"), "escalation": _("Escalation")}[role]


def quoted_level(proposal: Proposal, level: str) -> str:
    """Return a level of a ladder as readers call it, in quotation marks."""
    return _("“{text}”", text=proposal.title_of(level))


def either(several: list[str]) -> str:
    """Return "a or b"."""
    *first, last = several
    return pgettext("either", "{several} or {last}", several=", ".join(first), last=last) if first else last


def unlinked(line: Line) -> Line:
    """Return a line that leads nowhere inside the page: two sets may have a finding of one name."""
    return tuple(dataclasses.replace(run, ref=None) for run in line)


def headings(comparison: Comparison, several: Sequence[Side]) -> str:
    """Return the answer of a comparison in one sentence."""
    weighed = [one for one in comparison.relations if one.role != "escalation"]
    verdicts = {one.verdict for one in weighed}
    stricter = {one.stricter for one in weighed if one.stricter is not None}
    if verdicts == {"same"}:
        return _("The criteria agree.")
    if verdicts <= {"unrelated"}:
        return _("The criteria come to results that nothing sets in relation to each other.")
    if "differs" not in verdicts:
        return _("It is not settled whether the criteria agree: answers are missing.")
    if len(stricter) == 1 and len(several) == len(("first", "second")):
        (number,) = stricter
        return _("The criteria differ: {criteria} is stricter.", criteria=several[number].name)
    return _("The criteria differ.")


def sentences(comparison: Comparison, several: Sequence[Side]) -> Iterator[Line]:
    """Yield for every two results and each role what the one is to the other, and why."""
    for relation in comparison.relations:
        one, other = several[relation.first], several[relation.second]
        among = f" ({one.name}, {other.name})" if len(several) > len(("first", "second")) else ""
        yield say(lead(f"{role_word(relation.role)}{among}"), _sentence(relation, one, other))


def levels_section(comparison: Comparison, several: Sequence[Side]) -> Section:
    """Return which levels of the ladders mean the same, as the sets say it."""
    tables = [_table(relation, several) for relation in comparison.relations]
    note = _(
        "A set says of a level which level of another set means the same. What lies between has no counterpart. Two "
        "versions of one set compare by the names of their levels."
    )
    return Section("levels", _("Which levels mean the same"), (Bullets((say(note),)), *tables))


def _sentence(relation: Relation, one: Side, other: Side) -> str:
    mine, theirs = _proposals(relation, one, other)
    each = _("{one}: {level}. {other}: {other_level}.", **_named(one, mine), **_named(other, theirs, "other"))
    is_open = mine.provisional or theirs.provisional
    match relation.verdict:
        case "same" if is_open:
            return _("the same, whatever the missing answers are. {each}", each=each)
        case "same" if one.told.criteria.id == other.told.criteria.id:
            return _("the same, {level}.", level=_now(mine))
        case "same":
            return _("the same: {level} and {other_level} mean the same.", level=_now(mine), other_level=_now(theirs))
        case "differs" if is_open:
            stricter = one if relation.stricter == one.number else other
            return _(
                "{criteria} is stricter, whatever the missing answers are. {each}", criteria=stricter.name, each=each
            )
        case "differs":
            stricter = one if relation.stricter == one.number else other
            place = next(place for place in relation.places if place.level == mine.level.name)
            return _(
                "{criteria} is stricter. {place}; {other} comes to {level}.",
                criteria=stricter.name,
                place=_placed(place, mine, theirs),
                other=other.name,
                level=_now(theirs),
            )
        case "open":
            return _("not settled, answers are missing. {each}", each=each)
        case "unrelated":
            return _("nothing says how these levels compare. {each}", each=each)
        case _:
            assert_never(relation.verdict)


def _named(side: Side, proposal: Proposal, other: str = "") -> dict[str, str]:
    return {other or "one": side.name, "other_level" if other else "level": _now(proposal)}


def _placed(place: LevelPlace, mine: Proposal, theirs: Proposal) -> str:
    """Return where a level stands on another ladder."""
    level = quoted_level(mine, place.level)
    if place.equals:
        same = either([quoted_level(theirs, one) for one in place.equals])
        return _("{level} means the same as {same}", level=level, same=same)
    match place.above, place.below:
        case str() as above, str() as below:
            return _(
                "{level} lies between {above} and {below}",
                level=level,
                above=quoted_level(theirs, above),
                below=quoted_level(theirs, below),
            )
        case str() as above, None:
            return _("{level} is stricter than {above}", level=level, above=quoted_level(theirs, above))
        case None, str() as below:
            return _("{level} is milder than {below}", level=level, below=quoted_level(theirs, below))
        case _:
            return _("nothing says what {level} means there", level=level)


def _now(proposal: Proposal) -> str:
    """Return the level that a result has come to, or between which it still lies."""
    mildest, strictest = outer(proposal)
    if not proposal.provisional or mildest.name == strictest.name:
        return quoted_level(proposal, proposal.level.name)
    low, high = (quoted_level(proposal, one.name) for one in (mildest, strictest))
    return _("between {low} and {high}", low=low, high=high)


def _proposals(relation: Relation, one: Side, other: Side) -> tuple[Proposal, Proposal]:
    mine, theirs = one.told.proposal(relation.role), other.told.proposal(relation.role)
    assert mine is not None  # noqa: S101 -- a relation is of two ladders
    assert theirs is not None  # noqa: S101
    return mine, theirs


def _table(relation: Relation, several: Sequence[Side]) -> Table:
    one, other = several[relation.first], several[relation.second]
    mine, theirs = _proposals(relation, one, other)
    rows: list[tuple[Line, ...]] = []
    told: set[str] = set()
    for place in relation.places:
        if place.equals:
            # What the second ladder has before this level, and no level of the first equals, comes first.
            before = theirs.ladder_levels[: theirs.ladder_levels.index(place.equals[0])]
            rows += _without_equal(relation, mine, theirs, [level for level in before if level not in told])
            told |= {*before, *place.equals}
        rows.append((say(mine.title_of(place.level)), say(_there(place, theirs))))
    rows += _without_equal(relation, mine, theirs, [level for level in theirs.ladder_levels if level not in told])
    return Table(f"{mine.title} – {theirs.title}", (one.name, other.name), tuple(rows))


def _without_equal(
    relation: Relation, mine: Proposal, theirs: Proposal, levels: Sequence[str]
) -> Iterator[tuple[Line, ...]]:
    """Yield rows for levels of the second ladder that nothing on the first equals."""
    at = theirs.ladder_levels.index
    linked = [place for place in relation.places if place.equals]
    for level in levels:
        milder = [place.level for place in linked if at(place.equals[-1]) < at(level)]
        stricter = [place.level for place in linked if at(place.equals[0]) > at(level)]
        above, below = milder[-1] if milder else None, stricter[0] if stricter else None
        yield (
            say(_there(LevelPlace(level=level, equals=(), above=above, below=below), mine)),
            say(theirs.title_of(level)),
        )


def _there(place: LevelPlace, theirs: Proposal) -> str:
    if place.equals:
        return either([theirs.title_of(one) for one in place.equals])
    match place.above, place.below:
        case str() as above, str() as below:
            return _("between {above} and {below}", above=theirs.title_of(above), below=theirs.title_of(below))
        case str() as above, None:
            return _("stricter than {above}", above=theirs.title_of(above))
        case None, str() as below:
            return _("milder than {below}", below=theirs.title_of(below))
        case _:
            return _("not said")


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
    asked = say(knowing.names.fact(answer.path), *confidential(read.confidential))
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
