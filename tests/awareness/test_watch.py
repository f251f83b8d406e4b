"""`awareness watch`: what moved between two exports, and when nothing may be claimed."""

import json
from dataclasses import replace
from pathlib import Path

from risk_engine.awareness.watch import Counted, Moved, watch, watched_json
from risk_engine.awareness.watched import watch_text
from risk_engine.awareness.works import Source
from tests.awareness.pages import export
from tests.cli.running import run

SAMPLE = Source("a.jsonl", "0" * 64, "openalex", 5, whole=False, selection=(frozenset({"CN"}),))
WHOLE = replace(SAMPLE, whole=True)


def counted(pairs: dict[str, int], source: Source = WHOLE, suspect: frozenset[str] = frozenset()) -> Counted:
    return Counted("side", (source,), {"pairs": pairs, "institutions": {}, "topics": {}}, suspect)


def test_growth_is_the_later_minus_the_earlier_and_has_a_percentage_from_ten_on() -> None:
    assert (Moved("x", 10, 15).growth, Moved("x", 10, 15).percent) == (5, 50)
    assert (Moved("x", 9, 18).growth, Moved("x", 9, 18).percent) == (9, None)


def test_what_is_new_growing_smaller_and_gone_is_told_apart_the_most_first() -> None:
    made = watch(counted({"a": 1, "b": 5, "c": 3, "same": 2}), counted({"b": 6, "c": 1, "d": 4, "e": 9, "same": 2}))
    pairs = made.changes["pairs"]
    assert [one.name for one in pairs.new] == ["e", "d"]
    assert [(one.name, one.growth) for one in pairs.growing] == [("b", 1)]
    assert [one.name for one in pairs.smaller] == ["c"]
    assert [one.name for one in pairs.gone] == ["a"]
    assert made.is_news


def test_a_pair_that_is_suspect_on_either_side_is_no_news() -> None:
    assert not watch(counted({}), counted({"a": 4}, suspect=frozenset({"a"}))).is_news
    assert not watch(counted({"a": 4}, suspect=frozenset({"a"})), counted({})).is_news


def test_samples_of_differing_selection_claim_nothing() -> None:
    other = replace(SAMPLE, selection=(frozenset({"DE"}),))
    made = watch(counted({}, SAMPLE), counted({"a": 4}, other))
    assert (made.why, made.is_news, dict(made.changes)) == ("selection", False, {})


def test_samples_of_one_selection_are_compared_and_said_to_be_samples() -> None:
    made = watch(counted({}, SAMPLE), counted({"a": 4}, SAMPLE))
    assert (made.why, made.sample, made.is_news) == (None, True, True)


def test_a_sample_has_no_trend_and_no_percentage() -> None:
    made = watch(counted({"a": 10}, SAMPLE), counted({"a": 15}, SAMPLE))
    said = watch_text(made)
    assert "more: a: 10 → 15 (+5)\n" in said
    assert "growing" not in said
    assert watched_json(made)["changes"]["pairs"]["growing"][0]["percent"] is None


def test_a_sample_and_a_whole_are_not_compared() -> None:
    assert watch(counted({}, SAMPLE), counted({"a": 4})).why == "part"


def test_the_command_says_what_is_new_and_its_exit_code_says_that_something_is(tmp_path: Path) -> None:
    old, new = export(tmp_path / "old.jsonl"), export(tmp_path / "new.jsonl", more=3)
    said = run("awareness", "watch", old, new, "--whole")
    assert said.code == 1
    assert "Delft University (NL) – Tsinghua University (CN): 12 → 15 (+3, +25 %)" in said.out
    assert "new: Delft University (NL) – Zhejiang University (CN): 0 → 1 (+1)" in said.out
    assert "Non-Ferrous" not in said.out.partition("Institutions")[0]
    assert "1 suspect pair is left out." in said.out


def test_an_export_against_itself_has_no_news(tmp_path: Path) -> None:
    old = export(tmp_path / "old.jsonl")
    said = run("awareness", "watch", old, old)
    assert said.code == 0
    assert "Nothing is new, growing or gone." in said.out
    assert "true of the samples" in said.out


def test_json_has_both_counts_and_no_words(tmp_path: Path) -> None:
    old, new = export(tmp_path / "old.jsonl"), export(tmp_path / "new.jsonl", more=3)
    said = json.loads(run("awareness", "watch", old, new, "--whole", "--format", "json").out)
    grown = said["changes"]["pairs"]["growing"]
    wanted = {"name": "Delft University (NL) – Tsinghua University (CN)", "earlier": 12, "later": 15}
    assert grown == [{**wanted, "growth": 3, "percent": 25}]
    assert said["not_compared"] is None


def test_folders_of_tables_are_compared_where_they_are_whole(tmp_path: Path) -> None:
    for name, more in (("old", 0), ("new", 3)):
        data = export(tmp_path / f"{name}.jsonl", more=more)
        assert run("awareness", "tables", data, "--tables", tmp_path / name).code == 0
    said = run("awareness", "watch", tmp_path / "old", tmp_path / "new", "--whole")
    assert said.code == 1
    assert "12 → 15" in said.out
    assert "not judged" in said.out
    refused = run("awareness", "watch", tmp_path / "old", tmp_path / "new")
    assert refused.code == 2
    assert "do not say how they were selected" in refused.out


def test_tables_that_were_cut_cannot_say_what_is_gone(tmp_path: Path) -> None:
    data = export(tmp_path / "old.jsonl")
    run("awareness", "tables", data, "--top", "1", "--tables", tmp_path / "cut")
    said = run("awareness", "watch", tmp_path / "cut", tmp_path / "cut", "--whole")
    assert said.code == 2
    assert "is cut, so what is gone cannot be told" in said.err


def test_two_exports_are_chosen_from_as_tables_are(tmp_path: Path) -> None:
    old, new = export(tmp_path / "old.jsonl"), export(tmp_path / "new.jsonl", more=2)
    (tmp_path / "s.yaml").write_text("sources: {old.jsonl: {whole: true}, new.jsonl: {whole: true}}", "utf-8")
    asked = ("--sources", tmp_path / "s.yaml", "--merge", "doi", "--max-parties", "5")
    assert run("awareness", "watch", old, new, *asked).code == 1
    same = run("awareness", "watch", old, new, *asked, "--years", "2018-2020")
    assert (same.code, "Nothing is new, growing or gone." in same.out) == (0, True)
    assert (
        "no work is of these years: the data have 2018 to 2020"
        in run("awareness", "watch", old, new, *asked, "--years", "2021").err
    )
    tables = tmp_path / "tables"
    run("awareness", "tables", old, "--tables", tables)
    said = run("awareness", "watch", tables, new, "--years", "2018-2020")
    assert (said.code, "a folder of tables is counted already" in said.err) == (2, True)
