"""The changes record by record: of structure, part by part, before and after; and of words, marked in the text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.changes import Changes, Edit, Step, plain
from risk_engine.model.facts import ordered_options
from risk_engine.report.blocks import Block, Bullets, Field, Fields, Group, Line, Prose, Run, Table, mark, say, words
from risk_engine.report.changes.values import alike, conditions_in, lines_merged, order, sides, told, written
from risk_engine.report.changes.wording import PARTS, label, part_title, within
from risk_engine.report.set_pages.catalogue import blocks_of
from risk_engine.report.set_pages.speech import Speech, meaning
from risk_engine.report.wording import fill

KINDS = {
    "added": NP_("change of a record", "new"),
    "removed": NP_("change of a record", "gone"),
    "changed": NP_("change of a record", "changed"),
    "reordered": NP_("change of a record", "new order"),
}
_MOST_READERS = 12
"""So many readers of a record are named."""
_MOST_IN_ORDER = 12
"""An order of more entries is shown by what has moved."""
_RANKS = N_("The order counts: results depend on it.")
_LISTS = N_("They are only listed in this order; no result depends on it.")

Pair: TypeAlias = tuple[Speech, Speech]
"""How the earlier and the later version say things."""


def by_part(edits: Iterable[Edit]) -> dict[Step, list[Edit]]:
    """Return edits by the part of the set, in the order in which a report goes through the parts."""
    found: dict[Step, list[Edit]] = {part: [] for part in PARTS}
    for one in edits:
        found[one.loc[0]].append(one)
    return {part: several for part, several in found.items() if several}


def by_record(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Return edits by the record, in their order."""
    found: dict[str, list[Edit]] = {}
    for one in edits:
        found.setdefault(one.record, []).append(one)
    return found


def structure(edits: Sequence[Edit], changes: Changes, speeches: Pair) -> tuple[Group, ...]:
    """Return a group for each record that is new, gone or changed in the structure of one part of a set."""
    return tuple(_record(several, changes, speeches) for several in by_record(edits).values())


def titled(edit: Edit, speech: Speech) -> Line:
    """Return the name of a record with its title."""
    if edit.loc[:2] == ("head", "severity"):
        return say(_("Points and bands"))
    if edit.loc[0] == "head" or (edit.kind == "reordered" and edit.record == ".".join(map(str, edit.loc))):
        return say(part_title(edit.loc[0]))
    title, name = _title(edit.loc, speech), Run(edit.record.partition(" ")[2], "code")
    if edit.loc[0] in {"ladders", "tables"} or (edit.loc[0] == "entities" and "facts" not in edit.loc):
        return say(f"{title} (", name, ")")
    return say(name, f" {title}" if title else "")


def _title(loc: tuple[Step, ...], speech: Speech) -> str:
    criteria = speech.criteria
    match loc:
        case ("entities", str() as entity, "facts", str() as short, *_):
            declared = criteria.entities.get(entity)
            return criteria.title_of(f"{entity}.{short}") if declared and short in declared.facts else ""
        case ("entities", str() as entity, *_):
            return criteria.entities[entity].title if entity in criteria.entities else ""
        case ("tables", str() as table, "columns", str() as column, *_):
            known = criteria.tables.get(table)
            return known.columns[column].title if known and column in known.columns else ""
        case ("invariants", "undirected", *_):
            return _("question without a direction")
        case ("invariants", str() as kind, str() as name, *_):
            record = getattr(criteria.invariants, kind).get(name)
            return f"{record.title}" if record else ""
        case ("definitions" | "head", *_):
            return ""
        case ("sources", str() as name, *_):
            return criteria.sources[name].instrument if name in criteria.sources else ""
        case (str() as part, str() as name, *_):
            record = getattr(criteria, part).get(name)
            return f"{record.title}" if record else ""
        case _:
            return ""


def _record(edits: Sequence[Edit], changes: Changes, speeches: Pair) -> Group:
    first = edits[0]
    whole = next((one for one in edits if not within(one) and one.kind in {"added", "removed"}), None)
    kind = whole.kind if whole else "changed"
    speech = speeches[0 if kind == "removed" else 1]
    blocks: list[Block] = [*_hints(edits)]
    if whole is not None:
        blocks += _as_a_whole(whole, speech)
    else:
        blocks.append(_table(edits, changes, speeches))
        blocks += [Prose(say(_(_meaning_of(one, speech)))) for one in edits if one.kind == "reordered"]
        blocks += _words_used(edits, speeches)
    readers = None if whole and whole.loc[0] in {"entities", "tables", "controls"} else _readers(edits, kind)
    title = say(*titled(first, speech), " ", mark(pgettext(*KINDS[kind])))
    return Group(title, (*blocks, *([readers] if readers else [])), anchor=anchor(first.loc))


