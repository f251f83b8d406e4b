"""What stood at the place of a change before and stands there now, as people read it, and what differs word by word."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple, TypeGuard, TypeVar, get_args

from risk_engine.files.language import _, pgettext
from risk_engine.model.changes import Edit, Step
from risk_engine.model.conditions import Condition, Node, ParameterRef
from risk_engine.model.criteria import Authorship, Option, Records
from risk_engine.model.facts import AnyFact, Entity, shown
from risk_engine.model.ladders import Level, LevelRef, Rule, Titled
from risk_engine.model.tables import Citation, DatedValue, Row, Source
from risk_engine.model.words import Deprecation, FormerFact, FormerName, Period
from risk_engine.report.blocks import Line, Run, joined, mark, say, strong
from risk_engine.report.set_pages import record_words
from risk_engine.report.set_pages.record_words import drawn_up, in_force, with_facts
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import at_level, day, fill, kind_of_source, web_link

T = TypeVar("T")

_NAME = re.compile(r"[\w.-]+")


def alike(read: Line, before: str, after: str) -> tuple[Line, Line]:
    """Return what people read as the same words on both sides, and by which names each side says it."""
    names = [dict.fromkeys(_NAME.findall(one)) for one in (before, after)]
    own = [[one for one in mine if one not in others] for mine, others in (names, names[::-1])]
    if not any(own):  # not by other names, but in another form
        lines = [(Run(before, "code"),), (Run(after, "code"),)]
        return _written_so(read, lines[0]), _written_so(read, lines[1])
    gone = joined(((Run(one, "code", change="removed"),) for one in own[0]), ", ")
    new = joined(((Run(one, "code", change="added"),) for one in own[1]), ", ")
    return _written_so(read, gone or say("–")), _written_so(read, new or say("–"))


def _written_so(read: Line, names: Line) -> Line:
    return fill(_("{sentence} (the same words; in the file: {names})"), sentence=read, names=names)


NOTHING = "–"


def told(edit: Edit, value: Any, speech: Speech) -> tuple[Line, ...]:
    """Return the lines that say what a value at the place of an edit is; one line where there is no value."""
    match value:
        case None:
            return (_absent(edit, speech),)
        case Authorship():
            return drawn_up(value)
        case tuple() if _are(value, Citation):
            return tuple(speech.citation(one) for one in value)
        case tuple() if edit.loc[-1] == "because":
            return tuple(with_facts(one) for one in value)
        case tuple() if edit.loc[-1] == "notice":
            return tuple(say(one) for one in value)
        case dict() if edit.loc[-1] == "changeable":
            return tuple(record_words.change_to(one, text, _fact(edit, speech)) for one, text in value.items())
        case _:
            return (_line(edit, value, speech),)


def _absent(edit: Edit, speech: Speech) -> Line:
    """Return what holds where nothing is said: a cell without a value has that of every other row."""
    match edit.loc:
        case ("tables", str() as table, "columns", str() as column, "values", _):
            known = speech.criteria.tables.get(table)
            there = known.columns.get(column) if known else None
            if there is not None and there.otherwise is not None:
                value = record_words.value_of(there.otherwise, speech.criteria.reader_of(table, column))
                return say(_("{value}, as every row that is not named", value=value))
            return say(_("not known"))
        case _:
            return say(NOTHING)


def _line(edit: Edit, value: Any, speech: Speech) -> Line:
    if _is_condition(value) or (value == "always" and _is_for_conditions(edit.loc)):
        return speech.condition(value)
    match value:
        case Option() | Rule() | LevelRef() | Level() | ParameterRef():
            return _of_rules(edit, value, speech)
        case Titled(title=title, explain=explain):
            return say(strong(title), f" {explain or ''}")
        case Row(name=name, aliases=aliases):
            return say(f"{name} ({', '.join(aliases)})" if aliases else name)
        case Entity(title=title):
            return say(strong(title))
        case Deprecation():
            return record_words.not_offered(value)
        case Period():
            return say(in_force(value) or pgettext("in force", "always"))
        case Records(fact=fact, is_=answer):
            words = shown(speech.criteria.fact(fact), answer)
            return fill(_("{fact} is answered with “{answer}”"), fact=Run(fact, "code"), answer=words)
        case Citation():
            return speech.citation(value)
        case Source():
            return say(Run(value.instrument, link=web_link(value.link)), f" ({kind_of_source(value.kind)})")
        case tuple() if _are(value, FormerName) or _are(value, FormerFact):
            return joined((record_words.formerly(one) for one in value), "; ")
        case tuple() if _are(value, DatedValue):
            return joined((_dated(edit, one, speech) for one in value), "; ")
        case _ if isinstance(value, AnyFact):
            return joined((line for field in record_words.answers(value, speech) for line in field.lines), "; ")
        case _:
            return _plain(edit, value, speech)


def _of_rules(edit: Edit, value: Any, speech: Speech) -> Line:
    match value:
        case Option():
            return record_words.option(value, speech)
        case Rule(level=level, when=when):
            named = strong(_level(f"{edit.loc[1]}", level, speech))
            marked = (" ", mark(_("provisional: unanswered facts count"))) if value.provisional else ()
            return say(*fill(_("{level}, if {condition}"), level=named, condition=speech.condition(when)), *marked)
        case LevelRef(ladder=ladder, level=level):
            return say(at_level(speech.criteria.ladders[ladder].title, _level(ladder, level, speech)))
        case Level():
            return say(strong(value.title), f" {value.answer}")
        case _:
            return record_words.months(value, speech)


def _plain(edit: Edit, value: Any, speech: Speech) -> Line:
    """Return a single value, or a list of names: what it means, its place says."""
    head = speech.criteria.head
    match edit.loc:
        case ("indicators", _, "dimension" | "ground" as kind):
            titles = head.dimensions if kind == "dimension" else head.grounds
            return say(titles[value].title)
        case ("controls", _, "who"):
            return say(head.asked_of[value])
        case ("controls", _, "effort"):
            return say(record_words.effort_word(value))
        case ("ladders", str() as ladder, *_, "level"):
            return say(strong(_level(ladder, value, speech)))
        case ("ladders", *_, "review_months"):
            return record_words.months(value, speech)
        case ("awareness", _, "kind"):
            return say(record_words.awareness_word(value))
        case ("sources", _, "kind"):
            return say(kind_of_source(value))
        case ("entities", _, "facts", _, *_):
            return _of_question(edit, value, _fact(edit, speech), speech)
        case ("head", "roles" | "families", *_) | ("invariants", _, _, "change" | "differ_in"):
            return joined(((Run(one, "code"),) for one in (value if isinstance(value, tuple) else (value,))), ", ")
        case ("tables", str() as table, "columns", str() as column, "values" | "otherwise", *_):
            return say(strong(record_words.value_of(value, speech.criteria.reader_of(table, column))))
        case _:
            return _bare(value)


def _fact(edit: Edit, speech: Speech) -> AnyFact:
    return speech.criteria.fact(f"{edit.loc[1]}.{edit.loc[3]}")


def _of_question(edit: Edit, value: Any, fact: AnyFact, speech: Speech) -> Line:
    match edit.loc[-1], value:
        case "asked_of", str():
            return say(speech.criteria.head.asked_of[value])
        case "riskier", _:
            return say(_(record_words.RISKIER[fact.type, value]))
        case "range", (int() as low, int() as high):
            return say(_("a whole number from {lowest} to {highest}", lowest=low, highest=high))
        case "otherwise", _:
            return say(shown(fact, value))
        case (("from" | "of" | "column"), str()):
            return say(Run(value, "code"))
        case _:
            return _bare(value)


def _bare(value: Any) -> Line:
    match value:
        case bool():
            return say(_("yes") if value else _("no"))
        case date():
            return say(day(value))
        case tuple():
            return say(", ".join(f"{one}" for one in value) or pgettext("values", "none"))
        case _:
            return say(f"{value}")


def order(edit: Edit, names: Sequence[Step], speech: Speech) -> Line:
    """Return an order of entries: levels by their titles, entries without a name by the number that they had before."""
    return joined(((_entry(edit, one, speech),) for one in names), ", ")


def _entry(edit: Edit, name: Step, speech: Speech) -> Run:
    match edit.loc:
        case ("entities", str() as entity, "facts", str() as short, "options"):
            options = getattr(speech.criteria.fact(f"{entity}.{short}"), "options", {})
            return Run(_("“{text}”", text=options.get(name, name)))
        case ("ladders", str() as ladder, "levels"):
            return Run(_level(ladder, f"{name}", speech))
        case _:
            return Run(f"{name + 1}") if isinstance(name, int) else Run(name, "code")


def conditions_in(value: Any) -> tuple[Condition, ...]:
    """Return the conditions that a value at the place of an edit is, or holds."""
    match value:
        case Option(when=when) | Rule(when=when) if when is not None:
            return (when,)
        case _:
            return (value,) if _is_condition(value) else ()


def written(part: Any) -> str:
    """Return plain data in one line as authors write it."""
    match part:
        case dict():
            return f"{{{', '.join(f'{key}: {written(one)}' for key, one in part.items())}}}"
        case list():
            return f"[{', '.join(map(written, part))}]"
        case bool():
            return "true" if part else "false"
        case _:
            return f"{part}"


def _dated(edit: Edit, dated: DatedValue, speech: Speech) -> Line:
    match edit.loc:
        case ("tables", str() as table, "columns", str() as column, *_):
            reader = speech.criteria.reader_of(table, column)
        case _:
            reader = None
    return say(strong(record_words.value_of(dated.value, reader)), f" {record_words.period_of(dated)}")


def _level(ladder: str, level: str, speech: Speech) -> str:
    """Return what a level is called; one of the other version as it is."""
    levels = speech.criteria.ladders[ladder].levels
    return levels[level].title if level in levels else level


def _is_for_conditions(loc: tuple[Step, ...]) -> bool:
    """Return whether a condition stands at a place, or the word that says there is none."""
    match loc:
        case (*_, "when" | "whenever") | ("indicators", _, "knock_out", _):
            return True
        case _:
            return False


def _are(value: tuple[Any, ...], kind: type[T]) -> TypeGuard[tuple[T, ...]]:
    return bool(value) and all(isinstance(one, kind) for one in value)


def _is_condition(value: Any) -> TypeGuard[Condition]:
    return isinstance(value, get_args(Node))


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
