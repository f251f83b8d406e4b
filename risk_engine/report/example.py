"""A case that a proof or a comparison shows, told by how it differs from the base case of its set."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from risk_engine.files.language import _, ngettext
from risk_engine.model.case import UNKNOWN, Case, answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact
from risk_engine.model.proof import Example
from risk_engine.report.blocks import Line, Run, say, shortened, strong
from risk_engine.report.wording import day, fill

_MOST = 4
"""So many answers are told in a sentence."""
_QUESTION = 40
"""So many letters of a question are."""


class Examples:
    """Tells cases in the words of their criteria: of several sets each fact in those of the first that has it."""

    offers: ClassVar = frozenset({"contradictions", "controls", "differences"})
    """What templates may call."""

    def __init__(self, sets: Sequence[Criteria], base: Case) -> None:
        """Take the sets, in the current language, and the base case from which all cases are told."""
        self._sets = sets
        self._base = base

    def differences(self, example: Example) -> tuple[Line, ...]:
        """Return what is otherwise than in the base case, a line for each answer; that nothing is, in one line."""
        lines = [line for path, value in example.given.items() for line in self._told(path, value)]
        return tuple(lines) or (say(_("The base case itself, just as it is")),)

    def in_short(self, example: Example) -> str:
        """Return the same for a sentence: each question cut short, with its answer; of many only the first."""
        told = [one for path, value in example.given.items() for one in self.short(path, value)]
        told += [_("{control} in place", control=self._control(one) or one) for one in example.in_place]
        if len(told) > _MOST:
            rest = len(told) - _MOST + 1
            told = [*told[: _MOST - 1], ngettext("{number} answer more", "{number} answers more", rest)]
        return "; ".join(told) or _("the base case itself, just as it is")

    def short(self, path: str, value: Any) -> Iterator[str]:
        """Yield an answer for a sentence, of a new entry each that is otherwise than the first one's."""
        entity, *rest = path.split(".")
        match rest:
            case [_entry] if self._is_list(entity) and isinstance(value, Mapping):
                like = self._entry(entity, None)
                yield _("{list}: one more", list=self._title(entity))
                for short, each in value.items():
                    if short != "id" and each != (None if like is None else answer(like, short)):
                        yield self._short_answer(f"{entity}.{short}", each)
            case [*_entry, short]:
                yield self._short_answer(f"{entity}.{short}", value)
            case _:
                number = f"{len(value)}" if value else _("none")
                shown = _("not answered") if value == UNKNOWN else number
                yield _("{question}: {answer}", question=self._title(entity), answer=shown)

    def _short_answer(self, name: str, value: Any) -> str:
        fact, number = self._fact(name)
        question = self._sets[number].title_of(name) if fact else name
        shown = _("not answered") if value == UNKNOWN else self._shown(fact, value, number)
        question, shown = shortened(question, _QUESTION), shortened(shown, _QUESTION)
        is_asked = question.endswith(("?", "…"))
        return f"{question} {shown}" if is_asked else _("{question}: {answer}", question=question, answer=shown)

    def controls(self, example: Example) -> tuple[Line, ...]:
        """Return the controls that are in place in it, with their titles."""
        return tuple(say(Run(one, ref=f"control-{one}"), f" {self._control(one)}") for one in example.in_place)

    def contradictions(self, example: Example) -> tuple[Line, ...]:
        """Return which contradictions among its answers the set names."""
        titles = {name: one.title for criteria in self._sets for name, one in criteria.invariants.facts.items()}
        return tuple(say(strong(one), f" {titles.get(one, '')}") for one in example.contradicts)

    def _control(self, control: str) -> str:
        return next((one.controls[control].title for one in self._sets if control in one.controls), "")

    def _told(self, path: str, value: Any) -> Iterator[Line]:
        entity, *rest = path.split(".")
        match rest:
            case [entry, short] if self._is_list(entity):
                yield self._answer(f"{entity}.{short}", path, value, self._entry(entity, entry))
            case [entry] if self._is_list(entity):
                yield from self._further(entity, {"id": entry, **value})
            case [short]:
                yield self._answer(path, path, value, getattr(self._base, entity, None))
            case _:
                yield from self._list(entity, value)

    def _list(self, entity: str, entries: Any) -> Iterator[Line]:
        title = strong(self._title(entity))
        if entries == UNKNOWN:
            yield fill(_("{list}: not answered whether there are any"), list=title)
            return
        yield say(
            title, ": ", ngettext("{number} entry in all", "{number} entries in all", len(entries)) if entries
            else _("none")
        )  # fmt: skip
        for one in entries:
            yield from self._further(entity, one)

    def _further(self, entity: str, stated: Mapping[str, Any]) -> Iterator[Line]:
        """Yield an entry that the base case does not have, as its differences from the first one that it has."""
        name, first = stated["id"], self._entry(entity, None)
        own = self._entry(entity, name) or first
        new = Run(f"{entity}.{name}", "code")
        if own is None:
            yield fill(_("{list}: a new entry {name}"), list=strong(self._title(entity)), name=new)
        elif answer(own, "id") != name:
            like = Run(f"{entity}.{answer(own, 'id')}", "code")
            message = _("{list}: one more entry {name}, otherwise like {first}")
            yield fill(message, list=strong(self._title(entity)), name=new, first=like)
        facts = {short for one in self._sets if entity in one.entities for short in one.entities[entity].facts}
        for short in dict.fromkeys((*stated, *sorted(facts))):
            there = answer(own, short) if own is not None else None
            if short != "id" and stated.get(short) != there:
                yield self._answer(f"{entity}.{short}", f"{entity}.{name}.{short}", stated.get(short, UNKNOWN), own)

    def _answer(self, name: str, path: str, value: Any, entry: Any) -> Line:
        fact, number = self._fact(name)
        question = self._sets[number].title_of(name) if fact else ""
        before = answer(entry, name.partition(".")[2])
        now = strong(_("not answered") if value == UNKNOWN else self._shown(fact, value, number))
        told = say(f"{question} " if question else "", Run(path, "code", ref=f"fact-{name}"))
        if before is None:
            return fill(_("{question}: {answer}"), question=told, answer=now)
        was = self._shown(fact, before, number)
        return fill(_("{question}: {answer}; in the base case {before}"), question=told, answer=now, before=was)

    def _shown(self, fact: AnyFact | None, value: Any, number: int) -> str:
        return day(value) if isinstance(value, date) else self._sets[number].shown(fact, value)

    def _fact(self, name: str) -> tuple[AnyFact | None, int]:
        entity, _dot, short = name.partition(".")
        for number, one in enumerate(self._sets):
            if entity in one.entities and short in one.entities[entity].facts:
                return one.entities[entity].facts[short], number
        return None, 0

    def _is_list(self, entity: str) -> bool:
        return any(entity in one.entities and one.entities[entity].many is not None for one in self._sets)

    def _title(self, entity: str) -> str:
        return next((one.entities[entity].title for one in self._sets if entity in one.entities), entity)

    def _entry(self, entity: str, name: str | None) -> Any:
        """Return the entry of the base case with an id, or its first one; None where there is none."""
        stated = getattr(self._base, entity, None) or ()
        return next((one for one in stated if name is None or answer(one, "id") == name), None)
