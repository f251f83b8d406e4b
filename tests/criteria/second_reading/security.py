"""Section 4 of the catalogue, with the readings of its section 0 and the changes of 2.0.0: SEC-01 to SEC-22."""

from tests.criteria.second_reading.words import EU_INTEREST, VALUES, Answers, Case, Reading, always

MOST_SENSITIVE = {"semiconductors", "artificial_intelligence", "quantum", "biotechnologies"}
BY_FORCE_OR_UNCLEAR = {"law_enforcement", "surveillance", "military", "unclear"}
PROTECTED = {"confidential", "controlled"}
TIE_COUNTS_FROM = 3
WEIGHS_FROM = 4
FOREIGN_LISTS = {"us_entity", "us_1260h", "us_1286", "jp_meti_eul", "ca_nro", "uk_other"}


def critical(one: Answers) -> bool:
    """Areas 1 to 10."""
    return bool(one["eu_critical_area"] != "none")


def most_sensitive(one: Answers) -> bool:
    """Areas 1 to 4."""
    return one["eu_critical_area"] in MOST_SENSITIVE


def open_basic(one: Answers) -> bool:
    """Basic research, in the public domain, at level 2 at most."""
    return bool(one["research_type"] == "basic" and one["public_domain"] and one["trl"] <= 2)


def goes_out(one: Answers) -> bool:
    """Data that go to the partner, or both ways."""
    return one["direction"] in {"eu_to_partner", "both"}


def transferred(case: Case) -> bool:
    """`activity.transfer_mode` not none."""
    return any(one["transfer_mode"] != "none" for one in case.activity)


def outside_eu27(case: Case) -> bool:
    """Section 0: a partner or a place of use outside the EU27."""
    return any(not one["in_eu27"] for one in case.partner) or any(not one["place_in_eu27"] for one in case.activity)


def abroad(case: Case) -> bool:
    """Section 0: a partner that is not pre-approved."""
    return any(not one["preapproved"] for one in case.partner)


def critical_work(case: Case) -> bool:
    """A critical area beyond open basic research (SEC-08, SEC-11)."""
    return any(critical(one) and not open_basic(one) for one in case.technology)


def listed_item(one: Answers) -> bool:
    """SEC-03: listed, and neither in the public domain nor confirmed as basic research."""
    return one["dual_use_status"] == "listed" and not (one["public_domain"] or one["basic_research_confirmed"])


def authorisation_open(case: Case) -> bool:
    """Section 0 on SEC-03: `export_authorisation` at least pending."""
    return any(one["export_authorisation"] in {"pending", "missing", "refused"} for one in case.activity)


def weapons_use(case: Case) -> bool:
    """Section 0 on SEC-05: notice, awareness, or military end use under a binding embargo (of partner or place)."""
    embargo = any(one["arms_embargo"] == "binding" for one in case.partner)
    return any(
        one["authority_notice"]
        or one["aware_wmd_or_missile"]
        or (one["end_use"] == "military" and (embargo or one["place_arms_embargo"] == "binding"))
        for one in case.activity
    )


def military_body(one: Answers) -> bool:
    """SEC-07: military by link or by kind, in a country that is not pre-approved."""
    military = one["military_link"] == "is_military" or one["org_type"] in {"military", "security_service"}
    return bool(military and not one["preapproved"])


def near_application(one: Answers) -> bool:
    """SEC-12: critical area, and level 5 and more or a demonstration."""
    return critical(one) and (one["trl"] >= 5 or one["research_type"] == "demonstration")


def bound_and_asking(one: Answers) -> bool:
    """SEC-16: a duty to report, to hand over rights or of loyalty, and access at least confidential."""
    bound = bool(set(one["external_obligations"]) & {"reporting", "ip_transfer", "loyalty"})
    return bound and one["access_requested"] in {"confidential", "controlled"}


def reaches_the_network(one: Answers) -> bool:
    """Section 0 on SEC-18: full, or remote access with at least guest."""
    remote = one["kind"] == "remote_access"
    return one["network_access"] in ({"guest", "full"} if remote else {"full"})


def holds_secrets(case: Case) -> bool:
    """SEC-19 without its first part: protected access, or industrial data or model weights that go out."""
    return any(one["access_requested"] in {"confidential", "controlled"} for one in case.person) or any(
        one["category"] in {"industrial", "model_weights"} and goes_out(one) for one in case.data
    )


def refused(case: Case) -> bool:
    """SEC-21: a clearance was refused."""
    return any(one["statutory_clearance"] == "refused" for one in case.person)


def site_data_leave(one: Answers) -> bool:
    """SEC-22: geospatial or infrastructure data, not anonymous, that go out."""
    return (
        one["category"] in {"geospatial", "infrastructure"} and one["identifiability"] != "anonymous" and goes_out(one)
    )


