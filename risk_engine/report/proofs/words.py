"""What a report on a proof says of questions, answers, results and reasons, in words."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast

from risk_engine.files.language import NP_, _, pgettext
from risk_engine.model.case import UNKNOWN, Case, answer, entries
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, shown
from risk_engine.model.proof import Claim, Confirmed, Example, Status, Topic
from risk_engine.report.blocks import Line, Run, say
from risk_engine.report.wording import at_level, between, day, knock_out_word, severities, severity_word

if TYPE_CHECKING:
    from risk_engine.model.words import KnockOut, Severity

_STATUSES: Final[dict[Status, tuple[str, str]]] = {
    "proved": NP_("claim", "proved"),
    "refuted": NP_("claim", "refuted"),
    "undecided": NP_("claim", "not decided"),
}
_TOPICS: Final[dict[Topic, tuple[str, str]]] = {
    "occur": NP_("topic of a proof", "What can occur: severities, knock-outs, levels, rules"),
    "monotone": NP_("topic of a proof", "A riskier answer makes nothing milder"),
    "missing": NP_("topic of a proof", "A missing answer makes nothing milder"),
    "controls": NP_("topic of a proof", "A control in place raises nothing"),
    "promises": NP_("topic of a proof", "Promises of the set"),
    "options": NP_("topic of a proof", "Control options: each helps, none is in vain"),
    "directions": NP_("topic of a proof", "Facts without a direction"),
}


def status_word(status: Status) -> str:
    """Return what became of a claim."""
    return pgettext(*_STATUSES[status])


def topic_title(topic: Topic) -> str:
    """Return what claims are about."""
    return pgettext(*_TOPICS[topic])


class Words:
    """Tells what stands in examples, by the criteria as they are read in the current language."""

    def __init__(self, criteria: Criteria, base: Case) -> None:
        self.criteria = criteria
        self.base = base

    def subject(self, claim: Claim) -> str:
        """Return the title of the indicator, ladder or fact that a claim is about, of a promise its id."""
        criteria = self.criteria
        if claim.topic == "promises":
            return claim.subject
        if claim.subject in criteria.indicators:
            return criteria.indicators[claim.subject].title
        entity, _dot, short = claim.subject.partition(".")
        if entity in criteria.entities and short in criteria.entities[entity].facts:
            return self._question(entity, short)
        return ""

    def fact(self, path: str) -> Line:
        """Return what is asked under a path, and the path."""
        entity, *parts = path.split(".")
        declared = self.criteria.entities[entity]
        is_fact = bool(parts) and (declared.many is None or len(parts) > 1)
        text = self._question(entity, parts[-1]) if is_fact else declared.title
        return say(f"{text} ", Run(path, "code"))

    def _question(self, entity: str, short: str) -> str:
        fact = self.criteria.entities[entity].facts[short]
        if fact.question:
            return fact.question
        source = getattr(fact, "from_", None)
        row = self.criteria.entities[entity].facts[source] if source else None
        if isinstance(row, RowFact):
            return self.criteria.tables[row.of].columns[getattr(fact, "column", None) or short].title
        return short

    def value(self, path: str, value: Any) -> str:
        """Return an answer as people read it; None is one that is missing."""
        entity, *parts = path.split(".")
        declared = self.criteria.entities[entity]
        if value is None or value == UNKNOWN:
            return pgettext("answer", "not answered")
        if declared.many is not None and len(parts) < 2:  # noqa: PLR2004 (a list, or an entry of it)
            several = value if isinstance(value, tuple) else (value,)
            ids = [f"{one['id']}" for one in several if isinstance(one, dict) and "id" in one]
            return ", ".join(ids) or (_("no entry") if not several else _("a further entry"))
        fact = declared.facts[parts[-1]]
        if isinstance(fact, RowFact):
            return self.criteria.tables[fact.of].rows[value].name
        return shown(fact, value)

    def differences(self, example: Example) -> dict[str, Any]:
        """Return by path what differs from the base case; of an entry that is new what differs from the first one."""
        found: dict[str, Any] = {}
        for path, value in example.given.items():
            entity, *parts = path.split(".")
            if isinstance(value, tuple) and not parts and self.criteria.entities[entity].many is not None:
                found[path] = value
                for one in value:
                    found.update(self._of_entry(entity, f"{one['id']}", one))
            elif isinstance(value, dict):
                found[path] = value
                found.update(self._of_entry(entity, parts[0], value))
            else:
                found[path] = value
        return found

    def _of_entry(self, entity: str, name: str, stated: dict[str, Any]) -> dict[str, Any]:
        of_base = entries(self.base, entity) or ()
        named = {f"{answer(one, 'id')}": one for one in of_base}
        twin = named.get(name) or (of_base[0] if of_base else None)
        facts = self.criteria.entities[entity].facts
        before = {short: answer(twin, short) for short in facts} if twin is not None else dict.fromkeys(facts)
        return {f"{entity}.{name}.{short}": stated.get(short) for short in facts if stated.get(short) != before[short]}

    def base_value(self, path: str) -> Any:
        """Return what the base case answers there, None where it answers nothing or has no such entry."""
        entity, *parts = path.split(".")
        if self.criteria.entities[entity].many is None:
            return answer(getattr(self.base, entity), parts[0])
        of_base = entries(self.base, entity)
        if not parts:
            return None if of_base is None else tuple({"id": answer(one, "id")} for one in of_base)
        found = next((one for one in of_base or () if f"{answer(one, 'id')}" == parts[0]), None)
        if len(parts) == 1:
            return None if found is None else {"id": parts[0]}
        return answer(found, parts[1])

    def has_entry(self, path: str) -> bool:
        """Return whether the base case has the entry that a path leads into, if it leads into one."""
        entity, *parts = path.split(".")
        if self.criteria.entities[entity].many is None or not parts:
            return True
        return any(f"{answer(one, 'id')}" == parts[0] for one in entries(self.base, entity) or ())

    def results(self, example: Example) -> Line:
        """Return what a case came to on every ladder, the gate first; where it is open, the range."""
        first = list(self.criteria.head.roles.by_role.values())
        told = sorted(example.reached, key=lambda one: first.index(one.ladder) if one.ladder in first else len(first))
        parts: list[str] = []
        for one in told:
            ladder = self.criteria.ladders[one.ladder]
            level = ladder.levels[one.level].title
            ends = between(ladder.levels[one.lowest].title, ladder.levels[one.highest].title)
            is_open = (one.lowest, one.highest) != (one.level, one.level)
            told_level = _("{level} (open: {ends})", level=level, ends=ends) if is_open else level
            parts.append(at_level(ladder.title, told_level))
        return say(" · ".join(parts))

    def findings(self, example: Example) -> Line:
        """Return the findings that are present, each with its severity, then those that are only open."""
        told = [f"{name} ({_severity(name, example)})" for name in {**example.present, **example.open}]
        return say(", ".join(told) or pgettext("findings", "none"))

    def confirmed(self, one: Confirmed) -> tuple[str, str]:
        """Return what a question is about, and how it came out."""
        match one.of, one.what:
            case "ladder", "rule":
                decides = _("no rule") if one.at_least == "otherwise" else _("rule {number}", number=one.at_least)
                return _("{ladder}, what decides", ladder=self.criteria.ladders[one.name].title), decides
            case "ladder", _what:
                levels = self.criteria.ladders[one.name].levels
                return self.criteria.ladders[one.name].title, _ends(one, lambda end: levels[end].title)
            case "dimension", _what:
                titles = self.criteria.head.severity.titles
                return self.criteria.head.dimensions[one.name].title, _ends(one, lambda end: titles.get(end, end))
            case _, "knock_out":
                label = _("{finding}, knock-out", finding=one.name)
                return label, _ends(one, lambda end: knock_out_word(cast("KnockOut", end)))
            case _, "residual":
                label = _("{finding}, after controls", finding=one.name)
                return label, _ends(one, lambda end: severity_word(cast("Severity", end)))
            case _:
                return one.name, _ends(one, lambda end: severity_word(cast("Severity", end)))


def _severity(name: str, example: Example) -> str:
    """Return the severity of a finding, and where missing answers leave it open, between which severities it lies."""
    now = cast("Severity", example.present.get(name, "none"))
    if name not in example.open:
        return severity_word(now)
    possible = cast("Severity", example.open[name])
    if possible == now:  # open is then only whether it bars anything, or what controls make of it
        return _("{severity}, open", severity=severity_word(now))
    return _("open: {ends}", ends=severities(now, possible))


def _ends(one: Confirmed, word: Callable[[str], str]) -> str:
    return between(word(one.at_least), word(one.at_most))


def days(several: Iterable[date]) -> str:
    """Return days as a list."""
    return ", ".join(day(one) for one in several)
