"""Section 6 of the catalogue, with the readings of its section 0 and the changes of 2.0.0: ETH-01 to ETH-18."""

from datetime import date

from tests.criteria.second_reading.security import abroad, goes_out, transferred, used_by_force
from tests.criteria.second_reading.words import FRAMEWORK, VALUES, Answers, Case, Reading, always

SENSITIVE = {"special", "biometric", "genetic", "health"}
PERSONAL = SENSITIVE | {"personal"}
INTIMATE_IMAGERY_BANNED = date(2026, 12, 2)
EVERY_SYSTEM_MARKS = date(2026, 12, 2)
GENERATING = {"generative", "face_or_voice_synthesis"}


def banned(case: Case) -> bool:
    """ETH-01: a practice of Article 5; intimate imagery is one from 2 December 2026."""
    late = case.on >= INTIMATE_IMAGERY_BANNED
    return any(
        one["ai_prohibited"] != "none" and (one["ai_prohibited"] != "intimate_imagery" or late)
        for one in case.technology
    )


def human_rights(case: Case, link: str) -> bool:
    """ETH-06: a partner with this link."""
    return any(one["human_rights_link"] == link for one in case.partner)


def about_people_leave(one: Answers, categories: set[str]) -> bool:
    """ETH-07 and ETH-08: data of these categories, not anonymous, that go out."""
    return one["category"] in categories and one["identifiability"] != "anonymous" and goes_out(one)


def without_adequacy(case: Case) -> bool:
    """Section 0 on ETH-07 and ETH-08: a partner that is not adequate, that gets data, and no decision covers it."""
    return any(not one["adequacy"] and one["gets_personal_data"] == "gets_some" for one in case.partner)


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


def high_risk(one: Answers) -> bool:
    """ETH-02: an Annex III use, or the class."""
    return bool(one["ai_annex_iii"] != "none" or one["ai_class"] == "high_risk")


def generates_for_the_public(case: Case) -> bool:
    """ETH-03: AI with such duties that generates content, and a public service or a putting into use."""
    return (
        case.on >= EVERY_SYSTEM_MARKS
        and any(
            one["ai_class"] in {"transparency", "gpai"} and set(one["ai_application"]) & GENERATING
            for one in case.technology
        )
        and any(one["public_service"] or one["kind"] == "deployment" for one in case.activity)
    )


def profiles(case: Case) -> bool:
    return any(one["group_profiling"] for one in case.technology)


def shared_with_care(case: Case) -> bool:
    """ETH-05: fieldwork of both sides that puts nobody at risk: by a key, on a basis that stands, for it alone."""
    leaving = [one for one in case.data if about_people_leave(one, PERSONAL)]
    return (
        clauses_and_assessment(case)
        and case.ethics["review"] == "both_sides"
        and not case.ethics["people_at_risk"]
        and all(one["human_rights_link"] == "none" for one in case.partner)
        and all(one["surveillance_capability"] == "none" for one in case.technology)
        and all(
            (one["identifiability"], one["dpia"], one["licence"]) == ("pseudonymous", "done", "project_only")
            for one in leaving
        )
    )


def profiling_in_other_hands(case: Case) -> bool:
    """ETH-05: for force or an unknown use, or a partner that is not pre-approved gets data on people without care."""
    leave = any(about_people_leave(one, PERSONAL) for one in case.data)
    taken = any(not one["preapproved"] and one["gets_personal_data"] != "gets_none" for one in case.partner)
    return profiles(case) and (used_by_force(case) or (leave and taken and not shared_with_care(case)))


def profiling_uncared_for(case: Case) -> bool:
    """ETH-05: a required impact assessment is missing, or the tool goes to a partner that is not pre-approved."""
    missing = any(one["dpia"] == "missing" for one in case.data)
    return profiles(case) and (missing or (transferred(case) and abroad(case)))


def clauses_and_assessment(case: Case) -> bool:
    """ETH-07: all data on people that leave do so on assessed clauses, or on a basis that needs none."""

    def covered(one: Answers) -> bool:
        return bool(one["tia_done"] if one["transfer_basis"] == "scc" else one["transfer_basis"] != "none")

    return all(covered(one) for one in case.data if about_people_leave(one, PERSONAL))


def clauses_and_both_assessments(case: Case) -> bool:
    """ETH-08: as for ETH-07, and the impact assessment of what is sensitive is done."""
    sensitive = [one for one in case.data if about_people_leave(one, SENSITIVE)]
    return clauses_and_assessment(case) and all(one["dpia"] == "done" for one in sensitive)


