"""The consolidated list of the Security Council of the United Nations, in its XML."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from risk_engine.files.language import _
from risk_engine.screening.entry import Entry, Name, NameKind
from risk_engine.screening.formats.reading import Reading, day_of, name_text, parted, plain_text
from risk_engine.screening.formats.streams import xml_elements

ROOT: Final = "CONSOLIDATED_LIST"
_QUALITIES: Final[dict[str, NameKind]] = {"f.k.a.": "former", "low": "weak"}


def read(reading: Reading) -> Iterator[Entry]:
    """Yield the entities of the list, and where that is allowed its individuals."""
    for is_person, tag in ((False, "ENTITY"), (True, "INDIVIDUAL")):
        for number, element in xml_elements(reading.path, reading, tag, ROOT):
            if number == 0:
                reading.made_on = day_of(element.get("dateGenerated", ""))
            elif not reading.leaves_out(is_person=is_person, is_other=False) and (
                entry := _entry(element, tag, number, reading, is_person=is_person)
            ):
                yield entry


def _entry(element: Element, tag: str, number: int, reading: Reading, *, is_person: bool) -> Entry | None:
    def text(name: str) -> str:
        return name_text(element.findtext(name) or "")

    place = f"{tag} {number}"
    main = " ".join(filter(None, (text(f"{one}_NAME") for one in ("FIRST", "SECOND", "THIRD", "FOURTH"))))
    # Several names in one are how the list writes some entities: "BANK (BK) ; OTHER BANK".
    first, *more = parted(main) or [""]
    others = [Name(one, "alias") for one in more]
    if original := text("NAME_ORIGINAL_SCRIPT"):
        others.append(Name(original, "translation"))
    for alias in element.iterfind(f"{tag}_ALIAS"):
        quality = (alias.findtext("QUALITY") or "").strip().lower()
        kind = _QUALITIES.get(quality, "alias")
        others += [Name(one, kind) for one in parted(alias.findtext("ALIAS_NAME") or "")]
    key = text("DATAID")
    if not key or not key.isdigit():
        reading.problem(1, _("{place}: `DATAID` is no number", place=place))
        return None
    if not (names := reading.names(1, first, others)):
        return None
    addresses = element.findall(f"{tag}_ADDRESS")
    places = (_joined(one, ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY")) for one in addresses)
    return Entry(
        list=reading.list_id,
        key=key,
        names=names,
        countries=reading.countries(*(one.findtext("COUNTRY") or "" for one in addresses)),
        places=tuple(dict.fromkeys(one for one in places if one)),
        category=text("REFERENCE_NUMBER"),
        programmes=tuple(parted(text("UN_LIST_TYPE"))),
        since=reading.day(1, f"{place}: LISTED_ON", text("LISTED_ON")),
        why=plain_text(element.findtext("COMMENTS1") or ""),
        is_person=is_person,
    )


def _joined(address: Element, tags: tuple[str, ...]) -> str:
    return ", ".join(filter(None, (name_text(address.findtext(one) or "") for one in tags)))
