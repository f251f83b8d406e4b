"""The quality sheet: docs/screening-quality.md and its curve, from what `quality.py` measured."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from html import escape
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.screening.contenders import PAIR_SCORERS
from benchmarks.screening.intervals import DRAWS, of_share
from benchmarks.screening.listed import CLEAN
from benchmarks.screening.measure import pairs_found
from benchmarks.screening.speed import WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.screening.gold import Gold
    from benchmarks.screening.listed import OnList
    from benchmarks.screening.measure import Answered, Curve
    from benchmarks.screening.quality import Measured, Row
    from benchmarks.screening.speed import Speed

ROOT = Path(__file__).parents[2]
SHEET = ROOT / "docs" / "screening-quality.md"
PICTURE = ROOT / "docs" / "images" / "screening-quality.svg"
SHOWN = 25
"""Misses and false hits of a matcher that the sheet lists."""
STEPS = (0.99, 0.98, 0.97, 0.96, 0.95, 0.92, 0.90, 0.85, 0.80)
_LONGEST = 160
_OF_A_PERSON = re.compile(
    r"\b(?:[Pp]rofessor|[Dd]irector|[Ll]ecturer|[Rr]esident|[Cc]hairman|[Pp]artner|Dr|Prof|MD)\b|\b[A-Z]\.[A-Z]\."
)
"""A string that may name a person is counted, but not listed."""
_COLOURS = ("#78909c", "#ef9a3c", "#ab6cc0", "#1f7a3d", "#1565c0", "#b71c1c")

_INTRODUCTION = """\
# How well partners are found

Made by `python -m benchmarks.screening.quality --write` on {day}, at commit `{tree}`; edits here are lost.

Every figure is about labelled strings that lie outside this repository, {strings} of them, against a registry of
{records} organisations (ROR). These strings are the half that is open: another half is kept apart for judging. A
matcher that learns is measured on strings that it was not trained on (five folds, by a hash of the string).

**Best answer**: of each string its first answer alone; precision is right answers / answers given, recall is right
answers / strings that have a label. **All organisations**: every answer of every string; recall is right answers /
labels. An answer is given at a threshold if its score is not below it. *Recall at a precision* is the greatest recall
that any threshold has whose precision is not below it; 0 where none has.

In brackets, here and below: the interval of 95 %, how far the figure would move on other strings like these. Of recall
it is a bootstrap over strings ({draws:,} draws, percentiles, the same draws each time), of shares Wilson's. What a
matcher would have learnt from other strings is not in it. Two figures about the same strings may differ surely though
their intervals overlap.

**Closed world**: the strings all of whose labels are in the registry, and the strings without a label (true negatives).
The targets are about these. **Labelled**: the same without the true negatives. **Open world**: all strings; where the
right organisation is missing in the registry, every answer is a false hit and no answer is a miss.

