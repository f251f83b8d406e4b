"""The template environment that every written format starts from."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from risk_engine.language import _, ngettext, pgettext
from risk_engine.report.scripts import foreign
from risk_engine.resources import templates_folder


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
