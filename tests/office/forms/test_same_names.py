"""Two people name the same entries, each in another spelling and order: the case has each once, with both answers."""

import tempfile
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from risk_engine.files.source import parse
from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.answers import NOT_KNOWN_WORDS, answers_of
from risk_engine.office.forms.case_record import Under
from risk_engine.office.forms.export_form import form_for
from risk_engine.office.forms.merge import Preference, merged
from risk_engine.office.forms.xlsx_read import read_workbook
from risk_engine.report.blank_case import blank_case
from risk_engine.report.returned import (
    same_label,
)
from tests.cli.running import LOAN_DESK
from tests.office.forms.people import Person, fill_workbook

DESK = load_criteria(str(LOAN_DESK))
FORMS = {role: form_for(DESK, role, room=3) for role in ("registrar", "conservator")}
SEATS, CLIMATES = ("NO", "RIFT"), ("steady", "drifting", "unlogged")

letters = st.sampled_from("aÄéßŁﬁ½ 港Ωſ²-.'") | st.characters(codec="utf-8", exclude_categories=("C", "Z"))
names = st.text(letters, min_size=1, max_size=12).filter(lambda one: same_label(one) not in {"", *NOT_KNOWN_WORDS})
SPELLINGS: list[Callable[[str], str]] = [
    str.strip,
    str.upper,
    str.casefold,
    lambda name: f"  {name.replace(' ', '   ')} ",
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: unicodedata.normalize("NFKC", name),
]


@settings(max_examples=settings().max_examples // 4, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.data())
def test_entries_are_the_same_by_their_names_without_any_id(data: st.DataObject) -> None:
    labels = data.draw(st.lists(names, min_size=1, max_size=3, unique_by=same_label))
    said: dict[str, dict[str, str]] = {}
    filled = []
    for (role, form), fact, values in zip(FORMS.items(), ("seat", "climate"), (SEATS, CLIMATES), strict=True):
        answers: dict[str, Any] = {}
        for number, label in enumerate(data.draw(st.permutations(labels)), 1):
            spelled = data.draw(st.sampled_from(SPELLINGS))(label)
            # Capitals of some letters are other letters; then it is another name.
            answers[f"borrower.{number}.called"] = spelled if same_label(spelled) == same_label(label) else label
            answers[f"borrower.{number}.{fact}"] = data.draw(st.sampled_from(values))
            said.setdefault(same_label(label), {})[fact] = answers[f"borrower.{number}.{fact}"]
        with tempfile.TemporaryDirectory() as folder:
            paper = read_workbook(fill_workbook(form, Person(answers), Path(folder) / f"{role}.xlsx"))
        one, problems = answers_of(paper, DESK)
        assert problems == []
        assert one is not None
        filled.append(one)
    result = merged(
        parse(blank_case(DESK), "case.yaml", nulls=True), filled, Under(DESK, date(2026, 11, 20)), Preference()
    )
    assert result.contradictions == []
    have = result.record.data["borrower"]
    assert {same_label(one["called"]): {"seat": one["seat"], "climate": one["climate"]} for one in have} == said
    assert len({one["id"] for one in have}) == len(have) == len(labels)
