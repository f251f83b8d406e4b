"""A person's word on a pair: with a name and a reason, added to a file in which nothing is ever changed."""

import json
from pathlib import Path

import pytest

from risk_engine.awareness.overrules import read_overrules
from risk_engine.files.diagnostics import RiskEngineError
from tests.awareness.samples import flat, lines
from tests.cli.running import TODAY, done, refused, run

PAIR = ("--pair", "University of Lodz", "Wuhan University")
WORD = ("--by", "A. Officer", "--reason", "both named the joint laboratory")


@pytest.fixture
def works(tmp_path: Path) -> Path:
    """Two works of one pair, one of another, on one line each."""
    both = {"PL": ["University of Lodz"], "CN": ["Wuhan University"]}
    other = {"PL": ["Institute of Plant Protection"], "CN": ["Institute of Plant Protection"]}
    several = [
        flat("W1", institutions=both, doi="https://doi.org/10.1016/j.susc.2020.1"),
        flat("W2", institutions=both, doi="https://doi.org/10.1103/physrevb.101.1"),
        flat("W3", institutions=other),
    ]
    return lines(tmp_path / "works.jsonl", *several)


def judged(works: Path, *more: str | Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(done("awareness", "judge", works, "--format", "json", *more))
    return found


def test_pairs_are_told_with_their_reasons_and_the_links_of_their_works(works: Path) -> None:
    text = done("awareness", "judge", works)
    assert "University of Lodz (PL) – Wuhan University (CN): 2 works, unchecked" in text
    assert "https://openalex.org/W1" in text
    assert [one["status"] for one in judged(works)] == ["unchecked", "suspect"]
    assert [one["name_a"] for one in judged(works, "--status", "suspect")] == ["Institute of Plant Protection"]


def test_a_pair_is_judged_with_what_is_said_of_the_files(works: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "ours.yaml"
    columns = {"No": "work", "Partner": "institution", "Country": "country"}
    lines = [f"  {name}: {{to: {to}, split: ';', confirmed: true}}" for name, to in columns.items() if to != "work"]
    lines = ["source: Ours", "columns:", "  No: {to: work, confirmed: true}", *lines]
    mapping.write_text("\n".join(lines), "utf-8")
    table = tmp_path / "ours.csv"
    table.write_text("No,Partner,Country\n1,University of Lodz;Wuhan University,PL;CN\n", "utf-8")
    sources = tmp_path / "sources.yaml"
    sources.write_text("sources:\n  ours.csv: {mapping: ours.yaml}\n", "utf-8")
    assert [one["name_b"] for one in judged(table, "--sources", sources)] == ["Wuhan University"]
    assert judged(works, "--whole") == judged(works)
    assert "no file of this name is read" in refused("awareness", "judge", works, "--sources", sources)


def test_a_word_holds_until_a_later_one_and_none_is_lost(works: Path, tmp_path: Path) -> None:
    file = tmp_path / "overrules.yaml"
    for said in ("confirmed", "suspect"):
        run("awareness", "judge", works, *PAIR, "--as", said, *WORD, "--overrules", file)
    before = file.read_bytes()
    assert judged(works, *PAIR, "--overrules", file)[0]["status"] == "suspect"
    run("awareness", "judge", works, *PAIR, "--as", "open", *WORD, "--overrules", file)
    assert file.read_bytes().startswith(before)
    found = judged(works, *PAIR, "--overrules", file)[0]
    assert found["status"] == "unchecked"
    assert [one["said"] for one in found["said"]] == ["confirmed", "suspect", "open"]  # type: ignore[attr-defined]
    word = read_overrules(file).words[0]
    assert (word.by, word.reason, word.on, word.works) == ("A. Officer", "both named the joint laboratory", TODAY, 2)


def test_what_somebody_wrote_by_hand_stays_as_it_is(works: Path, tmp_path: Path) -> None:
    file = tmp_path / "overrules.yaml"
    run("awareness", "judge", works, *PAIR, "--as", "confirmed", *WORD, "--overrules", file)
    file.write_text(f"{file.read_text('utf-8').rstrip()}  # asked by mail", "utf-8")
    before = file.read_text("utf-8")
    run("awareness", "judge", works, *PAIR, "--as", "open", *WORD, "--overrules", file)
    assert file.read_text("utf-8").startswith(before)
    assert len(read_overrules(file).words) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*PAIR, "--as", "confirmed", "--by", "A. Officer", "--overrules", "o.yaml"), "--reason is missing"),
        (
            (*PAIR, "--as", "confirmed", "--by", "A. Officer", "--reason", " ", "--overrules", "o.yaml"),
            "--reason is empty",
        ),
        ((*PAIR, "--as", "confirmed", "--reason", "asked", "--overrules", "o.yaml"), "--by is missing"),
        ((*PAIR, "--as", "confirmed", *WORD), "--as needs a file in which it is kept"),
        (("--as", "confirmed", *WORD, "--overrules", "o.yaml"), "--as is said of one pair"),
        ((*PAIR, *WORD), "--by and --reason are of a word on a pair"),
        (("--pair", "University of Lods", "Wuhan University"), "did you mean `University of Lodz`?"),
        (("--pair", "University of Lodz", "Institute of Plant Protection"), "have no work together here"),
    ],
)
def test_a_word_without_who_why_or_on_what_is_refused(works: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("awareness", "judge", works, *arguments)
    assert not Path("o.yaml").exists()


def test_institutions_of_one_name_are_told_apart_by_their_keys(works: Path) -> None:
    pair = ("--pair", "PL|Institute of Plant Protection", "CN|Institute of Plant Protection")
    assert judged(works, *pair)[0]["works"] == 1


def test_a_broken_file_is_told_with_the_place_and_nothing_is_added(works: Path, tmp_path: Path) -> None:
    file = tmp_path / "overrules.yaml"
    file.write_text("words:\n  - pair: []\n    said: maybe\n", "utf-8")
    before = file.read_text("utf-8")
    assert "overrules.yaml:2" in refused("awareness", "judge", works, *PAIR, "--as", "open", *WORD, "--overrules", file)
    assert file.read_text("utf-8") == before


def test_nothing_is_added_below_a_list_that_ends_otherwise(works: Path, tmp_path: Path) -> None:
    file = tmp_path / "overrules.yaml"
    file.write_text("words: []\n", "utf-8")
    assert "nothing can be added at its end" in refused(
        "awareness", "judge", works, *PAIR, "--as", "open", *WORD, "--overrules", file
    )
    assert file.read_text("utf-8") == "words: []\n"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError):
        read_overrules(tmp_path / "none.yaml")
