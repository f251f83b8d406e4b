"""An assessment and decisions on it for the documents: the orchard with its digest, and what was decided."""

from collections.abc import Callable
from datetime import date
from typing import Any

from risk_engine.files.plain import digest
from risk_engine.model.decision import Decision, Person
from risk_engine.model.explanation import Explanation
from risk_engine.records.decide import Said, confirm, decide
from risk_engine.records.decisions import StatedCondition
from risk_engine.report import DocumentForm, written
from risk_engine.report.blocks import Block, Group, View, words
from risk_engine.report.pages import WholeKind, view_of
from risk_engine.report.view import view
from tests.report.reading import block_lines
from tests.report.samples import full

HEAD, ELDER = Person(name="A. Gardener", role="Head"), Person(name="B. Elder", role="Elder")
TEXTS: tuple[DocumentForm, ...] = ("html", "md", "text")


def orchard(text: Callable[[str], str] = str, **changes: Any) -> Explanation:
    """Return the full assessment with nothing overdue, its digest right for what it holds."""
    made = full(text)
    in_time = {"due": date(2026, 4, 1)}
    controls = tuple(one.model_copy(update=in_time) if one.id == "SPRAY" else one for one in made.controls)
    return sealed(made.model_copy(update={"controls": controls, **changes}))


def sealed(made: Explanation) -> Explanation:
    """Return it with a digest of its own, so that each has another one."""
    return made.model_copy(update={"digest": digest(made.model_dump(mode="json", exclude={"digest"}))})


def decided(on: Explanation, *conditions: StatedCondition, reason: str = "We looked.", **levels: str) -> Decision:
    """Return a decision on an assessment that awaits nobody; every ladder as proposed, but for `levels`."""
    chosen = {one.ladder: one.level.name for one in on.proposals} | levels
    said = Said(HEAD, date(2026, 3, 5), tuple(chosen.items()), reason, conditions)
    return confirm(decide(on, said), ELDER, date(2026, 3, 6))


def lines(shown: View, key: str) -> list[str]:
    """Return a section as plain lines."""
    section = next(one for one in shown.sections if one.key == key)
    return [line for block in section.blocks for line in block_lines(block)]


def group(shown: View, title: str) -> list[str]:
    """Return a group of the first section as plain lines, without its title; empty where there is none."""
    parts: tuple[Block | Group, ...] = shown.sections[0].blocks
    found = [one for one in parts if isinstance(one, Group) and words(one.title) == title]
    return [line for one in found for line in block_lines(one)[1:]]


def text_of(on: Explanation, kind: WholeKind, decision: Decision | None = None, to: str | None = None) -> str:
    """Return a document in every form that is text, one after the other."""
    shown = view(on, None, decision) if kind == "full" else view_of(on, kind, decision, to=to)
    return "\n".join(written(shown, form).decode() for form in TEXTS)