The labels are taken as they are, and they are not all right: files differ in whether an institute of an academy or a
hospital of a university is labelled with the one, the other or both. The lists below show what is counted as wrong,
but for strings that may name a person.
"""


def write(
    everything: Sequence[Measured], gold: Gold, on_list: OnList | None = None, speeds: Sequence[Speed] = ()
) -> None:
    """Write the sheet and its picture."""
    PICTURE.write_text("\n".join(_picture(everything)) + "\n", "utf-8")
    beside = (*(_on_list(on_list) if on_list else ()), *(_speed(speeds) if speeds else ()))
    SHEET.write_text("\n".join((*_sheet(everything, gold), *beside)) + "\n", "utf-8")


def called(key: str, gold: Gold) -> str:
    """Return what to call an organisation: its first name, and its id."""
    number = key.removeprefix("https://ror.org/")
    record = gold.registry.get(key)
    return f"{record.names[0]} ({number})" if record else f"{number}, which is not in the registry"


def _sheet(everything: Sequence[Measured], gold: Gold) -> Iterator[str]:
    yield _INTRODUCTION.format(
        day=datetime.now(UTC).date(),
        tree=_tree(),
        draws=DRAWS,
        strings=f"{len(gold.strings):,}",
        records=f"{len(gold.registry):,}",
    )
    yield from (f"- Left out: {one}." for one in gold.left_out)
    yield f"\n![Precision and recall of every matcher over all thresholds](images/{PICTURE.name})"
    groups: defaultdict[str, list[Measured]] = defaultdict(list)
    for one in everything:
        groups[one.group].append(one)
    for group, several in groups.items():
        yield f"\n## {group}\n\n### Matchers\n"
        yield from _table((f"{one.matcher}, {row.label}", row) for one in several for row in one.worlds)
        yield "\nTrue negatives that get an answer, at the threshold which has precision 0.95 in the closed world:\n"
        yield from (f"- {one.matcher}: {one.negatives[0]} of {one.negatives[1]}" for one in several)
        ours = several[-1]
        yield f"\n### {ours.matcher}: by file and by category (closed world)\n"
        yield from _table((row.label, row) for row in ours.parts)
        yield f"\n### {ours.matcher}: the whole curve (closed world)\n"
        yield from _steps(ours.worlds[0].best, ours.worlds[0].every)
        yield f"\n### {ours.matcher}: worst misses\n\nLabelled strings with a wrong best answer, the surest first.\n"
        yield from _listed(ours.misses, gold)
        yield f"\n### {ours.matcher}: worst false hits\n\nTrue negatives with an answer, the surest first.\n"
        yield from _listed(ours.false_hits, gold)
    yield from _pairs(gold)


def _tree() -> str:
    asked = ("git", "rev-parse", "--short", "HEAD")
    return subprocess.run(asked, cwd=ROOT, capture_output=True, check=True, text=True).stdout.strip()


def _table(rows: Iterable[tuple[str, Row]]) -> Iterator[str]:
    yield "| | strings | best answer, recall at 0.95 | at 0.90 | all organisations, recall at 0.95 | at 0.90 |"
    yield "|---|---:|---:|---:|---:|---:|"
    for label, row in rows:
        recalls = [curve.recall_at(one) for curve in (row.best, row.every) for one in (0.95, 0.90)]
        figures = (f"{recall:.3f} ({interval})" for recall, interval in zip(recalls, row.intervals(), strict=True))
        yield f"| {label} | {len(row.answered)} | {' | '.join(figures)} |"


def _steps(best: Curve, every: Curve) -> Iterator[str]:
    yield "| precision | best answer: recall | threshold | all organisations: recall | threshold |"
    yield "|---:|---:|---:|---:|---:|"
    for step in STEPS:
        columns = []
        for curve in (best, every):
            threshold = curve.threshold_at(step)
            columns.append(f"{curve.recall_at(step):.3f} | {'–' if threshold is None else f'{threshold:.3f}'}")
        yield f"| {step:.2f} | {' | '.join(columns)} |"


def _listed(answered: Iterable[Answered], gold: Gold) -> Iterator[str]:
    yield "| string | labels | answer | score |"
    yield "|---|---|---|---:|"
    shown = (one for one in answered if not _OF_A_PERSON.search(one.string.text))
    for string, given in islice(shown, SHOWN):
        labels = "; ".join(called(one, gold) for one in sorted(string.wanted)) or "–"
        answer, score = (called(given[0].key, gold), f"{given[0].score:.3f}") if given else ("–", "")
        yield f"| {_cell(string.text)} | {_cell(labels)} | {_cell(answer)} | {score} |"


def _cell(text: str) -> str:
    """Return a text of others as one cell, in which no sign means anything."""
    flat = " ".join(text.split())
    short = flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
    return (
        escape(short, quote=False)
        .replace("|", "&#124;")
        .replace("*", "&#42;")
        .replace("_", "&#95;")
        .replace("[", "&#91;")
    )


def _pairs(gold: Gold) -> Iterator[str]:
    same = sum(pair.same for pair in gold.pairs)
    yield (
        f"\n## Pairs of names\n\n{len(gold.pairs)} labelled pairs, {same} of them called the same. There is no target:"
        " the labels contradict each other, in principle (a legal form tells two companies apart in some pairs and not"
        " in others) and in these pairs, which have both labels:\n"
    )
    labels: defaultdict[tuple[str, str], set[bool]] = defaultdict(set)
    for pair in gold.pairs:
        labels[pair.first, pair.second].add(pair.same)
    yield from (f"- {_cell(first)} / {_cell(second)}" for (first, second), both in labels.items() if len(both) > 1)
    yield "\n| | recall at precision 0.95 | at 0.90 | at any |\n|---|---:|---:|---:|"
    for name, scorer in PAIR_SCORERS.items():
        curve = pairs_found(gold.pairs, scorer)
        yield f"| {name} | {' | '.join(f'{curve.recall_at(one):.3f}' for one in (0.95, 0.90, 0.0))} |"


def _picture(everything: Sequence[Measured]) -> Iterator[str]:
    """Draw recall over precision, from 0.5 to 1, a panel for each group."""
    groups = list(dict.fromkeys(one.group for one in everything))
    matchers = list(dict.fromkeys(one.matcher for one in everything))
    width, height = 80 + 420 * len(groups), 470 + 22 * len(matchers)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d"'
        ' font-family="sans-serif" font-size="13">'
    )
    yield '<title id="t">Recall of the best answer at each precision, closed world</title>'
    yield f'<desc id="d">{"; ".join(_told(one) for one in everything)}.</desc>'
    yield "<style>.bg { fill: #fff } text { fill: #1c2833 } .grid { stroke: #dfe4e8 }"
    yield ".curve { fill: none; stroke-width: 2 }</style>"
    yield f'<rect class="bg" width="{width}" height="{height}"/>'
    for number, group in enumerate(groups):
        left = 60 + 420 * number
        yield f'<text x="{left}" y="28" font-size="16" font-weight="bold">{escape(group)}</text>'
        for step in range(11):
            across, down = left + 34 * step, 390 - 34 * step
            yield f'<path class="grid" d="M{left} {down}h340M{across} 50v340"/>'
            if step % 2 == 0:
                yield f'<text x="{left - 8}" y="{down + 4}" text-anchor="end">{step / 10:.1f}</text>'
                yield f'<text x="{across}" y="408" text-anchor="middle">{0.5 + step / 20:.1f}</text>'
        yield f'<text x="{left + 170}" y="430" text-anchor="middle">precision (upwards: recall)</text>'
        for one in everything:
            if one.group == group:
                yield _line(one.worlds[0].best, left, _COLOURS[matchers.index(one.matcher) % len(_COLOURS)])
    for number, matcher in enumerate(matchers):
        down = 460 + 22 * number
        colour = _COLOURS[number % len(_COLOURS)]
        yield f'<path class="curve" stroke="{colour}" d="M60 {down - 4}h30"/>'
        yield f'<text x="100" y="{down}">{escape(matcher)}</text>'
    yield "</svg>"


def _told(one: Measured) -> str:
    best = one.worlds[0].best
    return escape(f"{one.group}, {one.matcher}: {best.recall_at(0.95):.2f} at 0.95, {best.recall_at(0.9):.2f} at 0.90")


def _line(curve: Curve, left: int, colour: str) -> str:
    # What `recall_at` gives, at a hundred precisions: a curve of thousands of points would say no more.
    steps = ((step / 200, curve.recall_at(step / 200)) for step in range(100, 201))
    points = " ".join(f"{left + (precision - 0.5) * 680:.0f},{390 - recall * 340:.0f}" for precision, recall in steps)
    return f'<polyline class="curve" stroke="{colour}" points="{points}"/>'


_LISTED = """
## Is it on a list

