"""Whatever is filed in whatever order, again and again: nothing that was filed changes, and what counts is the last."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.office.register.folder import case_folders
from risk_engine.office.register.history import history
from risk_engine.office.register.record import record_of
from tests.office.register.filing import case_file, filed, with_id

IDS = ("L-1", "l-1", "CON")
steps = st.tuples(st.sampled_from(IDS), st.integers(1, 3), st.booleans())


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def contents(register: Path) -> dict[Path, bytes]:
    return {one.path: one.read() for each in case_folders(register) for one in each.filed}


@settings(max_examples=settings().max_examples // 10, deadline=None)
@given(st.lists(steps, min_size=1, max_size=8))
def test_nothing_that_was_filed_ever_changes_and_the_last_version_counts(
    sequence: list[tuple[str, int, bool]],
) -> None:
    counts: dict[str, int] = {}
    versions: dict[str, set[int]] = {}
    with folder() as place:
        register, before = place / "r", dict[Path, bytes]()
        for case_id, months, again in sequence:
            case = case_file(place, with_id(case_id), ("months: 8", f"months: {months}"))
            filed(register, case, on=date(2026, 3, 2), again=again)
            now = contents(register)
            assert now.items() >= before.items()
            known = versions.setdefault(case_id, set())
            if months not in known or again:
                counts[case_id] = months
            known.add(months)
            before = now
            records = {one.case_id: one for one in map(record_of, case_folders(register))}
            assert {one: record.case["loan"]["months"] for one, record in records.items()} == counts
        for each in case_folders(register):
            assert [line.wrong for line in history(each) if line.wrong] == []
            supersedes = [one for one in history(each) if one.text.startswith("assessment")][1:]
            assert all("Supersedes 0" in one.text for one in supersedes)
