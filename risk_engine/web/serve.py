"""Starts the office: its folder, its database, the link for the first person, and the server.

    python -m risk_engine.web.serve    brings the database of RISK_ENGINE_OFFICE up to date; prints the token of the
                                       first person's link where the office has no people yet

A process has one office, which Django reads once; so whoever starts one leaves Django to processes of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.interrupts import end_well
from risk_engine.files.language import _
from risk_engine.web import smtp
from risk_engine.web.worker import working


def prepare(office: Path, criteria: str | None = None) -> str | None:
    """Bring the database of an office up to date; return the token of the first person's link where it has no people.

    What runs in this process and those it starts belongs to that office from then on; new cases are under `criteria`.
    Raise MissingExtraError without the extra `web`, RiskEngineError with what the database says, or the address of
    the mail server.
    """
    try:
        import django  # noqa: F401 (is it there?)
        import granian  # noqa: F401 (likewise)
    except ModuleNotFoundError as error:
        raise MissingExtraError(_("the office application needs libraries that are not installed"), "web") from error
    smtp.read(office)
    os.environ["RISK_ENGINE_OFFICE"] = str(office.absolute())
    if criteria is not None:
        os.environ["RISK_ENGINE_OFFICE_CRITERIA"] = criteria
    done = subprocess.run([sys.executable, "-m", "risk_engine.web.serve"], capture_output=True, check=False, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise RiskEngineError(_("the database of the office cannot be used: {text}", text=last))
    return done.stdout.strip() or None


def bring_up_to_date() -> str | None:
    """Make or change the tables of this process's office; return a new token where it has no people."""
    from django.conf import settings
    from django.core.management import call_command

    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0)
    from risk_engine.web.databases import missing_triggers
    from risk_engine.web.setup import new_token

    if missing := missing_triggers():
        raise AssertionError(missing)
    return new_token()


def run(address: str, port: int, link: str) -> None:
    """Serve the office that was prepared, which people reach at `link`, until Ctrl-C closes it; a worker beside it."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_well()
    os.environ.setdefault("RISK_ENGINE_ADDRESS", link)
    server = Granian(
        "risk_engine.web.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=2,
        log_level=LogLevels.warning,
        websockets=False,
    )
    with working():
        server.serve()


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "risk_engine.web.settings")
    django.setup()
    sys.stdout.write(bring_up_to_date() or "")
