"""What later versions changed on purpose, read from CHANGES.md of the set: changed readings and added ones."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.criteria.second_reading.competitiveness import COMPETITIVENESS, state_or_subsidised
from tests.criteria.second_reading.ethics import ETHICS
from tests.criteria.second_reading.security import SECURITY, WATCHING, abroad
from tests.criteria.second_reading.words import FRAMEWORK, Answers, Case, Reading

EVERY_SYSTEM_MARKS = date(2026, 12, 2)
GENERATING = {"generative", "face_or_voice_synthesis"}
FILED = {"description", "internals"}


def generates_for_the_public(case: Case) -> bool:
    """ETH-03 since 1.1.0: AI with such duties that generates content, and a public service or a putting into use."""
    return (
        case.on >= EVERY_SYSTEM_MARKS
        and any(
            one["ai_class"] in {"transparency", "gpai"} and set(one["ai_application"]) & GENERATING
            for one in case.technology
        )
        and any(one["public_service"] or one["kind"] == "deployment" for one in case.activity)
    )


def concern(one: Answers) -> bool:
    """SEC-17 since 1.1.0: the check found something that is still open."""
    return bool(one["precheck"] == "concerns")


CHANGED: dict[str, Reading] = {
    # 1.1.0: the law names violations of humanitarian law, so armed forces count.
    "SEC-06": replace(
        SECURITY["SEC-06"],
        severity={
            "critical": lambda c: (
                any(one["cyber_surveillance"] for one in c.technology)
                and any(one["end_use"] in {*WATCHING, "military"} for one in c.activity)
            )
        },
    ),
    # 1.1.0: limited access leaves an open concern moderate.
    "SEC-17": replace(
        SECURITY["SEC-17"],
        controls="CTL-10 -> 1 | CTL-10 -> 2 | CTL-06 -> 0",
        when={"CTL-10 -> 1": lambda c: not any(map(concern, c.person))},
    ),
    # 1.1.0: a state that holds a quarter of a firm.
    "COM-15": replace(
        COMPETITIVENESS["COM-15"],
        severity={"moderate": lambda c: any(state_or_subsidised(one, 25) for one in c.partner)},
    ),
    # 1.1.0: older systems have to mark what they generate as well.
    "ETH-03": replace(ETHICS["ETH-03"], severity={**ETHICS["ETH-03"].severity, "moderate": generates_for_the_public}),
}
ADDED: dict[str, Reading] = {
    # 1.1.0: all of the section on competitiveness.
    "COM-18": Reading(
        FRAMEWORK,
        {
            "moderate": lambda c: any(one["authority_filing"] in FILED for one in c.activity) and abroad(c),
            "high": lambda c: any(one["authority_filing"] == "internals" for one in c.activity) and abroad(c),
        },
        "CTL-37+CTL-18 -> 1 | CTL-37 -> -1 | CTL-31 -> 1 | CTL-05 -> 1",
        from_memory=("cn-algorithm-2022: 24",),
    ),
}
ADDED_NEAR: dict[str, dict[str, tuple[Any, ...]]] = {
    "COM-18": {
        "activity.kind": ("deployment", "field_trial", "joint_research"),
        "activity.authority_filing": ("internals", "description", "published_only"),
        "activity.public_service": (True, False),
        "partner.country": ("CN", "KR", "US"),
    },
}
"""Which answers bring a case near one that was added (near.py)."""
