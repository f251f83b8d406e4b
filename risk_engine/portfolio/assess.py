"""Case files, one after another: assess them, each version and the profile read once; or say what one lacks."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from risk_engine.engine.assess import Trace, assess, check_supersedes, is_intact
from risk_engine.engine.explain import explain
from risk_engine.engine.explainer import Explainer
from risk_engine.engine.find import control_states, find
from risk_engine.engine.notes import completeness
from risk_engine.engine.problems import answered_though_closed, problem_shown, problems
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import day_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import canonical
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import (
    basis,
    case_of,
    has_day,
    no_day,
    notes_of,
    place_of,
    read_case_file,
    stated_criteria,
    stated_date,
    today_of,
    with_others,
)
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import Chosen, choose
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.assessment import Assessment, Superseded
from risk_engine.model.case import COMPARE_WITH, Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation, Problem
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact
from risk_engine.model.profile import Profile


class Assessor:
    """Assesses case files under the criteria, on the day and with the profile that were asked for.

    What is not asked for is taken from each case: its `criteria:` and its `assessment_date:`.
    """

    def __init__(self, criteria: str | None, on: date | None, profile: Path | None, trace: Trace = "program") -> None:
        self.reference = criteria
        self.on = on
        self.profile_path = profile
        self.trace = trace
        self.notes: tuple[str, ...] = ()
        """What to tell whoever keeps the case that was assessed last: lines about names it should not use."""
        self._criteria: dict[Path, tuple[Criteria, type[Case]]] = {}
        self._profiles: dict[Path, Profile] = {}

    def __reduce__(self) -> tuple[type["Assessor"], tuple[str | None, date | None, Path | None, Trace]]:
        """Sent to another process it begins anew; where that is forked it is inherited with all that it has read."""
        return Assessor, (self.reference, self.on, self.profile_path, self.trace)

    def assess(self, path: Path, supersedes: Assessment | None = None) -> Assessment:
        """Return the assessment of one case file; raise RiskEngineError with everything that is wrong with it.

        `supersedes` is an earlier assessment of the same case, which the new one then names.
        """
        document = read_case_file(path)
        day, chosen = basis(document, self.reference, self.on)
        if day is None and not has_day(document):
            raise with_others(no_day(document), document, chosen)
        version = chosen.version
        criteria, model = self._read(version.path)
        case = case_of(document, criteria, model, self._compared(document, day))
        self.notes = (*notes_of(document, criteria, day), *_version_moved(document, self.reference, self.on, chosen))
        profile = self._profile(version.path, criteria)
        old = self._superseded(supersedes, path, case, criteria, day, profile) if supersedes else None
        return assess(
            case,
            criteria,
            day,
            profile,
            in_force=chosen.in_force,
            draft=chosen.draft,
            withdrawn=chosen.withdrawn,
            supersedes=old,
            trace=self.trace,
        )

    def assess_again(self, path: Path, old: Assessment) -> Assessment:
        """Return a new assessment of the case that `old`, which is stored at `path`, holds; it supersedes `old`.

        What was not asked for is taken from `old`: its day, the criteria that its case names, else its set, and its
        profile. Raises RiskEngineError with everything in the case or the profile that does not fit the criteria.
        """
        return self._again(path, old, supersedes=True)

    def assess_anew(self, path: Path, old: Assessment) -> Assessment:
        """Return the same as a trial: it takes the place of nothing, and what moved it is not looked for."""
        return self._again(path, old, supersedes=False)

    def _again(self, path: Path, old: Assessment, *, supersedes: bool) -> Assessment:
        day = self.on or old.on
        document = parse(
            canonical(old.case).decode(), _("{path} (its case)", path=path.as_posix()), is_json=True, nulls=True
        )
        chosen = choose(self.reference or stated_criteria(document) or old.criteria.id, day)
        version = chosen.version
        criteria, model = self._read(version.path)
        case = case_of(document, criteria, model)
        profile = self._profile(version.path, criteria) or profile_of(path, old, criteria)
        return assess(
            case,
            criteria,
            day,
            profile,
            in_force=chosen.in_force,
            draft=chosen.draft,
            withdrawn=chosen.withdrawn,
            supersedes=self._superseded(old, path, case, criteria, day, profile) if supersedes else None,
            trace=self.trace,
        )

    def _superseded(
        self,
        old: Assessment,
        path: Path,
        case: Case,
        criteria: Criteria,
        on: date | None,
        profile: Profile | None,
    ) -> Superseded:
        """Return what an assessment says about the one in whose place it is; `path` is where that or the case lies."""
        if not is_intact(old):
            message = _("the assessment to supersede was changed after it was written")
            raise RiskEngineError(message, _("`risk-engine verify` says where"))
        check_supersedes(old, case, on)
        # Few assessments take the place of another.
        from risk_engine.records.criteria import criteria_of
        from risk_engine.records.superseding import superseded_by

        earlier: Criteria | None = criteria
        if old.criteria.digest != criteria.digest:
            try:
                earlier = criteria_of(old, None, path)
            except RiskEngineError:  # the record then says what is known without them
                earlier = None
        return superseded_by(case, criteria, day_of(case, on), profile, old, earlier)

    def explain(self, assessment: Assessment) -> Explanation:
        """Return one of its assessments in the current language; of a translation with problems it raises them."""
        return explain(assessment, self.criteria_of(assessment))

    def criteria_of(self, assessment: Assessment) -> Criteria:
        """Return the criteria that one of its assessments was made under."""
        return self.criteria_in(self.folder_of(assessment))

    def folder_of(self, assessment: Assessment) -> Path:
        """Return where the criteria lie that one of its assessments was made under."""
        read = self._criteria.items()
        return next(path for path, (criteria, _model) in read if criteria.digest == assessment.criteria.digest)

    def criteria_in(self, folder: Path) -> Criteria:
        """Return the criteria of a version, read once."""
        return self._read(folder)[0]

    def _compared(self, document: Document, day: date | None) -> tuple[Criteria, ...] | None:
        """Return the sets that a case is compared with, each read once, None where it names none."""
        if COMPARE_WITH not in document.data:
            return None
        from risk_engine.loading.multi_set import compared_sets

        return compared_sets(document, day, lambda reference, on: self._read(choose(reference, on).version.path)[0])

    def _read(self, folder: Path) -> tuple[Criteria, type[Case]]:
        if folder not in self._criteria:
            criteria = read_criteria(folder)
            self._criteria[folder] = criteria, case_model(criteria)
        return self._criteria[folder]

    def _profile(self, folder: Path, criteria: Criteria) -> Profile | None:
        if self.profile_path is None:
            return None
        if folder not in self._profiles:
            from risk_engine.loading.profile import load_profile

            self._profiles[folder] = load_profile(self.profile_path, criteria)
        return self._profiles[folder]


def _version_moved(document: Document, reference: str | None, on: date | None, chosen: Chosen) -> Iterator[str]:
    """Yield that another version is used than on the case's own day, where a day was named beside the case."""
    own = stated_date(document)
    if on is None or own is None or on == own:
        return
    try:
        before = choose(reference or stated_criteria(document), own).version
    except RiskEngineError:
        return
    if before.number != chosen.version.number:
        yield _(
            "on {day} version {now} is used; on the case's own day, {own}, it would be {before}",
            day=on,
            now=chosen.version.dotted,
            own=own,
            before=before.dotted,
        )


