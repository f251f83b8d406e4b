"""Expected values: design, section 4 (three values): what may be unanswered stands at no level yet."""

import z3

from risk_engine.solver.terms import Interval, settled_ends


def test_a_value_between_settled_ends_says_them() -> None:
    # Of three levels in order: at least the first, at most the second.
    assert settled_ends(Interval(unknown=False, low=(True, False, False), high=(True, True, False))) == (0, 1)


def test_a_value_that_may_be_unanswered_has_no_settled_ends() -> None:
    for unknown in (True, z3.Bool("unanswered")):
        assert settled_ends(Interval(unknown=unknown, low=(True, False), high=(True, True))) is None


def test_a_value_whose_end_depends_on_an_answer_has_no_settled_ends() -> None:
    assert settled_ends(Interval(unknown=False, low=(True, z3.Bool("late")), high=(True, True))) is None
