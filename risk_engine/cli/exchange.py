"""`risk-engine exchange`: precedents as signed packages between offices, and the keys of offices that are trusted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.commands import App
from risk_engine.cli.options import Pages
from risk_engine.cli.output import FORM, Exit, form_of, note, put_document, say, warn, wrote
from risk_engine.cli.verify import signing_key
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.reading import check_file
from risk_engine.files.writing import check_new, write_new

if TYPE_CHECKING:
    from risk_engine.office.exchange.send import Leaving
    from risk_engine.report.blocks import View

app = App(help="Give decided cases to other offices as signed, anonymous precedents, and take theirs.")
keys_app = App(help="Whose keys this register trusts: pinned by a person, never by a package.")
app.add_typer(keys_app, name="keys")

PageForm: TypeAlias = Literal["text", "html", "md", "pdf"]
"""The forms of the page that shows what would leave."""

RegisterOption = Annotated[
    Path, typer.Option("--register", metavar="FOLDER", help="The folder of the register.", show_default=False)
]
Office = Annotated[str, typer.Option("--office", metavar="NAME", help="The name of the own office, as others know it.")]
SetOption = Annotated[
    str | None,
    typer.Option(
        "--criteria",
        metavar="SET",
        help="The set whose cases leave, by its rules; without it the only one under which cases were decided.",
    ),
]
LeastAlike = Annotated[
    int | None,
    typer.Option("--k", min=2, max=1000, help="So many cases at least must be alike; never fewer than the set asks."),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; without it whoever is at work here.")]
Who = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides it.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]


@app.command(
    epilog="""Examples: risk-engine exchange preview --register register --office 'Office A' ·
risk-engine exchange preview --register register --office 'Office A' --bytes what-leaves.jsonl -o what-leaves.html"""
)
def preview(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    register: RegisterOption,
    office: Office,
    criteria: SetOption = None,
    k: LeastAlike = None,
    content: Annotated[
        Path | None,
        typer.Option("--bytes", metavar="FILE", help="Write every byte that would leave there, but for the signature."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the page that says what would leave.")
    ] = None,
    asked: Annotated[PageForm | None, FORM] = None,
    templates: Pages = None,
) -> None:
    """Show every byte that `exchange export` would let leave, and say it in words; nothing leaves.

    Without -o and --bytes the bytes are printed. What is said of cases that stay, and why, is for this office alone.
    """
    form = form_of(output, get_args(PageForm), asked, templates=templates) if output or asked else None
    if content is not None:
        check_new(content)
    found = _leaving(register, office, criteria, k)
    if content is not None:
        write_new(content, found.content)
        wrote(content)
    if form is not None:
        put_document(_page(found), form, output)
    elif content is None:
        typer.echo(found.content.decode(), nl=False)
    _tell(found)


def _leaving(register: Path, office: str, criteria: str | None, k: int | None) -> "Leaving":
    from risk_engine.office.exchange.send import leaving

    return leaving(register, office, reference=criteria, k=k)


def _page(found: "Leaving") -> "View":
    """Return the page on what would leave, made of the bytes themselves."""
    import hashlib
    import json

    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.pages.exchange import Leaves, exchange_view

    leaves = Leaves(
        office=found.head.office,
        number=found.head.number,
        lines=[json.loads(one) for one in found.content.splitlines()[1:]],
        k=found.head.k,
        asked=found.k,
        pool=found.pool.cases,
        few=found.made.few,
        held=found.made.held,
        waits=found.waits,
        other_rules=found.other_rules,
        first=found.content.partition(b"\n")[0].decode(),
        digest=hashlib.sha256(found.content).hexdigest(),
        size=len(found.content),
        on=options.today(),
    )
    return exchange_view(leaves, found.rules.rules, criteria_in_words(found.criteria))


def _tell(found: "Leaving") -> None:
    """Say what stays in the office, and why; no other office is told."""
    made = found.made
    note(
        ngettext(
            "of {pool} decided cases {number} would be told, each alike to at least {k} in all that leaves",
            "of {pool} decided cases {number} would be told, each alike to at least {k} in all that leaves",
            made.cases,
            pool=found.pool.cases,
            k=made.k,
        )
    )
    if made.few:
        note(
            ngettext(
                "{number} case stays: too few are like it, however coarse it is told",
                "{number} cases stay: too few are like them, however coarse they are told",
                made.few,
            )
        )
    if made.held:
        note(
            ngettext(
                "{number} case is held back: beside what left before it would stand out",
                "{number} cases are held back: beside what left before they would stand out",
                made.held,
            )
        )
    if found.waits:
        note(
            ngettext(
                "what came since the package before waits: {number} more decided case is needed, or it would stand out",
                "what came since the package before waits: {number} more decided cases are needed, or it would stand "
                "out",
                found.waits,
            )
        )
    if found.other_rules:
        note(
            _(
                "the set tells cases by other rules than in the package before: who has both knows of the cases in "
                "both what each of them says"
            )
        )
    if not found.is_new:
        note(_("this is package {number} once more; nothing is new since it left", number=found.head.number))


@app.command(
    epilog="""Examples: risk-engine exchange export --register register --office 'Office A' --key office.pem
