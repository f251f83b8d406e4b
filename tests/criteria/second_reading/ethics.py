"""Section 6 of the catalogue, with the readings of its section 0: ETH-01 to ETH-18."""

from datetime import date

from tests.criteria.second_reading.security import WATCHING, abroad, goes_out
from tests.criteria.second_reading.words import FRAMEWORK, VALUES, Answers, Case, Reading, always

SENSITIVE = {"special", "biometric", "genetic", "health"}
PERSONAL = SENSITIVE | {"personal"}
INTIMATE_IMAGERY_BANNED = date(2026, 12, 2)


def banned(case: Case) -> bool:
    """ETH-01: a practice of Article 5; intimate imagery is one from 2 December 2026."""
    late = case.on >= INTIMATE_IMAGERY_BANNED
    return any(
        one["ai_prohibited"] != "none" and (one["ai_prohibited"] != "intimate_imagery" or late)
        for one in case.technology
    )


def high_risk_ai(case: Case) -> bool:
    """ETH-02: an Annex III use, or the class."""
    return any(one["ai_annex_iii"] != "none" or one["ai_class"] == "high_risk" for one in case.technology)


def watching_user(case: Case) -> bool:
    """ETH-04: watching is the core, for police, security or nobody knows whom."""
    return any(one["surveillance_capability"] == "core" for one in case.technology) and any(
        one["end_use"] in WATCHING for one in case.activity
    )


def human_rights(case: Case, link: str) -> bool:
    """ETH-06: a partner with this link."""
    return any(one["human_rights_link"] == link for one in case.partner)


def about_people_leave(one: Answers, categories: set[str]) -> bool:
    """ETH-07 and ETH-08: data of these categories, not anonymous, that go out."""
    return one["category"] in categories and one["identifiability"] != "anonymous" and goes_out(one)


def without_basis(one: Answers) -> bool:
    """ETH-07: no basis, or clauses without the assessment."""
    basis = one["transfer_basis"]
    return about_people_leave(one, PERSONAL) and (basis == "none" or (basis == "scc" and not one["tia_done"]))


def without_adequacy(case: Case) -> bool:
    """Section 0 on ETH-07 and ETH-08: a partner that is not adequate."""
    return any(not one["adequacy"] for one in case.partner)


def service_under_content_rules(case: Case) -> bool:
    """Section 0 on ETH-15: `service_ai_rules` of the country where a public service is offered."""
    return any(one["service_ai_rules"] == "cn" for one in case.activity) and any(
        one["ai_class"] in {"transparency", "gpai", "high_risk", "minimal"} for one in case.technology
    )


def chinese_rules_unbriefed(case: Case) -> bool:
    """Section 0 on ETH-16: a partner whose country has `ai_rules: cn`, AI or outbound rules, and no briefing."""
    reached = any(one["ai_class"] != "not_ai" for one in case.technology) or any(
        one["outbound_rules"] for one in case.data
    )
    return any(one["ai_rules"] == "cn" for one in case.partner) and reached and not case.briefing["cn_rules_done"]


def misuse_unassessed(one: Answers) -> bool:
    """ETH-18: an assessment of misuse is missing."""
    return bool(one["misuse_assessment"] == "missing")


