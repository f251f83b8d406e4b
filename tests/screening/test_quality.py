"""What the quality sheet of screening counts (benchmarks/screening), on strings of our own."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.screening import intervals, listed_set, page, trees
from benchmarks.screening.contenders import Contender, answers
from benchmarks.screening.gold import (
    DATA,
    FOLDS,
    Gold,
    GoldPair,
    GoldString,
    Organisation,
    categories,
    fold_of,
    read_gold,
)
from benchmarks.screening.listed import OnList, Row
from benchmarks.screening.measure import Answer, Answered, Matcher, all_answers, best_answers, pairs_found
from benchmarks.screening.quality import measured
from benchmarks.screening.speed import Build, Search, Speed
from risk_engine.screening.names import fold

NORTH, SOUTH = "https://ror.org/0north001", "https://ror.org/0south002"
REGISTRY = {
    NORTH: Organisation(NORTH, ("North University", "NU"), "CN"),
    SOUTH: Organisation(SOUTH, ("South | Institute_*of*",), "DE"),
}


def answered(wanted: tuple[str, ...], *given: tuple[str, float], text: str = "Dept., North University") -> Answered:
    """Return a string of an affiliation file with its labels and what was answered."""
    return Answered(GoldString(text, frozenset(wanted), "s2aff"), tuple(Answer(*one) for one in given))


def test_recall_counts_labelled_strings_and_precision_counts_answers() -> None:
    curve = best_answers(
        (
            answered((NORTH,), (NORTH, 0.9)),
            answered((SOUTH,), (NORTH, 0.5)),
            answered((), (NORTH, 0.4)),
            answered(()),
        )
    )
    assert [(one.threshold, one.precision, one.recall) for one in curve.points] == [
        (0.9, 1.0, 0.5),
        (0.5, 0.5, 0.5),
        (0.4, pytest.approx(1 / 3), 0.5),
    ]


def test_answers_of_one_score_are_given_together() -> None:
    curve = best_answers((answered((NORTH,), (NORTH, 0.9)), answered((NORTH,), (SOUTH, 0.9))))
    assert [one.precision for one in curve.points] == [0.5]
    assert curve.recall_at(0.9) == 0.0
    assert curve.threshold_at(0.9) is None


def test_recall_at_a_precision_is_the_greatest_of_all_thresholds_that_have_it() -> None:
    several = [answered((NORTH,), (SOUTH, 0.9)), *(answered((NORTH,), (NORTH, score)) for score in (0.8, 0.7, 0.6))]
    curve = best_answers(several)
    assert (curve.recall_at(0.75), curve.threshold_at(0.75)) == (0.75, 0.6)


def test_of_all_organisations_every_label_and_every_answer_counts() -> None:
    curve = all_answers((answered((NORTH, SOUTH), (NORTH, 0.9), ("https://ror.org/0third003", 0.8)),))
    assert [(one.precision, one.recall) for one in curve.points] == [(1.0, 0.5), (0.5, 0.5)]


def test_a_label_that_is_not_in_the_registry_counts_in_the_open_world_alone() -> None:
    gold = Gold(REGISTRY, (), (), ())
    several = (answered((NORTH,), (NORTH, 0.9)), answered(("https://ror.org/0third003",), (SOUTH, 0.8)))
    closed, labelled, opened = measured("m", "g", several, gold, learns=False).worlds
    assert (len(closed.answered), len(labelled.answered), len(opened.answered)) == (1, 1, 2)
    assert (closed.best.recall_at(0.5), opened.best.recall_at(0.5)) == (1.0, 0.5)


def test_a_true_negative_counts_as_a_false_hit_from_the_threshold_of_precision_95_up() -> None:
    good = [answered((NORTH,), (NORTH, 0.9))] * 30
    found = measured(
        "m",
        "g",
        (*good, answered((), (NORTH, 0.95)), answered((), (NORTH, 0.2))),
        Gold(REGISTRY, (), (), ()),
        learns=False,
    )
    assert found.negatives == (1, 2)
    assert [one.answers[0].score for one in found.false_hits] == [0.95, 0.2]


def test_who_learns_never_answers_a_string_that_it_was_trained_on() -> None:
    strings = tuple(GoldString(f"North University {number}", frozenset((NORTH,)), "s2aff") for number in range(200))

    def train(known: object) -> Matcher:
        assert isinstance(known, list)
        seen = {one.text for one in known}
        return lambda text: () if text in seen else (Answer(NORTH, 1.0),)

    found = answers(Contender("m", lambda _: train, learns=True), REGISTRY, strings)
    assert len(found) == 200
    assert best_answers(found).recall_at(1) == 1.0


def test_folds_are_of_about_one_size_and_a_spelling_stays_in_its_fold() -> None:
    sizes = [sum(fold_of(f"string {number}") == fold for number in range(1000)) for fold in range(FOLDS)]
    assert min(sizes) > 150
    assert fold_of("\uff2eORTH University") == fold_of("north university")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("北京大学", "other script"),
        ("Тульский университет", "other script"),
        ("Sch. of Elect. Eng., Harbin 150001", "affiliation string"),
        ("Department of Physics in the Faculty of Science of North University", "affiliation string"),
        ("CNRS", "acronym"),
        ("INRIA", "acronym"),
        ("Peking University", "name"),
        ("Uppsala", "name"),
    ],
)
def test_a_string_has_one_category_of_form(text: str, kind: str) -> None:
    assert categories(GoldString(text, frozenset((SOUTH,)), "s2aff"), REGISTRY) == (kind,)


def test_whom_a_string_means_is_a_category_too() -> None:
    assert categories(GoldString("NU", frozenset((NORTH,)), "ror_logs"), REGISTRY)[1:] == ("organisation in China",)
    assert categories(GoldString("NU", frozenset(), "ror_logs"), REGISTRY)[1:] == ("true negative",)


def test_the_sheet_lists_the_worst_answers_in_cells_that_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SHEET", tmp_path / "sheet.md")
    monkeypatch.setattr(page, "PICTURE", tmp_path / "curve.svg")
    pairs = (GoldPair("A AG", "A", True), GoldPair("A AG", "A", False))
    gold = Gold(REGISTRY, (), pairs, ("`x`: 3 rows without labels",))
    miss = answered((NORTH,), (SOUTH, 0.8), text="a | b\n<i>, North")
    person = answered((NORTH,), (SOUTH, 0.9), text="A. Nobody is a Professor at North University")
    several = (miss, person, answered((), (NORTH, 0.7)))
    page.write([measured("ours", "Affiliation strings", several, gold, learns=True)], gold)
    sheet = (tmp_path / "sheet.md").read_text("utf-8")
    cell = "South &#124; Institute&#95;&#42;of&#42; (0south002)"
    assert f"| a &#124; b &lt;i&gt;, North | North University (0north001) | {cell} | 0.800 |" in sheet
    assert "Nobody" not in sheet
    assert "- Left out: `x`: 3 rows without labels." in sheet
    assert "- A AG / A\n" in sheet
    assert (tmp_path / "curve.svg").read_text("utf-8").startswith("<svg")


def test_the_sheet_tells_what_is_on_a_list_in_both_stores_and_what_speed_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "SHEET", tmp_path / "sheet.md")
    monkeypatch.setattr(page, "PICTURE", tmp_path / "curve.svg")
    gold = Gold(REGISTRY, (), (), ())
    rows = (Row("clean", 200, (0.01, 0.2), None), Row("typed", 3, (0.5, 1.0), (0.75, 1.0)))
    search = Search(0.5, 4.0, 8.0, 4.1, 0.99, 90.0, 60.0, {"all": [0.9, 0.98, 0.99]})
    speeds = [Speed(100_000, Build(9.0, 300.0, 60.0, 40.0), search)]
    page.write([], gold, OnList(rows, 5, 2, (9, 10)))
    page.write_speed(speeds)
    sheet = (tmp_path / "sheet.md").read_text("utf-8")
    typed = "| typed | 3 | 0.500 (0.125–0.875) | 1.000 | 0.750 (0.256–0.963) | 1.000 |"
    assert sheet.index(typed) < sheet.index("| clean | 200 | 0.010 (0.003–0.036) |")
    assert "first answer right 9 of 10 (0.596–0.982)." in sheet
    assert "| 100,000 | 9.0 s | 300 MB | 0.5 s | 4.0 ms | 8.0 ms | 4.1 s | 90 MB | 0.990 |" in sheet
    assert "| all | 0.900 | 0.980 | 0.990 |" in sheet
    page.write([], gold, OnList(rows, 5, 2, (8, 10)))
    kept = (tmp_path / "sheet.md").read_text("utf-8")
    assert kept == sheet.replace("right 9 of 10 (0.596–0.982)", "right 8 of 10 (0.490–0.943)")
    page.write_speed([speeds[0]._replace(size=7)])
    assert (tmp_path / "sheet.md").read_text("utf-8") == kept.replace("100,000", "7")


def test_an_interval_of_recall_is_where_it_moves_when_strings_are_drawn_anew() -> None:
    several = [answered((NORTH,), (NORTH if number % 10 else SOUTH, 0.5)) for number in range(400)]
    (found,) = intervals.of_recall(several, (0.5,), every=False)
    # 0.9, give or take twice the root of 0.9 * 0.1 / 400
    assert found.low == pytest.approx(0.87, abs=0.01)
    assert found.high == pytest.approx(0.93, abs=0.01)
    assert intervals.of_recall(several, (0.5,), every=False) == [found]
    assert intervals.of_recall(several, (0.95,), every=True) == [(0.0, 0.0)]
    assert intervals.of_recall([answered((NORTH,))], (0.5, 0.9), every=True) == [(0.0, 0.0)] * 2


def test_an_interval_of_recall_takes_a_string_with_all_its_answers_and_answers_of_one_score_together() -> None:
    third = "https://ror.org/0third003"
    both = answered((NORTH, SOUTH), (NORTH, 0.9), (SOUTH, 0.8), (third, 0.1))
    assert intervals.of_recall([both] * 50, (1.0, 0.6), every=True) == [(1.0, 1.0)] * 2
    assert intervals.of_recall([answered((NORTH,), (SOUTH, 0.9), (NORTH, 0.9))] * 50, (0.9,), every=True) == [(0, 0)]


def test_an_interval_of_a_share_says_something_of_none_at_all() -> None:
    low, high = intervals.of_share(0.0, 182)
    assert low == 0.0
    assert high == pytest.approx(0.0207, abs=0.0001)  # 1.96² / (182 + 1.96²)


def test_nobody_who_is_listed_is_asked_for_as_clean() -> None:
    listed = {fold(one.name) for one in listed_set.listed()}
    strings = listed_set.asked()
    assert len(strings) > 1500
    assert not [one for one in strings if one.kind in {"clean", "goes on", "part"} and fold(one.text) in listed]
    assert {one.organisation for one in strings} - {""} <= {one.organisation for one in listed_set.listed()}


def test_a_likeness_is_measured_on_the_pairs() -> None:
    pairs = (GoldPair("a", "a", True), GoldPair("a", "b", False))
    assert pairs_found(pairs, lambda first, second: float(first == second)).recall_at(1) == 1.0


@pytest.mark.skipif(not DATA.is_dir(), reason="the gold strings lie outside the repository")
def test_every_gold_string_is_read_or_said_to_be_left_out() -> None:
    gold = read_gold()
    assert len(gold.strings) > 6000
    assert [one.partition(":")[0] for one in gold.left_out] == ["`openalex_institution_gold`", "`ror_api_names`"]
    assert all(one.names for one in gold.registry.values())


def test_trees_learn_what_two_features_say_only_together_and_the_same_each_time() -> None:
    drawn = np.random.default_rng(1)
    rows = drawn.random((4000, 3)).round(3).astype(np.float32)
    right = ((rows[:, 0] > 0.5) != (rows[:, 1] > 0.5)).astype(np.float32)
    weighing = trees.fit(("one", "other", "noise"), rows, right, 60)
    asked = [
        {"one": one, "other": other, "noise": 0.5} for one, other in ((0.1, 0.9), (0.9, 0.1), (0.1, 0.1), (0.9, 0.9))
    ]
    assert [logit > 0 for logit in weighing.logits(asked)] == [True, True, False, False]
    assert trees.fit(("one", "other", "noise"), rows, right, 60).trees == weighing.trees
