"""What a generated case shows, as a sentence: its name in cases.yaml, and what stands above it."""

from typing import assert_never

from risk_engine.language import N_, _
from risk_engine.model.coverage import Goal, Wanted
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.blocks import words
from risk_engine.report.coverage.wording import Wording
from risk_engine.report.wording import severity_word

_INDICATORS: dict[Wanted, str] = {
    "present": N_("it is present"),
    "absent": N_("it is absent"),
    "undetermined": N_("it is undetermined"),
}
_SEVERITIES: dict[Wanted, str] = {
    "true": N_("it comes to {severity}"),
    "false": N_("its condition for {severity} fails, and no higher severity holds"),
    "unknown": N_("answers are missing that its condition for {severity} needs"),
}
_KNOCK_OUTS: dict[Wanted, str] = {
    "open": N_("its knock-out {knock_out} holds uncured"),
    "cured": N_("its knock-out {knock_out} is cured"),
}
_OPTIONS: dict[Wanted, str] = {
    "complete": N_("{controls}: in place, and that makes a difference"),
    "incomplete": N_("{controls}: not in place, where that would make a difference"),
}
_RULES: dict[Wanted, str] = {"decides": N_("{rule} decides"), "passed_over": N_("{rule} is come to and passed over")}
_AWARENESS: dict[Wanted, str] = {
    "true": N_("it applies"),
    "false": N_("it does not apply"),
    "unknown": N_("it may apply, for answers are missing"),
}


class Naming:
    """Says what cases of one set show."""

    def __init__(self, criteria: CriteriaSet) -> None:
        self._wording = Wording(criteria)
        self._criteria = criteria

    def name(self, goal: Goal) -> str:
        """Return a name for a case that shows a goal."""
        return f"{goal.record}{self._sentence(goal)}"

    def line(self, goal: Goal) -> str:
        """Return the same with the title of the record."""
        return f"{goal.record} {self._wording.title(goal)}{self._sentence(goal, ',')}"

    def _sentence(self, goal: Goal, mark: str = "") -> str:
        """Return what the case shows, to stand behind the record; `mark` comes before what it is about in there."""
        if goal.leaf is None:
            return f": {self._plain(goal)}"
        is_so = goal.wanted == "true"
        verdict = _("this alone decides, and it holds") if is_so else _("this alone decides, and it does not hold")
        about = self._wording.about(goal)
        lead = f"{mark} {about}" if about else ""
        return f"{lead}: {verdict}: {words(self._wording.comparison(goal))}"

    def _plain(self, goal: Goal) -> str:
        wording = self._wording
        match goal.kind:
            case "indicator":
                return _(_INDICATORS[goal.wanted])
            case "severity":
                return _(_SEVERITIES[goal.wanted], severity=severity_word(goal.severity or "none"))
            case "knock_out":
                return _(_KNOCK_OUTS[goal.wanted], knock_out=wording.knock_out(goal))
            case "option":
                return _(_OPTIONS[goal.wanted], controls=wording.controls(goal))
            case "rule":
                return _(_RULES[goal.wanted], rule=wording.rule(goal))
            case "level":
                level = self._criteria.ladders[goal.record].levels[str(goal.at[1])]
                return _("it comes to {level}", level=level.title)
            case "awareness":
                return _(_AWARENESS[goal.wanted])
            case "contradiction":
                return _("the answers contradict each other")
            case "severity_branch" | "knock_out_branch" | "option_branch" | "question_branch":
                raise TypeError(goal)
            case "rule_branch" | "awareness_branch":
                raise TypeError(goal)
            case _:
                assert_never(goal.kind)
