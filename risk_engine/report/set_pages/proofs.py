"""What was proved of a set: the facts of its page, whose words are in `templates/pages/proofs.j2`."""

from collections.abc import Callable, Collection
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from risk_engine.engine.resolve import resolve
from risk_engine.files.language import _, pgettext
from risk_engine.model.case import UNKNOWN, Case, answer, entries
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact
from risk_engine.model.proof import Claim, Confirmed, Example, ProofReport, Status, Topic
from risk_engine.report import page
from risk_engine.report.blocks import Line, Must, Run, View, grouped, say, words
from risk_engine.report.example import Examples
from risk_engine.report.frame import SHOWN_DIGEST
from risk_engine.report.wording import at_level, between, coded, knock_out_word, severities, severity_word

if TYPE_CHECKING:
    from risk_engine.model.words import KnockOut, Severity


def proof_view(
    report: ProofReport, criteria: Criteria, base: Case, *, everything: bool = True, command: str = ""
) -> View:
    """Return a proof as ready text in the current language, harmless everywhere.

    `criteria` are those that were proved, in the words of that language. Without `everything` the claims that are
    proved are only counted. `command` is what makes it again.
    """
    name = f"{report.set_id} {report.version}"
    counts = {status: report.count(status) for status in _STATUSES}
    facts = {
        "report": report,
        "name": name,
        "words": Words(criteria, base, report.on),
        "everything": everything,
        "counts": counts,
        "tone": "strict" if counts["refuted"] else "open" if counts["undecided"] else "mild",
        "later": sorted(set(report.later)),
        "without_cases": {status: _by_reason(report, status) for status in _STATUSES},
        "topics": [(topic, report.of(topic)) for topic in sorted(report.topics, key=_TOLD.index)],
        "most": max(report.bounds.values(), default=0),
        "command": command,
        "by_form": sum(one.is_by_form for one in report.claims),
        "unsure": sum(not example.is_smallest for one in report.claims for example in one.examples),
        "number_of": lambda claims, status: sum(one.status == status for one in claims),
        "coded": coded,
    }
    must = (Must("digest", report.digest),)
    return page.view(
        "proofs", facts, case_id=name, on=report.on, kept_by=f"{name} {report.digest[:SHOWN_DIGEST]}", must=must
    )


_TOLD: tuple[Topic, ...] = ("promises", "monotone", "missing", "controls", "options", "directions", "occur")
"""What a set promises comes first; that all of it can occur is the longest and says least of a result."""
_STATUSES: tuple[Status, ...] = ("proved", "refuted", "undecided")


def _by_reason(report: ProofReport, status: Status) -> list[tuple[Topic, str, list[Claim]]]:
    """Return the claims that no case shows, by topic and reason."""
    shown_by_none = [one for one in report.claims if one.status == status and not one.examples]
    found = grouped(shown_by_none, lambda one: (one.topic, one.reason))
    return [(*key, claims) for key, claims in found.items()]