def used_by_force(case: Case) -> bool:
    """ETH-04 and ETH-05: police, surveillance, armed forces, or nobody can say."""
    return any(one["end_use"] in BY_FORCE_OR_UNCLEAR for one in case.activity)


def unclassified(one: Answers) -> bool:
    """SEC-04: a critical area, not public, and nobody competent said whether it is listed."""
    nobody_competent = one["classified_by"] in {"none", "researcher"} and one["dual_use_status"] != "listed"
    return critical(one) and nobody_competent and not one["public_domain"]


def unclassified_leaves(case: Case, *, where_it_weighs: bool) -> bool:
    """SEC-04: such technology is passed on or opened in a cooperation that reaches outside the EU."""
    weighs = any(
        unclassified(one) and (not where_it_weighs or most_sensitive(one) or one["trl"] >= WEIGHS_FROM)
        for one in case.technology
    )
    return weighs and opened(case) and outside_eu27(case)


def licensed(case: Case) -> bool:
    """SEC-03: whatever is handed over, the authorisation for it is granted."""
    return all(one["transfer_mode"] == "none" or one["export_authorisation"] == "granted" for one in case.activity)


def direct(one: Answers) -> bool:
    """A direct tie of a partner that is not pre-approved, or of whoever owns or controls it from such a country."""
    ties = {"direct", "is_military"}
    own = one["military_link"] in ties and not one["preapproved"]
    return bool(own or one["controller_military_link"] in ties)


def indirect(one: Answers) -> bool:
    """An indirect tie, its own or its owner's, and no direct one."""
    own = one["military_link"] == "indirect" and not one["preapproved"]
    return bool((own or one["controller_military_link"] == "indirect") and not direct(one))


def any_direct(case: Case) -> bool:
    return any(map(direct, case.partner))


def indirect_where_it_weighs(case: Case) -> bool:
    """SEC-10: in areas 1 to 4, or from level 3, and not what everybody has already."""
    return any(map(indirect, case.partner)) and any(
        critical(one) and not one["public_domain"] and (most_sensitive(one) or one["trl"] >= TIE_COUNTS_FROM)
        for one in case.technology
    )


def near_and_kept(case: Case) -> bool:
    """SEC-12: close to application in a critical area, not public, and passed on."""
    return any(near_application(one) and not one["public_domain"] for one in case.technology) and transferred(case)


def opaque(case: Case) -> bool:
    """SEC-20: identity or owner of a partner, end user or end use of an activity, cannot be said."""
    return any(not one["identity_verified"] or not one["ultimate_owner_known"] for one in case.partner) or any(
        one["end_user"] == "nobody_knows" or one["end_use"] == "unclear" for one in case.activity
    )


def protected_access(case: Case) -> bool:
    return any(one["access_requested"] in PROTECTED for one in case.person)


def opened(case: Case) -> bool:
    """SEC-04 and SEC-23: handed over, or opened to a person with protected access."""
    return transferred(case) or protected_access(case)


def concern(one: Answers) -> bool:
    """SEC-17: the check found something that is still open."""
    return bool(one["precheck"] == "concerns")


