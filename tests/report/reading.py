"""A section of a report as plain lines, for tests to compare, and what a template writes to print all it is given."""

import dataclasses
from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Bullets,
    Fields,
    Group,
    Letterhead,
    Picture,
    Prose,
    Run,
    words,
)
from risk_engine.report.view import view
from risk_engine.report.wording import Names


def lines(made: Explanation, key: str) -> list[str]:
    """Return the section as plain lines, a table row with " | " between its cells."""
    section = next(one for one in view(made).sections if one.key == key)
    return [line for block in section.blocks for line in block_lines(block)]


def answer_of(made: Explanation) -> Answer:
    """Return the first page of the whole report, which every assessment has."""
    answer = view(made).answer
    assert answer is not None
    return answer


def block_lines(block: Block | Group) -> list[str]:
    match block:
        case Prose(line):
            return [words(line)]
        case Bullets(several):
            return [words(one) for one in several]
        case Fields(rows):
            return [f"{row.label}: {words(line)}" for row in rows for line in row.lines]
        case Blanks(labels):
            return list(labels)
        case Group(title, blocks):
            return [words(title), *(line for one in blocks for line in block_lines(one))]
        case Letterhead(sender, recipient, dated):
            return [*sender, *recipient, dated]
        case Picture():
            return []
        case table:
            return [" | ".join(words(cell) for cell in row) for row in table.rows]


def printing(facts: object, path: str = "") -> Iterator[str]:
    """Yield what a template writes to print each fact, every part of lists, of models and of blocks too."""
    match facts:
        case str() | date() | Run():
            yield f"{{{{ {path} }}}}"
        case bool() | None | Names():  # nothing that is printed
            pass
        case int():
            yield f"{{{{ {path} }}}}"
        case frozenset():
            yield f"{{% for x in {path} %}}{{{{ x }}}}{{% endfor %}}"
        case tuple() | list():
            for number, one in enumerate(facts):
                yield from printing(one, f"{path}[{number}]")
        case dict():
            for name, one in facts.items():
                yield from printing(one, f"{path}[{name!r}]")
        case BaseModel():
            for name in type(facts).model_fields:
                yield from printing(getattr(facts, name), f"{path}.{name}")
        case _ if dataclasses.is_dataclass(facts):
            for field in dataclasses.fields(facts):
                yield from printing(getattr(facts, field.name), f"{path}.{field.name}" if path else field.name)
        case _:
            raise TypeError(facts)
