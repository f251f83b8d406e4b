"""A package is taken whole, by the key that is pinned for its office, or not at all; what is hostile is told."""

import gzip
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.plain import canonical, digest
from risk_engine.office.exchange import send as leaving_room
from risk_engine.office.exchange.journal import pin, read_journal, unpin
from risk_engine.office.exchange.package import PURPOSE
from risk_engine.office.exchange.receive import imported, take
from risk_engine.office.exchange.sealed import MOST_BYTES, RefusedError, seal
from risk_engine.office.exchange.send import TooFewError, decided_cases, leaving, send, withdrawal
from risk_engine.office.register.folder import case_paths, safe_name
from risk_engine.office.register.verify import verify
from tests.office.exchange.offices import OFFICE, SET, decided, key_of, pair, register_of

B = "office-b"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return register_of(tmp_path, B)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return register_of(tmp_path)


def trust(register: Path, office: str = OFFICE, key: str = OFFICE) -> None:
    pin(register, office, pair(key)[1], key, by="B. Ode", why="compared by telephone")


def package(theirs: Path, target: Path, key: str = OFFICE, office: str = OFFICE) -> Path:
    found = leaving(theirs, office, reference=str(SET))
    send(theirs, found.head, found.content, target, key_of(key), found.pool)
    return target


def forged(path: Path, lines: Sequence[dict[str, Any] | bytes], key: str = OFFICE) -> Path:
    """Write a package of these lines, signed with a key whatever they say."""
    content = b"".join((one if isinstance(one, bytes) else canonical(one)) + b"\n" for one in lines)
    path.write_bytes(seal(content, PURPOSE, key_of(key)))
    return path


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_bytes().splitlines()[:-1]]


def test_what_leaves_is_the_preview_byte_for_byte_and_comes_in_as_precedents(
    ours: Path, theirs: Path, tmp_path: Path
) -> None:
    shown = leaving(theirs, OFFICE, reference=str(SET)).content
    path = package(theirs, tmp_path / "a.jsonl")
    assert path.read_bytes().startswith(shown)
    assert path.read_bytes()[len(shown) :].count(b"\n") == 1  # the signature
    trust(ours)
    assert take(ours, path).came == "new"
    found = imported(ours)
    assert (len(found.precedents), found.problems) == (4, ())
    assert {one.office for one in found.precedents} == {OFFICE}
    assert {one.text for one in found.precedents} == {None}


def test_what_came_is_no_own_case_and_changes_nothing_of_the_register(ours: Path, theirs: Path, tmp_path: Path) -> None:
    before = case_paths(ours)
    own = list(decided_cases(ours))
    trust(ours)
    take(ours, package(theirs, tmp_path / "a.jsonl"))
    assert case_paths(ours) == before
    assert list(decided_cases(ours)) == own
    assert verify(ours).verdict == "holds"
    (kept,) = (ours / "exchange" / "received").iterdir()
    assert not kept.stat().st_mode & 0o222


def test_the_same_package_again_changes_nothing_and_a_newer_one_stands_in_its_place(
    ours: Path, theirs: Path, tmp_path: Path
) -> None:
    trust(ours)
    first = package(theirs, tmp_path / "1.jsonl")
    take(ours, first)
    log = (ours / "exchange" / "LOG.jsonl").read_bytes()
    assert take(ours, first).came == "again"
    assert (ours / "exchange" / "LOG.jsonl").read_bytes() == log
    head = lines_of(first)[0]
    second = forged(tmp_path / "2.jsonl", [{**head, "number": 2, "withdrawn": "filed twice", "cases": 0, "k": 0}])
    assert take(ours, second).came == "withdrawal"
    assert imported(ours).precedents == ()
    assert len(list((ours / "exchange" / "received").iterdir())) == 2
    third = forged(tmp_path / "3.jsonl", [{**head, "number": 3}, *lines_of(first)[1:]])
    assert take(ours, third).came == "newer"
    assert len(imported(ours).precedents) == 4
    # An older one, which was good once, is refused; so is another one of the same number.
    with pytest.raises(RefusedError, match="it is package 1 of Office A, and package 3 came on"):
        take(ours, first)
    other = {**head, "number": 3, "withdrawn": "not at all", "cases": 0, "k": 0}
    with pytest.raises(RefusedError, match="this is another one of that number"):
        take(ours, forged(tmp_path / "other.jsonl", [other]))
    assert len(imported(ours).precedents) == 4