def concern_of_misuse(one: Answers) -> bool:
    """ETH-18: nobody has assessed it, or the assessment found a concern."""
    return bool(one["misuse_assessment"] == "missing" or one["misuse_result"] != "no_concern")


def not_acceptable(case: Case) -> bool:
    return any(one["misuse_result"] == "not_acceptable" for one in case.technology)


ETHICS: dict[str, Reading] = {
    "ETH-01": Reading(VALUES, {"critical": banned}, "CTL-05 -> 1", {"legal": always}),
    "ETH-02": Reading(
        VALUES,
        {
            "high": lambda c: (
                any(map(high_risk, c.technology))
                and (
                    any(one["kind"] in {"field_trial", "deployment"} for one in c.activity)
                    or any(high_risk(one) and one["ai_role"] == "provider" for one in c.technology)
                )
            ),
            "low": lambda c: any(map(high_risk, c.technology)),
        },
        "CTL-26 -> 1",
    ),
    "ETH-03": Reading(
        VALUES,
        {
            "moderate": generates_for_the_public,
            "low": lambda c: any(one["ai_class"] in {"transparency", "gpai"} for one in c.technology),
        },
        "CTL-26 -> 0",
    ),
    "ETH-04": Reading(
        VALUES,
        {
            "critical": lambda c: (
                any(one["surveillance_capability"] == "core" for one in c.technology) and used_by_force(c) and abroad(c)
            )
        },
        "CTL-05 -> 1 | CTL-25+CTL-26 -> 3",
    ),
    "ETH-05": Reading(
        VALUES,
        {"critical": profiling_in_other_hands, "high": profiling_uncared_for, "moderate": profiles},
        "CTL-05 -> 1 | CTL-16+CTL-24 -> 2",
        {"policy": profiling_in_other_hands},
        when={"CTL-16+CTL-24 -> 2": lambda c: not profiling_in_other_hands(c)},
    ),
    "ETH-06": Reading(
        VALUES,
        {"critical": lambda c: human_rights(c, "documented"), "moderate": lambda c: human_rights(c, "alleged")},
        "CTL-06 -> 0 | CTL-25+CTL-07 -> -1",
        read_since=("un-guiding-principles",),
    ),
    "ETH-07": Reading(
        VALUES,
        {
            "high": lambda c: (
                any(about_people_leave(one, PERSONAL) and one["transfer_basis"] in {"scc", "none"} for one in c.data)
                and without_adequacy(c)
            )
        },
        "CTL-13 -> 0 | CTL-14 -> 1 | CTL-15 -> 2 | answers -> 2",
        {"hold": always},
        when={"answers -> 2": clauses_and_assessment},
        read_since=("schrems-ii",),
    ),
    "ETH-08": Reading(
        VALUES,
        {
            "high": lambda c: any(about_people_leave(one, SENSITIVE) for one in c.data) and without_adequacy(c),
            "moderate": lambda c: (
                any(about_people_leave(one, PERSONAL) and one["large_volume"] for one in c.data) and without_adequacy(c)
            ),
        },
        "CTL-13 -> 0 | CTL-14 -> 1 | CTL-15+CTL-16 -> 2 | answers -> 2",
        when={"answers -> 2": clauses_and_both_assessments},
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
        read_since=("he-reg-2021-695: Art. 19",),
    ),
    "ETH-11": Reading(
        VALUES,
        {"critical": lambda c: bool(c.ethics["dumping_risk"])},
        "CTL-05 -> 1",
        {"policy": always},
        read_since=("he-reg-2021-695: 19", "trust-code"),
    ),
    "ETH-12": Reading(
        FRAMEWORK,
        {"moderate": lambda c: bool(c.ethics["partner_permits"] == "missing")},
        "CTL-17 -> 0",
        {"hold": always},
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
        read_since=("allea-code",),
    ),
    "ETH-18": Reading(
        VALUES,
        {
            "critical": not_acceptable,
            "high": lambda c: any(concern_of_misuse(one) and one["misuse_class"] == "durc" for one in c.technology),
            "moderate": lambda c: any(map(concern_of_misuse, c.technology)),
        },
        "CTL-24 -> 1 | CTL-05 -> 1",
        # Of grave misuse somebody has to have thought before the start.
        {
            "hold": lambda c: any(
                one["misuse_assessment"] == "missing" and one["misuse_class"] == "durc" for one in c.technology
            )
        },
        when={"CTL-24 -> 1": lambda c: not not_acceptable(c)},
        from_memory=("he-ethics-self-assessment: misuse",),
    ),
}
