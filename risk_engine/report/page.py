"""A page as a template says it (`templates/pages/*.j2`): facts in, blocks out; an office may put its own in the place.

A template chooses words and order. What it may say is chosen before: what a page is given is fit for whoever reads that
page, redacted or made safe first. The full report and pages about criteria are given the models themselves
(docs/decisions/0057, 0058). What a page must say is checked when it is made.
"""

import dataclasses
import hashlib
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from types import MethodType
from typing import Any, Final, Literal, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.ext import InternationalizationExtension
from jinja2.parser import Parser
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from risk_engine.files import language
from risk_engine.files.diagnostics import RiskEngineError, help_line, reason, suggestion
from risk_engine.files.language import _, listed
from risk_engine.files.resources import templates_folder
from risk_engine.report import markup, wording
from risk_engine.report.blocks import Kind, Must, Run, View, texts_of
from risk_engine.report.sanitize import clean_text, cleaned
from risk_engine.report.wording import MUST_SAY, day


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
    "knock_out",
    "last_day",
    "open_between",
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
_CALLED: Final = (
    "between",
    "knock_out_word",
    "last_day",
    "lead",
    "severities",
    "severity",
    "severity_word",
)
"""Functions of `report/wording.py` that a page about a criteria set calls."""
_MOST_WRITTEN = 64 * 1024 * 1024
"""How many characters a page of one case may have: a report of 2,000 findings has an eighth of it."""
_MOST_OF_MANY = 4 * _MOST_WRITTEN
"""How many a page about a set may have, which may tell of thousands of cases."""
_DEEPEST = 4
"""So many loops may stand in each other: no page needs more, and five through long lists do not end."""
_NEVER = str.maketrans(dict.fromkeys((markup.SPACE, "\ufffe", "\uffff")))
_BEGIN = re.compile(r"<(?=[a-z])([a-z-]+)")

_office: ContextVar[Path | None] = ContextVar("office", default=None)
_used: ContextVar[list[str] | None] = ContextVar("used", default=None)
_objects: ContextVar[list[object] | None] = ContextVar("objects", default=None)


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


@dataclasses.dataclass(frozen=True)
class Made:
    """A page as its template says it, and what stands in its footer where an office changed it."""

    page: markup.Page
    changed: str


@contextmanager
def pages_of(folder: Path | None) -> Iterator[None]:
    """Make pages with the templates in the folder of an office inside the block, as far as it has them.

    Raise PageError where the folder cannot be read or holds a template that nothing would use.
    """
    if folder is not None:
        _look_at(folder)
    token = _office.set(folder)
    try:
        yield
    finally:
        _office.reset(token)


def made(name: str, facts: object) -> Made:
    """Return the page of that name; `facts` is a dataclass, and a template names its fields.

    A page that speaks of a criteria set, which is public, gets a dictionary: models as they are, functions to call.

    Raise PageError where a template of an office cannot be used.
    """
    environment = _environment(_office.get(), templates_folder() / "pages")
    used, objects = _used.set([]), _objects.set([])
    try:
        most = _MOST_OF_MANY if isinstance(facts, Mapping) else _MOST_WRITTEN
        text = _filled(environment, f"{name}.j2", _context(facts), most)
        page = markup.read(text, _objects.get() or ())
        changed = _changed(environment, _used.get() or ())
    except markup.MarkupError as error:
        message = f"{_where(environment, error.at or f'{name}.j2:1')}: {error.message}"
        raise PageError(message, error.way_out or "") from error
    finally:
        _used.reset(used)
        _objects.reset(objects)
    return Made(page, changed)


def view(  # noqa: PLR0913 -- each is a part of the page
    name: str,
    facts: object,
    *,
    kind: Kind | Literal["index", "audit", "comparison"] = "audit",
    case_id: str,
    on: date,
    kept_by: str,
    about: str = "",
    footer: str = "",
    must: tuple[Must, ...] = (),
) -> View:
    """Return a document as its page says it, harmless everywhere; what stands around it where the page says nothing.

    Raise PageError where a template of an office cannot be used, or leaves out what it must say.
    """
    filled = made(name, facts)
    said = filled.page
    shown = View(
        kind=kind,
        language=language.current(),
        title=said.title,
        about=said.about or about,
        case_id=case_id,
        on=on,
        kept_by=kept_by,
        warning=said.warning,
        answer=said.answer,
        sections=tuple(one for one in said.sections if one.blocks),
        footer=" ".join(one for one in (said.footer or footer, filled.changed) if one),
        must=must,
    )
    return whole(cleaned(shown), name)