def test_without_a_pinned_key_nothing_is_taken_whatever_the_package_says(
    ours: Path, theirs: Path, tmp_path: Path
) -> None:
    path = package(theirs, tmp_path / "a.jsonl")
    with pytest.raises(RiskEngineError, match="no key of Office A is pinned"):
        take(ours, path)
    assert not (ours / "exchange").exists()


def test_a_key_of_somebody_else_under_the_name_of_an_office_is_told(ours: Path, theirs: Path, tmp_path: Path) -> None:
    trust(ours)
    path = package(theirs, tmp_path / "a.jsonl", key="Office C")
    with pytest.raises(RefusedError, match="is signed with another key"):
        take(ours, path)
    assert imported(ours).precedents == ()


@pytest.mark.nightly
def test_any_changed_byte_is_told(ours: Path, theirs: Path, tmp_path: Path) -> None:
    trust(ours)
    raw = package(theirs, tmp_path / "a.jsonl").read_bytes()
    path = tmp_path / "changed.jsonl"
    for place in [*range(1, len(raw), 37), len(raw) - 1]:
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        with pytest.raises(RiskEngineError):
            take(ours, path)
    for raw_ in (raw[:-1], raw + b"\n", raw[1:], raw + raw, b"", b"\n", raw.replace(b"\n", b"\r\n")):
        path.write_bytes(raw_)
        with pytest.raises(RefusedError):
            take(ours, path)
    assert imported(ours).precedents == ()


HEAD: dict[str, Any] = {
    "kind": "precedents", "schema": 1, "office": OFFICE, "set": "guest-labs", "number": 1, "k": 3, "cases": 3,
    "rules": "0" * 64,
}  # fmt: skip
LINE: dict[str, Any] = {
    "cases": 3, "version": "1.0.0", "year": 2026, "gate": "free", "measures": {"start": "free", "measure": "advice"},
    "facts": {"work.field": "history"}, "lists": [], "findings": [], "reasons": None,
}  # fmt: skip


