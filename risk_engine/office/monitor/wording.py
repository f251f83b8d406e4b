"""Changes in words: what changed, how much it weighs, what a case has to do with it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from risk_engine.files.language import N_, _, ngettext
from risk_engine.office.monitor.changes import Acknowledged, CaseState, Change, Gravity, Kind, Part, Report, Touch
from risk_engine.office.monitor.state import State
from risk_engine.office.register.listing import What, due_words

_GRAVITY: dict[Gravity, str] = {
    Gravity.STRICTER: N_("would come out stricter"),
    Gravity.MAY_BE_STRICTER: N_("may come out stricter"),
    Gravity.OVERDUE: N_("overdue"),
    Gravity.TO_LOOK_AT: N_("to be looked at"),
    Gravity.OTHERWISE: N_("would come out otherwise"),
    Gravity.MILDER: N_("would come out milder"),
    Gravity.COMING: N_("coming"),
    Gravity.NOTED: N_("comes out as it did"),
}
_STATES: dict[CaseState, str] = {
    "decided": N_("decided"),
    "open": N_("open"),
    "closed": N_("closed"),
    "on_file": N_("on file"),
}
_PARTS: dict[str, str] = {
    "cases": N_("cases"),
    "dates": N_("dates"),
    "criteria": N_("criteria"),
    "lists": N_("lists"),
    "profiles": N_("what is on file"),
    "works": N_("joint works"),
}
SHOWN = 12
"""So many lines of a difference stand in a text; a file of data has all."""


def gravity_words(gravity: Gravity) -> str:
    """Return how much something weighs."""
    return _(_GRAVITY[gravity])


def state_words(state: CaseState) -> str:
    """Return how far a case has come."""
    return _(_STATES[state])


def title(kind: Kind, about: Mapping[str, Any]) -> str:
    """Return what changed, in one line."""
    told = {key: value for key, value in about.items() if isinstance(value, str)}
    match kind:
        case "version":
            return _("{set} {version}, in force from {day}, decides cases otherwise", **told)
        case "day" if "day" in about:
            return _("a date of {set} {version}, {day}, lets cases come out otherwise", **told)
        case "day":
            return _("cases under {set} {version} come out otherwise by now", **told)
        case "released":
            return _("{set} {version} was released, in force from {day}", **told)
        case "withdrawn":
            return _("{set} {version} was withdrawn", **told)
        case "gone":
            return _("{set} {version} is gone: what was decided under it cannot be looked at", **told)
        case "due":
            what: What = about["what"]
            said = {"case": told["case"], "what": due_words(what), "day": told["day"]}
            return (
                _("{case}: {what}, overdue since {day}", **said)
                if about["overdue"]
                else _("{case}: {what}, due on {day}", **said)
            )
        case "listed":
            return _("“{name}” may be on {list}: {entry} [{hit}]", **told)
        case "unlisted":
            return _("“{name}” may have been on {list}, and is there no more: {entry} [{hit}]", **told)
        case "list_gone":
            return _("the list {list} is not kept any more: nothing is said about who is on it", **told)
        case "profile":
            return _("what is on file about “{file}” is another than cases used", **told)
        case "uncovered":
            works: int = about["works"]
            return ngettext(
                "{ours} with {theirs}: {number} joint work, and no case names them",
                "{ours} with {theirs}: {number} joint works, and no case names them",
                works,
                ours=told["ours"],
                theirs=told["theirs"],
            )
        case "joint":
            works = about["works"]
            return ngettext(
                "{ours} with {theirs}: {number} joint work, {before} when looked at on {seen}",
                "{ours} with {theirs}: {number} joint works, {before} when looked at on {seen}",
                works,
                before=about["before"],
                **{key: told[key] for key in ("ours", "theirs", "seen")},
            )


def mark(change: Change, report: Report) -> str:
    """Return whether a change is new, or since when it is there; nothing at a first look."""
    if report.last is None:
        return ""
    if change.is_new:
        return _("new")
    if change.new:
        return ngettext("{number} case more", "{number} cases more", len(change.new))
    return _("since {day}", day=change.first)


def case_line(touch: Touch) -> str:
    """Return a case and how much a change weighs for it."""
    said = {"case": touch.case_id, "title": touch.title, "state": state_words(touch.state)}
    return _("{case} {title} ({state}): {gravity}", **said, gravity=gravity_words(touch.gravity))


def seen_before(one: Acknowledged) -> str:
    """Return who acknowledged a change, when and why."""
    return _("acknowledged by {by} on {day}: {reason}", by=one.by, day=one.on, reason=one.reason)


def heading(report: Report) -> str:
    """Return in one line what a look found."""
    told = _told(report)
    return _("what changed in {register}, {day}: {told}", register=report.register, day=report.on, told=told)


def _told(report: Report) -> str:
    if not report.changes:
        return _("nothing to tell in what could be looked at") if report.failed else _("nothing to tell")
    number = len(report.changes)
    if report.last is None:
        return ngettext("{number} to look at", "{number} to look at", number)
    return ngettext("{number} to look at, {new} new", "{number} to look at, {new} new", number, new=report.new)


def since(report: Report) -> str:
    """Return when somebody looked last."""
    if report.last is None:
        return _("this is the first look: everything is told that stands so now")
    return _("the last look was on {day}", day=report.last)


def part_words(part: Part) -> str:
    """Return what was to be looked at."""
    return _(_PARTS[part.name])


def looked_at(part: Part) -> str:
    """Return that something was looked at, or was not."""
    said = {"part": part_words(part), "said": part.said}
    match part.state:
        case "looked":
            return _("looked at: {part}: {said}", **said)
        case "failed":
            return _("NOT LOOKED AT, or not all: {part}: {said}", **said)
        case "not_asked":
            return _("not looked at: {part}: {said}", **said)


def text(report: Report) -> Iterator[str]:
    """Yield a report as lines of text, the worst first."""
    yield heading(report)
    yield since(report)
    for change in report.changes:
        yield ""
        marked = mark(change, report)
        yield f"[{change.id}] {title(change.kind, change.about)}{f' ({marked})' if marked else ''}"
        yield from (f"  {line}" for line in as_lines(change))
    yield ""
    if report.acknowledged:
        yield ngettext(
            "{number} more is acknowledged: `risk-engine monitor show` lists it",
            "{number} more are acknowledged: `risk-engine monitor show` lists them",
            report.acknowledged,
        )
    yield from map(looked_at, report.parts)
    yield _("nothing was decided or filed")


def as_lines(change: Change) -> Iterator[str]:
    """Yield what there is to say of a change and of each case that it touches, the worst first."""
    yield from (seen_before(one) for one in change.known)
    yield from change.lines
    for touch in change.touches:
        yield case_line(touch)
        yield from (f"  {line}" for line in shortened(touch.lines))


def shortened(lines: tuple[str, ...]) -> Iterator[str]:
    """Yield the first lines of a difference, and how many more there are."""
    shown = lines if len(lines) <= SHOWN else lines[: SHOWN - 1]
    yield from shown
    if len(shown) < len(lines):
        more = len(lines) - len(shown)
        yield ngettext(
            "and {number} more line, in the data (JSON)", "and {number} more lines, in the data (JSON)", more
        )


def as_data(report: Report) -> dict[str, Any]:
    """Return a report for programs; words beside ids and numbers."""
    return {
        "schema": 1,
        "register": report.register,
        "on": report.on,
        "last": report.last,
        "changes": [_change(one, report) for one in report.changes],
        "acknowledged": report.acknowledged,
        "looked_at": [{"part": one.name, "state": one.state, "said": one.said} for one in report.parts],
        "problems": list(report.problems),
    }


def _change(change: Change, report: Report) -> dict[str, Any]:
    return {
        "id": change.id,
        "kind": change.kind,
        "title": title(change.kind, change.about),
        "gravity": change.gravity.name.lower(),
        "about": dict(change.about),
        "lines": list(change.lines),
        "first": change.first,
        "new": report.last is not None and (change.is_new or bool(change.new)),
        "cases": [
            {
                "case": one.case_id,
                "title": one.title,
                "state": one.state,
                "gravity": one.gravity.name.lower(),
                "new": one.digest in change.new,
                **dict(one.facts),
                "lines": list(one.lines),
            }
            for one in change.touches
        ],
        "acknowledged_before": [{"by": one.by, "on": one.on, "reason": one.reason} for one in change.known],
    }


def day_of(change: Change) -> date | None:
    """Return the day that a change is about, None where it has none."""
    found = change.about.get("day")
    return date.fromisoformat(found) if isinstance(found, str) else None


def shown(state: State | None, acknowledged: Sequence[Acknowledged]) -> Iterator[str]:
    """Yield what the last look found and nobody acknowledged, then what somebody did, as lines of text."""
    if state is None:
        yield _("nobody looked yet: `risk-engine monitor run` looks")
    else:
        yield _("as the last look found it, on {day}:", day=state.on)
        seen: dict[str, set[str]] = {}
        for each in acknowledged:
            seen.setdefault(each.id, set()).update(each.touched)
        still = 0
        for one in state.found:
            key = one.change().id
            cases = sorted(case for digest, case in one.touched.items() if digest not in seen.get(key, ()))
            if key not in seen or cases:
                still += 1
                yield f"[{key}] {title(one.kind, one.about)}"
                yield "  " + _("since {day}", day=one.first) + (f": {', '.join(cases)}" if cases else "")
        if not still:
            yield _("all of it is acknowledged") if state.found else _("nothing")
    yield _("acknowledged:") if acknowledged else _("nothing was acknowledged")
    for each in acknowledged:
        yield f"[{each.id}] {title(each.kind, each.about)}"
        yield f"  {seen_before(each)}"
