"""The flips that an officer would try: each answer of ten worked cases, changed to each other one, alone.

`python -m tests.criteria.flips` prints every flip that changes a level, and every one that goes the wrong way: where an
answer that is riskier makes something milder, or one that is less risky makes it stricter. `--all` prints each flip.

What is riskier the set says (`riskier`) where it has a direction, and an officer (below) where the set has none. Taken
back, an answer leaves a question open: tests/engine and the proofs are about that.
"""

import copy
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from risk_engine.audit.cases import Run, run_of
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of
from risk_engine.loading.case_tests import sound_tests
from risk_engine.model.case import Case, case_model
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, IntegerFact, RowFact, TextFact
from risk_engine.model.words import SEVERITIES
from tests.versions import newest

CASES = (
    "K01 Hypersonics with an aeronautical university",
    "K02 Antenna doctorate on a state scholarship",
    "K03 Chair endowed by a supplier of mobile networks",
    "K04 Faces with ethnic labels for a firm that serves surveillance",
    "K06 Ocean papers with an academy institute",
    "K07 Drone for fields, with an agricultural university and a maker of drones",
    "K08 Language institute whose co-director the partner names",
    "K13 Tools for chip design, listed and without a licence",
    "K15 Translation with open weights",
    "K16 Exchange of students in management",
)

FLIPPED = BooleanFact | ChoiceFact | ChoicesFact | IntegerFact | RowFact
"""The kinds of questions whose answers are flipped: not texts, nor days."""
Way = Literal["riskier", "milder", "neither"]

_ORDINARY = ("education_ministry", "academy", "provincial", "private", "other")
_WATCHED = ("miit", "defence_agency", "military", "police_or_security")
_CREDENTIALS = ("none", "confidential", "secret", "top_secret")
_RATINGS = ("not_listed", "low", "medium", "high", "very_high")
_SENSITIVE = ("special", "biometric", "genetic", "health")
_CLASSES = ("not_ai", "research_only", "minimal")
RISKIER_THAN: Mapping[str, Mapping[str, Sequence[str]]] = {
    "technology.dual_use_status": {"not_listed": ("uncertain", "listed")},
    "technology.ai_class": {
        "not_ai": ("research_only", "minimal", "transparency", "gpai", "high_risk", "prohibited"),
        "research_only": ("minimal", "transparency", "gpai", "high_risk", "prohibited"),
        "minimal": ("transparency", "gpai", "high_risk", "prohibited"),
        "transparency": ("prohibited",),
        "gpai": ("prohibited",),
        "high_risk": ("prohibited",),
    },
    "activity.end_use": {
        "civil": ("civil_military_potential", "law_enforcement", "surveillance", "military", "unclear"),
        "civil_military_potential": ("military",),
    },
    "data.category": {
        "non_personal": ("personal", *_SENSITIVE, "geospatial", "infrastructure", "industrial", "model_weights"),
        "personal": _SENSITIVE,
    },
    "partner.supervising_body": dict.fromkeys(_ORDINARY, _WATCHED),
    "partner.security_credential": {one: _CREDENTIALS[n + 1 :] for n, one in enumerate(_CREDENTIALS)},
    "partner.tracker_rating": {one: _RATINGS[n + 1 :] for n, one in enumerate(_RATINGS)},
}
"""Of answers to which the set gives no direction: those that an officer calls riskier than the first."""

REASONS: Mapping[tuple[str, str, str], str] = {
    ("K02", "partner.p1.military_link", "none"): (
        "A ministry that runs arms universities supervises it (INV-F22): the denial is open until somebody looked."
    ),
    ("K13", "partner.p1.state_ownership_pct", "0"): (
        "A state-owned company of which a state owns nothing (INV-F13): what kind it is, is open again."
    ),
    ("K15", "technology.t1.ai_class", "not_ai"): "AI is used (INV-F9): its class is open until somebody looked.",
    ("K13", "activity.a1.export_authorisation", "not_required"): (
        "What is listed and leaves the EU needs one (INV-F8): the answer is open until the export officer looked."
    ),
}
"""Why a milder answer may bring something worse: what is recorded refutes it. By case, fact and answer."""

PLACES = ("DE", "CH", "KR", "CN", "BY", "RU", "KP")
"""Countries to change to; none is riskier than another, so only what they change is shown."""
NUMBERS = (0, 1, 2, 3, 4, 5, 6, 9, 12, 14, 15, 29, 30, 49, 50, 100)


