"""An assessment and its criteria to an explanation: every word, made in one language when somebody reads.

The record is the truth: what it says of an outcome is not worked out again, only put in words. Of an absent finding it
holds the id alone, so what that one read is looked up in the criteria.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from risk_engine.engine import notes
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.explainer import Explainer
from risk_engine.engine.facts import Read, in_json
from risk_engine.engine.find import absent_reads
from risk_engine.engine.problems import answered_though_closed, deciding, problem_shown
from risk_engine.engine.work import Recalled, lacks, read_at, recall, unfit
from risk_engine.files.language import ENGLISH, _, current, in_language, languages
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import (
    Assessment,
    DimensionOutcome,
    FindingOutcome,
    KnockOutBounds,
    LadderOutcome,
    OptionOutcome,
    PointsBounds,
    SeverityBounds,
)
from risk_engine.model.criteria import Criteria, Indicator, Option
from risk_engine.model.explanation import (
    CriteriaShown,
    DimensionRating,
    Explanation,
    Finding,
    LevelShown,
    MovedFact,
    NotInForce,
    OptionState,
    Points,
    Problem,
    ProfileShown,
    Proposal,
)
from risk_engine.model.ladders import Ladder, LevelRef, Titled
from risk_engine.model.profile import parameters_on
from risk_engine.model.translation import Told

_NOTHING: dict[str, Any] = {
    "inherent": "none",
    "possible": "none",
    "residual": SeverityBounds(at_least="none", at_most="none"),
    "expected": SeverityBounds(at_least="none", at_most="none"),
    "knock_out": KnockOutBounds(at_least="none", at_most="none"),
    "knock_out_before": KnockOutBounds(at_least="none", at_most="none"),
}
"""What is certainly not there: nothing bars it, nothing could raise it, and nothing needs to lower it."""


def explain(assessment: Assessment, criteria: Criteria, language: str | None = None) -> Explanation:
    """Return an assessment in words; `criteria` are those that it was made under.

    Without a language it is the current one. What the set does not say in it stands in the set's own words, and
    `is_translated` says so. Raises UnfitRecordError where the criteria are others, or do not have what the record
    names; InvalidSourceError with every problem of their translation.
    """
    return explained(assessment, told_in(criteria, language or current()))


def explained(assessment: Assessment, told: Told) -> Explanation:
    """Return an assessment in the words of criteria as they are read in a language; else as `explain`."""
    recalled = recall(assessment, told.criteria)
    with in_language(told.language if told.language in languages() else ENGLISH):
        try:
            return _Writer(assessment, recalled, told).explanation()
        except (LookupError, ValueError) as error:
            # A record names ids of its criteria in a hundred places; in one of them it names what they do not have.
            raise unfit(str(error).strip("'\"")) from error


class _Finding(NamedTuple):
    """One finding with the facts that it read; `outcome` is None of an absent one."""

    id: str
    outcome: FindingOutcome | None
    reads: tuple[Read, ...]


class _Writer:
    """Puts one assessment in words."""

    def __init__(self, assessment: Assessment, recalled: Recalled, told: Told) -> None:
        self.assessment = assessment
        self.recalled = recalled
        self.told = told
        self.criteria = told.words
        self.explainer = Explainer(recalled.case, recalled.facts, told.words)
        is_own = told.words is told.criteria
        self.own = self.explainer if is_own else Explainer(recalled.case, recalled.facts, told.criteria)
        """Writes in the set's own words."""

    def explanation(self) -> Explanation:
        assessment, criteria, facts = self.assessment, self.criteria, self.recalled.facts
        roles, case = criteria.head.roles, self.recalled.case
        proposed = {proposal.ladder for proposal in assessment.proposals}
        for ladder in criteria.ladders:
            if ladder not in proposed:
                raise lacks(ladder)
        findings = tuple(self._finding(finding) for finding in self._in_order())
        return Explanation(
            language=self.told.language,
            is_translated=self.told.language == ENGLISH or self.told.translation is not None,
            engine=assessment.engine,
            criteria=self._criteria(),
            profile=self._profile(),
            on=assessment.on,
            case_id=case.id,
            case_title=case.title,
            institution=case.institution,
            assessor=case.assessor,
            case=assessment.case,
            case_digest=assessment.case_digest,
            supersedes=assessment.supersedes,
            resolved={path: fact for path, fact in assessment.resolved.items() if fact.origin != "missing"},
            entries=notes.entries_shown(facts, criteria, self.explainer),
            proposals=proposals_shown(assessment.proposals, criteria, assessment.four_eyes()),
            ratings=tuple(_rating(rating, criteria) for rating in assessment.ratings),
            described=notes.described(facts, criteria, self.explainer),
            findings=findings,
            facts=self.explainer.written,
            not_in_force=tuple(_not_in_force(assessment, criteria)),
            gaps=notes.gaps(assessment, self.explainer),
            problems=tuple(self._problems()),
            controls=notes.controls_shown(assessment, self.recalled.controls, criteria),
            awareness=tuple(notes.note(outcome, assessment, self.explainer) for outcome in assessment.awareness),
            benefits=notes.recorded(roles.benefit, facts, self.explainer),
            necessity=notes.recorded(roles.necessity, facts, self.explainer),
            review_due=assessment.review_due,
            moved=tuple(self._moved()),
            digest=assessment.digest,
        )

    def _moved(self) -> Iterator[MovedFact]:
        """Yield the facts that are not as the assessment held them which this one takes the place of."""
        before = self.assessment.supersedes.held if self.assessment.supersedes else {}
        if not before:
            return
        facts = self.recalled.facts
        now = {
            read.path(): (in_json(self.explainer.value(read)), origin)
            for read, origin in facts.origins.items()
            if read.fact is not None and origin != "missing"
        }
        for path in dict.fromkeys((*before, *now)):
            was = before.get(path)
            value, origin = now.get(path, (None, "case"))
            # What nobody is asked any more follows from other answers, which are told.
            if was == value or origin not in {"case", "table"} or (was is None and origin == "table"):
                continue
            entity, *_entry, short = path.split(".")
            known = self.criteria.entities.get(entity)
            fact = known.facts.get(short) if known else None
            if fact is not None:
                yield MovedFact(
                    path=path,
                    question=self.criteria.title_of(path),
                    before=None if was is None else self.criteria.shown(fact, was),
                    after=None if value is None else self.criteria.shown(fact, value),
                    is_from_table=origin == "table",
                    confidential=fact.confidential,
                )

    def _problems(self) -> Iterator[Problem]:
        """Yield what does not fit in the record, and of contradictions whether the result hangs on them."""
        assessment, recalled = self.assessment, self.recalled
        decisive: Mapping[str | Read, tuple[str, ...]] = {}
        if any(one.kind in {"contradiction", "superfluous_contradicts"} for one in assessment.problems):
            decisive = deciding(recalled.case, self.told.criteria, assessment.on, recalled.profile)
        for one in (*assessment.problems, *answered_though_closed(recalled.case, recalled.facts)):
            yield problem_shown(
                one, recalled.case, self.explainer, recalled.profile, assessment.supersedes, decisive=decisive
            )

    def _in_order(self) -> Iterator[_Finding]:
        """Yield the findings of the record in the order of the set."""
        facts = self.recalled.facts
        there = {finding.id: finding for finding in self.assessment.findings}
        absent = set(self.assessment.absent)
        for name in [*there, *absent]:
            if name not in self.criteria.indicators:
                raise unfit(name)
        for name, indicator in self.criteria.indicators.items():
            if finding := there.get(name):
                yield _Finding(name, finding, tuple(read_at(path, facts) for path in finding.reads))
            elif name in absent:
                yield _Finding(name, None, absent_reads(indicator, facts))

    def _finding(self, finding: _Finding) -> Finding:
        indicator, outcome = self.criteria.indicators[finding.id], finding.outcome
        sources = self.explainer.sources("indicators", finding.id)
        facts, read = self.recalled.facts, self.explainer.read
        reads = tuple(read(each) for each in finding.reads)
        bars = tuple(read(read_at(path, facts)) for path in outcome.bars) if outcome else ()
        held = _NOTHING if outcome is None else {name: getattr(outcome, name) for name in _NOTHING}
        return Finding(
            id=finding.id,
            title=indicator.title,
            dimension=indicator.dimension,
            ground=indicator.ground,
            outcome=outcome.outcome if outcome else "absent",
            **held,
            open=outcome.open if outcome else False,
            entries=tuple(dict.fromkeys(f"{one.entity}.{one.entry}" for one in finding.reads if one.entry is not None)),
            reads=reads,
            bars=bars,
            missing=outcome.missing if outcome else (),
            # The sentences say what was recorded: of anything but a present finding they would be untrue
            # (docs/decisions/0007).
            because=self._because(finding) if outcome and outcome.outcome == "present" else (),
            question=indicator.question,
            reason=indicator.reason,
            wanted_evidence=indicator.evidence,
            options=self._options(indicator, outcome.options) if outcome else (),
            irreducible=indicator.irreducible if outcome and _nothing_counts(outcome) else None,
            sources=sources,
            only_unverified=not any(one.verified for one in sources),
            defined_at=self.criteria.places.get(finding.id, ""),
        )

    def _options(self, indicator: Indicator, outcomes: Sequence[OptionOutcome]) -> tuple[OptionState, ...]:
        kinds = self.criteria.head.evidence_kinds
        return tuple(
            OptionState(
                **dict(one),
                controls=option.all,
                complete=not one.lacking,
                needs=tuple(kinds[kind] for kind in option.needs),
                answers=tuple(self._answers(option)),
                condition=self._condition(option, one),
            )
            for option, one in zip(indicator.controls, outcomes, strict=True)
        )

    def _answers(self, option: Option) -> Iterator[str]:
        """Yield the paths of the answers that an option without controls rests on; what is missing is not told."""
        if option.when is not None and not option.all:
            truth = evaluate(option.when, self.recalled.facts)
            yield from (one.path() if truth.value is None else self.explainer.read(one) for one in truth.reads)

    def _condition(self, option: Option, outcome: OptionOutcome) -> str:
        """Return in words which answers would let an option without controls count; empty where they do."""
        if option.when is None or option.all or outcome.counts == "yes":
            return ""
        from risk_engine.engine.sentences import Sentences  # few sets have such options

        criteria, on, used = self.criteria, self.assessment.on, self.assessment.profile
        values = parameters_on(criteria, on, used.profile if used else None)
        return Sentences(
            criteria.entities,
            criteria.definitions,
            words=lambda name: _("“{text}”", text=criteria.title_of(name)),
            parameters=values,
        ).of(option.when)

    def _because(self, finding: _Finding) -> tuple[str, ...]:
        """Return the indicator's sentences, each once for every entry that made the finding so.

        Which of them are the same, the set's own words say: in another language there are then as many.
        """
        lines = self.explainer.lines(self.criteria.indicators[finding.id], finding.reads)
        own = lines
        if self.own is not self.explainer:
            own = self.own.lines(self.told.criteria.indicators[finding.id], finding.reads)
        first: dict[str, str] = {}
        for written, line in zip(own, lines, strict=True):
            first.setdefault(written, line)
        return tuple(first.values())

    def _criteria(self) -> CriteriaShown:
        used, head = self.assessment.criteria, self.criteria.head
        return CriteriaShown(
            **dict(used),
            withdrawn_since=self.told.criteria.is_withdrawn and not used.withdrawn,
            title=head.title,
            dimensions={name: Titled(title=one.title, explain=one.explain) for name, one in head.dimensions.items()},
            grounds=head.grounds,
            bands=tuple(head.severity.titles.get(band, band) for band in head.severity.bands),
            notice=head.notice,
            challenge=head.challenge,
        )

    def _profile(self) -> ProfileShown | None:
        used = self.assessment.profile
        if used is None:
            return None
        changed = tuple(notes.overrides(used.profile, self.criteria, self.assessment.on))
        return ProfileShown(**dict(used), overrides=changed)


