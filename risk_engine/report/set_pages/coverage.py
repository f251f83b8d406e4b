"""What was asked of a set itself as a page: the coverage by its cases, and the remarks of its lints."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, assert_never, cast

from risk_engine.files.harmless import clean_text
from risk_engine.files.language import N_, _, ngettext, pgettext
from risk_engine.model.coverage import (
    Coverage,
    Goal,
    Kind,
    Linted,
    LintSummary,
    Path,
    Wanted,
    Weight,
    branches,
    root_at,
    root_of,
)
from risk_engine.model.criteria import Criteria
from risk_engine.report import page
from risk_engine.report.blocks import Line, Run, View, grouped, say, unlinked
from risk_engine.report.frame import SHOWN_DIGEST
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import coded, knock_out_word, severity_word

if TYPE_CHECKING:
    from risk_engine.model.conditions import Compare
    from risk_engine.model.words import KnockOut

_SENTENCES: dict[Kind, dict[Wanted, tuple[str, str]]] = {
    "indicator": {
        "present": (N_("No case finds it present."), N_("it is present")),
        "absent": (N_("No case finds it absent."), N_("it is absent")),
        "undetermined": (N_("No case leaves it undetermined."), N_("it is undetermined")),
    },
    "severity": {
        "true": (N_("{severity}: no case comes to this severity."), N_("it comes to {severity}")),
        "false": (
            N_("{severity}: in no case does its condition fail while no higher severity holds."),
            N_("its condition for {severity} fails, and no higher severity holds"),
        ),
        "unknown": (
            N_("{severity}: in no case are answers missing that its condition needs."),
            N_("answers are missing that its condition for {severity} needs"),
        ),
    },
    "knock_out": {
        "open": (
            N_("Knock-out {knock_out}: in no case does it hold uncured."),
            N_("its knock-out {knock_out} holds uncured"),
        ),
        "cured": (N_("Knock-out {knock_out}: in no case is it cured."), N_("its knock-out {knock_out} is cured")),
    },
    "option": {
        "complete": (
            N_("{controls}: no case has this option complete where that makes a difference."),
            N_("{controls}: in place, and that makes a difference"),
        ),
        "incomplete": (
            N_("{controls}: no case lacks this option where it would make a difference."),
            N_("{controls}: not in place, where that would make a difference"),
        ),
    },
    "rule": {
        "decides": (N_("{rule}: in no case does this rule decide."), N_("{rule} decides")),
        "passed_over": (
            N_("{rule}: no case comes to this rule and passes it over."),
            N_("{rule} is come to and passed over"),
        ),
    },
    "level": {"reached": (N_("{level}: no case comes to this level."), N_("it comes to {level}"))},
    "awareness": {
        "true": (N_("In no case does it apply."), N_("it applies")),
        "false": (N_("In no case does it not apply."), N_("it does not apply")),
        "unknown": (
            N_("In no case may it apply because answers are missing."),
            N_("it may apply, for answers are missing"),
        ),
    },
    "contradiction": {"contradicted": (N_("No case contradicts it."), N_("the answers contradict each other"))},
}
"""Of a goal that is no branch: that no case shows it, and what a case shows of it."""


class Wording:
    """Says what is missing in the coverage of one set."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self._speech = Speech(criteria)
        self._ways: dict[tuple[str, Path], dict[Path, Compare]] = {}

    def title(self, goal: Goal) -> str:
        """Return what the record of a goal is called."""
        criteria = self._criteria
        match goal.kind:
            case "indicator" | "severity" | "severity_branch" | "knock_out" | "knock_out_branch":
                return criteria.indicators[goal.record].title
            case "option" | "option_branch":
                return criteria.indicators[goal.record].title
            case "question_branch":
                return criteria.title_of(goal.record)
            case "rule" | "rule_branch" | "level":
                return criteria.ladders[goal.record].title
            case "awareness" | "awareness_branch":
                return criteria.awareness[goal.record].title
            case "contradiction":
                return criteria.invariants.facts[goal.record].title
            case _:
                assert_never(goal.kind)

    def lines(self, goals: Sequence[Goal]) -> tuple[Line, ...]:
        """Return the sentences for the missing goals of one record, each behind its place."""
        together = grouped(goals, lambda one: (one.kind, one.at))
        return tuple(
            say(Run(str(same[0].spot), "code"), " ", *said) for same in together.values() for said in self._said(same)
        )

    def _said(self, goals: Sequence[Goal]) -> list[Line]:
        if goals[0].leaf is not None:
            return [self._branch(goals[0], [one.wanted for one in goals])]
        return [say(self.sentence(one, is_shown=False)) for one in goals]

    def sentence(self, goal: Goal, *, is_shown: bool) -> str:
        """Return what a case shows of a goal that is no branch, or that no case does."""
        parts: dict[str, str] = {}
        match goal.kind:
            case "severity":
                parts["severity"] = severity_word(goal.severity or "none") if is_shown else self.severity(goal)
            case "knock_out":
                parts["knock_out"] = self.knock_out(goal)
            case "option":
                parts["controls"] = self.controls(goal)
            case "rule":
                parts["rule"] = self.rule(goal)
            case "level":
                parts["level"] = self._criteria.ladders[goal.record].levels[str(goal.at[1])].title
        return _(_SENTENCES[goal.kind][goal.wanted][is_shown], **parts)

    def _branch(self, goal: Goal, wanted: Collection[Wanted]) -> Line:
        if len(wanted) > 1:
            verdict = _("never decides alone, neither true nor false")
        elif "true" in wanted:
            verdict = _("never true where that alone decides")
        else:
            verdict = _("never false where that alone decides")
        lead = ": ".join(filter(None, (self.about(goal), verdict)))
        return say(f"{lead}: ", *self.comparison(goal), ".")

    def about(self, goal: Goal) -> str:
        """Return what the comparison of a goal stands in; nothing where its record has only one condition."""
        match goal.kind:
            case "severity_branch":
                return self.severity(goal)
            case "knock_out_branch":
                return _("Knock-out {knock_out}", knock_out=self.knock_out(goal))
            case "option_branch":
                return _("{controls}, counted only if", controls=self.controls(goal))
            case "question_branch":
                return _("Asked only if")
            case "rule_branch":
                return self.rule(goal)
            case _:
                return ""

    def comparison(self, goal: Goal) -> Line:
        """Return the comparison that a goal is about."""
        at = root_at(goal.kind, goal.at)
        if (goal.record, at) not in self._ways:
            root = root_of(self._criteria, goal)
            self._ways[goal.record, at] = dict(branches(root or "always", self._criteria.definitions, at))
        # Nothing on this page is what a fact or parameter could lead to.
        return unlinked(self._speech.condition(self._ways[goal.record, at][goal.at]))

    def severity(self, goal: Goal) -> str:
        """Return the severity that a goal is about."""
        return _("Severity {severity}", severity=severity_word(goal.severity or "none"))

    def knock_out(self, goal: Goal) -> str:
        """Return the kind of knock-out that a goal is about."""
        return knock_out_word(cast("KnockOut", goal.at[1]))

    def controls(self, goal: Goal) -> str:
        """Return the controls of the option that a goal is about."""
        option = self._criteria.indicators[goal.record].controls[int(goal.at[1])]
        if not option.all:
            return _("what answers alone lower (option {number})", number=int(goal.at[1]) + 1)
        return pgettext("between controls", " and ").join(option.all)

    def rule(self, goal: Goal) -> str:
        """Return the rule that a goal is about, and the level that it gives."""
        ladder = self._criteria.ladders[goal.record]
        if goal.at[0] == "otherwise":
            return "otherwise"
        number = int(goal.at[1])
        return f"rules.{number} ({ladder.levels[ladder.rules[number].level].title})"


