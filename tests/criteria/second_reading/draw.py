"""Draw random cases near the indicators: what each states, and the answers that the second reading takes from it."""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any, NamedTuple

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, IntegerFact, RowFact
from tests.criteria.second_reading import places
from tests.criteria.second_reading.ethics import PERSONAL, about_people_leave
from tests.criteria.second_reading.harmless import HARMLESS, MANY
from tests.criteria.second_reading.later import JOINT_UNITS
from tests.criteria.second_reading.near import DATED, NEAR, NEAR_DAYS
from tests.criteria.second_reading.results import CATALOGUE
from tests.criteria.second_reading.security import PROTECTED, critical, goes_out, listed_item
from tests.criteria.second_reading.words import KIND_OF, Answers, Case

CONTROLS = tuple(f"CTL-{number:02}" for number in range(1, 40))
IN_PLACE = {"implemented", "verified"}
STATUSES = ("planned", "agreed", "implemented", "verified")
DAY = date(2026, 12, 15)
"""The day of most cases."""
SURE_TURNS = 6
"""In so many turns an indicator fires for certain, with each of its options in place at least once."""
NUMBERS = (0, 1, 2, 3, 4, 5, 14, 15, 29, 30, 49, 50, 100)
"""Around every threshold of the catalogue."""


class Drawn(NamedTuple):
    """The answers of a case by entity, every question answered, with its day and controls."""

    on: date
    answers: dict[str, list[Answers]]
    controls: dict[str, tuple[str, str]]
    """The status of each control, and of which kind its evidence is."""

    def in_place(self) -> dict[str, str]:
        """Return the controls that are implemented or verified, each with the kind of its evidence."""
        return {name: kind for name, (status, kind) in self.controls.items() if status in IN_PLACE}


class Unasked(NamedTuple):
    """A fact that is asked only where `asked` holds of its entry, and what it counts as elsewhere."""

    fact: str
    asked: Callable[[Answers], bool]
    otherwise: Any


_NO_RIVAL_OR_SUPPLIER = {"university", "hospital", "government"}
_FIRMS = {"company", "joint_venture", "state_owned_company"}
_OWNED = {*_FIRMS, "research_institute", "foundation"}


def _owned_from_outside(one: Answers) -> bool:
    """Say whether an organisation of a kind that can be owned is controlled from no pre-approved country."""
    return one["org_type"] in _OWNED and not places.PLACES[one["control_country"]].preapproved


def _sanctioned_country(one: Answers) -> bool:
    """Say whether sanctions on its country go beyond lists of names."""
    return places.PLACES[one["country"]].sanctions != "none"


def _support_touched(one: Answers) -> bool:
    """Say whether those sanctions touch public support to bodies of its state."""
    return places.PLACES[one["country"]].support_touched


def _without_adequacy(one: Answers) -> bool:
    return not places.PLACES[one["country"]].adequacy


def _people_leave(one: Answers) -> bool:
    return about_people_leave(one, PERSONAL)


