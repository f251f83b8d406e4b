"""A backup brings the whole office back into an empty place, or nothing; a damaged one is told and changes nothing."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.web.keeping import ROOT, begun, environment_of, held, killed, made_in, on


@pytest.fixture
def office(kept: tuple[Path, Path, str]) -> Path:
    return kept[0]


@pytest.fixture
def backup(kept: tuple[Path, Path, str]) -> Path:
    _, file, said = kept
    with zipfile.ZipFile(file) as archive:
        last = json.loads(archive.read("rows/web.event.jsonl").splitlines()[-1])
        assert json.loads(archive.read("manifest.json"))["log"] == f"{last['number']}:{last['hash']}"
    assert f"the log ends with {last['number']}:{last['hash'][:16]}:" in said
    return file


def changed(backup: Path, into: Path, change: Callable[[dict[str, bytes]], None], *, sums: bool = True) -> Path:
    """Write a backup with other content, and with sums that fit that again."""
    with zipfile.ZipFile(backup) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    if sums:
        told = [f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in parts.items() if name != "SHA256SUMS"]
        parts["SHA256SUMS"] = "".join(told).encode()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return into


def test_an_office_comes_back_with_every_row_and_file_and_can_be_kept_again(backup: Path, tmp_path: Path) -> None:
    done = on(tmp_path / "new", "restore", backup)
    assert done.code == 0, done
    assert on(tmp_path / "new", "backup", tmp_path / "again.zip").code == 0
    before = held(backup)
    assert held(tmp_path / "again.zip", but_for_restore=True) == before
    assert len(before["rows/web.case.jsonl"]) == 1
    assert [one for one in before if one.startswith("files/")] != []
    assert (backup.stat().st_mode & 0o777) == 0o600


def test_the_secret_and_who_is_signed_in_are_not_in_it(backup: Path, office: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        content = b"".join(archive.read(one) for one in archive.namelist())
        assert not any("session" in one for one in archive.namelist())
    assert (office / "secret").read_bytes() not in content


@pytest.mark.nightly
def test_a_restore_goes_into_an_empty_place_alone(office: Path, backup: Path) -> None:
    done = on(office, "restore", backup)
    assert (done.code, "an office is there already" in done.err) == (2, True)


def flip(parts: dict[str, bytes]) -> None:
    parts["rows/web.answer.jsonl"] = parts["rows/web.answer.jsonl"].replace(b"true", b"false", 1)


def lose(parts: dict[str, bytes]) -> None:
    del parts["rows/web.filed.jsonl"]


def add(parts: dict[str, bytes]) -> None:
    parts["files/other"] = b"x"


def shorten(parts: dict[str, bytes]) -> None:
    parts["rows/web.answer.jsonl"] = parts["rows/web.answer.jsonl"].split(b"\n", 1)[1]


def rewrite_log(parts: dict[str, bytes]) -> None:
    parts["rows/web.event.jsonl"] = parts["rows/web.event.jsonl"].replace(b"import_register", b"export_register", 1)


def lose_file(parts: dict[str, bytes]) -> None:
    del parts[next(one for one in parts if one.startswith("files/"))]


def lead_elsewhere(parts: dict[str, bytes]) -> None:
    parts["files/./../../elsewhere"] = b"x"


def from_later(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["migrations"].append(["web", "0999_of_the_next_year"])
    parts["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("change", "sums", "told"),
    [
        pytest.param(flip, False, "it is not what was written", marks=pytest.mark.nightly),
        pytest.param(rewrite_log, True, "1: changed", marks=pytest.mark.long),
        (lead_elsewhere, True, "it is not what was written"),
        pytest.param(lose, False, "rows/web.filed.jsonl: missing", marks=pytest.mark.nightly),
        pytest.param(add, False, "no sum is given for it", marks=pytest.mark.nightly),
        pytest.param(shorten, True, "web.answer: rows are missing", marks=pytest.mark.nightly),
        pytest.param(lose_file, True, ": missing", marks=pytest.mark.nightly),
        pytest.param(from_later, True, "later version of the program: web.0999_of_the_next", marks=pytest.mark.nightly),
    ],
)
def test_a_damaged_backup_is_told_and_nothing_is_written(
    change: Callable[[dict[str, bytes]], None], sums: bool, told: str, backup: Path, tmp_path: Path
) -> None:
    damaged = changed(backup, tmp_path / "damaged.zip", change, sums=sums)
    done = on(tmp_path / "new", "restore", damaged)
    assert done.code == 2
    assert told in done.err
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.nightly
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", b"{}"])
def test_what_is_no_backup_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.zip").write_bytes(content)
    assert "this is no backup" in on(tmp_path / "new", "restore", tmp_path / "other.zip").err


def test_a_backup_is_of_an_office_that_is_there_and_writes_nothing_over(office: Path, tmp_path: Path) -> None:
    for words in (
        ("backup", tmp_path / "b.zip"),
        ("office", "export", tmp_path / "out"),
        ("office", "import", tmp_path),
    ):
        refused = on(tmp_path / "none", *words)
        assert refused.code == 2
        assert "there is no office here" in refused.err
        assert f"risk-engine serve --office {tmp_path / 'none'}" in " ".join(refused.err.split())
        assert not (tmp_path / "none").exists()
    assert not (tmp_path / "none").exists()
    (tmp_path / "b.zip").touch()
    assert on(office, "backup", tmp_path / "b.zip").code == 2


@pytest.mark.long
def test_a_backup_is_of_one_moment_though_somebody_writes_meanwhile(office: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(office, tmp_path / "office")
    process = begun(copied, "backup", tmp_path / "b.zip")
    number, person = 0, "INSERT INTO web_person (email, name, password, language, is_active, edits_criteria)"
    with closing(sqlite3.connect(copied / "office.sqlite3", timeout=30, isolation_level=None)) as there:
        while process.poll() is None:
            number += 1
            there.execute("INSERT INTO web_faculty (name) VALUES (?)", (f"Faculty {number}",))
            there.execute(f"{person} VALUES (?, 'x', '', 'en', 1, 0)", (f"{number}@example.org",))
    process.communicate()
    assert process.returncode == 0
    rows = held(tmp_path / "b.zip")
    faculties, people = (len(rows[f"rows/web.{one}.jsonl"]) for one in ("faculty", "person"))
    assert 0 <= faculties - people <= 1
    assert number > faculties


@pytest.mark.nightly
def test_whoever_is_killed_while_restoring_has_restored_nothing_and_begins_again(backup: Path, tmp_path: Path) -> None:
    office, whole = tmp_path / "new", held(backup)
    assert killed(office, "restore", backup, is_done=(office / "office.sqlite3").exists) > 3
    assert on(office, "backup", tmp_path / "again.zip").code == 0
    assert held(tmp_path / "again.zip", but_for_restore=True) == whole
    assert not list(office.glob("*.restoring*"))


@pytest.mark.nightly
def test_whoever_is_killed_while_writing_a_backup_has_written_none_under_its_name(office: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    killed(office, "backup", file, is_done=file.exists)
    assert held(file)["rows/web.case.jsonl"] != []


ERASED = """
import sys
from pathlib import Path
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from risk_engine.web import cases, erased, erasure, many, notes
from risk_engine.web.backup import write_backup
from risk_engine.web.models import Case, Person
first, second = (Person.objects.create_user(f"{one}@example.org", name=one) for one in ("ada", "zoe"))
case = Case.objects.get()
other = cases.begin(first, case.faculty, "Over")
tables = [
    many.bring_in(SimpleUploadedFile("ours.csv", f"No,Who\\n{one},Names somebody\\n".encode()), case.faculty, first)
    for one in range(2)
]
rows = (notes.write(case, first, "", "Names somebody."), other, case.files.get(), tables[0])
write_backup(Path(sys.argv[1]))
for row in rows:
    erasure.confirm(erasure.ask("whose", "why", [erasure.item_of(row)], first), second)
