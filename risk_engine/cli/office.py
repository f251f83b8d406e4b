"""`risk-engine office`, `backup`, `restore`: what is kept of an office as a whole, and brought into one."""

from pathlib import Path
from typing import Annotated

import typer

from risk_engine.cli.commands import App
from risk_engine.cli.output import say
from risk_engine.files.language import _
from risk_engine.files.writing import check_new

EXAMPLES = {
    "backup": """Examples: risk-engine backup office-2026-11-30.zip ·
risk-engine backup ours.zip --office our-office""",
    "restore": """Examples: risk-engine restore office-2026-11-30.zip --office new-office ·
risk-engine restore office-2026-11-30.zip --office office-again --erasures office/erasures.json""",
}
app = App(help="Import a folder register into the office in a browser, and export the office as one.")

Office = Annotated[Path, typer.Option("--office", metavar="FOLDER", help="Where the office keeps its database.")]
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
    from risk_engine.web.serve import check_there, in_office

    check_there(office)
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
    from risk_engine.web.serve import check_there, in_office

    check_there(office)
    say(in_office(office, "export", str(folder.absolute())))
    say(_("Keep it as you keep the office: confidential cases are in it."))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup is written; nothing is written over.")],
    office: Office = _OFFICE,
) -> None:
    """Write a backup of the office: every row, every file, and sums, in one archive, while people go on working.

    The secret of the office (the file `secret` in its folder) is not in it, nor who is signed in. With
    RISK_ENGINE_DATABASE it is of the PostgreSQL that this names. It says how the log ends: a later log that was cut off
    or written anew does not go through there.
    """
    from risk_engine.web.serve import check_there, in_office

    check_new(file)
    check_there(office)
    for line in in_office(office, "backup", str(file.absolute())).splitlines():
        say(line)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    office: Annotated[
        Path, typer.Option("--office", metavar="FOLDER", help="Where the office is to keep its database; new or empty.")
    ] = _OFFICE,
    erasures: Annotated[
        Path | None,
        typer.Option("--erasures", metavar="LIST", help="What was erased since: the `erasures.json` of that office."),
    ] = None,
) -> None:
    """Bring an office back from a backup into an empty place, whole or not at all.

    The backup is looked at first: its sums, its rows, the chain of its log. With RISK_ENGINE_DATABASE it goes into the
    PostgreSQL that this names, which must be empty; so an office also moves from one kind of database to the other.
    What was erased after the backup comes back with it; with the list it is erased again, for which the file `secret`
    of that office lies in the new folder first.
    """
    from risk_engine.web.serve import restored

    for line in restored(office, file, erasures).splitlines():
        say(line)