# In an order in which what a later line reads is settled by an earlier one.
UNASKED: dict[str, tuple[Unasked, ...]] = {
    "collaboration": (
        Unasked("end", lambda a: not a["open_ended"], date(9999, 12, 31)),
        Unasked("governance", lambda a: bool(set(a["cooperation_forms"]) & JOINT_UNITS), "by_both"),
        Unasked("unequal_access", lambda a: a["reciprocity"] != "equal", []),
    ),
    "partner": (
        Unasked("controller_military_link", _owned_from_outside, "none"),
        Unasked("state_body", _sanctioned_country, False),
        Unasked("gets_public_support", _support_touched, False),
        Unasked("gets_barred_service", _sanctioned_country, False),
        Unasked("sanctions_exception", _sanctioned_country, "none"),
        Unasked("gets_personal_data", _without_adequacy, "gets_some"),
        Unasked("defence_affiliated_coauthors", lambda a: a["co_publications_5y"] >= 1, 0),
        Unasked("state_ownership_pct", lambda a: a["org_type"] in _FIRMS, 0),
        Unasked("subsidised_competitor", lambda a: a["org_type"] not in _NO_RIVAL_OR_SUPPLIER, False),
        Unasked("high_risk_supplier", lambda a: a["org_type"] not in _NO_RIVAL_OR_SUPPLIER, False),
    ),
    "person": (
        Unasked("precheck", lambda a: a["access_requested"] in PROTECTED, "not_needed"),
        Unasked("talent_programme", lambda a: a["other_affiliations"] != "none", "none"),
    ),
    "technology": (
        Unasked("state_priority", lambda a: a["eu_critical_area"] != "none", []),
        Unasked("ai_class", lambda a: a["uses_ai"], "not_ai"),
        Unasked("ai_role", lambda a: a["uses_ai"], "neither"),
        Unasked("ai_annex_iii", lambda a: a["uses_ai"], "none"),
        Unasked("ai_prohibited", lambda a: a["uses_ai"], "none"),
        Unasked("ai_application", lambda a: a["uses_ai"], []),
        Unasked("misuse_class", lambda a: a["misuse_assessment"] != "not_needed", "none"),
        Unasked("misuse_result", lambda a: a["misuse_assessment"] == "done", "no_concern"),
        Unasked(
            "cyber_surveillance",
            lambda a: a["eu_critical_area"] != "none" or a["surveillance_capability"] != "none",
            False,
        ),
    ),
    "activity": (
        Unasked("export_authorisation", lambda a: a["transfer_mode"] != "none", "not_required"),
        Unasked(
            "authority_filing",
            lambda a: a["public_service"] or a["kind"] in {"field_trial", "deployment"},
            "published_only",
        ),
    ),
    "data": (
        Unasked("large_volume", _people_leave, False),
        Unasked("licence", goes_out, "project_only"),
        Unasked("transfer_basis", _people_leave, "not_needed"),
        Unasked("tia_done", lambda a: a["transfer_basis"] == "scc", False),
        Unasked("dpia", lambda a: a["category"] in PERSONAL, "not_required"),
        Unasked("outbound_rules", lambda a: a["direction"] != "none", []),
        Unasked("outbound_procedure", lambda a: bool(a["outbound_rules"]), "not_needed"),
    ),
    "funding": (
        Unasked("instrument", lambda a: a["source_type"] == "eu_programme", "none"),
        Unasked("traceable", lambda a: a["source_type"] not in {"institution", "national", "eu_programme"}, True),
    ),
    "ip": (Unasked("background_listed", lambda a: a["background_sensitivity"] != "none", False),),
}


def draw(rng: Random, number: int, criteria: Criteria) -> Drawn:
    """Draw a case near an indicator, all in turn by number; of the set only names of facts and options are taken."""
    near, turn = near_of(number), number // len(NEAR)
    answers = {entity: [copy.deepcopy(HARMLESS[entity])] for entity in HARMLESS}
    for entity in MANY:
        # What one partner does and another does not is told apart by two of them.
        if rng.random() < (0.3 if entity == "partner" else 0.15):
            answers[entity].append(copy.deepcopy(HARMLESS[entity]))
    for _ in range(rng.choice((0, 0, 1, 2, 4, 8, 120))):
        entity = rng.choice(tuple(HARMLESS))
        fact = rng.choice(tuple(HARMLESS[entity]))
        rng.choice(answers[entity])[fact] = any_answer(rng, entity, fact, criteria)
    surely = turn < SURE_TURNS
    for path, telling in NEAR[near].items():
        entity, fact = path.split(".")
        if surely:
            answers[entity][0][fact] = copy.deepcopy(telling[0])
        elif rng.random() < 0.9:
            rng.choice(answers[entity])[fact] = copy.deepcopy(rng.choice(telling))
    if "partner.country" not in NEAR[near]:
        answers["partner"][0]["country"] = "CN" if surely else rng.choice(places.DRAWN)
    settle(answers)
    day = rng.choice(NEAR_DAYS) if not surely and (near in DATED or rng.random() < 0.05) else DAY
    return Drawn(day, answers, _some_controls(rng, near, turn))


def near_of(number: int) -> str:
    """Return the indicator whose turn it is."""
    return tuple(NEAR)[number % len(NEAR)]


def _some_controls(rng: Random, near: str, turn: int) -> dict[str, tuple[str, str]]:
    """Draw any controls with any status, and most often, in place, the option whose turn it is.

    Its evidence is most often of a kind that is asked for.
    """
    stated = {one: rng.choice(STATUSES) for one in rng.sample(CONTROLS, rng.choice((0, 0, 0, 2, 8, 18)))}
    shown = {one: rng.choice((*KIND_OF.get(one, ()), "contract", "note")) for one in CONTROLS}
    options = tuple(CATALOGUE[near].options())
    # There are none for what no control lowers.
    if options and (turn < SURE_TURNS or rng.random() < 0.5):
        option = options[turn % len(options)]
        stated |= {one: rng.choice(tuple(sorted(IN_PLACE))) for one in sorted(option.controls)}
        if turn < SURE_TURNS or rng.random() < 0.8:
            shown |= {one: KIND_OF[one][0] for one in option.controls & KIND_OF.keys()}
    return {name: (status, shown[name]) for name, status in stated.items()}