class Flip(NamedTuple):
    """One answer of a case changed to another: what both come to, and whether that goes the wrong way."""

    case: str
    fact: str
    before: str
    after: str
    way: Way
    levels: tuple[tuple[str, ...], tuple[str, ...]]
    """Of each ladder, before and after."""
    wrong: tuple[str, ...]
    """What moved against the way: ladders, and the severity of what is found at worst."""

    @property
    def changes(self) -> bool:
        """Whether any ladder comes to another level."""
        return self.levels[0] != self.levels[1]

    @property
    def reason(self) -> str | None:
        """Why it may go the wrong way."""
        return REASONS.get((self.case.split(" ", 1)[0], self.fact, self.after))

    def __str__(self) -> str:
        told = " / ".join(self.levels[1])
        was = "" if not self.changes else f" (was {' / '.join(self.levels[0])})"
        wrong = f"  WRONG WAY: {', '.join(self.wrong)}. {self.reason or 'Without a reason'}" if self.wrong else ""
        return (
            f"{self.case.split(' ', 1)[0]}  {self.fact}: {self.before} -> {self.after}, {self.way}: {told}{was}{wrong}"
        )


class _Set(NamedTuple):
    criteria: Criteria
    model: type[Case]
    tests: Mapping[str, tuple[CaseTest, Case]]


@cache
def _shipped() -> _Set:
    criteria = newest("reconnect-china")
    tests = {test.name: (test, case) for _number, test, case in sound_tests(criteria)[1]}
    return _Set(criteria, case_model(criteria), tests)


def flips(name: str, *, only: Collection[str] = ()) -> Iterator[Flip]:
    """Yield each flip of a case of cases.yaml, or those of the facts that are named."""
    criteria, _model, tests = _shipped()
    test, case = tests[name]
    stated = case.model_dump(exclude_none=True, exclude_unset=True, by_alias=True)
    before = run_of(criteria, test, case)
    for entity, fact, entry, declared in _answers(criteria, stated, before.worked.facts):
        answer = entry[fact]
        path = f"{entity}.{fact}" if "id" not in entry else f"{entity}.{entry['id']}.{fact}"
        if only and path not in only:
            continue
        for other in _others(declared, answer):
            entry[fact] = other
            after = run_of(criteria, test, _without_closed(f"{entity}.{fact}", stated, test))
            entry[fact] = answer
            way = _way(f"{entity}.{fact}", declared, answer, other)
            yield Flip(
                name,
                path,
                _said(answer),
                _said(other),
                way,
                (_levels(before), _levels(after)),
                tuple(_against(way, before, after)),
            )


def _without_closed(flipped: str, stated: dict[str, Any], test: CaseTest) -> Case:
    """Return the case without the answers to questions that the flipped one closes, as an officer would hand it in."""
    criteria, model, _tests = _shipped()
    hanging = _hanging_on(flipped)
    if not hanging:
        return _case_of(stated, criteria, model)
    bare = {
        name: [_less(one, name, hanging) for one in value] if isinstance(value, list | tuple) else value
        for name, value in stated.items()
    }
    bare = {name: _less(one, name, hanging) if isinstance(one, dict) else one for name, one in bare.items()}
    facts = run_of(criteria, test, _case_of(bare, criteria, model)).worked.facts
    kept = copy.deepcopy(stated)
    for path, ask_when in hanging.items():
        entity, fact = path.split(".")
        entries = kept.get(entity, ())
        for entry in [entries] if isinstance(entries, dict) else entries:
            if evaluate(ask_when, facts, _entry(facts, entity, entry.get("id"))).value is False:
                entry.pop(fact, None)
    return _case_of(kept, criteria, model)


@cache
def _hanging_on(flipped: str) -> Mapping[str, Condition]:
    """Return each question that is asked or not by this answer, or by one that hangs on it, with its condition."""
    criteria = _shipped().criteria
    asked = {
        f"{name}.{fact}": (declared.ask_when, facts_in(declared.ask_when, criteria.definitions))
        for name, entity in criteria.entities.items()
        for fact, declared in entity.facts.items()
        if not isinstance(declared, RowFact | TextFact) and declared.ask_when is not None
    }
    from_table = {
        f"{name}.{fact}"
        for name, entity in criteria.entities.items()
        for fact, declared in entity.facts.items()
        if f"{name}.{getattr(declared, 'from_', None)}" == flipped
    }
    found: dict[str, Condition] = {}
    reach = {flipped, *from_table}
    while more := {path for path, (_when, read) in asked.items() if read & reach} - found.keys():
        found |= {path: asked[path][0] for path in more}
        reach |= more
    return found


def _less(entry: dict[str, Any], entity: str, paths: Collection[str]) -> dict[str, Any]:
    return {fact: value for fact, value in entry.items() if f"{entity}.{fact}" not in paths}


def _case_of(stated: dict[str, Any], criteria: Criteria, model: type[Case]) -> Case:
    return case_of(Document("flip", _frozen(stated), {}, ()), criteria, model)