class Words:
    """Tells what stands in examples, by the criteria as they are read in the current language."""

    offers: ClassVar = frozenset(
        {
            "are_smallest",
            "contradictions",
            "fact",
            "findings",
            "here",
            "in_place",
            "moved",
            "paths",
            "results",
            "sentence",
            "subject",
            "there",
            "told",
        }
    )
    """What templates may call."""

    def __init__(self, criteria: Criteria, base: Case, on: date) -> None:
        self.criteria = criteria
        self.base = base
        self.on = on

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

    def value(self, path: str, value: Any, not_asked: Collection[str] = ()) -> str:
        """Return an answer as people read it; None is one that is missing, or that nobody is asked for."""
        entity, *parts = path.split(".")
        declared = self.criteria.entities[entity]
        if value is None or value == UNKNOWN:
            return pgettext("answer", "not asked") if path in not_asked else pgettext("answer", "not answered")
        if declared.many is not None and len(parts) < 2:  # noqa: PLR2004 (a list, or an entry of it)
            several = value if isinstance(value, tuple) else (value,)
            ids = [f"{one['id']}" for one in several if isinstance(one, dict) and "id" in one]
            return ", ".join(ids) or (_("no entry") if not several else _("a further entry"))
        return self.criteria.shown(declared.facts[parts[-1]], value)

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

    def paths(self, claim: Claim) -> list[str]:
        """Return where the cases of a claim differ from the base case."""
        return list(dict.fromkeys(path for one in claim.examples for path in self.differences(one)))

    def there(self, path: str) -> str:
        """Return what the base case answers; nothing where it has no such entry."""
        return self.value(path, self.base_value(path), self._closed_in_base) if self.has_entry(path) else ""

    @cached_property
    def _closed_in_base(self) -> frozenset[str]:
        origins = resolve(self.base, self.criteria, self.on).origins
        return frozenset(read.path() for read, origin in origins.items() if origin == "not_asked")

    def here(self, path: str, claim: Claim) -> list[str]:
        """Return what each case of a claim answers."""
        return [self._here(path, self.differences(one), one) for one in claim.examples]

    def _here(self, path: str, given: dict[str, Any], example: Example) -> str:
        parent = ".".join(path.split(".")[:2])
        if path not in given and path != parent and not self.has_entry(path) and parent not in given:
            return _("no such entry")
        if path not in given:
            return self.there(path)
        return self.value(path, given[path], example.not_asked)

    def in_place(self, claim: Claim) -> list[str]:
        """Return the controls that are in place in a case of a claim."""
        return list(dict.fromkeys(control for one in claim.examples for control in one.in_place))

    def told(self, example: Example) -> list[str]:
        """Return what differs from the base case, by path, and the controls that are in place."""
        closed = example.not_asked
        given = [f"{path}: {self.value(path, value, closed)}" for path, value in self.differences(example).items()]
        return [*given, *(_("{control} in place", control=one) for one in example.in_place)]

    def sentence(self, claim: Claim) -> str:
        """Return the cases of a claim in a sentence: the answers and what came of them, of two what the step moves."""
        first, *others = claim.examples
        examples = Examples((self.criteria,), self.base)
        answers = examples.in_short(first)
        if not others:
            return _("{answers}. {results}.", answers=answers, results=words(self.results(first)))
        second = others[-1]
        apart = [
            path
            for path in dict.fromkeys((*second.given, *first.given))
            if first.given.get(path) != second.given.get(path) and self.has_entry(path)
        ]
        now = {path: second.given.get(path, self.base_value(path)) for path in apart}
        step = [
            text for path, value in now.items() for text in examples.short(path, UNKNOWN if value is None else value)
        ]
        titles = [self.criteria.controls[one].title for one in second.in_place if one not in first.in_place]
        step += [_("{control} in place", control=one) for one in titles]
        moved = "; ".join(
            _("{what}: {before} before, {after} after", what=what, before=before, after=after)
            for what, before, after in self.moved(claim)
        )
        return _("{answers}. If instead {step}: {moved}.", answers=answers, step="; ".join(step), moved=moved)

    def moved(self, claim: Claim) -> list[tuple[str, str, str]]:
        """Return what the claim is about that came out differently in its two cases, and how in each."""
        pairs = zip(*(one.confirmed for one in claim.examples), strict=True)
        told = [(self.confirmed(one), self.confirmed(other)) for one, other in pairs if one != other]
        return list(dict.fromkeys((label, before, after) for (label, before), (_same, after) in told))

    def contradictions(self, claim: Claim) -> list[str]:
        """Return which contradictions the answers of its cases hold."""
        return list(dict.fromkeys(name for one in claim.examples for name in one.contradicts))

    def are_smallest(self, claim: Claim) -> bool:
        """Return whether its cases are proved to be as small as can be."""
        return all(one.is_smallest for one in claim.examples)

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
