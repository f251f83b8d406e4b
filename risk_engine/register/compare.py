"""What really changed between two assessments of a case: levels, findings, notes, problems, what is newly asked."""

from collections.abc import Iterator
from dataclasses import dataclass

from risk_engine.model.assessment import Assessment, Finding, Note, Proposal


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


def changes(old: Assessment, new: Assessment) -> Changes:
    """Return what changed from the old assessment to the new one."""
    asked = {one.path for one in old.gaps}
    return Changes(
        tuple(_levels(old, new)),
        tuple(_findings(old, new)),
        tuple(_notes(old, new)),
        tuple(_problems(old, new)),
        tuple(f"{one.path}: {one.question}" for one in new.gaps if one.path not in asked),
    )


def _levels(old: Assessment, new: Assessment) -> Iterator[str]:
    before = {one.ladder: one for one in old.proposals}
    for one in new.proposals:
        was, now = _level(before.pop(one.ladder, None)), _level(one)
        if was != now:
            yield f"{one.title}: was {was}, now {now}"
    for gone in before.values():
        yield f"{gone.title}: was {_level(gone)}, the criteria have no such ladder any more"


def _level(proposal: Proposal | None) -> str:
    if proposal is None:
        return "not there"
    if not proposal.provisional:
        return proposal.level.title
    ends = dict.fromkeys(one.title for one in (proposal.range[0], proposal.range[-1]))
    return f"{proposal.level.title} (still open: {' to '.join(ends)})"


def _findings(old: Assessment, new: Assessment) -> Iterator[str]:
    before = {one.id: one for one in old.findings}
    for one in new.findings:
        was, now = _finding(before.pop(one.id, None)), _finding(one)
        if was != now:
            yield f"{one.id} {one.title}: was {was}, now {now}"
    for gone in before.values():
        if gone.outcome != "absent":
            yield f"{gone.id} {gone.title}: was {_finding(gone)}, now not in force"


def _finding(finding: Finding | None) -> str:
    """Return what a finding comes to; one that is absent and one that is not in force weigh the same: nothing."""
    if finding is None or finding.outcome == "absent":
        return "none"
    before = finding.inherent if finding.inherent == finding.possible else f"{finding.inherent} to {finding.possible}"
    after = dict.fromkeys((finding.residual.at_least, finding.residual.at_most))
    knock_out = dict.fromkeys((finding.knock_out.at_least, finding.knock_out.at_most))
    text = f"{finding.outcome}, {before}, after controls {' to '.join(after)}"
    return text if list(knock_out) == ["none"] else f"{text}, bars: {' to '.join(knock_out)}"


def _notes(old: Assessment, new: Assessment) -> Iterator[str]:
    """Yield the awareness rules that say something else; the day by which to look again moves with every assessment."""
    before = {one.id: one for one in old.awareness}
    for one in new.awareness:
        was, now = _note(before.pop(one.id, None)), _note(one)
        if was != now:
            yield f"note {one.id} {one.title}: was {was}, now {now}"
    for gone in before.values():
        yield f"note {gone.id} {gone.title}: was {_note(gone)}, now none"


def _note(note: Note | None) -> str:
    if note is None:
        return "none"
    return f"{'applies' if note.applies == 'yes' else 'may apply'}: {note.then}"


def _problems(old: Assessment, new: Assessment) -> Iterator[str]:
    """Yield what is newly to be looked at in the record, and what is not any more.

    A warning on a control that the case does not list compares with the assessment before; the next one cannot say it.
    """
    listed = {one.id for one in old.controls if one.stated is not None}
    before, now = ({(one.kind, one.text): one for one in each.problems} for each in (old, new))
    yield from (f"to look at: {one.text}" for key, one in now.items() if key not in before)
    for key, one in before.items():
        if key not in now and (one.kind != "control" or one.id in listed):
            yield f"not to look at any more: {one.text}"