def any_answer(rng: Random, entity: str, fact: str, criteria: Criteria) -> Any:
    """Return a random answer to a question."""
    declared = criteria.entities[entity].facts[fact]
    match declared:
        case ChoicesFact():
            return rng.sample(list(declared.options), min(len(declared.options), rng.choice((0, 1, 1, 2))))
        case RowFact():
            return rng.choice(places.DRAWN)
        case BooleanFact() | ChoiceFact() | IntegerFact():
            return rng.choice(all_answers(declared))
        case _:
            return HARMLESS[entity][fact]


def all_answers(fact: AnyFact) -> Sequence[Any]:
    """Return every answer to a question; of numbers those around thresholds, of choices none, each one, all."""
    match fact:
        case BooleanFact():
            return (True, False)
        case ChoiceFact():
            return tuple(fact.options)
        case ChoicesFact():
            return ([], *([one] for one in fact.options), list(fact.options))
        case IntegerFact():
            least, most = fact.range
            return tuple(one for one in NUMBERS if least <= one <= most)
        case _:
            return ()


def settle(answers: Mapping[str, list[Answers]]) -> None:
    """Take out what contradicts, and give every question that need not be asked the answer that it counts as."""
    _without_contradictions(answers)
    if not answers["ethics"][0]["sensitive_topic"]:
        for partner in answers["partner"]:
            partner["academic_freedom_band"] = "a"
    for entity, unasked in UNASKED.items():
        for entry in answers[entity]:
            for one in unasked:
                if not one.asked(entry):
                    entry[one.fact] = copy.deepcopy(one.otherwise)


def _without_contradictions(answers: Mapping[str, list[Answers]]) -> None:
    """Undo contradictions about an answer that decides: they reopen a result, which the tests of invariants show."""
    _without_contradictions_of_topics(answers["technology"], answers["ip"][0])
    _without_contradictions_of_terms(answers["collaboration"][0], answers["ip"][0], answers["funding"])
    for partner in answers["partner"]:
        if partner["org_type"] == "state_owned_company" and not partner["state_ownership_pct"]:
            partner["state_ownership_pct"] = 1
    no_armed_forces = not any(one["military_link"] == "is_military" for one in answers["partner"])
    for funding in answers["funding"]:
        abroad = not places.PLACES[funding["country"]].preapproved
        if funding["source_type"] == "foreign_military" and abroad and no_armed_forces:
            funding["source_type"] = "foreign_public"
    for activity in answers["activity"]:
        no_access = activity["kind"] == "remote_access" and activity["network_access"] == "none"
        at_once = activity["kind"] in {"field_trial", "deployment"} and all(
            one["trl"] <= 1 for one in answers["technology"]
        )
        if no_access or at_once:
            activity["kind"] = "joint_research"
        if activity["kind"] in {"equipment_transfer", "material_transfer"} and activity["transfer_mode"] == "none":
            activity["kind"] = "joint_research"
        # A service that is open to the public has everyone as its user, whoever knows how it is made.
        kept = not activity["public_service"] and not any(one["public_domain"] for one in answers["technology"])
        if activity["end_user"] == "everyone" and kept:
            activity["end_user"] = "named"
        listed = any(map(listed_item, answers["technology"]))
        if listed and activity["transfer_mode"] != "none" and activity["export_authorisation"] == "not_required":
            activity["export_authorisation"] = "pending"
    terms = answers["collaboration"][0]
    if "data_sharing" in terms["cooperation_forms"] and all(one["direction"] == "none" for one in answers["data"]):
        terms["cooperation_forms"] = [one for one in terms["cooperation_forms"] if one != "data_sharing"]
    _without_contradictions_of_programmes(answers)
    leaving = [one for one in answers["data"] if _people_leave(one)]
    _without_contradictions_of_recipients(answers["partner"], leaving)
    for data in leaving:
        if data["category"] in {"genetic", "health"} and answers["ethics"][0]["review"] == "not_required":
            answers["ethics"][0]["review"] = "both_sides"
        if data["licence"] == "open_licence":
            data["licence"] = "project_only"


def _without_contradictions_of_recipients(partners: Sequence[Answers], leaving: Sequence[Answers]) -> None:
    """Let somebody get what leaves; on a decision only where there is one, or where another partner is covered."""
    for one in partners:
        if one["gets_personal_data"] == "on_a_decision" and not places.PLACES[one["country"]].adequacy_in_part:
            one["gets_personal_data"] = "gets_some"
    asked = list(filter(_without_adequacy, partners))
    if leaving and len(asked) == len(partners) and all(one["gets_personal_data"] == "gets_none" for one in asked):
        asked[0]["gets_personal_data"] = "gets_some"
    if any(one["gets_personal_data"] == "gets_some" for one in asked):
        covered = any(
            one["gets_personal_data"] == "on_a_decision"
            if _without_adequacy(one)
            else not places.PLACES[one["country"]].in_eea
            for one in partners
        )
        for one in leaving:
            if one["transfer_basis"] in ({"not_needed"} if covered else {"not_needed", "adequacy"}):
                one["transfer_basis"] = "none"


