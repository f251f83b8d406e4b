"""Findings, and what is not known: every one with what was recorded, its sources, what would help, whom to ask."""

from collections.abc import Sequence

from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.explanation import Explanation, FactRead, Finding, Gap, NotInForce, OptionState
from risk_engine.model.words import Severity
from risk_engine.report import pictures
from risk_engine.report.blocks import (
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Line,
    Prose,
    Run,
    Section,
    Table,
    mark,
    say,
    strong,
)
from risk_engine.report.pictures import Placed
from risk_engine.report.wording import (
    ORIGINS,
    UNVERIFIED,
    Names,
    cited,
    confidential,
    course,
    day,
    evidence,
    fill,
    gravest,
    knock_out,
    last_day,
    none,
    sentence,
    severities,
    severity,
    severity_word,
)

_PRINCIPLE = N_(
    "A finding says what was recorded, from which source and on which date. It never says that a person or an "
    "organisation is something."
)
_UNDETERMINED = N_("Nothing on record makes this a finding, and nothing rules it out: answers are missing.")
_ONLY_UNVERIFIED = N_("This finding rests on unverified sources only: look up the text before you rely on it.")

_COUNTS = {
    "yes": NP_("does a control count", "yes"),
    "no": NP_("does a control count", "no: what it presupposes does not hold"),
    "unknown": NP_("does a control count", "not known: answers are missing"),
}


def findings_section(assessment: Explanation, names: Names) -> Section:
    """Return every finding that is present, the gravest first, then those that missing answers leave undetermined."""
    found = gravest(assessment)
    present = [one for one in found if one.outcome == "present"]
    undetermined = [one for one in found if one.outcome == "undetermined"]
    blocks: list[Block | Group] = [Prose(say(_(_PRINCIPLE))), *_overview(assessment, found)]
    count = ngettext("{number} finding is present.", "{number} findings are present.", len(present))
    order = _("The gravest stands first.") if len(present) > 1 else ""
    blocks.append(Prose(say(f"{count} {order}".rstrip())))
    blocks += [finding_group(one, assessment, names) for one in present]
    if undetermined:
        blocks.append(
            Prose(
                say(
                    ngettext(
                        "{number} finding is not determined, because answers are missing.",
                        "{number} findings are not determined, because answers are missing.",
                        len(undetermined),
                    )
                )
            )
        )
    blocks += [finding_group(one, assessment, names) for one in undetermined]
    return Section("findings", _("Findings"), tuple(blocks))


def absent_section(assessment: Explanation, names: Names) -> Section:
    """Return the indicators that were looked at and found nothing, with what was read, and those not in force."""
    absent = tuple(_absent(one, assessment, names) for one in assessment.findings if one.outcome == "absent")
    blocks: tuple[Block | Group, ...] = (Bullets(absent) if absent else none(),)
    if assessment.not_in_force:
        lines = tuple(say(Run(one.id, "code"), f" {one.title}: ", _period(one)) for one in assessment.not_in_force)
        blocks = (*blocks, Group(say(_("Not in force on the day")), (Bullets(lines),)))
    return Section("absent", _("Looked at and not found"), blocks)


def _overview(assessment: Explanation, found: Sequence[Finding]) -> tuple[Block, ...]:
    """Return the matrix of the findings as a picture and as a table that leads to each of them."""
    if not found:
        return ()
    places = pictures.placed(found)
    dimensions = [one.dimension for one in assessment.ratings]
    rows = tuple(
        (
            say(strong(severity_word(row))),
            *(_cell([one for one in places if _is_at(one, row, dimension)]) for dimension in dimensions),
        )
        for row in pictures.shown_severities(places)
    )
    head = (_("Severity"), *(one.title for one in assessment.ratings))
    return (pictures.matrix(assessment, found), Table(_("Findings by severity and dimension"), head, rows))


def _is_at(one: Placed, severity: Severity, dimension: str) -> bool:
    return one.severity == severity and one.finding.dimension == dimension


