"""A view to Markdown (CommonMark with tables); whatever a template prints is escaped unless it is written as markup."""

import re

from risk_engine.report.blocks import Line, Run, View
from risk_engine.report.templates import environment

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
