"""Starts the office: its folder, its database, the link for the first person, and the server.

A process has one office, which Django reads once; so whoever starts one leaves Django to processes of its own.
"""

import contextlib
import errno
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Final

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.interrupts import end_well
from risk_engine.files.language import _, current
from risk_engine.web import notices, single_sign_on, smtp
from risk_engine.web.worker import working

STUCK: Final = 10
"""Seconds that a worker has to end what it does when the office closes; one that hangs is killed then."""
KEEPING = ("-m", "risk_engine.web.keeping")
"""What Python runs as a process of an office."""


def prepare(office: Path, criteria: str | None = None, *, with_demo: bool = False) -> str | None:
    """Bring the database of an office up to date; return the token of the first person's link where it has no people.

    What runs in this process and those it starts belongs to that office from then on; new cases are under `criteria`.
    Raises as `in_office` does.
    """
    os.environ["RISK_ENGINE_OFFICE"] = str(office.absolute())
    if criteria is not None:
        os.environ["RISK_ENGINE_OFFICE_CRITERIA"] = criteria
    return in_office(office, "prepare", *(["demo"] if with_demo else [])).strip() or None


def check_there(office: Path) -> None:
    """Raise RiskEngineError where a folder holds no office: a name that was mistyped makes none."""
    kept = "secret" if os.environ.get("RISK_ENGINE_DATABASE") else "office.sqlite3"
    if not (office / kept).is_file():
        raise RiskEngineError(
            _("{folder}: there is no office here", folder=office),
            _("name its folder with `--office`; `risk-engine serve --office {folder}` makes one", folder=office),
        )


def in_office(office: Path, *words: str) -> str:
    """Let a process of that office do something (`risk_engine.web.keeping`); return what it said.

    Raises MissingExtraError without the extra `web`, RiskEngineError with what stands in its way.
    """
    try:
        import django  # noqa: F401 (is it there?)
        import granian  # noqa: F401 (likewise)
        import numpy  # noqa: F401, ICN001 (likewise)
        import openpyxl  # noqa: F401 (likewise)
        import polars  # noqa: F401, ICN001 (likewise)
        import rapidfuzz  # noqa: F401 (likewise)
    except ModuleNotFoundError as error:
        raise MissingExtraError(_("the office application needs libraries that are not installed"), "web") from error
    notices.read()
    smtp.read(office)
    single_sign_on.read(office)  # what is wrong with the file is said now
    command = [sys.executable, *KEEPING, *words]
    own = {"RISK_ENGINE_OFFICE": str(office.absolute())}
    environment = {**os.environ, **own, "RISK_ENGINE_LANG": current(), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(  # noqa: S603 (this program)
        command, capture_output=True, check=False, encoding="utf-8", env=environment
    )
    match done.returncode:
        case 0:
            return done.stdout
        case 2:
            raise RiskEngineError(done.stderr.strip())
        case _:
            last = (done.stderr.strip().splitlines() or [""])[-1]
            raise RiskEngineError(_("the database of the office cannot be used: {text}", text=last))


def restored(office: Path, file: Path, erasures: Path | None) -> str:
    """Bring an office back from a backup; return what is to be said of it.

    Where that fails nothing is left of a folder that was made for it. Raises as `in_office` does.
    """
    made = [one for one in (office, *office.parents) if not one.exists()]
    secret = office / "secret"
    had_secret, is_done = secret.exists(), False
    try:
        said = in_office(office, "restore", str(file.absolute()), str(erasures.absolute()) if erasures else "")
        is_done = True
    finally:
        if not is_done and not had_secret:
            secret.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # somebody else put something there
                for folder in made:
                    folder.rmdir()
    return said


def place(address: str, port: int) -> str:
    """Return an address in digits, as the server takes it. Raise RiskEngineError where nothing can listen there.

    The server shares a port with whoever has it: two offices would then answer in turns, and nobody would be told.
    """
    alone = _("`--address 127.0.0.1` is this computer alone")
    try:
        family, kind, protocol, _name, found = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as tried:
            if os.name == "posix":  # a port that was closed a moment ago is free; elsewhere this would take it over
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(found)
    except socket.gaierror as error:
        message = _("{address}: there is no such address", address=address)
        raise RiskEngineError(message, alone) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = _("port {port}: another program listens there already", port=port)
        else:
            why = error.strerror or str(error)
            message = _(
                "{address}, port {port}: nothing can listen there: {text}", address=address, port=port, text=why
            )
        way_out = alone if error.errno == errno.EADDRNOTAVAIL else _("choose another with `--port`")
        raise RiskEngineError(message, way_out) from error
    return str(found[0])


def run(address: str, port: int, link: str, proxies: int = 0, tell: Callable[[], None] = lambda: None) -> None:
    """Serve the office that was prepared, which people reach at `link`, behind so many proxies, until Ctrl-C closes it.

    A worker runs beside it. `tell` is called once when the first page can be asked for.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_well()
    os.environ["RISK_ENGINE_PROXIES"] = str(proxies)
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
        workers_kill_timeout=STUCK,
    )
    Thread(target=_when_open, args=(address, port, tell), daemon=True).start()
    with working():
        server.serve()


def _when_open(address: str, port: int, tell: Callable[[], None]) -> None:
    """Call `tell` once the server answers: it listens some seconds before there is anybody to hear."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 (no address to listen on)
    while True:
        asked = http.client.HTTPConnection(here, port, timeout=60)
        try:
            asked.request("HEAD", "/")
            asked.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            tell()
            return
        finally:
            asked.close()
