"""`risk-engine criteria`: the commands on criteria sets; here those that show, describe and check one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, get_args

import typer

from risk_engine.cli import (
    criteria_cases,
    criteria_changes,
    criteria_check,
    criteria_follow,
    criteria_releases,
    criteria_tables,
)
from risk_engine.cli.commands import App
from risk_engine.cli.options import Day, Output, Pages, Set, Sets, say_if_withdrawn, to_read
from risk_engine.cli.output import FORM, form_of, note, put, put_document
from risk_engine.files.diagnostics import RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.writing import make_folder, write_text

if TYPE_CHECKING:
    pass

TEXTS_EXAMPLES = """Examples: risk-engine criteria texts reconnect-china --into fr -o fr.yaml ·
risk-engine criteria texts our-criteria --into de --from reconnect-china -o de.yaml"""


def print_texts(
    reference: Set,
    language: Annotated[
        str, typer.Option("--into", metavar="TAG", help="The language to translate into, like de or pt-BR.")
    ],
    others: Annotated[
        list[str] | None,
        typer.Option(
            "--from", metavar="SET", help="Another set: what it says in the same words is translated as there."
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Print the file in which a set is translated: each text with its places, and room for its translation.

    What is translated already stays: in the set's own file of that language, and in the file that -o names; what is
    not, and another set that --from names says in the same words, is translated as there. What the set does not say any
    more is kept in comments at the end. Put the file into `translations/` of the version.
    """
    from risk_engine.audit.texts import texts_file
    from risk_engine.audit.versions import loaded

    _version, criteria = loaded(reference)
    put(texts_file(criteria, language, output, [loaded(one)[1] for one in others or ()]), output)


MAP_EXAMPLES = """Examples: risk-engine criteria map reconnect-china ·
risk-engine criteria map reconnect-china --format html -o map.html ·
risk-engine criteria map our-criteria/1.0.0 --on 2027-01-01"""


MapFormat: TypeAlias = Literal["text", "html"]
"""The forms a map can be had in."""


def print_criteria_map(
    reference: Set,
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
    from risk_engine.loading.map import load_map, map_in_words, map_path
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.loading.version_files import CASES
    from risk_engine.report.map import map_html, map_view

    chosen = to_read(reference, on)
    version = chosen.version
    criteria = read_criteria(version.path)
    own = map_path(criteria)
    form = form_of(output, get_args(MapFormat), asked, inputs=[own, own.with_name(CASES)])
    words = criteria_in_words(criteria)
    loaded = map_in_words(load_map(words), criteria)
    computed = criteria_map(loaded, words, on, in_force=chosen.in_force if on else None)
    view = map_view(computed)
    if form == "html":
        put(map_html(view), output)
        return
    from risk_engine.report.map import map_text, print_map

    if output is None:
        from rich.console import Console

        print_map(view, Console())
    else:
        put(map_text(view), output)


TIMELINE_EXAMPLES = """Examples: risk-engine criteria timeline reconnect-china ·
risk-engine criteria timeline our-criteria --on 2027-01-01 ·
risk-engine criteria timeline our-criteria reconnect-china -o timeline.html ·
risk-engine criteria timeline our-criteria -o timeline.svg"""


Format: TypeAlias = Literal["text", "svg", "html", "md", "json"]
"""The forms a timeline can be had in."""


def print_timeline(
    references: Sets,
    on: Day = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show the dates outside the time in force of their version too.")
    ] = False,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
    templates: Pages = None,
) -> None:
    """Show which version of a set is in force when, and what begins, changes or ends within each by its own dates.

    Those are the dates of indicators, parameters, cells of tables and of what people are told. No day is marked unless
    --on names one. As .svg it is one picture, as .html a page with pictures and tables.

    Exit code 0: done; 2: a set or an option cannot be used.
    """
    from risk_engine.audit.releases.timeline import timeline
    from risk_engine.report.set_pages.timeline import timeline_json, timeline_svg, timeline_view

    form = form_of(output, get_args(Format), asked, templates=templates)
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
                note(text)
        case _:
            assert_never(form)


app = App(
    help="List, show, map, translate, check, lint, prove, test, mutate, release, withdraw and describe criteria sets."
)


ShowFormat: TypeAlias = Literal["text", "md", "html"]
"""The forms a set can be shown in."""


app.command("list", epilog=criteria_releases.LIST_EXAMPLES)(criteria_releases.list_sets)