SECURITY: dict[str, Reading] = {
    "SEC-01": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(one["sanctioned"] for one in c.partner)},
        "CTL-02 -> 2 | CTL-06 -> 0",
        {"legal": always},
    ),
    "SEC-02": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(one["export_authorisation"] == "refused" for one in c.activity)},
        "CTL-01+CTL-05 -> 1",
        {"legal": always},
        read_since=("reg-2021-821: 16",),
    ),
    "SEC-03": Reading(
        EU_INTEREST,
        {"high": lambda c: any(listed_item(one) for one in c.technology) and transferred(c) and outside_eu27(c)},
        "CTL-02 -> 1 | CTL-01+CTL-05 -> 0 | answers -> 1",
        {"hold": authorisation_open},
        when={"answers -> 1": licensed},
    ),
    "SEC-04": Reading(
        EU_INTEREST,
        {
            "high": lambda c: unclassified_leaves(c, where_it_weighs=True),
            "moderate": lambda c: unclassified_leaves(c, where_it_weighs=False),
        },
        "CTL-01 -> 0",
        {"hold": always},
        from_memory=("rec-2021-1700: screening",),
    ),
    "SEC-05": Reading(
        EU_INTEREST,
        {"critical": weapons_use},
        "CTL-02 -> 1",
        {"legal": always},
    ),
    "SEC-06": Reading(
        VALUES,
        {"critical": lambda c: any(one["cyber_surveillance"] for one in c.technology) and used_by_force(c)},
        "CTL-02 -> 2 | CTL-05 -> 1",
        {"hold": always},
    ),
    "SEC-07": Reading(
        EU_INTEREST,
        {
            "critical": lambda c: any(
                military_body(one) or one["controller_military_link"] == "is_military" for one in c.partner
            )
        },
        "CTL-06 -> 0",
        {"policy": always},
    ),
    "SEC-08": Reading(
        EU_INTEREST,
        {
            "critical": lambda c: (
                any_direct(c) and any(critical(one) and not one["public_domain"] for one in c.technology)
            ),
            "high": lambda c: any_direct(c) and critical_work(c),
        },
        "CTL-06 -> 1 | CTL-05 -> 2 | CTL-31+CTL-07+CTL-29 -> 3",
    ),
    "SEC-09": Reading(
        EU_INTEREST,
        {"moderate": lambda c: any_direct(c) and not critical_work(c)},
        "CTL-07+CTL-29 -> 1 | CTL-04+CTL-29 -> 1",
    ),
    "SEC-10": Reading(
        EU_INTEREST,
        {
            "high": indirect_where_it_weighs,
            "moderate": lambda c: any(map(indirect, c.partner)) and critical_work(c),
        },
        "CTL-06 -> 1 | CTL-05 -> 1 | CTL-07+CTL-04+CTL-03 -> 2 | CTL-31+CTL-29 -> 2",
    ),
    "SEC-11": Reading(
        EU_INTEREST,
        {
            "high": lambda c: any(set(one["listed_abroad"]) & FOREIGN_LISTS for one in c.partner) and critical_work(c),
            "moderate": lambda c: any(set(one["listed_abroad"]) & FOREIGN_LISTS for one in c.partner),
        },
        "CTL-06 -> 0 | CTL-07+CTL-29 -> -1",
    ),
    "SEC-12": Reading(
        EU_INTEREST,
        {
            "high": lambda c: (
                near_and_kept(c) and any(not one["preapproved"] and not one["horizon_associated"] for one in c.partner)
            ),
            "moderate": lambda c: near_and_kept(c) and abroad(c),
        },
        "CTL-05 -> 1 | CTL-31 -> 1 | CTL-03+CTL-18 -> 2",
    ),
    "SEC-13": Reading(
        EU_INTEREST,
        {
            "high": lambda c: (
                any(one["crown_jewel"] and most_sensitive(one) for one in c.technology) and transferred(c) and abroad(c)
            ),
            "moderate": lambda c: any(one["crown_jewel"] for one in c.technology) and transferred(c) and abroad(c),
        },
        "CTL-03+CTL-18 -> -1 | CTL-05 -> 1",
        from_memory=("council-rec-2024: own organisation",),
    ),
    "SEC-14": Reading(
        EU_INTEREST,
        {"high": lambda c: any(one["other_affiliations"] == "undisclosed" for one in c.person)},
        "CTL-09 -> 0 | CTL-08 -> 1",
    ),
    "SEC-15": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(one["talent_programme"] == "malign_criteria" for one in c.person)},
        "CTL-09 -> 1 | CTL-08+CTL-10 -> 3",
    ),
    "SEC-16": Reading(
        EU_INTEREST,
        {"high": lambda c: any(map(bound_and_asking, c.person))},
        "CTL-10+CTL-11 -> 1 | CTL-10 -> 2 | CTL-05 -> 1",
        read_since=("scholarship-terms",),
    ),
    "SEC-17": Reading(
        EU_INTEREST,
        {
            "high": lambda c: any(
                one["access_requested"] == "controlled" and one["precheck"] in {"missing", "concerns"}
                for one in c.person
            )
        },
        "CTL-38 -> 0 | CTL-10 -> 1 | CTL-10 -> 2 | CTL-06 -> 0",
        {"hold": always},
        # Supervision does not answer a concern.
        when={"CTL-10 -> 1": lambda c: not any(map(concern, c.person))},
    ),
    "SEC-18": Reading(EU_INTEREST, {"high": lambda c: any(map(reaches_the_network, c.activity))}, "CTL-11 -> 1"),
    "SEC-19": Reading(
        EU_INTEREST,
        {"moderate": lambda c: any(one["compulsion_law"] for one in c.partner) and holds_secrets(c)},
        "CTL-13 -> 0 | CTL-14 -> 1 | CTL-03 -> 1",
    ),
    "SEC-20": Reading(
        EU_INTEREST,
        {"high": opaque},
        "CTL-07 -> 1 | CTL-06 -> 0",
        {"hold": always},
        read_since=("rec-2021-1700: red flags",),
    ),
    # Section 0: hold always, legal when refused; the option counts only where none was refused.
    "SEC-21": Reading(
        EU_INTEREST,
        {
            "critical": refused,
            "high": lambda c: any(one["statutory_clearance"] in {"required_missing", "pending"} for one in c.person),
        },
        "CTL-35 -> 0",
        {"hold": always, "legal": refused},
        when={"CTL-35 -> 0": lambda c: not refused(c)},
    ),
    "SEC-22": Reading(
        EU_INTEREST,
        {"high": lambda c: any(map(site_data_leave, c.data)) and abroad(c)},
        "CTL-13 -> 1 | CTL-14 -> 1",
    ),
}
