"""The placeholders of an office template: a small part of Jinja, read and checked before anything is written.

A template names things, goes through lists and leaves parts out. It computes nothing, calls nothing and includes
nothing, so it can neither reach anything nor go on for ever; and each name is checked against what the document offers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias, assert_never

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.filters import do_capitalize, do_default, do_lower, do_title, do_trim, do_upper, sync_do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.report.blocks import shortened
from risk_engine.report.sandbox import in_own_words

_SHOWN = 60
"""So many letters of a paragraph say where something stands."""


@dataclass(frozen=True)
class TemplateProblem:
    """One problem, near a text of the template if it stands somewhere."""

    message: str
    help: str = ""
    near: str = ""


class TemplateError(RiskEngineError):
    """A template cannot be used as it is; `problems` holds every one that was found, in the order of the template."""

    def __init__(self, path: Path, problems: Iterable[TemplateProblem]) -> None:
        self.path = path
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(self._said(one) for one in self.problems))

    def _said(self, one: TemplateProblem) -> str:
        place = self.path.as_posix()
        if near := shortened(" ".join(one.near.split()), _SHOWN):
            place = _("{file}, near `{text}`", file=place, text=near)
        return printable(f"{place}: {one.message}") + help_line(printable(one.help))


class Single(Enum):
    """A thing without parts."""

    TEXT = "within a line"
    NUMBER = "whole, within a line, and can be compared"
    TRUTH = "yes or no, which a template asks for and never prints"
    WHOLE = "paragraphs, tables and pictures, which stand in place of a paragraph"


@dataclass(frozen=True)
class Many:
    """A list of things of one shape."""

    of: "Shape"


@dataclass(frozen=True)
class Parts:
    """A thing with named parts."""

    named: Mapping[str, "Shape"]


Shape: TypeAlias = Single | Many | Parts

_COUNTS = dict.fromkeys(("index", "index0", "revindex", "length"), Single.NUMBER)
LOOP = Parts({**_COUNTS, **dict.fromkeys(("first", "last"), Single.TRUTH)})
"""What `loop` is inside a loop."""


_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPENED = re.compile(r"\{[{%#]")
_CLOSES = {"{{": "}}", "{%": "%}", "{#": "#}"}
_TAGGED = re.compile(r"^(\{[{%])(?:-\s*)?(?:tr|tc|p|r)\s")
"""A placeholder for a whole row, cell, paragraph or run."""
_AROUND = {
    "for": ("", "{% endfor %}"),
    "endfor": ("{% for a in b %}", ""),
    "if": ("", "{% endif %}"),
    "elif": ("{% if a %}", "{% endif %}"),
    "else": ("{% if a %}", "{% endif %}"),
    "endif": ("{% if a %}", ""),
}
"""What a placeholder can do, with what makes it whole."""
_KINDS_OF_CELL = {"colspan", "cellbg", "vm"}
"""What docxtpl adds to these for the cells of a table."""


def unreadable(paragraphs: Iterable[str], env: Environment) -> list[TemplateProblem]:
    """Return what is wrong with single placeholders: one that is not closed, that says nothing, or too much."""
    found: list[TemplateProblem] = []
    for text in paragraphs:
        for tag in _tags(text):
            if tag is None:
                way_out = _("close it in the same paragraph, as in `{example}`", example="{{ title }}")
                found.append(TemplateProblem(_("a placeholder is not closed"), way_out, text))
            else:
                found += _unread(tag, text, env)
    return found


def _tags(text: str) -> Iterator[str | None]:
    """Yield the placeholders of a text; None where one is not closed."""
    done = 0
    while opened := _OPENED.search(text, done):
        end = text.find(_CLOSES[opened[0]], opened.end())
        if end < 0:
            yield None
            return
        done = end + 2
        yield text[opened.start() : done]


def _unread(tag: str, text: str, env: Environment) -> Iterable[TemplateProblem]:
    """Yield why a placeholder cannot be read, looked at alone."""
    if tag.startswith("{#"):
        return
    alone = _TAGGED.sub(r"\1 ", tidy(tag))
    if tag.startswith("{%"):
        word = alone.strip("{%-} ").partition(" ")[0]
        if word in _KINDS_OF_CELL:
            return
        if word not in _AROUND:
            way_out = _("a template knows {words}", words=quoted(_AROUND, "and"))
            yield TemplateProblem(_("`{word}` is nothing that a template can do", word=word), way_out, text)
            return
        before, after = _AROUND[word]
        alone = f"{before}{alone}{after}"
    try:
        env.parse(alone)
    except (TemplateSyntaxError, RecursionError) as error:
        yield TemplateProblem(
            _("`{tag}` cannot be read: {why}", tag=tag, why=in_own_words(str(error).partition("\n")[0])), near=text
        )


def tidy(xml: str) -> str:
    """Return a source in which placeholders have ordinary spaces: some languages make Word write others."""
    return _TAG.sub(lambda found: found[0].replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " "), xml)


def plain(xml: str) -> str:
    """Return the text of a piece of a source."""
    return unescape(re.sub(r"<[^>]+>", "", xml))


Scope: TypeAlias = Mapping[str, Shape | None]
"""What each name is; None where that is not known because something else is wrong."""

_FILTERS: dict[str, Callable[..., Any]] = {
    "upper": do_upper,
    "lower": do_lower,
    "capitalize": do_capitalize,
    "title": do_title,
    "trim": do_trim,
    "default": do_default,
    "join": sync_do_join,
    "length": len,
}
_OF_TEXT = {"upper", "lower", "capitalize", "title", "trim", "default"}
_DEEPEST = 8
"""So deep may one `for` or `if` stand in another; Python reads no more than twenty."""


def environment() -> Environment:
    """Return the environment that templates are read and written in; it has nothing but the few filters above."""
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(_FILTERS)
    return made


class Check:
    """Checks one part of a template against what a document offers; `used` gathers the names that it uses."""

    def __init__(self, source: str, shapes: Scope, used: set[str], *, takes_paragraphs: bool) -> None:
        self._lines = source.split("\n")
        self._shapes = shapes
        self._used = used
        self._takes_paragraphs = takes_paragraphs
        self._text = _Place("w:t")
        self._paragraph = _Place("w:p")
        self._depth = 0
        self.problems: list[TemplateProblem] = []

    def look(self, env: Environment) -> list[TemplateProblem]:
        """Return every problem of the part."""
        try:
            tree = env.parse("\n".join(self._lines))
        except TemplateSyntaxError as error:
            why = _("the placeholders do not fit each other: {why}", why=in_own_words(error.message or ""))
            way_out = _("each `for` needs its `endfor`, each `if` its `endif`")
            return [TemplateProblem(why, way_out, self._near(error.lineno))]
        except RecursionError:
            return [TemplateProblem(_("too many placeholders stand in each other"))]
        self._statements(tree.body, self._shapes)
        return self.problems

    def _statements(self, several: Iterable[nodes.Node], scope: Scope) -> None:
        self._depth += 1
        for one in several:
            match one:
                case nodes.Output():
                    for part in one.nodes:
                        if isinstance(part, nodes.TemplateData):
                            self._text.go_on(part.data)
                            self._paragraph.go_on(part.data)
                        else:
                            self._printed(part, scope)
                case _ if self._depth > _DEEPEST:
                    self._refuse(one)
                case nodes.For():
                    self._loop(one, scope)
                case nodes.If():
                    self._shape(one.test, scope)
                    for branch in (one.body, one.elif_, one.else_):
                        self._statements(branch, scope)
                case _:
                    self._refuse(one)
        self._depth -= 1

    def _loop(self, loop: nodes.For, scope: Scope) -> None:
        if not isinstance(loop.target, nodes.Name) or loop.recursive:
            self._refuse(loop)
            return
        several = self._shape(loop.iter, scope)
        if several is not None and not isinstance(several, Many):
            self._say(loop, _("only a list can be gone through"))
        inner = {**scope, loop.target.name: several.of if isinstance(several, Many) else None, "loop": LOOP}
        if loop.test is not None:
            self._shape(loop.test, inner)
        self._statements(loop.body, inner)
        self._statements(loop.else_, scope)

    def _printed(self, one: nodes.Expr, scope: Scope) -> None:
        match shape := self._shape(one, scope):
            case None:
                pass  # it has been said what is wrong with it
            case Single.TEXT | Single.NUMBER:
                if not self._text.is_open:
                    self._say(one, _("this is text and stands within a line"), _("write it without the `p`"))
            case Single.WHOLE:
                if not self._takes_paragraphs:
                    self._say(one, _("this holds whole paragraphs, and can only stand in the body of the document"))
                elif self._paragraph.is_open:
                    way_out = _("write it with a `p`, as in `{example}`", example="{{p content }}")
                    self._say(one, _("this holds whole paragraphs"), way_out)
            case Many():
                self._say(one, _("this is a list"), _("go through it with `{tag}`", tag="{% for one in … %}"))
            case Parts():
                self._say(one, _("this has parts"), _("name one of {parts}", parts=quoted(shape.named)))
            case Single.TRUTH:
                self._say(one, _("this is a yes or no, and can only be asked for with `if`"))
            case _:
                assert_never(shape)

    def _shape(self, one: nodes.Node, scope: Scope) -> Shape | None:
        match one:
            case nodes.Name():
                return self._named(one, scope)
            case nodes.Getattr():
                return self._part(one, one.node, one.attr, scope)
            case nodes.Getitem(arg=nodes.Const(value=str(name))):
                return self._part(one, one.node, name, scope)
            case nodes.Const(value=bool()):
                return Single.TRUTH
            case nodes.Const(value=int()):
                return Single.NUMBER
            case nodes.Const(value=str()):
                return Single.TEXT
            case nodes.Not():
                self._shape(one.node, scope)
                return Single.TRUTH
            case nodes.And() | nodes.Or():
                self._shape(one.left, scope)
                self._shape(one.right, scope)
                return Single.TRUTH
            case nodes.Compare():
                self._compared(one, scope)
                return Single.TRUTH
            case nodes.Filter():
                return self._filtered(one, scope)
            case _:
                self._refuse(one)
                return None

    def _named(self, one: nodes.Name, scope: Scope) -> Shape | None:
        self._used.add(one.name)
        if one.name not in scope:
            self._say(one, _("unknown name `{name}`", name=one.name), suggestion(one.name, scope))
        return scope.get(one.name)

    def _part(self, one: nodes.Expr, whole: nodes.Node, name: str, scope: Scope) -> Shape | None:
        match shape := self._shape(whole, scope):
            case None:
                return None
            case Parts():
                if name not in shape.named:
                    self._say(one, _("there is no `{name}` in it", name=name), suggestion(name, shape.named))
                return shape.named.get(name)
            case _:
                self._say(one, _("there is no `{name}` in it", name=name))
                return None

    def _filtered(self, one: nodes.Filter, scope: Scope) -> Shape | None:
        # Whatever is beside a filter is a constant: lists joined by joined lists would grow without end.
        beside = [*one.args, *(each.value for each in one.kwargs)]
        if one.name not in _FILTERS or one.node is None or not all(isinstance(each, nodes.Const) for each in beside):
            self._say(one, _("no such filter: `{name}`", name=one.name), suggestion(one.name, _FILTERS))
            return None
        match self._shape(one.node, scope):
            case None:
                return None
            case Many(of=Single.TEXT) if one.name == "join":
                return Single.TEXT
            case Many() if one.name == "length":
                return Single.NUMBER
            case Single.TEXT if one.name in _OF_TEXT:
                return Single.TEXT
            case _:
                self._say(one, _("the filter `{name}` is for something else", name=one.name))
                return None

    def _compared(self, one: nodes.Compare, scope: Scope) -> None:
        left = self._shape(one.expr, scope)
        for each in one.ops:
            right = self._shape(each.expr, scope)
            match each.op, left, right:
                case (_, None, _) | (_, _, None) | ("eq" | "ne", _, _) | ("in" | "notin", _, Many(of=Single.TEXT)):
                    pass
                case "in" | "notin", Single.TEXT, Single.TEXT:
                    pass
                case "lt" | "lteq" | "gt" | "gteq", Single.NUMBER, Single.NUMBER:
                    pass
                case _:
                    self._say(one, _("these cannot be compared so"))
            left = right

    def _refuse(self, one: nodes.Node) -> None:
        way_out = _("a template names things, goes through lists with `for` and leaves out with `if`")
        self._say(one, _("this is more than a template can do"), way_out)

    def _say(self, one: nodes.Node, message: str, help_text: str = "") -> None:
        self.problems.append(TemplateProblem(message, help_text, self._near(one.lineno)))

    def _near(self, number: int) -> str:
        return plain(self._lines[number - 1])


class _Place:
    """Where in a source a placeholder stands: within an element of that name, or not."""

    def __init__(self, tag: str) -> None:
        self._tag = re.compile(rf"<{tag}(?=[ >])[^>]*(?<!/)>|</{tag}>")
        self._depth = 0
        self._is_in_tag = False

    def go_on(self, source: str) -> None:
        """Read on."""
        for found in self._tag.finditer(source):
            self._depth = max(0, self._depth + (-1 if found[0].startswith("</") else 1))
        if "<" in source or ">" in source:
            self._is_in_tag = source.rfind("<") > source.rfind(">")

    @property
    def is_open(self) -> bool:
        """Whether a placeholder would stand within such an element, or in the value of an attribute."""
        return self._depth > 0 or self._is_in_tag
