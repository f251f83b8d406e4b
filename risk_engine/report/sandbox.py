"""What a page template can reach and how it prints: the sandbox in which `page` fills it.

A template names facts, loops, asks and translates, and reaches nothing else. What Jinja says of one that it cannot read
or fill is told in words of our own: its own are English alone.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import date
from functools import partial
from pathlib import Path
from types import MethodType
from typing import Any, Final, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.ext import InternationalizationExtension
from jinja2.parser import Parser
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from risk_engine.files import language
from risk_engine.files.diagnostics import RiskEngineError, help_line, suggestion
from risk_engine.files.harmless import clean_text
from risk_engine.files.language import N_, _, listed
from risk_engine.files.reading import read_bytes
from risk_engine.report import markup, unsettled, wording
from risk_engine.report.blocks import Run
from risk_engine.report.wording import day


class Sentences(InternationalizationExtension):
    """Sentences of a page that are translated; white space inside collapses."""

    priority = 101
    """After the extension it is made from, which the tool that gathers messages adds too."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        environment.newstyle_gettext = True

    def _parse_block(self, parser: Parser, allow_pluralize: bool) -> tuple[list[str], str]:  # noqa: FBT001 -- theirs
        names, text = super()._parse_block(parser, allow_pluralize)
        for name in names:
            text = text.replace(f"%({name})s", f"{{{name}}}")
        return names, text.replace("%%", "%")


SHIPPED: Final = "shipped/"
"""How a page of an office names the one that it changes: `{% extends "shipped/letter.j2" %}`."""
_FILTERS: Final = (
    "default",
    "first",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "reject",
    "select",
    "trim",
    "upper",
)
_WORDS: Final = (
    "and_more",
    "at_level",
    "cited",
    "coded",
    "confidential",
    "course",
    "day",
    "evidence",
    "last_day",
    "of_kind",
    "origin_word",
    "points",
    "read_how",
    "readings_counted",
    "readings_of",
    "severities",
    "severity",
    "severity_word",
    "state_word",
    "who_to_ask",
)
"""Filters that say a part of an assessment in words: functions of `report/wording.py`."""
_UNSETTLED: Final = ("knock_out", "open_between", "reopened_note")
"""And of `report/unsettled.py`."""
_DEEPEST = 4
"""So many loops may stand in each other: no page needs more, and five through long lists do not end."""
_NEVER = re.compile(f"[{markup.SPACE}\ufffe\uffff]")
_BEGIN = re.compile(r"<(?=[a-z])([a-z-]+)")
used: ContextVar[list[str] | None] = ContextVar("used", default=None)
"""The templates that the page which is being made was read from."""
objects: ContextVar[list[object] | None] = ContextVar("objects", default=None)
"""The blocks that it prints as Python made them; the markup names them by number."""


class PageError(RiskEngineError):
    """A page template that cannot be used: which file and line, what is wrong, and the way out."""


class Function(partial[object]):
    """What Python does for a page about a criteria set, called by its template; what a macro wrote is text to it."""

    def __call__(self, /, *arguments: object, **named: object) -> object:
        """Call it, with what the template wrote as the text that it means."""
        return super().__call__(*map(_plainly, arguments), **{name: _plainly(one) for name, one in named.items()})


def _plainly(value: object) -> object:
    if isinstance(value, Markup):
        return str(value.unescape()).replace(markup.SPACE, " ")
    return [_plainly(one) for one in value] if isinstance(value, list) else value


def at(place: object, message: str) -> str:
    """Return a message behind its place."""
    return f"{place}: {message}"


def leads_out(path: Path) -> PageError | None:
    """Return the error of a template that is a link out of its folder: a page is made of what the folder holds."""
    target, folder = os.path.realpath(path), os.path.realpath(path.parent)
    if Path(target).is_relative_to(folder):
        return None
    message = _("this is a link that leads out of the folder, to {target}", target=target)
    return PageError(at(path, message), _("put the file itself into the folder"))


