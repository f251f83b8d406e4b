"""`risk-engine office`: the folder register into the office in a browser, and the office as a folder register."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.commands import App
from risk_engine.cli.output import say
from risk_engine.files.language import _

app = App(help="Import a folder register into the office in a browser, and export the office as one.")

Office = Annotated[
    Path, typer.Option("--office", metavar="FOLDER", help="Where the office keeps its database; made if it is new.")
]
_OFFICE = Path("office")


@app.command(
    "import",
    epilog="""Examples: risk-engine office import register --dry-run --faculty Physics ·
risk-engine office import register --faculty Physics --confidential""",
)
def import_register(
    folder: Annotated[Path, typer.Argument(metavar="REGISTER", help="The folder register.")],
    office: Office = _OFFICE,
    faculty: Annotated[
        str | None, typer.Option("--faculty", metavar="NAME", help="Where cases belong that were filed by hand.")
    ] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Nobody sees cases that were filed by hand before they are named.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be imported; write nothing.")] = False,
) -> None:
    """Read a folder register into the office: its records as they are, answers, states, evidence.

    All of it or nothing: what stands in the way is told first, all at once. A case that an office exported comes back
    as it was, with who gave which answer; people whom this office does not know come as people who have left. Of a case
    that was filed by hand the answers are those of its last assessment.
    """
    from risk_engine.web.serve import in_office

    words = (faculty or "", "yes" if confidential else "", "yes" if dry_run else "")
    for line in in_office(office, "import", str(folder.absolute()), *words).splitlines():
        say(line)


@app.command(epilog="""Example: risk-engine office export register-2026""")
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the register is written; new or empty.")],
    office: Office = _OFFICE,
) -> None:
    """Write the office as a folder register: records by their digests, case files, evidence, and the log.

    `risk-engine register` reads it as if it had been filed by hand. The next export goes on with the same log. It has
    all cases in it, confidential ones too.
    """
    from risk_engine.web.serve import in_office

    say(in_office(office, "export", str(folder.absolute())))
    say(_("Keep it as you keep the office: confidential cases are in it."))