def profile_of(path: Path, old: Assessment, criteria: Criteria) -> Profile | None:
    """Return the profile of a stored assessment, checked against criteria that may be other ones than its own.

    Raises InvalidSourceError where they do not let a profile say this.
    """
    if old.profile is None:
        return None
    from risk_engine.loading.profile import kept_profile

    profile = old.profile.profile
    text = profile.model_dump_json(by_alias=True, exclude_none=True)
    return kept_profile(profile, parse(text, _("{path} (its profile)", path=path.as_posix()), is_json=True), criteria)


MOST_PLACES = 5
"""So many lines say where one problem is; a record may be evidence for all answers of a case."""


def check_case(
    path: Path, reference: str | None, on: date | None, profile_path: Path | None = None, *, today: date
) -> Iterator[str]:
    """Yield lines about a case file that can be used; raise RiskEngineError with every problem of one that cannot.

    With a profile, as an assessment under it would see the case. A case without a day, which is a problem, is read
    under the version in force `today` to find its other problems.
    """
    from risk_engine.loading.profile import load_profile

    document = read_case_file(path)
    day, chosen = basis(document, reference, on, instead=today)
    if day is None and not has_day(document):
        raise with_others(no_day(document), document, chosen)
    criteria = read_criteria(chosen.version.path)
    case = case_of(document, criteria)
    day = day or case.assessment_date
    assert day is not None  # noqa: S101 (what else stands there, no case is made of)
    profile = load_profile(profile_path, criteria) if profile_path else None
    words = criteria_in_words(criteria)
    found = contradictions(case, words, day, profile)
    version = f"{criteria.head.id} {criteria.head.version}"
    yield _("{path}: can be used with {version}", path=path, version=version)
    yield from (f"  {line}" for line in notes_of(document, criteria, day))
    for one in found:
        yield "  " + _("look at this: {text}", text=one.text)
        places = list(_places(today_of(document, criteria).document, one.paths))
        shown = places if len(places) <= MOST_PLACES else places[: MOST_PLACES - 1]
        yield from (f"    {document.position(place)}" for place in shown)
        if len(shown) < len(places):
            more = len(places) - len(shown)
            yield "    " + ngettext("and {number} more place", "and {number} more places", more)
    if case.retain_until is None:
        text = _("nothing says how long to keep the record; add `retain_until: DATE`")
        yield "  " + _("look at this: {text}", text=text)
    parts = completeness(resolve(case, criteria, day, profile), words)
    for part in parts:
        counts = {"answered": part.asked - len(part.open), "all": part.asked}
        yield "  " + _("{who}: {answered} of {all} answered", who=part.title, **counts)
        for name in part.open:
            yield "    " + _("not answered: {name}: {question}", name=name, question=words.title_of(name))
            if known := _how_to_answer(name, words):
                yield f"      {known}"
    if any(part.open for part in parts):
        commands = {"set": f"`risk-engine case set {path} PATH VALUE`", "asked": f"`risk-engine interview {path}`"}
        yield "  " + _("to answer: {set}, or be asked: {asked}", **commands)


