"""`risk-engine serve`: the office in a browser."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.output import note
from risk_engine.files.language import _

EXAMPLES = {
    "serve": """Examples: risk-engine serve ·
risk-engine serve --office /srv/office --port 8100 ·
risk-engine serve --office /srv/office --prepare"""
}

LOOPBACK = "127.0.0.1"


def serve(
    office: Annotated[
        Path,
        typer.Option("--office", metavar="FOLDER", help="Where the office keeps its database; made if it is new."),
    ] = Path("office"),
    address: Annotated[
        str, typer.Option("--address", help="Where it listens; others than this computer need TLS in front of it.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port on which it listens.")] = 8000,
    prepare_only: Annotated[bool, typer.Option("--prepare", help="Bring the database up to date, and stop.")] = False,
) -> None:
    """Serve the office: cases from blank to decision in a browser, on a database in a folder of its own.

    The first start prints a link with which the first person of the office begins; it is good once. PostgreSQL in
    place of the folder's own database: RISK_ENGINE_DATABASE=postgresql://user@host/name. Ctrl-C stops it.
    """
    from risk_engine.web.serve import prepare, run

    token = prepare(office)
    if token is not None:
        note(
            _(
                "The first person of the office begins here: {link}",
                link=f"http://{_shown(address)}:{port}/setup/{token}",
            )
        )
    if prepare_only:
        return
    note(_("The office is open at {link}; Ctrl-C closes it.", link=f"http://{_shown(address)}:{port}/"))
    run(address, port)


def _shown(address: str) -> str:
    return "localhost" if address == LOOPBACK else f"[{address}]" if ":" in address else address
