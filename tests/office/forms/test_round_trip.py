"""Random answers to random sets, through a workbook and a document and back: the case says what the person said."""

import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.case import answer, entries
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.answers import answers_of
from risk_engine.office.forms.case_file import rewritten
from risk_engine.office.forms.case_record import Under
from risk_engine.office.forms.docx_form import (
    read_document,
)
from risk_engine.office.forms.export_form import form_for
from risk_engine.office.forms.form import (
    Form,
)
from risk_engine.office.forms.merge import Preference, merged
from risk_engine.office.forms.xlsx_read import read_workbook
from risk_engine.report.blank_case import blank_case
from tests.engine.builder import LOAN_DESK, SHIPPED
from tests.office.forms.people import NO_ENTRIES, NOT_KNOWN, Person, Unsure, fill_document, fill_workbook
from tests.strategies import Data, RuleSet, cases_of, rule_sets

KINDS: dict[str, tuple[Callable[[Form, Person, Path], Path], Callable[[Path], Any]]] = {
    "xlsx": (fill_workbook, read_workbook),
    "docx": (fill_document, read_document),
}
LOAN = load_criteria(str(LOAN_DESK))
FULL = load_criteria(str(SHIPPED))
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=60)
hostile = st.sampled_from(
    ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "<b>&amp;", "\u202eevil", "a\nb", "x" * 9000]
)


def through(kind: str, criteria: Criteria, person: Person, role: str | None = None, room: int = 3) -> Any:
    """Return the case that a person's answers make of an empty one."""
    fill, read = KINDS[kind]
    form = form_for(criteria, role, room=room)
    with tempfile.TemporaryDirectory() as folder:
        paper = read(fill(form, person, Path(folder) / f"a.{kind}"))
    filled, problems = answers_of(paper, criteria)
    assert problems == []
    assert filled is not None
    assert filled.left == []
    text = blank_case(criteria)
    before = parse(text, "case.yaml", nulls=True)
    result = merged(before, [filled], Under(criteria, date(2026, 11, 20)), Preference())
    assert result.contradictions == []
    after = rewritten(text, before.data, result.record.data, is_json=False)
    assert after.keeps_comments
    if NO_ENTRIES not in person.lists.values():  # then the empty block goes, and what stands in it
        comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
        assert [line for line in after.text.splitlines() if line.lstrip().startswith("# ")] == comments
    return case_of(parse(after.text, "case.yaml", nulls=True), criteria)


def asked(criteria: Criteria) -> Iterator[tuple[str, str]]:
    for name, entity in criteria.entities.items():
        yield from ((name, short) for short, fact in entity.facts.items() if getattr(fact, "from_", None) is None)


def person_of(data: Data, criteria: Criteria, pick: Callable[[int], int], text: Callable[[], str]) -> Person:
    """Return the person who gives these answers; of some they are not sure, some nobody knows."""
    said: dict[str, Any] = {}

    def say(path: str, short: str, one: Data, name: str) -> None:
        if short in one:
            value = one[short]
            if criteria.fact(f"{name}.{short}").type == "text":
                value = text().strip() or "x"
            said[path] = Unsure(value) if pick(4) == 3 else value
        elif pick(4) == 3:
            said[path] = NOT_KNOWN

    lists: dict[str, str] = {}
    for name, entity in criteria.entities.items():
        if name in data and data[name] == ():
            lists[name] = NO_ENTRIES
        elif name not in data:
            lists |= {name: NOT_KNOWN} if entity.many and pick(2) else {}
        for number, one in enumerate(data.get(name) or () if entity.many else (data.get(name, {}),), 1):
            middle = f".{number}" if entity.many else ""
            if entity.many:
                said[f"{name}.{number}.id"] = one["id"]
            for owner, short in asked(criteria):
                if owner == name:
                    say(f"{name}{middle}.{short}", short, one, name)
    return Person(said, lists=lists)


def agrees(person: Person, data: Data, case: Any, criteria: Criteria) -> None:
    for name, entity in criteria.entities.items():
        have = entries(case, name) if entity.many else (getattr(case, name),)
        if entity.many and name in data:
            assert [str(answer(one, "id")) for one in have or ()] == [one["id"] for one in data[name]]
            assert have is not None
        for number, one in enumerate(have or (), 1):
            for owner, short in asked(criteria):
                if owner != name or (entity.many and name not in data):
                    continue
                said = person.answers.get(f"{name}.{number}.{short}" if entity.many else f"{name}.{short}")
                said = said.value if isinstance(said, Unsure) else said
                found = answer(one, short)
                said = unicodedata.normalize("NFC", said) if isinstance(said, str) else said
                if isinstance(said, tuple):
                    said = tuple(option for option in criteria.fact(f"{name}.{short}").options if option in said)  # type: ignore[union-attr]
                assert found == (None if said is NOT_KNOWN or said == "unknown" else said), (name, number, short)
    unsure = sum(isinstance(value, Unsure) for value in person.answers.values())
    listed = sum(len(one.for_) for one in case.evidence if one.confidence == "declared")
    given_ = [value is not NOT_KNOWN for path, value in person.answers.items() if not path.endswith(".id")]
    assert listed == sum(given_) - unsure


@pytest.mark.nightly
@pytest.mark.hypothesis
@pytest.mark.parametrize(("kind", "share"), [("xlsx", 4), ("docx", 8)])
def test_answers_to_random_sets_come_back_as_they_were_given(kind: str, share: int) -> None:
    @settings(max_examples=settings().max_examples // share, deadline=None, phases=[Phase.reuse, Phase.generate])
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        rules: RuleSet = data.draw(rule_sets())
        drawn = data.draw(cases_of(rules.criteria))
        person = person_of(
            drawn,
            rules.criteria,
            lambda number: data.draw(st.integers(0, number - 1)),
            lambda: data.draw(texts | hostile),
        )
        agrees(person, drawn, through(kind, rules.criteria, person), rules.criteria)

    holds()


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
@pytest.mark.parametrize("criteria", [LOAN, pytest.param(FULL, marks=pytest.mark.nightly)], ids=["foreign", "shipped"])
def test_every_question_of_a_real_set_comes_back(kind: str, criteria: Criteria) -> None:
    """Each question once, with the last of its answers: titles, long lists and labels of a set that people use."""
    said: dict[str, Any] = {}
    for part in form_for(criteria, None, room=1).parts:
        lead = part.entity if part.many is None else f"{part.entity}.1"
        for one in (*part.questions, *([part.label] if part.label else [])):
            options = [name for name, _ in one.choices]
            fact = criteria.fact(one.name)
            said[f"{lead}.{one.short}"] = {
                "one": (options[-1] == "true") if fact.type == "boolean" else options[-1] if options else None,
                "several": tuple(options[1:]) or tuple(options),
                "integer": one.range[1],
                "date": date(1938, 4, 1),
                "text": f"About {one.short}",
            }[one.kind]
    case = through(kind, criteria, Person(said), room=1)
    for path, value in said.items():
        name, *middle, short = path.split(".")
        found = getattr(case, name)
        assert answer(found[0] if middle else found, short) == value, path
