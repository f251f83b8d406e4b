"""What stands around an answer on the screen: above it how the case stands and the question, below it the keys.

Everything is laid out anew whenever the screen gets another width.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Always
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import AnyContainer, Dimension, FormattedTextControl, HSplit, Layout, VerticalAlign, Window
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from risk_engine.interview.asking import Asked, Command
from risk_engine.report.harmless import clean_text

Fragments = StyleAndTextTuples

STYLE = Style(
    [
        ("about", ""),
        ("question", "bold"),
        ("pointed", "bold"),
        ("pointer", "bold ansicyan"),
        ("rule", "ansicyan"),
        ("problem", "bold ansired"),
        ("qmark", "bold ansicyan"),
        ("answer", "bold noinherit"),
        ("selected", "noreverse bold"),
        ("completion-menu.completion.current", "reverse"),
        ("validation-toolbar", "noinherit"),
        ("bottom-toolbar", "noreverse"),
    ]
)
"""No colour says anything that words do not."""

WIDEST = 100
_NARROWEST = 20
_FIRST = 100
_LEAST_BELOW = 3
"""A line for an answer, one between, and one for keys."""
_STAYS = "\N{NO-BREAK SPACE}"


def wrapped(text: str, width: int, first: str = "", below: str = "") -> list[str]:
    """Return a text in lines of this width, as wide as a terminal shows its letters; `first` and `below` lead them."""
    lines, line = [], first
    for word in clean_text(text).split(" "):
        space = " " if line not in {first, below} else ""
        if space and get_cwidth(f"{line} {word}") > width:
            lines.append(line)
            line, space = below, ""
        line += space + word
    return [*lines, line]


class Frame:
    """The lines around one answer."""

    def __init__(self, asked: Asked, standing: str, notes: Sequence[str], keys: Sequence[str]) -> None:
        self.asked = asked
        self.standing = standing
        self.notes = notes
        self.keys = keys
        self.problem = ""
        self._application: Application[Any] | None = None

    def put_around(self, application: Application[Any], inner: AnyContainer, focused: Window) -> None:
        """Put these lines around what takes the answer; on a low screen the question and what is wrong come first."""
        self._application = application
        # A terminal that does not tell where its cursor is does as well; the toolkit would say so at every question.
        application.renderer.cpr_not_supported_callback = None
        standing, question, problem, keys = (
            Window(FormattedTextControl(lines), wrap_lines=True, height=Dimension(weight=weight))
            for lines, weight in ((self._where, 1), (self._question, _FIRST), (self._wrong, _FIRST), (self._keys, 1))
        )
        standing.height = self._room_above
        rows = [standing, question, inner, problem, keys]
        application.layout = Layout(HSplit(rows, align=VerticalAlign.TOP), focused)
        for window in application.layout.find_all_windows():
            # The rest of the screen stays empty.
            window.dont_extend_height = Always()

    def _room_above(self) -> Dimension:
        """Return the lines for how the case stands: on a low screen none, for half of it would say something else."""
        wanted = len(wrapped(self.standing, self.width)) + 1 if self.standing else 0
        return Dimension.exact(wanted if wanted + self._needed <= self._rows else 0)

    @property
    def _rows(self) -> int:
        return self._application.output.get_size().rows if self._application else _FIRST

    @property
    def _needed(self) -> int:
        """So many lines there must be for the question, with what it is about, an answer, and the keys."""
        return 1 + len(self._head()) + len(self._asked()) + _LEAST_BELOW

    @property
    def width(self) -> int:
        """So many letters have room in a line."""
        columns = self._application.output.get_size().columns if self._application else WIDEST
        return max(min(columns, WIDEST), _NARROWEST)

    def _where(self) -> Fragments:
        return _joined([("", ""), *(("class:about", one) for one in wrapped(self.standing, self.width))])

    def _question(self) -> Fragments:
        lines: Fragments = [("class:rule", "─" * self.width if self._room_above().preferred else "")]
        if self._rows >= self._needed:
            lines += self._head()
        return _joined([*lines, *self._asked()])

    def _head(self) -> Fragments:
        return [("class:about", one) for one in wrapped(self.asked.head, self.width)] if self.asked.head else []

    def _asked(self) -> Fragments:
        lines: Fragments = [("class:question", one) for one in wrapped(self.asked.text, self.width)]
        for text in self.notes:
            lines += [("class:about", one) for one in wrapped(text, self.width, "  ", "  ")]
        return lines

    def _wrong(self) -> Fragments:
        lines: Fragments = []
        for text in self.problem.splitlines():
            lines += [("class:problem", one) for one in wrapped(text, self.width)]
        return _joined([*lines, ("", "")])

    def _keys(self) -> Fragments:
        return _joined([("class:about", one) for text in self.keys for one in wrapped(text, self.width)])


def listed(keys: Iterable[Command]) -> str:
    """Return keys with what they do; a key and its words stay together in one line."""
    return " · ".join(f"{one.typed} {one.title}".replace(" ", _STAYS) for one in keys)


def _joined(lines: Fragments) -> Fragments:
    return [(one[0], one[1] + ("" if one is lines[-1] else "\n")) for one in lines]
