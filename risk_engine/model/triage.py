"""Questions that are asked first, and close or open the rest: which they are, and what answers say of them.

A `no` that does not fit what else is answered is a contradiction that reopens it. One that nobody answered counts as a
`yes` as soon as something is answered that a `no` would close: whoever answers that has opened it (decision 0079).
"""

from risk_engine.files.once import once
from risk_engine.model.case import Case, answer, case_model
from risk_engine.model.conditions import Compare, Condition, facts_in, signed
from risk_engine.model.criteria import Criteria, FactInvariant
from risk_engine.model.facts import ChoicesFact, RowFact, TextFact
from risk_engine.model.references import closable

FIRST = "FIRST-"
"""What the names of those contradictions begin with; after it stands the number of the question, from 1."""


def with_contradictions(criteria: Criteria) -> Criteria:
    """Return a set whose contradictions name the answers to first questions that do not fit the others."""
    found = {
        f"{FIRST}{number}": FactInvariant.model_construct(
            title=one.title,
            whenever=one.implied,
            then=Compare.model_construct(fact=one.fact, op="is", operand=True),
            reopens=True,
        )
        for number, one in enumerate(criteria.head.triage, 1)
    }
    invariants = criteria.invariants.model_copy(update={"facts": {**criteria.invariants.facts, **found}})
    return criteria.model_copy(update={"invariants": invariants})


def written_at(name: str, criteria: Criteria) -> tuple[str, tuple[str | int, ...]]:
    """Return the file of a set, and the place in it, that says what a contradiction among answers is."""
    number = name.removeprefix(FIRST)
    if number != name and criteria.head.triage:
        return "set.yaml", ("triage", int(number) - 1)
    return "invariants.yaml", ("facts", name)


def first_questions(criteria: Criteria) -> tuple[str, ...]:
    """Return the full names of the facts that are asked first, in their order."""
    return tuple(one.fact for one in criteria.head.triage)


@once
def closed_by(criteria: Criteria) -> dict[str, frozenset[str]]:
    """Return for each first question what is asked on its account: facts by their full names, and lists."""
    asked = {name: fact.ask_when for name, fact in criteria.every_fact() if fact.ask_when is not None}
    reads = {name: facts_in(one, criteria.definitions) for name, one in {**asked, **closable(criteria)}.items()}
    return {
        first.fact: frozenset(name for name, facts in reads.items() if first.fact in facts)
        for first in criteria.head.triage
    }


def closes_with_yes(condition: Condition, fact: str, criteria: Criteria) -> bool:
    """Return whether a `true` to a first question may make a condition false, as none may that says what is asked."""
    compared = signed(condition, criteria.definitions)
    return any(one.fact == fact and one.operand is not upward for one, upward in compared)


def with_first_answers(case: Case, criteria: Criteria) -> Case:
    """Return a case in which a first question without an answer is a yes where something is answered that it opens."""
    found: dict[str, dict[str, bool]] = {}
    for name, closed in closed_by(criteria).items():
        entity, _, short = name.partition(".")
        if answer(getattr(case, entity), short) is None and any(_is_answered(one, case, criteria) for one in closed):
            found.setdefault(entity, {})[short] = True
    if not found:
        return case
    made = case_model(criteria).model_validate({"id": case.id, "title": case.title, **found})
    held = {name: getattr(case, name) for name in found}
    return case.model_copy(
        update={
            name: getattr(made, name) if held[name] is None else held[name].model_copy(update=answers)
            for name, answers in found.items()
        }
    )


def _is_answered(name: str, case: Case, criteria: Criteria) -> bool:
    """Return whether entries of a list are stated, or of a fact anything else than what it is where it is not asked."""
    entity, _, short = name.partition(".")
    held = getattr(case, entity)
    stated = held if isinstance(held, tuple) else (held,)
    if not short:
        return any(value is not None for one in stated for key, value in one or () if key != "id")
    fact = criteria.fact(name)
    otherwise = None if isinstance(fact, RowFact | TextFact) else fact.otherwise
    values = [value for one in stated if (value := answer(one, short)) is not None]
    if isinstance(fact, ChoicesFact):
        return any({*value} != {*(fact.otherwise or ())} for value in values if isinstance(value, tuple))
    return any(value != otherwise for value in values)