-o precedents.jsonl --to 'Office B' ·
risk-engine exchange export --register register --office 'Office A' --key office.pem -o back.jsonl --withdraw
--reason 'two cases were filed twice'"""
)
def export(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    register: RegisterOption,
    office: Office,
    key: Annotated[Path, typer.Option("--key", "--sign", metavar="KEY", help="The private key of the office.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PACKAGE", help="Write the package there.")],
    criteria: SetOption = None,
    k: LeastAlike = None,
    to: Annotated[str, typer.Option("--to", metavar="OFFICE", help="For whom it is; kept in the own log alone.")] = "",
    by: By = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back the packages that left: this one holds no case.")
    ] = False,
    why: Annotated[str, typer.Option("--reason", metavar="TEXT", help="With --withdraw: why; others read it.")] = "",
) -> None:
    """Write decided cases as one signed package of precedents, coarser by the rules of their set.

    Each line stands for at least k cases that are alike in all that it says, the decision included; what has too few
    like it stays. What leaves is what `exchange preview` shows, byte for byte, and the signature. A copy stays in the
    register; the next package tells of at least k cases more or fewer where it tells anything else.

    Exit code 2: nothing can leave, the set does not say what may, or something cannot be read or written.
    """
    from risk_engine.office.exchange.send import send, withdrawal

    if bool(why) is not withdraw:
        raise RiskEngineError(_("--withdraw and --reason stand together"), _("say why, or leave both out"))
    check_new(output)
    check_file(key)
    if withdraw:
        head, content = withdrawal(register, office, why, reference=criteria)
        pool = None
    else:
        found = _leaving(register, office, criteria, k)
        head, content, pool = found.head, found.content, found.pool
        _tell(found)
    send(register, head, content, output, signing_key(key), pool, to=to, by=by)
    typer.echo(
        _("package {number} of {office} on {set}: withdraws those before it", number=head.number, office=office,
          set=head.set)
        if withdraw
        else ngettext(
            "package {package} of {office} on {set}: {number} case, k = {k}",
            "package {package} of {office} on {set}: {number} cases, k = {k}",
            head.cases,
            package=head.number,
            office=office,
            set=head.set,
            k=head.k,
        )
    )  # fmt: skip
    wrote(output)


@app.command("import", epilog="Example: risk-engine exchange import precedents.jsonl --register register --by 'B. Ode'")
def import_package(
    package: Annotated[Path, typer.Argument(help="The package, as the other office gave it.", metavar="PACKAGE")],
    register: RegisterOption,
    by: By = "",
) -> None:
    """Take a package of precedents into a register, whole or not at all.

    It is read only once its signature holds with the key that is pinned for its office (`exchange keys add`). What it
    tells stands beside the own cases and never counts as one. The same package again changes nothing; a newer one
    stands in the place of the one before it, which is kept.

    Exit code 1: it was refused, because it is not signed by whom it should be, was changed, is older than what came, or
    is not as a package must be; 2: no key is pinned, or something cannot be read.
    """
    from risk_engine.office.exchange.receive import take

    with _refusing():
        taken = take(register, package, by=by)
    head = taken.package.head
    about = {"package": head.number, "office": head.office, "set": head.set}
    match taken.came:
        case "again":
            typer.echo(_("package {package} of {office} on {set} is here already", **about))
            return
        case "withdrawal":
            typer.echo(_("{office} withdraws its packages on {set}: {why}", **about, why=head.withdrawn))
            return
        case _:
            typer.echo(
                ngettext(
                    "package {package} of {office} on {set}: {number} case, k = {k}",
                    "package {package} of {office} on {set}: {number} cases, k = {k}",
                    head.cases,
                    k=head.k,
                    **about,
                )
            )
    if taken.before is not None:
        note(_("it stands in the place of package {number}, which is kept", number=taken.before.number))


class _refusing:  # noqa: N801 (read as a word)
    """Ends with the exit code for what was refused."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Say what was refused."""
        from risk_engine.office.exchange.sealed import RefusedError

        if isinstance(error, RefusedError):
            warn(f"{error}")
            raise typer.Exit(Exit.FAILED) from None


