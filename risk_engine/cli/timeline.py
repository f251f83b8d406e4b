"""`risk-engine criteria timeline`: which version of a set is in force when, and what begins or ends within each."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, get_args

import typer

from risk_engine.cli.options import Day, Output
from risk_engine.cli.output import FORM, form_of, put, put_document
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _

if TYPE_CHECKING:
    pass

EXAMPLES = """Examples: risk-engine criteria timeline reconnect-china ·
risk-engine criteria timeline our-criteria --on 2027-01-01 ·
risk-engine criteria timeline our-criteria reconnect-china -o timeline.html ·
risk-engine criteria timeline our-criteria -o timeline.svg"""


Format: TypeAlias = Literal["text", "svg", "html", "md", "json"]
"""The forms a timeline can be had in."""


def print_timeline(
    references: Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")],
    on: Day = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show the dates outside the time in force of their version too.")
    ] = False,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
) -> None:
    """Show which version of a set is in force when, and what begins, changes or ends within each by its own dates.

    Those are the dates of indicators, parameters, cells of tables and of what people are told. No day is marked unless
    --on names one. As .svg it is one picture, as .html a page with pictures and tables.

    Exit code 0: done; 2: a set or an option cannot be used.
    """
    from risk_engine.audit.releases.timeline import timeline
    from risk_engine.report.releases.timeline import timeline_json, timeline_svg, timeline_view

    form = form_of(output, get_args(Format), asked)
    if form == "svg" and everything:
        message = _("one picture shows the times in force alone, so --all says nothing there")
        raise RiskEngineError(message, _("leave out --all, or write a page with tables: -o FILE.html"))
    found = timeline(references, on)
    match form:
        case "json":
            put(timeline_json(found), output)
        case "svg":
            put(timeline_svg(found), output)
        case "html" | "md" | "text":
            view = timeline_view(found, everything=everything, for_terminal=form == "text")
            put_document(view, form, output)
            if form == "text" and on is None:
                text = _("--on DATE marks a day, --all shows the dates outside the time in force too")
                typer.echo(_("note: {text}", text=text), err=True)
        case _:
            assert_never(form)
