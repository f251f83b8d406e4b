"""What became of all cases, in numbers and with the words that a report prints."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from risk_engine.audit.diff.renames import in_other_names
from risk_engine.audit.impact.moves import LadderPair
from risk_engine.audit.impact.stored_cases import Pair, Side
from risk_engine.files.language import _, ngettext
from risk_engine.loading.case import same_id
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.comparison import (
    CaseImpact,
    Counts,
    Course,
    Courses,
    FindingTally,
    Flow,
    ImpactReport,
    LadderCompared,
    LevelTitle,
    Names,
    RefusalKind,
    Tally,
    Unreplayed,
    VersionUsed,
)
from risk_engine.model.criteria import Criteria
from risk_engine.version import __version__


@dataclass(frozen=True)
class Outcome:
    """What became of one case: an impact, a problem in words, or nothing because the file holds no case."""

    impact: CaseImpact | None = None
    problem: Unreplayed | None = None
    is_no_case: bool = False
    digest: str | None = None
    supersedes: str | None = None


def summary(
    outcomes: Sequence[Outcome], notes: Sequence[str], pair: Pair, ladders: Sequence[LadderPair]
) -> ImpactReport:
    """Return the report on all cases, in the order in which they were read."""
    replaced = {one.supersedes for one in outcomes if one.supersedes is not None}
    cases = tuple(one.impact for one in outcomes if one.impact is not None and one.digest not in replaced - {None})
    problems = tuple(one.problem for one in outcomes if one.problem is not None)
    new = criteria_in_words(pair.after.criteria)
    old = in_other_names(criteria_in_words(pair.before.as_it_is), pair.renames, new)
    compared = [one for one in cases if one.group == "compared"]
    remains = [one.remaining for one in cases if one.group == "newly_asked" and one.remaining is not None]
    institution = pair.after.profile.institution if pair.after.profile else None
    return ImpactReport(
        engine=__version__,
        before=_used(pair.before, old, sum(not one.in_force_before for one in cases)),
        after=_used(pair.after, new, sum(not one.in_force_after for one in cases)),
        on=pair.on,
        profile=institution,
        counts=Counts(
            cases=len(cases),
            compared=_courses(one.course for one in compared),
            other_reasons=sum(one.course == "same" and bool(one.findings) for one in compared),
            newly_asked=len(remains),
            least=_courses(one.least_course for one in remains),
            most=_courses(one.most_course for one in remains),
            refused=sum(one.group == "refused" for one in cases),
            problems=len(problems),
        ),
        ladders=tuple(_compared(one, old, new) for one in ladders),
        ladders_gone=_titles(old, {one.before for one in ladders}),
        ladders_new=_titles(new, {one.after for one in ladders}),
        flows=tuple(flow for one in ladders for flow in _flows(one, cases)),
        findings=tuple(_findings(compared)),
        asked=_tallies({(_fact(path), None) for path in one.asked} for one in cases if one.group == "newly_asked"),
        refused=_tallies({(_fact(each.path), each.why) for each in one.refused} for one in cases),
        cases=cases,
        names=_names(cases, old, new),
        notes=(*_renamed(pair), *notes, *_notes(outcomes, replaced), *_of_one_id(cases)),
        problems=problems,
    )


def _renamed(pair: Pair) -> Iterator[str]:
    if pair.renames:
        names = ", ".join(f"`{one.before}` → `{one.after}`" for one in pair.renames.told)
        yield _("{version} calls otherwise, and that is the same here: {names}", version=pair.after, names=names)


def _used(side: Side, words: Criteria, outside: int) -> VersionUsed:
    head = words.head
    return VersionUsed(
        id=head.id,
        version=head.version,
        title=head.title,
        digest=side.as_it_is.digest,
        in_force_from=head.in_force.from_,
        in_force_until=side.until,
        withdrawn=side.criteria.is_withdrawn,
        cases_outside=outside,
    )


def _courses(several: Iterable[Course]) -> Courses:
    found = Counter(several)
    return Courses.model_validate(found)


def _compared(pair: LadderPair, old: Criteria, new: Criteria) -> LadderCompared:
    before, after = old.ladders[pair.before], new.ladders[pair.after]
    titles = {name: level.title for name, level in (*before.levels.items(), *after.levels.items())}
    sentences = [
        {
            **{f"rules.{number}": rule.sentence for number, rule in enumerate(each.rules)},
            "otherwise": each.otherwise.sentence,
        }
        for each in (before, after)
    ]
    return LadderCompared(
        ladder=pair.after,
        role=pair.role,
        title=after.title,
        levels=tuple(LevelTitle(name=one, title=titles[one]) for one in pair.levels),
        sentences_before=sentences[0],
        sentences_after=sentences[1],
    )


def _titles(criteria: Criteria, known: set[str]) -> tuple[str, ...]:
    return tuple(one.title for name, one in criteria.ladders.items() if name not in known)


def _flows(pair: LadderPair, cases: Sequence[CaseImpact]) -> Iterator[Flow]:
    """Yield how many cases went where, the mildest first; the groups counted apart come after the others."""
    found: Counter[Flow] = Counter()
    for case in cases:
        move = next(one for one in case.ladders if one.ladder == pair.after)
        is_apart = case.group != "compared"
        flow = Flow(
            ladder=pair.after,
            before=move.before.place,
            after=None if is_apart else move.after.place,
            group=case.group,
            direction="other" if is_apart else move.direction,
            cases=1,
        )
        found[flow] += 1
    rank = pair.levels.index

    def order(flow: Flow) -> tuple[object, ...]:
        ends = [(rank(one.mildest), rank(one.strictest), rank(one.level)) for one in (flow.before, flow.after) if one]
        return ("compared", "newly_asked", "refused").index(flow.group), ends

    yield from (one.model_copy(update={"cases": found[one]}) for one in sorted(found, key=order))


def _findings(cases: Sequence[CaseImpact]) -> list[FindingTally]:
    found: dict[str, Counter[str]] = {}
    for case in cases:
        for one in case.findings:
            found.setdefault(one.id, Counter())[one.direction] += 1
    tallies = [
        FindingTally(id=name, rose=one["stricter"], fell=one["milder"], other=one["other"])
        for name, one in sorted(found.items())
    ]
    return sorted(tallies, key=lambda one: -(one.rose + one.fell + one.other))


def _tallies(cases: Iterable[set[tuple[str, RefusalKind | None]]]) -> tuple[Tally, ...]:
    found = Counter(one for case in cases for one in case)
    in_order = sorted(found.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or ""))
    return tuple(Tally(name=name, why=why, cases=number) for (name, why), number in in_order)


def _fact(path: str) -> str:
    """Return `entity.fact` of a path; a list, a fact of the one entry, or a control as it stands."""
    parts = path.split(".")
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else path


def _names(cases: Sequence[CaseImpact], old: Criteria, new: Criteria) -> Names:
    causes = [
        cause
        for case in cases
        for cause in (
            *(cause for one in case.findings for cause in one.causes),
            *(cause for one in case.ladders for cause in one.causes),
        )
    ]
    indicators = {one.id for case in cases for one in case.findings}
    paths = {path for case in cases for path in case.asked}
    paths |= {one.path for case in cases for one in (*case.refused, *case.left_out)}
    paths |= {cause.name for cause in causes if cause.name and cause.kind in {"fact", "value", "asked", "refused"}}
    parameters = {cause.name for cause in causes if cause.kind == "parameter"}
    controls = {path.partition(".")[2] for path in paths if path.startswith("controls.")}
    return Names(
        indicators=_titled(indicators, old.indicators, new.indicators),
        facts={name: text for name in sorted(map(_fact, paths)) if (text := _question(name, new, old))},
        parameters=_titled(parameters, old.parameters, new.parameters),
        controls=_titled(controls, old.controls, new.controls),
    )


def _titled(wanted: Iterable[str | None], old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, str]:
    known = {**old, **new}
    return {name: known[name].title for name in known if name in set(wanted)}  # type: ignore[attr-defined]


def _question(name: str, *several: Criteria) -> str:
    """Return what is asked under `entity.fact`, or of a list its title, in the first set that knows it."""
    entity, _dot, short = name.partition(".")
    for criteria in several:
        declared = criteria.entities.get(entity)
        if declared is not None and (not short or short in declared.facts):
            return criteria.title_of(name)
    return ""


def _notes(outcomes: Sequence[Outcome], replaced: set[str]) -> Iterator[str]:
    if number := sum(one.is_no_case for one in outcomes):
        yield ngettext(
            "{number} decision left aside: it holds no case",
            "{number} decisions left aside: they hold no cases",
            number,
        )
    if number := sum(one.digest in replaced for one in outcomes):
        yield ngettext(
            "{number} assessment left aside: a later one takes its place",
            "{number} assessments left aside: later ones take their place",
            number,
        )


def _of_one_id(cases: Sequence[CaseImpact]) -> list[str]:
    files: dict[str, list[str]] = {}
    for one in cases:
        files.setdefault(one.case_id, []).append(one.file)
    return [same_id(case_id, names) for case_id, names in files.items() if len(names) > 1]
