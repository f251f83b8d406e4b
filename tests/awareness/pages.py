"""Exports written by hand for the pages, so that every number on a page can be counted here."""

from pathlib import Path

from tests.awareness.samples import flat, lines

DELFT, LUND, KTH = {"NL": ["Delft University"]}, {"SE": ["Lund University"]}, {"SE": ["KTH Royal Institute"]}
TSINGHUA, FUDAN = {"CN": ["Tsinghua University"]}, {"CN": ["Fudan University"]}


def export(path: Path, *, more: int = 0) -> Path:
    """Write 12 works of Delft with Tsinghua, 3 of Lund with Fudan, 2 of metal institutes that are one, 1 of China.

    `more` are further works of Delft with Tsinghua, and as soon as there are any one of Delft with Zhejiang.
    """
    works = [flat(f"W{at}", 2018 + at % 3, DELFT | TSINGHUA, keywords=["image processing"]) for at in range(12)]
    works += [flat(f"W{20 + at}", 2020, LUND | FUDAN) for at in range(3)]
    one = {"PL": ["Institute of Non-Ferrous Metals"], "CN": ["Guangzhou Institute of Non-Ferrous Metals"]}
    works += [flat(f"W{30 + at}", None, one) for at in range(2)]
    works.append(flat("W40", 2019, TSINGHUA))
    works += [flat(f"W{50 + at}", 2021, DELFT | TSINGHUA) for at in range(more)]
    if more:
        works.append(flat("W90", 2021, DELFT | {"CN": ["Zhejiang University"]}))
    # A DOI of its own each, in several places: nothing speaks against them but what a test is about.
    for at, one_work in enumerate(works):
        one_work["doi"] = f"https://doi.org/10.{1000 + at % 5}/j{at % 4}.{at}"
    return lines(path, *works)