class PageEnvironment(ImmutableSandboxedEnvironment):
    """Templates that can name facts, loop, ask and translate, and reach nothing else."""

    intercepted_binops = frozenset({"*", "**", "%"})

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """Return what a macro or a `{% set %}` wrote; the white space around it is that of its own lines."""
        return "".join(pieces).strip(markup.SPACE)

    def __init__(self, office: Path | None, shipped: Path) -> None:
        self.office, self.shipped = office, shipped
        super().__init__(
            loader=jinja2.FunctionLoader(self._source),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_printed,
            extensions=[Sentences],
            optimized=False,  # there is next to nothing to work out beforehand, and to look for it takes time
        )
        self.policies["ext.i18n.trimmed"] = True
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"sentence": _sentence}
        self.filters |= {name: getattr(wording, name) for name in _WORDS} | {"listed": listed}
        self.filters |= {name: getattr(unsettled, name) for name in _UNSETTLED}
        self.globals = {"_": _said, "gettext": _said, "ngettext": _counted, "pgettext": _meant}
        self.globals["no_words_for"] = _no_words_for
        self.tests = {name: self.tests[name] for name in ("defined", "none", "in", "eq", "ne", "odd", "even")}

    def file(self, name: str) -> Path:
        """Return the file of a template, the office's before the one that is shipped."""
        return (self.office if self.is_of_office(name) and self.office else self.shipped) / name.removeprefix(SHIPPED)

    def is_of_office(self, name: str) -> bool:
        """Return whether an office put its own template in the place of a shipped one."""
        return self.office is not None and not name.startswith(SHIPPED) and (self.office / name).is_file()

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        if Path(name.removeprefix(SHIPPED)).name != name.removeprefix(SHIPPED):
            return None  # a name, never a way into another folder
        path = self.file(name)
        if self.is_of_office(name) and (error := leads_out(path)):
            raise error
        try:
            text, changed = read_bytes(path).decode("utf-8"), path.stat().st_mtime_ns
        except UnicodeDecodeError as error:
            raise PageError(at(path, _("this is no text in UTF-8"))) from error
        except OSError:
            return None
        return text, str(path), lambda: path.is_file() and path.stat().st_mtime_ns == changed

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:  # noqa: A002 -- its name there
        read = used.get()
        if read is not None:
            read.append(name)
        return super()._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Mark where each element is written, and which white space is the template's own."""
        tree = super()._parse(source, name, filename)
        if name is not None and self.is_of_office(name):
            self._check_is_printed(tree, name)
        self._mark(tree, name or "", 0)
        return tree

    def _check_is_printed(self, tree: nodes.Template, name: str) -> None:
        """Raise TemplateSyntaxError where a page that changes another holds what Jinja would pass over in silence."""
        parent = _parent_of(tree)
        if parent is None:
            return
        known = self._blocks(parent, {name})
        blocks = list(tree.find_all(nodes.Block))
        inner = {id(one) for block in blocks for one in block.find_all(nodes.Block)}
        for block in blocks:
            if id(block) not in inner and block.name not in known:
                message = _("`{page}` has no block `{name}`", page=parent, name=block.name)
                raise jinja2.TemplateSyntaxError(message + help_line(suggestion(block.name, known)), block.lineno, name)
        outside = (part for node in tree.body if isinstance(node, nodes.Output) for part in node.nodes)
        if (lost := next((part for part in outside if not _is_space(part)), None)) is not None:
            message = _("what stands outside of the blocks of a page that changes another is never printed")
            raise jinja2.TemplateSyntaxError(message, _line(lost), name)

    def _blocks(self, name: str, below: set[str]) -> set[str]:
        """Return the blocks that a page has, with those of the page that it changes itself."""
        if name in below:
            raise jinja2.TemplateSyntaxError(_("a page cannot change itself: `{page}`", page=name), 1, name)
        tree = super()._parse(self._source_of(name), name, None)
        parent = _parent_of(tree)
        own = {block.name for block in tree.find_all(nodes.Block)}
        return own if parent is None else own | self._blocks(parent, below | {name})

    def _source_of(self, name: str) -> str:
        if (found := self._source(name)) is None:
            raise jinja2.TemplateNotFound(name)
        return found[0]

    def _mark(self, node: nodes.Node, name: str, depth: int) -> None:
        """Mark what a node holds, so many loops deep; too many in each other are refused."""
        for one in node.iter_child_nodes():
            inner = depth + isinstance(one, nodes.For)
            if inner > _DEEPEST or (isinstance(one, nodes.For) and one.recursive):
                raise jinja2.TemplateSyntaxError(_("too many loops stand in each other"), one.lineno)
            if isinstance(one, nodes.TemplateData):
                one.data = _marked(one, name)
            self._mark(one, name, inner)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may name it: what a thing holds, and of what it does only what it offers."""
        does = isinstance(value, MethodType) and not isinstance(obj, LoopContext)
        return super().is_safe_attribute(obj, attr, value) and (not does or _is_offered(value))

    def is_safe_callable(self, obj: Any) -> bool:
        """Return whether a template may call it: what is translated, its own macros, functions that its page has."""
        return (
            any(obj is one for one in (_said, _counted, _meant, _no_words_for))
            or isinstance(obj, Function | Macro | BlockReference | LoopContext | jinja2.Undefined)
            or _is_offered(obj)
        )

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 -- theirs
        """Refuse what makes long texts of short ones."""
        raise jinja2.exceptions.SecurityError(_("a template does not compute with `{operator}`", operator=operator))


def _is_offered(value: object) -> bool:
    """Return whether it is a method that its class names among its `offers`: those are for templates."""
    return isinstance(value, MethodType) and value.__name__ in getattr(type(value.__self__), "offers", ())


def _parent_of(tree: nodes.Template) -> str | None:
    """Return the name of the page that a page changes."""
    found = next(tree.find_all(nodes.Extends), None)
    return found.template.value if found is not None and isinstance(found.template, nodes.Const) else None


def _line(node: nodes.Expr) -> int:
    """Return the line on which something is written, where the white space before it begins on an earlier one."""
    text = node.data if isinstance(node, nodes.TemplateData) else ""
    return node.lineno + text.count("\n", 0, len(text) - len(text.lstrip()))


def _is_space(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.TemplateData) and not node.data.strip()


def _marked(data: nodes.TemplateData, name: str) -> str:
    line, end, pieces = data.lineno, 0, list[str]()
    for found in _BEGIN.finditer(data.data):
        pieces.append(data.data[end : found.end()])
        line += data.data.count("\n", end, found.end())
        end = found.end()
        pieces.append(f' at="{name}:{line}"')
    pieces.append(data.data[end:])
    return re.sub(r"\s+", markup.SPACE, "".join(pieces))


def _printed(value: object) -> Markup:
    """Return a fact as a template prints it: text escaped, a line with its styles, a day as people write it."""
    match value:
        case Markup():
            return value
        case str():
            return _escaped(value)
        case date():
            return escape(day(value))
        case bool() | None:
            raise TypeError(_("`{value}` cannot be printed", value=value))
        case int():
            return Markup(str(value))  # noqa: S704 -- a number
        case Run():
            return _run(value)
        case tuple() if all(isinstance(one, Run) for one in value):
            return Markup("".join(map(_run, value)))  # noqa: S704 -- each is escaped
        case _ if hasattr(value, "kind"):
            known = objects.get()
            assert known is not None  # noqa: S101 -- only `made` fills templates
            known.append(value)
            return Markup('<block number="{}"/>').format(len(known) - 1)
        case _:
            raise TypeError(_("this has parts: print one of them"))


def _escaped(text: str) -> Markup:
    return escape(_NEVER.sub("", clean_text(text)))


def _run(run: Run) -> Markup:
    text = _escaped(run.text)
    given = (("style", run.style), ("href", run.link), ("ref", run.ref), ("change", run.change))
    if run.style == "plain" and not any((run.link, run.ref, run.change)):
        return text
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given if value)
    return Markup(f"<run{attributes}>{text}</run>")  # noqa: S704 -- everything in it is escaped


def _sentence(text: str) -> str:
    """Return text that ends as a sentence does; what a macro wrote has white space of the template around it."""
    return wording.sentence(text.strip(markup.SPACE))


def _no_words_for(value: object) -> NoReturn:
    """Stop a page that has nothing to say of a kind of thing, as `assert_never` does in Python."""
    raise ValueError(_("the page has no words for `{value}`", value=value))


def _said(message: str, /, **values: object) -> Markup:
    return _shown(_(message), values)


def _meant(context: str, message: str, /, **values: object) -> Markup:
    return _shown(language.pgettext(context, message), values)


def _counted(one: str, many: str, number: int, /, **values: object) -> Markup:
    kept = {name: f"{{{name}}}" for name in (*values, "number")}
    return _shown(language.ngettext(one, many, number, **kept), {"number": number, **values})


def _shown(message: str, values: Mapping[str, object]) -> Markup:
    """Return a translated message, `**words**` of it standing out and its `{names}` filled."""
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(message)))
    # What is filled in is escaped, or was made by Python.
    filled = {name: str(_printed(one)) for name, one in values.items()}
    return Markup(text.format_map(filled) if values else text)  # noqa: S704


_SIGNS: Final = {
    "begin of print statement": "{{",
    "end of print statement": "}}",
    "begin of statement block": "{%",
    "end of statement block": "%}",
    "begin of comment": "{#",
    "end of comment": "#}",
}
"""What Jinja calls the signs of a template."""
_MESSAGES: Final = (
    (
        r"Unexpected end of template\..*to be closed is '(?P<open>\w+)'",
        N_("the template ends before `{open}` is closed"),
    ),
    (r"Unexpected end of template", N_("the template ends too soon")),
    (
        r"unexpected end of template, expected '(?P<wanted>.+)'",
        N_("the template ends where `{wanted}` should stand"),
    ),
    (
        r"Encountered unknown tag '(?P<tag>\w+)'.*to be closed is '(?P<open>\w+)'",
        N_("`{tag}` does not fit here: `{open}` is still open"),
    ),
    (r"Encountered unknown tag '(?P<tag>\w+)'", N_("a template has no `{tag}`")),
    (r"expected token '(?P<wanted>.+)', got '(?P<got>.+)'$", N_("`{got}` stands where `{wanted}` should")),
    (r"[Ee]xpected an expression, got '(?P<got>.+)'", N_("something is missing before `{got}`")),
    (r"unexpected char '(?P<got>.+)' at \d+", N_("`{got}` cannot stand here")),
    (r"unexpected '(?P<got>.+)', expected '(?P<wanted>.+)'", N_("`{got}` stands where `{wanted}` should")),
    (r"unexpected '(?P<got>.+)'", N_("`{got}` cannot stand here")),
    (r"expected name or number", N_("a name is missing behind the dot")),
    (r"tag name expected", N_("a tag has no name")),
    (r"Missing end of comment tag", N_("a comment is not closed")),
    (r"No filter named '(?P<name>.+)'", N_("there is no filter `{name}`")),
    (r"No test named '(?P<name>.+)'", N_("there is no test `{name}`")),
    (r"block '(?P<name>.+)' defined twice", N_("the block `{name}` stands there twice")),
    (r"[Cc]an't assign to", N_("a value cannot be given to this")),
    (r"'(?P<name>\w+)' is undefined", N_("there is no `{name}` here")),
    (r".* has no (?:attribute|element) '?(?P<name>\w+)'?$", N_("there is no `{name}` in it")),
    (r"access to attribute '(?P<name>.+)' of .* is unsafe", N_("a template cannot reach `{name}`")),
    (r".* is not safely callable", N_("a template cannot call this")),
    (r"control structures in translatable sections", N_("within `trans` stand words and names alone")),
    (r"unclosed translation block", N_("the template ends before `trans` is closed")),
)
"""Patterns of what Jinja says, and the same in our words."""


def in_own_words(message: str) -> str:
    """Return what Jinja says in the current language; what is not known here, such as a message of ours, as it is."""
    for pattern, own in _MESSAGES:
        if found := re.match(pattern, message, re.DOTALL):
            parts = {name: _SIGNS.get(part, part) for name, part in found.groupdict().items()}
            return _(own, **parts) if parts else _(own)
    return message[:1].lower() + message[1:].rstrip(".")
