"""Where answers are pointed at, and where they are lines."""

import io
import sys

import pytest

from risk_engine.cli.arrows import dialogue
from risk_engine.cli.arrows.terminal import Arrows
from risk_engine.cli.dialogue import Dialogue


class _Stream(io.TextIOWrapper):
    def __init__(self, encoding: str, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


class _Place:
    """Where a dialogue takes place: a terminal that can show everything, unless a test says otherwise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.environment: dict[str, str] = {"TERM": "xterm-256color"}
        self.stdin: _Stream | None = _Stream("utf-8", is_terminal=True)
        self.stdout = _Stream("UTF-8", is_terminal=True)

    def form(self, *, plain: bool = False) -> type[Dialogue]:
        with self.monkeypatch.context() as here:
            here.delenv("TERM", raising=False)
            for name, value in self.environment.items():
                here.setenv(name, value)
            here.setattr(sys, "stdin", self.stdin)
            here.setattr(sys, "stdout", self.stdout)
            return type(dialogue(plain=plain))


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> _Place:
    return _Place(monkeypatch)


def test_a_terminal_that_can_move_its_cursor_has_keys(place: _Place) -> None:
    assert place.form() is Arrows
    place.environment["NO_COLOR"] = "1"
    assert place.form() is Arrows


def test_who_wants_lines_gets_lines(place: _Place) -> None:
    assert place.form(plain=True) is Dialogue


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "unknown"}, {}])
def test_a_terminal_that_cannot_has_lines(place: _Place, environment: dict[str, str]) -> None:
    place.environment = environment
    assert place.form() is Dialogue


@pytest.mark.parametrize("stream", [_Stream("utf-8", is_terminal=False), None])
def test_answers_from_a_pipe_are_lines(place: _Place, stream: _Stream | None) -> None:
    place.stdin = stream
    assert place.form() is Dialogue


def test_what_goes_into_a_file_is_lines(place: _Place) -> None:
    place.stdout = _Stream("utf-8", is_terminal=False)
    assert place.form() is Dialogue


def test_what_cannot_show_the_signs_has_lines(place: _Place) -> None:
    place.stdout = _Stream("latin-1", is_terminal=True)
    assert place.form() is Dialogue


def test_without_the_extra_there_are_lines_and_a_word_about_it(place: _Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "questionary", None)
    for name in ("terminal", "lists", "fields"):
        monkeypatch.delitem(sys.modules, f"risk_engine.cli.arrows.{name}", raising=False)
    assert place.form() is Dialogue
    place.stdout.seek(0)
    assert "With the extra `interview`" in place.stdout.read()
