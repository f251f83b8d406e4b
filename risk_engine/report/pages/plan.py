"""The mitigation plan: each control with why, who, by when, on what evidence, and how far it has come.

It is prefilled from the findings; what nobody said yet is visibly to be filled in.
"""

from collections.abc import Sequence
from datetime import date

from risk_engine.language import N_, _, ngettext, pgettext
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import ControlShown, Explanation
from risk_engine.model.finding import Finding, OptionState
from risk_engine.records.confirm import awaits_confirmation
from risk_engine.report.actions import Action, actions
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Line,
    Prose,
    Run,
    Section,
    Table,
    View,
    mark,
    say,
    strong,
)
from risk_engine.report.choices import holding, to_choose, unhelped, ways
from risk_engine.report.pages.bound import bound
from risk_engine.report.pages.frame import called, framed
from risk_engine.report.vocabulary import severity_word, state_word
from risk_engine.report.wording import Names, course, day, evidence, fill, gravest, lead, none, sentence

_SHARES = (22, 16, 18, 12, 19, 13)
"""How much of the width each column has, in per cent."""
_NAMED = 3
"""How many findings a row names; it counts the rest."""


def plan(assessment: Explanation, decision: Decision | None) -> View:
    """Return the mitigation plan; what a decision made a condition stands in it as that."""
    binding = {one.control for one in decision.conditions if one.control} if decision else set()
    rows = _Rows(bound(assessment, decision), binding)
    conditions = [one for one in decision.conditions if one.control is None] if decision else []
    sections = (
        Section("start", _("What the start or the result hangs on"), rows.first(conditions)),
        Section("later", _("What follows"), rows.later()),
        Section("kept", _("What is in place and must stay"), rows.kept()),
        Section("advisable", _("Always advisable"), rows.advisable()),
        *rows.stuck(),
        Section("sign-off", _("Agreed by"), (Blanks(_to_sign()),)),
    )
    title = _("Mitigation plan: {case}", case=called(assessment.case_title, assessment.case_id))
    return framed("plan", (assessment, decision), title, sections, warning=_warning(assessment, decision))


def _warning(assessment: Explanation, decision: Decision | None) -> Line | None:
    if decision is None or not awaits_confirmation(decision, assessment):
        return None
    return fill(
        _(
            "**The decision is not in effect yet:** a second person must confirm it. Until then its conditions bind "
            "nobody."
        )
    )


