"""The office on a real PostgreSQL: everything that its tests say of the embedded database holds there too."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest

from tests.web.keeping import contents, environment_of, held, killed, made_in, on

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
APART = {Path(__file__).name, "test_barriers.py", "test_browser.py", "test_backup.py", "test_upgrade.py"}
"""What has a database of its own, or none of it that tests could see."""
ROWS = [f"test_{one}.py" for one in ("cases", "log", "access")]
"""What is about rows, keys, triggers, locks and searches, which two databases may do differently."""
OWNER = "postgres"
"""The system's user of the database, where the tests run as root: PostgreSQL refuses to."""


def programs() -> Path:
    """Return the folder of PostgreSQL's programs; a test without them fails, it never skips."""
    found = shutil.which("initdb") or next(
        (str(one) for one in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None
    )
    assert found, "PostgreSQL is not installed; `make system-packages` installs it"
    return Path(found).parent


def as_owner(*command: str | Path) -> None:
    """Run a program of PostgreSQL, as its own user where the tests run as root."""
    before = () if os.getuid() else ("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups")
    subprocess.run([*before, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture
def database() -> Iterator[str]:
    """A PostgreSQL of its own, with an empty database; its address."""
    folder = Path(mkdtemp(prefix="postgresql-"))
    if not os.getuid():
        os.chown(folder, pwd.getpwnam(OWNER).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    initdb, pg_ctl = programs() / "initdb", programs() / "pg_ctl"
    as_owner(initdb, "-D", folder / "data", "-A", "trust", "-U", OWNER)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    as_owner(pg_ctl, "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql://{OWNER}@127.0.0.1:{port}/postgres"
    finally:
        as_owner(pg_ctl, "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(ROWS, id="rows", marks=pytest.mark.long),
        pytest.param(sorted({one.name for one in HERE.glob("test_*.py")} - APART), id="all", marks=pytest.mark.nightly),
    ],
)
def test_the_office_does_the_same_on_postgresql(names: list[str], database: str, tmp_path: Path) -> None:
    files = [str(HERE / one) for one in names]
    chosen = () if names == ROWS else ("-m", "not long")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *chosen, *files]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "RISK_ENGINE"))}
    environment = {**kept, "RISK_ENGINE_DATABASE": database, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "passed" in done.stdout


BROUGHT = """
from pathlib import Path
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from risk_engine.web import jobs, many
from risk_engine.web.models import Faculty, Person
ada, physics = Person.objects.create_user("ada@example.org", name="Ada Vogel"), Faculty.objects.get()
for _ in range(2):
    table = many.bring_in(SimpleUploadedFile("ours.csv", b"No\\nP-1\\nP-2\\n"), physics, ada)
    profile = Path("examples/profiles/university.yaml")
    many.set_profile(table, SimpleUploadedFile("profile.yaml", profile.read_bytes()), ada)
    many.save(table, {"No": {"to": "case", "confirmed": True}}, ada)
    many.ask(table, ada)
assert jobs.run_next(are_long=True)
"""
WAITED = """
import django
django.setup()
from risk_engine.web import jobs, many
from risk_engine.web.models import BroughtTable
assert jobs.run_next(are_long=True)
print(*(many.outcome(one) for one in BroughtTable.objects.order_by("pk")), sep="\\n")
"""
"""Two tables of many cases: one is assessed before the office moves, the other one waits for that."""


def told_in(office: Path, program: str, database: str = "") -> str:
    """Run a program in an office; return what it says."""
    environment = environment_of(office, database) | {"DJANGO_SETTINGS_MODULE": "risk_engine.web.settings"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.nightly
def test_an_office_moves_to_postgresql_and_back_and_whoever_is_killed_on_the_way_has_moved_nothing(
    database: str, tmp_path: Path
) -> None:
    office, moved, back = made_in(tmp_path), tmp_path / "moved", tmp_path / "back"
    told_in(office, BROUGHT)
    assert on(office, "backup", tmp_path / "first.zip").code == 0

    def is_there() -> bool:
        with psycopg.connect(database) as there:
            return there.execute("SELECT to_regclass('web_case')").fetchone() != (None,)

    assert killed(moved, "restore", tmp_path / "first.zip", database=database, is_done=is_there) > 3
    refused = on(moved, "restore", tmp_path / "first.zip", database=database)
    assert "the database is not empty" in refused.err
    assert on(moved, "office", "export", tmp_path / "register", database=database).code == 0
    assert contents(tmp_path / "register") == contents(tmp_path / "register-by-hand")
    before, waited = told_in(moved, WAITED, database).splitlines()
    assert before == waited
    assert "stage='ready', done=2, total=2, assessed=2" in waited
    assert on(moved, "backup", tmp_path / "second.zip", database=database).code == 0
    assert on(back, "restore", tmp_path / "second.zip").code == 0
    assert on(back, "backup", tmp_path / "third.zip").code == 0
    assert held(tmp_path / "third.zip", but_for_restore=True) == held(tmp_path / "second.zip")
    tables = [name for name in held(tmp_path / "third.zip") if name.endswith("/report.html")]
    assert len(tables) == 2
    assert (
        held(tmp_path / "third.zip")["rows/web.answer.jsonl"] == held(tmp_path / "first.zip")["rows/web.answer.jsonl"]
    )


NOTES = """
import sys, django
django.setup()
from risk_engine.web import log
log.head()
print("ready", flush=True)
sys.stdin.readline()
for number in range(200):
    log.note("test", None, None, number=number)
"""


@pytest.mark.nightly
def test_two_who_write_in_one_moment_both_stand_in_the_log(database: str, tmp_path: Path) -> None:
    office = made_in(tmp_path, database)
    environment = environment_of(office, database) | {"DJANGO_SETTINGS_MODULE": "risk_engine.web.settings"}
    command, pipe = [sys.executable, "-c", NOTES], subprocess.PIPE
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [one.communicate()[1] for one in both] == ["", ""]
    with psycopg.connect(database) as there:
        counted = there.execute("SELECT count(*), max(number) FROM web_event").fetchone()
    assert counted is not None
    assert counted[0] == counted[1] > 400
