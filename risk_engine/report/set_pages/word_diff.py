"""What is different between two texts, word by word, as people read it."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from risk_engine.report.blocks import Line, Run

_WORD = re.compile(r"\s*(?:\w+(?:[.'’_-]\w+)*[,.;:!?]*|[^\w\s])|\s+$")
_ISLAND = 2
"""So few words between two changes are read as part of them: a text of alternating words is not readable."""
_OPENING = frozenset("“„«(")
"""Signs with which a word begins that belongs to them."""
_ALIKE = 0.35
"""Lines that have less in common are not compared word by word."""


class _Stretch(NamedTuple):
    """Words that both lines have, or what stands in one in place of what stands in the other."""

    is_same: bool
    before: list[Run]
    after: list[Run]


def merged(before: Line, after: Line) -> Line:
    """Return both lines as one, in which what is gone and what is new is marked."""
    made: list[Run] = []
    for one in _stretches(before, after):
        if one.is_same:
            made += one.after
            continue
        made += _marked(one.before, "removed")
        if one.before and one.after and not one.after[0].text[:1].isspace():
            made.append(Run(" "))
        made += _marked(one.after, "added")
    return _joined(made)


def sides(before: Line, after: Line) -> tuple[Line, Line]:
    """Return both lines, what only the earlier one has marked in it, and what only the later one has in that.

    Where they have too little in common, nothing is marked: that all is different is seen without.
    """
    stretches = _stretches(before, after)
    if not any(one.is_same for one in stretches):
        return before, after
    old = [run for one in stretches for run in (one.before if one.is_same else _marked(one.before, "removed"))]
    new = [run for one in stretches for run in (one.after if one.is_same else _marked(one.after, "added"))]
    return _joined(old), _joined(new)


def lines_merged(before: Sequence[Line], after: Sequence[Line]) -> tuple[Line, ...]:
    """Return what is different between two lists of lines; a line in the place of another is compared word by word."""
    made: list[Line] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        old, new = before[first:last], after[start:end]
        made += [merged(*pair) for pair in zip(old, new, strict=False)]
        made += [_joined(_marked(_words(one), "removed")) for one in old[len(new) :]]
        made += [_joined(_marked(_words(one), "added")) for one in new[len(old) :]]
    return tuple(made)


def _words(line: Line) -> list[Run]:
    return [dataclasses.replace(run, text=text) for run in line for text in _WORD.findall(run.text)]


def _stretches(before: Line, after: Line) -> list[_Stretch]:
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, [_key(one) for one in old], [_key(one) for one in new], autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [_Stretch(is_same=False, before=old, after=new)]
    found = [
        _Stretch(tag == "equal", old[first:last], new[start:end])
        for tag, first, last, start, end in matcher.get_opcodes()
    ]
    return list(_without_islands(_slid(found)))


def _slid(stretches: list[_Stretch]) -> list[_Stretch]:
    """Return stretches in which what is only new, or only gone, begins with its sign, not with that of the next word.

    Of `“a”, “b”` the new `“a”, ` and the new `a”, “` are the same change; the first is the one that people read.
    """
    made = list(stretches)
    for number in range(1, len(made)):
        same, one = made[number - 1], made[number]
        changed = one.before or one.after
        if one.is_same or (one.before and one.after) or not same.after or _opens(changed[0]):
            continue
        if _opens(changed[-1]) and _key(same.after[-1]) == _key(changed[-1]):
            is_new, last = bool(one.after), changed[-1]
            first = same.after[-1] if is_new else same.before[-1]
            moved = [first, *changed[:-1]]
            old, new = (same.before[-1], last) if is_new else (last, same.after[-1])
            rest = made[number + 1 : number + 2] or [_Stretch(is_same=True, before=[], after=[])]
            made[number - 1] = _Stretch(is_same=True, before=same.before[:-1], after=same.after[:-1])
            made[number] = _Stretch(is_same=False, before=[] if is_new else moved, after=moved if is_new else [])
            made[number + 1 : number + 2] = [
                _Stretch(is_same=True, before=[old, *rest[0].before], after=[new, *rest[0].after])
            ]
    return [one for one in made if one.before or one.after]


def _opens(word: Run) -> bool:
    return word.text.strip() in _OPENING


def _key(word: Run) -> tuple[str, str]:
    return word.text.strip(), word.style


def _without_islands(stretches: list[_Stretch]) -> Iterator[_Stretch]:
    """Yield stretches, a few words between larger changes taken into them."""
    held: _Stretch | None = None
    for number, one in enumerate(stretches):
        is_island = (
            one.is_same
            and 0 < number < len(stretches) - 1
            and len(one.after) <= _ISLAND
            and all(len(near.before) + len(near.after) > _ISLAND for near in stretches[number - 1 : number + 2 : 2])
        )
        if one.is_same and not is_island:
            if held is not None:
                yield held
            held = None
            yield one
        elif held is None:
            held = _Stretch(is_same=False, before=one.before, after=one.after)
        else:
            held = _Stretch(is_same=False, before=[*held.before, *one.before], after=[*held.after, *one.after])
    if held is not None:
        yield held


def _marked(words: Sequence[Run], change: Literal["added", "removed"]) -> list[Run]:
    """Return words as changed; the space before the first is not."""
    if not words:
        return []
    first, *others = words
    bare = first.text.lstrip()
    space = first.text[: len(first.text) - len(bare)]
    changed = [dataclasses.replace(one, change=change) for one in (dataclasses.replace(first, text=bare), *others)]
    return [*([Run(space)] if space else []), *changed]


def _joined(words: Sequence[Run]) -> Line:
    """Return words as runs as long as they can be."""
    made: list[Run] = []
    for one in words:
        if made and dataclasses.replace(made[-1], text="") == dataclasses.replace(one, text=""):
            made[-1] = dataclasses.replace(one, text=made[-1].text + one.text)
        else:
            made.append(one)
    return tuple(run for run in made if run.text)
