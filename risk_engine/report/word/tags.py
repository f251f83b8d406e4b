"""Single placeholders in the text of an office template: where each begins and ends, and whether it can be read."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from jinja2 import Environment, TemplateSyntaxError

from risk_engine.diagnostics import quoted
from risk_engine.language import _
from risk_engine.report.word.problems import TemplateProblem

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


def torn(paragraphs: Iterable[str], env: Environment) -> list[TemplateProblem]:
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
        yield TemplateProblem(_("`{tag}` cannot be read: {why}", tag=tag, why=str(error).partition("\n")[0]), near=text)


def tidy(xml: str) -> str:
    """Return a source in which placeholders have ordinary spaces: some languages make Word write others."""
    return _TAG.sub(lambda found: found[0].replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " "), xml)


def plain(xml: str) -> str:
    """Return the text of a piece of a source."""
    return unescape(re.sub(r"<[^>]+>", "", xml))
