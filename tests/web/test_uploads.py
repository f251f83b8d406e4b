"""A set of criteria that comes in through the browser: looked at whole, or nothing of it is there."""

import io
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.sets import VARIABLE
from risk_engine.web import releases, sets, uploads
from risk_engine.web.models import BroughtIn, Event, Person
from risk_engine.web.words import Role
from tests.versions import two_releases
from tests.web.test_pages import text_of

Make = Callable[..., Person]
Browsing = Callable[[Person], Client]
Files = dict[str, bytes]
LATER = "loan-desk@1.1.0"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set with two releases."""
    return two_releases(tmp_path_factory.mktemp("sets") / "loan-desk")


@pytest.fixture
def vera(somebody: Make, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """Somebody who may change criteria, in an office into which none came yet."""
    monkeypatch.setenv(VARIABLE, str(uploads.folder()))
    uploads.put_back()
    person = somebody("Vera Wolf", Role.ASSESSOR)
    person.edits_criteria = True
    person.save()
    yield person
    shutil.rmtree(uploads.folder())


def files_of(folder: Path) -> Files:
    return {
        f"{folder.name}/{one.relative_to(folder).as_posix()}": one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


def zipped(files: Files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def linking() -> bytes:
    """A zip that holds a symbolic link."""
    link = zipfile.ZipInfo("loan-desk/facts.yaml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(link, b"/etc/passwd")
    return made.getvalue()


def bring(content: bytes, by: Person) -> BroughtIn:
    return uploads.bring_in(SimpleUploadedFile("set.zip", content), by)


def test_a_set_comes_in_is_seen_with_who_brought_it_and_waits_for_two_people(
    desk: Path, vera: Person, somebody: Make, browsing: Browsing
) -> None:
    used = releases.used_now()
    client = browsing(vera)
    content = zipped({**files_of(desk), "__MACOSX/loan-desk/._set.yaml": b"\0", "loan-desk/.DS_Store": b"\0"})
    sent = client.post("/criteria", {"file": SimpleUploadedFile("set.zip", content)})
    assert sent.headers["Location"] == "/criteria#set-loan-desk"
    row = BroughtIn.objects.get()
    page = text_of(client.get("/criteria"))
    assert "brought in by Vera Wolf" in page
    assert f"sha256:{row.sha256}" in page
    event = Event.objects.get(verb="criteria_brought_in")
    assert event.detail.detail["versions"] == ["1.0.0", "1.1.0"]
    of = sets.held(LATER)
    assert of is not None
    assert of.state == "released"
    assert list(releases.problems(of.version, LATER)) == []
    assert releases.used_now() == used, "new cases take nothing of it yet"
    assert files_of(uploads.folder() / "loan-desk") == files_of(desk)
    other = browsing(somebody("Otto Orth", *Role))
    assert "Bring a set of criteria in" not in text_of(other.get("/criteria"))
    assert other.post("/criteria", {"file": SimpleUploadedFile("set.zip", content)}).status_code == 403


BAD: dict[str, tuple[Files, str]] = {
    "up": ({"loan-desk/../../set.yaml": b"a"}, "leads from its folder down"),
    "root": ({"/etc/set.yaml": b"a"}, "leads from its folder down"),
    "drive": ({"loan-desk/c:set.yaml": b"a"}, "leads from its folder down"),
    "windows": ({"loan-desk\\..\\set.yaml": b"a"}, "leads from its folder down"),
    "here": ({"loan-desk/./set.yaml": b"a"}, "leads from its folder down"),
    "control": ({"loan-desk/se\nt.yaml": b"a"}, "leads from its folder down"),
    "long": ({"loan-desk/indicators/" + "a" * 200 + ".yaml": b"a"}, "leads from its folder down"),
    "twice": ({"loan-desk/set.yaml": b"a", "loan-desk/SET.yaml": b"a"}, "holds it twice"),
    "unknown": ({"loan-desk/set.yml": b"a", "loan-desk/run.py": b"a"}, "did you mean `set.yaml`?"),
    "deep": ({"loan-desk/1.0.0/1.0.0/set.yaml": b"a"}, "no file of a set is called so"),
    "alone": ({"set.yaml": b"a"}, "everything lies in one folder"),
    "two": ({"a/set.yaml": b"a", "b/set.yaml": b"a"}, "one set comes at a time: a, b"),
    "name": ({"Our Set/set.yaml": b"a"}, "small letters, digits"),
    "nothing": ({}, "holds no files"),
    "folders": ({"loan-desk/": b""}, "holds no files"),
    "shipped": ({"reconnect-china/set.yaml": b"a"}, "is a set that is there already"),
    "no set": ({"loan-desk/facts.yaml": b"a: 1"}, "there is no criteria set"),
    "wrong": ({"loan-desk/set.yaml": b"id: [\n"}, "loan-desk/set.yaml:"),
}


@pytest.mark.parametrize("name", BAD)
def test_of_what_leads_elsewhere_or_is_no_set_nothing_is_there(name: str, vera: Person, browsing: Browsing) -> None:
    files, told = BAD[name]
    answer = browsing(vera).post("/criteria", {"file": SimpleUploadedFile("set.zip", zipped(files))})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert str(settings.OFFICE) not in text_of(answer)
    assert not BroughtIn.objects.exists()
    assert list(uploads.folder().iterdir()) == []


def test_a_link_comes_in_as_nothing(vera: Person) -> None:
    with pytest.raises(RiskEngineError, match="no file but a link"):
        bring(linking(), vera)


def test_a_zip_that_unfolds_to_more_than_may_be_is_read_no_further(
    desk: Path, vera: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_UNPACKED", 1024 * 1024)
    bomb = zipped({f"loan-desk/tables/{one}.yaml": b"#" * 700_000 for one in range(2)})
    assert len(bomb) < 5_000
    with pytest.raises(RiskEngineError, match="larger than 1 MiB"):
        bring(bomb, vera)
    # Its list of contents says that one file is small: what is read counts.
    lying = bytearray(bomb)
    for place in (one.start() for one in re.finditer(rb"PK(\x01\x02|\x03\x04)", bomb)):
        at = place + (24 if lying[place + 2] == 1 else 22)
        lying[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(RiskEngineError, match="no zip, or it is damaged"):
        bring(bytes(lying), vera)
    monkeypatch.setattr(uploads, "MOST_FILES", 3)
    with pytest.raises(RiskEngineError, match="more than 3 files"):
        bring(zipped(files_of(desk)), vera)
    monkeypatch.setattr(uploads, "MOST", 100)
    with pytest.raises(RiskEngineError, match="larger than 0 MiB"):
        bring(zipped(files_of(desk)), vera)
    for broken in (b"", b"PK", b"no zip at all", bomb[:400]):
        with pytest.raises(RiskEngineError, match="no zip, or it is damaged"):
            uploads.unpacked(broken)


@pytest.mark.nightly
def test_a_later_zip_has_every_release_as_it_was(desk: Path, vera: Person) -> None:
    every = files_of(desk)
    first = {name: one for name, one in every.items() if "1.1.0" not in name and not name.endswith(".lock")}
    lock = every["loan-desk/releases.lock"].decode().splitlines(keepends=True)
    earlier = {**first, "loan-desk/releases.lock": "".join(one for one in lock if "@1.1.0" not in one).encode()}
    bring(zipped(earlier), vera)
    assert sets.held(LATER) is None
    bring(zipped(every), vera)
    assert sets.held(LATER) is not None
    with pytest.raises(RiskEngineError, match=f"not the same in this zip: {LATER}"):
        bring(zipped(earlier), vera)
    assert sets.held(LATER) is not None


def test_what_came_in_is_there_again_after_its_folder_is_gone(desk: Path, vera: Person) -> None:
    bring(zipped(files_of(desk)), vera)
    shutil.rmtree(uploads.folder())
    for _time in range(2):
        uploads.put_back()
        assert files_of(uploads.folder() / "loan-desk") == files_of(desk)
    # A process was killed between both, or somebody changed a file: what counts is what the log tells of.
    (uploads.folder() / "loan-desk" / "1.1.0" / "set.yaml").write_bytes(b"id: other\n")
    (uploads.folder() / "loan-desk" / "1.1.0" / "parameters.yaml").write_bytes(b"")
    uploads.put_back()
    assert files_of(uploads.folder() / "loan-desk") == files_of(desk)


@pytest.mark.nightly
def test_every_process_of_an_office_reads_what_came_in_behind_what_the_server_was_told_of(tmp_path: Path) -> None:
    (tmp_path / "criteria").mkdir()
    code = f"import os, django; django.setup(); print(os.environ['{VARIABLE}'])"
    own = {"RISK_ENGINE_OFFICE": str(tmp_path), "DJANGO_SETTINGS_MODULE": "risk_engine.web.settings"}
    for told in ("/srv/sets", f"/srv/sets{os.pathsep}{tmp_path / 'criteria'}"):
        environment = {**os.environ, **own, VARIABLE: told}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == f"/srv/sets{os.pathsep}{tmp_path / 'criteria'}"


def test_what_new_cases_take_by_the_settings_comes_in_by_whoever_runs_the_server(
    desk: Path, vera: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CRITERIA", "loan-desk@1.0.0")
    with pytest.raises(RiskEngineError, match="by the settings of the server"):
        bring(zipped(files_of(desk)), vera)
