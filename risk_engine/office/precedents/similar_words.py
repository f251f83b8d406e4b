"""Similar decided cases in the words of their criteria: as the facts of a section, and as plain data for programs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from risk_engine.files.language import _, either
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Ladder
from risk_engine.office.precedents.library import Library, in_force
from risk_engine.office.precedents.precedent import Coarse, Precedent, Value, facts_of, value_in_json
from risk_engine.office.precedents.similar import Compared, Nearest, Precedents, Similar, Verdict
from risk_engine.report.pages.similar import FactShown, InForce, LevelDecided, SimilarFacts, SimilarShown, told_once


def similar_to(
    assessment: Assessment,
    criteria: Criteria,
    precedents: Iterable[Precedent],
    library: Library,
    links: Mapping[str, str] | None = None,
) -> SimilarFacts:
    """Return the nearest decided cases in words, in the current language.

    `criteria` are those of the assessment, as they are told in it. `links` lead to own cases, by their numbers.
    Whether a version is in force is said of the day of the assessment.
    """
    found = Precedents(precedents, criteria).nearest(assessment)
    return shown(found, assessment, criteria, library, links)


def shown(
    found: Nearest,
    assessment: Assessment,
    criteria: Criteria,
    library: Library,
    links: Mapping[str, str] | None = None,
) -> SimilarFacts:
    """Return what was found in words."""
    words = _Words(criteria, dict(facts_of(assessment)))
    return SimilarFacts(
        case=assessment.case_id,
        on=assessment.on,
        criteria=f"{criteria.head.id} {criteria.head.version}",
        digest=assessment.digest,
        similar=tuple(_shown(one, words, library, assessment.on, links or {}) for one in found.similar),
        near=sum(one.precedent.cases for one in found.similar),
        compared=found.compared,
        other_sets=found.other_sets,
    )


class _Words:
    """Says facts and findings of the case at hand in the words of its criteria."""

    def __init__(self, criteria: Criteria, facts: Mapping[str, Value]) -> None:
        self.criteria = criteria
        self.facts = facts
        self._several = {
            entity
            for entity in criteria.entities
            if len({path.split(".")[1] for path in facts if _in(path, entity)}) > 1
        }

        self._asked = Counter(criteria.title_of(name) for name, _fact in criteria.every_fact())

    def fact(self, one: Compared) -> FactShown:
        known = self.criteria.fact(one.fact)
        return FactShown(
            question=self.criteria.title_of(one.fact),
            here=_value(one.fact, one.value_here, self.criteria),
            there=_value(one.fact, one.value_there, self.criteria),
            where=self._label(one),
            confidential=known.confidential,
        )

    def _label(self, one: Compared) -> str:
        """Return whom a fact is about here, where the case has several it may be about, or others are asked alike."""
        entity = one.fact.partition(".")[0]
        if one.here is None or entity not in self._several:
            is_plain = self._asked[self.criteria.title_of(one.fact)] == 1
            return "" if is_plain else self.criteria.entities[entity].title
        named = self.criteria.head.roles.label.get(entity, "").partition(".")[2]
        return str(self.facts.get(f"{entity}.{one.here}.{named}", one.here))

    def finding(self, name: str) -> str:
        known = self.criteria.indicators.get(name)
        return name if known is None else f"{known.title} ({name})"


def _value(fact: str, value: Value | None, criteria: Criteria) -> str:
    return criteria.shown(criteria.fact(fact), None) if value is None else value_shown(fact, value, criteria)


def value_shown(fact: str, value: Value, criteria: Criteria) -> str:
    """Return an answer as people read it, also one that is said less exactly than it was given."""
    known = criteria.fact(fact)
    if not isinstance(value, Coarse):
        return criteria.shown(known, value)
    if value.one_of:
        return either([criteria.shown(known, one) for one in value.one_of])
    if value.at_least is not None and value.at_most is not None:
        return _("{first} to {last}", first=value.at_least, last=value.at_most)
    if value.at_most is None:
        return _("{first} or more", first=value.at_least)
    return _("{last} or less", last=value.at_most)


def _in(path: str, entity: str) -> bool:
    return path.startswith(f"{entity}.") and path.count(".") > 1


def _shown(one: Similar, words: _Words, library: Library, on: date, links: Mapping[str, str]) -> SimilarShown:
    precedent = one.precedent
    criteria = library.criteria_of(precedent)
    now = in_force(precedent.set_id, on)
    standing: InForce = "unknown" if now is None else "yes" if now == precedent.set_version else "no"

    def facts(*verdicts: Verdict) -> tuple[FactShown, ...]:
        return told_once(words.fact(each) for each in one.of(*verdicts) if _is_known(each, words.criteria))

    return SimilarShown(
        case=precedent.id,
        office=precedent.office,
        cases=precedent.cases,
        day=precedent.decided_on or f"{precedent.decided_on_year}",
        levels=tuple(levels_of(precedent, criteria)),
        why=tuple(why(precedent, criteria)),
        reason=precedent.text,
        version=f"{precedent.set_id} {precedent.set_version}",
        in_force=standing,
        now=now or "",
        stands=precedent.stands,
        same=facts("same"),
        differs=facts("differs"),
        only_here=facts("only_here"),
        only_there=facts("only_there"),
        unknown_here=facts("unknown_here"),
        unknown_there=facts("unknown_there"),
        findings_here=tuple(map(words.finding, one.findings_here)),
        findings_there=tuple(map(words.finding, one.findings_there)),
        outweighed=sum(each.weight for each in one.of("same"))
        < sum(each.weight for each in one.of("differs", "only_here", "only_there")),
        link=links.get(precedent.id, "") if precedent.office is None else "",
    )


def _is_known(one: Compared, criteria: Criteria) -> bool:
    """Return whether the criteria of the case at hand ask for a fact: those of a precedent may have asked for more."""
    entity, _dot, fact = one.fact.partition(".")
    return entity in criteria.entities and fact in criteria.entities[entity].facts


def levels_of(one: Precedent, criteria: Criteria | None) -> Iterator[LevelDecided]:
    """Yield what was decided, the result first; by the names of the levels where the criteria are not here."""
    by_role = criteria.head.roles.by_role if criteria else {}
    for name in dict.fromkeys((by_role.get("headline", ""), *by_role.values(), *one.measures)):
        if name not in one.measures:
            continue
        ladder = criteria.ladders.get(name) if criteria else None
        level, proposed = one.measures[name], one.proposed.get(name, one.measures[name])
        yield LevelDecided(
            ladder=ladder.title if ladder else name,
            level=_level(ladder, level),
            proposed="" if proposed == level else _level(ladder, proposed),
        )


def _level(ladder: Ladder | None, name: str) -> str:
    return ladder.levels[name].title if ladder and name in ladder.levels else name


def why(one: Precedent, criteria: Criteria | None) -> Iterator[str]:
    """Yield what the rules say that decided the result and whether it may start; their names without their criteria."""
    deciding = criteria.head.roles.deciding[::-1] if criteria else ()
    reasons = dict(reason.split(".", 1) for reason in one.reasons)
    for name in deciding or reasons:
        if name not in reasons:
            continue
        ladder = criteria.ladders.get(name) if criteria else None
        sentence = _sentence(ladder, reasons[name])
        if sentence is None:
            yield _("the rule {rule} of {version}", rule=f"{name}.{reasons[name]}", version=one.version)
        else:
            yield _("{ladder}: {text}", ladder=ladder.title if ladder else name, text=sentence)


def _sentence(ladder: Ladder | None, rule: str) -> str | None:
    if ladder is None:
        return None
    if rule == "otherwise":
        return ladder.otherwise.sentence
    number = rule.removeprefix("rules.")
    return ladder.rules[int(number)].sentence if number.isdecimal() and int(number) < len(ladder.rules) else None


def as_data(found: Nearest, told: SimilarFacts) -> dict[str, Any]:
    """Return similar cases as plain data for programs: every fact that decides, by name and value."""
    return {
        "case": told.case,
        "on": told.on.isoformat(),
        "criteria": told.criteria.replace(" ", "@"),
        "compared": found.compared,
        "other_sets": found.other_sets,
        "similar": [_data(one, words) for one, words in zip(found.similar, told.similar, strict=True)],
    }


def _data(one: Similar, words: SimilarShown) -> dict[str, Any]:
    precedent = one.precedent
    return {
        "case": precedent.id,
        "office": precedent.office,
        "cases": precedent.cases,
        "decided_on": None if precedent.decided_on is None else precedent.decided_on.isoformat(),
        "decided_in": precedent.decided_on_year,
        "stands": precedent.stands,
        "criteria": precedent.version,
        "in_force": {"yes": True, "no": False, "unknown": None}[words.in_force],
        "measures": dict(precedent.measures),
        "proposed": dict(precedent.proposed),
        "reasons": list(precedent.reasons),
        "reason": precedent.text,
        "findings": {"in_both": one.findings_both, "only_here": one.findings_here, "only_there": one.findings_there},
        "facts": [
            {
                "fact": each.fact,
                "verdict": each.verdict,
                "weight": each.weight,
                "here": each.here,
                "there": each.there,
                "value_here": None if each.value_here is None else value_in_json(each.value_here),
                "value_there": None if each.value_there is None else value_in_json(each.value_there),
            }
            for each in one.facts
        ],
    }
