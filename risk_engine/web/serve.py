"""Starts the office: its folder, its database, the link for the first person, and the server."""

import os
from pathlib import Path

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.interrupts import end_well
from risk_engine.files.language import _


def prepare(folder: Path, database: str | None = None) -> str | None:
    """Bring the database of an office up to date; return the token of the first person's link where it has no people.

    Raise MissingExtraError without the extra `web`.
    """
    os.environ["RISK_ENGINE_OFFICE"] = str(folder.absolute())
    if database is not None:
        os.environ["RISK_ENGINE_DATABASE"] = database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "risk_engine.web.settings")
    try:
        import django
        from django.conf import settings
        from django.core.management import call_command
    except ModuleNotFoundError as error:
        raise MissingExtraError(_("the office application needs libraries that are not installed"), "web") from error
    django.setup()
    for alias in settings.DATABASES:
        call_command("migrate", database=alias, verbosity=0)
    from risk_engine.web.databases import missing_triggers
    from risk_engine.web.setup import new_token

    if missing := missing_triggers():
        raise AssertionError(missing)
    return new_token()


def run(address: str, port: int) -> None:
    """Serve the office that was prepared until Ctrl-C closes it."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_well()
    Granian(
        "risk_engine.web.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=2,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()