{names:,} names of {organisations} organisations are on the list that is asked: those of MISP's China Defence
Universities tracker, of Chinese universities and institutes on the US Entity List, and some of OFAC's SDN list
(`benchmarks/screening/list_set`, committed). Each string is screened as `risk-engine screen` does it, against the list
alone, and with the registry ROR in the store. A **hit** is *identical* or *strong* and says "it is this one"; **shown**
is also what is a possible hit, or part of a listed organisation.

What is asked does not stand where it is looked for: an *alias* was taken out of the list, a *name in ROR* out of the
registry, *typed* are names that people wrote, labelled by others, and many of them name a school or a hospital of the
organisation, which is shown as a part of it. *Written* are first names of the list with slips, abbreviations, words in
another order, and one in seven with a word left out. *All names there* asks for what is there and only shows that it is
found. *Other names in ROR* are all those of organisations in China, Russia and Iran that are not listed, asked with
their country. Targets: 1.5 false hits in 100 clean strings; of strings that begin with a listed name and go on, one in
38; no hit by a bare acronym; recall 0.98. An alias that shares few words with what is left of its organisation is a
former or a cover name, which no rule can know: who screens needs lists that name them.
"""


def _on_list(found: OnList) -> Iterator[str]:
    yield _LISTED.format(names=found.names, organisations=found.organisations)
    for title, is_clean in (("names of listed organisations", False), ("strings that mean nobody listed", True)):
        yield f"| {title} | strings | hits, list alone | shown | hits, with the registry | shown |"
        yield "|---|---:|---:|---:|---:|---:|"
        for row in found.rows:
            if (row.kind in CLEAN) is is_clean:
                shares = (*_shares(row.alone, row.strings), *_shares(row.together, row.strings))
                yield f"| {row.kind} | {row.strings} | {' | '.join(shares)} |"
        yield ""
    if found.chinese is not None:
        right, asked = found.chinese
        yield (
            f"Chinese names of listed organisations, asked of the registry: first answer right {right} of {asked}"
            f" ({of_share(right / asked, asked)})."
        )


def _shares(both: tuple[float, float] | None, strings: int) -> tuple[str, str]:
    """Return what is hit, with its interval, and what is shown."""
    return ("–", "–") if both is None else (f"{both[0]:.3f} ({of_share(both[0], strings)})", f"{both[1]:.3f}")


def _speed(speeds: Sequence[Speed]) -> Iterator[str]:
    yield "\n## Speed\n\nOne core, in seconds of the process, names drawn from real ones, asked as people write them.\n"
    yield "| names on the list | build | peak | start | one name, median | p95 | 1,000 names | peak | first answer |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for size, build, search in speeds:
        yield (
            f"| {size:,} | {build.seconds:.1f} s | {build.peak:.0f} MB | {search.start:.1f} s | {search.median:.1f} ms"
            f" | {search.p95:.1f} ms | {search.thousand:.1f} s | {search.peak:.0f} MB | {search.first:.3f} |"
        )
    yield "\nHow often the name that was altered is among so many candidates of the index:\n"
    columns = [(one.size, most) for one in speeds for most in WITHIN]
    yield "| change | " + " | ".join(f"{size:,} names, in {most:,}" for size, most in columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    for change in speeds[0].search.recall:
        shares = [f"{share:.3f}" for one in speeds for share in one.search.recall[change]]
        yield f"| {change.replace('_', ' ')} | {' | '.join(shares)} |"
