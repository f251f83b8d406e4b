"""The passphrase of an office's key: from the environment, else asked of a person, never from the command line."""

import os
import sys
from pathlib import Path

import typer

from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _

VARIABLE = "RISK_ENGINE_PASSPHRASE"  # the name of a variable, not a secret


def passphrase(file: Path, *, twice: bool = False) -> str:
    """Return the passphrase for a key file; `twice` asks again, so that a new one is not mistyped."""
    stated = os.environ.get(VARIABLE)
    if stated is None and sys.stdin.isatty():
        stated = _asked(file, twice=twice)

    if not stated:
        message = _("{file}: a passphrase is needed", file=file)
        raise RiskEngineError(message, _("run the command at a terminal, or set {variable}", variable=VARIABLE))
    return stated


def _asked(file: Path, *, twice: bool) -> str:
    while True:
        stated: str = typer.prompt(_("Passphrase for {file}", file=file), hide_input=True, err=True)
        if not twice or stated == typer.prompt(_("Repeat for confirmation"), hide_input=True, err=True):
            return stated
        typer.echo(_("Error: {problem}", problem=_("The two entered values do not match.")), err=True)
