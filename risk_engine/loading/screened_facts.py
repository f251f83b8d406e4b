"""Read which facts of a set screening may propose answers to (screening.yaml), each one that can take them."""

from collections.abc import Mapping
from typing import Any

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document, read
from risk_engine.loading.sets import beside_newest
from risk_engine.loading.validate import validated
from risk_engine.loading.version_files import SCREENING
from risk_engine.model.companion_files import KindFact, ListedFact, ScreenedFacts
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, IntegerFact, TextFact


def load_screened_facts(criteria: Criteria, *, needed: bool = True) -> Mapping[str, ScreenedFacts]:
    """Return which facts screening may propose answers to, by the entity.

    It lies beside the rules, outside the digest: no result depends on it, and lists come between releases. Where there
    is none, nothing is returned if it is not `needed`. Raises RiskEngineError where it is, and InvalidSourceError with
    everything that is wrong with it.
    """
    path = beside_newest(criteria, SCREENING)
    if not path.is_file():
        if not needed:
            return {}
        head = criteria.head
        message = _("{id} {version} does not say which facts screening answers", id=head.id, version=head.version)
        way_out = _("say it in `{path}` (docs/authors.md, “What screening answers”)", path=path.as_posix())
        raise RiskEngineError(message, way_out)
    document = read(path, go_on=True)
    problems: list[Diagnostic] = list(document.problems)
    data = document.data if isinstance(document.data, dict) else {}
    if not data:
        problems.append(document.problem((), _("an entity is needed here, with the facts that screening answers")))
    found = {}
    for entity, stated in data.items():
        facts = validated(ScreenedFacts, stated, document, (entity,), problems)
        if facts is not None:
            _Check(document, criteria, entity, problems).all(facts)
            found[entity] = facts
    if problems:
        raise InvalidSourceError(problems)
    return found


