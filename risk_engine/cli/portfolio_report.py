"""`risk-engine portfolio report`: results of many cases to a page about all of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.commands import speak
from risk_engine.cli.options import Pages, ProfileOption
from risk_engine.cli.output import FORM, form_of, note, progress, put_document
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current, in_language
from risk_engine.portfolio import need_columns

if TYPE_CHECKING:
    import polars as pl

    from risk_engine.model.criteria import Criteria
    from risk_engine.model.profile import Profile
    from risk_engine.portfolio.figures_files import ResultsFile

EXAMPLES = """Examples: risk-engine portfolio report results.parquet --cases projects.parquet -o report.html ·
risk-engine portfolio report results.parquet --cases projects.csv --by partner.org_type -o report.pdf ·
risk-engine portfolio report results.parquet -o report.html"""

PageForm: TypeAlias = Literal["html", "pdf", "md"]
"""The forms that a report on many cases can be had in."""


def report(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    context: typer.Context,
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results of `portfolio assess`, a .parquet file.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the report there.")],
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases",
            metavar="INPUT",
            help="The table that was assessed: then cases are counted by their answers too, controls are tried, and "
            "other countries put in the place of their own.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="With --cases: the mapping that the table was assessed with."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="FACT", help="Count the cases by this fact too; can be given more than once."),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, metavar="N", help="Try so many cases; without it 10,000, or all if fewer."),
    ] = None,
    criteria: Annotated[
        str | None,
        typer.Option(
            "--criteria",
            metavar="SET[@VERSION]",
            help="A set, or the folder of a set or of one version, that the results were made under; without it the "
            "version that they name.",
        ),
    ] = None,
    profile: ProfileOption = None,
    asked: Annotated[PageForm | None, FORM] = None,
    _templates: Pages = None,
) -> None:
    """Write a report on many cases: how many stand where, what holds them open, what would help, what to look at first.

    The share of what is not known stands beside each number, and each number leads to the list of its cases. Of a list
    twenty are in the report, of a longer one all are in a file of a folder beside it (FILE-cases). Where a list has
    more than 10,000 cases that file has the first ones, and all.parquet in the folder has all of them.

    With --cases it also says what would come of the cases with each control in place, and as if their partners were in
    any other country with all other answers equal: what moves then, and by which sourced statement. Both are tried on
    a sample where there are many.
    """
    need_columns()
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.portfolio.figures import Asked, Under, figures
    from risk_engine.portfolio.figures_counts import counted_by
    from risk_engine.portfolio.figures_files import ListFiles, ResultsFile
    from risk_engine.portfolio.figures_tried import SAMPLE
    from risk_engine.report.pages.portfolio import portfolio_view

    context.with_resource(in_language(speak(current(), "report")))
    form = form_of(output, get_args(PageForm), asked, inputs=(results, cases, mapping, profile))
    held = ResultsFile(results)
    under = _criteria_of(held, criteria)
    held.check(under)
    if cases is None:
        _refuse_unused({"--mapping": mapping, "--by": by, "--sample": sample, "--profile": profile})
    own = None if cases is None else _profile_of(held, under, profile)
    counted = counted_by(under, by or ())
    if (why := held.said("ended_early")) is not None:
        note(_("{file}: these are not all cases: {why}", file=results, why=why))

    def parts() -> "Iterator[pl.DataFrame]":
        if cases is None:
            return held.parts()
        from risk_engine.portfolio.figures import together
        from risk_engine.portfolio.reading import read

        batches = read(cases, under, mapping=mapping, on=held.day)
        return together(held.parts(), (one.stated for one in batches))

    with ListFiles(output) as lists, progress(_("cases, each counted, listed and tried")) as tell:
        wanted = Asked(counted, sample or SAMPLE, lists.add, held.rows)
        made = figures(parts, Under(under, own), wanted, held.rejected(), tell)
    shown = portfolio_view(
        made,
        criteria_in_words(under),
        source=results.name,
        profile=held.said("profile"),
        partial=why or "",
        on_paper=form == "pdf",
    )
    put_document(shown, form, output)


def _criteria_of(results: "ResultsFile", reference: str | None) -> "Criteria":
    """Return the criteria that results were made under, or those that are named in their place."""
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.releases import choose

    return read_criteria(choose(reference or results.said("criteria"), results.day).version.path)


def _profile_of(results: "ResultsFile", criteria: "Criteria", profile: Path | None) -> "Profile | None":
    """Return the profile that results were made with; raise RiskEngineError where it is not the one that is given."""
    from risk_engine.loading.profile import load_profile

    made_with = results.said("profile")
    given = None if profile is None else load_profile(profile, criteria)
    if made_with == (None if given is None else given.institution):
        return given
    if made_with is None:
        raise RiskEngineError(_("--profile: the results were made without one"), _("leave it out"))
    message = _("the results were made with the profile of {institution}", institution=made_with)
    raise RiskEngineError(message, _("name its file with `--profile`: cases are decided with it again"))


def _refuse_unused(given: Mapping[str, object]) -> None:
    """Raise RiskEngineError with each option that needs the cases themselves."""
    unused = [name for name, value in given.items() if value]
    if unused:
        message = _("{options}: without the cases themselves there is no use for it", options=", ".join(unused))
        raise RiskEngineError(message, _("name the table that was assessed with `--cases`"))