@app.command("list", epilog="Example: risk-engine exchange list --register register")
def list_packages(register: RegisterOption) -> None:
    """List what left a register and what came to it, and check again each package that counts.

    Exit code 1: a package that counts does not hold any more, or its key is pinned no more.
    """
    from risk_engine.office.exchange.journal import read_journal
    from risk_engine.office.exchange.receive import checked, standing

    journal = read_journal(register)
    counts = standing(journal)
    failed: list[str] = []
    for one in (*journal.of("sent"), *journal.of("came")):
        columns = [_("sent") if one.what == "sent" else _("came"), one.at[:10], one.office, one.about, f"{one.number}"]
        if one.what == "sent":
            columns.append(one.to or "–")
        elif one not in counts:
            columns.append(_("withdraws") if one.withdrawn else _("counts no more"))
        else:
            try:
                found = checked(journal, one)
                columns.append(_("counts: {cases} cases, k = {k}", cases=found.head.cases, k=found.head.k))
            except RiskEngineError as error:
                failed.append(f"{error}")
                columns.append(_("does not hold"))
        say("\t".join(columns))
    if not journal.of("sent") and not journal.of("came"):
        warn(_("nothing left and nothing came"))
    for text in failed:
        warn(text)
    if failed:
        raise typer.Exit(Exit.FAILED)


# --- whose keys are trusted ---


@keys_app.command(
    "add",
    epilog="""Example: risk-engine exchange keys add office-a.pub.pem --register register --office 'Office A'
--by 'B. Ode' --reason 'fingerprint compared by telephone with A. Vogel'""",
)
def add_key(
    file: Annotated[Path, typer.Argument(help="The public key of that office (.pub.pem).", metavar="PUBLIC")],
    register: RegisterOption,
    office: Annotated[str, typer.Option("--office", metavar="NAME", help="Whose key it is.")],
    by: Who,
    why: Why,
) -> None:
    """Trust the key of another office from now on; its fingerprint is shown, to be compared by telephone.

    Of each office one key is trusted. Another one is refused until the first was removed with a reason.
    """
    from risk_engine.files.diagnostics import reason
    from risk_engine.files.reading import read_bytes
    from risk_engine.office.exchange.journal import pin
    from risk_engine.office.exchange.sealed import fingerprint

    try:
        pem = read_bytes(file, 64 * 1024)
    except OSError as error:
        raise RiskEngineError(_("{file}: the key cannot be read: {reason}", file=file, reason=reason(error))) from None
    made = pin(register, office, pem, f"{file}", by=by, why=why)
    say(_("{office}: {fingerprint}", office=made.office, fingerprint=fingerprint(made.key)))
    note(_("pinned on {day} by {by}", day=made.event.at[:10], by=made.event.by))


@keys_app.command("list", epilog="Example: risk-engine exchange keys list --register register")
def list_keys(register: RegisterOption) -> None:
    """List the keys that are trusted: of which office, since when, by whom and why."""
    from risk_engine.office.exchange.journal import read_journal
    from risk_engine.office.exchange.sealed import fingerprint

    known = read_journal(register).keys()
    for one in known.values():
        say("\t".join((one.office, fingerprint(one.key), one.event.at[:10], one.event.by, one.event.reason)))
    if not known:
        warn(_("no key is pinned in this register"))


@keys_app.command(
    "remove",
    epilog="""Example: risk-engine exchange keys remove --register register --office 'Office A' --by 'B. Ode'
--reason 'their old key was lost; the new one was handed over in person'""",
)
def remove_key(
    register: RegisterOption,
    office: Annotated[str, typer.Option("--office", metavar="NAME", help="Whose key it is.")],
    by: Who,
    why: Why,
) -> None:
    """Trust the key of an office no more: what it signed counts no more. The log keeps who, when and why."""
    from risk_engine.office.exchange.journal import unpin

    gone = unpin(register, office, by=by, why=why)
    say(_("{office}: its key is trusted no more: {key}", office=gone.office, key=gone.key))
