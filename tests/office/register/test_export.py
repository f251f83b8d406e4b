import base64
import csv
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from risk_engine.loading.criteria import read_criteria
from risk_engine.office.register.export import as_csv, as_json, as_zip, collected
from risk_engine.office.register.folder import CaseFolder, case_folders, sha256
from tests.office.register.filing import CASE_ID, case_file, filed, with_id


@pytest.fixture
def folders(tmp_path: Path) -> list[CaseFolder]:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xff")
    filed(tmp_path / "r", case_file(tmp_path), case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    filed(tmp_path / "r", tmp_path / "case.yaml", photo, case_id=CASE_ID, keep=True)
    return case_folders(tmp_path / "r")


def test_a_zip_holds_the_files_as_they_are_and_sums_that_any_system_can_check(
    folders: list[CaseFolder], tmp_path: Path
) -> None:
    files, wrong = collected(folders)
    assert wrong == []
    with zipfile.ZipFile(io.BytesIO(as_zip(files))) as archive:
        archive.extractall(tmp_path / "out")
    for one in (each for folder in folders for each in folder.filed):
        assert (tmp_path / "out" / one.path.parent.name / one.name).read_bytes() == one.path.read_bytes()
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=True)  # noqa: S607
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert len(manifest["files"]) == 7
    (kept,) = (one for one in manifest["files"] if one["kind"] == "criteria")
    copy = tmp_path / "out" / kept["path"]
    assert read_criteria(copy).digest == copy.stem
    assert [one["sha256"] for one in manifest["files"]] == [sha256(one.data) for one in files]


def test_the_same_register_gives_the_same_bytes(folders: list[CaseFolder]) -> None:
    files, _ = collected(folders)
    again, _ = collected(folders)
    for make in (as_zip, as_json, as_csv):
        assert make(files) == make(again)


def test_json_holds_every_content(folders: list[CaseFolder]) -> None:
    files, _ = collected(folders)
    content = json.loads(as_json(files))["files"]
    assert [one["kind"] for one in content] == [
        "assessment",
        "case",
        "assessment",
        "case",
        "kept",
        "evidence",
        "criteria",
    ]
    assert content[0]["json"]["case"]["id"] == "L-2"
    assert content[3]["text"].startswith("# A case of the loan desk")
    assert base64.b64decode(content[4]["base64"]) == b"\xff\xd8\xff"
    assert content[5]["json"]["name"] == "photo.jpg"


def test_csv_lists_every_file(folders: list[CaseFolder]) -> None:
    files, _ = collected(folders)
    head, *rows = csv.reader(io.StringIO(as_csv(files).decode()))
    assert head == ["path", "kind", "number", "size", "sha256"]
    assert rows == [
        [one.path, one.kind, "" if one.number is None else str(one.number), str(len(one.data)), sha256(one.data)]
        for one in files
    ]


def test_what_was_altered_is_named_and_left_out(folders: list[CaseFolder]) -> None:
    altered = folders[0].filed[1].path
    altered.write_bytes(b"other")
    files, (wrong,) = collected(folders)
    assert f"{altered}: it was altered after it was filed" in wrong
    assert len(files) == 6


def test_no_case_gives_an_archive_of_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(as_zip([]))) as archive:
        assert archive.namelist() == ["manifest.json", "SHA256SUMS"]
    assert json.loads(as_json([]))["files"] == []
