"""Questions about lists of any length: entries of their own show what is said of further ones."""

from pathlib import Path

import pytest

from risk_engine.solver.space import Limits, Space
from risk_engine.solver.unbounded import Unbounded
from tests.engine.builder import DAY, case_from, criteria_from

FACTS = "guest: {many: 5, facts: {age: {type: integer, range: [0, 9]}}}"


@pytest.mark.parametrize("number", [1, 3])
def test_so_many_entries_show_what_every_answer_of_theirs_fulfils(tmp_path: Path, number: int) -> None:
    # A missing answer may fulfil it too: that is settled before the solver is asked, and no term of an entry says it.
    counted = f"{{count: guest, where: {{fact: guest.age, at_least: 0}}, at_least: {number}}}"
    criteria = criteria_from(tmp_path / "toy", facts=FACTS, indicators=f"A: {{severity: {{low: {counted}}}}}")
    space = Unbounded(Space([criteria], case_from(criteria), DAY, Limits()))
    ((_severity, present),) = space.readings[0].finding("A").severities
    assert space.check(present.must)[0] == "possible"
    assert space.entries == {"guest": number}
