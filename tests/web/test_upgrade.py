"""A later version takes over the database of an earlier one, with a backup first; none takes over that of a later."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from risk_engine.web import migrations
from tests.cli.running import Result
from tests.web.conftest import FOLDER
from tests.web.keeping import held, on

LATER = """
from django.db import migrations, models

def fill(apps, schema_editor):
    apps.get_model("web", "Answer").objects.update(mood="calm")

class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]
    operations = [
        migrations.AddField("answer", "mood", models.CharField(max_length=20, null=True)),
        migrations.RunPython(fill),
    ]
"""
BROKEN = LATER.replace('"calm")', '"calm")\n    raise ValueError("the mood is unknown")')


@pytest.fixture
def office(kept: tuple[Path, Path, str], tmp_path: Path) -> Path:
    """An office whose database is what the first migration makes."""
    return shutil.copytree(kept[0], tmp_path / "office")


class Version:
    """The program as it will be one day, with one migration more."""

    def __init__(self, folder: Path, migration: str, patch: pytest.MonkeyPatch) -> None:
        later = folder / "later_migrations"
        shutil.copytree(Path(migrations.__file__).parent, later, ignore=shutil.ignore_patterns("__pycache__"))
        (later / "0002_mood.py").write_text(migration, "utf-8")
        settings = 'from risk_engine.web.settings import *\nMIGRATION_MODULES = {"web": "later_migrations"}\n'
        (folder / "later_settings.py").write_text(settings, "utf-8")
        self.patch, self.folder = patch, folder

    def on(self, office: Path, *words: str | Path) -> Result:
        with self.patch.context() as there:
            there.setenv("DJANGO_SETTINGS_MODULE", "later_settings")
            there.setenv("PYTHONPATH", str(self.folder), prepend=":")
            return on(office, *words)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Version:
    return Version(tmp_path, LATER, monkeypatch)


def asked(office: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(office / "office.sqlite3")) as there:
        return there.execute(query).fetchall()


def shapes(rows: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Return what each table and index is made of: the columns of a table stand in any order."""
    inner = {name: sql[sql.index("(") + 1 : sql.rindex(")")] for name, sql in rows}
    return {name: set(re.split(r", (?![^(]*\))", one)) for name, one in inner.items()}


SHAPES = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql LIKE '%(%'"
STEPS = "SELECT app, name FROM django_migrations ORDER BY app, name"


@pytest.mark.usefixtures("_database")
def test_a_new_database_is_what_all_migrations_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings, "migrated", {**connections.settings["default"], "NAME": ":memory:"})
    with closing(connections["migrated"]) as migrated:
        call_command("migrate", database="migrated", verbosity=0)
        with migrated.cursor() as cursor:
            made = shapes(cursor.execute(SHAPES).fetchall())
            steps = cursor.execute(STEPS).fetchall()
    with closing(sqlite3.connect(FOLDER / "office.sqlite3")) as there:
        assert shapes(there.execute(SHAPES).fetchall()) == made
        assert there.execute(STEPS).fetchall() == steps


TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"


def test_a_later_version_keeps_a_backup_changes_the_tables_and_makes_the_triggers_anew(
    office: Path, later: Version, kept: tuple[Path, Path, str]
) -> None:
    before, answers = asked(office, TRIGGERS), asked(office, "SELECT count(*) FROM web_answer")
    done = later.on(office, "serve", "--prepare")
    assert done.code == 0, done
    assert asked(office, TRIGGERS) == before
    assert asked(office, "SELECT count(*) FROM web_answer WHERE mood = 'calm'") == answers
    with closing(sqlite3.connect(office / "office.sqlite3")) as there, pytest.raises(sqlite3.Error, match="only added"):
        there.execute("UPDATE web_answer SET page = 'x'")
    (before_it,) = office.glob("before-0002_mood-*.zip")
    assert held(before_it) == held(kept[1])


@pytest.mark.nightly
def test_a_later_version_restores_what_is_earlier_and_keeps_no_second_backup(
    office: Path, later: Version, tmp_path: Path
) -> None:
    before = asked(office, TRIGGERS)
    assert later.on(office, "serve", "--prepare").code == 0
    (kept,) = office.glob("before-0002_mood-*.zip")
    back = tmp_path / "back"
    assert later.on(back, "restore", kept).code == 0  # of the earlier version, brought up to date
    assert asked(back, "SELECT DISTINCT mood FROM web_answer") == [("calm",)]
    assert asked(back, TRIGGERS) == before
    assert later.on(office, "serve", "--prepare").code == 0
    assert len(list(office.glob("before-*.zip"))) == 1


@pytest.mark.long
def test_an_earlier_version_does_not_touch_the_database_of_a_later_one(
    office: Path, later: Version, tmp_path: Path
) -> None:
    assert later.on(office, "serve", "--prepare").code == 0
    assert later.on(office, "backup", tmp_path / "later.zip").code == 0
    before = (office / "office.sqlite3").read_bytes()
    for words in (("serve", "--prepare"), ("backup", tmp_path / "b.zip"), ("office", "export", tmp_path / "out")):
        done = on(office, *words)
        assert done.code == 2
        assert "this was made by a later version of the program: web.0002_mood" in done.err
        assert "install that version; nothing was changed" in done.err
    assert "web.0002_mood" in on(tmp_path / "new", "restore", tmp_path / "later.zip").err
    assert (office / "office.sqlite3").read_bytes() == before


@pytest.mark.nightly
def test_where_it_cannot_be_brought_up_to_date_it_is_told_where_it_is_as_it_was(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asked(office, "SELECT * FROM web_answer")
    done = Version(tmp_path, BROKEN, monkeypatch).on(office, "serve", "--prepare")
    (kept,) = office.glob("before-0002_mood-*.zip")
    assert (done.code, str(kept) in done.err, "the mood is unknown" in done.err) == (2, True, True)
    assert on(office, "serve", "--prepare").code == 0
    assert asked(office, "SELECT * FROM web_answer") == before