_WEIGHTS: dict[Weight, str] = {"problem": N_("problem"), "advice": N_("advice")}


def lint_lines(linted: Linted, folder: str) -> Iterator[str]:
    """Yield each remark with its place below the folder, then what to do about each lint, then the figures."""
    for one in linted.remarks:
        yield clean_text(f"{folder}/{one.spot}: {one.lint} {weight_word(one.weight)}: {one.record}: {one.sentence}")
    for summary in linted.summary:
        yield ""
        yield _title(summary)
        yield "  " + _("help: {text}", text=summary.way_out)
    if linted.summary:
        yield ""
    yield from _unread(linted)
    yield f"{linted.criteria}@{linted.version}: {figures(linted)}"


def weight_word(weight: Weight) -> str:
    """Return what people call a weight."""
    return _(_WEIGHTS[weight])


def figures(linted: Linted) -> str:
    """Return how many problems and how much advice there is."""
    problems = ngettext("{number} problem", "{number} problems", linted.problems)
    advice = ngettext("{number} piece of advice", "{number} pieces of advice", linted.advice)
    return f"{problems}, {advice}"


def lint_view(linted: Linted) -> View:
    """Return the page about the remarks on a version, in the current language."""
    name, digest = f"{linted.criteria} {linted.version}", linted.digest[:SHOWN_DIGEST]
    facts = {
        "linted": linted,
        "name": name,
        "digest": digest,
        "tone": "strict" if linted.problems else "middle" if linted.advice else "mild",
        "figures": figures(linted),
        "unread": list(_unread(linted)),
        "title_of": _title,
        "spot_of": lambda remark: str(remark.spot),
        "coded": coded,
    }
    return page.view("lint", facts, case_id=name, on=linted.on, kept_by=f"{name} {digest}")


def _title(summary: LintSummary) -> str:
    return f"{summary.lint} {summary.title} ({summary.remarks})"


def _unread(linted: Linted) -> Iterator[str]:
    for one in linted.unread:
        yield _("there are no word lists for `{language}`: its words were not looked at", language=one)


_WORST = 3
"""So many records with most missing are named at the top."""


def coverage_view(coverage: Coverage, criteria: Criteria) -> View:
    """Return the page about the coverage of this set, in the current language."""
    name, digest = f"{coverage.criteria} {coverage.version}", coverage.digest[:SHOWN_DIGEST]
    wording = Wording(criteria)
    met = {record: len(goals) for record, goals in grouped(coverage.shown, lambda one: one.record).items()}
    missing = [*grouped(coverage.missing, lambda one: one.record).items()]
    facts = {
        "coverage": coverage,
        "name": name,
        "digest": digest,
        "worst": sorted(missing, key=lambda one: -len(one[1]))[:_WORST],
        "missing": [(record, goals, met.get(record, 0)) for record, goals in missing],
        "title_of": lambda goals: wording.title(goals[0]),
        "lines_of": wording.lines,
    }
    return page.view("coverage", facts, case_id=name, on=criteria.head.in_force.from_, kept_by=f"{name} {digest}")