@app.command(
    epilog="Examples: risk-engine criteria show reconnect-china SEC-08 · "
    "risk-engine criteria show reconnect-china --case 'Endowed chair' -o cases.html · "
    "risk-engine criteria show reconnect-china -o catalogue.html"
)
def show(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    reference: Set,
    record: Annotated[
        str | None, typer.Argument(help="An indicator, ladder, control, …; without one, the whole set.")
    ] = None,
    case: Annotated[
        str | None,
        typer.Option(
            "--case",
            metavar="NAME",
            help="A case of cases.yaml, by its name or a part of it: what is given, what must come out.",
        ),
    ] = None,
    on: Day = None,
    asked: Annotated[ShowFormat | None, FORM] = None,
    output: Output = None,
    templates: Pages = None,
) -> None:
    """Show a set, one record or case of it, in readable words: conditions as sentences, ladders as decision tables.

    As HTML it is one page with contents that needs nothing else, to be read, printed and checked line by line.
    Of a set it is the version in force today, or on the day given with --on; where there is none, the newest.
    """
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.releases import is_released
    from risk_engine.loading.sets import is_alone, version_at
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.set_pages.catalogue import catalogue

    form = form_of(output, get_args(ShowFormat), asked, templates=templates)
    # A folder is read at once, so that every problem of its head is told.
    is_one = is_alone(Path(reference))
    folder = Path(reference) if is_one else to_read(reference, on).version.path
    criteria = read_criteria(folder)
    version = version_at(folder)
    if is_one:
        say_if_withdrawn(version)
    if case is not None:
        if record is not None:
            message = _("a record, `{record}`, and --case are two pages", record=record)
            raise RiskEngineError(message, _("ask for one after the other"))
        criteria_cases.show_cases(criteria, case, form, output)
        return
    put(catalogue(criteria_in_words(criteria), record, form, is_released=is_released(version)), output)


app.command("diff", epilog=criteria_changes.DIFF_EXAMPLES)(criteria_changes.print_diff)
app.command("impact", epilog=criteria_changes.IMPACT_EXAMPLES)(criteria_changes.print_impact)
app.command("lint", epilog=criteria_cases.LINT_EXAMPLES)(criteria_cases.lint_set)
app.command("map", epilog=MAP_EXAMPLES)(print_criteria_map)
app.command("mutate", epilog=criteria_cases.MUTATE_EXAMPLES)(criteria_cases.mutate)
app.command("prove", epilog=criteria_changes.PROVE_EXAMPLES)(criteria_changes.print_proof)
app.command("table", epilog=criteria_tables.TABLE_EXAMPLES)(criteria_tables.table)
app.command("case-from", epilog=criteria_cases.FROM_EXAMPLES)(criteria_cases.case_from_assessment)
app.command("test", epilog=criteria_cases.TEST_EXAMPLES)(criteria_cases.run_tests)
app.command("texts", epilog=TEXTS_EXAMPLES)(print_texts)


app.command("check", epilog=criteria_check.CHECK_EXAMPLES)(criteria_check.check)
app.command("lsp", epilog=criteria_check.LSP_EXAMPLES)(criteria_check.serve_editor)
app.command("try", epilog=criteria_check.TRY_EXAMPLES)(criteria_check.try_edit)
app.command("release", epilog=criteria_releases.RELEASE_EXAMPLES)(criteria_releases.release)
app.command("sign", epilog=criteria_releases.SIGN_EXAMPLES)(criteria_releases.sign_release)
app.command("withdraw", epilog=criteria_releases.WITHDRAW_EXAMPLES)(criteria_releases.withdraw)
app.command("verify", epilog=criteria_releases.VERIFY_EXAMPLES)(criteria_releases.verify_releases)
app.command("publish", epilog=criteria_follow.PUBLISH_EXAMPLES)(criteria_follow.publish)
app.command("follow", epilog=criteria_follow.FOLLOW_EXAMPLES)(criteria_follow.follow)
app.command("timeline", epilog=TIMELINE_EXAMPLES)(print_timeline)


@app.command(epilog="Examples: risk-engine criteria schema indicators · risk-engine criteria schema -o schemas/")
def schema(
    kind: Annotated[
        str | None, typer.Argument(help="A kind of file, such as indicators; without one, all of them.")
    ] = None,
    output: Output = None,
) -> None:
    """Print the JSON Schema of a kind of criteria file, so that an editor completes and checks what authors write.

    Without a kind every schema is written into the folder named with -o, one file each.
    """
    from risk_engine.audit.schemas import KINDS, criteria_schema

    if kind is not None:
        if kind not in KINDS:
            raise RiskEngineError(_("there is no kind of file `{kind}`", kind=kind), suggestion(kind, KINDS))
        put(json.dumps(criteria_schema(kind), indent=2, ensure_ascii=False), output)
        return
    if output is None:
        kinds = ", ".join(f"`{one}`" for one in KINDS)
        raise RiskEngineError(_("say which kind of file"), _("one of {kinds}, or `-o FOLDER` for all", kinds=kinds))
    make_folder(output)
    for one in KINDS:
        write_text(
            output / f"{one}.schema.json",
            json.dumps(criteria_schema(one), indent=2, ensure_ascii=False) + "\n",
        )
    typer.echo(_("wrote {number} schemas to {folder}", number=len(KINDS), folder=output), err=True)
