"""What an assessment takes the place of, for its first page: which levels moved, and why each of them did.

Why was worked out when it was made (`records/superseding`): nothing here is guessed.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Final

from risk_engine.files.language import N_, _, listed, ngettext, pgettext
from risk_engine.model.assessment import Part, Superseded
from risk_engine.model.explanation import Explanation, MovedFact, Proposal
from risk_engine.report.blocks import Line, grouped, say
from risk_engine.report.unsettled import outer
from risk_engine.report.wording import Names, day, lead, sentence, some, state_word

_SHOWN = 3
"""How many answers or controls a line names; it counts the rest."""


def replaced(assessment: Explanation, names: Names) -> Iterator[Line]:
    """Yield what an assessment takes the place of, which levels moved and why, and what else is different."""
    old = assessment.supersedes
    if old is None or not old.version:
        return
    levels = [one for one in assessment.proposals if old.levels.get(one.ladder) not in {None, one.level.name}]
    now = [
        _(
            "{title}: “{was}” before, now “{now}”",
            title=one.title,
            was=one.title_of(old.levels[one.ladder]),
            now=one.level.title,
        )
        for one in levels
    ]
    # A range that opened, narrowed or closed is a move too, though the level that is proposed is the same.
    now += [text for one in assessment.proposals if (text := _between(one, old))]
    moved = "; ".join(now) or _("no level moved")
    replaced_one = _(
        "the assessment of {day} under {version}: {moved}.", day=day(old.on), version=old.version, moved=moved
    )
    yield say(lead(_("Replaces")), replaced_one)
    told: set[str] = set()
    for (why, paths), those in grouped(levels, lambda one: _why(one, old)).items():
        told.update(paths)
        turning = some([_changed(path, assessment, names) for path in paths], _SHOWN)
        label = _("Why it moved ({ladders})", ladders=listed([one.title for one in those]))
        yield say(lead(label), sentence(_("{why}: {answers}", why=why, answers=turning) if turning else why))
    others = _others(assessment, names, told)
    label = _("What else is different") if levels else _("What is different")
    if others or not levels:
        yield say(lead(label), sentence("; ".join(others) or _("nothing that was recorded")))


def _between(proposal: Proposal, old: Superseded) -> str:
    """Return how the range of a ladder moved; nothing where it is what it was."""
    was, titles = old.open.get(proposal.ladder), proposal.title_of
    before = {"was_mildest": titles(was[0]), "was_strictest": titles(was[1])} if was else {}
    if not proposal.provisional:
        if not was:
            return ""
        return _(
            "{ladder} was open between {was_mildest} and {was_strictest} and is settled now at {level}",
            ladder=proposal.title,
            level=proposal.level.title,
            **before,
        )
    mildest, strictest = outer(proposal)
    if was == (mildest.name, strictest.name):
        return ""
    if mildest.name == strictest.name:
        return _("{ladder} stands at {level}, but is open now", ladder=proposal.title, level=mildest.title)
    values = {"ladder": proposal.title, "mildest": mildest.title, "strictest": strictest.title}
    if was:
        return _(
            "{ladder} is open between {mildest} and {strictest}, before between {was_mildest} and {was_strictest}",
            **values,
            **before,
        )
    return _("{ladder} is open now, between {mildest} and {strictest}", **values)


_PARTS: Final[dict[Part, str]] = {
    "answers": N_("the answers"),
    "controls": N_("the controls"),
    "criteria": N_("the criteria"),
    "tables": N_("the tables"),
    "day": N_("the day"),
    "profile": N_("the profile"),
}


def _why(proposal: Proposal, old: Superseded) -> tuple[str, tuple[str, ...]]:
    """Return which parts moved a level, and the paths of the answers and controls without which it would not stand so.

    A part alone is enough where it moves the level from where it was to where it is; it is needed where the level
    would not stand there without it. What could not be worked out is said to be so.
    """
    ladder, level = proposal.ladder, proposal.level.name
    known = [part for part, one in old.causes.items() if part != "tables" and ladder in {*one.alone, *one.without}]
    enough = [part for part in known if old.causes[part].alone.get(ladder) == level]
    needed = [part for part in known if old.causes[part].without.get(ladder, level) != level]
    unclear = [part for part in known if ladder not in old.causes[part].alone]

    def listing(parts: Sequence[Part]) -> str:
        return listed([_(_PARTS[part]) for part in parts])

    if len(enough) > 1:
        why = _("{parts}, each enough alone", parts=listing(enough))
    elif enough and (needed == enough or len(known) == 1):
        why = _("{part} alone", part=listing(enough))
    elif enough:
        why = _("{part}, enough alone; all else together would have done it too", part=listing(enough))
    elif unclear and needed:
        why = _("not without {parts}; whether that alone was enough cannot be worked out here", parts=listing(needed))
    elif len(needed) > 1:
        why = _("{parts} together, none of them enough alone", parts=listing(needed))
    elif needed:
        why = _("{part} together with something else that is different", part=listing(needed))
    elif known:
        why = _("several of these together, none of them needed by itself: {parts}", parts=listing(known))
    else:
        why = _("cannot be worked out here")
    tables = old.causes.get("tables")
    if tables is not None and tables.without.get(ladder, level) != level:
        kept = proposal.title_of(tables.without[ladder])
        why = _("{why} (with the tables as they were it would be {level})", why=why, level=kept)
    is_by_answers = not {"answers", "controls"}.isdisjoint([*enough, *needed])
    return why, old.turning.get(ladder, ()) if is_by_answers else ()


def _others(assessment: Explanation, names: Names, told: Container[str]) -> list[str]:
    """Return all that is different and not told yet."""
    old, others = assessment.supersedes, []
    assert old is not None  # noqa: S101 (only then anything is different)
    used = f"{assessment.criteria.id} {assessment.criteria.version}"
    if old.version != used:
        others.append(_("criteria: {before}, now {after}", before=old.version, after=used))
    if old.on != assessment.on:
        others.append(_("day: {before}, now {after}", before=day(old.on), after=day(assessment.on)))
    facts = [one for one in assessment.moved if one.path not in told and one.path.rpartition(".")[0] not in told]
    new = [one for one in facts if one.before is None and _short(one.path) in old.unasked]
    if new:
        told_now = _("a confidential answer") if new[0].confidential else new[0].after
        values = {"version": old.version, "question": f"{_asked(new[0], names)} – {told_now}"}
        others.append(
            ngettext(
                "{number} answer to a question that {version} did not ask: {question}",
                "{number} answers to questions that {version} did not ask, such as: {question}",
                len(new),
                **values,
            )
        )
        facts = [one for one in facts if one not in new]
    # Whether earlier criteria that were not at hand asked for it nobody knows.
    then = pgettext("an answer", "not known") if old.version == used or old.unasked else _("not on record then")
    answers = [_moved_in_words(one, names, then) for one in facts if not one.is_from_table]
    tables = [_moved_in_words(one, names, then) for one in facts if one.is_from_table]
    controls = [_changed(path, assessment, names) for path in _controls_moved(assessment, old) if path not in told]
    for label, several in ((_("answers"), answers), (_("controls"), controls), (_("tables"), tables)):
        if several:
            others.append(_("{label}: {text}", label=label, text=some(several, _SHOWN)))
    return others


def _controls_moved(assessment: Explanation, old: Superseded) -> list[str]:
    listed_now = {one["id"]: one.get("status") for one in assessment.case.get("controls", ())}
    then = {path.split(".")[1] for path in old.held if path.startswith("controls.") and path.endswith(".status")}
    several = dict.fromkeys([*listed_now, *sorted(then - set(listed_now))])
    return [f"controls.{one}" for one in several if old.held.get(f"controls.{one}.status") != listed_now.get(one)]


def _changed(path: str, assessment: Explanation, names: Names) -> str:
    """Return what changed under a path: an answer, an entry that came or went, a control."""
    name, _dot, rest = path.partition(".")
    if name == "controls":
        now = next((one.get("status") for one in assessment.case.get("controls", ()) if one["id"] == rest), None)
        old = assessment.supersedes
        was = old.held.get(f"{path}.status") if old else None
        before, after = (state_word(one) if one else _("not in the case") for one in (was, now))
        if before == after:
            return _("{control} – {state}, with other evidence", control=names.control(rest), state=after)
        return _("{control} – {before}, now {after}", control=names.control(rest), before=before, after=after)
    found = next((one for one in assessment.moved if one.path == path), None)
    if found is not None:
        return _moved_in_words(found, names, pgettext("an answer", "not known"))
    where = names.where(path)
    if where and path.count(".") == 1:
        return _("{entry} – new", entry=where)
    return names.fact(path) if where else _("{entry} – no longer in the case", entry=path)


def _moved_in_words(moved: MovedFact, names: Names, then: str) -> str:
    asked = _asked(moved, names)
    if moved.confidential:
        return _("{question} – a confidential answer", question=asked)
    return _(
        "{question} – {before}, now {after}",
        question=asked,
        before=moved.before or then,
        after=moved.after or pgettext("an answer", "not known"),
    )


def _asked(moved: MovedFact, names: Names) -> str:
    where = names.where(moved.path)
    return f"{moved.question} ({where})" if where else moved.question


def _short(path: str) -> str:
    """Return the name of the fact that a path is of, without the entry."""
    return f"{path.split('.', maxsplit=1)[0]}.{path.rsplit('.', maxsplit=1)[-1]}"
