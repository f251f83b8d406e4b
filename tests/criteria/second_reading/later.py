"""What versions after the catalogue added, read from CHANGES.md and from the questions of the indicators."""

from typing import Any

from tests.criteria.second_reading.security import (
    abroad,
    critical,
    critical_work,
    goes_out,
    licensed,
    opened,
    protected_access,
    transferred,
)
from tests.criteria.second_reading.words import EU_INTEREST, FRAMEWORK, Answers, Case, Reading, always

FILED = {"description", "internals"}
JOINT_UNITS = {"joint_lab", "joint_degree", "gift_or_chair"}


def under_sanctions(one: Answers) -> bool:
    """SEC-23: sanctions on its country beyond lists of names, and no exception that covers its part."""
    return bool(one["country_sanctions"] != "none" and one["sanctions_exception"] == "none")


def barred(one: Answers) -> bool:
    """SEC-23: cooperation with whoever acts for the state, public support, or a service, where the law bars it."""
    cooperation = one["country_sanctions"] == "cooperation_barred" and one["state_body"]
    support = one["public_support_barred"] and one["gets_public_support"]
    service = one["services_barred"] and one["gets_barred_service"]
    return under_sanctions(one) and bool(cooperation or support or service)


def any_barred(case: Case) -> bool:
    return any(map(barred, case.partner))


def critical_or_controlled(one: Answers) -> bool:
    """SEC-23: critical and not public, or listed or perhaps listed and neither public nor basic."""
    kept = not (one["public_domain"] or one["basic_research_confirmed"])
    return (critical(one) and not one["public_domain"]) or (one["dual_use_status"] != "not_listed" and kept)


def supported(one: Answers) -> bool:
    """SEC-23: a body of a state under sanctions that gets public support, where the acts in force touch that."""
    given = one["state_body"] and one["gets_public_support"]
    return under_sanctions(one) and bool(given and one["public_support_touched"])


def sanctions_reach(case: Case) -> bool:
    """SEC-23: support to a body of the state, or know-how in a critical or controlled field that goes there."""
    there = any(map(under_sanctions, case.partner)) or any(one["place_sanctions"] != "none" for one in case.activity)
    sent = opened(case) and any(map(critical_or_controlled, case.technology))
    return any(map(supported, case.partner)) or (there and sent)


def decided_by_the_authority(case: Case) -> bool:
    """SEC-23: what is sent is licensed; a licence is none for support, nor for what the law bars or a guest learns."""
    others = protected_access(case) or any(barred(one) or supported(one) for one in case.partner)
    return licensed(case) and not others


def every_partner_excepted(case: Case) -> bool:
    """SEC-23: an exception covers the part of every partner from such a country, and there is one.

    Not where cooperation is barred at the place of use, and with none of them.
    """
    there = [one for one in case.partner if one["country_sanctions"] != "none"]
    worse = any(one["place_sanctions"] == "cooperation_barred" for one in case.activity) and not any(
        one["country_sanctions"] == "cooperation_barred" for one in there
    )
    return bool(there) and not worse and all(one["sanctions_exception"] != "none" for one in there)


def reaches_outside(case: Case, one: Answers) -> bool:
    """SEC-24: a partner, or the place of this use, outside the pre-approved countries."""
    return abroad(case) or not one["place_preapproved"]


def declared(case: Case) -> bool:
    """SEC-24: a military use that is said."""
    return any(one["end_use"] == "military" and reaches_outside(case, one) for one in case.activity)


def suspected(case: Case) -> bool:
    """SEC-24: signs of one that nobody says, wherever they show."""
    return any(one["military_signs"] for one in case.activity)


def military_in_reach(case: Case) -> bool:
    """SEC-24: a military use is in reach of work in a critical area that is passed on."""
    reach = any(one["end_use"] == "civil_military_potential" and reaches_outside(case, one) for one in case.activity)
    return reach and critical_work(case) and transferred(case)


def transfer_or_access(case: Case) -> bool:
    """SEC-24: something is passed on, a person gets protected access, or the partner more than a segment."""
    return (
        transferred(case)
        or protected_access(case)
        or any(one["network_access"] in {"guest", "full"} for one in case.activity)
    )


def joint_unit_abroad(case: Case) -> bool:
    """COM-19: a joint laboratory, centre, degree or chair with a partner that is not pre-approved."""
    return bool(set(case.collaboration["cooperation_forms"]) & JOINT_UNITS) and abroad(case)


def lacking(case: Case) -> list[bool]:
    """COM-19: an end, a way out, rules on who decides."""
    terms = case.collaboration
    return [terms["open_ended"], not terms["exit_clause"], terms["governance"] != "by_both"]


def wide_terms(one: Answers) -> bool:
    """COM-20: data go out for whatever use, or without any terms."""
    return goes_out(one) and one["licence"] in {"unlimited", "none"}


