"""Section 5 of the catalogue, with the readings of its section 0 and the changes of 2.0.0: COM-01 to COM-17."""

from tests.criteria.second_reading.security import abroad, critical, protected_access
from tests.criteria.second_reading.words import EU_INTEREST, FRAMEWORK, VALUES, Answers, Case, Reading, always

FIRMS = {"company", "state_owned_company"}


def share(case: Case, least: int) -> bool:
    """Section 0 on COM-08: industry, foreign public, foreign military, foundation, from no pre-approved country."""
    counting = {"industry", "foreign_public", "foreign_military", "foundation"}
    return any(
        one["source_type"] in counting and not one["preapproved"] and one["share_of_group_pct"] >= least
        for one in case.funding
    )


def conditions(case: Case, *any_of: str) -> bool:
    """Money that comes with one of these conditions."""
    return any(set(one["conditions"]) & set(any_of) for one in case.funding)


def state_or_subsidised(one: Answers) -> bool:
    """COM-15: a firm of which a state owns half, or a subsidised competitor."""
    return bool((one["state_ownership_pct"] >= 50 and one["org_type"] in FIRMS) or one["subsidised_competitor"])


def reports(case: Case) -> bool:
    """COM-09: reports to a foreign state on people or on unpublished work; one of progress is none."""
    return conditions(case, "reports_on_people", "reports_unpublished")


def exclusive_abroad(case: Case) -> bool:
    return any("exclusivity" in one["conditions"] and not one["preapproved"] for one in case.funding)


COMPETITIVENESS: dict[str, Reading] = {
    "COM-01": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(one["partner_eligibility"] == "not_eligible" for one in c.funding)},
        "CTL-23 -> 0 | CTL-06 -> 0",
        {"funding": always},
    ),
    "COM-02": Reading(
        FRAMEWORK, {"high": lambda c: c.ip["foreground_owner"] in {"undefined", "partner"}}, "CTL-18 -> 1"
    ),
    "COM-03": Reading(
        EU_INTEREST,
        {"high": lambda c: bool(c.ip["publicly_funded"] and c.ip["exclusive_third_country_licence"])},
        "CTL-23+CTL-18 -> 1 | CTL-18 -> 2",
        read_since=("he-mga: right to object",),
    ),
    "COM-04": Reading(
        EU_INTEREST,
        {
            "high": lambda c: not c.ip["background_listed"] and c.ip["background_sensitivity"] == "crown_jewel",
            "moderate": lambda c: not c.ip["background_listed"] and c.ip["background_sensitivity"] == "valuable",
        },
        "CTL-18+CTL-03 -> 1 | CTL-18 -> -1",
    ),
    "COM-05": Reading(
        FRAMEWORK,
        {
            "high": lambda c: bool(c.ip["publication"] == "veto"),
            "moderate": lambda c: bool(c.ip["publication"] == "delay_gt_90"),
        },
        "CTL-19 -> 0",
    ),
    "COM-06": Reading(
        FRAMEWORK, {"moderate": lambda c: c.collaboration["reciprocity"] in {"limited", "one_sided"}}, "CTL-20 -> 1"
    ),
    "COM-07": Reading(
        FRAMEWORK,
        {"moderate": lambda c: any(one["outbound_rules"] and one["outbound_procedure"] == "missing" for one in c.data)},
        "CTL-17 -> 0",
    ),
    "COM-08": Reading(EU_INTEREST, {"high": lambda c: share(c, 30), "moderate": lambda c: share(c, 15)}, "CTL-22 -> 1"),
    "COM-09": Reading(
        FRAMEWORK,
        {
            "critical": lambda c: (
                conditions(c, "lab_mirroring", "appointment_influence") or (reports(c) and protected_access(c))
            ),
            "high": lambda c: conditions(c, "anonymity") or reports(c) or exclusive_abroad(c),
            "low": lambda c: conditions(c, "exclusivity"),
        },
        "CTL-36 -> 0",
    ),
    "COM-10": Reading(
        FRAMEWORK, {"high": lambda c: any(not one["traceable"] for one in c.funding)}, "CTL-07 -> 1", {"hold": always}
    ),
    "COM-11": Reading(
        EU_INTEREST,
        {
            "moderate": lambda c: (
                any(one["state_priority"] and critical(one) for one in c.technology)
                and any(one["org_type"] in FIRMS for one in c.partner)
            )
        },
        "CTL-18+CTL-29 -> 1",
    ),
    "COM-12": Reading(
        FRAMEWORK,
        {
            "high": lambda c: bool(c.ip["undisclosed_patents"]),
            "moderate": lambda c: bool(c.ip["first_filing"] == "partner_country"),
        },
        "CTL-18 -> 1",
        read_since=("cn-patent-law: confidentiality review",),
    ),
    "COM-13": Reading(
        FRAMEWORK,
        {"moderate": lambda c: bool(c.ip["exploitation_in_eu"] == "none")},
        "CTL-18 -> 1",
        read_since=("he-reg-2021-695: exploit",),
    ),
    "COM-14": Reading(
        VALUES,
        {"moderate": lambda c: any(one["kind"] == "standardisation" for one in c.activity) and abroad(c)},
        "CTL-33 -> 1",
        read_since=("eu-standardisation-2022",),
    ),
    "COM-15": Reading(
        FRAMEWORK,
        {"moderate": lambda c: any(map(state_or_subsidised, c.partner))},
        "CTL-18+CTL-29 -> 1",
    ),
    "COM-16": Reading(
        EU_INTEREST,
        {"moderate": lambda c: conditions(c, "purchase_tie") or any(one["high_risk_supplier"] for one in c.partner)},
        "CTL-22 -> 1",
    ),
    "COM-17": Reading(
        FRAMEWORK,
        {"moderate": lambda c: bool(c.ip["partner_state_export_rules"])},
        "CTL-17+CTL-18 -> 1 | CTL-05 -> 1",
    ),
}
