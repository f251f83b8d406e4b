"""`risk-engine verify`: recompute stored assessments, and check the chain of decisions on them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.key import TrustedKeys, trusted_keys
from risk_engine.cli.options import CriteriaOption
from risk_engine.files.diagnostics import printable
from risk_engine.files.language import N_, _, in_language

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.explanation import Explanation
    from risk_engine.model.outlook import Outlook, OutlookChecked
    from risk_engine.records.links import Link
    from risk_engine.records.verify import Verification

EXAMPLES = """Examples: risk-engine verify 2026-014.json ·
risk-engine verify 2026-014.json 2026-014.decision.json ·
risk-engine verify archive --key office.pub.pem"""

NOT_CHECKED = N_("not checked")
_WORDS = {"holds": N_("holds"), "broken": N_("does not hold"), "unchecked": NOT_CHECKED, "noted": N_("note")}


def verify_records(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Assessments, decisions, outlooks, files of replies; or folders of them.", metavar="FILE..."
        ),
    ],
    criteria: CriteriaOption = None,
    keys: TrustedKeys = None,
) -> None:
    """Recompute stored assessments, and check that decisions are bound to them, confirmed and signed.

    An outlook is held against the assessment that it is about; the cases that it tells are replayed, and with the
    extra `audit` all of it is worked out anew and compared.

    Exit code 0: everything holds; 1: something does not (an assessment comes out otherwise, a record was altered);
    2: something could not be checked, because a file, a key or the criteria are missing.
    """
    from risk_engine.model.assessment import Assessment
    from risk_engine.records.chain import check_chain, find_records, to_the_byte
    from risk_engine.records.files import kind_of_file, read_record

    known = trusted_keys(keys or [])
    if len(files) == 1 and not files[0].is_dir() and not known and kind_of_file(files[0]) != "outlook":
        stored = read_record(files[0])
        if isinstance(stored.record, Assessment) and stored.record.supersedes is None:
            _verify_one(files[0], criteria, exactly=to_the_byte(stored.raw, stored.record))
            return
    found = find_records(files)
    counts = dict.fromkeys(_WORDS, 0)
    for path, link in (*check_chain(found, criteria, known, _again, _sheet), *_filed(files)):
        counts[link.verdict] += 1
        typer.echo(printable(f"{path}: {_(_WORDS[link.verdict])}: {link.text}"))
    typer.echo(_("{holds} hold, {broken} do not, {unchecked} not checked", **counts))
    if counts["broken"]:
        raise typer.Exit(Exit.FAILED)
    if counts["unchecked"]:
        text = _("not everything could be checked: see the lines that say `{words}`", words=_(NOT_CHECKED))
        typer.echo(text, err=True)
        raise typer.Exit(Exit.INVALID_INPUT)


def _again(outlook: "Outlook", stored: "Assessment", criteria: "Criteria") -> "OutlookChecked":
    """Work an outlook out again, as far as can be done here; what only that needs is loaded only where there is one."""
    from importlib.util import find_spec

    from risk_engine.outlook.verify import replay, verify

    return replay(outlook, stored, criteria) if find_spec("z3") is None else verify(outlook, stored, criteria)


def _filed(paths: list[Path]) -> "Iterator[tuple[Path, Link]]":
    """Yield what is not as it was filed in the registers among these folders."""
    for folder in filter(Path.is_dir, paths):
        from risk_engine.office.register.folder import not_as_filed

        yield from not_as_filed(folder)


def _sheet(assessment: "Explanation") -> bytes:
    """Make a decision sheet anew, in the language of the assessment."""
    from risk_engine.report.pages import sheet

    with in_language(assessment.language):
        return sheet(assessment)


def _verify_one(file: Path, criteria: str | None, *, exactly: bool) -> None:
    from risk_engine.records.criteria import verify_file

    result = verify_file(file, criteria)
    typer.echo(_sentence(result, exactly=exactly))
    for line in result.differences:
        typer.echo(f"  {line}")
    for text in result.notes:
        typer.echo(_("note: {text}", text=text))
    if result.verdict != "same":
        raise typer.Exit(Exit.FAILED)


def _sentence(result: "Verification", *, exactly: bool) -> str:
    then, now = result.engine_then, result.engine_now
    engines = (
        _("engine {then}", then=then) if then == now else _("engine {then}, recomputed by {now}", then=then, now=now)
    )
    match result.verdict:
        case "same" if exactly and then == now:
            return _("same: the assessment comes out again to the byte ({engines})", engines=engines)
        case "same" if exactly:
            return _("same: the assessment comes out again ({engines})", engines=engines)
        case "same":
            return _(
                "same: the assessment comes out again; its file is not to the byte as the engine would write it "
                "({engines})",
                engines=engines,
            )
        case "different":
            return _("different: it does not come out again ({engines}); where:", engines=engines)
        case "altered" if result.differences:
            return _(
                "altered: the file was changed after it was written ({engines}); where it now differs:", engines=engines
            )
        case "altered":
            return _(
                "altered: the file was changed after it was written ({engines}); "
                "without its criteria nobody can say where",
                engines=engines,
            )
