"""Read what of a decided case a set lets go to another office (exchange.yaml), each fact told so that it can be.

It lies beside the rules and outside their digest, as screening.yaml does (decision 0150): no result depends on it, and
one file holds for all versions of a set, the released ones too.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.plain import Loc, digest
from risk_engine.files.source import Document, read
from risk_engine.loading.sets import beside_newest
from risk_engine.loading.validate import validated
from risk_engine.loading.version_files import EXCHANGE
from risk_engine.model.companion_files import (
    OTHERS,
    OUTCOMES_SHARED,
    Bands,
    Coarsening,
    ExchangeRules,
    Groups,
    PublicList,
    Years,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact, RowFact


class LoadedRules(NamedTuple):
    """The rules of a set by which cases leave, with a digest of what they say."""

    rules: ExchangeRules
    digest: str


def load_exchange_rules(criteria: Criteria) -> LoadedRules:
    """Return what of a decided case may leave, as the exchange.yaml of a set says.

    Raises RiskEngineError where the set has none, for then nothing may, and InvalidSourceError with everything that is
    wrong with it.
    """
    path = rules_path(criteria)
    if not path.is_file():
        head = criteria.head
        message = _("{id} {version} does not say what may go to another office", id=head.id, version=head.version)
        way_out = _("say it in `{path}` (docs/authors.md, “What may go to another office”)", path=path.as_posix())
        raise RiskEngineError(message, way_out)
    document = read(path, go_on=True)
    problems: list[Diagnostic] = list(document.problems)
    rules = validated(ExchangeRules, document.data, document, (), problems)
    if rules is not None:
        _Check(document, criteria, problems).all(rules)
    if problems or rules is None:
        raise InvalidSourceError(problems)
    # The order of what is shared means something: RFC 8785 would sort it.
    said = rules.model_dump(mode="json")
    return LoadedRules(rules, digest({"k": rules.k, "share": [[name, one] for name, one in said["share"].items()]}))


def rules_path(criteria: Criteria) -> Path:
    """Return where a set says what may go to another office."""
    return beside_newest(criteria, EXCHANGE)


def members(groups: Groups, every: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return what is in each group of all answers that there are; what no group names is in the one that says so."""
    named = {one for several in groups.groups.values() for one in several}
    rest = tuple(one for one in every if one not in named)
    return {name: rest if several == (OTHERS,) else several for name, several in groups.groups.items()}


def answers_of(fact: AnyFact, criteria: Criteria) -> tuple[str, ...]:
    """Return the answers that groups may name: options, or the rows of a table."""
    if isinstance(fact, RowFact):
        return tuple(criteria.tables[fact.of].rows)
    return tuple(fact.options) if isinstance(fact, ChoiceFact | ChoicesFact) else ()


