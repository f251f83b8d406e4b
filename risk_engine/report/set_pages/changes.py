"""The changes between two versions of a criteria set: the facts of their page (`templates/pages/changes.j2`)."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from risk_engine.files.language import _
from risk_engine.model.case import Case
from risk_engine.model.changes import DIRECTIONS, NOT_DECIDED, Changes, Edit, Meaning, Step, plain
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ordered_options
from risk_engine.report import page
from risk_engine.report.blocks import Line, Must, Run, View, say, words
from risk_engine.report.example import Examples
from risk_engine.report.frame import SHOWN_DIGEST
from risk_engine.report.set_pages.catalogue import RECORD_WORDS, language_of, without_dead_ends
from risk_engine.report.set_pages.changed_places import (
    Pair,
    anchor,
    by_part,
    by_record,
    hint,
    kind_word,
    label,
    part_title,
    renamed,
    titled,
    within,
)
from risk_engine.report.set_pages.changed_values import alike, conditions_in, lines_merged, order, sides, told, written
from risk_engine.report.set_pages.meaning import BUMP_SENTENCES, moved, sentence, step, tables, tone
from risk_engine.report.set_pages.record_words import meaning as meaning_of
from risk_engine.report.set_pages.shown_cases import Cases
from risk_engine.report.set_pages.speech import MOST_WORDS, Speech
from risk_engine.report.wording import coded, day, fill
from risk_engine.version import __version__

_MOST_IN_ORDER = 12
"""An order of more entries is shown by what has moved."""


def changes_view(  # noqa: PLR0913 (a page, and what is told of it)
    changes: Changes,
    before: Criteria,
    after: Criteria,
    *,
    shown: Sequence[Edit] | None = None,
    base: Case | None = None,
    instead: tuple[str, str] | None = None,
    command: str = "",
) -> View:
    """Return the document about the changes between two sets, both as they are read in the current language.

    `shown` are the edits as that language tells them, `base` is the base case from which the cases of the meaning are
    told. Where there is no meaning, `instead` says why and what the way out is; without it the document says that
    nothing was proved. `command` is what makes the document again.
    """
    edits = changes.edits if shown is None else tuple(shown)
    speeches = Speech(before), Speech(after)
    meaning = None if base is None else changes.meaning
    rules = [one for one in edits if one.layer == "structure"]
    texts = [one for one in edits if one.layer == "words"]
    old, new = changes.before, changes.after
    facts = {
        "changes": changes,
        "after": after,
        "meaning": meaning,
        "not_proved": instead and {"why": f"{instead[0][:1].upper()}{instead[0][1:]}.", "way_out": instead[1]},
        "rules": len(rules),
        "promises": sum(map(_is_promise, rules)),
        "reworded": len(texts),
        "tone": "mild" if all(map(_is_promise, rules)) else "middle",
        "is_backwards": _number(new.version) < _number(old.version),
        "is_written_otherwise": old.digest != new.digest and not (changes.renamed or changes.of("words", "structure")),
        "where": [(part, _counts(several)) for part, several in by_part([*rules, *texts]).items()],
        "called_otherwise": [renamed(one) for one in changes.renamed],
        "renamed": [hint(one) for one in rules if one.looks_renamed and one.kind == "added"],
        "structure": [(part, list(by_record(several).values())) for part, several in by_part(rules).items()],
        "texts": [each for several in by_part(texts).values() for each in by_record(several).values()],
        "called": _called(changes),
        "command": command,
        "engine_version": __version__,
        "kind_word": kind_word,
        "part_title": part_title,
        "coded": coded,
        **RECORD_WORDS,
        **_functions(changes, speeches),
        **(_of_meaning(changes, meaning, edits, speeches, base) if meaning is not None and base is not None else {}),
    }
    made = page.view(
        "changes",
        facts,
        case_id=new.name,
        on=new.in_force_from,
        kept_by=f"{new.name} {new.digest[:SHOWN_DIGEST]}",
        must=(Must("digest", old.digest), Must("digest", new.digest)),
    )
    return without_dead_ends(dataclasses.replace(made, language=language_of(after)))


def _of_meaning(
    changes: Changes, meaning: Meaning, edits: Sequence[Edit], speeches: Pair, base: Case
) -> dict[str, Any]:
    after = speeches[1].criteria
    cases = Cases(meaning, edits, speeches, Examples((after, speeches[0].criteria), base))
    return {
        "sentence": sentence(meaning, after),
        "tone": tone(meaning),
        "moved": list(moved(meaning, after, cases)),
        "needed": coded(_(BUMP_SENTENCES[meaning.required.bump], why=meaning.required.why), "strong"),
        "step": step(changes),
        "cases": cases,
        "shown_cases": meaning.cases(),
        "tables": tables(meaning, after),
        "asked": [one for one in DIRECTIONS if any(shift.direction == one for shift in meaning.shifts)],
        "days": [day(one) for one in meaning.days],
        "not_decided": _(NOT_DECIDED),
        "any_only_open": any(one.only_open for one in meaning.shifts),
        "given_up": sum(one.status == "undecided" for one in meaning.shifts),
    }


def _functions(changes: Changes, speeches: Pair) -> dict[str, Any]:
    """Return what the page may ask about edits: each is told by the version that has what it is about."""

    def speech_of(edit: Edit) -> Speech:
        return speeches[0 if edit.kind == "removed" else 1]

    def whole_of(edits: Sequence[Edit]) -> Edit | None:
        return next((one for one in edits if not within(one) and one.kind in {"added", "removed"}), None)

    def record_speech(edits: Sequence[Edit]) -> Speech:
        whole = whole_of(edits)
        return speech_of(whole) if whole else speeches[1]

    return {
        "whole_of": whole_of,
        "titled": lambda edits: titled(edits[0], record_speech(edits)),
        "place_in_catalogue": lambda edit: anchor(edit.loc) or "",
        "hints": lambda edits: list(dict.fromkeys(hint(one) for one in edits if one.looks_renamed)),
        "entry_of": lambda edit: (*_entry(edit, speech_of(edit)), speech_of(edit)),
        "rows_of": lambda edits: list(_rows(edits, changes, speeches)),
        "ranks": lambda edit: _ranks(edit, record_speech([edit])),
        "words_used": lambda edits: _words_used(edits, speeches),
        "readers_of": _readers,
        "place_name": lambda edit: words(label(edit, speech_of(edit))) if within(edit) else "",
        "reworded_lines": lambda edit: _reworded(edit, speeches),
    }


def _is_promise(edit: Edit) -> bool:
    return edit.loc[0] == "invariants" and edit.loc[1:2] != ("facts",)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _counts(edits: Sequence[Edit]) -> dict[str, int]:
    """Return how many records of a part are new, gone and changed, in how many places, and how many words."""
    rules = [one for one in edits if one.layer == "structure"]
    whole = {one.record: one.kind for one in rules if not within(one) and one.kind in {"added", "removed"}}
    places = [one for one in rules if one.record not in whole]
    kinds = list(whole.values())
    return {
        "new": kinds.count("added"),
        "gone": kinds.count("removed"),
        "places": len(places),
        "records": len(by_record(places)),
        "words": len(edits) - len(rules),
    }


def _called(changes: Changes) -> tuple[str, str]:
    """Return what the two versions are called for short: by their numbers, if these tell them apart."""
    before, after = changes.before.version, changes.after.version
    return (before, after) if before != after else (_("Before"), _("After"))


def _rows(edits: Sequence[Edit], changes: Changes, speeches: Pair) -> Iterator[tuple[Line, Line, Line]]:
    """Yield each place that changes: what it is called, and what stood there before and stands there now."""
    moved_lists = {one.loc[:-1] for one in edits if one.kind in {"added", "removed"}}
    moved_lists |= {one.loc for one in edits if one.kind == "reordered"}
    for one in edits:
        is_recounted = any(one.loc[: len(way)] == way and len(one.loc) > len(way) for way in moved_lists)
        version = _called(changes)[one.kind == "added"]
        named = label(one, speeches[0 if one.kind == "removed" else 1], version if is_recounted else "")
        yield (named, *_sides(one, speeches))


def _sides(edit: Edit, speeches: Pair) -> tuple[Line, Line]:
    if edit.kind == "reordered":
        return _orders(edit, speeches)
    before, after = _below(told(edit, edit.before, speeches[0])), _below(told(edit, edit.after, speeches[1]))
    if edit.before is None or edit.after is None:
        return before, after
    if before == after:
        return alike(before, written(plain(edit.before)), written(plain(edit.after)))
    return sides(before, after)


def _words_used(edits: Sequence[Edit], speeches: Pair) -> list[Line]:
    """Return what the named conditions mean that the changed sentences use, as the later version has them.

    Of a named condition itself only the next ones: along a chain each would list all the others.
    """
    found: dict[str, Line] = {}
    most = MOST_WORDS if edits[0].loc[0] == "definitions" else None
    for speech, values in zip(speeches, ([one.before for one in edits], [one.after for one in edits]), strict=True):
        conditions = [condition for one in values for condition in conditions_in(one)]
        used = speech.definitions_used(conditions, most and most + 1)
        found |= {name: meaning_of(name, speech) for name in used}
    lines = list(found.values())
    return lines if most is None or len(lines) <= most else [*lines[:most], say(_("and others, which they use"))]


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


def _ranks(edit: Edit, speech: Speech) -> bool:
    """Return whether an order means anything to a result."""
    match edit.loc:
        case ("ladders", _, "rules" | "levels") | ("head", "severity", "bands"):
            return True
        case ("entities", str() as entity, "facts", str() as short, "options"):
            return ordered_options(speech.criteria.fact(f"{entity}.{short}")) is not None
        case _:
            return False


def _readers(edits: Sequence[Edit], whole: Edit | None) -> list[str]:
    """Return what reads a record; of one that is new or gone and has readers on its own part of the page, nothing."""
    if whole and whole.loc[0] in {"entities", "tables", "controls"}:
        return []
    return [one.partition(" ")[2] for one in dict.fromkeys(reader for each in edits for reader in each.read_by)]


def _entry(edit: Edit, speech: Speech) -> tuple[str, Any, Any]:
    """Return a record that is new or gone as the catalogue has it: kind, name, content; else its lines."""
    criteria = speech.criteria
    match edit.loc:
        case ("indicators" | "ladders" | "definitions" | "controls" | "parameters" as part, str() as name):
            return part.removesuffix("s"), name, getattr(criteria, part)[name]
        case ("awareness", str() as name):
            return "awareness", name, criteria.awareness[name]
        case ("entities", str() as entity, "facts", str() as short):
            return "fact", f"{entity}.{short}", criteria.fact(f"{entity}.{short}")
        case ("entities", str() as entity):
            return "entity", entity, criteria.entities[entity]
        case ("tables", str() as table, "columns", str() as column):
            return "column", (table, column), criteria.tables[table].columns[column]
        case ("tables", str() as table):
            return "table", table, criteria.tables[table]
        case ("invariants", "facts" | "results" | "alone" | "same" as kind, str() as name):
            return "invariant", name, getattr(criteria.invariants, kind)[name]
        case ("invariants", "undirected", str() as name):
            return "lines", name, [criteria.invariants.undirected[name].because]
        case _:
            return "lines", "", told(edit, edit.after if edit.before is None else edit.before, speech)


def _reworded(edit: Edit, speeches: Pair) -> tuple[Line, ...]:
    """Return what is different in words, marked in them."""
    before = () if edit.before is None else told(edit, edit.before, speeches[0])
    after = () if edit.after is None else told(edit, edit.after, speeches[1])
    return lines_merged(before, after)
