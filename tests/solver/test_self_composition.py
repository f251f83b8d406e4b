"""What an answer decides of other questions: it opens them, closes them or fills them in by a table."""

from pathlib import Path

from risk_engine.loading.criteria import read_criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.references import decides_on

LOAN_DESK = read_criteria(Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0")


def test_the_row_of_a_table_decides_on_each_fact_that_is_filled_in_from_it() -> None:
    hanging = decides_on(LOAN_DESK)
    filled = {
        (f"{entity}.{fact.from_}", f"{entity}.{short}")
        for entity, declared in LOAN_DESK.entities.items()
        for short, fact in declared.facts.items()
        if not isinstance(fact, RowFact | TextFact) and fact.from_
    }
    assert filled
    assert all(fact in hanging[row] for row, fact in filled)
    assert None not in {name.partition(".")[2] for name in hanging}