class _Rows:
    """The tables of one plan; a row is a control, its order the urgency."""

    def __init__(self, assessment: Explanation, binding: set[str]) -> None:
        self._assessment = assessment
        self._binding = binding
        self._names = Names(assessment)
        self._findings = {one.id: one for one in assessment.findings}
        gate, barred = holding(assessment)
        self._held = gate | barred
        listed = [one for one in actions(assessment, self._names) if one.control.stated]
        self._listed = sorted(listed, key=_urgency)
        self._chosen = sorted(to_choose(assessment), key=lambda one: one.id not in gate)

    def first(self, conditions: Sequence[Condition]) -> tuple[Block, ...]:
        """Return what comes first: missing answers, controls that the start or the result hangs on, choices."""
        missing = len(self._assessment.gaps)
        blocks: list[Block] = []
        if missing:
            get = ngettext(
                "{number} answer is missing that could add to this plan: get it first.",
                "{number} answers are missing that could add to this plan: get them first.",
                missing,
            )
            blocks.append(Prose(say(get)))
        blocks += self._table(_("Controls to put in place"), [one for one in self._listed if one.now])
        if conditions:
            rows = tuple(self._condition(one) for one in conditions)
            blocks.append(Table(_("Further conditions of the decision"), _head(), rows, _SHARES))
        blocks += self._choices([one for one in self._chosen if one.id in self._held])
        return tuple(blocks) or (none(),)

    def later(self) -> tuple[Block, ...]:
        """Return what can come later."""
        listed = self._table(_("Controls to put in place"), [one for one in self._listed if not one.now])
        chosen = self._choices([one for one in self._chosen if one.id not in self._held])
        return (*listed, *chosen) or (none(),)

    def kept(self) -> tuple[Block, ...]:
        """Return the controls that are in place, with the evidence."""
        there = [one for one in self._assessment.controls if one.counts_as == "in_place" and not one.supporting]
        rows = tuple(self._row(one, self._why(one.findings)) for one in there)
        return (Table(_("Controls in place"), _head(), rows, _SHARES),) if rows else (none(),)

    def advisable(self) -> tuple[Block, ...]:
        """Return the supporting controls."""
        intro = Prose(say(_("These lower no finding alone. They make the others work.")))
        supporting = [one for one in self._assessment.controls if one.supporting]
        rows = tuple(self._row(one, say("–")) for one in supporting)
        return (intro, Table(_("Supporting controls"), _head(), rows, _SHARES)) if rows else (none(),)

    def stuck(self) -> tuple[Section, ...]:
        """Return the findings that no control lowers, nothing where there are none."""
        helped = {one.id for one in to_choose(self._assessment)}
        alone = [one for one in unhelped(self._assessment) if one.id not in helped]
        lines = tuple(
            say(self._names.finding(one.id).text, ": ", sentence(one.irreducible or _("no control lowers it")))
            for one in alone
        )
        return (Section("stuck", _("What no control lowers"), (Bullets(lines),)),) if lines else ()

    def _table(self, caption: str, listed: Sequence[Action]) -> list[Block]:
        rows = tuple(self._row(one.control, self._why(one.control.findings)) for one in listed)
        return [Table(caption, _head(), rows, _SHARES)] if rows else []

    def _choices(self, findings: Sequence[Finding]) -> list[Block]:
        """Return a table for findings that the same options would lower, one row for each option."""
        together: dict[tuple[OptionState, ...], list[Finding]] = {}
        for one in findings:
            together.setdefault(tuple(ways(one)), []).append(one)
        tables: list[Block] = []
        for options, alike in together.items():
            named = self._some([self._names.finding(one.id).text for one in alike])
            if len(options) > 1:
                caption = _("To be chosen: one of these for {findings}", findings=named)
            else:
                caption = _("To be chosen: this for {findings}", findings=named)
            tables.append(Table(caption, _head(), tuple(self._way(one) for one in options), _SHARES))
            wanted = self._some(list(dict.fromkeys(one.wanted_evidence for one in alike)))
            tables.append(Prose(say(lead(_("Evidence that settles it")), sentence(wanted))))
        return tables

    def _way(self, option: OptionState) -> tuple[Line, ...]:
        controls = [one for one in self._assessment.controls if one.id in option.controls]
        what: list[str | Run] = []
        for one in controls:
            what += [*([" + "] if what else []), strong(one.title), f" ({one.id}): {one.do}"]
        lowers = N_("may lower it to {severity}") if option.counts == "unknown" else N_("lowers it to {severity}")
        return (
            say(*what),
            say(_(lowers, severity=severity_word(option.residual))),
            say("; ".join(dict.fromkeys(one.who for one in controls)), " ", _blank()),
            say(_blank()),
            say(_blank()),
            say(mark(_("to be chosen"))),
        )

    def _row(self, control: ControlShown, why: Line) -> tuple[Line, ...]:
        return (
            say(strong(control.title), f" ({control.id}): {control.do}"),
            why,
            say(control.owner) if control.owner else say(control.who, " ", _blank()),
            self._due(control.due, is_there=control.counts_as == "in_place"),
            say("; ".join(evidence(one) for one in control.evidence)) or self._wanted(control.findings),
            self._state(control),
        )

    def _condition(self, condition: Condition) -> tuple[Line, ...]:
        return (
            say(" ".join(condition.text.split())),
            say(_("decided")),
            say(condition.owner or _blank()),
            self._due(condition.due, is_there=False),
            say(_blank()),
            say(mark(_("condition"))),
        )

    def _state(self, control: ControlShown) -> Line:
        if control.counts_as is None:
            state = pgettext("state of a control", "not listed yet")
        else:
            state = state_word(control.stated or control.counts_as)
        unproved = control.counts_as == "agreed" and control.stated in {"implemented", "verified"}
        said: list[str | Run] = [mark(state)]
        if unproved:
            said += [" ", _("without evidence, so it counts as agreed")]
        if control.id in self._binding:
            said += [" ", mark(_("condition"))]
        return say(*said)

    def _due(self, due: date | None, *, is_there: bool) -> Line:
        if due is None:
            return say("–") if is_there else say(_blank())
        if due < self._assessment.on and not is_there:
            return say(day(due), " ", mark(_("overdue")))
        return say(day(due))

    def _why(self, ids: Sequence[str]) -> Line:
        found = [one for one in gravest(self._assessment) if one.id in ids]
        return say(self._some([f"{self._names.finding(one.id).text}: {course(one)}" for one in found]) or "–")

    def _wanted(self, ids: Sequence[str]) -> Line:
        wanted = dict.fromkeys(self._findings[one].wanted_evidence for one in ids if one in self._findings)
        if not wanted:
            return say(_blank())
        return say(_("wanted: {evidence}", evidence=self._some(list(wanted))))

    def _some(self, texts: Sequence[str]) -> str:
        more = len(texts) - _NAMED
        shown = [*texts[:_NAMED], *([ngettext("{number} more", "{number} more", more)] if more > 0 else [])]
        return "; ".join(shown)


def _head() -> tuple[str, ...]:
    return (_("Control"), _("Why"), _("Owner"), _("Due"), _("Evidence"), _("Status"))


def _blank() -> Run:
    """Return what stands where somebody still has to write something."""
    return mark(_("to be filled in"))


def _to_sign() -> tuple[str, ...]:
    return (_("Lead researcher: date and signature"), _("Research office: date and signature"))


def _urgency(one: Action) -> tuple[int, bool, date]:
    """Sort by what hangs on it, then by the day; what has no day comes last."""
    due = one.control.due
    return one.rank, due is None, due or date.max