def _cell(places: Sequence[Placed]) -> Line:
    runs: list[str | Run] = []
    for one in places:
        remark = f" ({one.remark})" if one.remark else ""
        runs += [Run(one.finding.id, ref=one.finding.id), remark, ", "]
    return say(*runs[:-1]) or say("–")


def _period(one: NotInForce) -> str:
    first = _("from {day}", day=day(one.effective_from)) if one.effective_from else ""
    end = _("to {day}", day=last_day(one.effective_until)) if one.effective_until else ""
    return " ".join(part for part in (first, end) if part)


def finding_group(finding: Finding, assessment: Explanation, names: Names) -> Group:
    """Return one finding with what was recorded, how grave it is, what would lower it and why it matters."""
    state: list[str | Run] = [" ", mark(course(finding) if finding.outcome == "present" else _("not determined"))]
    if finding.open:
        state += [" ", mark(_("still open"))]
    if finding.only_unverified:
        state += [" ", mark(_(UNVERIFIED))]
    # The sentences below say what was recorded, so one mark stands for all of them.
    state += confidential(is_so=any(assessment.facts[path].confidential for path in finding.reads))
    blocks: list[Block] = [_because(finding), _essentials(finding)]
    if finding.reads or finding.bars:
        blocks.append(_facts(finding, assessment, names))
    if finding.options:
        blocks.append(_options(finding, names))
    blocks.append(_background(finding, assessment, names))
    title = say(Run(finding.id, "code"), f" {finding.title}", *state)
    return Group(title, tuple(blocks), anchor=finding.id)


def _because(finding: Finding) -> Bullets:
    return Bullets(tuple(say(one) for one in finding.because or (_(_UNDETERMINED),)))


def _essentials(finding: Finding) -> Fields:
    rows = [Field(_("Severity"), (say(_course(finding)),))]
    barred = knock_out(finding.knock_out)
    if barred:
        rows.append(Field(_("Bar"), (say(barred),)))
    if finding.knock_out.at_most == "none" and finding.knock_out_before.at_least != "none":
        lifted = _("Lifted by controls in place. Without them: {bar}", bar=knock_out(finding.knock_out_before))
        rows.append(Field(_("Bar"), (say(lifted),)))
    if finding.irreducible:
        rows.append(Field(_("No control lowers it"), (say(finding.irreducible),)))
    if finding.only_unverified:
        rows.append(Field(_("Sources"), (say(mark(_(UNVERIFIED)), " ", _(_ONLY_UNVERIFIED)),)))
    return Fields(tuple(rows))


def _course(finding: Finding) -> str:
    return _(
        "{before} before controls → {now} now → {expected} once all agreed controls are in place",
        before=severities(finding.inherent, finding.possible),
        now=severity(finding.residual),
        expected=severity(finding.expected),
    )


def _facts(finding: Finding, assessment: Explanation, names: Names) -> Table:
    paths = dict.fromkeys((*finding.reads, *finding.bars))
    rows = tuple(_fact(path, assessment.facts[path], names) for path in paths)
    return Table(_("What was recorded"), (_("Asked"), _("Recorded"), _("Where from"), _("Evidence")), rows)


def _fact(path: str, read: FactRead, names: Names) -> tuple[Line, ...]:
    without = _("none on record") if read.origin == "case" else "–"
    proofs: tuple[str | Run, ...] = ("; ".join(evidence(one) for one in read.evidence) or without,)
    if read.source is not None and read.as_of is not None:
        proofs = fill(_("{source} As of {day}."), source=cited(read.source), day=day(read.as_of))
    kept = confidential(is_so=read.confidential)
    return (
        say(names.fact(path), *kept),
        say(*names.value(path, read.shown, "strong"), *names.doubt(path)),
        say(_(ORIGINS[read.origin])),
        say(*proofs),
    )


def _options(finding: Finding, names: Names) -> Table:
    rows = tuple(_option(one, names) for one in finding.options)
    head = (_("Controls"), _("Lowers it to"), _("Still lacking"), _("Does it count here?"))
    return Table(_("Controls that help"), head, rows)


