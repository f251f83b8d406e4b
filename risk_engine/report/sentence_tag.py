"""`{% trans %}` of page templates, whose messages name their values as all others do: `{day}`, never `%(day)s`."""

from typing import Any

from jinja2.ext import InternationalizationExtension
from jinja2.parser import Parser


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