erased.keep()
"""


@pytest.mark.nightly
def test_what_was_erased_is_not_in_a_later_backup_and_its_tombstones_come_back_from_it(tmp_path: Path) -> None:
    made = made_in(tmp_path)
    environment = environment_of(made) | {"DJANGO_SETTINGS_MODULE": "risk_engine.web.settings"}
    before = tmp_path / "before.zip"
    subprocess.run([sys.executable, "-c", ERASED, before], cwd=ROOT, env=environment, check=True)
    assert on(made, "backup", tmp_path / "b.zip").code == 0
    kept = held(tmp_path / "b.zip")
    assert "Names somebody" not in json.dumps([rows for name, rows in kept.items() if name.startswith("rows/")])
    assert [one["number"] for one in kept["rows/web.tombstone.jsonl"]] != []
    restored = on(tmp_path / "new", "restore", tmp_path / "b.zip")
    assert restored.code == 0, restored
    assert on(tmp_path / "new", "backup", tmp_path / "c.zip").code == 0
    for name in ("web.erasure", "web.erasureitem", "web.tombstone", "web.note"):
        assert held(tmp_path / "c.zip")[f"rows/{name}.jsonl"] == kept[f"rows/{name}.jsonl"]
    # From a backup that was made before it comes back, unless the list of what was erased is at hand.
    elsewhere = on(tmp_path / "elsewhere", "restore", before, "--erasures", made / "erasures.json")
    assert (elsewhere.code, "put the file `secret`" in " ".join(elsewhere.err.split())) == (2, True), elsewhere
    assert not (tmp_path / "elsewhere").exists()
    (tmp_path / "older").mkdir()
    shutil.copy(made / "secret", tmp_path / "older" / "secret")
    again = on(tmp_path / "older", "restore", before, "--erasures", made / "erasures.json")
    assert (again.code, again.out.splitlines()[1:]) == (0, ["4 rows erased again"]), again
    # In the folder of that office, which lost its database, the list is at hand without being named, and stays whole.
    (tmp_path / "lost").mkdir()
    for name in ("secret", "erasures.json"):
        shutil.copy(made / name, tmp_path / "lost" / name)
    lost = on(tmp_path / "lost", "restore", before)
    assert (lost.code, lost.out.splitlines()[1:]) == (0, ["4 rows erased again"]), lost
    listed, stays = (json.loads((one / "erasures.json").read_bytes())["done"] for one in (made, tmp_path / "lost"))
    assert stays[: len(listed)] == listed
    assert on(tmp_path / "older", "backup", tmp_path / "d.zip").code == 0
    after = held(tmp_path / "d.zip")
    for name in ("web.note", "web.case", "web.evidence", "web.broughttable"):
        assert after[f"rows/{name}.jsonl"] == kept[f"rows/{name}.jsonl"]
    assert [one for one in after if one.startswith("files/")] == [one for one in kept if one.startswith("files/")]
    tables = {one.relative_to(tmp_path / "older").as_posix() for one in (tmp_path / "older").glob("many/*/table/*")}
    (left,) = tables
    assert [one for one in zipfile.ZipFile(tmp_path / "d.zip").namelist() if one.startswith("many/")] == [left]
    assert "2 files of 0.0 MiB" in restored.out.splitlines()[0]
