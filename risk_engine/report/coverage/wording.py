"""What no case shows, as a sentence for each goal; the two ways of one comparison share theirs."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never, cast

from risk_engine.language import N_, _, pgettext
from risk_engine.model.coverage import Goal, Wanted, branches, root_at, root_of
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.blocks import Line, Run, say
from risk_engine.report.catalogue.speech import Speech
from risk_engine.report.wording import knock_out_word, severity_word

if TYPE_CHECKING:
    from risk_engine.model.places import Path
    from risk_engine.model.words import KnockOut

_PLAIN: dict[Wanted, str] = {
    "present": N_("No case finds it present."),
    "absent": N_("No case finds it absent."),
    "undetermined": N_("No case leaves it undetermined."),
    "contradicted": N_("No case contradicts it."),
}
_SEVERITIES: dict[Wanted, str] = {
    "true": N_("{severity}: no case comes to this severity."),
    "false": N_("{severity}: in no case does its condition fail while no higher severity holds."),
    "unknown": N_("{severity}: in no case are answers missing that its condition needs."),
}
_KNOCK_OUTS: dict[Wanted, str] = {
    "open": N_("Knock-out {knock_out}: in no case does it hold uncured."),
    "cured": N_("Knock-out {knock_out}: in no case is it cured."),
}
_OPTIONS: dict[Wanted, str] = {
    "complete": N_("{controls}: no case has this option complete where that makes a difference."),
    "incomplete": N_("{controls}: no case lacks this option where it would make a difference."),
}
_RULES: dict[Wanted, str] = {
    "decides": N_("{rule}: in no case does this rule decide."),
    "passed_over": N_("{rule}: no case comes to this rule and passes it over."),
}
_AWARENESS: dict[Wanted, str] = {
    "true": N_("In no case does it apply."),
    "false": N_("In no case does it not apply."),
    "unknown": N_("In no case may it apply because answers are missing."),
}


class Wording:
    """Says what is missing in the coverage of one set."""

    def __init__(self, criteria: CriteriaSet) -> None:
        self._criteria = criteria
        self._speech = Speech(criteria)

    def title(self, goal: Goal) -> str:
        """Return what the record of a goal is called."""
        criteria = self._criteria
        match goal.kind:
            case "indicator" | "severity" | "severity_branch" | "knock_out" | "knock_out_branch":
                return criteria.indicators[goal.record].title
            case "option" | "option_branch":
                return criteria.indicators[goal.record].title
            case "question_branch":
                return criteria.fact(goal.record).question or goal.record
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
        together: dict[tuple[str, Path], list[Goal]] = {}
        for one in goals:
            together.setdefault((one.kind, one.at), []).append(one)
        return tuple(
            say(Run(str(same[0].spot), "code"), " ", *said) for same in together.values() for said in self._said(same)
        )

    def _said(self, goals: Sequence[Goal]) -> list[Line]:
        goal, wanted = goals[0], [one.wanted for one in goals]
        match goal.kind:
            case "severity_branch" | "knock_out_branch" | "option_branch" | "question_branch":
                return [self._branch(goal, wanted)]
            case "rule_branch" | "awareness_branch":
                return [self._branch(goal, wanted)]
            case "indicator" | "contradiction":
                return [say(_(_PLAIN[one])) for one in wanted]
            case "severity":
                return [say(_(_SEVERITIES[one], severity=self.severity(goal))) for one in wanted]
            case "knock_out":
                return [say(_(_KNOCK_OUTS[one], knock_out=self.knock_out(goal))) for one in wanted]
            case "option":
                return [say(_(_OPTIONS[one], controls=self.controls(goal))) for one in wanted]
            case "rule":
                return [say(_(_RULES[one], rule=self.rule(goal))) for one in wanted]
            case "level":
                title = self._criteria.ladders[goal.record].levels[str(goal.at[1])].title
                return [say(_("{level}: no case comes to this level.", level=title))]
            case "awareness":
                return [say(_(_AWARENESS[one])) for one in wanted]
            case _:
                assert_never(goal.kind)

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
        root = root_of(self._criteria, goal)
        ways = dict(branches(root or "always", self._criteria.definitions, root_at(goal.kind, goal.at)))
        # Nothing on this page is what a fact or parameter could lead to.
        return tuple(replace(run, ref=None) for run in self._speech.condition(ways[goal.at]))

    def severity(self, goal: Goal) -> str:
        """Return the severity that a goal is about."""
        return _("Severity {severity}", severity=severity_word(goal.severity or "none"))

    def knock_out(self, goal: Goal) -> str:
        """Return the kind of knock-out that a goal is about."""
        return knock_out_word(cast("KnockOut", goal.at[1]))

    def controls(self, goal: Goal) -> str:
        """Return the controls of the option that a goal is about."""
        option = self._criteria.indicators[goal.record].controls[int(goal.at[1])]
        return pgettext("between controls", " and ").join(option.all)

    def rule(self, goal: Goal) -> str:
        """Return the rule that a goal is about, and the level that it gives."""
        ladder = self._criteria.ladders[goal.record]
        if goal.at[0] == "otherwise":
            return "otherwise"
        number = int(goal.at[1])
        return f"rules.{number} ({ladder.levels[ladder.rules[number].level].title})"
