"""What a release changes, in a few lines of Markdown: the section of its CHANGES.md where nobody wrote one."""

from collections.abc import Iterator, Sequence

from risk_engine.files.language import _, pgettext
from risk_engine.model.case import Case
from risk_engine.model.changes import Changes, Edit, Meaning, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.report.blocks import Line, Run, mark, say, strong, words
from risk_engine.report.changes.records import KINDS, Pair, by_part, by_record, titled
from risk_engine.report.changes.values import conditions_in, told
from risk_engine.report.changes.wording import within
from risk_engine.report.example import Examples
from risk_engine.report.html_markdown import line
from risk_engine.report.meaning.section import Cases, moved, place_of, sentence
from risk_engine.report.set_pages.speech import Speech

_SHORT = 60
"""A value of at most so many letters is told before and after."""


def history(changes: Changes, before: Criteria, after: Criteria) -> str:
    """Return what a version changes: what it means for results, then its rules and questions, then its words."""
    speeches = Speech(before), Speech(after)
    paragraphs: list[str] = []
    if changes.meaning is not None:
        paragraphs.append(line(say(strong(sentence(changes.meaning, after)))))
        paragraphs.append(_list(moved(changes.meaning, after, None)))
    for title, layer in ((_("Rules and questions"), "structure"), (_("Words"), "words")):
        edits = [one for one in changes.edits if one.layer == layer]
        if edits:
            paragraphs.append(line(say(strong(title))))
            paragraphs.append(_list(_record(several, speeches) for several in _records(edits)))
    return "\n\n".join(one for one in paragraphs if one)


def shown_by(meaning: Meaning, shift: Shift, sets: tuple[Criteria, Criteria], base: Case) -> str:
    """Return the case that shows something, in lines: what it came to, and how it differs from the base case.

    `sets` are the earlier and the later version.
    """
    before, after = sets
    cases = Cases(meaning, (), (Speech(before), Speech(after)), Examples((after, before), base))
    moves = "; ".join(words(one[:-1]) for one in cases.moves([shift]))  # how it is called, its reason says
    lines = [_("the smallest case that shows it: {moves}", moves=moves.strip()), *map(words, cases.differences(shift))]
    return "\n".join(f"  {one}" if number == 0 else f"  - {one}" for number, one in enumerate(lines))


def _list(lines: Iterator[Line]) -> str:
    return "\n".join(f"- {line(one)}" for one in lines)


def _unlinked(runs: Line) -> Line:
    return tuple(Run(one.text, one.style) for one in runs)


def _records(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    for several in by_part(edits).values():
        yield from by_record(several).values()


def _record(edits: Sequence[Edit], speeches: Pair) -> Line:
    first = edits[0]
    whole = next((one for one in edits if not within(one) and one.kind in {"added", "removed"}), None)
    kind = whole.kind if whole else "changed"
    name = _unlinked(titled(first, speeches[0 if kind == "removed" else 1]))
    if whole is not None:
        return say(*name, " ", mark(pgettext(*KINDS[kind])))
    parts = [_part(one, speeches) for one in edits]
    return say(*name, ": ", "; ".join(dict.fromkeys(parts)))


def _part(edit: Edit, speeches: Pair) -> str:
    what = place_of(edit, speeches[0 if edit.kind == "removed" else 1])
    if edit.layer == "structure" and edit.kind == "changed" and not conditions_in(edit.before):
        sides = [
            "; ".join(map(words, told(edit, value, speech)))
            for value, speech in zip((edit.before, edit.after), speeches, strict=True)
        ]
        if all(len(one) <= _SHORT for one in sides):
            return _("{what}: {before} → {after}", what=what, before=sides[0], after=sides[1])
    return _("{what} ({kind})", what=what, kind=pgettext(*KINDS[edit.kind]))
