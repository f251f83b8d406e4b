"""A cluster of the MISP galaxy about organisations, such as the China Defence Universities Tracker, in its JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.screening.entry import Entry, Name, Relation, RelationKind
from risk_engine.screening.formats.reading import Reading, name_text, plain_text
from risk_engine.screening.formats.streams import json_items

_IN_BRACKETS: Final = re.compile(r"(?P<name>[^()]+?)\s*\((?P<other>[^()]*[\u3400-\u9fff][^()]*)\)")
"""An English name with the Chinese one behind it."""
_RELATIONS: Final[tuple[tuple[str, RelationKind], ...]] = (
    ("supervising agencies", "parent"),
    ("subsidiaries", "child"),
    ("major defence laboratories", "child"),
)


def read(reading: Reading) -> Iterator[Entry]:
    """Yield what the cluster lists."""
    with open_file(reading.path) as file:
        for line, item in json_items(file, reading, "values"):
            value, key, meta = item.get("value"), item.get("uuid"), item.get("meta", {})
            if not (isinstance(value, str) and isinstance(key, str) and isinstance(meta, dict)):
                reading.problem(line, _("an entry needs the texts `value` and `uuid`, and `meta`"))
                continue
            main, others = two_names(value)
            others += [Name(one, "alias") for one in _texts(meta, "aliases")]
            if names := reading.names(line, main, others):
                yield _entry(key, names, item, meta, reading)


def two_names(text: str) -> tuple[str, list[Name]]:
    """Return the name of an organisation, and the Chinese one that may stand behind it in brackets.

    >>> two_names("Harbin Institute of Technology (哈尔滨工业大学)")
    ('Harbin Institute of Technology', [Name(text='哈尔滨工业大学', kind='translation', language='zh')])
    """
    if found := _IN_BRACKETS.fullmatch(text.strip()):
        return found["name"], [Name(found["other"], "translation", "zh")]
    return text, []


def _texts(meta: Mapping[str, Any], key: str) -> list[str]:
    values = meta.get(key, [])
    return [one for one in ([values] if isinstance(values, str) else values) if isinstance(one, str)]


def _entry(
    key: str, names: tuple[Name, ...], item: Mapping[str, Any], meta: Mapping[str, Any], reading: Reading
) -> Entry:
    relations = [Relation(kind, "", name_text(one)) for name, kind in _RELATIONS for one in _texts(meta, name)]
    in_china = any(one.language == "zh" for one in names) or "China" in "".join(_texts(meta, "address"))
    return Entry(
        list=reading.list_id,
        key=key,
        names=names,
        countries=reading.countries(*_texts(meta, "country"), *(["CN"] if in_china else [])),
        places=tuple(map(plain_text, _texts(meta, "address"))),
        category="; ".join(_texts(meta, "categories")),
        why=plain_text(
            " · ".join(filter(None, (str(item.get("description") or ""), "; ".join(_texts(meta, "topics")))))
        ),
        link=next(iter(_texts(meta, "refs")), ""),
        relations=tuple(relations),
    )