def anchor(loc: tuple[Step, ...]) -> str | None:
    """Return where a record stands in a catalogue: whatever names it in a sentence leads there."""
    match loc:
        case ("indicators", name, *_):
            return f"{name}"
        case ("entities", entity, "facts", fact, *_):
            return f"fact-{entity}.{fact}"
        case ("tables", table, "columns", column, *_):
            return f"column-{table}-{column}"
        case ("definitions" | "controls" | "parameters" | "ladders" | "tables" as part, name, *_):
            return f"{f'{part}'.removesuffix('s')}-{name}"
        case _:
            return None


def _hints(edits: Sequence[Edit]) -> Iterator[Block]:
    lines = dict.fromkeys(hint(one) for one in edits if one.looks_renamed)
    if lines:
        yield Bullets(tuple(lines))


def hint(edit: Edit) -> Line:
    """Return that something looks as if it had only been renamed."""
    record = edit.record.partition(" ")[2]
    owner = record.removesuffix(f"{edit.loc[-1]}") if not within(edit) else ""
    own, other = Run(f"{owner}{edit.loc[-1]}", "code"), Run(f"{owner}{edit.looks_renamed}", "code")
    message = _("{new} looks like a new name for {old}: all else is equal. The engine takes them for two things.")
    new, old = (own, other) if edit.kind == "added" else (other, own)
    line = fill(message, new=new, old=old)
    return say(Run(record, "code"), ": ", *line) if within(edit) else line


def _table(edits: Sequence[Edit], changes: Changes, speeches: Pair) -> Table:
    moved_lists = {one.loc[:-1] for one in edits if one.kind in {"added", "removed"}}
    moved_lists |= {one.loc for one in edits if one.kind == "reordered"}
    rows: list[tuple[Line, ...]] = []
    for one in edits:
        is_recounted = any(one.loc[: len(way)] == way and len(one.loc) > len(way) for way in moved_lists)
        version = _called(changes)[one.kind == "added"]
        named = label(one, speeches[0 if one.kind == "removed" else 1], version if is_recounted else "")
        rows.append((named, *_sides(one, speeches)))
    return Table(_("Before and after"), (_("What"), *_called(changes)), tuple(rows), shares=(20, 40, 40))


def _called(changes: Changes) -> tuple[str, str]:
    """Return what the two versions are called for short: by their numbers, if these tell them apart."""
    before, after = changes.before.version, changes.after.version
    return (before, after) if before != after else (_("Before"), _("After"))


def _sides(edit: Edit, speeches: Pair) -> tuple[Line, Line]:
    if edit.kind == "reordered":
        return _orders(edit, speeches)
    before, after = _below(told(edit, edit.before, speeches[0])), _below(told(edit, edit.after, speeches[1]))
    if edit.before is None or edit.after is None:
        return before, after
    if before == after:
        return alike(before, written(plain(edit.before)), written(plain(edit.after)))
    return sides(before, after)


def _words_used(edits: Sequence[Edit], speeches: Pair) -> Iterator[Block]:
    """Yield what the named conditions mean that the changed sentences use, as the later version has them."""
    found: dict[str, Line] = {}
    for speech, values in zip(speeches, ([one.before for one in edits], [one.after for one in edits]), strict=True):
        used = speech.definitions_used(condition for one in values for condition in conditions_in(one))
        found |= {name: meaning(name, speech) for name in used}
    if found:
        yield Fields((Field(_("Words used"), tuple(found.values())),))


def _below(lines: Sequence[Line]) -> Line:
    """Return lines as one: a cell holds one."""
    made: list[Run] = []
    for number, one in enumerate(lines):
        made += [Run("; "), *one] if number else one
    return tuple(made)


