"""Case and criteria to an assessment: resolve, find, rate, propose, and everything a report needs beside."""

import calendar
import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

from risk_engine.canonical import canonical, digest
from risk_engine.diagnostics import RiskEngineError, help_line
from risk_engine.engine import notes
from risk_engine.engine.controls import control_states
from risk_engine.engine.explain import Explainer, in_json
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, find
from risk_engine.engine.profile import profile_used
from risk_engine.engine.propose import Proposed, propose, with_results
from risk_engine.engine.rate import Rating, rate
from risk_engine.engine.resolve import resolve
from risk_engine.engine.supersede import unlisted_controls
from risk_engine.language import ENGLISH, _, in_language
from risk_engine.model.assessment import (
    SCHEMA,
    Assessment,
    CriteriaUsed,
    DimensionRating,
    LevelShown,
    NotInForce,
    Points,
    Proposal,
    Superseded,
)
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.ladders import Ladder, SeverityPoints
from risk_engine.model.profile import Profile
from risk_engine.version import __version__


def assess(  # noqa: PLR0913 (what a result depends on)
    case: Case,
    criteria: CriteriaSet,
    on: date | None = None,
    profile: Profile | None = None,
    *,
    in_force: bool | None = None,
    supersedes: Superseded | None = None,
    language: str = ENGLISH,
) -> Assessment:
    """Assess a case under a set of criteria, as rules and tables stand on `on` (default: the case's own date).

    `in_force` says whether this is the version in force on the day (default: whether it has begun by then);
    `supersedes` names an earlier assessment of the case. The result depends on the arguments alone. Its own words are
    English in every record; in another `language` it is for `engine.rendition` to compare. Raises RiskEngineError if
    there is no date; InvalidCaseError where answers rule out questions that are answered; NotInForceError if a
    parameter has no value on the day.
    """
    day = on or case.assessment_date
    if day is None:
        way_out = help_line(_("add `assessment_date:`, or name a day with `--on`"))
        raise RiskEngineError(_("the case has no assessment date") + way_out)
    facts = resolve(case, criteria, day, profile)
    controls = control_states(case, day)
    found = find(facts, criteria, day, controls, profile)
    ratings = rate(found, criteria.head)
    results = with_results(facts, found, ratings, criteria)
    proposed = propose(results, criteria)
    review_due = _months_later(day, min(_review_months(criteria, one, facts) for one in proposed))
    # What users get wrong is said before this, in the language that they read.
    with in_language(language):
        explainer = Explainer(case, facts, criteria)
        findings = tuple(explainer.finding(one) for one in found)
        roles = criteria.head.roles
        stated = stated_case(case)
        begun = criteria.head.in_force.from_ <= day
        content = {
            "schema": SCHEMA,
            "engine": __version__,
            "criteria": _criteria_used(criteria, is_in_force=begun if in_force is None else in_force),
            "profile": profile_used(profile, criteria, day),
            "on": day,
            "case_id": case.id,
            "case_title": case.title,
            "institution": case.institution,
            "assessor": case.assessor,
            "case": stated,
            "case_digest": digest(stated),
            "supersedes": supersedes,
            "resolved": _resolved(facts, explainer),
            "entries": notes.entries_shown(facts, criteria, explainer),
            "proposals": proposals_shown(proposed, found, criteria, profile),
            "ratings": tuple(_rating(one, criteria) for one in ratings),
            "described": notes.described(facts, criteria, explainer),
            "findings": findings,
            "facts": explainer.written,
            "not_in_force": _not_in_force(criteria, day),
            "gaps": notes.gaps(found, criteria, facts, explainer),
            "problems": (
                *notes.problems(case, facts, criteria, controls, explainer, profile),
                *unlisted_controls(supersedes, facts, criteria, controls),
            ),
            "controls": notes.controls_shown(controls, found, criteria),
            "awareness": notes.awareness(results, found, criteria, review_due, explainer),
            "benefits": notes.recorded(roles.benefit, facts, explainer),
            "necessity": notes.recorded(roles.necessity, facts, explainer),
            "review_due": review_due,
            "digest": "",
        }
    assessment = Assessment.model_validate(content)
    return assessment.model_copy(update={"digest": assessment_digest(assessment)})