class _Check:
    """What is wrong with one entity of the file; everything is noted."""

    def __init__(self, document: Document, criteria: Criteria, entity: str, problems: list[Diagnostic]) -> None:
        self.document = document
        self.criteria = criteria
        self.entity = entity
        self.problems = problems

    def all(self, facts: ScreenedFacts) -> None:
        """Note every fact that is not there or cannot take what it would be given."""
        declared = self.criteria.entities.get(self.entity)
        lists = [name for name, one in self.criteria.entities.items() if one.many is not None]
        if declared is None or declared.many is None:
            message = _("there is no list `{name}` in {set_id}", name=self.entity, set_id=self.criteria.head.id)
            self._note((), message, suggestion(self.entity, lists), key=True)
            return
        if self.entity not in (known := self.criteria.head.roles.label):
            message = _("the set does not say what names an entry of `{entity}`", entity=self.entity)
            self._note(
                (), message, suggestion(self.entity, known) or _("`roles: label:` in set.yaml says it"), key=True
            )
        for number, one in enumerate(facts.listed):
            self._listed(("listed", number), one)
        self._fact(("identity",), facts.identity)
        self._fact(("parents",), facts.parents)
        self._text(("other_names",), facts.other_names)
        for kind, fact in facts.identifiers.items():
            self._text(("identifiers", kind), fact)
            if kind not in IDENTIFIER_KINDS:
                message = _("`{text}` is no kind of identifier", text=kind)
                way_out = suggestion(kind, IDENTIFIER_KINDS) or _(
                    "there are {kinds}", kinds=quoted(IDENTIFIER_KINDS, "and")
                )
                self._note(("identifiers", kind), message, way_out, key=True)
        if facts.kind is not None:
            self._kind(facts.kind)
        joint = self._fact(("joint_works",), facts.joint_works)
        if joint is not None and not isinstance(joint, IntegerFact):
            self._note(("joint_works",), _("`{fact}` is no `integer` fact", fact=facts.joint_works))

    def _note(self, loc: Loc, message: str, help_text: str = "", *, key: bool = False) -> None:
        self.problems.append(self.document.problem((self.entity, *loc), message, help_text, key=key))

    def _fact(self, loc: Loc, name: str | None) -> AnyFact | None:
        """Return the fact of the entity that is named; None, and a problem, where there is none."""
        if name is None:
            return None
        entity, _dot, short = name.partition(".")
        facts = self.criteria.entities[self.entity].facts
        if entity == self.entity and short in facts:
            return facts[short]
        known = [f"{self.entity}.{one}" for one in facts]
        self._note(
            loc, _("there is no fact `{fact}` of `{entity}`", fact=name, entity=self.entity), suggestion(name, known)
        )
        return None

    def _text(self, loc: Loc, name: str | None) -> None:
        fact = self._fact(loc, name)
        if fact is not None and not isinstance(fact, TextFact):
            self._note(loc, _("`{fact}` is no `text` fact", fact=name))

    def _listed(self, loc: Loc, stated: ListedFact) -> None:
        fact = self._fact((*loc, "fact"), stated.fact)
        for key, other in (("answer", stated.answer), ("lists", stated.lists)):
            if stated.options is not None and other is not None:
                self._note((*loc, key), _("`{key}` does not stand beside `options`", key=key), key=True)
        if stated.options is None and stated.otherwise is not None:
            self._note((*loc, "otherwise"), _("`otherwise` stands beside `options`"), key=True)
        if fact is None or (stated.answer is None and stated.options is None):
            return
        answers: dict[Any, Loc] = {}
        if stated.answer is not None:
            answers[stated.answer] = (*loc, "answer")
        if stated.otherwise is not None:
            answers[stated.otherwise] = (*loc, "otherwise")
        answers |= {option: (*loc, "options", option) for option in stated.options or ()}
        match fact:
            case BooleanFact():
                known: list[Any] = [True, False]
            case ChoiceFact() | ChoicesFact():
                known = list(fact.options)
            case _:
                message = _("`{fact}` is no `boolean`, `choice` or `choices` fact", fact=stated.fact)
                self._note((*loc, "fact"), message)
                return
        for answer, place in answers.items():
            # Of `True` and 1 nobody has to be told apart here: the model takes no number.
            if answer not in known:
                shown = f"{answer}".lower() if isinstance(answer, bool) else answer
                way_out = suggestion(f"{answer}", [str(one).lower() for one in known])
                message = _("`{answer}` is no answer to `{fact}`", answer=shown, fact=stated.fact)
                self._note(place, message, way_out, key=place[-2:-1] == ("options",))

    def _kind(self, stated: KindFact) -> None:
        fact = self._fact(("kind", "fact"), stated.fact)
        if fact is not None and not isinstance(fact, ChoiceFact):
            self._note(("kind", "fact"), _("`{fact}` is no `choice` fact", fact=stated.fact))
        elif fact is not None:
            for kind, option in stated.types.items():
                if option not in fact.options:
                    message = _("`{answer}` is no answer to `{fact}`", answer=option, fact=stated.fact)
                    self._note(("kind", "types", kind), message, suggestion(option, fact.options))
        for kind in stated.types:
            if kind not in REGISTRY_TYPES:
                message = _("`{kind}` is no type of organisation in the registry", kind=kind)
                way_out = suggestion(kind, REGISTRY_TYPES) or _(
                    "there are {kinds}", kinds=quoted(REGISTRY_TYPES, "and")
                )
                self._note(("kind", "types", kind), message, way_out, key=True)


IDENTIFIER_KINDS = ("ror", "lei", "registration", "tax", "wikidata", "grid", "isni", "duns")
"""The numbers by which an organisation may be asked about (`screening.asked`)."""
REGISTRY_TYPES = (
    "archive",
    "company",
    "education",
    "facility",
    "funder",
    "government",
    "healthcare",
    "nonprofit",
    "other",
)
"""The types of organisations in ROR, schema 2; an earlier one has the same but `funder`."""