def proposals_shown(
    outcomes: Sequence[LadderOutcome], criteria: Criteria, four_eyes: Sequence[LevelRef]
) -> tuple[Proposal, ...]:
    """Return what ladders propose in the words of the criteria; `four_eyes` are the levels that two people decide."""
    asked = {(ref.ladder, ref.level) for ref in four_eyes}
    return tuple(_proposal(outcome, criteria.ladders[outcome.ladder], asked) for outcome in outcomes)


def _proposal(outcome: LadderOutcome, ladder: Ladder, asked: set[tuple[str, str]]) -> Proposal:
    levels = {name: level_shown(ladder, name) for name in ladder.levels}
    return Proposal(
        ladder=outcome.ladder,
        title=ladder.title,
        question=ladder.question,
        role=outcome.role,
        level=levels[outcome.level],
        provisional=outcome.provisional,
        range=tuple(levels[name] for name in outcome.range),
        rule=outcome.rule,
        sentence=sentence_of(outcome, ladder),
        findings=outcome.findings,
        levels=tuple(levels.values()),
        four_eyes=(outcome.ladder, outcome.level) in asked,
    )


def sentence_of(outcome: LadderOutcome, ladder: Ladder) -> str:
    """Return what the rule that decided says."""
    if outcome.rule == "otherwise":
        return ladder.otherwise.sentence
    return ladder.rules[int(outcome.rule.removeprefix("rules."))].sentence


