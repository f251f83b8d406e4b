"""`risk-engine portfolio map` and `template`: a table of an office's own as cases, and one to fill in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.options import CriteriaOption, Set, say_if_withdrawn, to_read, today
from risk_engine.cli.output import note, put, say, wrote
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, first_few
from risk_engine.files.writing import check_folder, write_bytes

if TYPE_CHECKING:
    from risk_engine.portfolio.reading.propose import Proposal

MAP_EXAMPLES = """Examples: risk-engine portfolio map projects.csv -o map.yaml ·
risk-engine portfolio map partners.csv --about partner --header 2 --criteria reconnect-china"""
TEMPLATE_EXAMPLES = """Example: risk-engine portfolio template reconnect-china -o cases.xlsx"""


def propose_map(
    table: Annotated[Path, typer.Argument(help="The table: .csv, .xlsx or .parquet.", metavar="TABLE")],
    criteria: CriteriaOption = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook; without it the first one.")
    ] = None,
    header: Annotated[
        int, typer.Option("--header", min=1, metavar="ROW", help="The row in which the headers stand.")
    ] = 1,
    about: Annotated[
        str | None,
        typer.Option(
            "--about",
            metavar="ENTITY",
            help="The table has a row for each of these, such as `partner`, and not for each case.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there; a file that is there stays.")
    ] = None,
) -> None:
    """Propose which column of a table states which answer, with the reason for each guess, as a mapping file.

    Headers are held against names, earlier names, questions and titles of the set in all its languages, what cells say
    against the answers that there are. Nothing is used before a person has looked at a line of the file and says
    `confirmed: true` in it; `portfolio assess --mapping FILE` reads the table so.
    """
    from risk_engine.portfolio import need_columns

    need_columns()
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.releases import choose
    from risk_engine.portfolio.reading.propose import as_file, propose
    from risk_engine.portfolio.reading.tables import open_table
    from risk_engine.portfolio.reading.workbook import SheetTable

    if output is not None:
        check_folder(output)
        if output.exists():
            message = _("{output} is there already; lines that somebody confirmed are not written over", output=output)
            raise RiskEngineError(message, _("name another file, or take that one away"))
    chosen = choose(criteria, today())
    say_if_withdrawn(chosen.version)
    rules = read_criteria(chosen.version.path)
    opened = open_table(table, sheet, header)
    proposal = propose(opened, rules, about)
    text = as_file(proposal, rules, table.name, sheet, header, about)
    if output is not None:
        _show(proposal)
    put(text, output)
    if isinstance(opened, SheetTable) and opened.others:
        note(
            _(
                "{table}: only the sheet `{sheet}` was looked at; there are {others} too",
                table=table.name,
                sheet=opened.name,
                others=first_few(opened.others, _MOST_SHOWN),
            )
        )
    if output is not None:
        for one in proposal.notes:
            note(one)
        note(_("nothing of it is used yet: look at each line, and write `confirmed: true` where it is right"))


_MOST_SHOWN = 8
"""So many values of a column are shown; the file has all that mean something."""


def _show(proposal: "Proposal") -> None:
    for guess in proposal.guesses:
        say(f"{guess.header} → {guess.to}: {guess.reason}")
        if guess.values:
            values = first_few([f"{said} → {meant}" for said, meant in guess.values.items()], _MOST_SHOWN)
            say("  " + _("what cells may mean: {values}", values=values))
        if guess.unread:
            say("  " + _("no answer is like: {values}", values=first_few(guess.unread, _MOST_SHOWN)))
    for header, said in proposal.unplaced.items():
        say(_("{header}: nothing found ({values})", header=header, values=said))
        if header in proposal.near:
            say(f"  {proposal.near[header]}")


def write_template(
    reference: Set,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The workbook to write, .xlsx.")],
) -> None:
    """Write a workbook to fill in for many cases: a sheet for each entity, with the answers that there are to choose.

    Questions and help stand as comments at the headers, the first sheet says how it is filled in. `portfolio assess`
    reads it as it is.
    """
    from risk_engine.portfolio import need_columns

    need_columns()
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.portfolio.reading.template import template

    check_folder(output)
    if output.suffix.casefold() != ".xlsx":
        raise RiskEngineError(_("{output}: the workbook is an .xlsx file", output=output), _("end the name so"))
    rules = read_criteria(to_read(reference).version.path)
    write_bytes(output, template(rules, today()))
    wrote(output)