ETHICS: dict[str, Reading] = {
    "ETH-01": Reading(VALUES, {"critical": banned}, "CTL-05 -> 1", {"legal": always}),
    "ETH-02": Reading(
        VALUES,
        {
            "high": lambda c: (
                high_risk_ai(c) and any(one["kind"] in {"field_trial", "deployment"} for one in c.activity)
            ),
            "low": high_risk_ai,
        },
        "CTL-26 -> 1",
        from_memory=("ai-act: 60",),
    ),
    "ETH-03": Reading(
        VALUES,
        {"low": lambda c: any(one["ai_class"] in {"transparency", "gpai"} for one in c.technology)},
        "CTL-26 -> 0",
    ),
    "ETH-04": Reading(
        VALUES,
        {"critical": lambda c: watching_user(c) and abroad(c)},
        "CTL-05 -> 1 | CTL-25+CTL-26 -> 3",
        from_memory=("eu-charter: Art. 7 and 8",),
    ),
    "ETH-05": Reading(
        VALUES,
        {"critical": lambda c: any(one["group_profiling"] for one in c.technology)},
        "CTL-05 -> 1",
        {"policy": always},
        from_memory=("eu-charter: Art. 21",),
    ),
    "ETH-06": Reading(
        VALUES,
        {"critical": lambda c: human_rights(c, "documented"), "moderate": lambda c: human_rights(c, "alleged")},
        "CTL-06 -> 0 | CTL-25+CTL-07 -> -1",
        from_memory=("eu-human-rights-sanctions", "un-guiding-principles"),
    ),
    "ETH-07": Reading(
        VALUES,
        {"high": lambda c: any(map(without_basis, c.data)) and without_adequacy(c)},
        "CTL-13 -> 0 | CTL-14 -> 1 | CTL-15 -> 2",
        {"hold": always},
        from_memory=("schrems-ii",),
    ),
    "ETH-08": Reading(
        VALUES,
        {"high": lambda c: any(about_people_leave(one, SENSITIVE) for one in c.data) and without_adequacy(c)},
        "CTL-13 -> 0 | CTL-14 -> 1 | CTL-15+CTL-16 -> 2",
    ),
    "ETH-09": Reading(
        VALUES,
        {"moderate": lambda c: any(one["dpia"] == "missing" for one in c.data)},
        "CTL-16 -> 0",
        {"hold": always},
    ),
    "ETH-10": Reading(
        VALUES,
        {"high": lambda c: c.ethics["review"] in {"missing", "one_side"}},
        "CTL-24 -> 0",
        {"hold": always},
        from_memory=("he-reg-2021-695: Art. 19",),
    ),
    "ETH-11": Reading(
        VALUES,
        {"critical": lambda c: bool(c.ethics["dumping_risk"])},
        "CTL-05 -> 1",
        {"policy": always},
        from_memory=("he-reg-2021-695: 19", "trust-code"),
    ),
    "ETH-12": Reading(
        FRAMEWORK,
        {"moderate": lambda c: bool(c.ethics["partner_permits"] == "missing")},
        "CTL-17 -> 0",
        {"hold": always},
        from_memory=("nagoya-protocol",),
    ),
    "ETH-13": Reading(
        VALUES,
        {
            "moderate": lambda c: (
                c.ethics["sensitive_topic"] and any(one["academic_freedom_band"] in {"d", "e"} for one in c.partner)
            )
        },
        "CTL-32 -> 1",
    ),
    "ETH-14": Reading(VALUES, {"high": lambda c: bool(c.ethics["people_at_risk"])}, "CTL-05 -> 1 | CTL-32+CTL-12 -> 2"),
    "ETH-15": Reading(VALUES, {"high": service_under_content_rules}, "CTL-05 -> 1 | CTL-26+CTL-27 -> 2"),
    "ETH-16": Reading(FRAMEWORK, {"moderate": chinese_rules_unbriefed}, "CTL-27 -> 0"),
    "ETH-17": Reading(
        VALUES,
        {
            "high": lambda c: any(one["integrity_record"] == "sanctioned" for one in c.partner),
            "moderate": lambda c: bool(c.ethics["integrity_framework"] == "none"),
        },
        "CTL-34 -> 1",
        from_memory=("allea-code",),
    ),
    "ETH-18": Reading(
        VALUES,
        {
            "high": lambda c: any(misuse_unassessed(one) and one["misuse_class"] == "durc" for one in c.technology),
            "moderate": lambda c: any(map(misuse_unassessed, c.technology)),
        },
        "CTL-24 -> 1",
        from_memory=("he-ethics-self-assessment: misuse", "de-joint-committee"),
    ),
}
