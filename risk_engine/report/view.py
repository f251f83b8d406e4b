"""An assessment to a report as ready text: every word, the order and the rounding; a writer only lays it out."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from risk_engine.files.language import _, ngettext
from risk_engine.model.explanation import Explanation, Recorded
from risk_engine.report import controls, findings, page, record
from risk_engine.report.answer import reasons_section, version_mark
from risk_engine.report.blocks import Field, Fields, Line, Run, Section, View, mark, say, strong
from risk_engine.report.pictures import scale
from risk_engine.report.sanitize import cleaned
from risk_engine.report.screen import opening
from risk_engine.report.untranslated import noted
from risk_engine.report.wording import CONFIDENTIAL, Names, confidential, day, fill, listed

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook


def head_section(assessment: Explanation, names: Names) -> Section:
    """Return what was assessed: the case, its parts, the day, the criteria, and how far the answer reaches."""
    rows = [*case_fields(assessment, names), scope(assessment)]
    apart = assessment.case.get("set_aside") or {}
    if apart:
        rows.append(Field(_("Answers set aside: no longer asked"), tuple(_set_aside(apart, assessment, names))))
    if assessment.case.get("notes"):
        # Nobody can tell what free text repeats: where the case holds confidential answers, its notes may too.
        marked = confidential(is_so=bool(_kept(assessment)))
        rows.append(Field(_("Notes in the case"), (say(str(assessment.case["notes"]), *marked),)))
    # The first page answers alone.
    return Section("case", _("Case and scope"), (Fields(tuple(rows)),), starts_page=True)


def case_fields(assessment: Explanation, names: Names) -> list[Field]:
    """Return the case, who assessed it, when, by what criteria, and its parts."""
    used = assessment.criteria
    marked = version_mark(assessment)
    in_force: list[str | Run] = [" ", mark(marked)] if marked else []
    return [
        Field(_("Case"), (say(f"{assessment.case_title} ({assessment.case_id})"),)),
        Field(_("Institution"), (say(assessment.institution or _("not named")),)),
        Field(_("Assessed by"), (say(assessment.assessor or _("not named")),)),
        Field(_("Day of the assessment"), (say(day(assessment.on)),)),
        Field(
            _("Criteria"),
            (
                say(
                    _("{criteria}, version {version} ({id})", criteria=used.title, version=used.version, id=used.id),
                    *in_force,
                ),
            ),
        ),
        Field(_("Profile"), (say(assessment.profile.profile.institution if assessment.profile else _("none used")),)),
        *_parts(assessment, names),
        *_apart(assessment, names),
    ]


def scope(assessment: Explanation) -> Field:
    """Return how far the answer reaches: the cooperation, or one route of funding only."""
    return Field(_("How far it reaches"), (say(_reach(assessment)),))


def warning(assessment: Explanation) -> Line | None:
    """Return the warning that the report holds answers which the set calls confidential, None where it holds none."""
    held = _kept(assessment)
    if not held:
        return None
    return fill(
        ngettext(
            "**Confidential. **This report holds {number} confidential answer, each marked “{mark}” where it stands. "
            "Give it only to those who may know them.",
            "**Confidential. **This report holds {number} confidential answers, each marked “{mark}” where it stands. "
            "Give it only to those who may know them.",
            len(held),
            mark=_(CONFIDENTIAL),
        )
    )


def _set_aside(apart: Mapping[str, object], assessment: Explanation, names: Names) -> Iterable[Line]:
    for path, value in apart.items():
        read = assessment.facts.get(path)
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield say(f"{names.fact(path)} – ", Run(shown, "em"), *confidential(is_so=bool(read and read.confidential)))


def _kept(assessment: Explanation) -> tuple[str, ...]:
    """Return the paths of the confidential answers that the report holds."""
    apart = assessment.case.get("set_aside") or {}
    read = [
        path for path, one in assessment.facts.items() if one.confidential and (one.origin == "case" or path in apart)
    ]
    told = (*assessment.described, *assessment.benefits, *assessment.necessity)
    return tuple(dict.fromkeys((*read, *(one.path for one in told if one.confidential))))


def _parts(assessment: Explanation, names: Names) -> Iterable[Field]:
    """Return the entries of the case, each with what the case tells people about it."""
    titles: dict[str, list[Line]] = {}
    for one in assessment.entries:
        told = [each for each in assessment.described if each.path.startswith(f"{one.path}.")]
        line = say(strong(one.label), *(run for each in told for run in _told(each, names)))
        titles.setdefault(one.title, []).append(line)
    return [Field(title, tuple(lines)) for title, lines in titles.items()]


def _apart(assessment: Explanation, names: Names) -> Iterable[Field]:
    """Return what the case tells people beside its lists."""
    entries = tuple(f"{one.path}." for one in assessment.entries)
    told = [one for one in assessment.described if not one.path.startswith(entries)]
    return [Field(_("Also recorded"), tuple(say(*_told(one, names)[1:]) for one in told))] if told else []


def _told(one: Recorded, names: Names) -> tuple[str | Run, ...]:
    marks = (*names.doubt(one.path), *confidential(is_so=one.confidential))
    return (" – ", f"{one.question} ", *names.value(one.path, one.shown, "em"), *marks)


def _reach(assessment: Explanation) -> str:
    strongest = {one.knock_out.at_least for one in assessment.findings} - {"none", "hold"}
    routes = [one.id for one in assessment.findings if one.knock_out.at_least == "funding"]
    if strongest == {"funding"}:
        return ngettext(
            "{findings} closes a funding route, not the cooperation. The same work with other money needs a fresh "
            "assessment.",
            "{findings} close a funding route, not the cooperation. The same work with other money needs a fresh "
            "assessment.",
            len(routes),
            findings=listed(routes),
        )
    return _(
        "The proposal as the case describes it, on this day and under these criteria. If it changes, assess again."
    )


def view(assessment: Explanation, outlook: "ExplainedOutlook | None" = None) -> View:
    """Return the report on an assessment in the current language, with what would change it; its text is harmless.

    It is a function of the explanation alone; a note says where the criteria are not translated.
    """
    names = Names(assessment)
    surrounded = record.surroundings(assessment, names)
    around = surrounded.sections
    sections = (
        head_section(assessment, names),
        reasons_section(assessment, names),
        around["dimensions"],
        findings.findings_section(assessment, names),
        findings.gaps_section(assessment, names, bounds_only=outlook is None),
        around["problems"],
        controls.actions_section(assessment, names),
        *_outlook(outlook, assessment, names),
        around["awareness"],
        around["dates"],
        around["benefits"],
        findings.absent_section(assessment, names),
        around["profile"],
        around["challenge"],
        around["sources"],
        around["versions"],
    )
    first = opening(assessment, names)
    whole = dataclasses.replace(
        first,
        warning=warning(assessment),
        scales=tuple(scale(one) for one in assessment.proposals if one.role),
        scope=scope(assessment),
        sections=sections,
        footer=" ".join(one for one in (first.footer, surrounded.changed) if one),
        must=surrounded.must,
    )
    return page.whole(noted(cleaned(whole), assessment), "report")


def _outlook(outlook: "ExplainedOutlook | None", assessment: Explanation, names: Names) -> tuple[Section, ...]:
    if outlook is None:
        return ()
    from risk_engine.report.outlook.section import outlook_section

    return (outlook_section(outlook, assessment, names),)


def outlook_view(outlook: "ExplainedOutlook", assessment: Explanation) -> View:
    """Return the answer on an assessment with what would change it, and no other section; its text is harmless."""
    names = Names(assessment)
    shown = dataclasses.replace(
        opening(assessment, names), warning=warning(assessment), sections=_outlook(outlook, assessment, names)
    )
    return noted(cleaned(shown), assessment)
