"""`risk-engine serve`: the office in a browser."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.options import CriteriaOption, today
from risk_engine.files.language import _

EXAMPLES = {
    "serve": """Examples: risk-engine serve ·
risk-engine serve --office our-office --port 8100 ·
risk-engine serve --office our-office --demo --prepare"""
}

LOOPBACK = "127.0.0.1"


def serve(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    office: Annotated[
        Path,
        typer.Option("--office", metavar="FOLDER", help="Where the office keeps its database; made if it is new."),
    ] = Path("office"),
    address: Annotated[
        str, typer.Option("--address", help="Where it listens; others than this computer need TLS in front of it.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port on which it listens.")] = 8000,
    criteria: CriteriaOption = None,
    behind_proxy: Annotated[
        int,
        typer.Option(
            "--behind-proxy",
            min=0,
            metavar="N",
            help="Through how many proxies of yours requests come; without it no forwarded address is believed.",
        ),
    ] = 0,
    demo: Annotated[
        bool, typer.Option("--demo", help="Bring the examples as cases of made-up people; `People` takes them away.")
    ] = False,
    prepare_only: Annotated[bool, typer.Option("--prepare", help="Bring the database up to date, and stop.")] = False,
) -> None:
    """Serve the office: cases from blank to decision in a browser, on a database in a folder of its own.

    The first start prints a link with which the first person of the office begins; it is good once. New cases are under
    the criteria that are named, in the version in force on that day. PostgreSQL in place of the folder's own database:
    RISK_ENGINE_DATABASE=postgresql://user@host/name. Ctrl-C closes it.
    """
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.releases import choose
    from risk_engine.web.serve import place, prepare, run

    read_criteria(choose(criteria, today()).version.path)  # what is wrong with them is said now
    where = address if prepare_only else place(address, port)
    token, link = prepare(office, criteria, with_demo=demo), f"http://{_shown(address)}:{port}"
    if token is not None:
        typer.echo(_("The first person of the office begins here: {link}", link=f"{link}/setup/{token}"))
    if prepare_only:
        typer.echo(_("The office in {folder} is ready.", folder=office))
        return
    is_open = _("The office is open at {link}; Ctrl-C closes it.", link=f"{link}/")
    run(where, port, link, behind_proxy, lambda: typer.echo(is_open))


def _shown(address: str) -> str:
    return "localhost" if address in {LOOPBACK, "localhost"} else f"[{address}]" if ":" in address else address