def _how_to_answer(name: str, criteria: Criteria) -> str:
    """Return what can be written where a question is not answered; empty where the question says it."""
    entity, *parts = name.split(".")
    fact = criteria.entities[entity].facts[parts[-1]] if parts else None
    match fact:
        case ChoiceFact(options=options):
            return " · ".join(options)
        case ChoicesFact(options=options):
            return _("any of: {options}", options=" · ".join(options))
        case BooleanFact():
            return "true · false"
        case None:
            return _("a list: names of its entries, or `none`")
        case _:
            return ""


def contradictions(case: Case, criteria: Criteria, day: date, profile: Profile | None = None) -> list[Problem]:
    """Return what does not fit together in a case, and superfluous answers in it, in the words of these criteria."""
    facts = resolve(case, criteria, day, profile)
    controls = control_states(case, day)
    explainer = Explainer(case, facts, criteria)
    found = find(facts, criteria, day, controls, profile)
    stated = (*problems(case, facts, criteria, controls, profile, found=found), *answered_though_closed(case, facts))
    return [problem_shown(one, case, explainer, profile) for one in stated]


def _places(document: Document, paths: tuple[str, ...]) -> Iterator[tuple[str | int, ...]]:
    for name in paths:
        place = place_of(document.data, name)
        if place in document.marks:
            yield place