def _without_contradictions_of_programmes(answers: Mapping[str, list[Answers]]) -> None:
    """Ask the programme where it limits who takes part from the country of a partner, or of whoever owns it."""
    limited = any(
        places.PLACES[one["country"]].limits
        or (one["org_type"] in _OWNED and places.PLACES[one["control_country"]].limits)
        for one in answers["partner"]
    )
    kinds = {"ia", "ria"} if any(map(critical, answers["technology"])) else {"ia"}
    for one in answers["funding"]:
        if (
            limited
            and one["source_type"] == "eu_programme"
            and one["instrument"] in kinds
            and one["partner_eligibility"] in {"not_applicable", "eligible"}
        ):
            one["partner_eligibility"] = "conditional"


def _without_contradictions_of_topics(technology: Sequence[Answers], ip: Answers) -> None:
    for one in technology:
        if one["uses_ai"] and one["ai_class"] == "not_ai":
            one["ai_class"] = "research_only"
        if one["ai_class"] == "prohibited" and one["ai_prohibited"] == "none":
            one["ai_class"] = "high_risk"
        if one["ai_prohibited"] in {"face_scraping", "realtime_rbi"} and one["surveillance_capability"] == "none":
            one["surveillance_capability"] = "incidental"
        if one["research_type"] in {"development", "demonstration"}:
            one["basic_research_confirmed"] = False
    excused = any(critical(one) or one["dual_use_status"] == "listed" for one in technology)
    if ip["publication"] == "veto" and excused and all(one["public_domain"] for one in technology):
        technology[0]["public_domain"] = False


def _without_contradictions_of_terms(terms: Answers, ip: Answers, funding: Sequence[Answers]) -> None:
    if terms["agreement_status"] == "none":
        terms["exit_clause"] = False
        if ip["foreground_owner"] == "joint_defined":
            ip["foreground_owner"] = "undefined"
    if ip["foreground_owner"] == "published_openly" and (
        ip["publication"] == "veto" or ip["exclusive_third_country_licence"]
    ):
        ip["foreground_owner"] = "institution"
    if any(one["source_type"] in {"national", "eu_programme"} for one in funding):
        ip["publicly_funded"] = True


def stated(drawn: Drawn) -> dict[str, Any]:
    """Return a drawn case as its file would state it; what the table knows of a place is left to the table."""
    case: dict[str, Any] = {"id": "drawn", "title": "Drawn", "assessment_date": drawn.on}
    for entity, entries in drawn.answers.items():
        written = [{**one, "id": f"{entity}{number}"} for number, one in enumerate(entries)]
        case[entity] = written if entity in MANY else entries[0]
    for one in case["partner"]:
        for known in places.of_partner(one["country"], drawn.on).keys() & one.keys():
            del one[known]
    record = {"reference": "r", "date": drawn.on, "collected_by": "office"}
    case["controls"] = [
        {"id": name, "status": status, "evidence": [{**record, "kind": kind}]}
        for name, (status, kind) in drawn.controls.items()
    ]
    return case


def answered(drawn: Drawn) -> Case:
    """Return the answers of a drawn case with what the table of places adds to them."""
    answers = drawn.answers

    def rules(country: str) -> str:
        return places.ai_rules(country, drawn.on)

    return Case(
        drawn.on,
        answers["collaboration"][0],
        [
            {**one, **places.of_partner(one["country"], drawn.on), "ai_rules": rules(one["country"])}
            for one in answers["partner"]
        ],
        answers["person"],
        answers["technology"],
        [
            {
                **one,
                "place_in_eu27": places.PLACES[one["place_of_use"]].eu27,
                "place_preapproved": places.PLACES[one["place_of_use"]].preapproved,
                "place_arms_embargo": places.PLACES[one["place_of_use"]].arms_embargo,
                "place_sanctions": places.PLACES[one["place_of_use"]].sanctions,
                # Asked only of a public service.
                "service_ai_rules": rules(one["service_country"]) if one["public_service"] else "none",
            }
            for one in answers["activity"]
        ],
        answers["data"],
        [{**one, "preapproved": places.PLACES[one["country"]].preapproved} for one in answers["funding"]],
        answers["ip"][0],
        answers["ethics"][0],
        answers["briefing"][0],
    )
