"""`risk-engine verify`: recompute stored assessments, and check the chain of decisions on them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from risk_engine.cli.commands import App
from risk_engine.cli.options import CriteriaOfRecord
from risk_engine.cli.output import Exit
from risk_engine.files.diagnostics import RiskEngineError, printable, reason
from risk_engine.files.language import N_, _, in_language
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import check_new, clear_abandoned, write_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.explanation import Explanation
    from risk_engine.model.outlook import Outlook, OutlookChecked
    from risk_engine.records.verify import Link, Verification


TrustedKeys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        metavar="PUBLIC",
        help="The public key of an office, or a folder of such (.pub.pem); its signature is then asked for.",
    ),
]

EXAMPLES = {
    "verify": """Examples: risk-engine verify 2026-014.json ·
risk-engine verify 2026-014.json 2026-014.decision.json ·
risk-engine verify archive --key office.pub.pem ·
risk-engine verify log-2026-11-30.jsonl --head 412:3f9c2ab1d2e4f567"""
}

LOG_ENDING = ".jsonl"
"""How the log of the office application ends as a file."""
NOT_CHECKED = N_("not checked")
_WORDS = {"holds": N_("holds"), "broken": N_("does not hold"), "unchecked": NOT_CHECKED, "noted": N_("note")}


def verify_records(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Assessments, decisions, outlooks, files of replies; or folders of them.", metavar="FILE..."
        ),
    ],
    criteria: CriteriaOfRecord = None,
    keys: TrustedKeys = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="HEAD", help="Of the office's log (.jsonl): a head kept elsewhere, NUMBER:DIGEST."
        ),
    ] = None,
) -> None:
    """Recompute stored assessments, and check that decisions are bound to them, confirmed and signed.

    The log of the office application, as its page gives it (.jsonl), is a chain: what was changed, taken out or put
    elsewhere is told with its number.

    An outlook is held against the assessment that it is about; the cases that it tells are replayed, and with the
    extra `audit` all of it is worked out anew and compared.

    Exit code 0: everything holds; 1: something does not (an assessment comes out otherwise, a record was altered);
    2: something could not be checked, because a file, a key or the criteria are missing.
    """
    from risk_engine.model.assessment import Assessment
    from risk_engine.records.chain import check_chain, find_records, to_the_byte
    from risk_engine.records.files import kind_of_file, read_record

    known = trusted_keys(keys or [])
    logs = [one for one in files if one.suffix.casefold() == LOG_ENDING and not one.is_dir()]
    checked = list(_office_logs(logs, head))
    files = [one for one in files if one not in logs]
    if not files:
        raise typer.Exit(print_links(checked).code)
    if len(files) == 1 and not logs and not files[0].is_dir() and not known and kind_of_file(files[0]) != "outlook":
        stored = read_record(files[0])
        if isinstance(stored.record, Assessment) and stored.record.supersedes is None:
            _verify_one(files[0], criteria, exactly=to_the_byte(stored.raw, stored.record))
            return
    found = find_records(files)
    shown = print_links((*checked, *check_chain(found, criteria, known, _again, _sheet), *_filed(files)))
    typer.echo(_("{holds} hold, {broken} do not, {unchecked} not checked", **shown.counts))
    if shown.code == Exit.INVALID_INPUT:
        text = _("not everything could be checked: see the lines that say `{words}`", words=_(NOT_CHECKED))
        typer.echo(text, err=True)
    raise typer.Exit(shown.code)


class Links(NamedTuple):
    """How many of the links that were printed came out how, and the exit code that they give."""

    counts: dict[str, int]
    code: Exit


def print_links(links: "Iterable[tuple[object, Link]]") -> Links:
    """Print what was found of records or releases."""
    counts = dict.fromkeys(_WORDS, 0)
    for place, link in links:
        counts[link.verdict] += 1
        typer.echo(printable(f"{place}: {_(_WORDS[link.verdict])}: {link.text}"))
    return Links(counts, Exit.FAILED if counts["broken"] else Exit.INVALID_INPUT if counts["unchecked"] else Exit.DONE)


def _again(outlook: "Outlook", stored: "Assessment", criteria: "Criteria") -> "OutlookChecked":
    """Work an outlook out again, as far as can be done here; what only that needs is loaded only where there is one."""
    from importlib.util import find_spec

    from risk_engine.outlook.verify import replay, verify

    return replay(outlook, stored, criteria) if find_spec("z3") is None else verify(outlook, stored, criteria)


def _filed(paths: list[Path]) -> "Iterator[tuple[Path, Link]]":
    """Yield what is not as it was filed in the registers among these folders."""
    for folder in filter(Path.is_dir, paths):
        from risk_engine.office.register.verify import links

        yield from links(folder)


def _office_logs(paths: list[Path], head: str | None) -> "Iterator[tuple[Path, Link]]":
    """Yield what there is to say of logs of the office; RiskEngineError where a head is given and not one log."""
    from risk_engine.records.office_log import links, read_log

    kept = None
    if head is not None:
        from risk_engine.office.register.head import Head, read_head

        found = read_head(head)
        if isinstance(found, Head) or len(paths) != 1:
            message = _("--head is of one log of the office, as NUMBER:DIGEST")
            raise RiskEngineError(message, _("of a register: `risk-engine register verify FOLDER --head …`"))
        number, _colon, digits = found.partition(":")
        kept = int(number), digits
    for path in paths:
        yield from ((path, one) for one in links(read_log(path), kept))


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
    for text in result.unchecked:
        typer.echo(_("not checked: {text}", text=text))
    if result.verdict != "same":
        raise typer.Exit(Exit.FAILED)
    if result.unchecked:
        raise typer.Exit(Exit.INVALID_INPUT)


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


PASSPHRASE = "RISK_ENGINE_PASSPHRASE"  # noqa: S105 (the name of a variable, not a secret)


def passphrase(file: Path, *, twice: bool = False) -> str:
    """Return the passphrase for a key file; `twice` asks again, so that a new one is not mistyped."""
    stated = os.environ.get(PASSPHRASE)
    if stated is None and sys.stdin.isatty():
        stated = _asked(file, twice=twice)

    if not stated:
        message = _("{file}: a passphrase is needed", file=file)
        raise RiskEngineError(message, _("run the command at a terminal, or set {variable}", variable=PASSPHRASE))
    return stated


def _asked(file: Path, *, twice: bool) -> str:
    while True:
        stated: str = typer.prompt(_("Passphrase for {file}", file=file), hide_input=True, err=True)
        if not twice or stated == typer.prompt(_("Repeat for confirmation"), hide_input=True, err=True):
            return stated
        typer.echo(_("Error: {problem}", problem=_("The two entered values do not match.")), err=True)


PUBLIC = "*.pub.pem"
"""How the public halves in a folder of keys are named, as `key new` names them."""


def signing_key(file: Path) -> "Ed25519PrivateKey":
    """Return the private key in a file, its passphrase asked for; raise RiskEngineError where there is none."""
    from risk_engine.files.signing import need_cryptography, private_key

    need_cryptography()
    pem = _read(file)
    if b"PUBLIC KEY" in pem:
        message = _("{file}: this is the public half of a key; with it one checks", file=file)
        raise RiskEngineError(message, _("sign with the private half"))
    return private_key(pem, passphrase(file), str(file))


def trusted_keys(given: "Iterable[Path]") -> "dict[str, Ed25519PublicKey]":
    """Return the public keys in files and folders, by id; raise RiskEngineError where there is none."""
    known: dict[str, Ed25519PublicKey] = {}
    for file in (one for path in given for one in _files(path)):
        from risk_engine.files.signing import key_id, need_cryptography, public_key

        need_cryptography()
        key = public_key(_read(file), str(file))
        known[key_id(key)] = key
    return known


def _files(path: Path) -> "Iterator[Path]":
    if not path.is_dir():
        yield path
        return
    found = sorted(path.glob(PUBLIC))
    if not found:
        message = _("{folder}: there is no public key in this folder", folder=path)
        raise RiskEngineError(message, _("public keys are files like {name}", name=f"`{PUBLIC}`"))
    yield from found


def _read(file: Path) -> bytes:
    try:
        return read_bytes(file)
    except OSError as error:
        message = _("{file}: the key cannot be read: {reason}", file=file, reason=reason(error))
        raise RiskEngineError(message, _("name the file that `risk-engine key new` wrote")) from None


app = App(help="Make a key with which an office signs its decisions and the releases of its criteria.")


@app.callback()
def _group() -> None:
    pass


@app.command(epilog="Example: risk-engine key new office.pem")
def new(file: Annotated[Path, typer.Argument(help="Where to write the private key; nothing is written over.")]) -> None:
    """Make an Ed25519 key: the private half encrypted with a passphrase, the public half beside it (.pub.pem)."""
    from risk_engine.files.signing import key_id, new_key, public_half, public_key

    public = file.with_name(f"{file.name.removesuffix('.pem')}.pub.pem")
    for one in filter(Path.exists, (file, public)):
        clear_abandoned(one)
    check_new(public, _("give another file name"))
    if _is_private(file):
        half = public_half(signing_key(file))
        typer.echo(_("{file}: was here already; its public half was missing and is written now", file=file))
    else:
        check_new(file, _("give another file name"))
        private, half = new_key(passphrase(file, twice=True))
        # The private half comes first: the public one can be made from it, and not the other way round.
        write_new(file, private, mode=0o600)
        typer.echo(_("{file}: keep it, and its passphrase, where only those who sign can read it", file=file))
    write_new(public, half)
    for one in (file, public):
        clear_abandoned(one)
    key = key_id(public_key(half, str(public)))
    typer.echo(_("{file}: give it to everyone who checks; key {key}", file=public, key=key))


def _is_private(file: Path) -> bool:
    """Return whether a private key stands in a file already: a run that was stopped wrote no more than that."""
    return file.is_file() and read_bytes(file, 64).startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


new.__doc__ = f"{new.__doc__}\n\nThe passphrase is asked for, or taken from the variable {PASSPHRASE}."
