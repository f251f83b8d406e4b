"""The engine knows no word of the shipped sets, and no text of the brief is copied."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from risk_engine.loading.sets import shipped_sets
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from tests.versions import newest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "risk_engine"

# Words of the engine that the set uses for names of its own too; each is listed where the engine has it from.
OF_THE_ENGINE = {
    # Severities, knock-outs, statuses of a case, kinds of awareness, roles (design, sections 4 and 7).
    *("none", "low", "moderate", "high", "critical", "hold", "funding", "policy", "legal", "draft", "advice"),
    *("escalation", "country", "necessity"),
    # Keys of the case's core and of evidence, fields of the engine's models.
    *("institution", "title", "name", "type", "kind", "conditions", "unknown"),
    # How sure a piece of evidence is; what a profile keeps back from documents.
    *("documented", "withheld"),
    # Where a value comes from; what a message says of a key; what a report marks; what falls due.
    *("missing", "confidential", "review"),
    # Places and keys of a questionnaire, what its cells hold, the ending of a signed decision, what stands for a value.
    *("start", "role", "a", "e", "signed", "ID"),
    # What goes back to the question before in an interview.
    "b",
    # The kind of a document that says everything, what a typesetting program gets, an extra that is installed, what a
    # table lists.
    *("full", "data", "office", "listed"),
    # How Word closes a field; a key of JSON Schema.
    *("end", "required"),
    # How a finding changed, which way a case went, that one could not be replayed; how two lines compare; a field of
    # sources; a word that questions begin with.
    *("other", "direction", "refused", "equal", "instrument", "what"),
    # What a template calls what it is given.
    *("speech", "lead"),
    # Which of two versions goes further; a loop of a Word template.
    "first",
}
ONLY_IN = {
    # Types of organisations in ROR.
    "risk_engine/loading/screened_facts.py": {"company", "education", "funder", "government"},
    # A key of JSON Schema.
    "risk_engine/audit/schemas.py": {"description", "exchange"},
    # The group of commands for what is on file about partners.
    "risk_engine/cli/commands.py": {"exchange", "partner"},
    # Whom `case questions --for` asks.
    "risk_engine/cli/case.py": {"everyone"},
    "risk_engine/office/forms/everyone.py": {"everyone"},
    # A key of the library's table of confusables.
    "risk_engine/records/decide.py": {"c"},
    # An element of a page, and a section of the report.
    "risk_engine/report/markup.py": {"field"},
    "risk_engine/report/view.py": {"terms"},
    # A file of a set, a group of commands, and a folder of the register: what offices give each other.
    "risk_engine/office/register/folder.py": {"exchange"},
    "risk_engine/report/pages/exchange.py": {"exchange"},
    # Keys of OpenAPI.
    "risk_engine/web/api": {"description", "security"},
    # Columns, elements and keys of the lists of others, and of what is kept of them.
    "risk_engine/cli/lists_results.py": {"category", "countries", "licence"},
    "risk_engine/screening": {
        *("authority", "category", "countries", "description", "licence", "mapping", "person", "programme"),
        *("regulation", "China", "CN", "EU", "US", "eu"),
    },
    # Columns of other people's files of works, kinds of organisations, who said it; the regions that a run begins with.
    "risk_engine/awareness": {
        *("university", "academy", "person", "d", "countries", "project", "programme", "field", "GB", "GR", "MM"),
    },
    "risk_engine/cli/awareness.py": {"CN"},
    "risk_engine/web/works.py": {"CN"},
    "risk_engine/cli/awareness_judge.py": {"CN"},
    "risk_engine/cli/awareness_pages.py": {"CN"},
    # Kinds of organisations as the registry says them, and types of words (`data/words.json`).
    # The fields of a form about a list of organisations, as the options of the command.
    "risk_engine/web/screened_lists.py": {"licence", "mapping"},
    "risk_engine/web/pages/awareness.py": {"mapping"},
    "risk_engine/screening/affiliation_features.py": {
        *("education", "company", "government", "funder", "university", "academy", "hospital", "foundation"),
    },
    # Tables, routes, rights, roles, acts and events of the office; how far a group of questions is; what Jinja makes of
    # a gap; the variable of where its clock stands.
    "risk_engine/web": {
        *("person", "people", "secret", "export_officer", "return", "leaves", "not_needed", "undefined", "TZ"),
        "exchange",
    },
}
"""Words of the engine that may stand in one module, or one room, alone: elsewhere they would be those of a set."""


def vocabulary(criteria: Criteria) -> set[str]:
    """Return every name that the set gives to something."""
    head = criteria.head
    words = {head.id, *head.dimensions, *head.grounds, *head.asked_of, *head.severity.bands, *head.families}
    words |= {*criteria.indicators, *criteria.controls, *criteria.awareness, *criteria.parameters, *criteria.sources}
    words |= {*criteria.definitions, *criteria.tables, *criteria.ladders}
    told = criteria.invariants
    words |= {*told.facts, *told.results, *told.alone, *told.same}
    for ladder in criteria.ladders.values():
        words |= set(ladder.levels)
    for table in criteria.tables.values():
        words |= {*table.rows, *table.columns, *(row.name for row in table.rows.values())}
    for name, entity in criteria.entities.items():
        words |= {name, *entity.facts, *(f"{name}.{fact}" for fact in entity.facts)}
        for fact in entity.facts.values():
            words |= set(fact.options) if isinstance(fact, ChoiceFact | ChoicesFact) else set()
    return words


@cache
def literals(path: Path) -> list[tuple[int, str]]:
    """Return the texts of a module that are no docstring, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.value)
        for before, node in _statements(tree)
        if isinstance(node, ast.Expr) and (before is None or isinstance(before, ast.Assign | ast.AnnAssign))
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def _statements(tree: ast.Module) -> Iterator[tuple[ast.stmt | None, ast.stmt]]:
    """Yield every statement of a body with the one before it, None for the first."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            yield from pairwise([None, *body])


def _own_words(path: Path) -> set[str]:
    """Return the words that may stand in a module, for it or a folder that it is in has them."""
    file = path.relative_to(ROOT)
    return set().union(*(ONLY_IN.get(one.as_posix(), set()) for one in (file, *file.parents)))


@pytest.mark.parametrize("name", shipped_sets())
def test_no_module_names_a_word_of_a_shipped_set(name: str) -> None:
    words = vocabulary(newest(name)) - OF_THE_ENGINE
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word!r}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for left in (words - _own_words(path),)
        for line, text in literals(path)
        if not text.startswith("Example")  # what the help shows must be something that can be typed
        for word in _named(text, left)
    ]
    assert found == [], "\n".join(found)


def _named(text: str, words: set[str]) -> Iterator[str]:
    """Yield the words of the set that a text is or, where they cannot be taken for plain English, holds."""
    if text in words:
        yield text
        return
    for word in re.findall(r"[A-Za-z][\w.-]*[\w]", text):
        if word in words and re.search(r"[A-Z]{2,}-?\d|[a-z]\.[a-z]|_|-", word):
            yield word


@pytest.mark.parametrize("name", shipped_sets())
def test_templates_and_examples_of_commands_name_no_rule_of_a_shipped_set(name: str) -> None:
    criteria = newest(name)
    ids = {*criteria.indicators, *criteria.controls, *criteria.awareness, *criteria.definitions}
    found = [
        (path.name, word)
        for path in sorted(one for one in (ROOT / "templates").rglob("*") if one.is_file())
        for word in re.findall(r"[\w.-]+", path.read_text("utf-8"))
        if word in ids
    ]
    assert found == []


# --- the brief ---

DOMAIN = ROOT / ".." / "shared" / "domain"
LENGTH = 12
# Its title must be there, to cite it.
TITLE = """EU27/AC-China: Science, Technology and Innovation Co-operation: Areas (and Non-areas) in the Big Data-related
    Scientific Fields"""


@pytest.mark.nightly
def test_no_dozen_words_in_a_row_are_taken_from_the_brief() -> None:
    briefs = sorted(DOMAIN.glob("000*.txt"))
    if not briefs:
        pytest.skip("the text of the brief is not part of the repository and is not beside it here")
    taken = {run for brief in briefs for run in _runs(brief.read_text("utf-8", "replace"))} - set(_runs(TITLE))
    assert len(taken) > 1000
    ours = [
        *(ROOT / "criteria").rglob("*.yaml"),
        *(ROOT / "criteria").rglob("*.md"),
        *(one for one in (ROOT / "templates").rglob("*") if one.is_file()),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
        *PACKAGE.rglob("*.py"),
    ]
    found = [
        (str(path.relative_to(ROOT)), run) for path in ours for run in _runs(path.read_text("utf-8")) if run in taken
    ]
    assert found == []


def _runs(text: str) -> Iterator[str]:
    words = re.findall(r"[a-z0-9]+", text.replace("\u00ad", "").replace("-\n", "").lower())
    for start in range(len(words) - LENGTH + 1):
        yield " ".join(words[start : start + LENGTH])
