"""`risk-engine criteria`: list, show, map, check, lint, prove, test, mutate, compare, release and describe sets."""

import json
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import cases, diff, impact, lint, mutate, prove, release, released, texts, timeline
from risk_engine.cli import map as criteria_map
from risk_engine.cli.failures import refuse
from risk_engine.cli.options import Day, Output
from risk_engine.cli.output import FORM, form_of, put
from risk_engine.cli.which import say_if_not_in_force, to_read
from risk_engine.diagnostics import RiskEngineError, suggestion
from risk_engine.language import _, ngettext
from risk_engine.writing import make_folder, write_text

app = typer.Typer(
    help="List, show, map, translate, check, lint, prove, test, mutate, release and describe criteria sets.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Set = Annotated[
    str,
    typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]"),
]


ShowFormat: TypeAlias = Literal["text", "md", "html"]
"""The forms a set can be shown in."""


app.command("list", epilog=released.LIST_EXAMPLES)(released.list_sets)


@app.command(
    epilog="Examples: risk-engine criteria show reconnect-china SEC-08 · "
    "risk-engine criteria show reconnect-china -o catalogue.html"
)
def show(
    reference: Set,
    record: Annotated[
        str | None, typer.Argument(help="An indicator, ladder, control, …; without one, the whole set.")
    ] = None,
    on: Day = None,
    asked: Annotated[ShowFormat | None, FORM] = None,
    output: Output = None,
) -> None:
    """Show a set, or one record of it, in readable words: conditions as sentences, ladders as decision tables.

    As HTML it is one page with contents that needs nothing else, to be read, printed and checked line by line.
    Of a set it is the version in force today, or on the day given with --on; where there is none, the newest.
    """
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.lock import is_released
    from risk_engine.loading.sets import is_alone, version_at
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.catalogue import catalogue

    form = form_of(output, get_args(ShowFormat), asked)
    # A folder is read at once, so that every problem of its head is told.
    folder = Path(reference) if is_alone(Path(reference)) else to_read(reference, on).version.path
    criteria = read_criteria(folder)
    version = version_at(folder)
    put(catalogue(criteria_in_words(criteria), record, form, is_released=is_released(version)), output)


app.command("diff", epilog=diff.EXAMPLES)(diff.print_diff)
app.command("impact", epilog=impact.EXAMPLES)(impact.print_impact)
app.command("lint", epilog=lint.EXAMPLES)(lint.lint_set)
app.command("map", epilog=criteria_map.EXAMPLES)(criteria_map.print_criteria_map)
app.command("mutate", epilog=mutate.EXAMPLES)(mutate.mutate)
app.command("prove", epilog=prove.EXAMPLES)(prove.print_proof)
app.command("test", epilog=cases.EXAMPLES)(cases.run_tests)
app.command("texts", epilog=texts.EXAMPLES)(texts.print_texts)


@app.command(epilog="Example: risk-engine criteria check our-criteria/1.0.0")
def check(
    references: Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")],
    missing: Annotated[
        bool, typer.Option("--missing", help="Show every text that is not translated, not only the first few.")
    ] = False,
) -> None:
    """Check every file of a set, and the releases around it, and print every problem with its place and the way out.

    Of a set it is the newest version, and said if that is not in force.
    The translations of the set are checked too; texts that they lack are counted and named, and are no problem.
    """
    from risk_engine.audit.releases.load import checked

    failed: list[RiskEngineError] = []
    for reference in references:
        try:
            found = checked(reference)
        except RiskEngineError as error:
            failed.append(error)
        else:
            say_if_not_in_force(reference, found.version)
            criteria = found.criteria
            name = f"{criteria.head.id} {criteria.head.version}"
            number = len(criteria.indicators)
            typer.echo(
                ngettext(
                    "{name}: {number} indicator, no problems",
                    "{name}: {number} indicators, no problems",
                    number,
                    name=name,
                )
            )
            for line in texts.translation_lines(found.translated, everything=missing):
                typer.echo(line)
    refuse(failed)


app.command("release", epilog=release.RELEASE_EXAMPLES)(release.release)
app.command("sign", epilog=release.SIGN_EXAMPLES)(release.sign_release)
app.command("verify", epilog=released.VERIFY_EXAMPLES)(released.verify_releases)
app.command("timeline", epilog=timeline.EXAMPLES)(timeline.print_timeline)


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
