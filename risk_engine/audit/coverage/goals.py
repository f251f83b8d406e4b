"""The goals of a set: everything that its rules can do, and that a case of cases.yaml is to show once."""

from collections.abc import Iterator

from risk_engine.audit.places import Places
from risk_engine.model.conditions import ConditionOrAlways
from risk_engine.model.coverage import Goal, Kind, Wanted, branches
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.places import Path, Spot
from risk_engine.model.words import Severity

_TRUTHS: tuple[Wanted, ...] = ("true", "false", "unknown")


def goals_of(criteria: CriteriaSet) -> Iterator[Goal]:
    """Yield the goals of a set that was read from a folder: by record, in the order of the set."""
    places = Places(criteria)
    for name, indicator in criteria.indicators.items():
        yield from _of_indicator(name, indicator, criteria, places)
    for entity, declared in criteria.entities.items():
        for short, fact in declared.facts.items():
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                record = _Record(f"{entity}.{short}", "facts.yaml", (entity, "facts", short), criteria, places)
                yield from record.branches("question_branch", fact.ask_when, ("ask_when",))
    for name, ladder in criteria.ladders.items():
        record = _Record(name, "ladders.yaml", (name,), criteria, places)
        for level in ladder.levels:
            yield from record.goals("level", ("levels", level), ("reached",))
        for number, rule in enumerate(ladder.rules):
            yield from record.goals("rule", ("rules", number), ("decides", "passed_over"))
            yield from record.branches("rule_branch", rule.when, ("rules", number, "when"))
        yield from record.goals("rule", ("otherwise",), ("decides",))
    for name, note in criteria.awareness.items():
        record = _Record(name, "awareness.yaml", (name,), criteria, places)
        yield from record.goals("awareness", ("when",), ("true",) if note.when == "always" else _TRUTHS)
        yield from record.branches("awareness_branch", note.when, ("when",))
    for name in criteria.invariants.facts:
        record = _Record(name, "invariants.yaml", ("facts", name), criteria, places)
        yield from record.goals("contradiction", (), ("contradicted",))


def _of_indicator(name: str, indicator: Indicator, criteria: CriteriaSet, places: Places) -> Iterator[Goal]:
    record = _Record(name, places.of_indicator(name).file, (name,), criteria, places)
    yield from record.goals("indicator", (), ("present", "absent", "undetermined"))
    for severity, condition in severity_conditions(indicator):
        yield from record.goals("severity", ("severity", severity), _TRUTHS, severity)
        yield from record.branches("severity_branch", condition, ("severity", severity), severity)
    for kind, bar in knock_out_conditions(indicator):
        yield from record.goals(
            "knock_out", ("knock_out", kind), ("open", "cured") if indicator.controls else ("open",)
        )
        yield from record.branches("knock_out_branch", bar, ("knock_out", kind))
    for number, option in enumerate(indicator.controls):
        yield from record.goals("option", ("controls", number), ("complete", "incomplete"))
        if option.when is not None:
            yield from record.branches("option_branch", option.when, ("controls", number, "when"))


class _Record:
    """A record of the set, with the place where it stands."""

    def __init__(self, name: str, file: str, at: Path, criteria: CriteriaSet, places: Places) -> None:
        self.name = name
        self.file = file
        self.place = at
        self.definitions = criteria.definitions
        self.places = places

    def goals(
        self, kind: Kind, at: Path, wanted: tuple[Wanted, ...], severity: Severity | None = None
    ) -> Iterator[Goal]:
        spot = self._spot(at)
        for one in wanted:
            yield Goal(kind=kind, record=self.name, severity=severity, at=at, wanted=one, spot=spot)

    def branches(
        self, kind: Kind, condition: ConditionOrAlways, at: Path, severity: Severity | None = None
    ) -> Iterator[Goal]:
        for way, leaf in branches(condition, self.definitions, at):
            spot, said = self._spot(way), leaf.model_dump(mode="json", by_alias=True)
            for one in ("true", "false"):
                yield Goal(kind=kind, record=self.name, severity=severity, at=way, wanted=one, leaf=said, spot=spot)

    def _spot(self, at: Path) -> Spot:
        return self.places.of_rule(self.file, self.place, at)