ADDED: dict[str, Reading] = {
    "SEC-23": Reading(
        EU_INTEREST,
        {"critical": any_barred, "high": sanctions_reach},
        "CTL-02 -> 1 | CTL-06 -> 0 | CTL-05 -> 1 | answers -> 1",
        {"hold": always, "legal": any_barred},
        # What the law bars no smaller scope lifts.
        when={
            "CTL-05 -> 1": lambda c: not any_barred(c),
            "answers -> 1": lambda c: decided_by_the_authority(c) or every_partner_excepted(c),
        },
        from_memory=("eu-restrictive-measures: 215",),
    ),
    "SEC-24": Reading(
        EU_INTEREST,
        {
            "critical": lambda c: declared(c) and critical_work(c) and transfer_or_access(c),
            "high": lambda c: declared(c) or suspected(c),
            "moderate": military_in_reach,
        },
        "CTL-02 -> 1 | CTL-05 -> 1 | CTL-07+CTL-04 -> 2",
        # A suspicion holds the start, a declared use all the more.
        {"hold": lambda c: declared(c) or suspected(c)},
        # A suspicion is looked into; a use that is declared is not.
        when={"CTL-07+CTL-04 -> 2": lambda c: not declared(c)},
        read_since=("rec-2021-1700: red flags",),
    ),
    "COM-18": Reading(
        FRAMEWORK,
        {
            "moderate": lambda c: any(one["authority_filing"] in FILED for one in c.activity) and abroad(c),
            "high": lambda c: any(one["authority_filing"] == "internals" for one in c.activity) and abroad(c),
        },
        "CTL-37+CTL-18 -> 1 | CTL-37 -> -1 | CTL-31 -> 1 | CTL-05 -> 1",
        read_since=("cn-algorithm-2022: 24",),
    ),
    "COM-19": Reading(
        FRAMEWORK,
        {
            "moderate": lambda c: joint_unit_abroad(c) and any(lacking(c)),
            "high": lambda c: (
                joint_unit_abroad(c) and (all(lacking(c)) or c.collaboration["governance"] == "partner_decides")
            ),
        },
        "CTL-21+CTL-39 -> 1 | CTL-39 -> -1",
    ),
    "COM-20": Reading(
        EU_INTEREST,
        {"moderate": lambda c: any(map(wide_terms, c.data)) and abroad(c)},
        "CTL-18 -> 1 | CTL-13 -> 1 | CTL-14 -> 1",
    ),
    "COM-21": Reading(FRAMEWORK, {"low": lambda c: bool(c.collaboration["committee_wanted"])}, ""),
}
ADDED_NEAR: dict[str, dict[str, tuple[Any, ...]]] = {
    "SEC-23": {
        "partner.country": ("BY", "RU", "KP", "RU", "VE", "CN"),
        "partner.state_body": (True, False),
        "partner.gets_public_support": (True, False),
        "partner.gets_barred_service": (False, True),
        "partner.sanctions_exception": ("none", "none", "health", "authorised"),
        "technology.eu_critical_area": ("quantum", "energy", "none", "none"),
        "technology.dual_use_status": ("uncertain", "listed", "not_listed"),
        "technology.public_domain": (False, False, True),
        "technology.basic_research_confirmed": (False, False, True),
        "technology.research_type": ("applied", "basic"),
        "activity.transfer_mode": ("electronic", "oral", "none"),
        "person.access_requested": ("none", "controlled", "internal"),
        "activity.place_of_use": ("DE", "RU", "KP"),
    },
    "SEC-24": {
        "activity.end_use": ("military", "civil_military_potential", "civil_military_potential", "civil"),
        "activity.military_signs": (False, False, False, True),
        "activity.transfer_mode": ("electronic", "none"),
        "activity.network_access": ("none", "segmented", "guest"),
        "activity.place_of_use": ("DE", "CN"),
        "technology.eu_critical_area": ("robotics", "materials", "none"),
        "technology.research_type": ("applied", "basic"),
        "technology.public_domain": (False, True),
        "partner.country": ("CN", "CN", "KR", "US"),
    },
    "COM-18": {
        "activity.kind": ("deployment", "field_trial", "joint_research"),
        "activity.authority_filing": ("internals", "description", "published_only"),
        "activity.public_service": (True, False),
        "partner.country": ("CN", "KR", "US"),
    },
    "COM-19": {
        "collaboration.cooperation_forms": (["joint_lab"], ["gift_or_chair"], ["joint_degree", "visit"], ["project"]),
        "collaboration.open_ended": (True, False),
        "collaboration.exit_clause": (False, True),
        "collaboration.governance": ("unclear", "by_both", "partner_decides"),
        "partner.country": ("CN", "CN", "KR", "US"),
    },
    "COM-20": {
        "data.direction": ("eu_to_partner", "both"),
        "data.licence": ("unlimited", "none", "open_licence"),
        "partner.country": ("CN", "CN", "US"),
    },
    "COM-21": {"collaboration.committee_wanted": (True,)},
}
"""Which answers bring a case near one that was added (near.py)."""