def _option(option: OptionState, names: Names) -> tuple[Line, ...]:
    lacking = names.controls(option.lacking) if option.lacking else _("nothing, it is in place")
    if len(option.lacking) == len(option.controls):
        lacking = _("not in place")
    return (
        say(names.controls(option.controls)),
        say(severity_word(option.residual)),
        say(lacking),
        say(pgettext(*_COUNTS[option.counts])),
    )


def _background(finding: Finding, assessment: Explanation, names: Names) -> Fields:
    used = assessment.criteria
    dimension, ground = used.dimensions[finding.dimension], used.grounds[finding.ground]
    rows = [
        Field(_("Why it matters"), (say(finding.reason),)),
        Field(_("Question of the indicator"), (say(finding.question),)),
        Field(_("Dimension"), (say(dimension.title),)),
        Field(_("Ground"), (say(sentence(ground.title), f" {ground.explain or ''}".rstrip()),)),
        Field(_("Rests on"), tuple(cited(one) for one in finding.sources)),
        Field(_("Evidence that settles it"), (say(finding.wanted_evidence),)),
    ]
    if finding.missing:
        rows.append(Field(_("Answers missing"), tuple(say(names.fact(one)) for one in finding.missing)))
    rows.append(Field(_("Written in"), (say(Run(finding.defined_at, "code")),)))
    return Fields(tuple(rows))


def _absent(finding: Finding, assessment: Explanation, names: Names) -> Line:
    runs: list[str | Run] = []
    for path in finding.reads:
        read = assessment.facts[path]
        runs += ["; " if runs else ": ", f"{names.fact(path)} – ", *names.value(path, read.shown, "plain")]
        runs += [*names.doubt(path), *confidential(is_so=read.confidential)]
    return say(Run(finding.id, "code"), " ", strong(finding.title), *runs)


def gaps_section(assessment: Explanation, names: Names, *, bounds_only: bool = False) -> Section:
    """Return what is not known, whom to ask, what it could raise; `bounds_only` where nothing beside is exact."""
    blocks: tuple[Block, ...] = (Prose(say(_("No answer is missing that could change a finding."))),)
    if assessment.gaps:
        intro = _(
            "An answer that is missing never counts as “no”. These could raise a finding; the weightiest come first."
        )
        rows = tuple(_gap_row(one, names) for one in assessment.gaps)
        head = (_("Question"), _("Whom to ask"), _("How to find out"), _("What it could raise"))
        blocks = (Prose(say(intro)), Table(_("Missing answers"), head, rows))
        if bounds_only:
            bounds = _(
                "What may still come out is told by its bounds here. The command risk-engine outlook says exactly "
                "which results are possible, and which of these answers decides (it needs the extra audit)."
            )
            blocks = (*blocks, Prose(say(bounds)))
    if names.unsure:
        unsure = _("These answers count as they stand, but whoever gave them was unsure: ask again.")
        blocks = (*blocks, Prose(say(unsure)), Bullets(tuple(say(names.fact(one)) for one in names.unsure)))
    return Section("unknown", _("What is not known"), blocks)


def who_to_ask(gap: Gap) -> str:
    """Return who should answer, in words."""
    return gap.asked_of_title or _("whoever knows the case")


def ask_again(names: Names) -> str:
    """Return the step that answers given as unsure call for."""
    return ngettext(
        "Ask again for the {number} answer given as unsure.",
        "Ask again for the {number} answers given as unsure.",
        len(names.unsure),
    )


def _gap_row(gap: Gap, names: Names) -> tuple[Line, ...]:
    raised = say(*[part for one in gap.findings for part in (names.finding(one), "; ")][:-1])
    return (
        say(names.fact(gap.path)),
        say(who_to_ask(gap)),
        say(gap.help or "–"),
        fill(_("{findings} – up to {severity}"), findings=raised, severity=severity_word(gap.possible)),
    )
