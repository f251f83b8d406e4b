"""Small files of works, written by hand, and where the real ones are."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_real_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared real data are not on this machine")


def flat(
    work: str,
    year: int | None = 2020,
    institutions: Mapping[str, Sequence[str]] | None = None,
    countries: Sequence[str] = (),
    keywords: Sequence[str] = (),
    **more: Any,
) -> dict[str, Any]:
    """Return a flat work of OpenAlex."""
    named = institutions or {}
    return {
        "paper_id": f"https://openalex.org/{work}",
        "doi": None,
        "title": f"On {work}",
        "publication_year": year,
        "countries": sorted({*named, *countries}),
        "institutions": dict(named),
        "technology_keywords": list(keywords),
        **more,
    }


def lines(path: Path, *works: Mapping[str, Any] | str) -> Path:
    """Write works a line each; a text stands as it is."""
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in works]
    path.write_text("".join(f"{one}\n" for one in texts), "utf-8")
    return path


PROJECTS = """project_id,title,start_date,countries_list,keywords,topics,programme
7,On tyres,2021-06-01,"UK, CN","noise, tyres",LC-1,H2020
8,On music,,"EL",,,H2020
"""
ORGANISATIONS = """project_id,org_name,country
7,UNIVERSITY OF X,UK
7,University of X,UK
7,SHANDONG TYRES,CN
9,NOBODY KNOWS,
"""
PUBLISHED = """title: Articles
file: published.csv
place: place
number: number
counting: fractional
source: somebody
licence: CC0
retrieved: 2026-01-31
"""


def write_all(folder: Path) -> None:
    """Write a file of each kind that the examples of the commands name."""
    lines(
        folder / "works.jsonl",
        flat("W1", 2018, {"DE": ["A", "B"], "CN": ["C"]}, keywords=["optics"]),
        flat("W2", 2019, {"DE": ["A"], "CN": ["C"]}),
        flat("W3", 2019, {"PL": ["University of Lodz"], "CN": ["Wuhan University"]}),
    )
    lines(folder / "works-2026.jsonl", flat("W4", 2026, {"DE": ["A"], "CN": ["C"]}))
    (folder / "sources.yaml").write_text("sources:\n  project.csv: {whole: true, licence: CC BY 4.0}\n", "utf-8")
    (folder / "published.yaml").write_text(PUBLISHED, "utf-8")
    (folder / "published.csv").write_text("place,number\nChina,7.5\nGermany,2.25\n", "utf-8")
    (folder / "project.csv").write_text(PROJECTS, "utf-8")
    (folder / "organization.csv").write_text(ORGANISATIONS, "utf-8")