def whole(view: View, name: str) -> View:
    """Return a view that says all it must; raise PageError that names what its page leaves out."""
    said = _folded("\n".join(texts_of((view.title, view.warning, view.answer, view.sections, view.footer))))
    lost = [one for one in view.must if _folded(one.text) not in said]
    if lost:
        problems = (
            _("the page leaves out {what}: `{text}`", what=_(MUST_SAY[one.what]), text=one.text) for one in lost
        )
        file = _where(_environment(_office.get(), templates_folder() / "pages"), f"{name}.j2:1").rpartition(":")[0]
        way_out = _("print it; docs/templates.md says what each page must say")
        raise PageError("\n".join(f"{file}: {one}" for one in problems), way_out)
    return view


def _folded(text: str) -> str:
    return " ".join(clean_text(text).split())


def _context(facts: object) -> dict[str, Any]:
    if isinstance(facts, Mapping):
        known = {**{name: getattr(wording, name) for name in _CALLED}, "listed": listed, **facts}
        return {name: Function(one) if callable(one) else one for name, one in known.items()}
    return {one.name: getattr(facts, one.name) for one in dataclasses.fields(facts)}  # type: ignore[arg-type] # it is one


def _filled(environment: "_Environment", name: str, context: Mapping[str, Any], most: int) -> str:
    pieces: list[str] = []
    length = 0
    try:
        for piece in environment.get_template(name).generate(context):
            length += len(piece)
            if length > most:
                raise PageError(_at(environment.file(name), _("the page is far longer than any page")))
            pieces.append(piece)
    except jinja2.TemplateSyntaxError as error:
        where = f"{environment.file(error.name or name)}:{error.lineno}"
        raise PageError(f"{where}: {_small(error.message or '')}") from error
    except jinja2.TemplateNotFound as error:
        message = _("there is no template `{name}`", name=error.name)
        raise PageError(_at(environment.file(name), message)) from error
    except RecursionError as error:
        raise PageError(_at(environment.file(name), _("templates take in each other without end"))) from error
    except (jinja2.TemplateError, TypeError, ValueError, KeyError) as error:
        raise PageError(
            f"{_line_of(error, environment, name)}: {_small(str(error))}", _names(error, context)
        ) from error
    return "".join(pieces)


def _at(place: object, message: str) -> str:
    return f"{place}: {message}"


def _small(message: str) -> str:
    return (message[:1].lower() + message[1:]).rstrip(".")


def _names(error: Exception, context: Mapping[str, Any]) -> str:
    """Return which name was meant, where a template asks for one that the page does not have."""
    found = re.match(r"'(\w+)' is undefined", str(error))
    return suggestion(found[1], context) if found else ""


def _line_of(error: Exception, environment: "_Environment", name: str) -> str:
    """Return the line of the template that an error comes from: the last of its frames that is one."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(environment.file(name))


def _where(environment: "_Environment", at: str) -> str:
    name, _colon, line = at.rpartition(":")
    return f"{environment.file(name)}:{line}" if name else at


def _changed(environment: "_Environment", used: "list[str] | tuple[()]") -> str:
    """Return what a page says of itself where an office changed it: each file with the beginning of its digest."""
    own = [one for one in dict.fromkeys(used) if environment.is_of_office(one)]
    if not own:
        return ""
    digests = ((one, hashlib.sha256(environment.file(one).read_bytes()).hexdigest()[:12]) for one in own)
    return _(
        "This page is as the office changed it: {files}.",
        files=", ".join(f"{name} (SHA-256 {digest}…)" for name, digest in digests),
    )


def _look_at(folder: Path) -> None:
    """Raise PageError where a folder of an office cannot be read, or holds a page that there is not."""
    try:
        names = sorted(one.name for one in folder.iterdir() if one.suffix == ".j2")
    except OSError as error:
        raise PageError(f"{folder}: {reason(error)}") from error
    pages = {one.name for one in (templates_folder() / "pages").glob("*.j2")}
    problems = [
        _("{file}: there is no page of this name", file=folder / one) + help_line(suggestion(one, pages))
        for one in names
        if one not in pages and not one.startswith("_")
    ]
    if not names:
        problems = [_("{folder}: no page template (*.j2) is in it", folder=folder)]
    if problems:
        raise PageError("\n".join(problems))


@lru_cache(maxsize=8)
def _environment(office: Path | None, shipped: Path) -> "_Environment":
    return _Environment(office, shipped)


class _Environment(ImmutableSandboxedEnvironment):
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
        try:
            text, changed = path.read_text("utf-8"), path.stat().st_mtime_ns
        except UnicodeDecodeError as error:
            raise PageError(_at(path, _("this is no text in UTF-8"))) from error
        except OSError:
            return None
        return text, str(path), lambda: path.is_file() and path.stat().st_mtime_ns == changed

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:  # noqa: A002 -- its name there
        used = _used.get()
        if used is not None:
            used.append(name)
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
            objects = _objects.get()
            assert objects is not None  # noqa: S101 -- only `made` fills templates
            objects.append(value)
            return Markup('<block number="{}"/>').format(len(objects) - 1)
        case _:
            raise TypeError(_("this has parts: print one of them"))


def _escaped(text: str) -> Markup:
    return escape(clean_text(text).translate(_NEVER))


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
