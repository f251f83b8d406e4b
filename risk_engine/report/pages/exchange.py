"""What would leave for other offices: the facts of its page, whose words are in `templates/pages/exchange.j2`.

The page is made of the lines of the package itself, as they stand in its bytes: nothing leaves that it does not show.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from risk_engine.files.language import _, either, ngettext
from risk_engine.loading.exchange_rules import answers_of, members
from risk_engine.model.companion_files import (
    OTHERS,
    OUTCOMES_SHARED,
    Bands,
    Coarsening,
    ExchangeRules,
    Groups,
    PublicList,
    Years,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, RowFact
from risk_engine.report import page
from risk_engine.report.blocks import Must, View
from risk_engine.report.frame import SHOWN_DIGEST

MOST_ANSWERS: Final = 6
"""So many answers of a group are named; of more how many more there are."""


@dataclass(frozen=True)
class Leaves:
    """A package as it would leave, and what of it is told to the own office alone."""

    office: str
    number: int
    lines: Sequence[Mapping[str, Any]]
    """Those of the package but its head, as they stand in it."""
    k: int
    """So many cases each line stands for at least."""
    asked: int
    pool: int
    few: int
    held: int
    waits: int
    """So many more decided cases are needed until anything new can leave."""
    other_rules: bool
    """Whether the package before was made by other rules."""
    first: str
    """Its first line, in which it says what it is."""
    digest: str
    size: int
    on: date


@dataclass(frozen=True)
class Line:
    """A line of the package in words."""

    cases: int
    version: str
    year: int
    levels: tuple[tuple[str, str], ...]
    entries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    empty: tuple[str, ...]
    findings: tuple[str, ...] | None
    reasons: tuple[str, ...] | None


@dataclass(frozen=True)
class Way:
    """How an answer is told."""

    name: str
    title: str
    ways: tuple[str, ...]
    confidential: bool


def exchange_view(leaves: Leaves, rules: ExchangeRules, criteria: Criteria) -> View:
    """Return the page on what would leave, in the current language; `criteria` are as they are told in it."""
    words = _Words(rules, criteria)
    head = criteria.head
    facts = {
        "package": leaves,
        "cases": sum(one["cases"] for one in leaves.lines),
        "criteria": criteria,
        "ways": [words.way(name, steps) for name, steps in rules.share.items()],
        "lines": [words.line(one) for one in leaves.lines],
        "tone": "mild" if leaves.lines else "middle",
        "none": _("none"),
    }
    name = f"{head.id} {head.version}"
    return page.view(
        "exchange",
        facts,
        case_id=head.id,
        on=leaves.on,
        kept_by=f"{name} {leaves.digest[:SHOWN_DIGEST]}",
        must=(Must("digest", leaves.digest),),
    )


class _Words:
    """What readers call what leaves."""

    def __init__(self, rules: ExchangeRules, criteria: Criteria) -> None:
        self.rules = rules
        self.criteria = criteria

    def _fact(self, name: str) -> AnyFact:
        return self.criteria.fact(name)

    def line(self, one: Mapping[str, Any]) -> Line:
        """Return a line of the package in words."""
        ladders = self.criteria.ladders
        # In the order of the set: whether it may start comes before how.
        order = dict.fromkeys((*self.criteria.head.roles.deciding, *one["measures"]))
        levels = [
            (ladders[name].title, ladders[name].levels[level].title)
            if name in ladders and level in ladders[name].levels
            else (name, level)
            for name in order
            if (level := one["measures"].get(name)) is not None
        ]
        entries = tuple(self._entries(one["facts"]))
        told = {path.partition(".")[0] for path in one["facts"]}
        findings = one["findings"]
        indicators = self.criteria.indicators
        return Line(
            cases=one["cases"],
            version=one["version"],
            year=one["year"],
            levels=tuple(levels),
            entries=entries,
            empty=tuple(self.criteria.entities[name].title for name in one["lists"] if name not in told),
            findings=None
            if findings is None
            else tuple(f"{each} {indicators[each].title}" if each in indicators else each for each in findings),
            reasons=None if one["reasons"] is None else tuple(one["reasons"]),
        )

    def _entries(self, facts: Mapping[str, Any]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        for entry, several in itertools.groupby(facts.items(), lambda one: one[0].rpartition(".")[0]):
            entity, _dot, number = entry.partition(".")
            title = self.criteria.entities[entity].title
            rows = tuple(
                (self.criteria.title_of(f"{entity}.{path.rpartition('.')[2]}"), self.answer(path, value))
                for path, value in several
            )
            yield (f"{title} {number}" if number else title), rows

    def answer(self, path: str, value: Any) -> str:
        """Return an answer of a line in words."""
        name = f"{path.partition('.')[0]}.{path.rpartition('.')[2]}"
        fact = self._fact(name)
        match value:
            case bool():
                return _("yes") if value else _("no")
            case {"one_of": several}:
                return self._group(name, several, fact)
            case {"at_least": str(low), "at_most": str(high)}:
                return low[:4] if low[:4] == high[:4] else f"{low[:4]}–{high[:4]}"
            case {"at_least": low, "at_most": high}:
                return f"{low}–{high}" if low != high else f"{low}"
            case list():
                return ", ".join(self._option(fact, one) for one in value) or _("none")
            case _:
                return self._option(fact, f"{value}")

    def _group(self, name: str, several: Sequence[str], fact: AnyFact) -> str:
        """Return the names of the groups that make up what is told, with what is in them."""
        every = answers_of(fact, self.criteria)
        for step in self.rules.share[name]:
            if isinstance(step, Groups):
                within = {one: set(few) for one, few in members(step, every).items() if few and set(few) <= {*several}}
                if set().union(*within.values()) == set(several):
                    return either([f"{one} ({self._few(tuple(within[one]), fact)})" for one in within])
        return self._few(several, fact)

    def _few(self, several: Sequence[str], fact: AnyFact) -> str:
        order = {one: place for place, one in enumerate(answers_of(fact, self.criteria))}
        sorted_ = sorted(several, key=lambda one: order.get(one, len(order)))
        shown = [self._option(fact, one) for one in sorted_[:MOST_ANSWERS]]
        more = len(sorted_) - len(shown)
        return ", ".join([*shown, *([ngettext("{number} more", "{number} more", more)] if more else [])])

    def _option(self, fact: AnyFact, option: str) -> str:
        if isinstance(fact, RowFact):
            rows = self.criteria.tables[fact.of].rows
            return rows[option].name if option in rows else option
        options: Mapping[str, str] = getattr(fact, "options", {})
        return options.get(option, option)

    def way(self, name: str, steps: Sequence[Coarsening]) -> Way:
        """Return how something is told, the most exact way first, in words."""
        if name in OUTCOMES_SHARED:
            titles = {
                "findings": _("What was found"),
                "reasons": _("The rules that decided"),
                "ladders": _("The levels of the other ladders"),
            }
            return Way(name, titles[name], tuple(self._step(one, None) for one in steps), confidential=False)
        fact = self._fact(name)
        entity = self.criteria.entities[name.partition(".")[0]].title
        title = _("{about}: {question}", about=entity, question=self.criteria.title_of(name))
        return Way(name, title, tuple(self._step(one, fact) for one in steps), fact.confidential)

    def _step(self, step: Coarsening, fact: AnyFact | None) -> str:
        match step:
            case Groups() if fact is not None:
                told = members(step, answers_of(fact, self.criteria))
                parts = [
                    _("{group} (all others)", group=group)
                    if step.groups[group] == (OTHERS,)
                    else f"{group} ({self._few(few, fact)})"
                    for group, few in told.items()
                ]
                return _("by group: {groups}", groups="; ".join(parts))
            case Bands():
                return _("by band, up to {ends} and above", ends=", ".join(map(str, step.bands)))
            case Years():
                return ngettext("by year", "by {number} years together", step.years)
            case PublicList():
                return _("only names on {list} of {day}", list=step.public_list, day=step.as_of)
            case "drop":
                return _("not at all")
            case _:
                return _("yes or no") if isinstance(fact, BooleanFact) else _("as it is")
