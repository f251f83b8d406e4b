"""`risk-engine register verify | head | remove | begin`: whether a register is as it was filed, and how a case ends."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.options import Output
from risk_engine.cli.output import FORM, Exit, form_of, put, say, warn
from risk_engine.cli.verify import TrustedKeys, print_links, signing_key, trusted_keys
from risk_engine.files.language import _, ngettext

if TYPE_CHECKING:
    from risk_engine.office.register.head import Head
    from risk_engine.office.register.verify import Checked

VERIFY_EXAMPLES = """Examples: risk-engine register verify register ·
risk-engine register verify register --head 17:3f9c2ab1d2e4f567 ·
risk-engine register verify register --head head.json --key office.pub.pem ·
risk-engine register verify register --copy backup/register ·
risk-engine register verify register --format json"""
HEAD_EXAMPLES = """Examples: risk-engine register head register ·
risk-engine register head register --sign office.pem --format json -o head.json"""
REMOVE_EXAMPLES = """Examples: risk-engine register remove register 2026-014 --reason "kept until 2037" ·
risk-engine register remove register L-2026-07 --reason "filed twice" --sign office.pem --early"""
BEGIN_EXAMPLES = """Examples: risk-engine register begin register ·
risk-engine register begin register --reason "the log was lost with the old drive; no backup had it" """.strip()

LogFormat: TypeAlias = Literal["text", "json"]
"""The forms in which what is known of a log can be had."""
Register = Annotated[Path, typer.Argument(help="The folder of the register.", metavar="FOLDER")]
CaseNumber = Annotated[str, typer.Argument(help="The office's number of the case.")]
Key = Annotated[Path | None, typer.Option("--sign", metavar="KEY", help="The private key of the office to sign with.")]


def verify_register(
    folder: Register,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="HEAD", help="A head kept elsewhere: its file, or NUMBER:DIGEST from paper."),
    ] = None,
    copy: Annotated[
        Path | None, typer.Option("--copy", metavar="FOLDER", help="Another copy of the register, or its log.")
    ] = None,
    keys: TrustedKeys = None,
    form: Annotated[LogFormat, typer.Option("--format", help="The form.")] = "text",
) -> None:
    """Hold a register against its log: each record as it was filed, none gone, none put in, each line over the last.

    One line for each fault: where, what, and the way out. With --head all up to that line is held against what was
    signed or printed then; without it nobody can tell a log that was cut off at the end together with its records, or
    written anew as a whole. With --copy it is told where two copies part; they are never merged.

    Exit code 0: everything holds; 1: something does not; 2: something could not be checked (there is no log, a file
    cannot be read, a key is missing, somebody is filing). `risk-engine verify FOLDER` computes each assessment again.
    """
    from risk_engine.office.register.head import read_head
    from risk_engine.office.register.verify import verify

    checked = verify(folder, read_head(head) if head else None, copy, trusted_keys(keys or []))
    if form == "json":
        put(_as_json(checked), None)
    else:
        _print(folder, checked)
    codes = {"holds": Exit.DONE, "broken": Exit.FAILED, "unchecked": Exit.INVALID_INPUT}
    if code := codes[checked.verdict]:
        raise typer.Exit(code)


def _as_json(checked: "Checked") -> str:
    import json

    head = checked.head.model_dump(mode="json", by_alias=True) if checked.head else None
    faults = [one._asdict() for one in checked.faults]
    found = {"schema": 1, "verdict": checked.verdict, "head": head, "faults": faults}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _print(folder: Path, checked: "Checked") -> None:
    from risk_engine.records.verify import Link

    print_links(
        (folder / one.place, Link(one.verdict, f"{one.what} → {one.way_out}" if one.way_out else one.what))
        for one in checked.faults
    )
    if checked.head is not None and checked.verdict == "holds":
        say(_("everything is as the log says: {what}", what=_held(checked.head)))
    elif checked.verdict == "broken":
        wrong = sum(one.verdict == "broken" for one in checked.faults)
        warn(ngettext("{number} fault", "{number} faults", wrong))


def _held(head: "Head") -> str:
    cases = ngettext("{number} case", "{number} cases", head.cases)
    records = ngettext("{number} record", "{number} records", head.records)
    removed = ngettext("{number} case removed", "{number} cases removed", head.removed)
    place = _("line {n} of {at}", n=head.n, at=head.at)
    return f"{cases}, {records}, {removed}; {place}, {head.n}:{head.head[:16]}…"


def print_head(
    folder: Register, key: Key = None, asked: Annotated[LogFormat | None, FORM] = None, output: Output = None
) -> None:
    """Print the head of the log, which stands for all that was filed: to print, to sign, to keep elsewhere.

    Whoever has it can tell later whether anything before it was changed: `register verify --head`. A signature with the
    key of the office says who stood for it; on paper a person signs. Exit code 2 if the log does not hold.
    """
    from risk_engine.office.register.head import head_of

    form = form_of(output, get_args(LogFormat), asked)
    head = head_of(folder, signing_key(key) if key else None)
    put(head.model_dump_json(by_alias=True, indent=2) if form == "json" else _sheet(folder, head), output)


def _sheet(folder: Path, head: "Head") -> str:
    digits = [head.head[start : start + 8] for start in range(0, len(head.head), 8)]
    lines = [
        _("Head of the register {name}", name=folder.resolve().name),
        "",
        _held(head),
        "",
        f"{head.n}:{' '.join(digits[:4])}",
        " " * (len(f"{head.n}") + 1) + " ".join(digits[4:]),
        "",
        _("The log begins with {digest}.", digest=head.register_),
        _("Held against it by: {command}", command=f"risk-engine register verify … --head {head.n}:{head.head[:16]}"),
    ]
    if head.signature is not None:
        lines.append(_("Signed with the key {key}: {value}", key=head.signature.key, value=head.signature.value))
    return "\n".join([*lines, "", _("Day, name, signature: {line}", line="_" * 40)])


def remove_case(
    folder: Register,
    case: CaseNumber,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the log.")],
    key: Key = None,
    early: Annotated[
        bool, typer.Option("--early", help="Although the case is to be kept longer (retain_until).")
    ] = False,
) -> None:
    """Take a case out of the register, with its folder; a line of the log says that, when, by whom and why.

    It is the only way in which a case ends: a folder that is gone otherwise is a fault. The log keeps the number, the
    reason, and the digests of what was filed, nothing else of the case. With --sign the key of the office signs the
    line; without, it names the user of this machine, which proves nothing: print the head and sign that by hand.
    """
    from risk_engine.office.register.upkeep import remove

    entry = remove(
        folder, case, reason, warn, key=signing_key(key) if key else None, today=None if early else options.today()
    )
    say(
        _("{case}: removed, and its folder with it; line {n} of the log: {reason}", case=case, n=entry.n, reason=reason)
    )
    say("  " + (_("signed with the key {key}", key=entry.signature.key) if entry.signature else _("not signed")))


def begin_log(
    folder: Register,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why anew, where there is a log or was one.")
    ] = "",
) -> None:
    """Begin the log of a register that has none; it vouches from now on only, and says so.

    Where a log was lost or does not hold, and no backup has it, --reason begins a new one over what lies there now; the
    old one is kept beside it, and `verify` tells of it from then on.
    """
    from risk_engine.office.register.upkeep import begin

    begin(folder, reason, say)
