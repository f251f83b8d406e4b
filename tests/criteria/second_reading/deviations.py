"""Where the set departs from the catalogue on purpose: when exactly, to what, and why (docs/catalogue-review.md)."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from tests.criteria.second_reading.security import (
    FOREIGN_LISTS,
    abroad,
    critical,
    critical_work,
    holds_secrets,
    outside_eu27,
)
from tests.criteria.second_reading.words import Answers, Case, Condition, Severity

FIRMS = {"company", "state_owned_company", "joint_venture"}
ARTICLE_5_APPLIES = date(2025, 2, 2)
GENERAL_PURPOSE_APPLIES = date(2025, 8, 2)
ARTICLE_50_APPLIES = date(2026, 8, 2)
HALF = 50
"""Of a firm: so much makes it one in the hands of a state."""


class Deviation(NamedTuple):
    """Why an indicator differs, in which cases, and what it says there; elsewhere the catalogue is to be met."""

    reason: str
    where: Condition
    says: Callable[[Case], Severity]


def _none(_: Case) -> Severity:
    return "none"


def _firm_abroad(one: Answers) -> bool:
    return one["org_type"] in FIRMS and not one["preapproved"]


def _known_list(case: Case) -> bool:
    return any(set(one["listed_abroad"]) & FOREIGN_LISTS for one in case.partner)


def _similar_list_only(case: Case) -> bool:
    return not _known_list(case) and any("other" in one["listed_abroad"] for one in case.partner)


def _compelled_abroad(case: Case) -> bool:
    return any(one["compulsion_law"] and not one["preapproved"] for one in case.partner)


def _priority(case: Case) -> bool:
    return any(critical(one) and one["state_priority"] for one in case.technology)


def _no_firm_abroad_or_no_priority(case: Case) -> bool:
    """Not the case in which catalogue and set both fire: a company abroad and a priority."""
    company = any(_firm_abroad(one) and one["org_type"] != "joint_venture" for one in case.partner)
    return not (company and _priority(case))


def _firm_and_priority(case: Case) -> Severity:
    return "moderate" if any(map(_firm_abroad, case.partner)) and _priority(case) else "none"


def _state_firm(one: Answers, kinds: set[str]) -> bool:
    return one["org_type"] in kinds and one["state_ownership_pct"] >= HALF


def _no_rival_company_abroad(case: Case) -> bool:
    """Not the case in which catalogue and set both fire: a rival abroad that is no joint venture."""
    return not any(
        not one["preapproved"]
        and (one["subsidised_competitor"] or _state_firm(one, {"company", "state_owned_company"}))
        for one in case.partner
    )


def _joint_venture_of_a_state_abroad(case: Case) -> Severity:
    venture = any(not one["preapproved"] and _state_firm(one, {"joint_venture"}) for one in case.partner)
    return "moderate" if venture else "none"


def _duties_not_yet_due(case: Case) -> bool:
    classes = {one["ai_class"] for one in case.technology}
    if case.on < GENERAL_PURPOSE_APPLIES:
        return True
    return case.on < ARTICLE_50_APPLIES and "gpai" not in classes


DEVIATIONS: dict[str, Deviation] = {
    "SEC-06": Deviation(
        "No rule about leaving the EU fires inside it, and the source is one about export.",
        lambda c: not outside_eu27(c),
        _none,
    ),
    "SEC-11": Deviation(
        "The question says `or similar list`, so the option `other` counts.",
        _similar_list_only,
        lambda c: "high" if critical_work(c) else "moderate",
    ),
    "SEC-19": Deviation(
        "A law of a pre-approved partner's country is passed over: no source fills the table there.",
        lambda c: holds_secrets(c) and not _compelled_abroad(c),
        _none,
    ),
    "COM-11": Deviation(
        "Firms abroad only, joint ventures among them.",
        _no_firm_abroad_or_no_priority,
        _firm_and_priority,
    ),
    "COM-12": Deviation(
        "A first filing in the country of a partner counts only where a partner is abroad.",
        lambda c: not c.ip["undisclosed_patents"] and not abroad(c),
        _none,
    ),
    "COM-15": Deviation(
        "Partners abroad only, joint ventures in state hands among them.",
        _no_rival_company_abroad,
        _joint_venture_of_a_state_abroad,
    ),
    "ETH-01": Deviation("Article 5 was not in force.", lambda c: c.on < ARTICLE_5_APPLIES, _none),
    "ETH-03": Deviation("The duties of these classes did not apply yet.", _duties_not_yet_due, _none),
}
