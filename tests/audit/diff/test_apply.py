"""Edits made on the earlier version: all of them give the later one, one of them gives that change and no other."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.single_changes import apply
from risk_engine.audit.mutants.every import mutants
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from tests.audit.diff.conftest import Compared
from tests.strategies import by_turns, few_now
from tests.versions import LOAN_DESK

DESK = read_criteria(LOAN_DESK)
MUTANTS = [one.criteria for one in mutants(DESK)]


def said(criteria: Criteria) -> str:
    """Return all that a set says, in its order: two dictionaries of another order are equal to Python."""
    return criteria.model_dump_json(by_alias=True, exclude={"digest"})


def shaken(part: Any, dice: random.Random) -> Any:
    """Return a part of a set in which things are gone, new, renamed, rewritten and in another order, here and there."""
    match part:
        case BaseModel():
            fields = {
                name: shaken(getattr(part, name), dice)
                for name in type(part).model_fields
                if name not in {"digest", "places", "path", "bundle", "schema_"}
            }
            return part.model_copy(update=fields)
        case dict():
            entries = [(key, shaken(one, dice)) for key, one in part.items()]
            if dice.random() < 0.1:
                dice.shuffle(entries)
            if entries and dice.random() < 0.1:
                entries.pop(dice.randrange(len(entries)))
            if entries and dice.random() < 0.1:
                name, one = dice.choice(entries)
                entries.insert(dice.randrange(len(entries) + 1), (f"{name}_2", one))
            return dict(entries)
        case (int(), int()):  # the two ends of a range
            return part
        case tuple():
            several = [shaken(one, dice) for one in part]
            if dice.random() < 0.1:
                dice.shuffle(several)
            if several and dice.random() < 0.05:
                several.pop(dice.randrange(len(several)))
            if several and dice.random() < 0.05:
                several.insert(dice.randrange(len(several) + 1), dice.choice(several))
            return tuple(several)
        case str():
            return f"{part} too" if " " in part and dice.random() < 0.02 else part
        case bool():
            return not part if dice.random() < 0.02 else part
        case int():
            return part + 1 if dice.random() < 0.02 else part
        case _:
            return part


seeds = st.integers(0, 2**32)
FEW = few_now(10, 4)


def version(seed: int) -> Criteria:
    """Return a version that a seed stands for: a mutant, or one in which much is otherwise."""
    dice = random.Random(seed)  # noqa: S311
    mutant = dice.choice([DESK, *MUTANTS])
    return mutant if dice.random() < 0.2 else shaken(mutant, dice)


@FEW
@given(seeds, seeds)
def test_all_edits_make_the_later_version_of_the_earlier_whatever_the_two_are(first: int, second: int) -> None:
    before, after = version(first), version(second)
    edits = compare(before, after)
    assert said(apply(before, edits)) == said(after)
    assert compare(apply(before, edits), after) == ()
    assert len({one.name for one in edits}) == len(edits)


@FEW
@given(seeds)
def test_some_edits_make_these_changes_and_no_other(seed: int) -> None:
    after, dice = version(seed), random.Random(seed)  # noqa: S311
    edits = compare(DESK, after)
    chosen = [one for one in edits if dice.random() < 0.5]
    made = apply(DESK, chosen)
    assert said(apply(DESK, reversed(chosen))) == said(made)
    # What is left to do after them is the rest: put back, each of them would be missing.
    assert said(apply(made, compare(made, after))) == said(after)
    untouched = {one.record for one in edits} - {one.record for one in chosen}
    assert untouched.isdisjoint(one.record for one in compare(DESK, made))


@pytest.mark.parametrize("number", by_turns(range(0, len(MUTANTS), 7), 8))
def test_one_edit_between_mutants_is_the_one_change(number: int) -> None:
    before, after = MUTANTS[number], MUTANTS[-number - 1]
    for one in compare(before, after):
        assert [(again.name, again.after) for again in compare(before, apply(before, [one]))] == [(one.name, one.after)]


def test_each_edit_of_a_version_written_by_hand_can_be_made_and_all_make_the_version(compared: Compared) -> None:
    before, edits = compared.before, tuple(compared.edits.values())
    assert said(apply(before, edits)) == said(compared.after)
    assert list(apply(before, edits).indicators) == list(compared.after.indicators)
    for one in edits:
        again = compare(before, apply(before, [one]))
        assert [(found.name, found.after) for found in again] == [(one.name, one.after)]


def test_what_does_not_change_stays_the_same_object(compared: Compared) -> None:
    made = apply(compared.before, [compared.edits["indicator OBJ-1 controls.1 changed"]])
    assert made.indicators["OBJ-1"].severity is compared.before.indicators["OBJ-1"].severity
    assert made.indicators["OBJ-2"] is compared.before.indicators["OBJ-2"]
    assert made.ladders is compared.before.ladders
    assert made.indicators["OBJ-1"].controls[1] is compared.after.indicators["OBJ-1"].controls[1]


def test_no_edits_give_the_set_itself_and_others_one_with_a_digest_of_its_own(compared: Compared) -> None:
    before, edits = compared.before, list(compared.edits.values())
    assert apply(before, []) is before
    digests = {apply(before, [one]).digest for one in edits} | {before.digest, compared.after.digest}
    assert len(digests) == len(edits) + 2
    assert apply(before, edits).path is None


def test_a_new_entry_stands_behind_the_nearest_that_stands_before_it_later(compared: Compared) -> None:
    made = apply(compared.before, [compared.edits["indicator LAW-7 added"]])
    assert list(made.indicators)[-2:] == ["LAW-7", "LAW-6"]
    facts = apply(compared.before, [compared.edits["fact loan.visitors added"]]).entities["loan"].facts
    assert list(facts)[5:8] == ["shipper_grade", "visitors", "reach"]
