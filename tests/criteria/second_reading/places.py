"""What the places of the drawn cases are to the rules, from sections 0 of the catalogue and the law it names."""

from datetime import date
from typing import NamedTuple

from tests.criteria.second_reading.words import Answers


class Place(NamedTuple):
    """A country; None where nothing is on record, so that the case has to say it."""

    eu27: bool = False
    preapproved: bool = False
    adequacy: bool = False
    arms_embargo: str | None = None
    compulsion_law: bool | None = None
    academic_freedom_band: str | None = None


_MEMBER = Place(eu27=True, preapproved=True, adequacy=True, arms_embargo="none")
# The EEA counts as both; Switzerland and the United Kingdom as adequate; EU001 names the pre-approved ones.
_CLOSE = Place(preapproved=True, adequacy=True, arms_embargo="none")
PLACES: dict[str, Place] = {
    "DE": _MEMBER,
    "FR": _MEMBER,
    "NO": _CLOSE,
    "CH": _CLOSE,
    "GB": _CLOSE,
    "JP": _CLOSE,
    "US": Place(preapproved=True, arms_embargo="none"),
    "KR": Place(adequacy=True),
    "RU": Place(arms_embargo="binding"),
    # The declaration of 1989 binds nobody.
    "CN": Place(arms_embargo="political", compulsion_law=True, academic_freedom_band="e"),
    "IN": Place(),
    "AE": Place(),
}
# Half of the partners come from a country for which every rule about abroad can fire.
DRAWN = ("DE", "FR", "NO", "CH", "GB", "JP", "US", "KR", "RU", "IN", "AE", *["CN"] * 6)
CHINESE_AI_RULES_BEGIN = date(2022, 3, 1)


def of_partner(country: str) -> Answers:
    """Return what a partner's country says about it; what is not on record is left out."""
    place = PLACES[country]
    found = {
        "preapproved": place.preapproved,
        "in_eu27": place.eu27,
        "adequacy": place.adequacy,
        "arms_embargo": place.arms_embargo,
        "compulsion_law": place.compulsion_law,
        "academic_freedom_band": place.academic_freedom_band,
    }
    return {name: value for name, value in found.items() if value is not None}


def ai_rules(country: str, on: date) -> str:
    """Return the rules on AI content there: a dated value, China's began with its algorithm provisions."""
    return "cn" if country == "CN" and on >= CHINESE_AI_RULES_BEGIN else "none"
