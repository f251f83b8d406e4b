"""The changes of words: what people read, and what rules rest on, with what is gone and what is new marked in it."""

from collections.abc import Sequence

from risk_engine.language import pgettext
from risk_engine.model.changes import Edit
from risk_engine.report.blocks import Field, Fields, Group, Line, words
from risk_engine.report.changes.difference import lines_merged
from risk_engine.report.changes.labels import label, within
from risk_engine.report.changes.records import KINDS, Pair, by_record, titled
from risk_engine.report.changes.values import told


def changed_words(edits: Sequence[Edit], speeches: Pair) -> tuple[Group, ...]:
    """Return a group for each record of which the words changed."""
    return tuple(_record(several, speeches) for several in by_record(edits).values())


def _record(edits: Sequence[Edit], speeches: Pair) -> Group:
    first = edits[0]
    is_gone = first.kind == "removed" and not within(first)
    rows = tuple(Field(_name(one, speeches), _lines(one, speeches)) for one in edits)
    return Group(titled(first, speeches[0 if is_gone else 1]), (Fields(rows),))


def _name(edit: Edit, speeches: Pair) -> str:
    if not within(edit):
        return pgettext(*KINDS[edit.kind]).capitalize()
    return words(label(edit, speeches[0 if edit.kind == "removed" else 1]))


def _lines(edit: Edit, speeches: Pair) -> tuple[Line, ...]:
    before = () if edit.before is None else told(edit, edit.before, speeches[0])
    after = () if edit.after is None else told(edit, edit.after, speeches[1])
    return lines_merged(before, after)
