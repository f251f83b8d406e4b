"""A document as an HTML page or as Markdown, through the templates of the two."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from risk_engine.files.language import _, in_language, ngettext, pgettext
from risk_engine.files.reading import templates_folder
from risk_engine.report.blocks import Block, Group, Line, Run, Table, View
from risk_engine.report.foreign_scripts import by_language
from risk_engine.report.wording import colon


def environment(*, autoescape: bool, finalize: Callable[[object], object] | None = None) -> Environment:
    """Return an environment over the templates folder; a name that a view lacks is an error, never empty text."""
    return _environment(templates_folder(), autoescape, finalize)


@lru_cache(maxsize=8)
def _environment(folder: Path, autoescape: bool, finalize: Callable[[object], object] | None) -> Environment:  # noqa: FBT001
    """Return the one environment of its kind: reading a template takes longer than writing a page with it."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,  # noqa: S701 -- Markdown escapes in `finalize`
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.add_extension("jinja2.ext.i18n")
    # They look up the language when a template is written, not when it is read.
    made.install_gettext_callables(_, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    made.filters["foreign"] = foreign
    return made


def html(view: View) -> str:
    """Return the report as an HTML page, the words of the page itself in the language of the view."""
    with in_language(view.language):
        return environment(autoescape=True).get_template("report.html.j2").render(view=view)


def fragment(parts: Iterable[Block | Group], level: int = 3) -> markupsafe.Markup:
    """Return parts of a section as HTML for a page that is not this program's document: without styles of their own.

    `level` is that of the headings in them; the words are those of the current language.
    """
    plain = [_without_shares(one) for one in parts]
    made: Any = environment(autoescape=True).get_template("parts.html.j2").module
    return markupsafe.Markup(made.parts_of(plain, level))  # noqa: S704 (the template has escaped what stands in it)


def _without_shares(part: Block | Group) -> Block | Group:
    match part:
        case Table():
            return replace(part, shares=())
        case Group():
            return replace(part, blocks=tuple(_without_shares(one) for one in part.blocks))  # type: ignore[misc]
        case _:
            return part


def foreign(text: object) -> markupsafe.Markup:
    """Return text as HTML, its words of a foreign script each in a `bdi` element with their language.

    >>> foreign("Institute <松花学院>")
    Markup('Institute &lt;<bdi lang="und-Hani">松花学院</bdi>&gt;')
    """
    bidi = markupsafe.Markup('<bdi lang="{}">{}</bdi>')
    made = (bidi.format(tag, piece) if tag else markupsafe.escape(piece) for piece, tag in by_language(str(text)))
    return markupsafe.Markup().join(made)


_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&$@])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_ADDRESS = re.compile(r"(?<=[:.])(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


class Markup(str):
    """Text that is Markdown already."""

    __slots__ = ()


def markdown(view: View) -> str:
    """Return the report as Markdown."""
    made = environment(autoescape=False, finalize=finalize)
    made.filters["line"] = line
    made.globals["colon"] = colon
    return made.get_template("report.md.j2").render(view=view)


def escape(text: str) -> str:
    r"""Return text that Markdown shows as it is: no markup, no HTML, no address made clickable, on one line.

    >>> escape("<b> a|b\n# c")
    '\\<b\\> a\\|b \\# c'
    """
    flat = _ADDRESS.sub(r"\\", _MARKUP.sub(r"\\\1", " ".join(text.splitlines())))
    return _LINE_START.sub(_guarded, flat)


def line(runs: Line) -> Markup:
    """Return the runs of a line as Markdown."""
    return Markup("".join(_run(one) for one in runs))


def finalize(value: object) -> object:
    """Return what a template prints: text escaped, Markdown as it is."""
    return escape(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _guarded(found: re.Match[str]) -> str:
    space, start = found.groups()
    return f"{space}{start}\\" if start.isdigit() else f"{space}\\{start}"


def _run(run: Run) -> str:
    # Markup must touch the word it belongs to: the spaces of a run stay outside.
    bare = run.text.strip()
    if not bare:
        return run.text
    before, after = run.text.split(bare, maxsplit=1)
    shown = escape(bare)
    if run.style == "strong":
        shown = f"**{shown}**"
    elif run.style == "em":
        shown = f"*{shown}*"
    elif run.style == "mark":
        shown = f"**\\[{shown}\\]**"
    elif run.style == "code":
        shown = f"`{bare.replace('`', chr(39))}`"
    if run.change:  # Markdown has no signs of its own for it
        tag = "ins" if run.change == "added" else "del"
        shown = f"<{tag}>{shown}</{tag}>"
    return f"{before}{f'[{shown}](<{run.link}>)' if run.link else shown}{after}"