def plain(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain JSON data; what came later than its schema stands there only where it is used."""
    content = assessment.model_dump(mode="json", by_alias=True)
    if content["supersedes"] is None:
        del content["supersedes"]
    if content["profile"] is not None and content["profile"]["profile"]["disclosure"] is None:
        del content["profile"]["profile"]["disclosure"]
    return content


def to_json(assessment: Assessment) -> bytes:
    """Return the canonical JSON of an assessment: the same bytes for the same inputs on any machine."""
    return canonical(plain(assessment))


def assessment_digest(assessment: Assessment) -> str:
    """Return the digest of an assessment: without its own digest, and without places in the YAML."""
    content = without_places(assessment)
    del content["digest"]
    return digest(content)


def without_places(assessment: Assessment) -> dict[str, Any]:
    """Return it as plain JSON data without places in the YAML: a comment above a rule moves it and changes nothing."""
    content = plain(assessment)
    for one in content["findings"]:
        del one["defined_at"]
    return content


def stated_case(case: Case) -> dict[str, Any]:
    """Return the case as it was stated, answers left open left out, as plain JSON data."""
    plain_case: dict[str, Any] = json.loads(case.model_dump_json(by_alias=True, exclude_none=True))
    return plain_case


def _review_months(criteria: CriteriaSet, proposed: Proposed, facts: Facts) -> int:
    """Return after how many months the level that a ladder proposes asks for another look."""
    months = facts.operand(criteria.ladders[proposed.ladder].levels[proposed.level].review_months)
    return cast("int", months)  # checked when the set and the profile were loaded


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month; the calendar ends with 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _criteria_used(criteria: CriteriaSet, *, is_in_force: bool) -> CriteriaUsed:
    head = criteria.head
    return CriteriaUsed(
        id=head.id,
        version=head.version,
        title=head.title,
        digest=criteria.digest,
        in_force_from=head.in_force.from_,
        in_force=is_in_force,
        dimensions=head.dimensions,
        grounds=head.grounds,
        bands=tuple(head.severity.bands),
        notice=head.notice,
        challenge=head.challenge,
        four_eyes=head.four_eyes,
    )


def _resolved(facts: Facts, explainer: Explainer) -> dict[str, Any]:
    filled = {"table", "profile", "not_asked"}
    return {
        read.path(): {"value": in_json(explainer.value(read)), "origin": origin}
        for read, origin in facts.origins.items()
        if origin in filled
    }


def proposals_shown(
    proposed: Sequence[Proposed], found: Sequence[Found], criteria: CriteriaSet, profile: Profile | None = None
) -> tuple[Proposal, ...]:
    """Return the proposals with the gate first: whether it may start comes before how."""
    four_eyes = (*criteria.head.four_eyes, *(profile.four_eyes if profile else ()))
    asked = {(one.ladder, one.level) for one in four_eyes}
    roles = criteria.head.roles
    role_of = {roles.escalation: "escalation", roles.gate: "gate", roles.headline: "headline"}
    order = ["gate", "headline", "escalation", None]
    shown = [_proposal(one, role_of.get(one.ladder), found, criteria, asked) for one in proposed]
    return tuple(sorted(shown, key=lambda one: order.index(one.role)))


def _proposal(
    one: Proposed, role: Any, found: Sequence[Found], criteria: CriteriaSet, asked: Collection[tuple[str, str]]
) -> Proposal:
    ladder = criteria.ladders[one.ladder]
    order = list(ladder.levels)
    between = order[order.index(one.lowest) : order.index(one.highest) + 1]
    return Proposal(
        ladder=one.ladder,
        title=ladder.title,
        question=ladder.question,
        role=role,
        level=level_shown(ladder, one.level),
        provisional=one.provisional,
        range=tuple(level_shown(ladder, name) for name in between),
        rule="otherwise" if one.rule is None else f"rules.{one.rule}",
        sentence=one.sentence,
        findings=_findings_of(one, found),
        ladder_levels=tuple(order),
        four_eyes=(one.ladder, one.level) in asked,
    )


def level_shown(ladder: Ladder, name: str) -> LevelShown:
    """Return a level of a ladder with the words that readers see."""
    level = ladder.levels[name]
    return LevelShown(name=name, title=level.title, answer=level.answer, explain=level.explain, equals=level.equals)


def _findings_of(one: Proposed, found: Sequence[Found]) -> tuple[str, ...]:
    """Return the findings that a deciding rule rests on: those it read, and all of a dimension that it read."""
    named = {read.entry for read in one.reads if read.entity == "finding"}
    dimensions = {read.entry for read in one.reads if read.entity == "dimension"}
    return tuple(
        item.id
        for item in found
        if item.outcome != "absent" and (item.id in named or item.indicator.dimension in dimensions)
    )


def _rating(rating: Rating, criteria: CriteriaSet) -> DimensionRating:
    severity = criteria.head.severity
    return DimensionRating(
        dimension=rating.dimension,
        title=criteria.head.dimensions[rating.dimension].title,
        inherent=_points(rating.inherent, severity),
        residual=_points(rating.residual, severity),
        expected=_points(rating.expected, severity),
        capped_at_least=rating.capped[0],
        capped_at_most=rating.capped[1],
    )


def _points(bounds: tuple[int, int], severity: SeverityPoints) -> Points:
    low, high = bounds
    return Points(at_least=low, at_most=high, band_at_least=severity.band(low), band_at_most=severity.band(high))


def _not_in_force(criteria: CriteriaSet, day: date) -> tuple[NotInForce, ...]:
    return tuple(
        NotInForce(
            id=name,
            title=indicator.title,
            effective_from=indicator.effective.from_,
            effective_until=indicator.effective.until,
        )
        for name, indicator in criteria.indicators.items()
        if not indicator.effective.covers(day)
    )
