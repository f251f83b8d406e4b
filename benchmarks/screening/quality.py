"""Measure how well partners are found: `python -m benchmarks.screening.quality`.

Every matcher (`contenders.py`) answers every gold string (`gold.py`); `measure.py` says what recall and precision are.

- Closed world: the strings all of whose labels are in the registry, and those without a label (true negatives). The
  targets are about these.
- Closed world, labelled: the same without the true negatives.
- Open world: all strings; a label that is missing in the registry can only be missed, and whatever is answered to
  such a string is a false hit.
- True negatives: strings that have no label. Of them, the share that gets an answer at the threshold which has
  precision 0.95 over the closed world of its group.

Names of partners (`ror_api_names`, `ror_logs`) and affiliation strings (the other files) are two groups; each has its
own thresholds, and categories and files are measured within their group. Labels are taken as they are: where two files
label the same organisation differently (an institute of an academy, a hospital of a university) at least one answer is
wrong.

`--write` puts everything into docs/screening-quality.md and its curve, with what `listed.py` measures. `--speed` puts
there what `speed.py` measures and leaves all else: it wants a machine that does nothing else.
`--only NAME` measures one matcher, `--kept FOLDER` keeps the answers of rapidfuzz, which take a quarter of an hour,
between runs. `--misses N` prints the first N misses and false hits.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.screening import listed, page, speed
from benchmarks.screening.contenders import answers, contenders
from benchmarks.screening.gold import DATA, Gold, GoldString, categories, is_name, read_gold
from benchmarks.screening.intervals import Interval, of_recall
from benchmarks.screening.measure import Answered, Curve, all_answers, best_answers

PRECISIONS = (0.95, 0.90)
SIZES = (100_000, 1_000_000)
"""Names of the lists on which the speed is measured."""
GROUPS: dict[str, Callable[[GoldString], bool]] = {
    "Names of partners": is_name,
    "Affiliation strings": lambda string: not is_name(string),
}


class Row(NamedTuple):
    """Some strings, and what one matcher does on them."""

    label: str
    answered: Sequence[Answered]
    best: Curve
    every: Curve

    def intervals(self) -> tuple[Interval, ...]:
        """Return how far each figure of the row is sure: of best answers, then of all, at `PRECISIONS`."""
        several = (of_recall(self.answered, PRECISIONS, every=every) for every in (False, True))
        return tuple(one for some in several for one in some)


class Measured(NamedTuple):
    """What one matcher does on one group of strings."""

    matcher: str
    group: str
    cross_validated: bool
    worlds: tuple[Row, ...]
    """Closed, closed and labelled, open."""
    parts: tuple[Row, ...]
    """Each file, then each category, in the closed world."""
    negatives: tuple[int, int]
    """True negatives that get an answer at the threshold of precision 0.95, and all of them."""
    misses: tuple[Answered, ...]
    """Labelled strings whose best answer is wrong or missing, the surest wrong ones first."""
    false_hits: tuple[Answered, ...]
    """True negatives with an answer, the surest first."""


def measured(matcher: str, group: str, answered: Sequence[Answered], gold: Gold, *, learns: bool) -> Measured:
    """Work out every figure of a matcher on a group."""
    closed = [one for one in answered if one.string.wanted <= gold.registry.keys()]
    labelled = [one for one in closed if one.string.wanted]
    negatives = [one for one in closed if not one.string.wanted and one.answers]
    all_closed = best_answers(closed)
    sure = all_closed.threshold_at(PRECISIONS[0])
    wrong = [one for one in labelled if not one.answers or one.answers[0].key not in one.string.wanted]
    kinds = {id(one): categories(one.string, gold.registry) for one in closed}
    files = sorted({one.string.file for one in closed})
    parts = [_row(f"`{file}`", [one for one in closed if one.string.file == file]) for file in files]
    parts += [
        _row(kind, [one for one in closed if kind in kinds[id(one)]])
        for kind in sorted({kind for several in kinds.values() for kind in several} - {"true negative"})
    ]
    return Measured(
        matcher=matcher,
        group=group,
        cross_validated=learns,
        worlds=(
            _row("closed world", closed),
            _row("closed world, labelled", labelled),
            _row("open world", answered),
        ),
        parts=tuple(parts),
        negatives=(
            0 if sure is None else sum(one.answers[0].score >= sure for one in negatives),
            len(closed) - len(labelled),
        ),
        misses=tuple(sorted(wrong, key=_surest)),
        false_hits=tuple(sorted(negatives, key=_surest)),
    )


def _row(label: str, answered: Sequence[Answered]) -> Row:
    return Row(label, answered, best_answers(answered), all_answers(answered))


def _surest(answered: Answered) -> float:
    return -answered.answers[0].score if answered.answers else 0.0


def main() -> None:
    """Print the figures; write them where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screening.quality")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with affiliation_gold, ror and the others")
    parser.add_argument("--kept", type=Path, help="a folder that keeps the answers of rapidfuzz between runs")
    parser.add_argument("--only", action="append", help="the matcher to measure; all if not given")
    parser.add_argument("--misses", type=int, default=0, help="how many misses and false hits to print")
    parser.add_argument("--write", action="store_true", help="write docs/screening-quality.md and its picture")
    parser.add_argument("--speed", action="store_true", help="measure the speed alone and put it into the sheet")
    options = parser.parse_args()
    if options.speed:
        page.write_speed([speed.measured(size) for size in SIZES])
        return
    if not (options.data / "affiliation_gold").is_dir():
        sys.exit(f"{options.data}: no folder `affiliation_gold`; `--data` says where the gold strings are")
    gold = read_gold(options.data)
    everything: list[Measured] = []
    for contender in contenders(options.kept):
        if options.only and contender.name not in options.only:
            continue
        print(f"{contender.name}: is asked", flush=True)
        answered = answers(contender, gold.registry, gold.strings)
        for group, belongs in GROUPS.items():
            mine = [one for one in answered if belongs(one.string)]
            if mine:
                everything.append(measured(contender.name, group, mine, gold, learns=contender.learns))
                _print(everything[-1], gold, options.misses)
    if options.write:
        page.write(everything, gold, listed.measured(options.data))


def _print(found: Measured, gold: Gold, misses: int) -> None:
    how = " (cross-validated)" if found.cross_validated else ""
    print(f"\n{found.group}, {found.matcher}{how}: recall at precision 0.95 and 0.90")
    for row in (*found.worlds, *found.parts):
        figures = "  ".join(f"{curve.recall_at(one):.3f}" for curve in (row.best, row.every) for one in PRECISIONS)
        print(f"  {row.label:34} {len(row.answered):5}   best, all: {figures}")
    print(f"  {found.negatives[0]} of {found.negatives[1]} true negatives get an answer")
    _list("miss", found.misses[:misses], gold)
    _list("false hit", found.false_hits[:misses], gold)


def _list(kind: str, answered: Iterable[Answered], gold: Gold) -> None:
    for string, given in answered:
        labels = ", ".join(page.called(one, gold) for one in sorted(string.wanted)) or "nobody"
        first = f"{page.called(given[0].key, gold)} ({given[0].score:.3f})" if given else "nothing"
        print(f"  {kind}: {string.text!r} is {labels}; answered {first}")


if __name__ == "__main__":
    main()
