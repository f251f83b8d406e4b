"""`risk-engine register similar | consistency`: decided cases that are near, and those that do not go together."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.commands import speak
from risk_engine.cli.options import CriteriaOption, Day, Output, Pages, ProfileOption
from risk_engine.cli.output import FORM, Exit, Format, check_outside, form_of, progress, put, put_document, refuse, warn
from risk_engine.cli.register_log import Register
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current, in_language

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.office.precedents.similar import Nearest
    from risk_engine.report.pages.similar import SimilarFacts

CONSISTENCY_EXAMPLES = """Examples: risk-engine register consistency register ·
risk-engine register consistency register -o consistency.html ·
risk-engine register consistency register --format json"""
SIMILAR_EXAMPLES = """Examples: risk-engine register similar register 2026-014 ·
risk-engine register similar register case.yaml ·
risk-engine register similar register 2026-014 --most 3 -o similar.html ·
risk-engine register similar register 2026-014 --format json"""


def print_similar(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    context: typer.Context,
    folder: Register,
    case: Annotated[
        str,
        typer.Argument(metavar="CASE", help="The number of a case in the register, a case file, or an assessment."),
    ],
    most: Annotated[int, typer.Option("--most", min=1, max=50, metavar="N", help="Tell so many cases at most.")] = 5,
    criteria: CriteriaOption = None,
    on: Day = None,
    profile: ProfileOption = None,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
    _templates: Pages = None,
) -> None:
    """Tell the decided cases of the register that are nearest to a case, what differs, how they were decided and why.

    Those of other offices, which came in packages (`exchange import`), are among them; of them only is known what the
    package says, often less exactly.

    Near is by the facts that decide, never by a name: those that findings were read from which are present or still
    open, each by the points of the gravest one. What one of the two cases does not know counts neither way. A case is
    never its own precedent, and a decision in whose place another one stands says so.

    Exit code 2 if a case of the register cannot be read; the others are looked at all the same.
    """
    context.with_resource(in_language(speak(current(), "report")))
    check_outside(folder, output)
    form = form_of(output, get_args(Format), asked)
    assessment, under = _assessment(folder, case, criteria, on, profile)
    held = Held(folder)
    found, told = held.nearest(assessment, under, most)
    if form == "json":
        from risk_engine.files.plain import canonical
        from risk_engine.office.precedents.similar_words import as_data

        put(canonical(as_data(found, told)).decode(), output, kept=True)
    else:
        from risk_engine.report.pages.similar import similar_view

        put_document(similar_view(told), form, output)
    refuse(held.failed, held.read)


def check_consistency(
    context: typer.Context,
    folder: Register,
    asked: Annotated[Format | None, FORM] = None,
    output: Output = None,
    _templates: Pages = None,
) -> None:
    """Tell decided cases in which the same was found and that were decided otherwise, the worst first.

    The same means: under the same version of the same criteria the same findings, as severe, with the same controls in
    place. Beside them stands what else differs, who decided, and whether a reason was given. Where another version of
    the criteria explains it, that is told apart and is no fault. Decisions in whose place another stands, or that await
    a second person, are left out.

    Exit code 0: nothing was found, and a sentence says so; 1: something was; 2: nothing was, but a case could not be
    read.
    """
    context.with_resource(in_language(speak(current(), "report")))
    check_outside(folder, output)
    form = form_of(output, get_args(Format), asked)
    held = Held(folder)
    from risk_engine.office.precedents.consistency import consistency

    found = consistency(held.precedents, held.library.criteria_of)
    if form == "json":
        from risk_engine.files.plain import canonical
        from risk_engine.office.precedents.consistency_words import as_data

        put(canonical(as_data(found)).decode(), output, kept=True)
    else:
        from risk_engine.office.precedents.consistency_words import shown
        from risk_engine.report.pages.consistency import consistency_view

        told = shown(found, folder.resolve().name, options.today(), held.library)
        put_document(consistency_view(told), form, output)
    if found.inconsistent:
        for one in held.failed:
            warn(one)
        raise typer.Exit(Exit.FAILED)
    refuse(held.failed, held.read)


class Held:
    """The decided cases that a register holds, its own and those of other offices."""

    def __init__(self, register: Path) -> None:
        """Read them; raise RiskEngineError for what is no register."""
        from risk_engine.office.exchange.receive import imported
        from risk_engine.office.precedents.library import Library, decided_cases

        with progress(_("cases of the register read")) as tell:
            own = decided_cases(register, tell=tell)
        came = imported(register)
        self.precedents = own.precedents
        self.imported = came.precedents
        """What other offices gave: near perhaps, and never one of the own."""
        self.failed = [*own.failed, *came.problems]
        """Why cases cannot be read."""
        self.read = own.read
        """How many cases there are."""
        self.library = Library(register)

    def nearest(
        self, assessment: "Assessment", criteria: "Criteria", most: int | None = None
    ) -> "tuple[Nearest, SimilarFacts]":
        """Return the decided cases that are nearest, and the same in words."""
        from risk_engine.loading.translation import criteria_in_words
        from risk_engine.office.precedents.similar import MOST, Precedents
        from risk_engine.office.precedents.similar_words import shown

        found = Precedents((*self.precedents, *self.imported), criteria).nearest(
            assessment, MOST if most is None else most
        )
        return found, shown(found, assessment, criteria_in_words(criteria), self.library)


def similar_for(register: Path, assessment: "Assessment", criteria: "Criteria") -> "SimilarFacts":
    """Return similar decided cases for a page on a case; what cannot be read is warned of."""
    held = Held(register)
    for one in held.failed:
        warn(one)
    return held.nearest(assessment, criteria)[1]


def _assessment(
    folder: Path, case: str, reference: str | None, on: date | None, profile: Path | None
) -> "tuple[Assessment, Criteria]":
    """Return the assessment of a case that is named by a file or by its number in the register."""
    from risk_engine.cli.report import assessed
    from risk_engine.office.register.folder import known_case_folder
    from risk_engine.office.register.record import record_of
    from risk_engine.records.criteria import criteria_of

    if Path(case).is_file():
        return assessed(Path(case), reference, on, profile)
    found = record_of(known_case_folder(folder, case)).current
    if found is None:
        message = _("{folder}: the case `{case}` has no assessment yet", folder=folder, case=case)
        raise RiskEngineError(message, _("file the case: `risk-engine register add {folder} CASE`", folder=folder))
    given: dict[str, Any] = {"--criteria": reference, "--on": on, "--profile": profile}
    if said := [name for name, value in given.items() if value is not None]:
        message = _("{options}: a case of the register has its own criteria, day and profile", options=", ".join(said))
        raise RiskEngineError(message, _("give a case file to assess it otherwise"))
    return found.assessment, criteria_of(found.assessment, None, found.filed.path)
