"""What the places of the drawn cases are to the rules, from sections 0 of the catalogue and the law it names."""

from datetime import date
from typing import NamedTuple

from tests.criteria.second_reading.words import Answers


class Place(NamedTuple):
    """A country; None where nothing is on record, so that the case has to say it."""

    eu27: bool = False
    preapproved: bool = False
    in_eea: bool = False
    adequacy: bool = False
    adequacy_in_part: bool = False
    """A decision covers some recipients there."""
    associated: bool = False
    """To Horizon Europe."""
    arms_embargo: str = "none"
    sanctions: str = "none"
    support_touched: bool = False
    """The acts in force also touch public support to bodies of its state."""
    limits: bool = False
    """The work programmes of Horizon Europe limit who takes part from there."""
    compulsion_law: bool | None = None


_MEMBER = Place(eu27=True, in_eea=True, preapproved=True, adequacy=True, associated=True)
# The EEA counts as both; Switzerland and the United Kingdom as adequate; EU001 names the pre-approved ones.
_CLOSE = Place(preapproved=True, adequacy=True, associated=True)
PLACES: dict[str, Place] = {
    "DE": _MEMBER,
    "FR": _MEMBER,
    "NO": _CLOSE._replace(in_eea=True),
    "CH": _CLOSE,
    "GB": _CLOSE,
    "JP": _CLOSE,
    # Decision (EU) 2023/1795 covers those who are certified.
    "US": Place(preapproved=True, adequacy_in_part=True),
    "KR": Place(adequacy=True, associated=True),
    "RU": Place(arms_embargo="binding", sanctions="sectoral", support_touched=True),
    "BY": Place(arms_embargo="binding", sanctions="sectoral", support_touched=True),
    # Regulation (EU) 2017/2063: arms, means of repression and interception, and lists of names.
    "VE": Place(arms_embargo="binding", sanctions="sectoral"),
    # Resolution 2321 suspends scientific cooperation with whoever acts for the state.
    "KP": Place(arms_embargo="binding", sanctions="cooperation_barred", support_touched=True),
    # The declaration of 1989 binds nobody.
    "CN": Place(arms_embargo="political", compulsion_law=True, limits=True),
    "IN": Place(),
    "AE": Place(),
}
# Half of the partners come from a country for which every rule about abroad can fire.
DRAWN = ("DE", "FR", "NO", "CH", "GB", "JP", "US", "KR", "RU", "BY", "KP", "VE", "IN", "AE", *["CN"] * 7)
CHINESE_AI_RULES_BEGIN = date(2022, 3, 1)
SUPPORT_BARRED_FROM = date(2022, 4, 9)
"""Regulation (EU) No 833/2014, Article 5l."""
SERVICES_BARRED_FROM = date(2022, 10, 7)
"""The same, Article 5n."""


def of_partner(country: str, on: date) -> Answers:
    """Return what a partner's country says about it; what is not on record is left out."""
    place = PLACES[country]
    found = {
        "preapproved": place.preapproved,
        "in_eu27": place.eu27,
        "adequacy": place.adequacy,
        "arms_embargo": place.arms_embargo,
        "compulsion_law": place.compulsion_law,
        "horizon_associated": place.associated,
        "country_sanctions": place.sanctions,
        "public_support_touched": place.support_touched,
        "public_support_barred": country == "RU" and on >= SUPPORT_BARRED_FROM,
        "services_barred": country == "RU" and on >= SERVICES_BARRED_FROM,
    }
    return {name: value for name, value in found.items() if value is not None}


def ai_rules(country: str, on: date) -> str:
    """Return the rules on AI content there: a dated value, China's began with its algorithm provisions."""
    return "cn" if country == "CN" and on >= CHINESE_AI_RULES_BEGIN else "none"
