"""The passphrase of an office's key: from the environment, else asked of a person, never from the command line."""

import os
import sys
from pathlib import Path

import typer

from risk_engine.diagnostics import RiskEngineError

VARIABLE = "RISK_ENGINE_PASSPHRASE"  # the name of a variable, not a secret


def passphrase(file: Path, *, twice: bool = False) -> str:
    """Return the passphrase for a key file; `twice` asks again, so that a new one is not mistyped."""
    stated = os.environ.get(VARIABLE)
    if stated is None and sys.stdin.isatty():
        stated = typer.prompt(f"Passphrase for {file}", hide_input=True, confirmation_prompt=twice, err=True)
    if not stated:
        message = f"{file}: a passphrase is needed"
        raise RiskEngineError(f"{message}\n  help: run the command at a terminal, or set {VARIABLE}")
    return stated
