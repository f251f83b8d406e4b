"""The coverage of a set as a page: how much of each kind its cases show, then what none of them shows, with places."""

from collections.abc import Sequence

from risk_engine.language import N_, _, current, ngettext
from risk_engine.model.coverage import Coverage, Goal, Kind
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.blocks import Answer, Bullets, Field, Group, Line, Prose, Section, Table, View, say, strong
from risk_engine.report.coverage.wording import Wording
from risk_engine.report.sanitize import cleaned

KINDS: dict[Kind, str] = {
    "indicator": N_("Indicators: present, absent, undetermined"),
    "severity": N_("Severity conditions: true, false, unknown"),
    "severity_branch": N_("Comparisons in severity conditions"),
    "knock_out": N_("Knock-outs: open, cured"),
    "knock_out_branch": N_("Comparisons in knock-outs"),
    "option": N_("Control options: complete, not complete"),
    "option_branch": N_("Comparisons in control options"),
    "question_branch": N_("Comparisons that decide whether a question is asked"),
    "rule": N_("Ladder rules: deciding, passed over"),
    "rule_branch": N_("Comparisons in ladder rules"),
    "level": N_("Levels of ladders"),
    "awareness": N_("Awareness rules: true, false, unknown"),
    "awareness_branch": N_("Comparisons in awareness rules"),
    "contradiction": N_("Contradictions among answers"),
}
HOW_COUNTED = (
    N_("A goal is something that the rules can do, and that a case is to show at least once."),
    N_(
        "A comparison counts as seen both ways when one case has it true and another has it false, each time so that "
        "its opposite alone would have turned the whole condition round (MC/DC in its masking form). It is looked for "
        "in definitions at every place where they are used, and within a list entry by entry."
    ),
    N_(
        "A condition of a severity counts in cases in which no higher severity holds; a knock-out and a control option "
        "in cases in which the finding is present and they make a difference; a rule of a ladder in cases that come to "
        "it, because no rule above it decided."
    ),
    N_(
        "Some of what is missing may be impossible: where two conditions of one rule cannot fail apart, no case can "
        "show it. `risk-engine criteria test --generate` proves which, and writes cases for the others."
    ),
)
_WORST = 3
"""So many records with most missing are named at the top."""


def coverage_view(coverage: Coverage, criteria: CriteriaSet) -> View:
    """Return the page about the coverage of this set, in the current language."""
    name = f"{coverage.criteria} {coverage.version}"
    wording = Wording(criteria)
    page = View(
        kind="audit",
        language=current(),
        title=_("Coverage of {criteria} by its own cases", criteria=name),
        about=" · ".join((name, f"sha256:{coverage.digest[:12]}")),
        case_id=name,
        on=criteria.head.in_force.from_,
        kept_by=f"{name} {coverage.digest[:12]}",
        warning=None,
        answer=_answer(coverage),
        scales=(),
        scope=None,
        sections=tuple(one for one in (_kinds(coverage), _missing(coverage, wording), _how_counted()) if one),
        full_report="",
        footer=_(
            "Coverage says what the cases exercise. Whether they would notice a mistake in a rule says "
            "`risk-engine criteria mutate`."
        ),
    )
    return cleaned(page)


def _answer(coverage: Coverage) -> Answer:
    glance = [Field(_("Cases"), tuple(_cases(coverage)))]
    worst = sorted(_by_record(coverage.missing), key=lambda one: -len(one[1]))[:_WORST]
    if worst:
        lines = tuple(
            say(
                strong(record),
                ngettext(": {number} goal is missing", ": {number} goals are missing", len(goals)),
            )
            for record, goals in worst
        )
        glance.append(Field(_("Most is missing in"), lines))
    return Answer(
        sentence=_(
            "The cases show {met} of {goals} goals: {percent} %.",
            met=coverage.met,
            goals=coverage.goals,
            percent=coverage.percent,
        ),
        more=(),
        tone="mild" if not coverage.missing else "middle",
        glance=tuple(glance),
        challenge=None,
    )


def _cases(coverage: Coverage) -> list[Line]:
    lines = [say(ngettext("{number} case counts.", "{number} cases count.", coverage.cases))]
    if coverage.failing:
        lines.append(
            say(
                ngettext(
                    "{number} case fails and does not count: {names}",
                    "{number} cases fail and do not count: {names}",
                    len(coverage.failing),
                    names=", ".join(f"“{one}”" for one in coverage.failing),
                )
            )
        )
    return lines


def _kinds(coverage: Coverage) -> Section:
    rows = [
        (say(_(KINDS[one.kind])), say(str(one.met)), say(str(one.goals)), say(f"{one.percent} %"))
        for one in coverage.tallies
    ]
    whole = (_("All"), str(coverage.met), str(coverage.goals), f"{coverage.percent} %")
    return Section(
        "kinds",
        _("What the cases show"),
        (
            Table(
                caption=_("By kind; shares are rounded down"),
                head=(_("What"), _("Shown"), _("Of"), _("Share")),
                rows=(*rows, tuple(say(strong(one)) for one in whole)),
                shares=(61, 13, 13, 13),
            ),
        ),
    )


def _missing(coverage: Coverage, wording: Wording) -> Section | None:
    if not coverage.missing:
        return None
    met = {record: len(goals) for record, goals in _by_record(coverage.shown)}
    return Section(
        "missing",
        _("What no case shows"),
        tuple(_group(record, goals, met.get(record, 0), wording) for record, goals in _by_record(coverage.missing)),
    )


def _group(record: str, goals: Sequence[Goal], met: int, wording: Wording) -> Group:
    counts = _("{met} of {goals} shown", met=met, goals=met + len(goals))
    title = say(strong(record), f" {wording.title(goals[0])} ({counts})")
    return Group(title, (Bullets(wording.lines(goals)),), anchor=f"of-{record}")


def _by_record(goals: Sequence[Goal]) -> list[tuple[str, tuple[Goal, ...]]]:
    found: dict[str, list[Goal]] = {}
    for one in goals:
        found.setdefault(one.record, []).append(one)
    return [(record, tuple(several)) for record, several in found.items()]


def _how_counted() -> Section:
    return Section("counted", _("How it is counted"), tuple(Prose(say(_(one))) for one in HOW_COUNTED))
