"""What two versions say otherwise and mean alike is one term in both, and nothing else is (issue 19)."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.diff.alike import join, join_findings
from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Findings
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits, Space
from risk_engine.solver.unbounded import AnyLength
from tests.audit.diff.test_hunt import Data, Dice, base_of, keys_of, said_falsely, world
from tests.engine.builder import DAY, criteria_of
from tests.strategies import by_turns

SEEDS = range(6)


class Reworded(Dice):
    """Draws a set whose indicators read definitions, and the same said otherwise; or something else said for it."""

    def condition(self) -> Data:
        return {"holds": self.one(("one", "other"))}

    def first(self) -> Data:
        pieces = self.pieces()
        pieces["indicators"] = {
            name: {"severity": {"moderate": {"holds": "one"}, "high": {"holds": "other"}}} for name in self.names
        }
        return {**pieces, "definitions": {"one": self.drawn(), "other": self.drawn()}}

    def drawn(self) -> Data:
        wet = {"fact": "trip.wet", "is": True}
        return {self.one(("all_of", "any_of")): [self.counted(), {"not": self.counted()}, wet]}

    def later(self, before: Data, *, is_same: bool) -> Data:
        said = {name: self.reworded(one) for name, one in before["definitions"].items()}
        return {**before, "definitions": said if is_same else {**said, "one": self.drawn()}}

    def reworded(self, condition: Any) -> Any:
        """Draw what means the same as a condition: each part may be turned round, moved, or denied twice."""
        match condition:
            case {"all_of": parts}:
                return self.joined("all_of", "any_of", parts)
            case {"any_of": parts}:
                return self.joined("any_of", "all_of", parts)
            case {"not": part}:
                return {"not": self.reworded(part)}
            case {"some": entity, "where": where} if self.chance(0.5):
                return {"not": {"every": entity, "where": {"not": where}}}
            case {"fact": "device.kind", "at_least": "laser"}:
                return {"not": {"fact": "device.kind", "is": "plain"}}
            case {"fact": "device.kind", "is": "fragile"}:
                return {"fact": "device.kind", "at_least": "fragile"}
            case {"where": where}:
                return {**condition, "where": self.reworded(where)}
            case _:
                return condition

    def joined(self, name: str, opposite: str, parts: list[Any]) -> Data:
        said = [self.reworded(one) for one in self.some(parts, len(parts))]
        return {name: said} if self.chance(0.4) else {"not": {opposite: [{"not": one} for one in said]}}


def sets(folder: Path, *several: Data) -> list[Criteria]:
    return [criteria_of(folder / f"v{number}", one) for number, one in enumerate(several)]


def whole(space: Space) -> None:
    before, after = space.readings
    before.facts.whole()
    join(space)
    after.facts.whole()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_means_the_same_is_one_term_however_it_is_said(seed: int) -> None:
    dice = Reworded(seed)
    first = dice.first()
    with tempfile.TemporaryDirectory() as folder:
        before, after = sets(Path(folder), first, dice.later(first, is_same=True))
    unbounded = AnyLength(Space([before, after], base_of(before), DAY, Limits()), whole).unbounded
    join_findings(unbounded)
    one, other = unbounded.readings
    assert Findings(one, other).different() == frozenset()


@pytest.mark.parametrize("seed", by_turns(SEEDS, 6))
def test_what_means_something_else_is_called_so_as_every_case_shows(seed: int) -> None:
    dice = Reworded(seed + 1000)
    first = dice.first()
    with tempfile.TemporaryDirectory() as folder:
        before, after = sets(Path(folder), first, dice.later(first, is_same=False))
    found = meaning(before, after, base_of(before), Limits(), DAY)
    keys = keys_of(before, after)
    cases = world(before, keys), world(after, keys)
    assert next(said_falsely(found, *cases, before), None) is None
    assert [one for one in found.shifts if one.status == "undecided"] == []
