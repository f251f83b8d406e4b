"""What really changed between two assessments of a case: levels, findings, notes, problems, what is newly asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from risk_engine.files.language import N_, _, pgettext
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation, Finding, Note, Proposal
from risk_engine.model.former_names import former_names
from risk_engine.report.wording import knock_out_word, severity_word

_OUTCOMES = {"present": N_("present"), "undetermined": N_("undetermined")}


@dataclass(frozen=True)
class Changes:
    """What is different in the new assessment, in words; newly asked facts apart, because they judge nothing."""

    levels: tuple[str, ...]
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    newly_asked: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.levels or self.findings or self.notes or self.problems or self.newly_asked)


def changes(old: Explanation, new: Explanation, criteria: Criteria | None = None) -> Changes:
    """Return what changed from the old assessment to the new one.

    `criteria` are those of the new one, where the old one may have been made under others: what only has another name
    there has not changed.
    """
    names = None if criteria is None else former_names(criteria)
    asked = {one.path if names is None or criteria is None else names.path(one.path, criteria) for one in old.gaps}
    return Changes(
        tuple(_levels(old, new)),
        tuple(_findings(old, new, str if names is None else names.indicator)),
        tuple(_notes(old, new)),
        tuple(_problems(old, new)),
        tuple(f"{one.path}: {one.question}" for one in new.gaps if one.path not in asked),
    )


def _levels(old: Explanation, new: Explanation) -> Iterator[str]:
    before = {one.ladder: one for one in old.proposals}
    for one in new.proposals:
        other = before.pop(one.ladder, None)
        if other is None or _stands(other) != _stands(one):
            yield _("{title}: was {was}, now {now}", title=one.title, was=_level(other), now=_level(one))
    for gone in before.values():
        yield _("{title}: was {was}, the criteria have no such ladder any more", title=gone.title, was=_level(gone))


def _stands(proposal: Proposal) -> tuple[str, ...]:
    """Return where a ladder stands, by the names of its levels: what they are called may have been mended since."""
    open_between = (proposal.range[0].name, proposal.range[-1].name) if proposal.provisional else ()
    return (proposal.level.name, *open_between)


def _level(proposal: Proposal | None) -> str:
    if proposal is None:
        return _("not there")
    if not proposal.provisional:
        return proposal.level.title
    ends = dict.fromkeys(one.title for one in (proposal.range[0], proposal.range[-1]))
    return _("{level} (still open: {range})", level=proposal.level.title, range=_range(ends))


def _range(ends: Iterable[str]) -> str:
    low, *high = ends
    return _("{low} to {high}", low=low, high=high[0]) if high else low


def _findings(old: Explanation, new: Explanation, now_called: Callable[[str], str]) -> Iterator[str]:
    before = {now_called(one.id): one for one in old.findings}
    for one in new.findings:
        was, now = _finding(before.pop(one.id, None)), _finding(one)
        if was != now:
            yield _("{id} {title}: was {was}, now {now}", id=one.id, title=one.title, was=was, now=now)
    for gone in before.values():
        if gone.outcome != "absent":
            yield _("{id} {title}: was {was}, now not in force", id=gone.id, title=gone.title, was=_finding(gone))


def _finding(finding: Finding | None) -> str:
    """Return what a finding comes to; one that is absent and one that is not in force weigh the same: nothing."""
    if finding is None or finding.outcome == "absent":
        return pgettext("finding", "none")
    before = dict.fromkeys((finding.inherent, finding.possible))
    after = dict.fromkeys((finding.residual.at_least, finding.residual.at_most))
    bars = dict.fromkeys((finding.knock_out.at_least, finding.knock_out.at_most))
    said = {
        "outcome": _(_OUTCOMES[finding.outcome]),
        "before": _range(map(severity_word, before)),
        "after": _range(map(severity_word, after)),
    }
    if list(bars) == ["none"]:
        return _("{outcome}, {before}, after controls {after}", **said)
    return _(
        "{outcome}, {before}, after controls {after}, bars: {bars}", **said, bars=_range(map(knock_out_word, bars))
    )


def _notes(old: Explanation, new: Explanation) -> Iterator[str]:
    """Yield the awareness rules that say something else; the day by which to look again moves with every assessment."""
    before = {one.id: one for one in old.awareness}
    for one in new.awareness:
        was, now = _note(before.pop(one.id, None)), _note(one)
        if was != now:
            yield _("note {id} {title}: was {was}, now {now}", id=one.id, title=one.title, was=was, now=now)
    for gone in before.values():
        yield _("note {id} {title}: was {was}, now none", id=gone.id, title=gone.title, was=_note(gone))


def _note(note: Note | None) -> str:
    if note is None:
        return pgettext("note", "none")
    return _("applies: {text}", text=note.then) if note.applies == "yes" else _("may apply: {text}", text=note.then)


def _problems(old: Explanation, new: Explanation) -> Iterator[str]:
    """Yield what is newly to be looked at in the record, and what is not any more.

    A warning on a control that the case does not list compares with the assessment before; the next one cannot say it.
    """
    listed = {one.id for one in old.controls if one.stated is not None}
    before, now = ({(one.kind, one.text): one for one in each.problems} for each in (old, new))
    yield from (_("to look at: {text}", text=one.text) for key, one in now.items() if key not in before)
    for key, one in before.items():
        if key not in now and (one.kind != "control" or one.id in listed):
            yield _("not to look at any more: {text}", text=one.text)
