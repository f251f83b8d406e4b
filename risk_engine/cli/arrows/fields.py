"""An answer that is typed: checked before it is taken; a row of a table is found by a part of its name, or its code."""

from collections.abc import Iterator, Sequence
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.validation import ValidationError, Validator

from risk_engine.cli.arrows.frame import STYLE, Frame, listed
from risk_engine.forms.names import same_label
from risk_engine.interview.asking import Asked, Chosen, Option, Reply
from risk_engine.language import _

_DATE = len("2026-01-31")
_MENU = 6
"""So many lines there are for rows that could be meant; more of them scroll."""


def ask_field(asked: Asked, standing: str) -> Reply:
    """Let an answer be typed and return it; raise EOFError where nothing will come any more."""
    line = _Field(asked, standing).application.run()
    if asked.said and line.strip() == asked.said:
        return ""  # as it was
    named = _named(line, asked.options)
    return line if named is None else Chosen((named.name,))


def _named(line: str, options: Sequence[Option]) -> Option | None:
    """Return the option that is called so, so that it can be shown by its name; None where none is."""
    said = same_label(line)
    by_title = (one for one in options if same_label(one.title) == said)
    return next(by_title, None) or next((one for one in options if said in map(same_label, one.also)), None)


class _Field:
    def __init__(self, asked: Asked, standing: str) -> None:
        self.asked = asked
        more: dict[str, Any] = {
            "validate": _Check(self),
            "validate_while_typing": Condition(self._is_ripe),
            "history": InMemoryHistory([asked.said] if asked.said else []),
            "enable_suspend": True,
        }
        if asked.kind == "row":
            more |= {"completer": Rows(asked.options), "reserve_space_for_menu": _MENU}
            question = questionary.autocomplete("", [], qmark=">", style=STYLE, erase_when_done=True, **more)
        else:
            question = questionary.text("", qmark=">", style=STYLE, erase_when_done=True, **more)
        self.application: Application[Any] = question.application
        notes = [*asked.typing, *asked.notes]
        if asked.said:
            notes.append(_("↑ brings the answer back, so that it can be changed."))
        self.frame = Frame(asked, standing, notes, self._keys())
        layout = self.application.layout
        self.frame.put_around(self.application, layout.container, layout.current_window)
        self.application.before_render += self._tell

    def _keys(self) -> list[str]:
        """Return what Enter alone does, and what can be typed instead of an answer."""
        leave, commands = self.asked.leave, self.asked.commands
        if leave and self.asked.said and leave.typed:
            commands = (leave, *commands)
        instead = _("Instead of an answer: {keys}", keys=listed(commands))
        return [_("Enter alone: {title}", title=leave.title), instead] if leave and not self.asked.said else [instead]

    def _is_ripe(self) -> bool:
        """Return whether what is typed so far can be judged already: half a date or number is no wrong one."""
        text = self.application.current_buffer.text.strip()
        match self.asked.kind:
            case "integer":
                return text.isascii() and text.isdecimal() and not can_become(text, self.asked.limits)
            case "date":
                return len(text) >= _DATE
            case _:
                return False

    def _tell(self, _application: Application[Any]) -> None:
        error = self.application.current_buffer.validation_error
        self.frame.problem = ""
        if isinstance(error, _ProblemError):
            # It stays in the line so that a slip can be mended; whoever types on would add to it.
            self.frame.problem = error.problem + "\n" + _("Ctrl-U empties the line.")


def can_become(digits: str, limits: tuple[int, int] | None) -> bool:
    """Return whether digits are a number within the limits, or the beginning of one.

    >>> can_become("1", (15, 18)), can_become("2", (15, 18)), can_become("16", (15, 18))
    (True, False, True)
    """
    if limits is None or not digits.strip("0"):
        return True
    begin, end = int(digits), int(digits) + 1
    while begin <= limits[1]:
        if end > limits[0]:
            return True
        begin, end = begin * 10, end * 10
    return False


class _ProblemError(ValidationError):
    """What is wrong; the frame shows it whole, where the toolkit has a single line for it."""

    def __init__(self, problem: str, cursor_position: int) -> None:
        super().__init__(cursor_position, "")
        self.problem = problem


class _Check(Validator):
    def __init__(self, field: _Field) -> None:
        self.field = field

    def validate(self, document: Document) -> None:
        """Refuse what is no answer, with what is accepted."""
        asked, line = self.field.asked, document.text
        if _named(line, asked.options) is None and (problem := asked.check(line)):
            raise _ProblemError(problem, len(line))


class Rows(Completer):
    """Finds rows by their name or code, by how those begin, or by a part of the name, in this order."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.options = options

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        """Yield what could be meant."""
        said = same_label(document.text)
        if not said:
            return
        found: list[tuple[int, Option]] = []
        for one in self.options:
            title, *also = (same_label(word) for word in (one.title, *one.also))
            if said == title or said in also:
                found.append((0, one))
            elif title.startswith(said):
                found.append((1, one))
            elif any(word.startswith(said) for word in also) or said in title:
                found.append((2, one))
        for _rank, one in sorted(found, key=lambda each: each[0]):
            yield Completion(one.title, start_position=-len(document.text), display_meta=one.name)
