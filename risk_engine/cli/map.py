"""`risk-engine criteria map`: what a set proposes for a harmless case in each area, with each kind of partner."""

from typing import Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.options import Day, Output
from risk_engine.cli.output import FORM, form_of, put
from risk_engine.cli.which import to_read
from risk_engine.writing import keep_inputs

EXAMPLES = """Examples: risk-engine criteria map reconnect-china ·
risk-engine criteria map reconnect-china --format html -o map.html ·
risk-engine criteria map our-criteria/1.0.0 --on 2027-01-01"""


MapFormat: TypeAlias = Literal["text", "html"]
"""The forms a map can be had in."""


def print_criteria_map(
    reference: Annotated[
        str, typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]")
    ],
    on: Day = None,
    asked: Annotated[MapFormat | None, FORM] = None,
    output: Output = None,
) -> None:
    """Print the map of a set: gate and measure of a harmless case along the axes of its map.yaml, and what decides.

    Each cell is computed by the engine for the base case of the set's cases.yaml, changed only as the map says. Without
    --on it is the version in force today, or the newest where there is none, on the base case's own day.
    """
    from risk_engine.audit.map import criteria_map
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.files import CASES, MAP
    from risk_engine.loading.map import load_map, map_in_words
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.map import map_html, map_view

    chosen = to_read(reference, on)
    version = chosen.version
    if output is not None:
        keep_inputs(output, [version.path / MAP, version.path / CASES])
    criteria = read_criteria(version.path)
    words = criteria_in_words(criteria)
    loaded = map_in_words(load_map(version.path, words), criteria)
    computed = criteria_map(loaded, words, on, in_force=chosen.in_force if on else None)
    view = map_view(computed)
    if form_of(output, get_args(MapFormat), asked) == "html":
        put(map_html(view), output)
        return
    from risk_engine.report.map_text import map_text, print_map

    if output is None:
        from rich.console import Console

        print_map(view, Console())
    else:
        put(map_text(view), output)
