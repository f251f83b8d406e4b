"""The remarks of the lints: as lines for a terminal, each with its place, and as a page."""

from collections.abc import Iterator, Sequence

from risk_engine.language import N_, _, current, ngettext
from risk_engine.model.lint import Linted, LintSummary, Weight
from risk_engine.report.blocks import Answer, Bullets, Field, Group, Prose, Run, Section, View, say, strong
from risk_engine.report.sanitize import clean_text, cleaned
from risk_engine.report.wording import coded

_SECTIONS: dict[Weight, tuple[str, str]] = {
    "problem": ("problems", N_("Problems")),
    "advice": ("advice", N_("Advice")),
}
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
    name = f"{linted.criteria} {linted.version}"
    unread = [say(one) for one in _unread(linted)]
    page = View(
        kind="audit",
        language=current(),
        title=_("Remarks on {criteria}", criteria=name),
        about=" · ".join((name, f"sha256:{linted.digest[:12]}")),
        case_id=name,
        on=linted.on,
        kept_by=f"{name} {linted.digest[:12]}",
        warning=None,
        answer=Answer(
            sentence=f"{figures(linted)}.",
            more=(),
            tone="strict" if linted.problems else "middle" if linted.advice else "mild",
            glance=(Field(_("What was not looked at"), tuple(unread)),) if unread else (),
            challenge=None,
        ),
        scales=(),
        scope=None,
        sections=tuple(
            Section(key, _(title), groups)
            for weight, (key, title) in _SECTIONS.items()
            if (groups := tuple(_groups(linted, [one for one in linted.summary if one.weight == weight])))
        ),
        full_report="",
        footer=_(
            "Lints are simple rules: a remark is a question to the authors, not a verdict. The guide for authors says "
            "what each one looks for."
        ),
    )
    return cleaned(page)


def _groups(linted: Linted, summaries: Sequence[LintSummary]) -> Iterator[Group]:
    for one in summaries:
        lines = tuple(
            say(Run(str(remark.spot), "code"), " ", strong(remark.record), ": ", *coded(remark.sentence))
            for remark in linted.remarks
            if remark.lint == one.lint
        )
        way_out = Prose(coded(_("Way out: {text}.", text=one.way_out)))
        yield Group(say(_title(one)), (way_out, Bullets(lines)), anchor=one.lint)


def _title(summary: LintSummary) -> str:
    return f"{summary.lint} {summary.title} ({summary.remarks})"


def _unread(linted: Linted) -> Iterator[str]:
    for one in linted.unread:
        yield _("there are no word lists for `{language}`: its words were not looked at", language=one)
