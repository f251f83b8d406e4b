"""Case and criteria to an assessment: what comes out, and everything that a report needs beside, in words."""

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from risk_engine.canonical import canonical, digest
from risk_engine.engine import notes
from risk_engine.engine.explain import Explainer, in_json
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found
from risk_engine.engine.problems import problems
from risk_engine.engine.profile import profile_used
from risk_engine.engine.propose import Proposed
from risk_engine.engine.rate import Rating
from risk_engine.engine.supersede import unlisted_controls
from risk_engine.engine.work import Worked, work
from risk_engine.language import ENGLISH, in_language
from risk_engine.model.assessment import SCHEMA, Assessment, Superseded
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import CriteriaUsed, LevelShown, NotInForce, Proposal
from risk_engine.model.finding import DimensionRating, Points
from risk_engine.model.ladders import Ladder, SeverityPoints, Titled
from risk_engine.model.profile import Profile
from risk_engine.version import __version__


def assess(
    case: Case,
    criteria: CriteriaSet,
    on: date | None = None,
    profile: Profile | None = None,
    *,
    in_force: bool | None = None,
    supersedes: Superseded | None = None,
) -> Assessment:
    """Assess a case under a set of criteria, as rules and tables stand on `on` (default: the case's own date).

    `in_force` says whether this is the version in force on the day (default: whether it has begun by then);
    `supersedes` names an earlier assessment of the case. The result depends on the arguments alone: it is in the
    words of the set and in English, whatever the current language. Raises what `work` raises.
    """
    return written(work(case, criteria, on, profile), in_force=in_force, supersedes=supersedes)


def written(
    worked: Worked,
    *,
    in_force: bool | None = None,
    draft: bool = False,
    supersedes: Superseded | None = None,
    words: CriteriaSet | None = None,
    language: str = ENGLISH,
) -> Assessment:
    """Return the assessment of a case that was worked out.

    `draft` says that they are none of the released versions of their set;
    `words` are the same criteria in another language, and `language` is that of the engine's own words: what comes
    out then is no record, `rendition` keeps what is different in it.
    """
    case, facts, found, day, controls = worked.case, worked.facts, worked.found, worked.on, worked.controls
    criteria = words or worked.criteria
    with in_language(language):
        source = None if words is None else Explainer(case, facts, worked.criteria)
        explainer = Explainer(case, facts, criteria, source)
        findings = tuple(explainer.finding(one) for one in found)
        roles = criteria.head.roles
        stated = stated_case(case)
        begun = criteria.head.in_force.from_ <= day
        content = {
            "schema": SCHEMA,
            "engine": __version__,
            "criteria": _criteria_used(criteria, is_in_force=begun if in_force is None else in_force, draft=draft),
            "profile": profile_used(worked.profile, criteria, day),
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
            "proposals": proposals_shown(worked.proposed, found, criteria, worked.profile),
            "ratings": tuple(_rating(one, criteria) for one in worked.ratings),
            "described": notes.described(facts, criteria, explainer),
            "findings": findings,
            "facts": explainer.written,
            "not_in_force": _not_in_force(criteria, day),
            "gaps": notes.gaps(found, criteria, facts, explainer),
            "problems": (
                *problems(case, facts, criteria, controls, explainer, worked.profile),
                *unlisted_controls(supersedes, facts, criteria, controls),
            ),
            "controls": notes.controls_shown(controls, found, criteria),
            "awareness": notes.awareness(worked.results, found, criteria, worked.review_due, explainer),
            "benefits": notes.recorded(roles.benefit, facts, explainer),
            "necessity": notes.recorded(roles.necessity, facts, explainer),
            "review_due": worked.review_due,
            "digest": "",
        }
    assessment = Assessment.model_validate(content)
    return assessment.model_copy(update={"digest": assessment_digest(assessment)})


def plain(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain JSON data; what came later than its schema stands there only where it is used."""
    content = assessment.model_dump(mode="json", by_alias=True)
    if content["supersedes"] is None:
        del content["supersedes"]
    if not content["criteria"]["draft"]:
        del content["criteria"]["draft"]
    if not content["translations"]:
        del content["translations"]
    if content["profile"] is not None and content["profile"]["profile"]["disclosure"] is None:
        del content["profile"]["profile"]["disclosure"]
    return content


def to_json(assessment: Assessment) -> bytes:
    """Return the canonical JSON of an assessment: the same bytes for the same inputs on any machine."""
    return canonical(plain(assessment))


def assessment_digest(assessment: Assessment) -> str:
    """Return the digest of an assessment: without its own digest, and without what changes nothing."""
    content = what_counts(assessment)
    del content["digest"]
    return digest(content)


def what_counts(assessment: Assessment) -> dict[str, Any]:
    """Return it as plain JSON data without what changes nothing.

    A comment above a rule moves its place in the YAML; what the texts are in other languages is kept beside them.
    """
    content = plain(assessment)
    content.pop("translations", None)
    for one in content["findings"]:
        del one["defined_at"]
    return content


def stated_case(case: Case) -> dict[str, Any]:
    """Return the case as it was stated, answers left open left out, as plain JSON data."""
    plain_case: dict[str, Any] = json.loads(case.model_dump_json(by_alias=True, exclude_none=True))
    return plain_case


def _criteria_used(criteria: CriteriaSet, *, is_in_force: bool, draft: bool) -> CriteriaUsed:
    head = criteria.head
    return CriteriaUsed(
        id=head.id,
        version=head.version,
        title=head.title,
        digest=criteria.digest,
        in_force_from=head.in_force.from_,
        in_force=is_in_force,
        draft=draft,
        dimensions={name: Titled(title=one.title, explain=one.explain) for name, one in head.dimensions.items()},
        grounds=head.grounds,
        bands=tuple(head.severity.titles.get(one, one) for one in head.severity.bands),
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
        sentence=(ladder.otherwise if one.rule is None else ladder.rules[one.rule]).sentence,
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
    return Points(at_least=low, at_most=high, band_at_least=severity.called(low), band_at_most=severity.called(high))


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
