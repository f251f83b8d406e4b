"""What would change a result, as a section of the report: the facts of `templates/pages/outlook.j2`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, TypeAlias

from risk_engine.files.harmless import cleaned
from risk_engine.files.language import _, either, listed, pgettext
from risk_engine.model.explanation import Explanation
from risk_engine.model.ladders import Reached
from risk_engine.model.outlook import (
    Asked,
    Change,
    Completion,
    ExactRange,
    ExplainedOutlook,
    FindingsMore,
    IfAnswered,
    Moved,
    NextQuestion,
    PossibleLevel,
    ToNextBand,
    WaysDown,
    answer_key,
)
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.report import page
from risk_engine.report.answer import opening
from risk_engine.report.blocks import Line, Section, View, joined, say, strong
from risk_engine.report.frame import noted, warning
from risk_engine.report.sandbox import PageError
from risk_engine.report.unsettled import open_questions
from risk_engine.report.wording import (
    Names,
    at_level,
    confidential,
    fill,
    kinds_of,
)

KEY = "change"
"""The anchor of the section."""
_ALIKE = 3
"""So many answers that do the same are named."""
_ANSWERS = 4
"""So many answers of a question are told one by one."""
_MOVES = 4
"""So many findings that an answer moves are told one by one."""


class OutlookNames(Names):
    """What people call the parts of an outlook; what the assessment shows leads to its place in the report."""

    offers: ClassVar = Names.offers | {
        *("answer", "answers", "at", "evidence", "level", "moved_ladders", "must_change"),
        *("question", "quoted", "reached", "telling", "whom"),
    }

    def __init__(self, outlook: ExplainedOutlook, assessment: Explanation) -> None:
        super().__init__(assessment)
        self._questions |= {path: asked.question for path, asked in outlook.facts.items()}
        self._controls |= outlook.controls
        self._outlook = outlook
        self._proposals = {proposal.ladder: proposal for proposal in assessment.proposals}

    def evidence(self, control: str) -> str:
        """Return of which kinds the evidence of a control must be; nothing where any will do."""
        several = [frozenset(one) for one in self._outlook.kinds.get(control, ())]
        # What one option takes is enough for another that takes the same or more kinds.
        groups = [
            kinds_of(one)
            for one in dict.fromkeys(self._outlook.kinds.get(control, ()))
            if not any(other < frozenset(one) for other in several)
        ]
        return _("with evidence of the kind {kinds}", kinds=listed(groups)) if groups else ""

    def question(self, path: str) -> Line:
        """Return what is asked, and of which entry."""
        return say(self.fact(path), *self._confidential(path))

    def _confidential(self, path: str) -> Line:
        asked = self._outlook.facts.get(path)
        return confidential(asked is not None and asked.confidential)

    def quoted(self, paths: Sequence[str]) -> Line:
        """Return questions as they stand within a sentence."""
        return joined(map(self._quoted, paths), ", ")

    def _quoted(self, path: str) -> Line:
        where = self.where(path) if path in self._outlook.facts else ""
        asked = self._questions.get(path, path) if where else self.fact(path)
        quoted = fill(_("“{question}”"), question=asked)
        return say(*quoted, f" ({where})" if where else "", *self._confidential(path))

    def whom(self, path: str) -> str:
        """Return who should answer."""
        asked = self._outlook.facts.get(path)
        return (asked.asked_of if asked else None) or _("whoever knows the case")

    def answer(self, path: str, value: Any) -> str:
        """Return an answer as people read it."""
        if value is None or value == "unknown":
            return pgettext("an answer", "not known")
        asked: Asked | None = self._outlook.facts.get(path)
        key = answer_key(value)
        return asked.options.get(key, key) if asked else key

    def answers(self, answers: Mapping[str, Any]) -> Line:
        """Return several answers, each after its question."""
        lines = (say(*self.question(path), " – ", strong(self.answer(path, value))) for path, value in answers.items())
        return joined(lines, "; ")

    def telling(self, witness: Completion) -> dict[str, Any]:
        """Return the answers that are not as in the harmless case."""
        return {path: witness.answers[path] for path in witness.telling if path in witness.answers}

    def must_change(self, change: Change) -> str:
        """Return what must really change for an answer; of several options, for each that goes or comes in."""
        asked = self._outlook.facts.get(change.path)
        if asked is None or asked.changed_by:
            return (asked.changed_by if asked else None) or ""
        after, before = _options(change.after), _options(change.before)
        moved = [one for one in asked.changed_to if (one in after) != (one in before)]
        options = moved if isinstance(change.after, list | tuple) else after
        return " ".join(dict.fromkeys(asked.changed_to[one] for one in options if one in asked.changed_to))

    def ladder(self, name: str) -> str:
        """Return the title of a ladder."""
        return self._proposals[name].title if name in self._proposals else name

    def place(self, ladder: str) -> int:
        """Return the place of a ladder in the report: whether it may start comes first."""
        return list(self._proposals).index(ladder) if ladder in self._proposals else len(self._proposals)

    def level(self, ladder: str, level: str) -> str:
        """Return the title of a level."""
        return self._outlook.levels.get(ladder, {}).get(level, level)

    def at(self, ladder: str, level: str) -> str:
        """Return a ladder with its level, by their titles."""
        return at_level(self.ladder(ladder), self.level(ladder, level))

    def levels(self, ladder: str, levels: Iterable[str]) -> str:
        """Return the titles of levels as "a or b"."""
        return either([self.level(ladder, level) for level in levels])

    def between(self, ladder: str, levels: Collection[str]) -> tuple[str, ...]:
        """Return the levels of a ladder from the mildest to the strictest of these."""
        known = self._proposals.get(ladder)
        order = known.ladder_levels if known else tuple(dict.fromkeys(levels))
        places = [order.index(level) for level in levels]
        return order[min(places) : max(places) + 1]

    def now(self, ladder: str) -> tuple[str, ...]:
        """Return the level that the assessment proposes."""
        return (self._proposals[ladder].level.name,) if ladder in self._proposals else ()

    def results(self) -> str:
        """Return the ladders that say whether it may start and what the result is, as "a or b"."""
        return either([self.ladder(ladder) for ladder in self._deciding()])

    def reached(self, reached: Sequence[Reached]) -> str:
        """Return what ladders come to."""
        return "; ".join(
            at_level(self.ladder(one.ladder), self._range(one))
            for one in sorted(reached, key=lambda one: self.place(one.ladder))
        )

    def moved_ladders(self, reached: Sequence[Reached]) -> str:
        """Return what the deciding ladders come to, and what others do that may come to something else or stricter."""
        deciding = self._deciding()
        return self.reached([one for one in reached if one.ladder in deciding or self._is_moved(one)])

    def _deciding(self) -> list[str]:
        return [one.ladder for one in self._proposals.values() if one.role in {"gate", "headline"}]

    def _is_moved(self, reached: Reached) -> bool:
        now = self._proposals.get(reached.ladder)
        if now is None:
            return False
        strictest = self.between(now.ladder, (now.level.name, *(one.name for one in now.range)))[-1]
        order = now.ladder_levels.index
        return reached.level != now.level.name or order(reached.highest) > order(strictest)

    def _range(self, reached: Reached) -> str:
        between = self.between(reached.ladder, (reached.level, reached.lowest, reached.highest))
        if len(between) == 1:
            return self.level(reached.ladder, reached.level)
        return _("still open ({levels})", levels=self.levels(reached.ladder, between))


def _options(answer: object) -> tuple[str, ...]:
    return tuple(map(answer_key, answer)) if isinstance(answer, list | tuple) else (answer_key(answer),)


@dataclass(frozen=True)
class ShownRange:
    """What can come out of a ladder; each text is levels as "a or b", empty where there are none.

    `until` is what it is while answers are missing, where that cannot come out; `never` what else the report shows.
    """

    name: str
    ladder: str
    levels: str
    is_one: bool
    undecided: str
    until: str
    never: str
    doubtful: str
    possible: tuple[PossibleLevel, ...]


@dataclass(frozen=True)
class ShownAnswer:
    """What an answer does; `either` names those that do the same, where they are few enough."""

    found: IfAnswered
    is_day: bool
    either: str
    moves: tuple[Moved, ...]
    further_moves: int


_Asked: TypeAlias = tuple[str, tuple[ShownAnswer, ...], bool]


@dataclass(frozen=True)
class OutlookFacts:
    """All that the section says: the outlook in words, and what is chosen and sorted of it."""

    outlook: ExplainedOutlook
    assessment: Explanation
    names: OutlookNames
    results: str
    ranges: tuple[ShownRange, ...]
    contradicts: bool
    alone: tuple[_Asked, ...]
    together: tuple[NextQuestion, ...]
    in_ways: tuple[NextQuestion, ...]
    never: tuple[NextQuestion, ...]
    ladders: tuple[tuple[str, tuple[tuple[WaysDown, tuple[str, ...]], ...]], ...]
    stands: dict[str, str]
    dimensions: tuple[tuple[str, tuple[ToNextBand, ...]], ...]
    findings_more_of: tuple[tuple[FindingsMore, tuple[tuple[str, str], ...]], ...]


def few_controls(outlook: ExplainedOutlook, most: int) -> list[tuple[str, ...]]:
    """Return the ways down that need so many controls at most, and nothing else."""
    several = (way for one in outlook.ways for way in one.ways)
    return [one.controls for one in several if not one.changes and len(one.controls) <= most]


def outlook_view(outlook: ExplainedOutlook, assessment: Explanation) -> View:
    """Return the answer on an assessment with what would change it, and no other section; its text is harmless."""
    section, changed = outlook_section(outlook, assessment)
    first = opening(assessment, Names(assessment), outlook)
    shown = replace(
        first,
        warning=warning(assessment),
        sections=(section,),
        footer=" ".join(one for one in (first.footer, changed) if one),
    )
    return noted(cleaned(shown), assessment)


def outlook_section(outlook: ExplainedOutlook, assessment: Explanation) -> tuple[Section, str]:
    """Return what would change a result, and what stands below where an office changed that page.

    Raise PageError where it cannot be used.
    """
    made = page.made("outlook", _facts(outlook, assessment))
    section = next((one for one in made.page.sections if one.key == KEY), None)
    if section is None:
        raise PageError(_("the page `{page}` has no section `{key}`", page="outlook", key=KEY))
    return section, made.changed


def _facts(outlook: ExplainedOutlook, assessment: Explanation) -> OutlookFacts:
    names = OutlookNames(outlook, assessment)
    open_ranges = [
        found for found in outlook.ranges if len(found.possible) > 1 or len(_shown(found, names)) > 1 or found.undecided
    ]
    ranges = sorted(open_ranges, key=lambda found: names.place(found.ladder))
    open_now = open_questions(outlook)
    ladders = sorted(dict.fromkeys(one.ladder for one in outlook.ways), key=names.place)
    margins, used = outlook.margins, assessment.criteria
    return OutlookFacts(
        outlook=outlook,
        assessment=assessment,
        names=names,
        results=names.results(),
        ranges=tuple(_range(found, names) for found in ranges),
        contradicts=any(one.witness.contradicts for found in ranges for one in found.possible),
        alone=tuple(_asked(one, names) for one in open_now.alone),
        together=open_now.together,
        in_ways=open_now.in_ways,
        never=open_now.never,
        ladders=tuple(
            (names.ladder(ladder), tuple((one, _then_asked(one)) for one in outlook.ways if one.ladder == ladder))
            for ladder in ladders
        ),
        stands={one.id: one.counts_as for one in assessment.controls if one.counts_as},
        dimensions=tuple(
            (_title(used.dimensions, name), tuple(one for one in margins.bands if one.dimension == name))
            for name in dict.fromkeys(one.dimension for one in margins.bands)
        ),
        findings_more_of=tuple((one, _places(one, assessment)) for one in margins.findings),
    )


def _shown(found: ExactRange, names: OutlookNames) -> tuple[str, ...]:
    """Return the levels that the report shows of a ladder: its range, and the level that counts until then."""
    return names.between(found.ladder, (found.lowest, found.highest, *names.now(found.ladder)))


def _range(found: ExactRange, names: OutlookNames) -> ShownRange:
    possible = [one.level for one in found.possible]

    def levels(several: Iterable[str]) -> str:
        listed = list(several)
        return names.levels(found.ladder, listed) if listed else ""

    return ShownRange(
        name=found.ladder,
        ladder=names.ladder(found.ladder),
        levels=levels(possible),
        is_one=len(set(possible)) == 1,
        undecided=levels(found.undecided),
        until=levels(one for one in names.now(found.ladder) if one not in possible),
        never=levels(one for one in _shown(found, names) if one not in possible),
        doubtful=levels(one.level for one in found.possible if one.only_contradictory),
        possible=found.possible,
    )


def _asked(question: NextQuestion, names: OutlookNames) -> _Asked:
    answers = tuple(_answer(one, question.path, names) for one in question.if_answered[:_ANSWERS])
    return question.path, answers, len(question.if_answered) > _ANSWERS


def _answer(found: IfAnswered, path: str, names: OutlookNames) -> ShownAnswer:
    # What it brings about comes first, then what it leaves possible, then what it rules out.
    moves = sorted(found.moves, key=lambda one: (one.after[1] == "none", one.after[0] == "none"))
    if "." not in path:
        # An entry of a list answers all that is asked of it, so it settles nearly every finding.
        moves = [one for one in moves if _is_worse(one)]
    alike = [names.answer(path, one) for one in (found.answer, *found.alike)]
    ends = [one for one in (found.first, found.last, found.answer) if one is not None]
    return ShownAnswer(
        found=found,
        is_day=bool(ends) and _is_day(ends[0]),
        either=either(alike) if len(alike) <= _ALIKE else "",
        moves=tuple(moves[:_MOVES]),
        further_moves=max(0, len(moves) - _MOVES),
    )


def _is_worse(one: Moved) -> bool:
    """Return whether more of a finding is certain than before: how severe it is, or that it bars something."""
    return SEVERITIES.index(one.after[0]) > SEVERITIES.index(one.before[0]) or KNOCK_OUTS.index(
        one.knock_out_after[0]
    ) > KNOCK_OUTS.index(one.knock_out_before[0])


def _is_day(value: Any) -> bool:
    """Return whether an answer is a day; read back from a file it is text, and no option or row begins with a digit."""
    return isinstance(value, date) or (isinstance(value, str) and value[:1].isdigit())


def _then_asked(found: WaysDown) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for way in found.ways for path in way.then_asked))


def _places(more: FindingsMore, assessment: Explanation) -> tuple[tuple[str, str], ...]:
    """Return in which dimensions, and on which grounds of each."""
    used = assessment.criteria
    dimensions: dict[str, list[str]] = {}
    for place in more.places:
        grounds = dimensions.setdefault(_title(used.dimensions, place.dimension), [])
        grounds.append(_title(used.grounds, place.ground))
    return tuple((dimension, either(grounds)) for dimension, grounds in dimensions.items())


def _title(known: Mapping[str, Any], name: str) -> str:
    return known[name].title if name in known else name