class _Check:
    """What is wrong with the file beside its form; everything is noted."""

    def __init__(self, document: Document, criteria: Criteria, problems: list[Diagnostic]) -> None:
        self.document = document
        self.criteria = criteria
        self.problems = problems

    def all(self, rules: ExchangeRules) -> None:
        """Note everything that names nothing, or tells an answer as it cannot be told."""
        facts = {f"{name}.{short}": fact for name, one in self.criteria.entities.items()
                 for short, fact in one.facts.items()}  # fmt: skip
        for name, steps in rules.share.items():
            self._order(name, steps)
            if name in OUTCOMES_SHARED:
                for place, step in enumerate(steps):
                    if step not in {"keep", "drop"}:
                        self._note(name, place, _("`{name}` is told or left out: `keep` or `drop`", name=name))
            elif (fact := facts.get(name)) is None:
                message = _("there is no fact `{fact}` in {set_id}", fact=name, set_id=self.criteria.head.id)
                self._note(name, None, message, suggestion(name, [*facts, *OUTCOMES_SHARED]))
            else:
                for place, step in enumerate(steps):
                    self._step(name, place, step, fact)
                self._coarser(name, steps, fact)

    def _note(self, name: str, place: int | None, message: str, help_text: str = "", *below: str | int) -> None:
        data = self.document.data
        several = isinstance(data, dict) and isinstance(data["share"], dict) and isinstance(data["share"][name], tuple)
        loc: Loc = ("share", name) if place is None else ("share", name, *((place,) if several else ()), *below)
        self.problems.append(self.document.problem(loc, message, help_text, key=place is None))

    def _order(self, name: str, steps: Sequence[Coarsening]) -> None:
        for place, step in enumerate(steps):
            if step == "drop" and place != len(steps) - 1:
                self._note(name, place, _("behind `drop` nothing is left to tell"), _("let it stand last"))
            if step == "keep" and place:
                self._note(name, place, _("`keep` is the most exact way to tell it"), _("let it stand first"))

    def _step(self, name: str, place: int, step: Coarsening, fact: AnyFact) -> None:
        match step:
            case "drop":
                return
            case "keep" if isinstance(fact, BooleanFact | ChoiceFact | ChoicesFact):
                return
            case "keep":
                way_out = {
                    "integer": _("tell numbers by `bands`"),
                    "date": _("tell days by `years`"),
                    "row": _("tell rows by `groups`"),
                    "text": _("texts stay in the office; a name may leave by `public_list` alone"),
                }[fact.type]
                self._note(name, place, _("`{fact}` is `{type}`: it never leaves as it is", fact=name, type=fact.type),
                           way_out)  # fmt: skip
            case Groups() if isinstance(fact, ChoiceFact | ChoicesFact | RowFact):
                self._groups(name, place, step, answers_of(fact, self.criteria))
            case Bands() if isinstance(fact, IntegerFact):
                low, high = fact.range
                if list(step.bands) != sorted(set(step.bands)) or not low <= step.bands[0] <= step.bands[-1] < high:
                    message = _("bands rise from {low} to below {high}", low=low, high=high)
                    self._note(name, place, message, "", "bands")
            case Years() if isinstance(fact, DateFact):
                return
            case PublicList() if fact.type == "text":
                return
            case _:
                known = {
                    "boolean": "keep", "choice": "keep, groups", "choices": "keep, groups", "integer": "bands",
                    "date": "years", "row": "groups", "text": "public_list",
                }[fact.type]  # fmt: skip
                message = _("`{fact}` is `{type}` and cannot be told so", fact=name, type=fact.type)
                self._note(name, place, message, _("there is {known}", known=f"{known}, drop"))

    def _groups(self, name: str, place: int, step: Groups, every: Sequence[str]) -> None:
        taken: dict[str, str] = {}
        for group, several in step.groups.items():
            for number, one in enumerate(() if several == (OTHERS,) else several):
                at = ("groups", group, number)
                if one not in every:
                    message = _("`{answer}` is no answer to `{fact}`", answer=one, fact=name)
                    self._note(name, place, message, suggestion(one, every), *at)
                elif one in taken:
                    message = _("`{answer}` is in the group `{group}` already", answer=one, group=taken[one])
                    self._note(name, place, message, "", *at)
                taken.setdefault(one, group)
        others = [group for group, several in step.groups.items() if several == (OTHERS,)]
        missing = [one for one in every if one not in taken]
        if len(others) > 1:
            self._note(name, place, _("only one group is that of all others"), "", "groups", others[1])
        elif missing and not others:
            message = _("no group has {answers}", answers=", ".join(f"`{one}`" for one in missing[:8]))
            self._note(name, place, message, _("put it in one, or let one group be `*`"), "groups")

    def _coarser(self, name: str, steps: Sequence[Coarsening], fact: AnyFact) -> None:
        """Note a step that tells more than the one before it: what was made coarser would become more exact again."""
        every = answers_of(fact, self.criteria)
        for place, (one, other) in enumerate(pairwise(steps), 1):
            match one, other:
                case Groups(), Groups():
                    later = [set(several) for several in members(other, every).values()]
                    fits = all(any(set(few) <= each for each in later) for few in members(one, every).values())
                case Bands(), Bands():
                    fits = set(other.bands) < set(one.bands)
                case Years(), Years():
                    fits = other.years > one.years and other.years % one.years == 0
                case PublicList(), PublicList():
                    fits = False
                case _:
                    fits = True
            if not fits:
                message = _("this way to tell `{fact}` is not coarser than the one before it", fact=name)
                self._note(name, place, message, _("each group, band or span must hold whole ones of those before it"))
