"""On which days an entry counts as listed, and from when on a list is too old to rest on."""

from datetime import date, timedelta

import pytest

from risk_engine.screening.entry import Entry, ListHead, Name

MAY = date(2026, 5, 1)
DAY = timedelta(days=1)


def entry(**said: date) -> Entry:
    return Entry("a-list", "1", (Name("Institute of Optics"), Name("IOPT", "acronym")), **said)  # type: ignore[arg-type]


def head(**said: date | int | None) -> ListHead:
    known = {"source_date": None, "read_on": MAY, "stale_after": 30} | said
    return ListHead(
        id="a-list",
        title="A list",
        publisher="",
        standing="evidence",
        jurisdiction="",
        format="mapped",
        source="list.csv",
        licence="",
        digest="",
        entries=1,
        names=2,
        **known,  # type: ignore[arg-type]
    )


def test_the_first_name_is_the_main_one() -> None:
    assert entry().name == "Institute of Optics"


@pytest.mark.parametrize(
    ("said", "begins", "is_over"),
    [
        ({"since": MAY, "until": MAY + 9 * DAY}, MAY, MAY + 9 * DAY),
        # Read here late, but the list says itself since when.
        ({"since": MAY, "first_seen": MAY + 200 * DAY}, MAY, None),
        ({"first_seen": MAY}, MAY, None),
        # Gone from the list without a word.
        ({"since": MAY, "removed": MAY + 5 * DAY}, MAY, MAY + 5 * DAY),
        # What is listed until next year and was taken off meanwhile is off.
        ({"since": MAY, "until": MAY + 400 * DAY, "removed": MAY + 5 * DAY}, MAY, MAY + 5 * DAY),
    ],
)
def test_an_entry_counts_from_its_first_day_until_the_day_it_is_taken_off(
    said: dict[str, date], begins: date, is_over: date | None
) -> None:
    found = entry(**said)
    assert not found.holds_on(begins - DAY)
    assert found.holds_on(begins)
    if is_over is None:
        assert found.holds_on(begins + 5000 * DAY)
    else:
        assert found.holds_on(is_over - DAY)
        assert not found.holds_on(is_over)


def test_an_entry_without_any_date_counts_on_every_day() -> None:
    assert entry().holds_on(date.min)


def test_the_age_of_a_list_is_that_of_the_list_itself_where_it_says_so() -> None:
    assert head(source_date=MAY - 90 * DAY).age(MAY + DAY) == 91
    assert head().age(MAY + DAY) == 1


def test_a_list_is_stale_when_it_was_not_read_for_longer_than_it_may() -> None:
    assert not head(source_date=MAY - 900 * DAY).is_stale(MAY + 30 * DAY)
    assert head().is_stale(MAY + 31 * DAY)


def test_an_old_file_is_stale_however_late_it_is_read() -> None:
    assert head(made_on=MAY - 31 * DAY).is_stale(MAY)