def test_the_lines_that_the_hostile_ones_are_made_of_are_taken(ours: Path, tmp_path: Path) -> None:
    trust(ours)
    assert take(ours, forged(tmp_path / "a.jsonl", [HEAD, LINE])).came == "new"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{**HEAD, "kind": "decision"}, LINE], "at `kind`"),
        ([{**HEAD, "set": "../../etc"}, LINE], "at `set`"),
        ([{**HEAD, "number": 0}, LINE], "at `number`"),
        ([{**HEAD, "k": 5}, LINE], "other numbers of cases"),
        ([{**HEAD, "cases": 30}, LINE], "other numbers of cases"),
        ([{**HEAD, "withdrawn": "why"}, LINE], "withdraws the packages before it, and holds cases"),
        ([{**HEAD, "extra": 1}, LINE], "at `extra`"),
        ([HEAD, {**LINE, "cases": 1}], "at `cases`"),
        ([HEAD, {**LINE, "name": "Dr Li"}], "at `name`"),
        ([HEAD, {**LINE, "facts": {"../work": 1}}], "at `../work`"),
        ([HEAD, {**LINE, "facts": {"work.field": None}}], "at `work.field`"),
        ([HEAD, {**LINE, "facts": {"work.field": {"one_of": []}}}], "at `work.field`"),
        ([HEAD, {**LINE, "gate": "open"}], "at `gate`"),
        ([HEAD, {**LINE, "facts": {"work.field": "a\u202eb"}}], "holds what nobody can see"),
        ([HEAD, {**LINE, "facts": {"work.field": "x" * 301}}], "too long"),
        ([{**HEAD, "cases": 6}, LINE, LINE], "one stands twice"),
        ([{**HEAD, "cases": 7}, LINE, {**LINE, "cases": 4}], "alike but for their number"),
        ([HEAD, b'{"cases":3,"cases":3}'], "one form"),
        ([HEAD, canonical(LINE).replace(b'"cases":3', b'"cases": 3')], "one form"),
        ([HEAD, canonical(LINE).replace(b'"cases":3', b'"cases":3.0')], "line 2"),
        ([HEAD, b"[" * 100_000 + b"]" * 100_000], "line 2"),
        ([HEAD, canonical({**LINE, "facts": {"a.b": [[[[[[[[[1]]]]]]]]]}})], "deeper"),
        ([HEAD, b'{"a":"' + b"x" * 300_000 + b'"}'], "longer than 256 KiB"),
        ([HEAD, b"not json"], "no JSON"),
    ],
)
def test_a_hostile_package_is_told_and_refused_whole_even_if_it_is_signed(
    ours: Path, tmp_path: Path, lines: list[dict[str, Any] | bytes], said: str
) -> None:
    trust(ours)
    with pytest.raises(RefusedError) as error:
        take(ours, forged(tmp_path / "hostile.jsonl", lines))
    assert said in f"{error.value}"
    assert "nothing of it was taken" in f"{error.value}"
    assert imported(ours).precedents == ()
    assert [one.what for one in read_journal(ours).events] == ["key added"]