def level_shown(ladder: Ladder, name: str) -> LevelShown:
    """Return a level of a ladder with the words that readers see."""
    level = ladder.levels[name]
    return LevelShown(name=name, title=level.title, answer=level.answer, explain=level.explain, equals=level.equals)


def _rating(outcome: DimensionOutcome, criteria: Criteria) -> DimensionRating:
    bands: Mapping[str, str] = {
        band: criteria.head.severity.titles.get(band, band) for band in criteria.head.severity.bands
    }
    return DimensionRating(
        dimension=outcome.dimension,
        title=criteria.head.dimensions[outcome.dimension].title,
        inherent=_points(outcome.inherent, bands),
        residual=_points(outcome.residual, bands),
        expected=_points(outcome.expected, bands),
        capped_at_least=outcome.capped_at_least,
        capped_at_most=outcome.capped_at_most,
    )


def _points(bounds: PointsBounds, bands: Mapping[str, str]) -> Points:
    return Points(
        at_least=bounds.at_least,
        at_most=bounds.at_most,
        band_at_least=bands[bounds.band_at_least],
        band_at_most=bands[bounds.band_at_most],
    )


def _nothing_counts(outcome: FindingOutcome) -> bool:
    return all(option.counts == "no" for option in outcome.options)


def _not_in_force(assessment: Assessment, criteria: Criteria) -> Iterator[NotInForce]:
    for name, indicator in criteria.indicators.items():
        if not indicator.effective.covers(assessment.on):
            yield NotInForce(
                id=name,
                title=indicator.title,
                effective_from=indicator.effective.from_,
                effective_until=indicator.effective.until,
            )
