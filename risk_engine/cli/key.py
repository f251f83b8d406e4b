"""`risk-engine key`: the key with which an office signs its decisions and the releases of its criteria."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.passphrase import VARIABLE, passphrase
from risk_engine.language import _
from risk_engine.writing import check_new, write_new

app = typer.Typer(
    help="Make a key with which an office signs its decisions and the releases of its criteria.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _group() -> None:
    pass


@app.command(epilog="Example: risk-engine key new office.pem")
def new(file: Annotated[Path, typer.Argument(help="Where to write the private key; nothing is written over.")]) -> None:
    """Make an Ed25519 key: the private half encrypted with a passphrase, the public half beside it (.pub.pem)."""
    from risk_engine.signing import key_id, new_key, public_key

    public = file.with_name(f"{file.name.removesuffix('.pem')}.pub.pem")
    for one in (file, public):
        check_new(one, _("give another file name"))
    pair = new_key(passphrase(file, twice=True))
    write_new(public, pair.public)
    write_new(file, pair.private, mode=0o600)
    typer.echo(_("{file}: keep it, and its passphrase, where only those who sign can read it", file=file))
    key = key_id(public_key(pair.public, str(public)))
    typer.echo(_("{file}: give it to everyone who checks; key {key}", file=public, key=key))


new.__doc__ = f"{new.__doc__}\n\nThe passphrase is asked for, or taken from the variable {VARIABLE}."
