"""A page as a template says it (`templates/pages/*.j2`): facts in, blocks out; an office may put its own in the place.

A template chooses words and order. What it may say is chosen before: what a page is given is fit for whoever reads that
page, redacted or made safe first. The full report and pages about criteria are given the models themselves
(docs/decisions/0057, 0058). What a page must say is checked when it is made.
"""

import dataclasses
import hashlib
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import jinja2

from risk_engine.files import language
from risk_engine.files.diagnostics import help_line, reason, suggestion
from risk_engine.files.harmless import clean_text, cleaned
from risk_engine.files.language import _, listed
from risk_engine.files.reading import read_bytes, templates_folder
from risk_engine.report import markup, wording
from risk_engine.report.blocks import Kind, Must, View, texts_of
from risk_engine.report.sandbox import Function, PageEnvironment, PageError, at, in_own_words, leads_out, objects, used
from risk_engine.report.wording import MUST_SAY

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
_office: ContextVar[Path | None] = ContextVar("office", default=None)


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
    templates, blocks = used.set([]), objects.set([])
    try:
        most = _MOST_OF_MANY if isinstance(facts, Mapping) else _MOST_WRITTEN
        text = _filled(environment, f"{name}.j2", _context(facts), most)
        page = markup.read(text, objects.get() or ())
        changed = _changed(environment, used.get() or ())
    except markup.MarkupError as error:
        message = f"{_where(environment, error.at or f'{name}.j2:1')}: {error.message}"
        raise PageError(message, error.way_out or "") from error
    finally:
        used.reset(templates)
        objects.reset(blocks)
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


def _filled(environment: PageEnvironment, name: str, context: Mapping[str, Any], most: int) -> str:
    pieces: list[str] = []
    length = 0
    try:
        for piece in environment.get_template(name).generate(context):
            length += len(piece)
            if length > most:
                raise PageError(at(environment.file(name), _("the page is far longer than any page")))
            pieces.append(piece)
    except jinja2.TemplateSyntaxError as error:
        where = f"{environment.file(error.name or name)}:{error.lineno}"
        raise PageError(f"{where}: {in_own_words(error.message or '')}") from error
    except jinja2.TemplateNotFound as error:
        message = _("there is no template `{name}`", name=error.name)
        raise PageError(at(environment.file(name), message)) from error
    except RecursionError as error:
        raise PageError(at(environment.file(name), _("templates take in each other without end"))) from error
    except (jinja2.TemplateError, TypeError, ValueError, KeyError) as error:
        raise PageError(
            f"{_line_of(error, environment, name)}: {in_own_words(str(error))}", _names(error, context)
        ) from error
    return "".join(pieces)


def _names(error: Exception, context: Mapping[str, Any]) -> str:
    """Return which name was meant, where a template asks for one that the page does not have."""
    found = re.match(r"'(\w+)' is undefined", str(error))
    return suggestion(found[1], context) if found else ""


def _line_of(error: Exception, environment: PageEnvironment, name: str) -> str:
    """Return the line of the template that an error comes from: the last of its frames that is one."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(environment.file(name))


def _where(environment: PageEnvironment, at: str) -> str:
    name, _colon, line = at.rpartition(":")
    return f"{environment.file(name)}:{line}" if name else at


def _changed(environment: PageEnvironment, names: "list[str] | tuple[()]") -> str:
    """Return what a page says of itself where an office changed it: each file with the beginning of its digest."""
    own = [one for one in dict.fromkeys(names) if environment.is_of_office(one)]
    if not own:
        return ""
    digests = ((one, hashlib.sha256(read_bytes(environment.file(one))).hexdigest()[:12]) for one in own)
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
    problems = [f"{wrong}" for one in names if (wrong := leads_out(folder / one))]
    problems += [
        _("{file}: there is no page of this name", file=folder / one) + help_line(suggestion(one, pages))
        for one in names
        if one not in pages and not one.startswith("_")
    ]
    if not names:
        problems = [_("{folder}: no page template (*.j2) is in it", folder=folder)]
    if problems:
        raise PageError("\n".join(problems))


@lru_cache(maxsize=8)
def _environment(office: Path | None, shipped: Path) -> PageEnvironment:
    return PageEnvironment(office, shipped)
