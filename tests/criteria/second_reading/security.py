"""Section 4 of the catalogue, with the readings of its section 0: SEC-01 to SEC-22."""

from tests.criteria.second_reading.words import EU_INTEREST, VALUES, Answers, Case, Reading, always

MOST_SENSITIVE = {"semiconductors", "artificial_intelligence", "quantum", "biotechnologies"}
WATCHING = {"law_enforcement", "surveillance", "unclear"}
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


def direct_tie(case: Case) -> bool:
    """Section 0 on SEC-08 and SEC-09: `military_link` at least direct, partner not pre-approved."""
    return any(one["military_link"] in {"direct", "is_military"} and not one["preapproved"] for one in case.partner)


def some_tie(case: Case) -> bool:
    """Section 0 on SEC-10: `military_link` at least indirect, partner not pre-approved."""
    return any(one["military_link"] != "none" and not one["preapproved"] for one in case.partner)


def listed_item(one: Answers) -> bool:
    """SEC-03: listed, and neither in the public domain nor confirmed as basic research."""
    return one["dual_use_status"] == "listed" and not (one["public_domain"] or one["basic_research_confirmed"])


def authorisation_open(case: Case) -> bool:
    """Section 0 on SEC-03: `export_authorisation` at least pending."""
    return any(one["export_authorisation"] in {"pending", "missing", "refused"} for one in case.activity)


def unclassified(one: Answers) -> bool:
    """SEC-04: critical area, status uncertain, classified by nobody or the researcher."""
    by_the_team = one["classified_by"] in {"none", "researcher"}
    return critical(one) and one["dual_use_status"] == "uncertain" and by_the_team


def unclassified_where_it_weighs(case: Case) -> bool:
    """SEC-04: area 1 to 4, or level 4 and more."""
    return any(unclassified(one) and (most_sensitive(one) or one["trl"] >= 4) for one in case.technology)


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


def opaque(case: Case) -> bool:
    """SEC-20: identity or owner of a partner, or end user or end use of an activity, cannot be said."""
    return any(not one["identity_verified"] or not one["ultimate_owner_known"] for one in case.partner) or any(
        not one["end_user_known"] or one["end_use"] == "unclear" for one in case.activity
    )


def refused(case: Case) -> bool:
    """SEC-21: a clearance was refused."""
    return any(one["statutory_clearance"] == "refused" for one in case.person)


def site_data_leave(one: Answers) -> bool:
    """SEC-22: geospatial or infrastructure data, not anonymous, that go out."""
    return (
        one["category"] in {"geospatial", "infrastructure"} and one["identifiability"] != "anonymous" and goes_out(one)
    )


SECURITY: dict[str, Reading] = {
    "SEC-01": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(one["sanctioned"] for one in c.partner)},
        "CTL-02 -> 2 | CTL-06 -> 0",
        {"legal": always},
        from_memory=("eu-restrictive-measures: 215",),
    ),
    "SEC-02": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(one["export_authorisation"] == "refused" for one in c.activity)},
        "CTL-01+CTL-05 -> 1",
        {"legal": always},
        from_memory=("reg-2021-821: 16",),
    ),
    "SEC-03": Reading(
        EU_INTEREST,
        {"high": lambda c: any(listed_item(one) for one in c.technology) and transferred(c) and outside_eu27(c)},
        "CTL-02 -> 1 | CTL-01+CTL-05 -> 0",
        {"hold": authorisation_open},
    ),
    "SEC-04": Reading(
        EU_INTEREST,
        {
            "high": lambda c: unclassified_where_it_weighs(c) and transferred(c) and outside_eu27(c),
            "moderate": lambda c: any(map(unclassified, c.technology)) and transferred(c) and outside_eu27(c),
        },
        "CTL-01 -> 0",
        {"hold": unclassified_where_it_weighs},
        from_memory=("rec-2021-1700: screening",),
    ),
    "SEC-05": Reading(
        EU_INTEREST,
        {"critical": weapons_use},
        "CTL-02 -> 1",
        {"legal": always},
        from_memory=("reg-2021-821: Art. 4 and 8",),
    ),
    "SEC-06": Reading(
        VALUES,
        {
            "critical": lambda c: (
                any(one["cyber_surveillance"] for one in c.technology)
                and any(one["end_use"] in WATCHING for one in c.activity)
            )
        },
        "CTL-02 -> 2 | CTL-05 -> 1",
        {"hold": always},
    ),
    "SEC-07": Reading(
        EU_INTEREST,
        {"critical": lambda c: any(map(military_body, c.partner))},
        "CTL-06 -> 0",
        {"policy": always},
        from_memory=("he-reg-2021-695: Art. 7",),
    ),
    "SEC-08": Reading(
        EU_INTEREST,
        {"critical": lambda c: direct_tie(c) and critical_work(c)},
        "CTL-06 -> 1 | CTL-05 -> 2 | CTL-31+CTL-07+CTL-29 -> 3",
    ),
    "SEC-09": Reading(
        EU_INTEREST,
        {"moderate": lambda c: direct_tie(c) and not critical_work(c)},
        "CTL-07+CTL-29 -> 1 | CTL-04+CTL-29 -> 1",
    ),
    "SEC-10": Reading(
        EU_INTEREST,
        {"high": lambda c: some_tie(c) and any(most_sensitive(one) and not open_basic(one) for one in c.technology)},
        "CTL-05 -> 1 | CTL-07+CTL-04+CTL-03 -> 2 | CTL-31+CTL-29 -> 2",
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
        {"high": lambda c: any(map(near_application, c.technology)) and transferred(c) and abroad(c)},
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
        from_memory=("scholarship-terms",),
    ),
    "SEC-17": Reading(
        EU_INTEREST,
        {
            "high": lambda c: any(
                one["access_requested"] == "controlled" and one["precheck"] in {"missing", "concerns"}
                for one in c.person
            )
        },
        "CTL-10 -> 1 | CTL-06 -> 0",
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
        from_memory=("rec-2021-1700: red flags",),
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
