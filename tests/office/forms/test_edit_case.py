"""Whatever is set, added and taken out: the case says it afterwards, and nothing else of its file has moved."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files.source import parse
from risk_engine.files.syntax import one_line
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact, RowFact
from risk_engine.office.forms.edit_answers import Asked
from risk_engine.office.forms.edit_case import CaseEdit
from risk_engine.report.blank_case import blank_case
from tests.engine.builder import LOAN_DESK
from tests.strategies import one_in

DESK = load_criteria(str(LOAN_DESK))
ASKED = Asked(f"{LOAN_DESK}", None, date(2026, 3, 2))
BLANK = blank_case(DESK, today=ASKED.today)
LISTS = [name for name, entity in DESK.entities.items() if entity.many is not None]
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


def answers(fact: AnyFact) -> st.SearchStrategy[tuple[str, Any]]:
    """Return what can be typed for a fact, with what the case says then."""
    match fact:
        case BooleanFact():
            return st.sampled_from([("true", True), ("no", False), ("unknown", "unknown")])
        case ChoiceFact(options=options):
            return st.sampled_from([(one, one) for one in (*options, "unknown")])
        case ChoicesFact(options=options):
            chosen = st.lists(st.sampled_from(list(options)), unique=True)
            return chosen.map(lambda some: (", ".join(some) or "none", tuple(some)))
        case IntegerFact(range=(low, high)):
            return st.integers(low, high).map(lambda number: (f"{number}", number))
        case DateFact():
            return st.dates().map(lambda day: (f"{day}", day))
        case RowFact(of=table):
            return st.sampled_from([(one, one) for one in DESK.tables[table].rows])
        case _:
            return NAMES.map(lambda text: (text, text))


def edited(text: str, newline: str) -> CaseEdit:
    return CaseEdit(Path("case.yaml"), text.replace("\n", newline).encode(), ASKED)


def as_stated(text: str, path: str) -> Any:
    data = parse(text, "case.yaml", nulls=True).data
    entity, *entry, fact = path.split(".")
    holder = data[entity] if not entry else next(one for one in data[entity] if one["id"] == entry[0])
    return holder.get(fact)


@pytest.mark.nightly
@one_in(4, least=10)
@given(st.data())
def test_a_case_says_what_was_set_and_keeps_its_comments(data: st.DataObject) -> None:
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    edit = edited(BLANK, newline)
    entries = {name: edit.add(name, data.draw(NAMES)) for name in data.draw(st.sets(st.sampled_from(LISTS)))}
    said: dict[str, Any] = {}
    for name, entity in DESK.entities.items():
        lead = name if entity.many is None else f"{name}.{entries.get(name)}"
        if entity.many is None or name in entries:
            for short in data.draw(st.sets(st.sampled_from(list(entity.facts)), max_size=4)):
                typed, said[f"{lead}.{short}"] = data.draw(answers(entity.facts[short]))
                edit.set(f"{lead}.{short}", typed)
    new = edit.written()
    assert new.keeps_comments
    assert {path: as_stated(new.text, path) for path in said} == said
    comments = [line.strip() for line in BLANK.splitlines() if line.lstrip().startswith("# ")]
    assert [line.strip() for line in new.text.splitlines() if line.lstrip().startswith("# ")] == comments
    assert new.text.count("\r\n") == (new.text.count("\n") if newline == "\r\n" else 0)
    case_of(parse(new.text, "case.yaml", nulls=True), DESK)
    # Set once more to what it says, nothing moves; taken out again, nobody has said it.
    again = edited(new.text.replace("\r\n", "\n"), newline)
    for path, value in said.items():
        again.set(path, "none" if value == () else ", ".join(value) if isinstance(value, tuple) else _typed(value))
    assert again.written().text == new.text
    for path in said:
        again.remove(path)
    left = again.written().text
    assert {path: as_stated(left, path) if path in said else None for path in said} == dict.fromkeys(said)


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else one_line(value)


@pytest.mark.parametrize("last", [True, False])
def test_an_entry_that_is_taken_out_takes_its_lines_alone(last: bool) -> None:
    text = BLANK
    edit = edited(text, "\n")
    first, second = edit.add("borrower", "First"), edit.add("borrower", "Second")
    whole = edit.written().text
    again = edited(whole, "\n")
    again.remove(f"borrower.{second if last else first}")
    left = again.written()
    assert left.keeps_comments
    assert [line for line in left.text.splitlines() if line not in whole.splitlines()] == []
    assert f"id: {first if last else second}" in left.text