def test_a_package_of_fewer_cases_alike_than_the_set_asks_for_is_refused(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(ours)
    # Signed by whom it should be, and of one form with its head: k was lowered by hand before it was signed.
    low = forged(tmp_path / "low.jsonl", [{**HEAD, "k": 2, "cases": 2}, {**LINE, "cases": 2}])
    monkeypatch.setenv("RISK_ENGINE_CRITERIA", str(SET.parent))
    with pytest.raises(RefusedError, match="its lines stand for 2 cases at least, and guest-labs asks for 3"):
        take(ours, low)
    assert read_journal(ours).of("came") == []
    assert take(ours, forged(tmp_path / "a.jsonl", [HEAD, LINE])).came == "new"


def test_an_archive_is_no_package_and_nothing_is_unpacked(ours: Path, theirs: Path, tmp_path: Path) -> None:
    trust(ours)
    raw = package(theirs, tmp_path / "a.jsonl").read_bytes()
    (tmp_path / "a.gz").write_bytes(gzip.compress(raw + b" " * 10_000_000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../evil", raw)
    for name in ("a.gz", "a.zip"):
        with pytest.raises(RefusedError, match="no text of lines"):
            take(ours, tmp_path / name)
    large = tmp_path / "large.jsonl"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES * 100)
    with pytest.raises(RefusedError, match="larger than 16 MiB"):
        take(ours, large)


def test_a_signature_on_something_else_fits_no_package(ours: Path, tmp_path: Path) -> None:
    trust(ours)
    content = canonical(HEAD) + b"\n" + canonical(LINE) + b"\n"
    (tmp_path / "a.jsonl").write_bytes(seal(content, "criteria-feed", key_of(OFFICE)))
    with pytest.raises(RefusedError, match="not over this content"):
        take(ours, tmp_path / "a.jsonl")


def test_what_came_is_checked_again_each_time_it_is_read(ours: Path, theirs: Path, tmp_path: Path) -> None:
    trust(ours)
    take(ours, package(theirs, tmp_path / "a.jsonl"))
    (kept,) = (ours / "exchange" / "received").iterdir()
    raw = kept.read_bytes()
    kept.chmod(0o644)
    kept.write_bytes(raw.replace(b"advice", b"advicf", 1))
    found = imported(ours)
    assert found.precedents == ()
    assert "it was changed" in found.problems[0]
    kept.write_bytes(forged(tmp_path / "own.jsonl", [HEAD, LINE]).read_bytes())
    assert "this is not the package that came" in imported(ours).problems[0]
    kept.write_bytes(raw)
    assert len(imported(ours).precedents) == 4
    unpin(ours, OFFICE, by="B. Ode", why="their key was lost")
    assert "no key of Office A is pinned" in imported(ours).problems[0]


def test_another_key_of_a_known_office_is_refused_until_the_first_is_removed_with_a_reason(ours: Path) -> None:
    trust(ours)
    trust(ours)  # the same again changes nothing
    with pytest.raises(RiskEngineError, match="another key is pinned for Office A"):
        trust(ours, "OFFICE  a", "Office C")
    with pytest.raises(RiskEngineError, match="this key is pinned for Office A already"):
        trust(ours, "Office C", OFFICE)
    with pytest.raises(RiskEngineError, match="a reason is needed"):
        unpin(ours, OFFICE, by="B. Ode", why=" ")
    unpin(ours, "office a", by="B. Ode", why="lost")
    trust(ours, OFFICE, "Office C")
    assert [one.what for one in read_journal(ours).events] == ["key added", "key removed", "key added"]


def test_a_name_that_only_looks_like_that_of_an_office_is_not_pinned(ours: Path) -> None:
    trust(ours)
    for name in ("\u041effice A", "Off\u03b9ce A"):  # a Cyrillic O, a Greek iota
        with pytest.raises(RiskEngineError, match="letters of two alphabets that look alike"):
            trust(ours, name, "Office C")
    trust(ours, "\u0412\u0443\u0437 \u2116 1", "Office C")  # of one alphabet it may be
    assert len(read_journal(ours).keys()) == 2


@pytest.mark.parametrize("change", [lambda raw: raw.replace(b"B. Ode", b"C. Ode", 1), lambda raw: raw[:-20],
                                    lambda raw: raw[raw.index(b"\n") + 1 :]])  # fmt: skip
def test_a_log_that_was_edited_stops_all_exchange(ours: Path, change: Any) -> None:
    trust(ours)
    unpin(ours, OFFICE, by="B. Ode", why="lost")
    log = ours / "exchange" / "LOG.jsonl"
    log.write_bytes(change(log.read_bytes()))
    with pytest.raises(RiskEngineError, match=r"LOG\.jsonl"):
        imported(ours)
    with pytest.raises(RiskEngineError, match=r"LOG\.jsonl"):
        trust(ours, "Office C", "Office C")


def test_a_line_of_the_log_that_was_written_anew_fits_no_more(ours: Path) -> None:
    trust(ours)
    unpin(ours, OFFICE, by="B. Ode", why="lost")
    log = ours / "exchange" / "LOG.jsonl"
    first, second = log.read_bytes().splitlines()
    said = {key: one for key, one in {**json.loads(first), "by": "Somebody"}.items() if key != "digest"}
    log.write_bytes(canonical({**said, "digest": digest(said)}) + b"\n" + second + b"\n")
    with pytest.raises(RiskEngineError, match="line 2 was edited"):
        read_journal(ours)


def test_the_own_package_is_not_taken_back(theirs: Path, tmp_path: Path) -> None:
    path = package(theirs, tmp_path / "a.jsonl")
    trust(theirs)
    with pytest.raises(RiskEngineError, match="left this register itself"):
        take(theirs, path)


def test_too_few_cases_and_a_smaller_k_are_refused(ours: Path, theirs: Path) -> None:
    with pytest.raises(TooFewError, match="of 3 decided cases under guest-labs no 3 are alike"):
        leaving(ours, "Office B", reference=str(SET))
    with pytest.raises(RiskEngineError, match="the set asks for 3 cases that are alike, 2 are fewer"):
        leaving(theirs, OFFICE, reference=str(SET), k=2)
    found = leaving(theirs, OFFICE, reference=str(SET), k=4)
    assert found.head.k == 4
    assert found.made.few == 15 - found.head.cases


def test_the_same_package_leaves_again_under_its_number_and_a_withdrawal_under_the_next(
    theirs: Path, tmp_path: Path
) -> None:
    first = package(theirs, tmp_path / "1.jsonl").read_bytes()
    again = leaving(theirs, OFFICE, reference=str(SET))
    assert (again.head.number, again.is_new) == (1, False)
    assert package(theirs, tmp_path / "again.jsonl").read_bytes() == first
    assert len(read_journal(theirs).of("sent")) == 1
    head, content = withdrawal(theirs, OFFICE, "two cases were filed twice", reference=str(SET))
    assert (head.number, head.cases) == (2, 0)
    send(theirs, head, content, tmp_path / "2.jsonl", key_of(OFFICE), None)
    with pytest.raises(RiskEngineError, match="withdrawn already"):
        withdrawal(theirs, OFFICE, "again", reference=str(SET))
    assert leaving(theirs, OFFICE, reference=str(SET)).head.number == 3


def test_who_came_alone_between_two_packages_is_in_none_of_them_until_k_have_come(
    theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [*(decided(one) for one in range(5)), *(decided(one, decided_on_year=2025) for one in (5, 6))]
    monkeypatch.setattr(leaving_room, "decided_cases", lambda *_of: iter(cases))
    assert package(theirs, tmp_path / "1.jsonl").read_bytes().count(b'"cases":5') == 2  # the head and the one line
    # A third of 2025: with it three are alike, and whoever knows that one was decided since would know it is that one.
    cases.append(decided(7, decided_on_year=2025))
    found = leaving(theirs, OFFICE, reference=str(SET))
    assert (found.is_new, found.waits, found.made.cases, found.head.number) == (False, 2, 5, 1)
    cases += [decided(8, decided_on_year=2024), decided(9, decided_on_year=2024)]
    found = leaving(theirs, OFFICE, reference=str(SET))
    assert (found.is_new, found.waits, found.made.cases) == (True, 0, 8)
    assert found.pool.cases == 10


def test_where_too_few_came_and_nothing_of_before_can_be_told_again_nothing_leaves(
    theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [decided(one) for one in range(4)]
    monkeypatch.setattr(leaving_room, "decided_cases", lambda *_of: iter(cases))
    package(theirs, tmp_path / "1.jsonl")
    cases.append(decided(4))
    with pytest.raises(TooFewError, match="4 more decided cases under guest-labs are needed since the package before"):
        leaving(theirs, OFFICE, reference=str(SET), k=5)


def test_a_copy_of_what_left_that_was_changed_stops_the_next_package(theirs: Path, tmp_path: Path) -> None:
    package(theirs, tmp_path / "1.jsonl")
    (kept,) = (theirs / "exchange" / "sent").iterdir()
    kept.chmod(0o644)
    kept.write_bytes(kept.read_bytes().replace(b'"cases":4', b'"cases":9', 1))
    with pytest.raises(RiskEngineError, match="it is not as it left"):
        leaving(theirs, OFFICE, reference=str(SET))


def test_a_register_of_which_a_case_cannot_be_read_lets_nothing_leave(theirs: Path) -> None:
    next((theirs / "A-03").glob("0001-*")).write_text("{}", "utf-8")
    with pytest.raises(RiskEngineError, match="A-03"):
        leaving(theirs, OFFICE, reference=str(SET))


def test_the_folder_of_the_exchange_is_no_case_and_a_case_is_not_called_so(ours: Path) -> None:
    trust(ours)
    assert "exchange" not in {one.name for one in case_paths(ours)}
    assert safe_name("exchange").startswith("exchange~")


def test_a_line_that_does_not_tell_what_was_found_is_no_precedent(ours: Path, tmp_path: Path) -> None:
    trust(ours)
    take(ours, forged(tmp_path / "a.jsonl", [HEAD, {**LINE, "findings": None}]))
    assert imported(ours) == ((), ())