def _orders(edit: Edit, speeches: Pair) -> tuple[Line, Line]:
    if len(edit.after) <= _MOST_IN_ORDER:
        return sides(order(edit, edit.before, speeches[0]), order(edit, edit.after, speeches[1]))
    moved = _moved(edit.before, edit.after)
    lines = [
        _below([_place(edit, one, names, speech) for one in moved])
        for names, speech in zip((edit.before, edit.after), speeches, strict=True)
    ]
    return lines[0], lines[1]


def _place(edit: Edit, name: Step, names: Sequence[Step], speech: Speech) -> Line:
    number = names.index(name)
    if number == 0:
        return fill(_("{name} is the first"), name=order(edit, [name], speech))
    told_after = order(edit, [names[number - 1]], speech)
    return fill(_("{name} after {other}"), name=order(edit, [name], speech), other=told_after)


def _moved(before: Sequence[Step], after: Sequence[Step]) -> list[Step]:
    """Return as few entries as can be of which the places must be told for the new order to be known."""
    places = [before.index(one) for one in after]
    longest: list[tuple[int, ...]] = []
    for number, place in enumerate(places):
        kept: tuple[int, ...] = ()
        for one, end in zip(longest, places, strict=False):
            if end < place and len(one) > len(kept):
                kept = one
        longest.append((*kept, number))
    stays = max(longest, key=lambda one: (len(one), one), default=())
    return [one for number, one in enumerate(after) if number not in stays]


def _meaning_of(edit: Edit, speech: Speech) -> str:
    """Return whether an order means anything to a result."""
    match edit.loc:
        case ("ladders", _, "rules" | "levels") | ("head", "severity", "bands"):
            return _RANKS
        case ("entities", str() as entity, "facts", str() as short, "options"):
            return _RANKS if ordered_options(speech.criteria.fact(f"{entity}.{short}")) else _LISTS
        case _:
            return _LISTS


def _readers(edits: Sequence[Edit], kind: str) -> Block | None:
    readers = tuple(dict.fromkeys(reader for one in edits for reader in one.read_by))
    if not readers:
        return None
    shown = [one.partition(" ")[2] for one in readers]
    more = len(shown) - _MOST_READERS
    text = ", ".join(shown[:_MOST_READERS])
    if more > 0:
        text = ngettext("{some} and {number} more", "{some} and {number} more", more, some=text)
    said = _("Was read by: {records}", records=text) if kind == "removed" else _("Read by: {records}", records=text)
    return Prose(say(said))


def _as_a_whole(edit: Edit, speech: Speech) -> Sequence[Block]:
    """Return a record that is new or gone in all its parts."""
    criteria = speech.criteria
    match edit.loc:
        case ("indicators" | "ladders" | "definitions" | "controls" | "parameters" as part, str() as name):
            return blocks_of((part.removesuffix("s"), name, getattr(criteria, part)[name]), speech)
        case ("awareness", str() as name):
            return blocks_of(("awareness", name, criteria.awareness[name]), speech)
        case ("entities", str() as entity, "facts", str() as short):
            name = f"{entity}.{short}"
            return blocks_of(("fact", name, criteria.fact(name)), speech)
        case ("entities", str() as entity):
            record = criteria.entities[entity]
            facts = tuple(
                say(Run(f"{entity}.{one}", "code"), f" {fact.question or ''}") for one, fact in record.facts.items()
            )
            return (*blocks_of(("entity", entity, record), speech), Bullets(facts))
        case ("tables", str() as table, "columns", str() as column):
            return blocks_of(("column", (table, column), criteria.tables[table].columns[column]), speech)
        case ("tables", str() as table):
            return blocks_of(("table", table, criteria.tables[table]), speech)
        case ("invariants", "facts" | "results" | "alone" | "same" as kind, str() as name):
            return blocks_of(("invariant", name, getattr(criteria.invariants, kind)[name]), speech)
        case ("invariants", "undirected", str() as name):
            return (Prose(say(criteria.invariants.undirected[name].because)),)
        case _:
            value = edit.after if edit.before is None else edit.before
            return tuple(Prose(line) for line in told(edit, value, speech))


def changed_words(edits: Sequence[Edit], speeches: Pair) -> tuple[Group, ...]:
    """Return a group for each record of which the words changed."""
    return tuple(_reworded(several, speeches) for several in by_record(edits).values())


def _reworded(edits: Sequence[Edit], speeches: Pair) -> Group:
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
