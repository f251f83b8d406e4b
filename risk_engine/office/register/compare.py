"""What really changed between two assessments of a case: levels, findings, notes, problems, what is newly asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from risk_engine.files.language import N_, _
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation, Finding, Proposal
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
        was = before.pop(one.ladder, None)
        if was is None:
            yield _("{title}: new, and “{now}”", title=one.title, now=one.level.title)
        elif _stands(was) != _stands(one):
            yield _moved(was, one)
    for gone in before.values():
        yield _("{title}: was {was}, the criteria have no such ladder any more", title=gone.title, was=_level(gone))


def _stands(proposal: Proposal) -> tuple[str, ...]:
    """Return where a ladder stands, by the names of its levels: what they are called may have been mended since."""
    open_between = (proposal.range[0].name, proposal.range[-1].name) if proposal.provisional else ()
    return (proposal.level.name, *open_between)


def _moved(was: Proposal, now: Proposal) -> str:
    said = {"title": now.title, "level": now.level.title, "open": _open(now), "before": _open(was)}
    if was.level.name != now.level.name:
        return _("{title}: was {was}, now {now}", title=now.title, was=_level(was), now=_level(now))
    if not said["before"]:
        return _("{title}: “{level}” as before, but still open now: {open}", **said)
    if not said["open"]:
        return _("{title}: “{level}” as before, and open no more (it was: {before})", **said)
    return _("{title}: “{level}” as before, and still open: was {before}, now {open}", **said)


def _level(proposal: Proposal) -> str:
    if not proposal.provisional:
        return _("“{level}”", level=proposal.level.title)
    return _("“{level}” (still open: {range})", level=proposal.level.title, range=_open(proposal))


def _open(proposal: Proposal) -> str:
    """Return between which levels a proposal is open; nothing where it is settled."""
    if not proposal.provisional:
        return ""
    ends = dict.fromkeys(one.title for one in (proposal.range[0], proposal.range[-1]))
    return _range(_("“{level}”", level=one) for one in ends)


def _range(ends: Iterable[str]) -> str:
    low, *high = ends
    return _("{low} to {high}", low=low, high=high[0]) if high else low


def _findings(old: Explanation, new: Explanation, now_called: Callable[[str], str]) -> Iterator[str]:
    before = {now_called(one.id): one for one in old.findings}
    for one in new.findings:
        was, now = _finding(before.pop(one.id, None)), _finding(one)
        said = {"id": one.id, "title": one.title, "was": was, "now": now}
        if was == now:
            continue
        if not was:
            yield _("{id} {title}: not found before, now {now}", **said)
        elif not now:
            yield _("{id} {title}: was {was}, not found now", **said)
        else:
            yield _("{id} {title}: was {was}, now {now}", **said)
    for gone in before.values():
        if gone.outcome != "absent":
            yield _("{id} {title}: was {was}, not in force now", id=gone.id, title=gone.title, was=_finding(gone))


def _finding(finding: Finding | None) -> str:
    """Return what a finding comes to; one that is absent and one that is not in force weigh the same: nothing."""
    if finding is None or finding.outcome == "absent":
        return ""
    before = dict.fromkeys((finding.inherent, finding.possible))
    after = dict.fromkeys((finding.residual.at_least, finding.residual.at_most))
    bars = dict.fromkeys((finding.knock_out.at_least, finding.knock_out.at_most))
    said = {
        "outcome": _(_OUTCOMES[finding.outcome]),
        "before": _range(map(severity_word, before)),
        "after": _range(map(severity_word, after)),
    }
    if list(bars) == ["none"]:
        return _("{outcome} ({before}; after controls {after})", **said)
    return _(
        "{outcome} ({before}; after controls {after}; knock-out: {bars})",
        **said,
        bars=_range(map(knock_out_word, bars)),
    )


def _notes(old: Explanation, new: Explanation) -> Iterator[str]:
    """Yield the awareness rules that say something else; the day by which to look again moves with every assessment."""
    before = {one.id: one for one in old.awareness}
    for one in new.awareness:
        was = before.pop(one.id, None)
        said = {"id": one.id, "title": one.title, "text": one.then}
        is_sure = one.applies == "yes"
        if was is None or was.applies != one.applies:
            yield (
                _("note {id} “{title}” applies now: {text}", **said)
                if is_sure
                else _("note {id} “{title}” may apply now: {text}", **said)
                if was is None
                else _("note {id} “{title}” applied, and now only may apply: {text}", **said)
            )
        elif was.then != one.then:
            yield _("note {id} “{title}” says now: {text}", **said)
    for gone in before.values():
        yield _("note {id} “{title}” applies no more", id=gone.id, title=gone.title)


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
