"""Case and criteria to an assessment: the record of what came out, without a word."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, TypeAlias

import orjson

from risk_engine.engine.facts import Facts, Origin, Stated, holders, in_json, to_ask
from risk_engine.engine.find import Found, FoundOption
from risk_engine.engine.problems import problems
from risk_engine.engine.propose import Proposed, Rating, awareness
from risk_engine.engine.work import Worked, day_of, decided_by_program, work
from risk_engine.files.diagnostics import RiskEngineError, help_line, printable
from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.files.plain import canonical, digest
from risk_engine.model.assessment import (
    SCHEMA,
    Assessment,
    ControlOutcome,
    CriteriaUsed,
    DimensionOutcome,
    FindingOutcome,
    KnockOutBounds,
    LadderOutcome,
    OptionOutcome,
    PointsBounds,
    ProfileUsed,
    ResolvedFact,
    SeverityBounds,
    Superseded,
)
from risk_engine.model.case import UNKNOWN, Case, stated
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Role, SeverityPoints
from risk_engine.model.profile import Profile
from risk_engine.model.words import SEVERITIES, KnockOut, Severity
from risk_engine.version import __version__

Trace: TypeAlias = Literal["program", "reference"]
"""Who says what came out: the compiled criteria where that pays, or always the reference walk."""


def assess(  # noqa: PLR0913 (the case, by what, when, and what the versions beside it say)
    case: Case,
    criteria: Criteria,
    on: date | None = None,
    profile: Profile | None = None,
    *,
    in_force: bool | None = None,
    draft: bool | None = None,
    withdrawn: bool | None = None,
    supersedes: Superseded | None = None,
    trace: Trace = "program",
) -> Assessment:
    """Assess a case under a set of criteria, as rules and tables stand on `on` (default: the case's own date).

    `in_force` says whether this is the version in force on the day (default: whether it has begun by then and was not
    withdrawn), `draft` whether it is none of the released versions of its set, `withdrawn` whether it was withdrawn
    (default: as it was where the set was read); `supersedes` names an earlier assessment of the case. The result
    depends on the arguments alone and holds no words: `explain` makes those. Where many cases are assessed under the
    same criteria, these are compiled; `trace="reference"` never uses what was compiled, and says the same. Raises what
    `work` raises.
    """
    day = day_of(case, on)
    decided = decided_by_program(case, criteria, day, profile) if trace == "program" else None
    worked = work(case, criteria, day, profile, decided)
    return recorded(worked, in_force=in_force, draft=draft, withdrawn=withdrawn, supersedes=supersedes)


def recorded(
    worked: Worked,
    *,
    in_force: bool | None = None,
    draft: bool | None = None,
    withdrawn: bool | None = None,
    supersedes: Superseded | None = None,
) -> Assessment:
    """Return the record of a case that was worked out; the keywords are those of `assess`."""
    criteria, facts, found, day = worked.criteria, worked.facts, worked.found, worked.on
    decided = worked.decided
    may_contradict = None if decided is None else decided.contradictions
    is_withdrawn = criteria.is_withdrawn if withdrawn is None else withdrawn
    counts = criteria.head.in_force.from_ <= day and not is_withdrawn
    stated = stated_case(worked.case)
    points = _points_in(criteria.head.severity)
    profile, stated_profile = (None, None) if worked.profile is None else _profile(worked.profile)
    findings = tuple(_finding(each, facts) for each in found if each.outcome != "absent")
    used = CriteriaUsed(
        id=criteria.head.id,
        version=criteria.head.version,
        digest=criteria.digest,
        in_force_from=criteria.head.in_force.from_,
        in_force=counts if in_force is None else in_force,
        draft=criteria.is_draft if draft is None else draft,
        withdrawn=is_withdrawn,
        four_eyes=criteria.head.four_eyes,
    )
    content = {
        "schema": SCHEMA,
        "engine": __version__,
        "criteria": used,
        "profile": profile,
        "on": day,
        "case": stated,
        "case_digest": digest(stated),
        "supersedes": supersedes,
        "resolved": dict(_resolved(worked)),
        "proposals": ladder_outcomes(worked.proposed, found, criteria),
        "ratings": tuple(_rating(each, points) for each in worked.ratings),
        "findings": findings,
        "absent": tuple(each.id for each in found if each.outcome == "absent"),
        "gaps": tuple(_gaps(findings)),
        "problems": problems(
            worked.case, facts, criteria, worked.controls, worked.profile, supersedes, may_contradict, found
        ),
        "controls": tuple(
            ControlOutcome(id=name, counts_as=worked.controls[name].counts_as)
            for name in criteria.controls
            if name in worked.controls
        ),
        "awareness": awareness(worked.results, found, criteria, None if decided is None else decided.awareness),
        "review_due": worked.review_due,
    }
    # No record in it but these has a field that JSON calls otherwise or leaves out: fields are what is dumped.
    earlier = supersedes and supersedes.model_dump(mode="json")
    dumped = {"criteria": used.model_dump(mode="json"), "profile": stated_profile, "supersedes": earlier}
    sealed = digest({**content, **dumped}, attrgetter("__dict__"))
    return Assessment.model_validate({**content, "digest": sealed})


def plain(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as plain JSON data."""
    return assessment.model_dump(mode="json", by_alias=True)


def to_json(assessment: Assessment) -> bytes:
    """Return the canonical JSON of an assessment: the same bytes for the same inputs on any machine."""
    return canonical(plain(assessment))


def assessment_digest(assessment: Assessment) -> str:
    """Return the digest of an assessment: of everything in it but the digest itself."""
    return digest(assessment.model_dump(mode="json", by_alias=True, exclude={"digest"}))


def is_intact(assessment: Assessment) -> bool:
    """Return whether a stored assessment fits its digest; of one that was forged with it, `verify` tells."""
    return assessment_digest(assessment) == assessment.digest


def stated_case(case: Case) -> dict[str, Any]:
    """Return the case as it was stated, answers left open left out, as plain JSON data."""
    plain_case: dict[str, Any] = orjson.loads(case.model_dump_json(by_alias=True, exclude_none=True))
    return plain_case


@once
def _profile(profile: Profile) -> tuple[ProfileUsed, dict[str, Any]]:
    """Return the profile as a record holds it, and the same as plain JSON data."""
    stated = profile.model_dump(mode="json", by_alias=True, exclude_none=True)
    used = ProfileUsed(profile=profile, digest=digest(stated))
    return used, used.model_dump(mode="json", by_alias=True)


def _resolved(worked: Worked) -> Iterator[tuple[str, ResolvedFact]]:
    """Yield the facts that are not as the case states them; of those that nobody knows, where the case states one."""
    facts = worked.facts
    values: dict[tuple[str, str | None], Mapping[str, Stated]] = {}
    for name in worked.criteria.entities:
        values |= {(name, entry.id): entry.values for entry in holders(facts, name)}
    for read, origin in facts.origins.items():
        if origin == "case" or (origin == "missing" and stated(worked.case, read) is None):
            continue
        value = () if read.fact is None else values[read.entity, read.entry][read.fact]
        # A list is of one record alone: whoever changes it, changes no other.
        is_list = value.__class__ is tuple
        yield read.path(), (_resolved_fact.__wrapped__ if is_list else _resolved_fact)(value, origin)


@lru_cache(maxsize=1024, typed=True)
def _resolved_fact(value: Stated, origin: Origin) -> ResolvedFact:
    assert origin != "case"  # noqa: S101 (what the case states is not recorded twice)
    return ResolvedFact(value=in_json(value), origin=origin)


def _finding(found: Found, facts: Facts) -> FindingOutcome:
    return FindingOutcome(
        id=found.id,
        outcome="present" if found.outcome == "present" else "undetermined",
        inherent=found.inherent,
        possible=found.possible,
        residual=_severities(*found.residual),
        expected=_severities(*found.expected),
        knock_out=_knock_outs(*found.knock_out),
        knock_out_before=_knock_outs(*found.knock_out_before),
        open=found.open,
        reads=tuple(read.path() for read in found.reads),
        bars=tuple(read.path() for read in found.bars),
        missing=to_ask(found.missing, facts),
        options=tuple(map(_option, found.options)),
    )


@lru_cache
def _severities(at_least: Severity, at_most: Severity) -> SeverityBounds:
    return SeverityBounds(at_least=at_least, at_most=at_most)


@lru_cache
def _knock_outs(at_least: KnockOut, at_most: KnockOut) -> KnockOutBounds:
    return KnockOutBounds(at_least=at_least, at_most=at_most)


def _option(found: FoundOption) -> OptionOutcome:
    return OptionOutcome(
        counts="unknown" if found.counts is None else "yes" if found.counts else "no",
        lacking=found.lacking,
        residual=found.residual,
    )


def _gaps(findings: Sequence[FindingOutcome]) -> list[str]:
    """Return the paths of the answers that are missing and could raise a finding, the weightiest first."""
    weight: dict[str, int] = {}
    for finding in findings:
        for path in finding.missing:
            weight[path] = max(weight.get(path, 0), SEVERITIES.index(finding.possible))
    return sorted(weight, key=lambda path: (-weight[path], path))


def ladder_outcomes(
    proposed: Sequence[Proposed], found: Sequence[Found], criteria: Criteria
) -> tuple[LadderOutcome, ...]:
    """Return what the ladders propose, with the findings that it rests on; the gate first."""
    by_role = criteria.head.roles.by_role
    # Where a ladder plays two parts, the headline counts, else the gate.
    role_of = {by_role[role]: role for role in ("escalation", "gate", "headline") if role in by_role}
    order = [*by_role, None]
    made = [_proposal(each, role_of.get(each.ladder), found, criteria) for each in proposed]
    return tuple(sorted(made, key=lambda proposal: order.index(proposal.role)))


def _proposal(proposed: Proposed, role: Role | None, found: Sequence[Found], criteria: Criteria) -> LadderOutcome:
    order = tuple(criteria.ladders[proposed.ladder].levels)
    return LadderOutcome(
        ladder=proposed.ladder,
        role=role,
        level=proposed.level,
        provisional=proposed.provisional,
        range=order[order.index(proposed.lowest) : order.index(proposed.highest) + 1],
        rule="otherwise" if proposed.rule is None else f"rules.{proposed.rule}",
        findings=_findings_of(proposed, found, criteria),
        levels=order,
    )


def _findings_of(proposed: Proposed, found: Sequence[Found], criteria: Criteria) -> tuple[str, ...]:
    """Return the findings that a deciding rule rests on: those it read, and all of a dimension that it read."""
    named = {read.entry for read in proposed.reads if read.entity == "finding"}
    rated = [read.entry for read in proposed.reads if read.entity == "dimension" and read.entry is not None]
    dimensions = {under for name in rated for under in criteria.head.rated_under(name)}
    return tuple(
        item.id
        for item in found
        if item.outcome != "absent" and (item.id in named or item.indicator.dimension in dimensions)
    )


def _rating(rating: Rating, points: Callable[[tuple[int, int]], PointsBounds]) -> DimensionOutcome:
    return DimensionOutcome(
        dimension=rating.dimension,
        inherent=points(rating.inherent),
        residual=points(rating.residual),
        expected=points(rating.expected),
        capped_at_least=rating.capped[0],
        capped_at_most=rating.capped[1],
    )


@once
def _points_in(severity: SeverityPoints) -> Callable[[tuple[int, int]], PointsBounds]:
    """Return what makes the points of a record under a set, with their bands."""

    @lru_cache(maxsize=1024)
    def points(bounds: tuple[int, int]) -> PointsBounds:
        low, high = bounds
        return PointsBounds(
            at_least=low, at_most=high, band_at_least=severity.band(low), band_at_most=severity.band(high)
        )

    return points


# --- an assessment in the place of an earlier one ---


def superseded(old: Assessment, criteria: Criteria) -> Superseded:
    """Return what a new assessment under `criteria` says about the one that it takes the place of."""
    # Few assessments take the place of another.
    from risk_engine.model.former_names import stated_today

    wanted = {one.records.fact for one in criteria.controls.values() if one.records is not None}
    # It may have been made under a version with other names.
    answers = (stated_today(path, value, criteria, old.on) for path, value in _answers(old))
    held = {path: in_json(value) for path, value in answers if value != UNKNOWN and value is not None}
    return Superseded(
        digest=old.digest,
        on=old.on,
        recorded={path: value for path, value in held.items() if _fact(path) in wanted},
        version=f"{old.criteria.id} {old.criteria.version}",
        levels={one.ladder: one.level for one in old.proposals},
        open={one.ladder: _outer(one) for one in old.proposals if one.provisional},
        held=held,
    )


def _outer(proposal: LadderOutcome) -> tuple[str, str]:
    """Return the mildest and the strictest level that a proposal may come to, its own level among them."""
    reached = [name for name in proposal.levels if name in {*proposal.range, proposal.level}] or [proposal.level]
    return reached[0], reached[-1]


def check_supersedes(old: Assessment, case: Case, on: date | None) -> None:
    """Raise RiskEngineError unless an assessment of `case` on that day (or its own) can take the place of `old`."""
    if old.case_id != case.id:
        message = _(
            "the assessment to supersede is of the case `{other}`, this is `{case}`", other=old.case_id, case=case.id
        )
        raise RiskEngineError(printable(message) + help_line(_("a case keeps its `id:` when it changes")))
    day = on or case.assessment_date
    if day is not None and old.on > day:
        message = _("the assessment to supersede is of {earlier}, after {day}", earlier=old.on, day=day)
        raise RiskEngineError(message + help_line(_("a new assessment is of the same day or a later one")))


def _answers(old: Assessment) -> Iterator[tuple[str, Any]]:
    """Yield path and value of every fact of an assessment, stated or filled in.

    What an assessment from a file holds there has no type: a part that is no answer is passed over.
    """
    for entity, content in old.case.items():
        for entry in content if isinstance(content, list | tuple) else (content,):
            if isinstance(entry, dict):
                named = f"{entity}.{entry['id']}" if "id" in entry else entity
                yield from ((f"{named}.{fact}", value) for fact, value in entry.items() if fact != "id")
    yield from ((path, resolved.value) for path, resolved in old.resolved.items() if resolved.origin != "missing")


def _fact(path: str) -> str:
    """Return `entity.fact` of a path."""
    parts = path.split(".")
    return f"{parts[0]}.{parts[-1]}"