def _answers(
    criteria: Criteria, stated: dict[str, Any], facts: Facts
) -> Iterator[tuple[str, str, dict[str, Any], AnyFact]]:
    """Yield each answer of the case to a question that is asked, with the entry where it stands."""
    # What the first questions close is the matter of tests/criteria/test_first_questions.py.
    first = {one.fact.partition(".")[0] for one in criteria.head.triage}
    for name, entity in criteria.entities.items():
        entries = () if name in first else stated.get(name, ())
        for entry in [entries] if isinstance(entries, dict) else entries:
            for fact, declared in entity.facts.items():
                if fact in entry and isinstance(declared, FLIPPED) and _asked(declared, facts, name, entry.get("id")):
                    yield name, fact, entry, declared


def _asked(fact: AnyFact, facts: Facts, entity: str, entry: str | None) -> bool:
    ask_when = None if isinstance(fact, RowFact | TextFact) else fact.ask_when
    return ask_when is None or evaluate(ask_when, facts, _entry(facts, entity, entry)).value is not False


def _entry(facts: Facts, entity: str, name: str | None) -> Entry | None:
    return next((one for one in facts.lists.get(entity) or () if one.id == name), None)


def _others(fact: AnyFact, answer: Any) -> Iterator[Any]:
    match fact:
        case BooleanFact():
            yield not answer
        case ChoiceFact():
            yield from (one for one in fact.options if one != answer)
        case ChoicesFact():
            chosen = tuple(answer)
            yield from (tuple(one for one in chosen if one != gone) for gone in chosen)
            yield from ((*chosen, more) for more in fact.options if more not in chosen)
        case IntegerFact():
            low, high = fact.range
            yield from (one for one in NUMBERS if one != answer and low <= one <= high)
        case RowFact():
            yield from (one for one in PLACES if one != answer)


def _way(path: str, fact: AnyFact, answer: Any, other: Any) -> Way:
    """Return whether the other answer is riskier."""
    known = RISKIER_THAN.get(path)
    if known is not None:
        return _of(other in known.get(answer, ()), answer in known.get(other, ()))
    if path == "partner.defence_labs":
        return _of(other > answer, other < answer)
    match fact:
        case BooleanFact(riskier=bool(riskier)):
            return _of(other is riskier, answer is riskier)
        case ChoiceFact(riskier="later" | "earlier" as riskier):
            order = list(fact.options) if riskier == "later" else list(reversed(fact.options))
            return _of(order.index(other) > order.index(answer), order.index(other) < order.index(answer))
        case ChoicesFact(riskier="more" | "fewer" as riskier):
            more, fewer = len(other) > len(answer), len(other) < len(answer)
            return _of(more, fewer) if riskier == "more" else _of(fewer, more)
        case IntegerFact(riskier="higher" | "lower" as riskier):
            return _of(other > answer, other < answer) if riskier == "higher" else _of(other < answer, other > answer)
        case _:
            return "neither"


def _of(riskier: bool, milder: bool) -> Way:
    return "riskier" if riskier else "milder" if milder else "neither"


def _levels(run: Run) -> tuple[str, ...]:
    """Return the level of each ladder, in the order of the set."""
    return tuple(one.level for one in run.proposed.values())


def _against(way: Way, before: Run, after: Run) -> Iterator[str]:
    if way == "neither":
        return
    sign = 1 if way == "riskier" else -1
    for name, one in before.proposed.items():
        order = list(before.worked.criteria.ladders[name].levels)
        if sign * (order.index(after.proposed[name].level) - order.index(one.level)) < 0:
            yield f"{name} {one.level} -> {after.proposed[name].level}"
    if sign * (_worst(after) - _worst(before)) < 0:
        yield f"worst finding {SEVERITIES[_worst(before)]} -> {SEVERITIES[_worst(after)]}"


def _worst(run: Run) -> int:
    """Return the highest severity that may be left of what may be found."""
    return max((SEVERITIES.index(one.residual[1]) for one in run.worked.found if one.outcome != "absent"), default=0)


def _frozen(value: Any) -> Any:
    match value:
        case dict():
            return {key: _frozen(one) for key, one in value.items()}
        case list() | tuple():
            return tuple(map(_frozen, value))
        case _:
            return value


def _said(answer: Any) -> str:
    match answer:
        case bool():
            return "yes" if answer else "no"
        case list() | tuple():
            return f"[{', '.join(answer)}]"
        case _:
            return str(answer)


def main(arguments: Sequence[str]) -> int:
    """Print the table; exit code 1 where a flip goes the wrong way without a reason."""
    every = [one for name in CASES for one in flips(name)]
    for one in every:
        if one.changes or one.wrong or "--all" in arguments:
            sys.stdout.write(f"{one}\n")
    changing = sum(one.changes for one in every)
    wrong = [one for one in every if one.wrong]
    unexplained = sum(one.reason is None for one in wrong)
    sys.stdout.write(
        f"{len(every)} flips of {len(CASES)} cases: {changing} change a level, {len(wrong)} go the wrong way, "
        f"{unexplained} of them without a reason\n"
    )
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
