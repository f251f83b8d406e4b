"""Answers that bring a case near an indicator: for each fact that its catalogue entry reads, those that tell.

The first answers of all its facts together make it fire, on the usual day and with a partner in China.
"""

from datetime import date
from typing import Any

from tests.criteria.second_reading.later import ADDED_NEAR

_TRUE: tuple[Any, ...] = (True,)
_FALSE: tuple[Any, ...] = (False,)
_CHINA = ("CN",)
_AREAS = ("semiconductors", "quantum", "connectivity", "robotics", "none")
_MOVES = ("physical", "electronic", "oral", "cloud")
_MOVES_OR_NOT = (*_MOVES, "none")
_OUT = ("eu_to_partner", "both")
_WATCHING = ("law_enforcement", "surveillance", "unclear")
_PERSONAL = ("special", "biometric", "genetic", "health", "personal")
_FIRMS = ("company", "state_owned_company", "joint_venture")
_TIED: dict[str, tuple[Any, ...]] = {
    "partner.military_link": ("indirect", "direct", "is_military"),
    "partner.country": ("CN", "CN", "KR", "DE"),
    "technology.eu_critical_area": _AREAS,
    "technology.research_type": ("basic", "applied", "development"),
    "technology.trl": (2, 3),
    "technology.public_domain": (False, True),
    "partner.org_type": ("university", "company", "research_institute"),
    "partner.control_country": ("CH", "CN", "IN"),
    "partner.controller_military_link": ("none", "indirect", "direct"),
}
_AI_CLASSES = ("minimal", "transparency", "gpai", "high_risk")

