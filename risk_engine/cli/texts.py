"""`risk-engine criteria texts`: the file in which somebody translates a set; and what `criteria check` says of it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.options import Output
from risk_engine.cli.output import put
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.audit.texts import Translated

EXAMPLES = """Examples: risk-engine criteria texts reconnect-china --into fr -o fr.yaml ·
risk-engine criteria texts our-criteria --into de -o de.yaml"""

MOST_SHOWN = 3
"""So many of the texts that are missing are shown where nobody asks for all of them."""
SHOWN_LETTERS = 80


def print_texts(
    reference: Annotated[
        str,
        typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]"),
    ],
    language: Annotated[
        str, typer.Option("--into", metavar="TAG", help="The language to translate into, like de or pt-BR.")
    ],
    output: Output = None,
) -> None:
    """Print the file in which a set is translated: each text with its places, and room for its translation.

    What is translated already stays: in the set's own file of that language, and in the file that -o names. What the
    set does not say any more is kept in comments at the end. Put the file into `translations/` of the version.
    """
    from risk_engine.audit.releases.load import loaded
    from risk_engine.audit.texts import texts_file

    _version, criteria = loaded(reference)
    put(texts_file(criteria, language, output), output)


def translation_lines(translated: "Iterable[Translated]", *, everything: bool) -> Iterator[str]:
    """Yield what a set lacks in each language that it has a file for, all of it or the first few."""
    for one in translated:
        if not one.missing:
            yield "  " + _("{language}: all {number} texts are translated", language=one.language, number=one.texts)
            continue
        yield "  " + _(
            "{language}: {missing} of {number} texts are not translated; they stay as the set says them",
            language=one.language,
            missing=len(one.missing),
            number=one.texts,
        )
        shown = one.missing if everything else one.missing[:MOST_SHOWN]
        for lack in shown:
            text = lack.text if len(lack.text) <= SHOWN_LETTERS else f"{lack.text[:SHOWN_LETTERS].rstrip()}…"
            places = lack.places[0]
            if len(lack.places) > 1:
                places = _("{place} and {number} more", place=places, number=len(lack.places) - 1)
            yield f"    {places}: {text}"
        if len(shown) < len(one.missing):
            yield "    " + _("and {number} more: --missing shows them all", number=len(one.missing) - len(shown))
