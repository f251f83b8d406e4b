"""Works of OpenAlex: objects as its interface and its snapshot have them, or a table with lists in cells.

Of its authors nothing is kept but how much of the work the institutions of each have.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from risk_engine.awareness.reading.record import (
    Parties,
    Party,
    Record,
    code,
    parties_of,
    party,
    text_of,
    topics_of,
    truth_of,
    work_id,
    year_of,
)
from risk_engine.files.language import _
from risk_engine.screening.formats.reading import Reading

LEVELS: Final = ("subfield", "field", "domain")
"""What stands above a topic."""
BY: Final = "|"
"""What parts a list in a cell."""
_IDS: Final = ("authorships.institutions.id", "author_institution_ids")
_NAMES: Final = ("authorships.institutions.display_name", "author_institution_names")
_CODES: Final = ("authorships.institutions.country_code", "author_institution_country_codes")
_RORS: Final = ("authorships.institutions.ror", "author_institution_rors")
_COUNTRIES: Final = ("authorships.countries", "author_countries", "countries")
_TOPICS: Final = {
    "topic": ("topics.display_name", "primary_topic.display_name", "primary_topic_display_name"),
    **{
        one: (f"topics.{one}.display_name", f"primary_topic.{one}.display_name", f"primary_topic_{one}_display_name")
        for one in LEVELS
    },
    "keyword": ("keywords.display_name", "keywords"),
}
COLUMNS: Final = frozenset(
    {
        *("id", "doi", "title", "display_name", "publication_year", "type", "is_paratext"),
        *(*_IDS, *_NAMES, *_CODES, *_RORS, *_COUNTRIES),
        *(name for names in _TOPICS.values() for name in names),
    }
)
"""What is read of a table; all else in it, the names of authors among it, is not looked at."""
NESTED: Final = frozenset({"authorships", "topics", "keywords", "primary_topic"})


def is_table(head: Sequence[str]) -> bool:
    """Return whether a table has works of OpenAlex in its rows, with lists in cells."""
    parties = {*_IDS, *_NAMES, *_COUNTRIES, "authorships"}
    return {"id", "publication_year"} <= set(head) and not parties.isdisjoint(head)


def record(line: int, value: Mapping[str, Any], reading: Reading) -> Record | None:
    """Return a work; None, with a problem, where it cannot be counted."""
    if not isinstance(authorships := value.get("authorships"), list | None):
        reading.problem(line, _("`{column}` is no list", column="authorships"))
        return None
    return _record(line, value, reading, _of_authors(authorships or ()), _topics(value))


def row(line: int, value: Mapping[str, Any], reading: Reading) -> Record | None:
    """Return a work as a row of a table has it."""
    if isinstance(value.get("authorships"), list):
        return record(line, value, reading)
    parties = parties_of((one, None) for one in _in_cells(value))
    topics = topics_of((one, level) for level, names in _TOPICS.items() for one in _first(value, names))
    return _record(line, value, reading, parties, topics)


def _record(
    line: int, value: Mapping[str, Any], reading: Reading, parties: Parties, topics: tuple[tuple[str, str], ...]
) -> Record | None:
    if not (work := work_id(value.get("id"))):
        reading.problem(line, _("the work has no `{column}`, so nobody can count it once", column="id"))
        return None
    return Record(
        work=work,
        year=year_of(value.get("publication_year"), "publication_year", line, reading),
        title=text_of(value, "title", "display_name"),
        doi=text_of(value, "doi"),
        kind=text_of(value, "type"),
        paratext=truth_of(value.get("is_paratext")),
        link=work if work.startswith("http") else None,
        parties=parties,
        topics=topics,
    )


def _of_authors(authorships: Sequence[Any]) -> Parties:
    """Return the parties of a work: of each author the institutions in equal parts, else the countries."""
    authors = [one for one in authorships if isinstance(one, dict)]
    found: list[tuple[Party, float | None]] = []
    for author in authors:
        told = [_institution(one) for one in author.get("institutions") or () if isinstance(one, dict)]
        named = {one.institution: one for one in told if one.institution is not None}
        codes = {known for one in author.get("countries") or () if isinstance(one, str) and (known := code(one))}
        codes |= {one.country for one in told if one.country is not None}
        places = list(named.values()) or [Party(one, None, None) for one in sorted(codes)]
        found += [(one, 1 / len(authors) / len(places)) for one in places]
        found += [(Party(one, None, None), 0.0) for one in sorted(codes - {one.country for one in places})]
    return parties_of(found)


def _institution(value: Mapping[str, Any]) -> Party:
    country, own_id, name = (value.get(one) for one in ("country_code", "id", "display_name"))
    return party(
        code(country) if isinstance(country, str) else None,
        name if isinstance(name, str) else "",
        own_id if isinstance(own_id, str) else "",
        text_of(value, "ror"),
    )


def _topics(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the topics of a work with what stands above each, and its keywords."""
    several = value.get("topics") or [value.get("primary_topic")]
    topics = [one for one in several if isinstance(one, dict)] if isinstance(several, list) else []
    keywords = value.get("keywords")
    named = [
        *((one, "topic") for one in topics),
        *((one.get(level), level) for level in LEVELS for one in topics),
        *((one, "keyword") for one in (keywords if isinstance(keywords, list) else ())),
    ]
    return topics_of(
        (text_of(one, "display_name") if isinstance(one, dict) else one, level)
        for one, level in named
        if isinstance(one, dict | str)
    )


def _in_cells(value: Mapping[str, Any]) -> Iterator[Party]:
    """Yield the parties that stand in lists beside each other; a list that is not as long says nothing of each."""
    ids, names, codes, rors = (_parted(value, several) for several in (_IDS, _NAMES, _CODES, _RORS))
    countries = [found for one in _first(value, _COUNTRIES) if (found := code(one))]
    number = len(ids) or len(names)
    if number == 1 and not codes and not value.keys().isdisjoint(_CODES):
        codes = [""]  # an empty cell says that the one institution has no country
    only = countries[0] if len({*countries}) == 1 else None
    for place in range(number):
        own_id, name, ror = (each[place] if len(each) == number else "" for each in (ids, names, rors))
        country = code(codes[place]) if len(codes) == number else only
        yield party(country, name, own_id, ror or None)
    for country in (*countries, *(found for one in _first(value, _CODES) if (found := code(one)))):
        yield Party(country, None, None)


def _parted(value: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the parts of the first cell that is filled, blank ones too: they stand beside those of other cells."""
    for name in names:
        cell = value.get(name)
        if isinstance(cell, list):
            return [one.strip() if isinstance(one, str) else "" for one in cell]
        if isinstance(cell, str) and cell.strip():
            return [one.strip() for one in cell.split(BY)]
    return []


def _first(value: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    return [one for one in _parted(value, names) if one]
