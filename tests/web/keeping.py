"""Offices in folders of their own, each in processes of its own: made, kept, brought back, and compared."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.running import EXAMPLES, Result, run

ROOT = Path(__file__).parents[2]


def on(office: Path, *words: str | Path, database: str = "") -> Result:
    """Run a command on an office, with the embedded database or with a PostgreSQL."""
    return run(*words, "--office", office, RISK_ENGINE_DATABASE=database)


def made_in(folder: Path, database: str = "") -> Path:
    """Make an office with a case, its records and a file; return its folder."""
    register, office, note = folder / "register-by-hand", folder / "office", folder / "note.pdf"
    note.write_bytes(b"%PDF-1.7 a note of the checks")
    shipped = ("--criteria", "reconnect-china@1.0.0", "--on", "2026-11-25")
    assert run("register", "add", register, EXAMPLES / "drone-swarm.yaml", *shipped).code == 0
    assert run("register", "add", register, note, "--case", "UPL-2026-118", "--keep").code == 0
    assert on(office, "serve", "--prepare", database=database).code == 0
    done = on(office, "office", "import", register, "--faculty", "Physics", database=database)
    assert done.code == 0, done
    return office


def made_once(folder: Path) -> tuple[Path, Path, str]:
    """Make such an office and a backup of it, whichever process of the tests comes first; none may change either.

    Return both and what was said of the backup.
    """
    office, backup, said = folder / "made" / "office", folder / "made" / "office.zip", folder / "made" / "said.txt"
    with (folder / "made.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            office.parent.mkdir()
            made_in(office.parent)
            done = on(office, "backup", backup)
            assert done.code == 0, done
            said.write_text(done.out, "utf-8")
    return office, backup, said.read_text("utf-8")


def begun(office: Path, *words: str | Path, database: str = "") -> "subprocess.Popen[bytes]":
    """Begin something in a process of an office, which may be killed."""
    command = [sys.executable, "-m", "risk_engine.web.keeping", *map(str, words)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment_of(office, database), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def environment_of(office: Path, database: str = "") -> dict[str, str]:
    """Return the environment of a process of an office."""
    own = {"RISK_ENGINE_OFFICE": str(office), "RISK_ENGINE_DATABASE": database}
    return {name: value for name, value in os.environ.items() if name != "RISK_ENGINE_HOST"} | own


def killed(office: Path, *words: str | Path, database: str = "", is_done: Callable[[], bool]) -> int:
    """Begin something again and again, each time killed later, until it came to its end; return how often."""
    began = time.monotonic()
    begun(office.with_name("measured"), *words, database="").communicate()
    takes = time.monotonic() - began
    for step in range(1, 100):
        process = begun(office, *words, database=database)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=takes * step / 10)
        process.kill()
        process.communicate()
        if is_done():
            return step
    raise AssertionError


def held(backup: Path, *, but_for_restore: bool = False) -> dict[str, Any]:
    """Return what is in a backup: the rows of each table, whichever order their keys have, and its files.

    `but_for_restore` leaves out the last event, which says that all of it was restored.
    """
    with zipfile.ZipFile(backup) as archive:
        found: dict[str, Any] = {}
        for name in archive.namelist():
            content = archive.read(name)
            if name.startswith("rows/"):
                found[name] = [json.loads(line) for line in content.splitlines()]
            elif name.startswith(("files/", "many/")):
                found[name] = content
    if but_for_restore:
        assert found["rows/web.event.jsonl"].pop()["verb"] == "restore"
        found["rows/web.eventdetail.jsonl"].pop()
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
