"""An answer that is pointed at: one of several options, or all that apply, each also found by its number.

questionary draws the options; the keys are ours, since each of them means here what it means as a line elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.filters import Always, Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import ConditionalMargin, ScrollbarMargin, ScrollOffsets, Window
from questionary.prompts.common import InquirerControl

from risk_engine.cli.arrows.endings import add_endings
from risk_engine.cli.arrows.frame import STYLE, Frame, listed, wrapped
from risk_engine.interview.asking import Asked, Chosen, Command, Reply
from risk_engine.language import _

_LEAD = len(" » ")
_BOX = len("● ")
_BAR = 1
"""So wide is what shows that there is more above or below."""


@dataclass(frozen=True)
class Row:
    """One line that can be pointed at: what is typed for it, and the option that it means."""

    typed: str
    title: str
    option: str | None = None


@dataclass(frozen=True)
class Place:
    """Where somebody is at a question: the row that is pointed at, and those that are marked."""

    pointed_at: int
    marked: tuple[Row, ...]


def ask_list(asked: Asked, standing: str, place: Place | None = None) -> tuple[Reply, Place]:
    """Let one option, or several, be pointed at; return them, or what is typed for what was done instead.

    It begins at a place, and returns the one where it was left. Raises EOFError where nothing will come any more.
    """
    one = _List(asked, standing)
    if place is not None:
        one.place = place
    return one.ask(), one.place


class _List:
    def __init__(self, asked: Asked, standing: str) -> None:
        self.asked = asked
        self.is_several = asked.kind == "several"
        self.rows = rows(asked)
        self.digits = ""
        choices = [questionary.Choice("", value=one) for one in self.rows]
        make = questionary.checkbox if self.is_several else questionary.select
        self.application: Application[Any] = make(
            "", choices, style=STYLE, use_jk_keys=False, erase_when_done=True
        ).application
        self.frame = Frame(asked, standing, asked.notes, [listed([*self._own_keys(), *asked.commands])])
        (window,) = (
            one for one in self.application.layout.find_all_windows() if isinstance(one.content, InquirerControl)
        )
        self.window, self.control = window, _control(window)
        self._mark()
        # Where the keys go there is nothing to edit; the cursor shows to a magnifier or a reader what is pointed at.
        self.control.focusable, self.control.show_cursor = Always(), True
        window.wrap_lines = Always()
        window.right_margins = [ConditionalMargin(ScrollbarMargin(display_arrows=True), Condition(self._is_cut))]
        window.scroll_offsets = ScrollOffsets(bottom=lambda: self._height(self.control.pointed_at) - 1)
        self.frame.put_around(self.application, window, window)
        self.application.key_bindings = self._keys()
        self.application.before_render += self._lay_out

    @property
    def place(self) -> Place:
        return Place(self.control.pointed_at, tuple(self.control.selected_options))

    @place.setter
    def place(self, place: Place) -> None:
        self.control.pointed_at, self.control.selected_options = place.pointed_at, [*place.marked]

    def ask(self) -> Reply:
        reply: Reply = self.application.run()
        return reply

    def _own_keys(self) -> list[Command]:
        found = [Command("↑↓", _("move"))]
        if self.is_several:
            found.append(Command(_("Space"), _("mark")))
        found.append(Command(_("Enter"), _("take what is marked") if self.is_several else _("choose")))
        return found

    # --- what is pointed at and marked ---

    def _mark(self) -> None:
        """Point at the answer that stands, else at what leaves the question open: Enter alone changes nothing."""
        chosen = self.asked.chosen
        standing = [one for one in self.rows if chosen is not None and one.option in chosen]
        if chosen == () and self.asked.none:
            standing = [one for one in self.rows if one.typed == "0"]
        self.control.pointed_at = self.rows.index(standing[0]) if standing else 0
        if self.is_several:
            self.control.selected_options = standing or [self.rows[0]]

    def _toggle(self) -> None:
        marked, row = self.control.selected_options, self.rows[self.control.pointed_at]
        if row in marked:
            marked.remove(row)
        elif row.option is None:  # none of them, or not known: this stands alone
            marked[:] = [row]
        else:
            marked[:] = [*(one for one in marked if one.option is not None), row]
        self.frame.problem = ""

    def _taken(self) -> Reply:
        """Return what Enter takes."""
        if not self.is_several:
            row = self.rows[self.control.pointed_at]
            return row.typed if row.option is None else Chosen((row.option,))
        marked: list[Row] = self.control.selected_options
        if all(one.option is not None for one in marked):
            return Chosen(tuple(one.option for one in self.rows if one in marked and one.option is not None))
        return Chosen(()) if marked[0].typed == "0" else marked[0].typed

    # --- keys ---

    def _keys(self) -> KeyBindings:
        keys, last = KeyBindings(), len(self.rows) - 1

        def point(name: str, to: Callable[[int], int]) -> None:
            @keys.add(name)
            def _point(_event: KeyPressEvent) -> None:
                self.digits = ""
                self.control.pointed_at = to(self.control.pointed_at) % (last + 1)

        point("up", lambda now: now - 1)
        point("down", lambda now: now + 1)
        for name in ("home", "pageup"):
            point(name, lambda _now: 0)
        for name in ("end", "pagedown"):
            point(name, lambda _now: last)

        @keys.add("enter")
        @keys.add("c-j")  # what Enter sends while the screen is between two questions
        def _take(event: KeyPressEvent) -> None:
            if self.is_several and not self.control.selected_options:
                self.frame.problem = nothing_marked(self.asked)
            else:
                event.app.exit(result=self._taken())

        add_endings(keys)

        @keys.add("c-z")
        def _suspend(event: KeyPressEvent) -> None:
            event.app.suspend_to_background()

        @keys.add(Keys.Any)
        def _any(event: KeyPressEvent) -> None:
            self._typed(event.data.casefold(), event)

        return keys

    def _typed(self, key: str, event: KeyPressEvent) -> None:
        does = {one.typed for one in (*self.asked.commands, *([self.asked.leave] if self.asked.leave else []))}
        if key in does:
            event.app.exit(result=key)
        elif key == " " and self.is_several:
            self._toggle()
        elif key.isdecimal():
            self._point_at_number(key)
        else:
            self._point_at_letter(key)

    def _point_at_number(self, digit: str) -> None:
        """Point at the option of this number; a second digit goes on with the first."""
        numbers = [one.typed for one in self.rows]
        self.digits = next((one for one in (self.digits + digit, digit) if one in numbers), "")
        if self.digits:
            self.control.pointed_at = numbers.index(self.digits)

    def _point_at_letter(self, letter: str) -> None:
        """Point at the next option that begins so."""
        self.digits, now = "", self.control.pointed_at
        order = [*range(now + 1, len(self.rows)), *range(now + 1)]
        found = (at for at in order if self.rows[at].title.casefold().startswith(letter))
        self.control.pointed_at = next(found, now)

    # --- how it looks ---

    def _lines(self, at: int) -> list[str]:
        """Return the title of a row in lines; further ones stand under its words."""
        row = self.rows[at]
        width = max(len(one.typed) for one in self.rows)
        first = f"{row.typed:>{width}}  "
        lead = _LEAD + (_BOX if self.is_several else 0)
        return wrapped(row.title, self.frame.width - lead - _BAR, first, " " * len(first))

    def _height(self, at: int) -> int:
        return len(self._lines(at))

    def _is_cut(self) -> bool:
        shown = self.window.render_info
        return shown is not None and shown.content_height > shown.window_height

    def _lay_out(self, _application: Application[Any]) -> None:
        lead = "\n" + " " * (_LEAD + (_BOX if self.is_several else 0))
        for at, choice in enumerate(self.control.choices):
            style = "class:pointed" if at == self.control.pointed_at else "class:text"
            choice.title = [(style, lead.join(self._lines(at)))]


def rows(asked: Asked) -> list[Row]:
    """Return what can be pointed at: first what leaves the question open, so that nothing is answered by mistake."""
    found = [] if asked.leave is None else [Row(asked.leave.typed, asked.leave.title)]
    found += [Row(f"{number}", one.title, one.name) for number, one in enumerate(asked.options, 1)]
    return [*found, Row("0", asked.none)] if asked.none else found


def nothing_marked(asked: Asked) -> str:
    """Return what is wrong where nothing is marked at all: it could mean two things."""
    leave = asked.leave.title if asked.leave else ""
    return _("nothing is marked: mark what applies, or “{none}”, or “{leave}”", none=asked.none, leave=leave)


def _control(window: Window) -> InquirerControl:
    assert isinstance(window.content, InquirerControl)  # noqa: S101 (for the type checker)
    return window.content
