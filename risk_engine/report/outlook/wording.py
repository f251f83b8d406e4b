"""The words of an outlook: questions, answers, levels, findings and controls as a report prints them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from risk_engine.files.language import _, ngettext, pgettext
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import Asked, Contradiction, ExactRange, ExplainedOutlook, answer_key
from risk_engine.model.proof import Reached
from risk_engine.report.blocks import Block, Line, Prose, Run, mark, say, strong
from risk_engine.report.wording import CONFIDENTIAL, Names, at_level, coded, fill


class Told:
    """What an outlook speaks of, in words; what the assessment beside it shows leads to its place in the report."""

    def __init__(self, outlook: ExplainedOutlook, assessment: Explanation, names: Names) -> None:
        self.outlook = outlook
        self.assessment = assessment
        self._names = names

    def question(self, path: str) -> Line:
        """Return what is asked, and of which entry."""
        asked = self.outlook.facts.get(path)
        if asked is None:
            return say(self._names.fact(path))
        return say(asked.question, *self._beside(path, asked))

    def _beside(self, path: str, asked: Asked) -> tuple[str | Run, ...]:
        """Return what stands beside a question: which entry it is about, and whether it is confidential."""
        where = self._names.where(path)
        marks = (" ", mark(_(CONFIDENTIAL))) if asked.confidential else ()
        return *((f" ({where})",) if where else ()), *marks

    def is_asked(self, path: str) -> bool:
        """Return whether people are asked it; else a table states it."""
        asked = self.outlook.facts.get(path)
        return asked is None or asked.is_asked

    def whom(self, path: str) -> str:
        """Return who should answer."""
        asked = self.outlook.facts.get(path)
        return (asked.asked_of if asked else None) or _("whoever knows the case")

    def answer(self, path: str, value: Any) -> str:
        """Return an answer as people read it."""
        if value is None or value == "unknown":
            return pgettext("an answer", "not known")
        asked: Asked | None = self.outlook.facts.get(path)
        key = answer_key(value)
        return asked.options.get(key, key) if asked else key

    def answers(self, answers: Mapping[str, Any]) -> Line:
        """Return several answers, each after its question."""
        parts: list[str | Run] = []
        for path, value in answers.items():
            parts += ["; "] if parts else []
            parts += [*self.question(path), " – ", strong(self.answer(path, value))]
        return say(*parts)

    def fits(self, line: Line, contradicts: Iterable[Contradiction]) -> Line:
        """Return a line with what in it does not go together, or not with what is on record."""
        for one in contradicts:
            title = self.outlook.contradictions.get(one.id, one.id)
            if one.on_record:
                text = _("{text} – does not fit: {title} ({id}; on record: {answers})")
                line = fill(text, text=line, answers=self.answers(one.on_record), title=title, id=one.id)
            else:
                line = fill(_("{text} – does not fit: {title} ({id})"), text=line, title=title, id=one.id)
        return line

    def ladder(self, name: str) -> str:
        """Return the title of a ladder."""
        return next((one.title for one in self.assessment.proposals if one.ladder == name), name)

    def place(self, ladder: str) -> int:
        """Return the place of a ladder in the report: whether it may start comes first."""
        names = [one.ladder for one in self.assessment.proposals]
        return names.index(ladder) if ladder in names else len(names)

    def level(self, ladder: str, level: str) -> str:
        """Return the title of a level."""
        return self.outlook.levels.get(ladder, {}).get(level, level)

    def at(self, ladder: str, level: str) -> str:
        """Return a ladder with its level, by their titles."""
        return at_level(self.ladder(ladder), self.level(ladder, level))

    def levels(self, ladder: str, levels: Iterable[str]) -> str:
        """Return the titles of levels as "a or b"."""
        return self.either([self.level(ladder, one) for one in levels])

    def order(self, ladder: str) -> tuple[str, ...]:
        """Return the levels of a ladder, mildest first."""
        return next((one.ladder_levels for one in self.assessment.proposals if one.ladder == ladder), ())

    def between(self, ladder: str, levels: Collection[str]) -> tuple[str, ...]:
        """Return the levels of a ladder from the mildest to the strictest of these."""
        order = self.order(ladder) or tuple(dict.fromkeys(levels))
        places = [order.index(one) for one in levels]
        return order[min(places) : max(places) + 1]

    def shown(self, found: ExactRange) -> tuple[str, ...]:
        """Return the levels that the report shows of a ladder: its range, and the level that counts until then."""
        return self.between(found.ladder, (found.lowest, found.highest, *self.now(found.ladder)))

    def now(self, ladder: str) -> tuple[str, ...]:
        """Return the level that the assessment proposes."""
        return tuple(one.level.name for one in self.assessment.proposals if one.ladder == ladder)

    def either(self, items: Sequence[str]) -> str:
        """Return "a, b or c"."""
        *first, last = items
        return _("{several} or {last}", several=", ".join(first), last=last) if first else last

    def deciding(self) -> list[str]:
        """Return the ladders that say whether it may start and what the result is."""
        return [one.ladder for one in self.assessment.proposals if one.role in {"gate", "headline"}]

    def moved(self, reached: Sequence[Reached]) -> list[str]:
        """Return those ladders, and every other one that comes to another level, or may come to a stricter one."""
        return [*self.deciding(), *(one.ladder for one in reached if self._is_moved(one))]

    def _is_moved(self, reached: Reached) -> bool:
        now = next((one for one in self.assessment.proposals if one.ladder == reached.ladder), None)
        if now is None:
            return False
        possible = self.between(now.ladder, (now.level.name, *(one.name for one in now.range)))
        return reached.level != now.level.name or now.ladder_levels.index(reached.highest) > now.ladder_levels.index(
            possible[-1]
        )

    def results(self) -> str:
        """Return the titles of those ladders as "a or b"."""
        return self.either([self.ladder(one) for one in self.deciding()])

    def reached(self, reached: Sequence[Reached], ladders: Iterable[str] | None = None) -> str:
        """Return what ladders come to."""
        wanted = None if ladders is None else set(ladders)
        return "; ".join(
            at_level(self.ladder(one.ladder), self._range(one))
            for one in sorted(reached, key=lambda one: self.place(one.ladder))
            if wanted is None or one.ladder in wanted
        )

    def _range(self, one: Reached) -> str:
        between = self.between(one.ladder, (one.level, one.lowest, one.highest))
        if len(between) == 1:
            return self.level(one.ladder, one.level)
        return _("still open ({levels})", levels=self.levels(one.ladder, between))

    def band(self, name: str) -> str:
        """Return the title of a band."""
        return self.outlook.bands.get(name, name)

    def dimension(self, name: str) -> str:
        """Return the title of a dimension."""
        known = self.assessment.criteria.dimensions.get(name)
        return known.title if known else name

    def ground(self, name: str) -> str:
        """Return the title of a ground."""
        known = self.assessment.criteria.grounds.get(name)
        return known.title if known else name

    def finding(self, name: str) -> Run:
        """Return id and title of a finding, leading to its place in the report."""
        return self._names.finding(name)

    def findings(self, names: Sequence[str]) -> Line:
        """Return several findings."""
        parts: list[str | Run] = []
        for one in names:
            parts += [", ", self.finding(one)] if parts else [self.finding(one)]
        return say(*parts)

    def control(self, name: str) -> Line:
        """Return the title of a control with its id, and how far it is where the case lists it."""
        title = self.outlook.controls.get(name, name)
        return fill("{title} ({id})", title=strong(title), id=name)

    def quoted(self, path: str) -> Line:
        """Return a question as it stands within a sentence."""
        asked = self.outlook.facts.get(path)
        if asked is None:
            return fill(_("“{question}”"), question=self.question(path))
        return say(*fill(_("“{question}”"), question=asked.question), *self._beside(path, asked))

    def falls_away(self, line: Line, paths: Sequence[str]) -> Line:
        """Return a line with the answers on record that are taken out of the case then; without any the line itself."""
        if not paths:
            return line
        return fill(_("{line} (no longer asked then: {questions})"), line=line, questions=self.questions(paths))

    def questions(self, paths: Sequence[str]) -> Line:
        """Return several questions as they stand within a sentence."""
        parts: list[str | Run] = []
        for one in paths:
            parts += [", ", *self.quoted(one)] if parts else [*self.quoted(one)]
        return say(*parts)


def in_the_record(number: int) -> list[Block]:
    """Return that there are so many more than are told, and where they all stand; nothing where there are none."""
    if number <= 0:
        return []
    text = ngettext(
        "and {number} more, in the outlook as JSON (`risk-engine outlook FILE --format json`)",
        "and {number} more, all in the outlook as JSON (`risk-engine outlook FILE --format json`)",
        number,
    )
    return [Prose(coded(text))]


def more(number: int) -> list[Block]:
    """Return that there are so many more than are told, nothing where there are none."""
    if number <= 0:
        return []
    return [Prose(say(ngettext("and {number} more", "and {number} more", number)))]
