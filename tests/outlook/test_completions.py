"""On random criteria and cases the exact range and the next questions are what trying every completion finds."""

import itertools
from collections import defaultdict
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from risk_engine.engine.work import work
from risk_engine.model.outlook import IfAnswered
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from tests.engine.builder import DAY
from tests.outlook.completions import Completions
from tests.outlook.open_cases import open_cases, open_sets
from tests.strategies import Data, RuleSet, few_now

PATIENT = few_now(2, 5)
CASES = 3
"""So many cases are drawn for each set: to draw one takes longer than a case."""
IDLE = {"ways", "none"}
"""What an answer can do that moves no level of the case as it is."""
MOST = 1500
"""So many combinations of answers are tried of a case, no more."""


class Looked:
    """A case, what the outlook says of it, and all its completions."""

    def __init__(self, rules: RuleSet, base: Data, data: Data) -> None:
        worked = work(rules.case(data), rules.criteria, DAY)
        self.still = StillOpen(worked, rules.case(base))
        self.all = Completions(rules, data, self.still)
        assume(self.all.size <= MOST)
        self.completions = self.all.all()
        self.ranges = exact_ranges(self.still)
        self.questions = {one.path: one for one in next_questions(self.still, self.ranges)}

    def check_ranges(self) -> None:
        for place, found in enumerate(self.ranges):
            levels = {one.levels[place] for one in self.completions}
            assert {one.level for one in found.possible} == levels
            assert found.undecided == ()
            for one in found.possible:
                reaching = [each for each in self.completions if each.levels[place] == one.level]
                sound = [each for each in reaching if not each.broken]
                # A completion whose answers go together stands before a smaller one of which they do not. Of what the
                # case breaks already, and no completion can mend, a solver is not asked: there it may be missed.
                if not sound or not self.all.lasting:
                    assert bool(one.witness.contradicts) == (not sound)
                if not self.all.lasting:
                    assert one.only_contradictory == (not sound)
                assert not (one.only_contradictory and sound)
                if one.witness.contradicts:
                    sound = []
                least = min(self.all.differences(each.answers) for each in sound or reaching)
                assert one.witness.is_smallest
                assert one.witness.reached[place].level == one.level
                assert self.all.differences(self._answers(one.witness.answers)) == least

    def _answers(self, answers: dict[str, Any]) -> list[Any]:
        return [answers.get(one.path) for one in self.all.questions]

    def check_idle(self) -> set[int]:
        """Return the places of the questions that move no level now, once that is found to be true of them together."""
        idle = {place for place, one in enumerate(self.all.questions) if self.questions[one.path].effect in IDLE}
        # Whatever is answered to all of them, and left open of the others, these decide.
        assert self._is_alike(idle)
        return idle

    def check_needless(self) -> None:
        idle = self.check_idle()
        # Each that is asked does matter, while some others are open or once they are answered.
        for place in range(len(self.all.questions)):
            is_alike = self._is_alike({place})
            assert is_alike == (place in idle)

    def _is_alike(self, free: set[int]) -> bool:
        groups: dict[tuple[Any, ...], set[tuple[Any, ...]]] = defaultdict(set)
        for one in self.all.given:
            groups[self.all.apart_from(free, one.answers)].add(one.results)
        return all(len(one) == 1 for one in groups.values())

    def check_alone(self) -> None:
        now = self.still.now
        for place, one in enumerate(self.all.questions):
            told = self.questions[one.path]
            moving = {
                str(value): self.still.places(worked.proposed)
                for value, worked in self.all.alone(place)
                if self.still.places(worked.proposed) != now
            }
            if told.effect in IDLE or one.after:
                assert told.effect != "alone"
                assert not told.if_answered
                continue
            assert (told.effect == "alone") == bool(moving)
            reached = {self._places(each) for each in told.if_answered}
            assert reached == set(moving.values())
            self._check_broken(place, told.if_answered)
            if not one.is_list and not isinstance(next(iter(self.all.alone(place)))[0], tuple):
                assert self._named(told.if_answered, place) == set(moving)

    def _check_broken(self, place: int, answers: tuple[IfAnswered, ...]) -> None:
        """Each answer is said to break what it breaks, all others being open."""
        broken = {
            str(value): self.all.is_broken(worked.facts, self.all.before) for value, worked in self.all.alone(place)
        }
        for one in answers:
            if str(one.answer) in broken:
                assert bool(one.contradicts) == broken[str(one.answer)]

    def _places(self, one: IfAnswered) -> tuple[int, ...]:
        found: list[int] = []
        for reached in one.reached:
            levels = list(self.still.criteria.ladders[reached.ladder].levels)
            found += [levels.index(each) for each in (reached.level, reached.lowest, reached.highest)]
        return tuple(found)

    def _named(self, answers: tuple[IfAnswered, ...], place: int) -> set[str]:
        """Return the answers that are named, of all that were tried."""
        found: set[str] = set()
        for value, _worked in self.all.alone(place):
            for one in answers:
                has_no_start = one.first is None and (one.last is not None or isinstance(value, date))
                is_between = has_no_start or (one.first is not None and value >= one.first)
                is_among = value == one.answer or value in one.alike
                if is_among or (is_between and (one.last is None or value <= one.last)):
                    found.add(str(value))
        return found


@given(st.data())
@settings(PATIENT)
def test_what_the_outlook_says_is_what_trying_everything_finds(data: st.DataObject) -> None:
    rules = data.draw(open_sets())
    for _ in range(CASES):
        looked = Looked(rules, *data.draw(open_cases(rules)))
        looked.check_ranges()
        looked.check_needless()
        looked.check_alone()


@given(st.data())
@settings(PATIENT)
def test_the_outlook_is_the_same_whatever_was_asked_before(data: st.DataObject) -> None:
    rules = data.draw(open_sets())
    base, opened = data.draw(open_cases(rules))
    worked = work(rules.case(opened), rules.criteria, DAY)
    one, other = (StillOpen(worked, rules.case(base)) for _ in range(2))
    ranges = exact_ranges(one)
    questions = next_questions(one, ranges)
    assert next_questions(other, ranges) == questions
    assert exact_ranges(other) == ranges
    assert list(itertools.chain(exact_ranges(one), next_questions(one, ranges))) == [*ranges, *questions]
