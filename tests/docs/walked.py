"""The walked case: what it has to come to, written from the catalogue before any run, and what people type on the way.

A joint laboratory on recycling of batteries: four partners, three people, four sources of money. What they answer is in
examples/walk/; whoever is asked types it into the fields of the workbooks, as far as those let them.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.model.criteria import Criteria
from tests.cli.running import EXAMPLES

WALK = EXAMPLES / "walk"

SUBMITTED: Final = {
    # Area 10 (recycling of raw materials), level 5, not public, leaves the EU, nobody classified it.
    "SEC-04": "high",
    # An indirect tie of the university, a critical area, unpublished, level 5.
    "SEC-10": "high",
    # Level 5 in a critical area goes to partners who are neither pre-approved nor associated.
    "SEC-12": "high",
    # The student owes reports and needs confidential information.
    "SEC-16": "high",
    # The engineer asks for controlled access, and nobody has made the check.
    "SEC-17": "high",
    # Protected access and industrial data, under a law that can compel.
    "SEC-19": "moderate",
    # The results of the contract belong to the firm alone, outside the EU, and public money pays the laboratory.
    "COM-03": "high",
    # Valuable know-how without a list.
    "COM-04": "moderate",
    # 120 days.
    "COM-05": "moderate",
    # Exclusivity for a payer outside the pre-approved countries. The student's duty stands with the student.
    "COM-09": "high",
    # A firm from there, and the topic in a plan of its state.
    "COM-11": "moderate",
    # A subsidised competitor; 35 percent alone would not do.
    "COM-15": "moderate",
    # A joint laboratory with an end, without a way out and without statutes.
    "COM-19": "moderate",
    # The measurements go out, and nothing is agreed.
    "COM-20": "moderate",
    # AI for research with partners under Chinese rules, the team not briefed.
    "ETH-16": "moderate",
}
"""The findings of the case as submitted, with their severity."""

OPEN: Final = {"COM-12"}
"""Where patents are filed first is not decided: moderate at most, so it may not hold the start by itself."""

NEVER: Final = {
    "SEC-01": "nobody is on a sanctions list",
    "SEC-03": "what nobody has classified is not listed yet",
    "SEC-07": "no partner is part of armed forces",
    "SEC-08": "the tie is indirect",
    "SEC-11": "no list of another state names a partner",
    "SEC-13": "good work in a busy field is no crown jewel",
    "SEC-14": "the guest post is declared",
    "SEC-15": "no contract demands anything of the kind",
    "SEC-23": "no country is under sanctions beyond lists of names",
    "COM-01": "the programme lets the firm take part without its money",
    "COM-02": "who owns the results is settled, for a fair return",
    "COM-08": "no source outside reaches 15 percent",
    "COM-10": "every payer is known",
    "ETH-07": "there are no data about people",
    "ETH-10": "no approval is needed",
}
"""What must not be found, and why."""

FIRST: Final = {"measure": "regulation", "start_gate": "blocked", "escalation": "committee"}
"""A hold (SEC-04, SEC-17) and no legal bar, no red line, nothing critical; seven high findings in two dimensions."""

CONTROLLED: Final = {
    "SEC-04": "none",
    "SEC-10": "moderate",
    "SEC-12": "moderate",
    "SEC-16": "low",
    "SEC-17": "none",
    "SEC-19": "low",
    "COM-03": "low",
    "COM-04": "low",
    "COM-05": "none",
    "COM-09": "none",
    # Monitoring is agreed and not in place, and a briefing is planned: neither lowers anything yet.
    "COM-11": "moderate",
    "COM-15": "moderate",
    "COM-19": "low",
    "COM-20": "low",
    "ETH-16": "moderate",
}
"""The same findings with what was agreed and put in place since."""

LAST: Final = {"measure": "regulation", "start_gate": "clear", "escalation": "none"}
"""High without controls, so the conditions bind; nothing high remains, nothing holds the start."""


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in examples/walk/."""
    with (WALK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answers_of(*who: str) -> dict[str, str]:
    """Return what these people answer, or everybody, by the paths of the answers."""
    found = {one["path"]: one["answer"] for one in rows("answers.csv") if not who or one["who"] in who}
    return {path: answer for path, answer in found.items() if "." in path}


def head() -> dict[str, str]:
    """Return what the office says of the case itself: its title, its number, its institution, who fills it in."""
    return {one["path"]: one["answer"] for one in rows("answers.csv") if "." not in one["path"]}


class Typist:
    """Somebody who types answers into a workbook, the titles that stand to choose from or plain words."""

    def __init__(self, file: Path, criteria: Criteria) -> None:
        self.file = file
        self.criteria = criteria
        self.book = load_workbook(file, rich_text=True)
        self.typed: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.book.save(self.file)

    def start(self, **fields: str | date) -> None:
        """Fill in fields of the first sheet, by their keys."""
        sheet = self.book.worksheets[0]
        keys = {str(sheet.cell(row, 1).value): row for row in range(2, sheet.max_row + 1)}
        for key, value in fields.items():
            put(sheet, keys[key], 3, value)

    def answer(self, answers: Mapping[str, str]) -> None:
        """Answer what is asked here; what is not is somebody else's."""
        for sheet in self.book.worksheets:
            kind, _, entity = str(sheet["A1"].value).partition(" ")
            if kind == "part":
                self._part(sheet, entity, answers)

    def _part(self, sheet: Worksheet, entity: str, answers: Mapping[str, str]) -> None:
        keys = {str(sheet.cell(row, 1).value): row for row in range(2, sheet.max_row + 1)}
        many = self.criteria.entities[entity].many is not None
        columns = self._columns(sheet, entity, answers, keys) if many else {"": 3}
        for path, value in answers.items():
            named, *middle, fact = path.split(".")
            if named != entity or len(middle) != int(many) or (middle and middle[0] not in columns):
                continue
            column = columns[middle[0] if middle else ""]
            for key, entered in self._entered(f"{entity}.{fact}", value):
                # What is locked has its answer already, or is not asked of this entry.
                if key in keys and not sheet.cell(keys[key], column).protection.locked:
                    put(sheet, keys[key], column, entered)
                    self.typed.add(path)

    def _columns(
        self, sheet: Worksheet, entity: str, answers: Mapping[str, str], keys: Mapping[str, int]
    ) -> dict[str, int]:
        """Return the column of each entry; one that the sheet does not have yet gets a free one, and its id."""
        heads = [(column, str(sheet.cell(1, column).value).split()) for column in range(3, sheet.max_column + 1)]
        known = {words[2]: column for column, words in heads if words[0] == "answer" and len(words) > 2}
        free = [column for column, words in heads if words[0] == "answer" and len(words) == 2]
        if (own := keys.get(f"{entity}.id")) is None:
            return known
        for name in dict.fromkeys(path.split(".")[1] for path in answers if path.startswith(f"{entity}.")):
            if name not in known:
                known[name] = free.pop(0)
                put(sheet, own, known[name], name)
        return known

    def _entered(self, name: str, value: str) -> Sequence[tuple[str, Any]]:
        """Return what is typed for an answer, by the keys of the fields."""
        fact = self.criteria.fact(name)
        options: Mapping[str, str] = getattr(fact, "options", None) or {}
        if value == "unknown":
            return [(name, "Not known yet")]
        if fact.type == "choices":
            return [(f"{name}/{one}", "Yes") for one in value.split(", ") if one != "none"] or [(name, "None of these")]
        if fact.type == "integer":
            return [(name, int(value))]
        if fact.type == "date":
            return [(name, date.fromisoformat(value))]
        return [(name, options.get(value, value.capitalize() if fact.type == "boolean" else value))]

    def control(self, **fields: str) -> None:
        """Add a row to the sheet of controls, and one to that of evidence where there is any."""
        name, kind = fields["control"], fields["kind"]
        title = f"{name} {self.criteria.controls[name].title}"
        self._record("controls", id=title, status=fields["status"], owner=fields["owner"], due=fields["due"])
        if fields["evidence"]:
            kind = f"{self.criteria.head.evidence_kinds[kind]} [{kind}]" if kind else "file"
            shown = {"for": name, "kind": kind, "reference": fields["evidence"], "date": fields["date"]}
            self._record("evidence", **shown)

    def _record(self, table: str, **fields: str) -> None:
        (sheet,) = (one for one in self.book.worksheets if one["A1"].value == table)
        columns = {str(sheet.cell(1, column).value): column for column in range(2, sheet.max_column + 1)}
        row = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 2).value is None)
        for key, value in fields.items():
            if value:
                put(sheet, row, columns[key], date.fromisoformat(value) if key in {"due", "date"} else value)


def put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    """Type something into a field; what is locked cannot be typed into."""
    cell = sheet.cell(row, column)
    assert not cell.protection.locked, f"{sheet.title}!{cell.coordinate} is locked"
    cell.value = value
