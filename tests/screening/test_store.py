"""The store of lists: what stood on which day, what is new, said anew or gone, and that nothing is lost on the way."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.screening.entry import Entry, ListHead, Name, Relation
from risk_engine.screening.screen import Screening
from risk_engine.screening.store import KINDS, Store, Version
from risk_engine.screening.swap import UnlikelyError, end, erase, put, put_unchanged

DAY = timedelta(days=1)
MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)


def entry(key: str, name: str = "", **said: object) -> Entry:
    return Entry("l", key, (Name(name or f"Institute {key}"), Name(f"I{key}", "acronym")), **said)  # type: ignore[arg-type]


def head(on: date, list_id: str = "l", standing: str = "evidence") -> ListHead:
    return ListHead(
        id=list_id,
        title="A list",
        publisher="Somebody",
        standing=standing,  # type: ignore[arg-type]
        jurisdiction="US",
        format="table",
        source="list.csv",
        source_date=None,
        read_on=on,
        licence="",
        digest="",
        entries=0,
        names=0,
    )


def read(
    store: Store, on: date, entries: Sequence[Entry], list_id: str = "l", standing: str = "evidence", **more: bool
) -> Version:
    of_it = [replace(one, list=list_id) for one in entries]
    return put(store, iter(of_it), lambda: head(on, list_id, standing), {"id": list_id, "source": "list.csv"}, **more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lists.sqlite", make=True) as opened:
        yield opened


def listed(store: Store, on: date, list_ids: Sequence[str] | None = None) -> list[str]:
    return [one.key for one in store.entries(list_ids, on)]


def test_what_is_put_in_comes_out_again(store: Store) -> None:
    whole = Entry(
        "l",
        "k 1",
        (Name("Institute"), Name("研究所", "translation", "zh"), Name("Old", "former"), Name("I", "weak")),
        identifiers={"ror": ("01rxvg760",), "tax": ("1", "2")},
        countries=("CN", "HK"),
        places=("Harbin",),
        category="Military",
        programmes=("A", "B"),
        since=date(2020, 1, 2),
        until=date(2030, 1, 2),
        why="Because",
        link="https://list.example",
        relations=(Relation("parent", "k 2", "Academy"),),
        status="active",
        is_person=False,
    )
    version = read(store, MAY, [whole])
    assert (version.head.entries, version.head.names, version.new) == (1, 4, 1)
    assert list(store.entries(None, MAY)) == [replace(whole, first_seen=MAY)]
    assert store.entry("l", "k 1") == replace(whole, first_seen=MAY)
    assert store.heads() == (version.head,)
    assert len(version.head.digest) == 64


def test_an_entry_counts_from_when_it_was_first_read_until_it_is_gone(store: Store) -> None:
    read(store, MAY, [entry("1"), entry("2")])
    version = read(store, JUNE, [entry("2"), entry("3")])
    assert (version.number, version.new, version.changed, version.gone) == (2, 1, 0, 1)
    assert listed(store, MAY - DAY) == []
    assert listed(store, MAY) == listed(store, JUNE - DAY) == ["1", "2"]
    assert listed(store, JUNE) == ["2", "3"]
    gone = store.entry("l", "1", MAY)
    assert gone is not None
    assert (gone.first_seen, gone.removed) == (MAY, JUNE)
    assert store.entry("l", "1", JUNE) is None


def test_what_the_list_says_of_its_days_counts_before_it_was_read_here(store: Store) -> None:
    read(store, JULY, [entry("1", since=date(2020, 1, 1)), entry("2", since=date(2020, 1, 1), until=date(2023, 1, 1))])
    assert listed(store, date(2019, 12, 31)) == []
    assert listed(store, date(2022, 12, 31)) == ["1", "2"]
    assert listed(store, date(2023, 1, 1)) == ["1"]


def test_as_of_a_day_an_entry_says_what_it_said_then(store: Store) -> None:
    read(store, MAY, [entry("1", "Old Name", since=date(2020, 1, 1))])
    version = read(store, JUNE, [entry("1", "New Name", since=date(2020, 1, 1))])
    assert (version.new, version.changed, version.gone) == (0, 1, 0)
    for day, name in ((date(2021, 1, 1), "Old Name"), (JUNE - DAY, "Old Name"), (JUNE, "New Name")):
        (found,) = store.entries(None, day)
        assert found.name == name
        assert found.first_seen == MAY
        assert found.removed is None


def test_what_was_taken_off_and_put_on_again_was_off_in_between(store: Store) -> None:
    since = date(2020, 1, 1)
    read(store, MAY, [entry("1", since=since), entry("2")])
    read(store, JUNE, [entry("2")])
    read(store, JULY, [entry("1", since=since), entry("2")])
    assert listed(store, MAY) == ["1", "2"]
    assert listed(store, JUNE) == listed(store, JULY - DAY) == ["2"]
    assert sorted(listed(store, JULY)) == ["1", "2"]


def test_the_last_version_of_a_day_counts_for_that_day(store: Store) -> None:
    read(store, MAY, [entry("1", "Wrong"), entry("2")])
    read(store, MAY, [entry("1", "Right"), entry("3")])
    assert listed(store, MAY) == listed(store, JUNE)
    assert [one.name for one in store.entries(None, MAY)] == ["Right", "Institute 3"]
    assert listed(store, MAY - DAY) == []


def test_in_a_registry_an_organisation_stands_on_every_day(store: Store) -> None:
    read(store, JUNE, [entry("1"), entry("2")], "ror", "registry")
    read(store, JULY, [entry("1", "Renamed"), entry("2")], "ror", "registry")
    assert [one.name for one in store.entries(None, date(2010, 1, 1))] == ["Institute 1", "Institute 2"]
    assert sorted(one.name for one in store.entries(None, JULY)) == ["Institute 2", "Renamed"]


def test_names_come_in_columns_in_the_order_of_the_entries(store: Store) -> None:
    read(store, MAY, [entry("1"), entry("2")])
    read(store, MAY, [entry("9", "Other")], "m")
    rows, texts, kinds = store.names(None, MAY)
    assert texts == ["Institute 1", "I1", "Institute 2", "I2", "Other", "I9"]
    assert [KINDS[one] for one in kinds] == ["main", "acronym"] * 3
    found = store.by_rows([*reversed(rows)])
    assert [found[row].key for row in rows] == ["1", "1", "2", "2", "9", "9"]
    assert store.names(["m"], MAY).texts == ["Other", "I9"]
    assert store.names(["m"], MAY - DAY).texts == []


def test_the_digest_changes_only_on_days_on_which_what_is_listed_changes(store: Store) -> None:
    read(store, MAY, [entry("1", until=date(2027, 1, 1)), entry("2")])
    known = store.digest(JUNE)
    assert store.digest(MAY) == store.digest(date(2026, 12, 31)) == known
    assert store.digest(date(2027, 1, 1)) != known
    read(store, JULY, [entry("1", until=date(2027, 1, 1)), entry("2")])  # the same again
    assert store.digest(JULY) == known
    read(store, JULY, [entry("1", until=date(2027, 1, 1)), entry("2", "Renamed")])
    assert store.digest(JULY) != known


def test_the_digest_of_some_lists_does_not_hang_on_others(store: Store) -> None:
    read(store, MAY, [entry("1")])
    known = store.digest(MAY, ["l"])
    read(store, MAY, [entry("1")], "m")
    assert store.digest(MAY, ["l"]) == known
    assert store.digest(MAY) != known


def test_a_list_that_is_taken_out_leaves_the_digests_of_the_others_and_their_indexes_as_they_were(store: Store) -> None:
    read(store, MAY, [entry("1")])
    read(store, MAY, [entry("1")], "m")
    made: list[str] = []
    Screening(store, JULY, lambda list_id, _done: made.append(list_id))
    assert set(made) == {"l", "m"}
    known, mine = store.digest(JULY, ["l"]), store.digest(JULY, ["m"])
    made.clear()
    end(store, "m", JUNE)
    assert store.digest(JULY, ["l"]) == known
    assert store.digest(JULY, ["m"]) != mine
    Screening(store, JULY, lambda list_id, _done: made.append(list_id))
    assert set(made) == {"m"}, "the index of the list that was taken out alone"


def test_the_digest_changes_with_the_rows_though_the_lists_say_the_same(store: Store) -> None:
    read(store, MAY, [entry("1"), entry("2")])
    known = store.digest(MAY)
    erase(store, "l")
    read(store, MAY, [entry("2"), entry("1")])
    assert store.digest(MAY) != known


def test_the_digest_of_a_list_does_not_hang_on_the_order_of_its_entries(store: Store) -> None:
    one, other = entry("1"), entry("2")
    assert read(store, MAY, [one, other]).head.digest == read(store, MAY, [other, one], "m").head.digest


@pytest.mark.parametrize(
    ("on", "entries", "said"),
    [
        (MAY, [], "there is no organisation"),
        (MAY - DAY, [entry("1"), entry("2"), entry("3")], "after 2026-04-30"),
        (JUNE, [entry("1")], "1 entries and had 3"),
        (JUNE, [entry("1"), entry("2"), entry("1")], "two entries have one id: `1`"),
    ],
)
def test_what_cannot_be_right_changes_nothing(store: Store, on: date, entries: list[Entry], said: str) -> None:
    read(store, MAY, [entry("1"), entry("2"), entry("3")])
    before = b"".join(line.encode() for line in store.connection.iterdump())
    with pytest.raises(RiskEngineError, match=said):
        read(store, on, entries)
    assert b"".join(line.encode() for line in store.connection.iterdump()) == before


def test_a_list_that_shrank_is_taken_when_somebody_says_so(store: Store) -> None:
    read(store, MAY, [entry("1"), entry("2"), entry("3")])
    with pytest.raises(UnlikelyError):
        read(store, JUNE, [entry("1")])
    assert read(store, JUNE, [entry("1")], anyway=True).gone == 2


def test_another_list_under_the_same_id_is_taken_only_when_somebody_says_so(store: Store) -> None:
    read(store, MAY, [entry(f"a{one}") for one in range(10)])
    other = [entry(f"b{one}") for one in range(10)]
    with pytest.raises(UnlikelyError, match="another list than `l`, which was A list"):
        read(store, JUNE, other)
    assert read(store, JUNE, other, anyway=True).gone == 10


def test_an_error_while_the_list_is_read_changes_nothing(store: Store) -> None:
    read(store, MAY, [entry("1"), entry("2")])

    def broken() -> Iterator[Entry]:
        yield entry("1", "Other")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(store, broken(), lambda: head(JUNE), {})
    assert [one.name for one in store.entries(None, JULY)] == ["Institute 1", "Institute 2"]
    assert read(store, JUNE, [entry("1"), entry("3")]).number == 2


def test_while_a_list_is_read_the_lists_can_be_screened(store: Store) -> None:
    read(store, MAY, [entry("1"), entry("2")])

    def slowly() -> Iterator[Entry]:
        for number in range(6_000):
            yield entry(f"{number}")
        with Store.open(store.path) as other:
            assert listed(other, JUNE) == ["1", "2"]

    assert put(store, slowly(), lambda: head(JUNE), {}).head.entries == 6_000


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lists.sqlite"
    with Store.open(path, make=True) as store:
        read(store, MAY, [entry("1")])
        store.connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(RiskEngineError, match="full"):
            read(store, JUNE, [entry(str(one), "N" * 500) for one in range(1000)])
        assert listed(store, JUNE) == ["1"]


def killed_after(steps: int, work: Callable[[Callable[[Store], None]], None]) -> bool:
    """Do the work in a process that is killed after so many steps of the database; return whether it was."""

    def watch(store: Store) -> None:
        left = steps

        def step() -> int:
            nonlocal left
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0

        store.connection.set_progress_handler(step, 100)

    child = os.fork()
    if not child:
        code = 70
        try:
            work(watch)
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="there is no fork")
def test_an_update_that_is_killed_anywhere_loses_nothing(tmp_path: Path) -> None:
    path, fresh = tmp_path / "lists.sqlite", tmp_path / "fresh.sqlite"
    old = [entry(str(one), "Old " * 20) for one in range(200)]
    new = [entry(str(one), "New " * 20) for one in range(100, 300)]
    with Store.open(fresh, make=True) as store:
        read(store, MAY, old)

    def work(watch: Callable[[Store], None]) -> None:
        with Store.open(path) as store:
            # What is done so far is written into the file itself long before the end.
            store.connection.execute("PRAGMA cache_size = 5")
            watch(store)
            read(store, JUNE, new)

    steps, half_done = 1, 0
    while True:
        for one in tmp_path.glob("lists.sqlite*"):
            one.unlink()
        shutil.copy(fresh, path)
        was_killed = killed_after(steps, work)
        half_done += was_killed and path.with_name("lists.sqlite-journal").exists()
        with Store.open(path) as store:
            assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert len(listed(store, MAY)) == 200
            (name,) = {one.name for one in store.entries(None, JUNE)}  # never some of both
            assert name[:3] == "Old" or not was_killed
            assert len(listed(store, JUNE)) == 200
        if not was_killed:
            break
        steps = steps * 3 // 2 + 1
    assert half_done >= 3, "it was killed too seldom while the file was being changed"


def test_a_list_that_is_taken_out_is_screened_for_earlier_days_alone(store: Store) -> None:
    read(store, MAY, [entry("1")])
    end(store, "l", JUNE)
    assert listed(store, JUNE - DAY) == ["1"]
    assert listed(store, JUNE) == []
    assert store.heads() == ()
    assert [one.id for one in store.heads(ended=True)] == ["l"]
    assert store.ended("l") == JUNE
    read(store, JULY, [entry("1")])
    assert store.ended("l") is None
    assert listed(store, JUNE) == []
    assert listed(store, JULY) == ["1"]


def test_what_is_erased_is_not_left_in_the_file(store: Store) -> None:
    read(store, MAY, [entry("1", "Nobody must read this")])
    read(store, MAY, [entry("1")], "m")
    erase(store, "l")
    assert b"Nobody must read this" not in store.path.read_bytes()
    assert listed(store, MAY, ["l"]) == []
    assert listed(store, MAY) == ["1"]


def test_a_list_that_is_as_it_was_is_fresh_again(store: Store) -> None:
    read(store, MAY, [entry("1")])
    version = put_unchanged(store, "l", JULY)
    assert (version.number, version.head.read_on, version.head.entries) == (2, JULY, 1)
    assert store.head_on("l", JUNE).read_on == MAY
    assert store.head_on("l", date(2000, 1, 1)).read_on == MAY
    with pytest.raises(RiskEngineError, match="last read on 2026-07-01"):
        put_unchanged(store, "l", JUNE)


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="there are no lists in"):
        Store.open(tmp_path / "none.sqlite")
    text = tmp_path / "text.sqlite"
    text.write_text("no database at all, but some words in a file", "utf-8")
    with pytest.raises(RiskEngineError, match="cannot be used"):
        Store.open(text)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE something (a)")
    connection.close()
    for make in (False, True):
        with pytest.raises(RiskEngineError, match="no store of lists"):
            Store.open(other, make=make)


def test_another_list_takes_nothing_away_and_the_order_of_lists_does_not_matter(tmp_path: Path) -> None:
    lists = {"a": [entry("1"), entry("2")], "b": [entry("1", "Other")], "c": [entry("3")]}
    found = []
    for order in ("abc", "cba"):
        with Store.open(tmp_path / f"{order}.sqlite", make=True) as store:
            seen: set[tuple[str, str, str]] = set()
            for one in order:
                read(store, MAY, lists[one], one)
                now = {(entry.list, entry.key, entry.name) for entry in store.entries(None, MAY)}
                assert now > seen
                seen = now
            found.append(seen)
    assert found[0] == found[1]


KEYS = st.sets(st.sampled_from("abcdef"), min_size=1)
HISTORY = st.lists(st.tuples(st.integers(0, 3), KEYS), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(HISTORY)
def test_on_every_day_the_list_is_as_it_was_last_read_until_then(history: list[tuple[int, set[str]]]) -> None:
    """The plain meaning: the newest version that was read by the day, each key with the name that it had there."""
    with Store.open(Path(":memory:"), make=True) as store:
        day, versions = MAY, {}
        for number, (later, keys) in enumerate(history):
            day += later * DAY
            versions[day] = {key: f"{key} {number if key in 'abc' else ''}" for key in keys}
            read(store, day, [entry(key, name) for key, name in versions[day].items()], anyway=True)
        for offset in range(-1, 16):
            on = MAY + offset * DAY
            wanted = next((versions[one] for one in sorted(versions, reverse=True) if one <= on), {})
            found = {one.key: one.name for one in store.entries(None, on)}
            assert found == {key: name.strip() for key, name in wanted.items()} or found == wanted
            assert [one for one in store.entries(None, on) if not one.holds_on(on)] == []