NEAR: dict[str, dict[str, tuple[Any, ...]]] = {
    "SEC-01": {"partner.sanctioned": _TRUE},
    "SEC-02": {"activity.transfer_mode": _MOVES, "activity.export_authorisation": ("refused", "missing")},
    "SEC-03": {
        "technology.dual_use_status": ("listed",),
        "technology.public_domain": _FALSE,
        "technology.basic_research_confirmed": _FALSE,
        "activity.transfer_mode": _MOVES,
        "activity.place_of_use": ("DE", "CN"),
        "activity.export_authorisation": ("pending", "granted", "not_required", "missing", "refused"),
    },
    "SEC-04": {
        "technology.eu_critical_area": ("semiconductors", "materials", "robotics", "energy"),
        "technology.classified_by": ("none", "researcher"),
        "technology.dual_use_status": ("uncertain", "not_listed"),
        "technology.public_domain": (False, False, True),
        "technology.trl": (3, 4),
        "activity.transfer_mode": _MOVES_OR_NOT,
        "person.access_requested": ("none", "confidential", "public"),
    },
    "SEC-05": {
        "activity.authority_notice": (False, False, True),
        "activity.aware_wmd_or_missile": (False, False, True),
        "activity.end_use": ("military",),
        "activity.place_of_use": ("RU", "DE"),
        "partner.country": ("RU", "CN", "US"),
    },
    "SEC-06": {
        "technology.surveillance_capability": ("core", "incidental"),
        "technology.cyber_surveillance": _TRUE,
        "activity.end_use": (*_WATCHING, "military"),
        "partner.country": ("CN", "DE"),
    },
    "SEC-07": {
        "partner.military_link": ("is_military", "direct"),
        "partner.org_type": ("military", "security_service", "university", "foundation"),
        "partner.country": ("CN", "KR", "US"),
        "partner.control_country": ("US", "CN"),
        "partner.controller_military_link": ("none", "is_military"),
    },
    "SEC-08": {
        **_TIED,
        "technology.research_type": ("applied", "basic"),
        "technology.eu_critical_area": _AREAS[:-1],
        "partner.military_link": ("direct", "is_military"),
    },
    "SEC-09": {
        **_TIED,
        "technology.eu_critical_area": ("none", *_AREAS),
        "partner.military_link": ("direct", "is_military", "none"),
    },
    "SEC-10": {
        **_TIED,
        "technology.research_type": ("applied", "basic"),
        "technology.eu_critical_area": ("quantum", "semiconductors", "space", "robotics"),
    },
    "SEC-11": {
        "partner.listed_abroad": (["us_entity"], ["ca_nro", "other"], ["other"], ["jp_meti_eul"]),
        "technology.eu_critical_area": _AREAS,
        "technology.research_type": ("basic", "applied"),
    },
    "SEC-12": {
        "technology.eu_critical_area": _AREAS,
        "technology.trl": (5, 5, 4),
        "technology.research_type": ("applied", "demonstration"),
        "technology.public_domain": (False, False, False, True),
        "activity.transfer_mode": _MOVES_OR_NOT,
        "partner.country": ("CN", "KR", "KR", "US"),
    },
    "SEC-13": {
        "technology.crown_jewel": _TRUE,
        "technology.eu_critical_area": _AREAS,
        "activity.transfer_mode": _MOVES_OR_NOT,
        "partner.country": ("CN", "KR", "US"),
    },
    "SEC-14": {"person.other_affiliations": ("undisclosed", "disclosed")},
    "SEC-15": {
        "person.other_affiliations": ("undisclosed", "disclosed"),
        "person.talent_programme": ("malign_criteria", "malign_criteria", "ordinary"),
    },
    "SEC-16": {
        "person.access_requested": ("controlled", "confidential", "internal"),
        "person.external_obligations": (["reporting"], ["return"], ["ip_transfer", "return"], ["loyalty"]),
    },
    "SEC-17": {
        "person.access_requested": ("controlled",),
        "person.precheck": ("concerns", "missing", "clear"),
    },
    "SEC-18": {
        "activity.network_access": ("full", "guest", "segmented"),
        "activity.kind": ("remote_access", "joint_research"),
    },
    "SEC-19": {
        "partner.compulsion_law": _TRUE,
        "person.access_requested": ("internal", "confidential"),
        "data.category": ("industrial", "model_weights"),
        "data.direction": _OUT,
        "partner.country": ("CN", "IN", "US"),
    },
    "SEC-20": {
        "partner.identity_verified": (True, False),
        "partner.ultimate_owner_known": (True, False),
        "activity.end_user": ("named", "nobody_knows", "everyone"),
        "activity.end_use": ("unclear", "civil"),
    },
    "SEC-21": {"person.statutory_clearance": ("required_missing", "pending", "refused", "refused", "granted")},
    "SEC-22": {
        "data.category": ("geospatial", "infrastructure"),
        "data.direction": _OUT,
        "data.identifiability": ("pseudonymous", "identifiable"),
    },
    "COM-01": {
        "funding.partner_eligibility": ("not_eligible", "conditional", "eligible", "eligible"),
        "funding.source_type": ("eu_programme", "eu_programme", "national"),
        "funding.instrument": ("ia", "ria", "csa"),
        "technology.eu_critical_area": ("none", *_AREAS),
        "partner.country": ("CN", "DE", "IN"),
        "partner.org_type": ("company", "university"),
        "partner.control_country": ("CN", "CN", "DE", "IN"),
    },
    "COM-02": {"ip.foreground_owner": ("undefined", "partner", "partner_for_return")},
    "COM-03": {"ip.publicly_funded": _TRUE, "ip.exclusive_third_country_licence": _TRUE},
    "COM-04": {"ip.background_sensitivity": ("valuable", "crown_jewel"), "ip.background_listed": _FALSE},
    "COM-05": {"ip.publication": ("veto", "delay_gt_90", "delay_le_90")},
    "COM-06": {"collaboration.reciprocity": ("limited", "one_sided")},
    "COM-07": {
        "data.direction": ("partner_to_eu", "both"),
        "data.outbound_rules": (["pipl"], ["mapping", "other"]),
        "data.outbound_procedure": ("missing", "done"),
    },
    "COM-08": {
        "funding.source_type": ("industry", "foreign_public", "foreign_military", "foundation"),
        "funding.country": ("CN", "AE", "US"),
        "funding.share_of_group_pct": (30, 29, 15, 14),
    },
    "COM-09": {
        "funding.conditions": (
            ["lab_mirroring"],
            ["reports_on_people"],
            ["reports_unpublished", "purchase_tie"],
            ["appointment_influence", "anonymity"],
            ["exclusivity"],
            ["anonymity"],
        ),
        "funding.country": ("DE", "CN"),
        "person.access_requested": ("none", "confidential"),
    },
    "COM-10": {"funding.source_type": ("industry", "foundation"), "funding.traceable": _FALSE},
    "COM-11": {
        "technology.eu_critical_area": _AREAS[:-1],
        "technology.state_priority": (["quantum"], [], ["fusion"], ["other"], ["ngaidp", "mobile_6g"]),
        "partner.org_type": _FIRMS,
        "partner.country": ("CN", "DE"),
    },
    "COM-12": {
        "ip.first_filing": ("partner_country", "elsewhere"),
        "ip.undisclosed_patents": (True, False),
        "partner.country": ("CN", "DE"),
    },
    "COM-13": {"ip.exploitation_in_eu": ("none", "partly")},
    "COM-14": {"activity.kind": ("standardisation",)},
    "COM-15": {
        "partner.org_type": (*_FIRMS, "research_institute"),
        "partner.state_ownership_pct": (50, 49),
        "partner.subsidised_competitor": (True, False),
        "partner.country": ("CN", "DE"),
    },
    "COM-16": {
        "funding.conditions": (["purchase_tie"], []),
        "partner.org_type": (*_FIRMS, "government"),
        "partner.high_risk_supplier": (True, False),
    },
    "COM-17": {"ip.partner_state_export_rules": _TRUE},
    "ETH-01": {
        "technology.uses_ai": _TRUE,
        "technology.ai_prohibited": ("manipulation", "intimate_imagery", "emotion", "realtime_rbi"),
    },
    "ETH-02": {
        "technology.uses_ai": _TRUE,
        "technology.ai_class": ("high_risk", "research_only"),
        "technology.ai_annex_iii": ("none", "biometrics", "justice"),
        "technology.ai_role": ("deployer", "provider", "neither"),
        "activity.kind": ("field_trial", "deployment", "joint_research"),
    },
    "ETH-03": {
        "technology.uses_ai": _TRUE,
        "technology.ai_class": ("transparency", "gpai"),
        "technology.ai_application": (["generative"], ["image"], ["face_or_voice_synthesis", "speech"]),
        "activity.kind": ("deployment", "joint_research"),
        "activity.public_service": (False, True),
    },
    "ETH-04": {"technology.surveillance_capability": ("core",), "activity.end_use": (*_WATCHING, "military")},
    "ETH-05": {
        "technology.group_profiling": _TRUE,
        "activity.end_use": ("civil", "surveillance", "civil", "military"),
        "activity.transfer_mode": ("electronic", "none"),
        "data.category": _PERSONAL,
        "data.identifiability": (*("pseudonymous",) * 8, "identifiable", "anonymous"),
        "data.direction": ("none", "eu_to_partner", "both", "both"),
        "data.dpia": (*("done",) * 6, "missing", "not_required"),
        "data.transfer_basis": (*("scc",) * 8, "none", "derogation", "adequacy"),
        "data.tia_done": (*_TRUE * 8, False),
        "data.licence": (*("project_only",) * 8, "unlimited"),
        "ethics.review": (*("both_sides",) * 8, "one_side"),
        "ethics.people_at_risk": (*_FALSE * 8, True),
        "technology.surveillance_capability": (*("none",) * 8, "incidental"),
        "partner.human_rights_link": (*("none",) * 8, "alleged"),
        "partner.gets_personal_data": ("gets_some", "gets_some", "gets_none"),
        "partner.country": ("CN", "CN", "CN", "KR", "DE", "US"),
    },
    "ETH-06": {"partner.human_rights_link": ("alleged", "documented")},
    "ETH-07": {
        "data.category": _PERSONAL,
        "data.identifiability": ("pseudonymous", "identifiable"),
        "data.direction": _OUT,
        "data.transfer_basis": ("none", "none", "scc", "scc", "derogation", "adequacy"),
        "data.tia_done": (True, False),
        "partner.gets_personal_data": ("gets_some", "on_a_decision", "on_a_decision", "gets_none"),
        "partner.country": ("CN", "CN", "US", "US", "KR"),
    },
    "ETH-08": {
        "data.category": (*_PERSONAL, *("personal",) * 6),
        "data.identifiability": ("pseudonymous", "identifiable"),
        "data.direction": _OUT,
        "data.large_volume": (True, True, False),
        "data.transfer_basis": ("scc", "derogation", "none", "adequacy"),
        "data.tia_done": _TRUE,
        "data.dpia": ("done", "missing"),
        "partner.gets_personal_data": ("gets_some", "on_a_decision", "on_a_decision", "on_a_decision", "gets_none"),
        "partner.country": ("CN", "US", "US", "US", "KR"),
    },
    "ETH-09": {"data.category": _PERSONAL, "data.dpia": ("missing",)},
    "ETH-10": {"ethics.review": ("missing", "one_side")},
    "ETH-11": {"ethics.dumping_risk": _TRUE},
    "ETH-12": {"ethics.partner_permits": ("missing",)},
    "ETH-13": {
        "ethics.sensitive_topic": _TRUE,
        "partner.academic_freedom_band": ("d", "e", "c"),
        "partner.country": ("IN", "AE", "CN"),
    },
    "ETH-14": {"ethics.people_at_risk": _TRUE},
    "ETH-15": {
        "activity.public_service": _TRUE,
        "activity.service_country": ("CN", "CN", "CN", "CN", "DE"),
        "technology.uses_ai": _TRUE,
        "technology.ai_class": (*_AI_CLASSES, "research_only"),
    },
    "ETH-16": {
        "partner.country": _CHINA,
        "technology.uses_ai": (True, False),
        "technology.ai_class": ("research_only", *_AI_CLASSES),
        "data.direction": ("partner_to_eu",),
        "data.outbound_rules": (["pipl"], []),
        "briefing.cn_rules_done": _FALSE,
    },
    "ETH-17": {
        "partner.integrity_record": ("sanctioned", "allegations"),
        "ethics.integrity_framework": ("none", "partner_only"),
    },
    "ETH-18": {
        "technology.misuse_assessment": ("missing", "done"),
        "technology.misuse_class": ("general", "durc"),
        "technology.misuse_result": ("no_concern", "with_measures", "not_acceptable"),
    },
}
NEAR |= ADDED_NEAR

DATED = ("SEC-23", "ETH-01", "ETH-03", "ETH-15", "ETH-16")
"""Those that rest on law or plans with a date."""
NEAR_DAYS = (
    date(2022, 1, 10),
    date(2022, 4, 8),
    date(2022, 4, 9),
    date(2022, 10, 6),
    date(2022, 10, 7),
    date(2025, 2, 1),
    date(2025, 2, 2),
    date(2025, 8, 1),
    date(2025, 8, 2),
    date(2026, 8, 1),
    date(2026, 8, 2),
    date(2026, 12, 1),
    date(2026, 12, 2),
)
"""Around the days on which they begin."""
